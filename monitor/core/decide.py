# SPDX-License-Identifier: Apache-2.0
"""Hop 6: decide a batch of articles. A pure fold: dedup, ledger, rules, alerts.

Two laws, property-tested: splitting a batch anywhere changes nothing; a second pass over the same
articles raises nothing. Rules of this file: nothing here knows the time, the store or the
subscribers; what it needs of the past is in `Memory`, of the site in `Policy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.alerts import cite, raise_alert, witnesses
from monitor.core.changes import figure_changes
from monitor.core.corrections import follow_ups
from monitor.core.evaluation import Case, evaluate
from monitor.core.gazetteer import Gazetteer
from monitor.core.ledger import judge_all
from monitor.core.memory import Memory
from monitor.core.model import (
    Alert,
    Article,
    Decision,
    Disposition,
    FigureChanges,
    LedgerClaim,
    Outcome,
    Witness,
    believed,
    latest,
    require_utc,
)
from monitor.core.recognition import DEFAULT_THRESHOLDS, Recognition, Thresholds, recognise
from monitor.core.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How to decide: rules, gazetteer, the time, and what must stay silent.

    `silent_before`: articles published before it, or undated, are ingested without alerts (a feed's
    first poll). `history_before`: articles of entries that nobody knew, published before it, are what a
    feed brought up late, and are ingested without alerts. `silence_all` names why nothing at all may alert (seeding). `thresholds` say from
    when on two texts are copies.
    """

    rules: RuleSet
    gazetteer: Gazetteer
    now: datetime
    silent_before: datetime | None = None
    history_before: datetime | None = None
    silence_all: str | None = None
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def __post_init__(self) -> None:
        require_utc(self.now, "now")
        require_utc(self.silent_before, "silent_before")
        require_utc(self.history_before, "history_before")

    def silences(self, article: Article, *, is_known: bool) -> str | None:
        """Return why an article may not alert, or None; `is_known` says that its entry is."""
        if self.silence_all is not None:
            return self.silence_all
        published = believed(article.published, article.seen)
        if self.silent_before is not None:
            old = published is None or latest(published) < self.silent_before
            return "first-poll" if old else None
        if self.history_before is None or is_known or published is None:
            return None
        return "backfill" if latest(published) < self.history_before else None


def decide(articles: Sequence[Article], memory: Memory, policy: Policy) -> Decision:
    """Return everything that the articles, in this order, lead to."""
    return fold(articles, memory, policy)[0]


def fold(articles: Sequence[Article], memory: Memory, policy: Policy) -> tuple[Decision, Memory]:
    """Return the decision and the memory after it; `memory` itself is not changed."""
    growing = memory.copy()
    outcomes: list[Outcome] = []
    alerts: list[Alert] = []
    attached: list[Witness] = []
    for article in articles:
        outcome, raised = _decide_one(article, growing, policy)
        attached += witnesses(outcome, growing)
        growing.take_in(outcome, raised)
        outcomes.append(outcome)
        alerts += raised
    decision = Decision(outcomes=tuple(outcomes), alerts=tuple(alerts), witnesses=tuple(attached))
    return decision, growing


def _decide_one(
    article: Article, memory: Memory, policy: Policy
) -> tuple[Outcome, tuple[Alert, ...]]:
    recognition = recognise(article, memory, policy.thresholds)
    rows, withdrawals = judge_all(article, recognition, memory, policy.gazetteer)
    outcome = Outcome(
        article=article,
        verdict=recognition.verdict,
        group=recognition.group,
        relation=recognition.relation,
        nearest=recognition.nearest,
        similarity=recognition.similarity,
        claims=rows,
        withdrawals=withdrawals,
        silenced=policy.silences(
            article, is_known=bool(memory.readings(article.feed, article.entry_key))
        ),
        basis=recognition.basis,
        passages=recognition.passages,
        changes=_changes(recognition, memory, rows),
    )
    return ask_rules(outcome, memory, policy)


def ask_rules(
    outcome: Outcome, memory: Memory, policy: Policy
) -> tuple[Outcome, tuple[Alert, ...]]:
    """Return the outcome with what the rules make of it, and the alerts that it raises.

    `outcome` is judged and not yet part of `memory`; what it was judged by may lie in the past, as
    in a backtest.
    """
    case = Case(
        outcome.article,
        outcome.claims,
        outcome.verdict,
        memory=memory,
        gazetteer=policy.gazetteer,
        withdrawn=tuple(withdrawal.claim for withdrawal in outcome.withdrawals),
    )
    evaluations = tuple(evaluate(rule, case) for rule in policy.rules.rules)
    asked = replace(outcome, evaluations=evaluations)
    return asked, _alerts(asked, memory, policy)


def _changes(
    recognition: Recognition, memory: Memory, rows: Sequence[LedgerClaim]
) -> FigureChanges | None:
    if recognition.previous is None:
        return None
    before = memory.claims_of(recognition.previous.id)
    return figure_changes(before, rows, recognition.previous.id)


def _alerts(outcome: Outcome, memory: Memory, policy: Policy) -> tuple[Alert, ...]:
    if outcome.silenced is not None:
        return ()
    repairs = follow_ups(
        outcome.withdrawals,
        outcome.claims,
        memory,
        policy.gazetteer,
        cite(outcome.article),
        policy.now,
    )
    raised = {alert.dedup_key: alert for alert in repairs}
    told = {(alert.rule, alert.claim.id) for alert in repairs if alert.claim is not None}
    for rule, evaluation in zip(policy.rules.rules, outcome.evaluations, strict=True):
        if not rule.is_live:
            continue
        for hit in evaluation.hits:
            if hit.disposition is Disposition.NOTED or (rule.id, hit.claim) in told:
                continue
            alert = raise_alert(rule, hit, outcome, memory, policy.now)
            if not memory.has_alert(alert.dedup_key):
                raised.setdefault(alert.dedup_key, alert)
    return tuple(raised.values())
