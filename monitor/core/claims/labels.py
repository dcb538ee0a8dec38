# SPDX-License-Identifier: Apache-2.0
"""Whose words a turn of a transcript is, by its label: "GEN. EXAMPLE (HUR):", "Q:", "Mr. EXAMPLE" in a record.

What it is not: where turns begin and end (`turns`), or who speaks in running text (`voices`). Rules of this
file: officers before the US Congress speak for their government; else a listed name comes first, then the
body in the label or of whom a guest calls his house, whom the text introduced before, a surname with its
rank, the house of a record, and the label's office; of nobody known the label's words are the speaker. Who
asks is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.speakers import unknown
from monitor.core.claims.titles import Titles
from monitor.core.claims.turns import Turn
from monitor.core.knowledge import NameKind
from monitor.core.model import Source

# "You said there were 5,000": whom a question holds to his word.
_YOU_SAID = re.compile(
    r"\b(?:you(?:'ve|\s+have|\s+had|\s+just|\s+yourself|\s+also)*\s+(?:said|told|spoke|spoken|mentioned|put|given|gave|"
    r"estimated|announced|testified|claimed|talked|wrote|promised|reported)|your\s+(?:own\s+)?(?:last\s+|latest\s+)?"
    r"(?:estimate|figure|number|count|assessment|statement|report))\b",
    re.IGNORECASE,
)
# "MS. EXAMPLE:", "Minister Example:": of listed persons a transcript gives the surname only.
_ADDRESSED = re.compile(
    r"(?:(?:FOREIGN|DEFEN[CS]E|VICE|DEPUTY|FIRST|INTERIOR|UNIFICATION)\s+)*(?:MR|MS|MRS|DR|GEN|ADM|AMB|SEC|COL|LT|MAJ|SECRETARY|GENERAL|ADMIRAL|AMBASSADOR|MINISTER|PRESIDENT|PRIME\s+"
    r"MINISTER|SECRETARY\s+GENERAL|CHANCELLOR|COMMANDER|COLONEL)\b[. ]+(?:[A-Z][\w'.-]+\s+){0,2}[A-Z][\w'-]+$",
    re.IGNORECASE,
)
# What transcripts add to a name: "(through interpreter)", "(CENTCOM)".
_BESIDE = re.compile(r" \([^()]{2,40}\)$")
# "I'm an analyst at Example House"
_I_AM = re.compile(
    r"\bI(?:'m| am| run| head| lead| work| direct)\b[^.;:\"]{0,60}?\b(?:at|for)\s+(?:the\s+)?"
)
# Labels that name nobody.
_NOBODY = frozenset({"A", "ANSWER", "Answer"})
# "we have 2,000 in X": a country where one's own are is not one's own.
_ABROAD = re.compile(
    r"\b[Ww]e(?:'ve|\s+have|\s+keep|\s+had)\s(?:[^,.;]|,\d){0,40}\s(?:in|to|at)\s+[A-Z]"
)
# Before the US Congress testify the officers of that state; its members are told by their labels.
_CONGRESS = "US"
_SENATE = re.compile(r"(?:SEN|REP|SENATOR|REPRESENTATIVE)\b")
_RANKED = re.compile(r"(?:GEN|GENERAL|ADM|ADMIRAL|COL|COLONEL|LT)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What labels ask of the rest of a story.

    `cues` gives a sentence's cues as they were found, `of_office` the state of an office that names none,
    `billed` whom the title announces as the speaker.
    """

    cues: Callable[[int], Sequence[Cue]]
    of_office: Callable[[int, Cue, Source], Source]
    billed: Callable[[], Source | None]


