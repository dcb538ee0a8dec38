# SPDX-License-Identifier: Apache-2.0
"""Between alerts and outbox: routes new alerts, releases what waited, tells operators.

What it is not: the rules of routing (`core.routing`, `core.holding`), or sending (`deliver`). Rules
of this file: a routing and its message are written in one transaction, that of the decision for new
alerts; a digest is noted for its local day in the transaction that makes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.core.coverage import FeedHealth, coverage
from monitor.core.gazetteer import Gazetteer
from monitor.core.holding import Waiting, digest, hold_on, release, unrouted
from monitor.core.local_time import last_local, local_day
from monitor.core.model import Alert, Channel, Message, MessageKind
from monitor.core.routing import Plan, Situation, Why, alert_message, plan, told_by
from monitor.core.subscribers import Period, Subscriber
from monitor.store import Outbox, Routings, Store

_OWN_RULES = "figurewatch"
_HOUR = timedelta(hours=1)


class Dispatch:
    """Decides what subscribers are told, and writes it down. One per store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.outbox = Outbox(store)
        self.routings = Routings(store)

    def route(
        self,
        alerts: Sequence[Alert],
        subscribers: Sequence[Subscriber],
        gazetteer: Gazetteer,
        now: datetime,
    ) -> None:
        """Route the alerts of one commit. Call inside the `write` that commits them.

        Follow-ups come last, since what they put right may be among the others.
        """
        if not alerts or not subscribers:
            return
        with self._store.write():
            counted = [self.routings.counted(alert) for alert in alerts]
            news = [alert for alert in counted if not alert.corrects]
            follow_ups = [alert for alert in counted if alert.corrects]
            for batch in filter(None, (news, follow_ups)):
                situation = self._situation(subscribers, gazetteer, now)
                for subscriber in subscribers:
                    self._carry_out(plan(batch, subscriber, situation), now)

    def _situation(
        self, subscribers: Iterable[Subscriber], gazetteer: Gazetteer, now: datetime
    ) -> Situation:
        return Situation(
            now=now,
            gazetteer=gazetteer,
            silences=self.routings.silences(now),
            windows=self.routings.open_windows(),
            sent={
                channel.id: self.outbox.sent_since(channel.id, now - _HOUR)
                for subscriber in subscribers
                if subscriber.per_hour is not None
                for channel in subscriber.channels
            },
            reached=self.routings.reached,
        )

    def _carry_out(self, made: Plan, now: datetime) -> None:
        self.outbox.add(made.messages)
        self.routings.put(made.routings, now)

    # --- what waited -------------------------------------------------------------------------

    def release(
        self, subscribers: Sequence[Subscriber], gazetteer: Gazetteer, now: datetime
    ) -> None:
        """Make messages of all that has waited long enough, and the digests that are due."""
        known = {
            channel.id: (subscriber, channel)
            for subscriber in subscribers
            for channel in subscriber.channels
        }
        defects: list[Exception] = []
        for name in self.routings.due(now):
            try:
                with self._store.write():
                    # Asked again: now nobody else can take the same rows.
                    waiting = self.routings.due(now).get(name, ())
                    self._release_name(name, waiting, known, gazetteer, now)
            except Exception as error:  # noqa: BLE001  (one channel's trouble is its own)
                defects.append(error)
        for subscriber, channel in known.values():
            if subscriber.digest.when_empty and subscriber.digest.period is not Period.NEVER:
                self._empty_digest(subscriber, channel, gazetteer, now)
        if defects:
            msg = "alerts that waited could not be released"
            raise ExceptionGroup(msg, defects)

    def _release_name(
        self,
        name: str,
        waiting: Sequence[Waiting],
        known: Mapping[str, tuple[Subscriber, Channel]],
        gazetteer: Gazetteer,
        now: datetime,
    ) -> None:
        if name not in known:
            detail = "the channel is no longer configured"
            self._carry_out(unrouted(waiting, name, detail), now)
            return
        subscriber, channel = known[name]
        situation = self._situation([subscriber], gazetteer, now)
        self._release_channel(waiting, subscriber, channel, situation)

    def _release_channel(
        self,
        waiting: Sequence[Waiting],
        subscriber: Subscriber,
        channel: Channel,
        situation: Situation,
    ) -> None:
        for_digest = [row for row in waiting if row.why is Why.DIGEST]
        others = [row for row in waiting if row.why is not Why.DIGEST]
        if others:
            self._carry_out(release(others, channel, subscriber, situation), situation.now)
        if for_digest:
            self._digest(for_digest, subscriber, channel, situation)

    def _digest(
        self,
        waiting: Sequence[Waiting],
        subscriber: Subscriber,
        channel: Channel,
        situation: Situation,
    ) -> None:
        now = situation.now
        made = digest(waiting, channel, subscriber, situation, self.coverage(now))
        day = local_day(now, subscriber.zone)
        message = made.messages[0].id if made.messages else None
        if message is not None and not self.routings.note_digest(channel.id, day, message):
            made = hold_on(waiting, channel, subscriber, now)
        self._carry_out(made, now)

    def _empty_digest(
        self, subscriber: Subscriber, channel: Channel, gazetteer: Gazetteer, now: datetime
    ) -> None:
        """Send the digest of a day on which nothing waited for it."""
        plan_ = subscriber.digest
        day = local_day(last_local(now, subscriber.zone, plan_.at, plan_.on), subscriber.zone)
        last = self.routings.last_digest(channel.id)
        if last is not None and last >= day:
            return
        with self._store.write():
            if last is None:
                # The first sight of a channel: its first digest is the next one.
                self.routings.note_digest(channel.id, day, None)
                return
            self._digest((), subscriber, channel, self._situation((), gazetteer, now))

    def coverage(self, now: datetime) -> tuple[str, ...]:
        """Return the coverage statement of this moment."""
        newest = self.routings.newest_articles()
        return coverage(
            [
                FeedHealth(
                    name=feed.publisher or feed.id,
                    enabled=feed.enabled,
                    last_success=feed.last_success,
                    last_error=feed.last_outcome if feed.error_count else None,
                    newest=newest.get(feed.id),
                )
                for feed in self._store.feeds()
            ],
            now,
        )

    # --- on request --------------------------------------------------------------------------

    def resend(
        self, alert: Alert, subscribers: Iterable[Subscriber], now: datetime
    ) -> tuple[str, ...]:
        """Send an alert again, under the id of the message that told it; return the ids.

        A channel that was never told gets a message of its own.
        """
        found: list[str] = []
        with self._store.write():
            told = {row.channel: row.message for row in self.routings.routings_of(alert.id)}
            for channel in (channel for row in subscribers for channel in row.channels):
                message = told.get(channel.id)
                if message is None:
                    made = alert_message(channel, (alert,), now)
                    self.outbox.add((made,))
                    self.routings.put(told_by(made, Why.REQUEST), now)
                    message = made.id
                self.outbox.ask_again([message], now)
                found.append(message)
        return tuple(found)

    # --- operators ---------------------------------------------------------------------------

    def tell_operators(
        self,
        operators: Iterable[Subscriber],
        key: str,
        subject: str,
        notes: tuple[str, ...],
        now: datetime,
        *,
        kind: str = "notice",
    ) -> None:
        """Send operators a notice, once for each `key`, through channels that are in service.

        `kind` is the last part of the rule that the notice names.
        """
        broken = {row.channel for row in self.outbox.disabled()}
        notices = tuple(
            Message(
                id=f"ntc_{hashlib.sha256(f'{channel.id}|{key}'.encode()).hexdigest()[:20]}",
                channel=channel,
                rule=f"{_OWN_RULES}.{kind}",
                alerts=(),
                created=now,
                kind=MessageKind.NOTICE,
                heading=subject,
                notes=notes,
            )
            for operator in operators
            for channel in operator.channels
            if channel.id not in broken
        )
        self.outbox.add(notices)
