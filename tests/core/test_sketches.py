# SPDX-License-Identifier: Apache-2.0
"""What of a text counts when it is compared: its own words, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.sketches import (
    compare,
    fingerprint,
    headline_share,
    headline_words,
    index_keys,
    sketch,
    words,
)
from tests.storybook import story, topic

_BODY = "Ten thousand soldiers came to the north.\nNobody can say why."
_OWN = words(_BODY)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: What is known about the north",
        "ALSO READ: Ten questions",
        "Related articles",
        "By Nora Quist",
        "By Nora Quist and Tom Harrow, Reuters",
        "(Reporting by Nora Quist; Editing by Tom Harrow)",
        "Additional reporting by Lea Brandt in Karsk",
        "Photo: Nora Quist / The Daily",
        "© 2024 The Daily. All rights reserved.",
        "Copyright 2024 The Daily",
        "Last updated on 4 November 2024 at 10:00",
        "Published: Nov 4, 2024",
        "Follow us on every channel",
        "Subscribe to our newsletter for more",
        "Advertisement",
        "3 min read",
        "Source: AFP",
        "The post Ten thousand appeared first on The Daily.",
        "Continue reading...",
    ],
)
def test_what_the_carrier_adds_does_not_count(line: str) -> None:
    """Bylines, credits, invitations and notices are not the text's own words."""
    assert words(f"{line}\n{_BODY}\n\n{line}") == _OWN


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the soldiers had gone.",
        "Reading by candle light is hard, the mayor said.",
        (
            "Read more than one report before you judge the number, he advised his colleagues in the long "
            "and heated debate that followed the announcement of the new figures by the ministry, in which "
            "several members of parliament took the floor to ask where the soldiers had come from."
        ),
        "Sources said that 10,000 men were there.",
        "The updated figure is 10,000.",
        "Photographs show 30 new tents.",
    ],
)
def test_sentences_that_look_alike_do_count(line: str) -> None:
    """Only whole lines of the known forms go."""
    assert len(words(line)) > 4


@pytest.mark.parametrize(
    "text",
    [
        "KARSK, Nov 4 (Reuters) - " + _BODY,
        "KARSK (AP) — " + _BODY,
        "Reuters - " + _BODY,
        _BODY + " (Reuters)",
        _BODY.replace("north", "no\u00adrth").replace("can", "can\u200b"),
        "<p>" + _BODY.replace("soldiers", "<b>soldiers</b>") + "</p>",
        _BODY.replace(" ", "\u00a0"),
        _BODY.replace("can say", "can&nbsp;say"),
        _BODY.replace("\n", "   \n\n  "),
    ],
    ids=["dateline", "short", "agency", "tail", "invisible", "tags", "blanks", "names", "lines"],
)
def test_dress_does_not_count(text: str) -> None:
    """Agency tags, markup, references, invisible characters and spacing change no word."""
    assert words(text) == _OWN


@pytest.mark.parametrize(
    "title",
    ["UPDATE 2-Ten men seen", "BREAKING: Ten men seen", "Ten men seen | The Daily", "Ten men seen"],
)
def test_labels_of_headlines_do_not_count(title: str) -> None:
    """A headline is the same with a label before it or the site's name after it."""
    assert headline_words(title) == ["ten", "men", "seen"]
    assert fingerprint(title, _BODY) == fingerprint("Ten men seen", _BODY)


def test_a_headline_of_nothing_but_a_label_keeps_its_words() -> None:
    """Rather a poor key than none."""
    assert headline_words("Updated: 4 November") == ["updated", "4", "november"]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Ten men in Karsk", "UPDATE 1-Ten men in Karsk", 1.0),
        ("10,000 men in Karsk", "11,000 men in Karsk", 0.0),
        ("10,000 men in Karsk", "10.000 men now in Karsk, says mayor", 1.0),
        ("", "Ten men", 0.0),
    ],
)
def test_headlines_agree_by_words_and_numbers(one: str, other: str, share: float) -> None:
    """Another number is other news, however like the words are."""
    assert headline_share(one, other) == share


def test_a_likeness_says_how_much_and_where() -> None:
    """A story with another first half shares its second half, in one passage, and not its lead."""
    one, other = story(topic(1), 1), story(topic(2), 2)
    half = " ".join(one.text.split()[-200:])
    mixed = " ".join(other.text.split()[:200]) + " " + half
    found = compare(sketch(mixed), sketch(one.text))
    assert 0.4 < found.containment < 0.7
    assert not found.begins_alike
    assert found.longest_gap > 10
    assert 150 < found.passages[0] < 250


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    """Nothing raises, shares lie between 0 and 1, and keys are some of the samples."""
    found = compare(sketch(one), sketch(other))
    assert 0.0 <= found.containment <= 1.0
    assert 0.0 <= found.opening <= 1.0
    assert found.longest_run + found.longest_gap <= len(
        set(found.own.hashes) | set(found.other.hashes)
    )
    assert set(index_keys(found.own, "")) <= set(found.own.hashes)
