# SPDX-License-Identifier: Apache-2.0
"""Conflicts and facts: who holds what since when, and what else is true of a claim in its series."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sample_alerts import HUR, ZELENSKY
from sample_articles import GAZETTEER, decided, rows_of
from sample_statements import (
    NOBODY,
    SEOUL,
    STATE,
    UNKNOWN_SPEAKER,
    Said,
    articles_of,
    judged,
    said,
    thousands,
)

from monitor.core.conflicts import Conflict, conflict_in, facts_of
from monitor.core.model import Bound, Fact, Kind, LedgerClaim, Status

_NATO = GAZETTEER.source("nato")
_THREE = (said(10_000), said(11_000, by=SEOUL, day=2), said(12_000, by=HUR, day=3))

_FACTS = {
    "first figure of all": ((), said(10_000), ""),
    "confirmed by an official": (
        (said(10_000, by=UNKNOWN_SPEAKER),),
        said(10_000, day=2),
        "first-official",
    ),
    "confirmed by an official, unnamed before": (
        (said(10_000, by=NOBODY),),
        said(10_000, day=2),
        "first-official",
    ),
    "confirmed by an alliance": (
        (said(10_000, by=UNKNOWN_SPEAKER),),
        said(10_000, by=_NATO, day=2),
        "first-official",
    ),
    "confirmed at a wider place": (
        (said(10_000, by=UNKNOWN_SPEAKER, at="kursk"),),
        said(10_000, day=2),
        "first-official",
    ),
    "confirmed by a second official": (
        (said(10_000, by=UNKNOWN_SPEAKER), said(10_000, by=SEOUL, day=2)),
        said(10_000, day=3),
        "",
    ),
    "official from the start": ((said(10_000),), said(10_000, by=SEOUL, day=2), ""),
    "agreed by somebody": ((said(10_000),), said(10_000, by=UNKNOWN_SPEAKER, day=2), ""),
    "twice what three others say": (
        _THREE,
        said(25_000, by=UNKNOWN_SPEAKER, day=4),
        "new-high outlier",
    ),
    "exactly twice the middle is no outlier": (
        _THREE,
        said(22_000, by=UNKNOWN_SPEAKER, day=4),
        "new-high",
    ),
    "less than half of what three others say": (
        _THREE,
        said(5_000, by=UNKNOWN_SPEAKER, day=4),
        "new-low outlier",
    ),
    "far from one other only": ((said(10_000),), said(25_000, by=SEOUL, day=2), "new-high"),
    "far from others elsewhere": (
        (said(10_000, at="belarus"), said(11_000, by=SEOUL, day=2, at="belarus")),
        said(25_000, by=HUR, day=3),
        "",
    ),
    "closer to the others": (
        (said(10_000), said(20_000, by=SEOUL, day=2)),
        said(12_000, day=3),
        "spread-narrowed",
    ),
    "closer by less than a tenth": (
        (said(10_000), said(20_000, by=SEOUL, day=2)),
        said(10_500, day=3),
        "",
    ),
    "further from the others": (
        (said(10_000), said(20_000, by=SEOUL, day=2)),
        said(8_000, day=3),
        "new-low",
    ),
    "a newcomer between the others": (
        (said(10_000), said(20_000, by=SEOUL, day=2)),
        said(15_000, by=HUR, day=3),
        "",
    ),
    "another figure for the same day": (
        (said(10_000, by=ZELENSKY, of=1),),
        said(11_000, by=ZELENSKY, day=2, of=1),
        "new-high self-contradiction",
    ),
    "another figure for another day": (
        (said(10_000, by=ZELENSKY),),
        said(11_000, by=ZELENSKY, day=2),
        "new-high",
    ),
    "a closer figure for the same day": (
        (said(10_000, 12_000, by=ZELENSKY, of=1),),
        said(11_000, by=ZELENSKY, day=2, of=1),
        "",
    ),
    "a figure above the floor given for the same day": (
        (said(10_000, by=ZELENSKY, of=1, bound=Bound.AT_LEAST),),
        said(12_000, by=ZELENSKY, day=2, of=1),
        "new-high",
    ),
    "another speaker of the family, same day": (
        (said(10_000, by=ZELENSKY, of=1),),
        said(11_000, by=HUR, day=2, of=1),
        "new-high",
    ),
    "denies what the same speaker said": (
        (said(10_000, by=ZELENSKY),),
        said(10_000, by=ZELENSKY, day=2, status=Status.DENIED),
        "self-contradiction",
    ),
    "denies what another said": (
        (said(10_000),),
        said(10_000, by=ZELENSKY, day=2, status=Status.DENIED),
        "",
    ),
    "highest within rounding": ((said(10_000),), said(10_150, by=SEOUL, day=2), ""),
    "higher than history that was only recalled": (
        (said(9_000, recalled=True),),
        said(10_000, day=2),
        "new-high",
    ),
    "not above what was recalled": (
        (said(12_000, recalled=True), said(9_000)),
        said(10_000, day=2),
        "",
    ),
    "no high in the whole below a part": (
        (said(12_000, at="kursk"), said(9_000, by=SEOUL, day=2)),
        said(10_000, by=HUR, day=3),
        "place-conflict",
    ),
    "higher without a place": (
        (said(10_000, at=None),),
        said(12_000, at=None, day=2),
        "new-high",
    ),
    "a band is no figure to exceed": ((thousands(),), said(10_000, day=2), ""),
    "less in a part": ((said(10_000),), said(8_000, by=ZELENSKY, at="kursk", day=2), ""),
    "more in a part than in the whole": (
        (said(10_000),),
        said(12_000, by=ZELENSKY, at="kursk", day=2),
        "place-conflict",
    ),
    "more in a part than the speaker has for the whole": (
        (said(10_000, by=ZELENSKY),),
        said(12_000, by=ZELENSKY, at="kursk", day=2),
        "place-conflict self-contradiction",
    ),
    "more in a part, the whole had no upper end": (
        (said(10_000, bound=Bound.AT_LEAST),),
        said(12_000, by=ZELENSKY, at="kursk", day=2),
        "",
    ),
    "up to more in a part": (
        (said(10_000),),
        said(12_000, by=ZELENSKY, at="kursk", day=2, bound=Bound.AT_MOST),
        "",
    ),
    "the whole less than a part": (
        (said(12_000, by=ZELENSKY, at="kursk"),),
        said(10_000, day=2),
        "place-conflict",
    ),
    "more in a part than the whole had long ago": (
        (said(10_000), said(15_000, day=2)),
        said(12_000, by=ZELENSKY, at="kursk", day=3),
        "",
    ),
    "more of an increment in a part": (
        (said(10_000),),
        said(12_000, by=ZELENSKY, at="kursk", day=2, kind=Kind.INCREMENT),
        "",
    ),
    "again after 29 days": ((said(10_000),), said(10_000, day=30), ""),
    "again after 30 days": ((said(10_000),), said(10_000, day=31), "still-claimed"),
    "again after 30 days, somebody else meanwhile": (
        (said(10_000), said(10_000, by=SEOUL, day=20)),
        said(10_000, day=40),
        "",
    ),
    "again after 30 days, a copy meanwhile": (
        (said(10_000, text="wire"), said(10_000, day=20, text="wire")),
        said(10_000, day=40),
        "",
    ),
    "again at a wider place after 30 days": (
        (said(10_000, at="kursk"),),
        said(10_000, by=STATE, at="russia", day=40),
        "still-claimed",
    ),
    "planned, higher than present": (
        (said(10_000),),
        said(12_000, day=2, status=Status.PLANNED),
        "",
    ),
}


@pytest.mark.parametrize(("before", "now", "facts"), list(_FACTS.values()), ids=list(_FACTS))
def test_facts_are_told_beside_the_verdict(before: tuple[Said, ...], now: Said, facts: str) -> None:
    """What rules may ask of a claim besides its verdict, row by row."""
    found = judged(*before, now)
    assert sorted(found.facts) == facts.split(), found.reason


@pytest.mark.parametrize(
    "now",
    [
        said(25_000, day=9, recalled=True),
        said(25_000, day=9, kind=Kind.SUBSET),
        said(20_000, 90_000, day=9, vague=True),
    ],
    ids=["recall", "detail", "vague"],
)
def test_what_is_no_news_has_no_facts(now: Said) -> None:
    """A figure of the past, a part and a band set no record."""
    assert judged(*_THREE, now).facts == ()


def test_facts_look_only_at_what_was_known_before() -> None:
    """Asked of a row in the middle of the ledger, the facts are those of its own time."""
    rows = rows_of(decided(*articles_of((said(10_000), said(11_000, day=2), said(12_000, day=3)))))
    assert [facts_of(row, rows, GAZETTEER) for row in rows] == [
        frozenset(row.facts) for row in rows
    ]
    assert rows[1].facts == (Fact.NEW_HIGH,)


# --- the object ------------------------------------------------------------------------------

_STORY = (
    said(10_000),
    said(12_000, by=HUR, day=2),
    said(10_000, by=STATE, day=3),
    said(14_000, by=SEOUL, at="kursk", day=4),
    said(11_000, 12_000, day=5),
    said(9_000, day=6, recalled=True),
    thousands(by=SEOUL, day=6),
)


def _conflict(rows: tuple[LedgerClaim, ...]) -> Conflict:
    return conflict_in(rows[0].series, rows, GAZETTEER)


def test_a_conflict_says_who_holds_what_since_when() -> None:
    """Families in the order of how long they hold their figure, with spread and who moved."""
    found = _conflict(rows_of(decided(*articles_of(_STORY))))
    held = [(one.family, one.now.low, one.now.high, one.since) for one in found.holdings]
    assert held == [
        ("ukraine-government", 12_000, 12_000, date(2024, 11, 2)),
        ("us-government", 11_000, 12_000, date(2024, 11, 5)),
    ]
    assert (found.low, found.high, found.spread) == (11_000, 12_000, 1_000)
    assert found.moved is not None
    assert found.moved.before is not None
    assert (found.moved.family, found.moved.before.low) == ("us-government", 10_000)
    assert len(found.moved.before.repeats) == 1


def test_a_conflict_names_a_part_that_is_greater_than_its_whole() -> None:
    """Seoul's figure for Kursk does not fit into what the others have for all Russia."""
    found = _conflict(rows_of(decided(*articles_of(_STORY))))
    assert [(clash.part.claim.low, clash.whole.claim.high) for clash in found.clashes] == [
        (14_000, 12_000),
        (14_000, 12_000),
    ]
    assert found.is_disputed


