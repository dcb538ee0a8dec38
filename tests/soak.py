# SPDX-License-Identifier: Apache-2.0
"""The kill test: a daemon killed at random over flaky receivers, and the checker that judges it.

What it is not: tests (`journeys/test_soak.py` runs it, `core/test_soak_checker.py` tests the checker).
Rules of this file: the receivers write down what they saw and what they answered; after every kill
the outbox is read for what the daemon knew to be sent; the verdict is a pure function of both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loopback import Request, answer, serving
from newsroom import Site, Story, parsed_mail, rss
from processes import Daemon, daemon
from smtp_servers import Script

from monitor.store import Outbox, open_store

_TOKEN = re.compile(r"tok-\d{5}")
_RULE = """
id = "soak.lane{lane}"
title = "Soak"
kind = "keyword"
match = "lane{lane}"
[[example]]
name = "fires"
text = "Something came in by lane{lane}."
expect = "alert"
[[example]]
name = "stays silent"
text = "Nothing came in."
expect = "silent"
"""
_LEAST_KILLS = 3
_ALERTS_PER_KILL = 12
_LANES = 10
_SYLLABLES = ("ba", "ko", "ri", "tu", "sel", "mar", "don", "vik", "ash", "ure", "pol", "gan")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One message as a receiver saw it. `outcome` is taken, refused, or unknown (no answer)."""

    channel: str
    id: str
    tokens: frozenset[str]
    outcome: str


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill between two sightings; `sent` are the ids that the outbox then knew to be sent."""

    after: int
    sent: frozenset[str]


@dataclass(slots=True)
class Verdict:
    """What the checker found. The first four must be empty."""

    lost: list[tuple[str, str]] = field(default_factory=list)
    two_ids: list[tuple[str, str]] = field(default_factory=list)
    needless: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Say whether every promise was kept."""
        return not (self.lost or self.two_ids or self.needless or self.changed)


def judge(
    tokens: Iterable[str],
    channels: Iterable[str],
    sightings: Sequence[Sighting],
    kills: Sequence[Kill],
) -> Verdict:
    """Return whether every token reached every channel, under one id, repeated only in doubt."""
    found = Verdict()
    expected = set(tokens)
    for channel in channels:
        ids: dict[str, set[str]] = {}
        taken: set[str] = set()
        for sighting in (row for row in sightings if row.channel == channel):
            for token in sighting.tokens:
                ids.setdefault(token, set()).add(sighting.id)
            taken |= sighting.tokens if sighting.outcome == "taken" else set()
        found.lost += [(channel, token) for token in sorted(expected - taken)]
        found.two_ids += [(channel, token) for token in sorted(ids) if len(ids[token]) > 1]
    _judge_repeats(found, sightings, kills)
    return found


def _judge_repeats(found: Verdict, sightings: Sequence[Sighting], kills: Sequence[Kill]) -> None:
    last: dict[tuple[str, str], int] = {}
    for index, sighting in enumerate(sightings):
        key = (sighting.channel, sighting.id)
        before = last.get(key)
        last[key] = index
        if before is None:
            continue
        if sightings[before].tokens != sighting.tokens:
            found.changed.append(key)
        between = [kill for kill in kills if before < kill.after <= index]
        outcome = sightings[before].outcome
        known = any(sighting.id in kill.sent for kill in between)
        if outcome == "taken" and (known or not between):
            found.needless.append(key)
        found.repeats["killed" if outcome == "taken" else outcome] += 1


