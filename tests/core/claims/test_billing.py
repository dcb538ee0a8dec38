# SPDX-License-Identifier: Apache-2.0
"""Whose words a text is by its title, greeting or first sentence, and who speaks in a capital.

For each rule a text that it decides, and one beside it that the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)

_ROTATION = "the rotation in Somalia is over. Some 3,400 soldiers are in Kismayo."
_SPEECH = "Fellow citizens, I speak to you tonight. Some 400 soldiers have gone to Haiti."
_HOUSE = "Madam Speaker, the battalion trains in Adazi. Some 900 soldiers are in Latvia."
_ANSWER = "Q: How many?\n{}: There are 900 soldiers in Lebanon."
_GHANAIAN = "Interview with the Ghanaian defence minister"
_DRAWDOWN = "Spain cuts contingent in Mali to 140 soldiers"


def _families(text: str, title: str | None = None) -> list[str | None]:
    document = Document(title=title, text=text, published=_PUBLISHED)
    claims = extract(document, shipped_knowledge(), measures=("troops",)).claims
    return [claim.source.family if claim.source else None for claim in claims]


@pytest.mark.parametrize(
    ("title", "text", "family"),
    [
        pytest.param(
            "Address by the President of Kenya", _SPEECH, "kenya-government", id="an address"
        ),
        pytest.param("Kenya in the news", _SPEECH, None, id="a title without an occasion"),
        pytest.param(
            "Mali waits for the Irish defence minister",
            "We met him at noon. Some 340 soldiers are in Lebanon.",
            None,
            id="a minister without an occasion",
        ),
        pytest.param(
            "BBC interview: Irish defence minister",
            "We have a small army. Some 340 soldiers are in Lebanon.",
            "ireland-government",
            id="who is asked, not the outlet",
        ),
        pytest.param(
            "Defence minister of Italy: hearing",
            "Honourable members. Some 1,100 soldiers are in Lebanon.",
            "italy-government",
            id="the speaker stands first and addresses a house",
        ),
        pytest.param(
            "Defence minister of Italy: hearing",
            "The house was full. Some 1,100 soldiers are in Lebanon.",
            None,
            id="prose about a hearing",
        ),
        pytest.param(
            "Remarks by the Finnish president",
            "We are few. Some 900 soldiers are in Lapland.",
            "finland-government",
            id="the first person",
        ),
        pytest.param(
            "Remarks by the Finnish president",
            'The president went on. "We are few," he told the guests. Some 900 soldiers are in Lapland.',
            None,
            id="the first person only in quotation marks",
        ),
        pytest.param(
            "Reply of the Irish defence minister",
            "The house asked. Some 340 soldiers are in Lebanon.",
            "ireland-government",
            id="a reply is its author's without the first person",
        ),
        pytest.param(
            "Interview with the Irish defence minister",
            "The house asked. Some 340 soldiers are in Lebanon.",
            None,
            id="an interview in the third person is not",
        ),
        pytest.param(
            "Report of the UN Secretary-General on Mali",
            "The mission is deployed in the north. Some 1,200 soldiers are in Gao.",
            "united-nations",
            id="a report",
        ),
        pytest.param(
            "Report of the Secretary-General on Mali",
            "The mission is deployed in the north. Some 1,200 soldiers are in Gao.",
            None,
            id="a secretary-general is no secretary of the state that is named",
        ),
        pytest.param(
            "Statement by the defence minister on the Polish battalion",
            _HOUSE,
            "poland-government",
            id="an office without a state, and one state in the title",
        ),
        pytest.param(
            "Statement by the defence minister on the Polish battalion and the Czech company",
            _HOUSE,
            None,
            id="two states in the title",
        ),
        pytest.param(
            "Statement by the shopkeeper on the Polish battalion", _HOUSE, None, id="no office"
        ),
        pytest.param(
            None,
            "Good evening, dear Kenyans. Some 400 soldiers are in Haiti.",
            "kenya-government",
            id="a greeting of one's people",
        ),
        pytest.param(
            None,
            "Good evening, dear viewers. Some 400 soldiers are in Haiti.",
            None,
            id="a greeting of anybody",
        ),
    ],
)
def test_a_text_is_the_speakers_whom_its_title_or_greeting_bills(
    title: str | None, text: str, family: str | None
) -> None:
    """A speech is all its speaker's; a story about one is not."""
    assert _families(text, title) == [family]


@pytest.mark.parametrize(
    ("title", "text", "families"),
    [
        pytest.param(
            _GHANAIAN, _ANSWER.format("A"), ["ghana-government"], id="an answer without a name"
        ),
        pytest.param("A talk on Lebanon", _ANSWER.format("A"), [None], id="nobody is billed"),
        pytest.param(
            _GHANAIAN,
            _ANSWER.format("BOATENG"),
            ["ghana-government"],
            id="the only one who answers",
        ),
        pytest.param(
            _GHANAIAN,
            _ANSWER.format("BOATENG") + "\nMENSAH: There are 700 soldiers in Lebanon.",
            ["text:boateng", "text:mensah"],
            id="two who answer",
        ),
    ],
)
def test_a_label_without_a_list_is_whom_the_title_bills(
    title: str, text: str, families: list[str | None]
) -> None:
    """Of two unlisted labels neither is known to be the one in the title."""
    assert _families(text, title) == families


