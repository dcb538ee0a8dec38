# SPDX-License-Identifier: Apache-2.0
"""The places of a sentence that a preposition, or a verb like "hold", leads to.

What it is not: a choice among them (see `place`). Rules of this file: of a chain ("the Kursk region
of Russia") the most specific place counts; a direction ("eastern Russia") is an annotation; the seat
of who speaks is no place of troops, and who stands at the border with a state is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind

_FRONT = re.compile(r"(?:'s)?\s+(?:front|border|frontier|sector|operation|push|offensive|axis)\b")
_BORDER_WITH = re.compile(r"\b(?:borders?|frontiers?|borderlands?)\s+with\b", re.IGNORECASE)
_BORDER_AND = re.compile(
    r"\b(?:borders?|frontiers?)\s+with\s+(?:the\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?(?:,\s+[A-Z][\w'-]+)*,?\s+and\s+(?:the\s+)?(?:[A-Z][\w'-]+\s*)+(?:states)?\Z"
)
_SIDE_OF = re.compile(
    r"\b(?:(?:north|south)?-?(?:east|west)|north|south|outside|ahead|short)\s+of\Z", re.IGNORECASE
)
_SIDE = re.compile(r"\b(?:(?:north|south)?-?(?:east|west)|north|south|bank)\s+of\b", re.IGNORECASE)
# "three generals to Kursk": who moves does not sit there.
_MOVES = frozenset({"to ", "int", "tow"})
# "200 square kilometres of Armenia", "parts of Darfur".
_PART_OF = re.compile(
    r"(?:\b(?:kilomet(?:re|er)s|km|miles|acres|hectares|parts?|swathes?|swaths?|slivers?|"
    r"chunks?|strips?|much|most|half|all|third|quarter))\s+\Z"
)
_FROM_BORDER = re.compile(r"\bfrom\s+(?:the\s+)?(?:[\w'-]+\s+){1,3}(?:border|frontier)\s+\Z")
_OWN_BORDER = re.compile(r"'s?\s+(?:[a-z-]+\s+)?(?:borders?|frontiers?)\s+with\b")
_TOWN_OF = re.compile(r"\b(?:city|town|village|port|settlement|district|island) of\s")
_CAPITAL = re.compile(r"'s?\s+(?:[a-z-]+\s+)?capital\b(?!,? [A-Z])")
_POSSESSED = re.compile(r"\b(?:its|their|our|his|her)\s+(?:[a-z-]+\s+)?\Z")
# What a place owns that is in it: "in Mali's capital", "on Yemen's coast".
_PARTS = frozenset(
    {
        "east",
        "west",
        "north",
        "south",
        "capital",
        "coast",
        "hinterland",
        "suburbs",
        "outskirts",
        "streets",
        "airport",
        "port",
        "heartland",
        "waters",
        "islands",
        "mountains",
    }
)
_SAID = re.compile(r"\b(?:said|says|told \w+|added|announced)\s+(?:on \w+\s+)?\Z")
_BETWEEN = re.compile(r"between\b", re.IGNORECASE)
_LAND = re.compile(r"\s(?:country|nation|kingdom|republic|neighbou?r)\b")
_WIDE = frozenset({"area", "continent", "water"})
# "troops eyed for Ukraine", "foreseen for Gaza"
_EYED = re.compile(
    r"\b(?:eyed|foreseen|planned|slated|earmarked|considered|proposed|intended|meant|pledged|promised|destined|reserved|requested|approved|offered)\s+\Z"
)
_AGAINST = re.compile(r"against\b", re.IGNORECASE)
_BODY = re.compile(
    r"(?:'s)?\s+(?:[A-Z]\w+\s+)?(?:Guard|army|Army|government|ministry|military|mayor|governor|police)\b"
)
_HALF = re.compile(
    r"\b(North|South|East|West|Northern|Southern|Eastern|Western|Upper|Lower)\s+and\s+$"
)
_OWN_HALF = re.compile(r"(?:North|South|East|West|Upper|Lower)\w*\s")
_HALF_REACH = 16
_LARGEST = re.compile(
    r"\b(?:largest|biggest|strongest|smallest|best|most\s+[a-z]+|second-largest|third-largest|oldest|deadliest)\s+(?:[a-z]+\s+)?$"
)
_LARGEST_REACH = 36
_WHO_SAID = re.compile(
    r",\s+[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){1,3},\s+(?:has\s+)?(?:said|told|says|warned|wrote|announced|added|confirmed)\b"
)
_CAPITALS_END = re.compile(
    r"\s+and\s+[A-Z][a-z]+\s+(?:would|will|could|may|might|are|were|have|had|now|think|believe|want|fear|hope|say|said|expect)\b"
)
_AGAIN = re.compile(r"\b(?:in|near|outside)\b")


class Way(Enum):
    """What a place is to troops: where they are, where they go, or what they pass."""

    AT = "at"
    TO = "to"
    VIA = "via"


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
    way: Way = Way.AT


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place, its direction, the rule that found it, and where its preposition stands if one does.

    `literal` is the name of a place that the gazetteer does not know.
    """

    place: str | None
    region: str | None
    rule: str
    at: int | None = None
    literal: str | None = None


