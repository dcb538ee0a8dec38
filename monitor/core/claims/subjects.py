# SPDX-License-Identifier: Apache-2.0
"""Who does what is said of a number: the actor before it with a verb of sending or holding.

What it is not: the other steps that find whose troops they are (see `force`). Rules of this file: a
place, an object or who is told something does nothing; two joined actors are nobody's alone; a host
does not own his guests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.counted import Counted, after_preposition, joined_before
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.knowledge import Name, NameKind

_REACH = 160
_MOST_MODIFIERS = 3
_DATELINE = re.compile(r"(?:,[^-\n]{1,30}|\s*\([^)\n]{1,30}\))?\s+-\s")
# "KFOR numbers about 4,500": the verb, not the noun.
_NUMBERS = re.compile(r" (?:now |currently |still |today )?(?:numbers|numbered|totals|totalled)\b")
_AND_HAS = re.compile(r",\s+(?:and|but)\s+(?:has|have|had|is|was|will|would|[a-z]+ed)\b")
# "The Arakan Army, its strongest foe, claims 40,000 fighters": a group's own.
_CLAIMS = re.compile(
    r"\b(?:claims|claimed|boasts|boasted)\s+(?:to\s+have\s+|some\s+|about\s+|up\s+to\s+|more\s+than\s+)?$"
)
# "Ghana extends Lebanon mission, moves 120 soldiers": where, not who.
_MISSION = re.compile(
    r" (?:mission|deployment|operation|mandate|force|contingent|pullout|withdrawal)\b"
)
_ARTICLE = re.compile(r"\ban?\s+\Z")
_AUXILIARIES = frozenset({"has", "have", "had", "having", "is", "are"})
_ADVERBS = frozenset(
    {"already", "also", "now", "currently", "still", "so", "far", "recently", "only"}
)
_THERE = re.compile(r"\bthere\b")
_COPULAS = frozenset({"is", "are", "at", "about", "with", "has", "have", "had"})
_CHANGING = ("force.acts", "shapes.growth", "attribution.revises")
_COUNTING = frozenset({"counts", "count", "counted", "estimates", "at", "about"})
# Russia "may send N": a quotation that begins within a clause does not end it.
_CLAUSE = re.compile(r"[;]|(?<!\w )(?<!^ )\"|\bthat\b")
# "arming the FDLR, a militia that it says has 8,000 men".
_APPOSED = re.compile(
    r",\s+(?:an?|the|its|their|another|one\s+of)\s+[^,;:.\"]{2,70}?,?\s+(?:that|which|who)\s+"
    r"(?:(?:it|they|he|she)\s+(?:says?|said|claims?|claimed|estimates?|believes?)\s+)?"
)
_RELATIVES = frozenset({"which", "who", "whose", "where", "whom"})
_ASIDE = re.compile(r",\s+(?:which|who|whose|where|whom)\s[^,;:\"]{3,110},\s+(?!and\b|but\b)")
# "accused the federal government of massing N": who is accused does it.
_ACCUSED = re.compile(r"\b(?:accus|blam|suspect)\w*\s+$")
_RELATIVE = re.compile(r"(?:'s)?(?:\s+[a-z]+){0,3},\s+(which|who|whose)\b")
# "Kyiv had intelligence about 1,500 more": who knows of them does not have them.
_KNOWS = re.compile(
    r"\b(?:has|have|had|received|obtained|gets?|got)\s+(?:\w+\s+){0,2}?(?:intelligence|information|evidence|reports?|data|indications|word|proof|knowledge|news)\b"
)
_WHICH = re.compile(r"\b(?:which|that|who|whom)\s+(?:the\s+)?\Z")
_SAYS_IT = re.compile(r"\s+(?:says?|said|believes?|claims?|estimates?|thinks?|reckons?|insists?)\s")
_BETWEEN_TWO = re.compile(r"\W*(?:Between|Unlike|Like|Besides|Apart\s+from)\s+[^,;]{3,60},")
_RIGHT_AFTER = 6
# "Germany approves plan for 5,000-strong brigade": whose plan it is.
_PLANS = re.compile(
    r"\s+(?:approves?d?|unveils?|unveiled|backs?|backed|agrees?\s+on|agreed\s+on|adopts?|adopted|presents?|presented|announces?d?|passe[sd]|"
    r"drafts?|drafted|signs\s+off\s+on|scraps|drops|shelves)\s+(?:an?\s+|the\s+|its\s+)?(?:[a-z-]+\s+)?"
    r"(?:plans?|proposal|decision|law|bill|deal|blueprint|budget|decree)\s+(?:for|on|to\s+(?:raise|create|form|build|send|deploy|station|recruit|train))\b"
)
# "puts them at 3,500": whoever they are, they were named before.
_PUTTING = frozenset(
    "put puts placed places pegs pegged cap caps capped limit limits limited fix fixes fixed "  # noqa: SIM905
    "set sets cut cuts reduce reduces reduced lower lowers lowered".split()
)
_PUTS_THEM = re.compile(
    r"^(?:(?!\b(?:but|and|while)\b).)*\b(?:puts?|placed|places|pegs|pegged|caps?|capped|limits?|limited|fix(?:es|ed)?|sets?|cuts?|reduc(?:es?|ed)|"
    r"lower(?:s|ed)?)\s+(?:them|it|(?:its|their)\s+(?:ranks|strength|numbers?|size|forces?|total)|the\s+(?:number|figure|total|tally|count|contingent|army|force))\s+(?:at|to)\b"
)
_OF_ITS_OWN = re.compile(
    r"'s(?:,[^,;:\"]{3,60},)?\s+(?:has|have|had|numbers|numbered|counts|is|was)\b"
)
# "Lithuania's minister said the figure would reach 4,800": who says so has none.
_SAYING = frozenset({"said", "says", "expects", "estimates", "expected", "told"})
_FIGURE = re.compile(
    r"\b(?:said|says|expects|estimates|expected|told\s+\w+)\s+(?:that\s+)?(?:the|this|that)\s+"
    r"(?:(?:real|true|actual|total|overall)\s+)?(?:figure|number|total|contingent|tally|count|strength)\b"
)
_WHO = re.compile(r",\s+who\b")
_AGENT = re.compile(r"\bby\s+(?:the\s+)?\Z")
_ITSELF = re.compile(
    r",\s+which\s+(?:itself\s+|also\s+|now\s+)?(?:has|have|had|keeps|maintains|fields)\b"
)
_PUT_BY = re.compile(r"\bwhat\s+(?:the\s+)?\Z")
_PUT = re.compile(r"\s+(?:puts?|estimates?|estimated|calls?|called|said|says)\b")


# Not frozen: a dozen are made for each number, and a frozen one costs three times as much to make.
@dataclass(slots=True, eq=False)
class ForceFound:
    """A force and the step that found it; never changed."""

    force: str | None
    rule: str


NOBODY = ForceFound(None, "none")
# "France and Britain would send 10,000": no one's alone, so that no weaker step is asked either.
SEVERAL = ForceFound(None, "several")
# "where the junta keeps 3,000 soldiers": the reader knows who rules there.
RULERS = ForceFound(None, "rulers")
FINAL = (SEVERAL, RULERS)


def own_subject(sentence: Sentence, counted: Counted, grammar: Grammar) -> ForceFound:
    """Read "Hezbollah has 30,000 fighters; Hamas had perhaps 25,000": a subject since the last number."""
    before = [q.end for q in sentence.quantities if q.end <= counted.quantity.left]
    return subject(sentence, counted, grammar, max(before)) if before else NOBODY


def subject(sentence: Sentence, counted: Counted, grammar: Grammar, since: int = 0) -> ForceFound:
    """Find the nearest actor before the number with a verb of sending or holding between."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _REACH, since)
    asides = _ASIDE.finditer(text, sentence.start, left) if sentence.has(_RELATIVES) else ()
    aside = [match.span() for match in asides]
    between_two = _BETWEEN_TWO.match(text, sentence.start, left)
    aside += [between_two.span()] if between_two else []
    for name in reversed(sentence.names):
        if name.end > left or name.start < floor:
            continue
        if any(start < name.start < end for start, end in aside):
            continue  # "Turkey, which Israel wants to keep out, has offered N"
        actor = acting(sentence, name, grammar)
        if actor is None:
            continue
        relative = _APPOSED.match(text, name.end, left)
        begin = relative.end() if relative else name.end
        between = text[begin:left]
        if begins_clause(between, grammar) or _hands_on(between, grammar):
            return NOBODY
        own = grammar.search("force.own", text, begin, left)
        if own and (_ACCUSED.search(text, begin, own.start()) or not _says_so(between, grammar)):
            return RULERS
        ends = (left, counted.quantity.start)  # "talking about 13,000"
        speaks = any(grammar.ends("attribution.speaks", text, begin, end) for end in ends)
        speaks = speaks or _only_says(between, grammar) or _is_put_in(between, grammar)
        if (
            speaks
            or _retells(sentence, name, between)
            or _tells_a_number(sentence, begin, left, grammar)
        ):
            continue  # "The Americans are more cautious and speak of 75,000"
        planned = _PLANS.match(text, begin, left) is not None
        if (
            planned
            or _numbers(sentence, name, actor, left, grammar)
            or acts(text, begin, left, grammar)
        ):
            if joined_before(sentence, name):
                return SEVERAL
            rule = "counts" if _only_counts(sentence, name, left, grammar) else "subject"
            return ForceFound(actor, rule)
    return NOBODY


