# SPDX-License-Identifier: Apache-2.0
"""Loads an archive into a site's store: everything in it is known afterwards, nothing alerts.

What it is not: packs, which are loaded whole (`pipeline.load_pack`). Rules of this file: documents
are read and prepared in worker processes, decided by the same `decide` as every poll, and committed
in small transactions, so that a daemon at work waits for no more than one of them; an article that
is stored already is skipped, so an import can be repeated, and goes on where it was interrupted.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from monitor.archives import Document, prepare_documents, read_archive, without_text
from monitor.core.decide import Policy
from monitor.core.errors import Problem
from monitor.core.model import Article, ArticleVerdict
from monitor.core.rules import RuleSet
from monitor.dispatch import Dispatch
from monitor.pipeline import Site, decide_and_commit
from monitor.store import Store

# One transaction holds the write lock for some tenths of a second.
_BATCH = 100
_WAITING_PER_JOB = 3
_CLAIMS_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How an import ended."""

    articles: int = 0
    copies: int = 0
    claims: int = 0
    known: int = 0
    problems: tuple[Problem, ...] = ()


class ArchiveImport:
    """One archive on its way into one store."""

    def __init__(self, store: Store, site: Site, name: str, now: datetime) -> None:
        self._store = store
        self._dispatch = Dispatch(store)
        self._name = name
        self._site = site
        self._now = now
        # A process of its own that ends with the import may take more memory than a daemon.
        store.claims_kept = _CLAIMS_KEPT
        self._digest = hashlib.sha256()
        self._policy = Policy(
            rules=RuleSet(rules=()),
            gazetteer=site.knowledge.gazetteer,
            now=now,
            silence_all="seed",
            thresholds=site.settings.memory.thresholds,
        )

    def run(self, path: Path, jobs: int, tell: Callable[[int], None]) -> Imported:
        """Import an archive with `jobs` worker processes; `tell` is given every batch's size."""
        total = Imported()
        for batch in self._prepared(read_archive(path), jobs):
            total = _sum(total, self._commit(batch))
            tell(len(batch))
        with self._store.write():
            self._store.record_pack(self._name, self._digest.hexdigest()[:16], self._now)
        return total

    def _prepared(
        self, found: Iterable[Document | Problem], jobs: int
    ) -> Iterator[list[Article | Problem]]:
        """Yield the articles of each batch, in order; only a few batches are in memory."""
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            waiting: deque[tuple[list[Problem], Future[list[Article | Problem]]]] = deque()
            for batch in _batches(found):
                problems = [item for item in batch if isinstance(item, Problem)]
                documents = [item for item in batch if isinstance(item, Document)]
                task = pool.submit(
                    prepare_documents, documents, self._name, self._site.knowledge_roots, self._now
                )
                waiting.append((problems, task))
                if len(waiting) > _WAITING_PER_JOB * jobs:
                    problems, task = waiting.popleft()
                    yield [*problems, *task.result()]
            for problems, task in waiting:
                yield [*problems, *task.result()]

    def _commit(self, batch: Sequence[Article | Problem]) -> Imported:
        articles = {item.id: item for item in batch if isinstance(item, Article)}
        for article in articles.values():
            self._digest.update(article.fingerprint.encode())
        stored = self._store.stored_ids(list(articles))
        fresh = [without_text(article) for key, article in articles.items() if key not in stored]
        fresh.sort(key=lambda article: article.said)
        decision = decide_and_commit(self._store, self._dispatch, fresh, self._policy, (), None)
        return Imported(
            articles=len(fresh),
            copies=sum(row.verdict is ArticleVerdict.DUPLICATE for row in decision.outcomes),
            claims=sum(len(row.claims) for row in decision.outcomes),
            known=len(articles) - len(fresh),
            problems=tuple(item for item in batch if isinstance(item, Problem)),
        )


def _sum(one: Imported, other: Imported) -> Imported:
    return Imported(
        articles=one.articles + other.articles,
        copies=one.copies + other.copies,
        claims=one.claims + other.claims,
        known=one.known + other.known,
        problems=one.problems + other.problems,
    )


def _batches(found: Iterable[Document | Problem]) -> Iterator[list[Document | Problem]]:
    iterator = iter(found)
    while batch := list(itertools.islice(iterator, _BATCH)):
        yield batch
