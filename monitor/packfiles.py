# SPDX-License-Identifier: Apache-2.0
"""Reads language packs: `seeds/languages/*.toml` with a `family`, and `seeds/names/*.toml`.

What it is not: the nouns (`core.packs`) or the English words (`monitor.knowledge`). Lists are one
string with commas, tables one string of `pattern = value` pairs; that keeps files of some thousand
forms readable, and they parse in a few milliseconds. Rules of this file: every mistake is
reported, with file and field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.core.errors import Problem
from monitor.core.knowledge import NameKind
from monitor.core.packs import FAMILIES, LISTS, TABLES, Pack, split

_VALUE = re.compile(r"\d+(?:-\d+)?|")
_NUMBERS = frozenset({"numbers.bands", "numbers.exact", "numbers.points", "numbers.scales"})
_PLAIN = frozenset({"language", "family", "script", "complete"})
_SETTINGS = frozenset({"detect.letters", "detect.foreign", "shapes.adjective_endings"})
_KINDS = {
    "names": NameKind.ACTOR,
    "adjectives": NameKind.ADJECTIVE,
    "people": NameKind.PEOPLE,
    "places": NameKind.PLACE,
    "sources": NameKind.SOURCE,
}


@dataclass
class PackFiles:
    """What has been read of language packs so far; later roots override earlier ones."""

    words: dict[str, tuple[Path, Mapping[str, object]]] = field(default_factory=dict)
    names: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read_words(self, path: Path, table: Mapping[str, object]) -> None:
        """Keep the words of a language."""
        self.words[str(table.get("language"))] = (path, table)

    def read_names(self, path: Path, table: Mapping[str, object]) -> None:
        """Keep names, id by id, so that a later root can override one of them."""
        language = table.get("language")
        if not isinstance(language, str):
            self._complain(path, "language", "must be the code of a language")
            return
        kept = self.names.setdefault(language, {kind: {} for kind in _KINDS})
        for kind, ids in table.items():
            if kind == "language":
                continue
            if kind not in _KINDS or not isinstance(ids, Mapping):
                self._complain(path, kind, f"must be a table, one of {', '.join(sorted(_KINDS))}")
                continue
            for slug, forms in ids.items():
                if isinstance(forms, str):
                    kept[kind][slug] = forms
                else:
                    self._complain(path, f"{kind}.{slug}", "must be a string of forms with commas")

    def _complain(self, path: Path, where: str, message: str) -> None:
        self.problems.append(Problem(file=str(path), field=where, message=message))

    def built(
        self,
        *,
        forces: Iterable[str],
        places: Iterable[str],
        sources: Iterable[str],
        outlets: Iterable[str],
        measures: Iterable[str],
    ) -> dict[str, Pack]:
        """Return the packs; names of ids that the gazetteer does not know are problems."""
        known = {"names": frozenset(forces), "places": frozenset(places)}
        known |= {"adjectives": known["names"], "people": known["names"]}
        known["sources"] = frozenset(sources)
        for language, kinds in self.names.items():
            for kind, ids in kinds.items():
                for slug in sorted(set(ids) - known[kind]):
                    self._complain(
                        Path(f"names/{language}.toml"),
                        f"{kind}.{slug}",
                        "no such id in the gazetteer",
                    )
        return {
            language: self._pack(path, table, frozenset(outlets), frozenset(measures))
            for language, (path, table) in self.words.items()
        }

    def _pack(
        self,
        path: Path,
        table: Mapping[str, object],
        outlets: frozenset[str],
        measures: frozenset[str],
    ) -> Pack:
        strings = self._strings(path, table)
        language = str(table.get("language"))
        complete = table.get("complete") is True
        lists = {
            key: split(text)
            for key, text in strings.items()
            if key not in TABLES and not key.startswith(("heads.", "others."))
        }
        heads = {
            key.removeprefix("heads."): self._weights(path, key, pairs(text))
            for key, text in strings.items()
            if key.startswith("heads.")
        }
        tables = {key: pairs(strings.get(key, "")) for key in TABLES}
        self._check(path, table, strings, tables, complete=complete)
        for measure in sorted(set(heads) - measures):
            self._complain(path, f"heads.{measure}", "no measure has this id")
        return Pack(
            id=language,
            family=str(table.get("family")),
            script=str(table.get("script", "latin")),
            complete=complete,
            letters=strings.get("detect.letters", ""),
            foreign=strings.get("detect.foreign", ""),
            adjective_endings=("", *split(strings.get("shapes.adjective_endings", ""))),
            lists={key: forms for key, forms in lists.items() if key not in _SETTINGS}
            | dict.fromkeys(LISTS - lists.keys(), ()),
            tables=tables,
            heads=heads,
            names=_names(self.names.get(language, {}), outlets),
            others={
                key.removeprefix("others."): split(text)
                for key, text in strings.items()
                if key.startswith("others.")
            },
        )

    def _strings(self, path: Path, table: Mapping[str, object]) -> dict[str, str]:
        found: dict[str, str] = {}
        for section, keys in table.items():
            if section in _PLAIN:
                continue
            if not isinstance(keys, Mapping):
                self._complain(path, section, "unknown key")
                continue
            for key, text in keys.items():
                if isinstance(text, str):
                    found[f"{section}.{key}"] = text
                else:
                    self._complain(path, f"{section}.{key}", "must be a string")
        return found

    def _weights(self, path: Path, key: str, table: Mapping[str, str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for pattern, weight in table.items():
            try:
                found[pattern] = float(weight)
            except ValueError:
                found[pattern] = 0.0
            if not 0 < found[pattern] <= 1:
                self._complain(path, f"{key}.{pattern}", "must be above 0, at most 1")
        return found

    def _check(
        self,
        path: Path,
        table: Mapping[str, object],
        strings: Mapping[str, str],
        tables: Mapping[str, Mapping[str, str]],
        *,
        complete: bool,
    ) -> None:
        if table.get("family") not in FAMILIES:
            self._complain(path, "family", f"must be one of {', '.join(sorted(FAMILIES))}")
        if complete:
            for key in sorted((LISTS | TABLES) - strings.keys()):
                self._complain(path, key, "this list of words is missing")
        for key in (*_NUMBERS, "numbers.units", "dates.months", "dates.weekdays", "dates.near"):
            for pattern, value in tables[key].items():
                if not value or not _VALUE.fullmatch(value):
                    self._complain(path, f"{key}.{pattern}", "must be a number or a range")


def pairs(text: str) -> dict[str, str]:
    """Return the patterns of a table with their values."""
    found: dict[str, str] = {}
    for part in split(text):
        pattern, _, value = part.rpartition("=")
        found[pattern.strip()] = value.strip()
    return found


def _names(
    kinds: Mapping[str, Mapping[str, str]], outlets: frozenset[str]
) -> dict[NameKind, dict[str, str]]:
    found: dict[NameKind, dict[str, str]] = {}
    for kind, ids in kinds.items():
        for slug, forms in ids.items():
            sense = _KINDS[kind]
            if sense is NameKind.SOURCE and slug in outlets:
                sense = NameKind.OUTLET
            found.setdefault(sense, {})[slug] = forms
    return found
