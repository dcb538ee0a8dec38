# SPDX-License-Identifier: Apache-2.0
"""Retention: texts go after a while, what recognises an article stays, and the file gives back space.

What it is not: a policy (`[memory]` in the configuration) or a clock. Rules of this file: every verb is
one short transaction over a bounded number of rows or pages, and says whether there is more to do,
so that a poll never waits for more than one of them; the ledger, alerts and what they cite stay for
good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Extraction, Sketch
from monitor.core.sketches import index_keys
from monitor.store import codec
from monitor.store.rows import unpacked
from monitor.store.sqlite import Store

# Rows looked at per step; a step takes some milliseconds.
_ROWS = 200
# Pages given back per step: one mebibyte.
_PAGES = 256
_NOTHING = codec.dump(Extraction())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large the database is, in bytes: all of it, and what is free inside."""

    total: int
    free: int


class Retention:
    """The verbs of retention, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def drop_texts(self, before: datetime) -> bool:
        """Take the text off some articles seen before a time; False when none is left."""
        with self._store.write():
            rows, more = self._next("texts_dropped", before)
            self._db.conn.executemany(
                """UPDATE articles SET text = '', extraction = ?
                   WHERE seq = ? AND text <> ''""",
                [(_NOTHING, seq) for seq in rows],
            )
        return more

    def forget_articles(self, before: datetime) -> bool:
        """Forget some old articles that nothing refers to; False when none is left to look at.

        An article stays while its feed shows it, and for good if it has claims, raised an alert, or
        was loaded by a person.
        """
        with self._store.write():
            rows, more = self._next("articles_forgotten", before)
            for seq in rows:
                if self._is_forgettable(seq, before):
                    self._forget(seq)
        return more

    def forget_entries(self, before: datetime) -> bool:
        """Forget some entries that their feed has not shown for long; False when none is left.

        A feed that did not change keeps what it last showed.
        """
        with self._store.write():
            rows = self._store.rows(
                """SELECT feed, entry_key FROM entries WHERE last_seen < :before
                     AND last_seen < (SELECT max(last_seen) FROM entries AS other
                                      WHERE other.feed = entries.feed)
                   LIMIT :rows""",
                {"before": codec.when(before), "rows": _ROWS},
            )
            self._db.conn.executemany(
                "DELETE FROM entries WHERE feed = ? AND entry_key = ?",
                [(row["feed"], row["entry_key"]) for row in rows],
            )
        return len(rows) == _ROWS

    def give_back(self) -> bool:
        """Give some free pages back to the file system; False when there are none."""
        free = self._pragma("freelist_count")
        with self._store.unshared():
            # Each row that this statement yields is one page; it does nothing unless it is read.
            self._db.conn.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
        left = self._pragma("freelist_count")
        return 0 < left < free

    def rebuild(self) -> None:
        """Write the file anew, in one go: for files from before pages could be given back."""
        with self._store.unshared():
            self._db.conn.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._db.conn.execute("VACUUM")

    def can_give_back(self) -> bool:
        """Say whether the file was made so that free pages can be given back."""
        return self._pragma("auto_vacuum") == 2

    def sizes(self) -> Sizes:
        """Return how large the database is."""
        page = self._pragma("page_size")
        return Sizes(
            total=page * self._pragma("page_count"), free=page * self._pragma("freelist_count")
        )

    # --- inside ------------------------------------------------------------------------------

    def _next(self, mark: str, before: datetime) -> tuple[Sequence[int], bool]:
        """Return the next articles seen before a time, and whether there may be more.

        They are met in order of arrival, and `mark` remembers how far we came.
        """
        done = int(self._store.marks().get(mark, "0"))
        rows = self._store.rows(
            "SELECT seq, seen FROM articles WHERE seq > ? ORDER BY seq LIMIT ?", [done, _ROWS]
        )
        limit = codec.when(before)
        old = []
        for row in rows:
            if row["seen"] >= limit:
                break
            old.append(row["seq"])
        if old:
            self._store.mark(mark, str(old[-1]))
        return old, len(old) == _ROWS

    def _is_forgettable(self, seq: int, before: datetime) -> bool:
        rows = self._store.rows(
            """SELECT 1 FROM articles WHERE seq = :seq AND feed NOT LIKE 'seed:%'
                 AND NOT EXISTS (SELECT 1 FROM claims WHERE article = articles.id)
                 AND NOT EXISTS (SELECT 1 FROM alerts WHERE article = articles.id)
                 AND NOT EXISTS (SELECT 1 FROM entries WHERE feed = articles.feed
                                 AND entry_key = articles.entry_key AND last_seen >= :before)""",
            {"seq": seq, "before": codec.when(before)},
        )
        return bool(rows)

    def _forget(self, seq: int) -> None:
        (row,) = self._store.rows(
            """SELECT title, shingles, sketch_version, hashes FROM articles
               LEFT JOIN sketches ON article = seq WHERE seq = ?""",
            [seq],
        )
        own = Sketch(
            hashes=unpacked(row["hashes"]),
            shingles=row["shingles"],
            version=row["sketch_version"],
        )
        self._db.conn.executemany(
            "DELETE FROM sketch_keys WHERE key = ? AND article = ?",
            [(key, seq) for key in index_keys(own, row["title"])],
        )
        self._db.execute("DELETE FROM articles WHERE seq = ?", [seq])

    def _pragma(self, name: str) -> int:
        return int(self._store.rows(f"PRAGMA {name}")[0][name])
