# SPDX-License-Identifier: Apache-2.0
"""What is shipped for machines: scores of the units, the Debian package, the container file."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.core.addresses import is_global

_ROOT = Path(__file__).resolve().parents[1]
_DEPLOY = _ROOT / "deploy"
_DROP_INS = _DEPLOY / "figurewatch.service.d"

_needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed (apt-get install systemd)",
)
_needs_dpkg = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed (apt-get install dpkg)"
)


# --- units ---------------------------------------------------------------------------------------


@_needs_analyze
@pytest.mark.parametrize(
    ("unit", "drop_ins", "tenths"),
    [
        pytest.param("figurewatch.service", (), 11, id="unit alone"),
        pytest.param("figurewatch.service", ("addresses.conf", "root.conf"), 9, id="drop-ins"),
        pytest.param("figurewatch-backup.service", (), 9, id="backup"),
    ],
)
def test_units_expose_no_more_than_promised(
    tmp_path: Path, unit: str, drop_ins: tuple[str, ...], tenths: int
) -> None:
    """1.1 as shipped, 0.9 with both drop-ins; a copy, so that nothing beside it counts."""
    texts = [(_DEPLOY / unit).read_text(encoding="utf-8")]
    texts += [(_DROP_INS / name).read_text(encoding="utf-8") for name in drop_ins]
    (tmp_path / unit).write_text("\n".join(texts), encoding="utf-8")
    words = ("security", "--offline=true", "--no-pager", f"--threshold={tenths}")
    done = subprocess.run(
        ["systemd-analyze", *words, str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


@_needs_analyze
@pytest.mark.parametrize("name", ["figurewatch-backup.service", "figurewatch-backup.timer"])
def test_systemd_accepts_the_backup_units(tmp_path: Path, name: str) -> None:
    """`systemd-analyze verify` has nothing to say about the backup."""
    for unit in ("figurewatch-backup.service", "figurewatch-backup.timer"):
        text = (_DEPLOY / unit).read_text(encoding="utf-8")
        text = text.replace("/opt/figurewatch/bin/figurewatch", sys.executable)
        (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "figurewatch" in line] == []


def _allowed() -> list[IPv4Network | IPv6Network]:
    text = (_DROP_INS / "addresses.conf").read_text(encoding="utf-8")
    words = " ".join(re.findall(r"(?m)^IPAddressAllow=(.*)$", text)).split()
    return [ip_network(word) for word in words if word != "localhost"]


def test_the_address_drop_in_says_what_the_program_says() -> None:
    """Each end of each listed block is global, and the addresses just outside are not."""
    networks = [row for row in _allowed() if isinstance(row, IPv4Network)]
    assert len(networks) > 50
    for network in networks:
        for end in (network.network_address, network.broadcast_address):
            assert is_global(end), end
            assert is_global(IPv4Address(int(end)))
    merged = sorted(networks)
    for before, after in pairwise(merged):
        gap = int(after.network_address) - int(before.broadcast_address)
        assert gap >= 1
        if gap > 1:
            assert not is_global(IPv4Address(int(before.broadcast_address) + 1))
            assert not is_global(IPv4Address(int(after.network_address) - 1))
    assert [row for row in _allowed() if isinstance(row, IPv6Network)] == [IPv6Network("2000::/3")]
    assert is_global(IPv6Address("2a00::1"))


def test_the_timer_starts_the_service_of_its_name_for_the_same_state() -> None:
    """The backup runs as the daemon's user, writes where `doctor` looks, and keeps a bounded number."""
    text = (_DEPLOY / "figurewatch-backup.service").read_text(encoding="utf-8")
    assert "User=figurewatch\n" in text
    assert "--to /var/lib/figurewatch/backups --keep 14" in text
    timer = (_DEPLOY / "figurewatch-backup.timer").read_text(encoding="utf-8")
    assert "Persistent=yes" in timer


