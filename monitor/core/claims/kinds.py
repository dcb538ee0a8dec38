# SPDX-License-Identifier: Apache-2.0
"""What kind of figure a number is: a total, a part, an addition, or so many in a time.

What it is not: how parts bear on their wholes (`relations`). Rules of this file: a rate needs a verb or noun of raising troops unless it stands right behind the
number; "a year ago", "for a year" and "annual report" are none.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import AGO
from monitor.core.model import Kind

_RATE = re.compile(r"[^,;.]{0,24}")
# "in a month", "for a year": how long it took, and no rate.
_SPAN = re.compile(r"\b(?:in|within|for|over|than|after|of|about|during|almost|just)\s+$")
_CLAUSE, _LEFT = 80, 70
_MONEY = re.compile(r"[$€£]|\b(?:dollars|euros|roubles|pounds|cost|worth|pay)\b")
# What each expression cannot do without: whether one stands in a sentence is told at less cost.
_TIMES = frozenset(
    "day week fortnight month quarter year spring autumn summer winter season".split()  # noqa: SIM905
)
_REGULAR = frozenset(
    "monthly annual annually yearly weekly daily quarterly".split()  # noqa: SIM905
)
_ADDING = frozenset(
    "add adds added adding increase boost surge rise reinforcement reinforcements top addition influx".split()  # noqa: SIM905
)
_RAISES = re.compile(
    r"\b(?:recruit\w*|enlist\w*|sign(?:s|ed|ing)?(?:\s+up)?|train\w*|rotat\w+|draft\w*|conscript\w*|mobili[sz]\w+|"
    r"call(?:s|ed|ing)?\s+up|graduat\w+|join\w*|hir(?:es?|ed|ing)|produc\w+|process\w*|tak(?:es?|ing)\s+in|took\s+in|"
    r"receiv\w+|suppl\w+|rais(?:es?|ed|ing)|add(?:s|ed|ing)?|generat\w+|replac\w+|send(?:s|ing)?|sent|arriv\w+|pass(?:es|ed)?\s+through|volunteer\w*|"
    r"swear\w*|sworn|induct\w*|muster\w*|deploy\w*)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"(?<!for )(?<!in )(?<!of )(?<!within )(?<!over )(?<!than )(?<!once )(?<!twice )(?<!about )(?<!half )(?<!after )(?<!just )(?<!almost )"
    r"\b(?:(?:a|per)\s+(?:day|week|fortnight|month|quarter|year)|(?:every|each)\s+(?:single\s+)?(?:day|week|fortnight|month|quarter|year|spring|autumn|summer|winter|season)|"
    r"monthly|annually|daily|weekly|yearly|quarterly)\b(?!\s+(?:ago|after|before|later|earlier|from|since|or\s+two|\w+ing\b))",
    re.IGNORECASE,
)
_RATED = re.compile(
    r"\b(?:monthly|annual|yearly|weekly|daily|quarterly)\s+(?:\w+\s+)?(?:intake|quota|draft|recruitment|recruiting|rotation|rate|average|target|"
    r"call-up|enlistment|conscription|output|goal)\b[^.;:]{0,40}$",
    re.IGNORECASE,
)
_HARD = re.compile(r"[;:\"]|,(?!\d)|\b(?:and|but|while|which|who|as)\b")
_OF_OPENING = re.compile(r"\W*Of\s+[^.;:]{3,90}?,\s")
# "The majority of those, about 10,000, have …": a part whose number is set beside it.
_OF_THOSE = frozenset({"those", "them", "these", "whom", "which"})
_MOST_OF = re.compile(
    r"\b(?:majority|bulk|most|half|third|quarter|part|many|some)\s+of\s+(?:those|them|these|whom|which)\s*[,(-]\s*$",
    re.IGNORECASE,
)
_AT_ONCE = 24
_REST = re.compile(r"\b(?:remaining|other|rest|others)\s+$")
# "adds 4,000", "an increase of 300", "reinforcements: 450".
_ADDS = re.compile(
    r"\b(?:add(?:s|ed|ing)?|(?:increase|boost|surge|rise|reinforcements?|top-up|addition|influx)\s+of|reinforcements?\s*[:,-]|on\s+top\s+of\s+that)\s+"
    r"(?:up\s+to\s+|some\s+|about\s+)?$",
    re.IGNORECASE,
)
_REINFORCED = re.compile(r"\breinforcements\b[^.;:]{0,40}:[^.;]*$", re.IGNORECASE)
_NEW = re.compile(r"\s+(?:\w+\s+)?reinforcements\b", re.IGNORECASE)


_AND = re.compile(r"(?:,|\band)\s*$")
_SEMICOLON = re.compile(r"[;:]")
_MORE = re.compile(
    r"\s+more\b(?!\s+(?:than|likely|plausible|credible|realistic|accurate|probable|reliable|or\s+less|\w+ly)\b)"
)
# "in Apure and other 2,500 to Táchira", "The first 50 are expected".
_OTHER = re.compile(r"(?:,|\band)\s+other\s+$")
_LATER = re.compile(r"\s+(?:later|earlier|ago|before|after|from\s+now|or\s+two)\b")


def kind_of(sentence: Sentence, counted: Counted, grammar: Grammar) -> tuple[Kind, str]:
    """Return the kind of a counted number and its rule."""
    text, left = sentence.text, counted.quantity.left
    if _is_flow(sentence, counted, grammar):
        return Kind.FLOW, "flow"
    part = _part(sentence, counted, grammar)
    if part is not None:
        return Kind.SUBSET, part
    if text[max(0, left - 4) : left] == " by " and grammar.search(
        "shapes.growth", text, max(sentence.start, left - 60), left
    ):
        return Kind.INCREMENT, "by"
    if (
        _MORE.match(text, counted.end)
        or counted.increment
        or grammar.ends("status.increment_before", text, max(sentence.start, left - 24), left)
        or _OTHER.search(text, max(sentence.start, left - 12), left)
        or _is_added(sentence, counted)
    ):
        return Kind.INCREMENT, "additional"
    return Kind.TOTAL, "default"


def _part(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return the rule by which a number is a part of another, if one holds."""
    text, left = sentence.text, counted.quantity.left
    part = grammar.ends("status.subset", text, max(sentence.start, left - 48), left)
    if part is not None or _is_listed_part(sentence, counted, grammar):
        return "including"
    if counted.shape == "partitive" or _is_opened_part(sentence, counted):
        return "partitive"
    if not sentence.has(_OF_THOSE):
        return None
    beside = _MOST_OF.search(text, max(sentence.start, left - 48), left)
    return "most-of-them" if beside is not None else None


