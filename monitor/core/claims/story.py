# SPDX-License-Identifier: Apache-2.0
"""The sentences of one document, and what each may ask of the others: lazily, and once.

What it is not: a reading of numbers (`reader`). A story belongs to a language, not to a measure, so
that several measures share the work. Rules of this file: title first, then text; every answer about
"before" looks backwards from a sentence and never at what a reader has made of it; cues are looked
for only where somebody asks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.claims import force
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.spots import Spot
from monitor.core.claims.spots import spots as find_spots
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Evidence, Source, Span, TextField
from monitor.core.text import Normalised, normalise, sentences

_MOST_SENTENCE = 1_500
# How many sentences of a paragraph may say whom a quotation, or a figure, belongs to.
_AHEAD = 3
# How many sentences behind a question still answer it.
_ANSWER = 2
# Rules of cues that make somebody the speaker of what follows.
_PASSING = frozenset({"quote", "pronoun", "according", "estimate"})
# "Iran-backed groups" are not Iran's own, unless the gazetteer knows them by that name.
_BACKED = re.compile(
    r"-(?:backed|allied|aligned|supported|funded|trained|linked|friendly|supplied)\b"
)
# A sentence that goes on with what the one before spoke of is still its speaker's.
_GOES_ON = re.compile(
    r"(?:They|These|Those|Them|Its?|Their|Some|Another|Others|The (?:rest|others|total|figure|"
    r"remaining)|Of (?:these|those|them))\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One field of a document in its original and its normalised spelling."""

    original: str
    whole: Normalised
    field: TextField

    def span(self, start: int, end: int) -> tuple[str, Span]:
        """Return the original characters of a stretch of normalised text, and where they stand."""
        first, last = self.whole.original(start, end)
        return self.original[first:last], Span(start=first, end=last, field=self.field)

    def evidence(self, sentence: Sentence, quantity: Quantity) -> Evidence:
        """Return where a number stands, with its sentence."""
        text, span = self.span(quantity.start, quantity.end)
        words, around = self.span(sentence.start, sentence.end)
        return Evidence(text=text, span=span, sentence=words, sentence_span=around)


