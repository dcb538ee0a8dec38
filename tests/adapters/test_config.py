# SPDX-License-Identifier: Apache-2.0
"""The configuration file: what is accepted, what is refused and how, where values come from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import format_duration, load_settings, parse_duration, read_secrets
from monitor.core.errors import ConfigError

GOOD = """
[store]
path = "state/news.db"

[fetch]
min_interval = "90s"
allow_networks = ["127.0.0.0/8"]

[email]
smtp = "smtp://localhost:2525"
from = "Figurewatch <alerts@example.org>"

[[feed]]
id = "first"
url = "https://news.example/rss"
publisher = "First News"
interval = "10m"

[[subscriber]]
id = "desk"
email = "desk@example.org"
rules = ["troops.*"]
min_severity = "notice"
"""


def write(folder: Path, text: str, name: str = "config.toml") -> Path:
    """Write one configuration file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    """Return the problems of a bad configuration as people see them."""
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_gives_typed_settings(tmp_path: Path) -> None:
    """Durations, networks, feeds and subscribers arrive as what they are."""
    loaded = load_settings(write(tmp_path, GOOD), {})
    assert loaded.settings.fetch.min_interval == timedelta(seconds=90)
    assert loaded.settings.feed[0].interval == timedelta(minutes=10)
    assert loaded.settings.email.sender == "Figurewatch <alerts@example.org>"
    assert loaded.database == tmp_path / "state" / "news.db"


def test_every_problem_is_reported_at_once_with_file_and_field(tmp_path: Path) -> None:
    """Four mistakes in one file give four problems, each naming its field."""
    path = write(
        tmp_path,
        GOOD.replace('min_interval = "90s"', 'min_intervall = "90s"')
        .replace('interval = "10m"', 'interval = "soon"')
        .replace("https://news.example/rss", "ftp://news.example/rss")
        .replace("desk@example.org", "not an address"),
    )
    found = problems(path)
    assert len(found) == 4
    assert all(line.startswith(f"{path}: ") for line in found)
    text = "\n".join(found)
    assert "fetch.min_intervall: unknown key; did you mean 'min_interval'?" in text
    assert "feed[0] (id 'first').interval" in text
    assert "feed[0] (id 'first').url" in text
    assert "subscriber[0] (id 'desk').email" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("[store]", "[stroe]"), "did you mean 'store'", id="misspelt section"),
        pytest.param(("[store]\n", "[store\n"), "not TOML", id="broken TOML names its line"),
        pytest.param(('id = "desk"', 'id = "Desk!"'), "lower-case", id="bad id"),
        pytest.param(('"127.0.0.0/8"', '"home"'), "allow_networks", id="bad network"),
        pytest.param(('email = "desk@example.org"\n', ""), "needs email, webhook", id="no channel"),
        pytest.param(
            ('email = "desk@example.org"', 'webhook = "https://h.example/x"'),
            "webhook needs secret_file",
            id="unsigned webhook",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    """Each mistake says what is wrong in words that lead to the mend."""
    assert message in "\n".join(problems(write(tmp_path, GOOD.replace(*change))))


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    """Two feeds of one id would share their memory of entries."""
    again = '\n[[feed]]\nid = "first"\nurl = "https://other.example/rss"\n'
    assert "feed id used twice: first" in "\n".join(problems(write(tmp_path, GOOD + again)))


def test_fragments_add_feeds_and_override_keys(tmp_path: Path) -> None:
    """conf.d files are read in name order after the main file."""
    path = write(tmp_path, GOOD)
    fragment = '[fetch]\nmin_interval = "2m"\n[[feed]]\nid = "second"\nurl = "https://b.example/"\n'
    write(tmp_path, fragment, "conf.d/10-more.toml")
    loaded = load_settings(path, {})
    assert [feed.id for feed in loaded.settings.feed] == ["first", "second"]
    assert loaded.settings.fetch.min_interval == timedelta(minutes=2)
    assert loaded.origins["fetch.min_interval"].endswith("10-more.toml")


def test_the_environment_wins_and_is_named_as_origin(tmp_path: Path) -> None:
    """FIGUREWATCH_SECTION__KEY overrides the file, lists and text alike."""
    environment = {
        "FIGUREWATCH_FETCH__MIN_INTERVAL": "7m",
        "FIGUREWATCH_FETCH__ALLOW_NETWORKS": '["10.0.0.0/8"]',
        "FIGUREWATCH_CONFIG": "ignored here",
    }
    loaded = load_settings(write(tmp_path, GOOD), environment)
    assert loaded.settings.fetch.min_interval == timedelta(minutes=7)
    assert loaded.settings.fetch.allow_networks == ("10.0.0.0/8",)
    assert loaded.origins["fetch.min_interval"] == "$FIGUREWATCH_FETCH__MIN_INTERVAL"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h 30m", 5400), ("2d", 172800), ("0s", 0), ("250ms", 0.25)],
)
def test_durations_read_as_written(text: str, seconds: float) -> None:
    """Every unit is understood, also several in a row, and writes back to the same length."""
    assert parse_duration(text) == timedelta(seconds=seconds)
    assert parse_duration(format_duration(parse_duration(text))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 parsecs", 300, None, True])
def test_other_durations_are_refused(text: object) -> None:
    """A bare number is refused: nobody can see its unit."""
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def test_secret_files_are_read_and_missing_ones_named(tmp_path: Path) -> None:
    """Two lines are two secrets (rotation); an absent or empty file is a problem, not a crash."""
    path = write(tmp_path, "whsec_b25l\nwhsec_dHdv\n", "secret")
    assert read_secrets(path) == ("whsec_b25l", "whsec_dHdv")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_secrets(tmp_path / "absent")
    with pytest.raises(ConfigError, match="empty"):
        read_secrets(write(tmp_path, "\n", "blank"))
