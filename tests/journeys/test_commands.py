# SPDX-License-Identifier: Apache-2.0
"""Every command on the state of a site that has polled, alerted and could not deliver everything."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from loopback import answer, serving
from newsroom import Receiver, Site, Story, mails_to, rss, verified
from processes import command
from smtp_servers import Inbox, silent_port, smtp_server

from monitor import __version__
from monitor.cli import main
from monitor.cli.options import processes

pytestmark = pytest.mark.journey

_ADDRESS = "desk@example.org"
_NEW = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia, and that more of them are "
    "expected before the winter, while nobody in Moscow would say what they are there for.",
)
_COPY = Story("/copied", "Arrivals, again", _NEW.text, hours=0.8)
_LOSSES = Story(
    "/losses",
    "Losses of the newcomers",
    "About 1,100 North Korean soldiers have been killed or wounded in Russia, Seoul said.",
    hours=0.5,
)
_HIGHER = "The Pentagon now says 12,500 North Korean soldiers are in Russia, after a fresh count."


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Poll a paper once; return the site's folder and the paper's address."""
    folder = tmp_path_factory.mktemp("polled") / "site"
    return folder, asyncio.run(_poll(folder))


async def _poll(folder: Path) -> str:
    inbox, news = Inbox(), {"/broken": answer(status="500 Internal Server Error")}
    with smtp_server(inbox) as port:
        async with serving(news) as paper, serving(Receiver("503 Busy").respond) as hook:
            news["/feed"] = rss([_LOSSES, _COPY, _NEW], paper.url(""))
            site = Site(
                folder,
                feeds={"paper": paper.url("/feed"), "broken": paper.url("/broken")},
                smtp_port=port,
                subscribers={"desk": {"email": _ADDRESS, "webhook": hook.url("/hook")}},
                interval="1h",
            )
            done = await command("poll", "--once", "--config", site.config)
    assert done.code == 1, done.err
    assert len(mails_to(inbox, _ADDRESS)) == 1
    return paper.url("")


@dataclass(frozen=True)
class _Commands:
    """Runs commands on a site of its own; `base` is where its paper was."""

    folder: Path
    base: str

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def run(self, *words: str | Path, code: int = 0, given: str | None = None) -> Result:
        result = CliRunner().invoke(
            main, list(map(str, words)), input=given, env={"FIGUREWATCH_CONFIG": str(self.config)}
        )
        assert result.exit_code == code, (result.output, result.exception)
        return result

    def records(self, *words: str | Path, given: str | None = None) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, given=given).stdout.splitlines()]

    def write(self, name: str, *records: dict[str, object] | str) -> Path:
        path = self.folder / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in records]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


@pytest.fixture
def site(polled: tuple[Path, str], tmp_path: Path) -> _Commands:
    """Return commands on a copy of the polled site."""
    folder, base = polled
    return _Commands(Path(shutil.copytree(folder, tmp_path / "site")), base)


# --- feeds, status -------------------------------------------------------------------------------


def test_feeds_are_listed_with_how_they_do_in_every_form(site: _Commands) -> None:
    """Health, last error and next poll of each feed; the forms agree with each other."""
    rows = site.records("feeds", "list", "--format", "jsonl")
    assert [(row["id"], row["state"], row["last_error"]) for row in rows] == [
        ("broken", "broken", "http-500: Internal Server Error"),
        ("paper", "healthy", None),
    ]
    assert rows[1]["articles"] == 3
    assert all(datetime.fromisoformat(row["next_poll"]) for row in rows)
    assert json.loads(site.run("feeds", "list", "--format", "json").stdout) == rows
    table = list(csv.DictReader(io.StringIO(site.run("feeds", "list", "--format", "csv").stdout)))
    assert [row["reason"] for row in table] == ["http-500: Internal Server Error", ""]
    lines = site.run("feeds", "list").stdout.splitlines()
    assert len(lines) == 3
    assert "http-500: Internal Server Error" in lines[1]


