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
_THRESHOLD = (
    _FIGURE.replace("figure-change", "threshold")
    .replace("[figure]", "[threshold]\nvalue = 9000")
    .replace('min_change = "2%"\n', "")
)
_ABSENCE = (
    _THRESHOLD.replace('"threshold"', '"absence"')
    .replace("[threshold]\nvalue = 9000", '[absence]\nwhat = "claim"\nfor = "14d"')
    .replace('expect = "alert:new"', 'after = "15d"\nexpect = "alert"')
)
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
    "a threshold rule without a value": (
        _THRESHOLD.replace("value = 9000", ""),
        "threshold.value",
        "is required",
    ),
    "a threshold rule with a figure": (
        _THRESHOLD.replace("[[example]]", '[figure]\nmeasure = "troops"\n[[example]]', 1),
        "figure",
        "a threshold rule has no [figure] table",
    ),
    "an unknown name of a threshold rule": (
        _THRESHOLD.replace('["russia"]', '["rusia"]'),
        "threshold.places",
        "unknown name 'rusia'; did you mean 'russia'?",
    ),
    "an absence rule without a duration": (
        _ABSENCE.replace('for = "14d"', ""),
        "absence.for",
        "is required",
    ),
    "an absence rule with a duration in words": (
        _ABSENCE.replace('"14d"', '"a while"'),
        "absence.for",
        'expected a duration such as "90s", "5m", "6h" or "2d"',
    ),
    "an absence rule without a measure": (
        _ABSENCE.replace('measure = "troops"', ""),
        "absence.measure",
        "is required: of what a claim is awaited",
    ),
    "an absence rule about articles with a force": (
        _ABSENCE.replace('"claim"', '"article"')
        .replace('measure = "troops"\n', "")
        .replace('places = ["russia"]\n', ""),
        "absence.forces",
        "an article has no figure: match and feeds choose articles",
    ),
    "an example that waits for a figure": (
        _FIGURE.replace('expect = "alert:new"', 'expect = "alert:new"\nafter = "2d"'),
        "example.0.after",
        "only absence rules wait",
    ),
    "an unknown unit": (
        _FIGURE.replace("min_change", 'units = ["person"]\nmin_change'),
        "figure.units",
        "unknown name 'person'; did you mean 'persons'?",
    ),
    "a weight of nobody known": (
        _FIGURE.replace("[[example]]", "[figure.weights]\npentgon = 0.5\n[[example]]", 1),
        "figure.weights",
        "unknown name 'pentgon'; did you mean 'pentagon'?",
    ),
    "a weight above one": (
        _FIGURE.replace("[[example]]", "[figure.weights]\nunnamed = 2\n[[example]]", 1),
        "figure.weights.unnamed",
        "Input should be less than or equal to 1",
    ),
    "an unknown verdict": (
        _FIGURE.replace("min_change", 'alert_on = ["nwe"]\nmin_change'),
        "figure.alert_on.0",
        (
            "Input should be 'duplicate', 'correction', 'detail', 'vague', 'recall', 'restatement',"
            " 'new-place', 'corroboration', 'revision', 'new', 'planned', 'hypothetical', 'past',"
            " 'denied' or 'exercise'; did you mean 'new'?"
        ),
    ),
    "a severity for no change": (
        _KEYWORD.replace(
            "match =", 'severity_by_change = [{ change = "5%", severity = "high" }]\nmatch ='
        ),
        "severity_by_change",
        "a rule of kind keyword sees no change",
    ),
    "a step that is no number": (
        _FIGURE.replace(
            "\n[figure]",
            'severity_by_change = [{ change = "much", severity = "high" }]\n\n[figure]',
        ),
        "severity_by_change.0.change",
        'expected a share such as "2%" or a number of units',
    ),
    "a language in words": (
        _KEYWORD.replace("match =", 'languages = ["English"]\nmatch ='),
        "languages.0",
        "String should match pattern '^[a-z]{2,3}$'",
    ),
    "an expression with a broken pattern": (
        _KEYWORD.replace("kursk AND troops", "kursk AND /(a/"),
        "match",
        "column 12: not a pattern: missing ): (a",
    ),
    "a rule that extends none": (
        _FIGURE.replace("severity", 'extends = "test.figur"\nseverity'),
        "extends",
        "no rule 'test.figur'; did you mean 'test.figure'?",
    ),
    "a rule that extends itself": (
        _FIGURE.replace("severity", 'extends = "test.figure"\nseverity'),
        "extends",
        "rules extend each other: test.figure -> test.figure",
    ),
    "an example that expects nothing known": (
        _KEYWORD.replace('expect = "alert"', 'expect = "alarm"'),
        "example.0.expect",
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
        ("two", "example.1.expect"),
        ("three", None),
    }


