# SPDX-License-Identifier: Apache-2.0
"""The checkup behind `figurewatch doctor`: whether machine and site are fit to run the daemon.

What it is not: the daemon's health while it runs (`pulse`). Rules of this file: every finding is one
sentence that says what was looked at, what was found, and what to do; nothing is changed, no mail is
sent; a check that cannot be made says so instead of passing.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from monitor import __version__, soundness
from monitor.bootstrap import Assembly, is_running
from monitor.clock import Clock
from monitor.core.errors import ConfigError, FetchError, StoreError
from monitor.core.wording import amount
from monitor.fetch import Resolver
from monitor.fetch.guard import resolve
from monitor.store import gauges
from monitor.store.backups import quick_complaint

Grade = Literal["good", "warning", "bad"]
_SECONDS = 5.0
_EARLIEST_YEAR = 2025
# By what the daemon found when it started: only from inside the unit can it be seen.
_ADDRESS_FILTER: dict[str, tuple[Grade, str]] = {
    "active": ("good", "the kernel refuses private addresses"),
    "absent": (
        "bad",
        "asked for and not in force; only the program's own check guards private addresses",
    ),
    "not asked for": (
        "warning",
        "not asked for; the drop-in addresses.conf adds the kernel's check to the program's own",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about one thing."""

    about: str
    grade: Grade
    text: str


async def examine(assembly: Assembly, *, resolver: Resolver = resolve) -> tuple[Finding, ...]:
    """Return every finding, in the order of their importance for a first start."""
    return (
        *_configuration(assembly),
        *_permissions(assembly),
        *_clock(assembly.clock),
        *_disk(assembly),
        *_database(assembly),
        *await _names(assembly, resolver),
        *await _mail(assembly),
        *_versions(),
        *_limits(assembly),
    )


def examine_without_settings(error: ConfigError, clock: Clock) -> tuple[Finding, ...]:
    """Return what can be found out beside a broken configuration, its problems first."""
    problems = (
        Finding(about="configuration", grade="bad", text=str(problem)) for problem in error.problems
    )
    skipped = "permissions, disk, database, names, mail and limits were not looked at: they need a configuration"
    return (
        *problems,
        *_clock(clock),
        *_versions(),
        Finding(about="configuration", grade="warning", text=skipped),
    )


def _configuration(assembly: Assembly) -> Iterator[Finding]:
    settings = assembly.settings
    where = assembly.loaded.path or "no file, only defaults"
    yield Finding(
        about="configuration",
        grade="good",
        text=f"{where}: {amount(len(settings.feed), 'feed')}, {amount(len(settings.subscriber), 'subscriber')}, "
        f"{amount(len(assembly.site.rules.rules), 'rule')}",
    )
    lacks = {
        "no [[feed]]: nothing will be polled": not settings.feed,
        "no [[subscriber]]: nobody will be told": not settings.subscriber,
        "delivery.operators is empty: troubles stand in the log only": not settings.delivery.operators,
        "fetch.contact is the example: publishers cannot reach you": "example.org"
        in settings.fetch.contact,
        "[web] is not enabled: nothing outside notices a silent daemon": not settings.web.enabled,
    }
    for text, holds in lacks.items():
        if holds:
            yield Finding(about="configuration", grade="warning", text=text)


def _permissions(assembly: Assembly) -> Iterator[Finding]:
    database = assembly.loaded.database
    for path in (database.parent, database):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            open_to_others = mode & 0o077
            yield Finding(
                about="permissions",
                grade="bad"
                if path == database and open_to_others
                else "warning"
                if open_to_others
                else "good",
                text=f"{path} has mode {mode:04o}"
                + ("; nobody else should read it" if open_to_others else ""),
            )
    if not os.access(_first_existing(database.parent), os.W_OK):
        yield Finding(
            about="permissions",
            grade="bad",
            text=f"{database.parent} cannot be written by this user",
        )


def _first_existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _clock(clock: Clock) -> Iterator[Finding]:
    now = clock.now()
    sane = now.year >= _EARLIEST_YEAR
    yield Finding(
        about="clock",
        grade="good" if sane else "bad",
        text=f"{now:%Y-%m-%d %H:%M:%S} UTC"
        + ("" if sane else "; set it, dates decide what is new"),
    )
    if (
        Path("/run/systemd/system").is_dir()
        and not Path("/run/systemd/timesync/synchronized").exists()
    ):
        yield Finding(
            about="clock",
            grade="warning",
            text="systemd does not say that the clock is synchronised",
        )


