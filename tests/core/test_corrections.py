# SPDX-License-Identifier: Apache-2.0
"""What takes a claim back, what stands then, and who is told: exactly those who got the wrong alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_alerts import EMAIL, PENTAGON, WEBHOOK, claim
from sample_articles import GAZETTEER, HOUR, RULE, START, article, decided, filler, policy, rows_of

from monitor.core.corrections import reject
from monitor.core.decide import fold
from monitor.core.memory import Memory
from monitor.core.model import (
    Alert,
    Article,
    Cause,
    Disposition,
    Notice,
    Span,
    Verdict,
)
from monitor.core.routing import Reached, Situation, plan
from monitor.core.rules import RuleSet
from monitor.core.subscribers import Subscriber

_WRONG = claim(15_000, as_of=None)
_RIGHT = claim(12_000, as_of=None)
_OLD = claim(11_000, as_of=None)
_TEXT = filler("the wire", 80)
_SAYS = "An earlier version of this article said 15,000."


def _notice(right: int | None = None) -> Notice:
    return Notice(
        wrong=(15_000, 15_000),
        wrong_span=Span(start=0, end=6),
        sentence=_SAYS,
        right=None if right is None else (right, right),
        right_evidence=None if right is None else _RIGHT.evidence,
    )


def _wrong(name: str = "wire", **fields: object) -> Article:
    return article(name, _WRONG, text=_TEXT, entry="e", feed="wire", **fields)  # type: ignore[arg-type]


def _noticing(
    right: int | None = None, *claims: object, text: str = f"{_TEXT} {_SAYS}", feed: str = "wire"
) -> Article:
    made = article(
        feed,
        *claims,  # type: ignore[arg-type]
        text=text,
        entry="e" if feed == "wire" else "other",
        feed=feed,
        published=START + 3 * HOUR,
    )
    return replace(made, notices=(_notice(right),))


# --- a notice --------------------------------------------------------------------------------


def test_a_notice_without_a_new_figure_takes_the_old_one_back() -> None:
    """One follow-up per wrong alert: the figure, withdrawn, why, and what stands in its place."""
    before = article("before", _OLD, published=START - 24 * HOUR)
    decision = decided(before, _wrong(), _noticing())
    first, wrong, follow_up = decision.alerts
    assert first.claim is not None
    assert wrong.claim is not None
    assert follow_up.claim is not None
    assert follow_up.corrects == (wrong.id,)
    assert (follow_up.claim.id, follow_up.claim.withdrawn) == (wrong.claim.id, True)
    assert follow_up.claim.verdict is Verdict.CORRECTION
    assert (
        follow_up.reason == f"The wire took it back: “{_SAYS}”; what stands is 11,000 (3 Nov 2024)"
    )
    assert [row.claim.low for row in follow_up.previous] == [11_000]
    (mark,) = decision.outcomes[-1].withdrawals
    assert (mark.claim, mark.cause) == (wrong.claim.id, Cause.NOTICE)


def test_a_notice_that_alone_gives_the_right_figure_adds_it_to_the_ledger() -> None:
    """The new row is a correction with the old claim's fields and the notice's own evidence."""
    decision = decided(_wrong(), _noticing(12_000))
    (row,) = decision.outcomes[-1].claims
    assert (row.verdict, row.claim.low, row.claim.place) == (Verdict.CORRECTION, 12_000, "kursk")
    assert ("value", "notice") in row.claim.why
    (follow_up,) = decision.alerts[1:]
    assert follow_up.claim == row
    assert [earlier.claim.low for earlier in follow_up.previous] == [15_000]


def test_a_notice_with_the_right_figure_in_the_text_makes_that_the_correction() -> None:
    """The article's own claim of the right figure replaces the wrong one; one follow-up, no more."""
    decision = decided(_wrong(), _noticing(12_000, _RIGHT))
    assert [row.verdict for row in rows_of(decision)] == ["new", "correction"]
    assert [alert.corrects for alert in decision.alerts] == [(), (decision.alerts[0].id,)]


