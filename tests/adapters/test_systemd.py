# SPDX-License-Identifier: Apache-2.0
"""Messages to systemd, received on real datagram sockets."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.systemd import Notifier


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """Bind a datagram socket as systemd does; yield its NOTIFY_SOCKET name and the socket."""
    name = (
        str(tmp_path / "notify")
        if request.param == "path"
        else f"@figurewatch-{secrets.token_hex(8)}"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0" + name[1:] if name.startswith("@") else name)
        receiver.settimeout(5)
        yield name, receiver


@pytest.mark.parametrize(
    ("speak", "expected"),
    [
        pytest.param(lambda n: n.ready(), "READY=1", id="ready"),
        pytest.param(
            lambda n: n.ready("3 feeds"), "READY=1\nSTATUS=3 feeds", id="ready with status"
        ),
        pytest.param(
            lambda n: n.status("3 feeds, 1 failing"), "STATUS=3 feeds, 1 failing", id="status"
        ),
        pytest.param(lambda n: n.watchdog(), "WATCHDOG=1", id="watchdog"),
        pytest.param(lambda n: n.stopping(""), "STOPPING=1", id="stopping"),
        pytest.param(
            lambda n: n.status("one\nREADY=1\nline"), "STATUS=one READY=1 line", id="one line only"
        ),
    ],
)
def test_each_state_is_one_datagram(
    listener: tuple[str, socket.socket], speak: Callable[[Notifier], bool], expected: str
) -> None:
    """A state arrives at the socket that systemd named, path or abstract, as one datagram."""
    name, receiver = listener
    assert speak(Notifier({"NOTIFY_SOCKET": name}))
    assert receiver.recv(4096).decode() == expected


def test_a_reload_carries_the_monotonic_time_in_microseconds(
    listener: tuple[str, socket.socket],
) -> None:
    """RELOADING=1 comes with the current CLOCK_MONOTONIC time, as notify-reload units require."""
    name, receiver = listener
    before = time.monotonic_ns() // 1000
    assert Notifier({"NOTIFY_SOCKET": name}).reloading()
    after = time.monotonic_ns() // 1000
    first, second = receiver.recv(4096).decode().split("\n")
    assert first == "RELOADING=1"
    key, _, value = second.partition("=")
    assert key == "MONOTONIC_USEC"
    assert before <= int(value) <= after


def test_a_long_status_is_cut(listener: tuple[str, socket.socket]) -> None:
    """A status line is bounded, however long the text given."""
    name, receiver = listener
    assert Notifier({"NOTIFY_SOCKET": name}).status("x" * 100_000)
    assert len(receiver.recv(4096)) < 400


@pytest.mark.parametrize("name", ["", "relative/path", "vsock:2:1234"], ids=repr)
def test_without_a_usable_socket_nothing_is_sent(name: str) -> None:
    """Outside systemd the notifier is silent and says so."""
    notifier = Notifier({"NOTIFY_SOCKET": name})
    assert not notifier.listening
    assert not notifier.ready()


def test_a_vanished_socket_does_not_disturb_the_daemon(tmp_path: Path) -> None:
    """A message that cannot be sent is reported as unsent, never raised."""
    assert not Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).watchdog()


def test_a_full_socket_loses_the_message_instead_of_blocking(tmp_path: Path) -> None:
    """A receiver that never reads cannot stop the event loop."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(path)
        notifier = Notifier({"NOTIFY_SOCKET": path})
        answers = [notifier.status("x" * 300) for _ in range(20_000)]
    assert answers[0]
    assert not answers[-1]


@pytest.mark.parametrize(
    ("names", "seconds"),
    [
        pytest.param({"WATCHDOG_USEC": "60000000"}, 60.0, id="for anybody"),
        pytest.param(
            {"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5, id="for us"
        ),
        pytest.param({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None, id="for another"),
        pytest.param({}, None, id="unset"),
        pytest.param({"WATCHDOG_USEC": "0"}, None, id="zero"),
        pytest.param({"WATCHDOG_USEC": "soon"}, None, id="not a number"),
    ],
)
def test_watchdog_interval(names: dict[str, str], seconds: float | None) -> None:
    """The watchdog interval is read in seconds, and only when it is meant for this process."""
    assert Notifier(names).watchdog_interval_seconds() == seconds


def test_more_time_is_asked_for_while_something_long_goes_on(
    listener: tuple[str, socket.socket],
) -> None:
    """At once with a status, then again and again, although the asking thread is the only one free;
    after the block nothing more is sent."""
    name, receiver = listener
    notifier = Notifier({"NOTIFY_SOCKET": name})
    with notifier.extending("changing the database", every_seconds=0.001):
        told = [receiver.recv(4096).decode() for _ in range(4)]
    extension = "EXTEND_TIMEOUT_USEC=30000000"
    assert told == [f"{extension}\nSTATUS=changing the database", *[extension] * 3]
    assert "extend" not in {thread.name for thread in threading.enumerate()}
    notifier.watchdog()
    while (last := receiver.recv(4096).decode()) == extension:
        pass
    assert last == "WATCHDOG=1"


def test_more_time_is_not_asked_for_without_end(listener: tuple[str, socket.socket]) -> None:
    """What does not end within the limit is left to systemd; without systemd nothing is begun."""
    name, receiver = listener
    notifier = Notifier({"NOTIFY_SOCKET": name})
    with notifier.extending(every_seconds=0.001, longest_seconds=0):
        assert receiver.recv(4096).decode() == "EXTEND_TIMEOUT_USEC=30000000"
        for thread in [row for row in threading.enumerate() if row.name == "extend"]:
            thread.join(5)
            assert not thread.is_alive()
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            receiver.recv(4096)
    with Notifier({}).extending():
        assert "extend" not in {thread.name for thread in threading.enumerate()}
