# SPDX-License-Identifier: Apache-2.0
"""Whose an office is that names no state: "the defence minister", "a lawmaker told the Diet".

What it is not: who speaks in a sentence (`voices`). Rules of this file: the state is named before the
title, is its dateline's, the last speaker's, or that of the text; whom a speaker calls his own are his
state's; who speaks of the enemy is of the other side; a name that was introduced with its office keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.core.claims import force
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.knowledge import NameKind
from monitor.core.model import Source

# Before how many sentences a title may be named for, and how near behind its verb a parliament stands.
_TITLE_BACK = 3
_NEAR = 6
_OPENING = re.compile(
    r"\W*(?:(?:the|an?|and|but|on|in|later|then|meanwhile|earlier|president|minister|general|gen\.?|mr\.?|"
    r"mrs\.?|ms\.?|[A-Z]\w+day|secretary|spokes(?:man|woman|person))\W+)*",
    re.IGNORECASE,
)
# "Asked about the border, the army chief, Gen. Anna Example, did not answer."
_APPOSED = re.compile(
    r"\W*(?:(?:Asked|Pressed|Questioned|Speaking|In|At|On|After|Before|During)\b[^.;:\"]{2,80},\s+)?"
    r"(?:the|an?|[\w']+'s)\s+(?:[\w'-]+\s+){0,4}[\w'-]+,\s+(?:[A-Z][\w.]*\.?\s+){0,3}",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:our|we(?:'ve|\s+have|\s+had|\s+keep|\s+sent|\s+have\s+sent)?)\s[^.;:!?\"]{0,40}$",
    re.IGNORECASE,
)
_STATE = 2
# Who calls others so is at war with them, and spokesmen of whatever unit speak for his state.
_ENEMY = re.compile(
    r"\b(?:enemy|adversary|occupiers?|invaders|temporarily\s+occupied|aggressor)\b", re.IGNORECASE
)
# "In Port Example, the army chief said": whose seat that is.
_IN_OPENS = re.compile(r"\W*In\s+[A-Z][\w' -]{1,30},\s")
_OF_STATE = re.compile(
    r"\b(?:army|government|ministry|minister|president|prime\s+minister|general\s+staff)\b"
)
_TRAINEES = re.compile(r"\b(?:recruits|trainees|cadets|taught|teach(?:es)?)\b")
_HOUSE = re.compile(r"parliament|congress|duma")
# A general without a state: the army named beside him, or where he speaks, has one.
_GENERAL = re.compile(
    r"(?:(?:brig|maj|lt|gen|adm)\.? )?(?:brigadier |major |lieutenant |colonel |vice |rear )?(?:gen|adm|general|admiral|marshal|brig|colonel)\b",
    re.IGNORECASE,
)
_ARMY = re.compile(
    r"(?:'s)?\s+(?:army|military|armed forces|defen[cs]e (?:ministry|forces?)|general staff|navy|air force)\b"
)
# How near behind his title the place stands where a general speaks.
_SPEAKS_IN = 60
_SURNAME = re.compile(r"[A-Z][\w'-]{2,}$")
_THE = re.compile(r"the\s+[a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What voices ask of the rest of a story: states by sentence, spoken of or named before."""

    dateline: Callable[[int], str | None]
    state_before: Callable[[int], str | None]
    spoken_of: Callable[[int], Sequence[str]]
    ruler: Callable[[int], str | None]
    adversary: Callable[[str], str | None]


