# SPDX-License-Identifier: Apache-2.0
"""Whose troops, where the number's own phrase does not say so: pronouns, epithets, senders, enemies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)

_FIRST_PERSON = [
    # The speaker's own, by his office or by what he is called.
    ('"We have 5,000 soldiers there," the Kenyan president said.', "KE"),
    ('"Our contingent is ready, 1,700 soldiers," the Italian defence minister said.', "IT"),
    ('"My government will send 400 soldiers," the Finnish prime minister said.', "FI"),
    ('"We sent 900 soldiers," a Ghanaian lawmaker said.', "GH"),
    # Nobody says who he is, so that not even the Russians of the question are meant.
    ("Q: How many Russian soldiers are there?\nGUEST: We have 5,000 troops there.", None),
]
_THIRD_PERSON = [
    ('"The Eritreans are back. They have 5,000 soldiers here," Ethiopia\'s army chief said.', "ER"),
    ('"They have 5,000 soldiers on our border," the Finnish president said.', "RU"),
    ('"They sent 5,000 men," Congo\'s army spokesman said of the Rwandans.', "RW"),
    ('"The enemy has 5,000 soldiers in Kashmir," Pakistan\'s army spokesman said.', "IN"),
    ("The Cubans came by ship. They had 5,000 soldiers in Angola.", "CU"),
    ("Azerbaijan outspends Armenia. It has an army of 67,000 men.", "AZ"),
    ("Bhutan is at peace. The Himalayan kingdom has 7,000 soldiers.", "BT"),
    ("Niger told the Americans to go; all of their 1,000 soldiers left.", "US"),
    ("The SDF refuses to dissolve. Of its 5,000 fighters many are Arabs.", "sdf"),
]
_SENDERS = [
    ("The 5,000 soldiers that were sent to Darfur by Khartoum are hungry.", "SD"),
    ("South Korea pays for the 28,500 soldiers whom Washington keeps on its soil.", "US"),
    ("Kazakhstan was saved by 2,500 paratroopers whom Putin dispatched.", "RU"),
    ("Pakistan asks Saudi Arabia for 3,000 troops.", "SA"),
    ("Turkey, which Israel wants to keep out, has offered 2,000 soldiers.", "TR"),
    ("Canada triples Latvia troop count to 2,200.", "CA"),
    ("The town is held by 800 government soldiers, South Sudan says.", "SS"),
    ("About 400 blue helmets guard the airport of Goma.", "UN"),
]
_NOBODY = [
    ("Damascus agreed to take 3,500 foreign fighters into the Syrian army.", None),
    ("Some 5,000 soldiers from Uganda, Kenya and Burundi served there.", None),
]


@pytest.mark.parametrize(("text", "force"), [*_FIRST_PERSON, *_THIRD_PERSON, *_SENDERS, *_NOBODY])
def test_a_number_is_theirs_who_have_send_or_command_it(text: str, force: str | None) -> None:
    """Pronouns, epithets and the words behind a number say whose it is."""
    claims = extract(
        Document(text=text, published=_PUBLISHED), shipped_knowledge(), measures=("troops",)
    ).claims
    assert [claim.force for claim in claims] == [force]
