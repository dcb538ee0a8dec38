# SPDX-License-Identifier: Apache-2.0
"""Reads the knowledge of a site from TOML files: measures, gazetteer, languages.

What it is not: the nouns (`core.knowledge`) or the grammar. A root is a directory shaped like
`seeds/` (`measures/*.toml`, `gazetteer/*.toml`, `languages/*.toml`); later roots override or extend
earlier ones, entry by entry. Rules of this file: a file that is wrong anywhere loads nowhere, and
all mistakes of all files are reported at once, with file and field.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.errors import ConfigError, Problem
from monitor.core.gazetteer import Force, Gazetteer, Place, SourceNode
from monitor.core.knowledge import (
    WORD_LISTS,
    Fate,
    Guard,
    Knowledge,
    Language,
    Measure,
    NameIndex,
    NameKind,
)
from monitor.core.offices import Offices, SpeakerIndex
from monitor.packfiles import PackFiles

# Shorter names in capitals are as often another word ("CHAD" is a state, "MALE" a word).
_LEAST_CAPITALS = 5
_MONTH = r"^\d{4}(-(0[1-9]|1[0-2]))?$"


class _Table(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class _ForceEntry(_Table):
    id: str
    name: str
    adjective: str
    names: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    government: str | None = None
    place: str | None = None
    serves: str | None = None


PlaceKind: TypeAlias = Literal[
    "area", "base", "capital", "continent", "front", "region", "state", "territory", "town", "water"
]


class _PlaceEntry(_Table):
    """A place; its name is one of its surface forms."""

    id: str
    name: str
    parent: str | None = None
    watch: bool = False
    kind: PlaceKind | None = None
    iso: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class _PlacesEntry(_Table):
    """Many places of one kind within one parent: id = its names, the one that is shown first."""

    parent: str | None = None
    kind: PlaceKind
    watch: bool = False
    names: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]
    iso: dict[str, tuple[str, ...]] = {}

    def places(self) -> Iterator[_PlaceEntry]:
        """Yield the places one by one."""
        for slug, (name, *aliases) in self.names.items():
            yield _PlaceEntry(
                id=slug,
                name=name,
                parent=self.parent,
                watch=self.watch,
                kind=self.kind,
                iso=self.iso.get(slug, ()),
                aliases=tuple(aliases),
            )


class _StateEntry(_Table):
    """A state: force, country, capitals and government in one.

    `aliases` name it as an actor and as a place, `actors` only as an actor; its capitals are places
    and speak for its government ("Kyiv says").
    """

    id: str
    place: str
    name: str
    adjective: str
    within: str | None = None
    watch: bool = False
    aliases: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    capitals: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    government: str | None = None

    def force(self) -> _ForceEntry:
        """Return the force of the state."""
        seats = (name for names in self.capitals.values() for name in names)
        return _ForceEntry(
            id=self.id,
            name=self.name,
            adjective=self.adjective,
            names=tuple(dict.fromkeys((self.name, *self.aliases, *seats, *self.actors))),
            adjectives=(self.adjective, *self.adjectives),
            people=self.people,
            government=self.government or f"{self.place}-government",
            place=self.place,
        )

    def places(self) -> Iterator[_PlaceEntry]:
        """Yield the country and its capitals."""
        yield _PlaceEntry(
            id=self.place,
            name=self.name,
            parent=self.within,
            watch=self.watch,
            kind="state",
            iso=(self.id,),
            aliases=self.aliases,
        )
        capitals = {slug: names for slug, names in self.capitals.items() if slug != self.place}
        seats = _PlacesEntry(parent=self.place, kind="capital", watch=self.watch, names=capitals)
        yield from seats.places()


class _SourceEntry(_Table):
    """A body, or what stands for one; `offices` are institutions of its state that it is."""

    id: str
    name: str
    parent: str | None = None
    family: str | None = None
    outlet: bool = False
    aliases: tuple[str, ...] | None = None
    offices: tuple[str, ...] = ()
    office: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Return the forms that name it: its name when none are listed."""
        return (self.name,) if self.aliases is None else self.aliases


