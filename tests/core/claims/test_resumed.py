# SPDX-License-Identifier: Apache-2.0
"""Numbers without a noun, as talk leaves it out: which go on from a figure and which do not."""

from __future__ import annotations

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            "THE PRESIDENT: We had 2,500 troops in Iraq. We've got 900 in Syria.",
            {2500, 900},
            id="the same verb with another place",
        ),
        pytest.param(
            '"They promised us 300 soldiers. So far 200 have come," said the mayor.',
            {300, 200},
            id="what has come of what was promised",
        ),
        pytest.param(
            "Q: How many Rwandan soldiers are in Goma?\nMINISTER: At the height of it, 7,000.",
            {7000},
            id="an answer takes the noun of its question",
        ),
        pytest.param(
            "Six hundred and eighty thousand Russian soldiers are on our land.",
            {680000},
            id="hundreds and thousands are one number",
        ),
        pytest.param(
            "Ecuador deployed 1,500 soldiers in Guayaquil. Homicides there rose to 2,400 last year.",
            {1500},
            id="a subject of its own counts itself",
        ),
        pytest.param(
            "Denmark sends 300 soldiers to Latvia. Parliament approved it by 98 to 11.",
            {300},
            id="votes are no soldiers",
        ),
        pytest.param(
            "Q: Can you tell us how many troops are being moved?\n"
            "MR. PRICE: I won't get into numbers.\nQ: More than 5,000?\nMR. PRICE: I said I won't.",
            set(),
            id="a question that nobody answers puts nothing forward",
        ),
    ],
)
def test_a_bare_number_goes_on_from_troops_only(text: str, values: set[int]) -> None:
    """Only troops spoken of before lend their noun."""
    found = extract(Document(title=None, text=text, published=None), shipped_knowledge())
    assert {claim.low for claim in found.claims if claim.measure == "troops"} == values
