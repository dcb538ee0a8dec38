# SPDX-License-Identifier: Apache-2.0
"""Whether there is room for polls, and what operators hear about it.

What it is not: measuring (`store.gauges.Room`) or polling (`schedule`). Rules of this file: polling ends
below the limit and begins again at a fifth more, so that a disk around the limit does not flap;
operators hear that it ended at most once an hour, and of each end that they heard of, that it is over.
What they heard is in the database, in the transaction of the message, so that a restart repeats nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.clock import Clock
from monitor.core.alarms import STORAGE
from monitor.pollbook import PollBook
from monitor.store import Store
from monitor.store.gauges import Room

# Polls begin again with so many times the limit.
_ENOUGH = 1.2
_SELDOM = timedelta(hours=1)
_MARK = "room"
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Whether there is too little room, whether operators know, and when they were last told so."""

    is_low: bool = False
    is_told: bool = False
    last_told: str | None = None


class RoomWatch:
    """Looks at the room again and again. One per process; asked from a thread."""

    def __init__(self, room: Room, store: Store, book: PollBook, clock: Clock) -> None:
        self._room = room
        self._store = store
        self._book = book
        self._clock = clock
        self._known: _Known | None = None
        self._log = structlog.get_logger()

    def check(self) -> str | None:
        """Return why no feed may be polled now, or None; tell operators what they do not know yet.

        Raises `StoreError` when the message cannot be stored: it is made at the next look then.
        """
        free, keep = self._room.free_bytes(), self._room.keep_bytes()
        known = self._known or _load(self._store)
        enough = keep * _ENOUGH if known.is_low else keep
        complaint = None
        if free < enough:
            complaint = (
                f"only {free // _MIB} MiB free where the database lies; {keep // _MIB} are kept, "
                f"and polls begin again at {-int(-keep * _ENOUGH // _MIB)}"
            )
        if known.is_low != (complaint is not None):
            known = replace(known, is_low=complaint is not None)
            self._log.log(30, "storage.low" if complaint else "storage.back", reason=complaint)
        self._known = self._told(known, complaint, free)
        return complaint

    def _told(self, known: _Known, complaint: str | None, free: int) -> _Known:
        """Tell operators of a change; return what they know then."""
        now = self._clock.now()
        if complaint is not None and not known.is_told and _is_long_ago(known.last_told, now):
            known = replace(known, is_told=True, last_told=now.isoformat())
            subject = "No feed is polled: no room"
        elif complaint is None and known.is_told:
            known = replace(known, is_told=False)
            subject = "Feeds are polled again: there is room"
        else:
            return known
        with self._store.write():
            detail = complaint or f"{free // _MIB} MiB are free where the database lies"
            self._book.alarm(STORAGE, subject, detail)
            self._store.mark(_MARK, json.dumps(asdict(known)))
        return known


def _load(store: Store) -> _Known:
    return _Known(**json.loads(store.marks().get(_MARK, "{}")))


def _is_long_ago(told: str | None, now: datetime) -> bool:
    return told is None or abs(now - datetime.fromisoformat(told)) >= _SELDOM
