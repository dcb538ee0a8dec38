# SPDX-License-Identifier: Apache-2.0
"""Whose an estimate, a claim or a finding is: "Seoul's estimate", "a claim by Kyiv that", "says Y's figure".

What it is not: who says something with a verb (`attribution`), or documents (`papers`). Rules of this
file: a figure that one party gives to another is the other's, whatever the first thinks of it; whom an
estimate counts does not own it; who changes an estimate says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.claims.speakers import unknown
from monitor.core.claims.tallies import Tally, tallies
from monitor.core.knowledge import Name, NameKind

_SUBJECT_REACH = 90
_ESTIMATE_GAP, _BY_REACH = 30, 30
_MOST_OWNED = 2
# "a claim by X that", "the finding of X that": the owner follows, and what is claimed follows him.
_GIVEN = re.compile(
    r",\s+(?:an?|the)\s+(?:figure|number|estimate|claim|count|tally|total|assertion|allegation)\s+(?:that\s+was\s+)?"
    r"(?:first\s+)?(?:given|published|reported|cited|put\s+forward|mentioned|used|made|floated|provided|repeated)\s+by\s+"
)
# What it cannot do without.
_GIVES = frozenset(
    "given published reported cited put mentioned used made floated provided repeated".split()  # noqa: SIM905
)
_BY = re.compile(
    r"\s+(?:(?:made|issued|published|put forward|put about|advanced|spread|voiced|repeated|given|released|"
    r"carried)\s+)?(?P<how>by|from|in|of)\s+"
)
# "a statement by Seoul about 12,000 men", "a cable according to which 5,000 men".
_TOLD_NOUNS = frozenset(
    "report reports cable cables statement statements claim claims allegation allegations accusation accusations charge charges "  # noqa: SIM905
    "assertion assertions story stories figure number estimate".split()
)
_TOLD_AS = re.compile(
    r"\b(?P<noun>reports?|cables?|statements?|claims?|allegations?|accusations?|charges?|assertions?|stor(?:y|ies))"
    r"(?:\s+(?:by|from|in|of)\s+[^,;.\"]{3,50}?)?\s+(?:according\s+to\s+which|saying\s+that|saying|alleging|claiming|suggesting|about|of)\s+"
)
_AS_REACH = 12
# "the 6,000 figure from Seoul"
_FIGURE_FROM = re.compile(
    r"(?:figure|number|estimate)\s+(?:from|of|given\s+by|put\s+out\s+by|named\s+by|by|cited\s+by)\s+(?:the\s+)?"
)
# "its own count", "their latest estimate": whose it is was said before.
_THEIR = re.compile(
    r"\b(its|their|his|her)\s+(?:own\s+|latest\s+|official\s+|first\s+|new\s+)*$", re.IGNORECASE
)
# "in the army's view", "by the ministry's own count"
_BODYS = re.compile(r"\b(?:in|by|on)\s+(the\s+[\w ]{2,36}?)(?:'s|s')\s+(?:[a-z]+\s+)?$")
_BESIDE = re.compile(r"\b(?:in|with|from|to|on|after|since)\s+$", re.IGNORECASE)
_PAPERS = re.compile(
    r"\b(?:an?|the)\s+((?:[\w-]+\s+){0,2}?(?:tabloid|newspaper|website|blog|channel|portal|agency|magazine))'s\s+$"
)
_PRESS = re.compile(
    r"\b(?:press|media|newspapers?|tabloids?|bloggers?|channels?|television|websites?|outlets?)\b"
)
_CLOSE_TO = re.compile(
    r"\b(?:close|loyal|allied|aligned|linked|sympathetic|opposed|critical|friendly|hostile)\s+(?:to|with|of)\s+(?:the\s+)?$"
)
_PRONOUN = {"its": "it", "his": "he", "her": "she"}
_THAT = re.compile(r"\bthat\b")
_OWNER_REACH = 80

Subject = Callable[[Sentence, re.Match[str], int], Cue | None]


class Owned:
    """Finds owners; `subject` reads who stands before a verb that changes an estimate."""

    def __init__(self, grammar: Grammar, listed: Listed, subject: Subject) -> None:
        self._grammar, self._listed, self._subject = grammar, listed, subject

    def cues(self, sentence: Sentence) -> Iterator[Cue]:
        """Yield the cue of each estimate, claim or finding that somebody owns."""
        text, counts = sentence.text, tallies(sentence, self._grammar)
        yield from self._given(sentence)
        yield from self._told_as(sentence)
        changed_by = self._changed_by(sentence)
        if changed_by is not None:
            yield changed_by
        by_noun = {tally.noun.start(): tally for tally in counts}
        changed = {start: self._changed(sentence, tally) for start, tally in by_noun.items()}
        yield from (cue for cue in changed.values() if cue is not None)
        for noun in self._grammar.patterns["attribution.estimates"].finditer(
            text, sentence.start, sentence.end
        ):
            tally = by_noun.get(noun.start())
            if changed.get(noun.start()) is None:
                cue = self._owned(sentence, noun, tally.counted if tally else None)
                cue = cue or self._put_forward(sentence, noun)
                if cue is not None:
                    yield cue

    def _given(self, sentence: Sentence) -> Iterator[Cue]:
        """Read "N soldiers …, a figure given by the newspaper": whose the figure before is."""
        if not sentence.has(_GIVES):
            return
        for match in _GIVEN.finditer(sentence.text, sentence.start, sentence.end):
            cue = self._listed.after(sentence, match.end())
            if cue is not None and cue.source is not None:
                yield replace(cue, start=match.start(), rule="given", outlet=False)

    def _changed_by(self, sentence: Sentence) -> Cue | None:
        """Read "Russian troop estimate raised to 200,000 by Ukraine"."""
        text = sentence.text
        for quantity in sentence.quantities:
            start = quantity.right + len(" by ")
            if not text.startswith(" by ", quantity.right):
                continue
            floor = max(sentence.start, quantity.left - _SUBJECT_REACH)
            verb = self._grammar.last("attribution.revises", text, floor, quantity.left)
            noun = verb and self._grammar.search("attribution.tallies", text, floor, verb.start())
            if not noun:
                continue
            limit = min(sentence.end, start + _BY_REACH)
            cue = self._listed.speaker_after(sentence, start, limit)
            return cue or self._listed.state_after(sentence, start, limit)
        return None

    def _changed(self, sentence: Sentence, tally: Tally) -> Cue | None:
        """Read "US raises Russian troop estimate": who changes an estimate says it."""
        verb = tally.verb
        if verb is None or tally.owned:
            return None
        floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
        near = [word.lower() for word in WORD.findall(sentence.text[floor : verb.start()])]
        if near and near[-1] in self._grammar.sets["attribution.passive"]:
            return None
        cue = self._subject(sentence, verb, floor)
        return replace(cue, end=tally.noun.end()) if cue else None

    def _told_as(self, sentence: Sentence) -> Iterator[Cue]:
        """Read "an American cable according to which N", "a statement by Seoul about N": whose it is.

        "The 6,000 figure from Seoul", "the figure given by the general staff" are theirs, too.
        """
        text = sentence.text
        if not sentence.has(_TOLD_NOUNS):
            return
        for noun in _TOLD_AS.finditer(text, sentence.start, sentence.end):
            if not any(0 <= q.start - noun.end() <= _AS_REACH for q in sentence.quantities):
                continue
            whose = _BY.match(text, noun.end("noun"), noun.end())
            cue = self._listed.after(sentence, whose.end()) if whose else None
            if cue is None or cue.source is None or cue.end > noun.end():
                cue = self._adjacent(sentence, noun.start("noun"), noun.end("noun"))
            if cue is not None:
                yield replace(cue, start=cue.start, end=noun.end(), rule="estimate", outlet=False)
        for figure in _FIGURE_FROM.finditer(text, sentence.start, sentence.end):
            cue = self._listed.after(sentence, figure.end())
            counted = any(q.right + 1 == figure.start() for q in sentence.quantities)
            if counted and cue is not None and cue.source is not None:
                yield replace(cue, start=figure.start(), rule="given", outlet=False)

    def _adjacent(self, sentence: Sentence, start: int, end: int) -> Cue | None:
        """Read "an American cable", "Seoul's statement", "a tabloid's story": the owner right before a noun."""
        paper = _PAPERS.search(sentence.text, sentence.start, start)
        if paper is not None:
            own = unknown(paper[1])
            return Cue(start=paper.start(1), end=end, source=own, rule="estimate")
        for name in _nearest(sentence, start):
            gap = sentence.text[name.end : start]
            if len(gap.removeprefix("'s").split()) > _MOST_OWNED - 1 or "," in gap:
                return None
            slug = name.senses.get(NameKind.SOURCE) or name.senses.get(NameKind.OUTLET)
            force = name.senses.get(NameKind.ADJECTIVE)
            if gap.startswith("'s"):
                force = force or name.senses.get(NameKind.ACTOR)
            source = self._listed.source(slug) or self._listed.government(force or "")
            return (
                Cue(start=name.start, end=end, source=source, rule="estimate") if source else None
            )
        return None

    def _owned(self, sentence: Sentence, noun: re.Match[str], counted: Name | None) -> Cue | None:
        """Return whose an estimate is by the name before it; whom it counts does not own it."""
        text = sentence.text
        if noun[0].lower() == "numbers" and any(
            quantity.left == noun.end() + 1 for quantity in sentence.quantities
        ):
            return None  # "the mission numbers 4,500"
        own = _THEIR.search(text, max(sentence.start, noun.start() - 24), noun.start())
        if own is not None and not _BESIDE.search(text, sentence.start, own.start()):
            form = _PRONOUN.get(own[1].lower(), "they")
            return Cue(start=own.start(), end=noun.end(), source=None, rule="pronoun", form=form)
        bodys = _BODYS.search(text, max(sentence.start, noun.start() - 50), noun.start())
        found = bodys and self._listed.phrases.read(sentence, bodys.start(1), bodys.end(1))
        if bodys and found and found.rule in {"office", "title"}:
            return Cue(start=bodys.start(), end=noun.end(), source=found.source, rule=found.rule)
        return self._by_name(sentence, noun, counted)

    def _by_name(self, sentence: Sentence, noun: re.Match[str], counted: Name | None) -> Cue | None:
        """Return the owner whose name stands before an estimate, or before whom it counts."""
        text = sentence.text
        stop = counted.start if counted else noun.start()
        for name in _nearest(sentence, stop):
            if _CLOSE_TO.search(text, sentence.start, name.start):
                continue  # "bloggers close to the Ruritanian command claim"
            gap = text[name.end : stop]
            if (
                not 0 < len(gap) <= _ESTIMATE_GAP
                or len(gap.removeprefix("'s").split()) > _MOST_OWNED
                or "," in gap
                or self._acts(gap)
            ):
                continue
            slug = name.senses.get(NameKind.SOURCE) or name.senses.get(NameKind.OUTLET)
            force = name.senses.get(NameKind.ADJECTIVE)
            if gap.startswith("'s"):
                force = force or name.senses.get(NameKind.ACTOR)
            elif counted is not None:
                continue
            source = self._listed.source(slug) or self._listed.government(force or "")
            if source is not None and not slug and _PRESS.search(gap):
                source = unknown(text[name.start : noun.start()])  # "Turkish press reports"
            if source is not None:
                return Cue(start=name.start, end=noun.end(), source=source, rule="estimate")
        return None

    def _acts(self, gap: str) -> bool:
        """Say whether a verb stands between: "the Kremlin dismissed reports" are not its own."""
        patterns = self._grammar.patterns
        return any(
            patterns[key].search(gap)
            for key in ("status.denials", "attribution.verbs", "force.acts")
        )

    def _put_forward(self, sentence: Sentence, noun: re.Match[str]) -> Cue | None:
        """Read "a claim by bloggers that", "the finding of the UN panel that", "a report in X that"."""
        text = sentence.text
        by = _BY.match(text, noun.end(), sentence.end)
        if by is None:
            return None
        that = _THAT.search(text, by.end(), min(sentence.end, by.end() + _OWNER_REACH))
        if that is None or any(by.end() <= q.start < that.start() for q in sentence.quantities):
            return None
        cue = self._listed.after(sentence, by.end())
        if cue is None or cue.source is None or cue.end > that.start():
            return None
        return replace(cue, start=noun.start(), end=that.end(), rule="estimate", outlet=False)


def _nearest(sentence: Sentence, stop: int) -> Sequence[Name]:
    """Return the names before a position, the nearest first."""
    before = (name for name in (*sentence.speakers, *sentence.names) if name.end <= stop)
    return sorted(before, key=lambda one: -one.end)
