# SPDX-License-Identifier: Apache-2.0
"""Lists of words found in a text by the words that begin their forms: one split serves all lists.

A scan with an expression of hundreds of forms tries every character, and a hundred lists make a
hundred scans of a sentence. Here a text is split into its words once, and a list tries its expression
only where one of its first words stands. What it is not: another meaning. Rules of this file: every
method finds what the expression alone would find; but what the end of a stretch leaves of a longer
word is no form.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain, count
from operator import add

from monitor.core.knowledge import alternatives

# How many texts keep their words: title and body of a document, and stretches of them.
_TEXTS = 8
# Up to this length a text is one that few lists are asked about: an index would cost more than it saves.
_STRETCH = 120
_END = 2**31 - 1  # beyond any text
_NOTHING: Iterator[re.Match[str]] = iter(())
_WORD, _NUMBER = re.compile(r"\w+"), re.compile(r"\d+")
# What `re` takes for a letter of ASCII beside its two cases.
_ALIKE = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
# First words whose other case is what `str.lower` says; of others nothing is assumed.
_USUAL = re.compile(r"[0-9a-z\xdf-\xf6\xf8-\xff]+")


class _Folded(dict[int, str]):
    """Maps a character to its lower-case form, or to a blank where it belongs to no word."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        return _ALIKE.get(char, char.lower()) if char.isalnum() or char == "_" else " "


_FOLDED = _Folded()
_FOLDED.update({code: _FOLDED[code] for code in range(128)})


def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, which an apostrophe or a hyphen parts."""
    return frozenset(text.translate(_FOLDED).split())


class Words:
    """The words of a text in lower case, and where matches of lists may begin.

    Between two characters that belong to no word stands an empty one.
    """

    def __init__(self, text: str) -> None:
        self.forms = text.translate(_FOLDED).split(" ")
        self.every = frozenset(self.forms)
        # Where a list's matches may begin, once that was asked.
        self.places: dict[WordList, Sequence[int]] = {}
        self._lasts: dict[int, str] = {}

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins."""
        lengths = accumulate(map(len, self.forms[:-1]), initial=0)
        return list(map(add, lengths, count()))

    @cached_property
    def where(self) -> dict[str, list[int]]:
        """Where each of the words begins, by word."""
        found: dict[str, list[int]] = {form: [] for form in self.every}
        for form, start in zip(self.forms, self.starts, strict=True):
            found[form].append(start)
        return found

    @cached_property
    def numbers(self) -> list[int]:
        """Where digits begin, in words too."""
        found: list[int] = []
        for form, start in zip(self.forms, self.starts, strict=True):
            if form.isdecimal():
                found.append(start)
            elif form and not form.isalpha():
                found += (start + number.start() for number in _NUMBER.finditer(form))
        return found

    def last(self, end: int) -> str:
        """Return the last word that begins before a position."""
        found = self._lasts.get(end)
        if found is None:
            index = bisect_left(self.starts, end) - 1
            while index >= 0 and not self.forms[index]:
                index -= 1
            found = self._lasts[end] = self.forms[index] if index >= 0 else ""
        return found


class WordLists:
    """Lists that find their forms by one split of a text."""

    def __init__(self) -> None:
        self.words_of = lru_cache(maxsize=_TEXTS)(Words)

    def of(self, forms: Iterable[str]) -> WordList:
        """Add a list of forms, which are whole words that no hyphen joins to others, in any case."""
        every = tuple(forms)

        def compiled() -> re.Pattern[str]:
            body = alternatives(every) if any(every) else "(?!)"
            return re.compile(rf"(?<![\w-]){body}(?![\w-])", re.IGNORECASE)

        return self.beginning(every, compiled)

    def beginning(
        self, forms: Iterable[str], compiled: Callable[[], re.Pattern[str]], *, digits: bool = False
    ) -> WordList:
        """Add an expression of which each match begins with one of `forms`, where a word begins.

        With `digits` matches may begin with a number too. `compiled` makes the expression when it is
        first needed.
        """
        return WordList(self, tuple(forms), compiled, digits=digits)


