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
from typing import TYPE_CHECKING, Any

from monitor.core.memory import MOST_CANDIDATES, Memory, Needs
from monitor.core.model import Alert, KnownArticle, LedgerClaim
from monitor.store import codec
from monitor.store.rows import KNOWN_ARTICLE, known_article_of, ledger_claim_of

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
    found: dict[int, dict[str, Any]] = {}
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
        for row in store.rows(
            "SELECT seq, body, withdrawn FROM claims WHERE measure = ? AND force = ?",
            [measure, force],
        ):
            found[row["seq"]] = row
    for row in store.rows_in("SELECT seq, body, withdrawn FROM claims WHERE article IN", readings):
        found[row["seq"]] = row
    return [ledger_claim_of(found[seq]) for seq in sorted(found)]


def _alerts(store: Store, claims: Sequence[str], articles: Sequence[str]) -> list[Alert]:
    found: dict[int, Alert] = {}
    for column, values in (("claim", claims), ("article", articles)):
        for row in store.rows_in(f"SELECT seq, body FROM alerts WHERE {column} IN", values):  # noqa: S608
            found[row["seq"]] = codec.load(Alert, row["body"])
    return [found[seq] for seq in sorted(found)]
