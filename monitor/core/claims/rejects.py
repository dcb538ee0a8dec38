# SPDX-License-Identifier: Apache-2.0
"""Why a number is not an estimate: dates, codes, money, casualties, crowds, too small.

What it is not: a filter on words anywhere in the sentence; every test looks at the number's own
clause. Rules of this file: each rejection has a named reason; a denominator survives ("casualties
among the 12,000", "of the 11,000 deployed, 4,000 were killed").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.heads import Counted, follows_link
from monitor.core.claims.numerals import Quantity

_HARD = re.compile(r"[;:\n]|,(?!\d)| - |\"|\(")
_REACH = 140
WEAK_BELOW = 0.6
_NEEDS_BOTH = 0.3


_DESIGNATION = re.compile(r"[A-Za-z]-$")
_MONEY = re.compile(r"[$€£₴]\s?$|\b(?:USD|EUR|US\$)\s?$")
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b)")
_CLOCK_AFTER = re.compile(r":\d\d|\s?[ap]\.?m\b")
_CLOCK_BEFORE = re.compile(r"\d:$")
_SHARE_AFTER = re.compile(r"\s+(?:in|out of)\s+(?:\d+|three|four|five|ten)\b(?!\s*[,.]?\d)")
_SHARE_BEFORE = re.compile(r"\b(?:\d+|one|two|three|four)\s+(?:in|out of)\s+$")
_DAY_BEFORE = re.compile(r"\d{1,2},?\s$|[/-]$")
_MEASURE_AFTER = re.compile(
    r"-(?:year|day|month|week|hour|page|km|mile|metre|meter|minute|point|member)"
)


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """What stands right before and after a number."""

    quantity: Quantity
    before: str
    after: str
    months: Mapping[str, int]

    @property
    def word(self) -> str:
        """Return the word before, in lower case."""
        return self.before.rstrip(" .").rsplit(None, 1)[-1].lower() if self.before.strip() else ""

    @property
    def next_word(self) -> str:
        """Return the word after, in lower case."""
        following = self.after.replace(",", " ").split()
        return following[0].strip(".,").lower() if following else ""

    @property
    def is_plain(self) -> bool:
        """Say whether it is a bare number of at most four digits."""
        found = self.quantity
        return found.shape == "digits" and found.end - found.start <= 4 and found.low == found.high


def early(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> str | None:
    """Return why the number cannot count anything, judged by its nearest neighbours."""
    text, start, end = sentence.text, quantity.start, quantity.end
    near = _Neighbours(
        quantity=quantity,
        before=text[max(sentence.start, start - 24) : start],
        after=text[end : end + 24],
        months=grammar.language.months,
    )
    return next((reason for reason, holds in _EARLY.items() if holds(near, grammar)), None)


def _is_designation(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return near.quantity.shape == "digits" and bool(_DESIGNATION.search(near.before))


def _is_money(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return bool(_MONEY.search(near.before))


def _is_percentage(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return bool(_PERCENT.match(near.after))


def _is_time(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return bool(_CLOCK_AFTER.match(near.after) or _CLOCK_BEFORE.search(near.before))


def _is_fraction(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return near.quantity.high <= 100 and bool(
        _SHARE_AFTER.match(near.after) or _SHARE_BEFORE.search(near.before)
    )


def _is_date(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    beside = near.word.strip(".,(") in near.months or near.next_word in near.months
    return near.is_plain and near.quantity.low <= 31 and beside


def _is_year(near: _Neighbours, grammar: Grammar) -> bool:
    found = near.quantity
    if not (near.is_plain and 1900 <= found.low <= 2100 and found.end - found.start == 4):
        return False
    return (
        near.word.strip(".,") in near.months
        or near.word in grammar.sets["rejects.year_before"]
        or not near.next_word
        or bool(_DAY_BEFORE.search(near.before))
    )


def _is_code(near: _Neighbours, grammar: Grammar) -> bool:
    return near.word.strip(".") in grammar.sets["rejects.counted_codes"]


def _is_measure(near: _Neighbours, grammar: Grammar) -> bool:
    _ = grammar
    return bool(_MEASURE_AFTER.match(near.after))


_EARLY: Mapping[str, Callable[[_Neighbours, Grammar], bool]] = {
    "designation": _is_designation,
    "money": _is_money,
    "percentage": _is_percentage,
    "time": _is_time,
    "fraction": _is_fraction,
    "date": _is_date,
    "year": _is_year,
    "code": _is_code,
    "measure": _is_measure,
}


def reject(
    sentence: Sentence, counted: Counted, grammar: Grammar, *, has_force: bool, is_part: bool
) -> str | None:
    """Return why a counted number is no estimate of a force, or None."""
    quantity = counted.quantity
    if quantity.fraction:
        return "fraction"
    if not _is_denominator(sentence, counted, grammar):
        casualty = _casualty(sentence, counted, grammar)
        if casualty is not None:
            return casualty
    if _is_crowd(sentence, counted, grammar):
        return "other-crowd"
    if _is_too_weak(sentence, counted, grammar, has_force=has_force):
        return "weak-noun"
    if quantity.high < grammar.measure.floor and not is_part:
        return "below-floor"
    return None


def _is_too_weak(
    sentence: Sentence, counted: Counted, grammar: Grammar, *, has_force: bool
) -> bool:
    """Say whether the noun needs a force or a military context that it has not; citizens need both."""
    if counted.weight >= WEAK_BELOW:
        return False
    military = _is_military(sentence, counted, grammar)
    return not (has_force and military if counted.weight <= _NEEDS_BOTH else has_force or military)


def _is_denominator(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    text, left = sentence.text, counted.quantity.left
    if counted.shape == "partitive":
        return False
    found = grammar.ends("rejects.denominators", text, max(sentence.start, left - 32), left)
    if found is None:
        return False
    if found[0].lower().startswith(("among", "out of")):
        return True
    before = text[max(sentence.start, found.start() - 24) : found.start()].rstrip()
    noun = WORD.findall(before)[-1:] if before else []
    return not noun or noun[0].lower() not in grammar.sets["rejects.casualty_before"]


def _casualty(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    text, quantity = sentence.text, counted.quantity
    if grammar.search("rejects.exchange", text, sentence.start, sentence.end):
        return "exchange"
    left = clause_start(sentence, quantity.left, grammar)
    if follows_link(sentence, quantity, grammar):
        left = _punctuated_start(sentence, quantity.left)
    if counted.subject_start is not None:
        left = max(sentence.start, min(left, counted.subject_start - 24))
    if grammar.search("rejects.casualty_before", text, left, quantity.left):
        return "casualty"
    right = min(sentence.end, counted.end + _REACH)
    for other in sentence.quantities:
        if other.left >= counted.end:
            right = min(right, other.left)
            break
    hard = _HARD.search(text, counted.end, right)
    right = hard.start() if hard else right
    for match in grammar.patterns["rejects.casualty"].finditer(text, counted.end, right):
        if _is_fate(match, sentence, counted, grammar):
            return "casualty"
    return None


def _is_fate(match: re.Match[str], sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the verb befell the counted: not "captured the town", not "ready to die"."""
    text = sentence.text
    following = WORD.match(text, match.end() + 1, sentence.end)
    after = following[0].lower() if following is not None else ""
    before = text[max(0, match.start() - 8) : match.start()]
    if after in grammar.sets["rejects.active_objects"] or before.endswith(" to "):
        return False
    if match[0].lower() in grammar.sets["rejects.both_ways"] and not grammar.ends(
        "rejects.passive", text, max(counted.end, match.start() - 8), match.start()
    ):
        return False
    return grammar.search("rejects.separators", text, counted.end, match.start()) is None


