# SPDX-License-Identifier: Apache-2.0
"""What the claims layer knows: measures, language packs, and the names of forces, places, sources.

What it is not: the files (see `monitor.knowledge`) or the grammar (see `core.claims`). Rules of this
file: frozen after construction; names are matched case-sensitively, whole words only, the longest
at a place; one surface form may have several senses ("Moscow" acts, speaks and is a place).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.core.gazetteer import Gazetteer

if TYPE_CHECKING:
    from monitor.core.packs import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What can befall the counted, and the unit it gives: nouns that say it ("deaths"), verbs that
    stand after the counted ("were killed") and before it ("killed", "bodies of")."""

    unit: str
    heads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is counted: head nouns with their weight (1 = always this measure), and the floor
    below which a number is an incident rather than an estimate.

    Without `fates` a measure counts those who are there, and what befell them keeps a number out;
    with them it counts exactly those whom one of them befell.
    """

    id: str
    name: str
    unit: str
    floor: int
    heads: Mapping[str, float]
    ceiling: int = 10**10  # more than this is no figure but a mistake, or counts something else
    fates: tuple[Fate, ...] = ()


# The lists of words that the grammar asks a language for; a pack without one of them is incomplete.
WORD_LISTS = frozenset(
    {
        "attribution.according",
        "attribution.backward",
        "attribution.familiar",
        "attribution.first_person",
        "attribution.modals",
        "attribution.offices",
        "attribution.own_army",
        "attribution.passive",
        "attribution.pronouns",
        "attribution.roles",
        "attribution.titles",
        "attribution.verbs",
        "dates.ahead",
        "force.acts",
        "force.hosts",
        "force.origins",
        "force.possessives",
        "modifiers.about",
        "modifiers.about_after",
        "modifiers.at_least",
        "modifiers.at_least_after",
        "modifiers.at_most",
        "modifiers.at_most_after",
        "numbers.half",
        "places.bound",
        "places.fillers",
        "places.prepositions",
        "places.regions",
        "rejects.active_objects",
        "rejects.boundaries",
        "rejects.casualty",
        "rejects.casualty_before",
        "rejects.counted_codes",
        "rejects.denominators",
        "rejects.money",
        "rejects.other_crowds",
        "rejects.things",
        "rejects.both_ways",
        "rejects.passive",
        "rejects.separators",
        "shapes.maybe",
        "rejects.exchange",
        "rejects.families",
        "rejects.civilian",
        "rejects.year_before",
        "shapes.adverbs",
        "shapes.auxiliaries",
        "shapes.collectives",
        "shapes.compared",
        "shapes.fillers",
        "shapes.growth",
        "shapes.increments",
        "shapes.links",
        "shapes.mass",
        "shapes.military_context",
        "shapes.movement",
        "shapes.people_context",
        "shapes.repeats",
        "shapes.signs",
        "shapes.stops",
        "shapes.strong",
        "shapes.subjects",
        "status.decrease",
        "status.denials",
        "status.denied",
        "status.denied_nouns",
        "status.exercise",
        "status.flow",
        "status.hedged_present",
        "status.history",
        "status.hypothetical",
        "status.increment_before",
        "status.not_future",
        "status.past",
        "status.planned",
        "status.present",
        "status.recalled",
        "status.subset",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language; `words` maps `section.key` to lower-case forms."""

    id: str
    words: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    scales: Mapping[str, int]
    bands: Mapping[str, tuple[int, int]]
    points: Mapping[str, int]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]

    def any_of(self, *keys: str) -> str:
        """Return a regular expression of all forms under the keys, longest first."""
        return alternatives(form for key in keys for form in self.words[key])


_Branch: TypeAlias = dict[str, "_Branch"]


def alternatives(forms: Iterable[str]) -> str:
    """Return a non-capturing pattern of literal forms, the longest first, blanks flexible.

    Common beginnings are shared, which makes `re` try a few letters per word, not every form.
    """
    root: _Branch = {}
    for form in sorted(set(forms)):
        branch = root
        for char in " ".join(form.split()):
            branch = branch.setdefault(char, {})
        branch[""] = {}
    return _pattern(root)


def _pattern(branch: _Branch) -> str:
    """Return the pattern of what may follow; where a form ends, going on is tried first."""
    ways = []
    for char, rest in branch.items():
        if not char:
            continue
        ways.append((r"\s+" if char == " " else re.escape(char)) + _pattern(rest))
    if not ways:
        return ""
    if "" in branch:
        return f"(?:{'|'.join(ways)})?"
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


class NameKind(StrEnum):
    """What a surface form can stand for."""

    ACTOR = "actor"  # "Pyongyang sent …"
    ADJECTIVE = "adjective"  # "North Korean troops"
    PEOPLE = "people"  # "10,000 North Koreans"
    PLACE = "place"
    SOURCE = "source"
    OUTLET = "outlet"  # a source that mostly carries what others say


