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
    r"\s+(?:who\s+)?(?:worked|fled|emigrated|lived?|studied|applied|voted|travelled|traveled|worshipped|employed|born)\b"
)
_AND = re.compile(r"\s*(?:,|and)\s")
_BODY_OF = re.compile(r"\b\w+\s+of\s+$")
_BESIDE, _DEALT = 24, 32


def is_crowd(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the counted are no force."""
    text, quantity = sentence.text, counted.quantity
    left = max(sentence.start, quantity.left - _DEALT)
    if (
        grammar.search("rejects.civilian", text, quantity.right, counted.end)
        or grammar.ends("rejects.dealt_with", text, left, quantity.left)
        or (counted.shape == "people" and _WHO_LIVED.match(text, counted.end))
        or _are_things(sentence, counted, grammar)
        or _is_beside(sentence, counted, grammar)
    ):
        return True
    if counted.weight >= WEAK_BELOW:
        return False
    return grammar.search("rejects.other_crowds", text, sentence.start, sentence.end) is not None


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
    if counted.weight < WEAK_BELOW and beside and _AND.match(text[end : beside.start()]):
        return True
    families = grammar.patterns["rejects.families"].search(text, end, end + _BESIDE)
    mixed = (
        _MEN_AND_WOMEN.match(text, end) is not None
        and (counted.head or "").lower() == "men"
        and is_military(sentence, counted, grammar)
    )
    return bool(families and not mixed and _AND.match(text[end : families.start()]))


def is_military(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a military word other than the counted noun itself stands in the sentence."""
    key = "shapes.people_context" if counted.shape == "people" else "shapes.military_context"
    # "An army of 5,000 volunteers" says nothing military by its "army".
    figure = _BODY_OF.search(
        sentence.text, max(sentence.start, counted.quantity.left - 24), counted.quantity.left
    )
    for match in grammar.patterns[key].finditer(sentence.text, sentence.start, sentence.end):
        if figure is not None and match.start() == figure.start():
            continue
        if counted.head is None or match[0].lower() != counted.head.lower():
            return True
    return False
