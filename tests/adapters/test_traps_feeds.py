# SPDX-License-Identifier: Apache-2.0
"""Regression tests for traps of the libraries that read feeds and URLs."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path

import pytest

from monitor.core.errors import ParseError
from monitor.core.text import from_markup
from monitor.core.urls import canonical_url
from monitor.feeds import parse_feed
from monitor.workers import run_in_worker
from tests.loopback import answer, serving

ROOT = Path(__file__).parents[2]
FEED = b"<rss version='2.0'><channel><item><title>secret</title></item></channel></rss>"
PARSE = partial(parse_feed, feed="f", url="https://x.example/", content_type="text/xml")


# --- a body that looks like a path or URL is never opened -----------------------------------------


@pytest.mark.parametrize("prefix", [b"", b"file://", b" ", b"\xef\xbb\xbf"])
def test_a_body_that_names_a_file_is_not_that_file(tmp_path: Path, prefix: bytes) -> None:
    """A server that answers with the name of a local feed learns nothing from it."""
    target = tmp_path / "feed.xml"
    target.write_bytes(FEED)
    with pytest.raises(ParseError) as caught:
        PARSE(prefix + str(target).encode())
    assert caught.value.reason == "not-a-feed"


@pytest.mark.anyio
async def test_a_body_that_is_a_url_is_not_fetched() -> None:
    """Nobody connects because of what a body says, in this process or a worker."""
    async with serving(answer(FEED)) as server:
        for body in (server.url("/feed").encode(), b"feed:" + server.url("/feed").encode()):
            with pytest.raises(ParseError):
                PARSE(body)
            with pytest.raises(ParseError):
                await run_in_worker(PARSE, body, deadline_seconds=20)
    assert server.connections == 0


@pytest.mark.anyio
async def test_an_external_entity_is_neither_opened_nor_fetched(tmp_path: Path) -> None:
    """Declarations are refused before any parser sees them."""
    target = tmp_path / "secret.txt"
    target.write_text("hunter2", encoding="ascii")
    async with serving(answer(b"hunter2")) as server:
        for address in (target.as_uri(), server.url()):
            body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}">]><rss>&x;</rss>'.encode()
            with pytest.raises(ParseError) as caught:
                PARSE(body)
            assert caught.value.reason == "dtd"
    assert server.connections == 0


def calls_of_feedparser(source: str) -> list[ast.Call]:
    """Return the calls of anything named like feedparser's parse in a module."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "feedparser"
    ]


def test_only_the_feeds_module_knows_feedparser_and_gives_it_a_stream() -> None:
    """One importer, one call, and its argument is a name bound to `io.BytesIO(...)` just above."""
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "monitor").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any("feedparser" in name.name for name in node.names))
        or (isinstance(node, ast.ImportFrom) and "feedparser" in (node.module or ""))
    }
    assert importers == {"monitor/feeds.py"}
    source = (ROOT / "monitor/feeds.py").read_text(encoding="utf-8")
    (call,) = calls_of_feedparser(source)
    assert ast.unparse(call.args[0]) == "stream"
    bound = [
        ast.unparse(node.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "stream"
    ]
    assert len(bound) == 1
    assert bound[0].startswith("io.BytesIO(")


# --- the query of a URL survives ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param(
            "https://x.example/?tag=a&tag=b&tag=a",
            "https://x.example/?tag=a&tag=a&tag=b",
            id="repeated",
        ),
        pytest.param("http://x.example:80/a", "https://x.example/a", id="default-port"),
        pytest.param(
            "https://x.example/?article=42&utm_campaign=a",
            "https://x.example/?article=42",
            id="id-stays",
        ),
        pytest.param("https://x.example/?q=", "https://x.example/?q=", id="blank-value-stays"),
    ],
)
def test_only_tracking_leaves_a_query(url: str, canonical: str) -> None:
    """Repeated keys and article ids stay, the default port and tracking go."""
    assert canonical_url(url) == canonical


# --- what a feed's markup says stays apart, and stays whole ---------------------------------------


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>about 190<b>,000</b> troops</p>", "about 190,000 troops"),
        ("<p>10,000 troops…</p><p>next</p>", "10,000 troops…\n\nnext"),
        ("x<br/>next", "x\nnext"),
        ("<ul><li>8,000</li><li>10,000</li></ul>", "8,000\n\n10,000"),
    ],
)
def test_numbers_of_a_feed_are_neither_glued_nor_split(content: str, text: str) -> None:
    """From bytes through feedparser to text: new lines at blocks, nothing at inline marks."""
    for wrapped in (f"<![CDATA[{content}]]>", content.replace("<", "&lt;")):
        body = f"<rss><channel><item><description>{wrapped}</description></item></channel></rss>"
        (entry,) = PARSE(body.encode()).entries
        assert from_markup(entry.content) == text
