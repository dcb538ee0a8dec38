# SPDX-License-Identifier: Apache-2.0
"""The outbox: deliveries that are not finished, and how each attempt ended.

Rules of this file: rows are written in the transaction that decided the alert; a row is leased for
one attempt, then sent, due again, or dead; its id never changes. A lease that runs out (the process
died while sending) makes the row due again under the same id: at least once, never lost. Within one
channel the order is kept: only its oldest unfinished row is ever leased, and never while another row
of the channel is being sent. A dead letter can be asked for again, or dropped from sight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.core.model import Delivery, Message
from monitor.store import codec
from monitor.store.sqlite import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try as operators see it."""

    started: datetime
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledRow:
    """A channel that nothing is sent to any more, and why."""

    channel: str
    address: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as operators see it; `state` is pending, leased, sent, dead or dropped.

    While it is leased for a try, `leased_until` is when another may begin whatever became of that one.
    """

    id: str
    channel: str
    rule: str
    kind: str
    state: str
    attempts: int
    created: datetime
    next_attempt: datetime
    leased_until: datetime | None
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
                       (id, channel, rule, kind, state, next_attempt, created, body)
                       VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)""",
                    [
                        message.id,
                        message.channel.id,
                        message.rule,
                        message.kind,
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
                """SELECT seq, id, attempts, since, body FROM deliveries AS due
                   WHERE (state = 'pending' AND next_attempt <= :now
                          OR state = 'leased' AND lease_until <= :now)
                     AND NOT EXISTS (SELECT 1 FROM deliveries AS other
                                     WHERE other.channel = due.channel
                                       AND (other.seq < due.seq
                                            AND other.state IN ('pending', 'leased')
                                            OR other.state = 'leased' AND other.lease_until > :now))
                   ORDER BY seq""",
                {"now": moment},
            )
            for row in rows:
                self._db.execute(
                    """UPDATE deliveries SET state = 'leased', lease_until = ?,
                       attempts = attempts + 1 WHERE seq = ?""",
                    [codec.when(until), row["seq"]],
                )
        return tuple(_delivery(row, until) for row in rows)

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
        # Somebody may have been deleted, with all that was on its way to them, during the attempt.
        self._db.execute(
            """INSERT INTO attempts (delivery, started, outcome, detail)
               SELECT id, :started, :outcome, :detail FROM deliveries WHERE id = :id""",
            {
                "id": delivery.message.id,
                "started": codec.when(started),
                "outcome": outcome,
                "detail": detail,
            },
        )

    # --- dead letters ------------------------------------------------------------------------

    def ask_again(self, ids: Iterable[str], now: datetime) -> int:
        """Make deliveries due now under their old ids, with all their tries before them."""
        count = 0
        with self._store.write():
            for name in ids:
                cursor = self._db.execute(
                    """UPDATE deliveries SET state = 'pending', next_attempt = :now, since = :now,
                       attempts = 0, finished = NULL, dropped = NULL, lease_until = NULL
                       WHERE id = :id AND state <> 'leased'""",
                    {"id": name, "now": codec.when(now)},
                )
                count += cursor.rowcount
        return count

    def drop(self, ids: Iterable[str], now: datetime, by: str) -> int:
        """Give deliveries up for good; they stay on record but are no dead letters any more."""
        count = 0
        with self._store.write():
            for name in ids:
                cursor = self._db.execute(
                    """UPDATE deliveries SET state = 'dead', dropped = :now, finished = :now,
                       reason = coalesce(reason || '; ', '') || :by
                       WHERE id = :id AND dropped IS NULL AND state IN ('pending', 'dead')""",
                    {"id": name, "now": codec.when(now), "by": f"dropped by {by}"},
                )
                count += cursor.rowcount
        return count

    def drop_waiting(self, channel: str, now: datetime, by: str) -> int:
        """Give up all that waits for a channel; return how much it was."""
        rows = self._store.rows(
            "SELECT id FROM deliveries WHERE channel = ? AND state = 'pending'", [channel]
        )
        return self.drop((row["id"] for row in rows), now, by)

    def message(self, message_id: str) -> Message | None:
        """Return a message as it was put into the outbox, or None."""
        rows = self._store.rows("SELECT body FROM deliveries WHERE id = ?", [message_id])
        return codec.load(Message, rows[0]["body"]) if rows else None

    def attempts(self, message_id: str) -> tuple[AttemptRow, ...]:
        """Return every try at a delivery, oldest first."""
        rows = self._store.rows(
            "SELECT * FROM attempts WHERE delivery = ? ORDER BY seq", [message_id]
        )
        return tuple(
            AttemptRow(
                started=codec.moment_required(row["started"]),
                outcome=row["outcome"],
                detail=row["detail"],
            )
            for row in rows
        )

    def tried_since(self, message_id: str) -> datetime | None:
        """Return since when a delivery has been tried, as stored now: a jump of the clock moves it."""
        rows = self._store.rows(
            "SELECT coalesce(since, created) AS since FROM deliveries WHERE id = ?", [message_id]
        )
        return codec.moment_required(rows[0]["since"]) if rows else None

    def sent_since(self, channel: str, since: datetime) -> tuple[datetime, ...]:
        """Return when the alert messages for a channel were made, from a time on."""
        rows = self._store.rows(
            """SELECT created FROM deliveries WHERE channel = ? AND created > ?
               AND kind IN ('alert', 'overview') ORDER BY created""",
            [channel, codec.when(since)],
        )
        return tuple(codec.moment_required(row["created"]) for row in rows)

    # --- channels out of service -------------------------------------------------------------

    def note_refusal(
        self, channel: str, address: str, at: datetime, since: datetime
    ) -> tuple[datetime, ...]:
        """Note that an address was refused for good; return all its refusals from `since` on."""
        with self._store.write():
            self._db.execute(
                "INSERT INTO refusals (channel, address, at) VALUES (?, ?, ?)",
                [channel, address, codec.when(at)],
            )
            rows = self._store.rows(
                "SELECT at FROM refusals WHERE channel = ? AND address = ? AND at >= ?",
                [channel, address, codec.when(since)],
            )
        return tuple(codec.moment_required(row["at"]) for row in rows)

    def enable_channel(self, channel: str) -> bool:
        """Take a channel into service again; False when it was not out of service."""
        with self._store.write():
            self._db.execute("DELETE FROM refusals WHERE channel = ?", [channel])
            cursor = self._db.execute("DELETE FROM disabled_channels WHERE channel = ?", [channel])
            return cursor.rowcount > 0

    def disabled(self) -> tuple[DisabledRow, ...]:
        """Return the channels that are out of service."""
        return tuple(
            DisabledRow(
                channel=row["channel"],
                address=row["address"],
                since=codec.moment_required(row["since"]),
                reason=row["reason"],
            )
            for row in self._store.rows("SELECT * FROM disabled_channels ORDER BY channel")
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
        where, values = ("WHERE shown = ?", [state]) if state else ("", [])
        rows = self._store.rows(f"{_SHOWN} {where} ORDER BY seq", values)
        return tuple(map(_row, rows))

    def next_tries(self) -> dict[str, datetime]:
        """Return when each channel is tried next, at the latest: its messages go one by one, and while
        one is being sent the others wait for its end."""
        tries: dict[str, datetime] = {}
        for row in self.rows("pending"):
            tries.setdefault(row.channel, row.next_attempt)
        for row in self.rows("leased"):
            if row.leased_until is not None:
                tries[row.channel] = max(row.leased_until, tries.get(row.channel, row.leased_until))
        return tries

    def row(self, message_id: str) -> DeliveryRow | None:
        """Return the delivery of a message, or None."""
        rows = self._store.rows(f"{_SHOWN} WHERE id = ?", [message_id])
        return _row(rows[0]) if rows else None

    def find(self, key: str) -> tuple[DeliveryRow, ...]:
        """Return the deliveries whose id begins with `key`."""
        rows = self._store.rows(
            f"{_SHOWN} WHERE substr(id, 1, length(?)) = ? ORDER BY seq", [key, key]
        )
        return tuple(map(_row, rows))


_SHOWN = """SELECT * FROM (SELECT *, CASE WHEN dropped IS NULL THEN state ELSE 'dropped' END AS shown
                           FROM deliveries)"""


def _delivery(row: dict[str, Any], until: datetime) -> Delivery:
    message = codec.load(Message, row["body"])
    return Delivery(
        message=message,
        attempts=row["attempts"],
        lease_until=until,
        since=codec.moment(row["since"]) or message.created,
    )


def _row(row: dict[str, Any]) -> DeliveryRow:
    return DeliveryRow(
        id=row["id"],
        channel=row["channel"],
        rule=row["rule"],
        kind=row["kind"],
        state=row["shown"],
        attempts=row["attempts"],
        created=codec.moment_required(row["created"]),
        next_attempt=codec.moment_required(row["next_attempt"]),
        leased_until=codec.moment(row["lease_until"]) if row["shown"] == "leased" else None,
        finished=codec.moment(row["finished"]),
        reason=row["reason"],
    )
