# SPDX-License-Identifier: Apache-2.0
"""Backtest and shadow: rules over a stored corpus, versions against each other, and the live rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sample_articles import GAZETTEER, RULE, START, article, policy, report

from monitor.backtest import backtest_text, run_backtest
from monitor.config import Settings
from monitor.core.expression import compile_expression
from monitor.core.model import Article, Channel, ChannelKind, Severity
from monitor.core.rules import (
    AbsenceCondition,
    Awaited,
    MinChange,
    Rule,
    RuleKind,
    RuleSet,
    RuleStatus,
    ThresholdCondition,
)
from monitor.core.subscribers import Subscriber
from monitor.dispatch import Dispatch
from monitor.knowledge import shipped_knowledge
from monitor.pipeline import Site, decide_and_commit
from monitor.shadow import shadow_report, shadow_text
from monitor.store import Store, open_store

_DAY = timedelta(days=1)
_DESK = Subscriber(
    id="desk",
    rules=("test.*",),
    channels=(
        Channel(id="desk/email", subscriber="desk", kind=ChannelKind.EMAIL, address="a@b.example"),
    ),
)
_TEXTS = (
    "The Pentagon said 10,000 North Korean troops are in Kursk.",
    "According to the Pentagon, some 10,000 North Korean soldiers are in Kursk by now.",
    "Today the Pentagon told us that 10,400 North Korean troops are in Kursk.",
    "This week the Pentagon said that 13,000 North Korean troops were in Kursk in all.",
    "Nothing of note was heard from the front on this quiet day, they say.",
)
_ARTICLES = tuple(
    report(f"r{number}", text, title=f"Report {number}", published=START + number * 7 * _DAY)
    for number, text in enumerate(_TEXTS)
)
_SHADOW = replace(
    RULE,
    id="test.shadow",
    status=RuleStatus.EXPERIMENTAL,
    extends=RULE.id,
    figure=replace(RULE.figure, min_change=MinChange(amount=0.2, is_share=True)),
)


def _site() -> Site:
    return Site(
        settings=Settings(),
        knowledge=shipped_knowledge(),
        knowledge_roots=(),
        rules=RuleSet(rules=(RULE, _SHADOW)),
        subscribers=(_DESK,),
    )


@pytest.fixture
def store() -> Iterator[Store]:
    """A store that read one report a week, by a live rule and its shadow."""
    opened = open_store(None)
    for one in _ARTICLES:
        _ingest(opened, one)
    yield opened
    opened.close()


def _ingest(store: Store, one: Article) -> None:
    rules = policy(RuleSet(rules=(RULE, _SHADOW)), now=one.seen)
    decide_and_commit(store, Dispatch(store), (one,), rules, (), None)


def _run(store: Store, *rules: Rule, **options: Any) -> dict[str, Any]:
    return run_backtest(store, _site(), rules, **options)


def _told(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["at"][:10], row["verdict"]) for row in found["alerts"]]


def test_a_backtest_tells_what_the_daemon_told(store: Store) -> None:
    """The same alerts under the same rule, from verdicts that were stored."""
    found = _run(store, RULE)
    assert found["articles"] == len(_ARTICLES)
    live = [alert for one in _ARTICLES for alert in store.alerts_of(one.id)]
    expected = [alert for alert in live if alert.rule == RULE.id]
    assert [(row["article"], row["claim"], row["reason"]) for row in found["alerts"]] == [
        (alert.article.id, alert.claim.id if alert.claim else None, alert.reason)
        for alert in expected
    ]
    assert len(expected) == 3


def test_reading_the_texts_again_tells_the_same(store: Store) -> None:
    """With the grammar that read them first, a new reading decides no differently."""
    assert _told(_run(store, RULE, reread=True)) == _told(_run(store, RULE))


def test_a_backtest_counts_messages_by_subscriber_and_week(store: Store) -> None:
    """One message per rule and commit; nobody else's rules."""
    found = _run(store, RULE)
    assert found["messages"] == [
        {"week": name, "subscriber": "desk", "messages": 1}
        for name in ("2024-W45", "2024-W47", "2024-W48")
    ]
    assert _run(store, replace(RULE, id="other"))["messages"] == []


def test_earlier_articles_count_as_known(store: Store) -> None:
    """`since` hides what came before, and changes nothing about what came after."""
    found = _run(store, RULE, since=START + 10 * _DAY)
    assert _told(found) == _told(_run(store, RULE))[1:]


def test_two_versions_are_held_against_each_other(store: Store) -> None:
    """What only one of them tells, and what both tell at another volume."""
    wide = replace(RULE, figure=replace(RULE.figure, min_change=None))
    narrow = replace(_SHADOW, id=RULE.id, severity=Severity.NOTICE)
    found = _run(store, narrow, against=(wide,))["difference"]
    assert [row["summary"].split()[0] for row in found["only_old"]] == ["10,400"]
    assert found["only_new"] == []
    assert found["same"] == 0
    assert [(row["severity_before"], row["severity"]) for row in found["severity"]] == [
        ("high", "notice"),
        ("high", "notice"),
    ]


