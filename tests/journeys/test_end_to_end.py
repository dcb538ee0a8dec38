# SPDX-License-Identifier: Apache-2.0
"""From feeds to subscribers through the real daemon: told once what is new, silent about the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from loopback import Loopback, answer, serving
from newsroom import (
    Receiver,
    Site,
    Story,
    atom,
    json_feed,
    mails_to,
    page,
    rss,
    verified,
    webhook_ids,
)
from processes import Daemon, command, daemon
from smtp_servers import Inbox, smtp_server

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_FEEDS = ("courier", "gazette", "wire")

_HEADLINE = "Allies watch the arrivals on the eastern front"
_PARAGRAPHS = (
    (
        "Transport columns moved through the border towns again, and residents of three "
        "villages spoke of foreign voices on military radio for the second week in a row."
    ),
    (
        "Diplomats from eleven capitals met behind closed doors to compare what their "
        "services know about the deployment, and left without a common statement to the "
        "press."
    ),
    (
        "The Pentagon said about 10,000 North Korean soldiers are in Russia, many of them in "
        "training areas far from the front, and promised to keep the public informed."
    ),
    (
        "Kyiv asked its partners for air defence and for a reaction that goes beyond words, "
        "while the embassy of Russia called the reports an invention of hostile services."
    ),
)
_TEASER = Story(
    "/courier/arrivals",
    _HEADLINE,
    "What is known about the troops that North Korea sends to its neighbour.",
)
_COPY = Story("/gazette/2291", "Arrivals watched in the east", " ".join(_PARAGRAPHS), hours=0.5)
_SUMMARY = Story("/wire/brief", "In brief: the arrivals", " ".join(_PARAGRAPHS[1:3]), hours=0.5)
_RESTATED = Story(
    "/wire/analysis",
    "Analysis: a deployment and its limits",
    "Roughly ten thousand North Korean troops have been sent to Russia, according to the Pentagon. "
    "How well they can be fed, clothed and commanded in a foreign language is another matter, and "
    "generals on both sides doubt that numbers alone will move the line.",
    hours=0.4,
)
_DISTRACTORS = (
    Story(
        "/gazette/losses",
        "Losses mount among the newcomers",
        "About 1,100 North Korean soldiers have been killed or wounded in Russia, Seoul said, and "
        "hospitals near the front are said to be full.",
        hours=0.3,
    ),
    Story(
        "/gazette/shells",
        "Trains full of ammunition",
        "North Korea has shipped 9,000,000 artillery shells to Russia for its troops, the ministry "
        "in Seoul said, in 20,000 containers.",
        hours=0.3,
    ),
    Story(
        "/courier/money",
        "What the deployment costs",
        "Russia pays North Korea $2,000 a month for each soldier, and $200 million a year in all, "
        "according to a parliamentary report on the troops.",
        hours=0.3,
    ),
    Story(
        "/wire/dates",
        "A friendship and its dates",
        "North Korea and Russia signed a treaty on 19 June 2024; troops of both had marched "
        "together in 1945, and 75 years of relations were celebrated in 2023.",
        hours=0.3,
    ),
)
_REVISED = Story(
    "/gazette/revised",
    "A new count of the newcomers",
    "The Pentagon now says 12,500 North Korean soldiers are in Russia, a spokesperson told "
    "reporters, after fresh images of the camps had been evaluated.",
    hours=0.1,
)

_REASONS = {
    "broken": ("http-503", "Service Unavailable"),
    "garbage": ("not-a-feed", "begins with <html>"),
}


@dataclass
class _World:
    """What the feeds carry, and everything that is at work."""

    news: dict[str, bytes]
    base: str
    inbox: Inbox
    receiver: Loopback
    daemon: Daemon
    site: Site

    def publish(self, feed: str, *stories: Story) -> None:
        make = {"courier": rss, "gazette": atom, "wire": json_feed}[feed]
        self.news[f"/{feed}"] = make(stories, self.base)

    async def decided(self, *stories: Story) -> None:
        for story in stories:
            await self.daemon.until("article.decided", title=story.title)

    async def delivered(self, count: int) -> None:
        for channel in ("desk/email", "desk/webhook"):
            await self.daemon.until("delivery.sent", channel=channel, times=count)

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.inbox.envelopes), len(self.receiver.requests)


@pytest.fixture
async def world(tmp_path: Path) -> Iterator[_World]:
    """A daemon on three good feeds and two broken ones, with a subscriber by mail and webhook."""
    news: dict[str, bytes] = {
        "/broken": answer(b"down for repairs", status="503 Service Unavailable"),
        "/garbage": answer(b"<html><body><p>Not a feed", content_type="text/html"),
        _TEASER.path: page(_HEADLINE, _PARAGRAPHS),
    }
    inbox = Inbox()
    with smtp_server(inbox) as port:
        async with serving(news) as papers, serving(Receiver().respond) as receiver:
            base = papers.url("")
            site = Site(
                tmp_path / "site",
                feeds={name: f"{base}/{name}" for name in (*_FEEDS, "broken", "garbage")},
                smtp_port=port,
                subscribers={
                    "desk": {"email": "desk@example.org", "webhook": receiver.url("/hook")}
                },
            )
            for feed, make in zip(_FEEDS, (rss, atom, json_feed), strict=True):
                news[f"/{feed}"] = make((), base)
            async with daemon(site.config) as running:
                yield _World(news, base, inbox, receiver, running, site)


async def test_a_new_estimate_is_told_once_and_everything_else_never(world: _World) -> None:
    """One mail and one signed webhook for each new estimate; none for what repeats or distracts."""
    world.publish("courier", _TEASER)
    await world.delivered(1)
    [mail] = mails_to(world.inbox, "desk@example.org")
    assert "10,000" in mail["Subject"]
    assert "Pentagon" in mail["Subject"]
    body = verified(world.receiver.requests[0])
    [claim] = body["data"]["claims"]
    assert body["type"] == "figure.new"
    assert (claim["low"], claim["force"], claim["place"]) == (10_000, "KP", "russia")
    assert claim["source"]["id"] == "pentagon"
    assert body["data"]["articles"][0]["url"] == f"{world.base}{_TEASER.path}"

    world.publish("gazette", _COPY, *_DISTRACTORS[:2])
    world.publish("courier", _TEASER, _DISTRACTORS[2])
    world.publish("wire", _SUMMARY, _RESTATED, _DISTRACTORS[3])
    await world.decided(_COPY, _SUMMARY, _RESTATED, *_DISTRACTORS)
    await world.daemon.polled_again(*_FEEDS)
    assert world.counts == (1, 1)
    copies = {row["title"] for row in world.daemon.told("article.decided", verdict="duplicate")}
    assert copies == {_COPY.title, _SUMMARY.title}

    world.publish("gazette", _REVISED, _COPY)
    await world.delivered(2)
    await world.daemon.polled_again(*_FEEDS)
    assert world.counts == (2, 2)
    second = verified(world.receiver.requests[1])["data"]
    assert [claim["verdict"] for claim in second["claims"]] == ["revision"]
    assert [row["low"] for row in second["previous"]] == [10_000]
    subject = mails_to(world.inbox, "desk@example.org")[1]["Subject"]
    assert "10,000 -> 12,500" in subject
    assert len(set(webhook_ids(world.receiver))) == 2
    assert len({mail["Message-ID"] for mail in mails_to(world.inbox, "desk@example.org")}) == 2
    assert world.daemon.troubles == []
    assert await world.daemon.stop() == 0


async def test_broken_feeds_cost_only_themselves_and_are_shown(world: _World) -> None:
    """While two feeds fail the others are told; `status` says why and when each is tried again."""
    world.publish("wire", replace(_RESTATED, title="First report"))
    await world.delivered(1)
    for feed in ("broken", "garbage"):
        await world.daemon.until("poll.done", feed=feed, outcome=_REASONS[feed][0])
    config, started = world.site.folder / "config.toml", world.daemon.events[0]["timestamp"]
    shown = await command("status", "--format", "json", "--config", config)
    assert shown.code == 0
    facts = json.loads(shown.out)
    assert facts["running"] is True
    feeds = {feed["id"]: feed for feed in facts["feeds"]}
    assert {name for name, feed in feeds.items() if feed["state"] == "broken"} == set(_REASONS)
    for name, (outcome, words) in _REASONS.items():
        assert feeds[name]["last_outcome"] == outcome
        assert words in feeds[name]["last_error"]
        assert feeds[name]["errors"] >= 1
        assert feeds[name]["next_poll"] > started
    listed = await command("feeds", "list", "--format", "jsonl", "--config", config)
    states = {row["id"]: (row["state"], row["last_error"]) for row in listed.records}
    assert states["broken"] == ("broken", feeds["broken"]["last_error"])
    assert states["wire"] == ("healthy", None)
    assert world.daemon.troubles == []
