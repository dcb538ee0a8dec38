# SPDX-License-Identifier: Apache-2.0
"""Alerts as feeds over HTTP: what readers of feeds rely on, over real sockets."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
from newsroom import Story
from reading_room import FIRST, PUBLIC, SECOND, reading_room

pytestmark = pytest.mark.anyio

_FORMS = ("atom", "json", "csv")
_HOSTILE = Story(
    "/evil",
    "=HYPERLINK(1)<script>]]>&amp; \u202egnp",
    "The Pentagon said 13,000 North Korean soldiers are in Russia <b>now</b> & \u202eeverywhere.",
)


async def test_feeds_hold_the_alerts_and_say_where_they_are(tmp_path: Path) -> None:
    """Atom, JSON Feed and CSV hold the same alerts, newest first; a parser finds nothing wrong."""
    async with reading_room(tmp_path) as room:
        await room.publish(FIRST)
        await room.publish(SECOND)
        answers = {form: await room.get(f"/alerts.{form}") for form in _FORMS}
        atom = feedparser.parse(io.BytesIO(answers["atom"].content))
        assert not atom.bozo
        assert [link.href for link in atom.feed.links] == [f"{PUBLIC}/alerts.atom"]
        assert ["11,000" in entry.title for entry in atom.entries] == [True, False]
        tree = answers["json"].json()
        assert tree["feed_url"] == f"{PUBLIC}/alerts.json"
        assert [item["id"] for item in tree["items"]] == [entry.id for entry in atom.entries]
        rows = list(csv.DictReader(io.StringIO(answers["csv"].text)))
        assert [row["low"] for row in rows] == ["11000", "10000"]
        kinds = [answer.headers["content-type"] for answer in answers.values()]
        assert kinds == [
            "application/atom+xml; charset=utf-8",
            "application/feed+json; charset=utf-8",
            "text/csv; charset=utf-8",
        ]


@pytest.mark.parametrize("form", _FORMS)
async def test_who_has_it_gets_304(tmp_path: Path, form: str) -> None:
    """A tag or a date of the last answer gives 304 without a body, until there is another alert."""
    async with reading_room(tmp_path) as room:
        empty = await room.get(f"/alerts.{form}")
        assert (await room.get(f"/alerts.{form}", if_none_match="x")).status_code == 200
        await room.publish(FIRST)
        full = await room.get(f"/alerts.{form}")
        assert full.headers["etag"] != empty.headers["etag"]
        tag, modified = full.headers["etag"], full.headers["last-modified"]
        assert parsedate_to_datetime(modified) <= room.clock.now()
        for headers in (
            {"if-none-match": tag},
            {"if-none-match": f'"other", W/{tag}'},
            {"if-none-match": "*"},
            {"if-modified-since": modified},
            # A tag that does not fit is stronger than a date that would.
        ):
            same = await room.client.get(f"/alerts.{form}", headers=headers)
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == tag
        other = {"if-none-match": '"other"', "if-modified-since": modified}
        assert (await room.client.get(f"/alerts.{form}", headers=other)).status_code == 200
        head = await room.client.head(f"/alerts.{form}")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
        room.clock.moment = datetime.fromtimestamp(room.clock.moment.timestamp() + 5).astimezone()
        await room.publish(SECOND)
        for headers in ({"if-none-match": tag}, {"if-modified-since": modified}):
            again = await room.client.get(f"/alerts.{form}", headers=headers)
            assert again.status_code == 200


async def test_what_is_asked_for_is_bounded(tmp_path: Path) -> None:
    """`limit` and `rule` choose; nonsense is refused; another choice has another tag."""
    async with reading_room(tmp_path) as room:
        await room.publish(FIRST)
        await room.publish(SECOND)
        one = await room.get("/alerts.json?limit=1")
        assert len(one.json()["items"]) == 1
        assert one.headers["etag"] != (await room.get("/alerts.json")).headers["etag"]
        assert len((await room.get("/alerts.json?rule=troops.nk-*")).json()["items"]) == 2
        assert (await room.get("/alerts.json?rule=other.*")).json()["items"] == []
        for limit in ("0", "-1", "x", "1e3", "9" * 30, "%D9%A3", ""):
            assert (await room.get(f"/alerts.atom?limit={limit}")).status_code == 400
        assert (await room.client.post("/alerts.atom")).status_code == 405


async def test_what_a_feed_wrote_stays_text(tmp_path: Path) -> None:
    """Markup, formulas and turned text of an article do nothing in any form."""
    async with reading_room(tmp_path) as room:
        await room.publish(_HOSTILE)
        atom = await room.get("/alerts.atom")
        assert not feedparser.parse(io.BytesIO(atom.content)).bozo
        sheet = await room.get("/alerts.csv")
        [row] = list(csv.DictReader(io.StringIO(sheet.text)))
        assert row["title"].startswith("'=")
        for answer in (atom, sheet, await room.get("/alerts.json")):
            assert "\u202e" not in answer.text
        assert "<script>" not in atom.text
