# SPDX-License-Identifier: Apache-2.0
"""What a hostile or dead server can cost: bounded time, bytes and memory, and an honest reason."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
import tracemalloc
import zlib
from collections.abc import Sequence
from pathlib import Path

import anyio.lowlevel
import pytest

from monitor.core.errors import FetchError
from monitor.fetch import Client, ClientSettings
from tests.loopback import Request, answer, serving

pytestmark = pytest.mark.anyio

KIB = 1024
HEAD = b"HTTP/1.1 200 OK\r\n"


def client(**changes: object) -> Client:
    """Return a client with small limits that may reach loopback."""
    settings: dict[str, object] = {
        "user_agent": "figurewatch/test",
        "allow_networks": ("127.0.0.0/8",),
        "per_host_interval_seconds": 0.0,
        "deadline_seconds": 5.0,
        "max_wire_bytes": 256 * KIB,
        "max_decoded_bytes": 512 * KIB,
    }
    return Client(ClientSettings(**(settings | changes)))  # type: ignore[arg-type]


async def failure(http: Client, url: str) -> FetchError:
    """Return how fetching a URL fails; hang for no longer than ten seconds."""
    with anyio.fail_after(10), pytest.raises(FetchError) as caught:
        await http.get(url)
    return caught.value


# --- time ------------------------------------------------------------------------------------


async def silence(request: Request, writer: asyncio.StreamWriter) -> None:
    """Accept a request and never answer."""
    await asyncio.Event().wait()


async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send one byte of the body every twentieth of a second, for ever."""
    writer.write(HEAD + b"content-length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_head(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send one byte of a header every twentieth of a second, for ever."""
    writer.write(HEAD + b"x-long: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def interim(request: Request, writer: asyncio.StreamWriter) -> None:
    """Say "continue" for ever."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def slow_hops(request: Request, writer: asyncio.StreamWriter) -> None:
    """Redirect for ever, each time after a fifth of a second."""
    await asyncio.sleep(0.2)
    writer.write(answer(status="302 Found", location=request.path + "x"))


@pytest.mark.parametrize("respond", [silence, drip, drip_head, interim, slow_hops])
async def test_one_deadline_covers_everything(respond: object) -> None:
    """However a server spends our time, the fetch ends when its deadline does."""
    async with serving(respond) as server, client(deadline_seconds=0.5) as http:  # type: ignore[arg-type]
        begun = anyio.current_time()
        failed = await failure(http, server.url())
    assert failed.reason == "timeout"
    assert 0.4 < anyio.current_time() - begun < 3


async def test_the_deadline_covers_a_name_server_that_does_not_answer() -> None:
    """Resolution is part of the exchange."""

    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    settings = ClientSettings(user_agent="figurewatch/test", deadline_seconds=0.3)
    async with Client(settings, resolver=never) as http:
        assert (await failure(http, "http://feed.example/")).reason == "timeout"


async def test_the_deadline_covers_the_tls_handshake() -> None:
    """A server that accepts and then says nothing of TLS costs the deadline, no more."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    gone = asyncio.Event()
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(deadline_seconds=0.3) as http:
        failed = await failure(http, f"https://127.0.0.1:{port}/")
        with anyio.fail_after(5):
            await gone.wait()  # the socket was closed, not left behind
    assert failed.reason in {"timeout", "unreachable"}


# --- bytes -----------------------------------------------------------------------------------


async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send a body without announced length, for ever."""
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_chunks(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send chunks for ever."""
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


async def endless_head(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send headers for ever."""
    writer.write(HEAD)
    while True:
        writer.write(b"x-more: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


BOMB = gzip.compress(b"\0" * (50 * KIB * KIB))


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        pytest.param(endless, "too-large", id="endless-body"),
        pytest.param(endless_chunks, "too-large", id="endless-chunks"),
        pytest.param(endless_head, "protocol", id="endless-head"),
        pytest.param(answer(b"x", length=300 * KIB), "too-large", id="announced-too-large"),
        pytest.param(answer(b"x", length=10**19), "too-large", id="announced-absurdly-large"),
        pytest.param(answer(b"x", x_pad="p" * (70 * KIB)), "too-large", id="large-head"),
        pytest.param(answer(BOMB, content_encoding="gzip"), "too-large", id="gzip-bomb"),
        pytest.param(
            answer(gzip.compress(BOMB), content_encoding="gzip, gzip"), "encoding", id="two-layers"
        ),
        pytest.param(answer(b"x", content_encoding="br"), "encoding", id="coding-not-asked-for"),
        pytest.param(answer(b"not gzip", content_encoding="gzip"), "encoding", id="not-gzip"),
        pytest.param(
            answer(gzip.compress(b"") * 5000, content_encoding="gzip"), "encoding", id="members"
        ),
    ],
)
async def test_sizes_and_codings_are_limited(respond: object, reason: str) -> None:
    """Wire bytes, decoded bytes, headers and layers each have a limit that is told apart."""
    async with serving(respond) as server, client() as http:  # type: ignore[arg-type]
        assert (await failure(http, server.url())).reason == reason


async def test_a_bomb_is_stopped_before_it_fills_memory() -> None:
    """Fifty megabytes in fifty kilobytes: the decoder stops at its limit, not after it."""
    async with serving(answer(BOMB, content_encoding="gzip")) as server, client() as http:
        tracemalloc.start()
        try:
            failed = await failure(http, server.url())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert failed.reason == "too-large"
    assert peak < 4 * KIB * KIB


# --- bodies that end early ----------------------------------------------------------------------

PACKED = gzip.compress(b"<rss>" + bytes(range(256)) * 100)
UNFINISHED = zlib.compress(bytes(range(256)) * 100)[:-6]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(answer(b"<rss>", length=100), id="short-of-its-length"),
        pytest.param(
            HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n<rss>\r\n", id="no-last-chunk"
        ),
        pytest.param(HEAD + b"transfer-encoding: chunked\r\n\r\nff\r\n<rss>", id="cut-chunk"),
        pytest.param(answer(PACKED[:-20], content_encoding="gzip"), id="cut-gzip"),
        pytest.param(answer(PACKED[:-4], content_encoding="gzip"), id="gzip-without-its-check"),
        pytest.param(answer(PACKED + PACKED[:30], content_encoding="gzip"), id="cut-second-member"),
        pytest.param(answer(b"", content_encoding="gzip"), id="empty-gzip"),
        pytest.param(answer(UNFINISHED, content_encoding="deflate"), id="cut-deflate"),
        pytest.param(
            HEAD + b"content-encoding: gzip\r\n\r\n" + PACKED[: len(PACKED) // 2],
            id="gzip-without-length-cut",
        ),
    ],
)
async def test_a_body_that_ends_early_is_an_error(raw: bytes) -> None:
    """Half a feed never passes for a feed."""
    async with serving(raw) as server, client() as http:
        assert (await failure(http, server.url())).reason == "truncated"


# --- connections -------------------------------------------------------------------------------


async def test_a_port_that_nobody_listens_on_is_refused() -> None:
    """A refusal by the other machine is told apart from one by our guard."""
    async with serving(answer(b"")) as server:
        url = server.url()
    async with client() as http:
        assert (await failure(http, url)).reason == "refused"


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\0" * 100], ids=repr)
async def test_an_answer_that_is_not_http_is_told_as_such(raw: bytes) -> None:
    """Silence is a lost connection, anything else a broken protocol."""
    async with serving(raw) as server, client() as http:
        failed = await failure(http, server.url())
    assert failed.reason == ("protocol" if raw else "disconnected")


async def test_a_name_that_does_not_exist_is_told_as_such() -> None:
    """The system's resolver says no; the reserved name guarantees it."""
    async with client() as http:
        assert (await failure(http, "http://nobody.invalid/")).reason == "dns"


async def test_plain_http_on_an_https_url_is_a_tls_failure() -> None:
    """There is no fallback to plain HTTP."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"secret"))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client() as http:
        assert (await failure(http, f"https://127.0.0.1:{port}/")).reason == "tls"


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """A self-signed certificate ends the handshake; the request is never sent."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    try:
        subprocess.run(  # noqa: ASYNC221
            [*command.split(), "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with serving(answer(b"secret"), ssl=context) as server, client() as http:
        failed = await failure(http, server.url(scheme="https"))
    assert (failed.reason, server.requests) == ("tls", [])


def descriptors() -> int:
    """Return how many files and sockets this process holds open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_failures_leave_no_socket_behind() -> None:
    """After every kind of failure, twice, the process holds as many descriptors as before."""
    kinds = (silence, drip, endless, endless_head, answer(BOMB, content_encoding="gzip"), b"")
    async with client(deadline_seconds=0.2) as http:
        before = descriptors()
        for respond in kinds * 2:
            async with serving(respond) as server:
                await failure(http, server.url())
        assert descriptors() == before


async def test_one_bad_server_does_not_hold_up_another() -> None:
    """While three servers hang, a fourth is fetched at once."""
    async with (
        serving(silence) as dead,
        serving(answer(b"x"), host="127.0.0.2") as alive,
        client(deadline_seconds=1.0) as http,
        anyio.create_task_group() as group,
    ):
        for number in range(3):
            group.start_soon(failure, http, dead.url(f"/{number}"))
        await anyio.lowlevel.checkpoint()  # let the three begin
        begun = anyio.current_time()
        await http.get(alive.url())
        assert anyio.current_time() - begun < 0.5
