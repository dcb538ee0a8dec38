# SPDX-License-Identifier: Apache-2.0
"""The steps that overrule a number's own sentence: each decides a text, and gives way in one like it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.core.claims.overrides import STEPS
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)
# By step: a text that it decides, with the rule that it sets; one that differs where it matters.
_DECIDED = {
    "gone-on": (
        ("The plan is clear. Three thousand soldiers, and a battalion in reserve.", "plan-before"),
        ("The map is clear. Three thousand soldiers, and a battalion in reserve.", "default"),
    ),
    "told-below": (
        (
            "Riga: 600 more Latvian troops for Minsk / The soldiers are to arrive in May.",
            "told-below",
        ),
        ("Riga: 600 more Latvian troops for Minsk / The parties are to meet in May.", "default"),
    ),
    "past-gone-on": (
        (
            "Italy sent 3,000 soldiers to Lebanon in 1982. Another 2,000 were landed from ships.",
            "past-gone-on",
        ),
        ("Italy has 3,000 soldiers in Lebanon. Another 2,000 were landed from ships.", "default"),
    ),
    "long-ago": (
        (
            "Singapore surrendered in February 1942. The British garrison had been 85,000 strong.",
            "past-gone-on",
        ),
        (
            "Singapore held its elections in May. The British garrison had been 85,000 strong.",
            "present-left",
        ),
    ),
    "drill": (
        ("The drills began on Monday. Latvia will send 7,000 soldiers.", "exercise-before"),
        ("The talks began on Monday. Latvia will send 7,000 soldiers.", "planned-left"),
    ),
    "denied-next": (
        (
            "Blogs wrote that 9,000 Latvian soldiers were in Minsk. Riga called the report false.",
            "denied-next",
        ),
        (
            "Blogs wrote that 9,000 Latvian soldiers were in Minsk. Riga called the report late.",
            "default",
        ),
    ),
    "target": (
        ("Soldiers are training, and the army now has a quota of 30,000.", "target"),
        ("Soldiers are training, and the army now has a strength of 30,000.", "present-left"),
    ),
    "rival-claim": (
        ("Moscow denied Kyiv's claim that 9,000 Russian soldiers were in Sumy.", "rival-claim"),
        ("Moscow denied that 9,000 Russian soldiers were in Sumy.", "denied"),
    ),
}


def _rule(text: str) -> str:
    """Return the rule that set the status of a text's last figure; a title stands before " / "."""
    title, _, body = text.rpartition(" / ")
    document = Document(title=title or None, text=body, published=_PUBLISHED)
    claim = extract(document, shipped_knowledge(), measures=("troops",)).claims[-1]
    return dict(claim.why)["status"].removeprefix("status.")


@pytest.mark.parametrize(
    ("text", "rule"),
    [pytest.param(*row, id=f"{step}: {row[1]}") for step, rows in _DECIDED.items() for row in rows],
)
def test_a_step_overrules_the_own_sentence_only_where_the_text_around_says_so(
    text: str, rule: str
) -> None:
    """Each step has a text that it decides and a neighbour that it leaves alone."""
    assert _rule(text) == rule


def test_the_order_of_precedence_is_the_one_that_is_written_down_here() -> None:
    """A step that is added, dropped or moved is given its pair of texts in the same place."""
    assert [step.name for step in STEPS] == list(_DECIDED)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(
            "Italy sent 3,000 soldiers to Lebanon in 1982. Blogs wrote that another 2,000 were landed "
            "from ships. Rome called the report false.",
            "past-gone-on",
            id="history is no hearsay of today: past-gone-on before denied-next",
        ),
        pytest.param(
            "Blogs wrote that Latvia will send 9,000 soldiers to Minsk. Riga called the report false.",
            "denied-next",
            id="a rumoured plan is denied like a rumoured presence",
        ),
        pytest.param(
            "Blogs wrote that Estonian troops are deployed up to a quota of 30,000. Tallinn called the "
            "report false.",
            "denied-next",
            id="what is denied is no target: denied-next before target",
        ),
    ],
)
def test_of_two_steps_the_one_that_comes_first_decides(text: str, rule: str) -> None:
    """The order matters where two steps might speak."""
    assert _rule(text) == rule
