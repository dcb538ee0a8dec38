# SPDX-License-Identifier: Apache-2.0
"""What a number counts: the shapes of all modules of this layer, tried in order.

What it is not: a verdict on the number (`rejects`), or the shapes themselves (`phrase`, `shapes`,
`ellipsis`). `listed` is the only one here: "20,000 or even 50,000 troops".
"""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.core.claims.counted import Counted, Thing, listed_by
from monitor.core.claims.ellipsis import bare, called, capacity, moving, of_which, repeated
from monitor.core.claims.fates import fated
from monitor.core.claims.grammar import LIGHT_UP_TO, WEAK_BELOW, Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.phrase import direct
from monitor.core.claims.shapes import (
    apposition,
    changed,
    collective,
    force_of,
    numbered,
    subject,
)
from monitor.core.knowledge import NameKind

_CHANGE_REACH = 80
_STRONG = re.compile(r"[\s-]+([a-z]+)\b")


def count(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | Thing | None:
    """Return what `quantity` counts, or None; `in_context` says that troops were spoken of."""
    strong = _STRONG.match(sentence.text, quantity.right, sentence.end)
    if strong and strong[1] in grammar.sets["shapes.strong"]:
        return collective(sentence, quantity, grammar, strong.end())
    found = direct(sentence, quantity, grammar)
    if grammar.fates and not isinstance(found, Counted):
        found = fated(sentence, quantity, grammar) or found
    if isinstance(found, Counted):
        # "60 of them" where nobody spoke of troops is nobody's figure.
        lost = found.anaphoric and not in_context
        return None if lost else _bettered(sentence, found, grammar)
    if found is None and not sentence.text.startswith(" each", quantity.right):
        return _elsewhere(sentence, quantity, grammar, in_context=in_context)
    return found  # "brigades number 4,000 each" is no figure of all


def _elsewhere(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | Thing | None:
    """Return what a number counts whose noun does not follow it."""
    if not in_context and not grammar.heads_of(sentence):
        return (
            called(sentence, quantity, grammar, in_context=False)
            or capacity(sentence, quantity, grammar, military=True)
            or subject(sentence, quantity, grammar, in_context=False)
        )
    return (
        _listed(sentence, quantity, grammar, in_context=in_context)
        or numbered(sentence, quantity, grammar)
        or subject(sentence, quantity, grammar, in_context=in_context)
        or changed(sentence, quantity, grammar)
        or force_of(sentence, quantity, grammar, in_context=in_context)
        or apposition(sentence, quantity, grammar, in_context=in_context)
        or (of_which(sentence, quantity) if in_context else None)
        or (
            moving(sentence, quantity, grammar)
            if in_context or _counts_before(sentence, quantity, grammar)
            else None
        )
        or repeated(sentence, quantity, grammar, in_context=in_context)
        or called(sentence, quantity, grammar, in_context=in_context)
        or capacity(sentence, quantity, grammar)
        or (bare(sentence, quantity, grammar) if in_context else None)
    )


def _counts_before(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether a noun of some weight stands before: "800 advisers in Iraq and 300 more in Syria"."""
    return any(
        start < quantity.start and grammar.weight(match[0]) > LIGHT_UP_TO
        for start, match in grammar.heads_of(sentence).items()
    )


def _bettered(sentence: Sentence, found: Counted, grammar: Grammar) -> Counted:
    """Let "North Korean military, numbering 2,600 people" count military; mark "from N soldiers to"."""
    quantity, text = found.quantity, sentence.text
    if found.weight < WEAK_BELOW:
        better = numbered(sentence, quantity, grammar)
        if better is not None:
            return replace(better, end=found.end, force=better.force or found.force)
    floor = max(sentence.start, quantity.left - _CHANGE_REACH)
    if text[floor : quantity.left].lower().endswith(" from ") and grammar.search(
        "shapes.growth", text, floor, quantity.left
    ):
        return replace(found, quantity=replace(quantity, was=True))
    return found


def _listed(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | Thing | None:
    """Give a number of a list the noun that stands after the last one."""
    text = sentence.text
    following = next((q for q in sentence.quantities if q.start >= quantity.right), None)
    if following is None:
        return None
    called = sentence.named_at.get(quantity.right + 1)
    force = called.senses.get(NameKind.ADJECTIVE) if called is not None else None
    start = called.end if called is not None and force is not None else quantity.right
    if not listed_by(text[start : following.left], grammar):
        return None
    found = count(sentence, following, grammar, in_context=in_context)
    if not isinstance(found, Counted) or found.anaphoric:
        return None if isinstance(found, Counted) else found
    return Counted(
        quantity=quantity,
        shape="listed",
        head=found.head,
        weight=found.weight,
        end=found.end,
        force=force or found.force,
    )
