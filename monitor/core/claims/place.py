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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.hosts import host, recipient
from monitor.core.claims.spots import Spot
from monitor.core.claims.ways import end_of_way, is_other_story, is_passed
from monitor.core.knowledge import Knowledge, Name, NameKind

# ", including 500 officers and three generals, are training …": the verb stands behind the part.
_PART = re.compile(
    r",\s+(?:including|among them|some|most|many)[^,;.]{1,80}(?:,[^,;.]{1,40})?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could|in|on|at|near|inside|to|into)\b)",
    re.IGNORECASE,
)
_TOPIC_REACH = 60
# No state keeps as many of its troops abroad in one place that is not named.
_WHOLE_ARMY = 100_000
_WHOLE_REACH = 40
_HOLDS = frozenset(
    {
        "",
        "is",
        "was",
        "of",
        "stands at",
        "stood at",
        "at",
        "has",
        "have",
        "number",
        "counts",
        "numbers",
        "fields",
        "consists of",
        "comprises",
    }
)
_SMALL = 20  # "eight to one", "two US officials": no figure that a place could belong to
_MODAL = re.compile(r"^(?:will|would|should|could|now|currently|already|still|alone)\s+")
# "2,000 men, most of them in Erbil": where a part is.
_OF_THEM = re.compile(
    r",\s[^,;]{0,30}\bof\s+(?:them|whom|which)\b|"
    r"\band\s+(?:to\s+)?[a-z]+\s+(?:most|many|half|some|part|all)\s+of\s+(?:those|them|the\s+rest)\b"
)
_MISSION = re.compile(
    r"(?:\s+[a-z-]+){0,2}\s+(?:force|mission|contingent|garrison|deployment|front|campaign|exit|"
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
_REACH = 120
# "will join the 400 in Haiti": where those are, others will be.
_JOINED = re.compile(
    r"\b(?:join(?:s|ed|ing)?|reinforc\w+|reliev\w+|replac\w+|alongside|in addition to|on top of|besides)"
    r"\s+(?:(?:the|some|about|around|roughly|its|their|an?|nearly|almost)\s+){0,3}\Z"
)
# A place before the next number: "; in Odesa there are 1,800", "and in Bamako another 400".
_OPENS = re.compile(r"(?:[,;.:]\s*(?:and\s+|but\s+|while\s+)?|\b(?:and|but|while)\s+)\Z")
_FRONTED = re.compile(
    r"\s*,?\s*(?:(?:there|it|they|we|he|she)\s?(?:are|were|is|was|'s|'re|have|has|had)?\s*)?"
    r"(?:(?:about|some|around|another|a|further|only|just|at|least|up|to|more|than|an|nearly|almost|"
    r"roughly|perhaps|maybe|one|axis|front|direction|sector|the|extra|additional|as|many|"
    r"estimated|over|now|still)\b\s*){0,6}",
    re.IGNORECASE,
)
# Between a part and its whole: "4,500 of the 28,500".
_PART_OF = re.compile(
    r"\s+(?:[a-z]+\s+)?of\s+(?:(?:the|its|their|some|about|roughly|around|nearly)\s+)+"
)
# "and 400 at Ouallam": a name that is not listed is still where they are.
_BODIES = frozenset(
    {
        "Force",
        "Forces",
        "Army",
        "Guard",
        "Guards",
        "Navy",
        "Corps",
        "Command",
        "Ministry",
        "Defence",
        "Defense",
        "Reserve",
        "Reserves",
    }
)
_NAME_OF_PLACE = (
    r"(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)?)(?![\w'-])(?!\s+(?:[A-Z0-9]|sa(?:id|ys)\b|told\b))"
)
_UNLISTED = re.compile(
    r"\s+(?:[a-z-]+\s+){0,2}(?:in|at|near|around|outside)\s+(?:the\s+)?" + _NAME_OF_PLACE
)
# "arrived at the ranges in Example this week", "is stationed near Example".
_STATIONED = re.compile(
    r"[^.;:,\"]{0,60}?\b(?:stationed|based|deployed|arrived|landed|garrisoned|posted|massed|training|trained|"
    r"drilling|dug in|camped|quartered|billeted|housed|living|lodged|barracked|patrol|patrolling|preparing)\s+(?:[A-Za-z-]+\s+){0,4}?"
    r"(?:in|at|near|around|outside)\s+(?:the\s+)?(?:(?:village|town|city|port|district|base|camp|garrison|barracks)\s+(?:of|at|outside|near|in)\s+)?"
    + _NAME_OF_PLACE
)
_LEFT_UNLISTED = re.compile(
    r"\s+from\s+(?:the\s+(?:village|town|city|port|base)\s+of\s+)?" + _NAME_OF_PLACE
)
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|Christmas|Easter|Ramadan|Operation|Exercise|Parliament|Congress"
)
# What begins another story: ", and Moscow has …", ", with the first battalion", "to the coast, where".
_APART = re.compile(
    r";|, (?:and|but|while|whereas) (?:[A-Z][\w'-]+|the [a-z]+(?: (?:from|of|in|to|near) (?:the )?[A-Z][\w'-]+){0,2}) "
    r"(?:has|have|had|will|would|is|are|was|were|sent|kept|keeps|moved|\w+ed)\b|"
    r"\band (?:have|has|had|with) its (?:headquarters|seat|base|capital)\b|, (?:most|many|some|half) (?:left|went|have|are|were)\b|"
    r", (?:while|whereas) (?:in|on|at|near)\b|, (?:making|which makes|leaving) (?:it|them|this|that)\b|, (?:because|although|though|since|even though)\b|, with (?:the|an?|its|their|one|another|others)\b|"
    r"(?<=east|west|orth|outh|oast|rder|tier), where\b"
)
# Between two places of one figure: "the Lyman and Siversk directions".
_LISTED = re.compile(
    r"(?:\s(?:region|province|directions?|axis|sector|district)s?)?,?\s*"
    r"(?:and|or|as well as|and also|plus)\s*(?:in\s+|the\s+){0,2}"
)
_FOR = re.compile(r"[Ff]or\b")
# "within 100 kilometres of Kharkiv": a distance counts nobody.
_DISTANCE = re.compile(
    r"[ -](?:kilomet(?:re|er)s?|km|miles?|met(?:re|er)s?|hours?|days?|weeks?|months?|years?)\b"
)
# "10,500 peacekeepers from almost 50 countries in southern Lebanon"
_NATIONS = re.compile(
    r" (?:countries|nations|states|governments|sites|bases|posts|positions|ships|villages)\b"
)
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
# Who goes home goes to no place that is named.
_HOMEWARD = re.compile(
    r"\s+(?:[a-z]+\s+){0,3}(?:come|go|return|fly|sent|brought|flown|coming|going|"
    r"returning)\s+(?:back\s+)?home\b"
)
# ", it said, and moved guards from Qamishli": another verb, and somebody else.
_ANOTHER = re.compile(r"\b(?:and|but)\s+(?:[a-z]+ed|sent|brought|took|drew)\s+[a-z]")
_WHERE = re.compile(r",?\s+where\b")
_BODY = re.compile(r"(?:peacekeeping )?(?:mission|force|operation|contingent)s?", re.IGNORECASE)
_OWN_MEN = re.compile(r"\b(?:its|their|his|her|our)\s+own\s+(?:[a-z]+\s+)?$")
_TRAINS = re.compile(r"\btrain(?:ing|ed)?\b")
_STOP = re.compile(r"[;:\"]")
_VERB = re.compile(r"\b(?:were|are|is|was|have|had|has|will|would|could|may|might|must)\b")
_SPELLED = 9
_YEAR_BEFORE = re.compile(r"(?:in|since|of|\w{3,9} \d{1,2},?|,)\s$")


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


