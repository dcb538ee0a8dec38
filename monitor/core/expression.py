# SPDX-License-Identifier: Apache-2.0
"""Keyword expressions: boolean search over the words of a title and a text.

::

    expression = or ;  or = and { OR and } ;  and = not { [AND] not } ;  not = [NOT] near
    near = atom { (NEAR/n | SENTENCE) atom }
    atom = word | "phrase" | /regex/ | ( expression ) | title:atom | text:atom

Words match whole words, in any case; `*` stands for any characters and `?` for one. Rules of this
file: operators are upper case; compiling reports the column and a hint; matching never backtracks
(each wildcard is matched against each distinct word once, regular expressions run in RE2), so its
time is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

from monitor.core.model import TextField
from monitor.core.patterns import Marked, Pattern, PatternError, compile_pattern
from monitor.core.text import sentences

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_INNER = re.compile(r"['.-]")
_LEX = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)"|(?P<near>NEAR/\d+|SENTENCE)(?=[\s("/]|$)
    |(?P<scope>title|text):|/(?P<regex>(?:[^/\\]|\\.)+)/(?=[\s()]|$)|(?P<word>[^\s()":]+))""",
    re.VERBOSE,
)
_MOST_TERMS = 500
_MOST_DEPTH = 50
_MOST_NEAR = 100
# An occurrence: field, first word, last word (inclusive).
_Place = tuple[TextField, int, int]


