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
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise

from monitor.core.claims.agents import in_body, named_behind, state_of
from monitor.core.claims.bodies import of_body, of_whom, put_at
from monitor.core.claims.counted import (
    Counted,
    after_preposition,
    gapped_by,
    joined_before,
    owner_of,
)
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.possessives import owner_by_pronoun
from monitor.core.claims.subjects import (
    FINAL,
    NOBODY,
    SEVERAL,
    ForceFound,
    acts,
    begins_clause,
    own_subject,
)
from monitor.core.claims.subjects import (
    subject as subject_of,
)
from monitor.core.claims.tallies import force_counted
from monitor.core.knowledge import Knowledge, Name, NameKind

_REACH = 160
_UN = "UN"
_MOST_SMALL = 2
_SAID_REACH = 48
_WITH = re.compile(r"\bwith\s+(?:only\s+|just\s+|its\s+|their\s+)?$", re.IGNORECASE)
_FOREIGN = re.compile(
    r"\b(?:foreign|international|multinational|western|arab|coalition|un-backed)\b", re.IGNORECASE
)
_COUNTS = frozenset(
    {
        "counts",
        "counted",
        "estimates",
        "estimated",
        "reckons",
        "reckoned",
        "believes",
        "puts",
        "pegs",
    }
)
_OF_MANY = re.compile(
    r"\s+(?:of|from|in)\s+(?:the|a|an)\s+(?:multinational|international|joint)\s+(?!security|unit)"
)
# "17,000 soldiers from seven countries"
_FROM_MANY = re.compile(
    r"\s+from\s+(?:more\s+than\s+|some\s+|about\s+|at\s+least\s+)?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a\s+dozen|several|many|various)\s+"
    r"(?:[a-z]+\s+)?(?:countries|nations|states|allies|members|armies)\b"
)
_OF_BODY = re.compile(
    r"\b(?:mission|force|KFOR|NATO|alliance|allied|battlegroups?|UN|U\.N\.|peacekeep\w+|blue\s+helmets|contingent)\b"
)
_THAT_HE = re.compile(r"\bthat\s+(?:he|she)\s+(?:puts?|says?|numbers?|estimates?)\b")
# Verbs that do not make who is before them the sender: "the UN observers count 1,000".
_LIGHT = frozenset({"at", "about", "with", "is", "are", "count", "counts", "counted", "estimates"})
_SAID_A = re.compile(
    r"\b(?:said|says|added|wrote|according\s+to)\s+(?:an?\s+|one\s+)(?:senior\s+)?$"
)
_AN_ENEMY = re.compile(
    r"\b(?:against|facing|fought)\s+an?\s+(?:enemy|foe|opponent|adversary)\s+(?:of|that|which|with)\b"
)
_LEAVING = re.compile(r"\b(?:leaving|leaves)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_WERE = re.compile(r"\s+(?:of\s+(?:them|whom)\s+)?(?:are|were|is|was)\s+(?:the\s+)?")
_CONTRASTS = re.compile(r"[,;]\s+(?:and\s+|but\s+|against\s+)?(?:the|its|an?)\s+(?:[a-z-]+\s+)?$")
# "7,000 soldiers, 1,000 of them from Ruritania"
_CAME_FROM = re.compile(
    r"\s+of\s+(?:them|whom)\s+(?:(?:come|came|hail|hailed|are|were)\s+)?from\s+(?:the\s+)?"
)
_NOUN_NEXT = re.compile(r" (?!and\b|or\b|who\b|but\b|in\b|at\b|on\b|with\b|by\b)[a-z]+")


def forces_spoken_of(sentence: Sentence, grammar: Grammar) -> list[tuple[int, str]]:
    """Return position and id of every "FORCE troops", "troops of FORCE" or "FORCE's soldiers"."""
    if sentence.spoken_of is None or sentence.spoken_of[0] is not grammar:
        sentence.spoken_of = (grammar, _forces_spoken_of(sentence, grammar))
    return sentence.spoken_of[1]


def _forces_spoken_of(sentence: Sentence, grammar: Grammar) -> list[tuple[int, str]]:
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


_OF_THE = re.compile(r"\s+of\s+(?:the\s+)?$")
# "With 1.2 million soldiers, of whom a third stand near the border, Ruritania fields …"
_OF_WHOM = re.compile(
    r",\s+(?:of\s+(?:whom|which|them)|including|among\s+them|half|most|a\s+third)\b[^,;]{3,90}(?=,\s)"
)
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


def first_actor(sentence: Sentence, stop: int | None = None) -> str | None:
    """Return the state that a sentence, up to `stop`, is about: the first that is named as one."""
    for name in sentence.names:
        if stop is not None and name.start >= stop:
            break
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
    words = [match[0].lower().removesuffix("'s") for match in islice(WORD.finditer(after), 4)]
    offices = grammar.sets["attribution.offices"]
    if _tells(sentence, name, words, grammar):
        return True
    for here, following in pairwise(words):
        if here not in grammar.sets["shapes.collectives"] and grammar.weight(here) == 0:
            continue
        if following in grammar.sets["attribution.verbs"] or following in _COUNTS:
            return True  # "a Finnish group counts no more than 60,000"
        if words[-1] in grammar.sets["attribution.verbs"] and words.index(here) == len(words) - 3:
            return True  # "US Army Europe said"
        return following in offices and following not in grammar.sets["shapes.collectives"]
    return False


def _tells(sentence: Sentence, name: Name, words: list[str], grammar: Grammar) -> bool:
    """Say whether those named are the subject of a verb of saying; `words` are the next ones."""
    text = sentence.text
    offices = grammar.sets["attribution.offices"]
    floor = max(sentence.start, name.start - 24)
    inverted = _SAID_A.search(text, floor, name.start)
    if inverted is not None and any(word in offices for word in words):
        return True  # "About 500 went to Mosul, said an Iraqi army colonel"
    people = name.senses.get(NameKind.PEOPLE, "")
    if people.isupper() and words[:1] and words[0] in grammar.sets["attribution.verbs"]:
        return True  # "The Israelis say 40,000"
    reach = min(sentence.end, name.end + _SAID_REACH)
    said = grammar.search("attribution.speaks", text, name.end, reach)
    if said is None or "," in text[name.end : said.end()]:
        return False
    officers = bool(words) and (words[0] in offices or grammar.weight(words[0]) > 0)
    # "The Americans are more cautious and speak of 75,000", "Malian officers privately speak of ..."
    return bool(people) or (officers and NameKind.ADJECTIVE in name.senses)


def enemy(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Say whether the number is said of "the enemy", and not beyond the end of a quotation."""
    floor = max(sentence.start, counted.quantity.left - _REACH)
    return any(
        '"' not in sentence.text[match.end() : counted.quantity.left]
        for match in grammar.patterns["force.enemies"].finditer(sentence.text, floor, counted.end)
    )


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


def resolve(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Callable[[], str | None],
    earlier: str | None,
    knowledge: Knowledge,
) -> ForceFound:
    """Return the force; `before` tells which was spoken of last in the text so far."""
    if counted.several:
        return SEVERAL
    steps = _steps(sentence, counted, grammar, before, earlier, knowledge)
    return next((step for step in steps if step.force is not None or step in FINAL), NOBODY)


def _steps(
    sentence: Sentence,
    counted: Counted,
    grammar: Grammar,
    before: Callable[[], str | None],
    earlier: str | None,
    knowledge: Knowledge,
) -> Iterator[ForceFound]:
    if _blue_helmets(sentence, counted, grammar):
        counted.force = counted.force or _UN
    part = _provided(sentence, counted, grammar, knowledge)
    yield ForceFound(part, "subject")
    yield ForceFound(_who_were(sentence, counted), "predicate")
    yield ForceFound(counted.force, "adjective")
    yield ForceFound(force_counted(sentence, counted.quantity.left, grammar), "estimate")
    yield ForceFound(owner_of(sentence, counted.quantity), "owner")
    yield ForceFound(_gapped(sentence, counted, grammar), "gapped")
    yield ForceFound(of_whom(sentence, counted), "whom")
    yield ForceFound(of_body(sentence, counted, grammar), "body")
    yield ForceFound(put_at(sentence, counted, grammar), "body")
    if counted.anaphoric and _LEAVING.search(text_before(sentence, counted)):
        yield ForceFound(earlier, "claim")
    if counted.anaphoric and _goes_on(sentence, counted, grammar):
        yield subject_of(sentence, counted, grammar)
    for force, rule in named_behind(sentence, counted, grammar, knowledge):
        yield ForceFound(force, rule)
    yield ForceFound(owner_by_pronoun(sentence, counted, grammar, knowledge), "possessive")
    if counted.anaphoric:
        yield own_subject(sentence, counted, grammar)
        yield ForceFound(earlier, "claim")
    if _against_nobody(sentence, counted):
        yield SEVERAL
    yield ForceFound(_with_all(sentence, counted), "with")
    subject = subject_of(sentence, counted, grammar)
    if (not counted.anaphoric or earlier is None) and subject.rule != "counts":
        yield subject
    yield ForceFound(in_body(sentence, counted, knowledge), "body")
    if are_foreign(sentence, counted):
        yield SEVERAL  # "3,500 foreign fighters": of no state that is named
    yield from _spoken(sentence, counted, grammar, before)
    yield ForceFound(earlier, "claim")
    yield ForceFound(leader(sentence, counted, grammar, knowledge), "leader")
    yield ForceFound(before(), "paragraph")
    yield subject


def _who_were(sentence: Sentence, counted: Counted) -> str | None:
    """Read "of whom 90,000 were American", "2,000 are Kenyans": the nation that is said of them."""
    verb = _WERE.match(sentence.text, counted.quantity.right, sentence.end)
    if verb is None:
        came = _CAME_FROM.match(sentence.text, counted.quantity.right, sentence.end)
        name = sentence.named_at.get(came.end()) if came is not None else None
        return name.senses.get(NameKind.ACTOR) if name is not None else None
    for name in sentence.names:
        if name.start == verb.end():
            force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.PEOPLE)
            ends = not sentence.text[name.end : name.end + 1].strip(" ,.;:)")
            following = _NOUN_NEXT.match(sentence.text, name.end)
            return force if ends and following is None else None
    return None


def _spoken(
    sentence: Sentence, counted: Counted, grammar: Grammar, before: Callable[[], str | None]
) -> Iterator[ForceFound]:
    """Yield the force that the sentence speaks of beside the number, or before it the story."""
    spoken = [
        item
        for item in forces_spoken_of(sentence, grammar)
        if not _is_part(sentence, counted, item[0], grammar)
        and not _is_versus(sentence, item[0], grammar)
        and not _is_counted_apart(sentence, counted, item[0], grammar)
    ]
    if counted.anaphoric:
        # "about 10,000 of those have been integrated into Russian units": who stands behind is another.
        ahead = [item for item in spoken if item[0] < counted.quantity.left]
        if spoken and not ahead:
            yield ForceFound(before(), "paragraph")
    if spoken:
        nearest = min(spoken, key=lambda item: abs(item[0] - counted.quantity.start))
        name = sentence.named_at.get(nearest[0])
        joined = name is not None and nearest[0] < counted.quantity.left
        # "Chadian and Nigerian troops, 2,100 in all"
        several = joined and name is not None and joined_before(sentence, name)
        yield SEVERAL if several else ForceFound(nearest[1], "sentence")


def _blue_helmets(sentence: Sentence, counted: Counted, grammar: Grammar) -> bool:
    """Read "400 blue helmets", "the blue helmets, some 15,000 of them": nobody else wears them."""
    names = grammar.patterns["force.blue_helmets"]
    if counted.anaphoric:
        return names.search(sentence.text, sentence.start, counted.quantity.left) is not None
    return names.search(sentence.text, counted.quantity.right, counted.end) is not None


def _provided(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> str | None:
    """Read "Nigeria is to provide 1,000 of the 1,650 soldiers of the ECOWAS force": its own part."""
    if counted.force is None or counted.force in knowledge.homes:
        return None
    left = counted.quantity.left
    verb = grammar.ends("force.provides", sentence.text, max(sentence.start, left - 24), left)
    if verb is None:
        return None
    found = subject_of(sentence, counted, grammar)
    return found.force if found.force in knowledge.homes else None


def _against_nobody(sentence: Sentence, counted: Counted) -> bool:
    """Read "fielded 200,000 against an enemy that never exceeded 18,000": of nobody who is named."""
    floor = max(sentence.start, counted.quantity.left - 40)
    return _AN_ENEMY.search(sentence.text, floor, counted.quantity.left) is not None


def are_foreign(sentence: Sentence, counted: Counted) -> bool:
    """Read "40,000 foreign soldiers": whoever is named beside them, they are others."""
    text = sentence.text
    many = _FROM_MANY.match(text, counted.end) is not None
    if many and not _OF_BODY.search(text, sentence.start, counted.end):
        return True
    if _OF_MANY.match(text, counted.end):
        return True  # "1,600 soldiers of the multinational battle group"
    return _FOREIGN.search(text, counted.quantity.right, counted.end) is not None


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
        if name.end < left and NameKind.ADJECTIVE in name.senses:
            # "the garrison had been 85,000 strong, the attacking Japanese army 36,000"
            opens = _CONTRASTS.search(sentence.text, sentence.start, name.start)
            body = grammar.patterns["shapes.collectives"].match(sentence.text, name.end + 1, left)
            if opens and body and not sentence.text[body.end() : left].strip():
                return name.senses[NameKind.ADJECTIVE]
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
        if not before or before[-1].lower() not in {
            "the",
            "a",
            "an",
            "new",
            "other",
            "nearby",
            "departing",
            "outgoing",
            "remaining",
        }:
            break
        stop = text.rindex(before[-1], floor, stop)
    return grammar.ends("force.versus", text, floor, stop) is not None


def _with_all(sentence: Sentence, counted: Counted) -> str | None:
    """Read "With 5,500 soldiers, Nepal is the largest contributor"."""
    text = sentence.text
    with_ = _WITH.search(text_before(sentence, counted))
    before = text[sentence.start : counted.quantity.left - len(with_[0])] if with_ else ""
    if (
        with_ is None
        or before.rstrip()[-1:] not in {"", ",", ";", "-", '"'}
        or not text.startswith(", ", counted.end)
    ):
        return None
    aside = _OF_WHOM.match(text, counted.end, sentence.end)
    end = aside.end() if aside is not None else counted.end
    for name in sentence.names:
        if 0 <= name.start - end - 2 <= len("the "):
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


def dominant(spoken: Sequence[str]) -> str | None:
    """Return the force that a document speaks of most, if it clearly does."""
    counted = Counter(spoken).most_common(2)
    if not counted or (len(counted) > 1 and counted[0][1] < 2 * counted[1][1]):
        return None
    return counted[0][0]


def leader(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> str | None:
    """Return the state whose leader or ministry acts: "Putin signed a decree calling up N"."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.speakers):
        if NameKind.SOURCE not in name.senses:
            continue
        if not left - _REACH <= name.start < name.end <= left:
            continue
        if grammar.ends("places.giving", text, max(sentence.start, name.start - 16), name.start):
            continue  # "If Kim gave Putin even 20,000 men"
        state = state_of(name, knowledge)
        between = text[name.end : left]
        between = _THAT_HE.sub(" ", between)  # "militias that he puts at 4.5 million"
        if state is None or between.startswith(":") or begins_clause(between, grammar):
            return None
        if grammar.search("attribution.verbs", text, name.end, left):
            return None
        light = all(
            match[0].lower() in _LIGHT
            for match in grammar.patterns["force.acts"].finditer(text, name.end, left)
        )
        return state if not light and acts(text, name.end, left, grammar) else None
    return None
