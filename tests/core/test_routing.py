# SPDX-License-Identifier: Apache-2.0
"""Who is told what now, what waits, and what becomes of it when it has waited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sample_alerts import (
    EMAIL,
    GAZETTEER,
    HUR_ROW,
    NEW_ROW,
    NOW,
    PENTAGON,
    PENTAGON_ROW,
    RUSSIA_ROW,
    WEBHOOK,
    alert,
    claim,
    row,
)

from monitor.core.coverage import FeedHealth, coverage
from monitor.core.holding import Waiting, digest, release
from monitor.core.model import (
    Alert,
    ChannelKind,
    Disposition,
    LedgerClaim,
    MessageKind,
    Severity,
    Verdict,
)
from monitor.core.render import render_message
from monitor.core.routing import Fate, Plan, Reached, Silence, Situation, Why, plan
from monitor.core.subscribers import DigestPlan, Period, QuietHours, Route, Subscriber, When

_DESK = Subscriber(id="desk", channels=(EMAIL, replace(WEBHOOK, id="desk/webhook")))
_MAIL = Subscriber(id="desk", channels=(EMAIL,))
_NEWS = alert("al_1", NEW_ROW, previous=(PENTAGON_ROW,))
_QUIET = QuietHours(start=time(22), end=time(7))
_NIGHT = datetime(2024, 11, 5, 23, 30, tzinfo=UTC)
_SITUATION = Situation(now=NOW, gazetteer=GAZETTEER)


def _silence(**fields: object) -> Silence:
    base = Silence(
        id="sil_1",
        author="eve",
        reason="known",
        created=NOW - timedelta(hours=1),
        until=NOW + timedelta(hours=1),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def _fates(made: Plan) -> list[tuple[str, str, Fate, Why]]:
    return sorted((row.alert, row.channel, row.fate, row.why) for row in made.routings)


def test_an_alert_is_told_at_once_through_every_channel() -> None:
    """One message per channel, and a routing that names it."""
    made = plan([_NEWS], _DESK, _SITUATION)
    assert [one.channel.id for one in made.messages] == ["desk/email", "desk/webhook"]
    assert {row.channel: row.message for row in made.routings} == {
        one.channel.id: one.id for one in made.messages
    }


@pytest.mark.parametrize(
    ("routes", "told", "waiting"),
    [
        ((Route(min_severity=Severity.HIGH),), 2, 0),
        ((Route(kinds=(ChannelKind.EMAIL,)),), 1, 0),
        ((Route(min_severity=Severity.CRITICAL), Route(when=When.DIGEST)), 0, 2),
        ((Route(min_severity=Severity.CRITICAL),), 0, 0),
        ((Route(rules=("troops.*",), when=When.NEVER), Route()), 0, 0),
    ],
    ids=["loud", "one-channel", "second", "none", "never"],
)
def test_the_first_route_that_matches_decides(
    routes: tuple[Route, ...], told: int, waiting: int
) -> None:
    """By severity and rule, through the channels it names, now, in the digest, or never."""
    made = plan([_NEWS], replace(_DESK, routes=routes), _SITUATION)
    assert len(made.messages) == told
    assert sum(row.fate is Fate.HELD for row in made.routings) == waiting


def test_what_a_rule_keeps_for_the_digest_waits_for_it() -> None:
    """Its release is the next digest in the subscriber's zone; without digests it goes nowhere."""
    quiet_news = replace(_NEWS, disposition=Disposition.DIGEST)
    [routing] = plan([quiet_news], _MAIL, _SITUATION).routings
    assert (routing.fate, routing.why) == (Fate.HELD, Why.DIGEST)
    assert routing.release_at == datetime(2024, 11, 6, 7, tzinfo=UTC)
    without = replace(_MAIL, digest=DigestPlan(period=Period.NEVER))
    assert plan([quiet_news], without, _SITUATION) == Plan()


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({}, True),
        ({"rule": "troops.*"}, True),
        ({"rule": "watch.*"}, False),
        ({"subscriber": "desk", "force": "KP", "place": "russia"}, True),
        ({"subscriber": "other"}, False),
        ({"force": "RU"}, False),
        ({"place": "sudzha"}, False),
        ({"until": NOW}, False),
        ({"created": NOW + timedelta(seconds=1)}, False),
    ],
    ids=str,
)
def test_a_silence_covers_what_it_names_while_it_lasts(
    fields: dict[str, object], covers: bool
) -> None:
    """What it swallows is recorded with its author and reason."""
    made = plan([_NEWS], _MAIL, replace(_SITUATION, silences=(_silence(**fields),)))
    assert (made.messages == ()) is covers
    if covers:
        [routing] = made.routings
        assert (routing.fate, routing.detail) == (Fate.SILENCED, "sil_1 by eve: known")


