# SPDX-License-Identifier: Apache-2.0
"""The project as a whole: what is committed, what is locked, what a wheel holds."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from monitor import __version__

_ROOT = Path(__file__).resolve().parents[1]
_PYPROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_DEPENDENCIES = [Requirement(line) for line in _PYPROJECT["project"]["dependencies"]]
_LOCKS = ("run", "develop")
_SEED_DOCUMENTS = os.environ.get("FIGUREWATCH_SEED_DOCUMENTS")
# Runs of this many words do not come about by chance; names and figures alone are shorter.
_COPIED_WORDS = 10
_INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
# Distributions whose module has another name.
_MODULES = {
    "sqlite-utils": "sqlite_utils",
    "ahocorasick-rs": "ahocorasick_rs",
    "google-re2": "re2",
    "prometheus-client": "prometheus_client",
}
# Declared for another distribution that needs it; pyproject.toml says why.
_FOR_OTHERS = {"lxml-html-clean"}

# Written in two halves, so that this file does not find itself.
_LEFTOVERS = re.compile(
    "|".join(rf"\b{a}{b}\b" for a, b in [("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK")])
    + r"|^<{7} |^>{7} |\bbreakpoint\(|\bset_trace\("
)
_FOREIGN_HOSTS = re.compile("|".join(("pypi" + r"\.", "pythonhosted" + r"\.", "--" + "index-url ")))
_MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "wo" + r"rk|" + "ro" + r"ot|home/\w+)/")


def _committed_files() -> list[Path]:
    """Return the files of the tree, without what `.gitignore` names and git's own."""
    ignored = {".git", "var", "build", "dist", ".hypothesis", "__pycache__"}
    found = []
    for folder, names, files in os.walk(_ROOT):
        names[:] = [
            name
            for name in names
            if name not in ignored
            and not name.startswith(".venv")
            and not (name.startswith(".") and "cache" in name)
        ]
        found += [Path(folder) / name for name in files]
    return sorted(
        path for path in found if path.suffix not in {".pyc", ".db"} and path.name != ".git"
    )


_FILES = _committed_files()
_TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in _FILES
    if path.suffix not in {".gz", ".bin", ".png", ".eml"}
}
_PYTHON = [path for path in _FILES if path.suffix == ".py"]


def _name(path: Path) -> str:
    return path.relative_to(_ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class _Locked:
    """One line of a lock file."""

    name: str
    version: Version
    hashes: int


def _locked(lock: str) -> Iterator[_Locked]:
    text = (_ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    for line in text.replace("\\\n", " ").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line):
            yield _Locked(
                canonicalize_name(match[1]), Version(match[2]), line.count("--hash=sha256:")
            )


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "Makefile",
        ".ci/run",
        ".importlinter",
        "rules/README.md",
        "seeds/feeds.toml",
        "deploy/figurewatch.service",
    ],
)
def test_what_a_visitor_looks_for_is_there(name: str) -> None:
    """The files that people and tools look for by name exist and are not empty."""
    assert (_ROOT / name).stat().st_size > 0


