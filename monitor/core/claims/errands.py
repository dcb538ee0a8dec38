# SPDX-License-Identifier: Apache-2.0
"""Places that no preposition leads to: a mission's, a purpose's, a host's soil, a body's that is held with them.

What it is not: the places of a sentence (`spots`), or of who receives or hosts (`hosts`). Rules of this file: a mission
named by its place is there; who is sent for the defence of a town is in it; "there" and "where" need no preposition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.spots import NOWHERE, PlaceFound, Spot
from monitor.core.knowledge import Name, NameKind

_STOP = re.compile(r"[;:\"]")
_REACH = 120
# "2,000 men, most of them in Erbil": where a part is.
OF_THEM = re.compile(
    r",\s[^,;]{0,30}\bof\s+(?:them|whom|which)\b|"
    r"\band\s+(?:to\s+)?[a-z]+\s+(?:most|many|half|some|part|all)\s+of\s+(?:those|them|the\s+rest)\b"
)
_MISSION = re.compile(
    r"(?!\s+(?:keeps?|has|had|have|sends?|sent|maintains?|runs?|leads?|commands?|hosts?|plans?|wants?|needs?|offers?|puts?|uses?)\b)(?:\s+[a-z-]+){0,2}\s+(?:force|mission|contingent|garrison|deployment|front|campaign|exit|"
    r"withdrawal|pullout|pull-out|drawdown|build-up|buildup|surge|presence|troops|base|operation|"
    r"battlegroup|incursion|offensive|border|salient|pocket|bridgehead|enclave)\b"
)
_TOWN_UNIT = re.compile(
    r"'s\s+(?:\d+\w\w\s+)?(?:[A-Z]\w+\s+)?(?:[Bb]rigade|garrison|[Bb]attalion|[Rr]egiment)\b"
)
_TROOP_COUNT = re.compile(
    r"\s+(?:troops?|soldiers?)\s+(?:count|numbers|level|levels|strength|presence)\b"
)
_MANDATE = re.compile(
    r" (?:mission|mandate|brigade|battalion|battlegroup|deployment|contingent|garrison|force|operation|base|pullout|exit)\b"
)
_LEADS_MISSION = frozenset({"the", "a", "its", "their", "his", "this", "new", "cuts", "for", "our"})
# "its base in Bentiu with another 250": who fills a place is there.
_WITH = re.compile(
    r"(?:\s[a-z]+){0,2}\s+with\s+(?:(?:an?|about|some|the|its|their|around|nearly|almost|just|only|"
    r"estimated|up|to|as|many|more|than|another|further)\s+){0,5}"
)
# "and that 84,000 more stood ready at home".
_AT_HOME = re.compile(r"[^.;:,\"]{0,40}?\bat\s+home\b")
_SOIL = frozenset({"own", "soil", "territory"})
_OWN_LAND = re.compile(
    r"\b(?:(?P<back>(?:to|into|onto)\s+(?:its|their)\s+own\s+(?:territory|soil|country|side))|"
    r"on\s+its\s+(?:own\s+)?(?:soil|territory|land))\b"
)
_FIGHTS = frozenset(
    {
        "recovery",
        "reconstruction",
        "rebuilding",
        "restoration",
        "liberation",
        "demining",
        "siege",
        "defence",
        "defense",
        "assault",
        "battle",
        "capture",
        "recapture",
        "encirclement",
    }
)
_PURPOSE = re.compile(
    r"\b(?:to\s+(?:[a-z]+\s+){1,3}|for\s+)the\s+(?:siege|defen[cs]e|assault|battle|capture|recapture|encirclement|"
    r"recovery|reconstruction|rebuilding|restoration|liberation|demining)\s+(?:of|on|for)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_THEM = frozenset({"them"})
_SENDS_THEM = re.compile(
    r"\b(?:fly|flew|flown|move|moved|moving|send|sent|sending|bring|brought|take|took|taking|ship|"
    r"shipped|relocate|relocated|transfer|transferred|redeploy|redeployed|shift|shifted) them "
)
_WHERE = re.compile(r",?\s+where\b")


def held_with(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> Spot | None:
    """Return the place that is held or filled with the number: "its base in Bentiu with 250 men"."""
    left = counted.quantity.left
    for spot in here:
        filled = spot.end <= left and _WITH.fullmatch(sentence.text, spot.end, left)
        if filled and spot.place and not spot.away:
            return spot
    return None


def them_to(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> Spot | None:
    """Return where the same clause, or the next, sends them: "… and fly them to Djibouti"."""
    if not sentence.has(_THEM):
        return None
    for match in _SENDS_THEM.finditer(sentence.text, counted.end, sentence.end):
        if any(counted.end < other.left < match.start() for other in sentence.quantities):
            return None
        for spot in here:
            if 0 <= spot.start - match.end() <= 1 and spot.place:
                return spot
    return None


def home(sentence: Sentence, counted: Counted, stop: int, homes: Mapping[str, str]) -> str | None:
    """Read "withdrawn N of its troops from Kivu to its own territory": whose troops they are, there."""
    if _AT_HOME.match(sentence.text, counted.end, stop):
        return homes.get(counted.force or "")
    found = None
    if sentence.has(_SOIL):
        found = _OWN_LAND.search(sentence.text, counted.end, sentence.end)
    if found is None or any(counted.end <= q.left < found.start() for q in sentence.quantities):
        return None
    home = homes.get(counted.force or "")
    if found["back"]:
        return home
    for (
        name
    ) in sentence.names:  # "the 28,500 soldiers whom Washington keeps on its soil": the host's
        host = homes.get(name.senses.get(NameKind.ACTOR, ""))
        if host is not None and host != home and name.end <= counted.quantity.left:
            return host
    return None


def purpose(sentence: Sentence, counted: Counted) -> str | None:
    """Return where people are sent "to break the siege of El Fasher", "for the defence of Sumy"."""
    if not sentence.has(_FIGHTS):
        return None
    for match in _PURPOSE.finditer(sentence.text, sentence.start, sentence.end):
        parted = any(match.end() <= q.left < counted.quantity.left for q in sentence.quantities)
        if match.start() < counted.quantity.left and (
            parted or _STOP.search(sentence.text, match.end(), counted.quantity.left)
        ):
            continue
        for name in sentence.names:
            if name.start == match.end() and NameKind.PLACE in name.senses:
                return name.senses[NameKind.PLACE]
    return None


def mission(sentence: Sentence, counted: Counted) -> PlaceFound:
    """Read "100 of its soldiers would join the Gaza stabilisation force": a mission named by its place."""
    text = sentence.text
    for name in sentence.names:
        place = name.senses.get(NameKind.PLACE)
        if place is None or NameKind.ADJECTIVE in name.senses or name.end > counted.end + _REACH:
            continue
        led = text[max(sentence.start, name.start - 8) : name.start].lower().split()
        opens = name.start == sentence.start or bool(led[-1:] and led[-1] in _LEADS_MISSION)
        if NameKind.ACTOR not in name.senses and _TOWN_UNIT.match(text, name.end):
            return PlaceFound(place, None, "mission")  # "Townsville's 3rd Brigade will grow by 500"
        if name.start > counted.end and OF_THEM.search(text, counted.end, name.start):
            continue
        objects = _is_objects(sentence, name, led)
        if objects and _TROOP_COUNT.match(text, name.end):
            return PlaceFound(place, None, "mission")
        if (opens or objects) and _MISSION.match(text, name.end):
            return PlaceFound(place, None, "mission")
    return NOWHERE


def mission_in(sentence: Sentence) -> str | None:
    """Return the place of a mission that a headline is about: "Parliament extends Libya mandate"."""
    for name in sentence.names:
        place = name.senses.get(NameKind.PLACE)
        adjective = NameKind.ADJECTIVE in name.senses
        if place is not None and not adjective and _MANDATE.match(sentence.text, name.end):
            return place
    return None


def _is_objects(sentence: Sentence, name: Name, led: Sequence[str]) -> bool:
    """Read "Kremlin doubles Mali force to 2,000": a place before a noun, as the object of a verb."""
    verb = led[-1] if led else ""
    return (
        name is not sentence.names[0]
        and verb.isalpha()
        and verb.endswith(("s", "ed"))
        and verb not in {"its", "his", "this", "as", "is", "was", "has"}
    )


def where(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> str | None:
    """Read "Lashio, where it had 4,000 soldiers": a place needs no preposition then."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.names):
        if name.end > left or NameKind.PLACE not in name.senses:
            continue
        opens = _WHERE.match(text, name.end, left)
        if opens is None or _STOP.search(text, opens.end(), left):
            return None
        between = any(opens.end() <= other.start < left for other in sentence.quantities)
        named = next((spot.place for spot in here if spot.end == name.end), None)
        return None if between else named or name.senses[NameKind.PLACE]
    return None