# Not frozen: a text has hundreds, and a frozen one costs three times as much to make.
@dataclass(slots=True, unsafe_hash=True)
class Name:
    """One occurrence of a known name in a text, never changed; `senses` maps a kind to a gazetteer id."""

    start: int
    end: int
    senses: Mapping[NameKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """When an ambiguous form is the known name; empty conditions are none.

    `kinds`: the senses that are guarded, all when empty. `needs` and `unless`: words of which one
    must, or none may, stand anywhere in the text. `after`, `not_after`, `not_before`: words right
    beside the form. `open_end`: no noun may follow, as in "the US" but not "the US embassy";
    it lists the small words that may. `alone`: a capitalised word before it must be one of these.
    """

    kinds: frozenset[NameKind] = frozenset()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    open_end: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    def admits(self, text: str) -> bool:
        """Say whether the form can be the known name anywhere in this text."""
        if self.needs and not any(word in text for word in self.needs):
            return False
        return not any(word in text for word in self.unless)

    def holds(self, text: str, start: int, end: int) -> bool:
        """Say whether what stands beside the form at `start` to `end` lets it be the known name."""
        before = text[max(0, start - _BESIDE) : start].rstrip(" ,")
        if self.after and not _ends_with_word(before, self.after):
            return False
        if self.not_after and _ends_with_word(before, self.not_after):
            return False
        if self.alone and text[start - 1 : start] == " ":
            words = text[max(0, start - _BESIDE) : start - 1].split() or [""]
            word = words[-1].lstrip("\"'(")
            if _is_name_like(word) and word.rstrip(".") not in self.alone:
                return False
        following = text[end : end + _BESIDE]
        if self.not_before and following[:1] in {" ", "-"}:
            plain = following[1:]
            if any(_starts_with_word(plain, word) for word in self.not_before):
                return False
        if not self.open_end or following[:1] != " ":
            return True
        word = following[1:].partition(" ")[0]
        return not word[:1].isalpha() or word.rstrip(",.;:!?\"')") in self.open_end


_BESIDE = 32
NO_GUARDS: Mapping[str, Sequence[Guard]] = MappingProxyType({})


def _is_name_like(word: str) -> bool:
    """Say whether a word may be a first name; one that ends a sentence or a quotation is none."""
    return len(word) > 1 and word[0].isupper() and word[1].islower() and word[-1].isalnum()


def _ends_with_word(text: str, words: Sequence[str]) -> bool:
    return any(text.endswith(word) and not text[: -len(word)][-1:].isalnum() for word in words)


def _starts_with_word(text: str, word: str) -> bool:
    return text.startswith(word) and not text[len(word) : len(word) + 1].isalnum()


class NameIndex:
    """Finds known names in a text, the longest at each place, whole words only.

    An ambiguous form counts only where its guards hold. The index is built when it is first asked:
    most commands and the daemon's own process read no text.
    """

    def __init__(
        self,
        names: Mapping[str, Mapping[NameKind, str]],
        guards: Mapping[str, Sequence[Guard]] = NO_GUARDS,
    ) -> None:
        self._names = names
        self._guards = {form: guards[form] for form in guards if form in names}

    @cached_property
    def _automata(self) -> tuple[_Automaton, _Automaton]:
        """Return the finders of forms without an article and of those with one."""
        plain = {form: found for form, found in self._names.items() if not _has_article(form)}
        # "the North" must not hide "the North Korean troops", so it is looked for apart.
        articled = {form: found for form, found in self._names.items() if form not in plain}
        return _Automaton(plain), _Automaton(articled)

    def find(self, text: str) -> list[Name]:
        """Return the names in `text`, in order, without overlaps."""
        plain, articled = self._automata
        found = self._sure(text, plain.find(text))
        taken = {name.start for name in found}
        extra = [
            name
            for name in self._sure(text, articled.find(text))
            if not any(position in taken for position in range(name.start, name.end))
        ]
        return sorted([*found, *extra], key=lambda name: name.start) if extra else found

    def _sure(self, text: str, found: list[Name]) -> list[Name]:
        """Return the names without the senses that an ambiguous form has not here."""
        if not self._guards:
            return found
        kept: list[Name] = []
        admitted: dict[int, bool] = {}  # each guard reads the whole text at most once
        for name in found:
            senses = name.senses
            for guard in self._guards.get(text[name.start : name.end], ()):
                if id(guard) not in admitted:
                    admitted[id(guard)] = guard.admits(text)
                if not (admitted[id(guard)] and guard.holds(text, name.start, name.end)):
                    senses = {
                        kind: slug
                        for kind, slug in senses.items()
                        if guard.kinds and kind not in guard.kinds
                    }
            if senses is name.senses:
                kept.append(name)
            elif senses:
                kept.append(Name(name.start, name.end, senses))
        return kept


def _has_article(form: str) -> bool:
    return form.startswith(("the ", "The "))


class _Automaton:
    """One set of forms, found the longest first, whole words only."""

    def __init__(self, names: Mapping[str, Mapping[NameKind, str]]) -> None:
        self._senses = tuple(names.values())
        self._automaton = (
            AhoCorasick(tuple(names), matchkind=MatchKind.LeftmostLongest) if names else None
        )

    def find(self, text: str) -> list[Name]:
        """Return the forms in `text`, in order, without overlaps."""
        if self._automaton is None:
            return []
        return [
            Name(start, end, self._senses[number])
            for number, start, end in self._automaton.find_matches_as_indexes(text)
            if not (start and text[start - 1].isalnum())
            and not (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())
        ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """Everything that extraction needs; `version` is a digest of the files it came from.

    `actors` finds forces and places, `speakers` sources; `governments` maps a force to the source
    that speaks for it, `homes` a force to its own country, and `rivals` a force to whom its
    speakers call the enemy; `adversaries` are those of states that are not at war.
    `family_name_first` are forces whose people's family names stand first; `expeditions` maps a force to the
    countries where its people are soldiers, `unheard` a government's family to words of which one stands
    where it speaks. `peoples` are names of people that may stand for troops. `packs` are
    the languages beside English.
    """

    gazetteer: Gazetteer
    measures: Mapping[str, Measure]
    languages: Mapping[str, Language]
    actors: NameIndex
    speakers: NameIndex
    governments: Mapping[str, str]
    homes: Mapping[str, str]
    rivals: Mapping[str, str] = field(default_factory=dict)
    adversaries: Mapping[str, str] = field(default_factory=dict)
    family_name_first: frozenset[str] = frozenset()
    expeditions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unheard: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # What a sum of confidence points stands for: (least points, probability), the highest first.
    calibration: tuple[tuple[int, float], ...] = ((0, 0.5),)
    directions: tuple[str, ...]
    peoples: tuple[str, ...]
    version: str
    packs: Mapping[str, Pack] = field(default_factory=dict)

    @cached_property
    def states_by_family(self) -> Mapping[str, str]:
        """Return the force that each government's source family speaks for."""
        return {family: force for force, family in self.governments.items()}

    def adversary(self, state: str) -> str | None:
        """Return whom the speakers of a state call the enemy, in war or across a tense border."""
        node = self.gazetteer.forces.get(state)
        for one in (state, node.serves if node is not None else None):
            foe = self.rivals.get(one or "") or self.adversaries.get(one or "")
            if foe is not None:
                return foe
        return None

    @cached_property
    def armed_groups(self) -> frozenset[str]:
        """Return the forces that are no state, alliance or mission: their members are fighters."""
        gazetteer = self.gazetteer
        families = self.governments.items()
        states = {slug for slug, family in families if family.endswith("-government")}
        bodies = {slug for slug, family in families if gazetteer.is_official(family)} - states
        return frozenset(
            slug
            for slug, force in gazetteer.forces.items()
            if slug not in states | bodies and force.serves not in bodies
        )

    @cached_property
    def surnames(self) -> Mapping[str, str]:
        """Return the ids of listed persons by surname, in lower case, where one family bears it."""
        found: dict[str, set[str]] = {}
        sources = self.gazetteer.sources
        persons = (node for node in sources.values() if node.office is not None)
        families_first = {
            source.family
            for force in self.family_name_first
            if (source := self.gazetteer.source(self.governments.get(force, "")))
        }
        for node in persons:
            words = node.name.split()
            source = self.gazetteer.source(node.id)
            first = source is not None and source.family in families_first
            found.setdefault(words[0 if first else -1].lower(), set()).add(node.id)
        families = {
            name: {source.family for slug in ids if (source := self.gazetteer.source(slug))}
            for name, ids in found.items()
        }
        return {name: min(found[name]) for name, of in families.items() if len(of) == 1}

    @cached_property
    def countries(self) -> frozenset[str]:
        """Return the places that are some force's own country."""
        return frozenset(self.homes.values())

    @cached_property
    def force_of_country(self) -> Mapping[str, str]:
        """Return whose country a place is; of two forces at home in it the first that is listed."""
        return {place: force for force, place in reversed(list(self.homes.items()))}

    def country_of(self, place: str | None) -> str | None:
        """Return the country that a place is or lies in."""
        if place is None or place in self.countries:
            return place
        above = self.gazetteer.ancestors(place)
        return next((node for node in above if node in self.countries), None)
