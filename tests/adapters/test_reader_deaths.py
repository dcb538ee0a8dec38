# SPDX-License-Identifier: Apache-2.0
"""Readers that die at their work: what they were reading is read again, and no figure is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from benches import Hands, bench, only_feed, poll
from loopback import Request, answer, serving
from newsroom import Site, Story, page, rss

pytestmark = pytest.mark.anyio

_FIGURE = "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow."
_TEASER = Story("/story", "Arrivals", "What is known about the North Korean troops in Russia.")
_WHOLE = Story("/story", "Arrivals", _FIGURE)
# Takes a reader some seconds.
_LABOUR = answer(b"<html><body>" + b"<p>rain" * 2_000_000, content_type="text/html")
_PAGE = page("Arrivals", [_FIGURE, "It rained in the east. " * 20])
_BUSY_TICKS = 30


def _children() -> Iterator[int]:
    for tasks in Path("/proc/self/task").glob("*/children"):
        yield from map(int, tasks.read_text(encoding="ascii").split())


def _ticks(child: int) -> int:
    with suppress(OSError):
        fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


async def _kill_the_busy() -> int:
    """Kill the first child of this process that works for a while from now on."""
    before = {child: _ticks(child) for child in _children()}
    while True:
        await asyncio.sleep(0.02)
        for child in _children():
            if _ticks(child) - before.get(child, 0) > _BUSY_TICKS:
                os.kill(child, signal.SIGKILL)
                return child


async def test_a_page_whose_reader_was_killed_is_read_again(tmp_path: Path) -> None:
    """The kernel takes the reader at work: the page is owed, and its figure alerts minutes later."""
    clock, pages = Hands(), [_LABOUR]
    asked, killers = list[str](), list[asyncio.Task[int]]()

    async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.append(request.path)
        if request.path == "/feed":
            writer.write(rss([_TEASER], paper.url("")))
        elif request.path == "/story":
            if not killers:
                killers.append(asyncio.create_task(_kill_the_busy()))
            writer.write(pages[0])
        else:
            writer.write(answer(status="404 Not Found"))

    async with serving(respond) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with bench(site, clock) as pipeline:
            first = await poll(pipeline)
            assert killers[0].done()
            pages[0] = _PAGE
            clock.forward(minutes=4)
            assert (await poll(pipeline)).error is None
            assert asked.count("/story") == 1
            clock.forward(minutes=2)
            await poll(pipeline)
            [alert] = pipeline.dispatch.routings.alerts(10)
    assert first.error is None
    assert asked.count("/story") == 2
    assert alert.alert.claim is not None
    assert alert.alert.claim.claim.high == 10_000


@asynccontextmanager
async def _readers_that_starve(seeds: Path) -> AsyncIterator[None]:
    """Let every reader run out of memory: what it loads first is larger than it may grow."""
    file = seeds / "measures" / "canary.toml"
    sound = file.read_bytes()
    os.truncate(file, 2 * 1024**3)  # sparse: no disk is needed for it
    try:
        yield
    finally:
        file.write_bytes(sound)


def _seeds(folder: Path) -> Path:
    """Return a folder of seeds with one measure in it."""
    shipped = Path(__file__).resolve().parents[2] / "monitor" / "canary_seeds" / "measures"
    (folder / "measures").mkdir(parents=True)
    (folder / "measures" / "canary.toml").write_bytes((shipped / "canary.toml").read_bytes())
    return folder


async def _site(tmp_path: Path, url: str) -> tuple[Site, Path]:
    seeds = _seeds(tmp_path / "seeds")
    return Site(tmp_path / "site", feeds={"paper": url}, seed_paths=[str(seeds)]), seeds


async def test_an_entry_whose_reader_died_is_read_at_the_next_poll(tmp_path: Path) -> None:
    """Though the feed answers "not modified" to who asks by its validators: its figure alerts."""
    clock, asked = Hands(), list[str | None]()

    async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.append(request.headers.get("if-none-match"))
        if asked[-1] is not None:
            writer.write(answer(status="304 Not Modified"))
        else:
            writer.write(rss([_WHOLE], "http://paper.example", etag='"one"'))

    async with serving(respond) as paper:
        site, seeds = await _site(tmp_path, paper.url("/feed"))
        async with bench(site, clock) as pipeline:
            async with _readers_that_starve(seeds):
                starved = await poll(pipeline)
            clock.forward(minutes=10)
            fed = await poll(pipeline)
            clock.forward(minutes=10)
            after = await poll(pipeline)
    assert (starved.error, len(starved.decision.alerts)) == (None, 0)
    assert len(fed.decision.alerts) == 1
    assert after.outcome == "not-modified"
    assert asked == [None, None, '"one"']


async def test_an_entry_that_kills_every_reader_is_given_up(tmp_path: Path) -> None:
    """Three polls try it; then it is left, validators are used again, and other entries are read."""
    clock, news = Hands(), dict[str, bytes]()
    async with serving(news) as paper:
        news["/feed"] = rss([_WHOLE], paper.url(""), etag='"one"')
        site, seeds = await _site(tmp_path, paper.url("/feed"))
        async with bench(site, clock) as pipeline:
            etags = []
            async with _readers_that_starve(seeds):
                for _ in range(4):
                    assert (await poll(pipeline)).error is None
                    etags.append(only_feed(pipeline).etag)
                    clock.forward(minutes=10)
            report = await poll(pipeline)
            assert pipeline.store.counts()["articles"] == 0
    assert etags == [None, None, '"one"', '"one"']
    assert len(report.decision.outcomes) == 0


async def test_history_whose_reader_died_never_alerts_later(tmp_path: Path) -> None:
    """At a first poll an old entry is history; read again at the second it would be news."""
    clock, news = Hands(), dict[str, bytes]()
    old = Story("/story", "Arrivals", _FIGURE, hours=24.0 * 90)
    async with serving(news) as paper:
        news["/feed"] = rss([old], paper.url(""))
        site, seeds = await _site(tmp_path, paper.url("/feed"))
        async with bench(site, clock) as pipeline:
            async with _readers_that_starve(seeds):
                await poll(pipeline)
            clock.forward(minutes=10)
            report = await poll(pipeline)
    assert report.decision.alerts == ()
