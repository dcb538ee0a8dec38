# SPDX-License-Identifier: Apache-2.0
"""Where the sentences of a story take place: their places, and what each may ask of those before.

What it is not: the place of a figure (`whereabouts`), or who speaks (`story`). Rules of this file: the
title's sentences come first; every answer looks backwards; the places of a sentence are found once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.epithets import epithets, meant
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.spots import Spot, spot_at
from monitor.core.claims.spots import spots as find_spots
from monitor.core.claims.turns import Turn
from monitor.core.knowledge import Knowledge, NameKind

# How many sentences behind a question, or a change of topic, still belong to it.
_ANSWER = 2
# How long an answer goes on about what was asked.
_LONG_ANSWER = 3
# How many sentences under a title go on about what it says.
_UNDER_TITLE = 2
# How near a name stands before "of the capital" that is a part of it.
_DISTRICT = 20
# How many sentences back "the besieged city" may have its name.
_PARAPHRASED = 6
# "On Haiti, …" at the beginning of a sentence or turn.
_ON = re.compile(
    r"(?:[\w. '-]{1,40}:\s)?\W*(?:(?:And|Now|So|Just|Well|Okay),?\s+)*[Oo]n\s+(?:the\s+)?"
)
_LABELLED = re.compile(r"(?:,? [A-Z][\w'-]+)?(?:: | - )")
# "Bamako under siege: …": who is told of does not speak.
_TOLD_OF = re.compile(
    r" (?:under|in|on|besieged|encircled|surrounded|falls|fell|braces|holds|burns|battle|siege|front|"
    r"fighting|offensive|evacuated|cut off)\b[ a-z'-]{0,40}: "
)


class Scenes:
    """The places of a story's sentences; `titles` says how many of these are the title's."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        turns: Sequence[Turn | None],
        titles: int,
        knowledge: Knowledge,
        grammar: Grammar,
    ) -> None:
        self.sentences, self._turns, self._titles = sentences, turns, titles
        self._knowledge, self._grammar = knowledge, grammar
        self._spots: dict[int, list[Spot]] = {}

    def spots(self, index: int) -> list[Spot]:
        """Return the places of a sentence, named or paraphrased."""
        if index not in self._spots:
            self._spots[index] = self._found(index)
        return self._spots[index]

    def together(self, index: int, other: int) -> bool:
        """Say whether two sentences stand in one paragraph."""
        if not 0 <= other < len(self.sentences):
            return False
        return self.sentences[other].paragraph == self.sentences[index].paragraph

    def title_before(self, index: int) -> int | None:
        """Return the title's sentence, for the first sentences of the text."""
        under = self._titles <= index < self._titles + _UNDER_TITLE
        return self._titles - 1 if self._titles and under else None

    def country_before(self, index: int, own: str | None) -> str | None:
        """Return the last country named in the sentences before one, but the home of `own`."""
        homes = self._knowledge.homes
        for earlier in reversed(self.sentences[max(0, index - _PARAPHRASED) : index]):
            for name in reversed(earlier.names):
                force_id = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
                found = self._knowledge.country_of(name.senses.get(NameKind.PLACE))
                found = found or homes.get(force_id or "")
                if found is not None and found != homes.get(own or ""):
                    return found
        return None

    def _found(self, index: int) -> list[Spot]:
        sentence, grammar = self.sentences[index], self._grammar
        found = find_spots(sentence, grammar, self._knowledge)
        for epithet in epithets(sentence, grammar, self._knowledge.gazetteer):
            before = self.sentences[max(0, index - _PARAPHRASED) : index]
            place = meant(epithet, sentence, before, grammar, self._knowledge)
            inner = any(0 <= epithet.start - s.end <= _DISTRICT for s in found)
            if place is None or (inner and sentence.text.startswith("of", epithet.start)):
                continue  # "the Apopa district of the capital" is Apopa
            apart = [s for s in found if s.end <= epithet.start or s.start >= epithet.end]
            spot = spot_at(sentence, epithet.start, epithet.end, place, grammar)
            found = sorted([*apart, spot], key=lambda one: one.start)
        return found

    def asked(self, index: int) -> Spot | None:
        """Return the place of a question that a sentence answers: "How many are in Chad?"."""
        turn = self._turns[index]
        for earlier in range(index - 1, max(-1, index - 1 - self._answer(index)), -1):
            sentence, other = self.sentences[earlier], self._turns[earlier]
            asks = other is not None and other.asks and other is not turn
            if sentence.text[sentence.end - 1] != "?" and not asks:
                continue
            spot = next((spot for spot in reversed(self.spots(earlier)) if spot.place), None)
            found = spot or self.topic_of(earlier) or self._named(earlier)
            if found is not None or not asks:
                return found
        return None

    def _answer(self, index: int) -> int:
        """Return how far back a question may be: in a transcript, the turn before this one."""
        turn = self._turns[index]
        if turn is None or index - turn.index > _LONG_ANSWER:
            return _ANSWER
        before = self._turns[turn.index - 1] if turn.index else None
        return index - (before.index if before is not None else turn.index)

    def _named(self, index: int) -> Spot | None:
        """Return the last place that a question names, if it does not act: "to secure Goma"."""
        sentence, countries = self.sentences[index], self._knowledge.countries
        for name in reversed(sentence.names):
            place = name.senses.get(NameKind.PLACE)
            last = sentence.text.startswith("?", name.end) and place not in countries
            if place is not None and (last or NameKind.ACTOR not in name.senses):
                return Spot(name.start, name.end, place, None)
        return None

    def topic_of(self, index: int) -> Spot | None:
        """Return the place that a sentence turns to: "On Haiti, …", "let's turn to Pokrovsk"."""
        sentence, grammar = self.sentences[index], self._grammar
        for name in reversed(sentence.names):
            place = name.senses.get(NameKind.PLACE)
            if place is None or sentence.text.startswith("'s", name.end):
                continue
            floor = max(sentence.start, name.start - 40)
            opening = sentence.text[sentence.start : name.start]
            if _ON.fullmatch(opening) or grammar.ends(
                "places.turning", sentence.text, floor, name.start
            ):
                return Spot(name.start, name.end, place, None)
        return None

    def topic_before(self, index: int) -> Spot | None:
        """Return the place that one of the two sentences before turns to, in the same paragraph."""
        for earlier in range(index - 1, max(-1, index - 1 - _ANSWER), -1):
            if self.together(index, earlier):
                found = self.topic_of(earlier)
                if found is not None:
                    return found
        return None

    def label(self, index: int) -> str | None:
        """Return the place that a headline begins with: "Kursk: Kyiv counts …", "Goma besieged: …"."""
        sentence, countries = self.sentences[index], self._knowledge.countries
        for name in sentence.names[:1]:
            place = name.senses.get(NameKind.PLACE)
            if place is None or name.start != sentence.start:
                continue
            speaks = any(one.start == name.start for one in sentence.speakers)
            speaks = speaks or NameKind.ACTOR in name.senses
            if _LABELLED.match(sentence.text, name.end) and not speaks:
                return place
            if _TOLD_OF.match(sentence.text, name.end) and place not in countries:
                return place
        return None

    def spots_before(self, index: int) -> Sequence[Spot]:
        """Return the places of the last sentence before this one that names any."""
        for earlier in range(index - 1, -1, -1):
            if any(NameKind.PLACE in name.senses for name in self.sentences[earlier].names):
                topic = None if self.spots(earlier) else self.topic_of(earlier)
                return self.spots(earlier) if topic is None else [topic]
        return ()
