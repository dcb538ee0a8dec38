# SPDX-License-Identifier: Apache-2.0
"""Words that may stand between a number and its noun, and nouns that only modify the next one.

What it is not: the walk to the noun (`phrase`). Rules of this file: a word is judged by its form and by
the word right behind it.
"""

from __future__ import annotations

import re

from monitor.core.claims.grammar import WORD, Grammar

# Nouns that only modify another one: "660 stabilisation troops", "300 combat-support soldiers".
_NOUNS = ("tion", "ment", "ance", "ence", "port", "line", "craft", "ry")


def may_modify(word: str) -> bool:
    """Say whether an unknown word may stand between a number and its noun."""
    if word[0].isupper() or "-" in word or word.endswith(_NOUNS):
        return True
    if word.endswith(
        ("ly", "ive", "al", "ic", "ous", "ant", "ent", "ary", "ese", "ian", "ful", "less")
    ):
        return True
    return word.endswith("ed") and word not in {
        "joined",
        "crossed",
        "entered",
        "seized",
        "supported",
        "helped",
        "attacked",
        "moved",
        "arrived",
    }


def is_modifier(head: re.Match[str], text: str, end: int, grammar: Grammar) -> bool:
    """Say whether a singular mass noun is followed by the noun it modifies."""
    word = " ".join(head[0].lower().split())
    if word not in grammar.sets["shapes.mass"]:
        return False
    following = (
        WORD.match(text, head.end() + 1, end) if text[head.end() : head.end() + 1] == " " else None
    )
    if following is None:
        return False
    nextword = following[0].lower()
    if text.startswith(" and civilian", head.end()):
        return True  # "900,000 military and civilian staff"
    if nextword == "fighting" and grammar.search(
        "rejects.things", text, head.end(), head.end() + 24
    ):
        return True
    return (
        nextword[0].isalpha()
        and nextword != "of"
        and nextword not in grammar.sets["shapes.stops"]
        and not nextword.endswith(("ed", "ing"))
    )
