# SPDX-License-Identifier: Apache-2.0
"""The shipped gazetteer: complete against ISO 3166 and Babel, without orphans, loops or clashes."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pycountry
import pytest
from babel import Locale

from monitor.core.knowledge import NameKind
from monitor.knowledge import shipped_knowledge, shipped_root

_KNOWLEDGE = shipped_knowledge()
_GAZETTEER = _KNOWLEDGE.gazetteer
_FILES = sorted((shipped_root() / "seeds" / "gazetteer").glob("*.toml"))
_TABLES = [tomllib.loads(path.read_text("utf-8")) for path in _FILES]
_STATES = [state for table in _TABLES for state in table.get("state", ())]
_BY_CODE = {code: place for place in _GAZETTEER.places.values() for code in place.iso}
# Where ISO and Babel write what no newspaper does.
_SPOKEN = {"CD": "Democratic Republic of the Congo", "CG": "Congo-Brazzaville", "MM": "Myanmar"}


def _finds(form: str, kind: NameKind) -> list[str]:
    """Return the ids that the whole of `form` is known as."""
    span = (len("in "), len("in ") + len(form))
    return [
        name.senses[kind]
        for name in _KNOWLEDGE.actors.find(f"in {form}")
        if kind in name.senses and (name.start, name.end) == span
    ]


def _speaker(text: str) -> list[str]:
    return [
        name.senses.get(NameKind.SOURCE) or name.senses[NameKind.OUTLET]
        for name in _KNOWLEDGE.speakers.find(text)
    ]


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda country: country.alpha_2)
def test_every_country_of_iso_3166_is_a_place(country: object) -> None:
    """Each of the 249 codes is one place, which the name in ISO or Babel finds."""
    code = country.alpha_2  # type: ignore[attr-defined]
    place = _BY_CODE[code]
    names = {
        country.name,  # type: ignore[attr-defined]
        getattr(country, "common_name", country.name),  # type: ignore[attr-defined]
        Locale("en").territories[code],
    }
    if code in _SPOKEN:
        names = {_SPOKEN[code]}
    found = {slug for name in names for slug in _finds(name.replace("’", "'"), NameKind.PLACE)}
    assert found == {place.id}, names


@pytest.mark.parametrize("state", _STATES, ids=lambda state: state["id"])
def test_every_state_acts_speaks_and_has_a_capital(state: dict[str, str]) -> None:
    """A state has a name, an adjective, a capital, a government and offices of its family."""
    code, name = state["id"], state["name"]
    assert _finds(name, NameKind.ACTOR) == [code]
    assert _finds(state["adjective"], NameKind.ADJECTIVE) == [code]
    family = _KNOWLEDGE.governments[code]
    assert _GAZETTEER.sources[family].family == family
    home = _KNOWLEDGE.homes[code]
    assert any(
        place.kind == "capital" and place.parent == home for place in _GAZETTEER.places.values()
    ) or state["id"] in {"NR", "PW"}
    for phrase in (
        f"{state['adjective']} defence ministry",
        f"{name}'s foreign minister",
        f"{name}'s army",
        f"the general staff of {name}",
        f"{state['adjective']} intelligence officials",
        f"{state['adjective'].upper()} PRESIDENT"
        if len(state["adjective"]) > 4
        else f"{name}'s president",
    ):
        sources = [_GAZETTEER.sources[slug] for slug in _speaker(f"{phrase} said")]
        assert [source.family for source in sources] == [family], (phrase, sources)


def test_every_government_speaks_for_one_force() -> None:
    """What a government says of its own army is about one army."""
    governments = list(_KNOWLEDGE.governments.values())
    assert len(governments) == len(set(governments))


def test_sovereign_states_are_the_members_of_the_united_nations_and_four_more() -> None:
    """193 members, the Vatican, Palestine, Taiwan and Kosovo."""
    assert len({state["id"] for state in _STATES}) == 193 + 4


@pytest.mark.parametrize("country", ["UA", "RU"])
def test_regions_of_ukraine_and_russia_are_complete(country: str) -> None:
    """Every subdivision of ISO 3166-2 is a place; who holds it is not the question here."""
    codes = {part.code for part in pycountry.subdivisions.get(country_code=country)}
    assert codes <= set(_BY_CODE)
    home = _BY_CODE[country].id
    assert all(_GAZETTEER.is_within(_BY_CODE[code].id, home) for code in codes)


def test_regions_of_ukraine_are_watched() -> None:
    """A figure that is known elsewhere is news in every region of Ukraine, and at Russia's front."""
    codes = [part.code for part in pycountry.subdivisions.get(country_code="UA")]
    front = ["RU-KRS", "RU-BEL", "RU-BRY"]
    assert all(_GAZETTEER.is_watched(_BY_CODE[code].id) for code in (*codes, *front))