class WordList:
    """One list, made by `WordLists`. Finds as a `re.Pattern` does; positions must not be negative."""

    def __init__(
        self,
        lists: WordLists,
        forms: Sequence[str],
        compiled: Callable[[], re.Pattern[str]],
        *,
        digits: bool,
    ) -> None:
        self._words_of, self._compiled, self._digits = lists.words_of, compiled, digits
        split = [_WORD.findall(form.lower()) for form in forms]
        self.firsts = frozenset(
            words[0]
            for form, words in zip(forms, split, strict=True)
            if words and form.lower().startswith(words[0])
        )
        lasts = frozenset(words[-1] if words else "" for words in split)
        self._is_usual = all(map(_USUAL.fullmatch, self.firsts))
        self._lasts = lasts if all(map(_USUAL.fullmatch, lasts)) else None
        # "'ll" begins with no word: it may stand wherever its first character does.
        signs = sorted({form[0] for form in forms if form and _WORD.match(form) is None})
        self._signs = re.compile(f"[{''.join(map(re.escape, signs))}]") if signs else None
        # Whether each match begins with one of the first words, and nothing else.
        self._begins = self._is_usual and not signs and not digits

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression itself."""
        return self._compiled()

    @cached_property
    def _ending(self) -> re.Pattern[str]:
        """The expression where nothing but blanks, quotes or a bracket follow it."""
        return re.compile(rf"{self.pattern.pattern}(?=[ \"'(]*\Z)", self.pattern.flags)

    def _places(self, text: str, words: Words) -> Sequence[int]:
        """Return where in a text a match may begin, in order, and keep it."""
        places = words.places[self] = self._found(text, words)
        return places

    def _found(self, text: str, words: Words) -> Sequence[int]:
        if not self._is_usual:
            return range(len(text))
        found = [words.where[first] for first in self.firsts & words.every]
        if self._begins and not found:
            return ()
        if self._begins and len(found) == 1:
            return found[0]
        numbers = words.numbers if self._digits else ()
        signs = self._signs.finditer(text) if self._signs is not None else ()
        return sorted([*chain.from_iterable(found), *numbers, *(sign.start() for sign in signs)])

    def stands_in(self, text: str) -> bool:
        """Say whether a text holds a form, at less cost than `search` where it is asked no more."""
        if not self._begins:
            return self.pattern.search(text) is not None
        words, firsts = self._words_of(text), self.firsts
        if firsts.isdisjoint(words.every):
            return False
        match = self.pattern.match
        for form, start in zip(words.forms, words.starts, strict=True):
            if form in firsts and match(text, start) is not None:
                return True
        return False

    def _may_stand_in(self, text: str) -> bool:
        return not self._begins or not self.firsts.isdisjoint(self._words_of(text).every)

    def match(self, text: str, start: int, end: int = _END) -> re.Match[str] | None:
        """Return the form that begins at a position."""
        return self.pattern.match(text, start, end)

    def search(self, text: str, start: int = 0, end: int = _END) -> re.Match[str] | None:
        """Return the first form between two positions."""
        if len(text) <= _STRETCH:
            return self.pattern.search(text, start, end) if self._may_stand_in(text) else None
        words = self._words_of(text)
        places = words.places.get(self)
        if places is None:
            places = self._places(text, words)
        # Most lists stand nowhere in a stretch: that must cost least.
        if not places:
            return None
        first = bisect_left(places, start)
        if first == len(places) or places[first] >= end:
            return None
        pattern = self.pattern
        for place in places[first : bisect_left(places, end, first)]:
            match = pattern.match(text, place, end)
            if match is not None:
                return match
        return None

    def finditer(self, text: str, start: int = 0, end: int = _END) -> Iterator[re.Match[str]]:
        """Return the forms between two positions, in order, without overlaps."""
        if len(text) <= _STRETCH:
            may = self._may_stand_in(text)
            return self.pattern.finditer(text, start, end) if may else _NOTHING
        words = self._words_of(text)
        places = words.places.get(self)
        if places is None:
            places = self._places(text, words)
        if not places:
            return _NOTHING
        first = bisect_left(places, start)
        if first == len(places) or places[first] >= end:
            return _NOTHING
        # A list costs less than a generator: there are seldom more than two places.
        pattern, found = self.pattern, []
        for place in places[first : bisect_left(places, end, first)]:
            if place >= start and (match := pattern.match(text, place, end)) is not None:
                found.append(match)
                start = match.end()
        return iter(found)

    def ending(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the form that ends a stretch, but for blanks, quotes and a bracket."""
        words = self._words_of(text)
        if self._lasts is not None and words.last(end) not in self._lasts:
            return None
        if len(text) <= _STRETCH:
            return self._ending.search(text, start, end)
        places = words.places.get(self)
        if places is None:
            places = self._places(text, words)
        if not places:
            return None
        first = bisect_left(places, start)
        for place in places[first : bisect_left(places, end, first)]:
            match = self._ending.match(text, place, end)
            if match is not None:
                return match
        return None

    def sub(self, replacement: str, text: str) -> str:
        """Return a text with something else for each form."""
        return self.pattern.sub(replacement, text) if self._may_stand_in(text) else text
