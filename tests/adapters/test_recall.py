# SPDX-License-Identifier: Apache-2.0
"""The slice of the past that the store recalls is enough to decide as if all of it were known."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from sample_articles import batches, decided, policy

from monitor.core.model import Article
from monitor.dispatch import Dispatch
from monitor.pipeline import decide_and_commit
from monitor.store import open_store


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(batch=batches())
def test_deciding_by_the_store_is_deciding_in_memory(batch: list[Article]) -> None:
    """One article at a time, recalled and committed, gives what one fold over all of them gives."""
    store = open_store(None)
    try:
        parts = [
            decide_and_commit(store, Dispatch(store), (one,), policy(), (), None) for one in batch
        ]
    finally:
        store.close()
    whole = decided(*batch)
    assert tuple(outcome for part in parts for outcome in part.outcomes) == whole.outcomes
    assert tuple(alert for part in parts for alert in part.alerts) == whole.alerts
    assert tuple(witness for part in parts for witness in part.witnesses) == whole.witnesses
