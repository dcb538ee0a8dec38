# SPDX-License-Identifier: Apache-2.0
"""Rules: what people declare to be worth telling.

What it is not: loading rule files (`rulefiles`), judging by them (`evaluation`), or deciding what is
new (`ledger`); verdicts never depend on rules. Rules of this file: frozen records; an empty tuple
or None asks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from monitor.core.expression import Expression, Searchable
from monitor.core.model import Fact, Kind, Severity, Status, Verdict


class RuleKind(StrEnum):
    """What a rule watches."""

    KEYWORD = "keyword"
    FIGURE_CHANGE = "figure-change"
    THRESHOLD = "threshold"
    ABSENCE = "absence"


class RuleStatus(StrEnum):
    """How far a rule is trusted; experimental ones are evaluated and listed, never sent."""

    EXPERIMENTAL = "experimental"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Direction(StrEnum):
    """Which way a revision or a crossing must go."""

    UP = "up"
    DOWN = "down"
    ANY = "any"


class Awaited(StrEnum):
    """What an absence rule waits for."""

    CLAIM = "claim"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class MinChange:
    """The least change a revision must bring: absolute, or a share of the replaced figure."""

    amount: float
    is_share: bool

    def __str__(self) -> str:
        return f"{self.amount * 100:g}%" if self.is_share else f"{self.amount:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which claims a rule looks at; empty tuples ask nothing.

    `weights` say how much the word of a source, institution or family counts: the confidence of
    a claim is multiplied by the weight of the nearest one that is named. `unknown` stands for
    speakers that the gazetteer does not know, `unnamed` for claims without any.
    """

    measure: str
    forces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    unknown_place: bool = True
    sources: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    min_confidence: float = 0.0
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCondition(Scope):
    """What a figure-change rule asks of a claim; of the facts in `when` one must be true."""

    alert_on: frozenset[Verdict] = frozenset({Verdict.NEW, Verdict.REVISION, Verdict.NEW_PLACE})
    digest_on: frozenset[Verdict] = frozenset()
    min_change: MinChange | None = None
    direction: Direction = Direction.ANY
    min_figure: float | None = None
    when: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdCondition(Scope):
    """A value that figures cross; `status` is the track they are read in."""

    value: float
    direction: Direction = Direction.ANY
    status: Status = Status.PRESENT


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceCondition:
    """What must come at least once in every `lasting`: a claim in `scope`, or an article."""

    awaited: Awaited
    lasting: timedelta
    scope: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityStep:
    """From which change on an alert has another severity than its rule."""

    change: MinChange
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text with what the rule must make of it, after the `given` texts are known.

    `after` is how long nothing follows the text; an absence rule is then asked as well.
    """

    name: str
    text: str
    expect: str
    title: str = ""
    given: tuple[str, ...] = ()
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One declared condition. `version` is a digest of what it asks, without its examples."""

    id: str
    title: str
    kind: RuleKind
    status: RuleStatus = RuleStatus.STABLE
    severity: Severity = Severity.NOTICE
    severity_by_change: tuple[SeverityStep, ...] = ()
    description: str = ""
    false_positives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    extends: str | None = None
    match: Expression | None = None
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    figure: FigureCondition | None = None
    threshold: ThresholdCondition | None = None
    absence: AbsenceCondition | None = None
    examples: tuple[Example, ...] = ()
    file: str = ""
    version: str = ""

    @property
    def is_live(self) -> bool:
        """Say whether the rule may alert: experimental rules only run beside the live ones."""
        return self.status is not RuleStatus.EXPERIMENTAL

    @property
    def scope(self) -> Scope | None:
        """Return which claims the rule looks at; None for a rule about articles."""
        return self.figure or self.threshold or (self.absence.scope if self.absence else None)


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
        asked = {rule.scope.measure for rule in self.rules if rule.scope and rule.is_live}
        return self.further_measures | asked

    def may_match(self, text: str, *, title: str = "") -> bool:
        """Say whether the keywords of any rule, of whatever kind, hold in a text (a teaser, say)."""
        words = Searchable(title=title, text=text)
        return any(
            rule.is_live and rule.match is not None and rule.match.holds(words)
            for rule in self.rules
        )
