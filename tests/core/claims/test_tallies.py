# SPDX-License-Identifier: Apache-2.0
"""Whom an estimate counts, and who says it where somebody raises or lowers it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize("as_title", [True, False], ids=["title", "text"])
@pytest.mark.parametrize(
    ("text", "force", "family"),
    [
        ("US raises Russian troop estimate in Syria to 4,100", "RU", "us-government"),
        ("Ukraine raises North Korean estimate to 15,500", "KP", "ukraine-government"),
        ("Ukraine raises North Korea troop estimate to 15,500", "KP", "ukraine-government"),
        ("US raises Russian troop estimate, sees 4,100 in Syria", "RU", "us-government"),
        ("Russian troop estimate raised to 4,100 by Ukraine", "RU", "ukraine-government"),
        ("Kyiv's North Korean troop estimate rises to 15,500", "KP", "ukraine-government"),
        ("US raises Seoul's North Korean troop estimate to 12,000", "KP", "south-korea-government"),
        ("North Korea raises its troop estimate to 12,000", "KP", "north-korea-government"),
        ("Russian estimate puts Ukrainian troops in Kursk at 12,000", "UA", "russia-government"),
        ("Russia raises troop count in Belarus to 9,000", "RU", None),
    ],
)
def test_who_changes_an_estimate_says_it_and_the_people_before_it_is_counted(
    text: str, force: str, family: str | None, *, as_title: bool
) -> None:
    """The subject of the verb is the source, in a title as in a text; a possessive owns."""
    title, body = (text, "The figure was given on Monday.") if as_title else (None, f"{text}.")
    document = Document(title=title, text=body, published=_PUBLISHED)
    (claim,) = extract(document, shipped_knowledge(), measures=("troops",)).claims
    assert (claim.force, claim.source and claim.source.family) == (force, family)


def test_a_figure_that_an_estimate_was_raised_to_is_not_past() -> None:
    """Only the figure after "from" is."""
    text = "The Pentagon has revised its Russian troop estimate in Poland from 10,000 to 12,300."
    document = Document(text=text, published=_PUBLISHED)
    claims = extract(document, shipped_knowledge(), measures=("troops",)).claims
    assert [(c.low, c.status.value) for c in claims] == [(10_000, "past"), (12_300, "present")]
