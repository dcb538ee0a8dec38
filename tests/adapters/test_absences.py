# SPDX-License-Identifier: Apache-2.0
"""Absence rules over a real store: watched with each decision, asked by a clock, told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sample_alerts import PENTAGON, claim
from sample_articles import GAZETTEER, RULE, START, article

from monitor.absences import check_absences
from monitor.core.decide import Policy
from monitor.core.model import Article, Channel, ChannelKind
from monitor.core.payload import is_absence
from monitor.core.rules import (
    AbsenceCondition,
    Awaited,
    Rule,
    RuleKind,
    RuleSet,
    RuleStatus,
    Scope,
)
from monitor.core.subscribers import Subscriber
from monitor.dispatch import Dispatch
from monitor.pipeline import decide_and_commit
from monitor.store import Outbox, Store, open_store

_DAY = timedelta(days=1)
_RULE = Rule(
    id="test.silence",
    title="Troops in Russia",
    kind=RuleKind.ABSENCE,
    severity=RULE.severity,
    absence=AbsenceCondition(
        awaited=Awaited.CLAIM,
        lasting=14 * _DAY,
        scope=Scope(measure="troops", places=("russia",)),
    ),
)
_DESK = Subscriber(
    id="desk",
    channels=(
        Channel(id="desk/email", subscriber="desk", kind=ChannelKind.EMAIL, address="a@b.example"),
    ),
)
_CLAIM = claim(10_000, source=PENTAGON, as_of=None, confidence=0.8)


@pytest.fixture
def store() -> Iterator[Store]:
    """A throw-away store."""
    opened = open_store(None)
    yield opened
    opened.close()


def _ingest(store: Store, one: Article, rules: RuleSet) -> None:
    policy = Policy(rules=rules, gazetteer=GAZETTEER, now=one.seen)
    decide_and_commit(store, Dispatch(store), (one,), policy, (_DESK,), None)


def _asked(store: Store, days: float, rule: Rule = _RULE) -> int:
    """How many silences are told when it is asked so many days after the start."""
    moment: datetime = START + days * _DAY
    rules = RuleSet(rules=(rule,))
    raised = check_absences(store, Dispatch(store), rules, (_DESK,), GAZETTEER, moment)
    assert all(map(is_absence, raised))
    return len(raised)


def test_a_silence_is_told_once_and_again_after_a_return(store: Store) -> None:
    """Each alert has its delivery in the outbox, and asking more often adds nothing."""
    rules = RuleSet(rules=(_RULE,))
    _ingest(store, article("one", _CLAIM), rules)
    assert [_asked(store, days) for days in (1, 13.9, 14, 15, 30)] == [0, 0, 1, 0, 0]
    assert len(Outbox(store).rows()) == 1
    _ingest(store, article("two", _CLAIM, published=START + 31 * _DAY), rules)
    assert [_asked(store, days) for days in (32, 44.9, 45, 46)] == [0, 0, 1, 0]
    assert len(Outbox(store).rows()) == 2


def test_the_wait_of_a_new_rule_begins_when_it_is_first_asked(store: Store) -> None:
    """A rule that is added to an old store does not alert at once."""
    assert [_asked(store, days) for days in (100, 113, 114, 115)] == [0, 0, 1, 0]


def test_a_shadow_waits_for_nothing(store: Store) -> None:
    """Experimental rules never send, so nobody asks them."""
    shadow = replace(_RULE, status=RuleStatus.EXPERIMENTAL)
    assert [_asked(store, days, shadow) for days in (0, 100)] == [0, 0]
