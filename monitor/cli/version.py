# SPDX-License-Identifier: Apache-2.0
"""`figurewatch version`."""

from __future__ import annotations

import click

from monitor import __version__


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(f"figurewatch {__version__}")
