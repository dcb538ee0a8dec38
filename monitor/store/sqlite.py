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
import random
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from monitor.core.errors import MonitorError, StoreError
from monitor.core.memory import Memory, Needs
from monitor.core.model import (
    Alert,
    Article,
    Cause,
    Decision,
    KnownArticle,
    LedgerClaim,
    Outcome,
    Withdrawal,
    Witness,
)
from monitor.core.sketches import index_keys
from monitor.store import codec
from monitor.store.backups import keep_before_migration
from monitor.store.looking import connect_to_look
from monitor.store.recalling import recall
from monitor.store.records import EntryMark, EntryState, FeedRow, LedgerQuery, OwedPage, PollResult
from monitor.store.rows import (
    DUE,
    FEEDS,
    INSERT_ARTICLE,
    INSERT_CLAIM,
    KNOWN_ARTICLE,
    article_row,
    claim_row,
    feed_of,
    known_article_of,
    ledger_claim_of,
    outcome_of,
    packed,
)
from monitor.store.schema import KNOWN_MIGRATIONS, migrations

_BUSY_TIMEOUT_SECONDS = 5.0
# Waits between tries where another process keeps the lock longer, with jitter so that two of us do
# not meet again; all tries together stay well below the watchdog's patience.
_BUSY_WAITS_SECONDS = (0.05, 0.2, 0.8)
# Pages kept in memory: the inner pages of the key index of a million articles, and no more.
_CACHE_KIBIBYTES = 32 * 1024
# SQLite's default limit on parameters is 32,766; stay well below it.
_CHUNK = 5000


def open_store(path: Path | None) -> Store:
    """Open (creating and migrating) the database; None is a throw-away store in memory.

    Raises `StoreError` when the file is damaged, unreadable, or from a newer version.
    """
    try:
        with ExitStack() as stack:
            # What is left open here keeps its locks until somebody collects the garbage.
            store = Store(stack.enter_context(closing(_connect(path))), path)
            stack.pop_all()
            return store
    except sqlite3.DatabaseError as error:
        msg = f"{path}: {error}"
        raise StoreError(msg) from error
    raise AssertionError  # pragma: no cover  (the block above returns or raises)


def look_into_store(path: Path) -> Store:
    """Open the database to read it, whatever may be written where it lies; it must exist.

    One of an older version is brought to this one first, as by `open_store`. Raises `StoreError`.
    """
    with _refusals_named(), ExitStack() as stack:
        connection = connect_to_look(path, timeout_seconds=_BUSY_TIMEOUT_SECONDS)
        stack.enter_context(closing(connection))
        if not migrations.pending(Database(connection)):
            store = Store(connection, path)
            stack.pop_all()
            return store
    return open_store(path)


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
    try:
        # Only takes effect on a new file: what retention frees can then be given back in small steps.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _patiently(connection, "PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Who was deleted must not live on in free pages, which backups copy. Not every SQLite does it.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Run a statement that takes a lock, again where another process holds it for longer.

    SQLite waits by itself, but not in every case, and not fairly: who writes without a pause, as an
    import does, may win every time.
    """
    for wait in (*_BUSY_WAITS_SECONDS, None):
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if wait is None or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(wait * random.uniform(1, 2))  # noqa: S311  (spreading, not secrecy)
        else:
            return


@contextmanager
def _refusals_named() -> Iterator[None]:
    """Turn a refusal of the file system or a damaged file into `StoreError`; defects pass."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        msg = f"the database refuses: {error}"
        raise StoreError(msg) from error


