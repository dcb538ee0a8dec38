# SPDX-License-Identifier: Apache-2.0
"""In which sense a number holds.

What it is not: tense in general. Each cue counts within the number's own clause: to the left from the
clause's start (after the words that say who said it), to the right up to the next clause or number.
Rules of this file: movement under way and hedges ("could be closer to") are present.
"""

from __future__ import annotations

import re
from datetime import date

from monitor.core.claims import frames, over, past, supposed
from monitor.core.claims.counted import Counted
from monitor.core.claims.cue_words import (
    StatusFound,
    behind_whole,
    by_verb,
    cued,
    left_of,
    right_of,
)
from monitor.core.claims.denials import is_awaited, is_called, is_denied, predicate
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.old_years import TODAY, is_history
from monitor.core.claims.scopes import AGO, FINITE, Frame
from monitor.core.model import Status

_LEFT_REACH = 110
# What each expression cannot do without: whether one stands in a sentence is told at less cost.
_GONE = frozenset(
    "longer any used".split()  # noqa: SIM905
)
_FIRST = frozenset(
    "original initial".split()  # noqa: SIM905
)
_AT_PRESENT = frozenset(
    "now currently today present current existing".split()  # noqa: SIM905
)
_PLANS = frozenset(
    "plan plans proposal proposals blueprint blueprints preparations arrangements".split()  # noqa: SIM905
)
_AWAY = frozenset(
    "out home gone leave go withdraw pack quit depart".split()  # noqa: SIM905
)
_DOING = frozenset(
    "leave send keep station deploy move add put give base bring hold raise recruit train redeploy shift transfer assign withdraw pull".split()  # noqa: SIM905
)
# "There were three thousand of them in September": what was so at a time that is named.
_WAS = re.compile(
    r"\b(?:there\s+(?:were|was|had\s+been)|(?:we|they|it|he|she|i)\s+(?:once\s+)?had|had)\s+(?:only\s+|just\s+)?$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[;:.\"]|,\s")
_ALREADY = re.compile(
    r"\s+(?:(?:already|currently|now|still|(?:that|who)\s+(?:are|have\s+been))\s+)?"
    r"(?:based|stationed|deployed|serving|fighting|there|training|rotating|patrolling|guarding|holding)\b"
)
_TODAY = re.compile(r"\b(?:today|at\s+present|at\s+the\s+moment|right\s+now)\b")
_WHAT_PUT = re.compile(
    r"\bwhat\s+(?:\w+\s+){1,4}(?:puts?|called|calls|estimated?s?)\s+(?:at\s+|as\s+)?$"
)
_WE = frozenset({"we", "i"})
_WE_HAD = re.compile(r"\b(?:(?:we|i)\s+had|we\s+were)\s+(?:only\s+|just\s+)?$", re.IGNORECASE)
# "Had Washington agreed, Warsaw would have received N".
_COUNTERFACTUAL = re.compile(r"\W*(?:Had|Were|Should)\s+[^.;:]{3,80}?,")
# "If I had a thousand men I'd take the hill"
_IF_I_HAD = re.compile(
    r"\b(?:if\s+(?:only\s+)?(?:we|I|they|he|she|you|Ukraine|Russia)|(?:I|we)\s+wish\s+(?:I|we))\s+(?:only\s+|just\s+|even\s+)?had\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\b(?:would|could|might)\b")
