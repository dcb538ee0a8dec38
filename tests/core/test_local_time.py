# SPDX-License-Identifier: Apache-2.0
"""Wall-clock times over clock changes: nothing twice, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.local_time import last_local, local_day, next_local, quiet_until
from monitor.core.subscribers import QuietHours

_BERLIN = ZoneInfo("Europe/Berlin")
_NIGHT = QuietHours(start=time(22), end=time(7))


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("after", "at", "expected"),
    [
        (_utc(2026, 1, 5, 5, 59), time(7), _utc(2026, 1, 5, 6)),
        (_utc(2026, 1, 5, 6), time(7), _utc(2026, 1, 6, 6)),
        # 29 March: 02:00 becomes 03:00, so 02:30 does not exist.
        (_utc(2026, 3, 28, 12), time(2, 30), _utc(2026, 3, 29, 1, 30)),
        (_utc(2026, 3, 29, 1, 30), time(2, 30), _utc(2026, 3, 30, 0, 30)),
        # 25 October: 03:00 becomes 02:00, so 02:30 comes twice.
        (_utc(2026, 10, 24, 12), time(2, 30), _utc(2026, 10, 25, 0, 30)),
        (_utc(2026, 10, 25, 0, 30), time(2, 30), _utc(2026, 10, 26, 1, 30)),
    ],
    ids=["before", "at", "spring", "after-spring", "autumn", "after-autumn"],
)
def test_the_next_time_comes_once_a_day(after: datetime, at: time, expected: datetime) -> None:
    """A time that does not exist is put off, one that comes twice counts the first time."""
    assert next_local(after, _BERLIN, at) == expected
    assert last_local(expected, _BERLIN, at) == expected


@given(
    minutes=st.integers(0, 6 * 365 * 24 * 60),
    at=st.times(),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]
    ),
)
def test_a_year_of_digests_has_one_for_every_local_day(minutes: int, at: time, zone: str) -> None:
    """Following the chain of next times, every local date comes exactly once."""
    where, days = ZoneInfo(zone), []
    moment = _utc(2024, 1, 1) + timedelta(minutes=minutes)
    for _ in range(370):
        moment = next_local(moment, where, at)
        days.append(local_day(moment, where))
    assert len(set(days)) == len(days)
    first, last = (datetime.fromisoformat(day) for day in (days[0], days[-1]))
    assert (last - first).days == len(days) - 1


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (_utc(2026, 1, 5, 20, 59), None),
        (_utc(2026, 1, 5, 21), _utc(2026, 1, 6, 6)),
        (_utc(2026, 1, 6, 5, 59), _utc(2026, 1, 6, 6)),
        (_utc(2026, 1, 6, 6), None),
        (_utc(2026, 3, 28, 23), _utc(2026, 3, 29, 5)),
    ],
)
def test_quiet_hours_go_over_midnight(moment: datetime, until: datetime | None) -> None:
    """They begin on the minute and end on the minute, also in a night that is an hour short."""
    assert quiet_until(moment, _BERLIN, _NIGHT) == until


def test_an_hour_that_comes_twice_does_not_make_a_second_night() -> None:
    """Quiet hours that end at 02:30 end at the first 02:30, and are not on again at the second."""
    quiet = QuietHours(start=time(22), end=time(2, 30))
    end = _utc(2026, 10, 25, 0, 30)
    assert quiet_until(end - timedelta(minutes=1), _BERLIN, quiet) == end
    assert quiet_until(end + timedelta(minutes=50), _BERLIN, quiet) is None


def test_a_weekly_time_comes_on_its_day() -> None:
    """Mondays are Mondays of the zone."""
    found = next_local(_utc(2026, 1, 6), _BERLIN, time(7), 0)
    assert found == _utc(2026, 1, 12, 6)
    assert last_local(found - timedelta(seconds=1), _BERLIN, time(7), 0) == _utc(2026, 1, 5, 6)
