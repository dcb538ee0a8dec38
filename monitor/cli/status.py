# SPDX-License-Identifier: Apache-2.0
"""`figurewatch status`.

Rules of this file: it only reads, and answers as far as it can: a configuration that is broken does not
hide how the daemon, its feeds and its deliveries are.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from monitor.bootstrap import assemble, is_running, looking_into
from monitor.cli import EXIT_CONFIG, EXIT_NOT_RUNNING
from monitor.cli.options import config_option, moment_text, shown
from monitor.clock import SystemClock
from monitor.config import LoadedSettings, Settings, find_config, inspect_settings
from monitor.core.errors import ConfigError, Problem
from monitor.core.wording import amount
from monitor.store import Outbox, Store, Subscriptions, gauges

_SHOWN = 20
# The daemon leaves word every ten seconds; where its lock cannot be asked, that has to do.
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What is known of the configuration: `rules` is None, and there are problems, where it is broken."""

    loaded: LoadedSettings
    rules: int | None
    problems: tuple[Problem, ...] = ()


@click.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def status(config: str | None, form: str) -> None:
    """Say whether the daemon runs, how its feeds are, and which deliveries wait or died.

    Exit code 3 when no daemon runs; 78 when the configuration is broken, in which case what the
    database knows is told all the same.
    """
    site = _site(config)
    with looking_into(site.loaded.database) as store:
        facts = _facts(site, store, SystemClock().now())
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        for line in _lines(facts):
            click.echo(line)
    if site.problems:
        sys.exit(EXIT_CONFIG)
    if not facts["running"]:
        sys.exit(EXIT_NOT_RUNNING)


def _site(config: str | None) -> _Site:
    try:
        assembly = assemble(config)
    except ConfigError as error:
        return _Site(loaded=_settings_left(config), rules=None, problems=error.problems)
    return _Site(loaded=assembly.loaded, rules=len(assembly.site.rules.rules))


def _settings_left(config: str | None) -> LoadedSettings:
    """Return what of a broken configuration can be read; the defaults where nothing can."""
    path = find_config(config)
    try:
        return inspect_settings(path, os.environ)[0]
    except ConfigError:
        return LoadedSettings(Settings(), path, {})


def _facts(site: _Site, store: Store, now: datetime) -> dict[str, Any]:
    outbox, marks = Outbox(store), store.marks()
    tries = outbox.next_tries()
    unfinished = [*outbox.rows("pending"), *outbox.rows("leased"), *outbox.rows("dead")]
    running = is_running(site.loaded.database)
    if running is None:
        beat = marks.get("heartbeat")
        running = beat is not None and now - datetime.fromisoformat(beat) < _FRESH
    return {
        "running": running,
        "configuration": [str(problem) for problem in site.problems],
        "database": str(site.loaded.database),
        "heartbeat": _moment(marks.get("heartbeat")),
        "canary_seconds": _seconds(marks.get("canary_seconds")),
        "canary_missed": _moment(marks.get("canary_missed")),
        "daemon": json.loads(marks.get("daemon", "{}")) if running else {},
        "rules": site.rules,
        "counts": store.counts(),
        "packs": {name: articles for name, (_, articles, _) in store.packs().items()},
        "websub": dict(Subscriptions(store).standings()),
        "feeds": [
            {
                "id": feed.id,
                "state": feed.state(now).value,
                "reason": feed.reason(now),
                "last_outcome": feed.last_outcome,
                "last_error": feed.last_error,
                "errors": feed.error_count,
                "last_success": moment_text(feed.last_success),
                "next_poll": moment_text(feed.next_poll),
            }
            for feed in store.feeds()
        ],
        "channels_disabled": [
            {"channel": row.channel, "since": moment_text(row.since), "reason": row.reason}
            for row in outbox.disabled()
        ],
        "channels_waiting": [
            {
                "channel": row.channel,
                "until": moment_text(row.until),
                "deliveries": row.deliveries,
                "reason": row.reason,
            }
            for row in gauges.waiting_channels(store, now)
        ],
        "deliveries": [
            {
                "id": row.id,
                "channel": row.channel,
                "state": row.state,
                "attempts": row.attempts,
                "next_attempt": moment_text(
                    max(row.next_attempt, tries.get(row.channel, row.next_attempt))
                )
                if row.state == "pending"
                else None,
                "leased_until": moment_text(row.leased_until),
                "reason": row.reason,
            }
            for row in unfinished
        ],
    }


