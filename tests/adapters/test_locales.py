# SPDX-License-Identifier: Apache-2.0
"""The catalogues against every text that the program says, and how each language writes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from said import all_said

from monitor.config import SubscriberSettings
from monitor.core.words import ENGLISH, Words, holes
from monitor.locales import shipped_words

_CATALOGUES = {code: words for code, words in shipped_words().items() if code != "en"}
_SAID = all_said()


def test_there_are_languages_and_texts_to_compare() -> None:
    """German and Ukrainian are there beside English, and the collection found the texts."""
    assert {"de", "uk"} <= set(_CATALOGUES)
    assert len(_SAID) > 140
    assert {
        "Subscribe",
        "Why you got this:",
        "New figure",
        "This link is not good any more",
    } <= _SAID


@pytest.mark.parametrize("code", sorted(_CATALOGUES))
def test_a_catalogue_has_every_text_and_no_other(code: str) -> None:
    """Each text has a translation, and no translation is of a text that nobody says any more."""
    texts = _CATALOGUES[code].texts
    assert sorted(_SAID - texts.keys()) == []
    assert sorted(texts.keys() - _SAID) == []


@pytest.mark.parametrize("code", sorted(_CATALOGUES))
def test_a_translation_has_the_same_holes(code: str) -> None:
    """What is filled in in English is filled in in every language, and nothing else."""
    wrong = [
        english
        for english, text in _CATALOGUES[code].texts.items()
        if holes(english) != holes(text) or not text.strip()
    ]
    assert wrong == []


@pytest.mark.parametrize("code", sorted(_CATALOGUES))
def test_a_language_is_complete(code: str) -> None:
    """It has twelve months, a name and a way to write days, and the configuration knows it."""
    words = _CATALOGUES[code]
    assert len(set(words.months)) == 12
    assert holes(words.day) == {"day", "month", "year"}
    assert words.name
    assert SubscriberSettings(id="a", email="a@example.org", language=code).language == code


def test_what_is_missing_is_said_in_english() -> None:
    """A text without a translation is shown in English, filled in all the same."""
    words = Words(language="xx", texts={"Save": "Spara"})
    assert words("Save") == "Spara"
    assert words("For {address}", address="a@example.org") == "For a@example.org"


def test_what_is_filled_in_is_never_taken_for_a_pattern() -> None:
    """Braces in a value stay braces, and a value is not looked up."""
    assert ENGLISH("For {address}", address="{address} {0.__class__}") == (
        "For {address} {0.__class__}"
    )
    assert Words(texts={"Save": "Spara"})("For {address}", address="Save") == "For Save"


@pytest.mark.parametrize(
    ("code", "line", "day"),
    [
        ("en", "10,000 -> 11,000-12,000", "4 Nov 2024"),
        ("de", "10.000 -> 11.000-12.000", "4. Nov. 2024"),
        ("uk", "10\u00a0000 -> 11\u00a0000-12\u00a0000", "4 листоп. 2024"),
    ],
)
def test_figures_and_days_are_written_as_the_language_does(code: str, line: str, day: str) -> None:
    """Ten thousand is ten thousand to every reader."""
    words = shipped_words()[code]
    assert words.figures("10,000 -> 11,000-12,000") == line
    assert words.date(date(2024, 11, 4)) == day


def test_only_groups_of_three_are_touched() -> None:
    """A list of short numbers and a decimal keep their commas."""
    assert shipped_words()["de"].figures("rules 1,2 and 10,5; 1,234,567") == (
        "rules 1,2 and 10,5; 1.234.567"
    )


def test_minutes_are_by_the_readers_clock() -> None:
    """A moment is shown in the reader's zone, which is named."""
    words = Words(zone=ZoneInfo("Europe/Kyiv"))
    moment = datetime(2024, 11, 4, 22, 30, tzinfo=UTC)
    assert words.minute(moment) == "5 Nov 2024, 00:30 EET"
