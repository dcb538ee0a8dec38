# SPDX-License-Identifier: Apache-2.0
"""Numbers of a sentence from the tables of a pack: digits, words, bands, ranges, modifiers.

What it is not: what is counted. Rules of this file: as in `core.claims.numerals`; a comma is a
decimal sign before a scale word and a group sign before three digits of something counted; a scale
word before its number ("тысяч десять") makes it approximate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from monitor.core.claims.inflected.compounds import pieces, value_of
from monitor.core.claims.inflected.lexicon import Mark
from monitor.core.claims.inflected.line import Line
from monitor.core.claims.numerals import Quantity
from monitor.core.model import Bound
from monitor.core.packs import Pack

_MOST = 10**10
_DIGITS = 12
_THOUSAND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as tokens: its own from `first` to `last`, with modifiers from `left` to `right`."""

    first: int
    last: int
    left: int
    right: int
    low: int
    high: int
    bound: Bound = Bound.NONE
    approximate: bool = False
    vague: bool = False
    fraction: bool = False
    scale: int = 1
    shape: str = "digits"
    was: bool = False
    changed: bool = False
    strong: bool = False

    def quantity(self, line: Line) -> Quantity:
        """Return the number with character positions, as claims carry it."""
        found = line.tokens
        return Quantity(
            start=found[self.first].start,
            end=found[self.last - 1].end,
            left=found[self.left].start,
            right=found[self.right - 1].end,
            low=self.low,
            high=self.high,
            bound=self.bound,
            approximate=self.approximate,
            vague=self.vague,
            fraction=self.fraction,
            scale=self.scale,
            shape=self.shape,
            was=self.was,
            changed=self.changed,
        )


def numbers(line: Line) -> list[Number]:
    """Return the numbers of a sentence, in order."""
    reader = _Reader(line)
    atoms: list[Number] = []
    position = 0
    while position < len(line.tokens):
        atom = reader.atom(position)
        if atom is None:
            position += 1
            continue
        if atom.low <= _MOST:
            atoms.append(atom)
        position = atom.last
    return [reader.modified(number) for number in reader.ranges(atoms)]


def _ints(pack: Pack, table: str) -> dict[str, int]:
    return {form: int(value) for form, value in pack.tables.get(table, {}).items()}


