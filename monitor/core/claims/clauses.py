# SPDX-License-Identifier: Apache-2.0
"""Whether the clause of a bare number has a subject of its own: "Homicides rose to 2,400", "elephants fell to".

What it is not: a parser. Rules of this file: the subject is what stands before the first verb of the
clause, up to a preposition; a common noun that is no soldier, body, office or place counts itself.
"""

from __future__ import annotations

import re

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.scopes import clause_start

_VERBS = ("shapes.growth", "shapes.auxiliaries", "shapes.counts")
# Verbs before which "there" is no place: "there were", "there had been".
_BE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "will",
        "would",
        "may",
        "could",
        "might",
        "must",
        "should",
        "can",
        "have",
        "has",
        "had",
    ]
)
_PRONOUNS = frozenset(
    [
        "it",
        "they",
        "we",
        "he",
        "she",
        "i",
        "you",
        "there",
        "that",
        "this",
        "these",
        "those",
        "who",
        "which",
        "what",
        "here",
    ]
)
_PREPOSITIONS = frozenset(
    [
        "of",
        "in",
        "at",
        "on",
        "from",
        "for",
        "to",
        "with",
        "near",
        "by",
        "around",
        "across",
        "inside",
        "against",
        "there",
        "here",
    ]
)
# Nouns that have, bring or take in soldiers without being any.
_HOLDERS = frozenset(
    [
        "country",
        "countries",
        "state",
        "states",
        "nation",
        "government",
        "ministry",
        "ministries",
        "minister",
        "president",
        "premier",
        "capital",
        "region",
        "province",
        "district",
        "town",
        "towns",
        "city",
        "village",
        "villages",
        "island",
        "base",
        "bases",
        "camp",
        "camps",
        "airport",
        "port",
        "front",
        "side",
        "north",
        "south",
        "east",
        "west",
        "plane",
        "planes",
        "aircraft",
        "ship",
        "ships",
        "ferry",
        "flight",
        "flights",
        "convoy",
        "convoys",
        "train",
        "trains",
        "buses",
        "trucks",
        "governor",
        "mayor",
        "king",
        "queen",
        "council",
        "parliament",
        "law",
        "plan",
        "plans",
        "deal",
        "decree",
        "budget",
        "agreement",
        "treaty",
        "draft",
        "commander",
        "commanders",
        "general",
        "generals",
        "colonel",
        "colonels",
        "captain",
        "chief",
        "chiefs",
        "spokesman",
        "officer",
        "officers",
        "official",
        "officials",
        "alliance",
        "coalition",
        "mission",
        "neighbour",
        "neighbours",
        "neighbor",
        "neighbors",
        "regime",
        "leader",
        "leaders",
        "rest",
        "others",
        "other",
        "half",
        "most",
        "many",
        "some",
        "all",
        "none",
        "both",
        "each",
        "wave",
        "waves",
        "batch",
        "batches",
        "rotation",
        "estimate",
        "estimates",
        "figure",
        "figures",
        "total",
        "count",
        "tally",
        "strength",
        "ranks",
        "number",
        "numbers",
        "average",
        "share",
        "ceiling",
        "target",
        "quota",
        "men",
        "man",
        "boys",
        "lads",
        "kremlin",
        "pentagon",
        "brigade",
        "brigades",
        "battalion",
        "battalions",
        "company",
        "companies",
        "regiment",
        "regiments",
        "division",
        "divisions",
        "corps",
        "unit",
        "units",
        "squad",
        "platoon",
        "navy",
        "army",
        "marines",
        "militia",
        "rebels",
        "enemy",
        "headquarters",
        "staff",
        "legion",
        "wing",
        "intelligence",
        "service",
        "services",
        "sources",
        "source",
        "analysts",
        "bloggers",
        "organisation",
        "organization",
        "monitors",
        "observers",
        "bank",
        "border",
        "outpost",
        "garrison",
        "checkpoint",
        "facility",
        "hangar",
        "barracks",
        "depot",
        "theatre",
        "theater",
        "sector",
        "pocket",
    ]
)
# Words that are too short to be a common noun; most words between the verb and its number.
_SHORT, _MOST_BEHIND = 3, 5


def has_own_subject(sentence: Sentence, quantity: Quantity, grammar: Grammar) -> bool:
    """Say whether a common noun that is nothing military is the subject of the number's clause."""
    start = clause_start(sentence, quantity.left, grammar)
    words = list(WORD.finditer(sentence.text, start, quantity.left))
    words = [word for word in words if word[0][0].isalpha()]
    verb = next((at for at, word in enumerate(words) if at and _is_verb(word[0], grammar)), None)
    if verb is None:
        return False
    subject = words[:verb]
    plain = words[verb][0].lower() not in _BE
    if len(subject) > 1 and subject[-1][0] in {"there", "here"} and plain:
        subject.pop()  # "Homicides there rose to"
    if any(word[0].lower() in _PRONOUNS for word in subject[-2:]):
        return False
    if subject[0][0].lower() in _PREPOSITIONS or len(words) - verb > _MOST_BEHIND:
        return False  # "In Tallinn the number": left to the shapes
    if grammar.search("attribution.speaks", sentence.text, start, quantity.start):
        return False
    cut = next(
        (at for at, word in enumerate(subject) if at and word[0].lower() in _PREPOSITIONS), None
    )
    subject = subject[:cut]
    while subject and (
        subject[-1][0].lower() in grammar.sets["shapes.adverbs"]
        or subject[-1][0].lower().endswith("ly")
    ):
        subject.pop()
    return bool(subject) and _is_other(sentence, subject[-1], grammar, first=len(subject) == 1)


def _is_verb(word: str, grammar: Grammar) -> bool:
    lowered = word.lower()
    return lowered not in _HOLDERS and any(lowered in grammar.sets[key] for key in _VERBS)


def _is_other(sentence: Sentence, word: re.Match[str], grammar: Grammar, *, first: bool) -> bool:
    """Say whether the last word of a subject is a common noun of something else."""
    surface = word[0]
    lowered = surface.lower()
    if any(name.start <= word.start() < name.end for name in sentence.names):
        return False
    if surface[0].isupper() and not (first and lowered.endswith("s")):
        return False
    return not (
        lowered in _HOLDERS
        or lowered in grammar.sets["shapes.stops"]
        or lowered in grammar.sets["shapes.collectives"]
        or lowered in grammar.sets["shapes.fillers"]
        or lowered in grammar.sets["attribution.offices"]
        or lowered in grammar.sets["attribution.pronouns"]
        or lowered in grammar.sets["attribution.roles"]
        or len(lowered) <= _SHORT
        or "'" in lowered
        or grammar.weight(lowered) > 0
    )
