# SPDX-License-Identifier: Apache-2.0
"""Speakers whose verb is said once, or is nobody's: "Seoul speaks of N, Kyiv of M", "In Kyiv it is estimated that".

What it is not: a verb with its own subject (`attribution`). Rules of this file: a capital stands for its government; whoever
is only one of several outlets or diplomats keeps his own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.claims.speakers import unknown
from monitor.core.knowledge import Knowledge, Name, NameKind

_SOME_OF = re.compile(
    r"(?:[,;]|\band|\bwhile|\bbut)\s+(?:and\s+|but\s+)?(?:some|several|many|other|most|independent|one|another|an?)\s+"
    r"([A-Za-z-]+(?:\s+[a-z-]+){0,2})(?:,[^,;]{3,40},)?\s+(?:of|at|as\s+many\s+as)\s+(?:[a-z]+\s+){0,2}$"
)
_JOINED_TO = re.compile(
    r"(?:[,;]|\band|\bwhile|\bwhereas|\bbut)\s+(?:and\s+|but\s+|while\s+)?(?:the\s+)?$"
)
_TO_NUMBER = re.compile(r"(?:'s\s\w+)?(?:,[^,;.]{2,30},)?\s+(?:of|at|to|on|says|said)?\s*\"?")
_IN = re.compile(r"\W*(?:[Ii]n|[Ff]rom)\s+")
_RECKONED = re.compile(
    r",?\s+(?:it\s+is|they)\s+(?:now\s+)?(?:estimated?|believed?|thought|think|reckoned?|assumed?|said|say|expected?|feared?|speak\s+of|talk\s+of|count)\b"
)


# "…, Kyiv of 12,000": a second speaker without a verb of its own, and what leads to his number.
_TWO, _AT_ONCE = 2, 24
_LAST_DAY = 31


class Gapped:
    """Finds such speakers with the names of a site."""

    def __init__(self, grammar: Grammar, knowledge: Knowledge) -> None:
        self._grammar = grammar
        self.listed = Listed(grammar, knowledge)
        self._phrases = self.listed.phrases

    def _reckoned(self, sentence: Sentence) -> Iterator[Cue]:
        """Read "In Seoul it is estimated that", "In Kyiv they speak of": a capital for its government."""
        for name in sentence.names:
            if not {NameKind.ACTOR, NameKind.PLACE} <= set(name.senses):
                continue
            opening = _IN.fullmatch(sentence.text, sentence.start, name.start)
            said = _RECKONED.match(sentence.text, name.end) if opening else None
            source = self.listed.government(name.senses[NameKind.ACTOR]) if said else None
            if said is not None and source is not None:
                yield Cue(start=name.start, end=said.end(), source=source, rule="said")

    def _gapped(self, sentence: Sentence, cues: Sequence[Cue]) -> Iterator[Cue]:
        """Read "Seoul speaks of 11,000 soldiers, Kyiv of 12,000 and the Japanese of 9,000"."""
        quantities = [q for q in sentence.quantities if q.high > _LAST_DAY]
        if len(quantities) < _TWO or not any(
            cue.source is not None and 0 <= quantities[0].left - cue.end <= _AT_ONCE for cue in cues
        ):
            return
        text = sentence.text
        for later in quantities[1:]:
            some = _SOME_OF.search(text, sentence.start, later.left)
            if some is not None and some[1].split()[-1] in self._grammar.sets["attribution.roles"]:
                office = self._phrases.read(sentence, some.start(1), some.end(1))
                known = office.source if office and office.rule == "office" else unknown(some[1])
                yield Cue(start=some.start(1), end=later.left, source=known, rule="gapped")
        for name in (*sentence.names, *sentence.speakers):
            joined = _JOINED_TO.search(text, sentence.start, name.start)
            quantity = next((q for q in quantities if q.start >= name.end), None)
            if joined is None or quantity is None or quantity is quantities[0]:
                continue
            if not _TO_NUMBER.fullmatch(text, name.end, quantity.left):
                continue
            force = name.senses.get(NameKind.ACTOR) or self._people(sentence, name)
            source = self.listed.named(name) or self.listed.government(force or "")
            if source is not None:
                yield Cue(start=name.start, end=quantity.left, source=source, rule="gapped")

    def _people(self, sentence: Sentence, name: Name) -> str | None:
        """Read "the Ukrainians say": a people is its state where it speaks."""
        before = sentence.text[max(sentence.start, name.start - 4) : name.start].lower()
        people = name.senses.get(NameKind.PEOPLE) or name.senses.get(NameKind.ADJECTIVE)
        return people if before == "the " else None
