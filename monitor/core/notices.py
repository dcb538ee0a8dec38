# SPDX-License-Identifier: Apache-2.0
"""Notices: where a text says that a figure which it, or its publisher, gave before was wrong.

What it is not: what the notice takes back (`corrections` looks for the rows), nor a source that
changes its mind, which is a revision. Rules of this file: English only so far; a notice speaks of
this article or of "we", so that troops that are withdrawn never are a figure that is; a figure is
wrong or right by the nearest words before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.core.claims.numerals import Numerals, Quantity
from monitor.core.knowledge import Knowledge
from monitor.core.model import Claim, Evidence, Notice, Rejection, Span
from monitor.core.text import Normalised, normalise, sentences

REJECTED_AS = "taken back by a notice"
_LONGEST_SENTENCE = 600

# Nearly every text ends here.
_GATE = re.compile(
    r"correct|(?:earlier|previous|original|first) (?:version|edition|report)|misstat|retract"
    r"|withdr|erroneous|mistaken|wrongly",
    re.IGNORECASE,
)
_PIECE = r"(?:article|story|report|item|dispatch|piece|headline|figure|number|estimate|claim|count)"
_WRONGLY = r"(?:wrongly|incorrectly|mistakenly|erroneously)"
_OPENING = re.compile(
    rf"^\W*(?:correction|clarification|corrected|corrects|this (?:article|story|report) corrects)\b"
    rf"|\b(?:earlier|previous|original|first) (?:version|edition)s?\b"
    rf"|\bour (?:earlier|previous|first|original) (?:report|story|article|figure)\b"
    rf"|\b(?:we|this {_PIECE}|the {_PIECE})(?: had| has| have)? {_WRONGLY}\b"
    rf"|\b(?:was|were) {_WRONGLY} (?:given|reported|stated|put)\b"
    rf"|\b(?:we|this {_PIECE})(?: had| has| have)? misstated\b"
    rf"|\bwe(?: have| are|'ve)?(?: now)? (?:withdr[ae]wn?|withdrawing|retract(?:ed|ing)?)"
    rf" (?:the|our|a|this|that|an)\b(?: \S+){{0,3}}? {_PIECE}"
    rf"|\bthis {_PIECE} (?:has been|was|is) (?:withdrawn|retracted|corrected)\b"
    rf"|\bthe figure of [^.;]{{1,40}} (?:has been|was|is) (?:withdrawn|retracted)\b",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"^\W*(?:the (?:correct|right|actual|true)|it (?:should|is)|the (?:figure|number|total) (?:should|is)"
    r"|in fact|the \w+ (?:actually|in fact)|that should|they should)\b",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"\b(?:correct|right|actual|true|corrected) (?:figure|number|total|estimate|count|one)\b"
    r"|\bshould (?:have )?(?:be(?:en)?|read|said|say|stand)\b|\bin fact\b|\bactually\b"
    r"|\bto (?:say|read|show)\b|\bcorrect(?:s|ed)\b[^.;]*?\bto\b|\bit is\b|\bnow (?:says|reads)\b"
    r"|\b(?:the )?(?:figure|number|total) is\b|;\s*(?:he|she|they|the \w+) said\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"\b(?:said|stated|reported|wrote|gave|put|misstated|claimed|cited|listed|quoted|given|had)\b"
    r"|\bfigure of\b|\bnot\b|\binstead of\b|\brather than\b|\bfrom\b|\bwithdr[ae]wn?\b"
    r"|\bretract(?:ed)?\b",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"  # also its short forms
_NO_FIGURE_BEFORE = re.compile(rf"(?:\b{_MONTH}|paragraph|page|part|version)\s$", re.IGNORECASE)
_NO_FIGURE_AFTER = re.compile(rf"\s(?:{_MONTH})\b|:\d|\s?(?:am|pm|a\.m|p\.m)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    quantity: Quantity
    is_right: bool
    start: int  # of its sentence
    end: int


def find_notices(text: str, knowledge: Knowledge) -> tuple[Notice, ...]:
    """Return the notices of a text, in order."""
    if _GATE.search(text) is None or "en" not in knowledge.languages:
        return ()
    whole = normalise(text)
    numerals = _numerals(knowledge)
    found: list[Notice] = []
    spans = sentences(whole.text)
    for index, (start, end) in enumerate(spans):
        if end - start > _LONGEST_SENTENCE or _OPENING.search(whole.text[start:end]) is None:
            continue
        figures = list(_figures(whole.text, start, end, numerals))
        if index + 1 < len(spans) and _FOLLOWING.match(whole.text[slice(*spans[index + 1])]):
            figures += _figures(whole.text, *spans[index + 1], numerals)
        found += _notices(figures, (start, end), whole, text)
    return tuple(found)


def without_wrong(
    claims: Sequence[Claim], notices: Sequence[Notice]
) -> tuple[tuple[Claim, ...], tuple[Rejection, ...]]:
    """Part the claims from those that the text itself calls wrong."""
    wrong = {notice.wrong for notice in notices}
    kept = tuple(claim for claim in claims if (claim.low, claim.high) not in wrong)
    refused = tuple(
        Rejection(
            text=claim.evidence.text,
            value=float(claim.low),
            reason=REJECTED_AS,
            span=claim.evidence.span,
        )
        for claim in claims
        if (claim.low, claim.high) in wrong
    )
    return kept, refused


@lru_cache(maxsize=4)
def _numerals(knowledge: Knowledge) -> Numerals:
    return Numerals(knowledge.languages["en"])


def _figures(text: str, start: int, end: int, numerals: Numerals) -> Iterator[_Figure]:
    for quantity in numerals.find(text, start, end):
        if not _is_figure(text, quantity):
            continue
        before = text[start : quantity.left]
        right, wrong = _last(_RIGHT, before), _last(_WRONG, before)
        if max(right, wrong) < 0 and not _OPENING.search(before):
            continue
        yield _Figure(quantity=quantity, is_right=right > wrong, start=start, end=end)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _is_figure(text: str, quantity: Quantity) -> bool:
    """Say whether a number can be a count: not a date, a time, a page or a vague band."""
    is_year = quantity.end - quantity.start == 4 and 1900 <= quantity.low <= 2100
    return not (
        quantity.vague
        or quantity.fraction
        or is_year
        or _NO_FIGURE_BEFORE.search(text[max(0, quantity.start - 16) : quantity.start])
        or _NO_FIGURE_AFTER.match(text, quantity.end)
    )


def _notices(
    figures: Sequence[_Figure], span: tuple[int, int], whole: Normalised, text: str
) -> Iterator[Notice]:
    wrong = [figure for figure in figures if not figure.is_right]
    right = [figure for figure in figures if figure.is_right]
    paired = right if len(right) == len(wrong) else [None] * len(wrong)
    sentence = " ".join(text[slice(*whole.original(*span))].split())
    for bad, good in zip(wrong, paired, strict=True):
        yield Notice(
            wrong=(bad.quantity.low, bad.quantity.high),
            wrong_span=_span(whole, bad.quantity.start, bad.quantity.end),
            sentence=sentence,
            right=(good.quantity.low, good.quantity.high) if good else None,
            right_evidence=_evidence(good, whole, text) if good else None,
        )


def _span(whole: Normalised, start: int, end: int) -> Span:
    first, last = whole.original(start, end)
    return Span(start=first, end=last)


def _evidence(figure: _Figure, whole: Normalised, text: str) -> Evidence:
    own = _span(whole, figure.quantity.start, figure.quantity.end)
    around = _span(whole, figure.start, figure.end)
    return Evidence(
        text=text[own.start : own.end],
        span=own,
        sentence=text[around.start : around.end],
        sentence_span=around,
    )
