# SPDX-License-Identifier: Apache-2.0
"""Feeds of every kind to entries: what is read, what is cut, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import ParseError
from monitor.core.model import Entry, ParsedFeed
from monitor.feeds import entry_hash, entry_key, parse_feed

URL = "https://news.example/feeds/world.xml"


def parse(body: str | bytes, content_type: str | None = "application/xml") -> ParsedFeed:
    """Parse a body as a feed named `f`."""
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, feed="f", url=URL, content_type=content_type)


RSS_2 = """<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet href="x.xsl"?><!-- a comment -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
 <channel><title>World</title><language>en_GB</language><ttl>15</ttl>
  <item><title>First &amp; best</title><link>/story?a=1&amp;b=2</link>
   <guid isPermaLink="false">tag:1</guid><pubDate>Mon, 04 Nov 2024 12:00:00 +0200</pubDate>
   <description>Teaser.</description>
   <content:encoded><![CDATA[<p>The whole text, which is longer.</p>]]></content:encoded></item>
 </channel></rss>"""

RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
 <channel rdf:about="https://news.example/"><title>World</title>
  <items><rdf:Seq><rdf:li resource="https://news.example/story"/></rdf:Seq></items></channel>
 <item rdf:about="https://news.example/story"><title>First</title>
  <link>https://news.example/story</link><description>Teaser.</description>
  <dc:date>2024-11-04T10:00:00Z</dc:date></item></rdf:RDF>"""

RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>World</title><item><title>First</title>
<link>https://news.example/story</link><description>Teaser&nbsp;&hellip;</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>World</title>
 <entry><id>urn:1</id><title type="html">First &lt;b&gt;bold&lt;/b&gt;</title>
  <link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="../story"/>
  <published>2024-11-04T12:00:00+02:00</published><updated>2024-11-04T11:00:00Z</updated>
  <summary type="text">1 &lt; 2</summary></entry>
 <entry xml:lang="en"><id>urn:2</id><title>Second</title><link href="https://news.example/2"/>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Para</p></div></content>
 </entry></feed>"""

NOON = datetime(2024, 11, 4, 10, tzinfo=UTC)


def test_rss_2_is_read_whole() -> None:
    """Links are made absolute, dates UTC, the fuller text is taken, the feed's language is inherited."""
    parsed = parse(RSS_2)
    assert parsed == ParsedFeed(
        title="World",
        language="en-GB",
        ttl_seconds=900,
        entries=(
            Entry(
                feed="f",
                entry_id="tag:1",
                url="https://news.example/story?a=1&b=2",
                title="First & best",
                content="<p>The whole text, which is longer.</p>",
                published=NOON,
                language="en-GB",
            ),
        ),
    )


def test_rss_1_is_read() -> None:
    """RDF with Dublin Core dates."""
    (entry,) = parse(RSS_1).entries
    assert (entry.url, entry.title, entry.content) == (
        "https://news.example/story",
        "First",
        "Teaser.",
    )
    assert entry.published or entry.updated == NOON


def test_rss_091_with_its_public_document_type_is_read() -> None:
    """A document type that only names a public DTD is harmless; HTML's names work all the same."""
    parsed = parse(RSS_091)
    assert parsed.entries[0].content == "Teaser\xa0…"
    assert parsed.complaint is None


def test_atom_is_read() -> None:
    """The alternate link, both dates, plain and XHTML texts, and each entry's language."""
    first, second = parse(ATOM).entries
    assert (first.entry_id, first.url, first.language) == (
        "urn:1",
        "https://news.example/story",
        "uk",
    )
    assert (first.content, first.content_is_html) == ("1 < 2", False)
    assert (first.published, first.updated) == (NOON, NOON.replace(hour=11))
    assert first.title == "First <b>bold</b>"
    assert (second.content, second.content_is_html) == ("<p>Para</p>", True)
    assert (second.language, second.published) == ("en", None)