def _hands_on(between: str, grammar: Grammar) -> bool:
    """Say whether somebody only hosts the counted, or says of an armed group that it has them."""
    if _is_host(between, grammar):
        return True
    said = grammar.patterns["attribution.verbs"].search(between)
    if said is None:
        return False
    group = grammar.patterns["force.groups"].match(between.lower(), said.end() + 1)
    return group is not None  # "Sudan's army says the paramilitaries have brought 3,000"


def _numbers(sentence: Sentence, name: Name, actor: str, left: int, grammar: Grammar) -> bool:
    """Say whether a body numbers, claims or amounts to so many: "KFOR numbers 4,500"."""
    text = sentence.text
    return (
        _NUMBERS.match(text, name.end, left) is not None
        or (actor.islower() and _CLAIMS.search(text, name.end, left) is not None)
        or _amounts(sentence, name, left, grammar)
    )


def _is_put_in(between: str, grammar: Grammar) -> bool:
    """Read "Hezbollah, an Israeli spokesman says, and has brought 400": who says so is only put in."""
    said = grammar.patterns["attribution.verbs"].search(between)
    if said is None or "," in between[: said.start()]:
        return False
    return _AND_HAS.match(between, said.end()) is not None


def _retells(sentence: Sentence, name: Name, between: str) -> bool:
    """Read "Yerevan puts them at 3,500", "with what Israel put at 30,000": who counts others' troops."""
    if (
        (sentence.has(_SAYING) and _FIGURE.search(between))
        or (sentence.has(_PUTTING) and _PUTS_THEM.search(between))
        or _KNOWS.search(between)
    ):
        return True
    floor = max(sentence.start, name.start - 10)
    if _WHICH.search(sentence.text, floor, name.start) and _SAYS_IT.match(between):
        return True  # "the contingent, which Kyiv says counts 500 officers"
    what = _PUT_BY.search(sentence.text, floor, name.start)
    return what is not None and _PUT.match(between) is not None


