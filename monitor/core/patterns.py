# SPDX-License-Identifier: Apache-2.0
r"""Regular expressions of rules: linear in the text, whatever a person writes.

What it is not: the words of an expression (`expression`), which need no patterns. RE2 does the
matching. Its `\w`, `\d`, `\s` and `\b` know ASCII only, so a pattern is translated first: classes
become Unicode classes, and where `\b` is used, two marks that no text holds are put at every edge
of a word of the text, to be taken by `\b` and passed over by everything else.
Rules of this file: what cannot be had in linear time (look-around, back references) is refused with
a hint; so is a pattern that matches nothing at all, since it would always hold; case is ignored.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

# A noncharacter, which `text.clean` takes out of every text.
_MARK = "\ufdd0"
_MARKS_AT_EDGE = 2
_LONGEST = 500
_CLASSES = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}", "s": r"\s\p{Z}"}
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
_ESCAPE = re.compile(r"\\(?:[pP](?:\w|\{\^?\w+\})|x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|.)", re.DOTALL)
_SPECIAL_GROUP = re.compile(r"\(\?(?!:)")


class PatternError(ValueError):
    """A pattern cannot be used; `offset` counts its characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


class Marked:
    """A text that patterns are searched in, with its words' edges marked when one needs them."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _edges(self) -> list[int]:
        return [match.start() for match in re.finditer(r"\b", self.text)]

    @cached_property
    def _starts(self) -> list[int]:
        return [edge + _MARKS_AT_EDGE * number for number, edge in enumerate(self._edges)]

    @cached_property
    def marked(self) -> str:
        """Return the text with its marks."""
        return re.sub(r"\b", _MARK * _MARKS_AT_EDGE, self.text)

    def offset(self, position: int) -> int:
        """Return the offset in the text of a position in the marked text."""
        before = bisect_right(self._starts, position)
        if before and position < self._starts[before - 1] + _MARKS_AT_EDGE:
            return self._edges[before - 1]
        return position - _MARKS_AT_EDGE * before


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. Two of the same source are equal."""

    source: str
    _loose: object  # without regard to edges: what it does not find, the other does not either
    _strict: object | None  # for the marked text; None where no edge is asked for

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def spans(self, text: Marked) -> Iterator[tuple[int, int]]:
        """Return where the pattern stands in a text, from left to right."""
        loose: Any = self._loose
        strict: Any = self._strict
        if strict is None:
            yield from (match.span() for match in loose.finditer(text.text))
        elif loose.search(text.text) is not None:
            for match in strict.finditer(text.marked):
                yield text.offset(match.start()), text.offset(match.end())


def compile_pattern(source: str) -> Pattern:
    """Compile a pattern; raise `PatternError` with what is wrong."""
    if len(source) > _LONGEST:
        msg = f"a pattern may have {_LONGEST} characters"
        raise PatternError(msg, _LONGEST)
    loose = _compiled(_Translation(source, marks=False).result())
    if loose.fullmatch("") is not None:
        msg = "the pattern matches nothing at all, so it would always hold"
        raise PatternError(msg, 0)
    has_edges = re.search(r"(?<!\\)(?:\\\\)*\\b", source) is not None
    strict = _compiled(_Translation(source, marks=True).result()) if has_edges else None
    return Pattern(source, loose, strict)


def _compiled(translated: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.never_capture = True
    try:
        return re2.compile(translated, options)
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        msg = f"not a pattern: {detail}"
        raise PatternError(msg, 0) from error


class _Translation:
    """One pass over a pattern, from what people write to what RE2 takes."""

    def __init__(self, source: str, *, marks: bool) -> None:
        self._source = source
        self._at = 0
        self._edge = _MARK if marks else ""
        self._skip = f"{_MARK}*" if marks else ""

    def result(self) -> str:
        parts: list[str] = []
        while self._at < len(self._source):
            parts.append(self._next())
        return "".join(parts)

    def _next(self) -> str:
        rest = self._source[self._at :]
        if special := _SPECIAL_GROUP.match(rest):
            msg = "look-around, flags and names are not available: a group is ( ) or (?: )"
            raise PatternError(msg, self._at + special.end() - 1)
        if rest.startswith("(?:"):
            return self._take(3)
        if rest[0] in "()|^":
            return self._take(1)
        if rest[0] == "$":
            self._at += 1
            return f"{self._skip}$"
        if quantifier := _QUANTIFIER.match(rest):
            return self._take(quantifier.end())
        return self._atom(rest)

    def _take(self, length: int) -> str:
        self._at += length
        return self._source[self._at - length : self._at]

    def _atom(self, rest: str) -> str:
        if rest.startswith("\\b"):
            self._at += 2
            if _QUANTIFIER.match(self._source, self._at):
                msg = r"\b cannot be repeated"
                raise PatternError(msg, self._at)
            return self._edge
        if rest[0] == ".":
            self._at += 1
            return self._passing(rf"[^\n{_MARK}]")
        if rest[0] == "[":
            return self._passing(self._class())
        if rest[0] == "\\":
            return self._passing(self._escape())
        return self._passing(re.escape(self._take(1)))

    def _passing(self, atom: str) -> str:
        """Return an atom that may have marks in front of it."""
        return f"(?:{self._skip}{atom})" if self._skip else atom

    def _escape(self) -> str:
        found = _ESCAPE.match(self._source, self._at)
        if found is None:
            msg = "a backslash needs something after it"
            raise PatternError(msg, self._at)
        escape, letter = found[0], found[0][1]
        if letter.isdigit():
            msg = "back references are not available"
            raise PatternError(msg, self._at)
        self._at = found.end()
        if letter.lower() in _CLASSES:
            negated = f"^{_MARK}" if letter.isupper() else ""
            return f"[{negated}{_CLASSES[letter.lower()]}]"
        if letter == "P":
            return rf"[^{_MARK}\p{escape[2:]}]"
        if letter.isalpha() and letter not in "pxntrf":
            msg = f"{escape} is not available"
            raise PatternError(msg, found.start())
        return escape

    def _class(self) -> str:
        start = self._at
        self._at += 1
        negated = self._source.startswith("^", self._at)
        self._at += negated
        parts: list[str] = []
        while not (parts and self._source.startswith("]", self._at)):
            if self._at >= len(self._source):
                msg = "[ is not closed"
                raise PatternError(msg, start)
            parts.append(self._class_part())
        self._at += 1
        return f"[{f'^{_MARK}' if negated else ''}{''.join(parts)}]"

    def _class_part(self) -> str:
        if self._source[self._at] != "\\":
            part = self._take(1)
            return f"\\{part}" if part in "[]" else part
        found = _ESCAPE.match(self._source, self._at)
        letter = found[0][1] if found else ""
        if found is None or letter in "WDSPbB" or letter.isdigit():
            msg = rf"\{letter} cannot stand inside [ ]"
            raise PatternError(msg, self._at)
        self._at = found.end()
        return _CLASSES.get(letter, found[0])
