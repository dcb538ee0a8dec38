# SPDX-License-Identifier: Apache-2.0
"""Whose troops, where nothing in their sentence says so: what the whole text, or who speaks, points to.

What it is not: pronouns and nouns that stand for a force (`owners`). Rules, each an id: `home` (a whole
army, domestic guards), `rulers` ("government soldiers"), `speaker` (an official who names nobody else's,
denies troops, or speaks of his own soil), `topic` (whom the sentences before are about), `ahead`,
`document`, `alone`, `dateline`, `only` (no other state is named). Rules of this file: no state at war, and
nobody who counts fighters, is taken by default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from monitor.core.claims import force, persons, place
from monitor.core.claims.agents import state_of
from monitor.core.claims.counted import after_preposition
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.relations import Found
from monitor.core.claims.scopes import clause_start
from monitor.core.claims.story import Story
from monitor.core.claims.subjects import ForceFound, acting, acts, opens_dateline
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Status

# Ministries that count their own troops when they name nobody else's.
_OFFICIAL = ("-defence-ministry", "-military", "pentagon", "centcom")
_ARMY = 100_000
_LOCAL = re.compile(r"\b(?:governor|mayor|prefect|sheriff)s?\b", re.IGNORECASE)
# "Pyongyang made good its dead quickly: some 3,000 fresh troops reached Kursk".
_GOES_ON = re.compile(r"[a-z]{2}[:;]\s")
_THESE = re.compile(r"\b(?:these|those|such|them)\b", re.IGNORECASE)
# From a verb of denying to the clause that it denies.
_AVOWAL = 24
_CONTRACTS = re.compile(
    r"\s+(?:[a-z]+\s+){0,2}?(?:signed|concluded|sign|conclude)\s+(?:a\s+)?contracts?\b"
)
_CALL_REACH = 40
# "528 fighters of the engineer regiment"
_REGULAR = re.compile(
    r"\s+of\s+(?:the|an?|its)\s+(?:[\w-]+\s+){0,3}?(?:regiment|brigade|battalion|division|corps)\b"
)
_RAISED = re.compile(
    r"(?:\s+each)?\s+(?:are|is|were|have\s+been|will\s+be)\s+(?:now\s+|being\s+)*(?:formed|raised|recruited|mobili[sz]ed|called\s+up|drafted|conscripted)\s+in\b"
)
_US = "US"
_SIGHTED = re.compile(
    r"\b[Ww]e(?:'ve|\s+have|\s+had)?\s+(?:now\s+|already\s+|so\s+far\s+)?(?:identified|detected|observed|spotted|located|recorded|sighted|intercepted)\b"
)
_THAT_IS = re.compile(r"\W*(?:That's|That\s+is|That\s+makes|Together\s+they|In\s+all)\b")
_SENT_HIMSELF = re.compile(
    r"\b(?:it|they)\s+(?:has|have|had|will|would|was|were|is|are)\s+(?:\w+\s+){0,2}?(?:sent|send|sending|deployed|deploy|deploying|dispatched)\b"
)
# How far into a sentence the owner may stand that it begins with.
_OPENING = 24
# How far back a pronoun, or a sentence without a subject, may find whom it is about.
SUBJECT_SENTENCES = 2


class Hints:
    """What one story points to; `before` tells the forces spoken of before a sentence."""

    def __init__(
        self,
        story: Story,
        knowledge: Knowledge,
        grammar: Grammar,
        before: Callable[..., Sequence[str]],
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._before = before

    def left_open(self, index: int, item: Found, state: str | None, sense: Status) -> ForceFound:
        """Return whom place, speaker and the whole text point to, where nobody was named."""
        source = item.cue.source if item.cue else None
        asked = self._asked_of(index)
        if asked is not None:
            return ForceFound(asked, "topic")
        home = self._at_home(index, item)
        if home is not None:
            return ForceFound(home, "home")
        official = source is not None and source.id.endswith(_OFFICIAL)
        others = self._others(index, item, state) if official else set()
        watched = self._watched_before(index, item, state) if official and not others else None
        if len(others) == 1 or watched is not None:
            return ForceFound(watched or others.pop(), "topic")
        regular = _REGULAR.match(self._story.sentences[index].text, item.counted.end) is not None
        if self._is_irregular(item) and state in self._knowledge.homes and not regular:
            state = None  # no ministry counts "fighters" as its own
        if self._is_irregular(item) and state is not None and state.islower():
            return ForceFound(state, "speaker")  # a group's own ministry or spokesman
        if (sense is Status.EXERCISE or official) and state is not None:
            held = self._drills_of(index, state) if sense is Status.EXERCISE else None
            return ForceFound(held or state, "speaker")
        return (
            self._called_up(index, item)
            or self._governments(index, item)
            or self._domestic(index, item)
            or self._avowed(index, item, state)
            or self._marines(index, item)
            or self._raised(index, item)
            or self._on_own_soil(item, state)
            or self._local(item)
            or self._topic(index, item)
            or self._around(index)
            or self._alone(index, item, state)
            or self._dateline(index, item)
            or self._only(index, item, state)
            or item.force
        )

    def _drills_of(self, index: int, state: str) -> str | None:
        """Return who holds the drill by the sentence before: "Ruritania holds drills", says its neighbour."""
        if not index:
            return None
        before = persons.subjects(self._story.sentences[index - 1], self._grammar)
        found = [one.force for one in before if not one.speaks]
        return found[0] if found and found[0] != state else None

    def _others(self, index: int, item: Found, state: str | None) -> set[str]:
        """Return who else does something before the number: "estimates that Ruritania lost N of the M"."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        found = persons.subjects(sentence, self._grammar, left)
        return {one.force for one in found if not one.speaks} - {state or ""}

    def _sighted(self, index: int, item: Found, state: str | None) -> str | None:
        """Return the enemy of who has identified soldiers: what one sights is not one's own."""
        weak = item.force.rule in {"none", "paragraph", "sentence"}
        if state is None or not weak or not self._is_sighted(index, item):
            return None
        return self._knowledge.adversary(state)

    def _is_sighted(self, index: int, item: Found) -> bool:
        """Read "We've identified 12 units. That's around 6,800 personnel": what one sights is not one's own."""
        sentences = self._story.sentences
        sentence = sentences[index]
        if _SIGHTED.search(sentence.text, sentence.start, item.counted.quantity.left):
            return True
        before = sentences[index - 1] if index else None
        goes_on = before is not None and before.paragraph == sentence.paragraph
        return (
            goes_on
            and before is not None
            and _THAT_IS.match(sentence.text, sentence.start) is not None
            and _SIGHTED.search(before.text, before.start, before.end) is not None
        )

    def _watched_before(self, index: int, item: Found, state: str | None) -> str | None:
        """Return the speaker's enemy, of whom the sentence before was: "what Ruritania keeps in reserve"."""
        enemy = self._knowledge.adversary(state) if state is not None else None
        if enemy is None or not index or self._in_speech(index, item.counted.quantity.left):
            return None
        before = self._story.sentences[index - 1]
        if before.paragraph != self._story.sentences[index].paragraph:
            return None
        found = {one.force for one in persons.subjects(before, self._grammar) if not one.speaks}
        return enemy if found == {enemy} else None

    def _asked_of(self, index: int) -> str | None:
        """Return of whom a question asks that the sentence answers: "How many does the PLA have?"."""
        question, grammar = self._story.question(index), self._grammar
        for name in question.names if question is not None else ():
            actor = acting(question, name, grammar) if question is not None else None
            if question and actor and acts(question.text, name.end, question.end, grammar):
                return actor
        return None

    def _called_up(self, index: int, item: Found) -> ForceFound | None:
        """Read "A new law spares students, but 200,000 men will be called up": by the state at hand."""
        sentence, end = self._story.sentences[index], item.counted.end
        stop = min(sentence.end, end + _CALL_REACH)
        contracts = _CONTRACTS.match(sentence.text, end, sentence.end)
        if contracts is None and not self._grammar.search("shapes.calls", sentence.text, end, stop):
            return None
        source = item.cue.source if item.cue else None
        whose = force.first_actor(sentence) or self._state_before(index)
        whose = whose or (self._knowledge.states_by_family.get(source.family) if source else None)
        return ForceFound(whose, "home") if whose in self._knowledge.homes else None

    def _governments(self, index: int, item: Found) -> ForceFound | None:
        """Read "800 government soldiers": of the state that was named, or in which they are."""
        text, counted = self._story.sentences[index].text, item.counted
        found = self._grammar.search(
            "force.governmental", text, counted.quantity.right, counted.end
        )
        whose = found and (
            self._keeper(item.place.place) or self._story.state_before(index) or self._some_state()
        )
        return ForceFound(whose, "rulers") if whose else None

    def _domestic(self, index: int, item: Found) -> ForceFound | None:
        """Read "4,000 Guardsmen in Los Angeles": guards of a nation serve in it, or are called by a place."""
        sentence, counted = self._story.sentences[index], item.counted
        guard = self._grammar.search(
            "force.domestic", sentence.text, counted.quantity.right, counted.end
        )
        word = (
            sentence.text[max(sentence.start, guard.start() - 24) : guard.start()].split()[-1]
            if guard is not None
            else ""
        )
        if guard is None or self._grammar.search(
            "places.giving", sentence.text, sentence.start, counted.quantity.left
        ):
            return None
        called = [
            name.senses[NameKind.PLACE]
            for name in sentence.names
            if NameKind.PLACE in name.senses and name.end + 1 == guard.start()
        ]
        if word[:1].isupper() and not called:
            return None  # "of the Ohio National Guard", wherever they serve
        whose = self._keeper(called[0] if called else item.place.place)
        return ForceFound(whose, "home") if whose else None

    def _marines(self, index: int, item: Found) -> ForceFound | None:
        """Read "200 Marines": so written they are the United States', unless the text has Royal ones."""
        head = item.counted.head or ""
        text = self._story.sentences[index].text
        return ForceFound(_US, "home") if head == "Marines" and "Royal Marine" not in text else None

    def _raised(self, index: int, item: Found) -> ForceFound | None:
        """Read "brigades of 6,000 men are being formed in Ruritania": of the state in which they are raised."""
        sentence, end = self._story.sentences[index], item.counted.end
        raised = _RAISED.match(sentence.text, end, sentence.end)
        if raised is None or item.place.place is None:
            return None
        whose = self._keeper(item.place.place)
        return ForceFound(whose, "home") if whose is not None else None

    def _avowed(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Read "Russian officials deny that the 1,500 troops are occupiers": one denies one's own."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        floor = clause_start(sentence, left, self._grammar)
        floor = max(sentence.start, floor - _AVOWAL)
        found = self._grammar.search("force.avows", sentence.text, floor, left)
        return ForceFound(state, "speaker") if state is not None and found else None

    def _topic(self, index: int, item: Found) -> ForceFound | None:
        """Return whom the sentences before, or the title, are about, where this one names nobody."""
        sentence, grammar = self._story.sentences[index], self._grammar
        here = list(persons.subjects(sentence, grammar, item.counted.quantity.left))
        silent = [one for one in here if not one.speaks]
        if not self._hosted(index, item) and silent:
            goes_on = _GOES_ON.search(sentence.text, sentence.start, item.counted.quantity.left)
            alone = len({one.force for one in silent}) == 1 and not self._is_irregular(item)
            return ForceFound(silent[0].force, "topic") if goes_on and alone else None
        two = sentence.heading and ";" in sentence.text[sentence.start : item.counted.quantity.left]
        led = self._led_by(index) if two else []
        if led:
            return ForceFound(
                led[0].force, "topic"
            )  # "Kim inspects special forces; 3,000 troops train"
        for earlier in range(index - 1, max(-1, index - 1 - SUBJECT_SENTENCES), -1):
            found = [
                one
                for one in persons.subjects(self._story.sentences[earlier], grammar)
                if not one.speaks
            ]
            found = found or self._of_himself(earlier)
            found = found or self._led_by(earlier) or self._opened_by(earlier)
            if found:
                return ForceFound(found[0].force, "topic")
        return None

    def _around(self, index: int) -> ForceFound | None:
        """Return the force that the next sentences speak of, or the whole text most."""
        for other in range(index + 1, index + len(self._story.ahead(index))):
            for ahead in self._story.spoken_of(other):
                return ForceFound(ahead, "ahead")
        spoken = force.dominant(self._before(index))
        return ForceFound(spoken, "document") if spoken is not None else None

    def _on_own_soil(self, item: Found, state: str | None) -> ForceFound | None:
        """Return the speaker's own force in his own country, if nobody else was named and no war is on."""
        if state is None or state in self._knowledge.rivals:
            return None
        home = self._knowledge.homes.get(state)
        inside = home is not None and self._knowledge.country_of(item.place.place) == home
        return ForceFound(state, "speaker") if inside else None

    def _local(self, item: Found) -> ForceFound | None:
        """Read "The governor said 480 soldiers had been moved to Benue": his state's, at home."""
        source = item.cue.source if item.cue else None
        if source is None or self._is_irregular(item) or not _LOCAL.search(source.name):
            return None
        whose = self._keeper(item.place.place)
        return ForceFound(whose, "home") if whose and whose not in self._knowledge.rivals else None

    def _alone(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Return the speaker's state where the whole text names no other that has troops."""
        if state is None or state in self._knowledge.rivals or state not in self._knowledge.homes:
            return None
        if self._is_demonstrative(index, item) or persons.only_talks(
            self._story.sentences[index], item.counted
        ):
            return None
        adjectival = self._grammar.patterns["places.adjectival"]
        left = item.counted.quantity.left
        quoted = self._in_speech(index, left) or self._story.sentences[index].heading
        for sentence in self._story.sentences:
            for name in sentence.names:
                force_id = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE)
                if force_id is None or force_id == state:
                    continue
                if adjectival.match(sentence.text, name.end + 1):
                    continue  # "to seal Mexican border"
                away = after_preposition(sentence, name, self._grammar) and (
                    quoted or _is_seat(sentence, name, item)
                )
                if not away or force_id == self._knowledge.adversary(state):
                    return None
        return ForceFound(state, "alone")

    def _dateline(self, index: int, item: Found) -> ForceFound | None:
        """Return the state from whose capital is reported, where the text names no other one."""
        state = self._story.dateline(index)
        if state is None or state in self._knowledge.rivals or item.cue is not None:
            return None
        home = self._knowledge.homes.get(state)
        spot = item.place.place
        if spot is not None and self._knowledge.country_of(spot) != home:
            return None
        named = {
            force_id
            for sentence in self._story.sentences
            for name in sentence.names
            for force_id in name.senses.values()
            if force_id in self._knowledge.homes
        }
        return ForceFound(state, "dateline") if named <= {state} else None

    def _only(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Return the one state that the text names, and begins with: "Ruritanian jets strike as N"."""
        if (item.cue is not None and state is None) or self._is_irregular(item):
            return None
        if item.counted.shape == "collective" or self._hosted(index, item):
            return None  # "Paris hosts talks on a force of 10,000"
        homes, named = self._knowledge.homes, set[str]()
        adjectival = self._grammar.patterns["places.adjectival"]
        opening = False
        for sentence in self._story.sentences:
            for name in sentence.names:
                states = {one for one in name.senses.values() if one in homes}
                where = after_preposition(sentence, name, self._grammar)
                if where or adjectival.match(sentence.text, name.end + 1):
                    continue
                named |= states
                opening |= bool(states) and name.start - sentence.start <= len("The ")
        one = next(iter(named)) if len(named) == 1 and opening else None
        if one is None or one in self._knowledge.rivals or state not in {None, one}:
            return None
        return ForceFound(one, "only")

    def _at_home(self, index: int, item: Found) -> str | None:
        """Read "2 million active soldiers in China, 1.5 million in India": whole armies are at home."""
        counted = item.counted
        if item.place.place not in self._knowledge.countries or counted.quantity.high < _ARMY:
            return None
        sentence = self._story.sentences[index]
        whole = place.is_whole_army(sentence, counted, self._grammar)
        return self._keeper(item.place.place) if whole or counted.anaphoric else None

    def _hosted(self, index: int, item: Found) -> bool:
        """Say whether who is named only hosts them: "Norway hosts 6,000 soldiers"."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        hosts = self._grammar.search("force.hosts", sentence.text, sentence.start, left)
        return hosts is not None

    def _is_irregular(self, item: Found) -> bool:
        return (item.counted.head or "").lower() in self._grammar.sets["force.irregulars"]

    def _is_demonstrative(self, index: int, item: Found) -> bool:
        """Read "8,000 of these soldiers": of others, who were spoken of where we do not see it."""
        text, counted = self._story.sentences[index].text, item.counted
        return _THESE.search(text, counted.quantity.right, counted.end) is not None

    def _in_speech(self, index: int, position: int) -> bool:
        """Say whether a position lies in a quotation or in a turn."""
        sentence = self._story.sentences[index]
        opened = sentence.text.count('"', sentence.start, position) % 2 == 1
        return opened or self._story.is_quoted(index)

    def _keeper(self, spot: str | None) -> str | None:
        """Return the state in which a place is: "the army" that is there is most likely its own."""
        country = self._knowledge.country_of(spot)
        return self._knowledge.force_of_country.get(country) if country is not None else None

    def _state_before(self, index: int) -> str | None:
        """Return the first state of which the text spoke, though an armed group was its first word."""
        first = self._story.state_before(index)
        if first is None or first in self._knowledge.homes:
            return first
        return self._some_state()

    def _some_state(self) -> str | None:
        """Return the first state that the text names at all."""
        homes = self._knowledge.homes
        for sentence in self._story.sentences:
            for name in sentence.names:
                state = name.senses.get(NameKind.ACTOR)
                if state in homes:
                    return state
        return None

    def _led_by(self, index: int) -> list[persons.Subject]:
        """Return the state of the person or office that a sentence is about: "the Pentagon draws up"."""
        sentence, grammar = self._story.sentences[index], self._grammar
        for name in sentence.speakers:
            state = state_of(name, self._knowledge)
            colon = sentence.text.startswith((":", "'s"), name.end)
            if state is None or colon or NameKind.OUTLET in name.senses:
                continue
            if not persons.says(sentence, name, grammar) and not after_preposition(
                sentence, name, grammar
            ):
                return [persons.Subject(force=state, plural=False, speaks=False)]
        return []

    def _of_himself(self, index: int) -> list[persons.Subject]:
        """Return who says of himself that he has sent soldiers: "Ruritania admitted that it had sent troops"."""
        sentence = self._story.sentences[index]
        found = list(persons.subjects(sentence, self._grammar))
        own = _SENT_HIMSELF.search(sentence.text, sentence.start, sentence.end)
        return found if own is not None and len({one.force for one in found}) == 1 else []

    def _opened_by(self, index: int) -> list[persons.Subject]:
        """Return the state whose something a sentence begins with: "Azerbaijan's edge was …"."""
        sentence = self._story.sentences[index]
        if any(True for _ in persons.subjects(sentence, self._grammar)):
            return []
        if any(opens_dateline(sentence, name) for name in sentence.names):
            return []
        state = force.first_actor(sentence, sentence.start + _OPENING)
        return [persons.Subject(force=state, plural=False, speaks=False)] if state else []


def _is_seat(sentence: Sentence, name: Name, item: Found) -> bool:
    """Say whether a place only tells where somebody speaks: "In Dushanbe the ambassador said"."""
    cue = item.cue
    said = cue is not None and sentence.start <= cue.start < sentence.end
    return cue is not None and said and name.end <= cue.start + len("the ")