def _tells_a_number(sentence: Sentence, begin: int, left: int, grammar: Grammar) -> bool:
    """Read "Seoul believes about 2,000 have been killed out of N": what is told begins with another number."""
    said = grammar.patterns["attribution.verbs"].match(sentence.text, begin + 1, left)
    return said is not None and any(
        0 <= other.left - said.end() <= _RIGHT_AFTER and other.right < left
        for other in sentence.quantities
    )


def _amounts(sentence: Sentence, name: Name, left: int, grammar: Grammar) -> bool:
    """Read "Nepal's contribution to UN missions reaches 6,000 troops": its own body amounts to N."""
    text = sentence.text
    if not text.startswith("'s", name.end):
        return False
    words = WORD.findall(text[max(name.end, left - 24) : left])
    return bool(words) and words[-1].lower() in grammar.sets["shapes.links"] - {"of", "by", "than"}


def _only_counts(sentence: Sentence, name: Name, left: int, grammar: Grammar) -> bool:
    """Read "Seoul counts 11,000 soldiers": who counts may have those of others in mind."""
    if NameKind.PEOPLE in name.senses:
        return False
    verbs = [
        match[0].lower()
        for match in grammar.patterns["force.acts"].finditer(sentence.text, name.end, left)
    ]
    return bool(verbs) and all(verb in _COUNTING for verb in verbs)


