# SPDX-License-Identifier: Apache-2.0
"""The store: everything that must survive a restart, in one SQLite file.

The rest of the program sees `Store` and the records of `monitor.core.model`; connections, rows and
SQL stay in this package.
"""

from monitor.store.outbox import DeliveryRow, Outbox
from monitor.store.sqlite import (
    EntryMark,
    EntryState,
    FeedPolicy,
    FeedRow,
    PollResult,
    Store,
    open_store,
)

__all__ = [
    "DeliveryRow",
    "EntryMark",
    "EntryState",
    "FeedPolicy",
    "FeedRow",
    "Outbox",
    "PollResult",
    "Store",
    "open_store",
]
