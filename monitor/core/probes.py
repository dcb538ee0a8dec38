# SPDX-License-Identifier: Apache-2.0
"""Probes: a rule's own examples with one thing changed, and what the rule makes of the change.

A rule that fires on its examples may fire on too much, or only on exactly them. Another figure must
still be told; another place or force, a denial or a plan must not be told as if it were there; how
the thousands are separated must not matter.
Rules of this file: pure; a change is made only where the thing to change is found in the text; what
is expected of a change follows from the rule alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.knowledge import Knowledge, NameKind
from monitor.core.model import Alert, LedgerClaim, TextField, Verdict
from monitor.core.rules import Direction, Example, Rule, Scope
from monitor.core.trials import decide_example, told

_FACTOR = 3
_NUMBER = re.compile(r"\d{1,3}(?:[,.]\d{3})+|\d{4,}")
_SEPARATORS = {"a dot": ".", "a space": "\u00a0", "none": "", "an apostrophe": "’"}
_NEGATIONS = (
    (r"\b(are|is|were|was|have|has|had|will|could|can)\b(?! not)", r"\1 not"),
    (r"\bthere are already\b", "there are not"),
)
_PLANS = (
    (r"\b(?:have|has) (?:already )?been (\w+)", r"will be \1"),
    (r"\b(?:have|has) (?:already )?arrived\b", "will arrive"),
    (r"\b(?:are|is|were|was) (?:already |now |currently )?", "will be "),
    (r"\b(?:have|has)\b", "will have"),
)
# Where the troops of few rules are, and whose few rules watch.
_ELSEWHERE = ("kenya", "peru", "iceland", "new-zealand")
_OTHERS = ("PE", "KE", "NZ")
# These say themselves that the figure does not hold now.
_NOT_NOW = frozenset({Verdict.PLANNED, Verdict.HYPOTHETICAL, Verdict.PAST, Verdict.DENIED})
_TOLD_AGAIN = frozenset({Verdict.RESTATEMENT, Verdict.DUPLICATE})
FIRES, SILENT, NOT_NOW = "fires", "silent", "not as present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One changed example and how it came out. `complaint` is None when the rule is right."""

    rule: str
    example: str
    change: str
    text: str
    expect: str
    got: str
    complaint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    name: str
    text: str
    expect: str


def probe_rule(rule: Rule, knowledge: Knowledge) -> tuple[Probe, ...]:
    """Change one thing at a time in the examples of a rule; return how each change came out."""
    if rule.figure is None and rule.threshold is None:
        return ()
    return tuple(
        _tried(rule, example, change, knowledge)
        for example in rule.examples
        for change in _changes(rule, example, knowledge)
    )


def _tried(rule: Rule, example: Example, change: _Change, knowledge: Knowledge) -> Probe:
    _, alerts = decide_example(rule, replace(example, text=change.text), knowledge)
    return Probe(
        rule=rule.id,
        example=example.name,
        change=change.name,
        text=change.text,
        expect=change.expect,
        got=told(alerts),
        complaint=_complaint(change.expect, alerts),
    )


def _complaint(expect: str, alerts: Sequence[Alert]) -> str | None:
    if expect == FIRES:
        return None if alerts else "wrongly ignored"
    wrong = [
        alert
        for alert in alerts
        if expect == SILENT or alert.claim is None or alert.claim.verdict not in _NOT_NOW
    ]
    return "wrongly accepted" if wrong else None


def _changes(rule: Rule, example: Example, knowledge: Knowledge) -> Iterator[_Change]:
    outcome, alerts = decide_example(rule, example, knowledge)
    rows = [row for row in outcome.claims if row.claim.evidence.span.field is TextField.TEXT]
    hit = next((row for row in rows if any(alert.claim == row for alert in alerts)), None)
    if hit is not None:
        yield from _figures(rule, example.text, hit)
        yield from _separators(example.text, hit)
        yield from _places(rule, example.text, hit, knowledge)
        yield from _forces(rule, example.text, hit, knowledge)
        if hit.verdict not in {*_NOT_NOW, Verdict.EXERCISE}:
            yield from _rewritten("negation", _NEGATIONS, example.text, hit)
            yield from _rewritten("tense", _PLANS, example.text, hit)
    elif not alerts:
        for row in rows:
            if row.verdict in _TOLD_AGAIN and _concerns(rule, row):
                yield from _figures(rule, example.text, row)


def _concerns(rule: Rule, row: LedgerClaim) -> bool:
    """Say whether a figure rule would tell this row if its figure were another."""
    figure = rule.figure
    if figure is None or figure.measure != row.series.measure:
        return False
    return not figure.forces or row.series.force in figure.forces


