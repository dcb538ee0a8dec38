# SPDX-License-Identifier: Apache-2.0
"""What frames a number's clause: a plan, a timetable, a drill, the sentence before it.

What it is not: the cue words of the clause itself (`status`), denials (`denials`), what is over (`over`), or what
would be (`supposed`). Rules of this file: a frame is asked only where the clause does not say itself in which sense
its number holds.
"""

from __future__ import annotations

import re

from monitor.core.claims.bygone import is_bygone
from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.over import STILL
from monitor.core.claims.scopes import FINITE, Frame, clause_start, figure_end
from monitor.core.claims.supposed import NEEDED, conditioned, supposes
from monitor.core.model import Status

_LEFT = 90
_RIGHT = 90
_NEAR = 48
_COMING = frozenset(
    "by before coming next later within soon from tomorrow".split()  # noqa: SIM905
)
_DRILLS = frozenset(
    "starts kicks kicked gets got runs under now".split()  # noqa: SIM905
)
_DRILL_YEARS = frozenset(str(year) for year in (*range(20, 40), *range(2020, 2040)))
_WENT_IN = re.compile(
    r"\b(?:went|marched|rode|moved|set\s+out|started|began|came|arrived|landed|attacked)\s+(?:(?:in|out|off|here|there|up|back|over|down|to\s+\w+)\s+)?with\s+$|"
    r"\b(?:began|started|opened|launched|entered)\s+(?:the|its|their|his)\s+(?:[\w-]+\s+){0,2}(?:invasion|war|campaign|offensive|"
    r"operation|battle|siege|assault)\s+with\s+(?:some\s+)?$"
)
_AHEAD = re.compile(
    r"\b(?:by\s+(?:the\s+)?(?:end\s+of\s+(?:the|this|next)\s+(?:decade|year|month|week)|(?:late|early|mid-?)?\s*20[2-9]\d|next\s+\w+|then\s+end\s+of|"
    r"(?:spring|summer|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december)\b)|"
    r"before\s+(?:the\s+end\s+of\s+(?:the|this|next)\s+\w+|20[3-9]\d)|over\s+the\s+(?:next|coming)\b|in\s+the\s+(?:next|coming)\b|"
    r"(?:from|as\s+of|starting|beginning|until)\s+next\b|next\s+(?:year|month|week|spring|summer|autumn|winter|fall)\b|"
    r"from\s+(?:tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b(?!\s+(?:to|until|till|through|night|morning))|"
    r"later\s+this\s+(?:year|month|week)|tomorrow|within\s+(?:days|weeks|months|the\s+(?:next|year|month|week))|\bsoon\b)",
    re.IGNORECASE,
)
# "The other 400 fly to Tijuana on Monday": a present tense with a day ahead.
_TIMETABLED = re.compile(
    r"(?:\s+[\w-]+){0,6}?\s+(?:moves?|fly|flies|follows?|leaves?|goes|go|returns?|arrives?|comes?|heads?|joins?|deploys?|sails?|"
    r"starts?|begins?|ships?\s+out|takes?\s+over|(?:are|is)\s+(?:due\s+|now\s+|also\s+)?(?:flying|leaving|heading|moving|going|coming|deploying|joining|"
    r"arriving|returning|shipping|travelling|traveling|sailing|setting\s+off|packing|preparing\s+to\s+\w+))\b[^.;,\"]{0,50}?\b(?:tomorrow|tonight|next\s+\w+|(?:on|in|from|by|this)\s+(?:the\s+)?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:in|from|by|this)\s+(?:early\s+|late\s+|mid-)?(?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december|spring|summer|autumn|winter|the\s+(?:spring|summer|autumn|new\s+year)))\b",
    re.IGNORECASE,
)
# "150 had arrived by the weekend"
_HAD_COME = re.compile(
    r"[^.;,]{0,60}?\b(?:had|has|have)\s+(?:\w+\s+)?(?:arrived|come|reached|landed|left|gone|crossed|joined|signed|been|entered|returned|moved)\b"
)
_YEAR_AHEAD = re.compile(
    r"\b(?:by|before|in)\s+(?:the\s+end\s+of\s+|early\s+|late\s+|mid-?)?20[2-9]\d\b"
)
# "had shrunk to fewer than 1,000 by the autumn"
_HAD_BECOME = re.compile(
    r"\b(?:had|has|have)\s+(?:\w+\s+)?(?:shrunk|grown|fallen|risen|dropped|swollen|dwindled|been\s+\w+|reached|become|climbed)\s+(?:to\s+|from\s+)?$"
)
_CAME = re.compile(r"\s+(?:were|was|had|have|has|are|is)\b")
# --- what is put right ---
_HOW_MANY = re.compile(
    r"\bhow\s+(?:many|large|big)\b[^?]{0,60}?\b(could|can|would|will)\b", re.IGNORECASE
)
_AGO = re.compile(
    r"\W*(?:exactly\s+|some\s+|about\s+)?(?:[\w-]+\s+){1,3}(?:years|decades|centuries)\s+ago\b|\W*(?:in|by)\s+(?:1[0-9]|20[01])\d\d?\b",
    re.IGNORECASE,
)
_PAST_VERB = re.compile(
    r"\b(?:had|was|were|could|held|kept|sent|numbered|counted|faced|opposed|fielded|put|brought|led|lost|stood)\b"
)
# A drill by its year or by what it does: "Aman-25 drew", "Iron Union starts next week".
_DRILL = re.compile(
    r"\b[A-Z][a-z]{2,}(?:\s+[A-Z][a-z]+)?-(?:20)?[2-3]\d\b(?=[^.;]{0,160}\b(?:practi[sc]\w+|drill\w*|drew|host\w*|opens?|opened|"
    r"starts?|began|begins?|kick\w*\s+off|tak(?:e|es|ing)\s+part|nations|countries|navies|armies|participat\w+))|"
    r"\b[A-Z]\w+\s+[A-Z]\w+(?:\s+[A-Z]\w+)?,?\s+(?:now\s+in\s+its\s+\w+\s+(?:year|edition)|(?:starts|kicks\s+off|kicked\s+off|gets\s+under\s+way|"
    r"got\s+under\s+way|runs\s+(?:until|through)|is\s+under\s+way)\s+(?:on|next|in|this|until|last|\w+day)\b)"
)
_TAKES_PART = re.compile(
    r"\b(?:host(?:s|ed|ing)?|contribut\w+|com(?:e|es|ing)\s+from|suppl(?:y|ies|ied|ying)|provid(?:e|es|ed|ing)|tak(?:e|es|ing)\s+part|took\s+part|participat\w+|involv\w+|send(?:s|ing)?|join\w*|gather\w*|brings?\s+together|brought\s+together|"
    r"real\s+number|train(?:s|ing)?|attend\w*|will\s+be\s+there|march(?:es|ed)?)\b"
)


