# SPDX-License-Identifier: Apache-2.0
"""The tables of a rule file, as people write them, and their JSON Schema.

What it is not: reading files (`rulefiles`) or checking what a type cannot say (`rulechecks`). Rules of
this file: unknown keys are refused; every key says what it is for, because editors show it.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from monitor.config_fields import Duration
from monitor.core.model import Fact, Kind, Severity, Status, Verdict
from monitor.core.rules import Awaited, Direction, RuleKind, RuleStatus

# Keys that a rule does not take over from the one it extends.
OWN_KEYS = frozenset({"id", "title", "status", "description", "extends", "example"})
_Change = Annotated[str | float, Field(union_mode="left_to_right")]
_Weight = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimsTable(_Table):
    """Which claims of a measure a rule looks at."""

    forces: tuple[str, ...] = Field((), description="whose: ISO codes or slugs; empty: any")
    places: tuple[str, ...] = Field((), description="where, with all they contain; empty: anywhere")
    unknown_place: bool = Field(
        default=True, description="whether a claim that names no place at all counts as placed"
    )
    sources: tuple[str, ...] = Field((), description="who says it: sources or families; empty: any")
    units: tuple[str, ...] = Field(
        (), description="units of the measure, such as killed; empty: any"
    )
    kinds: tuple[Kind, ...] = Field((), description="total, increment…; empty: any")
    min_confidence: float = Field(0.0, ge=0, le=1, description="least confidence of a claim")
    weights: dict[str, _Weight] = Field(
        {},
        description=(
            "how much the word of a source or family counts, 0 to 1; the confidence is multiplied"
            ' by it; "unknown" are speakers that no file names, "unnamed" claims without one'
        ),
    )


class ScopeTable(ClaimsTable):
    """Which claims a rule looks at."""

    measure: str = Field(description="what is counted: a measure of seeds/measures")


class FigureTable(ScopeTable):
    """The `[figure]` table of a figure-change rule."""

    alert_on: tuple[Verdict, ...] = Field(
        (Verdict.NEW, Verdict.REVISION, Verdict.NEW_PLACE, Verdict.CORRECTION),
        description="verdicts that are sent at once",
    )
    digest_on: tuple[Verdict, ...] = Field((), description="verdicts kept for the digest")
    min_change: _Change | None = Field(
        None, description='least change of a revision: "2%" or a number'
    )
    direction: Direction = Field(Direction.ANY, description="which way a revision must go")
    min_figure: float | None = Field(None, ge=0, description="least figure that is told")
    when: tuple[Fact, ...] = Field(
        (), description="what else must be true of the claim, one of these; empty: nothing"
    )


class ThresholdTable(ScopeTable):
    """The `[threshold]` table of a threshold rule."""

    value: float = Field(gt=0, description="the figure that must be crossed")
    direction: Direction = Field(Direction.ANY, description="which way it must be crossed")
    status: Status = Field(Status.PRESENT, description="which claims set the level")


class AbsenceTable(ClaimsTable):
    """The `[absence]` table of an absence rule."""

    what: Awaited = Field(description="what must come: a claim, or an article")
    lasting: Duration = Field(
        alias="for", description='the longest silence, such as "14d"; longer ones alert'
    )
    measure: str | None = Field(None, description="what is counted, of a claim")


class SeverityStepTable(_Table):
    """One step of `severity_by_change`."""

    change: _Change = Field(description='from which change on: "10%" or a number')
    severity: Severity = Field(description="how loud the alert is then")


class ExampleTable(_Table):
    """One `[[example]]`: a text and what the rule must make of it."""

    name: str = Field(min_length=1, description="what the example shows")
    given: tuple[str, ...] = Field((), description="texts that are known before, oldest first")
    title: str = Field("", description="headline of the text")
    text: str = Field(min_length=1, description="the article's text")
    after: Duration | None = Field(
        None, description="how long nothing follows, for an absence rule"
    )
    expect: str = Field(description='"silent", "alert", "alert:<verdict>" or "digest:<verdict>"')


class RuleFile(_Table):
    """One rule file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,63}$", description="unique, dotted")]
    title: str = Field(min_length=1, max_length=100, description="what people see in messages")
    kind: RuleKind = Field(description="what the rule watches")
    extends: str | None = Field(
        None, description="id of the rule whose keys hold where this file does not set them"
    )
    status: RuleStatus = Field(RuleStatus.STABLE, description="experimental rules never send")
    severity: Severity = Field(Severity.NOTICE, description="how loud its alerts are")
    severity_by_change: tuple[SeverityStepTable, ...] = Field(
        (), description="other severities from a size of the change on"
    )
    description: str = Field("", description="what it is for, in a sentence or two")
    false_positives: tuple[str, ...] = Field((), description="what it is known to take wrongly")
    references: tuple[Annotated[str, Field(pattern=r"^https?://\S+$")], ...] = Field(
        (), description="links to where such figures are published"
    )
    match: str | None = Field(None, description="keyword expression that must hold as well")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        (), description="languages of the article, where it says which; empty: any"
    )
    feeds: tuple[str, ...] = Field((), description="patterns of feed ids; empty: any feed")
    figure: FigureTable | None = Field(None, description="the condition of a figure-change rule")
    threshold: ThresholdTable | None = Field(None, description="the condition of a threshold rule")
    absence: AbsenceTable | None = Field(None, description="the condition of an absence rule")
    example: tuple[ExampleTable, ...] = Field((), description="texts that it is tested with")


# The table that belongs to each kind, and what else it cannot do without.
KIND_TABLES = {
    RuleKind.FIGURE_CHANGE: "figure",
    RuleKind.THRESHOLD: "threshold",
    RuleKind.ABSENCE: "absence",
}
NESTED: dict[str, type[BaseModel]] = {
    "figure": FigureTable,
    "threshold": ThresholdTable,
    "absence": AbsenceTable,
    "severity_by_change": SeverityStepTable,
    "example": ExampleTable,
}


def keys_of(location: tuple[str, ...]) -> list[str]:
    """Return the keys that the table at a location may have, as files spell them."""
    model = NESTED.get(location[0], RuleFile) if location else RuleFile
    return [field.alias or name for name, field in model.model_fields.items()]


def rule_file_schema() -> dict[str, object]:
    """Return the JSON Schema of a rule file.

    What a file need not say because it extends another rule is required only where it does not.
    """
    schema: dict[str, Any] = RuleFile.model_json_schema()
    schema["required"] = [key for key in schema["required"] if key != "kind"]
    needed: dict[str, list[str]] = {}
    for table in ("FigureTable", "ThresholdTable", "AbsenceTable"):
        definition = schema["$defs"][table]
        needed[table.removesuffix("Table").lower()] = definition.pop("required", [])
    complete: dict[str, Any] = {
        "required": ["kind"],
        "properties": {name: {"required": keys} for name, keys in needed.items() if keys},
    }
    kinds = [
        {"if": _kind_is(RuleKind.KEYWORD), "then": {"required": ["match"]}},
        *(
            {"if": _kind_is(kind), "then": {"required": [table]}}
            for kind, table in KIND_TABLES.items()
        ),
    ]
    whole = {"allOf": [complete, *kinds]}
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = whole
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _kind_is(kind: RuleKind) -> dict[str, object]:
    return {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]}
