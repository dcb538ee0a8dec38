# SPDX-License-Identifier: Apache-2.0
"""The play: opens act after act, follows the daemon's log, and has the stage show it.

What it is not: how things look (`stage`) or whether they are right (`promise`). Rules of this file:
the next act begins when the daemon has told that it is through with this one, never after a guessed
time; every wait is bounded.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from monitor.core.model import Kind
from monitor.core.wording import claim_phrase
from monitor.demo.daemon import Daemon, DaemonEndedError, Event, running
from monitor.demo.promise import shortcomings
from monitor.demo.record import Decided, Record
from monitor.demo.servers import Mailbox, Newsstand, receiving, serving
from monitor.demo.stage import Stage
from monitor.demo.world import Act, World, load_world
from monitor.knowledge import load_knowledge, shipped_root
from monitor.seedpacks import find_packs, read_pack, seed_articles

# A slow machine under load needs a few seconds for the first poll: three workers load their data.
_ACT_SECONDS = 45.0
_WARNING_LEVELS = frozenset({"warning", "error", "critical"})


class Play:
    """One performance."""

    def __init__(
        self, *, world: World, newsstand: Newsstand, mailbox: Mailbox, daemon: Daemon, stage: Stage
    ) -> None:
        self.record = Record()
        self._world = world
        self._newsstand = newsstand
        self._mailbox = mailbox
        self._daemon = daemon
        self._stage = stage
        self._fetched: set[str] = set()  # feeds that were read since the act was opened
        self._unchanged: set[str] = set()  # feeds that had nothing new since then
        self._decided: dict[str, list[Event]] = {}  # by feed, until its poll is done
        self._alerts: dict[str, list[Event]] = {}  # by article, until its poll is done
        self._early: list[Event] = []  # deliveries that overtook the report of their poll

    async def perform(self, pause_seconds: float) -> None:
        """Show every act; raise `TimeoutError` or `DaemonEndedError` when the daemon fails."""
        for number, act in enumerate(self._world.act, start=1):
            # The first act is open before the daemon starts, and shown when it is ready.
            if number > 1:
                self._begin(number, act)
            else:
                await self._until(lambda: self._stage.is_ready)
                self._stage.act(number, act)
            await self._until(
                lambda act=act: (  # type: ignore[misc]
                    self._fetched >= act.outlets and self.record.everything_is_delivered()
                )
            )
            await self._linger(pause_seconds)
        self._unchanged.clear()
        await self._until(lambda: self._unchanged >= {row.id for row in self._world.outlet})
        self._stage.flush_unchanged()

    def _begin(self, number: int, act: Act) -> None:
        self._stage.act(number, act)
        self._fetched.clear()
        self._newsstand.open(act)

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(_ACT_SECONDS):
            while not reached():
                self._take(await self._daemon.next_event())

    async def _linger(self, seconds: float) -> None:
        """Give people time to read, while the daemon goes on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self._take(await self._daemon.next_event())

    def _take(self, event: Event) -> None:
        known: dict[str, Callable[[Event], None]] = {
            "corpus.loaded": self._on_corpus,
            "daemon.ready": self._stage.ready,
            "article.decided": lambda row: self._decided.setdefault(row["feed"], []).append(row),
            "alert.raised": lambda row: self._alerts.setdefault(row["article"], []).append(row),
            "poll.done": self._on_poll,
            "delivery.sent": self._on_delivery,
        }
        take = known.get(event["event"])
        if event.get("level") in _WARNING_LEVELS:
            self.record.troubles.append(f"the daemon reported {_trouble(event)}")
            self._stage.trouble(_trouble(event))
        if take is not None:
            take(event)

    def _on_corpus(self, event: Event) -> None:
        self.record.seeded_articles += event["articles"]
        self.record.seeded_claims += event["claims"]
        self._stage.corpus(event, known_figures(event["pack"]))

    def _on_poll(self, event: Event) -> None:
        feed = event["feed"]
        self.record.polls[event["outcome"]] += 1
        if event["outcome"] == "not-modified":
            self._unchanged.add(feed)
            self._stage.unchanged(feed)
            return
        self._fetched.add(feed)
        self._stage.poll(event)
        for decided in self._decided.pop(feed, []):
            alerts = tuple(self._alerts.pop(decided["article"], ()))
            row = Decided(event=decided, alerts=alerts)
            self._stage.article(row, self.record.titled(decided["nearest"]))
            self.record.decided.append(row)
        early, self._early = self._early, []
        for delivery in early:
            self._on_delivery(delivery)

    def _on_delivery(self, event: Event) -> None:
        shown = {alert["alert"] for alert in self.record.pushed}
        if not shown.issuperset(event["alerts"]):
            self._early.append(event)
            return
        for alert in event["alerts"]:
            self.record.delivered.setdefault(alert, set()).add(event["channel"])
        for mail in self._mailbox.mails:
            if mail.message == event["message"]:
                self._stage.mail(mail)
        for hook in list(self._newsstand.hooks):
            if hook.message == event["message"]:
                self._stage.hook(hook)


def _trouble(event: Event) -> str:
    what = event.get("error") or event.get("reason") or event.get("exception") or ""
    return f"{event['event']}: {str(what).strip().splitlines()[-1] if what else 'no detail'}"


async def play(stage: Stage, *, pause_seconds: float) -> list[str]:
    """Run the whole demo; return what was promised and did not happen."""
    started = time.monotonic()
    world = load_world()
    newsstand = Newsstand(world=world, start=datetime.now(UTC), secret=_secret())
    mailbox = Mailbox()
    newsstand.open(world.act[0])
    stage.opening(world)
    with serving(newsstand):
        async with receiving(mailbox), running(newsstand, mailbox) as daemon:
            stage.started(daemon.pid, daemon.folder)
            performance = Play(
                world=world, newsstand=newsstand, mailbox=mailbox, daemon=daemon, stage=stage
            )
            broken = await _performed(performance, daemon, pause_seconds)
            exit_code = await daemon.stop()
    missing = broken or shortcomings(
        world, performance.record, mailbox.mails, newsstand.hooks, exit_code
    )
    stage.summary(
        performance.record, mailbox.mails, newsstand.hooks, seconds=time.monotonic() - started
    )
    stage.closing(missing)
    return missing


async def _performed(performance: Play, daemon: Daemon, pause_seconds: float) -> list[str]:
    """Return what broke the play off, if anything."""
    try:
        await performance.perform(pause_seconds)
    except TimeoutError:
        return [f"the daemon was not through after {_ACT_SECONDS:g} s:\n{daemon.last_lines}"]
    except DaemonEndedError as error:
        return [f"the daemon ended by itself:\n{error}"]
    return []


def known_figures(name: str) -> list[str]:
    """Return what a shipped pack says, in words: each figure once per place, oldest first."""
    root = shipped_root() / "seeds"
    gazetteer = load_knowledge((root,)).gazetteer
    path = find_packs((root,)).get(name)
    found: dict[tuple[int, int, str | None], str] = {}
    for article in seed_articles(read_pack(path)) if path else ():
        for claim in article.claims:
            if claim.kind is Kind.TOTAL and not claim.vague and not claim.recalled:
                figure = (claim.low, claim.high, claim.place)
                found.setdefault(figure, claim_phrase(claim, gazetteer))
    return list(found.values())


def _secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(24)).decode()
