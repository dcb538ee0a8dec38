# SPDX-License-Identifier: Apache-2.0
"""Rule files: every mistake at once with file and field, and the examples of the shipped rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.core.errors import ConfigError, Problem
from monitor.core.model import Severity, Verdict
from monitor.core.rules import Direction, Example, MinChange, Rule, RuleKind, RuleStatus
from monitor.core.trials import try_example
from monitor.knowledge import shipped_knowledge, shipped_root
from monitor.rulefiles import check_rules, load_rules, rule_file_schema

_EXAMPLES = """
[[example]]
name = "fires"
text = "About 10,000 North Korean troops are in Kursk, the Pentagon said."
expect = "alert:new"

[[example]]
name = "stays silent"
text = "The weather is fine in Kursk."
expect = "silent"
"""
_FIGURE = f"""
id = "test.figure"
title = "Test"
kind = "figure-change"
severity = "high"

[figure]
measure = "troops"
forces = ["KP"]
places = ["russia"]
min_change = "2%"
{_EXAMPLES}"""
_KEYWORD = f"""
id = "test.words"
title = "Test"
kind = "keyword"
match = "kursk AND troops"
{_EXAMPLES.replace("alert:new", "alert")}"""


def _problems(folder: Path, **files: str) -> tuple[Problem, ...]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return check_rules((folder,), shipped_knowledge())


def test_good_files_have_no_problem_and_become_rules(tmp_path: Path) -> None:
    """Rules come in the order of their ids, with all that their files say."""
    assert _problems(tmp_path, b=_KEYWORD, a=_FIGURE) == ()
    figure, words = load_rules((tmp_path,), shipped_knowledge()).rules
    assert (figure.id, figure.kind, figure.severity) == (
        "test.figure",
        RuleKind.FIGURE_CHANGE,
        Severity.HIGH,
    )
    assert figure.figure is not None
    assert figure.figure.forces == ("KP",)
    assert figure.figure.min_change == MinChange(amount=0.02, is_share=True)
    assert figure.figure.alert_on == {
        Verdict.NEW,
        Verdict.REVISION,
        Verdict.NEW_PLACE,
        Verdict.CORRECTION,
    }
    assert figure.figure.direction is Direction.ANY
    assert (words.id, words.status, str(words.match)) == (
        "test.words",
        RuleStatus.STABLE,
        "kursk AND troops",
    )
    assert [example.name for example in words.examples] == ["fires", "stays silent"]
    assert words.file == str(tmp_path / "b.toml")


def test_files_are_found_in_folders_below_and_by_name(tmp_path: Path) -> None:
    """A path is a folder, searched to the bottom, or a file."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "one.toml").write_text(_FIGURE, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a rule", encoding="utf-8")
    for path in (tmp_path, tmp_path / "deep" / "er" / "one.toml"):
        assert [rule.id for rule in load_rules((path,), shipped_knowledge()).rules] == [
            "test.figure"
        ]


_MISTAKES = {
    "not TOML": ("id = ", None, "not TOML: Invalid value (at end of document)"),
    "an unknown key": (
        _FIGURE.replace("severity", "severty"),
        "severty",
        "unknown key; did you mean 'severity'?",
    ),
    "an unknown key of a table": (
        _FIGURE.replace("places", "plases"),
        "figure.plases",
        "unknown key; did you mean 'places'?",
    ),
    "an unknown key of an example": (
        _FIGURE.replace('expect = "silent"', 'expect = "silent"\ngiben = []'),
        "example.1.giben",
        "unknown key; did you mean 'given'?",
    ),
    "a key is missing": (_FIGURE.replace('title = "Test"', ""), "title", "is required"),
    "an unknown kind": (
        _FIGURE.replace("figure-change", "figure-chnage"),
        "kind",
        "unknown kind 'figure-chnage'; did you mean 'figure-change'?",
    ),
    "a kind of a later version": (
        _FIGURE.replace("figure-change", "threshold"),
        "kind",
        "rules of kind 'threshold' are not built in this version",
    ),
    "an unknown measure": (
        _FIGURE.replace('"troops"', '"troop"'),
        "figure.measure",
        "unknown name 'troop'; did you mean 'troops'?",
    ),
    "an unknown force": (
        _FIGURE.replace('["KP"]', '["KP", "wagnr"]'),
        "figure.forces",
        "unknown name 'wagnr'; did you mean 'wagner'?",
    ),
    "an unknown place": (
        _FIGURE.replace('["russia"]', '["rusia"]'),
        "figure.places",
        "unknown name 'rusia'; did you mean 'russia'?",
    ),
    "an unknown source": (
        _FIGURE.replace("min_change", 'sources = ["pentgon"]\nmin_change'),
        "figure.sources",
        "unknown name 'pentgon'; did you mean 'pentagon'?",
    ),
    "a name like no other": (
        _FIGURE.replace('["russia"]', '["zzzzzz"]'),
        "figure.places",
        "unknown name 'zzzzzz'",
    ),
    "a verdict in both lists": (
        _FIGURE.replace("min_change", 'digest_on = ["new", "vague"]\nmin_change'),
        "figure.digest_on",
        "new stand in alert_on as well",
    ),
    "a change that is no number": (
        _FIGURE.replace('"2%"', '"two"'),
        "figure.min_change",
        'expected a share such as "2%" or a number of units',
    ),
    "words that do not parse": (
        _KEYWORD.replace("kursk AND troops", "kursk AND"),
        "match",
        "column 10: something is missing at the end",
    ),
    "a keyword rule without words": (
        _KEYWORD.replace('match = "kursk AND troops"', ""),
        "match",
        "a keyword rule needs a match expression",
    ),
    "a figure rule without a figure": (
        _KEYWORD.replace('"keyword"', '"figure-change"'),
        "figure",
        "a figure-change rule needs a [figure] table",
    ),
    "a keyword rule with a figure": (
        _FIGURE.replace('"figure-change"', '"keyword"\nmatch = "kursk"'),
        "figure",
        "a keyword rule has no [figure] table",
    ),
    "an example that expects nothing known": (
        _KEYWORD.replace('expect = "alert"', 'expect = "alarm"'),
        "example.expect",
        '\'alarm\' is not "silent", "alert", "alert:<verdict>" or "digest:<verdict>"',
    ),
    "no example that fires": (
        _KEYWORD.replace('expect = "alert"', 'expect = "silent"'),
        "example",
        "needs at least one example that fires",
    ),
    "no example that stays silent": (
        _KEYWORD.replace('expect = "silent"', 'expect = "alert"'),
        "example",
        "needs at least one example that stays silent",
    ),
}


