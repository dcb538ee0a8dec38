# SPDX-License-Identifier: Apache-2.0
"""Probes: what is changed in an example, and what a rule that is too wide or too narrow is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_articles import RULE

from monitor.core.expression import compile_expression
from monitor.core.probes import Probe, probe_rule
from monitor.core.rules import Direction, Example, FigureCondition, Rule, RuleKind
from monitor.knowledge import shipped_knowledge

_FIRES = Example(
    name="fires",
    text="The Pentagon said about 10,000 North Korean troops are in the Kursk region.",
    expect="alert:new",
)
_AGAIN = Example(
    name="again",
    given=(_FIRES.text,),
    text="Roughly 10,000 North Korean soldiers are in Kursk, according to the Pentagon.",
    expect="silent",
)


def _rule(*examples: Example, **fields: object) -> Rule:
    condition = FigureCondition(
        **{"measure": "troops", "forces": ("KP",), "places": ("russia",), **fields}  # type: ignore[arg-type]
    )
    return replace(RULE, figure=condition, examples=examples or (_FIRES,))


def _probes(rule: Rule) -> dict[str, Probe]:
    return {probe.change: probe for probe in probe_rule(rule, shipped_knowledge())}


def test_one_thing_is_changed_at_a_time() -> None:
    """Figure, separators, place, force, negation and tense, each in a text of its own."""
    texts = {name: probe.text for name, probe in _probes(_rule()).items()}
    assert texts == {
        "figure: 30,000": _FIRES.text.replace("10,000", "30,000"),
        "separator: a dot": _FIRES.text.replace("10,000", "10.000"),
        "separator: a space": _FIRES.text.replace("10,000", "10\u00a0000"),
        "separator: none": _FIRES.text.replace("10,000", "10000"),
        "separator: an apostrophe": _FIRES.text.replace("10,000", "10’000"),
        "place: Kenya": _FIRES.text.replace("the Kursk region", "Kenya"),
        "force: Peruvian": _FIRES.text.replace("North Korean", "Peruvian"),
        "negation": _FIRES.text.replace("are in", "are not in"),
        "tense": _FIRES.text.replace("are in", "will be in"),
    }


@pytest.mark.parametrize(
    ("fields", "change", "complaint"),
    [
        ({}, "figure: 30,000", None),
        ({}, "place: Kenya", None),
        ({}, "force: Peruvian", None),
        ({}, "tense", None),
        ({"min_figure": 8_000, "direction": Direction.DOWN}, "figure: 3,333", "wrongly ignored"),
    ],
    ids=["another figure", "another place", "another force", "a plan", "a smaller figure"],
)
def test_a_change_comes_out_right_or_is_complained_about(
    fields: dict[str, object], change: str, complaint: str | None
) -> None:
    """A good rule tells another figure and nothing else; a narrow one is told what it ignores."""
    assert _probes(_rule(**fields))[change].complaint == complaint


def test_a_rule_that_knows_one_spelling_is_told() -> None:
    """Words that hold for the example's own figure only ignore every other, and other spellings."""
    probes = _probes(replace(_rule(), match=compile_expression('"10,000"')))
    assert probes["figure: 30,000"].complaint == "wrongly ignored"
    assert probes["separator: none"].complaint == "wrongly ignored"


def test_a_rule_that_tells_anybody_is_told() -> None:
    """A place that a claim does not name counts as the rule's own where the rule says so."""
    somewhere = replace(_FIRES, text=_FIRES.text.replace(" are in the Kursk region", " stand by"))
    rule = _rule(somewhere, unknown_place=True)
    assert "place: Kenya" not in _probes(rule)
    assert _probes(rule)["force: Peruvian"].complaint is None


def test_a_silent_example_is_tried_with_another_figure() -> None:
    """What was silent because it was known is news with another figure."""
    (probe,) = probe_rule(_rule(_AGAIN), shipped_knowledge())
    assert (probe.change, probe.got, probe.complaint) == ("figure: 30,000", "alert:revision", None)


def test_only_rules_about_figures_are_probed() -> None:
    """A keyword rule has no figure, place or force to change."""
    words = replace(
        RULE,
        kind=RuleKind.KEYWORD,
        figure=None,
        match=compile_expression("troops"),
        examples=(_FIRES,),
    )
    assert probe_rule(words, shipped_knowledge()) == ()
