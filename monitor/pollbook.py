# SPDX-License-Identifier: Apache-2.0
"""How polls end: what is known of the feed afterwards, when it is asked again, who hears of trouble.

What it is not: the poll itself (`pipeline`), or the rules of health (`core.health`) and of alarms
(`core.alarms`). Rules of this file: the end of a poll and the alarms that it calls for are stored in
one transaction; those about feeds wait a little for others like them; an operator's interval wins over
the feed's rhythm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.clock import Clock
from monitor.config import Settings
from monitor.core import alarms, health
from monitor.core.errors import FetchError, ParseError
from monitor.core.health import FeedHealth, Seen
from monitor.core.subscribers import Subscriber
from monitor.core.urls import redact
from monitor.core.websub import Push
from monitor.dispatch import Dispatch
from monitor.store import FeedRow, PollResult, Store, Subscriptions, WaitingAlarms

# A failing feed waits twice as long each time, up to a day.
_LONGEST_BACKOFF = timedelta(hours=24)
# Polls are spread by up to this share of their interval, so that feeds do not march in step.
_JITTER = 0.1


class PollBook:
    """Writes down how polls ended. One per process."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        clock: Clock,
        *,
        settings: Callable[[], Settings],
        operators: Callable[[], Iterable[Subscriber]],
    ) -> None:
        self._store = store
        self._hubs = Subscriptions(store)
        self._waiting = WaitingAlarms(store)
        self._dispatch = dispatch
        self._clock = clock
        self._settings = settings
        self._operators = operators
        self._log = structlog.get_logger()

    def success(
        self, feed: FeedRow, outcome: str, seen: Seen, validators: tuple[str | None, str | None]
    ) -> PollResult:
        """Return the end of a poll that was answered; `validators` are ETag and Last-Modified."""
        now = self._clock.now()
        known = health.after_answer(feed.health, seen)
        moved = known.moved_to != feed.health.moved_to
        if moved:
            self._log.warning("feed.moved", feed=feed.id, to=redact(known.moved_to or feed.url))
        return PollResult(
            feed=feed.id,
            at=now,
            outcome=outcome,
            next_poll=now + self._interval(feed, known),
            # Another server's validators mean nothing at the new address.
            etag=None if moved else validators[0],
            last_modified=None if moved else validators[1],
            health=known,
            owed=feed.owed,
            found_news=seen.fresh > 0,
        )

    def pushed(self, feed: FeedRow, push: Push, *, is_news: bool) -> PollResult:
        """Return what a push from a hub leaves behind: entries and news, nothing else of the feed."""
        now = self._clock.now()
        known = replace(feed.health, last_news=now) if is_news else feed.health
        return PollResult(
            feed=feed.id,
            at=now,
            outcome="pushed",
            next_poll=feed.next_poll,
            health=known,
            owed=push.owed,
        )

    def failure(self, feed: FeedRow, error: FetchError | ParseError) -> PollResult:
        """Return the end of a poll that failed."""
        now = self._clock.now()
        wait = min(self._interval(feed) * 2 ** min(feed.error_count, 16), _LONGEST_BACKOFF)
        if isinstance(error, FetchError) and error.retry_after_seconds is not None:
            wait = max(wait, timedelta(seconds=error.retry_after_seconds))
        known, stopped = health.after_failure(feed.health, error.reason, feed.error_count + 1, now)
        if known.gone_since is not None and error.reason == "http-410":
            wait = max(wait, health.DAY)  # what is gone is asked once more, a day later
        if stopped:
            self._log.error("feed.stopped", feed=feed.id, reason=stopped)
        return PollResult(
            feed=feed.id,
            at=now,
            outcome=error.reason,
            next_poll=now + wait,
            error=str(error),
            health=known,
            stopped=stopped,
            owed=feed.owed,
        )

    def _interval(self, feed: FeedRow, known: FeedHealth | None = None) -> timedelta:
        """Return how long to wait: the operator's interval, else by the feed's rhythm if known."""
        fetch = self._settings().fetch
        wanted = feed.policy.interval_seconds
        if wanted is not None:
            interval = min(max(timedelta(seconds=wanted), fetch.min_interval), fetch.max_interval)
        elif known is not None:
            interval = health.wait_after_answer(
                known,
                least=fetch.min_interval,
                longest=fetch.max_interval,
                now=self._clock.now(),
            )
            if feed.pushed_until is not None and feed.pushed_until > self._clock.now():
                interval = health.wait_while_pushed(interval, longest=fetch.max_interval)
        else:
            interval = fetch.min_interval
        return interval * random.uniform(1, 1 + _JITTER)  # noqa: S311  (spreading, not secrecy)

    def record(self, feed: FeedRow, poll: PollResult) -> None:
        """Store how a poll ended together with the alarms that it calls for."""
        with self._store.write():
            self._store.record_poll(self._with_alarms(feed, poll))
            self._hubs.after_poll(poll)

    def _with_alarms(self, feed: FeedRow, poll: PollResult) -> PollResult:
        """Let alarms wait for others like them; return the poll with what operators will be told."""
        if poll.health is None or poll.outcome == "pushed":
            return poll
        failures = feed.error_count + 1 if poll.failed else 0
        after = replace(
            feed,
            health=poll.health,
            stopped=feed.stopped or poll.stopped,
            last_poll=poll.at,
            last_outcome=poll.outcome,
            error_count=failures,
        )
        now_in = alarms.trouble(
            after.health,
            after.state(poll.at),
            failures=failures,
            after_failures=self._settings().delivery.alarm_after_failures,
        )
        known, kinds = alarms.told(feed.health, poll.health, now_in)
        for kind in kinds:
            alarm = alarms.FeedAlarm(
                kind=kind,
                feed=feed.id,
                url=redact(feed.url),
                detail=poll.stopped or poll.error or known.odd or health.describe(known, poll.at),
                at=poll.at,
            )
            self._log.warning("feed.alarm", feed=feed.id, kind=kind, detail=alarm.detail)
            self._waiting.put(alarm)
        return replace(poll, health=known)

    def release_alarms(self, *, at_once: bool = False) -> None:
        """Tell operators of the feeds whose alarms have waited long enough, or of all of them."""
        if not self._waiting.by_kind():
            return
        now = self._clock.now()
        with self._store.write():
            due = {
                kind: rows
                for kind, rows in self._waiting.by_kind().items()
                if at_once or alarms.is_time(rows, self._waiting.last_told(kind), now)
            }
            for rows in due.values():
                self._tell(alarms.feeds_alarm(rows), now)
            if due:
                self._waiting.told(tuple(due), now)

    def alarm(self, kind: str, subject: str, detail: str) -> None:
        """Tell operators something about the program itself."""
        now = self._clock.now()
        self._tell(alarms.own_alarm(kind, subject, detail, now), now)

    def _tell(self, alarm: alarms.Alarm, now: datetime) -> None:
        self._log.warning("operator.alarm", kind=alarm.kind, about=alarm.subject)
        self._dispatch.tell_operators(
            self._operators(), alarm.key, alarm.subject, alarm.notes, now, kind=alarm.kind
        )
