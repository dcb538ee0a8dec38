# SPDX-License-Identifier: Apache-2.0
"""Alarms: what operators are told about feeds and about the program itself.

What it is not: alerts about news, or delivery; an alarm travels as a notice through the same outbox.
Rules of this file: pure; one alarm when a trouble begins and one when it is over, never one per
poll; feeds that get into the same trouble together are one message; the words say what happened,
since when, and what will be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.health import FeedHealth, FeedState
from monitor.core.listing import seen_by

STORAGE = "storage"
_TITLES = {
    "broken": "A feed does not deliver",
    "blocked": "A feed refuses us",
    "gone": "A feed is gone for good",
    "silent": "A feed has been silent for longer than usual",
    "empty": "A feed is empty",
    "odd": "A feed looks unlike itself",
    "moved": "A feed has moved",
    "back": "A feed is back again",
}
_TITLES_OF_MANY = {
    "broken": "feeds do not deliver",
    "blocked": "feeds refuse us",
    "gone": "feeds are gone for good",
    "silent": "feeds have been silent for longer than usual",
    "empty": "feeds are empty",
    "odd": "feeds look unlike themselves",
    "moved": "feeds have moved",
    "back": "feeds are back again",
}
# So long the first alarm of a kind waits for others of its kind; the next message of that kind comes
# no sooner than so long after it. What breaks a hundred feeds breaks them over some minutes.
_GATHERING = timedelta(seconds=45)
_AGAIN = timedelta(minutes=5)
# So many feeds stand in the subject of a message, and so many in its text.
_NAMED, _LISTED = 3, 20
_ADVICE = {
    "gone": ("It is not polled any more. To poll it again: figurewatch feeds enable ID",),
    "broken": ("It is tried again, ever more seldom, at least once a day.",),
    "blocked": ("It is tried again, ever more seldom, at least once a day.",),
    "moved": ("It is polled at its new address; put that into the configuration.",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that operators should know; the same trouble at another time has another key."""

    kind: str
    key: str
    subject: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAlarm:
    """That one feed got into, or out of, a kind of trouble at `at`; `url` is fit to be shown."""

    kind: str
    feed: str
    url: str
    detail: str
    at: datetime


def trouble(
    health: FeedHealth, state: FeedState, *, failures: int, after_failures: int
) -> str | None:
    """Return the kind of trouble a feed is in, or None while there is nothing to tell."""
    if state in {FeedState.BROKEN, FeedState.BLOCKED}:
        return state.value if failures >= after_failures else health.told
    if state in {FeedState.GONE, FeedState.SILENT, FeedState.EMPTY}:
        return state.value
    return "odd" if health.odd is not None else None


def told(
    before: FeedHealth, health: FeedHealth, trouble_now: str | None
) -> tuple[FeedHealth, tuple[str, ...]]:
    """Return the health with what the operator has been told, and the kinds of alarm it takes."""
    kinds: list[str] = []
    if health.moved_to is not None and health.moved_to != before.moved_to:
        kinds.append("moved")
    if trouble_now is not None and trouble_now != health.told:
        kinds.append(trouble_now)
    if trouble_now is None and health.told is not None:
        kinds.append("back")
    return replace(health, told=trouble_now), tuple(kinds)


def is_time(waiting: Sequence[FeedAlarm], last_told: datetime | None, now: datetime) -> bool:
    """Say whether alarms of one kind, oldest first, have waited long enough for others like them."""
    since = waiting[0].at
    if since > now:  # the clock was set back
        return True
    if last_told is not None and timedelta() <= now - last_told < _AGAIN:
        return False
    return now - since >= _GATHERING


def feeds_alarm(waiting: Sequence[FeedAlarm]) -> Alarm:
    """Return the one alarm about all feeds that got into, or out of, one kind of trouble."""
    kind = waiting[0].kind
    feeds = tuple({row.feed: row for row in waiting}.values())
    if len(feeds) == 1:
        subject = f"{_TITLES[kind]}: {feeds[0].feed}"
        notes = [f"Feed: {feeds[0].feed} ({feeds[0].url})", f"What: {feeds[0].detail}"]
    else:
        subject = f"{len(feeds):,} {_TITLES_OF_MANY[kind]}: {_names(feeds)}"
        # One line for each, so that a form that has to cut them can count what it leaves out.
        notes = [f"Feed: {row.feed}: {row.detail} ({row.url})" for row in feeds[:_LISTED]]
        notes.append(seen_by("figurewatch feeds list", max(0, len(feeds) - _LISTED)))
    return Alarm(
        kind=f"feed-{kind}",
        key=f"feed-{kind}|{feeds[0].feed}|{waiting[0].at.isoformat()}",
        subject=subject,
        notes=(*notes, *_ADVICE.get(kind, ())),
    )


def _names(feeds: Sequence[FeedAlarm]) -> str:
    more = len(feeds) - _NAMED
    listed = ", ".join(row.feed for row in feeds[:_NAMED])
    return f"{listed} and {more:,} more" if more > 0 else listed


def own_alarm(kind: str, subject: str, detail: str, now: datetime) -> Alarm:
    """Return an alarm about the program itself."""
    return Alarm(
        kind=kind,
        key=f"{kind}|{subject}|{now.isoformat()}",
        subject=subject,
        notes=(f"What: {detail}",),
    )
