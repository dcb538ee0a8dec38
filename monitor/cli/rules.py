# SPDX-License-Identifier: Apache-2.0
"""`figurewatch rules list|check|test|probe|schema`; `backtest` and `shadow` are in `cli.backtest`.

Rules of this file: without PATHS the rules that the daemon would use are meant: the shipped ones
and those of the configuration. `check` and `test` exit with 1 when they found a problem.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from monitor.cli import EXIT_PROBLEMS
from monitor.cli.backtest import backtest, shadow
from monitor.cli.options import config_option, emit_rows, format_option

_PATHS = click.argument("paths", type=click.Path(path_type=Path), nargs=-1)


@click.group()
def rules() -> None:
    """List, check, test, backtest and probe rules."""


rules.add_command(backtest)
rules.add_command(shadow)


@rules.command(name="list")
@config_option
@click.option("--stats", is_flag=True, help="With what readers said of each rule's alerts.")
@format_option()
@_PATHS
def list_rules(config: str | None, form: str, paths: tuple[Path, ...], *, stats: bool) -> None:
    """List the rules in PATHS (files or folders; default: all that the daemon would use)."""
    from monitor.rulefiles import load_rules  # noqa: PLC0415

    found, roots = _paths_and_roots(config, paths)
    rows: list[dict[str, object]] = [
        {
            "id": rule.id,
            "kind": rule.kind.value,
            "status": rule.status.value,
            "severity": rule.severity.value,
            "sends": rule.is_live,
            "title": rule.title,
            "examples": len(rule.examples),
            "file": rule.file,
        }
        for rule in load_rules(found, _knowledge(roots), library=_library()).rules
    ]
    columns: tuple[str, ...] = ("id", "kind", "status", "severity", "examples", "title")
    if stats:
        _add_stats(rows, config)
        columns = ("id", "status", "alerts", "right", "wrong", "knew", "title")
    emit_rows(rows, columns, form)


def _add_stats(rows: list[dict[str, object]], config: str | None) -> None:
    """Put in how many alerts each rule raised, and what readers said of them."""
    from monitor.bootstrap import assemble  # noqa: PLC0415
    from monitor.core.opinions import Tally  # noqa: PLC0415
    from monitor.store import Opinions  # noqa: PLC0415

    with assemble(config).look_into_store() as store:
        by_rule = Opinions(store).by_rule()
    for row in rows:
        tally = by_rule.get(str(row["id"]), Tally())
        row |= {name: getattr(tally, name) for name in ("alerts", "right", "wrong", "knew")}


@rules.command()
@config_option
@format_option()
@_PATHS
def check(config: str | None, form: str, paths: tuple[Path, ...]) -> None:
    """Check the rule files in PATHS: every problem, with file, line and field."""
    from monitor.rulefiles import check_rules, find_rule_files  # noqa: PLC0415

    found, roots = _paths_and_roots(config, paths)
    problems = check_rules(found, _knowledge(roots), library=_library())
    rows = [
        {
            "file": problem.file,
            "line": problem.line,
            "field": problem.field,
            "message": problem.message,
        }
        for problem in problems
    ]
    if form == "table":
        for problem in problems:
            click.echo(str(problem))
    else:
        emit_rows(rows, ("file", "line", "field", "message"), form)
    files = len(find_rule_files(found))
    if not files and not problems:
        _refuse_emptiness(found)
    _conclude(f"{files} rule file{'s' * (files != 1)}", len(problems), "problem")


@rules.command(name="test")
@config_option
@format_option()
@_PATHS
def run_examples(config: str | None, form: str, paths: tuple[Path, ...]) -> None:
    """Run the examples inside the rule files in PATHS through the whole decision."""
    from monitor.core.trials import try_rule  # noqa: PLC0415
    from monitor.rulefiles import load_rules  # noqa: PLC0415

    found, roots = _paths_and_roots(config, paths)
    knowledge = _knowledge(roots)
    rows: list[Mapping[str, object]] = [
        {
            "result": "good" if trial.is_good else "FAILED",
            "rule": trial.rule,
            "example": trial.example,
            "expect": trial.expect,
            "got": trial.got,
            "complaint": trial.complaint,
        }
        for rule in _loaded(load_rules, found, knowledge)
        for trial in try_rule(rule, knowledge)
    ]
    emit_rows(rows, ("result", "rule", "example", "expect", "got"), form)
    failed = [row for row in rows if row["complaint"] is not None]
    for row in failed:
        click.echo(f"{row['rule']}: {row['example']}: {row['complaint']}", err=True)
    if not rows:
        _refuse_emptiness(found)
    _conclude(f"{len(rows)} examples", len(failed), "failure")


@rules.command()
@config_option
@format_option()
@_PATHS
def probe(config: str | None, form: str, paths: tuple[Path, ...]) -> None:
    """Change one thing at a time in the rules' own examples, and judge what the rules make of it.

    Another figure must fire; another place or force must not; a denial or a plan must not be told
    as if it were there; how the thousands are separated must not matter.
    """
    from monitor.core.probes import probe_rule  # noqa: PLC0415
    from monitor.rulefiles import load_rules  # noqa: PLC0415

    found, roots = _paths_and_roots(config, paths)
    knowledge = _knowledge(roots)
    rows: list[Mapping[str, object]] = [
        {
            "result": one.complaint or "good",
            "rule": one.rule,
            "example": one.example,
            "change": one.change,
            "expect": one.expect,
            "got": one.got,
            "text": one.text,
        }
        for rule in _loaded(load_rules, found, knowledge)
        for one in probe_rule(rule, knowledge)
    ]
    emit_rows(rows, ("result", "rule", "example", "change", "expect", "got"), form)
    wrong = [row for row in rows if row["result"] != "good"]
    for row in wrong:
        click.echo(f"{row['rule']}: {row['change']}: {row['result']}: {row['text']}", err=True)
    if not rows:
        _refuse_emptiness(found)
    _conclude(f"{len(rows)} changes", len(wrong), "mistake")


@rules.command()
def schema() -> None:
    """Print the JSON Schema of a rule file."""
    from monitor.rulefiles import rule_file_schema  # noqa: PLC0415

    click.echo(json.dumps(rule_file_schema(), indent=2))


def _loaded(load: Callable[..., Any], paths: Sequence[Path], knowledge: object) -> tuple[Any, ...]:
    """Load the rules; broken files are what `test` found, not a configuration error."""
    from monitor.core.errors import ConfigError  # noqa: PLC0415

    try:
        found: tuple[Any, ...] = load(paths, knowledge, library=_library()).rules
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        _conclude("the rule files cannot be loaded", len(error.problems), "problem")
        return ()
    return found


def _refuse_emptiness(paths: Iterable[Path]) -> None:
    """Leave with 1 where there was nothing to look at: a wrong path must not pass for a good one."""
    click.echo(f"there are no rules in {', '.join(map(str, paths)) or 'no folder'}", err=True)
    sys.exit(EXIT_PROBLEMS)


def _conclude(what: str, count: int, noun: str) -> None:
    """Say how it went on standard error; leave with 1 when there was something."""
    if count:
        click.echo(f"{what}: {count} {noun}{'s' * (count != 1)}", err=True)
        sys.exit(EXIT_PROBLEMS)
    click.echo(f"{what}: good", err=True)


def _paths_and_roots(
    config: str | None, paths: tuple[Path, ...]
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the rule paths that are meant, and the seed folders their names are looked up in."""
    from monitor.config import find_config, load_settings  # noqa: PLC0415
    from monitor.knowledge import shipped_root  # noqa: PLC0415

    loaded = load_settings(find_config(config), os.environ)
    settings = loaded.settings
    roots = (shipped_root() / "seeds", *map(loaded.resolve, settings.seeds.paths))
    if paths:
        return paths, roots
    shipped = (shipped_root() / "rules",) if settings.rules.shipped else ()
    return (*shipped, *map(loaded.resolve, settings.rules.paths)), roots


def _library() -> tuple[Path, ...]:
    """Return where the rules stand that others may extend without being asked for."""
    from monitor.knowledge import shipped_root  # noqa: PLC0415

    return (shipped_root() / "rules",)


def _knowledge(roots: Sequence[Path]) -> Any:
    from monitor.knowledge import load_knowledge  # noqa: PLC0415

    return load_knowledge(roots)
