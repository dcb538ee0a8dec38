# SPDX-License-Identifier: Apache-2.0
"""Fuzzers: dates, numbers, character sets, URLs, the guard, and the parser in its worker.

Rules of this file: examples are derived from the tests, so a failure is the same in every run; what
a fuzzer found stands as an `example` of its own; texts are ours.
"""

from __future__ import annotations

import codecs
import json
import random
import socket
from datetime import UTC
from ipaddress import IPv4Address, ip_address
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from newsroom import Story, atom, json_feed, rss

from monitor.core.addresses import is_global, parse_address
from monitor.core.charsets import decode
from monitor.core.claims.numerals import Numerals
from monitor.core.errors import FetchError, ParseError
from monitor.core.model import ParsedFeed
from monitor.core.urls import canonical_url, redact, url_complaint
from monitor.core.wording import safe_link
from monitor.feeds import entry_hash, entry_key, parse_feed
from monitor.fetch.guard import GuardedBackend, resolve
from monitor.knowledge import shipped_knowledge
from monitor.workers import run_in_worker

_STEADY = settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)
_URL = "https://paper.example/feed"

# --- dates ---------------------------------------------------------------------------------------

_NUMBERS = st.one_of(
    st.integers(-10, 70), st.integers(-(10**20), 10**20), st.sampled_from([1970, 2024, 9999, 10000])
)
_ZONES = st.sampled_from(
    ["", "Z", "GMT", "EST", "+0000", "-2359", "+99:99", "+24:00", "UT", "+1e9", "CEST", "(x)"]
)
_DATES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}, {} {} {} {}:{}:{} {}".format,
        st.sampled_from(["Mon", "Foo", "", "Montag"]),
        _NUMBERS,
        st.sampled_from(["Jan", "Feb", "Mai", "13", "\u0441\u0456\u0447", ""]),
        _NUMBERS,
        _NUMBERS,
        _NUMBERS,
        _NUMBERS,
        _ZONES,
    ),
    st.builds(
        "{}-{}-{}{}{}:{}:{}{}".format,
        _NUMBERS,
        _NUMBERS,
        _NUMBERS,
        st.sampled_from(["T", " ", "t", ""]),
        _NUMBERS,
        _NUMBERS,
        _NUMBERS,
        _ZONES,
    ),
    st.builds("{}".format, st.floats()),
)


@_STEADY
@given(_DATES)
def test_any_date_is_a_moment_in_utc_or_none(date: str) -> None:
    """In RSS, Atom and JSON Feed: one entry always, its date aware and in UTC or absent."""
    clean = "".join(c for c in date if c.isprintable() and c not in "<&]")
    for body in (
        f"<rss version='2.0'><channel><item><title>T</title><pubDate>{clean}</pubDate></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><published>{clean}</published>"  # noqa: ISC004
        f"<updated>{clean}</updated></entry></feed>",
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"title": "T", "date_published": date, "date_modified": date}],
            }
        ),
    ):
        found = parse_feed(body.encode("utf-8"), feed="f", url=_URL, content_type=None)
        [entry] = found.entries
        for moment in (entry.published, entry.updated):
            assert moment is None or moment.tzinfo is UTC
            assert moment is None or isinstance(moment.isoformat(), str)


# --- numbers -------------------------------------------------------------------------------------

_NUMERALS = {
    name: Numerals(language) for name, language in sorted(shipped_knowledge().languages.items())
}
_PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "0",
                "00",
                "1",
                "12",
                "999",
                "000",
                ",",
                ".",
                "'",
                "-",
                "–",
                "—",
                "~",
                "+",
                "%",
                "$",
                "€",
                "\xa0",
                "\u202f",
                "\u200b",
                "\xad",
                "\u2066",
                "½",
                "²",
                "Ⅻ",
                "١٢",
                "１２",
                "二",
                "thousand",
                "million",
                "billion",
                "tens",
                "of",
                "hundreds",
                "between",
                "and",
                "to",
                "about",
                "half",
                "a",
                "dozen",
                "Tausend",
                "mille",
                "тисяч",
                "тысяч",
                "mil",
                "e9",
                "E+9",
                "inf",
                "nan",
                "0x10",
                "k",
                "K",
                "m",
            ]
        ),
        st.integers(0, 10**30).map(str),
        st.text(max_size=3),
    ),
    max_size=12,
)


@_STEADY
@given(_PIECES, st.sampled_from(["", " "]), st.sampled_from(sorted(_NUMERALS)))
@example(["9" * 5000], "", "en")
@example(["1", " million"] * 30, " ", "en")
def test_numbers_are_whole_and_bounded_or_nothing(
    pieces: list[str], glue: str, language: str
) -> None:
    """In every language: integers in order within 10^15, from spans in order; never a float."""
    text = glue.join(pieces)
    end = 0
    for found in _NUMERALS[language].find(text, 0, len(text)):
        assert type(found.low) is int
        assert type(found.high) is int
        assert 0 <= found.low <= found.high <= 10**15
        assert 0 <= end <= found.start < found.end <= len(text)
        end = found.end


