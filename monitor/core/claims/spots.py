# SPDX-License-Identifier: Apache-2.0
"""The places of a sentence that a preposition, or a verb like "hold", leads to.

What it is not: a choice among them (see `place`). Rules of this file: of a chain ("the Kursk region
of Russia") the most specific place counts; a direction ("eastern Russia") is an annotation; the seat
of who speaks is no place of troops, and who stands at the border with a state is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind

_FRONT = re.compile(r"(?:'s)?\s+(?:front|border|frontier|sector|operation|push|offensive|axis)\b")
_BORDER_WITH = re.compile(r"\b(?:borders?|frontiers?|borderlands?)\s+with\b", re.IGNORECASE)
_SIDE_OF = re.compile(
    r"\b(?:(?:north|south)?-?(?:east|west)|north|south|outside|ahead|short)\s+of\Z", re.IGNORECASE
)
_SIDE = re.compile(r"\b(?:(?:north|south)?-?(?:east|west)|north|south|bank)\s+of\b", re.IGNORECASE)
# "three generals to Kursk": who moves does not sit there.
_MOVES = frozenset({"to ", "int", "tow"})
_ASIDE = re.compile(r" - [^-]{3,240} - ")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a preposition leads to, from the preposition's start to the place's end.

    `away` marks "from": where troops were, which counts only if no other place does. Without a
    `place` it is a border: who stands at the border with Russia is neither there nor where he left.
    """

    start: int
    end: int
    place: str | None
    region: str | None
    away: bool = False
    water: bool = False


def spots(sentence: Sentence, grammar: Grammar, knowledge: Knowledge) -> list[Spot]:
    """Return the places of a sentence that a preposition leads to, in order."""
    gazetteer, directions = knowledge.gazetteer, knowledge.directions
    found: list[Spot] = []
    asides = [
        match.span() for match in _ASIDE.finditer(sentence.text, sentence.start, sentence.end)
    ]
    for name in sentence.names:
        place, end = name.senses.get(NameKind.PLACE), name.end
        if place is None:
            place, end = _by_adjective(sentence, name, grammar, knowledge.homes)
        if place is None or any(start <= name.start < end for start, end in asides):
            continue
        gap = sentence.text[found[-1].end : name.start] if found else ""
        if found and _continues(gap, grammar) and not _says(sentence, end, grammar):
            last = found.pop()
            inner = _narrower(last.place or place, place, gazetteer)
            found.append(
                Spot(
                    last.start,
                    name.end,
                    inner,
                    last.region or _direction(sentence, name, directions),
                )
            )
            continue
        lead = _preposition(sentence, name, grammar, directions)
        if lead is None or _owns_other(sentence, name, grammar):
            continue
        if place in knowledge.countries and _fights_for(sentence, lead, grammar):
            continue
        if any(other.left == name.end + 1 for other in sentence.quantities):
            continue  # "Kenya has 700 men in Haiti and Guatemala 150"
        if _is_seat(sentence, lead, end, grammar) or _leads_elsewhere(sentence, lead, grammar):
            continue
        node = gazetteer.places.get(place)
        # A river, not a sea: the place of who is beside one is rather the town or the state.
        water = node is not None and node.kind == "water" and node.parent in knowledge.countries
        if node is not None and water and _SIDE.search(sentence.text, lead, name.start):
            place = node.parent or place  # "north of the Litani" is Lebanon
        away = grammar.patterns["places.away"].match(sentence.text, lead) is not None
        found.append(Spot(lead, end, place, _direction(sentence, name, directions), away, water))
    return _bordered(sentence, found, knowledge.countries)


def _bordered(sentence: Sentence, found: list[Spot], states: frozenset[str]) -> list[Spot]:
    """Take the place from who is "at the border with Russia" or "with Belarus and Kaliningrad"."""
    kept: list[Spot] = []
    for spot in found:
        across = _BORDER_WITH.search(sentence.text, spot.start, spot.end) is not None
        same = bool(kept) and kept[-1].place is None and kept[-1].start == spot.start
        if across and (spot.place in states or same):
            spot = Spot(spot.start, spot.end, None, None)  # noqa: PLW2901
        kept.append(spot)
    return kept


def _leads_elsewhere(sentence: Sentence, lead: int, grammar: Grammar) -> bool:
    """Say whether the preposition belongs to a verb or noun: "called on Paris", "loyal to Tripoli"."""
    text = sentence.text
    word = WORD.match(text, lead, sentence.end)
    floor = max(sentence.start, lead - 20)
    return word is not None and (
        grammar.ends("places.no_leads", text, floor, word.end()) is not None
    )


def _by_adjective(
    sentence: Sentence, name: Name, grammar: Grammar, homes: Mapping[str, str]
) -> tuple[str | None, int]:
    """Read "the Polish border", "on Russian territory", "in Ukrainian cities"."""
    force = name.senses.get(NameKind.ADJECTIVE)
    if force is None or force not in homes:
        return None, name.end
    noun = grammar.patterns["places.adjectival"].match(
        sentence.text, min(name.end + 1, sentence.end), sentence.end
    )
    return (homes[force], noun.end()) if noun is not None else (None, name.end)


