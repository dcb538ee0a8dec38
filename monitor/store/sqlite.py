# SPDX-License-Identifier: Apache-2.0
"""The SQLite store: the connection, its transactions, and the verbs on feeds, articles and claims.

What it is not: the outbox (`store.outbox`) or the schema (`store.schema`). Rules of this file: one
writer connection, guarded by a lock, opened here and nowhere else; every change happens inside
`write`, which begins IMMEDIATE, because a deferred transaction that reads first fails at once with
"database is locked" when another process wrote in between, whatever the busy timeout; no network
call ever happens inside it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from monitor.core.errors import StoreError
from monitor.core.memory import Memory, Needs
from monitor.core.model import (
    Alert,
    Article,
    ArticleVerdict,
    Decision,
    KnownArticle,
    LedgerClaim,
    Outcome,
    Relation,
    Sketch,
    TextKind,
)
from monitor.store import codec
from monitor.store.schema import KNOWN_MIGRATIONS, migrations

_BUSY_TIMEOUT_SECONDS = 5.0
# Sketch candidates read per article: the nearest text is among the few that share most sampled
# shingles; more rows only cost time (the containment itself is computed by the core).
_NEAREST_CANDIDATES = 24
# SQLite's default limit on parameters is 32,766; stay well below it.
_CHUNK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolicy:
    """How one feed is polled; `interval_seconds` None means the site's default."""

    interval_seconds: float | None = None
    full_text: str | None = None
    first_poll: str = "recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed with its policy and the state of its polling."""

    id: str
    url: str
    publisher: str
    origin: str
    configured: bool
    enabled: bool
    policy: FeedPolicy
    etag: str | None
    last_modified: str | None
    next_poll: datetime
    last_poll: datetime | None
    last_success: datetime | None
    last_outcome: str | None
    last_error: str | None
    error_count: int
    polls: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryState:
    """What is known of one entry of a feed: its last hash, its article, and a page still owed."""

    entry_hash: str
    article: str
    page_tries: int
    page_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMark:
    """The new state of one entry, committed with the decision about it."""

    entry_key: str
    entry_hash: str
    article: str
    page_tries: int = 0
    page_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How one poll ended; committed together with what was decided about its entries."""

    feed: str
    at: datetime
    outcome: str  # "fetched", "not-modified" or the reason of the failure
    next_poll: datetime
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    entries: tuple[EntryMark, ...] = ()

    @property
    def failed(self) -> bool:
        """Say whether the poll ended without a usable answer."""
        return self.error is not None


def open_store(path: Path | None) -> Store:
    """Open (creating and migrating) the database; None is a throw-away store in memory.

    Raises `StoreError` when the file is damaged, unreadable, or from a newer version.
    """
    try:
        return Store(_connect(path))
    except sqlite3.DatabaseError as error:
        msg = f"{path}: {error}"
        raise StoreError(msg) from error


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # sqlite-utils binds a connection that it opens itself to its thread and leaves foreign keys off.
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=_BUSY_TIMEOUT_SECONDS,
        check_same_thread=False,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class Store:
    """All verbs on the database. Safe to share between threads: `write` holds a lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = Database(connection)
        self._lock = threading.RLock()
        self._migrate()

    def close(self) -> None:
        """Close the database; the store cannot be used afterwards."""
        with self._lock:
            self.db.close()

    def _migrate(self) -> None:
        unknown = {row.name for row in migrations.applied(self.db)} - KNOWN_MIGRATIONS
        if unknown:
            msg = f"the database was written by a newer version (migrations {sorted(unknown)})"
            raise StoreError(msg)
        if migrations.pending(self.db):
            with self.write():
                migrations.apply(self.db)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Run one write transaction; it commits at the end or leaves nothing behind."""
        with self._lock:
            if self.db.conn.in_transaction:
                with self.db.atomic():
                    yield
                return
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.rollback()
                raise
            self.db.conn.execute("COMMIT")

    def rows(
        self, sql: str, parameters: Sequence[object] | dict[str, object] = ()
    ) -> list[dict[str, Any]]:
        """Return all rows of a query as dictionaries (this package only)."""
        with self._lock:
            return list(self.db.query(sql, parameters))

    # --- feeds -------------------------------------------------------------------------------

    def sync_feeds(self, wanted: Iterable[FeedRow], now: datetime) -> None:
        """Make the configured feeds equal to `wanted`; state of feeds that stay is kept.

        A feed whose URL changed loses its validators. Feeds that are gone keep their rows (their
        memory still counts) but are not polled. Feeds added by command are left alone.
        """
        with self.write():
            self.db.execute("UPDATE feeds SET configured = 0 WHERE origin = 'config'")
            for feed in wanted:
                self._put_feed(feed, now)

    def add_feed(self, feed: FeedRow, now: datetime) -> None:
        """Add one feed by command; raises `StoreError` when the id is taken."""
        with self.write():
            if self.rows("SELECT 1 FROM feeds WHERE id = ? AND configured", [feed.id]):
                msg = f"a feed with id {feed.id!r} exists already"
                raise StoreError(msg)
            self._put_feed(feed, now)

    def _put_feed(self, feed: FeedRow, now: datetime) -> None:
        self.db.execute(
            """INSERT INTO feeds (id, url, publisher, origin, configured, enabled, settings, next_poll)
               VALUES (:id, :url, :publisher, :origin, 1, :enabled, :settings, :now)
               ON CONFLICT (id) DO UPDATE SET
                 etag = CASE WHEN url = excluded.url THEN etag END,
                 last_modified = CASE WHEN url = excluded.url THEN last_modified END,
                 next_poll = CASE WHEN url = excluded.url AND settings = excluded.settings
                             THEN next_poll ELSE excluded.next_poll END,
                 url = excluded.url, publisher = excluded.publisher, origin = excluded.origin,
                 configured = 1, enabled = excluded.enabled, settings = excluded.settings""",
            {
                "id": feed.id,
                "url": feed.url,
                "publisher": feed.publisher,
                "origin": feed.origin,
                "enabled": int(feed.enabled),
                "settings": codec.dump(feed.policy),
                "now": codec.when(now),
            },
        )

    def remove_feed(self, feed: str) -> bool:
        """Forget a feed that was added by command; False when there is none of that id."""
        with self.write():
            cursor = self.db.execute(
                "UPDATE feeds SET configured = 0 WHERE id = ? AND origin = 'added' AND configured",
                [feed],
            )
            return cursor.rowcount > 0

    def feeds(self) -> tuple[FeedRow, ...]:
        """Return every feed that is configured or added, by id."""
        rows = self.rows("SELECT * FROM feeds WHERE configured ORDER BY id")
        return tuple(_feed(row) for row in rows)

    def due_feeds(self, now: datetime, *, ignore_times: bool = False) -> tuple[FeedRow, ...]:
        """Return the enabled feeds whose next poll is not later than `now`, longest due first."""
        limit = "9999" if ignore_times else codec.when(now)
        rows = self.rows(
            "SELECT * FROM feeds WHERE enabled AND configured AND next_poll <= ? ORDER BY next_poll, id",
            [limit],
        )
        return tuple(_feed(row) for row in rows)

    def entry_states(self, feed: str, keys: Sequence[str]) -> dict[str, EntryState]:
        """Return what is known of the given entries of a feed, by entry key."""
        found: dict[str, EntryState] = {}
        for row in self._rows_in(
            "SELECT * FROM entries WHERE feed = ? AND entry_key IN", keys, before=(feed,)
        ):
            found[row["entry_key"]] = EntryState(
                entry_hash=row["entry_hash"],
                article=row["article"],
                page_tries=row["page_tries"],
                page_due=codec.moment(row["page_due"]),
            )
        return found

    def owed_pages(self, feed: str, now: datetime) -> tuple[tuple[Article, int], ...]:
        """Return the articles whose page failed and is due again, each with its tries so far."""
        rows = self.rows(
            """SELECT articles.*, entries.page_tries FROM entries
               JOIN articles ON articles.id = entries.article
               WHERE entries.feed = ? AND entries.page_due <= ? AND articles.url IS NOT NULL
               ORDER BY articles.seq""",
            [feed, codec.when(now)],
        )
        return tuple((_outcome(row, ()).article, row["page_tries"]) for row in rows)

    def record_poll(self, poll: PollResult) -> None:
        """Write how a poll ended; validators change only with a success."""
        shared = {
            "id": poll.feed,
            "at": codec.when(poll.at),
            "outcome": poll.outcome,
            "next": codec.when(poll.next_poll),
            "error": poll.error,
        }
        with self.write():
            if poll.failed:
                self.db.execute(
                    """UPDATE feeds SET last_poll = :at, last_outcome = :outcome, last_error = :error,
                       error_count = error_count + 1, polls = polls + 1, next_poll = :next
                       WHERE id = :id""",
                    shared,
                )
                return
            for mark in poll.entries:
                self._mark_entry(poll, mark)
            if poll.outcome == "page":  # a page that was still owed: the feed itself was not read
                return
            self.db.execute(
                """UPDATE feeds SET last_poll = :at, last_success = :at, last_outcome = :outcome,
                   last_error = NULL, error_count = 0, polls = polls + 1, next_poll = :next,
                   etag = :etag, last_modified = :modified WHERE id = :id""",
                shared | {"etag": poll.etag, "modified": poll.last_modified},
            )

    def _mark_entry(self, poll: PollResult, mark: EntryMark) -> None:
        self.db.execute(
            """INSERT OR REPLACE INTO entries
               (feed, entry_key, entry_hash, article, last_seen, page_tries, page_due)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [
                poll.feed,
                mark.entry_key,
                mark.entry_hash,
                mark.article,
                codec.when(poll.at),
                mark.page_tries,
                codec.when(mark.page_due) if mark.page_due else None,
            ],
        )

    # --- recall and commit -------------------------------------------------------------------

    def recall(self, needs: Needs) -> Memory:
        """Return the slice of the past that deciding about a batch needs."""
        with self._lock:
            claims = self._recall_claims(needs)
            articles = self._recall_articles(needs)
            alerts = self._recall_alerts(
                [claim.id for claim in claims], [article.id for article in articles]
            )
            return Memory(articles=articles, claims=claims, alerts=alerts)

    def _rows_in(
        self, sql: str, values: Sequence[object], *, before: Sequence[object] = (), after: str = ""
    ) -> Iterator[dict[str, Any]]:
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self.rows(f"{sql} ({marks}) {after}", [*before, *chunk])

    def _recall_claims(self, needs: Needs) -> list[LedgerClaim]:
        found: dict[int, LedgerClaim] = {}
        for measure, force in sorted(needs.series):
            for row in self.rows(
                "SELECT seq, body, withdrawn FROM claims WHERE measure = ? AND force = ?",
                [measure, force],
            ):
                found[row["seq"]] = _ledger_claim(row)
        return [found[seq] for seq in sorted(found)]

    def _recall_articles(self, needs: Needs) -> list[KnownArticle]:
        seqs: set[int] = set()
        for feed, key in needs.identities:
            seqs.update(
                row["seq"]
                for row in self.rows(
                    "SELECT seq FROM articles WHERE feed = ? AND entry_key = ?", [feed, key]
                )
            )
        for column, values in (
            ("canonical_url", needs.canonical_urls),
            ("fingerprint", needs.fingerprints),
        ):
            found = self._rows_in(f"SELECT seq FROM articles WHERE {column} IN", sorted(values))  # noqa: S608
            seqs.update(row["seq"] for row in found)
        for hashes in needs.sketches:
            seqs.update(self._nearest(hashes))
        rows = self._rows_in("SELECT * FROM articles WHERE seq IN", sorted(seqs))
        return [self._known(row) for row in sorted(rows, key=lambda row: row["seq"])]

    def _nearest(self, hashes: Sequence[int]) -> set[int]:
        shared: dict[int, int] = {}
        for row in self._rows_in(
            "SELECT article, count(*) AS shared FROM sketches WHERE hash IN",
            hashes,
            after=f"GROUP BY article ORDER BY shared DESC, article LIMIT {_NEAREST_CANDIDATES}",
        ):
            shared[row["article"]] = shared.get(row["article"], 0) + row["shared"]
        return set(sorted(shared, key=lambda seq: (-shared[seq], seq))[:_NEAREST_CANDIDATES])

    def _known(self, row: dict[str, Any]) -> KnownArticle:
        hashes = self.rows(
            "SELECT hash FROM sketches WHERE article = ? ORDER BY hash", [row["seq"]]
        )
        return KnownArticle(
            id=row["id"],
            group=row["group_id"],
            feed=row["feed"],
            entry_key=row["entry_key"],
            entry_hash=row["entry_hash"],
            canonical_url=row["canonical_url"],
            title=row["title"],
            publisher=row["publisher"],
            text_kind=TextKind(row["text_kind"]),
            published=codec.moment(row["published"]),
            seen=codec.moment_required(row["seen"]),
            fingerprint=row["fingerprint"],
            sketch=Sketch(
                hashes=tuple(item["hash"] for item in hashes),
                shingles=row["shingles"],
                version=row["sketch_version"],
            ),
        )

    def _recall_alerts(self, claims: Sequence[str], articles: Sequence[str]) -> list[Alert]:
        found: dict[int, Alert] = {}
        for column, values in (("claim", claims), ("article", articles)):
            for row in self._rows_in(f"SELECT seq, body FROM alerts WHERE {column} IN", values):  # noqa: S608
                found[row["seq"]] = codec.load(Alert, row["body"])
        return [found[seq] for seq in sorted(found)]

    def commit(self, decision: Decision) -> None:
        """Write everything a batch concluded. Call inside `write`, with the memory recalled there."""
        with self.write():
            for outcome in decision.outcomes:
                self._put_outcome(outcome)
            for alert in decision.alerts:
                self._put_alert(alert)
            for witness in decision.witnesses:
                self.db.execute(
                    "INSERT OR IGNORE INTO witnesses (alert, article, group_id) VALUES (?, ?, ?)",
                    [witness.alert, witness.article, witness.group],
                )

    def _put_outcome(self, outcome: Outcome) -> None:
        article = outcome.article
        cursor = self.db.execute(_INSERT_ARTICLE, _article_row(outcome))
        seq = cursor.lastrowid
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO sketches (hash, article) VALUES (?, ?)",
            [(item, seq) for item in article.sketch.hashes],
        )
        for claim in outcome.claims:
            self.db.execute(_INSERT_CLAIM, _claim_row(claim))
        for claim_id in outcome.withdrawn:
            self.db.execute("UPDATE claims SET withdrawn = 1 WHERE id = ?", [claim_id])
        self.db.execute("UPDATE feeds SET articles = articles + 1 WHERE id = ?", [article.feed])

    def _put_alert(self, alert: Alert) -> None:
        self.db.execute(
            """INSERT INTO alerts
               (id, dedup_key, rule, severity, disposition, claim, article, created, body)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                alert.id,
                alert.dedup_key,
                alert.rule,
                alert.severity,
                alert.disposition,
                alert.claim.id if alert.claim else None,
                alert.article.id,
                codec.when(alert.created),
                codec.dump(alert),
            ],
        )

    # --- reading -----------------------------------------------------------------------------

    def find_article(self, key: str) -> Outcome | None:
        """Return what was decided about an article, by id or URL; the newest reading wins."""
        rows = self.rows(
            """SELECT * FROM articles WHERE id = ? OR url = ? OR canonical_url = ?
               ORDER BY seq DESC LIMIT 1""",
            [key, key, key],
        )
        if not rows:
            return None
        claims = self.rows(
            "SELECT body, withdrawn FROM claims WHERE article = ? ORDER BY seq", [rows[0]["id"]]
        )
        return _outcome(rows[0], tuple(_ledger_claim(row) for row in claims))

    def claim(self, claim_id: str) -> LedgerClaim | None:
        """Return one row of the ledger, or None."""
        rows = self.rows("SELECT body, withdrawn FROM claims WHERE id = ?", [claim_id])
        return _ledger_claim(rows[0]) if rows else None

    def alerts_of(self, article: str) -> tuple[Alert, ...]:
        """Return the alerts that an article raised."""
        rows = self.rows("SELECT body FROM alerts WHERE article = ? ORDER BY seq", [article])
        return tuple(codec.load(Alert, row["body"]) for row in rows)

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind there are, for `status`."""
        found = {
            name: int(self.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"])  # noqa: S608
            for name in ("articles", "claims", "alerts", "deliveries")
        }
        states = self.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
        return found | {f"deliveries_{row['state']}": int(row["n"]) for row in states}

    # --- packs and marks ---------------------------------------------------------------------

    def packs(self) -> dict[str, tuple[str, int, int]]:
        """Return digest, articles and claims of every pack loaded so far, by name."""
        rows = self.rows("SELECT * FROM packs ORDER BY name")
        return {row["name"]: (row["digest"], row["articles"], row["claims"]) for row in rows}

    def record_pack(self, name: str, digest: str, decision: Decision, now: datetime) -> None:
        """Note that a pack was loaded; call inside the `write` that commits its decision."""
        claims = sum(len(outcome.claims) for outcome in decision.outcomes)
        self.db.execute(
            "INSERT OR REPLACE INTO packs (name, digest, loaded, articles, claims) VALUES (?,?,?,?,?)",
            [name, digest, codec.when(now), len(decision.outcomes), claims],
        )

    def mark(self, name: str, value: str) -> None:
        """Remember a named value (heartbeat, start time)."""
        with self.write():
            self.db.execute(
                "INSERT OR REPLACE INTO marks (name, value) VALUES (?, ?)", [name, value]
            )

    def marks(self) -> dict[str, str]:
        """Return all remembered values."""
        return {row["name"]: row["value"] for row in self.rows("SELECT * FROM marks")}


_ARTICLE_COLUMNS = (
    "id",
    "feed",
    "entry_key",
    "entry_hash",
    "url",
    "canonical_url",
    "title",
    "text",
    "text_kind",
    "publisher",
    "language",
    "published",
    "seen",
    "fingerprint",
    "sketch_version",
    "shingles",
    "group_id",
    "verdict",
    "relation",
    "nearest",
    "similarity",
    "silenced",
    "extraction",
    "evaluations",
)
_INSERT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_ARTICLE_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _ARTICLE_COLUMNS)})"
)
_CLAIM_COLUMNS = (
    "id",
    "article",
    "group_id",
    "measure",
    "force",
    "place",
    "kind",
    "status",
    "family",
    "low",
    "high",
    "said",
    "seen",
    "verdict",
    "withdrawn",
    "body",
)
_INSERT_CLAIM = (
    f"INSERT INTO claims ({', '.join(_CLAIM_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _CLAIM_COLUMNS)})"
)


