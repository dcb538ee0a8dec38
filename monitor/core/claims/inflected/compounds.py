# SPDX-License-Identifier: Apache-2.0
"""Number words written as one: "zweitausendfünfhundert", "einundzwanzig", "п'ятнадцятитисячний".

What it is not: where numbers stand in a text (see `numbers`). Rules of this file: a word is a number
only if number words and joiners cover all of it; the longest piece is tried first, and the work is
bounded by the length of the word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

_LONGEST = 48


@lru_cache(maxsize=4096)
def pieces(word: str, forms: tuple[str, ...], joiners: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the number words that a word is made of, or None."""
    if len(word) > _LONGEST:
        return None
    # From the end: `ways[i]` are the number words that cover the word from character `i` on.
    ways: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for position in range(len(word) - 1, -1, -1):
        ways[position] = _first_way(word, position, forms, joiners, ways)
    return ways[0]


def _first_way(
    word: str,
    position: int,
    forms: tuple[str, ...],
    joiners: tuple[str, ...],
    ways: Sequence[tuple[str, ...] | None],
) -> tuple[str, ...] | None:
    for form in forms:
        rest = ways[position + len(form)] if word.startswith(form, position) else None
        if rest is not None:
            return (form, *rest)
    for joiner in joiners if position else ():
        if word.startswith(joiner, position) and ways[position + len(joiner)]:
            return ways[position + len(joiner)]
    return None


def value_of(
    words: Sequence[str], units: Mapping[str, int], scales: Mapping[str, int]
) -> tuple[int, int]:
    """Return the value of number words in reading order, and the last scale among them."""
    total, current, scale = 0, 0, 1
    for word in words:
        if word in units:
            current += units[word]
            continue
        scale = scales[word]
        current = max(current, 1) * scale
        if scale >= 1000:
            total, current = total + current, 0
    return total + current, scale