# "Some 3,000 soldiers from Fort Drum, New York, will head": what opens its clause is its subject.
_OPENS = re.compile(
    r"(?:^|[.:;\"]|\n|,|\bthat|\b(?:said|says|and|but))\s*\W?(?:(?:some|about|the|another|nearly|around|as\s+many\s+as|up\s+to|an?|all|a\s+further|"
    r"additional|between|roughly|almost|more\s+than|at\s+least)\s+)*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:who|which|that|whose|where|when|said|says|told)\b|[;:\"]")
# "fly to Tijuana on Monday", "follow in January": the present tense of a timetable.
_SCHEDULED = re.compile(
    r"(?:\s+(?:[\w'-]+\s+){0,8}?|\s+)(?<!to )(?:go|goes|fly|flies|move|moves|leave|leaves|follow|follows|arrive|arrives|return|returns|depart|departs|"
    r"join|joins|start|starts|begin|begins|sail|sails|ship\s+out|take\s+over|takes\s+over|deploy|deploys|come|comes|head|heads|rotate|rotates)\b"
)
_WHEN_AHEAD = re.compile(
    r"\b(?:tomorrow|tonight|on\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:in|from|by|at\s+the\s+end\s+of|until)\s+(?:early\s+|late\s+|mid-?\s*|the\s+)?"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter)|"
    r"next\s+\w+|this\s+(?:weekend|spring|summer|autumn|winter)|a\s+(?:week|month|year)\s+later|later\s+this\s+\w+)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:next|coming)\s+(?:contingent|batch|rotation|wave|group|tranche|intake|detachment|company),\s*$",
    re.IGNORECASE,
)
_WHO_WILL = re.compile(
    r"\s+(?:who|which|that)\s+(?:will|would|are\s+to|is\s+to|are\s+due)\b(?!\s+(?:remain|stay|be\s+joined))"
)


def opens_clause(sentence: Sentence, counted: Counted) -> bool:
    """Say whether a number opens its clause, so that it is its subject."""
    left = counted.quantity.left
    return _OPENS.search(sentence.text, max(sentence.start, left - _NEAR), left) is not None


def is_ahead(sentence: Sentence, counted: Counted) -> bool:
    """Say whether a number is said of a time to come: "could have 1.5 million by 2026"."""
    right = figure_end(sentence, counted.predicate or counted.end)
    return _YEAR_AHEAD.search(sentence.text, counted.end, right) is not None


def subject_verb(sentence: Sentence, counted: Counted) -> str | None:
    """Return the verb and what follows it of a number that opens its clause, behind names and appositions."""
    if not opens_clause(sentence, counted):
        return None
    text, end = sentence.text, counted.end
    stop = min(sentence.end, end + _RIGHT)
    for other in sentence.quantities:
        if other.left >= end:
            stop = min(stop, other.left)
            break
    verb = FINITE.search(text, end, stop)
    if verb is None or _RELATIVE.search(text, end, verb.start()) is not None:
        return None
    return " " + text[verb.start() : figure_end(sentence, verb.end())]


