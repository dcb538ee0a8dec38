# SPDX-License-Identifier: Apache-2.0
"""Looking at a site before its feed is added: which feeds it has, and what one would bring.

What it is not: adding or storing anything. Rules of this file: requests go through the guarded
client, parsing through workers; what a page claims to be a feed is one only after it was parsed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from monitor import feeds
from monitor.core.charsets import decode
from monitor.core.errors import FetchError, ParseError
from monitor.core.headers import declared_charset
from monitor.core.health import FeedHealth, Seen, after_answer
from monitor.core.model import Article, ParsedFeed
from monitor.core.prepare import Reading
from monitor.core.text import clean
from monitor.core.urls import url_complaint
from monitor.fetch import Fetched, NotModified
from monitor.pipeline import prepare_all
from monitor.workers import run_in_worker

Get = Callable[..., Awaitable[Fetched | NotModified]]

_SECONDS = 20.0
_MOST_TRIED = 8
_FEED_TYPES = ("rss+xml", "atom+xml", "feed+json", "rdf+xml")
_USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A feed that was found and parsed, or (with a complaint) one that turned out to be none."""

    url: str
    title: str
    entries: int = 0
    newest: datetime | None = None
    complaint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What one poll of a feed would bring; nothing of it was stored."""

    url: str
    permanent_url: str | None
    parsed: ParsedFeed
    articles: tuple[Article, ...]
    gap: timedelta | None


async def discover(get: Get, url: str) -> tuple[Prospect, ...]:
    """Return the feeds that a page names, or else those at the usual places; raise `FetchError`."""
    answer = await get(url)
    if isinstance(answer, NotModified):  # cannot be: nothing was sent to compare with
        return ()
    itself = await _judged(answer, "")
    if itself.complaint is None:
        return (itself,)
    named = await run_in_worker(
        partial(named_feeds, url=answer.url, content_type=answer.content_type),
        answer.body,
        deadline_seconds=_SECONDS,
    )
    found = [await _tried(get, link, title) for link, title in named[:_MOST_TRIED]]
    if not any(row.complaint is None for row in found):
        usual = [urljoin(answer.url, path) for path in _USUAL_PATHS]
        tried = [await _tried(get, link, "") for link in usual]
        found += [row for row in tried if row.complaint is None]
    return tuple(found)


def named_feeds(body: bytes, *, url: str, content_type: str | None) -> tuple[tuple[str, str], ...]:
    """Return the feeds that a page's head names, as address and title; runs in a worker."""
    markup, _ = decode(body, declared_charset(content_type), None)
    return tuple(dict(_links(LexborHTMLParser(markup), url)).items())


def _links(tree: LexborHTMLParser, url: str) -> Iterator[tuple[str, str]]:
    base = tree.css_first("base[href]")
    start = urljoin(url, base.attributes.get("href") or "") if base is not None else url
    for node in tree.css("link[rel][href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        kind = (node.attributes.get("type") or "").lower()
        if "alternate" in rel and any(name in kind for name in _FEED_TYPES):
            link = urljoin(start, (node.attributes.get("href") or "").strip())
            if url_complaint(link) is None:
                yield link, clean(node.attributes.get("title") or "")[:200]


async def _tried(get: Get, url: str, title: str) -> Prospect:
    try:
        answer = await get(url, accept=feeds.ACCEPT)
    except FetchError as error:
        return Prospect(url=url, title=title, complaint=str(error))
    if isinstance(answer, NotModified):  # cannot be, as above
        return Prospect(url=url, title=title, complaint="not modified")
    return await _judged(answer, title)


async def _judged(answer: Fetched, title: str) -> Prospect:
    try:
        parsed = await _parsed(answer)
    except ParseError as error:
        return Prospect(url=answer.url, title=title, complaint=str(error))
    dates = [entry.published for entry in parsed.entries if entry.published is not None]
    return Prospect(
        url=answer.url,
        title=parsed.title or title,
        entries=len(parsed.entries),
        newest=max(dates, default=None),
    )


async def _parsed(answer: Fetched) -> ParsedFeed:
    parse = partial(
        feeds.parse_feed, feed="prospect", url=answer.url, content_type=answer.content_type
    )
    return await run_in_worker(parse, answer.body, deadline_seconds=_SECONDS)


async def preview(
    get: Get, url: str, *, roots: tuple[Path, ...], measures: frozenset[str], now: datetime
) -> Preview:
    """Return what a first poll of a feed would bring, claims included; raise as a poll does."""
    answer = await get(url, accept=feeds.ACCEPT)
    if isinstance(answer, NotModified):  # cannot be, as above
        raise ParseError("not-a-feed", "not modified")
    parsed = await _parsed(answer)
    readings = tuple(
        Reading(
            feed="prospect",
            publisher=parsed.title or url,
            entry_key=feeds.entry_key(entry),
            entry_hash=feeds.entry_hash(entry),
            url=entry.url,
            title=entry.title,
            content=entry.content,
            content_is_html=entry.content_is_html,
            page_text=None,
            published=entry.published or entry.updated,
            language=entry.language,
            seen=now,
        )
        for entry in parsed.entries
    )
    articles = await run_in_worker(
        partial(prepare_all, roots=roots, measures=measures), readings, deadline_seconds=_SECONDS
    )
    seen = Seen(now=now, permanent_url=None, max_age_seconds=None, parsed=parsed, whole=True)
    gap = after_answer(FeedHealth(), seen).gap_seconds
    return Preview(
        url=answer.url,
        permanent_url=answer.permanent_url,
        parsed=parsed,
        articles=articles,
        gap=timedelta(seconds=round(gap)) if gap is not None else None,
    )
