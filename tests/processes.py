# SPDX-License-Identifier: Apache-2.0
"""The program as users start it: commands that end, and a daemon whose log is read as it comes.

What it is not: a way into the program; everything here goes through arguments, files, signals and
output, as it does for an operator.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = (sys.executable, "-m", "monitor")
_LONGEST_LINE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return the JSON lines of its output."""
        return [json.loads(line) for line in self.out.splitlines()]


def _environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    # An installed site's settings must not leak into a test.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIGUREWATCH")}
    return kept | {"COLUMNS": "400"} | dict(extra or {})


async def command(
    *words: str | Path,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Finished:
    """Run `figurewatch WORDS` to its end, `given` as its standard input."""
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM,
        *map(str, words),
        cwd=ROOT,
        env=_environment(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(given.encode())
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return Finished(code=process.returncode, out=out.decode(), err=err.decode())


@dataclass(slots=True)
class Daemon:
    """A running `figurewatch run`. `events` are the records of its log, `noise` all other lines."""

    process: asyncio.subprocess.Process
    events: list[dict[str, Any]] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)
    _ended: bool = False

    async def read(self) -> None:
        """Read the log to its end."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            async with self._changed:
                try:
                    self.events.append(json.loads(line))
                except json.JSONDecodeError:
                    self.noise.append(line.decode())
                self._changed.notify_all()
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    def told(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """Return the records of an event so far that have these fields."""
        return [
            record
            for record in self.events
            if record["event"] == event
            and all(record.get(name) == value for name, value in fields.items())
        ]

    async def until(
        self, event: str, *, times: int = 1, seconds: float = 30, **fields: object
    ) -> dict[str, Any]:
        """Wait until the log told an event so often; return the last of these records."""
        await self._wait(lambda: len(self.told(event, **fields)) >= times, seconds, (event, fields))
        return self.told(event, **fields)[times - 1]

    async def polled_again(self, *feeds: str, times: int = 2, seconds: float = 30) -> None:
        """Wait until each feed was polled so often more: whatever was served was seen."""
        before = {feed: len(self.told("poll.done", feed=feed)) for feed in feeds}
        for feed, count in before.items():
            await self.until("poll.done", times=count + times, feed=feed, seconds=seconds)

    async def _wait(self, is_met: Callable[[], bool], seconds: float, what: object) -> None:
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: is_met() or self._ended)
        except TimeoutError:
            self._fail(f"not told within {seconds} s: {what}")
        if not is_met():
            self._fail(f"the daemon ended before it told {what}")

    def _fail(self, complaint: str) -> None:
        told = [row for row in self.events if row["event"] != "poll.done"]
        lines = [*map(str, [*told[-30:], *self.events[-5:]]), *self.noise]
        raise AssertionError("\n".join([complaint, *lines]))

    @property
    def troubles(self) -> list[object]:
        """Return what no daemon should ever say: defects, errors and lines that are no records."""
        return [*self.noise, *(row for row in self.events if row["level"] in {"error", "critical"})]

    async def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(40):
            return await self.process.wait()


@asynccontextmanager
async def daemon(
    config: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Daemon]:
    """Run the daemon on a configuration; it is ready when this yields, and gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM,
        *("run", "--log-format", "json", "--config", str(config)),
        cwd=ROOT,
        env=_environment(environment),
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    running = Daemon(process)
    reader = asyncio.create_task(running.read())
    try:
        await running.until("daemon.ready")
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await reader
