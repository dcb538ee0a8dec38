# SPDX-License-Identifier: Apache-2.0
"""In which sense a number holds: status, kind, recall, and as of which day.

What it is not: tense in general. Each cue counts within the number's own clause: to the left from the
clause's start (after the words that say who said it), to the right up to the next clause or number.
Rules of this file: movement under way and hedges ("could be closer to") are present; a date that
another verb owns, or that lies ahead ("by December"), is no as-of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.claims.counted import Counted
from monitor.core.claims.denials import is_awaited, is_denied, predicate
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.scopes import AGO, CLAUSE_END
from monitor.core.model import Kind, Status

# An apposition between the number and its verb: "…, each numbering 2,000 men, are expected".
_BEHIND = re.compile(
    r"(?:,\s+(?:including|among them|some|most|many)[^,;.]{1,80}(?:,[^,;.]{1,40})?)?,\s+"
    r"(?=(?:are|were|is|was|have|has|had|will|would|may|could|might)\b)",
    re.IGNORECASE,
)
_LEFT_REACH = 110
_YEAR_REACH, _YEAR_OPENS = 90, 12
# "There were three thousand of them in September": what was so at a time that is named.
_WAS = re.compile(
    r"\b(?:there\s+(?:were|was|had\s+been)|(?:we|they|it|he|she|i)\s+(?:once\s+)?had|had)\s+(?:only\s+|just\s+)?$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[;:.\"]|,\s")
_DURING = re.compile(
    r"\b(?:in|during|throughout|since|(?:height|peak|end|start|beginning|days|years|time)\s+of|from)\s+"
    r"(?:the\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r" - [^-]{3,240} - ")
_ALREADY = re.compile(
    r"\s+(?:(?:already|currently|now|still|that\s+are|who\s+are)\s+)?"
    r"(?:based|stationed|deployed|serving|fighting|there|training|rotating)\b"
)
_NOW = re.compile(r"\s*(?:today|now)\b")
# The month of May promises nothing.
_MAY = re.compile(
    r"\b(?:[Ii]n|[Oo]n|[Ss]ince|[Bb]y|[Uu]ntil|of|late|early|mid|[Ll]ast|from|[Dd]uring|\d\d?)[ -]May\b|\bMay\s+\d"
)
_TODAY = re.compile(r"\b(?:today|at\s+present|at\s+the\s+moment|right\s+now)\b")
_WE_HAD = re.compile(r"\b(?:(?:we|i)\s+had|we\s+were)\s+(?:only\s+|just\s+)?$", re.IGNORECASE)
_WILL_HAVE = re.compile(r"\bwill\s+(?:soon\s+)?have\b", re.IGNORECASE)
# "if we get the mandate, we would send N": what comes with a condition is supposed, not planned.
_CONDITION = re.compile(r"\b(?:need\w*|if|unless|provided\s+that|in\s+case)\b", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|unless)\b", re.IGNORECASE)
# "Had Washington agreed, Warsaw would have received N".
_COUNTERFACTUAL = re.compile(r"\W*(?:Had|Were|Should)\s+[^.;:]{3,80}?,")
_WOULD = re.compile(r"\b(?:would|could|might)\b")
_NO_LONGER = re.compile(r"\b(?:no\s+longer|not\s+any\s+more|used\s+to)\b")
_ORIGINAL = re.compile(r"\b(?:original|initial)\s+$", re.IGNORECASE)
_PLANS_REACH = 48
_PLANS_FOR = re.compile(
    r"\b(?:plans?|proposals?|blueprints?|preparations|arrangements)\s+(?:for|of|to\s+(?:send|deploy|station|raise))\s+"
    r"(?:an?\s+|the\s+)?(?:[a-z]+\s+){0,2}$",
    re.IGNORECASE,
)
_TO_DO = re.compile(r"\bto\s+(?:more\s+than\s+)?[a-z]{3,}\b")
_PARTICIPLE = re.compile(r"\s+(?:be\s+)?(?:[a-z]+ed|sent|cut|put|brought)\b")
# "in 2007", "between 2006 and 2013": what was true then is past.
_YEARS = re.compile(
    r"\b(?:in|between|from|until|during)\s+(?:early\s+|late\s+|\w+\s+)?((?:19|20)\d\d)\b"
    r"(?:\s*(?:and|to|-)\s*((?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(
    r"[;:]|\bthat\b|,\s+(?:but|while|where|which|who)\b|,\s+(?=(?:it|they|he|she|we|i)\s+(?:has|have|now)\b)"
    r"|\bbut\s+(?=(?:only\s+|now\s+|so\s+far\s+)?(?:has|have|is|are|found|got)\b)"
)
# "which once numbered 5,100, has been cut to": where the main clause goes on.
_RELATIVE_END = re.compile(r",\s+(?=(?:has|have|had|is|are|was|were|will|would|may|could)\b)")
_OF_THE = re.compile(r"\b(?:of|among)\s+the\s+$", re.IGNORECASE)
_LATER = re.compile(r"[;:]|\b(?:to|today|now)\b")
_OTHER_CLAUSE = re.compile(r"[;:\"]|,\s(?!\d)|\b(?:although|but|while|when|since)\b")
_RATE = re.compile(r"[^,;.]{0,24}")
_AND = re.compile(r"(?:,|\band)\s*$")
_HARD = re.compile(r"[;:]")
_MORE = re.compile(r"\s+more\b(?!\s+than)")
_SHARE_OF = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|most|all)\s+of\s+(?:the|its|their|these|those)\s+"
    r"(?:\w+\s+)?$|\b(?:the|all)\s+(?:last\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatusFound:
    """A status and the rule that set it."""

    status: Status
    rule: str


def status_of(
    sentence: Sentence, counted: Counted, grammar: Grammar, said_until: int, published: date | None
) -> StatusFound:
    """Return the status of a counted number; `said_until` is where its cue ends, if before it."""
    outright = _negated(sentence, counted, grammar) or _outright(
        sentence, counted, grammar, published
    )
    if outright is not None:
        return outright
    left = _left_of(sentence, counted, said_until)
    right = _right_of(sentence, counted)
    if counted.shape == "partitive" and counted.whole is not None:
        right = ""
    if _is_definite(sentence, counted):
        return StatusFound(Status.PRESENT, "definite")
    if _is_denominator(sentence.text, sentence.start, counted.quantity.left):
        return StatusFound(Status.PRESENT, "denominator")
    found = _cued(left, right, grammar)
    if found.rule == "default" and (_NOW.match(sentence.text, counted.end) or _TODAY.search(right)):
        return StatusFound(Status.PRESENT, "now")
    if found.rule == "default" and sentence.heading and _TO_DO.search(left):
        return StatusFound(Status.PLANNED, "headline")
    return found


def _negated(sentence: Sentence, counted: Counted, grammar: Grammar) -> StatusFound | None:
    """Return the status of what the text denies, awaits or says to be over."""
    if is_denied(sentence, counted, grammar):
        return StatusFound(Status.DENIED, "denied")
    if is_awaited(sentence, counted, grammar):
        return StatusFound(Status.PLANNED, "not-yet")
    if _is_counterfactual(sentence, counted):
        return StatusFound(Status.HYPOTHETICAL, "counterfactual")
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _PLANS_REACH)
    if _NO_LONGER.search(*predicate(sentence, counted)) or _ORIGINAL.search(text, floor, left):
        return StatusFound(Status.PAST, "no-longer")
    if _PLANS_FOR.search(text, floor, left):
        return StatusFound(Status.PLANNED, "plans-for")
    return None


def _outright(
    sentence: Sentence, counted: Counted, grammar: Grammar, published: date | None
) -> StatusFound | None:
    """Return a status that holds whatever the verbs of the clause say."""
    text, left = sentence.text, counted.quantity.left
    found: StatusFound | None = None
    if AGO.match(text, counted.end):
        found = StatusFound(Status.PAST, "ago")
    elif _is_left(sentence, counted, grammar):
        found = StatusFound(Status.PAST, "part-left")
    elif (
        counted.shape in {"repeated", "bare"}
        and counted.anaphoric
        and grammar.ends("shapes.compared", text, max(sentence.start, left - 24), left)
    ):
        found = StatusFound(Status.PAST, "compared")
    elif counted.quantity.was:
        future = any(
            grammar.search(key, text, sentence.start, left)
            for key in ("status.decrease", "status.planned", "status.hypothetical")
        )
        found = (
            StatusFound(Status.PRESENT, "before-cut")
            if future
            else StatusFound(Status.PAST, "from")
        )
    elif _was(sentence, counted, grammar):
        found = StatusFound(Status.PAST, "was")
    elif _is_history(sentence, counted.quantity.start, counted.quantity.right, grammar, published):
        found = StatusFound(Status.PAST, "history")
    elif grammar.search("status.exercise", text, sentence.start, sentence.end):
        found = StatusFound(Status.EXERCISE, "exercise")
    return found


def _is_counterfactual(sentence: Sentence, counted: Counted) -> bool:
    """Read "Had Washington agreed, Warsaw would have received N"."""
    text, left = sentence.text, counted.quantity.left
    condition = _COUNTERFACTUAL.match(text, sentence.start, left)
    if condition is None:
        return False
    _, _, stop = predicate(sentence, counted)
    return _WOULD.search(text, condition.end(), stop) is not None


def _is_left(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "two thirds of the 10,000 troops have left": as many there were."""
    text, left = sentence.text, counted.quantity.left
    if not _SHARE_OF.search(text, max(sentence.start, left - 40), left):
        return False
    return grammar.search("status.gone", *predicate(sentence, counted)) is not None


