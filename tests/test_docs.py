# SPDX-License-Identifier: Apache-2.0
"""What is not documented does not exist: commands, keys, verdicts, exit codes and links."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from monitor import cli
from monitor.archives import CITED
from monitor.cli import main
from monitor.config import RouteSettings, Settings, load_settings, settings_schema
from monitor.core.model import SEVERITY_ORDER, Verdict
from monitor.core.trials import try_rule
from monitor.knowledge import shipped_knowledge
from monitor.rulefiles import (
    load_rules,
    rule_file_schema,
)
from monitor.ruletables import NESTED, RuleFile

_ROOT = Path(__file__).resolve().parents[1]
_PAGES = sorted(
    [
        *_ROOT.glob("*.md"),
        *(_ROOT / "docs").rglob("*.md"),
        *(_ROOT / "deploy").glob("*.md"),
        *(_ROOT / "rules").glob("*.md"),
        *(_ROOT / "seeds").glob("*.md"),
    ]
)
_PUBLIC_RECORDS = sorted((_ROOT / "docs" / "decisions").glob("0*.md"))


def _text(name: str) -> str:
    return (_ROOT / name).read_text(encoding="utf-8")


def _settings() -> list[tuple[str, str]]:
    """Return every (section, key) of the configuration as a file spells it."""
    found = []
    for section, field in Settings.model_fields.items():
        models = [field.annotation, *getattr(field.annotation, "__args__", ())]
        (model,) = [
            item for item in models if isinstance(item, type) and issubclass(item, BaseModel)
        ]
        title = f"[[{section}]]" if section in {"feed", "subscriber"} else f"[{section}]"
        if section == "subscriber":
            found += [("[[subscriber.route]]", key) for key in RouteSettings.model_fields]
        found += [(title, key.alias or name) for name, key in model.model_fields.items()]
    return found


def _commands() -> list[str]:
    """Return every command and subcommand, such as "feeds add"."""
    context = click.Context(main)
    found = []
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            found += [f"{name} {sub}" for sub in command.list_commands(context)]
        else:
            found.append(name)
    return found


def test_every_command_is_in_the_table_of_the_readme() -> None:
    """The README lists every command and subcommand, and no other."""
    listed = set()
    for row in re.findall(r"(?m)^\| (`figurewatch [^|]+) \|", _text("README.md")):
        first, *others = re.findall(r"`([^`]+)`", row)
        _, group, *rest = first.split()
        words = [word for word in rest if not word.startswith("-")]
        listed |= {" ".join((group, *words))} | {f"{group} {other}" for other in others}
    assert listed == set(_commands())


def test_every_command_is_described_on_the_command_line_page() -> None:
    """docs/cli.md has an entry per command that names its subcommands."""
    page = _text("docs/cli.md")
    context = click.Context(main)
    for name in main.list_commands(context):
        (entry,) = re.findall(rf"(?ms)^- `{name}\b.*?(?=^- |^Where )", page)
        command = main.get_command(context, name)
        subs = command.list_commands(context) if isinstance(command, click.Group) else []
        assert [sub for sub in subs if not re.search(rf"\b{sub}\b", entry)] == []


@pytest.mark.parametrize(("section", "key"), _settings(), ids=str)
def test_every_configuration_key_is_described(section: str, key: str) -> None:
    """Each key has a row in the table of its section."""
    page = _text("docs/configuration.md")
    (table,) = re.findall(rf"(?ms)^## {re.escape(section)}\n(.*?)(?=^## |\Z)", page)
    assert f"| `{key}` |" in table


def test_no_key_is_described_that_does_not_exist() -> None:
    """The tables of docs/configuration.md hold no other keys."""
    page = _text("docs/configuration.md")
    described = {
        (section, key)
        for section, table in re.findall(r"(?ms)^## (\[.*?)\n(.*?)(?=^## |\Z)", page)
        for key in re.findall(r"(?m)^\| `(\w+)` \|", table)
    }
    assert described == set(_settings())


def test_defaults_are_told_truthfully() -> None:
    """Where a default is written as TOML, it is the default."""
    page = _text("docs/configuration.md")
    sections = re.findall(r"(?ms)^## \[(\w+)\]\n(.*?)(?=^## |\Z)", page)
    told = {}
    for section, table in sections:
        rows = re.findall(r"(?m)^\| `(\w+)` \| `([^|]+)` \|", table)
        told[section] = tomllib.loads("\n".join(f"{key} = {value}" for key, value in rows))
    assert sum(map(len, told.values())) > 15
    assert Settings.model_validate(told) == Settings()


def test_every_verdict_and_severity_is_explained() -> None:
    """The glossary explains the verdicts; the configuration page lists the severities."""
    glossary = _text("docs/glossary.md")
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in glossary] == []
    page = _text("docs/configuration.md")
    assert [severity for severity in SEVERITY_ORDER if f"`{severity}`" not in page] == []


def test_every_exit_code_is_explained() -> None:
    """docs/cli.md lists the exit codes that the program uses."""
    page = _text("docs/cli.md")
    codes = [value for name, value in vars(cli).items() if name.startswith("EXIT_")]
    assert len(codes) >= 4
    assert [code for code in codes if f"| {code} |" not in page] == []


def test_every_key_of_the_records_is_described_on_the_page_about_replay(tmp_path: Path) -> None:
    """Of articles, claims, rejections, copies, and of an archive's index."""
    file = tmp_path / "one.jsonl"
    text = "The Pentagon said 10,000 North Korean troops are in Kursk. Some 500 goats are not."
    file.write_text(json.dumps({"id": 1, "feed": "x", "text": text, "published": "2024-11-05"}))
    page = _text("docs/replay.md")
    for command in ("extract", "replay", "dedup"):
        result = CliRunner().invoke(main, [command, str(file)])
        assert result.exit_code == 0, result.output
        record = json.loads(result.stdout)
        inner = [row for name in ("claims", "rejected") for row in record.get(name, ())]
        assert inner or command == "dedup"
        keys = {key for row in (record, *inner, *record.get("alerts", ())) for key in row}
        assert [
            key for key in sorted(keys) if f"`{key}`" not in page and f'"{key}"' not in page
        ] == []
    assert all(f"{key} = " in page for key in CITED)


