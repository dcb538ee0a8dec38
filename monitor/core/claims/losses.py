# SPDX-License-Identifier: Apache-2.0
"""Where a text is about losses: there a number is a strength only if the text says these are there.

What it is not: a reading of what befell one number (`fates`, `harm`), whose word lists never end.
Rules of this file: a sign of harm anywhere in the sentence, or in the figures that a number without a
noun goes on from, turns the burden round; then only a word of having, sending, staying or being in
a place that governs the number itself keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.scopes import clause_start
from monitor.core.knowledge import NameKind

# Between the verb and its number: "has deployed some other", "sent home a further".
_MOST_BETWEEN, _LEFT_REACH, _RIGHT_REACH = 4, 90, 90
# Where the clause behind the number ends in which its verb may stand.
_STOP = re.compile(r"[;:\n]|,(?!\d)|\b(?:but|while|although|though|whereas)\b", re.IGNORECASE)
# What a number is spoken of that everybody knows of already: "the 7,000 men", "its 4,600 soldiers".
_DEFINITE = re.compile(
    r"\b(?:the|its|their|his|her|our|these|those|\w+'s|\w+s')\s+$", re.IGNORECASE
)
_EXISTS = re.compile(
    r"\bthere(?:'s|'re|\s+(?:is|are|were|was|have\s+been|had\s+been|may\s+be|could\s+be|will\s+be))\s+"
    r"(?:(?:still|now|already|only|also|just|another)\s+){0,2}$",
    re.IGNORECASE,
)
# "With 13,200 soldiers it is the largest mission": how a sentence opens that sizes somebody up.
_WITH = re.compile(r"\W*with\s+(?:(?:its|their|some|about|only|just|the)\s+){0,2}", re.IGNORECASE)
_IN = re.compile(
    r"\s+(?:(?:now|still|already|currently)\s+)?(?:in|at|near|on|inside|along|around|across|outside|throughout|within)\s+"
    r"(?:the\s+|its\s+|their\s+)?(?:[a-z-]+\s+){0,3}$"
)
_COPULA = re.compile(
    r"(?:are|is|were|was)\s+\w+|remain(?:s|ed|ing)?|stay(?:s|ed)?|have\s+come|had\s+come|back\s+in|in\s+the\s+\w+",
    re.IGNORECASE,
)
# "has lost posts since January", "lost contact with", "lost control of": nobody came to harm by that.
_LOST_THINGS = re.compile(
    r"\b(?:lost|loses?|losing)\s+(?:(?:all|its|their|the|some|any|much|several|two|three|more)\s+){0,2}"
    r"(?:posts?|ground|territory|control|contact|touch|sight|patience|interest|faith|power|access|bases?|towns?"
    r"|villages?|cit(?:y|ies)|positions?|provinces?|elections?|votes?|money|jobs?|seats?|its\s+grip)\b"
    r"|\bnames\s+(?:no|neither|any|a)\b",
    re.IGNORECASE,
)
# Those whom somebody saw or who speak of themselves, as a number, are there.
_SEEN = re.compile(
    r"\b(?:(?:we|they|you)\s+(?:are|were)|(?:we|they|you)'re|(?:i|we)\s+(?:saw|counted|met|spotted))\s+"
    r"(?:(?:only|just|some|about|still|now|exactly|at\s+least|maybe)\s+){0,2}$",
    re.IGNORECASE,
)
# "The last 170 French soldiers left Dakar", "raised its garrison by 150 men".
_LEFT = re.compile(
    r"\s+(?:have\s+|has\s+|had\s+)?(?:left|leave|quit|departed)\s+(?:for\s+|from\s+)?(?:the\s+)?"
)
_BY = re.compile(r"\bby\s+(?:(?:some|about|another|around|up\s+to)\s+){0,2}$", re.IGNORECASE)
_OUT_OF = re.compile(r"\s+(?:out\s+of|from|back\s+from|home\s+from)\s+(?:the\s+)?")
_SOON = 24
# So few are an event rather than a force, whosever they are; and the shapes that may tell of one.
_FEW = 60
# "has reinforced the operation with 2,000 men"
_REINFORCED = re.compile(r"\breinforc\w+\s[^,;.]{3,50}\swith\s+(?:\w+\s+)?$")
_NAKED = frozenset({"direct", "people", "moving", "partitive", "bare"})
_GOING_ON = frozenset({"bare", "moving", "elliptic", "repeated"})
_ABOARD = re.compile(
    r"\s+(?:\w+\s+)?(?:aboard|on\s+board|inside\s+the|in\s+the\s+(?:plane|bus|truck|helicopter|boat))\b"
)
_PLACE_GAP, _BESIDE, _NEXT = 40, 40, 10
_TO = frozenset({"", "to", "in", "into", "under", "as", "still", "now"})
_LET = re.compile(
    r"\s+(?:let\s+(?:out|go)|set\s+free|freed|released|returned|given\s+back|defect\w*|surrender\w*|die|fall|go\s+missing)\b"
)
# "has seen 300 soldiers defect", "has found 22 of them": having done something to them is not to have them.
_HAS = re.compile(
    r"\b(?:has|have|had|having|'ve)\s+(?:\w+ly\s+|now\s+|already\s+|so\s+far\s+)?(?:been|seen|found|made|got|cut|put|won|met|\w+e[dn])\b"
)
# "…, many of them in Russian uniforms, have reached Kursk": the verb comes after the aside.
_BEHIND = re.compile(
    r",[^,;.]{1,80},\s+(?=(?:are|were|is|was|have|has|had|will|would|may|could|might)\b)"
)
# What is put as the strength of a body is a strength, and so is what a body grows or shrinks to.
_BODIES = frozenset({"collective", "numbered", "change"})


# Losses that are made good, and words of harm that hurt nobody.
_MADE_GOOD = re.compile(
    r"\b(?:(?:cover\w*|replac\w+|offset\w*|(?:mak\w+|made)\s+(?:up\s+for|good)|compensat\w+\s+for|exceed\w*|outpac\w+)\s+"
    r"(?:(?:its|their|his|her|the|our|those|these|all)\s+)?(?:\w+\s+)?(?:losses|casualties)"
    r"|what\s+(?:was|has\s+been|had\s+been)\s+(?:destroyed|ruined)|grave\s+concerns?|what\s+(?:remains|is\s+left)\s+of|lethal\s+(?:aid|weapons?|equipment))\b",
    re.IGNORECASE,
)


def signs_of_harm(sentence: Sentence, grammar: Grammar) -> tuple[tuple[int, int], ...]:
    """Return where a sentence speaks of harm."""
    text = sentence.text
    found = grammar.patterns["losses.signs"].finditer(text, sentence.start, sentence.end)
    signs = [match.span() for match in found if not _LOST_THINGS.match(text, match.start())]
    if not signs:
        return ()
    good = [match.span() for match in _MADE_GOOD.finditer(text, sentence.start, sentence.end)]
    return tuple((start, end) for start, end in signs if not any(a <= start < b for a, b in good))


def is_loss(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    signs: Sequence[tuple[int, int]],
    *,
    goes_on: bool,
) -> bool:
    """Say whether a number is one of losses, for want of a word that says that these are anywhere.

    `goes_on` says that the figures before, of which it may go on, were losses.
    """
    if not signs and not (goes_on and _has_no_noun(counted)):
        return False
    return not is_present(sentence, counted, grammar, signs)


def _has_no_noun(counted: Counted) -> bool:
    return counted.anaphoric or counted.shape in _GOING_ON


def is_event(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether so few are told of by something that they did or that was done to them.

    A strength is small only where somebody has, sends or plans it, or where it stays somewhere.
    """
    if counted.quantity.high >= _FEW or counted.shape not in _NAKED:
        return False
    if counted.anaphoric and counted.shape in _GOING_ON:
        return False  # "We got 80": it goes on from a figure that was none
    if grammar.search("status.planned", sentence.text, sentence.start, sentence.end):
        return False
    text, left = sentence.text, counted.quantity.left
    aside = text.startswith(", ", left - 2) and text.startswith(",", counted.end)
    known = _DEFINITE.search(text, max(sentence.start, left - 24), left)
    return not (
        aside
        or known
        or is_seen(sentence, counted)
        or _withdraws(sentence, counted, grammar)
        or is_present(sentence, counted, grammar, ())
    )


