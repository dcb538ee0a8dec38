# SPDX-License-Identifier: Apache-2.0
"""Thresholds: a value is crossed once, whoever says so, and the two ways take turns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_alerts import PENTAGON, ZELENSKY, claim
from sample_articles import HOUR, RULE, START, article, decided

from monitor.core.model import Bound, Claim, Status
from monitor.core.rules import Direction, Rule, RuleKind, RuleSet, ThresholdCondition

_US = claim(10_000, source=PENTAGON, as_of=None, confidence=0.8)
_KYIV = replace(_US, source=ZELENSKY)


def _rule(**fields: object) -> Rule:
    condition = ThresholdCondition(
        **{"measure": "troops", "places": ("russia",), "value": 12_000, **fields}  # type: ignore[arg-type]
    )
    return replace(RULE, kind=RuleKind.THRESHOLD, figure=None, threshold=condition)


def _of(base: Claim, value: int, **fields: object) -> Claim:
    return replace(base, low=value, high=value, surface=f"{value:,}", **fields)  # type: ignore[arg-type]


def _ways(*claims: Claim, **fields: object) -> list[str]:
    """Which of the claims, each in an article of its own, cross the value, and how."""
    articles = [
        article(f"a{number}", one, published=START + number * HOUR)
        for number, one in enumerate(claims)
    ]
    outcomes = decided(*articles, rules=RuleSet(rules=(_rule(**fields),))).outcomes
    reasons = [outcome.evaluations[0].hits for outcome in outcomes]
    return [
        "-" if not hits else ("up" if "reaches" in hits[0].reason else "down") for hits in reasons
    ]


_CASES = {
    "a first figure above": ((_of(_US, 13_000),), ["up"]),
    "a first figure below": ((_of(_US, 9_000),), ["-"]),
    "exactly the value": ((_of(_US, 9_000), _of(_US, 12_000)), ["-", "up"]),
    "up, once": ((_of(_US, 9_000), _of(_US, 13_000), _of(_US, 14_000)), ["-", "up", "-"]),
    "two who agree are one crossing": ((_of(_US, 13_000), _of(_KYIV, 15_000)), ["up", "-"]),
    "two who disagree cross once": (
        (_of(_US, 9_000), _of(_KYIV, 13_000), _of(_US, 9_500), _of(_KYIV, 14_000)),
        ["-", "up", "-", "-"],
    ),
    "down, when the last one gives way": (
        (_of(_US, 13_000), _of(_KYIV, 15_000), _of(_US, 9_000), _of(_KYIV, 10_000)),
        ["up", "-", "-", "down"],
    ),
    "up again after down": (
        (_of(_US, 13_000), _of(_US, 9_000), _of(_US, 13_000)),
        ["up", "down", "up"],
    ),
    "a range by its middle": (
        (replace(_US, low=11_000, high=12_500), replace(_US, low=11_000, high=14_000)),
        ["-", "up"],
    ),
    "fewer than the value does not reach it": (
        (_of(_US, 12_000, bound=Bound.AT_MOST), _of(_US, 12_000, bound=Bound.AT_LEAST)),
        ["-", "-"],
    ),
    "a part shows that the whole reached it": (
        (_of(_US, 9_000, place="russia"), _of(_US, 13_000, place="kursk")),
        ["-", "up"],
    ),
    "another place": ((_of(_US, 13_000, place="belarus"),), ["-"]),
    "a plan": ((_of(_US, 13_000, status=Status.PLANNED),), ["-"]),
    "a recalled figure": (
        (_of(_US, 9_000), _of(_KYIV, 13_000, recalled=True)),
        ["-", "-"],
    ),
}


@pytest.mark.parametrize(("claims", "ways"), _CASES.values(), ids=_CASES)
def test_a_value_is_crossed(claims: tuple[Claim, ...], ways: list[str]) -> None:
    """By the first figure that reaches it, and when the last one that did gives way."""
    assert _ways(*claims) == ways


def test_a_rule_may_want_one_way_only() -> None:
    """The other way changes the state all the same."""
    claims = (_of(_US, 13_000), _of(_US, 9_000), _of(_US, 13_000))
    assert _ways(*claims, direction=Direction.DOWN) == ["-", "down", "-"]
    assert _ways(*claims, direction=Direction.UP) == ["up", "-", "up"]


def test_a_rule_may_watch_another_track() -> None:
    """Plans cross a value among themselves."""
    plan = _of(_US, 13_000, status=Status.PLANNED)
    assert _ways(_of(_US, 13_000), plan, status=Status.PLANNED) == ["-", "up"]


def test_a_rule_without_places_compares_like_with_like() -> None:
    """Above the value in one place says nothing about another."""
    claims = (_of(_US, 13_000, place="kursk"), _of(_US, 13_000, place="belarus"))
    assert _ways(*claims, places=()) == ["up", "up"]


def test_a_silent_threshold_says_who_held_it() -> None:
    """The reason names the standing figure, and unsure claims what would have fired."""
    articles = (article("one", _of(_US, 13_000)), article("two", _of(_KYIV, 15_000)))
    outcome = decided(*articles, rules=RuleSet(rules=(_rule(),))).outcomes[1]
    assert [reason for _, reason in outcome.evaluations[0].misses] == [
        "Pentagon: 13,000 reached 12,000 already"
    ]
    unsure = decided(articles[0], rules=RuleSet(rules=(_rule(min_confidence=0.9),))).outcomes[0]
    assert [reason for _, reason in unsure.evaluations[0].misses] == ["confidence 0.80 < 0.9"]
