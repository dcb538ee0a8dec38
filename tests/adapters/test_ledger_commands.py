# SPDX-License-Identifier: Apache-2.0
"""Corrections through store and outbox, and the commands on claims and series, on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sample_articles import HOUR, RULES, START, filler, policy, report

from monitor.cli import main
from monitor.config import Settings
from monitor.core.alerts import carriers
from monitor.core.decide import Policy
from monitor.core.model import (
    Alert,
    Article,
    Cause,
    Channel,
    ChannelKind,
    Decision,
    Message,
)
from monitor.core.routing import Fate
from monitor.core.subscribers import QuietHours, Subscriber
from monitor.dispatch import Dispatch
from monitor.knowledge import shipped_knowledge
from monitor.pipeline import Site, decide_and_commit, reject_claim
from monitor.store import Outbox, Store, open_store

_DESK, _SIEM = (
    Subscriber(
        id=name,
        channels=(
            Channel(
                id=f"{name}/email",
                subscriber=name,
                kind=ChannelKind.EMAIL,
                address=f"{name}@example.org",
            ),
        ),
    )
    for name in ("desk", "siem")
)
_SITE = Site(
    settings=Settings(),
    knowledge=shipped_knowledge(),
    knowledge_roots=(),
    rules=RULES,
    subscribers=(_DESK,),
)
# A night about START, whatever hour that is.
_NIGHT = QuietHours(start=(START - HOUR).time(), end=(START + 12 * HOUR).time())
_WRONG = "There are 15,000 North Korean soldiers in Kursk, Zelensky said."
_BEFORE = "There are 11,000 North Korean soldiers in Kursk, Zelensky said."
_NOTICE = (
    "Correction: an earlier version of this article said 15,000 soldiers were there. The correct "
    "figure is 12,000."
)
_CONFIG = """
[email]
smtp = "smtp://localhost:25"
from = "alerts@example.org"
[[subscriber]]
id = "desk"
email = "desk@example.org"
"""


@dataclass(frozen=True)
class Desk:
    """A site with a database of its own, fed directly."""

    folder: Path
    store: Store

    @property
    def outbox(self) -> Outbox:
        """The outbox of the site."""
        return Outbox(self.store)

    def decide(self, *articles: Article, to: tuple[Subscriber, ...] = (_DESK,)) -> Decision:
        """Decide and commit articles for these subscribers."""
        at: Policy = policy(RULES)
        return decide_and_commit(self.store, Dispatch(self.store), articles, at, to, None)

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command; return what it printed."""
        config = ("--config", str(self.folder / "config.toml"))
        result = CliRunner().invoke(main, [*words, *config])
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    def records(self, *words: str) -> Any:
        """Run a command; return its JSON."""
        return json.loads(self.run(*words, "--format", "json"))

    def messages(self) -> list[Message]:
        """Take everything that waits in the outbox."""
        leased: list[Message] = []
        while due := self.outbox.lease(START + timedelta(days=999), timedelta(minutes=1)):
            leased += [delivery.message for delivery in due]
            for delivery in due:
                self.outbox.sent(delivery, START, START, "taken")
        return leased


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Yield a site."""
    (tmp_path / "config.toml").write_text(_CONFIG, "utf-8")
    store = open_store(tmp_path / "figurewatch.db")
    yield Desk(tmp_path, store)
    store.close()


def _story(name: str, text: str, hours: int = 0, **fields: Any) -> Article:
    made = f"{text}\n\n{filler(fields.pop('filler', name), 80)}"
    return report(name, made, published=START + hours * HOUR, **fields)


def _noticing() -> Article:
    made = f"Soldiers are there, he said.\n\n{filler('wire', 80)}\n\n{_NOTICE}"
    return report("wire", made, published=START, seen=START + 5 * HOUR)


def _corrects(messages: list[Message]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.channel.id, alert.corrects) for one in messages for alert in one.alerts]


# --- through store and outbox ----------------------------------------------------------------


def test_a_notice_in_an_edited_text_reaches_exactly_who_got_the_wrong_alert(desk: Desk) -> None:
    """Who subscribed between the wrong figure and its correction is not bothered."""
    (wrong,) = desk.decide(_story("wire", _WRONG)).alerts
    decision = desk.decide(_noticing(), to=(_DESK, _SIEM))
    sent = desk.messages()
    assert _corrects(sent) == [("desk/email", ()), ("desk/email", (wrong.id,))]
    (alert,) = sent[-1].alerts
    assert alert.claim is not None
    assert (alert.claim.claim.low, alert.previous[0].claim.low) == (12_000, 15_000)
    (mark,) = desk.store.withdrawals(wrong.claim.id if wrong.claim else "")
    assert (mark.cause, mark.article) == (Cause.NOTICE, decision.outcomes[0].article.id)


def test_a_follow_up_is_committed_with_its_marks_or_not_at_all(desk: Desk) -> None:
    """A crash between the mark and the message leaves neither."""
    (wrong,) = desk.decide(_story("wire", _WRONG)).alerts
    assert wrong.claim is not None

    class _BrokenOutbox(Outbox):
        def add(self, messages: tuple[Message, ...]) -> None:
            raise OSError(len(messages))

    broken = Dispatch(desk.store)
    broken.outbox = _BrokenOutbox(desk.store)
    with pytest.raises(OSError, match="1"):
        reject_claim(desk.store, broken, wrong.claim, _SITE, START, "misread")
    assert desk.store.withdrawals(wrong.claim.id) == ()
    assert desk.store.claim(wrong.claim.id) == wrong.claim


def test_whose_delivery_died_is_not_told_of_a_correction(desk: Desk) -> None:
    """A dead letter reached nobody."""
    (wrong,) = desk.decide(_story("wire", _WRONG)).alerts
    (delivery,) = desk.outbox.lease(START + HOUR, HOUR)
    desk.outbox.dead(delivery, START, START, "no such mailbox")
    assert wrong.claim is not None
    reject_claim(desk.store, Dispatch(desk.store), wrong.claim, _SITE, START, "misread")
    assert desk.messages() == []


def test_a_figure_and_its_notice_in_one_commit_are_told_in_this_order(desk: Desk) -> None:
    """Who is about to get the wrong figure gets what puts it right as well."""
    (wrong, _) = desk.decide(_story("wire", _WRONG), _noticing()).alerts
    assert _corrects(desk.messages()) == [("desk/email", ()), ("desk/email", (wrong.id,))]


def test_who_was_to_read_of_it_later_reads_only_what_is_right(desk: Desk) -> None:
    """In quiet hours the wrong figure waits, and is dropped; the right one takes its place."""
    sleeper = (replace(_DESK, quiet=_NIGHT),)
    (wrong,) = desk.decide(_story("wire", _WRONG), to=sleeper).alerts
    assert desk.messages() == []
    desk.decide(_noticing(), to=sleeper)
    dispatch = Dispatch(desk.store)
    dispatch.release(sleeper, _SITE.knowledge.gazetteer, START + 13 * HOUR)
    assert _corrects(desk.messages()) == [("desk/email", (wrong.id,))]
    (routing,) = dispatch.routings.routings_of(wrong.id)
    assert routing.fate is Fate.WITHDRAWN


def test_who_never_read_of_it_does_not_read_that_it_is_gone(desk: Desk) -> None:
    """Nothing stands in the place of a figure that waited and was taken back: no message."""
    sleeper = (replace(_DESK, quiet=_NIGHT),)
    (wrong,) = desk.decide(_story("wire", _WRONG), to=sleeper).alerts
    assert wrong.claim is not None
    site, dispatch = replace(_SITE, subscribers=sleeper), Dispatch(desk.store)
    reject_claim(desk.store, dispatch, wrong.claim, site, START, "misread")
    dispatch.release(sleeper, _SITE.knowledge.gazetteer, START + 13 * HOUR)
    assert desk.messages() == []


def test_a_follow_up_that_waits_is_told_whatever_is_wanted_then(desk: Desk) -> None:
    """It waits for the morning, and outlives a change of the subscriber's rules."""
    (wrong,) = desk.decide(_story("wire", _WRONG)).alerts
    assert wrong.claim is not None
    desk.messages()
    sleeper = (replace(_DESK, quiet=_NIGHT, rules=()),)
    site, dispatch = replace(_SITE, subscribers=sleeper), Dispatch(desk.store)
    reject_claim(desk.store, dispatch, wrong.claim, site, START, "misread")
    assert desk.messages() == []
    dispatch.release(sleeper, _SITE.knowledge.gazetteer, START + 13 * HOUR)
    assert _corrects(desk.messages()) == [("desk/email", (wrong.id,))]


