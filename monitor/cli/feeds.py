# SPDX-License-Identifier: Apache-2.0
"""`figurewatch feeds list|add|remove`."""

from __future__ import annotations

import re

import click

from monitor.bootstrap import assemble
from monitor.cli.options import config_option, emit_rows, format_option
from monitor.config import FeedSettings
from monitor.core.errors import ConfigError, MonitorError, Problem
from monitor.store import FeedPolicy, FeedRow

_COLUMNS = ("id", "publisher", "url", "state", "last_success", "next_poll", "errors", "last_error")


@click.group()
def feeds() -> None:
    """List, add and remove feeds."""


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
    emit_rows((_row(rows[name]) for name in sorted(rows)), _COLUMNS, form)


def _row(feed: FeedRow) -> dict[str, object]:
    def when(moment: object) -> str | None:
        return moment.isoformat(timespec="seconds") if hasattr(moment, "isoformat") else None

    return {
        "id": feed.id,
        "publisher": feed.publisher,
        "url": feed.url,
        "origin": feed.origin,
        "state": feed_state(feed),
        "enabled": feed.enabled,
        "last_poll": when(feed.last_poll),
        "last_success": when(feed.last_success),
        "last_outcome": feed.last_outcome,
        "next_poll": when(feed.next_poll),
        "errors": feed.error_count,
        "last_error": feed.last_error,
        "polls": feed.polls,
        "articles": feed.articles,
    }


def feed_state(feed: FeedRow) -> str:
    """Say in one word how a feed is doing."""
    if not feed.enabled:
        return "disabled"
    if feed.last_poll is None:
        return "new"
    return "broken" if feed.error_count else "healthy"


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
            {"id": feed_id or _name(url), "url": url, "publisher": publisher}
            | ({"interval": interval} if interval else {})
        )
    except ValidationError as error:
        raise ConfigError(
            tuple(
                Problem(file="command line", field=str(mistake["loc"][0]), message=mistake["msg"])
                for mistake in error.errors()
            )
        ) from error
    now = assembly.clock.now()
    row = FeedRow(
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
    if any(feed.id == settings.id for feed in assembly.settings.feed):
        msg = f"the configuration file already has a feed {settings.id!r}"
        raise MonitorError(msg)
    with assembly.open_store() as store:
        store.add_feed(row, now)
    click.echo(f"added {settings.id}")


def _name(url: str) -> str:
    host = re.sub(r"^https?://(?:www\.|rss\.|feeds?\.)?", "", url.lower())
    return re.sub(r"[^a-z0-9]+", "-", host.split("/")[0]).strip("-") or "feed"


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
