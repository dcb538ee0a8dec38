# SPDX-License-Identifier: Apache-2.0
"""What the daemon says about itself: when it is ready, and when the watchdog is fed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from benches import Hands, bench, poll
from loopback import answer, serving
from newsroom import Receiver, Site

from monitor import systemd
from monitor.clock import SteadyClock
from monitor.pulse import Pulse
from monitor.schedule import Daemon
from monitor.store import gauges

pytestmark = pytest.mark.anyio

_GOOD = {"last_tick": 100.0, "last_write": 100.0}


@pytest.mark.parametrize(
    ("facts", "now", "words", "fed"),
    [
        pytest.param({}, 110.0, None, True, id="all moves"),
        pytest.param({}, 131.0, "scheduler has not ticked for 31 s", False, id="no tick"),
        pytest.param({"last_tick": None}, 100.0, "not ticked yet", False, id="never ticked"),
        pytest.param({"last_tick": 146.0}, 146.0, "not written for 46 s", False, id="no write"),
        pytest.param({"queue_stuck": True}, 100.0, "not being tried", False, id="queue stuck"),
        pytest.param({"store_refusal": "disk full"}, 110.0, "disk full", True, id="disk full"),
        pytest.param({"storage": "low"}, 110.0, "low", True, id="low on room"),
        pytest.param({"stopping": True}, 100.0, "stopping", True, id="stopping"),
    ],
)
def test_ready_and_watchdog_follow_what_moved(
    facts: dict[str, object], now: float, words: str | None, *, fed: bool
) -> None:
    """Each reason is in plain words; a restart is asked for only where one can help."""
    pulse = Pulse(**(_GOOD | facts))  # type: ignore[arg-type]
    complaints = pulse.complaints(now)
    assert (words is None) == (complaints == ())
    assert words is None or words in complaints[0]
    assert pulse.moves(now) is fed


def test_a_refused_reload_and_late_jobs_are_warnings() -> None:
    """The work goes on, and the operator still hears of it."""
    pulse = Pulse(reload_refused="config.toml:3: bad", clock_jumps=1)
    pulse.jobs["tick", "late"] += 2
    pulse.jobs["watchdog", "late"] += 1
    words = " ".join(pulse.warnings())
    assert "config.toml:3: bad" in words
    assert "3 scheduled jobs late" in words
    assert "clock jumped 1 times" in words


async def _no_reload() -> None:  # pragma: no cover  (never asked for)
    raise AssertionError


@pytest.mark.parametrize(
    "jump", [timedelta(days=-2), timedelta(days=3653), timedelta(hours=8)], ids=str
)
async def test_a_jump_of_the_wall_clock_neither_stops_nor_hurries_anything(
    tmp_path: Path, jump: timedelta
) -> None:
    """Two days back, ten years on, eight hours of sleep: waits stay as long as they were."""
    clock, monotonic = Hands(), 1000.0

    class _Clock(Hands):
        def now(self) -> datetime:
            """Return the wall clock of the test."""
            return clock.moment

        def monotonic(self) -> float:
            """Return a clock that the jump does not touch."""
            return monotonic

    hands = _Clock()
    async with serving(answer()) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")}, interval="5m")
        async with bench(site, hands) as pipeline:
            [feed] = pipeline.store.feeds()
            await pipeline.poll_feed(feed)
            waiting = pipeline.store.feeds()[0].next_poll - clock.moment
            daemon = Daemon(
                pipeline,
                clock=SteadyClock(hands),
                reload=_no_reload,  # type: ignore[arg-type]
                status=systemd.Notifier({}),
            )
            clock.moment += timedelta(seconds=30)
            monotonic += 30
            await daemon.realign()
            assert daemon.pulse.clock_jumps == 0
            clock.moment += jump
            await daemon.realign()
            await daemon.realign()
            left = pipeline.store.feeds()[0].next_poll - clock.moment
    assert daemon.pulse.clock_jumps == 1
    assert left == waiting - timedelta(seconds=30)


async def test_a_crowd_of_due_feeds_is_spread_over_the_interval(tmp_path: Path) -> None:
    """Two thousand feeds due at once begin a few a second; a small site begins at once."""
    site = Site(tmp_path / "site", feeds={}, interval="5m")
    async with bench(site, Hands()) as pipeline:
        daemon = Daemon(
            pipeline,
            clock=SteadyClock(Hands()),
            reload=_no_reload,  # type: ignore[arg-type]
            status=systemd.Notifier({}),
        )
        crowd = range(6000)
        assert len(daemon._admitted(crowd)) == 20  # type: ignore[arg-type]
        assert len(daemon._admitted(range(8))) == 8  # type: ignore[arg-type]


async def test_every_trouble_of_a_job_is_counted(tmp_path: Path) -> None:
    """Late, missed, failed, still running: each under its name; a punctual run is none."""
    clock = Hands()
    site = Site(tmp_path / "site", feeds={})
    async with bench(site, clock) as pipeline:
        daemon = Daemon(
            pipeline,
            clock=SteadyClock(clock),
            reload=_no_reload,  # type: ignore[arg-type]
            status=systemd.Notifier({}),
        )
        long_ago = clock.moment - timedelta(minutes=1)
        for event in (
            JobExecutionEvent(EVENT_JOB_EXECUTED, "tick", "default", clock.moment),
            JobExecutionEvent(EVENT_JOB_EXECUTED, "tick", "default", long_ago),
            JobExecutionEvent(EVENT_JOB_MISSED, "tick", "default", long_ago),
            JobExecutionEvent(
                EVENT_JOB_ERROR, "tick", "default", clock.moment, exception=ValueError("x")
            ),
            JobSubmissionEvent(EVENT_JOB_MAX_INSTANCES, "tick", "default", [clock.moment]),
        ):
            daemon._on_job_event(event)
    assert daemon.pulse.jobs == {
        ("tick", "late"): 1,
        ("tick", "missed"): 1,
        ("tick", "failed"): 1,
        ("tick", "still running"): 1,
    }


async def test_what_is_in_trouble_is_a_warning_while_the_work_goes_on(tmp_path: Path) -> None:
    """A feed that fails, a channel out of service and its dead letter are seen from outside."""
    clock, news = Hands(), {"/feed": answer(status="500 Oops")}
    async with serving(news) as paper, serving(Receiver(says="410 Gone").respond) as hook:
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
        )
        async with bench(site, clock) as pipeline:
            assert gauges.troubles(pipeline.store, clock.now()) == ()
            await poll(pipeline)
            pipeline.dispatch.tell_operators(
                pipeline.site.subscribers, "k", "A test", ("of it",), clock.now()
            )
            await pipeline.deliver_due()
            found = gauges.troubles(pipeline.store, clock.now())
            clock.forward(days=2)
            later = gauges.troubles(pipeline.store, clock.now())
    assert found == (
        "feeds that cannot be read: 1",
        "deliveries given up within a day: 1",
        "out of service: desk/webhook",
    )
    assert later == (found[0], found[2])
