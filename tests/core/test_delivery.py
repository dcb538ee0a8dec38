# SPDX-License-Identifier: Apache-2.0
"""The retry policy, as a table and as laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.delivery import Backoff, Dead, RetryAt, next_step
from monitor.core.errors import DeliveryError

_CREATED = datetime(2024, 11, 5, 8, 0, tzinfo=UTC)
_POLICY = Backoff(
    first=timedelta(seconds=30), longest=timedelta(hours=3), give_up=timedelta(days=2)
)


def _step(
    error: DeliveryError, attempts: int = 1, after: timedelta = timedelta(), seed: str = "msg_1"
) -> RetryAt | Dead:
    return next_step(
        error,
        attempts=attempts,
        created=_CREATED,
        now=_CREATED + after,
        seed=seed,
        backoff=_POLICY,
    )


@pytest.mark.parametrize(
    ("error", "attempts", "after", "dead"),
    [
        pytest.param(DeliveryError("451 later"), 1, timedelta(), False, id="transient"),
        pytest.param(
            DeliveryError("550 no such user", permanent=True), 1, timedelta(), True, id="permanent"
        ),
        pytest.param(DeliveryError("410 gone", disable=True), 1, timedelta(), True, id="disable"),
        pytest.param(
            DeliveryError("lost", outcome_unknown=True), 1, timedelta(), False, id="unknown"
        ),
        pytest.param(
            DeliveryError("400", own_fault=True), 4, timedelta(hours=1), False, id="own-fault-4"
        ),
        pytest.param(
            DeliveryError("400", own_fault=True), 5, timedelta(hours=1), True, id="own-fault-5"
        ),
        pytest.param(DeliveryError("down"), 40, timedelta(hours=47), False, id="before-deadline"),
        pytest.param(DeliveryError("down"), 40, timedelta(hours=48), True, id="at-deadline"),
        pytest.param(DeliveryError("down"), 1, timedelta(days=4000), False, id="clock-jumped"),
        pytest.param(DeliveryError("down"), 5, timedelta(days=4000), True, id="jumped-and-tried"),
        pytest.param(DeliveryError("down"), 3, timedelta(days=-2), False, id="clock-back"),
    ],
)
def test_step(error: DeliveryError, attempts: int, after: timedelta, dead: bool) -> None:
    """Each kind of failure is given up when it should be, and its reason is kept."""
    step = _step(error, attempts, after)
    assert isinstance(step, Dead) is dead
    if isinstance(step, Dead):
        assert error.reason in step.reason


def test_dead_letters_say_how_often_it_was_tried() -> None:
    """A delivery given up for its age says how many tries it had and over how long."""
    step = _step(DeliveryError("connection refused"), 31, timedelta(hours=49))
    assert step == Dead("connection refused (gave up after 31 tries in 2.0 days)")


def test_waits_double_up_to_the_longest() -> None:
    """Followed to its end, a dead receiver is tried often at first and then every three hours."""
    now, waits, attempts = _CREATED, [], 0
    while True:
        attempts += 1
        step = next_step(
            DeliveryError("down"),
            attempts=attempts,
            created=_CREATED,
            now=now,
            seed="m",
            backoff=_POLICY,
        )
        if isinstance(step, Dead):
            break
        waits.append(step.at - now)
        now = step.at
    growing = waits[:9]
    assert growing == sorted(growing)
    assert waits[0] <= timedelta(seconds=30)
    assert max(waits) <= timedelta(hours=3)
    assert now == _CREATED + _POLICY.give_up
    assert 20 <= attempts <= 35


@given(
    attempts=st.integers(1, 10_000),
    after=st.timedeltas(timedelta(), timedelta(days=2) - timedelta(seconds=1)),
    seed=st.text(max_size=20),
)
def test_retries_are_later_and_bounded(attempts: int, after: timedelta, seed: str) -> None:
    """Before the deadline every wait is positive, at most the longest, and the same when asked again."""
    step = _step(DeliveryError("down"), attempts, after, seed)
    assert isinstance(step, RetryAt)
    assert timedelta() < step.at - (_CREATED + after) <= _POLICY.longest
    assert step == _step(DeliveryError("down"), attempts, after, seed)


def test_deliveries_that_failed_together_come_back_apart() -> None:
    """Jitter is a function of the message, so a thousand messages do not return at one instant."""
    steps = [_step(DeliveryError("down"), 5, seed=f"msg_{number}") for number in range(100)]
    assert len({step.at for step in steps if isinstance(step, RetryAt)}) == 100


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        pytest.param(3600.0, 3600, 3600, id="obeyed"),
        pytest.param(1.0, 20, 30, id="shorter-than-ours"),
        pytest.param(10.0**9, 86_400, 86_400, id="capped-at-a-day"),
        pytest.param(float("nan"), 20, 30, id="nan-ignored"),
        pytest.param(-5.0, 20, 30, id="negative-ignored"),
    ],
)
def test_retry_after_is_honoured(asked: float, least: int, most: int) -> None:
    """A receiver that names a time is not called before it, within a day."""
    step = _step(DeliveryError("429", retry_after_seconds=asked))
    assert isinstance(step, RetryAt)
    assert least <= (step.at - _CREATED).total_seconds() <= most


def test_retry_after_beats_the_deadline() -> None:
    """Even the last try is not made earlier than the receiver asked."""
    step = _step(
        DeliveryError("503", retry_after_seconds=7200.0), 20, timedelta(days=2, minutes=-1)
    )
    assert isinstance(step, RetryAt)
    assert step.at == _CREATED + timedelta(days=2, hours=2, minutes=-1)


def test_no_wait_at_all_is_allowed() -> None:
    """A test bench may set every wait to zero."""
    step = next_step(
        DeliveryError("down"),
        attempts=3,
        created=_CREATED,
        now=_CREATED,
        seed="m",
        backoff=Backoff(first=timedelta(), longest=timedelta(), give_up=timedelta(days=2)),
    )
    assert step == RetryAt(_CREATED)
