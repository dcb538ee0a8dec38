# SPDX-License-Identifier: Apache-2.0
"""Whom "we", "they", "it" and "the Himalayan kingdom" stand for, where one of them has the number.

What it is not: the speaker (`attribution`), or a name that acts (`subjects`). Rules of this file: a
pronoun counts only as the subject of a verb of having or sending, with no name that acts between; who
only says something is nobody's antecedent while another name is there; a plural pronoun prefers a people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.core.claims.agents import sends
from monitor.core.claims.counted import Counted, after_preposition, joined_before
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.subjects import acting, acts
from monitor.core.knowledge import Name, NameKind

_REACH = 80
_WE_WORDS, _THEY_WORDS = frozenset({"we", "i"}), frozenset({"they", "he"})
_IT_WORDS = frozenset({"it", "they", "he", "she"})
_WE = re.compile(r"(?<![\w'])(?:we|i)(?:'ve|'re|'d|'ll|'m)?(?![\w'])", re.IGNORECASE)
_THEY = re.compile(r"(?<![\w'])(?:they|he)(?:'ve|'re|'d|'ll|'s)?(?![\w'])", re.IGNORECASE)
_IT = re.compile(r"(?<![\w'])(?:it|they|he|she)(?:'ve|'re|'d|'ll)?(?![\w'])", re.IGNORECASE)
# "It is intended to move 1,800 of them": nobody.
_EXPLETIVE = re.compile(
    r"[Ii]t\s+(?:is|was|has\s+been|will\s+be)\s+(?:now\s+|also\s+)?(?:intended|planned|expected|foreseen|estimated|believed|said|reported|"
    r"necessary|possible|thought|understood|assumed|hoped|feared|likely|unlikely|clear|unclear|known|not\s+known)\b"
)
_WE_TALK = re.compile(
    r"\b(?:we're|we\s+are|I'm|I\s+am)\s+(?:now\s+)?(?:talking\s+about|speaking\s+of|looking\s+at|seeing|hearing\s+(?:of|about))\s",
    re.IGNORECASE,
)
_OF_US = re.compile(r"\s+of\s+(?:us|ours)\b")
# "The Americans asked us for 1,000 soldiers"
_ASKED_US = re.compile(
    r"\b(?:asked|ask|asking|begged|urged|requested|pressed|pressing|wanted|want|wants)\s+us\s+(?:for|to\s+(?:send|provide|give|contribute|lend|keep|leave|deploy|station|maintain|put|add))\s+(?:another\s+|some\s+)?$"
)
_YOU = re.compile(r"(?<![\w'])you(?:'ve|'re|'d|'ll)?(?![\w'])", re.IGNORECASE)
_OURS = re.compile(r"\b(?:our|ours|us|my|mine)\b", re.IGNORECASE)
_OUR = re.compile(r"\b(?P<ours>our|my|this|the)\s+(?:[a-z-]+\s+){0,2}?", re.IGNORECASE)

_BEHIND = re.compile(
    r"\s+(?:(?:that|which|whom)\s+)?(?P<word>it|they|he|she|we|i)(?=\s)", re.IGNORECASE
)
_OWN = re.compile(r"\b(?:his|her|its|their)\b", re.IGNORECASE)
_RELATIVE = re.compile(r",?\s+(?:that|whom|which)\s+")
_COPULA = re.compile(
    r"\s+(?:are|were|is|was|have\s+been|had\s+been|will\s+be|now|only|just|about|around|some|still|once|"
    r"roughly|at|least|nearly|almost|over|more|than|down|to|up|but|barely|today|then)"
)
_NAMED_THEN = re.compile(r"(?:'s)?(?:\s+[\w-]+){1,4},\s+[A-Z][^,;\"]{3,60},\s+([a-z]+)\b")
_PUTS = frozenset({"puts", "pegs", "estimates"})
# What shows that the verb behind the pronoun has another subject or says something only.
_APART = re.compile(r'[;:"\n]|\bthere\b|\bthat\b')
_LIGHT = frozenset(
    {"is", "are", "at", "about", "with", "estimates", "counts", "count", "used", "lost"}
)
_THE = re.compile(r"(?<![\w-])(?:the|this|that)\s+(?:[A-Za-z][\w-]*\s+){0,3}?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A name that may be what a later pronoun stands for."""

    force: str
    plural: bool
    speaks: bool


def first_person(sentence: Sentence, counted: Counted, grammar: Grammar, *, quoted: bool) -> bool:
    """Say whether the speaker calls the number his own: "we have N", "N of our men", "N of us"."""
    text, left = sentence.text, counted.quantity.left
    around = max(sentence.start, left - 5)
    if _ASKED_US.search(text, max(sentence.start, left - 40), left):
        return True
    if _OURS.search(text, around, counted.end) or _OURS.match(text, counted.end + 1, sentence.end):
        return True
    behind = pronoun_behind(sentence, counted, grammar)
    if behind is not None and behind["word"].lower() in {"we", "i"}:
        return True
    of = _OF_US.match(text[counted.quantity.right : counted.end + 12])
    if of is not None or _OF_US.match(text, counted.end, sentence.end):
        return True
    we_have = sentence.has(_WE_WORDS) and _has(sentence, counted, _WE, grammar)
    return we_have or _our_body(sentence, counted, grammar, quoted=quoted)


