# SPDX-License-Identifier: Apache-2.0
"""`figurewatch explain`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from monitor.bootstrap import Assembly, assemble
from monitor.cli.options import config_option, shown
from monitor.core.model import Alert, Outcome
from monitor.store import Store


@click.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("what", metavar="URL|ID|FILE")
def explain(config: str | None, form: str, what: str) -> None:
    """Say why an article did or did not alert.

    A URL or id is looked up in the store: the answer is what was decided then, with the memory of
    then. A FILE (plain text, or one JSON object as `replay` takes it) is decided now, against the
    store as it is, and nothing is written.
    """
    from monitor.trace import trace_of, trace_text  # noqa: PLC0415

    assembly = assemble(config)
    with assembly.look_into_store() as store:
        outcome = store.find_article(what)
        if outcome is not None:
            alerts = store.alerts_of(outcome.article.id)
        elif Path(what).is_file():
            outcome, alerts = _decide_file(assembly, store, Path(what))
        else:
            msg = f"no article {what!r} in the store, and no such file"
            raise click.ClickException(msg)
        found = trace_of(
            outcome,
            alerts,
            store.claim,
            assembly.site.knowledge.gazetteer,
            store.known_article,
        )
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo(_fitted(trace_text(shown(found), _painted)))


# Colours are dropped by click where the output is no terminal, or NO_COLOR is set.
_COLOURS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "figure": {"bold": True, "fg": "yellow"},
    "verdict": {"fg": "cyan"},
    "alert": {"fg": "green", "bold": True},
    "digest": {"fg": "green"},
    "silent": {"dim": True},
}


def _fitted(text: str) -> str:
    """Return lines that fit the terminal, the rest of a long one indented; a pipe gets them whole."""
    if not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(row for line in text.split("\n") for row in _wrapped(line, width))


def _wrapped(line: str, width: int) -> list[str]:
    plain = click.unstyle(line)
    indent = " " * (len(plain) - len(plain.lstrip()) + 4)
    rows: list[str] = []
    for word in line.split(" "):
        if rows and len(click.unstyle(f"{rows[-1]} {word}")) <= width:
            rows[-1] += f" {word}"
        else:
            rows.append(f"{indent}{word}" if rows else word)
    return rows


def _painted(text: str, what: str) -> str:
    if "NO_COLOR" in os.environ:
        return text
    return click.style(text, **_COLOURS.get(what, {}))


def _decide_file(assembly: Assembly, store: Store, path: Path) -> tuple[Outcome, tuple[Alert, ...]]:
    from monitor.cli.texts import record_to_article  # noqa: PLC0415
    from monitor.trace import dry_run  # noqa: PLC0415

    text = path.read_text(encoding="utf-8-sig", errors="replace")
    record: dict[str, object] = {"id": path.name, "text": text}
    if text.lstrip().startswith("{"):
        try:
            record = {"id": path.name, **json.loads(text)}
        except json.JSONDecodeError as error:
            msg = f"{path}: not one JSON object: {error}"
            raise click.ClickException(msg) from error
    return dry_run(assembly.site, store, record_to_article(record), assembly.clock.now())
