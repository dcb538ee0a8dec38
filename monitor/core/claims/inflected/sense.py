# SPDX-License-Identifier: Apache-2.0
"""Whether and in which sense a number holds: named rejections, kind, status, recall.

What it is not: tense in general. A cue counts within the number's own clause; where an earlier
number stands in it, only from that number on. Rules of this file: each rejection has a named reason;
a denominator survives; the verb may stand behind everything, so the right side is read to the end
of the clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.inflected.counting import Counted
from monitor.core.claims.inflected.line import Line
from monitor.core.claims.inflected.numbers import Number
from monitor.core.model import Kind, Status

# Nouns below this weight need a force or a military sentence; below the second they need both.
_WEAK_BELOW = 0.6
_NEEDS_BOTH = 0.3
_HARD = frozenset(";:\n")
_CURRENCY = frozenset("$€£₴₽¥")
_LEFT_REACH = 24
_DAYS = 31


@dataclass(frozen=True, slots=True)
class Clause:
    """The stretch of tokens around a number in which its verbs stand."""

    left: int
    right: int


# --- early rejections ------------------------------------------------------------------------------


def early(line: Line, number: Number) -> str | None:
    """Return why a number cannot count anything, judged by its nearest neighbours."""
    before, after = line.word(number.first - 1), line.word(number.last)
    for reason, holds in (
        ("designation", _is_designation(line, number)),
        ("money", before in _CURRENCY or after in _CURRENCY),
        ("percentage", after == "%"),
        ("time", after == ":" and line.is_glued(number.last) and line.is_glued(number.last + 1)),
        ("time", before == ":" and line.is_glued(number.first)),
        ("date", _is_date(line, number)),
        ("year", _is_year(line, number)),
        ("ordinal", _is_ordinal(line, number)),
        ("code", line.ends("rejects.codes", number.first) is not None and number.scale == 1),
    ):
        if holds:
            return reason
    return None


def _is_designation(line: Line, number: Number) -> bool:
    """Read "M23" and "Т-72": letters, perhaps a hyphen, a number, all in one."""
    first = number.first
    if number.shape == "digits" and line.is_glued(first) and line.tokens[first - 1].is_word:
        return line.tokens[first - 1].text[-1] != "'"
    return (
        number.shape == "digits"
        and line.word(first - 1) == "-"
        and line.is_glued(first)
        and line.is_glued(first - 1)
        and first >= 2
        and line.tokens[first - 2].is_word
    )


def _is_date(line: Line, number: Number) -> bool:
    if not (number.shape == "digits" and number.low <= _DAYS and number.scale == 1):
        return False
    position = number.last
    position += line.word(position) in {".", "er"}
    position += line.at("dates.of", position) is not None
    return line.at("dates.months", position) is not None


def _is_year(line: Line, number: Number) -> bool:
    token = line.tokens[number.first]
    plain = token.text.isdecimal() and len(token.text) == 4 and 1900 <= number.low <= 2100
    if not plain or number.last != number.first + 1:
        return False
    behind = line.ends("dates.months", number.first) or line.ends("dates.years", number.first)
    return (
        behind is not None
        or line.at("dates.years", number.last) is not None
        or number.last >= len(line.tokens)
        or line.word(number.first - 1) in {".", "/"}
        or not line.tokens[number.last].is_word
    )


def _is_ordinal(line: Line, number: Number) -> bool:
    """Read "155. Brigade", "155-та бригада", "155e brigade"."""
    token = line.tokens[number.first]
    if not token.text.isdecimal() or number.last != number.first + 1:
        return False
    position = number.last
    if line.word(position) in {".", "-"} and line.is_glued(position):
        position += 1
        if line.word(position - 1) == "." and line.at("shapes.units", position) is not None:
            return True
    return line.is_glued(position) and line.at("numbers.ordinals", position) is not None


# --- rejections of counted numbers ------------------------------------------------------------------


def clause_of(line: Line, counted: Counted, numbers: Sequence[Number]) -> Clause:
    """Return the clause of a number: punctuation and conjunctions end it, and the next number does."""
    number = counted.number
    low = 0
    for position in range(number.left - 1, -1, -1):
        if line.word(position) in _HARD or _is_comma(line, position):
            low = position + 1
            break
    boundaries = line.within("rejects.boundaries", low, number.left)
    if boundaries:
        low = boundaries[-1].end
    earlier = [other.right for other in numbers if low <= other.first < number.first]
    if earlier:
        low = max(low, earlier[-1])
    if counted.subject is not None:
        low = min(low, counted.subject)
    high = len(line.tokens)
    for position in range(counted.end, high):
        if line.word(position) in _HARD or _is_comma(line, position):
            high = position
            break
    for mark in line.within("rejects.boundaries", counted.end, high):
        high = mark.start
        break
    later = [other.left for other in numbers if counted.end <= other.left < high]
    return Clause(low, min([high, *later]))


def _is_comma(line: Line, position: int) -> bool:
    return line.word(position) in {",", "("} or (
        line.word(position) == "-" and not line.is_glued(position)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else bears on a rejection: the measure's floor, and what was said around the number."""

    floor: int
    is_part: bool
    in_context: bool
    last_reason: str | None


