# SPDX-License-Identifier: Apache-2.0
"""Ladders: what each source family said of one series, in order, and what it says now.

What it is not: a verdict. A rung is a figure that the family held for a while; the claims that
repeat it are its later mentions. A family speaks with several *voices*, its institutions, which may
differ: who repeats what it said last itself ends nothing that another voice said since. Rules of this file: pure; the order is that of the clocks (as-of,
then said), never that of arrival, so a late article fills history and changes no present; copies,
vague bands, parts, rates and figures that their own text recalls are no rungs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Claim, Kind, LedgerClaim, PlaceRelation, Series, Verdict
from monitor.core.series import family_of
from monitor.core.values import is_vague, same_figure

Key = tuple[str | None, str | None]  # family, place
# For so long an institution's last figure is still its own word beside a newer one of its family.
# As long as a silence may last before a repeat is "still claimed" (`conflicts`).
_OWN_WORD_FOR = timedelta(days=30)


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

    More than one claim sets a rung where one article gives several figures at once. `voices` are the
    institutions whose last word it is, with the day that this word stands for.
    """

    setting: tuple[LedgerClaim, ...]
    repeats: tuple[LedgerClaim, ...] = ()
    voices: Mapping[str, date] = field(default_factory=dict)

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

    def is_word_of(self, voice: str | None, family: str | None, day: date) -> bool:
        """Say whether the figure is what a voice said last, not too long before `day`.

        Who speaks for the whole family may mean any of its voices, and nobody in particular anyone.
        """
        return _is_word_of(self.voices, voice, family, day)


@dataclass(slots=True)
class _Growing:
    """A rung that is still being read; a list, because a figure may be repeated ten thousand times."""

    setting: list[LedgerClaim]
    repeats: list[LedgerClaim] = field(default_factory=list)
    voices: dict[str, date] = field(default_factory=dict)

    @property
    def place(self) -> str | None:
        return self.setting[0].claim.place

    def states(self, row: LedgerClaim) -> bool:
        return any(same_figure(row.claim, known.claim) for known in self.setting)


def voice_of(claim: Claim, gazetteer: Gazetteer) -> str | None:
    """Return the institution that asserts a claim; None where nobody is named."""
    if claim.source is None or family_of(claim) is None:
        return None
    return gazetteer.institution(claim.source.id)


def _is_word_of(
    voices: Mapping[str, date], voice: str | None, family: str | None, day: date
) -> bool:
    """See `Rung.is_word_of`."""
    meant = voices if voice in {None, family} else {voice} & voices.keys()
    return any(day - voices[one] <= _OWN_WORD_FOR for one in meant)


def ladders(rows: Iterable[LedgerClaim], gazetteer: Gazetteer) -> dict[Key, tuple[Rung, ...]]:
    """Return the rungs per family and place, oldest first. The rows are standing, of one track."""
    found: dict[Key, list[_Growing]] = {}
    for row in sorted((row for row in rows if is_rung(row)), key=age):
        key = row.family, row.claim.place
        voice = voice_of(row.claim, gazetteer)
        rungs = found.get(key, [])
        known = _repeated(row, voice, rungs) or _told_loosely(row, voice, found, gazetteer)
        if known is not None:
            known.repeats.append(row)
        elif rungs and _beside(rungs[-1].setting[0], row):
            known = rungs[-1]
            known.setting.append(row)
        else:
            known = _Growing([row])
            found.setdefault(key, []).append(known)
        if voice is not None:
            _give_word(voice, as_of(row), known, found[known.setting[0].family, known.place])
    return {
        key: tuple(
            Rung(setting=tuple(rung.setting), repeats=tuple(rung.repeats), voices=rung.voices)
            for rung in rungs
        )
        for key, rungs in found.items()
    }


def _give_word(voice: str, day: date, rung: _Growing, rungs: Iterable[_Growing]) -> None:
    """Note that a rung is a voice's last word, and no other of its ladder is any longer."""
    for other in rungs:
        other.voices.pop(voice, None)
    rung.voices[voice] = day


def _repeated(row: LedgerClaim, voice: str | None, rungs: Sequence[_Growing]) -> _Growing | None:
    """Return the rung that a row repeats: the family's last one, or the last word of its voice."""
    if rungs and rungs[-1].states(row):
        return rungs[-1]
    if voice is None:
        return None
    for rung in reversed(rungs):
        if rung.states(row) and _is_word_of(rung.voices, voice, row.family, as_of(row)):
            return rung
    return None


def _told_loosely(
    row: LedgerClaim, voice: str | None, found: dict[Key, list[_Growing]], gazetteer: Gazetteer
) -> _Growing | None:
    """Return the rung whose figure a row gives without its place, or for a wider one.

    "8,000 in Russia" for the 8,000 in Kursk does not end what the family holds for all Russia.
    """
    holds_here = (row.family, row.claim.place) in found
    for (family, place), rungs in found.items():
        if family != row.family or place == row.claim.place:
            continue
        known = _repeated(row, voice, rungs)
        if known is None:
            continue
        wider = gazetteer.place_relation(row.claim.place, place) is PlaceRelation.ANCESTOR
        if row.claim.place is None or (wider and holds_here):
            return known
    return None


def _beside(known: LedgerClaim, row: LedgerClaim) -> bool:
    """Say whether a row is a further figure of the very article that set a rung."""
    return (known.article, as_of(known)) == (row.article, as_of(row))
