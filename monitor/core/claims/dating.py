# SPDX-License-Identifier: Apache-2.0
"""As of which day a number holds, and whether it is an earlier one that is only recalled.

What it is not: the status of a number (`status`). Rules of this file: the day nearest to the number
counts; a day that lies ahead ("by December") is no as-of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence


def is_recalled(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether words before the number mark it as an earlier figure."""
    text, left = sentence.text, counted.quantity.left
    start = sentence.start
    asides = sentence.asides
    for other in sentence.quantities:
        if other.end <= left and not any(a <= other.start < b for a, b in asides):
            comma = text.find(", ", other.end, left)
            start = max(start, comma if comma > 0 else other.end)
    for match in grammar.patterns["status.recalled"].finditer(text, start, left):
        if not match[0].lower().endswith(("week", "month", "year", "ago")):
            return True
        around = (max(start, match.start() - 40), min(left, match.end() + 40))
        if grammar.search("attribution.verbs", text, *around) is not None:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that the text names, and where."""

    start: int
    end: int
    day: date


def dates(sentence: Sentence, grammar: Grammar, published: date | None) -> list[Dated]:
    """Return the days that a sentence names and that do not lie ahead."""
    found: list[Dated] = []
    for match in grammar.days(sentence):
        before = (
            sentence.text[max(sentence.start, match.start() - 12) : match.start()].lower().split()
        )
        if before and before[-1] in grammar.sets["dates.ahead"]:
            continue
        day = _day(match, grammar, published)
        if day is not None and (published is None or day <= published + timedelta(days=1)):
            found.append(Dated(match.start(), match.end(), day))
    return found


def _day(match: re.Match[str], grammar: Grammar, published: date | None) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["weekday"] or match["near"]:
            return _weekday(match, grammar, published)
        month = grammar.language.months[(match["m1"] or match["m2"]).lower()]
        day = int(match["d1"] or match["d2"])
        year = match["y1"] or match["y2"]
        if year:
            return date(int(year), month, day)
        if published is None:
            return None
        found = date(published.year, month, day)
        return (
            found
            if found <= published + timedelta(days=7)
            else date(published.year - 1, month, day)
        )
    except ValueError:
        return None


def _weekday(match: re.Match[str], grammar: Grammar, published: date | None) -> date | None:
    if published is None:
        return None
    if match["near"]:
        return published - timedelta(days=match["near"].lower() == "yesterday")
    last = (match["last"] or "").strip().lower()
    if last == "next":
        return None
    back = (published.weekday() - grammar.language.weekdays[match["weekday"].lower()]) % 7
    return published - timedelta(days=7 if last == "last" and back == 0 else back)


def as_of(found: Sequence[Dated], sentence: Sentence, counted: Counted) -> Dated | None:
    """Return the day nearest to the number, not across another number or an aside."""
    asides = sentence.asides
    own = [item for item in found if not any(start <= item.start < end for start, end in asides)]
    return min(own, key=lambda item: abs(item.start - counted.quantity.start), default=None)
