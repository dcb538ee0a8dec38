# SPDX-License-Identifier: Apache-2.0
"""Why a number is not an estimate: dates, codes, money, casualties, crowds, too small.

What it is not: a filter on words anywhere in the sentence; every test looks at the number's own
clause. Rules of this file: each rejection has a named reason; a denominator survives ("casualties
among the 12,000", "of the 11,000 deployed, 4,000 were killed").
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.crowds import is_crowd, is_military
from monitor.core.claims.fates import befell, unit_of
from monitor.core.claims.grammar import LIGHT_UP_TO, WEAK_BELOW, WORD, Grammar, Sentence
from monitor.core.claims.harm import is_harmed
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.scopes import clause_start

# Fewer than so many, without a force, are an incident rather than an estimate.
_HANDFUL = 100
# Nouns as light as "workers" count only in the company of a heavier one.
_NEEDS_COMPANY = 0.1


# What may stand right after or right before a number that counts nothing, by reason.
_AFTER = re.compile(
    r"(?P<percentage>\s?(?:%|per\s?cent\b))|(?P<time>:\d\d|\s?[ap]\.?m\b)"
    r"|(?P<measure>-(?:year|day|month|week|hour|page|km|mile|metre|meter|minute|point|member))"
)
_AFTER_SIGNS = frozenset(" %:-pa")
_BEFORE = re.compile(
    r"(?P<designation>[A-Za-z]-)$|(?P<money>[$€£₴]\s?|\b(?:USD|EUR|US\$)\s?)$|(?P<time>\d:)$"
)
_BEFORE_SIGNS = frozenset("-$€£₴DR:")
_SHARE_AFTER = re.compile(r"\s+(?:in|out of)\s+(?:\d+|three|four|five|ten)\b(?!\s*[,.]?\d)")
_SHARE_BEFORE = re.compile(r"\b(?:\d+|one|two|three|four)\s+(?:in|out of)\s+$")
_DAY_BEFORE = re.compile(r"\d{1,2},?\s$|[/-]$")
_NEAR = 24
_YEARS_AFTER = frozenset({"in", "since", "until", "from", "during", "before", "after"})
_SHARES_BELOW, _LAST_DAY = 100, 31


def early(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> str | None:
    """Return why the number cannot count anything, judged by its nearest neighbours."""
    text, start, end = sentence.text, quantity.start, quantity.end
    before = text[max(sentence.start, start - _NEAR) : start]
    after = text[end : end + _NEAR]
    return _by_signs(quantity, before, after) or _by_words(quantity, before, after, grammar)


def _by_signs(quantity: Quantity, before: str, after: str) -> str | None:
    """Return designation ("T-72"), money, percentage, time, measure ("15-year"), fraction."""
    sign = before.rstrip()[-1:]
    if sign in _BEFORE_SIGNS:
        found = _BEFORE.search(before)
        if found and not (found.lastgroup == "designation" and quantity.shape != "digits"):
            return found.lastgroup
    if after[:1] in _AFTER_SIGNS:
        found = _AFTER.match(after)
        if found:
            return found.lastgroup
    if quantity.high <= _SHARES_BELOW and (
        _SHARE_AFTER.match(after) or _SHARE_BEFORE.search(before)
    ):
        return "fraction"
    return None


def _by_words(quantity: Quantity, before: str, after: str, grammar: Grammar) -> str | None:
    """Return date, year or code ("Article 51"), by the words beside the number."""
    words = before.rstrip(" .").rsplit(None, 1)
    word = words[-1].lower() if words else ""
    word_ = word.strip(".")
    counts = quantity.high >= _SHARES_BELOW and word_ in grammar.sets["shapes.counts"]
    if word_ in grammar.sets["rejects.counted_codes"] and not counts:
        return "code"
    size = quantity.end - quantity.start
    if quantity.shape != "digits" or size > 4 or quantity.low != quantity.high:
        return None
    months = grammar.language.months
    following = after.replace(",", " ").split(None, 1)
    next_word = following[0].strip(".,").lower() if following else ""
    if quantity.low <= _LAST_DAY and (word.strip(".,(") in months or next_word in months):
        return "date"
    if size == 4 and 1500 <= quantity.low < 1900 and word in _YEARS_AFTER:
        return "year"
    if not (size == 4 and 1900 <= quantity.low <= 2100):
        return None
    is_year = (
        word.strip(".,") in months
        or word in grammar.sets["rejects.year_before"]
        or not next_word
        or _DAY_BEFORE.search(before) is not None
    )
    return "year" if is_year else None


def reject(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    *,
    has_force: bool,
    is_part: bool,
    in_talk: bool = False,
) -> str | None:
    """Return why a counted number is no estimate of a force, or None.

    `in_talk` says that the sentences around speak of troops.
    """
    quantity = counted.quantity
    if quantity.fraction:
        return "fraction"
    if grammar.fates:
        return _fateless(sentence, counted, grammar)
    if not _is_denominator(sentence, counted, grammar):
        casualty = _casualty(sentence, counted, grammar)
        if casualty is not None:
            return casualty
    checks = {
        "other-crowd": is_crowd(sentence, counted, grammar),
        "fiction": grammar.search("rejects.fiction", sentence.text, sentence.start, sentence.end),
        "weak-noun": _is_too_weak(sentence, counted, grammar, has_force, in_talk),
        "incident": not (has_force or is_part) and _is_incident(sentence, counted, grammar),
        "absurd": quantity.high > grammar.measure.ceiling,
        "below-floor": quantity.high < grammar.measure.floor and not is_part,
    }
    return next((reason for reason, holds in checks.items() if holds), None)


def _fateless(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return why a number is no figure of a measure that is defined by what befell the counted."""
    if _is_denominator(sentence, counted, grammar):
        return "denominator"
    unit = counted.unit or unit_of(sentence, counted, grammar)
    if unit is None:
        return "no-fate"
    counted.unit = unit
    if grammar.search("rejects.fiction", sentence.text, sentence.start, sentence.end):
        return "fiction"
    return "below-floor" if counted.quantity.high < grammar.measure.floor else None


