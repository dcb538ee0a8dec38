# SPDX-License-Identifier: Apache-2.0
"""No module of the grammar, and no class in it, gives one name to two things: the second would win unseen.

The linters see a function that is defined anew, but not a constant, which the grammar has by the hundred.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from monitor.core import claims

_FOLDER = Path(claims.__file__).parent
_MODULES = sorted(_FOLDER.rglob("*.py"))


def _names(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield every name that the statements of a module or class bind, those inside `if` and `try` too."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
            case ast.Assign() | ast.AnnAssign():
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                for node in (node for target in targets for node in ast.walk(target)):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        yield node.id
            case ast.If() | ast.Try():
                for part in ("body", "orelse", "finalbody"):
                    yield from _names(getattr(statement, part, ()))
            case _:
                pass


def _twice(source: str) -> list[str]:
    """Return the names that a module's text, or a class at its top, binds more than once."""
    tree = ast.parse(source)
    classes = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    return [
        name
        for body in (tree.body, *classes)
        for name, times in Counter(_names(body)).items()
        if times > 1
    ]


@pytest.mark.parametrize("module", _MODULES, ids=lambda path: str(path.relative_to(_FOLDER)))
def test_no_module_of_the_grammar_defines_a_name_twice(module: Path) -> None:
    """A constant or a rule that is added under a name in use takes the place of the one before."""
    assert _twice(module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param("_A = 1\n_B = 2\n_A = 3\n", ["_A"], id="a constant"),
        pytest.param("def f(): ...\ndef f(): ...\n", ["f"], id="a function"),
        pytest.param("from a import b\ndef b(): ...\n", ["b"], id="an import and a function"),
        pytest.param("_A, _B = 1, 2\n_B: int = 3\n", ["_B"], id="one of two targets"),
        pytest.param("if x:\n    _A = 1\n_A = 2\n", ["_A"], id="under a condition"),
        pytest.param(
            "class C:\n    def f(self): ...\n    def f(self): ...\n", ["f"], id="a method"
        ),
        pytest.param("_A = 1\ndef f():\n    _A = 2\n", [], id="a local name is another"),
        pytest.param("_A = {}\n_A['b'] = 1\n", [], id="an item is no name"),
    ],
)
def test_names_that_are_bound_twice_are_found(source: str, names: list[str]) -> None:
    """What the test above looks for, and what it leaves alone."""
    assert _twice(source) == names