class _PersonEntry(_Table):
    """Who speaks for a body: `names`, the one that is shown first; `since` and `until` are the
    years, or years and months, in office."""

    id: str
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    at: str
    office: str
    since: Annotated[str, Field(pattern=_MONTH)] | None = None
    until: Annotated[str, Field(pattern=_MONTH)] | None = None

    def source(self) -> _SourceEntry:
        """Return the person as a source."""
        return _SourceEntry(
            id=self.id,
            name=self.names[0],
            parent=self.at,
            aliases=self.names,
            office=self.office,
            since=self.since,
            until=self.until,
        )


class _InstitutionEntry(_Table):
    """An office that every state has, in small letters; with a state's name it is a source."""

    id: str  # empty: the government itself
    name: str = ""
    forms: tuple[str, ...]


class _AmbiguousEntry(_Table):
    """Forms that are the known name only under conditions; see `core.knowledge.Guard`."""

    forms: tuple[str, ...]
    kinds: frozenset[NameKind] = frozenset()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    open_end: bool = False
    alone: bool = False


class _GazetteerFile(_Table):
    directions: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    official: tuple[str, ...] = ()
    state: tuple[_StateEntry, ...] = ()
    force: tuple[_ForceEntry, ...] = ()
    place: tuple[_PlaceEntry, ...] = ()
    places: tuple[_PlacesEntry, ...] = ()
    source: tuple[_SourceEntry, ...] = ()
    person: tuple[_PersonEntry, ...] = ()
    institution: tuple[_InstitutionEntry, ...] = ()
    ambiguous: tuple[_AmbiguousEntry, ...] = ()
    rivals: dict[str, str] = {}
    adversaries: dict[str, str] = {}
    family_name_first: tuple[str, ...] = ()
    expeditions: dict[str, tuple[str, ...]] = {}
    unheard: dict[str, tuple[str, ...]] = {}


class _FateTable(_Table):
    unit: str
    heads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


class _MeasureFile(_Table):
    id: str
    name: str
    unit: str = "persons"
    floor: int = Field(default=1, ge=0)
    ceiling: int = Field(default=10**10, ge=1)
    heads: dict[str, float]
    fate: tuple[_FateTable, ...] = ()


class _CalibrationFile(_Table):
    """What a sum of confidence points stands for, as `make fit` writes it."""

    table: tuple[tuple[int, float], ...] = Field(min_length=1)


class _NumberTables(_Table):
    units: dict[str, int]
    scales: dict[str, int]
    bands: dict[str, tuple[int, int]] = {}
    approximate_bands: dict[str, int] = {}
    half: tuple[str, ...] = ()


class _DateTables(_Table):
    months: dict[str, int]
    weekdays: dict[str, int]
    ahead: tuple[str, ...] = ()


class _LanguageFile(_Table):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", frozen=True)
    language: str
    numbers: _NumberTables
    dates: _DateTables


@dataclass
class _Loading:
    """What has been read so far, keyed by id so that later roots override earlier ones."""

    forces: dict[str, _ForceEntry] = field(default_factory=dict)
    places: dict[str, _PlaceEntry] = field(default_factory=dict)
    sources: dict[str, _SourceEntry] = field(default_factory=dict)
    institutions: dict[str, _InstitutionEntry] = field(default_factory=dict)
    directions: dict[str, None] = field(default_factory=dict)
    qualifiers: dict[str, None] = field(default_factory=dict)
    followers: dict[str, None] = field(default_factory=dict)
    callers: dict[str, None] = field(default_factory=dict)
    official: dict[str, None] = field(default_factory=dict)
    ambiguous: list[_AmbiguousEntry] = field(default_factory=list)
    rivals: dict[str, str] = field(default_factory=dict)
    adversaries: dict[str, str] = field(default_factory=dict)
    family_name_first: dict[str, None] = field(default_factory=dict)
    expeditions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unheard: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calibration: tuple[tuple[int, float], ...] = ((0, 0.5),)
    measures: dict[str, Measure] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    packs: PackFiles = field(default_factory=PackFiles)

    @cached_property
    def standing(self) -> Mapping[str, str]:
        """Return the listed source that holds an office of a state, such as `us-military`."""
        return {office: entry.id for entry in self.sources.values() for office in entry.offices}


def shipped_root() -> Path:
    """Return the directory that holds the shipped `rules/` and `seeds/`."""
    package = Path(__file__).resolve().parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent


