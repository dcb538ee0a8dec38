# SPDX-License-Identifier: Apache-2.0
"""Speakers that a colon or a dash sets apart: "X: …", "…: X", "MR. EXAMPLE: …", "… - ministry".

What it is not: cues with a verb (`attribution`). Rules of this file: a colon after a verb of saying
opens a quotation and names nobody.
"""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.claims.speakers import unknown
from monitor.core.knowledge import NameKind

_TAIL = re.compile(r"(?:(?::| -) ((?:[\w'-]+ ?){1,4})|, ((?:[a-z'-]+ ?){1,3}))$")
_TURN = re.compile(r"(?:MR|MS|MRS|GEN|SEC|AMB|DR|ADM|COL|LT|MAJ|SEN|REP|THE)\b[A-Z. '-]{2,40}?:\s")
_COLON = re.compile(r"[^:\n]{2,100}?:\s")
_MOST_OPENING = 101  # with its colon
# "I tell my colleagues in the Bundestag: …" names a place of speech and no speaker.
_MOST_LABEL = 6
_UNSAID = frozenset({"report", "reports", "media", "study", "studies", "editor", "editors", "letter", "letters", "paper", "channel", "channels", "daily", "weekly", "analysis", "briefing"})  # fmt: skip
_AFTER_COMMA = re.compile(r",\s(?:the\s)?$")
_GOVERNED = re.compile(r"\b(?:in|at|to|with|for|on|from|before)\s+(?:the\s+)?$")
# Who speaks for a ministry: its press service.
_PRESS = re.compile(
    r"\W*(?:The\s+)?(?:[Pp]ress\s+(?:service|office|centre|center|secretary)|[Ss]pokes\w+)\s+(?:of|for)\b"
)
_LAST = re.compile(r"(?::| -)\s(?:the\s)?$")


def _colon(sentence: Sentence) -> re.Match[str] | None:
    """Return the opening of a sentence up to its colon, should one follow soon."""
    if sentence.text.find(":", sentence.start, sentence.start + _MOST_OPENING) < 0:
        return None
    return _COLON.match(sentence.text, sentence.start, sentence.end)


class Headings:
    """Finds headings."""

    def __init__(self, grammar: Grammar, listed: Listed) -> None:
        self._grammar, self._phrases = grammar, listed.phrases
        self._of_speaker, self._government = listed.of_speaker, listed.government

    def cues(self, sentence: Sentence) -> list[Cue]:
        """Return the cues of "X: …" and, in a line without a full stop, "…: X"."""
        text = sentence.text
        found: list[Cue] = []
        colon = _colon(sentence)
        if colon is not None and not self._grammar.search(
            "attribution.verbs", text, sentence.start, colon.end()
        ):
            found.extend(
                self._of_speaker(name, colon.end(), "heading")
                for name in sentence.speakers
                if name.end == colon.end() - 2
                and (
                    _PRESS.match(text, sentence.start, name.start)
                    or not _GOVERNED.search(text, sentence.start, name.start)
                )
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
                            Cue(
                                start=name.start,
                                end=colon.end(),
                                source=source,
                                rule="heading",
                                weak=True,  # "Sudan: …, activists say" is but the topic
                            )
                        )
        for name in [*sentence.speakers, *sentence.names]:
            before = text[max(sentence.start, name.start - 4) : name.start]
            body = sentence.heading and name in sentence.speakers and _AFTER_COMMA.search(before)
            if name.end >= sentence.end - 1 and (_LAST.search(before) or body):
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
        return found or self._turn(sentence) or self._label(sentence) or self._tail(sentence)

    def _label(self, sentence: Sentence) -> list[Cue]:
        """Read the beginning of a headline: "Syrian war monitor: 12,000 troops sent in"."""
        colon = _colon(sentence) if sentence.heading else None
        if colon is None:
            return []
        label = sentence.text[sentence.start : colon.end() - 2]
        counted = self._grammar.head.search(label) is not None  # "Rwanda's soldiers: 4,400"
        if counted or len(label.split()) > _MOST_LABEL:
            return []
        speaker = self._phrases.read(sentence, sentence.start, colon.end() - 2)
        if speaker is None or speaker.rule not in {"title", "role", "office"}:
            return []
        if _UNSAID & set(speaker.source.name.lower().split()):
            return []
        return [Cue(start=sentence.start, end=colon.end(), source=speaker.source, rule="heading")]

    def _tail(self, sentence: Sentence) -> list[Cue]:
        """Read the end of a headline: "UK to send 400 troops to Kosovo - ministry"."""
        if not sentence.heading:
            return []
        tail = _TAIL.search(sentence.text, sentence.start, sentence.end)
        if tail is None:
            return []
        begin = tail.start(1) if tail[1] else tail.start(2)
        listed = next((name for name in sentence.speakers if name.start >= begin), None)
        paper = self._grammar.ends("attribution.papers", sentence.text, tail.start(), sentence.end)
        if listed is not None and paper is not None:
            cue = self._of_speaker(listed, sentence.end, "heading")
            return [replace(cue, start=tail.start())]
        speaker = self._phrases.at(sentence, begin, sentence.end)
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