# --- character sets ------------------------------------------------------------------------------

_CODECS = st.sampled_from(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-32",
        "cp1251",
        "koi8-r",
        "cp1252",
        "gb18030",
        "iso2022-jp",
    ]
)
_LABELS = st.one_of(
    st.none(),
    _CODECS,
    st.sampled_from(["idna", "punycode", "zlib_codec", "unicode_escape", "rot13", "utf-7", "mbcs"]),
    st.text(max_size=40),
)
_MARKS = st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])


@_STEADY
@given(st.text(max_size=80), _CODECS, _MARKS, _LABELS, _LABELS, st.binary(max_size=20))
def test_no_declaration_makes_text_invalid(
    text: str, codec: str, mark: bytes, header: str | None, own: str | None, tail: bytes
) -> None:
    """Whatever is declared twice, marked and mixed: valid text comes out, and utf-8 is not bent."""
    body = mark + f"<rss>{text}".encode(codec, "replace") + tail
    decode(body, header, own)[0].encode("utf-8")
    plain = "<rss>" + "".join(c for c in text if not "\ud800" <= c <= "\udfff")
    assert decode(codecs.BOM_UTF8 + plain.encode(), header, own)[0] == plain


# --- URLs ----------------------------------------------------------------------------------------

_HOSTS = st.sampled_from(
    [
        "example.org",
        "EXAMPLE.org.",
        "www.m.example.org",
        "b\u00fccher.example",
        "\u0440\u0430\u0443\u0440\u0430l.example",
        "127.0.0.1",
        "0x7f.1",
        "[::1]",
        "[fe80::1%25eth0]",
        "[::ffff:10.0.0.1]",
        "a" * 300,
        "xn--",
        "",
    ]
)
_URLS = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(
            ["http://", "https://", "HTTP:", "//", "javascript:", "file://", "http:\\\\"]
        ),
        st.sampled_from(["", "user:pass@", "user@", ":@", "a:b:c@", "@@"]),
        _HOSTS,
        st.sampled_from(["", ":80", ":0", ":99999", ":x", ":\u0661"]),
        st.one_of(
            st.text(max_size=30).map(lambda text: "/" + text),
            st.sampled_from(
                ["?a=1&a=2&utm_source=x", "/amp/amp/", "/%zz?%", "#a#b", "/a/../..", "/;"]
            ),
        ),
    ),
)


@settings(_STEADY, max_examples=1000)
@given(_URLS)
@example("https://www.google.com/url?q=https://www.google.com/amp/s/example.org/amp")
def test_no_url_breaks_what_reads_urls(url: str) -> None:
    """Complaints, keys, links and what is logged: nothing raises; a key's key is itself."""
    url_complaint(url)
    key = canonical_url(url)
    assert key is None or canonical_url(key) == key
    assert redact(url).isprintable()
    link = safe_link(url)
    assert link is None or (
        link.isascii() and link.isprintable() and "@" not in urlsplit(link).netloc
    )


_SECRETS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789", min_size=21, max_size=40)


@_STEADY
@given(_SECRETS, _SECRETS, _HOSTS, st.sampled_from(["http", "https", "smtp", "x"]))
def test_no_secret_of_a_url_is_shown(name: str, token: str, host: str, scheme: str) -> None:
    """User name, password, query and fragment are gone, and keys in the path where they look so."""
    secret = f"{token}Zz9"
    for url in (
        f"{scheme}://{name}Q:{secret}@{host}/a",
        f"{scheme}://{host}/a?token={secret}",
        f"{scheme}://{host}/a?{quote(secret)}",
        f"{scheme}://{host}/a#{secret}",
        f"{scheme}://{host}/hooks/{secret}/b",
        f"{scheme}:{name}Q:{secret}@{host}/a?{secret}",
        f"//{name}Q:{secret}@{host}/a",
    ):
        shown = redact(url)
        assert secret not in shown, url
        assert f"{name}Q" not in shown, url


# --- the guard -----------------------------------------------------------------------------------

_INSIDE = st.one_of(
    *(
        st.integers(0, 2 ** (32 - bits) - 1).map(lambda n, base=base: IPv4Address(base) + n)
        for base, bits in (
            ("10.0.0.0", 8),
            ("127.0.0.0", 8),
            ("169.254.0.0", 16),
            ("172.16.0.0", 12),
            ("192.168.0.0", 16),
            ("100.64.0.0", 10),
            ("0.0.0.0", 8),
            ("224.0.0.0", 4),
        )
    )
)


def _spellings(address: IPv4Address) -> list[str]:
    number, parts = int(address), str(address).split(".")
    return [
        str(address),
        f"{address}.",
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(f"0{int(part):o}" for part in parts),
        ".".join(hex(int(part)) for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        "\uff0e".join(parts),
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in str(address)),
        f"::ffff:{address}",
        f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"::ffff:{address}%lo",
        f"[::ffff:{address}]",
    ]