def test_quiet_hours_hold_all_but_the_loudest() -> None:
    """Until they end; a critical alert comes through."""
    subscriber = replace(_MAIL, quiet=_QUIET)
    night = replace(_SITUATION, now=_NIGHT)
    loud = replace(_NEWS, id="al_loud", severity=Severity.CRITICAL)
    made = plan([_NEWS, loud], subscriber, night)
    assert [told.alerts for told in made.messages] == [(loud,)]
    [waiting] = [row for row in made.routings if row.fate is Fate.HELD]
    assert waiting.release_at == datetime(2024, 11, 6, 7, tzinfo=UTC)


def test_a_grouping_window_ends_when_it_was_to_end() -> None:
    """Later alerts of the rule join the open window and do not lengthen it."""
    subscriber = replace(_MAIL, window=timedelta(minutes=10))
    [first] = plan([_NEWS], subscriber, _SITUATION).routings
    assert first.release_at == NOW + timedelta(minutes=10)
    open_one = {("desk/email", _NEWS.rule): NOW + timedelta(minutes=3)}
    [later] = plan([_NEWS], subscriber, replace(_SITUATION, windows=open_one)).routings
    assert later.release_at == NOW + timedelta(minutes=3)


def _many(count: int) -> list[Alert]:
    return [
        replace(
            alert(f"al_{n}", row(f"r{n}", claim(1000 + n))),
            rule=f"rule.{n}",
            severity=Severity.CRITICAL if n == count - 1 else Severity.NOTICE,
        )
        for n in range(count)
    ]


def test_a_poll_that_brings_too_much_is_cut_by_novelty() -> None:
    """Twenty messages at most: the most novel alone, all others in one that says so."""
    alerts = _many(25)
    made = plan(alerts, _MAIL, _SITUATION)
    assert len(made.messages) == 20
    *alone, rest = made.messages
    assert rest.kind is MessageKind.OVERVIEW
    assert rest.heading.startswith("6 alerts in one message: more than 20 at once")
    assert alerts[-1] in [one for told in alone for one in told.alerts]
    told = sorted(one.id for message in made.messages for one in message.alerts)
    assert told == sorted(one.id for one in alerts)
    assert "6 alerts of 6 rules" in render_message(rest, GAZETTEER).text or rest.alerts


def test_a_full_hour_makes_alerts_wait() -> None:
    """With `per_hour` used up nothing is told until the oldest message is an hour old."""
    oldest = NOW - timedelta(minutes=50)
    situation = replace(_SITUATION, sent={"desk/email": (oldest, NOW)})
    made = plan([_NEWS], replace(_MAIL, per_hour=2), situation)
    [waiting] = made.routings
    assert (made.messages, waiting.why) == ((), Why.BUDGET)
    assert waiting.release_at == oldest + timedelta(hours=1)


_TAKEN_BACK = replace(row("led_c", claim(8_000), verdict=Verdict.CORRECTION), withdrawn=True)
_REPLACED = row("led_c", claim(8_000), verdict=Verdict.CORRECTION, previous="led_4")


