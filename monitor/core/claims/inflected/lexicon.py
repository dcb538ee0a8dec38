# SPDX-License-Identifier: Apache-2.0
"""Words of a text and which patterns of a pack they fit: the dictionary under the grammar.

What it is not: rules. Rules of this file: a text is looked up once, word by word, so the time is
linear in the text; of several names at a place the longest holds; patterns are described in
`core.packs`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.core.knowledge import NameKind
from monitor.core.packs import Pack, split

_NUMBER = r"\d{1,3}(?:(?P<group>[.,' ])\d{3})(?:(?P=group)\d{3})*(?!\d)|\d+(?:[.,]\d{1,2}(?!\d))?"
_WORDS = {
    # French and Spanish write "d'hommes" for "de hommes"; Ukrainian has the apostrophe in words.
    "romance": r"(?:[^\W\d_]{1,2}|[Qq]u|[Aa]ujourd)'(?=\w|$)|[^\W\d_]+",
    "other": r"[^\W\d_]+(?:'[^\W\d_]+)*",
}
_EXACT = 1000  # the strength of a whole word against that of a stem, which is its length

NAME, SPEAKER, HEAD = "name", "speaker", "head"
Senses = Mapping[NameKind, str]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number in digits, or one character of punctuation."""

    start: int
    end: int
    text: str
    lower: str

    @property
    def is_number(self) -> bool:
        """Say whether it is written in digits."""
        return self.text[0].isdecimal()

    @property
    def is_word(self) -> bool:
        """Say whether it begins with a letter."""
        return self.text[0].isalpha()


@dataclass(frozen=True, slots=True)
class Mark:
    """A pattern that fits the tokens `start` to `end`; `value` belongs to the pattern."""

    start: int
    end: int
    tag: str
    value: str
    senses: Senses = field(default_factory=dict)


@lru_cache(maxsize=8)
def _tokens_of(family: str) -> re.Pattern[str]:
    words = _WORDS.get(family, _WORDS["other"])
    return re.compile(rf"(?P<number>{_NUMBER})|{words}|[^\w\s]|_")


def tokens(text: str, start: int, end: int, family: str) -> list[Token]:
    """Return the tokens between two positions."""
    return [
        Token(match.start(), match.end(), match[0], match[0].lower())
        for match in _tokens_of(family).finditer(text, start, end)
    ]


@dataclass(slots=True)
class _Entry:
    """What ends at a node: a tag with its value, or the senses of a name."""

    tag: str
    value: str
    capital: bool
    senses: Senses


class _Node:
    """A place in the tree of patterns, one level a word."""

    __slots__ = ("endings", "entries", "exact", "longest", "shortest", "stems")

    def __init__(self) -> None:
        self.exact: dict[str, _Node] = {}
        self.stems: dict[str, _Node] = {}
        self.endings: dict[str, _Node] = {}
        self.entries: list[_Entry] = []
        self.shortest, self.longest = 99, 0

    def child(self, word: str) -> _Node:
        """Return the node behind a word of a pattern, made if it is missing."""
        if word.endswith("*") or word.startswith("*"):
            table = self.stems if word.endswith("*") else self.endings
            word = word.strip("*")
            self.shortest = min(self.shortest, len(word))
            self.longest = max(self.longest, len(word))
        else:
            table = self.exact
        return table.setdefault(word, _Node())

    def after(self, lower: str) -> Iterable[tuple[_Node, int]]:
        """Yield the nodes that a word of the text leads to, with the strength of the fit."""
        node = self.exact.get(lower)
        if node is not None:
            yield node, _EXACT
        if not (self.stems or self.endings):
            return
        for size in range(min(self.longest, len(lower)), self.shortest - 1, -1):
            node = self.stems.get(lower[:size])
            if node is not None:
                yield node, size
            node = self.endings.get(lower[-size:])
            if node is not None:
                yield node, size


class Lexicon:
    """All patterns of one pack for one measure."""

    def __init__(self, pack: Pack, measure: str) -> None:
        self._pack = pack
        self._root = _Node()
        for tag, patterns in pack.lists.items():
            if tag.startswith(("detect.", "sentences.")):
                continue
            for pattern in patterns:
                self._add(pattern, tag, "")
        for tag, table in pack.tables.items():
            for pattern, value in table.items():
                self._add(pattern, tag, value)
        for pattern, weight in pack.heads.get(measure, {}).items():
            self._add(pattern, HEAD, str(weight))
        self._add_names()

    def _add_names(self) -> None:
        found: dict[tuple[str, str], dict[NameKind, str]] = defaultdict(dict)
        for kind, ids in self._pack.names.items():
            tag = SPEAKER if kind in {NameKind.SOURCE, NameKind.OUTLET} else NAME
            for slug, patterns in ids.items():
                for pattern in split(patterns):
                    for form in self._pack.forms(pattern):
                        found[tag, form].setdefault(kind, slug)
        for (tag, form), senses in found.items():
            self._add(form, tag, "", senses)

    def _add(self, pattern: str, tag: str, value: str, senses: Senses | None = None) -> None:
        for form in self._pack.forms(pattern):
            node = self._root
            for word in _pattern_words(form, self._pack.family):
                node = node.child(word.lower())
            node.entries.append(_Entry(tag, value, form[:1].isupper(), senses or {}))

    def marks(self, found: Sequence[Token]) -> list[Mark]:
        """Return everything that fits, in order of position; per tag and place the longest."""
        marks: list[Mark] = []
        for index in range(len(found)):
            marks += self._at(found, index)
        return marks

    def _at(self, found: Sequence[Token], index: int) -> list[Mark]:
        best: dict[str, tuple[int, int, _Entry]] = {}
        paths = [(self._root, index, 0)]
        capital = found[index].text[0].isupper()
        while paths:
            node, position, strength = paths.pop()
            for entry in node.entries:
                if entry.capital and not capital:
                    continue
                held = best.get(entry.tag)
                if held is None or (position, strength) > held[:2]:
                    best[entry.tag] = (position, strength, entry)
            if position < len(found):
                for following, fit in node.after(found[position].lower):
                    paths.append((following, position + 1, strength + fit))
        return [
            Mark(index, position, entry.tag, entry.value, entry.senses)
            for position, _, entry in best.values()
        ]


def _pattern_words(pattern: str, family: str) -> list[str]:
    """Split a pattern as a text is split; a star belongs to the word it touches."""
    words: list[str] = []
    for part in pattern.split():
        found = tokens(part.replace("*", ""), 0, len(part), family)
        texts = [token.text for token in found]
        if texts and part.startswith("*"):
            texts[0] = "*" + texts[0]
        if texts and part.endswith("*"):
            texts[-1] += "*"
        words += texts
    return words
