# SPDX-License-Identifier: Apache-2.0
"""`figurewatch demo`."""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import sys

import click

from monitor.cli import EXIT_PROBLEMS

_EXIT_INTERRUPTED = 130
# Time to read an act on a terminal.
_PAUSE_SECONDS = 2.5


@click.command()
@click.option(
    "--pause",
    "pause_seconds",
    type=click.FloatRange(0, 60),
    help=f"Seconds to wait after each act; default: {_PAUSE_SECONDS} on a terminal, else 0.",
)
def demo(pause_seconds: float | None) -> None:
    """Show everything at work on a small news world of its own.

    Runs the real daemon on made-up feeds that are served on 127.0.0.1, with a temporary database, a
    mailbox and a webhook receiver. Exit code 0: the expected alerts arrived by both channels and
    nothing else did; 1: not so.
    """
    if importlib.util.find_spec("aiosmtpd") is None:
        msg = "the demo's mailbox needs aiosmtpd: pip install 'figurewatch[demo]'"
        raise click.ClickException(msg)
    if pause_seconds is None:
        pause_seconds = _PAUSE_SECONDS if sys.stdout.isatty() else 0.0
    try:
        missing = asyncio.run(_played(pause_seconds))
    except asyncio.CancelledError:
        click.echo("\nStopped; nothing was left behind.", err=True)
        sys.exit(_EXIT_INTERRUPTED)
    sys.exit(EXIT_PROBLEMS if missing else 0)


async def _played(pause_seconds: float) -> list[str]:
    from monitor.demo.play import play  # noqa: PLC0415
    from monitor.demo.stage import Stage, make_console  # noqa: PLC0415

    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (we run in one)
    # A closed terminal (SIGHUP) would otherwise leave the daemon behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await play(Stage(make_console()), pause_seconds=pause_seconds)
