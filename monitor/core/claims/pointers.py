# SPDX-License-Identifier: Apache-2.0
"""Words that point back to a place: "there", "in the country", "on our soil", "said of Iraq".

What it is not: places that are named at the number (`place`) or paraphrased (`epithets`). Rules of
this file: "there" takes the last place, "in the country" a country that is not the troops' own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.spots import NOWHERE, PlaceFound, Spot
from monitor.core.knowledge import Knowledge, NameKind

_TOPIC_REACH = 60
_THERE_REACH = 44
_COUNTRY_REACH = 110
# "There are 3,000" is no place, and "in the region of X" is X.
_NOT_THERE = (" are", " is ", " was", " wer", " has", " hav", "'s", " of ")
_THERE_TO = re.compile(r"\bthere\s+(?:to|at|by|from)\s+$")
_THERE_BESIDE = re.compile(r"\s+there\b(?!'s)")
_BODY_THERE = re.compile(
    r"\b(?:contingent|garrison|group|force|forces|troops|soldiers|mission|presence|deployment|brigade|battalion|company|regiment|division|battlegroup|grouping|"
    r"unit|base|troop\s+level|strength|peacekeepers|fighters)\s+there\b(?![^.;]*[;,]\s+(?:and|but|while))"
)
_SITES = frozenset(
    [
        "site",
        "base",
        "camp",
        "barracks",
        "post",
        "airfield",
        "facility",
        "range",
        "island",
        "territory",
        "complex",
    ]
)
_THE_SITE = re.compile(
    r"\b(?:[Tt]he|[Tt]hat|[Tt]his)\s+(?:[a-z]+\s+)?(?:site|base|camp|barracks|post|airfield|facility|range|island|territory|complex)\s+"
    r"(?:now\s+|still\s+|already\s+)?(?:has|had|holds|held|houses|housed|hosts|hosted|can|could|is\s+home|was\s+home|sleeps|takes)\b[^.;:\"]{0,40}$"
)
_THERE = re.compile(r"\bthere\b")
# "in the country", "the war-torn Caribbean nation".
_COUNTRY = re.compile(
    r"\b(?:in[ -]country|(?:in|inside|into|to|across|around|throughout|within|on|from|out of|reached|"
    r"entered|left|leave)\s+(?:the|that|this)\s+(?:[\w'-]+\s+){0,3}?(?:country|nation|kingdom|"
    r"republic|emirate|sultanate|monarchy))\b(?! of| [A-Z]|'s)"
)
_SIDE_OF_COUNTRY = re.compile(
    r"\b(?:(?:north|south|east|west|centre|center|rest|capital)\w*\s+of|across|around|throughout)\s+the\s+country\b"
)
# "put their number at 1,000", "the contingent has grown to", "13,000 of them".
_THEIR = re.compile(
    r"\b(?:(?:their|its) (?:numbers?|strength|ranks|total|force)|the (?:number|figure|total|force|contingent|"
    r"garrison|deployment|troops|soldiers|fighters|unit|group|brigade|battalion)|(?:put|puts) "
    r"(?:it|them) at|they (?:number|are|were|total))\b",
    re.IGNORECASE,
)
# "has 10,000 men against it", "facing them".
# "that's our reading of the North Korean contingent in Kursk", "about the mission in Texas"
_CONTINGENTS = frozenset(
    "contingent mission troops soldiers deployment presence force forces garrison operation fighters".split()  # noqa: SIM905
)
_CONTINGENT_IN = re.compile(
    r"\b(?:about|of|on|to|regarding)\s+(?:the|their|its|his|our)\s+(?:[\w-]+\s+){0,3}?(?:contingent|mission|troops|soldiers|deployment|"
    r"presence|force|forces|garrison|operation|fighters)\s+(?=(?:in|at|near|around)\s)"
)
_AT_IT = re.compile(r"\s+(?:against|facing|opposite|around|outside|near) (?:it|them|us|him)\b")
_MANY_OF_THEM = re.compile(r"\b(?:of them|of those)\s*[:,-]\s+(?:[a-z]+\s+){0,3}$")
_OF_THOSE = re.compile(r"\s+of\s+(?:them|those|these)\b")

# "They will be quartered near Lviv", "The company will serve in Erbil": the same people, told more exactly.
SAME_PEOPLE = re.compile(
    r"\W*(?i:They|(?:The|These|Those)\s+(?:[a-z-]+\s+){0,3}?(?:troops|soldiers|men|fighters|company|battalion|brigade|regiment|"
    r"contingent|unit|group|team|force|detachment|deployment|mission|rotation|peacekeepers|reservists|recruits|conscripts|marines|"
    r"paratroopers|engineers|sappers|guards|personnel|instructors|trainers|advisers|airmen|sailors|squad|batch|convoy|battlegroup))\b"
    r"(?!'s|\s+(?:tells?|says?|said|told|lost|reports?|reported|warned|asked|added|believes?|denied|has\s+lost|hopes?|wants?)\b)"
)


def is_of_them(sentence: Sentence, counted: Counted) -> bool:
    """Say whether the number counts troops that were spoken of: "their number", "the figure"."""
    text = sentence.text
    floor = max(sentence.start, counted.quantity.left - 60)
    return counted.anaphoric or (
        _THEIR.search(text, floor, counted.quantity.left) is not None
        or _OF_THOSE.match(text, counted.quantity.right) is not None
        or _MANY_OF_THEM.search(text, floor, counted.quantity.left) is not None
        or _AT_IT.match(text, counted.end) is not None
    )


def own_soil(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is on the speaker's own soil: "on our territory"."""
    stop = min(sentence.end, counted.end + 60)
    return grammar.search("places.own_soil", sentence.text, counted.end, stop) is not None


