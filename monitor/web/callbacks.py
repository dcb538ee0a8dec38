# SPDX-License-Identifier: Apache-2.0
"""`/websub/TOKEN`: where hubs ask whether we mean it, and send what is new.

What it is not: what that means (`hubs`, `core.websub`). Rules of this file: the token is the only way
in, and an unknown one learns nothing; a body is read only for a token that is known, within a limit
of bytes and seconds and only a few at once; a wrong signature gets the answer of a right one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.core.errors import StoreError
from monitor.core.websub import Push, PushVerdict
from monitor.hubs import PATH, Hubs

# As much as the client takes of a feed, over the same time.
_MOST_BYTES = 10 * 1024 * 1024
_SECONDS = 30.0
_AT_ONCE = 4

Handler = Callable[[Request], Awaitable[Response]]
CALLBACK_PATHS = frozenset({PATH})


def callback_routes(hubs: Hubs, offer: Callable[[Push], bool]) -> list[BaseRoute]:
    """Return the routes; `offer` hands a push on, and what it does not take a poll makes up for."""
    callbacks = _Callbacks(hubs, offer)
    return [
        Route(PATH + "{token}", _told(callbacks.ask), methods=["GET"]),
        Route(PATH + "{token}", _told(callbacks.push), methods=["POST"]),
    ]


def _told(handle: Handler) -> Handler:
    """Let a hub come again when the database refuses."""

    async def answer(request: Request) -> Response:
        try:
            return await handle(request)
        except StoreError:
            return _nothing(503, {"retry-after": "60"})

    return answer


class _Callbacks:
    def __init__(self, hubs: Hubs, offer: Callable[[Push], bool]) -> None:
        self._hubs = hubs
        self._offer = offer
        self._reading = 0

    async def ask(self, request: Request) -> Response:
        """Answer a hub that asks whether a subscription is wanted, or says that it is not given."""
        reply = await asyncio.to_thread(
            self._hubs.answer, request.path_params["token"], dict(request.query_params)
        )
        return _nothing(404) if reply.text is None else PlainTextResponse(reply.text)

    async def push(self, request: Request) -> Response:
        """Take what a hub sends; the answer says that it came, not what it was worth."""
        token = request.path_params["token"]
        if not await asyncio.to_thread(self._hubs.knows, token):
            self._hubs.note_unknown()
            return _nothing(410)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return _nothing(415)
        if self._reading >= _AT_ONCE:
            return _nothing(503, {"retry-after": "5"})
        self._reading += 1
        try:
            body = await _body(request)
        finally:
            self._reading -= 1
        if isinstance(body, Response):
            return body
        verdict, push = await asyncio.to_thread(
            self._hubs.receive,
            token,
            body,
            content_type=request.headers.get("content-type"),
            signature=request.headers.get("x-hub-signature"),
            links=request.headers.getlist("link"),
        )
        if push is not None:
            self._offer(push)
        return _nothing(410 if verdict is PushVerdict.UNKNOWN else 202)


async def _body(request: Request) -> bytes | Response:
    """Return the whole body, or the refusal of one that is too large or too slow."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 12 or int(length) > _MOST_BYTES:
        return _nothing(413)
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return _nothing(413)
    except TimeoutError:
        return _nothing(408)
    except ClientDisconnect:
        return _nothing(400)
    return bytes(body)


def _nothing(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status_code=status, headers=headers)
