# SPDX-License-Identifier: Apache-2.0
"""What we say to a person, in their language and by their clock.

What it is not: the catalogues (data under `monitor/locales`, read by `monitor.locales`), or what
feeds say, which nobody translates. Rules of this file: pure; the English text is the key, so a text
that a catalogue does not have is shown in English rather than not at all; values are put in after
translating, so that nothing from outside is ever looked up or taken for a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from monitor.core.model import names_a_day

_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HOLE = re.compile(r"\{(\w+)\}")
_ENGLISH_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A language, and the zone of whoever reads. `texts` are translations by the English text.

    `day` is the pattern of a date ("{day} {month} {year}"), `thousands` parts groups of digits.
    """

    language: str = "en"
    name: str = "English"
    texts: Mapping[str, str] = field(default_factory=dict)
    months: tuple[str, ...] = _ENGLISH_MONTHS
    day: str = "{day} {month} {year}"
    thousands: str = ","
    zone: tzinfo = UTC

    def __call__(self, english: str, /, **values: object) -> str:
        """Return a text in this language, its holes filled."""
        text = self.texts.get(english, english)
        return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), text)

    def figures(self, text: str) -> str:
        """Return a line of ours with its numbers grouped as this language does it."""
        return text if self.thousands == "," else _GROUPED.sub(self.thousands, text)

    def date(self, moment: date) -> str:
        """Return "4 Nov 2024"."""
        month = self.months[moment.month - 1]
        return _HOLE.sub(
            lambda hole: str({"day": moment.day, "month": month, "year": moment.year}[hole[1]]),
            self.day,
        )

    def minute(self, moment: datetime) -> str:
        """Return "4 Nov 2024, 20:00 UTC", by the reader's clock."""
        there = moment.astimezone(self.zone)
        return f"{self.date(there.date())}, {there:%H:%M} {there:%Z}"

    def published(self, moment: datetime) -> str:
        """Return when something was published: to the minute, or the day where only that is known."""
        return self.date(moment.date()) if names_a_day(moment) else self.minute(moment)


ENGLISH = Words()


def holes(text: str) -> frozenset[str]:
    """Return the names of what has to be filled in."""
    return frozenset(_HOLE.findall(text))
