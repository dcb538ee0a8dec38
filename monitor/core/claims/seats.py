# SPDX-License-Identifier: Apache-2.0
"""Whose a speaker is by his office, his command or his unit, where no state is given for him.

What it is not: who speaks (`attribution`), or what pronouns stand for (`owners`). Rules of this file: a
commander means the body that he leads; a mayor's or governor's place is his state's; a place alone, where
an officer happens to be, makes nobody's soldiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.claims.grammar import Sentence
from monitor.core.claims.hints import Hints
from monitor.core.claims.relations import Found
from monitor.core.claims.subjects import acts
from monitor.core.knowledge import NameKind

# "soldiers of the ground forces", "from the military police", "of the 155th Brigade".
_CORPS = re.compile(
    r"\s+(?:of|from)\s+(?:the\s+|its\s+|their\s+)?(?:[\w.'-]+\s+){0,3}?"
    r"(?:army|ground\s+forces|land\s+forces|air\s+force|navy|military\s+police|national\s+guard|[Gg]uard|"
    r"marine\s+corps|armed\s+forces|special\s+forces|[Bb]rigade|[Dd]ivision|[Rr]egiment|[Bb]attalion|"
    r"National\s+Guard|Navy|Army|Air\s+Force|Marine\s+Corps)\b"
)
_AT_HOME = re.compile(r"police|guard", re.IGNORECASE)
_UNIT = re.compile(
    r"\W*(?:The|Our)\s+\d+(?:st|nd|rd|th)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:[Bb]rigade|[Dd]ivision|[Rr]egiment|[Bb]attalion|[Cc]orps)\b"
)
_UNIT_FROM = re.compile(
    r"\b(?:[Bb]rigade|[Rr]egiment|[Dd]ivision|[Bb]attalion|[Cc]ompany|unit|detachment|[Ss]quadron)\s+from\s+(?:the\s+)?$"
)
_WITH = re.compile(r",?\s+(?:with|of|numbering)\s+(?:(?:about|some|around|nearly|its)\s+)?")
# "Townsville's 3rd Brigade"
_TOWN_UNIT = re.compile(
    r"'s\s+\d+(?:st|nd|rd|th)\s+(?:[\w-]+\s+){0,2}?(?:[Bb]rigade|[Dd]ivision|[Rr]egiment|[Bb]attalion)\b"
)
_MOVED = re.compile(
    r"\b(?:moved|transferred|redeployed|shifted|withdr[ae]wn?|pulled|brought|sent|relocated|rushed)\b"
)
_MARK = re.compile(r'"')
# "who commands EUFOR", "a fighter of the Karen National Liberation Army".
_LEADS = re.compile(
    r"\b(?:commands|commanding|commander\s+of|commanded|leads|heads|leader\s+of|head\s+of|chief\s+of|"
    r"(?:soldier|fighter|officer|sniper|member|captain|major|colonel|lieutenant|sergeant|private|medic)"
    r"\s+(?:of|with|in|from))\s+(?:the\s+|an?\s+)?$"
)
# "the mayor of Culiacan", "the governor of Niger's Tillaberi region".
_OFFICE_OF = re.compile(
    r"\b(?:mayor|governor|prefect|senator|councillor|administrator|sheriff|premier|president|minister|"
    r"prime\s+minister|chairman|speaker|lawmaker|deputy|ambassador)\s+(?:of|for)\s+(?:the\s+)?"
    r"(?:(?:city|town|province|state|region|district|department)\s+of\s+)?$",
    re.IGNORECASE,
)
_MINISTER = re.compile(
    r"\b(?:minister|ministry|president|premier|chancellor|chief\s+of\s+(?:staff|defence))\b",
    re.IGNORECASE,
)


class Seats(Hints):
    """Whom a speaker of one story speaks for, by what stands around his words."""

    def _corps(self, index: int, item: Found, state: str | None) -> str | None:
        """Read "3,000 soldiers of the ground forces", "300 from the military police": of who has them."""
        sentence = self._story.sentences[index]
        corps = _CORPS.match(sentence.text, item.counted.end, sentence.end)
        if corps is None or self._is_irregular(item):
            return None
        for name in sentence.names:
            if corps.start() < name.start < corps.end() and NameKind.PLACE in name.senses:
                return self._keeper(name.senses[NameKind.PLACE])  # "of the Texas Guard"
        home = _AT_HOME.search(corps[0]) is not None
        found = state or self._seat(index)
        return found or (self._keeper(item.place.place) if home else None)

    def _unit(self, index: int, item: Found, state: str | None) -> str | None:
        """Read "The 155th Brigade has 1,900 soldiers left": the speaker's own, if he names no others."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        town = self._town_unit(sentence, left) or self._from_town(sentence, left)
        if town is not None:
            return town
        unit = _UNIT.match(sentence.text, sentence.start, left)
        if (
            unit is None
            or state is None
            or not acts(sentence.text, unit.end(), left, self._grammar)
        ):
            return None
        named = {
            one
            for other in self._story.sentences
            for name in other.names
            for kind, one in name.senses.items()
            if kind is not NameKind.PLACE
        }
        return state if self._knowledge.adversary(state) not in named else None

    def _town_unit(self, sentence: Sentence, left: int) -> str | None:
        """Read "Townsville's 3rd Brigade will grow by 500": the unit is the state's in which it lies."""
        for name in sentence.names:
            place = name.senses.get(NameKind.PLACE)
            unit = _TOWN_UNIT.match(sentence.text, name.end, left) if place else None
            if unit is not None and acts(sentence.text, unit.end(), left, self._grammar):
                return self._keeper(place)
        return None

    def _from_town(self, sentence: Sentence, left: int) -> str | None:
        """Read "A regiment from Kamchatka with about 2,200 marines": the state's in which its home lies."""
        for name in sentence.names:
            place = name.senses.get(NameKind.PLACE)
            if place is None or name.end > left or NameKind.ACTOR in name.senses:
                continue
            floor = max(sentence.start, name.start - 48)
            if _MOVED.search(sentence.text, sentence.start, name.start):
                continue  # "has moved the 76th Division from X"
            if _UNIT_FROM.search(sentence.text, floor, name.start):
                with_ = _WITH.fullmatch(sentence.text, name.end, left)
                if with_ or acts(sentence.text, name.end, left, self._grammar):
                    return self._keeper(place)
        return None

    def _outside(self, index: int) -> Iterator[tuple[Sentence, int, int]]:
        """Yield the stretches outside quotation marks around a quoted sentence."""
        for other in (index, index + 1, index - 1, index + 2, index - 2):
            if not 0 <= other < len(self._story.sentences):
                continue
            sentence = self._story.sentences[other]
            if sentence.paragraph != self._story.sentences[index].paragraph:
                continue
            if self._story.in_turn(other):
                continue
            begin = sentence.text.rfind("\n", 0, sentence.start) + 1
            inside = sentence.text.count('"', begin, sentence.start) % 2 == 1
            position = sentence.start
            for mark in (*_MARK.finditer(sentence.text, sentence.start, sentence.end), None):
                stop = mark.start() if mark is not None else sentence.end
                if not inside and stop > position:
                    yield sentence, position, stop
                inside, position = not inside, stop + 1

    def _asked_state(self, index: int) -> str | None:
        """Read "Q: Can Taiwan hold out? A: We have 190,000": the one state that the question names."""
        question = self._story.question(index)
        named = {
            name.senses.get(NameKind.ACTOR, "") for name in (question.names if question else ())
        } & self._knowledge.homes.keys()
        return named.pop() if len(named) == 1 else None

    def _just_counted(self, index: int) -> str | None:
        """Read "Today, 180 Portuguese soldiers. We had 215 there in June": the speaker's own."""
        before = self._story.sentences[index - 1] if index else None
        if before is None or before.paragraph != self._story.sentences[index].paragraph:
            return None
        spoken = set(self._story.spoken_of(index - 1)) if before.quantities else set()
        return spoken.pop() if len(spoken) == 1 else None

    def _commands(self, index: int) -> str | None:
        """Read "said General X, who commands EUFOR": a commander means the body that he leads."""
        for sentence, start, stop in self._outside(index):
            for name in sentence.names:
                if not start <= name.start < stop:
                    continue
                force_id = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
                floor = max(start, name.start - 40)
                if force_id is not None and _LEADS.search(sentence.text, floor, name.start):
                    return force_id
        return None

    def _seat(self, index: int) -> str | None:
        """Return whose a speaker is by his office: "the mayor of X", "the governor of Y's Z region"."""
        for sentence, start, stop in self._outside(index):
            for name in sentence.names:
                if not start <= name.start < stop:
                    continue
                floor = max(start, name.start - 40)
                before = sentence.text[floor : name.start]
                if _OFFICE_OF.search(before):
                    kinds = (NameKind.ADJECTIVE, NameKind.ACTOR)
                    found = next((name.senses[k] for k in kinds if k in name.senses), None)
                    found = found or self._keeper(name.senses.get(NameKind.PLACE))
                    if found is not None:
                        return found
                at = NameKind.PLACE in name.senses and NameKind.ACTOR in name.senses
                minister = _MINISTER.search(sentence.text, start, name.start)
                if at and minister and before.endswith(" in "):
                    return name.senses[NameKind.ACTOR]  # "the minister told RTE in Dublin"
        return None
