# SPDX-License-Identifier: Apache-2.0
"""In which sense a number holds whose own clause does not say it, and what kind of figure it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.core.model import Claim
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _claims(text: str) -> tuple[Claim, ...]:
    document = Document(text=text, published=_PUBLISHED)
    return extract(document, shipped_knowledge(), measures=("troops",)).claims


@pytest.mark.parametrize(
    ("text", "status"),
    [
        # plans in nouns, orders, ceilings, the sentence before
        ("Trump signed an order calling up 2,000 soldiers for Memphis.", "planned"),
        ("The ceiling remains 400 German soldiers.", "planned"),
        (
            "Warsaw has a plan for the border. Ten thousand Polish soldiers, in two shifts.",
            "planned",
        ),
        ("Lebanon's army has a third of the 15,000 soldiers it wants in the south.", "planned"),
        # capacity, requests, conditions, scenarios
        ("The camp in Powidz can house 1,200 American soldiers.", "hypothetical"),
        ("Tokyo has asked Washington to move 4,000 US Marines to Guam.", "hypothetical"),
        (
            "London speaks of 10,000 British soldiers for Ukraine, if there is a ceasefire.",
            "hypothetical",
        ),
        ("Rabat offered to send 3,000 Moroccan soldiers should the UN leave.", "hypothetical"),
        # who is told to leave is there
        ("Niger's rulers ordered the last 1,000 American soldiers out.", "present"),
        ("Gabon asked Paris to halve the 350 French soldiers in the country.", "present"),
        # what is over
        ("The base, where 800 US soldiers once flew drones, is empty.", "past"),
        ("When Assad fell, Russia had 7,500 troops in Syria.", "past"),
        ("The UAE has withdrawn most of its 5,000 troops from Yemen.", "past"),
        ("The Lithuanian border is quiet. Around 900 US soldiers had been based there.", "past"),
        # what is taken back
        (
            "Correction: an earlier version said that 1,400 British soldiers were in Cyprus.",
            "denied",
        ),
        ("Moscow called reports of 5,000 Russian troops in Libya 'another canard'.", "denied"),
        ("Polish intelligence doubts that Moscow has 5,000 troops in Libya.", "denied"),
        ("Nobody doubts that Moscow has 5,000 troops in Libya.", "present"),
        ("Few doubted that Moscow has 5,000 troops in Libya.", "present"),
        ("Nothing suggests that 5,000 Belarusian soldiers have moved, Minsk said.", "denied"),
        # a date is no drill, whatever countries do
        ("On 28 October many countries heard that 9,000 US soldiers are in Poland.", "present"),
        # the past of the telling is not that of the told
        ("When asked, Ryder said there were 9,000 North Korean soldiers in Kursk.", "present"),
        ("Last week Seoul said there were 9,000 North Korean soldiers in Kursk.", "present"),
        ("Before he left Kyiv, Austin said the Russians had 9,000 soldiers in Kursk.", "present"),
        ("Until Friday, officials said, 9,000 Russian soldiers were in Sudzha.", "present"),
        # drills that no list knows
        ("Iron Union starts next week. The Emirates are sending 2,500 soldiers.", "exercise"),
        ("Aman-27 opened off Karachi, where 1,900 marines practised boarding.", "exercise"),
    ],
)
def test_a_frame_gives_its_sense_to_the_number(text: str, status: str) -> None:
    """The one figure of each text holds as planned, supposed, past, denied or in a drill."""
    assert [claim.status.value for claim in _claims(text)] == [status]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Two thousand men sign contracts with the Russian army every day.", ["flow"]),
        ("Mongolia rotates 850 soldiers through Bentiu every year.", ["flow"]),
        ("Russian troops in Belarus grew to 9,000 in a month.", ["total"]),
        ("Egypt adds 4,000 troops in Sinai.", ["increment"]),
        ("Of Rwanda's contingent, 400 are police and the other 2,100 soldiers.", ["subset"]),
        ("Some 450 of the 1,100 Sri Lankan soldiers are in Lebanon.", ["total", "total"]),
    ],
)
def test_rates_additions_and_parts(text: str, kinds: list[str]) -> None:
    """A span is no rate, and a part with a place of its own is a total."""
    assert [claim.kind.value for claim in _claims(text)] == kinds
