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
from monitor.store.sqlite import Store, look_into_store, open_store
from monitor.store.subscriptions import Subscriptions
from monitor.store.waiting_alarms import WaitingAlarms

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
    "WaitingAlarms",
    "corpus_counts",
    "look_into_store",
    "open_store",
]