_HAS = re.compile(r"\b(?:has|have|had)\s+(?:(?:already|since|now|also)\s+)?(?:been\s+)?$")
_NO_LONGER = re.compile(r"\b(?:no\s+longer|not\s+any\s+more|used\s+to)\b")
_ORIGINAL = re.compile(r"\b(?:original|initial)\s+$", re.IGNORECASE)
_PLANS_REACH = 48
_MAIN_REACH = 260
_SENDS = re.compile(
    r"\b(?:send|deploy|dispatch|provide|contribute|raise|form|station|offer|commit|train|supply|mobili[sz]e|recruit)\b[^:]{0,60}:?\s*$"
)
_LIST, _NOTHING = re.compile(r":\s"), re.compile(r"")
_PARTICIPLE = re.compile(
    r",\s+(?:thereby\s+|thus\s+)?(?:doubling|tripling|raising|bringing|increasing|taking|boosting|expanding|lifting|cutting|lowering|reducing|halving)\s"
)
# Who is told to leave is still there: "ordered the last 1,000 American soldiers out".
_ORDERED = re.compile(
    r"\b(?:order(?:s|ed|ing)?|told|tells?|ask(?:s|ed|ing)?|want(?:s|ed)?|demand(?:s|ed|ing)?|giv(?:es|en)|gave)\b[^.;:\"]*$"
)
_OUT = re.compile(
    r"\s+(?:\w+\s+){0,2}(?:out\b(?!\s+to)|home\b|gone\b|(?:to|must)\s+(?:leave|go\s+home|withdraw|pack|quit|depart)\b|(?:\w+\s+){0,2}to\s+leave\b)"
)
# "will withdraw to a line and leave 4,000": one modal of two verbs.
_AND_DO = re.compile(
    r"\b(?:will|would|could|might|may|to|should|must)\s+[a-z]+\b[^;.:\"]*\b(?:and|or|then)\s+(?:leave|send|keep|station|deploy|move|add|put|give|base|bring|"
    r"hold|raise|recruit|train|redeploy|shift|transfer|assign|withdraw|pull)\s+(?:[a-z]+\s+){0,2}$"
)
# "would guard the border during the Zapad manoeuvres": a time, where nobody is said to take part.
_MEANWHILE = re.compile(
    r"\b(?:during|ahead\s+of|before|after|since|end\s+of|because\s+of|in\s+view\s+of|in\s+response\s+to|fearing|watch(?:es|ed|ing)?)\s+(?:the\s+|its\s+|their\s+|an?\s+|[A-Z]\w+\s+){0,3}$"
)
# "an intake of 4,700 is to rise to 6,500", "6,500 men, is to be half as large again": today's figure.
_CHANGING = frozenset(
    "rise grow increase climb go shrink fall drop swell raised increased expanded cut reduced "  # noqa: SIM905
    "lowered trimmed double triple doubled tripled halved half twice".split()
)
_TO_CHANGE = re.compile(
    r"[^.;:\"]{0,40}?\b(?:is|are|was|were|will|would|due|set|expected|about)\s+(?:\w+\s+)?(?:to\s+)?(?:(?:rise|grow|increase|climb|go\s+up|shrink|fall|drop|swell|"
    r"be\s+(?:raised|increased|expanded|cut|reduced|lowered|trimmed))\s+(?:to|by|from)\b|(?:double|triple|be\s+(?:doubled|tripled|halved|half\s+as|twice\s+as))\b)"
)
# "plans to cut its standing army of 90,000 by a tenth": today's size.
_ITS_ARMY_OF = re.compile(
    r"\b(?:cut|reduce|shrink|trim|slash|halve|expand|enlarge|double|grow|increase|raise|boost)\s+(?:its|their|the|his|her)\s+(?:[\w-]+\s+){0,3}(?:of|from)\s+(?:some\s+|about\s+)?$"
)
_BY_TO = re.compile(r"(?:\s+\w+)?\s+(?:by|to)\b")
# "150 of the 800 marines promised for X had arrived by the weekend"
_HAVE_COME = re.compile(
    r"[^.;:\"]{0,80}?\b(?:had|has|have)\s+(?:\w+\s+){0,2}?(?:arrived|come|reached|landed|turned\s+up|reported)\b"
)
_NO_DRILL = re.compile(r"\s+(?:grounds?|square|brigade|battalion|division|regiment)\b")
# Rules of a present that may be one of long ago: "there had been about 50,000".
_OLD_PRESENT = frozenset({"present-left"})
# Shapes of numbers that a verb of having may tell of.
_TELLING = frozenset({"direct", "existing", "people", "bare", "elliptic", "repeated"})
_STRENGTH_NOW = re.compile(
    r"\b(?:now|currently|today|at\s+present|the\s+(?:current|existing|present))\s+(?:numbering\s+|at\s+|with\s+)?$",
    re.IGNORECASE,
)
_FROM_NOW = re.compile(r"\s+(?:now|today|at\s+present|currently)(?=[,.;:]|\s+to\b)")
# "a third of the 15,000 it wants to have there".
_WANTED = re.compile(
    r"\s+(?:promised|pledged|offered)\s+(?:to|by|for)\b(?!\s+\w+(?:\s+\w+)?\s+(?:had|have|has)\s+(?:begun|arrived|come|landed|reached))|"
    r"\s+(?:that\s+|which\s+|whom\s+)?(?:it|they|he|she|we|[A-Z]\w+|(?:the|its)\s+[a-z]+)\s+(?:wants?|plans?|hopes?|aims?|intends?|promised|pledged|has\s+promised|"
    r"has\s+pledged|is\s+(?:supposed|meant|due|planning)|are\s+(?:supposed|meant|due|planning))\b(?!\s+(?:gone|home))"
)
_PLANS_FOR = re.compile(
    r"\b(?:plans?|proposals?|blueprints?|preparations|arrangements)\s+(?:for|of|to\s+(?:send|deploy|station|raise))\s+"
    r"(?:an?\s+|the\s+)?(?:[a-z]+\s+){0,2}$",
    re.IGNORECASE,
)
_TO_DO = re.compile(r"\bto\s+(?:more\s+than\s+)?[a-z]{3,}\b")
# "10,000 soldiers to guard railways": a headline's future.
_TO_DO_NEXT = re.compile(
    r"\s+(?:(?:more|extra|others)\s+)?to\s+(?!(?:the|a|an|its|their|his|our|be\s+believed|boot)\b)[a-z]{3,}\s+[A-Za-z]"
)
# A headline's "Trump orders 2,000 Guard soldiers to Chicago": not yet done.
_ORDERS = re.compile(
    r"\b(?:orders?|authori[sz]es?|approves?|clears|okays|mandates)\s+(?:[a-z]+\s+){0,2}$"
)
_GROWS = re.compile(
    r"(?:\s+(?:strong|all\s+told))?,\s+(?:is|are|will|would)\s+(?:(?:to|set|due|soon)\s+){0,3}(?:be\s+(?:half|twice|doubled|enlarged|expanded|"
    r"cut|halved|reduced|increased|raised)|grow|double|expand|reach|shrink|rise|increase|triple|swell)\b"
)
# "the 1,300 soldiers then deployed", "serving in Somalia at the time", "stationed there before the war".
_THEN = re.compile(
    r"[^.;:,\"]{0,50}?\b(?:then\s+(?:deployed|stationed|based|serving|in|under|there|fighting)|at\s+(?:the|that)\s+time"
    r"|before\s+the\s+(?:war|invasion|coup|conflict|attack|crisis|uprising|revolution|full-scale))\b"
)
_VOWS = frozenset(
    {"voted", "resolved", "vowed", "undertaken", "undertook", "decided", "opted", "promised"}
)
_VOWED = re.compile(
    r"\b(?:voted|resolved|vowed|undertaken|undertook|decided|opted|promised)\b[^.;:\"]{0,40}?\bto\s+(?:send|deploy|dispatch|contribute|station|"
    r"provide|commit|put|raise|add|withdraw|pull|keep|base|lend|supply|train)\b[^.;:]{0,40}$"
)
_OF_THE = re.compile(r"\b(?:of|among)\s+(?:the|its|their|his|our)\s+$", re.IGNORECASE)
# "wants the 400 border guards replaced": whatever is wanted of them, they are there.
_WANTING = frozenset({"want", "wants"})
_WANTS_THE = re.compile(r"\bwants?\s+(?:rid\s+of\s+)?(?:the|these|those|all)\s+$")
_SHARE_OF = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|most|all)\s+of\s+(?:the|its|their|these|those)\s+"
    r"(?:\w+\s+)?$|\b(?:the|all)\s+(?:last\s+)?$",
    re.IGNORECASE,
)


