# SPDX-License-Identifier: Apache-2.0
"""`seeds build`: where a pack goes, what it is called, and that nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.knowledge import shipped_root

_TEXT = "About 10,000 North Korean soldiers are in the Kursk region, the Pentagon said on Monday."
_SHIPPED = shipped_root() / "seeds" / "corpus" / "north-korea-2024.json"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, which holds an archive of one text called "My News 2025"."""
    monkeypatch.chdir(tmp_path)
    archive = tmp_path / "My News 2025"
    archive.mkdir()
    (archive / "one.txt").write_text(_TEXT, "utf-8")
    (archive / "index.toml").write_text('["one.txt"]\npublished = 2024-11-02T10:00:00Z\n', "utf-8")
    return tmp_path


def _build(*words: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["seeds", "build", *map(str, words)])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_without_options_a_pack_is_named_after_its_folder_and_lies_here(here: Path) -> None:
    """Never in the shipped corpus, whatever the folder."""
    before = _SHIPPED.read_bytes()
    assert "1 article" in _build("My News 2025").stdout
    assert json.loads((here / "my-news-2025.json").read_text("utf-8"))["name"] == "my-news-2025"
    assert _SHIPPED.read_bytes() == before


def test_the_current_folder_has_a_name_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dot is the folder that it stands for."""
    monkeypatch.chdir(here / "My News 2025")
    _build(".")
    assert (here / "My News 2025" / "my-news-2025.json").exists()


def test_a_file_that_is_there_is_left_alone_without_force(here: Path) -> None:
    """Neither by the default name nor by `--output`; with `--force` it is replaced."""
    for words in (("My News 2025",), ("My News 2025", "--output", "other.json")):
        target = here / ("other.json" if "--output" in words else "my-news-2025.json")
        target.write_text("precious", "utf-8")
        assert "--force" in _build(*words, code=2).stderr
        assert target.read_text("utf-8") == "precious"
        _build(*words, "--force")
        assert json.loads(target.read_text("utf-8"))["articles"]


@pytest.mark.parametrize("name", ["../up", "a/b", "", "UPPER", "-dash"])
def test_a_name_that_cannot_be_a_file_and_an_id_is_refused(here: Path, name: str) -> None:
    """A pack's name is part of the ids of its articles."""
    assert "--name" in _build("My News 2025", "--name", name, code=2).stderr
    assert not list(here.glob("**/*.json"))
