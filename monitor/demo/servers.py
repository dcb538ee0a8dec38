# SPDX-License-Identifier: Apache-2.0
"""What the demo's daemon talks to, all on the loopback address: newsstand, webhook, mailbox.

What it is not: robust against strangers; nobody but the demo's own daemon is expected. Rules of
this file: everything that arrives is kept as it came, and judged by `promise`; a webhook whose
signature is wrong is refused, as a real receiver would.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.demo.world import FORMS, Act, NewsArticle, Press, World

ADDRESS = "127.0.0.1"
HOOK_PATH = "/hook"
_LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail as the mailbox got it. `message` is the id of the daemon's message."""

    message: str
    sender: str
    recipient: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook as it came in. `verified` says whether its signature was right."""

    message: str
    type: str
    title: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    kind: str = "text/plain"
    body: bytes = b""
    etag: str | None = None


@dataclass(slots=True)
class Newsstand:
    """Publishes the acts that were opened so far, and takes webhooks signed with `secret`."""

    world: World
    start: datetime
    secret: str
    base: str = ""
    hooks: list[Hook] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    _published: tuple[NewsArticle, ...] = ()

    def open(self, act: Act) -> None:
        """Publish the articles of an act."""
        # One assignment, so that a poll under way sees the old feed or the new one.
        self._published = (*self._published, *act.article)

    def answer(self, path: str) -> _Answer:
        """Return the answer to a GET request."""
        press = Press(self.world, self.base, self.start)
        published = self._published
        if path == "/robots.txt":
            return _Answer(status=200, body=b"User-agent: *\nDisallow: /private/\n")
        for outlet in self.world.outlet:
            if path == outlet.feed_path:
                body = press.feed(outlet, [row for row in published if row.outlet == outlet.id])
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                return _Answer(status=200, kind=FORMS[outlet.form][0], body=body, etag=etag)
            for article in published:
                if article.outlet == outlet.id and path == article.path:
                    self.pages.append(article.slug)
                    return _Answer(status=200, kind="text/html", body=press.page(outlet, article))
        return _Answer(status=404)

    def take_hook(self, body: bytes, headers: dict[str, str]) -> int:
        """Keep a webhook; return the status to answer with."""
        try:
            Webhook(self.secret).verify(body.decode(), headers)
            verified = True
        except (WebhookVerificationError, UnicodeDecodeError):
            verified = False
        try:
            content = json.loads(body)
        except ValueError:
            content = {}
        self.hooks.append(
            Hook(
                message=headers.get("webhook-id", ""),
                type=str(content.get("type", "")),
                title=str(content.get("data", {}).get("title", "")),
                verified=verified,
            )
        )
        return 204 if verified else 401


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, newsstand: Newsstand) -> None:
        self.newsstand = newsstand
        super().__init__((ADDRESS, 0), _Exchange)


class _Exchange(BaseHTTPRequestHandler):
    """One connection; the standard library calls the methods by the request's method."""

    protocol_version = "HTTP/1.1"
    timeout = 10.0
    server: _Server

    def do_GET(self) -> None:
        """Answer with a feed or a page, or that the feed has not changed."""
        answer = self.server.newsstand.answer(self.path)
        if answer.etag is not None and self.headers.get("If-None-Match") == answer.etag:
            answer = _Answer(status=304, etag=answer.etag)
        self._send(answer)

    def do_POST(self) -> None:
        """Take a webhook."""
        length = int(self.headers.get("Content-Length", 0))
        if self.path != HOOK_PATH or not 0 < length <= _LARGEST_BODY:
            self._send(_Answer(status=404))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(
            _Answer(status=self.server.newsstand.take_hook(self.rfile.read(length), headers))
        )

    def _send(self, answer: _Answer) -> None:
        self.send_response(answer.status)
        if answer.etag is not None:
            self.send_header("ETag", answer.etag)
        if answer.status not in {204, 304}:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the library's name)
        """Write no log: the demo tells what happened in its own words."""


@contextmanager
def serving(newsstand: Newsstand) -> Iterator[None]:
    """Serve a newsstand on a free port of the loopback address; sets its `base`."""
    with _Server(newsstand) as server:
        newsstand.base = f"http://{ADDRESS}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@dataclass(slots=True)
class Mailbox:
    """Takes every mail that is handed to its port."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802  (aiosmtpd finds it by this name)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep the mail and say that it was taken."""
        content = envelope.content or b""
        self.mails.append(_mail(content if isinstance(content, bytes) else content.encode()))
        return "250 OK"


def _mail(content: bytes) -> Mail:
    message = message_from_bytes(content, EmailMessage, policy=policy.default)
    text = message.get_body(("plain",))
    return Mail(
        message=str(message["Message-ID"]).strip("<>").partition("@")[0],
        sender=str(message["From"]),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.get_content() if text is not None else "",
    )


@asynccontextmanager
async def receiving(mailbox: Mailbox) -> AsyncIterator[None]:
    """Serve a mailbox on a free port of the loopback address; sets its `port`."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop), ADDRESS, 0
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
