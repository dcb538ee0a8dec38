# SPDX-License-Identifier: Apache-2.0
"""Faults below the program: the Nth call of the disk, of the network, of the clock goes wrong.

What it is not: tests (`adapters/test_faults.py`), or patches of our code. The disk is a layer under
SQLite, registered with SQLite itself; the network is a relay in front of real servers; the clock is
the one thing that a test may make up.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# --- disk ----------------------------------------------------------------------------------------

_POINTER = ctypes.c_void_p
_INT = ctypes.c_int
_LONG = ctypes.c_int64
_OK = 0
_SHM_LOCK = 2  # the flag of xShmLock that takes a lock; giving one back cannot fail
# Method of an open file -> its place in sqlite3_io_methods, its arguments after the file, and the
# extended error code that a failure of the system gives it (sqlite3.h).
_FILE_CALLS: dict[str, tuple[int, tuple[Any, ...], int]] = {
    "read": (2, (_POINTER, _INT, _LONG), 10 | 1 << 8),
    "write": (3, (_POINTER, _INT, _LONG), 10 | 3 << 8),
    "truncate": (4, (_LONG,), 10 | 6 << 8),
    "sync": (5, (_INT,), 10 | 4 << 8),
    "size": (6, (_POINTER,), 10 | 7 << 8),
    "lock": (7, (_INT,), 10 | 15 << 8),
    "map": (13, (_INT, _INT, _INT, _POINTER), 10 | 21 << 8),
    "lock-shared": (14, (_INT, _INT, _INT), 10 | 20 << 8),
}
_METHODS = 19
# The same for sqlite3_vfs: its first fields take 40 bytes, pAppData among them.
_OPEN, _DELETE = 5, 6
_VFS_WORDS = 22
_CANNOT_OPEN = 14
_CANNOT_DELETE = 10 | 10 << 8


class Disk:
    """Counts what SQLite asks of the file system, and lets the Nth call fail.

    A write that fails leaves its first half behind, as a full disk or a power cut does.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.fails_at: int | None = None
        self.failed: str | None = None
        self._lock = threading.Lock()
        self._kept: list[object] = []
        self._methods: dict[int, int] = {}

    def arm(self, fails_at: int | None) -> None:
        """Begin to count anew; None lets every call pass."""
        with self._lock:
            self.calls, self.fails_at, self.failed = Counter(), fails_at, None

    def fails(self, name: str) -> bool:
        """Count one call; say whether it is the one to fail."""
        with self._lock:
            self.calls[name] += 1
            if self.calls.total() != self.fails_at:
                return False
            self.failed = name
            return True

    def methods(self, original: int) -> int:
        """Return the address of a table of file methods that asks us first."""
        if original not in self._methods:
            table = (_POINTER * _METHODS).from_buffer_copy(
                ctypes.string_at(original, _METHODS * ctypes.sizeof(_POINTER))
            )
            for name, (place, arguments, code) in _FILE_CALLS.items():
                if table[place] is None:  # files that nobody shares have no shared memory
                    continue
                wrapped = self._wrapped(name, table[place], arguments, code)
                table[place] = ctypes.cast(wrapped, _POINTER).value
                self._kept.append(wrapped)
            self._kept.append(table)
            self._methods[original] = ctypes.addressof(table)
        return self._methods[original]

    def _wrapped(
        self, name: str, address: int | None, arguments: tuple[Any, ...], code: int
    ) -> Any:
        kind = ctypes.CFUNCTYPE(_INT, _POINTER, *arguments)
        assert address is not None
        original = kind(address)

        def call(file: int, *rest: int) -> int:
            if name == "lock-shared" and not rest[2] & _SHM_LOCK:
                return int(original(file, *rest))
            if not self.fails(name):
                # Nobody cuts the power here, and waiting for a real disk is most of the time.
                return _OK if name == "sync" else int(original(file, *rest))
            if name == "write":
                buffer, amount, offset = rest
                original(file, buffer, amount // 2, offset)
            return code

        return kind(call)

    def register(self, library: ctypes.CDLL) -> Callable[[], None]:
        """Put this disk under every connection opened from now on; return what takes it away."""
        find = library.sqlite3_vfs_find
        find.restype, find.argtypes = _POINTER, [ctypes.c_char_p]
        for name in ("sqlite3_vfs_register", "sqlite3_vfs_unregister"):
            getattr(library, name).argtypes = [_POINTER, _INT][: 1 + name.endswith("_register")]
        plain = find(None)
        size = ctypes.sizeof(_POINTER)
        words = (_POINTER * _VFS_WORDS).from_buffer_copy(ctypes.string_at(plain, _VFS_WORDS * size))
        name = ctypes.create_string_buffer(b"faulty")
        words[2], words[3] = None, ctypes.addressof(name)
        opens = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
        deletes = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT)
        original_open, original_delete = opens(words[_OPEN]), deletes(words[_DELETE])

        def open_file(_: int, path: int, file: int, flags: int, out: int) -> int:
            slot = _POINTER.from_address(file)
            if self.fails("open"):
                slot.value = None
                return _CANNOT_OPEN
            code = int(original_open(plain, path, file, flags, out))
            if slot.value is not None:
                slot.value = self.methods(slot.value)
            return code

        def delete_file(_: int, path: int, sync: int) -> int:
            if self.fails("delete"):
                return _CANNOT_DELETE
            return int(original_delete(plain, path, sync))

        ours = opens(open_file), deletes(delete_file)
        words[_OPEN] = ctypes.cast(ours[0], _POINTER).value
        words[_DELETE] = ctypes.cast(ours[1], _POINTER).value
        self._kept += [words, name, ours]
        own = ctypes.addressof(words)
        library.sqlite3_vfs_register(own, 1)

        def unregister() -> None:
            library.sqlite3_vfs_register(plain, 1)
            library.sqlite3_vfs_unregister(own)

        return unregister


