# SPDX-License-Identifier: Apache-2.0
"""All layers together: sentences, their numbers, and the claims they make, merged per document.

What it is not: any single rule (see the layers). Rules of this file: title first, then text, in
order; nothing is taken from a sentence without a number; mentions of one figure become one claim
with the most specific value of each field; every field says which rule set it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from monitor.core.claims import attribution, force, place, status
from monitor.core.claims.attribution import Attribution, Cue
from monitor.core.claims.grammar import Grammar, Sentence, grammar_of
from monitor.core.claims.heads import Counted, count
from monitor.core.claims.merge import Mention, merged
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.rejects import WEAK_BELOW, clause_start, early, reject
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import (
    Evidence,
    Extraction,
    Kind,
    Rejection,
    Source,
    Span,
    Status,
    TextField,
)
from monitor.core.text import Normalised, normalise, sentences

# Longer texts are books or attacks, not articles; what lies beyond is not read.
MOST_CHARACTERS = 200_000
_MOST_SENTENCE = 1_500
# How many sentences back "about 10,000 have gone there" may find its troops.
_CONTEXT_SENTENCES = 4
_NOUN = re.compile(r"\s+[\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to read: `published` resolves "on Monday", `language` chooses the words."""

    title: str | None = None
    text: str
    published: datetime | None = None
    language: str | None = None


def may_hold_claims(text: str, knowledge: Knowledge) -> bool:
    """Say cheaply whether a text can hold a claim at all: a head noun and a number somewhere."""
    return any(
        grammar.gate.search(text) is not None and grammar.numerals.gate.search(text) is not None
        for grammar in _grammars(knowledge, None)
    )


def extract(document: Document, knowledge: Knowledge) -> Extraction:
    """Return every claim of the document and every number that is none, with the reason."""
    title = (document.title or "")[:_MOST_SENTENCE]
    text = document.text[:MOST_CHARACTERS]
    mentions: list[Mention] = []
    rejected: list[Rejection] = []
    for grammar in _grammars(knowledge, document.language):
        whole = f"{title}\n{text}"
        if grammar.gate.search(whole) is None or grammar.numerals.gate.search(whole) is None:
            continue
        reader = _Reader(document, knowledge, grammar)
        for content, where in ((title, TextField.TITLE), (text, TextField.TEXT)):
            if content.strip():
                reader.read(content, where)
        mentions += reader.mentions
        rejected += reader.rejected
    return Extraction(
        claims=merged(mentions, knowledge.gazetteer, _day(document.published)),
        rejected=tuple(rejected),
    )


def _grammars(knowledge: Knowledge, language: str | None) -> list[Grammar]:
    chosen = (language or "").split("-")[0].lower()
    if chosen not in knowledge.languages:
        chosen = "en" if "en" in knowledge.languages else next(iter(knowledge.languages))
    return [grammar_of(knowledge, measure, chosen) for measure in knowledge.measures]


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


@dataclass(slots=True)
class _Found:
    """A number of one sentence on its way to a mention."""

    counted: Counted
    kind: Kind
    kind_rule: str
    force: force.ForceFound
    place: place.PlaceFound = place.NOWHERE
    cue: Cue | None = None


@dataclass(slots=True)
class _Memory:
    """What the text has said so far."""

    forces: list[str] = field(default_factory=list)
    speaker: Source | None = None
    placed: Sentence | None = None  # the last sentence that names a place
    last_head: int = -100
    colon: bool = False


