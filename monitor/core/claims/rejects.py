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
from monitor.core.claims.harm import has_died, is_harmed
from monitor.core.claims.losses import is_present, is_seen, signs_of_harm
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
    r"(?P<designation>[A-Za-z]-)$|(?P<score>\d-)$|(?P<money>[$€£₴]\s?|\b(?:USD|EUR|US\$)\s?)$|(?P<time>\d:)$"
)
_BEFORE_SIGNS = frozenset("-$€£₴DR:")
_SHARE_AFTER = re.compile(r"\s+(?:in|out of)\s+(?:\d+|three|four|five|ten)\b(?!\s*[,.]?\d)")
_SHARE_BEFORE = re.compile(r"\b(?:\d+|one|two|three|four)\s+(?:in|out of)\s+$")
_DAY_BEFORE = re.compile(r"\d{1,2},?\s$|[/-]$")
# "all of the 28", and where a participle follows the counted at once: harm to the whole.
_OF_THEM = frozenset({"none", "all", "each", "every", "not", "any"})
_EVERY_OF = re.compile(
    r"\b(?:none|all|each|every\s+one|not\s+one|not\s+a\s+single\s+one|any)\s+of\s+the\s+$",
    re.IGNORECASE,
)
_NONE_OF = re.compile(
    r"\b(?:none|not\s+(?:a\s+single\s+)?one)\s+of\s+(?:the|its|his|their)\s+$", re.IGNORECASE
)
_HARMED_NEXT = re.compile(r"\s\w")
# "boys under 18 were serving"
# "More on the swap: 185 soldiers have come home", "received 185 servicemen in return".
_SWAPPED = re.compile(
    r"(?:\s+and\s+\d+\s+[a-z]+)?\s+(?:have|has|had|were|are|was|is)\s+(?:now\s+|all\s+)?(?:come\s+home|returned|back|freed|home|released|"
    r"been\s+(?:returned|freed|released|brought\s+home|handed\s+over))\b"
)
_IN_RETURN = re.compile(r"\s+(?:back\s+)?in\s+(?:return|exchange)\s*(?=[.,;\"]|$)")
# "has made good its losses and stands at 150,000": of whom is left.
_MADE_GOOD = re.compile(
    r"\b(?:made\s+good|makes\s+good|made\s+up\s+for|replaced|covers|covered)\s+(?:its|their|the|his)\s+$"
)
# Bodies of that name whose people are no soldiers, wherever the text names them.
_NO_ARMY = "Salvation Army"
_MOST_AGE, _OLDEST = 25, 70
# "most of them over fifty"
_OF_THEM_OVER = re.compile(
    r"\b(?:of\s+them|of\s+whom|men|all|mostly|mainly)\s+(?:well\s+)?(?:over|under|above|past)\s+$"
)
_AGE_BEFORE = re.compile(r"\b(?:under|over)\s+$", re.IGNORECASE)
_VERB_AFTER = re.compile(r"\s(?:were|are|was|is|have|had|who|and|in|at|from)\b")
_VOTED = re.compile(
    r"\b(?:approved|passed|backed|adopted|voted|rejected|defeated|ratified)\b[^.;,]*\bby\s+$"
)
_VOTES = re.compile(r" (?:votes?|in favou?r|against|abstentions?)\b(?! the enemy)")
_FOR_EVERY = re.compile(r"\b(?:for|to|per)\s+(?:every|each)\s+$", re.IGNORECASE)
_OFTEN = re.compile(
    r"\b(?:every|each|per|last|this|that|a)\s+(?:single\s+)?day,?\s+$", re.IGNORECASE
)
_ARE_NO = re.compile(r"\b(?:are|is|were|was|be|have|has|had|see|sent)\s+no\s+$", re.IGNORECASE)
_OF_ITS = re.compile(
    r"\b(?:\d[\d,.]*|half|third|quarter|most|many|some|all|both)\s+of\s+(?:(?:the|its|their|our|his|her|a|an)\s+)?"
    r"(?:[\w-]+(?:'s|s')\s+)?(?:(?:column|convoy|unit|force|garrison|detachment|contingent|company|battalion|group|patrol"
    r"|platoon|brigade|squad)\s+of\s+)?(?:(?:some|about|around|nearly|roughly)\s+)?$"
)
_LOSSES_IN = re.compile(
    r"\b(?:casualties|losses|desertions?|deaths|fatalities|dead|morale|discipline)\s+(?:in|within|across|of)\s+(?:the|its|their|a|our)\s+$",
    re.IGNORECASE,
)
_NEAR = 24
# "8,000 casualties out of a force of about 30,000"
_OUT_OF_A = re.compile(
    r"\b(?:out\s+of|among)\s+an?\s+(?:[a-z]+\s+)?(?:force|contingent|garrison|brigade|army|grouping|total|unit)\s+of\s+$"
)
# "Air Base 201", "Hill 233": what is named by a number.
_NUMBERED = frozenset(
    "Base Camp Hill Point Post Outpost Site Zone Area Route Gate Checkpoint Airfield Block Unit Flight Height Tower Division Brigade Battalion Regiment".split()  # noqa: SIM905
)
_YEARS_AFTER = frozenset({"in", "since", "until", "from", "during", "before", "after"})
_SHARES_BELOW, _LAST_DAY = 100, 31