def sqlite_library() -> ctypes.CDLL | None:
    """Return the SQLite that Python itself uses, if its functions can be reached."""
    import _sqlite3  # noqa: PLC0415

    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    return library if hasattr(library, "sqlite3_vfs_find") else None


@contextmanager
def faulty_disk(library: ctypes.CDLL) -> Iterator[Disk]:
    """Yield a disk under every database that is opened inside the block, by anybody."""
    disk = Disk()
    unregister = disk.register(library)
    try:
        yield disk
    finally:
        disk.arm(None)
        unregister()


# --- network -------------------------------------------------------------------------------------

RESET, END, SILENCE = "reset", "end", "silence"
# Who waits longer than that is cut off: mail servers are given ten minutes for their last answer.
_SILENCE_SECONDS = 0.4


@dataclass(slots=True)
class Wire:
    """Counts connections and pieces of data in both directions, and breaks the Nth in one way.

    `passed` is what the client of the broken connection had been answered until then; None as long
    as nothing broke.
    """

    how: str = RESET
    fails_at: int | None = None
    calls: int = 0
    broken: str | None = None
    passed: bytes | None = None

    def arm(self, fails_at: int | None, how: str = RESET) -> None:
        """Begin to count anew; None lets everything pass."""
        self.how, self.fails_at, self.calls = how, fails_at, 0
        self.broken = self.passed = None

    def breaks(self, name: str, answered: bytes) -> bool:
        """Count one call; say whether it is the one to break."""
        self.calls += 1
        if self.calls != self.fails_at:
            return False
        self.broken, self.passed = name, answered
        return True


@asynccontextmanager
async def relay(wire: Wire, name: str, port: int, *, piece: int) -> AsyncIterator[int]:
    """Pass connections on to a loopback port in pieces of so many bytes; yield the relay's port."""
    tasks: set[asyncio.Task[None]] = set()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        answered = bytearray()
        if wire.breaks(f"{name} connect", b""):
            await _break(wire.how, reader, writer)
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, side: str) -> None:
            while data := await source.read(piece):
                if wire.breaks(f"{name} {side}", bytes(answered)):
                    raise _BrokenError
                if sink is writer:
                    answered.extend(data)
                sink.write(data)
                await sink.drain()
            with contextlib.suppress(OSError):
                sink.write_eof()

        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pump(reader, far_writer, "ask"))
                both.create_task(pump(far_reader, writer, "answer"))
        except* _BrokenError:
            far_writer.transport.abort()
            await _break(wire.how, reader, writer)
        except* ConnectionError:
            pass
        finally:
            far_writer.close()
            writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _BrokenError(Exception):
    """The piece at hand is the one to break at."""


async def _break(how: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if how == SILENCE:
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_SILENCE_SECONDS):
                await reader.read()
    if how == END:
        writer.close()
        return
    raw = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# --- clock ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Jumping:
    """A clock whose wall time jumps before its Nth reading of any kind; its monotonic time does not."""

    by: timedelta
    jumps_at: int | None = None
    readings: int = 0
    _lived: timedelta = timedelta()
    _start: datetime = field(default_factory=lambda: datetime.now(UTC))
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def has_jumped(self) -> bool:
        """Say whether the jump has happened."""
        return self.jumps_at is not None and self.readings >= self.jumps_at

    def now(self) -> datetime:
        """Return the wall time; count the reading."""
        with self._lock:
            self.readings += 1
            return self._start + self._lived + (self.by if self.has_jumped else timedelta())

    def monotonic(self) -> float:
        """Return the seconds that were lived through; count the reading."""
        with self._lock:
            self.readings += 1
            return 1000.0 + self._lived.total_seconds()

    def arm(self, jumps_at: int | None) -> None:
        """Begin to count anew, before any jump; None lets time pass."""
        self.readings, self.jumps_at, self._lived = 0, jumps_at, timedelta()
        self._start = datetime.now(UTC)

    def forward(self, **time: float) -> None:
        """Let a `timedelta` of these arguments pass."""
        self._lived += timedelta(**time)
