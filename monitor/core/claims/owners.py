# SPDX-License-Identifier: Apache-2.0
"""Whose troops, where their own sentence leaves it open: pronouns, and nouns that stand for a force.

What it is not: the steps within a sentence (`force`), or what the text as a whole points to (`hints`).
Rules, each an id: `enemy`, `group` ("the group"), `leader`, `they`, `pronoun` ("it", "the kingdom"),
`speaker` (his own: "we", "the army"), `rulers` (of where they are). Rules of this file: a host does not
count his own, and what a pronoun says beats what merely stands near.
"""

from __future__ import annotations

import re

from monitor.core.claims import force, persons
from monitor.core.claims.agents import state_of
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.hints import SUBJECT_SENTENCES
from monitor.core.claims.relations import Found
from monitor.core.claims.scopes import clause_start
from monitor.core.claims.seats import Seats
from monitor.core.claims.subjects import FINAL, RULERS, SEVERAL, ForceFound, acts
from monitor.core.knowledge import NameKind
from monitor.core.model import Source, Status

# Steps that name the counted troops outright, so that no pronoun before them means others.
_SURE = frozenset(
    {
        "adjective",
        "estimate",
        "owner",
        "gapped",
        "body",
        "by",
        "whom",
        "under",
        "asked",
        "with",
        "from",
    }
)
# Steps that only guess from what stands around.
_WEAK = frozenset({"none", "paragraph", "sentence", "counts"})
_WATCHING = frozenset({"spy", "intelligence", "surveillance", "service", "agency", "nis", "chiefs"})
_WATCHERS = re.compile(
    r"\b(?:spy|intelligence|surveillance|same\s+service|same\s+agency)\b|\bNIS\b|\bJoint\s+Chiefs\b"
)
# Steps that may take the soldiers whom a speaker watches for his own.
_GUESSED = frozenset(
    {
        "none",
        "leader",
        "ahead",
        "topic",
        "document",
        "paragraph",
        "sentence",
        "alone",
        "counts",
        "subject",
        "body",
    }
)
# "The army, a spokesman said, had N": who says so is only put in.
_INSERTED = re.compile(r",[^,;:\"]{3,60},")
# How far back "they" in a quotation may find whom it stands for.
_SPOKEN_SENTENCES = 3
_WE = frozenset({"we", "our army", "our military", "our country", "our armed forces"})
_OUR = re.compile(r"\W*our\s+(?:own\s+)?", re.IGNORECASE)
_YOUR = re.compile(r"\b(?:your|our)\s+(?:own\s+|country's\s+)?", re.IGNORECASE)
_OF_THEM = re.compile(r",\s+(?:of\s+(?:them|whom|these)|among\s+them|including)\b")
_YOU_PROMISED = re.compile(r"\s+(?:that\s+)?you\s+(?:promised|offered|pledged|sent|owe)\b")
_ASKED_ARMY = re.compile(
    r"\b(?:I|[Ww]e)\s+(?:have\s+)?(?:asked|begged|told|implored)\s+(?:the|our)\s+"
    r"(?:army|military|government|ministry|capital|general\s+staff|president|minister|high\s+command|generals)"
    r"\s+(?:for|to\s+send(?:\s+us)?)\s+$"
)
# "we were promised a thousand": who is given them is not who has them.
_GIVING = frozenset({"promised", "offered", "given", "lent", "pledged"})
_GIVEN = re.compile(
    r"\b[Ww]e\s+(?:were|have\s+been|had\s+been)\s+(?:promised|offered|given|lent|pledged)\s+$"
)
_CLAIM_THAT = re.compile(
    r"\b(?:claims?|reports?|allegations?|charges?|accusations?|assertions?)\s+(?:in\s+[^,;.\"]{3,40}\s+)?that\s+$"
)
_MANY_SAY = re.compile(
    r"\b(?:officials|ministry|lawmakers|agency|intelligence|service|army|military|diplomats|analysts|experts|sources)\b"
)
_PUTS = re.compile(
    r"\b(?:puts?|estimates?|estimated|counts|reckons?)\s+(?:the|their|its|them|this|that)\b"
)
_DISPATCH = re.compile(
    r"\b(?:dispatch|deployment|sending)\s+of\s+(?:its\s+|the\s+)?(?:troops|soldiers|forces|men)\b|\b(?:sent|send|sending|dispatched|deployed)\s+(?:its\s+)?(?:troops|soldiers|forces)\b"
)
# "It brings the total number of troops dispatched to about 12,000"
_BRINGS = re.compile(
    r"\W*(?:It|This|That|The\s+(?:move|deployment|dispatch|arrival|reinforcements?|new\s+[a-z]+))\s+(?:will\s+|would\s+|could\s+)?"
    r"(?:brings?|takes?|raises?|lifts?|puts?)\s+(?:the|their)\s+(?:total|number|overall|combined|contingent|figure|strength|force)\b"
)
# How many sentences back "the group" may have been named.
_GROUP_SENTENCES = 4