class Titles:
    """Finds the states of the titles of one story; `is_quoted` says whether a sentence is somebody's speech."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        attribution: Attribution,
        around: Around,
        is_quoted: Callable[[int], bool],
    ) -> None:
        self.sentences, self._attribution, self._around = sentences, attribution, around
        self._is_quoted = is_quoted
        self._introduced: dict[str, Source | None] = {}

    def of_title(self, index: int, cue: Cue) -> Source | None:
        """Return the state of a title: named before it, its last speaker's, or that of the text."""
        sentence, around = self.sentences[index], self._around
        if _IN_OPENS.match(sentence.text, sentence.start, cue.start):
            seat = next((name.senses.get(NameKind.ACTOR) for name in sentence.names), None)
            source = self._attribution.listed.government(seat or around.ruler(index) or "")
            if source is not None:
                return source
        state = around.dateline(index) or force.first_actor(sentence, cue.start)
        if state is None and cue.source is not None and _THE.match(cue.source.name):
            spoke = self._listed_before(index)
            if spoke is not None:
                return spoke
        state = (
            state
            or force.first_actor(sentence)
            or around.state_before(index)
            or self._own_people(index)
            or self.enemys(index)
            or self._trained(index)
            or next(iter(around.spoken_of(index)), None)
            or around.ruler(index)
        )
        if (
            state is not None
            and len(state) != _STATE
            and cue.source is not None
            and _OF_STATE.search(cue.source.name)
        ):
            state = around.ruler(index) or state  # "RSF fighters …, the army spokesman says"
        return self._attribution.listed.government(state) if state else None

    def _trained(self, index: int) -> str | None:
        """Return where recruits of others are trained: "2,000 Ruritanian recruits pass through camps in Kent"."""
        sentence = self.sentences[index]
        if _TRAINEES.search(sentence.text, sentence.start, sentence.end) is None:
            return None
        ruler = self._around.ruler(index)
        return ruler if ruler not in self._around.spoken_of(index) else None

    def enemys(self, index: int) -> str | None:
        """Return the state whose enemy is spoken of: "the enemy has moved 4,000 men to X, said the spokesman"."""
        sentence = self.sentences[index]
        if _ENEMY.search(sentence.text, sentence.start, sentence.end) is None:
            return None
        spoken = self._around.spoken_of(index)
        return (self._around.adversary(spoken[0]) if spoken else None) or self._around.ruler(index)

    def _own_people(self, index: int) -> str | None:
        """Return the state of whom a speaker calls "our Ruritanian soldiers", "we have 300 Ruritanians"."""
        for other in range(max(0, index - _TITLE_BACK), index + _TITLE_BACK + 1):
            if not self.are_mates(index, other) or not self._is_quoted(other):
                continue
            sentence = self.sentences[other]
            for name in sentence.names:
                people = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.PEOPLE)
                if (
                    people
                    and len(people) == _STATE
                    and _OWN.search(sentence.text, sentence.start, name.start)
                ):
                    return people
        return None

    def _listed_before(self, index: int) -> Source | None:
        """Return the state's speaker that one of the sentences just before begins with or quotes."""
        for earlier in range(index - 1, max(-1, index - 1 - _TITLE_BACK), -1):
            subject = self.subject(earlier, self.sentences[earlier].end)
            if subject is not None and not subject.id.startswith("text:"):
                return subject
        return None

    def subject(self, index: int, before: int) -> Source | None:
        """Return the listed speaker that a sentence begins with: "Austin flew to Seoul, where he …"."""
        sentence = self.sentences[index]
        for name in sentence.speakers[:1]:
            opening = sentence.text[sentence.start : name.start]
            text = sentence.text
            own = text.startswith("'s", name.end)
            opens = _OPENING.fullmatch(opening)
            if opens is None and text.startswith(",", name.end):
                opens = _APPOSED.fullmatch(opening)
            if name.end < before and opens and not own:
                return (
                    None if NameKind.OUTLET in name.senses else self._attribution.listed.named(name)
                )
        return None

    def serving(self, index: int, cue: Cue, source: Source) -> Source | None:
        """Return the state of a general, by the army that is named or the capital where he speaks."""
        if not source.id.startswith("text:") or not _GENERAL.match(source.name):
            return None
        sentence, listed = self.sentences[index], self._attribution.listed
        for other in (index, index - 1):
            if other < 0:
                continue
            for name in self.sentences[other].names:
                state = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
                if state and _ARMY.match(self.sentences[other].text, name.end):
                    return listed.government(state)
        for name in sentence.names:
            near = cue.start < name.start < cue.end + _SPEAKS_IN
            if near and sentence.text.endswith(" in ", 0, name.start):
                return listed.seated(name)
        return None

    def house(self, index: int, position: int) -> Source | None:
        """Return the parliament that a member speaks to: "a lawmaker told the Diet"."""
        for name in self.sentences[index].speakers:
            source = self._attribution.listed.named(name)
            if source and _HOUSE.search(source.id) and 0 <= name.start - position <= _NEAR:
                return source
        return None

    def known(self, name: str, index: int, start: int) -> Source | None:
        """Return the office with which the text introduced a name before: "Estonia's chief, X, …"."""
        surname = _SURNAME.search(name.strip())
        if surname is None:
            return None
        key = surname[0]
        if key not in self._introduced:
            self._introduced[key] = None  # a name is introduced by other words than itself
            self._introduced[key] = self._introduction(key, index, start)
        return self._introduced[key]

    def _introduction(self, surname: str, index: int, start: int) -> Source | None:
        pattern = re.compile(rf"\b{re.escape(surname)}\b", re.IGNORECASE)
        for other in range(index + 1):
            sentence = self.sentences[other]
            for match in pattern.finditer(sentence.text, sentence.start, sentence.end):
                if other == index and match.start() >= start:
                    break
                found = self._attribution.introduced(sentence, match.start(), match.end())
                if found is not None:
                    return found
        return None

    def are_mates(self, index: int, other: int) -> bool:
        """Say whether two sentences stand in one paragraph."""
        if not 0 <= other < len(self.sentences):
            return False
        return self.sentences[other].paragraph == self.sentences[index].paragraph
