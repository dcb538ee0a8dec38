# SPDX-License-Identifier: Apache-2.0
"""The step of the schema for everything between an alert and its delivery.

What it is not: the other steps (`schema`). Rules of this file: those of `schema`; a step only adds,
because rebuilding a table that others refer to would delete their rows.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_STATEMENTS = (
    "ALTER TABLE deliveries ADD COLUMN kind TEXT NOT NULL DEFAULT 'alert'",
    # When the tries of this row began to count; NULL: when it was created.
    "ALTER TABLE deliveries ADD COLUMN since TEXT",
    # A dead letter that nobody wants to see any more.
    "ALTER TABLE deliveries ADD COLUMN dropped TEXT",
    "CREATE INDEX deliveries_channel ON deliveries (channel, created)",
    # What became of each alert for each channel: told at once, waiting, told later, or not at all.
    """CREATE TABLE routings (
        alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        channel TEXT NOT NULL,
        fate TEXT NOT NULL,
        why TEXT NOT NULL,
        at TEXT NOT NULL,
        release_at TEXT,
        message TEXT,
        detail TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (alert, channel)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX routings_held ON routings (release_at) WHERE fate = 'held'",
    "CREATE INDEX routings_message ON routings (message) WHERE message IS NOT NULL",
    """CREATE TABLE silences (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        until TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE acknowledgements (
        alert TEXT PRIMARY KEY REFERENCES alerts (id) ON DELETE CASCADE,
        author TEXT NOT NULL,
        at TEXT NOT NULL,
        note TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # One digest per channel and local day, whatever the clock does.
    """CREATE TABLE digests (
        channel TEXT NOT NULL,
        day TEXT NOT NULL,
        message TEXT,
        PRIMARY KEY (channel, day)
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE refusals (channel TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL) STRICT",
    "CREATE INDEX refusals_channel ON refusals (channel, at)",
)


def add_delivery_steps(migrations: Migrations) -> frozenset[str]:
    """Register the steps; return their names."""

    @migrations()
    def m0030_routing(db: Database) -> None:
        """Create what routing, digests, silences and dead letters need."""
        for statement in _STATEMENTS:
            db.execute(statement)

    return frozenset({"m0030_routing"})
