# SPDX-License-Identifier: Apache-2.0
"""Whose a body is that is counted: "a Spanish-led force of 650", "120 of whom", "puts the contingent at N".

What it is not: who does something with soldiers (`subjects`). Rules of this file: the nation stands before the body, in
its apposition's owner, or before those "of whom" a part is told; who puts a body at N does not have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.claims.counted import (
    Counted,
    adjective_before,
)
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.knowledge import NameKind

_PUT_REACH = 90
_CLAUSE = re.compile(r"[;\"]|\bthat\b")
_WHOM = re.compile(r"\s+of\s+(?:whom|them)\b")
_NOUN_COMMA = re.compile(r"\s+(?:[a-z-]+\s+){0,2}[a-z-]+s,\s+(?:some\s+|about\s+|around\s+)?")
_LED = re.compile(r"\b(?:of|with(?:\s+about|\s+some|\s+around)?)\s+$")
_SHARE = re.compile(
    r"'s\s+(?:[a-z]+\s+)?(?:contribution|contingent|share|part|detachment|force|offer),\s+an?\s+(?:[\w-]+\s+){0,3}"
)
_UNITS = re.compile(
    r"\b(?:batter(?:y|ies)|battalions?|compan(?:y|ies)|squadrons?|crews|teams|platoons?|units?)\s*$"
)


def of_whom(sentence: Sentence, counted: Counted) -> str | None:
    """Read "played host to Swedish jaegers, 120 of whom were on exercise": of those right before it."""
    text, left = sentence.text, counted.quantity.left
    if not _WHOM.match(text, counted.quantity.right):
        return None
    for name in reversed(sentence.names):
        if name.end < left and NameKind.ADJECTIVE in name.senses:
            noun = _NOUN_COMMA.fullmatch(text, name.end, left)
            return name.senses[NameKind.ADJECTIVE] if noun else None
    return None


def of_body(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "a Spanish-led force of 650 soldiers", "a Russian contingent of 2,000"."""
    text, left = sentence.text, counted.quantity.left
    of = _LED.search(text, max(sentence.start, left - 12), left)
    if of is None:
        return None
    floor = max(sentence.start, of.start() - 24)
    noun = _UNITS.search(text, floor, of.start())
    if of[0].startswith("of"):
        noun = noun or grammar.ends("shapes.collectives", text, floor, of.start())
    if noun is None:
        return None
    whose = adjective_before(sentence, noun.start(), max(sentence.start, noun.start() - 50))
    return whose or _contributed(sentence, noun.start())


def _contributed(sentence: Sentence, noun: int) -> str | None:
    """Read "El Salvador's contribution, a medical unit of 78": whose the body in the apposition is."""
    for name in sentence.names:
        if name.end <= noun and _SHARE.fullmatch(sentence.text, name.end, noun):
            return name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
    return None


def put_at(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "estimates the North Korean contingent in Russia at 15,600 soldiers": who estimates has none."""
    text, left = sentence.text, counted.quantity.left
    if text[max(sentence.start, left - 4) : left].lower() != " at ":
        return None
    floor = max([sentence.start, left - _PUT_REACH, *_ends_before(sentence, left)])
    puts = grammar.last("attribution.puts", text, floor, left)
    floor = (
        max(floor, puts.end()) if puts is not None else floor
    )  # who puts it there is not counted
    found: dict[int, str] = {}
    for key in (grammar.patterns["shapes.collectives"], grammar.head):
        for body in key.finditer(text, floor, left):
            force = adjective_before(sentence, body.start(), floor)
            if force is not None:
                found[body.start()] = force
    return found[max(found)] if found else None


def _ends_before(sentence: Sentence, position: int) -> Iterator[int]:
    """Yield where the numbers and hard stops before a position end."""
    yield from (other.end for other in sentence.quantities if other.end <= position)
    yield from (match.end() for match in _CLAUSE.finditer(sentence.text, sentence.start, position))