NOWHERE = PlaceFound(None, None, "none")


def spots(sentence: Sentence, grammar: Grammar, knowledge: Knowledge) -> list[Spot]:
    """Return the places of a sentence that a preposition leads to, in order."""
    gazetteer, directions = knowledge.gazetteer, knowledge.directions
    found: list[Spot] = []
    asides = sentence.asides
    for name in sentence.names:
        place, end = name.senses.get(NameKind.PLACE), name.end
        if place is None:
            place, end = _by_adjective(sentence, name, grammar, knowledge)
        if place is None or any(start <= name.start < end for start, end in asides):
            continue
        place = _first_half(sentence, name, place, knowledge.gazetteer)
        gap = sentence.text[found[-1].end : name.start] if found else ""
        if found and gap == " " and NameKind.ACTOR in name.senses and _says(sentence, end, grammar):
            continue  # "around Sumy Kyiv speaks of 9,000": who speaks is not where they are
        chained = bool(found) and _continues(gap, grammar) and not _says(sentence, end, grammar)
        # "near Kosovo, Pristina's interior minister said"
        chained = chained and not (gap == ", " and sentence.text.startswith("'s", name.end))
        # "in the Horn of Africa, the Virginia Guard announced"
        chained = chained and not (gap == ", the " and _BODY.match(sentence.text, name.end))
        # "opposite Narva, in Ivangorod" are two places.
        if chained and not _are_apart(gap, found[-1].place, place, gazetteer):
            last = found.pop()
            inner = _narrower(last.place or place, place, gazetteer)
            if _TOWN_OF.search(gap) or _is_wide(last.place, place, gazetteer):
                inner = place  # "the Donbas city of Sloviansk"
            found.append(
                Spot(
                    last.start,
                    name.end,
                    inner,
                    last.region or _direction(sentence, name, directions),
                    last.away,
                    last.water,
                    last.way,
                )
            )
            continue
        spot = _led_to(sentence, name, place, end, grammar, knowledge)
        if spot is not None:
            found.append(spot)
    return _bordered(sentence, found, knowledge.countries)


def _first_half(sentence: Sentence, name: Name, place: str, gazetteer: Gazetteer) -> str:
    """Read "in North and South Kivu": of the two halves of a region the first."""
    text = sentence.text
    half = _HALF.search(text, max(sentence.start, name.start - _HALF_REACH), name.start)
    own = _OWN_HALF.match(text, name.start, name.end)
    if half is None or own is None:
        return place
    other = f"{half[1].lower()}-{place.split('-', 1)[-1]}"
    return other if other in gazetteer.places else place


def _led_to(
    sentence: Sentence, name: Name, place: str, end: int, grammar: Grammar, knowledge: Knowledge
) -> Spot | None:
    """Return the spot of a name that a preposition leads to, if one does and it means the place."""
    text, nodes = sentence.text, knowledge.gazetteer.places
    lead = _preposition(sentence, name, grammar, knowledge.directions)
    if lead is None or _is_something_else(sentence, name, lead, end, grammar):
        return None
    state = place in knowledge.countries
    if (state and _AGAINST.match(text, lead)) or (
        (state or NameKind.ACTOR in name.senses) and _fights_for(sentence, lead, grammar)
    ):
        return None  # "deployed against Ukraine", "fight for Kyiv"
    acts = place in knowledge.countries or NameKind.ACTOR in name.senses
    acts = acts or text.startswith("the ", max(lead, name.start - 4))  # "the Dnipro" is the river
    if acts and _BETWEEN.match(text, lead):
        return None  # "talks between Kyiv and Moscow"
    node = nodes.get(place)
    if _OWN_BORDER.match(text, name.end):
        return Spot(lead, end, None, None)  # "on Ukraine's borders with Russia"
    wide = node is not None and node.kind in _WIDE
    if wide and (_POSSESSED.search(text, lead, name.start) or _LAND.match(text, name.end)):
        return None  # "its Caribbean coast", "the Caribbean country"
    if place in knowledge.countries and (capital := _CAPITAL.match(text, name.end)):
        place, end = _seat_of(place, knowledge), capital.end()  # "in Mali's capital"
    # A river, not a sea: the place of who is beside one is rather the town or the state.
    water = node is not None and node.kind == "water" and node.parent in knowledge.countries
    if node is not None and water and _SIDE.search(text, lead, name.start):
        place = node.parent or place  # "north of the Litani" is Lebanon
    away = grammar.patterns["places.away"].match(text, lead) is not None
    region = _direction(sentence, name, knowledge.directions)
    return Spot(lead, end, place, region, away, water, _way(sentence, lead, grammar))


