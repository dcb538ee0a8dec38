# SPDX-License-Identifier: Apache-2.0
"""The checkup: what it says about real files, a real greeting, and versions that are known bad."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from newsroom import Site
from smtp_servers import Inbox, silent_port, smtp_server

from monitor.bootstrap import assemble
from monitor.checkup import Finding, examine
from monitor.soundness import address_filter_complaint, system_call_filter_active, weaknesses

pytestmark = pytest.mark.anyio


async def _found(site: Site, *, resolves: bool = True) -> dict[str, list[Finding]]:
    async def resolver(host: str, port: int) -> Sequence[str]:
        if not resolves:
            raise OSError("no such name")
        return ["198.51.100.1"]

    found: dict[str, list[Finding]] = {}
    for row in await examine(assemble(str(site.config), {}), resolver=resolver):
        found.setdefault(row.about, []).append(row)
    return found


def _grades(rows: list[Finding]) -> set[str]:
    return {row.grade for row in rows}


async def test_a_good_site_has_nothing_bad(tmp_path: Path) -> None:
    """Every subject is looked at, and the mail server's greeting is shown without a mail sent."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        site = Site(
            tmp_path / "site",
            {"paper": "https://paper.example/rss"},
            smtp_port=port,
            subscribers={"desk": {"email": "desk@example.org"}},
        )
        found = await _found(site)
    assert "bad" not in {row.grade for rows in found.values() for row in rows}
    assert "says '220" in found["mail"][0].text
    assert inbox.envelopes == []
    assert set(found) >= {"configuration", "clock", "disk", "database", "names", "mail", "versions"}


async def test_what_is_bad_is_said_with_what_helps(tmp_path: Path) -> None:
    """A dead mail server, dead names, a damaged and readable database: each its own sentence."""
    with silent_port() as port:
        site = Site(
            tmp_path / "site",
            {"paper": "https://paper.example/rss"},
            smtp_port=port.getsockname()[1],
            subscribers={"desk": {"email": "desk@example.org"}},
        )
        assert site.config.exists()
        site.database.write_bytes(b"not a database" * 1000)
        site.database.chmod(0o644)
        found = await _found(site, resolves=False)
    for about, words in (
        ("mail", "does not answer"),
        ("names", "paper.example: no such name"),
        ("database", "figurewatch db restore"),
        ("permissions", "nobody else should read it"),
    ):
        assert "bad" in _grades(found[about]), about
        assert words in " ".join(row.text for row in found[about])


@pytest.mark.parametrize(
    ("expat", "sqlite", "mail", "words"),
    [
        ((2, 7, 2), (3, 51, 3), True, ()),
        ((2, 7, 1), (3, 51, 3), True, ("CVE-2025-59375",)),
        ((2, 8, 0), (3, 51, 2), True, ("SQLite 3.51.2",)),
        ((2, 8, 0), (3, 60, 0), False, ("CVE-2024-6923",)),
        ((2, 5, 0), (3, 40, 1), False, ("CVE-2025-59375", "CVE-2024-6923", "SQLite 3.40.1")),
    ],
    ids=["sound", "expat", "sqlite", "mail", "all"],
)
def test_known_faults_of_libraries_are_named(
    expat: tuple[int, int, int],
    sqlite: tuple[int, int, int],
    mail: bool,
    words: tuple[str, ...],
) -> None:
    """Each fault is a sentence of its own; sound versions give none."""
    found = weaknesses(expat_is=expat, sqlite_is=sqlite, mail_is_safe=lambda: mail)
    assert len(found) == len(words)
    assert [word for word in words if word not in " ".join(found)] == []


def test_the_limits_of_a_process_are_read_from_the_kernel() -> None:
    """This process can be seen; one that is not there cannot."""
    assert system_call_filter_active(os.getpid()) in {True, False}
    assert system_call_filter_active(2**22 + 1) is None


def test_a_missing_address_filter_is_told_only_where_one_was_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the drop-in nothing is expected; with it, its absence is a warning."""
    monkeypatch.delenv("FIGUREWATCH_ADDRESS_FILTER", raising=False)
    assert address_filter_complaint() is None
    monkeypatch.setenv("FIGUREWATCH_ADDRESS_FILTER", "expected")
    assert "not active" in (address_filter_complaint() or "")
