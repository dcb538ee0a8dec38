# SPDX-License-Identifier: Apache-2.0
"""Rule files: TOML, one rule a file; reading and checking them.

What it is not: evaluation (`core.rules`). Rules of this file: every problem of every file is
reported at once, with file, field and a suggestion; a file with any problem gives no rule; names of
measures, forces, places, sources and verdicts must be known, since a misspelt one would make a rule
silent for ever.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.errors import ConfigError, Problem
from monitor.core.expression import Expression, ExpressionError, compile_expression
from monitor.core.knowledge import Knowledge
from monitor.core.model import Severity, Verdict
from monitor.core.rules import (
    Direction,
    Example,
    FigureCondition,
    MinChange,
    Rule,
    RuleKind,
    RuleSet,
    RuleStatus,
)

_EXPECTATIONS = re.compile(r"silent|alert|(?:alert|digest):(?:" + "|".join(Verdict) + ")")


def _min_change(value: str | float) -> MinChange:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", str(value))
    if match is None:
        msg = 'expected a share such as "2%" or a number of units'
        raise ValueError(msg)
    amount = float(match[1])
    return MinChange(amount=amount / 100 if match[2] else amount, is_share=bool(match[2]))


class FigureTable(BaseModel):
    """The `[figure]` table of a figure-change rule."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    measure: str = Field(description="what is counted: a measure of seeds/measures")
    forces: tuple[str, ...] = Field((), description="whose: ISO codes or slugs; empty: any")
    places: tuple[str, ...] = Field((), description="where, with all they contain; empty: anywhere")
    unknown_place: bool = Field(
        default=True, description="whether a claim that names no place at all counts as placed"
    )
    sources: tuple[str, ...] = Field((), description="who says it: sources or families; empty: any")
    alert_on: tuple[Verdict, ...] = Field(
        (Verdict.NEW, Verdict.REVISION, Verdict.NEW_PLACE, Verdict.CORRECTION),
        description="verdicts that are sent at once",
    )
    digest_on: tuple[Verdict, ...] = Field((), description="verdicts kept for the digest")
    min_change: Annotated[str | float | None, Field(union_mode="left_to_right")] = Field(
        None, description='least change of a revision: "2%" or a number'
    )
    direction: Direction = Field(Direction.ANY, description="which way a revision must go")
    min_confidence: float = Field(0.0, ge=0, le=1, description="least confidence of a claim")


class ExampleTable(BaseModel):
    """One `[[example]]`: a text and what the rule must make of it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, description="what the example shows")
    given: tuple[str, ...] = Field((), description="texts that are known before, oldest first")
    title: str = Field("", description="headline of the text")
    text: str = Field(min_length=1, description="the article's text")
    expect: str = Field(description='"silent", "alert", "alert:<verdict>" or "digest:<verdict>"')


class RuleFile(BaseModel):
    """One rule file."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,63}$", description="unique, dotted")]
    title: str = Field(min_length=1, max_length=100, description="what people see in messages")
    kind: RuleKind = Field(description="what the rule watches")
    status: RuleStatus = Field(RuleStatus.STABLE, description="experimental rules never send")
    severity: Severity = Field(Severity.NOTICE, description="how loud its alerts are")
    description: str = Field("", description="what it is for, in a sentence or two")
    false_positives: tuple[str, ...] = Field((), description="what it is known to take wrongly")
    match: str | None = Field(None, description="keyword expression that must hold as well")
    figure: FigureTable | None = Field(None, description="the condition of a figure-change rule")
    example: tuple[ExampleTable, ...] = Field((), description="texts that it is tested with")


def load_rules(paths: Sequence[Path], knowledge: Knowledge) -> RuleSet:
    """Read all rule files below `paths`; raise `ConfigError` with every problem."""
    rules, problems = _read_all(paths, knowledge)
    if problems:
        raise ConfigError(tuple(problems))
    return RuleSet(rules=tuple(sorted(rules, key=lambda rule: rule.id)))


def check_rules(paths: Sequence[Path], knowledge: Knowledge) -> tuple[Problem, ...]:
    """Return every problem of the rule files below `paths`."""
    return tuple(_read_all(paths, knowledge)[1])


