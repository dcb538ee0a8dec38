# SPDX-License-Identifier: Apache-2.0
"""Subscriptions at WebSub hubs: asked for, renewed, ended; what hubs ask and send is received here.

What it is not: how a subscription goes on (`core.websub`), the pages (`web.callbacks`), or deciding
what was pushed (`pipeline`). Rules of this file: what should be subscribed follows from feeds and
configuration alone, and `settle` makes it so, whatever was before; a subscription is stored before
its hub is asked, because hubs may ask back before they answer; a hub costs nobody else anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode, urljoin, urlsplit

import structlog

from monitor.clock import Clock
from monitor.config import Settings
from monitor.core import websub
from monitor.core.errors import FetchError
from monitor.core.urls import redact, url_complaint
from monitor.core.websub import Advert, Push, PushVerdict, Reply, Standing, Subscription
from monitor.fetch import Answer
from monitor.pulse import Pulse
from monitor.store import Store, Subscriptions

PATH = "/websub/"
Post = Callable[..., Awaitable[Answer]]

_TOKEN_BYTES = 32
_AT_ONCE = 4
_MOST_PER_ROUND = 200
_MOST_REDIRECTS = 3
_FOLLOWED = frozenset({307, 308})


class Hubs:
    """Everything between feeds that name a hub and the hubs. One per process."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        settings: Callable[[], Settings],
        post: Callable[[], Post],
        pulse: Pulse,
    ) -> None:
        self._store = store
        self._rows = Subscriptions(store)
        self._clock = clock
        self._settings = settings
        self._post = post
        self._pulse = pulse
        self._log = structlog.get_logger()

    # --- what should be subscribed -----------------------------------------------------------

    async def settle(self) -> None:
        """Make the subscriptions follow feeds and configuration; ask the hubs that are due."""
        due = await asyncio.to_thread(self._reconcile)
        limit = asyncio.Semaphore(_AT_ONCE)

        async def ask(row: Subscription) -> None:
            async with limit:
                await self._ask(row)

        await asyncio.gather(*map(ask, due[:_MOST_PER_ROUND]))

    def _reconcile(self) -> list[Subscription]:
        """Store what is new and what shall end; return what is due."""
        now, base = self._clock.now(), self._base()
        if base is None:
            # Nobody could answer a hub that asks whether we mean it: the leases run out.
            for row in self._rows.all():
                self._rows.forget(row.token)
            return []
        wanted = self._wanted()
        known = self._rows.all()
        for row in known:
            advert = wanted.get(row.feed)
            fits = (
                advert is not None
                and row.topic == advert.topic
                and row.hub in advert.hubs
                and row.callback.startswith(base)
            )
            if row.standing is Standing.LEAVING:
                continue
            if not fits or advert is None:
                self._rows.put(replace(row, standing=Standing.LEAVING, failures=0, due=now))
            elif (hub := websub.next_hub(row, advert.hubs, now)) is not None:
                self._turn_to(hub, row, base, now)
        served = {row.feed for row in self._rows.all() if row.standing is not Standing.LEAVING}
        for feed, advert in wanted.items():
            if feed not in served:
                self._rows.put(_fresh(feed, advert, base, now))
        return [row for row in self._rows.all() if row.due <= now]

    def _turn_to(self, hub: str, row: Subscription, base: str, now: datetime) -> None:
        """Give up a hub that does not want us for the next one that the feed names."""
        self._log.info(
            "hub.next", feed=row.feed, hub=redact(row.hub), to=redact(hub), reason=row.reason
        )
        with self._store.write():
            self._rows.forget(row.token)
            fresh = _fresh(row.feed, Advert(hub=hub, topic=row.topic), base, now)
            # The waits go on growing: a round of hubs that all fail is no reason to hurry.
            self._rows.put(replace(fresh, failures=row.failures))

    def _base(self) -> str | None:
        """Return what our callbacks begin with, or None where no hub can reach us."""
        web = self._settings().web
        return f"{web.public_url}{PATH}" if web.enabled and web.public_url else None

    def _wanted(self) -> dict[str, Advert]:
        usual = self._settings().fetch.websub
        return {
            feed.id: feed.health.advert
            for feed in self._store.feeds()
            if feed.health.advert is not None
            and feed.enabled
            and feed.stopped is None
            and (feed.policy.websub or usual) == "auto"
        }

    # --- asking hubs -------------------------------------------------------------------------

    async def _ask(self, row: Subscription) -> None:
        """Ask one hub once; what it says is stored, never raised."""
        asked = websub.before_asking(row, self._clock.now(), _chance())
        if asked is None:
            await asyncio.to_thread(self._rows.forget, row.token)
            return
        await asyncio.to_thread(self._rows.put, asked)
        fields = {"feed": row.feed, "hub": redact(row.hub), "mode": asked.mode}
        try:
            answer = await self._posted(asked)
            complaint = None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
            retry_after = answer.retry_after_seconds
        except FetchError as error:
            complaint, retry_after = str(error), None
        if complaint is None:
            self._log.info("hub.asked", **fields)
            return
        self._log.warning("hub.failed", reason=complaint, **fields)
        failed = websub.after_refusal(asked, complaint, retry_after, self._clock.now(), _chance())
        await asyncio.to_thread(self._put_unless_answered, asked, failed)

    def _put_unless_answered(self, asked: Subscription, failed: Subscription) -> None:
        """Store a failure, unless the hub asked back meanwhile in spite of it."""
        with self._store.write():
            if self._rows.find(asked.token) == asked:
                self._rows.put(failed)

    async def _posted(self, asked: Subscription) -> Answer:
        """Post the request; a redirect that keeps the method is followed, never down to http."""
        content = urlencode(websub.request_form(asked)).encode("ascii")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        here = asked.hub
        for _ in range(_MOST_REDIRECTS):
            answer = await self._post()(here, content=content, headers=headers)
            if answer.status not in _FOLLOWED or not answer.location:
                return answer
            target = urljoin(here, answer.location)
            if url_complaint(target) or (
                urlsplit(here).scheme == "https" and urlsplit(target).scheme != "https"
            ):
                return answer
            here = target
        return answer

    # --- what hubs ask and send --------------------------------------------------------------

    def knows(self, token: str) -> bool:
        """Say whether something may be posted to the callback that ends in this token."""
        row = self._rows.find(token)
        return row is not None and row.standing in {Standing.ACTIVE, Standing.ASKING}

    def note_unknown(self) -> None:
        """Count something that was posted to no callback of ours."""
        self._pulse.pushes[PushVerdict.UNKNOWN.value] += 1

    def answer(self, token: str, query: Mapping[str, str]) -> Reply:
        """Return what to say to whoever asks at a callback, and store what follows from it."""
        with self._store.write():
            row = self._rows.find(token)
            if row is None:
                return Reply()
            reply = websub.answered(row, query, self._clock.now(), _chance())
            if reply.forget:
                self._rows.forget(token)
            elif reply.known is not None:
                self._rows.put(reply.known)
        if reply.text is not None:
            standing = reply.known.standing.value if reply.known is not None else "ended"
            self._log.info(
                f"hub.{'denied' if standing == Standing.DENIED.value else 'confirmed'}",
                feed=row.feed,
                hub=redact(row.hub),
                standing=standing,
                reason=reply.known.reason if reply.known is not None else None,
            )
        return reply

    def receive(
        self,
        token: str,
        body: bytes,
        *,
        content_type: str | None,
        signature: str | None,
        links: Sequence[str],
    ) -> tuple[PushVerdict, Push | None]:
        """Say what a posted body is worth; with a push, the poll owed for it is stored already."""
        with self._store.write():
            row = self._rows.find(token)
            verdict, push = PushVerdict.UNKNOWN, None
            if row is not None and row.standing in {Standing.ACTIVE, Standing.ASKING}:
                verdict = websub.judged(row, body, signature=signature, links=links)
            if row is not None and verdict in {PushVerdict.TAKEN, PushVerdict.HINT}:
                verdict, push = self._taken(row, verdict, body, content_type)
        self._pulse.pushes[verdict.value] += 1
        self._log.log(
            20 if verdict in {PushVerdict.TAKEN, PushVerdict.HINT, PushVerdict.REPEATED} else 30,
            "push.received",
            feed=row.feed if row is not None else None,
            verdict=verdict.value,
            bytes=len(body),
        )
        return verdict, push

    def _taken(
        self, row: Subscription, verdict: PushVerdict, body: bytes, content_type: str | None
    ) -> tuple[PushVerdict, Push | None]:
        digest = hashlib.sha256(body).hexdigest()
        least = self._settings().fetch.min_interval
        owed = self._rows.take(row, digest, self._clock.now(), least)
        if owed is None:
            return PushVerdict.REPEATED, None
        if verdict is PushVerdict.HINT:
            return verdict, None
        return verdict, Push(
            feed=row.feed, topic=row.topic, content_type=content_type, body=body, owed=owed
        )


def _fresh(feed: str, advert: Advert, base: str, now: datetime) -> Subscription:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return Subscription(
        token=token,
        feed=feed,
        hub=advert.hub,
        topic=advert.topic,
        callback=base + token,
        secret=secrets.token_hex(_TOKEN_BYTES),
        standing=Standing.ASKING,
        due=now,
    )


def _chance() -> float:
    return random.random()  # noqa: S311  (spreading, not secrecy)
