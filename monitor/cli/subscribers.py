# SPDX-License-Identifier: Apache-2.0
"""`figurewatch subscribers list|show|add|remove|suppress|suppressed|allow`.

Rules of this file: it works beside a running daemon, which tells who was added from the next alert
on; subscribers of the configuration file are shown here and changed there; nobody is entered
without their own confirmation unless the operator says that they have it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from monitor.audience import Audience
from monitor.bootstrap import Assembly, assemble
from monitor.cli.options import (
    author_option,
    config_option,
    emit_line,
    emit_rows,
    format_option,
    moment_text,
)
from monitor.core.errors import MonitorError
from monitor.core.members import Member, Pace, Preferences, Reason
from monitor.core.model import SEVERITY_ORDER, Severity
from monitor.core.subscribers import QuietHours, Subscriber
from monitor.dispatch import Dispatch
from monitor.locales import shipped_words
from monitor.membership import Membership
from monitor.store import Store

_COLUMNS = ("id", "origin", "address", "topics", "pace", "language", "zone", "since")
_SUPPRESSED = ("mailbox", "reason", "at", "note")


@click.group()
def subscribers() -> None:
    """List, show, add and remove subscribers; say which addresses are left alone."""


@contextmanager
def _desk(config: str | None) -> Iterator[tuple[Assembly, Store, Membership, datetime]]:
    """Open what changes subscribers."""
    assembly = assemble(config)
    with assembly.open_store() as store:
        audience = assembly.audience(store)
        audience.check_key(needed=True)
        yield assembly, store, Membership(store, audience, Dispatch(store)), assembly.clock.now()


@subscribers.command(name="list")
@config_option
@format_option()
def list_subscribers(config: str | None, form: str) -> None:
    """List everybody who is told: of the configuration file, and of the database."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        rows = _rows(assembly.audience(store))
    emit_rows(rows, _COLUMNS, form)


def _rows(audience: Audience) -> list[dict[str, object]]:
    members = {member.id: member for member in audience.members.all()}
    return [
        _member_row(members[row.id]) if audience.is_member(row.id) else _configured_row(row)
        for row in audience.subscribers()
    ]


def _configured_row(row: Subscriber) -> dict[str, object]:
    mail = [channel for channel in row.channels if channel.kind == "email"]
    return {
        "id": row.id,
        "origin": "config",
        "address": ", ".join(channel.address for channel in mail) or None,
        "channels": [channel.kind.value for channel in row.channels],
        "topics": list(row.rules),
        "min_severity": row.min_severity.value,
        "pace": None,
        "quiet": _hours(row.quiet),
        "language": mail[0].language if mail else None,
        "zone": str(row.zone),
        "since": None,
    }


def _member_row(member: Member) -> dict[str, object]:
    wishes = member.preferences
    return {
        "id": member.id,
        "origin": member.origin,
        "address": member.address,
        "channels": ["email"],
        "topics": [*wishes.rules, *(f"measure:{name}" for name in wishes.measures)],
        "min_severity": wishes.min_severity.value,
        "pace": wishes.pace.value,
        "quiet": _hours(wishes.quiet),
        "language": wishes.language,
        "zone": wishes.zone,
        "since": moment_text(member.since),
    }


def _hours(quiet: QuietHours | None) -> str | None:
    return None if quiet is None else f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


