# SPDX-License-Identifier: Apache-2.0
"""The canary through the real pipeline: heard by its subscriber alone, missed when it is silent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hands import Hands, site_pipeline
from loopback import serving
from newsroom import Receiver, Site, verified

from monitor.bootstrap import assemble
from monitor.canary import Canary
from monitor.core.errors import ConfigError

pytestmark = pytest.mark.anyio

_CANARY = 'operators = ["ops"]\n[canary]\nsubscriber = "watch"\nalarm_after = "5m"'


def _site(folder: Path, **hooks: str) -> Site:
    subscribers = {name: {"webhook": url} for name, url in hooks.items()}
    return Site(folder / "site", {}, subscribers=subscribers, extra=_CANARY)


async def test_every_canary_is_heard_by_its_subscriber_and_nobody_else(tmp_path: Path) -> None:
    """One signed message for each, with its seconds on record, and no other alert of any rule."""
    clock = Hands()
    async with serving(Receiver().respond) as hook:
        site = _site(tmp_path, watch=hook.url("/watch"), ops=hook.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            canary = Canary(pipeline, clock.now)
            for count in range(1, 6):
                assert await canary.is_due()
                assert len(await canary.sing()) == 1
                assert not await canary.is_due()
                assert await canary.listen() is None
                clock.moment += timedelta(seconds=2)
                assert await pipeline.deliver_due() == (1, 0)
                assert await canary.listen() == 2.0
                assert await canary.listen() is None
                assert len(hook.requests) == count
                clock.moment += timedelta(hours=1)
            assert pipeline.store.marks()["canary_seconds"] == "2.000"
    told = [verified(request)["data"] for request in hook.requests]
    assert {row["rule"] for row in told} == {"figurewatch.canary"}
    assert hook.paths == ["/watch"] * 5


async def test_no_canary_is_a_copy_of_another(tmp_path: Path) -> None:
    """Ten days of them, one an hour, each raise their alert: a false alarm is believed once."""
    clock = Hands()
    site = _site(tmp_path, watch="http://127.0.0.1:9/watch", ops="http://127.0.0.1:9/ops")
    silent = []
    async with site_pipeline(site, clock) as pipeline:
        canary = Canary(pipeline, clock.now)
        for count in range(240):
            if len(await canary.sing()) != 1:
                silent.append(count)
            clock.moment += timedelta(hours=1)
    assert silent == []


async def test_several_missed_canaries_are_one_alarm_and_the_next_one_ends_it(
    tmp_path: Path,
) -> None:
    """Whoever repairs it hears once that it is broken and once that it is well."""
    clock, watch = Hands(), Receiver("503 Service Unavailable")
    async with serving(watch.respond) as broken, serving(Receiver().respond) as well:
        site = _site(tmp_path, watch=broken.url("/watch"), ops=well.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            canary = Canary(pipeline, clock.now)
            for _ in range(3):
                await canary.sing()
                clock.moment += timedelta(minutes=6)
                await canary.listen()
                await pipeline.deliver_due()
            assert pipeline.store.marks()["canary_state"] == "silent"
            watch.says = "200 OK"
            await canary.sing()
            for _ in range(4):
                clock.moment += timedelta(minutes=1)
                await pipeline.deliver_due()
            await canary.listen()
            await pipeline.deliver_due()
            assert pipeline.store.marks()["canary_state"] == "heard"
    assert [verified(request)["data"]["heading"] for request in well.requests] == [
        "The canary was not heard",
        "The canary is heard again",
    ]


async def test_a_canary_that_is_not_delivered_is_an_alarm_once(tmp_path: Path) -> None:
    """Operators are told through a channel that works, after the time that was configured."""
    clock = Hands()
    dead = Receiver("503 Service Unavailable")
    async with serving(dead.respond) as broken, serving(Receiver().respond) as well:
        site = _site(tmp_path, watch=broken.url("/watch"), ops=well.url("/ops"))
        async with site_pipeline(site, clock) as pipeline:
            canary = Canary(pipeline, clock.now)
            await canary.sing()
            for _ in range(8):
                clock.moment += timedelta(minutes=1)
                await pipeline.deliver_due()
                await canary.listen()
            await pipeline.deliver_due()
    [notice] = [verified(request)["data"] for request in well.requests]
    assert notice["heading"] == "The canary was not heard"
    assert len(broken.requests) > 3


async def test_without_a_subscriber_no_canary_is_sent(tmp_path: Path) -> None:
    """It is off by default."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers={"desk": {"email": "desk@example.org"}})
    async with site_pipeline(site, clock) as pipeline:
        canary = Canary(pipeline, clock.now)
        assert not await canary.is_due()
        assert await canary.sing() == ()


def test_a_canary_for_nobody_is_refused(tmp_path: Path) -> None:
    """A misspelt subscriber would be a canary that nobody misses."""
    site = Site(tmp_path / "site", {}, extra='[canary]\nsubscriber = "wacht"')
    with pytest.raises(ConfigError, match="no subscriber 'wacht'"):
        assemble(str(site.config), {})
