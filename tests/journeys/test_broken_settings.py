# SPDX-License-Identifier: Apache-2.0
"""`status` beside a broken configuration: what is wrong, and all that the database knows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from loopback import serving
from newsroom import Site, Story, rss
from processes import daemon

from monitor.cli import main

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_STORY = Story("/weather", "Weather", "It rained.")
_BROKEN = {
    "a wrong value": ('\n[web]\nlisten = "nowhere"\n', "web.listen"),
    "no such key": ("\n[weather]\nrain = true\n", "weather"),
    "no TOML": ("\n[fetch\n", "config.toml"),
}


async def _status(config: Path, *words: str) -> Result:
    line = ["status", "--config", str(config), *words]
    return await asyncio.to_thread(CliRunner().invoke, main, line)


async def test_a_broken_configuration_hides_nothing_of_a_running_daemon(tmp_path: Path) -> None:
    """Each mistake is named; the daemon, its feeds and its memory are shown; the exit code says 78."""
    async with serving(rss([_STORY], "http://paper.example")) as paper:
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")})
        config = site.config
        sound = config.read_text(encoding="utf-8")
        async with daemon(config) as running:
            await running.until("poll.done")
            for text, named in _BROKEN.values():
                config.write_text(sound + text, encoding="utf-8")
                told = await _status(config)
                assert told.exit_code == 78, told.output
                assert "daemon      running" in told.stdout
                assert "the daemon keeps the old one" in told.stdout
                assert named in told.stdout
                assert "1 article" in told.stdout
                assert "feeds       1, 1 healthy" in told.stdout
                assert "nothing was started" not in told.output
            facts = json.loads((await _status(config, "--format", "json")).stdout)
            assert facts["running"] is True
            assert len(facts["configuration"]) == 1
            assert await running.stop() == 0
        told = await _status(config)
        assert told.exit_code == 78
        assert "no daemon can start until it is mended" in told.stdout
        config.write_text(sound, encoding="utf-8")
        told = await _status(config)
        assert told.exit_code == 3
        assert "BROKEN" not in told.stdout


async def test_a_broken_configuration_without_a_database_is_told_as_well(tmp_path: Path) -> None:
    """Nothing was ever started: the mistakes are named, nothing is made."""
    site = Site(tmp_path / "site", {"paper": "ftp://paper.example/"})
    told = await _status(site.config)
    assert told.exit_code == 78
    assert "feed[0] (id 'paper').url" in told.stdout
    assert "daemon      not running" in told.stdout
    assert not site.database.exists()
    looked = await asyncio.to_thread(
        CliRunner().invoke, main, ["doctor", "--config", str(site.config)]
    )
    assert looked.exit_code == 78
    assert "BAD  configuration" in looked.stdout.splitlines()[0]
    assert "feed[0] (id 'paper').url" in looked.stdout.splitlines()[0]
    assert "clock" in looked.stdout
    assert "were not looked at" in looked.stdout
