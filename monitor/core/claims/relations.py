# SPDX-License-Identifier: Apache-2.0
"""How the numbers of one sentence bear on each other: coordination, parts and wholes.

What it is not: a reading of any one number. Rules of this file: a part takes from its whole what it
does not say itself; a part with a place or force of its own is a total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.core.claims.counted import Counted
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.merge import Mention
from monitor.core.claims.spots import NOWHERE, PlaceFound
from monitor.core.claims.subjects import ForceFound
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Kind, Status

# A place with more words before it than this does not belong to the noun beside it.
_BESIDE = 3
# How far back a semicolon still parts a number from the one before.
_BEHIND = 40
_HAS = re.compile(
    r"\b(?:has|have|keeps?|there\s+(?:is|are)|(?:we|they|it)\s+(?:is|are)|in\s+addition\s+to|on\s+top\s+of|besides|alongside)\s+(?:the\s+|its\s+)?(?:(?:now|only|just|already|some)\s+){0,2}$"
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|may|could|serve|stay|remain)\b")
_NOUN = re.compile(r"\s+[\w-]+")


# Rules of places that the number's own clause does not name.
_POINTED = frozenset({"asked", "there", "following", "gone-on", "inherited"})
# What these rules say of a number ends with it.
_OVER = frozenset({"former", "part-left", "misstated"})


_TODAY = re.compile(
    r"\b(?:puts|says|estimates|counts|believes|now|today|currently|will|at\s+present|(?<!who )(?:has|have|is|are))\b"
)
# "had 70,000 soldiers and 30,000 militiamen": two objects of one verb.
_COORDINATED = re.compile(
    r"(?:\s+(?!(?:is|are|was|were|has|have|had|will|would|now)\b)[\w'-]+){1,4},?\s+and\s+"
)


# "has room for 6,500, while others believe that 2,000 are there".
_CONTRAST = re.compile(r",\s+(?:where|while|whereas|but|although|though)\b")
# "6,000 men are foreseen, consisting of 1,000 sappers and 5,000 soldiers"
_CONSISTS = re.compile(
    r"[^.;:\"]{0,60}?(?:consisting|made up|composed|comprising|formed)(?:\s+of)?\s+|\s+[\w-]+\s+and\s+"
)
_JOINS = frozenset({"and", "or", "plus", "as well as", "along with", "and also"})
# "5,000 soldiers of its construction brigades and 1,000 sappers will go"
_OF_WHOM_AND = re.compile(r"(?:of|from) [^,;.:\"()]{3,60} (?:and|plus|as well as|along with)")


@dataclass(slots=True)
class Found:
    """A number of one sentence on its way to a mention."""

    counted: Counted
    kind: Kind
    kind_rule: str
    force: ForceFound
    place: PlaceFound = NOWHERE
    cue: Cue | None = None


def keep_status(
    mention: Mention, earlier: Mention | None, counted: Counted, sentence: Sentence
) -> None:
    """Let "…, for a total of 100,000" hold in the sense of the number it goes on from."""
    if earlier is None or mention.status_rule != "default":
        return
    left = counted.quantity.left
    if earlier.status in {Status.HYPOTHETICAL, Status.PLANNED} and _HAS.search(
        sentence.text, max(sentence.start, left - _BEHIND), left
    ):
        return  # "it would take 18,000 and it has 5,000"
    if earlier.status is Status.PAST:
        # "two years ago it had 2,000 men; now the corps has 2,500"
        parted = _TODAY.search(sentence.text, earlier.quantity.right, left) is not None
    else:
        between = sentence.text[max(earlier.quantity.right, left - _BEHIND) : left]
        parted = (
            ";" in between
            or _CONTRAST.search(sentence.text, earlier.quantity.right, left) is not None
        )
    if parted:
        return
    if earlier.status is Status.DENIED and mention.kind is not Kind.SUBSET:
        return  # "Rejecting a report of 9,000, Kampala said 4,000 were there"
    if earlier.status_rule == "from" and counted.quantity.changed:
        return  # "revised its estimate from 10,000 to 12,300"
    if earlier.status_rule in _OVER and mention.kind is not Kind.SUBSET:
        return  # "of the 8,000 only some 1,500 are left"
    if (
        counted.anaphoric
        or _CONSISTS.fullmatch(sentence.text, earlier.quantity.right, left)
        or (
            earlier.status is Status.PAST
            and _COORDINATED.fullmatch(sentence.text, earlier.quantity.right, left)
        )
        or counted.shape in {"collective", "repeated"}
        or mention.kind is Kind.SUBSET
    ):
        mention.status, mention.status_rule = earlier.status, "continued"


def coordinate(sentence: Sentence, taken: Sequence[Found]) -> None:
    """Give "hundreds of engineers and 6,000 sappers will go" one predicate for both numbers."""
    ends = {item.counted.quantity: item.counted for item in taken}
    for quantity, following in reversed(list(pairwise(sentence.quantities))):
        counted, other = ends.get(quantity), ends.get(following)
        if counted is None or (
            other is not None and other.anaphoric and other.shape == "partitive"
        ):
            continue  # "12,000 soldiers, and 10,000 of them are in Kursk"
        gap = sentence.text[counted.end : following.left].strip(" ,").lower()
        if gap in _JOINS or _OF_WHOM_AND.fullmatch(gap):
            noun = _NOUN.match(sentence.text, following.right, sentence.end)
            end = noun.end() if noun else following.right
            counted.predicate = end if other is None else other.predicate or other.end


def relate(sentence: Sentence, taken: Sequence[Found], gazetteer: Gazetteer) -> None:
    """Give parts what their whole says; a part with a place or force of its own is a total."""
    for index, item in enumerate(taken):
        whole = _whole_of(item, index, taken)
        if item.kind is Kind.SUBSET:
            # Of 12,000 in Kursk "500 in Russia" are no more than a part.
            own_place = item.place.place is not None and (
                whole is None or not gazetteer.is_within(whole.place.place, item.place.place)
            )
            own_place = own_place or _is_said_of(sentence, item, whole)
            # "of whom 100": such a part has no force of its own, whatever a weak step found for it.
            own_force = not item.counted.anaphoric or item.force.rule in {"adjective", "predicate"}
            other_force = whole is not None and own_force and item.force.force != whole.force.force
            if whole is not None and own_place and _is_shared(sentence, item, whole):
                whole.place, own_place = item.place, False
            if whole is None and item.counted.anaphoric and item.place.rule in _POINTED:
                own_place = False  # "300 of them will leave": where those are of whom was spoken
            if item.kind_rule == "most-of-them" or item.place.rule == "next":
                own_place = False
            if own_place or other_force:
                item.kind, item.kind_rule = Kind.TOTAL, "part-with-own-place"
        if whole is None:
            continue
        inherits = (
            item.kind is Kind.SUBSET
            or item.kind_rule == "part-with-own-place"
            or item.counted.anaphoric
            or item.counted.shape in {"listed", "collective", "repeated", "elliptic"}
            or item.counted.quantity.was
            or item.counted.quantity.changed
        )
        if (
            inherits
            and item.place.place is None
            and whole.place.place is not None
            and item.place.rule not in {"whole", "unlisted", "border"}
        ):
            item.place = PlaceFound(whole.place.place, whole.place.region, "inherited")
        if (
            item.kind_rule == "part-with-own-place"
            and item.place.rule == "inherited"
            and item.force.force == whole.force.force
        ):
            item.kind = Kind.SUBSET


def _is_said_of(sentence: Sentence, item: Found, whole: Found | None) -> bool:
    """Read "450 of the 1,100 soldiers of the UN are in Lebanon": where the part is, not the whole."""
    if item.counted.shape != "partitive" or whole is None or item.place.at is None:
        return False
    if item.counted.whole != whole.counted.quantity or item.place.at < whole.counted.end:
        return False
    return _VERB.search(sentence.text, whole.counted.end, item.place.at) is not None


def _is_shared(sentence: Sentence, item: Found, whole: Found) -> bool:
    """Read "12,000 men, including 500 officers, who are on the territory of Russia": all are there."""
    if whole.place.place is not None or item.place.at is None:
        return False
    if item.counted.whole is whole.counted.quantity:
        return item.place.at > whole.counted.end  # "1,200 of the 5,000 it had in X"
    if item.kind_rule != "including":
        return False
    between = sentence.text[item.counted.end : item.place.at]
    return "," in between or len(between.split()) > _BESIDE


def _whole_of(item: Found, index: int, taken: Sequence[Found]) -> Found | None:
    if item.counted.whole is not None:
        for other in taken:
            if other.counted.quantity == item.counted.whole:
                return other
    for other in reversed(taken[:index]):
        if other.kind is not Kind.SUBSET:
            return other
    return None