def find_rule_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the rule files below `paths` (files or folders), in the order they are read."""
    return tuple(_files(paths, []))


def rule_file_schema() -> dict[str, object]:
    """Return the JSON Schema of a rule file."""
    schema = RuleFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _read_all(paths: Sequence[Path], knowledge: Knowledge) -> tuple[list[Rule], list[Problem]]:
    rules: list[Rule] = []
    problems: list[Problem] = []
    homes: dict[str, str] = {}
    for file in _files(paths, problems):
        rule = _read(file, knowledge, problems)
        if rule is None:
            continue
        if rule.id in homes:
            message = f"id {rule.id!r} is used in {homes[rule.id]} already"
            problems.append(Problem(file=str(file), field="id", message=message))
        homes[rule.id] = str(file)
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
    return found


def _read(file: Path, knowledge: Knowledge, problems: list[Problem]) -> Rule | None:
    try:
        source = file.read_text(encoding="utf-8")
        table = RuleFile.model_validate(tomllib.loads(source))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(file=str(file), message=str(error)))
        return None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        problems.append(
            Problem(
                file=str(file), message=f"not TOML: {error}", line=int(line[1]) if line else None
            )
        )
        return None
    except ValidationError as error:
        problems += [_problem(file, source, mistake) for mistake in error.errors()]
        return None
    found = list(_check(file, source, table, knowledge))
    problems += found
    return None if found else _rule(file, table)


def _problem(file: Path, source: str, mistake: object) -> Problem:
    assert isinstance(mistake, dict)  # noqa: S101  (pydantic's ErrorDetails)
    location = [str(part) for part in mistake["loc"]]
    message = str(mistake["msg"]).removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        message = "unknown key" + _did_you_mean(location[-1], _keys(location[:-1]))
    elif mistake["type"] == "missing":
        message = "is required"
    elif mistake["type"] == "enum" and location == ["kind"]:
        message = _kind_message(str(mistake["input"]))
    elif mistake["type"] == "enum":
        message += _did_you_mean(str(mistake["input"]), Verdict)
    return Problem(
        file=str(file), field=".".join(location), message=message, line=_line(source, location)
    )


def _kind_message(kind: str) -> str:
    if kind in {"threshold", "absence"}:
        return f"rules of kind {kind!r} are not built in this version"
    return f"unknown kind {kind!r}" + _did_you_mean(kind, list(RuleKind))


def _keys(location: Sequence[str]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {"figure": FigureTable, "example": ExampleTable}
    model = tables.get(location[0], RuleFile) if location else RuleFile
    return list(model.model_fields)


def _line(source: str, location: Sequence[str]) -> int | None:
    """Return the line where a key is set, as far as a plain search can tell."""
    keys = [part for part in location if not part.isdigit()]
    if not keys:
        return None
    for number, line in enumerate(source.splitlines(), start=1):
        if re.match(rf"\s*{re.escape(keys[-1])}\s*=", line):
            return number
    return None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, [str(name) for name in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _check(file: Path, source: str, table: RuleFile, knowledge: Knowledge) -> Iterable[Problem]:
    def problem(field: str, message: str) -> Problem:
        line = _line(source, field.split("."))
        return Problem(file=str(file), field=field, message=message, line=line)

    if table.match is not None:
        try:
            compile_expression(table.match)
        except ExpressionError as error:
            yield problem("match", str(error))
    elif table.kind is RuleKind.KEYWORD:
        yield problem("match", "a keyword rule needs a match expression")
    if table.kind is RuleKind.FIGURE_CHANGE and table.figure is None:
        yield problem("figure", "a figure-change rule needs a [figure] table")
    if table.kind is RuleKind.KEYWORD and table.figure is not None:
        yield problem("figure", "a keyword rule has no [figure] table")
    if table.figure is not None:
        yield from _check_figure(table.figure, knowledge, problem)
    yield from _check_examples(table, problem)


def _check_figure(figure: FigureTable, knowledge: Knowledge, problem: object) -> Iterable[Problem]:
    gazetteer = knowledge.gazetteer
    known: tuple[tuple[str, Sequence[str], Collection[str]], ...] = (
        ("measure", (figure.measure,), knowledge.measures),
        ("forces", figure.forces, gazetteer.forces),
        ("places", figure.places, gazetteer.places),
        ("sources", figure.sources, gazetteer.sources),
    )
    assert callable(problem)  # noqa: S101
    for field, names, catalogue in known:
        for name in names:
            if name not in catalogue:
                message = f"unknown name {name!r}" + _did_you_mean(name, catalogue)
                yield problem(f"figure.{field}", message)
    both = sorted(set(figure.alert_on) & set(figure.digest_on))
    if both:
        yield problem("figure.digest_on", f"{', '.join(both)} stand in alert_on as well")
    if figure.min_change is not None:
        try:
            _min_change(figure.min_change)
        except ValueError as error:
            yield problem("figure.min_change", str(error))


def _check_examples(table: RuleFile, problem: object) -> Iterable[Problem]:
    assert callable(problem)  # noqa: S101
    expectations = [example.expect for example in table.example]
    for expect in expectations:
        if not _EXPECTATIONS.fullmatch(expect):
            message = (
                f'{expect!r} is not "silent", "alert", "alert:<verdict>" or "digest:<verdict>"'
            )
            yield problem("example.expect", message)
    if not any(expect != "silent" for expect in expectations):
        yield problem("example", "needs at least one example that fires")
    if "silent" not in expectations:
        yield problem("example", "needs at least one example that stays silent")


def _rule(file: Path, table: RuleFile) -> Rule:
    match: Expression | None = compile_expression(table.match) if table.match else None
    return Rule(
        id=table.id,
        title=table.title,
        kind=table.kind,
        status=table.status,
        severity=table.severity,
        description=table.description,
        false_positives=table.false_positives,
        match=match,
        figure=_condition(table.figure) if table.figure else None,
        examples=tuple(
            Example(
                name=row.name, text=row.text, title=row.title, given=row.given, expect=row.expect
            )
            for row in table.example
        ),
        file=str(file),
    )


def _condition(table: FigureTable) -> FigureCondition:
    change = None if table.min_change is None else _min_change(table.min_change)
    return FigureCondition(
        measure=table.measure,
        forces=table.forces,
        places=table.places,
        unknown_place=table.unknown_place,
        sources=table.sources,
        alert_on=frozenset(table.alert_on),
        digest_on=frozenset(table.digest_on),
        min_change=change,
        direction=table.direction,
        min_confidence=table.min_confidence,
    )