def resolve(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    here: Sequence[Spot],
    cue_positions: Sequence[int],
    knowledge: Knowledge,
) -> PlaceFound:
    """Return the place of a counted number, as far as its own sentence says."""
    held = _with(sentence, counted, here) or _them_to(sentence, counted, here)
    if held is not None:
        return PlaceFound(held.place, held.region, "with")
    start = counted.predicate or counted.end
    stop = _right_stop(sentence, start, counted, cue_positions)
    partitive = counted.shape == "partitive" and counted.whole is not None
    if partitive:
        verb = _VERB.search(sentence.text, start, stop)
        if verb is None and counted.whole and counted.quantity.low != counted.whole.low:
            return NOWHERE
        start = verb.end() if verb else start
    behind = [spot for spot in here if start <= spot.start < stop]
    found = _right(sentence, counted, grammar, behind, stop, knowledge)
    if found.place is not None or partitive:
        return found
    away = next((spot for spot in behind if spot.away), None)
    border = any(spot.place is None for spot in behind)
    told = away is not None and not _ANOTHER.search(sentence.text, counted.end, away.start)
    if _AT_HOME.match(sentence.text, counted.end, stop):
        return PlaceFound(knowledge.homes.get(counted.force or ""), None, "home")
    named = {
        "where": _where(sentence, counted, here),
        "home": _home(sentence, counted, knowledge.homes),
        "from": away.place if away and told and not border else None,
        "recipient": recipient(sentence, counted, grammar, knowledge.homes),
        "purpose": _purpose(sentence, counted),
        "host": host(sentence, counted, grammar, knowledge.homes),
    }
    for rule, place in named.items():
        if place is not None:
            return PlaceFound(place, None, rule)
    if border:
        # "from Benghazi to the border with Chad": neither here nor there.
        found = _mission(sentence, counted)
        return found if found.place is not None else PlaceFound(None, None, "border")
    return _before(sentence, counted, grammar, here, cue_positions, knowledge.homes)


