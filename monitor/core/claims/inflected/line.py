# SPDX-License-Identifier: Apache-2.0
"""A sentence as its tokens and what the lexicon knows of them, with the questions that rules ask.

What it is not: a rule. Rules of this file: positions are token numbers; a stretch is half open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from monitor.core.claims.inflected.lexicon import (
    HEAD,
    NAME,
    SPEAKER,
    Lexicon,
    Mark,
    tokens,
)
from monitor.core.knowledge import Name, NameKind
from monitor.core.packs import Pack

_QUOTES = frozenset("\"'([")
_END = re.compile(r"[.!?…]+[\"')\]]*(?=\s|$)|\n+")


def sentences(text: str, pack: Pack) -> list[tuple[int, int]]:
    """Return the spans of the sentences: an abbreviation's stop or an ordinal's ends none."""
    short = frozenset(pack.lists.get("sentences.abbreviations", ()))
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0] == "." and not _is_end(text, match.start(), start, short, pack.family):
            continue
        found += _trimmed(text, start, match.end())
        start = match.end()
    found += _trimmed(text, start, len(text))
    return found


def _is_end(text: str, stop: int, start: int, short: frozenset[str], family: str) -> bool:
    following = text[stop + 1 : stop + 8].lstrip(" \"'([")
    if following[:1].islower():
        return False
    last = text[max(start, stop - 16) : stop].rsplit(None, 1)[-1:]
    word = last[0].strip("\"'(").lower() if last else ""
    if word in short or (len(word) == 1 and word.isalpha()):
        return False
    # German writes the day of a month with a stop: "am 28. Oktober".
    return not (family == "germanic" and word.isdecimal() and len(word) <= 3 and following)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    end = start + len(stretch.strip())
    if end > start:
        yield start, end


class Line:
    """One sentence; `paragraph` counts line breaks, `heading` says that it has no full stop."""

    def __init__(
        self,
        text: str,
        span: tuple[int, int],
        paragraph: int,
        pack: Pack,
        lexicon: Lexicon,
        latin: Sequence[Name] = (),
    ) -> None:
        self.text, (self.start, self.end), self.paragraph = text, span, paragraph
        self.pack = pack
        self.tokens = tokens(text, self.start, self.end, pack.family)
        self._marks: dict[str, list[Mark]] = {}
        for mark in lexicon.marks(self.tokens):
            self._marks.setdefault(mark.tag, []).append(mark)
        self.names = _longest([*self.all(NAME), *self._latin(latin, NAME)])
        self.speakers = _longest([*self.all(SPEAKER), *self._latin(latin, SPEAKER)])
        self.heading = text[self.end - 1] not in ".!?\"'"
        self.previous_end = 0

    def _latin(self, found: Sequence[Name], tag: str) -> Iterator[Mark]:
        """Yield names that the gazetteer spells itself, as marks on our tokens."""
        starts = [token.start for token in self.tokens]
        for name in found:
            speaks = NameKind.SOURCE in name.senses or NameKind.OUTLET in name.senses
            if not self.start <= name.start < self.end or (tag == SPEAKER) != speaks:
                continue
            first = bisect_left(starts, name.start)
            last = bisect_left(starts, name.end)
            if first < last and starts[first] == name.start:
                yield Mark(first, last, tag, "latin", name.senses)

    # --- marks -----------------------------------------------------------------------------------

    def all(self, tag: str) -> list[Mark]:
        """Return the marks of a tag in order."""
        return self._marks.get(tag, [])

    def within(self, tag: str, low: int, high: int) -> list[Mark]:
        """Return the marks of a tag that lie in a stretch."""
        return [mark for mark in self.all(tag) if low <= mark.start and mark.end <= high]

    def has(self, tag: str, low: int, high: int) -> bool:
        """Say whether a form of a tag lies in a stretch."""
        return any(low <= mark.start and mark.end <= high for mark in self.all(tag))

    def at(self, tag: str, position: int) -> Mark | None:
        """Return the mark of a tag that begins at a token."""
        return next((mark for mark in self.all(tag) if mark.start == position), None)

    def ends(self, tag: str, position: int) -> Mark | None:
        """Return the longest mark of a tag that ends right before a token, but for quotes."""
        position = self.back(position)
        found = [mark for mark in self.all(tag) if mark.end == position]
        return min(found, key=lambda mark: mark.start, default=None)

    def head(self, position: int) -> Mark | None:
        """Return the head noun at a token."""
        return self.at(HEAD, position)

    def name_at(self, position: int) -> Mark | None:
        """Return the name that begins at a token."""
        return next((name for name in self.names if name.start == position), None)

    # --- tokens ----------------------------------------------------------------------------------

    def back(self, position: int) -> int:
        """Return the position after the last token before `position` that is no opening quote."""
        while position > 0 and self.tokens[position - 1].text in _QUOTES:
            position -= 1
        return position

    def skip(self, position: int) -> int:
        """Return the position of the next token that is no quote or bracket."""
        while position < len(self.tokens) and self.tokens[position].text in _QUOTES:
            position += 1
        return position

    def word(self, position: int) -> str:
        """Return the lower-case word at a position, or nothing."""
        return self.tokens[position].lower if 0 <= position < len(self.tokens) else ""

    def is_glued(self, position: int) -> bool:
        """Say whether a token touches the one before it."""
        return 0 < position < len(self.tokens) and (
            self.tokens[position - 1].end == self.tokens[position].start
        )

    def in_quotation(self) -> bool:
        """Say whether the sentence stands, or begins, inside quotation marks of its paragraph."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        return self.text[self.start] == '"' or self.text.count('"', begin, self.start) % 2 == 1


def _longest(found: Sequence[Mark]) -> list[Mark]:
    """Return marks without those inside a longer one; the pack's own go before the gazetteer's."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda item: (item.start - item.end, item.value, item.start)):
        if not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)
