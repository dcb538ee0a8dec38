# SPDX-License-Identifier: Apache-2.0
"""Worker processes that can be killed: where bytes from outside are parsed.

What it is not: a job queue; a call lives and dies with the task that waits for it. Rules of this
file: what runs here may burn, swell or crash, and the only thing that follows is a `ParseError`;
waiting for a free worker is not counted against a call, because another call's misbehaviour must
not fail this one; workers hold no secrets (empty environment), write no files, leave no core dumps,
and go first when memory runs out.
"""

from __future__ import annotations

import math
import os
import pickle
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import to_process
from anyio.lowlevel import RunVar

from monitor.core.errors import MonitorError, ParseError

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

# One more than a single core needs: a feed that burns its whole budget must not stop the others.
_WORKERS = max(2, os.cpu_count() or 1)
_MEMORY_BYTES = 512 * 1024 * 1024
_OUT_OF_MEMORY_SCORE = "700"
# Not empty in a worker, whose limits are nobody else's.
_sealable: list[bool] = []
_room: RunVar[anyio.CapacityLimiter] = RunVar("figurewatch_worker_room")


async def run_in_worker(
    function: Callable[[*Arguments], Result], *args: *Arguments, deadline_seconds: float
) -> Result:
    """Call `function` in a worker process and return what it returns.

    `function`, arguments and result are pickled; the function must be importable by name (a
    `functools.partial` of one will do). `deadline_seconds` bounds both the time and the CPU time.
    Raises `ParseError` as the function raised it, and `ParseError("worker", …)` when the worker
    died, ran out of time or memory, or raised anything else.
    """
    async with _limiter():
        try:
            with anyio.fail_after(deadline_seconds):
                pickled = await to_process.run_sync(
                    _confined,
                    function,
                    args,
                    math.ceil(deadline_seconds),
                    cancellable=True,
                    limiter=anyio.CapacityLimiter(1),
                )
        except TimeoutError as error:
            raise ParseError("worker", f"took longer than {deadline_seconds:g} s") from error
        except anyio.BrokenWorkerProcess as error:
            raise ParseError("worker", "died (out of CPU time or memory, or crashed)") from error
    result: Result = pickle.loads(pickled)  # noqa: S301  (made by our own code on the other side)
    return result


def _limiter() -> anyio.CapacityLimiter:
    try:
        return _room.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_WORKERS)
        _room.set(limiter)
        return limiter


def _confined(
    function: Callable[[*Arguments], Result], args: tuple[*Arguments], cpu_seconds: int
) -> bytes:
    """Run in the worker: call the function under the limits of this call; return it pickled."""
    _confine_process()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    budget = math.ceil(usage.ru_utime + usage.ru_stime) + cpu_seconds
    # Only the soft limit: a worker serves many calls, and a lowered hard limit cannot be raised.
    resource.setrlimit(resource.RLIMIT_CPU, (budget, resource.RLIM_INFINITY))
    try:
        return pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL)
    except MonitorError:
        raise
    except MemoryError:
        raise ParseError("worker", "ran out of memory") from None
    except Exception as error:  # noqa: BLE001
        # Any exception of a parser is the input's fault until shown otherwise; its class may not
        # exist, or not unpickle, on the other side.
        raise ParseError("worker", f"{type(error).__name__}: {error}"[:500]) from None


@cache
def _confine_process() -> None:
    """Run in the worker, once: give up what parsing does not need."""
    # A terminal sends its interrupt to the whole group; workers end when their parent does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    os.environ["TZ"] = "UTC"
    time.tzset()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # not everywhere is there such a file, or is it ours to write
        Path("/proc/self/oom_score_adj").write_text(_OUT_OF_MEMORY_SCORE, encoding="ascii")
    _sealable.append(True)


@contextmanager
def sealed() -> Iterator[None]:
    """Let the process open no file and no socket inside the block; does nothing outside a worker."""
    if not _sealable:
        yield
        return
    lowest_free = os.dup(0)
    os.close(lowest_free)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
