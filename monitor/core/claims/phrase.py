# SPDX-License-Identifier: Apache-2.0
"""The noun phrase of a number: from the number over its modifiers to the head noun.

What it is not: any other shape (see `shapes`, `ellipsis`). Shapes: `direct` ("10,000 elite troops"),
`people` ("11,000 (North Koreans)"), `partitive` ("8,000 of the 10,000 troops").
"""

from __future__ import annotations

import re

from monitor.core.claims import members
from monitor.core.claims.counted import (
    Counted,
    Thing,
    listed_by,
    names_at,
)
from monitor.core.claims.grammar import SURE_FROM, WORD, Grammar, Sentence
from monitor.core.claims.modifiers import is_modifier, may_modify
from monitor.core.claims.numerals import Quantity
from monitor.core.knowledge import Name, NameKind

_MOST_STEPS = 12
_CODE = 4  # ids of states, the EU, the UN and NATO are codes; those of other forces are words
# "11,000 (North Koreans)" puts in what the speaker left out; "11,000 Russians" may be anybody.
_BRACKETED, _PEOPLE = 0.6, 0.3
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
# "bringing to 56,000 the number of recruits trained in Britain"
_THE_NUMBER = re.compile(r"the\s+(?:total\s+)?number\s+of\b(?=\s+(?!those|people\b))")
_PLURAL = re.compile(
    r" ((?!perhaps\b|always\b|sometimes\b|besides\b|towards\b|was\b|has\b|is\b|as\b|this\b|us\b|across\b)[a-z]{2,}[a-rt-z]s)\b"
)
_OUT_OF = re.compile(r"out\s+of\b", re.IGNORECASE)
_THEM = re.compile(r"\s+(them|whom|these|those|us|you)\b", re.IGNORECASE)
_OWN = re.compile(
    r"\s+(?:the|its|their|his|her|our|my|your|these|those"
    r"|(?:last|this)\s+(?:\w+)'s)\b",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    r"\s+(?:ours|theirs|hers|his\s+own|her\s+own|its\s+own|our\s+own|their\s+own)\b", re.IGNORECASE
)
_THERE = re.compile(
    r"\bthere(?:'s|'re|'ll\s+be|\s+(?:are|were|is|was|have been|had been|(?:should|could|would|must|may|might|will)\s+be))\s+"
    r"(?:still\s+|only\s+|now\s+)?(?:[a-z]+,\s+)?$",
    re.IGNORECASE,
)
_OWNED = re.compile(r"\s+(?:[A-Z][\w-]*\s+){0,2}[A-Z][\w-]*(?:'s|s')\b")
_OF_MOST = 3
_LISTED = re.compile(r"(?:,\s+(?:and\s+)?|\s+and\s+)(?:the\s+)?")
_ORIGIN_GAP = frozenset(
    {"the", "of", "from", "sent", "states", "countries", "members", "member", "nations", "several"}
)
_AND = re.compile(r",?\s+and\s+")
# "1,200 of my lads": the men of whoever has so many are soldiers.
_OF_OURS = re.compile(r"\s+of\s+(?:my|our)\b", re.IGNORECASE)
_COMRADES = frozenset({"lads", "boys", "guys", "men"})


def direct(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | Thing | None:
    """Walk right over modifiers to a head noun."""
    return _Walk(sentence, quantity, grammar).run()


_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)?")


