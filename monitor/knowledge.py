# SPDX-License-Identifier: Apache-2.0
"""Reads the knowledge of a site from TOML files: measures, gazetteer, languages.

What it is not: the nouns (`core.knowledge`) or the grammar. A root is a directory shaped like
`seeds/` (`measures/*.toml`, `gazetteer/*.toml`, `languages/*.toml`); later roots override or extend
earlier ones, entry by entry. Rules of this file: a file that is wrong anywhere loads nowhere, and
all mistakes of all files are reported at once, with file and field.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.errors import ConfigError, Problem
from monitor.core.gazetteer import Force, Gazetteer, Place, SourceNode
from monitor.core.knowledge import WORD_LISTS, Knowledge, Language, Measure, NameIndex, NameKind

# Shorter names in capitals are as often another word ("CHAD" is a state, "MALE" a word).
_LEAST_CAPITALS = 5


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


class _PlaceEntry(_Table):
    id: str
    name: str
    parent: str | None = None
    watch: bool = False
    aliases: tuple[str, ...] = ()


class _SourceEntry(_Table):
    id: str
    name: str
    parent: str | None = None
    family: str | None = None
    outlet: bool = False
    aliases: tuple[str, ...] = ()


class _InstitutionEntry(_Table):
    """An office that every state has: with "Ruritanian" or "Ruritania's" before it, a source."""

    id: str  # empty: the government itself
    name: str = ""
    forms: tuple[str, ...]


class _GazetteerFile(_Table):
    directions: tuple[str, ...] = ()
    force: tuple[_ForceEntry, ...] = ()
    place: tuple[_PlaceEntry, ...] = ()
    source: tuple[_SourceEntry, ...] = ()
    institution: tuple[_InstitutionEntry, ...] = ()


class _MeasureFile(_Table):
    id: str
    name: str
    unit: str = "persons"
    floor: int = Field(default=1, ge=0)
    heads: dict[str, float]


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
    measures: dict[str, Measure] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


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
        ):
            for path in sorted((root / folder).glob("*.toml")):
                table = _table(path, loading.problems, digest)
                if table is not None:
                    _guarded(read, path, table, loading)
    _check(loading, roots)
    if loading.problems:
        raise ConfigError(tuple(loading.problems))
    return _built(loading, digest.hexdigest()[:16])


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
        id=read.id, name=read.name, unit=read.unit, floor=read.floor, heads=dict(read.heads)
    )


def _read_gazetteer(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
    _ = path
    read = _GazetteerFile.model_validate(table)
    loading.forces |= {entry.id: entry for entry in read.force}
    loading.places |= {entry.id: entry for entry in read.place}
    loading.sources |= {entry.id: entry for entry in read.source}
    loading.institutions |= {entry.id: entry for entry in read.institution}
    loading.directions |= dict.fromkeys(read.directions)


def _read_language(path: Path, table: Mapping[str, object], loading: _Loading) -> None:
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
            loading.sources[force.government] = _SourceEntry(id=force.government, name=force.name)
    where = str(roots[-1]) if roots else "seeds"
    for kind, entries in (("place", loading.places), ("source", loading.sources)):
        for entry in entries.values():
            if entry.parent is not None and entry.parent not in entries:
                loading.problems.append(
                    Problem(
                        file=where,
                        field=f"{kind}.{entry.id}.parent",
                        message=f"no {kind} has the id {entry.parent!r}",
                    )
                )
    for force in loading.forces.values():
        if force.place is not None and force.place not in loading.places:
            loading.problems.append(
                Problem(
                    file=where,
                    field=f"force.{force.id}.place",
                    message=f"no place has the id {force.place!r}",
                )
            )
    for name, found in (("measures", loading.measures), ("languages", loading.languages)):
        if not found:
            loading.problems.append(Problem(file=where, message=f"no {name} found"))


# --- building --------------------------------------------------------------------------------


def _built(loading: _Loading, version: str) -> Knowledge:
    speakers = _speakers(loading)
    return Knowledge(
        gazetteer=Gazetteer(
            places=(
                Place(id=entry.id, name=entry.name, parent=entry.parent, watch=entry.watch)
                for entry in loading.places.values()
            ),
            forces=(
                Force(id=entry.id, name=entry.name, adjective=entry.adjective)
                for entry in loading.forces.values()
            ),
            sources=(
                SourceNode(
                    id=entry.id,
                    name=entry.name,
                    parent=entry.parent,
                    family=_family(entry, loading.sources),
                )
                for entry in loading.sources.values()
            ),
        ),
        measures=dict(loading.measures),
        languages=dict(loading.languages),
        actors=NameIndex(_actors(loading)),
        speakers=NameIndex(speakers),
        governments={
            force.id: force.government for force in loading.forces.values() if force.government
        },
        homes={force.id: force.place for force in loading.forces.values() if force.place},
        directions=tuple(loading.directions),
        peoples=tuple(people for force in loading.forces.values() for people in force.people),
        version=version,
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
        for surface in _spellings(place.aliases):
            found.setdefault(surface, {}).setdefault(NameKind.PLACE, place.id)
    return found


def _speakers(loading: _Loading) -> Mapping[str, Mapping[NameKind, str]]:
    found: dict[str, dict[NameKind, str]] = {}
    for source in loading.sources.values():
        kind = NameKind.OUTLET if source.outlet else NameKind.SOURCE
        for surface in _spellings(source.aliases):
            found.setdefault(surface, {kind: source.id})
    for force in loading.forces.values():
        if force.government is not None:
            for institution in loading.institutions.values():
                _add_institution(force, institution, loading, found)
    return found


def _add_institution(
    force: _ForceEntry,
    institution: _InstitutionEntry,
    loading: _Loading,
    found: dict[str, dict[NameKind, str]],
) -> None:
    assert force.government is not None  # noqa: S101  (the caller has checked)
    slug = force.government
    if institution.id:
        slug = f"{force.government.removesuffix('-government')}-{institution.id}"
        if slug not in loading.sources:
            loading.sources[slug] = _SourceEntry(
                id=slug, name=f"{force.adjective} {institution.name}", parent=force.government
            )
    for form in institution.forms:
        surfaces = [f"{adjective} {form}" for adjective in force.adjectives]
        surfaces += [f"{name}'s {form}" for name in force.names]
        surfaces += [f"{form} of {name}" for name in force.names if form[0].isupper()]
        for surface in _spellings(surfaces):
            found.setdefault(surface, {NameKind.SOURCE: slug})


def _spellings(surfaces: Iterable[str]) -> Iterable[str]:
    """Yield each form as normalised text spells it, as headlines in capitals do, and "The" for "the"."""
    for surface in surfaces:
        plain = surface.replace("’", "'")
        yield plain
        if plain.startswith("the "):
            yield "T" + plain[1:]
        elif len(plain) >= _LEAST_CAPITALS and plain != plain.upper():
            yield plain.upper()
