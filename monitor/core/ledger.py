# SPDX-License-Identifier: Apache-2.0
"""The ledger: is a claim new, and why. The table of verdicts, first that applies.

What it is not: rules (verdicts never depend on them) or alerts. A claim is compared with the rows
of its *track*: same measure, force, unit, kind and status. Within a track each source family has
one ladder per place; its newest rung, by as-of, then said, then order of arrival, is the family's
*current value* there. Copies, recalled, vague and partial figures are no rungs, and a restatement
does not replace what it restates, or rounding would let a figure drift without news. An article
that gives several figures at once leaves several current. Where the institutions of a family differ,
each has its own last word for a month: who repeats it says nothing new (decision 0064).
Rules of this file: append-only; pure; every verdict says in a sentence what it was compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from monitor.core.cases import NO_RUNG, Case, Finding, case_of, day_words, place_words
from monitor.core.conflicts import clashes_of, facts_of
from monitor.core.corrections import Corrected, corrections
from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import age, as_of, is_rung, track
from monitor.core.memory import Memory
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Fact,
    Kind,
    LedgerClaim,
    PlaceRelation,
    Status,
    ValueRelation,
    Verdict,
    Withdrawal,
)
from monitor.core.recognition import Recognition
from monitor.core.series import series_of
from monitor.core.values import is_vague, relation_of

_REPEATS = frozenset({Verdict.DUPLICATE, Verdict.RESTATEMENT})
_ALERTING = frozenset({Verdict.NEW, Verdict.NEW_PLACE, Verdict.REVISION})
_NOTED = _ALERTING | {Verdict.CORROBORATION}
_OF_STATUS = {
    Status.PLANNED: Verdict.PLANNED,
    Status.HYPOTHETICAL: Verdict.HYPOTHETICAL,
    Status.PAST: Verdict.PAST,
    Status.DENIED: Verdict.DENIED,
    Status.EXERCISE: Verdict.EXERCISE,
}
# These set a family's value in its series anew.
_SETTING = _ALERTING | {Verdict.CORRECTION} | frozenset(_OF_STATUS.values())


def judge_all(
    article: Article, recognition: Recognition, memory: Memory, gazetteer: Gazetteer
) -> tuple[tuple[LedgerClaim, ...], tuple[Withdrawal, ...]]:
    """Judge an article's claims in text order; return the new rows and what they take back.

    Each claim sees the article's earlier ones as part of the past.
    """
    corrected = corrections(article, recognition, memory, gazetteer)
    gone = frozenset(mark.claim for mark in corrected.withdrawals)
    rows: list[LedgerClaim] = []
    for number, claim in enumerate(corrected.claims):
        case = case_of(claim, article, recognition, memory, rows, gone, gazetteer)
        old = corrected.altered.get(number)
        finding = _correction(old, corrected) if old else _first_that_applies(case)
        row = _row(claim_id(article.id, number), case, finding)
        rows.append(_with_facts(row, case))
    return tuple(rows), corrected.withdrawals


def _correction(old: tuple[LedgerClaim, ...], corrected: Corrected) -> Finding:
    reasons = {mark.claim: mark.reason for mark in corrected.withdrawals}
    return Finding(
        verdict=Verdict.CORRECTION,
        reason=reasons[old[0].id],
        compared=old,
        previous=old[0],
    )


def _with_facts(row: LedgerClaim, case: Case) -> LedgerClaim:
    found = facts_of(row, (*case.related, row), case.gazetteer)
    still = "; still claimed after a month of silence" if Fact.STILL_CLAIMED in found else ""
    return replace(
        row, reason=row.reason + still, facts=tuple(fact for fact in Fact if fact in found)
    )


def _row(row_id: str, case: Case, finding: Finding) -> LedgerClaim:
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
        relation=_relation(case, finding),
    )


def _relation(case: Case, finding: Finding) -> ValueRelation | None:
    """Return how the value stands to the first row compared, where that is one of its track."""
    first = next(iter(finding.compared), None)
    if first is None or track(first.series) != track(series_of(case.claim)):
        return None
    return relation_of(case.claim, first.claim)


def claim_id(article: str, number: int) -> str:
    """Return the id of an article's claim number `number` (from 0, in text order)."""
    return "cl_" + hashlib.sha256(f"{article}\x00{number}".encode()).hexdigest()[:16]


def _with_status(verdict: Verdict, status: Status) -> Verdict:
    """A claim that would alert outside the present track takes its status as the verdict."""
    return _OF_STATUS[status] if verdict in _ALERTING and status in _OF_STATUS else verdict


def _rung(case: Case) -> int:
    """Count how often the family's value in this very series was set before, taken back or not."""
    return sum(
        row.family == case.family
        and row.claim.place == case.claim.place
        and row.verdict in _SETTING
        for row in case.all_rows
    )


# --- the table -------------------------------------------------------------------------------


def _first_that_applies(case: Case) -> Finding:
    found = (finding for test in _TABLE if (finding := test(case)) is not None)
    finding = next(found, None) or _new(case)
    return _with_notes(finding, case) if finding.verdict in _NOTED else finding


