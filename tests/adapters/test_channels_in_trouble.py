# SPDX-License-Identifier: Apache-2.0
"""Channels that are out of service or asked for patience: in `status`, warnings, metrics and notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hands import Hands, listed, run, site_pipeline
from loopback import serving
from newsroom import Receiver, Site, verified, webhook_ids
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from sample_alerts import ONE

from monitor.canary import Canary
from monitor.core.model import Channel, ChannelKind, Message
from monitor.pipeline import Pipeline
from monitor.pulse import Pulse
from monitor.store import gauges
from monitor.web.metrics import PulseCollector

pytestmark = pytest.mark.anyio


def _message(name: str, clock: Hands, subscriber: str = "desk") -> Message:
    channel = Channel(
        id=f"{subscriber}/webhook", subscriber=subscriber, kind=ChannelKind.WEBHOOK, address="old"
    )
    return replace(ONE, id=name, channel=channel, created=clock.now())


def _metrics(pipeline: Pipeline, clock: Hands) -> dict[str, float]:
    """Return the metrics without labels that the daemon would export now."""
    registry = CollectorRegistry()
    room = gauges.Room(Path("/tmp/x.db"), lambda: 0)
    registry.register(PulseCollector(Pulse(), pipeline.store, clock, room))
    return dict(_values(generate_latest(registry).decode()))


def _values(page: str) -> Iterator[tuple[str, float]]:
    for line in page.splitlines():
        if not line.startswith("#") and "{" not in line:
            name, value = line.split()
            yield name.removeprefix("figurewatch_"), float(value)


def _warnings(pipeline: Pipeline, clock: Hands) -> str:
    """Return what /readyz and `status` would warn of."""
    return " ".join(gauges.troubles(pipeline.store, clock.now()))


def _told(receiver: list[dict[str, object]], words: str) -> list[dict[str, object]]:
    return [row for row in receiver if words in str(row["title"])]


def _site(folder: Path, **hooks: str) -> Site:
    subscribers = {name: {"webhook": url} for name, url in hooks.items()}
    return Site(folder / "site", {}, subscribers=subscribers, extra='operators = ["ops"]')


async def test_a_channel_out_of_service_is_seen_everywhere_until_it_is_mended(
    tmp_path: Path,
) -> None:
    """410 takes it out of service: `status`, its JSON, the warnings and a metric say so."""
    clock, desk = Hands(), Receiver(says="410 Gone")
    async with serving(desk.respond) as hook, serving(Receiver().respond) as ops:
        site = _site(tmp_path, desk=hook.url("/desk"), ops=ops.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            assert _metrics(pipeline, clock)["channels_disabled"] == 0
            pipeline.outbox.add((_message("one", clock),))
            await pipeline.deliver_due()
            shown = run(site, "status").stdout
            facts = json.loads(run(site, "status", "--format", "json").stdout)
            assert "channels    1 out of service, 0 waiting for their receiver" in shown
            assert "desk/webhook: OUT OF SERVICE" in shown
            assert "figurewatch outbox enable desk/webhook" in shown
            assert [row["channel"] for row in facts["channels_disabled"]] == ["desk/webhook"]
            assert "out of service: desk/webhook" in _warnings(pipeline, clock)
            assert _metrics(pipeline, clock)["channels_disabled"] == 1
            assert run(site, "outbox", "enable", "desk/webhook").exit_code == 0
            assert _metrics(pipeline, clock)["channels_disabled"] == 0
            assert "out of service" not in run(site, "status").stdout


@pytest.mark.parametrize("says", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_receiver_that_asks_for_a_day_is_told_once_and_shown(
    tmp_path: Path, says: str
) -> None:
    """Operators hear once that all waits, until when, and how to try at once; then it is over."""
    clock, desk = Hands(), Receiver(says=says, headers={"retry_after": "86400"})
    async with serving(desk.respond) as hook, serving(Receiver().respond) as ops:
        site = _site(tmp_path, desk=hook.url("/desk"), ops=ops.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("one", clock), _message("two", clock)))
            await pipeline.deliver_due()
            clock.moment += timedelta(hours=2)
            await pipeline.deliver_due()
            until = f"{clock.now() + timedelta(hours=22):%Y-%m-%d %H:%M} UTC"
            shown = run(site, "status").stdout
            assert "0 out of service, 1 waiting for their receiver" in shown
            assert "desk/webhook: not tried before" in shown
            assert "2 wait" in shown
            # The second waits for the first, and says until when.
            waits = {row["next_attempt"] for row in listed(site, "outbox", "list")}
            assert waits == {f"{clock.now() + timedelta(hours=22):%Y-%m-%dT%H:%M:%SZ}"}
            assert "waiting for their receivers: desk/webhook" in _warnings(pipeline, clock)
            assert _metrics(pipeline, clock)["channels_waiting"] == 1
            # Who wants to can try at once, and is refused again: nothing new to say.
            assert run(site, "outbox", "retry", "one").exit_code == 0
            await pipeline.deliver_due()
            desk.says, desk.headers = "200 OK", {}
            clock.moment += timedelta(hours=25)
            while (await pipeline.deliver_due())[0]:
                pass
            assert _metrics(pipeline, clock)["channels_waiting"] == 0
            assert "channels " not in run(site, "status").stdout
    bodies = [verified(row)["data"] for row in ops.requests]
    [notice] = _told(bodies, "Channel desk/webhook asked to be left alone")
    assert any(until in note for note in notice["notes"])  # type: ignore[attr-defined]
    assert webhook_ids(hook, "/desk") == ["one", "one", "one", "two"]


async def test_a_receiver_that_outlasts_the_time_for_tries_is_told_so(tmp_path: Path) -> None:
    """A day of patience against an hour of tries: the notice says that what waits may be lost."""
    clock = Hands()
    desk = Receiver(says="429 Too Many Requests", headers={"retry_after": "86400"})
    async with serving(desk.respond) as hook, serving(Receiver().respond) as ops:
        site = _site(tmp_path, desk=hook.url("/desk"), ops=ops.url("/ops"))
        site.extra = 'retry_for = "1h"\n' + site.extra
        async with site_pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("one", clock),))
            await pipeline.deliver_due()
            await pipeline.deliver_due()
    [notice] = [verified(row)["data"] for row in ops.requests]
    assert any("beyond delivery.retry_for" in note for note in notice["notes"])


async def test_a_short_wait_is_nobodys_business(tmp_path: Path) -> None:
    """Ten minutes of patience, or failures without a wish, make no notice."""
    clock = Hands()
    desk = Receiver(says="429 Too Many Requests", headers={"retry_after": "600"})
    async with serving(desk.respond) as hook, serving(Receiver().respond) as ops:
        site = _site(tmp_path, desk=hook.url("/desk"), ops=ops.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("one", clock),))
            for _ in range(3):
                await pipeline.deliver_due()
                clock.moment += timedelta(minutes=11)
                desk.says, desk.headers = "500 Oops", {}
            assert _metrics(pipeline, clock)["channels_waiting"] == 0
    assert ops.requests == []
    assert len(hook.requests) == 3


async def test_the_canary_is_in_the_metrics(tmp_path: Path) -> None:
    """No value before one was heard; then its seconds and its time; a missed one is flagged."""
    clock, watch = Hands(), Receiver()
    async with serving(watch.respond) as hook:
        site = _site(tmp_path, watch=hook.url("/watch"), ops=hook.url("/ops"))
        site.extra += '\n[canary]\nsubscriber = "watch"\nalarm_after = "5m"'
        async with site_pipeline(site, clock) as pipeline:
            canary = Canary(pipeline, clock.now)
            assert "canary_seconds" not in _metrics(pipeline, clock)
            await canary.sing()
            clock.moment += timedelta(seconds=3)
            await pipeline.deliver_due()
            await canary.listen()
            heard = _metrics(pipeline, clock)
            assert heard["canary_seconds"] == 3
            assert heard["canary_last_heard_timestamp_seconds"] == pytest.approx(
                clock.now().timestamp()
            )
            assert heard["canary_missed"] == 0
            watch.says = "500 Oops"
            clock.moment += timedelta(hours=1)
            await canary.sing()
            await pipeline.deliver_due()
            clock.moment += timedelta(minutes=6)
            await canary.listen()
            missed = _metrics(pipeline, clock)
    assert missed["canary_missed"] == 1
    assert (
        missed["canary_last_heard_timestamp_seconds"]
        == (heard["canary_last_heard_timestamp_seconds"])
    )
