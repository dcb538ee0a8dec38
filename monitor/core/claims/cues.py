# SPDX-License-Identifier: Apache-2.0
"""A cue, and which of a sentence's cues covers a number.

What it is not: finding cues (`attribution`). Rules of this file: the innermost cue before a number
wins, else the first after it; an outlet gives way to whom it quotes, an act of will to a plain "said".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.model import Source

_SAME_BREATH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A cue: what it spans, whom it names, and how sure that is.

    `source` None with `rule` pronoun or quote is resolved by the reader of the document.
    """

    start: int
    end: int
    source: Source | None
    rule: str
    outlet: bool = False
    channel: str | None = None
    weak: bool = False  # "pledged", "expects": rather an act than a statement
    form: str = ""  # of a pronoun: "he", "the commander"


def covering(cues: Sequence[Cue], start: int, end: int) -> Cue | None:
    """Return the cue whose scope covers the number at `start` to `end`; an outlet gives way."""
    before = [cue for cue in cues if cue.end <= start]
    after = [cue for cue in cues if cue.start >= end]
    chosen = before[-1] if before else (after[0] if after else None)
    if not before and chosen is not None and chosen.weak:
        firm = (cue for cue in after if not cue.weak and not cue.outlet and cue.source is not None)
        chosen = next(firm, chosen)
    if (
        chosen is not None
        and before
        and chosen.rule == "heading"
        and after
        and after[0].rule != "heading"
    ):
        chosen = chosen if chosen.source is not None and not chosen.outlet else after[0]
    if chosen is not None and before and chosen.weak:
        said = [cue for cue in after if not cue.weak and not cue.outlet and cue.source is not None]
        chosen = said[0] if said else chosen
    if chosen is not None and chosen.rule == "role" and before and after:
        named = [
            cue
            for cue in after
            if cue.rule in {"said", "inverted", "office", "title"} and not cue.outlet
        ]
        chosen = named[0] if named else chosen
    if chosen is not None:
        chosen = _quoted_by(chosen, cues)
    if chosen is None or not chosen.outlet:
        return chosen
    for cue in [*after, *reversed(before)]:
        if not cue.outlet and cue.source is not None:
            return Cue(
                start=cue.start,
                end=cue.end,
                source=cue.source,
                rule=cue.rule,
                channel=chosen.source.name if chosen.source else None,
            )
    return chosen


def _quoted_by(chosen: Cue, cues: Sequence[Cue]) -> Cue:
    """Return whom a carrier quotes in the same breath: "the paper reported, citing officials"."""
    for cue in cues:
        if cue.rule == "according" and 0 <= cue.start - chosen.end <= _SAME_BREATH:
            if cue.source is None or (cue.outlet and not chosen.outlet):
                continue
            return Cue(
                start=cue.start,
                end=cue.end,
                source=cue.source,
                rule=cue.rule,
                outlet=cue.outlet,
                channel=chosen.source.name if chosen.source else None,
            )
    return chosen