@lru_cache(maxsize=1)
def shipped_knowledge() -> Knowledge:
    """Return the shipped knowledge, read once per process."""
    return load_knowledge((shipped_root() / "seeds",))


def load_knowledge(roots: Sequence[Path]) -> Knowledge:
    """Return the knowledge in `roots`, later ones overriding; raise ConfigError with all problems."""
    loading = _Loading()
    digest = hashlib.sha256()
    for root in roots:
        for folder, read in (
            ("measures", _read_measure),
            ("gazetteer", _read_gazetteer),
            ("languages", _read_language),
            ("names", _read_names),
            ("calibration", _read_calibration),
        ):
            for path in sorted((root / folder).glob("*.toml")):
                table = _table(path, loading.problems, digest)
                if table is not None:
                    _guarded(read, path, table, loading)
    _check(loading, roots)
    if loading.problems:
        raise ConfigError(tuple(loading.problems))
    knowledge = _built(loading, digest.hexdigest()[:16])
    if loading.packs.problems:
        raise ConfigError(tuple(loading.packs.problems))
    return knowledge


# --- reading ---------------------------------------------------------------------------------


def _table(path: Path, problems: list[Problem], digest: object) -> Mapping[str, object] | None:
    try:
        content = path.read_bytes()
        digest.update(content)  # type: ignore[attr-defined]  # hashlib has no public type
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        problems.append(Problem(file=str(path), message=error.strerror or str(error)))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(file=str(path), message=f"not TOML: {error}"))
    return None