def test_the_licence_is_the_one_that_is_declared() -> None:
    """LICENSE holds the Apache licence, as the metadata says."""
    assert _PYPROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (_ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_source_names_its_licence_and_says_what_it_is() -> None:
    """The first line of every Python file is the SPDX line, then comes a docstring."""
    spdx = "# SPDX-License-Identifier: Apache-2.0\n"
    assert [_name(path) for path in _PYTHON if not _TEXTS[path].startswith(spdx)] == []
    undescribed = [
        _name(path) for path in _PYTHON if ast.get_docstring(ast.parse(_TEXTS[path])) is None
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    "pattern", [_LEFTOVERS, _FOREIGN_HOSTS, _MACHINE_PATHS], ids=["leftovers", "hosts", "paths"]
)
def test_no_file_holds_what_does_not_belong_into_a_repository(pattern: re.Pattern[str]) -> None:
    """No open ends, no address of a package index, no path of somebody's machine."""
    found = [
        f"{_name(path)}:{number}: {line.strip()[:80]}"
        for path, text in _TEXTS.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.skipif(
    _SEED_DOCUMENTS is None, reason="FIGUREWATCH_SEED_DOCUMENTS does not name the seed documents"
)
def test_nothing_is_copied_from_the_seed_documents() -> None:
    """No file repeats a run of words of a publisher's article; citations (titles) may."""
    runs = {
        run
        for path in Path(_SEED_DOCUMENTS or ".").glob("*.txt")
        for run in _runs(path.read_text(encoding="utf-8", errors="replace"))
    }
    assert len(runs) > 500
    copied = {
        _name(path): sorted(found)[:3]
        for path, text in _TEXTS.items()
        if (found := runs & _runs(re.sub(r'"title": ".*"', "", text)))
    }
    assert copied == {}


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\d[\d,.]*\d|[^\W_]+", text.casefold())
    return {tuple(words[i : i + _COPIED_WORDS]) for i in range(len(words) - _COPIED_WORDS + 1)}


def test_the_version_has_one_source() -> None:
    """Only `monitor/__init__.py` states the version, and the changelog has room for the next."""
    assert _PYPROJECT["project"]["dynamic"] == ["version"]
    assert _PYPROJECT["tool"]["hatch"]["version"]["path"] == "monitor/__init__.py"
    stating = [_name(path) for path in _PYTHON if re.search(r'(?m)^__version__ = "', _TEXTS[path])]
    assert stating == ["monitor/__init__.py"]
    assert "## [Unreleased]" in _TEXTS[_ROOT / "CHANGELOG.md"]


# --- dependencies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "too_new"),
    [("feedparser", "7"), ("httpx", "1"), ("apscheduler", "4"), ("sqlite-utils", "5")],
)
def test_majors_that_would_break_us_are_excluded(name: str, too_new: str) -> None:
    """The next major version of what we lean on most is not taken unseen, nor a pre-release."""
    (requirement,) = [item for item in _DEPENDENCIES if canonicalize_name(item.name) == name]
    assert not requirement.specifier.contains(too_new, prereleases=True)
    assert not requirement.specifier.contains(f"{too_new}a1", prereleases=True)


def test_every_dependency_has_a_lower_bound() -> None:
    """A resolver can never pick a version that nobody tried."""
    bounded = {"~=", ">=", "=="}
    assert [
        item.name
        for item in _DEPENDENCIES
        if not bounded & {part.operator for part in item.specifier}
    ] == []


def test_every_dependency_is_used() -> None:
    """What is declared is imported somewhere in the package."""
    imported = {
        name.partition(".")[0]
        for path in _PYTHON
        if path.is_relative_to(_ROOT / "monitor")
        for node in ast.walk(ast.parse(_TEXTS[path]))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    names = [canonicalize_name(item.name) for item in _DEPENDENCIES]
    assert [name for name in names if _MODULES.get(name, name) not in imported | _FOR_OTHERS] == []


@pytest.mark.parametrize("lock", _LOCKS)
def test_the_lock_satisfies_what_is_declared_and_has_hashes(lock: str) -> None:
    """Each lock holds every dependency in an allowed version, and every line has its hashes."""
    locked = list(_locked(lock))
    assert [row.name for row in locked if row.hashes == 0] == []
    versions = {row.name: row.version for row in locked}
    for item in _DEPENDENCIES:
        assert versions[canonicalize_name(item.name)] in item.specifier, item.name


def test_tests_run_against_the_versions_that_users_get() -> None:
    """What both locks hold, they hold in the same version."""
    run = {(row.name, row.version) for row in _locked("run")}
    develop = {(row.name, row.version) for row in _locked("develop")}
    assert run <= develop


# --- what a wheel holds (T19) ----------------------------------------------------------------


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=_ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; return that folder."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", *_INSTALL, "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
    )
    return target


def _run(code: str, path: Path, folder: Path) -> str:
    """Run code in a folder away from the source tree, with `path` before everything else."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path), "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_wheel_holds_package_rules_and_seeds_and_nothing_else(wheel: Path) -> None:
    """Data lies inside the package; no `rules`, `seeds` or `tests` at the top."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"monitor", f"figurewatch-{__version__}.dist-info"}
    for folder in ("rules", "seeds"):
        expected = {
            f"monitor/_data/{_name(path)}"
            for path in _FILES
            if _name(path).startswith(f"{folder}/")
        }
        assert expected
        assert expected <= set(names)
    assert "monitor/py.typed" in names


_LOAD = """\
import json
from monitor.knowledge import load_knowledge, shipped_root
from monitor.rulefiles import load_rules
root = shipped_root()
knowledge = load_knowledge((root / "seeds",))
rules = load_rules((root / "rules",), knowledge)
print(json.dumps([str(root), knowledge.version, sorted(rule.id for rule in rules.rules)]))
"""


def test_an_installed_program_finds_the_same_data_as_the_source_tree(
    installed: Path, tmp_path: Path
) -> None:
    """Rules and seeds load from the wheel's own copy, and are those of the source tree."""
    from_wheel = json.loads(_run(_LOAD, installed, tmp_path))
    from_tree = json.loads(_run(_LOAD, _ROOT, tmp_path))
    assert Path(from_wheel[0]).is_relative_to(installed)
    assert Path(from_tree[0]) == _ROOT
    assert from_wheel[1:] == from_tree[1:]
    assert from_wheel[2]


def test_the_installed_command_checks_its_defaults(installed: Path, tmp_path: Path) -> None:
    """`figurewatch version` and `config check` work from the wheel, outside the source tree."""
    (script,) = installed.glob("bin/figurewatch")
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    answers = [
        subprocess.run(
            [sys.executable, str(script), *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for words in (["version"], ["config", "check"])
    ]
    assert [answer.returncode for answer in answers] == [0, 0], answers[1].stderr[-2000:]
    assert answers[0].stdout == f"figurewatch {__version__}\n"


def test_ci_and_makefile_are_well_formed() -> None:
    """The shell finds no mistake in `.ci/run`, which is executable, nor make in the Makefile."""
    script = _ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert "set -euo pipefail" in _TEXTS[script]
    done = subprocess.run(
        ["make", "-n", "help"], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_without_a_suitable_python_make_says_what_is_missing() -> None:
    """Where no Python 3.11 with venv is found, make names it instead of failing obscurely."""
    done = subprocess.run(
        ["make", "PYTHON=", "python-found"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Python 3.11" in done.stderr
