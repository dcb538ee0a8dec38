# SPDX-License-Identifier: Apache-2.0
"""Subscriptions at hubs, over real sockets in both directions, on a test's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from benches import Hands, bench, only_feed, poll
from hub_servers import CHALLENGE, Hub, ask, hub_server
from loopback import Loopback, answer, serving
from newsroom import Receiver, Site, Story, rss

from monitor.core.websub import Push, Standing, Subscription
from monitor.pipeline import Pipeline
from monitor.store import Subscriptions
from monitor.web import CALLBACK_PATHS, callback_routes, create_app, listening, serve

pytestmark = pytest.mark.anyio

_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
_OTHER = Story("/weather", "Weather", "It rained.")


@dataclass(slots=True)
class _World:
    """A site with one feed that names a hub, and what the hub's pushes became."""

    site: Site
    clock: Hands
    hub: Hub
    paper: Loopback
    news: dict[str, bytes]
    offered: list[Push] = field(default_factory=list)

    def publish(self, *stories: Story) -> bytes:
        """Put stories into the feed; return the whole answer that carries it."""
        links = f'<{self.hub.url}>; rel="hub", <{self.paper.url("/feed")}>; rel="self"'
        self.news["/feed"] = rss(stories, self.paper.url(""), link=links)
        return self.news["/feed"]


@asynccontextmanager
async def _world(tmp_path: Path, **how: object) -> AsyncIterator[_World]:
    news: dict[str, bytes] = {}
    async with (
        hub_server(**how) as hub,
        serving(news) as paper,
        serving(Receiver().respond) as hook,
    ):
        with listening("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
            interval="10m",
            longest="6h",
            extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"\n'
            f'public_url = "http://127.0.0.1:{port}"',
        )
        world = _World(site, Hands(), hub, paper, news)
        world.publish()
        yield world


@asynccontextmanager
async def _open(world: _World) -> AsyncIterator[Pipeline]:
    """Yield the pipeline of the world's site, with its callbacks served."""

    def offer(push: Push) -> bool:
        world.offered.append(push)
        return True

    async with bench(world.site, world.clock) as pipeline:
        routes = callback_routes(pipeline.hubs, offer)
        app = create_app(routes, hosts=["127.0.0.1"], token="closed", public=CALLBACK_PATHS)
        with listening(*pipeline.site.settings.web.address) as taken:
            async with serve(app, taken):
                yield pipeline


@asynccontextmanager
async def _subscribed(tmp_path: Path, **how: object) -> AsyncIterator[tuple[_World, Pipeline]]:
    """Yield a world after the first poll and the first round at the hub."""
    async with _world(tmp_path, **how) as world, _open(world) as pipeline:
        assert (await poll(pipeline)).advert_changed
        await pipeline.hubs.settle()
        yield world, pipeline


def _only(pipeline: Pipeline) -> Subscription:
    [row] = Subscriptions(pipeline.store).all()
    return row


async def test_a_feed_that_names_a_hub_is_subscribed(tmp_path: Path) -> None:
    """Discovered by the poll, asked for, asked back, the challenge echoed, the lease noted."""
    async with _subscribed(tmp_path) as (world, pipeline):
        row = _only(pipeline)
        await pipeline.hubs.settle()
    [form] = world.hub.asked
    assert form["hub.topic"] == world.paper.url("/feed")
    assert form["hub.callback"].endswith(f"/websub/{row.token}")
    assert len(row.token) >= 43
    assert len(form["hub.secret"]) >= 64
    assert world.hub.answers == [(200, CHALLENGE)]
    assert row.standing is Standing.ACTIVE
    assert row.lease_until == world.clock.now() + timedelta(hours=1)


async def test_nothing_is_confirmed_that_was_not_asked_for(tmp_path: Path) -> None:
    """Another topic, another mode, another token: 404, and the subscription stays as it was."""
    async with _subscribed(tmp_path) as (world, pipeline):
        before = _only(pipeline)
        asked = [
            await world.hub.confirm(**{"hub.topic": "http://127.0.0.1/other"}),
            await world.hub.confirm(**{"hub.mode": "unsubscribe"}),
            await world.hub.question(hub_mode="subscribe", hub_challenge="x"),
            await ask(world.hub.callback + "x?hub.mode=subscribe&hub.challenge=x"),
        ]
        assert _only(pipeline) == before
    assert {status for status, _ in asked} == {404}
    assert not any(CHALLENGE in body for _, body in asked)


