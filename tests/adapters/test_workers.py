# SPDX-License-Identifier: Apache-2.0
"""Killable workers: hostile input costs one call, and the loop answers meanwhile."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import anyio
import pytest

from monitor.core.errors import ParseError
from monitor.feeds import parse_feed
from monitor.workers import run_in_worker, sealed

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024
PARSE = partial(parse_feed, feed="f", url="https://x.example/", content_type=None)


# --- what workers are asked to do here; they import this module to find it ---------------------


def burn() -> None:
    """Use the processor for ever, in Python and under its lock."""
    while True:
        pass


def swell() -> int:
    """Take memory for ever."""
    held = []
    while True:
        held.append(bytearray(16 * MIB))


def die() -> None:
    """End as a crash in C code would."""
    os.kill(os.getpid(), signal.SIGSEGV)


def complain() -> None:
    """Raise what parsing raises."""
    raise ParseError("dtd", "refused")


class OnlyHereError(Exception):
    """An exception that cannot be rebuilt from its arguments."""

    def __init__(self, one: int, *, two: int) -> None:
        super().__init__(f"{one} {two}")


def raise_odd() -> None:
    """Raise something that does not survive the way back."""
    raise OnlyHereError(1, two=2)


def return_odd() -> object:
    """Return something that cannot be sent back."""
    return lambda: None


def environment() -> dict[str, str]:
    """Return what the worker's environment holds."""
    return dict(os.environ)


def open_things() -> list[str]:
    """Try to reach a file and the network with the doors closed; return how each try ended."""
    ends = []
    with sealed():
        for attempt in (partial(open, "/etc/hostname"), socket.socket):
            try:
                attempt()
            except OSError as error:
                ends.append(type(error).__name__)
            else:
                ends.append("opened")
    with open("/dev/null", encoding="ascii"):  # noqa: PTH123  (afterwards it works again)
        ends.append("after")
    return ends


def write_something(path: str) -> str:
    """Try to write a file."""
    try:
        Path(path).write_text("x", encoding="ascii")
    except OSError as error:
        return type(error).__name__
    return "written"


# --- what follows -----------------------------------------------------------------------------


async def test_a_result_comes_back_and_the_worker_is_kept() -> None:
    """Two calls in a row run in one other process."""
    first = await run_in_worker(os.getpid, deadline_seconds=20)
    second = await run_in_worker(os.getpid, deadline_seconds=20)
    assert first == second != os.getpid()


async def test_what_parsing_raises_arrives_with_its_reason() -> None:
    """The caller sees the same error as in its own process."""
    with pytest.raises(ParseError) as caught:
        await run_in_worker(complain, deadline_seconds=20)
    assert (caught.value.reason, caught.value.detail) == ("dtd", "refused")


@pytest.mark.parametrize("function", [swell, die, raise_odd, return_odd])
async def test_every_other_end_is_a_parse_error_and_the_next_call_works(function: object) -> None:
    """Out of memory, killed, or an odd exception: one call fails, nothing else."""
    with pytest.raises(ParseError) as caught:
        await run_in_worker(function, deadline_seconds=30)  # type: ignore[arg-type]
    assert caught.value.reason == "worker"
    assert await run_in_worker(abs, -1, deadline_seconds=20) == 1


async def test_a_burning_call_is_killed_while_the_loop_answers() -> None:
    """The call ends at its deadline, and meanwhile the loop goes on beating."""
    await run_in_worker(abs, -1, deadline_seconds=20)  # a warm worker
    beats = 0

    async def watch() -> None:
        nonlocal beats
        while True:
            await anyio.sleep(0.01)
            beats += 1

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        with pytest.raises(ParseError):
            await run_in_worker(burn, deadline_seconds=1)
        group.cancel_scope.cancel()
    assert beats > 10  # of a hundred; none if the loop had waited for the call


async def test_other_calls_go_on_while_one_burns() -> None:
    """There is always a second worker."""
    async with anyio.create_task_group() as group:

        async def hopeless() -> None:
            with pytest.raises(ParseError):
                await run_in_worker(burn, deadline_seconds=3)

        group.start_soon(hopeless)
        await anyio.sleep(0.1)
        with anyio.fail_after(2.9):
            assert await run_in_worker(abs, -1, deadline_seconds=20) == 1


