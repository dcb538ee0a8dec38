# SPDX-License-Identifier: Apache-2.0
"""Good reloads while polls are under way: none of them is cut off, asked again or left out."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from loopback import Request, serving
from newsroom import Receiver, Site, Story, rss, webhook_ids
from processes import daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_FIGURES = {
    "held": "The Pentagon said about 10,000 North Korean soldiers are in Russia.",
    "late": "The Pentagon said about 4,000 American soldiers are in Iraq.",
}
_HOUR = "1h"


class _Gate:
    """A paper whose answers wait until they are let through; `open_ones` counts who waits."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer with the story of this feed, once the gate is open."""
        await self.opened.wait()
        name = request.path.strip("/")
        writer.write(rss([Story(f"/{name}/1", name, _FIGURES[name])], "http://paper.example"))


async def test_a_good_reload_neither_repeats_nor_drops_a_poll(tmp_path: Path) -> None:
    """Two polls wait for their answers while three reloads happen, one of them with another feed: each
    feed is asked once, each figure told once, and the next poll is when it would have been."""
    gate = _Gate()
    async with serving(gate.respond) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            {"held": paper.url("/held")},
            interval=_HOUR,
            subscribers={"desk": {"webhook": hook.url("/hook")}},
        )
        async with daemon(site.config) as running:
            await paper.until("/held")
            for times in (1, 2):
                running.process.send_signal(signal.SIGHUP)
                await running.until("reload.done", times=times)
            site.feeds["late"] = paper.url("/late")
            assert site.config.exists()
            running.process.send_signal(signal.SIGHUP)
            await running.until("reload.done", times=3)
            await paper.until("/late")
            assert running.told("poll.done") == []
            gate.opened.set()
            for feed in _FIGURES:
                await running.until("poll.done", feed=feed, outcome="fetched")
            await running.until("delivery.sent", times=2)
            running.process.send_signal(signal.SIGHUP)
            await running.until("reload.done", times=4)
            polls = [(row["feed"], row["alerts"]) for row in running.told("poll.done")]
            assert running.troubles == []
            assert await running.stop() == 0
    assert sorted(polls) == [("held", 1), ("late", 1)]
    assert sorted(paper.paths) == ["/held", "/late"]
    assert len(set(webhook_ids(hook))) == len(webhook_ids(hook)) == 2