# "a fraction of the 30,000 who were there", "of the 450 men who went into the forest, 170 came back".
_WHO_WERE = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}who\s+(?:were\s+(?:once\s+)?there|had\s+been|went\s+(?:in|into|out|there|up|ashore)|marched|set\s+out|served|fought|spent)\b"
)
_CAME_BACK = re.compile(
    r"[^.;:\"]{0,90}?\b(?:came\s+(?:back|home)|saw\s+home|returned|survived|made\s+it\s+(?:back|home|out)|lived\s+to|"
    r"(?:are|is)\s+(?:all\s+|now\s+|back\s+)?home)\b(?!\s+in\s+coffins)(?![^.;]*\?)"
)
# "about 1,000 soldiers at the sites, down from several thousand in the summer"
_DOWN_FROM = re.compile(
    r"\b(?:(?:down|up)\s+from|from\s+an?\s+(?:all-time\s+)?(?:low|high|peak|maximum|minimum)\s+of)\s+(?:(?:a\s+peak\s+of|the|some|about|around|perhaps|as\s+many\s+as)\s+)?$"
)
# "If the Council agrees, Kenya could have another 1,000": no hedge.
_IF_BEFORE = re.compile(r"\W*(?:If|Should|Unless|Once)\s[^.;:\"]{3,100},\s[^.;:\"]*\bcould\b")
# "could be in Ruritania on the day after peace"
_AFTER_PEACE = re.compile(
    r"\b(?:(?:day|morning)\s+after|after|once\s+there\s+is|in\s+the\s+event\s+of|following|with)\s+(?:an?\s+|the\s+)?(?:[a-z]+\s+)?(?:peace|ceasefire|truce|armistice|settlement)\b"
)
_THIS_YEAR = re.compile(
    r"\s+(?:this\s+(?:year|month|week|autumn|spring|summer|winter)|now|today|at\s+present|currently)\b"
)
_HAS_THERE = re.compile(
    r"\s+(?:that\s+)?(?:it|they|he|she|we|[A-Z]\w+)\s+(?:now\s+|already\s+)?(?:has|have|keeps?)\b"
)
_BARE_FROM = re.compile(r"(?<!down )(?<!up )\bfrom\s+(?:about\s+|some\s+)?$")
_NEEDS = frozenset({"need", "needs", "needed", "required", "necessary"})
_FROM, _LAST = frozenset({"from"}), frozenset({"last"})
_OLD = frozenset({"old", "previous", "former", "earlier"})
_OF_THE_OLD = re.compile(
    r"\s+(?:of|in|under)\s+(?:the|its|their)\s+(?:old|previous|former|earlier)\b"
)
_LAST_YEARS = re.compile(
    r"\blast\s+(?:year|month|week|spring|summer|autumn|winter)'s\s+(?:record\s+|total\s+(?:of\s+)?)?$"
)
_NOT_NEEDED = re.compile(r"\bno\s+longer\s+needs?\s+the\s+(?:\w+\s+)?$")
_WE_NEED = re.compile(
    r"\b(?:[Ww]e|I|[Tt]hey|[Yy]ou|he|she|it)\s+(?:need|needs|would\s+need)(?:,\s+[^,]{3,20},)?\s+(?:at\s+least\s+|another\s+|some\s+)?$"
)
_REQUIRED = re.compile(
    r"[\"']?\s+(?:would|will)\s+(?:have\s+been|be)\s+(?:required|needed|necessary)\b"
)