@dataclass(slots=True)
class Soak:
    """One run: the receivers, the paper, and everything that was seen."""

    folder: Path
    alerts: int
    dice: random.Random
    sightings: list[Sighting] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    is_calm: bool = False
    base: str = ""
    _seen: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def tokens(self) -> list[str]:
        """Return the tokens of the stories published so far."""
        return [_TOKEN.findall(story.title)[0] for story in self.stories]

    def publish(self) -> None:
        """Put a few more stories into the paper, mostly of different rules."""
        for _ in range(min(self.dice.randint(3, 8), self.alerts - len(self.stories))):
            number = len(self.stories)
            words = " ".join("".join(self.dice.choices(_SYLLABLES, k=3)) for _ in range(30))
            title = f"Dispatch tok-{number:05}"
            lane = f"lane{number % _LANES}"
            self.stories.append(Story(f"/{number}", title, f"{words} {lane} {title}."))

    async def paper(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Serve the feed."""
        etag = f'"{len(self.stories)}"'
        if request.headers.get("if-none-match") == etag:
            writer.write(answer(status="304 Not Modified", etag=etag))
            # The next stories come when these were seen, so that they make messages of their own.
            self.publish()
        else:
            writer.write(rss(reversed(self.stories), self.base, etag=etag))

    def _note(self, channel: str, message: str, text: str, outcome: str) -> None:
        tokens = frozenset(_TOKEN.findall(text))
        self.sightings.append(Sighting(channel, message, tokens, outcome))
        self._seen.set()

    # --- receivers ---------------------------------------------------------------------------

    async def hook(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer a webhook: take it, refuse it, or break off without a word."""
        kind = "200 OK" if self.is_calm else self._chance("200 OK", "500 Oops", "429 Later", "")
        outcome = {"200 OK": "taken", "": "unknown"}.get(kind, "refused")
        text = request.body.decode()
        titles = json.dumps([row["title"] for row in json.loads(text)["data"]["articles"]])
        self._note("desk/webhook", request.headers["webhook-id"], titles, outcome)
        await self._pause()
        if kind:
            writer.write(answer(status=kind))
        else:
            writer.transport.abort()

    def _chance(self, good: str, *bad: str) -> str:
        return good if self.dice.random() < 0.75 else self.dice.choice(bad)

    async def _pause(self) -> None:
        # Time for a kill to fall between what was seen and what was answered.
        await asyncio.sleep(0 if self.is_calm else self.dice.random() * 0.05)

    async def mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client of the mail server, well or badly."""
        kind = self._chance("take", "greeting", "rcpt", "content", "hang-data", "hang-content")
        kind = "take" if self.is_calm else kind
        script = Script(
            greeting="421 busy" if kind == "greeting" else "220 soak",
            answers={"rcpt": {"RCPT": "451 later"}, "content": {"CONTENT": "452 full"}}.get(
                kind, {}
            ),
            hang_up={"hang-data": "DATA", "hang-content": "CONTENT"}.get(kind, ""),
            slow={} if self.is_calm else {"CONTENT": self.dice.random() * 0.05},
        )
        outcome = {"take": "taken", "content": "refused"}.get(kind, "unknown")
        noted = asyncio.create_task(self._note_mail(script, outcome))
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await script.serve(reader, writer)
        finally:
            noted.cancel()

    async def _note_mail(self, script: Script, outcome: str) -> None:
        await script.until("CONTENT", seconds=3600)
        mail = parsed_mail(script.mails[-1])
        body = mail.get_body(("plain",))
        assert body is not None
        name = mail["Message-ID"].strip("<>").partition("@")[0]
        self._note("desk/email", name, body.get_content(), outcome)

    # --- the run -----------------------------------------------------------------------------

    def _write_rules(self) -> None:
        rules = self.folder / "site" / "rules"
        rules.mkdir(parents=True)
        for lane in range(_LANES):
            text = _RULE.replace("{lane}", str(lane))
            (rules / f"lane{lane}.toml").write_text(text, encoding="utf-8")

    async def run(self) -> Verdict:
        """Publish, kill and restart until everything is told; return the verdict."""
        self._write_rules()
        async with (
            serving(self.paper) as paper,
            serving(self.hook) as hook,
            _mail_server(self) as port,
        ):
            self.base = paper.url("")
            site = Site(
                self.folder / "site",
                {"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={"desk": {"email": "desk@example.org", "webhook": hook.url("/hook")}},
                extra='[rules]\npaths = ["rules"]\nshipped = false',
            )
            while len(self.kills) < max(_LEAST_KILLS, self.alerts // _ALERTS_PER_KILL):
                async with daemon(site.config) as running:
                    await self._until_killed(running)
                self._after_kill(site)
            self.is_calm = True
            async with daemon(site.config) as running:
                await self._until_all_is_told(running)
        return judge(self.tokens, ("desk/email", "desk/webhook"), self.sightings, self.kills)

    async def _until_killed(self, running: Daemon) -> None:
        """Let it work until some message was seen, and a moment longer."""
        self._seen.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await self._seen.wait()
        await asyncio.sleep(self.dice.random() * 2.5)
        if self.dice.random() < 0.5:
            # At the next sight of a message, before or just after it is answered.
            self._seen.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self._seen.wait()
        await running.kill()

    def _after_kill(self, site: Site) -> None:
        store = open_store(site.database)
        sent = frozenset(row.id for row in Outbox(store).rows("sent"))
        store.close()
        self.kills.append(Kill(len(self.sightings), sent))

    async def _until_all_is_told(self, running: Daemon) -> None:
        while len(self.stories) < self.alerts:
            await running.polled_again("paper", times=1, seconds=60)
        await running.polled_again("paper", times=2, seconds=60)

        def missing() -> bool:
            for channel in ("desk/email", "desk/webhook"):
                taken: set[str] = set()
                for row in self.sightings:
                    if row.channel == channel and row.outcome == "taken":
                        taken |= row.tokens
                if not taken >= set(self.tokens):
                    return True
            return False

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(120):
                while missing():
                    self._seen.clear()
                    await self._seen.wait()
        # Whatever is repeated without need is repeated by now.
        await running.polled_again("paper", times=5, seconds=60)

    def figures(self, verdict: Verdict) -> str:
        """Return the outcome in one line."""
        return (
            f"{len(self.tokens)} alerts to 2 channels, {len(self.kills)} kills, "
            f"{len(self.sightings)} messages seen: {len(verdict.lost)} lost, "
            f"{len(verdict.two_ids)} under two ids, {len(verdict.needless)} needless repeats, "
            f"{len(verdict.changed)} changed; repeats after a refusal {verdict.repeats['refused']}, "
            f"after no answer {verdict.repeats['unknown']}, after a kill {verdict.repeats['killed']}"
        )


@asynccontextmanager
async def _mail_server(soak: Soak) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(soak.mail(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