def json_feed(**changes: object) -> bytes:
    """Return a JSON Feed with one ordinary item."""
    item = {
        "id": "1",
        "url": "/story",
        "title": "First",
        "content_html": "<p>Text</p>",
        "date_published": "2024-11-04T12:00:00+02:00",
        "date_modified": "2024-11-04T11:00:00Z",
    }
    top = {"version": "https://jsonfeed.org/version/1.1", "title": "World", "language": "en"}
    return json.dumps(top | {"items": [item]} | changes).encode()


def test_json_feed_is_read() -> None:
    """Version 1.1 whole."""
    assert parse(json_feed(), "application/feed+json") == ParsedFeed(
        title="World",
        language="en",
        entries=(
            Entry(
                feed="f",
                entry_id="1",
                url="https://news.example/story",
                title="First",
                content="<p>Text</p>",
                published=NOON,
                updated=NOON.replace(hour=11),
                language="en",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"id": 7, "content_text": "a < b"}, {"entry_id": "7", "content": "a < b"}),
        ({"external_url": "https://x.example/"}, {"url": "https://x.example/", "content": ""}),
        ({"summary": "Short"}, {"content": "Short"}),
        ({"id": True, "title": 5, "url": ["x"], "date_published": 3}, {"title": "", "url": None}),
        ({"date_published": "yesterday"}, {"published": None}),
        ({"date_published": "0001-01-01T00:00:00+23:59"}, {"published": None}),
    ],
)
def test_json_items_of_version_1_0_and_of_wrong_types_are_read_leniently(
    item: dict[str, object], expected: dict[str, object]
) -> None:
    """Numbers as ids, plain text, missing and mistyped fields."""
    body = json_feed(version="https://jsonfeed.org/version/1", items=[item])
    (entry,) = parse(body).entries
    assert {name: getattr(entry, name) for name in expected} == expected
    assert not entry.content_is_html


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not-a-feed", id="empty"),
        pytest.param(b"   \n", "not-a-feed", id="blank"),
        pytest.param(b"404 not found", "not-a-feed", id="text"),
        pytest.param(b"<!doctype html><html><p>x</html>", "not-a-feed", id="html"),
        pytest.param(b"<html><rss></rss></html>", "not-a-feed", id="rss-inside-html"),
        pytest.param(b"<opml><body/></opml>", "not-a-feed", id="opml"),
        pytest.param(b"<?xml version='1.0'", "not-a-feed", id="prolog-only"),
        pytest.param(b"<!-- <rss></rss>", "not-a-feed", id="unclosed-comment"),
        pytest.param(b'{"a": 1}', "not-a-feed", id="some-json"),
        pytest.param(json_feed(items=3), "not-a-feed", id="json-without-items"),
        pytest.param(json_feed(version=1), "not-a-feed", id="json-with-a-numeric-version"),
        pytest.param(json_feed()[:-5], "malformed", id="cut-json"),
        pytest.param(b'{"a": ' + b"[" * 200_000, "malformed", id="deep-json"),
        pytest.param(b'{"a": ' + b"9" * 10_000 + b"}", "malformed", id="huge-json-number"),
        pytest.param(b'{"a": "\xff"}', "malformed", id="json-not-utf-8"),
        pytest.param(
            b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "dtd", id="internal-subset"
        ),
        pytest.param(
            b'<!DOCTYPE r SYSTEM "a>b" [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>',
            "dtd",
            id="hidden-by-a-quoted-bracket",
        ),
        pytest.param(b'<!ENTITY a "b"><rss/>', "dtd", id="bare-entity"),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY a "b">]><rss/>'.encode("utf-16"), "dtd", id="in-utf-16"
        ),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    """A good status is not enough; neither is one known element somewhere."""
    with pytest.raises(ParseError) as caught:
        parse(body)
    assert caught.value.reason == reason


