# SPDX-License-Identifier: Apache-2.0
"""Numbers without a noun that go on from a figure: "We had 2,500 in Iraq", "The other 400 fly on Monday".

What it is not: the bare numbers that a word beside them gives away (`ellipsis`). Rules of this file: the
caller has checked that the number counted last, before this one, counts what the measure is about;
here only the number's own phrase is looked at, which must end with it.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.ellipsis import of_others
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity, is_year
from monitor.core.knowledge import NameKind

# Smaller numbers are days, ages and scores, unless a verb of having leads to them or a sentence is them.
_LEAST, _LEAST_HAD, _LEAST_ANSWER = 100, 20, 10
_REACH, _MOST_BETWEEN = 60, 3
_GETTING = frozenset(
    "got get gets receive receives received given gave gives brought landed made sent are "  # noqa: SIM905
    "were".split()
)
_GOT = re.compile(
    r"\b(?:got|gets?|received?|given|gave|gives|brought|landed|made|sent|there\s+(?:are|were)|we\s+(?:are|were))\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_ACTING = frozenset({NameKind.ACTOR, NameKind.PEOPLE})
_HAS_N = re.compile(
    r"(?:\b(?P<who>we|they|i)\s*)?(?:(?:still|now|only|already|once|also)\s+)?"
    r"(?P<verb>\b(?:have|has|had|keeps?|kept|sent|put)|'ve|'d)(?:\s+(?:got|still|only|now))*\s+$",
    re.IGNORECASE,
)
_THEY_ARE = re.compile(r"\b(?:they|we)\s+(?:are|were)\s+(?:\w+\s+)?$", re.IGNORECASE)
_IN = re.compile(
    r"\s+(?:(?:more|left|still|now)\s+)?(?:in|at|on|near|along|around|outside)\s+(?:the\s+)?"
)
# Signs that may stand behind a number that ends its phrase.
_SIGNS = frozenset(',.;:?!")-')
_UNIT = re.compile(r"-(?!\s)")
# What leads to numbers that are rates, ages, times or limits rather than people.
_OF_OTHER = frozenset(
    "age aged chapter number no every factor one rate dated circa page times minus degrees "  # noqa: SIM905
    "rank ranked version per".split()
)
_OTHER = re.compile(
    r"\b(?:aged?|under\s+the\s+age\s+of|from\s+the\s+age\s+of|chapter|number|no|nearly\s+every|by\s+a\s+factor\s+of"
    r"|one\s+in|at\s+a\s+rate\s+of|dated|circa|page|times|minus|degrees|rank(?:ed)?|version|per|times)\s+$",
    re.IGNORECASE,
)
# What follows a verb rather than a noun, and plurals that look like one.
_GOES_ON = re.compile(
    r"\s+(?:the|a|an|to|in|into|at|on|onto|across|along|around|its|their|our|his|from|as|home|there|here)\b"
)
_MANY = frozenset(
    {"women", "children", "people", "police", "cattle", "dead", "aircraft", "sheep", "km"}
)
_OPENS = re.compile(
    r"(?:^|[\"':.?!]\s*|\b(?:some|about|around|maybe|perhaps|well|yes|no|today),?\s+)$",
    re.IGNORECASE,
)


def resumed(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read a bare number whose noun is that of the figure before it."""
    if quantity.fraction or not ends(sentence, quantity, grammar):
        return None
    text, left = sentence.text, quantity.left
    floor = max(sentence.start, left - _REACH)
    if is_year(quantity) or of_others(sentence, quantity):
        return None
    if sentence.has(_OF_OTHER) and _OTHER.search(text, floor, left):
        return None
    verb = grammar.last("losses.holding", text, floor, left)
    had = verb is not None and len(text[verb.end() : left].split()) <= _MOST_BETWEEN
    had = had or (sentence.has(_GETTING) and _GOT.search(text, floor, left) is not None)
    opens = _OPENS.search(text[sentence.start : left]) is not None
    least = (
        _LEAST_ANSWER
        if opens and not text[sentence.start : left].strip(' "')
        else _LEAST_HAD
        if had
        else _LEAST
    )
    if quantity.high < least:
        return None
    following = WORD.match(text, quantity.right + 1, sentence.end)
    more = following is not None and following[0].lower() in grammar.sets["shapes.increments"]
    before = text[floor:left].split()
    return Counted(
        quantity=quantity,
        shape="bare",
        weight=0.6,
        end=quantity.right,
        anaphoric=True,
        increment=more
        or (bool(before) and before[-1].lower() in grammar.sets["shapes.increments"]),
    )


def asked_before(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Read "we have told you how many: eight hundred"."""
    return grammar.search("shapes.asks", sentence.text, sentence.start, quantity.left) is not None


def are_many(sentence: Sentence, quantity: Quantity) -> bool:
    """Read "they are 7,000", "we were 64": a number of people who are spoken of."""
    floor = max(sentence.start, quantity.left - _REACH)
    return _THEY_ARE.search(sentence.text, floor, quantity.left) is not None


def has_somewhere(sentence: Sentence, quantity: Quantity) -> bool:
    """Read "we had 2,500 in Iraq", "the Russians keep 1,200 at Gyumri"."""
    text, left = sentence.text, quantity.left
    verb = _HAS_N.search(text, max(sentence.start, left - _REACH), left)
    there = _IN.match(text, quantity.right)
    if verb is None or there is None:
        return False
    named = any(
        there.end() == name.start and NameKind.PLACE in name.senses for name in sentence.names
    )
    whose = verb["who"] or any(
        name.end == verb.start("verb") - 1 and not _ACTING.isdisjoint(name.senses)
        for name in sentence.names
    )
    return named and bool(whose)


def ends(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether no noun of its own follows the number."""
    text, right = sentence.text, quantity.right
    if right >= sentence.end:
        return True
    if text[right] in _SIGNS:
        return _UNIT.match(text, right) is None
    following = WORD.match(text, right + 1, sentence.end)
    if following is None or not text.startswith(" ", right):
        return False
    word, sets = following[0].lower(), grammar.sets
    return (
        not word[0].isalnum()
        or word in sets["shapes.stops"]
        or word in sets["shapes.closers"]
        or word in sets["shapes.adverbs"]
        or word in sets["shapes.auxiliaries"]
        or word in sets["shapes.movement"]
        or grammar.patterns["status.flow"].match(text, following.start()) is not None
        or _acts(sentence, following, grammar)
    )


def _acts(sentence: Sentence, word: re.Match[str], grammar: Grammar) -> bool:
    """Say whether a word is the verb of many ("fly to", "guard the"): it has no "s", and goes on."""
    surface = word[0]
    if (
        not surface.islower()
        or surface.endswith(("s", "ed"))
        or surface in grammar.sets["rejects.things"]
    ):
        return False
    return surface not in _MANY and _GOES_ON.match(sentence.text, word.end()) is not None
