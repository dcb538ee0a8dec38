# SPDX-License-Identifier: Apache-2.0
"""In which language a text is written, by its script, its letters and its commonest words.

What it is not: a model; a wrong guess is worse than none. Rules of this file: the beginning of the
text decides, the declared language where that does not; a language without a pack is recognised too,
so that a text in it is not read as its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from monitor.core.knowledge import NameKind
from monitor.core.packs import Pack, split

ENGLISH = "en"
UNKNOWN = "und"
_READ = 700
_ENGLISH_WORDS = (" the ", " and ", " with ", " from ")
_WORD = re.compile(r"[^\W\d_]+")
# How many common words decide (a word of two languages counts half), and by how much they must beat
# the next language's; chosen so that no sentence of tests/corpus/languages/meanings.toml is mistaken.
_ENOUGH = 1.2
_AHEAD = 1.5
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def language_of(
    title: str | None, text: str, declared: str | None, packs: Mapping[str, Pack]
) -> str | None:
    """Return the language of a text: `en`, the id of a pack, another code, or None if unknown."""
    beginning = f"{title or ''} {text[:_READ]}"
    stated = (declared or "").split("-")[0].split("_")[0].lower() or None
    if stated in {None, ENGLISH} and _is_plainly_english(beginning):
        return ENGLISH
    script = _script(beginning)
    if script == "cyrillic":
        return _cyrillic(beginning, stated, packs)
    if script == "other":
        return stated if stated not in {None, ENGLISH} else UNKNOWN
    return _latin(beginning, packs) or stated


def _is_plainly_english(text: str) -> bool:
    """Say so at little cost where words stand that no other language of the Latin script has."""
    needed = 1 if text.isascii() else 2
    return sum(word in text for word in _ENGLISH_WORDS) >= needed


def pack_for(
    title: str | None, text: str, declared: str | None, packs: Mapping[str, Pack]
) -> tuple[Pack | None, str]:
    """Return the pack that reads a text, None for the English grammar, and the language's code."""
    language = language_of(title, text, declared, packs) or ENGLISH
    if language == ENGLISH:
        return None, ENGLISH
    pack = packs.get(language) or packs.get(UNKNOWN)
    return pack, language


def _script(text: str) -> str:
    letters = _LETTER.findall(text)
    if not letters or text.isascii():
        return "latin"
    cyrillic = len(_CYRILLIC.findall(text))
    if cyrillic * 2 > len(letters):
        return "cyrillic"
    return "latin" if len(_LATIN.findall(text)) * 2 > len(letters) else "other"


def _cyrillic(text: str, stated: str | None, packs: Mapping[str, Pack]) -> str:
    """Judge by letters: the language that has its own ones here, and none that it never has."""
    low = text.lower()
    present = set(_WORD.findall(low))
    scores: dict[str, float] = {}
    for pack in packs.values():
        if pack.script == "cyrillic":
            own = sum(low.count(letter) for letter in pack.letters)
            alien = sum(low.count(letter) for letter in pack.foreign)
            scores[pack.id] = own - 3 * alien
    known = _common_words(tuple(packs.values()))
    for word in present & known.keys():
        for language in known[word]:
            scores[language] = scores.get(language, 0) + 1 / len(known[word])
    best = sorted(scores, key=lambda name: scores[name], reverse=True)
    if (
        best
        and scores[best[0]] > 0
        and all(scores[best[0]] > _AHEAD * scores[other] for other in best[1:])
    ):
        return best[0]
    return stated if stated not in {None, ENGLISH} else UNKNOWN


def _latin(text: str, packs: Mapping[str, Pack]) -> str | None:
    words = set(_WORD.findall(text.lower()))
    known = _common_words(tuple(packs.values()))
    scores: dict[str, float] = {}
    for word in words & known.keys():
        for language in known[word]:
            scores[language] = scores.get(language, 0) + 1 / len(known[word])
    best = sorted(scores, key=lambda name: scores[name], reverse=True)
    if not best or scores[best[0]] < _ENOUGH:
        return None
    if len(best) > 1 and scores[best[0]] < _AHEAD * scores[best[1]]:
        return None
    return best[0]


def _add(found: dict[str, tuple[str, ...]], language: str, words: Iterable[str]) -> None:
    for word in set(words):
        found[word] = (*found.get(word, ()), language)


def _telling(pack: Pack) -> Iterator[str]:
    """Yield the words that news in a language is told by: its commonest, verbs, nouns, demonyms."""
    yield from pack.lists.get("detect.words", ())
    forms = [*pack.lists.get("attribution.verbs", ())]
    forms += [noun for nouns in pack.heads.values() for noun in nouns]
    for patterns in pack.names.get(NameKind.ADJECTIVE, {}).values():
        forms += [form for pattern in split(patterns) for form in pack.forms(pattern)]
    for form in forms:
        if form.islower() and form.isalpha():
            yield form


@lru_cache(maxsize=4)
def _common_words(packs: tuple[Pack, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return common words with the languages that have them."""
    found: dict[str, tuple[str, ...]] = {}
    for pack in packs:
        for language, words in pack.others.items():
            _add(found, language, words)
        if pack.complete:
            _add(found, pack.id, _telling(pack))
    return found