def status_of(
    sentence: Sentence, counted: Counted, grammar: Grammar, said_until: int, published: date | None
) -> StatusFound:
    """Return the status of a counted number; `said_until` is where its cue ends, if before it."""
    outright = (
        _negated(sentence, counted, grammar)
        or framed(over.over(sentence, counted, grammar))
        or _outright(sentence, counted, grammar, published)
    )
    if outright is not None:
        return outright
    found = _plain(sentence, counted, grammar, said_until)
    if _hangs_on(sentence, counted, found):
        return StatusFound(Status.HYPOTHETICAL, "condition")
    if found.status is Status.PLANNED:
        return framed(supposed.supposes(sentence, counted)) or found
    if (
        found.rule == "default"
        and sentence.has(_DOING)
        and _AND_DO.search(sentence.text, sentence.start, counted.quantity.left)
    ):
        found = (
            by_verb("left", sentence.text[sentence.start : counted.quantity.left], grammar) or found
        )
    if found.rule == "default":
        found = framed(frames.framed(sentence, counted, grammar)) or found
        if found.rule == "framed" and supposed.is_only_if(sentence, counted):
            found = StatusFound(Status.HYPOTHETICAL, "condition")
    if found.rule == "default" or found.rule in _OLD_PRESENT:
        rule = past.was(sentence, counted, grammar, published)
        return StatusFound(Status.PAST, rule) if rule else found
    return found


