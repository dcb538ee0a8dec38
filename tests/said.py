# SPDX-License-Identifier: Apache-2.0
"""Every text that the program says to a reader in their language, collected from code and templates.

What it is not: a catalogue. A text counts if it stands where it is translated: a call of `words(...)`
or `t(...)`, the arguments of a page that only says something, a mistake of a form, or one of the
tables of texts named here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from monitor.core import letters, render, templates
from monitor.core.opinions import OPINION_WORDS
from monitor.core.wording import VERDICT_WORDS
from monitor.knowledge import shipped_knowledge
from monitor.web import choices, signup

_PACKAGE = Path(letters.__file__).resolve().parents[1]
_CALLERS = {"words", "t", "_words"}


def all_said() -> set[str]:
    """Return all texts."""
    found = set(_tables())
    for path in [*_PACKAGE.glob("core/*.py"), *_PACKAGE.glob("web/*.py")]:
        found |= set(_in_python(path.read_text(encoding="utf-8")))
    for text in (
        letters._HTML,
        templates.MAIL_HTML,
        *(path.read_text(encoding="utf-8") for path in _PACKAGE.glob("web/templates/*.html")),
    ):
        found |= set(_in_template(text))
    return found


def _tables() -> Iterator[str]:
    yield from letters._SUBJECTS.values()
    for lines in letters._BODIES.values():
        yield from lines
    yield from ("Confirm the subscription", "Change my preferences")
    yield "Delete what is stored about me"
    yield from OPINION_WORDS.values()
    yield from VERDICT_WORDS.values()
    yield from ("Withdrawn", "Still claimed", "Article", "Daily digest", "Weekly digest")
    yield from choices._SEVERITY_NAMES.values()
    yield from choices._PACE_NAMES.values()
    yield signup._NO_ADDRESS
    yield render._TEST_NOTE
    yield from shipped_knowledge().measures


def _in_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.Assign):
            yield from _in_assignment(node)


def _in_call(node: ast.Call) -> Iterator[str]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLERS and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
    if isinstance(node.func, ast.Attribute) and node.func.attr == "told":
        for argument in node.args[2:]:
            yield from _strings(argument)


def _in_assignment(node: ast.Assign) -> Iterator[str]:
    for target in node.targets:
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        for name in names:
            if isinstance(name, ast.Subscript) and getattr(name.value, "id", "") == "mistakes":
                first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
                yield from _strings(first)
            if isinstance(name, ast.Name) and name.id == "lines":
                yield from _strings(node.value)


def _strings(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        text = getattr(inner, "value", None)
        if isinstance(text, str) and re.search("[A-Za-z]", text) and not text.startswith("/"):
            yield text


def _in_template(text: str) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(text)
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args:
            first = call.args[0]
            if isinstance(first, nodes.Const):
                yield str(first.value)