def clause_start(sentence: Sentence, position: int, grammar: Grammar) -> int:
    """Return where the clause that holds `position` begins, as far as punctuation tells."""
    text = sentence.text
    start = _punctuated_start(sentence, position)
    for match in grammar.patterns["rejects.boundaries"].finditer(text, start, position):
        start = match.end()
    return start


def _punctuated_start(sentence: Sentence, position: int) -> int:
    start = max(sentence.start, position - _REACH)
    for match in _HARD.finditer(sentence.text, start, position):
        start = match.end()
    return start


def _is_crowd(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    text, quantity = sentence.text, counted.quantity
    if grammar.search("rejects.civilian", text, quantity.right, counted.end):
        return True
    families = grammar.patterns["rejects.families"].search(text, counted.end, counted.end + 24)
    if families and re.match(r"\s*(?:,|and)\s", text[counted.end : families.start()]):
        return True
    if counted.weight >= WEAK_BELOW:
        return False
    start = clause_start(sentence, quantity.left, grammar)
    return grammar.search("rejects.other_crowds", text, start, counted.end) is not None


def _is_military(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    key = "shapes.people_context" if counted.shape == "people" else "shapes.military_context"
    for match in grammar.patterns[key].finditer(sentence.text, sentence.start, sentence.end):
        if counted.head is None or match[0].lower() != counted.head.lower():
            return True
    return False
