# SPDX-License-Identifier: Apache-2.0
"""The guard: which connections are made at all, decided on the address that is connected to.

What it is not: HTTP. Rules of this file: names are resolved here and nowhere else; every answer of
the resolver must be allowed, else none is used; the connection goes to an address that was judged,
so that a second, different answer of the name server cannot matter.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence

import anyio
import httpcore
import httpx

from monitor.core.addresses import Network, is_global, is_listed, parse_address
from monitor.core.errors import FetchError

# httpcore tries to import this for every lock it makes, several times a request. Where it is not
# installed, saying so once saves the search (measured: a fifth of the CPU time of a 304).
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_WEB_PORTS = frozenset({80, 443})
_KEEP_ALIVE_SECONDS = 5.0
_CONNECTIONS_PER_POOL = 128
# With several addresses one that swallows packets must leave time for the next.
_ONE_OF_MANY_CONNECT_SECONDS = 5.0
_MOST_ADDRESSES = 4


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, judges every address, and connects to one that was judged.

    `allowed` networks may be reached on any port; all else only where it is globally reachable, on
    the ports of the web. Raises `FetchError("dns" | "address", …)`.
    """

    def __init__(self, allowed: tuple[Network, ...], resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that answers."""
        addresses = await self._judged_addresses(host, port)
        tries = addresses[:_MOST_ADDRESSES]
        for position, address in enumerate(tries, start=1):
            last = position == len(tries)
            try:
                stream = await self._plain.connect_tcp(
                    address,
                    port,
                    timeout=timeout if last else _ONE_OF_MANY_CONNECT_SECONDS,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
            else:
                return _Stream(stream)
        raise FetchError("dns", f"{host} has no address")

    async def _judged_addresses(self, host: str, port: int) -> list[str]:
        try:
            answers = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError("dns", f"{host}: {error}") from error
        for answer in answers:
            if complaint := self._complaint(answer, port):
                raise _refused(host, complaint)
        return list(answers)

    def _complaint(self, answer: str, port: int) -> str | None:
        address = parse_address(answer)
        if address is None:
            return f"{answer} is not an address we connect to"
        if is_listed(address, self._allowed):
            return None
        if not is_global(address):
            return f"{address} is not globally reachable (see fetch.allow_networks)"
        if port not in _WEB_PORTS:
            return f"port {port} is neither 80 nor 443 (see fetch.allow_networks)"
        return None

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  (httpcore's signature)
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing of ours listens there."""
        raise _refused(path, "no local sockets")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks between retries (we ask for none)."""
        await anyio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that is closed when the deadline strikes in the middle of the TLS handshake.

    httpcore's own stream closes itself for errors there but not for a cancellation, and nobody else
    knows of it yet: each such feed would leave a socket behind.
    """

    def __init__(self, plain: httpcore.AsyncNetworkStream) -> None:
        self._plain = plain

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return what arrives next, empty at the end."""
        return await self._plain.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of the buffer."""
        await self._plain.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._plain.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
    ) -> httpcore.AsyncNetworkStream:
        """Return the encrypted stream over this connection."""
        try:
            return await self._plain.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._plain.aclose()
            raise

    def get_extra_info(self, info: str) -> object:
        """Return what httpcore asks about the connection."""
        return self._plain.get_extra_info(info)


def _refused(host: str, why: str) -> FetchError:
    return FetchError("address", f"{host}: {why}", transient=False)


def guarded_transport(trust: ssl.SSLContext, backend: GuardedBackend) -> httpx.AsyncHTTPTransport:
    """Return an httpx transport all of whose connections are made by `backend`."""
    transport = httpx.AsyncHTTPTransport(verify=trust, trust_env=False)
    # httpx offers no way in for a network backend; a test holds that this attribute is the one.
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=trust,
        max_connections=_CONNECTIONS_PER_POOL,
        keepalive_expiry=_KEEP_ALIVE_SECONDS,
        network_backend=backend,
    )
    return transport


async def resolve(host: str, port: int) -> list[str]:
    """Return every address that the system knows for a host; raise `OSError` if there is none.

    In a thread of its own: the loop's shared threads serve the database, and a name server that
    does not answer would hold them all.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()
    threading.Thread(
        target=_resolve_into, args=(host, port, loop, answer), daemon=True, name="resolve"
    ).start()
    return await answer


def _resolve_into(
    host: str, port: int, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[list[str]]
) -> None:
    found: list[str] | Exception
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    except (OSError, UnicodeError) as error:
        found = error

    def tell() -> None:
        if answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:
        return  # the loop closed while the name server was silent