class Story:
    """The sentences of title and text, with lazy answers about their neighbours."""

    def __init__(self, title: str, text: str, knowledge: Knowledge, grammar: Grammar) -> None:
        self._knowledge, self._grammar = knowledge, grammar
        self._attribution = Attribution(grammar, knowledge)
        self.sentences: list[Sentence] = []
        self._pages: list[Page] = []
        for content, where in ((title, TextField.TITLE), (text, TextField.TEXT)):
            if content.strip():
                self._add(Page(original=content, whole=normalise(content), field=where))
        self._cues: dict[int, list[Cue]] = {}
        self._own: dict[int, list[Cue]] = {}
        self._spoken: dict[int, list[str]] = {}
        self._datelines = {
            page.field: force.dateline(self.sentences[first]) for first, page in self._firsts()
        }

    def page(self, index: int) -> Page:
        """Return the field that a sentence stands in."""
        return self._pages[index]

    def _firsts(self) -> Iterator[tuple[int, Page]]:
        for index, page in enumerate(self._pages):
            if index == 0 or self._pages[index - 1] is not page:
                yield index, page

    def _add(self, page: Page) -> None:
        text = page.whole.text
        names = [
            name for name in self._knowledge.actors.find(text) if not _BACKED.match(text, name.end)
        ]
        speakers = self._knowledge.speakers.find(text)
        starts, speaker_starts = [n.start for n in names], [n.start for n in speakers]
        paragraph = self.sentences[-1].paragraph + 1 if self.sentences else 0
        previous_end = 0
        for start, stop in sentences(text):
            end = min(stop, start + _MOST_SENTENCE)
            paragraph += "\n" in text[previous_end:start]
            previous_end = stop
            quantities: list[Quantity] = []
            if self._grammar.numerals.gate.search(text, start, end):
                quantities = self._grammar.numerals.find(text, start, end)
            self._pages.append(page)
            self.sentences.append(
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

    # --- who speaks ------------------------------------------------------------------------------

    def own_cues(self, index: int) -> list[Cue]:
        """Return a sentence's cues with pronouns, titles and quotation speakers put in."""
        if index not in self._own:
            self._own[index] = list(self._resolved(index))
        return self._own[index]

    def _raw_cues(self, index: int) -> list[Cue]:
        if index not in self._cues:
            self._cues[index] = self._attribution.cues(self.sentences[index])
        return self._cues[index]

    def _resolved(self, index: int) -> Iterator[Cue]:
        for cue in self._raw_cues(index):
            if cue.source is not None:
                yield self._titled(index, cue)
                continue
            speaker = (
                self.quote_speaker(index) if cue.rule == "quote" else self.speaker_before(index)
            )
            if speaker is not None:
                yield replace(cue, source=speaker)

    def _titled(self, index: int, cue: Cue) -> Cue:
        """Give "the defence minister" the state that the sentence, or its dateline, is about."""
        if cue.rule != "title" or cue.source is None:
            return cue
        sentence = self.sentences[index]
        own = cue.source.name.lower().startswith(("its ", "their "))
        named = [name for name in sentence.speakers if name.end <= cue.start]
        if own and named:
            source = self._attribution.named(named[0])
        else:
            state = (
                self._datelines.get(self._pages[index].field)
                or force.first_actor(sentence)
                or self.state_before(index)
                or next(iter(self.spoken_of(index)), None)
            )
            source = self._attribution.government(state) if state else None
        return cue if source is None else replace(cue, source=source)

    def speaker_before(self, index: int) -> Source | None:
        """Return who spoke last before a sentence, by name, title or role."""
        for earlier in range(index - 1, -1, -1):
            said = [cue for cue in self._raw_cues(earlier) if _is_speaking(cue)]
            if said:
                return self._titled(earlier, said[-1]).source
        return None

    def quote_speaker(self, index: int) -> Source | None:
        """Return who speaks in a quotation: named in this sentence, its paragraph, or before."""
        paragraph = self.sentences[index].paragraph
        for other in (index, index + 1, index - 1, index + 2, index - 2, index - 3):
            if not 0 <= other < len(self.sentences):
                continue
            if self.sentences[other].paragraph != paragraph:
                continue
            for cue in self._raw_cues(other):
                if cue.source is not None and cue.rule != "according":
                    return self._titled(other, cue).source
        return self.speaker_before(index)

    def is_quoted(self, index: int) -> bool:
        """Say whether a sentence stands in a quotation or in a speaker's turn."""
        sentence = self.sentences[index]
        begin = sentence.text.rfind("\n", 0, sentence.start) + 1
        if sentence.text.startswith('"', sentence.start):
            return True
        return sentence.text.count('"', begin, sentence.start) % 2 == 1 or self._is_turn(index)

    def _is_turn(self, index: int) -> bool:
        """Say whether a colon or "MR SMITH:" opened what a sentence belongs to."""
        for earlier in range(index - 1, -1, -1):
            sentence, cues = self.sentences[earlier], self._raw_cues(earlier)
            if sentence.text[sentence.end - 1] == ":":
                return True
            turn = any(
                cue.rule == "heading" and sentence.text[cue.start : cue.end].isupper()
                for cue in cues
            )
            if turn:
                return True
            if any(cue.rule != "quote" for cue in cues):
                return False
        return False

    def told_around(self, index: int) -> Cue | None:
        """Return the cue of a neighbour that covers a sentence without one of its own."""
        if index + 1 < len(self.sentences):
            said = self._attribution.backward(self.sentences[index + 1])
            if said is not None:
                return Cue(start=0, end=0, source=said, rule="backward")
        if self.is_quoted(index):
            speaker = self.quote_speaker(index)
            if speaker is not None:
                return Cue(start=0, end=0, source=speaker, rule="quote")
        return self._said_next(index) or self._goes_on(index)

    def _said_next(self, index: int) -> Cue | None:
        """Read "A spokesman said neither figure would change" in the next sentence."""
        if not self._is_paragraph_mate(index, index + 1):
            return None
        following = self.sentences[index + 1]
        if not self._grammar.search(
            "attribution.figures", following.text, following.start, following.end
        ):
            return None
        for cue in self._raw_cues(index + 1):
            if cue.source is not None and not cue.outlet:
                return Cue(start=0, end=0, source=self._titled(index + 1, cue).source, rule="next")
        return None

    def _goes_on(self, index: int) -> Cue | None:
        sentence = self.sentences[index]
        if not self._is_paragraph_mate(index, index - 1):
            return None
        if not _GOES_ON.match(sentence.text, sentence.start, sentence.end):
            return None
        said = [
            cue for cue in self._raw_cues(index - 1) if cue.source is not None and not cue.outlet
        ]
        if not said:
            return None
        source = self._titled(index - 1, said[-1]).source
        return Cue(start=0, end=0, source=source, rule="continued")

    def _is_paragraph_mate(self, index: int, other: int) -> bool:
        if not 0 <= other < len(self.sentences):
            return False
        return self.sentences[other].paragraph == self.sentences[index].paragraph

    # --- what was spoken of ----------------------------------------------------------------------

    def ahead(self, index: int) -> list[Sentence]:
        """Return a sentence and the next two of its paragraph."""
        return [
            self.sentences[other]
            for other in range(index, index + _AHEAD)
            if self._is_paragraph_mate(index, other)
        ]

    def spoken_of(self, index: int) -> list[str]:
        """Return the forces that a sentence speaks of, in order."""
        if index not in self._spoken:
            found = force.forces_spoken_of(self.sentences[index], self._grammar)
            self._spoken[index] = [force_id for _, force_id in found]
        return self._spoken[index]

    def state_before(self, index: int) -> str | None:
        """Return the first state that the text names before a sentence."""
        states = (force.first_actor(sentence) for sentence in self.sentences[:index])
        return next((state for state in states if state is not None), None)

    def spots(self, index: int) -> list[Spot]:
        """Return the places of a sentence."""
        return find_spots(self.sentences[index], self._grammar, self._knowledge)

    def asked(self, index: int) -> Spot | None:
        """Return the place of a question that a sentence answers: "How many are in Chad?"."""
        for earlier in range(index - 1, max(-1, index - 1 - _ANSWER), -1):
            sentence = self.sentences[earlier]
            if sentence.text[sentence.end - 1] == "?":
                return next((spot for spot in reversed(self.spots(earlier)) if spot.place), None)
        return None

    def spots_before(self, index: int) -> Sequence[Spot]:
        """Return the places of the last sentence before this one that names any."""
        for earlier in range(index - 1, -1, -1):
            if any(NameKind.PLACE in name.senses for name in self.sentences[earlier].names):
                return self.spots(earlier)
        return ()


def _is_speaking(cue: Cue) -> bool:
    return cue.source is not None and cue.rule not in _PASSING and not cue.outlet


def _within(names: Sequence[Name], starts: Sequence[int], start: int, end: int) -> list[Name]:
    return [
        name
        for name in names[bisect_left(starts, start) : bisect_left(starts, end)]
        if name.end <= end
    ]
