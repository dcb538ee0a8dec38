# SPDX-License-Identifier: Apache-2.0
"""A site with pages for readers, a paper and a mail server, whose clock is in the test's hands.

What it is not: the daemon as a process (`processes`). Requests go over real sockets, mail over SMTP.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
from click.testing import Result
from hands import Hands, run, site_pipeline
from loopback import Loopback, serving
from newsroom import Site, Story, mails_to, rss
from smtp_servers import Inbox, smtp_server

from monitor.pipeline import Pipeline
from monitor.store.gauges import Room
from monitor.web import daemon_app, listening, serve

PUBLIC = "https://news.example.org"
FIRST = Story(
    "/one", "Arrivals", "The Pentagon said 10,000 North Korean soldiers are in Russia by now."
)
SECOND = Story(
    "/two",
    "More of them",
    "A fresh count puts it at 11,000 North Korean soldiers in Russia, the Pentagon said tonight.",
)
WISHES = {"rule": "*", "pace": "now", "severity": "info", "language": "en", "zone": "UTC"}


@dataclass(slots=True)
class ReadingRoom:
    """The site and what is needed to use it as a reader does."""

    site: Site
    clock: Hands
    inbox: Inbox
    paper: Loopback
    news: dict[str, bytes]
    pipeline: Pipeline
    client: httpx.AsyncClient
    stories: list[Story] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page."""
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send a form."""
        return await self.client.post(path, data=fields, headers=headers)

    async def subscribe(self, address: str, **wishes: str) -> httpx.Response:
        """Send the form that asks for a subscription."""
        return await self.post("/subscribe", {"address": address, **WISHES, **wishes})

    async def member(self, address: str, **wishes: str) -> str:
        """Subscribe and confirm; return the token of the preferences page."""
        await self.subscribe(address, **wishes)
        letter = (await self.mails(address))[-1]
        done = await self.post("/confirm", {"token": token_of(letter, "confirm")})
        assert done.status_code == 200, done.text
        [token] = re.findall(r'href="/manage/([\w-]+)"', done.text)
        return str(token)

    async def publish(self, *stories: Story) -> None:
        """Publish stories, poll, deliver."""
        self.stories = [*stories, *self.stories]
        self.news["/feed"] = rss(self.stories, self.paper.url(""))
        [feed] = self.pipeline.store.feeds()
        report = await self.pipeline.poll_feed(feed)
        assert report.error is None
        await self.deliver()

    def command(self, *words: str) -> Result:
        """Run a command beside the site; no clock is behind another afterwards."""
        done = run(self.site, *words)
        self.clock.moment = max(self.clock.moment, datetime.now(UTC))
        return done

    async def deliver(self) -> None:
        """Send all that is due."""
        while (await self.pipeline.deliver_due())[0]:
            pass

    async def mails(self, address: str) -> list[EmailMessage]:
        """Send all that is due; return every mail to an address so far."""
        await self.deliver()
        return mails_to(self.inbox, address)


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return one of the two bodies of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def token_of(mail: EmailMessage, page: str) -> str:
    """Return the token of the link to a page that a mail holds."""
    found = re.findall(rf"{PUBLIC}/{page}/([\w-]+)", body_of(mail))
    assert found, body_of(mail)
    return str(found[0])


def one_click_path(mail: EmailMessage) -> str:
    """Return where a mailbox provider would POST to unsubscribe."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    header = mail["List-Unsubscribe"]
    assert header.startswith(f"<{PUBLIC}/u/")
    return str(header[1:-1].removeprefix(PUBLIC))


@asynccontextmanager
async def reading_room(
    folder: Path,
    *,
    subscribers: dict[str, dict[str, str]] | None = None,
    inbox: Inbox | None = None,
    web: str = "",
    extra: str = "",
    token: str | None = None,
) -> AsyncIterator[ReadingRoom]:
    """Yield a site at work, and a client that talks to its pages."""
    inbox, clock, news = inbox or Inbox(), Hands(), dict[str, bytes]()
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            site = Site(
                folder / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers=subscribers or {},
                extra=f'{extra}\n[web]\nenabled = true\npublic_url = "{PUBLIC}"\n{web}',
            )
            news["/feed"] = rss([], paper.url(""))
            async with site_pipeline(site, clock) as pipeline:
                pipeline.audience.check_key()
                [feed] = pipeline.store.feeds()
                await pipeline.poll_feed(feed)
                room = Room(site.database, lambda: 0)
                app = daemon_app(pipeline, clock, room, token)
                with listening("127.0.0.1", 0) as taken:
                    base = f"http://127.0.0.1:{taken.getsockname()[1]}"
                    async with serve(app, taken), _client(base) as client:
                        yield ReadingRoom(site, clock, inbox, paper, news, pipeline, client)


def _client(base: str) -> httpx.AsyncClient:
    # A command that runs in between may take longer than the server keeps a silent connection.
    return httpx.AsyncClient(
        base_url=base, limits=httpx.Limits(max_keepalive_connections=0), timeout=30
    )
