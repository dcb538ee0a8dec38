# SPDX-License-Identifier: Apache-2.0
"""Hop 3: bytes of a feed to entries. RSS 0.9x-2.0 and Atom by feedparser, JSON Feed by ourselves.

What it is not: fetching, or reading of markup inside entries. Rules of this file:

1. feedparser is given a stream of bytes and nothing else, ever: bytes or text that look like a path
   or URL it would open.
2. Inside a worker it runs with no file and no socket left to open.
3. It is given a document that we prepared: UTF-8 by our own list of character sets, the prolog and
   with it every document type gone, the root element known.
4. It is a synchronous, CPU-bound, hostile place: call `parse_feed` through `workers`.
5. What leaves is clean text within the caps; every cut is counted and told.
6. Markup is neither sanitised nor are its links resolved: nobody ever renders it.
"""

from __future__ import annotations

import hashlib
import html.entities
import io
import json
import re
import time
import unicodedata
import xml.sax.expatreader  # noqa: F401  (loaded late otherwise, when no file may be opened)
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin

import feedparser
import feedparser.api

from monitor.core.charsets import decode
from monitor.core.errors import ParseError
from monitor.core.headers import declared_charset, http_date
from monitor.core.model import Entry, ParsedFeed
from monitor.core.text import clean
from monitor.core.urls import LONGEST_URL, canonical_url, url_complaint, with_ascii_host
from monitor.workers import sealed

# The standard library's expat and nothing that happens to be installed beside it.
feedparser.api.PREFERRED_XML_PARSERS.clear()

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)

# What `core.text.clean` takes out or changes, besides composing characters.
_UNCLEAN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
_UNCLEAN_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_TAG = re.compile("<[^<>]*>")

_MOST_ENTRIES = 1000
_MOST_HUBS = 8
_LONGEST_TITLE = 1024
_LONGEST_CONTENT = 64 * 1024
_LONGEST_ID = 1024
_LONGEST_LANGUAGE = 35
_LONGEST_TTL_MINUTES = 7 * 24 * 60


def parse_feed(body: bytes, *, feed: str, url: str, content_type: str | None) -> ParsedFeed:
    """Return the entries of one response, in the feed's order; raise `ParseError`.

    `feed` is the feed's id for the entries, `url` where the body came from (links are relative to
    it), `content_type` the header as sent. Reasons: `not-a-feed`, `dtd`, `malformed`.
    """
    head = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return _JsonFeed(feed, url).parse(body)
    return _XmlFeed(feed, url).parse(body, content_type)


def entry_key(entry: Entry) -> str:
    """Return what identifies an entry within its feed: its id, else its link, else its text."""
    if entry.entry_id:
        return entry.entry_id
    if entry.url and (canonical := canonical_url(entry.url)):
        return canonical
    return "text:" + _digest(entry.title, entry.content)


def entry_hash(entry: Entry) -> str:
    """Return a digest that changes when the feed changes what the entry says or links to.

    Dates are left out: many feeds stamp every entry anew with each answer.
    """
    link = canonical_url(entry.url) if entry.url else None
    return _digest(entry.title, entry.content, link or "")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


# --- what both kinds share -------------------------------------------------------------------


@dataclass(slots=True)
class _Caps:
    """Cuts text to its cap and counts."""

    cuts: dict[str, int] = field(default_factory=dict)

    def text(self, name: str, text: str, limit: int) -> str:
        plain = _cleaned(text)
        if len(plain) * 4 <= limit:  # no character takes more
            return plain
        raw = plain.encode("utf-8")
        if len(raw) <= limit:
            return plain
        self.count(name)
        return raw[:limit].decode("utf-8", "ignore")

    def count(self, name: str) -> None:
        self.cuts[name] = self.cuts.get(name, 0) + 1

    def complaints(self) -> Iterator[str]:
        for name, count in self.cuts.items():
            yield f"{count} {name} too long"


def _cleaned(text: str) -> str:
    """Return clean text; nearly all of it already is, which is cheap to see."""
    if text.isascii():
        return clean(text) if _UNCLEAN_ASCII.search(text) else text
    if _UNCLEAN.search(text) or not unicodedata.is_normalized("NFC", text):
        return clean(text)
    return text