def _is_seat(sentence: Sentence, lead: int, end: int, grammar: Grammar) -> bool:
    """Say whether the place is where who speaks sits: "the junta in Bamako", "sources in Goma said"."""
    if any(name.end == lead - 1 and NameKind.OUTLET in name.senses for name in sentence.speakers):
        return True  # "told the BBC in London"
    floor = max(sentence.start, lead - 24)
    sits = sentence.text[lead : lead + 3].lower() not in _MOVES
    if sits and grammar.ends("places.seats", sentence.text, floor, lead) is not None:
        return True
    speaks = grammar.ends("attribution.roles", sentence.text, floor, lead) is not None
    return speaks and _says(sentence, end, grammar)


def _says(sentence: Sentence, end: int, grammar: Grammar) -> bool:
    """Say whether a verb of saying follows: in "are in Iraq, Baghdad said" the capital speaks."""
    verb = grammar.patterns["attribution.verbs"].match(
        sentence.text, min(end + 1, sentence.end), sentence.end
    )
    return verb is not None


def _continues(gap: str, grammar: Grammar) -> bool:
    """Say whether only "region of the", "'s" or a comma lies between two places."""
    if gap in {"'s ", ", ", "'s", " "}:
        return True
    words = [word.lower() for word in WORD.findall(gap)]
    allowed = grammar.sets["places.regions"] | grammar.sets["places.between"]
    return (
        0 < len(words) <= 5
        and all(word in allowed for word in words)
        and bool({"of", ",", "in", "'"} & set(words))
    )


def _narrower(first: str, second: str, gazetteer: Gazetteer) -> str:
    return second if gazetteer.is_within(second, first) else first


def _preposition(
    sentence: Sentence, name: Name, grammar: Grammar, directions: Sequence[str]
) -> int | None:
    """Return where the preposition stands that leads to the place, if one does."""
    before = sentence.text[max(sentence.start, name.start - 56) : name.start]
    offset = name.start - len(before)
    words = list(WORD.finditer(before))
    beside: int | None = None  # "south of the Litani", should no preposition stand before it
    for match in reversed(words[-7:]):
        word = match[0].lower()
        front = _FRONT.match(sentence.text, name.end, sentence.end)
        if word == "of" and (side := _SIDE_OF.search(before, 0, match.end())):
            beside = offset + side.start()
        if word == "for" and not front and not _leads_for(before, match.start(), grammar):
            return None
        if word == "of" and before[: match.start()].rstrip().endswith(" out"):
            return offset + match.start()
        if word == "from":
            moved = grammar.search("force.withdrawals", sentence.text, sentence.start, name.start)
            return offset + match.start() if moved else beside
        if word in grammar.sets["places.prepositions"] and word != "over":
            return offset + match.start()
        if not (
            word in grammar.sets["places.fillers"]
            or word in grammar.sets["places.regions"]
            or word in directions
            or word.endswith(("ly", "-held", "-controlled", "-occupied", "-ruled", "-run"))
            or word in {"'s", "s", "'"}
            or (word == "with" and ("border" in before or "frontier" in before))
            or any(other.start <= offset + match.start() < other.end for other in sentence.names)
        ):
            return beside
    return beside


def _leads_for(before: str, position: int, grammar: Grammar) -> bool:
    """Say whether "for" leads to a place: "left for Guam", "peacekeepers for Haiti"."""
    if grammar.patterns["places.bound"].search(before, 0, position):
        return True
    words = WORD.findall(before[:position])
    noun = words[-1].lower() if words else ""
    if noun[:1].isdigit() or grammar.ends("places.fought", before, 0, position):
        return True  # "a force of 30,000 for Ukraine", "fights for Pokrovsk"
    return noun in grammar.sets["places.destined"] or grammar.weight(noun) > 0


def _fights_for(sentence: Sentence, lead: int, grammar: Grammar) -> bool:
    """Say whether somebody fights for a state, which is not where he fights."""
    text = sentence.text
    is_for = text[lead : lead + 4].lower() == "for "
    return is_for and bool(grammar.ends("places.fought", text, max(0, lead - 20), lead))


def _direction(sentence: Sentence, name: Name, directions: Sequence[str]) -> str | None:
    before = sentence.text[max(sentence.start, name.start - 16) : name.start]
    words = WORD.findall(before)
    return words[-1].lower() if words and words[-1].lower() in directions else None


def _owns_other(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name owns something that is no place ("Russia's ranks")."""
    text = sentence.text
    if text[name.end : name.end + 2] != "'s":
        return False
    following = list(WORD.finditer(text, name.end + 2, min(sentence.end, name.end + 40)))[:3]
    for match in following:
        word = match[0].lower()
        if word in grammar.sets["places.regions"] or word in {"east", "west", "north", "south"}:
            return False
        if any(
            other.start == match.start() and NameKind.PLACE in other.senses
            for other in sentence.names
        ):
            return False
    return True
