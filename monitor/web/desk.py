# SPDX-License-Identifier: Apache-2.0
"""What every page for readers needs: the acts, the site as it is now, a clock, and who asks.

What it is not: pages. Rules of this file: the store is never asked in the event loop; a token that
is worth nothing gets the same answer whatever is wrong with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from monitor.audience import Audience
from monitor.clock import Clock
from monitor.core.addresses import parse_networks
from monitor.core.members import Grant, Scope
from monitor.core.subscribers import Subscriber
from monitor.core.words import Words
from monitor.membership import Membership
from monitor.pipeline import Site
from monitor.web.forms import Misses, client_of
from monitor.web.pages import page, words_for

_Result = TypeVar("_Result")


@dataclass(kw_only=True)
class Desk:
    """The service that pages for readers stand on; one per app."""

    membership: Membership
    audience: Audience
    site: Callable[[], Site]
    clock: Clock
    misses: Misses = field(default_factory=Misses)

    @property
    def base(self) -> str:
        """Return the path under which readers reach the pages, "" for the root."""
        return urlsplit(self.site().settings.web.public_url or "").path.rstrip("/")

    def client(self, request: Request) -> str:
        """Return who asks."""
        return client_of(request, parse_networks(self.site().settings.web.proxies))

    def operators(self) -> tuple[Subscriber, ...]:
        """Return who is told when a subscriber of the configuration leaves."""
        names = self.site().settings.delivery.operators
        return tuple(row for row in self.audience.subscribers() if row.id in names)

    async def grant(self, request: Request, token: str, scope: Scope) -> Grant | None:
        """Return what a token is worth; who shows too many that are worth nothing is not heard."""
        now, client = self.clock.monotonic(), self.client(request)
        if self.misses.is_guessing(client, now):
            return None
        found = await self.do(self.membership.grant, token, scope, self.clock.now())
        if found is None:
            self.misses.note(client, now)
        return found

    async def do(self, act: Callable[..., _Result], *arguments: object) -> _Result:
        """Do something with the store, away from the event loop."""
        return await asyncio.to_thread(act, *arguments)

    def refused(self, request: Request) -> Response:
        """Return the page about a link that is worth nothing."""
        if self.misses.is_guessing(self.client(request), self.clock.monotonic()):
            return self.told(request, 429, "Too many attempts", ["Please try again later."])
        return self.told(
            request,
            404,
            "This link is not good any more",
            ["It may have been used, or be too old, or not be whole."],
            [("Have new links sent", "/links")],
        )

    def told(
        self,
        request: Request,
        status: int,
        title: str,
        lines: list[str],
        ways: list[tuple[str, str]] | None = None,
        words: Words | None = None,
    ) -> Response:
        """Return a page that only says something."""
        words = words or words_for(request)
        return page(
            "told.html",
            words,
            base=self.base,
            status=status,
            title=words(title),
            lines=[words(line) for line in lines],
            ways=[(words(name), link) for name, link in ways or []],
        )
