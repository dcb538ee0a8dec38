# SPDX-License-Identifier: Apache-2.0
"""What a story tells as over by its tense alone: "it had 350 men", "there were N", "N had served there".

What it is not: a past that a year, an event or a word like "once" marks (`status`, `frames`). Rules of
this file: the tense of what somebody is reported to say tells nothing ("said it had N"); a "now" or a
"still" in the clause keeps its number.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence

_NEAR, _RIGHT = 48, 100
_FILL = (
    r"(?:(?:only|just|some|about|around|roughly|nearly|almost|perhaps|maybe|at\s+least|at\s+most|up\s+to|as\s+many\s+as|"
    r"more\s+than|fewer\s+than|over|well\s+over|still|already|no\s+more\s+than)\s+){0,3}$"
)
# "where it had 350 soldiers", "there were perhaps 50,000", "who numbered about 1,200".
_OF_HAVING = frozenset({"had", "numbered", "fielded", "boasted", "were"})
_HAD = re.compile(
    r"(?<!\bhas\s)(?<!\bhave\s)\b(?:(?<!\bif\s)(?:it|they|we|he|she|i|who|which|(?!has\b|have\b|never\b)[a-z]{3,}|[A-Z][\w-]+)\s+(?:had|numbered|fielded|boasted)|"
    r"there\s+(?:were|had\s+been))\s+" + _FILL
)
_PLUPERFECT = re.compile(
    r"(?:\s+(?!who\b|that\b|which\b)[\w-]+){0,4}?\s+had\s+(?:served|fought|stood|lived|held|guarded|manned|taken\s+part|done\s+duty|passed\s+through)\b"
)
_BACK = re.compile(
    r"\b(?:and|but|only\s+to)\s+(?:later\s+|then\s+|soon\s+|has\s+|have\s+)?(?:brought|flew|flown|took|taken|pulled|sent|bring|withdrew|"
    r"withdrawn|recalled)\s+(?:them|all\s+of\s+them|most\s+of\s+them|it)\s+(?:(?:back|straight|all)\s+)?(?:home|back|out|again)\b"
)
_NONE_LEFT = re.compile(
    r"\b(?:not\s+(?:a\s+single\s+)?one\s+(?:of\s+them\s+)?(?:is\s+)?left|none\s+(?:of\s+them\s+)?(?:is|are)\s+left|"
    r"(?:all|they)\s+(?:have|are)\s+(?:all\s+)?(?:left|gone|withdrawn)|the\s+last\s+of\s+(?:them|these)\s+(?:left|departed|went\s+home|flew\s+(?:home|out)|withdrew))\b"
)
_THERE_HAD = re.compile(r"\bthere\s+had\s+(?:once\s+)?been\s+" + _FILL)
_COMPARED = re.compile(
    r"\b(?:compared\s+(?:with|to)|against|as\s+opposed\s+to)\s+(?:just\s+|only\s+|some\s+|about\s+)?$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"[^,.;:]{0,40}?\b(?:in|at|on|last|a|one|two|three|before|the\s+year)\s+(?:the\s+)?(?:\w+\s+){0,4}?"
    r"(?:(?:19|20)\d\d|year|month|week|spring|summer|autumn|winter|before|earlier|ago|january|february|march|april|may|june|july|"
    r"august|september|october|november|december)\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\b(?:now|still|today|currently|at\s+present|will|would|could|might|should|if|has|have|is|are)\b"
)
# "…, a UN official told": what was said stands before it, out of quotes.
_TOLD = re.compile(r",\s+(?!who\b|which\b|where\b|but\b|and\b)[^,;:\"]{2,60}$")
_PAST = re.compile(
    r"\b(?:had|was|were|could|held|kept|sent|numbered|faced|opposed|fielded|put|brought|led|lost|stood|found|fought|exceeded|came|"
    r"went|met|served|defended|attacked|crossed|landed|arrived|marched|mustered|stopped|approved)\b"
)
_ANY_PAST = re.compile(_PAST.pattern + r"|\b[a-z]{3,}ed\b|\b(?:took|gave|began|spent|cost|left)\b")
_NOW = re.compile(
    r"\b(?:now|still|today|currently|at\s+present|will|would|could|might|should|if|has|have|is|are|says?|said)\b"
)
_END = re.compile(r"[;:\"]|,(?!\d)|\b(?:but|and|while|when|before)\b")


def is_bygone(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the tense of a number's own clause puts it into the past."""
    text, left = sentence.text, counted.quantity.left
    stop = min(sentence.end, counted.end + _RIGHT)
    if _BACK.search(text, counted.end, stop) or _NONE_LEFT.search(text, counted.end, stop):
        return True
    if _COMPARED.search(text, max(sentence.start, left - _NEAR), left) and _TIME.match(
        text, counted.end, sentence.end
    ):
        return True
    if sentence.heading:
        return False
    if _PLUPERFECT.match(text, counted.end) and not _is_told(sentence, left, grammar):
        return True
    near = max(sentence.start, left - _NEAR)
    had = _HAD.search(text, near, left) if sentence.has(_OF_HAVING) else None
    if had is None or _is_told(sentence, had.start(), grammar):
        return False
    end = _END.search(text, counted.end, stop)
    return _STILL.search(text, counted.end, end.start() if end else stop) is None


def had_been(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "three years earlier there had been about 50,000", told by nobody."""
    left = counted.quantity.left
    had = _THERE_HAD.search(sentence.text, max(sentence.start, left - _NEAR), left)
    return had is not None and not _is_told(sentence, had.start(), grammar)


def goes_on(text: str, start: int, end: int) -> bool:
    """Say whether a stretch goes on telling what is over: a past tense, and nothing of today."""
    return _PAST.search(text, start, end) is not None and _NOW.search(text, start, end) is None


def is_of_then(text: str, start: int, end: int) -> bool:
    """Say whether a stretch has any past tense and nothing of today, where a year long ago is told of."""
    return _ANY_PAST.search(text, start, end) is not None and _NOW.search(text, start, end) is None


def _is_told(sentence: Sentence, position: int, grammar: Grammar) -> bool:
    """Say whether somebody is reported to say what stands at a position, before it or behind."""
    if grammar.search("attribution.verbs", sentence.text, sentence.start, position):
        return True
    told = grammar.last("attribution.verbs", sentence.text, position, sentence.end)
    return told is not None and _TOLD.search(sentence.text, position, told.start()) is not None
