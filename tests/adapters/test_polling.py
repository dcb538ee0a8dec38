# SPDX-License-Identifier: Apache-2.0
"""Polls over weeks of a test's clock: moves, ends, validators, logins, rhythm, alarms."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from benches import Hands, bench, only_feed, poll
from click.testing import CliRunner
from loopback import Request, answer, serving
from newsroom import Receiver, Site, Story, rss, verified

from monitor.cli import main
from monitor.core.health import FeedState

pytestmark = pytest.mark.anyio

_STORY = Story("/story", "Weather", "It rained.")
_MINUTE = timedelta(minutes=1)
_OPERATORS = 'operators = ["ops"]\nalarm_after_failures = 3'


def _moved(target: str, status: str = "301 Moved Permanently") -> bytes:
    return answer(status=status, location=target)


async def test_a_moved_feed_is_followed_at_its_new_address_after_a_day(tmp_path: Path) -> None:
    """301 is followed at once; only its third sighting, a day later, changes what is asked first."""
    clock, news = Hands(), dict[str, bytes]()
    async with serving(news) as paper:
        news |= {"/old": _moved("/new"), "/new": rss([_STORY], paper.url(""))}
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/old")})
        async with bench(site, clock) as pipeline:
            for _ in range(3):
                assert not (await poll(pipeline)).failed
                clock.forward(hours=13)
            feed = only_feed(pipeline)
            assert (feed.url, feed.address) == (paper.url("/old"), paper.url("/new"))
            assert feed.etag is None
            paper.requests.clear()
            await poll(pipeline)
    assert paper.paths == ["/new"]


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
async def test_a_passing_redirect_never_moves_a_feed(tmp_path: Path, status: str) -> None:
    """However often it is seen, a temporary redirect is asked for again."""
    clock, news = Hands(), dict[str, bytes]()
    async with serving(news) as paper:
        news |= {"/old": _moved("/new", status), "/new": rss([_STORY], paper.url(""))}
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/old")})
        async with bench(site, clock) as pipeline:
            for _ in range(5):
                await poll(pipeline)
                clock.forward(hours=13)
            assert only_feed(pipeline).address == paper.url("/old")


async def test_a_redirect_to_an_error_page_moves_nothing(tmp_path: Path) -> None:
    """A captive portal answers 200 with a page: a failure, and never a sighting."""
    clock = Hands()
    news = {"/old": _moved("/login"), "/login": answer(b"<html><body>Log in</body></html>")}
    async with serving(news) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/old")})
        async with bench(site, clock) as pipeline:
            for failures in range(1, 5):
                report = await poll(pipeline)
                assert report.outcome == "not-a-feed"
                feed = only_feed(pipeline)
                assert (feed.error_count, feed.state(clock.now())) == (failures, FeedState.BROKEN)
                clock.forward(hours=13)
            assert only_feed(pipeline).address == paper.url("/old")


async def test_a_feed_that_is_gone_is_asked_again_a_day_later_and_then_left(tmp_path: Path) -> None:
    """410 twice, a day apart, stops the feed and tells the operator; a command starts it again."""
    clock, news = Hands(), {"/feed": answer(status="410 Gone")}
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"ops": {"webhook": hook.url("/operator")}},
            extra=_OPERATORS,
        )
        async with bench(site, clock) as pipeline:
            report = await poll(pipeline)
            assert report.next_poll - clock.now() >= timedelta(days=1)
            clock.forward(days=1, minutes=1)
            assert len(pipeline.store.due_feeds(clock.now() + timedelta(days=1))) == 1
            await poll(pipeline)
            clock.forward(days=400)
            assert pipeline.store.due_feeds(clock.now(), ignore_times=True) == ()
            assert only_feed(pipeline).state(clock.now()) is FeedState.GONE
            clock.forward(minutes=1)
            assert await pipeline.deliver_due() == (1, 0)
            assert pipeline.store.stop_feed("paper", None, clock.now())
            assert len(pipeline.store.due_feeds(clock.now())) == 1
    body = verified(hook.requests[0])
    assert body["data"]["rule"] == "figurewatch.feed-gone"
    assert "paper" in body["data"]["title"]


async def test_the_operator_hears_of_a_broken_feed_once_and_when_it_is_back(tmp_path: Path) -> None:
    """Three failures make one alarm, the first success another; a restart repeats neither."""
    clock, news = Hands(), {"/feed": answer(status="503 Service Unavailable")}
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={
                "ops": {"webhook": hook.url("/operator")},
                "desk": {"webhook": hook.url("/desk")},
            },
            extra=_OPERATORS,
        )
        for _ in range(5):
            async with bench(site, clock) as pipeline:
                await poll(pipeline)
                await pipeline.deliver_due()
                clock.forward(hours=1)
        news["/feed"] = rss([], paper.url(""))
        async with bench(site, clock) as pipeline:
            await poll(pipeline)
            news["/feed"] = rss([_STORY], paper.url(""))
            clock.forward(hours=1)
            await poll(pipeline)
            clock.forward(minutes=1)
            await pipeline.deliver_due()
    told = [(row.path, verified(row)["data"]["rule"]) for row in hook.requests]
    assert told == [
        ("/operator", "figurewatch.feed-broken"),
        ("/operator", "figurewatch.feed-empty"),
        ("/operator", "figurewatch.feed-back"),
    ]
    assert any("http-503" in note for note in verified(hook.requests[0])["data"]["notes"])


async def test_validators_stay_home_once_a_day(tmp_path: Path) -> None:
    """The second poll is conditional, byte for byte; a day after the whole fetch it is not."""
    clock, asked = Hands(), list[str | None]()

    async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.append(request.headers.get("if-none-match"))
        if asked[-1] is not None:
            writer.write(answer(status="304 Not Modified"))
        else:
            writer.write(rss([_STORY], "http://paper.example", etag='W/"a b"'))

    async with serving(respond) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with bench(site, clock) as pipeline:
            for hours in (1, 22, 2, 1):
                assert not (await poll(pipeline)).failed
                clock.forward(hours=hours)
            await poll(pipeline)
    assert asked == [None, 'W/"a b"', 'W/"a b"', None, 'W/"a b"']


_LOGINS = {
    "basic": (
        'username = "reader"\npassword_file = "feed.secret"',
        ("authorization", "Basic cmVhZGVyOmh1bnRlcjI="),
    ),
    "bearer": ('token_file = "feed.secret"', ("authorization", "Bearer hunter2")),
    "header": ('token_file = "feed.secret"\nheader = "X-Api-Key"', ("x-api-key", "hunter2")),
}


@pytest.mark.parametrize(("keys", "expected"), _LOGINS.values(), ids=_LOGINS)
async def test_a_login_is_sent_to_its_own_origin_only(
    tmp_path: Path, keys: str, expected: tuple[str, str]
) -> None:
    """The feed's server gets the secret; the server that it redirects to does not."""
    name, value = expected
    async with serving(rss([_STORY], "http://paper.example")) as elsewhere:
        news = {"/feed": _moved("/inner", "302 Found"), "/inner": _moved(elsewhere.url("/out"))}
        async with serving(news) as paper:
            (tmp_path / "site").mkdir()
            (tmp_path / "site" / "feed.secret").write_text("hunter2\n", encoding="ascii")
            feed = f'[[feed]]\nid = "paper"\nurl = "{paper.url("/feed")}"\n{keys}'
            site = Site(tmp_path / "site", feeds={}, extra=feed)
            async with bench(site, Hands()) as pipeline:
                assert not (await poll(pipeline)).failed
    assert [row.headers.get(name) for row in paper.requests] == [value, value]
    assert [row.headers.get(name) for row in elsewhere.requests] == [None]