_AND_SOME = re.compile(
    r" and (?:(?:about |some )?\d[\d,]*|a handful of|some|a few|several|dozens of|a dozen|one|two|three) "
)
_LISTS = re.compile(r"(?:,| and| or) ")
_AND_PEOPLE = re.compile(r" and (?:the )?")


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
            opening = match[0].lower() if step == 0 else ""
            if opening == "," and self._is_aside():
                self._position = match.end()
                continue
            if match[0] == "," and self._lists_adjectives(match):
                self._position = match.end()
                continue
            number = (
                _THE_NUMBER.match(text, match.start(), self._sentence.end)
                if opening == "the"
                else None
            )
            if number is not None:
                self._position = number.end()
                continue
            out = None
            if opening == "out":
                out = _OUT_OF.match(text, match.start(), self._sentence.end)
            if out is not None:
                goes_on = self._out_of(out)
            elif opening == "of":
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

    def _lists_adjectives(self, comma: re.Match[str]) -> bool:
        """Read "3,000 Chinese, Cuban and North Korean mercenaries": another nation follows a comma."""
        following = self._names.get(comma.end() + 1)
        return (
            self._position > self._quantity.right
            and self._force is not None
            and following is not None
            and NameKind.ADJECTIVE in following.senses
            and _LISTS.match(self._sentence.text, following.end) is not None
        )

    def _goes_on_to_noun(self, name: Name) -> int | None:
        """Read "300 French and a handful of Danish soldiers": the noun is said once, at the end."""
        text, end = self._sentence.text, self._sentence.end
        joined = _AND_SOME.match(text, name.end, end)
        second = self._names.get(joined.end()) if joined is not None else None
        if second is None or NameKind.ADJECTIVE not in second.senses:
            return None
        return second.end + 1 if second.end + 1 in self._heads else None

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
            noun = self._goes_on_to_noun(name)
            if noun is not None:
                self._head = self._heads[noun]
                return False
            if NameKind.PEOPLE in name.senses and not self._names_kind(name):
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

    def _names_kind(self, name: Name) -> bool:
        """Say whether a noun that is no head follows: "40 Chinese vessels" are no people."""
        following = _PLURAL.match(self._sentence.text, name.end)
        if following is None or following.start(1) in self._heads:
            return False
        sets = self._grammar.sets
        return (
            following[1]
            not in sets["shapes.stops"] | sets["shapes.adverbs"] | sets["shapes.closers"]
        )

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
        if word in sets["rejects.things"] and self._is_before_sure(match, plural=True):
            self._position = match.end()
            return True  # "1,500 special operations troops"
        if word in sets["rejects.things"] or word in sets["rejects.money"] or word == "%":
            self._result = Thing(reason="money" if word in sets["rejects.money"] else _thing(word))
            return False
        passes = self._passes(match[0]) or self._is_before_sure(match)
        self._position = match.end() if passes else self._position
        return passes

    def _noun(self, head: re.Match[str]) -> bool:
        """Take the noun, unless it only says of which kind the next one is."""
        if is_modifier(head, self._sentence.text, self._sentence.end, self._grammar):
            self._position = head.end()
            return True
        if self._sentence.text.startswith("'s", head.end()):
            return False  # "the top 10 of the men's rankings"
        self._head = head
        return False

    def _members(self, match: re.Match[str]) -> bool:
        """Read "200 members of the Ohio National Guard"; members of anything else are a crowd."""
        body = members.body_of(self._sentence, match, self._grammar)
        group = members.group_before(self._sentence, self._quantity, match, self._grammar)
        serve = members.serve_in(self._sentence, self._quantity, match)
        if body is None and group is None and not serve:
            self._result = Thing(reason=_thing(match[0].lower()))
            return False
        end, force = body or (match.end(), group)
        self._force = self._force or force
        self._result = Counted(
            quantity=self._quantity,
            shape="members",
            head=match[0],
            weight=members.WEIGHT,
            end=end,
            force=self._force,
            increment=self._increment,
        )
        return False

    def _passes(self, surface: str) -> bool:
        """Say whether a word may stand between a number and its noun."""
        word, sets = surface.lower(), self._grammar.sets
        if word in {"'s", "'", "-", '"'}:
            return self._position > self._quantity.right or word in {"'", '"'}
        if word in sets["shapes.fillers"]:
            self._increment = self._increment or word in sets["shapes.increments"]
            return True
        if word == "and" and self._joins_modifiers():
            return True
        if word in sets["shapes.stops"] or not word[0].isalpha() or self._unknown >= 3:
            return False
        self._unknown += 1
        if word.endswith(("'s", "s'")):
            return True  # "2,000 of the president's guards"
        return may_modify(surface)

    def _is_before_sure(self, match: re.Match[str], *, plural: bool = False) -> bool:
        """Say whether a noun that is surely military follows a word that no list knows: "scrawny squaddies"."""
        word, sets = match[0], self._grammar.sets
        head = self._heads.get(match.end() + 1)
        return (
            head is not None
            and self._grammar.weight(head[0]) >= SURE_FROM
            and word.isalpha()
            and word.islower()
            and (plural or not word.endswith("s"))
            and word not in sets["shapes.stops"]
            and self._sentence.text[match.end()] == " "
        )

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
            word = match[0].lower()
            if word not in sets["shapes.fillers"] and word not in sets["shapes.mass"]:
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
            found.several |= self._several
            return found
        if self._people is None:
            return None
        joined = _AND_PEOPLE.match(self._sentence.text, self._people.end)
        second = self._names.get(joined.end()) if joined is not None else None
        self._several |= second is not None and NameKind.PEOPLE in second.senses
        return Counted(
            several=self._several,
            quantity=self._quantity,
            shape="people",
            head=self._sentence.text[self._people.start : self._people.end],
            weight=_BRACKETED if self._bracketed else _PEOPLE,
            end=self._position if self._bracketed else self._people.end,
            force=None if self._several else self._people.senses[NameKind.PEOPLE],
            increment=self._increment,
        )


