# SPDX-License-Identifier: Apache-2.0
"""The daemon gives signs of life by itself: a heartbeat outside, a canary through everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from loopback import answer, serving
from newsroom import Receiver, Site, verified
from processes import command, daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]


async def test_the_daemon_beats_and_sings(tmp_path: Path) -> None:
    """Soon after its start the URL was asked for, and the canary was heard with its time."""
    async with serving(answer()) as watch, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            {},
            subscribers={"watch": {"webhook": hook.url("/hook")}},
            extra='heartbeat_file = "beat"\n[canary]\nsubscriber = "watch"',
        )
        site.folder.mkdir()
        (site.folder / "beat").write_text(watch.url("/beat"), encoding="utf-8")
        async with daemon(site.config) as running:
            await watch.until("/beat")
            heard = await running.until("canary.heard", seconds=60)
            assert running.troubles == []
        told = await command("status", "--format", "json", "--config", site.folder / "config.toml")
    assert heard["seconds"] > 0
    assert json.loads(told.out)["canary_seconds"] == heard["seconds"]
    assert verified(hook.requests[0])["data"]["rule"] == "figurewatch.canary"
