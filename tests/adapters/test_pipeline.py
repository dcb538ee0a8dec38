# SPDX-License-Identifier: Apache-2.0
"""The pipeline against real stores and sockets, with only the clock in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Request, answer, serving
from newsroom import Receiver, Site, Story, mails_to, page, rss, webhook_ids
from sample_alerts import ONE
from smtp_servers import Inbox, smtp_server

from monitor.bootstrap import assemble
from monitor.core.model import Channel, ChannelKind, Message
from monitor.pipeline import Pipeline

pytestmark = pytest.mark.anyio

_MINUTE = timedelta(minutes=1)
_TEASER = Story("/story", "Arrivals", "What is known about the North Korean troops in Russia.")
_FIGURE = "The Pentagon said about 10,000 North Korean soldiers are in Russia."


class _Hands:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        """Return what it shows."""
        return self.moment

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.moment.timestamp()


@asynccontextmanager
async def _pipeline(site: Site, clock: _Hands) -> AsyncIterator[Pipeline]:
    assembly = assemble(str(site.config), {})
    assembly.clock = clock
    with assembly.open_store() as store:
        store.sync_feeds(assembly.feeds(), clock.now())
        async with assembly.pipeline(store) as pipeline:
            yield pipeline


def _message(name: str, clock: _Hands, channel: str = "desk/webhook") -> Message:
    subscriber, kind = channel.split("/")
    return replace(
        ONE,
        id=name,
        channel=Channel(id=channel, subscriber=subscriber, kind=ChannelKind(kind), address="old"),
        created=clock.now(),
    )


async def test_a_page_that_failed_is_read_later_and_its_figure_told(tmp_path: Path) -> None:
    """The teaser is decided at once; after five minutes the page is asked for again."""
    clock, inbox = _Hands(), Inbox()
    news = {_TEASER.path: answer(status="503 Service Unavailable")}
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            news["/feed"] = rss([_TEASER], paper.url(""))
            site = Site(
                tmp_path / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "desk@example.org"}},
            )
            async with _pipeline(site, clock) as pipeline:
                await _poll(pipeline)
                news[_TEASER.path] = page("Arrivals", [_FIGURE, *["No more is known."] * 12])
                clock.moment += 4 * _MINUTE
                await _poll(pipeline)
                assert paper.paths.count(_TEASER.path) == 1
                clock.moment += 2 * _MINUTE
                await _poll(pipeline)
                clock.moment += 50 * _MINUTE
                await _poll(pipeline)
                assert await pipeline.deliver_due() == (1, 0)
    assert paper.paths.count(_TEASER.path) == 2
    [mail] = mails_to(inbox, "desk@example.org")
    assert "10,000" in mail["Subject"]


_BARRACKS = """
id = "site.barracks"
title = "Barracks"
kind = "keyword"
match = "barracks"
[[example]]
name = "fires"
text = "They saw barracks."
expect = "alert"
[[example]]
name = "stays silent"
text = "Nothing was seen."
expect = "silent"
"""


@pytest.mark.parametrize(
    "teaser",
    [
        pytest.param(_TEASER, id="what only the page says"),
        pytest.param(
            Story("/story", "Barracks", "Barracks for the North Korean troops in Russia."),
            id="what the teaser said before",
        ),
    ],
)
async def test_words_that_a_page_brings_later_are_told_once(tmp_path: Path, teaser: Story) -> None:
    """The page failed at first; its words alert a keyword rule unless the teaser's did already."""
    clock = _Hands()
    news = {teaser.path: answer(status="503 Service Unavailable")}
    (tmp_path / "site" / "rules").mkdir(parents=True)
    (tmp_path / "site" / "rules" / "barracks.toml").write_text(_BARRACKS, encoding="utf-8")
    async with serving(news) as paper:
        news["/feed"] = rss([teaser], paper.url(""))
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            extra='[rules]\npaths = ["rules"]',
        )
        async with _pipeline(site, clock) as pipeline:
            await _poll(pipeline)
            news[teaser.path] = page("Arrivals", ["New barracks stand there."] + ["No more."] * 40)
            for minutes in (6, 60, 600):
                clock.moment += minutes * _MINUTE
                await _poll(pipeline)
            alerts = pipeline.dispatch.routings.alerts(10)
    assert paper.paths.count(teaser.path) >= 2
    assert [row.alert.rule for row in alerts] == ["site.barracks"]


