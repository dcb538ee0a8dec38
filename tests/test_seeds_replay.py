# SPDX-License-Identifier: Apache-2.0
"""The promise on five reports of autumn 2024: six pieces of news, told once, and never again.

The reports are our own rewrites with the same claims; the real ones are not ours to ship, and are
read as well where FIGUREWATCH_SEED_DOCUMENTS names their folder.
"""

from __future__ import annotations

import os
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.text import clean, sentences
from monitor.knowledge import shipped_knowledge
from monitor.replay import Replay
from monitor.seedpacks import build_pack, dump_pack

_REWRITES = sorted((Path(__file__).parent / "corpus" / "rewrites").glob("*.toml"))
_DOCUMENTS = os.environ.get("FIGUREWATCH_SEED_DOCUMENTS")
_SIX = [
    ("new", 10_000, 10_000, "russia", "us-government"),
    ("new", 2_000, 2_000, "kursk", "us-government"),
    ("new-place", 10_000, 10_000, "kursk", "us-government"),
    ("new", 11_000, 11_000, "kursk", "ukraine-government"),
    ("new", 12_000, 12_000, "russia", "ukraine-government"),
    ("revision", 11_000, 12_000, "russia", "us-government"),
]


@dataclass(frozen=True)
class Report:
    """One report, as a feed would carry it."""

    name: str
    title: str
    text: str
    published: datetime

    def record(
        self, *, feed: str = "news", text: str | None = None, hours: int = 0
    ) -> dict[str, object]:
        """The report as replay takes it; `hours` later in another feed, or with another text."""
        return {
            "id": f"{feed}/{self.name}",
            "feed": feed,
            "url": f"https://{feed}.example/{self.name}",
            "title": self.title,
            "text": self.text if text is None else text,
            "published": self.published + timedelta(hours=hours),
            "guid": self.name,
            "language": None,
        }

    def summary(self) -> str:
        """The first two sentences, as most feeds carry them."""
        body = clean(self.text).strip()
        return " ".join(body[start:end] for start, end in sentences(body)[:2])


def _rewrites() -> list[Report]:
    tables = [(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in _REWRITES]
    return [
        Report(name, table["title"], table["text"], table["published"].astimezone(UTC))
        for name, table in tables
    ]


def _documents() -> list[Report]:
    folder = Path(_DOCUMENTS or "")
    index = tomllib.loads((folder / "index.toml").read_text("utf-8"))
    return [
        Report(
            name.split("_")[0],
            "",
            (folder / name).read_text("utf-8"),
            citation["published"].astimezone(UTC),
        )
        for name, citation in index.items()
    ]


@pytest.fixture(
    params=[
        "rewrites",
        pytest.param(
            "documents",
            marks=pytest.mark.skipif(
                _DOCUMENTS is None,
                reason="the documents are not ours to ship;"
                " FIGUREWATCH_SEED_DOCUMENTS names their folder",
            ),
        ),
    ]
)
def reports(request: pytest.FixtureRequest) -> list[Report]:
    """The five reports, oldest first."""
    found = _rewrites() if request.param == "rewrites" else _documents()
    assert len(found) == 5
    return sorted(found, key=lambda report: report.published)


@pytest.fixture
def knowing_nothing() -> Iterator[Replay]:
    """A replay over the shipped rules, without seeds."""
    with Replay.open(None, rules=None, seeds=False) as session:
        yield session


@pytest.fixture
def seeded() -> Iterator[Replay]:
    """A replay over the shipped rules and the shipped packs."""
    with Replay.open(None, rules=None, seeds=True) as session:
        yield session


def _alerts(session: Replay, records: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for record in records:
        alerts = session.decide(record)["alerts"]
        assert isinstance(alerts, list)
        found += alerts
    return found


def _told(alerts: Sequence[dict[str, object]]) -> list[tuple[object, ...]]:
    told: list[tuple[object, ...]] = []
    for alert in alerts:
        assert isinstance(alert["claims"], list)
        (claim,) = alert["claims"]
        family = claim["source"]["family"] if claim["source"] else None
        told.append((claim["verdict"], claim["low"], claim["high"], claim["place"], family))
    return told


def test_in_order_of_date_the_reports_are_six_pieces_of_news(
    knowing_nothing: Replay, reports: list[Report]
) -> None:
    """The six alerts of the design, in order, and nothing else."""
    alerts = _alerts(knowing_nothing, [report.record() for report in reports])
    assert _told(alerts) == _SIX


def test_a_replay_gives_the_same_ids_every_time(reports: list[Report]) -> None:
    """Two replays of the same input agree to the letter."""
    outputs = []
    for _ in range(2):
        with Replay.open(None, rules=None, seeds=False) as session:
            outputs.append([session.decide(report.record()) for report in reports])
    assert outputs[0] == outputs[1]


def test_nothing_is_news_to_who_knows_the_five(seeded: Replay, reports: list[Report]) -> None:
    """With the shipped pack, the reports and our rewrites of them raise no alert at all."""
    assert _told(_alerts(seeded, [report.record() for report in reports])) == []


def test_a_summary_is_no_news_to_who_knows_the_five(seeded: Replay, reports: list[Report]) -> None:
    """With the shipped pack, two sentences of each raise no alert."""
    records = [report.record(text=report.summary()) for report in reports]
    assert _told(_alerts(seeded, records)) == []


@pytest.mark.parametrize("hours", [0, 30], ids=["at once", "days later"])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "two sentences"])
def test_what_was_read_once_is_never_news_again(
    knowing_nothing: Replay, reports: list[Report], hours: int, whole: bool
) -> None:
    """Fed again by another feed, in any order, whole or as a summary, a report raises nothing."""
    _alerts(knowing_nothing, [report.record() for report in reports])
    again = [
        report.record(
            feed="again", text=report.text if whole else report.summary(), hours=24 * hours
        )
        for report in reversed(reports)
    ]
    assert _told(_alerts(knowing_nothing, again)) == []


