# SPDX-License-Identifier: Apache-2.0
"""Archives of one's own: read from every kind of file, known afterwards, and silent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.archives import Document, count_documents, read_archive
from monitor.cli import main
from monitor.core.errors import ConfigError, Problem
from monitor.knowledge import shipped_knowledge
from monitor.seedpacks import build_pack
from tests.storybook import story, topic

_CLAIM = "About 10,000 North Korean soldiers are in the Kursk region, the Pentagon said on Monday."
_RSS = """<rss version="2.0"><channel><title>The Daily</title><item><guid>g1</guid><title>From a feed
</title><link>https://news.example/feed/1</link><pubDate>Mon, 04 Nov 2024 10:00:00 GMT</pubDate>
<description>{}</description></item></channel></rss>"""
_PAGE = """<html><head><title>From a page</title>
<meta property="article:published_time" content="2024-11-03T10:00:00Z"></head>
<body><article>{}</article></body></html>"""


def _text(row: int) -> str:
    return f"{_CLAIM}\n\n{story(topic(row), row).text}"


def _folder(root: Path) -> Path:
    """Write an archive with one document of each kind."""
    root.mkdir()
    (root / "plain.txt").write_text(_text(1), "utf-8")
    (root / "page.html").write_text(
        _PAGE.format("".join(f"<p>{row}</p>" for row in _text(2).split("\n\n"))), "utf-8"
    )
    (root / "feed.xml").write_text(_RSS.format(_text(3)), "utf-8")
    line = {"id": 7, "title": "From a line", "text": _text(4), "published": "2024-11-01T10:00:00Z"}
    (root / "more.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    (root / "index.toml").write_text(
        '["plain.txt"]\npublisher = "Plain"\ntitle = "From a text"\npublished = 2024-11-02T10:00:00Z\n'
    )
    return root


@pytest.mark.parametrize("written", ["2024-11-02", '"2024-11-02"', "2024-11-02T00:00:00Z"])
def test_the_index_takes_a_bare_day(tmp_path: Path, written: str) -> None:
    """As TOML writes days, or as a text."""
    (tmp_path / "one.txt").write_text(_text(1), "utf-8")
    (tmp_path / "index.toml").write_text(f'["one.txt"]\npublished = {written}\n', "utf-8")
    (found,) = read_archive(tmp_path)
    assert isinstance(found, Document)
    assert found.published == datetime(2024, 11, 2, tzinfo=UTC)


def test_files_of_one_name_are_documents_of_their_own(tmp_path: Path) -> None:
    """In other folders, and as text and page; the plain name stays the key of a file on its own."""
    for number, name in enumerate(("one.txt", "a/one.txt", "b/one.txt", "two.txt", "two.html")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(_text(number), "utf-8")
    keys = [found.key for found in read_archive(tmp_path) if isinstance(found, Document)]
    assert sorted(keys) == ["a/one", "b/one", "one", "two.html", "two.txt"]


@pytest.mark.parametrize(
    ("index", "field"),
    [
        ('["on.txt"]\npublished = 2024-11-02', "on.txt: no such file"),
        ('["one.txt"]\npublishd = 2024-11-02', "one.txt.publishd: unknown key"),
        ('["one.txt"]\npublished = "soon"', "one.txt.published: not a date"),
        ('publisher = "Everybody"', "publisher: expected a table"),
    ],
    ids=["a file that is not there", "a misspelt key", "no date", "no table"],
)
def test_what_an_index_would_not_do_is_a_mistake(tmp_path: Path, index: str, field: str) -> None:
    """Nothing that somebody wrote down is passed over."""
    (tmp_path / "one.txt").write_text(_text(1), "utf-8")
    (tmp_path / "index.toml").write_text(index, "utf-8")
    with pytest.raises(ConfigError, match=field):
        list(read_archive(tmp_path))


def test_every_kind_of_file_gives_documents_in_a_stable_order(tmp_path: Path) -> None:
    """Texts, pages, feeds and lines; what stands in the index wins."""
    folder = _folder(tmp_path / "archive")
    found = list(read_archive(folder))
    assert [Path(row.file).name.split(":")[0] for row in found] == [
        "feed.xml",
        "more.jsonl",
        "page.html",
        "plain.txt",
    ]
    assert count_documents(folder) == len(found)
    plain = found[-1]
    assert isinstance(plain, Document)
    assert (plain.publisher, plain.title) == ("Plain", "From a text")
    assert list(read_archive(folder)) == found


def test_a_pack_is_built_from_any_archive(tmp_path: Path) -> None:
    """Every kind of document becomes a seeded article with its date and claims, oldest first."""
    pack = build_pack(_folder(tmp_path / "archive"), "own", shipped_knowledge())
    titles = [article.title for article in pack.articles]
    assert titles == ["From a line", "From a text", "From a page", "From a feed"]
    assert [len(article.claims) for article in pack.articles] == [2, 2, 2, 2]


def test_what_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    """A broken feed is a problem with its file; the documents beside it are there."""
    folder = _folder(tmp_path / "archive")
    (folder / "broken.xml").write_text("<html>not a feed</html>", "utf-8")
    found = list(read_archive(folder))
    assert [row.file for row in found if isinstance(row, Problem)] == [str(folder / "broken.xml")]
    assert len(found) == 5


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write a site without feeds."""
    path = tmp_path / "config.toml"
    path.write_text(f'[store]\npath = "{tmp_path / "site.db"}"\n[seeds]\npacks = []\n', "utf-8")
    return path