def _our_body(sentence: Sentence, counted: Counted, grammar: Grammar, *, quoted: bool) -> bool:
    """Read "our contingent in Lebanon is the second largest, 1,000 soldiers", "our army has N"."""
    text, left = sentence.text, counted.quantity.left
    for our in _OUR.finditer(text, max(sentence.start, left - _REACH), left):
        ours = our["ours"].lower() in {"our", "my"}
        if not (ours or quoted):
            continue
        office = grammar.patterns["force.speakers_own"].match(text, our.end(), left)
        if office is not None and _holds(sentence, office.end(), left, grammar):
            return True  # "my government has decided to send N", "the president will keep N"
        if not ours:
            continue
        body = grammar.patterns["shapes.collectives"].match(text, our.end(), left)
        body = body or grammar.head.match(text, our.end(), left)
        if body is None:
            continue
        gap = text[body.end() : left]
        if not _APART.search(gap) and not others_act(sentence, body.end(), left, grammar):
            return True
    return False


def only_talks(sentence: Sentence, counted: Counted) -> bool:
    """Read "we're talking about 3,000 soldiers": of whoever was spoken, not of the speaker's own."""
    left = counted.quantity.start
    return _WE_TALK.search(sentence.text, max(sentence.start, left - _REACH), left) is not None


def third_person(sentence: Sentence, counted: Counted, grammar: Grammar) -> re.Match[str] | None:
    """Return the "they" that has or sends the number, in somebody's mouth."""
    return _pronoun(sentence, counted, _THEY, grammar) if sentence.has(_THEY_WORDS) else None


