# SPDX-License-Identifier: Apache-2.0
"""The records of the head layer, and the few questions that several shapes ask.

What it is not: a shape. Rules of this file: nothing here looks further than the number's neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence, words_back
from monitor.core.claims.numerals import Quantity
from monitor.core.knowledge import Name, NameKind

# "Russian airborne assault troops": words between a force and its noun.
_MOST_BETWEEN = 3
_ACTING = frozenset({NameKind.ACTOR, NameKind.ADJECTIVE})
_JOINS = frozenset({"and", "or", "as well as", "together with", "along with", "and also", "plus"})
_RELATIONS = frozenset({"under", "from", "against", "with", "of", "told", "by", "opposite"})
_BESIDE_PLACE = frozenset(
    {"the", "a", "an", "eastern", "western", "northern", "southern", "neighbouring", "neighboring"}
)


@dataclass(slots=True, kw_only=True)
class Counted:
    """A number with what it counts: `end` is where the phrase ends, `force` what it names itself."""

    quantity: Quantity
    shape: str
    head: str | None = None
    weight: float = 0.0
    end: int
    force: str | None = None
    several: bool = False  # "Polish and Romanian troops" are nobody's alone
    whole: Quantity | None = None  # of a partitive: the number it is a part of
    anaphoric: bool = False
    subject_start: int | None = None
    increment: bool = False
    unit: str | None = None  # given by what befell the counted, where the measure asks for that
    predicate: int | None = None  # where the verb is looked for, if not from `end`


@dataclass(slots=True, kw_only=True)
class Thing:
    """A number that counts something else; `reason` names what."""

    reason: str


def follows_link(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether a verb like "is", "reached" or "amounts to" leads to the number."""
    text = sentence.text
    if quantity.was or quantity.changed:
        return True
    before = text[sentence.start : quantity.left].rstrip(" \"'(")
    if before.endswith((":", "=", "-")):
        return True
    adverbs = grammar.sets["shapes.adverbs"]
    last = next((word for word in words_back(before[-60:]) if word not in adverbs), None)
    return last in grammar.sets["shapes.links"]


def owner_of(sentence: Sentence, quantity: Quantity) -> str | None:
    """Return whose number it is by the words right before it: "Russia's 600,000"."""
    text = sentence.text
    for name in sentence.names:
        if NameKind.ACTOR in name.senses and name.end + 3 == quantity.left:
            return name.senses[NameKind.ACTOR] if text.startswith("'s ", name.end) else None
        if name.end + 1 == quantity.left and text.startswith("'s", name.end - 2):
            return name.senses.get(NameKind.ADJECTIVE)  # "Putin's 600,000"
    return None


def gapped_by(sentence: Sentence, name: Name) -> str | None:
    """Return whose number follows a name at once: "Guatemala 150 soldiers", "the British 2,500"."""
    people = name.senses.get(NameKind.PEOPLE) or name.senses.get(NameKind.ADJECTIVE)
    article = sentence.text[max(sentence.start, name.start - 4) : name.start].lower() == "the "
    return name.senses.get(NameKind.ACTOR) or (people if article else None)


def joined_before(sentence: Sentence, name: Name) -> bool:
    """Say whether another actor is joined to a name: "France and Britain", "Chad, Niger and Mali"."""
    text = sentence.text
    for other in sentence.names:
        if other.end >= name.start or other.senses.keys().isdisjoint(_ACTING):
            continue
        if text[other.end : name.start].strip().removesuffix("the").strip(" ,") in _JOINS:
            return True
    return False


def after_preposition(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name stands after a preposition of place, or of another relation."""
    before = sentence.text[max(sentence.start, name.start - 24) : name.start]
    words = words_back(before)
    last = next(words, None)
    if last in _BESIDE_PLACE:
        last = next(words, None)
    return last in grammar.sets["places.prepositions"] or last in _RELATIONS


_JOINING = frozenset({"and", "or", "to"})


def listed_by(gap: str, grammar: Grammar) -> bool:
    """Say whether only a comma, "and", "or" and "possibly" stand between two numbers."""
    words = gap.replace(",", " ").replace("/", " ").lower().split()
    maybe = grammar.sets["shapes.maybe"]
    return bool(gap.strip()) and all(word in _JOINING or word in maybe for word in words)


def names_at(sentence: Sentence, start: int) -> bool:
    """Say whether a name begins at a position."""
    return start in sentence.named_at


def place_soon(sentence: Sentence, start: int) -> bool:
    """Say whether a place is named within a few words."""
    return any(
        start <= name.start <= start + 32 and NameKind.PLACE in name.senses
        for name in sentence.names
    )


def moves_soon(sentence: Sentence, start: int, grammar: Grammar) -> bool:
    """Say whether a word of moving or being somewhere follows within a few words."""
    words = [
        word.lower()
        for word in WORD.findall(sentence.text[start : min(start + 60, sentence.end)])[:6]
    ]
    return any(word in grammar.sets["shapes.movement"] for word in words)


def head_before(
    sentence: Sentence, floor: int, stop: int, grammar: Grammar
) -> tuple[re.Match[str], str | None] | None:
    """Return the last head noun of a stretch, with the force that its own phrase names."""
    inside = [
        match
        for start, match in grammar.heads_of(sentence).items()
        if start >= floor and match.end() <= stop
    ]
    found = inside[-1] if inside else None
    if found is None:
        return None
    return found, adjective_before(sentence, found.start(), floor)


def adjective_before(sentence: Sentence, position: int, floor: int) -> str | None:
    """Return the force that "Russian", "Russian-led" or "Russia's" gives to a noun."""
    for name in reversed(sentence.names):
        if name.end > position or name.start < floor:
            continue
        gap = sentence.text[name.end : position]
        if len(gap.split()) > _MOST_BETWEEN or "," in gap:
            return None
        if NameKind.ADJECTIVE in name.senses:
            return name.senses[NameKind.ADJECTIVE]
        if NameKind.ACTOR in name.senses and gap.startswith("'s "):
            return name.senses[NameKind.ACTOR]
        return None
    return None
