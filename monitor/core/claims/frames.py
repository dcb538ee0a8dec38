# SPDX-License-Identifier: Apache-2.0
"""What frames a number's clause: a plan, a request, a capacity, a condition, a correction, a past.

What it is not: the cue words of the clause itself (`status`), or denials (`denials`). Rules of this
file: a frame is asked only where the clause does not say itself in which sense its number holds, but
for conditions, which make a plan a supposition, and for what is over.
"""

from __future__ import annotations

import re

from monitor.core.claims.bygone import had_been, is_bygone
from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import clause_end, clause_start
from monitor.core.knowledge import NameKind
from monitor.core.model import Status

Frame = tuple[Status, str]

_LEFT, _RIGHT, _FURTHER, _NEAR, _SHORT = 90, 90, 72, 48, 16
# What each expression cannot do without: whether one stands in a sentence is told at less cost.
_WRONG = frozenset(
    "version wrongly incorrectly mistakenly erroneously falsely correction error misstated misreported regret apologise apologize".split()  # noqa: SIM905
)
_OVER = frozenset(
    "recalled disbanded dissolved withdrawn pulled brought evacuated sent expelled stood wound".split()  # noqa: SIM905
)
_SHARES = frozenset(
    "most half all much bulk thirds quarters".split()  # noqa: SIM905
)
_ROOM = frozenset(
    "can could able enough designed built meant room space bed beds bunks barracks housing quarters berths accommodation tents capacity facilities rations uniforms".split()  # noqa: SIM905
)
_ASKING = frozenset(
    "ask asks asked asking urge urges urged urging request requests requested requesting beg begs begged begging beged beging begg beggs press presses pressed pressing lobbies lobbied lobbying plead pleads pleaded appeal appeals appealed appealing call calls called calling petitions petitioned want wants wanted invite invites invited inviting".split()  # noqa: SIM905
)
_SUPPOSING = frozenset(
    "suppose supposing imagine assume assuming let what scenario scenarios theory paper theoretically option options variant variants war".split()  # noqa: SIM905
)
_CONDITIONS = frozenset(
    "if unless provided case event once".split()  # noqa: SIM905
)
_COMING = frozenset(
    "by before coming next later within soon from tomorrow".split()  # noqa: SIM905
)
_SOUNDING = frozenset(
    "approached sounded canvassed asked requested invited urged pressed".split()  # noqa: SIM905
)
_DRILLS = frozenset(
    "starts kicks kicked gets got runs under now".split()  # noqa: SIM905
)
_DRILL_YEARS = frozenset(str(year) for year in (*range(20, 40), *range(2020, 2040)))
_SHOW, _ONCE_SO = frozenset({"show"}), frozenset({"once"})
_KEEPING, _WHENEVER, _BEFORE_THAT = (
    frozenset({"kept", "had"}),
    frozenset({"when"}),
    frozenset({"until"}),
)
# --- what is over ---
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
_STILL = re.compile(r"\b(?:now|has|have|is|are|will|would|still)\b")
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
_WENT_IN = re.compile(
    r"\b(?:went|marched|rode|moved|set\s+out|started|began|came|arrived|landed|attacked)\s+(?:(?:in|out|off|here|there|up|back|over|down|to\s+\w+)\s+)?with\s+$|"
    r"\b(?:began|started|opened|launched|entered)\s+(?:the|its|their|his)\s+(?:[\w-]+\s+){0,2}(?:invasion|war|campaign|offensive|"
    r"operation|battle|siege|assault)\s+with\s+(?:some\s+)?$"
)
# --- what would be ---
_CONDITION = re.compile(
    r"\b(?i:(?<!asked )(?<!ask )(?<!wonder )(?<!even )(?<!as )(?<!know )(?<!more )if(?!\s+(?:nothing\s+changes|all\s+goes|need(?:ed)?\b|necessary|possible|"
    r"(?:it|he|they|she|that|this)\s+(?:is|are)\s+not\s+stopped|not\s+stopped|nobody\s+stops|nothing\s+is\s+done))|unless|provided\s+(?:that|there|we|they|it|he|she)\s+|in\s+case\s+of|in\s+the\s+event|"
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
_NEEDED = re.compile(r"\b(?:needed|required|necessary|enough|sufficient|a\s+miracle)\b")
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
    r"(?P<whom>[^.;:]{2,60}?)\s+(?:for|to\s+[a-z]+)\s+(?:\w+\s+){0,3}$"
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
    r"\b(?:suppose|supposing|imagine|assume|assuming|let's\s+say|let\s+us\s+say(?!\s+(?:it|so|openly|plainly|clearly)\b)|what\s+if|scenarios?|in\s+theory|on\s+paper|theoretically|"
    r"options?|variants?|war\s+plans?\s+of)\b",
    re.IGNORECASE,
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
    r"starts?|begins?|ships?\s+out|takes?\s+over)\b[^.;,\"]{0,50}?\b(?:tomorrow|tonight|next\s+\w+|(?:on|in|from|by|this)\s+(?:the\s+)?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:in|from|by|this)\s+(?:early\s+|late\s+|mid-)?(?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december|spring|summer|autumn|winter|the\s+(?:spring|summer|autumn|new\s+year)))\b",
    re.IGNORECASE,
)
_CAME = re.compile(r"\s+(?:were|was|had|have|has|are|is)\b")
# --- what is put right ---
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
_HOW_MANY = re.compile(
    r"\bhow\s+(?:many|large|big)\b[^?]{0,60}?\b(could|can|would|will)\b", re.IGNORECASE
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|may|might|could|can|should|must|shall|do|does|did|sent|sends|went|came|"
    r"left|moved|arrived|remains?|stays?|holds?|held|serves?|fights?|fought|took|takes?|goes|go|made|makes?|deploys?|numbers|numbered|counts|counted|comprises|keeps?|kept|totals|totalled|stands|stood|reaches|reached|claims|commands|\w+'(?:s|re|ve|ll))\b"
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


def subject_verb(sentence: Sentence, counted: Counted) -> str | None:
    """Return the verb and what follows it of a number that opens its clause, behind names and appositions."""
    text, left = sentence.text, counted.quantity.left
    if not _OPENS.search(text, max(sentence.start, left - _NEAR), left):
        return None
    end = counted.end
    stop = min(sentence.end, end + _RIGHT)
    for other in sentence.quantities:
        if other.left >= end:
            stop = min(stop, other.left)
            break
    verb = _FINITE.search(text, end, stop)
    if verb is None or _RELATIVE.search(text, end, verb.start()) is not None:
        return None
    return " " + text[verb.start() : _clause_end(sentence, verb.end())]


def _is_scheduled(sentence: Sentence, counted: Counted) -> bool:
    """Read "and tomorrow 25,000 more soldiers go to Tachira", "the other 400 fly home on Monday"."""
    text, end = sentence.text, counted.end
    stop = _clause_end(sentence, end)
    verb = _SCHEDULED.match(text, end, stop)
    if verb is None or _FINITE.search(text, end, verb.end() - 7) is not None:
        return False
    left = counted.quantity.left
    if _WHEN_AHEAD.search(text, verb.end(), stop):
        return True
    opening = _WHEN_AHEAD.search(text, max(sentence.start, left - _NEAR), left)
    return opening is not None


def over(sentence: Sentence, counted: Counted, grammar: Grammar) -> Frame | None:
    """Return the frame of what was and is no more, or was put right."""
    text, left = sentence.text, counted.quantity.left
    start = clause_start(sentence, left, grammar)
    stop = _clause_end(sentence, counted.end)
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
    condition = _conditioned(sentence, counted)
    if condition is not None:
        return condition
    start = max(floor, clause_start(sentence, left, grammar))
    right = _clause_end(sentence, counted.predicate or counted.end)
    ahead = sentence.has(_COMING)
    if (
        _TIMETABLED.match(text, counted.predicate or counted.end)
        or grammar.search("status.framed", text, start, left)
        or grammar.search("status.framed_after", text, counted.end, right)
        or (ahead and _AHEAD.search(text, counted.end, right))
        or _NEXT.search(text, floor, left)
        or _WHO_WILL.match(text, counted.end, sentence.end)
        or _is_scheduled(sentence, counted)
        or (ahead and _AHEAD.search(text, start, left) and not _CAME.match(text, counted.end))
    ):
        return Status.PLANNED, "framed"
    return None


def _conditioned(sentence: Sentence, counted: Counted) -> Frame | None:
    """Return the frame of what holds only if something else does."""
    text = sentence.text
    condition = None
    if sentence.has(_CONDITIONS):
        condition = _IF.search(text, counted.end, sentence.end)
    if condition is not None and not _APART.search(text, counted.end, condition.start()):
        return Status.HYPOTHETICAL, "if"
    if not _FINITE.search(text, sentence.start, counted.end) and is_conditional(sentence, counted):
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


def takes_part(sentence: Sentence) -> bool:
    """Say whether a sentence tells of somebody who takes part or trains."""
    return _TAKES_PART.search(sentence.text, sentence.start, sentence.end) is not None


def is_drill(sentence: Sentence) -> bool:
    """Say whether a sentence names a drill that no list knows."""
    if not (sentence.has(_DRILLS) or sentence.has(_DRILL_YEARS)):
        return False
    return _DRILL.search(sentence.text, sentence.start, sentence.end) is not None


# "prepared to contribute N," he said, "but only when the guns are silent".
_ONLY = frozenset({"only"})
_ONLY_WHEN = re.compile(
    r"\bbut\s+only\s+(?:when|if|once|after|as\s+part\s+of)\b|\bonly\s+(?:if|once|when|after)\s+(?:there|the|a)\b"
)


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
        _CONDITION.search(sentence.text, start, stop)
        or _NEEDED.search(sentence.text, counted.end, _clause_end(sentence, counted.end))
    )


