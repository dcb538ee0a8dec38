# SPDX-License-Identifier: Apache-2.0
"""How a feed is doing: redirects, rhythm, states, shape; records in, records out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.alarms import told, trouble
from monitor.core.health import (
    DAY,
    FeedHealth,
    FeedState,
    Seen,
    after_answer,
    after_failure,
    describe,
    feed_state,
    wait_after_answer,
    wants_whole,
)
from monitor.core.model import Entry, ParsedFeed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def _entries(
    count: int, *, every: timedelta = HOUR, text: str = "x" * 400, language: str = "en"
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            feed="f",
            entry_id=str(number),
            url=None,
            title="T",
            content=text,
            content_is_html=False,
            published=NOW - number * every,
            updated=None,
            language=language,
        )
        for number in range(count)
    )


def _seen(
    now: datetime,
    *,
    moved: str | None = None,
    entries: tuple[Entry, ...] | None = _entries(10),
    fresh: int = 0,
    max_age: float | None = None,
    ttl: int | None = None,
) -> Seen:
    parsed = None if entries is None else ParsedFeed(title="", entries=entries, ttl_seconds=ttl)
    return Seen(
        now=now,
        permanent_url=moved,
        max_age_seconds=max_age,
        parsed=parsed,
        fresh=fresh,
        whole=True,
    )


def _state(health: FeedHealth, now: datetime = NOW, **facts: object) -> FeedState:
    known: dict[str, object] = {
        "enabled": True,
        "stopped": None,
        "polled": True,
        "failure": None,
    }
    return feed_state(health, now=now, **(known | facts))  # type: ignore[arg-type]


# --- redirects -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "targets", "moved"),
    [
        pytest.param([0, 12, 24], ["b", "b", "b"], "b", id="three sightings in a day"),
        pytest.param([0, 25], ["b", "b"], None, id="two are too few"),
        pytest.param([0, 1, 2, 3, 23], ["b"] * 5, None, id="less than a day is too short"),
        pytest.param([0, 12, 24], ["b", "c", "b"], None, id="they must agree"),
        pytest.param([0, 12, 24, 36], ["b", "b", None, "b"], None, id="an answer in place resets"),
    ],
)
def test_a_permanent_redirect_counts_after_three_sightings_over_a_day(
    hours: list[int], targets: list[str | None], moved: str | None
) -> None:
    """One misconfigured afternoon must not move a feed for ever."""
    health = FeedHealth()
    for hour, target in zip(hours, targets, strict=True):
        health = after_answer(health, _seen(NOW + hour * HOUR, moved=target))
    assert health.moved_to == moved


def test_not_modified_is_no_sighting() -> None:
    """Each sighting ends in a feed that was parsed; a captive portal can answer 304 too."""
    health = FeedHealth()
    for hour in (0, 12, 24, 36):
        health = after_answer(health, _seen(NOW + hour * HOUR, moved="b", entries=None))
    assert (health.moved_to, health.move_sightings) == (None, 0)


def test_a_move_that_leads_nowhere_is_taken_back() -> None:
    """After eight failures in a row at the new place the configured URL is asked again."""
    health = FeedHealth(moved_to="b")
    kept, _ = after_failure(health, "http-404", 7, NOW)
    back, _ = after_failure(health, "http-404", 8, NOW)
    assert (kept.moved_to, back.moved_to) == ("b", None)


# --- 410 and 404 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "hours", "stops"),
    [
        pytest.param(["http-410", "http-410"], [0, 24], True, id="twice, a day apart"),
        pytest.param(["http-410", "http-410"], [0, 23], False, id="twice in a day"),
        pytest.param(["http-404"] * 3, [0, 24, 48], False, id="404 never"),
        pytest.param(["http-410", None, "http-410"], [0, 12, 25], False, id="back in between"),
    ],
)
def test_gone_is_believed_when_it_was_said_twice(
    reasons: list[str | None], hours: list[int], *, stops: bool
) -> None:
    """A feed stops for good only for a 410 that lasted."""
    health, stopped = FeedHealth(), None
    for reason, hour in zip(reasons, hours, strict=True):
        now = NOW + hour * HOUR
        if reason is None:
            health = after_answer(health, _seen(now))
        else:
            health, stopped = after_failure(health, reason, 1, now)
    assert (stopped is not None) == stops


# --- validators, rhythm --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "whole"),
    [(None, True), (timedelta(), False), (23 * HOUR, False), (DAY, True), (-HOUR, True)],
    ids=["never", "just now", "23 h", "a day", "clock went back"],
)
def test_once_a_day_the_whole_feed_is_asked_for(age: timedelta | None, *, whole: bool) -> None:
    """A wrong validator hides news for a day at most."""
    health = FeedHealth(last_full=None if age is None else NOW - age)
    assert wants_whole(health, NOW) is whole


def _wait(health: FeedHealth, now: datetime = NOW) -> timedelta:
    return wait_after_answer(health, least=5 * MINUTE, longest=6 * HOUR, now=now)


@pytest.mark.parametrize(
    ("gap", "silent_for", "wait"),
    [
        pytest.param(10 * MINUTE, HOUR, 5 * MINUTE, id="busy"),
        pytest.param(3 * HOUR, DAY, HOUR, id="a third of its gap"),
        pytest.param(3 * DAY, 3 * DAY, 6 * HOUR, id="rare, within the longest"),
        pytest.param(3 * DAY, HOUR, 7.5 * MINUTE, id="rare, but there was news an hour ago"),
        pytest.param(None, HOUR, 7.5 * MINUTE, id="rhythm unknown"),
    ],
)
def test_a_feed_is_polled_as_its_rhythm_asks(
    gap: timedelta | None, silent_for: timedelta, wait: timedelta
) -> None:
    """Between the bounds: a third of the usual gap, never more than an eighth of the silence."""
    health = FeedHealth(
        gap_seconds=gap.total_seconds() if gap else None, last_news=NOW - silent_for
    )
    assert _wait(health) == wait


def test_the_first_answer_tells_the_rhythm_by_its_dates() -> None:
    """Ten entries, each two hours after the one before it: two hours is the gap."""
    health = after_answer(FeedHealth(), _seen(NOW, entries=_entries(10, every=2 * HOUR), fresh=10))
    assert health.gap_seconds == 7200
    later = after_answer(health, _seen(NOW + 8 * HOUR, fresh=1))
    assert later.gap_seconds == pytest.approx(0.7 * 7200 + 0.3 * 8 * 3600)


def test_a_feed_that_changed_by_more_than_half_is_polled_twice_as_often() -> None:
    """Entries that fall out of a short feed between two polls would never be seen."""
    calm = FeedHealth(gap_seconds=6 * 3600.0, last_news=NOW - 30 * DAY, turnover=0.2)
    hasty = FeedHealth(gap_seconds=6 * 3600.0, last_news=NOW - 30 * DAY, turnover=0.8)
    assert _wait(hasty) * 2 == _wait(calm)


@pytest.mark.parametrize(
    ("max_age", "ttl", "wait"),
    [
        pytest.param(900.0, None, 15 * MINUTE, id="cache time"),
        pytest.param(None, 900, 15 * MINUTE, id="ttl"),
        pytest.param(60.0, 60, 5 * MINUTE, id="never below the minimum"),
        pytest.param(7 * 86400.0, 7 * 86400, 20 * MINUTE, id="a wish is bounded"),
    ],
)
def test_a_feed_may_wish_for_fewer_visits(
    max_age: float | None, ttl: int | None, wait: timedelta
) -> None:
    """`ttl` and cache times lengthen the wait up to four times, and never shorten it."""
    health = after_answer(
        FeedHealth(last_news=NOW, gap_seconds=60.0),
        _seen(NOW, max_age=max_age, ttl=ttl, entries=()),
    )
    assert _wait(health) == wait


@given(
    gap=st.none() | st.floats(0, 1e12),
    wish=st.none() | st.floats(0, 1e9),
    silence=st.integers(-(10**9), 10**9),
    turnover=st.floats(0, 1),
)
def test_the_wait_is_always_within_the_bounds(
    gap: float | None, wish: float | None, silence: int, turnover: float
) -> None:
    """Whatever a feed says and whatever the clock does, no poll comes too early or never."""
    health = FeedHealth(
        gap_seconds=gap,
        wish_seconds=wish,
        turnover=turnover,
        last_news=NOW - timedelta(seconds=silence),
    )
    assert 5 * MINUTE <= _wait(health) <= 6 * HOUR


# --- states --------------------------------------------------------------------------------------

_RHYTHM = FeedHealth(gap_seconds=3600.0, last_news=NOW, last_entries=10)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, FeedState.HEALTHY),
        ({"polled": False}, FeedState.NEW),
        ({"enabled": False}, FeedState.DISABLED),
        ({"stopped": "by command"}, FeedState.DISABLED),
        ({"stopped": "gone: 410"}, FeedState.GONE),
        ({"failure": "timeout"}, FeedState.BROKEN),
        ({"failure": "http-404"}, FeedState.BROKEN),
        ({"failure": "http-403"}, FeedState.BLOCKED),
        ({"failure": "http-429"}, FeedState.BLOCKED),
        ({"failure": "address"}, FeedState.BLOCKED),
        ({"now": NOW + 2 * DAY}, FeedState.SILENT),
        ({"now": NOW + 23 * HOUR}, FeedState.HEALTHY),
    ],
    ids=str,
)
def test_every_feed_is_in_one_state(facts: dict[str, object], state: FeedState) -> None:
    """The state says in one word what an operator has to know."""
    assert _state(_RHYTHM, **facts) is state  # type: ignore[arg-type]


def test_a_feed_without_entries_is_empty_not_healthy() -> None:
    """Status 200 and a good root element are not yet news."""
    health = after_answer(FeedHealth(), _seen(NOW, entries=()))
    assert _state(health) is FeedState.EMPTY
    assert "without any entry" in describe(health, NOW)


def test_a_rare_feed_is_not_called_silent_by_the_measure_of_a_busy_one() -> None:
    """Silence is measured in the feed's own gaps."""
    weekly = FeedHealth(gap_seconds=7 * 86400.0, last_news=NOW, last_entries=10)
    assert _state(weekly, NOW + 30 * DAY) is FeedState.HEALTHY
    assert _state(weekly, NOW + 60 * DAY) is FeedState.SILENT
    assert "nothing new since 2026-03-01" in describe(weekly, NOW + 60 * DAY)


