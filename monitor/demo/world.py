# SPDX-License-Identifier: Apache-2.0
"""The news world: outlets, acts and articles of `world.toml`, and how each outlet publishes them.

What it is not: a server (`servers`). Rules of this file: feeds and pages are made by the outlet's
form alone, so that all three kinds of feed are read for real; times are relative to the start.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("world.toml")

# Form of a feed -> the media type it is served with, its name for people, and its path's ending.
FORMS: dict[str, tuple[str, str, str]] = {
    "rss": ("application/rss+xml", "RSS", "feed.rss"),
    "atom": ("application/atom+xml", "Atom", "feed.atom"),
    "json": ("application/feed+json", "JSON Feed", "feed.json"),
}


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Outlet(_Row):
    """A publisher with one feed; with `teasers` the feed carries no more than a line of each text."""

    id: str
    name: str
    form: Literal["rss", "atom", "json"]
    teasers: bool

    @property
    def feed_path(self) -> str:
        """Return the path of the feed."""
        return f"/{self.id}/{FORMS[self.form][2]}"


class NewsArticle(_Row):
    """One article as an outlet publishes it, and what must become of it."""

    outlet: str
    slug: str
    title: str
    hours_ago: float
    text: str
    expect: str
    teaser: str = ""
    copy_of: str | None = None
    paragraphs: int = 0

    @property
    def path(self) -> str:
        """Return the path of the article's page."""
        return f"/{self.outlet}/{self.slug}.html"


class Act(_Row):
    """A step of the story: what is published together."""

    title: str
    note: str
    article: tuple[NewsArticle, ...]

    @property
    def outlets(self) -> frozenset[str]:
        """Return the ids of the outlets that publish something in this act."""
        return frozenset(article.outlet for article in self.article)


class World(_Row):
    """All outlets and acts."""

    outlet: tuple[Outlet, ...]
    act: tuple[Act, ...]

    @property
    def articles(self) -> tuple[NewsArticle, ...]:
        """Return every article, in the order of the acts."""
        return tuple(article for act in self.act for article in act.article)

    def paragraphs(self, article: NewsArticle) -> list[str]:
        """Return the paragraphs of an article, those it copies first."""
        own = [part.strip() for part in article.text.split("\n\n") if part.strip()]
        if article.copy_of is None:
            return own
        original = next(row for row in self.articles if row.slug == article.copy_of)
        return self.paragraphs(original)[: article.paragraphs or None] + own


def load_world() -> World:
    """Return the news world that ships with the program."""
    return World.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))


class Press:
    """Prints the feeds and pages of a world for one base URL and starting time."""

    def __init__(self, world: World, base: str, start: datetime) -> None:
        self._world = world
        self._base = base
        self._start = start

    def feed(self, outlet: Outlet, articles: Sequence[NewsArticle]) -> bytes:
        """Return an outlet's feed, newest article first."""
        newest_first = sorted(articles, key=lambda article: article.hours_ago)
        forms: dict[str, Callable[[Outlet, Sequence[NewsArticle]], str]] = {
            "rss": self._rss,
            "atom": self._atom,
            "json": self._json_feed,
        }
        return forms[outlet.form](outlet, newest_first).encode()

    def page(self, outlet: Outlet, article: NewsArticle) -> bytes:
        """Return an article's page, with the furniture that pages have."""
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(article.title)} | {escape(outlet.name)}</title></head><body>"
            f"<nav><a href='/'>Home</a> <a href='/world'>World</a></nav>"
            f"<main><article><h1>{escape(article.title)}</h1>{self._markup(article)}</article></main>"
            f"<footer><p>{escape(outlet.name)}, founded 1911</p></footer></body></html>"
        ).encode()

    def _markup(self, article: NewsArticle) -> str:
        return "".join(f"<p>{escape(part)}</p>" for part in self._world.paragraphs(article))

    def _content(self, outlet: Outlet, article: NewsArticle) -> str:
        return f"<p>{escape(article.teaser)}</p>" if outlet.teasers else self._markup(article)

    def _url(self, article: NewsArticle) -> str:
        return self._base + article.path

    def _published(self, article: NewsArticle) -> datetime:
        return self._start - timedelta(hours=article.hours_ago)

    def _rss(self, outlet: Outlet, articles: Sequence[NewsArticle]) -> str:
        entries = "".join(
            f"<item><title>{escape(article.title)}</title><link>{self._url(article)}</link>"
            f"<guid>{self._url(article)}</guid>"
            f"<pubDate>{format_datetime(self._published(article), usegmt=True)}</pubDate>"
            f"<description>{escape(self._content(outlet, article))}</description></item>"
            for article in articles
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>{escape(outlet.name)}</title><link>{self._base}/{outlet.id}/</link>"
            f"<description>{escape(outlet.name)}</description><language>en</language>"
            f"{entries}</channel></rss>"
        )

    def _atom(self, outlet: Outlet, articles: Sequence[NewsArticle]) -> str:
        entries = "".join(
            f"<entry><title>{escape(article.title)}</title><id>{self._url(article)}</id>"
            f'<link href="{self._url(article)}"/>'
            f"<published>{self._published(article).isoformat()}</published>"
            f"<updated>{self._published(article).isoformat()}</updated>"
            f'<content type="html">{escape(self._content(outlet, article))}</content></entry>'
            for article in articles
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>'
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
            f"<title>{escape(outlet.name)}</title><id>{self._base}/{outlet.id}/</id>"
            f"<updated>{self._start.isoformat()}</updated>{entries}</feed>"
        )

    def _json_feed(self, outlet: Outlet, articles: Sequence[NewsArticle]) -> str:
        entries = [
            {
                "id": self._url(article),
                "url": self._url(article),
                "title": article.title,
                "content_html": self._content(outlet, article),
                "date_published": self._published(article).isoformat(),
            }
            for article in articles
        ]
        return json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": outlet.name,
                "language": "en",
                "items": entries,
            }
        )
