# SPDX-License-Identifier: Apache-2.0
"""Documents that say a figure: "a leaked memo from the general staff, seen by X, lists N".

What it is not: people who say something (`attribution`), or whose estimate it is (`owned`). Rules of this
file: whose paper it is speaks, by what stands before its noun or right after it; who saw or obtained it
only carries it; a paper that is nobody's speaks for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.claims.speakers import DETERMINERS, plural, unknown
from monitor.core.knowledge import Name, NameKind

_REACH = 170
_BEFORE = 70
# "a memo from", "a study by", "images analysed by", "a database kept by": who made it.
_MADE_BY = re.compile(
    r"\s*,?\s*(?:(?:[a-z]+ly\s+)?(?:made|written|drafted|drawn\s+up|prepared|compiled|kept|maintained|issued|"
    r"published|released|produced|collected|gathered|commissioned|analy[sz]ed|examined|assembled|signed|"
    r"submitted|presented|put\s+together|put\s+out|carried\s+out|conducted|done|run|circulated|sent|sent\s+out)\s+)?"
    r"(?:by|from|of|for|at|in)\s+"
)
# What may stand between the paper and its verb: who saw it, what it is about; no other clause.
_CLAUSE = re.compile(r"[.;:\"\n]|\b(?:while|when|because|although|after which)\b")
_NUMBER = re.compile(r"\d{2,}")
_RELATIVE = re.compile(
    r",\s+(?:which|that|whose|who|based\s+on|drawing\s+on|drawn\s+from|a\s+copy\s+of\s+which)\b[^,;.\"]{2,80},"
)
# "the report", "its statement": the one that was spoken of.
_KNOWN = re.compile(r"(?:the|its|their|his|her|this|that)\s", re.IGNORECASE)
_OWN = re.compile(r"(?:'s|s')\s")
_DETERMINER = re.compile(
    r"(?:^|[\s\"(,])(?:an?|the|its|their|his|her|this|that|one|two|three|several|some|new|in)\s"
)


class Papers:
    """Finds papers that are the subject of a verb."""

    def __init__(self, grammar: Grammar, listed: Listed) -> None:
        self._grammar, self._listed = grammar, listed

    def before(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Return the paper that is the subject of a verb, or whose it is."""
        text = sentence.text
        floor = max(sentence.start, verb.start() - _REACH)
        noun = self._noun(sentence, floor, verb.start())
        if noun is None:
            return None
        begin = self._begin(sentence, noun.start())
        cue = self._owner_before(sentence, begin, noun) or self._owner_after(
            sentence, noun, verb.start()
        )
        if cue is None and noun[0].lower() in self._grammar.sets["attribution.pictures"]:
            return None  # what one sees on them is the article's word
        if cue is None and not _KNOWN.match(text, begin, noun.start()):
            words = [word for word in text[begin : noun.end()].split() if word.isalpha()]
            plain = [word for word in words if word.lower() not in DETERMINERS][-2:]
            literal = unknown(plural(" ".join(plain).lower()))
            cue = Cue(start=begin, end=noun.end(), source=literal, rule="role")
        return replace(cue, start=begin, end=verb.end()) if cue is not None else None

    def _noun(self, sentence: Sentence, floor: int, stop: int) -> re.Match[str] | None:
        """Return the first paper from which nothing but phrases about it lead to the verb."""
        for noun in self._grammar.patterns["attribution.papers"].finditer(
            sentence.text, floor, stop
        ):
            gap = _RELATIVE.sub(" ", sentence.text[noun.end() : stop] + " ")
            counted = _NUMBER.search(gap) is not None
            said = self._grammar.patterns["attribution.verbs"].search(gap)
            seen = said is None or _is_participle(gap, said)
            if not counted and seen and not _CLAUSE.search(gap) and gap.count(",") in {0, 2}:
                return noun
        return None

    def _begin(self, sentence: Sentence, noun: int) -> int:
        """Return where the noun phrase of a paper begins."""
        floor = max(sentence.start, noun - _BEFORE)
        last = None
        for last in _DETERMINER.finditer(sentence.text, floor, noun):  # noqa: B007
            pass
        return last.start() + (not sentence.text[last.start()].isalpha()) if last else floor

    def _owner_before(self, sentence: Sentence, begin: int, noun: re.Match[str]) -> Cue | None:
        """Read "an internal German defence ministry paper", "a BBC tally", "the Pentagon's memo"."""
        for name in _inside(sentence.speakers, begin, noun.start()):
            cue = self._listed.of_speaker(name, noun.end(), "said")
            if cue.source is not None:
                return cue
        for name in _inside(sentence.names, begin, noun.start()):
            force = name.senses.get(NameKind.ADJECTIVE)
            if sentence.text.startswith("'s", name.end):
                force = force or name.senses.get(NameKind.ACTOR)
            source = self._listed.government(force) if force else None
            if source is not None:
                return Cue(start=name.start, end=noun.end(), source=source, rule="said")
        own = _OWN.search(sentence.text, begin, noun.start())
        found = self._listed.phrases.read(sentence, begin, own.start()) if own else None
        if found is None or found.rule == "literal":
            return None
        return Cue(start=begin, end=noun.end(), source=found.source, rule=found.rule)

    def _owner_after(self, sentence: Sentence, noun: re.Match[str], stop: int) -> Cue | None:
        """Read "a leaked memo from Mali's general staff", "images analysed by the institute"."""
        by = _MADE_BY.match(sentence.text, noun.end(), stop)
        if by is None:
            return None
        how = by[0].split()
        cue = self._listed.after(sentence, by.end())
        if cue is None or cue.source is None or cue.end > stop:
            return None
        about = how[-1] in {"of", "for", "in", "at"} and len(how) == 1
        if about and (cue.source.id.startswith("text:") or not _begins(sentence, by.end(), cue)):
            return None  # "images of soldiers", "a list of names"
        return replace(cue, rule="said")


def _is_participle(gap: str, said: re.Match[str]) -> bool:
    """Say whether a verb of saying is only a participle: "reported by", "confirmed to", "cited in"."""
    return re.match(r"\s+(?:by|in|to|with|on|from)\b", gap[said.end() :]) is not None


def _begins(sentence: Sentence, position: int, cue: Cue) -> bool:
    """Say whether the owner follows at once: "of the ministry", not "of bases in Mali"."""
    return len(sentence.text[position : cue.start].split()) <= 1


def _inside(names: Sequence[Name], start: int, end: int) -> list[Name]:
    return [name for name in names if start <= name.start and name.end <= end]
