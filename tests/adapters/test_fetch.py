# SPDX-License-Identifier: Apache-2.0
"""The client's ordinary life: conditional requests, redirects, statuses, manners."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from datetime import UTC, datetime
from itertools import pairwise

import anyio.lowlevel
import pytest
from pytest_httpserver import HTTPServer

from monitor.core.errors import FetchError
from monitor.fetch import Client, ClientSettings, Fetched, NotModified
from tests.loopback import Request, answer, serving

pytestmark = pytest.mark.anyio

AGENT = "figurewatch/1.2 (+https://example.org/about)"


def client(**changes: object) -> Client:
    """Return a client that may reach loopback and does not wait between requests."""
    settings: dict[str, object] = {
        "user_agent": AGENT,
        "allow_networks": ("127.0.0.0/8",),
        "per_host_interval_seconds": 0.0,
    }
    return Client(ClientSettings(**(settings | changes)))  # type: ignore[arg-type]


async def test_a_whole_answer_is_returned_with_what_its_headers_say() -> None:
    """Body, declared type, character set, validators and freshness arrive as the server sent them."""
    headers = {
        "content_type": "text/xml; charset=Windows-1251",
        "etag": 'W/"a b"',
        "last_modified": "Mon, 04 Nov 2024 10:00:00 GMT",
        "cache_control": "public, max-age=600",
    }
    async with serving(answer(b"<rss/>", **headers)) as server, client() as http:
        fetched = await http.get(server.url("/feed"))
    assert fetched == Fetched(
        url=server.url("/feed"),
        status=200,
        body=b"<rss/>",
        content_type="text/xml; charset=Windows-1251",
        charset="cp1251",
        etag='W/"a b"',
        last_modified="Mon, 04 Nov 2024 10:00:00 GMT",
        permanent_url=None,
        max_age_seconds=600.0,
    )


async def test_only_the_manners_that_we_promise_are_sent() -> None:
    """A request names the program and what it accepts; no cookie, referrer or credential."""
    cookie = answer(b"x", set_cookie="id=1")
    async with serving(cookie) as server, client() as http:
        await http.get(server.url(), accept="application/rss+xml")
        await http.get(server.url("/again"), accept="application/rss+xml")
    expected = {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": AGENT,
        "accept": "application/rss+xml",
        "accept-encoding": "gzip",
    }
    assert [request.headers for request in server.requests] == [expected, expected]


async def test_validators_go_back_byte_for_byte_and_a_304_is_a_value() -> None:
    """What the server gave as ETag and Last-Modified comes back unchanged; 304 is not an error."""
    async with serving(answer(status="304 Not Modified")) as server, client() as http:
        same = await http.get(server.url(), etag='W/"x,  y"', last_modified="yesterday-ish")
    assert isinstance(same, NotModified)
    sent = server.requests[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"x,  y"', "yesterday-ish")


@pytest.mark.parametrize(
    "validator",
    [
        pytest.param("x" * 1025, id="over-1-KiB"),
        pytest.param("é", id="not-ascii"),
        "a\r\nb: c",
        " x",
    ],
)
async def test_validators_that_cannot_go_back_safely_are_dropped(validator: str) -> None:
    """A validator that is too long or not printable ASCII is never sent."""
    async with serving(answer(b"x")) as server, client() as http:
        await http.get(server.url(), etag=validator, last_modified=validator)
    assert not {"if-none-match", "if-modified-since"} & set(server.requests[0].headers)


@pytest.mark.parametrize("etag", ["x" * 1025, "\xe9\xff", "a\tb"], ids=["long", "8-bit", "tab"])
async def test_validators_that_could_not_be_sent_back_are_not_kept(etag: str) -> None:
    """A server's unusable ETag is reported as none, so nobody stores it."""
    async with serving(answer(b"x", etag=etag)) as server, client() as http:
        fetched = await http.get(server.url())
    assert isinstance(fetched, Fetched)
    assert fetched.etag is None


async def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    """Without validators a 304 carries nothing, and must not pass for "nothing new"."""
    async with serving(answer(status="304 Not Modified")) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url())
    assert caught.value.reason == "http-304"