def _hangs_on(sentence: Sentence, counted: Counted, found: StatusFound) -> bool:
    """Say whether a plan, or what "could" be, holds only if something else does."""
    if found.rule.startswith("hedge"):
        after = _AFTER_PEACE.search(sentence.text, counted.end, sentence.end)
        before = _IF_BEFORE.match(sentence.text, sentence.start, counted.quantity.left)
        ahead = frames.is_ahead(sentence, counted)
        return after is not None or before is not None or ahead
    return found.status is Status.PLANNED and supposed.is_conditional(sentence, counted)


def framed(frame: Frame | None) -> StatusFound | None:
    """Return a frame as a status, if there is one."""
    return StatusFound(*frame) if frame is not None else None


def _plain(sentence: Sentence, counted: Counted, grammar: Grammar, said_until: int) -> StatusFound:
    """Return the status by the words of the number's own clause."""
    left = left_of(sentence, counted, said_until)
    right = right_of(sentence, counted)
    if counted.shape == "partitive" and counted.whole is not None:
        right = behind_whole(sentence, counted.whole.right)
    settled = _settled(sentence, counted)
    if settled is not None:
        return settled
    found = cued(left, right, grammar)
    if found.rule == "default":
        found = _by_main_verb(sentence, counted, left, grammar) or found
    is_open = found.rule == "default"
    if is_open:
        verb = frames.subject_verb(sentence, counted)
        if verb:
            for key in ("status.not_future_after", "status.not_future"):
                verb = grammar.patterns[key].sub(" ", verb)
            found = by_verb("subject", verb, grammar) or found
            is_open = found.rule == "default"
    if is_open and (TODAY.match(sentence.text, counted.end) or _TODAY.search(right)):
        found = StatusFound(Status.PRESENT, "now")
    elif found.rule.startswith("planned") and _is_army_of_today(sentence, counted):
        found = StatusFound(Status.PRESENT, "of-today")
    elif is_open and sentence.heading and _is_headlined(sentence, counted, left):
        found = StatusFound(Status.PLANNED, "headline")
    return found


def _is_headlined(sentence: Sentence, counted: Counted, left: str) -> bool:
    """Read a headline's future: "UK to send 400", "orders 400 to Kent", "400 soldiers to guard railways"."""
    if _TO_DO.search(left) or _ORDERS.search(left):
        return True
    following = _TO_DO_NEXT.match(sentence.text, counted.end)
    return following is not None and frames.opens_clause(sentence, counted)


def _by_main_verb(
    sentence: Sentence, counted: Counted, left: str, grammar: Grammar
) -> StatusFound | None:
    """Read "intended to station divisions, doubling its soldiers to N": in the sense of the main verb."""
    main = _PARTICIPLE.search(left) or _LIST.search(left)
    if main is None and sentence.text[: counted.quantity.left - len(left)].endswith(":"):
        main = _NOTHING.match(
            left
        )  # "agreed to send three brigades: two of builders, 5,000 in all"
    if main is None or (main.re is _NOTHING and FINITE.search(left)):
        return None
    start = max(sentence.start, counted.quantity.left - _MAIN_REACH)
    before = sentence.text[start : counted.quantity.left - len(left) + main.start()]
    if main.re is not _PARTICIPLE and _SENDS.search(before) is None:
        return None
    found = by_verb("left", before, grammar)
    return None if found is None or found.status is Status.PRESENT else found


def _is_army_of_today(sentence: Sentence, counted: Counted) -> bool:
    """Read "the army, 6,500 men, is to be half as large again": today's size, in an apposition."""
    text, left = sentence.text, counted.quantity.left
    return text[max(sentence.start, left - 2) : left] == ", " and bool(
        _GROWS.match(text, counted.end)
    )


def _is_to_be_cut(sentence: Sentence, counted: Counted) -> bool:
    """Read "plans to cut its standing army of 90,000 by a tenth": the size of today."""
    left = counted.quantity.left
    body = _ITS_ARMY_OF.search(sentence.text, max(sentence.start, left - _LEFT_REACH), left)
    return body is not None and _BY_TO.match(sentence.text, counted.end) is not None