async def test_the_page_of_a_match_is_read_again_and_a_silent_edit_is_corrected(
    tmp_path: Path,
) -> None:
    """After 1 h, 6 h, 1 d and 7 d, then no more; another figure corrects, the same is no reading."""
    clock, inbox = _Hands(), Inbox()
    rest = [f"Nothing more is known about the arrivals, said officer number {n}." for n in range(9)]
    news = {_TEASER.path: page("Arrivals", [_FIGURE, *rest])}
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            news["/feed"] = rss([_TEASER], paper.url(""))
            site = Site(
                tmp_path / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "desk@example.org"}},
            )
            async with _pipeline(site, clock) as pipeline:
                begun, reads = clock.moment, []
                for hours in (0, 0.5, 1, 5.5, 6, 23, 24, 160, 168, 400):
                    clock.moment = begun + timedelta(hours=hours)
                    if hours == 23:
                        edited = _FIGURE.replace("10,000", "8,000")
                        news[_TEASER.path] = page("Arrivals", [edited, *rest])
                    await _poll(pipeline)
                    reads.append(paper.paths.count(_TEASER.path))
                assert await pipeline.deliver_due() == (2, 0)
                counts = pipeline.store.counts()
    assert reads == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert counts["articles"] == 2
    subjects = [mail["Subject"] for mail in mails_to(inbox, "desk@example.org")]
    assert "8,000" in subjects[1]


@pytest.mark.parametrize("mode", ["never", "always"])
async def test_full_text_can_be_chosen_per_feed(tmp_path: Path, mode: str) -> None:
    """`never` asks for no page, now or later; `always` asks even for what no rule is about."""
    clock, inbox = _Hands(), Inbox()
    story = replace(_TEASER, text="Rain is expected." if mode == "always" else _FIGURE)
    news = {story.path: page("Arrivals", [_FIGURE, *["No more is known."] * 12])}
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            news["/feed"] = rss([story], paper.url(""))
            feed = f'[[feed]]\nid = "paper"\nurl = "{paper.url("/feed")}"\nfull_text = "{mode}"\n'
            site = Site(tmp_path / "site", feeds={}, smtp_port=port, extra=feed)
            async with _pipeline(site, clock) as pipeline:
                await _poll(pipeline)
                clock.moment += 90 * _MINUTE
                await _poll(pipeline)
    assert (paper.paths.count(story.path) > 0) is (mode == "always")


async def test_a_figure_that_an_entry_takes_back_is_corrected(tmp_path: Path) -> None:
    """The same entry with another figure is a correction of the first, not one more estimate."""
    clock, inbox, news = _Hands(), Inbox(), {}
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            site = Site(
                tmp_path / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "desk@example.org"}},
            )
            async with _pipeline(site, clock) as pipeline:
                for figure in ("10,000", "8,000"):
                    story = replace(_TEASER, text=_FIGURE.replace("10,000", figure))
                    news["/feed"] = rss([story], paper.url(""))
                    await _poll(pipeline)
                    assert await pipeline.deliver_due() == (1, 0)
                    clock.moment += 5 * _MINUTE
    first, second = (mail["Subject"] for mail in mails_to(inbox, "desk@example.org"))
    assert "10,000" in first
    assert "8,000" in second
    assert "orrect" in second
    assert "orrect" not in first


_OLD_NEWS = Story("/archive", "From the archive", _FIGURE, hours=24 * 90)
_RAIN = Story("/rain", "Rain", "Rain is expected.")


