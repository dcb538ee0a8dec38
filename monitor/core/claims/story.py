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
from dataclasses import dataclass

from monitor.core.claims import force
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.numerals import Quantity
from monitor.core.claims.scenes import Scenes
from monitor.core.claims.titles import Around
from monitor.core.claims.turns import turns
from monitor.core.claims.voices import Voices
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Evidence, Source, Span, TextField
from monitor.core.text import Normalised, normalise, sentences

_MOST_SENTENCE = 1_500
# How many sentences of a paragraph may say whom a quotation, or a figure, belongs to.
_AHEAD = 3
# How many sentences behind a question still answer it.
_ANSWER = 2
# "14:32 Zelensky: Moscow wants", "Live 09:10 - The ministry says".
_STAMP = re.compile(
    r"(?:[Ll]ive\s+(?:updates?\s+)?)?\d{1,2}[:.]\d\d(?:\s*(?:GMT|UTC|CET|BST|ET|a\.m\.|p\.m\.|am|pm))?\s*(?:[-|:]\s+|\s)(?=[A-Z\"])"
)
# "Iran-backed groups" are not Iran's own, unless the gazetteer knows them by that name.
_BACKED = re.compile(
    r"-(?:backed|allied|aligned|supported|funded|trained|linked|friendly|supplied)\b"
)
_CLAUSE_NEXT = re.compile(r"\s+\w")
# "pro-Ruritanian separatists" are not Ruritania's.
_SIDES_WITH = re.compile(r"\b(?:pro|anti)-\Z", re.IGNORECASE)
# What may stand before "It is false": a label, "No,".
_BEFORE_DENIAL = re.compile(
    r"(?:[\w. '-]{1,40}:\s)?\W*(?:(?:no|well|but|look|again|sorry)\W+)*", re.IGNORECASE
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
        self._denying: dict[int, bool] = {}
        self._spoken: dict[int, list[str]] = {}
        begin = sum(page.field is TextField.TITLE for page in self._pages)
        self._turns = turns(self.sentences, begin)
        self.scenes = Scenes(self.sentences, self._turns, begin, knowledge, grammar)
        self._datelines = {
            page.field: force.dateline(self.sentences[first]) for first, page in self._firsts()
        }
        self._voices = Voices(
            self.sentences,
            self._turns,
            self._attribution,
            grammar,
            Around(
                dateline=lambda index: self._datelines.get(self._pages[index].field),
                state_before=self.state_before,
                spoken_of=self.spoken_of,
                ruler=self._ruler,
                adversary=knowledge.adversary,
            ),
            begin,
        )

    def page(self, index: int) -> Page:
        """Return the field that a sentence stands in."""
        return self._pages[index]

    def dateline(self, index: int) -> str | None:
        """Return the state from whose capital the field of a sentence was written."""
        return self._datelines.get(self._pages[index].field)

    def _firsts(self) -> Iterator[tuple[int, Page]]:
        for index, page in enumerate(self._pages):
            if index == 0 or self._pages[index - 1] is not page:
                yield index, page

    def _add(self, page: Page) -> None:
        text = page.whole.text
        names = [
            name
            for name in self._knowledge.actors.find(text)
            if not _BACKED.match(text, name.end)
            and not _SIDES_WITH.search(text, max(0, name.start - 5), name.start)
        ]
        speakers = self._knowledge.speakers.find(text)
        starts, speaker_starts = [n.start for n in names], [n.start for n in speakers]
        paragraph = self.sentences[-1].paragraph + 1 if self.sentences else 0
        previous_end = 0
        for start, stop, stamped in _parted(text):
            end = min(stop, start + _MOST_SENTENCE)
            paragraph += stamped or "\n" in text[previous_end:start]
            previous_end = stop
            own = _within(names, starts, start, end)
            # "Tower 22" counts nobody.
            quantities = [
                one
                for one in self._grammar.numerals.find(text, start, end)
                if not any(name.start < one.start < name.end for name in own)
            ]
            self._pages.append(page)
            self.sentences.append(
                Sentence(
                    text=text,
                    start=start,
                    end=end,
                    paragraph=paragraph,
                    names=own,
                    speakers=_within(speakers, speaker_starts, start, end),
                    quantities=quantities,
                    heading=text[end - 1] not in ".!?\"'",
                )
            )

    # --- who speaks ------------------------------------------------------------------------------

    def own_cues(self, index: int) -> list[Cue]:
        """Return a sentence's cues with pronouns, titles and quotation speakers put in."""
        return self._voices.own_cues(index)

    def told_around(self, index: int) -> Cue | None:
        """Return the cue of a neighbour that covers a sentence without one of its own."""
        return self._voices.told_around(index)

    def government(self, force_id: str) -> Source | None:
        """Return the source that speaks for a force."""
        return self._attribution.listed.government(force_id)

    def is_quoted(self, index: int) -> bool:
        """Say whether a sentence stands in a quotation or in a speaker's turn."""
        return self._voices.is_quoted(index)

    def in_turn(self, index: int) -> bool:
        """Say whether a sentence stands in a turn of a transcript."""
        return self._turns[index] is not None

    def asks(self, index: int) -> bool:
        """Say whether a sentence stands in a turn that asks."""
        turn = self._turns[index]
        return turn is not None and turn.asks

    def quote_speaker(self, index: int) -> Source | None:
        """Return who speaks in a quotation: named in this sentence, its paragraph, or before."""
        return self._voices.quote_speaker(index)

    def _ruler(self, index: int) -> str | None:
        """Return the state in which the last place lies that was named up to a sentence."""
        for earlier in range(index, -1, -1):
            for name in self.sentences[earlier].names:
                country = self._knowledge.country_of(name.senses.get(NameKind.PLACE))
                state = self._knowledge.force_of_country.get(country or "")
                if state is not None:
                    return state
        return None

    def denier(self, index: int, source: Source | None) -> Cue | None:
        """Return who calls hearsay false in the next sentence; `source` is who is said to say it.

        What a known body states is its word, whoever denies it later.
        """
        following = index + 1
        if not self._goes_with(index, following):
            return None
        if not self._denies(following):
            return None
        sentence, there = self.sentences[index], self.sentences[following]
        known = source is not None and not source.id.startswith("text:")
        heard = self._grammar.search("status.hearsay", sentence.text, sentence.start, sentence.end)
        turn = self._turns[index]
        if known and not heard:
            return None
        if source is None and not heard and not (turn and turn.asks):
            return None
        told = self._grammar.search("status.denied_report", there.text, there.start, there.end)
        cues = [cue for cue in self.own_cues(following) if cue.source is not None]
        state = force.first_actor(there)
        speaker = cues[0].source if cues else None
        if speaker is None and told is not None and state is not None:
            speaker = self._attribution.listed.government(state)
        speaker = speaker or self.quote_speaker(following)
        return Cue(start=0, end=0, source=speaker, rule="denier")

    def _denies(self, index: int) -> bool:
        """Say whether a sentence calls false what was said before it."""
        if index not in self._denying:
            there = self.sentences[index]
            where = (there.text, there.start, there.end)
            flat = self._grammar.search("status.denied_flat", *where)
            self._denying[index] = (
                flat is not None
                and _BEFORE_DENIAL.fullmatch(there.text, there.start, flat.start()) is not None
            ) or self._denies_report(there)
        return self._denying[index]

    def _denies_report(self, there: Sentence) -> bool:
        """Say whether a sentence denies what was reported, and not what it says itself: "denied that X holds"."""
        denied = self._grammar.search("status.denied_report", there.text, there.start, there.end)
        if denied is None:
            return False
        return not (
            denied[0].lower().endswith(" that") and _CLAUSE_NEXT.match(there.text, denied.end())
        )

    def _goes_with(self, index: int, other: int) -> bool:
        """Say whether a sentence goes on with another: in its paragraph, or as an answer."""
        if other >= len(self.sentences) or self._pages[index] is not self._pages[other]:
            return False
        turn = self._turns[index]
        return self._voices.are_mates(index, other) or (turn is not None and turn.asks)

    def beside(self, index: int) -> list[Sentence]:
        """Return a quoted sentence and its neighbours, which may say what the speaker is."""
        if not self.is_quoted(index):
            return []
        near = range(max(0, index - 1), index + 2)
        return [self.sentences[i] for i in near if i == index or self._voices.are_mates(index, i)]

    # --- what was spoken of ----------------------------------------------------------------------

    def ahead(self, index: int) -> list[Sentence]:
        """Return a sentence and the next two of its paragraph."""
        return [
            self.sentences[other]
            for other in range(index, index + _AHEAD)
            if self._voices.are_mates(index, other)
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

    def question(self, index: int) -> Sentence | None:
        """Return the question that a sentence answers: one of the two before it."""
        for earlier in range(index - 1, max(-1, index - 1 - _ANSWER), -1):
            sentence = self.sentences[earlier]
            if sentence.text[sentence.end - 1] == "?":
                return sentence
        return None


def _parted(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the sentences, the hour of a live blog's entry parted from what it says; true behind one."""
    for start, stop in sentences(text):
        stamp = _STAMP.match(text, start, stop)
        if stamp is None:
            yield start, stop, False
        else:
            yield start, start + len(stamp[0].rstrip()), False
            yield stamp.end(), stop, True


def _within(names: Sequence[Name], starts: Sequence[int], start: int, end: int) -> list[Name]:
    return [
        name
        for name in names[bisect_left(starts, start) : bisect_left(starts, end)]
        if name.end <= end
    ]
