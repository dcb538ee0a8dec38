# SPDX-License-Identifier: Apache-2.0
"""Lists that may have to be cut: what is left out is counted, and how to see it is said.

What it is not: what the lines say (`alarms`), or what a platform takes (`formats`). Rules of this
file: pure; a list that was cut always ends with how many are missing; what follows the list (advice)
is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_SEEN_BY = re.compile(r"(?:And (?P<more>[\d,]+) more; to|To) see them: (?P<command>.+)")


def seen_by(command: str, more: int = 0) -> str:
    """Return the line after a list: how many are not in it, and the command that shows them all."""
    return f"And {more:,} more; to see them: {command}" if more else f"To see them: {command}"


def shortened(lines: Sequence[str], fits: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """Return the lines, or as many of the first as fit with a line that counts the others.

    Where a line of `seen_by` stands, the list ends there: its count grows by what is cut, and what
    follows it stays. If no cut fits, the shortest is returned.
    """
    if fits(lines):
        return tuple(lines)
    found = [(index, _SEEN_BY.fullmatch(line)) for index, line in enumerate(lines)]
    index, match = next((row for row in found if row[1]), (len(lines), None))
    missing = int((match["more"] or "0").replace(",", "")) if match else 0
    made = tuple(lines)
    for kept in range(index - 1, -1, -1):
        more = missing + index - kept
        last = seen_by(match["command"], more) if match else f"And {more:,} more"
        made = (*lines[:kept], last, *lines[index + 1 :])
        if fits(made):
            return made
    return made
