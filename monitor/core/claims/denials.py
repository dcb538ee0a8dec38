# SPDX-License-Identifier: Apache-2.0
"""What a text says is not so: "denied that N", "N are not there", "no N", "has not sent N".

What it is not: any other status (`status`). Rules of this file: a denial of a report is told apart from
a denial elsewhere in the sentence by what stands between it and the number; "have not yet arrived" is
a plan, "did not arrive until May" is none of both.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import clause_end

# What each expression cannot do without: whether one stands in a sentence is told at less cost.
_DENY = frozenset(
    "deny denies denied denying disclaim disclaims disclaimed rule reject rejected dispute disputes disputed exclude excludes excluded doubts doubted".split()  # noqa: SIM905
)
_REPORTS = frozenset(
    "report reports claim claims talk rumor rumors rumour rumours allegation allegations story stories suggestion suggestions speculation warning warnings prediction predictions".split()  # noqa: SIM905
)
_PROPOSALS = frozenset(
    "proposal proposals plan plans motion bill idea request call offer scheme resolution".split()  # noqa: SIM905
)
_NO = frozenset(
    "none neither not no never t".split()  # noqa: SIM905
)
_STILL_TO_COME = frozenset({"yet"})
_PREDICATE_REACH = 70
_NOT_REACH = 36
# "not 8,000", "there are not already 11,000", "there aren't the 5,000 that …"; "not even" says fewer.
_NOT = re.compile(
    r"(?:\b(?:none|not\s+one|neither)\s+of\s+(?:the|its|his|their|these|those)\s+|\bat\s+no\s+(?:point|time)\s+"
    r"(?:were|was|did|had|have)\s+(?:\w+\s+)?|(?:\b(?:not|never|no)|n't)\s+(?:(?:already|now|currently|really|actually|in\s+fact|the|any)\s+){0,2})$",
    re.IGNORECASE,
)
# "would neither confirm nor deny that", "did not deny": no denial.
_NEITHER = re.compile(
    r"(?:\bnot|n't|\bnor|\bor|\bnever|\bcannot|\bwithout)\s+(?:to\s+)?(?:den(?:y|ied|ying)|rule\s+out|reject(?:ed)?|"
    r"dispute[sd]?|exclude[sd]?)\b",
    re.IGNORECASE,
)
_DENIED_THAT = re.compile(
    r"\b(?:denie[sd]|deny|(?<!\bone )(?<!\b[Nn]obody )(?<!\b[Ff]ew )(?<!\bnever )doubt(?:s|ed))\s+"
    r"(?:(?:on|late|early|again)\s+)?(?:[A-Z]\w+\s+)?that\b"
)
# Where what is denied ends: for "denied that …" at another clause, for "has not sent …" at a comma.
_OTHER_CLAUSE = re.compile(r"[;]|,?\sbut\b|,\s(?:where|which|who|while|though|although|whose)\b")
_OTHER_PHRASE = re.compile(r"[;:\"]|,\s|\b(?:but|while|which|who|because|since|although|after)\b")
_ADVERBS = re.compile(
    r"(?:\s+(?:already|now|currently|actually|really|yet|ever|even|in\s+fact|physically|presently|at\s+present|"
    r"being|been|all|any\s+longer|so\s+far)\b)*\s+"
)
# "called reports of 5,000 soldiers 'another canard'": nobody calls true reports anything.
_CALLED = re.compile(
    r"\b(?:call(?:s|ed|ing)?|brand(?:s|ed|ing)?|label(?:s|led|ed|ling)?|describ(?:es|ed|ing)|term(?:s|ed)|denounc(?:es|ed|ing)|slam(?:s|med))\s+"
    r"(?:the\s+|these\s+|those\s+|such\s+|media\s+|western\s+|russian\s+)*(?:reports?|claims?|talk|rumou?rs|allegations?|stories|story|suggestions?|speculation)\s+"
    r"(?:of|that|about)\b[^.;:]*$",
    re.IGNORECASE,
)
_DENIES_DOING = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|disclaim(?:s|ed)?)\s+(?:ever\s+)?(?!saying|telling|reporting)\w+ing\b[^,.;:]{0,40}$"
)
# "voted down a proposal to send 30 soldiers": they will not come.
_TURNED_DOWN = re.compile(
    r"\b(?:vot(?:es?|ed|ing)\s+down|reject(?:s|ed|ing)?|turn(?:s|ed|ing)?\s+down|veto(?:es|ed|ing)?|block(?:s|ed|ing)?|threw\s+out|"
    r"shot\s+down|drop(?:s|ped)|shelv(?:es|ed)|scrap(?:s|ped)|abandon(?:s|ed)|cancel(?:s|led|ed))\s+(?:[a-z'-]+\s+){0,4}?"
    r"(?:proposals?|plans?|motion|bill|idea|request|call|offer|scheme|resolution)\s+(?:to|for|of|that)\b[^,.;:]{0,36}(?<!\bthe\s)(?<!\bits\s)$",
    re.IGNORECASE,
)
# "dismissed as invented the rumour that N", "described as false the reports of N".
_RUMOURS = frozenset(
    "report reports claim claims talk rumor rumors rumour rumours allegation allegations "  # noqa: SIM905
    "story stories suggestion suggestions speculation".split()
)
_CALLED_AS = re.compile(
    r"\b(?:dismiss|reject|brand|denounc|describ|brush|wav|laugh)\w*\s+(?:\w+\s+)?as\s+(?:[\w-]+\s+){1,4}?(?:the\s+|a\s+|any\s+|all\s+|these\s+|those\s+|media\s+)*"
    r"(?P<noun>reports?|claims?|talk|rumou?rs?|allegations?|story|stories|suggestions?|speculation)\s+(?:of|that|about)\b[^.;:]*$",
    re.IGNORECASE,
)
# "Ecuador's request for 1,000 soldiers was turned down".
_WISHES = frozenset(
    "request requests proposal proposals plan plans call calls offer offers bid bids motion "  # noqa: SIM905
    "motions".split()
)
_WISH = re.compile(
    r"\b(?:requests?|proposals?|plans?|calls?|offers?|bids?|motions?)\s+(?:for|to|of)\b[^.;:,]*$"
)
_REFUSED = re.compile(
    r"[^.;:,]{0,50}\b(?:was|were|has\s+been|have\s+been)\s+(?:\w+ly\s+)?(?:turned\s+down|rejected|refused|vetoed|voted\s+down|declined|thrown\s+out|"
    r"scrapped|shelved|dropped|blocked|defeated)\b"
)
# "The rumour that N had landed … was denied by Sunday".
_HEARD = re.compile(
    r"\b(?:rumou?rs?|claims?|reports?|stor(?:y|ies)|allegations?|suggestions?|warnings?|predictions?)\s+(?:that|of|about)\b",
    re.IGNORECASE,
)
_REFUTED = re.compile(
    r"\b(?:was|were|is|are|has\s+been|have\s+been|proved|proven|turned\s+out(?:\s+to\s+be)?)\s+(?:\w+ly\s+)?"
    r"(?:\w+\s+)?(?:propaganda|disinformation|nonsense|lies|a\s+lie|fiction|fabrications?|fabricated|an\s+invention|groundless|denied|false|wrong|untrue|baseless|unfounded|fake|invented|debunked|dismissed|rejected|refuted|retracted|disproved|a\s+hoax)\b"
)
# "…, which analysts had predicted, has not taken place".
_RELATIVE = re.compile(r"[^,.;]{0,60},\s+(?:which|who|that)\b[^,.;]{1,80},\s+")
_FIGURES = frozenset(
    "figure figures estimate estimates number numbers count counts tally claim claims "  # noqa: SIM905
    "assessment".split()
)
_FIGURE_OF = re.compile(
    r"\b(?:figures?|estimates?|numbers?|counts?|tally|claims?|assessment)\s+(?:of|that)\s+(?:some\s+|about\s+)?$"
)
_OWNER_GAP = 4
_YET = re.compile(r"\byet\b", re.IGNORECASE)
# "did not arrive until November": they did.
_AFTER_ALL = re.compile(r"[^,.;]{0,24}\b(?:until|till|before)\b", re.IGNORECASE)
# "have not entered combat": they are there.
_COMBAT = re.compile(
    r"\s+(?:in(?:to)?\s+|the\s+|to\s+|a\s+|any\s+)*(?:combat|battle|fight(?:ing)?|action|war|fray|contact|interest|"
    r"danger|doubt|question|short\s+supply|charge|good|bad)\b",
    re.IGNORECASE,
)


def is_denied(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the text denies the number, before or after it."""
    text, left = sentence.text, counted.quantity.left
    denies, reports = sentence.has(_DENY), sentence.has(_REPORTS)
    if denies and _NEITHER.search(text, sentence.start, left):
        return False
    floor = max(sentence.start, left - _PREDICATE_REACH)
    denial = grammar.search("status.denials", text, sentence.start, left)
    return bool(
        _is_factive(sentence, left, grammar)
        or (denial and _is_report_denied(sentence, denial.end(), left, grammar))
        or (
            denies
            and any(
                _OTHER_CLAUSE.search(text, match.end(), left) is None
                for match in _DENIED_THAT.finditer(text, sentence.start, left)
            )
        )
        or (denies and _DENIES_DOING.search(text, floor, left))
        or (sentence.has(_PROPOSALS) and _TURNED_DOWN.search(text, floor, left))
        or (reports and _is_rumour_denied(sentence, counted))
        or is_called(sentence, counted)
        or _is_refused(sentence, counted)
        or (sentence.has(_NO) and _is_negated(sentence, counted, grammar))
        or _denied_after(sentence, counted, grammar)
    )


