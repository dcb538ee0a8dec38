# SPDX-License-Identifier: Apache-2.0
"""The noun phrase of a number: from the number over its modifiers to the head noun.

What it is not: any other shape (see `shapes`, `ellipsis`). Shapes: `direct` ("10,000 elite troops"),
`people` ("11,000 (North Koreans)"), `partitive` ("8,000 of the 10,000 troops").
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import (
    Counted,
    Thing,
    adjective_before,
    listed_by,
    names_at,
)
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.knowledge import Name, NameKind

_MOST_STEPS = 12
_CODE = 4  # ids of states, the EU, the UN and NATO are codes; those of other forces are words
# "11,000 (North Koreans)" puts in what the speaker left out; "11,000 Russians" may be anybody.
_BRACKETED, _PEOPLE = 0.6, 0.3
_MEMBERS, _MEMBERS_REACH = 0.8, 70
_OF_BODY = re.compile(r"\s+(?:of|from|in)\s+")
_PHRASE_STOP = re.compile(r"[,;:.()\"]|\b(?:will|would|are|were|is|was|have|has|had|who|that|to)\b")
_OF_GAP = frozenset(
    {
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
)
_OUT_OF = re.compile(r"out\s+of\b", re.IGNORECASE)
_THEM = re.compile(r"\s+(them|whom|these|those)\b", re.IGNORECASE)
_OWN = re.compile(r"\s+(?:the|its|their|his|her|our|these|those)\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere\s+(?:are|were|is|was|have been|had been)\s+$", re.IGNORECASE)
_OWNED = re.compile(r"\s+(?:[A-Z][\w-]*\s+){0,2}[A-Z][\w-]*(?:'s|s')\b")
_AND = re.compile(r",?\s+and\s+")


def direct(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | Thing | None:
    """Walk right over modifiers to a head noun."""
    return _Walk(sentence, quantity, grammar).run()


class _Walk:
    """A walk from a number to the noun it counts, over names, modifiers and brackets."""

    def __init__(self, sentence: Sentence, quantity: Quantity, grammar: Grammar) -> None:
        self._sentence, self._quantity, self._grammar = sentence, quantity, grammar
        self._position = quantity.right
        self._names = sentence.named_at
        self._heads = grammar.heads_of(sentence)
        self._force: str | None = None
        self._people: Name | None = None
        self._head: re.Match[str] | None = None
        self._several = False
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
            out = _OUT_OF.match(text, match.start(), self._sentence.end) if step == 0 else None
            if out is not None:
                goes_on = self._out_of(out)
            elif step == 0 and match[0].lower() == "of":
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
        return listed_by(gap, self._grammar) and "," in gap

    def _out_of(self, match: re.Match[str]) -> bool:
        """Read "8,000 out of a total of 10,000 (soldiers)"."""
        self._result = _of_number(self._sentence, self._quantity, self._grammar, match.end())
        return False

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
            self._several |= self._is_another(name)
            if self._force is None or self._names_body(name):
                self._force = name.senses[NameKind.ADJECTIVE]
            if NameKind.PEOPLE in name.senses:
                self._people = self._people or name
            self._position = name.end
            return True
        if NameKind.PEOPLE in name.senses:
            self._people, self._position = name, name.end
            return False
        # As headlines say it: "North Korea soldiers".
        following = WORD.match(text, min(name.end + 1, len(text)))
        if NameKind.ACTOR in name.senses and following and following.start() in self._heads:
            self._force, self._position = self._force or name.senses[NameKind.ACTOR], name.end
            return True
        if NameKind.ACTOR in name.senses and text.startswith("'s", name.end):
            self._force = self._force or name.senses[NameKind.ACTOR]
            self._position = name.end + 2
            return True
        return self._word(match)

    def _names_body(self, name: Name) -> bool:
        """Say whether a narrower force follows the state: "Lebanese Hezbollah fighters"."""
        force = name.senses[NameKind.ADJECTIVE]
        beside = self._sentence.text[: name.start].endswith(" ") and any(
            other.end + 1 == name.start for other in self._sentence.names
        )
        return beside and len(force) > _CODE

    def _is_another(self, name: Name) -> bool:
        """Say whether "and" joins a second force to the first: "Polish and Romanian troops"."""
        before = self._sentence.text[self._quantity.right : name.start].rstrip()
        other = self._force not in {None, name.senses[NameKind.ADJECTIVE]}
        return other and before.endswith((" and", " or", "/", ","))

    def _word(self, match: re.Match[str]) -> bool:
        head = self._heads.get(match.start())
        if head is not None:
            return self._noun(head)
        word, sets = match[0].lower(), self._grammar.sets
        if word == "(":
            return self._bracket(match.start())
        if word in sets["shapes.members"]:
            return self._members(match)
        if word in sets["rejects.things"] or word in sets["rejects.money"] or word == "%":
            self._result = Thing(reason="money" if word in sets["rejects.money"] else _thing(word))
            return False
        passes = self._passes(match[0])
        self._position = match.end() if passes else self._position
        return passes

    def _noun(self, head: re.Match[str]) -> bool:
        """Take the noun, unless it only says of which kind the next one is."""
        if _is_modifier(head, self._sentence.text, self._sentence.end, self._grammar):
            self._position = head.end()
            return True
        if self._sentence.text.startswith("'s", head.end()):
            return False  # "the top 10 of the men's rankings"
        self._head = head
        return False

    def _members(self, match: re.Match[str]) -> bool:
        """Read "200 members of the Ohio National Guard"; members of anything else are a crowd."""
        reach = min(self._sentence.end, match.end() + _MEMBERS_REACH)
        of = _OF_BODY.match(self._sentence.text, match.end(), reach)
        body = of and self._grammar.search(
            "shapes.bodies", self._sentence.text, of.end(), self._phrase_end(of.end(), reach)
        )
        if not of or not body:
            self._result = Thing(reason=_thing(match[0].lower()))
            return False
        self._force = self._force or adjective_before(self._sentence, body.start(), of.start())
        self._result = Counted(
            quantity=self._quantity,
            shape="members",
            head=match[0],
            weight=_MEMBERS,
            end=body.end(),
            force=self._force,
            increment=self._increment,
        )
        return False

    def _phrase_end(self, start: int, reach: int) -> int:
        stop = _PHRASE_STOP.search(self._sentence.text, start, reach)
        return stop.start() if stop else reach

    def _passes(self, surface: str) -> bool:
        """Say whether a word may stand between a number and its noun."""
        word, sets = surface.lower(), self._grammar.sets
        if word in {"'s", "'", "-", '"'}:
            return self._position > self._quantity.right or word == "'"
        if word in sets["shapes.fillers"]:
            self._increment = self._increment or word in sets["shapes.increments"]
            return True
        if word == "and" and self._joins_modifiers():
            return True
        if word in sets["shapes.stops"] or not word[0].isalpha() or self._unknown >= 3:
            return False
        self._unknown += 1
        return _may_modify(surface)

    def _joins_modifiers(self) -> bool:
        """Read "engineering and military construction personnel": "and" before more modifiers."""
        text, sets = self._sentence.text, self._grammar.sets
        if self._position == self._quantity.right:
            return False
        words = list(
            WORD.finditer(text, self._position, min(self._sentence.end, self._position + 60))
        )
        for match in words[1:5]:
            if match.start() in self._heads and match[0].lower() not in sets["shapes.mass"]:
                return True
            if self._is_in_adjective(match.start()):
                continue  # "Kenyan and other African Union peacekeepers"
            if match[0].lower() not in sets["shapes.fillers"] | sets["shapes.mass"]:
                return False
        return False

    def _is_in_adjective(self, position: int) -> bool:
        return any(
            NameKind.ADJECTIVE in name.senses and name.start <= position < name.end
            for name in self._sentence.names
        )

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
            found = _with_head(
                self._sentence,
                self._quantity,
                self._grammar,
                self._head,
                force,
                increment=self._increment,
            )
            found.force = None if self._several else found.force
            found.several = self._several
            return found
        if self._people is None:
            return None
        return Counted(
            quantity=self._quantity,
            shape="people",
            head=self._sentence.text[self._people.start : self._people.end],
            weight=_BRACKETED if self._bracketed else _PEOPLE,
            end=self._position if self._bracketed else self._people.end,
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
    if text.startswith(" and civilian", head.end()):
        return True  # "900,000 military and civilian staff"
    if nextword == "fighting" and grammar.search(
        "rejects.things", text, head.end(), head.end() + 24
    ):
        return True
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
    also = _AND.match(text, end, sentence.end)
    if also is not None:
        second = grammar.head.match(text, also.end(), sentence.end)
        if second is not None and grammar.weight(second[0]) > weight:
            weight, end, name = grammar.weight(second[0]), second.end(), second[0]
    if force is None:
        force = force_after(sentence, grammar, end)
    return Counted(
        quantity=quantity,
        shape="direct",
        head=name,
        weight=weight,
        end=end,
        force=force,
        increment=increment,
    )


def force_after(sentence: Sentence, grammar: Grammar, end: int) -> str | None:
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
        if gap[0] == "from" and grammar.search("force.withdrawals", text, sentence.start, end):
            continue
        if gap[0] == "by" or any(word not in {"the", "of", "from", "sent"} for word in gap):
            continue
        force = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
        narrower = sentence.named_at.get(name.end + 1)
        if narrower is not None and NameKind.ADJECTIVE in narrower.senses:
            return narrower.senses[NameKind.ADJECTIVE]  # "of the Russian Africa Corps"
        if force is not None:
            return force
    return None


def _partitive(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, position: int
) -> Counted | int | None:
    """Read "N of the M troops", "N of them", "N of whom"; or return where "of its troops" goes on."""
    whole = _of_number(sentence, quantity, grammar, position)
    if whole is not None:
        return whole
    them = _THEM.match(sentence.text, position, sentence.end)
    if them is not None:
        return _of_them(sentence, quantity, them)
    own = _OWN.match(sentence.text, position, sentence.end) or _OWNED.match(
        sentence.text, position, sentence.end
    )
    if own is not None:
        return own.end()
    after = WORD.search(sentence.text, position, sentence.end)
    if after is not None and (
        quantity.shape in {"band", "words"} or names_at(sentence, after.start())
    ):
        return position
    return None


def _of_number(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, position: int
) -> Counted | None:
    """Read "8,000 of the roughly 10,000 troops"."""
    for whole in sentence.quantities:
        if not position <= whole.left <= position + 24 or whole is quantity:
            continue
        gap = sentence.text[position : whole.left].lower().split()
        found = direct(sentence, whole, grammar) if _OF_GAP.issuperset(gap) else None
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
    return None


def _of_them(sentence: Sentence, quantity: Quantity, them: re.Match[str]) -> Counted | int:
    """Read "N of them"; "there were N of them" counts all, not a part."""
    text = sentence.text
    after = WORD.search(text, them.end(), sentence.end)
    if them[1].lower() in {"these", "those"} and after is not None and after[0][0].isalpha():
        return them.end()  # "of those soldiers", "of those cases"
    there = _THERE.search(text, max(sentence.start, quantity.left - 24), quantity.left)
    # "North Korean soldiers, about 30 of them, crossed": all of whom the text speaks.
    alone = text[quantity.left - 2 : quantity.left] == ", " and quantity is sentence.quantities[0]
    closed = text[them.end() : them.end() + 1] == ","
    # "8,600 of them American"
    called = sentence.named_at.get(after.start()) if after is not None else None
    return Counted(
        quantity=quantity,
        shape="existing" if there or (alone and closed) else "partitive",
        weight=0.7,
        end=them.end(),
        force=called.senses.get(NameKind.ADJECTIVE) if called is not None else None,
        anaphoric=True,
    )
