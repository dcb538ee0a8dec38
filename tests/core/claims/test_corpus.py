# SPDX-License-Identifier: Apache-2.0
"""Whole reports read with all fields, and the six alerts that five of them hold."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core.claims import Document, extract
from monitor.core.decide import Policy, decide
from monitor.core.memory import Memory
from monitor.core.model import Claim, Verdict
from monitor.core.prepare import Reading, prepare
from monitor.core.rules import RuleSet
from monitor.knowledge import shipped_knowledge

_CORPUS = Path(__file__).parents[2] / "corpus"
_REWRITES = sorted((_CORPUS / "rewrites").glob("*.toml"))
_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _fields(claim: Claim) -> dict[str, object]:
    return {
        "bound": claim.bound.value,
        "force": claim.force,
        "place": claim.place,
        "family": claim.source.family if claim.source else None,
        "status": claim.status.value,
    }


def _described(claim: Claim, gold: dict[str, Any]) -> dict[str, object]:
    got: dict[str, object] = {
        **_fields(claim),
        "low": claim.low,
        "high": claim.high,
        "kind": claim.kind.value,
        "recalled": claim.recalled,
        "as_of": claim.as_of,
    }
    return {name: got[name] for name in gold}


@pytest.mark.parametrize("path", _REWRITES, ids=lambda path: path.stem)
def test_rewritten_reports_hold_exactly_their_claims(path: Path) -> None:
    """A whole report gives its claims with all fields, and nothing else."""
    report = tomllib.loads(path.read_text("utf-8"))
    found = extract(
        Document(title=report["title"], text=report["text"], published=report["published"]),
        shipped_knowledge(),
        measures=("troops",),
    ).claims
    gold = sorted(report["claims"], key=_order)
    values = sorted(found, key=lambda claim: (claim.low, claim.high, claim.place or ""))
    assert [
        _described(claim, wanted) for claim, wanted in zip(values, gold, strict=False)
    ] == gold, found
    assert len(found) == len(gold)


def _order(gold: dict[str, Any]) -> tuple[int, int, str]:
    return gold["low"], gold["high"], gold.get("place", "")


_ALERTING = {Verdict.NEW, Verdict.NEW_PLACE, Verdict.REVISION, Verdict.CORRECTION}
_EXPECTED = [
    ("new", 10000, 10000, "russia", "us-government"),
    ("new", 2000, 2000, "kursk", "us-government"),
    ("new-place", 10000, 10000, "kursk", "us-government"),
    ("new", 11000, 11000, "kursk", "ukraine-government"),
    ("new", 12000, 12000, "russia", "ukraine-government"),
    ("revision", 11000, 12000, "russia", "us-government"),
]


def _alerting(readings: list[Reading]) -> list[tuple[str, int, int, str | None, str | None]]:
    knowledge = shipped_knowledge()
    policy = Policy(rules=RuleSet(rules=()), gazetteer=knowledge.gazetteer, now=datetime.now(UTC))
    articles = [prepare(reading, knowledge) for reading in readings]
    decision = decide(articles, Memory(articles=(), claims=(), alerts=()), policy)
    return [
        (row.verdict.value, row.claim.low, row.claim.high, row.claim.place, row.family)
        for outcome in decision.outcomes
        for row in outcome.claims
        if row.verdict in _ALERTING
    ]


def _reading(name: str, title: str, text: str, published: datetime) -> Reading:
    return Reading(
        feed="test",
        publisher=name,
        entry_key=name,
        entry_hash="",
        url=None,
        title=title,
        content=text,
        content_is_html=False,
        published=published,
        seen=published,
    )


def test_the_rewritten_reports_raise_the_six_expected_alerts_in_order() -> None:
    """In order of date, five reports hold six pieces of news, however often they repeat them."""
    reports = [(path, tomllib.loads(path.read_text("utf-8"))) for path in _REWRITES]
    readings = [
        _reading(path.stem, report["title"], report["text"], report["published"])
        for path, report in reports
    ]
    assert _alerting(readings) == _EXPECTED


@pytest.mark.skipif(
    "FIGUREWATCH_SEED_DOCUMENTS" not in os.environ,
    reason="the documents are not ours to ship; FIGUREWATCH_SEED_DOCUMENTS names their folder",
)
def test_the_real_documents_raise_the_six_expected_alerts_in_order() -> None:
    """The real reports give the same six, and the values that the design lists."""
    folder = Path(os.environ["FIGUREWATCH_SEED_DOCUMENTS"])
    index = tomllib.loads((folder / "index.toml").read_text("utf-8"))
    order = sorted(index, key=lambda name: index[name]["published"])
    texts = {name: (folder / name).read_text("utf-8") for name in order}
    values = {
        name[:3]: sorted(
            {
                claim.low if claim.low == claim.high else (claim.low, claim.high)
                for claim in extract(
                    Document(text=texts[name], published=index[name]["published"]),
                    shipped_knowledge(),
                    measures=("troops",),
                ).claims
            },
            key=str,
        )
        for name in order
    }
    assert values == {
        "001": [10000],
        "003": [10000],
        "002": [(2000, 9999), 10000, 2000],
        "000": [(3000, 9000), 10000, 8000],
        "004": [(11000, 12000), 10000, 11000, 12000, 3, 500, 8000],
    }
    readings = [_reading(name, "", texts[name], index[name]["published"]) for name in order]
    assert _alerting(readings) == _EXPECTED


def test_days_named_in_the_text_become_the_as_of() -> None:
    """A weekday, a date, and nothing at all give the day the figure is of."""
    cases = {
        "The Pentagon said on Monday that 10,000 North Korean troops are in Kursk.": date(
            2024, 11, 4
        ),
        "Some 12,000 North Korean soldiers were in Russia on 30 October, Kyiv said.": date(
            2024, 10, 30
        ),
        "Some 12,000 North Korean soldiers are in Russia, Kyiv said.": date(2024, 11, 5),
    }
    found = {
        text: extract(Document(text=text, published=_PUBLISHED), shipped_knowledge())
        .claims[0]
        .as_of
        for text in cases
    }
    assert found == cases
