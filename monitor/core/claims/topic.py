# SPDX-License-Identifier: Apache-2.0
"""Whether a story speaks of the measure, so that a number without a sure noun may be its figure.

What it is not: what a number counts (`heads`), or what the numbers before it counted (`antecedents`).
Rules of this file: signs of the measure, and nouns that are nothing else, make the talk; a question for
it, a figure before and a soldier who speaks do as well; every sentence is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cached_property

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import LIGHT_UP_TO, WEAK_BELOW, Grammar, Sentence
from monitor.core.claims.story import Story
from monitor.core.knowledge import Knowledge, NameKind

# How many sentences back "about 10,000 have gone there" may find its troops.
CONTEXT_SENTENCES = 4
# How many sentences back talk makes a bare number, or "men", one of troops.
TALK = 2
# How near behind a people the front stands that they are at.
_SOON = 60
# Sources whose speakers count soldiers when they say "men".
_MILITARY = (
    "-defence-ministry",
    "-military",
    "pentagon",
    "centcom",
    "-general-staff",
    "-hur",
    "-army",
    "-armed-forces",
    "-jcs",
    "idf",
)
# How transcripts and agencies write ranks before a name.
_RANKED = re.compile(
    r"\b(?:ADM|GEN|Adm|Gen|Lt|Col|Maj|Brig|Capt|Sgt|COL|MAJ)\.\s|\b(?:General|Admiral|Major)\s[A-Z]"
)


class Topic:
    """What one story speaks of, for one measure; `claimed` has the sentences with figures so far."""

    def __init__(
        self, story: Story, knowledge: Knowledge, grammar: Grammar, claimed: Container[int]
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._claimed = claimed
        self._speaks: dict[int, bool] = {}
        self._contexts: dict[int, bool] = {}
        self._sure: dict[int, bool] = {}
        self.is_about_it = any(map(self.is_sure, range(len(story.sentences))))

    def speaks_of_it(self, index: int) -> bool:
        """Say whether a sentence has a sign of the measure, or asks for it."""
        if index not in self._speaks:
            sentence, grammar = self._story.sentences[index], self._grammar
            where = (sentence.text, sentence.start, sentence.end)
            self._speaks[index] = (
                grammar.context.search(*where) is not None
                or (self.is_about_it and grammar.people.search(*where) is not None)
                or self.asks_for_it(sentence)
            )
        return self._speaks[index]

    def asks_for_it(self, sentence: Sentence) -> bool:
        """Say whether a sentence asks how many advisers, men or fighters there are."""
        grammar = self._grammar
        asked = grammar.search("shapes.asks", sentence.text, sentence.start, sentence.end)
        where = (sentence.text, sentence.start, sentence.end)
        if asked is None or grammar.search("rejects.other_crowds", *where):
            return False
        military = grammar.search("shapes.military_context", *where) is not None
        least = LIGHT_UP_TO if military else WEAK_BELOW
        return any(
            start > asked.start() and grammar.weight(match[0]) > least
            for start, match in grammar.heads_of(sentence).items()
        )

    def _spoken_before(self, index: int) -> bool:
        """Say whether one of the sentences just before speaks of the measure, or gives a figure."""
        before = range(max(0, index - CONTEXT_SENTENCES), index)
        return any(earlier in self._claimed or self.speaks_of_it(earlier) for earlier in before)

    def in_context(self, index: int) -> bool:
        """Say whether the measure is spoken of: before, here, or in the rest of a quotation.

        The answer is kept, so it may be asked for only once all sentences before were read.
        """
        if index not in self._contexts:
            self._contexts[index] = self._is_in_context(index)
        return self._contexts[index]

    def _is_in_context(self, index: int) -> bool:
        if self.speaks_of_it(index):
            return True
        ahead = range(index, index + len(self._story.ahead(index)))
        if any(map(self.speaks_of_it, ahead)) or self._spoken_before(index):
            return True
        return self._is_soldiers_talk

    @cached_property
    def _is_soldiers_talk(self) -> bool:
        """Say whether a soldier or a military body speaks anywhere: what they count are soldiers."""
        if self._grammar.fates:
            return False
        return any(map(self.soldiers_speak, range(len(self._story.sentences))))

    def is_strong_talk(self, index: int) -> bool:
        """Say whether a neighbouring sentence names troops outright, so that "men" are troops too."""
        sentences = self._story.sentences
        last = min(index + 2, len(sentences))
        near = (*range(max(0, index - TALK), index), *range(index + 1, last))
        return any(self.is_sure(other) or self.speaks_of_it(other) for other in near)

    def are_soldiers(self, index: int, counted: Counted) -> bool:
        """Say whether a counted people are soldiers, by the talk or by where they are."""
        sentence = self._story.sentences[index]
        return (
            self.is_strong_talk(index)
            or self._is_at_front(sentence, counted)
            or self._is_expedition(sentence, counted)
        )

    def _is_at_front(self, sentence: Sentence, counted: Counted) -> bool:
        """Say whether a people is counted at a front that is not its own country's."""
        stop = min(sentence.end, counted.end + _SOON)
        front = self._grammar.search("shapes.fronts", sentence.text, counted.end, stop)
        if front is None:
            return False
        home = self._knowledge.homes.get(counted.force or "")
        places = sentence.named(NameKind.PLACE, counted.end, stop)
        return all(
            self._knowledge.country_of(name.senses[NameKind.PLACE]) != home for name in places
        )

    def _is_expedition(self, sentence: Sentence, counted: Counted) -> bool:
        """Say whether a people is counted in a country where only soldiers of that state are."""
        abroad = self._knowledge.expeditions.get(counted.force or "")
        if not abroad:
            return False
        where = (sentence.text, sentence.start, sentence.end)
        if any(
            self._grammar.search(f"rejects.{key}", *where) for key in ("other_crowds", "at_work")
        ):
            return False
        places = sentence.named(NameKind.PLACE, sentence.start, sentence.end)
        return any(
            self._knowledge.country_of(name.senses[NameKind.PLACE]) in abroad for name in places
        )

    def is_sure(self, index: int) -> bool:
        """Say whether a sentence names what is counted by a noun that is nothing else."""
        if index not in self._sure:
            one = self._story.sentences[index]
            self._sure[index] = self._grammar.sure.search(one.text, one.start, one.end) is not None
        return self._sure[index]

    def soldiers_speak(self, index: int) -> bool:
        """Say whether the speaker is a soldier, by a list or his rank: his men are soldiers."""
        sentence = self._story.sentences[index]
        for other in self._story.beside(index):
            if self._grammar.search("attribution.ranks", other.text, other.start, other.end):
                return True
            if _RANKED.search(other.text, other.start, other.end):
                return True
        nodes = self._knowledge.gazetteer.sources
        for name in sentence.speakers:
            node = nodes.get(name.senses.get(NameKind.SOURCE, ""))
            while node is not None:
                if node.id.endswith(_MILITARY):
                    return True
                node = nodes.get(node.parent) if node.parent else None
        return False
