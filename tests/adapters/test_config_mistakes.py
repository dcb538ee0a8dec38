# SPDX-License-Identifier: Apache-2.0
"""Mistakes in a site's files: all of them in one run, in plain words, and values that cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.bootstrap import assemble
from monitor.core.errors import ConfigError

_GOOD = """
[[feed]]
id = "first"
url = "https://news.example/rss"

[[subscriber]]
id = "desk"
email = "desk@example.org"
rules = ["troops.*"]
"""


def _problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a site, with its file left out where that is the configuration."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    try:
        assemble(str(path), {})
    except ConfigError as error:
        return [str(problem).removeprefix(f"{path}: ") for problem in error.problems]
    return []


def test_one_run_tells_mistakes_of_shape_rules_seeds_and_secrets(tmp_path: Path) -> None:
    """A misspelt key hides nothing that stands in another file."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bad.toml").write_text('id = "x"\n', encoding="utf-8")
    found = _problems(
        tmp_path,
        """
        [fetch]
        min_intervall = "5m"
        deadline = "0s"
        [rules]
        paths = ["mine"]
        [seeds]
        packs = ["absent"]
        [delivery]
        operators = ["nobody", "desk"]
        first_retry = "4h"
        [[feed]]
        id = "first"
        url = "https://user:secret@news.example/rss"
        [[feed]]
        id = "first"
        url = "https://news.example/rss"
        [[subscriber]]
        id = "desk"
        email = "not an address"
        rules = ["*"]
        [[subscriber]]
        id = "siem"
        webhook = "https://siem.example/hook"
        secret_file = "absent.secret"
        zone = "Mars/Olympus"
        """,
    )
    text = "\n".join(found)
    for part in (
        "fetch.min_intervall: unknown key; did you mean 'min_interval'?",
        "fetch.deadline: ",
        "bad.toml",
        "no pack named 'absent'",
        "no subscriber 'nobody'",
        'max_retry "3h" is shorter than first_retry "4h"',
        "feed[0] (id 'first').url: ",
        "feed id used twice: first",
        "subscriber[0] (id 'desk').email: ",
        "subscriber[1] (id 'siem').zone: ",
        "absent.secret",
    ):
        assert part in text, text
    assert "no subscriber 'desk'" not in text
    assert "stand-in" not in text
    assert "secret@" not in text


def test_what_follows_from_a_mistake_is_no_mistake_of_its_own(tmp_path: Path) -> None:
    """One wrong value gives one problem: nobody else is blamed for the default in its place."""
    for text in (
        '[fetch]\nmin_interval = "7h"\nmax_interval = "soon"\n',
        '[delivery]\nfirst_retry = "4h"\nmax_retry = "soon"\n',
        '[memory]\nkeep_text = "900d"\nkeep_articles = 1\n',
        '[[subscriber]]\nid = "desk"\nemail = "x"\n[canary]\nsubscriber = "desk"\n',
        '[[feed]]\nid = "A B"\nurl = "https://news.example/"\n',
        "feed = 3\n",
        "store = 3\n",
        "[feed]\nid = 1\n",
    ):
        assert len(_problems(tmp_path, text)) == 1, _problems(tmp_path, text)


