# SPDX-License-Identifier: Apache-2.0
"""What `alerts list` says of whom: told is only who took the message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hands import Hands, listed, run, site_pipeline
from loopback import serving
from newsroom import Receiver, Site, Story, rss

pytestmark = pytest.mark.anyio

_RAIN = Story("/rain", "Rain", "It rained.")
_NEWS = Story(
    "/first", "Arrivals", "The Pentagon said about 10,000 North Korean soldiers are in Russia."
)


async def test_told_is_who_took_it_and_not_who_is_owed_it(tmp_path: Path) -> None:
    """One took it, one is tried again, one refused it for good, one waits for its window; before any
    try all three are owed, and when the second takes it, it is told."""
    clock, news = Hands(), {"/feed": rss([_RAIN], "http://paper.example")}
    busy = Receiver(says="503 Service Unavailable")
    refusing = Receiver(says="410 Gone")
    async with (
        serving(news) as paper,
        serving(Receiver().respond) as hook,
        serving(busy.respond) as late,
        serving(refusing.respond) as broken,
    ):
        hooks = {"desk": hook, "late": late, "broken": broken, "calm": hook}
        subscribers = {name: {"webhook": server.url("/hook")} for name, server in hooks.items()}
        subscribers["calm"]["group_window"] = "1h"
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")}, subscribers=subscribers)
        async with site_pipeline(site, clock) as pipeline:
            for stories in ([_RAIN], [_NEWS, _RAIN]):
                news["/feed"] = rss(stories, "http://paper.example")
                [feed] = pipeline.store.feeds()
                await pipeline.poll_feed(feed)
            assert _said(site) == {
                "told": [],
                "owed": ["broken/webhook", "desk/webhook", "late/webhook"],
                "failed": [],
                "waiting": ["calm/webhook"],
            }
            await pipeline.deliver_due()
            assert _said(site) == {
                "told": ["desk/webhook"],
                "owed": ["late/webhook"],
                "failed": ["broken/webhook"],
                "waiting": ["calm/webhook"],
            }
            table = run(site, "alerts", "list").stdout
            assert "calm/webhook (window)" in table
            [alert] = listed(site, "alerts", "list")
            shown = run(site, "alerts", "show", str(alert["id"])).stdout
            fates = {line.split()[0]: line.split()[1] for line in shown.splitlines()[-4:]}
            assert fates == {
                "broken/webhook": "failed",
                "calm/webhook": "held",
                "desk/webhook": "told",
                "late/webhook": "owed",
            }
            assert "(pending: HTTP 503" in shown
            assert "(dead: " in shown
            facts = json.loads(
                run(site, "alerts", "show", str(alert["id"]), "--format", "json").stdout
            )
            assert [row["delivery"] for row in facts["routings"]] == [
                "dead",
                None,
                "sent",
                "pending",
            ]
            pipeline.outbox.drop([_message(facts, "broken/webhook")], clock.now(), "eve")
            busy.says = "204 No Content"
            clock.moment = pipeline.outbox.find(_message(facts, "late/webhook"))[0].next_attempt
            await pipeline.deliver_due()
            assert _said(site)["told"] == ["desk/webhook", "late/webhook"]
            assert _said(site)["failed"] == ["broken/webhook"]


def _said(site: Site) -> dict[str, object]:
    [alert] = listed(site, "alerts", "list")
    return {name: alert[name] for name in ("told", "owed", "failed", "waiting")}


def _message(facts: dict[str, list[dict[str, str]]], channel: str) -> str:
    [message] = [row["message"] for row in facts["routings"] if row["channel"] == channel]
    return message
