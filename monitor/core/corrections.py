# SPDX-License-Identifier: Apache-2.0
"""What takes a claim back: an edit of its article, a notice in words, an operator.

What it is not: the mail about it (`render`), or who gets it (`alerts.messages`: exactly those who
got the wrong alert). Rules of this file: pure; nothing is deleted, a row that is taken back gets a
mark; a follow-up says the old figure, the new one or none, why, and what stands now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.alerts import alert_id, earlier
from monitor.core.cases import NO_VALUE, day_words, figure_words
from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import as_of, ladders, track
from monitor.core.memory import Memory
from monitor.core.model import (
    Alert,
    Article,
    ArticleRef,
    Cause,
    Claim,
    Decision,
    Disposition,
    LedgerClaim,
    Notice,
    PlaceRelation,
    Relation,
    Verdict,
    Withdrawal,
)
from monitor.core.recognition import Recognition
from monitor.core.series import family_of, series_of
from monitor.core.values import is_vague, same_value

# How far back a notice reaches that names no article: "our report of Tuesday said ...".
NOTICE_REACHES = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What an article takes back. `claims` are the article's own and those that only a notice
    states; `altered` pairs the number of one with the rows that it replaces, the one first that may
    have alerted."""

    claims: tuple[Claim, ...]
    altered: dict[int, tuple[LedgerClaim, ...]]
    withdrawals: tuple[Withdrawal, ...] = ()


def corrections(
    article: Article, recognition: Recognition, memory: Memory, gazetteer: Gazetteer
) -> Corrected:
    """Return what an article takes back, by being changed or by saying so."""
    altered = _edits(article, recognition, memory, gazetteer)
    marks = {
        row.id: _mark(row, Cause.EDIT, _edited(rows[0]), article)
        for rows in altered.values()
        for row in rows
    }
    claims = list(article.claims)
    # The same words again say nothing new; the figure may have been said in earnest since.
    notices = () if recognition.relation is Relation.EXACT else article.notices
    for notice in notices:
        wrong = tuple(
            row for row in _meant(notice, article, recognition, memory) if row.id not in marks
        )
        if not wrong:
            continue
        for row in wrong:
            marks[row.id] = _mark(row, Cause.NOTICE, _noticed(notice, article), article)
        number = _put_right(notice, wrong[0], claims, altered)
        right = _right_claim(notice, wrong[0])
        if number is None and right is not None:
            number = len(claims)
            claims.append(right)
        if number is None:
            continue
        altered[number] = wrong
        if right is not None and track(series_of(claims[number])) != track(wrong[0].series):
            # "The correct figure is 12,000" says of whom and where by what it puts right.
            claims[number] = right
    return Corrected(claims=tuple(claims), altered=altered, withdrawals=tuple(marks.values()))


def _mark(row: LedgerClaim, cause: Cause, reason: str, article: Article) -> Withdrawal:
    return Withdrawal(claim=row.id, cause=cause, reason=reason, article=article.id, at=article.seen)


def _edited(old: LedgerClaim) -> str:
    return f"the article was changed: it said {figure_words(old.claim)} before"


def _noticed(notice: Notice, article: Article) -> str:
    return f"{article.publisher} took it back: “{notice.sentence}”"


# --- edits -----------------------------------------------------------------------------------


