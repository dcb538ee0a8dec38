# SPDX-License-Identifier: Apache-2.0
"""The knowledge files: they load, override each other, and say everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pycountry
import pytest

from monitor.core.errors import ConfigError
from monitor.knowledge import load_knowledge, shipped_knowledge, shipped_root

_SHIPPED = shipped_root() / "seeds"


def _site(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        directory, _, stem = name.partition("_")
        (folder / directory).mkdir(exist_ok=True)
        (folder / directory / f"{stem}.toml").write_text(content, encoding="utf-8")
    return folder


def test_shipped_forces_cover_every_sovereign_state() -> None:
    """Every member state of the United Nations is a force under its ISO code."""
    territories = (
        "AW AI AX AS AQ TF BQ BL BM BV CC CK CW CX KY EH FK FO GG GI GP GL GF GU HK HM IM IO JE MO "
        "MF MP MS MQ YT NC NF NU PN PR PF RE GS SH SJ PM SX TC TK UM VG VI WF"
    )
    states = {country.alpha_2 for country in pycountry.countries} - set(territories.split())
    assert states <= set(shipped_knowledge().gazetteer.forces)


def test_every_source_family_is_itself_a_source() -> None:
    """A family can be shown by name, so it must be a node."""
    sources = shipped_knowledge().gazetteer.sources
    assert {node.family for node in sources.values()} <= set(sources)


@pytest.mark.parametrize("place", ["kursk", "sudzha", "belgorod", "ukraine", "donetsk"])
def test_places_of_the_war_are_watched(place: str) -> None:
    """A known figure at one of these places is news again."""
    assert shipped_knowledge().gazetteer.is_watched(place)


def test_a_site_extends_and_overrides_what_is_shipped(tmp_path: Path) -> None:
    """A later root wins entry by entry, and the version says that something changed."""
    site = _site(
        tmp_path,
        gazetteer_own='place = [{ id = "sudzha", name = "Town of Sudzha", parent = "kursk" }, '
        '{ id = "strelsau", name = "Strelsau" }]',
    )
    knowledge = load_knowledge((_SHIPPED, site))
    assert knowledge.gazetteer.place_name("sudzha") == "Town of Sudzha"
    assert "strelsau" in knowledge.gazetteer.places
    assert "kursk" in knowledge.gazetteer.places
    assert knowledge.version != shipped_knowledge().version


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """A wrong key, a wrong weight, a missing parent and broken TOML are four problems."""
    site = _site(
        tmp_path,
        gazetteer_a='place = [{ id = "x", name = "X", parnet = "y" }]',
        gazetteer_b='place = [{ id = "z", name = "Z", parent = "nowhere" }]',
        gazetteer_c="place = [",
        measures_m='id = "m"\nname = "m"\n[heads]\ncases = 7.0',
    )
    with pytest.raises(ConfigError) as caught:
        load_knowledge((_SHIPPED, site))
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert all(word in told for word in ("parnet", "nowhere", "not TOML", "heads.cases"))
    assert len(caught.value.problems) == 4


def test_nothing_at_all_is_no_knowledge(tmp_path: Path) -> None:
    """Without measures and languages nothing can be read, and that is said."""
    with pytest.raises(ConfigError):
        load_knowledge((tmp_path,))


def test_an_incomplete_language_pack_names_the_missing_lists(tmp_path: Path) -> None:
    """A language without the words that the grammar asks for never starts silently."""
    site = _site(
        tmp_path,
        languages_xx='language = "xx"\n[numbers]\nunits = { un = 1 }\nscales = { mil = 1000 }\n'
        "[dates]\nmonths = {}\nweekdays = {}\n",
    )
    with pytest.raises(ConfigError) as caught:
        load_knowledge((_SHIPPED, site))
    assert "attribution.verbs" in {problem.field for problem in caught.value.problems}