@pytest.mark.parametrize(
    ("keys", "least", "most"),
    [("", 360, 396), ('interval = "7m"', 7, 7.7)],
    ids=["rhythm", "named"],
)
async def test_a_quiet_feed_is_polled_less_often_and_a_named_interval_holds(
    tmp_path: Path, keys: str, least: float, most: float
) -> None:
    """Without `interval` the rhythm decides within the bounds; with it, nothing else does."""
    clock = Hands()
    stories = [Story(f"/{n}", f"Story {n}", "Rain.", hours=n * 24.0) for n in range(1, 6)]
    async with serving(rss(stories, "http://paper.example", cache_control="max-age=900")) as paper:
        feed = f'[[feed]]\nid = "paper"\nurl = "{paper.url("/feed")}"\n{keys}'
        site = Site(tmp_path / "site", feeds={}, interval="5m", longest="6h", extra=feed)
        async with bench(site, clock) as pipeline:
            await poll(pipeline)
            clock.forward(days=3)
            report = await poll(pipeline)
    assert least <= (report.next_poll - clock.now()) / _MINUTE <= most


async def test_a_failing_feed_waits_longer_each_time_up_to_a_day(tmp_path: Path) -> None:
    """Backoff doubles with jitter, ends at a day, and one success resets it."""
    clock, news = Hands(), {"/feed": answer(status="500 Oops")}
    async with serving(news) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")}, interval="5m")
        async with bench(site, clock) as pipeline:
            waits = []
            for _ in range(12):
                report = await poll(pipeline)
                waits.append((report.next_poll - clock.now()) / _MINUTE)
            news["/feed"] = rss([_STORY], paper.url(""))
            report = await poll(pipeline)
    assert all(5 * 2**n <= wait <= 5.5 * 2**n for n, wait in enumerate(waits[:8]))
    assert waits[-1] == 24 * 60
    assert (report.next_poll - clock.now()) / _MINUTE <= 5.5


