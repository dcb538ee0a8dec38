# SPDX-License-Identifier: Apache-2.0
"""What the numbers of a story counted so far, sentence by sentence: troops, or something else.

What it is not: the rule when a bare number goes on from them (`resumed`, `reader`). Rules of this file:
only the number counted last in a sentence is remembered.
"""

from __future__ import annotations

# Numbers that say nothing of what the next one counts.
NO_COUNT = frozenset({"no-noun", "year", "date", "time", "code", "designation", "weak-noun"})
# Bodies of soldiers, and measures, after which bare numbers are soldiers again.
_UNITS = frozenset(
    f"counts {noun}"
    for noun in [
        "battalions",
        "brigades",
        "brigade",
        "divisions",
        "regiments",
        "companies",
        "units",
        "members",
        "countries",
        "nations",
        "states",
        "days",
        "weeks",
        "months",
        "years",
        "day",
        "week",
        "month",
        "year",
        "hours",
        "bases",
        "villages",
        "settlements",
        "km",
        "miles",
    ]
)


class Antecedents:
    """The number counted last in each sentence."""

    def __init__(self) -> None:
        self._last: dict[int, bool] = {}
        self._things: dict[int, str] = {}

    def note(self, index: int, reason: str | None) -> None:
        """Remember that a number was taken, or why it was not."""
        if reason is None:
            self._last[index] = True
            self._things.pop(index, None)
        elif reason not in NO_COUNT:
            self._last[index] = False
            self._things[index] = reason

    def other(self, index: int) -> None:
        """Remember that a number counted a noun that no list knows."""
        self._last[index] = False

    def last(self, index: int, reach: int) -> bool | None:
        """Say whether the number counted last, up to `reach` sentences back, was taken; None without one."""
        for earlier in range(index, max(-1, index - reach), -1):
            if earlier in self._last:
                return self._last[earlier]
        return None

    def thing(self, index: int, refused: str | None) -> str | None:
        """Return what was counted instead just before a number: "counts trucks"."""
        thing = refused or self._things.get(index - 1, "")
        return thing if thing.startswith("counts ") and thing not in _UNITS else None
