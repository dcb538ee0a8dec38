# SPDX-License-Identifier: Apache-2.0
"""What a rule makes of a decided article: figure conditions, keywords, and the reasons for silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_alerts import PENTAGON, ZELENSKY, claim
from sample_articles import GAZETTEER, HOUR, RULE, START, article, decided, filler, report, rows_of

from monitor.core.expression import compile_expression
from monitor.core.model import Claim, Disposition, Evaluation, Source, Verdict
from monitor.core.rules import (
    Direction,
    FigureCondition,
    MinChange,
    Rule,
    RuleKind,
    RuleSet,
    RuleStatus,
)

RYDER = GAZETTEER.source("pat-ryder")
_STRANGER = Source(id="text:a colonel", name="a colonel", family="text:a colonel")


def _rule(**fields: object) -> Rule:
    figure = FigureCondition(**{"measure": "troops", **fields})  # type: ignore[arg-type]
    return replace(RULE, figure=figure)


def _evaluated(rule: Rule, *claims: Claim, text: str | None = None) -> Evaluation:
    """What the rule makes of an article with the last claim, after one with each of the others."""
    articles = [
        article(f"a{number}", one, text=text, published=START + number * HOUR)
        for number, one in enumerate(claims)
    ]
    return decided(*articles, rules=RuleSet(rules=(rule,))).outcomes[-1].evaluations[0]


_NOW = claim(10_000, source=PENTAGON, as_of=None, confidence=0.8)

_SCOPE = {
    "the measure": ({}, _NOW, None),
    "another measure": ({"measure": "layoffs"}, _NOW, "measure troops is not layoffs"),
    "the force": ({"forces": ("RU", "KP")}, _NOW, None),
    "another force": ({"forces": ("RU",)}, _NOW, "force KP is not in forces"),
    "an unknown force": (
        {"forces": ("KP",)},
        replace(_NOW, force=None, force_text="Ruritanian"),
        "force text:ruritanian is not in forces",
    ),
    "the place": ({"places": ("kursk",)}, _NOW, None),
    "a place that contains it": ({"places": ("ukraine", "russia")}, _NOW, None),
    "a place inside it": ({"places": ("sudzha",)}, _NOW, "place kursk is not in places"),
    "another place": ({"places": ("belarus",)}, _NOW, "place kursk is not in places"),
    "no place": ({"places": ("belarus",)}, replace(_NOW, place=None), None),
    "no place, which the rule refuses": (
        {"places": ("kursk",), "unknown_place": False},
        replace(_NOW, place=None),
        "place unknown is not in places",
    ),
    "a place that nobody knows": (
        {"places": ("kursk",)},
        replace(_NOW, place=None, place_text="Strelsau"),
        "place unknown is not in places",
    ),
    "the source": ({"sources": ("pentagon",)}, _NOW, None),
    "the source's family": ({"sources": ("us-government",)}, _NOW, None),
    "the speaker's institution": ({"sources": ("pentagon",)}, replace(_NOW, source=RYDER), None),
    "another speaker of the institution": (
        {"sources": ("pat-ryder",)},
        _NOW,
        "source pentagon is not in sources",
    ),
    "another source": (
        {"sources": ("zelensky", "nato")},
        _NOW,
        "source pentagon is not in sources",
    ),
    "a source that nobody knows": (
        {"sources": ("pentagon",)},
        replace(_NOW, source=_STRANGER),
        "source text:a colonel is not in sources",
    ),
    "nobody named": (
        {"sources": ("pentagon",)},
        replace(_NOW, source=None),
        "source unknown is not in sources",
    ),
    "exactly the confidence": ({"min_confidence": 0.8}, _NOW, None),
    "too little confidence": (
        {"min_confidence": 0.81},
        _NOW,
        "confidence 0.80 < 0.81; would have fired with min_confidence 0.80",
    ),
}


@pytest.mark.parametrize(("condition", "now", "miss"), _SCOPE.values(), ids=_SCOPE)
def test_a_figure_rule_hits_what_it_asks_for(
    condition: dict[str, object], now: Claim, miss: str | None
) -> None:
    """Measure, forces, places with all they contain, sources with all who speak for them."""
    found = _evaluated(_rule(**condition), now)
    assert [reason for _, reason in found.misses] == ([] if miss is None else [miss])
    assert len(found.hits) == (1 if miss is None else 0)


def _after(low: int, **fields: object) -> tuple[Claim, Claim]:
    return _NOW, replace(_NOW, low=low, high=low, surface=f"{low:,}", **fields)  # type: ignore[arg-type]


def _share(percent: float) -> MinChange:
    return MinChange(amount=percent / 100, is_share=True)


_CHANGES = {
    "no limit": ({}, _after(10_300), None),
    "exactly the share": ({"min_change": _share(4)}, _after(10_400), None),
    "below the share": (
        {"min_change": _share(5)},
        _after(10_400),
        "change 4% < 5%; would have fired with min_change 4%",
    ),
    "a share of the old figure, downwards": ({"min_change": _share(10)}, _after(9_000), None),
    "exactly the number": (
        {"min_change": MinChange(amount=500, is_share=False)},
        _after(10_500),
        None,
    ),
    "below the number": (
        {"min_change": MinChange(amount=500, is_share=False)},
        _after(10_400),
        "change 400 < 500; would have fired with min_change 400",
    ),
    "from a range, by its middle": (
        {"min_change": MinChange(amount=1_500, is_share=False)},
        (replace(_NOW, high=11_000), replace(_NOW, low=12_000, high=12_000)),
        None,
    ),
    "no change to measure": ({"min_change": _share(50)}, (_NOW,), None),
    "up": ({"direction": Direction.UP}, _after(12_000), None),
    "down": ({"direction": Direction.DOWN}, _after(8_000), None),
    "up, but it went down": (
        {"direction": Direction.UP},
        _after(8_000),
        "the figure went down, the rule wants up",
    ),
    "down, but it went up": (
        {"direction": Direction.DOWN},
        _after(12_000),
        "the figure went up, the rule wants down",
    ),
    "a first figure has no direction": ({"direction": Direction.DOWN}, (_NOW,), None),
}


@pytest.mark.parametrize(("condition", "claims", "miss"), _CHANGES.values(), ids=_CHANGES)
def test_a_revision_must_be_large_enough_and_go_the_right_way(
    condition: dict[str, object], claims: tuple[Claim, ...], miss: str | None
) -> None:
    """Limits apply to revisions only, and a miss says which limit would have fired."""
    found = _evaluated(_rule(**condition), *claims)
    assert [reason for _, reason in found.misses] == ([] if miss is None else [miss])


@pytest.mark.parametrize(
    ("alert_on", "digest_on", "disposition"),
    [
        ({Verdict.NEW}, set(), Disposition.ALERT),
        (set(), {Verdict.NEW}, Disposition.DIGEST),
        ({Verdict.REVISION}, {Verdict.VAGUE}, None),
    ],
    ids=["alert", "digest", "neither"],
)
def test_the_verdict_chooses_between_alert_digest_and_silence(
    alert_on: set[Verdict], digest_on: set[Verdict], disposition: Disposition | None
) -> None:
    """Rules choose which verdicts alert, which wait for the digest, and which are silent."""
    found = _evaluated(_rule(alert_on=frozenset(alert_on), digest_on=frozenset(digest_on)), _NOW)
    assert [hit.disposition for hit in found.hits] == ([disposition] if disposition else [])
    reasons = [hit.reason for hit in found.hits] + [reason for _, reason in found.misses]
    assert reasons == [
        "new: nobody has put a figure to this before"
        if disposition
        else "verdict new is not in alert_on (nobody has put a figure to this before)"
    ]


def test_every_claim_is_a_hit_or_has_a_reason() -> None:
    """Nothing is dropped without a word."""
    rule = _rule(forces=("KP",), min_confidence=0.5)
    one = article(
        "one", _NOW, replace(_NOW, force="RU"), replace(_NOW, place="belarus", confidence=0.1)
    )
    outcome = decided(one, rules=RuleSet(rules=(rule,))).outcomes[0]
    found = outcome.evaluations[0]
    told = [hit.claim for hit in found.hits] + [claim_id for claim_id, _ in found.misses]
    assert sorted(map(str, told)) == sorted(row.id for row in outcome.claims)


# --- words -----------------------------------------------------------------------------------


def _keywords(source: str, kind: RuleKind = RuleKind.KEYWORD) -> Rule:
    figure = RULE.figure if kind is RuleKind.FIGURE_CHANGE else None
    return replace(RULE, kind=kind, match=compile_expression(source), figure=figure)


def test_words_gate_a_figure_rule() -> None:
    """Without its words a figure rule does not look at the claims, and says what is missing."""
    text = "About 10,000 North Korean troops are in Kursk, the Pentagon said."
    rules = RuleSet(rules=(_keywords("kursk AND berlin", RuleKind.FIGURE_CHANGE),))
    decision = decided(report("one", text), rules=rules)
    assert decision.outcomes[0].evaluations[0].misses == (("", "words: berlin not found"),)
    open_gate = RuleSet(rules=(_keywords("kursk", RuleKind.FIGURE_CHANGE),))
    assert len(decided(report("one", text), rules=open_gate).alerts) == 1


def test_a_keyword_rule_alerts_once_per_publication_group() -> None:
    """A copy or a changed version of an article that matched is not told again; another story is."""
    bridge = f"The bridge has fallen. {filler('bridge', 80)}"
    rule = RuleSet(rules=(_keywords("bridge AND fallen"),))
    decision = decided(
        article("first", text=bridge),
        article("copy", text=bridge),
        article("first", text=f"{bridge} An update.", feed="feed-first", seen=START + HOUR),
        article("another", text=f"A bridge, fallen long ago. {filler('other', 80)}"),
        rules=rule,
    )
    assert [alert.article.id for alert in decision.alerts] == [
        decision.outcomes[0].article.id,
        decision.outcomes[3].article.id,
    ]
    reasons = [outcome.evaluations[0].misses for outcome in decision.outcomes]
    assert reasons == [
        (),
        (("", "the article is a duplicate"),),
        (("", "the article is a revision"),),
        (),
    ]
    assert decision.alerts[0].claim is None
    assert decision.alerts[0].reason == "keywords: bridge AND fallen"


def test_the_title_counts_as_words() -> None:
    """A keyword rule reads the headline too."""
    rules = RuleSet(rules=(_keywords("title:bridge"),))
    assert len(decided(article("one", title="A bridge"), rules=rules).alerts) == 1


# --- sets of rules ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [("", "A bridge.", True), ("A bridge", "", True), ("", "A river.", False)],
    ids=["in the text", "in the title", "nowhere"],
)
def test_a_teaser_may_match_any_rule_of_the_set(title: str, text: str, expected: bool) -> None:
    """The gate before a page is read: the words of any rule hold."""
    rules = RuleSet(rules=(_rule(), _keywords("berlin"), _keywords("bridge")))
    assert rules.may_match(text, title=title) is expected


@pytest.mark.parametrize(
    ("status", "live"),
    [
        (RuleStatus.EXPERIMENTAL, False),
        (RuleStatus.STABLE, True),
        (RuleStatus.DEPRECATED, True),
    ],
)
def test_only_experimental_rules_are_not_live(status: RuleStatus, live: bool) -> None:
    """A deprecated rule alerts until it is removed."""
    assert replace(RULE, status=status).is_live is live


def test_sources_are_followed_upwards_only() -> None:
    """A rule about the government hears its people; a rule about a person hears nobody else."""
    hears = _evaluated(_rule(sources=("ukraine-government",)), replace(_NOW, source=ZELENSKY))
    deaf = _evaluated(_rule(sources=("andriy-yermak",)), replace(_NOW, source=ZELENSKY))
    assert (len(hears.hits), len(deaf.hits)) == (1, 0)


def test_an_evaluation_does_not_depend_on_other_rules() -> None:
    """Each rule is judged by itself, and each outcome lists them in order."""
    rules = RuleSet(rules=(_rule(forces=("RU",)), replace(_rule(), id="test.zz")))
    outcome = decided(article("one", _NOW), rules=rules).outcomes[0]
    assert [evaluation.rule for evaluation in outcome.evaluations] == ["test.troops", "test.zz"]
    assert [len(evaluation.hits) for evaluation in outcome.evaluations] == [0, 1]
    assert rows_of(decided(article("one", _NOW)))[0].id == outcome.claims[0].id
