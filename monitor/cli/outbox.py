# SPDX-License-Identifier: Apache-2.0
"""`figurewatch outbox list|show|retry|drop|enable`.

Rules of this file: it works beside a running daemon, which takes up what was changed at its next
tick; a message keeps its id whatever is done to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from monitor.bootstrap import assemble
from monitor.cli.options import (
    author_option,
    config_option,
    emit_line,
    emit_rows,
    format_option,
    moment_text,
    shown,
)
from monitor.core.errors import MonitorError
from monitor.core.headlines import message_subject
from monitor.store import DeliveryRow, Outbox

_STATES = ("pending", "leased", "sent", "dead", "dropped")
_COLUMNS = ("id", "channel", "kind", "rule", "state", "tries", "created", "next_attempt", "reason")
_FACTS = (
    *("id", "channel", "state", "subject", "created"),
    *("next_attempt", "leased_until", "reason"),
)


@click.group()
def outbox() -> None:
    """List, show, retry and drop deliveries."""


@outbox.command(name="list")
@config_option
@click.option("--state", type=click.Choice(_STATES), help="Only these; default: all but sent.")
@click.option("--channel", help='Only this channel, such as "desk/email".')
@format_option()
def list_deliveries(config: str | None, state: str | None, channel: str | None, form: str) -> None:
    """List deliveries: those that wait or are being sent (leased, and until when), and dead letters."""
    with assemble(config).look_into_store() as store:
        box = Outbox(store)
        rows = [
            row
            for row in box.rows(state)
            if (state or row.state not in {"sent", "dropped"})
            and (channel is None or row.channel == channel)
        ]
        tries = box.next_tries()
    records = [_record(row, tries) for row in rows]
    if form == "table":
        for record in records:
            if record["leased_until"]:
                record["state"] = f"leased until {record['leased_until']}"
        emit_rows(records, _COLUMNS, form)
    else:
        emit_rows(records, (*_COLUMNS, "leased_until"), form)


def _record(row: DeliveryRow, tries: Mapping[str, datetime]) -> dict[str, object]:
    following = max(row.next_attempt, tries.get(row.channel, row.next_attempt))
    return {
        "id": row.id,
        "channel": row.channel,
        "kind": row.kind,
        "rule": row.rule,
        "state": row.state,
        "tries": row.attempts,
        "created": moment_text(row.created),
        "next_attempt": moment_text(following) if row.state == "pending" else None,
        "leased_until": moment_text(row.leased_until),
        "finished": moment_text(row.finished),
        "reason": row.reason,
    }


def _one(found: tuple[DeliveryRow, ...], key: str) -> DeliveryRow:
    if len(found) != 1:
        msg = f"no delivery {key!r}" if not found else f"{len(found)} deliveries begin with {key!r}"
        raise MonitorError(msg)
    return found[0]


@outbox.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("key", metavar="ID")
def show(config: str | None, form: str, key: str) -> None:
    """Show one delivery: what it says, every try, and how each ended. ID may be shortened."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        box = Outbox(store)
        row = _one(box.find(key), key)
        message, attempts, following = (
            box.message(row.id),
            box.attempts(row.id),
            box.next_tries(),
        )
    assert message is not None  # noqa: S101  (found above)
    tries = [
        {"started": moment_text(one.started), "outcome": one.outcome, "detail": one.detail}
        for one in attempts
    ]
    subject = message_subject(message, assembly.site.knowledge.gazetteer)
    facts = _record(row, following) | {
        "subject": subject,
        "alerts": [alert.id for alert in message.alerts],
        "attempts": tries,
    }
    if form == "json":
        emit_line(facts)
        return
    for name in _FACTS:
        if facts[name]:
            click.echo(f"{name.replace('_', ' '):13} {shown(facts[name])}")
    for one in tries:
        click.echo(f"{one['started']}  {one['outcome']:6}  {shown(one['detail'])}")


def _chosen(box: Outbox, ids: tuple[str, ...], state: str, channel: str | None) -> list[str]:
    if ids:
        return [_one(box.find(key), key).id for key in ids]
    return [row.id for row in box.rows(state) if channel in {None, row.channel}]


@outbox.command()
@config_option
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@click.option("--channel", help="Every dead letter of this channel.")
@click.argument("ids", metavar="ID", nargs=-1)
def retry(config: str | None, everything: bool, channel: str | None, ids: tuple[str, ...]) -> None:
    """Send deliveries again, under their old ids, with two days of tries before them."""
    if not (ids or everything or channel):
        raise click.UsageError("name deliveries, or --channel, or --all")
    assembly = assemble(config)
    with assembly.open_store() as store:
        box = Outbox(store)
        count = box.ask_again(_chosen(box, ids, "dead", channel), assembly.clock.now())
    click.echo(f"{count} due now")


@outbox.command()
@config_option
@author_option
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@click.option("--channel", help="Every dead letter of this channel.")
@click.argument("ids", metavar="ID", nargs=-1)
def drop(
    config: str | None,
    author: str,
    everything: bool,
    channel: str | None,
    ids: tuple[str, ...],
) -> None:
    """Give deliveries up for good; they stay on record."""
    if not (ids or everything or channel):
        raise click.UsageError("name deliveries, or --channel, or --all")
    assembly = assemble(config)
    with assembly.open_store() as store:
        box = Outbox(store)
        chosen = _chosen(box, ids, "dead", channel)
        count = box.drop(chosen, assembly.clock.now(), author)
    click.echo(f"{count} dropped")


@outbox.command()
@config_option
@click.argument("channel")
def enable(config: str | None, channel: str) -> None:
    """Take a CHANNEL into service again that answered 410 or was suspended."""
    with assemble(config).open_store() as store:
        if not Outbox(store).enable_channel(channel):
            msg = f"channel {channel!r} is not out of service"
            raise MonitorError(msg)
    click.echo(f"{channel} is in service again")
