# SPDX-License-Identifier: Apache-2.0
"""The words of a language and a measure, compiled once; and a sentence with what was found in it.

What it is not: rules. Rules of this file: every pattern is built from data and bounded (no nested
repetition over free text), so that reading takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from monitor.core.claims.numerals import Numerals, Quantity
from monitor.core.claims.wordlists import WordList, WordLists, vocabulary
from monitor.core.knowledge import Knowledge, Language, Measure, Name, NameKind, alternatives

WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['.-][^\W\d_]+)*|\d+\S*|[^\w\s]")

_ASIDE = re.compile(r" - [^-]{3,240} - ")


def words_back(stretch: str) -> Iterator[str]:
    """Yield the words and signs of a stretch in lower case, the last one first."""
    for chunk in reversed(stretch.split()):
        if chunk.isalpha():
            yield chunk.lower()
        else:  # no word goes on behind a blank
            yield from (word.lower() for word in reversed(WORD.findall(chunk)))


@dataclass(slots=True, kw_only=True)
class Sentence:
    """A sentence of the normalised text `text`: its span, its paragraph's number, its names.

    `names` are actors, adjectives, peoples and places; `speakers` are sources.
    """

    text: str
    start: int
    end: int
    paragraph: int
    names: list[Name]
    speakers: list[Name]
    quantities: list[Quantity]
    heading: bool = False
    dated: list[re.Match[str]] | None = None  # days that it names, once they were looked for
    heads: tuple[object, dict[int, re.Match[str]]] | None = None  # head nouns, and of which measure
    places_of_names: dict[int, Name] | None = None
    asides_found: list[tuple[int, int]] | None = None
    words_found: frozenset[str] | None = None
    # By measure: the forces that are spoken of (`force`), the estimates that are (`tallies`).
    spoken_of: tuple[object, list[tuple[int, str]]] | None = None
    tallied: tuple[object, list[Any]] | None = None
    # Where clauses begin and end, by where they were asked for.
    starts_found: dict[tuple[int, bool], int] = field(default_factory=dict)
    ends_found: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def named_at(self) -> dict[int, Name]:
        """Return the names by where they begin."""
        if self.places_of_names is None:
            self.places_of_names = {name.start: name for name in self.names}
        return self.places_of_names

    @property
    def asides(self) -> list[tuple[int, int]]:
        """Return the spans of what stands between two dashes."""
        if self.asides_found is None:
            first = self.text.find(" - ", self.start, self.end)
            found = _ASIDE.finditer(self.text, first, self.end) if first >= 0 else ()
            self.asides_found = [match.span() for match in found]
        return self.asides_found

    @property
    def words(self) -> str:
        """Return the sentence's own characters."""
        return self.text[self.start : self.end]

    def has(self, words: frozenset[str]) -> bool:
        """Say whether one of some words in lower case stands here: what an expression cannot do without.

        It costs a tenth of a search. An apostrophe or a hyphen parts words: "don't" is "don" and "t".
        """
        if self.words_found is None:
            self.words_found = vocabulary(self.text[self.start : self.end])
        return not words.isdisjoint(self.words_found)

    def named(self, kind: NameKind, start: int, end: int) -> list[Name]:
        """Return the names of a kind between two positions."""
        return [
            name
            for name in self.names
            if kind in name.senses and start <= name.start and name.end <= end
        ]


def _date(lists: WordLists, language: Language) -> WordList:
    """Return what finds the days a text may name: dates in any order, weekdays, yesterday."""
    months, days = alternatives(language.months), alternatives(language.weekdays)
    expression = (
        rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
        rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{months})\b\.?"
        rf"(?:,?\s+(?P<y1>\d{{4}}))?"
        rf"|(?P<m2>{months})\b\.?\s?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[,.]\d{{3}}\b)"
        rf"(?:,?\s+(?P<y2>\d{{4}}))?"
        rf"|(?P<last>last\s+|next\s+)?(?P<weekday>{days})\b|(?P<near>yesterday|today)\b)"
    )
    beginnings = [*language.months, *language.weekdays, "last", "next", "yesterday", "today"]
    return lists.beginning(beginnings, lambda: re.compile(expression, re.IGNORECASE), digits=True)


# Nouns below this weight may count anybody; they need a force or a context.
WEAK_BELOW = 0.6
# From this weight on a noun is hardly ever anything else ("forces" of the market lie below).
SURE_FROM = 0.8
# Up to this weight they need both.
LIGHT_UP_TO = 0.3


class _Lists(dict[str, WordList]):
    """Lists of words by key; a language that lacks a list has no such words."""

    def __init__(self, lists: WordLists, words: Mapping[str, Sequence[str]]) -> None:
        super().__init__({key: lists.of(forms) for key, forms in words.items()})
        self._none = lists.of(())

    def __missing__(self, key: str) -> WordList:
        return self._none