async def test_a_feed_is_not_asked_before_the_time_it_named(tmp_path: Path) -> None:
    """Retry-After outlasts the backoff, within a week."""
    clock = Hands()
    refusal = answer(status="429 Too Many Requests", retry_after="999999999")
    async with serving(refusal) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with bench(site, clock) as pipeline:
            report = await poll(pipeline)
            assert report.next_poll - clock.now() == timedelta(days=7)
            assert only_feed(pipeline).state(clock.now()) is FeedState.BLOCKED


_LONG = [
    Story(f"/story/{number}", "Weather", f"It rained {number} times.") for number in range(1_003)
]


@pytest.mark.parametrize(
    ("count", "broken", "told"),
    [
        (1_003, False, "3 entries beyond the first 1,000 were not read"),
        (2, True, "broken XML: "),
        (2, False, None),
    ],
    ids=["too many entries", "broken markup", "neither"],
)
async def test_what_of_a_feed_was_left_out_or_mended_is_told(
    tmp_path: Path, count: int, broken: bool, told: str | None
) -> None:
    """In the outcome of the poll, with the feed, and in `status`; a sound answer ends it."""
    clock, news = Hands(), dict[str, bytes]()
    async with serving(news) as paper:
        sound = rss(_LONG[:2], paper.url(""))
        news["/feed"] = rss(_LONG[:count], paper.url(""))
        if broken:
            news["/feed"] = news["/feed"].replace(b"</channel>", b"</chan>   ")
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with bench(site, clock) as pipeline:
            report = await poll(pipeline)
            assert not report.failed
            reason = only_feed(pipeline).reason(clock.now())
            shown = CliRunner().invoke(main, ["status", "--config", str(site.config)]).stdout
            news["/feed"] = sound
            clock.forward(hours=1)
            await poll(pipeline)
            assert only_feed(pipeline).reason(clock.now()) is None
    assert report.flawed == reason
    assert (reason or "").startswith(told or "")
    assert (reason is None) is (told is None)
    assert ("were not read" in shown or "broken XML" in shown) is (told is not None)


@pytest.mark.parametrize(
    ("codec", "declared", "words"),
    [
        pytest.param("utf-8", "utf-8", "", id="sound"),
        pytest.param("koi8-u", "utf-8", "not the declared character set", id="another one"),
        pytest.param("utf-8", "broken", "characters cannot be read", id="broken bytes"),
    ],
)
async def test_a_feed_that_cannot_be_read_as_declared_is_no_healthy_one(
    tmp_path: Path, codec: str, declared: str, words: str
) -> None:
    """What is wrong is said in plain words, of broken bytes to operators too; the text is kept."""
    clock = Hands()
    text = "Сьогодні вранці над містом пройшов дощ, а ввечері вітер розігнав хмари. " * 3
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Н</title>'
        f"<item><title>Погода</title><guid>1</guid><description>{text}</description></item>"
        "</channel></rss>"
    ).encode(codec)
    if declared == "broken":
        body = body.replace("дощ".encode(), b"\xd0\xff\xd0\xff")
    whole = answer(body, content_type="application/rss+xml; charset=utf-8")
    async with serving({"/feed": whole}) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"ops": {"webhook": hook.url("/operator")}},
            extra=_OPERATORS,
        )
        async with bench(site, clock) as pipeline:
            assert not (await poll(pipeline)).failed
            reason = only_feed(pipeline).reason(clock.now()) or ""
            assert pipeline.store.counts()["articles"] == 1
            clock.forward(minutes=1)
            await pipeline.deliver_due()
    rules = [verified(row)["data"]["rule"] for row in hook.requests]
    assert words in reason
    assert (reason == "") is (words == "")
    assert rules == (["figurewatch.feed-odd"] if declared == "broken" else [])
