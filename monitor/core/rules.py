# SPDX-License-Identifier: Apache-2.0
"""Rules: which verdicts and which words alert.

What it is not: loading rule files (`rulefiles`), or deciding what is new (`ledger`); verdicts never
depend on rules. Rules of this file: evaluation is pure and linear in the text; every claim that a
figure rule does not hit gets the reason, and where a limit was missed, by how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.expression import Expression, Searchable
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Disposition,
    Evaluation,
    Hit,
    LedgerClaim,
    Severity,
    Verdict,
)


class RuleKind(StrEnum):
    """What a rule watches."""

    KEYWORD = "keyword"
    FIGURE_CHANGE = "figure-change"


class RuleStatus(StrEnum):
    """How far a rule is trusted; experimental ones are evaluated and listed, never sent."""

    EXPERIMENTAL = "experimental"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Direction(StrEnum):
    """Which way a revision must go."""

    UP = "up"
    DOWN = "down"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class MinChange:
    """The least change a revision must bring: absolute, or a share of the replaced figure."""

    amount: float
    is_share: bool

    def __str__(self) -> str:
        return f"{self.amount * 100:g}%" if self.is_share else f"{self.amount:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCondition:
    """What a figure-change rule asks of a claim; empty tuples ask nothing."""

    measure: str
    forces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    unknown_place: bool = True
    sources: tuple[str, ...] = ()
    alert_on: frozenset[Verdict] = frozenset({Verdict.NEW, Verdict.REVISION, Verdict.NEW_PLACE})
    digest_on: frozenset[Verdict] = frozenset()
    min_change: MinChange | None = None
    direction: Direction = Direction.ANY
    min_confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text with what the rule must make of it, after the `given` texts are known."""

    name: str
    text: str
    expect: str
    title: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One declared condition."""

    id: str
    title: str
    kind: RuleKind
    status: RuleStatus = RuleStatus.STABLE
    severity: Severity = Severity.NOTICE
    description: str = ""
    false_positives: tuple[str, ...] = ()
    match: Expression | None = None
    figure: FigureCondition | None = None
    examples: tuple[Example, ...] = ()
    file: str = ""

    @property
    def is_live(self) -> bool:
        """Say whether the rule may alert: experimental rules only run beside the live ones."""
        return self.status is not RuleStatus.EXPERIMENTAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All rules in force, in the order of their ids.

    `further_measures` are read although no rule that may alert asks for them.
    """

    rules: tuple[Rule, ...]
    further_measures: frozenset[str] = frozenset()

    @property
    def measures(self) -> frozenset[str]:
        """Return the measures whose claims are read: those of rules that may alert, and further."""
        asked = {rule.figure.measure for rule in self.rules if rule.figure and rule.is_live}
        return self.further_measures | asked

    def may_match(self, text: str, *, title: str = "") -> bool:
        """Say whether the keywords of any rule, of whatever kind, hold in a text (a teaser, say)."""
        words = Searchable(title=title, text=text)
        return any(
            rule.is_live and rule.match is not None and rule.match.holds(words)
            for rule in self.rules
        )


def evaluate(
    rule: Rule,
    article: Article,
    claims: Sequence[LedgerClaim],
    article_verdict: ArticleVerdict,
    gazetteer: Gazetteer,
    previous: Mapping[str, LedgerClaim],
) -> Evaluation:
    """Return what a rule makes of a decided article.

    `previous` holds the ledger rows that the claims replace, by id. The words of an article are
    those of its title and text; a seeded article has no text and matches no expression.
    """
    if rule.match is not None:
        failure = rule.match.explain(Searchable(title=article.title, text=article.text))
        if failure is not None:
            return Evaluation(rule=rule.id, misses=(("", f"words: {failure}"),))
    if rule.kind is RuleKind.KEYWORD:
        return _evaluate_keyword(rule, article_verdict)
    assert rule.figure is not None  # noqa: S101  (the loader requires it of this kind)
    hits: list[Hit] = []
    misses: list[tuple[str, str]] = []
    for row in claims:
        disposition, reason = _judge_row(rule.figure, row, gazetteer, previous)
        if disposition is None:
            misses.append((row.id, reason))
        else:
            hits.append(Hit(rule=rule.id, claim=row.id, disposition=disposition, reason=reason))
    return Evaluation(rule=rule.id, hits=tuple(hits), misses=tuple(misses))


