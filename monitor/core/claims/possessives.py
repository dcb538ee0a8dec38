# SPDX-License-Identifier: Apache-2.0
"""Whose "its", "their" and "his" troops are, by the names of the same sentence.

What it is not: a pronoun that is a subject, or one whose name stands in an earlier sentence (`persons`).
Rules of this file: an object owns nothing while a subject is there; "their" prefers a people; "his" is
of the person, or of the head of a body, named last.
"""

from __future__ import annotations

import re

from monitor.core.claims.agents import state_of
from monitor.core.claims.counted import Counted, joined_before
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.subjects import is_object, own_army
from monitor.core.knowledge import Knowledge, Name, NameKind

_HIS = re.compile(r"\b(?:his|her)\b")
_OF_THE = re.compile(r"\s+of\s+(?:the\s+)?$")
_WHOSE = re.compile(r",?\s+whose\b")
_CLAIMS = re.compile(
    r" (?:accusations?|claims?|allegations?|assertions?|charges|reports?|assessments?|intelligence|media|"
    r"estimates?|demands?|calls|pressure|requests?|sanctions|criticism|offers?|proposals?)\b"
)
_MOST_SMALL = 2
_SMALL_WORDS = frozenset(
    {"last", "first", "own", "roughly", "some", "entire", "whole", "nearly", "estimated", "about"}
)


def owner_by_pronoun(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> str | None:
    """Return whose "its 5,000 soldiers", "5,000 of their men" are, by a name of the same sentence."""
    text, quantity = sentence.text, counted.quantity
    words = {word.lower() for word in WORD.findall(text[quantity.right : counted.end])}
    if not words & grammar.sets["force.possessives"]:
        match = _before(sentence, quantity.left, grammar)
        if match is None:
            return None
        inside = sentence.named_at.get(match.end() + 1)
        if inside is not None and NameKind.ADJECTIVE in inside.senses:
            return inside.senses[NameKind.ADJECTIVE]  # "increased its North Korean contingent"
    return (
        _whose(sentence, quantity.left)
        or _his(sentence, counted, knowledge)
        or _theirs(sentence, counted, words, grammar)
        or _named(sentence, counted, grammar)
    )


def _whose(sentence: Sentence, left: int) -> str | None:
    """Read "London, whose 900 soldiers lead the battlegroup": of whom stands right before it."""
    whose = None
    for match in _WHOSE.finditer(sentence.text, max(sentence.start, left - 60), left):
        whose = match
    for name in sentence.names if whose else ():
        if whose is not None and name.end == whose.start():
            kinds = (NameKind.ACTOR, NameKind.PEOPLE, NameKind.ADJECTIVE)
            return next((name.senses[kind] for kind in kinds if kind in name.senses), None)
    return None


def _before(sentence: Sentence, left: int, grammar: Grammar) -> re.Match[str] | None:
    """Return the pronoun that owns the number at `left`, or the body that it counts."""
    text = sentence.text
    match = grammar.last("force.possessives", text, max(sentence.start, left - 60), left)
    if match is None:
        return None
    owns = (
        _is_right_before(text[match.end() : left], grammar)
        or grammar.search("shapes.collectives", text, match.end(), left)
        or grammar.head.search(text, match.end(), left)
    )
    return match if owns else None


def _named(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return the last name before the number that can own something: an actor before an adjective."""
    text, left = sentence.text, counted.quantity.left
    owner: str | None = None
    for name in reversed(sentence.names):
        headed = _headed(sentence, counted, name, grammar)
        if headed is not None:
            return headed
        if name.start >= left or is_object(sentence, name, grammar):
            continue
        if name.end <= left and _is_replaced(sentence, name, grammar):
            continue
        if _CLAIMS.match(text, name.end):
            continue  # "Cuba rejected U.S. accusations that N of its citizens"
        owns = text.startswith("'s", name.end)
        actor = None if owns else name.senses.get(NameKind.ACTOR)
        actor = actor or own_army(sentence, name)
        if actor is not None:
            return None if joined_before(sentence, name) else actor
        owner = owner or name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
    return owner  # "Turkey's parliament extended the mandate for its soldiers"


def _is_replaced(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Read "Since Africa Corps replaced Wagner, its strength …": who is acted on owns less than who acts."""
    text = sentence.text
    before = WORD.findall(text[max(sentence.start, name.start - 24) : name.start])
    if before and before[-1].lower() == "the":
        before.pop()
    verb = before[-1].lower() if before else ""
    if not (verb.endswith("ed") or verb in grammar.sets["force.versus"]):
        return False
    return text.startswith(",", name.end) and any(
        other.end < name.start and NameKind.ACTOR in other.senses for other in sentence.names
    )


def _his(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Read "What does Kim want for his 12,000 soldiers?": the state of the person named last."""
    text, left = sentence.text, counted.quantity.left
    if not _HIS.search(text, max(sentence.start, left - 16), counted.end):
        return None
    last = max((name.end for name in sentence.names if name.end <= left), default=0)
    for name in reversed(sentence.speakers):
        state = state_of(name, knowledge) if last < name.start and name.end <= left else None
        if (
            state is not None
            and text[name.start].isupper()
            and " " not in text[name.start : name.end]
        ):
            return state
    return None


def _headed(sentence: Sentence, counted: Counted, name: Name, grammar: Grammar) -> str | None:
    """Read "the commander of the RSF said his 5,000 fighters": he is the head of the body named."""
    text, left = sentence.text, counted.quantity.left
    if name.end > left or not _HIS.search(text, max(name.end, left - 60), counted.end):
        return None
    of = _OF_THE.search(text, max(sentence.start, name.start - 9), name.start)
    if of is None:
        return None
    before = WORD.findall(text[max(sentence.start, of.start() - 20) : of.start()])
    if not before or before[-1].lower() not in grammar.sets["attribution.offices"]:
        return None
    return name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)


def _theirs(sentence: Sentence, counted: Counted, words: set[str], grammar: Grammar) -> str | None:
    """Read "Niger told the Americans to go; 30 of their 1,000 soldiers": a people is what is plural."""
    text, left = sentence.text, counted.quantity.left
    match = grammar.last("force.possessives", text, max(sentence.start, left - 60), left)
    if "their" not in words and (match is None or match[0].lower() != "their"):
        return None
    for name in reversed(sentence.names):
        if name.end <= left and NameKind.PEOPLE in name.senses and text[name.end - 1] == "s":
            return name.senses[NameKind.PEOPLE]
    return None


def _is_right_before(gap: str, grammar: Grammar) -> bool:
    """Say whether only small words stand between "its" and the number: "its remaining 1,500"."""
    words = gap.lower().split()
    return len(words) <= _MOST_SMALL and all(
        word in grammar.sets["shapes.fillers"] or word in _SMALL_WORDS for word in words
    )
