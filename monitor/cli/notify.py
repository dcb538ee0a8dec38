# SPDX-License-Identifier: Apache-2.0
"""`figurewatch notify test`.

Rules of this file: the test goes the real way (the configured notifier, guard, login, signature),
tries once, and prints what the other side answered, word for word.
"""

from __future__ import annotations

import asyncio
import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import click

from monitor.bootstrap import Assembly, assemble
from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import config_option, emit_line, shown
from monitor.core.errors import DeliveryError
from monitor.core.model import Channel, ChannelKind
from monitor.core.sample import sample_message
from monitor.core.subscribers import Subscriber
from monitor.core.urls import redact
from monitor.notify import Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """How the test of one channel went. `outlook` says what an alert would have met."""

    channel: Channel
    sent: bool
    answer: str
    outlook: str
    seconds: float


@click.group()
def notify() -> None:
    """Send test messages."""


@notify.command()
@click.argument("subscriber")
@click.option(
    "--channel",
    "kind",
    type=click.Choice([kind.value for kind in ChannelKind]),
    help="Test only this kind of channel; default: all that the subscriber has.",
)
@config_option
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text")
def test(subscriber: str, kind: str | None, config: str | None, form: str) -> None:
    """Send SUBSCRIBER a clearly marked test message and print the real answer.

    Exit code 1 when a channel did not take it.
    """
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        everybody = assembly.audience(store).subscribers()
    channels = _channels(_find(everybody, subscriber), kind)
    trials = asyncio.run(_try_all(assembly, channels))
    for trial in trials:
        _print(trial, form)
    if not all(trial.sent for trial in trials):
        sys.exit(EXIT_PROBLEMS)


def _find(subscribers: tuple[Subscriber, ...], name: str) -> Subscriber:
    for subscriber in subscribers:
        if subscriber.id == name:
            return subscriber
    names = [subscriber.id for subscriber in subscribers]
    close = difflib.get_close_matches(name, names, n=1)
    known = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names) or 'none'}"
    msg = f"no subscriber {name!r}; {known}"
    raise click.UsageError(msg)


def _channels(subscriber: Subscriber, kind: str | None) -> tuple[Channel, ...]:
    chosen = tuple(
        channel for channel in subscriber.channels if kind is None or channel.kind.value == kind
    )
    if not chosen:
        msg = f"subscriber {subscriber.id!r} has no {kind} channel"
        raise click.UsageError(msg)
    return chosen


async def _try_all(assembly: Assembly, channels: tuple[Channel, ...]) -> list[_Trial]:
    async with assembly.client() as client:
        notifiers = assembly.notifiers(client)
        return [await _try(assembly, notifiers, channel) for channel in channels]


async def _try(assembly: Assembly, notifiers: Mapping[str, Notifier], channel: Channel) -> _Trial:
    message, started = (
        sample_message(channel, assembly.clock.now()),
        assembly.clock.monotonic(),
    )
    sent, outlook = True, ""
    try:
        notifier = notifiers.get(channel.id) or notifiers[channel.kind]
        answer = (await notifier.send(message)).detail
    except DeliveryError as error:
        sent, answer, outlook = False, error.reason, _outlook(error)
    seconds = assembly.clock.monotonic() - started
    return _Trial(channel=channel, sent=sent, answer=answer, outlook=outlook, seconds=seconds)


def _outlook(error: DeliveryError) -> str:
    if error.disable:
        return "after an alert the channel would be disabled"
    if error.permanent:
        return "an alert would not be tried again"
    if error.outcome_unknown:
        return "it may have arrived; an alert would be tried again under the same id"
    return "an alert would be tried again"


def _print(trial: _Trial, form: str) -> None:
    address = trial.channel.address
    where = redact(address) if trial.channel.kind is ChannelKind.WEBHOOK else address
    if form == "jsonl":
        emit_line(
            {
                "channel": trial.channel.id,
                "address": where,
                "sent": trial.sent,
                "answer": trial.answer,
                "outlook": trial.outlook or None,
                "seconds": round(trial.seconds, 3),
            }
        )
        return
    word = "sent" if trial.sent else "NOT SENT"
    click.echo(f"{trial.channel.id} ({where}): {word} after {trial.seconds:.2f} s")
    click.echo(f"  answer: {shown(trial.answer)}")
    if trial.outlook:
        click.echo(f"  {trial.outlook}")
