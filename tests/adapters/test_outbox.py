# SPDX-License-Identifier: Apache-2.0
"""The outbox beyond single leases (those are in `test_store`): many hands, failures, restarts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sample_alerts import EMAIL, NOW, ONE

from monitor.core.model import Delivery, Message
from monitor.store import Outbox, Store, open_store

_MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a fresh store on a file."""
    opened = open_store(tmp_path / "test.db")
    yield opened
    opened.close()


def _message(name: str, channel: str = "desk/email") -> Message:
    return replace(ONE, id=name, channel=replace(EMAIL, id=channel), created=NOW)


def test_rows_of_a_transaction_that_fails_are_never_delivered(store: Store) -> None:
    """An alert and its deliveries exist together or not at all."""
    outbox = Outbox(store)

    def commit_and_fail() -> None:
        with store.write():
            outbox.add((_message("one"),))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        commit_and_fail()
    assert outbox.lease(NOW, _MINUTE) == ()
    assert outbox.rows() == ()


def test_no_delivery_is_ever_leased_twice_at_once(tmp_path: Path) -> None:
    """Four connections lease and finish side by side: each message goes out once, in order."""
    path = tmp_path / "shared.db"
    first = open_store(path)
    names = [f"{channel}-{number:02}" for number in range(15) for channel in ("a", "b", "c")]
    Outbox(first).add(tuple(_message(name, name[0]) for name in names))
    first.close()
    taken: list[str] = []

    def carry() -> None:
        store = open_store(path)
        outbox = Outbox(store)
        while outbox.rows("pending") or outbox.rows("leased"):
            for delivery in outbox.lease(NOW, _MINUTE):
                taken.append(delivery.message.id)
                outbox.sent(delivery, NOW, NOW, "250 OK")
        store.close()

    with ThreadPoolExecutor(4) as pool:
        for hand in [pool.submit(carry) for _ in range(4)]:
            hand.result(timeout=60)
    assert Counter(taken) == Counter(names)
    for channel in "abc":
        own = [name for name in taken if name[0] == channel]
        assert own == sorted(own)


def test_every_attempt_is_kept_with_how_it_ended(store: Store) -> None:
    """A dead letter can be understood later: what was tried, and what each answer was."""
    outbox = Outbox(store)
    outbox.add((_message("one"),))
    moment = NOW
    for reason in ("450 busy", "timeout"):
        [delivery] = outbox.lease(moment, _MINUTE)
        moment += 2 * _MINUTE
        outbox.retry(delivery, moment, moment, reason)
    [delivery] = outbox.lease(moment, _MINUTE)
    outbox.dead(delivery, moment, moment, "550 no such user")
    rows = store.rows("SELECT outcome, detail FROM attempts ORDER BY started")
    assert [(row["outcome"], row["detail"]) for row in rows] == [
        ("failed", "450 busy"),
        ("failed", "timeout"),
        ("dead", "550 no such user"),
    ]
    [letter] = outbox.rows("dead")
    assert (letter.attempts, letter.finished, letter.reason) == (3, moment, "550 no such user")


def test_what_was_leased_when_the_process_died_is_the_same_after_it(tmp_path: Path) -> None:
    """Reopened, the store gives back the very message: id, channel, alerts and tries so far."""
    path = tmp_path / "kept.db"
    before = open_store(path)
    Outbox(before).add((_message("one"),))
    leased = _only(Outbox(before).lease(NOW, _MINUTE))
    before.close()
    after = open_store(path)
    assert Outbox(after).release_leases() == 1
    again = _only(Outbox(after).lease(NOW, _MINUTE))
    assert again.message == leased.message
    assert (leased.attempts, again.attempts) == (0, 1)
    after.close()


def _only(deliveries: tuple[Delivery, ...]) -> Delivery:
    [delivery] = deliveries
    return delivery
