# SPDX-License-Identifier: Apache-2.0
"""A month with known truth: every piece of news told once, everything else silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sample_articles import RULES, policy
from synthetic_month import Item, Score, as_claims, as_text, month, score

from monitor.core.decide import fold
from monitor.core.memory import Memory
from monitor.core.model import Alert, Article, Disposition


def _scored(items: list[Item], make: Callable[[Item], Article]) -> Score:
    articles = [make(item) for item in items]
    decision, _ = fold(articles, Memory(), policy(RULES))
    raised: dict[str, list[Alert]] = {}
    for alert in decision.alerts:
        if alert.disposition is Disposition.ALERT:
            raised.setdefault(alert.article.id, []).append(alert)
    return score(
        items,
        {item.name: raised.get(one.id, ()) for item, one in zip(items, articles, strict=True)},
    )


@pytest.mark.parametrize(
    ("make", "seed"),
    [(as_claims, 1), (as_claims, 6), (as_text, 2)],
    ids=["claims given", "claims given, many corrections", "read from text"],
)
def test_a_month_is_told_once_and_without_noise(make: Callable[[Item], Article], seed: int) -> None:
    """Precision .95, recall .92 and suppression .99 are the goals; what is reached is pinned."""
    found = _scored(month(seed), make)
    assert found.news >= 60
    assert found.precision >= 0.96, found.false
    assert found.recall >= 0.99, found.missed
    assert found.suppressed >= 0.998, found.false


def test_the_month_holds_what_it_promises() -> None:
    """A thousand items, forty pieces of news and more, and every kind of noise."""
    items = month(1)
    roles = Counter(item.role for item in items)
    assert len(items) >= 1_000
    assert roles["new"] >= 40
    assert all(
        roles[role] >= 10
        for role in (
            "reprint",
            "retelling",
            "recall",
            "late",
            "agreement",
            "part",
            "wrong",
            "corrected",
            "distractor",
        )
    )
    assert items == month(1)
