# SPDX-License-Identifier: Apache-2.0
"""As of which day: dates, weekdays and "yesterday" in the words of a pack.

What it is not: a calendar of its own; dates in digits are read day first. Rules of this file: a day
that lies ahead of the publication, or stands behind "by" and "until", is no as-of.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from monitor.core.claims.inflected.line import Line

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")
_WEEK = 7


def as_of(line: Line, position: int, published: date | None) -> date | None:
    """Return the day that a sentence names nearest to a token, or None."""
    found = [item for item in _days(line, published) if _is_past(item[1], published)]
    return min(found, key=lambda item: abs(item[0] - position), default=(0, None))[1]


def _is_past(day: date, published: date | None) -> bool:
    return published is None or day <= published + timedelta(days=1)


def _days(line: Line, published: date | None) -> list[tuple[int, date]]:
    found: list[tuple[int, date]] = []
    for month in line.all("dates.months"):
        day = _of_month(line, month.start, month.end, int(month.value), published)
        if day is not None and not _is_ahead(line, month.start - 1):
            found.append((month.start, day))
    for pattern in (_ISO, _DOTTED):
        for match in pattern.finditer(line.text, line.start, line.end):
            parts = [int(part) for part in match.groups()]
            year, month_number, day_number = parts if pattern is _ISO else reversed(parts)
            day = _date(year, month_number, day_number)
            near = sum(token.start < match.start() for token in line.tokens)
            if day is not None and not _is_ahead(line, near):
                found.append((near, day))
    if published is None:
        return found
    found += (
        (mark.start, published - timedelta(days=int(mark.value))) for mark in line.all("dates.near")
    )
    for mark in line.all("dates.weekdays"):
        if _is_ahead(line, mark.start) or line.ends("dates.next", mark.start) is not None:
            continue
        back = (published.weekday() - int(mark.value)) % _WEEK
        last = line.ends("dates.last", mark.start) or line.at("dates.last", mark.end)
        back = _WEEK if last and back == 0 else back
        found.append((mark.start, published - timedelta(days=back)))
    return found


def _is_ahead(line: Line, position: int) -> bool:
    return line.ends("dates.ahead", position) is not None


def _of_month(line: Line, start: int, end: int, month: int, published: date | None) -> date | None:
    position = start - 1
    position -= line.ends("dates.of", start) is not None
    position -= line.word(position) in {".", "er"}
    day = line.word(position)
    if not day.isdecimal() or len(day) > 2:
        return None
    end += line.ends("dates.of", end + 1) is not None
    year = line.word(end)
    if year.isdecimal() and len(year) == 4:
        return _date(int(year), month, int(day))
    if published is None:
        return None
    found = _date(published.year, month, int(day))
    if found is not None and found > published + timedelta(days=_WEEK):
        return _date(published.year - 1, month, int(day))
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
