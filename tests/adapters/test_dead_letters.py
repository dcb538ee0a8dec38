# SPDX-License-Identifier: Apache-2.0
"""Deliveries that were given up, and channels out of service: seen, mended, sent again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import pytest
from hands import Hands, listed, run, site_pipeline
from loopback import serving
from newsroom import Receiver, Site, mails_to, webhook_ids
from sample_alerts import NOW, ONE
from smtp_servers import Inbox, smtp_server
from sqlite_utils import Database

from monitor.core.model import Channel, ChannelKind, Message
from monitor.store import Outbox, codec, open_store
from monitor.store.schema import migrations

pytestmark = pytest.mark.anyio

_MINUTE = timedelta(minutes=1)
_FIELDS_BEFORE = {"id", "channel", "rule", "alerts", "created"}


def _message(name: str, clock: Hands, channel: str = "desk/webhook") -> Message:
    subscriber, kind = channel.split("/")
    return replace(
        ONE,
        id=name,
        channel=Channel(id=channel, subscriber=subscriber, kind=ChannelKind(kind), address="old"),
        created=clock.now(),
    )


async def test_an_address_refused_three_times_in_a_week_is_suspended(tmp_path: Path) -> None:
    """Two refusals and an old one do not suspend it; the third does, and operators hear of it."""
    clock, inbox = Hands(), Inbox(answers={"RCPT": "550 no such user"})
    extra = 'operators = ["ops"]'
    ops = Receiver()
    async with serving(ops.respond) as hook:
        with smtp_server(inbox) as port:
            site = Site(
                tmp_path / "site",
                {},
                smtp_port=port,
                subscribers={
                    "desk": {"email": "desk@example.org"},
                    "ops": {"webhook": hook.url("/ops")},
                },
                extra=extra,
            )
            async with site_pipeline(site, clock) as pipeline:
                for number, wait in enumerate([timedelta(days=8), _MINUTE, _MINUTE, _MINUTE]):
                    pipeline.outbox.add((_message(f"m{number}", clock, "desk/email"),))
                    await pipeline.deliver_due()
                    assert len(pipeline.outbox.disabled()) == (number == 3)
                    clock.moment += wait
                inbox.answers = {}
                pipeline.outbox.add((_message("m4", clock, "desk/email"),))
                await pipeline.deliver_due()
                assert inbox.envelopes == []
                assert run(site, "outbox", "enable", "desk/email").exit_code == 0
                assert run(site, "outbox", "retry", "--channel", "desk/email").exit_code == 0
                clock.moment += _MINUTE
                while (await pipeline.deliver_due())[0]:
                    pass
    assert [mail["Message-ID"] for mail in mails_to(inbox, "desk@example.org")] == [
        f"<m{number}@example.org>" for number in range(5)
    ]
    told = [json.loads(row.body)["data"] for row in hook.requests]
    assert [row["kind"] for row in told] == ["notice"] * len(told)
    assert any("suspended, refused 3 times" in " ".join(row["notes"]) for row in told)


async def test_a_webhook_that_answers_410_is_told_to_the_operators_once(tmp_path: Path) -> None:
    """Not through the channel that is gone, and not again for the messages that follow."""
    clock, inbox = Hands(), Inbox()
    async with serving(Receiver(says="410 Gone").respond) as hook:
        with smtp_server(inbox) as port:
            site = Site(
                tmp_path / "site",
                {},
                smtp_port=port,
                subscribers={"ops": {"email": "ops@example.org", "webhook": hook.url("/hook")}},
                extra='operators = ["ops"]',
            )
            async with site_pipeline(site, clock) as pipeline:
                pipeline.outbox.add((_message("one", clock, "ops/webhook"),))
                await pipeline.deliver_due()
                for name in ("two", "three"):
                    pipeline.outbox.add((_message(name, clock, "ops/webhook"),))
                    await pipeline.deliver_due()
                clock.moment += _MINUTE
                await pipeline.deliver_due()
    subjects = [mail["Subject"] for mail in mails_to(inbox, "ops@example.org")]
    assert "[Figurewatch] Channel ops/webhook is out of service" in subjects
    assert len(subjects) == 2
    assert len(hook.requests) == 1


async def test_dead_letters_are_listed_shown_sent_again_and_dropped(tmp_path: Path) -> None:
    """Under the same id and with fresh tries; what was dropped is no dead letter any more."""
    clock, receiver = Hands(), Receiver(says="422 Unprocessable Content")
    async with serving(receiver.respond) as hook:
        site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": hook.url("/hook")}})
        async with site_pipeline(site, clock) as pipeline:
            pipeline.outbox.add((_message("first", clock), _message("second", clock)))
            for _ in range(10):
                await pipeline.deliver_due()
                clock.moment += _MINUTE
            assert [row["id"] for row in listed(site, "outbox", "list")] == ["first", "second"]
            shown = json.loads(run(site, "outbox", "show", "fir", "--format", "json").output)
            assert len(shown["attempts"]) == 5
            assert "HTTP 422" in shown["attempts"][0]["detail"]
            assert shown["subject"].startswith("North Korean troops in Kursk")
            receiver.says = "200 OK"
            assert run(site, "outbox", "retry", "first").exit_code == 0
            assert "1 dropped" in run(site, "outbox", "drop", "second", "--by", "eve").output
            clock.moment += _MINUTE
            await pipeline.deliver_due()
            assert pipeline.outbox.rows("dead") == ()
            [dropped] = pipeline.outbox.rows("dropped")
    assert dropped.reason is not None
    assert dropped.reason.endswith("dropped by eve")
    assert listed(site, "outbox", "list") == []
    assert webhook_ids(hook).count("first") == 6
    assert run(site, "outbox", "retry").exit_code == 2
    assert run(site, "outbox", "show", "nothing").exit_code == 1


async def test_a_message_that_is_being_sent_is_shown_with_the_end_of_its_lease(
    tmp_path: Path,
) -> None:
    """In every form; what waits behind it is tried at the end of the lease at the latest."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": "http://127.0.0.1:9/"}})
    until = f"{clock.now() + _MINUTE:%Y-%m-%dT%H:%M:%SZ}"
    async with site_pipeline(site, clock) as pipeline:
        pipeline.outbox.add((_message("first", clock), _message("second", clock)))
        pipeline.outbox.lease(clock.now(), _MINUTE)
        first, second = listed(site, "outbox", "list")
        assert (first["state"], first["leased_until"], first["next_attempt"]) == (
            "leased",
            until,
            None,
        )
        assert (second["state"], second["leased_until"], second["next_attempt"]) == (
            "pending",
            None,
            until,
        )
        assert listed(site, "outbox", "list", "--state", "leased") == [first]
        assert f"leased until {until}" in run(site, "outbox", "list").stdout
        assert f"leased until  {until}" in run(site, "outbox", "show", "first").stdout
        [title, row, _] = run(site, "outbox", "list", "--format", "csv").stdout.splitlines()
        assert title.endswith(",leased_until")
        assert row.endswith(f",{until}")
        shown = run(site, "status").stdout
        assert f"first to desk/webhook: being sent, try 1, until {until} at the latest" in shown
        assert (
            f"second to desk/webhook: pending after 0 tries (not tried yet), next {until}" in shown
        )


