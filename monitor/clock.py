# SPDX-License-Identifier: Apache-2.0
"""The clock: the only module that asks what time it is.

What it is not: a scheduler. Rules of this file: wall-clock times are aware UTC without
microseconds' noise removed or added; intervals are measured on the monotonic clock; who waits for
stored times goes by a steady clock, whose jumps come when it is told to jump.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is; tests pass one that they set."""

    def now(self) -> datetime:
        """Return the wall-clock time as aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never jumps."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the wall-clock time as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on a clock that never jumps."""
        return time.monotonic()


class SteadyClock:
    """A wall clock that goes on as it began; jumps of the one beneath it are taken over by `move`.

    Whatever is due by stored times can so be moved in the same step: a time written between a jump
    and its discovery would otherwise be moved although it is right already.
    """

    def __init__(self, beneath: Clock) -> None:
        self._beneath = beneath
        self._offset = beneath.now() - timedelta(seconds=beneath.monotonic())

    def now(self) -> datetime:
        """Return the wall-clock time as aware UTC, as if the clock had never been set since."""
        return self._offset + timedelta(seconds=self._beneath.monotonic())

    def monotonic(self) -> float:
        """Return seconds on a clock that never jumps."""
        return self._beneath.monotonic()

    def behind(self) -> timedelta:
        """Return how far the clock beneath is ahead of this one."""
        return self._beneath.now() - self.now()

    def move(self, by: timedelta) -> None:
        """Set this clock forward, or back."""
        self._offset += by
