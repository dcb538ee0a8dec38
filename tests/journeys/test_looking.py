# SPDX-License-Identifier: Apache-2.0
"""Commands that only read work where nothing can be written: full, read-only, somebody else's."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from loopback import serving
from newsroom import Site, Story, rss
from processes import ROOT, Finished, command, daemon

from monitor.cli import main

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
_URL = "http://paper.example/arrivals"
# Each with something that its output holds only if the database was read.
_LOOKS = {
    ("status",): "1 article",
    ("feeds", "list"): "paper",
    ("alerts", "list", "--format", "csv"): "10,000",
    ("explain", _URL): "10,000",
    ("doctor",): "is sound",
    ("db", "check"): "",
}


async def _lived(folder: Path) -> Site:
    """Return a site whose database knows an article, an alert and a delivery that waits."""
    async with serving(rss([_STORY], "http://paper.example")) as paper:
        site = Site(
            folder,
            feeds={"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": "http://127.0.0.1:9/hook"}},
        )
        done = await command("poll", "--once", "--config", site.config)
    assert done.code == 1, done.err  # nobody listens at the webhook
    return site


# What opens the database, each in its own way.
_SOME = (("status",), ("doctor",), ("db", "check"))


async def _looks(
    config: Path, *before: str, chosen: Sequence[tuple[str, ...]] = _SOME
) -> dict[str, Finished]:
    """Run commands that only read; `before` is what they are started by."""
    found = {}
    for words in chosen:
        line = [*words, "--config", str(config)]
        if before:
            program = [*before, sys.executable, "-m", "monitor"]
            ended = await asyncio.to_thread(
                subprocess.run,
                program + line,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            done = Finished(code=ended.returncode, out=ended.stdout, err=ended.stderr)
        else:
            # In this process: starting one takes longer than what it does.
            result = await asyncio.to_thread(CliRunner().invoke, main, line)
            done = Finished(code=result.exit_code, out=result.stdout, err=result.stderr)
        found[" ".join(words)] = done
    return found


def _complaints(found: dict[str, Finished]) -> dict[str, str]:
    """Return what went wrong; `doctor` may call the disk bad, and without a daemon `status` says 3."""
    allowed = {"status": {0, 3}, "doctor": {0, 1}}
    return {
        words: f"{done.code}: {done.out[-600:]}{done.err}"
        for words, done in found.items()
        if done.code not in allowed.get(words, {0})
        or _LOOKS[next(row for row in _LOOKS if " ".join(row) == words)] not in done.out
    }


@contextmanager
def _mounted(place: Path, kibibytes: int) -> Iterator[None]:
    """Mount a small file system in memory, or skip the test where that is not allowed."""
    place.mkdir()
    size = f"size={kibibytes}k"
    line = ["mount", "-t", "tmpfs", "-o", size, "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(line, check=False, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _forbid_writing(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


def _fill(place: Path) -> None:
    with (place / "ballast").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 1024)


def _moved(site: Site, place: Path) -> Path:
    """Move the state of a site to another place; return the configuration that names it."""
    for path in site.folder.glob("figurewatch.db*"):
        shutil.copy(path, place / path.name)
    site.extra = f'[store]\npath = "{place / "figurewatch.db"}"'
    return site.config


async def test_a_full_disk_can_be_looked_at(tmp_path: Path) -> None:
    """Not a byte is free and no daemon runs: every command that reads still answers."""
    site = await _lived(tmp_path / "site")
    with _mounted(tmp_path / "disk", 4096):
        config = _moved(site, tmp_path / "disk")
        _fill(tmp_path / "disk")
        found = await _looks(config, chosen=tuple(_LOOKS))
        assert os.statvfs(tmp_path / "disk").f_bavail == 0
    assert _complaints(found) == {}
    assert "not running" in found["status"].out


async def test_a_read_only_disk_can_be_looked_at_but_not_worked_on(tmp_path: Path) -> None:
    """Reading works and leaves nothing behind; `run` ends with 74 and a sentence that says why."""
    site = await _lived(tmp_path / "site")
    with _mounted(tmp_path / "disk", 8192):
        config = _moved(site, tmp_path / "disk")
        before = sorted(path.name for path in (tmp_path / "disk").iterdir())
        _forbid_writing(tmp_path / "disk")
        found = await _looks(config)
        refused = await command("run", "--config", config)
        after = sorted(path.name for path in (tmp_path / "disk").iterdir())
    assert _complaints(found) == {}
    assert before == after
    assert refused.code == 74
    assert refused.err.strip() == (
        f"error: {tmp_path / 'disk'}: nothing can be written there, so no work can begin: "
        "Read-only file system"
    )


async def test_a_read_only_disk_is_read_after_a_crash_too(tmp_path: Path) -> None:
    """The daemon was killed and its log of writes lies beside the database: it is read as well."""
    async with serving(rss([_STORY], "http://paper.example")) as paper:
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": "http://127.0.0.1:9/hook"}},
        )
        async with daemon(site.config) as running:
            await running.until("delivery.failed")
            await running.kill()
    assert site.database.with_name("figurewatch.db-wal").stat().st_size > 0
    with _mounted(tmp_path / "disk", 16384):
        config = _moved(site, tmp_path / "disk")
        _forbid_writing(tmp_path / "disk")
        found = await _looks(config)
    assert _complaints(found) == {}


async def test_the_state_of_another_user_can_be_looked_at(tmp_path: Path) -> None:
    """Who may read the files and not write them sees everything, and changes nothing."""
    site = await _lived(tmp_path / "site")
    place = tmp_path / "state"
    place.mkdir()
    config = _moved(site, place)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # Root's own files stay root's; what is another's is kept by its mode once these are gone.
        powers = "-dac_override,-dac_read_search,-fowner,-chown"
        before = ("setpriv", "--bounding-set", powers, "--inh-caps", powers, "--")
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not here, and root may write everywhere")
        for path in (*place.iterdir(), place):
            os.chown(path, 65534, 65534)
    for path in place.iterdir():
        path.chmod(0o444)
    place.chmod(0o555)
    names = sorted(path.name for path in place.iterdir())
    try:
        found = await _looks(config, *before)
        assert sorted(path.name for path in place.iterdir()) == names
    finally:
        place.chmod(0o755)
    assert _complaints(found) == {}


async def test_a_database_can_be_read_while_the_daemon_fills_the_disk(tmp_path: Path) -> None:
    """The daemon runs, its disk is full: whoever asks how things are gets an answer."""
    site = await _lived(tmp_path / "site")
    with _mounted(tmp_path / "disk", 8192):
        config = _moved(site, tmp_path / "disk")
        async with daemon(config) as running:
            await running.until("daemon.ready")
            _fill(tmp_path / "disk")
            await running.until("store.refused")
            found = await _looks(config)
            (tmp_path / "disk" / "ballast").unlink()
            await running.until("store.back")
            assert await running.stop() == 0
    assert _complaints(found) == {}
    assert "daemon      running" in found["status"].out