@pytest.mark.parametrize(
    ("status", "transient"),
    [(404, False), (403, False), (410, False), (204, False), (408, True), (429, True), (500, True)],
)
async def test_other_statuses_are_errors_with_their_number(status: int, transient: bool) -> None:
    """Every status but 200 is a failure; whether it may pass is told."""
    async with serving(answer(status=f"{status} Because")) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url())
    assert (caught.value.reason, caught.value.detail) == (f"http-{status}", "Because")
    assert caught.value.transient is transient


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 04 Nov 2024 10:02:00 GMT", 120.0),
        ("99999999999", 7 * 86400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400.0),
        ("Mon, 04 Nov 2024 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_retry_after_is_read_in_both_forms_within_a_week(
    value: str, seconds: float | None
) -> None:
    """A date counts from the server's own clock; garbage is as if there were none."""
    busy = answer(status="503 Busy", retry_after=value, date="Mon, 04 Nov 2024 10:00:00 GMT")
    async with serving(busy) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url())
    assert caught.value.retry_after_seconds == seconds


async def test_a_retry_after_date_without_a_server_date_counts_from_our_clock() -> None:
    """Our own time is the fallback when the server does not say what it thinks the time is."""

    class Fixed:
        def now(self) -> datetime:
            return datetime(2024, 11, 4, 10, tzinfo=UTC)

        def monotonic(self) -> float:
            return 0.0

    busy = answer(status="503 Busy", retry_after="Mon, 04 Nov 2024 11:00:00 GMT")
    settings = ClientSettings(user_agent=AGENT, allow_networks=("127.0.0.1",))
    async with serving(busy) as server, Client(settings, clock=Fixed()) as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url())
    assert caught.value.retry_after_seconds == 3600.0


# --- redirects -------------------------------------------------------------------------------


def moved(to: str, status: int = 301) -> bytes:
    """Return a redirect."""
    return answer(status=f"{status} Moved", location=to)


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        pytest.param((301, 308), "/2", id="permanent-to-the-end"),
        pytest.param((301, 302), "/1", id="permanent-then-for-now"),
        pytest.param((302, 301), None, id="for-now-first"),
        pytest.param((307,), None, id="for-now"),
    ],
)
async def test_redirects_are_followed_and_the_lasting_ones_told(
    statuses: tuple[int, ...], permanent: str | None
) -> None:
    """The answer says where it came from, and how far permanent redirects alone would lead."""
    answers = {f"/{hop}": moved(f"/{hop + 1}", status) for hop, status in enumerate(statuses)}
    answers[f"/{len(statuses)}"] = answer(b"here")
    async with serving(answers) as server, client() as http:
        fetched = await http.get(server.url("/0"))
    assert isinstance(fetched, Fetched)
    assert (fetched.url, fetched.body) == (server.url(f"/{len(statuses)}"), b"here")
    assert fetched.permanent_url == (server.url(permanent) if permanent else None)


async def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    """A loop ends after six requests."""
    async with serving({f"/{hop}": moved(f"/{hop + 1}") for hop in range(6)}) as server:
        server_answers = server
        async with client() as http:
            with pytest.raises(FetchError) as caught:
                await http.get(server.url("/0"))
    assert caught.value.reason == "redirect"
    assert server_answers.paths == [f"/{hop}" for hop in range(6)]


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1\\@example.org/",
        "http://[::1",
        "gopher:x",
        "http://127.0.0.1/" + "a" * 2048,
        "",
    ],
)
async def test_redirects_to_what_may_not_be_fetched_are_errors(target: str) -> None:
    """A redirect passes the same rules as a configured URL."""
    async with serving({"/": moved(target)}) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url())
    assert caught.value.reason in {"redirect", "url"}
    assert server.connections == 1


# --- codings ---------------------------------------------------------------------------------


def deflated(body: bytes, wbits: int) -> bytes:
    """Return the body compressed with the given wrapper."""
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(body) + packer.flush()


