# SPDX-License-Identifier: Apache-2.0
"""Alarms: what operators are told about feeds and about the program itself.

What it is not: alerts about news, or delivery; an alarm travels as a notice through the same outbox.
Rules of this file: pure; one alarm when a trouble begins and one when it is over, never one per
poll; the words say what happened, since when, and what will be done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.health import FeedHealth, FeedState

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


def feed_alarm(kind: str, *, feed: str, url: str, detail: str, now: datetime) -> Alarm:
    """Return the alarm that a feed is in trouble, or out of it."""
    return Alarm(
        kind=f"feed-{kind}",
        key=f"feed-{kind}|{feed}|{now.isoformat()}",
        subject=f"{_TITLES[kind]}: {feed}",
        notes=(f"Feed: {feed} ({url})", f"What: {detail}", *_ADVICE.get(kind, ())),
    )


def own_alarm(kind: str, subject: str, detail: str, now: datetime) -> Alarm:
    """Return an alarm about the program itself."""
    return Alarm(
        kind=kind, key=f"{kind}|{now.isoformat()}", subject=subject, notes=(f"What: {detail}",)
    )
