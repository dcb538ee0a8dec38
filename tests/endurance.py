# SPDX-License-Identifier: Apache-2.0
"""A long run of the daemon on the whole hostile suite, with its memory, files and threads measured.

Started by `make soak`; not collected by pytest. Prints one line per sample and a summary, and leaves
with 1 if anything grew by more than 5 % (and a little) after the warm-up, or the daemon faltered.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from hostile import CASES, respond
from loopback import serving
from newsroom import Receiver, Site, Story, rss
from processes import Daemon, daemon

_SAMPLE_SECONDS = 10.0


def _figures(pid: int) -> dict[str, float]:
    """Return resident KiB of the daemon, its open files, threads and children."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    rows = dict(line.split(":", 1) for line in status.splitlines())
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {
        "rss_kib": float(rows["VmRSS"].split()[0]),
        "files": float(len(list(Path(f"/proc/{pid}/fd").iterdir()))),
        "threads": float(rows["Threads"]),
        "children": float(len(children)),
    }


async def _watch(running: Daemon, minutes: float) -> list[dict[str, float]]:
    samples, end = [], time.monotonic() + minutes * 60
    while time.monotonic() < end:
        await asyncio.sleep(_SAMPLE_SECONDS)
        samples.append(_figures(running.process.pid))
        polls = len(running.told("poll.done"))
        print(  # noqa: T201
            f"{len(samples) * _SAMPLE_SECONDS:6.0f} s  polls {polls:6d}  {samples[-1]}", flush=True
        )
        running.events[:] = [row for row in running.events if row["event"] != "poll.done"] + [
            {"event": "poll.done", "level": "info"}
        ] * polls
    return samples


def _growth(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the medians of the second and the last quarter, by figure."""
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    return {
        name: (
            statistics.median(row[name] for row in early),
            statistics.median(row[name] for row in late),
        )
        for name in samples[0]
    }


async def _soak(minutes: float) -> int:
    async with (
        serving(respond) as server,
        serving(rss([Story("/a", "Rain", "It rained.")], "http://paper.example")) as paper,
        serving(Receiver().respond) as hook,
    ):
        with tempfile.TemporaryDirectory() as folder:
            feeds = {f"h{n}": server.url(case.path) for n, case in enumerate(CASES)}
            site = Site(
                Path(folder) / "site",
                {"good": paper.url("/feed"), **feeds},
                interval="1s",
                deadline="3s",
                subscribers={"ops": {"webhook": hook.url("/op")}},
                extra='operators = ["ops"]',
            )
            async with daemon(site.config) as running:
                samples = await _watch(running, minutes)
                defects = running.told("daemon.defect") + running.told("poll.broke")
                code = await running.stop()
    growth = _growth(samples)
    grown = {
        name: pair
        for name, pair in growth.items()
        if pair[1] > pair[0] * 1.05 + (2048 if name == "rss_kib" else 3)
    }
    print(f"second quarter -> last quarter: {growth}; defects {len(defects)}; exit code {code}")  # noqa: T201
    return int(bool(grown or defects or code))


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--minutes", type=float, default=60.0)
    sys.exit(asyncio.run(_soak(words.parse_args().minutes)))
