# SPDX-License-Identifier: Apache-2.0
"""Copies of the database: while it is written, damaged, hostile, newer, and interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_store import NOW, feed, message

from monitor.core.errors import StoreError
from monitor.core.health import FeedHealth
from monitor.store import Outbox, PollResult, gauges, open_store
from monitor.store.backups import back_up, check_file, prune, quick_complaint, restore

_ROOT = Path(__file__).resolve().parents[2]
_MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database with a feed and two deliveries, one of them waiting."""
    path = tmp_path / "state" / "figurewatch.db"
    with closing(open_store(path)) as store:
        store.sync_feeds([feed("paper")], NOW)
        store.record_poll(
            PollResult(
                feed="paper",
                at=NOW,
                outcome="fetched",
                next_poll=NOW + _MINUTE,
                health=FeedHealth(first_seen=NOW, gap_seconds=60.0),
            )
        )
        outbox = Outbox(store)
        outbox.add((message("one"), message("two", "siem")))
        first, _ = outbox.lease(NOW, _MINUTE)
        outbox.sent(first, NOW, NOW, "250 OK")
    return path


def _counters(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, value FROM marks").fetchall())


def test_a_backup_under_load_is_one_moment_and_whole(database: Path, tmp_path: Path) -> None:
    """While somebody writes pairs all the time, every copy holds equal halves and passes a check."""
    stop, target = threading.Event(), tmp_path / "backups"
    target.mkdir()

    def write() -> None:
        with closing(open_store(database)) as store:
            number = 0
            while not stop.is_set():
                number += 1
                with store.write():
                    store.mark("left", str(number))
                    store.mark("right", str(number))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(database, target, NOW + n * _MINUTE) for n in range(10)]
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        assert check_file(copy) == ()
        counters = _counters(copy)
        assert counters.get("left") == counters.get("right")
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in target.iterdir() if "partial" in path.name] == []
    prune(target, "figurewatch", 3)
    assert sorted(target.iterdir()) == copies[-3:]


def test_a_backup_overwrites_nothing(database: Path, tmp_path: Path) -> None:
    """A name that is taken is refused."""
    (tmp_path / "copy.db").write_text("mine", encoding="ascii")
    with pytest.raises(StoreError, match="exists already"):
        back_up(database, tmp_path / "copy.db", NOW)
    assert (tmp_path / "copy.db").read_text(encoding="ascii") == "mine"


def test_a_restore_brings_the_state_back_and_keeps_the_present_one(
    database: Path, tmp_path: Path
) -> None:
    """What was in the backup is there again; the database before it lies beside it, whole."""
    copy = back_up(database, tmp_path / "copy.db", NOW)
    with closing(open_store(database)) as store:
        store.mark("later", "yes")
    kept = restore(copy, database, NOW, send_again=True)
    assert kept is not None
    assert _counters(kept)["later"] == "yes"
    with closing(open_store(database)) as store:
        assert "later" not in store.marks()
        assert [row.state for row in Outbox(store).rows()] == ["sent", "leased"]
        assert store.feeds()[0].health.gap_seconds == 60.0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_after_a_restore_nothing_is_sent_again_without_asking(
    database: Path, tmp_path: Path
) -> None:
    """What was waiting is held with its reason, and the next poll of each feed is silent."""
    copy = back_up(database, tmp_path / "copy.db", NOW)
    restore(copy, database, NOW, send_again=False)
    with closing(open_store(database)) as store:
        assert Outbox(store).lease(NOW + timedelta(days=1), _MINUTE) == ()
        [held] = Outbox(store).rows("dead")
        assert held.reason is not None
        assert "restore" in held.reason
        assert store.feeds()[0].health.silent_once


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('figurewatch', 'm9999_later', '')"
        )


def _with_trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER evil AFTER UPDATE ON feeds BEGIN DELETE FROM alerts; END"
        )


def _with_view_for_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE marks")
        connection.execute("CREATE VIEW marks AS SELECT id AS name, url AS value FROM feeds")


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _scribbled(path: Path) -> None:
    with path.open("r+b") as file:
        for offset in range(4096, path.stat().st_size, 4096):
            file.seek(offset)
            file.write(b"\xff" * 64)


def _text(path: Path) -> None:
    path.write_text("not a database at all, " * 1000, encoding="ascii")