def _is_incident(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a handful of nobody's soldiers are told of who neither go nor stay anywhere."""
    text, quantity = sentence.text, counted.quantity
    if quantity.high >= _HANDFUL or counted.shape != "direct":
        return False
    start = clause_start(sentence, quantity.left, grammar)
    # "The Ukrainian contingent in Kosovo, 40 soldiers, was recalled": the strength of a body.
    aside = text.startswith(", ", quantity.left - 2) and text.startswith(",", counted.end)
    if aside and grammar.search("shapes.collectives", text, sentence.start, quantity.left):
        return False
    if _is_denominator(sentence, counted, grammar):
        return False
    return grammar.search("rejects.presence", text, start, sentence.end) is None


def _is_too_weak(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    has_force: bool,  # noqa: FBT001
    in_talk: bool,  # noqa: FBT001
) -> bool:
    """Say whether the noun needs a force or a military context that it has not; citizens need both."""
    if counted.weight >= WEAK_BELOW:
        return False
    if counted.weight < _NEEDS_COMPANY:
        return True
    start = clause_start(sentence, counted.quantity.left, grammar)
    if grammar.search("shapes.service", sentence.text, start, min(sentence.end, counted.end + 60)):
        return False
    military = in_talk or is_military(sentence, counted, grammar)
    return not (has_force and military if counted.weight <= LIGHT_UP_TO else has_force or military)


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
    if grammar.search("rejects.exchange", sentence.text, sentence.start, sentence.end):
        return "exchange"
    if is_harmed(sentence, counted, grammar):
        return "casualty"
    after, before = (
        grammar.patterns[key] for key in ("rejects.casualty", "rejects.casualty_before")
    )
    return "casualty" if befell(sentence, counted, grammar, after, before) else None
