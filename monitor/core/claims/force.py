# SPDX-License-Identifier: Apache-2.0
"""Whose troops: the steps that find the force of a number, the surest first.

Steps, each a rule id: `adjective` (in the phrase), `estimate` ("Russian troop estimate"), `possessive`
("its troops"), `subject` ("Pyongyang sent N"), `by` ("sent by Pyongyang"), `sentence` (troops of a force
elsewhere in the sentence), `claim` (an earlier claim of the sentence), `paragraph` (troops of a force just
before), `document` (the force most spoken of), `leader` ("Putin called up N"), `speaker` (a state's own
ministry), `enemy` and `they` (in the mouth of a state at war). Rules of this file: a country that is a place
or an adjective of something else ("US request") is no force.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from monitor.core.claims.counted import (
    Counted,
    adjective_before,
    after_preposition,
    gapped_by,
    joined_before,
    owner_of,
)
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.subjects import (
    FINAL,
    NOBODY,
    SEVERAL,
    ForceFound,
    acts,
    is_object,
    own_army,
    own_subject,
)
from monitor.core.claims.subjects import (
    subject as subject_of,
)
from monitor.core.claims.tallies import force_counted
from monitor.core.knowledge import Knowledge, Name, NameKind

_REACH = 160
_PUT_REACH = 90
_MOST_SMALL = 2
_WITH = re.compile(r"\bwith\s+(?:only\s+|just\s+|its\s+|their\s+)?$", re.IGNORECASE)
_SMALL_WORDS = frozenset(
    {"last", "first", "own", "roughly", "some", "entire", "whole", "nearly", "estimated", "about"}
)
_CLAUSE = re.compile(r"[;\"]|\bthat\b")
_OUR = re.compile(r"\bour\b", re.IGNORECASE)
_LEAVING = re.compile(r"\b(?:leaving|leaves)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_DONE_BY = re.compile(
    r"[^,;]{0,60}?\b(?:sent|deployed|provided|dispatched|supplied|contributed|fielded|moved|transferred|"
    r"committed|trained)\s+by\s+(?:the\s+)?"
)


def forces_spoken_of(sentence: Sentence, grammar: Grammar) -> list[tuple[int, str]]:
    """Return position and id of every "FORCE troops", "troops of FORCE" or "FORCE's soldiers"."""
    found: list[tuple[int, str]] = []
    text = sentence.text
    for name in sentence.names:
        force = name.senses.get(NameKind.ADJECTIVE)
        if _speaks(sentence, name, grammar):
            continue
        owns = text.startswith("'s", name.end)
        end = name.end + 2 * owns
        if owns and force is None:
            force = name.senses.get(NameKind.ACTOR)
        if force is None and NameKind.ACTOR in name.senses and _is_body_of(sentence, name, grammar):
            found.append((name.start, name.senses[NameKind.ACTOR]))
            continue
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
                or grammar.context.match(text, match.start())
            ):
                found.append((name.start, force))
                break
            if gap > 3 or word in grammar.sets["shapes.stops"] or not word[0].isalpha():
                break
    return found


_ITSELF = re.compile(r"(?<![\w'])(?:it|we|he|she)\b(?!')", re.IGNORECASE)
_OF_THE = re.compile(r"\s+of\s+(?:the\s+)?$")
_THEY = re.compile(r"(?<![\w'])they(?:'ve)?\b", re.IGNORECASE)
_LED = re.compile(r"\bof\s+$")
_DATELINE = re.compile(r"[A-Z][A-Z .'-]+(?:,[^-\n]{1,30}|\s*\([^)\n]{1,30}\))\s+-\s")


def dateline(sentence: Sentence) -> str | None:
    """Return the state in whose capital a report was written: "SEOUL, Nov 5 - …"."""
    match = _DATELINE.match(sentence.text, sentence.start, sentence.end)
    if match is None:
        return None
    return next(
        (
            name.senses[NameKind.ACTOR]
            for name in sentence.names
            if name.start == sentence.start and NameKind.ACTOR in name.senses
        ),
        None,
    )


def first_actor(sentence: Sentence) -> str | None:
    """Return the state that a sentence is about: the first that is named as one."""
    for name in sentence.names:
        force = name.senses.get(NameKind.ACTOR)
        owner = sentence.text.startswith("'s", name.end)
        if force is None and NameKind.ADJECTIVE in name.senses:
            force = name.senses[NameKind.ADJECTIVE]
        before = sentence.text[max(sentence.start, name.start - 8) : name.start].split()
        if force is not None and (owner or not before or before[-1].lower() in {"the", "-"}):
            return force
    return None


def _is_body_of(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Read "the armed forces of Chad", "soldiers of the Russian Federation"."""
    text = sentence.text
    of = _OF_THE.search(text, max(sentence.start, name.start - 9), name.start)
    if of is None:
        return False
    floor = max(sentence.start, of.start() - 20)
    return grammar.ends("shapes.collectives", text, floor, of.start()) is not None