def _guarded(read: object, path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    try:
        read(path, table, loading)  # type: ignore[operator]  # one of the three readers below
    except ValidationError as error:
        loading.problems += (
            Problem(
                file=str(path),
                field=".".join(map(str, mistake["loc"])),
                message=mistake["msg"],
            )
            for mistake in error.errors()
        )


def _read_measure(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    read = _MeasureFile.model_validate(table)
    for head, weight in read.heads.items():
        if not 0 < weight <= 1:
            loading.problems.append(
                Problem(file=str(path), field=f"heads.{head}", message="must be above 0, at most 1")
            )
    loading.measures[read.id] = Measure(
        id=read.id,
        name=read.name,
        unit=read.unit,
        floor=read.floor,
        ceiling=read.ceiling,
        heads=dict(read.heads) | {head: 1.0 for fate in read.fate for head in fate.heads},
        fates=tuple(Fate(**fate.model_dump()) for fate in read.fate),
    )


def _read_gazetteer(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    _ = path
    read = _GazetteerFile.model_validate(table)
    for state in read.state:
        loading.forces[state.id] = state.force()
        loading.places |= {entry.id: entry for entry in state.places()}
    for group in read.places:
        loading.places |= {entry.id: entry for entry in group.places()}
    loading.forces |= {entry.id: entry for entry in read.force}
    loading.places |= {entry.id: entry for entry in read.place}
    loading.sources |= {entry.id: entry.source() for entry in read.person}
    loading.sources |= {entry.id: entry for entry in read.source}
    loading.institutions |= {entry.id: entry for entry in read.institution}
    loading.ambiguous += read.ambiguous
    loading.rivals |= read.rivals
    loading.adversaries |= read.adversaries
    loading.expeditions |= read.expeditions
    loading.unheard |= read.unheard
    lists = ("directions", "qualifiers", "followers", "callers", "official", "family_name_first")
    for name in lists:
        getattr(loading, name).update(dict.fromkeys(getattr(read, name)))


def _read_names(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    loading.packs.read_names(path, table)


def _read_calibration(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    _ = path
    read = _CalibrationFile.model_validate(table)
    loading.calibration = tuple(sorted(read.table, reverse=True))


def _read_language(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    if "family" in table:  # a pack for the grammar of inflected languages
        loading.packs.read_words(path, table)
        return
    read = _LanguageFile.model_validate(table)
    words: dict[str, tuple[str, ...]] = {}
    for section, keys in table.items():
        if section in {"numbers", "dates"} or not isinstance(keys, Mapping):
            continue
        for key, forms in keys.items():
            if isinstance(forms, list) and all(isinstance(form, str) for form in forms):
                words[f"{section}.{key}"] = tuple(form.lower() for form in forms)
            else:
                loading.problems.append(
                    Problem(
                        file=str(path), field=f"{section}.{key}", message="must be a list of words"
                    )
                )
    words["numbers.half"] = read.numbers.half
    words["dates.ahead"] = read.dates.ahead
    loading.problems += (
        Problem(file=str(path), field=key, message="this list of words is missing")
        for key in sorted(WORD_LISTS - set(words))
    )
    loading.languages[read.language] = Language(
        id=read.language,
        words=words,
        numbers=read.numbers.units,
        scales=read.numbers.scales,
        bands=read.numbers.bands,
        points=read.numbers.approximate_bands,
        months=read.dates.months,
        weekdays=read.dates.weekdays,
    )


def _check(loading: _Loading, roots: Sequence[Path]) -> None:
    """Collect what is wrong between files; a government that no file names is its force's name."""
    for force in loading.forces.values():
        if force.government is not None and force.government not in loading.sources:
            loading.sources[force.government] = _SourceEntry(
                id=force.government, name=force.name, aliases=()
            )
    where = str(roots[-1]) if roots else "seeds"
    known: dict[str, Collection[str]] = {
        "place": loading.places,
        "source": loading.sources,
        "force": loading.forces,
    }
    for kind, slug, key, wanted in _references(loading):
        if wanted is not None and wanted not in known[kind]:
            loading.problems.append(
                Problem(
                    file=where, field=f"{slug}.{key}", message=f"no {kind} has the id {wanted!r}"
                )
            )
    for name, found in (("measures", loading.measures), ("languages", loading.languages)):
        if not found:
            loading.problems.append(Problem(file=where, message=f"no {name} found"))


def _references(loading: _Loading) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield kind of what is named, entry, field and the id that it names."""
    for place in loading.places.values():
        yield "place", f"place.{place.id}", "parent", place.parent
    for source in loading.sources.values():
        yield "source", f"source.{source.id}", "parent", source.parent
    for force in loading.forces.values():
        yield "place", f"force.{force.id}", "place", force.place
        yield "force", f"force.{force.id}", "serves", force.serves
    for family in loading.official:
        yield "source", "official", family, family


# --- building --------------------------------------------------------------------------------


def _built(loading: _Loading, version: str) -> Knowledge:
    guards = _guards(loading)
    offices = _offices(loading)
    return Knowledge(
        gazetteer=Gazetteer(
            places=(
                Place(
                    id=entry.id,
                    name=entry.name,
                    parent=entry.parent,
                    watch=entry.watch,
                    kind=entry.kind,
                    iso=entry.iso,
                )
                for entry in loading.places.values()
            ),
            forces=(
                Force(id=entry.id, name=entry.name, adjective=entry.adjective, serves=entry.serves)
                for entry in loading.forces.values()
            ),
            sources=(
                SourceNode(
                    id=entry.id,
                    name=entry.name,
                    parent=entry.parent,
                    family=_family(entry, loading.sources),
                    office=entry.office,
                    since=entry.since,
                    until=entry.until,
                )
                for entry in loading.sources.values()
            ),
            official=loading.official,
        ),
        measures=dict(loading.measures),
        languages=dict(loading.languages),
        actors=NameIndex(_actors(loading), guards),
        speakers=SpeakerIndex(_speakers(loading), offices, guards),
        governments={
            force.id: force.government for force in loading.forces.values() if force.government
        },
        homes={force.id: force.place for force in loading.forces.values() if force.place},
        rivals=dict(loading.rivals),
        adversaries=dict(loading.adversaries),
        family_name_first=frozenset(loading.family_name_first),
        expeditions={force: frozenset(there) for force, there in loading.expeditions.items()},
        unheard=dict(loading.unheard),
        calibration=loading.calibration,
        directions=tuple(loading.directions),
        peoples=tuple(people for force in loading.forces.values() for people in force.people),
        version=version,
        packs=loading.packs.built(
            forces=loading.forces,
            places=loading.places,
            sources=loading.sources,
            outlets=[entry.id for entry in loading.sources.values() if entry.outlet],
            measures=loading.measures,
        ),
    )


def _family(entry: _SourceEntry, sources: Mapping[str, _SourceEntry]) -> str:
    seen: set[str] = set()
    while entry.family is None and entry.parent is not None and entry.id not in seen:
        seen.add(entry.id)
        entry = sources[entry.parent]
    return entry.family or entry.id


def _actors(loading: _Loading) -> Mapping[str, Mapping[NameKind, str]]:
    found: dict[str, dict[NameKind, str]] = {}
    for force in loading.forces.values():
        for kind, surfaces in (
            (NameKind.ACTOR, force.names),
            (NameKind.ADJECTIVE, force.adjectives),
            (NameKind.PEOPLE, force.people),
        ):
            for surface in _spellings(surfaces):
                found.setdefault(surface, {}).setdefault(kind, force.id)
    for place in loading.places.values():
        for surface in _spellings(_articled((place.name, *place.aliases))):
            found.setdefault(surface, {}).setdefault(NameKind.PLACE, place.id)
    return found


def _speakers(loading: _Loading) -> Mapping[str, Mapping[NameKind, str]]:
    found: dict[str, dict[NameKind, str]] = {}
    for source in loading.sources.values():
        kind = NameKind.OUTLET if source.outlet else NameKind.SOURCE
        for surface in _spellings(source.surfaces):
            found.setdefault(surface, {kind: source.id})
    return found


def _offices(loading: _Loading) -> Offices | None:
    """Return the finder of "Ruritanian army"; each office of a state becomes a source of its own."""
    states: dict[str, dict[NameKind, str]] = {}
    slugs: dict[tuple[str, str], str] = {}
    for force in loading.forces.values():
        if force.government is not None:
            # "A European diplomat" is not the union's: of bodies of states only their own names are.
            state = force.government.endswith("-government")
            adjectives = force.adjectives if state else set(force.adjectives) & set(force.names)
            for kind, surfaces in (
                (NameKind.ACTOR, force.names),
                (NameKind.ADJECTIVE, tuple(adjectives)),
            ):
                for surface in _spellings(surfaces):
                    states.setdefault(surface, {}).setdefault(kind, force.id)
            slugs |= _slugs(force, force.government, loading)
    forms = {form: entry.id for entry in loading.institutions.values() for form in entry.forms}
    if not forms or not states:
        return None
    return Offices(states=states, forms=forms, qualifiers=loading.qualifiers, slugs=slugs)


def _slugs(force: _ForceEntry, government: str, loading: _Loading) -> Mapping[tuple[str, str], str]:
    """Return the source of each institution of a state; one that no file names is made."""
    found = {}
    for institution in loading.institutions.values():
        slug = government
        if institution.id:
            slug = f"{government.removesuffix('-government')}-{institution.id}"
            slug = loading.standing.get(slug, slug)
        if slug not in loading.sources:
            loading.sources[slug] = _SourceEntry(
                id=slug, name=f"{force.adjective} {institution.name}", parent=government, aliases=()
            )
        found[(force.id, institution.id)] = slug
    return found


def _guards(loading: _Loading) -> Mapping[str, Sequence[Guard]]:
    found: dict[str, list[Guard]] = {}
    for entry in loading.ambiguous:
        guard = Guard(
            kinds=entry.kinds,
            needs=entry.needs,
            unless=entry.unless,
            after=entry.after,
            not_after=entry.not_after,
            not_before=entry.not_before,
            open_end=frozenset(loading.followers if entry.open_end else ()),
            alone=frozenset(loading.callers if entry.alone else ()),
        )
        for form in _spellings(entry.forms):
            found.setdefault(form, []).append(guard)
    return found


_ARTICLES = tuple(f"{word}{sign}" for word in ("al", "Al", "el", "El") for sign in ("-", " "))
_ARABIC = re.compile(r"(?:[Aa]l|[Ee]l)[ -](?=[A-Z])")


def _articled(forms: Iterable[str]) -> Iterable[str]:
    """Yield each form, and "El Fasher" in all the ways in which news spells the article."""
    for form in forms:
        yield form
        article = _ARABIC.match(form)
        if article is not None:
            rest = form[article.end() :]
            yield from (f"{start}{rest}" for start in _ARTICLES)


def _spellings(surfaces: Iterable[str]) -> Iterable[str]:
    """Yield each form as normalised text spells it, as headlines in capitals do, and "The" for "the"."""
    for surface in surfaces:
        plain = surface.replace("’", "'")
        yield plain
        if plain.startswith("the "):
            yield "T" + plain[1:]
        elif len(plain) >= _LEAST_CAPITALS and plain != plain.upper():
            yield plain.upper()
