# SPDX-License-Identifier: Apache-2.0
"""Four hundred days of polls and upkeep: what comes back after them is still known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from benches import Hands, bench, poll
from loopback import serving
from newsroom import Receiver, Site, Story, rss, verified

from monitor.config import MemorySettings
from monitor.pipeline import Pipeline
from monitor.store import corpus_counts
from monitor.upkeep import steps

pytestmark = pytest.mark.anyio

_START = timedelta(days=400)
_FIGURE = "The Pentagon said about 10,000 North Korean soldiers are in Russia."
_SITE = "http://paper.example"
# A hundred days at once would do for the clock, but not for what is removed step by step.
_STEP_DAYS = 20


def _keep_up(pipeline: Pipeline, clock: Hands) -> None:
    for _ in steps(pipeline.store, MemorySettings(), clock.now()):
        pass


async def test_nothing_that_comes_back_after_400_days_alerts_again(tmp_path: Path) -> None:
    """The feed empties, other news comes and goes, texts are dropped on the way; then the old entry is
    there again, as it was, under a new id, as if it were of today, and in another outlet."""
    clock = Hands()
    clock.moment -= _START
    old = Story("/first", "Arrivals", _FIGURE, hours=24 * 400.0)
    news = {"/feed": rss([old], _SITE)}
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
        )
        async with bench(site, clock) as pipeline:
            await poll(pipeline)
            await pipeline.deliver_due()
            for day in range(0, _START.days, _STEP_DAYS):
                rain = Story(f"/{day}", f"Rain {day}", f"It rained {day} times.", hours=0)
                news["/feed"] = rss([] if day % 40 else [rain], _SITE)
                await poll(pipeline)
                clock.forward(days=_STEP_DAYS)
                _keep_up(pipeline, clock)
            counts = corpus_counts(pipeline.store)
            assert counts["with_text"] < counts["articles"]
            fresh = Story("/first", "Arrivals", _FIGURE, hours=0)
            renamed = Story("/again", "Arrivals", _FIGURE, hours=0)
            elsewhere = Story("/copy", "Arrivals, again", _FIGURE, hours=0)
            for back in ([old], [fresh], [renamed], [elsewhere]):
                news["/feed"] = rss(back, _SITE)
                report = await poll(pipeline)
                assert not report.failed
                assert report.decision.alerts == (), back
                clock.forward(hours=1)
            await pipeline.deliver_due()
    assert [verified(row)["type"] for row in hook.requests] == ["figure.new"]
