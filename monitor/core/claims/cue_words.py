# SPDX-License-Identifier: Apache-2.0
"""What the words of a number's own clause say of it: a plan, a supposition, a past, a presence.

What it is not: frames around the clause (`frames`, `supposed`, `over`), or the order in which all are asked
(`status`). Rules of this file: the verb that the number is the subject of comes before the verb it is the object of;
a hedge ("could be closer to") is present.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import NOTHING_HANGS, clause_end
from monitor.core.claims.wordlists import WordList
from monitor.core.model import Status

_LEFT_REACH = 110
# An apposition between the number and its verb: "…, each numbering 2,000 men, are expected".
_BEHIND = re.compile(
    r"(?:,\s+(?:including|among them|some|most|many|(?:\d[\d,]*|half|two|three|four)\s+of\s+(?:them|whom)|\d[\d,]*\s+from)[^,;.]{1,80}(?:,[^,;.]{1,40})?)?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could|might)\b)",
    re.IGNORECASE,
)
# "UN soldiers and police will have to go home": two nouns with one verb.
_PAIRED = re.compile(
    r"\s+(?:and|or)\s+(?:[\w-]+\s+){1,3}?(?=(?:will|would|are|were|is|was|have|has|had|may|could|might|must|should)\b)"
)
_PAIRED_NOUN = re.compile(
    r"(?<=s)\s+and\s+(?:[a-z]+s|police|men|personnel)\b(?:\s+(?:now|currently)\s+(?:in\s+the\s+field|deployed|serving|there))?"
)
_NOW_THERE = re.compile(
    r"(?:\s+[a-z]+)?(?:\s+and\s+[a-z]+)?\s+(?:(?:now|currently|still|already|presently|who\s+are|that\s+are)\s+)+(?:[a-z-]+\s+){0,2}?"
    r"(?:in|at|on|there|abroad|deployed|stationed|based)\b[^,;.]{0,40}?(?=\s(?:will|would|could|may|might|are|is|were|have|had|has)\b)"
)
# The month of May promises nothing.
_MAY = re.compile(
    r"\b(?:[Ii]n|[Oo]n|[Ss]ince|[Bb]y|[Uu]ntil|of|late|early|mid|[Ll]ast|from|[Dd]uring|\d\d?)[ -]May\b|\bMay\s+\d"
)
_WILL_HAVE = re.compile(r"\bwill\s+(?:soon\s+)?have\b", re.IGNORECASE)
# "if we get the mandate, we would send N": what comes with a condition is supposed, not planned.
_CONDITION = re.compile(r"\b(?:need\w*|if|unless|provided\s+that|in\s+case)\b", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|unless)\b", re.IGNORECASE)
_IF_AT_ALL = re.compile(r"\bif" + NOTHING_HANGS, re.IGNORECASE)
_IF_SO = re.compile(r",\s+(?:we|they|it|there|he|she|i|[\w-]+)\s+(?:are|is|have|has|'re)\b")
_PARTICIPLE = re.compile(r"\s+(?:be\s+)?(?:[a-z]+ed|sent|cut|put|brought)\b")
# ", we are told, will be": between a number and its verb.
_ASIDE_SAID = re.compile(
    r"(?:\s+(?:of\s+)?(?:them|those|these|soldiers|troops|men))?,\s+(?:we|he|she|they|it|officials|sources|analysts|diplomats)\s+[^,;:\".]{2,30},(?=\s)"
)
_CLAUSE_START = re.compile(
    r"[;:]|\bthat\b(?!\s+to\b)|,\s+(?:but|while|where|which|who)\b|,\s+(?=(?:it|they|he|she|we|i)\s+(?:has|have|now)\b)"
    r"|,\s+(?=now\s+[a-z]+s?\b)|,\s+(?=(?:though|although|joining|including)\b)|,?\s+and\s+(?=(?:so\s+far|now|got|received)\b)|,\s+and\s+(?=an?\s+(?:[A-Za-z-]+\s+){0,4}(?i:force|mission|brigade|contingent|army|unit|battlegroup|garrison|corps)\b)|\s+and\s+(?=(?:has|have)\s+(?:only\s+|just\s+|about\s+)?$)"
    r"|\bbut\s+(?=(?:only\s+|now\s+|so\s+far\s+)?(?:has|have|is|are|found|got)\b)"
)
# "which once numbered 5,100, has been cut to": where the main clause goes on.
_RELATIVE_END = re.compile(r",\s+(?=(?:has|have|had|is|are|was|were|will|would|may|could)\b)")


@dataclass(frozen=True, slots=True)
class StatusFound:
    """A status and the rule that set it."""

    status: Status
    rule: str


def cued(left: str, right: str, grammar: Grammar) -> StatusFound:
    """Return the status that the words before and behind a number give it."""
    patterns = grammar.patterns
    right = patterns["status.not_future_after"].sub(" ", right)
    left = patterns["status.not_future"].sub(" ", _without_may(left))
    right = patterns["status.not_future"].sub(" ", _without_may(right))
    left, right = (
        _WILL_HAVE.sub("will", side) if "have" in side.lower() else side for side in (left, right)
    )
    left, right = (_IF_AT_ALL.sub(" ", side) if "f " in side else side for side in (left, right))
    past = _last(patterns["status.past"], left)
    if past >= 0 and _last(patterns["status.present"], left) < past:
        return StatusFound(Status.PAST, "past")
    # The verb that the number is the subject of comes first; else the verb it is the object of.
    found = by_verb("right", right, grammar)
    if found is not None and found.status is Status.PLANNED and _IF.search(left):
        return StatusFound(Status.HYPOTHETICAL, "condition")
    return found or by_verb("left", left, grammar) or StatusFound(Status.PRESENT, "default")


def _without_may(stretch: str) -> str:
    return _MAY.sub(" ", stretch) if "May" in stretch else stretch


def by_verb(where: str, stretch: str, grammar: Grammar) -> StatusFound | None:
    """Return the status that the words on one side of the number give it."""
    patterns = grammar.patterns
    hedge = patterns["status.hedged_present"].search(stretch)
    if hedge and (
        (hedge[0].lower().endswith(" be") and _PARTICIPLE.match(stretch, hedge.end()))
        or stretch.startswith(" to ", hedge.end())
    ):
        hedge = None  # "could be expanded to N", "would have to be N" are no hedges
    if hedge:
        return StatusFound(Status.PRESENT, f"hedge-{where}")
    held = _last(patterns["status.present"], stretch)
    planned = _last(patterns["status.planned"], stretch)
    supposed = _last(patterns["status.hypothetical"], stretch)
    if supposed >= 0 and _IF.match(stretch, supposed) and _IF_SO.search(stretch, supposed):
        supposed = -1  # "if you count the reservists, we are a million"
    if max(held, planned, supposed) < 0:
        return None
    if held >= 0 and (where == "right" or held > max(planned, supposed)):
        return StatusFound(Status.PRESENT, f"present-{where}")
    if supposed >= planned or (supposed >= 0 and _CONDITION.search(stretch)):
        return StatusFound(Status.HYPOTHETICAL, f"hypothetical-{where}")
    return StatusFound(Status.PLANNED, f"planned-{where}")


def _last(pattern: WordList, stretch: str) -> int:
    found = -1
    for match in pattern.finditer(stretch):
        found = match.start()
    return found


def left_of(sentence: Sentence, counted: Counted, said_until: int) -> str:
    """Return the stretch of the number's clause before it, behind what says who said it."""
    text, left = sentence.text, counted.quantity.left
    start = max(sentence.start, left - _LEFT_REACH, said_until if said_until <= left else 0)
    for match in _CLAUSE_START.finditer(text, start, left):
        start = match.end()
        closed = _RELATIVE_END.search(text, start, left) if match[0].startswith(",") else None
        start = closed.end() if closed else start
    return text[start:left]