def _right(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    behind: Sequence[Spot],
    stop: int,
    knowledge: Knowledge,
) -> PlaceFound:
    """Return the place behind a number, up to `stop`: of several the one that their way leads to."""
    text, homes = sentence.text, knowledge.homes
    after = [
        spot
        for spot in behind
        if not spot.away and not _is_fronted(sentence, counted.end, spot, stop)
    ]
    # Who crossed the Dnieper near Krynky is in Krynky.
    after.sort(key=lambda spot: spot.water)
    along = [
        spot
        for spot in after
        if spot.place is not None
        and not _is_of_part(sentence, counted.end, spot)
        and not _is_others(
            sentence, counted.predicate or counted.end, spot, counted, grammar, homes
        )
    ]
    # "5,000 men for Russia at a base near Wonsan"
    beside = [
        spot
        for spot in along
        if spot.place not in knowledge.countries
        or not _FOR.match(text, spot.start)
        or grammar.ends("places.bound", text, max(0, spot.start - 14), spot.start)
    ]
    along = beside or along
    if _is_whole_of_part(sentence, counted):
        # The whole that a part leaves stays: "4,500 of the 28,500 in Korea could move to Guam".
        along = along[:1]
    spot = end_of_way(sentence, counted.end, along, grammar, knowledge.gazetteer)
    if spot is None:
        return NOWHERE
    left = next((one for one in behind if one.away), None)
    if left is not None and is_other_story(sentence, left, spot):
        return PlaceFound(left.place, left.region, "from")
    if is_passed(sentence, counted.end, spot, grammar):
        return NOWHERE
    return PlaceFound(spot.place, spot.region, "right", spot.start)


