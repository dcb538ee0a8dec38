# SPDX-License-Identifier: Apache-2.0
"""What would be: capacities, requests to others, scenarios, and what hangs on a condition.

What it is not: the modal verbs of a clause (`status`), or plans (`frames`). Rules of this file: what is asked of others
is only wished, what is wanted of one's own is planned; a condition counts only in the number's own clause.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.scopes import FINITE, NOTHING_HANGS, Frame, figure_end
from monitor.core.knowledge import NameKind
from monitor.core.model import Status

_LEFT, _NEAR, _FEW = 90, 48, 20
_ROOM = frozenset(
    "can could able enough designed built meant room space bed beds bunks barracks housing quarters berths accommodation tents capacity facilities rations uniforms".split()  # noqa: SIM905
)
# --- what would be ---
NEEDED = re.compile(r"\b(?:needed|required|necessary|enough|sufficient|a\s+miracle)\b")
_ASKING = frozenset(
    "ask asks asked asking urge urges urged urging request requests requested requesting beg begs begged begging beged beging begg beggs press presses pressed pressing lobbies lobbied lobbying plead pleads pleaded appeal appeals appealed appealing call calls called calling petitions petitioned want wants wanted invite invites invited inviting".split()  # noqa: SIM905
)
_SUPPOSING = frozenset(
    "suppose supposing imagine assume assuming let what scenario scenarios theory theoretically option options variant variants war".split()  # noqa: SIM905
)
_CONDITIONS = frozenset(
    "if unless provided case event once".split()  # noqa: SIM905
)
_SOUNDING = frozenset(
    "approached sounded canvassed asked requested invited urged pressed".split()  # noqa: SIM905
)
# One of these words stands in whatever a condition is.
_ON_CONDITION = frozenset(
    "if unless provided case event once should ceasefire truce armistice peace settlement "  # noqa: SIM905
    "agreement deal guns fighting war shooting".split()
)
_CONDITION = re.compile(
    r"\b(?i:(?<!asked )(?<!ask )(?<!wonder )(?<!even )(?<!as )(?<!know )(?<!more )if(?!"
    + NOTHING_HANGS
    + r")|unless|"
    r"provided\s+(?:that|there|we|they|it|he|she)\s+|in\s+case\s+of|in\s+the\s+event|"
    r"once\s+(?:\w+\s+){1,6}?(?:has|have|is|are)\b|should\s+(?:the\s+)?(?-i:[A-Z])[\w.]*\s+[a-z]+|(?:after|before|once|following|under|with|without)\s+(?:there\s+is\s+)?(?:an?|the|any)\s+(?:\w+\s+)?(?:ceasefire|truce|armistice|peace|settlement|"
    r"agreement\s+is|deal\s+is)|as\s+part\s+of\s+(?:an?|any)\s+(?:\w+\s+)?(?:peace|ceasefire|truce|settlement)|(?:when|once|as\s+soon\s+as)\s+the\s+(?:guns|fighting|war|shooting)\s+(?:falls?|stops?|ends?|has|have|is|are|goes?))\b"
)
_OTHER = re.compile(
    r"[;:\"]|,\s+(?:some|many|most|a\s+few|half)\s+of\s+(?:them|whom|these|those)\b|,\s+(?:and|but|while|although|though\s+not)\b"
)
# "…, if there is a ceasefire"; not "if confirmed", "if the rebels are to be believed".
_IF = re.compile(
    r",?\s+\b(?:if|unless|provided\s+that|in\s+case|in\s+the\s+event)\b(?!\s+(?:true|confirmed|correct|accurate|any|not|so)\b)"
    r"(?![^.;]*\b(?:believed|trusted|to\s+go\s+by|right|correct|true|accurate)\b)"
)
_APART = re.compile(r"[;\":]|\b(?:and|but|while|which|who|said|says|so)\b")
_CAPACITY = re.compile(
    r"\b(?:can|could|able\s+to|enough\s+to|designed\s+to|built\s+to|meant\s+to)\s+(?:\w+ly\s+)?(?:house|host|hold|accommodate|sleep|"
    r"take(?:\s+in)?|billet|lodge|quarter|station|support|sustain|feed|receive|absorb|train|shelter|carry|transport|land|"
    r"airlift|lift|field|muster|raise|mobili[sz]e|deploy|send|put|mass|throw|call\s+up|commit|provide|spare|assemble|gather)\s+"
    r"(?:\w+\s+){0,3}$|\b(?:room\s+(?:had|has)\s+been\s+made|room|space|beds?|bunks|barracks|housing|quarters|berths|accommodation|tents|capacity|designed|built|"
    r"facilities|rations|uniforms)\s+(?:for|of)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# "A force of 30,000 would be thin".
_WOULD_BE = re.compile(
    r"\s+(?:would|might|could|may)\s+(?:still\s+|hardly\s+|not\s+|barely\s+)?be\s+(?:(?:far|much|too|very|quite|rather|hardly|barely|not)\s+){0,2}"
    r"(?:thin|small|large|enough|insufficient|sufficient|tiny|big|little|weak|strong|plenty|useless|meaningless|few|adequate|"
    r"inadequate|a\s+\w+|(?:the|an?)\s+(?:bare\s+|absolute\s+)?(?:minimum|least|maximum)|overstretched|stretched|vulnerable|outnumbered)\b"
)
# "where 1,200 soldiers can be taken through training at a time"
_CAN_BE = re.compile(
    r"\s+(?:at\s+a\s+time\s+)?can\s+be\s+(?:housed|trained|accommodated|quartered|billeted|lodged|fed|carried|transported|lifted|flown|landed|"
    r"mobili[sz]ed|raised|taken\s+(?:in|through)|put\s+up|sheltered|equipped|called\s+up)\b"
)
_ASKED = frozenset({"ask", "req", "urg", "pre", "lob"})
_ASKS = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|urg(?:es?|ed|ing)|request(?:s|ed|ing)?|begg?(?:s|ed|ing)?|press(?:es|ed|ing)|lobb(?:ies|ied|ying)|plead(?:s|ed)?(?:\s+with)?|"
    r"appeal(?:s|ed|ing)?\s+to|call(?:s|ed|ing)?\s+on|petition(?:s|ed)|want(?:s|ed)?|invit(?:es?|ed|ing))\s+"
    r"(?P<whom>[^.;:]{2,60}?)\s+(?:for|to\s+[a-z]+)\s+(?:[\w-]+\s+){0,5}$"
)
# What is asked of others who are there: "asked Paris to halve the 350".
_FEWER = re.compile(
    r"\b(?:remove|withdraw|halve|pull|cut|reduce|take|send\s+home|recall|repatriate|bring|evacuate|expel|end|leave|keep|maintain|retain|extend)\b"
)
_SOMEBODY = re.compile(r"\b(?:the|its|other)\s+[A-Za-z]")
# What is wanted of one's own: "wants the army to grow to 69,000".
_GROW = re.compile(r"\bto\s+(?:grow|reach|rise|expand|number|count|total|swell)\b")
_APPROACHED = re.compile(
    r"\b(?:approached|sounded\s+out|canvassed|(?:been|were|was)\s+(?:asked|requested|invited|urged|pressed))\s+"
    r"(?:about|for|over|on|to\s+[a-z]+)\b[^.;:]*$",
    re.IGNORECASE,
)
_SUPPOSE = re.compile(
    r"\b(?:suppose|supposing|imagine|assume|assuming|let's\s+say|let\s+us\s+say(?!\s+(?:it|so|openly|plainly|clearly)\b)|what\s+if|scenarios?|in\s+theory|theoretically|"
    r"options?|variants?|war\s+plans?\s+of)\b",
    re.IGNORECASE,
)
# "prepared to contribute N," he said, "but only when the guns are silent".
_ONLY = frozenset({"only"})
_ONLY_WHEN = re.compile(
    r"\bbut\s+only\s+(?:when|if|once|after|as\s+part\s+of)\b|\bonly\s+(?:if|once|when|after)\s+(?:there|the|a)\b"
)


def conditioned(sentence: Sentence, counted: Counted) -> Frame | None:
    """Return the frame of what holds only if something else does."""
    text = sentence.text
    condition = None
    if sentence.has(_CONDITIONS):
        condition = _IF.search(text, counted.end, sentence.end)
    if condition is not None and not _APART.search(text, counted.end, condition.start()):
        return Status.HYPOTHETICAL, "if"
    if not FINITE.search(text, sentence.start, counted.end) and is_conditional(sentence, counted):
        return Status.HYPOTHETICAL, "condition-alone"
    return None


def is_sounded(sentence: Sentence, counted: Counted) -> bool:
    """Read "have been approached about a force of 8,000"."""
    if not sentence.has(_SOUNDING):
        return False
    left = counted.quantity.left
    return _APPROACHED.search(sentence.text, max(sentence.start, left - _NEAR), left) is not None


def supposes(sentence: Sentence, counted: Counted) -> Frame | None:
    """Return the frame of a capacity, of a request to somebody else, and of a scenario."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _LEFT)
    if _WOULD_BE.match(text, counted.end):
        return Status.HYPOTHETICAL, "would-be"
    if _CAN_BE.match(text, counted.end, sentence.end):
        return Status.HYPOTHETICAL, "capacity"
    if sentence.has(_ROOM) and _CAPACITY.search(text, floor, left):
        return Status.HYPOTHETICAL, "capacity"
    asked = _ASKS.search(text, floor, left) if sentence.has(_ASKING) else None
    if (
        asked is not None
        and _names_other(sentence, asked)
        and _FEWER.search(text, asked.end("whom"), left) is None
        and _GROW.search(text, asked.end("whom"), left) is None
    ):
        return Status.HYPOTHETICAL, "asked"
    if sentence.has(_SUPPOSING) and _SUPPOSE.search(text, sentence.start, left):
        return Status.HYPOTHETICAL, "supposed"
    return None


