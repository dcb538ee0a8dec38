# SPDX-License-Identifier: Apache-2.0
"""Bare numbers that stand for troops spoken of just before, by named shapes.

Shapes: `moving` ("about 10,000 have gone there"), `elliptic` ("and 900 in Syria"), `repeated` ("has
182,000 soldiers but wants 203,000"), `sent` ("sends another 20,000"), `bare` ("it is about 8,000").
What it is not: numbers with a noun. Rules of this file: the caller has checked that troops are being
spoken of.
"""

from __future__ import annotations

import re

from monitor.core.claims.counted import (
    Counted,
    after_preposition,
    gapped_by,
    moves_soon,
    owner_of,
    place_soon,
)
from monitor.core.claims.grammar import LIGHT_UP_TO, WEAK_BELOW, WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity, is_year
from monitor.core.claims.phrase import direct
from monitor.core.claims.scopes import AGO
from monitor.core.claims.shapes import numbered, subject
from monitor.core.knowledge import Name, NameKind

_REACH = 160
# Smaller bare numbers are days, hours, ages and scores more often than troops.
_LEAST_REPEATED = 100
_ROOM_FOR = re.compile(r"\s+(?:for|of)\s+$")
# What else is built for so many.
_NO_BARRACKS = re.compile(
    r"\b(?:jails?|prisons?|inmates|schools?|pupils|hospitals?|patients|stadiums?|hotels?|guests|shelters?|refugees)\b",
    re.IGNORECASE,
)
# "brought in up to ten thousand", "sends another 20,000"
_PARTICLES = re.compile(
    r"\s*(?:(?:in|up|forward|over|across|back|down|out|home|here)\s+)?(?:another\s+)?"
)
_MASSES = re.compile(
    r"\b(?:mass(?:es|ed|ing)?|gather(?:s|ed|ing)?|amass(?:es|ed|ing)?|concentrat(?:es|ed|ing)|assembl(?:es|ed|ing))\s+$"
)
_MASSING = frozenset({NameKind.ACTOR, NameKind.PEOPLE, NameKind.ADJECTIVE})
_ANOTHER = re.compile(r"(?<=\s)(?:another|an\s+additional|a\s+further|some)\s+$")
_OF_AT = frozenset({" at ", " of "})
# "of the 12,000 originally sent"
_AT_FIRST = frozenset({"originally", "initially", "first", "already", "reportedly", "so-far"})
_BY_YEAR = re.compile(r"\b(?:by|in|until|since|before|after|from)\s+$", re.IGNORECASE)
_OTHER_THINGS = frozenset(
    "crowd crowds turnout attendance audience population populations price prices cost costs "  # noqa: SIM905
    "wage wages salary pay bonus fee fine budget bounty toll posts readers subscribers "
    "altitude distance temperature score membership".split()
)
_OTHERS = re.compile(
    r"\b(?:crowds?|turnout|attendance|audience|populations?|price|prices|cost|costs|wages?|salary|pay|bonus|fee|fine|budget|bounty"
    r"|toll|posts|readers|subscribers|altitude|distance|temperature|score|membership)\b[^.;:,]*$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(r"\bnumber\s+of\s+((?:[a-z]+\s+){1,3})[^.;:,]*$")
_CROWDS = frozenset(
    {
        "protesters",
        "demonstrators",
        "visitors",
        "refugees",
        "civilians",
        "people",
        "victims",
        "dead",
        "deaths",
        "cases",
        "arrests",
        "voters",
        "homes",
        "attacks",
    }
)
_OF_WHICH = re.compile(
    r"\bof\s+(?:which|whom|these|them|those)\s+(?:(?:only|just|barely|perhaps|maybe|possibly|probably)\s+){0,2}$",
    re.IGNORECASE,
)


def _verb_of(sentence: Sentence, quantity: Quantity) -> re.Match[str] | None:
    """Return the word behind a bare number that may be its verb: "of the 12,000 originally sent"."""
    text = sentence.text
    match = WORD.match(text, quantity.right + 1, sentence.end)
    if match is None or text[quantity.right] != " ":
        return None
    if is_year(quantity) and _BY_YEAR.search(
        text, max(sentence.start, quantity.left - 8), quantity.left
    ):
        return None  # "by 2030 there will be"
    if match[0].lower() in _AT_FIRST:
        return WORD.match(text, match.end() + 1, sentence.end) or match
    return match


def moving(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read a bare number that moves or is somewhere; troops were spoken of just before."""
    text = sentence.text
    match = _verb_of(sentence, quantity)
    if match is None:
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
    if word in moves and word not in grammar.sets["shapes.auxiliaries"]:
        shape = "moving"
    elif word in grammar.sets["shapes.auxiliaries"]:
        if word not in moves and not moves_soon(sentence, match.end(), grammar):
            return None
        shape = "moving"
    elif word in {"in", "near", "inside", "into", "at", "to"}:
        if not place_soon(sentence, match.end()):
            return None
        shape = "elliptic"
    elif word in {"that", "who", "whom"} and moves_soon(sentence, match.start(), grammar):
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


def repeated(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read a bare number after one with a noun: "has 182,000 soldiers but wants 203,000"."""
    text = sentence.text
    if quantity.low < _LEAST_REPEATED or quantity.shape == "band" or quantity.fraction:
        return None
    following = WORD.match(text, quantity.right + 1, sentence.end)
    ago = AGO.match(text, quantity.right, sentence.end)
    if following is not None and text.startswith(" ", quantity.right) and not ago:
        word = following[0].lower()
        if word[0].isalpha() and word not in grammar.sets["shapes.stops"]:
            return None
    before = WORD.findall(text[max(sentence.start, quantity.left - 24) : quantity.left])
    if before and before[-1].lower() == "the":
        before.pop()
    owner = owner_of(sentence, quantity) or _gapped(sentence, quantity, grammar)
    told = owner is None and _is_told_at(sentence, quantity, grammar)
    if (
        owner is None
        and not told
        and (not before or before[-1].lower() not in grammar.sets["shapes.repeats"])
    ):
        return None
    for earlier in sentence.quantities:
        if earlier.start >= quantity.start:
            break
        if quantity.left - earlier.end > _REACH or earlier.low < _LEAST_REPEATED:
            continue
        owned = owner is not None and (in_context or _heavy(sentence, grammar))
        then = ago is not None and (
            numbered(sentence, earlier, grammar)
            or subject(sentence, earlier, grammar, in_context=in_context)
        )
        if owned or then or _is_counted(sentence, earlier, grammar):
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


def _gapped(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> str | None:
    """Return the owner in "Germany will send 200 soldiers, the Netherlands 150"."""
    for name in sentence.names:
        led = sentence.text[name.end : quantity.left] in {
            " ",
            " of ",
            " at ",
            " puts it at ",
            " another ",
            " a further ",
            " only ",
            " just ",
        }
        told = sentence.text[name.end : quantity.left] in _OF_AT and _tells(sentence, name, grammar)
        if led and told:
            return (
                None  # "Kyiv puts them at 11,000, Washington at 12,000": whose word, not whose men
            )
        if led and not after_preposition(sentence, name, grammar):
            return gapped_by(sentence, name)
    return None


def _is_told_at(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Read "…, Washington at 12,000 and one outlet at no more than 9,000"."""
    return any(
        sentence.text[name.end : quantity.left] in _OF_AT and _tells(sentence, name, grammar)
        for name in sentence.names
    )


def _massed(sentence: Sentence, quantity: Quantity) -> re.Match[str] | None:
    """Read "Moscow gathers 120,000 near Pokrovsk": whom a state masses somewhere are its troops."""
    text, left = sentence.text, quantity.left
    verb = _MASSES.search(text, max(sentence.start, left - 40), left)
    if verb is None or not place_soon(sentence, quantity.right):
        return None
    acts = any(
        name.end <= verb.start() and not _MASSING.isdisjoint(name.senses) for name in sentence.names
    )
    return verb if acts else None


def _tells(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the verb that is said once is one of putting a number or speaking of one."""
    where = (sentence.text, sentence.start, name.start)
    return any(grammar.search(f"attribution.{key}", *where) for key in ("puts", "speaks"))


def _is_counted(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether an earlier number counts what is mostly troops: of "people" nothing is repeated."""
    found = direct(sentence, quantity, grammar)
    return isinstance(found, Counted) and found.weight > LIGHT_UP_TO


def _heavy(sentence: Sentence, grammar: Grammar) -> bool:
    heads = grammar.heads_of(sentence).values()
    return any(grammar.weight(match[0]) >= WEAK_BELOW for match in heads)


def called(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, in_context: bool
) -> Counted | None:
    """Read "mobilises 80,000 for the front", and "signed up 300,000" where troops are spoken of."""
    if quantity.high < _LEAST_REPEATED or not _ends_here(sentence, quantity, grammar):
        return None
    text, left = sentence.text, quantity.left
    floor = max(sentence.start, left - 40)
    more = _ANOTHER.search(text, floor, left)
    end = more.start() if more is not None else left
    verb = grammar.ends("shapes.calls", text, floor, end) or _massed(sentence, quantity)
    if verb is None and in_context:
        verb = grammar.ends("shapes.enlists", text, floor, left)
    if verb is None:
        return None
    return Counted(quantity=quantity, shape="called", weight=0.7, end=quantity.right)


def bare(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> Counted | None:
    """Read "it is about 8,000", "today there are ten thousand", "sends another 20,000"."""
    text, left = sentence.text, quantity.left
    if quantity.high < _LEAST_REPEATED or not _ends_here(sentence, quantity, grammar):
        return None
    if of_others(sentence, quantity):
        return None
    before = text[sentence.start : left].rstrip(" ('\"")
    words = [word.lower() for word in WORD.findall(before[-40:])]
    increment = bool(words) and words[-1] in grammar.sets["shapes.increments"]
    if increment:
        words.pop()
    opens = not words or words[-1] in {":", ".", "?", '"', "maybe", "perhaps", "say", "so"}
    opens = opens or text[left - 1] == '"'  # he replied, "A few thousand, …"
    stated = bool(words) and (
        _spoken_of(sentence, quantity, grammar)
        or words[-1] in grammar.sets["shapes.statements"]
        or words[-1] in grammar.sets["attribution.verbs"]
        or (words[-1] in grammar.sets["shapes.adverbs"] and words[-2:-1] != ["in"])
        or words[-1] == "s"
    )
    verb = grammar.last("force.acts", text, max(sentence.start, left - 24), left)
    sends = verb is not None and _PARTICLES.fullmatch(text, verb.end(), left) is not None
    listed = any(0 < left - other.end <= 2 for other in sentence.quantities)
    figure = _the_figure(sentence, quantity, words, grammar)
    compared = figure or grammar.ends("shapes.compared", text, max(sentence.start, left - 24), left)
    if not (compared or opens or listed or stated or increment or sends):
        return None
    return Counted(
        quantity=quantity,
        shape="bare",
        weight=0.6,
        end=quantity.right,
        anaphoric=not sends,
        increment=increment or _more(text, quantity),
    )


def of_others(sentence: Sentence, quantity: Quantity) -> bool:
    """Say whether a word before the number says of what it is: "put the crowd at 12,000"."""
    floor = max(sentence.start, quantity.left - 60)
    of = _NUMBER_OF.search(sentence.text, floor, quantity.left)
    if of is not None and not _CROWDS.isdisjoint(of[1].split()):
        return True
    return (
        sentence.has(_OTHER_THINGS)
        and _OTHERS.search(sentence.text, floor, quantity.left) is not None
    )


def _the_figure(sentence: Sentence, quantity: Quantity, words: list[str], grammar: Grammar) -> bool:
    """Read "the 700,000 figure", "well below the 170,000 cited by the president"."""
    following = WORD.match(sentence.text, quantity.right + 1, sentence.end)
    return bool(
        words
        and words[-1] == "the"
        and following is not None
        and following[0].lower() in grammar.sets["shapes.figures"]
    )


def capacity(
    sentence: Sentence, quantity: Quantity, grammar: Grammar, *, military: bool = False
) -> Counted | None:
    """Read "barracks for up to 5,000", "a base built for 2,000"; `military` asks for barracks."""
    text, left = sentence.text, quantity.left
    following = WORD.match(text, quantity.right + 1, sentence.end)
    goes_on = following is not None and following[0].lower() in grammar.sets["shapes.auxiliaries"]
    ends = goes_on or _ends_here(sentence, quantity, grammar)
    if quantity.high < _LEAST_REPEATED or not ends:
        return None
    before = _ROOM_FOR.search(text, max(sentence.start, left - 8), left)
    room = before and grammar.ends(
        "shapes.barracks" if military else "shapes.rooms",
        text,
        max(sentence.start, before.start() - 24),
        before.start(),
    )
    if not room or _NO_BARRACKS.search(text, sentence.start, sentence.end):
        return None
    return Counted(quantity=quantity, shape="capacity", weight=0.7, end=quantity.right)


def of_which(sentence: Sentence, quantity: Quantity) -> Counted | None:
    """Read "of which N belong to elite units", "of them N are new"."""
    text, left = sentence.text, quantity.left
    if _OF_WHICH.search(text, max(sentence.start, left - 24), left) is None:
        return None
    if not any(earlier.start < left for earlier in sentence.quantities):
        return None
    return Counted(
        quantity=quantity, shape="partitive", weight=0.6, end=quantity.right, anaphoric=True
    )


def _spoken_of(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Read "the Americans speak of 75,000", "are talking about 13,000"."""
    text, floor = sentence.text, max(sentence.start, quantity.left - 24)
    ends = (quantity.left, quantity.start)
    return any(grammar.ends("attribution.speaks", text, floor, end) is not None for end in ends)


def _more(text: str, quantity: Quantity) -> bool:
    return text[quantity.right :].lstrip().lower().startswith(("more", "others", "additional"))


def _ends_here(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether the number ends its phrase: no noun of its own follows."""
    text = sentence.text
    if quantity.fraction or quantity.right >= sentence.end:
        return not quantity.fraction
    if text[quantity.right] in ',.;:?!")-':
        return text[quantity.right : quantity.right + 2] not in {"-a", "-y", "-k", "-m"}
    following = WORD.match(text, quantity.right + 1, sentence.end)
    if following is None or not text.startswith(" ", quantity.right):
        return False
    word = following[0].lower()
    if word in grammar.sets["shapes.closers"] or not word[0].isalnum():
        return True
    return grammar.patterns["status.flow"].match(text, following.start()) is not None
