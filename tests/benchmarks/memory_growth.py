# SPDX-License-Identifier: Apache-2.0
"""Benchmark: what recognising and storing an article costs as memory grows.

Run by hand: `python -m tests.benchmarks.memory_growth [SIZE…]` (default 10000 100000 1000000; a
million takes some ten minutes and two gigabytes). Fills a store in a temporary folder by the
store's own `commit`, and at each size polls like a daemon: batches of 25 articles, a fifth of them
copies, through recall, decide and commit. Prints CPU time per article, its ratio to the first size,
bytes per article, and resident memory. What it is not: a test; nothing here asserts a time.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.decide import Policy, decide
from monitor.core.memory import needs
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Decision,
    Outcome,
    Relation,
    Sketch,
    TextKind,
)
from monitor.core.rules import RuleSet
from monitor.core.sketches import SKETCH_VERSION
from monitor.knowledge import shipped_knowledge
from monitor.store import Retention, Store, open_store

_START = datetime(2025, 1, 1, tzinfo=UTC)
_WORDS = 400
# A fifth of an article's shingles are stock phrases, of which the commonest stand everywhere.
_STOCK = tuple(random.Random(1).sample(range(1 << 31), 20_000))  # noqa: S311
_STOCK_SHARE = 0.2
_FILL = 2_000
_BATCH = 25
_POLLS = 40


def made_up(number: int, chance: random.Random) -> Article:
    """Return an article of 400 words as its sketch says, without the words."""
    samples = _WORDS // 4
    common = int(samples * _STOCK_SHARE)
    stock = {_STOCK[int(len(_STOCK) * chance.random() ** 3)] for _ in range(common)}
    own = [chance.getrandbits(31) for _ in range(samples - len(stock))]
    hashes = [*stock, *own]
    chance.shuffle(hashes)
    return Article(
        id=f"art_{number:016x}",
        feed=f"feed-{number % 997}",
        entry_key=f"https://news{number % 997}.example/{number}/about-the-news-of-the-day",
        entry_hash=f"{number:032x}",
        url=f"https://news{number % 997}.example/{number}/about-the-news-of-the-day",
        canonical_url=f"https://news{number % 997}.example/{number}/about-the-news-of-the-day",
        title=f"Headline {number} about {chance.getrandbits(40)} and {chance.getrandbits(40)}",
        text="",
        text_kind=TextKind.ENTRY,
        publisher="Example",
        language="en",
        published=_START + timedelta(seconds=number),
        seen=_START + timedelta(seconds=number),
        fingerprint=f"fp2:{number:032x}",
        sketch=Sketch(hashes=tuple(hashes), shingles=_WORDS - 2, version=SKETCH_VERSION),
    )


def copied(original: Article, number: int, chance: random.Random) -> Article:
    """Return a copy of an article with a tenth of it replaced."""
    fresh = made_up(number, chance)
    hashes = tuple(
        chance.getrandbits(31) if chance.random() < 0.1 else value
        for value in original.sketch.hashes
    )
    return replace(fresh, sketch=replace(original.sketch, hashes=hashes))


def fill(store: Store, start: int, end: int, chance: random.Random) -> None:
    """Store articles `start` to `end` as new, in large transactions."""
    for first in range(start, end, _FILL):
        articles = [made_up(number, chance) for number in range(first, min(first + _FILL, end))]
        outcomes = tuple(
            Outcome(article=one, verdict=ArticleVerdict.NEW, group=one.id, relation=Relation.NONE)
            for one in articles
        )
        store.commit(Decision(outcomes=outcomes))


def poll(store: Store, batch: Sequence[Article], policy: Policy) -> tuple[float, float, int]:
    """Recall, decide and commit a batch; return the CPU seconds of the two halves, and the copies."""
    begun = time.process_time()
    with store.write():
        decision = decide(batch, store.recall(needs(batch)), policy)
        looked_up = time.process_time()
        store.commit(decision)
    copies = sum(row.verdict is ArticleVerdict.DUPLICATE for row in decision.outcomes)
    return looked_up - begun, time.process_time() - looked_up, copies


def measured(store: Store, size: int, policy: Policy, chance: random.Random) -> tuple[float, float]:
    """Return the CPU microseconds per article of looking up and of storing at this size."""
    lookup = insert = 0.0
    copies = expected = 0
    number = 10_000_000 + size
    for _ in range(_POLLS):
        batch = []
        for place in range(_BATCH):
            number += 1
            if place % 5 == 0:
                row = store.rows(
                    "SELECT id FROM articles WHERE seq = ?", [chance.randrange(1, size)]
                )[0]
                known = store.known_article(row["id"])
                assert known is not None
                original = replace(made_up(number, chance), sketch=known.sketch)
                batch.append(copied(original, number, chance))
                expected += 1
            else:
                batch.append(made_up(number, chance))
        one, other, found = poll(store, batch, policy)
        lookup, insert, copies = lookup + one, insert + other, copies + found
    print(f"  {copies} of {expected} copies recognised", file=sys.stderr)
    articles = _POLLS * _BATCH
    return lookup / articles * 1e6, insert / articles * 1e6


def main(sizes: Sequence[int]) -> None:
    """Print one line per size."""
    chance = random.Random(5)  # noqa: S311  (made-up articles)
    policy = Policy(rules=RuleSet(rules=()), gazetteer=shipped_knowledge().gazetteer, now=_START)
    first: float | None = None
    print("articles  lookup us  insert us  together  ratio  bytes/article  resident MiB")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "growth.db")
        done = 0
        for size in sizes:
            fill(store, done, size, chance)
            done = size
            store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            lookup, insert = measured(store, size, policy, chance)
            first = first or lookup + insert
            (row,) = store.rows("SELECT count(*) AS n FROM articles")
            print(
                f"{size:8,}  {lookup:9.0f}  {insert:9.0f}  {lookup + insert:8.0f}"
                f"  {(lookup + insert) / first:5.2f}"
                f"  {Retention(store).sizes().total / row['n']:13.0f}"
                f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:12.0f}",
                flush=True,
            )
        store.close()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
