# SPDX-License-Identifier: Apache-2.0
"""Whom a name, or the words right after a position, stand for: "according to X", "a claim by X".

What it is not: verbs with a subject (`attribution`), or phrases nobody lists (`speakers`). Rules of
this file: of "the Pentagon's Ryder" the last name speaks; a phrase ends at a comma, and at "seen by",
which names only who carries it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.speakers import Phrases, Speaker, unknown
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Source

_PHRASE_AFTER = 90
_FEW = 20  # "two US officials": how many speakers there are is no figure
_SEEN_BY = re.compile(
    r"\b(?:(?:that\s+was\s+)?(?:first\s+)?(?:seen|obtained|reviewed|published|shared|cited|quoted|reported)\s+"
    r"(?:by|with)\s+(?:the\s+)?|that\b|who\b|which\b)"
)
_AND_A = re.compile(r",?\s+and\s+(?:an?|the|two|three|several)\s")
_PERSONS = re.compile(
    r"\s+(?:[a-z]+\s+)?([a-z]{2,}(?:ers|ors|ists|ians|ants|ents|men|women|exiles|locals|youths|monks|sources|insiders))\b"
)
_THEMSELVES = re.compile(r"\s+(?:him|her|them|it)\b")
_NATIONAL = (NameKind.ADJECTIVE, NameKind.ACTOR, NameKind.PEOPLE)


class Listed:
    """Turns names into sources, with the gazetteer and governments of a site."""

    def __init__(self, grammar: Grammar, knowledge: Knowledge) -> None:
        self._knowledge, self._grammar = knowledge, grammar
        self._gazetteer: Gazetteer = knowledge.gazetteer
        self.phrases = Phrases(grammar, self.government)

    def source(self, slug: str | None) -> Source | None:
        """Return the source of an id."""
        return self._gazetteer.source(slug) if slug else None

    def named(self, name: Name) -> Source | None:
        """Return the source that a listed name stands for."""
        return self.source(name.senses.get(NameKind.SOURCE) or name.senses.get(NameKind.OUTLET))

    def surnamed(self, surname: str) -> Source | None:
        """Return the listed person of a surname that persons of one family only bear."""
        return self.source(self._knowledge.surnames.get(surname.lower()))

    def heard_by(self, source: Source) -> Sequence[str]:
        """Return words of which one stands where a source speaks; none where it speaks anywhere."""
        return self._knowledge.unheard.get(source.family, ())

    def seated(self, name: Name) -> Source | None:
        """Return the government whose capital a name is."""
        node = self._gazetteer.places.get(name.senses.get(NameKind.PLACE, ""))
        if node is None or node.kind != "capital" or node.parent is None:
            return None
        force = self._knowledge.force_of_country.get(node.parent)
        return self.government(force) if force else None

    def government(self, force: str) -> Source | None:
        """Return the source that speaks for a force."""
        return self.source(self._knowledge.governments.get(force))

    def is_body(self, source: Source) -> bool:
        """Say whether a source speaks for a body of several states, which has missions."""
        state = source.family.endswith("-government")
        return self._gazetteer.is_official(source.family) and not state

    def of_speaker(self, name: Name, end: int, rule: str) -> Cue:
        """Return the cue of a listed name that ends at `end` at least."""
        outlet = NameKind.OUTLET in name.senses
        return Cue(
            start=name.start,
            end=max(end, name.end),
            source=self.named(name),
            rule=rule,
            outlet=outlet,
        )

    def state_named(self, sentence: Sentence, start: int, end: int) -> Source | None:
        """Read "…, says Seoul": the words from `start` to `end` are a state's name and no more."""
        for name in sentence.names:
            if name.start == start and name.end == end and NameKind.ACTOR in name.senses:
                return self.government(name.senses[NameKind.ACTOR])
        return None

    def is_of_role(self, sentence: Sentence, name: Name) -> bool:
        """Say whether a name only says of which kind somebody is: "Russian military bloggers"."""
        if self._is_of_former(sentence, name):
            return True
        word = WORD.match(sentence.text, name.end + 1, sentence.end)
        if word is None or not sentence.text.startswith(" ", name.end):
            return False
        sets = self._grammar.sets
        apart = sets["attribution.roles"] - sets["attribution.offices"]
        source = self.named(name)
        state = source is not None and source.family.endswith("-government")
        carried = sets["attribution.carried"]
        if state:
            carried -= sets["attribution.independent"]
        return word[0] in apart and word[0] not in carried

    def _is_of_former(self, sentence: Sentence, name: Name) -> bool:
        """Say whether somebody left what a name says: "a retired American general"; persons stay who they are."""
        before = sentence.text[max(sentence.start, name.start - 12) : name.start].lower()
        if not before.endswith(("retired ", "former ", "ex-")):
            return False
        node = self._gazetteer.sources.get(name.senses.get(NameKind.SOURCE, ""))
        return node is not None and node.office is None

    # --- what follows a position -------------------------------------------------------------

    def after(self, sentence: Sentence, position: int) -> Cue | None:
        """Return the speaker named right after `position`, if any."""
        if _THEMSELVES.match(sentence.text, position, sentence.end):
            return Cue(start=position, end=position + 4, source=None, rule="pronoun")
        limit, channel = self._phrase_limit(sentence, position)
        cue = self.speaker_after(sentence, position, limit)
        first = self._first_of_two(sentence, position, cue.start) if cue else None
        cue = None if first else cue
        found = first or (None if cue else self.phrases.at(sentence, position, limit))
        if cue is None and (found is None or found.rule != "role"):
            # "according to Russian bloggers" is not Russia's word.
            cue = self._people_of(sentence, position, limit)
            cue = cue or self.state_after(sentence, position, limit)
        if cue is None:
            if found is None:
                return None
            rule = "title" if found.rule == "title" else "according"
            cue = Cue(start=found.start, end=found.end, source=found.source, rule=rule)
        return replace(cue, channel=channel) if channel else cue

    def _first_of_two(self, sentence: Sentence, position: int, stop: int) -> Speaker | None:
        """Read "three diplomats and a report by X": the first who vouches."""
        joined = _AND_A.search(sentence.text, position, stop)
        found = self.phrases.at(sentence, position, joined.start()) if joined else None
        return found if found is not None and found.rule in {"role", "office"} else None

    def _phrase_limit(self, sentence: Sentence, position: int) -> tuple[int, str | None]:
        """Return where the speaker's phrase ends, and the outlet that "seen by" names."""
        text = sentence.text
        limit = min(sentence.end, position + _PHRASE_AFTER)
        limit = min(
            [q.start for q in sentence.quantities if q.start >= position and q.high > _FEW]
            + [limit]
        )
        comma = text.find(",", position, limit)
        limit = comma if comma > 0 else limit
        seen = _SEEN_BY.search(text, position + 1, limit)
        if seen is None:
            return limit, None
        for name in sentence.speakers:
            if name.start == seen.end() and NameKind.OUTLET in name.senses:
                outlet = self.source(name.senses[NameKind.OUTLET])
                return seen.start(), outlet.name if outlet else None
        return seen.start(), None

    def speaker_after(self, sentence: Sentence, position: int, limit: int) -> Cue | None:
        """Return the speaker of the gazetteer: of "the Pentagon's Ryder" the last."""
        text = sentence.text
        candidates = [
            name
            for name in sentence.speakers
            if position <= name.start < limit and not self.is_of_role(sentence, name)
        ]
        if not candidates:
            return None
        last = candidates[0]
        for other in candidates[1:]:
            if text[last.end : other.start].split()[:1] not in (["and"], ["of"]):
                last = other
        actor = self._state_name(sentence, position, limit)
        if actor is not None and text[actor.end : candidates[0].start].strip() == "and":
            return None
        return self.of_speaker(last, last.end, "according")

    def _state_name(self, sentence: Sentence, position: int, limit: int) -> Name | None:
        return next(
            (
                name
                for name in sentence.names
                if position <= name.start < limit and {*_NATIONAL} & set(name.senses)
            ),
            None,
        )

    def _people_of(self, sentence: Sentence, position: int, limit: int) -> Cue | None:
        """Read "Russian milbloggers", "Iranian exiles": some of a people are not its state."""
        name = self._state_name(sentence, position, limit)
        if name is None or NameKind.ADJECTIVE not in name.senses:
            return None
        who = _PERSONS.match(sentence.text, name.end, limit)
        if who is None or who[1] in self._grammar.sets["attribution.offices"]:
            return None
        words = sentence.text[name.start : who.end()].lower()
        return Cue(start=name.start, end=who.end(), source=unknown(words), rule="according")

    def state_after(self, sentence: Sentence, position: int, limit: int) -> Cue | None:
        """Return the state that a phrase names."""
        actor = self._state_name(sentence, position, limit)
        if actor is None:
            return None
        force = next(actor.senses[kind] for kind in _NATIONAL if kind in actor.senses)
        source = self.government(force)
        if source is None:
            return None
        return Cue(start=actor.start, end=actor.end, source=source, rule="according")