async def test_waiting_for_a_worker_is_not_counted_against_a_call() -> None:
    """More calls than workers, each nearly as long as its deadline, all succeed."""
    results: list[object] = []

    async def call() -> None:
        results.append(await run_in_worker(time.sleep, 1.0, deadline_seconds=10.5))

    async with anyio.create_task_group() as group:
        for _ in range(max(2, os.cpu_count() or 1) * 2):
            group.start_soon(call)
    assert results == [None] * max(2, os.cpu_count() or 1) * 2


async def test_a_worker_has_no_environment_and_writes_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the daemon's secrets is there, and nothing can be left behind."""
    monkeypatch.setenv("FIGUREWATCH_EMAIL__PASSWORD", "hunter2")
    assert await run_in_worker(environment, deadline_seconds=20) == {"TZ": "UTC"}
    target = tmp_path / "x"
    ended = await run_in_worker(write_something, str(target), deadline_seconds=20)
    assert ended == "OSError"
    assert not target.exists() or target.stat().st_size == 0


async def test_a_sealed_worker_opens_nothing() -> None:
    """Neither file nor socket; afterwards both again. Outside a worker nothing is closed."""
    ends = await run_in_worker(open_things, deadline_seconds=20)
    assert ends == ["OSError", "OSError", "after"]
    with sealed(), open("/dev/null", encoding="ascii"):  # noqa: ASYNC230, PTH123
        pass


HOSTILE = {
    "quadratic author": "<item><author>" + "a" * 60_000 + "@</author></item>",
    "many attributes": "<item " + " ".join(f'a{i}="1"' for i in range(100_000)) + "></item>",
    "many categories": "<item>" + "".join(f"<category>{i}</category>" for i in range(20_000)),
    "deep markup": "<item><title>" + "<a>" * 50_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("items", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_feeds_end_within_their_deadline(items: str) -> None:
    """Inputs of a few hundred kilobytes that keep feedparser busy for minutes cost two seconds."""
    await run_in_worker(abs, -1, deadline_seconds=20)  # a warm worker
    body = f"<rss><channel>{items}</channel></rss>".encode()
    try:
        await run_in_worker(PARSE, body, deadline_seconds=2)
    except ParseError as error:
        assert error.reason == "worker"  # noqa: PT017  (a faster machine may finish)


async def test_a_json_document_that_swells_is_stopped_by_the_memory_limit() -> None:
    """Twenty megabytes of nested lists would be a gigabyte of objects."""
    body = b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"[[]]," * 4_000_000
    with pytest.raises(ParseError) as caught:
        await run_in_worker(PARSE, body + b"[]]}", deadline_seconds=30)
    assert caught.value.reason == "worker"


SCRIPT = """
import asyncio, sys
from monitor.workers import run_in_worker
async def main():
    print(await run_in_worker(abs, -7, deadline_seconds=30), flush=True)
if __name__ == "__main__":
    print("begun", flush=True)
    sys.exit(asyncio.run(main()))
"""


def test_a_program_with_an_idle_worker_ends_at_once_and_runs_its_script_once(
    tmp_path: Path,
) -> None:
    """Workers load the parent's script as a module, and an idle one keeps nobody from leaving."""
    script = tmp_path / "program"
    script.write_text(SCRIPT, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    # Python 3.11 says this when the loop closes between a child's end and its own look at it.
    noise = re.sub(r"Unknown child process pid \d+, will report returncode 255\n", "", ended.stderr)
    assert (ended.stdout, noise) == ("begun\n7\n", "")


@pytest.mark.parametrize("module", ["monitor/__main__.py"])
def test_the_command_can_be_loaded_by_a_worker_without_running(module: str) -> None:
    """`python -m monitor` and the console script are guarded: workers import them."""
    code = f"import runpy; runpy.run_path({module!r}, run_name='__mp_main__')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (ended.stdout, ended.stderr) == ("", "")
