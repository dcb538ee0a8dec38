# SPDX-License-Identifier: Apache-2.0
"""The files under `deploy/` fit the program, each other and systemd."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from monitor.cli import EXIT_CONFIG, main
from monitor.config import Settings, load_settings

_ROOT = Path(__file__).resolve().parents[1]
_DEPLOY = _ROOT / "deploy"
_UNIT = _DEPLOY / "figurewatch.service"
_EXAMPLE = _DEPLOY / "figurewatch.example.toml"

_needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed (apt-get install systemd)",
)


def _directives(path: Path) -> dict[str, list[str]]:
    """Return the unit's values by "Section.Key", in order; systemd allows repeated keys."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(f"{section}.{key}", []).append(value)
    return found


def _only(path: Path, key: str) -> str:
    (value,) = _directives(path)[key]
    return value


def test_exec_start_is_a_command_line_that_the_program_accepts() -> None:
    """Every word of ExecStart is understood by the command line, down to the options."""
    program, *words = shlex.split(_only(_UNIT, "Service.ExecStart"))
    assert Path(program).name == "figurewatch"
    context = click.Context(main, info_name="figurewatch")
    name, command, rest = main.resolve_command(context, words)
    assert command is not None
    chosen = command.make_context(name, rest, parent=context)
    assert name == "run"
    assert chosen.params["config"] == "/etc/figurewatch/config.toml"


def test_a_wrong_option_in_exec_start_would_be_noticed() -> None:
    """The check above can fail: an option that does not exist is refused."""
    context = click.Context(main, info_name="figurewatch")
    command = main.get_command(context, "run")
    assert command is not None
    with pytest.raises(click.NoSuchOption):
        command.make_context("run", ["--no-such-option"], parent=context)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("Service.Type", "notify", id="systemd 252 ignores notify-reload"),
        pytest.param("Service.NotifyAccess", "main", id="workers cannot speak for the daemon"),
        pytest.param("Service.User", "figurewatch", id="own user"),
        pytest.param("Service.StateDirectory", "figurewatch", id="state directory"),
        pytest.param("Service.RestartPreventExitStatus", str(EXIT_CONFIG), id="configuration"),
        pytest.param("Service.CapabilityBoundingSet", "", id="no capabilities"),
        pytest.param("Service.ExecReload", "/bin/kill -HUP $MAINPID", id="reload"),
    ],
)
def test_the_unit_says(key: str, value: str) -> None:
    """The unit holds the directives that the daemon's behaviour relies on."""
    assert _only(_UNIT, key) == value


def test_the_daemon_drains_before_systemd_loses_patience() -> None:
    """Stopping may take the promised 30 s with room to spare, and the watchdog is on."""
    assert int(_only(_UNIT, "Service.TimeoutStopSec")) > 30
    assert int(_only(_UNIT, "Service.WatchdogSec")) > 0


def test_the_drop_in_for_newer_systemd_replaces_the_reload() -> None:
    """From systemd 253 on, the drop-in makes `systemctl reload` wait for the daemon's answer."""
    drop_in = _DEPLOY / "figurewatch.service.d" / "notify-reload.conf"
    assert _directives(drop_in) == {
        "Service.Type": ["notify-reload"],
        "Service.ExecReload": [""],
    }


def test_user_and_folders_are_the_same_everywhere() -> None:
    """Unit, sysusers, tmpfiles and the example agree on user, configuration and state."""
    assert re.search(r"(?m)^u figurewatch ", (_DEPLOY / "figurewatch.sysusers").read_text())
    rows = [
        line.split()
        for line in (_DEPLOY / "figurewatch.tmpfiles").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    folders = {row[1]: row[2:5] for row in rows}
    assert folders["/var/lib/figurewatch"] == ["0700", "figurewatch", "figurewatch"]
    assert folders["/etc/figurewatch"] == ["0750", "root", "figurewatch"]
    assert folders["/etc/figurewatch/secrets"] == ["0700", "root", "root"]
    store = tomllib.loads(_EXAMPLE.read_text(encoding="utf-8"))["store"]["path"]
    assert Path(store).parent == Path("/var/lib/figurewatch")


def test_the_example_configuration_is_valid() -> None:
    """The example loads as it stands."""
    loaded = load_settings(_EXAMPLE, {})
    assert [feed.id for feed in loaded.settings.feed] == ["example-news"]
    assert [subscriber.id for subscriber in loaded.settings.subscriber] == ["desk"]


def test_what_the_example_has_commented_out_is_valid_too(tmp_path: Path) -> None:
    """Removing the comment signs before keys and tables gives another valid configuration."""
    lines = [
        re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", line)
        for line in _EXAMPLE.read_text(encoding="utf-8").splitlines()
    ]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    settings = load_settings(path, {}).settings
    assert [subscriber.id for subscriber in settings.subscriber] == ["desk", "siem"]
    assert settings.fetch.allow_networks == ("10.20.0.0/16",)
    assert set(tomllib.loads("\n".join(lines))) <= set(Settings.model_fields)


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(_DEPLOY)) for path in _DEPLOY.rglob("*") if path.is_file())
)
def test_the_instructions_mention_every_file(name: str) -> None:
    """An operator is told where each file goes."""
    if name != "README.md":
        assert f"`{name}`" in (_DEPLOY / "README.md").read_text(encoding="utf-8")


