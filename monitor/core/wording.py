# SPDX-License-Identifier: Apache-2.0
"""Figures, dates, places and speakers in words, and feed text made fit to be shown.

What it is not: layout (`render`) or JSON (`payload`). Rules of this file: pure; English; ASCII
where the words end up in a subject; text that came from a feed passes `one_line` before it is put
anywhere; links pass `safe_link`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Bound, Claim, Fact, Kind, LedgerClaim, Status, Verdict

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BOUNDS = {Bound.NONE: "", Bound.AT_LEAST: "at least ", Bound.AT_MOST: "at most "}
# Directional marks and isolates let a feed turn the rest of a line around ("gnp.exe").
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH = frozenset("\u200b\u2060\ufeff\u00ad\u180e")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co"})
_LINE_BREAKS = frozenset("\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029")
_LONGEST_LINK = 2048
_HOST = re.compile(r"[A-Za-z0-9._:-]+")

VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.NEW: "New figure",
    Verdict.REVISION: "Changed figure",
    Verdict.NEW_PLACE: "New place",
    Verdict.CORRECTION: "Correction",
    Verdict.CORROBORATION: "Second source",
    Verdict.VAGUE: "Vague figure",
    Verdict.RECALL: "Older figure",
    Verdict.RESTATEMENT: "Repeated figure",
    Verdict.DETAIL: "Detail",
    Verdict.DUPLICATE: "Copy",
    Verdict.PLANNED: "Planned figure",
    Verdict.HYPOTHETICAL: "Hypothetical figure",
    Verdict.PAST: "Past figure",
    Verdict.DENIED: "Denied figure",
    Verdict.EXERCISE: "Exercise figure",
}


def verdict_words(row: LedgerClaim) -> str:
    """Return what became of a claim in two words: "New figure", "Withdrawn", "Still claimed"."""
    if row.withdrawn:
        return "Withdrawn"
    return "Still claimed" if Fact.STILL_CLAIMED in row.facts else VERDICT_WORDS[row.verdict]


_STATUS_WORDS = {
    Status.PRESENT: "",
    Status.PLANNED: "planned",
    Status.HYPOTHETICAL: "hypothetical",
    Status.PAST: "past",
    Status.DENIED: "denied",
    Status.EXERCISE: "on exercise",
}


def visible(text: str) -> str:
    """Return `text` without controls, surrogates, unassigned code points, bidi and hidden marks.

    Line breaks and tabs become blanks; the length may shrink, so offsets do not survive.
    """
    kept: list[str] = []
    for character in text:
        if character in _LINE_BREAKS:
            kept.append(" ")
        elif character in _BIDI or character in _ZERO_WIDTH:
            continue
        elif unicodedata.category(character) not in _HIDDEN_CATEGORIES:
            kept.append(character)
    return "".join(kept)


def one_line(text: str, limit: int) -> str:
    """Return feed text as one visible line of at most `limit` characters, cut with "..."."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def safe_link(url: str | None) -> str | None:
    """Return `url` if it may be shown as a link, else None.

    Only http and https; userinfo is removed; the host is in its ASCII form; anything beyond
    printable ASCII is percent-encoded, so that nothing hides in the link.
    """
    if url is None or len(url) > _LONGEST_LINK or any(character in url for character in '\\"<>'):
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc += f":{port}"
    tail = (quote(part, safe="/%:;,=+$!*'()@~&?-._") for part in parts[2:])
    return urlunsplit((parts.scheme, netloc, *tail))


