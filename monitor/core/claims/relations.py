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

from monitor.core.claims import place
from monitor.core.claims.counted import Counted
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.merge import Mention
from monitor.core.claims.subjects import ForceFound
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Kind, Status

# A place with more words before it than this does not belong to the noun beside it.
_BESIDE = 3
_NOUN = re.compile(r"\s+[\w-]+")


@dataclass(slots=True)
class Found:
    """A number of one sentence on its way to a mention."""

    counted: Counted
    kind: Kind
    kind_rule: str
    force: ForceFound
    place: place.PlaceFound = place.NOWHERE
    cue: Cue | None = None


def keep_status(mention: Mention, earlier: Mention | None, counted: Counted) -> None:
    """Let "…, for a total of 100,000" hold in the sense of the number it goes on from."""
    if earlier is None or mention.status_rule != "default":
        return
    if earlier.status is Status.DENIED and mention.kind is not Kind.SUBSET:
        return  # "Rejecting a report of 9,000, Kampala said 4,000 were there"
    if earlier.status_rule == "from" and counted.quantity.changed:
        return  # "revised its estimate from 10,000 to 12,300"
    if counted.anaphoric or counted.shape == "collective" or mention.kind is Kind.SUBSET:
        mention.status, mention.status_rule = earlier.status, "continued"


def coordinate(sentence: Sentence, taken: Sequence[Found]) -> None:
    """Give "hundreds of engineers and 6,000 sappers will go" one predicate for both numbers."""
    ends = {item.counted.quantity: item.counted for item in taken}
    for quantity, following in reversed(list(pairwise(sentence.quantities))):
        counted, other = ends.get(quantity), ends.get(following)
        if counted is None:
            continue
        gap = sentence.text[counted.end : following.left].strip(" ,").lower()
        if gap in {"and", "or", "plus", "as well as", "along with", "and also"}:
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
            other_force = whole is not None and item.force.force != whole.force.force
            if whole is not None and own_place and _is_shared(sentence, item, whole):
                whole.place, own_place = item.place, False
            if own_place or other_force:
                item.kind, item.kind_rule = Kind.TOTAL, "part-with-own-place"
        if whole is None:
            continue
        inherits = (
            item.kind is Kind.SUBSET
            or item.kind_rule == "part-with-own-place"
            or item.counted.anaphoric
            or item.counted.shape in {"listed", "collective", "repeated"}
            or item.counted.quantity.was
            or item.counted.quantity.changed
        )
        if (
            inherits
            and item.place.place is None
            and whole.place.place is not None
            and whole.place.rule != "home"
            and item.counted.shape != "elliptic"
        ):
            item.place = place.PlaceFound(whole.place.place, whole.place.region, "inherited")
        if (
            item.kind_rule == "part-with-own-place"
            and item.place.rule == "inherited"
            and item.force.force == whole.force.force
        ):
            item.kind = Kind.SUBSET


def _is_shared(sentence: Sentence, item: Found, whole: Found) -> bool:
    """Read "12,000 men, including 500 officers, who are on the territory of Russia": all are there."""
    if whole.place.place is not None or item.place.at is None or item.kind_rule != "including":
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