def _article_row(outcome: Outcome) -> dict[str, object]:
    article = outcome.article
    return {
        "id": article.id,
        "feed": article.feed,
        "entry_key": article.entry_key,
        "entry_hash": article.entry_hash,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "text": article.text,
        "text_kind": article.text_kind,
        "publisher": article.publisher,
        "language": article.language,
        "published": codec.when(article.published) if article.published else None,
        "seen": codec.when(article.seen),
        "fingerprint": article.fingerprint,
        "sketch_version": article.sketch.version,
        "shingles": article.sketch.shingles,
        "group_id": outcome.group,
        "verdict": outcome.verdict,
        "relation": outcome.relation,
        "nearest": outcome.nearest,
        "similarity": outcome.similarity,
        "silenced": outcome.silenced,
        "extraction": codec.dump_extraction(article.claims, article.rejected),
        "evaluations": codec.dump_evaluations(outcome.evaluations),
    }


def _claim_row(claim: LedgerClaim) -> dict[str, object]:
    series = claim.series
    return {
        "id": claim.id,
        "article": claim.article,
        "group_id": claim.group,
        "measure": series.measure,
        "force": series.force,
        "place": series.place,
        "kind": series.kind,
        "status": series.status,
        "family": claim.family,
        "low": claim.claim.low,
        "high": claim.claim.high,
        "said": codec.when(claim.said),
        "seen": codec.when(claim.seen),
        "verdict": claim.verdict,
        "withdrawn": int(claim.withdrawn),
        "body": codec.dump(claim),
    }