def second_person(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether "you" has or sends the number."""
    return _has(sentence, counted, _YOU, grammar)


def pronoun(sentence: Sentence, counted: Counted, grammar: Grammar) -> re.Match[str] | None:
    """Return the "it" or "they" that has or sends the number."""
    return _pronoun(sentence, counted, _IT, grammar) if sentence.has(_IT_WORDS) else None


def epithet(sentence: Sentence, counted: Counted, grammar: Grammar) -> int | None:
    """Return where "the Himalayan kingdom" stands that has or sends the number."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _REACH)
    for match in grammar.patterns["force.epithets"].finditer(text, floor, left):
        article = _THE.search(text, max(sentence.start, match.start() - 60), match.start())
        if article is None:
            continue
        begin = article.start()
        before = WORD.findall(text[max(sentence.start, begin - 24) : begin])
        if before and before[-1].lower() in grammar.sets["places.prepositions"] | {
            "of",
            "by",
            "with",
        }:
            continue
        owns = text.startswith("'s", match.end())
        if owns and not grammar.patterns["shapes.collectives"].match(text, match.end() + 3):
            continue
        if _holds(sentence, match.end(), left, grammar):
            return begin
    return None


def pronoun_behind(sentence: Sentence, counted: Counted, grammar: Grammar) -> re.Match[str] | None:
    """Return the pronoun in "the 2,700 men (whom) it sent to Uvira"."""
    found = _BEHIND.match(sentence.text, counted.end, sentence.end)
    if found is None or not sends(sentence, found.end(), grammar, relative="th" in found[0][:6]):
        return None
    return found


def possessive(sentence: Sentence, counted: Counted) -> re.Match[str] | None:
    """Return the "his" or "its" of "22,000 of his men", "his 22,000 men"."""
    floor = max(sentence.start, counted.quantity.left - 12)
    return _OWN.search(sentence.text, floor, counted.end)


def _has(sentence: Sentence, counted: Counted, pattern: re.Pattern[str], grammar: Grammar) -> bool:
    text, left = sentence.text, counted.quantity.left
    found = _pronoun(sentence, counted, pattern, grammar)
    if found is not None:
        return True
    for match in pattern.finditer(text, max(sentence.start, left - 40), left):
        position = match.end()
        while (step := _COPULA.match(text, position, left)) is not None:
            position = step.end()
        if position > match.end() and not text[position:left].strip():
            return True  # "we were 1,100 blue helmets"
    return False


def _pronoun(
    sentence: Sentence, counted: Counted, pattern: re.Pattern[str], grammar: Grammar
) -> re.Match[str] | None:
    text, left = sentence.text, counted.quantity.left
    found: re.Match[str] | None = None
    for match in pattern.finditer(text, max(sentence.start, left - _REACH), left):
        found = match
    if found is not None and _EXPLETIVE.match(text, found.start(), sentence.end):
        return None
    if found is None or not _holds(sentence, found.end(), left, grammar):
        return None
    return found


def _holds(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether a verb of having or sending joins a subject that ends at `start` to the number."""
    text = sentence.text
    word = WORD.match(text, min(start + 1, left), left)
    if word is not None and word[0].lower() in grammar.sets["attribution.verbs"]:
        return False  # "a militia that it says has 8,000 men"
    if _APART.search(text, start, left) or grammar.search("attribution.puts", text, start, left):
        return False
    if others_act(sentence, start, left, grammar):
        return False
    heavy = any(
        match[0].lower() not in _LIGHT
        for match in grammar.patterns["force.acts"].finditer(text, start, left)
    )
    return heavy and acts(text, start, left, grammar)


def others_act(sentence: Sentence, start: int, stop: int, grammar: Grammar) -> bool:
    """Say whether a name between could be the subject instead."""
    return any(
        start <= name.start < stop and acting(sentence, name, grammar) is not None
        for name in sentence.names
    )


def subjects(sentence: Sentence, grammar: Grammar, until: int | None = None) -> Iterator[Subject]:
    """Yield the names of a sentence that are the subject of something, in order."""
    stop = sentence.end if until is None else until
    for name in sentence.names:
        if name.end > stop or joined_before(sentence, name):
            continue
        force = acting(sentence, name, grammar)
        if force is None:
            continue
        plural = sentence.text[name.end - 1] == "s" and NameKind.PEOPLE in name.senses
        yield Subject(force=force, plural=plural, speaks=says(sentence, name, grammar))


def antecedent(found: list[Subject], word: str) -> str | None:
    """Return which of the subjects a pronoun or an epithet stands for."""
    silent = [one for one in found if not one.speaks] or found
    if word in {"they", "their"}:
        silent = [one for one in silent if one.plural] or silent
    elif word in {"it", "its", "epithet"}:
        silent = [one for one in silent if not one.plural] or silent
    return silent[0].force if silent else None


def says(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether a verb of saying follows the name within a few words."""
    text = sentence.text
    apposed = _NAMED_THEN.match(text, name.end, sentence.end)
    if apposed is not None and apposed[1].lower() in grammar.sets["attribution.verbs"]:
        return True  # "The Ruritanian commander, Admiral Anna Example, told"
    for count, match in enumerate(WORD.finditer(text, name.end, min(sentence.end, name.end + 60))):
        if count > 3 or match[0] in {";", ".", '"'}:
            return False
        if match[0].lower() in grammar.sets["attribution.verbs"] or match[0].lower() in _PUTS:
            return True
        if match[0] == ":":
            return True
    return False


def other_named(
    sentence: Sentence, start: int, stop: int, own: str, grammar: Grammar
) -> str | None:
    """Return the force last named between two positions that is not the speaker's own."""
    for name in reversed(sentence.names):
        if not start <= name.start < name.end <= stop:
            continue
        people = name.senses.get(NameKind.PEOPLE)
        actor = name.senses.get(NameKind.ACTOR)
        if actor is not None and after_preposition(sentence, name, grammar):
            actor = None
        adjective = None
        if people is None and actor is None and NameKind.ADJECTIVE in name.senses:
            following = WORD.match(sentence.text, min(name.end + 1, stop), stop)
            word = following[0].lower() if following else ""
            military = word in grammar.sets["shapes.collectives"] or grammar.weight(word) > 0
            adjective = name.senses[NameKind.ADJECTIVE] if military else None
        force = people or actor or adjective
        if force is not None and force != own:
            return force
    return None


def told_of(sentence: Sentence, start: int, own: str | None, grammar: Grammar) -> str | None:
    """Return of whom a speaker says it: "…," the minister said of the Eritreans."""
    text = sentence.text
    for topic in grammar.patterns["places.topics"].finditer(text, start, sentence.end):
        for name in sentence.names:
            if topic.end() <= name.start <= topic.end() + len(" the "):
                kinds = (NameKind.PEOPLE, NameKind.ADJECTIVE, NameKind.ACTOR)
                force = next((name.senses[kind] for kind in kinds if kind in name.senses), None)
                if force is not None and force != own:
                    return force
    return None


def leads(sentence: Sentence, start: int, left: int, grammar: Grammar) -> bool:
    """Say whether a noun that ends at `start` has the number, or is the body of which it is told."""
    if _holds(sentence, start, left, grammar):
        return True
    gap = sentence.text[start:left]
    body = grammar.patterns["shapes.collectives"].match(gap, 1)
    return body is not None and gap[body.end() :].strip() in {"of", "of some", "numbering"}


def group_behind(sentence: Sentence, counted: Counted, grammar: Grammar) -> re.Match[str] | None:
    """Return the group in "the 2,100 that the mercenaries had there"."""
    relative = _RELATIVE.match(sentence.text, counted.end, sentence.end)
    if relative is None:
        return None
    return grammar.patterns["force.groups"].match(sentence.text, relative.end())