def begins_clause(between: str, grammar: Grammar) -> bool:
    """Say whether another clause begins; "a call-up that brought in N" only goes on."""
    for match in _CLAUSE.finditer(between):
        words = WORD.findall(between[: match.start()])
        goes_on = (
            match[0] == "that"
            and words
            and words[-1].lower() not in (grammar.sets["attribution.verbs"])
        )
        ends = not between[match.end() :].strip()  # "a city that 20,000 could not hold"
        if not goes_on or ends or not grammar.search("force.acts", between, 0, match.start()):
            return True
    return False


def _only_says(between: str, grammar: Grammar) -> bool:
    """Read "Athens says there is no peace while N": who only says something has nothing."""
    said = grammar.patterns["attribution.verbs"].search(between)
    there = said and _THERE.search(between, said.end())
    return bool(there) and not any(
        match[0].lower() not in _COPULAS
        for match in grammar.patterns["force.acts"].finditer(between)
    )


def _says_so(between: str, grammar: Grammar) -> bool:
    """Say whether the rulers only speak: "…, the government said, and has 500 soldiers"."""
    return grammar.patterns["attribution.verbs"].search(between) is not None


def acting(sentence: Sentence, name: Name, grammar: Grammar) -> str | None:
    """Return whom a name makes the subject of a verb: not a place, not who is given something."""
    text = sentence.text
    if opens_dateline(sentence, name):
        return None  # "DAKAR - ..."
    actor = name.senses.get(NameKind.ACTOR) or _as_people(sentence, name, grammar)
    if actor is not None and _OF_ITS_OWN.match(text, name.end, sentence.end):
        return actor  # "Transnistria's, by its own account, has 7,000"
    if actor is None or text.startswith("'s", name.end):
        acted = actor is not None and _own_action(text, name.end + 3, grammar)
        actor = actor if acted else own_army(sentence, name)
    apposed = _APPOSED.match(text, name.end, sentence.end)
    if actor is not None and apposed is not None and NameKind.PLACE not in name.senses:
        return actor
    headed = NameKind.PLACE in name.senses and text.startswith(":", name.end)
    if (
        actor is None
        or headed
        or is_object(sentence, name, grammar)
        or _is_where(sentence, name, grammar)
    ):
        return None
    # "notified Niger it would withdraw": who is told something does not do it.
    if text[name.end : name.end + 4].lower() == " it ":
        return None
    start = name.start - 4 if text[name.start - 4 : name.start].lower() == "the " else name.start
    given = grammar.ends("places.giving", text, max(sentence.start, start - 16), start)
    return None if given else actor


def opens_dateline(sentence: Sentence, name: Name) -> bool:
    """Read "DAKAR - …", "GENEVA (Agency) - …": where it was written."""
    text = sentence.text
    dateline = name.start == sentence.start and _DATELINE.match(text, name.end)
    town = NameKind.PLACE in name.senses and text.startswith(" - ", name.end)
    return bool(dateline) and (town or text[name.start : name.end].isupper())


def _own_action(text: str, start: int, grammar: Grammar) -> bool:
    """Say whether an action of somebody's begins: "Israel's latest ground offensive"."""
    found = grammar.search("force.actions", text, start, start + 40)
    if found is None:
        return False
    words = [word.lower() for word in WORD.findall(text[start : found.start()])]
    offices, verbs = grammar.sets["attribution.offices"], grammar.sets["attribution.verbs"]
    plain = all(word[0].isalpha() and word not in offices and word not in verbs for word in words)
    return len(words) <= _MOST_MODIFIERS and plain


