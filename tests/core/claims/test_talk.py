# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a transcript, whom bare numbers count there, and figures that only look like some.

The corpus measures; these pin one case for each rule, and one beside it that the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.core.model import Claim, Status
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _claims(text: str) -> tuple[Claim, ...]:
    document = Document(text=text, published=_PUBLISHED)
    return extract(document, shipped_knowledge(), measures=("troops",)).claims


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            '"I have 900 here and I got 400 today," said General Bakri of his brigade.',
            {900, 400},
            id="a soldier counts soldiers",
        ),
        pytest.param(
            '"I have 900 here and I got 400 today," said the baker of his market.',
            set(),
            id="a baker not",
        ),
        pytest.param("Another thousand soldiers arrived.", {1000}, id="a scale after another"),
        pytest.param("The thousand islands have no soldiers.", set(), id="not after any word"),
        pytest.param(
            "The peacekeeping force in Mali has 1,500 members.", {1500}, id="members of a force"
        ),
        pytest.param(
            "Parliament limits the armed forces, with 291 members in favour.",
            set(),
            id="members of a house",
        ),
        pytest.param(
            "Some 12,000 North Koreans are coming to Russia.", {12000}, id="an expedition"
        ),
        pytest.param(
            "Some 12,000 North Koreans work on sites in Russia.", set(), id="workers abroad"
        ),
        pytest.param("Some 12,000 North Koreans are coming to Laos.", set(), id="elsewhere"),
        pytest.param(
            "There were 4,000 casualties out of the 11,000 North Korean soldiers sent to Kursk.",
            {11000},
            id="the whole of which some came to harm",
        ),
        pytest.param(
            "The force replaces its losses with 3,000 recruits in all.",
            {3000},
            id="losses made good",
        ),
        pytest.param(
            "Since May 915 soldiers, officers and reservists have fallen.",
            set(),
            id="harm behind a list",
        ),
        pytest.param(
            "About 11,000 soldiers remain. They have had casualties, which we put at 6,000.",
            {11000},
            id="losses put at a number",
        ),
        pytest.param(
            '"We send no troops to Ukraine, not five thousand, not five hundred," Orban said.',
            set(),
            id="numbers that nobody put forward",
        ),
        pytest.param("Kyiv wants 150 Gripen fighters.", set(), id="fighters that fly"),
        pytest.param(
            "By 2030 there will be 80,000 Russian soldiers in Karelia.", {80000}, id="a year"
        ),
    ],
)
def test_what_counts_soldiers(text: str, values: set[int]) -> None:
    """Every row is a rule, or what stands beside one."""
    assert {claim.low for claim in _claims(text)} == values


@pytest.mark.parametrize(
    ("text", "family"),
    [
        pytest.param(
            "GEN. EXAMPLE (HUR): There are 8,000 soldiers.",
            "ukraine-government",
            id="a body in brackets",
        ),
        pytest.param(
            "UNIFIL SPOKESPERSON: We have 10,500 soldiers.",
            "united-nations",
            id="a body in a label",
        ),
        pytest.param(
            "HOST: How many?\nGUEST: There are 8,000 soldiers. I'm an analyst at IISS.",
            "iiss",
            id="who says where he works",
        ),
        pytest.param(
            "FOREIGN MINISTER CHO: 3,000 North Korean soldiers have moved to the front.",
            "south-korea-government",
            id="the name of the family stands first",
        ),
        pytest.param(
            "The minister for reform told MPs that 3,000 North Korean soldiers had left.",
            "text:minister",
            id="the North's soldiers do not make its minister speak",
        ),
        pytest.param(
            "General Example told MPs in Pretoria that 2,100 soldiers were in Goma.",
            "south-africa-government",
            id="a general in a capital",
        ),
        pytest.param(
            "A retired American general said 8,000 soldiers were there.",
            "text:retired american generals",
            id="a retired one speaks for himself",
        ),
        pytest.param("KFOR numbers 4,500 soldiers.", None, id="a mission that numbers so many"),
    ],
)
def test_whose_word_it_is(text: str, family: str | None) -> None:
    """The family of the claimant."""
    [claim] = _claims(text)
    assert (claim.source.family if claim.source else None) == family


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param("The army trains 400 recruits at Wildflecken.", None, "Wildflecken", id="new"),
        pytest.param("The army trains 400 recruits at Kursk.", "kursk", None, id="listed"),
        pytest.param("The army has 38,000 men in the Home Guard.", None, None, id="a body"),
        pytest.param("The army trained 400 recruits in March.", None, None, id="a month"),
        pytest.param(
            "Khartoum sent 5,000 soldiers to break the siege of El Fasher.",
            "el-fasher",
            None,
            id="a purpose",
        ),
    ],
)
def test_a_place_that_no_list_knows_is_kept_by_its_words(
    text: str, place: str | None, words: str | None
) -> None:
    """The id stays empty; who reads the alert sees the words."""
    [claim] = _claims(text)
    assert (claim.place, claim.place_text) == (place, words)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(
            "Finland fought in 1939. Against it the enemy massed 425,000 soldiers.",
            Status.PAST,
            id="a year long ago lasts",
        ),
        pytest.param(
            "Finland fought in 1939. Today it has 24,000 soldiers.",
            Status.PRESENT,
            id="until today",
        ),
        pytest.param(
            "Of the 1,300 soldiers then deployed in Goma 14 had been hurt.", Status.PAST, id="then"
        ),
        pytest.param(
            "Parliament voted on Monday to send 600 soldiers to Latvia.",
            Status.PLANNED,
            id="a vote",
        ),
        pytest.param(
            "The first 2,600 soldiers, we are told, will be in Kursk on Sunday.",
            Status.PLANNED,
            id="an aside before the verb",
        ),
        pytest.param("The army lacks 12,000 soldiers.", Status.HYPOTHETICAL, id="what is lacking"),
    ],
)
def test_when_it_is_so(text: str, status: Status) -> None:
    """The status of the first figure."""
    assert _claims(text)[0].status is status
