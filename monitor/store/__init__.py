# SPDX-License-Identifier: Apache-2.0
"""The store: everything that must survive a restart, in one SQLite file.

The rest of the program sees `Store` and the records of `monitor.core.model`; connections, rows and
SQL stay in this package.
"""

from monitor.store.counting import corpus_counts
from monitor.store.members import Members
from monitor.store.opinions import Opinions
from monitor.store.outbox import AttemptRow, DeliveryRow, DisabledRow, Outbox
from monitor.store.records import (
    EntryMark,
    EntryState,
    FeedPolicy,
    FeedRow,
    LedgerQuery,
    OwedPage,
    PollResult,
)
from monitor.store.retention import Retention, Sizes
from monitor.store.routings import AlertRow, Routings
from monitor.store.sqlite import Store, open_store
from monitor.store.subscriptions import Subscriptions

__all__ = [
    "AlertRow",
    "AttemptRow",
    "DeliveryRow",
    "DisabledRow",
    "EntryMark",
    "EntryState",
    "FeedPolicy",
    "FeedRow",
    "LedgerQuery",
    "Members",
    "Opinions",
    "Outbox",
    "OwedPage",
    "PollResult",
    "Retention",
    "Routings",
    "Sizes",
    "Store",
    "Subscriptions",
    "corpus_counts",
    "open_store",
]