def _is_something_else(
    sentence: Sentence, name: Name, lead: int, end: int, grammar: Grammar
) -> bool:
    """Say whether a name with a preposition is no place of troops: a seat, a noun's, a next figure's."""
    if _owns_other(sentence, name, grammar):
        return True
    if _LARGEST.search(sentence.text, max(sentence.start, lead - _LARGEST_REACH), lead):
        return True  # "one of the largest in Asia"
    shared = any(lead < other.start < name.start for other in sentence.names)
    if shared and any(other.left == name.end + 1 for other in sentence.quantities):
        return True  # "Kenya has 700 men in Haiti and Guatemala 150"
    return _is_seat(sentence, lead, end, grammar) or _leads_elsewhere(sentence, lead, grammar)


def spot_at(sentence: Sentence, lead: int, end: int, place: str, grammar: Grammar) -> Spot:
    """Return the spot of a place that a preposition at `lead` leads to."""
    away = grammar.patterns["places.away"].match(sentence.text, lead) is not None
    return Spot(lead, end, place, None, away, way=_way(sentence, lead, grammar))


def _way(sentence: Sentence, lead: int, grammar: Grammar) -> Way:
    for way in (Way.TO, Way.VIA):
        if grammar.patterns[f"places.{way.value}"].match(sentence.text, lead, sentence.end):
            return way
    return Way.AT


def _bordered(sentence: Sentence, found: list[Spot], states: frozenset[str]) -> list[Spot]:
    """Take the place from who is "at the border with Russia" or "with Belarus and Kaliningrad"."""
    kept: list[Spot] = []
    for spot in found:
        across = _BORDER_WITH.search(sentence.text, spot.start, spot.end) is not None
        same = bool(kept) and kept[-1].place is None and kept[-1].start == spot.start
        # "near the border with Finland and the Baltic states"
        across = across or _BORDER_AND.search(sentence.text, spot.start, spot.end) is not None
        if across and (spot.place in states or same):
            spot = Spot(spot.start, spot.end, None, None)  # noqa: PLW2901
        kept.append(spot)
    return kept


def _leads_elsewhere(sentence: Sentence, lead: int, grammar: Grammar) -> bool:
    """Say whether the preposition belongs to a verb or noun: "called on Paris", "loyal to Tripoli"."""
    text = sentence.text
    word = WORD.match(text, lead, sentence.end)
    floor = max(sentence.start, lead - 20)
    if word is not None and _FROM_BORDER.search(text, max(sentence.start, lead - 48), lead):
        return False  # "from the Sumy border to Dobropillia"
    return word is not None and (
        grammar.ends("places.no_leads", text, floor, word.end()) is not None
    )


def _by_adjective(
    sentence: Sentence, name: Name, grammar: Grammar, knowledge: Knowledge
) -> tuple[str | None, int]:
    """Read "the Polish border", "on Russian territory", "in the Malian capital"."""
    force, homes = name.senses.get(NameKind.ADJECTIVE), knowledge.homes
    if force is None or force not in homes:
        return None, name.end
    noun = grammar.patterns["places.adjectival"].match(
        sentence.text, min(name.end + 1, sentence.end), sentence.end
    )
    if noun is None:
        return None, name.end
    home = homes[force]
    return _seat_of(home, knowledge) if noun[0].lower() == "capital" else home, noun.end()


def _seat_of(state: str, knowledge: Knowledge) -> str:
    """Return the capital of a state, or the state where none is listed."""
    nodes = knowledge.gazetteer.places.values()
    return next((one.id for one in nodes if one.parent == state and one.kind == "capital"), state)


def _is_seat(sentence: Sentence, lead: int, end: int, grammar: Grammar) -> bool:
    """Say whether the place is where who speaks sits: "the junta in Bamako", "sources in Goma said"."""
    if any(name.end == lead - 1 and NameKind.OUTLET in name.senses for name in sentence.speakers):
        return True  # "told the BBC in London"
    floor = max(sentence.start, lead - 24)
    sits = sentence.text[lead : lead + 3].lower() not in _MOVES
    if sits and _SAID.search(sentence.text, floor, lead):
        return True
    if sits and grammar.ends("places.seats", sentence.text, floor, lead) is not None:
        return True
    if sits and _WHO_SAID.match(sentence.text, end):
        return True  # "the ambassador in Port Example, Anna Example, told"
    speaks = grammar.ends("attribution.roles", sentence.text, floor, lead)
    if (
        speaks is not None
        and sits
        and speaks[0].lower().endswith("s")
        and _CAPITALS_END.match(sentence.text, end)
    ):
        return True  # "planners in Paris and London would be content with N"
    return speaks is not None and _says(sentence, end, grammar)


