# SPDX-License-Identifier: Apache-2.0
"""`figurewatch feeds discover|test|import|export`: feeds before they are added, and many at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from monitor.bootstrap import Assembly, assemble
from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import config_option, emit_rows, format_option, moment_text, shown
from monitor.config import FeedSettings
from monitor.core.wording import amount, claim_phrase
from monitor.opml import Listed, read_opml, write_opml
from monitor.prospect import Preview, Prospect, discover, preview


@click.command(name="discover")
@config_option
@format_option()
@click.argument("url")
def discover_feeds(config: str | None, form: str, url: str) -> None:
    """Find the feeds of the site at URL. Exit code 1 when there is none."""
    found = asyncio.run(_discover(assemble(config), url))
    rows = (
        {
            "url": row.url,
            "title": row.title,
            "entries": row.entries,
            "newest": moment_text(row.newest),
            "complaint": row.complaint,
        }
        for row in found
    )
    emit_rows(rows, ("url", "title", "entries", "newest", "complaint"), form)
    if not any(row.complaint is None for row in found):
        click.echo("no feed was found", err=True)
        sys.exit(EXIT_PROBLEMS)


async def _discover(assembly: Assembly, url: str) -> tuple[Prospect, ...]:
    async with assembly.client() as client:
        return await discover(client.get, url)


@click.command(name="test")
@config_option
@format_option()
@click.argument("url")
def test_feed(config: str | None, form: str, url: str) -> None:
    """Show what a poll of the feed at URL would bring; nothing is stored and nobody is told."""
    assembly = assemble(config)
    seen = asyncio.run(_preview(assembly, url))
    _print_head(seen)
    gazetteer = assembly.site.knowledge.gazetteer
    rows = (
        {
            "published": moment_text(article.published),
            "title": article.title,
            "characters": len(article.text),
            "language": article.language,
            "claims": [claim_phrase(claim, gazetteer) for claim in article.claims],
            "url": article.url,
        }
        for article in seen.articles
    )
    emit_rows(rows, ("published", "title", "characters", "claims"), form)


def _print_head(seen: Preview) -> None:
    parsed = seen.parsed
    click.echo(
        f"{shown(parsed.title) or '(no title)'}: {amount(len(parsed.entries), 'entry', 'entries')}",
        err=True,
    )
    for text in (
        f"moved for good to {seen.permanent_url}" if seen.permanent_url else None,
        f"one entry every {seen.gap} by its dates" if seen.gap is not None else None,
        f"{parsed.dropped} entries beyond the limit were left out" if parsed.dropped else None,
        f"not quite right: {parsed.complaint}" if parsed.complaint else None,
    ):
        if text is not None:
            click.echo(f"  {shown(text)}", err=True)


async def _preview(assembly: Assembly, url: str) -> Preview:
    async with assembly.client() as client:
        return await preview(
            client.get,
            url,
            roots=assembly.site.knowledge_roots,
            measures=assembly.site.rules.measures,
            now=assembly.clock.now(),
        )


@click.command(name="import")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_feeds(config: str | None, file: Path) -> None:
    """Add every feed of the OPML list FILE that is not there yet. Exit code 1 if any was left out."""
    from monitor.cli.feeds import feed_name, new_row  # noqa: PLC0415

    assembly = assemble(config)
    listed, left_out = read_opml(file.read_bytes())
    now = assembly.clock.now()
    with assembly.open_store() as store:
        known = {feed.url for feed in (*store.feeds(), *assembly.feeds())}
        names = {feed.id for feed in (*store.feeds(), *assembly.feeds())}
        added = 0
        with store.write():
            for row in listed:
                if row.url in known:
                    continue
                name = _free(feed_name(row.url), names)
                names.add(name)
                settings = FeedSettings.model_validate(
                    {"id": name, "url": row.url, "publisher": row.title}
                )
                store.add_feed(new_row(settings, now), now)
                added += 1
    click.echo(f"added {amount(added, 'feed')}, {len(listed) - added} were there already")
    for text in left_out:
        click.echo(f"left out: {text}", err=True)
    if left_out:
        sys.exit(EXIT_PROBLEMS)


def _free(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it if it is taken."""
    base = name[:56]
    free, number = base, 1
    while free in taken:
        number += 1
        free = f"{base}-{number}"
    return free


@click.command(name="export")
@config_option
def export_feeds(config: str | None) -> None:
    """Print all feeds as an OPML list."""
    assembly = assemble(config)
    with assembly.look_into_store() as store:
        known = {feed.id: feed for feed in (*assembly.feeds(), *store.feeds())}
    rows = [Listed(url=known[name].address, title=known[name].publisher) for name in sorted(known)]
    click.echo(write_opml(rows), nl=False)
