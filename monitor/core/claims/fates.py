# SPDX-License-Identifier: Apache-2.0
"""What befell the counted: for measures whose figures are defined by it ("killed", "displaced").

A measure with fates counts only numbers that one of them holds of, and takes its unit from it; all
words come from the measure's file. What it is not: the casualty scope that keeps losses out of a
measure of strength (`rejects`), though both ask `befell` the same question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.claims.counted import Counted, Thing, follows_link
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.scopes import HARD, REACH, clause_start, punctuated_start
from monitor.core.claims.wordlists import WordList

# "3,000 others were wounded", "about 300 had died": what may stand between a bare number and its fate.
_BETWEEN = re.compile(
    r"\s+(?:(?:others?|more|people|of\s+them|were|was|are|is|have|has|had|been|being|may|might|could|"
    r"would|either|already|seriously|badly|also)\s+){0,5}$",
    re.IGNORECASE,
)
_MOST_ASIDE, _MOST_WORDS = 50, 3
_SAID = re.compile(
    r"\b(?:said|says|told\s+\w+|tells|claimed|claims|estimated|estimates|announced|insisted|added|wrote|believes|warned)\b"
)
_AND_VERB = re.compile(r"\b(?:and|but|yet|then|or)\b|,\s")
_AIM = re.compile(
    r"\bto\s+(?:(?:replace|offset|cover|make\s+good|make\s+up\s+for|compensate\s+for)\s+(?:its\s+|the\s+|heavy\s+)*)?$",
    re.IGNORECASE,
)
# "replaces its losses with 30,000 recruits".
_MAKES_GOOD = re.compile(
    r"\b(?:replac(?:es?|ed|ing)|offsets?|offsetting|mak(?:es?|ing)\s+(?:up\s+for|good)|made\s+(?:up\s+for|good)|cover(?:s|ed|ing)?|"
    r"compensat(?:es?|ed|ing)\s+for|replenish(?:es|ed|ing)?|despite|without)\s+(?:(?:its|their|the|his|heavy|huge|battlefield|combat)\s+)*$",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"\b(?:part\s+of|among|belonged\s+to|served\s+(?:in|with)|members?\s+of|came\s+from|from)\b"
)
_BODY_OF = re.compile(
    r"\b(?:force|contingent|garrison|unit|battalion|brigade|regiment|division|grouping|army|mission|team)\s+of\s+$"
)
_GATHERS = re.compile(
    r"\b(?:has|have|had|is|are|sends?|sent|deploy(?:s|ed)|gather(?:s|ed)|mass(?:es|ed)|recruit(?:s|ed)|moved|moves|"
    r"needs?|uses?|used|keeps|kept|enlist(?:s|ed)|mobilis(?:es|ed)|mobiliz(?:es|ed))\b"
)
# "48,000 - were killed", "or 4,000 soldiers, are casualties": the verb comes after the aside.
_AFTER_ASIDE = re.compile(r"\s*(?:,|-|\))(?=\s+(?:were|was|are|is|have|has|had)\s)")
_PASSIVES = re.compile(
    r"\s+(?:were|was|are|is|(?:have|has|had)\s+been)\s+(?:either\s+)?\w+(?:\s+by\s+\w+)?\s+(?:then\s+|later\s+)?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|or|and|and/or)\s*(?:and\s+)?")


def unit_of(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Return the unit that the number's fate gives it, or None where nothing befell the counted."""
    head = (counted.head or "").lower()
    for fate in grammar.fates:
        if head in fate.heads:
            return fate.unit
    for fate in grammar.fates:
        if befell(sentence, counted, grammar, fate.after, fate.before):
            return fate.unit
    return None


def befell(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    after: WordList,
    before: WordList,
) -> bool:
    """Say whether one of the verbs befell the counted, within the number's own clause."""
    text, quantity = sentence.text, counted.quantity
    left = clause_start(sentence, quantity.left, grammar)
    if follows_link(sentence, quantity, grammar):
        left = _before_pair(sentence, punctuated_start(sentence, quantity.left))
    if counted.subject_start is not None:
        left = max(sentence.start, min(left, counted.subject_start - 24))
    if counted.shape in {"partitive", "apposition"}:
        left = _before_aside(sentence, left, quantity.left)
    if any(
        not _is_purpose(text, match, quantity.left)
        and not _is_other_verb(text, match.end(), quantity.left, grammar)
        for match in before.finditer(text, left, quantity.left)
    ):
        return True
    start = _coordinated(sentence, counted.end, grammar)
    aside = _AFTER_ASIDE.match(text, start)
    start = aside.end() if aside else start
    return any(
        _befalls(match, sentence, start, grammar)
        for match in after.finditer(text, start, _right_end(sentence, start))
    )


