# SPDX-License-Identifier: Apache-2.0
"""Measures that are defined by what befell the counted, and their distance from troops."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from corpus.evaluate import TUNE, passages

from monitor.core.claims import Document, extract
from monitor.core.model import Claim
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _claims(text: str, measure: str | None = None) -> tuple[Claim, ...]:
    measures = None if measure is None else (measure,)
    document = Document(text=text, published=_PUBLISHED)
    return extract(document, shipped_knowledge(), measures=measures).claims


def _read(text: str, measure: str) -> list[tuple[int, str, str | None, str | None]]:
    return [(claim.low, claim.unit, claim.force, claim.place) for claim in _claims(text, measure)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About 1,000 North Korean troops have been killed in Kursk.", [(1000, "killed", "KP", "kursk")]),
        ("Some 300 North Korean soldiers were killed and 2,700 wounded.", [(300, "killed", "KP", None), (2700, "wounded", "KP", None)]),
        ("Ukraine captured 240 Russian soldiers.", [(240, "captured", "RU", None)]),
        ("Russia has lost 700,000 soldiers since 2022.", [(700000, "casualties", "RU", None)]),
        ("At least 58 Palestinians were killed in Gaza.", [(58, "killed", None, "gaza")]),
        ("Of the 11,000 soldiers deployed, about 4,000 have been killed.", [(4000, "killed", None, None)]),
        ("Some 10,000 North Korean troops are in Kursk.", []),
        ("The brigade destroyed 14 tanks and killed the mood.", []),
    ],
    ids=range(8),
)  # fmt: skip
def test_casualties_are_told_apart_by_what_befell_them(
    text: str, expected: list[tuple[int, str, str | None, str | None]]
) -> None:
    """Killed, wounded, captured and lost are units; who is merely there is no casualty."""
    assert [item[:2] for item in _read(text, "casualties")] == [item[:2] for item in expected]
    assert [item[3] for item in _read(text, "casualties")] == [item[3] for item in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More than 11 million people have been displaced in Sudan.", [(11_000_000, "sudan")]),
        ("Fighting displaced 120,000 people in Darfur.", [(120_000, None)]),
        ("Some 45,000 Sudanese fled to Chad this month.", [(45_000, "chad")]),
        ("Chad hosts 700,000 refugees.", [(700_000, "chad")]),
        ("Some 2,000 Chadian soldiers are at the border.", []),
        ("About 120,000 people marched against the law.", []),
    ],
    ids=range(6),
)
def test_displaced_people_are_read_without_code_of_their_own(
    text: str, expected: list[tuple[int, str | None]]
) -> None:
    """A third measure is a file: people count where the text says that they had to leave."""
    found = _read(text, "displaced")
    assert [item[0] for item in found] == [value for value, _ in expected]
    for item, (_, place) in zip(found, expected, strict=True):
        assert place is None or item[3] == place


def test_no_number_is_a_claim_of_troops_and_of_casualties() -> None:
    """On the whole tuning part, a number that one of the two takes the other leaves."""
    both = []
    for passage in passages(TUNE):
        taken: dict[int, set[str]] = {}
        for claim in _claims(passage.text):
            taken.setdefault(claim.evidence.span.start, set()).add(claim.measure)
        both += [passage.id for measures in taken.values() if {"troops", "casualties"} <= measures]
    assert both == []


def test_a_number_that_one_measure_takes_is_not_listed_as_rejected() -> None:
    """With several measures a number is either somebody's claim or rejected once."""
    found = extract(
        Document(
            text="Some 300 soldiers were killed; 9,000 shells were fired.", published=_PUBLISHED
        ),
        shipped_knowledge(),
    )
    assert [(claim.measure, claim.low) for claim in found.claims] == [("casualties", 300)]
    assert [(item.text, item.reason) for item in found.rejected] == [("9,000", "counts shells")]
