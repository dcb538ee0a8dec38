# SPDX-License-Identifier: Apache-2.0
"""Scores copy detection: every edit of every story, against all stories of all topics as memory.

What it is not: the stories (`storybook`) or the edits (`edits`). A copy is right when it joins the
group of its original and of no other; another story is right when it joins none.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.core.memory import Memory
from monitor.core.model import Article, ArticleVerdict, KnownArticle, TextKind
from monitor.core.recognition import DEFAULT_THRESHOLDS, Thresholds, recognise, relation
from monitor.core.sketches import compare, fingerprint, sketch
from tests.edits import COPIES, OTHERS
from tests.storybook import Story, Topic, story, topic

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORIES_PER_TOPIC = 6


@dataclass(slots=True)
class Score:
    """How the copies of one relation were recognised."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def recall(self) -> float:
        """The share of copies that joined their original's group."""
        return self.right / max(1, self.right + self.wrong + self.missed)

    @property
    def precision(self) -> float:
        """The share of articles taken for copies that joined the right group."""
        return self.right / max(1, self.right + self.wrong)


@dataclass(slots=True)
class Merges:
    """How many pairs of stories on one topic were compared, and how many taken for copies."""

    pairs: int = 0
    merged: int = 0


def article(name: str, text: Story) -> Article:
    """Return a story as an article of a feed of its own."""
    return Article(
        id=name,
        feed=name,
        entry_key=name,
        entry_hash="",
        url=None,
        canonical_url=None,
        title=text.title,
        text=text.text,
        text_kind=TextKind.ENTRY,
        publisher="Test",
        published=NOW,
        seen=NOW,
        fingerprint=fingerprint(text.title, text.text),
        sketch=sketch(text.text if text.text.strip() else text.title),
    )


def as_known(one: Article) -> KnownArticle:
    """Return what memory keeps of an article, in a group of its own."""
    return KnownArticle(
        id=one.id,
        group=one.id,
        feed=one.feed,
        entry_key=one.entry_key,
        entry_hash="",
        canonical_url=one.canonical_url,
        title=one.title,
        publisher=one.publisher,
        text_kind=one.text_kind,
        published=one.published,
        seen=one.seen,
        fingerprint=one.fingerprint,
        sketch=one.sketch,
    )


@dataclass(frozen=True, slots=True)
class World:
    """Topics with their stories, all of them known."""

    topics: tuple[tuple[Topic, tuple[Story, ...], tuple[Article, ...]], ...]
    memory: Memory

    @classmethod
    def of(cls, topics: range) -> World:
        """Return the world of some topics."""
        found = []
        for number in topics:
            about = topic(number)
            stories = tuple(story(about, f"{number}.{row}") for row in range(STORIES_PER_TOPIC))
            articles = tuple(article(f"t{number}s{row}", text) for row, text in enumerate(stories))
            found.append((about, stories, articles))
        known = [as_known(one) for _, _, articles in found for one in articles]
        return cls(tuple(found), Memory(articles=known))


def scores(world: World, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> dict[str, Score]:
    """Return the score of every relation."""
    found = {name: Score() for name in COPIES}
    for name, copy, original in _edited(world, COPIES):
        result, row = recognise(copy, world.memory, thresholds), found[name]
        if result.verdict is ArticleVerdict.NEW:
            row.missed += 1
        elif result.group == original.id:
            row.right += 1
        else:
            row.wrong += 1
    return found


def merges(world: World, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> dict[str, Merges]:
    """Return how often different stories on one topic were taken for copies of each other."""
    found = {name: Merges() for name in ("stories", *OTHERS)}
    for _, _, articles in world.topics:
        for one, other in itertools.combinations(articles, 2):
            _count(found["stories"], one, other, thresholds)
    by_topic = {one.id: articles for _, _, articles in world.topics for one in articles}
    for name, other, original in _edited(world, OTHERS):
        for one in by_topic[original.id]:
            _count(found[name], other, one, thresholds)
    return found


def _count(row: Merges, one: Article, other: Article, thresholds: Thresholds) -> None:
    row.pairs += 1
    row.merged += relation(compare(one.sketch, other.sketch), thresholds) is not None


def _edited(world: World, edits: dict[str, object]) -> Iterator[tuple[str, Article, Article]]:
    """Yield every edit of every story, with the original."""
    for name, edit in edits.items():
        for about, stories, articles in world.topics:
            for text, original in zip(stories, articles, strict=True):
                chance = random.Random(f"{name} {original.id}")  # noqa: S311
                assert callable(edit)
                yield name, article(f"{name} of {original.id}", edit(text, about, chance)), original
