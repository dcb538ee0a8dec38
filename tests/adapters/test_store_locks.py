# SPDX-License-Identifier: Apache-2.0
"""The store beside another process that keeps the write lock, as an import or a restore does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.errors import StoreError
from monitor.store import Store, open_store

# Takes the write lock, says so, and keeps it until its input ends.
_HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO marks VALUES ('theirs', '1')")
print("held", flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store whose own waiting for a lock is over in a moment."""
    opened = open_store(tmp_path / "test.db")
    opened.db.conn.execute("PRAGMA busy_timeout = 1")
    yield opened
    opened.close()


@pytest.fixture
def holder(store: Store) -> Iterator[subprocess.Popen[str]]:
    """Yield another process that holds the write lock until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(store.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.communicate()


def test_a_writer_waits_for_a_lock_that_is_kept_longer_than_sqlite_waits(
    store: Store, holder: subprocess.Popen[str]
) -> None:
    """A refused try is followed by others, and both writers' changes are there in the end."""
    tries: list[str] = []

    def released_at_the_third(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            tries.append(statement)
            if len(tries) == 3:
                holder.communicate()

    store.db.conn.set_trace_callback(released_at_the_third)
    store.mark("ours", "1")
    store.db.conn.set_trace_callback(None)
    assert len(tries) == 3
    assert {"ours", "theirs"} <= store.marks().keys()


def test_a_lock_that_is_never_released_is_a_refusal_and_leaves_nothing_behind(
    store: Store, holder: subprocess.Popen[str]
) -> None:
    """After a bounded number of tries the writer is told; the next one finds the store at work."""
    tries: list[str] = []
    store.db.conn.set_trace_callback(tries.append)
    with pytest.raises(StoreError, match="locked"):
        store.mark("ours", "1")
    store.db.conn.set_trace_callback(None)
    assert tries == ["BEGIN IMMEDIATE"] * 4
    holder.communicate()
    store.mark("ours", "2")
    assert store.marks()["ours"] == "2"
