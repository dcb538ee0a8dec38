# SPDX-License-Identifier: Apache-2.0
"""Speakers: names that are listed, and the offices that every state has, put together in the text.

"Ruritanian defence ministry", "Ruritania's top general" and "the general staff of Ruritania" are
composed from the names of states and one list of offices, not listed per state. Rules of this file:
offices in any case, states as they are spelled; a listed name wins over a composed one of the same
length, the longer over the shorter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.core.knowledge import NO_GUARDS, Guard, Name, NameIndex, NameKind, alternatives

# "'s former first deputy " is the longest that stands between a state and its office.
_MOST_BETWEEN = 40
_OPENS = frozenset("\n.:;!?\"'(-")


class Offices:
    """Finds offices of states; `slugs` maps a force and an institution to a source."""

    def __init__(
        self,
        *,
        states: Mapping[str, Mapping[NameKind, str]],
        forms: Mapping[str, str],
        qualifiers: Iterable[str],
        slugs: Mapping[tuple[str, str], str],
    ) -> None:
        self._states = NameIndex(states)
        self._institutions = tuple(forms.values())
        self._automaton = AhoCorasick(tuple(forms), matchkind=MatchKind.LeftmostLongest)
        self._between = re.compile(
            rf"(?P<owns>'s?)?\s(?:{alternatives(qualifiers)}\s){{0,3}}", re.IGNORECASE
        )
        self._senses = {key: {NameKind.SOURCE: slug} for key, slug in slugs.items()}

    def find(self, text: str) -> list[Name]:
        """Return the offices of states in `text`, in order; they may overlap."""
        states = self._states.find(text)
        if not states:
            return []
        starts, ends = [name.start for name in states], [name.end for name in states]
        # "İ" is the one letter that becomes longer; every other keeps its position.
        lowered = text.replace("İ", "I").lower()
        found: list[Name] = []
        for number, start, end in self._automaton.find_matches_as_indexes(lowered):
            if (start and text[start - 1].isalnum()) or text[end : end + 1].isalnum():
                continue
            state = self._before(text, states, bisect_right(ends, start) - 1, start)
            if state is None:
                state = self._after(text, states, bisect_left(starts, end), end)
            if state is not None:
                name, force = state
                senses = self._senses.get((force, self._institutions[number]))
                if senses is not None:
                    found.append(Name(min(name.start, start), max(name.end, end), senses))
        return found

    def _before(
        self, text: str, states: Sequence[Name], index: int, start: int
    ) -> tuple[Name, str] | None:
        """Return the state right before an office: an adjective, or a name that owns it."""
        if index < 0 or start - states[index].end > _MOST_BETWEEN:
            return None
        name = states[index]
        between = self._between.fullmatch(text, name.end, start)
        if between is None:
            return None
        owner = name.senses.get(NameKind.ACTOR)
        if between["owns"]:
            return (name, owner) if owner is not None else None
        force = name.senses.get(NameKind.ADJECTIVE)
        if force is None and _opens(text, name.start):
            force = owner
        return (name, force) if force is not None else None

    def _after(
        self, text: str, states: Sequence[Name], index: int, end: int
    ) -> tuple[Name, str] | None:
        """Return the state that follows as in "of Ruritania"."""
        if index == len(states):
            return None
        name = states[index]
        force = name.senses.get(NameKind.ACTOR)
        if force is None or text[end : name.start] not in {" of ", " of the "}:
            return None
        return name, force


def _opens(text: str, start: int) -> bool:
    """Say whether a line, sentence or quotation begins here, as in the heading "Ruritania army"."""
    before = text[max(0, start - 2) : start].rstrip(" ")
    return not before or before[-1] in _OPENS


class SpeakerIndex(NameIndex):
    """Listed speakers and the offices of states together, without overlaps."""

    def __init__(
        self,
        names: Mapping[str, Mapping[NameKind, str]],
        offices: Offices | None,
        guards: Mapping[str, Sequence[Guard]] = NO_GUARDS,
    ) -> None:
        super().__init__(names, guards)
        self._offices = offices

    def find(self, text: str) -> list[Name]:
        """Return the speakers in `text`, in order, the first and longest at each place."""
        listed = super().find(text)
        composed = self._offices.find(text) if self._offices is not None else []
        if not composed:
            return listed
        # The sort is stable: of two with the same span the listed one comes first.
        both = sorted([*listed, *composed], key=lambda name: (name.start, -name.end))
        found: list[Name] = []
        for name in both:
            if not found or name.start >= found[-1].end:
                found.append(name)
        return found
