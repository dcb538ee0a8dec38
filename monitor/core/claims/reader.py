# SPDX-License-Identifier: Apache-2.0
"""One measure's reading of a story: every number becomes a mention or a rejection.

What it is not: any single rule (see the layers), or what the text says around (`story`). Rules of
this file: nothing is taken from a sentence without a number; every field says which rule set it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from monitor.core.claims import dating, force, kinds, overrides
from monitor.core.claims.antecedents import NO_COUNT
from monitor.core.claims.counted import Counted
from monitor.core.claims.cue_words import StatusFound
from monitor.core.claims.cues import Cue, covering, is_inserted, leads_on, of_part
from monitor.core.claims.grammar import WEAK_BELOW, Grammar, Sentence
from monitor.core.claims.heads import count
from monitor.core.claims.losses import is_event
from monitor.core.claims.merge import Mention
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.owners import Owners
from monitor.core.claims.questions import is_question
from monitor.core.claims.refusals import LOST, Refusals
from monitor.core.claims.rejects import early
from monitor.core.claims.relations import Found, coordinate, keep_status, relate
from monitor.core.claims.resumed import are_many, asked_before, ends, has_somewhere, resumed
from monitor.core.claims.spokesmen import speaks_for_body
from monitor.core.claims.spots import Spot
from monitor.core.claims.story import Story
from monitor.core.claims.topic import CONTEXT_SENTENCES, TALK, Topic
from monitor.core.claims.whereabouts import Whereabouts
from monitor.core.knowledge import Knowledge
from monitor.core.model import Kind, Rejection, Status, TextField

_LEAD = 3
# "two sources said" does not change what is being counted.
_FEWEST = 20
# Rules that make a number a part of the one before it.
_PARTS = frozenset({"including", "part-with-own-place", "of-them"})
# Why a number of the text counts others than soldiers.
_OTHERS = frozenset({"weak-noun", "other-crowd"})
# Why numbers are refused that say when something is, not how many.
_MOMENTS = frozenset({"year", "date", "time", "code", "designation"})
_NO_COMMENT = re.compile(
    r"\b(?:declined|refused|refuses|declines|would\s+not|will\s+not|did\s+not)\s+(?:to\s+)?(?:comment|be\s+drawn)\s+on\s+"
    r"(?:[a-z]+\s+){0,3}(?:reports?|claims?|speculation|rumou?rs)\s+(?:that|of|about)\s[^.;]{0,60}$"
)
# "US troops will leave, and the last of the 2,500 should be gone by May"
_LAST_OF = re.compile(
    r"\b(?:last|first|rest|remainder|remaining|most|bulk)\s+of\s+(?:the|its|their)\s+(?:\w+\s+)?\Z"
)
# "and the 4,000 that the experts write about"
_THE = re.compile(r"\bthe\s+\Z")
_THAT_SAY = re.compile(r"\s+(?:that|which|whom|who)\s")
# How near a day stands to the words that say when somebody spoke.
_SAID_ON = 24


class Reader(Refusals):
    """Reads one story for one measure."""

    def __init__(
        self, story: Story, knowledge: Knowledge, grammar: Grammar, published: date | None
    ) -> None:
        self._knowledge, self._published = knowledge, published
        self._claimed: dict[int, list[str]] = {}
        topic = Topic(story, knowledge, grammar, self._claimed)
        owners = Owners(story, knowledge, grammar, self._forces_before)
        super().__init__(story, grammar, topic, owners, self._claimed)
        self._where = Whereabouts(story, knowledge, grammar, self._forces_of)
        self.mentions: list[Mention] = []
        self.rejected: list[Rejection] = []

    def read(self) -> None:
        """Read all sentences, in order."""
        for index, sentence in enumerate(self._story.sentences):
            if sentence.quantities:
                self._read_sentence(index, sentence)
        self._heed_the_body()

    def _heed_the_body(self) -> None:
        """Drop "25,000 North Koreans" of a title whose text calls the same number workers."""
        others = {
            round(item.value or 0): item.reason
            for item in self.rejected
            if item.span.field is TextField.TEXT and item.reason in _OTHERS
        }
        for mention in list(self.mentions) if others else ():
            evidence, value = mention.evidence, mention.quantity.low
            if evidence.span.field is not TextField.TITLE or value not in others:
                continue
            told = any(
                one.quantity.low == value and one.evidence.span.field is TextField.TEXT
                for one in self.mentions
            )
            if mention.shape == "people" and not told:
                self.mentions.remove(mention)
                self.rejected.append(
                    Rejection(
                        text=evidence.text,
                        value=float(value),
                        reason=others[value],
                        span=evidence.span,
                    )
                )

    # --- one sentence --------------------------------------------------------------------------

    def _read_sentence(self, index: int, sentence: Sentence) -> None:
        taken: list[Found] = []
        refused: str | None = None
        for quantity in sentence.quantities:
            reason = early(sentence, quantity, self._grammar)
            if reason is None:
                reason = self._take(index, sentence, quantity, taken, refused)
            self._counted.note(index, reason)
            if reason is None:
                continue
            if reason not in NO_COUNT:
                refused = reason
            if reason not in _MOMENTS:
                self._no_figure[index] = reason
            if reason in LOST:
                self._lost.add(index)
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
        in_context = bool(taken) or self._topic.in_context(index)
        counted = count(sentence, quantity, self._grammar, in_context=in_context)
        if counted is None and not self._grammar.fates and self._resumes(index, quantity):
            counted = resumed(sentence, quantity, self._grammar)
        if (
            counted is None
            and quantity.high >= _FEWEST
            and not ends(sentence, quantity, self._grammar)
        ):
            self._counted.other(index)
        if not isinstance(counted, Counted):
            return counted.reason if counted is not None else "no-noun"
        if counted.shape == "people" and (taken or self._topic.are_soldiers(index, counted)):
            counted.weight = max(counted.weight, WEAK_BELOW)
        item = self._found(index, sentence, counted, taken)
        reason = self._refusal(index, item, refused, taken)
        if reason is None:
            taken.append(item)
        return reason

    def _resumes(self, index: int, quantity: Quantity) -> bool:
        """Say whether the number counted last, here or just before, was one of the measure.

        Where none was counted, troops that were named or asked for do instead.
        """
        last = self._counted.last(index, CONTEXT_SENTENCES)
        if last is not None:
            return last
        sentences = self._story.sentences
        text, start = sentences[index].text, sentences[index].start
        definite = _LAST_OF.search(text, start, quantity.left) or (
            _THE.search(text, start, quantity.left) and _THAT_SAY.match(text, quantity.right)
        )
        if definite and self._topic.is_sure(index):
            return True
        before = range(max(0, index - TALK), index)
        if any(
            self._topic.is_sure(one) or self._topic.asks_for_it(sentences[one]) for one in before
        ):
            return True
        if index and self._topic.is_about_it and is_question(sentences[index - 1]):
            return self._topic.speaks_of_it(index - 1)
        if self._are_many(index, quantity):
            return True
        return self._topic.in_context(index) and (
            asked_before(sentences[index], quantity, self._grammar)
            or has_somewhere(sentences[index], quantity)
        )

    def _are_many(self, index: int, quantity: Quantity) -> bool:
        """Read "They are 700 at most" of the jihadists around a town, named behind it."""
        sentences = self._story.sentences
        if not are_many(sentences[index], quantity):
            return False
        near = sentences[index : index + 2]
        return any(
            self._grammar.weight(head[0]) >= WEAK_BELOW
            for one in near
            for head in self._grammar.heads_of(one).values()
        )

    def _conclude(self, index: int, sentence: Sentence, taken: Sequence[Found]) -> None:
        coordinate(sentence, taken)
        here, own = self._story.scenes.spots(index), self._story.own_cues(index)
        for item in taken:
            self._complete(index, item, here, own)
        relate(sentence, taken, self._knowledge.gazetteer)
        said_before: Mention | None = None
        claimed: list[str] = []
        for item in taken:
            mention = self._mention(index, item)
            keep_status(mention, said_before, item.counted, sentence)
            if mention.place is None and item.kind_rule in _PARTS and said_before is not None:
                mention.place = said_before.place  # the whole has its place from before
            self.mentions.append(mention)
            said_before = mention
            claimed += [mention.force] if mention.force else []
            if mention.place is not None:
                self._where.placed[index] = mention.place
        self._claimed[index] = claimed

    def _forces_before(self, index: int, most: int | None = None) -> list[str]:
        """Return the forces claimed and spoken of before a sentence, the newest first."""
        found: list[str] = []
        for earlier in range(index - 1, -1, -1):
            found += self._claimed.get(earlier, ())
            found += reversed(self._story.spoken_of(earlier))
            if most is not None and len(found) >= most:
                break
        return found

    def _forces_of(self, index: int) -> list[str]:
        return [*self._claimed.get(index, ()), *self._story.spoken_of(index)]

    def _found(
        self, index: int, sentence: Sentence, counted: Counted, taken: Sequence[Found]
    ) -> Found:
        kind, rule = kinds.kind_of(sentence, counted, self._grammar)
        earlier = next((item.force.force for item in reversed(taken) if item.force.force), None)
        whose = force.resolve(
            sentence,
            counted,
            self._grammar,
            lambda: next(iter(self._forces_before(index, 1)), None),
            earlier,
            self._knowledge,
        )
        return Found(counted=counted, kind=kind, kind_rule=rule, force=whose)

    def _refusal(
        self, index: int, item: Found, refused: str | None, taken: Sequence[Found]
    ) -> str | None:
        if item.counted.whole is not None and item.counted.quantity.high == 1:
            return "below-floor"  # "and one of 1,000 sappers"
        part = self._refused_part(index, item, refused, taken) or self._refused_talk(
            index, item.counted, refused, taken
        )
        if part is not None:
            return part
        # "Three of whom" needs its whole beside it; "one of them" alone may be anything.
        is_part = item.kind is Kind.SUBSET and (bool(taken) or not item.counted.anaphoric)
        reason = self._rejection(index, item, is_part=is_part, beside=bool(taken))
        if reason is not None or self._grammar.fates:
            return reason
        if self._is_loss(index, item, refused, taken):
            return "casualty"
        few = not taken and is_event(self._story.sentences[index], item.counted, self._grammar)
        return "incident" if few else None

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
            if not is_inserted(sentence, cue)
            for position in (cue.start, cue.end)
        ]
        if item.counted.force is None:
            item.counted.force = item.force.force
        apart = [
            cue
            for cue in own
            if cue.start < item.counted.end or not leads_on(sentence, cue, item.counted.end)
        ]
        item.cue = covering(of_part(sentence, apart, quantity), quantity.start, item.counted.end)
        if item.cue is not None and _NO_COMMENT.search(
            sentence.text, sentence.start, item.counted.quantity.left
        ):
            # "declined to comment on reports that N": nobody's word who is named
            item.cue = item.cue if item.cue.rule in {"estimate", "given"} else None
        else:
            item.cue = item.cue or self._story.told_around(index)
        item.place = self._where.find(index, item, here, ends)

    # --- the mention ----------------------------------------------------------------------------

    def _is_scene(self, cue: Cue, force: str | None, place: str | None) -> bool:
        """Read "Ecuador: 10,000 soldiers move into Guayaquil": where it happens, and nobody's word."""
        if not (cue.weak and cue.rule == "heading" and cue.source is not None):
            return False
        state = self._knowledge.states_by_family.get(cue.source.family)
        home = self._knowledge.homes.get(state or "")
        inside = place is not None and self._knowledge.country_of(place) == home
        return inside and force in {None, state}

    def _of_body(self, index: int, cue: Cue | None, force: str | None) -> Cue | None:
        """Give "a spokeswoman for the post" the state whose soldiers she counts."""
        if cue is None or cue.source is None or cue.rule not in {"role", "title", "inverted"}:
            return cue
        if not cue.source.id.startswith("text:") or force not in self._knowledge.homes:
            return cue
        words = self._story.sentences[index].text[cue.start : cue.end]
        government = self._story.government(force or "")
        if government is None or not (speaks_for_body(words) or speaks_for_body(cue.source.name)):
            return cue
        return replace(cue, source=government, rule="body")

    def _mention(self, index: int, item: Found) -> Mention:
        sentence, page = self._story.sentences[index], self._story.page(index)
        counted, quantity = item.counted, item.counted.quantity
        sense = self._settled(index, item)
        whose = self._owners.resolve(index, item, sense.status)
        if item.cue is not None and self._is_scene(item.cue, whose.force, item.place.place):
            item.cue = None
        recalled = dating.is_recalled(sentence, counted, self._grammar)
        lasts = sense.status is Status.PRESENT and not recalled
        lasts = lasts or sense.rule == "past-gone-on"
        item.place = self._where.carried(index, counted, item.place, whose.force, lasts=lasts)
        if sense.status is Status.EXERCISE:
            item.place = self._where.drilled(index, counted, item.place)
        item.place = self._where.narrowed(index, counted, item.place)
        item.cue = self._of_body(index, item.cue, whose.force)
        dated = self._dated(sentence, item, sense.status)
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
            place_text=item.place.literal,
            source=item.cue.source if item.cue else None,
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

    def _settled(self, index: int, item: Found) -> StatusFound:
        """Return the status of a number in its story, and leave the cue of whose word it then is."""
        case = overrides.Case(
            index=index,
            counted=item.counted,
            story=self._story,
            grammar=self._grammar,
            published=self._published,
            mentions=self.mentions,
            claimed=self._claimed,
        )
        standing = overrides.settle(case, item.cue)
        item.cue = standing.cue
        return standing.found

    def _dated(self, sentence: Sentence, item: Found, sense: Status) -> dating.Dated | None:
        """Return the day for which a number holds; that of a plan is when it was said, not when it falls due."""
        found = dating.dates(sentence, self._grammar, self._published)
        dated = dating.as_of(found, sentence, item.counted)
        if sense not in {Status.PLANNED, Status.HYPOTHETICAL} or dated is None:
            return dated
        said_then = item.cue is not None and abs(dated.start - item.cue.end) < _SAID_ON
        return dated if said_then else None