def _was(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a simple past tense with a time of its own puts the number into the past."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 24)
    if _WE_HAD.search(text, floor, left):
        return True
    if counted.shape not in {"direct", "existing", "people", "bare", "elliptic"}:
        return False
    if grammar.ends("status.had_with", text, max(sentence.start, left - 40), left):
        return True
    if not _WAS.search(text, floor, left):
        return False
    stop = _BREAK.search(text, counted.end, min(sentence.end, counted.end + 80))
    right = stop.start() if stop else min(sentence.end, counted.end + 80)
    return grammar.search("status.past_after", text, counted.end, right) is not None


def _cued(left: str, right: str, grammar: Grammar) -> StatusFound:
    patterns = grammar.patterns
    right = patterns["status.not_future_after"].sub(" ", right)
    left = _WILL_HAVE.sub("will", patterns["status.not_future"].sub(" ", _MAY.sub(" ", left)))
    right = patterns["status.not_future"].sub(" ", _MAY.sub(" ", right))
    past = _last(patterns["status.past"], left)
    if past >= 0 and _last(patterns["status.present"], left) < past:
        return StatusFound(Status.PAST, "past")
    # The verb that the number is the subject of comes first; else the verb it is the object of.
    found = _by_verb("right", right, grammar)
    if found is not None and found.status is Status.PLANNED and _IF.search(left):
        return StatusFound(Status.HYPOTHETICAL, "condition")
    return found or _by_verb("left", left, grammar) or StatusFound(Status.PRESENT, "default")


def _by_verb(where: str, stretch: str, grammar: Grammar) -> StatusFound | None:
    """Return the status that the words on one side of the number give it."""
    patterns = grammar.patterns
    hedge = patterns["status.hedged_present"].search(stretch)
    if hedge and (
        (hedge[0].lower().endswith(" be") and _PARTICIPLE.match(stretch, hedge.end()))
        or stretch.startswith(" to ", hedge.end())
    ):
        hedge = None  # "could be expanded to N", "would have to be N" are no hedges
    if hedge:
        return StatusFound(Status.PRESENT, f"hedge-{where}")
    held = _last(patterns["status.present"], stretch)
    planned = _last(patterns["status.planned"], stretch)
    supposed = _last(patterns["status.hypothetical"], stretch)
    if max(held, planned, supposed) < 0:
        return None
    if held >= 0 and (where == "right" or held > max(planned, supposed)):
        return StatusFound(Status.PRESENT, f"present-{where}")
    if supposed >= planned or (supposed >= 0 and _CONDITION.search(stretch)):
        return StatusFound(Status.HYPOTHETICAL, f"hypothetical-{where}")
    return StatusFound(Status.PLANNED, f"planned-{where}")


def _last(pattern: re.Pattern[str], stretch: str) -> int:
    found = -1
    for match in pattern.finditer(stretch):
        found = match.start()
    return found


def _left_of(sentence: Sentence, counted: Counted, said_until: int) -> str:
    text, left = sentence.text, counted.quantity.left
    start = max(sentence.start, left - _LEFT_REACH, said_until if said_until <= left else 0)
    for match in _CLAUSE_START.finditer(text, start, left):
        start = match.end()
        closed = _RELATIVE_END.search(text, start, left) if match[0].startswith(",") else None
        start = closed.end() if closed else start
    return text[start:left]


def _right_of(sentence: Sentence, counted: Counted) -> str:
    """Return the stretch in which the number's own verb can stand."""
    text, start = sentence.text, counted.predicate or counted.end
    behind = _BEHIND.match(text, start, sentence.end)
    start = behind.end() if behind else start
    stop = sentence.end
    for other in sentence.quantities:
        if other.left >= start:
            stop = min(stop, other.left)
            break
    match = CLAUSE_END.search(text, start, stop)
    stretch = text[start : match.start() if match else stop]
    # A verb far behind a relative phrase belongs to somebody else.
    return stretch[:90]


def _is_definite(sentence: Sentence, counted: Counted) -> bool:
    """Read "the roughly 1,000 troops based there": what is so known is there, whatever is planned."""
    text, left = sentence.text, counted.quantity.left
    before = text[max(sentence.start, left - 5) : left].lower()
    return before.endswith(" the ") and _ALREADY.match(text, counted.end) is not None


def _is_denominator(text: str, start: int, left: int) -> bool:
    return bool(_OF_THE.search(text[start:left]))


def _is_history(
    sentence: Sentence, position: int, end: int, grammar: Grammar, published: date | None
) -> bool:
    for match in grammar.patterns["status.history"].finditer(
        sentence.text, sentence.start, sentence.end
    ):
        if _DURING.search(sentence.text, max(sentence.start, match.start() - 32), match.start()):
            return True
    if grammar.search("status.historical", sentence.text, sentence.start, sentence.end):
        return True
    if _NOW.match(sentence.text, end):
        return False
    newest = published.year - 2 if published else 2015
    for match in _YEARS.finditer(sentence.text, sentence.start, sentence.end):
        if int(match[2] or match[1]) <= newest and _is_near(sentence, match.start(), position):
            return True
    for match in grammar.days(sentence):
        year = match["y1"] or match["y2"]
        if year and int(year) <= newest and _is_near(sentence, match.start(), position):
            return True
    return False


def _is_near(sentence: Sentence, year: int, position: int) -> bool:
    """Say whether a year and a number stand in one clause, or the year opens the sentence."""
    if abs(year - position) >= _YEAR_REACH:
        return False
    gap = sentence.text[min(year, position) : max(year, position)]
    if year < position:
        opens = year - sentence.start < _YEAR_OPENS
        return opens or not _LATER.search(gap)
    return not _OTHER_CLAUSE.search(gap)


# --- kind --------------------------------------------------------------------------------------


def kind_of(sentence: Sentence, counted: Counted, grammar: Grammar) -> tuple[Kind, str]:
    """Return the kind of a counted number and its rule."""
    text, quantity = sentence.text, counted.quantity
    flow = _RATE.match(text, counted.end, sentence.end)
    ago = AGO.match(text, counted.end)
    if flow and not ago and grammar.patterns["status.flow"].search(flow[0]):
        return Kind.FLOW, "flow"
    before = grammar.ends(
        "status.subset", text, max(sentence.start, quantity.left - 48), quantity.left
    )
    if before is not None or _is_listed_part(sentence, counted, grammar):
        return Kind.SUBSET, "including"
    if counted.shape == "partitive":
        return Kind.SUBSET, "partitive"
    if text[max(0, quantity.left - 4) : quantity.left] == " by " and grammar.search(
        "shapes.growth", text, max(sentence.start, quantity.left - 60), quantity.left
    ):
        return Kind.INCREMENT, "by"
    more = _MORE.match(text, counted.end) is not None
    if (
        more
        or counted.increment
        or grammar.ends(
            "status.increment_before", text, max(sentence.start, quantity.left - 24), quantity.left
        )
    ):
        return Kind.INCREMENT, "additional"
    return Kind.TOTAL, "default"


def _is_listed_part(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number follows a part by "and": "including 500 officers and three generals"."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 60)
    found = grammar.last("status.subset", text, floor, left)
    if found is None or grammar.search("shapes.auxiliaries", text, found.end(), left):
        return False
    between = text[found.end() : left]
    return bool(_AND.search(between)) and not _HARD.search(between)


# --- recall and as-of ---------------------------------------------------------------------------


def is_recalled(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether words before the number mark it as an earlier figure."""
    text, left = sentence.text, counted.quantity.left
    start = sentence.start
    asides = [match.span() for match in _ASIDE.finditer(text, sentence.start, sentence.end)]
    for other in sentence.quantities:
        if other.end <= left and not any(a <= other.start < b for a, b in asides):
            comma = text.find(", ", other.end, left)
            start = max(start, comma if comma > 0 else other.end)
    for match in grammar.patterns["status.recalled"].finditer(text, start, left):
        if not match[0].lower().endswith(("week", "month", "year", "ago")):
            return True
        around = (max(start, match.start() - 40), min(left, match.end() + 40))
        if grammar.search("attribution.verbs", text, *around) is not None:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that the text names, and where."""

    start: int
    end: int
    day: date


def dates(sentence: Sentence, grammar: Grammar, published: date | None) -> list[Dated]:
    """Return the days that a sentence names and that do not lie ahead."""
    found: list[Dated] = []
    for match in grammar.days(sentence):
        before = (
            sentence.text[max(sentence.start, match.start() - 12) : match.start()].lower().split()
        )
        if before and before[-1] in grammar.sets["dates.ahead"]:
            continue
        day = _day(match, grammar, published)
        if day is not None and (published is None or day <= published + timedelta(days=1)):
            found.append(Dated(match.start(), match.end(), day))
    return found


def _day(match: re.Match[str], grammar: Grammar, published: date | None) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["weekday"] or match["near"]:
            return _weekday(match, grammar, published)
        month = grammar.language.months[(match["m1"] or match["m2"]).lower()]
        day = int(match["d1"] or match["d2"])
        year = match["y1"] or match["y2"]
        if year:
            return date(int(year), month, day)
        if published is None:
            return None
        found = date(published.year, month, day)
        return (
            found
            if found <= published + timedelta(days=7)
            else date(published.year - 1, month, day)
        )
    except ValueError:
        return None


def _weekday(match: re.Match[str], grammar: Grammar, published: date | None) -> date | None:
    if published is None:
        return None
    if match["near"]:
        return published - timedelta(days=match["near"].lower() == "yesterday")
    last = (match["last"] or "").strip().lower()
    if last == "next":
        return None
    back = (published.weekday() - grammar.language.weekdays[match["weekday"].lower()]) % 7
    return published - timedelta(days=7 if last == "last" and back == 0 else back)


def as_of(found: Sequence[Dated], sentence: Sentence, counted: Counted) -> Dated | None:
    """Return the day nearest to the number, not across another number or an aside."""
    asides = [
        match.span() for match in _ASIDE.finditer(sentence.text, sentence.start, sentence.end)
    ]
    own = [item for item in found if not any(start <= item.start < end for start, end in asides)]
    return min(own, key=lambda item: abs(item.start - counted.quantity.start), default=None)


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a stretch."""
    return [word.lower() for word in WORD.findall(text)]