def test_a_feed_is_added_once_and_removed(site: _Commands) -> None:
    """Added feeds are new and due at once; names taken and feeds of the file are refused."""
    added = site.run("feeds", "add", "https://www.gazette.example/rss.xml", "--interval", "20m")
    assert added.stdout == "added gazette-example\n"
    [row] = [
        row
        for row in site.records("feeds", "list", "--format", "jsonl")
        if row["id"] == "gazette-example"
    ]
    assert (row["state"], row["origin"]) == ("new", "added")
    again = site.run("feeds", "add", "https://gazette.example/other", code=1)
    assert "exists already" in again.stderr
    assert "--id NAME" in again.stderr
    site.run("feeds", "add", "--id", "gazette-other", "https://gazette.example/other")
    twin = site.run("feeds", "add", "--id", "third", "https://gazette.example/other")
    assert "polled already, as 'gazette-other'" in twin.stderr
    named = f"https://{'a' * 60}.{'b' * 60}.example/rss"
    assert site.run("feeds", "add", named).stdout == f"added {'a' * 60}\n"
    taken = site.run("feeds", "add", "--id", "paper", "https://other.example/", code=1)
    assert "'paper' exists already" in taken.stderr
    wrong = site.run("feeds", "add", "--id", "x", "ftp://gazette.example/", code=78)
    assert "command line: url: " in wrong.stderr
    site.run("feeds", "remove", "gazette-example")
    assert "no added feed" in site.run("feeds", "remove", "gazette-example", code=1).stderr
    assert str(site.config) in site.run("feeds", "remove", "paper", code=1).stderr


def test_status_of_a_site_that_is_not_running(site: _Commands) -> None:
    """Exit code 3, the broken feed with its reason, and what waits with why and until when."""
    facts = json.loads(site.run("status", "--format", "json", code=3).stdout)
    assert facts["running"] is False
    assert facts["counts"]["articles"] == 3
    assert facts["counts"]["deliveries_sent"] == 1
    [waiting] = facts["deliveries"]
    assert waiting["channel"] == "desk/webhook"
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert waiting["reason"].startswith("HTTP 503")
    assert datetime.fromisoformat(waiting["next_attempt"])
    text = site.run("status", code=3).stdout
    assert "not running" in text
    assert "broken: http-500: Internal Server Error (1x), next " in text
    assert "1 sent, 1 waiting, 0 dead" in text


def test_looking_at_a_site_that_never_ran_creates_nothing(tmp_path: Path) -> None:
    """Whoever looks first, perhaps as root, must not leave a database that the daemon cannot open."""
    site = _Commands(tmp_path, "")
    site.config.write_text("[seeds]\npacks = []\n", encoding="utf-8")
    assert "0 articles" in site.run("status", code=3).stdout
    assert site.records("feeds", "list", "--format", "jsonl") == []
    site.run("explain", "https://nowhere.example/", code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


# --- explain -------------------------------------------------------------------------------------


def test_explain_says_why_an_article_alerted(site: _Commands) -> None:
    """By URL and by id the same trace: the claim with its sentence and verdict, the rule, the alert."""
    by_url = json.loads(site.run("explain", "--format", "json", f"{site.base}/arrivals").stdout)
    by_id = json.loads(site.run("explain", "--format", "json", by_url["article"]["id"]).stdout)
    assert by_url == by_id
    [claim] = by_url["claims"]
    assert (claim["low"], claim["verdict"]) == (10_000, "new")
    assert claim["evidence"]["sentence"]["text"] in _NEW.text
    [alert] = by_url["alerts"]
    assert (alert["rule"], alert["disposition"]) == ("troops.nk-in-russia", "alert")
    text = site.run("explain", f"{site.base}/arrivals").stdout
    assert alert["id"] in text
    assert claim["evidence"]["sentence"]["text"] in text


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/copied", "duplicate"), ("/losses", "'1,100'")],
    ids=["a copy", "casualties"],
)
def test_explain_says_why_an_article_stayed_silent(site: _Commands, path: str, reason: str) -> None:
    """The reason is a name: what it is a copy of, or why its number was not taken."""
    text = site.run("explain", f"{site.base}{path}").stdout
    assert reason in text
    assert "alerts: none" in text


