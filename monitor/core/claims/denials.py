# SPDX-License-Identifier: Apache-2.0
"""What a text says is not so: "denied that N", "N are not there", "no N", "has not sent N".

What it is not: any other status (`status`). Rules of this file: a denial of a report is told apart from
a denial elsewhere in the sentence by what stands between it and the number; "have not yet arrived" is
a plan, "did not arrive until May" is none of both.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import CLAUSE_END

_PREDICATE_REACH = 70
_NOT_REACH = 36
# "not 8,000", "there are not already 11,000", "there aren't the 5,000 that …"; "not even" says fewer.
_NOT = re.compile(
    r"(?:\b(?:none|not\s+one|neither)\s+of\s+(?:the|its|his|their|these|those)\s+|\bat\s+no\s+(?:point|time)\s+"
    r"(?:were|was|did|had|have)\s+(?:\w+\s+)?|(?:\b(?:not|never|no)|n't)\s+(?:(?:already|now|currently|really|actually|in\s+fact|the|any)\s+){0,2})$",
    re.IGNORECASE,
)
# "would neither confirm nor deny that", "did not deny": no denial.
_NEITHER = re.compile(
    r"(?:\bnot|n't|\bnor|\bor|\bnever|\bcannot|\bwithout)\s+(?:to\s+)?(?:den(?:y|ied|ying)|rule\s+out|reject(?:ed)?|"
    r"dispute[sd]?|exclude[sd]?)\b",
    re.IGNORECASE,
)
_DENIED_THAT = re.compile(
    r"\b(?:denie[sd]|deny)\s+(?:(?:on|late|early|again)\s+)?(?:[A-Z]\w+\s+)?that\b"
)
# Where what is denied ends: for "denied that …" at another clause, for "has not sent …" at a comma.
_OTHER_CLAUSE = re.compile(r"[;]|,?\sbut\b|,\s(?:where|which|who|while|though|although|whose)\b")
_OTHER_PHRASE = re.compile(r"[;:\"]|,\s|\b(?:but|while|which|who|because|since|although|after)\b")
_ADVERBS = re.compile(
    r"(?:\s+(?:already|now|currently|actually|really|yet|ever|even|in\s+fact|physically|presently|at\s+present|"
    r"being|been|all|any\s+longer|so\s+far)\b)*\s+"
)
_YET = re.compile(r"\byet\b", re.IGNORECASE)
# "did not arrive until November": they did.
_AFTER_ALL = re.compile(r"[^,.;]{0,24}\b(?:until|till|before)\b", re.IGNORECASE)
# "have not entered combat": they are there.
_COMBAT = re.compile(
    r"\s+(?:in(?:to)?\s+|the\s+|to\s+|a\s+|any\s+)*(?:combat|battle|fight(?:ing)?|action|war|fray|contact|interest|"
    r"danger|doubt|question|short\s+supply|charge|good|bad)\b",
    re.IGNORECASE,
)


def is_denied(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the text denies the number, before or after it."""
    text, left = sentence.text, counted.quantity.left
    if _NEITHER.search(text, sentence.start, left):
        return False
    denial = grammar.search("status.denials", text, sentence.start, left)
    return bool(
        _is_factive(sentence, left, grammar)
        or (denial and _is_report_denied(sentence, denial.end(), left, grammar))
        or _DENIED_THAT.search(text, sentence.start, left)
        or _NOT.search(text, max(sentence.start, left - _NOT_REACH), left)
        or _denied_after(sentence, counted, grammar)
    )


def is_awaited(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "3,000 soldiers have not yet arrived": they are to come."""
    found = _absent(sentence, counted, grammar)
    return found is not None and _YET.search(found) is not None


def _is_factive(sentence: Sentence, left: int, grammar: Grammar) -> bool:
    """Read "no evidence that N" and "has not sent N", unless another clause lies between."""
    text = sentence.text
    for match in grammar.patterns["status.denied"].finditer(text, sentence.start, left):
        loose = match[0].lower().endswith((" that", " of", " no"))
        gap = (_OTHER_CLAUSE if loose else _OTHER_PHRASE).search(text, match.end(), left)
        if gap is None and not _is_told_apart(sentence, match.end(), left, grammar):
            return True
    return False


def _is_report_denied(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether a denied report is of this number: "rejecting a report of 8,000, said 6,000" is not."""
    noun = grammar.search("status.denied_nouns", sentence.text, start, left)
    return noun is not None and not _is_told_apart(sentence, noun.end(), left, grammar)


def _is_told_apart(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether another number and a comma or a verb of saying stand between."""
    return any(
        start <= other.start < other.end <= left
        and (
            "," in sentence.text[other.right : left]
            or grammar.search("attribution.verbs", sentence.text, other.right, left)
        )
        for other in sentence.quantities
    )


def _denied_after(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "50,000 soldiers did not arrive", whose subject the number is."""
    if counted.shape == "partitive":
        return False
    match = grammar.search("status.denied_after", *predicate(sentence, counted))
    if match is not None:
        return not _AFTER_ALL.match(sentence.text, match.end())
    found = _absent(sentence, counted, grammar)
    return found is not None and _YET.search(found) is None


def _absent(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return the words that say that the counted are not there: "are not now in"."""
    text, start, stop = predicate(sentence, counted)
    for negation in grammar.patterns["status.negations"].finditer(text, start, stop):
        adverbs = _ADVERBS.match(text, negation.end())
        if adverbs is None:
            continue
        there = grammar.patterns["status.being_there"].match(text, adverbs.end())
        if there is None or _COMBAT.match(text, there.end()) or _AFTER_ALL.match(text, there.end()):
            continue
        return text[negation.start() : there.end()]
    return None


def predicate(sentence: Sentence, counted: Counted) -> tuple[str, int, int]:
    """Return the stretch in which the verb can stand whose subject the number is."""
    stop = min(sentence.end, counted.end + _PREDICATE_REACH)
    hard = CLAUSE_END.search(sentence.text, counted.end, stop)
    return sentence.text, counted.end, hard.start() if hard else stop
