# SPDX-License-Identifier: Apache-2.0
"""Gates of words only save time: what stands behind them reads the same when they are open.

`Sentence.has` asks whether one of the words stands in a sentence that an expression cannot do without. A
word that is missing from a gate closes it where the expression would have matched, and nothing tells.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest
from corpus.evaluate import HELD, TUNE, Passage, passages

from monitor.core import claims
from monitor.core.claims.grammar import Grammar, grammar_of
from monitor.core.claims.merge import merged
from monitor.core.claims.reader import Reader
from monitor.core.claims.story import Story
from monitor.core.claims.wordlists import vocabulary
from monitor.core.knowledge import Knowledge
from monitor.core.model import Claim, Rejection
from monitor.knowledge import shipped_knowledge

_FOLDER = Path(claims.__file__).parent
# The corpus is read whole, as a gate may matter to one passage only, but in parts that run side by side.
_PARTS = 4


def _gates() -> dict[str, frozenset[str]]:
    """Return the words of every gate by its place, "module.NAME": what `sentence.has(NAME)` is given."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(_FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="has"), args=[argument]):
                    name = ast.unparse(argument)  # a constant of its module, or it is not found
                    module = import_module(f"{claims.__name__}.{path.stem}")
                    found[f"{path.stem}.{name}"] = getattr(module, name)
                case _:
                    pass
    return found


_GATES = _gates()


def _read(
    passage: Passage,
    knowledge: Knowledge,
    grammars: Sequence[Grammar],
    words: frozenset[str] | None,
) -> tuple[tuple[Claim, ...], list[Rejection]]:
    """Return the reading of a passage whose sentences are said to hold `words`; None: those they do."""
    story = Story(passage.title or "", passage.text, knowledge, grammars[0])
    for sentence in story.sentences:
        assert sentence.words_found is None, "a gate was asked before it could be opened"
        sentence.words_found = words
    day = passage.published.date()
    readers = [Reader(story, knowledge, grammar, day) for grammar in grammars]
    for reader in readers:
        reader.read()
    mentions = [mention for reader in readers for mention in reader.mentions]
    rejected = [rejection for reader in readers for rejection in reader.rejected]
    return merged(mentions, knowledge, day), rejected


@pytest.mark.parametrize("part", range(_PARTS))
def test_every_expression_behind_a_gate_reads_the_same_with_the_gate_open(part: int) -> None:
    """No gate keeps out a passage of the corpus that the expression behind it would have read."""
    knowledge, every = shipped_knowledge(), frozenset[str]().union(*_GATES.values())
    grammars = [grammar_of(knowledge, measure, "en") for measure in sorted(knowledge.measures)]
    differ: list[str] = []
    for passage in passages((*TUNE, *HELD))[part::_PARTS]:
        parts = [*filter(None, (passage.title, passage.text))]
        passing = [grammar for grammar in grammars if grammar.passes(*parts)]
        if passing:
            closed = _read(passage, knowledge, passing, None)
            if _read(passage, knowledge, passing, every) != closed:
                differ.append(passage.id)
    assert differ == []


@pytest.mark.parametrize("gate", _GATES)
def test_the_words_of_a_gate_are_such_as_a_sentence_can_be_found_to_have(gate: str) -> None:
    """Words are parted and in lower case: "don't", "so-called" or "NATO" would keep a gate shut for ever."""
    assert {word for word in _GATES[gate] if vocabulary(word) != {word}} == set()


def test_gates_are_found_where_they_stand() -> None:
    """The two tests above would hold of no gates at all."""
    assert {gate.split(".")[0] for gate in _GATES} >= {"denials", "frames", "harm", "rejects"}
    assert all(_GATES.values())


@pytest.mark.parametrize("path", sorted(_FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_every_private_constant_is_read_in_its_module(path: Path) -> None:
    """A gate that nothing asks any more is left over; no linter looks for unread names of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    set_here = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in ast.walk(ast.Tuple(node.targets))
        if isinstance(target, ast.Name)
        and target.id.startswith("_")
        and not target.id.startswith("__")
    }
    read = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    assert set_here - read == set()
