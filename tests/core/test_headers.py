# SPDX-License-Identifier: Apache-2.0
"""What HTTP answer headers say, bounded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.headers import (
    LONGEST_WAIT_SECONDS,
    declared_charset,
    http_date,
    max_age_seconds,
    retry_after_seconds,
    usable_validator,
)

NOW = datetime(2024, 11, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cache_control", "expires", "seconds"),
    [
        ("max-age=60", None, 60.0),
        ("public, Max-Age = 60, immutable", None, 60.0),
        ('max-age="60"', None, 60.0),
        ("s-maxage=5", None, None),
        ("no-cache, max-age=60", None, 0.0),
        ("max-age=99999999999999999999", None, LONGEST_WAIT_SECONDS),
        ("max-age=-1", None, None),
        (None, "Mon, 04 Nov 2024 10:05:00 GMT", 300.0),
        ("max-age=60", "Mon, 04 Nov 2024 10:05:00 GMT", 60.0),
        (None, "0", None),
        (None, None, None),
    ],
)
def test_freshness_is_read_from_either_header(
    cache_control: str | None, expires: str | None, seconds: float | None
) -> None:
    """Cache-Control goes before Expires; the result is within a week."""
    found = max_age_seconds(cache_control, expires=expires, server_date=None, now=NOW)
    assert found == seconds


@given(st.text(max_size=60), st.none() | st.text(max_size=40))
def test_no_header_raises_or_leaves_its_bounds(value: str, date: str | None) -> None:
    """Whatever stands in a header, the wait is between nothing and a week."""
    waits = (
        retry_after_seconds(value, server_date=date, now=NOW),
        max_age_seconds(value, expires=value, server_date=date, now=NOW),
    )
    assert all(wait is None or 0 <= wait <= LONGEST_WAIT_SECONDS for wait in waits)
    declared_charset(value)


@pytest.mark.parametrize("value", [b'"x"', b'W/"a b"', b"x" * 1024, b"!~"])
def test_printable_validators_are_kept_as_they_are(value: bytes) -> None:
    """Byte for byte."""
    assert usable_validator(value) == value.decode()


@pytest.mark.parametrize("value", [None, b"", b"x" * 1025, b"a\n", b"\xe9", b" a", b"a ", b"\x7f"])
def test_validators_that_could_not_be_sent_are_none(value: bytes | None) -> None:
    """Too long, empty, or not printable ASCII from end to end."""
    assert usable_validator(value) is None


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/xml; charset=utf-8", "utf-8"),
        ('text/xml;charset="Windows-1251"; x=y', "Windows-1251"),
        ("text/xml; xcharset=a", None),
        ("text/xml", None),
        (None, None),
    ],
)
def test_the_charset_parameter_is_found(header: str | None, charset: str | None) -> None:
    """As it stands there; what it means is decided elsewhere."""
    assert declared_charset(header) == charset


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 04 Nov 2024 10:00:00 GMT", NOW),
        ("Mon, 04 Nov 2024 12:00:00 +0200", NOW),
        ("Monday, 04-Nov-24 10:00:00 GMT", NOW),
        ("never", None),
        ("Mon, 99 Nov 2024 10:00:00 GMT", None),
        (None, None),
    ],
)
def test_dates_are_utc_or_none(text: str | None, moment: datetime | None) -> None:
    """Old and new spellings; garbage is no date."""
    assert http_date(text) == moment
