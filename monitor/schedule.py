# SPDX-License-Identifier: Apache-2.0
"""The daemon: APScheduler is its clock, the database says what is due.

What it is not: the work itself (`pipeline`). Rules of this file: a handful of jobs, never one per
feed; a job only hands work to our own task group, because APScheduler 3 cancels running coroutine
jobs at shutdown whatever `wait` says; stopping means: no new work, finish what is under way within
a bound, release the rest (leases make it due again).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import systemd, upkeep
from monitor.canary import Canary
from monitor.clock import Clock
from monitor.core.errors import ConfigError
from monitor.core.model import Delivery
from monitor.pipeline import Pipeline, Site
from monitor.store import FeedRow

_TICK_SECONDS = 1.0
_UPKEEP_MINUTES = 10
# Also how long the feeds have after a start to end a silence that fell into a standstill of ours.
_ABSENCES_MINUTES = 5
# systemd's TimeoutStopSec in the shipped unit is 45 s; leave time to close the database.
_DRAIN_SECONDS = 25.0
# The watchdog is fed only if the last tick began at most this long ago.
_TICK_LATE = timedelta(seconds=30)


class Daemon:
    """Runs one pipeline until a signal says stop."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        clock: Clock,
        reload: Callable[[], Awaitable[Site]],
        status: systemd.Notifier,
    ) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._reload = reload
        self._systemd = status
        self._log = structlog.get_logger()
        self._stop = asyncio.Event()
        self._stopping_twice = asyncio.Event()
        self._polling: set[str] = set()
        self._keeping_up = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_tick = clock.monotonic()
        self._last_heartbeat = float("-inf")
        self._is_singing = False
        self._canary = Canary(pipeline, clock.now)
        self._room = asyncio.Semaphore(pipeline.site.settings.fetch.concurrency)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT, then drain; a second signal ends at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_stop_signal)
        loop.add_signal_handler(signal.SIGHUP, self._spawn, self._on_reload)
        scheduler = self._scheduler()
        scheduler.start()
        self._systemd.ready(self._status_line())
        self._log.info("daemon.ready", feeds=len(self._pipeline.store.feeds()))
        try:
            await self._stop.wait()
        finally:
            self._systemd.stopping()
            scheduler.shutdown(wait=False)
            await self._drain()
            self._log.info("daemon.stopped")

    def _scheduler(self) -> AsyncIOScheduler:
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
        scheduler.add_listener(self._on_job_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        return scheduler

    def _beat_seconds(self) -> float:
        interval = self._systemd.watchdog_interval_seconds()
        return min(interval / 3, 10.0) if interval else 10.0

    def _on_job_trouble(self, event: JobExecutionEvent) -> None:
        self._log.error(
            "schedule.trouble", job=event.job_id, error=repr(event.exception or "missed")
        )

    def _on_stop_signal(self) -> None:
        if self._stop.is_set():
            self._stopping_twice.set()
        self._stop.set()

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        async def guarded() -> None:
            try:
                await work()
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
        self._last_tick = self._clock.monotonic()
        now = self._clock.now()
        for feed in await asyncio.to_thread(self._pipeline.store.due_feeds, now):
            if feed.id not in self._polling:
                self._polling.add(feed.id)
                self._spawn(partial(self._poll, feed))
        self._spawn(self._release)
        await self._deliver_due()

    async def _release(self) -> None:
        await self._pipeline.release_due()
        await self._deliver_due()

    async def _poll(self, feed: FeedRow) -> None:
        try:
            async with self._room:
                if not self._stop.is_set():
                    await self._pipeline.poll_feed(feed)
        finally:
            self._polling.discard(feed.id)
        await self._deliver_due()

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
        """Feed the watchdog if the scheduler ticks and the database answers; say how things are."""
        await asyncio.to_thread(
            self._pipeline.store.mark, "heartbeat", self._clock.now().isoformat()
        )
        late = self._clock.monotonic() - self._last_tick
        if late <= _TICK_LATE.total_seconds():
            self._systemd.watchdog()
            self._beat_outside()
        self._spawn(self._sing)
        line = await asyncio.to_thread(self._status_line)
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

    def _status_line(self) -> str:
        feeds = self._pipeline.store.feeds()
        broken = sum(feed.error_count > 0 for feed in feeds)
        waiting = len(self._pipeline.outbox.rows("pending"))
        return f"{len(feeds)} feeds, {broken} failing; {waiting} deliveries waiting"

    async def _on_reload(self) -> None:
        self._systemd.reloading()
        try:
            site = await self._reload()
        except ConfigError as error:
            self._log.error("reload.refused", problems=[str(item) for item in error.problems])
            self._systemd.ready("reload refused, the old configuration stays")
            return
        self._room = asyncio.Semaphore(site.settings.fetch.concurrency)
        self._log.info("reload.done", rules=len(site.rules.rules))
        self._systemd.ready(await asyncio.to_thread(self._status_line))

    # --- stopping ----------------------------------------------------------------------------

    async def _drain(self) -> None:
        """Wait for the work under way, at most `_DRAIN_SECONDS` or until a second signal."""
        if self._tasks:
            impatient = asyncio.create_task(self._stopping_twice.wait())
            work = asyncio.gather(*self._tasks, return_exceptions=True)
            ends: tuple[asyncio.Future[Any], ...] = (impatient, work)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            impatient.cancel()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