def reject(line: Line, counted: Counted, clause: Clause, around: Around) -> str | None:
    """Return why a counted number is no estimate of a force, or None."""
    number = counted.number
    is_whole = is_denominator(line, counted)
    for reason, holds in (
        ("fraction", number.fraction),
        ("exchange", not is_whole and line.has("rejects.exchange", 0, len(line.tokens))),
        ("casualty", not is_whole and _is_casualty(line, counted, clause, around.last_reason)),
        ("other-crowd", line.has("rejects.civilian", number.right, counted.end)),
        ("weak-noun", _is_too_weak(line, counted, in_context=around.in_context)),
        ("below-floor", number.high < around.floor and not around.is_part),
    ):
        if holds:
            return reason
    return None


def _is_too_weak(line: Line, counted: Counted, *, in_context: bool) -> bool:
    """Say whether the noun needs a force or a military sentence that it has not."""
    if counted.weight >= _WEAK_BELOW:
        return False
    military = in_context or _is_military(line, counted)
    has_force = counted.force is not None
    return not (has_force and military if counted.weight <= _NEEDS_BOTH else has_force or military)


def is_denominator(line: Line, counted: Counted) -> bool:
    """Say whether the number is the whole of a part: "of the 11,000 …, 4,000 were killed"."""
    if counted.shape == "partitive":
        return False
    mark = line.ends("rejects.denominators", counted.number.left)
    if mark is None or mark.end - mark.start > 1:
        return mark is not None
    # "бригаду из 5 тысяч" is no whole: one word is one only where it opens the clause.
    before = line.tokens[mark.start - 1] if mark.start else None
    return before is None or not before.is_word


def _is_casualty(line: Line, counted: Counted, clause: Clause, last_reason: str | None) -> bool:
    number = counted.number
    before = line.has("rejects.casualty_before", clause.left, number.left) or line.has(
        "rejects.casualty", clause.left, number.left
    )
    after = line.has("rejects.casualty", counted.end, clause.right)
    if before or after:
        return True
    goes_on = line.ends("shapes.list", number.left) is not None or line.word(number.left - 1) == ","
    stays = line.has("shapes.auxiliaries", counted.end, clause.right)
    return last_reason == "casualty" and goes_on and not stays


def _is_military(line: Line, counted: Counted) -> bool:
    return any(
        not (counted.number.right <= mark.start < counted.end)
        for mark in line.all("shapes.military")
    )


# --- kind --------------------------------------------------------------------------------------------


