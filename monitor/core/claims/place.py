# SPDX-License-Identifier: Apache-2.0
"""Where: the place that a number's phrase stands at.

What it is not: every place of the sentence. A place counts when a preposition of place leads to it,
when nobody else's troops stand between ("Russian forces in Kursk") and no other number does. Rules,
each an id: `right` (after the noun, up to the next number or cue), `left` (before the number),
`host` ("Belarus hosts N"), `there`, `inherited`. Of a chain ("the Kursk region of Russia") the most
specific place counts; a direction ("eastern Russia") is an annotation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind

# ", including 500 officers and three generals, are training …": the verb stands behind the part.
_PART = re.compile(
    r",\s+(?:including|among them|some|most|many)[^,;.]{1,80}(?:,[^,;.]{1,40})?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could)\b)",
    re.IGNORECASE,
)
_TOPIC_REACH = 60
# No state keeps as many of its troops abroad in one place that is not named.
_WHOLE_ARMY, _WHOLE_REACH = 100_000, 40
_HOLDS = frozenset(
    {"", "at", "has", "have", "number", "counts", "numbers", "fields", "consists of", "comprises"}
)
_FRONT = re.compile(r"(?:'s)?\s+(?:front|border|frontier|sector|operation|push|offensive|axis)\b")
_SMALL = 20  # "eight to one", "two US officials": no figure that a place could belong to
_BORDER_WITH = re.compile(r"\b(?:borders?|frontiers?|borderlands?)\s+with\b", re.IGNORECASE)
_TRAINS = re.compile(r"\btrain(?:ing)?\b")
_ASIDE = re.compile(r" - [^-]{3,240} - ")
_STOP = re.compile(r"[;:\"]")
_VERB = re.compile(r"\b(?:were|are|is|was|have|had|has)\b")
_YEAR_BEFORE = re.compile(r"(?:in|since|of|\w{3,9} \d{1,2},?|,)\s$")


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place, its direction, and the rule that found it."""

    place: str | None
    region: str | None
    rule: str


NOWHERE = PlaceFound(None, None, "none")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a preposition leads to, from the preposition's start to the place's end.

    `away` marks "from": where troops were, which counts only if no other place does.
    """

    start: int
    end: int
    place: str
    region: str | None
    away: bool = False


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
            inner = _narrower(last.place, place, gazetteer)
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
        if _is_seat(sentence, lead, end, grammar):
            continue
        away = sentence.text[lead : lead + 4].lower() == "from"
        found.append(Spot(lead, end, place, _direction(sentence, name, directions), away))
    states = frozenset(knowledge.homes.values())
    return [spot for spot in found if not (spot.place in states and _is_across(sentence, spot))]


def _is_across(sentence: Sentence, spot: Spot) -> bool:
    """Say whether the place is beyond a border: who is "at the border with Russia" is not in Russia."""
    return _BORDER_WITH.search(sentence.text, spot.start, spot.end) is not None


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
    if grammar.ends("places.seats", sentence.text, floor, lead) is not None:
        return True
    speaks = grammar.ends("attribution.roles", sentence.text, floor, lead) is not None
    return speaks and _says(sentence, end, grammar)


def _says(sentence: Sentence, end: int, grammar: Grammar) -> bool:
    """Say whether a verb of saying follows: in "are in Iraq, Baghdad said" the capital speaks."""
    verb = grammar.patterns["attribution.verbs"].match(
        sentence.text, min(end + 1, sentence.end), sentence.end
    )
    return verb is not None


def own_soil(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is on the speaker's own soil: "on our territory"."""
    stop = min(sentence.end, counted.end + 60)
    return grammar.search("places.own_soil", sentence.text, counted.end, stop) is not None