# --- shape ---------------------------------------------------------------------------------------


def _used_to(entries: tuple[Entry, ...]) -> FeedHealth:
    health = FeedHealth()
    for hour in range(6):
        health = after_answer(health, _seen(NOW + hour * HOUR, entries=entries))
    return health


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        pytest.param(_entries(2), "2 entries where 20 are usual", id="few entries"),
        pytest.param(_entries(20, text=""), "100% of the entries are empty", id="empty bodies"),
        pytest.param(_entries(20, text="x" * 40), "40 characters an entry", id="short bodies"),
        pytest.param(_entries(20, language="de-AT"), "written in 'de'", id="language"),
    ],
)
def test_a_feed_that_looks_unlike_itself_is_odd(entries: tuple[Entry, ...], words: str) -> None:
    """A feed that still answers but lost its texts is seen, and forgiven when it is itself again."""
    health = _used_to(_entries(20))
    assert health.odd is None
    odd = after_answer(health, _seen(NOW + 7 * HOUR, entries=entries))
    assert words in (odd.odd or "")
    assert after_answer(odd, _seen(NOW + 8 * HOUR, entries=_entries(19))).odd is None


def test_a_lasting_change_becomes_the_usual() -> None:
    """After twenty fetches in the new shape nobody is told about it any more."""
    health = _used_to(_entries(20))
    for hour in range(22):
        health = after_answer(health, _seen(NOW + (8 + hour) * HOUR, entries=_entries(2)))
    assert health.odd is None
    assert health.shape.entries == pytest.approx(2)


# --- what the operator is told -------------------------------------------------------------------


def test_the_operator_hears_of_a_trouble_once_and_of_its_end_once() -> None:
    """Three failures, an alarm at the third; none at the fourth; "back" with the first success."""
    health, heard = FeedHealth(last_entries=3), []
    for failures in (1, 2, 3, 4, 0, 0):
        state = FeedState.BROKEN if failures else FeedState.HEALTHY
        kind = trouble(health, state, failures=failures, after_failures=3)
        health, kinds = told(health, health, kind)
        heard.append(kinds)
    assert heard == [(), (), ("broken",), (), ("back",), ()]


def test_a_short_failure_inside_a_known_trouble_is_not_its_end() -> None:
    """A silent feed that fails once is neither "back" nor "broken"."""
    silent, kinds = told(FeedHealth(), FeedHealth(), "silent")
    assert kinds == ("silent",)
    kind = trouble(silent, FeedState.BROKEN, failures=1, after_failures=3)
    assert told(silent, silent, kind)[1] == ()
