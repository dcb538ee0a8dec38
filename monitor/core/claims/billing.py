# SPDX-License-Identifier: Apache-2.0
"""Whose words a whole text is, by its title or its greeting: "Interview with the Example minister".

What it is not: a cue in a sentence (`attribution`), or the label of a turn (`labels`). Rules of this file: the
title must name an occasion of speech; the speaker stands at its beginning, behind a colon, or behind "by",
"with" or "of"; an office or a rank without a state is the one state's that the title names. Prose about a
speech is not its speaker's: a text counts as speech only where somebody speaks in it in the first person,
addresses a house, or the title calls it his report or reply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.attribution import Attribution
from monitor.core.claims.grammar import Sentence
from monitor.core.knowledge import NameKind
from monitor.core.model import Source

_OCCASION = re.compile(
    r"\b(?:(?:press|news)\s+(?:conference|briefing|stakeout|statement)|briefing|stakeout|doorstep|interview|(?:evening|video|televised|"
    r"new\s+year)?\s*address|remarks|speech|statement|hearing|testimony|reply|replies|oral\s+answers|written\s+answers?|report|"
    r"communiqu[eé]|letter|briefs\s+(?:reporters|journalists|the\s+press|lawmakers)|meets\s+the\s+press|speaks\s+to|talks\s+to|"
    r"on\s+(?:state\s+)?television|phone-in|radio\s+talk|press\s+service|question\s+time)\b",
    re.IGNORECASE,
)
_HIS_OWN = re.compile(
    r"\W*(?:Report|Reply|Statement|Communiqu[eé]|Written\s+answer|Address)\s+(?:of|by|from)\b|.*\breply\s+(?:of|by|from)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:\b(?:by|with|of|from|to)\s+(?:the\s+|an?\s+)?|:\s+(?:the\s+)?)", re.IGNORECASE
)
_FIRST_PERSON = re.compile(r"(?:(?<![\w'])(?:I|[Ww]e)(?:'[a-z]+)?\s|\b(?:[Oo]ur|[Mm]y)\b)")
_ADDRESSES = re.compile(
    r"\W*(?:Sir|Madam|Mr\.? (?:Speaker|President|Chairman)|Madam (?:Speaker|President)|Honou?rable|Dear|Good (?:evening|morning)|"
    r"Ladies and gentlemen|Colleagues|Friends)\b"
)
# "Good evening, dear Ruritanians": whom a head of state speaks to.
_DEAR = re.compile(r"\b(?:[Dd]ear|[Ff]ellow|[Mm]y)\s+(?=[A-Z])")
_RANK = re.compile(
    r"(?:(?:lieutenant|major|brigadier|vice|rear)[\s-]+)*(?:general|gen\.?|admiral|adm\.?|colonel|col\.?|minister|secretary(?![\s-]general)|"
    r"ministry|president|ambassador|envoy|commander|chief|spokes\w+)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"?")


class Billing:
    """Finds the one speaker of a story; `begin` counts the sentences of its title."""

    def __init__(self, sentences: Sequence[Sentence], begin: int, attribution: Attribution) -> None:
        self._sentences, self._begin, self._listed = sentences, begin, attribution.listed
        self._found: Source | None = None
        self._asked = False

    def speaker(self) -> Source | None:
        """Return who is announced to speak, looked for once."""
        if not self._asked:
            self._asked = True
            self._found = self._announced() or self._greeting()
        return self._found

    def is_speech(self) -> bool:
        """Say whether the text itself is that speaker's, not a story about what he said."""
        title = self._sentences[0].text if self._begin else ""
        if _HIS_OWN.match(title):
            return True
        body = self._sentences[self._begin :]
        if not body:
            return False
        first = body[0]
        if _ADDRESSES.match(first.text, first.start, first.end):
            return True
        plain = _QUOTED.sub(" ", first.text[first.start : body[-1].end])
        return _FIRST_PERSON.search(plain) is not None

    def _announced(self) -> Source | None:
        for title in self._sentences[: self._begin]:
            if _OCCASION.search(title.text, title.start, title.end) is None:
                continue
            starts = [title.start]
            starts += [m.end() for m in _BEFORE.finditer(title.text, title.start, title.end)]
            for start in starts:
                found = self._at(title, start)
                if found is not None:
                    return found
        return None

    def _at(self, title: Sentence, start: int) -> Source | None:
        """Return the speaker whose name or office begins at a position of the title."""
        for name in title.speakers:
            if name.start == start and NameKind.OUTLET not in name.senses:
                return self._listed.named(name)
        found = self._listed.phrases.at(title, start, title.end)
        if found is not None and found.rule == "office":
            return found.source
        if _RANK.match(title.text, start) is None and (found is None or found.rule != "title"):
            return None
        return self._of_one_state(title)

    def _of_one_state(self, title: Sentence) -> Source | None:
        kinds = (NameKind.ACTOR, NameKind.ADJECTIVE)
        states = {
            name.senses[kind] for name in title.names for kind in kinds if kind in name.senses
        }
        return self._listed.government(states.pop()) if len(states) == 1 else None

    def _greeting(self) -> Source | None:
        """Read "Good evening, dear Ruritanians": a people is spoken to by its own head of state."""
        for sentence in self._sentences[self._begin : self._begin + 1]:
            for dear in _DEAR.finditer(sentence.text, sentence.start, sentence.end):
                for name in sentence.names:
                    if name.start == dear.end() and NameKind.PEOPLE in name.senses:
                        return self._listed.government(name.senses[NameKind.PEOPLE])
        return None