def _somebody_elses(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


@pytest.mark.parametrize(
    "harm",
    [_newer, _with_trigger, _with_view_for_table, _half, _scribbled, _text, _somebody_elses],
    ids=lambda harm: harm.__name__.strip("_"),
)
def test_a_hostile_backup_is_refused_and_the_present_database_stays(
    database: Path, tmp_path: Path, harm: object
) -> None:
    """Damaged, newer, foreign or booby-trapped: an error, and nothing changed."""
    copy = back_up(database, tmp_path / "copy.db", NOW)
    harm(copy)  # type: ignore[operator]
    before = database.read_bytes()
    with pytest.raises(StoreError):
        restore(copy, database, NOW, send_again=False)
    assert database.read_bytes() == before
    names = {
        path.name.removesuffix("-wal").removesuffix("-shm") for path in database.parent.iterdir()
    }
    assert names == {"figurewatch.db"}


@pytest.mark.parametrize("harm", [_half, _scribbled, _text], ids=lambda harm: harm.__name__)
def test_a_damaged_database_is_seen_at_a_quick_look(database: Path, harm: object) -> None:
    """What the daemon asks before it writes finds the damage."""
    assert quick_complaint(database) is None
    harm(database)  # type: ignore[operator]
    assert quick_complaint(database)


# --- migrations ----------------------------------------------------------------------------------

_MIGRATE_AND_DIE = """
import os, signal, sqlite3, sys
from pathlib import Path
from monitor.store.sqlite import Store
path, limit = Path(sys.argv[1]), int(sys.argv[2])
connection = sqlite3.connect(path, check_same_thread=False)
seen = 0
def count(statement):
    global seen
    seen += 1
    if seen == limit:
        os.kill(os.getpid(), signal.SIGKILL)
connection.set_trace_callback(count)
Store(connection, path)
print("done", seen)
"""


def _old_database(path: Path) -> None:
    """Make a database of the first version with a feed in it."""
    from sqlite_utils import Database  # noqa: PLC0415

    from monitor.store.schema import migrations  # noqa: PLC0415

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        database = Database(connection)
        later = [row.name for row in migrations.pending(database)][1:]
        migrations.apply(database, stop_before=later)
        connection.execute(
            "INSERT INTO feeds (id, url, publisher, origin, configured, enabled, settings, next_poll)"
            " VALUES ('old', 'https://x.example/', 'X', 'config', 1, 1, '{}', '2026-01-01T00:00:00+00:00')"
        )
        connection.commit()


def test_a_migration_killed_at_any_statement_is_whole_or_absent(tmp_path: Path) -> None:
    """Killed after every single statement: the file opens, keeps its rows, and migrates again."""
    old = tmp_path / "old.db"
    _old_database(old)
    path, limit = tmp_path / "figurewatch.db", 1
    while True:
        for stale in tmp_path.glob("figurewatch.db*"):
            stale.unlink()
        shutil.copy(old, path)
        done = subprocess.run(
            [sys.executable, "-c", _MIGRATE_AND_DIE, str(path), str(limit)],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert check_file(path) == ()
        with closing(open_store(path)) as store:
            assert [row.id for row in store.feeds()] == ["old"]
        limit += 3
        assert limit < 2000
    assert limit > 10
    assert [row.name for row in tmp_path.glob("*.before-*")]


def test_a_migrated_database_has_the_schema_of_a_fresh_one(tmp_path: Path) -> None:
    """Migrations sum to the schema, and a copy of the old database is left beside it."""
    old, fresh = tmp_path / "old.db", tmp_path / "fresh.db"
    _old_database(old)
    schemas = []
    for path in (old, fresh):
        open_store(path).close()
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
            schemas.append(
                {(kind, name, " ".join((sql or "").split())) for kind, name, sql in rows}
            )
    assert schemas[0] == schemas[1]
    [kept] = tmp_path.glob("old.db.before-*")
    assert check_file(kept) == ()
    assert not list(tmp_path.glob("fresh.db.before-*"))


# --- the clock went astray -----------------------------------------------------------------------


def test_feeds_polled_in_the_future_are_due_at_once(database: Path) -> None:
    """The clock was set back two days while nobody ran: no feed waits two days."""
    with closing(open_store(database)) as store:
        past = NOW - timedelta(days=2)
        assert store.due_feeds(past) == ()
        assert gauges.wake_from_the_future(store, past) == 1
        assert len(store.due_feeds(past)) == 1


def test_what_was_written_in_the_future_is_due_at_once(tmp_path: Path) -> None:
    """Set back while nobody ran: neither a feed never polled nor a fresh message waits two days."""
    past = NOW - timedelta(days=2)
    with closing(open_store(tmp_path / "new.db")) as store:
        store.add_feed(feed("paper"), NOW)
        outbox = Outbox(store)
        outbox.add((message("one"),))
        assert (store.due_feeds(past), outbox.lease(past, _MINUTE)) == ((), ())
        gauges.wake_from_the_future(store, past)
        assert len(store.due_feeds(past)) == 1
        assert len(outbox.lease(past, _MINUTE)) == 1


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(days=3653)], ids=["back", "on"])
def test_what_waits_moves_with_a_jump_of_the_clock(database: Path, jump: timedelta) -> None:
    """After a jump, everything is as far away as before it."""
    with closing(open_store(database)) as store:
        gauges.shift_times(store, jump)
        then = NOW + jump
        assert store.due_feeds(then) == ()
        assert len(store.due_feeds(then + _MINUTE)) == 1
        outbox = Outbox(store)
        assert outbox.lease(then + timedelta(seconds=59), _MINUTE) == ()
        [waiting] = outbox.lease(then + _MINUTE, _MINUTE)
        assert outbox.tried_since(waiting.message.id) == waiting.message.created + jump


def test_a_delivery_that_nobody_takes_is_seen_as_stuck(database: Path) -> None:
    """First in its channel, due, and untouched: the queue does not move."""
    future = datetime(2027, 1, 1, tzinfo=UTC)
    with closing(open_store(database)) as store:
        assert not gauges.is_stuck(store, future)
        Outbox(store).release_leases()
        assert gauges.is_stuck(store, future)
        assert not gauges.is_stuck(store, NOW - _MINUTE)
        assert gauges.waiting(store).states == {"sent": 1, "pending": 1}
