# SPDX-License-Identifier: Apache-2.0
"""Text: markup to plain text, one spelling with a map back, sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import clean, from_markup, normalise, sentences


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>word x</p><p>next</p>", "word x\n\nnext"),
        ("about 190<b>,000</b> troops", "about 190,000 troops"),
        ("one<br>two", "one\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo"),
        ("a&amp;b &lt;c&gt;", "a&b <c>"),
        ("<script>alert(1)</script>seen", "seen"),
        ("plain", "plain"),
        ("", ""),
    ],
    ids=["blocks", "inline", "break", "list", "entities", "script", "plain", "empty"],
)
def test_markup_becomes_text_with_breaks_at_blocks_only(markup: str, text: str) -> None:
    """Nothing apart is glued and nothing whole is split."""
    assert from_markup(markup) == text


def test_markup_nested_deeper_than_the_stack_is_read() -> None:
    """Depth costs nothing but time."""
    assert from_markup("<div>" * 3000 + "deep") == "deep"


@given(st.text(st.characters(codec=None), max_size=200))
def test_clean_text_is_valid_and_stays_as_it_is(text: str) -> None:
    """Cleaned text encodes as UTF-8, is in NFC, holds no controls, and cleaning again is nothing."""
    once = clean(text)
    once.encode("utf-8")
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in once)
    assert clean(once) == once


@given(st.text(max_size=200))
def test_every_normalised_character_knows_where_it_came_from(text: str) -> None:
    """The map is as long as the text plus its end, never goes back, and stays inside."""
    found = normalise(text)
    assert len(found.offsets) == len(found.text) + 1
    assert list(found.offsets) == sorted(found.offsets)
    assert found.offsets[-1] == len(text)


def test_hard_wrapped_lines_are_joined_and_headlines_are_not() -> None:
    """A line that ends in a function word goes on; a headline stands alone."""
    assert normalise("10,000 troops to\nRussia").text == "10,000 troops to Russia"
    assert (
        normalise("Pentagon: 10,000 troops\n\nThe text").text
        == "Pentagon: 10,000 troops\n\nThe text"
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Gen. Ryder said so. He left.", 2),
        ("The U.S. has 10,000 troops there.", 1),
        ('"They are there." He left.', 2),
        ("It rose to 11.000 soldiers.", 1),
        ("Headline\nText.", 2),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, count: int) -> None:
    """Abbreviations and grouped digits do not end a sentence; line breaks do."""
    assert len(sentences(text)) == count


@given(st.text(max_size=200))
def test_sentences_are_in_order_and_lose_only_blanks(text: str) -> None:
    """Sentences do not overlap, and between them there is nothing but blanks."""
    position = 0
    for start, end in sentences(text):
        assert not text[position:start].strip()
        assert start < end
        position = end
    assert not text[position:].strip()
