# SPDX-License-Identifier: Apache-2.0
"""Alerts as feeds and rows, read back by strict and by lenient readers."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_alerts import GAZETTEER, KEYWORD, NOW, ONE, SEVERAL, alert

from monitor.core.alert_feed import ALERT_COLUMNS, alert_rows, atom, json_feed, series_rows
from monitor.core.csv_text import csv_text
from monitor.core.model import Alert

_ALERTS = (*ONE.alerts, *SEVERAL.alerts[:2], *KEYWORD.alerts)


def test_the_atom_feed_is_read_as_it_was_meant() -> None:
    """A reader sees title, id, link, time and the sentence of every alert."""
    read = feedparser.parse(
        io.BytesIO(atom(_ALERTS, GAZETTEER, now=NOW, own_url="https://fw.example/a.atom").encode())
    )
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.id for entry in read.entries] == [
        f"urn:figurewatch:alerts:{one.id}" for one in _ALERTS
    ]
    first = read.entries[0]
    assert first.title == "North Korean troops in Kursk: 10,000 -> 11,000 (Zelensky, 4 Nov)"
    assert first.link == "https://www.steppe-courier.example/2024/11/04/border?id=7"
    assert "Eleven battalions" in first.content[0].value
    assert first.updated == "2024-11-05T08:00:02Z"


def test_an_empty_feed_is_a_feed() -> None:
    """Before the first alert there is something valid to subscribe to."""
    assert feedparser.parse(io.BytesIO(atom((), GAZETTEER, now=NOW).encode())).version == "atom10"
    assert json.loads(json_feed((), GAZETTEER))["items"] == []


def test_the_json_feed_has_what_its_version_asks_for() -> None:
    """Version, title, and an id and content for every item."""
    tree = json.loads(json_feed(_ALERTS, GAZETTEER, own_url="https://fw.example/a.json"))
    assert tree["version"] == "https://jsonfeed.org/version/1.1"
    assert tree["feed_url"] == "https://fw.example/a.json"
    assert len({item["id"] for item in tree["items"]}) == len(_ALERTS)
    assert all(item["content_text"] for item in tree["items"])


def _bad(text: str) -> Alert:
    known = ONE.alerts[0]
    assert known.claim is not None
    source = replace(known.claim, publisher=text)
    return replace(
        alert("al_b", source, title=text, url=f"javascript:{text}"),
        article=replace(known.article, title=text, publisher=text, url=f"http://h.example/{text}"),
    )


@given(st.text(max_size=200))
def test_feed_text_breaks_neither_xml_nor_json(text: str) -> None:
    """Whatever a title holds, strict readers read the feeds."""
    told = (_bad(text), alert("al_k", None, title=text))
    root = ET.fromstring(atom(told, GAZETTEER, now=NOW).encode())
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 2
    json.loads(json_feed(told, GAZETTEER))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t=1"),
        ("-12", "-12"),
        ("+1,000.5", "+1,000.5"),
        ("10,000 troops", "10,000 troops"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    """What a spreadsheet may run gets an apostrophe; a number stays one."""
    assert csv_text(text) == cell


def test_rows_hold_the_figures() -> None:
    """Every column is filled for a figure, and those of the article for a keyword."""
    first, *_, keyword = alert_rows(_ALERTS)
    assert set(first) == set(ALERT_COLUMNS)
    assert (first["low"], first["place"], first["family"]) == (
        11_000,
        "kursk",
        "ukraine-government",
    )
    assert keyword["title"] == "Kyiv: more North Koreans have reached the border"
    assert "low" not in keyword
    claims = [one.claim for one in _ALERTS if one.claim is not None]
    assert [row["claim_id"] for row in series_rows(claims)] == [row.id for row in claims]
