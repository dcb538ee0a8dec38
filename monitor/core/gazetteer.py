# SPDX-License-Identifier: Apache-2.0
"""Forces, places and sources as a small tree with names: what the ledger, rules and mails need.

What it is not: the surface forms that find them in text (those belong to the claims layer).
Rules of this file: lookups never fail; an id that is not listed is its own name and has no
parents. A place's ancestors follow `parent` only: Sudzha < Kursk < Russia.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.core.model import PlaceRelation, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of the place tree. `watch` marks places where a known figure is news again.

    `kind` is one of the words of `monitor.knowledge`, such as "state" or "town"; `iso` are the codes
    of ISO 3166-1 or 3166-2 that the place stands for.
    """

    id: str
    name: str
    parent: str | None = None
    watch: bool = False
    kind: str | None = None
    iso: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """Whose troops: `adjective` as in "North Korean troops"; `serves` as Wagner serves Russia."""

    id: str
    name: str
    adjective: str
    serves: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNode:
    """A speaker or institution; `family` is inherited from `parent` when it is not given.

    A person has an `office`, held from `since` to `until`: years, or years and months.
    """

    id: str
    name: str
    family: str
    parent: str | None = None
    office: str | None = None
    since: str | None = None
    until: str | None = None


class Gazetteer:
    """Immutable lookups over places, forces and sources."""

    def __init__(
        self,
        *,
        places: Iterable[Place] = (),
        forces: Iterable[Force] = (),
        sources: Iterable[SourceNode] = (),
        official: Iterable[str] = (),
    ) -> None:
        self.places: Mapping[str, Place] = MappingProxyType({node.id: node for node in places})
        self.forces: Mapping[str, Force] = MappingProxyType({node.id: node for node in forces})
        self.sources: Mapping[str, SourceNode] = MappingProxyType(
            {node.id: node for node in sources}
        )
        self._official = frozenset(official)

    def ancestors(self, place: str) -> tuple[str, ...]:
        """Return the ids above `place`, nearest first, without `place` itself."""
        found: list[str] = []
        node = self.places.get(place)
        while node is not None and node.parent is not None and node.parent not in found:
            found.append(node.parent)
            node = self.places.get(node.parent)
        return tuple(found)

    def is_within(self, place: str | None, container: str) -> bool:
        """Say whether `place` is `container` or lies inside it; an unknown place does not."""
        return place is not None and (place == container or container in self.ancestors(place))

    def place_relation(self, a: str | None, b: str | None) -> PlaceRelation:
        """Return how place `a` stands to place `b`."""
        if a is None or b is None:
            return PlaceRelation.UNKNOWN
        if a == b:
            return PlaceRelation.EQUAL
        if a in self.ancestors(b):
            return PlaceRelation.ANCESTOR
        if b in self.ancestors(a):
            return PlaceRelation.DESCENDANT
        return PlaceRelation.DISJOINT

    def is_watched(self, place: str | None) -> bool:
        """Say whether a figure that is known elsewhere counts as news at `place`."""
        node = self.places.get(place) if place is not None else None
        return node is not None and node.watch

    def place_name(self, place: str) -> str:
        """Return the display name ("Kursk")."""
        node = self.places.get(place)
        return place if node is None else node.name

    def force_adjective(self, force: str) -> str:
        """Return the attributive form ("North Korean")."""
        node = self.forces.get(force)
        return force if node is None else node.adjective

    def source(self, source: str) -> Source | None:
        """Return the source record for a gazetteer slug, or None."""
        node = self.sources.get(source)
        return None if node is None else Source(id=node.id, name=node.name, family=node.family)

    def family_name(self, family: str) -> str:
        """Return the display name of a source family (a source node with the same id)."""
        node = self.sources.get(family)
        return family.removeprefix("text:") if node is None else node.name

    def institution(self, source: str) -> str:
        """Return the id of the body of a family that a source speaks for; itself where it has none.

        It is the node right below the family's own: Pat Ryder speaks for the Pentagon.
        """
        node = self.sources.get(source)
        passed = {source}
        while node is not None and node.parent not in {None, node.family, *passed}:
            node = self.sources.get(node.parent or "")
            source = node.id if node is not None else source
            passed.add(source)
        return source

    def is_official(self, family: str | None) -> bool:
        """Say whether a family is a government, or a body of governments that the data lists."""
        return family is not None and (family.endswith("-government") or family in self._official)