def right_of(sentence: Sentence, counted: Counted) -> str:
    """Return the stretch in which the number's own verb can stand."""
    text, start = sentence.text, counted.predicate or counted.end
    behind = _BEHIND.match(text, start, sentence.end)
    start = behind.end() if behind else start
    paired = _PAIRED.match(text, start, sentence.end)
    start = paired.end() if paired else start
    said = _ASIDE_SAID.match(text, start, sentence.end)
    start = said.end() if said else start
    stop = sentence.end
    for other in sentence.quantities:
        if other.left >= start:
            stop = min(stop, other.left)
            break
    stretch = text[start : clause_end(sentence, start, stop)]
    # A verb far behind a relative phrase belongs to somebody else.
    return stretch[:90]


def behind_whole(sentence: Sentence, start: int) -> str:
    """Return the verb of "4,500 of the 28,500 troops there could be moved": it is the part's."""
    paired = _PAIRED_NOUN.search(sentence.text, start, min(sentence.end, start + 40))
    begin = paired.end() if paired else start
    if paired is None:
        # "of the 50,000 soldiers now in the field would go home": what they do now is said of the whole
        now = _NOW_THERE.match(sentence.text, start, sentence.end)
        start = begin = now.end() if now else start
    return sentence.text[start : clause_end(sentence, begin, sentence.end)][:90]
