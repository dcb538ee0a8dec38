# SPDX-License-Identifier: Apache-2.0
"""Figures, days and changes in words; feed text and links made fit to be shown."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_alerts import GAZETTEER, PENTAGON, claim

from monitor.core.model import Bound, Claim, Kind, Source, Status
from monitor.core.wording import (
    change_phrase,
    claim_phrase,
    day,
    link_host,
    one_line,
    place_phrase,
    safe_link,
    short_source,
    subject_phrase,
    value_phrase,
    visible,
)
from monitor.core.words import ENGLISH


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        pytest.param(claim(10_000), "10,000", id="plain"),
        pytest.param(claim(500), "500", id="small"),
        pytest.param(claim(1_250_000), "1,250,000", id="millions"),
        pytest.param(claim(12_000, approximate=True), "about 12,000", id="about"),
        pytest.param(claim(10_000, bound=Bound.AT_LEAST), "at least 10,000", id="at-least"),
        pytest.param(claim(10_000, bound=Bound.AT_MOST), "at most 10,000", id="at-most"),
        pytest.param(
            claim(10_000, bound=Bound.AT_LEAST, approximate=True),
            "at least about 10,000",
            id="at-least-about",
        ),
        pytest.param(claim(11_000, 12_000), "11,000-12,000", id="range"),
        pytest.param(
            claim(2_000, 9_999, surface="several thousand", vague=True, approximate=True),
            "several thousand",
            id="vague-in-its-own-words",
        ),
        pytest.param(claim(3, unit="brigades", surface="three"), "3 brigades", id="unit"),
        pytest.param(claim(3_000, kind=Kind.INCREMENT), "3,000 more", id="increment"),
    ],
)
def test_value_phrase(counted: Claim, words: str) -> None:
    """A figure is shown with its limits and doubts, and with thousands separators."""
    assert value_phrase(counted) == words


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        pytest.param(claim(1), "North Korean troops in Kursk", id="known"),
        pytest.param(
            claim(1, place="russia", region="eastern Russia"),
            "North Korean troops in eastern Russia",
            id="region-with-name",
        ),
        pytest.param(
            claim(1, place="russia", region="eastern"),
            "North Korean troops in eastern Russia",
            id="region-alone",
        ),
        pytest.param(claim(1, place=None), "North Korean troops", id="no-place"),
        pytest.param(
            claim(1, place=None, place_text="Strelsau", force=None, force_text="Ruritanian"),
            "Ruritanian troops in Strelsau",
            id="literals",
        ),
        pytest.param(
            claim(1, force=None, force_text=None, measure="displaced-people", place=None),
            "displaced people",
            id="other-measure",
        ),
    ],
)
def test_subject_phrase(counted: Claim, words: str) -> None:
    """What is counted and where is said by name, and by the text's own words where unknown."""
    assert subject_phrase(counted, GAZETTEER) == words


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        pytest.param(
            claim(10_000, source=PENTAGON, place="russia", approximate=True),
            "about 10,000 North Korean troops in Russia (Pentagon)",
            id="present",
        ),
        pytest.param(
            claim(10_000, source=None, status=Status.PLANNED, place=None),
            "10,000 North Korean troops (planned)",
            id="planned-unattributed",
        ),
    ],
)
def test_claim_phrase(counted: Claim, words: str) -> None:
    """A whole claim fits one phrase for logs."""
    assert claim_phrase(counted, GAZETTEER) == words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param(claim(10_000), claim(11_000), "+1,000 (+10 %)", id="up"),
        pytest.param(claim(12_000), claim(3_000), "-9,000 (-75 %)", id="down"),
        pytest.param(claim(10_000), claim(11_000, 12_000), "+1,000 to +2,000", id="to-a-range"),
        pytest.param(claim(11_000, 12_000), claim(10_000), "-2,000 to -1,000", id="from-a-range"),
        pytest.param(claim(10_000, 12_000), claim(11_000), "", id="overlap"),
        pytest.param(claim(10_000), claim(10_000), "", id="same"),
        pytest.param(
            claim(10_000),
            claim(12_000, bound=Bound.AT_LEAST),
            "at least +2,000 (+20 %)",
            id="at-least",
        ),
        pytest.param(claim(10_000), claim(9_000, bound=Bound.AT_LEAST), "", id="at-least-less"),
        pytest.param(claim(10_000), claim(12_000, bound=Bound.AT_MOST), "", id="at-most"),
        pytest.param(claim(10_000, bound=Bound.AT_LEAST), claim(12_000), "", id="from-a-limit"),
        pytest.param(
            claim(2_000, 9_999, vague=True, surface="thousands"), claim(12_000), "", id="vague"
        ),
        pytest.param(claim(0), claim(12_000), "+12,000", id="from-nothing"),
        pytest.param(claim(3, unit="brigades"), claim(12_000), "", id="other-unit"),
    ],
)
def test_change_phrase(old: Claim, new: Claim, words: str) -> None:
    """A change is stated only where both figures allow it."""
    assert change_phrase(old, new) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            Source(id="zelensky", name="Volodymyr Zelensky", family="u"), "Zelensky", id="family"
        ),
        pytest.param(Source(id="pat-ryder", name="Pat Ryder", family="u"), "Pat Ryder", id="full"),
        pytest.param(
            Source(id="text:a local official", name="a local official", family="x"),
            "a local official",
            id="literal",
        ),
        pytest.param(None, "", id="nobody"),
    ],
)
def test_short_source(source: Source | None, words: str) -> None:
    """Subjects name people by their last name only where the gazetteer's id is that name."""
    assert short_source(claim(1, source=source)) == words


