# SPDX-License-Identifier: Apache-2.0
"""`figurewatch status`."""

from __future__ import annotations

import json
import sys
from collections import Counter

import click

from monitor.bootstrap import Assembly, assemble, is_running
from monitor.cli import EXIT_NOT_RUNNING
from monitor.cli.options import config_option, shown
from monitor.store import Outbox, Store, Subscriptions

_SHOWN = 20


@click.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def status(config: str | None, form: str) -> None:
    """Say whether the daemon runs, how its feeds are, and which deliveries wait or died.

    Exit code 3 when no daemon runs.
    """
    assembly = assemble(config)
    running = is_running(assembly.loaded.database)
    with assembly.look_into_store() as store:
        facts = _facts(assembly, store, running=running)
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _print(facts)
    if not running:
        sys.exit(EXIT_NOT_RUNNING)


def _facts(assembly: Assembly, store: Store, *, running: bool) -> dict[str, object]:
    outbox, now = Outbox(store), assembly.clock.now()
    unfinished = [*outbox.rows("pending"), *outbox.rows("leased"), *outbox.rows("dead")]
    return {
        "running": running,
        "database": str(assembly.loaded.database),
        "heartbeat": store.marks().get("heartbeat"),
        "canary_seconds": _seconds(store.marks().get("canary_seconds")),
        "canary_missed": store.marks().get("canary_missed") or None,
        "daemon": json.loads(store.marks().get("daemon", "{}")) if running else {},
        "rules": len(assembly.site.rules.rules),
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
                "last_success": feed.last_success.isoformat() if feed.last_success else None,
                "next_poll": feed.next_poll.isoformat(),
            }
            for feed in store.feeds()
        ],
        "deliveries": [
            {
                "id": row.id,
                "channel": row.channel,
                "state": row.state,
                "attempts": row.attempts,
                "next_attempt": row.next_attempt.isoformat() if row.state != "dead" else None,
                "reason": row.reason,
            }
            for row in unfinished
        ],
    }


def _seconds(text: str | None) -> float | None:
    return None if text is None else float(text)


def _counted(states: Counter[str]) -> str:
    return "".join(f", {count} {state}" for state, count in sorted(states.items()))


def _print(facts: dict[str, object]) -> None:
    feeds, deliveries, counts = facts["feeds"], facts["deliveries"], facts["counts"]
    assert isinstance(feeds, list)  # noqa: S101  (built above)
    assert isinstance(deliveries, list)  # noqa: S101
    assert isinstance(counts, dict)  # noqa: S101
    click.echo(f"daemon      {'running' if facts['running'] else 'not running'}")
    daemon = facts["daemon"]
    assert isinstance(daemon, dict)  # noqa: S101
    for kind in ("complaints", "warnings"):
        for line in daemon.get(kind, ()):
            click.echo(f"  {kind.removesuffix('s')}: {line}")
    click.echo(f"heartbeat   {facts['heartbeat'] or 'never'}")
    if facts["canary_missed"] is not None:
        click.echo(f"canary      NOT HEARD since {facts['canary_missed']}")
    elif facts["canary_seconds"] is not None:
        click.echo(f"canary      heard after {facts['canary_seconds']} s")
    click.echo(f"database    {facts['database']}")
    click.echo(
        f"memory      {counts['articles']} articles, {counts['claims']} claims, "
        f"{counts['alerts']} alerts"
    )
    states = Counter(feed["state"] for feed in feeds)
    click.echo(f"feeds       {len(feeds)}{_counted(states)}")
    for feed in [feed for feed in feeds if feed["reason"]][:_SHOWN]:
        failures = f" ({feed['errors']}x)" if feed["errors"] else ""
        click.echo(
            f"  {feed['id']}: {feed['state']}: {shown(feed['reason'])}{failures}, next {feed['next_poll']}"
        )
    if facts["websub"]:
        assert isinstance(facts["websub"], dict)  # noqa: S101  (built above)
        click.echo(f"websub      {_counted(Counter(facts['websub'])).removeprefix(', ')}")
    click.echo(
        f"deliveries  {counts.get('deliveries_sent', 0)} sent, "
        f"{counts.get('deliveries_pending', 0) + counts.get('deliveries_leased', 0)} waiting, "
        f"{counts.get('deliveries_dead', 0)} dead"
    )
    for row in deliveries[:_SHOWN]:
        after = f", next {row['next_attempt']}" if row["next_attempt"] else ""
        click.echo(
            f"  {row['id']} to {row['channel']}: {row['state']} after {row['attempts']} tries"
            f" ({shown(row['reason']) or 'not tried yet'}){after}"
        )
