# SPDX-License-Identifier: Apache-2.0
"""What became of alerts on their way to subscribers: routings, silences, acknowledgements, digests.

What it is not: the outbox. Rules of this file: those of the package; a routing is written in the
transaction that decided it, and its message, if it has one, in the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.alerts import counted
from monitor.core.holding import Waiting
from monitor.core.model import Alert
from monitor.core.moments import utc_text
from monitor.core.routing import Fate, Reached, Routing, Silence, Why
from monitor.store import codec
from monitor.store.outbox import DeliveryRow, Outbox
from monitor.store.sqlite import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert with what became of it, as operators see it.

    `deliveries` are the messages that tell it, by channel.
    """

    alert: Alert
    routings: tuple[Routing, ...]
    acknowledged: str | None
    deliveries: Mapping[str, DeliveryRow]


class Routings:
    """The verbs on what is between alerts and outbox, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def put(self, routings: Iterable[Routing], now: datetime) -> None:
        """Write what became of alerts; a later fate replaces an earlier one."""
        with self._store.write():
            for row in routings:
                self._db.execute(
                    """INSERT OR REPLACE INTO routings
                       (alert, channel, fate, why, at, release_at, message, detail)
                       VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                    [
                        row.alert,
                        row.channel,
                        row.fate,
                        row.why,
                        codec.when(now),
                        codec.when(row.release_at) if row.release_at else None,
                        row.message,
                        row.detail,
                    ],
                )

    # --- what waits --------------------------------------------------------------------------

    def due(self, now: datetime) -> dict[str, tuple[Waiting, ...]]:
        """Return the alerts whose time to wait is over, by channel, in the order they were raised."""
        rows = self._store.rows(
            """SELECT routings.*, alerts.body, acknowledgements.author,
                 (SELECT claims.withdrawn FROM claims WHERE claims.id = alerts.claim) AS withdrawn
               FROM routings JOIN alerts ON alerts.id = routings.alert
               LEFT JOIN acknowledgements ON acknowledgements.alert = alerts.id
               WHERE fate = 'held' AND release_at <= ? ORDER BY alerts.seq""",
            [codec.when(now)],
        )
        found: dict[str, list[Waiting]] = {}
        for row in rows:
            found.setdefault(row["channel"], []).append(self._waiting(row))
        return {channel: tuple(waiting) for channel, waiting in found.items()}

    def _waiting(self, row: dict[str, Any]) -> Waiting:
        alert = codec.load(Alert, row["body"])
        gone, detail = None, ""
        if row["withdrawn"] and not alert.corrects:
            gone, detail = Fate.WITHDRAWN, "the figure was taken back"
        elif row["author"] is not None:
            gone, detail = Fate.ACKNOWLEDGED, f"by {row['author']}"
        return Waiting(
            alert=self.counted(alert),
            why=Why(row["why"]),
            release_at=codec.moment_required(row["release_at"]),
            gone=gone,
            detail=detail,
        )

    def counted(self, alert: Alert) -> Alert:
        """Return the alert with its witnesses counted up to now; a follow-up's are also those who
        carried the wrong figure."""
        known = (alert.id, *alert.corrects)
        return counted(alert, [row for name in known for row in self._store.witnesses(name)])

    def open_windows(self) -> dict[tuple[str, str], datetime]:
        """Return when the grouping windows that are open end, by channel and rule."""
        rows = self._store.rows(
            """SELECT channel, rule, min(release_at) AS ends
               FROM routings JOIN alerts ON alerts.id = routings.alert
               WHERE fate = 'held' AND why = 'window' GROUP BY channel, rule"""
        )
        return {(row["channel"], row["rule"]): codec.moment_required(row["ends"]) for row in rows}

    def reached(self, alert: str) -> Reached:
        """Return whom an alert reached; a message that was given up reached nobody."""
        rows = self._store.rows(
            """SELECT routings.channel, fate, alerts.body FROM routings
               JOIN alerts ON alerts.id = routings.alert
               LEFT JOIN deliveries ON deliveries.id = routings.message
               WHERE alert = ? AND fate IN ('told', 'held', 'overtaken')
                 AND coalesce(deliveries.state, '') <> 'dead'""",
            [alert],
        )
        waiting = frozenset(
            row["channel"]
            for row in rows
            # A follow-up that waits is told in any case.
            if row["fate"] == Fate.HELD and not codec.load(Alert, row["body"]).corrects
        )
        return Reached(told=frozenset(row["channel"] for row in rows) - waiting, waiting=waiting)

    # --- alerts as operators see them --------------------------------------------------------

    def alerts(self, limit: int, key: str = "") -> tuple[AlertRow, ...]:
        """Return the newest alerts first; only those whose id begins with `key`."""
        rows = self._store.rows(
            """SELECT body, author, at, note FROM alerts
               LEFT JOIN acknowledgements ON acknowledgements.alert = alerts.id
               WHERE substr(id, 1, length(:key)) = :key ORDER BY seq DESC LIMIT :limit""",
            {"key": key, "limit": limit},
        )
        return tuple(self._alert_row(row) for row in rows)

    def _alert_row(self, row: dict[str, Any]) -> AlertRow:
        alert = self.counted(codec.load(Alert, row["body"]))
        acknowledged = None
        if row["author"] is not None:
            acknowledged = f"{row['author']}, {utc_text(codec.moment_required(row['at']))} {row['note']}".strip()
        routings = self.routings_of(alert.id)
        return AlertRow(
            alert=alert,
            routings=routings,
            acknowledged=acknowledged,
            deliveries=self._deliveries(routings),
        )

    def _deliveries(self, routings: Iterable[Routing]) -> dict[str, DeliveryRow]:
        outbox = Outbox(self._store)
        found = ((one.channel, outbox.row(one.message)) for one in routings if one.message)
        return {channel: row for channel, row in found if row is not None}

    def routings_of(self, alert: str) -> tuple[Routing, ...]:
        """Return what became of an alert, by channel."""
        rows = self._store.rows("SELECT * FROM routings WHERE alert = ? ORDER BY channel", [alert])
        return tuple(
            Routing(
                alert=row["alert"],
                channel=row["channel"],
                fate=Fate(row["fate"]),
                why=Why(row["why"]),
                release_at=codec.moment(row["release_at"]),
                message=row["message"],
                detail=row["detail"],
            )
            for row in rows
        )

    def acknowledge(self, alert: str, author: str, at: datetime, note: str) -> None:
        """Note that somebody knows; what of the alert still waits is not told any more."""
        with self._store.write():
            self._db.execute(
                "INSERT OR REPLACE INTO acknowledgements (alert, author, at, note) VALUES (?, ?, ?, ?)",
                [alert, author, codec.when(at), note],
            )

    # --- silences ----------------------------------------------------------------------------

    def silences(self, since: datetime | None = None) -> tuple[Silence, ...]:
        """Return all silences, or those that end after `since`."""
        limit = codec.when(since) if since else ""
        rows = self._store.rows("SELECT body FROM silences WHERE until > ? ORDER BY seq", [limit])
        return tuple(codec.load(Silence, row["body"]) for row in rows)

    def put_silence(self, silence: Silence) -> None:
        """Add a silence, or change the one with its id."""
        with self._store.write():
            self._db.execute(
                """INSERT INTO silences (id, until, body) VALUES (?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET until = excluded.until, body = excluded.body""",
                [silence.id, codec.when(silence.until), codec.dump(silence)],
            )

    # --- digests -----------------------------------------------------------------------------

    def last_digest(self, channel: str) -> str | None:
        """Return the local day of a channel's newest digest, or None."""
        rows = self._store.rows("SELECT max(day) AS day FROM digests WHERE channel = ?", [channel])
        return rows[0]["day"] if rows else None

    def note_digest(self, channel: str, day: str, message: str | None) -> bool:
        """Note a day's digest; False when the day has one already."""
        with self._store.write():
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO digests (channel, day, message) VALUES (?, ?, ?)",
                [channel, day, message],
            )
            return cursor.rowcount > 0

    # --- coverage ----------------------------------------------------------------------------

    def newest_articles(self) -> dict[str, datetime]:
        """Return when each feed last brought something new."""
        rows = self._store.rows("SELECT feed, max(seen) AS seen FROM articles GROUP BY feed")
        return {row["feed"]: codec.moment_required(row["seen"]) for row in rows}
