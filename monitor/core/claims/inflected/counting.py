# SPDX-License-Identifier: Apache-2.0
"""What a number counts: the noun after it, before it, or in the sentence before.

Shapes, each a rule id that confidence knows: `direct` (also with the adjective behind the noun),
`people` ("10 000 північнокорейців"), `partitive` ("8.000 davon"), `listed`, `subject` ("die Zahl der
Soldaten stieg auf N"), `collective` ("une force de N"), `moving` ("10.000 sind dort"), `inverted`.
What it is not: whether the number holds (see `sense`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.inflected.lexicon import Mark
from monitor.core.claims.inflected.line import Line
from monitor.core.claims.inflected.numbers import Number
from monitor.core.knowledge import NameKind

# Between a number and its noun, and behind the noun: longer phrases are other phrases.
_BEFORE_NOUN = 7
_BEHIND_NOUN = 6
_SUBJECT_REACH = 32
_PEOPLE_WEIGHT = 0.2
_ANAPHORIC_WEIGHT = 0.7
_WEAK = 0.6
_OF_BEFORE_WHOLE = 4
_MAY_STAND_BEFORE = (
    "shapes.increments",
    "shapes.fillers",
    "shapes.of",
    "rejects.civilian",
    "force.possessives",
)


@dataclass(slots=True, kw_only=True)
class Counted:
    """A number with what it counts; positions are tokens. `force` is named in the phrase itself."""

    number: Number
    shape: str
    weight: float
    end: int
    force: str | None = None
    increment: bool = False
    anaphoric: bool = False
    whole: Number | None = None
    subject: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something else that the number counts."""

    reason: str


def count(
    line: Line, number: Number, numbers: Sequence[Number], *, in_context: bool
) -> Counted | Thing | None:
    """Return what a number counts; `in_context` says that troops were spoken of just before."""
    direct = _direct(line, number, numbers, in_context=in_context)
    if isinstance(direct, Thing):
        return direct
    if isinstance(direct, Counted):
        # "Угруповання … налічує 50 тис. осіб": people say less than the subject they stand for.
        weak = direct.weight < _WEAK and direct.force is None
        subject = _subject(line, number, numbers, in_context=in_context) if weak else None
        return _with_subject(line, subject or direct)
    return (
        _part_before(line, number)
        or _subject(line, number, numbers, in_context=in_context)
        or _subject_behind(line, number)
        or _collective(line, number, in_context=in_context)
        or _listed(line, number, numbers, in_context=in_context)
        or _inverted(line, number)
        or (_moving(line, number, numbers) if in_context else None)
    )


def _with_subject(line: Line, counted: Counted) -> Counted:
    of_them = line.ends("shapes.of_them", counted.number.left)
    counted.anaphoric = counted.anaphoric or of_them is not None
    return counted


# --- the noun after the number -------------------------------------------------------------------


def _direct(
    line: Line, number: Number, numbers: Sequence[Number], *, in_context: bool
) -> Counted | Thing | None:
    """Read the noun after a number, or that it is a part of a whole."""
    of_them = line.at("shapes.of_them", number.right)
    if of_them is not None:
        return _anaphoric(number, "partitive", of_them.end)
    position = number.right
    of_the = line.at("shapes.of_the", position)
    if of_the is not None:
        position = of_the.end
        whole = _whole_at(numbers, position)
        found = _direct(line, whole, numbers, in_context=in_context) if whole else None
        if isinstance(found, Counted):
            found.number, found.shape, found.whole = number, "partitive", whole
            return found
    return _phrase(line, number, position, {other.first for other in numbers})


def _phrase(line: Line, number: Number, position: int, others: set[int]) -> Counted | Thing | None:
    """Walk over what may stand before a noun; peoples and adjectives can stand for the noun."""
    force, increment = None, False
    for _ in range(_BEFORE_NOUN):
        position = line.skip(position)
        head = line.head(position)
        name = line.name_at(position)
        if name is not None and (head is None or name.end > head.end):
            people, force = _named(name, force)
            if people or force is None:
                return _people(number, force, name.end, increment=increment) if people else None
            position = name.end
            continue
        if head is not None:
            return _with_head(line, number, head, force, increment=increment)
        if number.strong and (mark := line.at("shapes.collectives", position)) is not None:
            counted = _with_head(line, number, mark, force, increment=increment)
            counted.shape, counted.weight = "collective", 0.9
            return counted
        step = None if position in others else _step(line, position)
        if isinstance(step, Thing):
            return step
        if step is None:
            break
        increment = increment or line.at("shapes.increments", position) is not None
        position = step
    return _people(number, force, position, increment=increment) if force else None


