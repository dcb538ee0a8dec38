# SPDX-License-Identifier: Apache-2.0
"""The step of the schema for people who signed themselves up.

What it is not: the other steps (`schema`). Rules of this file: those of `schema`. An address stands
in `members` and, while somebody is asked to confirm, in `tokens`; everywhere else there is only its
keyed hash. A token stands nowhere, only its hash.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_STATEMENTS = (
    """CREATE TABLE members (
        id TEXT PRIMARY KEY,
        mailbox TEXT NOT NULL UNIQUE,
        since TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tokens (
        digest TEXT PRIMARY KEY,
        scope TEXT NOT NULL
            CHECK (scope IN ('confirm', 'manage', 'unsubscribe', 'feedback', 'delete')),
        member TEXT NOT NULL,
        mailbox TEXT NOT NULL,
        subject TEXT NOT NULL,
        request TEXT,
        expires TEXT,
        used TEXT
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX tokens_mailbox ON tokens (mailbox)",
    "CREATE INDEX tokens_expires ON tokens (expires) WHERE expires IS NOT NULL",
    """CREATE TABLE suppressed (
        mailbox TEXT PRIMARY KEY,
        reason TEXT NOT NULL
            CHECK (reason IN ('left', 'deleted', 'refused', 'bounced', 'operator')),
        at TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
    # Who asked for a letter, for the limits; `mailed` says whether one was sent.
    """CREATE TABLE asked (
        seq INTEGER PRIMARY KEY,
        mailbox TEXT NOT NULL,
        client TEXT NOT NULL,
        mailed INTEGER NOT NULL,
        at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX asked_at ON asked (at)",
    "CREATE INDEX asked_mailbox ON asked (mailbox, at)",
    "CREATE INDEX asked_client ON asked (client, at)",
    # One voice for each reader and alert. A voice outlives its reader under another name.
    """CREATE TABLE opinions (
        voter TEXT NOT NULL,
        alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        rule TEXT NOT NULL,
        opinion TEXT NOT NULL CHECK (opinion IN ('right', 'wrong', 'knew')),
        at TEXT NOT NULL,
        PRIMARY KEY (voter, alert)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX opinions_rule ON opinions (rule, opinion)",
    "CREATE INDEX opinions_alert ON opinions (alert)",
)


def add_subscriber_steps(migrations: Migrations) -> frozenset[str]:
    """Register the steps; return their names."""

    @migrations()
    def m0020_subscribers(db: Database) -> None:
        """Create what self-service subscriptions and opinions need."""
        for statement in _STATEMENTS:
            db.execute(statement)

    return frozenset({"m0020_subscribers"})
