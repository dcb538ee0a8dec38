# SPDX-License-Identifier: Apache-2.0
"""URLs as text: the canonical key, what may be fetched, what may be shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.urls import canonical_url, host_of, redact, url_complaint, with_ascii_host
from monitor.core.wording import safe_link

SAME = {
    "case, port and fragment": "HTTP://News.Example.ORG:80/a/B#top",
    "secure": "https://news.example.org:443/a/B",
    "tracking": "https://news.example.org/a/B?utm_source=x&fbclid=1&at_medium=rss&gclid=",
    "encoded tracking": "https://news.example.org/a/B?%75tm_source=x",
    "trailing slash": "https://news.example.org/a/B/",
    "www": "https://www.news.example.org/a/B",
    "mobile host": "https://m.news.example.org/a/B",
    "AMP host": "https://amp.news.example.org/a/B",
    "AMP path": "https://news.example.org/a/B/amp/",
    "AMP at the front": "https://news.example.org/amp/a/B",
    "AMP suffix": "https://news.example.org/a/B.amp",
    "AMP parameter": "https://news.example.org/a/B?outputType=amp&amp=1",
    "AMP viewer": "https://www.google.com/amp/s/news.example.org/a/B",
    "AMP cache": "https://news-example-org.cdn.ampproject.org/c/s/news.example.org/a/B",
    "user name": "https://reader:secret@news.example.org/a/B",
    "where the reader came from": "https://news.example.org/a/B?ref=rss&source=twitter",
    "blanks around": "  https://news.example.org/a/B\n",
    "empty query": "https://news.example.org/a/B?&&",
    "search engine": "https://www.google.com/url?sa=t&q=https%3A%2F%2Fnews.example.org%2Fa%2FB&usg=x",
    "social network": "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example.org%2Fa%2FB%3Ffbclid%3D1",
    "mail filter": (
        "https://eu1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnews.example.org%2Fa%2FB&data=x"
    ),
    "link filter": "https://vk.com/away.php?to=https%3A%2F%2Fnews.example.org%2Fa%2FB",
    "redirector in a redirector": (
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fwww.youtube.com%2Fredirect%3Fq%3D"
        "https%253A%252F%252Fnews.example.org%252Fa%252FB"
    ),
    "web archive": "https://web.archive.org/web/20241104120000/https://news.example.org/a/B",
    "dot segments": "https://news.example.org/x/../a/./B",
}


@pytest.mark.parametrize("url", SAME.values(), ids=SAME.keys())
def test_ways_to_write_one_article_have_one_key(url: str) -> None:
    """Every twin of a page maps to the same key."""
    assert canonical_url(url) == "https://news.example.org/a/B"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/story?id=1", "https://example.org/story?id=2"),
        ("https://example.org/?p=1&p=2", "https://example.org/?p=1"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://example.org/?ref=15", "https://example.org/?ref=16"),
        ("https://m.org/a", "https://org/a"),
        ("https://example.org/amp", "https://example.org/champ"),
        ("https://example.org/url?q=https://a.example/1", "https://a.example/1"),
        ("https://www.google.com/search?q=https://a.example/1", "https://a.example/1"),
    ],
)
def test_different_articles_keep_different_keys(one: str, other: str) -> None:
    """What may tell two articles apart stays."""
    assert canonical_url(one) != canonical_url(other)


def test_a_host_of_mixed_scripts_is_shown_in_ascii() -> None:
    """A Cyrillic letter among Latin ones cannot pass for another host, in a link, a log or a key."""
    url = "https://p\u0430ypal.example:8443/\u0430"
    name = "xn--pypal-4ve.example:8443"
    assert with_ascii_host(url) == f"https://{name}/\u0430"
    assert safe_link(url) == f"https://{name}/%D0%B0"
    assert redact(url).startswith(f"https://{name}/")
    assert canonical_url(url) == f"https://{name}/%D0%B0"
    assert with_ascii_host("https://\u0430..b/") is None


@pytest.mark.parametrize("url", ["http:u:p@h/a", "u:p@h", "//u:p@h/a", "x:y/u:p@h"])
def test_a_login_is_hidden_where_slashes_were_forgotten(url: str) -> None:
    """What stands before the last @ is no path."""
    assert "u:p" not in redact(url)
    assert ":p" not in redact(url)


def test_parameters_are_sorted_and_names_are_idna() -> None:
    """Order of parameters does not matter; host names are in their ASCII form."""
    assert canonical_url("https://bücher.example/ä?b=2&a=1") == (
        "https://xn--bcher-kva.example/%C3%A4?a=1&b=2"
    )


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b.c", "javascript:alert(1)", "/a", "http://", "http://[::1", "x:y", "//a"]
)
def test_what_is_no_web_url_has_no_key(url: str) -> None:
    """Nothing is guessed."""
    assert canonical_url(url) is None


URLS = st.one_of(
    st.text(max_size=200),
    st.builds(
        "{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp"]),
        st.text("aAbm.w-:@0é[]", max_size=20),
        st.sampled_from(["", ":80", ":443", ":8080", ":0", ":99999", ":x"]),
        st.text("aA/.%20amp~;é", max_size=30),
        st.text("ab=&%utm_ ;+é", max_size=30),
        st.text(max_size=5),
    ),
)


@given(URLS)
@example("http://a:443/")
@example("https://amp.m.www.example.org/amp/amp/amp")
def test_the_key_of_a_key_is_itself_and_nothing_raises(url: str) -> None:
    """`canonical_url` is idempotent; it, `redact` and `host_of` take any text."""
    key = canonical_url(url)
    assert key is None or canonical_url(key) == key
    assert redact(url).isprintable()
    host_of(url)
    url_complaint(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://example.org\\@127.0.0.1/",
        "http://example.org/a b",
        "http://example.org/\x00",
        "\thttp://example.org/",
        "http://user@example.org/",
        "http://:pw@example.org/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://" + "a" * 254,
        "http://example.org/" + "a" * 2048,
        "http://\u2028/",
    ],
)
def test_urls_that_may_not_be_fetched_are_named(url: str) -> None:
    """Each has a complaint that says why."""
    assert url_complaint(url)


@pytest.mark.parametrize("url", ["http://example.org", "https://[2001:db8::1]:8443/a?b=c#d"])
def test_ordinary_urls_have_no_complaint(url: str) -> None:
    """Where they lead is judged elsewhere."""
    assert url_complaint(url) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:pw@example.org/a?token=1#x", "https://example.org/a?***"),
        (
            "https://hooks.example.com/services/T0AAAAAAA/B0BBBBBBB/aBcDeFgHiJkLmNoPqRsT1234",
            "https://hooks.example.com/services/T0AAAAAAA/B0BBBBBBB/***",
        ),
        (
            "https://example.org/2024/11/04/north-korean-troops-in-kursk-2024",
            "https://example.org/2024/11/04/north-korean-troops-in-kursk-2024",
        ),
        ("http://[::1]:80/x\n", "http://[::1]:80/x"),
        ("http://[", "(not a URL)"),
    ],
)
def test_what_is_shown_of_a_url_holds_no_secret(url: str, shown: str) -> None:
    """User names, query values and opaque keys are masked; words stay."""
    assert redact(url) == shown


@pytest.mark.parametrize(
    ("url", "host"), [("https://EXAMPLE.org:1/", "example.org"), ("x", None), ("http://[", None)]
)
def test_the_host_is_in_lower_case_or_none(url: str, host: str | None) -> None:
    """Nothing raises."""
    assert host_of(url) == host
