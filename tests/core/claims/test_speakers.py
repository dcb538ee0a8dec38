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
