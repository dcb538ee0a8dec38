# SPDX-License-Identifier: Apache-2.0
"""Where they are: the place behind a preposition, nearest to the number, not somebody else's.

What it is not: the force; "солдатів Росії" names whose, "у Росії" where. Rules of this file: words
of a region and directions may part a preposition from its name ("im Osten Russlands": place `russia`,
region "eastern"); "from" is no place to be; not across another number, if there is another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.inflected.counting import Counted
from monitor.core.claims.inflected.lexicon import HEAD, Mark
from monitor.core.claims.inflected.line import Line
from monitor.core.claims.inflected.numbers import Number
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import NameKind

_BACK = 7


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a sentence, from its preposition on."""

    start: int
    end: int
    place: str
    region: str | None = None


def spots(line: Line, gazetteer: Gazetteer) -> list[Spot]:
    """Return the places of a sentence that somebody can be at or go to."""
    found: list[Spot] = []
    for name in line.names:
        place = name.senses.get(NameKind.PLACE)
        if place is None or any(s.start <= name.start < s.end > name.end for s in line.speakers):
            continue
        spot = _spot(line, name, place)
        if spot is None:
            continue
        # "у Суджі Курської області": the narrower of two neighbours is the place.
        before = found[-1] if found else None
        if before is not None and name.start - before.end <= 2:
            if gazetteer.is_within(before.place, place):
                found[-1] = Spot(before.start, name.end, before.place, before.region)
                continue
            if gazetteer.is_within(place, before.place):
                found[-1] = Spot(before.start, name.end, place, spot.region)
                continue
        found.append(spot)
    return found


def named(line: Line) -> list[Spot]:
    """Return the places that a sentence names in any way: what a later "there" can mean."""
    return [
        Spot(name.start, name.end, name.senses[NameKind.PLACE])
        for name in line.names
        if NameKind.PLACE in name.senses
    ]


def _spot(line: Line, name: Mark, place: str) -> Spot | None:
    """Walk from the name back to its preposition, over words of a region and a direction."""
    region: str | None = None
    position = name.start
    for _ in range(_BACK):
        position = line.back(position)
        origin = line.ends("places.from", position)
        border = line.ends("places.borders", origin.start) if origin is not None else None
        if border is not None:
            position = border.start
            continue
        if origin is not None:
            if line.pack.family != "romance" or not _is_part(line, origin.start):
                return None
            position = origin.start
            continue
        preposition = line.ends("places.prepositions", position)
        direction = line.ends("places.directions", position)
        if direction is not None and (preposition is None or preposition.start >= direction.start):
            region = region or direction.value or None
            preposition = None
        if preposition is not None:
            return Spot(preposition.start, name.end, place, region)
        step = direction or line.ends("places.fillers", position) or _place_before(line, position)
        if step is None:
            return None
        position = step.start
    return None


def _is_part(line: Line, position: int) -> bool:
    """Say whether "de" belongs to a region or direction before it: "dans l'est de la Russie"."""
    if line.ends("places.directions", position) is not None:
        return True
    filler = line.ends("places.fillers", position)
    if filler is not None:
        return line.ends("places.from", filler.end) is None
    return _place_before(line, position) is not None or _adjective_before(line, position)


def _adjective_before(line: Line, position: int) -> bool:
    """Say whether a region with an adjective stands before: "la región rusa de Kursk"."""
    name = next((name for name in line.names if name.end == position), None)
    return (
        name is not None
        and NameKind.ADJECTIVE in name.senses
        and line.ends("places.fillers", name.start) is not None
    )


def _place_before(line: Line, position: int) -> Mark | None:
    return next(
        (
            name
            for name in line.names
            if position - 1 <= name.end <= position
            and (NameKind.PLACE in name.senses or NameKind.ADJECTIVE in name.senses)
        ),
        None,
    )


def resolve(
    line: Line, counted: Counted, found: Sequence[Spot], numbers: Sequence[Number]
) -> Spot | None:
    """Return the place of a number: the next one behind it, else the last one before it."""
    number = counted.number
    start = counted.subject if counted.subject is not None else number.left
    ahead = [spot for spot in found if spot.start >= number.right]
    behind = [spot for spot in found if spot.end <= number.left]
    following = min((n.left for n in numbers if n.left >= counted.end), default=len(line.tokens))
    preceding = max((n.right for n in numbers if n.right <= start), default=0)
    own = [spot for spot in ahead if spot.start < following and not _is_others(line, spot, counted)]
    if own:
        return own[0]
    near = [
        spot for spot in behind if spot.start >= preceding and not _is_others(line, spot, counted)
    ]
    if near:
        return near[-1]
    if counted.shape == "listed" and ahead:
        return ahead[0]
    return None


def _is_others(line: Line, spot: Spot, counted: Counted) -> bool:
    """Say whether somebody else's troops stand right before the place."""
    head = next((mark for mark in line.all(HEAD) if mark.end == spot.start), None)
    if head is None or counted.number.left <= head.start < counted.end:
        return False
    for name in line.names:
        adjective = name.senses.get(NameKind.ADJECTIVE)
        if adjective is not None and head.start - 3 <= name.start < head.start:
            return counted.force is not None and adjective != counted.force
    return False