@pytest.mark.parametrize(
    ("before", "standstill", "first_poll", "alerts"),
    [
        pytest.param(_RAIN, 1, "recent", 0, id="the feed goes back to its archive"),
        pytest.param(_RAIN, 1, "silent", 0, id="so it does where the first poll was silent"),
        pytest.param(_RAIN, 1, "all", 1, id="whoever wants all gets it"),
        pytest.param(
            replace(_RAIN, hours=24 * 120), 1, "recent", 1, id="the feed is slow, not going back"
        ),
        pytest.param(
            replace(_RAIN, hours=24 * 92 - 1),
            1,
            "recent",
            1,
            id="two days out of order are nothing",
        ),
        pytest.param(
            replace(_RAIN, hours=24 * 100), 24 * 100, "recent", 1, id="we were gone, not the feed"
        ),
        pytest.param(None, 1, "recent", 1, id="the feed had shown nothing"),
    ],
)
async def test_an_old_entry_that_a_feed_brings_up_later_is_history(
    tmp_path: Path, before: Story | None, standstill: int, first_poll: str, alerts: int
) -> None:
    """It is judged and remembered, and tells nothing; its page is not asked for."""
    clock, news = _Hands(), {}
    clock.moment -= timedelta(hours=standstill)
    shown = [before] if before else []
    async with serving(news) as paper:
        news["/feed"] = rss(shown, paper.url(""))
        feed = (
            f'[[feed]]\nid = "paper"\nurl = "{paper.url("/feed")}"\nfirst_poll = "{first_poll}"\n'
        )
        site = Site(tmp_path / "site", feeds={}, extra=feed)
        async with _pipeline(site, clock) as pipeline:
            await _poll(pipeline)
            clock.moment += timedelta(hours=standstill)
            news["/feed"] = rss([_OLD_NEWS, *shown], paper.url(""))
            [row] = pipeline.store.feeds()
            decision = (await pipeline.poll_feed(row)).decision
            [outcome] = decision.outcomes
    assert [claim.verdict for claim in outcome.claims] == ["new"]
    assert len(decision.alerts) == alerts
    assert outcome.silenced == (None if alerts else "backfill")
    assert (_OLD_NEWS.path in paper.paths) is bool(alerts)


async def test_an_old_entry_that_was_known_is_still_corrected(tmp_path: Path) -> None:
    """What is history is what nobody knew; a change of what was told is news whatever its age."""
    clock, news = _Hands(), {}
    clock.moment -= timedelta(days=90)
    async with serving(news) as paper:
        site = Site(tmp_path / "site", feeds={"paper": paper.url("/feed")})
        async with _pipeline(site, clock) as pipeline:
            found = []
            for figure, further in (("10,000", []), ("10,000", [_RAIN]), ("8,000", [_RAIN])):
                story = replace(_OLD_NEWS, text=_FIGURE.replace("10,000", figure))
                news["/feed"] = rss([story, *further], paper.url(""))
                [row] = pipeline.store.feeds()
                found.append((await pipeline.poll_feed(row)).decision)
                clock.moment = datetime.now(UTC)
    assert [len(decision.alerts) for decision in found] == [1, 0, 1]


_SILENCE = """
id = "watch.paper"
title = "News from Russia"
kind = "absence"
match = "russia"
[absence]
what = "article"
for = "14d"
[[example]]
name = "nothing follows"
text = "A day in Russia."
after = "15d"
expect = "alert"
[[example]]
name = "time is left"
text = "A day in Russia."
after = "13d"
expect = "silent"
"""


async def test_a_silence_is_told_by_mail_once(tmp_path: Path) -> None:
    """What has not come for too long is told with what came last, and not again."""
    clock, inbox, news = _Hands(), Inbox(), {}
    with smtp_server(inbox) as port:
        async with serving(news) as paper:
            news["/feed"] = rss([_TEASER], paper.url(""))
            site = Site(
                tmp_path / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "desk@example.org"}},
                extra='[rules]\nshipped = false\npaths = ["silence.toml"]',
            )
            site.config.with_name("silence.toml").write_text(_SILENCE, encoding="utf-8")
            async with _pipeline(site, clock) as pipeline:
                await _poll(pipeline)
                told = []
                for days in (1, 14, 15):
                    clock.moment += timedelta(days=days)
                    told.append(await pipeline.check_absences())
                assert told == [0, 1, 0]
                assert await pipeline.deliver_due() == (1, 0)
    [mail] = mails_to(inbox, "desk@example.org")
    assert mail["Subject"].startswith("News from Russia: no article for 14 days; the last one on ")
    assert _TEASER.title in mail["Subject"]


async def _poll(pipeline: Pipeline) -> None:
    [feed] = pipeline.store.feeds()
    report = await pipeline.poll_feed(feed)
    assert report.error is None


async def test_a_receiver_is_not_called_before_the_time_it_asked_for(tmp_path: Path) -> None:
    """Retry-After outlasts the configured backoff, and the channel's later messages wait too."""
    clock = _Hands()
    receiver = Receiver(says="429 Too Many Requests", headers={"retry_after": "600"})
    async with serving(receiver.respond) as hook:
        site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": hook.url("/hook")}})
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("first", clock), _message("second", clock)))
            assert await pipeline.deliver_due() == (0, 1)
            receiver.says = "200 OK"
            clock.moment += timedelta(seconds=599)
            assert await pipeline.deliver_due() == (0, 0)
            clock.moment += timedelta(seconds=2)
            assert await pipeline.deliver_due() == (2, 0)
    assert webhook_ids(hook) == ["first", "first", "second"]


