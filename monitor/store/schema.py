# SPDX-License-Identifier: Apache-2.0
"""The database schema, as numbered migrations.

Rules of this file: a released migration is never edited, only followed; tables are STRICT; times
are ISO 8601 UTC text, which sorts by time; records that only the core reads are opaque JSON.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from monitor.core.sketches import fingerprint, index_keys, sketch
from monitor.store.rows import packed
from monitor.store.steps_alarms import add_alarm_steps
from monitor.store.steps_delivery import add_delivery_steps
from monitor.store.steps_subscribers import add_subscriber_steps
from monitor.store.steps_websub import add_websub_steps

migrations = Migrations("figurewatch")

_FIRST = """
CREATE TABLE feeds (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    publisher TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('config', 'added')),
    configured INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    settings TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    next_poll TEXT NOT NULL,
    last_poll TEXT,
    last_success TEXT,
    last_outcome TEXT,
    last_error TEXT,
    error_count INTEGER NOT NULL DEFAULT 0,
    polls INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX feeds_due ON feeds (next_poll) WHERE enabled AND configured;

CREATE TABLE articles (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    feed TEXT NOT NULL,
    entry_key TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    url TEXT,
    canonical_url TEXT,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    text_kind TEXT NOT NULL,
    publisher TEXT NOT NULL,
    language TEXT,
    published TEXT,
    seen TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    sketch_version TEXT NOT NULL,
    shingles INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    relation TEXT NOT NULL,
    nearest TEXT,
    similarity REAL NOT NULL,
    silenced TEXT,
    extraction TEXT NOT NULL,
    evaluations TEXT NOT NULL
) STRICT;
CREATE INDEX articles_entry ON articles (feed, entry_key);
CREATE INDEX articles_url ON articles (canonical_url) WHERE canonical_url IS NOT NULL;
CREATE INDEX articles_fingerprint ON articles (fingerprint);
CREATE INDEX articles_group ON articles (group_id);

-- The latest state of each entry of a feed: what must not be read again, what must.
CREATE TABLE entries (
    feed TEXT NOT NULL,
    entry_key TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    article TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    page_tries INTEGER NOT NULL DEFAULT 0,
    page_due TEXT,
    PRIMARY KEY (feed, entry_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE sketches (
    hash INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles (seq) ON DELETE CASCADE,
    PRIMARY KEY (hash, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX sketches_article ON sketches (article);

CREATE TABLE claims (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article TEXT NOT NULL,
    group_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    force TEXT NOT NULL,
    place TEXT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    family TEXT,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    said TEXT NOT NULL,
    seen TEXT NOT NULL,
    verdict TEXT NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX claims_series ON claims (measure, force) WHERE NOT withdrawn;
CREATE INDEX claims_article ON claims (article);

CREATE TABLE alerts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dedup_key TEXT NOT NULL UNIQUE,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    disposition TEXT NOT NULL,
    claim TEXT,
    article TEXT NOT NULL,
    created TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_claim ON alerts (claim);
CREATE INDEX alerts_article ON alerts (article);

CREATE TABLE witnesses (
    alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    article TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (alert, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    rule TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'sent', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt TEXT NOT NULL,
    lease_until TEXT,
    created TEXT NOT NULL,
    finished TEXT,
    reason TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_attempt) WHERE state IN ('pending', 'leased');

CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY,
    delivery TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    started TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_delivery ON attempts (delivery);

CREATE TABLE disabled_channels (
    channel TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    since TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE packs (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    loaded TEXT NOT NULL,
    articles INTEGER NOT NULL,
    claims INTEGER NOT NULL
) STRICT;

CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""


@migrations()
def m0001_first(db: Database) -> None:
    """Create the tables of version 0.1."""
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            db.execute(statement)


_MEMORY = """
ALTER TABLE articles ADD COLUMN basis TEXT;
ALTER TABLE articles ADD COLUMN passages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN changes TEXT;
ALTER TABLE entries ADD COLUMN rereads INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN reread_due TEXT;
DROP TABLE sketches;

-- All samples of an article, four bytes each, in the order of its text.
CREATE TABLE sketches (
    article INTEGER PRIMARY KEY REFERENCES articles (seq) ON DELETE CASCADE,
    hashes BLOB NOT NULL
) STRICT;

-- Under what an article is found again: some of its samples, and its headline.
CREATE TABLE sketch_keys (
    key INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (key, article)
) STRICT, WITHOUT ROWID
"""


@migrations()
def m0002_memory(db: Database) -> None:
    """Keep whole sketches beside a small index; say how and why an article was recognised."""
    for statement in _MEMORY.split(";\n"):
        if statement.strip():
            db.execute(statement)
    _sketch_again(db)


def _sketch_again(db: Database) -> None:
    """Sketch the stored texts by today's algorithm; those without text wait for their pack."""
    for row in list(
        db.query("SELECT seq, title, text FROM articles WHERE text <> '' OR title <> ''")
    ):
        own = sketch(row["text"] if row["text"].strip() else row["title"])
        db.execute(
            "UPDATE articles SET fingerprint = ?, sketch_version = ?, shingles = ? WHERE seq = ?",
            [fingerprint(row["title"], row["text"]), own.version, own.shingles, row["seq"]],
        )
        db.execute(
            "INSERT INTO sketches (article, hashes) VALUES (?, ?)", [row["seq"], packed(own.hashes)]
        )
        db.conn.executemany(
            "INSERT OR IGNORE INTO sketch_keys (key, article) VALUES (?, ?)",
            [(key, row["seq"]) for key in index_keys(own, row["title"])],
        )


_WITHDRAWALS = """
-- Why and by what a claim was taken back; the claim's own row is only marked.
CREATE TABLE withdrawals (
    seq INTEGER PRIMARY KEY,
    claim TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('edit', 'notice', 'operator')),
    reason TEXT NOT NULL,
    article TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX withdrawals_claim ON withdrawals (claim);
ALTER TABLE witnesses ADD COLUMN claim TEXT NOT NULL DEFAULT '';
ALTER TABLE witnesses ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
ALTER TABLE witnesses ADD COLUMN origin TEXT;
"""


@migrations()
def m0003_withdrawals(db: Database) -> None:
    """Record why claims were taken back, and who carries a figure for whom."""
    for statement in _WITHDRAWALS.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m0004_feed_health(db: Database) -> None:
    """Remember how feeds are doing, and why one was stopped."""
    db.execute("ALTER TABLE feeds ADD COLUMN health TEXT NOT NULL DEFAULT '{}'")
    db.execute("ALTER TABLE feeds ADD COLUMN stopped TEXT")


@migrations()
def m0022_series(db: Database) -> None:
    """Find the rows of a series, withdrawn ones too, and those of a figure, without a scan."""
    db.execute("DROP INDEX claims_series")
    db.execute("CREATE INDEX claims_series ON claims (measure, force, withdrawn)")
    db.execute("CREATE INDEX claims_figure ON claims (low, high) WHERE NOT withdrawn")


KNOWN_MIGRATIONS = (
    frozenset(
        {
            "m0001_first",
            "m0002_memory",
            "m0003_withdrawals",
            "m0004_feed_health",
            "m0022_series",
        }
    )
    | add_delivery_steps(migrations)
    | add_subscriber_steps(migrations)
    | add_websub_steps(migrations)
    | add_alarm_steps(migrations)
)
