# SPDX-License-Identifier: Apache-2.0
"""Absences: a silence that is too long is told once, until what is awaited comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_alerts import PENTAGON, claim
from sample_articles import HOUR, RULE, START, article, decided

from monitor.core.absence import Watch, heard, overdue, spoken
from monitor.core.expression import compile_expression
from monitor.core.model import Article, Disposition
from monitor.core.rules import AbsenceCondition, Awaited, Rule, RuleKind, RuleSet, Scope

_DAY = timedelta(days=1)
_CLAIM = claim(10_000, source=PENTAGON, as_of=None, confidence=0.8)


def _rule(awaited: Awaited = Awaited.CLAIM, **fields: object) -> Rule:
    scope = Scope(measure="troops", places=("russia",)) if awaited is Awaited.CLAIM else None
    condition = AbsenceCondition(awaited=awaited, lasting=14 * _DAY, scope=scope)
    plain = replace(RULE, kind=RuleKind.ABSENCE, figure=None, absence=condition)
    return replace(plain, **fields)  # type: ignore[arg-type]


def _watch(rule: Rule, *articles: Article) -> Watch:
    outcomes = decided(*articles, rules=RuleSet(rules=(rule,))).outcomes
    return heard(rule, Watch(since=START), outcomes)


def test_a_silence_is_told_when_it_is_too_long() -> None:
    """Not a moment earlier, and with what came last."""
    rule = _rule()
    watch = _watch(rule, article("one", _CLAIM, title="A count", published=START + _DAY))
    assert watch.since == START + _DAY
    assert overdue(rule, watch, START + 15 * _DAY - HOUR) is None
    alert = overdue(rule, watch, START + 15 * _DAY)
    assert alert is not None
    assert alert.reason == "no claim for 14 days; the last one on 5 Nov 2024"
    assert alert.article.title == "A count"
    assert alert.article.id == ""
    assert (alert.claim, alert.disposition) == (None, Disposition.ALERT)


def test_a_silence_is_told_once_until_it_ends() -> None:
    """The dedup key is that of the silence, however often it is asked."""
    rule = _rule()
    watch = _watch(rule, article("one", _CLAIM))
    first, again = (overdue(rule, watch, START + days * _DAY) for days in (14, 20))
    back = _watch(rule, article("two", _CLAIM, published=START + 21 * _DAY))
    third = overdue(rule, back, START + 40 * _DAY)
    assert first is not None
    assert again is not None
    assert third is not None
    assert first.dedup_key == again.dedup_key != third.dedup_key


@pytest.mark.parametrize(
    ("one", "ends"),
    [
        (article("x", _CLAIM, published=START + 9 * _DAY), True),
        (article("x", published=START + 9 * _DAY), False),
        (article("x", replace(_CLAIM, place="belarus"), published=START + 9 * _DAY), False),
        (article("x", replace(_CLAIM, recalled=True), published=START + 9 * _DAY), False),
        (article("x", _CLAIM, published=START - 9 * _DAY, seen=START + 9 * _DAY), False),
    ],
    ids=["a claim", "no claim", "a claim elsewhere", "a recalled claim", "an old article, late"],
)
def test_only_what_is_awaited_ends_a_silence(one: Article, *, ends: bool) -> None:
    """Of the right scope, and said lately."""
    assert (_watch(_rule(), one).since > START) is ends


def test_articles_may_be_awaited_by_words_and_feed() -> None:
    """Any article that the filters let through ends the silence."""
    rule = _rule(Awaited.ARTICLE, match=compile_expression("kursk"), feeds=("feed-*",))
    later = START + 3 * _DAY
    assert _watch(rule, article("one", text="Kursk.", published=later)).since == later
    assert _watch(rule, article("one", text="Berlin.", published=later)).since == START
    other = article("one", text="Kursk.", feed="wire", published=later)
    assert _watch(rule, other).since == START


def test_what_is_awaited_alerts_nobody() -> None:
    """The decision notes it, and that is all."""
    decision = decided(article("one", _CLAIM), rules=RuleSet(rules=(_rule(),)))
    assert decision.alerts == ()
    (hit,) = decision.outcomes[0].evaluations[0].hits
    assert hit.disposition is Disposition.NOTED


@pytest.mark.parametrize(
    ("lasting", "words"),
    [
        (timedelta(days=14), "14 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
    ],
)
def test_a_duration_is_spoken(lasting: timedelta, words: str) -> None:
    """In the largest unit that fits."""
    assert spoken(lasting) == words
