# SPDX-License-Identifier: Apache-2.0
"""Benchmark: our recognition of copies beside MinHash with bands, on the same stories and edits.

Run by hand with the dependency group `bench` installed: `python -m tests.benchmarks.copy_peers [TOPICS]`.
Every method gets the same three-word shingles of the same words; a peer's answer is the known text
that it finds with the highest estimated resemblance. Prints CPU time per text as a ratio to ours,
recall per relation, and how many other stories on the same topic it took for copies. What it is
not: a test; nothing here asserts a time.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

from monitor.core.memory import Memory
from monitor.core.recognition import recognise
from monitor.core.sketches import words
from tests.copy_scores import World, article, as_known
from tests.edits import COPIES, OTHERS
from tests.storybook import Story

_RELATIONS = ("verbatim", "lightly_edited", "heavily_edited", "cut", "summary")
_PERMUTATIONS = 128
_FROM = 0.5

Learn = Callable[[str, Story], None]
Ask = Callable[[str, Story], str | None]


def _shingles(text: Story) -> list[str]:
    found = words(text.text)
    return [" ".join(found[start : start + 3]) for start in range(max(1, len(found) - 2))]


def ours() -> tuple[Learn, Ask]:
    """Return our own: a memory that grows, and `recognise`."""
    memory = Memory()
    known: list[Any] = []

    def learn(name: str, text: Story) -> None:
        one = as_known(article(name, text))
        known.append(one)
        memory._add_article(one)

    def ask(name: str, text: Story) -> str | None:
        found = recognise(article(name, text), memory)
        return found.group if found.verdict == "duplicate" else None

    return learn, ask


def datasketch() -> tuple[Learn, Ask]:
    """Return MinHash with bands by datasketch."""
    lsh = MinHashLSH(threshold=_FROM, num_perm=_PERMUTATIONS)
    kept: dict[str, MinHash] = {}

    def of(text: Story) -> MinHash:
        made = MinHash(num_perm=_PERMUTATIONS)
        made.update_batch([shingle.encode() for shingle in _shingles(text)])
        return made

    def learn(name: str, text: Story) -> None:
        kept[name] = of(text)
        lsh.insert(name, kept[name])

    def ask(name: str, text: Story) -> str | None:
        own = of(text)
        found = [(own.jaccard(kept[key]), key) for key in lsh.query(own)]
        share, best = max(found, default=(0.0, None))
        return best if share >= _FROM else None

    return learn, ask


def rensa() -> tuple[Learn, Ask]:
    """Return MinHash with bands by rensa, which is written in Rust."""
    lsh = RMinHashLSH(threshold=_FROM, num_perm=_PERMUTATIONS, num_bands=32)
    kept: list[tuple[str, Any]] = []

    def of(text: Story) -> Any:
        made = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        made.update(_shingles(text))
        return made

    def learn(name: str, text: Story) -> None:
        kept.append((name, of(text)))
        lsh.insert(len(kept) - 1, kept[-1][1])

    def ask(name: str, text: Story) -> str | None:
        own = of(text)
        found = [(own.jaccard(kept[key][1]), kept[key][0]) for key in lsh.query(own)]
        share, best = max(found, default=(0.0, None))
        return best if share >= _FROM else None

    return learn, ask


def _timed(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main(topics: int) -> None:
    """Print one line per method."""
    world = World.of(range(topics))
    known = [
        (one.id, text)
        for _, texts, ones in world.topics
        for text, one in zip(texts, ones, strict=True)
    ]
    edits = {name: COPIES[name] for name in _RELATIONS} | OTHERS
    asked: dict[str, list[tuple[str, Story]]] = {name: [] for name in edits}
    for name, edit in edits.items():
        for about, texts, ones in world.topics:
            for text, one in zip(texts, ones, strict=True):
                chance = random.Random(f"{name} {one.id}")  # noqa: S311
                asked[name].append((one.id, edit(text, about, chance)))
    first: float | None = None
    print(
        f"{len(known)} known stories;",
        "method, CPU us a text (learn, ask), ratio, recall …, merges",
    )
    for method in (ours, datasketch, rensa):
        learn, ask = method()
        learning = _timed(lambda learn=learn: [learn(*row) for row in known] and None)
        found: dict[str, Sequence[str | None]] = {}

        def query(ask: Ask = ask, found: dict[str, Sequence[str | None]] = found) -> None:
            for name, rows in asked.items():
                found[name] = [ask(f"{name} of {key}", text) for key, text in rows]

        asking = _timed(query)
        learn_us = learning / len(known) * 1e6
        ask_us = asking / sum(map(len, asked.values())) * 1e6
        first = first or learn_us + ask_us
        recall = " ".join(
            f"{name} {sum(a == k for a, (k, _) in zip(found[name], asked[name], strict=True)) / len(known):.2f}"
            for name in _RELATIONS
        )
        merged = sum(answer is not None for name in OTHERS for answer in found[name])
        print(
            f"{method.__name__:10} {learn_us:6.0f} {ask_us:6.0f} {(learn_us + ask_us) / first:5.2f}  "
            f"{recall}  merged {merged} of {len(known) * len(OTHERS)}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100)