def _named(name: Mark, force: str | None) -> tuple[bool, str | None]:
    """Say whether a name is a people by itself, and whose it is; no force ends the phrase."""
    adjective = name.senses.get(NameKind.ADJECTIVE)
    people = name.senses.get(NameKind.PEOPLE)
    if adjective is None and people is not None:
        return True, people
    return False, (force or adjective) if adjective is not None else None


def _step(line: Line, position: int) -> int | Thing | None:
    """Return the position after a word that may stand before a noun, what else is counted, or None."""
    if position >= len(line.tokens):
        return None
    if line.word(position) == "-" and line.is_glued(position):
        return position + 1
    thing = line.at("rejects.things", position)
    if thing is not None:
        word = " ".join(token.lower for token in line.tokens[thing.start : thing.end])
        return Thing(f"counts {word}")
    for tag in _MAY_STAND_BEFORE:
        mark = line.at(tag, position)
        if mark is not None:
            return mark.end
    if line.at("shapes.stops", position) is not None:
        return None
    mark = line.at("shapes.adjectives", position)
    return mark.end if mark is not None and line.tokens[position].text[0].islower() else None


def _with_head(
    line: Line, number: Number, head: Mark, force: str | None, *, increment: bool
) -> Counted:
    counted = Counted(
        number=number,
        shape="direct",
        weight=float(head.value or 0.9),
        end=head.end,
        force=force,
        increment=increment,
    )
    _read_behind(line, counted)
    return counted


def _read_behind(line: Line, counted: Counted) -> None:
    """Read "soldats nord-coréens", "солдатів КНДР", "Soldaten aus Nordkorea", "troops (DPRK)"."""
    position = counted.end
    for _ in range(_BEHIND_NOUN):
        position = line.skip(position)
        name = line.name_at(position)
        if name is not None:
            force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
            governed = line.at("force.acts", name.end) is not None
            if force is not None and not governed:
                counted.force = counted.force or force
                counted.end = name.end
            return
        if line.at("shapes.increments", position) is not None:
            counted.increment = True
            position += 1
            counted.end = position
            continue
        origin = line.at("force.origins", position)
        if origin is not None:
            name = line.name_at(origin.end)
            force = name.senses.get(NameKind.ACTOR) if name is not None else None
            if name is None or force is None or counted.force is not None:
                return
            if line.has("force.withdrawals", 0, len(line.tokens)):
                return
            counted.force, counted.end = force, name.end
            return
        head = line.head(position)
        filler = line.at("shapes.fillers", position) or line.at("shapes.adjectives", position)
        if head is None and (filler is None or line.at("shapes.stops", position) is not None):
            return
        position = (head or filler or origin).end  # type: ignore[union-attr]  # one is there


def _people(number: Number, force: str | None, end: int, *, increment: bool) -> Counted:
    return Counted(
        number=number,
        shape="people",
        weight=_PEOPLE_WEIGHT,
        end=end,
        force=force,
        increment=increment,
    )


def _anaphoric(number: Number, shape: str, end: int) -> Counted:
    return Counted(number=number, shape=shape, weight=_ANAPHORIC_WEIGHT, end=end, anaphoric=True)


def _whole_at(numbers: Sequence[Number], position: int) -> Number | None:
    return next(
        (other for other in numbers if position <= other.left <= position + _OF_BEFORE_WHOLE), None
    )


# --- other shapes --------------------------------------------------------------------------------


def _part_before(line: Line, number: Number) -> Counted | None:
    """Read "davon 8.000", "з них 8 тисяч"."""
    if line.ends("shapes.of_them", number.left) is None:
        return None
    counted = _anaphoric(number, "partitive", number.right)
    # "із них 10 тисяч – солдати КНДР": what they are stands behind a dash.
    if line.word(number.right) == "-":
        position = number.right + 1
        name = line.name_at(position)
        head = line.head(name.end if name else position)
        if head is not None:
            counted.force = name.senses.get(NameKind.ADJECTIVE) if name else None
            counted.end = head.end
            _read_behind(line, counted)
    return counted


