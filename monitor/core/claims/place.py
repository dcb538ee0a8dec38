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

from monitor.core.claims import errands
from monitor.core.claims.counted import Counted
from monitor.core.claims.errands import OF_THEM
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.hosts import host, recipient
from monitor.core.claims.spots import NOWHERE, PlaceFound, Spot
from monitor.core.claims.unlisted import unlisted_in
from monitor.core.claims.ways import end_of_way, is_other_story, is_passed
from monitor.core.knowledge import Knowledge, NameKind

# ", including 500 officers and three generals, are training …": the verb stands behind the part.
_PART = re.compile(
    r",\s+(?:including|among them|some|most|many)[^,;.]{1,80}(?:,[^,;.]{1,40})?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could|in|on|at|near|inside|to|into)\b)",
    re.IGNORECASE,
)
_TOPIC_REACH = 60
_TOLD_REACH = 60
_TOLD_IN = re.compile(
    r"\b(?:promised|told|assured|informed|warned|notified|reminded)\s[^,;.]{2,50}$"
)
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
# What begins another story: ", and Moscow has …", ", with the first battalion", "to the coast, where".
_APART = re.compile(
    r";|, and (?:that|those) of\b|, (?:and|but) (?:not (?:a single )?one|none|nobody|no one) (?:of|is|are|was|were)\b|, (?:and|but|while|whereas) (?:[A-Z][\w'-]+|the [a-z]+(?: (?:from|of|in|to|near) (?:the )?[A-Z][\w'-]+){0,2}) "
    r"(?:has|have|had|will|would|is|are|was|were|sent|kept|keeps|moved|\w+ed)\b|"
    r"\band (?:have|has|had|with) its (?:headquarters|seat|base|capital)\b|, (?:most|many|some|half) (?:left|went|have|are|were)\b|"
    r",? and (?:a similar number|as many|the same number|another|others|some|the rest|the others|the remainder) (?:in|at|on|to|near)\b|"
    r", (?:while|whereas) (?:in|on|at|near)\b|, (?:making|which makes|leaving) (?:it|them|this|that)\b|, (?:because|although|though|since|even though)\b|, with (?:the|an?|its|their|one|another|others)\b|"
    r"(?<=east|west|orth|outh|oast|rder|tier), where\b"
)
# Between two places of one figure: "the Lyman and Siversk directions".
_LISTED = re.compile(
    r"(?:\s(?:region|province|directions?|axis|sector|district)s?)?,?\s*"
    r"(?:and|or|as well as|and also|plus)\s*(?:in\s+|the\s+){0,2}"
)
# "arrived in October after the attack in Banjska"
_AFTER_EVENT = re.compile(
    r"\b(?:after|since|following|before|amid)\s+(?:the|an?|\w+'s|\w+day's|last\s+\w+'s)\s+(?:[a-z]+\s+){0,2}"
    r"(?:attacks?|clash(?:es)?|raids?|explosions?|ambush|incident|summit|massacre|talks|meeting|visit|vote)\s*$"
)
_FOR = re.compile(r"[Ff]or\b")
# "within 100 kilometres of Kharkiv": a distance counts nobody.
_DISTANCE = re.compile(
    r"[ -](?:kilomet(?:re|er)s?|km|miles?|met(?:re|er)s?|hours?|days?|weeks?|months?|years?)\b"
)
# "10,500 peacekeepers from almost 50 countries in southern Lebanon"
_NATIONS = re.compile(
    r" (?:countries|nations|states|governments|sites|bases|posts|positions|ships|villages|vehicles|pick-?ups|trucks|lorries|buses|tanks|planes|helicopters)\b"
)
# Who goes home goes to no place that is named.
_HOMEWARD = re.compile(
    r"\s+(?:[a-z]+\s+){0,3}(?:come|go|return|fly|sent|brought|flown|coming|going|"
    r"returning)\s+(?:back\s+)?home\b"
)
# ", it said, and moved guards from Qamishli": another verb, and somebody else.
_ANOTHER = re.compile(r"\b(?:and|but)\s+(?:[a-z]+ed|sent|brought|took|drew)\s+[a-z]")
_AMONG = re.compile(r"\b(?:among\s+(?:them|whom)|including)\b")
_SOME_OF_THE = re.compile(
    r"\b(?:some|most|many|part|half|several|a\s+few|a\s+third|the\s+bulk|much)\s+of\s+(?:the|its|their)\s+(?:\w+\s+)?$"
)
_BODY = re.compile(r"(?:peacekeeping )?(?:mission|force|operation|contingent)s?", re.IGNORECASE)
_OWN_MEN = re.compile(r"\b(?:its|their|his|her|our)\s+own\s+(?:[a-z]+\s+)?$")
_OWN_MEN_THERE = re.compile(
    r"\b(?:its|their|his|her|our)\s+own\s+(?:[a-z]+\s+)?(?:troops|soldiers|men|fighters|forces|units|battalions?|brigades?|"
    r"regiments?|divisions?|garrisons?|army)\s+$"
)
_TRAINS = re.compile(r"\btrain(?:ing|ed)?\b")
_STOP = re.compile(r"[;:\"]")
_VERB = re.compile(r"\b(?:were|are|is|was|have|had|has|will|would|could|may|might|must)\b")
_SPELLED = 9
_YEAR_BEFORE = re.compile(r"(?:in|since|of|\w{3,9} \d{1,2},?|,)\s$")


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
    held = errands.held_with(sentence, counted, here) or errands.them_to(sentence, counted, here)
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
    told = (
        away is not None
        and not _ANOTHER.search(sentence.text, counted.end, away.start)
        and not _AMONG.search(sentence.text, counted.end, away.start)
    )
    named = {
        "where": errands.where(sentence, counted, here),
        "home": errands.home(sentence, counted, stop, knowledge.homes),
        "from": away.place if away and told and not border else None,
        "recipient": recipient(sentence, counted, grammar, knowledge.homes),
        "purpose": errands.purpose(sentence, counted),
        "host": host(sentence, counted, grammar, knowledge.homes),
    }
    for rule, place in named.items():
        if place is not None:
            return PlaceFound(place, None, rule)
    if border:
        # "from Benghazi to the border with Chad": neither here nor there.
        found = errands.mission(sentence, counted)
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
        if not spot.away
        and not _is_fronted(sentence, counted.end, spot, stop)
        and not _AFTER_EVENT.search(text, max(counted.end, spot.start - 40), spot.start)
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
    unlisted = unlisted_in(sentence, counted, leaving=leaving is not None)
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
    return found if found.place is not None else errands.mission(sentence, counted)


