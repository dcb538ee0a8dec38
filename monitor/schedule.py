# SPDX-License-Identifier: Apache-2.0
"""The daemon: APScheduler is its clock, the database says what is due.

What it is not: the work itself (`pipeline`). Rules of this file: a handful of jobs, never one per
feed; a job only hands work to our own task group, because APScheduler 3 cancels running coroutine
jobs at shutdown whatever `wait` says; stopping means: no new work, finish what is under way within
a bound, release the rest (leases make it due again). APScheduler counts in wall-clock time, so a
task on the monotonic clock watches for jumps of it.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import __version__, systemd, upkeep
from monitor.canary import Canary
from monitor.clock import SteadyClock
from monitor.core.errors import ConfigError, StoreError
from monitor.core.model import Delivery
from monitor.core.websub import Push
from monitor.core.wording import amount
from monitor.pipeline import Pipeline, Site
from monitor.pulse import LATEST_DELIVERY
from monitor.roomwatch import RoomWatch
from monitor.store import FeedRow, gauges
from monitor.turns import Turns

_TICK_SECONDS = 1.0
_UPKEEP_MINUTES = 10
# Also how long the feeds have after a start to end a silence that fell into a standstill of ours.
_ABSENCES_MINUTES = 5
# How often it is seen to that hubs are asked in time.
_HUBS_SECONDS = 30
# So many pushes may wait, with their bodies in memory.
_MOST_PUSHES = 8
# systemd's TimeoutStopSec in the shipped unit is 45 s; leave time to close the database.
_DRAIN_SECONDS = 25.0
# A job that begins later than this after its time is counted as late.
_LATE = timedelta(seconds=5)
# The clock is looked at so often, and called jumped when it gained or lost more than this.
_CLOCK_SECONDS = 5.0
_JUMP = timedelta(seconds=60)
# After a start or a long sleep everything is due: at least so many polls begin each second.
_LEAST_STARTS = 8
_TROUBLES = {
    EVENT_JOB_ERROR: "failed",
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_MAX_INSTANCES: "still running",
}


class Daemon:
    """Runs one pipeline until a signal says stop."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        clock: SteadyClock,
        reload: Callable[[], Awaitable[Site]],
        status: systemd.Notifier,
        room: gauges.Room | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._reload = reload
        self._systemd = status
        self._room_watch = (
            RoomWatch(room, pipeline.store, pipeline.book, clock) if room is not None else None
        )
        self._log = structlog.get_logger()
        self._stop = asyncio.Event()
        self._stopping_twice = asyncio.Event()
        self._turns = Turns()
        self._pushes = 0
        self._is_settling = False
        self._keeping_up = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_heartbeat = float("-inf")
        self._is_singing = False
        self._canary = Canary(pipeline, clock.now)
        self._room = asyncio.Semaphore(pipeline.site.settings.fetch.concurrency)
        self._scheduler = self._made_scheduler()
        self.pulse = pipeline.pulse
        self.pulse.started = self.pulse.reloaded = clock.now()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT, then drain; a second signal ends at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_stop_signal)
        loop.add_signal_handler(signal.SIGHUP, self._spawn, self._on_reload)
        self._scheduler.start()
        watch = loop.create_task(self._watch_clock())
        self._systemd.ready(await asyncio.to_thread(self._status_line))
        self._log.info("daemon.ready", feeds=len(self._pipeline.store.feeds()))
        try:
            await self._stop.wait()
        finally:
            self.pulse.stopping = True
            self._systemd.stopping()
            watch.cancel()
            self._scheduler.shutdown(wait=False)
            with self._systemd.extending():
                drained = await self._drain()
            self._log.info("daemon.stopped", drain=drained)

    def _made_scheduler(self) -> AsyncIOScheduler:
        # A late beat must run late, once, rather than be skipped: the default grace is one second.
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # What became due while nobody ran need not wait for the first interval to pass.
        at_once = self._clock.now()
        scheduler.add_job(
            self._tick, "interval", seconds=_TICK_SECONDS, id="tick", next_run_time=at_once
        )
        scheduler.add_job(
            self._beat,
            "interval",
            seconds=self._beat_seconds(),
            id="watchdog",
            next_run_time=at_once,
        )
        scheduler.add_job(self._upkeep, "interval", minutes=_UPKEEP_MINUTES, id="upkeep")
        scheduler.add_job(
            self._check_absences, "interval", minutes=_ABSENCES_MINUTES, id="absences"
        )
        scheduler.add_job(
            self._ask_hubs, "interval", seconds=_HUBS_SECONDS, id="hubs", next_run_time=at_once
        )
        scheduler.add_listener(self._on_job_event, EVENT_JOB_EXECUTED | sum(_TROUBLES))
        return scheduler

    def _beat_seconds(self) -> float:
        interval = self._systemd.watchdog_interval_seconds()
        return min(interval / 3, 10.0) if interval else 10.0

    def _on_job_event(self, event: JobEvent) -> None:
        outcome = _TROUBLES.get(event.code)
        due = getattr(event, "scheduled_run_time", None)
        if outcome is None and due is not None and self._clock.now() - due > _LATE:
            outcome = "late"
        if outcome is None:
            return
        self.pulse.jobs[event.job_id, outcome] += 1
        error = getattr(event, "exception", None)
        self._log.log(
            40 if error else 30,
            "schedule.trouble",
            job=event.job_id,
            outcome=outcome,
            error=repr(error) if error else None,
        )

    def _on_stop_signal(self) -> None:
        if self._stop.is_set():
            self._stopping_twice.set()
        self._stop.set()

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        async def guarded() -> None:
            try:
                await work()
            except StoreError as error:
                self._on_refusal(error)
            except Exception:  # noqa: BLE001
                # Work records its own failures; what arrives here is a defect, and must not be lost.
                self._log.exception("daemon.defect")

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- jobs --------------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Hand every due feed and the due deliveries to tasks; never waits for them."""
        if self._stop.is_set():
            return
        self.pulse.last_tick, self.pulse.ticked = self._clock.monotonic(), self._clock.now()
        try:
            if await self._may_write():
                if await self._has_room():
                    await self._start_polls()
                self._spawn(self._release)
                await self._deliver_due()
        except StoreError as error:
            self._on_refusal(error)

    async def _start_polls(self) -> None:
        due = await asyncio.to_thread(self._pipeline.store.due_feeds, self._clock.now())
        for feed in self._admitted([feed for feed in due if self._turns.is_free(feed.id)]):
            self._turns.claim(feed.id)
            self._spawn(partial(self._poll, feed))

    def _admitted(self, due: Sequence[FeedRow]) -> Sequence[FeedRow]:
        """Return the feeds that may begin now: thousands that are due at once are spread."""
        least = self._pipeline.site.settings.fetch.min_interval.total_seconds()
        return due[: max(_LEAST_STARTS, math.ceil(len(due) * _TICK_SECONDS / max(least, 0.001)))]

    async def _release(self) -> None:
        await self._pipeline.release_due()
        await self._deliver_due()

    async def _poll(self, feed: FeedRow) -> None:
        async with self._turns.turn(feed.id), self._room:
            report = None if self._stop.is_set() else await self._pipeline.poll_feed(feed)
        await self._deliver_due()
        if report is not None and report.advert_changed:
            await self._settle_hubs()

    # --- hubs --------------------------------------------------------------------------------

    def offer(self, push: Push) -> bool:
        """Take over what a hub sent, unless too much waits; the poll that is owed then stands in."""
        if self._stop.is_set() or self._pushes >= _MOST_PUSHES or self.pulse.storage is not None:
            return False
        self._pushes += 1
        self._turns.claim(push.feed)
        self._spawn(partial(self._take_push, push))
        return True

    async def _take_push(self, push: Push) -> None:
        try:
            async with self._turns.turn(push.feed), self._room:
                if not self._stop.is_set():
                    await self._pipeline.take_push(push)
        finally:
            self._pushes -= 1
        await self._deliver_due()

    async def _ask_hubs(self) -> None:
        """Hand the subscriptions at hubs to a task, unless the last one is still at it."""
        if not self._stop.is_set():
            self._spawn(self._settle_hubs)

    async def _settle_hubs(self) -> None:
        if self._is_settling:
            return
        self._is_settling = True
        try:
            await self._pipeline.hubs.settle()
        finally:
            self._is_settling = False

    async def _deliver_due(self) -> None:
        """Start a task for every delivery that is due: no channel ever waits for another."""
        if not self._stop.is_set():
            for delivery in await self._pipeline.deliverer.lease_due():
                self._spawn(partial(self._deliver, delivery))

    async def _deliver(self, delivery: Delivery) -> None:
        await self._pipeline.deliverer.deliver(delivery)
        await self._deliver_due()  # the next one of the same channel need not wait for a tick

    async def _upkeep(self) -> None:
        """Hand retention and vacuum to a task, unless the last one is still at it."""
        if not self._stop.is_set() and not self._keeping_up:
            self._keeping_up = True
            self._spawn(self._keep_up)

    async def _keep_up(self) -> None:
        """Do the upkeep step by step; between two steps polls and deliveries get their turn."""
        pipeline, done = self._pipeline, 0
        work = upkeep.steps(pipeline.store, pipeline.site.settings.memory, self._clock.now())

        def step() -> bool:
            return next(work, None) is not None

        try:
            while not self._stop.is_set() and await asyncio.to_thread(step):
                done += 1
        finally:
            self._keeping_up = False
        self._log.info("upkeep.done", steps=done)

    async def _check_absences(self) -> None:
        """Hand the question what has not come for too long to a task."""
        if not self._stop.is_set():
            self._spawn(self._ask_for_absences)

    async def _ask_for_absences(self) -> None:
        if await self._pipeline.check_absences():
            await self._deliver_due()

    async def _beat(self) -> None:
        """Write a heartbeat; feed the watchdog if everything it guards moved; say how things are."""
        now = self._clock.now()
        store = self._pipeline.store
        try:
            self.pulse.queue_stuck = await asyncio.to_thread(
                gauges.is_stuck, store, now - LATEST_DELIVERY
            )
            self.pulse.troubles = await asyncio.to_thread(gauges.troubles, store, now)
            await asyncio.to_thread(self._write_marks)
            line = await asyncio.to_thread(self._status_line)
        except StoreError as error:
            self._on_refusal(error)
            line = f"nothing can be stored: {error}"
        if self.pulse.moves(self._clock.monotonic()):
            self._systemd.watchdog()
            self._beat_outside()
        self._spawn(self._sing)
        self._systemd.status(line)

    def _beat_outside(self) -> None:
        """Tell the world outside that all is well, if that is wanted and due."""
        every = self._pipeline.site.settings.delivery.heartbeat_every.total_seconds()
        now = self._clock.monotonic()
        if self._pipeline.site.heartbeat_url is None or now - self._last_heartbeat < every:
            return
        self._last_heartbeat = now
        self._spawn(self._pipeline.send_heartbeat)

    async def _sing(self) -> None:
        """Listen for the last canary, and send the next one when it is time."""
        if self._is_singing:
            return
        self._is_singing = True
        try:
            await self._canary.listen()
            if await self._canary.is_due():
                await self._canary.sing()
                await self._deliver_due()
        finally:
            self._is_singing = False

    def _write_marks(self) -> None:
        """Leave word in the database for `status`, which is another process."""
        monotonic = self._clock.monotonic()
        self.pulse.last_write = monotonic
        facts = {
            "version": __version__,
            "pid": os.getpid(),
            "started": self.pulse.started.isoformat() if self.pulse.started else None,
            "complaints": self.pulse.complaints(monotonic),
            "warnings": self.pulse.warnings(),
            "address_filter": self.pulse.address_filter,
        }
        store = self._pipeline.store
        with store.write():
            store.mark("heartbeat", self._clock.now().isoformat())
            store.mark("daemon", json.dumps(facts, ensure_ascii=False))

    def _status_line(self) -> str:
        feeds = self._pipeline.store.feeds()
        failing = sum(feed.error_count > 0 for feed in feeds)
        states = gauges.waiting(self._pipeline.store).states
        line = (
            f"{amount(len(feeds), 'feed')}, {failing} failing; "
            f"{amount(states.get('pending', 0), 'delivery', 'deliveries')} waiting, "
            f"{states.get('dead', 0)} given up"
        )
        trouble = self.pulse.complaints(self._clock.monotonic()) if self.pulse.last_tick else ()
        if self.pulse.reload_refused is not None:
            trouble = (*trouble, "reload refused, the old configuration stays")
        return "; ".join((*trouble, line))

    # --- storage -----------------------------------------------------------------------------

    def _on_refusal(self, error: StoreError) -> None:
        """Remember that the database refused; said once, until it takes something again."""
        if self.pulse.store_refusal is None:
            self._log.error("store.refused", reason=str(error))
        self.pulse.store_refusal = str(error)

    async def _may_write(self) -> bool:
        """Say whether the database takes what we write; after a refusal, by trying."""
        if self.pulse.store_refusal is not None:
            await asyncio.to_thread(self._write_marks)  # raises while it still refuses
            self._log.warning("store.back", refused=self.pulse.store_refusal)
            self.pulse.store_refusal = None
        return True

    async def _has_room(self) -> bool:
        """Say whether feeds may be polled: not when the disk is nearly full."""
        complaint = None
        if self._room_watch is not None:
            complaint = await asyncio.to_thread(self._room_watch.check)
        self.pulse.storage = complaint
        return complaint is None

    # --- the wall clock ----------------------------------------------------------------------

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(_CLOCK_SECONDS)
            try:
                await self.realign()
            except StoreError as error:
                self._on_refusal(error)

    async def realign(self) -> None:
        """After a jump of the wall clock (or a suspend), move what waits by as much.

        Without this a clock set back two days would stop everything for two days.
        """
        jump = self._clock.behind()
        if abs(jump) <= _JUMP:
            self._clock.move(jump)
            return
        self.pulse.clock_jumps += 1
        self._log.warning("clock.jumped", seconds=round(jump.total_seconds()))
        # In between everything is too early rather than too late: a delivery under way must not
        # look as if its lease had run out.
        await self._move(jump, first=jump < timedelta())
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._clock.now())

    async def _move(self, jump: timedelta, *, first: bool) -> None:
        """Move our clock and all that waits by it; both or, if the database refuses, neither."""
        if first:
            self._clock.move(jump)
        try:
            await asyncio.to_thread(gauges.shift_times, self._pipeline.store, jump)
        except StoreError:
            if first:
                self._clock.move(-jump)
            raise
        if not first:
            self._clock.move(jump)

    # --- reload ------------------------------------------------------------------------------

    async def _on_reload(self) -> None:
        self._systemd.reloading()
        try:
            site = await self._reload()
        except Exception as error:  # noqa: BLE001  (whatever is wrong, the old one stays)
            problems = error.problems if isinstance(error, ConfigError) else (error,)
            self.pulse.reload_refused = str(problems[0]) + (
                f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            )
            self._log.error("reload.refused", problems=[str(item) for item in problems])
            self._systemd.ready(await asyncio.to_thread(self._status_line))
            return
        self._room = asyncio.Semaphore(site.settings.fetch.concurrency)
        self.pulse.reload_refused, self.pulse.reloaded = None, self._clock.now()
        self._log.info("reload.done", rules=len(site.rules.rules))
        self._systemd.ready(await asyncio.to_thread(self._status_line))

    # --- stopping ----------------------------------------------------------------------------

    async def _drain(self) -> str:
        """Wait for the work under way, at most `_DRAIN_SECONDS` or until a second signal.

        Return how the wait ended: "finished", "timed out" or "cut short".
        """
        ended = "finished"
        if self._tasks:
            impatient = asyncio.create_task(self._stopping_twice.wait())
            work = asyncio.gather(*self._tasks, return_exceptions=True)
            ends: tuple[asyncio.Future[Any], ...] = (impatient, work)
            await asyncio.wait(ends, timeout=_DRAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                ended = "cut short" if impatient.done() else "timed out"
            impatient.cancel()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return ended
