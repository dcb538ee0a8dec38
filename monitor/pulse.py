# SPDX-License-Identifier: Apache-2.0
"""What the daemon knows about itself: counters, last times, and what is wrong right now.

What it is not: judging feeds (`core.health`), or showing anything. Rules of this file: no input or
output and no clock of its own; everything that health pages, metrics, `status` and the watchdog say
about the daemon comes from here, so that they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# The watchdog is fed, and the daemon called ready, only while each of these moved so lately.
LATEST_TICK = timedelta(seconds=30)
LATEST_WRITE = timedelta(seconds=45)
LATEST_DELIVERY = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Pulse:
    """One per process; written by the daemon and its pipeline, read by everybody."""

    started: datetime | None = None
    polls: Counter[str] = field(default_factory=Counter)
    poll_seconds: float = 0.0
    fetches: int = 0
    fetch_seconds: float = 0.0
    wait_seconds: float = 0.0
    articles: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    alerts: Counter[tuple[str, str]] = field(default_factory=Counter)
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)
    pushes: Counter[str] = field(default_factory=Counter)
    jobs: Counter[tuple[str, str]] = field(default_factory=Counter)
    clock_jumps: int = 0
    last_tick: float | None = None
    last_write: float | None = None
    ticked: datetime | None = None
    reloaded: datetime | None = None
    reload_refused: str | None = None
    storage: str | None = None
    store_refusal: str | None = None
    troubles: tuple[str, ...] = ()
    queue_stuck: bool = False
    address_filter: str | None = None
    stopping: bool = False

    def polled(self, outcome: str, seconds: float) -> None:
        """Count a poll by how it ended."""
        self.polls[outcome] += 1
        self.poll_seconds += seconds

    def fetched(self, seconds: float, waited: float) -> None:
        """Count a request for a feed, however it ended: its own time, and that for its turn."""
        self.fetches += 1
        self.fetch_seconds += seconds
        self.wait_seconds += waited

    def complaints(self, monotonic: float) -> tuple[str, ...]:
        """Return why the daemon is not doing its work, in plain words; empty while it is."""
        return tuple(
            text
            for text in (
                "it is stopping" if self.stopping else None,
                _late("the scheduler has not ticked", self.last_tick, LATEST_TICK, monotonic),
                _late("the database was not written", self.last_write, LATEST_WRITE, monotonic),
                self.store_refusal,
                self.storage,
                "due deliveries are not being tried" if self.queue_stuck else None,
            )
            if text is not None
        )

    def moves(self, monotonic: float) -> bool:
        """Say whether scheduler, database and queue all moved: what the watchdog guards.

        A full disk is not among them: a restart does not make room.
        """
        return (
            _late("", self.last_tick, LATEST_TICK, monotonic) is None
            and (
                self.store_refusal is not None
                or _late("", self.last_write, LATEST_WRITE, monotonic) is None
            )
            and not self.queue_stuck
        )

    def warnings(self) -> tuple[str, ...]:
        """Return what an operator should look at although the work goes on."""
        found = []
        if self.reload_refused is not None:
            found.append(
                f"the last reload was refused, the old configuration is in force: {self.reload_refused}"
            )
        troubles = Counter[str]()
        for (_, outcome), count in self.jobs.items():
            troubles[outcome] += count
        found += [
            f"{count} scheduled jobs {outcome}" for outcome, count in sorted(troubles.items())
        ]
        if self.clock_jumps:
            found.append(f"the clock jumped {self.clock_jumps} times")
        return (*found, *self.troubles)


def _late(what: str, last: float | None, limit: timedelta, monotonic: float) -> str | None:
    if last is None:
        return f"{what} yet"
    age = monotonic - last
    return f"{what} for {age:.0f} s" if age > limit.total_seconds() else None
