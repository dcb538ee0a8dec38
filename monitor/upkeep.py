# SPDX-License-Identifier: Apache-2.0
"""Upkeep: what the maintenance job and `db vacuum` do, one short step at a time.

What it is not: the steps themselves (`store.retention`) or when they run (`schedule`). Rules of this
file: between two steps everybody else gets their turn; a step that has nothing left to do is done
for this time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from monitor.config import MemorySettings
from monitor.store import Retention, Store


def steps(store: Store, settings: MemorySettings, now: datetime) -> Iterator[str]:
    """Do one short step each time the next is asked for, and yield its name, until all is done."""
    retention = Retention(store)
    texts, articles = now - settings.keep_text, now - settings.keep_articles
    work: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("texts", lambda: retention.drop_texts(texts)),
        ("entries", lambda: retention.forget_entries(articles)),
        ("articles", lambda: retention.forget_articles(articles)),
        ("pages", retention.give_back),
    )
    for name, step in work:
        more = True
        while more:
            more = step()
            yield name