def test_witnesses_are_counted_by_outlet_and_origin(desk: Desk) -> None:
    """Copies of a text, and reports that name one agency, are one independent voice."""
    (alert,) = desk.decide(_story("first", _WRONG)).alerts
    desk.decide(
        _story("copy", _WRONG, 1, filler="first"),
        _story("copy-too", _WRONG, 2, filler="first"),
        _story("own", "Zelensky said 15,000 North Korean soldiers are in the Kursk region.", 3),
    )
    seen = carriers(alert, desk.store.witnesses(alert.id))
    assert (seen.articles, seen.outlets, seen.independent) == (4, 4, 2)


def test_a_message_counts_the_witnesses_of_its_own_commit(desk: Desk) -> None:
    """Two outlets of one poll are two articles in the message about the figure."""
    desk.decide(_story("first", _WRONG), _story("other", _WRONG, 1))
    (message,) = desk.messages()
    (alert,) = message.alerts
    assert (alert.witnesses_articles, alert.witnesses_independent) == (2, 2)


# --- commands --------------------------------------------------------------------------------


@pytest.fixture
def story(desk: Desk) -> Alert:
    """A figure of Zelensky's, and a higher one that is wrong, with a copy; return its alert."""
    desk.decide(_story("before", _BEFORE, -24))
    alerts = desk.decide(_story("wire", _WRONG), _story("copy", _WRONG, 1, filler="wire")).alerts
    desk.messages()
    return alerts[-1]