def _is_negated(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "not 8,000", "none of the 3,000 has come"; not "none of its 1,200 was hurt"."""
    left = counted.quantity.left
    negation = _NOT.search(sentence.text, max(sentence.start, left - _NOT_REACH), left)
    if negation is None:
        return False
    none = negation[0].lower().startswith(("none", "not one", "neither"))
    return not (none and grammar.search("rejects.hurt", *predicate(sentence, counted)))


def is_awaited(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "3,000 soldiers have not yet arrived": they are to come."""
    found = _absent(sentence, counted, grammar) if sentence.has(_STILL_TO_COME) else None
    return found is not None and _YET.search(found) is not None


def _is_factive(sentence: Sentence, left: int, grammar: Grammar) -> bool:
    """Read "no evidence that N" and "has not sent N", unless another clause lies between."""
    text = sentence.text
    for match in grammar.patterns["status.denied"].finditer(text, sentence.start, left):
        loose = match[0].lower().endswith((" that", " of", " no"))
        gap = (_OTHER_CLAUSE if loose else _OTHER_PHRASE).search(text, match.end(), left)
        if gap is None and not _is_told_apart(sentence, match.end(), left, grammar):
            return True
    return False


def _is_report_denied(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether a denied report is of this number: "rejecting a report of 8,000, said 6,000" is not."""
    noun = grammar.search("status.denied_nouns", sentence.text, start, left)
    possessive = noun is not None and sentence.text.startswith("'s ", noun.start() - 3)
    if noun is None or (_is_named(sentence, noun.start(), 1) and not possessive):
        return False  # "a Pentagon claim that N" stays the Pentagon's, whoever rejects it
    return not _is_told_apart(sentence, noun.end(), left, grammar)


def _is_told_apart(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether another number and a comma or a verb of saying stand between."""
    return any(
        start <= other.start < other.end <= left
        and (
            "," in sentence.text[other.right : left]
            or grammar.search("attribution.verbs", sentence.text, other.right, left)
        )
        for other in sentence.quantities
    )


def _denied_after(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "50,000 soldiers did not arrive", whose subject the number is."""
    if counted.shape == "partitive" or _is_owned(sentence, counted.quantity.left):
        return False
    match = grammar.search("status.denied_after", *predicate(sentence, counted))
    aside = _RELATIVE.match(sentence.text, counted.end, sentence.end) if match is None else None
    if aside is not None:
        stop = min(sentence.end, aside.end() + _PREDICATE_REACH)
        match = grammar.search("status.denied_after", sentence.text, aside.end(), stop)
    if match is not None:
        return not _AFTER_ALL.match(sentence.text, match.end())
    found = _absent(sentence, counted, grammar)
    return found is not None and _YET.search(found) is None


def is_called(sentence: Sentence, counted: Counted) -> bool:
    """Read "called reports of 5,000 soldiers 'a canard'", reports of nobody who is named."""
    if not sentence.has(_RUMOURS):
        return False
    left = counted.quantity.left
    floor = max(sentence.start, left - _PREDICATE_REACH)
    found = _CALLED_AS.search(sentence.text, floor, left)
    if found is not None:
        return not _is_named(sentence, found.start("noun"), 1)
    return _CALLED.search(sentence.text, floor, left) is not None


def _is_refused(sentence: Sentence, counted: Counted) -> bool:
    """Read "the request for 1,000 soldiers was turned down": they will not come."""
    if not sentence.has(_WISHES):
        return False
    left = counted.quantity.left
    wish = _WISH.search(sentence.text, max(sentence.start, left - _PREDICATE_REACH), left)
    return wish is not None and _REFUSED.match(sentence.text, counted.end, sentence.end) is not None


def _is_rumour_denied(sentence: Sentence, counted: Counted) -> bool:
    """Read "the rumour that 900 soldiers had landed was denied by Sunday"."""
    text, left = sentence.text, counted.quantity.left
    heard = _HEARD.search(text, max(sentence.start, left - _PREDICATE_REACH), left)
    if heard is None or _is_named(sentence, heard.start()):
        return False
    return _REFUTED.search(text, counted.end, sentence.end) is not None


def _is_named(sentence: Sentence, noun: int, gap: int = _OWNER_GAP) -> bool:
    """Say whether a name stands right before a noun: "a Pentagon claim", "Kyiv's estimate"."""
    return any(0 <= noun - name.end <= gap for name in (*sentence.names, *sentence.speakers))


def _is_owned(sentence: Sentence, left: int) -> bool:
    """Read "the UN figure of 4,000 was invented": it stays the figure of whoever named it."""
    if not sentence.has(_FIGURES):
        return False
    noun = _FIGURE_OF.search(sentence.text, max(sentence.start, left - 40), left)
    return noun is not None and _is_named(sentence, noun.start())


def _absent(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return the words that say that the counted are not there: "are not now in"."""
    text, start, stop = predicate(sentence, counted)
    for negation in grammar.patterns["status.negations"].finditer(text, start, stop):
        adverbs = _ADVERBS.match(text, negation.end())
        if adverbs is None:
            continue
        there = grammar.patterns["status.being_there"].match(text, adverbs.end())
        if there is None or _COMBAT.match(text, there.end()) or _AFTER_ALL.match(text, there.end()):
            continue
        return text[negation.start() : there.end()]
    return None


def predicate(sentence: Sentence, counted: Counted) -> tuple[str, int, int]:
    """Return the stretch in which the verb can stand whose subject the number is."""
    stop = min(sentence.end, counted.end + _PREDICATE_REACH)
    return sentence.text, counted.end, clause_end(sentence, counted.end, stop)