async def test_a_hub_may_ask_back_later_or_deny(tmp_path: Path) -> None:
    """Until it asks back nothing is active; a denial is kept with its reason and ends the pace."""
    async with _subscribed(tmp_path, confirms=False) as (world, pipeline):
        assert _only(pipeline).standing is Standing.ASKING
        assert await world.hub.confirm() == (200, CHALLENGE)
        assert _only(pipeline).standing is Standing.ACTIVE
        topic = world.hub.asked[-1]["hub.topic"]
        denied = await world.hub.question(
            hub_mode="denied", hub_topic=topic, hub_reason="not paid for"
        )
        assert denied[0] == 200
        assert _only(pipeline).standing is Standing.DENIED
        assert _only(pipeline).reason == "denied: not paid for"
        assert await world.hub.push(world.publish(_STORY)) == 410
        await pipeline.hubs.settle()
        assert len(world.hub.asked) == 1
        world.clock.forward(days=3)
        await pipeline.hubs.settle()
    assert len(world.hub.asked) == 2


async def test_a_signed_push_is_decided_like_a_poll(tmp_path: Path) -> None:
    """What was pushed alerts at once; the poll after it, and the same push again, find it known."""
    async with _subscribed(tmp_path) as (world, pipeline):
        whole = world.publish(_STORY)
        assert await world.hub.push(whole) == 202
        report = await pipeline.take_push(world.offered[0])
        assert report is not None
        assert [row.rule for row in report.decision.alerts] == ["troops.nk-in-russia"]
        assert only_feed(pipeline).owed is None
        assert await pipeline.deliver_due() == (1, 0)
        assert await world.hub.push(whole) == 202
        assert len(world.offered) == 1
        assert (await poll(pipeline)).decision.alerts == ()
        assert pipeline.pulse.pushes == {"taken": 1, "repeated": 1}


@pytest.mark.parametrize(
    "how",
    [{"secret": "other"}, {"signed": False}, {"method": "md5"}],
    ids=["wrong secret", "no signature", "unknown method"],
)
async def test_a_forged_push_is_thanked_for_and_ignored(
    tmp_path: Path, how: dict[str, object]
) -> None:
    """The sender learns nothing, nothing is parsed or owed, and it is counted."""
    async with _subscribed(tmp_path) as (world, pipeline):
        assert await world.hub.push(world.publish(_STORY), **how) == 202  # type: ignore[arg-type]
        assert world.offered == []
        assert only_feed(pipeline).owed is None
        assert _only(pipeline).last_push is None
        assert pipeline.pulse.pushes == {"forged": 1}


async def test_an_old_signature_only_makes_the_feed_due(tmp_path: Path) -> None:
    """SHA-1 proves that there is news, not what it is: the feed is asked, no earlier than allowed."""
    async with _subscribed(tmp_path) as (world, pipeline):
        whole = world.publish(_STORY)
        assert await world.hub.push(whole, method="sha1") == 202
        assert world.offered == []
        assert pipeline.store.due_feeds(world.clock.now()) == ()
        world.clock.forward(minutes=10)
        [due] = pipeline.store.due_feeds(world.clock.now())
        assert len((await pipeline.poll_feed(due)).decision.alerts) == 1
        assert only_feed(pipeline).owed is None


async def test_a_push_of_something_else_changes_nothing(tmp_path: Path) -> None:
    """Another topic is ignored; a signed page that is no feed is left to the poll that is owed."""
    async with _subscribed(tmp_path) as (world, pipeline):
        other = await world.hub.push(world.publish(_STORY), topic="http://127.0.0.1/other")
        assert (other, world.offered) == (202, [])
        page = answer(b"<!doctype html><html><body>10,000 North Korean soldiers</body></html>")
        assert await world.hub.push(page) == 202
        assert await pipeline.take_push(world.offered[0]) is None
        feed = only_feed(pipeline)
        assert (feed.error_count, feed.last_outcome) == (0, "fetched")
        world.clock.forward(minutes=10)
        assert pipeline.store.due_feeds(world.clock.now()) == (only_feed(pipeline),)
        assert pipeline.pulse.pushes == {"foreign": 1, "taken": 1, "unreadable": 1}


