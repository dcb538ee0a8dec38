# SPDX-License-Identifier: Apache-2.0
"""How places on one way stand to each other: where troops come from, what they pass, where they go.

What it is not: which places a sentence has (`spots`), or whose troops they are (`place`). Rules of
this file: the end of a way is the place of who is on it; what is only passed is none; where troops
left counts if nothing says where they went. A place where they are gives way to one that a verb of
motion in the same clause leads to ("the 900 who served in Kidal were recalled to Bamako").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.spots import Spot, Way
from monitor.core.gazetteer import Gazetteer

# Where another clause begins, whose motion is not that of the counted.
_OTHER_CLAUSE = re.compile(
    r"[;\"]|,(?!\d)(?! (?:will|would|are|were|is|was|have|has|had|could|may|might)\b)|\b(?:before|after|while|where|but|when|until|once|if|so|as(?! (?:far|well|many|part))|to (?!the\b)[a-z]+|"
    r"and (?:could|may|might|would|will|is|are|was|were|has|have|said))\b"
)
_RELATIVE = re.compile(r"\b(?:who|that|which)\b")
_SENTENCE = re.compile(r"[;\"]")
# "to Rostov and from there to the front".
_ONWARD = re.compile(r"\b(?:from there|then|onwards?|later|afterwards)\b[^;\"]{0,40}\Z")
_BEFELL = re.compile(
    r"[;\"]|\b(?:and|but|who) (?:were|was|have been|had been)\b|\b(?:after|when|while)\b"
)
# "to Russia to clear mines in the Kursk region", "to eastern Ukraine, chiefly to the Kostiantynivka area".
_PURPOSE = re.compile(
    r"\s+to\s+(?:help\s+(?:to\s+)?)?(?:clear|fight|rebuild|demine|defend|guard|work|train|protect|secure|build|repair|hold|clean)\s+"
    r"(?:[a-z-]+\s+){0,5}"
)
_CHIEFLY = re.compile(
    r",\s+(?:chiefly|mainly|mostly|especially|notably|primarily|above\s+all|most\s+of\s+them)\s+"
)
_NEAR_TO = re.compile(r"\b(?:close|next|near|adjacent|nearest|loyal|similar|opposed|due)\s+\Z")
_REACH = 90


def end_of_way(
    sentence: Sentence,
    start: int,
    along: Sequence[Spot],
    grammar: Grammar,
    gazetteer: Gazetteer,
) -> Spot | None:
    """Return the spot that counts of those behind a number, in order; None without one.

    `start` is where the phrase of the number ends. None, too, where troops only pass.
    """
    if not along:
        return None
    chosen = along[0]
    for spot in along[1:]:
        if spot.start - chosen.end > _REACH:
            continue
        if spot.way is Way.TO and not _CHIEFLY.fullmatch(sentence.text, chosen.end, spot.start):
            leads = _leads_on(sentence, start, chosen, spot, grammar)
        else:
            leads = _lies_in(sentence, chosen, spot, gazetteer)
        chosen = spot if leads else chosen
    return chosen


def _lies_in(sentence: Sentence, earlier: Spot, later: Spot, gazetteer: Gazetteer) -> bool:
    """Read "soldiers in Latvia live in Adazi": of two places the narrower says more."""
    if earlier.place is None or later.place is None or earlier.place == later.place:
        return False
    gap = sentence.text[earlier.end : later.start]
    purpose = _PURPOSE.fullmatch(gap) or _CHIEFLY.fullmatch(gap)
    if not purpose and (_OTHER_CLAUSE.search(gap) or " from " in gap):
        return False
    return gazetteer.is_within(later.place, earlier.place)


def is_other_story(sentence: Sentence, left: Spot, spot: Spot) -> bool:
    """Say whether what befell those who left is told apart: "left Kidal and were ambushed at …"."""
    gap = sentence.text[left.end : spot.start]
    return left.end <= spot.start and _BEFELL.search(gap) is not None


def is_passed(sentence: Sentence, start: int, spot: Spot, grammar: Grammar) -> bool:
    """Say whether troops only pass a place: "flown via Vladivostok", "rolled through Chita"."""
    if spot.way is not Way.VIA:
        return False
    if grammar.patterns["places.passing"].match(sentence.text, spot.start):
        return True
    floor = max(sentence.start, start - _REACH)
    return grammar.search("places.moving", sentence.text, floor, spot.start) is not None


def _leads_on(sentence: Sentence, start: int, earlier: Spot, later: Spot, grammar: Grammar) -> bool:
    text = sentence.text
    if _NEAR_TO.search(text, earlier.end, later.start):
        return False
    if earlier.way is Way.VIA:
        return _SENTENCE.search(text, earlier.end, later.start) is None
    if earlier.way is Way.TO:
        return _ONWARD.search(text, earlier.end, later.start) is not None
    # Where those are going who served elsewhere: "the 900 who served in Kidal … will return to Bamako".
    aside = _RELATIVE.search(text, start, earlier.start) is not None
    if (_SENTENCE if aside else _OTHER_CLAUSE).search(text, earlier.end, later.start):
        return False
    if grammar.patterns["places.arriving"].match(text, later.start):
        return True
    floor = max(sentence.start, start - _REACH)
    return grammar.search("places.moving", text, floor, later.start) is not None