class _Reader:
    """Reads the title and then the text of one document."""

    def __init__(self, document: Document, knowledge: Knowledge, grammar: Grammar) -> None:
        self._knowledge, self._grammar = knowledge, grammar
        self._attribution = Attribution(grammar, knowledge)
        self._published = _day(document.published)
        self._memory = _Memory()
        self._number = 0
        self._whole: Normalised
        self._read_now: list[Sentence] = []
        self._starts: list[int] = []
        self._original = ""
        self._field = TextField.TEXT
        self.mentions: list[Mention] = []
        self.rejected: list[Rejection] = []

    def read(self, content: str, where: TextField) -> None:
        """Read one field of the document."""
        self._original, self._field = content, where
        self._whole = normalise(content)
        found = self._sentences()
        self._read_now, self._starts = found, [sentence.start for sentence in found]
        cues = [self._attribution.cues(sentence) for sentence in found]
        for index, sentence in enumerate(found):
            own = self._resolved(index, found, cues)
            if sentence.quantities:
                self._read_sentence(index, sentence, own, found, cues)
            self._remember(sentence, own)

    # --- preparing -----------------------------------------------------------------------------

    def _sentences(self) -> list[Sentence]:
        text = self._whole.text
        names = self._knowledge.actors.find(text)
        speakers = self._knowledge.speakers.find(text)
        starts, speaker_starts = [n.start for n in names], [n.start for n in speakers]
        found: list[Sentence] = []
        paragraph, previous_end = 0, 0
        for start, stop in sentences(text):
            end = min(stop, start + _MOST_SENTENCE)
            paragraph += "\n" in text[previous_end:start]
            previous_end = stop
            quantities: list[Quantity] = []
            if self._grammar.numerals.gate.search(text, start, end):
                quantities = self._grammar.numerals.find(text, start, end)
            found.append(
                Sentence(
                    text=text,
                    start=start,
                    end=end,
                    paragraph=paragraph,
                    names=_within(names, starts, start, end),
                    speakers=_within(speakers, speaker_starts, start, end),
                    quantities=quantities,
                    heading=text[end - 1] not in ".!?\"'",
                )
            )
        return found

    def _resolved(
        self, index: int, found: Sequence[Sentence], cues: Sequence[Sequence[Cue]]
    ) -> list[Cue]:
        """Return the sentence's cues with pronouns and quotation speakers put in."""
        own: list[Cue] = []
        for cue in cues[index]:
            if cue.source is not None:
                own.append(cue)
            elif cue.rule == "pronoun" and self._memory.speaker is not None:
                own.append(_with_source(cue, self._memory.speaker))
            elif cue.rule == "quote":
                speaker = self._quote_speaker(index, found, cues)
                if speaker is not None:
                    own.append(_with_source(cue, speaker))
        return own

    def _quote_speaker(
        self, index: int, found: Sequence[Sentence], cues: Sequence[Sequence[Cue]]
    ) -> Source | None:
        """Return who speaks in a quotation: named in this sentence, its paragraph, or before."""
        sentence = found[index]
        near = [index, index + 1, index - 1, index + 2, index - 2, index - 3]
        for other in near:
            if not 0 <= other < len(found) or found[other].paragraph != sentence.paragraph:
                continue
            for cue in cues[other]:
                if cue.source is not None and cue.rule != "according":
                    return cue.source
        return self._memory.speaker

    def _remember(self, sentence: Sentence, own: Sequence[Cue]) -> None:
        spoken = force.forces_spoken_of(sentence, self._grammar)
        self._memory.forces[:0] = [found for _, found in reversed(spoken)]
        said = [
            cue for cue in own if cue.rule in {"said", "inverted", "heading"} and not cue.outlet
        ]
        if said:
            self._memory.speaker = said[-1].source
        if any(NameKind.PLACE in name.senses for name in sentence.names):
            self._memory.placed = sentence
        if self._grammar.head.search(sentence.text, sentence.start, sentence.end):
            self._memory.last_head = self._number
        # A transcript: "MR SMITH: …" speaks until somebody else does.
        turn = any(
            cue.rule == "heading" and sentence.text[cue.start : cue.end].isupper() for cue in own
        )
        quotes = [cue for cue in own if cue.rule != "quote"]
        self._memory.colon = (
            turn or sentence.text[sentence.end - 1] == ":" or (self._memory.colon and not quotes)
        )
        self._number += 1

    def _last_spots(self) -> Sequence[place.Spot]:
        return self._spots(self._memory.placed) if self._memory.placed is not None else ()

    def _spots(self, sentence: Sentence) -> list[place.Spot]:
        return place.spots(
            sentence, self._grammar, self._knowledge.gazetteer, self._knowledge.directions
        )

    # --- one sentence --------------------------------------------------------------------------

    def _read_sentence(
        self,
        index: int,
        sentence: Sentence,
        own: Sequence[Cue],
        found: Sequence[Sentence],
        cues: Sequence[Sequence[Cue]],
    ) -> None:
        grammar = self._grammar
        in_context = self._troops_just_before() or bool(
            grammar.gate.search(sentence.text, sentence.start, sentence.end)
        )
        taken: list[_Found] = []
        refused: str | None = None
        for quantity in sentence.quantities:
            reason = early(sentence, quantity, grammar)
            if reason is None:
                counted = count(sentence, quantity, grammar, in_context=in_context)
                if isinstance(counted, Counted):
                    if counted.shape == "people" and (taken or self._troops_just_before()):
                        counted.weight = max(counted.weight, WEAK_BELOW)
                    item = self._found(sentence, counted, taken)
                    reason = self._refusal(sentence, item, refused)
                    if reason is None:
                        taken.append(item)
                        continue
                else:
                    reason = counted.reason if counted is not None else "no-noun"
            if reason != "no-noun":
                refused = reason
            self._reject(quantity, reason)
        if taken:
            _coordinate(sentence, taken)
            here = self._spots(sentence)
            fallback = self._fallback(index, sentence, found, cues)
            for item in taken:
                self._complete(sentence, item, here, own, fallback)
            _relate(taken)
            said_before: Mention | None = None
            for item in taken:
                mention = self._mention(sentence, item)
                _keep_status(mention, said_before, item.counted)
                self.mentions.append(mention)
                said_before = mention
            self._memory.forces[:0] = [item.force.force for item in taken if item.force.force]

    def _troops_just_before(self) -> bool:
        return self._number - self._memory.last_head <= _CONTEXT_SENTENCES

    def _found(self, sentence: Sentence, counted: Counted, taken: Sequence[_Found]) -> _Found:
        kind, rule = status.kind_of(sentence, counted, self._grammar)
        earlier = next((item.force.force for item in reversed(taken) if item.force.force), None)
        whose = force.resolve(sentence, counted, self._grammar, self._memory.forces[:6], earlier)
        return _Found(counted=counted, kind=kind, kind_rule=rule, force=whose)

    def _refusal(self, sentence: Sentence, item: _Found, refused: str | None) -> str | None:
        is_part = item.kind is Kind.SUBSET
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
            has_force=item.force.force is not None
            and item.force.rule not in {"paragraph", "sentence", "none"},
            is_part=is_part,
        )

    def _reject(self, quantity: Quantity, reason: str) -> None:
        start, end = self._whole.original(quantity.start, quantity.end)
        self.rejected.append(
            Rejection(
                text=self._original[start:end],
                value=float(quantity.low),
                reason=reason,
                span=Span(start=start, end=end, field=self._field),
            )
        )

    def _fallback(
        self,
        index: int,
        sentence: Sentence,
        found: Sequence[Sentence],
        cues: Sequence[Sequence[Cue]],
    ) -> Cue | None:
        """Return the cue of a neighbour that covers a sentence without one of its own."""
        if index + 1 < len(found):
            said = self._attribution.backward(found[index + 1])
            if said is not None:
                return Cue(start=0, end=0, source=said, rule="backward")
        if _in_quotation(sentence) or self._memory.colon:
            speaker = self._quote_speaker(index, found, cues)
            if speaker is not None:
                return Cue(start=0, end=0, source=speaker, rule="quote")
        return None

    def _complete(
        self,
        sentence: Sentence,
        item: _Found,
        here: Sequence[place.Spot],
        own: Sequence[Cue],
        fallback: Cue | None,
    ) -> None:
        quantity = item.counted.quantity
        ends = [position for cue in own for position in (cue.start, cue.end)]
        if item.counted.force is None:
            item.counted.force = item.force.force
        item.place = place.resolve(sentence, item.counted, self._grammar, here, ends)
        if item.place.place is None and self._says_there(sentence, item.counted):
            before = [spot for spot in here if spot.end <= quantity.left]
            last = before or self._last_spots() or here
            spot = last[-1] if last else None
            if spot is not None:
                item.place = place.PlaceFound(spot.place, spot.region, "there")
        item.cue = attribution.covering(own, quantity.start, item.counted.end) or fallback

    def _says_there(self, sentence: Sentence, counted: Counted) -> bool:
        text = sentence.text
        stretch = text[counted.end : min(sentence.end, counted.end + 40)].lower()
        words = stretch.replace('"', " ").replace(",", " ").split()
        return words[:1] == ["there"] or ("there" in words[:5] and "there are" not in stretch)

    # --- the mention ----------------------------------------------------------------------------

    def _mention(self, sentence: Sentence, item: _Found) -> Mention:
        counted, quantity = item.counted, item.counted.quantity
        said_until = self._said_until(sentence, item.cue)
        sense = status.status_of(sentence, counted, self._grammar, said_until, self._published)
        source = item.cue.source if item.cue else None
        whose = self._force(sentence, item, sense.status)
        dated = status.as_of(
            status.dates(sentence, self._grammar, self._published), sentence, counted
        )
        if sense.status in {Status.PLANNED, Status.HYPOTHETICAL} and dated is not None:
            near_cue = item.cue is not None and abs(dated.start - item.cue.end) < 24
            dated = dated if near_cue else None
        return Mention(
            measure=self._grammar.measure.id,
            unit=self._grammar.measure.unit,
            quantity=quantity,
            surface=self._original[slice(*self._whole.original(quantity.start, quantity.end))],
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
            evidence=self._evidence(sentence, quantity),
            lead=self._field is TextField.TITLE or self._number < 3,
        )

    def _said_until(self, sentence: Sentence, cue: Cue | None) -> int:
        """Return where the words about the speaker end; "expects" also says something of the figure."""
        if cue is None:
            return 0
        plans = self._grammar.search("status.planned", sentence.text, cue.start, cue.end)
        return cue.start if plans else cue.end

    def _force(self, sentence: Sentence, item: _Found, sense: Status) -> force.ForceFound:
        """Return the force, or whom the speaker, a leader or the document point to."""
        found, source = item.force, item.cue.source if item.cue else None
        states = self._knowledge.states_by_family
        if found.rule in {"paragraph", "none"}:
            leader = force.leader(sentence, item.counted, self._grammar, self._knowledge)
            if leader is not None:
                return force.ForceFound(leader, "leader")
            left = clause_start(sentence, item.counted.quantity.left, self._grammar)
            own = self._grammar.search(
                "attribution.own_army", sentence.text, left, item.counted.quantity.left
            )
            until = item.counted.quantity.left
            says = own and self._grammar.search(
                "attribution.verbs", sentence.text, own.end(), until
            )
            acts = own and force.acts(sentence.text, own.end(), until, self._grammar)
            if acts and not says and source is not None and source.family in states:
                return force.ForceFound(states[source.family], "speaker")
        if found.force is not None:
            return found
        official = source is not None and source.id.endswith(("-defence-ministry", "-military"))
        if (
            source is not None
            and (sense is Status.EXERCISE or official)
            and source.family in states
        ):
            return force.ForceFound(states[source.family], "speaker")
        ahead = self._forces_ahead(sentence)
        if ahead:
            return force.ForceFound(ahead[0], "ahead")
        state = force.dominant(self._memory.forces)
        return force.ForceFound(state, "document") if state else found

    def _forces_ahead(self, sentence: Sentence) -> list[str]:
        """Return forces that the next sentences of the paragraph speak of."""
        index = bisect_right(self._starts, sentence.start)
        return [
            found
            for other in self._read_now[index : index + 2]
            if other.paragraph == sentence.paragraph
            for _, found in force.forces_spoken_of(other, self._grammar)
        ]

    def _evidence(self, sentence: Sentence, quantity: Quantity) -> Evidence:
        start, end = self._whole.original(quantity.start, quantity.end)
        first, last = self._whole.original(sentence.start, sentence.end)
        return Evidence(
            text=self._original[start:end],
            span=Span(start=start, end=end, field=self._field),
            sentence=self._original[first:last],
            sentence_span=Span(start=first, end=last, field=self._field),
        )


