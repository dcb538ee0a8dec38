# SPDX-License-Identifier: Apache-2.0
"""Turns: of everything that is done with one feed, one thing at a time.

What it is not: when something is due. Rules of this file: a claim counts from the moment it is made,
so that nothing is begun twice; whoever claimed must take the turn, which ends the claim.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The claims on all feeds, by feed id."""

    def __init__(self) -> None:
        self._claims = Counter[str]()
        self._locks: dict[str, asyncio.Lock] = {}

    def is_free(self, feed: str) -> bool:
        """Say whether nobody has claimed a feed."""
        return self._claims[feed] == 0

    def claim(self, feed: str) -> None:
        """Claim a turn; `turn` must follow."""
        self._claims[feed] += 1
        self._locks.setdefault(feed, asyncio.Lock())

    @asynccontextmanager
    async def turn(self, feed: str) -> AsyncIterator[None]:
        """Wait for a claimed turn and hold it."""
        try:
            async with self._locks[feed]:
                yield
        finally:
            self._claims[feed] -= 1
            if self._claims[feed] <= 0:
                del self._claims[feed], self._locks[feed]
