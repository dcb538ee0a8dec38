# SPDX-License-Identifier: Apache-2.0
"""Whose soldiers: of whom was told, who watches whom, and who is only named beside them.

For each rule a text that it decides, and one beside it that the rule leaves alone.
"""

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


_NAMED_BESIDE = [
    pytest.param(
        "Some 2,500 soldiers under Turkey's direct command are in Afrin.", "TR", id="under command"
    ),
    pytest.param(
        "Some 2,500 soldiers under Turkey's direct fire are in Afrin.", None, id="under fire"
    ),
    pytest.param("The 3,000 soldiers Egypt lists in Sinai are few.", "EG", id="whom it lists"),
    pytest.param("The 3,000 soldiers Egypt likes in Sinai are few.", None, id="whom it likes"),
    pytest.param(
        "From Colombia alone about 300 soldiers have fought in Sudan.",
        "CO",
        id="whence, said first",
    ),
    pytest.param(
        "From Colombia a priest writes that about 300 soldiers have fought in Sudan.",
        None,
        id="whence somebody writes",
    ),
    pytest.param(
        "The army brought 600 men belonging to Wagner.", "wagner", id="to whom they belong"
    ),
    pytest.param("The army brought 600 men waving to Wagner.", None, id="to whom they wave"),
    pytest.param("Sudan suspects Chad of harbouring 2,000 fighters.", "TD", id="who is suspected"),
    pytest.param(
        "Sudan reminds Chad of the harbour and 2,000 fighters.", None, id="who is reminded"
    ),
    pytest.param(
        "The Iraqi garrison had been 20,000 strong, the besieging Iranian force 36,000.",
        "IR",
        id="a body set against another",
    ),
    pytest.param(
        "The Iraqi garrison had been 20,000 strong, or by its Iranian guest 36,000.",
        "IQ",
        id="no body",
    ),
    pytest.param(
        "The Estonians brought a Dutch battery with about 120 soldiers to Tapa.",
        "NL",
        id="a unit with so many",
    ),
    pytest.param(
        "The Estonians brought a Dutch kitchen with about 120 soldiers to Tapa.",
        "EE",
        id="a kitchen with so many",
    ),
    pytest.param(
        "Estonia has a Danish company of 250 soldiers in Tapa.", "DK", id="a unit of so many"
    ),
    pytest.param(
        "Estonia has a Danish shop of 250 soldiers in Tapa.", "EE", id="a shop of so many"
    ),
    pytest.param(
        "If Lukashenko gave Putin even 15,000 men, Minsk would notice.", "BY", id="who gives"
    ),
    pytest.param(
        "If Lukashenko asked Putin for even 15,000 soldiers, Minsk would notice.",
        None,
        id="who asks",
    ),
    pytest.param(
        "Italy extends Niger mission, moves 300 soldiers to Agadez.", "IT", id="a mission's place"
    ),
    pytest.param(
        "Italy wavers and Niger moves 300 soldiers to Agadez.", "NE", id="who moves them himself"
    ),
    pytest.param(
        "Cuba rejected U.S. accusations that 5,000 of its citizens were fighting as soldiers.",
        "CU",
        id="its, behind another's accusations",
    ),
    pytest.param(
        "Cuba noted that the U.S. army had 5,000 of its soldiers in Guantanamo.",
        "US",
        id="its, behind the army that has them",
    ),
]
_BODIES_AND_GROUPS = [
    pytest.param(
        "The Kenyan mission is small. Haiti wants to cut the contingent to 900 soldiers.",
        "KE",
        id="who cuts another's contingent",
    ),
    pytest.param(
        "The Kenyan mission is small. Haiti wants to have 900 soldiers.",
        "HT",
        id="who wants his own",
    ),
    pytest.param("UNIFIL numbers about 10,500 soldiers.", "unifil", id="a mission numbers"),
    pytest.param(
        "The road to UNIFIL is lined by 10,500 soldiers.",
        None,
        id="a road to a mission",
    ),
    pytest.param(
        "The Karen National Union, its old ally, claims 15,000 fighters.",
        "knla",
        id="a group claims its own",
    ),
    pytest.param(
        "Thailand, its old ally, claims 15,000 fighters.", None, id="a state claims nobody's"
    ),
    pytest.param(
        "Hezbollah's spokesman said 2,000 fighters were in Tyre.",
        "hezbollah",
        id="a group's spokesman",
    ),
    pytest.param(
        "The Lebanese army's spokesman said 2,000 fighters were in Tyre.",
        None,
        id="no army counts fighters as its own",
    ),
    pytest.param(
        "The Syrian defence ministry said 528 fighters of the engineer regiment were in Homs.",
        "SY",
        id="fighters of a regiment",
    ),
    pytest.param(
        "The Syrian defence ministry said 528 fighters of the old tribe were in Homs.",
        None,
        id="fighters of a tribe",
    ),
    pytest.param(
        "The Karen National Liberation Army met envoys of the Arakan Army. Of its 6,000 fighters many "
        "are young.",
        "knla",
        id="its, of the subject before",
    ),
    pytest.param(
        "Envoys came to the Arakan Army. Of its 6,000 fighters many are young.",
        "arakan-army",
        id="its, of the only one before",
    ),
    pytest.param("Darwin's 1st Brigade has 2,400 soldiers.", "AU", id="a town's brigade"),
    pytest.param("Darwin's 1st Bakery has 2,400 soldiers.", None, id="a town's bakery"),
    pytest.param(
        "A regiment from Pskov with about 1,300 paratroopers is in the line.",
        "RU",
        id="a regiment from a town",
    ),
    pytest.param(
        "A letter from Pskov with about 1,300 paratroopers is in the post.",
        None,
        id="a letter from a town",
    ),
]
_SPEAKERS_AND_RIVALS = [
    pytest.param(
        "South Korean intelligence puts the second group at 1,400 soldiers in Khabarovsk.",
        "KP",
        id="an adversary's expedition is watched",
    ),
    pytest.param(
        "South Korean intelligence puts the second group at 1,400 soldiers in Nairobi.",
        None,
        id="where that adversary is not",
    ),
    pytest.param(
        '"The Americans asked us for 700 soldiers," the Romanian defence minister said.',
        "RO",
        id="asked us",
    ),
    pytest.param(
        '"The Americans asked the Poles for 700 soldiers," the Romanian defence minister said.',
        "PL",
        id="asked others",
    ),
    pytest.param(
        "Kenya's defence ministry reckons Uganda fed most of the group, 4,000 soldiers in Ituri.",
        "UG",
        id="a ministry tells of who else does something",
    ),
    pytest.param(
        "Kenya's defence ministry reckons most of the group, 4,000 soldiers in Ituri, was fed.",
        "KE",
        id="a ministry tells of nobody else",
    ),
]


