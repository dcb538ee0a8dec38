# SPDX-License-Identifier: Apache-2.0
"""Files as editors on Windows save them: with a byte order mark in front, which means nothing."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.archives import Document, read_archive
from monitor.cli import main
from monitor.config import load_settings, read_secrets

_TEXT = "The Pentagon said about 10,000 North Korean soldiers are in the Kursk region."


def _marked(path: Path, text: str) -> Path:
    path.write_bytes(codecs.BOM_UTF8 + text.encode())
    return path


@pytest.mark.parametrize("command", ["extract", "replay", "dedup"])
@pytest.mark.parametrize("given", ["file", "input"])
def test_json_lines_may_begin_with_a_mark(tmp_path: Path, command: str, given: str) -> None:
    """The first line is a line like the others, from a file and from standard input."""
    lines = _marked(tmp_path / "one.jsonl", json.dumps({"id": "first", "text": _TEXT}) + "\n")
    words = [command, str(lines)] if given == "file" else [command]
    result = CliRunner().invoke(main, words, input=lines.read_bytes())
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["id"] == "first"


def test_offsets_of_a_plain_text_do_not_count_the_mark(tmp_path: Path) -> None:
    """The text begins with its first letter."""
    text = _marked(tmp_path / "one.txt", _TEXT)
    record = json.loads(CliRunner().invoke(main, ["extract", str(text)]).stdout)
    [claim] = record["claims"]
    assert claim["evidence"]["start"] == _TEXT.index("10,000")


def test_configuration_secrets_rules_and_archives_may_begin_with_a_mark(tmp_path: Path) -> None:
    """None of them is refused, or read with a mark in its first word."""
    config = _marked(tmp_path / "config.toml", '[fetch]\nmin_interval = "7m"\n')
    assert load_settings(config, {}).settings.fetch.min_interval.seconds == 420
    assert read_secrets(_marked(tmp_path / "secret", "whsec_b25l\n")) == ("whsec_b25l",)
    rule = _marked(tmp_path / "rule.toml", 'id = "x"\n')
    assert "not TOML" not in CliRunner().invoke(main, ["rules", "check", str(rule)]).output
    archive = tmp_path / "archive"
    archive.mkdir()
    _marked(archive / "one.txt", _TEXT)
    _marked(archive / "index.toml", '["one.txt"]\npublisher = "Gazette"\n')
    (found,) = read_archive(archive)
    assert isinstance(found, Document)
    assert (found.content, found.publisher) == (_TEXT, "Gazette")