def test_the_same_entry_read_again_is_a_duplicate(
    knowing_nothing: Replay, reports: list[Report]
) -> None:
    """A feed that lists its entries again tells nothing new."""
    _alerts(knowing_nothing, [report.record() for report in reports])
    for report in reports:
        decided = knowing_nothing.decide(report.record())
        assert (decided["article_verdict"], decided["alerts"]) == ("duplicate", [])
        assert decided["duplicate_of"] == f"news/{report.name}"


@pytest.mark.parametrize("known", [True, False], ids=["seeded", "read before"])
def test_a_figure_that_nobody_has_given_is_news(known: bool) -> None:
    """Seoul says 15,000: one alert, however often it is repeated."""
    reports = sorted(_rewrites(), key=lambda report: report.published)
    seoul = Report(
        "seoul",
        "Seoul raises its count",
        "South Korea's spy agency said on Wednesday that 15,000 North Korean troops are in Russia.",
        datetime(2024, 11, 6, 9, 0, tzinfo=UTC),
    )
    with Replay.open(None, rules=None, seeds=known) as session:
        if not known:
            _alerts(session, [report.record() for report in reports])
        assert _told(_alerts(session, [seoul.record(), seoul.record(feed="other")])) == [
            ("new", 15_000, 15_000, "russia", "south-korea-government")
        ]


@pytest.mark.parametrize("seed", [None, *range(10)], ids=lambda seed: f"order {seed}")
def test_any_order_gives_four_to_seven_alerts_and_no_repeat(
    knowing_nothing: Replay, reports: list[Report], seed: int | None
) -> None:
    """What is news depends on what was known, but one figure of one family is told once."""
    order = list(reversed(reports))
    if seed is not None:
        random.Random(seed).shuffle(order)  # noqa: S311  (an order, not a secret)
    alerts = _alerts(knowing_nothing, [report.record() for report in order])
    told = _told(alerts)
    assert 4 <= len(told) <= 7, told
    assert len({alert["alert_id"] for alert in alerts}) == len(alerts)
    figures = [row[1:] for row in told]
    assert len(set(figures)) == len(figures), told


def _pack(root: Path, reports: Sequence[Report]) -> Path:
    """Build a pack of the reports as a site does; return a configuration that names it."""
    folder = root / "documents"
    folder.mkdir()
    (root / "seeds" / "corpus").mkdir(parents=True)
    lines = []
    for report in reports:
        (folder / f"{report.name}.txt").write_text(f"{report.title}\n\n{report.text}", "utf-8")
        lines += [f'["{report.name}.txt"]', 'publisher = "Test"', f"published = {report.published}"]
    (folder / "index.toml").write_text("\n".join(lines), "utf-8")
    pack = build_pack(folder, "mine", shipped_knowledge())
    (root / "seeds" / "corpus" / "mine.json").write_text(dump_pack(pack), "utf-8")
    config = root / "config.toml"
    config.write_text('[seeds]\npacks = ["mine"]\npaths = ["seeds"]\n', "utf-8")
    return config


def test_a_pack_of_our_own_silences_its_documents(tmp_path: Path, reports: list[Report]) -> None:
    """A pack that a site built from its documents knows each to the letter, and tells nothing."""
    config = _pack(tmp_path, reports)
    with Replay.open(str(config), rules=None, seeds=True) as session:
        for report in reports:
            whole = session.recognise(report.record())
            assert (whole["relation"], whole["duplicate_of"]) == (
                "exact",
                f"seed:mine/{report.name}",
            )
        again = [report.record(feed="copy", text=report.summary()) for report in reports]
        assert _told(_alerts(session, again)) == []


def test_a_pack_recognises_summaries(tmp_path: Path) -> None:
    """Two sentences of two dozen words or more are known for a part of their report."""
    reports = [report for report in _rewrites() if len(report.summary().split()) >= 24]
    assert len(reports) == 4
    with Replay.open(str(_pack(tmp_path, reports)), rules=None, seeds=True) as session:
        found = [session.recognise(report.record(text=report.summary())) for report in reports]
    assert [row["duplicate_of"] for row in found] == [f"seed:mine/{row.name}" for row in reports]
    assert {row["relation"] for row in found} <= {"contained", "near"}
