# SPDX-License-Identifier: Apache-2.0
"""Places that get or have troops without a preposition: "sent Russia 10,000", "Belarus hosts N".

What it is not: places that a preposition leads to (`spots`). Rules of this file: a capital that
receives is its government, no place; of two places that host together the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.knowledge import Name, NameKind

_STOP = re.compile(r"[;:\"]")
# Who asks for soldiers, lets them stay or sends them home, has them on his soil.
_ASKING = frozenset(
    "asked asks request requests requested wants wanted expecting ordered orders told accept accepts accepted take lets let allowed "  # noqa: SIM905
    "allows invited invites welcomed welcomes home expelled expels approved".split()
)
_OPENS = re.compile(
    r"(?:[^,;:\"]{3,60},\s+)?\W*(?:the\s+|(?:the\s+)?(?:government|junta|parliament|president|authorities)\s+(?:of|in)\s+)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:'s?)?(?:\s+[a-z]+){0,3}?\s+(?:has\s+|have\s+|had\s+|would\s+|will\s+|is\s+|was\s+)?(?:formally\s+|also\s+|now\s+)?"
    r"(?:asked\s+[^,;]{3,40}\s+for|requests?\s+for|requested|wants\s+(?:an?\s+)?(?:permanent\s+)?(?:[A-Z]{2}\s+presence\s+of)?|expecting|"
    r"order(?:s|ed)|told(?=\s+(?:the|all)\s+(?:[a-z]+\s+)?$)|accept(?:s|ed)?|agreed\s+to\s+(?:take|host|receive|accept)|lets?\s+[^,;]{3,40}\s+(?:station|base|keep|deploy)|"
    r"allow(?:s|ed)\s+[^,;]{3,40}\s+to\s+(?:station|base|keep|deploy)|invit(?:es|ed)(?:\s+in)?|welcom(?:es|ed)|"
    r"(?:refused|rejected|agreed|wants|decided)\s+(?:a\s+call\s+|calls\s+)?to\s+(?:send\s+home|expel|throw\s+out)|expel(?:s|led)|send(?:s|ing)?\s+home|"
    r"approv(?:es|ed)\s+the\s+(?:entry|presence|stay|deployment)\s+of)\b"
)
# How far before the number "hosts" may stand.
_HOSTED = 80
_HAS = re.compile(
    r"(?:\s[a-z]+)?\s(?:has|had|have|holds|held|saw|sees|now has|still has|already has|gets|got)\s"
    r"(?:\w+\s){0,3}"
)


def recipient(
    sentence: Sentence, counted: Counted, grammar: Grammar, homes: Mapping[str, str]
) -> str | None:
    """Read "supplied Moscow with 3,000 soldiers", "sent Russia 10,000 troops"."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 60)
    for name in reversed(sentence.names):
        if name.end > left or name.start < floor or NameKind.ACTOR not in name.senses:
            continue
        gap = text[name.end : left]
        if gap.strip() and not (gap.startswith(" with ") and not _STOP.search(gap)):
            continue
        if grammar.ends("places.giving", text, floor, name.start):
            return homes.get(name.senses[NameKind.ACTOR])
    return None


def host(
    sentence: Sentence, counted: Counted, grammar: Grammar, homes: Mapping[str, str]
) -> str | None:
    """Read "Belarus hosts 9,000", "Goma is held by 6,000", "Manipur has 60,000 on its streets"."""
    text, left = sentence.text, counted.quantity.left
    match = grammar.last("force.hosts", text, max(sentence.start, left - _HOSTED), left)
    if match is None:
        return _holder(sentence, left)
    for name in reversed(sentence.names):
        place = name.senses.get(NameKind.PLACE)
        if name.end > match.start() or place is None:
            continue
        beside = text[max(sentence.start, name.start - 12) : name.start].rstrip().split()[-1:]
        if beside == ["opposite"]:
            continue
        # A capital that receives is its government.
        if NameKind.ACTOR in name.senses and place not in homes.values():
            led = text[max(sentence.start, name.start - 12) : name.start].endswith("in ")
            return place if led or match[0].lower().endswith(" by") else None
        return _first_named(sentence, name) or place
    return None


def asker(sentence: Sentence, left: int, force: str | None, homes: Mapping[str, str]) -> str | None:
    """Read "Niger's rulers ordered the last 1,000 American soldiers out", "asked Senegal for 500": the asker's soil.

    `force` is whose soldiers they are: nobody asks for, or sends home, his own.
    """
    text = sentence.text
    if force is None or not sentence.has(_ASKING):
        return None
    for name in sentence.names:
        state = name.senses.get(NameKind.ACTOR)
        if name.end > left or state is None or state == force or state not in homes:
            continue
        opens = _OPENS.fullmatch(text, sentence.start, name.start) is not None
        asks = _ASKS.match(text, name.end, left) if opens else None
        if asks is not None and not _STOP.search(text, asks.end(), left):
            return homes[state]
        return None
    return None


def _first_named(sentence: Sentence, last: Name) -> str | None:
    """Return the first of two places: "bases in Dushanbe and Bokhtar, home to 7,000"."""
    for name in sentence.names:
        if NameKind.PLACE in name.senses and sentence.text[name.end : last.start] == " and ":
            return name.senses[NameKind.PLACE]
    return None


def _holder(sentence: Sentence, left: int) -> str | None:
    """Read "Manipur has some 60,000 soldiers on its streets": a place that does not act has them."""
    for name in reversed(sentence.names):
        place = name.senses.get(NameKind.PLACE)
        if name.end > left or place is None:
            continue
        if NameKind.ACTOR in name.senses or _HAS.fullmatch(sentence.text, name.end, left) is None:
            return None
        before = sentence.text[max(sentence.start, name.start - 4) : name.start]
        return None if before.endswith(("of ", "'s ")) else place
    return None
