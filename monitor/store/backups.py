# SPDX-License-Identifier: Apache-2.0
"""Copies of the database: made while it is used, checked, and put back.

What it is not: the schedule of backups (a timer of the site). Rules of this file: a copy is one
consistent moment and is checked before it gets its name; what is restored is a hostile file until it
was checked, down to its schema; nothing is overwritten without a copy of it being kept.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.core.errors import StoreError
from monitor.store import codec
from monitor.store.looking import connect_to_look
from monitor.store.schema import KNOWN_MIGRATIONS, migrations

_BUSY_SECONDS = 30.0
_MOST_COMPLAINTS = 20
_STAMP = "%Y%m%d-%H%M%S"
_HELD = "held at a restore: it may have been sent before"


def back_up(database: Path, target: Path, now: datetime) -> Path:
    """Copy the database while it is used; return the new file, which has been checked.

    `target` is a file that does not exist, or a folder. Raises `StoreError`.
    """
    if target.is_dir():
        target /= f"{database.stem}-{now.strftime(_STAMP)}.db"
    if target.exists():
        msg = f"{target}: exists already"
        raise StoreError(msg)
    partial = target.with_name(f".{target.name}.partial")
    with _as_store_errors(database), _leaving_nothing(partial):
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        # In one step: a copy in several begins again whenever somebody writes in between.
        with closing(_open(database, "ro")) as source, closing(_open(partial, "rw")) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        complaints = check_file(partial)
        if complaints:
            msg = f"{database}: the copy is damaged: {complaints[0]}"
            raise StoreError(msg)
        _make_durable(partial)
        partial.rename(target)
    return target


def prune(folder: Path, stem: str, keep: int) -> tuple[Path, ...]:
    """Remove all but the newest backups of a folder; return what was removed."""
    found = sorted(folder.glob(f"{stem}-[0-9]*-[0-9]*.db"))
    removed = found[: max(0, len(found) - keep)]
    for path in removed:
        path.unlink()
    return tuple(removed)


def check_file(path: Path) -> tuple[str, ...]:
    """Return what is wrong with a database file; it is not written to. Raises `StoreError`."""
    with _as_store_errors(path), closing(_open(path, "ro")) as connection:
        connection.execute("PRAGMA cell_size_check = ON")
        return _complaints(connection)
    raise AssertionError  # pragma: no cover  (the block above returns or raises)


def quick_complaint(path: Path) -> str | None:
    """Return what a quick look finds wrong with a database file, or None."""
    try:
        with closing(_open(path, "ro")) as connection:
            [(answer,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return None if answer == "ok" else str(answer)


def restore(source: Path, database: Path, now: datetime, *, send_again: bool) -> Path | None:
    """Put a backup in the database's place; return where the old one was moved, if there was one.

    The caller holds the state lock. Unless `send_again`, what was waiting in the backup is held
    back, and the next poll of every feed is silent: all of it may have been sent since.
    """
    fresh = database.with_name(f".{database.name}.restoring")
    with _as_store_errors(source), _leaving_nothing(fresh):
        _copy_private(source, fresh)
        _refuse_foreign(fresh, source)
        with closing(_open(fresh, "rw")) as connection:
            migrations.apply(Database(connection))
            if not send_again:
                _silence(connection, now)
            connection.commit()
        complaints = check_file(fresh)
        if complaints:
            msg = f"{source}: damaged: {complaints[0]}"
            raise StoreError(msg)
        _make_durable(fresh)
        kept = _set_aside(database, now)
        fresh.rename(database)
    _sync_folder(database.parent)
    return kept


def keep_before_migration(connection: sqlite3.Connection, database: Path, name: str) -> Path:
    """Copy a database that is about to be migrated; an older copy of that name is replaced."""
    target = database.with_name(f"{database.name}.before-{name}")
    with _as_store_errors(database):
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(_open(target, "rw")) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    return target


@contextmanager
def _as_store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        msg = f"{path}: {error}"
        raise StoreError(msg) from error


@contextmanager
def _leaving_nothing(path: Path) -> Iterator[None]:
    """Remove an unfinished file, whatever happened."""
    try:
        yield
    finally:
        for name in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + name).unlink(missing_ok=True)


def _open(path: Path, mode: str) -> sqlite3.Connection:
    if mode == "ro":
        return connect_to_look(path, timeout_seconds=_BUSY_SECONDS)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS
    )
    # Nothing that stands in the file's schema may run functions of ours or write elsewhere.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _complaints(connection: sqlite3.Connection) -> tuple[str, ...]:
    found = [
        str(row[0])
        for row in connection.execute(f"PRAGMA integrity_check({_MOST_COMPLAINTS})")
        if row[0] != "ok"
    ]
    if not found:
        found = [
            f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}"
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
    return tuple(found[:_MOST_COMPLAINTS])


def _copy_private(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    shutil.copyfile(source, target)


def _refuse_foreign(path: Path, named: Path) -> None:
    """Raise `StoreError` unless a file holds exactly the tables that its migrations make."""
    with closing(_open(path, "ro")) as connection:
        complaints = _complaints(connection)
        if complaints:
            msg = f"{named}: damaged: {complaints[0]}"
            raise StoreError(msg)
        database = Database(connection)
        applied = [row.name for row in migrations.applied(database)]
        unknown = sorted(set(applied) - KNOWN_MIGRATIONS)
        if unknown or not applied:
            why = f"written by a newer version ({unknown})" if unknown else "not one of ours"
            msg = f"{named}: {why}"
            raise StoreError(msg)
        strange = _schema(connection) ^ _schema_after(applied)
        if strange:
            msg = f"{named}: its schema is not ours: {min(strange)[1]}"
            raise StoreError(msg)


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    # SQLite makes and drops the statistics tables by itself.
    rows = connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def _schema_after(applied: Sequence[str]) -> set[tuple[str, str, str]]:
    """Return the schema that a fresh database has after the given migrations."""
    with closing(sqlite3.connect(":memory:")) as connection:
        database = Database(connection)
        later = [name for name in _order() if name not in applied]
        migrations.apply(database, stop_before=later)
        return _schema(connection)


def _order() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        return [row.name for row in migrations.pending(Database(connection))]


def _silence(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute(
        """UPDATE deliveries SET state = 'dead', lease_until = NULL, finished = ?, reason = ?
           WHERE state IN ('pending', 'leased')""",
        [codec.when(now), _HELD],
    )
    connection.execute("UPDATE feeds SET health = json_set(health, '$.silent_once', json('true'))")


def _set_aside(database: Path, now: datetime) -> Path | None:
    """Move the present database, with what belongs to it, out of the way."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.before-restore-{now.strftime(_STAMP)}")
    for suffix in ("-wal", "-shm", ""):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    return kept


def _make_durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
