# SPDX-License-Identifier: Apache-2.0
"""A small news world for tests: feeds in three formats, article pages, a receiver, a site's files.

What it is not: servers (`loopback`, `smtp_servers`). All texts are our own; none names a day, so
that they mean the same whenever the tests run.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from loopback import Loopback, Request, answer
from smtp_servers import Inbox
from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a feed. `text` is what the feed carries of it; `hours` is its age."""

    path: str
    title: str
    text: str
    hours: float = 1.0

    @property
    def published(self) -> datetime:
        """Return when it says it was published."""
        return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=self.hours)


def rss(stories: Iterable[Story], base: str, **headers: str) -> bytes:
    """Return a whole HTTP answer that carries an RSS 2.0 feed."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{base}{story.path}</link>"
        f"<guid isPermaLink='false'>{base}{story.path}</guid>"
        f"<pubDate>{format_datetime(story.published)}</pubDate>"
        f"<description>{escape(story.text)}</description></item>"
        for story in stories
    )
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>'
        f"<link>{base}/</link><description>News</description>{items}</channel></rss>"
    )
    return answer(body.encode(), content_type="application/rss+xml; charset=utf-8", **headers)


def atom(stories: Iterable[Story], base: str) -> bytes:
    """Return a whole HTTP answer that carries an Atom feed with HTML content."""
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title><id>{base}{story.path}</id>"
        f'<link rel="alternate" href="{base}{story.path}"/>'
        f"<published>{story.published.isoformat()}</published>"
        f"<updated>{story.published.isoformat()}</updated>"
        f'<content type="html">{escape(f"<p>{escape(story.text)}</p>")}</content></entry>'
        for story in stories
    )
    body = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>News</title><id>{base}/</id><updated>2026-01-01T00:00:00Z</updated>"
        f"{entries}</feed>"
    )
    return answer(body.encode(), content_type="application/atom+xml")


def json_feed(stories: Iterable[Story], base: str) -> bytes:
    """Return a whole HTTP answer that carries a JSON Feed."""
    items = [
        {
            "id": f"{base}{story.path}",
            "url": f"{base}{story.path}",
            "title": story.title,
            "content_text": story.text,
            "date_published": story.published.isoformat(),
        }
        for story in stories
    ]
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}
    return answer(json.dumps(body).encode(), content_type="application/feed+json")


def page(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return a whole HTTP answer that carries an article page."""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    body = (
        f"<!doctype html><html lang=en><head><title>{escape(title)}</title></head><body>"
        f"<nav><a href=/>Home</a></nav><main><article><h1>{escape(title)}</h1>{text}</article>"
        "</main><footer>The newsroom</footer></body></html>"
    )
    return answer(body.encode(), content_type="text/html; charset=utf-8")


# --- a subscriber's ends -------------------------------------------------------------------------


@dataclass(slots=True)
class Receiver:
    """What answers webhooks: `says` is the status line's end, None is silence."""

    says: str | None = "204 No Content"
    headers: dict[str, str] = field(default_factory=dict)

    async def respond(self, _: Request, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        if self.says is None:
            await asyncio.Event().wait()
        writer.write(answer(status=str(self.says), **self.headers))


def verified(request: Request, secret: str = SECRET) -> dict[str, Any]:
    """Return the body of a webhook, checked as a receiver does; raises when it is not ours."""
    body: dict[str, Any] = Webhook(secret).verify(request.body, request.headers)
    return body


def webhook_ids(receiver: Loopback, path: str = "/hook") -> list[str]:
    """Return the ids of the webhooks that came to a path, in order."""
    return [row.headers["webhook-id"] for row in receiver.requests if row.path == path]


def parsed_mail(content: bytes | str | None) -> EmailMessage:
    """Return a mail as a reader's program sees it."""
    assert isinstance(content, bytes)
    mail = message_from_bytes(content, policy=default_policy)
    assert isinstance(mail, EmailMessage)
    return mail


def mails_to(inbox: Inbox, address: str) -> list[EmailMessage]:
    """Return the mails that a server took for an address, in order."""
    return [
        parsed_mail(envelope.content)
        for envelope in inbox.envelopes
        if envelope.rcpt_tos == [address]
    ]


# --- a site --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Site:
    """The configuration of a site in a folder of its own."""

    folder: Path
    feeds: dict[str, str]
    smtp_port: int = 25
    subscribers: dict[str, dict[str, str]] = field(default_factory=dict)
    interval: str = "100ms"
    longest: str = ""
    deadline: str = "30s"
    sender: str = "Figurewatch <alerts@example.org>"
    packs: list[str] = field(default_factory=list)
    seed_paths: list[str] = field(default_factory=list)
    extra: str = ""

    @property
    def config(self) -> Path:
        """Write the configuration as it is now; return its path."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "hook.secret").write_text(SECRET, encoding="utf-8")
        path = self.folder / "config.toml"
        path.write_text("\n".join(self._lines()), encoding="utf-8")
        return path

    @property
    def database(self) -> Path:
        """Return where the state is."""
        return self.folder / "figurewatch.db"

    def _lines(self) -> Iterator[str]:
        yield f"""
[fetch]
allow_networks = ["127.0.0.0/8"]
min_interval = "{self.interval}"
max_interval = "{self.longest or self.interval}"
per_host_interval = "0s"
deadline = "{self.deadline}"
[seeds]
packs = {json.dumps(self.packs)}
paths = {json.dumps(self.seed_paths)}
[email]
smtp = "smtp://127.0.0.1:{self.smtp_port}"
from = {json.dumps(self.sender)}
[delivery]
first_retry = "200ms"
max_retry = "400ms"
{self.extra}"""
        for name, url in self.feeds.items():
            yield _table("feed", {"id": name, "url": url})
        for name, fields in self.subscribers.items():
            secret = {"secret_file": "hook.secret"} if "webhook" in fields else {}
            yield _table("subscriber", {"id": name, **secret, **fields})


def _table(name: str, fields: dict[str, str]) -> str:
    rows = "\n".join(f"{key} = {json.dumps(value)}" for key, value in fields.items())
    return f"[[{name}]]\n{rows}"