class _Reader:
    def __init__(self, line: Line) -> None:
        self._line, self._pack = line, line.pack
        self._units = _ints(line.pack, "numbers.units")
        self._scales = _ints(line.pack, "numbers.scales")
        plain = [form for form in (*self._units, *self._scales) if form.isalpha()]
        self._forms = tuple(sorted(plain, key=len, reverse=True))
        self._joiners = line.pack.lists.get("numbers.joiners", ())

    # --- atoms -----------------------------------------------------------------------------------

    def atom(self, position: int) -> Number | None:
        """Return the number that begins at a token, without modifiers and ranges."""
        line = self._line
        for tag in ("numbers.bands", "numbers.points", "numbers.exact"):
            mark = line.at(tag, position)
            if mark is not None:
                return self._set_phrase(mark)
        if line.tokens[position].is_number:
            return self._digits(position)
        return self._inverted(position) or self._words(position)

    def _set_phrase(self, mark: Mark) -> Number:
        low, _, high = mark.value.partition("-")
        vague = mark.tag == "numbers.bands"
        return Number(
            first=mark.start,
            last=mark.end,
            left=mark.start,
            right=mark.end,
            low=int(low),
            high=int(high or low),
            vague=vague,
            approximate=mark.tag != "numbers.exact",
            shape="words" if mark.tag == "numbers.exact" else "band",
            scale=_THOUSAND if int(low) % _THOUSAND == 0 else 1,
        )

    def _scale_at(self, position: int) -> Mark | None:
        """Return the scale word at a position, which may follow a hyphen ("15-тысячный")."""
        line = self._line
        if line.word(position) == "-" and line.is_glued(position) and line.is_glued(position + 1):
            position += 1
        return line.at("numbers.scales", position)

    def _after_scale(self, mark: Mark) -> int:
        """Return where the number goes on; the stop of "тис." belongs to it."""
        line = self._line
        dotted = line.word(mark.end) == "." and mark.value != "100" and line.is_glued(mark.end)
        return mark.end + (
            dotted and line.word(mark.end - 1) in line.pack.lists["sentences.abbreviations"]
        )

    def _digits(self, position: int) -> Number:
        token = self._line.tokens[position]
        mark = self._scale_at(position + 1)
        scale = int(mark.value) if mark else 1
        value, fraction = _read_digits(token.text, scale)
        last = self._after_scale(mark) if mark else position + 1
        strong = mark is not None and self._line.has("shapes.strong", mark.start, mark.end)
        rest = self._line.tokens[last] if mark and last < len(self._line.tokens) else None
        # "12 тысяч 500": what follows a scale in digits below it goes on with the number.
        if rest is not None and rest.is_number and rest.text.isdecimal() and scale >= _THOUSAND:
            low = int(rest.text[:_DIGITS])
            follows = self._scale_at(last + 1) is None and len(rest.text) == len(str(scale)) - 1
            if follows and low < scale:
                value, last = value + low, last + 1
        return Number(
            first=position,
            last=last,
            left=position,
            right=last,
            low=value,
            high=value,
            fraction=fraction,
            scale=scale,
            strong=strong or self._line.at("shapes.strong", last) is not None,
        )

    def _inverted(self, position: int) -> Number | None:
        """Read "тысяч десять": the scale before its number."""
        mark = self._scale_at(position)
        if self._pack.family != "slavic" or mark is None or mark.start != position:
            return None
        if self._line.at("numbers.bands", position) is not None:
            return None
        number = self._words(mark.end)
        if mark.end < len(self._line.tokens) and self._line.tokens[mark.end].is_number:
            number = self._digits(mark.end)
        if number is None or number.scale > 1 or number.low >= _THOUSAND or number.fraction:
            return None
        scale = int(mark.value)
        return replace(
            number,
            first=position,
            left=position,
            low=number.low * scale,
            high=number.high * scale,
            scale=scale,
            approximate=True,
            shape="words",
        )

    def _number_words(self, position: int) -> tuple[str, ...]:
        """Return the number words that a token stands for, none if it is no number."""
        line = self._line
        mark = line.at("numbers.units", position) or line.at("numbers.scales", position)
        if mark is not None and mark.end == position + 1:
            return (self._form_of(mark),)
        word = line.word(position)
        if self._pack.family == "germanic" and len(word) > 5:
            return pieces(word, self._forms, self._joiners) or ()
        return ()

    def _form_of(self, mark: Mark) -> str:
        table = self._units if mark.tag == "numbers.units" else self._scales
        return next(form for form, value in table.items() if value == int(mark.value))

    def _words(self, position: int) -> Number | None:
        line = self._line
        found: list[str] = []
        last, here = position, position
        while here < len(line.tokens):
            words = self._number_words(here)
            joined = found and (
                line.word(here) == "-" or line.at("numbers.joiners", here) is not None
            )
            if words:
                found += words
                here += 1
                here += line.word(here) == "." and line.word(here - 1) in self._scales
                last = here
            elif joined and self._number_words(here + 1):
                here += 1
            else:
                break
        if not found:
            return None
        value, scale = value_of(found, self._units, self._scales)
        return Number(
            first=position,
            last=last,
            left=position,
            right=last,
            low=value,
            high=value,
            scale=scale,
            shape="words",
            strong=line.has("shapes.strong", position, last + 1),
        )

    # --- ranges ----------------------------------------------------------------------------------

    def ranges(self, atoms: list[Number]) -> list[Number]:
        """Join what a range, or a change from one value to another, is made of."""
        found: list[Number] = []
        for atom in atoms:
            joined = self._joined(found[-1], atom) if found else None
            if joined is None:
                found.append(atom)
            else:
                found[-1:] = joined
        return found

    def _joined(self, a: Number, b: Number) -> list[Number] | None:
        line = self._line
        if a.vague or b.vague or a.low != a.high or a.was or a.changed:
            return None
        link = line.tokens[a.last : b.first]
        words = " ".join(token.lower for token in link)
        opened = line.ends("numbers.from", a.first)
        growth = line.has("shapes.growth", 0, len(line.tokens))
        if opened is not None and growth and self._is_link("numbers.to", a.last, b.first):
            a = _inherited(a, b, falling=True)
            return [replace(a, was=True), replace(b, changed=True)]
        between = line.ends("numbers.between", a.first) is not None
        is_range = (
            words == "-"
            or self._is_link("numbers.to", a.last, b.first)
            or (between and self._is_link("numbers.and", a.last, b.first))
        )
        if not is_range:
            return None
        a = _inherited(a, b)
        year = a.shape == "digits" and len(line.tokens[a.first].text) == 4 and 1900 <= a.low <= 2100
        if a.low >= b.low or a.low * 100 < b.low or year or a.low < 2:
            return None
        opener = line.ends("numbers.between", a.first) or opened
        left = opener.start if opener is not None and words != "-" else a.first
        return [
            replace(
                b, first=a.first, left=left, low=a.low, approximate=a.approximate, shape=a.shape
            )
        ]

    def _is_link(self, tag: str, low: int, high: int) -> bool:
        """Say whether the stretch is a link word, with a modifier behind it perhaps."""
        mark = self._line.at(tag, low)
        if mark is None or mark.end > high:
            return False
        return all(
            self._line.has(key, mark.end, high) for key in ("modifiers.about",) if mark.end < high
        )

    # --- modifiers -------------------------------------------------------------------------------

    def modified(self, number: Number) -> Number:
        """Return the number with the words beside it that bound it or make it approximate."""
        line = self._line
        number = self._singular(number)
        left, right = number.left, number.right
        bound, approximate = number.bound, number.approximate
        for _ in range(0 if number.changed else 3):
            found = [
                (mark, role)
                for role in ("about", "at_least", "at_most")
                if (mark := line.ends(f"modifiers.{role}", left)) is not None
            ]
            if not found:
                break
            mark, role = min(found, key=lambda item: item[0].start)
            approximate = approximate or role == "about"
            if bound is Bound.NONE and role != "about":
                bound = Bound.AT_LEAST if role == "at_least" else Bound.AT_MOST
            left = mark.start
        after = line.at("modifiers.at_least_after", right)
        if after is not None or line.word(right) == "+":
            bound, right = Bound.AT_LEAST, after.end if after else right + 1
        else:
            after = line.at("modifiers.about_after", right)
            if after is not None:
                approximate, right = True, after.end
        if number.low != number.high:
            bound = Bound.NONE
        return replace(number, left=left, right=right, bound=bound, approximate=approximate)

    def _singular(self, number: Number) -> Number:
        """Read "менее тысячи" as one thousand: behind a bound the plural's form is a genitive."""
        scale = self._line.at("numbers.scales", number.first)
        modified = any(
            self._line.ends(f"modifiers.{role}", number.left) is not None
            for role in ("about", "at_least", "at_most")
        )
        if not (number.vague and modified and scale is not None and scale.end == number.last):
            return number
        value = int(scale.value)
        return replace(number, low=value, high=value, vague=False, approximate=False, shape="words")


def _read_digits(text: str, scale: int) -> tuple[int, bool]:
    """Return the value of digits with a scale, and whether they are a fraction of one."""
    groups = re.split(r"[.,' ]", text)
    grouped = len(groups) > 1 and all(len(group) == 3 for group in groups[1:])
    if grouped and not (scale > 1 and len(groups) == 2 and text[len(groups[0])] in ",."):
        return int("".join(groups)[:_DIGITS]) * scale, False
    whole = int(groups[0][:_DIGITS]) * scale
    if len(groups) == 1:
        return whole, False
    part = groups[1]
    return whole + int(part) * scale // 10 ** len(part), scale == 1


def _inherited(a: Number, b: Number, *, falling: bool = False) -> Number:
    """Give the first number of "10-12 тис." the scale of the second; a range never falls."""
    if a.scale > 1 or a.low >= _THOUSAND or b.low < _THOUSAND:
        return a
    for scale in (1_000_000_000, 1_000_000, _THOUSAND):
        rises = a.low * scale < b.low or (falling and b.scale == scale)
        if rises and (b.scale == scale or b.low % scale == 0):
            return replace(a, low=a.low * scale, high=a.high * scale, scale=scale)
    return a
