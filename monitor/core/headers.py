# SPDX-License-Identifier: Apache-2.0
"""What HTTP answer headers say, bounded.

What it is not: requests. Rules of this file: whatever a header says, the result lies within the
bounds named here or is None; nothing raises; dates are read against the server's own clock when it
sent one, because a wrong clock there must not become a long silence here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 7 * 24 * 3600.0
_LONGEST_VALIDATOR = 1024
# No blank at either end: HTTP gives such a blank no meaning, and refuses to send one.
_PRINTABLE_ASCII = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?'?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)


def retry_after_seconds(
    value: str | None, *, server_date: str | None, now: datetime
) -> float | None:
    """Return the seconds that a Retry-After header asks for, 0 to seven days, or None for garbage."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_WAIT_SECONDS)
    return _seconds_until(text, server_date, now)


def max_age_seconds(
    cache_control: str | None, *, expires: str | None, server_date: str | None, now: datetime
) -> float | None:
    """Return for how long an answer says it stays fresh, 0 to seven days, or None."""
    if cache_control is not None:
        if re.search(r"\bno-(?:cache|store)\b", cache_control, re.IGNORECASE):
            return 0.0
        if match := _MAX_AGE.search(cache_control):
            return min(float(match[1]), LONGEST_WAIT_SECONDS)
    return None if expires is None else _seconds_until(expires, server_date, now)


def usable_validator(value: bytes | None) -> str | None:
    """Return an ETag or Last-Modified that can be sent back byte for byte, or None."""
    if value is None or len(value) > _LONGEST_VALIDATOR or not _PRINTABLE_ASCII.fullmatch(value):
        return None
    return value.decode("ascii")


def declared_charset(content_type: str | None) -> str | None:
    """Return the charset parameter of a Content-Type header as it stands there, or None."""
    match = _CHARSET.search(content_type or "")
    return match[1] if match else None


def http_date(value: str | None) -> datetime | None:
    """Return an HTTP date as UTC, or None for anything else."""
    if value is None or len(value) > 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _seconds_until(value: str, server_date: str | None, now: datetime) -> float | None:
    moment = http_date(value)
    if moment is None:
        return None
    seconds = (moment - (http_date(server_date) or now)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
