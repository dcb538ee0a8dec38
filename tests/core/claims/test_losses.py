# SPDX-License-Identifier: Apache-2.0
"""A text about losses keeps a number only where something says that its people are somewhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _claimed(text: str) -> list[int]:
    document = Document(text=text, published=_PUBLISHED)
    return [
        claim.low for claim in extract(document, shipped_knowledge(), measures=("troops",)).claims
    ]


@pytest.mark.parametrize(
    ("lost", "there"),
    [
        (
            "After the ambush 400 Chadian soldiers were on drips.",
            "After the ambush 400 Chadian soldiers were sent to Bol.",
        ),
        (
            "The morgue in Rostov received 900 Russian soldiers.",
            "The region, where the morgues are full, still has 900 Russian soldiers.",
        ),
        (
            "Cholera broke out, and 700 Ethiopian troops never saw Gambella again.",
            "Cholera broke out where 700 Ethiopian troops are stationed.",
        ),
        (
            "The deal brought relief to the families of the 300 Polish soldiers.",
            "The funerals over, 300 Polish soldiers remain in Latvia.",
        ),
        (
            "Of the wounded, 600 soldiers passed through Landstuhl.",
            "Of the wounded little is known; 600 soldiers remain at Landstuhl.",
        ),
        (
            "The graves were counted again: 250 Malian soldiers.",
            "The graves are new; 250 Malian soldiers guard them.",
        ),
    ],
)
def test_a_sign_of_harm_asks_for_a_word_of_presence(lost: str, there: str) -> None:
    """The two texts of a row differ in what governs the number, not in what they are about."""
    assert _claimed(lost) == []
    assert len(_claimed(there)) == 1


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        # A whole of which a part was hurt is there; one of which all or none is told of is not.
        ("Of the 11,000 soldiers whom Kim sent to Kursk 4,000 were killed.", [11_000]),
        ("None of its 1,200 soldiers in Somalia was hurt, Egypt said.", [1_200]),
        ("The plane crashed; none of the 280 servicemen on board survived.", []),
        # A bare number goes on from losses, until a verb of its own says otherwise.
        ("Seoul counts the North Korean dead anew. In Kursk alone it is 4,700.", []),
        ("North Korea lost 900 soldiers in Kursk. Another 3,000 have arrived.", [3_000]),
        # The verb nearest to the number has it.
        ("Deby visited the wounded and ordered 1,200 Chadian soldiers to Bol.", [1_200]),
        ("Pakistan's army said it had sent 350 militants to their graves.", []),
    ],
)
def test_wholes_survive_and_bare_numbers_inherit(text: str, figures: list[int]) -> None:
    """Losses pass to numbers that go on from them, and not to those with a verb of their own."""
    assert _claimed(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Ecuador opened an inquiry after 170 recruits passed out.", []),
        ("Ecuador has 170 recruits in Loja.", [170]),
        ("Twelve Turkish soldiers repaired a bridge.", []),
        ("Twelve Turkish soldiers are stationed in Doha.", [12]),
    ],
)
def test_so_few_are_an_event_unless_they_are_somewhere(text: str, figures: list[int]) -> None:
    """A strength is small only where somebody has or sends it, or where it stays."""
    assert _claimed(text) == figures
