# SPDX-License-Identifier: Apache-2.0
"""Estimates by what they count and who changes them: "US raises Russian troop estimate to 4,100".

What it is not: the cue that names the speaker (`attribution`), or the number (`shapes`). Rules of this
file: who raises or lowers an estimate says it; a people right before "troop estimate" is counted by it,
and so is one before "estimate" that somebody else changes; a possessive ("Seoul's") is always an owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.knowledge import Name, NameKind

_REACH, _MOST_WORDS, _MOST_BETWEEN = 80, 7, 2
_PEOPLES = frozenset({NameKind.ADJECTIVE, NameKind.ACTOR})
# How far behind the noun its number may stand.
_AHEAD = 90
_BREAK = re.compile(r"[.;:\"\n]|,(?!\d)|\b(?:and|but|that|which|who|when|while)\b")
# "the US estimate of Russian troops": what is counted follows, so who stands before it estimates.
_FOLLOWS = re.compile(r"\s+(?:of|for|that|about)\b")
# "US raises Russian troop estimate, sees 4,100 in Syria".
_GOES_ON = re.compile(
    r",\s+(?:now\s+)?(?:sees|says|puts|counts|estimates|believes|reports|seeing|saying|putting)\s+"
    r"(?:it\s+at\s+)?(?:[a-z]+\s+){0,2}"
)
_OWNER = re.compile(r"\w(?:'s|s')\s")
_LEADS = re.compile(
    r"\b(?:to|at|from|by|is|was|of|reached|reaches)\s+(?:[a-z]+\s+){0,3}$|[:=-]\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """An estimate: its noun, the verb that changes it, and the name of those it counts."""

    noun: re.Match[str]
    verb: re.Match[str] | None
    counted: Name | None
    owned: bool = False  # "raised Seoul's estimate"

    @property
    def force(self) -> str | None:
        """Return the force that the estimate counts."""
        senses = self.counted.senses if self.counted else {}
        return senses.get(NameKind.ADJECTIVE) or senses.get(NameKind.ACTOR)


def tallies(sentence: Sentence, grammar: Grammar) -> list[Tally]:
    """Return the estimates of a sentence that somebody changes, or that say whom they count."""
    if sentence.tallied is None or sentence.tallied[0] is not grammar:
        sentence.tallied = (grammar, _tallies(sentence, grammar))
    return sentence.tallied[1]


def _tallies(sentence: Sentence, grammar: Grammar) -> list[Tally]:
    found: list[Tally] = []
    nouns = grammar.patterns["attribution.tallies"]
    for noun in nouns.finditer(sentence.text, sentence.start, sentence.end):
        verb = _verb(sentence, noun, grammar)
        counted = _counted(sentence, noun, verb, grammar)
        if counted is None and noun[0].lower() not in grammar.sets["attribution.estimates_only"]:
            continue  # "raises troop numbers in Poland" is an act
        if verb is not None or counted is not None:
            owned = verb is not None and _OWNER.search(sentence.text, verb.end(), noun.start())
            found.append(Tally(noun=noun, verb=verb, counted=counted, owned=bool(owned)))
    return found


def force_counted(sentence: Sentence, left: int, grammar: Grammar) -> str | None:
    """Return whom the estimate counts that leads to the number at `left`."""
    for tally in reversed(tallies(sentence, grammar)):
        gap = sentence.text[tally.noun.end() : left]
        if not 0 <= len(gap) <= _AHEAD:
            continue
        leads = _GOES_ON.fullmatch(gap) or (_LEADS.search(gap) and not _BREAK.search(gap))
        return tally.force if leads else None
    return None


def _verb(sentence: Sentence, noun: re.Match[str], grammar: Grammar) -> re.Match[str] | None:
    """Return the verb of which the noun is the object."""
    text = sentence.text
    floor = max(sentence.start, noun.start() - _REACH)
    verb = grammar.last("attribution.revises", text, floor, noun.start())
    if verb is None:
        return None
    gap = text[verb.end() : noun.start()]
    words = [word.lower() for word in WORD.findall(gap)]
    inside = any(verb.end() <= q.start < noun.start() for q in sentence.quantities)
    apart = inside or _BREAK.search(gap) or len(words) > _MOST_WORDS
    return None if apart or grammar.sets["places.prepositions"] & set(words) else verb


def _counted(
    sentence: Sentence, noun: re.Match[str], verb: re.Match[str] | None, grammar: Grammar
) -> Name | None:
    """Return the name of a people right before the noun that is not the owner of the estimate."""
    text = sentence.text
    floor = verb.end() if verb else max(sentence.start, noun.start() - _REACH)
    for name in reversed(sentence.names):
        if name.end > noun.start():
            continue
        gap = text[name.end : noun.start()]
        if name.start < floor or "'" in gap or not {*name.senses} & _PEOPLES:
            return None
        # "Ukraine raises North Korea troop estimate"; "Syria troop count" tells where they are.
        sure = noun[0].lower() in grammar.sets["attribution.estimates_only"]
        if NameKind.ADJECTIVE not in name.senses and not (verb and sure):
            return None
        if len(gap.split()) > _MOST_BETWEEN or _BREAK.search(gap):
            return None
        troops = grammar.head.search(text, name.end, noun.start())
        # "the Russian military estimate": whose the estimate is, unless somebody else changes it.
        if troops is None and (verb is None or _FOLLOWS.match(text, noun.end())):
            return None
        return name
    return None
