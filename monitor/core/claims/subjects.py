# SPDX-License-Identifier: Apache-2.0
"""Who does what is said of a number: the actor before it with a verb of sending or holding.

What it is not: the other steps that find whose troops they are (see `force`). Rules of this file: a
place, an object or who is told something does nothing; two joined actors are nobody's alone; a host
does not own his guests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.claims.counted import Counted, after_preposition, joined_before
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.knowledge import Name, NameKind

_REACH = 160
_ARTICLE = re.compile(r"\ban?\s+\Z")
_AUXILIARIES = frozenset({"has", "have", "had", "having", "is", "are"})
_ADVERBS = frozenset(
    {"already", "also", "now", "currently", "still", "so", "far", "recently", "only"}
)
_CLAUSE = re.compile(r"[;\"]|\bthat\b")
_RELATIVE = re.compile(r"(?:'s)?(?:\s+[a-z]+){0,3},\s+(which|who|whose)\b")


@dataclass(frozen=True, slots=True)
class ForceFound:
    """A force and the step that found it."""

    force: str | None
    rule: str


NOBODY = ForceFound(None, "none")
# "France and Britain would send 10,000": no one's alone, so that no weaker step is asked either.
SEVERAL = ForceFound(None, "several")
# "where the junta keeps 3,000 soldiers": the reader knows who rules there.
RULERS = ForceFound(None, "rulers")
FINAL = (SEVERAL, RULERS)


def own_subject(sentence: Sentence, counted: Counted, grammar: Grammar) -> ForceFound:
    """Read "Hezbollah has 30,000 fighters; Hamas had perhaps 25,000": a subject since the last number."""
    before = [q.end for q in sentence.quantities if q.end <= counted.quantity.left]
    return subject(sentence, counted, grammar, max(before)) if before else NOBODY


def subject(sentence: Sentence, counted: Counted, grammar: Grammar, since: int = 0) -> ForceFound:
    """Find the nearest actor before the number with a verb of sending or holding between."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _REACH, since)
    for name in reversed(sentence.names):
        if name.end > left or name.start < floor:
            continue
        actor = _acting(sentence, name, grammar)
        if actor is None:
            continue
        between = text[name.end : left]
        if _CLAUSE.search(between) or _is_host(between, grammar):
            return NOBODY
        if grammar.search("force.own", text, name.end, left) and not _says_so(between, grammar):
            return RULERS
        if acts(text, name.end, left, grammar):
            return SEVERAL if joined_before(sentence, name) else ForceFound(actor, "subject")
    return NOBODY


def _says_so(between: str, grammar: Grammar) -> bool:
    """Say whether the rulers only speak: "…, the government said, and has 500 soldiers"."""
    return grammar.patterns["attribution.verbs"].search(between) is not None


def _acting(sentence: Sentence, name: Name, grammar: Grammar) -> str | None:
    """Return whom a name makes the subject of a verb: not a place, not who is given something."""
    text = sentence.text
    actor = name.senses.get(NameKind.ACTOR) or _as_people(sentence, name, grammar)
    if actor is None or text.startswith("'s", name.end):
        acted = actor is not None and grammar.patterns["force.actions"].match(text, name.end + 3)
        actor = actor if acted else own_army(sentence, name)
    if actor is None or is_object(sentence, name, grammar):
        return None
    # "notified Niger it would withdraw": who is told something does not do it.
    if text[name.end : name.end + 4].lower() == " it ":
        return None
    given = grammar.ends("places.giving", text, max(sentence.start, name.start - 16), name.start)
    return None if given else actor


def is_object(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name is governed by what stands before it, and no clause begins behind it.

    "reinforced KFOR with 200 soldiers": whom one reinforces is not who does it.
    """
    text = sentence.text
    relative = _RELATIVE.match(text, name.end, sentence.end)
    if relative and NameKind.PLACE not in name.senses:
        verb = grammar.patterns["attribution.verbs"].match(text, relative.end() + 1)
        puts = grammar.patterns["attribution.puts"].match(text, relative.end() + 1)
        return bool(verb or puts)  # "according to the Sudanese army, which has 6,000 men"
    if after_preposition(sentence, name, grammar):
        return True
    start = name.start
    article = _ARTICLE.search(text, max(sentence.start, start - 4), start)
    if article is None and not text.startswith(" with ", name.end):
        return False
    start = article.start() if article else start  # "leads a NATO battlegroup"
    return bool(grammar.ends("force.acts", text, max(sentence.start, start - 20), start))


def _as_people(sentence: Sentence, name: Name, grammar: Grammar) -> str | None:
    """Read "the French had 5,100 soldiers": a people that does something, not "the French army"."""
    force = name.senses.get(NameKind.PEOPLE) or name.senses.get(NameKind.ADJECTIVE)
    text = sentence.text
    word = WORD.match(text, min(name.end + 1, sentence.end), sentence.end)
    if text[name.end - 1] == "s" and NameKind.PEOPLE in name.senses:
        return force  # "the Russians"; "French" may be an adjective
    if force is None or text[name.start - 4 : name.start].lower() != "the " or word is None:
        return None
    verbs = grammar.sets["force.acts"] | grammar.sets["attribution.modals"] | _ADVERBS
    return force if word[0].lower() in verbs else None


def acts(text: str, start: int, end: int, grammar: Grammar) -> bool:
    """Say whether a verb of sending or holding stands in a stretch; "has seen" is none."""
    for match in grammar.patterns["force.acts"].finditer(text, start, end):
        if match[0].lower() not in _AUXILIARIES:
            return True
        words = WORD.findall(text[match.end() : end])
        first = next((word.lower() for word in words if word.lower() not in _ADVERBS), "")
        if not first.endswith(("ed", "en", "wn", "ld")):
            return True
    return False


def own_army(sentence: Sentence, name: Name) -> str | None:
    """Read "the Russian army has N soldiers" as an act of Russia."""
    force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
    if force is None:
        return None
    following = sentence.text[name.end : name.end + 40].removeprefix("'s")
    words = [word.lower() for word in WORD.findall(following)[:3]]
    army = {
        *("army", "military", "government", "president", "forces", "leader", "command", "junta"),
        *("force", "corps", "guard", "guards", "navy", "troops", "marines", "soldiers", "fighters"),
    }
    return force if army & set(words) or words[:1] == ["command"] else None


def _is_host(between: str, grammar: Grammar) -> bool:
    return grammar.patterns["force.hosts"].search(between) is not None
