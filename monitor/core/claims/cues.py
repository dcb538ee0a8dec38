# SPDX-License-Identifier: Apache-2.0
"""A cue, and which of a sentence's cues covers a number.

What it is not: finding cues (`attribution`). Rules of this file: the innermost cue before a number
wins, else the first after it; an outlet gives way to whom it quotes, an act of will to a plain "said".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.grammar import Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.model import Source

_LAST_DAY = 31
# "Bucharest says 900 of them will go": what is said follows, with its own number.
_SUBJECT_OF_SAID = re.compile(
    r"\s+(?:that\s|(?!(?:on|in|at|after|when|as|while|during|before|last|this|by|for|since)\s)[^,;:.\"]{0,25}$)"
)
_CONTRASTS = re.compile(
    r",\s+(?:while|but|although|though|whereas|where|which|whom)\s+(?:the\s+)?\Z"
)
_BEGINS_PART = re.compile(r";\s+(?:(?:but|and|yet|while|now|today|the|an?)\s+)*\Z")
_SAME_BREATH, _NOUN = 3, 16
_INSERTED = re.compile(
    r"[,\"]\s+(?!where|while|and\b|but\b|though|although)(?:(?:an?|the)\s+)?(?:[\w-]+\s+){0,2}$"
)


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
    beside = (
        cue
        for cue in cues
        if (cue.rule == "according" and 0 <= cue.start - end <= _SAME_BREATH)
        or (cue.rule == "given" and cue.start >= end)
    )
    adjacent = next((cue for cue in beside if cue.source is not None and not cue.outlet), None)
    if adjacent is not None:
        return adjacent  # "well below the 170,000 cited by the president"
    before = [cue for cue in cues if cue.end <= start]
    after = [cue for cue in cues if cue.start >= end and cue.rule != "gapped"]
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


def _is_apart(sentence: Sentence, cue: Cue, after: int) -> bool:
    """Say whether only another number is somebody's: "which had 10,000, keeps 3,000 men by his reckoning"."""
    near = [q for q in sentence.quantities if after < q.left and q.right <= cue.start]
    if not near or not sentence.text.startswith("by ", cue.start):
        return False
    between = sentence.text[near[-1].right : cue.start]
    return (
        len(between) <= _NOUN and "," not in between and "," in sentence.text[after : near[-1].left]
    )


def leads_on(sentence: Sentence, cue: Cue, after: int) -> bool:
    """Say whether a cue says a number that follows, and so none before: "…; Kyiv says 900 of them"."""
    if cue.rule == "according":
        return _is_apart(sentence, cue, after)
    if cue.weak or cue.rule in {
        "according",
        "heading",
        "inverted",
        "estimate",
        "given",
        "backward",
        "gapped",
    }:
        return False
    if _CONTRASTS.search(sentence.text, sentence.start, cue.start) and cue.end < sentence.end - 2:
        return True  # "150 are left, while Kyiv insists that nobody is encircled"
    following = next((q for q in sentence.quantities if q.left >= cue.end), None)
    if following is None or following.high <= _LAST_DAY:
        return False
    ahead = _SUBJECT_OF_SAID.match(sentence.text, cue.end, following.left)
    if ahead is None:
        return False
    # "8,000 have moved, Austin said of the 10,000"
    return "that" in ahead[0] or not _INSERTED.search(sentence.text, sentence.start, cue.start)


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


def of_part(sentence: Sentence, cues: Sequence[Cue], quantity: Quantity) -> Sequence[Cue]:
    """Return the cues of the number's own part of a sentence, if semicolons part it and it has any."""
    text = sentence.text
    start = text.rfind(";", sentence.start, quantity.start) + 1 or sentence.start
    last = min((q.start for q in sentence.quantities if q.start > quantity.end), default=None)
    end = text.rfind(";", quantity.end, last) if last is not None else sentence.end
    end = end if end > 0 else sentence.end  # parts without a number go with the one before
    later = text.find(";", quantity.end, sentence.end)
    if (start, end) == (sentence.start, sentence.end):
        return [
            cue
            for cue in cues
            if later < 0 or cue.start < later or "," not in text[cue.end : sentence.end]
        ]
    own = [cue for cue in cues if start <= cue.start < end]
    if any(cue.source is not None for cue in own):
        return own
    # "…; none of them, an official said, will stay": what interrupts a later part, or begins it, is of that part.
    return [
        cue
        for cue in cues
        if cue.start < end
        or (
            "," not in text[cue.end : sentence.end]
            and not _BEGINS_PART.search(text, end, cue.start)
        )
    ]


def is_inserted(sentence: Sentence, cue: Cue) -> bool:
    """Say whether the cue only interrupts: "They number 11,000, it said, and are billeted in …"."""
    before = sentence.text[max(sentence.start, cue.start - 2) : cue.start].strip()
    after = sentence.text[cue.end : cue.end + 5]
    return before.endswith(",") and after in {", and", ", but"}
