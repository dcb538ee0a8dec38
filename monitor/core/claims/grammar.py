# SPDX-License-Identifier: Apache-2.0
"""The words of a language and a measure, compiled once; and a sentence with what was found in it.

What it is not: rules. Rules of this file: every pattern is built from data and bounded (no nested
repetition over free text), so that reading takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.core.claims.numerals import Numerals, Quantity
from monitor.core.knowledge import Knowledge, Language, Measure, Name, NameKind, alternatives

WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['.-][^\W\d_]+)*|\d+\S*|[^\w\s]")


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

    @property
    def named_at(self) -> dict[int, Name]:
        """Return the names by where they begin."""
        if self.places_of_names is None:
            self.places_of_names = {name.start: name for name in self.names}
        return self.places_of_names

    @property
    def words(self) -> str:
        """Return the sentence's own characters."""
        return self.text[self.start : self.end]

    def named(self, kind: NameKind, start: int, end: int) -> list[Name]:
        """Return the names of a kind between two positions."""
        return [
            name
            for name in self.names
            if kind in name.senses and start <= name.start and name.end <= end
        ]


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE)


def _date(language: Language) -> re.Pattern[str]:
    """Return the pattern of the days a text may name: dates in any order, weekdays, yesterday."""
    months, days = alternatives(language.months), alternatives(language.weekdays)
    return re.compile(
        rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
        rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{months})\b\.?"
        rf"(?:,?\s+(?P<y1>\d{{4}}))?"
        rf"|(?P<m2>{months})\b\.?\s?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[,.]\d{{3}}\b)"
        rf"(?:,?\s+(?P<y2>\d{{4}}))?"
        rf"|(?P<last>last\s+|next\s+)?(?P<weekday>{days})\b|(?P<near>yesterday|today)\b)",
        re.IGNORECASE,
    )


# Nouns below this weight may count anybody; they need a force or a context.
WEAK_BELOW = 0.6
# From this weight on a noun is hardly ever anything else ("forces" of the market lie below).
SURE_FROM = 0.8
# Up to this weight they need both.
LIGHT_UP_TO = 0.3
_NEVER = re.compile(r"(?!)")


class _Patterns(dict[str, re.Pattern[str]]):
    """Patterns by list of words; a language that lacks a list has no such words."""

    def __missing__(self, key: str) -> re.Pattern[str]:
        return _NEVER


class _Sets(dict[str, frozenset[str]]):
    """Words by list; a language that lacks a list has no such words."""

    def __missing__(self, key: str) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fated:
    """The compiled words of one fate: nouns that say it, verbs after and before the counted."""

    unit: str
    heads: frozenset[str]
    after: re.Pattern[str]
    before: re.Pattern[str]


class Grammar:
    """Compiled patterns of one language for one measure."""

    def __init__(self, language: Language, measure: Measure, peoples: Sequence[str] = ()) -> None:
        self.language, self.measure = language, measure
        self.numerals = Numerals(language)
        self.head = _word(alternatives(measure.heads))
        self.fates = tuple(
            Fated(
                unit=fate.unit,
                heads=frozenset(fate.heads),
                after=_word(alternatives(fate.after)) if fate.after else _NEVER,
                before=_word(alternatives(fate.before)) if fate.before else _NEVER,
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
        self.strong = _word(alternatives(strong)) if strong else _NEVER
        heavy = [head for head, weight in measure.heads.items() if weight > LIGHT_UP_TO]
        light = [head for head, weight in measure.heads.items() if weight <= LIGHT_UP_TO]
        calls = language.words["shapes.calls"]
        self._gate = _word(alternatives(befell or [*heavy, *signs, *calls]))
        self._light = _word(alternatives(light)) if light and not befell else _NEVER
        # What shows that the measure is being spoken of, so that a bare number may be its figure:
        # nouns that are nothing else, and signs; names of people only where such a noun is about.
        sure = [head for head, weight in measure.heads.items() if weight >= SURE_FROM]
        plain = language.words["shapes.signs"]
        self.context = _word(alternatives(befell or [*sure, *plain]))
        self.sure = _word(alternatives(befell or sure or strong))
        self.people = _word(alternatives(peoples)) if not befell and any(peoples) else _NEVER
        self.patterns = _Patterns(
            {key: _word(language.any_of(key)) for key, forms in language.words.items() if forms}
        )
        self._ending = _Patterns(
            {
                key: re.compile(
                    rf"(?<![\w-]){language.any_of(key)}(?![\w-])(?=[ \"'(]*\Z)", re.IGNORECASE
                )
                for key, forms in language.words.items()
                if forms
            }
        )
        self.date = _date(language)
        self.sets = _Sets({key: frozenset(forms) for key, forms in language.words.items()})

    def passes(self, text: str) -> bool:
        """Say cheaply whether a text can hold a figure: a number, and a noun or sign of the measure.

        Light nouns ("people") count nobody without a military word, so those alone do not pass.
        """
        if self.numerals.gate.search(text) is None:
            return False
        if self._gate.search(text) is not None:
            return True
        military = self.patterns["shapes.military_context"]
        return self._light.search(text) is not None and military.search(text) is not None

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
        return self._ending[key].search(text, start, end)

    def days(self, sentence: Sentence) -> list[re.Match[str]]:
        """Return the days that a sentence names, looked for once."""
        if sentence.dated is None:
            sentence.dated = list(self.date.finditer(sentence.text, sentence.start, sentence.end))
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
    return Grammar(knowledge.languages[language], knowledge.measures[measure], knowledge.peoples)
