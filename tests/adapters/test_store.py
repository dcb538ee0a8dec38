# SPDX-License-Identifier: Apache-2.0
"""The SQLite store: transactions, schema, feeds, and the outbox, on real files."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.core.errors import MonitorError, StoreError
from monitor.core.model import (
    Alert,
    ArticleRef,
    Channel,
    ChannelKind,
    Disposition,
    Message,
    Severity,
)
from monitor.store import FeedPolicy, FeedRow, Outbox, PollResult, Store, open_store
from monitor.store.schema import KNOWN_MIGRATIONS, migrations

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a fresh store on a file."""
    opened = open_store(tmp_path / "state" / "test.db")
    yield opened
    opened.close()


def feed(name: str, *, url: str = "https://news.example/rss", enabled: bool = True) -> FeedRow:
    """Return a feed as the configuration gives it."""
    return FeedRow(
        id=name,
        url=url,
        publisher=name.title(),
        origin="config",
        configured=True,
        enabled=enabled,
        policy=FeedPolicy(interval_seconds=300.0),
        etag=None,
        last_modified=None,
        next_poll=NOW,
        last_poll=None,
        last_success=None,
        last_outcome=None,
        last_error=None,
        error_count=0,
        polls=0,
        articles=0,
    )


def message(name: str, subscriber: str = "desk") -> Message:
    """Return a message with one keyword alert."""
    alert = Alert(
        id=f"al_{name}",
        dedup_key=name,
        rule="test.rule",
        rule_title="Test",
        severity=Severity.NOTICE,
        disposition=Disposition.ALERT,
        reason="keywords",
        claim=None,
        article=ArticleRef(id="a", url=None, title="T", publisher="P", published=NOW),
        created=NOW,
    )
    channel = Channel(
        id=f"{subscriber}/email",
        subscriber=subscriber,
        kind=ChannelKind.EMAIL,
        address=f"{subscriber}@example.org",
    )
    return Message(
        id=f"msg_{name}", channel=channel, rule="test.rule", alerts=(alert,), created=NOW
    )


# --- transactions --------------------------------------------------------------------------------


def test_read_then_write_from_four_connections_loses_nothing(tmp_path: Path) -> None:
    """T2: a deferred transaction fails with "database is locked" here; `write` never does."""
    path = tmp_path / "counter.db"
    open_store(path).close()
    failures: list[BaseException] = []

    def count() -> None:
        store = open_store(path)
        try:
            for _ in range(50):
                with store.write():
                    value = int(store.marks().get("counter", "0"))
                    store.mark("counter", str(value + 1))
        except BaseException as error:  # noqa: BLE001  (reported by the assertion below)
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = open_store(path)
    assert failures == []
    assert store.marks()["counter"] == "200"
    store.close()


def test_a_deferred_transaction_would_fail_where_ours_waits(tmp_path: Path) -> None:
    """T2, the trap itself: sqlite-utils' own `atomic` breaks when another connection wrote."""
    path = tmp_path / "trap.db"
    open_store(path).close()
    first = sqlite3.connect(path, timeout=0.1)
    second = sqlite3.connect(path, timeout=0.1)
    ours = Database(first)

    def read_then_write() -> None:
        with ours.atomic():
            list(ours.query("SELECT * FROM marks"))
            with second:
                second.execute("INSERT INTO marks VALUES ('other', '1')")
            ours.execute("INSERT INTO marks VALUES ('mine', '1')")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        read_then_write()
    first.close()
    second.close()


