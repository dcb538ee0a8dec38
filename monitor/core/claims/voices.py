# SPDX-License-Identifier: Apache-2.0
"""Whose word a sentence of a story is: pronouns, titles, roles and quotations over several sentences.

What it is not: the cues inside one sentence (`attribution`), or which of them covers a number (`cues`).
Rules of this file: "he" and "the ministry" are who spoke last, or whom a sentence just before began
with; a title without a state is that of the state spoken of; a name that was introduced with its
office keeps it; what is asked is nobody's word unless the question says whose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.core.claims import force
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.billing import Billing
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.houses import THE_HOUSE, Houses
from monitor.core.claims.labels import Beside, Labels
from monitor.core.claims.numerals import is_year
from monitor.core.claims.speakers import unknown
from monitor.core.claims.titles import Around, Titles
from monitor.core.claims.turns import Turn
from monitor.core.knowledge import Name, NameKind
from monitor.core.model import Source

# Whose sentence may be so many before the pronoun, or the title, that means its subject.
_SUBJECT_BACK = 2
_LAST_DAY = 31
# What is said is no speaker, where nobody is named who wrote it; nor is an office of no state.
_PAPERS = frozenset({"report", "statement"})
# Rules of cues that make somebody the speaker of what follows.
_PASSING = frozenset({"quote", "pronoun", "according", "estimate"})
_UNLISTED = frozenset({"literal", "inverted", "heading"})
# A sentence that goes on with what the one before spoke of is still its speaker's.
_GOES_ON = re.compile(
    r"(?:They|These|Those|Them|Its?|Their|Another|Others|The (?:rest|others|total|figure|"
    r"remaining)|Of (?:these|those|them))\b"
)
# "I asked the deputy commander how many": whom one asks answers.
_ASKED = re.compile(
    r"\b(?:asked|interviewed|telephoned|questioned|visited|(?:spoke|talked)\s+(?:to|with)|reached|met)\s+"
    r"(?=(?:the|an?|his|her|its|their)\s|[A-Z])"
)
# "It was the Estonians who first raised the alarm."
_CLEFT = re.compile(r"It\s+(?:was|is)\s+(?=(?:the\s+)?[A-Z])")
_ITS = re.compile(r"(?:and\s+|but\s+)?(?:its|their)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:and\s+|but\s+)?(?:the|an?)\s+", re.IGNORECASE)
# What a text calls the figure of its title.
_TOLD_OF = re.compile(
    r"\b(?:the|this|that)\s+(?:[a-z']+\s+)?(?:moves?|figures?|numbers?|estimate|total|plans?|decision|"
    r"increase|offer|count|deployment|withdrawal|drawdown|reinforcements?|order)\b|\bsuch\s+an?\s",
    re.IGNORECASE,
)
# "One battalion has 120 men, its deputy commander told us": who serves in a unit speaks for himself.
_UNITS_OWN = re.compile(r"\b(?:commander|chaplain|medic|sergeant|captain|lieutenant)\b")
# How a body begins what it makes known itself; newsrooms write "said".
_ISSUES = re.compile(
    r"\W*(?:[Aa]s\s+(?:reported|noted|communicated|announced)\s+by\s|[Pp]ress\s+service\s+of\s|"
    r"(?:The\s+)?(?:[A-Z][\w'-]*\s+|of\s+|the\s+|for\s+|and\s+|in\s+|spokes\w+\s+|chief\s+|general\s+|staff\s+|\w+,\s+){2,18}?"
    r"(?:reports|announces|informs|communicates|draws\s+attention|confirms|notifies|declares|brings\s+to\s+the\s+attention|stated|announced:|informs:)"
    r"(?::|\s+that\b|\s+to\s+the\s+fact\s+that\b|\s+the\b))"
)
# What is rather a figure of its own than that of the headline.
_SUMS = ("total", "count", "increase")
# What a headline has just counted: "The troops crossed into Ituri at the weekend, a spokesman said".
_THE_SAME = re.compile(
    r"\W*(?:The|These)\s+(?:[a-z-]+\s+){0,2}?(?:troops|soldiers|men|fighters|company|battalion|brigade|regiment|contingent|unit|"
    r"peacekeepers|reservists|recruits|conscripts|marines|paratroopers|engineers|sappers|guards|personnel|force)\b"
)


class Voices(Houses):
    """Answers whose word the sentences of one story are."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        turns: Sequence[Turn | None],
        attribution: Attribution,
        grammar: Grammar,
        around: Around,
        begin: int,
    ) -> None:
        super().__init__(
            sentences, attribution, Titles(sentences, attribution, around, self.is_quoted)
        )
        self.turns, self._begin = turns, begin
        self._grammar, self._around = grammar, around
        self._state_offices = grammar.sets["attribution.state_offices"]
        self._own: dict[int, list[Cue]] = {}
        # Which sentences end in a colon, in order.
        self._colons = [
            index
            for index, sentence in enumerate(sentences)
            if sentence.text[sentence.end - 1] == ":"
        ]
        self._billing = Billing(sentences, begin, attribution)
        self._labels = Labels(
            sentences,
            turns,
            attribution,
            self._titles,
            Beside(cues=self._raw_cues, of_office=self._of_office, billed=self._billing.speaker),
        )

    # --- who speaks ------------------------------------------------------------------------------

    def own_cues(self, index: int) -> list[Cue]:
        """Return a sentence's cues with pronouns, titles and quotation speakers put in."""
        if index not in self._own:
            self._own[index] = list(self._resolved(index))
        return self._own[index]

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
        if cue.form == "the mission":
            return self._missions(index, cue)
        earlier = [other for other in self._raw_cues(index) if other.end <= cue.start]
        said = [other for other in earlier if _is_speaking(other)]
        if said:
            return replace(cue, source=self._titled(index, said[-1]).source)
        told = self.turns[index] is not None and cue.form.startswith("the ")
        source = self._titles.subject(index, cue.start)
        if source is None and not told:  # in a turn "the minister" is not who has it
            source = self.speaker_before(index, cue.form)
        if source is None and cue.form == "it":
            source = self._of_its(index, cue.start)
        role = cue.form.removeprefix("the ")
        if source is not None or role == cue.form or role in _PAPERS:
            return replace(cue, source=source)
        if role in THE_HOUSE:
            source = self._house_before(index, cue, state=THE_HOUSE[role])
        if source is None and role in self._state_offices:
            state = self._around.dateline(index) or self._around.state_before(index)
            state = state or self._around.ruler(index)
            source = self._attribution.listed.government(state) if state else None
        return replace(cue, source=source or unknown(role), rule="title" if source else "role")

    def _of_its(self, index: int, start: int) -> Source | None:
        """Read "Minsk invited observers. By its own declaration N": the state that began the sentence before."""
        sentence = self.sentences[index]
        if sentence.text[start : start + 3].lower() != "its":
            return None
        state = force.first_actor(sentence, start)
        if state is None and self._titles.are_mates(index, index - 1):
            state = force.first_actor(self.sentences[index - 1])
        return self._attribution.listed.government(state) if state else None

    def _missions(self, index: int, cue: Cue) -> Cue:
        """Put in the body of states whose mission was named last: "KFOR has 180 more, the mission said"."""
        for other in range(index, -1, -1):
            sentence, listed = self.sentences[other], self._attribution.listed
            named = sorted((*sentence.speakers, *sentence.names), key=lambda name: -name.start)
            for name in named:
                force = name.senses.get(NameKind.ACTOR)
                source = listed.named(name) or (listed.government(force) if force else None)
                before = other < index or name.start < cue.start
                if before and source is not None and listed.is_body(source):
                    return replace(cue, source=source, rule="title")
        return replace(cue, source=unknown("mission"), rule="role")

    def _titled(self, index: int, cue: Cue) -> Cue:
        """Give "the defence minister" the state that the sentence, or its dateline, is about."""
        if cue.source is None:
            return cue
        turn = self.turns[index]
        if cue.rule == "heading" and turn is not None and turn.index == index and not turn.asks:
            return replace(cue, source=self._labels.speaker(turn))
        source = (
            self._served(index, cue, cue.source)
            or self._introduced(index, cue, cue.source)
            or self._titles.serving(index, cue, cue.source)
        )
        if source is None and cue.rule == "title":
            source = self._of_office(index, cue, cue.source)
        return replace(cue, source=source) if source is not None else cue

    def _introduced(self, index: int, cue: Cue, source: Source) -> Source | None:
        """Return the office with which the text introduced a name that nobody lists."""
        if cue.rule not in _UNLISTED or not source.id.startswith("text:"):
            return None
        if self.sentences[index].heading and source.name.isalpha():
            known = self._attribution.listed.surnamed(
                source.name
            )  # "…, Example says" of a headline
            if known is not None:
                return known
        return self._titles.known(source.name, index, cue.start)

    def _of_office(self, index: int, cue: Cue, title: Source) -> Source:
        """Return the state of "its spokesman", "the defence minister"; of nobody known: the words."""
        sentence = self.sentences[index]
        named = [name for name in sentence.speakers if name.end <= cue.start]
        alone = title.name.startswith("its ") and _UNITS_OWN.search(title.name) is not None
        if alone and not self._leads_body(named):
            return unknown(_ITS.sub("", title.name, count=1))
        if _ITS.match(title.name) and named:
            source = self._attribution.listed.named(named[0])
        elif _ITS.match(title.name):
            owner = force.first_actor(sentence, cue.start)
            source = self._attribution.listed.government(owner) if owner else None
            source = source or self.speaker_before(index) or self._titles.of_title(index, cue)
        else:
            source = self._titles.of_title(index, cue)
        if source is not None and self._is_unheard(source):
            source = None  # whose soldiers are counted is not who counts them
        return source or unknown(_ARTICLE.sub("", title.name))

    def _leads_body(self, named: Sequence[Name]) -> bool:
        """Say whether "its commander" is that of an alliance or mission that a sentence names."""
        listed = self._attribution.listed
        sources = (listed.named(name) for name in named)
        return any(source is not None and listed.is_body(source) for source in sources)

    def _is_unheard(self, source: Source) -> bool:
        """Say whether a government speaks only where its own media, capital or leaders are named."""
        words = self._attribution.listed.heard_by(source)
        text = self.sentences[0].text
        return bool(words) and not any(word in text for word in words)

    def speaker_before(self, index: int, form: str = "") -> Source | None:
        """Return who spoke last before a sentence, by name, title or role."""
        for earlier in range(index - 1, -1, -1):
            near = index - earlier <= _SUBJECT_BACK
            said = [cue for cue in self._raw_cues(earlier) if _is_speaking(cue)]
            if said:
                return self._titled(earlier, said[-1]).source
            subject = self._titles.subject(earlier, self.sentences[earlier].end)
            subject = subject or (self._began(earlier, form) if near else None)
            if subject is not None and near:
                return subject
            asked = self._asked(earlier) if near else None
            if asked is not None:
                return asked
        return None

    def _began(self, index: int, form: str) -> Source | None:
        """Return the unlisted person that a sentence begins with: "The general arrived on Friday"."""
        if form not in {"he", "she", "they", "the general", "the commander", "the minister"}:
            return None
        sentence = self.sentences[index]
        cleft = _CLEFT.match(sentence.text, sentence.start, sentence.end)
        if cleft is not None:
            whom = self._attribution.listed.after(sentence, cleft.end())
            return whom.source if whom else None
        found = self._attribution.listed.phrases.opening(sentence)
        if found is None:
            return None
        cue = Cue(start=found.start, end=found.end, source=found.source, rule=found.rule)
        return self._titled(index, cue).source

    def _asked(self, index: int) -> Source | None:
        """Return who was asked: "I asked the deputy commander how large his force was"."""
        sentence = self.sentences[index]
        match = _ASKED.search(sentence.text, sentence.start, sentence.end)
        found = self._attribution.listed.after(sentence, match.end()) if match else None
        return found.source if found else None

    def quote_speaker(self, index: int) -> Source | None:
        """Return who speaks in a quotation: named in this sentence, its paragraph, or before."""
        turn = self.turns[index]
        if turn is not None:
            return self._labels.speaker(turn)
        paragraph = self.sentences[index].paragraph
        for other in (index, index + 1, index - 1, index + 2, index - 2, index - 3):
            if not 0 <= other < len(self.sentences):
                continue
            if self.sentences[other].paragraph != paragraph:
                continue
            for cue in self._outside_first(other):
                if cue.source is not None and cue.rule != "according":
                    return self._titled(other, cue).source
                if cue.rule == "pronoun" and not _is_inside(self.sentences[other], cue.start):
                    return self._named(other, cue).source
        return self.speaker_before(index)

    def _outside_first(self, index: int) -> list[Cue]:
        """Return the cues of a sentence: before those inside a quotation whoever utters it."""
        sentence = self.sentences[index]
        return sorted(self._raw_cues(index), key=lambda cue: _is_inside(sentence, cue.start))

    def is_quoted(self, index: int) -> bool:
        """Say whether a sentence stands in a quotation or in a speaker's turn."""
        sentence = self.sentences[index]
        begin = sentence.text.rfind("\n", 0, sentence.start) + 1
        if sentence.text.startswith('"', sentence.start):
            return True
        quoted = sentence.text.count('"', begin, sentence.start) % 2 == 1
        return quoted or self.turns[index] is not None or self._is_told(index)

    def _is_told(self, index: int) -> bool:
        """Say whether a colon at the end of a sentence opened what this one belongs to."""
        # Cues cost much: they are looked for only behind the last colon, and not at all where none stands.
        opening = bisect_left(self._colons, index) - 1
        if opening < 0:
            return False
        between = range(index - 1, self._colons[opening], -1)
        return not any(
            cue.rule != "quote" for earlier in between for cue in self._raw_cues(earlier)
        )

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
            turn = self.turns[index]
            if turn is not None:
                answer = self._labels.answerer(index) if turn.asks else None
                return Cue(start=0, end=0, source=answer, rule="asked") if answer else None
        found = self._said_next(index) or self._goes_on(index) or self._said_below(index)
        return found or self._billed(index) or self._issued(index)

    def _issued(self, index: int) -> Cue | None:
        """Read what follows "The Ministry of Ruritania announces that": all of a release is its issuer's."""
        first = self._begin
        if index <= first or self.sentences[index].paragraph != self.sentences[first].paragraph:
            return None
        opening = self.sentences[first]
        verb = _ISSUES.match(opening.text, opening.start, opening.end)
        if verb is None or any(turn is not None for turn in self.turns):
            return None
        for cue in self.own_cues(first):
            listed = cue.source is not None and not cue.source.id.startswith("text:")
            if listed and not cue.outlet and cue.start < verb.end():
                return Cue(start=0, end=0, source=cue.source, rule="issued")
        return None

    def _billed(self, index: int) -> Cue | None:
        """Read a speech under "Address by the President of Ruritania": all of it is his word."""
        if index < self._begin or any(turn is not None for turn in self.turns):
            return None
        speaker = self._billing.speaker()
        if speaker is None or not self._billing.is_speech():
            return None
        return Cue(start=0, end=0, source=speaker, rule="billed")

    def _said_below(self, index: int) -> Cue | None:
        """Read "Ruritania to double its contingent" above "The minister announced the move": whose title it is."""
        sentence, below = self.sentences[index], index + 1
        if index or not sentence.heading or below >= len(self.sentences):
            return None
        body = self.sentences[below]
        if body.paragraph == sentence.paragraph:
            return None
        same = _THE_SAME.match(body.text, body.start, body.end)
        told = same or _TOLD_OF.search(body.text, body.start, body.end)
        counts = [q for q in body.quantities if q.high > _LAST_DAY and not is_year(q)]
        own = told is None or same or told[0].lower().endswith(_SUMS)
        if told is None or any(own or q.left < told.end() for q in counts):
            return None
        for cue in self.own_cues(below):
            if cue.source is not None and not cue.outlet:
                return Cue(start=0, end=0, source=cue.source, rule="below")
        return None

    def _said_next(self, index: int) -> Cue | None:
        """Read "A spokesman said neither figure would change" in the next sentence."""
        if not self._titles.are_mates(index, index + 1):
            return None
        following = self.sentences[index + 1]
        if any(quantity.high > _LAST_DAY for quantity in following.quantities):
            return None  # it speaks of a figure of its own
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
        if not self._titles.are_mates(index, index - 1):
            return None
        if not _GOES_ON.match(sentence.text, sentence.start, sentence.end) and not self._recounts(
            index - 1
        ):
            return None
        said = [cue for cue in self.own_cues(index - 1) if cue.source and not cue.outlet]
        if not said:
            return None
        source = said[-1].source
        return Cue(start=0, end=0, source=source, rule="continued")

    def are_mates(self, index: int, other: int) -> bool:
        """Say whether two sentences stand in one paragraph."""
        return self._titles.are_mates(index, other)

    def _recounts(self, index: int) -> bool:
        """Say whether a sentence only tells that somebody has changed a count: the next gives it."""
        sentence = self.sentences[index]
        where = (sentence.text, sentence.start, sentence.end)
        if any(quantity.high > _LAST_DAY for quantity in sentence.quantities):
            return False
        revises = self._grammar.search("attribution.revises", *where)
        return (
            revises is not None and self._grammar.search("attribution.tallies", *where) is not None
        )


def _is_inside(sentence: Sentence, position: int) -> bool:
    """Say whether a position of a sentence lies in a quotation that its paragraph opens."""
    begin = sentence.text.rfind("\n", 0, sentence.start) + 1
    return sentence.text.count('"', begin, position) % 2 == 1


def _is_speaking(cue: Cue) -> bool:
    return cue.source is not None and cue.rule not in _PASSING and not cue.outlet