def link_host(link: str) -> str:
    """Return the host of a link that `safe_link` gave, without "www."."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def number(value: int) -> str:
    """Return "12,000"."""
    return f"{value:,}"


def value_phrase(claim: Claim) -> str:
    """Return the figure alone: "about 12,000", "11,000-12,000", "several thousand"."""
    if claim.vague and claim.surface.strip():
        words = one_line(claim.surface, 60)
    elif claim.low == claim.high:
        words = number(claim.low)
    else:
        words = f"{number(claim.low)}-{number(claim.high)}"
    approximate = "about " if claim.approximate and not claim.vague else ""
    unit = "" if claim.unit == "persons" else f" {one_line(claim.unit, 40)}"
    more = " more" if claim.kind is Kind.INCREMENT else ""
    return f"{_BOUNDS[claim.bound]}{approximate}{words}{unit}{more}"


def amount(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 feed", "2 feeds"; `many` where an s is not enough."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def counted_phrase(claim: Claim, gazetteer: Gazetteer) -> str:
    """Return what is counted: "North Korean troops", "North Korean brigades of troops"."""
    if claim.force is not None:
        force = gazetteer.force_adjective(claim.force)
    else:
        force = one_line(claim.force_text or "", 60)
    return f"{force} {claim.measure.replace('-', ' ')}".strip()


def place_phrase(claim: Claim, gazetteer: Gazetteer) -> str:
    """Return where, without a preposition: "Kursk", "eastern Russia", or "" when unknown."""
    if claim.place is None:
        return one_line(claim.place_text or "", 60)
    name = gazetteer.place_name(claim.place)
    region = one_line(claim.region or "", 60)
    if not region:
        return name
    return region if name.casefold() in region.casefold() else f"{region} {name}"


def subject_phrase(claim: Claim, gazetteer: Gazetteer) -> str:
    """Return what and where: "North Korean troops in Kursk"."""
    counted, place = counted_phrase(claim, gazetteer), place_phrase(claim, gazetteer)
    return f"{counted} in {place}" if place else counted


def claim_phrase(claim: Claim, gazetteer: Gazetteer) -> str:
    """Return a claim in a few words: "about 10,000 North Korean troops in Russia (Pentagon)"."""
    status = _STATUS_WORDS[claim.status]
    source = source_name(claim)
    notes = ", ".join(note for note in (source, status) if note)
    words = f"{value_phrase(claim)} {subject_phrase(claim, gazetteer)}"
    return f"{words} ({notes})" if notes else words


def status_word(claim: Claim) -> str:
    """Return "planned", "denied"...; "" for a figure that holds now."""
    return _STATUS_WORDS[claim.status]


def source_name(claim: Claim) -> str:
    """Return who says it in full, or "" when unknown."""
    return "" if claim.source is None else one_line(claim.source.name, 80)


def short_source(claim: Claim) -> str:
    """Return who says it for a subject: the family name where the id is that ("Zelensky")."""
    name = source_name(claim)
    last = name.rpartition(" ")[2]
    return last if claim.source is not None and last.casefold() == claim.source.id else name


def day(moment: date, year_now: int | None = None) -> str:
    """Return "4 Nov 2024", or "4 Nov" when the year is `year_now`."""
    words = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return words if moment.year == year_now else f"{words} {moment.year}"


def claim_day(row: LedgerClaim) -> date:
    """Return the day a figure stands for: its as-of date, else the day it was said."""
    return row.claim.as_of or row.said.date()


def change_phrase(old: Claim, new: Claim) -> str:
    """Return how the stated figure moved: "+1,000 (+10 %)", "at least +2,000 (+20 %)", "+1,000 to
    +2,000"; "" where it cannot be said (vague bands, limits, intervals that overlap)."""
    if old.vague or new.vague or old.unit != new.unit or old.bound is not Bound.NONE:
        return ""
    least, most = new.low - old.high, new.high - old.low
    floor = "at least " if new.bound is Bound.AT_LEAST else ""
    if new.bound is Bound.AT_MOST or (floor and least <= 0):
        return ""
    if least == most:
        percent = f" ({100 * least / old.low:+.0f} %)" if old.low else ""
        return f"{floor}{least:+,}{percent}" if least else ""
    return f"{least:+,} to {most:+,}" if least >= 0 or most <= 0 else ""