async def test_a_message_that_is_refused_for_what_it_is_lets_the_next_one_pass(
    tmp_path: Path,
) -> None:
    """After five refusals of this very message it is a dead letter, and the one behind it is sent."""
    clock, receiver = _Hands(), Receiver(says="422 Unprocessable Content")
    async with serving(receiver.respond) as hook:
        site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": hook.url("/hook")}})
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("first", clock), _message("second", clock)))
            for tries in range(1, 5):
                assert await pipeline.deliver_due() == (0, 1)
                assert webhook_ids(hook) == ["first"] * tries
                clock.moment += _MINUTE
            [delivery] = await pipeline.deliverer.lease_due()
            assert not await pipeline.deliverer.deliver(delivery)
            receiver.says = "200 OK"
            assert await pipeline.deliver_due() == (1, 0)
            [dead] = pipeline.outbox.rows("dead")
    assert (dead.id, dead.attempts) == ("first", 5)
    assert webhook_ids(hook) == ["first"] * 5 + ["second"]


async def test_a_receiver_that_is_gone_is_not_called_again_until_it_moves(tmp_path: Path) -> None:
    """410 makes a dead letter of this message and the next; a new address opens the channel."""
    clock, receiver = _Hands(), Receiver(says="410 Gone")
    async with serving(receiver.respond) as hook:
        site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": hook.url("/hook")}})
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("first", clock), _message("second", clock)))
            assert await pipeline.deliver_due() == (0, 2)
            reasons = [row.reason for row in pipeline.outbox.rows("dead")]
        assert reasons == ["HTTP 410 Gone", "channel disabled: HTTP 410 Gone"]
        receiver.says = "200 OK"
        site.subscribers["desk"]["webhook"] = hook.url("/moved")
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("third", clock),))
            assert await pipeline.deliver_due() == (1, 0)
    assert (webhook_ids(hook), webhook_ids(hook, "/moved")) == (["first"], ["third"])


async def test_a_delivery_is_given_up_after_two_days_and_kept_with_its_reason(
    tmp_path: Path,
) -> None:
    """Until then it is tried again and again under one id; then it is a dead letter, not gone."""
    clock, receiver = _Hands(), Receiver(says="503 Service Unavailable")
    async with serving(receiver.respond) as hook:
        site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": hook.url("/hook")}})
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("first", clock),))
            for _ in range(8):
                assert await pipeline.deliver_due() == (0, 1)
                assert pipeline.outbox.rows("dead") == ()
                clock.moment += timedelta(hours=6)
            assert await pipeline.deliver_due() == (0, 1)
            [letter] = pipeline.outbox.rows("dead")
    assert letter.attempts == 9
    assert letter.reason == "HTTP 503 Service Unavailable (gave up after 9 tries in 2.0 days)"
    assert set(webhook_ids(hook)) == {"first"}


async def test_a_slow_channel_does_not_hold_up_the_next_message_of_another(tmp_path: Path) -> None:
    """While one receiver takes its time, the other gets all of its messages."""
    clock, slow_may_answer = _Hands(), asyncio.Event()

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await slow_may_answer.wait()
        writer.write(answer())

    async with serving(slow) as late, serving(answer()) as prompt:
        site = Site(
            tmp_path / "site",
            {},
            subscribers={
                "desk": {"webhook": late.url("/hook")},
                "siem": {"webhook": prompt.url("/hook")},
            },
        )
        async with _pipeline(site, clock) as pipeline:
            pipeline.outbox.add(
                (
                    _message("slow", clock),
                    _message("one", clock, "siem/webhook"),
                    _message("two", clock, "siem/webhook"),
                )
            )
            delivering = asyncio.create_task(pipeline.deliver_due())
            await late.until("/hook")
            await prompt.until("/hook", times=2)
            slow_may_answer.set()
            assert await delivering == (3, 0)
    assert webhook_ids(prompt) == ["one", "two"]


async def test_a_channel_that_is_no_longer_configured_leaves_a_dead_letter(tmp_path: Path) -> None:
    """Who was removed is not written to any more, and the outbox says so."""
    clock = _Hands()
    site = Site(tmp_path / "site", {})
    async with _pipeline(site, clock) as pipeline:
        pipeline.outbox.add((_message("first", clock),))
        assert await pipeline.deliver_due() == (0, 1)
        [letter] = pipeline.outbox.rows("dead")
    assert letter.reason == "the channel is no longer configured"