def test_explain_decides_a_file_without_storing_it(site: _Commands) -> None:
    """A text that would alert says so each time it is asked about, because nothing is written."""
    plain = site.write("draft.txt", _HIGHER)
    record = site.write("draft.json", {"title": "Count", "text": _HIGHER})
    for path in (plain, plain, record):
        found = json.loads(site.run("explain", "--format", "json", path).stdout)
        assert [claim["verdict"] for claim in found["claims"]] == ["revision"]
        assert [alert["disposition"] for alert in found["alerts"]] == ["alert"]
    facts = json.loads(site.run("status", "--format", "json", code=3).stdout)
    assert facts["counts"]["articles"] == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "no such file"), ('{"text": ', "not one JSON object"), ("{}\n{}", "not one JSON")],
    ids=["unknown", "broken", "lines"],
)
def test_explain_names_what_it_cannot_read(
    site: _Commands, content: str | None, complaint: str
) -> None:
    """A word instead of a traceback."""
    path = site.folder / "draft.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert complaint in site.run("explain", path, code=1).stderr


# --- rules and configuration ---------------------------------------------------------------------


def test_the_shipped_rules_are_listed_checked_and_tested(site: _Commands) -> None:
    """What ships is in force, has no mistakes, and its own examples hold."""
    rules = {row["id"]: row for row in site.records("rules", "list", "--format", "jsonl")}
    assert rules["troops.nk-in-russia"]["sends"] is True
    assert ": good" in site.run("rules", "check").stderr
    trials = site.records("rules", "test", "--format", "jsonl")
    assert {trial["rule"] for trial in trials} == set(rules)
    assert {trial["result"] for trial in trials} == {"good"}
    assert len(site.run("rules", "list").stdout.splitlines()) == len(rules) + 1


_RULE = """
id = "mine.visits"
title = "Visits"
kind = "keyword"
severity = "notice"
status = "stable"
description = "A visit."
match = "visit*"
[[example]]
name = "a visit"
text = "The minister visits the front."
expect = "alert"
[[example]]
name = "no visit"
text = "The minister {does}."
expect = "silent"
"""


@pytest.mark.parametrize("verb", ["check", "test", "probe"])
def test_a_folder_without_rules_is_not_good(site: _Commands, verb: str) -> None:
    """A path that was mistyped by a level must not pass for rules without mistakes."""
    empty = site.folder / "empty"
    empty.mkdir()
    told = site.run("rules", verb, empty, code=1)
    assert f"there are no rules in {empty}" in told.stderr
    assert "good" not in told.stderr


def test_rule_files_of_ones_own_are_checked_and_tested(site: _Commands) -> None:
    """A mistake is named with file and field, a failing example with what it gave instead."""
    good = site.write("good.toml", _RULE.format(does="stays at home"))
    failing = site.write("failing.toml", _RULE.format(does="visits nobody"))
    broken = site.write("broken.toml", _RULE.format(does="stays") + 'colour = "red"')
    site.run("rules", "check", good)
    named = site.run("rules", "check", broken, code=1)
    assert f"{broken}" in named.stdout
    assert "colour" in named.stdout
    listed = site.records("rules", "list", "--format", "jsonl", good)
    assert [row["id"] for row in listed] == ["mine.visits"]
    failed = site.run("rules", "test", failing, code=1)
    assert "mine.visits: no visit: " in failed.stderr
    assert "1 failure" in failed.stderr
    assert "colour" in site.run("rules", "test", broken, code=1).stderr


_WIDE = """
id = "troops.nk-in-russia"
title = "Any figure"
extends = "troops.us-in-europe"
match = "korean"
[figure]
forces = ["KP"]
places = ["russia"]
min_figure = 10
[[example]]
name = "a figure"
text = "The Pentagon said 10,000 North Korean soldiers are in Russia."
expect = "alert:new"
[[example]]
name = "no figure"
text = "North Korean soldiers are in Russia."
expect = "silent"
"""


def test_a_rule_is_backtested_over_what_was_polled(site: _Commands) -> None:
    """What a file would have told about the stored articles, and how it differs from another."""
    wide = site.write("wide.toml", _WIDE)
    words = ("rules", "backtest", wide, "--against", wide)
    report = json.loads(site.run(*words, "--format", "json").stdout)
    assert report["articles"] >= 3
    assert [row["verdict"] for row in report["alerts"]] == ["new"]
    assert [row["subscriber"] for row in report["messages"]] == ["desk"]
    assert report["difference"]["same"] == 1
    text = site.run("rules", "backtest", wide).stdout
    assert "would have fired: 1 alert, 0 for the digest" in text
    late = site.run("rules", "backtest", wide, "--since", "2999-01-01").stdout
    assert "would have fired since 2999-01-01: 0 alerts" in late
    again = json.loads(site.run("rules", "backtest", wide, "--reread", "--format", "json").stdout)
    assert [row["verdict"] for row in again["alerts"]] == ["new"]


