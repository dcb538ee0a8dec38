# SPDX-License-Identifier: Apache-2.0
"""Members as soldiers: "200 members of the National Guard", "Al-Shabaab has 7,000 members".

What it is not: any other noun phrase (`phrase`). Rules of this file: members count where the body, or
the armed group that has them, is one that fights; members of anything else are a crowd.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import adjective_before
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.knowledge import NameKind

WEIGHT = 0.8
_REACH, _LEAST = 70, 100
_OF_BODY = re.compile(r"\s+(?:of|from|in)\s+")
_STOP = re.compile(
    r"[,;:()\"]|(?<!\b[A-Z])\.|\b(?:will|would|are|were|is|was|have|has|had|who|that|to)\b"
)
_SUBJECT = 120
# Bodies that only soldiers serve in; a police force, a task force on housing or a guard of honour is none.
_FORCE = re.compile(
    r"(?<!olice )(?<!ask )(?<!abour )(?<!labor )(?<!ork)\b(?:[Ff]orces?|[Cc]orps|[Aa]rmy|[Mm]ilitia|Guard|Rangers|[Ll]egion|[Bb]rigade|"
    r"[Rr]egiment|[Bb]attalion|[Cc]ontingent|peacekeeping mission|UNIFIL|MONUSCO|MINUSCA|UNMISS|UNISFA|UNDOF|KFOR|EUFOR|AUSSOM|ATMIS)\b"
)
_VOTING = re.compile(r"\s+(?:(?:voting|voted)\b|in\s+favou?r|against|present|absent)\b")
_LINK = re.compile(r"\b(?:has|have|had|numbers?|counts?|to|stationed|deployed|with|at|of)\b")
_OTHERS = re.compile(r"[;:\"]|\b(?:committee|parliament|union|club|party|board|council|families)\b")
_HAS = re.compile(r"\b(?:has|have|had|will|would|is|are|was|were|to)\b")


def body_of(
    sentence: Sentence, noun: re.Match[str], grammar: Grammar
) -> tuple[int, str | None] | None:
    """Return where the body ends whose members a noun counts, and the force that it names."""
    reach = min(sentence.end, noun.end() + _REACH)
    of = _OF_BODY.match(sentence.text, noun.end(), reach)
    if of is None:
        return None
    stop = _STOP.search(sentence.text, of.end(), reach)
    end = stop.start() if stop else reach
    body = grammar.search("shapes.bodies", sentence.text, of.end(), end)
    if body is None:
        return None
    return body.end(), adjective_before(sentence, body.start(), of.start())


def serve_in(sentence: Sentence, quantity: Quantity, noun: re.Match[str]) -> bool:
    """Say whether a force before a number has so many members: "the Arctic Rangers have 5,000 members"."""
    if quantity.high < _LEAST or _VOTING.match(sentence.text, noun.end()):
        return False
    floor = max(sentence.start, quantity.left - _SUBJECT)
    body = None
    for body in _FORCE.finditer(sentence.text, floor, quantity.left):  # noqa: B007
        pass
    if body is None:
        return False
    gap = sentence.text[body.end() : quantity.left]
    counted = any(character.isdigit() for character in gap)
    return not counted and not _OTHERS.search(gap) and _LINK.search(gap) is not None


def group_before(
    sentence: Sentence, quantity: Quantity, noun: re.Match[str], grammar: Grammar
) -> str | None:
    """Return the armed group before a number that has so many members."""
    if quantity.high < _LEAST or _OF_BODY.match(sentence.text, noun.end(), sentence.end):
        return None
    for name in reversed(sentence.names):
        group = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
        if name.end > quantity.left or group is None:
            continue
        gap = sentence.text[name.end : quantity.left]
        near = len(gap) <= _REACH and not _STOP.search(_HAS.sub(" ", gap))
        return group if near and group in grammar.armed else None
    return None
