# SPDX-License-Identifier: Apache-2.0
"""Killed at any instant, nothing is lost and nothing gets a second identity.

Each test brings the real daemon to a known point by what its peers on loopback do or leave undone,
kills it there as a power cut would, and looks at what the next one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from loopback import Loopback, Request, answer, serving
from newsroom import (
    Receiver,
    Site,
    Story,
    mails_to,
    page,
    parsed_mail,
    rss,
    verified,
    webhook_ids,
)
from processes import daemon
from smtp_servers import Inbox, Script, scripted_server, silent_port, smtp_server

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_ADDRESS = "desk@example.org"
_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
_LATER = Story(
    "/more",
    "More arrivals in the east",
    "The Pentagon now says 12,500 North Korean soldiers are in Russia, after a fresh count.",
    hours=0.5,
)


class _Paper:
    """A feed with an ETag that it honours, so that validators stored too early would show.

    `silent_at` names a path whose request is never answered.
    """

    def __init__(self, *stories: Story, silent_at: str = "") -> None:
        self.stories = stories
        self.silent_at = silent_at
        self.base = ""

    async def respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        if request.path == self.silent_at:
            await asyncio.Event().wait()
        writer.write(self._answer(request))

    def _answer(self, request: Request) -> bytes:
        if request.path == "/feed":
            etag = f'"v{len(self.stories)}"'
            if request.headers.get("if-none-match") == etag:
                return answer(status="304 Not Modified", etag=etag)
            return rss(self.stories, self.base, etag=etag)
        if request.path == _STORY.path:
            return page(_STORY.title, (_STORY.text, *["Nothing else is known so far."] * 8))
        return answer(status="404 Not Found")


@asynccontextmanager
async def _paper(paper: _Paper) -> AsyncIterator[Loopback]:
    async with serving(paper.respond) as server:
        paper.base = server.url("")
        yield server


async def test_an_article_under_way_is_decided_after_a_crash(tmp_path: Path) -> None:
    """Killed before the commit, the next daemon fetches again: no validator was stored too early."""
    paper = _Paper(_STORY, silent_at=_STORY.path)
    inbox = Inbox()
    with smtp_server(inbox) as port:
        async with _paper(paper) as server:
            site = Site(
                tmp_path / "site",
                feeds={"paper": server.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": _ADDRESS}},
            )
            async with daemon(site.config) as running:
                await server.until(_STORY.path)
                await running.kill()
                assert running.told("article.decided") == []
            paper.silent_at = ""
            async with daemon(site.config) as running:
                await running.until("delivery.sent", channel="desk/email")
                await running.polled_again("paper", times=1)
    assert len(mails_to(inbox, _ADDRESS)) == 1


async def test_only_deliveries_without_an_answer_are_repeated_after_a_crash(tmp_path: Path) -> None:
    """Killed between sending and noting it: the same id again, and nothing where the answer is known."""
    mute, quick = Receiver(says=None), Receiver()
    script, inbox = Script(silent="CONTENT"), Inbox()
    async with (
        _paper(_Paper(_STORY)) as server,
        serving(mute.respond) as doubtful,
        serving(quick.respond) as known,
    ):
        site = Site(
            tmp_path / "site",
            feeds={"paper": server.url("/feed")},
            subscribers={
                "desk": {"email": _ADDRESS, "webhook": doubtful.url("/hook")},
                "siem": {"webhook": known.url("/hook")},
            },
        )
        async with scripted_server(script) as site.smtp_port, daemon(site.config) as running:
            await running.until("delivery.sent", channel="siem/webhook")
            await script.until("CONTENT")
            await doubtful.until("/hook")
            await running.kill()
        mute.says = "200 OK"
        with smtp_server(inbox) as site.smtp_port:
            async with daemon(site.config) as running:
                for channel in ("desk/email", "desk/webhook"):
                    await running.until("delivery.sent", channel=channel)
                await running.polled_again("paper", times=1)
                assert running.told("alert.raised") == []
                assert running.troubles == []
    [taken_before], [repeat] = script.mails, inbox.envelopes
    assert parsed_mail(taken_before)["Message-ID"] == parsed_mail(repeat.content)["Message-ID"]
    first, second = doubtful.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert verified(second)["type"] == "figure.new"
    assert len(known.requests) == 1


async def test_dead_servers_delay_only_their_own_deliveries(tmp_path: Path) -> None:
    """One webhook flows while mail server and another webhook are down; over a crash none is lost."""
    paper, inbox = _Paper(_STORY), Inbox()
    failing = Receiver(says="500 Internal Server Error")
    with silent_port() as mail_port:
        async with (
            _paper(paper) as server,
            serving(Receiver().respond) as good,
            serving(failing.respond) as bad,
        ):
            site = Site(
                tmp_path / "site",
                feeds={"paper": server.url("/feed")},
                smtp_port=mail_port.getsockname()[1],
                subscribers={
                    "desk": {"email": _ADDRESS, "webhook": good.url("/hook")},
                    "siem": {"webhook": bad.url("/hook")},
                },
            )
            async with daemon(site.config) as running:
                await running.until("delivery.sent", channel="desk/webhook")
                for channel in ("desk/email", "siem/webhook"):
                    await running.until("delivery.failed", channel=channel, times=2)
                await running.kill()
            paper.stories = (_LATER, _STORY)
            async with daemon(site.config) as running:
                await running.until("delivery.sent", channel="desk/webhook")
                for channel in ("desk/email", "siem/webhook"):
                    failed = await running.until("delivery.failed", channel=channel)
                    assert failed["attempt"] >= 3
                    assert failed["next_attempt"] is not None
                before = len(bad.requests)
                failing.says = "202 Accepted"
                with smtp_server(inbox, held=mail_port):
                    for channel in ("desk/email", "siem/webhook"):
                        await running.until("delivery.sent", channel=channel, times=2)
                assert running.troubles == []
                assert await running.stop() == 0
    assert len(webhook_ids(good)) == len(set(webhook_ids(good))) == 2
    assert len(set(webhook_ids(bad))) == 2
    taken = [verified(row) for row in bad.requests[before:] if row.headers["webhook-id"]]
    assert [body["data"]["claims"][0]["low"] for body in taken] == [10_000, 12_500]
    first, second = (mail["Subject"] for mail in mails_to(inbox, _ADDRESS))
    assert "10,000" in first
    assert "12,500" in second