class Store:
    """All verbs on the database. Safe to share between threads: `write` holds a lock."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None) -> None:
        self.path = path
        self.db = Database(connection)
        self._lock = threading.RLock()
        # Rows of the ledger by number, as `recalling` read them (see there), and how many are kept:
        # some three kilobytes each.
        self.claims_read: dict[int, LedgerClaim] = {}
        self.claims_kept = 10_000
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
        pending = migrations.pending(self.db)
        if pending and migrations.applied(self.db) and self.path is not None:
            keep_before_migration(self.db.conn, self.path, pending[-1].name)
        if pending:
            with self.write():
                migrations.apply(self.db)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Run one write transaction; it commits at the end or leaves nothing behind."""
        with self._lock:
            try:
                if self.db.conn.in_transaction:
                    with self.db.atomic():
                        yield
                else:
                    yield from self._transaction()
            except BaseException:
                self.claims_read.clear()  # their numbers may be given to other rows
                raise

    def _transaction(self) -> Iterator[None]:
        with _refusals_named():
            _patiently(self.db.conn, "BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.rollback()
                raise
            try:
                self.db.conn.execute("COMMIT")
            except sqlite3.Error:
                self.db.rollback()
                raise

    @contextmanager
    def unshared(self) -> Iterator[None]:
        """Keep other threads out while a statement runs that may not be in a transaction."""
        with self._lock:
            yield

    def rows(
        self, sql: str, parameters: Sequence[object] | dict[str, object] = ()
    ) -> list[dict[str, Any]]:
        """Return all rows of a query as dictionaries (this package only)."""
        with self._lock, _refusals_named():
            return list(self.db.query(sql, parameters))
        raise AssertionError  # pragma: no cover  (the block above returns or raises)

    def rows_in(
        self, sql: str, values: Sequence[object], *, before: Sequence[object] = (), after: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Return the rows of a query that ends in `IN`, whatever the number of values."""
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self.rows(f"{sql} ({marks}) {after}", [*before, *chunk])

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
        """Add one feed by command; raises `MonitorError` when the id is taken."""
        with self.write():
            if self.rows("SELECT 1 FROM feeds WHERE id = ? AND configured", [feed.id]):
                msg = f"a feed with id {feed.id!r} exists already"
                raise MonitorError(msg)
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
                 health = CASE WHEN url = excluded.url THEN health ELSE '{}' END,
                 stopped = CASE WHEN url = excluded.url THEN stopped END,
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

    def stop_feed(self, feed: str, reason: str | None, now: datetime) -> bool:
        """Stop polling a feed for a reason, or (None) poll it again from now on."""
        with self.write():
            cursor = self.db.execute(
                """UPDATE feeds SET stopped = :reason, error_count = 0,
                   next_poll = CASE WHEN :reason IS NULL THEN :now ELSE next_poll END
                   WHERE id = :id AND configured""",
                {"reason": reason, "id": feed, "now": codec.when(now)},
            )
            return cursor.rowcount > 0

    def feeds(self) -> tuple[FeedRow, ...]:
        """Return every feed that is configured or added, by id."""
        rows = self.rows(f"{FEEDS} WHERE configured ORDER BY id")
        return tuple(feed_of(row) for row in rows)

    def feed(self, name: str) -> FeedRow | None:
        """Return one feed that is configured or added."""
        rows = self.rows(f"{FEEDS} WHERE configured AND id = ?", [name])
        return feed_of(rows[0]) if rows else None

    def due_feeds(self, now: datetime, *, ignore_times: bool = False) -> tuple[FeedRow, ...]:
        """Return the enabled feeds whose next poll is not later than `now`, longest due first."""
        limit = "9999" if ignore_times else codec.when(now)
        rows = self.rows(f"{FEEDS} {DUE}", {"limit": limit})
        return tuple(feed_of(row) for row in rows)

    def entry_states(self, feed: str, keys: Sequence[str]) -> dict[str, EntryState]:
        """Return what is known of the given entries of a feed, by entry key."""
        found: dict[str, EntryState] = {}
        for row in self.rows_in(
            "SELECT * FROM entries WHERE feed = ? AND entry_key IN", keys, before=(feed,)
        ):
            found[row["entry_key"]] = _entry_state(row)
        return found

    def owed_pages(self, feed: str, now: datetime) -> tuple[OwedPage, ...]:
        """Return the articles whose page is due: failed before, or to be read again."""
        rows = self.rows(
            """SELECT articles.*, entries.entry_hash AS hash, entries.article, entries.last_seen,
                 entries.page_tries, entries.page_due, entries.rereads, entries.reread_due
               FROM entries JOIN articles ON articles.id = entries.article
               WHERE entries.feed = :feed AND articles.url IS NOT NULL
                 AND (entries.page_due <= :now OR entries.reread_due <= :now)
               ORDER BY articles.seq""",
            {"feed": feed, "now": codec.when(now)},
        )
        return tuple(
            OwedPage(
                article=outcome_of(row, ()).article,
                state=_entry_state(row | {"entry_hash": row["hash"]}),
            )
            for row in rows
        )

    def newest_reading(self, feed: str, entry_key: str, kind: str) -> KnownArticle | None:
        """Return the newest reading of one kind of an entry."""
        rows = self.rows(
            f"""{KNOWN_ARTICLE} WHERE articles.feed = ? AND articles.entry_key = ?
                AND articles.text_kind = ? ORDER BY articles.seq DESC LIMIT 1""",
            [feed, entry_key, kind],
        )
        return known_article_of(rows[0]) if rows else None

    def record_poll(self, poll: PollResult) -> None:
        """Write how a poll ended; validators change only with a success."""
        shared = {
            "id": poll.feed,
            "at": codec.when(poll.at),
            "outcome": poll.outcome,
            "next": codec.when(poll.next_poll),
            "error": poll.error,
            "health": codec.dump(poll.health) if poll.health is not None else None,
            "stopped": poll.stopped,
        }
        with self.write():
            if poll.failed:
                self.db.execute(
                    """UPDATE feeds SET last_poll = :at, last_outcome = :outcome, last_error = :error,
                       error_count = error_count + 1, polls = polls + 1, next_poll = :next,
                       health = coalesce(:health, health), stopped = coalesce(stopped, :stopped)
                       WHERE id = :id""",
                    shared,
                )
                return
            for mark in poll.entries:
                self._mark_entry(poll, mark)
            self.db.conn.executemany(
                "UPDATE entries SET last_seen = ? WHERE feed = ? AND entry_key = ?",
                [(codec.when(poll.at), poll.feed, key) for key in poll.still_there],
            )
            if poll.outcome in {"page", "pushed"}:  # the feed itself was not read
                self.db.execute(
                    "UPDATE feeds SET health = coalesce(:health, health) WHERE id = :id", shared
                )
                return
            self.db.execute(
                """UPDATE feeds SET last_poll = :at, last_success = :at, last_outcome = :outcome,
                   last_error = NULL, error_count = 0, polls = polls + 1, next_poll = :next,
                   etag = :etag, last_modified = :modified, health = coalesce(:health, health)
                   WHERE id = :id""",
                shared | {"etag": poll.etag, "modified": poll.last_modified},
            )

    def _mark_entry(self, poll: PollResult, mark: EntryMark) -> None:
        self.db.execute(
            """INSERT OR REPLACE INTO entries
               (feed, entry_key, entry_hash, article, last_seen, page_tries, page_due, rereads,
                reread_due)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                poll.feed,
                mark.entry_key,
                mark.entry_hash,
                mark.article,
                codec.when(poll.at),
                mark.page_tries,
                codec.when(mark.page_due) if mark.page_due else None,
                mark.rereads,
                codec.when(mark.reread_due) if mark.reread_due else None,
            ],
        )

    # --- recall and commit -------------------------------------------------------------------

    def recall(self, needs: Needs) -> Memory:
        """Return the slice of the past that deciding about a batch needs."""
        with self._lock:
            return recall(self, needs)

    def commit(self, decision: Decision) -> None:
        """Write everything a batch concluded. Call inside `write`, with the memory recalled there."""
        with self.write():
            keys: list[tuple[int, int]] = []
            for outcome in decision.outcomes:
                seq = self._put_outcome(outcome)
                found = index_keys(outcome.article.sketch, outcome.article.title)
                keys += ((key, seq) for key in found)
            self._put_keys(keys)
            for alert in decision.alerts:
                self._put_alert(alert)
            for witness in decision.witnesses:
                self._put_witness(witness)
            for mark in decision.withdrawals:
                self._withdraw(mark)

    def _put_keys(self, keys: list[tuple[int, int]]) -> None:
        """Write a batch's keys in their order, so that each page of the index is met once."""
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO sketch_keys (key, article) VALUES (?, ?)", sorted(keys)
        )

    def _put_outcome(self, outcome: Outcome) -> int:
        article = outcome.article
        seq = self.db.execute(INSERT_ARTICLE, article_row(outcome)).lastrowid
        assert seq is not None  # noqa: S101  (an INSERT has one)
        self.db.execute(
            "INSERT INTO sketches (article, hashes) VALUES (?, ?)",
            [seq, packed(article.sketch.hashes)],
        )
        for claim in outcome.claims:
            self.db.execute(INSERT_CLAIM, claim_row(claim))
        for mark in outcome.withdrawals:
            self._withdraw(mark)
        self.db.execute("UPDATE feeds SET articles = articles + 1 WHERE id = ?", [article.feed])
        return seq

    def renew_sketch(self, article: Article) -> bool:
        """Replace fingerprint and sketch of a stored article; False when it is not stored."""
        with self.write():
            rows = self.rows("SELECT seq, title FROM articles WHERE id = ?", [article.id])
            if not rows:
                return False
            seq = rows[0]["seq"]
            self.db.execute(
                """UPDATE articles SET fingerprint = ?, sketch_version = ?, shingles = ?
                   WHERE seq = ?""",
                [article.fingerprint, article.sketch.version, article.sketch.shingles, seq],
            )
            self.db.execute(
                "INSERT OR REPLACE INTO sketches (article, hashes) VALUES (?, ?)",
                [seq, packed(article.sketch.hashes)],
            )
            self._put_keys([(key, seq) for key in index_keys(article.sketch, rows[0]["title"])])
        return True

    def _put_witness(self, witness: Witness) -> None:
        self.db.execute(
            """INSERT OR IGNORE INTO witnesses (alert, article, group_id, claim, publisher, origin)
               VALUES (?, ?, ?, ?, ?, ?)""",
            [
                witness.alert,
                witness.article,
                witness.group,
                witness.claim,
                witness.publisher,
                witness.origin,
            ],
        )

    def _withdraw(self, mark: Withdrawal) -> None:
        self.db.execute("UPDATE claims SET withdrawn = 1 WHERE id = ?", [mark.claim])
        self.db.execute(
            "INSERT INTO withdrawals (claim, cause, reason, article, at) VALUES (?, ?, ?, ?, ?)",
            [mark.claim, mark.cause, mark.reason, mark.article, codec.when(mark.at)],
        )

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
        return outcome_of(rows[0], tuple(ledger_claim_of(row) for row in claims))

    def stored_ids(self, ids: Sequence[str]) -> set[str]:
        """Return those of the article ids that are stored."""
        return {row["id"] for row in self.rows_in("SELECT id FROM articles WHERE id IN", ids)}

    def known_article(self, article: str) -> KnownArticle | None:
        """Return what memory keeps of an article, or None."""
        rows = self.rows(f"{KNOWN_ARTICLE} WHERE articles.id = ?", [article])
        return known_article_of(rows[0]) if rows else None

    def claim(self, claim_id: str) -> LedgerClaim | None:
        """Return one row of the ledger, or None."""
        rows = self.rows("SELECT body, withdrawn FROM claims WHERE id = ?", [claim_id])
        return ledger_claim_of(rows[0]) if rows else None

    def alerts_of(self, article: str) -> tuple[Alert, ...]:
        """Return the alerts that an article raised."""
        rows = self.rows("SELECT body FROM alerts WHERE article = ? ORDER BY seq", [article])
        return tuple(codec.load(Alert, row["body"]) for row in rows)

    def has_alert(self, dedup_key: str) -> bool:
        """Say whether an alert with this dedup key was raised."""
        return bool(self.rows("SELECT 1 FROM alerts WHERE dedup_key = ?", [dedup_key]))

    def alerts_about(self, claim: str) -> tuple[Alert, ...]:
        """Return the alerts that one ledger row raised, and the follow-ups about it."""
        rows = self.rows("SELECT body FROM alerts WHERE claim = ? ORDER BY seq", [claim])
        return tuple(codec.load(Alert, row["body"]) for row in rows)

    def witnesses(self, alert: str) -> tuple[Witness, ...]:
        """Return who carried the figure of an alert later; whose claim was taken back is left out."""
        rows = self.rows(
            """SELECT witnesses.* FROM witnesses LEFT JOIN claims ON claims.id = witnesses.claim
               WHERE alert = ? AND NOT coalesce(claims.withdrawn, 0) ORDER BY witnesses.article""",
            [alert],
        )
        return tuple(
            Witness(
                alert=row["alert"],
                article=row["article"],
                group=row["group_id"],
                claim=row["claim"],
                publisher=row["publisher"],
                origin=row["origin"],
            )
            for row in rows
        )

    def withdrawals(self, claim: str) -> tuple[Withdrawal, ...]:
        """Return why a ledger row was taken back, oldest first."""
        rows = self.rows("SELECT * FROM withdrawals WHERE claim = ? ORDER BY seq", [claim])
        return tuple(
            Withdrawal(
                claim=row["claim"],
                cause=Cause(row["cause"]),
                reason=row["reason"],
                article=row["article"],
                at=codec.moment_required(row["at"]),
            )
            for row in rows
        )

    def ledger(self, wanted: LedgerQuery) -> tuple[LedgerClaim, ...]:
        """Return the newest rows of the ledger that a query asks for, oldest first."""
        asked = {
            "measure = ?": wanted.measure,
            "force = ?": wanted.force,
            "place = ?": wanted.place,
            "family = ?": wanted.family,
            "verdict = ?": wanted.verdict,
            "article = ?": wanted.article,
            "withdrawn = ?": None if wanted.withdrawn is None else int(wanted.withdrawn),
            "said >= ?": None if wanted.since is None else codec.when(wanted.since),
        }
        used = {test: value for test, value in asked.items() if value is not None}
        where = f"WHERE {' AND '.join(used)}" if used else ""
        limit = -1 if wanted.limit is None else wanted.limit
        rows = self.rows(
            f"SELECT seq, body, withdrawn FROM claims {where} ORDER BY seq DESC LIMIT ?",  # noqa: S608
            [*used.values(), limit],
        )
        return tuple(ledger_claim_of(row) for row in reversed(rows))

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

    def record_pack(self, name: str, digest: str, now: datetime) -> None:
        """Note that a pack was loaded; call inside the `write` that commits its decision."""
        self.db.execute(
            """INSERT OR REPLACE INTO packs (name, digest, loaded, articles, claims)
               SELECT :name, :digest, :loaded,
                 (SELECT count(*) FROM articles WHERE feed = :feed),
                 (SELECT count(*) FROM claims JOIN articles ON articles.id = claims.article
                  WHERE articles.feed = :feed)""",
            {"name": name, "digest": digest, "loaded": codec.when(now), "feed": f"seed:{name}"},
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


def _entry_state(row: dict[str, Any]) -> EntryState:
    return EntryState(
        entry_hash=row["entry_hash"],
        article=row["article"],
        last_seen=codec.moment_required(row["last_seen"]),
        page_tries=row["page_tries"],
        page_due=codec.moment(row["page_due"]),
        rereads=row["rereads"],
        reread_due=codec.moment(row["reread_due"]),
    )
