# SPDX-License-Identifier: Apache-2.0
"""Whom an institution without its name is: "the agency", "the experts", "the country's service", a spokesman.

What it is not: titles and their states (`titles`), or pronouns of persons (`voices`). Rules of this file: who was called so
before is meant; a state's house and a private one are told apart; officials of nobody are of the government that acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Sentence
from monitor.core.claims.titles import Titles
from monitor.core.knowledge import NameKind
from monitor.core.model import Source

# Officials of no named state are those of the government that spoke just before.
_OF_SAME = frozenset(
    f"{kind} {who}"
    for kind in (
        "defense",
        "defence",
        "military",
        "intelligence",
        "administration",
        "government",
        "army",
    )
    for who in ("officials", "spokesman", "spokeswoman", "spokesperson")
) | {"government sources"}
_PLAIN_SPOKES = frozenset({"spokesman", "spokeswoman", "spokesperson"})
_SPOKES = re.compile(r"\b(?:spokes(?:man|men|woman|person|persons)|speaker)s?\b")
_MEMBERS = frozenset({"lawmaker", "lawmakers", "mp", "mps", "member", "members", "deputy", "deputies", "senator", "senators", "minister", "ministers", "legislator", "legislators"})  # fmt: skip
_DEFINITE = re.compile(
    r"(?:according\s+to\s+|in\s+)?(?:one\s+of\s+)?(?:the|its|their)\b", re.IGNORECASE
)
_THE_COUNTRYS = re.compile(
    r"(?:the\s+)?(?:country|nation|kingdom|republic|state)'s\b", re.IGNORECASE
)
_STATE = 2


# What is named again without its name, and whether it is a state's.
THE_HOUSE = {
    **dict.fromkeys(
        (
            "agency",
            "service",
            "intelligence",
            "intelligence service",
            "intelligence services",
            "spy agency",
            "directorate",
            "department",
            "ministry",
            "mission",
        ),
        True,
    ),
    **dict.fromkeys(
        (
            "document",
            "documents",
            "assessment",
            "assessments",
            "memo",
            "memos",
            "briefing",
            "briefings",
            "data",
        ),
        None,
    ),
    **dict.fromkeys(
        (
            "author",
            "authors",
            "paper",
            "papers",
            "study",
            "studies",
            "institute",
            "think tank",
            "think tanks",
            "analyst",
            "analysts",
            "researchers",
            "report",
        ),
        False,
    ),
}
# How far back, and of how many letters, a noun is taken for the same speakers.
_HOUSE_BACK, _LEAST_NOUN = 3, 5


class Houses:
    """Finds institutions in one story; `sentences` are in the story's order, and an index is one of them.

    Nothing is raised: who is not found is None, and the cue stays as it was read.
    """

    def __init__(
        self, sentences: Sequence[Sentence], attribution: Attribution, titles: Titles
    ) -> None:
        self.sentences, self._attribution, self._titles = sentences, attribution, titles
        self._cues: dict[int, list[Cue]] = {}

    def _raw_cues(self, index: int) -> list[Cue]:
        if index not in self._cues:
            self._cues[index] = self._attribution.cues(self.sentences[index])
        return self._cues[index]

    def _served(self, index: int, cue: Cue, source: Source) -> Source | None:
        """Return whom a lawmaker, a spokesman of a unit at war or "a defense official" speaks for."""
        if cue.rule in {"role", "title"} and _MEMBERS & set(source.name.lower().split()):
            house = self._titles.house(index, cue.end)
            if house is not None:
                return house
        definite = _DEFINITE.match(self.sentences[index].text, cue.start) is not None
        if source.id.startswith("text:"):
            before = self._meant(index, cue, source, definite=definite)
            if before is not None:
                return before
        if source.id.startswith("text:") and cue.rule != "title" and _SPOKES.search(source.name):
            state = self._titles.enemys(index)
            if state is not None:
                return self._attribution.listed.government(state)
        if cue.rule in {"role", "according", "title"} and (
            source.name in _OF_SAME or source.name in _PLAIN_SPOKES
        ):
            return self._government_before(index, cue.start)
        return None

    def _meant(self, index: int, cue: Cue, source: Source, *, definite: bool) -> Source | None:
        """Return whom "the country's agency", "the agency", "the paper" or "the experts" mean."""
        if _THE_COUNTRYS.match(source.name):
            return self._government_before(index, cue.start) or self._of_sentence(index, cue)
        name = source.name.removeprefix("same ")
        before = None
        if definite and name in THE_HOUSE:
            before = self._house_before(index, cue, state=THE_HOUSE[name])
        if before is None and definite and cue.rule in {"role", "according"}:
            before = self._so_called_before(index, cue, name)
        return before

    def _of_sentence(self, index: int, cue: Cue) -> Source | None:
        """Return the state that a sentence names before "the country's intelligence agency"."""
        sentence = self.sentences[index]
        for name in reversed(sentence.names):
            state = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
            if (
                name.end <= cue.start + len("citing ")
                and state is not None
                and len(state) == _STATE
            ):
                return self._attribution.listed.government(state)
        return None

    def _so_called_before(self, index: int, cue: Cue, name: str) -> Source | None:
        """Return who was called so before: "UN experts wrote …", then "the experts added"."""
        noun = name.rsplit(maxsplit=1)[-1]
        if len(noun) < _LEAST_NOUN or not noun.isalpha():
            return None
        for earlier in range(index, max(-1, index - 1 - _HOUSE_BACK), -1):
            sentence = self.sentences[earlier]
            for other in reversed(self._raw_cues(earlier)):
                found = other.source
                if found is None or found.id.startswith("text:") or other.outlet:
                    continue
                if earlier == index and other.end > cue.start:
                    continue
                called = sentence.text[other.start : other.end].lower()
                if re.search(rf"\b{noun.removesuffix('s')}s?\b", called):
                    return found
        return None

    def _house_before(self, index: int, cue: Cue, *, state: bool | None) -> Source | None:
        """Return the institution that spoke last before "the agency" or "its authors": a state's, or none's."""
        said = [other for other in self._raw_cues(index) if other.end <= cue.start]
        for earlier in (
            said,
            *(
                self._raw_cues(one)
                for one in range(index - 1, max(-1, index - 1 - _HOUSE_BACK), -1)
            ),
        ):
            for other in reversed(earlier):
                found = other.source
                if found is None or other.outlet or found.id.startswith("text:"):
                    continue
                fits = state is None or found.family.endswith("-government") is state
                return found if fits else None
        return None

    def _government_before(self, index: int, start: int) -> Source | None:
        """Return the government whose body spoke, or acts, just before "a defense official"."""
        acts = self._titles.subject(index, start)
        if acts is not None and acts.family.endswith("-government"):
            return acts
        for other in (index, index - 1):
            if other < 0:
                continue
            cues = self._raw_cues(other)
            for cue in reversed([cue for cue in cues if other < index or cue.end <= start]):
                if cue.source is not None and cue.source.family.endswith("-government"):
                    return cue.source
        return None
