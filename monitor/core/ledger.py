# SPDX-License-Identifier: Apache-2.0
"""The ledger: is a claim new, and why. The table of verdicts, first that applies.

What it is not: rules (verdicts never depend on them) or alerts. A claim is compared with the rows
of its *track*: same measure, force, unit, kind and status. Within a track each source family has
one ladder per place; its newest rung, by as-of, then said, then order of arrival, is the family's
*current value* there. Copies, recalled, vague and partial figures are no rungs, and a restatement
does not replace what it restates, or rounding would let a figure drift without news. An article
that gives several figures at once leaves several current.
Rules of this file: append-only; pure; every verdict says in a sentence what it was compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import Memory
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Claim,
    Kind,
    LedgerClaim,
    PlaceRelation,
    Series,
    Status,
    Verdict,
)
from monitor.core.recognition import Recognition
from monitor.core.series import series_of

# Two stated numbers are the same figure when they differ by at most this share of the larger:
# rounding of one count, not another count (DESIGN section 6).
SAME_WITHIN = 0.02
# A band wider than this factor, without a stated figure in it, says too little to be news.
VAGUE_FROM = 2.5

_NO_VALUE = frozenset({Verdict.RECALL, Verdict.VAGUE, Verdict.DETAIL})
_NO_RUNG = _NO_VALUE | {Verdict.DUPLICATE}
_REPEATS = frozenset({Verdict.DUPLICATE, Verdict.RESTATEMENT})
_ALERTING = frozenset({Verdict.NEW, Verdict.NEW_PLACE, Verdict.REVISION})
_OF_STATUS = {
    Status.PLANNED: Verdict.PLANNED,
    Status.HYPOTHETICAL: Verdict.HYPOTHETICAL,
    Status.PAST: Verdict.PAST,
    Status.DENIED: Verdict.DENIED,
    Status.EXERCISE: Verdict.EXERCISE,
}
# These set a family's value in its series anew.
_SETTING = _ALERTING | {Verdict.CORRECTION} | frozenset(_OF_STATUS.values())


def is_vague(claim: Claim) -> bool:
    """Say whether a claim is a band without a stated figure, too wide to be news."""
    return claim.vague and claim.high > claim.low * VAGUE_FROM


def same_value(a: Claim, b: Claim) -> bool:
    """Say whether two claims state the same figure; a wide band never equals a figure."""
    if is_vague(a) != is_vague(b):
        return False
    return _close(a.low, b.low) and _close(a.high, b.high)


def _close(a: int, b: int) -> bool:
    return abs(a - b) <= SAME_WITHIN * max(a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One claim before the court: its article, its family, and the rows it may be compared with.

    `track` holds the standing rows, `all_rows` also those that a correction took back.
    """

    claim: Claim
    article: Article
    recognition: Recognition
    family: str | None
    as_of: date
    track: tuple[LedgerClaim, ...]
    all_rows: tuple[LedgerClaim, ...]
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

    def has_same_value(self, row: LedgerClaim) -> bool:
        """Say whether a row states this claim's figure."""
        return same_value(self.claim, row.claim)

    def is_own(self, row: LedgerClaim) -> bool:
        """Say whether a row is a rung of this claim's family."""
        return row.family == self.family and row.verdict not in _NO_RUNG

    def cite(self, row: LedgerClaim) -> str:
        """Name a row as people know it: who said which figure for where, and as of when."""
        who = row.claim.source.name if row.claim.source else f"unnamed source in {row.publisher}"
        place = row.claim.place
        where = f" in {self.gazetteer.place_name(place)}" if place else ""
        return f"{who}: {_number(row.claim)}{where} ({_day(_as_of(row))})"

    def current(self, family: str | None = None) -> tuple[LedgerClaim, ...]:
        """Return the current rungs per family and place; of one family if it is given."""
        newest: dict[tuple[str | None, str | None], list[LedgerClaim]] = {}
        for row in sorted(self.track, key=_age):
            if row.verdict in _NO_RUNG or (family is not None and row.family != family):
                continue
            rungs = newest.setdefault((row.family, row.claim.place), [])
            if row.verdict is Verdict.RESTATEMENT and any(
                same_value(row.claim, rung.claim) for rung in rungs
            ):
                continue
            if rungs and (rungs[0].article, _as_of(rungs[0])) != (row.article, _as_of(row)):
                rungs.clear()
            rungs.append(row)
        return tuple(row for rungs in newest.values() for row in rungs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    verdict: Verdict
    reason: str
    compared: tuple[LedgerClaim, ...] = ()
    previous: LedgerClaim | None = None


def judge_all(
    article: Article, recognition: Recognition, memory: Memory, gazetteer: Gazetteer
) -> tuple[tuple[LedgerClaim, ...], tuple[str, ...]]:
    """Judge an article's claims in text order; return the new rows and the ids withdrawn.

    Each claim sees the article's earlier ones as part of the past.
    """
    corrected = _corrections(article, recognition, memory, gazetteer)
    withdrawn = frozenset(row.id for old in corrected.values() for row in old)
    rows: list[LedgerClaim] = []
    for number, claim in enumerate(article.claims):
        case = _case(claim, article, recognition, memory, rows, withdrawn, gazetteer)
        old = corrected.get(number)
        finding = _correction(old[0]) if old else _first_that_applies(case)
        rows.append(_row(claim_id(article.id, number), case, finding))
    return tuple(rows), tuple(sorted(withdrawn))


def _case(  # noqa: PLR0913, PLR0917  (the whole of one case)
    claim: Claim,
    article: Article,
    recognition: Recognition,
    memory: Memory,
    earlier: Sequence[LedgerClaim],
    withdrawn: Collection[str],
    gazetteer: Gazetteer,
) -> _Case:
    series = series_of(claim)
    known = {row.id: row for row in memory.rows_like(series.measure, series.force)}
    known |= {row.id: row for row in earlier}
    rows = tuple(row for row in known.values() if _track(row.series) == _track(series))
    return _Case(
        claim=claim,
        article=article,
        recognition=recognition,
        family=claim.source.family if claim.source else None,
        as_of=claim.as_of or article.said.date(),
        track=tuple(row for row in rows if not row.withdrawn and row.id not in withdrawn),
        all_rows=rows,
        gazetteer=gazetteer,
    )


def _track(series: Series) -> tuple[str, ...]:
    return series.measure, series.force, series.unit, series.kind, series.status


def _row(row_id: str, case: _Case, finding: _Finding) -> LedgerClaim:
    claim, article = case.claim, case.article
    return LedgerClaim(
        id=row_id,
        article=article.id,
        group=case.recognition.group,
        feed=article.feed,
        publisher=article.publisher,
        claim=claim,
        series=series_of(claim),
        family=case.family,
        said=article.said,
        seen=article.seen,
        verdict=_with_status(finding.verdict, claim.status),
        reason=finding.reason,
        compared=tuple(dict.fromkeys(row.id for row in finding.compared)),
        previous=finding.previous.id if finding.previous else None,
        rung=_rung(case),
    )


def claim_id(article: str, number: int) -> str:
    """Return the id of an article's claim number `number` (from 0, in text order)."""
    return "cl_" + hashlib.sha256(f"{article}\x00{number}".encode()).hexdigest()[:16]


def _with_status(verdict: Verdict, status: Status) -> Verdict:
    """A claim that would alert outside the present track takes its status as the verdict."""
    return _OF_STATUS[status] if verdict in _ALERTING and status in _OF_STATUS else verdict


def _rung(case: _Case) -> int:
    """Count how often the family's value in this very series was set before, taken back or not."""
    return sum(
        row.family == case.family
        and row.claim.place == case.claim.place
        and row.verdict in _SETTING
        for row in case.all_rows
    )


# --- the table -------------------------------------------------------------------------------


def _first_that_applies(case: _Case) -> _Finding:
    for test in _TABLE:
        finding = test(case)
        if finding is not None:
            return finding
    return _new(case)


def _duplicate(case: _Case) -> _Finding | None:
    if case.recognition.verdict is ArticleVerdict.NEW:
        return None
    for row in case.all_rows:
        if (
            row.group == case.recognition.group
            and row.family == case.family
            and row.claim.place == case.claim.place
            and (row.claim.low, row.claim.high) == (case.claim.low, case.claim.high)
        ):
            return _Finding(
                verdict=Verdict.DUPLICATE,
                reason=f"a copy of {row.publisher}'s article, which has this claim",
                compared=(row, *_behind(case, row)),
            )
    return None


def _detail(case: _Case) -> _Finding | None:
    if case.claim.kind is Kind.SUBSET:
        return _Finding(verdict=Verdict.DETAIL, reason="a part of another figure")
    if case.claim.kind is Kind.FLOW:
        return _Finding(verdict=Verdict.DETAIL, reason="a rate, not a level")
    return None


def _vague(case: _Case) -> _Finding | None:
    if not is_vague(case.claim):
        return None
    return _Finding(verdict=Verdict.VAGUE, reason=f"“{case.claim.surface}” is a band, not a figure")


def _recall(case: _Case) -> _Finding | None:
    if case.claim.recalled:
        return _Finding(verdict=Verdict.RECALL, reason="the text recalls it as an earlier figure")
    if case.family is None:
        return None
    newer = [
        row
        for row in case.track
        if case.is_own(row)
        and case.claim.place in {None, row.claim.place}
        and (_as_of(row) > case.as_of or _said_later(row, case))
    ]
    if not newer:
        return None
    latest = max(newer, key=_age)
    return _Finding(
        verdict=Verdict.RECALL,
        reason=f"as of {_day(case.as_of)}, older than {case.cite(latest)}",
        compared=(latest,),
    )


def _said_later(row: LedgerClaim, case: _Case) -> bool:
    """Say whether a row gives another figure for the same day, and was said after this claim."""
    return (
        _as_of(row) == case.as_of and row.said > case.article.said and not case.has_same_value(row)
    )


def _restatement(case: _Case) -> _Finding | None:
    for row in case.current(case.family):
        if case.has_same_value(row) and case.is_compatible(row):
            return _Finding(
                verdict=Verdict.RESTATEMENT,
                reason=f"same as {case.cite(row)}",
                compared=(row, *_behind(case, row)),
            )
    return _narrower_without_news(case)


def _narrower_without_news(case: _Case) -> _Finding | None:
    """The family's own figure at a narrower place that is no news there.

    Either nobody watches that place, or it is this very article that states the figure twice.
    """
    for row in case.current(case.family):
        if not case.has_same_value(row) or case.place_of(row) is not PlaceRelation.DESCENDANT:
            continue
        if row.article == case.article.id or not case.gazetteer.is_watched(case.claim.place):
            return _Finding(
                verdict=Verdict.RESTATEMENT,
                reason=f"same as {case.cite(row)}, at a narrower place",
                compared=(row, *_behind(case, row)),
            )
    return None


def _new_place(case: _Case) -> _Finding | None:
    if not case.gazetteer.is_watched(case.claim.place):
        return None
    known = [row for row in case.track if case.has_same_value(row)]
    here = {PlaceRelation.EQUAL, PlaceRelation.ANCESTOR}
    if any(case.place_of(row) in here for row in known):
        return None
    elsewhere = [
        row
        for row in known
        if case.place_of(row) is not PlaceRelation.UNKNOWN and row.article != case.article.id
    ]
    if not elsewhere:
        return None
    first = min(elsewhere, key=lambda row: (row.family != case.family, _age(row)))
    return _Finding(
        verdict=Verdict.NEW_PLACE,
        reason=f"{case.cite(first)} is now claimed {_at(case.claim, case.gazetteer)}",
        compared=(first,),
        previous=first,
    )


def _corroboration(case: _Case) -> _Finding | None:
    if case.family is not None and any(
        case.is_own(row) and row.claim.place == case.claim.place for row in case.track
    ):
        return None
    agreeing = [
        row
        for row in case.track
        if (case.family is None or row.family != case.family)
        and case.has_same_value(row)
        and case.is_compatible(row)
    ]
    if not agreeing:
        return None
    first = min(agreeing, key=lambda row: row.verdict in _NO_RUNG)
    return _Finding(
        verdict=Verdict.CORROBORATION,
        reason=f"agrees with {case.cite(first)}",
        compared=(first, *_behind(case, first)),
    )


def _revision(case: _Case) -> _Finding | None:
    if case.family is None:
        return None
    own = [
        row
        for row in case.current(case.family)
        if (_as_of(row), row.said) <= (case.as_of, case.article.said)
        and case.place_of(row) in {PlaceRelation.EQUAL, PlaceRelation.UNKNOWN}
    ]
    if not own:
        return None
    exact = [row for row in own if row.claim.place == case.claim.place]
    replaced = max(exact or own, key=_age)
    return _Finding(
        verdict=Verdict.REVISION,
        reason=f"replaces {case.cite(replaced)}",
        compared=(replaced,),
        previous=replaced,
    )


def _new(case: _Case) -> _Finding:
    others = sorted(
        (row for row in case.current() if case.is_compatible(row)), key=_age, reverse=True
    )
    if not others:
        return _Finding(verdict=Verdict.NEW, reason="nobody has put a figure to this before")
    return _Finding(
        verdict=Verdict.NEW,
        reason="nobody has claimed this figure before; "
        + "; ".join(case.cite(row) for row in others[:3]),
        compared=tuple(others[:3]),
    )


_TABLE: tuple[Callable[[_Case], _Finding | None], ...] = (
    _duplicate,
    _detail,
    _vague,
    _recall,
    _restatement,
    _new_place,
    _corroboration,
    _revision,
)


def _behind(case: _Case, row: LedgerClaim) -> tuple[LedgerClaim, ...]:
    """Return the rows that a row itself only repeats: one of them may have alerted."""
    if row.verdict not in _REPEATS:
        return ()
    return tuple(other for other in case.all_rows if other.id in row.compared)


# --- corrections -----------------------------------------------------------------------------


def _corrections(
    article: Article, recognition: Recognition, memory: Memory, gazetteer: Gazetteer
) -> dict[int, tuple[LedgerClaim, ...]]:
    """Pair each altered claim of a changed entry with the rows it alters, by claim number.

    All readings of the entry that gave the old figure are taken back, the first one first: that is
    the one that may have alerted.

    Only readings of the same kind of text are compared: a page says more than a teaser without
    correcting it. A claim that is merely gone is left standing, because teasers and live pages
    drop sentences all the time.
    """
    if recognition.previous is None:
        return {}
    before = [
        row
        for row in memory.claims_of(recognition.previous.id)
        if row.verdict not in _NO_VALUE
        and not any(same_value(row.claim, claim) for claim in article.claims)
    ]
    old_values = memory.claims_of(recognition.previous.id)
    # By the earlier reading's id, not this one's: some feeds give their entries new ones.
    readings = memory.readings(recognition.previous.feed, recognition.previous.entry_key)
    stated = [row for reading in readings for row in memory.claims_of(reading.id)]
    found: dict[int, tuple[LedgerClaim, ...]] = {}
    for number, claim in enumerate(article.claims):
        if is_vague(claim) or any(same_value(claim, row.claim) for row in old_values):
            continue
        for row in before:
            taken = any(row in rows for rows in found.values())
            if not taken and _alters(claim, row, gazetteer):
                found[number] = tuple(other for other in stated if _is_repeat(other, row))
                break
    return found


def _is_repeat(a: LedgerClaim, b: LedgerClaim) -> bool:
    return (a.series, a.family) == (b.series, b.family) and same_value(a.claim, b.claim)


def _alters(claim: Claim, row: LedgerClaim, gazetteer: Gazetteer) -> bool:
    series = series_of(claim)
    family = claim.source.family if claim.source else None
    places = gazetteer.place_relation(claim.place, row.claim.place)
    return (
        _track(series) == _track(row.series)
        and (family == row.family or family is None or row.family is None)
        and places is not PlaceRelation.DISJOINT
    )


def _correction(old: LedgerClaim) -> _Finding:
    return _Finding(
        verdict=Verdict.CORRECTION,
        reason=f"the article was changed: it said {_number(old.claim)} before",
        compared=(old,),
        previous=old,
    )


# --- words -----------------------------------------------------------------------------------


def _as_of(row: LedgerClaim) -> date:
    return row.claim.as_of or row.said.date()


def _age(row: LedgerClaim) -> tuple[date, float]:
    return _as_of(row), row.said.timestamp()


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _number(claim: Claim) -> str:
    if claim.vague:
        return claim.surface
    if claim.low == claim.high:
        return f"{claim.low:,}"
    return f"{claim.low:,}-{claim.high:,}"


def _at(claim: Claim, gazetteer: Gazetteer) -> str:
    return f"in {gazetteer.place_name(claim.place)}" if claim.place else "without a place"