def _disk(assembly: Assembly) -> Iterator[Finding]:
    folder = _first_existing(assembly.loaded.database.parent)
    keep = assembly.settings.store.keep_free_mib * 2**20
    room = gauges.Room(folder / "figurewatch.db", lambda: keep)
    complaint = room.complaint()
    free = room.free_bytes() // 2**20
    grade: Grade = "bad" if complaint else "warning" if free < 1024 else "good"
    yield Finding(about="disk", grade=grade, text=complaint or f"{free} MiB free at {folder}")


def _database(assembly: Assembly) -> Iterator[Finding]:
    database = assembly.loaded.database
    if not database.exists():
        yield Finding(about="database", grade="good", text="none yet; the first start makes it")
        return
    complaint = quick_complaint(database)
    if complaint is not None:
        yield Finding(
            about="database",
            grade="bad",
            text=f"damaged: {complaint}; put back a backup: figurewatch db restore FILE",
        )
        return
    size = database.stat().st_size // 2**20
    yield Finding(about="database", grade="good", text=f"{database} is sound, {size} MiB")
    backups = sorted((database.parent / "backups").glob("*.db"))
    yield Finding(
        about="database",
        grade="good" if backups else "warning",
        text=f"newest backup: {backups[-1].name}"
        if backups
        else "no backup in backups/ beside it; enable the timer or run figurewatch db backup",
    )


async def _names(assembly: Assembly, resolver: Resolver) -> tuple[Finding, ...]:
    hosts = sorted({urlsplit(feed.url).hostname or "" for feed in assembly.settings.feed})
    if not hosts:
        return ()
    failed = []
    for host in hosts[:5]:
        try:
            async with asyncio.timeout(_SECONDS):
                await resolver(host, 443)
        except (OSError, TimeoutError, FetchError, UnicodeError) as error:
            failed.append(f"{host}: {error or 'no answer'}")
    if not failed:
        return (Finding(about="names", grade="good", text=f"{hosts[0]} and others resolve"),)
    grade: Grade = "bad" if len(failed) == len(hosts[:5]) else "warning"
    return tuple(Finding(about="names", grade=grade, text=text) for text in failed)


async def _mail(assembly: Assembly) -> tuple[Finding, ...]:
    """Look whether the mail server greets; nothing is sent."""
    settings = assembly.settings
    if not any(row.email for row in settings.subscriber):
        return (Finding(about="mail", grade="good", text="not used"),)
    parts = urlsplit(settings.email.smtp)
    host, implicit = parts.hostname or "localhost", parts.scheme == "smtps"
    port = parts.port or (465 if implicit else 25)
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=implicit or None)
            greeting = (await reader.readline()).decode("ascii", "replace").strip()
            writer.write(b"QUIT\r\n")
            writer.close()
    except (OSError, TimeoutError) as error:
        text = f"{host}:{port} does not answer: {error or 'no greeting in time'}"
        return (Finding(about="mail", grade="bad", text=text),)
    good = greeting.startswith("220")
    shown = "".join(char if char.isprintable() else " " for char in greeting)[:100]
    hint = "; try figurewatch notify test" if good else ""
    return (
        Finding(
            about="mail",
            grade="good" if good else "bad",
            text=f"{host}:{port} says {shown!r}{hint}",
        ),
    )


def _versions() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    expat = ".".join(map(str, soundness.expat_version()))
    sqlite = ".".join(map(str, gauges.sqlite_version()))
    yield Finding(
        about="versions",
        grade="good",
        text=f"figurewatch {__version__}, Python {python}, SQLite {sqlite}, expat {expat}",
    )
    for text in soundness.weaknesses(
        expat_is=soundness.expat_version(),
        sqlite_is=gauges.sqlite_version(),
        mail_is_safe=soundness.mail_folds_safely,
    ):
        yield Finding(about="versions", grade="warning", text=text)


def _limits(assembly: Assembly) -> Iterator[Finding]:
    running = is_running(assembly.loaded.database)
    if not running:
        text = "no daemon runs, so its limits are not seen"
        if running is None:
            text = "whether a daemon runs cannot be seen by this user"
        yield Finding(about="limits", grade="good", text=text)
        return
    try:
        with assembly.look_into_store() as store:
            pid, addresses = gauges.daemon_limits(store)
    except (OSError, StoreError) as error:
        yield Finding(about="limits", grade="bad", text=str(error))
        return
    active = soundness.system_call_filter_active(pid) if pid is not None else None
    texts = {
        True: "the daemon runs under a system-call filter",
        False: "the daemon runs without a system-call filter; start it by the shipped unit",
        None: "whether the daemon runs under a system-call filter cannot be seen by this user",
    }
    yield Finding(about="limits", grade="good" if active else "warning", text=texts[active])
    grade, text = _ADDRESS_FILTER.get(addresses or "", ("warning", "has not said yet"))
    yield Finding(about="limits", grade=grade, text=f"address filter of the unit: {text}")
