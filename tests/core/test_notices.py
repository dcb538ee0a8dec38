# SPDX-License-Identifier: Apache-2.0
"""Notices: which figure a text calls wrong, which right, and what is no notice at all."""

from __future__ import annotations

import pytest
from sample_articles import report

from monitor.core.notices import REJECTED_AS, find_notices
from monitor.knowledge import shipped_knowledge

_NOTICES = {
    "an earlier version, corrected in the next sentence": (
        (
            "Correction: an earlier version of this article said 15,000 North Korean soldiers were in "
            "Kursk. The correct figure is 12,000."
        ),
        [((15_000, 15_000), (12_000, 12_000))],
    ),
    "an earlier version, corrected in the same sentence": (
        (
            "An earlier version of this story misstated the number of troops as 15,000; it should have "
            "been 12,000."
        ),
        [((15_000, 15_000), (12_000, 12_000))],
    ),
    "not the one but the other": (
        "(Corrects number of soldiers to 12,000, not 15,000, in paragraph 3)",
        [((15_000, 15_000), (12_000, 12_000))],
    ),
    "from the one to the other": (
        "Corrects figure from 15,000 to 12,000.",
        [((15_000, 15_000), (12_000, 12_000))],
    ),
    "we withdraw": (
        "We have withdrawn the claim that 15,000 soldiers had arrived.",
        [((15_000, 15_000), None)],
    ),
    "we wrongly reported": (
        "In our earlier report we wrongly said that 15,000 troops are in Russia.",
        [((15_000, 15_000), None)],
    ),
    "a range": (
        "An earlier version of this article said 11,000 to 12,000 troops. It should be 10,000.",
        [((11_000, 12_000), (10_000, 10_000))],
    ),
    "a date is no figure": (
        (
            "Correction: an earlier version of this article, published on 4 November 2024, said 15,000 "
            "soldiers."
        ),
        [((15_000, 15_000), None)],
    ),
    "words": (
        "Correction: the previous version gave fifteen thousand as the number of soldiers.",
        [((15_000, 15_000), None)],
    ),
    "this report was retracted": (
        "This report has been retracted: it said 15,000 soldiers had crossed the river.",
        [((15_000, 15_000), None)],
    ),
}

_NO_NOTICES = {
    "troops are withdrawn": "Russia has withdrawn 15,000 troops from the Kursk region.",
    "a report of a withdrawal": "A report said that 15,000 soldiers have been withdrawn.",
    "we have withdrawn troops": "“We have withdrawn 15,000 of our soldiers,” the general said.",
    "the first version of a plan": "The plan foresees 15,000 soldiers, the minister said.",
    "a correct figure": "The correct number is hard to tell, but 15,000 soldiers are there.",
    "a source that changes its mind": "The Pentagon raised its estimate from 10,000 to 12,000.",
    "a correctional colony": "About 15,000 men left correctional colonies for the front.",
}


@pytest.mark.parametrize(("text", "expected"), list(_NOTICES.values()), ids=list(_NOTICES))
def test_a_notice_names_the_wrong_and_the_right_figure(
    text: str, expected: list[tuple[object, object]]
) -> None:
    """Wrong and right are told apart by the words before them."""
    found = find_notices(f"Something happened.\n\n{text}", shipped_knowledge())
    assert [(notice.wrong, notice.right) for notice in found] == expected


@pytest.mark.parametrize("text", list(_NO_NOTICES.values()), ids=list(_NO_NOTICES))
def test_what_only_sounds_like_one_is_no_notice(text: str) -> None:
    """Troops that are withdrawn are no figure that is withdrawn."""
    assert find_notices(text, shipped_knowledge()) == ()


def test_spans_point_at_the_figures_of_the_text() -> None:
    """Evidence of a notice is the original's own characters, whatever its quotes and spaces."""
    text = "Correction: an earlier version of this story said 15\u202f000 troops. It is “12,000”."
    (notice,) = find_notices(text, shipped_knowledge())
    assert text[notice.wrong_span.start : notice.wrong_span.end] == "15\u202f000"
    assert notice.right_evidence is not None
    span = notice.right_evidence.span
    assert (text[span.start : span.end], notice.right_evidence.text) == ("12,000", "12,000")


def test_a_figure_that_its_text_calls_wrong_is_no_claim() -> None:
    """It is listed among the numbers that were not taken."""
    article = report(
        "corrected",
        "About 12,000 North Korean soldiers are in Kursk, Zelensky said.\n\nCorrection: an earlier "
        "version of this article said 15,000 North Korean soldiers were in Kursk.",
    )
    assert [claim.low for claim in article.claims] == [12_000]
    refused = [row for row in article.rejected if row.reason == REJECTED_AS]
    assert [row.text for row in refused] == ["15,000"]
    assert len(article.notices) == 1