def is_only_if(sentence: Sentence, counted: Counted) -> bool:
    """Read "..., but only when the guns are silent": a condition that is said after all else."""
    if not sentence.has(_ONLY):
        return False
    only = _ONLY_WHEN.search(sentence.text, counted.end, sentence.end)
    return only is not None and not any(
        counted.end <= q.left < only.start() for q in sentence.quantities
    )


def is_fragment(sentence: Sentence, grammar: Grammar) -> bool:
    """Say whether a sentence has no verb of its own, so that it goes on with the one before."""
    text, start, end = sentence.text, sentence.start, sentence.end
    return not (
        _FINITE.search(text, start, end) or grammar.search("attribution.verbs", text, start, end)
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
        and not _STILL.search(sentence.text, sentence.start, sentence.end)
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
    supposed = modal[1].lower() in {"could", "can"} or _NEEDED.search(
        question.text, modal.end(), question.end
    )
    return (Status.HYPOTHETICAL if supposed else Status.PLANNED), "asked-for"


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
        and _STILL.search(sentence.text, opening.end(), left) is None
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
        and _STILL.search(sentence.text, was.end(), left) is None
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


def _clause_end(sentence: Sentence, start: int) -> int:
    stop = min(sentence.end, start + _RIGHT)
    for other in sentence.quantities:
        if other.left >= start and other.high >= 100 and not 1900 <= other.low <= 2100:
            stop = min(stop, other.left)
            break
    return clause_end(sentence, start, stop)
