# SPDX-License-Identifier: Apache-2.0
"""Who imports what: the contracts of `.importlinter`, owners of libraries, and a light start."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_SOURCES = sorted((_ROOT / "monitor").rglob("*.py"))

# Library -> what may import it, as paths under monitor/. Unlike the contracts, this sees libraries
# of the standard library and tools of the demo too.
_OWNERS = {
    "httpx": ("fetch",),
    "httpcore": ("fetch",),
    "feedparser": ("feeds",),
    "sqlite_utils": ("store/",),
    "sqlite3": ("store/",),
    "apscheduler": ("schedule",),
    "aiosmtplib": ("notify/email",),
    "smtplib": (),
    "trafilatura": ("pages",),
    "protego": ("pages",),
    "aiosmtpd": ("demo/",),
    "starlette": ("web/",),
    "uvicorn": ("web/",),
    "prometheus_client": ("web/",),
    "requests": (),
    "urllib.request": (),
}
_NOT_IN_CORE = {"time", "random", "socket", "logging", "os", "pathlib", "asyncio", "subprocess"}
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"
_LIGHT = {"monitor", "click"}


def _imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _importers(library: str) -> set[str]:
    return {
        path.relative_to(_ROOT / "monitor").with_suffix("").as_posix()
        for path in _SOURCES
        if any(name == library or name.startswith(f"{library}.") for name in _imports(path))
    }


def test_the_contracts_hold() -> None:
    """import-linter finds every contract of `.importlinter` kept."""
    done = subprocess.run(
        [sys.executable, "-c", _LINT_IMPORTS, "--no-cache"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("library", _OWNERS)
def test_each_library_has_one_owner(library: str) -> None:
    """Nobody but its owner imports a library, so that it can be replaced in one place."""
    owners = _OWNERS[library]
    strangers = {
        name
        for name in _importers(library)
        if not any(name == owner or name.startswith(owner.rstrip("/") + "/") for owner in owners)
    }
    assert strangers == set()


@pytest.mark.parametrize("library", sorted(_NOT_IN_CORE))
def test_the_core_is_pure(library: str) -> None:
    """No module of the core imports a library of input, output, time or chance."""
    assert {name for name in _importers(library) if name.startswith("core/")} == set()


def test_datetime_now_is_not_called_in_the_core() -> None:
    """The core is told the time; it never asks."""
    asked = [
        f"{path.name}:{node.lineno}"
        for path in _SOURCES
        if "core" in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]
    assert asked == []


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    """Names such as "utils" hide several jobs; there are none."""
    empty = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "handler", "data"}
    assert [path for path in _SOURCES if path.stem in empty] == []


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["version"]], ids=lambda words: words[0]
)
def test_a_light_command_imports_click_only(words: list[str]) -> None:
    """The version and the help come without loading the daemon: outside the library, only click."""
    code = (
        "import sys, json; before = set(sys.modules)\n"
        "from monitor.cli import main\n"
        f"main({words!r}, prog_name='figurewatch', standalone_mode=False)\n"
        "tops = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(json.dumps(sorted(tops - set(sys.stdlib_module_names))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert set(json.loads(done.stdout.splitlines()[-1])) <= _LIGHT
