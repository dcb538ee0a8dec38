# SPDX-License-Identifier: Apache-2.0
"""Hostile answers by class, each with the outcomes that it may end as.

What it is not: tests. Everything is generated here, nothing is anybody's; a server on loopback gives
the answers out by path, `/CLASS/NAME`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from loopback import Request, answer

_FEED = b"<rss version='2.0'><channel><title>T</title>%s</channel></rss>"
_ITEM = b"<item><title>Rain</title><guid>%d</guid><description>It rained.</description></item>"
GOOD = frozenset({"fetched"})
_STOPPED = frozenset({"worker", "malformed", "fetched"})

Send = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One answer: its class and name, what sends it, and what a poll of it may end as."""

    kind: str
    name: str
    send: Send
    ends_as: frozenset[str]

    @property
    def path(self) -> str:
        """Return where the server gives it out."""
        return f"/{self.kind}/{self.name}"


def _bytes(raw: bytes) -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return send


def _feed(inner: bytes, **headers: str) -> Send:
    return _bytes(answer(_FEED % inner, content_type="text/xml", **headers))


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n<rss>")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.2)


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def _silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def _cases() -> Iterator[tuple[str, str, Send, set[str]]]:
    yield from _statuses()
    yield from _broken_transfers()
    yield from _redirects()
    yield from _no_feeds()
    yield from _markup()
    yield from _charsets()
    yield from _excess()


def _statuses() -> Iterator[tuple[str, str, Send, set[str]]]:
    for status in (
        204,
        206,
        304,
        400,
        401,
        402,
        403,
        404,
        407,
        408,
        410,
        418,
        425,
        429,
        451,
        500,
        502,
        503,
        504,
    ):
        yield "status", str(status), _bytes(answer(status=f"{status} No")), {f"http-{status}"}
    for number, wait in enumerate(("-1", "9" * 400, "soon", "Wed, 99 Foo 2099", "1e9")):
        raw = answer(status="503 Busy", retry_after=wait)
        yield "status", f"retry-after-{number}", _bytes(raw), {"http-503"}


def _broken_transfers() -> Iterator[tuple[str, str, Send, set[str]]]:
    body = gzip.compress(_FEED % (_ITEM % 1))
    yield "transfer", "short", _bytes(answer(b"<rss>", length=9999)), {"truncated"}
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    yield (
        "transfer",
        "chunk-missing",
        _bytes(chunked + b"5\r\n<rss>\r\n"),
        {"truncated", "protocol"},
    )
    yield (
        "transfer",
        "chunk-garbage",
        _bytes(chunked + b"zz\r\n<rss>\r\n"),
        {"protocol", "truncated"},
    )
    yield "transfer", "gzip-cut", _bytes(answer(body[:-12], content_encoding="gzip")), {"truncated"}
    yield "transfer", "gzip-none", _bytes(answer(b"plain", content_encoding="gzip")), {"encoding"}
    for coding in ("br", "zstd", "gzip, gzip", "x-unknown"):
        name = coding.replace(", ", "-")
        yield "transfer", name, _bytes(answer(body, content_encoding=coding)), {"encoding"}
    bomb = gzip.compress(b" " * 60_000_000, 9)
    yield "transfer", "gzip-bomb", _bytes(answer(bomb, content_encoding="gzip")), {"too-large"}
    deflated = zlib.compress(b" " * 60_000_000, 9)
    yield (
        "transfer",
        "zlib-bomb",
        _bytes(answer(deflated, content_encoding="deflate")),
        {"too-large"},
    )
    yield "transfer", "announced", _bytes(answer(b"x", length=10**12)), {"too-large"}
    yield "transfer", "not-http", _bytes(b"SSH-2.0-OpenSSH_9\r\n\r\n"), {"protocol", "disconnected"}
    yield "transfer", "nothing", _bytes(b""), {"disconnected"}
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"x%d: %s\r\n" % (n, b"y" * 900) for n in range(100))
    yield "transfer", "headers", _bytes(head + b"\r\n"), {"too-large", "protocol", "disconnected"}
    yield "transfer", "drip", _drip, {"timeout"}
    yield "transfer", "endless", _endless, {"too-large", "timeout"}
    yield "transfer", "silent", _silent, {"timeout"}


def _redirects() -> Iterator[tuple[str, str, Send, set[str]]]:
    targets = {
        "loop": "/redirect/loop",
        "none": "",
        "file": "file:///etc/passwd",
        "metadata": "http://169.254.169.254/latest/",
        "private": "http://10.0.0.1/",
        "octal": "http://0251.0376.0251.0376/",
        "mapped": "http://[::ffff:169.254.169.254]/",
        "javascript": "javascript:alert(1)",
        "login": "http://user:pass@127.0.0.1/",
        "backslash": "http:\\\\127.0.0.1\\",
        "long": "http://127.0.0.1/" + "a" * 4000,
        "port": "http://127.0.0.1:99999/",
    }
    for name, target in targets.items():
        raw = answer(status="301 Moved", location=target)
        yield "redirect", name, _bytes(raw), {"redirect", "address", "url", "dns", "unreachable"}