async def test_a_push_that_died_with_the_process_is_polled_for(tmp_path: Path) -> None:
    """Thanked for, then killed before it was decided: the debt is stored, the poll brings it."""
    async with _world(tmp_path) as world:
        async with _open(world) as pipeline:
            await poll(pipeline)
            await pipeline.hubs.settle()
            assert await world.hub.push(world.publish(_STORY)) == 202
        world.clock.forward(minutes=10)
        async with _open(world) as pipeline:
            [due] = pipeline.store.due_feeds(world.clock.now())
            assert len((await pipeline.poll_feed(due)).decision.alerts) == 1
            assert only_feed(pipeline).owed is None


async def test_a_poll_under_way_does_not_pay_for_a_later_push(tmp_path: Path) -> None:
    """A poll that asked before the push came may have seen the old feed: the debt stays."""
    async with _subscribed(tmp_path) as (world, pipeline):
        before = only_feed(pipeline)
        assert await world.hub.push(world.publish(_STORY), method="sha1") == 202
        await pipeline.poll_feed(before)
        assert only_feed(pipeline).owed is not None


async def test_polls_slow_down_while_a_hub_delivers(tmp_path: Path) -> None:
    """Six times rarer after the first push; as before once the lease is over or pushes are missed."""
    async with _subscribed(tmp_path) as (world, pipeline):
        now = world.clock.now()
        usual = (await poll(pipeline)).next_poll - now
        await world.hub.push(world.publish(_OTHER))
        await pipeline.take_push(world.offered[0])
        slow = (await poll(pipeline)).next_poll - now
        assert slow > usual * 4
        for number in range(2):
            world.publish(_OTHER, Story(f"/{number}", f"Number {number}", "It rained again."))
            await poll(pipeline)
        assert only_feed(pipeline).pushed_until is None
        assert (await poll(pipeline)).next_poll - now < usual * 2
        await world.hub.push(world.publish(_STORY))
        assert only_feed(pipeline).pushed_until == now + timedelta(hours=1)
        world.clock.forward(hours=2)
        assert (await poll(pipeline)).next_poll - world.clock.now() < usual * 4


async def test_a_lease_is_renewed_in_time_and_after_a_restart(tmp_path: Path) -> None:
    """The same callback before the end; a lease that ran out while nobody ran is asked for anew."""
    async with _world(tmp_path) as world:
        async with _open(world) as pipeline:
            await poll(pipeline)
            await pipeline.hubs.settle()
            world.clock.forward(minutes=30)
            await pipeline.hubs.settle()
            assert len(world.hub.asked) == 1
            world.clock.forward(minutes=20)
            await pipeline.hubs.settle()
            assert _only(pipeline).lease_until == world.clock.now() + timedelta(hours=1)
        world.clock.forward(days=2)
        async with _open(world) as pipeline:
            await pipeline.hubs.settle()
            assert _only(pipeline).lease_until == world.clock.now() + timedelta(hours=1)
    assert len({row["hub.callback"] for row in world.hub.asked}) == 1
    assert len(world.hub.asked) == 3


def _named(world: _World, *hubs: Hub) -> None:
    """Let the feed name these hubs, in this order."""
    links = ", ".join(f'<{hub.url}>; rel="hub"' for hub in hubs)
    own = f'<{world.paper.url("/feed")}>; rel="self"'
    world.news["/feed"] = rss([], world.paper.url(""), link=f"{links}, {own}")


