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
from monitor.core.claims.owners import Owners
from monitor.core.claims.rejects import early, reject
from monitor.core.claims.relations import Found, coordinate, keep_status, relate
from monitor.core.claims.spots import Spot
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
# "Another 5,000 will follow": how near the verb stands.
_SOON = 60
_GOES_ON = frozenset({"moving", "bare", "repeated", "subject", "numbered"})
# Numbers that say nothing of what the next one counts.
_NO_COUNT = frozenset({"no-noun", "year", "date", "time", "code", "designation"})
_TALK = 2


class Reader:
    """Reads one story for one measure."""

    def __init__(
        self, story: Story, knowledge: Knowledge, grammar: Grammar, published: date | None
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._published = published
        self._claimed: dict[int, list[str]] = {}
        self._placed: dict[int, str] = {}
        self._owners = Owners(story, knowledge, grammar, self._forces_before)
        self._contexts: dict[int, bool] = {}
        self._sure: dict[int, bool] = {}
        self._is_about_it = any(map(self._is_sure, range(len(story.sentences))))
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
            if reason not in _NO_COUNT:
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
        relate(sentence, taken, self._knowledge.gazetteer)
        said_before: Mention | None = None
        claimed: list[str] = []
        for item in taken:
            mention = self._mention(index, item)
            keep_status(mention, said_before, item.counted)
            self.mentions.append(mention)
            said_before = mention
            claimed += [mention.force] if mention.force else []
            if mention.place is not None:
                self._placed[index] = mention.place
        self._claimed[index] = claimed

    def _speaks_of_it(self, index: int) -> bool:
        if index not in self._contexts:
            sentence, grammar = self._story.sentences[index], self._grammar
            where = (sentence.text, sentence.start, sentence.end)
            self._contexts[index] = grammar.context.search(*where) is not None or (
                self._is_about_it and grammar.people.search(*where) is not None
            )
        return self._contexts[index]

    def _spoken_before(self, index: int) -> bool:
        """Say whether one of the sentences just before speaks of the measure, or gives a figure."""
        before = range(max(0, index - _CONTEXT_SENTENCES), index)
        return any(earlier in self._claimed or self._speaks_of_it(earlier) for earlier in before)

    def _in_context(self, index: int) -> bool:
        """Say whether the measure is spoken of: before, here, or in the rest of a quotation."""
        if self._speaks_of_it(index):
            return True
        ahead = range(index, index + len(self._story.ahead(index)))
        return any(map(self._speaks_of_it, ahead)) or self._spoken_before(index)

    def _is_strong_talk(self, index: int) -> bool:
        """Say whether a neighbouring sentence names troops outright, so that "men" are troops too."""
        sentences = self._story.sentences
        last = min(index + 2, len(sentences))
        near = (*range(max(0, index - _TALK), index), *range(index + 1, last))
        return any(map(self._is_sure, near))

    def _is_sure(self, index: int) -> bool:
        if index not in self._sure:
            one = self._story.sentences[index]
            self._sure[index] = self._grammar.sure.search(one.text, one.start, one.end) is not None
        return self._sure[index]

    def _soldiers_speak(self, index: int) -> bool:
        """Say whether the speaker is a soldier, by a list or his rank: his men are soldiers."""
        sentence = self._story.sentences[index]
        for other in self._story.beside(index):
            if self._grammar.search("attribution.ranks", other.text, other.start, other.end):
                return True
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
            in_talk=item.counted.weight < WEAK_BELOW
            and (self._is_strong_talk(index) or self._soldiers_speak(index)),
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
        here: Sequence[Spot],
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

    def _elsewhere(self, index: int, item: Found, here: Sequence[Spot]) -> place.PlaceFound:
        """Return the place that "there", "on our soil" or the topic of a quotation points to."""
        sentence, grammar = self._story.sentences[index], self._grammar
        counted, source = item.counted, item.cue.source if item.cue else None
        state = self._knowledge.states_by_family.get(source.family) if source else None
        soil = place.own_soil(sentence, counted, self._grammar)
        if soil and state is not None and state in self._knowledge.homes:
            return place.PlaceFound(self._knowledge.homes[state], None, "own-soil")
        pointed = place.there(
            sentence,
            counted,
            self._grammar,
            self._knowledge,
            here,
            place.Before(
                lambda: self._story.spots_before(index), lambda: self._story.state_before(index)
            ),
        )
        if pointed.place is not None:
            return pointed
        if grammar.search("places.following", sentence.text, counted.end, counted.end + _SOON):
            last = self._placed.get(index - 1) or self._placed.get(index)
            if last is not None:
                return place.PlaceFound(last, None, "following")
        asked = self._story.asked(index)
        if asked is not None and not here:
            return place.PlaceFound(asked.place, asked.region, "asked")
        for other in self._story.ahead(index):
            found = place.topic(other, max(other.start, counted.end), self._grammar)
            if found.place is not None:
                return found
        return place.NOWHERE

    def _gone_on(self, index: int, counted: Counted) -> place.PlaceFound:
        """Return the place of the figure before, of which a number without a noun of its own goes on."""
        sentences, last = self._story.sentences, self._placed.get(index - 1)
        if last is None or counted.shape not in _GOES_ON:
            return place.NOWHERE
        mates = sentences[index].paragraph == sentences[index - 1].paragraph
        return place.PlaceFound(last, None, "gone-on") if mates else place.NOWHERE

    # --- the mention ----------------------------------------------------------------------------

    def _mention(self, index: int, item: Found) -> Mention:
        sentence, page = self._story.sentences[index], self._story.page(index)
        counted, quantity = item.counted, item.counted.quantity
        said_until = self._said_until(sentence, item.cue)
        sense = status.status_of(sentence, counted, self._grammar, said_until, self._published)
        source = item.cue.source if item.cue else None
        if sense.status in {Status.PRESENT, Status.PLANNED}:
            denier = self._story.denier(index, source)
            if denier is not None:
                sense = status.StatusFound(Status.DENIED, "denied-next")
                item.cue = item.cue or denier
                source = item.cue.source
        whose = self._owners.resolve(index, item, sense.status)
        recalled = status.is_recalled(sentence, counted, self._grammar)
        if item.place.place is None and sense.status is Status.PRESENT and not recalled:
            item.place = self._gone_on(index, counted)
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
            recalled=recalled,
            evidence=page.evidence(sentence, quantity),
            lead=page.field is TextField.TITLE or index < _LEAD,
        )

    def _said_until(self, sentence: Sentence, cue: Cue | None) -> int:
        """Return where the words about the speaker end; "expects" also says something of the figure."""
        if cue is None:
            return 0
        plans = self._grammar.search("status.planned", sentence.text, cue.start, cue.end)
        return cue.start if plans else cue.end


def _is_inserted(sentence: Sentence, cue: Cue) -> bool:
    """Say whether the cue only interrupts: "They number 11,000, it said, and are billeted in …"."""
    before = sentence.text[max(sentence.start, cue.start - 2) : cue.start].strip()
    after = sentence.text[cue.end : cue.end + 5]
    return before.endswith(",") and after in {", and", ", but"}