async def test_a_letter_that_was_asked_for_again_waits_for_the_one_under_way(
    tmp_path: Path,
) -> None:
    """Though older, it is not sent beside a newer message of its channel: one at a time."""
    clock = Hands()
    site = Site(tmp_path / "site", {}, subscribers={"desk": {"webhook": "http://127.0.0.1:9/"}})
    async with site_pipeline(site, clock) as pipeline:
        box = pipeline.outbox
        box.add((_message("old", clock), _message("new", clock)))
        [old] = box.lease(clock.now(), _MINUTE)
        box.dead(old, clock.now(), clock.now(), "no")
        [new] = box.lease(clock.now(), _MINUTE)
        assert box.ask_again(["old"], clock.now()) == 1
        assert box.lease(clock.now(), _MINUTE) == ()
        box.sent(new, clock.now(), clock.now(), "ok")
        [again] = box.lease(clock.now(), _MINUTE)
    assert (again.message.id, again.attempts, again.since) == ("old", 0, clock.now())


def test_a_database_of_before_keeps_its_deliveries_and_attempts(tmp_path: Path) -> None:
    """The step that adds routings touches no row: what waited is delivered, what was tried is known."""
    path = tmp_path / "old.db"
    connection = connect(path)
    migrations.apply(Database(connection), stop_before="m0030_routing")
    tree = json.loads(codec.dump(replace(ONE, id="old", created=NOW)))
    tree = {key: value for key, value in tree.items() if key in _FIELDS_BEFORE}
    tree["alerts"][0].pop("steps")
    tree["channel"].pop("format")
    body = json.dumps(tree)
    connection.execute(
        """INSERT INTO deliveries (id, channel, rule, state, attempts, next_attempt, created, body)
           VALUES ('old', 'desk/email', 'r', 'pending', 2, ?, ?, ?)""",
        [codec.when(NOW), codec.when(NOW), body],
    )
    connection.execute("INSERT INTO attempts VALUES (1, 'old', ?, 'failed', '450 busy')", ["x"])
    connection.commit()
    connection.close()
    store = open_store(path)
    box = Outbox(store)
    [row] = box.rows("pending")
    assert (row.id, row.kind, row.attempts) == ("old", "alert", 2)
    assert len(store.rows("SELECT 1 FROM attempts")) == 1
    [leased] = box.lease(NOW, _MINUTE)
    assert (leased.since, leased.message.heading) == (NOW, "")
    store.close()