@pytest.mark.parametrize(
    ("first", "minutes"),
    [
        pytest.param({"confirms": False, "says": "503 Oops"}, 1, id="fails"),
        pytest.param({"confirms": False, "says": "403 Forbidden"}, 1, id="refuses"),
        pytest.param({"confirms": False}, 20, id="never asks back"),
    ],
)
async def test_the_next_hub_is_asked_where_the_first_will_not(
    tmp_path: Path, first: dict[str, object], minutes: int
) -> None:
    """A feed that names two hubs is pushed by the second one, whose pushes count."""
    async with hub_server() as second, _world(tmp_path, **first) as world, _open(world) as pipeline:
        _named(world, world.hub, second)
        await poll(pipeline)
        await pipeline.hubs.settle()
        assert second.asked == []
        world.clock.forward(minutes=minutes)
        await pipeline.hubs.settle()
        row = _only(pipeline)
        assert (row.hub, row.standing) == (second.url, Standing.ACTIVE)
        whole = rss([_STORY], world.paper.url(""))
        assert await second.push(whole, topic=row.topic) == 202
        report = await pipeline.take_push(world.offered[0])
        assert report is not None
        assert len(report.decision.alerts) == 1
        # It stays there, also when the feed is read again and its leases are renewed.
        await poll(pipeline)
        world.clock.forward(minutes=50)
        await pipeline.hubs.settle()
        assert _only(pipeline).hub == second.url
    assert len(world.hub.asked) == 1
    assert len(second.asked) == 2


async def test_hubs_that_all_fail_are_asked_ever_more_rarely(tmp_path: Path) -> None:
    """In turns, and two days of it are no more requests than one hub that fails would get."""
    how: dict[str, object] = {"confirms": False, "says": "503 Oops"}
    async with (
        hub_server(**how) as second,
        _world(tmp_path, **how) as world,
        _open(world) as pipeline,
    ):
        _named(world, world.hub, second)
        await poll(pipeline)
        for _ in range(2 * 24 * 12):
            await pipeline.hubs.settle()
            world.clock.forward(minutes=5)
    assert 3 <= len(world.hub.asked) <= 8
    assert abs(len(world.hub.asked) - len(second.asked)) <= 1


async def test_a_hub_that_denies_makes_way_for_the_next_one(tmp_path: Path) -> None:
    """A denial counts at once; when all denied, the first is asked again a day later."""
    async with hub_server() as second, _world(tmp_path) as world, _open(world) as pipeline:
        _named(world, world.hub, second)
        await poll(pipeline)
        await pipeline.hubs.settle()
        for hub in (world.hub, second):
            topic = hub.asked[-1]["hub.topic"]
            assert (await hub.question(hub_mode="denied", hub_topic=topic))[0] == 200
            for _ in range(3):
                await pipeline.hubs.settle()
        assert (len(world.hub.asked), len(second.asked)) == (1, 1)
        assert _only(pipeline).standing is Standing.DENIED
        world.clock.forward(days=2)
        await pipeline.hubs.settle()
        assert (_only(pipeline).hub, _only(pipeline).standing) == (world.hub.url, Standing.ACTIVE)


async def test_a_hub_that_fails_is_left_alone_and_costs_nothing(tmp_path: Path) -> None:
    """Refused with Retry-After: asked again when it wants to be; polls go on as ever."""
    how: dict[str, object] = {
        "confirms": False,
        "says": "503 Service Unavailable",
        "headers": {"retry_after": "3600"},
    }
    async with _subscribed(tmp_path, **how) as (world, pipeline):
        row = _only(pipeline)
        assert (row.standing, row.reason) == (Standing.ASKING, "HTTP 503")
        assert row.due == world.clock.now() + timedelta(hours=1)
        world.clock.forward(minutes=59)
        await pipeline.hubs.settle()
        assert len(world.hub.asked) == 1
        assert not (await poll(pipeline)).failed
        world.clock.forward(minutes=2)
        await pipeline.hubs.settle()
        assert len(world.hub.asked) == 2


@pytest.mark.parametrize(
    ("hub", "reason"),
    [("http://10.1.2.3/hub", "address"), ("http://127.0.0.1:1/hub", "refused")],
    ids=["inside", "down"],
)
async def test_hubs_are_asked_through_the_guard(tmp_path: Path, hub: str, reason: str) -> None:
    """A feed cannot make us knock inside; a hub that is down is a reason on its subscription."""
    async with _world(tmp_path) as world, _open(world) as pipeline:
        base = world.paper.url("")
        world.news["/feed"] = rss([], base, link=f"<{hub}>; rel=hub")
        await poll(pipeline)
        await pipeline.hubs.settle()
        assert reason in str(_only(pipeline).reason)


