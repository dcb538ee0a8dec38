# SPDX-License-Identifier: Apache-2.0
"""What a number counts: from the number to its head noun, by named shapes.

What it is not: a verdict on the number (`rejects`). Shapes: `direct` ("10,000 elite troops"),
`people` ("11,000 (North Koreans)"), `subject` ("the number of soldiers is N"), `collective` ("a
force of N", "an N-strong force"), `partitive` ("8,000 of the 10,000 troops"), `listed` ("20,000 or
even 50,000 troops"), `moving` ("about 10,000 have gone there"), `elliptic` ("and 900 in Syria").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.knowledge import Name, NameKind

_MOST_STEPS = 12
# "11,000 (North Koreans)" puts in what the speaker left out; "11,000 Russians" may be anybody.
_BRACKETED, _PEOPLE = 0.6, 0.3
_SUBJECT_REACH = 160
# Smaller bare numbers are days, hours, ages and scores more often than troops.
_LEAST_REPEATED = 100


@dataclass(slots=True, kw_only=True)
class Counted:
    """A number with what it counts: `end` is where the phrase ends, `force` what it names itself."""

    quantity: Quantity
    shape: str
    head: str | None = None
    weight: float = 0.0
    end: int
    force: str | None = None
    whole: Quantity | None = None  # of a partitive: the number it is a part of
    anaphoric: bool = False
    subject_start: int | None = None
    increment: bool = False
    predicate: int | None = None  # where the verb is looked for, if not from `end`


@dataclass(slots=True, kw_only=True)
class Thing:
    """A number that counts something else; `reason` names what."""

    reason: str


def count(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | Thing | None:
    """Return what `quantity` counts, or None; `in_context` says that troops were spoken of."""
    text, position = sentence.text, quantity.right
    strong = re.compile(r"[\s-]+([a-z]+)\b").match(text, position, sentence.end)
    if strong and strong[1] in grammar.sets["shapes.strong"]:
        return _collective(sentence, quantity, grammar, strong.end())
    direct = _direct(sentence, quantity, grammar)
    if direct is not None:
        return direct
    return (
        _listed(sentence, quantity, grammar, in_context=in_context)
        or _subject(sentence, quantity, grammar, in_context=in_context)
        or _force_of(sentence, quantity, grammar, in_context=in_context)
        or (_moving(sentence, quantity, grammar) if in_context else None)
        or _repeated(sentence, quantity, grammar, in_context=in_context)
    )


# --- direct ----------------------------------------------------------------------------------


def _direct(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | Thing | None:
    """Walk right over modifiers to a head noun."""
    return _Walk(sentence, quantity, grammar).run()


class _Walk:
    """A walk from a number to the noun it counts, over names, modifiers and brackets."""

    def __init__(self, sentence: Sentence, quantity: Quantity, grammar: Grammar) -> None:
        self._sentence, self._quantity, self._grammar = sentence, quantity, grammar
        self._position = quantity.right
        self._names = {name.start: name for name in sentence.names}
        reach = min(sentence.end, quantity.right + 200)
        self._heads = {
            match.start(): match
            for match in grammar.head.finditer(sentence.text, quantity.right, reach)
        }
        self._force: str | None = None
        self._people: Name | None = None
        self._head: re.Match[str] | None = None
        self._unknown = 0
        self._increment = False
        self._bracketed = False
        self._result: Counted | Thing | None = None

    def run(self) -> Counted | Thing | None:
        """Return what the number counts, as far as the words right of it say."""
        text = self._sentence.text
        for step in range(_MOST_STEPS):
            match = WORD.search(text, self._position, self._sentence.end)
            if match is None or text[self._position : match.start()].strip():
                break
            if step == 0 and match[0] == "," and self._is_aside():
                self._position = match.end()
                continue
            if step == 0 and match[0].lower() == "of":
                goes_on = self._of(match)
            else:
                goes_on = self._name(match) if match.start() in self._names else self._word(match)
            if not goes_on:
                break
        return self._result or self._found()

    def _is_aside(self) -> bool:
        """Read "at least 10,000, and possibly 15,000, troops"."""
        text, left = self._sentence.text, self._quantity.left
        earlier = [q for q in self._sentence.quantities if q.end < left]
        gap = text[earlier[-1].right : left] if earlier else ""
        return _listed_by(gap, self._grammar) and "," in gap

    def _of(self, match: re.Match[str]) -> bool:
        partitive = _partitive(self._sentence, self._quantity, self._grammar, match.end())
        if isinstance(partitive, int):
            self._position = partitive
            return True
        self._result = partitive
        return False

    def _name(self, match: re.Match[str]) -> bool:
        name, text = self._names[match.start()], self._sentence.text
        if NameKind.ADJECTIVE in name.senses:
            self._force = self._force or name.senses[NameKind.ADJECTIVE]
            if NameKind.PEOPLE in name.senses:
                self._people = self._people or name
            self._position = name.end
            return True
        if NameKind.PEOPLE in name.senses:
            self._people, self._position = name, name.end
            return False
        if NameKind.ACTOR in name.senses and text.startswith("'s", name.end):
            self._force = self._force or name.senses[NameKind.ACTOR]
            self._position = name.end + 2
            return True
        return self._word(match)

    def _word(self, match: re.Match[str]) -> bool:
        head = self._heads.get(match.start())
        if head is not None:
            if not _is_modifier(head, self._sentence.text, self._sentence.end, self._grammar):
                self._head = head
                return False
            self._position = head.end()
            return True
        word, sets = match[0].lower(), self._grammar.sets
        if word == "(":
            return self._bracket(match.start())
        if word in sets["rejects.things"] or word in sets["rejects.money"] or word == "%":
            self._result = Thing(reason="money" if word in sets["rejects.money"] else _thing(word))
            return False
        if not self._passes(match[0]):
            return False
        self._position = match.end()
        return True

    def _passes(self, surface: str) -> bool:
        """Say whether a word may stand between a number and its noun."""
        word, sets = surface.lower(), self._grammar.sets
        if word in {"'s", "'", "-", '"'}:
            return self._position > self._quantity.right or word == "'"
        if word in sets["shapes.fillers"]:
            self._increment = self._increment or word in sets["shapes.increments"]
            return True
        if word in sets["shapes.stops"] or not word[0].isalpha() or self._unknown >= 3:
            return False
        self._unknown += 1
        return _may_modify(surface)

    def _bracket(self, begin: int) -> bool:
        """Step over "(DPRK)"; "(North Koreans)" is what is counted."""
        inner = self._names.get(begin + 1)
        closed = self._sentence.text.find(")", begin, begin + 40)
        if closed < 0:
            return False
        self._position = closed + 1
        if inner is not None and NameKind.PEOPLE in inner.senses:
            self._people, self._bracketed = inner, True
            return False
        return True

    def _found(self) -> Counted | None:
        if self._head is not None:
            force = self._force
            if force is None and self._people is not None:
                force = self._people.senses[NameKind.PEOPLE]
            return _with_head(
                self._sentence,
                self._quantity,
                self._grammar,
                self._head,
                force,
                increment=self._increment,
            )
        if self._people is None:
            return None
        return Counted(
            quantity=self._quantity,
            shape="people",
            head=self._sentence.text[self._people.start : self._people.end],
            weight=_BRACKETED if self._bracketed else _PEOPLE,
            end=max(self._position, self._people.end),
            force=self._people.senses[NameKind.PEOPLE],
            increment=self._increment,
        )


def _thing(word: str) -> str:
    return "percentage" if word in {"percent", "percentage", "%", "per"} else f"counts {word}"


def _may_modify(word: str) -> bool:
    """Say whether an unknown word may stand between a number and its noun."""
    if word[0].isupper() or "-" in word:
        return True
    if word.endswith(
        ("ly", "ive", "al", "ic", "ous", "ant", "ent", "ary", "ese", "ian", "ful", "less")
    ):
        return True
    return word.endswith("ed") and word not in {
        "joined",
        "crossed",
        "entered",
        "seized",
        "supported",
        "helped",
        "attacked",
        "moved",
        "arrived",
    }


def _is_modifier(head: re.Match[str], text: str, end: int, grammar: Grammar) -> bool:
    """Say whether a singular mass noun is followed by the noun it modifies."""
    word = " ".join(head[0].lower().split())
    if word not in grammar.sets["shapes.mass"]:
        return False
    following = (
        WORD.match(text, head.end() + 1, end) if text[head.end() : head.end() + 1] == " " else None
    )
    if following is None:
        return False
    nextword = following[0].lower()
    return (
        nextword[0].isalpha()
        and nextword not in grammar.sets["shapes.stops"]
        and not nextword.endswith(("ed", "ing"))
    )


def _with_head(
    sentence: Sentence,
    quantity: Quantity,
    grammar: Grammar,
    head: re.Match[str],
    force: str | None,
    *,
    increment: bool,
) -> Counted:
    """Return the direct claim; of "workers and sappers" the more military noun counts."""
    text = sentence.text
    weight, end, name = grammar.weight(head[0]), head.end(), head[0]
    also = re.compile(r",?\s+and\s+").match(text, end, sentence.end)
    if also is not None:
        second = grammar.head.match(text, also.end(), sentence.end)
        if second is not None and grammar.weight(second[0]) > weight:
            weight, end, name = grammar.weight(second[0]), second.end(), second[0]
    if force is None:
        force = _force_after(sentence, grammar, end)
    return Counted(
        quantity=quantity,
        shape="direct",
        head=name,
        weight=weight,
        end=end,
        force=force,
        increment=increment,
    )


def _force_after(sentence: Sentence, grammar: Grammar, end: int) -> str | None:
    """Read "soldiers from North Korea", "troops (DPRK)", "soldiers of the Russian army"."""
    text = sentence.text
    for name in sentence.names:
        if not end <= name.start <= end + 32:
            continue
        gap = text[end : name.start].lower().split()
        # As in: the 12,000 troops that North Korea sent.
        sends = grammar.patterns["force.acts"].match(text, min(name.end + 1, sentence.end))
        if NameKind.ACTOR in name.senses and gap in ([], ["that"], ["which"]) and sends:
            return name.senses[NameKind.ACTOR]
        if not gap or gap[0] not in grammar.sets["force.origins"]:
            continue
        if gap[0] == "by" or any(word not in {"the", "of", "from", "sent"} for word in gap):
            continue
        force = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
        if force is not None:
            return force
    return None


def _partitive(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, position: int
) -> Counted | int | None:
    """Read "N of the M troops", "N of them", "N of whom"; or return where "of its troops" goes on."""
    text = sentence.text
    for whole in sentence.quantities:
        if position <= whole.left <= position + 24 and whole is not quantity:
            gap = text[position : whole.left].lower().split()
            if all(
                word
                in {
                    "the",
                    "a",
                    "an",
                    "some",
                    "its",
                    "total",
                    "of",
                    "their",
                    "those",
                    "these",
                    "initial",
                    "estimated",
                }
                for word in gap
            ):
                found = _direct(sentence, whole, grammar)
                if isinstance(found, Counted):
                    return Counted(
                        quantity=quantity,
                        shape="partitive",
                        head=found.head,
                        weight=found.weight,
                        end=found.end,
                        force=found.force,
                        whole=whole,
                    )
    them = re.compile(r"\s+(them|whom|these|those)\b", re.IGNORECASE).match(
        text, position, sentence.end
    )
    if them is not None:
        after = WORD.search(text, them.end(), sentence.end)
        if (
            them[1].lower() in {"these", "those"}
            and after is not None
            and grammar.head.match(text, after.start())
        ):
            return them.end()
        return Counted(
            quantity=quantity, shape="partitive", weight=0.7, end=them.end(), anaphoric=True
        )
    own = re.compile(r"\s+(?:the|its|their|his|her|our|these|those)\b", re.IGNORECASE).match(
        text, position, sentence.end
    )
    if own is not None:
        return own.end()
    after = WORD.search(text, position, sentence.end)
    if after is not None and quantity.shape in {"band", "words"}:
        return position
    return None if after is None or not _names_at(sentence, after.start()) else position


def _names_at(sentence: Sentence, start: int) -> bool:
    return any(name.start == start for name in sentence.names)


# --- other shapes ----------------------------------------------------------------------------


def _collective(
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
                force=force or _force_after(sentence, grammar, match.end()),
            )
        if word in grammar.sets["shapes.stops"] or not word[0].isalpha():
            break
        position = match.end()
    return Counted(quantity=quantity, shape="collective", weight=0.4, end=end, force=force)


def _listed_by(gap: str, grammar: Grammar) -> bool:
    """Say whether only a comma, "and", "or" and "possibly" stand between two numbers."""
    words = gap.replace(",", " ").replace("/", " ").lower().split()
    allowed = grammar.sets["shapes.maybe"] | {"and", "or", "to"}
    return bool(gap.strip()) and all(word in allowed for word in words)


def _listed(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | Thing | None:
    """Give a number of a list the noun that stands after the last one."""
    text = sentence.text
    following = next((q for q in sentence.quantities if q.start >= quantity.right), None)
    if following is None:
        return None
    if not _listed_by(text[quantity.right : following.left], grammar):
        return None
    found = count(sentence, following, grammar, in_context=in_context)
    if not isinstance(found, Counted) or found.anaphoric:
        return None if isinstance(found, Counted) else found
    return Counted(
        quantity=quantity,
        shape="listed",
        head=found.head,
        weight=found.weight,
        end=found.end,
        force=found.force,
    )


def _subject(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read "the number of soldiers in Kursk has risen to N", "the total would reach N"."""
    text = sentence.text
    floor = max(sentence.start, quantity.left - _SUBJECT_REACH)
    if not follows_link(sentence, quantity, grammar):
        return None
    subject = grammar.last("shapes.subjects", text, floor, quantity.left)
    if subject is None:
        return None
    others = [
        q for q in sentence.quantities if subject.end() <= q.start < quantity.start and not q.was
    ]
    if others:
        return None
    head = grammar.head.search(text, subject.end(), quantity.left)
    if head is None and not in_context:
        return None
    force = None
    for name in sentence.names:
        if subject.end() <= name.start < quantity.left:
            force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.PEOPLE)
            if force is not None:
                break
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


