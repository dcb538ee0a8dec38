# SPDX-License-Identifier: Apache-2.0
"""In which sense a number holds: what is over, what hangs on something, and what is no condition.

For each rule a text that it decides, and one beside it that the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.core.model import Status
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)
_PAST, _PRESENT = Status.PAST, Status.PRESENT
_PLANNED, _HYPOTHETICAL = Status.PLANNED, Status.HYPOTHETICAL


def _statuses(text: str) -> list[Status]:
    document = Document(text=text, published=_PUBLISHED)
    claims = extract(document, shipped_knowledge(), measures=("troops",)).claims
    return [claim.status for claim in claims]


_OVER = [
    pytest.param(
        "There are 600 Danish soldiers in Helmand, and the last of them left in May.",
        _PAST,
        id="the last of them left",
    ),
    pytest.param(
        "There are 600 Danish soldiers in Helmand, and the last of them slept in May.",
        _PRESENT,
        id="the last of them slept",
    ),
    pytest.param(
        "Chad, where until last spring France stationed 1,000 soldiers, is alone.",
        _PAST,
        id="where, until a day",
    ),
    pytest.param(
        "Chad, where since last spring France stationed 1,000 soldiers, is alone.",
        _PRESENT,
        id="where, since a day",
    ),
    pytest.param(
        "All 1,300 soldiers who served in Gao are home.", _PAST, id="who served and are home"
    ),
    pytest.param(
        "All 1,300 soldiers who serve in Gao are tired.", _PRESENT, id="who serve and are tired"
    ),
    pytest.param(
        "Portugal sent sappers, but never more than 200 of them were in Bangui at one time.",
        _PAST,
        id="at one time",
    ),
    pytest.param(
        "Portugal sent sappers, and more than 200 of them were in Bangui at long last.",
        _PRESENT,
        id="at long last",
    ),
    pytest.param(
        "A year ago, he said, there had been 41,000 soldiers in Tigray.", _PAST, id="had been, told"
    ),
    pytest.param(
        "A year ago, he said, he bought a house where there are 41,000 soldiers.",
        _PRESENT,
        id="a year ago something else",
    ),
    pytest.param(
        "Ethiopia began the campaign with some 60,000 soldiers.", _PAST, id="began with so many"
    ),
    pytest.param(
        "Ethiopia wages the campaign with some 60,000 soldiers.",
        _PRESENT,
        id="wages it with so many",
    ),
    pytest.param(
        "They are a fraction of the 12,000 soldiers who were once there.",
        _PAST,
        id="of those who were there",
    ),
    pytest.param(
        "They are a fraction of the 12,000 soldiers who are there.", _PRESENT, id="of those who are"
    ),
    pytest.param(
        "Of the 300 soldiers who went into the forest few came back.",
        _PAST,
        id="of those who went",
    ),
    pytest.param(
        "Of the 300 soldiers who live in the forest few are cooks.",
        _PRESENT,
        id="of those who live",
    ),
    pytest.param(
        "The US has 900 soldiers in Syria, down from 2,000 in the winter.", _PAST, id="down from"
    ),
    pytest.param(
        "The US has 900 soldiers in Syria and about 2,000 in Iraq.", _PRESENT, id="and so many"
    ),
    pytest.param(
        "The Danish army took in 4,700 conscripts, a little below last year's 5,000.",
        _PAST,
        id="last year's",
    ),
    pytest.param(
        "The Danish army took in 4,700 conscripts, and the Danish guard's 5,000.",
        _PRESENT,
        id="somebody's",
    ),
]
_STILL = [
    pytest.param(
        "In 2009 the mission began; it has since become 2,400 soldiers.",
        _PRESENT,
        id="has since become",
    ),
    pytest.param(
        "In 2009 the mission began; it had soon become 2,400 soldiers.",
        _PAST,
        id="had soon become",
    ),
    pytest.param(
        "As at 30 September the mission stood at 2,900 soldiers.", _PRESENT, id="as at a day"
    ),
    pytest.param("In those days the mission stood at 2,900 soldiers.", _PAST, id="in those days"),
    pytest.param(
        "The 140 soldiers of the fort lost patience when the rebels came.",
        _PRESENT,
        id="who lost something are there",
    ),
    pytest.param(
        "The 140 soldiers of the fort slept when the rebels came.",
        _PAST,
        id="who did something then",
    ),
    pytest.param(
        "The French contingent will fall to 350 soldiers from about 1,000.",
        _PRESENT,
        id="before a cut to come",
    ),
    pytest.param(
        "The French contingent fell to 350 soldiers from about 1,000.", _PAST, id="before a cut"
    ),
    pytest.param(
        "Kenya plans a base, now keeps 400 soldiers in Haiti.", _PRESENT, id="now, behind a plan"
    ),
    pytest.param(
        "Kenya plans a base, then keeps 400 soldiers in Haiti.", _PLANNED, id="then, behind a plan"
    ),
    pytest.param(
        "Kenya will send 600 soldiers to Haiti, while 400 in Kismayo stay.",
        _PRESENT,
        id="a contrast to a plan",
    ),
    pytest.param(
        "Kenya will send 600 soldiers to Haiti, and 400 to Kismayo.", _PLANNED, id="more of a plan"
    ),
    pytest.param(
        "It is a plan. The force numbers 3,000 soldiers.", _PRESENT, id="a verb behind a plan"
    ),
    pytest.param("It is a plan. A force of 3,000 soldiers.", _PLANNED, id="no verb behind a plan"),
]
_PLANS = [
    pytest.param(
        "Kenya plans two battalions. That would mean 1,200 soldiers.", _PLANNED, id="a plan means"
    ),
    pytest.param(
        "Kenya feeds two battalions. That would mean 1,200 soldiers.",
        _HYPOTHETICAL,
        id="no plan means",
    ),
    pytest.param(
        "Some 3,000 men are foreseen, made up of 500 engineers and 2,500 soldiers.",
        _PLANNED,
        id="of what a plan is made",
    ),
    pytest.param(
        "Some 3,000 men are foreseen; at the base are 2,500 soldiers.", _PRESENT, id="beside a plan"
    ),
    pytest.param(
        "The first 1,500 soldiers, half of them from Togo, will leave Kidal.",
        _PLANNED,
        id="a verb behind an aside",
    ),
    pytest.param(
        "The first 1,500 soldiers, half of them from Togo, have left Kidal.",
        _PRESENT,
        id="a perfect behind an aside",
    ),
    pytest.param(
        "Russia will have 150,000 soldiers near Sumy by May, if nothing changes.",
        _PLANNED,
        id="if nothing changes",
    ),
    pytest.param(
        "Russia will have 150,000 soldiers near Sumy by May, if Minsk agrees.",
        _HYPOTHETICAL,
        id="if somebody agrees",
    ),
    pytest.param(
        "If all goes well, 600 Kenyan soldiers are to fly to Haiti.",
        _PLANNED,
        id="if all goes well",
    ),
    pytest.param(
        "If Haiti asks, 600 Kenyan soldiers are to fly to Haiti.", _HYPOTHETICAL, id="if it asks"
    ),
    pytest.param(
        "If MONUSCO is to be believed, 4,000 Rwandan soldiers are in Goma.",
        _PRESENT,
        id="if somebody is to be believed",
    ),
    pytest.param(
        "If MONUSCO is to be paid, 4,000 Rwandan soldiers will be in Goma.",
        _HYPOTHETICAL,
        id="if somebody is to be paid",
    ),
    pytest.param("Kenya will send 600 soldiers, or more if Haiti asks.", _PLANNED, id="more if"),
    pytest.param(
        "Kenya will send 600 soldiers, or none unless Haiti asks.", _HYPOTHETICAL, id="none unless"
    ),
    pytest.param(
        "Poland will send 600 soldiers, some of them by train if the rails hold.",
        _PLANNED,
        id="a condition of some of them",
    ),
    pytest.param(
        "Poland will send 600 soldiers by train if the rails hold.",
        _HYPOTHETICAL,
        id="a condition of all",
    ),
]
_SUPPOSED = [
    pytest.param(
        "Ireland will lend 400 soldiers, but only once a truce holds.",
        _HYPOTHETICAL,
        id="but only once",
    ),
    pytest.param(
        "Ireland will lend 400 soldiers, but only by sea.", _PLANNED, id="but only by sea"
    ),
    pytest.param(
        '"Prepared to lend 400 soldiers," the Irish minister said, "but only when the guns are silent."',
        _HYPOTHETICAL,
        id="but only when, said later",
    ),
    pytest.param(
        '"Prepared to lend 400 soldiers," the Irish minister said, "and only too gladly."',
        _PRESENT,
        id="only too gladly",
    ),
    pytest.param(
        "If the council agrees, Kenya could have another 600 soldiers in Haiti.",
        _HYPOTHETICAL,
        id="could, on a condition",
    ),
    pytest.param(
        "Kenya could have another 600 soldiers in Haiti.", _PRESENT, id="could, as a guess"
    ),
    pytest.param("In Adazi 2,500 soldiers can be housed.", _HYPOTHETICAL, id="can be housed"),
    pytest.param("In Adazi 2,500 soldiers are housed.", _PRESENT, id="are housed"),
    pytest.param(
        "A garrison of 20,000 soldiers would be the minimum.",
        _HYPOTHETICAL,
        id="would be the least",
    ),
    pytest.param(
        "A garrison of 20,000 soldiers would be led by Poland.", _PLANNED, id="would be led"
    ),
    pytest.param(
        "Let us say there are 3,000 Eritrean soldiers in Humera.", _HYPOTHETICAL, id="let us say"
    ),
    pytest.param(
        "Let us say it openly: there are 3,000 Eritrean soldiers in Humera.",
        _PRESENT,
        id="let us say it openly",
    ),
    pytest.param(
        'At least "5,000 soldiers" will be necessary in Gaza.', _HYPOTHETICAL, id="necessary"
    ),
    pytest.param('At least "5,000 soldiers" are now in Gaza.', _PRESENT, id="are there"),
]


@pytest.mark.parametrize(("text", "status"), [*_OVER, *_STILL, *_PLANS, *_SUPPOSED])
def test_the_last_figure_holds_in_the_sense_of_its_sentence(text: str, status: Status) -> None:
    """What is over, what holds still, what is planned, and what is only supposed."""
    assert _statuses(text)[-1] is status
