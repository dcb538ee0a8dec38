# SPDX-License-Identifier: Apache-2.0
"""Numbers whose noun stands elsewhere in the sentence, by named shapes.

Shapes: `subject` ("the number of soldiers is N"), `numbered` ("Russian forces number N"), `change`
("cut its troops to N"), `collective` ("a force of N", "an N-strong force"), `apposition` ("those
troops, about N,"). What it is not: numbers without any noun in their sentence (`ellipsis`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from monitor.core.claims.counted import (
    Counted,
    adjective_before,
    after_preposition,
    follows_link,
    head_before,
)
from monitor.core.claims.grammar import WEAK_BELOW, WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity, is_year
from monitor.core.claims.phrase import force_after
from monitor.core.knowledge import NameKind

_REACH = 160
# From the changed noun to its number: "their force in the three northern provinces to".
_CHANGE_GAP = 70
# "raise the age for workers from 60 to 65": lighter nouns are not what a verb of change counts.
_LEAST_BODY = 0.5
_UNKNOWN_BODY = 0.3
# From a noun to the number that is set beside it, at once or at the end of the clause.
_ASIDE = re.compile(r" - [^-]{3,240} - ")
_NEAR, _LATE = 40, 120
_OF_THINGS = re.compile(r"\s+(?:posts|jobs|places|billets|vacancies|slots|beds|positions)\b")
_CLOSED = re.compile(
    r"\s+(?:according\s+to|by\s+(?:the|its|his|their|some|one|most)\s|in\s+(?:all|total)\b|altogether\b)"
)
_OF = re.compile(r"\bof\s+$")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_THE_NUMBER = re.compile(
    r"\b(?:the|their|its)\s+(?:total\s+|current\s+)?(?:number|total|strength|contingent)\s+(?:now\s+|still\s+|currently\s+)?(?:in|at|there|near|on)\b[^,;]{0,40}$"
)
_IN_PLACE = re.compile(
    r"^(?:in|inside|at|near|on|around)\s+(?:the\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?(?=,$)"
)


def collective(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, end: int
) -> Counted | None:
    """Read "a 50,000-strong force", with what stands before the noun."""
    text = sentence.text
    at = {name.start: name for name in sentence.names}
    force: str | None = None
    position = end
    for _ in range(6):
        match = WORD.search(text, position, sentence.end)
        if match is None:
            break
        name = at.get(match.start())
        if name is not None and NameKind.ADJECTIVE in name.senses:
            force, position = force or name.senses[NameKind.ADJECTIVE], name.end
            continue
        word = match[0].lower()
        if word in grammar.sets["shapes.collectives"] or grammar.head.match(text, match.start()):
            return Counted(
                quantity=quantity,
                shape="collective",
                head=match[0],
                weight=0.9,
                end=match.end(),
                force=force or force_after(sentence, grammar, match.end()),
            )
        ordinal = _ORDINAL.fullmatch(word) is not None
        if word in grammar.sets["shapes.stops"] or not (word[0].isalpha() or ordinal):
            break
        position = match.end()
    floor = max(sentence.start, quantity.left - _NEAR)
    body = grammar.last("shapes.collectives", text, floor, quantity.left)
    gap = text[body.end() : quantity.left].strip() if body is not None else ""
    gap = _IN_PLACE.sub("", gap)  # "the contingent inside Kursk, about 10,000 strong"
    from_ = force_after(sentence, grammar, body.end()) if body is not None and gap != "," else None
    beside = gap == "," or (from_ is not None and gap.endswith(",") and "," not in gap[:-1])
    force = force or (from_ if beside else None)
    if body is not None and (beside or not text[end : end + 1].isspace()):
        # "the Afghan army, nominally 180,000 strong,"
        named = next((n for n in sentence.names if n.start <= body.start() < n.end), None)
        force = force or (named.senses.get(NameKind.ACTOR) if named is not None else None)
        return Counted(
            quantity=quantity,
            shape="collective",
            head=body[0],
            weight=0.9,
            end=end,
            force=force or adjective_before(sentence, body.start(), sentence.start),
        )
    for name in sentence.names:
        called = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.PEOPLE)
        if called in grammar.armed and text[name.end : quantity.left].strip() == ",":
            # "the Kurdish peshmerga, some 150,000 strong"
            return Counted(quantity=quantity, shape="collective", weight=0.9, end=end, force=called)
    # "a 161-strong majority": an unknown body needs a force and a military word.
    return Counted(
        quantity=quantity, shape="collective", weight=_UNKNOWN_BODY, end=end, force=force
    )


def subject(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read "the number of soldiers in Kursk has risen to N", "the total would reach N"."""
    text = sentence.text
    # Hardly any sentence has dashes, which is found faster than an aside.
    dashed = text.find(" - ", sentence.start, quantity.left) >= 0
    aside = _ASIDE.search(text, sentence.start, quantity.left) if dashed else None
    reach = _REACH + (aside.end() - aside.start() if aside else 0)
    floor = max(sentence.start, quantity.left - reach)
    if not follows_link(sentence, quantity, grammar) or _are_civilians(sentence, quantity, grammar):
        return None
    subject = grammar.last("shapes.subjects", text, floor, quantity.left)
    if subject is None or _OF_THINGS.match(text, subject.end()):
        return None
    asides = [match.span() for match in _ASIDE.finditer(text, subject.end(), quantity.left)]
    others = [
        q
        for q in sentence.quantities
        if subject.end() <= q.start < quantity.start
        and not q.was
        and not any(start <= q.start < end for start, end in asides)
    ]
    if others:
        return None
    head = grammar.head.search(text, subject.end(), quantity.left)
    people = head is None and _fight(sentence, subject.end(), quantity.left, grammar)
    if head is None and not in_context and not people:
        return None
    force = _named_between(sentence, subject.end(), quantity.left, asides, grammar)
    if (
        head is None
        and force is None
        and _counts_other(sentence, subject.end(), quantity.left, grammar)
    ):
        return None
    return Counted(
        quantity=quantity,
        shape="subject",
        head=head[0] if head else subject[0],
        weight=grammar.weight(head[0]) if head else 0.6,
        end=quantity.right,
        force=force,
        anaphoric=head is None,
        subject_start=subject.start(),
    )