# --- single changes --------------------------------------------------------------------------


def _figures(rule: Rule, text: str, row: LedgerClaim) -> Iterator[_Change]:
    """Another figure is news, in the direction that the rule wants."""
    claim = row.claim
    if rule.threshold is not None or claim.low != claim.high or claim.vague:
        return
    assert rule.figure is not None  # noqa: S101  (a probed rule has one of the two)
    falls = rule.figure.direction is Direction.DOWN
    value = max(claim.low // _FACTOR, 1) if falls else claim.low * _FACTOR
    changed = _in_span(text, row, lambda _: f"{value:,}")
    if changed is not None:
        yield _Change(name=f"figure: {value:,}", text=changed, expect=FIRES)


def _separators(text: str, row: LedgerClaim) -> Iterator[_Change]:
    for name, mark in _SEPARATORS.items():
        changed = _in_span(text, row, lambda number, mark=mark: re.sub("[,.]", mark, number))
        if changed is not None and changed != text:
            yield _Change(name=f"separator: {name}", text=changed, expect=FIRES)


def _in_span(text: str, row: LedgerClaim, change: object) -> str | None:
    """Return the text with the numbers of a claim's own span changed; None where there are none."""
    assert callable(change)  # noqa: S101
    span = row.claim.evidence.span
    figure = text[span.start : span.end]
    if not _NUMBER.search(figure):
        return None
    changed = _NUMBER.sub(lambda match: str(change(match[0])), figure)
    return text[: span.start] + changed + text[span.end :]


def _places(rule: Rule, text: str, row: LedgerClaim, knowledge: Knowledge) -> Iterator[_Change]:
    """A figure elsewhere is not the rule's business."""
    scope = _scope(rule)
    gazetteer = knowledge.gazetteer
    if not scope.places or row.claim.place is None:
        return
    elsewhere = next(
        (
            gazetteer.place_name(place)
            for place in _ELSEWHERE
            if place in gazetteer.places
            and not any(gazetteer.is_within(place, own) for own in scope.places)
        ),
        None,
    )
    if elsewhere is None:
        return
    changed = text
    for name in reversed(knowledge.actors.find(text)):
        slug = name.senses.get(NameKind.PLACE)
        is_watched = any(gazetteer.is_within(slug, place) for place in scope.places)
        if is_watched and row.series.force not in name.senses.values():
            changed = changed[: name.start] + elsewhere + changed[name.end :]
    if changed != text:
        whole = rf"(?:\b[Tt]he )?{elsewhere}(?: region| province| oblast)?\b"
        changed = re.sub(whole, elsewhere, changed)
        yield _Change(name=f"place: {elsewhere}", text=changed, expect=SILENT)


def _forces(rule: Rule, text: str, row: LedgerClaim, knowledge: Knowledge) -> Iterator[_Change]:
    """Somebody else's people are not the rule's business."""
    scope, gazetteer = _scope(rule), knowledge.gazetteer
    own = row.series.force
    other = next((force for force in _OTHERS if force not in scope.forces), None)
    if not scope.forces or other is None or own not in gazetteer.forces:
        return
    stranger = gazetteer.forces[other]
    forms = {
        NameKind.PEOPLE: f"{stranger.adjective}s",
        NameKind.ADJECTIVE: stranger.adjective,
        NameKind.ACTOR: stranger.name,
    }
    changed = text
    for name in reversed(knowledge.actors.find(text)):
        form = next((forms[kind] for kind in forms if name.senses.get(kind) == own), None)
        if form is not None:
            changed = changed[: name.start] + form + changed[name.end :]
    if changed != text:
        yield _Change(name=f"force: {stranger.adjective}", text=changed, expect=SILENT)


def _scope(rule: Rule) -> Scope:
    assert rule.scope is not None  # noqa: S101  (a probed rule has one)
    return rule.scope


def _rewritten(
    name: str, forms: Sequence[tuple[str, str]], text: str, row: LedgerClaim
) -> Iterator[_Change]:
    """Rewrite the first verb that a form fits, in the sentence of the claim."""
    span = row.claim.evidence.sentence_span
    sentence = text[span.start : span.end]
    for pattern, replacement in forms:
        changed = re.sub(pattern, replacement, sentence, count=1)
        if changed != sentence:
            whole = text[: span.start] + changed + text[span.end :]
            yield _Change(name=name, text=whole, expect=NOT_NOW)
            return
