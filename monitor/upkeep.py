# SPDX-License-Identifier: Apache-2.0
"""Upkeep: what the maintenance job and `db vacuum` do, one short step at a time.

What it is not: the steps themselves (`store.retention`) or when they run (`schedule`). Rules of this
file: between two steps everybody else gets their turn; a step that has nothing left to do is done
for this time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from monitor.config import MemorySettings
from monitor.store import Members, Retention, Store

# Longer than the longest wait before an address that was deleted may be asked again.
_KEEP_ASKED = timedelta(days=31)
_KEEP_LETTERS = timedelta(days=7)


def steps(store: Store, settings: MemorySettings, now: datetime) -> Iterator[str]:
    """Do one short step each time the next is asked for, and yield its name, until all is done."""
    retention = Retention(store)
    texts, articles = now - settings.keep_text, now - settings.keep_articles
    work: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("texts", lambda: retention.drop_texts(texts)),
        ("entries", lambda: retention.forget_entries(articles)),
        ("articles", lambda: retention.forget_articles(articles)),
        ("people", lambda: _forget_people(store, now)),
        ("pages", retention.give_back),
    )
    for name, step in work:
        more = True
        while more:
            more = step()
            yield name


def _forget_people(store: Store, now: datetime) -> bool:
    """Forget some of what people left behind who asked for something."""
    return Members(store).forget_expired(now, now - _KEEP_ASKED, now - _KEEP_LETTERS)