def early(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> str | None:
    """Return why the number cannot count anything, judged by its nearest neighbours."""
    text, start, end = sentence.text, quantity.start, quantity.end
    before = text[max(sentence.start, start - _NEAR) : start]
    after = text[end : end + _NEAR]
    named = before.split()[-1:] if before.endswith(" ") and quantity.shape == "digits" else ()
    if not _NUMBERED.isdisjoint(named):
        return "designation"
    return _by_signs(quantity, before, after) or _by_words(quantity, before, after, grammar)


def _by_signs(quantity: Quantity, before: str, after: str) -> str | None:
    """Return designation ("T-72"), money, percentage, time, measure ("15-year"), fraction."""
    stripped = before.rstrip()
    sign = stripped[-1:]
    if sign in _BEFORE_SIGNS:
        found = _BEFORE.search(before)
        short = quantity.high < _SHARES_BELOW
        if found and not (
            (found.lastgroup == "designation" and quantity.shape != "digits")
            or (found.lastgroup == "score" and not short)
        ):
            return found.lastgroup
    if after[:1] in _AFTER_SIGNS:
        found = _AFTER.match(after)
        if found:
            return found.lastgroup
    # The expressions end in these words, and are asked of every number.
    every = stripped.lower().endswith(("every", "each")) and _FOR_EVERY.search(before)
    voted = stripped.endswith("by") and _VOTED.search(before)
    if every or voted or _VOTES.match(after):
        return "rate"
    if _is_age(quantity, before, after):
        return "age"
    if quantity.high <= _SHARES_BELOW and (
        _SHARE_AFTER.match(after) or _SHARE_BEFORE.search(before)
    ):
        return "fraction"
    return None


def _is_age(quantity: Quantity, before: str, after: str) -> bool:
    """Read "boys under 18 were serving", "most of them over fifty"."""
    if quantity.high <= _OLDEST and _OF_THEM_OVER.search(before):
        return not after[:1].strip(".,;")
    aged = quantity.high <= _MOST_AGE and _AGE_BEFORE.search(before) is not None
    return aged and (not after[:1].isspace() or _VERB_AFTER.match(after) is not None)


def _by_words(quantity: Quantity, before: str, after: str, grammar: Grammar) -> str | None:
    """Return date, year or code ("Article 51"), by the words beside the number."""
    words = before.rstrip(" .").rsplit(None, 1)
    word = words[-1].lower() if words else ""
    word_ = word.strip(".")
    if word_ in grammar.sets["rejects.counted_codes"]:
        counts = quantity.high >= _SHARES_BELOW and word_ in grammar.sets["shapes.counts"]
        often = quantity.high >= _SHARES_BELOW and _OFTEN.search(before)  # "every day 1,200"
        denied = word == "no" and _ARE_NO.search(before)
        if not (counts or often or denied):
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


# "915 soldiers, officers and reservists have fallen"
_LISTED_HARM = re.compile(
    r"(?:,\s+[a-z]+){0,3},?\s+and\s+[a-z]+\s+(?:have|had|has|were|was|are)?\s*(?:been\s+)?"
    r"(?:fallen|fell|killed|wounded|died|injured|captured|perished)\b"
)
# Fighters that are flown.
_FLYING = frozenset({"fighters", "fighter"})
_AIRCRAFT = re.compile(
    r"\b(?:Gripens?|Rafales?|Mirages?|Typhoons?|Eurofighters?|Tejas|Sukhois?|MiGs?|KAAN|[A-Z]{1,3}-\d{1,3}[A-Z]?s?|jets?|"
    r"stealth)\b"
)


def reject(  # noqa: PLR0913
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    *,
    has_force: bool,
    is_part: bool,
    in_talk: bool = False,
    beside: bool = False,
) -> str | None:
    """Return why a counted number is no estimate of a force, or None.

    `beside` says that the sentence has given a figure already.

    `in_talk` says that the sentences around speak of troops.
    """
    quantity = counted.quantity
    if quantity.fraction:
        return "fraction"
    if grammar.fates:
        return _fateless(sentence, counted, grammar)
    if not is_denominator(sentence, counted, grammar):
        casualty = _casualty(sentence, counted, grammar)
        if casualty is not None:
            return casualty
    checks = {
        "other-crowd": is_crowd(sentence, counted, grammar),
        "fiction": _is_fiction(sentence, grammar)
        or (counted.weight < WEAK_BELOW and _NO_ARMY in sentence.text),
        "weak-noun": _is_too_weak(sentence, counted, grammar, has_force, in_talk),
        "incident": not (has_force or is_part or beside or is_seen(sentence, counted))
        and _is_incident(sentence, counted, grammar),
        "aircraft": (counted.head or "").lower() in _FLYING
        and _AIRCRAFT.search(sentence.text, quantity.left, min(sentence.end, counted.end + 10))
        is not None,
        "absurd": quantity.high > grammar.measure.ceiling,
        "below-floor": quantity.high < grammar.measure.floor and not is_part,
    }
    return next((reason for reason, holds in checks.items() if holds), None)


def _fateless(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return why a number is no figure of a measure that is defined by what befell the counted."""
    if is_denominator(sentence, counted, grammar):
        return "denominator"
    unit = counted.unit or unit_of(sentence, counted, grammar)
    at = counted.subject_start
    if unit is None or (at is not None and _MADE_GOOD.search(sentence.text, sentence.start, at)):
        return "no-fate"
    counted.unit = unit
    if _is_fiction(sentence, grammar):
        return "fiction"
    return "below-floor" if counted.quantity.high < grammar.measure.floor else None


def _is_fiction(sentence: Sentence, grammar: Grammar) -> bool:
    """Say whether a film, a game or a book is told of; war games are drills."""
    text = sentence.text
    found = grammar.patterns["rejects.fiction"].finditer(text, sentence.start, sentence.end)
    return any(not text[: match.start()].lower().endswith(("war ", "war-")) for match in found)


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
    if is_denominator(sentence, counted, grammar):
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


def is_denominator(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is the whole of which a part is told: "among the 12,000"."""
    text, left = sentence.text, counted.quantity.left
    if counted.shape == "partitive" or _is_whole_harmed(sentence, counted, grammar):
        return False
    if text.endswith(" of ", 0, left) and any(
        other.right + 4 == left for other in sentence.quantities
    ):
        return True  # "4,000 of 11,000 men"
    near = max(sentence.start, left - 64)
    # "casualties in the 14,000-strong contingent"
    body = counted.shape == "collective" and _LOSSES_IN.search(text, near, left) is not None
    body = body or _OUT_OF_A.search(text, near, left) is not None
    found = grammar.ends("rejects.denominators", text, max(sentence.start, left - 32), left)
    if found is None or body:
        return body or (
            text.find("of", near, left) >= 0 and _OF_ITS.search(text, near, left) is not None
        )
    if found[0].lower().startswith(("among", "out of")):
        return True
    if grammar.ends("rejects.kin", text, max(sentence.start, found.start() - 24), found.start()):
        return False  # "the families of the 23"
    before = text[max(sentence.start, found.start() - 24) : found.start()].rstrip()
    noun = WORD.findall(before)[-1:] if before else []
    return not noun or noun[0].lower() not in grammar.sets["rejects.casualty_before"]


def _is_whole_harmed(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "none of the 28 on board was found", "22 of the 34 soldiers seized in the raid"."""
    text, left = sentence.text, counted.quantity.left
    if has_died(sentence, counted):
        return True  # "two soldiers of the 48 who have died there"
    if _HARMED_NEXT.match(text, counted.end) and grammar.patterns["rejects.harmed"].match(
        text, counted.end + 1
    ):
        return True
    floor = max(sentence.start, left - 40)
    if not (sentence.has(_OF_THEM) and _EVERY_OF.search(text, floor, left)):
        return False
    # "none of its 1,200 soldiers was hurt": they are there.
    unhurt = _NONE_OF.search(text, floor, left)
    return not (unhurt and grammar.search("rejects.hurt", text, counted.end, sentence.end))


def _casualty(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    if grammar.search("rejects.exchange", sentence.text, sentence.start, sentence.end) and (
        _SWAPPED.match(sentence.text, counted.end)
        or not is_present(sentence, counted, grammar, signs_of_harm(sentence, grammar))
    ):
        return "exchange"
    if _IN_RETURN.match(sentence.text, counted.end):
        return "exchange"
    if is_harmed(sentence, counted, grammar) or _LISTED_HARM.match(sentence.text, counted.end):
        return "casualty"
    after, before = (
        grammar.patterns[key] for key in ("rejects.casualty", "rejects.casualty_before")
    )
    return "casualty" if befell(sentence, counted, grammar, after, before) else None