def _settled(sentence: Sentence, counted: Counted) -> StatusFound | None:
    """Return what the phrase of the number itself says, whatever the verb is."""
    text, end = sentence.text, counted.end
    if _is_definite(sentence, counted):
        return StatusFound(Status.PRESENT, "definite")
    whole = counted.whole
    come = whole is not None and _HAVE_COME.match(text, whole.right, sentence.end) is not None
    changes = sentence.has(_CHANGING) and _TO_CHANGE.match(text, end, sentence.end)
    if come or changes or _is_to_be_cut(sentence, counted):
        return StatusFound(Status.PRESENT, "have-come" if come else "to-change")
    if _WANTED.match(text, end):
        return StatusFound(Status.PLANNED, "wanted")
    if _is_denominator(text, sentence.start, counted.quantity.left):
        gone = _WHO_WERE.match(text, end, sentence.end) or _CAME_BACK.match(text, end, sentence.end)
        return StatusFound(Status.PAST if gone else Status.PRESENT, "denominator")
    left = counted.quantity.left
    if (
        sentence.has(_NEEDS)
        and not _NOT_NEEDED.search(text, sentence.start, left)
        and (
            _WE_NEED.search(text, max(sentence.start, left - _PLANS_REACH), left)
            or _REQUIRED.match(text, end, sentence.end)
        )
    ):
        return StatusFound(Status.HYPOTHETICAL, "needed")
    return None


def _negated(sentence: Sentence, counted: Counted, grammar: Grammar) -> StatusFound | None:
    """Return the status of what the text denies, awaits or says to be over."""
    if is_denied(sentence, counted, grammar):
        return StatusFound(Status.DENIED, "called" if is_called(sentence, counted) else "denied")
    if _is_counterfactual(sentence, counted) or supposed.is_sounded(sentence, counted):
        return StatusFound(Status.HYPOTHETICAL, "counterfactual")
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _PLANS_REACH)
    if (sentence.has(_GONE) and _NO_LONGER.search(*predicate(sentence, counted))) or (
        sentence.has(_FIRST) and _ORIGINAL.search(text, floor, left)
    ):
        return StatusFound(Status.PAST, "no-longer")
    if _is_there(sentence, counted):
        return StatusFound(Status.PRESENT, "there-now")
    planned = sentence.has(_PLANS) and _PLANS_FOR.search(text, floor, left)
    planned = planned or (
        sentence.has(_VOWS) and _VOWED.search(text, max(sentence.start, left - 120), left)
    )
    if planned or is_awaited(sentence, counted, grammar):
        return StatusFound(Status.PLANNED, "plans-for")
    return None


def _is_there(sentence: Sentence, counted: Counted) -> bool:
    """Read "ordered the last 1,000 American soldiers out", "now some 11,900 strong": whatever comes."""
    text, left = sentence.text, counted.quantity.left
    if sentence.has(_AT_PRESENT) and (
        _STRENGTH_NOW.search(text, max(sentence.start, left - _PLANS_REACH), left)
        or _FROM_NOW.match(text, counted.end)
    ):
        return True
    near = max(sentence.start, left - _PLANS_REACH)
    if sentence.has(_WANTING) and _WANTS_THE.search(text, near, left):
        return True
    if not sentence.has(_AWAY) or _OUT.match(text, counted.end) is None:
        return False
    return _ORDERED.search(text, max(sentence.start, left - _LEFT_REACH), left) is not None


def _outright(
    sentence: Sentence, counted: Counted, grammar: Grammar, published: date | None
) -> StatusFound | None:
    """Return a status that holds whatever the verbs of the clause say."""
    text = sentence.text
    found: StatusFound | None = None
    if AGO.match(text, counted.end):
        found = StatusFound(Status.PAST, "ago")
    elif _THEN.match(text, counted.end, sentence.end):
        found = StatusFound(Status.PAST, "then")
    elif _is_left(sentence, counted, grammar):
        found = StatusFound(Status.PAST, "part-left")
    elif (compared := _compared(sentence, counted, grammar)) is not None:
        found = compared
    elif _was(sentence, counted, grammar):
        found = StatusFound(Status.PAST, "was")
    elif is_history(sentence, counted.quantity.start, counted.quantity.right, grammar, published):
        found = StatusFound(Status.PAST, "history")
    elif _is_drill(sentence, grammar):
        found = StatusFound(Status.EXERCISE, "exercise")
    return found