def _run(*words: object) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_an_imported_archive_is_known_and_silent(tmp_path: Path, config: Path) -> None:
    """Nothing alerts, nothing of the text is kept, a second import finds everything known."""
    folder = _folder(tmp_path / "archive")
    first = _run("seeds", "import", "--config", config, "--jobs", 1, folder)
    assert first.startswith("archive: 4 articles loaded (0 copies, 8 claims), 0 known already")
    again = _run("seeds", "import", "--config", config, "--jobs", 1, folder)
    assert again.startswith("archive: 0 articles loaded (0 copies, 0 claims), 4 known already")
    facts = json.loads(_run("corpus", "stats", "--config", config, "--format", "json"))
    assert (facts["articles"], facts["seeded"], facts["with_text"]) == (4, 4, 0)
    assert facts["packs"]["archive"]["claims"] == 8
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps({"id": "c", "title": "Copied", "text": _text(4)}), "utf-8")
    trace = json.loads(_run("explain", "--config", config, "--format", "json", copy))
    assert trace["memory"]["verdict"] == "duplicate"
    assert trace["memory"]["nearest_title"] == "From a line"
    assert trace["memory"]["shared_passages"][0] > 200
    assert trace["alerts"] == []


def test_explain_shows_a_near_copy_with_its_new_figure(tmp_path: Path, config: Path) -> None:
    """The nearest article, its likeness and passages, and the alert that the figure raises."""
    _run("seeds", "import", "--config", config, "--jobs", 1, _folder(tmp_path / "archive"))
    changed = tmp_path / "changed.json"
    text = _text(4).replace("10,000", "12,000")
    changed.write_text(json.dumps({"id": "c", "text": text, "published": "2024-11-06"}), "utf-8")
    shown = _run("explain", "--config", config, changed)
    assert "text: duplicate by text; near to seed:archive/" in shown
    assert "nearest: “From a line”" in shown
    assert "shared passages of about" in shown
    assert "12,000" in shown
    assert "alerts: none" not in shown


def test_vacuum_says_what_it_gained(tmp_path: Path, config: Path) -> None:
    """`db vacuum` runs the upkeep at once; a rebuild needs the daemon stopped, which it is."""
    _run("seeds", "import", "--config", config, "--jobs", 1, _folder(tmp_path / "archive"))
    assert "bytes before" in _run("db", "vacuum", "--config", config, "--rebuild")
