# SPDX-License-Identifier: Apache-2.0
"""Every exit code that the documentation lists, from a real process that met the reason for it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from loopback import answer, serving
from newsroom import Site
from processes import ROOT, Finished, command, daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_LISTED = {
    int(code)
    for code in re.findall(
        r"(?m)^\| (\d+) \| ", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    )
}
# Root may read everything, unless it gives that up.
_AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@dataclass(frozen=True, slots=True)
class _Case:
    """What is run, on which site, and what is said about it on standard error."""

    code: int
    words: tuple[str, ...]
    said: str = ""
    extra: str = ""
    feed: bool = False
    prepared: Callable[[Path], None] = field(default=lambda _: None)


def _forbid(database: Path) -> None:
    database.touch()
    database.chmod(0)


def _spoil(database: Path) -> None:
    database.write_text("This is a letter and no database. " * 100, encoding="ascii")


_CASES = {
    "done": _Case(0, ("config", "check")),
    "a feed failed": _Case(1, ("poll", "--once"), "1 feed", feed=True),
    "no such option": _Case(2, ("poll", "--twice"), "--twice"),
    "no such feed": _Case(2, ("poll", "--once", "nobody"), "nobody"),
    "nobody runs": _Case(3, ("status",)),
    "no database": _Case(74, ("run",), "not a database", prepared=_spoil),
    "another user's database": _Case(77, ("status",), "Permission denied", prepared=_forbid),
    "the daemon as another user": _Case(77, ("run",), "Permission denied", prepared=_forbid),
    "a wrong key": _Case(78, ("run",), "no_such_table", extra="[no_such_table]"),
}


async def _run(case: _Case, config: Path) -> Finished:
    with_config = (*case.words, "--config", str(config))
    if case.prepared is not _forbid or os.geteuid() != 0:
        return await command(*with_config)
    if shutil.which(_AS_ANYBODY[0]) is None:
        pytest.skip("root without setpriv may read everything")
    done = subprocess.run(  # noqa: ASYNC221  (one process, and nothing else goes on)
        [*_AS_ANYBODY, sys.executable, "-m", "monitor", *with_config],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Finished(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
async def test_a_failure_ends_with_the_code_of_its_kind(tmp_path: Path, case: _Case) -> None:
    """The code tells configuration, state, permission and usage apart, and a line says what it is."""
    async with serving(answer(status="404 Not Found")) as server:
        feeds = {"lost": server.url("/feed")} if case.feed else {}
        site = Site(tmp_path / "site", feeds, extra=case.extra)
        config = site.config
        case.prepared(site.database)
        done = await _run(case, config)
    assert (done.code, case.said in done.err) == (case.code, True), done.err
    assert "Traceback" not in done.err


async def test_beside_a_daemon_the_code_says_try_again(tmp_path: Path) -> None:
    """What needs the state for itself ends with 75, and the daemon works on."""
    site = Site(tmp_path / "site", {})
    async with daemon(site.config) as running:
        done = await command("poll", "--once", "--config", site.config)
        assert done.code == 75, done.err
        assert "another figurewatch process" in done.err
        assert await running.stop() == 0


def test_a_defect_of_the_program_ends_with_its_traceback(tmp_path: Path) -> None:
    """A copy of the program with a mistake in it: code 70, and what a report needs."""
    shutil.copytree(ROOT / "monitor", tmp_path / "monitor")
    broken = tmp_path / "monitor" / "cli" / "version.py"
    broken.chmod(broken.stat().st_mode | stat.S_IWUSR)
    broken.write_text(broken.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 70, done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_every_code_of_the_documentation_is_met_here() -> None:
    """A code that is listed and that nothing ends with would be a promise that nobody tries."""
    assert {case.code for case in _CASES.values()} | {70, 75} == _LISTED
