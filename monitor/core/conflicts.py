# SPDX-License-Identifier: Apache-2.0
"""Conflicts: who holds which figure of a series since when, how far apart they are, who moved.

What it is not: verdicts (`ledger`); facts never change one. Rules of this file: pure; a conflict is a
view over standing rows in the order of their clocks, so it does not depend on the order of
arrival; `facts_of` looks only at what was known before a row, so a replay finds the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from statistics import median

from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import Rung, age, as_of, is_rung, ladders, track
from monitor.core.model import (
    Fact,
    Kind,
    LedgerClaim,
    PlaceRelation,
    Series,
    Status,
    ValueRelation,
    Verdict,
)
from monitor.core.series import UNKNOWN_FORCE
from monitor.core.values import SAME_WITHIN, interval, is_vague, midpoint, relation_of, same_value

# A figure is an outlier when it is more than this factor away from the median of at least
# `_OUTLIER_OTHERS` other families. Chosen by hand: honest counts of one force rarely differ twofold.
_OUTLIER_FACTOR = 2.0
_OUTLIER_OTHERS = 2
# The spread has narrowed when at least a tenth of it is gone; less is rounding.
_NARROWED_TO = 0.9
# A repeat after this long without one is "still claimed" (extraction.md 8.11).
STILL_CLAIMED_AFTER = timedelta(days=30)

_NO_NEWS = frozenset({Verdict.DUPLICATE, Verdict.DETAIL, Verdict.VAGUE, Verdict.RECALL})
_COMPATIBLE = frozenset({PlaceRelation.EQUAL, PlaceRelation.ANCESTOR, PlaceRelation.UNKNOWN})


# --- the object ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one family holds in a series: all its rungs, oldest first; the last one stands now."""

    family: str | None
    rungs: tuple[Rung, ...]

    @property
    def now(self) -> Rung:
        """Return the rung that stands."""
        return self.rungs[-1]

    @property
    def before(self) -> Rung | None:
        """Return the rung that stood before, or None."""
        return self.rungs[-2] if len(self.rungs) > 1 else None

    @property
    def since(self) -> date:
        """Return since when the family has held its figure."""
        return as_of(self.now.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """More in a part than somebody has for the whole: the part's claim and the whole's."""

    part: LedgerClaim
    whole: LedgerClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Everybody's figures in one series, longest held first, and where they do not fit together."""

    series: Series
    holdings: tuple[Holding, ...]
    outliers: tuple[str | None, ...] = ()
    clashes: tuple[Clash, ...] = ()

    @property
    def low(self) -> int:
        """Return the least figure that stands."""
        return min((holding.now.low for holding in self.holdings), default=0)

    @property
    def high(self) -> int:
        """Return the greatest figure that stands."""
        return max((holding.now.high for holding in self.holdings), default=0)

    @property
    def spread(self) -> int:
        """Return how far apart the families are; 0 while one family is alone."""
        return self.high - self.low if len(self.holdings) > 1 else 0

    @property
    def is_disputed(self) -> bool:
        """Say whether two families hold figures that cannot both be true."""
        held = [row.claim for holding in self.holdings for row in holding.now.setting[:1]]
        apart = any(
            relation_of(a, b) is ValueRelation.DIFFERENT
            for number, a in enumerate(held)
            for b in held[:number]
        )
        return apart or bool(self.clashes)

    @property
    def moved(self) -> Holding | None:
        """Return the family that changed its figure last, or None."""
        movers = [holding for holding in self.holdings if holding.before is not None]
        return max(movers, key=lambda holding: age(holding.now.first), default=None)


def conflict_in(series: Series, rows: Iterable[LedgerClaim], gazetteer: Gazetteer) -> Conflict:
    """Return the conflict in a series. `rows` are rows of its measure and force, of any place."""
    standing = [row for row in rows if not row.withdrawn and track(row.series) == track(series)]
    held = ladders(standing, gazetteer)
    holdings = sorted(
        (
            Holding(family=family, rungs=rungs)
            for (family, place), rungs in held.items()
            if place == series.place
        ),
        key=lambda holding: (holding.since, holding.family or ""),
    )
    current = _current(held.values())
    clashes = (
        {(clash.part.id, clash.whole.id): clash}
        for holding in holdings
        for row in holding.now.setting
        for clash in clashes_of(row, current, gazetteer)
    )
    return Conflict(
        series=series,
        holdings=tuple(holdings),
        outliers=tuple(
            holding.family
            for holding in holdings
            if _is_far(holding.now.first, [other.now for other in holdings if other is not holding])
        ),
        clashes=tuple({key: clash for found in clashes for key, clash in found.items()}.values()),
    )


def clashes_of(
    row: LedgerClaim, current: Iterable[LedgerClaim], gazetteer: Gazetteer
) -> tuple[Clash, ...]:
    """Return the current figures that a row cannot stand beside: a part greater than its whole."""
    if row.claim.kind is not Kind.TOTAL or row.series.force == UNKNOWN_FORCE:
        return ()
    found: list[Clash] = []
    for other in current:
        relation = gazetteer.place_relation(row.claim.place, other.claim.place)
        if relation is PlaceRelation.DESCENDANT:
            clash = Clash(part=row, whole=other)
        elif relation is PlaceRelation.ANCESTOR:
            clash = Clash(part=other, whole=row)
        else:
            continue
        (least, _), (_, most) = interval(clash.part.claim), interval(clash.whole.claim)
        if least * (1 - SAME_WITHIN) > most:
            found.append(clash)
    return tuple(found)


def _current(held: Iterable[tuple[Rung, ...]]) -> list[LedgerClaim]:
    return [row for rungs in held for row in rungs[-1].setting]


# --- facts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A row, and what was known of its track before it."""

    row: LedgerClaim
    known: tuple[LedgerClaim, ...]
    denied: tuple[LedgerClaim, ...]  # where the row is a denial: the present track
    gazetteer: Gazetteer

    def place_of(self, other: LedgerClaim) -> PlaceRelation:
        return self.gazetteer.place_relation(self.row.claim.place, other.claim.place)

    def agreeing(self) -> list[LedgerClaim]:
        """Return the known rows with this figure at this, a narrower or an unknown place."""
        return [
            other
            for other in self.known
            if same_value(other.claim, self.row.claim) and self.place_of(other) in _COMPATIBLE
        ]

    def here(self) -> list[LedgerClaim]:
        """Return the known rows of this very place that give a figure, recalled ones included."""
        return [
            other
            for other in self.known
            if other.claim.place == self.row.claim.place and not is_vague(other.claim)
        ]

    def holdings(self, *, with_row: bool = False) -> dict[str | None, Rung]:
        """Return the families' current rungs at this place, before the row or with it."""
        rows = (*self.known, self.row) if with_row else self.known
        return {
            family: rungs[-1]
            for (family, place), rungs in ladders(rows, self.gazetteer).items()
            if place == self.row.claim.place
        }


def facts_of(
    row: LedgerClaim, rows: Iterable[LedgerClaim], gazetteer: Gazetteer
) -> frozenset[Fact]:
    """Return what else is true of a judged row.

    `rows` are the rows of its measure and force in ledger order; the row itself, what follows it and
    what was taken back are left out.
    """
    if row.verdict in _NO_NEWS:
        return frozenset()
    before = [
        other for other in takewhile(lambda other: other.id != row.id, rows) if not other.withdrawn
    ]
    present = replace(row.series, status=Status.PRESENT)
    scene = _Scene(
        row=row,
        known=tuple(other for other in before if track(other.series) == track(row.series)),
        denied=tuple(other for other in before if track(other.series) == track(present)),
        gazetteer=gazetteer,
    )
    return frozenset(fact for fact, holds in _tests_for(row).items() if holds(scene))


def _tests_for(row: LedgerClaim) -> dict[Fact, Callable[[_Scene], bool]]:
    if row.claim.status is Status.DENIED:
        return {Fact.SELF_CONTRADICTION: _denies_itself}
    if row.claim.status is not Status.PRESENT:
        return {}
    if row.verdict is Verdict.RESTATEMENT or row.claim.kind is not Kind.TOTAL:
        return {Fact.STILL_CLAIMED: _is_still_claimed}
    return _OF_TOTALS


def _is_first_official(scene: _Scene) -> bool:
    if not scene.gazetteer.is_official(scene.row.family):
        return False
    agreeing = scene.agreeing()
    return bool(agreeing) and not any(
        scene.gazetteer.is_official(other.family) for other in agreeing
    )


def _is_outlier(scene: _Scene) -> bool:
    others = [rung for family, rung in scene.holdings().items() if family != scene.row.family]
    return _is_far(scene.row, others)


def _is_far(row: LedgerClaim, others: list[Rung]) -> bool:
    if len(others) < _OUTLIER_OTHERS:
        return False
    middle, own = median((rung.low + rung.high) / 2 for rung in others), midpoint(row.claim)
    return own > middle * _OUTLIER_FACTOR or own * _OUTLIER_FACTOR < middle


def _has_narrowed(scene: _Scene) -> bool:
    before = scene.holdings()
    if scene.row.family not in before or len(before) < 2:
        return False
    return _spread(scene.holdings(with_row=True)) < _spread(before) * _NARROWED_TO


def _spread(holdings: dict[str | None, Rung]) -> int:
    return max(rung.high for rung in holdings.values()) - min(
        rung.low for rung in holdings.values()
    )


def _contradicts_itself(scene: _Scene) -> bool:
    row = scene.row
    if row.claim.source is None:
        return False
    own = [
        other
        for other in scene.known
        if is_rung(other) and other.article != row.article and _speaker(other) == _speaker(row)
    ]
    same_day = any(
        other.claim.place == row.claim.place
        and as_of(other) == as_of(row)
        and relation_of(row.claim, other.claim) is ValueRelation.DIFFERENT
        for other in own
    )
    return same_day or bool(
        clashes_of(row, _current(ladders(own, scene.gazetteer).values()), scene.gazetteer)
    )


def _denies_itself(scene: _Scene) -> bool:
    row = scene.row
    return row.claim.source is not None and any(
        _speaker(other) == _speaker(row)
        and same_value(other.claim, row.claim)
        and scene.place_of(other) is not PlaceRelation.DISJOINT
        for other in scene.denied
    )


def _speaker(row: LedgerClaim) -> str | None:
    return row.claim.source.id if row.claim.source else None


def _is_high(scene: _Scene) -> bool:
    here = scene.here()
    # What is in a part is in the whole: 10,000 in Russia is no high after 12,000 in Kursk.
    inside = [
        other
        for other in scene.known
        if scene.place_of(other) is PlaceRelation.ANCESTOR and not is_vague(other.claim)
    ]
    known = [other.claim.high for other in (*here, *inside)]
    return bool(here) and scene.row.claim.high * (1 - SAME_WITHIN) > max(known)


def _is_low(scene: _Scene) -> bool:
    known = [other.claim.low for other in scene.here()]
    return bool(known) and scene.row.claim.low < min(known) * (1 - SAME_WITHIN)


def _clashes(scene: _Scene) -> bool:
    return bool(
        clashes_of(
            scene.row, _current(ladders(scene.known, scene.gazetteer).values()), scene.gazetteer
        )
    )


def _is_still_claimed(scene: _Scene) -> bool:
    if scene.row.verdict is not Verdict.RESTATEMENT:
        return False
    said = [other.said for other in scene.known if same_value(other.claim, scene.row.claim)]
    return bool(said) and scene.row.said - max(said) >= STILL_CLAIMED_AFTER


_OF_TOTALS: dict[Fact, Callable[[_Scene], bool]] = {
    Fact.FIRST_OFFICIAL: _is_first_official,
    Fact.OUTLIER: _is_outlier,
    Fact.SPREAD_NARROWED: _has_narrowed,
    Fact.SELF_CONTRADICTION: _contradicts_itself,
    Fact.NEW_HIGH: _is_high,
    Fact.NEW_LOW: _is_low,
    Fact.PLACE_CONFLICT: _clashes,
}