def is_seen(sentence: Sentence, counted: Counted) -> bool:
    """Read "we are 42 men", "I counted about ninety soldiers": who are told of as being there."""
    left = counted.quantity.left
    return _SEEN.search(sentence.text, max(sentence.start, left - 40), left) is not None


def _withdraws(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "170 French soldiers left Dakar", "pulls 140 troops out of Baghdad", "its garrison by 150 men"."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _LEFT_REACH)
    if _BY.search(text, floor, left):
        grown = grammar.search("shapes.growth", text, floor, left)
        body = grammar.search("shapes.collectives", text, floor, left)
        return grown is not None and body is not None
    gone = _LEFT.match(text, counted.end)
    out = _OUT_OF.match(text, counted.end)
    if gone is None and (out is None or not grammar.search("force.withdrawals", text, floor, left)):
        return False
    end = gone.end() if gone else out.end() if out else -1
    return any(name.start == end and NameKind.PLACE in name.senses for name in sentence.names)


def is_aboard(sentence: Sentence, counted: Counted) -> bool:
    """Read "of the 168 servicemen aboard the ferry": the whole of an accident is no force."""
    return _ABOARD.match(sentence.text, counted.end) is not None


def is_present(
    sentence: Sentence, counted: Counted, grammar: Grammar, signs: Sequence[tuple[int, int]]
) -> bool:
    """Say whether something says that the counted are anywhere, are had, sent or planned."""
    return (
        _is_had(sentence, counted, grammar, signs)
        or _is_somewhere(sentence, counted, grammar, signs)
        or (
            (_is_strength(counted, grammar) or counted.quantity.was or counted.quantity.changed)
            and not _is_beside(counted, signs)
        )
    )


def _is_strength(counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is put as the strength of a body: "the contingent is back at 11,000"."""
    if counted.shape in _BODIES:
        return True
    noun = (counted.head or "").lower()
    return counted.shape == "subject" and noun in grammar.sets["shapes.collectives"] - {"total"}


def _is_had(
    sentence: Sentence, counted: Counted, grammar: Grammar, signs: Sequence[tuple[int, int]]
) -> bool:
    """Read "still has some 9,000 men", "sent another 1,000": the verb whose object the number is."""
    text, left = sentence.text, counted.quantity.left
    if counted.subject_start is not None:
        left = counted.subject_start
    floor = max(sentence.start, left - _LEFT_REACH)
    if _meets(text, counted.end, signs):
        return False
    if not _has_no_noun(counted) and (
        _EXISTS.search(text, floor, left) or _WITH.fullmatch(text, sentence.start, left)
    ):
        return True
    verb = grammar.last(
        "losses.holding", text, max(floor, clause_start(sentence, left, grammar)), left
    )
    if _REINFORCED.search(text, floor, left):
        return True
    if verb is None or any(verb.start() < start < left for start, _ in signs):
        return False
    return (
        len(text[verb.end() : left].split()) <= _MOST_BETWEEN
        and _HAS.match(text, verb.start(), left) is None
    )


def _is_somewhere(
    sentence: Sentence, counted: Counted, grammar: Grammar, signs: Sequence[tuple[int, int]]
) -> bool:
    """Read "N soldiers are stationed there", "the N it sent", "the N in Donetsk"."""
    text, end = sentence.text, counted.predicate or counted.end
    behind = _BEHIND.match(text, end, sentence.end)
    end = behind.end() if behind else end
    stop = min([start for start, _ in signs if start >= end] + [sentence.end, end + _RIGHT_REACH])
    clause = _STOP.search(text, end, stop)
    stop = clause.start() if clause else stop
    there = grammar.search("losses.staying", text, end, stop)
    if there is not None and not (
        (_COPULA.fullmatch(there[0]) and _harmed_within(there.end(), signs))
        or text.endswith(" for ", 0, there.start())  # "jailed for fighting for Russia"
    ):
        return True
    definite = _DEFINITE.search(
        text, max(sentence.start, counted.quantity.left - 24), counted.quantity.left
    )
    begin = clause_start(sentence, counted.quantity.left, grammar)
    apart = not any(begin <= start < stop for start, _ in signs)
    return bool(definite or apart) and any(
        end <= name.start <= min(stop, end + _PLACE_GAP)
        and NameKind.PLACE in name.senses
        and _IN.match(text, end, name.start) is not None
        for name in sentence.names
    )


def _harmed_within(position: int, signs: Sequence[tuple[int, int]]) -> bool:
    """Read "remain in Russian captivity", "are still in their hands"."""
    return any(position <= start <= position + _SOON for start, _ in signs)


def _meets(text: str, end: int, signs: Sequence[tuple[int, int]]) -> bool:
    """Say whether harm follows at once: "sent 35 militants to hell", "has 12 soldiers missing"."""
    return (
        any(end <= start <= end + _NEXT and text[end:start].strip() in _TO for start, _ in signs)
        or _LET.match(text, end) is not None
    )


def _is_beside(counted: Counted, signs: Sequence[tuple[int, int]]) -> bool:
    """Say whether harm stands right before or behind a body: "a column of 90 wounded"."""
    start = counted.subject_start or counted.quantity.left
    return any(
        start - _BESIDE <= left < start or counted.end < left < counted.end + 2 for left, _ in signs
    )