def _within(names: Sequence[Name], starts: Sequence[int], start: int, end: int) -> list[Name]:
    return [
        name
        for name in names[bisect_left(starts, start) : bisect_left(starts, end)]
        if name.end <= end
    ]


def _with_source(cue: Cue, source: Source) -> Cue:
    return Cue(start=cue.start, end=cue.end, source=source, rule=cue.rule)


def _in_quotation(sentence: Sentence) -> bool:
    """Say whether the sentence stands, or begins, inside quotation marks of its paragraph."""
    begin = sentence.text.rfind("\n", 0, sentence.start) + 1
    return sentence.text.count('"', begin, sentence.start) % 2 == 1 or sentence.words.startswith(
        '"'
    )


def _keep_status(mention: Mention, earlier: Mention | None, counted: Counted) -> None:
    """Let "…, for a total of 100,000" hold in the sense of the number it goes on from."""
    if earlier is None or mention.status_rule != "default":
        return
    if counted.anaphoric or counted.shape == "collective" or mention.kind is Kind.SUBSET:
        mention.status, mention.status_rule = earlier.status, "continued"


def _coordinate(sentence: Sentence, taken: Sequence[_Found]) -> None:
    """Give "hundreds of engineers and 6,000 sappers will go" one predicate for both numbers."""
    ends = {item.counted.quantity: item.counted for item in taken}
    for quantity, following in reversed(list(pairwise(sentence.quantities))):
        counted, other = ends.get(quantity), ends.get(following)
        if counted is None:
            continue
        gap = sentence.text[counted.end : following.left].strip(" ,").lower()
        if gap in {"and", "or", "plus", "as well as", "along with", "and also"}:
            noun = _NOUN.match(sentence.text, following.right, sentence.end)
            end = noun.end() if noun else following.right
            counted.predicate = end if other is None else other.predicate or other.end