def _is_whole_of_part(sentence: Sentence, counted: Counted) -> bool:
    left = counted.quantity.left
    if _SOME_OF_THE.search(sentence.text, max(sentence.start, left - 40), left):
        return True  # "to move some of the 50,000 it has massed in Kursk to Sumy"
    return any(
        other.right < left and _PART_OF.fullmatch(sentence.text, other.right, left)
        for other in sentence.quantities
    )


def _is_of_part(sentence: Sentence, start: int, spot: Spot) -> bool:
    """Say whether a place is only where a part is: "2,000 men, most of them in Erbil"."""
    part = OF_THEM.search(sentence.text, start, spot.start)
    return part is not None and not _VERB.search(sentence.text, part.end(), spot.start)


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
        if spot.place is None or is_where_told(sentence, spot):
            continue
        if counted.subject_start is not None and spot.start > counted.subject_start:
            spot = _first_of(sentence, spot, here)  # noqa: PLW2901
            return PlaceFound(spot.place, spot.region, "subject")
        if _is_others(sentence, floor, spot, counted, grammar, homes):
            continue
        spot = _first_of(sentence, spot, here)  # noqa: PLW2901
        return PlaceFound(spot.place, spot.region, "left")
    return NOWHERE


def is_where_told(sentence: Sentence, spot: Spot) -> bool:
    """Read "promised the leader in Ruritania that all 350 would go": where somebody is told something."""
    if not sentence.text.startswith(" that ", spot.end):
        return False
    floor = max(sentence.start, spot.start - _TOLD_REACH)
    return _TOLD_IN.search(sentence.text, floor, spot.start) is not None


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


def _apart(text: str, start: int, stop: int) -> re.Match[str] | None:
    """Return where another story begins; without one of its signs no search is made."""
    signs = (";", ",", " its ")
    if all(text.find(sign, start, stop) < 0 for sign in signs):
        return None
    return _APART.search(text, start, stop)


def is_apart(sentence: Sentence, start: int, spot: Spot) -> bool:
    """Say whether another story begins between a number and a place, or the place is of somebody's own men."""
    text = sentence.text
    if _apart(text, start, spot.start):
        return True
    return _OWN_MEN_THERE.search(text, start, spot.start) is not None


def _right_stop(
    sentence: Sentence, start: int, counted: Counted, cue_positions: Sequence[int]
) -> int:
    stop = min([position for position in cue_positions if position > start], default=sentence.end)
    # What stands behind is another's place: "; in Odesa …", ", with the first battalion in Menaka".
    apart = _apart(sentence.text, start, stop)
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
