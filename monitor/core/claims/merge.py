# SPDX-License-Identifier: Apache-2.0
"""Mentions of one figure in one document become one claim, with its confidence.

What it is not: comparison with other articles (that is the ledger). Rules of this file: mentions merge
when force, interval, kind and status agree and neither place, source nor day contradicts; the claim
takes the most specific value of each field and lists all spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.core.claims.numerals import Quantity
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge
from monitor.core.model import (
    Bound,
    Claim,
    Evidence,
    Kind,
    PlaceRelation,
    Source,
    Status,
)

# Points per fired rule. Set by hand on the project's own sentences; sums run from about 2 to 17.
_SHAPE = {"direct": 3, "people": 2, "subject": 3, "collective": 2, "partitive": 2, "listed": 2}
_FORCE = {
    "adjective": 4,
    "owner": 4,
    "possessive": 3,
    "subject": 3,
    "by": 3,
    "whom": 3,
    "under": 3,
    "from": 3,
    "asked": 2,
    "pronoun": 2,
    "they": 2,
    "enemy": 2,
    "group": 2,
    "body": 2,
    "estimate": 3,
    "claim": 3,
    "sentence": 2,
    "paragraph": 2,
    "leader": 2,
    "ahead": 1,
    "counts": 1,
    "topic": 1,
    "alone": 1,
    "home": 1,
    "speaker": 1,
    "document": 1,
}


@dataclass(slots=True, kw_only=True)
class Mention:
    """One occurrence of a figure with everything its sentence says about it."""

    measure: str
    unit: str
    quantity: Quantity
    surface: str
    shape: str
    weight: float
    force: str | None
    force_rule: str
    place: str | None
    region: str | None
    place_rule: str
    place_text: str | None
    source: Source | None
    source_rule: str
    channel: str | None
    status: Status
    status_rule: str
    kind: Kind
    kind_rule: str
    as_of: date | None
    recalled: bool
    evidence: Evidence
    lead: bool


def merged(
    mentions: Sequence[Mention], knowledge: Knowledge, published: date | None
) -> tuple[Claim, ...]:
    """Return the claims that the mentions make, in text order of their first mention."""
    gazetteer = knowledge.gazetteer
    groups: list[list[Mention]] = []
    for mention in mentions:
        for group in groups:
            if all(_agree(mention, other, gazetteer, published) for other in group):
                group.append(mention)
                break
        else:
            groups.append([mention])
    return tuple(_claim(group, knowledge, published) for group in groups)


def _agree(a: Mention, b: Mention, gazetteer: Gazetteer, published: date | None) -> bool:
    same = (
        (a.measure, a.unit, a.quantity.low, a.quantity.high, a.status, a.recalled, a.quantity.vague)
        == (
            b.measure,
            b.unit,
            b.quantity.low,
            b.quantity.high,
            b.status,
            b.recalled,
            b.quantity.vague,
        )
        and (a.kind is b.kind or {a.kind, b.kind} == {Kind.SUBSET, Kind.TOTAL})
        and (a.force == b.force or a.force is None or b.force is None)
    )
    if not same:
        return False
    if a.source is not None and b.source is not None and a.source.family != b.source.family:
        return False
    places = gazetteer.place_relation(a.place, b.place)
    if places in {PlaceRelation.EQUAL, PlaceRelation.UNKNOWN}:
        return a.as_of is None or b.as_of is None or a.as_of == b.as_of
    return places is not PlaceRelation.DISJOINT and (a.as_of or published) == (b.as_of or published)


def _claim(group: Sequence[Mention], knowledge: Knowledge, published: date | None) -> Claim:
    gazetteer = knowledge.gazetteer
    first = group[0]
    placed = sourced = first
    if len(group) > 1:
        placed = max(group, key=lambda item: (_depth(item.place, gazetteer), item is first))
        sourced = max(group, key=lambda item: _specific(item.source, gazetteer))
    forced = next((item for item in group if item.force is not None), first)
    dated = next((item for item in group if item.as_of is not None), first)
    bounded = next((item for item in group if item.quantity.bound is not Bound.NONE), first)
    totals = next((item for item in group if item.kind is Kind.TOTAL), first)
    day = dated.as_of or published
    points = max(_points(item, forced.force_rule, sourced.source) for item in group)
    return Claim(
        measure=first.measure,
        low=first.quantity.low,
        high=first.quantity.high,
        bound=bounded.quantity.bound,
        approximate=any(item.quantity.approximate for item in group),
        vague=first.quantity.vague,
        surface=first.surface,
        unit=first.unit,
        force=forced.force,
        place=placed.place,
        place_text=placed.place_text if placed.place is None else None,
        region=placed.region,
        source=sourced.source,
        channel=sourced.channel,
        status=first.status,
        kind=totals.kind,
        as_of=day,
        as_of_stated=dated.as_of is not None,
        recalled=first.recalled,
        evidence=first.evidence,
        mentions=tuple(item.evidence.span for item in group),
        confidence=_confidence(points, knowledge.calibration),
        points=points,
        why=(
            ("value", f"numerals.{first.quantity.shape}"),
            ("head", f"heads.{first.shape}"),
            ("force", f"force.{forced.force_rule}"),
            ("place", f"place.{placed.place_rule}"),
            ("source", f"attribution.{sourced.source_rule}"),
            ("status", f"status.{first.status_rule}"),
            ("kind", f"kind.{totals.kind_rule}"),
            ("as_of", "as_of.stated" if dated.as_of else "as_of.published"),
        ),
    )


def _depth(place: str | None, gazetteer: Gazetteer) -> int:
    return -1 if place is None else len(gazetteer.ancestors(place))


def _specific(source: Source | None, gazetteer: Gazetteer) -> int:
    """Rank a source: unknown, a literal, a family, an institution."""
    if source is None:
        return 0
    node = gazetteer.sources.get(source.id)
    if node is None:
        return 1
    return 2 if node.parent is None else 3


def _points(mention: Mention, force_rule: str, source: Source | None) -> int:
    points = round(4 * mention.weight)
    points += _SHAPE.get(mention.shape, 1)
    points += _FORCE.get(force_rule, 0)
    if source is not None:
        points += 1 if source.id.startswith("text:") else 2
    points += mention.place is not None
    points += mention.lead
    points -= mention.quantity.vague
    return points


def _confidence(points: int, calibration: Sequence[tuple[int, float]]) -> float:
    """Return what a sum of points stands for; fewer than the least listed get the least."""
    return next((value for floor, value in calibration if points >= floor), calibration[-1][1])
