# SPDX-License-Identifier: Apache-2.0
"""Too little room: said once, ended with a margin, and never more often than once an hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from benches import Hands, bench
from newsroom import Site

from monitor.pipeline import Pipeline
from monitor.roomwatch import RoomWatch
from monitor.store import Outbox
from monitor.store.gauges import Room

pytestmark = pytest.mark.anyio

_OPERATORS = {"ops": {"webhook": "http://127.0.0.1:9/ops"}}
_NONE = "No feed is polled: no room"
_AGAIN = "Feeds are polled again: there is room"


@dataclass
class _Limit:
    """The limit as a multiple of what is free on this disk right now."""

    folder: Path
    times_free: float = 0.5

    def room(self) -> Room:
        """Return the room of a disk of which so much is free."""
        disk = Room(self.folder / "figurewatch.db", lambda: 0)
        return Room(
            self.folder / "figurewatch.db", lambda: int(disk.free_bytes() * self.times_free)
        )


def _subjects(pipeline: Pipeline) -> list[str]:
    found = (Outbox(pipeline.store).message(row.id) for row in pipeline.outbox.rows())
    return [message.heading for message in found if message is not None and message.heading]


@contextmanager
def _watched(pipeline: Pipeline, clock: Hands, limit: _Limit) -> Iterator[RoomWatch]:
    yield RoomWatch(limit.room(), pipeline.store, pipeline.book, clock)


async def test_the_alarm_is_said_once_and_ends_a_fifth_above_the_limit(tmp_path: Path) -> None:
    """Below the limit polls end; just above it they still rest; a fifth above it they begin again."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers=_OPERATORS, extra='operators = ["ops"]')
    limit = _Limit(tmp_path)
    async with bench(site, clock) as pipeline:
        with _watched(pipeline, clock, limit) as watch:
            looks = []
            for times in (0.9, 1.01, 0.9, 1.01, 0.9, 0.7, 0.9):
                limit.times_free = times
                looks.append(watch.check() is None)
                clock.forward(seconds=1)
        assert looks == [True, False, False, False, False, True, True]
        assert _subjects(pipeline) == [_NONE, _AGAIN]


async def test_a_restart_in_between_repeats_nothing_and_still_tells_the_end(tmp_path: Path) -> None:
    """What operators heard is stored: the next process knows it."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers=_OPERATORS, extra='operators = ["ops"]')
    limit = _Limit(tmp_path, times_free=2)
    for _ in range(3):
        async with bench(site, clock) as pipeline:
            with _watched(pipeline, clock, limit) as watch:
                assert "MiB free" in (watch.check() or "")
    async with bench(site, clock) as pipeline:
        with _watched(pipeline, clock, limit) as watch:
            limit.times_free = 0.9
            assert watch.check() is not None
            limit.times_free = 0.5
            assert watch.check() is None
        assert _subjects(pipeline) == [_NONE, _AGAIN]


async def test_a_disk_that_fills_again_and_again_is_told_once_an_hour(tmp_path: Path) -> None:
    """Full and free every ten minutes for five hours: five alarms, each with its end; never an end
    without a beginning."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers=_OPERATORS, extra='operators = ["ops"]')
    limit = _Limit(tmp_path)
    async with bench(site, clock) as pipeline:
        with _watched(pipeline, clock, limit) as watch:
            for minute in range(300):
                limit.times_free = 2 if minute // 10 % 2 == 0 else 0.5
                assert (watch.check() is None) is (limit.times_free < 1)
                clock.forward(minutes=1)
        assert _subjects(pipeline) == [_NONE, _AGAIN] * 5


async def test_a_disk_that_stays_full_after_a_silent_hour_is_told_late(tmp_path: Path) -> None:
    """An alarm that came too soon after the last one is said once its hour is over, not lost."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers=_OPERATORS, extra='operators = ["ops"]')
    limit = _Limit(tmp_path)
    async with bench(site, clock) as pipeline:
        with _watched(pipeline, clock, limit) as watch:
            for times in (2, 0.5, 2):
                limit.times_free = times
                watch.check()
            assert _subjects(pipeline) == [_NONE, _AGAIN]
            clock.forward(minutes=61)
            watch.check()
        assert _subjects(pipeline) == [_NONE, _AGAIN, _NONE]
