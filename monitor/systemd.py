# SPDX-License-Identifier: Apache-2.0
"""What the daemon tells systemd: ready, status, reloading, stopping, still alive.

What it is not: the decision whether the daemon *is* alive (`schedule` makes it). Rules of this
file: without `NOTIFY_SOCKET` every method does nothing; a lost message never disturbs the daemon,
because systemd's own time limits judge silence better than we could. The protocol is sd_notify(3):
one datagram of `KEY=value` lines to a Unix socket.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# Longer lines are cut by `systemctl status` anyway; the bound keeps a datagram small.
_STATUS_LENGTH = 300
_MICROSECONDS = 1_000_000
# While something long goes on, systemd is asked so often for so much more time, and no longer than
# this in all: what has not ended by then never will.
_EXTEND_EVERY_SECONDS = 10.0
_EXTEND_BY_SECONDS = 30
_LONGEST_EXTENSION_SECONDS = 3600.0


class Notifier:
    """Sends states to the socket that systemd named in the environment, if it named one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        names = os.environ if environment is None else environment
        self._address = _socket_address(names.get("NOTIFY_SOCKET", ""))
        self._watchdog_seconds = _watchdog_seconds(names)

    @property
    def listening(self) -> bool:
        """Whether systemd asked to be told anything."""
        return self._address is not None

    def ready(self, status: str = "") -> bool:
        """Say that start-up or a reload is complete."""
        return self._send("READY=1", *_status_lines(status))

    def status(self, line: str) -> bool:
        """Show one line in `systemctl status`."""
        return self._send(*_status_lines(line))

    def reloading(self) -> bool:
        """Say that a reload has begun; `ready` ends it.

        systemd before 253 ignores the time; from 253 on, `Type=notify-reload` insists on it.
        """
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000
        return self._send("RELOADING=1", f"MONOTONIC_USEC={now}")

    def stopping(self, status: str = "finishing what is under way") -> bool:
        """Say that shutdown has begun."""
        return self._send("STOPPING=1", *_status_lines(status))

    @contextmanager
    def extending(
        self,
        status: str = "",
        *,
        every_seconds: float = _EXTEND_EVERY_SECONDS,
        longest_seconds: float = _LONGEST_EXTENSION_SECONDS,
    ) -> Iterator[None]:
        """Ask for more time to start or to stop while the block runs, whatever else stands still.

        From a thread of its own: a migration holds the event loop.
        """
        if self._address is None:
            yield
            return
        done = threading.Event()
        end = time.monotonic() + longest_seconds
        line = f"EXTEND_TIMEOUT_USEC={_EXTEND_BY_SECONDS * _MICROSECONDS}"

        def ask() -> None:
            self._send(line, *_status_lines(status))
            while not done.wait(every_seconds) and time.monotonic() < end:
                self._send(line)

        asking = threading.Thread(target=ask, daemon=True, name="extend")
        asking.start()
        try:
            yield
        finally:
            done.set()
            asking.join()

    def watchdog(self) -> bool:
        """Feed the watchdog."""
        return self._send("WATCHDOG=1")

    def watchdog_interval_seconds(self) -> float | None:
        """Return the longest time that may pass between two `watchdog` calls; None if unwatched."""
        return self._watchdog_seconds

    def _send(self, *lines: str) -> bool:
        """Send one datagram and say whether the socket took it."""
        if self._address is None or not lines:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            # The event loop calls this: a full queue must lose a message, not stop the daemon.
            connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
            try:
                connection.sendto("\n".join(lines).encode(), self._address)
            except OSError:
                return False
        return True


def _socket_address(name: str) -> str | None:
    """Return the address to send to: a path, or an abstract name ("@" stands for the zero byte)."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None


def _watchdog_seconds(names: Mapping[str, str]) -> float | None:
    """Read the watchdog interval, unless it is meant for another process."""
    microseconds = names.get("WATCHDOG_USEC", "")
    if not microseconds.isascii() or not microseconds.isdigit() or int(microseconds) == 0:
        return None
    if names.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / _MICROSECONDS


def _status_lines(line: str) -> tuple[str, ...]:
    # A line break would start a new KEY=value line.
    flat = " ".join(line.split())
    return (f"STATUS={flat[:_STATUS_LENGTH]}",) if flat else ()