TEXT = b"<rss>" + b"text " * 5000 + b"</rss>"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 512),
        ("deflate", deflated(TEXT, 15)),
        ("deflate", deflated(TEXT, -15)),
        ("identity", TEXT),
        ("", TEXT),
    ],
    ids=["gzip", "x-gzip", "members", "padded", "zlib", "raw-deflate", "identity", "empty"],
)
async def test_one_layer_of_the_usual_codings_is_decoded(coding: str, packed: bytes) -> None:
    """Whatever the wrapper, and however many gzip members, the whole text comes out."""
    async with serving(answer(packed, content_encoding=coding)) as server, client() as http:
        fetched = await http.get(server.url())
    assert isinstance(fetched, Fetched)
    assert fetched.body == TEXT


# --- posting ---------------------------------------------------------------------------------


async def test_a_post_returns_the_head_whatever_the_status(httpserver: HTTPServer) -> None:
    """Status, Retry-After and a line for people; the status is for the caller to judge."""
    httpserver.expect_oneshot_request("/hook", method="POST", data="{}").respond_with_data(
        "slow down,\nplease", status=429, headers={"retry-after": "7"}
    )
    async with client() as http:
        told = await http.post(httpserver.url_for("/hook"), content=b"{}", headers={"x-a": "b"})
    assert (told.status, told.retry_after_seconds) == (429, 7.0)
    assert told.detail == "TOO MANY REQUESTS slow down, please"
    request, _ = httpserver.log[0]
    assert (request.headers["user-agent"], request.headers["x-a"]) == (AGENT, "b")


async def test_a_post_never_follows_a_redirect() -> None:
    """A redirect is an answer like any other; the target is not contacted."""
    async with serving({"/": moved("/elsewhere", 307)}) as server, client() as http:
        told = await http.post(server.url(), content=b"{}", headers={})
    assert (told.status, server.paths) == (307, ["/"])


async def test_a_post_is_done_at_the_head_even_if_the_body_never_ends() -> None:
    """Success does not wait for the body longer than its own short limit."""

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\n\r\nok")
        await writer.drain()
        await asyncio.Event().wait()

    async with serving(endless) as server, client(post_body_seconds=0.2) as http:
        with anyio.fail_after(5):
            told = await http.post(server.url(), content=b"{}", headers={})
    assert (told.status, told.detail) == (200, "Fine ok")


async def test_a_post_reads_only_the_start_of_a_large_body() -> None:
    """A flood after the head is cut off, not collected."""

    async def flood(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with serving(flood) as server, client() as http:
        with anyio.fail_after(5):
            told = await http.post(server.url(), content=b"{}", headers={})
    assert told.detail == "Fine " + "x" * 200


# --- manners ---------------------------------------------------------------------------------


async def test_requests_to_one_host_start_at_least_the_interval_apart() -> None:
    """Four requests at once to one host are spread; another host does not wait for them."""
    starts: list[float] = []

    async def note(request: Request, writer: asyncio.StreamWriter) -> None:
        starts.append(anyio.current_time())
        writer.write(answer(b"x"))

    async with (
        serving(note) as server,
        serving(answer(b"y"), host="127.0.0.2") as other,
        client(per_host_interval_seconds=0.2) as http,
        anyio.create_task_group() as group,
    ):
        for _ in range(4):
            group.start_soon(http.get, server.url())
        await anyio.lowlevel.checkpoint()  # let the four take their places
        begun = anyio.current_time()
        await http.get(other.url())
        assert anyio.current_time() - begun < 0.15
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert len(gaps) == 3
    assert min(gaps) > 0.15


async def test_at_most_two_requests_are_under_way_to_one_host() -> None:
    """A third waits until one of the two is done, and its deadline does not run meanwhile."""
    inside, most = 0, 0
    release = asyncio.Event()

    async def hold(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == 2:
            asyncio.get_running_loop().call_later(0.6, release.set)
        await release.wait()
        inside -= 1
        writer.write(answer(b"x"))

    async with (
        serving(hold) as server,
        client(deadline_seconds=1.0) as http,
        anyio.create_task_group() as group,
    ):
        for number in range(4):
            group.start_soon(http.get, server.url(f"/{number}"))
    assert most == 2
    assert len(server.requests) == 4
