# SPDX-License-Identifier: Apache-2.0
"""`doctor` beside a running daemon: the limits that only the daemon itself can feel."""

from __future__ import annotations

from pathlib import Path

import pytest
from newsroom import Site
from processes import command, daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "address filter of the unit: not asked for"),
        ({"FIGUREWATCH_ADDRESS_FILTER": "expected"}, "asked for and not in force"),
    ],
    ids=["no drop-in", "drop-in without effect"],
)
async def test_doctor_says_whether_the_daemons_limits_are_in_force(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    """System-call filter by the kernel's word, address filter by what the daemon felt at its start."""
    config = Site(tmp_path / "site", {}).config
    async with daemon(config, environment) as running:
        found = await command("doctor", "--config", config)
        assert await running.stop() == 0
    assert said in found.out
    assert "system-call filter" in found.out
    assert (found.code == 1) is bool(environment)