def _evaluate_keyword(rule: Rule, verdict: ArticleVerdict) -> Evaluation:
    if verdict is not ArticleVerdict.NEW:
        return Evaluation(rule=rule.id, misses=(("", f"the article is a {verdict.value}"),))
    hit = Hit(
        rule=rule.id,
        claim=None,
        disposition=Disposition.ALERT,
        reason=f"keywords: {rule.match}",
    )
    return Evaluation(rule=rule.id, hits=(hit,))


def _judge_row(
    figure: FigureCondition,
    row: LedgerClaim,
    gazetteer: Gazetteer,
    previous: Mapping[str, LedgerClaim],
) -> tuple[Disposition | None, str]:
    """Return the disposition (None for a miss) and the reason."""
    miss = _scope_miss(figure, row, gazetteer)
    if miss is not None:
        return None, miss
    if row.verdict in figure.alert_on:
        disposition = Disposition.ALERT
    elif row.verdict in figure.digest_on:
        disposition = Disposition.DIGEST
    else:
        return None, f"verdict {row.verdict} is not in alert_on ({row.reason})"
    if row.claim.confidence < figure.min_confidence:
        return None, (
            f"confidence {row.claim.confidence:.2f} < {figure.min_confidence:g}; would have fired"
            f" with min_confidence {row.claim.confidence:.2f}"
        )
    miss = _change_miss(figure, row, previous)
    if miss is not None:
        return None, miss
    return disposition, f"{row.verdict}: {row.reason}"


def _scope_miss(figure: FigureCondition, row: LedgerClaim, gazetteer: Gazetteer) -> str | None:
    if row.series.measure != figure.measure:
        return f"measure {row.series.measure} is not {figure.measure}"
    if figure.forces and row.series.force not in figure.forces:
        return f"force {row.series.force} is not in forces"
    if figure.places and not _is_placed(figure, row, gazetteer):
        return f"place {row.claim.place or 'unknown'} is not in places"
    if figure.sources and not _is_sourced(figure, row, gazetteer):
        source = row.claim.source.id if row.claim.source else "unknown"
        return f"source {source} is not in sources"
    return None


def _is_placed(figure: FigureCondition, row: LedgerClaim, gazetteer: Gazetteer) -> bool:
    if row.claim.place is None:
        return figure.unknown_place and row.claim.place_text is None
    return any(gazetteer.is_within(row.claim.place, place) for place in figure.places)


def _is_sourced(figure: FigureCondition, row: LedgerClaim, gazetteer: Gazetteer) -> bool:
    source = row.claim.source
    if source is None:
        return False
    names = {source.id, source.family}
    node = gazetteer.sources.get(source.id)
    while node is not None and node.parent is not None and node.parent not in names:
        names.add(node.parent)
        node = gazetteer.sources.get(node.parent)
    return not names.isdisjoint(figure.sources)


def _change_miss(
    figure: FigureCondition, row: LedgerClaim, previous: Mapping[str, LedgerClaim]
) -> str | None:
    """Judge the size and direction of a revision; other verdicts have no change to measure."""
    old = previous.get(row.previous) if row.previous else None
    if old is None or row.verdict is not Verdict.REVISION:
        return None
    change = _midpoint(row) - _midpoint(old)
    if figure.direction is not Direction.ANY and (change > 0) != (figure.direction is Direction.UP):
        return (
            f"the figure went {'up' if change > 0 else 'down'}, the rule wants {figure.direction}"
        )
    if figure.min_change is None:
        return None
    size = abs(change) / _midpoint(old) if figure.min_change.is_share else abs(change)
    if size >= figure.min_change.amount:
        return None
    shown = MinChange(amount=round(size, 4), is_share=figure.min_change.is_share)
    return f"change {shown} < {figure.min_change}; would have fired with min_change {shown}"


def _midpoint(row: LedgerClaim) -> float:
    return max((row.claim.low + row.claim.high) / 2, 1e-9)
