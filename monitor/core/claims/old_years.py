# SPDX-License-Identifier: Apache-2.0
"""Years, wars and eras long ago: what was true then is past.

What it is not: the tense of a verb (`bygone`, `past`). Rules of this file: a year counts within its own clause, or
where it opens the sentence; what was pledged in a year, or is so since it, is not of that year.
"""

from __future__ import annotations

import re
from datetime import date

from monitor.core.claims.grammar import Grammar, Sentence

_YEAR_REACH, _YEAR_OPENS, _OPENS_FURTHER = 90, 12, 36
TODAY = re.compile(r"\s*(?:today|now)\b")
_CENTURY = frozenset(map(str, range(1500, 2100)))
_DURING = re.compile(
    r"\b(?:in|during|throughout|since|(?:height|peak|end|start|beginning|days|years|time)\s+of|from)\s+"
    r"(?:the\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\s+(?:the\s+)?$", re.IGNORECASE)
# "in 2007", "by the spring of 1968", "between 2006 and 2013": what was true then is past.
_YEARS = re.compile(
    r"\b(?:in|between|from|until|during|by|on|(?:spring|summer|autumn|winter|height|end|start|beginning)\s+of)\s+"
    r"(?:early\s+|late\s+|\w+\s+|(?:the\s+|an?\s+)?(?:[\w-]+\s+){1,3}(?:of|in)\s+)?((?:1[5-9]|20)\d\d)\b"
    r"(?:\s*(?:and|to|-)\s*((?:1[5-9]|20)\d\d)\b)?",
    re.IGNORECASE,
)
# "surrendered on 15 February 1942", "in the spring of 1994".
_OLD_YEARS = re.compile(
    r"(?<!since )(?<!from )\b(?:in|by|during|until|of|on|\w{3,9})\s+((?:1[5-9]|20)\d\d)\b(?:\s*(?:and|to|-)\s*((?:1[5-9]|20)\d\d)\b)?"
)
_LATER = re.compile(
    r"[;:]|\bto\s+(?:(?:about|some|more\s+than|nearly)\s+)?(?:\d|$)|\b(?:today|now)\b"
)
_OTHER_CLAUSE = re.compile(r"[;:\"]|,\s(?!\d)|\b(?:although|but|while|when|since)\b")
_SINCE_THEN = re.compile(
    r"\b(?:has|have)\s+since\s+(?:become|fallen\s+to|risen\s+to|grown\s+to|shrunk\s+to|been\s+\w+\s+to)\s+(?:\w+\s+)?$"
)


def is_history(
    sentence: Sentence, position: int, end: int, grammar: Grammar, published: date | None
) -> bool:
    """Say whether a war, an era or a year long ago is that of the number at `position` to `end`."""
    for match in grammar.patterns["status.history"].finditer(
        sentence.text, sentence.start, sentence.end
    ):
        if _DURING.search(sentence.text, max(sentence.start, match.start() - 32), match.start()):
            return True
    old = grammar.search("status.historical", sentence.text, sentence.start, sentence.end)
    if old is not None:
        return _SINCE.search(sentence.text, sentence.start, old.start()) is None
    if TODAY.match(sentence.text, end) or _SINCE_THEN.search(
        sentence.text, max(sentence.start, position - 32), position
    ):
        return False
    newest = published.year - 2 if published else 2015
    dated = sentence.has(_CENTURY)
    for match in _YEARS.finditer(sentence.text, sentence.start, sentence.end) if dated else ():
        if grammar.search("status.pledges", sentence.text, position, match.start()):
            continue  # "the 1,000 soldiers it pledged in 2022"
        if int(match[2] or match[1]) <= newest and _is_near(sentence, match.start(), position):
            return True
    for match in grammar.days(sentence):
        year = match["y1"] or match["y2"]
        if year and int(year) <= newest and _is_near(sentence, match.start(), position):
            return True
    return False


def names_old_year(sentence: Sentence, published: date | None) -> bool:
    """Say whether a sentence tells of a year two years ago or more: "in 1942", "by the end of 2003"."""
    if not sentence.has(_CENTURY):
        return False
    newest = published.year - 2 if published else 2015
    return any(
        int(match[2] or match[1]) <= newest
        for match in _OLD_YEARS.finditer(sentence.text, sentence.start, sentence.end)
    )


def _is_near(sentence: Sentence, year: int, position: int) -> bool:
    """Say whether a year and a number stand in one clause, or the year opens the sentence."""
    reach = _YEAR_REACH + (_OPENS_FURTHER if year - sentence.start < _OPENS_FURTHER else 0)
    if abs(year - position) >= reach:
        return False
    gap = sentence.text[min(year, position) : max(year, position)]
    if year < position:
        opens = year - sentence.start < _YEAR_OPENS
        return opens or not _LATER.search(gap)
    return not _OTHER_CLAUSE.search(gap)
