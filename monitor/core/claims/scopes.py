# SPDX-License-Identifier: Apache-2.0
"""Where the clause of a number begins, as far as punctuation and a few words tell.

What it is not: a parser. Rules of this file: a scope never reaches further than `REACH` characters.
"""

from __future__ import annotations

import re

from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.model import Status

HARD = re.compile(r"[;:\n]|,(?!\d)| - |\"|\(")
# Where the clause of a number's own verb ends.
CLAUSE_END = re.compile(
    r"[;:\"\n]|,(?!\d)|\b(?:and|but|while|who|which|that|as|after|before|(?<!is )(?<!are )(?<!was )(?<!meant )(?<!due )(?<!set )(?<!expected )to\s+replace)\b",
    re.IGNORECASE,
)
REACH = 140
# What follows an "if" on which nothing hangs: "if nothing changes", "if the ministry is to be believed".
NOTHING_HANGS = (
    r"\s+(?:nothing\s+changes|all\s+goes|need(?:ed)?\b|necessary|possible|"
    r"(?:it|he|they|she|that|this)\s+(?:is|are)\s+not\s+stopped|not\s+stopped|nobody\s+stops|nothing\s+is\s+done|"
    r"[^.,;:\"]{3,60}\s(?:is|are)\s+to\s+be\s+(?:believed|trusted)\b)"
)
# A status, and the rule that says so.
Frame = tuple[Status, str]
FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|may|might|could|can|should|must|shall|do|does|did|sent|sends|went|came|"
    r"left|moved|arrived|remains?|stays?|holds?|held|serves?|fights?|fought|took|takes?|goes|go|made|makes?|deploys?|numbers|numbered|counts|counted|comprises|keeps?|kept|totals|totalled|stands|stood|reaches|reached|claims|commands|\w+'(?:s|re|ve|ll))\b"
)
# How far a clause goes on behind a number, and what is a number of its own: no day, no year.
_FIGURE_REACH, _FIGURE, _FIRST, _LAST = 90, 100, 1900, 2100
# "against 95,000 a month ago": how it was then, and no rate.
AGO = re.compile(
    r"\s+(?:just\s+|only\s+)?(?:a|an|one|two|three|four|five|six|several|some|\d+)\s+"
    r"(?:few\s+)?(?:days?|weeks?|months?|years?)\s+(?:ago|earlier|before)\b",
    re.IGNORECASE,
)


def clause_start(sentence: Sentence, position: int, grammar: Grammar) -> int:
    """Return where the clause that holds `position` begins, as far as punctuation tells."""
    start = sentence.starts_found.get((position, True))
    if start is None:
        start = punctuated_start(sentence, position)
        boundaries = grammar.patterns["rejects.boundaries"]
        for match in boundaries.finditer(sentence.text, start, position):
            start = match.end()
        sentence.starts_found[position, True] = start
    return start


def punctuated_start(sentence: Sentence, position: int) -> int:
    """Return where the stretch between hard punctuation begins that holds `position`."""
    start = sentence.starts_found.get((position, False))
    if start is None:
        start = max(sentence.start, position - REACH)
        for match in HARD.finditer(sentence.text, start, position):
            start = match.end()
        sentence.starts_found[position, False] = start
    return start


def clause_end(sentence: Sentence, start: int, stop: int) -> int:
    """Return where the clause that goes on at `start` ends, `stop` at the latest."""
    end = sentence.ends_found.get((start, stop))
    if end is None:
        hard = CLAUSE_END.search(sentence.text, start, stop)
        end = sentence.ends_found[start, stop] = hard.start() if hard else stop
    return end


def figure_end(sentence: Sentence, start: int) -> int:
    """Return where the clause that goes on at `start` ends: at the next figure at the latest."""
    stop = min(sentence.end, start + _FIGURE_REACH)
    for other in sentence.quantities:
        if other.left >= start and other.high >= _FIGURE and not _FIRST <= other.low <= _LAST:
            stop = min(stop, other.left)
            break
    return clause_end(sentence, start, stop)
