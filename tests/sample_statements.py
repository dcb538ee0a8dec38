# SPDX-License-Identifier: Apache-2.0
"""Statements for tests of the ledger: who said which figure of where on which day.

What it is not: text; every claim is given, and stands in an article of filler.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sample_alerts import PENTAGON, claim
from sample_articles import GAZETTEER, article, decided, filler, rows_of

from monitor.core.model import Article, Claim, LedgerClaim, Source, TextKind

STATE = GAZETTEER.source("us-state-department")
SEOUL = GAZETTEER.source("nis")
NOBODY = None
UNKNOWN_SPEAKER = Source(id="text:a colonel", name="a colonel", family="text:a colonel")


@dataclass(frozen=True)
class Said:
    """A claim in an article of its own, or in the named one; day 1 is 1 November 2024."""

    claim: Claim
    day: int
    hour: int
    article: str | None
    text: str | None
    entry: str | None
    kind: TextKind


def said(
    low: int,
    high: int | None = None,
    by: Source | None = PENTAGON,
    at: str | None = "russia",
    *,
    day: int = 1,
    hour: int = 8,
    of: int | None = None,
    article: str | None = None,
    text: str | None = None,
    entry: str | None = None,
    text_kind: TextKind = TextKind.ENTRY,
    **fields: object,
) -> Said:
    """`by` said on `day` that `low` (to `high`) are `at` a place; `of` is a stated day."""
    fields.setdefault("as_of", None if of is None else date(2024, 11, of))
    made = claim(low, high, source=by, place=at, **fields)
    return Said(made, day, hour, article, text, entry, text_kind)


def thousands(**fields: object) -> Said:
    """A vague figure: "thousands"."""
    return said(2_000, 9_999, surface="thousands", vague=True, **fields)  # type: ignore[arg-type]


def articles_of(statements: tuple[Said, ...]) -> list[Article]:
    """One article per statement; neighbours that name the same article share it."""
    groups: list[list[Said]] = []
    for one in statements:
        if groups and one.article is not None and groups[-1][0].article == one.article:
            groups[-1].append(one)
        else:
            groups.append([one])
    made: list[Article] = []
    for number, group in enumerate(groups):
        first = group[0]
        moment = datetime(2024, 10, 31, first.hour, tzinfo=UTC) + timedelta(days=first.day)
        made.append(
            article(
                f"a{number}",
                *(one.claim for one in group),
                text=filler(first.text) if first.text else None,
                entry=first.entry,
                feed="the-feed" if first.entry else None,
                published=moment,
                seen=datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=number),
                kind=first.kind,
            )
        )
    return made


def judged(*statements: Said) -> LedgerClaim:
    """The ledger row of the last statement."""
    return rows_of(decided(*articles_of(statements)))[-1]