def _ledger_claim(row: dict[str, Any]) -> LedgerClaim:
    claim = codec.load(LedgerClaim, row["body"])
    return replace(claim, withdrawn=bool(row["withdrawn"]))


def _outcome(row: dict[str, Any], claims: tuple[LedgerClaim, ...]) -> Outcome:
    extraction = codec.load_extraction(row["extraction"])
    article = Article(
        id=row["id"],
        feed=row["feed"],
        entry_key=row["entry_key"],
        entry_hash=row["entry_hash"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"],
        text_kind=TextKind(row["text_kind"]),
        publisher=row["publisher"],
        language=row["language"],
        published=codec.moment(row["published"]),
        seen=codec.moment_required(row["seen"]),
        fingerprint=row["fingerprint"],
        sketch=Sketch(hashes=(), shingles=row["shingles"], version=row["sketch_version"]),
        claims=extraction.claims,
        rejected=extraction.rejected,
    )
    return Outcome(
        article=article,
        verdict=ArticleVerdict(row["verdict"]),
        group=row["group_id"],
        relation=Relation(row["relation"]),
        nearest=row["nearest"],
        similarity=row["similarity"],
        claims=claims,
        evaluations=codec.load_evaluations(row["evaluations"]),
        silenced=row["silenced"],
    )


def _feed(row: dict[str, Any]) -> FeedRow:
    return FeedRow(
        id=row["id"],
        url=row["url"],
        publisher=row["publisher"],
        origin=row["origin"],
        configured=bool(row["configured"]),
        enabled=bool(row["enabled"]),
        policy=codec.load(FeedPolicy, row["settings"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_poll=codec.moment_required(row["next_poll"]),
        last_poll=codec.moment(row["last_poll"]),
        last_success=codec.moment(row["last_success"]),
        last_outcome=row["last_outcome"],
        last_error=row["last_error"],
        error_count=row["error_count"],
        polls=row["polls"],
        articles=row["articles"],
    )