def test_shadows_are_listed_beside_the_live_rules(site: _Commands) -> None:
    """The shipped experimental rules are shown, although they never send."""
    reports = json.loads(site.run("rules", "shadow", "--format", "json").stdout)
    experimental = {
        row["id"]
        for row in site.records("rules", "list", "--format", "jsonl")
        if row["status"] == "experimental"
    }
    assert {row["rule"] for row in reports} == experimental
    assert all(f"{rule}, beside " in site.run("rules", "shadow").stdout for rule in experimental)


def test_a_rule_is_probed(site: _Commands) -> None:
    """What a rule wrongly ignores or accepts is named with the changed text, and makes the code 1."""
    narrow = site.write("narrow.toml", _WIDE.replace('"korean"', "'\"10,000\"'"))
    named = site.run("rules", "probe", narrow, code=1)
    assert "figure: 30,000: wrongly ignored: The Pentagon said 30,000" in named.stderr
    changes = [
        row["change"]
        for row in json.loads(site.run("rules", "probe", "--format", "json", narrow, code=1).stdout)
    ]
    assert "place: Kenya" in changes
    assert "separator: none" in changes


def test_config_is_checked_shown_and_described(site: _Commands) -> None:
    """A good file is counted, each value is shown with its origin, the schema knows every section."""
    assert "2 feeds, 1 subscriber" in site.run("config", "check").stdout
    shown = site.run("config", "show", "--origin").stdout
    assert f'fetch.min_interval = "1h"   # {site.config}' in shown
    assert 'log.level = "info"   # default' in shown
    schema = json.loads(site.run("config", "schema").stdout)
    assert {"fetch", "feed", "subscriber", "delivery", "email"} <= set(schema["properties"])
    site.config.write_text('[fetch]\nmax_intervall = "1h"\n', encoding="utf-8")
    refused = site.run("config", "check", code=78)
    assert f"{site.config}: fetch.max_intervall: " in refused.stderr


# --- seeds ---------------------------------------------------------------------------------------


def test_a_seed_pack_is_built_verified_imported_and_remembered(site: _Commands) -> None:
    """The pack holds no sentence; loaded once, it makes a copy of its article a known one."""
    documents = site.folder / "documents"
    documents.mkdir()
    text = _NEW.text.replace("Russia", "the Kursk region").replace("10,000", "9,000")
    (documents / "one.txt").write_text(text, encoding="utf-8")
    (documents / "index.toml").write_text(
        '["one.txt"]\npublisher = "Gazette"\npublished = 2026-01-05T08:00:00Z\n', encoding="utf-8"
    )
    pack = site.folder / "own.json"
    built = site.run("seeds", "build", documents, "--name", "own", "--output", pack)
    assert "1 article, 1 claim" in built.stdout
    assert "nobody in Moscow" not in pack.read_text(encoding="utf-8")
    assert "good, 1 article" in site.run("seeds", "verify", pack).stdout
    copy = site.write("copy.txt", text)
    before = json.loads(site.run("explain", "--format", "json", copy).stdout)
    assert before["alerts"] != []
    assert "1 article loaded" in site.run("seeds", "import", pack).stdout
    assert "loaded already" in site.run("seeds", "import", pack).stdout
    after = json.loads(site.run("explain", "--format", "json", copy).stdout)
    assert after["memory"]["nearest"] == "seed:own/one"
    assert after["alerts"] == []


def test_a_damaged_seed_pack_is_refused(site: _Commands) -> None:
    """`verify` and `import` name the file and load nothing."""
    pack = site.write("bad.json", '{"format": "something else"}')
    for verb in ("verify", "import"):
        assert str(pack) in site.run("seeds", verb, pack, code=78).stderr


def test_the_shipped_seed_packs_are_listed_and_good(site: _Commands) -> None:
    """Each seeded article is shown with its citation; the shipped packs verify."""
    rows = site.records("seeds", "list", "--format", "jsonl")
    assert rows
    assert all(row["id"].startswith(f"seed:{row['pack']}/") for row in rows)
    verified_packs = site.run("seeds", "verify").stdout.splitlines()
    assert len(verified_packs) == len({row["pack"] for row in rows})


