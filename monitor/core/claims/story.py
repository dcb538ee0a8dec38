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
from monitor.core.claims.speakers import unknown
from monitor.core.claims.spots import Spot
from monitor.core.claims.spots import spots as find_spots
from monitor.core.claims.turns import Turn, turns
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Evidence, Source, Span, TextField
from monitor.core.text import Normalised, normalise, sentences

_MOST_SENTENCE = 1_500
# How many sentences of a paragraph may say whom a quotation, or a figure, belongs to.
_AHEAD = 3
# How many sentences behind a question still answer it.
_ANSWER = 2
# Whose sentence may be two before the pronoun that means its subject.
_SUBJECT_BACK = 2
_OPENING = re.compile(
    r"\W*(?:(?:the|an?|and|but|on|in|later|then|meanwhile|earlier|president|minister|general|gen\.?|mr\.?|"
    r"mrs\.?|ms\.?|[A-Z]\w+day|secretary|spokes(?:man|woman|person))\W+)*",
    re.IGNORECASE,
)
# What is said is no speaker, where nobody is named who wrote it; nor is an office of no state.
_PAPERS = frozenset({"report", "statement"})
# Rules of cues that make somebody the speaker of what follows.
_PASSING = frozenset({"quote", "pronoun", "according", "estimate"})
# "Iran-backed groups" are not Iran's own, unless the gazetteer knows them by that name.
_BACKED = re.compile(
    r"-(?:backed|allied|aligned|supported|funded|trained|linked|friendly|supplied)\b"
)
# What may stand before "It is false": a label, "No,".
_BEFORE_DENIAL = re.compile(
    r"(?:[\w. '-]{1,40}:\s)?\W*(?:(?:no|well|but|look|again|sorry)\W+)*", re.IGNORECASE
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
        self._state_offices = grammar.sets["attribution.state_offices"]
        self._cues: dict[int, list[Cue]] = {}
        self._denying: dict[int, bool] = {}
        self._own: dict[int, list[Cue]] = {}
        self._spoken: dict[int, list[str]] = {}
        begin = sum(page.field is TextField.TITLE for page in self._pages)
        self._turns = turns(self.sentences, begin)
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
            if cue.rule == "quote":
                speaker = self.quote_speaker(index)
            else:
                cue = self._named(index, cue)  # noqa: PLW2901
                speaker = cue.source
            if speaker is not None:
                yield replace(cue, source=speaker)

    def _named(self, index: int, cue: Cue) -> Cue:
        """Put in whom "he", "the ministry" or "the commander" means; nobody named: the words."""
        earlier = [other for other in self._raw_cues(index) if other.end <= cue.start]
        said = [other for other in earlier if _is_speaking(other)]
        if said:
            return replace(cue, source=self._titled(index, said[-1]).source)
        source = self._subject(index, cue.start) or self.speaker_before(index)
        role = cue.form.removeprefix("the ")
        if source is not None or role == cue.form or role in _PAPERS:
            return replace(cue, source=source)
        if role in self._state_offices:
            state = self._datelines.get(self._pages[index].field) or self.state_before(index)
            source = self._attribution.government(state) if state else None
        return replace(cue, source=source or unknown(role), rule="title" if source else "role")

    def _subject(self, index: int, before: int) -> Source | None:
        """Return the listed speaker that a sentence begins with: "Austin flew to Seoul, where he …"."""
        sentence = self.sentences[index]
        for name in sentence.speakers[:1]:
            opening = sentence.text[sentence.start : name.start]
            own = sentence.text.startswith("'s", name.end)
            if name.end < before and _OPENING.fullmatch(opening) and not own:
                return None if NameKind.OUTLET in name.senses else self._attribution.named(name)
        return None

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
            subject = self._subject(earlier, self.sentences[earlier].end)
            if subject is not None and index - earlier <= _SUBJECT_BACK:
                return subject
        return None

    def quote_speaker(self, index: int) -> Source | None:
        """Return who speaks in a quotation: named in this sentence, its paragraph, or before."""
        turn = self._turns[index]
        if turn is not None:
            return self._turn_speaker(turn)
        paragraph = self.sentences[index].paragraph
        for other in (index, index + 1, index - 1, index + 2, index - 2, index - 3):
            if not 0 <= other < len(self.sentences):
                continue
            if self.sentences[other].paragraph != paragraph:
                continue
            for cue in self._raw_cues(other):
                if cue.source is not None and cue.rule != "according":
                    return self._titled(other, cue).source
                if cue.rule == "pronoun" and not _is_inside(self.sentences[other], cue.start):
                    return self._named(other, cue).source
        return self.speaker_before(index)

    def _turn_speaker(self, turn: Turn) -> Source | None:
        """Return whose turn it is: a listed name, the label's own words, or nobody who asks."""
        if turn.asks:
            return None
        sentence = self.sentences[turn.index]
        for cue in self._raw_cues(turn.index):
            listed = cue.source is not None and not cue.source.id.startswith("text:")
            if cue.rule == "heading" and cue.start < turn.end and listed:
                return cue.source
        label = sentence.text[sentence.start : turn.end].rstrip(": ")
        return unknown(label.lower().removeprefix("the "))

    def is_quoted(self, index: int) -> bool:
        """Say whether a sentence stands in a quotation or in a speaker's turn."""
        sentence = self.sentences[index]
        begin = sentence.text.rfind("\n", 0, sentence.start) + 1
        if sentence.text.startswith('"', sentence.start):
            return True
        quoted = sentence.text.count('"', begin, sentence.start) % 2 == 1
        return quoted or self._turns[index] is not None or self._is_told(index)

    def _is_told(self, index: int) -> bool:
        """Say whether a colon at the end of a sentence opened what this one belongs to."""
        for earlier in range(index - 1, -1, -1):
            sentence = self.sentences[earlier]
            if sentence.text[sentence.end - 1] == ":":
                return True
            if any(cue.rule != "quote" for cue in self._raw_cues(earlier)):
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
            if self._turns[index] is not None:
                return None
        return self._said_next(index) or self._goes_on(index)

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
            speaker = self._attribution.government(state)
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
            ) or self._grammar.search("status.denied_report", *where) is not None
        return self._denying[index]

    def _goes_with(self, index: int, other: int) -> bool:
        """Say whether a sentence goes on with another: in its paragraph, or as an answer."""
        if other >= len(self.sentences) or self._pages[index] is not self._pages[other]:
            return False
        turn = self._turns[index]
        return self._is_paragraph_mate(index, other) or (turn is not None and turn.asks)

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

    def beside(self, index: int) -> list[Sentence]:
        """Return a quoted sentence and its neighbours, which may say what the speaker is."""
        if not self.is_quoted(index):
            return []
        near = range(max(0, index - 1), index + 2)
        return [self.sentences[i] for i in near if i == index or self._is_paragraph_mate(index, i)]

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


def _is_inside(sentence: Sentence, position: int) -> bool:
    """Say whether a position of a sentence lies in a quotation that its paragraph opens."""
    begin = sentence.text.rfind("\n", 0, sentence.start) + 1
    return sentence.text.count('"', begin, position) % 2 == 1


def _is_speaking(cue: Cue) -> bool:
    return cue.source is not None and cue.rule not in _PASSING and not cue.outlet


def _within(names: Sequence[Name], starts: Sequence[int], start: int, end: int) -> list[Name]:
    return [
        name
        for name in names[bisect_left(starts, start) : bisect_left(starts, end)]
        if name.end <= end
    ]