def _edits(
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
    old_values = memory.claims_of(recognition.previous.id)
    before = [
        row
        for row in old_values
        if row.verdict not in NO_VALUE
        and not any(same_value(row.claim, claim) for claim in article.claims)
    ]
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
    family = family_of(claim)
    places = gazetteer.place_relation(claim.place, row.claim.place)
    return (
        track(series) == track(row.series)
        and (family == row.family or family is None or row.family is None)
        and places is not PlaceRelation.DISJOINT
    )


# --- notices ---------------------------------------------------------------------------------


def _meant(
    notice: Notice, article: Article, recognition: Recognition, memory: Memory
) -> list[LedgerClaim]:
    """Return the rows that a notice takes back: of this very text or, where there is none, of the
    publisher's articles of the last month; with them the copies of those texts."""
    stated = [
        row
        for row in memory.stating(*notice.wrong)
        if row.article != article.id and not row.claim.recalled
    ]
    entry = recognition.previous or article
    readings = {one.id for one in memory.readings(entry.feed, entry.entry_key)}
    own = [row for row in stated if row.article in readings or row.group == recognition.group]
    if not own:
        own = [
            row
            for row in stated
            if row.publisher == article.publisher and abs(article.said - row.said) <= NOTICE_REACHES
        ]
    if not own:
        return []
    # One notice is about one figure: that of the newest article, wherever that was repeated.
    latest = max(own, key=lambda row: row.said)
    groups = {row.group for row in own}
    return [row for row in stated if row.group in groups and row.series == latest.series]


def _put_right(
    notice: Notice,
    wrong: LedgerClaim,
    claims: Sequence[Claim],
    altered: dict[int, tuple[LedgerClaim, ...]],
) -> int | None:
    """Return the number of the article's own claim that gives the right figure."""
    own = notice.right_evidence.span if notice.right_evidence else None
    for number, claim in enumerate(claims):
        if number in altered or (claim.low, claim.high) != notice.right:
            continue
        if track(series_of(claim)) == track(wrong.series) or claim.evidence.span == own:
            return number
    return None


def _right_claim(notice: Notice, wrong: LedgerClaim) -> Claim | None:
    """Return the wrong claim with the right figure, where the notice alone states it."""
    if notice.right is None or notice.right_evidence is None:
        return None
    low, high = notice.right
    return replace(
        wrong.claim,
        low=low,
        high=high,
        surface=notice.right_evidence.text,
        evidence=notice.right_evidence,
        mentions=(),
        why=(*(pair for pair in wrong.claim.why if pair[0] != "value"), ("value", "notice")),
    )


# --- an operator -----------------------------------------------------------------------------


def reject(
    row: LedgerClaim, memory: Memory, gazetteer: Gazetteer, now: datetime, reason: str
) -> Decision:
    """Return the decision that an operator takes back a row, and with it the copies of its text."""
    same_text = [
        other
        for other in memory.claims_like(row.series.measure, row.series.force)
        if other.group == row.group and _is_repeat(other, row)
    ]
    marks = tuple(
        Withdrawal(claim=other.id, cause=Cause.OPERATOR, reason=reason, article=None, at=now)
        for other in same_text
    )
    return Decision(alerts=follow_ups(marks, (), memory, gazetteer, None, now), withdrawals=marks)


# --- follow-ups ------------------------------------------------------------------------------


def follow_ups(
    marks: Sequence[Withdrawal],
    rows: Sequence[LedgerClaim],
    memory: Memory,
    gazetteer: Gazetteer,
    article: ArticleRef | None,
    now: datetime,
) -> tuple[Alert, ...]:
    """Return one alert per rule and wrong figure, for those who got a wrong alert about it.

    `rows` are the new rows, some of which replace what is withdrawn; `memory` is that before.
    """
    gone = {mark.claim for mark in marks}
    instead = {
        known: row for row in rows if row.verdict is Verdict.CORRECTION for known in row.compared
    }
    found: dict[tuple[str, str], Alert] = {}
    for mark in marks:
        for wrong in memory.alerts_about(mark.claim):
            if wrong.claim is None or wrong.claim.withdrawn:
                continue
            row = instead.get(mark.claim)
            series = wrong.claim.series
            left = [
                other
                for other in (*memory.claims_like(series.measure, series.force), *rows)
                if other.id not in gone and other is not row
            ]
            key = wrong.rule, row.id if row else _face(wrong.claim)
            if key in found:
                known = found[key]
                found[key] = replace(known, corrects=(*known.corrects, wrong.id))
            else:
                alert = (
                    _put_right_alert(wrong, row, left)
                    if row
                    else _taken_back(wrong, mark, left, gazetteer)
                )
                found[key] = replace(alert, article=article or wrong.article, created=now)
    return tuple(found.values())


def _face(row: LedgerClaim) -> str:
    return f"{row.series}|{row.family}|{row.claim.low}-{row.claim.high}"


def _put_right_alert(wrong: Alert, row: LedgerClaim, left: Sequence[LedgerClaim]) -> Alert:
    """Return the alert that another figure stands in the place of a wrong one."""
    assert wrong.claim is not None  # noqa: S101  (alerts without a claim are never wrong here)
    return _follow_up(wrong, row.id, row, earlier(row, wrong.claim, left), row.reason)


def _taken_back(
    wrong: Alert, mark: Withdrawal, left: Sequence[LedgerClaim], gazetteer: Gazetteer
) -> Alert:
    """Return the alert that a figure is taken back and nothing is put in its place."""
    assert wrong.claim is not None  # noqa: S101  (as above)
    old = wrong.claim
    gone = replace(
        old,
        verdict=Verdict.CORRECTION,
        reason=mark.reason,
        compared=(),
        previous=None,
        withdrawn=True,
        facts=(),
    )
    comparable = [row for row in left if track(row.series) == track(old.series)]
    rungs = ladders(comparable, gazetteer).get((old.family, old.claim.place), ())
    stands = rungs[-1].first if rungs else None
    reason = f"{mark.reason}; {_what_stands(old, stands, comparable)}"
    return _follow_up(wrong, "withdrawn", gone, earlier(gone, stands, left), reason)


def _what_stands(old: LedgerClaim, stands: LedgerClaim | None, left: Sequence[LedgerClaim]) -> str:
    """Say who still reports the figure, or else what its family is left with."""
    others = {
        row.publisher: None
        for row in left
        if row.family == old.family
        and row.claim.place == old.claim.place
        and same_value(row.claim, old.claim)
    }
    if others:
        return f"still reported by {', '.join(others)}"
    if stands is None:
        return "no figure of this source stands in its place"
    return f"what stands is {figure_words(stands.claim)} ({day_words(as_of(stands))})"


def _follow_up(
    wrong: Alert, key: str, row: LedgerClaim, previous: tuple[LedgerClaim, ...], reason: str
) -> Alert:
    dedup_key = f"{wrong.rule}|correction|{wrong.id}|{key}"
    return replace(
        wrong,
        id=alert_id(dedup_key),
        dedup_key=dedup_key,
        disposition=Disposition.ALERT,
        reason=reason,
        claim=row,
        previous=previous,
        corrects=(wrong.id,),
    )