def _joined(complaints: Iterable[str | None]) -> str | None:
    return "; ".join(text for text in complaints if text) or None


def _link(base: str, link: object, caps: _Caps) -> str | None:
    """Return an absolute web URL, or None; one that is too long is worthless cut."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        absolute = urljoin(base, "".join(link.split()))
    except ValueError:
        return None
    if len(absolute) > LONGEST_URL:
        caps.count("links")
    return None if url_complaint(absolute) else with_ascii_host(absolute)


def _language(value: object) -> str | None:
    """Return a language tag with its primary part in lower case ("en-GB"), or None."""
    if not isinstance(value, str) or not 2 <= len(value.strip()) <= _LONGEST_LANGUAGE:
        return None
    primary, *rest = value.strip().replace("_", "-").split("-")
    tag = "-".join((primary.lower(), *rest))
    return tag if re.fullmatch(r"[a-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag) else None


# --- XML -------------------------------------------------------------------------------------

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]*)")
_NAME_OF_ROOT = re.compile(r"<([\w.:-]+)")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Every ampersand but those of the five names that XML knows.
_AMPERSAND = re.compile(
    r"&(?!(?:lt|gt|amp|quot|apos);)"
    r"(?:#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_MOST_DIGITS = 7
_ENTRY_START = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
# HTML names that feeds use without declaring them. The five of XML stay, and whatever stands for
# one of their characters.
_CHARACTERS = {
    name.removesuffix(";"): text
    for name, text in html.entities.html5.items()
    if name.endswith(";") and not set(text) & set("<>&\"'")
}


class _XmlFeed:
    def __init__(self, feed: str, url: str) -> None:
        self._feed = feed
        self._url = url
        self._caps = _Caps()

    def parse(self, body: bytes, content_type: str | None) -> ParsedFeed:
        declared = _DECLARED.search(body[:1024])
        text, bent = decode(
            body,
            declared_charset(content_type),
            declared[1].decode("ascii") if declared else None,
        )
        document, root = _from_root(text)
        document, dropped = _first_entries(_repaired(document), root)
        found = self._feedparser(document)
        language = _language(found.feed.get("language"))
        entries = tuple(self._entry(item, language) for item in found.entries[:_MOST_ENTRIES])
        broken = found.get("bozo_exception") if found.get("bozo") else None
        return ParsedFeed(
            title=self._caps.text("titles", _plain(found.feed, "title"), _LONGEST_TITLE),
            entries=entries,
            language=language,
            ttl_seconds=_ttl_seconds(found.feed.get("ttl")),
            dropped=dropped + max(0, len(found.entries) - _MOST_ENTRIES),
            complaint=_joined(
                (bent, f"broken XML: {broken}" if broken else None, *self._caps.complaints())
            ),
            hubs=tuple(_targets(found.feed, "hub"))[:_MOST_HUBS],
            own_url=next(_targets(found.feed, "self"), None),
        )

    def _feedparser(self, document: str) -> feedparser.FeedParserDict:
        stream = io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>\n' + document.encode("utf-8"))
        try:
            with sealed():
                return feedparser.parse(
                    stream,
                    # Without a location: it would be joined to ids, and so change them all when
                    # the feed moves. We join links ourselves.
                    response_headers={"content-type": "application/xml; charset=utf-8"},
                    resolve_relative_uris=False,
                    sanitize_html=False,
                )
        except MemoryError:
            raise
        except Exception as error:
            # It promises never to raise, and has raised for odd references, dates and addresses.
            raise ParseError("malformed", f"{type(error).__name__}: {error}"[:300]) from error

    def _entry(self, found: feedparser.FeedParserDict, feed_language: str | None) -> Entry:
        content, is_html, language = _content(found)
        return Entry(
            feed=self._feed,
            entry_id=self._caps.text("ids", _plain(found, "id"), _LONGEST_ID).strip() or None,
            url=_link(self._url, found.get("link"), self._caps),
            title=self._caps.text("titles", _plain(found, "title"), _LONGEST_TITLE),
            content=self._caps.text("contents", content, _LONGEST_CONTENT),
            content_is_html=is_html,
            published=_moment(found, "published"),
            updated=_moment(found, "updated"),
            language=_language(language) or feed_language,
        )


def _from_root(text: str) -> tuple[str, str]:
    """Return the document from its root element on, and the root's local name in lower case.

    Everything before it goes: declarations, comments, stylesheets, and a document type that only
    names a public DTD. One with declarations of its own is refused.
    """
    position = 0
    while (position := text.find("<", position)) >= 0:
        if text.startswith("<?", position):
            position = _after(text, "?>", position)
        elif text.startswith("<!--", position):
            position = _after(text, "-->", position)
        elif text.startswith("<!", position):
            position = _after_doctype(text, position)
        elif match := _ROOT.match(text, position):
            name = match[1].lower()
            if name not in _ROOTS:
                raise ParseError("not-a-feed", f"the document begins with <{name[:40]}>")
            return text[position:], name
        else:
            break
    raise ParseError("not-a-feed", "neither XML nor JSON" if text.strip() else "an empty answer")


def _after(text: str, mark: str, position: int) -> int:
    end = text.find(mark, position)
    if end < 0:
        raise ParseError("not-a-feed", "the prolog does not end")
    return end + len(mark)


def _after_doctype(text: str, position: int) -> int:
    end = _after(text, ">", position)
    declaration = text[position:end]
    if "[" in declaration or not declaration[2:9].upper().startswith("DOCTYPE"):
        raise ParseError("dtd", "document type or entity declarations are refused")
    return end


def _repaired(document: str) -> str:
    """Return the document without what XML forbids but feeds contain, so that it parses strictly.

    The lenient parser is slower, has the worst of the quadratic cases, and reads "R&D" as "R&D;".
    """
    document = _NOT_XML.sub("", document)
    parts: list[str] = []
    position = 0
    while (start := document.find("<![CDATA[", position)) >= 0:
        end = document.find("]]>", start)
        if end < 0:
            break
        parts += (_AMPERSAND.sub(_valid_reference, document[position:start]), document[start:end])
        position = end
    parts.append(_AMPERSAND.sub(_valid_reference, document[position:]))
    return "".join(parts)


def _valid_reference(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _CHARACTERS.get(name, f"&amp;{name};")
    if hexadecimal is None and decimal is None:
        return "&amp;"
    digits, base = (decimal, 10) if hexadecimal is None else (hexadecimal, 16)
    # Longer than seven digits is out of range, and a million digits would cost seconds to read.
    code = int(digits, base) if len(digits.lstrip("0")) <= _MOST_DIGITS else -1
    valid = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF
    return f"&#{code};" if valid and code not in {0xFFFE, 0xFFFF} else "\ufffd"


def _first_entries(document: str, root: str) -> tuple[str, int]:
    """Return the document cut after the most entries that we take, and how many were cut off.

    Before parsing, not after: feedparser takes a third of a millisecond for each, and quadratic
    time where they are not closed.
    """
    starts = [match.start() for match in _ENTRY_START.finditer(document)]
    if len(starts) <= _MOST_ENTRIES:
        return document, 0
    name = _NAME_OF_ROOT.match(document)
    close = f"</{name[1]}>" if name else ""
    if root == "rss":
        close = f"</channel>{close}"
    return document[: starts[_MOST_ENTRIES]] + close, len(starts) - _MOST_ENTRIES


def _plain(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _content(found: feedparser.FeedParserDict) -> tuple[str, bool, object]:
    """Return the fullest text that the entry carries, whether it is markup, and its language."""
    parts = [
        *found.get("content", ()),
        *([found["summary_detail"]] if "summary_detail" in found else ()),
    ]
    texts = [(part.get("value") or "", _is_markup(part), part.get("language")) for part in parts]
    if not texts:
        return _plain(found, "summary"), True, None
    return texts[0] if len(texts) == 1 else max(texts, key=_visible_length)


def _targets(found: Mapping[str, object], relation: str) -> Iterator[str]:
    """Yield where the feed's own links of one relation lead."""
    links = found.get("links")
    for link in links if isinstance(links, list) else ():
        target = str(link.get("href") or "").strip()
        if relation in str(link.get("rel")).lower().split() and 0 < len(target) <= LONGEST_URL:
            yield target


