# SPDX-License-Identifier: Apache-2.0
"""`figurewatch feeds list|add|remove|enable|disable`; the others are in `feedlists`."""

from __future__ import annotations

import re
from datetime import datetime

import click

from monitor.bootstrap import assemble
from monitor.cli.feedlists import discover_feeds, export_feeds, import_feeds, test_feed
from monitor.cli.options import config_option, emit_rows, format_option, moment_text
from monitor.config import FeedSettings
from monitor.core.errors import ConfigError, MonitorError, Problem
from monitor.core.urls import redact
from monitor.store import FeedPolicy, FeedRow

_COLUMNS = ("id", "publisher", "url", "state", "reason", "last_success", "next_poll", "errors")


@click.group()
def feeds() -> None:
    """List, find, test, add and remove feeds."""


for _command in (discover_feeds, test_feed, import_feeds, export_feeds):
    feeds.add_command(_command)


@feeds.command(name="list")
@config_option
@format_option()
def list_feeds(config: str | None, form: str) -> None:
    """List every feed with its state, last error and next poll."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        known = {feed.id: feed for feed in store.feeds()}
    # Feeds of the file that no daemon has taken over yet are shown as they will be.
    rows = known | {feed.id: feed for feed in assembly.feeds() if feed.id not in known}
    now = assembly.clock.now()
    emit_rows((_row(rows[name], now) for name in sorted(rows)), _COLUMNS, form)


def _row(feed: FeedRow, now: datetime) -> dict[str, object]:
    return {
        "id": feed.id,
        "publisher": feed.publisher,
        "url": feed.url,
        "origin": feed.origin,
        "state": feed.state(now).value,
        "reason": feed.reason(now),
        "moved_to": feed.health.moved_to,
        "enabled": feed.enabled,
        "last_poll": moment_text(feed.last_poll),
        "last_success": moment_text(feed.last_success),
        "last_outcome": feed.last_outcome,
        "next_poll": moment_text(feed.next_poll),
        "hub": feed.health.advert.hub if feed.health.advert is not None else None,
        "pushed_until": moment_text(feed.pushed_until),
        "errors": feed.error_count,
        "last_error": feed.last_error,
        "polls": feed.polls,
        "articles": feed.articles,
    }


@feeds.command()
@config_option
@click.option("--id", "feed_id", help="Short name; default: from the host name.")
@click.option("--publisher", default="", help="Organisation behind the feed.")
@click.option("--interval", help='Time between polls, such as "10m".')
@click.argument("url")
def add(
    config: str | None, feed_id: str | None, publisher: str, interval: str | None, url: str
) -> None:
    """Add the feed at URL to the database; a running daemon polls it within seconds."""
    from pydantic import ValidationError  # noqa: PLC0415

    assembly = assemble(config)
    try:
        settings = FeedSettings.model_validate(
            {"id": feed_id or feed_name(url), "url": url, "publisher": publisher}
            | ({"interval": interval} if interval else {})
        )
    except ValidationError as error:
        raise ConfigError(
            tuple(
                Problem(
                    file="command line",
                    field=str(mistake["loc"][0]),
                    message=mistake["msg"].removeprefix("Value error, "),
                )
                for mistake in error.errors()
            )
        ) from error
    now = assembly.clock.now()
    row = new_row(settings, now)
    with assembly.open_store() as store:
        known = {feed.id: feed for feed in (*store.feeds(), *assembly.feeds())}
        _refuse_a_taken_name(settings.id, known)
        store.add_feed(row, now)
    click.echo(f"added {settings.id}")
    for twin in sorted(feed.id for feed in known.values() if feed.url == settings.url):
        click.echo(f"note: this address is polled already, as {twin!r}", err=True)


def _refuse_a_taken_name(name: str, known: dict[str, FeedRow]) -> None:
    """Raise `MonitorError` with the way out where another feed has this name."""
    if name in known:
        msg = (
            f"a feed with id {name!r} exists already ({redact(known[name].url)}); "
            "give this one a name of its own: --id NAME"
        )
        raise MonitorError(msg)


def new_row(settings: FeedSettings, now: datetime) -> FeedRow:
    """Return a feed that is added by command."""
    return FeedRow(
        id=settings.id,
        url=settings.url,
        publisher=settings.publisher or settings.id,
        origin="added",
        configured=True,
        enabled=True,
        policy=FeedPolicy(
            interval_seconds=settings.interval.total_seconds() if settings.interval else None
        ),
        etag=None,
        last_modified=None,
        next_poll=now,
        last_poll=None,
        last_success=None,
        last_outcome=None,
        last_error=None,
        error_count=0,
        polls=0,
        articles=0,
    )


def feed_name(url: str) -> str:
    """Return a short name for a feed from its host name."""
    host = re.sub(r"^https?://(?:www\.|rss\.|feeds?\.)?", "", url.lower())
    return re.sub(r"[^a-z0-9]+", "-", host.split("/")[0])[:60].strip("-") or "feed"


@feeds.command()
@config_option
@click.argument("feed_id", metavar="ID")
def remove(config: str | None, feed_id: str) -> None:
    """Stop polling a feed that was added by command; what it told is kept."""
    assembly = assemble(config)
    if any(feed.id == feed_id for feed in assembly.settings.feed):
        msg = f"{feed_id!r} stands in {assembly.loaded.path}; remove its [[feed]] there"
        raise MonitorError(msg)
    with assembly.open_store() as store:
        if not store.remove_feed(feed_id):
            msg = f"no added feed {feed_id!r}"
            raise MonitorError(msg)
    click.echo(f"removed {feed_id}")


@feeds.command()
@config_option
@click.argument("feed_id", metavar="ID")
def disable(config: str | None, feed_id: str) -> None:
    """Stop polling a feed until `enable`, also one of the configuration file."""
    _stop(config, feed_id, "by command")
    click.echo(f"disabled {feed_id}")


@feeds.command()
@config_option
@click.argument("feed_id", metavar="ID")
def enable(config: str | None, feed_id: str) -> None:
    """Poll a feed again that was disabled by command or stopped because it was gone."""
    _stop(config, feed_id, None)
    click.echo(f"enabled {feed_id}; it is due now")


def _stop(config: str | None, feed_id: str, reason: str | None) -> None:
    assembly = assemble(config)
    with assembly.open_store() as store:
        known = {feed.id for feed in store.feeds()}
        configured = tuple(feed for feed in assembly.feeds() if feed.id == feed_id)
        if feed_id not in known and configured:  # no daemon has taken the file over yet
            store.sync_feeds(assembly.feeds(), assembly.clock.now())
        if configured and not configured[0].enabled and reason is None:
            msg = f"{feed_id!r} has enabled = false in {assembly.loaded.path}"
            raise MonitorError(msg)
        if not store.stop_feed(feed_id, reason, assembly.clock.now()):
            msg = f"no feed {feed_id!r}"
            raise MonitorError(msg)
