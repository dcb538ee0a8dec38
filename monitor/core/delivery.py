# SPDX-License-Identifier: Apache-2.0
"""The retry policy: what a refusal means, and what happens to a delivery after a failed try.

What it is not: sending, or the outbox. Rules of this file: pure; the same failure of the same
message at the same time always gives the same answer; permanent and passing failures are told apart
here and nowhere else. A delivery is tried for `give_up` counted from its message's creation (or from
when somebody asked for it again), with waits that double from `first` to `longest`; a receiver that
names a time is not called before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.errors import DeliveryError

# A message that is itself at fault (cannot be rendered, the receiver calls it malformed) is tried
# this often, in case a repair arrives, and then makes way for those behind it.
OWN_FAULT_TRIES = 5
# Nothing is given up for its age alone after fewer tries: the machine may have been off for three
# days, or the clock may have jumped.
LEAST_TRIES = 5
# A wait is shortened by up to this share, so that deliveries that failed together do not come back
# together. Below one half, so that each wait is still longer than the one before it.
_JITTER = 0.25
# A receiver that asks for more patience than this is asked again after it.
_LONGEST_RETRY_AFTER = timedelta(days=1)
# A receiver that is left alone for longer than this by its own wish is something to know about.
LONG_WAIT = timedelta(minutes=15)
# Promise 30: an address that was refused for good this often within this time is suspended.
_SUSPENDING_REFUSALS = 3
REFUSALS_COUNT_FOR = timedelta(days=7)
# The receiver calls this very message malformed, too large or of a kind that it does not take.
_OWN_FAULT_STATUSES = frozenset({400, 413, 415, 422})
_GONE = 410


class Stage(StrEnum):
    """Where in a talk with a mail server a refusal came."""

    SESSION = "session"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The operator's choice: wait after the first failure, longest wait, and when to give up."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=3)
    give_up: timedelta = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Try again at `at` (aware UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Dead:
    """Do not try again; `reason` is what the owner of the dead letter reads."""

    reason: str


DEFAULT_BACKOFF = Backoff()


def http_refusal(
    status: int, detail: str, retry_after_seconds: float | None = None
) -> DeliveryError:
    """Return what an HTTP answer other than 2xx means: only 410 is for good."""
    if 300 <= status < 400:
        detail += " (redirects are not followed; configure the final URL)"
    return DeliveryError(
        detail,
        permanent=status == _GONE,
        disable=status == _GONE,
        own_fault=status in _OWN_FAULT_STATUSES,
        retry_after_seconds=retry_after_seconds,
    )


def smtp_refusal(stage: Stage, code: int, detail: str) -> DeliveryError:
    """Return what a mail server's refusal means.

    5xx about this recipient or this mail is for good; trouble with the session, the login or our
    own sender address keeps all mail waiting, because a repaired server will take it.
    """
    final = 500 <= code < 600
    return DeliveryError(
        detail,
        permanent=final and stage in {Stage.RECIPIENT, Stage.MAIL},
        refused_address=final and stage is Stage.RECIPIENT,
    )


def is_suspended(refusals: Iterable[datetime], now: datetime) -> bool:
    """Say whether an address that was refused at these times is to be left alone."""
    recent = [moment for moment in refusals if now - moment <= REFUSALS_COUNT_FOR]
    return len(recent) >= _SUSPENDING_REFUSALS


def next_step(
    error: DeliveryError,
    *,
    attempts: int,
    created: datetime,
    now: datetime,
    seed: str,
    backoff: Backoff = DEFAULT_BACKOFF,
) -> RetryAt | Dead:
    """Return what to do after try number `attempts` (1 for the first) failed with `error`.

    `created` is when the message was made, `seed` its id: jitter is a function of it.
    """
    if error.disable or error.permanent:
        return Dead(error.reason)
    if error.own_fault and attempts >= OWN_FAULT_TRIES:
        return Dead(f"{error.reason} (gave up after {attempts} tries)")
    deadline = created + backoff.give_up
    if now >= deadline and attempts >= LEAST_TRIES:
        age = _words(now - created)
        return Dead(f"{error.reason} (gave up after {attempts} tries in {age})")
    at = now + _wait(attempts, seed, backoff)
    # The last try falls on the deadline, not up to a whole wait behind it.
    at = min(at, deadline) if now < deadline else at
    return RetryAt(max(at, now + _asked_for(error)))


def is_parked(error: DeliveryError, step: RetryAt, now: datetime) -> bool:
    """Say whether a receiver asked to be left alone for so long that somebody should know."""
    return _asked_for(error) > LONG_WAIT and step.at - now > LONG_WAIT


def _wait(attempts: int, seed: str, backoff: Backoff) -> timedelta:
    # 2.0 ** 60 times any wait is beyond every `longest`; the bound keeps the power in range.
    doubled = backoff.first.total_seconds() * 2.0 ** min(max(attempts, 1) - 1, 60)
    whole = min(doubled, backoff.longest.total_seconds())
    digest = hashlib.sha256(f"{seed}:{attempts}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return timedelta(seconds=whole * (1 - _JITTER * share))


def _asked_for(error: DeliveryError) -> timedelta:
    seconds = error.retry_after_seconds
    if seconds is None or not seconds > 0:
        return timedelta()
    return timedelta(seconds=min(seconds, _LONGEST_RETRY_AFTER.total_seconds()))


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
