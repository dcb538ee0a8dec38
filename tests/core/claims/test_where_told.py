# SPDX-License-Identifier: Apache-2.0
"""Where those are of whom was told before or after, and which places are another's.

For each rule a text that it decides, and one beside it that the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _places(text: str) -> list[tuple[str | None, str | None]]:
    document = Document(text=text, published=_PUBLISHED)
    claims = extract(document, shipped_knowledge(), measures=("troops",)).claims
    return [(claim.place, claim.place_text) for claim in claims]


_ANOTHERS = [
    pytest.param(
        "Italy has 1,100 soldiers in Lebanon and moved most of those to Naqoura.",
        "lebanon",
        id="where a part went",
    ),
    pytest.param(
        "Italy has 1,100 soldiers in Lebanon and moved those to Naqoura.",
        "naqoura",
        id="where all went",
    ),
    pytest.param(
        "Chad has 900 soldiers, and the army of Niger has a base in Agadez.",
        None,
        id="another army's base",
    ),
    pytest.param("Chad has 900 soldiers and a base in Agadez.", "agadez", id="its own base"),
    pytest.param("Chad has 900 soldiers, most left for Agadez.", None, id="where most went"),
    pytest.param("Chad has 900 soldiers, left for Agadez.", "agadez", id="where they went"),
    pytest.param(
        "France keeps 1,500 soldiers, while in Djibouti a port is being built.",
        None,
        id="another scene",
    ),
    pytest.param("France keeps 1,500 soldiers in Djibouti.", "djibouti", id="the same scene"),
    pytest.param(
        "Chad has 900 soldiers, because Niger has none in Agadez and Zinder.", None, id="a reason"
    ),
    pytest.param(
        "Romania sent 700 soldiers and has its headquarters in Craiova.", None, id="a headquarters"
    ),
    pytest.param("Romania sent 700 soldiers and vehicles to Craiova.", "craiova", id="vehicles"),
    pytest.param(
        "Cuba's 1,000 soldiers let Russia keep its own soldiers in Donetsk.",
        None,
        id="another's own men",
    ),
    pytest.param(
        "Cuba's 1,000 soldiers let Russia keep positions in Donetsk.",
        "donetsk",
        id="positions of both",
    ),
    pytest.param(
        "Some 160 soldiers will serve in the Sahel, the Mali government said.",
        "sahel",
        id="a speaker behind a comma",
    ),
    pytest.param(
        "Some 160 soldiers will serve in the Sahel, the Mali part of it.",
        "mali",
        id="a narrower place behind a comma",
    ),
    pytest.param(
        "Around Sumy Kyiv speaks of 9,000 Russian soldiers.", "sumy", id="a speaker without a comma"
    ),
    pytest.param(
        "Around Sumy city there are 9,000 Russian soldiers.", "sumy", id="a town without a speaker"
    ),
    pytest.param("The 9,000 soldiers deployed against Ukraine are tired.", None, id="against whom"),
    pytest.param(
        "The 9,000 soldiers deployed in Ukraine are tired.", "ukraine", id="in whose land"
    ),
    pytest.param(
        '"Our brigade has 2,300 soldiers," the medic recalled over soup in Sloviansk.',
        None,
        id="where somebody ate",
    ),
    pytest.param(
        '"Our brigade in Sloviansk has 2,300 soldiers," the medic recalled over soup.',
        "sloviansk",
        id="where the brigade is",
    ),
    pytest.param(
        "Moscow, which claimed Vovchansk, speaks of 1,200 soldiers surrounded there.",
        None,
        id="a capital that speaks is not there",
    ),
    pytest.param(
        "Russia, which took Vovchansk, speaks of 1,200 Ukrainian soldiers surrounded there.",
        "vovchansk",
        id="there, in the town that is named",
    ),
]
_MISSIONS_AND_PURPOSES = [
    pytest.param("Warsaw doubles Mali force to 600 soldiers.", "mali", id="a place before a force"),
    pytest.param(
        "Warsaw doubles Mali aid as 600 soldiers.", None, id="a place before other things"
    ),
    pytest.param("Madrid trims Iraq troop numbers to 150 soldiers.", "iraq", id="a troop count"),
    pytest.param("Madrid trims Iraq aid by 150 soldiers.", None, id="an aid count"),
    pytest.param(
        "Kyiv reinforced the Robotyne salient with 400 soldiers.", "robotyne", id="a salient"
    ),
    pytest.param("Kyiv reinforced the Robotyne mayor with 400 soldiers.", None, id="a mayor"),
    pytest.param(
        "Darwin's 1st Brigade will grow by 500 soldiers.", "darwin", id="a town's brigade"
    ),
    pytest.param("Darwin's mayor will grow by 500 soldiers.", None, id="a town's mayor"),
    pytest.param(
        "Rwanda sent 1,000 soldiers for the liberation of Palma.", "palma", id="what they are for"
    ),
    pytest.param("Rwanda sent 1,000 soldiers for the love of Palma.", None, id="no task"),
    pytest.param(
        "For the demining of Kherson Croatia offered 60 soldiers.",
        "kherson",
        id="a task said first",
    ),
    pytest.param(
        "For the demining of Kherson money came; Croatia offered 60 soldiers.",
        None,
        id="a task of something else",
    ),
    pytest.param(
        "Pakistan has 3,500 soldiers earmarked for Gaza.", "gaza", id="for what they are earmarked"
    ),
    pytest.param("Pakistan has 3,500 soldiers known for Gaza.", None, id="for what they are known"),
    pytest.param(
        "Russia massed 9,000 soldiers from the Sumy border to Kupiansk.",
        "kupiansk",
        id="from a border to a town",
    ),
    pytest.param(
        "Russia massed 9,000 soldiers along the Sumy border.", "sumy", id="only along a border"
    ),
]
_HOME = [
    pytest.param(
        "Burundi has 10,000 soldiers in South Kivu and 8,000 soldiers at home.",
        "burundi",
        id="at home",
    ),
    pytest.param(
        "Burundi has 10,000 soldiers in South Kivu and 8,000 soldiers at hand.",
        "south-kivu",
        id="at hand",
    ),
    pytest.param(
        "Rwanda withdrew 1,500 of its soldiers from Goma to its own territory.",
        "rwanda",
        id="to its own territory",
    ),
    pytest.param(
        "Rwanda withdrew 1,500 of its soldiers from Goma to its own surprise.",
        "goma",
        id="to its own surprise",
    ),
    pytest.param(
        "Djibouti lives off the 4,000 soldiers whom America keeps on its territory.",
        "djibouti",
        id="on the host's territory",
    ),
    pytest.param(
        "Djibouti lives off the 4,000 soldiers whom America keeps on its payroll.",
        None,
        id="on a payroll",
    ),
    pytest.param(
        "The Malian army has 900 soldiers in the north of the country.",
        "mali",
        id="a side of a country",
    ),
    pytest.param(
        "The Malian army has 900 soldiers in the north of the photograph.",
        None,
        id="a side of a picture",
    ),
    pytest.param(
        "The governor of Sumy said there were 9,000 Russian soldiers facing his region.",
        "sumy",
        id="a governor's region",
    ),
    pytest.param(
        "The governor of Sumy said there were 9,000 Russian soldiers facing his critics.",
        None,
        id="a governor's critics",
    ),
]
_BEFORE_AND_AFTER = [
    pytest.param(
        "Some 2,400 Kenyan recruits have been picked. All of them are in Eldoret.",
        "eldoret",
        id="they are, in the next sentence",
    ),
    pytest.param(
        "Some 2,400 Kenyan recruits have been picked. Most people are in Eldoret.",
        None,
        id="others are, in the next sentence",
    ),
    pytest.param(
        "The Eritreans have 5,000 soldiers. In Tigray, mostly.", "tigray", id="only where, next"
    ),
    pytest.param(
        "The Eritreans have 5,000 soldiers. In Tigray people are afraid.",
        None,
        id="another story there, next",
    ),
    pytest.param(
        "A brigade has arrived in Bunia. Dozens of its 2,300 soldiers are farmers.",
        "ituri",
        id="its, of the brigade before",
    ),
    pytest.param(
        "A brigade has arrived in Bunia. Uganda says its 2,300 soldiers are farmers.",
        None,
        id="its, of who is named since",
    ),
    pytest.param(
        "The 200 soldiers at Naqoura belong to UNIFIL. UNIFIL has 10,500 soldiers.",
        "naqoura",
        id="a mission that is only named before",
    ),
    pytest.param(
        "The 200 soldiers at Naqoura belong to nobody. UNIFIL has 10,500 soldiers.",
        None,
        id="a mission that is not named before",
    ),
    pytest.param(
        "Kenyan troops landed in Haiti. The Kenyans will stay. The contingent has 400 soldiers.",
        "haiti",
        id="a body that was named",
    ),
    pytest.param(
        "Kenyan troops landed in Haiti. The Kenyans will stay. The army has 400 soldiers.",
        None,
        id="an army may be anywhere",
    ),
    pytest.param(
        "Uganda holds Bunia. The mayor is glad of the company there, 900 soldiers.",
        "ituri",
        id="a company there",
    ),
    pytest.param(
        "Uganda holds Bunia. The mayor is glad of the company, 900 soldiers.", None, id="a company"
    ),
    pytest.param(
        "Kenya built a base outside Kismayo. The base now holds 1,200 soldiers.",
        "kismayo",
        id="the site that was named",
    ),
    pytest.param(
        "Kenya built a base outside Kismayo. The mayor now holds 1,200 soldiers.",
        None,
        id="somebody else",
    ),
    pytest.param(
        'The Ugandans entered Ituri. "There are so many of them - about 2,000 soldiers," a nun said.',
        "ituri",
        id="many of them",
    ),
    pytest.param(
        'The Ugandans entered Ituri. "There is so much mud - about 2,000 soldiers dig," a nun said.',
        None,
        id="much mud",
    ),
    pytest.param(
        '"We think of 400 soldiers. That is our view of the Kenyan contingent in Haiti," he said.',
        "haiti",
        id="of which contingent it is said",
    ),
    pytest.param(
        '"We think of 400 soldiers. That is our view from the Kenyan restaurant in Haiti," he said.',
        None,
        id="from where it is said",
    ),
]


@pytest.mark.parametrize(
    ("text", "place"), [*_ANOTHERS, *_MISSIONS_AND_PURPOSES, *_HOME, *_BEFORE_AND_AFTER]
)
def test_the_last_figure_is_where_its_people_are(text: str, place: str | None) -> None:
    """A place counts for those of whom it is told, and for nobody beside them."""
    assert _places(text)[-1] == (place, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "Some 240 reservists are housed in the barracks near Qwertyville.",
            "Qwertyville",
            id="housed",
        ),
        pytest.param(
            "Some 240 reservists are praised by the mayor of Qwertyville.", None, id="praised"
        ),
        pytest.param(
            "The army withdrew 350 soldiers from Qwertytown.", "Qwertytown", id="withdrawn from"
        ),
        pytest.param("The army trained 350 soldiers from Qwertytown.", None, id="who come from"),
    ],
)
def test_an_unlisted_place_is_kept_where_they_are_or_leave(text: str, words: str | None) -> None:
    """The name is kept by its words."""
    assert _places(text) == [(None, words)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param(
            "Rwanda has 7,000 soldiers, and 4,000 of them are in Goma.",
            [None, "goma"],
            id="a part is not its whole",
        ),
        pytest.param(
            "Rwanda has 7,000 soldiers and 4,000 reservists in Goma.",
            ["goma", "goma"],
            id="two of one verb",
        ),
    ],
)
def test_a_part_and_its_whole_have_places_of_their_own(text: str, places: list[str | None]) -> None:
    """Coordinated figures share a place; a part has its own."""
    assert [place for place, _ in _places(text)] == places