def _compared(sentence: Sentence, counted: Counted, grammar: Grammar) -> StatusFound | None:
    """Read "up from 5,000", "last year's 12,100", "from 2,500": what the figure of today is held against."""
    text, left = sentence.text, counted.quantity.left
    before = StatusFound(Status.PRESENT, "before-cut")
    loose = counted.shape in {"repeated", "bare"}
    gone = bool(
        loose
        and counted.anaphoric
        and grammar.ends("shapes.compared", text, max(sentence.start, left - 24), left)
    )
    if _THIS_YEAR.match(text, counted.end) and _will_change(sentence, left, grammar):
        return (
            before if counted.quantity.was or gone else None
        )  # "will train 14,000, up from 9,000 this year"
    if sentence.has(_FROM):
        bare = loose and _BARE_FROM.search(text, max(sentence.start, left - 24), left)
        if bare and not counted.quantity.was and _will_change(sentence, left, grammar):
            return before  # "will fall to fewer than 2,000 from about 2,500"
        down = _DOWN_FROM.search(text, max(sentence.start, left - 32), left)
        gone = gone or bool(down and not _HAS_THERE.match(text, counted.end))
    if sentence.has(_OLD) and _OF_THE_OLD.match(text, counted.end):
        gone = True  # "compared with the 40,000 of the old response force"
    if sentence.has(_LAST):
        last = _LAST_YEARS.search(text, max(sentence.start, left - 32), left)
        gone = gone or last is not None
    if gone or not counted.quantity.was:
        return StatusFound(Status.PAST, "compared") if gone else None
    return before if _will_change(sentence, left, grammar) else StatusFound(Status.PAST, "from")


def _is_drill(sentence: Sentence, grammar: Grammar) -> bool:
    """Say whether a sentence tells of a drill or a parade, not of a parade ground."""
    text = sentence.text
    drills = grammar.patterns["status.exercise"].finditer(text, sentence.start, sentence.end)
    return any(
        not _NO_DRILL.match(text, drill.end())
        and not (
            _MEANWHILE.search(text, max(sentence.start, drill.start() - 40), drill.start())
            and not frames.takes_part(sentence)
        )
        for drill in drills
    ) or frames.is_drill(sentence)


def _will_change(sentence: Sentence, left: int, grammar: Grammar) -> bool:
    """Say whether the change from the number is to come: "will cut from N", not "has cut from N"."""
    text = sentence.text
    cut = grammar.last("status.decrease", text, sentence.start, left)
    done = cut is not None and _HAS.search(text, sentence.start, cut.start()) is not None
    return (cut is not None and not done) or any(
        grammar.search(key, text, sentence.start, left)
        for key in ("status.planned", "status.hypothetical")
    )


def _is_counterfactual(sentence: Sentence, counted: Counted) -> bool:
    """Read "Had Washington agreed, Warsaw would have received N"."""
    text, left = sentence.text, counted.quantity.left
    if _IF_I_HAD.search(text, max(sentence.start, left - _PLANS_REACH), left):
        return True
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
    if any(other.right + len(" of the ") == left for other in sentence.quantities):
        return False  # "300 of the 1,300 have gone home"
    return grammar.search("status.gone", *predicate(sentence, counted)) is not None


def _was(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a simple past tense with a time of its own puts the number into the past."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 24)
    if sentence.has(_WE) and _WE_HAD.search(text, floor, left):
        return True
    if counted.shape not in _TELLING:
        return False
    put = _WHAT_PUT.search(text, floor - 24 if floor > 24 else 0, left)
    at = put.start() if put else left
    if grammar.ends("status.had_with", text, max(sentence.start, at - 40), at):
        return True
    if not _WAS.search(text, floor, left):
        return False
    stop = _BREAK.search(text, counted.end, min(sentence.end, counted.end + 80))
    right = stop.start() if stop else min(sentence.end, counted.end + 80)
    return grammar.search("status.past_after", text, counted.end, right) is not None


def _is_definite(sentence: Sentence, counted: Counted) -> bool:
    """Read "the roughly 1,000 troops based there": what is so known is there, whatever is planned."""
    text, left = sentence.text, counted.quantity.left
    before = text[max(sentence.start, left - 5) : left].lower()
    return before.endswith(" the ") and _ALREADY.match(text, counted.end) is not None


def _is_denominator(text: str, start: int, left: int) -> bool:
    return bool(_OF_THE.search(text[start:left]))
