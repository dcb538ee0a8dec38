# SPDX-License-Identifier: Apache-2.0
"""What readers said of alerts they got.

Rules of this file: those of the package; one row for each reader and alert, the last voice counts.
"""

from __future__ import annotations

from datetime import datetime

from monitor.core.model import Alert
from monitor.core.opinions import Opinion, Tally
from monitor.store import codec
from monitor.store.sqlite import Store


class Opinions:
    """The verbs on opinions, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def alert(self, alert_id: str) -> Alert | None:
        """Return the alert that is asked about, or None."""
        rows = self._store.rows("SELECT body FROM alerts WHERE id = ?", [alert_id])
        return codec.load(Alert, rows[0]["body"]) if rows else None

    def put(self, voter: str, alert: Alert, opinion: Opinion, now: datetime) -> None:
        """Write what a reader says of an alert, instead of what they said before."""
        with self._store.write():
            self._db.execute(
                """INSERT OR REPLACE INTO opinions (voter, alert, rule, opinion, at)
                   VALUES (?, ?, ?, ?, ?)""",
                [voter, alert.id, alert.rule, opinion, codec.when(now)],
            )

    def of(self, voter: str, alert_id: str) -> Opinion | None:
        """Return what a reader said of an alert so far."""
        rows = self._store.rows(
            "SELECT opinion FROM opinions WHERE voter = ? AND alert = ?", [voter, alert_id]
        )
        return Opinion(rows[0]["opinion"]) if rows else None

    def by_rule(self) -> dict[str, Tally]:
        """Return the voices on every rule that raised an alert."""
        rows = self._store.rows(
            """SELECT alerts.rule, count(DISTINCT alerts.id) AS alerts,
                 coalesce(sum(opinion = 'right'), 0) AS right,
                 coalesce(sum(opinion = 'wrong'), 0) AS wrong,
                 coalesce(sum(opinion = 'knew'), 0) AS knew
               FROM alerts LEFT JOIN opinions ON opinions.alert = alerts.id
               GROUP BY alerts.rule"""
        )
        return {
            row["rule"]: Tally(
                alerts=row["alerts"], right=row["right"], wrong=row["wrong"], knew=row["knew"]
            )
            for row in rows
        }

    def of_alert(self, alert_id: str) -> Tally:
        """Return the voices on one alert."""
        rows = self._store.rows(
            "SELECT opinion, count(*) AS n FROM opinions WHERE alert = ? GROUP BY opinion",
            [alert_id],
        )
        voices = {row["opinion"]: int(row["n"]) for row in rows}
        return Tally(alerts=1, **{name.value: voices.get(name.value, 0) for name in Opinion})
