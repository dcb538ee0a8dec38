# SPDX-License-Identifier: Apache-2.0
"""What a rule file's types cannot say: names, expressions, and what belongs together.

What it is not: reading files (`rulefiles`). Rules of this file: it looks at the plain table, so that a
file which breaks its form as well is told everything at once; whatever has the wrong type is passed
over here, because its form is told already; places are tuples of keys, and `Lines` finds their line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.core.expression import ExpressionError, compile_expression
from monitor.core.knowledge import Knowledge
from monitor.core.model import Verdict
from monitor.core.rules import MinChange, RuleKind
from monitor.core.scopes import UNKNOWN_SOURCE, UNNAMED_SOURCE
from monitor.ruletables import KIND_TABLES, FigureTable

Table = Mapping[str, Any]
Place = tuple[str, ...]
Complaint = tuple[Place, str] | tuple[Place, str, str]  # where, what, and which item of a list

_EXPECTATIONS = re.compile(r"silent|alert|(?:alert|digest):(?:" + "|".join(Verdict) + ")")
_HEADER = re.compile(r"\s*\[(\[?)\s*([^\[\]#]+?)\s*\]?\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([A-Za-z0-9_."' -]+?)\s*=""")
_TRIPLE = re.compile(r"'''|\"\"\"")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean …?" where something known is close."""
    close = difflib.get_close_matches(word, [str(name) for name in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def read_change(value: object) -> MinChange:
    """Read "2%" or a number; raise `ValueError` for anything else."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", str(value))
    if match is None:
        msg = 'expected a share such as "2%" or a number of units'
        raise ValueError(msg)
    amount = float(match[1])
    return MinChange(amount=amount / 100 if match[2] else amount, is_share=bool(match[2]))


def complaints(rule: Table, knowledge: Knowledge) -> Iterator[Complaint]:
    """Yield everything that is wrong with a rule beyond the form of its tables."""
    yield from _expression(rule)
    yield from _kind(rule)
    for name in KIND_TABLES.values():
        table = rule.get(name)
        if isinstance(table, Mapping):
            yield from _names(name, table, knowledge)
    yield from _figure(rule)
    yield from _absence(rule)
    yield from _steps(rule)
    yield from _examples(rule)


def _expression(rule: Table) -> Iterator[Complaint]:
    source = rule.get("match")
    if isinstance(source, str):
        try:
            compile_expression(source)
        except ExpressionError as error:
            yield ("match",), str(error)


def _kind(rule: Table) -> Iterator[Complaint]:
    kind = rule.get("kind")
    if kind not in list(RuleKind):
        return
    own = KIND_TABLES.get(RuleKind(kind))
    article = "an" if kind == RuleKind.ABSENCE else "a"
    if own is None and rule.get("match") is None:
        yield ("match",), f"{article} {kind} rule needs a match expression"
    if own is not None and rule.get(own) is None:
        yield (own,), f"{article} {kind} rule needs {_an(own)} [{own}] table"
    for table in KIND_TABLES.values():
        if table != own and rule.get(table) is not None:
            yield (table,), f"{article} {kind} rule has no [{table}] table"


def _an(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _names(name: str, table: Table, knowledge: Knowledge) -> Iterator[Complaint]:
    gazetteer = knowledge.gazetteer
    weighted = {*gazetteer.sources, UNKNOWN_SOURCE, UNNAMED_SOURCE}
    known: tuple[tuple[str, Sequence[str], Collection[str]], ...] = (
        ("measure", _texts([table.get("measure")]), knowledge.measures),
        ("forces", _texts(table.get("forces")), gazetteer.forces),
        ("places", _texts(table.get("places")), gazetteer.places),
        ("sources", _texts(table.get("sources")), gazetteer.sources),
        ("units", _texts(table.get("units")), _units(table, knowledge)),
        ("weights", _texts(list(_mapping(table.get("weights")))), weighted),
    )
    for field, names, catalogue in known:
        for word in names:
            if word not in catalogue:
                message = f"unknown name {word!r}{did_you_mean(word, catalogue)}"
                yield (name, field), message, word


def _units(table: Table, knowledge: Knowledge) -> Collection[str]:
    """Return the units of the table's measure, or of all where that is not known."""
    own = knowledge.measures.get(str(table.get("measure")))
    measures = [own] if own else list(knowledge.measures.values())
    found = {measure.unit for measure in measures}
    for measure in measures:
        found |= {str(fate.unit) for fate in getattr(measure, "fates", ())}
    return found


def _figure(rule: Table) -> Iterator[Complaint]:
    figure = _mapping(rule.get("figure"))
    default = FigureTable.model_fields["alert_on"].default
    both = {*_texts(figure.get("alert_on", [str(verdict) for verdict in default]))} & {
        *_texts(figure.get("digest_on"))
    }
    if both:
        yield ("figure", "digest_on"), f"{', '.join(sorted(both))} stand in alert_on as well"
    if isinstance(figure.get("min_change"), (str, int, float)):
        yield from _change(("figure", "min_change"), figure["min_change"])


def _change(place: Place, value: object) -> Iterator[Complaint]:
    try:
        read_change(value)
    except ValueError as error:
        yield place, str(error)


def _absence(rule: Table) -> Iterator[Complaint]:
    absence = _mapping(rule.get("absence"))
    if absence.get("what") == "claim" and absence.get("measure") is None:
        yield ("absence", "measure"), "is required: of what a claim is awaited"
    if absence.get("what") == "article":
        for key in absence:
            if key not in {"what", "for"}:
                yield ("absence", key), "an article has no figure: match and feeds choose articles"


def _steps(rule: Table) -> Iterator[Complaint]:
    steps = rule.get("severity_by_change")
    if not isinstance(steps, list) or not steps:
        return
    if rule.get("kind") in {RuleKind.KEYWORD, RuleKind.ABSENCE}:
        yield ("severity_by_change",), f"a rule of kind {rule['kind']} sees no change"
    for number, step in enumerate(steps):
        if isinstance(_mapping(step).get("change"), (str, int, float)):
            yield from _change(("severity_by_change", str(number), "change"), step["change"])


def _examples(rule: Table) -> Iterator[Complaint]:
    examples = rule.get("example", [])
    if not isinstance(examples, list):
        return
    expectations: list[str] = []
    for number, example in enumerate(map(_mapping, examples)):
        place = ("example", str(number))
        expect = example.get("expect")
        if isinstance(expect, str):
            expectations.append(expect)
            if not _EXPECTATIONS.fullmatch(expect):
                forms = '"silent", "alert", "alert:<verdict>" or "digest:<verdict>"'
                yield (*place, "expect"), f"{expect!r} is not {forms}"
        if example.get("after") is not None and rule.get("kind") != RuleKind.ABSENCE:
            yield (*place, "after"), "only absence rules wait"
    if not any(expect != "silent" for expect in expectations):
        yield ("example",), "needs at least one example that fires"
    if "silent" not in expectations:
        yield ("example",), "needs at least one example that stays silent"


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _mapping(value: object) -> Table:
    return value if isinstance(value, Mapping) else {}


class Lines:
    """Where each key of a TOML text is set: a plain reading of its lines, no parser.

    Texts of several lines are skipped; keys of inline tables count as set where their table is.
    """

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()
        self._places: dict[Place, int] = {}
        self._read()

    @property
    def last(self) -> int:
        """Return the number of the last line."""
        return max(len(self._lines), 1)

    def find(self, place: Place, item: str = "") -> int | None:
        """Return the line where a key is set (or an item of its list), or the table around it."""
        for length in range(len(place), 0, -1):
            line = self._places.get(place[:length])
            if line is not None:
                return self._line_of_item(line, item) if item else line
        return None

    def _line_of_item(self, line: int, item: str) -> int:
        """Return the line of an item of a list that is written over several lines."""
        ends = [number for number in self._places.values() if number > line]
        quoted = {f'"{item}"', f"'{item}'"}
        for number in range(line, min([*ends, self.last + 1])):
            if any(form in self._lines[number - 1] for form in quoted):
                return number
        return line

    def _read(self) -> None:
        table: Place = ()
        counts: dict[Place, int] = {}
        inside: str | None = None
        for number, line in enumerate(self._lines, start=1):
            marks = _TRIPLE.findall(line)
            if inside is None:
                if header := _HEADER.match(line):
                    table = self._open(header, number, counts)
                    self._places.setdefault(table, number)
                elif key := _KEY.match(line):
                    self._places.setdefault((*table, *_split(key[1])), number)
            for mark in marks:
                inside = mark if inside is None else (None if mark == inside else inside)

    def _open(self, header: re.Match[str], number: int, counts: dict[Place, int]) -> Place:
        """Return the place of the table that a header opens; tables of a list are numbered."""
        place = _split(header[2])
        if not header[1]:
            return place
        counts[place] = counts.get(place, -1) + 1
        self._places.setdefault(place, number)
        return (*place, str(counts[place]))


def _split(key: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in key.split("."))
