# SPDX-License-Identifier: Apache-2.0
"""Places named without a name: "the besieged city", "the border region", "that axis", "the capital".

What it is not: "there" and "in the country" (`place.there`), or names (`spots`). Rules of this file:
an epithet takes the last place of its kind that the text has named before; who speaks in a place
does not name it; of no kind is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind

# What kinds of places a kind of noun stands for; many a region bears the name of its main town.
_TOWNS = frozenset({"town", "capital", "base", "region"})
_REGIONS = frozenset({"region", "territory", "area", "front", "continent", "town"})
_LANDS = frozenset({"region", "territory", "town", "area"})
_KINDS = {
    "towns": _TOWNS,
    "bases": frozenset({"base", "town"}),
    "capitals": frozenset({"capital"}),
    "regions": _REGIONS,
    "lands": _LANDS,
    "sectors": frozenset({"town", "region", "front"}),
    "waters": frozenset({"water", "area"}),
}
# Of a wide place before the noun one inside is meant: "the Arctic island".
_WIDE = frozenset({"area", "continent", "water"})
_SMALL = frozenset({"towns", "capitals", "lands", "bases"})
_ARTICLE = re.compile(r"\b(?:the|that|this)\s+")
_MOST_WORDS = 4
# "in the city of Goma", "the region's", "the capital Bamako": the name follows.
_NAMED = re.compile(r"(?:'s\b|\s+of\s+(?:the\s+)?[A-Z]|,?\s+[A-Z]|-)")
_SPEAKING = re.compile(
    r"\b(?:said|says|told\s[\w ]{2,30}|reporters|journalists|speaking|spoke|statement|interview|visit\w*|"
    r"talks|summit|meeting|conference|speech|trip)\s+(?:\w+\s+)?(?:in|at|to|from)\s+(?:the\s+)?$"
)
_REACH = 6


@dataclass(frozen=True, slots=True)
class Epithet:
    """A place without a name: from its preposition to the noun's end, and what kind it is."""

    start: int
    end: int
    kind: str
    island: bool = False


def epithets(sentence: Sentence, grammar: Grammar, gazetteer: Gazetteer) -> Iterator[Epithet]:
    """Yield the places of a sentence that are paraphrased."""
    text = sentence.text
    for article in _ARTICLE.finditer(text, sentence.start, sentence.end):
        lead = _lead(sentence, article.start(), grammar)
        if lead is None:
            continue
        words = WORD.finditer(text, article.end(), min(sentence.end, article.end() + 60))
        for word in islice(words, _MOST_WORDS):
            if not (word[0][0].isalpha() or word[0] == "-"):
                break
            kind = next((k for k in _KINDS if word[0] in grammar.sets[f"epithets.{k}"]), None)
            if kind is None:
                continue
            if not _NAMED.match(text, word.end(), sentence.end) and not _is_name(
                sentence, article.end(), word.start(), kind, gazetteer
            ):
                yield Epithet(lead, word.end(), kind, word[0] == "island")
            break


def _lead(sentence: Sentence, position: int, grammar: Grammar) -> int | None:
    """Return where the preposition, or a verb like "hold", before an article begins."""
    last: re.Match[str] | None = None
    for match in WORD.finditer(sentence.text, max(sentence.start, position - 16), position):
        last = match
    if last is None:
        return None
    word = last[0].lower()
    leads = word in grammar.sets["places.prepositions"] or word in {"of", "from"}
    return last.start() if leads and word not in {"over", "for", "through"} else None


def _is_name(sentence: Sentence, start: int, end: int, kind: str, gazetteer: Gazetteer) -> bool:
    """Say whether a name before the noun names the place: "the Kursk region", not "the Arctic island"."""
    known: list[tuple[int, int]] = []
    for name in sentence.names:
        if not start <= name.start < end:
            continue
        known.append((name.start, name.end))
        place = name.senses.get(NameKind.PLACE)
        if place is not None and not (kind in _SMALL and _is_of(place, _WIDE, gazetteer)):
            return True
    return any(  # "the Kola peninsula": a name that is not known
        word[0][0].isupper() and not any(a <= word.start() < b for a, b in known)
        for word in WORD.finditer(sentence.text, start, end)
    )


def meant(
    epithet: Epithet,
    sentence: Sentence,
    earlier: Sequence[Sentence],
    grammar: Grammar,
    knowledge: Knowledge,
) -> str | None:
    """Return the place that an epithet takes: the last one of its kind, in its sentence or before."""
    kinds = _KINDS[epithet.kind]
    gazetteer = knowledge.gazetteer
    state: str | None = None
    for other in (sentence, *list(reversed(earlier))[:_REACH]):
        last: str | None = None
        for name in reversed(other.names):
            if other is sentence and name.end > epithet.start:
                continue
            place = name.senses.get(NameKind.PLACE)
            if place is None or _speaks_there(other, name, grammar):
                continue
            if state is None:
                state = knowledge.country_of(place)
            if _is_of(place, kinds, gazetteer) or (
                epithet.island and place in grammar.sets["epithets.island_states"]
            ):
                return place
            last = last or place
    if epithet.kind == "capitals" and state is not None:
        return next(
            (
                node.id
                for node in gazetteer.places.values()
                if node.parent == state and node.kind == "capital"
            ),
            None,
        )
    return None


def _is_of(place: str, kinds: frozenset[str], gazetteer: Gazetteer) -> bool:
    node = gazetteer.places.get(place)
    return node is not None and node.kind in kinds


def _speaks_there(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether somebody only speaks in a place, or it speaks itself: "said in Brussels", "Kyiv says"."""
    floor = max(sentence.start, name.start - 60)
    if _SPEAKING.search(sentence.text, floor, name.start):
        return True
    verb = grammar.patterns["attribution.verbs"].match(
        sentence.text, min(name.end + 1, sentence.end), sentence.end
    )
    return verb is not None and NameKind.ACTOR in name.senses