def test_a_notice_takes_back_the_copies_of_its_text() -> None:
    """Who reprinted the wrong text reprinted the wrong figure."""
    copy = article("copier", _WRONG, text=_TEXT, published=START + HOUR)
    decision = decided(_wrong(), copy, _noticing())
    assert len(decision.outcomes[-1].withdrawals) == 2


def test_a_notice_leaves_other_outlets_own_reports_standing() -> None:
    """An independent report of the figure stands, and the follow-up says so."""
    other = article("other", _WRONG, published=START + HOUR)
    decision = decided(_wrong(), other, _noticing())
    assert decision.outcomes[-1].withdrawn == (rows_of(decision)[0].id,)
    assert decision.alerts[-1].reason.endswith("; still reported by The other")


@pytest.mark.parametrize(
    ("feed", "days", "taken"),
    [("wire", 1, 1), ("wire", 31, 0), ("stranger", 1, 0)],
    ids=["the same publisher", "the same publisher, too long ago", "another publisher"],
)
def test_a_notice_in_another_article_is_about_its_publishers_own(
    feed: str, days: int, taken: int
) -> None:
    """Nobody takes back what another paper wrote, nor what is long over."""
    first = article("wire", _WRONG, feed="wire", entry="first")
    second = replace(
        article(feed, text=filler("regrets"), feed=feed, published=START + timedelta(days=days)),
        notices=(_notice(),),
    )
    decision = decided(first, second)
    assert len(decision.outcomes[-1].withdrawals) == taken
    assert len(decision.alerts) == 1 + taken


def test_a_notice_that_is_read_again_takes_nothing_back() -> None:
    """The figure may have been said in earnest since."""
    later = article("wire", _WRONG, feed="wire", entry="new", published=START + 5 * HOUR)
    again = _noticing()
    again = replace(again, id=f"{again.id}x", seen=again.seen + 9 * HOUR)
    decision = decided(_wrong(), _noticing(), later, again)
    assert decision.outcomes[-1].withdrawals == ()


# --- an edit ---------------------------------------------------------------------------------


def _edited(name: str = "wire", *claims: object) -> Article:
    return article(
        name,
        *(claims or (_RIGHT,)),  # type: ignore[arg-type]
        text=f"{_TEXT} Edited.",
        entry="e",
        feed="wire",
        published=START,
        seen=START + HOUR,
    )


def test_an_edit_is_told_once_with_old_and_new_figure() -> None:
    """The follow-up takes the place of the rule's own alert about the correction."""
    decision = decided(_wrong(), _edited())
    wrong, follow_up = decision.alerts
    assert follow_up.corrects == (wrong.id,)
    assert follow_up.reason == "the article was changed: it said 15,000 before"
    assert [row.claim.low for row in follow_up.previous] == [15_000]


def test_an_edit_is_told_even_by_a_rule_that_does_not_ask_for_corrections() -> None:
    """Who was told a wrong figure is told the right one, whatever the rule says."""
    assert RULE.figure is not None
    figure = replace(RULE.figure, alert_on=frozenset({Verdict.NEW}))
    decision = decided(_wrong(), _edited(), rules=RuleSet(rules=(replace(RULE, figure=figure),)))
    assert [bool(alert.corrects) for alert in decision.alerts] == [False, True]


def test_an_edit_of_a_figure_that_alerted_nobody_is_ordinary_news() -> None:
    """Where the old figure only repeated another outlet, nobody holds a wrong alert of this one."""
    other = article("other", _WRONG, published=START - HOUR)
    decision = decided(other, _wrong(), _edited())
    assert [alert.corrects for alert in decision.alerts] == [(), ()]
    assert decision.alerts[-1].disposition is Disposition.ALERT