def _is_scheduled(sentence: Sentence, counted: Counted) -> bool:
    """Read "and tomorrow 25,000 more soldiers go to Tachira", "the other 400 fly home on Monday"."""
    text, end = sentence.text, counted.end
    stop = figure_end(sentence, end)
    verb = _SCHEDULED.match(text, end, stop)
    if verb is None or FINITE.search(text, end, verb.end() - 7) is not None:
        return False
    left = counted.quantity.left
    if _WHEN_AHEAD.search(text, verb.end(), stop):
        return True
    opening = _WHEN_AHEAD.search(text, max(sentence.start, left - _NEAR), left)
    return opening is not None


def framed(sentence: Sentence, counted: Counted, grammar: Grammar) -> Frame | None:
    """Return the frame of a number whose clause has no cue of its own."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _LEFT)
    supposed = supposes(sentence, counted)
    if supposed is not None:
        return supposed
    if is_bygone(sentence, counted, grammar):
        return Status.PAST, "bygone"
    if _WENT_IN.search(text, floor, left):
        return Status.PAST, "went-in"
    condition = conditioned(sentence, counted)
    if condition is not None:
        return condition
    start = max(floor, clause_start(sentence, left, grammar))
    right = figure_end(sentence, counted.predicate or counted.end)
    ahead = sentence.has(_COMING)
    if (
        _TIMETABLED.match(text, counted.predicate or counted.end)
        or grammar.search("status.framed", text, start, left)
        or grammar.search("status.framed_after", text, counted.end, right)
        or (
            ahead
            and _AHEAD.search(text, counted.end, right)
            and not _HAD_BECOME.search(text, floor, left)
            and not _HAD_COME.match(text, counted.end, right)
        )
        or _NEXT.search(text, floor, left)
        or _WHO_WILL.match(text, counted.end, sentence.end)
        or _is_scheduled(sentence, counted)
        or (ahead and _AHEAD.search(text, start, left) and not _CAME.match(text, counted.end))
    ):
        return Status.PLANNED, "framed"
    return None


def takes_part(sentence: Sentence) -> bool:
    """Say whether a sentence tells of somebody who takes part or trains."""
    return _TAKES_PART.search(sentence.text, sentence.start, sentence.end) is not None


def is_drill(sentence: Sentence) -> bool:
    """Say whether a sentence names a drill that no list knows."""
    if not (sentence.has(_DRILLS) or sentence.has(_DRILL_YEARS)):
        return False
    return _DRILL.search(sentence.text, sentence.start, sentence.end) is not None


def is_fragment(sentence: Sentence, grammar: Grammar) -> bool:
    """Say whether a sentence has no verb of its own, so that it goes on with the one before."""
    text, start, end = sentence.text, sentence.start, sentence.end
    return not (
        FINITE.search(text, start, end) or grammar.search("attribution.verbs", text, start, end)
    )


def goes_on(sentence: Sentence, before: Sentence, grammar: Grammar) -> Frame | None:
    """Return what the sentence before says of a number that has no cue: an exercise, a plan."""
    where = (before.text, before.start, before.end)
    drill = grammar.search("status.exercise", *where) or is_drill(before)
    if drill and _TAKES_PART.search(sentence.text, sentence.start, sentence.end):
        return Status.EXERCISE, "exercise-before"
    if (
        _AGO.match(*where)
        and _PAST_VERB.search(sentence.text, sentence.start, sentence.end)
        and not STILL.search(sentence.text, sentence.start, sentence.end)
    ):
        return Status.PAST, "past-before"
    means = _THAT_MEANS.match(sentence.text, sentence.start, sentence.end)
    if means is None and not is_fragment(sentence, grammar):
        return None
    if grammar.search("status.planned", *where) or grammar.search("status.framed", *where):
        return Status.PLANNED, "plan-before"
    return None


# "That means between 13,000 and 14,000 soldiers": of what was just said.
_THAT_MEANS = re.compile(
    r"\W*(?:That|This|It)\s+(?:means|would\s+mean|comes\s+to|amounts\s+to|is\s+about|makes)\b"
)


def asked_for(question: Sentence) -> Frame | None:
    """Return the sense in which a question asks for a number: "how many could you send?"."""
    modal = _HOW_MANY.search(question.text, question.start, question.end)
    if modal is None:
        return None
    supposed = modal[1].lower() in {"could", "can"} or NEEDED.search(
        question.text, modal.end(), question.end
    )
    return (Status.HYPOTHETICAL if supposed else Status.PLANNED), "asked-for"