_ODD_VALUES = {
    "no time for a request": ('[fetch]\ndeadline = "0s"', "fetch.deadline: "),
    "no time for a mail server": ('[email]\ntimeout = "0s"', "email.timeout: "),
    "polls without a rest": ('[fetch]\nmin_interval = "0s"', "fetch.min_interval: "),
    "a feed without a rest": (
        '[[feed]]\nid = "f"\nurl = "https://n.example/"\ninterval = "0s"',
        "feed[0] (id 'f').interval: ",
    ),
    "the longest interval below the least": (
        '[fetch]\nmin_interval = "2h"\nmax_interval = "1h"',
        'fetch: max_interval "1h" is shorter than min_interval "2h"',
    ),
    "the longest wait below the first": (
        '[delivery]\nfirst_retry = "1h"\nmax_retry = "1m"',
        'delivery: max_retry "1m" is shorter than first_retry "1h"',
    ),
    "a heartbeat faster than anybody looks": (
        '[delivery]\nheartbeat_every = "1s"',
        "delivery.heartbeat_every: ",
    ),
    "canaries without a rest": ('[canary]\nevery = "0s"', "canary.every: "),
    "a duration beyond all calendars": (
        '[memory]\nkeep_articles = "99999999999999w"',
        'memory.keep_articles: expected at most "36500d"',
    ),
    "a duration beyond ours": ('[fetch]\nmax_interval = "40000d"', "at most"),
    "a password in a feed's URL": (
        '[[feed]]\nid = "f"\nurl = "https://me:pass@n.example/"',
        "with a user name or password in it",
    ),
    "a user name in a feed's URL": (
        '[[feed]]\nid = "f"\nurl = "https://me@n.example/"',
        "with a user name or password in it",
    ),
    "a password in a webhook's URL": (
        '[[subscriber]]\nid = "s"\nwebhook = "https://me:pass@n.example/"\nformat = "slack"',
        "with a user name or password in it",
    ),
    "a feed's URL without a host": ('[[feed]]\nid = "f"\nurl = "https:///rss"', "host name"),
    "a feed's URL with port 0": ('[[feed]]\nid = "f"\nurl = "https://n.example:0/"', "port 0"),
    "a rule that nobody wrote": (
        '[[subscriber]]\nid = "s"\nemail = "s@example.org"\nrules = ["trops.*"]',
        "subscriber[0] (id 's').rules: no rule is called 'trops.*'",
    ),
    "a rule that was misspelt": (
        '[[subscriber]]\nid = "s"\nemail = "s@example.org"\nrules = ["troops.nk-in-rusia"]',
        "did you mean 'troops.nk-in-russia'?",
    ),
    "a route for a rule that nobody wrote": (
        '[[subscriber]]\nid = "s"\nemail = "s@example.org"\nroute = [{}, {rules = ["x"]}]',
        "subscriber[0] (id 's').route[1].rules: no rule is called 'x'",
    ),
    "a contact that would be two headers": (
        '[fetch]\ncontact = "me\\r\\nX-Evil: 1"',
        "fetch.contact: holds a control character",
    ),
    "a contact that no header can hold": ('[fetch]\ncontact = "Jürgen"', "fetch.contact: "),
    "a path that no file can have": ('[rules]\npaths = ["a\\u0000b"]', "rules.paths: "),
    "no file for the store": ('[store]\npath = ""', "store.path: "),
}


@pytest.mark.parametrize(("text", "part"), _ODD_VALUES.values(), ids=_ODD_VALUES)
def test_a_value_that_cannot_work_is_refused_in_plain_words(
    tmp_path: Path, text: str, part: str
) -> None:
    """One problem, with the place of it."""
    found = _problems(tmp_path, text)
    assert len(found) == 1
    assert part in found[0]


def test_patterns_are_not_held_against_rules_that_could_not_be_read(tmp_path: Path) -> None:
    """Nobody can say what a broken rule file would have held."""
    (tmp_path / "mine.toml").write_text("id = 3\n", encoding="utf-8")
    found = _problems(
        tmp_path,
        '[rules]\npaths = ["mine.toml"]\nshipped = false\n'
        '[[subscriber]]\nid = "s"\nemail = "s@example.org"\nrules = ["mine.*"]\n',
    )
    assert found
    assert not [line for line in found if "mine.*" in line]


def test_a_mistake_in_a_fragment_names_the_fragment(tmp_path: Path) -> None:
    """Also one that is found only when the rules are known."""
    (tmp_path / "conf.d").mkdir()
    fragment = tmp_path / "conf.d" / "10-more.toml"
    fragment.write_text('[[subscriber]]\nid = "b"\nemail = "b@example.org"\nrules = ["x"]\n')
    (found,) = _problems(tmp_path, _GOOD)
    assert found.startswith(f"{fragment}: subscriber[1] (id 'b').rules: ")


def test_the_command_tells_everything_and_starts_nothing(tmp_path: Path) -> None:
    """`config check` ends with code 78 and counts what it found."""
    from monitor.cli import main  # noqa: PLC0415

    path = tmp_path / "config.toml"
    path.write_text(_GOOD.replace("troops.*", "x") + '[fetch]\ndeadline = "0s"\n', "utf-8")
    result = CliRunner().invoke(main, ["config", "check", "--config", str(path)])
    assert result.exit_code == 78
    assert "2 problems found; nothing was started" in result.stderr