def test_a_corrected_correction_follows_up_on_the_correction() -> None:
    """Each edit is told to those who got the figure before it."""
    third = article(
        "wire",
        claim(13_000, as_of=None),
        text=f"{_TEXT} Edited twice.",
        entry="e",
        feed="wire",
        published=START,
        seen=START + 2 * HOUR,
    )
    decision = decided(_wrong(), _edited(), third)
    assert [alert.corrects for alert in decision.alerts] == [
        (),
        (decision.alerts[0].id,),
        (decision.alerts[1].id,),
    ]
    assert len({alert.id for alert in decision.alerts}) == 3


# --- an operator -----------------------------------------------------------------------------


def test_an_operator_takes_back_a_claim_and_its_copies() -> None:
    """The rows are marked, one follow-up is made, and the figure is news when it is said again."""
    copy = article("copier", _WRONG, text=_TEXT, published=START + HOUR)
    decision, memory = fold([_wrong(), copy], Memory(), policy())
    row = rows_of(decision)[0]
    rejected = reject(row, memory, GAZETTEER, START + 4 * HOUR, "misread: it is a phone number")
    assert [mark.claim for mark in rejected.withdrawals] == [one.id for one in rows_of(decision)]
    assert {(mark.cause, mark.article) for mark in rejected.withdrawals} == {(Cause.OPERATOR, None)}
    (follow_up,) = rejected.alerts
    assert follow_up.corrects == (decision.alerts[0].id,)
    assert follow_up.reason == (
        "misread: it is a phone number; no figure of this source stands in its place"
    )
    assert follow_up.article == decision.alerts[0].article


def test_rejecting_a_figure_that_never_alerted_tells_nobody() -> None:
    """A claim without alerts is only marked."""
    decision, memory = fold([_wrong()], Memory(), policy(RuleSet(rules=())))
    rejected = reject(rows_of(decision)[0], memory, GAZETTEER, START, "misread")
    assert (len(rejected.withdrawals), rejected.alerts) == (1, ())


# --- who is told -----------------------------------------------------------------------------

_DESK = Subscriber(id="desk", channels=(EMAIL,))
_SIEM = Subscriber(id="siem", channels=(WEBHOOK,))


def _told(
    alerts: tuple[Alert, ...],
    told: dict[str, set[str]],
    subscribers: tuple[Subscriber, ...] = (_DESK, _SIEM),
) -> list[str]:
    situation = Situation(
        now=START,
        gazetteer=GAZETTEER,
        reached=lambda wrong: Reached(told=frozenset(told.get(wrong, ()))),
    )
    return [
        message.channel.id
        for subscriber in subscribers
        for message in plan(alerts, subscriber, situation).messages
    ]


def test_a_follow_up_goes_to_exactly_those_who_got_the_wrong_alert() -> None:
    """Not to who subscribed since, and to who got it even if their rules have changed."""
    wrong, follow_up = decided(_wrong(), _edited()).alerts
    assert _told((wrong,), {}) == [EMAIL.id, WEBHOOK.id]
    assert _told((follow_up,), {wrong.id: {EMAIL.id}}) == [EMAIL.id]
    assert _told((follow_up,), {}) == []
    nobody = replace(_SIEM, rules=("other.*",))
    assert _told((follow_up,), {wrong.id: {WEBHOOK.id}}, (nobody,)) == [WEBHOOK.id]


def test_two_wrong_alerts_that_one_figure_replaces_are_one_follow_up() -> None:
    """An article that was wrong twice over is put right in one message."""
    first = article(
        "wire",
        _WRONG,
        replace(_WRONG, source=PENTAGON),
        text=_TEXT,
        entry="e",
        feed="wire",
    )
    decision = decided(first, _edited("wire", _RIGHT, replace(_RIGHT, source=PENTAGON)))
    rule_alerts = [alert for alert in decision.alerts if not alert.corrects]
    repairs = [alert for alert in decision.alerts if alert.corrects]
    assert len(rule_alerts) >= 1
    assert {wrong for alert in repairs for wrong in alert.corrects} <= {
        alert.id for alert in rule_alerts
    }
    assert len(repairs) == len({alert.id for alert in repairs})
