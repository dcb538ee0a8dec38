# SPDX-License-Identifier: Apache-2.0
"""Thresholds: whether a claim takes the figure across a value.

A value is reached while anybody's standing figure reaches it; a standing figure is the newest that a
source family gives for a place. It is crossed upwards by the first figure that reaches it, and
downwards when the last one that did gives way. So a crossing is told once, however many say so and
however they disagree, and upwards and downwards take turns. Where nothing is known yet, a figure
can cross upwards only.
Rules of this file: pure; rows are taken in the order of their clocks, not of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import Key, age, track
from monitor.core.model import Bound, LedgerClaim, Verdict
from monitor.core.rules import Direction, ThresholdCondition
from monitor.core.scopes import middle, scope_miss

_NO_LEVEL = frozenset({Verdict.DUPLICATE, Verdict.RECALL, Verdict.VAGUE, Verdict.DETAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Whether a claim crosses the value, and what it was held against."""

    crosses: bool
    reason: str


def crossing(
    threshold: ThresholdCondition,
    row: LedgerClaim,
    known: Sequence[LedgerClaim],
    gazetteer: Gazetteer,
) -> Crossing:
    """Say whether a row in the threshold's scope crosses it. `known` are the rows before it."""
    if row.series.status is not threshold.status:
        return _no(f"status {row.series.status} is not {threshold.status}")
    if row.verdict in _NO_LEVEL:
        return _no(f"a {row.verdict} sets no level ({row.reason})")
    if row.verdict is Verdict.RESTATEMENT:
        return _no(f"the level is known ({row.reason})")
    standing = _standing(threshold, row, known, gazetteer)
    held = [other for other in standing if _reaches(other, threshold.value)]
    others = [other for other in held if _key(other) != _key(row)]
    return _judge(threshold, row, held, others)


def _judge(
    threshold: ThresholdCondition,
    row: LedgerClaim,
    held: Sequence[LedgerClaim],
    others: Sequence[LedgerClaim],
) -> Crossing:
    """Judge a row by the standing figures that reach the value, and those of them that stay."""
    value, figure = f"{threshold.value:,g}", _shown(row)
    reached = _reaches(row, threshold.value)
    if reached and held:
        return _no(f"{_who(held)} reached {value} already")
    if not reached and not held:
        return _no(f"{figure} is below {value}, and no standing figure reaches it")
    if others and not reached:
        return _no(f"{figure} is below {value}, but {_who(others)} still stands")
    way = Direction.UP if reached else Direction.DOWN
    if threshold.direction not in {Direction.ANY, way}:
        return _no(f"the value is crossed {way}, the rule wants {threshold.direction}")
    if reached:
        return Crossing(crosses=True, reason=f"{figure} reaches {value}, which nobody's did")
    return Crossing(crosses=True, reason=f"{figure} falls below {value}, after {_who(held)}")


def _no(reason: str) -> Crossing:
    return Crossing(crosses=False, reason=reason)


def _standing(
    threshold: ThresholdCondition,
    row: LedgerClaim,
    known: Iterable[LedgerClaim],
    gazetteer: Gazetteer,
) -> list[LedgerClaim]:
    """Return everybody's newest comparable figure per place."""
    newest: dict[Key, LedgerClaim] = {}
    for other in known:
        if (
            other.withdrawn
            or other.verdict in _NO_LEVEL
            or track(other.series) != track(row.series)
            or (not threshold.places and other.claim.place != row.claim.place)
            or scope_miss(threshold, other, gazetteer) is not None
        ):
            continue
        key = _key(other)
        if key not in newest or age(other) >= age(newest[key]):
            newest[key] = other
    return list(newest.values())


def _key(row: LedgerClaim) -> Key:
    return row.family, row.claim.place


def _reaches(row: LedgerClaim, value: float) -> bool:
    """A range counts by its middle; "fewer than 10,000" does not reach 10,000."""
    if row.claim.bound is Bound.AT_MOST:
        return middle(row) > value
    return middle(row) >= value


def _shown(row: LedgerClaim) -> str:
    claim = row.claim
    return f"{claim.low:,}" if claim.low == claim.high else f"{claim.low:,}-{claim.high:,}"


def _who(rows: Sequence[LedgerClaim]) -> str:
    row = max(rows, key=age)
    source = row.claim.source.name if row.claim.source else f"unnamed source in {row.publisher}"
    return f"{source}: {_shown(row)}"
