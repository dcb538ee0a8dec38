# SPDX-License-Identifier: Apache-2.0
"""Rule files: TOML, one rule a file; finding, reading and inheriting them.

What it is not: their tables (`ruletables`), their sense (`rulechecks`) or evaluation
(`core.evaluation`). Rules of this file: every problem of every file is reported at once, with file,
line, field and a suggestion; a file with any problem gives no rule; names of measures, forces,
places, sources and verdicts must be known, since a misspelt one would make a rule silent for ever.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.core.errors import ConfigError, Problem
from monitor.core.expression import compile_expression
from monitor.core.knowledge import Knowledge
from monitor.core.rules import (
    AbsenceCondition,
    Example,
    FigureCondition,
    Rule,
    RuleKind,
    RuleSet,
    Scope,
    SeverityStep,
    ThresholdCondition,
)
from monitor.rulechecks import Complaint, Lines, complaints, did_you_mean, read_change
from monitor.ruletables import (
    OWN_KEYS,
    AbsenceTable,
    ClaimsTable,
    ExampleTable,
    FigureTable,
    RuleFile,
    ThresholdTable,
    keys_of,
    rule_file_schema,
)

__all__ = [
    "ExampleTable",
    "FigureTable",
    "RuleFile",
    "check_rules",
    "find_rule_files",
    "load_rules",
    "rule_file_schema",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One file that is TOML, as it stands there."""

    file: str
    lines: Lines
    table: Mapping[str, Any]

    def problem(self, place: tuple[str, ...], message: str, item: str = "") -> Problem:
        return Problem(
            file=self.file,
            field=".".join(place) or None,
            message=message,
            line=self.lines.find(place, item),
        )


def load_rules(
    paths: Sequence[Path], knowledge: Knowledge, *, library: Sequence[Path] = ()
) -> RuleSet:
    """Read all rule files below `paths`; raise `ConfigError` with every problem.

    Rules that they extend may also stand below `library`.
    """
    rules, problems = _read_all(paths, knowledge, library)
    if problems:
        raise ConfigError(tuple(problems))
    return RuleSet(rules=tuple(sorted(rules, key=lambda rule: rule.id)))


def check_rules(
    paths: Sequence[Path], knowledge: Knowledge, *, library: Sequence[Path] = ()
) -> tuple[Problem, ...]:
    """Return every problem of the rule files below `paths`."""
    return tuple(_read_all(paths, knowledge, library)[1])


def find_rule_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the rule files below `paths` (files or folders), in the order they are read."""
    return tuple(_files(paths, []))


def _read_all(
    paths: Sequence[Path], knowledge: Knowledge, library: Sequence[Path]
) -> tuple[list[Rule], list[Problem]]:
    problems: list[Problem] = []
    files = _files(paths, problems)
    sources = [source for file in files if (source := _parse(file, problems)) is not None]
    catalogue: dict[str, _Source] = {}
    others = (_parse(file, []) for file in _files(library, []))
    for source in (*sources, *(other for other in others if other is not None)):
        catalogue.setdefault(str(source.table.get("id")), source)
    rules: list[Rule] = []
    homes: dict[str, str] = {}
    for source in sources:
        rule = _read(source, catalogue, knowledge, problems)
        if rule is None:
            continue
        if rule.id in homes:
            message = f"id {rule.id!r} is used in {homes[rule.id]} already"
            problems.append(source.problem(("id",), message))
        homes[rule.id] = source.file
        rules.append(rule)
    return rules, problems


def _files(paths: Sequence[Path], problems: list[Problem]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob("*.toml"))
        elif path.is_file():
            found.append(path)
        else:
            problems.append(Problem(file=str(path), message="no such file or folder"))
    return list(dict.fromkeys(found))


def _parse(file: Path, problems: list[Problem]) -> _Source | None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(file=str(file), message=str(error)))
        return None
    lines = Lines(text)
    try:
        return _Source(file=str(file), lines=lines, table=tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        message = f"not TOML: {error}"
        problems.append(
            Problem(file=str(file), message=message, line=int(line[1]) if line else lines.last)
        )
        return None


# --- inheritance -----------------------------------------------------------------------------


def _inherited(
    source: _Source, catalogue: Mapping[str, _Source], below: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a file's table with what it takes over; raise `ValueError` with what is wrong."""
    parent_id = source.table.get("extends")
    if not isinstance(parent_id, str):
        return dict(source.table)
    below = (*below, str(source.table.get("id")))
    parent = catalogue.get(parent_id)
    if parent is None:
        msg = f"no rule {parent_id!r}{did_you_mean(parent_id, catalogue)}"
        raise ValueError(msg)
    if parent_id in below:
        msg = f"rules extend each other: {' -> '.join((*below, parent_id))}"
        raise ValueError(msg)
    above = _inherited(parent, catalogue, below)
    taken = {key: value for key, value in above.items() if key not in OWN_KEYS}
    return _merged(taken, source.table)