def _speaks(sentence: Sentence, name: Name, grammar: Grammar) -> bool:
    """Say whether the name belongs to a speaker: "Lebanon's army chief", "the Ukrainian military said"."""
    text = sentence.text
    after = text[name.end : name.end + 60].removeprefix("'s")
    words = [word.lower() for word in WORD.findall(after)[:4]]
    offices = grammar.sets["attribution.offices"]
    for here, following in pairwise(words):
        if here not in grammar.sets["shapes.collectives"] and grammar.weight(here) == 0:
            continue
        if following in grammar.sets["attribution.verbs"]:
            return True
        return following in offices and following not in grammar.sets["shapes.collectives"]
    return False


def rival(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    rivals: Mapping[str, str],
    state: str | None,
) -> str | None:
    """Return whom "the enemy" means in the mouth of a state."""
    if state is None or state not in rivals:
        return None
    floor = max(sentence.start, counted.quantity.left - _REACH)
    for match in grammar.patterns["force.enemies"].finditer(sentence.text, floor, counted.end):
        if '"' not in sentence.text[match.end() : counted.quantity.left]:
            return rivals[state]
    return None


def seated(sentence: Sentence, position: int) -> str | None:
    """Return whose capital follows: "the junta in Niamey"."""
    return next(
        (
            name.senses.get(NameKind.ACTOR)
            for name in sentence.names
            if name.start == position + len(" in ") and sentence.text.startswith(" in ", position)
        ),
        None,
    )


def named_before(sentence: Sentence, position: int) -> str | None:
    """Return the force last named before a position: "Russian officers said that the army has N"."""
    for name in reversed(sentence.names):
        force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
        if name.end <= position and force is not None:
            return force
    return None