def _are_civilians(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Read "the first contingent of 200 Kenyan police": another noun follows that counts no soldiers."""
    called = sentence.named_at.get(quantity.right + 1)
    start = called.end if called is not None else quantity.right
    return grammar.patterns["rejects.civilian"].match(sentence.text, start + 1) is not None


def _fight(sentence: Sentence, start: int, stop: int, grammar: Grammar) -> bool:
    """Read "the number of Cubans fighting for Russia": a people beside a military word."""
    people = sentence.named(NameKind.PEOPLE, start, stop)
    return (
        bool(people)
        and grammar.search("shapes.people_context", sentence.text, people[0].end, stop) is not None
    )


def _named_between(
    sentence: Sentence,
    start: int,
    stop: int,
    asides: Sequence[tuple[int, int]],
    grammar: Grammar,
) -> str | None:
    """Return the force that "the number of Pyongyang's soldiers" names, not in an aside."""
    for name in sentence.names:
        if not start <= name.start < stop or any(a <= name.start < b for a, b in asides):
            continue
        if NameKind.PLACE in name.senses and after_preposition(sentence, name, grammar):
            continue  # "its contingent in Kosovo"
        force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.PEOPLE)
        if force is None and sentence.text.startswith("'s", name.end):
            before = sentence.text[max(start, name.start - 5) : name.start].split()
            force = name.senses.get(NameKind.ACTOR) if before[-1:] in ([], ["of"]) else None
        if force is not None:
            return force
    return None


def _counts_other(sentence: Sentence, start: int, end: int, grammar: Grammar) -> bool:
    return grammar.search("rejects.things", sentence.text, start, end) is not None


def force_of(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read "a force of N", "a contingent of N", "a total of N"."""
    text = sentence.text
    before = _OF.search(text, max(sentence.start, quantity.left - 8), quantity.left)
    floor = max(sentence.start, quantity.left - 60)
    if before is None:
        changed = quantity.was or quantity.changed
        head = (
            grammar.search("shapes.collectives", text, floor - 0, quantity.left)
            if changed
            else None
        )
        if head is None:
            return None
        return Counted(
            quantity=quantity,
            shape="change",
            head=head[0],
            weight=0.7,
            end=quantity.right,
            force=None,
        )
    noun = grammar.ends("shapes.collectives", text, floor, before.start())
    if noun is None or not (in_context or noun[0].lower() != "total"):
        return None
    following = WORD.match(text, quantity.right + 1, sentence.end)
    if (
        following is not None
        and following[0].lower() not in grammar.sets["shapes.stops"]
        and following[0][0].isalpha()
    ):
        return None
    force = None
    for name in sentence.names:
        if noun.start() - 40 <= name.start < noun.start() and NameKind.ADJECTIVE in name.senses:
            gap = text[name.end : noun.start()].split()
            if len(gap) <= 2:
                force = name.senses[NameKind.ADJECTIVE]
    return Counted(
        quantity=quantity,
        shape="collective",
        head=noun[0],
        weight=0.7,
        end=quantity.right,
        force=force,
        anaphoric=force is None,
    )


def numbered(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read "Russian forces near Kupiansk number N", "North Korean military, numbering N people"."""
    text = sentence.text
    verb = grammar.ends(
        "shapes.counts", text, max(sentence.start, quantity.left - 24), quantity.left
    )
    if verb is None:
        return None
    floor = max(sentence.start, verb.start() - _REACH)
    for other in sentence.quantities:
        if other.end <= verb.start() and not is_year(other):
            floor = max(floor, other.end)
    found = head_before(sentence, floor, verb.start(), grammar)
    body = grammar.last("shapes.collectives", text, floor, verb.start())
    if body is not None and (found is None or body.start() > found[0].start()):
        found = body, adjective_before(sentence, body.start(), floor)
    if found is None:
        return None
    head, force = found
    if 0 < grammar.weight(head[0]) < _LEAST_BODY:
        return None
    return Counted(
        quantity=quantity,
        shape="numbered",
        head=head[0],
        weight=max(0.6, grammar.weight(head[0])),
        end=quantity.right,
        force=force,
        subject_start=head.start(),
    )


def changed(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read "cut its troops in Cyprus to N (from M)", "the army has grown … to N"."""
    text, left = sentence.text, quantity.left
    before = text[max(sentence.start, left - 6) : left].lower().split()
    if not before or before[-1] not in {"to", "from"} or not _is_free(sentence, quantity, grammar):
        return None
    floor = max(sentence.start, left - _REACH)
    growth = grammar.last("shapes.growth", text, floor, left)
    if growth is None:
        return None
    found = head_before(sentence, floor, left, grammar)
    if found is None:
        return _grown(sentence, quantity, growth, grammar)
    head, force = found
    # "from four months to 11"
    if grammar.weight(head[0]) < _LEAST_BODY or _counts_thing(sentence, quantity, grammar):
        return None
    gap = text[max(head.end(), growth.end()) : left]
    if any(sign in gap for sign in ';:"') or len(gap) > _CHANGE_GAP:
        return None
    was = before[-1] == "from"
    return Counted(
        quantity=replace(quantity, was=True) if was else quantity,
        shape="change",
        head=head[0],
        weight=max(0.6, grammar.weight(head[0])),
        end=quantity.right,
        force=force,
        subject_start=min(head.start(), growth.start()),
    )


def _counts_thing(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether the number before this one in the sentence counts things: "four months"."""
    earlier = [q for q in sentence.quantities if q.end <= quantity.left]
    if not earlier:
        return False
    word = WORD.match(sentence.text, earlier[-1].right + 1, sentence.end)
    return word is not None and word[0].lower() in grammar.sets["rejects.things"]


def _grown(
    sentence: Sentence, quantity: Quantity, growth: re.Match[str], grammar: Grammar
) -> Counted | None:
    """Read "Islamic State in Somalia has grown to 1,600": an armed group is its fighters."""
    for name in reversed(sentence.names):
        force = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
        if name.end > growth.start() or force is None:
            continue
        gap = sentence.text[name.end : growth.start()]
        if force not in grammar.armed or len(gap) > _CHANGE_GAP or "," in gap or ";" in gap:
            return None
        return Counted(
            quantity=quantity, shape="change", weight=0.8, end=quantity.right, force=force
        )
    return None


def apposition(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool = False
) -> Counted | None:
    """Read "some of those troops, about N, are …" and "the contingent (N)"."""
    text, left = sentence.text, quantity.left
    opening = text[max(sentence.start, left - 3) : left]
    closing = text[quantity.right : quantity.right + 2].lstrip()[:1]
    if _CLOSED.match(text, quantity.right):
        closing = ","  # "Venezuelan troops, 5,000 according to Bogota, have massed"
    if not opening.rstrip().endswith((",", "(", "-")) or closing not in {
        ",",
        ")",
        "-",
        ".",
        '"',
        "",
    }:
        return None
    position = left - len(opening) + len(opening.rstrip()) - 1
    # "they gather troops in the direction of Sumy, over 50,000": only a number that is hedged comes late.
    late = quantity.left < quantity.start and closing in {",", ".", '"', ""}
    reach = _LATE if late else _NEAR
    found = head_before(sentence, max(sentence.start, position - reach), position, grammar)
    number = _THE_NUMBER.search(text, max(sentence.start, position - _LATE), position)
    if found is None and number is not None and in_context:
        # "the number now in Russia, around 15,000, had hardly changed"
        return Counted(
            quantity=quantity, shape="subject", weight=0.6, end=quantity.right, anaphoric=True
        )
    if found is None or grammar.weight(found[0][0]) < WEAK_BELOW:
        return None
    if not late and text[found[0].end() : position].strip():
        return None
    if any(found[0].end() <= other.start < position for other in sentence.quantities):
        return None
    head, force = found
    force = force or force_after(sentence, grammar, head.end())
    force = None if _are_two(sentence, head.start()) else force
    return Counted(
        several=_are_two(sentence, head.start()),
        quantity=quantity,
        shape="apposition",
        head=head[0],
        weight=grammar.weight(head[0]),
        end=quantity.right,
        force=force,
    )


def _are_two(sentence: Sentence, noun: int) -> bool:
    """Read "Norwegian and British marines, 450 in all": of neither alone."""
    adjectives = [
        name
        for name in sentence.names
        if name.end <= noun <= name.end + _NEAR and NameKind.ADJECTIVE in name.senses
    ]
    return any(
        sentence.text[one.end : other.start] in {" and ", ", "}
        and one.senses[NameKind.ADJECTIVE] != other.senses[NameKind.ADJECTIVE]
        for one, other in pairwise(adjectives)
    )


def _is_free(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether no other noun follows the number: "to 40,000 rounds" is no change of troops."""
    if not sentence.text.startswith(" ", quantity.right):
        return True
    following = WORD.match(sentence.text, quantity.right + 1, sentence.end)
    return (
        following is None
        or not following[0][0].isalpha()
        or following[0].lower() in grammar.sets["shapes.stops"]
        or following[0].lower() in grammar.sets["shapes.adverbs"]
    )
