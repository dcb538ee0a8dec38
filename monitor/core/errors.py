# SPDX-License-Identifier: Apache-2.0
"""The error tree.

::

    MonitorError
    ├── ConfigError      a file that a person wrote is wrong; carries every Problem found
    ├── FetchError       the network or a server failed us; transient or not, maybe Retry-After
    ├── ParseError       a response is not a usable feed or page
    ├── StoreError       the database refused or is damaged
    └── DeliveryError    a channel did not take a message; permanent or not, maybe Retry-After

Rules of this file: expected outcomes (not modified, duplicate, suppressed) are values, not
exceptions; the core itself raises only for programmer errors and `ConfigError` for bad data files;
causes are always chained.
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """Root of every error that Figurewatch raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in one file: where it is and what to do about it."""

    file: str
    message: str
    field: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return (
            f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"
        )


class ConfigError(MonitorError):
    """A configuration, rule or seed file cannot be used; `problems` lists all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class FetchError(MonitorError):
    """A request ended without a usable answer.

    `reason` is from a closed list that also labels status output (`timeout`, `dns`, `refused`,
    `tls`, `address`, `too-large`, `truncated`, `encoding`, `redirect`, `http-404`, …).
    `retry_after_seconds` is what the server asked for, already bounded.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        transient: bool = True,
        retry_after_seconds: float | None = None,
    ) -> None:
        self.reason = reason
        self.detail = detail
        self.transient = transient
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{reason}: {detail}" if detail else reason)


class ParseError(MonitorError):
    """A response was received whole but is not a feed or page we can read."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)

    @property
    def is_of_worker(self) -> bool:
        """Say whether the process that read it ended, by whatever: another time it may be read."""
        return self.reason == "worker"


class StoreError(MonitorError):
    """The database is damaged, newer than this program, or refuses to work."""


class DeliveryError(MonitorError):
    """A channel did not take a message.

    `permanent` says that trying again cannot help. `outcome_unknown` says that the other side may
    have taken it (the connection died while we waited for the answer). `disable` says that the
    receiver asked never to be called again (webhook 410). `own_fault` says that this very message
    is at fault, not the way to the receiver, so that it may not hold up the ones behind it for long.
    `refused_address` says that the address itself was refused for good; enough of these suspend it.
    """

    def __init__(  # noqa: PLR0913  (each is a fact of its own about one failure)
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after_seconds: float | None = None,
        outcome_unknown: bool = False,
        disable: bool = False,
        own_fault: bool = False,
        refused_address: bool = False,
    ) -> None:
        self.reason = reason
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds
        self.outcome_unknown = outcome_unknown
        self.disable = disable
        self.own_fault = own_fault
        self.refused_address = refused_address
        super().__init__(reason)
