# SPDX-License-Identifier: Apache-2.0
"""From an entry to an article: which dates its figures get."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.model import Article
from monitor.core.prepare import Reading, prepare
from monitor.knowledge import shipped_knowledge

_SEEN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


_CLOCK_ZEROS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1904, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1980, 1, 1, tzinfo=UTC),
]


def _article(published: datetime | None) -> Article:
    return prepare(
        Reading(
            feed="f",
            publisher="f",
            entry_key="k",
            entry_hash="h",
            url=None,
            title="",
            content="The Pentagon said 12,000 North Korean troops are in Russia.",
            content_is_html=False,
            published=published,
            seen=_SEEN,
        ),
        shipped_knowledge(),
    )


@pytest.mark.parametrize(
    ("published", "as_of"),
    [
        (_SEEN - timedelta(days=2), date(2026, 11, 23)),
        (_SEEN + timedelta(hours=16), _SEEN.date()),
        (datetime(2038, 1, 1, tzinfo=UTC), _SEEN.date()),
    ],
    ids=["the past", "a zone taken for another", "the far future"],
)
def test_a_figure_is_never_from_the_future(published: datetime, as_of: date) -> None:
    """Else it would be the newest of its series for years, and real ones would be called old."""
    (found,) = _article(published).claims
    assert found.as_of == as_of


@pytest.mark.parametrize(
    "published", [datetime(2038, 1, 1, tzinfo=UTC), *_CLOCK_ZEROS], ids=lambda date: f"{date:%Y}"
)
def test_the_date_that_was_claimed_is_kept(published: datetime) -> None:
    """What the feed said stands beside the time at which the article was seen, which decides."""
    article = _article(published)
    assert article.published == published
    assert article.said == _SEEN


@pytest.mark.parametrize("published", _CLOCK_ZEROS, ids=lambda date: f"{date:%Y}")
def test_the_zero_of_a_clock_is_no_date(published: datetime) -> None:
    """Else every figure of that feed would be older than what anybody said."""
    assert _article(published).claims == _article(None).claims


def test_the_archive_of_a_newspaper_keeps_its_dates() -> None:
    """Dates from before the web are believed where a newspaper could have them online."""
    assert _article(datetime(1985, 3, 1, 9, tzinfo=UTC)).said.year == 1985