def _relate(taken: Sequence[_Found]) -> None:
    """Give parts what their whole says; a part with a place or force of its own is a total."""
    for index, item in enumerate(taken):
        whole = _whole_of(item, index, taken)
        if item.kind is Kind.SUBSET:
            own_place = item.place.place is not None and (
                whole is None or item.place.place != whole.place.place
            )
            other_force = whole is not None and item.force.force != whole.force.force
            if own_place or other_force:
                item.kind, item.kind_rule = Kind.TOTAL, "part-with-own-place"
        if whole is None:
            continue
        inherits = (
            item.kind is Kind.SUBSET
            or item.kind_rule == "part-with-own-place"
            or item.counted.anaphoric
            or item.counted.shape in {"listed", "collective"}
            or item.counted.quantity.was
            or item.counted.quantity.changed
        )
        if (
            inherits
            and item.place.place is None
            and whole.place.place is not None
            and item.counted.shape != "elliptic"
        ):
            item.place = place.PlaceFound(whole.place.place, whole.place.region, "inherited")
        if (
            item.kind_rule == "part-with-own-place"
            and item.place.rule == "inherited"
            and item.force.force == whole.force.force
        ):
            item.kind = Kind.SUBSET


def _whole_of(item: _Found, index: int, taken: Sequence[_Found]) -> _Found | None:
    if item.counted.whole is not None:
        for other in taken:
            if other.counted.quantity == item.counted.whole:
                return other
    for other in reversed(taken[:index]):
        if other.kind is not Kind.SUBSET:
            return other
    return None