def is_whole_army(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is all a state has: "1.28 million under arms", "the army, 1.3 million strong"."""
    text, quantity = sentence.text, counted.quantity
    if quantity.high < _WHOLE_ARMY:
        return False
    behind = grammar.patterns["places.whole_after"].search(
        text, quantity.right, min(sentence.end, counted.end + _TOPIC_REACH)
    )
    if behind and not _STOP.search(text, quantity.right, behind.start()):
        return "," not in text[quantity.right : behind.start()]
    called = (counted.head or "").lower() in grammar.sets["places.whole_before"]
    if called and counted.shape == "collective":
        return True  # "the North's 1.2 million-strong army"
    floor = max(sentence.start, quantity.left - _WHOLE_REACH)
    body = grammar.last("places.whole_before", text, floor, quantity.left)
    gap = text[body.end() : quantity.left].strip(" ,(") if body else None
    if gap is None:
        return False
    return gap in _HOLDS or (
        counted.shape in {"numbered", "subject", "collective"} and "," not in gap
    )


def says_there(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether "there" or "in the country" follows the number's phrase."""
    stop = min(sentence.end, counted.end + 44)
    for match in grammar.patterns["places.there"].finditer(sentence.text, counted.end, stop):
        following = sentence.text[match.end() : match.end() + 5]
        if not following.startswith((" are", " is ", " was", " wer", " has", " hav", "'s")):
            return True
    return False


def topic(sentence: Sentence, start: int, grammar: Grammar) -> PlaceFound:
    """Read what a quotation is about: "…, Trump said of Iraq", "…, asked about Syria"."""
    text = sentence.text
    about = grammar.search("places.topics", text, start, sentence.end)
    if about is None:
        return NOWHERE
    for name in sentence.names:
        if (
            about.end() <= name.start <= about.end() + _TOPIC_REACH
            and NameKind.PLACE in name.senses
        ):
            if text[name.end : name.end + 2] == "'s":
                continue
            return PlaceFound(name.senses[NameKind.PLACE], None, "topic")
    return NOWHERE


def _recipient(
    sentence: Sentence, counted: Counted, grammar: Grammar, homes: Mapping[str, str]
) -> str | None:
    """Read "supplied Moscow with 3,000 soldiers", "sent Russia 10,000 troops"."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 60)
    for name in reversed(sentence.names):
        if name.end > left or name.start < floor or NameKind.ACTOR not in name.senses:
            continue
        gap = text[name.end : left]
        if gap.strip() and not (gap.startswith(" with ") and not _STOP.search(gap)):
            continue
        if grammar.ends("places.giving", text, floor, name.start):
            return homes.get(name.senses[NameKind.ACTOR])
    return None


def resolve(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    here: Sequence[Spot],
    cue_positions: Sequence[int],
    homes: Mapping[str, str],
) -> PlaceFound:
    """Return the place of a counted number, as far as its own sentence says."""
    start = counted.predicate or counted.end
    stop = _right_stop(sentence, start, counted, cue_positions)
    if counted.shape == "partitive" and counted.whole is not None:
        verb = _VERB.search(sentence.text, start, stop)
        if verb is None and counted.quantity.low != counted.whole.low:
            return NOWHERE
        start = verb.end() if verb else start
    after = [spot for spot in here if start <= spot.start < stop and not spot.away]
    for spot in after:
        if not _is_others(sentence, counted.end, spot, counted, grammar):
            return PlaceFound(spot.place, spot.region, "right")
    if counted.shape == "partitive" and counted.whole is not None:
        return NOWHERE
    away = next((spot for spot in here if start <= spot.start < stop and spot.away), None)
    named = {
        "from": away.place if away else None,
        "recipient": _recipient(sentence, counted, grammar, homes),
        "host": _host(sentence, counted, grammar),
    }
    for rule, place in named.items():
        if place is not None:
            return PlaceFound(place, None, rule)
    return _left(sentence, counted, grammar, here, cue_positions)


def _left(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    here: Sequence[Spot],
    cue_positions: Sequence[int],
) -> PlaceFound:
    quantity = counted.quantity
    floor = max((end for end in cue_positions if end <= quantity.left), default=sentence.start)
    for other in sentence.quantities:
        apart = (
            other.was
            or other.high <= _SMALL
            or counted.subject_start is not None
            or _in_aside(sentence, other.start)
        )
        if other.end <= quantity.left and not apart:
            floor = max(floor, other.end)
    for spot in reversed(here):
        opens = spot.start == sentence.start and sentence.text.startswith(",", spot.end)
        if spot.end > quantity.left or spot.away or (spot.start < floor and not opens):
            continue
        if counted.subject_start is not None and spot.start > counted.subject_start:
            return PlaceFound(spot.place, spot.region, "subject")
        if _is_others(sentence, floor, spot, counted, grammar):
            continue
        return PlaceFound(spot.place, spot.region, "left")
    return NOWHERE


def _in_aside(sentence: Sentence, position: int) -> bool:
    return any(
        match.start() <= position < match.end()
        for match in _ASIDE.finditer(sentence.text, sentence.start, sentence.end)
    )


def _right_stop(
    sentence: Sentence, start: int, counted: Counted, cue_positions: Sequence[int]
) -> int:
    stop = min([position for position in cue_positions if position > start], default=sentence.end)
    part = _PART.match(sentence.text, start, sentence.end)
    start = part.end() if part else start
    for other in sentence.quantities:
        if (
            other.left >= start
            and other is not counted.whole
            and not _is_date(sentence, other.start, other.low)
        ):
            stop = min(stop, other.left)
    return stop


def _is_date(sentence: Sentence, start: int, value: int) -> bool:
    before = sentence.text[max(sentence.start, start - 12) : start]
    return value <= 31 or (1900 <= value <= 2100 and _YEAR_BEFORE.search(before) is not None)


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
    for match in reversed(words[-7:]):
        word = match[0].lower()
        front = _FRONT.match(sentence.text, name.end, sentence.end)
        if word == "for" and not front and not _leads_for(before, match.start(), grammar):
            return None
        if word == "of" and before[: match.start()].rstrip().endswith(" out"):
            return offset + match.start()
        if word == "from":
            moved = grammar.search("force.withdrawals", sentence.text, sentence.start, name.start)
            return offset + match.start() if moved else None
        if word in grammar.sets["places.prepositions"] and word != "over":
            return offset + match.start()
        if not (
            word in grammar.sets["places.fillers"]
            or word in directions
            or word in {"'s", "s", "'"}
            or (word == "with" and ("border" in before or "frontier" in before))
            or any(other.start <= offset + match.start() < other.end for other in sentence.names)
        ):
            return None
    return None


def _leads_for(before: str, position: int, grammar: Grammar) -> bool:
    """Say whether "for" leads to a place: "left for Guam", "peacekeepers for Haiti"."""
    if grammar.patterns["places.bound"].search(before, 0, position):
        return True
    words = WORD.findall(before[:position])
    noun = words[-1].lower() if words else ""
    return noun in grammar.sets["places.destined"] or grammar.weight(noun) > 0


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


def _is_others(
    sentence: Sentence, floor: int, spot: Spot, counted: Counted, grammar: Grammar
) -> bool:
    """Say whether the place is where somebody else's troops are."""
    near = grammar.head.finditer(sentence.text, max(floor, spot.start - 40), spot.start)
    head = max(near, key=lambda match: match.start(), default=None)
    if head is None or sentence.text[head.end() : spot.start].strip():
        return False
    if counted.subject_start is not None and head.start() > counted.subject_start:
        return False
    # Who trains others is where they are.
    if _TRAINS.search(sentence.text, floor, head.start()):
        return False
    for name in sentence.names:
        if head.start() - 24 <= name.start < head.start() and NameKind.ADJECTIVE in name.senses:
            return counted.force is not None and name.senses[NameKind.ADJECTIVE] != counted.force
    return False


def _host(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    text, left = sentence.text, counted.quantity.left
    match = grammar.last("force.hosts", text, max(sentence.start, left - 40), left)
    if match is None:
        return None
    for name in reversed(sentence.names):
        if name.end <= match.start() and NameKind.PLACE in name.senses:
            return name.senses[NameKind.PLACE]
    return None