def _moment(mark: str | None) -> str | None:
    return moment_text(datetime.fromisoformat(mark)) if mark else None


def _seconds(text: str | None) -> float | None:
    return None if text is None else float(text)


def _counted(states: Counter[str]) -> str:
    return "".join(f", {count} {state}" for state, count in sorted(states.items()))


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    yield from _daemon_lines(facts)
    counts = facts["counts"]
    yield f"database    {facts['database']}"
    yield (
        f"memory      {amount(counts['articles'], 'article')}, {amount(counts['claims'], 'claim')}, "
        f"{amount(counts['alerts'], 'alert')}"
    )
    yield from _feed_lines(facts["feeds"])
    if facts["websub"]:
        yield f"websub      {_counted(Counter(facts['websub'])).removeprefix(', ')}"
    yield from _channel_lines(facts)
    yield (
        f"deliveries  {counts.get('deliveries_sent', 0)} sent, "
        f"{counts.get('deliveries_pending', 0) + counts.get('deliveries_leased', 0)} waiting, "
        f"{counts.get('deliveries_dead', 0)} dead"
    )
    deliveries = facts["deliveries"]
    for row in deliveries[:_SHOWN]:
        yield f"  {row['id']} to {row['channel']}: {_delivery_words(row)}"
    yield from _more(deliveries, "figurewatch outbox list")


def _delivery_words(row: dict[str, Any]) -> str:
    if row["leased_until"]:
        return f"being sent, try {row['attempts']}, until {row['leased_until']} at the latest"
    tries = amount(row["attempts"], "try", "tries")
    after = f", next {row['next_attempt']}" if row["next_attempt"] else ""
    return f"{row['state']} after {tries} ({shown(row['reason']) or 'not tried yet'}){after}"


def _daemon_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"daemon      {'running' if facts['running'] else 'not running'}"
    for kind in ("complaints", "warnings"):
        for line in facts["daemon"].get(kind, ()):
            yield f"  {kind.removesuffix('s')}: {shown(line)}"
    problems = facts["configuration"]
    if problems:
        kept = (
            "the daemon keeps the old one"
            if facts["running"]
            else "no daemon can start until it is mended"
        )
        yield f"settings    BROKEN, {len(problems)} problem{'s' * (len(problems) != 1)}; {kept}"
        for problem in problems[:_SHOWN]:
            yield f"  error: {shown(problem)}"
        yield from _more(problems, "figurewatch config check")
    yield f"heartbeat   {facts['heartbeat'] or 'never'}"
    if facts["canary_missed"] is not None:
        yield f"canary      NOT HEARD since {facts['canary_missed']}"
    elif facts["canary_seconds"] is not None:
        yield f"canary      heard after {facts['canary_seconds']} s"


def _feed_lines(feeds: Sequence[dict[str, Any]]) -> Iterator[str]:
    states = Counter(feed["state"] for feed in feeds)
    yield f"feeds       {len(feeds)}{_counted(states)}"
    troubled = [feed for feed in feeds if feed["reason"]]
    for feed in troubled[:_SHOWN]:
        failures = f" ({feed['errors']}x)" if feed["errors"] else ""
        yield (
            f"  {feed['id']}: {feed['state']}: {shown(feed['reason'])}{failures}, next {feed['next_poll']}"
        )
    yield from _more(troubled, "figurewatch feeds list")


def _channel_lines(facts: dict[str, Any]) -> Iterator[str]:
    disabled, waiting = facts["channels_disabled"], facts["channels_waiting"]
    if not disabled and not waiting:
        return
    yield f"channels    {len(disabled)} out of service, {len(waiting)} waiting for their receiver"
    for row in disabled[:_SHOWN]:
        yield (
            f"  {row['channel']}: OUT OF SERVICE since {row['since']}: {shown(row['reason'])}; "
            f"once mended: figurewatch outbox enable {row['channel']}"
        )
    yield from _more(disabled, "figurewatch status --format json")
    for row in waiting[:_SHOWN]:
        yield (
            f"  {row['channel']}: not tried before {row['until']}: {shown(row['reason']) or 'unknown'}; "
            f"{row['deliveries']} wait"
        )
    yield from _more(waiting, "figurewatch status --format json")


def _more(rows: Sequence[object], command: str) -> Iterator[str]:
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN:,} more: {command}"