def kind_of(line: Line, counted: Counted) -> tuple[Kind, str]:
    """Return the kind of a counted number and its rule."""
    number = counted.number
    flow = line.within("status.flow", counted.end, counted.end + 5)
    before = line.within("status.flow", max(0, number.left - 3), number.left)
    if flow or before:
        return Kind.FLOW, "flow"
    subset = line.ends("status.subset", number.left)
    if subset is not None or _is_listed_part(line, number):
        return Kind.SUBSET, "including"
    if counted.shape == "partitive" or (
        counted.anaphoric and line.ends("shapes.of_them", number.left)
    ):
        return Kind.SUBSET, "partitive"
    by = line.ends("shapes.by", number.left)
    grows = line.has("shapes.growth", max(0, number.left - 12), counted.end + 4)
    if by is not None and grows and not (number.was or number.changed):
        return Kind.INCREMENT, "by"
    if counted.increment or line.ends("shapes.increments", number.left) is not None:
        return Kind.INCREMENT, "additional"
    return Kind.TOTAL, "default"


def _is_listed_part(line: Line, number: Number) -> bool:
    """Say whether it follows a part: "including 500 officers and three generals"."""
    marks = line.within("status.subset", max(0, number.left - 8), number.left)
    if not marks or line.ends("shapes.list", number.left) is None:
        return False
    stretch = (marks[-1].end, number.left)
    return not line.has("shapes.auxiliaries", *stretch) and not line.has("force.acts", *stretch)


# --- status ------------------------------------------------------------------------------------------


def status_of(
    line: Line, counted: Counted, clause: Clause, numbers: Sequence[Number], said_until: int
) -> tuple[Status, str]:
    """Return the status and its rule; `said_until` is where words about the speaker end."""
    outright = _outright(line, counted)
    if outright is not None:
        return outright
    number = counted.number
    low = max(0, number.left - _LEFT_REACH, said_until)
    for other in numbers:
        if low <= other.first < number.first and not (other.was or other.changed):
            low = other.right
    high = max(clause.right, counted.end)
    if line.has("status.past", low, high):
        return Status.PAST, "past"
    return _cued(line, low, high, number)


def _outright(line: Line, counted: Counted) -> tuple[Status, str] | None:
    """Return a status that holds whatever the verbs of the clause say."""
    whole = (0, len(line.tokens))
    for status, rule, holds in (
        (Status.DENIED, "denied", _is_denied(line, counted.number)),
        (Status.PAST, "from", counted.number.was),
        (Status.PAST, "history", line.has("status.history", *whole)),
        (Status.EXERCISE, "exercise", line.has("status.exercise", *whole)),
        (Status.PRESENT, "denominator", is_denominator(line, counted)),
    ):
        if holds:
            return status, rule
    return None


def _is_denied(line: Line, number: Number) -> bool:
    for denial in line.within("status.denials", 0, number.left):
        stretch = line.tokens[denial.end : number.left]
        opens = any(token.text == "," for token in stretch[:3]) or line.has(
            "attribution.that", denial.end, number.left
        )
        if denial.value == "" and (opens or not stretch or line.pack.family != "germanic"):
            return True
    named = line.has("status.denied_nouns", max(0, number.left - _LEFT_REACH), number.left)
    if named and line.has("status.denials", number.right, len(line.tokens)):
        return True
    return line.has("status.no_evidence", 0, number.left)


def _cued(line: Line, low: int, high: int, number: Number) -> tuple[Status, str]:
    future = line.within("status.future", low, high)
    infinitive = future and line.has("status.infinitives", future[-1].start, high)
    planned = line.within("status.planned", low, high)
    supposed = line.within("status.hypothetical", low, high)
    held = line.within("status.present", low, high)
    if held and not (planned and planned[-1].start > held[-1].start):
        return Status.PRESENT, "present"
    if supposed and not planned:
        return Status.HYPOTHETICAL, "hypothetical"
    if planned or infinitive:
        side = "left" if planned and planned[0].start < number.left else "right"
        return Status.PLANNED, f"planned-{side}"
    return Status.PRESENT, "default"


def is_recalled(line: Line, number: Number, numbers: Sequence[Number]) -> bool:
    """Say whether words before the number mark it as an earlier figure."""
    low = max([other.right for other in numbers if other.right <= number.left], default=0)
    return line.has("status.recalled", low, number.left)