class ExpressionError(ValueError):
    """An expression cannot be compiled; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        self.column = column
        super().__init__(f"column {column}: {message}")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


class Searchable:
    """The words of one article, indexed once for all expressions."""

    def __init__(self, *, title: str, text: str) -> None:
        self._fields = {TextField.TITLE: title, TextField.TEXT: text}

    @cached_property
    def positions(self) -> dict[str, list[tuple[TextField, int]]]:
        """Return where each distinct word stands: its field and its number in that field.

        A word with an inner dash, dot or apostrophe stands under itself and under its parts at
        one position, so that `korea*` finds "Korea's" and `russian` finds "Russian-held".
        """
        found: dict[str, list[tuple[TextField, int]]] = {}
        for field, text in self._fields.items():
            for number, match in enumerate(_WORD.finditer(_fold(text))):
                word = match[0]
                forms = (word,) if word.isalnum() else {word, *_INNER.split(word)}
                for form in forms:
                    found.setdefault(form, []).append((field, number))
        return found

    def sentence(self, field: TextField, word: int) -> int:
        """Return the number of the sentence that a word of a field stands in."""
        return bisect_right(self._first_words[field], word)

    @cached_property
    def _first_words(self) -> dict[TextField, list[int]]:
        """Return for each field the numbers of the words that begin its sentences."""
        found: dict[TextField, list[int]] = {}
        for field, text in self._fields.items():
            count, last, firsts = 0, 0, []
            for start, _ in sentences(text):
                count += sum(1 for _ in _WORD.finditer(_fold(text[last:start])))
                firsts.append(count)
                last = start
            found[field] = firsts
        return found

    @cached_property
    def _folded(self) -> dict[TextField, tuple[Marked, list[int]]]:
        """Return each field as patterns see it, with the offsets where its words begin."""
        found: dict[TextField, tuple[Marked, list[int]]] = {}
        for field, text in self._fields.items():
            folded = _fold(text)
            found[field] = Marked(folded), [match.start() for match in _WORD.finditer(folded)]
        return found

    def matches(self, pattern: Pattern, field: TextField) -> list[_Place]:
        """Return the words from which to which a pattern matches."""
        text, starts = self._folded[field]
        return [
            (field, max(bisect_right(starts, start) - 1, 0), max(bisect_left(starts, end) - 1, 0))
            for start, end in pattern.spans(text)
        ]

    def find(self, pattern: re.Pattern[str] | str) -> list[tuple[TextField, int]]:
        """Return the positions of a word, or of every word that fits a pattern."""
        if isinstance(pattern, str):
            return self.positions.get(pattern, [])
        return [
            place
            for word, places in self.positions.items()
            if pattern.fullmatch(word)
            for place in places
        ]


class _Node(ABC):
    """A part of an expression. `places` is empty exactly when it does not hold, but for NOT."""

    def holds(self, words: Searchable, fields: frozenset[TextField]) -> bool:
        return bool(self.places(words, fields))

    @abstractmethod
    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        """Return where it holds."""

    def failure(self, words: Searchable, fields: frozenset[TextField]) -> str | None:
        """Return the part that does not hold, in words; None when all does."""
        return None if self.holds(words, fields) else f"{self} not found"


@dataclass(frozen=True)
class _Phrase(_Node):
    shown: str
    patterns: tuple[re.Pattern[str] | str, ...]

    def __str__(self) -> str:
        return self.shown

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        starts = [place for place in words.find(self.patterns[0]) if place[0] in fields]
        for offset, pattern in enumerate(self.patterns[1:], start=1):
            if not starts:
                return []
            here = set(words.find(pattern))
            starts = [
                (field, number) for field, number in starts if (field, number + offset) in here
            ]
        last = len(self.patterns) - 1
        return [(field, number, number + last) for field, number in starts]


@dataclass(frozen=True)
class _Or(_Node):
    parts: tuple[_Node, ...]

    def __str__(self) -> str:
        return "(" + " OR ".join(map(str, self.parts)) + ")"

    def holds(self, words: Searchable, fields: frozenset[TextField]) -> bool:
        return any(part.holds(words, fields) for part in self.parts)

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        return [place for part in self.parts for place in part.places(words, fields)]


@dataclass(frozen=True)
class _And(_Node):
    parts: tuple[_Node, ...]

    def __str__(self) -> str:
        return "(" + " AND ".join(map(str, self.parts)) + ")"

    def holds(self, words: Searchable, fields: frozenset[TextField]) -> bool:
        return all(part.holds(words, fields) for part in self.parts)

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        if not self.holds(words, fields):
            return []
        return [place for part in self.parts for place in part.places(words, fields)]

    def failure(self, words: Searchable, fields: frozenset[TextField]) -> str | None:
        failures = (part.failure(words, fields) for part in self.parts)
        return next((failure for failure in failures if failure), None)


@dataclass(frozen=True)
class _Not(_Node):
    part: _Node

    def __str__(self) -> str:
        return f"NOT {self.part}"

    def holds(self, words: Searchable, fields: frozenset[TextField]) -> bool:
        return not self.part.holds(words, fields)

    def places(
        self,
        words: Searchable,  # noqa: ARG002  (the interface of a node)
        fields: frozenset[TextField],  # noqa: ARG002
    ) -> list[_Place]:
        return []

    def failure(self, words: Searchable, fields: frozenset[TextField]) -> str | None:
        return None if self.holds(words, fields) else f"{self.part} is there, and must not be"


@dataclass(frozen=True)
class _Near(_Node):
    left: _Node
    right: _Node
    distance: int

    def __str__(self) -> str:
        return f"{self.left} NEAR/{self.distance} {self.right}"

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        lefts = sorted(self.left.places(words, fields))
        rights = sorted(self.right.places(words, fields))
        widest = max((end - start for _, start, end in rights), default=0)
        found: list[_Place] = []
        first = 0
        for field, start, end in lefts:
            reach = (field, start - self.distance - widest, 0)
            while first < len(rights) and rights[first] < reach:
                first += 1
            for other_field, other_start, other_end in rights[first:]:
                if other_field != field or other_start > end + self.distance:
                    break
                gap = max(other_start - end, start - other_end)
                if 0 < gap <= self.distance:
                    found.append((field, min(start, other_start), max(end, other_end)))
                    break
        return found


@dataclass(frozen=True)
class _Together(_Node):
    """Both in one sentence."""

    left: _Node
    right: _Node

    def __str__(self) -> str:
        return f"{self.left} SENTENCE {self.right}"

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        rights: dict[tuple[TextField, int], _Place] = {}
        for place in self.right.places(words, fields):
            rights.setdefault((place[0], words.sentence(*place[:2])), place)
        found: list[_Place] = []
        for field, start, end in self.left.places(words, fields):
            other = rights.get((field, words.sentence(field, start)))
            if other is not None:
                found.append((field, min(start, other[1]), max(end, other[2])))
        return found


@dataclass(frozen=True)
class _Regex(_Node):
    pattern: Pattern

    def __str__(self) -> str:
        return f"/{self.pattern.source}/"

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        return [place for field in sorted(fields) for place in words.matches(self.pattern, field)]


@dataclass(frozen=True)
class _Scoped(_Node):
    field: TextField
    part: _Node

    def __str__(self) -> str:
        return f"{self.field}:{self.part}"

    def holds(self, words: Searchable, fields: frozenset[TextField]) -> bool:
        return self.part.holds(words, fields & {self.field})

    def places(self, words: Searchable, fields: frozenset[TextField]) -> list[_Place]:
        return self.part.places(words, fields & {self.field})


_ALL_FIELDS = frozenset(TextField)


@dataclass(frozen=True)
class Expression:
    """A compiled expression. Its text form is the source it was compiled from."""

    source: str
    _root: _Node

    def __str__(self) -> str:
        return self.source

    def holds(self, words: Searchable) -> bool:
        """Say whether the expression holds."""
        return self._root.holds(words, _ALL_FIELDS)

    def explain(self, words: Searchable) -> str | None:
        """Return the first part that does not hold, in words; None when the whole holds."""
        return self._root.failure(words, _ALL_FIELDS)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def compile_expression(source: str) -> Expression:
    """Compile an expression; raise `ExpressionError` with the column of the first mistake."""
    return Expression(source, _Parser(_tokens(source), len(source) + 1).parse())


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while source[position:].strip():
        match = _LEX.match(source, position)
        column = position + len(source[position:]) - len(source[position:].lstrip()) + 1
        if match is None:
            hint = (
                "a quotation mark is not closed" if '"' in source[position:] else "not understood"
            )
            raise ExpressionError(hint, column)
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], column))
        position = match.end()
    if len(found) > _MOST_TERMS:
        msg = f"more than {_MOST_TERMS} words and operators"
        raise ExpressionError(msg, found[_MOST_TERMS].column)
    return found


class _Parser:
    """Recursive descent over the grammar of the module docstring."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._next = 0
        self._depth = 0

    def parse(self) -> _Node:
        if not self._tokens:
            msg = "the expression is empty"
            raise ExpressionError(msg, 1)
        node = self._or()
        token = self._peek()
        if token is not None:
            msg = "a closing parenthesis without an opening one"
            raise ExpressionError(msg, token.column)
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take_word(self, word: str) -> bool:
        token = self._peek()
        if token is not None and token.kind == "word" and token.text == word:
            self._next += 1
            return True
        return False

    def _or(self) -> _Node:
        parts = [self._and()]
        while self._take_word("OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else _Or(tuple(parts))

    def _and(self) -> _Node:
        parts = [self._not()]
        while (token := self._peek()) is not None and token.kind != "close":
            if token.kind == "word" and token.text == "OR":
                break
            self._take_word("AND")
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else _And(tuple(parts))

    def _not(self) -> _Node:
        if self._take_word("NOT"):
            return _Not(self._near())
        return self._near()

    def _near(self) -> _Node:
        node = self._atom()
        while (token := self._peek()) is not None and token.kind == "near":
            self._next += 1
            if token.text == "SENTENCE":
                node = _Together(node, self._atom())
                continue
            distance = int(token.text.removeprefix("NEAR/"))
            if not 1 <= distance <= _MOST_NEAR:
                msg = f"NEAR takes a distance from 1 to {_MOST_NEAR} words"
                raise ExpressionError(msg, token.column)
            node = _Near(node, self._atom(), distance)
        return node

    def _atom(self) -> _Node:
        token = self._peek()
        if token is None:
            msg = "something is missing at the end"
            raise ExpressionError(msg, self._end)
        self._next += 1
        if token.kind == "open":
            return self._group(token)
        if token.kind == "scope":
            return _Scoped(TextField(token.text), self._atom())
        if token.kind in {"close", "near"} or token.text in {"AND", "OR", "NOT"}:
            msg = f"{token.text} where a word was expected (quote it to search for it)"
            raise ExpressionError(msg, token.column)
        return _regex(token) if token.kind == "regex" else _phrase(token)

    def _group(self, opened: _Token) -> _Node:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            msg = "parentheses are nested too deeply"
            raise ExpressionError(msg, opened.column)
        node = self._or()
        token = self._peek()
        if token is None or token.kind != "close":
            msg = "this parenthesis is not closed"
            raise ExpressionError(msg, opened.column)
        self._next += 1
        self._depth -= 1
        return node


def _regex(token: _Token) -> _Regex:
    try:
        return _Regex(compile_pattern(token.text))
    except PatternError as error:
        raise ExpressionError(str(error), token.column + 1 + error.offset) from error


def _phrase(token: _Token) -> _Phrase:
    if token.kind == "word" and token.text.startswith("/"):
        msg = "a regular expression is not closed: it ends with / before a blank or parenthesis"
        raise ExpressionError(msg, token.column)
    shown = f'"{token.text}"' if token.kind == "phrase" else token.text
    words = re.findall(r"[^\W_*?]*(?:[*?'.-]*[^\W_*?]+)*[*?]*", _fold(token.text))
    patterns = tuple(_pattern(word) for word in words if word.strip("*?"))
    if not patterns:
        msg = "a word needs at least one letter or digit"
        raise ExpressionError(msg, token.column)
    return _Phrase(shown, patterns)


def _pattern(word: str) -> re.Pattern[str] | str:
    if "*" not in word and "?" not in word:
        return word
    # Each star takes the first fit for good (an atomic group), so matching never backtracks.
    return re.compile(translate(word))
