# SPDX-License-Identifier: Apache-2.0
"""A daemon on hostile and good feeds holds no more after some hundred polls than after the warm-up.

What it is not: the long run, which is `make soak-memory` (`endurance`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from endurance import Growth, figures, site_under_load
from hostile import CASES
from processes import daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio, pytest.mark.timeout(180)]

# Left out is what takes a second or more until it is cut off: it would make the run long, not hard.
_SLOW = frozenset(
    {
        *("drip", "endless", "silent"),
        *("author", "attributes", "categories", "deep", "ampersands", "json-swell"),
        *("entries", "json-items"),
    }
)
_QUICK = tuple(case for case in CASES if case.name not in _SLOW)
_WARM_UP = 250
_SAMPLES = 12
_POLLS_PER_SAMPLE = 25
_ROOM_KIB = 3 * 1024
# What is freed goes back to the system, so that what is resident is what is held.
_ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}


async def test_hundreds_of_polls_leave_memory_files_threads_and_children_as_they_were(
    tmp_path: Path,
) -> None:
    """The last third of 300 polls after the warm-up against the first, each by its lowest sample.

    What one large answer takes for a moment is given back, what leaks is not.
    """
    async with (
        site_under_load(tmp_path, _QUICK, deadline="3s") as site,
        daemon(site.config, _ALLOCATOR) as running,
    ):
        samples = []
        for number in range(_SAMPLES):
            polls = _WARM_UP + number * _POLLS_PER_SAMPLE
            await running.until("poll.done", times=polls, seconds=90)
            samples.append(figures(running.process.pid))
        sent = len(running.told("delivery.sent"))
        assert running.told("daemon.defect") + running.told("poll.broke") == []
        assert await running.stop() == 0
    third = _SAMPLES // 3
    growth = Growth.between(samples[:third], samples[-third:], by=min)
    print(growth)  # noqa: T201  (shown by `pytest -s`)
    assert sent > 0
    assert growth.beyond(rss_kib=_ROOM_KIB, files=3, threads=2, children=1) == {}
