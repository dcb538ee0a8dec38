# SPDX-License-Identifier: Apache-2.0
"""Speakers behind their verb: "…," said the general; "…", says Anna Example, who chairs the committee.

What it is not: speakers before a verb (`attribution`). Rules of this file: only a comma or the end of a
quotation before the verb turns it round; "told X" names who is told; a name that goes on with a verb of
its own is the subject of what is said.
"""

from __future__ import annotations

import re

from monitor.core.claims.appositions import Appositions
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.claims.speakers import singular, unknown
from monitor.core.knowledge import NameKind

_ROLE_REACH, _NAME_REACH, _NEXT_NAME = 70, 60, 24
_CAPITALS = re.compile(r"\s+((?:[A-Z][\w'-]+\s?){1,4})")
_STOP = re.compile(r"[.;:\"]|\b(?:that|in|on|at)\b")
_TO_WHOM = ("told", "tells", "informed", "briefed")
# ", said Russia had sent": the name is the subject of what is said.
_GOES_ON = re.compile(
    r"\s*(?:'s\b|(?:also\s+|now\s+|still\s+|already\s+)?(?:had|has|have|was|were|is|are|will|would|could|may|might|"
    r"should|must|can|did|does|do|keeps|kept|sent|sends|deployed|planned|plans|wanted|wants|needed|needs|and|or)\b)"
)
_TO = re.compile(r"\s+to\s+(?:the\s+)?")
_APPOSED = re.compile(r",\s+((?:an?|the|one)\s+[^,.;:\"]{3,60})")
_ON_AIR = re.compile(
    r"\s+(?:in|on)\s+(?:the\s+)?(?:air|telethon|broadcast)\b[^,.]{0,30}?(?=\s+the\s)"
)
_LOW = re.compile(
    r"\s+(?:colonel|captain|major|sergeant|lieutenant|soldier|private|corporal|conscript|veteran)\b"
)
_A = re.compile(r"\s(?:an?|one|another)\s+$")
_NOUNS_NEXT = re.compile(
    r" ([a-z]{3,}s)\b(?= (?:[a-z]+(?:ed|ing)|had|have|were|are|will|would|in|from|of)\b)"
)
_THAT = re.compile(r"\b(?:that|about|how|it|they)\b")
_ROLE_STOP = re.compile(r"[,.;:\"]|\b(?:that|on|who|as|by|when|while|after|during)\b")


