# SPDX-License-Identifier: Apache-2.0
"""Dates as people write them in files of articles, and the one form in which we write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.core.model import as_utc


def read_moment(value: object) -> datetime | None:
    """Read an ISO 8601 or RFC 5322 date; None for anything else. Without a zone it is UTC."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
    try:
        return as_utc(moment)
    except OverflowError:
        return None


def utc_text(moment: datetime) -> str:
    """Return a moment as every command and machine format shows it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
