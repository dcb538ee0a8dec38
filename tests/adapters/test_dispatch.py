# SPDX-License-Identifier: Apache-2.0
"""From feeds to mailboxes over nights, digests and silences, with real feeds, store and mail server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hands import Hands, listed, run, site_pipeline
from loopback import Loopback, serving
from newsroom import Receiver, Site, Story, mails_to, rss
from smtp_servers import Inbox, smtp_server

from monitor.pipeline import Pipeline

pytestmark = pytest.mark.anyio

_ADDRESS = "desk@example.org"
_FIRST = Story(
    "/one", "Arrivals", "The Pentagon said 10,000 North Korean soldiers are in Russia by now."
)
_SECOND = Story(
    "/two",
    "More of them",
    "A fresh count puts it at 11,000 North Korean soldiers in Russia, the Pentagon said tonight.",
)
_THIRD = Story(
    "/three",
    "Yet more",
    "There are now 12,500 North Korean soldiers in Russia, said the Pentagon in a late briefing.",
)
_CONFIRMED = Story(
    "/kyiv",
    "Kyiv agrees",
    "President Zelensky told reporters that 12,500 North Korean soldiers are in Russia.",
)


@dataclass(slots=True)
class _World:
    """A paper, a mailbox, and a site whose clock stands still."""

    site: Site
    clock: Hands
    paper: Loopback
    inbox: Inbox
    news: dict[str, bytes]
    stories: list[Story] = field(default_factory=list)

    async def poll(self, pipeline: Pipeline, *stories: Story) -> None:
        """Publish stories and poll."""
        self.stories = [*stories, *self.stories]
        self.news["/feed"] = rss(self.stories, self.paper.url(""))
        [feed] = pipeline.store.feeds()
        report = await pipeline.poll_feed(feed)
        assert report.error is None
        while (await pipeline.deliver_due())[0]:
            pass

    async def at(self, pipeline: Pipeline, moment: datetime) -> list[EmailMessage]:
        """Set the clock, release and deliver; return all mails so far."""
        self.clock.moment = moment
        await pipeline.deliver_due()
        return mails_to(self.inbox, _ADDRESS)


@asynccontextmanager
async def _world(folder: Path, clock: Hands, **subscriber: str) -> AsyncIterator[_World]:
    inbox, news = Inbox(), dict[str, bytes]()
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            site = Site(
                folder / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": _ADDRESS, **subscriber}},
            )
            yield _World(site, clock, paper, inbox, news)


def _tonight(hour: int, minute: int = 0) -> datetime:
    """The stories say they are fresh, so the night must be about now."""
    return datetime.now(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)


async def test_a_night_is_held_and_merged(tmp_path: Path) -> None:
    """Three figures in quiet hours make one mail in the morning, also after a restart."""
    clock = Hands(_tonight(23))
    async with _world(tmp_path, clock, quiet="22:00-07:00") as world:
        async with site_pipeline(world.site, clock) as pipeline:
            await world.poll(pipeline)
            for story in (_FIRST, _SECOND, _THIRD):
                await world.poll(pipeline, story)
                clock.moment += timedelta(hours=1)
            assert await world.at(pipeline, _tonight(6, 59) + timedelta(days=1)) == []
        async with site_pipeline(world.site, clock) as pipeline:
            [mail] = await world.at(pipeline, _tonight(7) + timedelta(days=1))
            assert len(await world.at(pipeline, _tonight(8) + timedelta(days=1))) == 1
    assert "12,500, in 3 steps" in mail["Subject"]


async def test_what_rules_keep_for_the_digest_is_in_it_once(tmp_path: Path) -> None:
    """A second source is no alert but reaches the digest, with the coverage; no day has two."""
    clock = Hands(_tonight(12))
    async with (
        _world(tmp_path, clock, digest_at="18:00", zone="Europe/Kyiv") as world,
        site_pipeline(world.site, clock) as pipeline,
    ):
        await world.poll(pipeline)
        await world.poll(pipeline, _THIRD)
        await world.poll(pipeline, _CONFIRMED)
        assert len(await world.at(pipeline, _tonight(14, 59))) == 1
        alert, digest = await world.at(pipeline, _tonight(16))
        assert len(await world.at(pipeline, _tonight(17))) == 2
        # The clock goes back and forth over the hour: the day has had its digest.
        for hour in (12, 17):
            assert len(await world.at(pipeline, _tonight(hour))) == 2
    assert "12,500" in alert["Subject"]
    assert digest["Subject"].startswith("Daily digest, ")
    body = digest.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "SECOND SOURCE" in text
    assert "Coverage: 1 feed, 1 healthy." in text


async def test_an_empty_digest_comes_where_it_was_asked_for(tmp_path: Path) -> None:
    """Not on the first day that the channel is seen, then once a day with the coverage."""
    clock = Hands(_tonight(12))
    fields = {"digest_at": "07:00", "digest": "daily"}
    async with _world(tmp_path, clock, **fields) as world:
        config = world.site.config
        config.write_text(f"{config.read_text()}\ndigest_when_empty = true\n", encoding="utf-8")
        world.site.extra = ""
        text = config.read_text(encoding="utf-8")
        async with _configured(world, text) as pipeline:
            assert await world.at(pipeline, _tonight(13)) == []
            [mail] = await world.at(pipeline, _tonight(7, 1) + timedelta(days=1))
            assert len(await world.at(pipeline, _tonight(9) + timedelta(days=1))) == 1
            assert len(await world.at(pipeline, _tonight(9) + timedelta(days=2))) == 2
    assert mail["Subject"].endswith("nothing new")


@asynccontextmanager
async def _configured(world: _World, text: str) -> AsyncIterator[Pipeline]:
    from monitor.bootstrap import assemble  # noqa: PLC0415  (only this test writes its own file)

    path = world.site.folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    assembly = assemble(str(path), {})
    assembly.clock = world.clock
    with assembly.open_store() as store:
        async with assembly.pipeline(store) as pipeline:
            yield pipeline


async def test_alerts_are_listed_silenced_acknowledged_and_sent_again(tmp_path: Path) -> None:
    """By commands beside the daemon; what was kept from readers has an author and a reason."""
    clock = Hands()
    async with _world(tmp_path, clock) as world, site_pipeline(world.site, clock) as pipeline:
        await world.poll(pipeline)
        silence = ("alerts", "silence", "--for", "1h", "--reason", "drill", "--by", "eve")
        assert run(world.site, *silence, "--place", "russia").exit_code == 0
        # The command looks at the machine's clock.
        clock.moment = datetime.now(UTC) + timedelta(minutes=1)
        await world.poll(pipeline, _FIRST)
        [alert] = listed(world.site, "alerts", "list")
        assert alert["told"] == []
        shown = json.loads(
            run(world.site, "alerts", "show", str(alert["id"]), "--format", "json").output
        )
        [routing] = shown["routings"]
        assert routing["fate"] == "silenced"
        assert "by eve: drill" in routing["detail"]
        [row] = listed(world.site, "alerts", "silences")
        assert run(world.site, "alerts", "unsilence", str(row["id"])).exit_code == 0
        assert listed(world.site, "alerts", "silences") == []
        again = run(world.site, "alerts", "resend", str(alert["id"]), "--to", "desk")
        assert again.output.startswith("msg_")
        await pipeline.deliver_due()
        [mail] = mails_to(world.inbox, _ADDRESS)
        assert run(world.site, "alerts", "resend", str(alert["id"])).exit_code == 0
        clock.moment += timedelta(minutes=1)
        await pipeline.deliver_due()
        assert {one["Message-ID"] for one in mails_to(world.inbox, _ADDRESS)} == {
            mail["Message-ID"]
        }
        assert len(world.inbox.envelopes) == 2
        ack = run(world.site, "alerts", "ack", str(alert["id"]), "--by", "eve", "--note", "ok")
        assert ack.exit_code == 0
        [alert] = listed(world.site, "alerts", "list")
        assert str(alert["acknowledged"]).startswith("eve, ")


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        ("250 OK", (["desk/email"], [], [])),
        ("451 try later", ([], ["desk/email"], [])),
        ("554 never", ([], [], ["desk/email"])),
    ],
)
async def test_an_alert_is_told_when_its_message_was_delivered(
    tmp_path: Path, answer: str, standing: tuple[list[str], list[str], list[str]]
) -> None:
    """What the outbox still holds is owed, not told; what was given up has failed."""
    clock = Hands(_tonight(12))
    async with (
        _world(tmp_path, clock) as world,
        site_pipeline(world.site, clock) as pipeline,
    ):
        world.inbox.answers = {"DATA": answer}
        await world.poll(pipeline)
        await world.poll(pipeline, _FIRST)
        assert _standing(world.site) == standing
        world.inbox.answers = {}
        clock.moment += timedelta(hours=1)
        await pipeline.deliver_due()
        told, owed, failed = standing
        assert _standing(world.site) == ([*told, *owed], [], failed)


def _standing(site: Site) -> tuple[object, object, object]:
    [alert] = listed(site, "alerts", "list")
    return alert["told"], alert["owed"], alert["failed"]


async def test_an_acknowledged_alert_is_not_told_in_the_morning(tmp_path: Path) -> None:
    """Somebody knew in the night; the desk does not hear of it again."""
    clock = Hands(_tonight(23))
    async with (
        _world(tmp_path, clock, quiet="22:00-07:00") as world,
        site_pipeline(world.site, clock) as pipeline,
    ):
        await world.poll(pipeline)
        await world.poll(pipeline, _FIRST)
        [alert] = listed(world.site, "alerts", "list")
        assert alert["waiting"] == ["desk/email"]
        run(world.site, "alerts", "ack", str(alert["id"]), "--by", "night desk")
        assert await world.at(pipeline, _tonight(8) + timedelta(days=1)) == []
        [routing] = pipeline.dispatch.routings.routings_of(str(alert["id"]))
    assert (routing.fate, routing.detail) == ("acknowledged", "by night desk")


async def test_a_channel_that_is_gone_leaves_nothing_waiting(tmp_path: Path) -> None:
    """What waited for a subscriber who was removed is recorded as unrouted."""
    clock = Hands(_tonight(23))
    async with _world(tmp_path, clock, quiet="22:00-07:00") as world, serving(Receiver().respond):
        async with site_pipeline(world.site, clock) as pipeline:
            await world.poll(pipeline)
            await world.poll(pipeline, _FIRST)
        world.site.subscribers = {"other": {"email": "other@example.org"}}
        async with site_pipeline(world.site, clock) as pipeline:
            assert await world.at(pipeline, _tonight(8) + timedelta(days=1)) == []
            [alert] = listed(world.site, "alerts", "list")
            [routing] = pipeline.dispatch.routings.routings_of(str(alert["id"]))
    assert routing.fate == "unrouted"


async def test_alerts_and_the_ledger_are_exported(tmp_path: Path) -> None:
    """As feeds and as CSV, with no formula in any cell."""
    clock = Hands()
    story = Story(_FIRST.path, '=HYPERLINK("http://evil.example")', _FIRST.text)
    async with (
        _world(tmp_path, clock) as world,
        site_pipeline(world.site, clock) as pipeline,
    ):
        await world.poll(pipeline)
        await world.poll(pipeline, story)
        feed = run(world.site, "alerts", "export").output
        items = json.loads(run(world.site, "alerts", "export", "--format", "jsonfeed").output)
        cells = run(world.site, "alerts", "export", "--format", "csv").output
        ledger = run(world.site, "alerts", "export", "--format", "csv", "--series").output
    assert feed.count("<entry>") == 1
    assert len(items["items"]) == 1
    assert "\"'=HYPERLINK" in cells
    assert "10000,10000" in ledger
    assert run(world.site, "alerts", "export", "--series").exit_code == 2
