# SPDX-License-Identifier: Apache-2.0
"""Forms read into preferences: only what is offered gets through."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.members import (
    Member,
    Pace,
    Preferences,
    Reason,
    Suppressed,
    may_be_asked,
    subscriber_of,
)
from monitor.core.model import Severity
from monitor.core.subscribers import Period, QuietHours, When
from monitor.core.wishes import Choices, read_wishes

_CHOICES = Choices(
    rules={"troops.a": "A", "troops.b": "B"},
    measures=("troops",),
    languages={"en": "English", "de": "Deutsch"},
    zones=frozenset({"UTC", "Europe/Kyiv"}),
)
_GOOD = {"rule": ["troops.b"], "language": ["de"], "zone": ["Europe/Kyiv"], "pace": ["weekly"]}
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_whole_form_is_read() -> None:
    """Every field arrives, quiet hours over midnight too."""
    form = _GOOD | {
        "severity": ["high"], "digest_at": ["06:30"], "quiet_from": ["22:00"], "quiet_to": ["07:00"],
        "measure": ["troops", "other"],
    }  # fmt: skip
    read = read_wishes(form, _CHOICES)
    assert read.mistakes == {}
    assert read.preferences == Preferences(
        rules=("troops.b",),
        measures=("troops",),
        min_severity=Severity.HIGH,
        pace=Pace.WEEKLY,
        digest_at=time(6, 30),
        quiet=QuietHours(start=time(22), end=time(7)),
        language="de",
        zone="Europe/Kyiv",
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rule": ["other"]}, "topics"),
        ({"rule": []}, "topics"),
        ({"language": ["xx"]}, "language"),
        ({"zone": ["../etc/passwd"]}, "zone"),
        ({"pace": ["hourly"]}, "pace"),
        ({"severity": ["loud"]}, "severity"),
        ({"digest_at": ["25:00"]}, "digest_at"),
        ({"quiet_from": ["22:00"]}, "quiet"),
        ({"quiet_from": ["22:00"], "quiet_to": ["22:00"]}, "quiet"),
    ],
)
def test_a_mistake_is_named_by_its_field(wrong: dict[str, list[str]], field: str) -> None:
    """One wrong field is one mistake, which repeats nothing of what was typed."""
    read = read_wishes(_GOOD | wrong, _CHOICES)
    assert list(read.mistakes) == [field]
    assert not [text for values in wrong.values() for text in values if text in read.mistakes[field]
                and text != "22:00"]  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["rule", "measure", "language", "zone", "pace", "severity", "quiet_from"]),
        st.lists(st.text(max_size=20), max_size=4),
    )
)
def test_nothing_that_is_not_offered_gets_through(form: dict[str, list[str]]) -> None:
    """Whatever a form holds, preferences hold only what is on the lists."""
    wishes = read_wishes(form, _CHOICES).preferences
    assert set(wishes.rules) <= {"*", *_CHOICES.rules}
    assert set(wishes.measures) <= set(_CHOICES.measures)
    assert wishes.language in _CHOICES.languages
    assert wishes.zone in _CHOICES.zones


@pytest.mark.parametrize(
    ("reason", "days", "asked"),
    [
        (Reason.LEFT, 0.9, False),
        (Reason.LEFT, 1, True),
        (Reason.DELETED, 29, False),
        (Reason.DELETED, 30, True),
        (Reason.REFUSED, 9999, False),
        (Reason.BOUNCED, 9999, False),
        (Reason.OPERATOR, 9999, False),
    ],
)
def test_who_may_be_asked_again(reason: Reason, days: float, *, asked: bool) -> None:
    """Who left may be asked once in a while in their own name; who refused, never."""
    row = Suppressed(mailbox="m", reason=reason, at=_NOW - timedelta(days=10000))
    assert may_be_asked(row, _NOW - timedelta(days=days), _NOW) is asked
    assert may_be_asked(None, _NOW, _NOW)


def test_a_member_is_a_subscriber() -> None:
    """A digest is a route to it; strangers get only what is offered, guests of the operator all."""
    wishes = Preferences(pace=Pace.WEEKLY, digest_at=time(6))
    member = Member(
        id="self.a", address="a@example.org", preferences=wishes, since=_NOW, changed=_NOW,
        origin="self",
    )  # fmt: skip
    found = subscriber_of(member, UTC, ("troops.*",))
    assert found.within == ("troops.*",)
    assert (found.digest.period, found.digest.at) == (Period.WEEKLY, time(6))
    assert [route.when for route in found.routes] == [When.DIGEST]
    assert [channel.address for channel in found.channels] == ["a@example.org"]