@subscribers.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("key", metavar="ID|ADDRESS")
def show(config: str | None, form: str, key: str) -> None:
    """Show one subscriber: what they want, and what became of their last messages."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        audience = assembly.audience(store)
        rows = [row for row in _rows(audience) if key in (row["id"], row["address"])]
        if not rows and "@" in key and audience.key.exists:
            member = audience.members.at(audience.key.mailbox(key))
            rows = [_member_row(member)] if member is not None else []
        if not rows:
            msg = f"no subscriber {key!r}"
            raise MonitorError(msg)
        facts = rows[0] | {"messages": _messages(store, str(rows[0]["id"]))}
    if form == "json":
        emit_line(facts)
        return
    for name, value in facts.items():
        if name != "messages":
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name:13} {'' if shown is None else shown}")
    for message in facts["messages"]:  # type: ignore[attr-defined]
        click.echo("  ".join(str(part) for part in message.values() if part))


def _messages(store: Store, name: str) -> list[dict[str, object]]:
    rows = [row for row in Dispatch(store).outbox.rows() if row.channel.startswith(f"{name}/")]
    return [
        {
            "created": moment_text(row.created),
            "id": row.id,
            "rule": row.rule,
            "state": row.state,
            "reason": row.reason,
        }
        for row in rows[-20:]
    ]


@subscribers.command()
@config_option
@author_option
@click.option("--rule", "rules", multiple=True, help="Rule ids, with * and ?; default: all.")
@click.option("--measure", "measures", multiple=True, help="All figures that count this.")
@click.option(
    "--min-severity",
    "severity",
    type=click.Choice([row.value for row in SEVERITY_ORDER]),
    default="info",
    show_default=True,
)
@click.option(
    "--pace", type=click.Choice([pace.value for pace in Pace]), default="now", show_default=True
)
@click.option("--language", type=click.Choice(["en", "de", "uk"]), default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="Time zone, IANA name.")
@click.option(
    "--confirmed", is_flag=True, help="Their consent is on file: enter them without asking."
)
@click.argument("address")
def add(
    config: str | None,
    *,
    author: str,
    rules: tuple[str, ...],
    measures: tuple[str, ...],
    severity: str,
    pace: str,
    language: str,
    zone: str,
    confirmed: bool,
    address: str,
) -> None:
    """Ask ADDRESS to confirm a subscription; with --confirmed, enter it at once."""
    from zoneinfo import available_timezones  # noqa: PLC0415  (it reads a folder)

    if zone not in available_timezones():
        msg = f"no time zone {zone!r}"
        raise click.BadParameter(msg, param_hint="--zone")
    wishes = Preferences(
        rules=rules or (() if measures else ("*",)),
        measures=measures,
        min_severity=Severity(severity),
        pace=Pace(pace),
        language=language if language in shipped_words() else "en",
        zone=zone,
    )
    with _desk(config) as (assembly, _, membership, now):
        if confirmed:
            member = membership.enter(address, wishes, author, now)
            click.echo(f"added {member.id} ({member.address})")
            return
        if assembly.settings.web.public_url is None:
            msg = "a confirmation needs web.public_url; with consent on file there is --confirmed"
            raise MonitorError(msg)
        asked = membership.invite(address, wishes, author, now)
    click.echo(f"asked {asked} to confirm")


@subscribers.command()
@config_option
@click.option("--suppress", is_flag=True, help="Leave the address alone from now on.")
@click.argument("key", metavar="ID|ADDRESS")
def remove(config: str | None, *, suppress: bool, key: str) -> None:
    """Remove a subscriber of the database and delete what is stored about them."""
    with _desk(config) as (assembly, _, membership, now):
        if any(row.id == key for row in assembly.site.subscribers):
            msg = f"{key!r} stands in {assembly.loaded.path}; remove its [[subscriber]] there"
            raise MonitorError(msg)
        member = membership.find(key)
        if member is None:
            msg = f"no subscriber {key!r} in the database"
            raise MonitorError(msg)
        membership.remove(member, Reason.OPERATOR if suppress else None, "", now)
    click.echo(f"removed {member.id}; nothing is kept but {_kept(suppress=suppress)}")


def _kept(*, suppress: bool) -> str:
    return "a hash of the address, which is left alone" if suppress else "opinions without a name"


@subscribers.command()
@config_option
@author_option
@click.option("--reason", default="", help="Why; shown by `suppressed`.")
@click.argument("address")
def suppress(config: str | None, author: str, reason: str, address: str) -> None:
    """Leave ADDRESS alone: nothing is sent to it, and nobody can sign it up."""
    with _desk(config) as (_, _, membership, now):
        note = f"{author}: {reason}" if reason else author
        shown = membership.suppress(address, note, now)
    click.echo(f"{shown} is left alone")


@subscribers.command()
@config_option
@format_option()
def suppressed(config: str | None, form: str) -> None:
    """List the addresses that are left alone, as keyed hashes, with the reason."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        rows = assembly.audience(store).members.all_suppressed()
    emit_rows(
        (
            {
                "mailbox": row.mailbox,
                "reason": row.reason.value,
                "at": moment_text(row.at),
                "note": row.note or None,
            }
            for row in rows
        ),
        _SUPPRESSED,
        form,
    )


@subscribers.command()
@config_option
@click.argument("address")
def allow(config: str | None, address: str) -> None:
    """Take ADDRESS off the list of those that are left alone, because its owner wants it."""
    with _desk(config) as (_, _, membership, _now):
        if not membership.allow(address):
            msg = f"{address} is not left alone"
            raise MonitorError(msg)
    click.echo(f"{address} may be written to again")
