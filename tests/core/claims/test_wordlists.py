# SPDX-License-Identifier: Apache-2.0
"""A word list finds exactly what its expression finds alone, in long texts and in short ones."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.grammar import grammar_of
from monitor.core.claims.wordlists import WordList, WordLists
from monitor.core.text import normalise, sentences
from monitor.knowledge import shipped_knowledge

_NEWS = Path(__file__).parents[2] / "corpus" / "news.toml"
_GRAMMAR = grammar_of(shipped_knowledge(), "troops", "en")
_FORMS = ("troops", "at least", "a lot of", "co-operate", "'ll", "%", "skills", "été")
_UNUSUAL = (*_FORMS, "ſix")
# Beside plain words: letters that have more than two cases, signs, and what joins or cuts words.
_PIECES = st.sampled_from(
    [
        *_UNUSUAL,
        *(form.upper() for form in _FORMS),
        *("at", "least", "ATLEAST", "troopship", "x", "9", "six"),
        *(" ", "  ", "\n", "-", "_", "'", ". "),
        *("İ", "ı", "\u017fkills", "s\u212aills", "Sk\u0131lls"),
    ]
)


def _spans(found: object) -> tuple[int, int] | None:
    return found.span() if isinstance(found, re.Match) else None


def _agrees(words: WordList, text: str, start: int, end: int) -> None:
    plain = words.pattern
    ending = re.compile(rf"{plain.pattern}(?=[ \"'(]*\Z)", plain.flags)
    assert [match.span() for match in words.finditer(text, start, end)] == [
        match.span() for match in plain.finditer(text, start, end)
    ]
    assert _spans(words.search(text, start, end)) == _spans(plain.search(text, start, end))
    assert _spans(words.ending(text, start, end)) == _spans(ending.search(text, start, end))


def _is_cut(text: str, end: int) -> bool:
    return re.fullmatch(r"\w\w", text[max(0, end - 1) : end + 1]) is not None


@given(
    st.lists(_PIECES, max_size=30).map("".join),
    st.sampled_from(["", "." * 200]),
    st.integers(0, 80),
    st.integers(0, 80),
    st.sampled_from([_FORMS, _UNUSUAL]),
)
def test_it_finds_what_its_expression_finds(
    text: str, long: str, start: int, size: int, forms: tuple[str, ...]
) -> None:
    """Between any two positions that cut no word: the same matches, first, and last."""
    text += long
    end = min(len(text), start + size)
    while _is_cut(text, end):
        end += 1
    _agrees(WordLists().of(forms), text, min(start, len(text)), end)


@pytest.mark.parametrize("word", ["\u017fkills", "s\u212aills", "Sk\u0131lls", "SK\u0130LLS"])
def test_it_takes_a_letter_for_another_where_its_expression_does(word: str) -> None:
    """As `re` does without regard to case, and `str.lower` does not."""
    text = f"Their {word} are known. " + "." * 200
    assert re.search("skills", text, re.IGNORECASE) is not None
    _agrees(WordLists().of(_FORMS), text, 0, len(text))


def test_all_lists_of_the_language_agree_on_news() -> None:
    """Every list of English, on every sentence of some news."""
    passages = tomllib.loads(_NEWS.read_text("utf-8"))["sentence"][:12]
    text = normalise("\n\n".join(passage["text"] for passage in passages)).text
    for key in _GRAMMAR.language.words:
        for start, end in sentences(text):
            _agrees(_GRAMMAR.patterns[key], text, start, end)


@pytest.mark.parametrize(
    ("text", "stands"),
    [("The troops left.", True), ("A troopship left.", False), ("TROOPS", True), ("", False)],
)
def test_it_says_whether_a_form_stands_in_a_text(text: str, stands: bool) -> None:
    """Whole words only, in any case."""
    assert WordLists().of(["troops"]).stands_in(text) is stands


def test_what_an_end_leaves_of_a_word_is_no_form() -> None:
    """Here the list is stricter than its expression."""
    text = "They sent a troopship. " + "." * 200
    assert WordLists().of(["troop"]).search(text, 0, text.index("ship")) is None


def test_a_list_that_is_added_later_is_found_in_a_text_that_was_split_before() -> None:
    """Measures bring lists of their own to a language that was read before."""
    lists, text = WordLists(), "They sent troops and tanks. " + "." * 200
    assert lists.of(["troops"]).search(text) is not None
    assert lists.of(["tanks"]).search(text) is not None
