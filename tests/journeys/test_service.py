# SPDX-License-Identifier: Apache-2.0
"""The daemon as systemd sees it: a real process, a real notification socket, real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_RUN = ("run", "--log-format", "json")
_GOOD = "[seeds]\npacks = []\n"
_BAD = "[seeds]\npaks = []\n"

pytestmark = pytest.mark.journey


def _states(receiver: socket.socket, until: str) -> list[str]:
    """Return the messages up to the first one that begins with `until`."""
    found: list[str] = []
    while not found or not found[-1].startswith(until):
        found.append(receiver.recv(4096).decode())
    return found


@contextmanager
def _service(config: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """Run the daemon as the unit does; yield it and the socket that it was told to talk to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(folder / "notify"))
        receiver.settimeout(30)
        daemon = subprocess.Popen(
            [sys.executable, "-m", "monitor", *_RUN, "--config", str(config)],
            cwd=_ROOT,
            env={
                **os.environ,
                "NOTIFY_SOCKET": str(folder / "notify"),
                "STATE_DIRECTORY": str(folder / "state"),
                "WATCHDOG_USEC": "3000000",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield daemon, receiver
        finally:
            if daemon.poll() is None:
                daemon.kill()
            daemon.communicate()


def test_a_service_starts_reloads_refuses_a_bad_reload_and_stops(tmp_path: Path) -> None:
    """More time while the database opens, READY, a reload, a refused reload that names the old
    configuration, a fed watchdog, more time while it drains, exit 0."""
    config = tmp_path / "config.toml"
    config.write_text(_GOOD, encoding="utf-8")
    with _service(config, tmp_path) as (daemon, receiver):
        begun = _states(receiver, "READY=1")
        assert begun[0].startswith("EXTEND_TIMEOUT_USEC=")
        assert {row.partition("=")[0] for row in begun[:-1]} == {"EXTEND_TIMEOUT_USEC"}
        daemon.send_signal(signal.SIGHUP)
        assert _states(receiver, "RELOADING=1\nMONOTONIC_USEC=")
        assert "refused" not in _states(receiver, "READY=1")[-1]
        config.write_text(_BAD, encoding="utf-8")
        daemon.send_signal(signal.SIGHUP)
        assert "old configuration stays" in _states(receiver, "READY=1")[-1]
        assert _states(receiver, "WATCHDOG=1")
        daemon.send_signal(signal.SIGTERM)
        assert _states(receiver, "STOPPING=1")
        assert _states(receiver, "EXTEND_TIMEOUT_USEC=")
        assert daemon.wait(30) == 0


def test_a_service_with_a_bad_configuration_does_not_start(tmp_path: Path) -> None:
    """Exit code 78, which the unit does not restart on, and the mistake with its file and key."""
    config = tmp_path / "config.toml"
    config.write_text(_BAD, encoding="utf-8")
    with _service(config, tmp_path) as (daemon, _):
        _, log = daemon.communicate(timeout=30)
    assert daemon.returncode == 78
    assert f"{config}: seeds.paks" in log
    assert not (tmp_path / "state" / "figurewatch.db").exists()
