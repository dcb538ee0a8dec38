# SPDX-License-Identifier: Apache-2.0
"""The package in a booted machine: installed by dpkg, run by systemd under its whole unit, purged."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from machine import Machine, booted, why_not

_ROOT = Path(__file__).resolve().parents[2]
_MISSING = why_not()
_PORT = 8099
_DROP_INS = "/etc/systemd/system/figurewatch.service.d"
_CONFIG = f"""
[store]
path = "/var/lib/figurewatch/figurewatch.db"
[fetch]
contact = "https://desk.example/contact"
allow_networks = ["127.0.0.0/8"]
min_interval = "1s"
full_text = "never"
[seeds]
packs = ["north-korea-2024"]
[[feed]]
id = "paper"
url = "http://127.0.0.1:{_PORT}/feed"
publisher = "The Paper"
interval = "1s"
[[subscriber]]
id = "desk"
webhook = "http://127.0.0.1:{_PORT}/hook"
secret_file = "desk"
rules = ["troops.*"]
"""
_SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1saXZlLXRlc3QtbWFjaGluZQ=="

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.skipif(_MISSING is not None, reason=str(_MISSING)),
]


def _package(folder: Path) -> Path:
    """Build the package from the source tree; what it depends on is shown to the machine instead."""
    library = folder / "lib"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_ROOT / "monitor", library / "monitor", ignore=ignored)
    for name in ("rules", "seeds"):
        shutil.copytree(_ROOT / name, library / "monitor" / "_data" / name)
    done = subprocess.run(
        [_ROOT / "deploy" / "debian" / "build", library, folder, sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def _put(upper: Path, path: str, content: str | Path) -> None:
    """Lay a file into the machine before it boots."""
    target = upper / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copyfile(content, target)
    else:
        target.write_text(content, encoding="utf-8")


def _feed(*figures: str) -> str:
    items = "".join(
        f"<item><guid>{figure}</guid><link>http://paper.example/{figure}</link>"
        f"<title>Seoul counts {figure} North Korean troops in Kursk</title><description>South "
        f"Korea's defence ministry said on Monday that {figure} North Korean soldiers were now in "
        "the Kursk region.</description></item>"
        for figure in figures
    )
    rain = "<item><guid>rain</guid><title>Rain</title><description>It rained.</description></item>"
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>The Paper</title>'
        f"<link>http://paper.example/</link><description>News</description>{rain}{items}"
        "</channel></rss>"
    )


async def _figures(machine: Machine) -> list[int]:
    """Return the figures that the hook was told, in order."""
    posted = await machine.run("cat", "/srv/posted")
    return [json.loads(line)["data"]["claims"][0]["low"] for line in posted.splitlines()]


async def _life(machine: Machine) -> None:
    """Install, start, alert, reload, refuse a reload, be killed, back up, stop, upgrade, purge."""
    # apt brings the rest of the machine; here only the package itself is new.
    await machine.run("dpkg", "--install", "--force-depends", "/srv/figurewatch.deb")
    await machine.run(
        "systemd-run", "--unit=newsstand", "python3", "/srv/newsstand.py", "/srv", f"{_PORT}"
    )
    await machine.write("/etc/figurewatch/config.toml", _CONFIG)
    await machine.write("/etc/figurewatch/secrets/desk", _SECRET)
    assert ": good." in await machine.run("figurewatch", "config", "check")

    await machine.run("systemctl", "enable", "--now", "figurewatch.service")
    async with machine.journal("figurewatch.service") as journal:
        await journal.until('"poll.done"')
        assert "0 failing" in await machine.shown("figurewatch", "StatusText")
        assert "1.1 OK" in await machine.run("systemd-analyze", "security", "figurewatch")

        await machine.write("/srv/feed.xml", _feed("15,000"))
        await journal.until('"delivery.sent"')
        await machine.run("systemctl", "reload", "figurewatch")
        await journal.until('"reload.done"')
        await machine.write("/etc/figurewatch/config.toml", _CONFIG + "nonsense = [")
        await machine.run("systemctl", "reload", "figurewatch")
        await journal.until('"reload.refused"')
        await machine.write("/etc/figurewatch/config.toml", _CONFIG)

        await machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "figurewatch")
        await journal.until('"daemon.ready"')
        await machine.write("/srv/feed.xml", _feed("15,000", "17,000"))
        await journal.until('"delivery.sent"')
        assert await machine.shown("figurewatch", "NRestarts") == "1"
        await machine.run("systemctl", "start", "figurewatch-backup.service")
        assert "figurewatch-" in await machine.run("ls", "/var/lib/figurewatch/backups")
        doctor = await machine.run("figurewatch", "doctor")
        assert "runs under a system-call filter" in doctor

        await machine.run("dpkg", "--install", "--force-depends", "/srv/figurewatch.deb")
        await journal.until('"daemon.ready"')
        await machine.run("systemctl", "stop", "figurewatch")
        assert await machine.shown("figurewatch", "Result") == "success"
        assert await machine.shown("figurewatch", "ExecMainStatus") == "0"
    # Twice ended and upgraded, and still nothing was said again.
    assert await _figures(machine) == [15_000, 17_000]

    await machine.run("dpkg", "--remove", "figurewatch")
    assert "figurewatch.db" in await machine.run("ls", "/var/lib/figurewatch")
    await machine.run("dpkg", "--purge", "figurewatch")
    left = await machine.run("ls", "-d", "/etc/figurewatch", "/var/lib/figurewatch", code=2)
    assert left.count("No such file") == 2
    assert "0 unit files" in await machine.run(
        "systemctl", "list-unit-files", "figurewatch*", code=None
    )


def test_the_package_lives_under_a_real_systemd(tmp_path: Path) -> None:
    """The unit as it is shipped: its sandbox, its notifications, its restarts and its reload."""
    upper = tmp_path / "upper"
    _put(upper, "/srv/figurewatch.deb", _package(tmp_path))
    _put(upper, "/srv/newsstand.py", _ROOT / "tests" / "newsstand.py")
    _put(upper, "/srv/feed.xml", _feed())
    packages = f"/usr/local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/dist-packages"
    _put(upper, f"{packages}/dependencies.pth", "/opt/shown\n")
    _put(
        upper,
        f"{_DROP_INS}/secrets.conf",
        "[Service]\nLoadCredential=desk:/etc/figurewatch/secrets/desk\n",
    )

    async def journey() -> None:
        async with booted(tmp_path, Path(sysconfig.get_path("purelib"))) as machine:
            await _life(machine)

    asyncio.run(journey())
