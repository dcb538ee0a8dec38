# SPDX-License-Identifier: Apache-2.0
"""Hop 5: from the keys that a batch needs to the slice of the past that it may meet.

What it is not: a judgement of what was found (`core.recognition`). Rules of this file: the cost of
a look-up is bounded whatever is stored: a key that many articles share is a stock phrase, and only
its newest articles are asked about; no text is ever read.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.core.memory import MOST_CANDIDATES, Memory, Needs
from monitor.core.model import Alert, KnownArticle, LedgerClaim
from monitor.store import codec
from monitor.store.rows import KNOWN_ARTICLE, known_article_of

if TYPE_CHECKING:
    from monitor.store.sqlite import Store

# Articles per key that are looked at, newest first: a story's copies come within days of it.
_POSTINGS_PER_KEY = 16


def recall(store: Store, needs: Needs) -> Memory:
    """Return the slice of the past that deciding about a batch needs."""
    articles = _articles(store, needs)
    identities = needs.identities
    readings = [row.id for row in articles if (row.feed, row.entry_key) in identities]
    claims = _claims(store, needs, readings)
    alerts = _alerts(store, [claim.id for claim in claims], [article.id for article in articles])
    return Memory(articles=articles, claims=claims, alerts=alerts)


def _articles(store: Store, needs: Needs) -> list[KnownArticle]:
    seqs: set[int] = set()
    for feed, key in needs.identities:
        found = store.rows("SELECT seq FROM articles WHERE feed = ? AND entry_key = ?", [feed, key])
        seqs.update(row["seq"] for row in found)
    for column, values in (
        ("canonical_url", needs.canonical_urls),
        ("fingerprint", needs.fingerprints),
    ):
        seqs.update(_first_with(store, column, sorted(values)))
    for keys in needs.keys:
        seqs.update(_likely(store, keys))
    rows = list(store.rows_in(f"{KNOWN_ARTICLE} WHERE articles.seq IN", sorted(seqs)))
    return [known_article_of(row) for row in sorted(rows, key=lambda row: row["seq"])]


def _first_with(store: Store, column: str, values: Sequence[str]) -> Iterator[int]:
    """Yield the first article with each value, and of an address also what that entry became."""
    for value in values:
        rows = store.rows(
            f"SELECT seq, feed, entry_key FROM articles WHERE {column} = ? ORDER BY seq LIMIT 1",  # noqa: S608
            [value],
        )
        for row in rows:
            yield row["seq"]
            if column == "canonical_url":
                again = store.rows(
                    "SELECT seq FROM articles WHERE feed = ? AND entry_key = ?",
                    [row["feed"], row["entry_key"]],
                )
                yield from (other["seq"] for other in again)


def _likely(store: Store, keys: Sequence[int]) -> list[int]:
    """Return the articles that share most keys, earlier ones first among equals."""
    execute = store.db.conn.execute
    found: list[tuple[int]] = []
    for key in keys:
        found += execute(
            "SELECT article FROM sketch_keys WHERE key = ? ORDER BY article DESC LIMIT ?",
            (key, _POSTINGS_PER_KEY),
        )
    shared = Counter(itertools.chain.from_iterable(found))
    best = heapq.nsmallest(
        MOST_CANDIDATES, ((-count, article) for article, count in shared.items())
    )
    return [article for _, article in best]


def _claims(store: Store, needs: Needs, readings: Sequence[str]) -> list[LedgerClaim]:
    """Return the rows of the series at hand, and those of earlier readings of the same entries."""
    found: dict[int, bool] = {}
    series = set(needs.series)
    for low, high in needs.figures:
        # What a notice takes back may be of a series that the article says nothing about.
        series.update(
            (row["measure"], row["force"])
            for row in store.rows(
                """SELECT DISTINCT measure, force FROM claims
                   WHERE low = ? AND high = ? AND NOT withdrawn""",
                [low, high],
            )
        )
    for measure, force in sorted(series):
        rows = store.db.conn.execute(
            "SELECT seq, withdrawn FROM claims WHERE measure = ? AND force = ?", (measure, force)
        )
        found.update((seq, bool(withdrawn)) for seq, withdrawn in rows)
    for row in store.rows_in("SELECT seq, withdrawn FROM claims WHERE article IN", readings):
        found[row["seq"]] = bool(row["withdrawn"])
    bodies = _bodies(store, sorted(found))
    return [
        replace(bodies[seq], withdrawn=True) if found[seq] else bodies[seq] for seq in sorted(found)
    ]


def _bodies(store: Store, seqs: Sequence[int]) -> dict[int, LedgerClaim]:
    """Return the rows of the ledger by number; only those that were not read before are read.

    A row's body never changes, and a long series would otherwise be read anew for every poll.
    """
    read = store.claims_read
    bodies = {seq: read[seq] for seq in seqs if seq in read}
    missing = [seq for seq in seqs if seq not in bodies]
    for row in store.rows_in("SELECT seq, body FROM claims WHERE seq IN", missing):
        bodies[row["seq"]] = codec.load(LedgerClaim, row["body"])
        # Full is full: to drop the oldest would keep nothing of a series that is longer.
        if len(read) < store.claims_kept:
            read[row["seq"]] = bodies[row["seq"]]
    return bodies


def _alerts(store: Store, claims: Sequence[str], articles: Sequence[str]) -> list[Alert]:
    found: dict[int, Alert] = {}
    for column, values in (("claim", claims), ("article", articles)):
        for row in store.rows_in(f"SELECT seq, body FROM alerts WHERE {column} IN", values):  # noqa: S608
            found[row["seq"]] = codec.load(Alert, row["body"])
    return [found[seq] for seq in sorted(found)]
