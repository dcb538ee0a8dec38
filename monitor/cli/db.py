# SPDX-License-Identifier: Apache-2.0
"""`figurewatch db vacuum`."""

from __future__ import annotations

import click

from monitor.cli.options import config_option


@click.group()
def db() -> None:
    """Look after the database."""


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
