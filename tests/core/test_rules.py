# SPDX-License-Identifier: Apache-2.0
"""What a rule makes of a decided article: figure conditions, keywords, and the reasons for silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_alerts import PENTAGON, ZELENSKY, claim
from sample_articles import GAZETTEER, HOUR, RULE, START, article, decided, filler, report, rows_of

from monitor.core.expression import compile_expression
from monitor.core.model import (
    Claim,
    Disposition,
    Evaluation,
    Fact,
    Kind,
    Severity,
    Source,
    Verdict,
)
from monitor.core.rules import (
    Direction,
    FigureCondition,
    MinChange,
    Rule,
    RuleKind,
    RuleSet,
    RuleStatus,
    SeverityStep,
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
    "the unit": ({"units": ("persons",)}, _NOW, None),
    "another unit": ({"units": ("killed",)}, _NOW, "unit persons is not in units"),
    "the kind": ({"kinds": (Kind.TOTAL,)}, _NOW, None),
    "another kind": ({"kinds": (Kind.INCREMENT,)}, _NOW, "kind total is not in kinds"),
    "exactly the least figure": ({"min_figure": 10_000}, _NOW, None),
    "below the least figure": (
        {"min_figure": 10_001},
        _NOW,
        "figure 10,000 < 10,001; would have fired with min_figure 10000",
    ),
    "a fact that is not true": (
        {"when": frozenset({Fact.NEW_HIGH})},
        _NOW,
        "when: new-high asked for, nothing of the kind is true",
    ),
    "a source whose word counts half": (
        {"min_confidence": 0.6, "weights": (("us-government", 0.5),)},
        _NOW,
        "confidence 0.80 x 0.5 < 0.6; would have fired with min_confidence 0.40",
    ),
    "an institution that counts more than its family": (
        {"min_confidence": 0.6, "weights": (("pentagon", 0.9), ("us-government", 0.1))},
        replace(_NOW, source=RYDER),
        None,
    ),
    "a stranger whose word counts less": (
        {"min_confidence": 0.6, "weights": (("unknown", 0.5),)},
        replace(_NOW, source=_STRANGER),
        "confidence 0.80 x 0.5 < 0.6; would have fired with min_confidence 0.40",
    ),
    "nobody named, which counts nothing": (
        {"min_confidence": 0.1, "weights": (("unnamed", 0.0),)},
        replace(_NOW, source=None),
        "confidence 0.80 x 0 < 0.1; would have fired with min_confidence 0.00",
    ),
    "a weight of somebody else": (
        {"min_confidence": 0.6, "weights": (("nato", 0.1),)},
        _NOW,
        None,
    ),
    "two limits at once": (
        {"min_confidence": 0.9, "min_figure": 20_000},
        _NOW,
        (
            "confidence 0.80 < 0.9; figure 10,000 < 20,000; would have fired with min_confidence 0.80"
            " and min_figure 10000"
        ),
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


def test_a_fact_lets_a_rule_fire() -> None:
    """A rule that asks for a new high hears the figure above all others, and only that one."""
    rule = _rule(when=frozenset({Fact.NEW_HIGH, Fact.NEW_LOW}))
    assert len(_evaluated(rule, *_after(12_000)).hits) == 1
    twice = (*_after(12_000), replace(_NOW, low=11_000, high=11_000, surface="11,000"))
    assert _evaluated(rule, *twice).hits == ()


_STEPS = (
    SeverityStep(change=_share(10), severity=Severity.WARNING),
    SeverityStep(change=MinChange(amount=5_000, is_share=False), severity=Severity.CRITICAL),
)


@pytest.mark.parametrize(
    ("claims", "severity"),
    [
        ((_NOW,), Severity.NOTICE),
        (_after(10_500), Severity.NOTICE),
        (_after(11_000), Severity.WARNING),
        (_after(9_000), Severity.WARNING),
        (_after(15_000), Severity.CRITICAL),
    ],
    ids=["a first figure", "a small change", "one step", "downwards", "both steps"],
)
def test_the_size_of_a_change_makes_an_alert_louder(
    claims: tuple[Claim, ...], severity: Severity
) -> None:
    """The loudest step that is reached counts; without one the rule's own severity does."""
    rule = replace(_rule(), severity=Severity.NOTICE, severity_by_change=_STEPS)
    articles = [
        article(f"a{number}", one, published=START + number * HOUR)
        for number, one in enumerate(claims)
    ]
    alerts = decided(*articles, rules=RuleSet(rules=(rule,))).alerts
    assert alerts[-1].severity is severity


def test_the_nearest_miss_is_named() -> None:
    """Of the claims that did not hit, the one that failed last; none where one hit."""
    rule = _rule(forces=("KP",), places=("kursk",), min_confidence=0.9)
    one = article(
        "one",
        replace(_NOW, force="RU"),
        _NOW,
        replace(_NOW, place="belarus", low=9_000, high=9_000),
    )
    found = decided(one, rules=RuleSet(rules=(rule,))).outcomes[0]
    assert found.evaluations[0].nearest == found.claims[1].id
    assert _evaluated(_rule(), _NOW).nearest is None


@pytest.mark.parametrize(
    ("filters", "language", "miss"),
    [
        ({"languages": ("en",)}, "en", None),
        ({"languages": ("en",)}, "en-GB", None),
        ({"languages": ("en",)}, None, None),
        ({"languages": ("en", "uk")}, "fr", "language fr is not in languages"),
        ({"feeds": ("feed-*",)}, "en", None),
        ({"feeds": ("other", "wire-*")}, "en", "feed feed-one is not in feeds"),
    ],
    ids=["language", "its dialect", "unknown language", "another language", "feed", "another feed"],
)
def test_filters_choose_articles(
    filters: dict[str, tuple[str, ...]], language: str | None, miss: str | None
) -> None:
    """A rule hears only the feeds and languages it names; an unknown language passes."""
    rule = replace(_rule(), **filters)
    one = replace(article("one", _NOW), language=language)
    found = decided(one, rules=RuleSet(rules=(rule,))).outcomes[0].evaluations[0]
    assert found.misses == (() if miss is None else (("", miss),))


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