def item(**fields: str) -> str:
    """Return an RSS document with one item."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<rss version='2.0'><channel><item>{inner}</item></channel></rss>"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"title": "a &#xD800; b"}, {"title": "a \ufffd b"}, id="half-a-surrogate"),
        pytest.param({"title": "a &#0; b"}, {"title": "a \ufffd b"}, id="null"),
        pytest.param({"title": "&#99999999999;"}, {"title": "\ufffd"}, id="beyond-unicode"),
        pytest.param({"title": "&#" + "9" * 5000 + ";"}, {"title": "\ufffd"}, id="long-number"),
        pytest.param({"title": "it&#8217s"}, {"title": "it\u2019s"}, id="no-semicolon"),
        pytest.param({"title": "a\x08\x00b"}, {"title": "ab"}, id="control-characters"),
        pytest.param({"title": "caf&eacute;"}, {"title": "café"}, id="html-name"),
        pytest.param({"title": "AT&T"}, {"title": "AT&T"}, id="bare-ampersand"),
        pytest.param({"title": "R&D &foo; &lt;"}, {"title": "R&D &foo; <"}, id="unknown-name"),
        pytest.param({"title": "e\u0301"}, {"title": "é"}, id="not-composed"),
        pytest.param({"title": "a\ufffeb\ufdd0c"}, {"title": "abc"}, id="noncharacters"),
        pytest.param({"guid": "17"}, {"entry_id": "17"}, id="relative-id"),
        pytest.param({"link": "javascript:alert(1)"}, {"url": None}, id="script-link"),
        pytest.param({"link": "http://u:p@x.example/"}, {"url": None}, id="link-with-password"),
        pytest.param({"link": "http://[bad"}, {"url": None}, id="broken-link"),
        pytest.param(
            {"link": "https://x.example/\n a"}, {"url": "https://x.example/a"}, id="wrapped"
        ),
        pytest.param(
            {"guid": "https://x.example/1"}, {"url": "https://x.example/1"}, id="guid-link"
        ),
        pytest.param({"pubDate": "some day"}, {"published": None}, id="no-date"),
        pytest.param({"pubDate": "Mon, 04 Nov 99999 10:00:00 GMT"}, {"published": None}, id="far"),
    ],
)
def test_broken_pieces_cost_only_themselves(
    fields: dict[str, str], expected: dict[str, object]
) -> None:
    """One bad reference, link or date leaves the rest of the entry as it is."""
    (entry,) = parse(item(description="stays", **fields)).entries
    assert {name: getattr(entry, name) for name in expected} == expected
    assert entry.content == "stays"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 04 Nov 2024 10:00:00 GMT",
        "Mon, 04 Nov 2024 05:00:00 EST",
        "Mon, 04 Nov 2024 10:00:00",
        "04 Nov 2024 12:00 +0200",
        "2024-11-04T10:00:00Z",
        "2024-11-04T10:00:00",
        "2024-11-04 10:00:00",
        "2024-11-04T13:00:00.5+03:00",
    ],
)
def test_the_usual_spellings_of_a_date_are_utc(date: str) -> None:
    """Without a zone it is UTC, wherever this machine stands."""
    (entry,) = parse(item(pubDate=date)).entries
    assert entry.published == NOON


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_possible() -> None:
    """The entries before the damage are there, and the complaint says that there is some."""
    parsed = parse(RSS_2.replace("</channel></rss>", "<item><title>Second</wrong></item>"))
    assert parsed.entries[0].title == "First & best"
    assert parsed.complaint
    assert parsed.complaint.startswith("broken XML")


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("windows-1251", "text/xml"),
        ("windows-1251", "text/xml; charset=windows-1251"),
        ("utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-16", "application/rss+xml"),
        ("koi8-u", None),
    ],
)
def test_the_character_set_is_found(encoding: str, content_type: str | None) -> None:
    """By header, declaration, mark or shape; a wrong header does not spoil UTF-8."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + item(title="Війська Кіма")
    assert parse(text.encode(encoding), content_type).entries[0].title == "Війська Кіма"


