# SPDX-License-Identifier: Apache-2.0
"""People who are no force: civilians, families, guests, those whom something was done with.

What it is not: soldiers who come to harm (`harm`, `fates`). Rules of this file: nouns that are surely
military are a crowd only by what stands right beside them.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import WEAK_BELOW, Grammar, Sentence

_MEN_AND_WOMEN = re.compile(r"\s+and\s+women\b(?!\s+and\s+children)")
_WHO_LIVED = re.compile(
    r"\s+(?:who\s+)?(?:have\s+|had\s+)?(?:worked|fled|emigrated|lived?|studied|applied|voted|travelled|traveled|worshipped|employed|born)\b"
)
_AND = re.compile(r"\s*(?:,|and)\s")
# ", many of them boys", "and 19 journalists": told of the counted, or counted apart.
_APART = re.compile(r"\b(?:of\s+(?:them|whom)|are|were)\b|\d")
_MADE_SOLDIERS = re.compile(
    r"\b(?:mobili[sz]ed|armed|conscripted|enlisted|drafted|uniformed|fighting|combat)\b",
    re.IGNORECASE,
)
_BODY_OF = re.compile(r"\b\w+\s+of\s+$")
_FIGURE = re.compile(
    r"(?:army|armies|legions?|battalions?|brigades?|regiments?|squad|platoon)\s+of\s+(?:\d[\d,.]*\s+)"
    r"(?P<noun>[a-z]+)"
)
_ARMY_OF = re.compile(
    r"\b(?:army|armies|legions?|battalions?|brigades?|regiments?)\s+of\s+(?P<noun>[a-z]+),?\s+(?:some\s+|about\s+)?$"
)
_BESIDE, _DEALT = 24, 32
# "gave its concert before a crowd of 1,100".
_CROWD_OF = re.compile(
    r"\b(?:crowd|audience|congregation|readership|attendance|queue|procession|turnout|guest\s+list|field|cast|choir|membership)s?\s+of\s+"
    r"(?:(?:about|around|some|over|more|than|nearly|almost|up|to|roughly|only|just|an|estimated)\s+){0,4}$",
    re.IGNORECASE,
)
_UNNAMED = frozenset({"moving", "bare", "people", "elliptic"})
_CROWD_REACH = 48


def is_crowd(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the counted are no force."""
    text, quantity = sentence.text, counted.quantity
    left = max(sentence.start, quantity.left - _DEALT)
    if (
        _is_civilian(sentence, counted, grammar)
        or grammar.ends("rejects.dealt_with", text, left, quantity.left)
        or (counted.shape == "people" and _WHO_LIVED.match(text, counted.end))
        or _is_gathering(sentence, counted)
        or _are_things(sentence, counted, grammar)
        or _is_beside(sentence, counted, grammar)
        or _is_army_of(sentence, counted, grammar)
    ):
        return True
    if counted.weight >= WEAK_BELOW or _MADE_SOLDIERS.search(text, quantity.right, counted.end):
        return False
    start = text.rfind(";", sentence.start, quantity.left) + 1 or sentence.start
    end = text.find(";", counted.end, sentence.end)
    end = end if end > 0 else sentence.end
    return grammar.search("rejects.other_crowds", text, start, end) is not None


def _is_gathering(sentence: Sentence, counted: Counted) -> bool:
    """Read "before a crowd of 1,100 in the town hall": who come together are counted, not posted."""
    left = counted.quantity.left
    floor = max(sentence.start, left - _CROWD_REACH)
    return counted.shape in _UNNAMED and _CROWD_OF.search(sentence.text, floor, left) is not None


def _is_civilian(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "40 police officers", "9 retired colonels"; "1,000 police and soldiers" are both."""
    text, start = sentence.text, counted.quantity.right
    for word in grammar.patterns["rejects.civilian"].finditer(text, start, counted.end):
        both = _AND.match(text, word.end(), counted.end)
        if both is None or counted.weight < WEAK_BELOW:
            return True
    return False


def _is_army_of(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "an army of volunteers, 6,000 of them, with brooms": a figure of speech, and its number."""
    text, left = sentence.text, counted.quantity.left
    if counted.shape not in {"existing", "collective", "partitive"} or counted.force is not None:
        return False
    body = _ARMY_OF.search(text, max(sentence.start, left - _DEALT), left)
    if body is None or grammar.weight(body["noun"]) >= WEAK_BELOW:
        return False
    return not any(
        not body.start() <= match.start() < body.end()
        for match in grammar.patterns["shapes.military_context"].finditer(
            text, sentence.start, sentence.end
        )
    )


def _are_things(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "Inmates, 1,500 of them, escaped"."""
    if not counted.anaphoric or counted.shape not in {"partitive", "existing"}:
        return False
    text, left = sentence.text, counted.quantity.left
    noun = grammar.ends("rejects.things", text, max(sentence.start, left - _BESIDE), left - 2)
    return noun is not None and text[noun.end() : left].strip() == ","


def _is_beside(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "38 officers and experts", "500 men and children"; "men and women" of an army are both."""
    text, end = sentence.text, counted.end
    beside = grammar.patterns["rejects.beside"].search(text, end, end + _BESIDE)
    if beside and counted.weight < WEAK_BELOW and _is_joined(text[end : beside.start()]):
        return True
    families = grammar.patterns["rejects.families"].search(text, end, end + _BESIDE)
    mixed = (
        _MEN_AND_WOMEN.match(text, end) is not None
        and (counted.head or "").lower() == "men"
        and is_military(sentence, counted, grammar)
    )
    return bool(families and not mixed and _is_joined(text[end : families.start()]))


def _is_joined(gap: str) -> bool:
    """Say whether a gap joins those behind it to the counted, rather than telling of or counting them."""
    return _AND.match(gap) is not None and _APART.search(gap) is None


def is_military(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a military word other than the counted noun itself stands in the sentence."""
    key = "shapes.people_context" if counted.shape == "people" else "shapes.military_context"
    # "An army of 5,000 volunteers" says nothing military by its "army".
    figure = _BODY_OF.search(
        sentence.text, max(sentence.start, counted.quantity.left - 24), counted.quantity.left
    )
    for match in grammar.patterns[key].finditer(sentence.text, sentence.start, sentence.end):
        if _is_figure(sentence.text, match.start(), grammar):
            continue
        men = (counted.head or "").lower() == "men"  # "an army of 780,000 men" is one
        if figure is not None and match.start() == figure.start() and not men:
            continue
        if counted.head is None or match[0].lower() != counted.head.lower():
            return True
    return False


def _is_figure(text: str, start: int, grammar: Grammar) -> bool:
    """Read "an army of 40 lawyers": a body of those who are no soldiers is a figure of speech."""
    of = _FIGURE.match(text, start)
    return (
        of is not None
        and grammar.weight(of["noun"]) == 0
        and of["noun"] not in grammar.sets["shapes.fillers"]
        and of["noun"] not in grammar.sets["shapes.stops"]
    )
