# SPDX-License-Identifier: Apache-2.0
"""A claim before the court: the rows it may be compared with, and how a verdict is worded.

What it is not: the table of verdicts (`ledger`). Rules of this file: pure; a row is cited as people
know it: who said which figure for where, and as of when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import Key, Rung, as_of, ladders, track, voice_of
from monitor.core.memory import Memory
from monitor.core.model import Article, Claim, LedgerClaim, PlaceRelation, Verdict
from monitor.core.recognition import Recognition
from monitor.core.series import UNKNOWN_FORCE, family_of, series_of
from monitor.core.values import same_figure

# A row with one of these sets no value in its series.
NO_VALUE = frozenset({Verdict.RECALL, Verdict.VAGUE, Verdict.DETAIL})
# Nor is it a rung: a copy only repeats one.
NO_RUNG = NO_VALUE | {Verdict.DUPLICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim before the court: its article, its family, and the rows it may be compared with.

    `voice` is the institution of the family that speaks.
    `track` holds the standing rows, `all_rows` also those that a correction took back; `related` are
    the standing rows of every track of the measure and force; `held` are the ladders of the track.
    """

    claim: Claim
    article: Article
    recognition: Recognition
    family: str | None
    voice: str | None
    as_of: date
    track: tuple[LedgerClaim, ...]
    all_rows: tuple[LedgerClaim, ...]
    related: tuple[LedgerClaim, ...]
    held: Mapping[Key, tuple[Rung, ...]]
    gazetteer: Gazetteer

    def place_of(self, row: LedgerClaim) -> PlaceRelation:
        """Return how this claim's place stands to a row's place."""
        return self.gazetteer.place_relation(self.claim.place, row.claim.place)

    def is_compatible(self, row: LedgerClaim) -> bool:
        """Say whether this claim's place is the row's, wider, or not known."""
        return self.place_of(row) in {
            PlaceRelation.EQUAL,
            PlaceRelation.ANCESTOR,
            PlaceRelation.UNKNOWN,
        }

    def is_about_the_same(self, row: LedgerClaim) -> bool:
        """Say whether a row of the track may be held against this claim at all.

        Where nobody says whose people are counted, only the place can: 500 troops here and 700 there,
        or somewhere, need not be anybody's change of mind.
        """
        if row.series.force != UNKNOWN_FORCE:
            return True
        return self.claim.place is not None and self.claim.place == row.claim.place

    def has_same_value(self, row: LedgerClaim) -> bool:
        """Say whether a row states this claim's figure."""
        return same_figure(self.claim, row.claim)

    def is_own(self, row: LedgerClaim) -> bool:
        """Say whether a row is a rung of this claim's family."""
        return row.family == self.family and row.verdict not in NO_RUNG

    def cite(self, row: LedgerClaim) -> str:
        """Name a row as people know it: who said which figure for where, and as of when."""
        who = row.claim.source.name if row.claim.source else f"unnamed source in {row.publisher}"
        place = row.claim.place
        where = f" in {self.gazetteer.place_name(place)}" if place else ""
        return f"{who}: {figure_words(row.claim)}{where} ({day_words(as_of(row))})"

    def current(self, family: str | None = None) -> tuple[LedgerClaim, ...]:
        """Return the claims that set the current rungs; of one family if it is given."""
        return tuple(
            row
            for (holder, _), rungs in self.held.items()
            if family is None or holder == family
            for row in rungs[-1].setting
        )

    def standing(self) -> tuple[LedgerClaim, ...]:
        """Return the claims that this one merely repeats where it gives their figure.

        These are the current ones of its family, and those that its own voice said last. Where
        nobody is named they are everybody's.
        """
        own = (
            row
            for (holder, _), rungs in self.held.items()
            if self.family in {None, holder}
            for rung in rungs[:-1]
            if rung.is_word_of(self.voice, self.family, self.as_of)
            for row in rung.setting
        )
        return (*self.current(self.family), *own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict with its reason, the rows it rests on, and the row whose value is replaced."""

    verdict: Verdict
    reason: str
    compared: tuple[LedgerClaim, ...] = ()
    previous: LedgerClaim | None = None


def case_of(  # noqa: PLR0913, PLR0917  (the whole of one case)
    claim: Claim,
    article: Article,
    recognition: Recognition,
    memory: Memory,
    earlier: Sequence[LedgerClaim],
    withdrawn: Collection[str],
    gazetteer: Gazetteer,
) -> Case:
    """Return the case of one claim; `earlier` are the rows of its article so far."""
    series = series_of(claim)
    known = {row.id: row for row in memory.rows_like(series.measure, series.force)}
    known |= {
        row.id: row
        for row in earlier
        if (row.series.measure, row.series.force) == (series.measure, series.force)
    }
    related = tuple(row for row in known.values() if not row.withdrawn and row.id not in withdrawn)
    standing = tuple(row for row in related if track(row.series) == track(series))
    return Case(
        claim=claim,
        article=article,
        recognition=recognition,
        family=family_of(claim),
        voice=voice_of(claim, gazetteer),
        as_of=claim.as_of or article.said.date(),
        track=standing,
        all_rows=tuple(row for row in known.values() if track(row.series) == track(series)),
        related=related,
        held=ladders(standing, gazetteer),
        gazetteer=gazetteer,
    )


def day_words(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.day} {day:%b} {day.year}"


def figure_words(claim: Claim) -> str:
    """Return a figure as it was stated."""
    if claim.vague:
        return claim.surface
    if claim.low == claim.high:
        return f"{claim.low:,}"
    return f"{claim.low:,}-{claim.high:,}"


def place_words(claim: Claim, gazetteer: Gazetteer) -> str:
    """Return where a claim puts its figure."""
    return f"in {gazetteer.place_name(claim.place)}" if claim.place else "without a place"
