# SPDX-License-Identifier: Apache-2.0
"""How a text is known again: its words, its exact fingerprint, its sketch, and two sketches compared.

What it is not: memory, or a judgement (`recognition`). The sketch is FracMinHash (Irber et al. 2022,
"Lightweight compositional analysis of metagenomes with FracMinHash"): a fixed share of all word
shingles, chosen by their hash, so that containment of a summary in a longer text can be estimated,
which MinHash cannot do. Ours keeps the order of the text, so that it can also be said *where* two
texts agree. Rules of this file: words, hash and sampling rate are frozen under `SKETCH_VERSION` and
`FINGERPRINT_VERSION`; changing any of them is a new version, because sketches are stored for years.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
import unicodedata
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.core.model import Sketch
from monitor.core.text import from_markup

SKETCH_VERSION = "fms2"
FINGERPRINT_VERSION = "fp2"
_SHINGLE_WORDS = 3
_ONE_IN = 4
_SAMPLED_BELOW = (1 << 32) // _ONE_IN
_VALUE_BITS = 31  # four bytes in the database
# The index holds every fourth sample, and all of the lead, because summaries are mostly the lead.
_INDEXED_ONE_IN = 4
_INDEXED_LEAD = 12
_HEADLINE_KEYS = 3
_LONGEST_LEAD = 10
_SHORTEST_LEAD = 4

# A figure is one token however its groups are written: 11,000 and 11.000 are the same text.
_TOKEN = re.compile(r"\d+(?:[.,\u00a0\u202f'’]\d{3})+(?!\d)|[^\W_]+")
_GROUP_MARKS = re.compile(r"[.,\u00a0\u202f'’]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKUP = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|ul|li|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)

# --- boilerplate: lines and phrases that say how a text is carried, not what it says ----------

_AGENCIES = (
    r"(?:Reuters|AP|AFP|UPI|dpa|ANSA|EFE|TASS|Interfax|RIA Novosti|Ukrinform|Yonhap|Xinhua|Kyodo|"
    r"Anadolu|Bloomberg|Associated Press|Agence France-Presse)"
)
_LINE = re.compile(
    r"""^\W*(?:
      (?:read|see|watch|listen|learn)\s+(?:more|also|next|on|too)\b.*
    | also\s+(?:read|see|watch)\b.*
    | related(?:\s+(?:articles?|stories|news|topics?|content|links?))?\s*(?::.*)?
    | (?:continue|keep)\s+reading\b.{0,80}
    | (?:advertisement|sponsored(?:\s+content)?|story\s+continues\s+below.{0,40}|loading\W*)
    | (?:subscribe|sign\s+up|follow\s+us|join\s+us|share\s+(?:this|on|via)|like\s+us|click\s+here|
         download\s+our|support\s+our|donate)\b.{0,120}
    | (?:\()?(?:additional\s+|further\s+)?(?:reporting|writing|editing|translated|translation|
         edited|written|compiled)\s+by\b.{0,160}
    | (?:photo|image|picture|file\s+photo|credit|photo\s+credit|illustration)s?\s*(?::|by\b|/).{0,120}
    | source\s*:.{0,40}
    | (?:©|\(c\)|copyright\b).{0,120}
    | .{0,80}\ball\s+rights\s+reserved\b.{0,40}
    | (?:first\s+|last\s+)?(?:published|updated|posted|modified)(?:\s+(?:on|at))?\W*
      (?:\w{3,9},?\s+)?(?:\d{1,2}[ /.:-]|\w{3,9}\.?\s+\d{1,2}\b|\d{4}-).{0,40}
    | \d{1,2}\s+min(?:ute)?s?\s+read
    | the\s+post\s+.{1,200}\bappeared\s+first\s+on\b.*
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_BYLINE = re.compile(
    r"^\s*[Bb][Yy]\s+(?:[A-Z][\w.'’-]+\s+){1,3}[A-Z][\w.'’-]+"
    rf"(?:(?:\s+and\s+|,\s*)(?:[A-Z][\w.'’-]+\s*){{1,4}}|\s*[,|/-]\s*{_AGENCIES})*\s*$"
)
_DATELINE = re.compile(
    r"^\s*(?:[A-Z][\w.'’/ -]{1,40}(?:,\s*[A-Z][\w.' -]{1,30})?(?:,\s*\w{3,9}\.?\s+\d{1,2})?\s*)?"
    rf"(?:\({_AGENCIES}\)|{_AGENCIES})\s*[-–—:]+\s+"
)
_AGENCY_TAIL = re.compile(rf"\s*(?:[-–—|/]\s*{_AGENCIES}|\({_AGENCIES}\))\s*\.?\s*$")
_TAIL = 40  # the agency stands within this many characters of the end
_HEADLINE_LABEL = re.compile(
    r"^\s*(?:update\s*\d*|breaking(?:\s+news)?|exclusive|watch|live|video|just\s+in|urgent|flash|"
    r"correct(?:ed|ion)|refile|wrapup\s*\d*)\s*(?:[-–—:|]+\s*)",
    re.IGNORECASE,
)
_HEADLINE_SITE = re.compile(r"\s+[|»]\s+[^|»]{2,40}$")


def words(text: str) -> list[str]:
    """Return the words that a text is compared by.

    Case, spelling of quotes and spaces, leftover markup and what the carrier put around the text
    (bylines, agency tags, "read more") do not matter.
    """
    if "<" in text and _MARKUP.search(text):
        text = from_markup(text)
    if "&" in text and _REFERENCE.search(text):
        text = html.unescape(text)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    lines = (_own_words(line) for line in text.split("\n"))
    folded = "\n".join(line for line in lines if line).casefold()
    return [_plain(token) for token in _TOKEN.findall(folded)]


def _plain(token: str) -> str:
    return token if token.isalnum() else _GROUP_MARKS.sub("", token)


def _own_words(line: str) -> str:
    """Return a line without what only its carrier says; often nothing is left."""
    if not line or line.isspace():
        return ""
    if len(line) < 260 and (_LINE.match(line) or _BYLINE.match(line)):
        return ""
    line = _DATELINE.sub("", line, count=1)
    return line[:-_TAIL] + _AGENCY_TAIL.sub("", line[-_TAIL:], count=1)


def headline_words(title: str) -> list[str]:
    """Return the words of a headline without labels ("UPDATE 2-") and the name of the site."""
    bare = _HEADLINE_SITE.sub("", _HEADLINE_LABEL.sub("", title, count=1), count=1)
    return words(bare) or [_plain(token) for token in _TOKEN.findall(title.casefold())]


def fingerprint(title: str, text: str) -> str:
    """Return the exact hash of an article's words, with its version."""
    found = [*headline_words(title), *words(text)]
    digest = hashlib.blake2b(" ".join(found).encode(), digest_size=16).hexdigest()
    return f"{FINGERPRINT_VERSION}:{digest}"


def sketch(text: str) -> Sketch:
    """Return the sampled shingles of a text in order; texts of under three words have one shingle."""
    shingles = _shingles(words(text))
    sampled = (s for s in map(str.encode, shingles) if zlib.crc32(s) < _SAMPLED_BELOW)
    hashes = dict.fromkeys(map(_value, sampled))
    return Sketch(hashes=tuple(hashes), shingles=len(shingles), version=SKETCH_VERSION)


def _shingles(found: Sequence[str]) -> dict[str, None]:
    """Return the distinct shingles in the order in which they first stand."""
    if 0 < len(found) < _SHINGLE_WORDS:
        return {" ".join(found): None}
    return dict.fromkeys(map(" ".join, zip(found, found[1:], found[2:], strict=False)))


def _value(shingle: bytes) -> int:
    digest = hashlib.blake2b(shingle, digest_size=4).digest()
    return int.from_bytes(digest, "big") >> (32 - _VALUE_BITS)


# --- the index -------------------------------------------------------------------------------


def index_keys(own: Sketch, title: str) -> tuple[int, ...]:
    """Return the keys under which a text is found again: part of its sketch, and its headline."""
    kept = [
        value
        for place, value in enumerate(own.hashes)
        if place < _INDEXED_LEAD or value % _INDEXED_ONE_IN == 0
    ]
    return (*kept, *_headline_keys(title))


# The same few headlines are asked for again and again while a batch is decided.
@lru_cache(maxsize=8192)
def _headline_keys(title: str) -> tuple[int, ...]:
    found = (_value(b"h:" + shingle.encode()) for shingle in _shingles(headline_words(title)))
    return tuple(sorted(found)[:_HEADLINE_KEYS])


# --- comparing -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two texts agree, read from their sketches; what is costly is worked out when asked for."""

    own: Sketch
    other: Sketch
    common: frozenset[int]

    @property
    def shared(self) -> int:
        """How many samples the two have in common."""
        return len(self.common)

    @property
    def containment(self) -> float:
        """The share of the shorter text that the longer one holds."""
        hashes = self._shorter_and_longer[0].hashes
        return len(self.common) / len(hashes) if hashes else 0.0

    @property
    def ratio(self) -> float:
        """How long the shorter text is, as a share of the longer one."""
        shorter, longer = self._shorter_and_longer
        return shorter.shingles / max(longer.shingles, 1)

    @property
    def own_is_shorter(self) -> bool:
        """Whether the first text is the shorter one."""
        return self.own.shingles <= self.other.shingles

    @property
    def begins_alike(self) -> bool:
        """Whether the beginning of one of the two (some forty words) stands in the other."""
        return self._has_lead_of(self.own) or self._has_lead_of(self.other)

    @property
    def longest_gap(self) -> int:
        """The longest run of samples of the shorter text that the longer one does not hold."""
        return max(self._runs(self._shorter_and_longer[0], inside=False), default=0)

    @property
    def longest_run(self) -> int:
        """The longest run of samples of the first text that stands in the second."""
        return max(self._runs(self.own, inside=True), default=0)

    @property
    def opening(self) -> float:
        """How much of the shorter text stands in the first of the longer, twice its length."""
        shorter, longer = self._shorter_and_longer
        beginning = set(longer.hashes[: 2 * len(shorter.hashes) + _SHORTEST_LEAD])
        found = sum(value in beginning for value in shorter.hashes)
        return found / len(shorter.hashes) if shorter.hashes else 0.0

    @property
    def passages(self) -> tuple[int, ...]:
        """Estimated lengths in words of the stretches of the first text that stand in the second.

        Longest first; samples lie evenly in a text, so their runs tell.
        """
        spacing = self.own.shingles / max(len(self.own.hashes), 1)
        runs = self._runs(self.own, inside=True)
        return tuple(
            sorted((round(run * spacing) + _SHINGLE_WORDS - 1 for run in runs), reverse=True)
        )

    @property
    def _shorter_and_longer(self) -> tuple[Sketch, Sketch]:
        return (self.own, self.other) if self.own_is_shorter else (self.other, self.own)

    def _has_lead_of(self, one: Sketch) -> bool:
        size = min(_LONGEST_LEAD, max(_SHORTEST_LEAD, len(one.hashes) // 4))
        lead = one.hashes[:size]
        return sum(value in self.common for value in lead) * 2 >= len(lead) > 0

    def _runs(self, one: Sketch, *, inside: bool) -> list[int]:
        """Return the lengths of the runs of samples that the two have, or have not, in common."""
        return [
            sum(1 for _ in run)
            for is_in, run in itertools.groupby(value in self.common for value in one.hashes)
            if is_in is inside
        ]


def compare(own: Sketch, other: Sketch) -> Likeness:
    """Compare two sketches; those of different versions have nothing in common."""
    common: frozenset[int] = frozenset()
    if own.version == other.version:
        common = frozenset(own.hashes).intersection(other.hashes)
    return Likeness(own=own, other=other, common=common)


def containment(a: Sketch, b: Sketch) -> float:
    """Return the share (0 to 1) of the smaller sketch that the other holds; 0 when one is empty."""
    if a.version != b.version or not a.hashes or not b.hashes:
        return 0.0
    smaller, larger = sorted((set(a.hashes), set(b.hashes)), key=len)
    return len(smaller & larger) / len(smaller)


def headline_share(one: str, other: str) -> float:
    """Return how much two headlines agree: shared words of the shorter; 0 when a number differs."""
    mine, theirs = set(headline_words(one)), set(headline_words(other))
    if not mine or not theirs or _numbers(mine) != _numbers(theirs):
        return 0.0
    return len(mine & theirs) / min(len(mine), len(theirs))


def _numbers(found: Collection[str]) -> set[str]:
    return {word for word in found if word[0].isdigit()}