def test_names_are_told_although_the_form_is_broken(tmp_path: Path) -> None:
    """A wrong type, an unknown key, an unknown name and a bad expression, all at once."""
    text = (
        _FIGURE.replace('["russia"]', '["rusia"]')
        .replace('title = "Test"', "title = 5")
        .replace('severity = "high"', 'severty = "high"\nmatch = "(kursk"')
        .replace('min_change = "2%"', 'min_change = "two"')
    )
    found = _problems(tmp_path, bad=text)
    assert {problem.field for problem in found} == {
        "title",
        "severty",
        "match",
        "figure.places",
        "figure.min_change",
    }
    lines = text.splitlines()
    for problem in found:
        assert problem.line is not None
        assert lines[problem.line - 1].startswith((problem.field or "").split(".")[-1])


_LINES = """\
id = "test.lines"
title = "Lines"
kind = "figure-change"
description = '''
places = "not a key"
[figure]
'''

[figure]
measure = "troops"
places = [
  "russia",
  "rusia",
]

[[example]]
name = "fires"
text = "x"
expect = "alert"

[[example]]
name = "silent"
text = "y"
expect = "quiet"
"""


def test_a_line_is_that_of_the_very_key(tmp_path: Path) -> None:
    """Of the right table, the right example and the right item, and never inside a long text."""
    found = {problem.field: problem.line for problem in _problems(tmp_path, lines=_LINES)}
    assert found == {"figure.places": 13, "example.1.expect": 24, "example": 16}


_CHILD = f"""
id = "test.child"
title = "Child"
extends = "test.figure"
match = "kursk"

[figure]
places = ["kursk"]
{_EXAMPLES}"""


def test_a_rule_takes_over_what_it_does_not_set(tmp_path: Path) -> None:
    """Tables are merged key by key, lists replaced; names, status and examples are its own."""
    parent = _FIGURE.replace("severity", 'status = "experimental"\nseverity')
    assert _problems(tmp_path, parent=parent, child=_CHILD) == ()
    child, above = load_rules((tmp_path,), shipped_knowledge()).rules
    assert child.figure is not None
    assert above.figure is not None
    assert (child.kind, child.severity, child.title) == (above.kind, above.severity, "Child")
    assert (child.status, above.status) == (RuleStatus.STABLE, RuleStatus.EXPERIMENTAL)
    assert (child.figure.places, child.figure.forces) == (("kursk",), ("KP",))
    assert child.figure.min_change == above.figure.min_change
    assert (child.extends, str(child.match), above.match) == ("test.figure", "kursk", None)


def test_a_rule_may_extend_one_of_the_library(tmp_path: Path) -> None:
    """The rule above need not be among those that are loaded."""
    (tmp_path / "library").mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "library" / "parent.toml").write_text(_FIGURE, encoding="utf-8")
    (tmp_path / "own" / "child.toml").write_text(_CHILD, encoding="utf-8")
    library = (tmp_path / "library",)
    rules = load_rules((tmp_path / "own",), shipped_knowledge(), library=library).rules
    assert [rule.id for rule in rules] == ["test.child"]


def test_an_inherited_mistake_is_told_as_such(tmp_path: Path) -> None:
    """The file that extends says what is wrong above, at the line where it extends."""
    parent = _FIGURE.replace('["KP"]', '["nowhere"]')
    own = _CHILD.replace('[figure]\nplaces = ["kursk"]', "")
    found = _problems(tmp_path, parent=parent, child=own)
    assert [(Path(one.file).stem, one.field) for one in found] == [
        ("child", "extends"),
        ("parent", "figure.forces"),
    ]
    assert found[0].message == "test.figure: figure.forces: unknown name 'nowhere'"
    assert found[0].line == 4


def test_the_version_of_a_rule_is_what_it_asks(tmp_path: Path) -> None:
    """Another limit is another version; another example or description is not."""
    versions = []
    for number, text in enumerate(
        (
            _FIGURE,
            _FIGURE.replace("fires", "does fire").replace(
                "severity", 'description = "x"\nseverity'
            ),
            _FIGURE.replace('"2%"', '"3%"'),
        )
    ):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        versions.append(load_rules((path,), shipped_knowledge()).rules[0].version)
    assert versions[0] == versions[1] != versions[2]


@pytest.mark.parametrize(
    "text",
    [_FIGURE, _KEYWORD, _THRESHOLD, _ABSENCE],
    ids=["figure-change", "keyword", "threshold", "absence"],
)
def test_each_kind_is_tried_on_its_examples(tmp_path: Path, text: str) -> None:
    """A file of each kind loads, and does what its examples say."""
    assert _problems(tmp_path, one=text) == ()
    knowledge = shipped_knowledge()
    (rule,) = load_rules((tmp_path,), knowledge).rules
    assert [try_example(rule, example, knowledge).complaint for example in rule.examples] == [
        None,
        None,
    ]


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
