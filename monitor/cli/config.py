# SPDX-License-Identifier: Apache-2.0
"""`figurewatch config show|check|schema`."""

from __future__ import annotations

import json

import click

from monitor.cli.options import config_option
from monitor.core.wording import amount


@click.group()
def config() -> None:
    """Show and check the configuration."""


@config.command()
@config_option
def check(config: str | None) -> None:
    """Check configuration, rules, seeds and secrets; say every problem (exit code 78)."""
    from monitor.bootstrap import assemble  # noqa: PLC0415

    assembly = assemble(config)
    settings = assembly.settings
    where = assembly.loaded.path or "defaults (no configuration file found)"
    click.echo(
        f"{where}: good. {amount(len(settings.feed), 'feed')}, {amount(len(settings.subscriber), 'subscriber')}, "
        f"{amount(len(assembly.site.rules.rules), 'rule')}, packs: {', '.join(settings.seeds.packs) or 'none'}"
    )
    if not assembly.site.rules.rules:
        click.echo("note: there are no rules, so nothing will alert", err=True)
    if not settings.feed:
        click.echo("note: no [[feed]] is configured, so nothing will be polled", err=True)
    if not settings.subscriber:
        click.echo("note: no [[subscriber]] is configured, so nobody will be told", err=True)


@config.command()
@config_option
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
def show(config: str | None, origin: bool) -> None:
    """Show every setting in force, defaults included. Secrets are files and never shown."""
    import os  # noqa: PLC0415

    from monitor.config import find_config, load_settings  # noqa: PLC0415

    loaded = load_settings(find_config(config), os.environ)
    for line in _lines(loaded.settings.model_dump(mode="python", by_alias=True)):
        key, value = line
        source = loaded.origins.get(key) or loaded.origins.get(key.split(".")[0], "default")
        click.echo(f"{key} = {value}" + (f"   # {source}" if origin else ""))


def _lines(tree: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for section, table in tree.items():
        if isinstance(table, dict):
            found += [(f"{section}.{key}", _shown(key, value)) for key, value in table.items()]
        elif isinstance(table, (list, tuple)):
            for index, row in enumerate(table):
                found += [
                    (f"{section}[{index}].{key}", _shown(key, value)) for key, value in row.items()
                ]
    return found


def _shown(key: str, value: object) -> str:
    """Write a value; the address of a webhook often is a key by itself."""
    from monitor.core.urls import redact  # noqa: PLC0415

    return _value(redact(value) if key == "webhook" and isinstance(value, str) else value)


def _value(value: object) -> str:
    from datetime import timedelta  # noqa: PLC0415

    from monitor.config import format_duration  # noqa: PLC0415

    if isinstance(value, timedelta):
        return json.dumps(format_duration(value))
    return "null" if value is None else json.dumps(value, ensure_ascii=False, default=str)


@config.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    from monitor.config import settings_schema  # noqa: PLC0415

    click.echo(json.dumps(settings_schema(), indent=2))