def _merged(above: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return `above` with what `own` sets; tables are merged key by key, lists are replaced."""
    merged = dict(above)
    for key, value in own.items():
        known = merged.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(known, value) if both else value  # type: ignore[arg-type]
    return merged


# --- one rule --------------------------------------------------------------------------------


def _read(
    source: _Source,
    catalogue: Mapping[str, _Source],
    knowledge: Knowledge,
    problems: list[Problem],
) -> Rule | None:
    """Return the rule of one file, or None after its problems were added."""
    try:
        table, orphan = _inherited(source, catalogue), None
    except ValueError as error:
        table, orphan = dict(source.table), source.problem(("extends",), str(error))
    read, found = _form(table)
    found += complaints(table, knowledge)
    if orphan is not None:
        problems.append(orphan)
        # What is missing might have been inherited.
        found = [row for row in found if _sets(source.table, row[0])]
    problems += _told(source, found)
    return None if orphan or found or read is None else _rule(source.file, read)


def _form(table: Mapping[str, Any]) -> tuple[RuleFile | None, list[Complaint]]:
    try:
        return RuleFile.model_validate(table), []
    except ValidationError as error:
        return None, [_mistake(mistake) for mistake in error.errors()]


def _mistake(mistake: Mapping[str, Any]) -> Complaint:
    place = tuple(str(part) for part in mistake["loc"])
    message = str(mistake["msg"]).removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        message = "unknown key" + did_you_mean(place[-1], keys_of(place[:-1]))
    elif mistake["type"] == "missing":
        message = "is required"
    elif mistake["type"] == "enum" and place == ("kind",):
        kind = str(mistake["input"])
        message = f"unknown kind {kind!r}{did_you_mean(kind, list(RuleKind))}"
    elif mistake["type"] == "enum":
        known = re.findall(r"'([^']+)'", str(mistake["ctx"]["expected"]))
        message += did_you_mean(str(mistake["input"]), known)
    return place, message


def _told(source: _Source, found: Sequence[Complaint]) -> Iterator[Problem]:
    """Yield the problems of a file; what came with the rule it extends is told as such."""
    parent = source.table.get("extends")
    for place, message, *item in found:
        inherited = parent is not None and not _sets(source.table, place[:1]) and len(place) > 1
        if inherited:
            yield source.problem(("extends",), f"{parent}: {'.'.join(place)}: {message}")
        else:
            yield source.problem(place, message, *item)


def _sets(table: Any, place: Sequence[str]) -> bool:
    """Say whether a table itself has a value at a place."""
    for part in place:
        if isinstance(table, list) and part.isdigit() and int(part) < len(table):
            table = table[int(part)]
        elif isinstance(table, Mapping) and part in table:
            table = table[part]
        else:
            return False
    return True


def _rule(file: str, table: RuleFile) -> Rule:
    return Rule(
        id=table.id,
        title=table.title,
        kind=table.kind,
        status=table.status,
        severity=table.severity,
        severity_by_change=tuple(
            SeverityStep(change=read_change(step.change), severity=step.severity)
            for step in table.severity_by_change
        ),
        description=table.description,
        false_positives=table.false_positives,
        references=table.references,
        extends=table.extends,
        match=compile_expression(table.match) if table.match else None,
        languages=table.languages,
        feeds=table.feeds,
        figure=_figure(table.figure) if table.figure else None,
        threshold=_threshold(table.threshold) if table.threshold else None,
        absence=_absence(table.absence) if table.absence else None,
        examples=tuple(Example(**dict(row)) for row in table.example),
        file=file,
        version=_version(table),
    )


def _version(table: RuleFile) -> str:
    """Return a short digest of all that decides, so that a stored reason can be told apart."""
    asked = table.model_dump(
        mode="json", exclude={"example", "description", "false_positives", "references", "extends"}
    )
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]


def _scope(table: ClaimsTable, measure: str) -> dict[str, Any]:
    fields = {name: getattr(table, name) for name in ClaimsTable.model_fields}
    return fields | {"measure": measure, "weights": tuple(sorted(table.weights.items()))}


def _figure(table: FigureTable) -> FigureCondition:
    return FigureCondition(
        **_scope(table, table.measure),
        alert_on=frozenset(table.alert_on),
        digest_on=frozenset(table.digest_on),
        min_change=None if table.min_change is None else read_change(table.min_change),
        direction=table.direction,
        min_figure=table.min_figure,
        when=frozenset(table.when),
    )


def _threshold(table: ThresholdTable) -> ThresholdCondition:
    return ThresholdCondition(
        **_scope(table, table.measure),
        value=table.value,
        direction=table.direction,
        status=table.status,
    )


def _absence(table: AbsenceTable) -> AbsenceCondition:
    scope = None if table.measure is None else Scope(**_scope(table, table.measure))
    return AbsenceCondition(awaited=table.what, lasting=table.lasting, scope=scope)
