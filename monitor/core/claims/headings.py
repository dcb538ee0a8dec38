# SPDX-License-Identifier: Apache-2.0
"""Speakers that a colon or a dash sets apart: "X: …", "…: X", "MR. EXAMPLE: …", "… - ministry".

What it is not: cues with a verb (`attribution`). Rules of this file: a colon after a verb of saying
opens a quotation and names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.speakers import Phrases, unknown
from monitor.core.knowledge import Name, NameKind
from monitor.core.model import Source

_TAIL = re.compile(r"(?::| -) ((?:[\w'-]+ ?){1,4})$")
_TURN = re.compile(r"(?:MR|MS|MRS|GEN|SEC|AMB|DR|ADM|COL|LT|MAJ|SEN|REP|THE)\b[A-Z. '-]{2,40}?:\s")
_COLON = re.compile(r"[^:\n]{2,60}?:\s")
_LAST = re.compile(r"(?::| -)\s(?:the\s)?$")


class Headings:
    """Finds headings; `of_speaker` makes the cue of a listed name, `government` that of a state."""

    def __init__(
        self,
        grammar: Grammar,
        phrases: Phrases,
        of_speaker: Callable[[Name, int, str], Cue],
        government: Callable[[str], Source | None],
    ) -> None:
        self._grammar, self._phrases = grammar, phrases
        self._of_speaker, self._government = of_speaker, government

    def cues(self, sentence: Sentence) -> list[Cue]:
        """Return the cues of "X: …" and, in a line without a full stop, "…: X"."""
        text = sentence.text
        found: list[Cue] = []
        colon = _COLON.match(text, sentence.start, sentence.end)
        if colon is not None and not self._grammar.search(
            "attribution.verbs", text, sentence.start, colon.end()
        ):
            found.extend(
                self._of_speaker(name, colon.end(), "heading")
                for name in sentence.speakers
                if name.end == colon.end() - 2
            )
            for name in sentence.names:
                if (
                    name.end == colon.end() - 2
                    and name.start <= sentence.start + 1
                    and NameKind.ACTOR in name.senses
                ):
                    source = self._government(name.senses[NameKind.ACTOR])
                    if source is not None and not found:
                        found.append(
                            Cue(start=name.start, end=colon.end(), source=source, rule="heading")
                        )
        for name in [*sentence.speakers, *sentence.names]:
            before = text[max(sentence.start, name.start - 4) : name.start]
            if name.end >= sentence.end - 1 and _LAST.search(before):
                actor = name.senses.get(NameKind.ACTOR)
                source = self._government(actor) if actor else None
                cue = self._of_speaker(name, name.end, "heading")
                if cue.source or source:
                    found.append(
                        Cue(
                            start=name.start,
                            end=name.end,
                            source=cue.source or source,
                            rule="heading",
                            outlet=cue.outlet,
                        )
                    )
                    break
        return found or self._turn(sentence) or self._tail(sentence)

    def _tail(self, sentence: Sentence) -> list[Cue]:
        """Read the end of a headline: "UK to send 400 troops to Kosovo - ministry"."""
        tail = _TAIL.search(sentence.text, sentence.start, sentence.end)
        if tail is None or not sentence.heading:
            return []
        speaker = self._phrases.at(sentence, tail.start(1), sentence.end)
        if speaker is None or speaker.rule not in {"title", "role", "office"}:
            return []
        if speaker.source.name in {"reports", "media", "study", "studies"}:
            return []
        state = speaker.rule == "role" and speaker.source.name.startswith("official")
        rule = "title" if state else speaker.rule
        return [Cue(start=tail.start(), end=sentence.end, source=speaker.source, rule=rule)]

    def _turn(self, sentence: Sentence) -> list[Cue]:
        """Read the turn of a transcript whose speaker nobody lists: "MR. EXAMPLE: …"."""
        turn = _TURN.match(sentence.text, sentence.start, sentence.end)
        if turn is None:
            return []
        literal = unknown(turn[0].rstrip(": ").lower().removeprefix("the "))
        return [Cue(start=turn.start(), end=turn.end(), source=literal, rule="heading")]
