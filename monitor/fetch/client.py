# SPDX-License-Identifier: Apache-2.0
"""The guarded client: GET with redirects and validators, POST without either.

What it is not: the guard itself (`guard`), decoding (`body`) or waiting for a turn (`manners`).
Rules of this file are those of the package.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import anyio
import httpx

from monitor.clock import Clock, SystemClock
from monitor.core.addresses import parse_networks
from monitor.core.charsets import charset_of
from monitor.core.errors import FetchError
from monitor.core.headers import (
    declared_charset,
    max_age_seconds,
    retry_after_seconds,
    usable_validator,
)
from monitor.core.urls import url_complaint
from monitor.fetch.body import body_collector
from monitor.fetch.failures import as_fetch_errors, shown
from monitor.fetch.guard import GuardedBackend, Resolver, guarded_transport, resolve
from monitor.fetch.manners import Gates

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
_PASSING_4XX = frozenset({408, 425, 429})
# httpx looks at every connection of a pool for each request; spreading hosts over a few pools keeps
# that flat (measured: 3.3 ms a request at thousands of hosts in one pool, 1.0 ms in sixteen).
_POOLS = 16
_DETAIL_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """Limits and manners. Sizes in bytes, times in seconds.

    `allow_networks` ("10.1.0.0/16", "::1") may be reached besides globally reachable addresses, on
    any port; all else only on ports 80 and 443.
    """

    user_agent: str
    allow_networks: tuple[str, ...] = ()
    deadline_seconds: float = 30.0
    connect_seconds: float = 10.0
    max_wire_bytes: int = 10 * 1024 * 1024
    max_decoded_bytes: int = 20 * 1024 * 1024
    max_header_bytes: int = 64 * 1024
    per_host_interval_seconds: float = 1.0
    per_host_connections: int = 2
    post_head_seconds: float = 15.0
    post_body_seconds: float = 5.0
    post_body_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A header that proves who we are, for one origin and no other; `value` is a secret."""

    origin: str
    header: str
    value: str = field(repr=False)

    @classmethod
    def for_url(cls, url: str, header: str, value: str) -> Credential:
        """Return a credential for the origin of a URL."""
        return cls(origin=_origin(url), header=header.lower(), value=value)

    def headers_for(self, url: str) -> dict[str, str]:
        """Return the header if the URL is of the credential's origin."""
        return {self.header: self.value} if _origin(url) == self.origin else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole answer. `url` is where it came from at last; `content_type` the header as sent;
    `charset` its charset if it is on our list. `permanent_url` is where permanent redirects alone
    led, None without one; `max_age_seconds` what the answer says about its freshness; `links` its
    Link headers."""

    url: str
    status: int
    body: bytes
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    permanent_url: str | None
    max_age_seconds: float | None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The validators that we sent still hold."""

    url: str
    permanent_url: str | None
    max_age_seconds: float | None