@pytest.mark.parametrize(
    ("text", "field", "message"),
    _MISTAKES.values(),
    ids=_MISTAKES,
)
def test_a_mistake_is_told_with_file_and_field(
    tmp_path: Path, text: str, field: str | None, message: str
) -> None:
    """Each kind of mistake has its own words, a suggestion where one is near, and gives no rule."""
    (found,) = _problems(tmp_path, bad=text)
    assert (found.file, found.field) == (str(tmp_path / "bad.toml"), field)
    assert found.message == message
    with pytest.raises(ConfigError) as error:
        load_rules((tmp_path,), shipped_knowledge())
    assert error.value.problems == (found,)


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    """Where the key is set can be jumped to."""
    (found,) = _problems(tmp_path, bad=_FIGURE.replace('["russia"]', '["rusia"]'))
    line = _FIGURE.splitlines().index('places = ["russia"]') + 1
    assert found.line == line
    assert str(found).startswith(f"{tmp_path / 'bad.toml'}:{line}: figure.places: ")


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    """Nobody has to run the check again after each repair."""
    one = _FIGURE.replace('["KP"]', '["nowhere"]').replace('["russia"]', '["rusia"]')
    two = _KEYWORD.replace("kursk AND troops", "(kursk").replace('"silent"', '"quiet"')
    found = _problems(tmp_path, one=one, two=two, three="not toml", four=_FIGURE)
    assert {(Path(problem.file).stem, problem.field) for problem in found} == {
        ("one", "figure.forces"),
        ("one", "figure.places"),
        ("two", "match"),
        ("two", "example"),
        ("two", "example.expect"),
        ("three", None),
    }


def test_two_rules_cannot_have_one_id(tmp_path: Path) -> None:
    """The second file is told which one has it already."""
    (found,) = _problems(tmp_path, first=_FIGURE, second=_FIGURE)
    assert (Path(found.file).stem, found.field) == ("second", "id")
    assert found.message == f"id 'test.figure' is used in {tmp_path / 'first.toml'} already"


@pytest.mark.parametrize("name", ["absent", "latin.toml"])
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    """A path that is not there, or a file that is not UTF-8, is told like any mistake."""
    (tmp_path / "latin.toml").write_bytes(b'id = "caf\xe9"')
    (found,) = check_rules((tmp_path / name,), shipped_knowledge())
    assert found.file == str(tmp_path / name)
    assert found.message


def test_the_shipped_schema_is_that_of_the_model() -> None:
    """Editors check rule files with the committed schema, which is made from the model."""
    committed = Path(__file__).parents[2] / "docs" / "rules.schema.json"
    assert json.loads(committed.read_text("utf-8")) == rule_file_schema()


# --- the shipped rules -----------------------------------------------------------------------

_SHIPPED = [
    (rule, example)
    for rule in load_rules((shipped_root() / "rules",), shipped_knowledge()).rules
    for example in rule.examples
]


@pytest.mark.parametrize(
    ("rule", "example"),
    _SHIPPED,
    ids=[f"{rule.id}: {example.name}" for rule, example in _SHIPPED],
)
def test_examples_of_shipped_rules_come_out_as_they_say(rule: Rule, example: Example) -> None:
    """What a rule file promises is what it does."""
    trial = try_example(rule, example, shipped_knowledge())
    assert trial.is_good, trial.complaint


@pytest.mark.parametrize(
    ("expect", "got"),
    [
        ("silent", "alert:new"),
        ("alert:revision", "alert:new"),
        ("digest:new", "alert:new"),
        ("alert:new", None),
        ("alert", None),
    ],
)
def test_an_example_that_comes_out_otherwise_is_told(
    tmp_path: Path, expect: str, got: str | None
) -> None:
    """A wrong expectation is a complaint with what was got and why; a right one is none."""
    _problems(tmp_path, one=_FIGURE)
    rule = load_rules((tmp_path,), shipped_knowledge()).rules[0]
    text = "About 10,000 North Korean troops are in Kursk, the Pentagon said."
    trial = try_example(rule, Example(name="x", text=text, expect=expect), shipped_knowledge())
    assert trial.is_good is (got is None)
    if got is not None:
        assert trial.complaint is not None
        assert trial.complaint.startswith(f"expected {expect}, got {got} (10,000: new: ")