@pytest.mark.anyio
async def test_no_spelling_of_an_inside_address_is_let_through() -> None:
    """Decimal, octal, hex, short, wide, mapped, embedded, scoped: through the system's resolver."""
    tries: list[tuple[str, str]] = []

    @settings(_STEADY, max_examples=40)
    @given(_INSIDE)
    def collect(address: IPv4Address) -> None:
        tries.extend((str(address), spelling) for spelling in _spellings(address))

    collect()
    guard = GuardedBackend((), _numeric)
    for address, spelling in tries:
        with pytest.raises(FetchError) as refused:
            await guard.connect_tcp(spelling, 80, timeout=0.1)
        assert refused.value.reason in {"address", "dns"}, (address, spelling)
    assert len(tries) > 500


async def _numeric(host: str, port: int) -> list[str]:
    """Return what the system makes of a host that is a number; names are not asked for."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except UnicodeError as error:
        raise OSError(str(error)) from error
    return [str(row[4][0]) for row in rows]


@_STEADY
@given(st.one_of(st.ip_addresses().map(str), st.text(max_size=40)))
def test_what_is_judged_global_is_global(text: str) -> None:
    """An address is taken only as itself, and never one that the standard library calls private."""
    found = parse_address(text)
    if found is None or not is_global(found):
        return
    assert not found.is_loopback
    assert not found.is_link_local
    assert not found.is_multicast
    assert not found.is_unspecified
    assert found.is_global
    assert int(found) == int(ip_address(text)) or found.version == 4


def test_the_guard_asks_the_system_by_default() -> None:
    """The spellings above are those of the resolver that the daemon uses."""
    assert resolve.__module__ == "monitor.fetch.guard"


# --- the parser in its worker --------------------------------------------------------------------

_STORIES = [
    Story("/a", "Rain & wind", "It rained on 1,200 people."),
    Story("/b", "Сніг", "<p>Снігу <b>20</b> см</p>"),
    Story("/c", "雪", "雪が降った。"),
]
_CORPUS = [
    made(_STORIES, "https://paper.example").partition(b"\r\n\r\n")[2]
    for made in (rss, atom, json_feed)
]
_BOMBS = (
    b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
    b"<a>" * 3000,
    b"<![CDATA[" * 500,
    b"&#x" + b"f" * 5000 + b";",
    b"[" * 5000,
    b'{"a":' * 2000,
    b"\x00" * 200,
    b"\xff\xfe",
    b"<?xml version='1.0' encoding='idna'?>",
    b"<item>" * 1500,
)
_MUTANTS = 150
_SECONDS = 20.0


def _mutant(chance: random.Random) -> bytes:
    """Return a feed with some things done to it."""
    body = bytearray(chance.choice(_CORPUS))
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(body) + 1)
        match chance.randrange(6):
            case 0 if body:
                body[place % len(body)] ^= 1 << chance.randrange(8)
            case 1:
                del body[place:]
            case 2:
                end = chance.randrange(place, len(body) + 1)
                body[place:place] = body[place:end] * chance.randint(1, 30)
            case 3:
                body[place:place] = chance.choice(_BOMBS)
            case 4:
                body[place:place] = chance.choice(_CORPUS)[: chance.randrange(400)]
            case _:
                del body[place : place + chance.randrange(40)]
    return bytes(body)


def _parsed(body: bytes) -> ParsedFeed:
    return parse_feed(body, feed="f", url=_URL, content_type="text/xml")


@pytest.mark.anyio
async def test_mutated_feeds_are_read_or_refused_by_name() -> None:
    """Flipped, cut, doubled, nested, bombed: a feed of clean text or a reason, and the next call works."""
    chance = random.Random(20241104)  # noqa: S311  (the same in every run)
    ends: dict[str, int] = {}
    for _ in range(_MUTANTS):
        body = _mutant(chance)
        try:
            found = await run_in_worker(_parsed, body, deadline_seconds=_SECONDS)
        except ParseError as error:
            ends[error.reason] = ends.get(error.reason, 0) + 1
            continue
        ends["read"] = ends.get("read", 0) + 1
        assert len(found.entries) <= 1000
        for entry in found.entries:
            f"{entry.title}{entry.content}{entry.entry_id}{entry.url}".encode()
            assert entry_key(entry)
            assert entry_hash(entry)
            assert entry.url is None or url_complaint(entry.url) is None
    print(ends)  # noqa: T201  (shown by `pytest -s`)
    assert set(ends) <= {"read", "not-a-feed", "dtd", "malformed", "worker"}
    assert ends["read"] > 20
    assert len(ends) > 2
    assert len((await run_in_worker(_parsed, _CORPUS[0], deadline_seconds=_SECONDS)).entries) == 3
