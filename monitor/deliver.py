# SPDX-License-Identifier: Apache-2.0
"""Hop 8: takes what is due from the outbox, has it sent, records how that ended.

What it is not: deciding what is sent (`dispatch`), or sending (`notify`). Rules of this file: a row
is leased, sent, then recorded; the failure of one channel costs no other anything; whatever takes a
channel out of service, or gives a delivery up, is told to the operators in the same transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.audience import Audience
from monitor.clock import Clock
from monitor.core.delivery import (
    REFUSALS_COUNT_FOR,
    Backoff,
    Dead,
    RetryAt,
    is_parked,
    is_suspended,
    next_step,
)
from monitor.core.errors import DeliveryError, StoreError
from monitor.core.mailboxes import masked
from monitor.core.model import Channel, ChannelKind, Delivery, MessageKind, Receipt
from monitor.core.subscribers import Subscriber
from monitor.core.urls import redact
from monitor.dispatch import Dispatch
from monitor.notify import Notifier
from monitor.pulse import Pulse
from monitor.store import Store
from monitor.telling import tell_delivery_failed, tell_delivery_sent

# One attempt may take as long as the slowest channel's own limits (SMTP waits ten minutes for the
# answer to DATA); a lease that outlives them can never make two processes send at once.
_LEASE = timedelta(minutes=15)
_PARKED_SELDOM = timedelta(days=1)
_LEFT = "the reader wants no more mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who may be reached how, as configured now; replaced as a whole at a reload."""

    everybody: Callable[[], Sequence[Subscriber]]  # asks the store: not in the event loop
    operators: tuple[str, ...]
    notifiers: Mapping[str, Notifier]
    backoff: Backoff

    def told_about_trouble(self) -> Iterable[Subscriber]:
        """Yield the subscribers who hear about Figurewatch's own troubles."""
        return (row for row in self.everybody() if row.id in self.operators)


