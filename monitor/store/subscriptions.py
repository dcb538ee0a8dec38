# SPDX-License-Identifier: Apache-2.0
"""Subscriptions at WebSub hubs, and what they pushed.

What it is not: how a subscription goes on (`core.websub`), or asking hubs (`hubs`). Rules of this
file: that something was pushed is stored, as a poll that is owed, before the hub is thanked; the debt
goes in the transaction that decides the push, or with a poll that began after it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from monitor.core.websub import Standing, Subscription
from monitor.store import codec
from monitor.store.records import PollResult
from monitor.store.sqlite import Store

# Longer than any lease: a body that old is told from a new one by the entries' own memory.
_REMEMBERED = timedelta(days=31)


class Subscriptions:
    """The verbs on subscriptions, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription, what is due first first."""
        rows = self._store.rows("SELECT * FROM hub_subscriptions ORDER BY due, token")
        return tuple(map(_subscription, rows))

    def find(self, token: str) -> Subscription | None:
        """Return the subscription whose callback ends in this token."""
        rows = self._store.rows("SELECT * FROM hub_subscriptions WHERE token = ?", [token])
        return _subscription(rows[0]) if rows else None

    def put(self, row: Subscription) -> None:
        """Add a subscription, or write how an old one stands now."""
        with self._store.write():
            self._db.execute(
                """INSERT INTO hub_subscriptions (token, feed, hub, topic, callback, secret,
                     standing, due, lease_until, failures, reason)
                   VALUES (:token, :feed, :hub, :topic, :callback, :secret,
                     :standing, :due, :lease_until, :failures, :reason)
                   ON CONFLICT (token) DO UPDATE SET standing = excluded.standing,
                     due = excluded.due, lease_until = excluded.lease_until,
                     failures = excluded.failures, reason = excluded.reason""",
                {
                    "token": row.token,
                    "feed": row.feed,
                    "hub": row.hub,
                    "topic": row.topic,
                    "callback": row.callback,
                    "secret": row.secret,
                    "standing": row.standing.value,
                    "due": codec.when(row.due),
                    "lease_until": codec.when(row.lease_until) if row.lease_until else None,
                    "failures": row.failures,
                    "reason": row.reason,
                },
            )

    def forget(self, token: str) -> None:
        """End a subscription."""
        with self._store.write():
            self._db.execute("DELETE FROM hub_subscriptions WHERE token = ?", [token])

    def take(
        self, row: Subscription, digest: str, now: datetime, least: timedelta
    ) -> datetime | None:
        """Note a push and the poll that is owed for it; None when the same body was taken before.

        The poll keeps the least time from the last one.
        """
        with self._store.write():
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO hub_pushes (token, digest, at) VALUES (?, ?, ?)",
                [row.token, digest, codec.when(now)],
            )
            if cursor.rowcount == 0:
                return None
            self._db.execute(
                "DELETE FROM hub_pushes WHERE token = ? AND at < ?",
                [row.token, codec.when(now - _REMEMBERED)],
            )
            [feed] = self._store.rows("SELECT last_poll FROM feeds WHERE id = ?", [row.feed])
            polled = codec.moment(feed["last_poll"])
            owed = now if polled is None else max(now, polled + least)
            self._db.execute(
                "UPDATE hub_subscriptions SET last_push = ?, missed = 0, owed = ? WHERE token = ?",
                [codec.when(now), codec.when(owed), row.token],
            )
            return owed

    def after_poll(self, poll: PollResult) -> None:
        """Settle the debt that a poll made up for; count a poll that found what was not pushed."""
        with self._store.write():
            if poll.owed is not None:
                self._db.execute(
                    "UPDATE hub_subscriptions SET owed = NULL WHERE feed = ? AND owed = ?",
                    [poll.feed, codec.when(poll.owed)],
                )
            if poll.found_news:
                self._db.execute(
                    """UPDATE hub_subscriptions SET missed = missed + 1
                       WHERE feed = ? AND standing = ? AND owed IS NULL""",
                    [poll.feed, Standing.ACTIVE.value],
                )

    def standings(self) -> Counter[str]:
        """Return how many subscriptions stand how."""
        rows = self._store.rows(
            "SELECT standing, count(*) AS n FROM hub_subscriptions GROUP BY standing"
        )
        return Counter({row["standing"]: int(row["n"]) for row in rows})


def _subscription(row: dict[str, Any]) -> Subscription:
    return Subscription(
        token=row["token"],
        feed=row["feed"],
        hub=row["hub"],
        topic=row["topic"],
        callback=row["callback"],
        secret=row["secret"],
        standing=Standing(row["standing"]),
        due=codec.moment_required(row["due"]),
        lease_until=codec.moment(row["lease_until"]),
        failures=row["failures"],
        reason=row["reason"],
        last_push=codec.moment(row["last_push"]),
    )