@_needs_analyze
@pytest.mark.parametrize("drop_in", [False, True], ids=["unit", "with drop-in"])
def test_systemd_accepts_the_unit(tmp_path: Path, *, drop_in: bool) -> None:
    """`systemd-analyze verify` has nothing to say, except that an old systemd ignores the drop-in."""
    unit = tmp_path / _UNIT.name
    # The program stands elsewhere on this machine; verify wants it to exist.
    unit.write_text(_UNIT.read_text().replace("/opt/figurewatch/bin/figurewatch", sys.executable))
    if drop_in:
        shutil.copytree(_DEPLOY / "figurewatch.service.d", tmp_path / "figurewatch.service.d")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    complaints = [
        line for line in done.stderr.splitlines() if "figurewatch" in line or "rror" in line
    ]
    if drop_in and _systemd_version() < 253:
        assert all("notify-reload" in line for line in complaints)
        assert complaints
    else:
        assert complaints == []
        assert done.returncode == 0


@pytest.mark.skipif(
    shutil.which("systemd-sysusers") is None or shutil.which("systemd-tmpfiles") is None,
    reason="systemd-sysusers and systemd-tmpfiles are not installed (apt-get install systemd)",
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make folders of another user")
def test_systemd_makes_the_user_and_the_folders(tmp_path: Path) -> None:
    """In an empty root, the two files give the user and folders with the rights they should have."""
    (tmp_path / "etc/figurewatch").mkdir(parents=True)
    (tmp_path / "etc/figurewatch/config.toml").touch(mode=0o644)
    for tool, option in (("sysusers", None), ("tmpfiles", "--create")):
        folder = tmp_path / f"usr/lib/{tool}.d"
        folder.mkdir(parents=True)
        shutil.copy(_DEPLOY / f"figurewatch.{tool}", folder / "figurewatch.conf")
        words = [f"systemd-{tool}", f"--root={tmp_path}", option, "figurewatch.conf"]
        subprocess.run([word for word in words if word], check=True, capture_output=True)
    (row,) = (tmp_path / "etc/passwd").read_text(encoding="utf-8").splitlines()
    name, _, user, group, _, home, shell = row.split(":")
    assert (name, home, shell) == ("figurewatch", "/var/lib/figurewatch", "/usr/sbin/nologin")
    rights = {
        path: ((tmp_path / path).stat().st_mode & 0o777, (tmp_path / path).stat().st_uid)
        for path in (
            "etc/figurewatch/config.toml",
            "etc/figurewatch/secrets",
            "var/lib/figurewatch",
        )
    }
    assert rights == {
        "etc/figurewatch/config.toml": (0o640, 0),
        "etc/figurewatch/secrets": (0o700, 0),
        "var/lib/figurewatch": (0o700, int(user)),
    }
    assert (tmp_path / "etc/figurewatch/config.toml").stat().st_gid == int(group)


# What MemoryDenyWriteExecute= does, asked of the kernel for one process: PR_SET_MDWE.
_WITHOUT_WRITABLE_CODE = """\
import ctypes, mmap, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except OSError:
    import trafilatura
    import monitor.bootstrap
    page = "<html><body><article><p>" + "Some words of a page. " * 40 + "</p></article></body></html>"
    assert trafilatura.extract(page)
else:
    sys.exit("writable code was allowed")
"""


def test_the_daemon_needs_no_writable_code() -> None:
    """Everything the daemon loads works where memory cannot be both written and executed."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_WRITABLE_CODE],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("this kernel cannot deny writable code to one process (Linux 6.3)")
    assert done.returncode == 0, done.stderr[-2000:]


def _systemd_version() -> int:
    answer = subprocess.run(
        ["systemd-analyze", "--version"], capture_output=True, text=True, check=True
    )
    return int(answer.stdout.split()[1])