def they_act(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether "they" have or send the number, where a state at war speaks and names nobody."""
    text, left = sentence.text, counted.quantity.left
    they = None
    for match in _THEY.finditer(text, max(sentence.start, left - 40), left):
        they = match
    return they is not None and acts(text, they.end(), left, grammar)


def is_ours(sentence: Sentence, counted: Counted) -> bool:
    """Say whether the speaker calls the number his own: "our 5,000 troops", "5,000 of our soldiers"."""
    around = sentence.text[max(sentence.start, counted.quantity.left - 5) : counted.end]
    return _OUR.search(around) is not None


def acts_itself(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether a pronoun that stands for the speaker sends or has the number: "it had moved N"."""
    text, left = sentence.text, counted.quantity.left
    found = None
    for match in _ITSELF.finditer(text, max(sentence.start, left - 70), left):
        found = match
    if found is None or any(sign in text[found.end() : left] for sign in ';:"'):
        return False
    if grammar.search("attribution.puts", text, found.end(), left):
        return False
    others = [name for name in sentence.names if found.end() <= name.start < left]
    if any(
        NameKind.ACTOR in name.senses and not after_preposition(sentence, name, grammar)
        for name in others
    ):
        return False
    return acts(text, found.end(), left, grammar)


def resolve(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Callable[[], str | None],
    earlier: str | None,
) -> ForceFound:
    """Return the force; `before` tells which was spoken of last in the text so far."""
    if counted.several:
        return SEVERAL
    steps = _steps(sentence, counted, grammar, before, earlier)
    return next((step for step in steps if step.force is not None or step in FINAL), NOBODY)


def _steps(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Callable[[], str | None],
    earlier: str | None,
) -> Iterator[ForceFound]:
    yield ForceFound(counted.force, "adjective")
    yield ForceFound(force_counted(sentence, counted.quantity.left, grammar), "estimate")
    yield ForceFound(owner_of(sentence, counted.quantity), "owner")
    yield ForceFound(_gapped(sentence, counted, grammar), "gapped")
    yield ForceFound(_of_body(sentence, counted, grammar), "body")
    yield ForceFound(_put_at(sentence, counted, grammar), "body")
    if counted.anaphoric and _LEAVING.search(text_before(sentence, counted)):
        yield ForceFound(earlier, "claim")
    if counted.anaphoric and _goes_on(sentence, counted, grammar):
        yield subject_of(sentence, counted, grammar)
    yield ForceFound(_possessive(sentence, counted, grammar), "possessive")
    if counted.anaphoric:
        yield own_subject(sentence, counted, grammar)
        yield ForceFound(earlier, "claim")
    yield ForceFound(_by(sentence, counted), "by")
    yield ForceFound(_with_all(sentence, counted), "with")
    subject = subject_of(sentence, counted, grammar)
    if not counted.anaphoric:
        yield subject
    spoken = [
        item
        for item in forces_spoken_of(sentence, grammar)
        if not _is_part(sentence, counted, item[0], grammar)
        and not _is_versus(sentence, item[0], grammar)
        and not _is_counted_apart(sentence, counted, item[0], grammar)
    ]
    if spoken:
        nearest = min(spoken, key=lambda item: abs(item[0] - counted.quantity.start))
        name = sentence.named_at.get(nearest[0])
        joined = name is not None and nearest[0] < counted.quantity.left
        # "Chadian and Nigerian troops, 2,100 in all"
        several = joined and name is not None and joined_before(sentence, name)
        yield SEVERAL if several else ForceFound(nearest[1], "sentence")
    yield ForceFound(earlier, "claim")
    yield ForceFound(before(), "paragraph")
    yield subject


def text_before(sentence: Sentence, counted: Counted) -> str:
    """Return the few words before a number."""
    left = counted.quantity.left
    return sentence.text[max(sentence.start, left - 24) : left]


def _goes_on(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "leads a NATO battlegroup of 1,300 and keeps 600 more": the subject has a second verb."""
    text, left = sentence.text, counted.quantity.left
    verb = grammar.ends("force.acts", text, max(sentence.start, left - 20), left)
    return verb is not None and text[sentence.start : verb.start()].endswith((" and ", " but "))


def _gapped(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "Germany will send 200 soldiers, the Netherlands 150": the verb is said once."""
    left = counted.quantity.left
    if not any(other.end < left for other in sentence.quantities):
        return None
    for name in sentence.names:
        if name.end + 1 == left and not after_preposition(sentence, name, grammar):
            return gapped_by(sentence, name)
    return None


def _is_counted_apart(
    sentence: Sentence, counted: Counted, position: int, grammar: Grammar
) -> bool:
    """Say whether the force belongs to another number behind this: "…, and 7,000 Rwandan soldiers"."""
    fillers = grammar.sets["shapes.fillers"]
    return not counted.anaphoric and any(
        counted.end <= other.left
        and other.right <= position
        and all(word in fillers for word in sentence.text[other.right : position].lower().split())
        for other in sentence.quantities
    )


def _is_versus(sentence: Sentence, position: int, grammar: Grammar) -> bool:
    """Say whether others fight or join the force that is named: "have joined the new Syrian army"."""
    text, floor = sentence.text, max(sentence.start, position - 24)
    stop = position
    for _ in range(_MOST_SMALL):
        before = WORD.findall(text[floor:stop])
        if not before or before[-1].lower() not in {"the", "a", "an", "new", "other", "nearby"}:
            break
        stop = text.rindex(before[-1], floor, stop)
    return grammar.ends("force.versus", text, floor, stop) is not None


def _with_all(sentence: Sentence, counted: Counted) -> str | None:
    """Read "With 5,500 soldiers, Nepal is the largest contributor"."""
    text = sentence.text
    if not _WITH.search(text_before(sentence, counted)) or not text.startswith(", ", counted.end):
        return None
    for name in sentence.names:
        if 0 <= name.start - counted.end - 2 <= len("the "):
            return name.senses.get(NameKind.ACTOR)
    return None


def _is_part(sentence: Sentence, counted: Counted, position: int, grammar: Grammar) -> bool:
    """Say whether a force is only a part of the counted: "50,000 troops, including North Koreans"."""
    if position < counted.end:
        return False
    return grammar.ends(
        "status.subset", sentence.text, counted.end, position
    ) is not None or sentence.text[counted.end : position].strip(" ,") in {
        "including",
        "including some",
    }


def _of_body(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "a Spanish-led force of 650 soldiers", "a Russian contingent of 2,000"."""
    text, left = sentence.text, counted.quantity.left
    of = _LED.search(text, max(sentence.start, left - 4), left)
    if of is None:
        return None
    noun = grammar.ends(
        "shapes.collectives", text, max(sentence.start, of.start() - 24), of.start()
    )
    if noun is None:
        return None
    return adjective_before(sentence, noun.start(), max(sentence.start, noun.start() - 50))


def _put_at(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "estimates the North Korean contingent in Russia at 15,600 soldiers": who estimates has none."""
    text, left = sentence.text, counted.quantity.left
    if text[max(sentence.start, left - 4) : left].lower() != " at ":
        return None
    floor = max([sentence.start, left - _PUT_REACH, *_ends_before(sentence, left)])
    found: dict[int, str] = {}
    for key in (grammar.patterns["shapes.collectives"], grammar.head):
        for body in key.finditer(text, floor, left):
            force = adjective_before(sentence, body.start(), floor)
            if force is not None:
                found[body.start()] = force
    return found[max(found)] if found else None


def _ends_before(sentence: Sentence, position: int) -> Iterator[int]:
    """Yield where the numbers and hard stops before a position end."""
    yield from (other.end for other in sentence.quantities if other.end <= position)
    yield from (match.end() for match in _CLAUSE.finditer(sentence.text, sentence.start, position))


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
            _is_right_before(text[match.end() : quantity.left], grammar)
            or grammar.search("shapes.collectives", text, match.end(), quantity.left)
            or grammar.head.search(text, match.end(), quantity.left)
        ):
            return None
        inside = sentence.named_at.get(match.end() + 1)
        if inside is not None and NameKind.ADJECTIVE in inside.senses:
            return inside.senses[NameKind.ADJECTIVE]  # "increased its North Korean contingent"
    owner: str | None = None
    for name in reversed(sentence.names):
        if name.start >= quantity.left or is_object(sentence, name, grammar):
            continue
        owns = text.startswith("'s", name.end)
        actor = None if owns else name.senses.get(NameKind.ACTOR)
        actor = actor or own_army(sentence, name)
        if actor is not None:
            return None if joined_before(sentence, name) else actor
        owner = owner or name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
    return owner  # "Turkey's parliament extended the mandate for its soldiers"


def _is_right_before(gap: str, grammar: Grammar) -> bool:
    """Say whether only small words stand between "its" and the number: "its remaining 1,500"."""
    words = gap.lower().split()
    return len(words) <= _MOST_SMALL and all(
        word in grammar.sets["shapes.fillers"] or word in _SMALL_WORDS for word in words
    )


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
        if state is None or _CLAUSE.search(between):
            return None
        if grammar.search("attribution.verbs", text, name.end, left):
            return None
        return state if acts(text, name.end, left, grammar) else None
    return None


def _by(sentence: Sentence, counted: Counted) -> str | None:
    match = _DONE_BY.match(sentence.text, counted.end, min(sentence.end, counted.end + 100))
    if match is None:
        return None
    for name in sentence.names:
        if name.start == match.end():
            return name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
    return None