def _is_markup(part: Mapping[str, object]) -> bool:
    return part.get("type") != "text/plain"


def _visible_length(text: tuple[str, bool, object]) -> int:
    value, is_markup, _ = text
    return len(_TAG.sub("", value) if is_markup else value)


def _moment(found: feedparser.FeedParserDict, key: str) -> datetime | None:
    """Return a date as UTC; one that names no zone is taken to be in it."""
    # Asked with `in` first: feedparser answers one date for another, with a warning.
    parsed = found[f"{key}_parsed"] if f"{key}_parsed" in found else None  # noqa: SIM401
    if isinstance(parsed, time.struct_time):
        try:
            return datetime(*parsed[:6], tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
    text = found[key] if key in found else None  # noqa: SIM401
    return http_date(text) if isinstance(text, str) else None


def _ttl_seconds(value: object) -> int | None:
    """Return RSS `ttl` (minutes) in seconds, at most a week, or None."""
    text = value.strip() if isinstance(value, str) else ""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return None
    return min(int(text), _LONGEST_TTL_MINUTES) * 60


# --- JSON Feed -------------------------------------------------------------------------------

_VERSION = re.compile(r"https?://jsonfeed\.org/version/1(\.\d+)?/?")


class _JsonFeed:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org), read leniently: what has the wrong type is absent."""

    def __init__(self, feed: str, url: str) -> None:
        self._feed = feed
        self._url = url
        self._caps = _Caps()

    def parse(self, body: bytes) -> ParsedFeed:
        top = _loaded(body)
        if not _VERSION.fullmatch(_string(top, "version")[:100]):
            raise ParseError("not-a-feed", "JSON without the version of JSON Feed")
        items = top.get("items")
        if not isinstance(items, list):
            raise ParseError("not-a-feed", "a JSON Feed without a list of items")
        language = _language(top.get("language"))
        entries = tuple(
            self._entry(item, language) for item in items[:_MOST_ENTRIES] if isinstance(item, dict)
        )
        return ParsedFeed(
            title=self._caps.text("titles", _string(top, "title"), _LONGEST_TITLE),
            entries=entries,
            language=language,
            dropped=max(0, len(items) - _MOST_ENTRIES),
            complaint=_joined(self._caps.complaints()),
            hubs=tuple(_json_hubs(top.get("hubs")))[:_MOST_HUBS],
            own_url=_string(top, "feed_url")[:LONGEST_URL].strip() or None,
        )

    def _entry(self, item: dict[str, object], language: str | None) -> Entry:
        markup, plain = _string(item, "content_html"), _string(item, "content_text")
        content = markup or plain or _string(item, "summary")
        return Entry(
            feed=self._feed,
            entry_id=self._caps.text("ids", _identifier(item), _LONGEST_ID).strip() or None,
            url=_link(self._url, item.get("url") or item.get("external_url"), self._caps),
            title=self._caps.text("titles", _string(item, "title"), _LONGEST_TITLE),
            content=self._caps.text("contents", content, _LONGEST_CONTENT),
            content_is_html=bool(markup),
            published=_iso_moment(item.get("date_published")),
            updated=_iso_moment(item.get("date_modified")),
            language=_language(item.get("language")) or language,
        )


def _loaded(body: bytes) -> dict[str, object]:
    try:
        top = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ParseError("malformed", f"broken JSON: {error}"[:300]) from error
    if not isinstance(top, dict):
        raise ParseError("not-a-feed", "JSON that is not an object")
    return top


def _string(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _json_hubs(found: object) -> Iterator[str]:
    for hub in found if isinstance(found, list) else ():
        if not isinstance(hub, dict) or _string(hub, "type").lower() != "websub":
            continue
        if 0 < len(url := _string(hub, "url").strip()) <= LONGEST_URL:
            yield url


def _identifier(item: Mapping[str, object]) -> str:
    """Return the id as text; version 1.0 let publishers use numbers."""
    value = item.get("id")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _iso_moment(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