@pytest.mark.parametrize(
    ("figure", "channels"),
    [(_REPLACED, ["desk/email", "desk/webhook"]), (_TAKEN_BACK, ["desk/email"])],
    ids=["replaced", "taken-back"],
)
def test_a_follow_up_goes_to_those_who_got_the_wrong_alert(
    figure: LedgerClaim, channels: list[str]
) -> None:
    """And, where another figure stands in its place, to those for whom the wrong one still waits."""
    reached = Reached(told=frozenset({"desk/email"}), waiting=frozenset({"desk/webhook"}))
    situation = replace(_SITUATION, reached={"al_4": reached}.__getitem__)
    told = alert("al_c", figure, corrects=("al_4",))
    whoever = replace(_DESK, channels=(*_DESK.channels, replace(EMAIL, id="desk/other")))
    made = plan([told], whoever, situation)
    assert [one.channel.id for one in made.messages] == channels


_LATER_RULES = (
    replace(_MAIL, rules=()),
    replace(_MAIL, min_severity=Severity.CRITICAL),
    replace(_MAIL, routes=(Route(when=When.NEVER),)),
    replace(_MAIL, routes=(Route(kinds=(ChannelKind.WEBHOOK,)),)),
    replace(_MAIL, routes=(Route(when=When.DIGEST),), digest=DigestPlan(period=Period.NEVER)),
)


@pytest.mark.parametrize("subscriber", _LATER_RULES)
def test_who_got_the_wrong_alert_hears_of_it_whatever_they_want_now(
    subscriber: Subscriber,
) -> None:
    """Rules, severities and routes that came later do not keep a wrong figure alive."""
    reached = Reached(told=frozenset({"desk/email"}))
    situation = replace(_SITUATION, reached={"al_4": reached}.__getitem__)
    made = plan([alert("al_c", _REPLACED, corrects=("al_4",))], subscriber, situation)
    assert [one.channel.id for one in made.messages] == ["desk/email"]


def test_a_correction_of_what_never_alerted_is_news_like_any_other() -> None:
    """It has nothing to follow up, so it goes to all who want corrections."""
    made = plan([alert("al_c", _REPLACED)], _DESK, _SITUATION)
    assert [one.channel.id for one in made.messages] == ["desk/email", "desk/webhook"]


# --- what waited -----------------------------------------------------------------------------


def _step(number: int, value: int, previous: str) -> Alert:
    counted = claim(value, source=PENTAGON, place="russia")
    made = row(f"s{number}", counted, verdict=Verdict.REVISION, previous=previous)
    before = (
        RUSSIA_ROW
        if previous == "led_2"
        else row(previous, claim(0 + value - 500, source=PENTAGON, place="russia"))
    )
    return alert(f"al_s{number}", made, previous=(before, HUR_ROW))


def _waiting(*alerts: Alert, why: Why = Why.QUIET) -> list[Waiting]:
    return [Waiting(alert=one, why=why, release_at=NOW) for one in alerts]


def test_three_steps_in_one_night_are_one_alert() -> None:
    """What went from 10,000 to 12,000 is told against what stood before the night, with its steps."""
    steps = (_step(1, 10_500, "led_2"), _step(2, 11_200, "s1"), _step(3, 12_000, "s2"))
    subscriber = replace(_MAIL, quiet=_QUIET)
    made = release(_waiting(*steps), EMAIL, subscriber, _SITUATION)
    [told] = made.messages
    assert told.overtaken == ("al_s1", "al_s2")
    assert _fates(made) == [
        ("al_s1", "desk/email", Fate.OVERTAKEN, Why.QUIET),
        ("al_s2", "desk/email", Fate.OVERTAKEN, Why.QUIET),
        ("al_s3", "desk/email", Fate.TOLD, Why.QUIET),
    ]
    rendered = render_message(told, GAZETTEER)
    assert rendered.subject == (
        "North Korean troops in Russia: about 10,000 -> 12,000, in 3 steps (Pentagon, 4 Nov)"
    )
    assert "Held back during your quiet hours, 22:00-07:00." in rendered.text
    assert "On the way, while this was held back: 10,500, 11,200." in rendered.text


