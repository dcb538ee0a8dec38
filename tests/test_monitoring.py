# SPDX-License-Identifier: Apache-2.0
"""The shipped Prometheus rules and Grafana dashboard ask only for what the daemon tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from monitor.clock import SystemClock
from monitor.pulse import Pulse
from monitor.store import gauges, open_store
from monitor.web.metrics import PulseCollector

_ROOT = Path(__file__).resolve().parents[1]
_RULES = _ROOT / "deploy" / "prometheus" / "figurewatch.rules.yml"
_DASHBOARD = _ROOT / "deploy" / "grafana" / "figurewatch.json"
_FOREIGN = {"up", "process_resident_memory_bytes"}


def _exported(folder: Path) -> set[str]:
    """Return the names of every metric that the daemon exports."""
    store = open_store(None)
    room = gauges.Room(folder / "x.db", lambda: 0)
    registry = CollectorRegistry()
    registry.register(PulseCollector(Pulse(), store, SystemClock(), room))
    page = generate_latest(registry).decode()
    store.close()
    names = set()
    for name, kind in re.findall(r"(?m)^# TYPE (\S+) (\S+)$", page):
        names |= {f"{name}_sum", f"{name}_count"} if kind == "summary" else {name}
    return names


def _expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression of the rules and the dashboard with where it stands."""
    for expression in re.findall(r"(?m)^ +expr: (.+)$", _RULES.read_text(encoding="utf-8")):
        yield "rules", expression
    for panel in json.loads(_DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("where", "expression"), list(_expressions()), ids=str)
def test_every_metric_that_is_asked_for_exists(where: str, expression: str, tmp_path: Path) -> None:
    """No rule and no panel waits for a metric that nobody exports."""
    without_labels = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)", "", expression)
    named = set(re.findall(r"\b(?:figurewatch|process)_\w+|\bup\b", without_labels))
    assert named, expression
    assert named <= _exported(tmp_path) | _FOREIGN


def test_every_metric_is_described_on_the_page_about_running() -> None:
    """docs/operations.md lists what is exported, and nothing else."""
    page = (_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    described = set(re.findall(r"(?m)^\| `(figurewatch_\w+)", page))
    exported = {name.removesuffix("_sum").removesuffix("_count") for name in _exported(_ROOT)}
    assert described == exported


def test_every_rule_says_what_it_means_and_what_to_do() -> None:
    """Each alert has a severity, a summary and a description, and a name of its own."""
    blocks = re.split(r"(?m)^      - alert: ", _RULES.read_text(encoding="utf-8"))[1:]
    names = [block.splitlines()[0] for block in blocks]
    assert len(names) == len(set(names)) >= 10
    for block in blocks:
        for key in ("expr:", "severity:", "summary:", "description:"):
            assert block.count(key) == 1, block


def test_panels_do_not_overlap() -> None:
    """Every panel of the dashboard has its own place."""
    cells: set[tuple[int, int]] = set()
    for panel in json.loads(_DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not own & cells, panel["title"]
        assert max(x for x, _ in own) < 24
        cells |= own
