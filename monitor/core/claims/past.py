# SPDX-License-Identifier: Apache-2.0
"""What is over by the tense of the verb: "had 4,500 soldiers there in spring", "there were 370".

What it is not: the cue words of the past (`status`) or its frames (`frames`). Rules of this file: a past
that somebody tells ("said it had 900") is that of the telling, unless a time of its own goes with it;
what was sent or has come is present however it is told.
"""

from __future__ import annotations

import re
from datetime import date

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence

_NEAR, _REACH = 48, 110
_ABOUT = r"(?:(?:only|just|some|about|still|then|perhaps|maybe|almost|nearly|around|roughly|a|the|its|their|up\s+to|as\s+many\s+as)\s+){0,3}$"
# A verb of state in the simple past whose object or subject the number is.
_HAD = re.compile(
    r"(?<!has )(?<!have )(?<!which )\b(?:had|there\s+(?:were|was|had\s+been)|we\s+were|was|numbered|stood\s+at|totalled)\s+"
    + _ABOUT,
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:had|were|was|been|numbered|stood\s+at|counted|kept|fielded|held|commanded|mustered|maintained|faced|opposed|against|with)\s+"
    + _ABOUT,
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[^.;:,\"]{0,50}?\s(?:(?:were|was)\s+(?:still\s+|then\s+|\w+ly\s+)?(?:in|at|on|there|under|stationed|based|serving|fighting|holding|"
    r"garrisoned|posted|willing|asleep|cut\s+off|around)|held|served|fought|stood|sat|lived|guarded|occupied|manned|garrisoned|remained|stayed)\b"
)
_HAD_SERVED = re.compile(
    r"[^.;:,\"]{0,40}?\s(?<!who )(?<!that )had\s+(?:\w+ly\s+|once\s+|still\s+)?(?:served|fought|stood|lived|been\s+(?:there|stationed|based|serving|in|at))\b"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"spring|summer|autumn|winter)"
)
_TIME = re.compile(
    r"\b(?:in|during|by|until|at\s+the\s+(?:end|start|beginning|turn)\s+of|late\s+in|early\s+in)\s+(?:the\s+)?(?:early\s+|late\s+|mid-?\s*)?"
    + _MONTH
    + r"\b(?!\s+(?:of\s+)?20[2-9]\d)|"
    r"\bthat\s+(?:spring|summer|autumn|winter|year|month|week|morning|night|day|time|evening)\b|\blast\s+(?:week|month|year|"
    + _MONTH
    + r")\b|\b(?:[\w-]+\s+)?(?:days?|weeks?|months?|years?|decades)\s+(?:ago|earlier|before)\b|"
    r"\bat\s+(?:its|their|the)\s+(?:end|peak|height|time|start|outset)\b|\bon\s+the\s+(?:day|eve|morning|night)\b|\bback\s+then\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"\b(?:in|by|of|during|until|from|between|through|late|early|mid)[\s-]+((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
# "Five years earlier, with 8,400 Americans serving": a sentence that opens in the past stays there.
_EARLIER = re.compile(
    r"\W*(?:[\w-]+\s+){1,2}(?:years?|decades?|months?)\s+(?:earlier|before|previously)\b,?"
    r"|\W*by\s+(?:the\s+(?:spring|summer|autumn|winter|end)\s+of\s+)?(?:1[0-9]\d\d|20[01]\d)\b",
    re.IGNORECASE,
)
_AS_AT = re.compile(r"\W*As\s+(?:at|of)\s+(?:today|now|\d{1,2}\s+[A-Z]|[A-Z]\w+\s+\d{1,2}\b)")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_SENT_THEN = re.compile(
    r"\b(?:sent|brought|moved|threw|added|flew|shipped|put)\s+(?:in\s+)?(?:only\s+|some\s+|about\s+|another\s+)?$"
)
_THAT_TIME = re.compile(r"[^.;:]{0,60}\bthat\s+(?:spring|summer|autumn|winter|year|month)\b")
# "sent 13 soldiers and brought them home two days later".
_AGAIN = frozenset({"them", "these", "those", "it"})
_BROUGHT_BACK = re.compile(
    r"[^.;:\"]{0,60}?\band\s+(?:then\s+|later\s+|soon\s+)?(?:brought|pulled|took|called|flew|ordered|sent|withdrew)\s+"
    r"(?:them|these|those|all\s+of\s+them|it)\b(?!\s+(?:to|into)\b)"
)
# "were asleep when the drone struck", "sent 1,900 there when Maduro laid claim".
_AT_THE_TIME = frozenset({"when"})
_WHEN = re.compile(
    r"[^;:\"]{0,110}?\bwhen\s+(?!(?:asked|it\s+comes)\b)[^.;,:\"]{3,60}?\b(?:struck|hit|took|left|fell|began|came|went|broke|won|lost|laid|was|were|"
    r"walked|met|saw|\w{2,}ed)\b"
)
# "The 155-strong garrison lost 40 men when the gunmen came": it is there.
_LOST = re.compile(r"[^.;:\"]{0,40}?\blost\b")
_NOW = re.compile(
    r"\b(?:now|today|has|have|is|are|will|would|still|says?|currently|at\s+present)\b"
)


def was(
    sentence: Sentence, counted: Counted, grammar: Grammar, published: date | None
) -> str | None:
    """Return the rule by which a number without a cue is over, if it is."""
    text, left, end = sentence.text, counted.quantity.left, counted.end
    floor = max(sentence.start, left - _NEAR)
    if _AS_AT.match(text, sentence.start, left):
        return None  # "As at 15 October, the component stood at 3,178"
    told = _is_told(sentence, counted, grammar)
    when = _WHEN.match(text, end, sentence.end) if sentence.has(_AT_THE_TIME) else None
    opening = _EARLIER.match(text, sentence.start, left)
    rule: str | None = None
    if sentence.has(_AGAIN) and _BROUGHT_BACK.match(text, end, sentence.end):
        rule = "brought-back"
    elif _SENT_THEN.search(text, floor, left) and _THAT_TIME.match(text, end, sentence.end):
        rule = "that-time"
    elif (
        when
        and not _WEEKDAY.search(text, when.start(), sentence.end)
        and not _NOW.search(text, floor, when.end())
        and not _LOST.match(text, end)
    ):
        rule = "when"
    elif opening and not _NOW.search(text, opening.end(), left):
        rule = "earlier"
    elif (_STATE.search(text, floor, left) or _BEHIND.match(text, end, sentence.end)) and _has_time(
        sentence, counted, published, told=told
    ):
        rule = "was-then"
    elif not told and (
        _HAD.search(text, floor, left) or _HAD_SERVED.match(text, end, sentence.end)
    ):
        rule = "had"
    return rule


def _is_told(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether somebody tells the number in reported speech, whose past may be now."""
    text, left, end = sentence.text, counted.quantity.left, counted.end
    for verb in grammar.patterns["attribution.verbs"].finditer(text, sentence.start, sentence.end):
        if verb[0][0].isupper():
            continue  # the United States
        if verb[0].lower() == "counted":
            continue  # "the rebels counted 6,000 men"
        gap = text[verb.end() : left] if verb.end() <= left else text[end : verb.start()]
        if '"' not in gap:
            return True
    return False


def _has_time(sentence: Sentence, counted: Counted, published: date | None, *, told: bool) -> bool:
    """Say whether a time that has passed goes with the number: behind it, or opening the sentence."""
    text, left, end = sentence.text, counted.quantity.left, counted.end
    stop = min(sentence.end, end + _REACH)
    for other in sentence.quantities:
        if other.left >= end and not 1900 <= other.low <= 2100:
            stop = min(stop, other.left)
            break
    for mark in ('"', ";", " and has ", " but ", ", "):
        at = text.find(mark, end, stop)
        stop = at if at >= 0 else stop
    newest = published.year if published else 2015
    spans = [(end, stop)]
    if not told:
        spans.append((max(sentence.start, left - _REACH), left))
    for start, until in spans:
        if start == end or not _NOW.search(text, start, until):
            if _TIME.search(text, start, until):
                return True
            for match in _YEAR.finditer(text, start, until):
                if int(match[1]) <= newest - match[0].lower().startswith("by"):
                    return True
    return False
