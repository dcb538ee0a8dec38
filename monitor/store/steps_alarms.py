# SPDX-License-Identifier: Apache-2.0
"""The step of the schema for alarms about feeds that wait for others of their kind.

What it is not: the other steps (`schema`). Rules of this file: those of `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_STATEMENTS = (
    """CREATE TABLE waiting_alarms (
        seq INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        feed TEXT NOT NULL,
        url TEXT NOT NULL,
        detail TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT""",
)


def add_alarm_steps(migrations: Migrations) -> frozenset[str]:
    """Register the steps; return their names."""

    @migrations()
    def m0040_waiting_alarms(db: Database) -> None:
        """Keep alarms about feeds until others of their kind had time to come."""
        for statement in _STATEMENTS:
            db.execute(statement)

    return frozenset({"m0040_waiting_alarms"})
