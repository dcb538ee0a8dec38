# SPDX-License-Identifier: Apache-2.0
"""The records that the store takes and gives besides those of the core."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.health import FeedHealth, FeedState, describe, feed_state
from monitor.core.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolicy:
    """How one feed is polled; `interval_seconds` None means the site's default."""

    interval_seconds: float | None = None
    full_text: str | None = None
    first_poll: str = "recent"
    websub: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed with its policy and the state of its polling."""

    id: str
    url: str
    publisher: str
    origin: str
    configured: bool
    enabled: bool
    policy: FeedPolicy
    etag: str | None
    last_modified: str | None
    next_poll: datetime
    last_poll: datetime | None
    last_success: datetime | None
    last_outcome: str | None
    last_error: str | None
    error_count: int
    polls: int
    articles: int
    health: FeedHealth = field(default_factory=FeedHealth)
    stopped: str | None = None
    pushed_until: datetime | None = None  # until then a hub that has proved itself pushes the feed
    owed: datetime | None = None  # something was pushed and must be polled for, if not decided

    @property
    def address(self) -> str:
        """The URL that is polled: where the feed moved to, else the configured one."""
        return self.health.moved_to or self.url

    def state(self, now: datetime) -> FeedState:
        """Return how the feed is doing."""
        return feed_state(
            self.health,
            enabled=self.enabled,
            stopped=self.stopped,
            polled=self.last_poll is not None,
            failure=self.last_outcome if self.error_count else None,
            now=now,
        )

    def reason(self, now: datetime) -> str | None:
        """Say in plain words why the feed is in its state; None while there is nothing to say."""
        if self.stopped is not None or self.last_error is not None:
            return self.stopped or self.last_error
        state = self.state(now)
        if state in {FeedState.EMPTY, FeedState.SILENT} or self.health.odd is not None:
            parts = (describe(self.health, now), self.health.flawed)
            return "; ".join(part for part in parts if part)
        return self.health.flawed


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryState:
    """What is known of one entry of a feed: its last hash, its article, when the feed last had it,
    and the page still owed (`page_tries`, `page_due`) or to be read again (`rereads`,
    `reread_due`)."""

    entry_hash: str
    article: str
    last_seen: datetime
    page_tries: int
    page_due: datetime | None
    rereads: int
    reread_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMark:
    """The new state of one entry, committed with the decision about it."""

    entry_key: str
    entry_hash: str
    article: str
    page_tries: int = 0
    page_due: datetime | None = None
    rereads: int = 0
    reread_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPage:
    """An article whose page is due: because reading it failed, or to see whether it changed."""

    article: Article
    state: EntryState


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """Which rows of the ledger are asked for; what is None asks nothing."""

    measure: str | None = None
    force: str | None = None
    place: str | None = None
    family: str | None = None
    verdict: str | None = None
    article: str | None = None
    withdrawn: bool | None = None
    since: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How one poll ended; committed together with what was decided about its entries."""

    feed: str
    at: datetime
    outcome: str  # "fetched", "not-modified", "page", "pushed" or the reason of the failure
    next_poll: datetime
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    entries: tuple[EntryMark, ...] = ()
    still_there: tuple[str, ...] = ()  # keys of unchanged entries, where noting it is due again
    health: FeedHealth | None = None  # None leaves it as it is
    stopped: str | None = None
    owed: datetime | None = None  # the debt that this poll makes up for
    found_news: bool = False  # it brought entries that nobody had pushed

    @property
    def failed(self) -> bool:
        """Say whether the poll ended without a usable answer."""
        return self.error is not None
