# SPDX-License-Identifier: Apache-2.0
"""Options and output forms that several commands share.

Rules of this file: results go to standard output, everything else to standard error; machine forms
are stable; colour and tables only as `rich` decides for the terminal.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import click

from monitor.core.csv_text import csv_text
from monitor.core.moments import utc_text
from monitor.core.wording import visible

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PIPE_COLUMNS = 10_000
FORMATS = ("table", "json", "jsonl", "csv")


def config_option(command: _Command) -> _Command:
    """Add `--config FILE`."""
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Configuration file; default: $FIGUREWATCH_CONFIG, the user's, then /etc/figurewatch.",
    )(command)


def format_option(default: str = "table") -> Callable[[_Command], _Command]:
    """Add `--format`, named `form` in the function."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default=default,
        show_default=True,
        help="Form of the output.",
    )


def author_option(command: _Command) -> _Command:
    """Add `--by NAME`, named `author` in the function."""
    return click.option(
        "--by",
        "author",
        metavar="NAME",
        default=_login_name,
        help="Who does this; default: the login name.",
    )(command)


def _login_name() -> str:
    import getpass  # noqa: PLC0415  (only some commands sign)

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def moment_text(moment: datetime | None) -> str | None:
    """Return a moment as all commands show it, 2024-11-05T08:00:00Z; None for none."""
    return None if moment is None else utc_text(moment)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs, if that is a terminal.

    Yields a function to be told how much was done since the last call.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


def emit_line(record: Mapping[str, object]) -> None:
    """Write one JSON line to standard output at once."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def shown(value: Any) -> Any:
    """Return a value all of whose text may stand on a terminal: one line, nothing that steers it.

    Everything that commands show of feeds, and of what servers answered, passes here.
    """
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {name: shown(one) for name, one in value.items()}
    return [shown(one) for one in value] if isinstance(value, (list, tuple)) else value


def emit_rows(rows: Iterable[Mapping[str, object]], columns: Sequence[str], form: str) -> None:
    """Write rows in the chosen form; `columns` are the ones a table or CSV shows, in order."""
    if form == "jsonl":
        for row in rows:
            emit_line(row)
    elif form == "json":
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows([_csv_cell(row.get(column)) for column in columns] for row in rows)
    else:
        _emit_table(rows, columns)


def _emit_table(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    # rich costs 50 ms to import, which the machine forms need not pay.
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(_cell(row.get(column)))) for column in columns))
    # Into a pipe a row stays one line, whatever the width of the terminal behind it.
    Console(width=None if sys.stdout.isatty() else _PIPE_COLUMNS).print(table)


def _csv_cell(value: object) -> str:
    return _cell(value) if isinstance(value, (int, float)) else csv_text(_cell(value))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def processes(asked: int) -> int:
    """Return how many worker processes to start: those asked for, one per core for 0, never more.

    More would only take turns at the cores, and a mistyped number would take the machine with it.
    """
    cores = os.cpu_count() or 1
    return min(asked or cores, cores)
