# SPDX-License-Identifier: Apache-2.0
"""Killed at random over flaky receivers: nothing lost, nothing twice without need, one id each.

`make soak` runs it with 300 alerts and prints the figures; FIGUREWATCH_SOAK_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from soak import Soak

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_ALERTS = int(os.environ.get("FIGUREWATCH_SOAK_ALERTS", "30"))
_SEED = int(os.environ.get("FIGUREWATCH_SOAK_SEED", random.SystemRandom().randrange(10**6)))


@pytest.mark.timeout(120 + _ALERTS * 4)
async def test_no_alert_is_lost_or_renamed_however_often_the_daemon_dies(tmp_path: Path) -> None:
    """Every alert reaches both channels under one id; it is repeated only where the answer is unknown
    or was a refusal."""
    soak = Soak(tmp_path, _ALERTS, random.Random(_SEED))  # noqa: S311  (chance, not secrecy)
    verdict = await soak.run()
    figures = f"seed {_SEED}: {soak.figures(verdict)}"
    print(figures)  # noqa: T201  (what `make soak` is run for)
    assert verdict.is_clean, (figures, verdict)
    assert len(soak.tokens) == _ALERTS
    assert len(soak.kills) >= 3
