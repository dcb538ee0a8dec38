# SPDX-License-Identifier: Apache-2.0
"""The page of promises names tests that exist, for every promise that it is about."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from hostile import CASES

_ROOT = Path(__file__).resolve().parents[1]
_PAGE = (_ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
_ROWS = {
    int(number): (tests, result)
    for number, tests, result in re.findall(
        r"(?m)^\| (\d+) \| [^|]+ \| (.+?) \| ([^|]+) \|$", _PAGE
    )
}
_NUMBERS = {7: "seven", 8: "eight", 9: "nine", 10: "ten"}
_PROMISED = set(range(1, 71))


def _tests() -> set[str]:
    """Return the names of all test functions of the suite."""
    return {
        node.name
        for path in (_ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_promise_has_a_row_with_tests_that_exist() -> None:
    """No promise of the list is missing, and no test is only a name."""
    assert set(_ROWS) == _PROMISED
    known = _tests()
    for number, (tests, _) in _ROWS.items():
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, number
        assert [name for name in named if name not in known] == [], number


def test_every_row_says_how_far_the_promise_is_kept() -> None:
    """Kept, or in part with what is missing."""
    for number, (_, result) in _ROWS.items():
        assert re.match(r"kept(;.+)?$|in part: .+", result.strip()), number


def test_the_numbers_of_hostile_answers_are_those_of_the_suite() -> None:
    """Each class has its row with its number; the ends add up to it and are ends that it may have."""
    page = (_ROOT / "docs" / "hostile.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| [^|]+ \| (\d+) \| ([^|]+) \|$", page)
    assert {kind: int(count) for kind, count, _ in rows} == Counter(case.kind for case in CASES)
    assert f"makes {len(CASES)} answers of {_NUMBERS[len(rows)]} classes" in page
    for kind, count, told in rows:
        ends = {end: int(n) for end, n in re.findall(r"`([\w…-]+)` (\d+)", told)}
        cases = [case for case in CASES if case.kind == kind]
        possible = {_shown(end) for case in cases for end in case.ends_as}
        certain = Counter(_shown(*case.ends_as) for case in cases if len(case.ends_as) == 1)
        assert sum(ends.values()) == int(count), kind
        assert set(ends) <= possible, kind
        assert all(ends.get(end, 0) >= least for end, least in certain.items()), kind


def _shown(end: str) -> str:
    return "http-…" if end.startswith("http-") else end