def _is_where(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Read "Canada triples Latvia troop count", "Kremlin doubles Mali force": a place of others' troops."""
    text = sentence.text
    if NameKind.PLACE not in name.senses or NameKind.ADJECTIVE in name.senses:
        return False
    before = WORD.findall(text[max(sentence.start, name.start - 24) : name.start])
    verb = before[-1].lower() if before else ""
    if _MISSION.match(text, name.end) and verb.endswith(("s", "ed")) and verb.isalpha():
        first = sentence.names[0]
        return first is not name and verb not in grammar.sets["attribution.verbs"]
    if not any(verb in grammar.sets[key] for key in _CHANGING):
        return False
    word = WORD.match(text, min(name.end + 1, sentence.end), sentence.end)
    if word is None or not text.startswith(" ", name.end):
        return False
    troops = word[0].lower() in grammar.sets["shapes.collectives"] or grammar.weight(word[0]) > 0
    return troops or word[0].lower() in grammar.sets["shapes.subjects"]


def is_object(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name is governed by what stands before it, and no clause begins behind it.

    "reinforced KFOR with 200 soldiers": whom one reinforces is not who does it.
    """
    text = sentence.text
    relative = _RELATIVE.match(text, name.end, sentence.end)
    if relative and NameKind.PLACE not in name.senses:
        verb = grammar.patterns["attribution.verbs"].match(text, relative.end() + 1)
        puts = grammar.patterns["attribution.puts"].match(text, relative.end() + 1)
        return bool(verb or puts)  # "according to the Sudanese army, which has 6,000 men"
    agent = _AGENT.search(text, max(sentence.start, name.start - 8), name.start)
    if agent is not None and _ITSELF.match(text, name.end, sentence.end):
        return False  # "was rejected by Beirut, which itself has 9,000 soldiers"
    if after_preposition(sentence, name, grammar):
        return True
    start = name.start
    article = _ARTICLE.search(text, max(sentence.start, start - 4), start)
    if article is None and not text.startswith((" with ", " by a ", " by the "), name.end):
        return False
    start = article.start() if article else start  # "leads a NATO battlegroup"
    return bool(grammar.ends("force.acts", text, max(sentence.start, start - 20), start))


def _as_people(sentence: Sentence, name: Name, grammar: Grammar) -> str | None:
    """Read "the French had 5,100 soldiers": a people that does something, not "the French army"."""
    force = name.senses.get(NameKind.PEOPLE) or name.senses.get(NameKind.ADJECTIVE)
    text = sentence.text
    word = WORD.match(text, min(name.end + 1, sentence.end), sentence.end)
    if text[name.end - 1] == "s" and NameKind.PEOPLE in name.senses:
        return force  # "the Russians"; "French" may be an adjective
    the = text[name.start - 4 : name.start].lower() == "the "
    if force is not None and the and _WHO.match(text, name.end, sentence.end):
        return force  # "the British, who had started with 46,000"
    if not text.startswith(" ", name.end):
        return None  # "the Kurdish-led group"
    if force is None or text[name.start - 4 : name.start].lower() != "the " or word is None:
        return None
    verb, sets = word[0].lower(), grammar.sets
    acting = verb in sets["force.acts"] or verb in sets["attribution.modals"] or verb in _ADVERBS
    return force if acting else None


def acts(text: str, start: int, end: int, grammar: Grammar) -> bool:
    """Say whether a verb of sending or holding stands in a stretch; "has seen" is none."""
    for match in grammar.patterns["force.acts"].finditer(text, start, end):
        if match[0].lower() not in _AUXILIARIES:
            return True
        words = WORD.findall(text[match.end() : end])
        first = next((word.lower() for word in words if word.lower() not in _ADVERBS), "")
        if first == "down" or not first.endswith(("ed", "en", "wn", "ld")):
            return True
    return False


def own_army(sentence: Sentence, name: Name) -> str | None:
    """Read "the Russian army has N soldiers" as an act of Russia."""
    force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
    if force is None:
        return None
    following = sentence.text[name.end : name.end + 40].removeprefix("'s")
    words = [word.lower() for word in WORD.findall(following)[:3]]
    army = {
        *("army", "military", "government", "president", "forces", "leader", "command", "junta"),
        *("brigade", "battalion", "battlegroup", "division", "contingent", "regiment", "mission"),
        *(
            "service",
            "conscription",
            "draft",
            "garrison",
            "detachment",
            "taskforce",
            "prime",
            "minister",
            "ministry",
            "premier",
        ),
        *(
            "side",
            "chancellor",
            "parliament",
            "ruler",
            "rulers",
            "king",
            "emir",
            "cabinet",
            "generals",
        ),
        *("force", "corps", "guard", "guards", "navy", "troops", "marines", "soldiers", "fighters"),
    }
    return force if army & set(words) or words[:1] == ["command"] else None


def _is_host(between: str, grammar: Grammar) -> bool:
    return grammar.patterns["force.hosts"].search(between) is not None
