# SPDX-License-Identifier: Apache-2.0
"""Alarms about feeds that wait for others of their kind, so that one message can tell them all.

What it is not: when they have waited long enough (`core.alarms`). Rules of this file: a row is written
in the transaction of the poll that caused it, and deleted in that of the message that tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core.alarms import FeedAlarm
from monitor.store import codec
from monitor.store.sqlite import Store

# When the last message of a kind was made: a mark for each kind.
_TOLD = "alarms_told."


class WaitingAlarms:
    """The verbs on them, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, alarm: FeedAlarm) -> None:
        """Add one. Call inside the `write` that records its poll."""
        with self._store.write():
            self._store.db.execute(
                "INSERT INTO waiting_alarms (kind, feed, url, detail, at) VALUES (?, ?, ?, ?, ?)",
                [alarm.kind, alarm.feed, alarm.url, alarm.detail, codec.when(alarm.at)],
            )

    def by_kind(self) -> dict[str, tuple[FeedAlarm, ...]]:
        """Return all that wait, oldest first."""
        found: dict[str, tuple[FeedAlarm, ...]] = {}
        for row in self._store.rows("SELECT * FROM waiting_alarms ORDER BY seq"):
            alarm = FeedAlarm(
                kind=row["kind"],
                feed=row["feed"],
                url=row["url"],
                detail=row["detail"],
                at=codec.moment_required(row["at"]),
            )
            found[alarm.kind] = (*found.get(alarm.kind, ()), alarm)
        return found

    def last_told(self, kind: str) -> datetime | None:
        """Return when operators last got a message of a kind, or None."""
        rows = self._store.rows("SELECT value FROM marks WHERE name = ?", [_TOLD + kind])
        return codec.moment_required(rows[0]["value"]) if rows else None

    def told(self, kinds: Sequence[str], now: datetime) -> None:
        """Forget those of some kinds. Call inside the `write` that makes the messages about them."""
        with self._store.write():
            for kind in kinds:
                self._store.db.execute("DELETE FROM waiting_alarms WHERE kind = ?", [kind])
                self._store.mark(_TOLD + kind, codec.when(now))