class Labels:
    """Finds the speakers of one story's turns."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        turns: Sequence[Turn | None],
        attribution: Attribution,
        titles: Titles,
        beside: Beside,
    ) -> None:
        self.sentences, self.turns = sentences, turns
        self._attribution, self._titles = attribution, titles
        self._cues, self._of_office, self._billed = beside.cues, beside.of_office, beside.billed

    def speaker(self, turn: Turn) -> Source | None:
        """Return whose turn it is: a listed name, the label's own words, or nobody who asks."""
        if turn.asks:
            return None
        sentence = self.sentences[turn.index]
        label = sentence.text[sentence.start : turn.end].rstrip(":. ")
        if _RANKED.match(label) and any(map(self._is_senator, self.turns)):
            return self._attribution.listed.government(_CONGRESS)
        for cue in self._cues(turn.index):
            listed = cue.source is not None and not cue.source.id.startswith("text:")
            if cue.rule == "heading" and cue.start < turn.end and listed:
                return cue.source
        if label in _NOBODY:
            return self._billed()
        known = self._in_label(turn) or self._introduces_himself(turn)
        if known is not None:
            return known
        label = _BESIDE.sub("", label)
        known = self._titles.known(label.title(), turn.index, sentence.start)
        if known is None and _ADDRESSED.match(label):
            known = self._attribution.listed.surnamed(label.split()[-1])
        if known is None and turn.recorded:
            known = self._attribution.listed.government(_CONGRESS)
        known = known or self._of_label(turn, label)
        if known is None and self._is_alone(label):
            known = self._billed()
        return known or unknown(label.lower().removeprefix("the "))

    def _is_alone(self, label: str) -> bool:
        """Say whether nobody else answers in the transcript, so that it is whom the title announces."""
        answers = set()
        for turn in self.turns:
            if turn is not None and not turn.asks:
                sentence = self.sentences[turn.index]
                answers.add(_BESIDE.sub("", sentence.text[sentence.start : turn.end].rstrip(":. ")))
        return answers <= {label} | _NOBODY

    def _in_label(self, turn: Turn) -> Source | None:
        """Read "UNIFIL SPOKESPERSON:", "GEN. EXAMPLE (HUR):": the body that a label names."""
        sentence = self.sentences[turn.index]
        for name in sentence.speakers:
            if name.end <= turn.end and NameKind.OUTLET not in name.senses:
                return self._attribution.listed.named(name)
        return None

    def _introduces_himself(self, turn: Turn) -> Source | None:
        """Read "GUEST: ... I'm an analyst at Example House": whom a speaker without a name speaks for."""
        for index in range(turn.index, len(self.sentences)):
            if self.turns[index] is not turn:
                return None
            sentence = self.sentences[index]
            match = _I_AM.search(sentence.text, sentence.start, sentence.end)
            if match is None:
                continue
            for name in sentence.speakers:
                if name.start == match.end():
                    return self._attribution.listed.named(name)
        return None

    def _of_label(self, turn: Turn, label: str) -> Source | None:
        """Read "DEFENCE MINISTER EXAMPLE:": an office, of the state that it names or that the text is about."""
        sentence = self.sentences[turn.index]
        found = self._attribution.listed.phrases.titled(sentence, sentence.start, label.title())
        if found is None or found.rule not in {"office", "title"}:
            return None
        if found.rule == "office":
            return found.source
        people = any(
            not {NameKind.PLACE, NameKind.ACTOR} & {*name.senses} for name in sentence.names
        )
        if not people and _ABROAD.search(sentence.text, turn.end, sentence.end) is not None:
            return None  # "THE PRESIDENT: We have 28,500 soldiers in Ruritania"
        cue = Cue(start=sentence.start, end=turn.end, source=found.source, rule="title")
        return self._of_office(turn.index, cue, found.source)

    def answerer(self, index: int) -> Source | None:
        """Return who answers a question that says "you said there were 5,000"."""
        sentence = self.sentences[index]
        if not _YOU_SAID.search(sentence.text, sentence.start, sentence.end):
            return None
        following = (turn for turn in self.turns[index + 1 :] if turn is not None)
        answer = next((turn for turn in following if not turn.asks), None)
        return self.speaker(answer) if answer else None

    def _is_senator(self, turn: Turn | None) -> bool:
        """Say whether a turn is a member's of the US Congress, before whom officers testify."""
        sentence = self.sentences[turn.index] if turn else None
        return sentence is not None and _SENATE.match(sentence.text, sentence.start) is not None
