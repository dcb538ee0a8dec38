# SPDX-License-Identifier: Apache-2.0
"""Where the clause of a number begins, as far as punctuation and a few words tell.

What it is not: a parser. Rules of this file: a scope never reaches further than `REACH` characters.
"""

from __future__ import annotations

import re

from monitor.core.claims.grammar import Grammar, Sentence

HARD = re.compile(r"[;:\n]|,(?!\d)| - |\"|\(")
# Where the clause of a number's own verb ends.
CLAUSE_END = re.compile(
    r"[;:\"\n]|,(?!\d)|\b(?:and|but|while|who|which|that|as|after|before|to\s+replace)\b",
    re.IGNORECASE,
)
REACH = 140
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