def _climb(nodes: Mapping[str, Any], slug: str) -> list[str]:
    """Return the ids from `slug` upwards, at most as many as there are nodes."""
    path = [slug]
    while nodes[path[-1]].parent is not None and len(path) <= len(nodes):
        path.append(nodes[path[-1]].parent)
    return path


@pytest.mark.parametrize(
    "nodes", [_GAZETTEER.places, _GAZETTEER.sources], ids=["places", "sources"]
)
def test_parents_exist_and_never_come_back(nodes: Mapping[str, Any]) -> None:
    """Places and sources are trees."""
    for slug in nodes:
        path = _climb(nodes, slug)
        assert len(path) == len(set(path)), slug


def test_every_place_has_a_kind_and_every_source_a_family_with_a_name() -> None:
    """Nothing in the gazetteer is half said."""
    assert [place.id for place in _GAZETTEER.places.values() if place.kind is None] == []
    families = {source.family for source in _GAZETTEER.sources.values()}
    assert families <= set(_GAZETTEER.sources)
    assert [source.id for source in _GAZETTEER.sources.values() if not source.name.strip()] == []


def test_people_leave_office_after_they_enter_it() -> None:
    """Dates of office are in order, and a person stands in a body that exists."""
    people = [person for table in _TABLES for person in table.get("person", ())]
    assert len(people) > 300
    for person in people:
        assert person["at"] in _GAZETTEER.sources, person["id"]
        assert person.get("since", "0") <= person.get("until", "9"), person["id"]