def test_long_fields_are_cut_and_counted() -> None:
    """Title 1 KiB, content 64 KiB, id 1 KiB in UTF-8; a link over 2 KiB is dropped."""
    parsed = parse(
        item(
            title="é" * 2000,
            description="ю" * 100_000,
            guid="g" * 3000,
            link="https://x.example/" + "l" * 3000,
        )
    )
    (entry,) = parsed.entries
    assert (len(entry.title.encode()), len(entry.content.encode())) == (1024, 65536)
    assert entry.entry_id == "g" * 1024
    assert entry.url is None
    assert parsed.complaint == (
        "1 ids too long; 1 links too long; 1 titles too long; 1 contents too long"
    )


ENTRY_XML = "<item><title>{}</title></item>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<rss><channel>{}</channel></rss>", id="rss"),
        pytest.param("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", id="atom"),
        pytest.param(
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='r'>{}</rdf:RDF>", id="rdf"
        ),
    ],
)
@pytest.mark.parametrize("close", ["", "</{}>"], ids=["unclosed", "closed"])
def test_a_thousand_entries_are_taken_by_position(body: str, close: str) -> None:
    """The rest is counted as dropped; that they are never closed makes no difference."""
    name = "entry" if "<feed" in body else "item"
    rows = "".join(f"<{name}><title>{i}</title>{close.format(name)}" for i in range(1005))
    parsed = parse(body.format(rows))
    assert [parsed.entries[0].title, parsed.entries[-1].title] == ["0", "999"]
    assert (len(parsed.entries), parsed.dropped) == (1000, 5)


def test_a_thousand_json_items_are_taken_by_position() -> None:
    """As for XML."""
    parsed = parse(json_feed(items=[{"id": str(number)} for number in range(1005)]))
    assert (len(parsed.entries), parsed.dropped, parsed.entries[-1].entry_id) == (1000, 5, "999")


# --- identity --------------------------------------------------------------------------------

ENTRY = Entry(feed="f", entry_id="1", url="https://x.example/a", title="T", content="C")


def test_an_entry_is_its_id_else_its_link_else_its_text() -> None:
    """The first that there is identifies it within the feed."""
    without_id = replace(ENTRY, entry_id=None)
    bare = replace(without_id, url=None)
    assert entry_key(ENTRY) == "1"
    assert entry_key(without_id) == "https://x.example/a"
    assert entry_key(bare).startswith("text:")
    assert entry_key(bare) != entry_key(replace(bare, content="D"))


def test_a_tracking_parameter_or_a_new_stamp_is_no_change() -> None:
    """Feeds that decorate their links or restamp their entries do not look changed at each poll."""
    restamped = replace(
        ENTRY, url="https://x.example/a?utm_source=rss", updated=NOON, published=NOON
    )
    assert entry_hash(restamped) == entry_hash(ENTRY)


@pytest.mark.parametrize(
    "change", [{"title": "U"}, {"content": "D"}, {"url": "https://x.example/b"}]
)
def test_a_changed_text_or_link_is_a_change(change: dict[str, str]) -> None:
    """Anything that a reader would see."""
    assert entry_hash(replace(ENTRY, **change)) != entry_hash(ENTRY)  # type: ignore[arg-type]


# --- anything at all -------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "<rss><channel>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<title>",
        "</title>",
        "<link href='",
        "'/>",
        "<link>",
        "<description>",
        "<content type='xhtml'>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "&#x",
        "D800;",
        "&amp;",
        "<pubDate>",
        "2024",
        "http://",
        "[",
        "<guid>",
        "<author>",
        "a@b.c",
        "\ud7ff",
        "\x00",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Only `ParseError` comes out, and every text that comes out is valid UTF-8."""
    for start in ("", "<rss><channel><item>"):
        try:
            parsed = parse((start + text).encode("utf-8", "surrogatepass"))
        except ParseError:
            continue
        for entry in parsed.entries:
            (entry.title + entry.content + (entry.entry_id or "") + (entry.url or "")).encode()
            entry_key(entry)
            entry_hash(entry)
