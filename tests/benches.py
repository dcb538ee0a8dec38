# SPDX-License-Identifier: Apache-2.0
"""A pipeline in the hands of a test: real store and sockets, and a clock that the test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from newsroom import Site

from monitor.bootstrap import assemble
from monitor.pipeline import Pipeline, PollReport
from monitor.store import FeedRow


class Hands:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        """Return what it shows."""
        return self.moment

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.moment.timestamp()

    def forward(self, **time: float) -> None:
        """Set it forward by a `timedelta` of these arguments."""
        self.moment += timedelta(**time)


@asynccontextmanager
async def bench(site: Site, clock: Hands) -> AsyncIterator[Pipeline]:
    """Yield the pipeline of a site as the daemon builds it, with this clock."""
    assembly = assemble(str(site.config), {})
    assembly.clock = clock
    with assembly.open_store() as store:
        store.sync_feeds(assembly.feeds(), clock.now())
        async with assembly.pipeline(store) as pipeline:
            yield pipeline


def only_feed(pipeline: Pipeline) -> FeedRow:
    """Return the one feed of a site."""
    [feed] = pipeline.store.feeds()
    return feed


async def poll(pipeline: Pipeline) -> PollReport:
    """Poll the one feed of a site, due or not."""
    return await pipeline.poll_feed(only_feed(pipeline))
