# SPDX-License-Identifier: Apache-2.0
"""The canary: a made-up figure sent through the whole pipeline, to see that alerts still arrive.

What it is not: news. Its measure exists only here, so no article can hold it and no rule but its own
can see it; only the configured subscriber is told. Rules of this file: everything after the network is
the real thing (parser process, claims, ledger, rule, commit, outbox, channel); a canary that is not
heard in time is an alarm, the first of several in a row, and the next that is heard ends it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import structlog

from monitor import feeds
from monitor.core.decide import Policy
from monitor.core.model import Alert, Severity, Verdict
from monitor.core.prepare import Reading
from monitor.core.rules import FigureCondition, Rule, RuleKind, RuleSet
from monitor.core.subscribers import DigestPlan, Period, Subscriber
from monitor.pipeline import Pipeline, decide_and_commit, prepare_all
from monitor.workers import run_in_worker

_ROOT = Path(__file__).with_name("canary_seeds")
_FEED = "figurewatch-canary"
_SECONDS = 60.0
# A song has so many words of its own that the few which all songs share make no copy of it.
_NOTES = 240
RULE = Rule(
    id="figurewatch.canary",
    title="Canary",
    kind=RuleKind.FIGURE_CHANGE,
    severity=Severity.INFO,
    figure=FigureCondition(measure="canary", alert_on=frozenset({Verdict.NEW, Verdict.REVISION})),
)


class Canary:
    """Sings, and listens whether it was heard. One per process."""

    def __init__(self, pipeline: Pipeline, now: Callable[[], datetime]) -> None:
        self._pipeline = pipeline
        self._now = now
        self._log = structlog.get_logger()

    async def is_due(self) -> bool:
        """Say whether the next canary is to be sent."""
        settings = self._pipeline.site.settings.canary
        if settings.subscriber is None:
            return False
        sung = (await asyncio.to_thread(self._pipeline.store.marks)).get("canary_sung")
        # However a clock was set meanwhile.
        return sung is None or abs(self._now() - datetime.fromisoformat(sung)) >= settings.every

    async def sing(self) -> tuple[Alert, ...]:
        """Send one made-up figure down the pipeline; return the alerts that it raised."""
        pipeline, now = self._pipeline, self._now()
        subscriber = self._listener()
        if subscriber is None:
            return ()
        count = int((await asyncio.to_thread(pipeline.store.marks)).get("canary_count", "0")) + 1
        parse = partial(
            feeds.parse_feed, feed=_FEED, url="http://localhost/", content_type="text/xml"
        )
        parsed = await run_in_worker(parse, _song(count, now), deadline_seconds=_SECONDS)
        [entry] = parsed.entries
        reading = Reading(
            feed=_FEED,
            publisher="Figurewatch",
            entry_key=feeds.entry_key(entry),
            entry_hash=feeds.entry_hash(entry),
            url=entry.url,
            title=entry.title,
            content=entry.content,
            content_is_html=entry.content_is_html,
            page_text=None,
            published=now,
            language="en",
            seen=now,
        )
        roots = (*pipeline.site.knowledge_roots, _ROOT)
        prepare = partial(prepare_all, roots=roots, measures=frozenset({"canary"}))
        articles = await run_in_worker(prepare, (reading,), deadline_seconds=_SECONDS)
        policy = Policy(
            rules=RuleSet(rules=(RULE,)), gazetteer=pipeline.site.knowledge.gazetteer, now=now
        )
        decision = await asyncio.to_thread(
            decide_and_commit,
            pipeline.store,
            pipeline.dispatch,
            articles,
            policy,
            (subscriber,),
            None,
        )
        await asyncio.to_thread(self._note, count, decision.alerts, now)
        return decision.alerts

    def _listener(self) -> Subscriber | None:
        """Return the configured subscriber, who hears canaries at once and in full."""
        name = self._pipeline.site.settings.canary.subscriber
        for row in self._pipeline.site.subscribers:
            if row.id == name:
                return replace(
                    Subscriber(id=row.id, channels=row.channels),
                    digest=DigestPlan(period=Period.NEVER),
                )
        return None

    def _note(self, count: int, alerts: tuple[Alert, ...], now: datetime) -> None:
        store = self._pipeline.store
        with store.write():
            store.mark("canary_count", str(count))
            store.mark("canary_sung", now.isoformat())
            store.mark("canary_alert", alerts[0].id if alerts else "")
            store.mark("canary_state", "out")

    async def listen(self) -> float | None:
        """Look for the last canary; return its seconds to the channel, None while it is under way."""
        return await asyncio.to_thread(self._listen)

    def _listen(self) -> float | None:
        pipeline, now = self._pipeline, self._now()
        marks = pipeline.store.marks()
        if marks.get("canary_state") != "out":
            return None
        sung = datetime.fromisoformat(marks["canary_sung"])
        messages = {
            row.message for row in pipeline.dispatch.routings.routings_of(marks["canary_alert"])
        }
        sent = [
            row.finished
            for name in messages
            if name is not None
            for row in pipeline.outbox.find(name)
            if row.state == "sent" and row.finished is not None
        ]
        if messages and len(sent) == len(messages):
            seconds = (max(sent) - sung).total_seconds()
            self._heard(seconds, sung, now)
            return seconds
        if now - sung > pipeline.site.settings.canary.alarm_after:
            self._alarm(sung, now)
        return None

    def _heard(self, seconds: float, sung: datetime, now: datetime) -> None:
        store = self._pipeline.store
        missed = store.marks().get("canary_missed", "")
        with store.write():
            store.mark("canary_seconds", f"{seconds:.3f}")
            store.mark("canary_state", "heard")
            store.mark("canary_heard", now.isoformat())
            store.mark("canary_missed", "")
            if missed:
                self._tell(
                    f"canary|{missed}|back",
                    "The canary is heard again",
                    (f"The test figure of {sung:%H:%M} UTC arrived after {seconds:.0f} s.",),
                    now,
                )
        self._log.info("canary.heard", seconds=round(seconds, 3))

    def _alarm(self, sung: datetime, now: datetime) -> None:
        """Remember that a canary was missed; the first of several in a row is told."""
        store = self._pipeline.store
        minutes = (now - sung).total_seconds() / 60
        reason = f"sent out at {sung:%H:%M} UTC, not delivered {minutes:.0f} minutes later"
        missed = store.marks().get("canary_missed", "")
        with store.write():
            store.mark("canary_state", "silent")
            if not missed:
                store.mark("canary_missed", sung.isoformat())
                self._tell(
                    f"canary|{sung.isoformat()}",
                    "The canary was not heard",
                    (
                        f"The test figure {reason}.",
                        "Alerts may not be arriving either. You hear when one does again.",
                        "To see what is stuck: figurewatch outbox list",
                    ),
                    now,
                )
        self._log.error("canary.silent", reason=reason)

    def _tell(self, key: str, subject: str, notes: tuple[str, ...], now: datetime) -> None:
        site = self._pipeline.site
        operators = [row for row in site.subscribers if row.id in site.settings.delivery.operators]
        self._pipeline.dispatch.tell_operators(operators, key, subject, notes, now)


def _melody(count: int) -> str:
    """Words that make every canary a text of its own: a copy of the last one would be no news."""
    parts = range(_NOTES * 4 // hashlib.sha256().digest_size)
    digest = b"".join(hashlib.sha256(f"{count}|{part}".encode()).digest() for part in parts)
    letters = "".join(chr(ord("a") + byte % 26) for byte in digest)
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _value(count: int) -> int:
    """Return a figure that is far from the one before and comes again after months at the least."""
    return 1_000 * (100 + count % 907 if count % 2 else 2_000 + count % 1_009)


def _song(count: int, now: datetime) -> bytes:
    value = _value(count)
    text = (
        f"This is a test and no news: the keeper Ada Lark said that "
        f"{value:,} zwitscherlings are in the aviary. They sing: {_melody(count)}."
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Canary</title>'
        "<link>http://localhost/</link><description>Canary</description><item>"
        f"<title>Test figure {count}</title><guid isPermaLink='false'>canary-{count}</guid>"
        f"<pubDate>{format_datetime(now)}</pubDate><description>{text}</description>"
        "</item></channel></rss>"
    ).encode()
