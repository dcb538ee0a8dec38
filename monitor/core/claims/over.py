# SPDX-License-Identifier: Apache-2.0
"""What was and is no more, or was put right, by what frames a number's clause.

What it is not: the cue words of the past (`status`), the tense of the verb alone (`bygone`, `past`), or years long
ago (`old_years`). Rules of this file: what somebody tells in the past tense is over only where a time goes with it;
whose strength is told until now has it no more.
"""

from __future__ import annotations

import re

from monitor.core.claims.bygone import had_been
from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import Frame, clause_start, figure_end
from monitor.core.model import Status

_LEFT, _RIGHT, _FURTHER, _NEAR, _SHORT = 90, 90, 72, 48, 16
# What each expression cannot do without: whether one stands in a sentence is told at less cost.
# --- what is over ---
STILL = re.compile(r"\b(?:now|has|have|is|are|will|would|still)\b")
_WRONG = frozenset(
    "version wrongly incorrectly mistakenly erroneously falsely correction error misstated misreported regret apologise apologize".split()  # noqa: SIM905
)
_OVER = frozenset(
    "recalled disbanded dissolved withdrawn pulled brought evacuated sent expelled stood wound".split()  # noqa: SIM905
)
_SHARES = frozenset(
    "most half all much bulk thirds quarters".split()  # noqa: SIM905
)
_SHOW = frozenset({"show"})
_ONCE_SO = frozenset({"once"})
_KEEPING = frozenset({"kept", "had"})
_WHENEVER = frozenset({"when"})
_BEFORE_THAT = frozenset({"until"})
# "where 800 Americans once flew", "it once kept"; not "once the truce holds".
_ONCE = re.compile(
    r",\s+once\s+(?:the|an?|one\s+of\s+the|its)\s+(?:\w+\s+)?(?:\w+est|most|main|major|home|leading)\b|(?<![,.;:] )\bonce\s+(?!(?:the|an?|it|they|he|she|we|you|i|this|that|these|those|all|in|at|on|there|again|more|"
    r"every|both|enough|(?:\w+\s+){1,5}?(?:has|have|is|are|had\s+been)|and|his|her|its|their|our|per)\b)[a-z]+"
)
_HAD_KEPT = re.compile(
    r"\b(?:had\s+(?:kept|numbered|counted|stood\s+at|comprised|housed|hosted|totalled|totaled)|"
    r"where\s+(?:[\w'-]+\s+){1,4}kept)\s+(?:only\s+|just\s+)?$",
    re.IGNORECASE,
)
# What a number held for that a time is named behind: "numbered 1,550 at their height".
_HEYDAY = re.compile(
    r"[^.;:]{0,60}?\b(?:at\s+(?:its|their|the)\s+(?:height|peak|zenith|strongest|largest)|in\s+(?:its|their)\s+heyday|"
    r"in\s+the\s+(?:early\s+|late\s+|mid-?)?(?:nineteen-?)?(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies|"
    r"in\s+the\s+(?:early\s+|late\s+|mid-?)?1[89]\d0s)\b"
)
# A time that lies little back: with a verb of being or having, how it was before it changed.
_LATELY = re.compile(
    r"\W*(?:last\s+(?:week|month|year|spring|summer|autumn|fall|winter|january|february|march|april|may|june|july|august|september|"
    r"october|november|december)|(?:a|one|two|three|four|five|six|several|a\s+few|[\w-]+)\s+(?:days?|weeks?|months?|years?)\s+ago|"
    r"earlier\s+this\s+(?:week|month|year)|as\s+(?:recently|late)\s+as\s+\w+(?:\s+\w+)?|until\s+recently|not\s+long\s+ago|"
    r"in\s+(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter))\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:had|was|were|numbered|stood\s+at|counted|kept|claimed|maintained|totalled|amounted\s+to)\b(?!\s+\w+ed\b)"
)
_THEN = re.compile(
    r"[\W]*(?:when|before|until|by\s+the\s+time|at\s+the\s+time|at\s+that\s+time|in\s+(?:my|his|her|their|our)\s+(?:day|days|time)|"
    r"in\s+those\s+days|the\s+last\s+time|when\s+last|(?:a|one)\s+(?:generation|decade|century)\s+ago|at\s+one\s+time|in\s+the\s+(?:last|final|dying|early|first|closing)\s+(?:days|weeks|months|years|phase)\s+of|back\s+then|in\s+the\s+old\s+days|at\s+first|at\s+(?:its|their)\s+(?:widest|largest|strongest|furthest|biggest)|in\s+the\s+beginning|where(?=\s+\w+(?:\s+\w+)?\s+(?:had|kept)))\b",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"\b(?:had|kept|were|was|numbered|stood|held|counted|fielded|maintained|commanded|stationed|went\s+in|started|began)\b"
    r"(?!\s+(?:said|told))"
)
_DID = re.compile(
    r"\s+(?:were|was|had|held|kept|stood|lived|fought|served|sat|guarded|\w+ed)\b(?!\s+(?:by|in\s+the\s+next)\b)"
)
_DISSOLVED = re.compile(
    r"\b(?:was|were|had\s+been)\s+(?:recalled|disbanded|dissolved|withdrawn|pulled\s+out|brought\s+home|evacuated|"
    r"sent\s+home|expelled|stood\s+down|wound\s+up)\b[^.;]{0,24}\b(?:in\s+(?:19|20)\d\d|last\s+year|years?\s+ago)\b"
)
# "has withdrawn most of its 5,000", "moved all of the 900 out".
_DRAINED = re.compile(
    r"\b(?:withdrawn|withdrew|pulled|pulled\s+out|sent\s+home|brought\s+home|evacuated|moved|removed|shipped\s+out)\s+"
    r"(?:\w+\s+){0,2}(?:most|half|all|much|the\s+bulk|thirds|quarters|nearly\s+all|almost\s+all)\s+of\s+"
    r"(?:the|its|their|his|her)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_FORMER_WHOLE = re.compile(r"\bof\s+(?:the\s+|its\s+|their\s+|some\s+)?$", re.IGNORECASE)
_ONLY_LEFT = re.compile(
    r"\b(?:only|just|fewer\s+than|no\s+more\s+than|a\s+mere|barely)\b[^.;]{0,60}\b(?:left|remain|remains|remained|stay|stayed)\b"
)
_UNTIL = re.compile(
    r"\buntil\s+[^.;,]{3,40}\b(?:ended|closed|left|fell|withdrew|expired|collapsed|was\s+dissolved|were\s+withdrawn|19\d\d|20[01]\d|202[0-3])\b"
)
# "France, which until January of last year had 1,300 soldiers in Chad".
_WHICH_UNTIL = re.compile(
    r"\b(?:which|who|where)\s+until\s+[^,;:\"]{3,50}?\s+(?:\w+\s+)?(?:had|kept|numbered|held|stationed|counted)\s+(?:only\s+)?$"
)
# "All 2,100 soldiers who served in Goma are home".
_BACK_HOME = frozenset({"home", "back"})
_SERVED = re.compile(
    r"(?:\s+of\s+(?:them|the\s+\w+))?,?\s+(?:who|that|which)\s+(?:had\s+|have\s+|has\s+)?(?:served|fought|stood|guarded)\b[^;\"]{0,70}?\b"
    r"(?:are|have|has|is)\s+(?:(?:all|now|safely|come|returned|gone|long)\s+)*(?:home|back)\b"
)
# "but never more than 20,000 of them were in Spain at one time".
_ANOTHER_CLAUSE = re.compile(r"(?<=[a-z]), the [A-Z]\w+ [a-z]+ ")
# "A year ago, he said, there had been 617,000": whoever tells it.
_INHERITED = frozenset({"inherited"})
_INHERITS = re.compile(
    r"(?<!has )(?<!have )\binherited\s+(?:an?\s+|the\s+|some\s+)?(?:[a-z]+\s+(?:of\s+)?){0,3}$"
)
_AGO_WORDS = frozenset({"ago", "earlier", "before"})
_AGO_HAD = re.compile(
    r"\b(?:years?|months?|weeks?)\s+(?:ago|earlier|before),?[^.;:]{0,40}\bthere\s+had\s+been\s+(?:only\s+)?$"
)
_ONE = frozenset({"one"})
_AT_ONE_TIME = re.compile(
    r"[^.;:\"]{0,30}?\b(?:were|was|had\s+been)\b[^.;:\"]{0,50}?\bat\s+(?:any\s+)?one\s+time\b"
)
_KEPT = re.compile(
    r"(?<!has )(?<!have )(?<!had )\bkept\s+(?:(?:only|just|some|about|up\s+to)\s+){0,2}$"
)
_HAD = re.compile(r"\b(?:had|kept|were|was)\s+(?:(?:still|only|just|some|about)\s+){0,2}$")
_WHEN = re.compile(
    r"\bwhen\b[^.;,]{3,60}\b(?:took|left|fell|ended|began|came|went|broke|won|lost|was|were|\w+ed)\b"
)
_HAD_BEEN = re.compile(
    r"(?:\s+\w+){0,3}?\s+had\s+(?:once\s+)?been\s+(?:based|stationed|deployed|posted|serving|standing|living|garrisoned|quartered|there)\b"
)
_MISSTATED = re.compile(
    r"\b(?:earlier|previous|original|first)\s+version\b[^.;]{0,60}\b(?:said|stated|gave|put|reported|had)\b|"
    r"\b(?:wrongly|incorrectly|mistakenly|erroneously|falsely)\s+(?:\w+ed|said|gave|put)\b|"
    r"(?<=\bCorrection)\b[^;]{0,90}\b(?:said|stated|gave|reported|put)\b|\b(?:editing\s+)?error\b[^.;]{0,60}\b(?:said|stated|gave|reported|put)\b|"
    r"\bmisstated\b|\bmisreported\b|\bwe\s+(?:regret|apologi[sz]e)\b"
)
_PURPORTS = re.compile(r"\b(?:claim(?:s|ed|ing)?|purport(?:s|ed|ing)|said|alleged)\s+to\s+show\b")
_EXPOSED = re.compile(
    r"\b(?:filmed|recorded|taken|shot)\s+in\b|\b(?:fact-check\w*|doctored|manipulated|staged|fake|ai-generated|in\s+fact|actually|old)\b",
    re.IGNORECASE,
)


def over(sentence: Sentence, counted: Counted, grammar: Grammar) -> Frame | None:
    """Return the frame of what was and is no more, or was put right."""
    text, left = sentence.text, counted.quantity.left
    start = clause_start(sentence, left, grammar)
    stop = figure_end(sentence, counted.end)
    if (
        sentence.has(_WRONG)
        and _MISSTATED.search(text, sentence.start, left)
        and not _negates_other(sentence, counted)
    ):
        return Status.DENIED, "misstated"
    if (
        sentence.has(_SHOW)
        and _PURPORTS.search(text, sentence.start, left)
        and _EXPOSED.search(text, counted.end, sentence.end)
    ):
        return Status.DENIED, "purported"
    floor = max(sentence.start, left - _LEFT)
    if _is_former_whole(sentence, counted) or (
        sentence.has(_SHARES) and _DRAINED.search(text, floor, left)
    ):
        return Status.PAST, "former"
    once, kept = sentence.has(_ONCE_SO), sentence.has(_KEEPING)
    if (
        (once and _ONCE.search(text, max(floor, start - 1), left))
        or (once and _ONCE.search(text, counted.end, stop))
        or (sentence.has(_INHERITED) and _INHERITS.search(text, floor, left))
        or (sentence.has(_AGO_WORDS) and _AGO_HAD.search(text, floor, left))
        or (kept and _HAD_KEPT.search(text, max(sentence.start, left - _NEAR), left))
        or (
            sentence.has(_OVER)
            and _DISSOLVED.search(text, counted.end, min(sentence.end, counted.end + _RIGHT))
        )
        or (sentence.has(_WHENEVER) and _was_when(sentence, counted))
        or (_was_lately(sentence, left) and not _is_told(sentence, left, grammar))
        or _HEYDAY.match(text, counted.end, stop)
        or (sentence.has(_BEFORE_THAT) and _UNTIL.search(text, counted.end, sentence.end))
        or (sentence.has(_BEFORE_THAT) and _WHICH_UNTIL.search(text, floor, left))
        or (sentence.has(_BACK_HOME) and _SERVED.match(text, counted.end, sentence.end))
        or (sentence.has(_ONE) and _AT_ONE_TIME.match(text, counted.end, sentence.end))
        or (kept and _was_kept(sentence, counted, grammar))
        or _had_been(sentence, counted, grammar)
        or had_been(sentence, counted, grammar)
        or (
            (_was_then(sentence, left) or _did_then(sentence, counted))
            and not _is_told(sentence, left, grammar)
        )
    ):
        where = text[sentence.start : sentence.start + 6].lower() == "where "
        return Status.PAST, "former" if where else "over"
    return None


def _negates_other(sentence: Sentence, counted: Counted) -> bool:
    """Read "wrongly said 14,000; it is 4,000": only the first number after the word is wrong."""
    wrong = None
    for match in _MISSTATED.finditer(sentence.text, sentence.start, counted.quantity.left):
        wrong = match
    if wrong is None:
        return True
    return any(wrong.end() <= other.start < counted.quantity.start for other in sentence.quantities)


def _is_former_whole(sentence: Sentence, counted: Counted) -> bool:
    """Read "of more than 8,000 soldiers only some 1,500 are left": as many there were."""
    text, left = sentence.text, counted.quantity.left
    if not _FORMER_WHOLE.search(text, max(sentence.start, left - 16), left):
        return False
    return _ONLY_LEFT.search(text, counted.end, min(sentence.end, counted.end + 140)) is not None


def _is_told(sentence: Sentence, left: int, grammar: Grammar) -> bool:
    """Read "when asked, Ryder said there were 10,000": the past is that of the telling."""
    verb = grammar.last("attribution.verbs", sentence.text, sentence.start, left)
    return verb is not None and verb[0].lower() not in {"claimed", "counted"}


def _was_lately(sentence: Sentence, left: int) -> bool:
    """Read "Last month there were 6,000": a state at a time that has passed."""
    opening = _LATELY.match(sentence.text, sentence.start, left)
    if opening is None or left - opening.end() > _LEFT:
        return False
    state = None
    for match in _STATE.finditer(sentence.text, opening.end(), left):
        state = match
    return (
        state is not None
        and left - state.end() < _SHORT
        and STILL.search(sentence.text, opening.end(), left) is None
    )


def _was_then(sentence: Sentence, left: int) -> bool:
    """Read "When Assad fell, Russia had 7,500 troops": a past that the sentence opens with."""
    opening = _THEN.match(sentence.text, sentence.start, left)
    if opening is None:
        return False
    was = None
    for match in _WAS.finditer(sentence.text, opening.end(), left):
        was = match
    return (
        was is not None
        and left - was.end() < _FURTHER
        and not _ANOTHER_CLAUSE.search(sentence.text, was.end(), left)
        and STILL.search(sentence.text, was.end(), left) is None
    )


def _was_when(sentence: Sentence, counted: Counted) -> bool:
    """Read "still had 1,300 soldiers there when its new government took office"."""
    text, left = sentence.text, counted.quantity.left
    had = _HAD.search(text, max(sentence.start, left - _NEAR), left)
    return had is not None and _WHEN.search(text, counted.end, sentence.end) is not None


def _was_kept(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "South Korea kept 300,000 men in Vietnam", told by nobody."""
    text, left = sentence.text, counted.quantity.left
    kept = _KEPT.search(text, max(sentence.start, left - _NEAR), left)
    return kept is not None and not grammar.search(
        "attribution.verbs", text, sentence.start, kept.start()
    )


def _had_been(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "around 75 soldiers had been based there", told by nobody: it is over."""
    if _HAD_BEEN.match(sentence.text, counted.end) is None:
        return False
    text, end = sentence.text, counted.end
    if grammar.search("attribution.verbs", text, sentence.start, counted.quantity.left):
        return False
    told = grammar.last("attribution.verbs", text, end, sentence.end)
    return told is None or "," not in text[end : told.start()]


def _did_then(sentence: Sentence, counted: Counted) -> bool:
    """Read "Until the coup 1,500 French soldiers shared the airport"."""
    opening = _THEN.match(sentence.text, sentence.start, counted.quantity.left)
    return (
        opening is not None
        and counted.quantity.left - opening.end() < _NEAR
        and _DID.match(sentence.text, counted.end) is not None
    )
