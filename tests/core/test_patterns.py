# SPDX-License-Identifier: Apache-2.0
"""Regular expressions of rules: what they find in any script, what is refused, and how long it takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.patterns import Marked, PatternError, compile_pattern


def _found(pattern: str, text: str) -> list[str]:
    return [text[start:end] for start, end in compile_pattern(pattern).spans(Marked(text))]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\bвойска\b", "эти войска, подвойска, Войска", ["войска", "Войска"]),
        (r"\w+", "où ça", ["où", "ça"]),
        (r"\d+", "٣٤ and 12", ["٣٤", "12"]),
        (r"a\sb", "a\u00a0b a b", ["a\u00a0b", "a b"]),
        (r"\bthe\b", "the other theme the", ["the", "the"]),
        (r"\b(?:the )?\bforce\b", "a force; the force", ["force", "the force"]),
        (r"\bforce\b.*\bsaid\b", "force said forcesaid", ["force said"]),
        (r"[^\w\s]+", "a --- b", ["---"]),
        (r"\bone\b[^.]*$", "one. one two", ["one two"]),
        (r"(?:colou?r|tint){2}", "colortint", ["colortint"]),
        (r"[a-c]x\.y\bz?", "bx.y bx-y", ["bx.y"]),
        (r"\D\d", "x1", ["x1"]),
        (r"\bx\b \by\b", "x y", ["x y"]),
        (r"[\]x]+", "a]x", ["]x"]),
        (r"CVE-\d{4}-\d+", "see cve-2024-333.", ["cve-2024-333"]),
    ],
    ids=[
        "edges of Cyrillic words",
        "letters with accents",
        "digits of other scripts",
        "blanks that do not break",
        "edges of words",
        "two edges at one place",
        "an edge in the middle",
        "a negated class",
        "the end of the text",
        "a repeated group",
        "a dot that means itself",
        "no digit, then one",
        "edges side by side",
        "a bracket in a class",
        "in any case",
    ],
)
def test_a_pattern_finds(pattern: str, text: str, expected: list[str]) -> None:
    """Classes and edges of words are those of Unicode; positions are those of the text."""
    assert _found(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "offset", "message"),
    [
        (r"a(?!b)", 2, "look-around, flags and names are not available: a group is ( ) or (?: )"),
        (r"(a)\1", 3, "back references are not available"),
        (r"x\b+", 3, r"\b cannot be repeated"),
        (r"x\B", 1, r"\B is not available"),
        (r"x[\W]", 2, r"\W cannot stand inside [ ]"),
        (r"x[a", 1, "[ is not closed"),
        ("x\\", 1, "a backslash needs something after it"),
        (r"x*", 0, "the pattern matches nothing at all, so it would always hold"),
        (r"(x", 0, "not a pattern: missing ): (x"),
        ("x" * 501, 500, "a pattern may have 500 characters"),
        (r"(?:x{900}){900}", 0, "not a pattern: "),
    ],
    ids=[
        "look-around",
        "a back reference",
        "a repeated edge",
        "no edge",
        "a negated class in a class",
        "an open class",
        "a lone backslash",
        "nothing",
        "an open group",
        "too long",
        "too large",
    ],
)
def test_a_pattern_is_refused(pattern: str, offset: int, message: str) -> None:
    """With what is wrong, and where it can be told."""
    with pytest.raises(PatternError) as error:
        compile_pattern(pattern)
    assert str(error.value).startswith(message)
    assert error.value.offset == offset


_PIECES = st.sampled_from(
    [r"\b", r"\w", r"\w+", r"\W", r"\s*", r"\d", ".", "a", "б", "[aб]", "[^a]", "(?:a|б)", "a?"]
)


@given(
    st.lists(_PIECES, min_size=1, max_size=5),
    st.text(alphabet="aбz1 .-é", max_size=12),
)
def test_a_pattern_holds_where_it_would_in_python(pieces: list[str], text: str) -> None:
    """The translation means what was written: Python's own engine agrees on every text."""
    source = re.sub(r"(?:\\b)+", r"\\b", "".join(pieces))
    try:
        pattern = compile_pattern(source)
    except PatternError:
        return
    expected = re.search(source, text, re.IGNORECASE) is not None
    assert any(True for _ in pattern.spans(Marked(text))) is expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "pattern", [r"(?:a+)+\b!", r"(?:a|aa)+\b$", r"(?:\w+\s?)+\b!", r"(?:a|aa)+$"]
)
def test_no_pattern_is_costly(pattern: str) -> None:
    """Patterns that take other engines ages on forty letters are answered on many thousands."""
    assert list(compile_pattern(pattern).spans(Marked("a" * 20_000 + "?"))) == []
