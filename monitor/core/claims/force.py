# SPDX-License-Identifier: Apache-2.0
"""Whose troops: the steps that find the force of a number, the surest first.

Steps, each a rule id: `adjective` (in the phrase), `possessive` ("its troops"), `subject` ("Pyongyang
sent N"), `by` ("sent by Pyongyang"), `sentence` (troops of a force elsewhere in the sentence),
`claim` (an earlier claim of the sentence), `paragraph` (troops of a force just before), `document`
(the force most spoken of), `leader` ("Putin called up N"), `speaker` (a state's own ministry). Rules of this file: a country that is
a place or an adjective of something else ("US request") is no force.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.heads import Counted, owner_of
from monitor.core.knowledge import Knowledge, Name, NameKind

_REACH = 160
_AUXILIARIES = frozenset({"has", "have", "had", "having", "is", "are"})
_ADVERBS = frozenset(
    {"already", "also", "now", "currently", "still", "so", "far", "recently", "only"}
)


@dataclass(frozen=True, slots=True)
class ForceFound:
    """A force and the step that found it."""

    force: str | None
    rule: str


def forces_spoken_of(sentence: Sentence, grammar: Grammar) -> list[tuple[int, str]]:
    """Return position and id of every "FORCE troops", "troops of FORCE" or "FORCE's soldiers"."""
    found: list[tuple[int, str]] = []
    text = sentence.text
    for name in sentence.names:
        force = name.senses.get(NameKind.ADJECTIVE)
        end = name.end
        if (
            force is None
            and NameKind.ACTOR in name.senses
            and text[name.end : name.end + 2] == "'s"
        ):
            force, end = name.senses[NameKind.ACTOR], name.end + 2
        if force is None and NameKind.PEOPLE in name.senses:
            found.append((name.start, name.senses[NameKind.PEOPLE]))
            continue
        if force is None:
            continue
        following = WORD.finditer(text, end, min(sentence.end, end + 48))
        for gap, match in enumerate(following, start=1):
            word = match[0].lower()
            if (
                grammar.head.match(text, match.start())
                or word in grammar.sets["shapes.collectives"]
            ):
                found.append((name.start, force))
                break
            if gap > 3 or word in grammar.sets["shapes.stops"] or not word[0].isalpha():
                break
    return found


def resolve(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Sequence[str],
    earlier: str | None,
) -> ForceFound:
    """Return the force; `before` are forces spoken of in the text so far, newest first."""
    steps = _steps(sentence, counted, grammar, before, earlier)
    return next((step for step in steps if step.force is not None), ForceFound(None, "none"))


def _steps(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Sequence[str],
    earlier: str | None,
) -> Iterator[ForceFound]:
    yield ForceFound(counted.force, "adjective")
    yield ForceFound(owner_of(sentence, counted.quantity), "owner")
    yield ForceFound(_possessive(sentence, counted, grammar), "possessive")
    if counted.anaphoric:
        yield ForceFound(earlier, "claim")
    yield ForceFound(_by(sentence, counted), "by")
    subject = _subject(sentence, counted, grammar)
    if not counted.anaphoric:
        yield ForceFound(subject, "subject")
    spoken = forces_spoken_of(sentence, grammar)
    if spoken:
        nearest = min(spoken, key=lambda item: abs(item[0] - counted.quantity.start))
        yield ForceFound(nearest[1], "sentence")
    yield ForceFound(earlier, "claim")
    yield ForceFound(before[0] if before else None, "paragraph")
    yield ForceFound(subject, "subject")


def dominant(spoken: Sequence[str]) -> str | None:
    """Return the force that a document speaks of most, if it clearly does."""
    counted = Counter(spoken).most_common(2)
    if not counted or (len(counted) > 1 and counted[0][1] < 2 * counted[1][1]):
        return None
    return counted[0][0]


def _possessive(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    text, quantity = sentence.text, counted.quantity
    words = {word.lower() for word in WORD.findall(text[quantity.right : counted.end])}
    own = grammar.sets["force.possessives"]
    if not words & own:
        floor = max(sentence.start, quantity.left - 60)
        match = grammar.last("force.possessives", text, floor, quantity.left)
        if match is None or not (
            grammar.search("shapes.collectives", text, match.end(), quantity.left)
            or grammar.head.search(text, match.end(), quantity.left)
        ):
            return None
    for name in reversed(sentence.names):
        if name.start >= quantity.left or _is_place_here(sentence, name, grammar):
            continue
        owns = text.startswith("'s", name.end)
        actor = None if owns else name.senses.get(NameKind.ACTOR)
        actor = actor or _own_army(sentence, name)
        if actor is not None:
            return actor
    return None


def _subject(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Find the nearest actor before the number with a verb of sending or holding between."""
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - _REACH)
    for name in reversed(sentence.names):
        if name.end > left or name.start < floor:
            continue
        actor = name.senses.get(NameKind.ACTOR)
        if actor is None:
            actor = _own_army(sentence, name)
        if NameKind.ACTOR in name.senses and text[name.end : name.end + 2] == "'s":
            actor = _own_army(sentence, name)
        if actor is None or _is_place_here(sentence, name, grammar):
            continue
        between = text[name.end : left]
        if re.search(r"[;\"]|\bthat\b", between):
            return None
        if _is_host(between, grammar):
            return None
        if acts(text, name.end, left, grammar):
            return actor
    return None


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


def leader(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> str | None:
    """Return the state whose leader or ministry acts: "Putin signed a decree calling up N"."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.speakers):
        slug = name.senses.get(NameKind.SOURCE)
        if slug is None or not left - _REACH <= name.start < name.end <= left:
            continue
        node = knowledge.gazetteer.sources.get(slug)
        state = knowledge.states_by_family.get(node.family) if node is not None else None
        between = text[name.end : left]
        if state is None or re.search(r"[;\"]|\bthat\b", between):
            return None
        if grammar.search("attribution.verbs", text, name.end, left):
            return None
        return state if acts(text, name.end, left, grammar) else None
    return None


def _own_army(sentence: Sentence, name: Name) -> str | None:
    """Read "the Russian army has N soldiers" as an act of Russia."""
    force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
    if force is None:
        return None
    following = sentence.text[name.end : name.end + 40].removeprefix("'s")
    words = [word.lower() for word in WORD.findall(following)[:3]]
    army = {"army", "military", "government", "president", "forces", "leader", "command", "junta"}
    return force if army & set(words) or words[:1] == ["command"] else None


def _is_host(between: str, grammar: Grammar) -> bool:
    return grammar.patterns["force.hosts"].search(between) is not None


def _is_place_here(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name stands after a preposition of place, or owns something else."""
    before = sentence.text[max(sentence.start, name.start - 24) : name.start]
    words = [word.lower() for word in WORD.findall(before)]
    if words and words[-1] in {
        "the",
        "eastern",
        "western",
        "northern",
        "southern",
        "neighbouring",
        "neighboring",
    }:
        words.pop()
    return bool(words) and words[-1] in (
        grammar.sets["places.prepositions"] | {"from", "against", "with", "of", "told"}
    )


def _by(sentence: Sentence, counted: Counted) -> str | None:
    match = re.compile(
        r"[^,;]{0,60}?\b(?:sent|deployed|provided|dispatched|supplied|contributed|fielded|moved|transferred|committed|trained)\s+by\s+(?:the\s+)?"
    ).match(sentence.text, counted.end, min(sentence.end, counted.end + 100))
    if match is None:
        return None
    for name in sentence.names:
        if name.start == match.end():
            return name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
    return None