class Inverted:
    """Reads what follows a verb of saying."""

    def __init__(self, grammar: Grammar, listed: Listed, appositions: Appositions) -> None:
        self._grammar, self._listed, self._appositions = grammar, listed, appositions

    def after(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Return who says what stands before a verb."""
        text = sentence.text
        before = text[max(sentence.start, verb.start() - 3) : verb.start()].rstrip()
        told = verb[0].lower() in _TO_WHOM and not self._informs(sentence, verb)
        if before[-1:] not in {'"', ",", "'"} or told:
            return None  # "…," the general, who asked not to be named, told AFP
        position = self._past_addressee(sentence, verb.end())
        listed = self._listed_after(sentence, verb, position)
        if listed is not None:
            return listed
        match = _CAPITALS.match(text, position, sentence.end)
        subject = match is not None and (
            _GOES_ON.match(text, match.end(1)) or _NOUNS_NEXT.match(text, match.end(1))
        )
        if match is not None and not subject and not verb[0].lower().endswith(" in"):
            return self._name(sentence, verb, match)
        return self._role(sentence, verb, position)

    def _informs(self, sentence: Sentence, verb: re.Match[str]) -> bool:
        """Read the translator's "…, informed the spokesman of the grouping": nothing is said behind it."""
        if verb[0].lower() != "informed" or any(q.start > verb.end() for q in sentence.quantities):
            return False
        rest = sentence.text[verb.end() : sentence.end]
        return "," not in rest.strip(" .,") and _THAT.search(rest) is None

    def _past_addressee(self, sentence: Sentence, position: int) -> int:
        """Step over whom it is said to: "…, stated to TASS the expert"."""
        to = _TO.match(sentence.text, position, sentence.end)
        for name in sentence.speakers:
            if to is not None and name.start == to.end() and NameKind.OUTLET in name.senses:
                return name.end
        return position

    def told(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read the translator's "…, told in the air of the telethon the spokesperson X"."""
        text = sentence.text
        before = text[max(sentence.start, verb.start() - 2) : verb.start()].rstrip()
        if before != "," or verb[0].lower() != "told":
            return None
        air = _ON_AIR.match(text, verb.end(), sentence.end)
        start = air.end() if air else verb.end()
        stop = min(sentence.end, start + _NAME_REACH * 2)
        for name in reversed([n for n in sentence.speakers if start <= n.start < stop]):
            if NameKind.OUTLET not in name.senses:
                return self._listed.of_speaker(name, name.end, "inverted")
        return None

    def _listed_after(self, sentence: Sentence, verb: re.Match[str], position: int) -> Cue | None:
        """Return the listed speaker right behind a verb; of "the Pentagon's Ryder" the last name."""
        text = sentence.text
        for name in sentence.speakers:
            if not position <= name.start <= position + _NAME_REACH:
                continue
            if _STOP.search(text[position : name.start]):
                continue
            if _LOW.match(text, name.end, sentence.end) and _A.search(text, position, name.start):
                return None  # "said an Iraqi army colonel"
            noun = _NOUNS_NEXT.match(text, name.end)
            if noun is not None and noun[1] not in self._grammar.sets["attribution.offices"]:
                return None  # "a rights group, the Lawyers, said RSF reinforcements had come"
            last = name
            for other in sentence.speakers:
                near = name.end <= other.start <= name.end + _NEXT_NAME
                if near and "," not in text[name.end : other.start]:
                    last = other
            cue = self._listed.of_speaker(last, last.end, "inverted")
            return Cue(
                start=verb.start(),
                end=last.end,
                source=cue.source,
                rule="inverted",
                outlet=cue.outlet,
            )
        return None

    def _name(self, sentence: Sentence, verb: re.Match[str], match: re.Match[str]) -> Cue:
        """Read "…," said Anna Example, who chairs the committee; "says Example adviser"."""
        text, end = sentence.text, match.start(1) + len(match[1].rstrip())
        source = self._listed.state_named(sentence, match.start(1), end)
        source = source or self._appositions.after(sentence, end)
        role = WORD.match(text, match.end(), sentence.end)
        name = match[1].strip()
        if role is not None and role[0] in self._grammar.sets["attribution.roles"]:
            name, end = f"{name} {role[0]}", role.end()
        elif source is None:
            apposed = _APPOSED.match(text, end, sentence.end)
            found = apposed and self._listed.phrases.read(sentence, apposed.start(1), apposed.end())
            if found and found.rule == "role":
                name = f"{singular(found.source.name)} {name}"
        return Cue(start=verb.start(), end=end, source=source or unknown(name), rule="inverted")

    def _role(self, sentence: Sentence, verb: re.Match[str], position: int) -> Cue | None:
        """Read "…," said the general, who asked not to be named."""
        start = position + 1
        limit = min(sentence.end, start + _ROLE_REACH)
        limit = min([q.start for q in sentence.quantities if q.start >= start] + [limit])
        stop = _ROLE_STOP.search(sentence.text, start, limit)
        found = self._listed.phrases.at(sentence, start, stop.start() if stop else limit)
        if found is None:
            return None
        roles = self._grammar.sets["attribution.roles"]
        named = found.rule == "literal" and not roles.isdisjoint(found.source.name.split())
        if not named and found.rule not in {"office", "title", "role"}:
            return None
        return Cue(start=verb.start(), end=found.end, source=found.source, rule=found.rule)