def test_a_rejected_claim_is_marked_and_followed_up(desk: Desk, story: Alert) -> None:
    """`claims reject` takes back the claim and its copies, and says who will be told."""
    assert story.claim is not None
    out = desk.run("claims", "reject", story.claim.id, "--reason", "misread")
    assert f"{story.claim.id} is taken back, with 1 copies" in out
    assert f"puts right {story.id}, to desk/email" in out
    (message,) = desk.messages()
    (alert,) = message.alerts
    assert alert.reason == "misread; what stands is 11,000 (3 Nov 2024)"
    again = desk.run("claims", "reject", story.claim.id, "--reason", "twice", code=1)
    assert "was taken back before" in again


def test_claims_are_listed_with_their_verdicts(desk: Desk, story: Alert) -> None:
    """Oldest first; options narrow the list."""
    rows = desk.records("claims", "list")
    assert [(row["low"], row["verdict"]) for row in rows] == [
        (11_000, "new"),
        (15_000, "revision"),
        (15_000, "duplicate"),
    ]
    assert rows[1]["series"] == "troops/KP/kursk"
    assert len(desk.records("claims", "list", "--verdict", "revision")) == 1
    assert desk.records("claims", "list", "--withdrawn") == []
    assert desk.records("claims", "list", "--since", "2024-11-05") == []
    assert len(desk.records("claims", "list", "--limit", "1")) == 1


def test_a_claim_is_shown_with_what_it_rests_on(desk: Desk, story: Alert) -> None:
    """Verdict, comparison, alerts, carriers; and the mark once it is taken back."""
    assert story.claim is not None
    text = desk.run("claims", "show", story.claim.id)
    assert "revision: replaces Volodymyr Zelensky: 11,000 in Kursk" in text
    assert f"alert {story.id} by test.troops: 2 outlets, 1 independent" in text
    desk.run("claims", "reject", story.claim.id, "--reason", "misread")
    found = desk.records("claims", "show", story.claim.id)
    assert [(mark["cause"], mark["reason"]) for mark in found["withdrawals"]] == [
        ("operator", "misread")
    ]
    assert [alert["corrects"] for alert in found["alerts"]] == [[], [story.id]]


def test_a_claim_that_is_not_there_is_an_error(desk: Desk) -> None:
    """The message names the command that lists them."""
    for words in (("show", "cl_x"), ("reject", "cl_x", "--reason", "no")):
        assert "claims list" in desk.run("claims", *words, code=1)
    assert "series list" in desk.run("series", "show", "troops/KP/nowhere", code=1)


def test_series_are_listed_with_who_contradicts_whom(desk: Desk, story: Alert) -> None:
    """One row per series; a withdrawn figure no longer counts."""
    desk.decide(_story("us", "About 8,000 North Korean troops are in Kursk, the Pentagon said.", 4))
    (row,) = desk.records("series", "list", "--place", "russia")
    assert (row["low"], row["high"], row["spread"], row["moved"], row["disputed"]) == (
        8_000,
        15_000,
        7_000,
        "ukraine-government",
        True,
    )
    assert story.claim is not None
    desk.run("claims", "reject", story.claim.id, "--reason", "misread")
    (row,) = desk.records("series", "list", "--disputed")
    assert (row["low"], row["high"], row["moved"]) == (8_000, 11_000, None)
    assert desk.records("series", "list", "--place", "belarus") == []


def test_a_series_is_shown_as_the_ladders_of_its_families(desk: Desk, story: Alert) -> None:
    """Since when each holds its figure, what it said before, and what does not fit together."""
    desk.decide(
        _story("us", "About 8,000 North Korean troops are in Russia, the Pentagon said.", 4)
    )
    text = desk.run("series", "show", "troops/KP/kursk")
    assert "15,000 since 2024-11-04" in text
    assert "moved last: ukraine-government, from 11,000 on 2024-11-04" in text
    assert "does not fit: 15,000 North Korean troops in Kursk" in text
    found = desk.records("series", "show", "troops/KP/kursk")
    (holding,) = found["holdings"]
    assert [rung["low"] for rung in holding["ladder"]] == [15_000, 11_000]
    assert len(found["clashes"]) == 1
