# SPDX-License-Identifier: Apache-2.0
"""Ladders: what each source family said of one series, in order, and what it says now.

What it is not: a verdict. A rung is a figure that the family held for a while; the claims that
repeat it are its later mentions. Rules of this file: pure; the order is that of the clocks (as-of,
then said), never that of arrival, so a late article fills history and changes no present; copies,
vague bands, parts, rates and figures that their own text recalls are no rungs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Kind, LedgerClaim, PlaceRelation, Series, Verdict
from monitor.core.values import is_vague, same_figure

Key = tuple[str | None, str | None]  # family, place


def track(series: Series) -> tuple[str, ...]:
    """Return what two claims must share to be compared at all: everything but the place."""
    return series.measure, series.force, series.unit, series.kind, series.status


def as_of(row: LedgerClaim) -> date:
    """Return the day a figure stands for: its as-of date, else the day it was said."""
    return row.claim.as_of or row.said.date()


def age(row: LedgerClaim) -> tuple[date, datetime]:
    """Return a row's place in time: as-of, then said."""
    return as_of(row), row.said


def is_rung(row: LedgerClaim) -> bool:
    """Say whether a row can hold a family's value."""
    return (
        row.verdict is not Verdict.DUPLICATE
        and row.claim.kind in {Kind.TOTAL, Kind.INCREMENT}
        and not row.claim.recalled
        and not is_vague(row.claim)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A figure that a family held: the claims that set it, and those that repeated it.

    More than one claim sets a rung where one article gives several figures at once.
    """

    setting: tuple[LedgerClaim, ...]
    repeats: tuple[LedgerClaim, ...] = ()

    @property
    def first(self) -> LedgerClaim:
        """Return the claim that set it first."""
        return self.setting[0]

    @property
    def low(self) -> int:
        """Return the least figure of those that set it."""
        return min(row.claim.low for row in self.setting)

    @property
    def high(self) -> int:
        """Return the greatest figure of those that set it."""
        return max(row.claim.high for row in self.setting)

    @property
    def last_said(self) -> datetime:
        """Return when it was said last."""
        return max(row.said for row in (*self.setting, *self.repeats))


@dataclass(slots=True)
class _Growing:
    """A rung that is still being read; a list, because a figure may be repeated ten thousand times."""

    setting: list[LedgerClaim]
    repeats: list[LedgerClaim] = field(default_factory=list)

    def states(self, row: LedgerClaim) -> bool:
        return any(same_figure(row.claim, known.claim) for known in self.setting)


def ladders(rows: Iterable[LedgerClaim], gazetteer: Gazetteer) -> dict[Key, tuple[Rung, ...]]:
    """Return the rungs per family and place, oldest first. The rows are standing, of one track."""
    found: dict[Key, list[_Growing]] = {}
    for row in sorted((row for row in rows if is_rung(row)), key=age):
        key = row.family, row.claim.place
        last = found[key][-1] if key in found else None
        if last is not None and last.states(row):
            last.repeats.append(row)
        elif (loosely := _told_loosely(row, found, gazetteer)) is not None:
            loosely.repeats.append(row)
        elif last is not None and _beside(last.setting[0], row):
            last.setting.append(row)
        else:
            found.setdefault(key, []).append(_Growing([row]))
    return {
        key: tuple(Rung(setting=tuple(rung.setting), repeats=tuple(rung.repeats)) for rung in rungs)
        for key, rungs in found.items()
    }


def _told_loosely(
    row: LedgerClaim, found: dict[Key, list[_Growing]], gazetteer: Gazetteer
) -> _Growing | None:
    """Return the rung whose figure a row gives without its place, or for a wider one.

    "8,000 in Russia" for the 8,000 in Kursk does not end what the family holds for all Russia.
    """
    holds_here = (row.family, row.claim.place) in found
    for (family, place), rungs in found.items():
        if family != row.family or place == row.claim.place or not rungs[-1].states(row):
            continue
        wider = gazetteer.place_relation(row.claim.place, place) is PlaceRelation.ANCESTOR
        if row.claim.place is None or (wider and holds_here):
            return rungs[-1]
    return None


def _beside(known: LedgerClaim, row: LedgerClaim) -> bool:
    """Say whether a row is a further figure of the very article that set a rung."""
    return (known.article, as_of(known)) == (row.article, as_of(row))
