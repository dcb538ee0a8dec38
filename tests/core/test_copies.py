# SPDX-License-Identifier: Apache-2.0
"""Copy detection, scored: precision and recall per relation, on texts and edits of our own."""

from __future__ import annotations

import pytest

from tests.copy_scores import Merges, Score, World, merges, scores

# Not the topics that the thresholds were chosen on (decision 0020).
_TOPICS = range(20)
# relation -> least precision, least recall. The first block are the targets for verbatim and lightly
# edited copies and for summaries; the rest is pinned at what was measured, so that it cannot decay.
_LEAST = {
    "verbatim": (0.98, 0.98),
    "retitled": (0.98, 0.98),
    "leftover_markup": (0.98, 0.98),
    "lightly_edited": (0.98, 0.95),
    "with_synonyms": (0.98, 0.95),
    "with_other_numbers": (0.98, 0.95),
    "with_inserts": (0.98, 0.95),
    "summary": (0.98, 0.90),
    "teaser": (0.98, 0.90),
    "cut": (0.98, 0.98),
    "thinned": (0.98, 0.98),
    "without_lead": (0.98, 0.98),
    "extended": (0.98, 0.98),
    "new_lead": (0.98, 0.98),
    "reordered": (0.98, 0.98),
    "edited_summary": (0.98, 0.85),
    "heavily_edited": (0.98, 0.80),
    "excerpt": (0.90, 0.85),
    "headline_only": (0.93, 0.93),
}


@pytest.fixture(scope="module")
def world() -> World:
    """The stories of all topics, known."""
    return World.of(_TOPICS)


@pytest.fixture(scope="module")
def scored(world: World) -> dict[str, Score]:
    """The score of every relation."""
    return scores(world)


@pytest.fixture(scope="module")
def merged(world: World) -> dict[str, Merges]:
    """The false merges of every kind of other story."""
    return merges(world)


def test_every_relation_has_its_least_score(scored: dict[str, Score]) -> None:
    """No edit is generated without being judged."""
    assert set(scored) == set(_LEAST)


@pytest.mark.parametrize("relation", _LEAST)
def test_copies_join_the_group_of_their_original(relation: str, scored: dict[str, Score]) -> None:
    """Precision and recall of one relation are at least what is pinned."""
    precision, recall = _LEAST[relation]
    score = scored[relation]
    assert score.precision >= precision
    assert score.recall >= recall


def test_stories_on_one_topic_do_not_merge(merged: dict[str, Merges]) -> None:
    """Shared facts, quotes and background make at most one false merge in a thousand pairs."""
    pairs = sum(row.pairs for row in merged.values())
    assert pairs > 3000
    assert sum(row.merged for row in merged.values()) <= pairs / 1000


def test_a_translation_is_not_a_copy(merged: dict[str, Merges]) -> None:
    """Names and numbers in common are not words in common."""
    assert merged["translated"].merged == 0
