# SPDX-License-Identifier: Apache-2.0
"""OPML: lists of feeds from other programs, and ours for them.

What it is not: adding feeds. Rules of this file: a list is a file of a stranger: bounded, without
declarations, read for addresses and titles and nothing else; what is written can be read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from monitor.core.errors import ParseError
from monitor.core.text import clean
from monitor.core.urls import url_complaint

_MOST_BYTES = 4 * 1024 * 1024
_MOST_FEEDS = 10_000
_LONGEST_TITLE = 200
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of a list."""

    url: str
    title: str


def read_opml(raw: bytes) -> tuple[tuple[Listed, ...], tuple[str, ...]]:
    """Return the feeds of a list, each once, and what was left out; raise `ParseError`."""
    if len(raw) > _MOST_BYTES:
        raise ParseError("opml", f"more than {_MOST_BYTES} bytes")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or b"\0" in raw:
        raise ParseError("opml", "declarations and UTF-16 are refused")
    try:
        root = ET.fromstring(raw)  # noqa: S314  (no declarations, so no entities)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ParseError("opml", f"not XML: {error}") from error
    if root.tag != "opml":
        raise ParseError("opml", f"the document begins with <{str(root.tag)[:40]}>")
    return _sorted_out(root)


def _sorted_out(root: ET.Element) -> tuple[tuple[Listed, ...], tuple[str, ...]]:
    found: dict[str, Listed] = {}
    left_out = []
    for url, title in _outlines(root):
        if complaint := url_complaint(url):
            left_out.append(f"{clean(url)[:100]}: {complaint}")
        elif len(found) >= _MOST_FEEDS:
            left_out.append(f"{url}: more than {_MOST_FEEDS} feeds")
        else:
            found.setdefault(url, Listed(url=url, title=title))
    return tuple(found.values()), tuple(left_out)


def _outlines(root: ET.Element) -> Iterator[tuple[str, str]]:
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if url:
            title = outline.get("title") or outline.get("text") or ""
            yield url, " ".join(clean(title).split())[:_LONGEST_TITLE]


def write_opml(feeds: Iterable[Listed]) -> str:
    """Return a list of feeds as OPML 2.0."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Feeds of Figurewatch"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        title = feed.title.translate(_NOT_XML)
        ET.SubElement(body, "outline", type="rss", text=title, title=title, xmlUrl=feed.url)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
