# SPDX-License-Identifier: Apache-2.0
"""Whose troops: the steps that find the force of a number, the surest first.

Steps, each a rule id that confidence knows: `adjective` (in the phrase), `possessive`, `by` ("von
Nordkorea entsandt"), `subject` (who sends or has them, wherever the verb stands), `sentence`, `claim`,
`paragraph`. What it is not: places; a country behind a preposition of place sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.core.claims.inflected.counting import Counted
from monitor.core.claims.inflected.lexicon import HEAD, Mark
from monitor.core.claims.inflected.line import Line
from monitor.core.claims.inflected.sense import Clause
from monitor.core.knowledge import NameKind

# Behind one of these a state's name is no subject: "у Росії", "на півдні України".
_GOVERNS = (
    "places.prepositions",
    "places.from",
    "places.directions",
    "attribution.according",
    "force.origins",
)
Whose = tuple[str | None, str]


def spoken_of(line: Line) -> list[tuple[int, str]]:
    """Return position and force of every "FORCE troops", "troops of FORCE" and "FORCE's people"."""
    found: list[tuple[int, str]] = []
    heads = [*line.all(HEAD), *line.all("shapes.collectives")]
    for name in line.names:
        people = name.senses.get(NameKind.PEOPLE)
        adjective = name.senses.get(NameKind.ADJECTIVE)
        if people is not None and adjective is None:
            found.append((name.start, people))
            continue
        actor = name.senses.get(NameKind.ACTOR)
        behind = any(head.end == name.start for head in heads)
        if adjective is not None and (behind or any(_leads(line, name, head) for head in heads)):
            found.append((name.start, adjective))
        elif actor is not None and (behind or _is_origin(line, name, heads)):
            found.append((name.start, actor))
    return found


def _leads(line: Line, name: Mark, head: Mark) -> bool:
    """Say whether only words that may stand before a noun part an adjective from it."""
    if not name.end <= head.start <= name.end + 3:
        return False
    return all(
        line.at("shapes.fillers", position)
        or line.at("shapes.adjectives", position)
        or line.word(position) == "-"
        for position in range(name.end, head.start)
    )


def _is_origin(line: Line, name: Mark, heads: Sequence[Mark]) -> bool:
    origin = line.ends("force.origins", name.start)
    return origin is not None and any(head.end == origin.start for head in heads)


def resolve(
    line: Line,
    counted: Counted,
    clause: Clause,
    before: Sequence[str],
    earlier: str | None,
) -> Whose:
    """Return the force and its rule; `before` are forces spoken of so far, newest first."""
    for force, rule in _steps(line, counted, clause, before, earlier):
        if force is not None:
            return force, rule
    return None, "none"


def _steps(
    line: Line,
    counted: Counted,
    clause: Clause,
    before: Sequence[str],
    earlier: str | None,
) -> Iterator[Whose]:
    yield counted.force, "adjective"
    if counted.anaphoric:
        yield earlier, "claim"
    yield _by(line, counted, clause), "by"
    subject = _subject(line, counted, clause)
    possessive = line.ends("force.possessives", counted.number.left) or line.within(
        "force.possessives", counted.number.right, counted.end
    )
    if possessive:
        yield subject or _first_actor(line, counted.number.left), "possessive"
    if not counted.anaphoric:
        yield subject, "subject"
    spoken = spoken_of(line)
    if spoken:
        yield min(spoken, key=lambda item: abs(item[0] - counted.number.first))[1], "sentence"
    yield earlier, "claim"
    yield before[0] if before else None, "paragraph"
    yield subject, "subject"


def _by(line: Line, counted: Counted, clause: Clause) -> str | None:
    """Read "von Nordkorea entsandt", "enviados por Pyongyang", "що їх відправила КНДР"."""
    for name in line.names:
        if not counted.end <= name.start < min(clause.right, counted.end + 8):
            continue
        actor = name.senses.get(NameKind.ACTOR)
        if actor is None:
            continue
        by = line.ends("force.by", name.start)
        near = (max(counted.end, name.start - 3), min(clause.right, name.end + 3))
        if by is not None and line.has("force.acts", *near):
            return actor
    return None


def _subject(line: Line, counted: Counted, clause: Clause) -> str | None:
    """Return who sends, keeps or has them: the last free name of the clause, with such a verb."""
    number = counted.number
    low = clause.left
    if not line.has("force.acts", low, max(clause.right, counted.end)):
        return None
    for name in reversed(line.names):
        if not low <= name.start < number.left or NameKind.ACTOR not in name.senses:
            continue
        if _is_free(line, name):
            return name.senses[NameKind.ACTOR]
    return None


def _is_free(line: Line, name: Mark) -> bool:
    """Say whether a name stands as a subject can: after no preposition, and in no speaker's name."""
    for tag in _GOVERNS:
        if line.ends(tag, name.start) is not None:
            return False
    if any(other.start <= name.start < other.end for other in line.speakers):
        sense = next(o for o in line.speakers if o.start <= name.start < o.end)
        return sense.start == name.start and sense.end == name.end
    return True


def _first_actor(line: Line, until: int) -> str | None:
    return next(
        (
            name.senses[NameKind.ACTOR]
            for name in line.names
            if name.end <= until and NameKind.ACTOR in name.senses
        ),
        None,
    )
