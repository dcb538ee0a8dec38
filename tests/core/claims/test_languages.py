# SPDX-License-Identifier: Apache-2.0
"""Languages beside English: one table of meanings that every pack must read, with the same ids."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.claims import Document, extract, may_hold_claims
from monitor.core.claims.inflected import language_of
from monitor.core.model import Claim, Extraction, TextField
from monitor.core.packs import LISTS, TABLES
from monitor.knowledge import shipped_knowledge

_CORPUS = Path(__file__).parents[2] / "corpus" / "languages"
_MEANINGS = tomllib.loads((_CORPUS / "meanings.toml").read_text("utf-8"))["meaning"]
_ARTICLES = tomllib.loads((_CORPUS / "articles.toml").read_text("utf-8"))["article"]
_PACKS = ("de", "fr", "es", "uk", "ru")
_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)
_ROWS = [
    pytest.param(row[language], row["claims"], id=f"{row['id']}-{language}")
    for row in _MEANINGS
    for language in _PACKS
]


def _read(text: str, language: str | None = None, title: str | None = None) -> Extraction:
    document = Document(title=title, text=text, published=_PUBLISHED, language=language)
    return extract(document, shipped_knowledge())


def _fields(claim: Claim) -> dict[str, Any]:
    return {
        "low": claim.low,
        "high": claim.high,
        "bound": claim.bound.value,
        "approximate": claim.approximate,
        "vague": claim.vague,
        "force": claim.force,
        "place": claim.place,
        "region": claim.region,
        "source": claim.source.id if claim.source else None,
        "family": claim.source.family if claim.source else None,
        "status": claim.status.value,
        "kind": claim.kind.value,
    }


def _told(found: Extraction, gold: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the found claims in order of value, with the fields that the gold states."""
    claims = sorted(map(_fields, found.claims), key=lambda fields: fields["low"])
    names = [set(wanted) for wanted in gold] + [{"low", "high"}] * len(claims)
    return [
        {name: claim[name] for name in wanted} for claim, wanted in zip(claims, names, strict=False)
    ]


@pytest.mark.parametrize(("text", "gold"), _ROWS)
def test_every_pack_reads_every_meaning(text: str, gold: list[dict[str, Any]]) -> None:
    """A meaning gives the same values, bounds, forces, places, sources, status and kind everywhere."""
    assert _told(_read(text), gold) == gold


@pytest.mark.parametrize("row", _MEANINGS, ids=lambda row: row["id"])
def test_a_claim_meets_its_english_self(row: dict[str, Any]) -> None:
    """The English text of a meaning gives ids of one series with the other languages'."""
    keys = {
        tuple((c.low, c.high, c.force, c.place, c.unit, c.kind) for c in _sorted(_read(row[name])))
        for name in ("en", *_PACKS)
    }
    assert len(keys) == 1


def _sorted(found: Extraction) -> list[Claim]:
    troops = [claim for claim in found.claims if claim.measure == "troops"]
    return sorted(troops, key=lambda claim: claim.low)


@pytest.mark.parametrize("row", _MEANINGS, ids=lambda row: row["id"])
def test_each_text_is_recognised_or_left_open_but_never_mistaken(row: dict[str, Any]) -> None:
    """The detector names the language of a sentence or none; never another one."""
    packs = shipped_knowledge().packs
    for language in ("en", *_PACKS):
        assert language_of(None, row[language], None, packs) in {language, None}


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("The troops are in the region and the ministry said so.", "de", "en"),
        ("Die Soldaten sind in der Region und das Ministerium ist in Berlin.", "en-US", "de"),
        ("10 000", "fr", "fr"),
        ("10 000", None, None),
        ("Secondo il ministero i soldati sono nella regione di Kursk.", None, "it"),
        ("Według ministerstwa żołnierze są już w obwodzie, jak podano, i nie jest to wszystko.",
         None, "pl"),
        ("Войници са в областта, заяви министърът, което не е ново и ще бъде проверено.",
         None, "bg"),
        ("病院で兵士", "en", "und"),
    ],
    ids=["english-wins", "german-wins", "declared", "unknown", "italian", "polish", "bulgarian",
         "japanese"],
)  # fmt: skip
def test_the_text_goes_before_the_declared_language(
    text: str, declared: str | None, expected: str | None
) -> None:
    """A clear text overrides a feed's language; an unclear one leaves it; else it is unknown."""
    assert language_of(None, text, declared, shipped_knowledge().packs) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "it",
            "Secondo il Pentagono circa 10.000 soldati nordcoreani sono nella regione di Kursk.",
        ),
        (
            "pl",
            "Około 10 tys. żołnierzy z Korei Północnej jest już w obwodzie kurskim, jak podano.",
        ),
        ("pt", "Cerca de 10.000 soldados norte-coreanos estão em Kursk, segundo o ministro."),
        ("nl", "Ongeveer 10.000 Noord-Koreaanse militairen zijn in de Russische regio Kursk."),
        ("cs", "V Kurské oblasti je podle ministra už asi 10 000 severokorejských vojáků."),
        ("bg", "Около 10 000 севернокорейски войници са в Курска област, каза министърът."),
    ],
)
def test_a_partial_pack_reads_digits_force_and_place_and_says_so(language: str, text: str) -> None:
    """Without a pack of its own a language gives a claim too unsure to alert, marked as partial."""
    found = _read(text, language)
    assert found.partial == language
    (claim,) = found.claims
    assert (claim.low, claim.force, claim.place) == (10000, "KP", "kursk")
    assert claim.approximate
    assert dict(claim.why)["language"] == f"packs.partial-{language}"
    assert claim.confidence < 0.5


