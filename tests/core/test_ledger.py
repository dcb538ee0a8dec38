# SPDX-License-Identifier: Apache-2.0
"""Every verdict of a claim, as rows: what was said before, what is said now, what it is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_alerts import HUR, PENTAGON, ZELENSKY, claim
from sample_articles import GAZETTEER, article, decided, filler, rows_of, verdicts

from monitor.core.ledger import claim_id, is_vague, same_value
from monitor.core.model import (
    Article,
    Bound,
    Claim,
    Kind,
    LedgerClaim,
    Source,
    Status,
    TextKind,
    Verdict,
)

STATE = GAZETTEER.source("us-state-department")
SEOUL = GAZETTEER.source("nis")
NOBODY = None
_UNKNOWN_SPEAKER = Source(id="text:a colonel", name="a colonel", family="text:a colonel")


@dataclass(frozen=True)
class Said:
    """A claim in an article of its own, or in the named one, on a day of November 2024."""

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
    as_of = None if of is None else date(2024, 11, of)
    made = claim(low, high, source=by, place=at, as_of=as_of, **fields)
    return Said(made, day, hour, article, text, entry, text_kind)


def thousands(**fields: object) -> Said:
    """A vague figure: "thousands"."""
    return said(2_000, 9_999, surface="thousands", vague=True, **fields)  # type: ignore[arg-type]


def _articles(statements: tuple[Said, ...]) -> list[Article]:
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
        moment = datetime(2024, 11, first.day, first.hour, tzinfo=UTC)
        made.append(
            article(
                f"a{number}",
                *(one.claim for one in group),
                text=filler(first.text) if first.text else None,
                entry=first.entry,
                feed="the-feed" if first.entry else None,
                published=moment,
                seen=datetime(2024, 11, 20, tzinfo=UTC) + timedelta(hours=number),
                kind=first.kind,
            )
        )
    return made


def judged(*statements: Said) -> LedgerClaim:
    """The ledger row of the last statement."""
    return rows_of(decided(*_articles(statements)))[-1]


def _table(rows: dict[str, tuple[tuple[Said, ...], Said, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("before", "now", "verdict"), list(rows.values()), ids=list(rows)
    )


# --- the value -------------------------------------------------------------------------------

_VALUES = {
    "nothing known": ((), said(10_000), "new"),
    "equal": ((said(10_000),), said(10_000, day=2), "restatement"),
    "exactly 2 % of the larger above": ((said(9_800),), said(10_000, day=2), "restatement"),
    "one more than 2 % above": ((said(9_799),), said(10_000, day=2), "revision"),
    "exactly 2 % below": ((said(10_000),), said(9_800, day=2), "restatement"),
    "one more than 2 % below": ((said(10_000),), said(9_799, day=2), "revision"),
    "about": ((said(10_000),), said(10_000, day=2, approximate=True), "restatement"),
    "more than": ((said(10_000),), said(10_000, day=2, bound=Bound.AT_LEAST), "restatement"),
    "up to": ((said(10_000),), said(10_000, day=2, bound=Bound.AT_MOST), "restatement"),
    "exactly, after about": (
        (said(10_000, approximate=True),),
        said(10_000, day=2),
        "restatement",
    ),
    "a range around the figure": ((said(11_500),), said(11_000, 12_000, day=2), "revision"),
    "an end of the known range": ((said(11_000, 12_000),), said(11_000, day=2), "revision"),
    "the same range": ((said(11_000, 12_000),), said(11_000, 12_000, day=2), "restatement"),
    "a range rounded": ((said(11_000, 12_000),), said(11_100, 12_100, day=2), "restatement"),
    "a range with one other end": (
        (said(11_000, 12_000),),
        said(11_000, 13_000, day=2),
        "revision",
    ),
    "drift in steps below 2 %": (
        (said(10_000), said(10_150, day=2)),
        said(10_300, day=3),
        "revision",
    ),
}

# --- the place -------------------------------------------------------------------------------

_PLACES = {
    "a wider place": ((said(10_000, at="kursk"),), said(10_000, at="russia", day=2), "restatement"),
    "no place": ((said(10_000, at="kursk"),), said(10_000, at=None, day=2), "restatement"),
    "known place after none": (
        (said(10_000, at=None),),
        said(10_000, at="kursk", day=2),
        "restatement",
    ),
    "a watched place inside": (
        (said(10_000),),
        said(10_000, at="kursk", day=2),
        "new-place",
    ),
    "a watched place inside, others said it": (
        (said(10_000, by=SEOUL),),
        said(10_000, at="kursk", day=2),
        "new-place",
    ),
    "a watched place inside, in the same article": (
        (said(10_000, article="one"),),
        said(10_000, at="kursk", article="one"),
        "restatement",
    ),
    "a place inside that nobody watches": (
        (said(10_000),),
        said(10_000, at="voronezh", day=2),
        "restatement",
    ),
    "another watched place": (
        (said(10_000, at="kursk"),),
        said(10_000, at="belgorod", day=2),
        "new-place",
    ),
    "another place that nobody watches": (
        (said(10_000, at="kursk"),),
        said(10_000, at="belarus", day=2),
        "new",
    ),
    "somebody was at the watched place before": (
        (said(10_000), said(10_000, by=SEOUL, at="kursk", day=2)),
        said(10_000, at="kursk", day=3),
        "corroboration",
    ),
    "claimed further inside the watched place before": (
        (said(10_000, by=SEOUL, at="sudzha"),),
        said(10_000, at="kursk", day=2),
        "corroboration",
    ),
    "claimed without a place by another": (
        (said(10_000, by=SEOUL, at=None),),
        said(10_000, at="kursk", day=2),
        "corroboration",
    ),
    "at the watched place again": (
        (said(10_000), said(10_000, at="kursk", day=2)),
        said(10_000, at="kursk", day=3),
        "restatement",
    ),
    "another value at the watched place": (
        (said(8_000, at="kursk"), said(10_000, day=2)),
        said(10_000, at="kursk", day=3),
        "new-place",
    ),
    "a figure that somebody only recalled elsewhere": (
        (said(10_000, recalled=True),),
        said(10_000, at="kursk", day=2),
        "new-place",
    ),
    "another figure elsewhere": ((said(10_000),), said(12_000, at="belarus", day=2), "new"),
    "another figure without a place": ((said(10_000),), said(12_000, at=None, day=2), "revision"),
    "another figure after one without a place": (
        (said(10_000, at=None),),
        said(12_000, at="kursk", day=2),
        "revision",
    ),
    "after the wider restatement, another figure there": (
        (said(10_000, at="kursk"), said(10_000, at="russia", day=2)),
        said(12_000, at="russia", day=3),
        "revision",
    ),
}

# --- the source ------------------------------------------------------------------------------

_SOURCES = {
    "another institution of the family": (
        (said(10_000, by=PENTAGON),),
        said(10_000, by=STATE, day=2),
        "restatement",
    ),
    "another institution of the family, other figure": (
        (said(10_000, by=PENTAGON),),
        said(12_000, by=STATE, day=2),
        "revision",
    ),
    "another family": ((said(10_000),), said(10_000, by=SEOUL, day=2), "corroboration"),
    "another family, other figure": ((said(10_000),), said(12_000, by=SEOUL, day=2), "new"),
    "another family at a wider place": (
        (said(10_000, at="kursk"),),
        said(10_000, by=SEOUL, at="russia", day=2),
        "corroboration",
    ),
    "another family repeats a figure that was given up": (
        (said(10_000), said(12_000, day=2)),
        said(10_000, by=SEOUL, day=3),
        "corroboration",
    ),
    "nobody named": ((said(10_000),), said(10_000, by=NOBODY, day=2), "restatement"),
    "nobody named, other figure": ((said(10_000),), said(12_000, by=NOBODY, day=2), "new"),
    "nobody named, twice": (
        (said(12_000, by=NOBODY),),
        said(12_000, by=NOBODY, day=2),
        "restatement",
    ),
    "nobody named repeats a figure that was given up": (
        (said(10_000), said(12_000, day=2)),
        said(10_000, by=NOBODY, day=3),
        "corroboration",
    ),
    "named after nobody": (
        (said(10_000, by=NOBODY),),
        said(10_000, day=2),
        "corroboration",
    ),
    "a speaker whom nobody knows": (
        (said(10_000),),
        said(10_000, by=_UNKNOWN_SPEAKER, day=2),
        "corroboration",
    ),
    "adopting the figure of another family": (
        (said(10_000), said(12_000, by=SEOUL, day=2)),
        said(12_000, day=3),
        "revision",
    ),
    "returning to the own old figure": (
        (said(10_000), said(12_000, day=2)),
        said(10_000, day=3),
        "revision",
    ),
    "the own old figure, two changes later": (
        (said(10_000), said(12_000, day=2), said(10_000, day=3)),
        said(12_000, day=4),
        "revision",
    ),
    "each of two figures that one article gave": (
        (said(10_000, article="both"), said(12_000, article="both"), said(12_000, day=2)),
        said(10_000, day=3),
        "restatement",
    ),
}

# --- the time --------------------------------------------------------------------------------

_TIMES = {
    "as of an earlier day than the newest": (
        (said(10_000, day=5),),
        said(8_000, day=6, of=4),
        "recall",
    ),
    "as of the same day": ((said(10_000, day=5),), said(8_000, day=6, of=5), "revision"),
    "published earlier, arriving later": ((said(10_000, day=5),), said(8_000, day=4), "recall"),
    "published earlier the same day": (
        (said(10_000, day=5, hour=20),),
        said(8_000, day=5, hour=6),
        "recall",
    ),
    "published later the same day": (
        (said(10_000, day=5, hour=6),),
        said(8_000, day=5, hour=20),
        "revision",
    ),
    "the same figure, published earlier the same day": (
        (said(10_000, day=5, hour=20),),
        said(10_000, day=5, hour=6),
        "restatement",
    ),
    "words that recall": (
        (said(10_000),),
        said(8_000, day=2, recalled=True),
        "recall",
    ),
    "words that recall, nothing known": ((), said(8_000, recalled=True), "recall"),
    "older than what another family said": (
        (said(10_000, by=SEOUL, day=5),),
        said(8_000, day=6, of=4),
        "new",
    ),
    "older than what the family said of another place": (
        (said(10_000, at="kursk", day=5),),
        said(8_000, at="belgorod", day=6, of=4),
        "new",
    ),
    "older, without a place": (
        (said(10_000, at="kursk", day=5),),
        said(8_000, at=None, day=6, of=4),
        "recall",
    ),
    "older, at a place, than one without a place": (
        (said(10_000, at=None, day=5),),
        said(8_000, at="kursk", day=6, of=4),
        "new",
    ),
    "a recalled figure does not become the current one": (
        (said(10_000), said(8_000, day=2, recalled=True)),
        said(10_000, day=3),
        "restatement",
    ),
    "a recalled figure, told as the present one": (
        (said(8_000, recalled=True),),
        said(8_000, day=2),
        "new",
    ),
    "later than a vague figure of a later day": (
        (thousands(day=5),),
        said(8_000, day=6, of=4),
        "new",
    ),
    "a late copy does not bring an old figure back": (
        (
            said(10_000, text="wire"),
            said(12_000, day=4),
            said(10_000, day=6, text="wire"),
        ),
        said(12_000, day=7),
        "restatement",
    ),
}

# --- parts, bands, tracks --------------------------------------------------------------------

_KINDS = {
    "a part": ((), said(500, kind=Kind.SUBSET), "detail"),
    "a rate": ((), said(30_000, kind=Kind.FLOW), "detail"),
    "a part does not replace the whole": (
        (said(10_000), said(500, day=2, kind=Kind.SUBSET)),
        said(10_000, day=3),
        "restatement",
    ),
    "a band": ((), thousands(), "vague"),
    "a band beside a figure": ((said(10_000),), thousands(day=2), "vague"),
    "a figure after a band": ((thousands(),), said(5_000, day=2), "new"),
    "a narrow band is a figure": (
        (),
        said(3_000, 5_000, surface="a few thousand", vague=True),
        "new",
    ),
    "a band at 2.5 times is a figure": ((), said(2_000, 5_000, vague=True), "new"),
    "a band above 2.5 times": ((), said(2_000, 5_001, vague=True), "vague"),
    "a wide range of stated figures": ((), said(2_000, 10_000), "new"),
    "the second increment": (
        (said(3_000, kind=Kind.INCREMENT),),
        said(4_000, day=2, kind=Kind.INCREMENT),
        "revision",
    ),
    "an increment after a total": (
        (said(3_000),),
        said(3_000, day=2, kind=Kind.INCREMENT),
        "new",
    ),
    "a total after an increment": (
        (said(3_000, kind=Kind.INCREMENT),),
        said(3_000, day=2),
        "new",
    ),
    "the same increment again": (
        (said(3_000, kind=Kind.INCREMENT),),
        said(3_000, day=2, kind=Kind.INCREMENT),
        "restatement",
    ),
    "other units": ((said(10, unit="persons"),), said(10, day=2, unit="brigades"), "new"),
    "another measure": ((said(10_000),), said(10_000, day=2, measure="casualties"), "new"),
    "another force": ((said(10_000),), said(10_000, day=2, force="RU"), "new"),
    "a force that nobody knows": (
        (said(10_000, force=None, force_text="Ruritanian"),),
        said(10_000, day=2, force=None, force_text="Grand Fenwick"),
        "new",
    ),
    "the same unknown force": (
        (said(10_000, force=None, force_text="Ruritanian"),),
        said(10_000, day=2, force=None, force_text="ruritanian"),
        "restatement",
    ),
}

_STATUSES = {
    **{
        f"first {status}": ((said(10_000),), said(10_000, day=2, status=status), status.value)
        for status in Status
        if status is not Status.PRESENT
    },
    "planned again": (
        (said(10_000, status=Status.PLANNED),),
        said(10_000, day=2, status=Status.PLANNED),
        "restatement",
    ),
    "planned, another figure": (
        (said(10_000, status=Status.PLANNED),),
        said(12_000, day=2, status=Status.PLANNED),
        "planned",
    ),
    "planned by another family": (
        (said(10_000, status=Status.PLANNED),),
        said(10_000, by=SEOUL, day=2, status=Status.PLANNED),
        "corroboration",
    ),
    "planned turns present": (
        (said(10_000, status=Status.PLANNED),),
        said(10_000, day=2),
        "new",
    ),
    "denied after present": (
        (said(10_000),),
        said(10_000, by=ZELENSKY, day=2, status=Status.DENIED),
        "denied",
    ),
    "present after denied": ((said(10_000, status=Status.DENIED),), said(10_000, day=2), "new"),
    "a planned band": ((), thousands(status=Status.PLANNED), "vague"),
    "a planned part": ((), said(500, status=Status.PLANNED, kind=Kind.SUBSET), "detail"),
}

# --- copies and changed entries --------------------------------------------------------------

_READINGS = {
    "a copy": ((said(10_000, text="wire"),), said(10_000, day=2, text="wire"), "duplicate"),
    "a copy of a copy": (
        (said(10_000, text="wire"), said(10_000, day=2, text="wire")),
        said(10_000, day=3, text="wire"),
        "duplicate",
    ),
    "a copy with another figure": (
        (said(10_000, text="wire"),),
        said(12_000, day=2, text="wire"),
        "revision",
    ),
    "a copy with another place": (
        (said(10_000, text="wire"),),
        said(10_000, day=2, text="wire", at="kursk"),
        "new-place",
    ),
    "a copy of a recalled figure": (
        (said(8_000, text="wire", recalled=True),),
        said(8_000, day=2, text="wire", recalled=True),
        "duplicate",
    ),
    "an altered figure": (
        (said(10_000, entry="e"),),
        said(12_000, entry="e", text="second"),
        "correction",
    ),
    "an altered figure that had been restated only": (
        (said(10_000), said(10_000, entry="e")),
        said(12_000, entry="e", text="second"),
        "correction",
    ),
    "an altered figure within rounding": (
        (said(10_000, entry="e"),),
        said(10_100, entry="e", text="second"),
        "restatement",
    ),
    "an unaltered figure": (
        (said(10_000, entry="e"),),
        said(10_000, entry="e", text="second"),
        "duplicate",
    ),
    "an added figure of another family": (
        (said(10_000, entry="e"),),
        said(12_000, by=SEOUL, entry="e", text="second"),
        "new",
    ),
    "an altered figure at another place": (
        (said(10_000, at="kursk", entry="e"),),
        said(12_000, at="belarus", entry="e", text="second"),
        "new",
    ),
    "the page says more than the teaser": (
        (said(10_000, entry="e"),),
        said(12_000, entry="e", text="second", text_kind=TextKind.PAGE),
        "revision",
    ),
    "an altered page": (
        (
            said(10_000, entry="e"),
            said(10_000, entry="e", text="second", text_kind=TextKind.PAGE),
        ),
        said(12_000, entry="e", text="third", text_kind=TextKind.PAGE),
        "correction",
    ),
    "an altered band": (
        (thousands(entry="e"),),
        said(5_000, entry="e", text="second"),
        "new",
    ),
    "the old state of the entry served again": (
        (said(10_000, entry="e", text="first"), said(12_000, entry="e", text="second")),
        said(10_000, entry="e", text="first"),
        "duplicate",
    ),
    "another outlet's copy of the wrong text": (
        (said(10_000, entry="e", text="first"), said(12_000, entry="e", text="second")),
        said(10_000, day=2, text="first"),
        "duplicate",
    ),
    "the taken-back figure, later, in another article": (
        (said(10_000, entry="e"), said(12_000, entry="e", text="second")),
        said(10_000, day=2),
        "revision",
    ),
    "the corrected figure elsewhere": (
        (said(10_000, entry="e"), said(12_000, entry="e", text="second")),
        said(12_000, day=2),
        "restatement",
    ),
}


@_table(
    {
        f"{name}: {row}": case
        for name, rows in {
            "value": _VALUES,
            "place": _PLACES,
            "source": _SOURCES,
            "time": _TIMES,
            "kind": _KINDS,
            "status": _STATUSES,
            "reading": _READINGS,
        }.items()
        for row, case in rows.items()
    }
)
def test_each_claim_gets_the_first_verdict_that_applies(
    before: tuple[Said, ...], now: Said, verdict: str
) -> None:
    """The table of verdicts, row by row."""
    row = judged(*before, now)
    assert row.verdict == verdict, row.reason


# --- what a verdict rests on -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "compared", "reason"),
    [
        ((), said(10_000), [], "nobody has put a figure to this before"),
        (
            (said(9_000, by=SEOUL),),
            said(10_000, day=2),
            [0],
            "nobody has claimed this figure before; South Korea's NIS: 9,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000),),
            said(10_000, day=2),
            [0],
            "same as Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000),),
            said(12_000, day=2),
            [0],
            "replaces Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000),),
            said(10_000, by=SEOUL, day=2),
            [0],
            "agrees with Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000),),
            said(10_000, at="kursk", day=2),
            [0],
            "Pentagon: 10,000 in Russia (1 Nov 2024) is now claimed in Kursk",
        ),
        (
            (said(10_000, day=5),),
            said(8_000, day=6, of=4),
            [0],
            "as of 4 Nov 2024, older than Pentagon: 10,000 in Russia (5 Nov 2024)",
        ),
        (
            (said(10_000, entry="e"),),
            said(12_000, entry="e", text="second"),
            [0],
            "the article was changed: it said 10,000 before",
        ),
        (
            (said(10_000, text="wire"),),
            said(10_000, day=2, text="wire"),
            [0],
            "a copy of The a0's article, which has this claim",
        ),
        ((), thousands(), [], "“thousands” is a band, not a figure"),
        ((), said(5, kind=Kind.SUBSET), [], "a part of another figure"),
    ],
    ids=[
        "new",
        "new beside others",
        "restatement",
        "revision",
        "corroboration",
        "new-place",
        "recall",
        "correction",
        "duplicate",
        "vague",
        "detail",
    ],
)
def test_a_verdict_names_the_rows_it_rests_on(
    before: tuple[Said, ...], now: Said, compared: list[int], reason: str
) -> None:
    """The reason is a sentence, and `compared` holds the ids of the rows that it speaks of."""
    rows = rows_of(decided(*_articles((*before, now))))
    assert rows[-1].reason == reason
    assert list(rows[-1].compared) == [rows[number].id for number in compared]


@pytest.mark.parametrize(
    ("before", "now", "previous"),
    [
        ((said(10_000), said(12_000, day=2)), said(13_000, day=3), 1),
        ((said(10_000), said(10_100, day=2)), said(13_000, day=3), 0),
        (
            (said(10_000), said(12_000, at=None, day=2)),
            said(13_000, day=3),
            0,
        ),
        (
            (said(10_000, entry="e"), said(10_000, entry="e", text="second")),
            said(12_000, entry="e", text="third"),
            0,
        ),
        ((said(10_000, by=SEOUL), said(10_000, day=2)), said(10_000, at="kursk", day=3), 1),
    ],
    ids=[
        "the newest figure",
        "not its restatement",
        "of the same place before one without a place",
        "the first reading that had it",
        "the family's own figure before another's",
    ],
)
def test_a_changed_figure_names_the_row_it_replaces(
    before: tuple[Said, ...], now: Said, previous: int
) -> None:
    """`previous` is the row that a message shows as "before"."""
    rows = rows_of(decided(*_articles((*before, now))))
    assert rows[-1].previous == rows[previous].id


def test_a_correction_takes_back_every_reading_of_the_old_figure() -> None:
    """All rows that gave the wrong figure are withdrawn, others stay."""
    decision = decided(
        *_articles(
            (
                said(10_000, entry="e", text="first"),
                said(10_000, entry="e", text="second"),
                said(10_000, day=2),
                said(12_000, entry="e", text="third"),
            )
        )
    )
    rows = rows_of(decision)
    assert verdicts(decision) == ["new", "duplicate", "restatement", "correction"]
    assert set(decision.outcomes[-1].withdrawn) == {rows[0].id, rows[1].id}


def test_a_figure_that_is_gone_from_a_reading_is_left_standing() -> None:
    """Teasers and live pages drop sentences all the time; that takes nothing back."""
    first, second = _articles((said(10_000, entry="e"), said(700, entry="e", at="belarus")))
    decision = decided(first, replace(second, claims=()))
    assert decision.outcomes[-1].verdict == "revision"
    assert decision.outcomes[-1].withdrawn == ()


def test_the_rung_tells_returns_to_an_old_figure_apart() -> None:
    """Each time that a family sets its value anew the rung is one higher, so keys never meet."""
    statements = [said(10_000), said(12_000, day=2), said(10_000, day=3), said(12_000, day=4)]
    decision = decided(*_articles(tuple(statements)))
    assert [row.rung for row in rows_of(decision)] == [0, 1, 2, 3]
    assert len(decision.alerts) == 4


def test_a_figure_that_was_taken_back_alerts_when_it_returns() -> None:
    """The alert of a wrong figure does not swallow the same figure, said in earnest later."""
    decision = decided(
        *_articles(
            (
                said(10_000, entry="e"),
                said(12_000, entry="e", text="second"),
                said(10_000, day=2),
            )
        )
    )
    assert [alert.claim.verdict for alert in decision.alerts if alert.claim] == [
        Verdict.NEW,
        Verdict.CORRECTION,
        Verdict.REVISION,
    ]


def test_every_edit_of_a_figure_alerts_even_back_to_one_that_was_corrected_before() -> None:
    """The key of a correction counts the changes before it."""
    edits = [
        said(value, entry="e", text=f"edit {number}")
        for number, value in enumerate((10_000, 12_000, 13_000, 12_000))
    ]
    decision = decided(*_articles(tuple(edits)))
    assert verdicts(decision) == ["new", "correction", "correction", "correction"]
    assert len(decision.alerts) == 4


def test_one_old_figure_is_altered_by_one_new_one() -> None:
    """Where a changed entry gives two figures for one, the second is judged like any other."""
    decision = decided(
        *_articles(
            (
                said(10_000, entry="e", article="first"),
                said(12_000, entry="e", article="second"),
                said(14_000, entry="e", article="second"),
            )
        )
    )
    assert verdicts(decision) == ["new", "correction", "revision"]


def test_what_an_article_takes_back_is_not_held_against_its_other_claims() -> None:
    """A figure that the same reading corrects further down is no longer said by anybody."""
    rows = rows_of(
        decided(
            *_articles(
                (
                    said(10_000, entry="e", article="first"),
                    said(11_000, by=SEOUL, entry="e", article="second"),
                    said(12_000, entry="e", article="second"),
                )
            )
        )
    )
    assert [row.verdict for row in rows] == ["new", "new", "correction"]
    assert rows[1].compared == ()


def test_an_article_sees_its_own_earlier_claims() -> None:
    """The second mention of a figure in one article restates the first."""
    rows = rows_of(
        decided(*_articles((said(10_000, article="one"), said(10_000, at=None, article="one"))))
    )
    assert [row.verdict for row in rows] == ["new", "restatement"]
    assert rows[1].compared == (rows[0].id,)


def test_ids_are_numbered_within_the_article() -> None:
    """A row's id is a function of its article's id and its number in it."""
    (one,) = _articles((said(10_000, article="one"), said(700, at="belarus", article="one")))
    assert [row.id for row in rows_of(decided(one))] == [claim_id(one.id, 0), claim_id(one.id, 1)]


# --- sameness --------------------------------------------------------------------------------

_NUMBERS = st.integers(0, 2_000_000)


@given(low=_NUMBERS, high=_NUMBERS, other_low=_NUMBERS, other_high=_NUMBERS)
def test_sameness_is_symmetric_and_bounded(
    low: int, high: int, other_low: int, other_high: int
) -> None:
    """Two figures are the same in both directions, exactly when no end is off by more than 2 %."""
    a = claim(*sorted((low, high)))
    b = claim(*sorted((other_low, other_high)))
    near = all(100 * abs(x - y) <= 2 * max(x, y) for x, y in ((a.low, b.low), (a.high, b.high)))
    assert same_value(a, b) == same_value(b, a) == near
    assert same_value(a, a)


@given(low=_NUMBERS, width=_NUMBERS)
def test_a_wide_band_never_equals_a_figure(low: int, width: int) -> None:
    """Not even when its edges are those of a stated range."""
    band = claim(low, low + width, vague=True)
    assert same_value(band, claim(low, low + width)) is not is_vague(band)


def test_people_of_one_family_are_one_voice() -> None:
    """Zelensky's figure is restated by military intelligence, revised by nobody else."""
    assert judged(said(10_000, by=ZELENSKY), said(10_000, by=HUR, day=2)).verdict == "restatement"
