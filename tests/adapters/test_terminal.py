# SPDX-License-Identifier: Apache-2.0
"""What commands show of feeds, and what leaves in other forms: text, whatever it tries to be."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hands import Hands, listed, run, site_pipeline
from hostile import CASES, respond
from loopback import Loopback, serving
from newsroom import Receiver, Site, Story, atom, json_feed, mails_to, rss, verified
from smtp_servers import Inbox, smtp_server

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

_STEERING = "\u202e\u2066\u200f\u061c\u202d"
_TITLE = f"Troops{_STEERING} \u2028forged: line\x1b[2J\x9b31m =cmd() <b>&amp;</b> \\N"
_TEXT = f"The Pentagon{_STEERING} said about 10,000 North Korean soldiers are in Russia.\x1b]0;owned\x07"
_FORMS = {"rss": rss, "atom": atom, "json": json_feed}


@asynccontextmanager
async def _told(folder: Path, form: str) -> AsyncIterator[tuple[Site, Inbox, Loopback]]:
    """Yield a site that was told a story by somebody who steers terminals, and its ends."""
    inbox, pages = Inbox(), dict[str, bytes]()
    with smtp_server(inbox) as port:
        async with serving(pages) as paper, serving(Receiver().respond) as hook:
            story = Story("/evil", _xml_safe(_TITLE, form), _xml_safe(_TEXT, form))
            pages["/feed"] = _FORMS[form]([story], paper.url(""))
            site = Site(
                folder / "site",
                {"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "d@example.org", "webhook": hook.url("/hook")}},
            )
            async with site_pipeline(site, Hands()) as pipeline:
                [feed] = pipeline.store.feeds()
                assert len((await pipeline.poll_feed(feed)).decision.alerts) == 1
                assert await pipeline.deliver_due() == (2, 0)
            yield site, inbox, hook


def _xml_safe(text: str, form: str) -> str:
    """Return what the form can carry: XML has no way to write most controls."""
    if form == "json":
        return text
    return "".join(c for c in text if unicodedata.category(c) != "Cc")


def _steers(output: str) -> list[str]:
    return [c for c in output if c != "\n" and (unicodedata.category(c) == "Cc" or c in _STEERING)]


@pytest.mark.parametrize("form", _FORMS)
async def test_no_text_of_a_feed_steers_a_terminal(tmp_path: Path, form: str) -> None:
    """Tables and texts of every command hold no control, no direction mark and no line of a feed."""
    async with _told(tmp_path, form) as (site, _, _):
        ids = {name: str(listed(site, name, "list")[0]["id"]) for name in ("alerts", "claims")}
        ids["outbox"] = str(listed(site, "outbox", "list", "--state", "sent")[0]["id"])
        series = str(listed(site, "series", "list")[0]["series"])
        article = str(listed(site, "claims", "list")[0]["article"])
        for words in (
            ("feeds", "list"),
            ("feeds", "test", site.feeds["paper"]),
            ("alerts", "list"),
            ("alerts", "show", ids["alerts"]),
            ("claims", "list"),
            ("claims", "show", ids["claims"]),
            ("series", "list"),
            ("series", "show", series),
            ("outbox", "list", "--state", "sent"),
            ("outbox", "show", ids["outbox"]),
            ("explain", article),
            ("status",),
        ):
            output = (await asyncio.to_thread(run, site, *words)).output
            assert output.strip(), words
            assert _steers(output) == [], words
            assert not [row for row in output.splitlines() if row.startswith("forged")], words


@pytest.mark.parametrize("form", _FORMS)
async def test_what_leaves_is_read_back_by_strict_parsers(tmp_path: Path, form: str) -> None:
    """Atom, JSON Feed, CSV, JSON, the webhook's body and the mail: whole, and nobody's markup."""
    async with _told(tmp_path, form) as (site, inbox, hook):
        root = ET.fromstring(run(site, "alerts", "export", "--format", "atom").output)
        found = json.loads(run(site, "alerts", "export", "--format", "jsonfeed").output)
        rows = list(csv.reader(io.StringIO(run(site, "alerts", "list", "--format", "csv").output)))
        lines = listed(site, "alerts", "list")
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    assert len(found["items"]) == 1
    assert len(lines) == 1
    assert {len(row) for row in rows} == {len(rows[0])}
    [request] = hook.requests
    assert verified(request)["type"] == "figure.new"
    [mail] = mails_to(inbox, "d@example.org")
    assert mail.defects == []
    assert _steers(str(mail["Subject"])) == []
    assert all(part.get_content() for part in mail.walk() if not part.is_multipart())


async def test_outputs_stay_readable_over_the_whole_hostile_suite(tmp_path: Path) -> None:
    """After every hostile answer that has entries, each form is one that a strict parser takes."""
    kinds = {"charset", "excess"}
    chosen = [case for case in CASES if case.kind in kinds]
    async with serving(respond) as server:
        site = Site(
            tmp_path / "site",
            {},
            extra="[rules]\nshipped = false\npaths = ['any.toml']\n"
            + "".join(
                f'[[feed]]\nid = "h{number}"\nurl = "{server.url(case.path)}"\nfirst_poll = "all"\n'
                'full_text = "never"\n'
                for number, case in enumerate(chosen)
            ),
        )
        site.config.with_name("any.toml").write_text(_ANY, encoding="utf-8")
        async with site_pipeline(site, Hands()) as pipeline:
            for feed in pipeline.store.feeds():
                await pipeline.poll_feed(feed)
    alerts = listed(site, "alerts", "list", "--limit", "100000")
    assert len(alerts) >= 4
    ET.fromstring(run(site, "alerts", "export", "--format", "atom").output)
    json.loads(run(site, "alerts", "export", "--format", "jsonfeed").output)
    table = run(site, "alerts", "export", "--format", "csv").output
    assert len({len(row) for row in csv.reader(io.StringIO(table), strict=True)}) == 1
    for words in (("alerts", "list"), ("feeds", "list"), ("status",)):
        assert _steers(run(site, *words).output) == [], words


_ANY = """
id = "any.thing"
title = "Anything"
kind = "keyword"
match = "rain OR rained OR x* OR bcc OR 9*"
[[example]]
name = "fires"
text = "It rained."
expect = "alert"
[[example]]
name = "stays silent"
text = "The sun shone."
expect = "silent"
"""