def _before(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    here: Sequence[Spot],
    cue_positions: Sequence[int],
    homes: Mapping[str, str],
) -> PlaceFound:
    """Return the place before a number that has none behind it."""
    leaving = grammar.search(
        "force.withdrawals", sentence.text, sentence.start, counted.quantity.left
    )
    unlisted = _unlisted_in(sentence, counted, leaving=leaving is not None)
    if unlisted is not None:
        return PlaceFound(None, None, "unlisted", literal=unlisted)
    if _HOMEWARD.match(sentence.text, counted.end):
        return NOWHERE
    found = _left(sentence, counted, grammar, here, cue_positions, homes)
    if found.place is None and grammar.search(
        "places.leaving", sentence.text, sentence.start, sentence.end
    ):
        found = _behind(sentence, counted, here)
    if found.place is None and sentence.heading:
        found = _headed(sentence, counted, here)
    return found if found.place is not None else _mission(sentence, counted)


def _with(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> Spot | None:
    """Return the place that is held or filled with the number: "its base in Bentiu with 250 men"."""
    left = counted.quantity.left
    for spot in here:
        filled = spot.end <= left and _WITH.fullmatch(sentence.text, spot.end, left)
        if filled and spot.place and not spot.away:
            return spot
    return None


def _them_to(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> Spot | None:
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


def _home(sentence: Sentence, counted: Counted, homes: Mapping[str, str]) -> str | None:
    """Read "withdrawn N of its troops from Kivu to its own territory": whose troops they are, there."""
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


def _purpose(sentence: Sentence, counted: Counted) -> str | None:
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


def _is_whole_of_part(sentence: Sentence, counted: Counted) -> bool:
    left = counted.quantity.left
    return any(
        other.right < left and _PART_OF.fullmatch(sentence.text, other.right, left)
        for other in sentence.quantities
    )


def _mission(sentence: Sentence, counted: Counted) -> PlaceFound:
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
        if name.start > counted.end and _OF_THEM.search(text, counted.end, name.start):
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


def _is_of_part(sentence: Sentence, start: int, spot: Spot) -> bool:
    """Say whether a place is only where a part is: "2,000 men, most of them in Erbil"."""
    part = _OF_THEM.search(sentence.text, start, spot.start)
    return part is not None and not _VERB.search(sentence.text, part.end(), spot.start)


def _where(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> str | None:
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


def _left(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    here: Sequence[Spot],
    cue_positions: Sequence[int],
    homes: Mapping[str, str],
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
            spot = _first_of(sentence, spot, here)  # noqa: PLW2901
            return PlaceFound(spot.place, spot.region, "subject")
        if _is_others(sentence, floor, spot, counted, grammar, homes):
            continue
        spot = _first_of(sentence, spot, here)  # noqa: PLW2901
        return PlaceFound(spot.place, spot.region, "left")
    return NOWHERE


def _first_of(sentence: Sentence, spot: Spot, here: Sequence[Spot]) -> Spot:
    """Return the first of places that are listed: "on the Lyman and Siversk directions"."""
    for other in reversed(here):
        if other.end <= spot.end and other.place is not None and other is not spot:
            names = [n.start for n in sentence.names if other.end <= n.start < spot.end]
            gap = sentence.text[other.end : min(names, default=spot.start)]
            if _LISTED.fullmatch(gap) or _LISTED.fullmatch(sentence.text[other.end : spot.start]):
                spot = other
    return spot


def _headed(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> PlaceFound:
    """Return the place of a headline's first words: "US troops in Syria: Pentagon says 2,000"."""
    colon = sentence.text.find(": ", sentence.start, counted.quantity.left)
    for spot in reversed(here):
        if spot.end <= colon and spot.place is not None:
            return PlaceFound(spot.place, spot.region, "heading")
    return NOWHERE


def _unlisted_in(sentence: Sentence, counted: Counted, *, leaving: bool = False) -> str | None:
    """Return the name that a preposition after the number leads to, if no list knows it."""
    text, right = sentence.text, counted.quantity.right
    match = _UNLISTED.match(text, right, sentence.end)
    match = match or (_LEFT_UNLISTED.match(text, counted.end) if leaving else None)
    match = match or _STATIONED.match(text, counted.end, min(sentence.end, counted.end + _REACH))
    if match is None or any(counted.end < q.left < match.start() for q in sentence.quantities):
        return None
    if match["name"].split()[-1] in _BODIES:
        return None
    known = any(
        name.start < match.end("name") and match.start("name") < name.end
        for name in (*sentence.names, *sentence.speakers)
    )
    if known or _CALENDAR.match(text, match.start("name")):
        return None
    return match["name"]


def _behind(sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> PlaceFound:
    """Return the place that is left before the number: "France to leave Chad: last 1,000 to go"."""
    left = counted.quantity.left
    for spot in reversed(here):
        between = any(spot.end <= other.start < left for other in sentence.quantities)
        if spot.away and spot.place is not None and spot.end <= left and not between:
            return PlaceFound(spot.place, spot.region, "behind")
    return NOWHERE


def _in_aside(sentence: Sentence, position: int) -> bool:
    return any(start <= position < end for start, end in sentence.asides)


def _right_stop(
    sentence: Sentence, start: int, counted: Counted, cue_positions: Sequence[int]
) -> int:
    stop = min([position for position in cue_positions if position > start], default=sentence.end)
    # What stands behind is another's place: "; in Odesa …", ", with the first battalion in Menaka".
    apart = _APART.search(sentence.text, start, stop)
    stop = apart.start() if apart else stop
    part = _PART.match(sentence.text, start, sentence.end)
    start = part.end() if part else start
    for other in sentence.quantities:
        if (
            other.left >= start
            and other is not counted.whole
            and not _is_date(sentence, other.start, other.low)
            and not _DISTANCE.match(sentence.text, other.right)
            and not _NATIONS.match(sentence.text, other.right)
            and not _JOINED.search(sentence.text, start, other.left)
        ):
            stop = min(stop, other.left)
    return stop


def _is_fronted(sentence: Sentence, end: int, spot: Spot, stop: int) -> bool:
    """Say whether a place opens the clause of the next figure: ", and in Bamako there are 400"."""
    text = sentence.text
    if not any(q.left == stop for q in sentence.quantities):
        return False
    opens = _OPENS.search(text, sentence.start, spot.start) is not None
    # "4,500 soldiers, the land defence in Porsangmoen 1,200"
    opens = opens or ("," in text[end : spot.start] and not text[spot.end : stop].strip())
    return opens and _FRONTED.fullmatch(text, spot.end, stop) is not None


def _is_date(sentence: Sentence, start: int, value: int) -> bool:
    before = sentence.text[max(sentence.start, start - 12) : start]
    written = not sentence.text[start].isdigit()  # "eleven Egyptians", not "at five posts"
    return value <= (_SPELLED if written else 31) or (
        1900 <= value <= 2100 and _YEAR_BEFORE.search(before) is not None
    )


def _is_others(
    sentence: Sentence,
    floor: int,
    spot: Spot,
    counted: Counted,
    grammar: Grammar,
    homes: Mapping[str, str],
) -> bool:
    """Say whether the place is where somebody else's troops are."""
    near = grammar.head.finditer(sentence.text, max(floor, spot.start - 40), spot.start)
    head = max(near, key=lambda match: match.start(), default=None)
    if head is None or sentence.text[head.end() : spot.start].strip():
        return False
    own_subject = counted.subject_start is not None and head.start() > counted.subject_start
    # Who trains others is where they are.
    if own_subject or _TRAINS.search(sentence.text, floor, head.start()):
        return False
    if _OWN_MEN.search(sentence.text, floor, head.start()):
        return True  # "11,000 infantrymen let the staff keep its own battalions in Donetsk"
    for name in sentence.names:
        if head.start() - 24 <= name.start < head.start() and NameKind.ADJECTIVE in name.senses:
            if _BODY.fullmatch(head[0]) and name.senses[NameKind.ADJECTIVE] not in homes:
                return False  # "1,100 soldiers to the African Union mission in Somalia"
            return counted.force is not None and name.senses[NameKind.ADJECTIVE] != counted.force
    return False
