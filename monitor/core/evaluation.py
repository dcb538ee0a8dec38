# SPDX-License-Identifier: Apache-2.0
"""What the rules make of a decided article: hits, and for what did not hit the reasons.

What it is not: deciding what is new (`ledger`; verdicts never depend on rules), or raising alerts
(`alerts`). Rules of this file: evaluation is pure, and linear in the text; every claim that a rule
does not hit gets the reason, and where only limits were missed, what would have fired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from monitor.core.crossing import crossing
from monitor.core.expression import Searchable
from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import Memory
from monitor.core.model import (
    SEVERITY_ORDER,
    Article,
    ArticleVerdict,
    Disposition,
    Evaluation,
    Fact,
    Hit,
    LedgerClaim,
    Severity,
    TextKind,
    Verdict,
)
from monitor.core.rules import (
    Awaited,
    Direction,
    FigureCondition,
    MinChange,
    Rule,
    RuleKind,
    Scope,
    ThresholdCondition,
)
from monitor.core.scopes import middle, scope_miss, trust

_REPLACES = frozenset({Verdict.REVISION, Verdict.CORRECTION})
# An old figure, or a copy of an article, does not show that somebody still counts.
_NOT_HEARD = frozenset({Verdict.DUPLICATE, Verdict.RECALL})


class Case:
    """A judged article before the rules, which all share its words and what was known."""

    def __init__(
        self,
        article: Article,
        rows: Sequence[LedgerClaim],
        verdict: ArticleVerdict,
        *,
        memory: Memory,
        gazetteer: Gazetteer,
        withdrawn: Sequence[str] = (),
    ) -> None:
        self.article = article
        self.rows = tuple(rows)
        self.verdict = verdict
        self.memory = memory
        self.gazetteer = gazetteer
        self.withdrawn = frozenset(withdrawn)

    @cached_property
    def words(self) -> Searchable:
        """Return the words of title and text, indexed once for all rules."""
        return Searchable(title=self.article.title, text=self.article.text)

    @property
    def is_first_page(self) -> bool:
        """Say whether this is the page of an entry of which only the teaser was read so far."""
        article = self.article
        if self.verdict is not ArticleVerdict.REVISION or article.text_kind is not TextKind.PAGE:
            return False
        readings = self.memory.readings(article.feed, article.entry_key)
        return all(row.text_kind is TextKind.ENTRY for row in readings)

    @cached_property
    def _own(self) -> Mapping[str, LedgerClaim]:
        return {row.id: row for row in self.rows}

    def previous(self, row: LedgerClaim) -> LedgerClaim | None:
        """Return the row that a row replaces, which may stand in the same article."""
        if row.previous is None:
            return None
        return self._own.get(row.previous) or self.memory.claim(row.previous)

    def known_before(self, row: LedgerClaim) -> list[LedgerClaim]:
        """Return the standing rows of a row's measure and force that came before it."""
        known = [
            other
            for other in self.memory.claims_like(row.series.measure, row.series.force)
            if other.id not in self.withdrawn
        ]
        return known + list(self.rows[: self.rows.index(row)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Miss:
    """Why a claim is no hit. `stage` grows with how far it came; `hint` is what would have fired."""

    stage: int
    reason: str
    hints: tuple[str, ...] = ()


_Judged = Hit | _Miss
_VERDICT, _LIMITS = 10, 11  # stages after those of the scope


def evaluate(rule: Rule, case: Case) -> Evaluation:
    """Return what a rule makes of a decided article.

    The words of an article are those of its title and text; a seeded article has no text and
    matches no expression.
    """
    missing = _gate(rule, case)
    if missing is not None:
        return Evaluation(rule=rule.id, version=rule.version, misses=(("", missing),))
    if rule.kind is RuleKind.KEYWORD:
        return _keyword(rule, case)
    if rule.kind is RuleKind.ABSENCE:
        return _awaited(rule, case)
    return _each_claim(rule, case, lambda row: _judge(rule, row, case))


def _gate(rule: Rule, case: Case) -> str | None:
    """Return which filter of the article fails: feed, language or words."""
    feed, language = case.article.feed, case.article.language
    if rule.feeds and not any(fnmatchcase(feed, pattern) for pattern in rule.feeds):
        return f"feed {feed} is not in feeds"
    # What language a text is in is often not said; such a text is not kept from anybody.
    if rule.languages and language and not _is_in(language, rule.languages):
        return f"language {language} is not in languages"
    if rule.match is None:
        return None
    failure = rule.match.explain(case.words)
    return None if failure is None else f"words: {failure}"


def _is_in(language: str, languages: Sequence[str]) -> bool:
    folded = language.casefold().replace("_", "-")
    return any(folded == one or folded.startswith(f"{one}-") for one in languages)


def _keyword(rule: Rule, case: Case) -> Evaluation:
    if case.verdict is not ArticleVerdict.NEW and not case.is_first_page:
        miss = f"the article is a {case.verdict.value}"
        return Evaluation(rule=rule.id, version=rule.version, misses=(("", miss),))
    hit = Hit(
        rule=rule.id,
        claim=None,
        disposition=Disposition.ALERT,
        reason=f"keywords: {rule.match}",
    )
    return Evaluation(rule=rule.id, version=rule.version, hits=(hit,))


def _awaited(rule: Rule, case: Case) -> Evaluation:
    """Note that what an absence rule waits for is there; that nothing came is seen by `absence`."""
    assert rule.absence is not None  # noqa: S101  (the loader requires it of this kind)
    scope = rule.absence.scope
    if rule.absence.awaited is Awaited.ARTICLE or scope is None:
        hit = Hit(rule=rule.id, claim=None, disposition=Disposition.NOTED, reason="it is awaited")
        return Evaluation(rule=rule.id, version=rule.version, hits=(hit,))
    return _each_claim(rule, case, lambda row: _heard(rule, scope, row, case))


def _heard(rule: Rule, scope: Scope, row: LedgerClaim, case: Case) -> _Judged:
    miss = _scope(scope, row, case) or _unsure(scope, row, case)
    if miss is not None:
        return miss
    if row.verdict in _NOT_HEARD:
        return _Miss(stage=_VERDICT, reason=f"a {row.verdict} is not awaited ({row.reason})")
    return Hit(
        rule=rule.id, claim=row.id, disposition=Disposition.NOTED, reason="a claim is awaited"
    )


def _each_claim(rule: Rule, case: Case, judge: Callable[[LedgerClaim], _Judged]) -> Evaluation:
    judged = [(row, judge(row)) for row in case.rows]
    misses = [(row.id, found) for row, found in judged if isinstance(found, _Miss)]
    hits = tuple(found for _, found in judged if isinstance(found, Hit))
    nearest = max(misses, key=lambda item: (item[1].stage, -len(item[1].hints)), default=None)
    return Evaluation(
        rule=rule.id,
        version=rule.version,
        hits=hits,
        misses=tuple((row, found.reason) for row, found in misses),
        nearest=nearest[0] if nearest is not None and not hits else None,
    )


def _judge(rule: Rule, row: LedgerClaim, case: Case) -> _Judged:
    if rule.threshold is not None:
        found = _judge_crossing(rule.threshold, row, case)
    else:
        assert rule.figure is not None  # noqa: S101  (the loader requires one of the two)
        found = _judge_figure(rule.figure, row, case)
    if isinstance(found, _Miss):
        return found
    disposition, reason = found
    return Hit(
        rule=rule.id,
        claim=row.id,
        disposition=disposition,
        reason=reason,
        severity=_severity(rule, row, case),
    )


def _judge_figure(
    figure: FigureCondition, row: LedgerClaim, case: Case
) -> tuple[Disposition, str] | _Miss:
    miss = _scope(figure, row, case)
    if miss is not None:
        return miss
    if row.verdict in figure.alert_on:
        disposition = Disposition.ALERT
    elif row.verdict in figure.digest_on or Fact.STILL_CLAIMED in row.facts:
        disposition = Disposition.DIGEST
    else:
        reason = f"verdict {row.verdict} is not in alert_on ({row.reason})"
        return _Miss(stage=_VERDICT, reason=reason)
    limits = [
        miss
        for miss in (
            _without_fact(figure, row),
            _unsure(figure, row, case),
            _too_small(figure, row),
            _wrong_way(figure, row, case),
            _change_miss(figure, row, case),
        )
        if miss is not None
    ]
    return _together(limits) if limits else (disposition, f"{row.verdict}: {row.reason}")


def _judge_crossing(
    threshold: ThresholdCondition, row: LedgerClaim, case: Case
) -> tuple[Disposition, str] | _Miss:
    miss = _scope(threshold, row, case)
    if miss is not None:
        return miss
    found = crossing(threshold, row, case.known_before(row), case.gazetteer)
    if not found.crosses:
        return _Miss(stage=_VERDICT, reason=found.reason)
    return _unsure(threshold, row, case) or (Disposition.ALERT, found.reason)


def _together(limits: Sequence[_Miss]) -> _Miss:
    """Join all limits that were missed; what would have fired is told if it can be told of all."""
    reason = "; ".join(miss.reason for miss in limits)
    hints = tuple(hint for miss in limits for hint in miss.hints)
    if all(miss.hints for miss in limits):
        reason += f"; would have fired with {' and '.join(hints)}"
    return _Miss(stage=_LIMITS, reason=reason, hints=hints)


# --- single conditions -----------------------------------------------------------------------


def _scope(scope: Scope, row: LedgerClaim, case: Case) -> _Miss | None:
    found = scope_miss(scope, row, case.gazetteer)
    return None if found is None else _Miss(stage=found[0], reason=found[1])


def _without_fact(figure: FigureCondition, row: LedgerClaim) -> _Miss | None:
    if not figure.when or figure.when.intersection(row.facts):
        return None
    wanted, found = ", ".join(sorted(figure.when)), ", ".join(row.facts) or "nothing of the kind"
    return _Miss(stage=_LIMITS, reason=f"when: {wanted} asked for, {found} is true")


def _unsure(scope: Scope, row: LedgerClaim, case: Case) -> _Miss | None:
    confidence, weight = row.claim.confidence, trust(scope, row, case.gazetteer)
    weighted = confidence * weight
    if weighted >= scope.min_confidence:
        return None
    shown = f"{confidence:.2f}" if weight == 1 else f"{confidence:.2f} x {weight:g}"
    return _Miss(
        stage=_LIMITS,
        reason=f"confidence {shown} < {scope.min_confidence:g}",
        hints=(f"min_confidence {weighted:.2f}",),
    )


def _too_small(figure: FigureCondition, row: LedgerClaim) -> _Miss | None:
    if figure.min_figure is None or row.claim.high >= figure.min_figure:
        return None
    return _Miss(
        stage=_LIMITS,
        reason=f"figure {row.claim.high:,} < {figure.min_figure:,g}",
        hints=(f"min_figure {row.claim.high}",),
    )


def _wrong_way(figure: FigureCondition, row: LedgerClaim, case: Case) -> _Miss | None:
    """Judge the direction of a revision; other verdicts have no change to measure."""
    old = case.previous(row)
    if old is None or row.verdict is not Verdict.REVISION or figure.direction is Direction.ANY:
        return None
    went_up = middle(row) > middle(old)
    if went_up == (figure.direction is Direction.UP):
        return None
    reason = f"the figure went {'up' if went_up else 'down'}, the rule wants {figure.direction}"
    return _Miss(stage=_LIMITS, reason=reason)


def _change_miss(figure: FigureCondition, row: LedgerClaim, case: Case) -> _Miss | None:
    """Judge the size of a revision; other verdicts have no change to measure."""
    old = case.previous(row)
    if old is None or row.verdict is not Verdict.REVISION or figure.min_change is None:
        return None
    change = _change(row, old, like=figure.min_change)
    if change.amount >= figure.min_change.amount:
        return None
    shown = MinChange(amount=round(change.amount, 4), is_share=change.is_share)
    return _Miss(
        stage=_LIMITS,
        reason=f"change {shown} < {figure.min_change}",
        hints=(f"min_change {shown}",),
    )


def _change(row: LedgerClaim, old: LedgerClaim, *, like: MinChange) -> MinChange:
    """Return the size of a change, as a share or a number as `like` is."""
    size = abs(middle(row) - middle(old))
    return MinChange(amount=size / middle(old) if like.is_share else size, is_share=like.is_share)


def _severity(rule: Rule, row: LedgerClaim, case: Case) -> Severity | None:
    """Return the loudest severity whose change is reached; None where the rule's own stays."""
    old = case.previous(row) if row.verdict in _REPLACES else None
    if old is None:
        return None
    reached = [
        step.severity
        for step in rule.severity_by_change
        if _change(row, old, like=step.change).amount >= step.change.amount
    ]
    return max(reached, key=SEVERITY_ORDER.index, default=None)
