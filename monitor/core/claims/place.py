# SPDX-License-Identifier: Apache-2.0
"""Where: the place that a number's phrase stands at.

What it is not: every place of the sentence. A place counts when a preposition of place leads to it,
when nobody else's troops stand between ("Russian forces in Kursk") and no other number does. Rules,
each an id: `right` (after the noun, up to the next number or cue), `left` (before the number),
`where` ("Lashio, where it had N"), `host` ("Belarus hosts N"), `there`, `country` ("in the country"),
`inherited`. Which places a sentence has, `spots` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.spots import Spot
from monitor.core.knowledge import Knowledge, NameKind

# ", including 500 officers and three generals, are training …": the verb stands behind the part.
_PART = re.compile(
    r",\s+(?:including|among them|some|most|many)[^,;.]{1,80}(?:,[^,;.]{1,40})?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could|in|on|at|near|inside|to|into)\b)",
    re.IGNORECASE,
)
_TOPIC_REACH = 60
_THERE_REACH = 44
# No state keeps as many of its troops abroad in one place that is not named.
_WHOLE_ARMY = 100_000
_WHOLE_REACH = 40
_HOLDS = frozenset(
    {"", "at", "has", "have", "number", "counts", "numbers", "fields", "consists of", "comprises"}
)
_SMALL = 20  # "eight to one", "two US officials": no figure that a place could belong to
_MODAL = re.compile(r"^(?:will|would|should|could|now|currently|already|still|alone)\s+")
# "2,000 men, most of them in Erbil": where a part is.
_OF_THEM = re.compile(r",\s[^,;]{0,30}\bof\s+(?:them|whom|which)\b")
# "There are 3,000" is no place, and "in the region of X" is X.
_NOT_THERE = (" are", " is ", " was", " wer", " has", " hav", "'s", " of ")
_MISSION = re.compile(
    r"(?:\s+[a-z-]+){0,2}\s+(?:force|mission|contingent|garrison|deployment|front|campaign)\b"
)
_LEADS_MISSION = frozenset({"the", "a", "its", "their", "his", "this", "new", "cuts", "for", "our"})
_REACH = 120
_THERE_TO = re.compile(r"\bthere\s+(?:to|at|by|from)\s+$")
_THERE = re.compile(r"\bthere\b")
_WHERE = re.compile(r",?\s+where\b")
_TRAINS = re.compile(r"\btrain(?:ing)?\b")
_ASIDE = re.compile(r" - [^-]{3,240} - ")
_STOP = re.compile(r"[;:\"]")
_VERB = re.compile(r"\b(?:were|are|is|was|have|had|has|will|would|could|may|might|must)\b")
_YEAR_BEFORE = re.compile(r"(?:in|since|of|\w{3,9} \d{1,2},?|,)\s$")


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place, its direction, the rule that found it, and where its preposition stands if one does."""

    place: str | None
    region: str | None
    rule: str
    at: int | None = None


NOWHERE = PlaceFound(None, None, "none")


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
    return _MODAL.sub("", gap) in _HOLDS or (
        counted.shape in {"numbered", "subject", "collective"} and "," not in gap
    )