def _coordinated(sentence: Sentence, end: int, grammar: Grammar) -> int:
    """Return where the subject ends of "27 militants and 3 soldiers died", of whom both died."""
    for other in sentence.quantities:
        if other.left < end:
            continue
        noun = grammar.head.match(sentence.text, other.right + 1, sentence.end)
        if noun is None or not _AND.fullmatch(sentence.text, end, other.left):
            break
        end = noun.end()
    return end


def _right_end(sentence: Sentence, start: int) -> int:
    right = min(sentence.end, start + REACH)
    for other in sentence.quantities:
        if other.left >= start:
            right = min(right, other.left)
            break
    hard = HARD.search(sentence.text, start, right)
    return hard.start() if hard else right


def _is_purpose(text: str, match: re.Match[str], left: int) -> bool:
    """Read "to capture the town Russia has gathered N", "freed up N": what N is for, not its fate."""
    if text.startswith(" up", match.end()) or _MAKES_GOOD.search(
        text, max(0, match.start() - 40), match.start()
    ):
        return True
    if match[0].lower() == "remains" and not text[match.end() : left].strip():
        return True  # "the limit remains 400"
    aim = _AIM.search(text, max(0, match.start() - 24), match.start())
    return aim is not None and _GATHERS.search(text, match.end(), left) is not None


def _is_other_verb(text: str, start: int, left: int, grammar: Grammar) -> bool:
    """Read "visited the wounded and ordered N to the lake": another verb has the number."""
    if _BODY_OF.search(text, max(start, left - 24), left) and _PART_OF.search(text, start, left):
        return True  # "the four killed had been part of a force of 800"
    said = _SAID.search(text, start, left)
    if said is not None and "," not in text[start : said.start()]:
        return True  # "the wounded commander said 900 of his men were there"
    both = _AND_VERB.search(text, start, left)
    if both is None:
        return False
    verb = grammar.last("losses.holding", text, both.end(), left)
    return verb is not None and len(text[verb.end() : left].split()) <= _MOST_WORDS


def _before_pair(sentence: Sentence, left: int) -> int:
    """Read "casualties, dead and wounded, are over 600,000": a pair of commas hides no subject."""
    text = sentence.text
    if text[left - 1 : left] != ",":
        return left
    opening = text.rfind(",", max(sentence.start, left - 1 - _MOST_ASIDE), left - 1)
    return punctuated_start(sentence, opening) if opening > 0 else left


def _before_aside(sentence: Sentence, left: int, position: int) -> int:
    """Read "has lost a third of its force, about 4,000 of 11,000": the comma hides no verb."""
    text = sentence.text
    if text[left:position].strip() or text[left - 1 : left] != ",":
        return left
    return punctuated_start(sentence, left - 1)


def _befalls(match: re.Match[str], sentence: Sentence, end: int, grammar: Grammar) -> bool:
    """Say whether the verb befell the counted: not "captured the town", not "ready to die"."""
    text = sentence.text
    following = WORD.match(text, match.end() + 1, sentence.end)
    after = following[0].lower() if following is not None else ""
    before = text[max(0, match.start() - 8) : match.start()]
    takes = not match[0].lower().endswith(" in")  # "who fell in the battle" has no object
    if (takes and after in grammar.sets["rejects.active_objects"]) or before.endswith(" to "):
        return False
    if match[0].lower() in grammar.sets["rejects.both_ways"] and not grammar.ends(
        "rejects.passive", text, max(end, match.start() - 8), match.start()
    ):
        return False
    separator = grammar.search("rejects.separators", text, end, match.start())
    if separator is None:
        return True
    # "were trapped and killed": one subject of both.
    both = text[end : separator.start()] + text[separator.end() : match.start()]
    return separator[0].lower() == "and" and _PASSIVES.fullmatch(both) is not None


def fated(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | Thing | None:
    """Read a bare number with its fate: "killed at least 30", "3,000 others were wounded"."""
    text = sentence.text
    for fate in grammar.fates:
        for match in _near(fate.after, text, quantity.right, sentence.end):
            if _BETWEEN.match(text[quantity.right : match.start()]):
                return _fated(quantity, fate.unit, match.end())
        ends = None
        for match in fate.before.finditer(
            text, max(sentence.start, quantity.left - 30), quantity.left
        ):
            ends = match
        if ends is not None and not text[ends.end() : quantity.left].strip():
            return _fated(quantity, fate.unit, quantity.right)
    return None


def _fated(quantity: Quantity, unit: str, end: int) -> Counted:
    return Counted(quantity=quantity, shape="fated", weight=0.7, end=end, unit=unit)


def _near(pattern: WordList, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    yield from pattern.finditer(text, start, min(end, start + 60))
