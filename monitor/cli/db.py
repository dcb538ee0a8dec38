# SPDX-License-Identifier: Apache-2.0
"""`figurewatch db backup|check|restore|migrate|vacuum`."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import click

from monitor.bootstrap import refuse_damage, state_lock
from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import config_option
from monitor.clock import SystemClock
from monitor.config import find_config, load_settings
from monitor.core.wording import amount
from monitor.store import backups, open_store

_PATH = click.Path(path_type=Path)


@click.group()
def db() -> None:
    """Back up, check, restore, migrate and tidy the database."""


@db.command()
@config_option
@click.option("--to", type=_PATH, help="New file, or a folder; default: backups/ beside it.")
@click.option("--keep", type=click.IntRange(1), help="Remove all but the newest of the folder.")
def backup(config: str | None, to: Path | None, keep: int | None) -> None:
    """Copy the database while it is used, check the copy, and print its name."""
    database = _database(config)
    if to is None:
        to = database.parent / "backups"
        to.mkdir(mode=0o700, exist_ok=True)
    if keep is not None and not to.is_dir():
        msg = "--keep needs a folder"
        raise click.UsageError(msg)
    click.echo(backups.back_up(database, to, SystemClock().now()))
    if keep is not None:
        for path in backups.prune(to, database.stem, keep):
            click.echo(f"removed {path}", err=True)


@db.command()
@config_option
@click.argument("file", type=_PATH, required=False)
def check(config: str | None, file: Path | None) -> None:
    """Read the whole database (or FILE) and say what is wrong with it; exit code 1 if anything is."""
    path = file or _database(config)
    complaints = backups.check_file(path)
    for complaint in complaints:
        click.echo(f"{path}: {complaint}")
    if complaints:
        click.echo("put back a backup: figurewatch db restore FILE", err=True)
        sys.exit(EXIT_PROBLEMS)
    click.echo(f"{path}: good")


@db.command()
@config_option
@click.option(
    "--rebuild", is_flag=True, help="Write the file anew in one go; stop the daemon before."
)
def vacuum(config: str | None, rebuild: bool) -> None:
    """Drop what has outlived its time and give free space back, as the daemon does by itself.

    In short steps, so it may be run while the daemon runs.
    """
    from monitor.bootstrap import assemble, state_lock  # noqa: PLC0415
    from monitor.store import Retention  # noqa: PLC0415
    from monitor.upkeep import steps  # noqa: PLC0415

    assembly = assemble(config)
    with assembly.open_store() as store:
        retention = Retention(store)
        before = retention.sizes().total
        for _ in steps(store, assembly.settings.memory, assembly.clock.now()):
            pass
        if rebuild:
            with state_lock(assembly.loaded.database):
                retention.rebuild()
        after = retention.sizes().total
        if not retention.can_give_back():
            click.echo("this file gives back no space; run `db vacuum --rebuild` once", err=True)
    click.echo(f"{assembly.loaded.database}: {before:,} bytes before, {after:,} after")


@db.command()
@config_option
@click.option(
    "--send-again",
    is_flag=True,
    help="Send what was waiting in the backup, and let the next poll alert as usual.",
)
@click.argument("file", type=_PATH)
def restore(config: str | None, send_again: bool, file: Path) -> None:
    """Put the backup FILE in the database's place; the present one is kept beside it.

    Unless told otherwise, nothing that may have been sent since the backup is sent again: waiting
    deliveries are held as dead letters, and the next poll of every feed does not alert. Exit code
    75 while a daemon runs, 74 for a file that is damaged, newer or not ours.
    """
    database = _database(config)
    with state_lock(database):
        kept = backups.restore(file, database, SystemClock().now(), send_again=send_again)
    click.echo(f"restored {file} to {database}")
    if kept is not None:
        click.echo(f"the database before it is {kept}", err=True)


@db.command()
@config_option
def migrate(config: str | None) -> None:
    """Bring the database to this version now; `run` does the same at its start."""
    database = _database(config)
    with state_lock(database):
        refuse_damage(database)
        with closing(open_store(database)) as store:
            click.echo(f"{database}: {amount(len(store.feeds()), 'feed')}, up to date")


def _database(config: str | None) -> Path:
    """Return where the database is; rules, seeds and secrets are not needed to copy it."""
    return load_settings(find_config(config), os.environ).database
