# SPDX-License-Identifier: Apache-2.0
"""Harm right beside a number: "sacrificed 2,500 soldiers", "34 wounded men", "holds 18 Cambodian soldiers".

What it is not: the verbs of a whole clause (`fates`). Rules of this file: only what stands next to the
number or its noun is looked at.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.knowledge import NameKind

_LABELLED = re.compile(
    r"\b(?:wounded|dead|killed|injured|casualties|losses|prisoners|missing|deaths|captured|fallen):\s+$",
    re.IGNORECASE,
)
_HURT = re.compile(r"\s+(?:hurt|short|fewer|absent|ill|sick|captive|prisoner|dead|missing)\b")
# "1,210 troops, 14 tanks, 27 artillery systems destroyed": the end of a list says what befell all.
_LISTED = re.compile(
    r"(?:\s*(?:,|and|,\s*and)\s*\d[\d,.]*\s+[a-z-]+(?:\s[a-z-]+)?){1,6}\s+"
    r"(?:were\s+|have\s+been\s+)?(?:destroyed|lost|eliminated|killed|hit|captured|wiped\s+out)\b"
)
_STRUCK_REACH, _EVENT_GAP = 70, 24
# What each expression cannot do without: whether one stands in a sentence is told at less cost.
_LABELS = frozenset(
    "wounded dead killed injured casualties losses prisoners missing deaths captured fallen".split()  # noqa: SIM905
)
_TAKING = frozenset(
    "claimed claims taken took consumed swallowed devoured eaten burned".split()  # noqa: SIM905
)
_HOLDING = frozenset(
    "holds hold holding held returned returns handed hands gave".split()  # noqa: SIM905
)
# "The battle has already claimed 4,000 men": what an event takes, dies.
_TAKEN = re.compile(
    r"\b(?:claimed|claims|taken|took|consumed|swallowed|devoured|eaten\s+up|burned\s+through)\s+$",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\b(?:holds|hold|holding|held|returned|returns|handed\s+(?:over|back)|hands\s+over|gave\s+back)\s+"
    r"(?:captive\s+|prisoner\s+)?$",
    re.IGNORECASE,
)


# "wants its 18 soldiers back", "got 300 men back": those were held by others.
_KIN_OF = re.compile(
    r"\s(?:of|for|to)\s+(?:(?:the|its|their|his|her|these|those|all|some|about)\s+){0,2}$"
)
# "7,000 soldiers are being held in Russia": who is held, not "held in reserve", is a prisoner.
_KEPT = re.compile(
    r"(?:\s+[\w'-]+){0,4}?\s+(?:are|were|is|was|be|been|remain|remained)\s+(?:(?:still|being|now)\s+){0,2}held\b"
    r"(?!\s+(?:in\s+(?:reserve|readiness)|back|ready|up|together))"
)
# "18 Cambodian soldiers held by Thailand since July"
_HELD_BY = re.compile(
    r"\s+(?:still\s+|now\s+|being\s+)?held\s+(?:captive\s+|prisoner\s+|hostage\s+)?(?:by|since|in\s+captivity)\b"
)
# "260 soldiers crossed the river into Thailand to surrender"
_SURRENDERS = re.compile(
    r"[^.;:\"]{0,60}?\b(?:to\s+surrender|(?:have\s+|had\s+|has\s+)?surrendered|gave\s+themselves\s+up|laid\s+down\s+their\s+(?:arms|weapons))\b"
    r"(?!\s+(?:the|its|their|ground|territory|control))"
)
_WHO = frozenset({"who"})
_YIELDING = frozenset({"surrender", "surrendered", "themselves", "laid"})
# "two of the 48 who have died there"
_WHO_DIED = re.compile(
    r"(?:\s+[a-z]+){0,2}?\s+who\s+(?:have\s+|had\s+)?(?:died|fallen|fell|perished|were\s+killed|been\s+killed|lost\s+their\s+lives|never\s+came\s+(?:back|home))\b"
)
_WANTS = re.compile(
    r"\b(?:wants?|wanted|demands?|demanded|gets?|got|getting|receives?|received)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_BACK = re.compile(r"\s+(?:\w+\s+)?back\b(?!\s+(?:in|to|on|at))")


def is_harmed(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether harm right beside the counted makes them losses or prisoners."""
    text = sentence.text
    return bool(
        (sentence.has(_LABELS) and _LABELLED.search(text, sentence.start, counted.quantity.left))
        or _HURT.match(text, counted.end)
        or (sentence.has(_HOLDING) and _KEPT.match(text, counted.end))
        or (sentence.has(_HOLDING) and _HELD_BY.match(text, counted.end))
        or (sentence.has(_YIELDING) and _SURRENDERS.match(text, counted.end, sentence.end))
        or has_died(sentence, counted)
        or grammar.search("rejects.harmed", text, counted.quantity.right, counted.end)
        or _LISTED.match(text, counted.end)
        or _is_struck(sentence, counted, grammar)
        or _is_held(sentence, counted)
        or _is_wanted(sentence, counted)
    )


def has_died(sentence: Sentence, counted: Counted) -> bool:
    """Read "two soldiers of the 48 who have died there": all who are counted are dead."""
    if not sentence.has(_WHO):
        return False
    return _WHO_DIED.match(sentence.text, counted.quantity.right, sentence.end) is not None


def _is_struck(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "sacrificed 2,500 soldiers", "the battle has claimed 4,000 men": harm right before them."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _STRUCK_REACH)
    if grammar.ends("rejects.struck", text, floor, left):
        return True
    kin = _KIN_OF.search(text, floor, left)
    if kin is not None and grammar.ends("rejects.kin", text, floor, kin.start()):
        return True
    taken = _TAKEN.search(text, floor, left) if sentence.has(_TAKING) else None
    event = grammar.last("rejects.events", text, floor, taken.start()) if taken else None
    return event is not None and taken is not None and taken.start() - event.end() <= _EVENT_GAP


def _is_held(sentence: Sentence, counted: Counted) -> bool:
    """Read "Thailand holds 18 Cambodian soldiers": those of another force are prisoners."""
    if counted.force is None or not sentence.has(_HOLDING):
        return False
    left = counted.quantity.left
    verb = _HOLDS.search(sentence.text, max(sentence.start, left - _STRUCK_REACH), left)
    if verb is None:
        return False
    for name in reversed(sentence.names):
        if name.end <= verb.start() and NameKind.ACTOR in name.senses:
            return name.senses[NameKind.ACTOR] != counted.force
    return False


def _is_wanted(sentence: Sentence, counted: Counted) -> bool:
    """Read "wants 18 of its soldiers back": whoever is wanted back is a prisoner, or dead."""
    left = counted.quantity.left
    if _BACK.match(sentence.text, counted.end) is None:
        return False
    return _WANTS.search(sentence.text, max(sentence.start, left - _STRUCK_REACH), left) is not None
