# SPDX-License-Identifier: Apache-2.0
"""What subscribers are told about the feeds: which are read well, which are silent, which blocked.

What it is not: health for operators. Rules of this file: pure; silence is only called good when the
feed was read; reasons are those that the poll recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.wording import day, one_line

# A news feed that brings nothing for longer than a weekend deserves a look.
_SILENT_AFTER = timedelta(days=3)
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How one feed is: when it was last read, what went wrong, when it last brought something."""

    name: str
    enabled: bool
    last_success: datetime | None
    last_error: str | None
    newest: datetime | None


def coverage(feeds: Sequence[FeedHealth], now: datetime) -> tuple[str, ...]:
    """Return the coverage statement: one line of counts, then a line for each kind of trouble."""
    blocked = [f"{feed.name} ({_blocked(feed)})" for feed in feeds if _is_blocked(feed)]
    silent = [f"{feed.name} ({_silent(feed)})" for feed in feeds if _is_silent(feed, now)]
    off = [feed.name for feed in feeds if not feed.enabled]
    healthy = len(feeds) - len(blocked) - len(silent) - len(off)
    counts = f"Coverage: {len(feeds)} feed{'s' * (len(feeds) != 1)}, {healthy} healthy"
    kinds = (("blocked", blocked), ("silent", silent), ("switched off", off))
    first = ", ".join([counts, *(f"{len(names)} {kind}" for kind, names in kinds if names)])
    return (
        f"{first}.",
        *(f"{kind.capitalize()}: {_list(names)}." for kind, names in kinds if names),
    )


def _is_blocked(feed: FeedHealth) -> bool:
    return feed.enabled and (feed.last_error is not None or feed.last_success is None)


def _is_silent(feed: FeedHealth, now: datetime) -> bool:
    if not feed.enabled or _is_blocked(feed):
        return False
    return feed.newest is None or now - feed.newest > _SILENT_AFTER


def _blocked(feed: FeedHealth) -> str:
    if feed.last_success is None:
        return one_line(feed.last_error or "not read yet", 80)
    return f"{one_line(feed.last_error or '', 80)}; last read {day(feed.last_success.date())}"


def _silent(feed: FeedHealth) -> str:
    return f"nothing new since {day(feed.newest.date())}" if feed.newest else "nothing yet"


def _list(names: Sequence[str]) -> str:
    shown = "; ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown}; and {more} more" if more > 0 else shown
