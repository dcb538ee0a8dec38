# SPDX-License-Identifier: Apache-2.0
"""Reads a document in a language with a pack: sentences, their numbers, the claims they make.

What it is not: any single rule (see the modules beside it). Rules of this file: title first, then
text, in order; nothing is taken from a sentence without a number; a pack that is partial says so in
each claim (`why`, and a confidence below any alert) and each number that it could not judge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from monitor.core.claims.inflected import days, sense, where, whose
from monitor.core.claims.inflected.counting import Counted, count
from monitor.core.claims.inflected.lexicon import HEAD, Lexicon
from monitor.core.claims.inflected.line import Line, sentences
from monitor.core.claims.inflected.numbers import Number, numbers
from monitor.core.claims.inflected.who import Cue, Speakers, covering
from monitor.core.claims.merge import Mention, merged
from monitor.core.knowledge import Knowledge, Measure, Name, NameKind
from monitor.core.model import Claim, Evidence, Extraction, Kind, Rejection, Source, Span, TextField
from monitor.core.packs import Pack
from monitor.core.text import normalise

_MOST_CHARACTERS = 200_000
_MOST_SENTENCE = 1_500
_CONTEXT_SENTENCES = 4
_MOST_FORCES = 6
# A claim read with a partial pack stays below the least confidence that the shipped rules ask for.
_PARTIAL_CONFIDENCE = 0.4
_PARTIAL = "partial-language"


class _Document(Protocol):
    @property
    def title(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...


@lru_cache(maxsize=16)
def _lexicon(pack: Pack, measure: str) -> Lexicon:
    return Lexicon(pack, measure)


def may_hold(
    text: str, pack: Pack, knowledge: Knowledge, measures: Collection[str] | None = None
) -> bool:
    """Say cheaply whether a text can hold a claim: a sentence's worth of it names what is counted."""
    begin = text[:_MOST_CHARACTERS]
    for measure in knowledge.measures:
        if measures is not None and measure not in measures:
            continue
        lexicon = _lexicon(pack, measure)
        for span in sentences(begin, pack):
            line = Line(begin, span, 0, pack, lexicon)
            if line.all(HEAD) or any(NameKind.PEOPLE in name.senses for name in line.names):
                return True
    return False


def read(
    document: _Document,
    knowledge: Knowledge,
    pack: Pack,
    language: str,
    measures: Collection[str] | None = None,
) -> Extraction:
    """Return every claim of the document and every number that is none, with the reason.

    `measures` limits the reading to some measures; None reads all that the pack has nouns for.
    """
    mentions: list[Mention] = []
    rejected: list[Rejection] = []
    published = document.published.date() if document.published else None
    for measure in knowledge.measures.values():
        if measure.id not in pack.heads or (measures is not None and measure.id not in measures):
            continue
        reader = _Reader(knowledge, pack, measure, published)
        for content, where_ in (
            ((document.title or "")[:_MOST_SENTENCE], TextField.TITLE),
            (document.text[:_MOST_CHARACTERS], TextField.TEXT),
        ):
            if content.strip():
                reader.read(content, where_)
        mentions += reader.mentions
        rejected += reader.rejected
    claims = merged(mentions, knowledge, published)
    return Extraction(
        claims=tuple(_told(claim, pack, language) for claim in claims),
        rejected=tuple(rejected),
        partial=None if pack.complete else language,
    )


def _told(claim: Claim, pack: Pack, language: str) -> Claim:
    """Return the claim with the pack it was read by."""
    if pack.complete:
        return replace(claim, why=(*claim.why, ("language", f"packs.{pack.id}")))
    return replace(
        claim,
        confidence=min(claim.confidence, _PARTIAL_CONFIDENCE),
        why=(*claim.why, ("language", f"packs.partial-{language}")),
    )


@dataclass(slots=True)
class _Item:
    """A number of one sentence on its way to a mention."""

    counted: Counted
    clause: sense.Clause
    kind: Kind
    kind_rule: str
    force: str | None
    force_rule: str
    spot: where.Spot | None = None
    place_rule: str = "none"


