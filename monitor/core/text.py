# SPDX-License-Identifier: Apache-2.0
"""Text: from markup to plain text, and from plain text to sentences with a map back.

What it is not: numbers or words of any language beyond where sentences end. Rules of this file:
nothing that a reader sees as apart is glued ("…x" + "next"), nothing that a reader sees as one is
split ("190" + ",000"); every normalised character knows the original one it came from.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset(
    "address article aside blockquote br dd details div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "head", "title"})
_MOST_DEPTH = 200


def from_markup(markup: str) -> str:
    """Return the plain text of an HTML fragment; a new line stands at block elements only."""
    body = LexborHTMLParser(f"<body>{markup}").body
    if body is None:
        return ""
    parts: list[str] = []
    _walk(body, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return clean(text).strip()


def _walk(body: LexborNode, parts: list[str]) -> None:
    """Walk iteratively: hostile markup may be nested deeper than Python's stack."""
    stack: list[LexborNode | str] = [body]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        if node.tag == "-text":
            parts.append(re.sub(r"\s+", " ", node.text(deep=False) or ""))
            continue
        if node.tag in _SILENT or (node.tag or "").startswith(("-", "_", "!")):
            continue
        if node.tag == "br":
            parts.append("\n")
            continue
        block = node.tag in _BLOCKS
        if block:
            stack.append("\n")
        stack += reversed(list(node.iter(include_text=True)))
        if block:
            stack.append("\n\n" if node.tag in {"p", "blockquote", "li"} else "\n")


# Controls but tab and newline, surrogates, and the code points that never are characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)


def clean(text: str) -> str:
    """Return text without surrogates, controls and noncharacters, in NFC, with plain newlines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain.isascii() and plain.isprintable():
        return plain
    return unicodedata.normalize("NFC", _UNWANTED.sub("", plain))


@dataclass(frozen=True, slots=True)
class Normalised:
    """Text in one spelling of quotes, dashes and spaces; `offsets[i]` is the original index of
    character `i`, and `offsets[len(text)]` the original length."""

    text: str
    offsets: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of normalised characters `start` to `end`."""
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[
            start
        ]


_SPELLING = {
    **dict.fromkeys("“”„‟«»〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛′＇ʼ", "'"),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys(
        "\u00a0\u2007\u2009\u200a\u202f\u205f\u2002\u2003\u2004\u2005\u2006\u2008\u3000\t", " "
    ),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
}
# A dash between words that is longer than a hyphen sets a clause apart; it keeps spaces round it.
_FUNCTION_WORDS = frozenset(
    "a an the of to in on at by for from with and or that which who as than about its their our his "  # noqa: SIM905
    "her more some near into over under is are was were has have had be been will would".split()
)
# A line ends a paragraph unless it is at least this share of the block's longest line: hard wraps
# leave lines of similar length, headlines and bylines do not.
_WRAPPED_FROM = 0.6
_BLOCK = re.compile(r"[^\n]+(?:\n(?![ \t]*\n)[^\n]*)*")


def normalise(text: str) -> Normalised:
    """Return the text in one spelling, hard-wrapped lines joined, with the map back."""
    joined = _joined_breaks(text)
    if joined:
        kept = list(text)
        for index in joined:
            kept[index] = " "
        text = "".join(kept)
    if text.isascii() and "\t" not in text:
        return Normalised(text, range(len(text) + 1))
    spelled = {char: _spelled(char) for char in set(text) if char == "\t" or not char.isascii()}
    if all(len(form) == 1 for form in spelled.values()):
        table = str.maketrans(spelled)
        return Normalised(text.translate(table), range(len(text) + 1))
    out: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        form = spelled.get(char, char)
        out.append(form)
        offsets += [index] * len(form)
    return Normalised("".join(out), (*offsets, len(text)))


def _spelled(char: str) -> str:
    """Return the one spelling of a character: none, one or several characters."""
    form = _SPELLING.get(char)
    if form is None:
        form = unicodedata.normalize("NFKC", char)
    if len(form) == 1 and not form.isascii() and form.isdecimal():
        return str(unicodedata.decimal(form))
    return form


def _joined_breaks(text: str) -> set[int]:
    """Return the positions of line breaks that only wrap a paragraph."""
    joined: set[int] = set()
    for block in _BLOCK.finditer(text):
        lines = block[0].split("\n")
        longest = max(map(len, lines))
        position = block.start()
        for here, following in itertools.pairwise(lines):
            position += len(here)
            if _is_wrap(here, following, longest, len(lines)):
                joined.add(position)
            position += 1
    return joined


def _is_wrap(here: str, following: str, longest: int, lines: int) -> bool:
    before, after = here.rstrip(), following.lstrip()
    if not before or not after:
        return False
    if after[0].islower() or before.endswith((",", "-")):
        return True
    if before.rsplit(None, 1)[-1].lower() in _FUNCTION_WORDS:
        return True
    if before[-1] in ".!?:;\"'”’)":
        return lines > 2 and len(before) >= longest * _WRAPPED_FROM and before[-1] not in ".!?:"
    return lines > 2 and len(before) >= longest * _WRAPPED_FROM


_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Sgt|Capt|Brig|Adm|Sen|Rep|Gov|Pres|Prof|St|vs|etc|No|Nos|"
    r"approx|est|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Mt|Ft|U\.S|U\.K|"
    r"U\.N|E\.U|a\.m|p\.m|i\.e|e\.g|Messrs|Hon|Rev|MR|MRS|MS|DR|GEN|LT|COL|MAJ|CAPT|ADM|SEN|REP|GOV|"
    r"AMB|Amb|SEC|BRIG)|\b[A-Z])$"
)
_LONGEST_ABBREVIATION = 6
# Written so that it begins with one set of characters: such an expression is found fastest.
_END = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*[\"')\]]*(?=\s+[\"'(\[]*[^\Wa-z_]|\s*$))")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences of normalised text, in order, without outer spaces."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        stop = match.start()
        if text[stop] == "." and _ABBREVIATION.search(
            text, max(start, stop - _LONGEST_ABBREVIATION), stop
        ):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end