@pytest.mark.parametrize(
    ("text", "force"), [*_NAMED_BESIDE, *_BODIES_AND_GROUPS, *_SPEAKERS_AND_RIVALS]
)
def test_a_number_is_theirs_of_whom_it_is_told(text: str, force: str | None) -> None:
    """The last figure of each text is whose the rule says, and its neighbour's is not."""
    assert _claims(text)[-1].force == force


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(
            "Norway hosted Dutch marines, 240 of whom were in Troms.", "force.whom", id="of whom"
        ),
        pytest.param(
            "Norway hosted marines in May, 240 of whom were in Troms.",
            "force.none",
            id="of nobody's",
        ),
        pytest.param(
            "Pakistan's 10th Corps, an estimated 60,000 soldiers, sits in Rawalpindi.",
            "force.body",
            id="a body apposed",
        ),
        pytest.param(
            "Pakistan's old enemy, an estimated 60,000 soldiers, sits in Rawalpindi.",
            "force.only",
            id="an enemy apposed",
        ),
        pytest.param(
            "Kenya wants to help Haiti. It is planned to move 600 soldiers to the capital.",
            "force.topic",
            id="an expletive is nobody",
        ),
        pytest.param(
            "Kenya wants to help Haiti. It plans to move 600 soldiers to the capital.",
            "force.pronoun",
            id="a pronoun is somebody",
        ),
        pytest.param(
            "600 soldiers of the 3rd Polish brigade are in Latvia.",
            "force.adjective",
            id="a number of the brigade",
        ),
        pytest.param(
            "600 soldiers read of the tired Polish brigade in Latvia.",
            "force.sentence",
            id="a brigade of which they read",
        ),
    ],
)
def test_a_rule_gives_way_where_its_words_are_missing(text: str, rule: str) -> None:
    """Whom another rule would only guess is told by the rule that read it."""
    assert dict(_claims(text)[-1].why).get("force") == rule
