# SPDX-License-Identifier: Apache-2.0
"""A server on loopback that answers with exactly the bytes a test wants, however wrong.

What it is not: an HTTP server; it reads one request per connection and then does what it is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl as ssl_module
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: request line, headers by lower-case name, body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path and query of the request line."""
        return self.line.split(" ")[1]


Respond = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Loopback:
    """A running server; `requests` grows as they come, `connections` counts even silent ones."""

    host: str
    port: int
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    def url(self, path: str = "/", *, host: str | None = None, scheme: str = "http") -> str:
        """Return a URL of this server."""
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """Return the paths asked for, in order."""
        return [request.path for request in self.requests]

    async def until(self, path: str, *, times: int = 1, seconds: float = 30) -> Request:
        """Wait until a path was asked for so often; return the last of these requests."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: self.paths.count(path) >= times)
        return [request for request in self.requests if request.path == path][times - 1]

    async def note(self, request: Request) -> None:
        """Take a request down and wake those who wait for one."""
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()


def answer(
    body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str
) -> bytes:
    """Return a whole answer; header names are given with underscores, `length` may lie."""
    rows = {name.replace("_", "-"): value for name, value in headers.items()}
    rows |= {"content-length": str(len(body) if length is None else length), "connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


@asynccontextmanager
async def serving(
    respond: Respond | dict[str, bytes] | bytes,
    *,
    host: str = "127.0.0.1",
    ssl: ssl_module.SSLContext | None = None,
) -> AsyncIterator[Loopback]:
    """Serve with a function, with answers by path, or with one answer for everything."""
    here = Loopback(host, 0)

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        if isinstance(respond, bytes):
            writer.write(respond)
        elif isinstance(respond, dict):
            writer.write(respond.get(request.path, answer(status="404 Not Found")))
        else:
            await respond(request, writer)

    open_ones: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.connections += 1
        task = asyncio.current_task()
        open_ones[task] = writer
        try:
            # Clients under test leave in the middle of things; that is their right.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await _read(reader)
                await here.note(request)
                await reply(request, writer)
                await writer.drain()
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()
        with contextlib.suppress(ConnectionError, ssl_module.SSLError):
            await writer.wait_closed()
        # A run of hours makes connections by the ten thousand: what is over is not kept.
        del open_ones[task]

    server = await asyncio.start_server(on_connection, host, 0, ssl=ssl)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()
        left = list(filter(None, open_ones))
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # Who was cancelled while it closed has not aborted.
        for writer in open_ones.values():
            if not writer.is_closing():
                writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rows = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (row.split(": ", 1) for row in rows)}
    return Request(line, headers, await reader.readexactly(int(headers.get("content-length", 0))))