def says_there(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether "there" or "in the country" follows the number's phrase."""
    stop = min(sentence.end, counted.end + _THERE_REACH)
    text, left = sentence.text, counted.quantity.left
    if _THERE_TO.search(text, max(sentence.start, left - _THERE_REACH), left):
        return True  # "brought the grouping there to 90,000"
    if counted.subject_start is not None:
        floor = max(left - _THERE_REACH, counted.subject_start)
        for match in _THERE.finditer(text, floor, left):
            if not text.startswith(_NOT_THERE, match.end()):
                return True
    for match in grammar.patterns["places.there"].finditer(sentence.text, counted.end, stop):
        following = sentence.text[match.end() : match.end() + 5]
        if not following.startswith(_NOT_THERE):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Before:
    """What the text has said: the places of the last sentence with any, the state it is about."""

    spots: Callable[[], Sequence[Spot]]
    state: Callable[[], str | None]


def there(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    knowledge: Knowledge,
    here: Sequence[Spot],
    before: Before,
) -> PlaceFound:
    """Return what "there", "in the city" or "in the country" points back to."""
    stop = min(sentence.end, counted.end + _THERE_REACH)
    side = grammar.search("places.sides", sentence.text, counted.end, stop)
    if side is not None and not sentence.text.startswith(" of", side.end()):
        state = _country_before(sentence, counted, knowledge, own=True)
        state = state or knowledge.homes.get(before.state() or "")
        return PlaceFound(state, None, "country")
    if not says_there(sentence, counted, grammar):
        return NOWHERE
    country = grammar.search("places.countries", sentence.text, counted.end, stop) is not None
    if country:
        state = _country_before(sentence, counted, knowledge)
        if state is not None:
            return PlaceFound(state, None, "country")
    inside = [spot for spot in here if spot.end <= counted.quantity.left]
    last = next((spot for spot in reversed(inside or before.spots() or here) if spot.place), None)
    if last is None:
        return NOWHERE
    if country:
        return PlaceFound(knowledge.country_of(last.place), None, "country")
    return PlaceFound(last.place, last.region, "there")


def _country_before(
    sentence: Sentence, counted: Counted, knowledge: Knowledge, *, own: bool = False
) -> str | None:
    """Return the country named nearest to the number, before it first.

    The country whose troops they are counts only where `own` says so.
    """
    left = counted.quantity.left
    home = None if own else knowledge.homes.get(counted.force or "")
    before = [name for name in sentence.names if name.end <= left]
    behind = [name for name in sentence.names if name.start >= counted.end]
    for name in (*reversed(before), *behind):
        force = name.senses.get(NameKind.ACTOR)
        if name.end <= left:
            force = force or name.senses.get(NameKind.ADJECTIVE)
        found = knowledge.country_of(name.senses.get(NameKind.PLACE))
        found = found or knowledge.homes.get(force or "")
        if found is not None and found != home:
            return found
    return None


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
    # Who crossed the Dnieper near Krynky is in Krynky.
    after.sort(key=lambda spot: spot.water)
    for spot in after:
        if spot.place is None or _is_of_part(sentence, counted.end, spot):
            continue
        if not _is_others(sentence, counted.end, spot, counted, grammar):
            return PlaceFound(spot.place, spot.region, "right", spot.start)
    if counted.shape == "partitive" and counted.whole is not None:
        return NOWHERE
    away = next((spot for spot in here if start <= spot.start < stop and spot.away), None)
    border = any(spot.place is None for spot in after)
    named = {
        "where": _where(sentence, counted),
        "from": away.place if away and not border else None,
        "recipient": _recipient(sentence, counted, grammar, homes),
        "host": _host(sentence, counted, grammar),
    }
    for rule, place in named.items():
        if place is not None:
            return PlaceFound(place, None, rule)
    if border:
        # "from Benghazi to the border with Chad": neither here nor there.
        return _mission(sentence, counted)
    found = _left(sentence, counted, grammar, here, cue_positions)
    return found if found.place is not None else _mission(sentence, counted)


def _mission(sentence: Sentence, counted: Counted) -> PlaceFound:
    """Read "100 of its soldiers would join the Gaza stabilisation force": a mission named by its place."""
    text = sentence.text
    for name in sentence.names:
        place = name.senses.get(NameKind.PLACE)
        if place is None or NameKind.ADJECTIVE in name.senses or name.end > counted.end + _REACH:
            continue
        led = text[max(sentence.start, name.start - 8) : name.start].lower().split()
        if led[-1:] and led[-1] in _LEADS_MISSION and _MISSION.match(text, name.end):
            return PlaceFound(place, None, "mission")
    return NOWHERE


def _is_of_part(sentence: Sentence, start: int, spot: Spot) -> bool:
    """Say whether a place is only where a part is: "2,000 men, most of them in Erbil"."""
    part = _OF_THEM.search(sentence.text, start, spot.start)
    return part is not None and not _VERB.search(sentence.text, part.end(), spot.start)


def _where(sentence: Sentence, counted: Counted) -> str | None:
    """Read "Lashio, where it had 4,000 soldiers": a place needs no preposition then."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.names):
        if name.end > left or NameKind.PLACE not in name.senses:
            continue
        opens = _WHERE.match(text, name.end, left)
        if opens is None or _STOP.search(text, opens.end(), left):
            return None
        between = any(opens.end() <= other.start < left for other in sentence.quantities)
        return None if between else name.senses[NameKind.PLACE]
    return None


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
        if spot.place is None:
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
