# SPDX-License-Identifier: Apache-2.0
"""Questions about the state as a whole: what waits, what is late, how much room is left.

What it is not: verbs that change articles or deliveries. Rules of this file: cheap enough to be asked
every few seconds; what is asked of the file system is asked where the database lies.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.core.delivery import LONG_WAIT
from monitor.store import codec
from monitor.store.sqlite import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The outbox in numbers: deliveries by state, and since when the oldest unfinished one waits."""

    states: dict[str, int]
    oldest: datetime | None


def waiting(store: Store) -> Waiting:
    """Return what the outbox holds."""
    rows = store.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
    [oldest] = store.rows(
        "SELECT min(created) AS oldest FROM deliveries WHERE state IN ('pending', 'leased')"
    )
    return Waiting(
        states={row["state"]: int(row["n"]) for row in rows},
        oldest=codec.moment(oldest["oldest"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChannel:
    """A channel that is not tried before `until`, and how many deliveries wait for it."""

    channel: str
    until: datetime
    deliveries: int
    reason: str | None


def waiting_channels(store: Store, now: datetime) -> tuple[WaitingChannel, ...]:
    """Return the channels whose receiver failed or asked for patience, and that wait for long."""
    rows = store.rows(
        """SELECT channel, next_attempt, reason,
             (SELECT count(*) FROM deliveries AS other
              WHERE other.channel = due.channel AND other.state = 'pending') AS deliveries
           FROM deliveries AS due
           WHERE state = 'pending' AND attempts > 0 AND next_attempt > ?
             AND NOT EXISTS (SELECT 1 FROM deliveries AS older
                             WHERE older.channel = due.channel AND older.seq < due.seq
                               AND older.state IN ('pending', 'leased'))
           ORDER BY channel""",
        [codec.when(now + LONG_WAIT)],
    )
    return tuple(
        WaitingChannel(
            channel=row["channel"],
            until=codec.moment_required(row["next_attempt"]),
            deliveries=row["deliveries"],
            reason=row["reason"],
        )
        for row in rows
    )


def troubles(store: Store, now: datetime) -> tuple[str, ...]:
    """Return what is in trouble although the daemon works: feeds, channels, deliveries, canary."""
    [counts] = store.rows(
        """SELECT (SELECT count(*) FROM feeds WHERE configured AND enabled AND error_count > 0) AS feeds,
             (SELECT count(*) FROM deliveries WHERE state = 'dead' AND finished >= ?) AS dead""",
        [codec.when(now - timedelta(days=1))],
    )
    channels = [
        row["channel"] for row in store.rows("SELECT channel FROM disabled_channels ORDER BY 1")
    ]
    waiting_for = [row.channel for row in waiting_channels(store, now)]
    missed = store.marks().get("canary_missed")
    lines = (
        f"feeds that cannot be read: {counts['feeds']}" if counts["feeds"] else None,
        f"deliveries given up within a day: {counts['dead']}" if counts["dead"] else None,
        f"out of service: {', '.join(channels)}" if channels else None,
        f"waiting for their receivers: {', '.join(waiting_for)}" if waiting_for else None,
        f"the canary was not heard since {missed}" if missed else None,
    )
    return tuple(line for line in lines if line is not None)


def is_stuck(store: Store, before: datetime) -> bool:
    """Say whether a delivery that is first in its channel was due before a moment, untouched."""
    rows = store.rows(
        """SELECT 1 FROM deliveries AS due WHERE state = 'pending' AND next_attempt < ?
           AND NOT EXISTS (SELECT 1 FROM deliveries AS older
                           WHERE older.channel = due.channel AND older.seq < due.seq
                             AND older.state IN ('pending', 'leased')) LIMIT 1""",
        [codec.when(before)],
    )
    return bool(rows)


def shift_times(store: Store, by: timedelta) -> None:
    """Move every time that something waits for, after the wall clock jumped by that much."""
    columns = (
        ("feeds", "id", "next_poll"),
        ("deliveries", "id", "next_attempt"),
        ("deliveries", "id", "lease_until"),
        ("hub_subscriptions", "token", "due"),
        ("hub_subscriptions", "token", "lease_until"),
        ("hub_subscriptions", "token", "owed"),
        ("deliveries", "id", "since"),
    )
    with store.write():
        # How long a delivery has been tried counts as well; without a time it is since its making.
        store.db.execute(
            "UPDATE deliveries SET since = created WHERE since IS NULL AND finished IS NULL"
        )
        for table, key, column in columns:
            rows = store.rows(f"SELECT {key}, {column} AS at FROM {table} WHERE {column} NOT NULL")  # noqa: S608
            moved = [(_moved(row["at"], by), row[key]) for row in rows]
            store.db.conn.executemany(
                f"UPDATE {table} SET {column} = ? WHERE {key} = ?",  # noqa: S608
                moved,
            )


def _moved(at: str, by: timedelta) -> str:
    try:
        return codec.when(codec.moment_required(at) + by)
    except OverflowError:
        return at


def wake_from_the_future(store: Store, now: datetime) -> int:
    """Make due what waits by a clock that was ahead of now: it went back while nobody ran.

    Feeds that were polled later than now, or never; deliveries that were made or tried later. Returns
    how many feeds there were.
    """
    with store.write():
        cursor = store.db.execute(
            """UPDATE feeds SET next_poll = :now
               WHERE (last_poll IS NULL OR last_poll > :now) AND next_poll > :now""",
            {"now": codec.when(now)},
        )
        store.db.execute(
            """UPDATE deliveries SET next_attempt = :now
               WHERE state = 'pending' AND next_attempt > :now
                 AND (created > :now OR EXISTS (SELECT 1 FROM attempts
                                                WHERE delivery = deliveries.id AND started > :now))""",
            {"now": codec.when(now)},
        )
        return cursor.rowcount


def daemon_limits(store: Store) -> tuple[int | None, str | None]:
    """Return the process id that the daemon left in the database, and how its address filter is."""
    facts = json.loads(store.marks().get("daemon", "{}"))
    pid, addresses = facts.get("pid"), facts.get("address_filter")
    return (
        pid if isinstance(pid, int) else None,
        addresses if isinstance(addresses, str) else None,
    )


def sqlite_version() -> tuple[int, int, int]:
    """Return the version of the SQLite library."""
    major, minor, patch = sqlite3.sqlite_version_info
    return major, minor, patch


class Room:
    """Whether there is room to write: free bytes where the database lies, and what writing says."""

    def __init__(self, database: Path, keep_free_bytes: Callable[[], int]) -> None:
        self._folder = database.parent
        self._keep = keep_free_bytes

    def free_bytes(self) -> int:
        """Return the bytes that an ordinary user may still write there."""
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def keep_bytes(self) -> int:
        """Return how many of them are to stay free."""
        return self._keep()

    def complaint(self) -> str | None:
        """Say that too little room is left, or None."""
        free, keep = self.free_bytes(), self._keep()
        if free >= keep:
            return None
        return f"only {free // 2**20} MiB free where the database lies; {keep // 2**20} are kept"