def _no_feeds() -> Iterator[tuple[str, str, Send, set[str]]]:
    bodies = {
        "empty": b"",
        "blank": b" \n" * 1000,
        "portal": b"<!doctype html><html><body>Log in to the network</body></html>",
        "path": b"/etc/passwd",
        "file-url": b"file:///etc/passwd",
        "http-url": b"http://169.254.169.254/",
        "json": b'{"error": "no"}',
        "json-list": b"[1, 2, 3]",
        "json-cut": b'{"version": "https://jsonfeed.org/version/1.1", "items": [',
        "zeros": b"\0" * 100_000,
        "noise": bytes(range(256)) * 400,
        "zip": b"PK\x03\x04" + b"\0" * 5000,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "prolog": b"<?xml version='1.0'" + b" " * 100_000,
        "comment": b"<!--" + b"-" * 100_000,
    }
    for name, body in bodies.items():
        yield "no-feed", name, _bytes(answer(body)), {"not-a-feed", "malformed"}


def _markup() -> Iterator[tuple[str, str, Send, set[str]]]:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    dtds = {
        "laughs": b'<!DOCTYPE r [<!ENTITY l0 "ha">' + laughs + b"]><rss>&l9;</rss>",
        "flat": b'<!DOCTYPE r [<!ENTITY a "'
        + b"x" * 50_000
        + b'">]><rss>'
        + b"&a;" * 50_000
        + b"</rss>",
        "external": b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>',
        "parameter": b'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1:1/">%a;]><rss/>',
    }
    for name, body in dtds.items():
        yield "dtd", name, _bytes(answer(body)), {"dtd", "not-a-feed"}
    burning = {
        "author": b"<item><author>" + b"a" * 60_000 + b"@</author></item>",
        "attributes": b"<item " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"></item>",
        "categories": b"<item>" + b"".join(b"<category>%d</category>" % n for n in range(20_000)),
        "deep": b"<item><title>" + b"<a>" * 50_000,
        "unclosed": b"<item><title>x" * 20_000,
        "namespaces": b"".join(b'<item xmlns:n%d="u%d">' % (n, n) for n in range(5_000)),
        "token": b"<item><title>" + b"x" * 4_000_000,
        "ampersands": b"<item><title>" + b"&" * 500_000 + b"</title></item>",
        "references": b"<item><title>" + b"&#x110000;&#xD800;&#0;" * 20_000 + b"</title></item>",
    }
    for name, inner in burning.items():
        yield "parser", name, _feed(inner), set(_STOPPED)
    nested = b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 200_000
    yield "parser", "json-deep", _bytes(answer(nested)), {"malformed", "worker"}
    swelling = b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"[[]]," * 1_900_000
    yield "parser", "json-swell", _bytes(answer(swelling + b"[]]}")), {"worker", "fetched"}
    number = b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"9" * 100_000 + b"]}"
    yield "parser", "json-number", _bytes(answer(number)), {"malformed", "worker", "fetched"}


def _charsets() -> Iterator[tuple[str, str, Send, set[str]]]:
    for name in (
        "utf-7",
        "zlib_codec",
        "rot13",
        "punycode",
        "unicode_escape",
        "idna",
        "hex",
        "utf-9",
        "x" * 39,
    ):
        declared = f'<?xml version="1.0" encoding="{name}"?>'.encode()
        raw = answer(declared + _FEED % (_ITEM % 1), content_type=f"text/xml; charset={name}")
        yield "charset", name, _bytes(raw), {"fetched", "not-a-feed", "malformed"}
    raw = answer((_FEED % (_ITEM % 1)).decode().encode("utf-16")[:-1], content_type="text/xml")
    yield "charset", "utf-16-cut", _bytes(raw), {"fetched", "not-a-feed", "malformed"}
    yield (
        "charset",
        "surrogates",
        _feed(b"<item><title>\xed\xa0\x80 &#xDC00;</title></item>"),
        set(GOOD),
    )


def _excess() -> Iterator[tuple[str, str, Send, set[str]]]:
    yield (
        "excess",
        "entries",
        _feed(b"".join(_ITEM % n for n in range(50_000))),
        {"fetched", "worker"},
    )
    yield (
        "excess",
        "title",
        _feed(b"<item><title>" + b"x" * 2_000_000 + b"</title></item>"),
        set(GOOD),
    )
    yield "excess", "same-ids", _feed((_ITEM % 1) * 500), set(GOOD)
    dates = (
        "0000-00-00",
        "9999-12-31T23:59:60Z",
        "-1",
        "1e99",
        "2026-02-30",
        "Mon, 00 Foo 0000",
        "99999999999",
    )
    items = b"".join(
        b"<item><title>%d</title><pubDate>%s</pubDate></item>" % (n, date.encode())
        for n, date in enumerate(dates)
    )
    yield "excess", "dates", _feed(items), set(GOOD)
    controls = b"<item><title>\x1b[31m&#13;&#10;Bcc: x@y.z\xe2\x80\xae</title><link>javascript:alert(1)</link></item>"
    yield "excess", "controls", _feed(controls), set(GOOD)
    many = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": n, "content_text": "9" * 50} for n in range(5000)],
    }
    yield "excess", "json-items", _bytes(answer(json.dumps(many).encode())), set(GOOD)


CASES = tuple(Hostile(kind, name, send, frozenset(ends)) for kind, name, send, ends in _cases())
_BY_PATH = {case.path: case for case in CASES}


async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
    """Give out the answer of a path."""
    case = _BY_PATH.get(request.path)
    if case is None:
        writer.write(answer(status="404 Not Found"))
    else:
        await case.send(writer)