def _with_notes(finding: Finding, case: Case) -> Finding:
    """Add what stands against a figure that is news, and what announced or denied it before."""
    notes = [*_clash_notes(case), *_status_notes(case)]
    if finding.verdict is Verdict.CORROBORATION:
        notes = notes[: len(_clash_notes(case))]
    words = [finding.reason, *(note for note, _ in notes)]
    if notes and case.claim.status is Status.DENIED and finding.verdict is Verdict.NEW:
        del words[0]
    return replace(
        finding,
        reason="; ".join(words),
        compared=(*finding.compared, *(row for _, row in notes)),
    )


def _clash_notes(case: Case) -> list[tuple[str, LedgerClaim]]:
    if case.claim.status is not Status.PRESENT:
        return []
    own = _row("", case, Finding(verdict=Verdict.NEW, reason=""))
    return [
        (f"more than {case.cite(clash.whole)}, which contains it", clash.whole)
        if clash.part is own
        else (f"less than {case.cite(clash.part)}, which lies inside it", clash.part)
        for clash in clashes_of(own, case.current(), case.gazetteer)
    ]


def _status_notes(case: Case) -> list[tuple[str, LedgerClaim]]:
    """Say who planned or denied what is now said to be, and who said what is now denied."""
    status = case.claim.status
    others = {
        Status.PRESENT: {Status.PLANNED: "planned before", Status.DENIED: "denied before"},
        Status.DENIED: {Status.PRESENT: "denies"},
    }.get(status, {})
    notes: list[tuple[str, LedgerClaim]] = []
    for other, words in others.items():
        rows = [
            row
            for row in case.related
            if row.series.kind is case.claim.kind
            and row.series.unit == case.claim.unit
            and row.claim.status is other
            and case.has_same_value(row)
            and case.place_of(row) is not PlaceRelation.DISJOINT
        ]
        if rows:
            first = min(rows, key=age)
            colon = "" if status is Status.DENIED else ":"
            notes.append((f"{words}{colon} {case.cite(first)}", first))
    return notes


def _duplicate(case: Case) -> Finding | None:
    if case.recognition.verdict is ArticleVerdict.NEW:
        return None
    for row in case.all_rows:
        if (
            row.group == case.recognition.group
            and row.family == case.family
            and row.claim.place == case.claim.place
            and (row.claim.low, row.claim.high) == (case.claim.low, case.claim.high)
        ):
            return Finding(
                verdict=Verdict.DUPLICATE,
                reason=f"a copy of {row.publisher}'s article, which has this claim",
                compared=(row, *_behind(case, row)),
            )
    return None


def _detail(case: Case) -> Finding | None:
    if case.claim.kind is Kind.SUBSET:
        whole = _whole(case)
        return Finding(
            verdict=Verdict.DETAIL,
            reason=f"a part of {case.cite(whole) if whole else 'another figure'}",
            compared=(whole,) if whole else (),
        )
    if case.claim.kind is Kind.FLOW:
        return Finding(verdict=Verdict.DETAIL, reason="a rate, not a level")
    return None


def _whole(case: Case) -> LedgerClaim | None:
    """Return the total that a part belongs to: the last one before it in its article, else the
    family's newest one; never a smaller one."""
    totals = [
        row
        for row in case.related
        if is_rung(row)
        and row.claim.kind is Kind.TOTAL
        and (row.series.unit, row.claim.status) == (case.claim.unit, case.claim.status)
        and row.claim.high >= case.claim.low
        and case.is_compatible(row)
    ]
    beside = [row for row in totals if row.article == case.article.id]
    own = [row for row in totals if case.family is not None and row.family == case.family]
    return beside[-1] if beside else max(own, key=age, default=None)


def _vague(case: Case) -> Finding | None:
    if not is_vague(case.claim):
        return None
    return Finding(verdict=Verdict.VAGUE, reason=f"“{case.claim.surface}” is a band, not a figure")


def _recall(case: Case) -> Finding | None:
    if case.claim.recalled:
        return Finding(
            verdict=Verdict.RECALL,
            reason=f"the text recalls it as an earlier figure{_unheard(case)}",
        )
    if case.family is None:
        return None
    newer = [
        row
        for row in _dated(case)
        if case.claim.place in {None, row.claim.place}
        and case.is_about_the_same(row)
        and (as_of(row) > case.as_of or _said_later(row, case))
    ]
    if not newer:
        return None
    latest = max(newer, key=age)
    if as_of(latest) > case.as_of:
        reason = f"as of {day_words(case.as_of)}, older than {case.cite(latest)}"
    else:
        # Two feeds told two figures of one day, and the later one was read first.
        reason = (
            f"published {_moment_words(case.article.said)}, before the newer figure of "
            f"{case.cite(latest)}, which is of {_moment_words(latest.said)}"
        )
    return Finding(verdict=Verdict.RECALL, reason=f"{reason}{_unheard(case)}", compared=(latest,))