@pytest.mark.parametrize(
    ("text", "family"),
    [
        pytest.param(
            f"The Ministry of Defence of Kenya announces that {_ROTATION}",
            "kenya-government",
            id="announces",
        ),
        pytest.param(
            f"As reported by the Ministry of Defence of Kenya, {_ROTATION}",
            "kenya-government",
            id="as reported by",
        ),
        pytest.param(
            f"The Ministry of Defence of Kenya said that {_ROTATION}", None, id="newsrooms: said"
        ),
        pytest.param(
            f"The Ministry of Defence of Kenya believes that {_ROTATION}",
            None,
            id="what it believes is not issued",
        ),
        pytest.param(
            "The Ministry of Defence of Kenya announces that the rotation in Somalia is over.\n\n"
            "Some 3,400 soldiers are in Kismayo.",
            None,
            id="another paragraph",
        ),
        pytest.param(
            "Press service of the Ministry of Defence of Armenia: 1,200 soldiers are in Syunik.",
            "armenia-government",
            id="a press service before a colon",
        ),
        pytest.param(
            "Protest at the Ministry of Defence of Armenia: 1,200 soldiers are in Syunik.",
            None,
            id="a protest before a colon",
        ),
        pytest.param(
            "09:10 Zelensky: 9,000 Russian soldiers are near Sumy.",
            "ukraine-government",
            id="a label behind the hour of a live blog",
        ),
        pytest.param(
            "At 09:10 with Zelensky 9,000 Russian soldiers are near Sumy.",
            None,
            id="an hour in a sentence",
        ),
        pytest.param(
            "Bolivia: 2,000 soldiers move into El Alto.", None, id="a scene before a colon"
        ),
        pytest.param(
            "Bolivia: 2,000 Peruvian soldiers are in Puno.",
            "bolivia-government",
            id="a speaker before a colon",
        ),
    ],
)
def test_a_release_is_its_issuers(text: str, family: str | None) -> None:
    """What a body makes known itself, and what stands before a colon."""
    assert _families(text) == [family]


@pytest.mark.parametrize(
    ("title", "text", "family"),
    [
        pytest.param(
            "Uganda moves 1,500 soldiers into Ituri",
            "The troops crossed at dawn, an army spokesman told Reuters.",
            "uganda-government",
            id="the same troops",
        ),
        pytest.param(
            "Uganda moves 1,500 soldiers into Ituri",
            "A farmer crossed at dawn, an army spokesman told Reuters.",
            None,
            id="a farmer",
        ),
        pytest.param(
            _DRAWDOWN,
            "Defence Minister Robles announced the withdrawal.",
            "spain-government",
            id="the withdrawal of the title",
        ),
        pytest.param(
            _DRAWDOWN,
            "The Spanish defence minister said that Mali was hot.",
            None,
            id="another matter",
        ),
    ],
)
def test_a_headline_is_the_word_of_whom_the_text_below_names(
    title: str, text: str, family: str | None
) -> None:
    """The first sentence must go on about what the title counts."""
    assert _families(text, title) == [family]


@pytest.mark.parametrize(
    ("text", "family"),
    [
        pytest.param(
            "The IISS said that the north was busy. The authors said 9,000 Russian soldiers are in Pskov.",
            "iiss",
            id="the authors of the house before",
        ),
        pytest.param(
            "The north was busy. The authors said 9,000 Russian soldiers are in Pskov.",
            "text:authors",
            id="authors of nothing that is named",
        ),
        pytest.param(
            "The brigade of Ukraine's marines is tired. One battalion has 120 men, its deputy commander told us.",
            "text:deputy commander",
            id="an officer of a unit speaks for himself",
        ),
        pytest.param(
            "NATO's KFOR has 4,500 soldiers in Kosovo, its commander said.",
            "nato",
            id="the commander of a mission for it",
        ),
        pytest.param(
            "Turkey's army has 4,500 soldiers in Kosovo, its spokesman said.",
            "turkey-government",
            id="a spokesman for his army",
        ),
        pytest.param(
            "In Seoul it is estimated that 11,000 North Korean soldiers are in Kursk.",
            "south-korea-government",
            id="a capital reckons",
        ),
        pytest.param(
            "In Seoul it is raining and 11,000 North Korean soldiers are in Kursk.",
            None,
            id="it rains in a capital",
        ),
        pytest.param(
            "In Kinshasa they count 4,000 Rwandan soldiers in Goma.",
            "dr-congo-government",
            id="they count, in a capital",
        ),
        pytest.param(
            "In Bukavu they count 4,000 Rwandan soldiers in Goma.",
            None,
            id="in another town",
        ),
        pytest.param(
            "If MONUSCO is to be trusted, 4,000 Rwandan soldiers are in Goma.",
            "united-nations",
            id="who is to be trusted",
        ),
        pytest.param(
            "If MONUSCO is to be paid, 4,000 Rwandan soldiers will be in Goma.",
            None,
            id="who is to be paid",
        ),
        pytest.param(
            "Diplomats in Nairobi said 1,500 Ugandan soldiers were in Ituri.",
            "text:diplomats",
            id="diplomats are another's",
        ),
        pytest.param(
            "Observers in Nairobi said 1,500 Ugandan soldiers were in Ituri.",
            "text:observers",
            id="who only lives in a capital",
        ),
        pytest.param(
            "Officials in Nairobi said 1,500 Ugandan soldiers were in Ituri.",
            "kenya-government",
            id="officials in a capital",
        ),
        pytest.param(
            "Kenya's army is small. The president of the Federal Republic of Somalia said 650 Kenyan "
            "soldiers were in Kismayo.",
            "somalia-government",
            id="a state by its long name",
        ),
        pytest.param(
            "Kenya's army is small. The president of the Federal Republic said 650 Kenyan soldiers were "
            "in Kismayo.",
            "kenya-government",
            id="a long name that stops short",
        ),
    ],
)
def test_who_speaks_for_a_government_and_who_for_himself(text: str, family: str | None) -> None:
    """Capitals, offices, officers and authors."""
    assert _families(text) == [family]