def test_days_and_minutes() -> None:
    """Days leave out the year that it is now; minutes are UTC and say so."""
    assert day(date(2024, 11, 4)) == "4 Nov 2024"
    assert day(date(2024, 11, 4), 2024) == "4 Nov"
    assert day(date(2023, 12, 31), 2024) == "31 Dec 2023"
    assert ENGLISH.minute(datetime(2024, 11, 4, 7, 5, tzinfo=UTC)) == "4 Nov 2024, 07:05 UTC"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        pytest.param(
            "https://news.example/a?b=1&b=2#c", "https://news.example/a?b=1&b=2#c", id="ok"
        ),
        pytest.param("http://news.example:8080/a", "http://news.example:8080/a", id="port"),
        pytest.param("https://user:pw@news.example/a", "https://news.example/a", id="userinfo"),
        pytest.param(
            "https://www.google.com@evil.example/", "https://evil.example/", id="userinfo-host"
        ),
        pytest.param("https://пример.example/статья", None, id="see-below"),
        pytest.param("https://[2001:db8::1]/a", "https://[2001:db8::1]/a", id="ipv6"),
        pytest.param("https://news.example/a b", "https://news.example/a%20b", id="blank"),
        pytest.param(
            "https://news.example/a%20b%2Fc", "https://news.example/a%20b%2Fc", id="encoded-stays"
        ),
        pytest.param("javascript:alert(1)", None, id="javascript"),
        pytest.param("JaVaScRiPt:alert(1)//https://x", None, id="javascript-case"),
        pytest.param("data:text/html,<script>", None, id="data"),
        pytest.param("file:///etc/passwd", None, id="file"),
        pytest.param("//news.example/a", None, id="no-scheme"),
        pytest.param("https:///a", None, id="no-host"),
        pytest.param("https://news.example\\@evil.example/", None, id="backslash"),
        pytest.param('https://news.example/"><script>', None, id="markup"),
        pytest.param("https://news.example:99999/", None, id="bad-port"),
        pytest.param("https://news.example/" + "a" * 3000, None, id="too-long"),
        pytest.param(None, None, id="none"),
    ],
)
def test_safe_link(url: str | None, link: str | None) -> None:
    """Only plain web links survive, without credentials and in ASCII."""
    if url is not None and "пример" in url:
        link = "https://xn--e1afmkfd.example/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F"
    assert safe_link(url) == link


@given(st.text(max_size=80).map(lambda text: "https://" + text))
def test_links_are_always_plain(url: str) -> None:
    """Whatever a feed puts behind https://, a link is printable ASCII with a host and no markup."""
    link = safe_link(url)
    if link is not None:
        assert link.isascii()
        assert link.isprintable()
        assert not set(link) & set("\"<>\\ '") - {"'"}
        parts = urlsplit(link)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert "@" not in parts.netloc
        assert link_host(link)


def test_visible_removes_what_cannot_be_seen() -> None:
    """Controls, direction marks, zero-width characters and surrogates do not reach a reader."""
    hostile = "a\x00b\x1b[31mc\u202ed\u2066e\u200bf\ud800g\ufeffh\r\ni\u2028j"
    assert visible(hostile) == "ab[31mcdefgh  i j"


@given(st.text(max_size=300), st.integers(10, 60))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    """Any text becomes one line within the limit, without controls or direction marks."""
    line = one_line(text, limit)
    assert len(line) <= limit
    assert not [character for character in line if unicodedata.category(character) in {"Cc", "Cs"}]
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
    assert one_line(line, limit) == line


def test_places_keep_unknown_ids() -> None:
    """A place id that the gazetteer does not list is shown as it is."""
    assert place_phrase(claim(1, place="atlantis"), GAZETTEER) == "atlantis"


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2024, 11, 4, 20, 5, tzinfo=UTC), "4 Nov 2024, 20:05 UTC"),
        (datetime(2024, 11, 4, tzinfo=UTC), "4 Nov 2024"),
    ],
    ids=["a minute", "a bare day"],
)
def test_a_date_of_publication_is_shown_as_exactly_as_it_is_known(
    published: datetime, shown: str
) -> None:
    """Nobody is told midnight where only the day is known."""
    assert ENGLISH.published(published) == shown