def _is_listed_part(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number follows a part by "and": "including 500 officers and three generals"."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 60)
    found = grammar.last("status.subset", text, floor, left)
    if found is None or grammar.search("shapes.auxiliaries", text, found.end(), left):
        return False
    between = text[found.end() : left]
    return bool(_AND.search(between)) and not _SEMICOLON.search(between)


def _is_flow(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a number is so many in a time: "30,000 a month", "two thousand men sign every day"."""
    text, left, end = sentence.text, counted.quantity.left, counted.end
    beside = _RATE.match(text, end, sentence.end)
    ago = AGO.match(text, end)
    rate = grammar.patterns["status.flow"].search(beside[0]) if beside and not ago else None
    if beside and rate and _LATER.match(text, end + rate.end()):
        return False  # "are to follow a week later"
    money = beside is not None and _MONEY.search(beside[0]) is not None
    if beside and rate and not money and not _SPAN.search(beside[0], 0, rate.start()):
        return True
    floor = max(sentence.start, left - _LEFT)
    regular = sentence.has(_REGULAR)
    if regular and _RATED.search(text, floor, left):
        return True
    if not (regular or sentence.has(_TIMES)):
        return False
    for match in _HARD.finditer(text, floor, left):
        floor = match.end()
    stop = min(sentence.end, end + _CLAUSE)
    for other in sentence.quantities:
        if other.left >= end:
            stop = min(stop, other.left)
            break
    hard = _HARD.search(text, end, stop)
    stop = hard.start() if hard else stop
    if not (_EVERY.search(text, floor, left) or _EVERY.search(text, end, stop)):
        return False
    return bool(_RAISES.search(text, floor, left) or _RAISES.search(text, end, stop))


def _is_opened_part(sentence: Sentence, counted: Counted) -> bool:
    """Read "Of Rwanda's contingent, 400 are police and the remaining 2,100 soldiers"."""
    opening = _OF_OPENING.match(sentence.text, sentence.start, counted.quantity.left)
    if opening is None:
        return False
    between = sentence.text[opening.end() : counted.quantity.left]
    return len(between) <= _AT_ONCE or _REST.search(between) is not None


def _is_added(sentence: Sentence, counted: Counted) -> bool:
    """Read "adds 4,000", "an increase of 300", "sent reinforcements: 300 on Saturday, 450 on Sunday"."""
    if not sentence.has(_ADDING):
        return False
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _LEFT)
    return bool(
        _ADDS.search(text, floor, left)
        or _REINFORCED.search(text, floor, left)
        or _NEW.match(text, counted.quantity.right)
    )
