# SPDX-License-Identifier: Apache-2.0
"""The outbox: deliveries that are not finished, and how each attempt ended.

Rules of this file: rows are written in the transaction that decided the alert; a row is leased for
one attempt, then sent, due again, or dead; its id never changes. A lease that runs out (the process
died while sending) makes the row due again under the same id: at least once, never lost. Within one
channel the order is kept: only its oldest unfinished row is ever leased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Delivery, Message
from monitor.store import codec
from monitor.store.sqlite import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as operators see it."""

    id: str
    channel: str
    rule: str
    state: str
    attempts: int
    created: datetime
    next_attempt: datetime
    finished: datetime | None
    reason: str | None


class Outbox:
    """The verbs on deliveries, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def add(self, messages: tuple[Message, ...]) -> None:
        """Add messages, due at once. Call inside the `write` that commits their alerts."""
        with self._store.write():
            for message in messages:
                self._db.execute(
                    """INSERT OR IGNORE INTO deliveries
                       (id, channel, rule, state, next_attempt, created, body)
                       VALUES (?, ?, ?, 'pending', ?, ?, ?)""",
                    [
                        message.id,
                        message.channel.id,
                        message.rule,
                        codec.when(message.created),
                        codec.when(message.created),
                        codec.dump(message),
                    ],
                )

    def release_leases(self) -> int:
        """Make every leased row due again; for the start of the only process. Returns how many."""
        with self._store.write():
            cursor = self._db.execute(
                "UPDATE deliveries SET state = 'pending', lease_until = NULL WHERE state = 'leased'"
            )
            return cursor.rowcount

    def lease(self, now: datetime, lease_for: timedelta) -> tuple[Delivery, ...]:
        """Lease what is due: for each channel its oldest unfinished row, unless it is waiting.

        A channel whose oldest row waits for its next attempt, or is being sent, gives nothing:
        order is kept, and a receiver that is down is tried once per wait, not once per row.
        """
        moment, until = codec.when(now), now + lease_for
        with self._store.write():
            rows = self._store.rows(
                """SELECT seq, id, attempts, body FROM deliveries AS due
                   WHERE (state = 'pending' AND next_attempt <= :now
                          OR state = 'leased' AND lease_until <= :now)
                     AND NOT EXISTS (SELECT 1 FROM deliveries AS older
                                     WHERE older.channel = due.channel AND older.seq < due.seq
                                       AND older.state IN ('pending', 'leased'))
                   ORDER BY seq""",
                {"now": moment},
            )
            for row in rows:
                self._db.execute(
                    """UPDATE deliveries SET state = 'leased', lease_until = ?,
                       attempts = attempts + 1 WHERE seq = ?""",
                    [codec.when(until), row["seq"]],
                )
        return tuple(
            Delivery(
                message=codec.load(Message, row["body"]),
                attempts=row["attempts"],
                lease_until=until,
            )
            for row in rows
        )

    def sent(self, delivery: Delivery, started: datetime, finished: datetime, detail: str) -> None:
        """Record that the other side took the message."""
        with self._store.write():
            self._attempt(delivery, started, "sent", detail)
            self._finish(delivery, "sent", finished, None)

    def retry(
        self, delivery: Delivery, started: datetime, next_attempt: datetime, reason: str
    ) -> None:
        """Record a failed attempt that will be repeated at `next_attempt`."""
        with self._store.write():
            self._attempt(delivery, started, "failed", reason)
            self._db.execute(
                """UPDATE deliveries SET state = 'pending', lease_until = NULL, next_attempt = ?,
                   reason = ? WHERE id = ?""",
                [codec.when(next_attempt), reason, delivery.message.id],
            )

    def dead(self, delivery: Delivery, started: datetime, finished: datetime, reason: str) -> None:
        """Record that the delivery is given up; it stays visible with its reason."""
        with self._store.write():
            self._attempt(delivery, started, "dead", reason)
            self._finish(delivery, "dead", finished, reason)

    def _finish(
        self, delivery: Delivery, state: str, finished: datetime, reason: str | None
    ) -> None:
        self._db.execute(
            """UPDATE deliveries SET state = ?, lease_until = NULL, finished = ?, reason = ?
               WHERE id = ?""",
            [state, codec.when(finished), reason, delivery.message.id],
        )

    def _attempt(self, delivery: Delivery, started: datetime, outcome: str, detail: str) -> None:
        self._db.execute(
            "INSERT INTO attempts (delivery, started, outcome, detail) VALUES (?, ?, ?, ?)",
            [delivery.message.id, codec.when(started), outcome, detail],
        )

    def disable_channel(self, channel: str, address: str, at: datetime, reason: str) -> None:
        """Note that a receiver asked never to be called again at this address."""
        with self._store.write():
            self._db.execute(
                "INSERT OR REPLACE INTO disabled_channels VALUES (?, ?, ?, ?)",
                [channel, address, codec.when(at), reason],
            )

    def disabled_reason(self, channel: str, address: str) -> str | None:
        """Return why a channel is disabled, or None; another address enables it again."""
        rows = self._store.rows(
            "SELECT reason FROM disabled_channels WHERE channel = ? AND address = ?",
            [channel, address],
        )
        return str(rows[0]["reason"]) if rows else None

    def rows(self, state: str | None = None) -> tuple[DeliveryRow, ...]:
        """Return deliveries, oldest first; of one state, or all."""
        where, values = ("WHERE state = ?", [state]) if state else ("", [])
        return tuple(
            DeliveryRow(
                id=row["id"],
                channel=row["channel"],
                rule=row["rule"],
                state=row["state"],
                attempts=row["attempts"],
                created=codec.moment_required(row["created"]),
                next_attempt=codec.moment_required(row["next_attempt"]),
                finished=codec.moment(row["finished"]),
                reason=row["reason"],
            )
            for row in self._store.rows(f"SELECT * FROM deliveries {where} ORDER BY seq", values)  # noqa: S608
        )