class Deliverer:
    """Carries messages from the outbox to channels. One per process."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        audience: Audience,
        clock: Clock,
        terms: Callable[[], Terms],
        pulse: Pulse,
    ) -> None:
        self._store = store
        self._audience = audience
        self._dispatch = dispatch
        self._outbox = dispatch.outbox
        self._clock = clock
        self._terms = terms
        self._pulse = pulse
        self._log = structlog.get_logger()

    async def deliver_due(self) -> tuple[int, int]:
        """Try once everything that is due now; return how many were sent and how many not.

        No channel waits for another; within one the order is kept.
        """
        moment = self._clock.now()
        results: list[bool] = []

        async def carry(delivery: Delivery) -> None:
            results.append(await self.deliver(delivery))
            await start()

        async def start() -> None:
            for delivery in await self.lease_due(moment):
                group.create_task(carry(delivery))

        async with asyncio.TaskGroup() as group:
            await start()
        return sum(results), len(results) - sum(results)

    async def lease_due(self, moment: datetime | None = None) -> tuple[Delivery, ...]:
        """Lease what is due now, or was at `moment`: at most one delivery per channel."""
        return await asyncio.to_thread(self._outbox.lease, moment or self._clock.now(), _LEASE)

    async def deliver(self, delivery: Delivery) -> bool:
        """Try one leased delivery and record how it ended; True when the other side took it."""
        started = self._clock.now()
        delivery = await asyncio.to_thread(self._readdressed, delivery)
        try:
            receipt = await self._send(delivery)
        except DeliveryError as error:
            await self._failed(delivery, started, error)
            return False
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (where a delivery may fail in an unforeseen way)
            self._log.exception("delivery.broke", message=delivery.message.id)
            defect = DeliveryError(f"internal: {error!r}", own_fault=True)
            await self._failed(delivery, started, defect)
            return False
        finished = self._clock.now()
        await asyncio.to_thread(self._outbox.sent, delivery, started, finished, receipt.detail)
        tell_delivery_sent(self._log, delivery, receipt)
        self._count(delivery, "sent")
        return True

    def _readdressed(self, delivery: Delivery) -> Delivery:
        """Return the delivery with its channel as configured now: a wrong address may be mended."""
        message = delivery.message
        channel = self._audience.channel(message.channel.id)
        if channel is None:
            return delivery
        return replace(delivery, message=replace(message, channel=channel))

    async def _send(self, delivery: Delivery) -> Receipt:
        channel = delivery.message.channel
        if await asyncio.to_thread(self._audience.has_left, delivery.message):
            raise DeliveryError(_LEFT, permanent=True)
        reason = await asyncio.to_thread(self._outbox.disabled_reason, channel.id, channel.address)
        if reason is not None:
            msg = f"channel disabled: {reason}"
            raise DeliveryError(msg, permanent=True)
        notifier = await asyncio.to_thread(self._notifier, delivery)
        if notifier is None:
            msg = "the channel is no longer configured"
            raise DeliveryError(msg, permanent=True)
        message = await asyncio.to_thread(self._audience.with_links, delivery.message)
        return await notifier.send(message)

    def _notifier(self, delivery: Delivery) -> Notifier | None:
        channel, notifiers = delivery.message.channel, self._terms().notifiers
        is_letter = delivery.message.kind is MessageKind.LETTER
        if is_letter or self._audience.is_member(channel.subscriber):
            return notifiers.get(channel.kind)
        return notifiers.get(channel.id)

    async def _failed(self, delivery: Delivery, started: datetime, error: DeliveryError) -> None:
        since = await asyncio.to_thread(self._outbox.tried_since, delivery.message.id)
        now = self._clock.now()
        step = next_step(
            error,
            attempts=delivery.attempts + 1,
            created=since or delivery.since,
            now=now,
            seed=delivery.message.id,
            backoff=self._terms().backoff,
        )
        await asyncio.to_thread(self._record_failure, delivery, started, now, error, step)
        tell_delivery_failed(self._log, delivery, error, step)
        self._count(delivery, "dead" if isinstance(step, Dead) else "failed")

    def _count(self, delivery: Delivery, outcome: str) -> None:
        self._pulse.deliveries[delivery.message.channel.kind.value, outcome] += 1

    def _record_failure(
        self,
        delivery: Delivery,
        started: datetime,
        now: datetime,
        error: DeliveryError,
        step: RetryAt | Dead,
    ) -> None:
        with self._store.write():
            if isinstance(step, RetryAt):
                self._outbox.retry(delivery, started, step.at, error.reason)
                if is_parked(error, step, now):
                    self._tell_parked(delivery, now, step, error.reason)
                return
            self._outbox.dead(delivery, started, now, step.reason)
            if error.reason == _LEFT:
                self._outbox.drop((delivery.message.id,), now, "its reader, who left")
            elif not self._taken_out_of_service(delivery, now, error):
                self._tell_dead(delivery, now, step)

    def _taken_out_of_service(
        self, delivery: Delivery, now: datetime, error: DeliveryError
    ) -> bool:
        """Disable the channel if this failure asks for it; say whether it did."""
        channel = delivery.message.channel
        reason = error.reason
        if error.refused_address:
            since = now - REFUSALS_COUNT_FOR
            refusals = self._outbox.note_refusal(channel.id, channel.address, now, since)
            if not is_suspended(refusals, now):
                return False
            days = REFUSALS_COUNT_FOR.days
            reason = f"suspended, refused {len(refusals)} times in {days} days: {error.reason}"
        elif not error.disable:
            return False
        self._log.error("channel.disabled", channel=channel.id, reason=reason)
        if self._audience.is_member(channel.subscriber):
            # Nobody can mend somebody else's address; its owner can sign up with the right one.
            self._audience.bounced(channel, reason, now)
            return True
        self._outbox.disable_channel(channel.id, channel.address, now, reason)
        self._dispatch.tell_operators(
            self._terms().told_about_trouble(),
            f"disabled|{channel.id}|{channel.address}|{now.isoformat()}",
            f"Channel {channel.id} is out of service",
            (
                f"Address: {self._shown(channel)}",
                f"Why: {reason}",
                "Further messages to it become dead letters.",
                f"Once it is mended: figurewatch outbox enable {channel.id}",
                f"and then: figurewatch outbox retry --channel {channel.id}",
            ),
            now,
        )
        return True

    def _tell_parked(self, delivery: Delivery, now: datetime, step: RetryAt, reason: str) -> None:
        """Tell operators that a receiver asked for so much patience: each channel once in a day."""
        message = delivery.message
        channel, since = message.channel, self._outbox.tried_since(message.id) or delivery.since
        name = f"parked.{channel.id}"
        last = self._store.marks().get(name)
        if last is not None and abs(now - datetime.fromisoformat(last)) < _PARKED_SELDOM:
            return
        self._store.mark(name, now.isoformat())
        notes = [
            f"Address: {self._shown(channel)}",
            f"What it said: {reason}",
            f"As it asked, nothing is sent to it before {step.at:%Y-%m-%d %H:%M} UTC.",
        ]
        if step.at > since + self._terms().backoff.give_up:
            notes.append("That is beyond delivery.retry_for: what waits may be given up then.")
        notes.append(f"To try at once: figurewatch outbox retry {message.id}")
        self._dispatch.tell_operators(
            self._terms().told_about_trouble(),
            f"parked|{channel.id}|{now.isoformat()}",
            f"Channel {channel.id} asked to be left alone",
            tuple(notes),
            now,
        )

    def _tell_dead(self, delivery: Delivery, now: datetime, step: Dead) -> None:
        """Tell operators of a dead letter: once a day for each channel, never of a lost notice, nor
        of an address that somebody mistyped."""
        message = delivery.message
        if message.kind in {MessageKind.NOTICE, MessageKind.LETTER}:
            return
        channel = message.channel
        self._dispatch.tell_operators(
            self._terms().told_about_trouble(),
            f"dead|{channel.id}|{now.date()}",
            f"A message to {channel.id} was given up",
            (
                f"Message: {message.id}",
                f"Address: {self._shown(channel)}",
                f"Why: {step.reason}",
                "Others may follow; you hear of each channel at most once a day.",
                "To see them: figurewatch outbox list --state dead",
            ),
            now,
        )

    def _shown(self, channel: Channel) -> str:
        if channel.kind is not ChannelKind.EMAIL:
            return redact(channel.address)
        is_member = self._audience.is_member(channel.subscriber)
        return masked(channel.address) if is_member else channel.address
