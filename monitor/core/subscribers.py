# SPDX-License-Identifier: Apache-2.0
"""Who wants to be told, about what, how and when.

What it is not: where subscribers come from (the configuration, or people themselves). Rules of this
file: records only; a subscriber's times are wall-clock times of their zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, time, timedelta, tzinfo
from enum import StrEnum
from fnmatch import fnmatchcase

from monitor.core.model import SEVERITY_ORDER, Alert, Channel, ChannelKind, Severity


class When(StrEnum):
    """What becomes of an alert that a route matches."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


class Period(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end`, perhaps over midnight, only alerts of severity `but` come through."""

    start: time
    end: time
    but: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """When the digest comes; `weekday` (0 is Monday) counts for a weekly one. `when_empty` sends
    one although there is nothing in it but the coverage."""

    period: Period = Period.DAILY
    at: time = time(7)
    weekday: int = 0
    when_empty: bool = False

    @property
    def on(self) -> int | None:
        """Return the only weekday it comes on, or None for every day."""
        return self.weekday if self.period is Period.WEEKLY else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The first route of a subscriber that matches an alert says where it goes, and when.

    `kinds` are the kinds of channel it goes through; empty means all.
    """

    rules: tuple[str, ...] = ("*",)
    min_severity: Severity = Severity.INFO
    kinds: tuple[ChannelKind, ...] = ()
    when: When = When.NOW

    def matches(self, alert: Alert) -> bool:
        """Say whether the route is for this alert."""
        return is_named(alert.rule, self.rules) and is_loud(alert.severity, self.min_severity)

    def takes(self, channel: Channel) -> bool:
        """Say whether the route leads through this channel."""
        return not self.kinds or channel.kind in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Who is told. `rules` are shell-style patterns over rule ids ("troops.*"); an alert is wanted
    as well if its figure counts one of `measures`. Nothing outside of `within` is.

    `window` collects the alerts of one rule; `budget` is the most messages that one poll may make
    for a channel, `per_hour` the most that an hour may (None: any number).
    """

    id: str
    channels: tuple[Channel, ...]
    rules: tuple[str, ...] = ("*",)
    measures: tuple[str, ...] = ()
    within: tuple[str, ...] = ("*",)
    min_severity: Severity = Severity.INFO
    zone: tzinfo = UTC
    window: timedelta = timedelta()
    quiet: QuietHours | None = None
    digest: DigestPlan = field(default_factory=DigestPlan)
    budget: int = 20
    per_hour: int | None = None
    routes: tuple[Route, ...] = ()

    def route(self, alert: Alert) -> Route | None:
        """Return where an alert goes, or None where the subscriber does not want it."""
        if not self._is_about(alert) or not is_loud(alert.severity, self.min_severity):
            return None
        if not self.routes:
            return Route()
        return next((route for route in self.routes if route.matches(alert)), None)

    def _is_about(self, alert: Alert) -> bool:
        if not is_named(alert.rule, self.within):
            return False
        if is_named(alert.rule, self.rules):
            return True
        return alert.claim is not None and alert.claim.series.measure in self.measures


def is_loud(severity: Severity, least: Severity) -> bool:
    """Say whether a severity is at least `least`."""
    return SEVERITY_ORDER.index(severity) >= SEVERITY_ORDER.index(least)


def is_named(rule: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a rule's id fits one of the patterns."""
    return any(fnmatchcase(rule, pattern) for pattern in patterns)
