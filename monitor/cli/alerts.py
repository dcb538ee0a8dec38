# SPDX-License-Identifier: Apache-2.0
"""`figurewatch alerts list|show|export|resend|ack|silence|silences|unsilence`.

Rules of this file: it works beside a running daemon; whatever keeps an alert from being told has an
author.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

import click

from monitor.bootstrap import Assembly, assemble
from monitor.cli.options import (
    author_option,
    config_option,
    emit_line,
    emit_rows,
    format_option,
    moment_text,
    shown,
)
from monitor.config import parse_duration
from monitor.core.errors import MonitorError
from monitor.core.headlines import alert_summary
from monitor.core.payload import claim_json
from monitor.core.routing import Fate, Routing, Silence
from monitor.dispatch import Dispatch
from monitor.store import AlertRow, LedgerQuery, Routings, Store

_COLUMNS = (
    *("id", "created", "severity", "rule", "summary"),
    *("told", "owed", "failed", "waiting", "acknowledged"),
)
_SHOWN = ("id", "created", "severity", "rule", "summary", "reason", "title", "article")
# What the state of a delivery means to who asks whether somebody knows.
_STANDINGS = {
    "sent": "told",
    "pending": "owed",
    "leased": "owed",
    "dead": "failed",
    "dropped": "failed",
}
_SILENCE_COLUMNS = ("id", "until", "rule", "subscriber", "force", "place", "author", "reason")


@click.group()
def alerts() -> None:
    """List, show, resend, acknowledge and silence alerts."""


@alerts.command(name="list")
@config_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@format_option()
def list_alerts(config: str | None, limit: int, form: str) -> None:
    """List the newest alerts, and by channel who was told, is owed, failed or waits.

    Told is who took the message, owed who is still sent it, failed who it was given up for. For who
    waits there is no message yet: a grouping window, quiet hours, a digest or a budget holds it.
    """
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        rows = Routings(store).alerts(limit)
    records = [_record(row, assembly) for row in rows]
    if form == "table":
        for record, row in zip(records, rows, strict=True):
            record["waiting"] = [
                f"{one.channel} ({one.why.value})" for one in row.routings if one.release_at
            ]
    emit_rows(records, _COLUMNS, form)


def _record(row: AlertRow, assembly: Assembly) -> dict[str, object]:
    alert = row.alert
    standings = [(one.channel, _standing(one, row)) for one in row.routings]
    return {
        "id": alert.id,
        "created": moment_text(alert.created),
        "severity": alert.severity.value,
        "disposition": alert.disposition.value,
        "rule": alert.rule,
        "verdict": alert.claim.verdict.value if alert.claim else None,
        "summary": alert_summary(alert, assembly.site.knowledge.gazetteer),
        **{
            word: [channel for channel, standing in standings if standing == word]
            for word in ("told", "owed", "failed")
        },
        "waiting": [one.channel for one in row.routings if one.release_at],
        "acknowledged": row.acknowledged,
    }


def _standing(one: Routing, row: AlertRow) -> str | None:
    """Return told, owed or failed for a channel that an alert has a message to; else None."""
    if one.message is None:
        return None
    delivery = row.deliveries.get(one.channel)
    # Only who is deleted, and what was sent to them, is forgotten.
    return _STANDINGS[delivery.state] if delivery is not None else "told"


@alerts.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("key", metavar="ID")
def show(config: str | None, form: str, key: str) -> None:
    """Show one alert: its claim, its article, and what became of it for every channel.

    The words for channels are those of `alerts list`.
    """
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        row = _one(store, key)
    gazetteer = assembly.site.knowledge.gazetteer
    facts = _record(row, assembly) | {
        "reason": row.alert.reason,
        "article": row.alert.article.url,
        "title": row.alert.article.title,
        "claim": claim_json(row.alert.claim, gazetteer) if row.alert.claim else None,
        "witnesses": {
            "articles": row.alert.witnesses_articles,
            "independent": row.alert.witnesses_independent,
        },
        "routings": [_routing(one, row) for one in row.routings],
    }
    if form == "json":
        emit_line(facts)
        return
    lines = [
        *((name, facts[name]) for name in _SHOWN),
        ("acknowledged", row.acknowledged or "no"),
        *((one.channel, _words(one, row)) for one in row.routings),
    ]
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        click.echo(f"{name:{width}}  {shown(value)}")


def _one(store: Store, key: str) -> AlertRow:
    found = Routings(store).alerts(2, key)
    if len(found) != 1:
        msg = f"no alert {key!r}" if not found else f"several alerts begin with {key!r}"
        raise MonitorError(msg)
    return found[0]


def _routing(one: Routing, row: AlertRow) -> dict[str, object]:
    delivery = row.deliveries.get(one.channel)
    return {
        "channel": one.channel,
        "fate": one.fate.value,
        "why": one.why.value,
        "release_at": moment_text(one.release_at),
        "message": one.message,
        "delivery": delivery.state if delivery is not None else None,
        "detail": one.detail,
    }


def _words(one: Routing, row: AlertRow) -> str:
    """Return what became of an alert for a channel; nobody is told by a message that was not sent."""
    standing, delivery = _standing(one, row), row.deliveries.get(one.channel)
    fate = standing if standing and one.fate is Fate.TOLD else one.fate.value
    parts = [fate, f"({one.why.value})" if one.why.value != "now" else "", one.detail]
    if one.release_at:
        parts.append(f"until {moment_text(one.release_at)}")
    if one.message:
        parts.append(f"by {one.message}")
    if delivery is not None and standing != "told":
        parts.append(f"({delivery.state}: {delivery.reason or 'not tried yet'})")
    return " ".join(part for part in parts if part)


@alerts.command()
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["atom", "jsonfeed", "csv"]),
    default="atom",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@click.option("--series", is_flag=True, help="CSV of every figure of the ledger instead.")
@click.option("--measure", help="With --series: only this measure.")
@click.option("--force", help="With --series: only this force, such as KP.")
def export(
    config: str | None,
    form: str,
    limit: int,
    *,
    series: bool,
    measure: str | None,
    force: str | None,
) -> None:
    """Write the newest alerts as a feed or as CSV, or the ledger behind them as CSV."""
    from monitor.core import alert_feed  # noqa: PLC0415  (XML is for this command only)

    if series and form != "csv":
        raise click.UsageError("--series needs --format csv")
    assembly = assemble(config)
    gazetteer = assembly.site.knowledge.gazetteer
    with assembly.look_into_store() as store:
        routings = Routings(store)
        if series:
            known = store.ledger(LedgerQuery(measure=measure, force=force))
            rows = alert_feed.series_rows(sorted(known, key=lambda row: row.said))
            emit_rows(rows, alert_feed.SERIES_COLUMNS, "csv")
            return
        found = [row.alert for row in routings.alerts(limit)]
    if form == "csv":
        emit_rows(alert_feed.alert_rows(found), alert_feed.ALERT_COLUMNS, "csv")
    elif form == "jsonfeed":
        click.echo(alert_feed.json_feed(found, gazetteer))
    else:
        click.echo(alert_feed.atom(found, gazetteer, now=assembly.clock.now()), nl=False)


@alerts.command()
@config_option
@click.option("--to", "names", multiple=True, metavar="SUBSCRIBER", help="Default: all it went to.")
@click.argument("key", metavar="ID")
def resend(config: str | None, names: tuple[str, ...], key: str) -> None:
    """Send an alert again: under the id of the message that told it, or to one who never got it."""
    assembly = assemble(config)
    with assembly.open_store() as store:
        known = {row.id: row for row in assembly.audience(store).subscribers()}
        unknown = [name for name in names if name not in known]
        if unknown:
            msg = f"no subscriber {unknown[0]!r}"
            raise click.UsageError(msg)
        row = _one(store, key)
        told = {one.channel.partition("/")[0] for one in row.routings if one.message}
        chosen = [known[name] for name in names or sorted(told & known.keys())]
        messages = Dispatch(store).resend(row.alert, chosen, assembly.clock.now())
    click.echo("\n".join(messages) if messages else "nobody was told about it; name --to")


@alerts.command()
@config_option
@author_option
@click.option("--note", default="", help="What is being done about it.")
@click.argument("key", metavar="ID")
def ack(config: str | None, author: str, note: str, key: str) -> None:
    """Acknowledge an alert: what of it still waits (quiet hours, digest) is not told any more."""
    assembly = assemble(config)
    with assembly.open_store() as store:
        row = _one(store, key)
        Routings(store).acknowledge(row.alert.id, author, assembly.clock.now(), note)
    click.echo(f"{row.alert.id} acknowledged by {author}")


@alerts.command()
@config_option
@author_option
@click.option("--for", "duration", required=True, metavar="DURATION", help='Such as "8h" or "2d".')
@click.option("--reason", required=True, help="Why; shown wherever the silence swallows something.")
@click.option("--rule", default="*", help="Rule ids, with * and ? as wildcards.")
@click.option("--subscriber", default="*", help="Subscribers, with * and ? as wildcards.")
@click.option("--force", help="Only this force, such as KP.")
@click.option("--place", help="Only this place and all inside it, such as kursk.")
def silence(
    config: str | None,
    author: str,
    *,
    duration: str,
    reason: str,
    rule: str,
    subscriber: str,
    force: str | None,
    place: str | None,
) -> None:
    """Tell nobody about alerts like these until the time is over; they are recorded all the same."""
    try:
        lasting = parse_duration(duration)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--for") from error
    assembly = assemble(config)
    if place is not None and place not in assembly.site.knowledge.gazetteer.places:
        msg = f"no place {place!r} in the gazetteer"
        raise click.BadParameter(msg, param_hint="--place")
    now = assembly.clock.now()
    made = Silence(
        id=f"sil_{secrets.token_hex(4)}",
        author=author,
        reason=reason,
        created=now,
        until=now + lasting,
        rule=rule,
        subscriber=subscriber,
        force=force,
        place=place,
    )
    with assembly.open_store() as store:
        Routings(store).put_silence(made)
    click.echo(f"{made.id} until {moment_text(made.until)}")


@alerts.command()
@config_option
@click.option("--all", "everything", is_flag=True, help="Those that are over as well.")
@format_option()
def silences(config: str | None, everything: bool, form: str) -> None:
    """List the silences in force, with author and reason."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        rows = Routings(store).silences(None if everything else assembly.clock.now())
    emit_rows(map(_silence_record, rows), _SILENCE_COLUMNS, form)


def _silence_record(row: Silence) -> dict[str, object]:
    return {
        "id": row.id,
        "created": moment_text(row.created),
        "until": moment_text(row.until),
        "rule": row.rule,
        "subscriber": row.subscriber,
        "force": row.force,
        "place": row.place,
        "author": row.author,
        "reason": row.reason,
    }


@alerts.command()
@config_option
@click.argument("key", metavar="ID")
def unsilence(config: str | None, key: str) -> None:
    """End a silence now; what it swallowed is not told afterwards."""
    assembly = assemble(config)
    now = assembly.clock.now()
    with assembly.open_store() as store:
        routings = Routings(store)
        found = [row for row in routings.silences(now) if row.id == key]
        if not found:
            msg = f"no silence {key!r} is in force"
            raise MonitorError(msg)
        routings.put_silence(replace(found[0], until=now))
    click.echo(f"{key} ended")
