# SPDX-License-Identifier: Apache-2.0
"""`figurewatch doctor`."""

from __future__ import annotations

import asyncio
import json
import sys

import click

from monitor.bootstrap import assemble
from monitor.cli import EXIT_CONFIG, EXIT_PROBLEMS
from monitor.cli.options import config_option
from monitor.clock import SystemClock
from monitor.core.errors import ConfigError

_SIGNS = {"good": "ok  ", "warning": "note", "bad": "BAD "}


@click.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def doctor(config: str | None, form: str) -> None:
    """Look at configuration, permissions, clock, disk, database, names, mail server and versions.

    Nothing is changed and no mail is sent. Exit code 1 when something is bad, 78 when the
    configuration is.
    """
    from monitor.checkup import examine, examine_without_settings  # noqa: PLC0415

    broken: ConfigError | None = None
    try:
        findings = asyncio.run(examine(assemble(config)))
    except ConfigError as error:
        broken, findings = error, examine_without_settings(error, SystemClock())
    if form == "json":
        rows = [{"about": row.about, "grade": row.grade, "text": row.text} for row in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in findings:
            click.echo(f"{_SIGNS[row.grade]} {row.about:<14}{row.text}")
    if broken is not None:
        sys.exit(EXIT_CONFIG)
    if any(row.grade == "bad" for row in findings):
        sys.exit(EXIT_PROBLEMS)
