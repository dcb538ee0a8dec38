# SPDX-License-Identifier: Apache-2.0
"""Floors under what `make eval` prints: they may rise freely and fall only on purpose.

A floor is lowered by setting FIGUREWATCH_LOWER_FLOORS=1 while changing it, with a line in the change
log that says why. The digest pins what the floors were reached on; a changed corpus asks for new ones.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest
from corpus.evaluate import (
    FIELDS,
    GENERAL,
    HELD,
    TUNE,
    Score,
    digest,
    kept,
    metamorphic,
    passages,
    score,
)

from monitor.knowledge import shipped_knowledge

_FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
_PARTS = {"tune": TUNE, "held": HELD}


@lru_cache(maxsize=2)
def _score(part: str) -> Score:
    return score(passages(_PARTS[part]), shipped_knowledge())


def _reached(part: str) -> dict[str, float]:
    found = _score(part)
    return {
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        **{name: found.share(name) for name in FIELDS},
        "all_fields": found.all_fields,
    }


@pytest.mark.skipif(
    os.environ.get("FIGUREWATCH_LOWER_FLOORS") == "1", reason="floors are being set anew"
)
@pytest.mark.parametrize("part", _PARTS)
def test_no_figure_of_the_evaluation_falls_below_its_floor(part: str) -> None:
    """Precision, recall and every field stay where they were on both parts of the corpus."""
    reached = _reached(part)
    below = {
        name: (reached[name], floor)
        for name, floor in _FLOORS[part].items()
        if reached[name] < floor
    }
    assert below == {}


def test_the_floors_belong_to_this_corpus() -> None:
    """Whoever changes the corpus looks at the floors again."""
    assert _FLOORS["corpus"] == digest()


@pytest.mark.parametrize("part", _PARTS)
def test_news_of_other_things_and_casualties_are_not_taken(part: str) -> None:
    """General news gives hardly any claim, and few of the casualty passages do."""
    chosen, knowledge = passages(_PARTS[part]), shipped_knowledge()
    assert kept(chosen, GENERAL, knowledge) <= _FLOORS["general_kept_at_most"][part]
    assert kept(chosen, ("casualty",), knowledge) <= _FLOORS["casualty_passages_kept_at_most"]


def test_rewriting_a_sentence_never_changes_its_claim() -> None:
    """The number's format, the voice and quotation marks make no difference."""
    good, count = metamorphic(shipped_knowledge())
    assert good == count


def test_confidence_means_what_it_says() -> None:
    """Where many claims have a confidence, about that share of them is right."""
    seen: dict[float, list[bool]] = {}
    for part in _PARTS:
        for _, confidence, right in _score(part).confidence:
            seen.setdefault(confidence, []).append(right)
    off = {
        value: sum(right) / len(right) - value
        for value, right in seen.items()
        if len(right) >= _FLOORS["calibration_from_claims"]
    }
    assert all(abs(gap) <= _FLOORS["calibration_within"] for gap in off.values()), off
