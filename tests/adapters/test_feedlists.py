# SPDX-License-Identifier: Apache-2.0
"""Lists of feeds, the feeds of a site, and what a feed would bring before it is added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import answer, serving
from newsroom import Site, Story, rss
from processes import command

from monitor.core.errors import ParseError
from monitor.core.urls import url_complaint
from monitor.opml import Listed, read_opml, write_opml
from monitor.prospect import named_feeds

pytestmark = pytest.mark.anyio

_STORY = Story(
    "/arrivals",
    "Arrivals",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
_LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline type="rss" text="A &amp; B" xmlUrl="https://a.example/rss"/></outline>
<outline text="Twice" xmlUrl="https://a.example/rss"/><outline text="B" xmlUrl="https://b.example/"/>
<outline text="File" xmlUrl="file:///etc/passwd"/><outline text="folder"/></body></opml>"""


def test_a_list_is_read_whatever_its_folders() -> None:
    """Every feed once, by address; what cannot be fetched is named."""
    found, left_out = read_opml(_LIST)
    assert found == (
        Listed(url="https://a.example/rss", title="A & B"),
        Listed(url="https://b.example/", title="B"),
    )
    assert left_out == ("file:///etc/passwd: not an http or https URL",)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<rss/>",
        b"<opml>",
        b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body/></opml>',
        "<opml/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='zlib_codec'?><opml/>",
        b"<opml>" + b" " * 5_000_000 + b"</opml>",
    ],
    ids=["empty", "rss", "cut", "dtd", "utf-16", "codec", "huge"],
)
def test_a_hostile_list_is_refused(raw: bytes) -> None:
    """Whatever is wrong, the answer is one sentence."""
    with pytest.raises(ParseError):
        read_opml(raw)


@given(st.lists(st.tuples(st.integers(0, 99), st.text()), max_size=5))
def test_what_is_written_can_be_read(rows: list[tuple[int, str]]) -> None:
    """Any title survives far enough to be well-formed, and every address exactly."""
    feeds = [Listed(url=f"https://x.example/{n}?a=1&b=2", title=title) for n, title in rows]
    try:
        raw = write_opml(feeds).encode("utf-8")
    except UnicodeEncodeError:
        return  # half a character: no title of ours holds one
    if "\ufffe" in raw.decode() or "\uffff" in raw.decode():
        return  # nor these: titles are cleaned before they are stored
    found, left_out = read_opml(raw)
    assert {row.url for row in found} == {row.url for row in feeds}
    assert left_out == ()


def test_only_feeds_that_a_page_names_are_followed() -> None:
    """Alternates of feed types, resolved against the base; styles, other types, scripts are not."""
    page = b"""<html><head><base href="/sub/"><link rel="alternate" type="application/rss+xml"
      title="News" href="rss.xml"><link rel=alternate type=application/atom+xml href="//h.example/a">
      <link rel="stylesheet" href="s.css"><link rel="alternate" type="text/html" href="/de">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head></html>"""
    found = named_feeds(page, url="https://x.example/home", content_type="text/html")
    assert found == (("https://x.example/sub/rss.xml", "News"), ("https://h.example/a", ""))
    assert all(url_complaint(url) is None for url, _ in found)


async def test_feeds_of_a_site_are_found_tested_imported_and_exported(tmp_path: Path) -> None:
    """From a home page to a list: what is shown was parsed, and nothing was stored before `import`."""
    link = b'<link rel="alternate" type="application/rss+xml" href="/rss"><p>hello</p>'
    dead = b'<link rel="alternate" type="application/rss+xml" href="/gone">'
    pages = {"/": answer(link), "/dead": answer(dead), "/bare": answer(b"<p>no feed</p>")}
    async with serving(pages) as paper:
        pages["/rss"] = rss([_STORY], paper.url(""))
        site = Site(tmp_path / "site", {})
        config = ("--config", site.config)
        found = await command("feeds", "discover", "--format", "json", paper.url("/"), *config)
        assert found.code == 0, found.err
        [row] = json.loads(found.out)
        assert (row["url"], row["entries"], row["complaint"]) == (paper.url("/rss"), 1, None)
        usual = await command("feeds", "discover", "--format", "json", paper.url("/bare"), *config)
        assert [row["url"] for row in json.loads(usual.out)] == [paper.url("/rss")]
        shown = await command("feeds", "test", "--format", "json", paper.url("/rss"), *config)
        assert shown.code == 0, shown.err
        assert "10,000" in json.loads(shown.out)[0]["claims"][0]
        assert not site.database.exists()
        wrong = await command("feeds", "test", paper.url("/"), *config)
        assert wrong.code == 1
        assert "not-a-feed" in wrong.err
        listing = tmp_path / "feeds.opml"
        listing.write_bytes(_LIST)
        imported = await command("feeds", "import", listing, *config)
        assert imported.code == 1
        assert "added 2 feeds" in imported.out
        assert "file:///etc/passwd" in imported.err
        again = await command("feeds", "import", listing, *config)
        assert "added 0 feeds, 2 were there already" in again.out
        exported = await command("feeds", "export", *config)
    back, left_out = read_opml(exported.out.encode())
    assert [row.url for row in back] == ["https://a.example/rss", "https://b.example/"]
    assert left_out == ()


async def test_a_feed_is_disabled_and_enabled_by_command(tmp_path: Path) -> None:
    """Also one of the configuration file, whose state then says who did it."""
    async with serving(rss([], "http://paper.example")) as paper:
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")})
        config = ("--config", site.config)
        assert (await command("feeds", "disable", "paper", *config)).code == 0
        assert (await command("poll", "--once", "--all", *config)).code == 0
        assert paper.requests == []
        listed = await command("feeds", "list", "--format", "json", *config)
        [row] = json.loads(listed.out)
        assert (row["state"], row["reason"]) == ("disabled", "by command")
        assert (await command("feeds", "enable", "paper", *config)).code == 0
        assert (await command("poll", "--once", *config)).code == 0
        assert len(paper.requests) == 1
        unknown = await command("feeds", "enable", "papper", *config)
    assert unknown.code == 1
    assert "no feed 'papper'" in unknown.err
