# SPDX-License-Identifier: Apache-2.0
"""What a form offers, and how preferences are shown in it.

What it is not: reading a form (`core.wishes`). Rules of this file: only rules that may alert and
that the operator offers are shown to strangers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from fnmatch import fnmatchcase
from functools import lru_cache
from zoneinfo import available_timezones

from monitor.core.members import Pace, Preferences
from monitor.core.model import SEVERITY_ORDER, Severity
from monitor.core.wishes import EVERYTHING, Choices
from monitor.core.words import Words
from monitor.pipeline import Site
from monitor.web.pages import language_names

_SEVERITY_NAMES = {
    Severity.INFO: "Everything, also minor news",
    Severity.NOTICE: "Notable news and more",
    Severity.WARNING: "Warnings and more",
    Severity.HIGH: "Important news only",
    Severity.CRITICAL: "Critical news only",
}
_PACE_NAMES = {
    Pace.NOW: "At once",
    Pace.DAILY: "In a daily digest",
    Pace.WEEKLY: "In a weekly digest, on Mondays",
}
_NOT_PLACES = (
    "Etc/",
    "posix/",
    "right/",
    "SystemV/",
    "US/",
    "Brazil/",
    "Canada/",
    "Chile/",
    "Mexico/",
)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WishesView:
    """Preferences as the form shows them; `mistakes` are sentences by field."""

    everything: bool
    rules: tuple[Option, ...]
    measures: tuple[Option, ...]
    severities: tuple[Option, ...]
    paces: tuple[Option, ...]
    digest_at: str
    quiet_from: str
    quiet_to: str
    languages: tuple[Option, ...]
    zones: tuple[Option, ...]
    mistakes: Mapping[str, str]


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the time zones to choose from: UTC, and places."""
    places = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(_NOT_PLACES)))


def choices(site: Site) -> Choices:
    """Return what the operator offers."""
    offered = site.settings.web.topics
    rules = {
        rule.id: rule.title
        for rule in site.rules.rules
        if rule.is_live and any(fnmatchcase(rule.id, pattern) for pattern in offered)
    }
    asked = {
        rule.scope.measure
        for rule in site.rules.rules
        if rule.id in rules and rule.scope is not None
    }
    return Choices(
        rules=rules,
        measures=tuple(sorted(asked)),
        languages=language_names(),
        zones=frozenset(zones()),
    )


def wishes_view(
    wishes: Preferences, offered: Choices, words: Words, mistakes: Mapping[str, str]
) -> WishesView:
    """Return how the form shows preferences; a pattern is shown as what it names."""
    everything = EVERYTHING in wishes.rules
    return WishesView(
        everything=everything,
        rules=tuple(
            Option(name, title, not everything and _is_chosen(name, wishes.rules))
            for name, title in offered.rules.items()
        ),
        measures=tuple(
            Option(name, words(name), name in wishes.measures) for name in offered.measures
        ),
        severities=tuple(
            Option(row, words(_SEVERITY_NAMES[row]), row == wishes.min_severity)
            for row in SEVERITY_ORDER
        ),
        paces=tuple(Option(row, words(_PACE_NAMES[row]), row == wishes.pace) for row in Pace),
        digest_at=_clock(wishes.digest_at),
        quiet_from=_clock(wishes.quiet.start) if wishes.quiet else "",
        quiet_to=_clock(wishes.quiet.end) if wishes.quiet else "",
        languages=tuple(
            Option(code, name, code == wishes.language) for code, name in offered.languages.items()
        ),
        zones=tuple(Option(name, name, name == wishes.zone) for name in zones()),
        mistakes={name: words(text) for name, text in mistakes.items()},
    )


def _is_chosen(rule: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def wishes_facts(wishes: Preferences, offered: Choices, words: Words) -> list[tuple[str, str]]:
    """Return preferences in a few words, for a page that asks for a confirmation."""
    if EVERYTHING in wishes.rules:
        topics = words("Everything")
    else:
        rules = [title for name, title in offered.rules.items() if _is_chosen(name, wishes.rules)]
        measures = [
            words("All figures of: {measure}", measure=words(name)) for name in wishes.measures
        ]
        topics = "; ".join([*rules, *measures])
    facts = [
        (words("Topics"), topics),
        (words("Importance"), words(_SEVERITY_NAMES[wishes.min_severity])),
        (words("When"), words(_PACE_NAMES[wishes.pace])),
        (words("Language"), offered.languages.get(wishes.language, wishes.language)),
        (words("Time zone"), wishes.zone),
    ]
    if wishes.quiet is not None:
        hours = f"{_clock(wishes.quiet.start)}-{_clock(wishes.quiet.end)}"
        facts.append((words("Quiet hours"), hours))
    return facts
