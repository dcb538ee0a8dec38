# SPDX-License-Identifier: Apache-2.0
"""The app factory: routes behind the gates that every page has.

What it is not: pages. Rules of this file: a route is open to everybody only if its path is on the
list given; all others want the token where one is configured, and under a name by which the outside
reaches us they are closed without one; what fails says nothing about why.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


def create_app(
    routes: Sequence[BaseRoute],
    *,
    hosts: Sequence[str],
    token: str | None = None,
    public: Collection[str] = (),
    outside: Collection[str] = (),
) -> Starlette:
    """Return the app. `hosts` are the names it answers to, `public` the paths without a token; one
    that ends in "/" stands for all below it. `outside` are the hosts of the open internet."""
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(_Headers),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(_Gate, token=token, public=frozenset(public), outside=frozenset(outside)),
        ],
    )
    # A path is right or wrong; nobody is sent from one to another.
    app.router.redirect_slashes = False
    return app


class _Headers:
    """Adds the headers that every answer carries, error pages included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message.get("headers", ())}
                extra = [row for row in _HEADERS if row[0] not in known]
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        await self._app(scope, receive, sending)


class _Gate:
    """Wants `Authorization: Bearer TOKEN` for every path that is not public."""

    def __init__(
        self, app: ASGIApp, token: str | None, public: frozenset[str], outside: frozenset[str]
    ) -> None:
        self._app = app
        self._outside = outside
        self._expected = None if token is None else f"Bearer {token}".encode()
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_open(scope):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "unauthorized\n", status_code=401, headers={"www-authenticate": "Bearer"}
        )
        await refusal(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        if self._is_public(scope["path"]):
            return True
        if self._expected is None:
            host = _header(scope, b"host").decode("latin-1").rpartition(":")
            return (host[0] or host[2]).lower() not in self._outside
        return secrets.compare_digest(_header(scope, b"authorization"), self._expected)

    def _is_public(self, path: str) -> bool:
        if path in self._public:
            return True
        below, slash, _ = path.rpartition("/")
        return bool(below) and f"{below}{slash}" in self._public


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")