def test_figures_that_may_both_be_true_are_no_dispute() -> None:
    """A floor below a figure, or a figure inside a range, contradicts nobody."""
    rows = rows_of(
        decided(*articles_of((said(10_000, bound=Bound.AT_LEAST), said(12_000, by=HUR, day=2))))
    )
    assert not _conflict(rows).is_disputed


def test_who_is_far_from_the_others_is_named() -> None:
    """Of four families the one beyond twice the others' middle is the outlier."""
    rows = rows_of(decided(*articles_of((*_THREE, said(30_000, by=_NATO, day=4)))))
    assert _conflict(rows).outliers == ("nato",)


def test_one_family_alone_is_no_conflict() -> None:
    """Without another voice there is no spread."""
    rows = rows_of(decided(*articles_of((said(10_000, 12_000),))))
    found = _conflict(rows)
    assert (found.spread, found.moved, found.is_disputed) == (0, None, False)


@pytest.mark.parametrize("seed", range(8))
def test_a_conflict_does_not_depend_on_the_order_of_arrival(seed: int) -> None:
    """However late an article arrives, who holds what since when is the same in the end."""
    order = articles_of(_STORY)
    expected = _shape(_conflict(rows_of(decided(*order))))
    random.Random(seed).shuffle(order)  # noqa: S311  (an order, not a secret)
    rows = rows_of(decided(*order))
    series = next(row.series for row in rows if row.claim.place == "russia")
    assert _shape(conflict_in(series, rows, GAZETTEER)) == expected


def _shape(found: Conflict) -> list[object]:
    return [
        (one.family, one.since, [(rung.low, rung.high, len(rung.repeats)) for rung in one.rungs])
        for one in found.holdings
    ]
