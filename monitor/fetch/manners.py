# SPDX-License-Identifier: Apache-2.0
"""Manners towards hosts: few connections at once, and a pause between the starts of requests.

What it is not: when a feed is due (`schedule`). Rules of this file: a gate belongs to a host name,
whatever asks; waiting for one never holds up another host.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

# Hosts whose gate nobody uses are forgotten beyond this many.
_MOST_GATES = 4096


class _Gate:
    """One host: who is inside, and when the next request may start."""

    def __init__(self, connections: int) -> None:
        self.room = anyio.Semaphore(connections)
        self.next_start = 0.0
        self.users = 0


class Gates:
    """The gates of all hosts; `interval_seconds` lies between the starts of two requests."""

    def __init__(self, connections: int, interval_seconds: float) -> None:
        self._connections = connections
        self._interval = interval_seconds
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn, then hold one of its connections."""
        if len(self._gates) > _MOST_GATES:
            self._forget_idle()
        gate = self._gates.setdefault(host, _Gate(self._connections))
        gate.users += 1
        try:
            async with gate.room:
                now = anyio.current_time()
                start = max(now, gate.next_start)
                gate.next_start = start + self._interval
                await anyio.sleep(start - now)
                yield
        finally:
            gate.users -= 1

    def _forget_idle(self) -> None:
        now = anyio.current_time()
        self._gates = {
            host: gate for host, gate in self._gates.items() if gate.users or gate.next_start > now
        }