def test_a_number_that_a_partial_pack_cannot_judge_says_so() -> None:
    """In a script without words the reason is the pack, not the number."""
    found = _read("북한군 12000명이 러시아에 파병됐다", "ko")
    assert found.claims == ()
    assert {rejection.reason for rejection in found.rejected} == {"partial-language"}


def test_complete_packs_have_every_list_and_every_state() -> None:
    """A complete pack fills what the grammar asks for, and names each state that Babel names."""
    knowledge = shipped_knowledge()
    states = [force for force in knowledge.gazetteer.forces if len(force) == 2]
    for language in _PACKS:
        pack = knowledge.packs[language]
        assert set(pack.lists) >= LISTS
        assert set(pack.tables) >= TABLES
        kinds = {kind.value: ids for kind, ids in pack.names.items()}
        named = Locale(language).territories
        missing = [
            state
            for state in states
            if state in named and state not in {"EU", "UN"} and state not in kinds["actor"]
        ]
        assert missing == []


def test_ids_of_names_are_those_of_the_gazetteer() -> None:
    """No pack names a force, place or source that the gazetteer does not have."""
    knowledge = shipped_knowledge()
    known = {
        "actor": knowledge.gazetteer.forces,
        "adjective": knowledge.gazetteer.forces,
        "people": knowledge.gazetteer.forces,
        "place": knowledge.gazetteer.places,
        "source": knowledge.gazetteer.sources,
        "outlet": knowledge.gazetteer.sources,
    }
    for pack in knowledge.packs.values():
        for kind, ids in pack.names.items():
            assert set(ids) <= set(known[kind.value])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.000 nordkoreanische Soldaten waren am 28. Oktober in Kursk, sagte Selenskyj.", 28),
        ("10 000 soldats nord-coréens étaient à Koursk le 28 octobre 2024, selon Zelensky.", 28),
        (
            "10.000 soldados norcoreanos estaban en Kursk el 28 de octubre de 2024, dijo Zelenski.",
            28,
        ),
        ("Станом на 28 жовтня 10 тисяч солдатів КНДР були на Курщині, сказав Зеленський.", 28),
        ("На 28 октября 10 тысяч солдат КНДР были в Курской области, сказал Зеленский.", 28),
    ],
    ids=_PACKS,
)
def test_days_named_in_the_text_become_the_as_of(text: str, expected: int) -> None:
    """A date in words gives the day the figure is of."""
    (claim,) = _read(text).claims
    assert claim.as_of == date(2024, 10, expected)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("de", ("11.000", "11 000", "11 Tausend", "elftausend", "11'000")),
        ("fr", ("11.000", "11 000", "11\u202f000", "onze mille")),
        ("es", ("11.000", "11 000", "11 mil", "once mil")),
        ("uk", ("11 000", "11 тис.", "11 тисяч", "11000", "одинадцять тисяч")),
        ("ru", ("11 000", "11 тыс.", "11 тысяч", "11000", "одиннадцать тысяч")),
    ],
)
def test_rewriting_a_figure_never_changes_a_claim(language: str, written: tuple[str, ...]) -> None:
    """Digits with any separator, scale words and number words are one value."""
    row = next(row for row in _MEANINGS if row["id"] == "attribution-before")
    plain = "11 тисяч" if language == "uk" else "11 тысяч"
    plain = {"de": "11.000", "fr": "11 000", "es": "11.000"}.get(language, plain)
    found = {
        tuple(_fields(claim).items())
        for figure in written
        for claim in _read(row[language].replace(plain, figure), language).claims
    }
    assert len(found) == 1