def test_what_is_no_longer_news_is_not_told() -> None:
    """Withdrawn, acknowledged and silenced alerts leave a fate and no message."""
    gone = [
        Waiting(alert=_NEWS, why=Why.QUIET, release_at=NOW, gone=fate)
        for fate in (Fate.WITHDRAWN, Fate.ACKNOWLEDGED)
    ]
    made = release(gone, EMAIL, _MAIL, _SITUATION)
    assert made.messages == ()
    assert [one.fate for one in made.routings] == [Fate.WITHDRAWN, Fate.ACKNOWLEDGED]
    situation = replace(_SITUATION, silences=(_silence(),))
    hushed = release(_waiting(_NEWS), EMAIL, _MAIL, situation)
    assert [one.fate for one in hushed.routings] == [Fate.SILENCED]


def test_what_a_window_gives_back_at_night_waits_for_the_morning() -> None:
    """A grouping window that ends in quiet hours does not wake anybody."""
    subscriber = replace(_MAIL, quiet=_QUIET)
    made = release(
        _waiting(_NEWS, why=Why.WINDOW), EMAIL, subscriber, replace(_SITUATION, now=_NIGHT)
    )
    [routing] = made.routings
    assert (made.messages, routing.fate, routing.why) == ((), Fate.HELD, Why.QUIET)


def test_alerts_of_several_rules_are_one_overview() -> None:
    """A night's news comes as one message, the most novel first."""
    other = replace(alert("al_2", HUR_ROW), rule="troops.other", severity=Severity.CRITICAL)
    [told] = release(_waiting(_NEWS, other), EMAIL, _MAIL, _SITUATION).messages
    assert told.kind is MessageKind.OVERVIEW
    assert [one.id for one in told.alerts] == ["al_2", "al_1"]
    rendered = render_message(told, GAZETTEER)
    assert rendered.subject.startswith("North Korean troops: 2 new figures")
    assert "rules troops.nk-in-russia, troops.other are routed" in rendered.text.replace("\n", " ")


def test_the_digest_says_what_it_covers() -> None:
    """News, then the coverage; empty, it comes only where that was asked for."""
    lines = ("Coverage: 3 feeds, 2 healthy, 1 blocked.", "Blocked: Daily (http-403).")
    made = digest(_waiting(_NEWS, why=Why.DIGEST), EMAIL, _MAIL, _SITUATION, lines)
    [told] = made.messages
    rendered = render_message(told, GAZETTEER)
    assert rendered.subject.startswith("Daily digest, 2024-11-05: North Korean troops in Kursk")
    assert "Coverage: 3 feeds, 2 healthy, 1 blocked." in rendered.text
    assert "Blocked: Daily (http-403)." in rendered.html
    assert digest([], EMAIL, _MAIL, _SITUATION, lines).messages == ()
    always = replace(_MAIL, digest=DigestPlan(when_empty=True))
    [empty] = digest([], EMAIL, always, _SITUATION, lines).messages
    assert render_message(empty, GAZETTEER).subject == "Daily digest, 2024-11-05: nothing new"
    assert empty.id == told.id


def test_coverage_tells_silent_from_blocked() -> None:
    """A feed that is read but brings nothing is silent, one that cannot be read is blocked."""
    well = FeedHealth(name="A", enabled=True, last_success=NOW, last_error=None, newest=NOW)
    old = NOW - timedelta(days=4)
    feeds = [
        well,
        replace(well, name="B", newest=old),
        replace(well, name="C", last_error="http-403", last_success=old),
        replace(well, name="D", last_success=None),
        replace(well, name="E", enabled=False),
        replace(well, name="F", newest=None),
    ]
    assert coverage(feeds, NOW) == (
        "Coverage: 6 feeds, 1 healthy, 2 blocked, 2 silent, 1 switched off.",
        "Blocked: C (http-403; last read 1 Nov 2024); D (not read yet).",
        "Silent: B (nothing new since 1 Nov 2024); F (nothing yet).",
        "Switched off: E.",
    )