def test_the_configuration_in_the_readme_is_valid(tmp_path: Path) -> None:
    """What the README tells people to write loads without a problem."""
    (block,) = re.findall(r"(?ms)^```toml\n(.*?)^```", _text("README.md"))
    path = tmp_path / "config.toml"
    path.write_text(block, encoding="utf-8")
    settings = load_settings(path, {}).settings
    assert settings.feed
    assert settings.subscriber


def test_make_targets_in_the_pages_exist() -> None:
    """Every `make` target that a page names is in the Makefile."""
    targets = set(re.findall(r"(?m)^([a-z]+):", _text("Makefile")))
    for page in _PAGES:
        named = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= targets, page.name


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """No page links to a file that is not there."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_modules_that_the_architecture_page_names_exist() -> None:
    """A new contributor finds every file that the way of an article names."""
    named = set(re.findall(r"`(monitor/[\w/]+(?:\.py)?/?)`", _text("docs/architecture.md")))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (_ROOT / name).exists()] == []


@pytest.mark.parametrize("page", _PUBLIC_RECORDS, ids=lambda path: path.stem)
def test_decisions_have_their_four_parts_and_are_listed(page: Path) -> None:
    """A record states context, choice, alternatives and consequence, and the list links it."""
    text = page.read_text(encoding="utf-8")
    parts = re.findall(r"(?m)^\*\*(\w+)\.\*\*", text)
    assert parts == ["Context", "Choice", "Alternatives", "Consequence"]
    assert f"({page.name})" in _text("docs/decisions/README.md")


@pytest.mark.parametrize(
    ("name", "schema"),
    [("config", settings_schema), ("rules", rule_file_schema)],
    ids=["config", "rules"],
)
def test_the_committed_schema_is_the_one_in_force(
    name: str, schema: Callable[[], dict[str, object]]
) -> None:
    """Editors check files against what the program accepts; `make schemas` writes the pages."""
    committed = json.loads(_text(f"docs/{name}.schema.json"))
    assert committed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert committed == json.loads(json.dumps(schema()))


def test_the_page_on_rules_names_every_key() -> None:
    """rules/README.md has a row for each key of a rule, of its tables and of an example, no other."""
    page = _text("rules/README.md")
    tables = {"every rule": RuleFile, "an example": NESTED["example"]}
    tables |= {f"`[{name}]`": NESTED[name] for name in ("figure", "threshold", "absence")}
    for title, model in tables.items():
        (table,) = re.findall(rf"(?ms)^## Keys of {re.escape(title)}\n(.*?)(?=^## |\Z)", page)
        rows = {
            key
            for row in re.findall(r"(?m)^\| (`.*?) \|", table)
            for key in re.findall(r"\w+", row)
        }
        keys = {field.alias or name for name, field in model.model_fields.items()}
        assert rows == keys, title


def test_the_rule_on_the_page_is_valid_and_its_examples_hold(tmp_path: Path) -> None:
    """What rules/README.md tells people to write loads, and does what its examples say."""
    blocks = re.findall(r"(?ms)^```toml\n(.*?)^```", _text("rules/README.md"))
    (block,) = [block for block in blocks if block.startswith("id =")]
    path = tmp_path / "rule.toml"
    path.write_text(block, encoding="utf-8")
    knowledge = shipped_knowledge()
    (rule,) = load_rules((path,), knowledge).rules
    trials = try_rule(rule, knowledge)
    assert len(trials) == 2
    assert [trial.complaint for trial in trials if not trial.is_good] == []
