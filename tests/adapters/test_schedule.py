# SPDX-License-Identifier: Apache-2.0
"""APScheduler as our clock: the traps it sets, and how the daemon avoids them."""

from __future__ import annotations

import ast
import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

import monitor.schedule

pytestmark = pytest.mark.anyio

SOURCE = Path(monitor.schedule.__file__).read_text(encoding="utf-8")


async def test_shutdown_cancels_running_jobs_so_jobs_only_hand_over_work() -> None:
    """T4: `shutdown(wait=True)` cancels a running coroutine job; a task of our own survives."""
    began, ended_in_job, ended_in_task = asyncio.Event(), asyncio.Event(), asyncio.Event()
    release = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def work(ended: asyncio.Event) -> None:
        await release.wait()
        ended.set()

    async def job() -> None:
        tasks.add(asyncio.create_task(work(ended_in_task)))
        began.set()
        await work(ended_in_job)

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.start()
    scheduler.add_job(job, next_run_time=datetime.now(UTC))
    await asyncio.wait_for(began.wait(), 5)
    scheduler.shutdown(wait=True)
    release.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert ended_in_task.is_set()
    assert not ended_in_job.is_set()


def test_a_local_cron_time_fires_twice_on_the_autumn_clock_change() -> None:
    """T5: this is why the daemon's jobs are intervals on UTC and never local cron times."""
    zone = ZoneInfo("Europe/Berlin")
    trigger = CronTrigger(hour=2, minute=30, timezone=zone)
    midnight = datetime(2026, 10, 25, tzinfo=zone)
    first = trigger.get_next_fire_time(None, midnight)
    second = trigger.get_next_fire_time(first, first + timedelta(seconds=1))
    assert first.date() == second.date()


def test_the_daemon_schedules_only_a_few_interval_jobs_on_utc() -> None:
    """A job per feed would not scale, a cron job would fire twice, a short grace would skip."""
    calls = [
        node
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    triggers = [ast.literal_eval(call.args[1]) for call in calls if call.func.attr == "add_job"]
    assert set(triggers) == {"interval"}
    assert len(triggers) < 10
    assert '"misfire_grace_time": None' in SOURCE
    assert 'timezone="UTC"' in SOURCE
