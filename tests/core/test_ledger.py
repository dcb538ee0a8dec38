# SPDX-License-Identifier: Apache-2.0
"""Every verdict of a claim, as rows: what was said before, what is said now, what it is judged."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_alerts import PENTAGON, ZELENSKY, claim
from sample_articles import GAZETTEER, batches, decided, rows_of, verdicts
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

from monitor.core.ladders import ladders
from monitor.core.ledger import claim_id
from monitor.core.model import (
    Article,
    Bound,
    Kind,
    Source,
    Status,
    TextKind,
    Verdict,
)
from monitor.core.values import is_vague, same_value

HUR = GAZETTEER.source("ukraine-hur")
_NO_FORCE = {"force": None, "force_text": None}
_BUDANOV = GAZETTEER.source("kyrylo-budanov")
_KYIV = GAZETTEER.source("ukraine-government")


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
    "inside the known floor": (
        (said(10_000, bound=Bound.AT_LEAST),),
        said(12_000, day=2),
        "revision",
    ),
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
    "less in a part": ((said(10_000),), said(8_000, at="kursk", day=2), "new"),
    "more in a part than in the whole": ((said(10_000),), said(12_000, at="kursk", day=2), "new"),
    "less in the whole than in a part": ((said(12_000, at="kursk"),), said(10_000, day=2), "new"),
    "a part's figure told of the whole does not end the whole's": (
        (said(12_000), said(8_000, at="kursk", day=2), said(8_000, day=3)),
        said(12_000, day=4),
        "restatement",
    ),
    "a part's figure told of the whole is no news": (
        (said(12_000), said(8_000, at="kursk", day=2)),
        said(8_000, day=3),
        "restatement",
    ),
    "a figure told without its place does not become the one without a place": (
        (said(10_000), said(10_000, at=None, day=2), said(12_000, day=3)),
        said(12_000, at=None, day=4),
        "restatement",
    ),
    "after the wider restatement, another figure there": (
        (said(10_000, at="kursk"), said(10_000, at="russia", day=2)),
        said(12_000, at="russia", day=3),
        "revision",
    ),
}

_OFFICIALS = Source(
    id="text:senior officials", name="senior officials", family="text:senior officials"
)

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
        said(10_000, by=UNKNOWN_SPEAKER, day=2),
        "corroboration",
    ),
    "officials of nobody, other figure": (
        (said(10_000, by=_OFFICIALS),),
        said(12_000, by=_OFFICIALS, day=2),
        "new",
    ),
    "officials of nobody, back and forth between known figures": (
        (said(10_000), said(12_000, by=SEOUL, day=2), said(12_000, by=_OFFICIALS, day=3)),
        said(10_000, by=_OFFICIALS, day=4),
        "restatement",
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
    "an institution repeats itself after another of its family": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=HUR, day=3),
        "restatement",
    ),
    "the other institution, after that repeat": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2), said(14_000, by=HUR, day=3)),
        said(13_000, by=ZELENSKY, day=4),
        "restatement",
    ),
    "a person of the institution repeats it": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=_BUDANOV, day=3),
        "restatement",
    ),
    "the family as a whole, with what one of its voices holds": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=_KYIV, day=3),
        "restatement",
    ),
    "nobody named, with what one of two voices holds": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=NOBODY, day=3),
        "restatement",
    ),
    "an institution repeats itself at a wider place": (
        (said(14_000, by=HUR, at="kursk"), said(13_000, by=ZELENSKY, at="kursk", day=2)),
        said(14_000, by=HUR, at=None, day=3),
        "restatement",
    ),
    "an institution repeats itself at a watched place inside": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=HUR, at="kursk", day=3),
        "new-place",
    ),
    "an institution adopts the figure of another of its family that moved on": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2), said(12_000, by=HUR, day=3)),
        said(12_000, by=ZELENSKY, day=4),
        "restatement",
    ),
    "an institution returns to a figure that it had given up itself": (
        (said(14_000, by=HUR), said(12_000, by=HUR, day=2), said(13_000, by=ZELENSKY, day=3)),
        said(14_000, by=HUR, day=4),
        "revision",
    ),
    "an institution gives a third figure": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2), said(14_000, by=HUR, day=3)),
        said(15_000, by=HUR, day=4),
        "revision",
    ),
    "an institution repeats itself a month later, on its last day": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=HUR, day=31),
        "restatement",
    ),
    "an institution repeats itself more than a month later": (
        (said(14_000, by=HUR), said(13_000, by=ZELENSKY, day=2)),
        said(14_000, by=HUR, day=32),
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
    "published on a bare day, after something of that day": (
        (said(10_000, day=5, hour=20),),
        said(8_000, day=5, hour=0),
        "revision",
    ),
    "after something that was published on a bare day": (
        (said(10_000, day=5, hour=20), said(8_000, day=5, hour=0)),
        said(8_000, day=6),
        "restatement",
    ),
    "published on the bare day before": (
        (said(10_000, day=5, hour=20),),
        said(8_000, day=4, hour=0),
        "recall",
    ),
    "the same figure, published earlier the same day": (
        (said(10_000, day=5, hour=20),),
        said(10_000, day=5, hour=6),
        "restatement",
    ),
    "newer than the figure, older than its last undated repeat": (
        (said(10_000, day=4), said(10_000, day=6)),
        said(12_000, day=7, of=5),
        "revision",
    ),
    "older than the figure's last repeat, which gave its day": (
        (said(10_000, day=4), said(10_000, day=7, of=6, as_of_stated=True)),
        said(12_000, day=8, of=5),
        "recall",
    ),
    "a known figure of before, late": (
        (said(10_000, day=1), said(12_000, at=None, day=5), said(12_000, day=5, hour=9)),
        said(10_000, day=2),
        "recall",
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
    "an increment of another season": (
        (said(3_000, of=1, kind=Kind.INCREMENT, as_of_stated=True),),
        said(3_000, day=40, kind=Kind.INCREMENT, as_of_stated=True, as_of=date(2024, 12, 9)),
        "revision",
    ),
    "an increment of the same season": (
        (said(3_000, of=1, kind=Kind.INCREMENT, as_of_stated=True),),
        said(3_000, day=40, kind=Kind.INCREMENT, as_of_stated=True, as_of=date(2024, 11, 30)),
        "restatement",
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
    "no force, another figure at another place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(700, at=None, day=2, **_NO_FORCE),
        "new",
    ),
    "no force, another figure after one without a place": (
        (said(500, at=None, **_NO_FORCE),),
        said(700, at="kursk", day=2, **_NO_FORCE),
        "new",
    ),
    "no force, the same figure at a watched place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(500, by=SEOUL, at="belgorod", day=2, **_NO_FORCE),
        "new",
    ),
    "no force, the same figure of another family at a wider place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(500, by=SEOUL, day=2, **_NO_FORCE),
        "new",
    ),
    "no force and no place, an older day": (
        (said(500, at="kursk", day=5, **_NO_FORCE),),
        said(700, at=None, day=6, of=4, **_NO_FORCE),
        "new",
    ),
    "no force, another figure at the same place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(700, at="kursk", day=2, **_NO_FORCE),
        "revision",
    ),
    "no force, the figure of another family at the same place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(500, by=SEOUL, at="kursk", day=2, **_NO_FORCE),
        "corroboration",
    ),
    "no force, the same figure again without a place": (
        (said(500, at="kursk", **_NO_FORCE),),
        said(500, at=None, day=2, **_NO_FORCE),
        "restatement",
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
    "present after planned, by another family": (
        (said(10_000, status=Status.PLANNED),),
        said(10_000, by=SEOUL, day=2),
        "new",
    ),
    "denied twice": (
        (said(10_000), said(10_000, by=ZELENSKY, day=2, status=Status.DENIED)),
        said(10_000, by=HUR, day=3, status=Status.DENIED),
        "restatement",
    ),
    "a denial does not end what others say": (
        (said(10_000), said(10_000, by=ZELENSKY, day=2, status=Status.DENIED)),
        said(10_000, day=3),
        "restatement",
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
            "as of 4 Nov 2024, older than Pentagon: 10,000 in Russia (5 Nov 2024); it fills the history",
        ),
        (
            (said(10_000, day=5, hour=20),),
            said(8_000, day=5, hour=6),
            [0],
            (
                "published 06:00 UTC on 5 Nov 2024, before the newer figure of Pentagon: 10,000 in Russia"
                " (5 Nov 2024), which is of 20:00 UTC on 5 Nov 2024; it fills the history"
            ),
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
        (
            (said(10_000, 12_000),),
            said(11_000, day=2),
            [0],
            "is more exact than Pentagon: 10,000-12,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(11_000),),
            said(10_000, 12_000, day=2),
            [0],
            "is less exact than Pentagon: 11,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000),),
            said(12_000, by=ZELENSKY, at="kursk", day=2),
            [0],
            (
                "nobody has put a figure to this before; more than Pentagon: 10,000 in Russia"
                " (1 Nov 2024), which contains it"
            ),
        ),
        (
            (said(12_000, by=ZELENSKY, at="kursk"),),
            said(10_000, day=2),
            [0],
            (
                "nobody has claimed this figure before; Volodymyr Zelensky: 12,000 in Kursk"
                " (1 Nov 2024); less than Volodymyr Zelensky: 12,000 in Kursk (1 Nov 2024), which lies"
                " inside it"
            ),
        ),
        (
            (said(10_000),),
            said(8_000, by=ZELENSKY, at="kursk", day=2),
            [],
            "nobody has put a figure to this before",
        ),
        (
            (said(10_000, status=Status.PLANNED),),
            said(10_000, day=2),
            [0],
            (
                "nobody has put a figure to this before; planned before: Pentagon: 10,000 in Russia"
                " (1 Nov 2024)"
            ),
        ),
        (
            (said(10_000),),
            said(10_000, by=ZELENSKY, day=2, status=Status.DENIED),
            [0],
            "denies Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000, article="one"),),
            said(500, article="one", kind=Kind.SUBSET),
            [0],
            "a part of Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(10_000), said(12_000, by=SEOUL)),
            said(500, day=2, kind=Kind.SUBSET),
            [0],
            "a part of Pentagon: 10,000 in Russia (1 Nov 2024)",
        ),
        (
            (said(300),),
            said(500, day=2, kind=Kind.SUBSET),
            [],
            "a part of another figure",
        ),
        (
            (said(10_000),),
            said(8_000, day=2, recalled=True),
            [],
            "the text recalls it as an earlier figure; it fills the history",
        ),
        (
            (said(8_000), said(10_000, day=2)),
            said(8_000, day=3, recalled=True),
            [],
            "the text recalls it as an earlier figure",
        ),
        (
            (said(10_000),),
            said(10_000, day=40),
            [0],
            "same as Pentagon: 10,000 in Russia (1 Nov 2024); still claimed after a month of silence",
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
        "recall of the same day",
        "correction",
        "duplicate",
        "more exact",
        "less exact",
        "more in a part than in the whole",
        "less in the whole than in a part",
        "less in a part",
        "planned before",
        "denied",
        "detail of its article",
        "detail of the family's figure",
        "detail of nothing that is large enough",
        "recall of what nobody heard",
        "recall of what was known",
        "still claimed",
        "vague",
        "detail",
    ],
)
def test_a_verdict_names_the_rows_it_rests_on(
    before: tuple[Said, ...], now: Said, compared: list[int], reason: str
) -> None:
    """The reason is a sentence, and `compared` holds the ids of the rows that it speaks of."""
    rows = rows_of(decided(*articles_of((*before, now))))
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
    rows = rows_of(decided(*articles_of((*before, now))))
    assert rows[-1].previous == rows[previous].id


def test_a_correction_takes_back_every_reading_of_the_old_figure() -> None:
    """All rows that gave the wrong figure are withdrawn, others stay."""
    decision = decided(
        *articles_of(
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
    first, second = articles_of((said(10_000, entry="e"), said(700, entry="e", at="belarus")))
    decision = decided(first, replace(second, claims=()))
    assert decision.outcomes[-1].verdict == "revision"
    assert decision.outcomes[-1].withdrawn == ()


def test_the_rung_tells_returns_to_an_old_figure_apart() -> None:
    """Each time that a family sets its value anew the rung is one higher, so keys never meet."""
    statements = [said(10_000), said(12_000, day=2), said(10_000, day=3), said(12_000, day=4)]
    decision = decided(*articles_of(tuple(statements)))
    assert [row.rung for row in rows_of(decision)] == [0, 1, 2, 3]
    assert len(decision.alerts) == 4


def test_a_figure_that_was_taken_back_alerts_when_it_returns() -> None:
    """The alert of a wrong figure does not swallow the same figure, said in earnest later."""
    decision = decided(
        *articles_of(
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
    decision = decided(*articles_of(tuple(edits)))
    assert verdicts(decision) == ["new", "correction", "correction", "correction"]
    assert len(decision.alerts) == 4


def test_one_old_figure_is_altered_by_one_new_one() -> None:
    """Where a changed entry gives two figures for one, the second is judged like any other."""
    decision = decided(
        *articles_of(
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
            *articles_of(
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
        decided(*articles_of((said(10_000, article="one"), said(10_000, at=None, article="one"))))
    )
    assert [row.verdict for row in rows] == ["new", "restatement"]
    assert rows[1].compared == (rows[0].id,)


def test_ids_are_numbered_within_the_article() -> None:
    """A row's id is a function of its article's id and its number in it."""
    (one,) = articles_of((said(10_000, article="one"), said(700, at="belarus", article="one")))
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


def test_two_institutions_of_a_family_that_disagree_alert_once_each() -> None:
    """However often outlets repeat the one and the other, and however the repeats arrive."""
    turns = [
        said(value, by=who, day=day)
        for day in range(1, 13)
        for value, who in ((14_000, HUR), (13_000, ZELENSKY))
    ]
    decision = decided(*articles_of(tuple(turns)))
    assert [
        (alert.claim.verdict, alert.claim.claim.low) for alert in decision.alerts if alert.claim
    ] == [
        (Verdict.NEW, 14_000),
        (Verdict.REVISION, 13_000),
    ]


def test_repeats_of_two_institutions_add_no_rungs() -> None:
    """The ladder of the family shows two figures, and whose last word each of them is."""
    turns = [
        said(value, by=who, day=day)
        for day in (1, 2, 3)
        for value, who in ((14_000, HUR), (13_000, ZELENSKY))
    ]
    (rungs,) = ladders(rows_of(decided(*articles_of(tuple(turns)))), GAZETTEER).values()
    assert [(rung.low, len(rung.repeats), set(rung.voices)) for rung in rungs] == [
        (14_000, 2, {"ukraine-hur"}),
        (13_000, 2, {"zelensky"}),
    ]


# --- order of arrival ------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(batch=batches(), data=st.data())
def test_the_set_of_claims_does_not_depend_on_the_order_of_arrival(
    batch: list[Article], data: st.DataObject
) -> None:
    """Whatever arrives first: in the end the ledger holds the same claims of the same families."""
    order = data.draw(st.permutations(batch))
    assert _stored(batch) == _stored(order)


def _stored(batch: list[Article]) -> set[tuple[object, ...]]:
    return {
        (row.series, row.family, row.claim.low, row.claim.high, row.claim.as_of, row.said)
        for row in rows_of(decided(*batch))
    }


@pytest.mark.parametrize("seed", range(10))
def test_a_late_article_leaves_the_present_as_it_is(seed: int) -> None:
    """In every order of arrival the ladder of a family is the same in the end."""
    statements = [
        said(value, by=who, at=place, day=day)
        for day, (value, who, place) in enumerate(
            [
                (10_000, PENTAGON, "russia"),
                (8_000, PENTAGON, "kursk"),
                (10_000, STATE, "russia"),
                (11_000, SEOUL, "russia"),
                (12_000, PENTAGON, "russia"),
                (11_000, SEOUL, None),
                (10_000, PENTAGON, "russia"),
                (9_000, PENTAGON, "kursk"),
                (12_000, STATE, "russia"),
                (10_000, PENTAGON, "russia"),
                (12_000, STATE, None),
            ],
            start=1,
        )
    ]
    order = list(statements)
    random.Random(seed).shuffle(order)  # noqa: S311  (an order, not a secret)
    shapes = []
    for one in (statements, order):
        held = ladders(rows_of(decided(*articles_of(tuple(one)))), GAZETTEER)
        shapes.append(
            {key: [(rung.low, len(rung.repeats)) for rung in rungs] for key, rungs in held.items()}
        )
    assert shapes[0] == shapes[1]
