# SPDX-License-Identifier: Apache-2.0
"""What happened in a demo, collected from the daemon's log events.

What it is not: printing (`stage`) or judging (`promise`). Rules of this file: only fields of events
are read, as `monitor.telling` writes them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from monitor.demo.daemon import CHANNELS, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One article that the daemon decided, with the alerts that it raised."""

    event: Event
    alerts: tuple[Event, ...]

    @property
    def title(self) -> str:
        """Return the article's title."""
        return str(self.event["title"])

    @property
    def pushed(self) -> tuple[Event, ...]:
        """Return the alerts that somebody is told now; the others are kept for the digest."""
        return tuple(alert for alert in self.alerts if alert["disposition"] == "alert")

    @property
    def fate(self) -> str:
        """Return what became of it: "alert:<verdict>" or "silent:<reason>"."""
        if self.pushed:
            return f"alert:{self.pushed[0]['verdict']}"
        return f"silent:{reason_of(self.event)}"


def reason_of(event: Event) -> str:
    """Return why a decided article that raised no alert stayed silent."""
    if event["silenced"] is not None:
        return str(event["silenced"])
    if not event["claims"]:
        return "no-figure"
    if event["verdict"] == "duplicate":
        return "duplicate"
    return str(event["claims"][0]["verdict"])


@dataclass(slots=True)
class Record:
    """Everything so far."""

    seeded_articles: int = 0
    seeded_claims: int = 0
    polls: Counter[str] = field(default_factory=Counter)  # by outcome
    decided: list[Decided] = field(default_factory=list)
    delivered: dict[str, set[str]] = field(default_factory=dict)  # alert id -> channels
    troubles: list[str] = field(default_factory=list)

    @property
    def claims(self) -> int:
        """Return how many claims were judged."""
        return sum(len(row.event["claims"]) for row in self.decided)

    @property
    def pushed(self) -> list[Event]:
        """Return every alert that was to be told."""
        return [alert for row in self.decided for alert in row.pushed]

    @property
    def silent(self) -> Counter[str]:
        """Return how many articles raised no alert, by reason."""
        return Counter(row.fate.partition(":")[2] for row in self.decided if not row.pushed)

    def titled(self, article: str | None) -> str | None:
        """Return the title of a decided article by its id."""
        return next((row.title for row in self.decided if row.event["article"] == article), None)

    def everything_is_delivered(self) -> bool:
        """Say whether every alert that was to be told went out by every channel."""
        return all(self.delivered.get(row["alert"], set()) >= set(CHANNELS) for row in self.pushed)
