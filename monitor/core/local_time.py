# SPDX-License-Identifier: Apache-2.0
"""Wall-clock times of a zone as moments: when the digest is due, whether hours are quiet.

What it is not: a scheduler. Rules of this file: every answer is a moment in UTC computed from a
moment in UTC, so a clock change neither repeats nor skips anything: a time that does not exist on a
day comes an hour later by the wall clock, a time that exists twice counts the first time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.core.subscribers import QuietHours

# A week and a day on each side of a change of date that a zone may have made.
_DAYS = 9


def next_local(moment: datetime, zone: tzinfo, at: time, weekday: int | None = None) -> datetime:
    """Return the first moment after `moment` at which the zone's clocks show `at`."""
    today = moment.astimezone(zone).date()
    return next(
        found
        for days in range(-1, _DAYS)
        if (found := _moment(today + timedelta(days), zone, at, weekday)) and found > moment
    )


def last_local(moment: datetime, zone: tzinfo, at: time, weekday: int | None = None) -> datetime:
    """Return the last moment, not after `moment`, at which the zone's clocks showed `at`."""
    today = moment.astimezone(zone).date()
    return next(
        found
        for days in range(1, -_DAYS, -1)
        if (found := _moment(today + timedelta(days), zone, at, weekday)) and found <= moment
    )


def _moment(day: date, zone: tzinfo, at: time, weekday: int | None) -> datetime | None:
    if weekday is not None and day.weekday() != weekday:
        return None
    return datetime.combine(day, at, zone).astimezone(UTC)


def quiet_until(moment: datetime, zone: tzinfo, quiet: QuietHours | None) -> datetime | None:
    """Return when the quiet hours around `moment` end, or None outside of them."""
    if quiet is None or quiet.start == quiet.end:
        return None
    end = next_local(last_local(moment, zone, quiet.start), zone, quiet.end)
    return end if moment < end else None


def local_day(moment: datetime, zone: tzinfo) -> str:
    """Return the date of a moment in a zone, as ISO text."""
    return moment.astimezone(zone).date().isoformat()
