# SPDX-License-Identifier: Apache-2.0
"""What a daemon takes with many feeds: memory, processor time and disk, measured on loopback.

Started by hand (`cd tests && ../.venv/bin/python sizing.py --feeds 1000`); not collected by pytest.
Every feed brings entries of its own at first, and is then polled again without news.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from pathlib import Path

from loopback import Request, answer, serving
from newsroom import Site, Story, rss
from processes import Daemon, daemon

_WORDS = [
    "river",
    "council",
    "bridge",
    "harvest",
    "match",
    "storm",
    "market",
    "school",
    "railway",
    "museum",
    "doctor",
    "vote",
]


def _stories(feed: int, entries: int) -> list[Story]:
    chance = random.Random(feed)  # noqa: S311  (texts, not secrets)
    return [
        Story(f"/{feed}/{n}", f"Story {feed}-{n}", " ".join(chance.choices(_WORDS, k=300)) + ".")
        for n in range(entries)
    ]


def _figures(pid: int) -> tuple[float, float]:
    """Return MiB of memory (what is shared counts once) and seconds of processor time of a process and
    its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    resident = ticks = 0.0
    for one in (pid, *map(int, children)):
        rows = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii", errors="replace")
        resident += float(rows.partition("\nPss:")[2].split()[0]) / 1024
        stat = Path(f"/proc/{one}/stat").read_text(encoding="ascii", errors="replace")
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:13]))
    return resident, ticks / os.sysconf("SC_CLK_TCK")


async def _rounds(running: Daemon, polls: int, seconds: float) -> float:
    """Wait for so many polls; return how long they took."""
    begun = time.monotonic()
    await running.until("poll.done", times=polls, seconds=seconds)
    return time.monotonic() - begun


async def _measure(feeds: int, entries: int, interval: int) -> None:
    async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
        number = int(request.path.rpartition("/")[2])
        if "if-none-match" in request.headers:
            writer.write(answer(status="304 Not Modified"))
        else:
            writer.write(rss(_stories(number, entries), "http://paper.example", etag='"1"'))

    with tempfile.TemporaryDirectory() as folder:
        async with serving(respond) as paper:
            names = {f"f{n}": paper.url(f"/{n}") for n in range(feeds)}
            extra = '[log]\nlevel = "info"'
            site = Site(Path(folder) / "site", names, interval=f"{interval}s", extra=extra)
            async with daemon(site.config) as running:
                pid = running.process.pid
                first = await _rounds(running, feeds, 3000)
                full, spent = _figures(pid)
                again = await _rounds(running, 3 * feeds, 3000)
                resident, total = _figures(pid)
                disk = site.database.stat().st_size / 1024
                await running.stop()
    print(  # noqa: T201
        f"{feeds} feeds: first round {first:.0f} s, {spent:.0f} s of processor time, {full:.0f} MiB "
        f"with workers; afterwards {resident:.0f} MiB, {(total - spent) / (2 * feeds) * 1000:.1f} ms "
        f"a poll over {again:.0f} s; {disk / (feeds * entries):.1f} KiB an article on disk"
    )


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--feeds", type=int, default=50)
    words.add_argument("--entries", type=int, default=20)
    words.add_argument("--interval", type=int, default=60)
    given = words.parse_args()
    asyncio.run(_measure(given.feeds, given.entries, given.interval))