def _of_state(state: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    code, country, names = state["id"], state["place"], (state["name"], *state.get("aliases", ()))
    capitals = state.get("capitals", {})
    seats = [form for forms in capitals.values() for form in forms]
    yield from (("actor", form, code) for form in (*names, *seats, *state.get("actors", ())))
    adjectives = (state["adjective"], *state.get("adjectives", ()))
    yield from (("adjective", form, code) for form in adjectives)
    yield from (("people", form, code) for form in state.get("people", ()))
    yield from (("place", form, country) for form in names)
    yield from (("place", form, slug) for slug, forms in capitals.items() for form in forms)


def _of_force(force: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind, key in (("actor", "names"), ("adjective", "adjectives"), ("people", "people")):
        yield from ((kind, form, force["id"]) for form in force.get(key, ()))


def _of_group(group: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield from (("place", form, slug) for slug, forms in group["names"].items() for form in forms)


def _of_place(place: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    forms = (place["name"], *place.get("aliases", ()))
    yield from (("place", form, place["id"]) for form in forms)


def _of_source(source: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    forms = source.get("names") or source.get("aliases", (source["name"],))
    yield from (("source", form, source["id"]) for form in forms)


_READERS = {
    "state": _of_state,
    "force": _of_force,
    "places": _of_group,
    "place": _of_place,
    "source": _of_source,
    "person": _of_source,
}


def _surfaces() -> Iterator[tuple[str, str, str]]:
    """Yield kind, form and id of everything that the files list."""
    for table in _TABLES:
        for key, read in _READERS.items():
            for entry in table.get(key, ()):
                yield from read(entry)


def test_no_form_names_two_things_of_one_kind() -> None:
    """Each form means one place, one force, one source; what news calls ambiguous is left out."""
    known = defaultdict(set)
    for kind, form, slug in _surfaces():
        known[kind, form].add(slug)
    assert {key: slugs for key, slugs in known.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize(
    ("text", "source", "family"),
    [
        ("Ukraine's former deputy defence minister said", "ukraine-defence-ministry", "ukraine"),
        ("The Chief of the General Staff of Ukraine said", "ukraine-military", "ukraine"),
        ("The US Army said", "pentagon", "us"),
        ("American military officials said", "pentagon", "us"),
        ("Seoul's spy agency said", "nis", "south-korea"),
        ("The British defence secretary said", "uk-defence-ministry", "uk"),
        ("UK defence intelligence said", "uk-defence-ministry", "uk"),
        ("Israel's military said", "idf", "israel"),
        ("TAIWAN'S DEFENSE MINISTRY SAID", "taiwan-defence-ministry", "taiwan"),
        ("Taiwan defence ministry says", "taiwan-defence-ministry", "taiwan"),
        ("the Ministry of Defence of the United Kingdom", "uk-defence-ministry", "uk"),
        ("Mr Lykhovii said", "dmytro-lykhovii", "ukraine"),
        ("Zelenskiy said", "zelensky", "ukraine"),
        ("the Élysée said", "france-government", "france"),
        ("Malian junta leader", "mali-government", "mali"),
    ],
)
def test_offices_and_people_speak_for_their_state(text: str, source: str, family: str) -> None:
    """The offices of a state are found in any case, and lead to its family."""
    found = _speaker(text)
    assert found == [source]
    assert _GAZETTEER.sources[source].family == f"{family}-government"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Michael Jordan sent 20 players", set()),
        ("Jordan sent 200 soldiers", {"actor", "place"}),
        ("The Washington Post reported", set()),
        ("officials in Washington said", {"actor", "place"}),
        ("soldiers from Fort Stewart, Georgia", set()),
        ("troops in Georgia", {"actor", "place"}),
        ("a roast turkey", set()),
        ("the New Mexico desert", {"place"}),
        ("in New Guinea", set()),
        ("Paris Hilton and 300 guests", set()),
        ("a male soldier in the congo line", set()),
        ("2,500 soldiers in the US, officials said", {"actor", "adjective", "place"}),
        ("near US bases", {"actor", "adjective"}),
        ("in the UK government", {"actor", "adjective"}),
        ("Chad Smith plays", set()),
        ("he went to the South for the winter", set()),
        ("Seoul accused the North of sending troops", {"actor", "place"}),
        ("a CAR bomb", set()),
    ],
)
def test_ambiguous_names_need_their_surroundings(text: str, kinds: set[str]) -> None:
    """A name that is as often something else counts only where its conditions hold."""
    found = {
        kind.value
        for name in _KNOWLEDGE.actors.find(text)
        for kind, slug in name.senses.items()
        if "fort-stewart" not in name.senses.values() and slug
    }
    assert found == kinds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("John Austin said", []),
        ("Secretary Austin said", ["lloyd-austin"]),
        ("Austin said", ["lloyd-austin"]),
        ("police in Austin, Texas, said", []),
        ("But Ryder said", ["pat-ryder"]),
        ("in Russia, Ryder told reporters", ["pat-ryder"]),
    ],
)
def test_surnames_that_many_bear_stand_alone_or_behind_an_office(
    text: str, found: list[str]
) -> None:
    """Another first name makes it another person."""
    assert _speaker(text) == found


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("Kharkov", "kharkiv"),
        ("Chasov Yar", "chasiv-yar"),
        ("Ussuriysk", "ussuriysk"),
        ("Sergeyevka", "sergeyevka"),
        ("Ulan-Ude", "ulan-ude"),
        ("Philadelphi corridor", "philadelphi"),
        ("El Fasher", "el-fasher"),
        ("Ādaži", "adazi"),
        ("the Baltics", "baltic-states"),
        ("Galwan", "galwan"),
    ],
)
def test_places_are_found_under_their_usual_spellings(form: str, place: str) -> None:
    """Transliterations and former names lead to one node."""
    found = {name.senses.get(NameKind.PLACE) for name in _KNOWLEDGE.actors.find(form)}
    assert place in found


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("malaya-loknya", "russia"),
        ("sergeyevka", "far-east"),
        ("bakhmut", "ukraine"),
        ("mali", "sahel"),
        ("lithuania", "europe"),
        ("philadelphi", "gaza"),
        ("el-fasher", "sudan"),
        ("goma", "africa"),
        ("okinawa", "asia-pacific"),
        ("galwan", "india"),
        ("kuwait", "middle-east"),
        ("guantanamo", "cuba"),
    ],
)
def test_places_lie_in_what_news_would_call_the_wider_place(inner: str, outer: str) -> None:
    """Rules name wide places and mean all that lies in them."""
    assert _GAZETTEER.is_within(inner, outer)
