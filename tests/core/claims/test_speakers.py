# SPDX-License-Identifier: Apache-2.0
"""Whose word a figure is where nobody stands right before the verb, and what is denied.

The corpus measures; these pin one case for each rule, so that a failure names it.
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


@pytest.mark.parametrize(
    ("text", "family"),
    [
        pytest.param(
            "Q: How many?\nMR. KIRBY: Yes. About 8,000 soldiers.", "us-government", id="turn"
        ),
        pytest.param(
            "MR. KIRBY: Thank you.\nQ: Is it 8,000 soldiers?", None, id="a question is nobody's"
        ),
        pytest.param(
            "Austin flew to Seoul. He said 8,000 soldiers were there.",
            "us-government",
            id="a pronoun means the subject before",
        ),
        pytest.param(
            'The town has fallen. "We have 8,000 soldiers," the commander said.',
            "text:commander",
            id="a role that nobody names",
        ),
        pytest.param("The French say 8,000 soldiers are there.", "france-government", id="people"),
        pytest.param(
            "Budanov, whose agency counts them, said 8,000 soldiers were there.",
            "ukraine-government",
            id="relative clause",
        ),
        pytest.param(
            "The Pentagon, which counts troops, said Russia had 8,000 soldiers there.",
            "us-government",
            id="the subject of what is said is no speaker",
        ),
        pytest.param(
            "A document seen by AFP shows that 8,000 soldiers are there.",
            "text:documents",
            id="a document is not who saw it",
        ),
        pytest.param(
            "A leaked memo from Mali's general staff, seen by AFP, lists 8,000 soldiers.",
            "mali-government",
            id="whose paper it is",
        ),
        pytest.param(
            "Moscow dismissed Kyiv's claim that 8,000 North Korean soldiers were in Kursk.",
            "ukraine-government",
            id="a disputed claim stays its claimant's",
        ),
        pytest.param(
            "Kigali rejected the finding of the UN group of experts that 8,000 soldiers were there.",
            "united-nations",
            id="the owner follows the finding",
        ),
        pytest.param(
            "A shopkeeper in Goma said 8,000 soldiers had passed.",
            "text:shopkeepers",
            id="whoever says something",
        ),
        pytest.param(
            "A European diplomat said 8,000 soldiers would go.",
            "text:european diplomats",
            id="a European is not the union",
        ),
        pytest.param(
            "According to Russian bloggers, 8,000 soldiers had landed.",
            "text:russian bloggers",
            id="some of a people are not its state",
        ),
        pytest.param(
            "Estonia's army chief, Ants Example, flew home. Later Example said 8,000 soldiers came.",
            "estonia-government",
            id="a name keeps the office it was introduced with",
        ),
        pytest.param(
            "8,000 soldiers are there, said Ada Example, who heads Latvia's border service.",
            "latvia-government",
            id="an apposition behind the name",
        ),
        pytest.param(
            "There are 8,000 soldiers, according to three diplomats and a report by the ICRC.",
            "text:diplomats",
            id="the first who vouches",
        ),
        pytest.param(
            "Q: You said in May there were 8,000 soldiers.\nMR. KIRBY: I did.",
            "us-government",
            id="who is said to have said it",
        ),
    ],
)
def test_a_figure_is_the_word_of_whom_the_text_means(text: str, family: str | None) -> None:
    """Turns, pronouns, roles, peoples and asides lead to the speaker."""
    (claim,) = _claims(text)
    assert (claim.source and claim.source.family) == family


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("8,000 Russian soldiers are not now in Kyiv.", "denied", id="are not now in"),
        pytest.param("8,000 Russian soldiers have not yet arrived.", "planned", id="not yet"),
        pytest.param("8,000 Russian soldiers are not in combat.", "present", id="not in combat"),
        pytest.param("8,000 Russian soldiers are no longer in Kyiv.", "past", id="no longer"),
        pytest.param("None of the 8,000 Russian soldiers came.", "denied", id="none of the"),
        pytest.param(
            "Moscow did not deny that 8,000 Russian soldiers came.", "present", id="did not deny"
        ),
        pytest.param(
            "A Telegram channel wrote of 8,000 Russian soldiers. That is false, Kyiv said.",
            "denied",
            id="hearsay that the next sentence calls false",
        ),
        pytest.param(
            "Kyiv said 8,000 Russian soldiers had come. Moscow denied it.",
            "present",
            id="a body's word stays its word",
        ),
        pytest.param(
            "Had Seoul agreed, 8,000 Russian soldiers would have come.",
            "hypothetical",
            id="counterfactual",
        ),
    ],
)
def test_what_is_denied_is_not_there(text: str, status: str) -> None:
    """Negated presence and denied hearsay are told from other negations."""
    (claim,) = _claims(text)
    assert claim.status.value == status


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The M23 displayed 113 captured Burundian soldiers.", id="modifier"),
        pytest.param("Thailand is holding 180 Cambodian soldiers.", id="held by others"),
        pytest.param("The battle has claimed 4,000 Russian soldiers.", id="an event takes"),
        pytest.param("Wounded: 340 soldiers.", id="label"),
        pytest.param("Some 1,210 troops, 14 tanks and 27 guns destroyed.", id="list"),
        pytest.param("At noon 70 soldiers sang a song.", id="a handful of nobody's"),
    ],
)
def test_who_comes_to_harm_is_no_strength(text: str) -> None:
    """Harm beside the number, and a handful of soldiers who go nowhere, make no claim."""
    assert _claims(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("To capture the town Russia has gathered 7,000 soldiers.", id="purpose"),
        pytest.param("To replace losses of 300 a day Russia sends 7,000 soldiers.", id="replaced"),
        pytest.param("Minsk freed up 7,000 soldiers for the border.", id="freed up"),
        pytest.param("Minsk sent 7,000 soldiers to the border in May.", id="a month"),
    ],
)
def test_words_of_harm_and_of_plans_may_mean_something_else(text: str) -> None:
    """Who is gathered to capture, or to replace losses, is there."""
    (claim,) = _claims(text)
    assert (claim.low, claim.status.value) == (7_000, "present")


def test_two_speakers_of_one_sentence_have_a_figure_each() -> None:
    """A second speaker without a verb of its own takes the number that follows it."""
    found = _claims("Seoul speaks of 11,000 soldiers, Kyiv of 12,000 and Washington of 10,000.")
    families = {claim.low: claim.source and claim.source.family for claim in found}
    assert families == {
        11_000: "south-korea-government",
        12_000: "ukraine-government",
        10_000: "us-government",
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            "Soldiers left. Al-Shabaab has 7,000 members.", [7_000], id="members of an armed group"
        ),
        pytest.param("The union of soldiers' wives has 7,000 members.", [], id="of another"),
        pytest.param(
            "Soldiers left. There are 1,500 Wagner people in Mali.", [1_500], id="people of a group"
        ),
        pytest.param("Soldiers came. Barracks for 5,000 are going up.", [5_000], id="barracks"),
        pytest.param("The union signed up 5,000 in June.", [], id="who enlists no soldiers"),
        pytest.param("Kyiv: 12,000 North Koreans in Kursk", [12_000], id="a people at a front"),
        pytest.param("About 12,000 Russians fled Kursk region.", [], id="a people at home"),
        pytest.param("Not one of the soldiers, not one of them, spoke.", [], id="not one"),
    ],
)
def test_what_is_counted_fights(text: str, values: list[int]) -> None:
    """Members, people and bare numbers count where a body that fights is named."""
    assert [claim.low for claim in _claims(text)] == values