def _thing(word: str) -> str:
    return "percentage" if word in {"percent", "percentage", "%", "per"} else f"counts {word}"


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
    several = False
    if force is None:
        force = force_after(sentence, grammar, end)
        several = force is None and _from_several(sentence, grammar, end)
    if _OF_OURS.match(text, quantity.right) and name.lower() in _COMRADES:
        weight = max(weight, _BRACKETED)
    if force in grammar.armed and weight < members.WEIGHT:
        weight = members.WEIGHT  # "1,500 Wagner people"
    return Counted(
        quantity=quantity,
        shape="direct",
        head=name,
        weight=weight,
        end=end,
        force=force,
        several=several,
        increment=increment,
    )


def _from_several(sentence: Sentence, grammar: Grammar, end: int) -> bool:
    """Read "soldiers from Uganda, Kenya and Burundi": nobody's alone."""
    for name in sentence.names:
        if end <= name.start <= end + 32:
            gap = sentence.text[end : name.start].lower().split()
            origin = bool(gap) and gap[0] in grammar.sets["force.origins"] and len(gap) <= _OF_MOST
            moved = grammar.search("force.withdrawals", sentence.text, sentence.start, end)
            return origin and moved is None and joins_next(sentence, name)
    return False


def joins_next(sentence: Sentence, name: Name) -> bool:
    """Say whether a list goes on behind a name: "from Uganda, Kenya and Burundi"."""
    listed = _LISTED.match(sentence.text, name.end, sentence.end)
    following = sentence.named_at.get(listed.end()) if listed else None
    return following is not None and not {NameKind.ACTOR, NameKind.ADJECTIVE}.isdisjoint(
        following.senses
    )


def force_after(sentence: Sentence, grammar: Grammar, end: int) -> str | None:
    """Read "soldiers from North Korea", "troops (DPRK)", "soldiers of the Russian army"."""
    text = sentence.text
    allowed = _ORIGIN_GAP | grammar.language.numbers.keys()
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
        if gap[0] == "by" or any(
            word not in allowed and not _ORDINAL.fullmatch(word) for word in gap
        ):
            continue
        if joins_next(sentence, name):
            return None  # "soldiers from Uganda, Kenya and Burundi"
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
        return _of_them(sentence, quantity, them, grammar)
    theirs = _THEIRS.match(sentence.text, position, sentence.end)
    if theirs is not None and not _goes_on(sentence, theirs.end(), grammar):
        return Counted(
            quantity=quantity, shape="repeated", weight=0.6, end=theirs.end(), anaphoric=True
        )
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


def _goes_on(sentence: Sentence, end: int, grammar: Grammar) -> bool:
    """Say whether a noun follows "of its own": "of its own soldiers"."""
    following = WORD.match(sentence.text, end + 1, sentence.end)
    if following is None or not sentence.text.startswith(" ", end):
        return False
    word, sets = following[0].lower(), grammar.sets
    ends = word in sets["shapes.stops"] or word in sets["shapes.closers"]
    return word[0].isalpha() and not ends


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


def _of_them(
    sentence: Sentence, quantity: Quantity, them: re.Match[str], grammar: Grammar
) -> Counted | int:
    """Read "N of them"; "there were N of them" counts all, not a part."""
    text = sentence.text
    after = WORD.search(text, them.end(), sentence.end)
    if (
        them[1].lower() in {"these", "those"}
        and after is not None
        and after[0][0].isalpha()
        and after[0].lower() not in grammar.sets["shapes.stops"]
    ):
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