def _moment_words(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC on {day_words(moment.astimezone(UTC).date())}"


def _dated(case: Case) -> Iterator[LedgerClaim]:
    """Yield the family's rungs, and the repeats that give a day of their own.

    When a repeat gives none, its as-of is only the day on which somebody printed it.
    """
    for (family, _), rungs in case.held.items():
        if family != case.family:
            continue
        for rung in rungs:
            yield from rung.setting
            yield from (row for row in rung.repeats if row.claim.as_of_stated)


def _unheard(case: Case) -> str:
    known = any(row.family == case.family and case.has_same_value(row) for row in case.track)
    return "" if known else "; it fills the history"


def _said_later(row: LedgerClaim, case: Case) -> bool:
    """Say whether a row gives another figure for the same day, and was said after this claim."""
    return (
        as_of(row) == case.as_of and row.said > case.article.said and not case.has_same_value(row)
    )


def _restatement(case: Case) -> Finding | None:
    for row in case.standing():
        if case.has_same_value(row) and case.is_compatible(row):
            return Finding(
                verdict=Verdict.RESTATEMENT,
                reason=f"same as {case.cite(row)}",
                compared=(row, *_behind(case, row)),
            )
    return _narrower_without_news(case)


def _narrower_without_news(case: Case) -> Finding | None:
    """A known figure of the family at a narrower place that is no news there.

    Either nobody watches that place, or it is this very article that states the figure twice.
    """
    for row in case.standing():
        if not case.has_same_value(row) or case.place_of(row) is not PlaceRelation.DESCENDANT:
            continue
        if row.article == case.article.id or not case.gazetteer.is_watched(case.claim.place):
            return Finding(
                verdict=Verdict.RESTATEMENT,
                reason=f"same as {case.cite(row)}, at a narrower place",
                compared=(row, *_behind(case, row)),
            )
    return None


def _new_place(case: Case) -> Finding | None:
    if not case.gazetteer.is_watched(case.claim.place):
        return None
    known = [row for row in case.track if case.has_same_value(row)]
    here = {PlaceRelation.EQUAL, PlaceRelation.ANCESTOR}
    if any(case.place_of(row) in here for row in known):
        return None
    elsewhere = [
        row
        for row in known
        if case.place_of(row) is not PlaceRelation.UNKNOWN
        and row.article != case.article.id
        and case.is_about_the_same(row)
    ]
    if not elsewhere:
        return None
    first = min(elsewhere, key=lambda row: (row.family != case.family, age(row)))
    return Finding(
        verdict=Verdict.NEW_PLACE,
        reason=f"{case.cite(first)} is now claimed {place_words(case.claim, case.gazetteer)}",
        compared=(first,),
        previous=first,
    )


def _corroboration(case: Case) -> Finding | None:
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
        and case.is_about_the_same(row)
    ]
    if not agreeing:
        return None
    first = min(agreeing, key=lambda row: row.verdict in NO_RUNG)
    return Finding(
        verdict=Verdict.CORROBORATION,
        reason=f"agrees with {case.cite(first)}",
        compared=(first, *_behind(case, first)),
    )


def _revision(case: Case) -> Finding | None:
    if case.family is None:
        return None
    own = [
        row
        for row in case.current(case.family)
        if (as_of(row), row.said) <= (case.as_of, case.article.said)
        and case.place_of(row) in {PlaceRelation.EQUAL, PlaceRelation.UNKNOWN}
        and case.is_about_the_same(row)
    ]
    if not own:
        return None
    exact = [row for row in own if row.claim.place == case.claim.place]
    replaced = max(exact or own, key=age)
    relation = relation_of(case.claim, replaced.claim)
    return Finding(
        verdict=Verdict.REVISION,
        reason=f"{_HOW_REVISED[relation]} {case.cite(replaced)}",
        compared=(replaced,),
        previous=replaced,
    )


def _new(case: Case) -> Finding:
    others = sorted(
        (row for row in case.current() if case.is_compatible(row) and case.is_about_the_same(row)),
        key=age,
        reverse=True,
    )
    if not others:
        return Finding(verdict=Verdict.NEW, reason="nobody has put a figure to this before")
    return Finding(
        verdict=Verdict.NEW,
        reason="nobody has claimed this figure before; "
        + "; ".join(case.cite(row) for row in others[:3]),
        compared=tuple(others[:3]),
    )


_HOW_REVISED = {
    ValueRelation.SAME: "replaces",
    ValueRelation.DIFFERENT: "replaces",
    ValueRelation.REFINES: "is more exact than",
    ValueRelation.WIDER: "is less exact than",
}

_TABLE: tuple[Callable[[Case], Finding | None], ...] = (
    _duplicate,
    _detail,
    _vague,
    _recall,
    _restatement,
    _new_place,
    _corroboration,
    _revision,
)


def _behind(case: Case, row: LedgerClaim) -> tuple[LedgerClaim, ...]:
    """Return the rows that a row itself only repeats: one of them may have alerted."""
    if row.verdict not in _REPEATS:
        return ()
    return tuple(other for other in case.all_rows if other.id in row.compared)
