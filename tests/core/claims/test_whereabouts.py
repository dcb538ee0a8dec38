# SPDX-License-Identifier: Apache-2.0
"""Where the counted people are: one row for each way in which a text says it, and for what says nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.claims import Document, extract
from monitor.knowledge import shipped_knowledge

_KNOWLEDGE = shipped_knowledge()
_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _places(text: str, title: str | None = None) -> list[str | None]:
    found = extract(
        Document(title=title, text=text, published=_PUBLISHED), _KNOWLEDGE, measures=("troops",)
    )
    return [claim.place for claim in found.claims]


_WAYS = [
    ("what is passed is no place", "1,500 soldiers were flown via Vladivostok to Kursk.", "kursk"),
    ("nor with nothing after it", "Some 900 soldiers rolled through Chita by train.", None),
    ("a relative clause", "The 1,200 soldiers who served in Kidal were recalled to Gao.", "gao"),
    ("a way in steps", "Moscow moved 800 soldiers to Rostov and from there to Kherson.", "kherson"),
    ("a withdrawal", "France pulled 700 soldiers out of Chad.", "chad"),
    (
        "who left and passed",
        "The last 450 soldiers flew home from Helmand through Cyprus.",
        "helmand",
    ),
    ("another clause", "10,000 soldiers are in Russia and could be sent to Ukraine.", "russia"),
    ("the narrower", "Sweden's 550 soldiers in Latvia live in Adazi.", "adazi"),
    ("a part elsewhere", "The US has 2,000 soldiers in Iraq, most of them in Erbil.", "iraq"),
]
_POINTERS = [
    (
        "a city",
        "El Fasher is cut off. The army has 5,000 soldiers in the besieged city.",
        "el-fasher",
    ),
    (
        "an island",
        "Greenland is cold. About 200 Danish soldiers are on the Arctic island.",
        "greenland",
    ),
    (
        "a country",
        "Haiti asked for help. Kenya sent 400 soldiers to the Caribbean country.",
        "haiti",
    ),
    ("its capital", "Mali is at war. Some 900 Russian soldiers guard the capital.", "bamako"),
    ("an unknown name is none", "Russia has 8,000 soldiers on the Qwerty peninsula.", None),
    (
        "of them",
        "Ugandan troops entered Ituri. A diplomat put their number at 1,000 soldiers.",
        "ituri",
    ),
]
_NOWHERE = [
    ("a whole army", "North Korea has 1.28 million soldiers under arms."),
    ("a border with a state", "Finland has 2,300 soldiers at the border with Russia."),
    ("a seat", "Budanov said in Washington that there were 12,000 North Korean soldiers."),
    ("for a state", "About 3,000 Cuban soldiers fight for Russia."),
]


@pytest.mark.parametrize(
    ("text", "place"),
    [row[1:] for row in (*_WAYS, *_POINTERS)],
    ids=[r[0] for r in (*_WAYS, *_POINTERS)],
)
def test_a_figure_stands_where_its_people_are_or_go(text: str, place: str | None) -> None:
    """The end of a way, the narrower place, and the place that a paraphrase takes."""
    assert _places(text) == [place]


@pytest.mark.parametrize("text", [row[1] for row in _NOWHERE], ids=[row[0] for row in _NOWHERE])
def test_what_names_no_place_of_troops_gives_none(text: str) -> None:
    """A whole army, a border with a state, a speaker's seat and a cause are no place."""
    assert _places(text) == [None]


def test_a_list_gives_each_figure_its_own_place() -> None:
    """A place before the next figure is not that of the last; an unlisted name is nobody's."""
    text = "Ukraine has 3,000 soldiers in Sumy; in Odesa there are 1,800 soldiers."
    assert _places(text) == ["sumy", "odesa"]
    text = "France had 900 soldiers in Niamey and 400 at Qwertyville."
    assert _places(text) == ["niamey", None]


def test_an_answer_takes_the_place_of_its_question() -> None:
    """What the asker turned to counts too, and what the headline begins with."""
    text = "Q: Let's turn to Pokrovsk.\nMR. MILLER: The Russians have 150,000 soldiers. It is hard."
    assert _places(text) == ["pokrovsk"]
    assert _places(
        "The spokesman confirmed it.", "Kursk: Kyiv counts 11,000 North Korean soldiers"
    ) == ["kursk"]


def test_a_body_goes_on_about_the_troops_of_its_title() -> None:
    """The first sentences take the place of the title when they speak of the same force."""
    title = "North Korean troops reach Kursk"
    assert _places("About 8,000 North Korean soldiers took part.", title) == ["kursk"]
    assert _places("About 8,000 Cuban soldiers took part.", title) == [None]