class _Sets(dict[str, frozenset[str]]):
    """Words by list; a language that lacks a list has no such words."""

    def __missing__(self, key: str) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fated:
    """The compiled words of one fate: nouns that say it, verbs after and before the counted."""

    unit: str
    heads: frozenset[str]
    after: WordList
    before: WordList


class Lexicon:
    """The compiled word lists of one language, which all measures share."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lists = WordLists()
        self.numerals = Numerals(language, self.lists)
        self.date = _date(self.lists, language)
        self.patterns = _Lists(self.lists, language.words)
        self.sets = _Sets({key: frozenset(forms) for key, forms in language.words.items()})


class Grammar:
    """Compiled patterns of one language for one measure."""

    def __init__(
        self,
        lexicon: Lexicon,
        measure: Measure,
        peoples: Sequence[str] = (),
        armed: frozenset[str] = frozenset(),
    ) -> None:
        language, lists = lexicon.language, lexicon.lists
        self.language, self.measure, self.armed = language, measure, armed
        self.numerals, self._date = lexicon.numerals, lexicon.date
        self.patterns, self.sets = lexicon.patterns, lexicon.sets
        self.head = lists.of(measure.heads)
        self.fates = tuple(
            Fated(
                unit=fate.unit,
                heads=frozenset(fate.heads),
                after=lists.of(fate.after),
                before=lists.of(fate.before),
            )
            for fate in measure.fates
        )
        # The cheap gate, and what shows that the measure is being spoken of: the gate without nouns
        # that may be anybody. Where a measure is defined by fates, their words are both.
        befell = [
            form for fate in measure.fates for form in (*fate.heads, *fate.after, *fate.before)
        ]
        signs = befell or [*language.words["shapes.signs"], *peoples]
        strong = [head for head, weight in measure.heads.items() if weight >= WEAK_BELOW]
        heavy = [head for head, weight in measure.heads.items() if weight > LIGHT_UP_TO]
        light = [head for head, weight in measure.heads.items() if weight <= LIGHT_UP_TO]
        calls = language.words["shapes.calls"]
        self._gate = lists.of(befell or [*heavy, *signs, *calls])
        self._light = lists.of(() if befell else light)
        # What shows that the measure is being spoken of, so that a bare number may be its figure:
        # nouns that are nothing else, and signs; names of people only where such a noun is about.
        sure = [head for head, weight in measure.heads.items() if weight >= SURE_FROM]
        plain = language.words["shapes.signs"]
        self.context = lists.of(befell or [*sure, *plain])
        self.sure = lists.of(befell or sure or strong)
        self.people = lists.of(() if befell else peoples)

    def passes(self, *parts: str) -> bool:
        """Say cheaply whether a text can hold a figure: a number, and a noun or sign of the measure.

        Light nouns ("people") count nobody without a military word, so those alone do not pass.
        """
        if not any(map(self.numerals.may_hold, parts)):
            return False
        if any(map(self._gate.stands_in, parts)):
            return True
        military = self.patterns["shapes.military_context"]
        return any(map(self._light.stands_in, parts)) and any(map(military.stands_in, parts))

    def search(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the first form under `key` between two positions."""
        return self.patterns[key].search(text, start, end)

    def last(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the last form under `key` between two positions."""
        found: re.Match[str] | None = None
        for match in self.patterns[key].finditer(text, start, end):
            found = match
        return found

    def ends(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the form under `key` that ends the stretch, but for blanks."""
        return self.patterns[key].ending(text, start, end)

    def days(self, sentence: Sentence) -> list[re.Match[str]]:
        """Return the days that a sentence names, looked for once."""
        if sentence.dated is None:
            sentence.dated = list(self._date.finditer(sentence.text, sentence.start, sentence.end))
        return sentence.dated

    def heads_of(self, sentence: Sentence) -> dict[int, re.Match[str]]:
        """Return the head nouns of a sentence by where they begin, looked for once per measure."""
        if sentence.heads is None or sentence.heads[0] is not self:
            found = self.head.finditer(sentence.text, sentence.start, sentence.end)
            sentence.heads = (self, {match.start(): match for match in found})
        return sentence.heads[1]

    def weight(self, head: str) -> float:
        """Return the weight of a head noun."""
        return self.measure.heads.get(" ".join(head.lower().split()), 0.0)


@lru_cache(maxsize=16)
def grammar_of(knowledge: Knowledge, measure: str, language: str) -> Grammar:
    """Return the compiled grammar of a measure in a language."""
    lexicon = _lexicon_of(knowledge, language)
    return Grammar(lexicon, knowledge.measures[measure], knowledge.peoples, knowledge.armed_groups)


@lru_cache(maxsize=4)
def _lexicon_of(knowledge: Knowledge, language: str) -> Lexicon:
    return Lexicon(knowledge.languages[language])
