# SPDX-License-Identifier: Apache-2.0
"""A WebSub hub on loopback: it takes requests, asks back, and pushes what a test gives it.

What it is not: a good hub; it lies, forges and falls silent when it is told to.
"""

from __future__ import annotations

import asyncio
import hmac
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from loopback import Loopback, Request, answer, serving

CHALLENGE = "a challenge & <more>"


async def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Send one request as a hub does; return status and body."""

    def send() -> tuple[int, str]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data=body, headers=names)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(send)


@dataclass(slots=True)
class Hub:
    """The hub. `asked` are the forms that it was sent; `confirms` says whether it asks back before
    it answers; `answers` what its own answers are."""

    here: Loopback | None = None
    says: str = "202 Accepted"
    headers: dict[str, str] = field(default_factory=dict)
    confirms: bool = True
    lease: str | None = "3600"
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return its address."""
        assert self.here is not None
        return self.here.url("/hub")

    @property
    def callback(self) -> str:
        """Return the callback that it was told last."""
        return self.asked[-1]["hub.callback"]

    async def respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Take a request."""
        self.asked.append(dict(parse_qsl(request.body.decode())))
        if self.confirms:
            self.answers.append(await self.confirm())
        writer.write(answer(status=self.says, **self.headers))

    async def confirm(self, **changed: str) -> tuple[int, str]:
        """Ask back whether the last request was meant."""
        last = self.asked[-1]
        query = {
            "hub.mode": last["hub.mode"],
            "hub.topic": last["hub.topic"],
            "hub.challenge": CHALLENGE,
        }
        if self.lease is not None:
            query["hub.lease_seconds"] = self.lease
        return await self.question(**query | changed)

    async def question(self, **query: str) -> tuple[int, str]:
        """Ask something at the callback; fields are given with dots or underscores."""
        named = {name.replace("hub_", "hub."): value for name, value in query.items()}
        return await ask(f"{self.callback}?{urlencode(named)}")

    async def push(
        self,
        whole: bytes,
        *,
        method: str = "sha256",
        secret: str | None = None,
        topic: str | None = None,
        signed: bool = True,
        **headers: str,
    ) -> int:
        """Push the body of a whole HTTP answer; return the status that came back."""
        body = whole.partition(b"\r\n\r\n")[2]
        last = self.asked[-1]
        key = (secret or last.get("hub.secret", "")).encode()
        if signed:
            headers["x_hub_signature"] = f"{method}={hmac.new(key, body, method).hexdigest()}"
        link = f'<{self.url}>; rel="hub", <{topic or last["hub.topic"]}>; rel="self"'
        status, _ = await ask(
            self.callback, body, content_type="application/rss+xml", link=link, **headers
        )
        return status


@asynccontextmanager
async def hub_server(**how: object) -> AsyncIterator[Hub]:
    """Run a hub."""
    hub = Hub(**how)  # type: ignore[arg-type]
    async with serving(hub.respond) as here:
        hub.here = here
        yield hub
