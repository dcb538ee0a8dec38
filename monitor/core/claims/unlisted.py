# SPDX-License-Identifier: Apache-2.0
"""Places that no list knows: the capitalised name that a preposition, or a verb of staying, leads to.

What it is not: a place of the gazetteer (`spots`). Rules of this file: bodies, months and days are no places; a name
that is listed as anything is none either.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Sentence

_REACH = 120
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
    r"\s+(?:(?:[a-z-]+\s+){0,2}(?:in|at|near|around|outside)|(?:(?!loyal|linked|close|allied|according|due|thanks|similar|compared)[a-z-]+\s+){0,2}(?:to|into))\s+(?:the\s+)?"
    + _NAME_OF_PLACE
)
# "arrived at the ranges in Example this week", "is stationed near Example".
_STATIONED = re.compile(
    r"[^.;:,\"]{0,60}?\b(?:stationed|based|deployed|arrived|landed|garrisoned|posted|massed|training|trained|"
    r"drilling|dug in|camped|quartered|billeted|housed|living|lodged|barracked|patrol|patrolling|preparing)\s+(?:[A-Za-z-]+\s+){0,4}?"
    r"(?:in|at|near|around|outside)\s+(?:the\s+)?(?:(?:village|town|city|port|district|base|camp|garrison|barracks)\s+(?:of|at|outside|near|in)\s+)?"
    + _NAME_OF_PLACE
)
_REACHED = re.compile(
    r"[^.;:,\"]{0,40}?\b(?:reached|entered|stormed|retaken|crossed\s+into|moved\s+into|moved\s+to|flown\s+to|sent\s+to)\s+(?:the\s+(?:town|village|city|port)\s+of\s+)?"
    + _NAME_OF_PLACE
)
_LEFT_UNLISTED = re.compile(
    r"\s+from\s+(?:the\s+(?:village|town|city|port|base)\s+of\s+)?" + _NAME_OF_PLACE
)
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|Christmas|Easter|Ramadan|Operation|Exercise|Parliament|Congress"
)


def unlisted_in(sentence: Sentence, counted: Counted, *, leaving: bool = False) -> str | None:
    """Return the name that a preposition after the number leads to, if no list knows it."""
    text, right = sentence.text, counted.quantity.right
    match = _UNLISTED.match(text, right, sentence.end)
    match = match or (_LEFT_UNLISTED.match(text, counted.end) if leaving else None)
    match = match or _STATIONED.match(text, counted.end, min(sentence.end, counted.end + _REACH))
    match = match or _REACHED.match(text, counted.end, min(sentence.end, counted.end + _REACH))
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
