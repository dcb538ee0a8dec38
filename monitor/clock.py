# SPDX-License-Identifier: Apache-2.0
"""The clock: the only module that asks what time it is.

What it is not: a scheduler. Rules of this file: wall-clock times are aware UTC without
microseconds' noise removed or added; intervals are measured on the monotonic clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
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