async def test_a_redirected_request_is_repeated_where_it_leads(tmp_path: Path) -> None:
    """307 keeps method and form; a hub that redirects in a circle is left after three."""
    async with _subscribed(tmp_path, confirms=False) as (world, pipeline):
        world.hub.says, world.hub.headers = "307 Temporary Redirect", {"location": "/elsewhere"}
        world.clock.forward(hours=1)
        await pipeline.hubs.settle()
        assert _only(pipeline).reason == "HTTP 307"
    assert world.hub.here is not None
    assert world.hub.here.paths == ["/hub", "/hub", "/elsewhere", "/elsewhere"]
    assert world.hub.asked[1] == world.hub.asked[3]


@pytest.mark.parametrize("how", ["never", "removed", "another hub"])
async def test_what_is_not_wanted_any_more_is_given_up(tmp_path: Path, how: str) -> None:
    """Switched off, removed, or moved to another hub: unsubscribed, confirmed, forgotten."""
    async with _world(tmp_path) as world:
        async with _open(world) as pipeline:
            await poll(pipeline)
            await pipeline.hubs.settle()
        first = world.hub.asked[0]
        if how == "never":
            (world.site.folder / "conf.d").mkdir()
            (world.site.folder / "conf.d" / "hubs.toml").write_text('[fetch]\nwebsub = "never"')
        elif how == "removed":
            world.site.feeds = {}
        async with _open(world) as pipeline:
            if how == "another hub":
                world.news["/feed"] = rss(
                    [], world.paper.url(""), link="<http://10.0.0.1/>; rel=hub"
                )
                await poll(pipeline)
            await pipeline.hubs.settle()
            left = Subscriptions(pipeline.store).all()
    [farewell] = [row for row in world.hub.asked if row["hub.mode"] == "unsubscribe"]
    assert farewell["hub.callback"] == first["hub.callback"]
    assert world.hub.answers[-1] == (200, CHALLENGE)
    assert [row.hub for row in left] == (["http://10.0.0.1/"] if how == "another hub" else [])


async def test_without_pages_nobody_is_asked(tmp_path: Path) -> None:
    """No public address: no request to a hub, and what was subscribed is forgotten."""
    async with _world(tmp_path) as world:
        async with _open(world) as pipeline:
            await poll(pipeline)
            await pipeline.hubs.settle()
        world.site.extra = ""
        async with bench(world.site, world.clock) as pipeline:
            await poll(pipeline)
            await pipeline.hubs.settle()
            assert Subscriptions(pipeline.store).all() == ()
    assert len(world.hub.asked) == 1


async def test_a_callback_takes_no_more_than_a_feed_may_be(tmp_path: Path) -> None:
    """Too long, packed, or to an unknown token: refused before it is read."""
    async with _subscribed(tmp_path) as (world, pipeline):
        endless = await _raw(world.hub.callback, f"content-length: {11 * 1024 * 1024}")
        packed = await _raw(world.hub.callback, "content-encoding: gzip", "content-length: 9")
        nobody = await _raw(world.hub.callback + "x", "content-length: 9")
        assert [endless, packed, nobody] == ["413", "415", "410"]
        assert pipeline.pulse.pushes == {"unknown": 1}


async def _raw(url: str, *headers: str) -> str:
    """Send only the head of a push; return the status of the answer."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    head = "\r\n".join([f"POST /{path} HTTP/1.1", f"host: {host}", *headers])
    writer.write(f"{head}\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()
    return line.decode().split(" ")[1]


async def test_pushes_alone_keep_a_feed_from_looking_silent(tmp_path: Path) -> None:
    """News that a hub brought is news: the rhythm of the feed sees it, its shape does not change."""
    async with _subscribed(tmp_path) as (world, pipeline):
        shape = only_feed(pipeline).health.shape
        world.clock.forward(minutes=5)
        await world.hub.push(world.publish(_STORY))
        await pipeline.take_push(world.offered[0])
        known = only_feed(pipeline).health
        assert known.last_news == world.clock.now()
        assert known.shape == shape
