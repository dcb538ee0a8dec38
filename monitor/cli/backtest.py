# SPDX-License-Identifier: Apache-2.0
"""`figurewatch rules backtest` and `rules shadow`: rules over the articles that are stored.

Rules of this file: the store is only looked into; progress is shown on standard error, when that is a
terminal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, shown

if TYPE_CHECKING:
    from monitor.bootstrap import Assembly
    from monitor.core.model import Outcome
    from monitor.core.rules import Rule

_SINCE = click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Tell only what comes after this day (UTC); earlier articles still count as known.",
)
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
_FILE = click.Path(exists=True, path_type=Path)


@click.command()
@config_option
@_FORM
@_SINCE
@click.option("--against", type=_FILE, help="An earlier version, to show what differs.")
@click.option("--reread", is_flag=True, help="Read and judge the stored texts anew; slower.")
@click.argument("file", type=_FILE)
def backtest(
    config: str | None,
    form: str,
    since: datetime | None,
    against: Path | None,
    reread: bool,
    file: Path,
) -> None:
    """Show what the rules in FILE (or folder) would have told about the stored articles.

    Stored verdicts are used as they were decided. The answer is a timeline with reasons, the
    messages per subscriber and week, and what a limit kept back.
    """
    from monitor.backtest import backtest_text, run_backtest  # noqa: PLC0415
    from monitor.bootstrap import assemble  # noqa: PLC0415

    assembly = assemble(config)
    new = _rules(assembly, file)
    old = _rules(assembly, against) if against else ()
    with assembly.look_into_store() as store:
        report = run_backtest(
            store,
            assembly.site,
            new,
            against=old,
            since=_utc(since),
            reread=reread,
            progress=_with_progress,
        )
    _show(report, form, backtest_text)


@click.command()
@config_option
@_FORM
@_SINCE
def shadow(config: str | None, form: str, since: datetime | None) -> None:
    """Show what experimental rules would have told beside the live ones, and where they differ.

    An experimental rule is held against the live rule it extends, or against all of them. What it
    would have told was noted when each article was decided.
    """
    from monitor.bootstrap import assemble  # noqa: PLC0415
    from monitor.shadow import shadow_report, shadow_text  # noqa: PLC0415

    assembly = assemble(config)
    site = assembly.site
    with assembly.look_into_store() as store:
        report = shadow_report(store, site.rules.rules, site.knowledge.gazetteer, _utc(since))
    _show(report, form, shadow_text)


def _rules(assembly: Assembly, file: Path) -> tuple[Rule, ...]:
    from monitor.rulefiles import load_rules  # noqa: PLC0415

    library = assembly.rule_paths()
    return load_rules((file,), assembly.site.knowledge, library=library).rules


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _show(report: Any, form: str, as_text: Any) -> None:
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(shown(report)))


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    if not sys.stderr.isatty():
        yield from outcomes
        return
    with click.progressbar(outcomes, length=total, label="articles", file=sys.stderr) as bar:
        yield from bar
