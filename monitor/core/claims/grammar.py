# SPDX-License-Identifier: Apache-2.0
"""The words of a language and a measure, compiled once; and a sentence with what was found in it.

What it is not: rules. Rules of this file: every pattern is built from data and bounded (no nested
repetition over free text), so that reading takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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


class Grammar:
    """Compiled patterns of one language for one measure."""

    def __init__(self, language: Language, measure: Measure, peoples: Iterable[str] = ()) -> None:
        self.language, self.measure = language, measure
        self.numerals = Numerals(language)
        self.head = _word(alternatives(measure.heads))
        signs = [*measure.heads, *language.words["shapes.signs"], *peoples]
        self.gate = _word(alternatives(signs))
        self.patterns = {
            key: _word(language.any_of(key)) for key, forms in language.words.items() if forms
        }
        self.date = _date(language)
        self.sets = {key: frozenset(forms) for key, forms in language.words.items()}

    def search(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the first form under `key` between two positions."""
        return self.patterns[key].search(text, start, end)

    def last(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the last form under `key` between two positions."""
        found = self.patterns[key].finditer(text, start, end)
        return max(found, key=lambda match: match.start(), default=None)

    def ends(self, key: str, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the form under `key` that ends the stretch, but for blanks."""
        found = self.last(key, text, start, end)
        return found if found is not None and not text[found.end() : end].strip(" \"'(") else None

    def weight(self, head: str) -> float:
        """Return the weight of a head noun."""
        return self.measure.heads.get(" ".join(head.lower().split()), 0.0)


@lru_cache(maxsize=16)
def grammar_of(knowledge: Knowledge, measure: str, language: str) -> Grammar:
    """Return the compiled grammar of a measure in a language."""
    return Grammar(knowledge.languages[language], knowledge.measures[measure], knowledge.peoples)
