# SPDX-License-Identifier: Apache-2.0
"""Hop 4: a reading of an entry becomes an article, with all that its text alone says.

What it is not: a decision; nothing here knows the past. Rules of this file: pure and CPU-bound, so
that it may run in a worker process; the text of a page is joined with the feed's own text where the
page does not contain it, so that no figure of either is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.core.claims import Document, extract
from monitor.core.knowledge import Knowledge
from monitor.core.memory import containment, fingerprint, sketch
from monitor.core.model import Article, TextKind, believed, require_utc
from monitor.core.notices import find_notices, without_wrong
from monitor.core.text import clean, from_markup
from monitor.core.urls import canonical_url

# Above this share of the entry's sampled shingles the page is taken to contain the entry's text
# (teasers are usually the lead, word for word, or lightly cut). Chosen by hand, not tuned: too low
# loses a figure that stands only in the teaser, too high repeats a sentence, which costs nothing.
_PAGE_CONTAINS_ENTRY = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of one entry: the feed's own text and, if it was fetched, the page's.

    `entry_key` and `entry_hash` identify the entry and its state (see `feeds`). `id` is given by
    callers whose input names its articles (replay); else it is derived.
    """

    feed: str
    publisher: str
    entry_key: str
    entry_hash: str
    url: str | None
    title: str
    content: str
    content_is_html: bool
    page_text: str | None = None
    published: datetime | None = None
    language: str | None = None
    seen: datetime
    kind: TextKind = TextKind.ENTRY
    id: str | None = None

    def __post_init__(self) -> None:
        require_utc(self.published, "published")
        require_utc(self.seen, "seen")


def entry_text(content: str, *, is_html: bool) -> str:
    """Return the plain text of an entry's content."""
    return from_markup(content) if is_html else clean(content)


def prepare(
    reading: Reading, knowledge: Knowledge, *, measures: Collection[str] | None = None
) -> Article:
    """Return the article: normalised text, fingerprint, sketch and claims.

    `measures` limits which claims are read; None reads all.
    """
    title = clean(
        from_markup(reading.title)
        if "<" in reading.title or "&" in reading.title
        else reading.title
    )
    title = " ".join(title.split())
    own = entry_text(reading.content, is_html=reading.content_is_html)
    text, kind = _joined(own, reading)
    found = extract(
        Document(
            title=title or None,
            text=text,
            # A date in the future would make this figure the newest one for as long as that lasts,
            # and the zero of somebody's clock would make it old news.
            published=believed(reading.published, reading.seen),
            language=reading.language,
        ),
        knowledge,
        measures=measures,
    )
    notices = find_notices(text, knowledge)
    claims, taken_back = without_wrong(found.claims, notices)
    print_ = fingerprint(title, text)
    return Article(
        id=reading.id or article_id(reading.feed, reading.entry_key, print_, reading.seen),
        feed=reading.feed,
        entry_key=reading.entry_key,
        entry_hash=reading.entry_hash,
        url=reading.url,
        canonical_url=canonical_url(reading.url) if reading.url else None,
        title=title,
        text=text,
        text_kind=kind,
        publisher=reading.publisher,
        language=reading.language,
        published=reading.published,
        seen=reading.seen,
        fingerprint=print_,
        sketch=sketch(text if text.strip() else title),
        claims=claims,
        rejected=(*found.rejected, *taken_back),
        notices=notices,
    )


def article_id(feed: str, entry_key: str, fingerprint_: str, seen: datetime) -> str:
    """Return a stable id for one reading of one entry."""
    key = f"{feed}\x00{entry_key}\x00{fingerprint_}\x00{seen.isoformat()}"
    return "art_" + hashlib.sha256(key.encode()).hexdigest()[:16]


def _joined(own: str, reading: Reading) -> tuple[str, TextKind]:
    if reading.page_text is None:
        return own, reading.kind
    page = clean(reading.page_text)
    if not own.strip() or containment(sketch(own), sketch(page)) >= _PAGE_CONTAINS_ENTRY:
        return page, TextKind.PAGE
    return f"{own}\n\n{page}", TextKind.PAGE
