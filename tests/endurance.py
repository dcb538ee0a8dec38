# SPDX-License-Identifier: Apache-2.0
"""What a daemon holds while it works: memory, open files, threads, children, poll after poll.

The site under load, the figures and the verdict on them serve `journeys/test_growth.py` (seconds)
and, started by `make soak-memory`, a long run: the whole hostile suite by the hour, one line per
sample and a summary; it leaves with 1 if anything grew by more than 5 % (and a little) after the
warm-up, or the daemon faltered.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hostile import CASES, Hostile, respond
from loopback import Request, serving
from newsroom import Receiver, Site, Story, rss
from processes import Daemon, daemon

_SAMPLE_SECONDS = 10.0
_SHARE = 0.05
_ALWAYS_SHOWN = 5

Figures = dict[str, float]


def figures(pid: int) -> Figures:
    """Return resident KiB of a process, its open files, threads and children."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    rows = dict(line.split(":", 1) for line in status.splitlines())
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {
        "rss_kib": float(rows["VmRSS"].split()[0]),
        "files": float(len(list(Path(f"/proc/{pid}/fd").iterdir()))),
        "threads": float(rows["Threads"]),
        "children": float(len(children)),
    }


@dataclass(slots=True)
class Growth:
    """Two stretches of a run, each in one value by figure."""

    early: Figures
    late: Figures

    @classmethod
    def between(
        cls,
        early: Sequence[Figures],
        late: Sequence[Figures],
        by: Callable[[Iterable[float]], float] = statistics.median,
    ) -> Growth:
        """Compare two stretches by their medians, or, with `min`, by what was never given back."""
        return cls(_condensed(early, by), _condensed(late, by))

    def beyond(self, share: float = 0.0, **slack: float) -> dict[str, tuple[float, float]]:
        """Return what grew by more than a share of it and the slack of its name, with both values."""
        return {
            name: (self.early[name], self.late[name])
            for name, more in slack.items()
            if self.late[name] > self.early[name] * (1 + share) + more
        }


def _condensed(samples: Sequence[Figures], by: Callable[[Iterable[float]], float]) -> Figures:
    return {name: by(row[name] for row in samples) for name in samples[0]}


class _Paper:
    """A feed that has another story, with another figure, at each request."""

    def __init__(self) -> None:
        self._stories: list[Story] = []

    async def respond(self, _: Request, writer: asyncio.StreamWriter) -> None:
        """Serve the newest stories."""
        number = len(self._stories)
        text = f"Officials said that {1000 + number * 37:,} soldiers of North Korea are in Russia."
        self._stories.append(Story(f"/{number}", f"Report {number}", text))
        writer.write(rss(self._stories[: -_ALWAYS_SHOWN - 1 : -1], "http://paper.example"))


@asynccontextmanager
async def site_under_load(
    folder: Path, cases: Iterable[Hostile], **keys: str
) -> AsyncIterator[Site]:
    """Yield a site with hostile feeds, a good one that always has news, and a subscriber.

    `keys` are fields of `Site`.
    """
    async with (
        serving(respond) as server,
        serving(_Paper().respond) as paper,
        serving(Receiver().respond) as hook,
    ):
        feeds = {f"h{n}": server.url(case.path) for n, case in enumerate(cases)}
        yield Site(
            folder / "site",
            {"good": paper.url("/feed"), **feeds},
            subscribers={"ops": {"webhook": hook.url("/op")}},
            extra='operators = ["ops"]',
            **keys,  # type: ignore[arg-type]
        )


# --- the long run --------------------------------------------------------------------------------


async def _watch(running: Daemon, minutes: float) -> list[Figures]:
    samples, end = [], time.monotonic() + minutes * 60
    while time.monotonic() < end:
        await asyncio.sleep(_SAMPLE_SECONDS)
        samples.append(figures(running.process.pid))
        polls = len(running.told("poll.done"))
        print(  # noqa: T201
            f"{len(samples) * _SAMPLE_SECONDS:6.0f} s  polls {polls:6d}  {samples[-1]}", flush=True
        )
        running.events[:] = [row for row in running.events if row["event"] != "poll.done"] + [
            {"event": "poll.done", "level": "info"}
        ] * polls
    return samples


async def _soak(minutes: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            site_under_load(Path(folder), CASES, interval="1s", deadline="3s") as site,
            daemon(site.config) as running,
        ):
            samples = await _watch(running, minutes)
            defects = running.told("daemon.defect") + running.told("poll.broke")
            code = await running.stop()
    quarter = max(1, len(samples) // 4)
    growth = Growth.between(samples[quarter : 2 * quarter] or samples, samples[-quarter:])
    grown = growth.beyond(_SHARE, rss_kib=2048, files=3, threads=3, children=3)
    print(  # noqa: T201
        f"second quarter {growth.early} -> last quarter {growth.late}; defects {len(defects)}; "
        f"exit code {code}"
    )
    return int(bool(grown or defects or code))


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--minutes", type=float, default=60.0)
    sys.exit(asyncio.run(_soak(words.parse_args().minutes)))
