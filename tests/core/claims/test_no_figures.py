# SPDX-License-Identifier: Apache-2.0
"""What is no figure of troops: crowds, those who are held, give up or are dead, games; and numbers in parts.

For each rule a text that it decides, and one beside it that the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.core.model import Extraction
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _read(text: str) -> Extraction:
    document = Document(text=text, published=_PUBLISHED)
    return extract(document, shipped_knowledge(), measures=("troops",))


@pytest.mark.parametrize(
    ("refused", "reason", "taken", "value"),
    [
        pytest.param(
            "The troops saw a queue of about 1,400 arrive in Gori.",
            "other-crowd",
            "The troops saw a garrison of about 1,400 arrive in Gori.",
            1400,
            id="a queue",
        ),
        pytest.param(
            "A crowd of 1,400 moved into Graz with the army.",
            "other-crowd",
            "A force of 1,400 moved into Graz with the army.",
            1400,
            id="a crowd that moves",
        ),
        pytest.param(
            "Some 3,000 Nepalis who have worked in Doha were hired as soldiers.",
            "other-crowd",
            "Some 3,000 Nepalis who have marched in Doha were hired as soldiers.",
            3000,
            id="people who have worked somewhere",
        ),
        pytest.param(
            "Armenia wants back 230 soldiers held by Azerbaijan since 2020.",
            "casualty",
            "Armenia wants back 230 soldiers lent to Azerbaijan since 2020.",
            230,
            id="held by another state",
        ),
        pytest.param(
            "Some 230 Armenian soldiers held captive since May will be home soon.",
            "casualty",
            "Some 230 Armenian soldiers held in reserve since May will be home soon.",
            230,
            id="held captive",
        ),
        pytest.param(
            "Some 300 soldiers crossed the Congo into Angola to surrender.",
            "casualty",
            "Some 300 soldiers crossed the Congo into Angola to rest.",
            300,
            id="to surrender",
        ),
        pytest.param(
            "Of the 120 soldiers who never came home no trace was found.",
            "casualty",
            "Of the 120 soldiers who went to Sinai no complaint was heard.",
            120,
            id="who never came home",
        ),
        pytest.param(
            "The minister named three soldiers of the 59 who have died there.",
            "casualty",
            "The minister named three soldiers of the 59 who have served there.",
            59,
            id="of those who have died",
        ),
        pytest.param(
            "The Salvation Army sent 1,700 men to the flood zone in Kenya.",
            "fiction",
            "The Kenyan Army sent 1,700 men to the flood zone in Kenya.",
            1700,
            id="an army in name",
        ),
        pytest.param(
            "The video games near Gabala brought 4,000 soldiers together.",
            "fiction",
            "The war games near Gabala brought 4,000 soldiers together.",
            4000,
            id="games, but not war games",
        ),
        pytest.param(
            "The army of Chad flew 5,200 sorties in May, against 3,300 in April.",
            "counts sorties",
            "The army of Chad has 5,200 soldiers, against 3,300 in April.",
            3300,
            id="against a month before, of what was counted before",
        ),
    ],
)
def test_a_number_is_refused_where_its_neighbour_is_taken(
    refused: str, reason: str, taken: str, value: int
) -> None:
    """The last number is none, by the reason that is named; in the neighbour it is one."""
    found = _read(refused)
    assert found.claims == ()
    assert (value, reason) in {(one.value, one.reason) for one in found.rejected}
    assert _read(taken).claims[-1].low == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            "The decree sets the army at 1 million 320 thousand soldiers.",
            [1_320_000],
            id="millions and thousands",
        ),
        pytest.param(
            "Russia's army has 1 million 500 thousand 320 soldiers.",
            [1_500_320],
            id="millions, thousands and ones",
        ),
        pytest.param(
            "The decree sets the army at 71 thousand 500 soldiers.",
            [71_500],
            id="thousands and ones",
        ),
        pytest.param(
            "The decree sets the army at 71 thousand, 500 soldiers are to go.",
            [71_000, 500],
            id="a comma between",
        ),
        pytest.param(
            "Russia paid 1 million 500 soldiers came.",
            [500],
            id="millions and ones are two numbers",
        ),
    ],
)
def test_a_number_in_parts_is_one(text: str, values: list[int]) -> None:
    """A number that is written in parts is one."""
    assert [claim.low for claim in _read(text).claims] == values
