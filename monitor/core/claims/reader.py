# SPDX-License-Identifier: Apache-2.0
"""One measure's reading of a story: every number becomes a mention or a rejection.

What it is not: any single rule (see the layers), or what the text says around (`story`). Rules of
this file: nothing is taken from a sentence without a number; every field says which rule set it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.core.claims import force, place, status
from monitor.core.claims.counted import Counted
from monitor.core.claims.cues import Cue, covering
from monitor.core.claims.grammar import WEAK_BELOW, Grammar, Sentence
from monitor.core.claims.heads import count
from monitor.core.claims.merge import Mention
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.rejects import early, reject
from monitor.core.claims.relations import Found, coordinate, keep_status, relate
from monitor.core.claims.scopes import clause_start
from monitor.core.claims.story import Story
from monitor.core.knowledge import Knowledge, NameKind
from monitor.core.model import Kind, Rejection, Status, TextField

# How many sentences back "about 10,000 have gone there" may find its troops.
_CONTEXT_SENTENCES = 4
# Ministries that count their own troops when they name nobody else's.
_OFFICIAL = ("-defence-ministry", "-military", "pentagon", "centcom")
# Sources whose speakers count soldiers when they say "men".
_MILITARY = (*_OFFICIAL, "-general-staff", "-hur", "-army", "-armed-forces", "-jcs", "idf")
_LEAD = 3
_TALK = 2


class Reader:
    """Reads one story for one measure."""

    def __init__(
        self, story: Story, knowledge: Knowledge, grammar: Grammar, published: date | None
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._published = published
        self._claimed: dict[int, list[str]] = {}
        self._contexts: dict[int, bool] = {}
        self._is_about_it = any(
            grammar.sure.search(sentence.text, sentence.start, sentence.end)
            for sentence in story.sentences
        )
        self.mentions: list[Mention] = []
        self.rejected: list[Rejection] = []

    def read(self) -> None:
        """Read all sentences, in order."""
        for index, sentence in enumerate(self._story.sentences):
            if sentence.quantities:
                self._read_sentence(index, sentence)

    # --- one sentence --------------------------------------------------------------------------

    def _read_sentence(self, index: int, sentence: Sentence) -> None:
        taken: list[Found] = []
        refused: str | None = None
        for quantity in sentence.quantities:
            reason = early(sentence, quantity, self._grammar)
            if reason is None:
                reason = self._take(index, sentence, quantity, taken, refused)
            if reason is None:
                continue
            if reason != "no-noun":
                refused = reason
            self._reject(index, quantity, reason)
        if taken:
            self._conclude(index, sentence, taken)

    def _take(
        self,
        index: int,
        sentence: Sentence,
        quantity: Quantity,
        taken: list[Found],
        refused: str | None,
    ) -> str | None:
        """Add what the number counts to `taken`, or return why it counts nothing."""
        counted = count(sentence, quantity, self._grammar, in_context=self._in_context(index))
        if not isinstance(counted, Counted):
            return counted.reason if counted is not None else "no-noun"
        if counted.shape == "people" and (taken or self._is_strong_talk(index)):
            counted.weight = max(counted.weight, WEAK_BELOW)
        item = self._found(index, sentence, counted, taken)
        reason = self._refusal(index, item, refused, taken)
        if reason is None:
            taken.append(item)
        return reason

    def _conclude(self, index: int, sentence: Sentence, taken: Sequence[Found]) -> None:
        coordinate(sentence, taken)
        here, own = self._story.spots(index), self._story.own_cues(index)
        for item in taken:
            self._complete(index, item, here, own)
        relate(taken)
        said_before: Mention | None = None
        for item in taken:
            mention = self._mention(index, item)
            keep_status(mention, said_before, item.counted)
            self.mentions.append(mention)
            said_before = mention
        self._claimed[index] = [item.force.force for item in taken if item.force.force]

    def _speaks_of_it(self, index: int) -> bool:
        if index not in self._contexts:
            sentence, grammar = self._story.sentences[index], self._grammar
            where = (sentence.text, sentence.start, sentence.end)
            self._contexts[index] = grammar.context.search(*where) is not None or (
                self._is_about_it and grammar.people.search(*where) is not None
            )
        return self._contexts[index]

    def _spoken_before(self, index: int) -> bool:
        """Say whether one of the sentences just before speaks of the measure."""
        return any(map(self._speaks_of_it, range(max(0, index - _CONTEXT_SENTENCES), index)))

    def _in_context(self, index: int) -> bool:
        """Say whether the measure is spoken of: before, here, or in the rest of a quotation."""
        if self._speaks_of_it(index):
            return True
        ahead = range(index, index + len(self._story.ahead(index)))
        return any(map(self._speaks_of_it, ahead)) or self._spoken_before(index)

    def _is_strong_talk(self, index: int) -> bool:
        """Say whether a neighbouring sentence names troops outright, so that "men" are troops too."""
        sentences = self._story.sentences
        near = [*sentences[max(0, index - _TALK) : index], *sentences[index + 1 : index + 2]]
        return any(self._grammar.sure.search(other.text, other.start, other.end) for other in near)

    def _soldiers_speak(self, sentence: Sentence) -> bool:
        """Say whether a listed speaker of the sentence is military: his men are soldiers."""
        nodes = self._knowledge.gazetteer.sources
        for name in sentence.speakers:
            node = nodes.get(name.senses.get(NameKind.SOURCE, ""))
            while node is not None:
                if node.id.endswith(_MILITARY):
                    return True
                node = nodes.get(node.parent) if node.parent else None
        return False

    def _forces_before(self, index: int, most: int | None = None) -> list[str]:
        """Return the forces claimed and spoken of before a sentence, the newest first."""
        found: list[str] = []
        for earlier in range(index - 1, -1, -1):
            found += self._claimed.get(earlier, ())
            found += reversed(self._story.spoken_of(earlier))
            if most is not None and len(found) >= most:
                break
        return found

    def _found(
        self, index: int, sentence: Sentence, counted: Counted, taken: Sequence[Found]
    ) -> Found:
        kind, rule = status.kind_of(sentence, counted, self._grammar)
        earlier = next((item.force.force for item in reversed(taken) if item.force.force), None)
        whose = force.resolve(
            sentence,
            counted,
            self._grammar,
            lambda: next(iter(self._forces_before(index, 1)), None),
            earlier,
        )
        return Found(counted=counted, kind=kind, kind_rule=rule, force=whose)

    def _refusal(
        self, index: int, item: Found, refused: str | None, taken: Sequence[Found]
    ) -> str | None:
        # "Three of whom" needs its whole beside it; "one of them" alone may be anything.
        sentence = self._story.sentences[index]
        is_part = item.kind is Kind.SUBSET and (bool(taken) or not item.counted.anaphoric)
        if item.counted.anaphoric and item.counted.shape == "partitive" and refused is not None:
            return refused
        if (
            is_part
            and item.kind_rule == "including"
            and refused is not None
            and (refused in {"casualty", "other-crowd"} or refused.startswith("counts "))
        ):
            return refused
        return reject(
            sentence,
            item.counted,
            self._grammar,
            in_talk=self._is_strong_talk(index) or self._soldiers_speak(sentence),
            has_force=(
                item.force.force is not None
                and item.force.rule not in {"paragraph", "sentence", "none"}
            )
            or self._grammar.search(
                "force.enemies", sentence.text, sentence.start, item.counted.end
            )
            is not None,
            is_part=is_part,
        )

    def _reject(self, index: int, quantity: Quantity, reason: str) -> None:
        text, span = self._story.page(index).span(quantity.start, quantity.end)
        self.rejected.append(
            Rejection(text=text, value=float(quantity.low), reason=reason, span=span)
        )

    def _complete(
        self,
        index: int,
        item: Found,
        here: Sequence[place.Spot],
        own: Sequence[Cue],
    ) -> None:
        sentence, quantity = self._story.sentences[index], item.counted.quantity
        ends = [
            position
            for cue in own
            if not _is_inserted(sentence, cue)
            for position in (cue.start, cue.end)
        ]
        if item.counted.force is None:
            item.counted.force = item.force.force
        item.place = place.resolve(
            sentence, item.counted, self._grammar, here, ends, self._knowledge.homes
        )
        item.cue = covering(own, quantity.start, item.counted.end)
        item.cue = item.cue or self._story.told_around(index)
        if item.place.place is None:
            item.place = self._elsewhere(index, item, here)
        beside = item.place.rule == "left" and quantity is not sentence.quantities[0]
        home = self._knowledge.homes.get(item.force.force or "")
        if (item.place.place is None or beside) and home is not None:
            whole = place.is_whole_army(sentence, item.counted, self._grammar)
            item.place = place.PlaceFound(home, None, "home") if whole else item.place

    def _elsewhere(self, index: int, item: Found, here: Sequence[place.Spot]) -> place.PlaceFound:
        """Return the place that "there", "on our soil" or the topic of a quotation points to."""
        sentence = self._story.sentences[index]
        counted, source = item.counted, item.cue.source if item.cue else None
        state = self._knowledge.states_by_family.get(source.family) if source else None
        soil = place.own_soil(sentence, counted, self._grammar)
        if soil and state is not None and state in self._knowledge.homes:
            return place.PlaceFound(self._knowledge.homes[state], None, "own-soil")
        if place.says_there(sentence, counted, self._grammar):
            before = [spot for spot in here if spot.end <= counted.quantity.left]
            last = before or self._story.spots_before(index) or here
            if last:
                return place.PlaceFound(last[-1].place, last[-1].region, "there")
        for other in self._story.ahead(index):
            found = place.topic(other, max(other.start, counted.end), self._grammar)
            if found.place is not None:
                return found
        return place.NOWHERE

    # --- the mention ----------------------------------------------------------------------------

    def _mention(self, index: int, item: Found) -> Mention:
        sentence, page = self._story.sentences[index], self._story.page(index)
        counted, quantity = item.counted, item.counted.quantity
        said_until = self._said_until(sentence, item.cue)
        sense = status.status_of(sentence, counted, self._grammar, said_until, self._published)
        source = item.cue.source if item.cue else None
        whose = self._force(index, item, sense.status)
        dated = status.as_of(
            status.dates(sentence, self._grammar, self._published), sentence, counted
        )
        if sense.status in {Status.PLANNED, Status.HYPOTHETICAL} and dated is not None:
            near_cue = item.cue is not None and abs(dated.start - item.cue.end) < 24
            dated = dated if near_cue else None
        return Mention(
            measure=self._grammar.measure.id,
            unit=counted.unit or self._grammar.measure.unit,
            quantity=quantity,
            surface=page.span(quantity.start, quantity.end)[0],
            shape=counted.shape,
            weight=counted.weight,
            force=whose.force,
            force_rule=whose.rule,
            place=item.place.place,
            region=item.place.region,
            place_rule=item.place.rule,
            source=source,
            source_rule=item.cue.rule if item.cue else "none",
            channel=item.cue.channel if item.cue else None,
            status=sense.status,
            status_rule=sense.rule,
            kind=item.kind,
            kind_rule=item.kind_rule,
            as_of=dated.day if dated else None,
            recalled=status.is_recalled(sentence, counted, self._grammar),
            evidence=page.evidence(sentence, quantity),
            lead=page.field is TextField.TITLE or index < _LEAD,
        )

    def _said_until(self, sentence: Sentence, cue: Cue | None) -> int:
        """Return where the words about the speaker end; "expects" also says something of the figure."""
        if cue is None:
            return 0
        plans = self._grammar.search("status.planned", sentence.text, cue.start, cue.end)
        return cue.start if plans else cue.end

    def _force(self, index: int, item: Found, sense: Status) -> force.ForceFound:
        """Return the force, or whom the speaker, a leader or the document point to."""
        found, source = item.force, item.cue.source if item.cue else None
        state = self._knowledge.states_by_family.get(source.family) if source else None
        if found.rule in {"paragraph", "none"} or (found.rule == "sentence" and not found.force):
            own = self._own_force(index, item, state)
            if own is not None:
                return own
        if found.force is not None:
            return found
        official = source is not None and source.id.endswith(_OFFICIAL)
        if (sense is Status.EXERCISE or official) and state is not None:
            return force.ForceFound(state, "speaker")
        for other in range(index + 1, index + len(self._story.ahead(index))):
            for ahead in self._story.spoken_of(other):
                return force.ForceFound(ahead, "ahead")
        spoken = force.dominant(self._forces_before(index))
        return force.ForceFound(spoken, "document") if spoken else found

    def _defender(self, index: int, spot: str | None) -> str | None:
        """Return who calls others the enemy at a place: of two rivals the one listed first."""
        rivals, homes = self._knowledge.rivals, self._knowledge.homes
        for force_id in rivals:
            home = homes.get(force_id)
            here = spot is not None and home and self._knowledge.gazetteer.is_within(spot, home)
            if here or force_id == self._story.state_before(index):
                return next(one for one in rivals if one in {force_id, rivals[force_id]})
        return None

    def _own_force(self, index: int, item: Found, state: str | None) -> force.ForceFound | None:
        """Return the force of a leader who acts, of the speaker's enemy, or of the speaker himself."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        speaks = state or self._defender(index, item.place.place)
        enemy = force.rival(sentence, counted, grammar, self._knowledge.rivals, speaks)
        if enemy is not None:
            return force.ForceFound(enemy, "enemy")
        leader = force.leader(sentence, counted, grammar, self._knowledge)
        if leader is not None:
            return force.ForceFound(leader, "leader")
        rivals = self._knowledge.rivals
        alone = state is not None and state in rivals and not self._forces_before(index, 1)
        if state is not None and alone and force.they_act(sentence, counted, grammar):
            return force.ForceFound(rivals[state], "they")
        if state is not None and force.acts_itself(sentence, counted, grammar):
            return force.ForceFound(state, "speaker")
        until = counted.quantity.left
        left = clause_start(sentence, until, grammar)
        own = grammar.search("attribution.own_army", sentence.text, left, until)
        says = own and grammar.search("attribution.verbs", sentence.text, own.end(), until)
        whose = state or self._story.state_before(index)
        if own and not says and whose and force.acts(sentence.text, own.end(), until, grammar):
            return force.ForceFound(whose, "speaker")
        return None


def _is_inserted(sentence: Sentence, cue: Cue) -> bool:
    """Say whether the cue only interrupts: "They number 11,000, it said, and are billeted in …"."""
    before = sentence.text[max(sentence.start, cue.start - 2) : cue.start].strip()
    after = sentence.text[cue.end : cue.end + 5]
    return before.endswith(",") and after in {", and", ", but"}