class Owners(Seats):
    """Finds whose the numbers of one story are."""

    _last: tuple[int, ForceFound] | None = None
    _first_guess: str | None = None

    def resolve(self, index: int, item: Found, sense: Status) -> ForceFound:
        """Return the force, or whom the speaker, a leader or the document point to."""
        last, counted = self._last, item.counted
        part = counted.anaphoric and counted.shape == "partitive" and item.force.force is None
        if part and last is not None and last[0] == index:
            return last[1]  # "30,000 soldiers; elders say that 2,500 of them came"
        found = self._whose(index, item, sense)
        if found is item.force and found.rule == "claim" and last is not None:
            # "of whom 50,000 at a time": of whomever the number before turned out to be
            mended = last[0] == index and self._first_guess == found.force
            found = ForceFound(last[1].force, "claim") if mended and last[1].force else found
        self._first_guess = item.force.force
        self._last = (index, self._of_rivals(index, item, found) or found)
        return self._last[1]

    def _of_rivals(self, index: int, item: Found, found: ForceFound) -> ForceFound | None:
        """Read "South Korean intelligence puts the first group at N", in Vladivostok: not its own.

        Who watches an adversary's soldiers in a third country counts those; his own are not there.
        """
        if found.rule not in _GUESSED or found in FINAL:
            return None
        watched = self._is_watched(index, item)
        if found.rule in {"subject", "body"} and not watched:
            return None
        source = item.cue.source if item.cue else None
        state = self._knowledge.states_by_family.get(source.family) if source else None
        state = state or (found.force if watched else None)
        spoken = self._before(len(self._story.sentences))
        if state is None or (found.force in spoken and found.force != state):
            return None
        rival = self._knowledge.adversary(state)
        abroad = self._knowledge.expeditions.get(rival or "")
        if not abroad or rival is None:
            return None
        there = self._knowledge.country_of(item.place.place) in abroad or any(
            self._knowledge.country_of(name.senses[NameKind.PLACE]) in abroad
            for sentence in self._story.sentences
            for name in sentence.names
            if NameKind.PLACE in name.senses and NameKind.ACTOR not in name.senses
        )
        there = there or rival in spoken or self._is_sending(rival)
        return ForceFound(rival, "rivals") if there else None

    def _is_sending(self, force_id: str) -> bool:
        """Say whether a sentence about a state tells of a dispatch of soldiers."""
        return any(
            _DISPATCH.search(sentence.text, name.end, sentence.end) is not None
            for sentence in self._story.sentences
            for name in sentence.names
            if force_id in {name.senses.get(NameKind.ACTOR), name.senses.get(NameKind.ADJECTIVE)}
        )

    def _is_watched(self, index: int, item: Found) -> bool:
        """Say whether a watcher's service, not its army, stands before a number: "Seoul's spy service"."""
        sentence = self._story.sentences[index]
        left = item.counted.quantity.left
        return (
            sentence.has(_WATCHING)
            and _WATCHERS.search(sentence.text, sentence.start, left) is not None
        )

    def _whose(self, index: int, item: Found, sense: Status) -> ForceFound:
        found, source = item.force, item.cue.source if item.cue else None
        speaks = self._state_of(index, source)
        foreign = found is SEVERAL and force.are_foreign(self._story.sentences[index], item.counted)
        sure = found.rule in _SURE or foreign  # "it no longer needs the 1,400 foreign soldiers"
        spoken = None if sure else self._spoken(index, item, speaks)
        if spoken is not None:
            return spoken
        if found in FINAL:
            keeper = self._keeper(item.place.place) if found is RULERS else None
            return ForceFound(keeper, found.rule)
        state = self._knowledge.states_by_family.get(source.family) if source else None
        if state is not None and item.place.rule == "host":
            # Who speaks as the host of troops does not mean his own.
            state = None if self._knowledge.homes.get(state) == item.place.place else state
        if found.rule in {"paragraph", "none"} or (found.rule == "sentence" and not found.force):
            own = self._own_force(index, item, state)
            if own is not None:
                return own
        before = self._before_it(index, item) if found.rule == "paragraph" else None
        if before is None and found.rule == "paragraph":
            before = self._not_own(index, item, found)
        if before is not None or found.force is not None:
            return before or found
        corps = self._corps_or_group(index, item, speaks)
        return ForceFound(corps, "corps") if corps else self.left_open(index, item, state, sense)

    def _before_it(self, index: int, item: Found) -> ForceFound | None:
        """Return whom a question, or a group that nobody named, gives rather than the sentence before."""
        asked = self._asked_of(index) if item.counted.anaphoric and index else None
        if asked is not None:
            return ForceFound(asked, "asked")
        return ForceFound(None, "group") if self._is_unnamed(index, item) else None

    def _corps_or_group(self, index: int, item: Found, state: str | None) -> str | None:
        """Return whose the unit is that is named, or the group that a quotation's speaker leads."""
        quoted = self._in_speech(index, item.counted.quantity.left)
        told = self._told_by(index) if quoted and self._is_irregular(item) else None
        if told is not None and told.islower():
            return told  # "A hundred thousand fighters," the leader of Hezbollah said
        return self._corps(index, item, state) or self._unit(index, item, state)

    def _state_of(self, index: int, source: Source | None) -> str | None:
        """Return the state that a speaker speaks for: by his office, or as "a Kenyan senator"."""
        if source is None:
            return None
        state = self._knowledge.states_by_family.get(source.family)
        if state is not None or not source.id.startswith("text:"):
            return state
        said = f" {source.name.lower()} "
        for other in (index, index + 1, index - 1, index + 2):
            if not 0 <= other < len(self._story.sentences):
                continue
            sentence = self._story.sentences[other]
            for name in sentence.names:
                force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
                surface = sentence.text[name.start : name.end].lower().removesuffix("'s")
                bare = NameKind.ADJECTIVE in name.senses and f" {surface} " in said
                if force is not None and (bare or f" {surface}'s " in said):
                    return force
        return None

    def _told_by(self, index: int) -> str | None:
        """Return the state of who is named outside the quotation: "Example on X: …"."""
        for other in (index, index - 1, index + 1):
            if not 0 <= other < len(self._story.sentences):
                continue
            sentence = self._story.sentences[other]
            for name in sentence.speakers:
                begin = sentence.text.rfind("\n", 0, sentence.start) + 1
                inside = sentence.text.count('"', begin, name.start) % 2 == 1
                state = state_of(name, self._knowledge)
                if state is not None and not inside and NameKind.OUTLET not in name.senses:
                    return state
            outside = {
                one.force
                for one in persons.subjects(sentence, self._grammar)
                if other < index and not self._story.is_quoted(other)
            }
            if len(outside) == 1:
                return outside.pop()  # "Example said Norway would stay. 'Our 150 soldiers …'"
        return None

    def _spoken(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Return whom "we", "they", "the enemy", "it" or "the kingdom" stand for that has the number."""
        sentence, counted = self._story.sentences[index], item.counted
        behind = persons.group_behind(sentence, counted, self._grammar)
        if behind is not None:
            group = self._last_group(index, behind.start(), item.force.force)
            return ForceFound(group, "group") if group is not None else None
        quoted = self._in_speech(index, counted.quantity.left)
        asked = (self._addressee(index, item) if quoted else None) or self._given(index, item)
        if asked is not None:
            return asked
        first = persons.first_person(sentence, counted, self._grammar, quoted=quoted)
        if first and (quoted or state is not None):
            whose = self._commands(index) or state or self._told_by(index) or self._seat(index)
            whose = whose or self._just_counted(index) or self._asked_state(index)
            return ForceFound(whose, "speaker")
        ours = quoted and state is not None and self._of_ours(index, item)
        if item.force.rule in _WEAK and (ours or self._asked_of_own(index)):
            return ForceFound(state, "speaker")
        others = (
            (self._brought(index, item), "brings"),
            (self._sighted(index, item, state), "enemy"),
            (self._foe(index, item, state), "enemy"),
            (self._they(index, item, state if quoted else None), "they"),
            (self._stands_for(index, item, state) if item.force.rule in _WEAK else None, "pronoun"),
        )
        return next((ForceFound(one, rule) for one, rule in others if one is not None), None)

    def _not_own(self, index: int, item: Found, found: ForceFound) -> ForceFound | None:
        """Read "Kyiv puts the whole force at N" under "Kim's army": who estimates has others in mind."""
        cue, sentence = item.cue, self._story.sentences[index]
        state = self._state_of(index, cue.source) if cue is not None else None
        if state is None or state != found.force or cue is None or not cue.end:
            return None
        if not _PUTS.search(sentence.text, cue.start, item.counted.quantity.left):
            return None
        others = [one for one in self._before(index) if one != state]
        return ForceFound(others[0], "paragraph") if others else None

    def _brought(self, index: int, item: Found) -> str | None:
        """Return of whom was told before "It brings the total dispatched to N", whoever told it."""
        sentence = self._story.sentences[index]
        if not _BRINGS.match(sentence.text, sentence.start, item.counted.quantity.left):
            return None
        return next(iter(self._before(index)), None) if item.force.rule in _WEAK else None

    def _given(self, index: int, item: Found) -> ForceFound | None:
        """Read "We asked Cairo for 1,200, we were promised a thousand": still those of who was asked."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        if not sentence.has(_GIVING):
            return None
        given = _GIVEN.search(sentence.text, sentence.start, left)
        claimed = item.force.rule == "claim" and item.force.force is not None
        return item.force if given is not None and claimed else None

    def _is_unnamed(self, index: int, item: Found) -> bool:
        """Read "The rebels there, in the army's view, are fewer than 300": a group that nobody named."""
        sentence, grammar = self._story.sentences[index], self._grammar
        group = grammar.patterns["force.groups"].match(sentence.text.lower(), sentence.start)
        left = item.counted.quantity.left
        if group is None or persons.others_act(sentence, group.end(), left, grammar):
            return False
        return self._last_group(index, sentence.start) is None

    def _addressee(self, index: int, item: Found) -> ForceFound | None:
        """Read "Q: Yerevan says you keep 3,000 soldiers here": of whoever answers."""
        sentence = self._story.sentences[index]
        left = item.counted.quantity.left
        you = persons.second_person(sentence, item.counted, self._grammar)
        promised = _YOU_PROMISED.match(sentence.text, item.counted.end, sentence.end)
        if promised or _ASKED_ARMY.search(sentence.text, sentence.start, left):
            whose = self._told_by(index) or self._seat(index)
            return ForceFound(whose, "speaker") if whose else None
        if not you or not self._story.asks(index):
            return None
        for after in range(index + 1, min(index + 4, len(self._story.sentences))):
            if not self._story.asks(after) and self._story.is_quoted(after):
                state = self._state_of(after, self._story.quote_speaker(after))
                return ForceFound(state, "asked") if state is not None else None
        return None

    def _of_ours(self, index: int, item: Found) -> bool:
        """Read "Our soldiers are in Congo. There are about 2,500": of whom the sentence before spoke."""
        if not item.counted.anaphoric or not index:
            return False
        before, grammar = self._story.sentences[index - 1], self._grammar
        if before.paragraph != self._story.sentences[index].paragraph:
            return False
        our = _OUR.match(before.text, before.start, before.end)
        return our is not None and grammar.head.match(before.text, our.end()) is not None

    def _asked_of_own(self, index: int) -> bool:
        """Say whether the number answers "How many of your soldiers are in Chad?"."""
        question = self._story.question(index)
        if question is None:
            return False
        text, grammar = question.text, self._grammar
        for your in _YOUR.finditer(text, question.start, question.end):
            noun = grammar.head.match(text, your.end(), question.end)
            if noun or grammar.patterns["shapes.collectives"].match(text, your.end()):
                return True
        return False

    def _they(self, index: int, item: Found, state: str | None) -> str | None:
        """Return of whom a speaker says that they have the number; `state` is his own, in a quotation."""
        sentence, counted = self._story.sentences[index], item.counted
        they = persons.third_person(sentence, counted, self._grammar)
        if they is None:
            return None
        of = persons.told_of(sentence, counted.end, state, self._grammar)
        for after in self._story.sentences[index + 1 : index + _SPOKEN_SENTENCES]:
            quoted = self._in_speech(index, they.start()) and after.paragraph == sentence.paragraph
            if of is None and quoted:
                of = persons.told_of(after, after.start, state, self._grammar)
        if of is None and they[0].lower().startswith("he"):
            led = self._led_by(index - 1) if index else []
            of = led[0].force if led else None
        if of is None and state is not None:
            of = self._other(index, they.start(), counted.end, state)
        return of

    def _foe(self, index: int, item: Found, state: str | None) -> str | None:
        """Return the speaker's enemy where "the enemy", or "he" after it, has the number."""
        counted, grammar = item.counted, self._grammar
        sentence, left = self._story.sentences[index], counted.quantity.left
        foe = grammar.last("force.enemies", sentence.text, sentence.start, left)
        part = foe is not None and _OF_THEM.search(sentence.text, foe.end(), left) is not None
        led = foe and (
            part or counted.anaphoric or persons.leads(sentence, foe.end(), left, grammar)
        )
        if not led:
            before = self._story.sentences[index - 1] if index else None
            it = persons.pronoun(sentence, counted, grammar)
            if (
                before is None
                or not (it or counted.anaphoric)
                or list(persons.subjects(before, grammar))
            ):
                return None
            if not grammar.search("force.enemies", before.text, before.start, before.end):
                return None
        speaks = state or self._commands(index) or self._defender(index, item.place.place)
        return self._knowledge.adversary(speaks) if speaks is not None else None

    def _other(self, index: int, before: int, after: int, state: str) -> str | None:
        """Return of whom a speaker says "they": the last other one named, or his adversary."""
        sentences, grammar = self._story.sentences, self._grammar
        here = sentences[index]
        found = persons.other_named(here, here.start, before, state, grammar)
        found = found or persons.told_of(here, after, state, grammar)
        for earlier in range(index - 1, max(-1, index - 1 - _SPOKEN_SENTENCES), -1):
            if found is not None:
                break
            one = sentences[earlier]
            found = persons.other_named(one, one.start, one.end, state, grammar)
        if found is None and index + 1 < len(sentences):
            there = sentences[index + 1]
            found = persons.told_of(there, there.start, state, grammar)
        return found or self._knowledge.adversary(state)

    def _stands_for(self, index: int, item: Found, state: str | None) -> str | None:
        """Return whom "it", "they" or an epithet that has the number means: the subject before it."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        it = persons.pronoun_behind(sentence, counted, grammar)
        it = it or persons.pronoun(sentence, counted, grammar)
        word = it[0].lower().split()[-1].partition("'")[0] if it is not None else "epithet"
        at = it.start() if it is not None else persons.epithet(sentence, counted, grammar)
        if at is None:
            own = persons.possessive(sentence, counted)
            word, at = (own[0].lower(), own.start()) if own is not None else (word, at)
        if at is None:
            return None
        cue = item.cue
        told = cue is not None and cue.source is not None and sentence.start <= cue.start < at
        found = list(persons.subjects(sentence, grammar, at))
        claim = _CLAIM_THAT.search(sentence.text, sentence.start, at)
        if claim is not None and found and found[0].force != state:
            return found[0].force  # "Beijing rejected a Pentagon claim that it was training N"
        theirs = word not in {"they", "their"} or state not in self._knowledge.homes
        theirs = theirs and not _is_another(word, sentence, cue)
        if told and state is not None and theirs and all(one.speaks for one in found):
            return state  # "The IDF said that it would keep N"
        silent = [one for one in found if not one.speaks]
        if not silent and self._is_irregular(item):
            led = self._subject_group(index - 1)
            group = led or self._last_group(index, at, most=SUBJECT_SENTENCES)
            if group is not None:
                return group  # "Turkey wants the SDF to dissolve. Of its 50,000 fighters, ..."
        for earlier in range(index - 1, max(-1, index - 1 - SUBJECT_SENTENCES), -1):
            if silent:
                break
            silent = list(persons.subjects(self._story.sentences[earlier], grammar))
            silent = silent or self._led_by(earlier) or self._opened_by(earlier)
        whose = persons.antecedent(silent, word)
        if whose is None and it is None:
            end = sentence.end
            whose = persons.other_named(sentence, counted.end, end, state or "", grammar)
        return whose or (state if word not in {"they", "their"} else None)

    def _subject_group(self, index: int) -> str | None:
        """Return the one armed group that a sentence is about: its subject, not who else it names."""
        if index < 0:
            return None
        found = list(persons.subjects(self._story.sentences[index], self._grammar))
        group = found[0].force if found else ""
        return group if group.islower() and not found[0].speaks else None

    def _defender(self, index: int, spot: str | None) -> str | None:
        """Return who calls others the enemy at a place: of two rivals the one listed first."""
        rivals, homes = self._knowledge.rivals, self._knowledge.homes
        named = (
            name.senses[NameKind.PLACE]
            for name in self._story.sentences[index].names
            if NameKind.PLACE in name.senses
        )
        spot = spot or next(named, None)
        for force_id in rivals:
            home = homes.get(force_id)
            here = spot is not None and home and self._knowledge.gazetteer.is_within(spot, home)
            if here or force_id == self._story.state_before(index):
                return next(one for one in rivals if one in {force_id, rivals[force_id]})
        return None

    def _group(self, index: int, item: Found) -> str | None:
        """Return the armed group that "the group" or "the rebels" stands for: the last one named."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        floor = clause_start(sentence, left, self._grammar)
        found = self._grammar.search("force.groups", sentence.text, floor, left)
        if found is None:  # "The rebel group, with 60,000 fighters of its own, ..."
            found = self._grammar.search("force.groups", sentence.text, sentence.start, left)
            if found is not None and persons.others_act(sentence, found.end(), left, self._grammar):
                found = None
        has = found is not None and acts(sentence.text, found.end(), left, self._grammar)
        if found is None or not has:
            found = persons.group_behind(sentence, item.counted, self._grammar)
        return self._last_group(index, found.start()) if found is not None else None

    def _last_group(
        self, index: int, position: int, other_than: str | None = None, most: int = _GROUP_SENTENCES
    ) -> str | None:
        """Return the last force named before a position that is no state's own."""
        forces = self._knowledge.gazetteer.forces
        for earlier in range(index, max(-1, index - most), -1):
            for name in reversed(self._story.sentences[earlier].names):
                slug = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.ADJECTIVE, "")
                node = forces.get(slug) if slug.islower() else None  # no alliance is a group
                before = earlier < index or name.end <= position
                own = node is None or node.id in self._knowledge.homes or node.id == other_than
                if node is not None and before and not own:
                    return node.id
        return None

    def _own_force(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Return the force of a leader who acts, of the speaker's enemy, or of the speaker himself."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        speaks = state or self._defender(index, item.place.place)
        if speaks is not None and force.enemy(sentence, counted, grammar):
            enemy = self._knowledge.adversary(speaks) or self._other(
                index, counted.quantity.left, counted.end, speaks
            )
            if enemy is not None:
                return ForceFound(enemy, "enemy")
        named = {
            "group": self._group(index, item),
            "leader": force.leader(sentence, counted, grammar, self._knowledge),
        }
        for rule, found in named.items():
            if found is not None:
                return ForceFound(found, rule)
        whose = self._army(index, item, state)
        return ForceFound(whose, "speaker") if whose else None

    def is_owned(self, index: int, item: Found) -> bool:
        """Say whether a pronoun or an epithet gives the number an owner: "it had 2,000 men"."""
        return self._stands_for(index, item, None) is not None

    def _army(self, index: int, item: Found, state: str | None) -> str | None:
        """Return whose "the army" or "the junta" is that has the number: the speaker's, or its place's."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        until = counted.quantity.left
        quote = sentence.text.rfind('"', sentence.start, until)
        embedded = quote > sentence.start + 1 and sentence.text[quote - 2].isalnum()
        # The country would "recruit 40,000 soldiers": the clause begins before the quotation.
        left = clause_start(sentence, quote if embedded else until, grammar)
        own = grammar.search("attribution.own_army", sentence.text, left, until)
        first = grammar.patterns["attribution.own_army"].match(sentence.text, sentence.start)
        if own is None and first is not None and _INSERTED.match(sentence.text, first.end(), until):
            own = first
        if own is not None and own[0].lower() == "we":
            return None  # "We count 40,000 soldiers"; what "we" have is asked before
        after = own and _INSERTED.match(sentence.text, own.end(), until)
        begin = after.end() if after else own.end() if own else left
        says = own and grammar.search("attribution.verbs", sentence.text, begin, until)
        if not own or says or not acts(sentence.text, begin, until, grammar):
            return None
        return (
            force.seated(sentence, own.end())
            or state
            or force.named_before(sentence, own.start())
            or self._state_before(index)
            or (None if own[0].lower() in _WE else self._keeper(item.place.place))
        )


def _is_another(word: str, sentence: Sentence, cue: Cue | None) -> bool:
    """Read "officials estimate that of the 15,000 he sent": he is somebody else than those who say it."""
    if word not in {"he", "she", "his", "her"} or cue is None:
        return False
    return _MANY_SAY.search(sentence.text, cue.start, cue.end) is not None