# --- the Debian package --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package from the program alone; `make deb` adds what it needs from an index."""
    folder = tmp_path_factory.mktemp("deb")
    library = folder / "lib"
    library.mkdir()
    shutil.copytree(
        _ROOT / "monitor", library / "monitor", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("rules", "seeds"):
        shutil.copytree(_ROOT / name, library / "monitor" / "_data" / name)
    done = subprocess.run(
        [_DEPLOY / "debian" / "build", library, folder, sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@_needs_dpkg
def test_the_package_holds_program_units_and_configuration(package: Path) -> None:
    """Everything belongs to root, nothing is writable for others, and the configuration is kept."""
    rows = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    files = {row.split()[5]: row.split()[:2] for row in rows}
    for name in (
        "./opt/figurewatch/lib/monitor/__init__.py",
        "./opt/figurewatch/bin/figurewatch",
        "./usr/lib/systemd/system/figurewatch.service",
        "./usr/lib/systemd/system/figurewatch-backup.timer",
        "./usr/lib/sysusers.d/figurewatch.conf",
        "./etc/figurewatch/config.toml",
    ):
        assert name in files
    assert {owner for _, owner in files.values()} == {"root/root"}
    assert [name for name, (mode, _) in files.items() if mode[8] == "w" and mode[0] != "l"] == []
    assert not [name for name in files if "__pycache__" in name]
    shown = subprocess.run(
        ["dpkg-deb", "--info", package, "conffiles"], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "/etc/figurewatch/config.toml\n"


@_needs_dpkg
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can unpack files of root")
def test_the_package_installs_keeps_what_is_yours_and_purges(package: Path, tmp_path: Path) -> None:
    """In a root of its own: installed, working, removed with the configuration kept, purged."""
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").touch()
    (tmp_path / "var/lib/figurewatch").mkdir()
    (tmp_path / "var/lib/figurewatch/figurewatch.db").touch()

    def dpkg(*words: str | Path) -> None:
        done = subprocess.run(
            [
                "dpkg",
                f"--root={tmp_path}",
                f"--log={tmp_path}/log",
                "--force-script-chrootless",
                "--force-depends",
                *words,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    dpkg("--install", package)
    config = tmp_path / "etc/figurewatch/config.toml"
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    answer = subprocess.run(
        [sys.executable, "-m", "monitor", "version"],
        env={"PYTHONPATH": str(tmp_path / "opt/figurewatch/lib"), "PYTHONSAFEPATH": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("figurewatch ")
    dpkg("--remove", "figurewatch")
    assert config.exists()
    assert not (tmp_path / "opt/figurewatch").exists()
    dpkg("--purge", "figurewatch")
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*figurewatch*")}
    assert {name for name in left if not name.startswith("var/lib/dpkg")} == set()


@pytest.mark.parametrize("name", ["build", "postinst", "prerm", "postrm"])
def test_the_scripts_of_the_package_are_well_formed(name: str) -> None:
    """The shell finds no mistake in them, and they stop at the first failure."""
    script = _DEPLOY / "debian" / name
    text = script.read_text(encoding="utf-8")
    shell = "bash" if "bash" in text.splitlines()[0] else "sh"
    subprocess.run([shell, "-n", script], check=True)
    assert os.access(script, os.X_OK)
    assert re.search(r"(?m)^set -e", text)


# --- the container file --------------------------------------------------------------------------


def test_the_container_runs_without_privileges_and_is_watched() -> None:
    """Pinned bases, two stages, a user by number, a health check, only hashed dependencies."""
    text = (_DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    steps = [
        (line.split(" ", 1)[0], line)
        for line in text.replace("\\\n", " ").splitlines()
        if re.match(r"[A-Z]+ ", line)
    ]
    words = [word for word, _ in steps]
    assert words.count("FROM") == 2
    assert all(":latest" not in line and ":" in line for word, line in steps if word == "FROM")
    last = len(words) - 1 - words[::-1].index("FROM")
    final = dict(steps[last:])
    assert final["USER"] == "USER 10001:10001"
    assert "/readyz" in final["HEALTHCHECK"]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "--require-hashes -r /build/requirements/run.txt" in text
    assert "--no-deps /build" in text
    assert not re.search(r"\bADD\b|sudo|chmod 777|--privileged", text)
    for source in re.findall(r"(?m)^COPY (?!--from)(\S+)", text):
        assert (_ROOT / source).exists()
    assert ".git" in (_ROOT / ".containerignore").read_text(encoding="utf-8").split()