def _counts_other(sentence: Sentence, start: int, end: int, grammar: Grammar) -> bool:
    return grammar.search("rejects.things", sentence.text, start, end) is not None


def follows_link(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether a verb like "is", "reached" or "amounts to" leads to the number."""
    text = sentence.text
    if quantity.was or quantity.changed:
        return True
    before = text[sentence.start : quantity.left].rstrip(" \"'(")
    if before.endswith((":", "=", "-")):
        return True
    words = [word.lower() for word in WORD.findall(before[-60:])]
    while words and words[-1] in grammar.sets["shapes.adverbs"]:
        words.pop()
    return bool(words) and words[-1] in grammar.sets["shapes.links"]


def _force_of(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read "a force of N", "a contingent of N", "a total of N"."""
    text = sentence.text
    before = re.compile(r"\bof\s+$").search(
        text, max(sentence.start, quantity.left - 8), quantity.left
    )
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


def _moving(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read a bare number that moves or is somewhere; troops were spoken of just before."""
    text = sentence.text
    match = WORD.match(text, quantity.right + 1, sentence.end)
    if match is None or text[quantity.right] != " ":
        return None
    word = match[0].lower()
    second = WORD.match(text, match.end() + 1, sentence.end)
    next_word = second[0].lower() if second else ""
    if word in {"more", "additional", "others"} and second is not None:
        increment, word = True, next_word
        third = WORD.match(text, second.end() + 1, sentence.end)
        next_word = third[0].lower() if third else ""
    else:
        increment = False
    moves = grammar.sets["shapes.movement"]
    if word in grammar.sets["shapes.auxiliaries"]:
        if not _moves_soon(sentence, match.end(), grammar):
            return None
        shape = "moving"
    elif word in {"in", "near", "inside", "into", "at", "to"}:
        if not _place_soon(sentence, match.end()):
            return None
        shape = "elliptic"
    elif word in moves:
        shape = "moving"
    else:
        return None
    return Counted(
        quantity=quantity,
        shape=shape,
        weight=0.6,
        end=quantity.right,
        anaphoric=True,
        increment=increment,
    )


def _repeated(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read a bare number after one with a noun: "has 182,000 soldiers but wants 203,000"."""
    text = sentence.text
    if quantity.low < _LEAST_REPEATED or quantity.shape == "band" or quantity.fraction:
        return None
    following = WORD.match(text, quantity.right + 1, sentence.end)
    if following is not None and text.startswith(" ", quantity.right):
        word = following[0].lower()
        if word[0].isalpha() and word not in grammar.sets["shapes.stops"]:
            return None
    before = WORD.findall(text[max(sentence.start, quantity.left - 24) : quantity.left])
    owner = owner_of(sentence, quantity)
    if owner is None and (not before or before[-1].lower() not in grammar.sets["shapes.repeats"]):
        return None
    for earlier in sentence.quantities:
        if earlier.start >= quantity.start:
            break
        if quantity.left - earlier.end > _SUBJECT_REACH or earlier.low < _LEAST_REPEATED:
            continue
        owned = owner is not None and in_context
        if owned or isinstance(_direct(sentence, earlier, grammar), Counted):
            return Counted(
                quantity=quantity,
                shape="repeated",
                weight=0.6,
                end=quantity.right,
                anaphoric=owner is None,
                force=owner,
                increment=before[-1].lower() in grammar.sets["shapes.increments"],
            )
    return None


def owner_of(sentence: Sentence, quantity: Quantity) -> str | None:
    """Return whose number it is by the words right before it: "Russia's 600,000"."""
    for name in sentence.names:
        if NameKind.ACTOR in name.senses and name.end + 3 == quantity.left:
            return (
                name.senses[NameKind.ACTOR] if sentence.text.startswith("'s ", name.end) else None
            )
    return None


def _moves_soon(sentence: Sentence, start: int, grammar: Grammar) -> bool:
    words = [
        word.lower()
        for word in WORD.findall(sentence.text[start : min(start + 60, sentence.end)])[:6]
    ]
    return any(word in grammar.sets["shapes.movement"] for word in words)


def _place_soon(sentence: Sentence, start: int) -> bool:
    return any(
        start <= name.start <= start + 32 and NameKind.PLACE in name.senses
        for name in sentence.names
    )
