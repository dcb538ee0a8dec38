# SPDX-License-Identifier: Apache-2.0
"""What readers think of an alert they got.

What it is not: a vote that changes anything; people who write rules read it. Rules of this file:
one voice for each reader and alert, the last one counts; values are stored and stand in links, and
are never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Opinion(StrEnum):
    """Whether an alert was worth sending."""

    RIGHT = "right"  # the figure is right, and new to me
    WRONG = "wrong"  # it misreads the article
    KNEW = "knew"  # right, but nothing new


OPINION_WORDS: Mapping[Opinion, str] = {
    Opinion.RIGHT: "Right and new",
    Opinion.WRONG: "Wrong",
    Opinion.KNEW: "I knew it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many voices a rule's alerts got, and how many alerts it raised."""

    alerts: int = 0
    right: int = 0
    wrong: int = 0
    knew: int = 0
