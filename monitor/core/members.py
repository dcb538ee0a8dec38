# SPDX-License-Identifier: Apache-2.0
"""People who signed themselves up: what they want, what a link of theirs may do, who is left alone.

What it is not: pages, storage, or tokens as such (`sitekey`). Rules of this file: pure; a member is
somebody who confirmed, there is no other kind; a link opens one thing, its scope; whoever left is
written to again only after a confirmation of their own, and whoever refused, not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from monitor.core.model import Channel, ChannelKind, Severity
from monitor.core.subscribers import DigestPlan, Period, QuietHours, Route, Subscriber, When

# Ids that the program gives; a configuration cannot use them.
MEMBER_PREFIX = "self."
SELF = "self"


class Scope(StrEnum):
    """What the holder of a link may do; a link has one scope and is worth nothing elsewhere."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"
    FEEDBACK = "feedback"
    DELETE = "delete"


# How long a link is good for; None: as long as the mail that holds it is kept somewhere.
LIFETIMES: dict[Scope, timedelta | None] = {
    Scope.CONFIRM: timedelta(hours=48),
    Scope.MANAGE: timedelta(days=30),
    Scope.UNSUBSCRIBE: None,
    Scope.FEEDBACK: timedelta(days=90),
    Scope.DELETE: timedelta(hours=24),
}


class Pace(StrEnum):
    """How soon a member is told."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a member wants to hear of, and how. An alert is wanted if its rule is named in `rules`
    (shell-style patterns) or its figure counts one of `measures`."""

    rules: tuple[str, ...] = ("*",)
    measures: tuple[str, ...] = ()
    min_severity: Severity = Severity.INFO
    pace: Pace = Pace.NOW
    digest_at: time = time(7)
    quiet: QuietHours | None = None
    language: str = "en"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody typed this address and these wishes; nobody knows yet whether it is theirs.

    `origin` is `SELF`, or the operator who typed it.
    """

    address: str
    preferences: Preferences
    origin: str = SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who confirmed that the address is theirs."""

    id: str
    address: str
    preferences: Preferences
    since: datetime
    changed: datetime
    origin: str  # `SELF`, or who entered it


class Reason(StrEnum):
    """Why an address is left alone."""

    LEFT = "left"
    DELETED = "deleted"
    REFUSED = "refused"  # "that was not me, never write to me"
    BOUNCED = "bounced"
    OPERATOR = "operator"


# How often somebody may ask in the name of an address that is left alone; the rest never.
_ASKABLE: dict[Reason, timedelta] = {
    Reason.LEFT: timedelta(days=1),
    Reason.DELETED: timedelta(days=30),
}
# Promise 49: confirmations for one address, and for one client, in a day; and for everybody
# together in an hour, because a mail server that sends thousands of them is soon on a block list.
A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
PER_ADDRESS, PER_CLIENT, PER_HOUR = 3, 20, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An address, known by its keyed hash only, that is left alone."""

    mailbox: str
    reason: Reason
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token that was shown to us is worth. `member` is empty where there is none (yet);
    `subject` is the alert or the request it is about."""

    scope: Scope
    member: str
    mailbox: str
    subject: str
    request: Request | None
    expires: datetime | None
    used: datetime | None


def may_be_asked(
    suppressed: Suppressed | None, last_letter: datetime | None, now: datetime
) -> bool:
    """Say whether an address may get a letter that it did not ask for by one of its own links."""
    if suppressed is None:
        return True
    wait = _ASKABLE.get(suppressed.reason)
    return wait is not None and (last_letter is None or now - last_letter >= wait)


def subscriber_of(member: Member, zone: tzinfo, offered: tuple[str, ...] = ("*",)) -> Subscriber:
    """Return a member as routing knows them; they get nothing that is not `offered`.

    Whom the operator entered gets what the operator wrote down.
    """
    wishes = member.preferences
    is_digest = wishes.pace is not Pace.NOW
    return Subscriber(
        id=member.id,
        channels=(member_channel(member),),
        rules=wishes.rules,
        measures=wishes.measures,
        within=offered if member.origin == SELF else ("*",),
        min_severity=wishes.min_severity,
        zone=zone,
        quiet=wishes.quiet,
        digest=DigestPlan(
            period=Period.WEEKLY if wishes.pace is Pace.WEEKLY else Period.DAILY,
            at=wishes.digest_at,
        ),
        routes=(Route(when=When.DIGEST),) if is_digest else (),
    )


def member_channel(member: Member) -> Channel:
    """Return how a member is reached: by mail."""
    return Channel(
        id=f"{member.id}/{ChannelKind.EMAIL}",
        subscriber=member.id,
        kind=ChannelKind.EMAIL,
        address=member.address,
        language=member.preferences.language,
        zone=member.preferences.zone,
    )
