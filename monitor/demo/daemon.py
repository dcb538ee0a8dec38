# SPDX-License-Identifier: Apache-2.0
"""The demo's daemon: `figurewatch run` as a child process with a configuration of its own.

What it is not: a second way to run the daemon. Rules of this file: the child sees no setting of the
user's (neither environment nor files); whatever happens it is ended by its pid; the folder with its
configuration and state goes with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.demo.servers import HOOK_PATH, Mailbox, Newsstand

Event = Mapping[str, Any]

# The scheduler ticks once a second; just under that, every tick is a poll (they are spread by 10 %).
_POLL_EVERY = "900ms"
_STOP_SECONDS = 10.0
_LONGEST_LINE = 4 * 1024 * 1024
_KEPT_LINES = 20

_CONFIG = """\
[store]
path = "{folder}/state/figurewatch.db"

[fetch]
allow_networks = ["127.0.0.0/8"]   # the news world is on this machine
min_interval = "{poll_every}"
max_interval = "{poll_every}"
per_host_interval = "0s"

[email]
smtp = "smtp://127.0.0.1:{smtp_port}"
from = "Figurewatch <alerts@demo.example>"

[[subscriber]]
id = "desk"
email = "desk@demo.example"
rules = ["troops.*"]

[[subscriber]]
id = "archive"
webhook = "{base}{hook_path}"
secret_file = "{folder}/archive.secret"
rules = ["*"]
"""

_FEED = """
[[feed]]
id = "{id}"
url = "{base}{path}"
publisher = "{name}"
full_text = "{full_text}"
"""

CHANNELS = ("desk/email", "archive/webhook")


class DaemonEndedError(Exception):
    """The daemon ended by itself. The message holds its last lines."""


class Daemon:
    """A running daemon. `folder` holds its configuration and state."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process = process
        self._last: deque[str] = deque(maxlen=_KEPT_LINES)
        self.folder = folder

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def last_lines(self) -> str:
        """Return the last lines it logged, for when something went wrong."""
        return "\n".join(self._last)

    async def next_event(self) -> Event:
        """Wait for the next event of its log; raise `DaemonEndedError` when there are no more."""
        assert self._process.stderr is not None  # noqa: S101  (it was started with a pipe)
        while line := await self._process.stderr.readline():
            text = line.decode("utf-8", "replace").rstrip()
            self._last.append(text)
            with contextlib.suppress(ValueError):
                event = json.loads(text)
                if isinstance(event, dict) and "event" in event:
                    return event
        raise DaemonEndedError(self.last_lines or "it said nothing")

    async def stop(self) -> int:
        """Ask it to stop, wait, and return its exit code; end it when it does not answer."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
        # Reading to the end, so that a full pipe cannot keep it from ending.
        reading = asyncio.create_task(self._read_to_end())
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await reading
                return await self._process.wait()
        except TimeoutError:
            self.end_now()
            return await self._process.wait()

    def end_now(self) -> None:
        """End it without waiting, if it still runs."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _read_to_end(self) -> None:
        with contextlib.suppress(DaemonEndedError):
            while True:
                await self.next_event()


@asynccontextmanager
async def running(newsstand: Newsstand, mailbox: Mailbox) -> AsyncIterator[Daemon]:
    """Start the daemon on a news world; it has ended when the block is left."""
    with TemporaryDirectory(prefix="figurewatch-demo-") as name:
        folder = Path(name)
        config = _write_config(folder, newsstand, mailbox)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "monitor",
            "run",
            "--log-format",
            "json",
            "--config",
            str(config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=PIPE,
            limit=_LONGEST_LINE,
            env=_environment(),
            # A terminal's interrupt is for the demo, which then stops the daemon in good order.
            start_new_session=True,
        )
        daemon = Daemon(process, folder)
        try:
            yield daemon
        finally:
            try:
                await daemon.stop()
            finally:
                daemon.end_now()  # a second interrupt must not leave it behind


def _write_config(folder: Path, newsstand: Newsstand, mailbox: Mailbox) -> Path:
    (folder / "archive.secret").write_text(newsstand.secret + "\n", encoding="utf-8")
    (folder / "archive.secret").chmod(0o600)
    text = _CONFIG.format(
        folder=folder,
        poll_every=_POLL_EVERY,
        smtp_port=mailbox.port,
        base=newsstand.base,
        hook_path=HOOK_PATH,
    )
    text += "".join(
        _FEED.format(
            id=outlet.id,
            base=newsstand.base,
            path=outlet.feed_path,
            name=outlet.name,
            full_text="auto" if outlet.teasers else "never",
        )
        for outlet in newsstand.world.outlet
    )
    config = folder / "demo.toml"
    config.write_text(text, encoding="utf-8")
    return config


def _environment() -> dict[str, str]:
    """Return our environment without what would configure the daemon."""
    foreign = {"STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC"}
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("FIGUREWATCH_")
    }
    # The program may run from a source tree that is not installed.
    paths = [str(Path(__file__).resolve().parents[2]), own.get("PYTHONPATH", "")]
    return own | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
