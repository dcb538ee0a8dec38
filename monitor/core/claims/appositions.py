# SPDX-License-Identifier: Apache-2.0
"""What stands after a name and says for whom it speaks: "X, who chairs the …", "X, a spokesman for …".

What it is not: an office before a name (`speakers`). Rules of this file: an officer who leads a small
unit speaks for himself; who is "former" or of the opposition speaks for no body.
"""

from __future__ import annotations

import re

from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.listed import Listed
from monitor.core.knowledge import NameKind
from monitor.core.model import Source

_WHO = re.compile(
    r",?\s+who\s+(?:now\s+|also\s+|currently\s+)?(?:chairs?|heads?|leads?|runs?|directs?|commands?|represents?|"
    r"advises?|speaks\s+for|works\s+(?:for|at)|oversees?|presides\s+over|is|serves\s+as)\s+",
)
_A = re.compile(
    r",\s+(?=(?:an?|the|its|their)\s|[A-Z][\w.]*(?:\s[A-Z]\w+)?'s?\s|[a-z]+\s+(?:of|for|at|in)\s)"
)
_STOP = re.compile(r"[,;.:\"\n(]|\s-\s|\b(?:who|which|that|said|says|told|wrote|added)\b")
_REACH = 100
_OF = re.compile(r"\s+(?:of|for|at|with|from|in|to|on)\s+(?:the\s+)?")
_APART = re.compile(
    r"\b(?:former(?:ly)?|ex|retired|opposition|exiled|rebel|separatist|critic|rival|veteran|ally|friend|"
    r"enem(?:y|ies)|opponent|expert\s+on|historian\s+of|specialist\s+(?:on|in))\b",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"\b(?:battlegroups?|battle\s+groups?|battalions?|brigades?|regiments?|company|companies|platoons?|squads?|"
    r"units?|teams?|garrisons?|crews?|batter(?:y|ies)|squadrons?|divisions?|detachments?|position|outpost)\b",
    re.IGNORECASE,
)


class Appositions:
    """Reads what follows a name."""

    def __init__(self, grammar: Grammar, listed: Listed) -> None:
        self._grammar, self._listed = grammar, listed

    def after(self, sentence: Sentence, position: int) -> Source | None:
        """Return for whom the person speaks whose name ends at a position, if it is said there."""
        text = sentence.text
        match = _WHO.match(text, position, sentence.end) or _A.match(text, position, sentence.end)
        if match is None:
            return None
        limit = min(sentence.end, match.end() + _REACH)
        stop = _STOP.search(text, match.end(), limit)
        end = stop.start() if stop else limit
        if _APART.search(text, match.end(), end) or _SMALL.search(text, match.end(), end):
            return None
        found = self._listed.phrases.read(sentence, match.end(), end)
        if found is not None and found.rule == "office":
            return found.source
        return self._body(sentence, match.end(), end, who="who" in match[0])

    def _body(self, sentence: Sentence, start: int, end: int, *, who: bool) -> Source | None:
        """Read "who heads the European Parliament's committee", "an analyst at the institute"."""
        text = sentence.text
        for name in sentence.speakers:
            if not start <= name.start or name.end > end or NameKind.OUTLET in name.senses:
                continue
            before = text[start : name.start]
            led = who and before.strip().lower() in {"", "the"}
            if led or _OF.search(before) or text.startswith("'s", name.end):
                return self._listed.named(name)
        for name in sentence.names:
            if not start <= name.start or name.end > end or not who:
                continue
            force = name.senses.get(NameKind.ADJECTIVE)
            if text.startswith("'s", name.end):
                force = force or name.senses.get(NameKind.ACTOR)
            body = force and self._grammar.search("attribution.bodies", text, name.end, end)
            if body:
                return self._listed.government(force or "")
        return None
