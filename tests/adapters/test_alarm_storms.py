# SPDX-License-Identifier: Apache-2.0
"""Many feeds in the same trouble at once: operators get one message for each kind, and lose nothing."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from benches import Hands, bench
from loopback import Request, answer, serving
from newsroom import Receiver, Site, Story, rss, verified

from monitor.bootstrap import assemble, poll_once
from monitor.pipeline import Pipeline

pytestmark = pytest.mark.anyio

_FEEDS = 37
_STORY = Story("/story", "Weather", "It rained.")


class _Papers:
    """All papers of a town on one server, which is up, down, or refuses."""

    def __init__(self) -> None:
        self.says = "200 OK"

    async def respond(self, _: Request, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        sound = self.says == "200 OK"
        writer.write(rss([_STORY], "http://paper.example") if sound else answer(status=self.says))


def _site(folder: Path, base: str, hook: str, feeds: int = _FEEDS, **fields: str) -> Site:
    return Site(
        folder / "site",
        feeds={f"paper-{n:02}": f"{base}/{n}" for n in range(feeds)},
        subscribers={"ops": {"webhook": hook, **fields}},
        extra='operators = ["ops"]\nalarm_after_failures = 1',
    )


async def _poll_all(pipeline: Pipeline, clock: Hands, *, seconds_between: float = 0) -> None:
    for feed in pipeline.store.feeds():
        await pipeline.poll_feed(feed)
        clock.forward(seconds=seconds_between)


def _told(bodies: list[dict[str, Any]]) -> list[tuple[str, str]]:
    rows = [body["data"] for body in bodies]
    return [(row["rule"], row["title"].removeprefix("[Figurewatch] ")) for row in rows]


async def test_feeds_that_break_and_mend_together_are_one_message_each_way(tmp_path: Path) -> None:
    """37 feeds break within a minute: one message names and lists them; so does the one of their end."""
    clock, papers = Hands(), _Papers()
    async with serving(papers.respond) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(""), hook.url("/ops"))
        for says in ("503 Service Unavailable", "200 OK"):
            papers.says = says
            async with bench(site, clock) as pipeline:
                await _poll_all(pipeline, clock, seconds_between=1)
                assert await pipeline.deliver_due() == (0, 0)
            # The process died while they waited.
            clock.forward(seconds=10)
            async with bench(site, clock) as pipeline:
                assert await pipeline.deliver_due() == (1, 0)
                clock.forward(hours=1)
                assert await pipeline.deliver_due() == (0, 0)
        bodies = [verified(row) for row in hook.requests]
    assert _told(bodies) == [
        (
            "figurewatch.feed-broken",
            "37 feeds do not deliver: paper-00, paper-01, paper-02 and 34 more",
        ),
        (
            "figurewatch.feed-back",
            "37 feeds are back again: paper-00, paper-01, paper-02 and 34 more",
        ),
    ]
    notes = bodies[0]["data"]["notes"]
    assert sum(note.startswith("Feed: paper-") for note in notes) == 20
    assert sum("http-503" in note for note in notes) == 20
    # Two lines that follow are where the others are, and what happens next.
    assert len(notes) == 22
    assert "And 17 more; to see them: figurewatch feeds list" in notes


@pytest.mark.parametrize("feeds", [2, 15, 37, 150])
@pytest.mark.parametrize("form", ["slack", "discord", "teams", "ntfy"])
async def test_a_chat_counts_the_feeds_that_it_has_no_room_for(
    tmp_path: Path, form: str, feeds: int
) -> None:
    """Those that are listed and those that are counted are all; how to see them and the advice stay."""
    clock, papers = Hands(), _Papers()
    papers.says = "503 Service Unavailable"
    # Long addresses, so that no chat has room for twenty of them.
    tail = "/a&b*" + "long-" * 15
    async with serving(papers.respond) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(tail), hook.url("/ops"), feeds, format=form)
        async with bench(site, clock) as pipeline:
            await _poll_all(pipeline, clock)
            clock.forward(minutes=1)
            assert await pipeline.deliver_due() == (1, 0)
        [request] = hook.requests
    lines = _lines(json.loads(request.body), form)
    listed = sum(line.startswith("Feed: paper-") for line in lines)
    last, advice = lines[-2:]
    assert advice.startswith("It is tried again")
    assert last.endswith("o see them: figurewatch feeds list")
    more = last.removeprefix("And ").partition(" more")[0] if last.startswith("And ") else "0"
    assert listed + int(more) == feeds
    assert listed >= min(feeds, 8)


def _lines(tree: dict[str, Any], form: str) -> list[str]:
    """Return the lines that a reader of a chat sees under the heading."""
    if form == "slack":
        text = "\n".join(block["text"]["text"] for block in tree["blocks"])
    elif form == "discord":
        text = tree["embeds"][-1]["description"]
    elif form == "teams":
        blocks = tree["attachments"][0]["content"]["body"]
        text = "\n".join(block["text"] for block in blocks)
    else:
        text = tree["message"]
    plain = re.sub(r"\\(.)", r"\1", text) if form in {"discord", "teams"} else text
    return [line for line in plain.replace("\u2060", "").splitlines() if line]


async def test_feeds_that_break_one_after_another_are_told_every_five_minutes(
    tmp_path: Path,
) -> None:
    """Half a minute between them, told by the second: few messages, and every feed is counted once."""
    clock, papers = Hands(), _Papers()
    papers.says = "500 Oops"
    async with serving(papers.respond) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(""), hook.url("/ops"))
        async with bench(site, clock) as pipeline:
            for feed in pipeline.store.feeds():
                await pipeline.poll_feed(feed)
                for _ in range(30):
                    clock.forward(seconds=1)
                    await pipeline.release_due()
                await pipeline.deliver_due()
            clock.forward(minutes=6)
            await pipeline.deliver_due()
        titles = [title for _, title in _told([verified(row) for row in hook.requests])]
    # 18.5 minutes: after 45 s, then every five minutes, and the rest.
    counts = [int(title.split()[0]) for title in titles]
    assert len(counts) <= 5
    assert sum(counts) == _FEEDS


async def test_each_kind_of_trouble_has_a_message_of_its_own(tmp_path: Path) -> None:
    """A feed that refuses and one that is broken want different answers; one alone is named alone."""
    clock = Hands()
    news = {f"/{n}": answer(status="403 Forbidden") for n in range(2)}
    news |= {f"/{n}": answer(status="500 Oops") for n in range(2, _FEEDS - 1)}
    news |= {f"/{_FEEDS - 1}": rss([], "http://paper.example")}
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(""), hook.url("/ops"))
        async with bench(site, clock) as pipeline:
            await _poll_all(pipeline, clock)
            clock.forward(minutes=1)
            while (await pipeline.deliver_due())[0]:
                pass
        told = _told([verified(row) for row in hook.requests])
    assert sorted(told) == [
        ("figurewatch.feed-blocked", "2 feeds refuse us: paper-00, paper-01"),
        (
            "figurewatch.feed-broken",
            "34 feeds do not deliver: paper-02, paper-03, paper-04 and 31 more",
        ),
        ("figurewatch.feed-empty", "A feed is empty: paper-36"),
    ]


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=400)], ids=["back", "ahead"])
async def test_a_clock_that_is_set_loses_no_alarm(tmp_path: Path, jump: timedelta) -> None:
    """Alarms that wait are told at once when the clock went back, as when it went ahead."""
    clock, papers = Hands(), _Papers()
    papers.says = "500 Oops"
    async with serving(papers.respond) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(""), hook.url("/ops"))
        async with bench(site, clock) as pipeline:
            await _poll_all(pipeline, clock)
            clock.moment += jump
            await pipeline.release_due()
            [row] = pipeline.outbox.rows("pending")
        assert row.rule == "figurewatch.feed-broken"


async def test_a_single_round_waits_for_nothing(tmp_path: Path) -> None:
    """`poll --once` tells before it ends: nobody would be there later."""
    papers = _Papers()
    papers.says = "500 Oops"
    async with serving(papers.respond) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url(""), hook.url("/ops"))
        failed, undelivered = await poll_once(assemble(str(site.config), {}), (), ignore_times=True)
        told = _told([verified(row) for row in hook.requests])
    assert (failed, undelivered) == (_FEEDS, 0)
    assert [title.partition(":")[0] for _, title in told] == [f"{_FEEDS} feeds do not deliver"]