@dataclass(slots=True, kw_only=True)
class Timing:
    """How long requests took, in seconds: `fetched` by themselves, `waited` for their hosts' turns."""

    fetched: float = 0.0
    waited: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The head of an answer to a POST; `detail` is text for people, `location` where a redirect
    leads, which is not followed."""

    status: int
    retry_after_seconds: float | None
    detail: str
    location: str | None = None


class Client:
    """Fetches and posts under `settings`; an async context manager.

    `resolver` answers (host, port) with every address of the host, as text; the default asks the
    system.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        resolver: Resolver | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Raise `ValueError` for networks that are none."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._backend = GuardedBackend(parse_networks(settings.allow_networks), resolver or resolve)
        self._gates = Gates(settings.per_host_connections, settings.per_host_interval_seconds)
        self._transports: tuple[httpx.AsyncHTTPTransport, ...] = ()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        trust = httpx.create_ssl_context(trust_env=False)
        # The system's store besides the bundled one: this is where a site puts its own authority.
        trust.load_default_certs()
        self._transports = tuple(guarded_transport(trust, self._backend) for _ in range(_POOLS))
        for transport in self._transports:
            await self._stack.enter_async_context(transport)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
        credential: Credential | None = None,
        timing: Timing | None = None,
    ) -> Fetched | NotModified:
        """Return the whole answer, or that nothing changed; raise `FetchError` for all else.

        `credential` is sent to its own origin only, whatever redirects. The times of the request are
        added to `timing`, however it ends.
        """
        headers = self._get_headers(etag, last_modified, accept)
        own, started = Timing(), anyio.current_time()
        try:
            with as_fetch_errors(), anyio.fail_after(self._settings.deadline_seconds) as scope:
                return await self._follow(url, headers, scope, credential, own)
        finally:
            if timing is not None:
                timing.waited += own.waited
                timing.fetched += anyio.current_time() - started - own.waited
        raise AssertionError  # pragma: no cover  (the block above returns or raises)

    def _get_headers(
        self, etag: str | None, last_modified: str | None, accept: str | None
    ) -> dict[str, str]:
        headers = {
            "user-agent": self._settings.user_agent,
            "accept": accept or "*/*",
            "accept-encoding": "gzip",
        }
        validators = {"if-none-match": etag, "if-modified-since": last_modified}
        return headers | {
            name: value
            for name, value in validators.items()
            if value is not None and usable_validator(value.encode("utf-8", "replace"))
        }

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        scope: anyio.CancelScope,
        credential: Credential | None,
        timing: Timing,
    ) -> Fetched | NotModified:
        here, permanent = url, True
        settled: str | None = None
        for _ in range(_MOST_REDIRECTS + 1):
            own = credential.headers_for(here) if credential else {}
            async with (
                self._turn(here, scope, timing),
                self._send("GET", here, {**headers, **own}) as response,
            ):
                if response.status_code not in _REDIRECTS:
                    return await self._taken(here, settled, headers, response)
                permanent = permanent and response.status_code in _PERMANENT_REDIRECTS
                here = _redirect_target(here, response.headers.get("location"))
                settled = here if permanent else settled
        raise FetchError("redirect", f"more than {_MOST_REDIRECTS} redirects")

    @asynccontextmanager
    async def _turn(
        self, url: str, scope: anyio.CancelScope, timing: Timing
    ) -> AsyncIterator[None]:
        """Wait for the host's turn with the deadline stopped, then hold one of its connections."""
        _refuse_unfetchable(url)
        asked = anyio.current_time()
        left = scope.deadline - asked
        scope.deadline = float("inf")
        async with self._gates.turn(urlsplit(url).hostname or ""):
            now = anyio.current_time()
            timing.waited += now - asked
            scope.deadline = now + left
            yield

    @asynccontextmanager
    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Yield the answer's head; the body is not read yet. Headers are within their limit."""
        request = httpx.Request(
            method,
            url,
            headers=headers,
            content=content,
            extensions={"timeout": {"connect": self._settings.connect_seconds}},
        )
        # The transport, not httpx.AsyncClient: that one keeps cookies and takes passwords from URLs.
        transport = self._transports[hash(request.url.host) % _POOLS]
        response = await transport.handle_async_request(request)
        try:
            size = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
            if size > self._settings.max_header_bytes:
                raise FetchError("too-large", f"{size} bytes of headers")
            yield response
        finally:
            await response.aclose()

    async def _taken(
        self,
        url: str,
        permanent_url: str | None,
        sent: Mapping[str, str],
        response: httpx.Response,
    ) -> Fetched | NotModified:
        fresh = self._max_age(response)
        if response.status_code == 304 and ("if-none-match" in sent or "if-modified-since" in sent):
            # Empty by definition; only one that was read to its end leaves the connection usable.
            async for _ in _stream(response):
                pass
            return NotModified(url=url, permanent_url=permanent_url, max_age_seconds=fresh)
        if response.status_code != 200:
            raise self._status_error(response)
        content_type = response.headers.get("content-type")
        return Fetched(
            url=url,
            status=response.status_code,
            body=await self._read_body(response),
            content_type=content_type,
            charset=charset_of(declared_charset(content_type)),
            etag=_validator(response, b"etag"),
            last_modified=_validator(response, b"last-modified"),
            permanent_url=permanent_url,
            max_age_seconds=fresh,
            links=tuple(response.headers.get_list("link")),
        )

    def _max_age(self, response: httpx.Response) -> float | None:
        return max_age_seconds(
            response.headers.get("cache-control"),
            expires=response.headers.get("expires"),
            server_date=response.headers.get("date"),
            now=self._clock.now(),
        )

    def _retry_after(self, response: httpx.Response) -> float | None:
        return retry_after_seconds(
            response.headers.get("retry-after"),
            server_date=response.headers.get("date"),
            now=self._clock.now(),
        )

    def _status_error(self, response: httpx.Response) -> FetchError:
        status = response.status_code
        return FetchError(
            f"http-{status}",
            _reason_phrase(response),
            transient=status >= 500 or status in _PASSING_4XX,
            retry_after_seconds=self._retry_after(response),
        )

    async def _read_body(self, response: httpx.Response) -> bytes:
        settings = self._settings
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > settings.max_wire_bytes:
            raise FetchError("too-large", f"{declared[:20]} bytes announced")
        collector = body_collector(
            response.headers.get("content-encoding"), settings.max_decoded_bytes
        )
        wire = 0
        try:
            async for chunk in _stream(response):
                wire += len(chunk)
                if wire > settings.max_wire_bytes:
                    raise FetchError("too-large", f"more than {settings.max_wire_bytes} bytes")
                collector.add(chunk)
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise FetchError("truncated", str(error)) from error
        return collector.finish()

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return the head of the answer, whatever its status; raise `FetchError`."""
        sent = {"user-agent": self._settings.user_agent, "accept-encoding": "identity", **headers}
        _refuse_unfetchable(url)
        with as_fetch_errors():
            async with AsyncExitStack() as stack:
                with anyio.fail_after(self._settings.post_head_seconds):
                    response = await stack.enter_async_context(
                        self._send("POST", url, sent, content)
                    )
                return Answer(
                    status=response.status_code,
                    retry_after_seconds=self._retry_after(response),
                    detail=await self._detail(response),
                    location=response.headers.get("location"),
                )
        raise AssertionError  # pragma: no cover  (the block above returns or raises)

    async def _detail(self, response: httpx.Response) -> str:
        """Return the reason phrase and the start of the body, as far as it comes in time."""
        start = bytearray()
        with anyio.move_on_after(self._settings.post_body_seconds):
            # The head decided; what follows is for people only.
            with suppress(httpx.HTTPError):
                async for chunk in _stream(response):
                    start += chunk
                    if len(start) >= self._settings.post_body_bytes:
                        break
        return f"{_reason_phrase(response)} {shown(bytes(start[:_DETAIL_BYTES]))}".strip()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _refuse_unfetchable(url: str) -> None:
    if complaint := url_complaint(url):
        raise FetchError("url", complaint, transient=False)


def _redirect_target(here: str, location: str | None) -> str:
    if not location:
        raise FetchError("redirect", "a redirect without a target")
    try:
        target = urljoin(here, location.strip()).partition("#")[0]
    except ValueError as error:
        raise FetchError("redirect", "a redirect to something that is not a URL") from error
    if complaint := url_complaint(target):
        raise FetchError("redirect", f"to a URL {complaint}", transient=False)
    if urlsplit(here).scheme == "https" and urlsplit(target).scheme == "http":
        raise FetchError("redirect", "from https down to http", transient=False)
    return target


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101  (what async transports give)
    return stream


def _validator(response: httpx.Response, name: bytes) -> str | None:
    values = [value for key, value in response.headers.raw if key.lower() == name]
    return usable_validator(values[0]) if values else None


def _reason_phrase(response: httpx.Response) -> str:
    return shown(response.extensions.get("reason_phrase", b""))