# --- extract, replay, dedup ----------------------------------------------------------------------


def test_extract_gives_claims_and_what_was_not_taken(site: _Commands) -> None:
    """One line for each input line, in order, also with several processes; plain text works too."""
    texts = [_NEW.text, _LOSSES.text] * 40
    file = site.write("texts.jsonl", *({"id": n, "text": text} for n, text in enumerate(texts)))
    rows = site.records("extract", "--format", "jsonl", file)
    assert [row["id"] for row in rows] == list(range(80))
    assert set(rows[0]) == {"id", "claims", "rejected"}
    [claim] = rows[0]["claims"]
    evidence = claim["evidence"]
    assert _NEW.text[evidence["start"] : evidence["end"]] == evidence["text"] == "10,000"
    assert "verdict" not in claim
    [rejection] = rows[1]["rejected"]
    assert set(rejection) == {"text", "value", "reason", "field", "start", "end"}
    assert rejection["value"] == 1_100
    assert site.records("extract", "--jobs", "2", file) == rows
    [plain] = site.records("extract", "-", given=_NEW.text)
    assert plain["claims"] == rows[0]["claims"]


@pytest.mark.parametrize(
    ("asked", "per_core"),
    [(1, False), (0, True), (100_000, True)],
    ids=["as asked", "all cores", "never more than cores"],
)
def test_worker_processes_are_at_most_one_per_core(asked: int, per_core: bool) -> None:
    """A mistyped `--jobs` must not start more processes than the machine has cores."""
    assert processes(asked) == ((os.cpu_count() or 1) if per_core else asked)


def test_a_line_that_cannot_be_read_costs_only_itself(site: _Commands) -> None:
    """It is named by number on standard error, the exit code is 1, all others are answered."""
    file = site.write("texts.jsonl", {"id": 1, "text": _NEW.text}, "{broken", {"id": 3}, "[]")
    result = site.run("extract", file, code=1)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1]
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
    ]


def _article(name: str, text: str, hour: int) -> dict[str, object]:
    return {
        "id": name,
        "feed": "paper",
        "url": f"https://paper.example/{name}",
        "title": name.title(),
        "text": text,
        "published": f"2026-03-01T{hour:02}:00:00Z",
    }


def test_replay_decides_articles_in_order(site: _Commands) -> None:
    """The fixed form: verdicts of articles and claims, and the alerts with the claim they tell."""
    file = site.write(
        "articles.jsonl",
        _article("first", _NEW.text, 8),
        _article("copy", _NEW.text, 9),
        _article("losses", _LOSSES.text, 10),
        _article("higher", _HIGHER, 11),
    )
    rows = site.records("replay", "--format", "jsonl", "--no-seeds", file)
    verdicts = [(row["id"], row["article_verdict"], row["duplicate_of"]) for row in rows]
    assert verdicts == [
        ("first", "new", None),
        ("copy", "duplicate", "first"),
        ("losses", "new", None),
        ("higher", "new", None),
    ]
    assert [[claim["verdict"] for claim in row["claims"]] for row in rows] == [
        ["new"],
        ["duplicate"],
        [],
        ["revision"],
    ]
    assert [len(row["alerts"]) for row in rows] == [1, 0, 0, 1]
    [alert] = rows[3]["alerts"]
    assert set(alert) == {"alert_id", "rule", "claims"}
    assert [claim["low"] for claim in alert["claims"]] == [12_500]
    mine = site.write("mine.toml", _RULE.format(does="stays at home"))
    silent = site.records("replay", "--no-seeds", "--rules", mine, file)
    assert [row["alerts"] for row in silent] == [[], [], [], []]


def test_a_bare_day_is_as_new_as_anything_before_it_on_that_day(site: _Commands) -> None:
    """Its figure does not recall what an article said that morning, and stands from then on."""
    later = "In the east of Russia there are 12,500 soldiers from North Korea, said the Pentagon."
    file = site.write(
        "articles.jsonl",
        _article("morning", _NEW.text, 8),
        _article("day", _HIGHER, 9) | {"published": "2026-03-01"},
        _article("next day", later, 10) | {"published": "2026-03-02"},
    )
    rows = site.records("replay", "--format", "jsonl", "--no-seeds", file)
    assert [claim["verdict"] for row in rows for claim in row["claims"]] == [
        "new",
        "revision",
        "restatement",
    ]