def is_conditional(sentence: Sentence, counted: Counted) -> bool:
    """Say whether a plan hangs on something: "if we get the mandate", "after a ceasefire", "may be needed"."""
    stop = min(sentence.end, counted.end + 110)
    start = max(sentence.start, counted.quantity.left - 140)
    for other in _OTHER.finditer(sentence.text, start, counted.quantity.left):
        start = other.end()
    apart = _OTHER.search(sentence.text, counted.end, stop)
    stop = apart.start() if apart else stop
    if is_only_if(sentence, counted):
        return True
    return bool(
        (sentence.has(_ON_CONDITION) and _CONDITION.search(sentence.text, start, stop))
        or NEEDED.search(sentence.text, counted.end, figure_end(sentence, counted.end))
    )


def is_only_if(sentence: Sentence, counted: Counted) -> bool:
    """Read "..., but only when the guns are silent": a condition that is said after all else."""
    if not sentence.has(_ONLY):
        return False
    only = _ONLY_WHEN.search(sentence.text, counted.end, sentence.end)
    return only is not None and not any(
        counted.end <= q.left < only.start() and q.high > _FEW for q in sentence.quantities
    )


def _names_other(sentence: Sentence, asked: re.Match[str]) -> bool:
    """Say whether somebody is named who is asked, or spoken of as "the allies"."""
    start, end = asked.span("whom")
    if (
        sentence.text[asked.start() : start].split()[0].lower()[:3] in _ASKED
        and "for" in sentence.text[end : end + 5]
    ):
        return True  # "asks allies for"
    named = any(
        start <= name.start and name.end <= end and NameKind.ACTOR in name.senses
        for name in (*sentence.names, *sentence.speakers)
    )
    return named or _SOMEBODY.search(sentence.text[start:end]) is not None
