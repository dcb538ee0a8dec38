# SPDX-License-Identifier: Apache-2.0
"""Commands show every moment in one form, whatever it was read from."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hands import Hands, listed, run, site_pipeline
from loopback import serving
from newsroom import Site, Story, rss

pytestmark = pytest.mark.anyio

_RULES = str(Path(__file__).parents[2] / "rules")
_RAIN = Story("/rain", "Rain", "It rained.")
_NEWS = Story(
    "/first", "Arrivals", "The Pentagon said about 10,000 North Korean soldiers are in Russia."
)
_ANY = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\S*")
_OURS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ[,;:)]?")


async def test_every_moment_is_shown_in_one_form(tmp_path: Path) -> None:
    """2024-11-05T08:00:00Z: in texts and tables; JSON can be read back in any case."""
    clock, news = Hands(), {"/feed": rss([_RAIN], "http://paper.example")}
    async with serving(news) as paper:
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": "http://127.0.0.1:9/"}},
        )
        async with site_pipeline(site, clock) as pipeline:
            for stories in ([_RAIN], [_NEWS, _RAIN]):
                news["/feed"] = rss(stories, "http://paper.example")
                [feed] = pipeline.store.feeds()
                await pipeline.poll_feed(feed)
            await pipeline.deliver_due()
            beat, missed = clock.now(), clock.now() - timedelta(hours=1)
            pipeline.store.mark("heartbeat", beat.isoformat())
            pipeline.store.mark("canary_missed", missed.isoformat())
    [claim], [alert] = listed(site, "claims", "list"), listed(site, "alerts", "list")
    [series], [delivery] = listed(site, "series", "list"), listed(site, "outbox", "list")
    assert run(site, "alerts", "ack", str(alert["id"]), "--by", "eve").exit_code == 0
    texts = {
        words: run(site, *words).stdout
        for words in (
            ("status",),
            ("feeds", "list"),
            ("claims", "list"),
            ("claims", "show", str(claim["id"])),
            ("series", "list"),
            ("series", "show", str(series["series"])),
            ("alerts", "list"),
            ("alerts", "show", str(alert["id"])),
            ("outbox", "list"),
            ("outbox", "show", str(delivery["id"])),
            ("explain", str(claim["article"])),
            ("rules", "backtest", _RULES),
        )
    }
    for words, text in texts.items():
        moments = _ANY.findall(text)
        # `series show` gives days only.
        assert moments or words[:2] == ("series", "show"), (words, text)
        assert [moment for moment in moments if not _OURS.fullmatch(moment)] == [], words
    assert f"heartbeat   {beat:%Y-%m-%dT%H:%M:%SZ}\n" in texts["status",]
    assert f"canary      NOT HEARD since {missed:%Y-%m-%dT%H:%M:%SZ}\n" in texts["status",]
    facts = json.loads(run(site, "status", "--format", "json").stdout)
    assert facts["heartbeat"] == f"{beat:%Y-%m-%dT%H:%M:%SZ}"
