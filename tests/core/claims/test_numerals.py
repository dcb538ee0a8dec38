# SPDX-License-Identifier: Apache-2.0
"""Numbers as intervals: formats, words, bands, ranges, lists, bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.numerals import Numerals
from monitor.core.model import Bound
from monitor.knowledge import shipped_knowledge

_NUMERALS = Numerals(shipped_knowledge().languages["en"])


def _found(text: str) -> list[tuple[int, int]]:
    return [(found.low, found.high) for found in _NUMERALS.find(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "11,000",
        "11.000",
        "11 000",
        "11\xa0000",
        "11'000",
        "11K",
        "11k",
        "11 thousand",
        "eleven thousand",
        "Eleven thousand",
        "11-thousand",
    ],
)
def test_every_spelling_of_a_number_is_the_same_number(text: str) -> None:
    """How a number is written never changes its value."""
    assert _found(f"about {text} troops") == [(11000, 11000)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half a million soldiers", [(500_000, 500_000)]),
        ("1.5 million troops", [(1_500_000, 1_500_000)]),
        ("hundreds of thousands of troops", [(200_000, 999_999)]),
        ("tens of thousands of troops", [(20_000, 99_999)]),
        ("between 169,000 and 190,000 troops", [(169_000, 190_000)]),
        ("Between ten and twelve thousand troops", [(10_000, 12_000)]),
        ("fifteen and a half thousand troops", [(15_500, 15_500)]),
        ("12 and a half thousand troops", [(12_500, 12_500)]),
        ("11 to 12,000 troops", [(11_000, 12_000)]),
        ("11.000-12.000 troops", [(11_000, 12_000)]),
        ("10-12 thousand troops", [(10_000, 12_000)]),
        ("three to four thousand troops", [(3_000, 4_000)]),
        (
            "20,000, 50,000 or even 100,000",
            [(20_000, 20_000), (50_000, 50_000), (100_000, 100_000)],
        ),
        ("rose from 8,000 to 11,000", [(8_000, 8_000), (11_000, 11_000)]),
        ("8,000 in 2023 and 9,000", [(8_000, 8_000), (2023, 2023), (9_000, 9_000)]),
        ("ten thousand nine hundred", [(10_900, 10_900)]),
        ("twenty-five hundred men", [(2_500, 2_500)]),
        ("a couple thousand", [(2_000, 2_000)]),
        ("a hundred soldiers", [(100, 100)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_words_bands_ranges_and_lists(text: str, expected: list[tuple[int, int]]) -> None:
    """What libraries for numbers in prose lose or average: scales, bands, ranges, lists."""
    assert _found(text) == expected


@pytest.mark.parametrize(
    ("text", "bound", "approximate"),
    [
        ("more than 10,000", Bound.AT_LEAST, False),
        ("at least 10,000", Bound.AT_LEAST, False),
        ("10,000 or more", Bound.AT_LEAST, False),
        ("up to 10,000", Bound.AT_MOST, False),
        ("as many as 10,000", Bound.AT_MOST, False),
        ("fewer than 10,000", Bound.AT_MOST, False),
        ("about 10,000", Bound.NONE, True),
        ("10,000 or so", Bound.NONE, True),
        ("10,000", Bound.NONE, False),
    ],
)
def test_modifiers_set_the_bound(text: str, bound: Bound, *, approximate: bool) -> None:
    """Words round a number bound it; they never change the stated value."""
    (found,) = _NUMERALS.find(text, 0, len(text))
    assert (found.bound, found.approximate, found.low) == (bound, approximate, 10_000)


@given(st.integers(min_value=1, max_value=9_999_999))
def test_grouped_digits_read_back(number: int) -> None:
    """Any whole number with thousands separators is read back as itself."""
    assert _found(f"{number:,} soldiers") == [(number, number)]


@given(st.text(max_size=200))
def test_any_text_gives_ordered_disjoint_spans(text: str) -> None:
    """Whatever the text, spans lie inside it, in order, and do not overlap."""
    found = _NUMERALS.find(text, 0, len(text))
    ends = [0] + [quantity.end for quantity in found]
    assert all(
        end <= quantity.start < quantity.end for end, quantity in zip(ends, found, strict=False)
    )
    assert all(quantity.low <= quantity.high for quantity in found)
