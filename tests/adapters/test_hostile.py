# SPDX-License-Identifier: Apache-2.0
"""Every hostile answer through the real poll: each costs itself and nothing else."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from benches import Hands, bench
from hostile import CASES, Hostile, respond
from loopback import serving
from newsroom import Site, Story, rss

from monitor.pipeline import Pipeline, PollReport

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

# The polls take seconds at the least; a loop that is held up by one of them turns a few times.
_LEAST_TURNS = 50


async def _count_turns(turns: list[float]) -> None:
    """Note when the loop came round, until cancelled."""
    while True:
        await asyncio.sleep(0.02)
        turns.append(time.monotonic())


async def _polled(pipeline: Pipeline) -> dict[str, PollReport]:
    room = asyncio.Semaphore(16)

    async def one(name: str) -> PollReport:
        async with room:
            [feed] = [row for row in pipeline.store.feeds() if row.id == name]
            return await pipeline.poll_feed(feed)

    names = [row.id for row in pipeline.store.feeds()]
    reports = await asyncio.gather(*map(one, names))
    return dict(zip(names, reports, strict=True))


async def test_every_hostile_answer_ends_as_its_class_says(tmp_path: Path) -> None:
    """Over a hundred answers at once: the right reason each, the loop comes round all the while."""
    names = {f"h{number}": case for number, case in enumerate(CASES)}
    assert len(names) > 100
    async with (
        serving(respond) as server,
        serving(rss([Story("/a", "Rain", "It rained.")], "http://paper.example")) as paper,
    ):
        site = Site(
            tmp_path / "site",
            {"good": paper.url("/feed")} | {k: server.url(v.path) for k, v in names.items()},
            deadline="2s",
        )
        async with bench(site, Hands()) as pipeline:
            turns: list[float] = []
            watch = asyncio.create_task(_count_turns(turns))
            reports = await _polled(pipeline)
            watch.cancel()
            again = await _polled_one(pipeline, "good")
    wrong = {
        case.path: (reports[name].outcome, reports[name].error)
        for name, case in names.items()
        if reports[name].outcome not in case.ends_as
    }
    assert wrong == {}
    assert reports["good"].outcome == "fetched"
    assert again.outcome == "fetched"
    assert len(turns) > _LEAST_TURNS
    longest = max(later - sooner for sooner, later in pairwise(turns))
    print(f"{len(turns)} turns of the loop, the longest {longest:.2f} s")  # noqa: T201
    assert set(_tally(names, reports)) == {case.kind for case in CASES}


def _tally(names: dict[str, Hostile], reports: dict[str, PollReport]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for name, case in names.items():
        found.setdefault(case.kind, Counter())[reports[name].outcome] += 1
    for kind, outcomes in sorted(found.items()):
        print(kind, dict(outcomes))  # noqa: T201  (shown by `pytest -s`)
    return found


async def _polled_one(pipeline: Pipeline, name: str) -> PollReport:
    [feed] = [row for row in pipeline.store.feeds() if row.id == name]
    return await pipeline.poll_feed(feed)