@pytest.mark.parametrize("language", _PACKS)
def test_the_gate_lets_texts_of_every_pack_through(language: str) -> None:
    """A teaser that names troops is worth a page, one about anything else is not."""
    knowledge = shipped_knowledge()
    rows = {row["id"]: row for row in _MEANINGS}
    assert may_hold_claims(rows["plain-total"][language], knowledge, language)
    weather = {
        "de": "Das Wetter wird morgen in der ganzen Stadt schön, bei 25 Grad.",
        "fr": "Il fera beau demain dans toute la ville, avec 25 degrés.",
        "es": "Mañana hará buen tiempo en toda la ciudad, con 25 grados.",
        "uk": "Завтра в усьому місті буде гарна погода, 25 градусів.",
        "ru": "Завтра во всём городе будет хорошая погода, 25 градусов.",
    }
    assert not may_hold_claims(weather[language], knowledge, language)


# What the packs reach on the paragraphs now; they may only rise. See the head of articles.toml for
# what they reached on first sight.
_FLOORS = {"precision": 1.0, "recall": 0.98}
_FIELD_FLOORS = {"bound": 1.0, "force": 0.95, "place": 0.92, "family": 0.88, "status": 0.95}


def _is_right(name: str, fields: dict[str, Any], gold: dict[str, Any]) -> bool:
    """Say whether a field is as labelled; a speaker nobody knows may keep its literal words."""
    if name not in gold and (name == "status" or str(fields[name]).startswith("text:")):
        return True
    return bool(fields[name] == gold.get(name))


def test_paragraphs_of_news_reach_their_floors() -> None:
    """Whole paragraphs give the right figures and no others, with their fields, in every language."""
    matched = extra = missed = 0
    right: Counter[str] = Counter()
    for article in _ARTICLES:
        found = list(_read(article["text"]).claims)
        for gold in article["claims"]:
            claim = next((c for c in found if (c.low, c.high) == (gold["low"], gold["high"])), None)
            if claim is None:
                missed += 1
                continue
            found.remove(claim)
            matched += 1
            right.update(name for name in _FIELD_FLOORS if _is_right(name, _fields(claim), gold))
        extra += len(found)
    reached = {"precision": matched / (matched + extra), "recall": matched / (matched + missed)}
    reached |= {name: right[name] / matched for name in _FIELD_FLOORS}
    floors = _FLOORS | _FIELD_FLOORS
    assert {name: reached[name] >= floor for name, floor in floors.items()} == dict.fromkeys(
        floors, True
    ), reached


_WORDS = st.sampled_from(
    [
        "10.000", "10 000", "12 тис.", "тисяч", "десять", "zweitausend", "bis", "до", "à", "von",
        "солдатів", "Soldaten", "soldats", "soldados", "КНДР", "norcoreanos", "nordkoreanische",
        "у", "в", "in", "en", "Курській", "області", "Kursk", "Koursk", "сказав", "sagte", "dijo",
        "що", "dass", "que", ",", ".", "\n", "«", "»", "„", "“", "–", "-", "з", "них", "davon",
        "загинули", "getötet", "d'", "l'", "(", ")", "%", "\u00a0", "2024", "млн", "тыс.",
    ]
)  # fmt: skip
_NEWS = st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=50).map(" ".join))


@settings(deadline=None, max_examples=150)
@given(_NEWS, st.none() | _NEWS, st.sampled_from([*_PACKS, "und", "pl", None]))
def test_spans_point_at_the_text_they_claim(
    text: str, title: str | None, language: str | None
) -> None:
    """For any text in any language nothing is raised, and every span holds what it says."""
    found = _read(text, language, title)
    fields = {TextField.TEXT: text, TextField.TITLE: title or ""}
    for claim in found.claims:
        whole, span = fields[claim.evidence.span.field], claim.evidence.span
        assert whole[span.start : span.end] == claim.evidence.text
        sentence = claim.evidence.sentence_span
        assert whole[sentence.start : sentence.end] == claim.evidence.sentence
    for rejection in found.rejected:
        whole = fields[rejection.span.field]
        assert whole[rejection.span.start : rejection.span.end] == rejection.text
