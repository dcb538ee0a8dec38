# SPDX-License-Identifier: Apache-2.0
"""The step of the schema for subscriptions at WebSub hubs.

What it is not: the other steps (`schema`). Rules of this file: those of `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_STATEMENTS = (
    # `owed`: something was pushed and is not decided yet; a poll from then on makes up for it.
    # `missed`: polls in a row that found entries which the hub had not sent.
    """CREATE TABLE hub_subscriptions (
        token TEXT PRIMARY KEY,
        feed TEXT NOT NULL,
        hub TEXT NOT NULL,
        topic TEXT NOT NULL,
        callback TEXT NOT NULL,
        secret TEXT NOT NULL,
        standing TEXT NOT NULL CHECK (standing IN ('asking', 'active', 'denied', 'leaving')),
        due TEXT NOT NULL,
        lease_until TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        last_push TEXT,
        missed INTEGER NOT NULL DEFAULT 0,
        owed TEXT
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hub_subscriptions_feed ON hub_subscriptions (feed)",
    "CREATE INDEX hub_subscriptions_owed ON hub_subscriptions (owed) WHERE owed IS NOT NULL",
    # What was taken already: the same body again is a repetition, by whomever.
    """CREATE TABLE hub_pushes (
        token TEXT NOT NULL REFERENCES hub_subscriptions (token) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (token, digest)
    ) STRICT, WITHOUT ROWID""",
)


def add_websub_steps(migrations: Migrations) -> frozenset[str]:
    """Register the steps; return their names."""

    @migrations()
    def m0005_websub(db: Database) -> None:
        """Remember which hubs were asked to push which feeds."""
        for statement in _STATEMENTS:
            db.execute(statement)

    return frozenset({"m0005_websub"})