@dataclass(slots=True)
class _Memory:
    """What the text has said so far."""

    forces: list[str] = field(default_factory=list)
    speaker: Source | None = None
    spot: where.Spot | None = None
    last_head: int = -100
    number: int = 0


class _Reader:
    """Reads the title and then the text of one document for one measure."""

    def __init__(
        self, knowledge: Knowledge, pack: Pack, measure: Measure, published: date | None
    ) -> None:
        self._knowledge, self._pack, self._measure = knowledge, pack, measure
        self._lexicon = _lexicon(pack, measure.id)
        self._speakers = Speakers(knowledge)
        self._published = published
        self._memory = _Memory()
        self.mentions: list[Mention] = []
        self.rejected: list[Rejection] = []

    def read(self, content: str, where_: TextField) -> None:
        """Read one field of the document."""
        self._original, self._field = content, where_
        self._whole = normalise(content)
        lines = self._lines()
        cues = [self._speakers.cues(line) for line in lines]
        for index, line in enumerate(lines):
            own = self._resolved(index, lines, cues)
            found = numbers(line)
            if found:
                self._read_line(index, lines, found, own, cues)
            self._remember(line, own)

    def _lines(self) -> list[Line]:
        text = self._whole.text
        latin: Sequence[Name] = ()
        if self._pack.latin_names:
            latin = [*self._knowledge.actors.find(text), *self._knowledge.speakers.find(text)]
        lines: list[Line] = []
        paragraph, previous = 0, 0
        for start, stop in sentences(text, self._pack):
            end = min(stop, start + _MOST_SENTENCE)
            paragraph += "\n" in text[previous:start]
            previous = stop
            lines.append(Line(text, (start, end), paragraph, self._pack, self._lexicon, latin))
        return lines

    # --- speakers --------------------------------------------------------------------------------

    def _resolved(
        self, index: int, lines: Sequence[Line], cues: Sequence[Sequence[Cue]]
    ) -> list[Cue]:
        """Return a sentence's cues with pronouns and quotation speakers put in."""
        own: list[Cue] = []
        for cue in cues[index]:
            source = cue.source
            if source is None and cue.rule == "pronoun":
                source = self._memory.speaker
            elif source is None:
                source = self._quote_speaker(index, lines, cues)
            if source is not None:
                own.append(replace(cue, source=source))
        return own

    def _quote_speaker(
        self, index: int, lines: Sequence[Line], cues: Sequence[Sequence[Cue]]
    ) -> Source | None:
        for other in (index, index + 1, index - 1, index + 2, index - 2):
            if not 0 <= other < len(lines) or lines[other].paragraph != lines[index].paragraph:
                continue
            for cue in cues[other]:
                if cue.source is not None and cue.rule in {"said", "heading"} and not cue.outlet:
                    return cue.source
        return self._memory.speaker

    def _covering(
        self,
        index: int,
        lines: Sequence[Line],
        own: Sequence[Cue],
        cues: Sequence[Sequence[Cue]],
        counted: Counted,
    ) -> Cue | None:
        chosen = covering(own, counted.number.left, counted.end)
        if chosen is not None:
            return chosen
        if index + 1 < len(lines):
            said = self._speakers.backward(lines[index + 1])
            if said is not None:
                return Cue(start=0, end=0, source=said, rule="backward")
        if lines[index].in_quotation():
            speaker = self._quote_speaker(index, lines, cues)
            if speaker is not None:
                return Cue(start=0, end=0, source=speaker, rule="quote")
        return None

    def _remember(self, line: Line, own: Sequence[Cue]) -> None:
        self._memory.forces[:0] = [force for _, force in reversed(whose.spoken_of(line))]
        said = [cue for cue in own if cue.rule in {"said", "heading", "according"} and cue.source]
        said = [cue for cue in said if not cue.outlet]
        if said:
            self._memory.speaker = said[-1].source
        found = where.spots(line, self._knowledge.gazetteer) or where.named(line)
        if found:
            self._memory.spot = found[-1]
        if line.all(HEAD):
            self._memory.last_head = self._memory.number
        self._memory.number += 1

    # --- one sentence ----------------------------------------------------------------------------

    def _read_line(
        self,
        index: int,
        lines: Sequence[Line],
        found: Sequence[Number],
        own: Sequence[Cue],
        cues: Sequence[Sequence[Cue]],
    ) -> None:
        line = lines[index]
        spots = where.spots(line, self._knowledge.gazetteer)
        found = self._countable(line, found)
        taken = self._taken(line, found, spots)
        _relate(taken)
        for item in taken:
            cue = self._covering(index, lines, own, cues, item.counted)
            self.mentions.append(self._mention(line, item, found, cue))
        self._memory.forces[:0] = [item.force for item in taken if item.force]

    def _countable(self, line: Line, found: Sequence[Number]) -> list[Number]:
        """Return the numbers that may count something; a year does not cut a clause in two."""
        kept: list[Number] = []
        for number in found:
            reason = sense.early(line, number)
            if reason is None:
                kept.append(number)
            else:
                self._reject(line, number, reason)
        return kept

    def _taken(
        self, line: Line, found: Sequence[Number], spots: Sequence[where.Spot]
    ) -> list[_Item]:
        """Return the numbers that are claims; reject the others with their reason."""
        just_before = self._memory.number - self._memory.last_head <= _CONTEXT_SENTENCES
        in_context = just_before or bool(line.all(HEAD))
        taken: list[_Item] = []
        last_reason: str | None = None
        for number in found:
            counted = count(line, number, found, in_context=in_context)
            if isinstance(counted, Counted):
                item = self._item(line, counted, found, taken)
                self._place(line, item, spots, found)
                reason = self._refusal(line, item, last_reason, in_context=in_context)
                if reason is None:
                    taken.append(item)
                    continue
            else:
                reason = counted.reason if counted is not None else "no-noun"
            if reason != "no-noun":
                last_reason = reason
            self._reject(line, number, reason)
        return taken

    def _item(
        self,
        line: Line,
        counted: Counted,
        found: Sequence[Number],
        taken: Sequence[_Item],
    ) -> _Item:
        clause = sense.clause_of(line, counted, found)
        kind, kind_rule = sense.kind_of(line, counted)
        earlier = next((item.force for item in reversed(taken) if item.force), None)
        force, rule = whose.resolve(
            line, counted, clause, self._memory.forces[:_MOST_FORCES], earlier
        )
        if rule in {"none", "paragraph"}:
            leader = self._leader(line, clause, counted.number)
            force, rule = (leader, "leader") if leader else (force, rule)
        return _Item(counted, clause, kind, kind_rule, force, rule)

    def _leader(self, line: Line, clause: sense.Clause, number: Number) -> str | None:
        """Return whose state's office sends them: "El Gobierno mexicano enviará 10.000 soldados"."""
        for speaker in self._speakers.speakers(line):
            state = self._knowledge.states_by_family.get(speaker.source.family)
            free = not line.ends("places.prepositions", speaker.start)
            if state and free and clause.left <= speaker.start and speaker.end <= number.left:
                between = (speaker.end, number.left)
                if line.has("force.acts", *between) and not line.has("attribution.that", *between):
                    return state
        return None

    def _refusal(
        self, line: Line, item: _Item, last_reason: str | None, *, in_context: bool
    ) -> str | None:
        is_part = item.kind is Kind.SUBSET
        if is_part and last_reason == "casualty" and item.kind_rule == "including":
            return last_reason
        if item.counted.force is None and item.force_rule in {"subject", "by", "possessive"}:
            item.counted.force = item.force
        around = sense.Around(
            floor=self._measure.floor,
            is_part=is_part,
            in_context=item.counted.shape == "people" and (in_context or self._is_abroad(item)),
            last_reason=last_reason,
        )
        return sense.reject(line, item.counted, item.clause, around)

    def _is_abroad(self, item: _Item) -> bool:
        """Say whether they are at a front that is not their own country: no tourists go there."""
        gazetteer = self._knowledge.gazetteer
        node = gazetteer.places.get(item.spot.place) if item.spot else None
        home = self._knowledge.homes.get(item.force or "")
        return (
            node is not None
            and node.watch
            and home is not None
            and not gazetteer.is_within(node.id, home)
        )

    def _reject(self, line: Line, number: Number, reason: str) -> None:
        quantity = number.quantity(line)
        start, end = self._whole.original(quantity.start, quantity.end)
        if reason == "no-noun" and not self._pack.complete:
            reason = _PARTIAL
        self.rejected.append(
            Rejection(
                text=self._original[start:end],
                value=float(number.low),
                reason=reason,
                span=Span(start=start, end=end, field=self._field),
            )
        )

    def _place(
        self, line: Line, item: _Item, spots: Sequence[where.Spot], found: Sequence[Number]
    ) -> None:
        item.spot = where.resolve(line, item.counted, spots, found)
        item.place_rule = "preposition" if item.spot else "none"
        says_there = line.has("places.there", item.counted.number.right, len(line.tokens))
        says_there = says_there or line.has(
            "places.there", item.clause.left, item.counted.number.left
        )
        if item.spot is None and says_there:
            item.spot, item.place_rule = (spots[-1] if spots else self._memory.spot), "there"

    def _mention(
        self, line: Line, item: _Item, found: Sequence[Number], cue: Cue | None
    ) -> Mention:
        counted, number = item.counted, item.counted.number
        quantity = number.quantity(line)
        says = cue is not None and cue.rule in {"said", "pronoun", "role", "heading"}
        said_until = cue.end if says and cue is not None and cue.end <= number.left else 0
        status, status_rule = sense.status_of(line, counted, item.clause, found, said_until)
        day = days.as_of(line, number.first, self._published)
        return Mention(
            measure=self._measure.id,
            unit=self._measure.unit,
            quantity=quantity,
            surface=self._original[slice(*self._whole.original(quantity.start, quantity.end))],
            shape=counted.shape,
            weight=counted.weight,
            force=item.force,
            force_rule=item.force_rule,
            place=item.spot.place if item.spot else None,
            region=item.spot.region if item.spot else None,
            place_text=None,
            place_rule=item.place_rule,
            source=cue.source if cue else None,
            source_rule=cue.rule if cue else "none",
            channel=cue.channel if cue else None,
            status=status,
            status_rule=status_rule,
            kind=item.kind,
            kind_rule=item.kind_rule,
            as_of=day,
            recalled=sense.is_recalled(line, number, found),
            evidence=self._evidence(line, quantity.start, quantity.end),
            lead=self._field is TextField.TITLE or self._memory.number < 3,
        )

    def _evidence(self, line: Line, low: int, high: int) -> Evidence:
        start, end = self._whole.original(low, high)
        first, last = self._whole.original(line.start, line.end)
        return Evidence(
            text=self._original[start:end],
            span=Span(start=start, end=end, field=self._field),
            sentence=self._original[first:last],
            sentence_span=Span(start=first, end=last, field=self._field),
        )


def _relate(taken: Sequence[_Item]) -> None:
    """Give parts what their whole says; a part with a place or force of its own is a total."""
    for index, item in enumerate(taken):
        whole = _whole_of(item, index, taken)
        if item.kind is Kind.SUBSET:
            own_place = item.spot is not None and (
                whole is None or whole.spot is None or item.spot.place != whole.spot.place
            )
            if own_place or (whole is not None and item.force != whole.force):
                item.kind, item.kind_rule = Kind.TOTAL, "part-with-own-place"
        if whole is None or item.spot is not None or whole.spot is None:
            continue
        number = item.counted.number
        if (
            item.kind is Kind.SUBSET
            or item.counted.anaphoric
            or item.counted.shape in {"listed", "collective"}
            or number.was
            or number.changed
        ):
            item.spot, item.place_rule = whole.spot, "inherited"


def _whole_of(item: _Item, index: int, taken: Sequence[_Item]) -> _Item | None:
    if item.counted.whole is not None:
        return next((other for other in taken if other.counted.number == item.counted.whole), None)
    return next(
        (
            other
            for other in reversed(taken[:index])
            if other.kind is not Kind.SUBSET and other.kind_rule != "part-with-own-place"
        ),
        None,
    )
