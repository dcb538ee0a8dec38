# SPDX-License-Identifier: Apache-2.0
"""What is measured of a fetch: its own time, and apart from it the wait for its host's turn."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
import pytest
from benches import Hands, bench, poll
from loopback import answer, serving
from newsroom import Site, Story, rss

from monitor.core.errors import FetchError
from monitor.fetch import Client, ClientSettings, Timing

pytestmark = pytest.mark.anyio

_PAUSE = 0.4


def _client() -> Client:
    return Client(
        ClientSettings(
            user_agent="figurewatch/test",
            allow_networks=("127.0.0.0/8",),
            per_host_interval_seconds=_PAUSE,
        )
    )


async def test_waiting_for_a_turn_is_no_time_of_the_fetch() -> None:
    """Three at once to one host: the last waits two pauses, and none of that is its request's."""
    async with serving(answer(b"<p>Rain</p>")) as paper, _client() as http:
        started = anyio.current_time()
        timings = [Timing() for _ in range(3)]
        await asyncio.gather(*(http.get(paper.url("/feed"), timing=row) for row in timings))
        elapsed = anyio.current_time() - started
    waits = sorted(row.waited for row in timings)
    assert waits[1] >= _PAUSE * 0.9
    assert waits[2] >= _PAUSE * 1.9
    for row in timings:
        assert row.fetched > 0
        assert row.fetched + row.waited <= elapsed


async def test_a_fetch_that_fails_is_timed_as_well() -> None:
    """However it ends: the time of a refusal, and of each step of a redirect, is counted."""
    news = {
        "/old": answer(status="302 Found", location="/gone"),
        "/gone": answer(status="404 Not Found"),
    }
    timing = Timing()
    async with serving(news) as paper, _client() as http:
        with pytest.raises(FetchError):
            await http.get(paper.url("/old"), timing=timing)
    assert timing.fetched > 0
    assert timing.waited >= _PAUSE * 0.9  # the second step is a request to the same host


async def test_every_request_for_a_feed_is_counted_once(tmp_path: Path) -> None:
    """Answered or refused; pages are not among them."""
    story = Story("/story", "Weather", "It rained.")
    async with serving({"/feed": rss([story], "http://paper.example")}) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with bench(site, Hands()) as pipeline:
            await poll(pipeline)
            paper.requests.clear()
            await poll(pipeline)
            assert pipeline.pulse.fetches == 2
            assert pipeline.pulse.fetch_seconds > 0
            assert pipeline.pulse.polls.total() == 2
