# SPDX-License-Identifier: Apache-2.0
"""A form that was filled in, read into preferences.

What it is not: the form (`web.pages`). Rules of this file: pure; what a form holds is a stranger's,
and only what is on the lists of choices gets through; a mistake is named by its field, in English
that the catalogue translates; nothing of what was typed is repeated in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from monitor.core.members import Pace, Preferences
from monitor.core.model import SEVERITY_ORDER, Severity
from monitor.core.subscribers import QuietHours

EVERYTHING = "*"
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?")

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen: rules with their titles, measures, languages with their names, zones."""

    rules: Mapping[str, str]
    measures: tuple[str, ...]
    languages: Mapping[str, str]
    zones: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a form says, or what is wrong with it: a sentence by field."""

    preferences: Preferences
    mistakes: Mapping[str, str]


def field(form: Form, name: str) -> str:
    """Return the one value of a field; "" where it is not there."""
    values = form.get(name, ())
    return values[0].strip(" ") if values else ""


def read_wishes(form: Form, choices: Choices) -> Wishes:
    """Return the preferences of a form that shows all of them."""
    mistakes: dict[str, str] = {}
    rules, measures = _topics(form, choices)
    if not rules and not measures:
        mistakes["topics"] = "Choose at least one topic."
    language = field(form, "language")
    if language not in choices.languages:
        mistakes["language"], language = "Choose a language from the list.", "en"
    zone = field(form, "zone") or "UTC"
    if zone not in choices.zones:
        mistakes["zone"], zone = "Choose a time zone from the list.", "UTC"
    preferences = Preferences(
        rules=rules,
        measures=measures,
        min_severity=_severity(form, mistakes),
        pace=_pace(form, mistakes),
        digest_at=_digest_at(form, mistakes),
        quiet=_quiet(form, mistakes),
        language=language,
        zone=zone,
    )
    return Wishes(preferences=preferences, mistakes=mistakes)


def _topics(form: Form, choices: Choices) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rules = set(form.get("rule", ()))
    if EVERYTHING in rules:
        return (EVERYTHING,), ()
    measures = set(form.get("measure", ()))
    return (
        tuple(name for name in choices.rules if name in rules),
        tuple(name for name in choices.measures if name in measures),
    )


def _severity(form: Form, mistakes: dict[str, str]) -> Severity:
    given = field(form, "severity") or Severity.INFO.value
    if given not in SEVERITY_ORDER:
        mistakes["severity"] = "Choose one of the listed answers."
        return Severity.INFO
    return Severity(given)


def _pace(form: Form, mistakes: dict[str, str]) -> Pace:
    given = field(form, "pace") or Pace.NOW.value
    if given not in tuple(Pace):
        mistakes["pace"] = "Choose one of the listed answers."
        return Pace.NOW
    return Pace(given)


def _digest_at(form: Form, mistakes: dict[str, str]) -> time:
    given = field(form, "digest_at")
    found = _clock(given)
    if given and found is None:
        mistakes["digest_at"] = "A time looks like 07:00."
    return found or time(7)


def _quiet(form: Form, mistakes: dict[str, str]) -> QuietHours | None:
    start, end = field(form, "quiet_from"), field(form, "quiet_to")
    if not start and not end:
        return None
    first, last = _clock(start), _clock(end)
    if first is None or last is None:
        mistakes["quiet"] = "Give both times, such as 22:00 and 07:00, or neither."
        return None
    if first == last:
        mistakes["quiet"] = "Quiet hours must not begin and end at the same time."
        return None
    return QuietHours(start=first, end=last)


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    return time(int(match[1]), int(match[2])) if match else None