def test_what_a_limit_kept_back_is_listed(store: Store) -> None:
    """With what would have fired."""
    (miss,) = _run(store, _SHADOW)["missed"]
    assert miss["reason"] == "change 4% < 20%; would have fired with min_change 4%"


def test_every_kind_of_rule_is_run(store: Store) -> None:
    """Words need the texts, thresholds the ledger, absences the time."""
    base = replace(RULE, figure=None)
    words = replace(base, id="test.words", kind=RuleKind.KEYWORD, match=compile_expression("quiet"))
    level = replace(
        base,
        id="test.level",
        kind=RuleKind.THRESHOLD,
        threshold=ThresholdCondition(measure="troops", places=("russia",), value=12_000),
    )
    silence = replace(
        base,
        id="test.silence",
        kind=RuleKind.ABSENCE,
        match=compile_expression("korean"),
        absence=AbsenceCondition(awaited=Awaited.ARTICLE, lasting=6 * _DAY),
    )
    found = _run(store, words, level, silence)
    assert [(row["at"][:10], row["rule"]) for row in found["alerts"]] == [
        ("2024-11-10", "test.silence"),
        ("2024-11-17", "test.silence"),
        ("2024-11-24", "test.silence"),
        ("2024-11-25", "test.level"),
        ("2024-12-01", "test.silence"),
        ("2024-12-02", "test.words"),
    ]


def test_a_text_that_is_gone_is_judged_by_its_claims(store: Store) -> None:
    """The ledger keeps the sentences of figures; words elsewhere are not found any more."""
    rule = replace(RULE, match=compile_expression("korean"))
    with store.write():
        store.db.execute("UPDATE articles SET text = ''")
    found = _run(store, rule)
    assert len(found["alerts"]) == 3
    assert found["texts_gone"] == 0
    words = replace(RULE, kind=RuleKind.KEYWORD, figure=None, match=compile_expression("quiet"))
    gone = _run(store, words)
    assert (gone["alerts"], gone["texts_gone"]) == ([], 1)


def test_articles_that_were_silenced_stay_silent(store: Store) -> None:
    """What a first poll took in silently is known, and never told."""
    old = article("old", text="A quiet day.", published=START + 40 * _DAY)
    rules = policy(RuleSet(rules=()), now=old.seen, silence_all="first-poll")
    decide_and_commit(store, Dispatch(store), (old,), rules, (), None)
    words = replace(RULE, kind=RuleKind.KEYWORD, figure=None, match=compile_expression("quiet"))
    assert [row["title"] for row in _run(store, words)["alerts"]] == ["Report 4"]


def test_the_text_form_says_the_same(store: Store) -> None:
    """For a terminal: a timeline with reasons, weeks, near misses and the difference."""
    text = backtest_text(_run(store, _SHADOW, against=(RULE,)))
    for part in (
        "test.shadow\n5 stored articles, 2024-11-04 to 2024-12-02",
        "would have fired: 2 alerts, 0 for the digest",
        "2024-11-04T08:00:00Z  new (high): 10,000 North Korean troops in Kursk (Pentagon)",
        "The r0: “Report 0”",
        "  2024-W45     1  █",
        "  2024-W45  desk: 1",
        "kept back by a limit only: 1",
        "against the other version: 2 the same, 0 only now, 1 no longer",
        "- 2024-11-18T08:00:00Z  revision (high): 10,400 North Korean troops in Kursk (Pentagon)",
    ):
        assert part in text


# --- shadows ---------------------------------------------------------------------------------


def test_a_shadow_is_held_against_the_rule_it_extends(store: Store) -> None:
    """What both told, and what the live one alone did, with the shadow's reason for silence."""
    (found,) = shadow_report(store, (RULE, _SHADOW), GAZETTEER)
    assert (found["rule"], found["beside"], found["both"]) == ("test.shadow", [RULE.id], 2)
    assert found["only_shadow"] == []
    (row,) = found["only_live"]
    assert row["reason"] == (
        "test.troops told it; change 4% < 20%; would have fired with min_change 4%"
    )
    text = shadow_text([found])
    assert "told by both: 2; by the shadow only: 0; by the live ones only: 1" in text
    assert "  - 2024-11-18T08:00:00Z  10,400 North Korean troops in Kursk (Pentagon)" in text


def test_a_shadow_alone_is_listed_with_its_reasons(store: Store) -> None:
    """A claim that only the shadow would have told, once per figure."""
    live = replace(RULE, id="test.other")
    (found,) = shadow_report(store, (live, replace(_SHADOW, extends=None)), GAZETTEER)
    assert found["beside"] == ["test.other"]
    assert [row["summary"].split()[0] for row in found["only_shadow"]] == ["10,000", "13,000"]
    assert shadow_report(store, (RULE,), GAZETTEER) == []
    assert shadow_text([]) == "no rule is experimental"