def test_the_store_works_from_any_thread_with_foreign_keys_on(store: Store) -> None:
    """T3: a connection opened by sqlite-utils refuses other threads and ignores foreign keys."""
    seen: list[object] = []

    def use() -> None:
        store.mark("from", "thread")
        seen.append(store.marks()["from"])

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert seen == ["thread"]
    assert store.rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
    assert store.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert store.rows("PRAGMA synchronous") == [{"synchronous": 2}]


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    """An error in the middle rolls everything back, nested blocks included."""

    def fail_in_the_middle() -> None:
        with store.write():
            store.mark("outer", "1")
            store.sync_feeds([feed("first")], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    assert store.marks() == {}
    assert store.feeds() == ()


# --- schema --------------------------------------------------------------------------------------


def test_the_list_of_known_migrations_is_complete(store: Store) -> None:
    """A migration missing from the list would make the next start refuse its own database."""
    assert {row.name for row in migrations.applied(store.db)} == KNOWN_MIGRATIONS


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """A downgrade must not write to a schema it does not know."""
    path = tmp_path / "newer.db"
    newer = open_store(path)
    newer.db["_sqlite_migrations"].insert(
        {"migration_set": "figurewatch", "name": "m9999_later", "applied_at": "2030-01-01"}
    )
    newer.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(path)


def test_a_file_that_is_not_a_database_is_refused_untouched(tmp_path: Path) -> None:
    """A damaged file is an error with its path; nothing is written to it."""
    path = tmp_path / "damaged.db"
    content = b"this is not a database" * 200
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged\.db"):
        open_store(path)
    assert path.read_bytes() == content


def test_the_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Addresses of subscribers stand in it."""
    path = tmp_path / "new" / "private.db"
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# --- feeds ---------------------------------------------------------------------------------------


def test_a_feed_keeps_its_state_while_it_stays_configured(store: Store) -> None:
    """Syncing again changes nothing; a feed that is gone is not due; one that returns is known."""
    store.sync_feeds([feed("first"), feed("second")], NOW)
    result = PollResult(
        feed="first", at=NOW, outcome="fetched", next_poll=NOW + 5 * MINUTE, etag='"v1"'
    )
    store.record_poll(result)
    store.sync_feeds([feed("first")], NOW + MINUTE)
    assert [row.id for row in store.feeds()] == ["first"]
    assert store.feeds()[0].etag == '"v1"'
    assert store.due_feeds(NOW + MINUTE) == ()
    assert [row.id for row in store.due_feeds(NOW + 6 * MINUTE)] == ["first"]
    store.sync_feeds([feed("first"), feed("second")], NOW + MINUTE)
    assert [row.id for row in store.due_feeds(NOW + MINUTE)] == ["second"]


def test_a_new_url_drops_the_validators_and_is_due_at_once(store: Store) -> None:
    """Validators of the old address would make the new one answer "not modified"."""
    store.sync_feeds([feed("first")], NOW)
    store.record_poll(
        PollResult(feed="first", at=NOW, outcome="fetched", next_poll=NOW + 5 * MINUTE, etag="x")
    )
    store.sync_feeds([feed("first", url="https://news.example/new")], NOW + MINUTE)
    assert store.feeds()[0].etag is None
    assert len(store.due_feeds(NOW + MINUTE)) == 1


def test_a_failure_keeps_the_validators_and_counts(store: Store) -> None:
    """After an error the next success must still be able to say "not modified"."""
    store.sync_feeds([feed("first")], NOW)
    good = PollResult(feed="first", at=NOW, outcome="fetched", next_poll=NOW + MINUTE, etag="x")
    bad = PollResult(
        feed="first", at=NOW, outcome="timeout", next_poll=NOW + 9 * MINUTE, error="timeout: 30 s"
    )
    store.record_poll(good)
    store.record_poll(bad)
    store.record_poll(bad)
    row = store.feeds()[0]
    assert (row.etag, row.error_count, row.last_error) == ("x", 2, "timeout: 30 s")
    assert row.last_success == NOW
    store.record_poll(good)
    assert (store.feeds()[0].error_count, store.feeds()[0].last_error) == (0, None)


def test_a_disabled_feed_is_never_due(store: Store) -> None:
    """`enabled = false` holds even when due times are ignored."""
    store.sync_feeds([feed("off", enabled=False)], NOW)
    assert store.due_feeds(NOW, ignore_times=True) == ()


def test_feeds_added_by_command_survive_a_sync_and_can_be_removed(store: Store) -> None:
    """The configuration file and the command line each own their feeds."""
    added = FeedRow(
        **{name: getattr(feed("extra"), name) for name in FeedRow.__slots__} | {"origin": "added"}
    )
    store.add_feed(added, NOW)
    store.sync_feeds([feed("first")], NOW)
    assert [row.id for row in store.feeds()] == ["extra", "first"]
    with pytest.raises(MonitorError, match="exists already"):
        store.add_feed(added, NOW)
    assert store.remove_feed("extra")
    assert not store.remove_feed("first")
    assert [row.id for row in store.feeds()] == ["first"]


# --- the outbox ----------------------------------------------------------------------------------


def test_a_leased_delivery_is_not_leased_again_until_it_returns(store: Store) -> None:
    """Lease, fail, wait, lease again: the id stays, the tries are counted."""
    outbox = Outbox(store)
    outbox.add((message("one"),))
    (delivery,) = outbox.lease(NOW, MINUTE)
    assert outbox.lease(NOW, MINUTE) == ()
    outbox.retry(delivery, NOW, NOW + 10 * MINUTE, "connection refused")
    assert outbox.lease(NOW + 9 * MINUTE, MINUTE) == ()
    (again,) = outbox.lease(NOW + 10 * MINUTE, MINUTE)
    assert (again.message.id, again.attempts) == ("msg_one", 1)
    outbox.sent(again, NOW, NOW, "250 OK")
    assert outbox.lease(NOW + 99 * MINUTE, MINUTE) == ()
    assert outbox.rows("sent")[0].attempts == 2


def test_a_lease_that_ran_out_makes_the_delivery_due_under_the_same_id(store: Store) -> None:
    """The process died while sending: repeat, never lose."""
    outbox = Outbox(store)
    outbox.add((message("one"),))
    outbox.lease(NOW, MINUTE)
    assert [row.message.id for row in outbox.lease(NOW + MINUTE, MINUTE)] == ["msg_one"]
    assert outbox.release_leases() == 1
    assert [row.message.id for row in outbox.lease(NOW + MINUTE, MINUTE)] == ["msg_one"]


def test_one_channel_keeps_its_order_and_never_holds_up_another(store: Store) -> None:
    """The second message of a channel waits for the first; other channels do not."""
    outbox = Outbox(store)
    outbox.add((message("a1"), message("a2"), message("b1", "siem")))
    first, other = outbox.lease(NOW, MINUTE)
    assert (first.message.id, other.message.id) == ("msg_a1", "msg_b1")
    outbox.retry(first, NOW, NOW + 5 * MINUTE, "450 busy")
    outbox.sent(other, NOW, NOW, "200")
    assert outbox.lease(NOW + MINUTE, MINUTE) == ()
    (first,) = outbox.lease(NOW + 5 * MINUTE, MINUTE)
    outbox.dead(first, NOW, NOW, "550 no such user")
    assert [row.message.id for row in outbox.lease(NOW + 5 * MINUTE, MINUTE)] == ["msg_a2"]
    assert [(row.id, row.reason) for row in outbox.rows("dead")] == [("msg_a1", "550 no such user")]


def test_the_same_message_is_stored_once(store: Store) -> None:
    """Adding it again (a repeated commit) changes nothing."""
    outbox = Outbox(store)
    outbox.add((message("one"),))
    outbox.add((message("one"),))
    assert len(outbox.rows()) == 1


def test_a_disabled_channel_is_disabled_at_its_address_only(store: Store) -> None:
    """410 disables an address; configuring another one enables the channel again."""
    outbox = Outbox(store)
    outbox.disable_channel("siem/webhook", "https://a.example/", NOW, "410 Gone")
    assert outbox.disabled_reason("siem/webhook", "https://a.example/") == "410 Gone"
    assert outbox.disabled_reason("siem/webhook", "https://b.example/") is None
