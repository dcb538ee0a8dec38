# SPDX-License-Identifier: Apache-2.0
"""Numbers of a text as intervals with bounds: digits, words, bands, ranges.

What it is not: what is counted. Rules of this file: a range is one quantity, never its mean or its
two ends; a list is several; vague words are bands; years, dates and codes are still quantities
here and are rejected later, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.claims.wordlists import WordLists
from monitor.core.knowledge import Language, alternatives
from monitor.core.model import Bound

_DIGIT = re.compile(r"\d")
_PARTS, _JOINS = re.compile(r"[^\W\d_]+|\d+"), re.compile(r"[\s-]+")
_MOST = 10**10
_LEFT_WINDOW = 48
_CHANGE_WINDOW = 110
_RANGES = re.compile(
    r"\b(?:rang(?:e|es|ed|ing)|vary|varies|between|anywhere|somewhere)\s+from\b", re.IGNORECASE
)

_ALIKE, _HUNDRED, _THOUSAND, _MOST_DIGITS = 3, 100, 1000, 999
# "twenty-eight five" is how 28,500 is said: tens, ones and hundreds.
_CLIPPED = ((20, 90), (1, 9), (1, 9))
# How the last word of the next expression ends.
_EXCEEDING = ("exceed", "ed", "ds", "ss", "top", "above", "beyond", "over")
_EXCEEDS = re.compile(
    r"(?:\b(?:never|not|nor|cannot)|n't)\s+(?:to\s+|ever\s+|have\s+|has\s+|had\s+)*"
    r"(?:exceed(?:ed|s)?|surpass(?:ed)?|top(?:ped)?|go\s+(?:above|beyond|over)|gone\s+(?:above|beyond|over))\s+$",
    re.IGNORECASE,
)
# "cannot bring more than": a negation of the verb that has the number, not "did not say that more than".
_NEVER = re.compile(
    r"(?:\b(?:never|cannot|not|nor)|n't)\s+(?!only\b|just\b|say\b|sa[iy]\w*\b|counting\b|including\b)"
    r"(?:(?!that\b|whether\b|how\b|but\b|and\b|when\b|because\b)\w+\s+){1,4}$",
    re.IGNORECASE,
)
# "ten, maybe eleven thousand": two figures of one scale.
_HUNDREDS = 100_000
_OR_MORE = re.compile(
    r",\s+(?:maybe|perhaps|possibly|or|even|or\s+even|or\s+maybe)\s+", re.IGNORECASE
)


# Not frozen: of so many fields, that makes one three times as costly to make.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Quantity:
    """A number, never changed: `start` to `end` are its own characters, `left` and `right` include modifiers.

    `scale` is the factor of a scale word in it, or 1. `shape` is `digits`, `words` or `band`.
    `was` marks the earlier value of a change ("from 8,000 to 11,000").
    """

    start: int
    end: int
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


class Numerals:
    """The number grammar of one language."""

    def __init__(self, language: Language, lists: WordLists | None = None) -> None:
        lists = lists or WordLists()
        self._language = language
        units, scales = alternatives(language.numbers), alternatives(language.scales)
        signs = [*language.numbers, *language.scales, *language.bands, *language.points]
        self._signs = lists.beginning(
            signs, lambda: re.compile(rf"\b{alternatives(signs)}\b", re.IGNORECASE)
        )
        # "and" joins only what follows a scale: "two thousand and ten", not "ten and twelve thousand";
        # "six hundred and eighty thousand" is one number.
        words = (
            rf"(?:{units}|an?(?=\s+{scales}\b))"
            rf"(?:(?:\s+|-)(?:{scales}\b(?:\s+and\s+{units}\b(?!\s+{scales}\b)"
            rf"|(?<=hundred)\s+and\s+{units}\b(?=\s+thousand\b))?|{units}\b))*"
            rf"(?:(?<=thousand)-\d{{1,3}}(?!\d))?"
        )
        digits = (
            r"\d{1,3}(?:(?P<group>[,.'\u0020\u00a0\u202f\u2009])\d{3})"
            r"(?:(?P=group)\d{3})*(?![\d])|\d+(?:[.,]\d{1,2})?(?!\d)"
        )
        halves = "|".join(re.escape(half) for half in language.words["numbers.half"])
        atom = (
            rf"(?<![\w$€£₴¥#])(?<!\d[.,:])(?:"
            rf"(?P<band>{alternatives([*language.bands, *language.points])})(?:\s+of\b(?=\s+(?:the|its|their|these)\b))?"
            rf"|(?P<half>(?:(?P<whole>{units}|\d{{1,3}})\s+and\s+)?(?:{halves})(?:\s+|-){scales})"
            rf"|(?P<digits>{digits})(?:(?:\s|-)?(?P<scale>{scales}))?"
            rf"|(?P<words>{words}|{scales}(?=\s+of\s+them)"
            rf"|(?:(?<=another )|(?<=further )|(?<=extra )|(?<=additional )){scales})"
            rf")(?!\w|[.,]\d)"
        )
        self._atom = lists.beginning(
            [*signs, *language.words["numbers.half"], "a", "an"],
            lambda: re.compile(atom, re.IGNORECASE),
            digits=True,
        )
        self._range = re.compile(
            rf"\s*-\s*|\s+(?:(?:up|down)\s+)?(?P<link>to|or|and|through)\s+(?:(?P<mod>{language.any_of('modifiers.about', 'modifiers.at_most', 'modifiers.at_least')})\s+)?",
            re.IGNORECASE,
        )
        every = language.any_of("modifiers.about", "modifiers.at_least", "modifiers.at_most")
        self._before = re.compile(
            rf"\b(?P<mod>{every})\s+(?:(?:the|a|an)\s+)?[\"'(]?$", re.IGNORECASE
        )
        # What the last word before a number ends with, if it can be a modifier or an article after one.
        roles = ("modifiers.about", "modifiers.at_least", "modifiers.at_most")
        lasts = {form.split()[-1] for role in roles for form in language.words[role]}
        self._near = (*sorted(lasts), "the", "a", "an")
        self._after = re.compile(
            rf"\s+(?P<mod>{language.any_of('modifiers.about_after', 'modifiers.at_least_after')})\b"
            rf"|(?P<plus>\+)|(?P<most>\s+{language.any_of('modifiers.at_most_after')}\b|,\s+(?:no|not)\s+more(?=[,.;\"!]))",
            re.IGNORECASE,
        )
        growth = [*language.words["shapes.growth"], *language.words["status.decrease"]]
        self._growth = re.compile(rf"\b{alternatives(growth)}\b", re.IGNORECASE)
        self._revisions = re.compile(
            rf"\b{language.any_of('shapes.revisions')}\b[^.;:,]*$", re.IGNORECASE
        )
        self._between = re.compile(r"\bbetween\s+(?:\w+\s+)?$", re.IGNORECASE)
        self._from = re.compile(r"\bfrom\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
        self._roles = {
            form: role
            for role in ("about", "at_least", "at_most", "about_after", "at_least_after")
            for form in language.words[f"modifiers.{role}"]
        }

    def may_hold(self, text: str) -> bool:
        """Say whether a text holds the least sign of a number."""
        return _DIGIT.search(text) is not None or self._signs.stands_in(text)

    def find(self, text: str, start: int, end: int) -> list[Quantity]:
        """Return the quantities between `start` and `end`, in order."""
        atoms: list[Quantity] = []
        for match in self._atom.finditer(text, start, end):
            quantity = self._atom_quantity(match)
            if quantity is not None:
                atoms.append(quantity)
        ranges = self._ranges(text, _composed(text, atoms))
        return [self._modified(text, start, end, found) for found in ranges]

    def _atom_quantity(self, match: re.Match[str]) -> Quantity | None:
        start, end = match.span()
        if match["band"] is not None:
            return self._band(match)
        scale, fraction, shape = 1, False, "digits"
        if match["half"] is not None:
            scale = self._scale(_JOINS.split(match["half"])[-1])
            whole = (match["whole"] or "0").lower()
            count = int(whole) if whole.isdigit() else self._language.numbers[whole]
            value, shape = count * scale + scale // 2, "words"
        elif match["digits"] is not None:
            value, scale, fraction = self._digits(match)
        else:
            value, scale, shape = *self._words(match[0]), "words"
        if not 0 <= value <= _MOST:
            return None
        return Quantity(
            start=start,
            end=end,
            left=start,
            right=end,
            low=value,
            high=value,
            fraction=fraction,
            scale=scale,
            shape=shape,
        )

    def _band(self, match: re.Match[str]) -> Quantity:
        start, end = match.span("band")
        form = " ".join(match["band"].lower().split())
        point = self._language.points.get(form)
        low, high = (point, point) if point is not None else self._language.bands[form]
        return Quantity(
            start=start,
            end=end,
            left=start,
            right=match.end(),
            low=low,
            high=high,
            vague=point is None,
            approximate=True,
            shape="band",
        )

    def _scale(self, word: str) -> int:
        return self._language.scales.get(word.lower(), 1)

    def _digits(self, match: re.Match[str]) -> tuple[int, int, bool]:
        digits, group = match["digits"], match["group"]
        scale = self._scale(match["scale"]) if match["scale"] else 1
        if group is not None and not (group in ",." and scale > 1):
            return int(digits.replace(group, "")[:12]) * scale, scale, False
        whole, _, part = digits.replace(",", ".").partition(".")
        if not part:
            return int(whole[:12]) * scale, scale, False
        value = int(whole[:12]) * scale + int(part) * scale // 10 ** len(part)
        return value, scale, scale == 1

    def _words(self, surface: str) -> tuple[int, int]:
        total, current, scale = 0, 0, 1
        parts = _PARTS.findall(surface.lower())
        values = [self._language.numbers.get(part, 0) for part in parts]
        if len(values) == len(_CLIPPED) and all(
            low <= value <= high for value, (low, high) in zip(values, _CLIPPED, strict=True)
        ):
            return (values[0] + values[1]) * 1000 + values[2] * 100, 1000
        for word in parts:
            if word.isdigit():
                current += int(word)
            elif word in self._language.numbers:
                current += self._language.numbers[word]
            elif word in self._language.scales:
                scale = self._language.scales[word]
                current = max(current, 1) * scale
                if scale >= 1000:
                    total, current = total + current, 0
        return total + current, scale

    def _ranges(self, text: str, atoms: Sequence[Quantity]) -> list[Quantity]:
        found: list[Quantity] = []
        index = 0
        while index < len(atoms):
            here = atoms[index]
            following = atoms[index + 1] if index + 1 < len(atoms) else None
            joined = None
            if following is not None:
                joined = _listed(text, here, following) or self._joined(text, here, following)
            if joined is None:
                found.append(here)
                index += 1
            else:
                found += joined
                index += 2
        return found

    def _joined(self, text: str, a: Quantity, b: Quantity) -> list[Quantity] | None:
        """Return the one quantity of a range, the two of a change, or None."""
        link = self._range.fullmatch(text, a.end, b.start)
        if link is None or a.vague or b.vague or a.fraction or b.fraction:
            return None
        before = text[max(0, a.start - _LEFT_WINDOW) : a.start]
        word = (link["link"] or "-").lower()
        if word == "and" and not self._between.search(before):
            return None
        a = _inherited(a, b)
        if word == "to" and before.lower().endswith(" by "):
            return [replace(a, changed=True), replace(b, changed=True)]
        if word == "to" and self._from.search(before) and self._grows(text, a.start):
            return [replace(a, was=True), replace(b, changed=True)]
        if a.low >= b.low or a.low * 100 < b.low or is_year(a) or a.low < 2:
            return None
        left = a.start
        between = self._between.search(before)
        if between is not None and word == "and":
            left = a.start - len(between[0])
        return [replace(a, end=b.end, right=b.right, left=left, high=b.high, scale=b.scale)]

    def _grows(self, text: str, position: int) -> bool:
        """Say whether a verb of change leads to "from 8,000 to 11,000"; "range from" is a range."""
        before = text[max(0, position - _CHANGE_WINDOW) : position]
        return self._growth.search(before) is not None and not _RANGES.search(before)

    def _modified(self, text: str, start: int, end: int, found: Quantity) -> Quantity:
        """Return the quantity with its modifiers read, nearest first."""
        left, bound, approximate = found.left, found.bound, found.approximate
        for _ in range(3):
            low = max(start, left - _LEFT_WINDOW)
            before = text[low:left]
            if not before.rstrip().rstrip("\"'(").rstrip().lower().endswith(self._near):
                break
            match = self._before.search(before)
            if match is None:
                break
            role = self._roles.get(" ".join(match["mod"].lower().split()), "about")
            position = low + match.start("mod")
            directed = found.changed or self._is_revised(text, start, position)
            if directed and text.startswith("up to", position):
                break
            bound = bound if bound is not Bound.NONE else _bound(role)
            approximate = approximate or role == "about"
            left = low + match.start()
        right = found.right
        match = self._after.match(text, right, end)
        if match is not None:
            at_least = match["plus"] is not None or (
                match["mod"] is not None
                and self._roles.get(" ".join(match["mod"].lower().split())) == "at_least_after"
            )
            at_most = match["most"] is not None
            bound = Bound.AT_LEAST if at_least else Bound.AT_MOST if at_most else bound
            approximate = approximate or not (at_least or at_most)
            right = match.end()
        if bound is not Bound.AT_MOST:
            bound = self._denied(text, start, found.start, left, bound)
        if found.low != found.high:
            bound = Bound.NONE
        if (left, right, bound) == (found.left, found.right, found.bound):
            return found
        return replace(found, left=left, right=right, bound=bound, approximate=approximate)

    def _denied(self, text: str, start: int, at: int, left: int, bound: Bound) -> Bound:
        """Read "never exceeded 18,000" and "cannot bring more than 60,000": at most so many."""
        low = max(start, left - _LEFT_WINDOW)
        if (
            bound is Bound.NONE
            and text[low:left].rstrip().casefold().endswith(_EXCEEDING)
            and _EXCEEDS.search(text, low, left)
        ):
            return Bound.AT_MOST
        more = bound is Bound.AT_LEAST and text[left:at].lower().startswith(("more than", "over "))
        if more and _NEVER.search(text, max(start, left - _LEFT_WINDOW), left):
            return Bound.AT_MOST
        return bound

    def _is_revised(self, text: str, start: int, position: int) -> bool:
        """Say whether "up to" says in which direction a figure was revised, and is no bound."""
        before = text[max(start, position - _CHANGE_WINDOW) : position]
        return self._revisions.search(before) is not None


def _composed(text: str, atoms: Sequence[Quantity]) -> list[Quantity]:
    """Join "1 million 502 thousand 640", as decrees and transcripts write it, to one number."""
    found: list[Quantity] = []
    for atom in atoms:
        last = found[-1] if found else None
        if (
            last is not None
            and last.scale >= _THOUSAND
            and atom.shape == last.shape == "digits"
            and not (last.fraction or atom.fraction)
            and text[last.end : atom.start] in {" ", "\u00a0"}
            and atom.high < last.scale
            and (atom.scale > 1 or last.scale == _THOUSAND)
            and atom.low // atom.scale <= _MOST_DIGITS
        ):
            value = last.low + atom.low
            found[-1] = replace(
                last, end=atom.end, right=atom.right, low=value, high=value, scale=atom.scale
            )
            continue
        found.append(atom)
    return found


def _bound(role: str) -> Bound:
    return {"at_least": Bound.AT_LEAST, "at_most": Bound.AT_MOST}.get(role, Bound.NONE)


def _listed(text: str, a: Quantity, b: Quantity) -> list[Quantity] | None:
    """Read "ten, maybe eleven thousand": two figures, of which the second gives the scale."""
    # "There's ten, twelve thousand of them"
    spoken = (
        a.shape == b.shape == "words" and text[a.end : b.start] == ", " and b.scale >= _THOUSAND
    )
    if not spoken and not _OR_MORE.fullmatch(text, a.end, b.start):
        return None
    inherited = _inherited(a, b)
    return [inherited, b] if inherited is not a and inherited.low * _ALIKE >= b.low else None


def _inherited(a: Quantity, b: Quantity) -> Quantity:
    """Give the first number of "11 to 12,000" the scale of the second."""
    if a.scale == 1 and b.scale == _HUNDRED and a.high < 10 and a.shape == b.shape == "words":
        return replace(a, low=a.low * _HUNDRED, high=a.high * _HUNDRED, scale=_HUNDRED)
    if a.scale > 1 or a.low >= 1000 or b.low < 1000:
        return a
    hundreds = b.shape == a.shape == "words" and b.low % _HUNDREDS == 0 and b.low < 10 * _HUNDREDS
    if hundreds and a.high < 10:  # "three to five hundred thousand"
        return replace(a, low=a.low * _HUNDREDS, high=a.high * _HUNDREDS, scale=b.scale)
    for scale in (1_000_000_000, 1_000_000, 1_000):
        if a.low * scale < b.low and (b.scale == scale or b.low % scale == 0):
            return replace(a, low=a.low * scale, high=a.high * scale, scale=scale)
    return a


def is_year(a: Quantity) -> bool:
    """Say whether a number is written as a year of our time is."""
    return a.shape == "digits" and a.end - a.start == 4 and 1900 <= a.low <= 2100
