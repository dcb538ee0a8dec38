# SPDX-License-Identifier: Apache-2.0
"""Keyword expressions: what each form finds, how they bind, and what a mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.expression import Expression, ExpressionError, Searchable, compile_expression

_TITLE = "Kyiv counts the newcomers"
_TEXT = (
    "Some 11,000 North Korean soldiers have reached Russia's Kursk region, Zelensky said."
    " The Russian-held bridge was not hit. Pyongyang’s men wear foreign uniforms; U.S. officials"
    " agree."
)


def _holds(source: str, *, title: str = _TITLE, text: str = _TEXT) -> bool:
    return compile_expression(source).holds(Searchable(title=title, text=text))


_FOUND = {
    "a word": "kursk",
    "in any case": "KURSK",
    "in the title": "newcomers",
    "a possessive by its word": "pyongyang",
    "a possessive as it stands": "Russia's",
    "with a typographic apostrophe": "Pyongyang's",
    "half of a hyphenated word": "russian",
    "the hyphenated word": "russian-held",
    "an abbreviation": '"U.S. officials"',
    "a number": "11",
    "a star at the end": "soldier*",
    "a star for nothing": "kursk*",
    "a star at the front": "*korean",
    "a star within": "sol*ers",
    "a question mark": "k?rsk",
    "a phrase": '"north korean soldiers"',
    "a phrase with a star": '"north korea* soldier*"',
    "a phrase across other marks": '"kursk region zelensky said"',
    "and": "kursk AND zelensky",
    "and, unwritten": "kursk zelensky",
    "or, first": "kursk OR berlin",
    "or, second": "berlin OR kursk",
    "not": "kursk AND NOT berlin",
    "not before a phrase": 'NOT "south korean"',
    "not of a group": "kursk NOT (berlin OR paris)",
    "and binds before or": "berlin AND paris OR kursk",
    "parentheses bind first": "(berlin OR kursk) AND zelensky",
    "not binds before and": "NOT berlin AND kursk",
    "twice negated": "NOT (NOT kursk)",
    "near": "soldiers NEAR/3 reached",
    "near, the other way round": "reached NEAR/3 soldiers",
    "near, exactly so far": "soldiers NEAR/2 reached",
    "near a phrase": '"north korean" NEAR/1 soldiers',
    "near any of a group": "(berlin OR zelensky) NEAR/2 region",
    "near in a row": "korean NEAR/1 soldiers NEAR/2 reached",
    "near binds before and": "zelensky AND soldiers NEAR/2 reached",
    "in a field": "title:kyiv",
    "in the other field": "text:kursk",
    "a group in a field": "title:(kyiv counts)",
    "a phrase in a field": 'title:"kyiv counts"',
    "not in a field": "kyiv AND NOT text:kyiv",
    "an operator, quoted": '"not" AND bridge',
    "an operator in lower case": "bridge was not hit",
    "two words of one sentence": "soldiers SENTENCE zelensky",
    "two words of one sentence, turned round": "zelensky SENTENCE soldiers",
    "a sentence that ends with an abbreviation": "officials SENTENCE pyongyang",
    "a phrase and any of a group in one sentence": '(berlin OR region) SENTENCE "north korean"',
    "three in one sentence": "soldiers SENTENCE kursk SENTENCE zelensky",
    "words of one headline": "kyiv SENTENCE newcomers",
    "a regular expression": r"/\d{2},\d{3}/",
    "a regular expression at the edges of words": r"/\bkorean soldiers\b/",
    "a regular expression in any case": "/KURSK REGION/",
    "a regular expression near a word": r"/\d+,\d+/ NEAR/3 soldiers",
    "a regular expression in a sentence with a word": r"/\d+,\d+/ SENTENCE zelensky",
    "a regular expression in a field": r"title:/\bcounts\b/",
    "a regular expression with a blank and a slash": r"/north korean/ OR /a\/b/",
}
_NOT_FOUND = {
    "a part of a word": "kurs",
    "another word": "berlin",
    "a phrase in another order": '"korean north soldiers"',
    "a phrase with a gap": '"north soldiers"',
    "a phrase across title and text": '"newcomers some"',
    "a question mark for nothing": "kursk?",
    "and": "kursk AND berlin",
    "or": "berlin OR paris",
    "not": "kursk AND NOT zelensky",
    "not alone": "NOT kursk",
    "and binds before or": "(berlin OR kursk) AND paris",
    "near, one too far": "soldiers NEAR/1 reached",
    "near across title and text": "newcomers NEAR/5 some",
    "near itself": "zelensky NEAR/5 zelensky",
    "in another field": "title:kursk",
    "a group in another field": "title:(kursk OR zelensky)",
    "near in another field": "title:(kyiv NEAR/3 soldiers)",
    "a word of another field near": "text:counts NEAR/3 kyiv",
    "words of two sentences": "soldiers SENTENCE bridge",
    "a word of the headline and one of the text": "newcomers SENTENCE soldiers",
    "a part of a word by a regular expression": r"/\bkurs\b/",
    "a regular expression in another field": "title:/kursk/",
    "a regular expression too far away": r"/\d+,\d+/ NEAR/2 soldiers",
}


@pytest.mark.parametrize("source", _FOUND.values(), ids=_FOUND)
def test_an_expression_finds(source: str) -> None:
    """Each form holds where it should."""
    assert _holds(source)
    assert compile_expression(source).explain(Searchable(title=_TITLE, text=_TEXT)) is None


@pytest.mark.parametrize("source", _NOT_FOUND.values(), ids=_NOT_FOUND)
def test_an_expression_does_not_find(source: str) -> None:
    """And does not hold where it should not, with a reason."""
    assert not _holds(source)
    assert compile_expression(source).explain(Searchable(title=_TITLE, text=_TEXT))


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("kursk AND berlin", "berlin not found"),
        ('kursk AND "south korean" AND paris', '"south korean" not found'),
        ("kursk AND (berlin OR paris)", "(berlin OR paris) not found"),
        ("kursk AND NOT zelensky", "zelensky is there, and must not be"),
        ("soldiers NEAR/1 reached", "soldiers NEAR/1 reached not found"),
        ("title:kursk", "title:kursk not found"),
    ],
)
def test_the_first_part_that_fails_is_named(source: str, missing: str) -> None:
    """A silent rule says which part of its words was not there."""
    found = compile_expression(source).explain(Searchable(title=_TITLE, text=_TEXT))
    assert found == missing


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("", 1, "the expression is empty"),
        ("   ", 1, "the expression is empty"),
        ("kursk AND", 10, "something is missing at the end"),
        ("AND kursk", 1, "AND where a word was expected (quote it to search for it)"),
        ("kursk OR OR berlin", 10, "OR where a word was expected (quote it to search for it)"),
        ("(kursk", 1, "this parenthesis is not closed"),
        ("kursk)", 6, "a closing parenthesis without an opening one"),
        ("()", 2, ") where a word was expected (quote it to search for it)"),
        ('kursk AND "north korea', 11, "a quotation mark is not closed"),
        ("kursk NEAR/0 berlin", 7, "NEAR takes a distance from 1 to 100 words"),
        ("kursk NEAR/101 berlin", 7, "NEAR takes a distance from 1 to 100 words"),
        ("NEAR/3 kursk", 1, "NEAR/3 where a word was expected (quote it to search for it)"),
        ("kursk AND *", 11, "a word needs at least one letter or digit"),
        ('""', 1, "a word needs at least one letter or digit"),
        ("(" * 51 + "a" + ")" * 51, 51, "parentheses are nested too deeply"),
        ("a " * 501, 1001, "more than 500 words and operators"),
        ("SENTENCE kursk", 1, "SENTENCE where a word was expected (quote it to search for it)"),
        ("kursk SENTENCE", 15, "something is missing at the end"),
        ("kursk AND /a*/", 12, "the pattern matches nothing at all, so it would always hold"),
        (
            "kursk AND /ab",
            11,
            "a regular expression is not closed: it ends with / before a blank or parenthesis",
        ),
        (
            "/a(?=b)/",
            4,
            "look-around, flags and names are not available: a group is ( ) or (?: )",
        ),
    ],
    ids=[
        "empty",
        "blank",
        "nothing after AND",
        "nothing before AND",
        "two operators",
        "open parenthesis",
        "closed parenthesis",
        "empty parentheses",
        "open quotation",
        "NEAR/0",
        "NEAR/101",
        "NEAR first",
        "only a star",
        "empty phrase",
        "too deep",
        "too long",
        "SENTENCE first",
        "nothing after SENTENCE",
        "a regular expression for nothing",
        "open regular expression",
        "look-ahead",
    ],
)
def test_a_mistake_is_told_with_its_column(source: str, column: int, message: str) -> None:
    """Compiling fails at the first mistake, and says where and what."""
    with pytest.raises(ExpressionError) as error:
        compile_expression(source)
    assert error.value.column == column
    assert str(error.value) == f"column {column}: {message}"


def _compiled(source: str) -> Expression | ExpressionError:
    try:
        return compile_expression(source)
    except ExpressionError as error:
        return error


@given(st.text('ab*?"()/:NEARORDT1 ', max_size=40))
def test_any_text_compiles_or_is_refused(source: str) -> None:
    """Whatever people write, there is an expression that runs, or a mistake at a column of it."""
    compiled = _compiled(source)
    words = Searchable(title=_TITLE, text=_TEXT)
    if isinstance(compiled, ExpressionError):
        assert 1 <= compiled.column <= len(source) + 1
    else:
        assert compiled.holds(words) is (compiled.explain(words) is None)


_WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(words=_WORDS, distance=st.integers(1, 5))
def test_near_is_what_its_definition_says(words: list[str], distance: int) -> None:
    """A NEAR/n B holds exactly when some A and some B are at most n words apart."""
    wanted = any(
        first == "a" and second == "b" and abs(i - j) <= distance
        for i, first in enumerate(words)
        for j, second in enumerate(words)
    )
    assert _holds(f"a NEAR/{distance} b", title="", text=" ".join(words)) is wanted


def test_near_reaches_the_end_of_a_wide_group() -> None:
    """What counts is the gap between the two, however long either of them is."""
    text = f"a {'x ' * 80}b c"
    assert _holds("c NEAR/2 (a NEAR/100 b)", title="", text=text)


@given(words=_WORDS)
def test_a_phrase_is_what_its_definition_says(words: list[str]) -> None:
    """A phrase holds exactly when its words follow each other."""
    text = " ".join(words)
    assert _holds('"a b a"', title="", text=text) is (" a b a " in f" {text} ")


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("a*a*a*a*a*a*a*a*b", "a" * 20_000, False),
        ("*a*a*a*a*a*a*b", " ".join("a" * n for n in range(1, 150)), False),
        ("(a* NEAR/100 b*)", "a b " * 10_000, True),
        ('"a a a a a a a a a b"', "a " * 20_000, False),
    ],
    ids=[
        "stars on one long word",
        "stars on many words",
        "near everywhere",
        "a phrase of one word",
    ],
)
@pytest.mark.timeout(30)
def test_hostile_texts_are_answered(source: str, text: str, *, found: bool) -> None:
    """What an article holds cannot make a rule backtrack, which would outlast this session."""
    assert compile_expression(source).holds(Searchable(title="", text=text)) is found


@given(
    pattern=st.text("ab*?", min_size=1, max_size=8).filter(lambda text: set(text) & {"a", "b"}),
    word=st.text("ab", min_size=1, max_size=8),
)
def test_wildcards_are_what_their_definition_says(pattern: str, word: str) -> None:
    """A star stands for any characters, a question mark for one, and the whole word must fit."""
    assert _holds(pattern, title="", text=word) is _fits(pattern, word)


def _fits(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return _fits(pattern[1:], word) or (bool(word) and _fits(pattern, word[1:]))
    return bool(word) and pattern[0] in {"?", word[0]} and _fits(pattern[1:], word[1:])


def test_an_expression_reads_as_it_was_written() -> None:
    """Messages show the source, not a rewritten form."""
    assert str(compile_expression("a AND  b")) == "a AND  b"