def _says(sentence: Sentence, end: int, grammar: Grammar) -> bool:
    """Say whether a verb of saying follows: in "are in Iraq, Baghdad said" the capital speaks."""
    verb = grammar.patterns["attribution.verbs"].match(
        sentence.text, min(end + 1, sentence.end), sentence.end
    )
    end = min(end + 1, sentence.end)
    return verb is not None or (
        grammar.patterns["attribution.speaks"].match(sentence.text, end, sentence.end) is not None
    )


def _continues(gap: str, grammar: Grammar) -> bool:
    """Say whether only "region of the", "'s" or a comma lies between two places."""
    if gap in {"'s ", ", ", "'s", " "}:
        return True
    words = [word.lower() for word in WORD.findall(gap)]
    regions, between = grammar.sets["places.regions"], grammar.sets["places.between"]
    return (
        0 < len(words) <= 5
        and all(word in regions or word in between for word in words)
        and bool({"of", ",", "in", "'"} & set(words))
    )


def _are_apart(gap: str, first: str | None, second: str, gazetteer: Gazetteer) -> bool:
    """Say whether a second preposition leads to a place that has nothing to do with the first."""
    if first is None or not _AGAIN.search(gap):
        return False
    return not (gazetteer.is_within(second, first) or gazetteer.is_within(first, second))


def _is_wide(first: str | None, second: str, gazetteer: Gazetteer) -> bool:
    """Read "the Durand Line in the province of Paktika": a region says more than a line or a sea."""
    one, other = gazetteer.places.get(first or ""), gazetteer.places.get(second)
    if one is None or other is None:
        return False
    return one.kind in {*_WIDE, "border"} and other.kind in {"town", "region", "base"}


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
    described, following = False, ""  # "in the war-torn neighbouring country of Somalia"
    front = _FRONT.match(sentence.text, name.end, sentence.end)
    for match in reversed(words[-7:]):
        word = match[0].lower()
        opens = following == "of" and word in grammar.sets["places.classes"]
        opens = opens or word in {"called", "named"} or (following == "as" and word == "known")
        # What else may stand there: adjectives, in small letters.
        described = (described or opens) and match[0] == word and word.isalpha()
        following = word
        if word == "of" and (side := _SIDE_OF.search(before, 0, match.end())):
            beside = offset + side.start()
        if word == "for" and not front and not _leads_for(before, match.start(), grammar):
            return None
        if word == "of" and before[: match.start()].rstrip().endswith(" out"):
            return offset + match.start()
        if word == "of" and _PART_OF.search(before, 0, match.start()):
            beside = offset + match.start()
        if word == "from":
            back = before[: match.start()].rstrip().endswith((" home", " back"))
            moved = back or grammar.search(
                "force.withdrawals", sentence.text, sentence.start, name.start
            )
            return offset + match.start() if moved else beside
        if word in grammar.sets["places.prepositions"] and word != "over":
            return offset + match.start()
        if not (described or _is_between(sentence, match, offset, before, grammar, directions)):
            return beside
    return beside


def _is_between(
    sentence: Sentence,
    match: re.Match[str],
    offset: int,
    before: str,
    grammar: Grammar,
    directions: Sequence[str],
) -> bool:
    """Say whether a word may stand between a preposition and its place: "in the besieged city of"."""
    word = match[0].lower()
    return (
        word in grammar.sets["places.fillers"]
        or word in grammar.sets["places.regions"]
        or word in directions
        or word.endswith(("ly", "ed"))
        or ("-" in word[1:-1] and match[0] == word)
        or word in {"'s", "s", "'"}
        or (word == "with" and ("border" in before or "frontier" in before))
        or any(other.start <= offset + match.start() < other.end for other in sentence.names)
    )


def _leads_for(before: str, position: int, grammar: Grammar) -> bool:
    """Say whether "for" leads to a place: "left for Guam", "peacekeepers for Haiti"."""
    if grammar.patterns["places.bound"].search(before, 0, position):
        return True
    if _EYED.search(before, 0, position):
        return True
    words = WORD.findall(before[:position])
    noun = words[-1].lower() if words else ""
    if words and words[-1][0].isupper() and noun.endswith("s"):
        return True  # "600 Turks for Mogadishu"
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
        if word in grammar.sets["places.regions"] or word in _PARTS:
            return False
        if any(
            other.start == match.start() and NameKind.PLACE in other.senses
            for other in sentence.names
        ):
            return False
    return True
