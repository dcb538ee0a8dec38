# SPDX-License-Identifier: Apache-2.0
"""Opening a database file to read it, where nothing can or may be written.

What it is not: the store's own connection (`store.sqlite`). Rules of this file: the file is never
written to. SQLite reads a file in WAL mode only beside an index, which it makes anew where there is
none; on a full or read-only disk it cannot. Then the file is read as it lies, which is right as long
as no log of later writes stands beside it: while somebody writes, index and log exist.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

# What SQLite says when it cannot make the index: the primary codes.
_NO_INDEX = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


def connect_to_look(path: Path, *, timeout_seconds: float) -> sqlite3.Connection:
    """Return a connection that reads a database file. Raises `sqlite3.Error`, `OSError`."""
    try:
        return _connect(path, "mode=ro", timeout_seconds)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NO_INDEX or not path.exists() or _has_log(path):
            raise
    return _connect(path, "mode=ro&immutable=1", timeout_seconds)


def _connect(path: Path, how: str, timeout_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=timeout_seconds,
        check_same_thread=False,
    )
    try:
        # Nothing that stands in the file's schema may run functions of ours or write elsewhere.
        connection.execute("PRAGMA trusted_schema = OFF")
        # What is sorted must not need room on the disk.
        connection.execute("PRAGMA temp_store = MEMORY")
        # The file is opened by the first statement that reads it.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0
