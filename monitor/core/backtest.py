# SPDX-License-Identifier: Apache-2.0
"""Backtest: what rules would have told about articles that were decided before.

What it is not: a second decision. The stored verdicts are taken as they were, since they never depend
on rules, and the rules are asked by the same code as in the daemon. Rules of this file: pure; time is
the articles' own; absence rules are asked at every article's time; experimental rules are run as if
they were live.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.absence import Watch, due_at, heard, overdue
from monitor.core.decide import Policy, ask_rules
from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import Memory
from monitor.core.model import Alert, LedgerClaim, Outcome
from monitor.core.routing import is_for_now
from monitor.core.rules import Rule, RuleKind, RuleSet, RuleStatus
from monitor.core.subscribers import Subscriber

# A miss that names what would have fired is near; others are about something else altogether.
_NEAR_MISS = "; would have fired with "


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert that would have been raised, and in which commit."""

    alert: Alert
    commit: int

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes alerts of two versions of a rule the same."""
        row = self.alert.claim
        subject = self.alert.article.id or self.alert.dedup_key
        return subject, row.id if row else "", self.alert.disposition.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A claim that only a limit of a rule kept back."""

    rule: str
    row: LedgerClaim
    reason: str


@dataclass(slots=True)
class Backtest:
    """One run of some rules over the past. Give it the outcomes in order of arrival."""

    rules: tuple[Rule, ...]
    gazetteer: Gazetteer
    told: list[Told] = field(default_factory=list)
    missed: list[NearMiss] = field(default_factory=list)
    unread: int = 0
    commits: int = 0
    _memory: Memory = field(default_factory=Memory)
    _watches: dict[str, Watch] = field(default_factory=dict)
    _commit: tuple[str, datetime] | None = None

    def __post_init__(self) -> None:
        self.rules = tuple(replace(rule, status=RuleStatus.STABLE) for rule in self.rules)

    def take(self, outcome: Outcome) -> None:
        """Ask the rules about the next article."""
        article = outcome.article
        if self._commit != (article.feed, article.seen):
            self._commit = article.feed, article.seen
            self.commits += 1
        self._ask_for_silences(article.seen)
        raised: tuple[Alert, ...] = ()
        if outcome.silenced is None:
            outcome, raised = self._ask(outcome)
        self._memory.take_in(outcome, raised)

    def end(self, now: datetime) -> None:
        """Ask for silences that were too long by `now`, when no more articles follow."""
        self._ask_for_silences(now)

    def _ask(self, outcome: Outcome) -> tuple[Outcome, tuple[Alert, ...]]:
        rules = self._concerned(outcome)
        if not rules:
            return outcome, ()
        readable = self._readable(outcome, rules)
        policy = Policy(
            rules=RuleSet(rules=rules), gazetteer=self.gazetteer, now=outcome.article.seen
        )
        asked, raised = ask_rules(readable, self._memory, policy)
        for rule in rules:
            if rule.id in self._watches:
                self._watches[rule.id] = heard(rule, self._watches[rule.id], (asked,))
        self.told += [Told(alert=alert, commit=self.commits) for alert in raised]
        rows = {row.id: row for row in asked.claims}
        self.missed += [
            NearMiss(rule=evaluation.rule, row=rows[claim], reason=reason)
            for evaluation in asked.evaluations
            for claim, reason in evaluation.misses
            if _NEAR_MISS in reason and claim in rows
        ]
        return asked, raised

    def _concerned(self, outcome: Outcome) -> tuple[Rule, ...]:
        """Return the rules that could say anything about an article: most have no figures."""
        if outcome.claims:
            return self.rules
        kinds = {RuleKind.KEYWORD, RuleKind.ABSENCE}
        return tuple(rule for rule in self.rules if rule.kind in kinds)

    def _readable(self, outcome: Outcome, rules: Iterable[Rule]) -> Outcome:
        """Where the text was given up, its sentences with figures stand for it."""
        if outcome.article.text or not any(rule.match for rule in rules):
            return outcome
        if not outcome.claims:
            self.unread += 1
        sentences = dict.fromkeys(row.claim.evidence.sentence for row in outcome.claims)
        return replace(outcome, article=replace(outcome.article, text="\n".join(sentences)))

    def _ask_for_silences(self, now: datetime) -> None:
        for rule in self.rules:
            if rule.absence is None:
                continue
            watch = self._watches.setdefault(rule.id, Watch(since=now))
            alert = overdue(rule, watch, now)
            if alert is not None and not self._is_told(alert):
                moment = min(due_at(rule, watch), now)
                self.told.append(Told(alert=replace(alert, created=moment), commit=self.commits))

    def _is_told(self, alert: Alert) -> bool:
        return any(told.alert.dedup_key == alert.dedup_key for told in self.told[-50:])


def week(moment: datetime) -> str:
    """Return the week of a moment, such as "2024-W45"."""
    year, number, _ = moment.isocalendar()
    return f"{year}-W{number:02}"


def messages_by_week(
    told: Iterable[Told], subscribers: Sequence[Subscriber]
) -> dict[tuple[str, str], int]:
    """Return how many messages each subscriber would have got in each week."""
    found: dict[tuple[str, str], set[tuple[int, str]]] = {}
    for one in told:
        for subscriber in subscribers:
            if is_for_now(one.alert, subscriber):
                place = week(one.alert.created), subscriber.id
                found.setdefault(place, set()).add((one.commit, one.alert.rule))
    return {place: len(messages) for place, messages in sorted(found.items())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two versions of rules tell differently."""

    only_new: tuple[Told, ...]
    only_old: tuple[Told, ...]
    louder_or_quieter: tuple[tuple[Told, Told], ...]  # new and old, of another severity
    same: int


def difference(new: Sequence[Told], old: Sequence[Told]) -> Difference:
    """Return what is told by one version only, or with another severity."""
    before, after = {one.key: one for one in old}, {one.key: one for one in new}
    both = [(after[key], before[key]) for key in after if key in before]
    changed = [pair for pair in both if pair[0].alert.severity is not pair[1].alert.severity]
    return Difference(
        only_new=tuple(one for key, one in after.items() if key not in before),
        only_old=tuple(one for key, one in before.items() if key not in after),
        louder_or_quieter=tuple(changed),
        same=len(both) - len(changed),
    )