def test_dedup_names_the_article_that_each_is_a_copy_of(site: _Commands) -> None:
    """The fixed form: copies share a group, a summary is contained, what is alone is alone."""
    second = (
        " Officers who watched the trains described long columns at night, tired faces and brand "
        "new kit, and said that interpreters were in short supply among all of the units."
    )
    file = site.write(
        "articles.jsonl",
        _article("whole", _NEW.text + second, 8),
        _article("copy", _NEW.text + second, 9) | {"title": "Whole"},
        _article("summary", _NEW.text, 10),
        _article("other", _LOSSES.text, 11),
    )
    rows = site.records("dedup", "--format", "jsonl", file)
    assert all(
        set(row) == {"id", "group", "duplicate_of", "relation", "similarity"} for row in rows
    )
    relations = [(row["id"], row["relation"], row["duplicate_of"]) for row in rows]
    assert relations[0] == ("whole", "none", None)
    assert relations[1] == ("copy", "exact", "whole")
    assert relations[2][1:] in {("contained", "whole"), ("near", "whole")}
    assert relations[3] == ("other", "none", None)
    groups = [row["group"] for row in rows]
    assert groups[0] == groups[1] == groups[2] != groups[3]


# --- notify, version -----------------------------------------------------------------------------


@pytest.mark.anyio
async def test_notify_test_reaches_both_channels_for_real(tmp_path: Path) -> None:
    """A marked message goes the whole way: a mail, a signed webhook, and the servers' own words."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        async with serving(Receiver("202 Queued").respond) as hook:
            site = Site(
                tmp_path / "site",
                {},
                smtp_port=port,
                subscribers={"desk": {"email": _ADDRESS, "webhook": hook.url("/hook")}},
            )
            done = await command(
                "notify", "test", "desk", "--format", "jsonl", "--config", site.config
            )
    assert done.code == 0, done.err
    answers = {row["channel"]: (row["sent"], row["answer"]) for row in done.records}
    assert answers == {
        "desk/email": (True, "250 queued as 42"),
        "desk/webhook": (True, "HTTP 202 Queued"),
    }
    [mail] = mails_to(inbox, _ADDRESS)
    assert "test" in mail["Subject"].lower()
    assert verified(hook.requests[0])["data"]["rule"] == "figurewatch.test"
    assert not site.database.exists()


@pytest.mark.anyio
async def test_notify_test_tells_the_truth_about_dead_servers(tmp_path: Path) -> None:
    """Exit code 1, what each server did in its own words, and what an alert would meet."""
    with silent_port() as held:
        async with serving(Receiver("410 Gone").respond) as hook:
            site = Site(
                tmp_path / "site",
                {},
                smtp_port=held.getsockname()[1],
                subscribers={"desk": {"email": _ADDRESS, "webhook": hook.url("/hook")}},
            )
            done = await command("notify", "test", "desk", "--config", site.config)
    assert done.code == 1
    assert done.out.count("NOT SENT") == 2
    assert "cannot be reached" in done.out
    assert "an alert would be tried again" in done.out
    assert "HTTP 410 Gone" in done.out
    assert "the channel would be disabled" in done.out


def test_notify_test_of_a_mistyped_subscriber_says_who_was_meant(site: _Commands) -> None:
    """A usage error with a suggestion; nobody is written to."""
    assert "did you mean 'desk'?" in site.run("notify", "test", "dest", code=2).stderr


def test_version_is_the_packages() -> None:
    """Both spellings print the version and nothing else."""
    assert CliRunner().invoke(main, ["version"]).stdout == f"figurewatch {__version__}\n"
    assert __version__ in CliRunner().invoke(main, ["--version"]).stdout


def test_a_state_directory_that_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    """No traceback, and a code that says that a restart does not help."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\npath = "{tmp_path}/file/state.db"\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["run", "--config", str(config)])
    assert result.exit_code == 74, result.output
    assert "file: Not a directory" in result.output or "File exists" in result.output