def _subject(
    line: Line, number: Number, numbers: Sequence[Number], *, in_context: bool
) -> Counted | None:
    """Read "the number of soldiers has risen to N", "their number is N"."""
    low = max(0, number.left - _SUBJECT_REACH)
    subjects = line.within("shapes.subjects", low, number.left)
    if not subjects or line.word(subjects[-1].end) == ":":
        return None
    subject = subjects[-1]
    linked = (
        number.was
        or number.changed
        or line.ends("shapes.links", number.left) is not None
        or line.word(number.left - 1) in {":", "-"}
        or line.at("shapes.links", number.right) is not None
    )
    others = [q for q in numbers if subject.end <= q.first < number.first and not q.was]
    if not linked or others:
        return None
    heads = line.within("head", subject.end, number.left)
    if not heads and not in_context:
        return None
    if not heads and line.has("rejects.things", subject.end, number.left):
        return None
    force = next(
        (
            found
            for name in line.names
            if subject.end <= name.start < number.left
            for kind in (NameKind.ADJECTIVE, NameKind.PEOPLE, NameKind.ACTOR)
            if (found := name.senses.get(kind)) is not None
            and not line.ends("places.prepositions", name.start)
            and not line.ends("places.from", name.start)
        ),
        None,
    )
    return Counted(
        number=number,
        shape="subject",
        weight=float(heads[0].value) if heads else 0.6,
        end=number.right,
        force=force,
        anaphoric=not heads,
        subject=subject.start,
    )


def _subject_behind(line: Line, number: Number) -> Counted | None:
    """Read "estime à 10 000 le nombre de soldats nord-coréens"."""
    position = number.right
    while position < len(line.tokens) and not line.tokens[position].is_word:
        position += 1
    subject = line.at("shapes.subjects", position) or line.at("shapes.subjects", position + 1)
    if subject is None:
        return None
    found = _phrase(line, number, subject.end, set())
    if not isinstance(found, Counted):
        return None
    found.shape = "subject"
    return found


def _collective(line: Line, number: Number, *, in_context: bool) -> Counted | None:
    """Read "a contingent of N", "угруповання з N"."""
    of = line.ends("shapes.of", number.left)
    if of is None:
        return None
    noun = next(
        (
            mark
            for mark in reversed(line.within("shapes.collectives", max(0, of.start - 6), of.start))
            if all(_may_stand_behind(line, position) for position in range(mark.end, of.start))
        ),
        None,
    )
    if noun is None:
        return None
    near = [name for name in line.names if noun.start - 3 <= name.start < of.start]
    force = next((name.senses.get(NameKind.ADJECTIVE) for name in near), None)
    if force is None and not in_context:
        return None
    return Counted(
        number=number,
        shape="collective",
        weight=_ANAPHORIC_WEIGHT,
        end=number.right,
        force=force,
        anaphoric=force is None,
    )


def _may_stand_behind(line: Line, position: int) -> bool:
    name = next((n for n in line.names if n.start <= position < n.end), None)
    return name is not None or line.at("shapes.adjectives", position) is not None


def _listed(
    line: Line, number: Number, numbers: Sequence[Number], *, in_context: bool
) -> Counted | None:
    """Give a number of a list the noun that stands after the last one."""
    following = next((other for other in numbers if other.first >= number.right), None)
    if following is None:
        return None
    between = range(number.right, following.left)
    if not between or not all(
        line.word(position) in {",", "/"} or line.at("shapes.list", position)
        for position in between
    ):
        return None
    found = count(line, following, numbers, in_context=in_context)
    if not isinstance(found, Counted) or found.anaphoric:
        return None
    return Counted(
        number=number, shape="listed", weight=found.weight, end=found.end, force=found.force
    )


def _inverted(line: Line, number: Number) -> Counted | None:
    """Read "військових – 10 тисяч": the noun right before a number that nothing follows."""
    position = line.back(number.left)
    dash = line.word(position - 1) in {"-", ":"}
    head = line.ends("head", position - dash)
    if head is None or not (dash or number.scale > 1):
        return None
    following = line.tokens[number.right] if number.right < len(line.tokens) else None
    if following is not None and following.is_word and not line.at("shapes.stops", number.right):
        return None
    return Counted(number=number, shape="inverted", weight=float(head.value), end=number.right)


def _moving(line: Line, number: Number, numbers: Sequence[Number]) -> Counted | None:
    """Read a bare number that is or goes somewhere; troops were spoken of just before."""
    position = number.right
    while line.at("shapes.increments", position) is not None:
        position += 1
    increment = position > number.right or line.ends("shapes.increments", number.left) is not None
    moves = line.at("shapes.auxiliaries", position) is not None
    following = line.tokens[position] if position < len(line.tokens) else None
    if not moves and (following is None or not following.is_word):
        # "Там перебуває 8 тисяч": the verb before the number, and nothing after it.
        moves = line.has("shapes.auxiliaries", max(0, number.left - 3), number.left)
    if not moves:
        mark = line.at("places.prepositions", position)
        moves = mark is not None and any(
            mark.end <= name.start <= mark.end + 3 and NameKind.PLACE in name.senses
            for name in line.names
        )
    if not moves or any(other.first == position for other in numbers):
        return None
    counted = _anaphoric(number, "moving", number.right)
    counted.weight, counted.increment = 0.6, increment
    return counted
