# SPDX-License-Identifier: Apache-2.0
"""A pipeline of a site whose clock is in the test's hands, and its commands run in this process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from click.testing import CliRunner, Result
from newsroom import Site

from monitor.bootstrap import assemble
from monitor.cli import main
from monitor.pipeline import Pipeline


class Hands:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or datetime.now(UTC)

    def now(self) -> datetime:
        """Return what it shows."""
        return self.moment

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.moment.timestamp()


@asynccontextmanager
async def site_pipeline(site: Site, clock: Hands) -> AsyncIterator[Pipeline]:
    """Yield the pipeline of a site under this clock."""
    assembly = assemble(str(site.config), {})
    assembly.clock = clock
    with assembly.open_store() as store:
        store.sync_feeds(assembly.feeds(), clock.now())
        async with assembly.pipeline(store) as pipeline:
            yield pipeline


def run(site: Site, *words: str) -> Result:
    """Run a command on a site, as it was last configured."""
    done = CliRunner().invoke(main, [*words, "--config", str(site.folder / "config.toml")])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def listed(site: Site, *words: str) -> list[dict[str, object]]:
    """Return the JSON lines that a command prints."""
    return [json.loads(row) for row in run(site, *words, "--format", "jsonl").output.splitlines()]
