# SPDX-License-Identifier: Apache-2.0
"""A machine with systemd as its first process: this one's files under an overlay, booted in a container.

What it is not: a sandbox against attackers. Nothing that happens in it reaches the files, the network
or the services outside: writes go to a folder of the test, its network is an empty one, and its mounts
vanish with it. Needs root, overlayfs and systemd-nspawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_PYTHON = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
# Only what every machine has: the services of this one stay where they are.
_TARGET = "basic.target"
_BOOT = (
    'mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" && '
    "exec systemd-nspawn --quiet --register=no --keep-unit --console=read-only --private-network "
    '--machine="$2" --bind-ro="$4:/opt/shown" --directory="$1/root" --boot -- --unit="$3"'
)
_BOOT_SECONDS = 60.0
_COMMAND_SECONDS = 90.0


def why_not() -> str | None:
    """Say why no machine can be booted here; None if one can."""
    if os.geteuid() != 0:
        return "only root boots a machine"
    if "\toverlay\n" not in Path("/proc/filesystems").read_text(encoding="ascii"):
        return "the kernel has no overlay file system"
    for program in ("systemd-nspawn", "dpkg-deb", "nsenter", "unshare"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return None if Path(_PYTHON).exists() else f"the system has no {_PYTHON}"


class Machine:
    """A booted machine. `root` is its file system, seen from outside."""

    def __init__(self, root: Path, first: int) -> None:
        self._written, self._first = root, first

    def _inside(self, *words: str) -> list[str]:
        return [
            *("nsenter", f"--target={self._first}", "--mount", "--uts", "--ipc", "--net", "--pid"),
            *("env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"),
            *("CREDENTIALS_DIRECTORY=/etc/figurewatch/secrets", *words),
        ]

    async def run(self, *words: str, code: int | None = 0) -> str:
        """Run a command to its end; return what it printed. Any code is good if `code` is None."""
        process = await asyncio.create_subprocess_exec(
            *self._inside(*words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(_COMMAND_SECONDS):
                out, _ = await process.communicate()
        except BaseException:
            process.kill()
            await process.wait()
            raise
        text = out.decode(errors="replace")
        if code is not None and process.returncode != code:
            journal = await self.run("journalctl", "--lines=60", "--output=cat", code=None)
            raise AssertionError(f"{words}: {process.returncode}\n{text}\n{journal}")
        return text

    async def write(self, path: str, text: str) -> None:
        """Write a file in one piece, as an editor does."""
        process = await asyncio.create_subprocess_exec(
            *self._inside("sh", "-c", 'cat >"$1.new" && cat "$1.new" >"$1"', "sh", path),
            stdin=asyncio.subprocess.PIPE,
        )
        await process.communicate(text.encode())
        assert process.returncode == 0, path

    async def shown(self, unit: str, name: str) -> str:
        """Return a property of a unit."""
        return (await self.run("systemctl", "show", "--property", name, "--value", unit)).strip()

    @asynccontextmanager
    async def journal(self, unit: str) -> AsyncIterator[Journal]:
        """Follow the journal of a unit from its beginning."""
        words = ("journalctl", "--follow", "--lines=all", "--output=cat", f"--unit={unit}")
        process = await asyncio.create_subprocess_exec(
            *self._inside(*words),
            stdout=asyncio.subprocess.PIPE,
            limit=4 * 1024 * 1024,
        )
        try:
            assert process.stdout is not None
            yield Journal(process.stdout)
        finally:
            # The program that enters the machine waits for the follower, which is its child.
            with contextlib.suppress(ProcessLookupError):
                os.kill(_child(process.pid), 9)
            await process.communicate()


class Journal:
    """The lines of a journal, read forward."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self._lines = lines

    async def until(self, *words: str, seconds: float = 60) -> str:
        """Read on to a line that holds all these words; return it."""
        seen: list[str] = []
        try:
            async with asyncio.timeout(seconds):
                async for raw in self._lines:
                    line = raw.decode(errors="replace")
                    if all(word in line for word in words):
                        return line
                    seen.append(line)
        except TimeoutError:
            pass
        raise AssertionError(
            f"not in the journal within {seconds} s: {words}\n" + "".join(seen[-40:])
        )


@asynccontextmanager
async def booted(folder: Path, shown: Path) -> AsyncIterator[Machine]:
    """Boot a machine whose changes are kept in a folder; it is gone afterwards.

    `folder/upper` may hold files that the machine is to find. It can read `shown` at `/opt/shown`.
    """
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(exist_ok=True)
    # A container manager that starts in a mount namespace of its own leaves no mount behind.
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "--propagation", "private"),
        *("sh", "-c", _BOOT, "sh", str(folder), f"figurewatch-{os.getpid()}", _TARGET, str(shown)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    console = asyncio.create_task(_reached(process.stdout))
    try:
        async with asyncio.timeout(_BOOT_SECONDS):
            await asyncio.shield(console)
        yield Machine(folder / "root", _child(process.pid))
    finally:
        with contextlib.suppress(ProcessLookupError, OSError):
            os.kill(_child(process.pid), 9)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        console.cancel()
        await asyncio.gather(process.stdout.read(), console, return_exceptions=True)
        await process.wait()


async def _reached(console: asyncio.StreamReader) -> None:
    seen: list[str] = []
    async for line in console:
        seen.append(line.decode(errors="replace"))
        if "Reached target" in seen[-1] and _TARGET in seen[-1]:
            return
    raise AssertionError("the machine did not boot:\n" + "".join(seen))


def _child(pid: int) -> int:
    """Return the first process of the machine: the only child of its manager."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])