def says_there(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether "there" or "in the country" follows the number's phrase."""
    stop = min(sentence.end, counted.end + _THERE_REACH)
    text, left = sentence.text, counted.quantity.left
    if _THERE_TO.search(text, max(sentence.start, left - _THERE_REACH), left):
        return True  # "brought the grouping there to 90,000"
    beside = _THERE_BESIDE.match(text, counted.end)
    floor = max(sentence.start, left - _COUNTRY_REACH)
    body = _BODY_THERE.search(text, floor, left)
    if body is None and sentence.has(_SITES):
        body = _THE_SITE.search(text, floor, left)  # "The site has room for 6,500"
    if body is not None or (beside is not None and beside.end() < sentence.end):
        return True  # "the contingent there has 1,500", "the 600 recruits there were killed"
    if counted.subject_start is not None:
        floor = max(left - _THERE_REACH, counted.subject_start)
        for match in _THERE.finditer(text, floor, left):
            if not text.startswith(_NOT_THERE, match.end()):
                return True
    if _country_said(sentence, counted):
        return True
    for match in grammar.patterns["places.there"].finditer(sentence.text, counted.end, stop):
        following = sentence.text[match.end() : match.end() + 5]
        if not following.startswith(_NOT_THERE):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Before:
    """What the text has said: the places of the last sentence with any, the state it is about.

    `country` gives the last country that is not the home of a force.
    """

    spots: Callable[[], Sequence[Spot]]
    state: Callable[[], str | None]
    country: Callable[[str | None], str | None]


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
    country = _country_said(sentence, counted)
    if country:
        state = _country_before(sentence, counted, knowledge)
        if state is None and _SIDE_OF_COUNTRY.search(
            sentence.text, counted.end, min(sentence.end, counted.end + _COUNTRY_REACH)
        ):
            state = knowledge.homes.get(
                counted.force or ""
            )  # the Lebanese army in "the south of the country"
        state = state or before.country(counted.force)
        if state is not None:
            return PlaceFound(state, None, "country")
    inside = [spot for spot in here if spot.end <= counted.quantity.left]
    last = next((spot for spot in reversed(inside or before.spots()) if spot.place), None)
    at_border = bool(inside) and inside[-1].place is None
    if last is None or at_border:
        # "near the border with Ruritania, doubling its soldiers there" is no place
        named = None if at_border else _named_before(sentence, counted, knowledge)
        return PlaceFound(named, None, "there") if named and not country else NOWHERE
    if country:
        return PlaceFound(knowledge.country_of(last.place), None, "country")
    return PlaceFound(last.place, last.region, "there")


def _named_before(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Return the place that a sentence names before a number without leading to it: "Haiti is calm; N are there"."""
    home = knowledge.homes.get(counted.force or "")
    for name in reversed(sentence.names):
        place = name.senses.get(NameKind.PLACE)
        if place is None or name.end > counted.quantity.left or place == home:
            continue
        if name.senses.get(NameKind.ACTOR) == counted.force:
            continue  # "Pyongyang sent N, adding to the 11,000 there"
        if NameKind.ACTOR in name.senses and place not in knowledge.countries:
            continue  # "Moscow, which claimed the town, speaks of 3,500 surrounded there"
        acts = sentence.text.startswith("'s", name.end) or NameKind.ADJECTIVE in name.senses
        if not acts or name.start == sentence.start:
            return place
    return None


def _country_said(sentence: Sentence, counted: Counted) -> bool:
    """Say whether "in the country" follows, near, or further on before the next figure."""
    near = min(sentence.end, counted.end + _THERE_REACH)
    far = min(sentence.end, counted.end + _COUNTRY_REACH)
    following = [q.left for q in sentence.quantities if q.left > counted.end]
    far = max(near, min([far, *following]))
    return _COUNTRY.search(sentence.text, counted.end, far) is not None


def _country_before(
    sentence: Sentence, counted: Counted, knowledge: Knowledge, *, own: bool = False
) -> str | None:
    """Return the country named nearest to the number, before it first.

    The country whose troops they are counts only where `own` says so.
    """
    left = counted.quantity.left
    node = knowledge.gazetteer.forces.get(counted.force or "")
    whose = node.serves if node is not None and node.serves else counted.force
    home = (
        None
        if own
        else knowledge.homes.get(counted.force or "") or knowledge.homes.get(whose or "")
    )
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
    if about is None and sentence.has(_CONTINGENTS):
        about = _CONTINGENT_IN.search(text, start, sentence.end)
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
