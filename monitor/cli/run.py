# SPDX-License-Identifier: Apache-2.0
"""`figurewatch run` and `figurewatch poll`."""

from __future__ import annotations

import asyncio
import resource
import sys

import click

from monitor import logs
from monitor.bootstrap import Assembly, assemble, poll_once, run_daemon, state_lock
from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import config_option
from monitor.core.wording import amount

_LEVELS = click.Choice(["debug", "info", "warning", "error"])
_LOG_FORMATS = click.Choice(["auto", "console", "json"])


@click.command()
@config_option
@click.option("--log-level", type=_LEVELS, help="Overrides log.level.")
@click.option("--log-format", type=_LOG_FORMATS, help="Overrides log.format.")
def run(config: str | None, log_level: str | None, log_format: str | None) -> None:
    """Run the daemon: poll feeds, decide, deliver, until it is told to stop.

    SIGTERM and SIGINT stop it within 30 s, SIGHUP reloads the configuration and the rules (on any
    error the old ones stay).
    """
    assembly = assemble(config)
    settings = assembly.settings.log
    logs.set_up(log_level or settings.level, log_format or settings.format)  # type: ignore[arg-type]
    # A dump of this process would hold every secret.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with state_lock(assembly.loaded.database):
        asyncio.run(run_daemon(config, assembly))


@click.command()
@config_option
@click.option("--once", is_flag=True, help="Poll once and exit (the only way so far).")
@click.option(
    "--all",
    "ignore_times",
    is_flag=True,
    help="Poll feeds that are not due as well (disabled ones stay disabled).",
)
@click.option("--log-level", type=_LEVELS, help="Overrides log.level.")
@click.option("--log-format", type=_LOG_FORMATS, help="Overrides log.format.")
@click.argument("feed", nargs=-1)
def poll(
    config: str | None,
    once: bool,
    ignore_times: bool,
    log_level: str | None,
    log_format: str | None,
    feed: tuple[str, ...],
) -> None:
    """Poll every feed that is due (or the FEEDs named), pages included, deliver what is due, exit.

    Exit code 0: done; 1: a feed or a delivery failed; 75: a daemon holds the state; 78: the
    configuration is wrong.
    """
    if not once:
        msg = "continuous polling is `figurewatch run`; here --once is needed"
        raise click.UsageError(msg)
    assembly = assemble(config)
    settings = assembly.settings.log
    logs.set_up(log_level or settings.level, log_format or settings.format)  # type: ignore[arg-type]
    with state_lock(assembly.loaded.database):
        _check_names(feed, assembly)
        failed_feeds, failed_deliveries = asyncio.run(
            poll_once(assembly, feed, ignore_times=ignore_times)
        )
    if failed_feeds or failed_deliveries:
        click.echo(
            f"{amount(failed_feeds, 'feed')} and {amount(failed_deliveries, 'delivery attempt')} failed",
            err=True,
        )
        sys.exit(EXIT_PROBLEMS)


def _check_names(names: tuple[str, ...], assembly: Assembly) -> None:
    """Refuse names that would poll nothing: unknown feeds and disabled ones."""
    if not names:
        return
    with assembly.look_into_store() as store:
        added = {feed.id: feed.enabled for feed in store.feeds() if feed.origin == "added"}
    known = added | {feed.id: feed.enabled for feed in assembly.settings.feed}
    for name in names:
        if not known.get(name):
            msg = f"feed {name!r} is disabled" if name in known else f"no feed {name!r}"
            raise click.UsageError(msg)
