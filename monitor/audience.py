# SPDX-License-Identifier: Apache-2.0
"""Everybody who is told: subscribers of the configuration and members of the store, as one list.

What it is not: deciding what they are told (`core.routing`), or what members may do (`membership`).
Rules of this file: the store is asked whenever the list is, so who joins or leaves while the daemon
runs counts from the next alert on; a name of the configuration wins over the same one in the store;
an address that is left alone is on no list, whoever put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.config import WebSettings
from monitor.core.errors import StoreError
from monitor.core.members import (
    LIFETIMES,
    Grant,
    Member,
    Reason,
    Scope,
    Suppressed,
    may_be_asked,
    subscriber_of,
)
from monitor.core.model import Channel, ChannelKind, Links, Message, MessageKind
from monitor.core.subscribers import Subscriber
from monitor.sitekey import SiteKey, token_hash
from monitor.store import Members, Store

_KEY_MARK = "site_key"


@dataclass(frozen=True, slots=True)
class _Known:
    """The list as it was at one revision of the store."""

    revision: str
    configured: Sequence[Subscriber]
    subscribers: tuple[Subscriber, ...]
    members: frozenset[str]


class Audience:
    """Who is told, and under which links they can leave. One per store."""

    def __init__(
        self,
        store: Store,
        key: SiteKey,
        configured: Callable[[], Sequence[Subscriber]],
        web: Callable[[], WebSettings],
    ) -> None:
        self._store = store
        self.members = Members(store)
        self.key = key
        self._configured = configured
        self._web = web
        self._known: _Known | None = None

    def check_key(self, *, needed: bool = False) -> None:
        """Make the key where one is needed. Raise `StoreError` when the key beside the database is not the one it was used with.

        With another key nobody who left would be recognised, and no link of an old mail would work.
        """
        mark = self._store.marks().get(_KEY_MARK)
        if mark is None:
            if needed or self._web().public_url is not None:
                self._store.mark(_KEY_MARK, self.key.mark)
        elif not self.key.exists or mark != self.key.mark:
            msg = (
                f"{self.key.path}: not the key that this database was used with; put it back from "
                "the backup, or who unsubscribed would be written to again"
            )
            raise StoreError(msg)

    def subscribers(self) -> tuple[Subscriber, ...]:
        """Return everybody as of now."""
        return self._now().subscribers

    def _now(self) -> _Known:
        configured, revision = self._configured(), self.members.revision()
        known = self._known
        if known is None or known.revision != revision or known.configured is not configured:
            known = self._read(configured, revision)
            self._known = known
        return known

    def _read(self, configured: Sequence[Subscriber], revision: str) -> _Known:
        if revision == "0":  # nobody ever joined or left
            return _Known(revision, configured, tuple(configured), frozenset())
        self.check_key()  # never make another where the one that is needed is missing
        alone = {row.mailbox for row in self.members.all_suppressed()}
        names = {row.id for row in configured}
        joined = [row for row in self.members.all() if row.id not in names]
        offered = self._web().topics
        reached = (self._without(row, alone) for row in configured)
        return _Known(
            revision,
            configured,
            (
                *(row for row in reached if row.channels),
                *(subscriber_of(row, known_zone(row.preferences.zone), offered) for row in joined),
            ),
            frozenset(row.id for row in joined),
        )

    def _without(self, subscriber: Subscriber, alone: set[str]) -> Subscriber:
        if not alone:
            return subscriber
        kept = tuple(row for row in subscriber.channels if not self._is_left_alone(row, alone))
        return subscriber if kept == subscriber.channels else replace(subscriber, channels=kept)

    def _is_left_alone(self, channel: Channel, alone: set[str]) -> bool:
        return channel.kind is ChannelKind.EMAIL and self.key.mailbox(channel.address) in alone

    def is_member(self, name: str) -> bool:
        """Say whether a subscriber comes from the store."""
        return name in self._now().members

    def channel(self, name: str) -> Channel | None:
        """Return a channel as it is now, or None where nobody has it any more."""
        subscriber = name.rpartition("/")[0]
        return next(
            (
                channel
                for row in self.subscribers()
                if row.id == subscriber
                for channel in row.channels
                if channel.id == name
            ),
            None,
        )

    def has_left(self, message: Message) -> bool:
        """Say whether a message must not go to its address any more.

        A letter may still ask who left, and only who left, whether they want to come back.
        """
        channel = message.channel
        if channel.kind is not ChannelKind.EMAIL or self.members.revision() == "0":
            return False
        row = self.members.suppressed(self.key.mailbox(channel.address))
        if row is None:
            return False
        return message.kind is not MessageKind.LETTER or not may_be_asked(row, None, row.at)

    def bounced(self, channel: Channel, reason: str, now: datetime) -> None:
        """Note that an address does not exist: nothing is sent to it and nobody can sign it up."""
        row = Suppressed(
            mailbox=self.key.mailbox(channel.address), reason=Reason.BOUNCED, at=now, note=reason
        )
        with self._store.write():
            self.members.suppress(row)
            member = self.members.member(channel.subscriber)
            if member is not None:
                self.members.erase(member.id, channel.id, row.mailbox)

    # --- links -------------------------------------------------------------------------------

    def with_links(self, message: Message) -> Message:
        """Return a mail with the links of its reader; every try of it has the same ones."""
        base = self._web().public_url
        if base is None or message.channel.kind is not ChannelKind.EMAIL:
            return message
        links = self._links(message, base.rstrip("/"))
        channel = replace(message.channel, unsubscribe_url=links.unsubscribe)
        return replace(message, channel=channel, links=links)

    def _links(self, message: Message, base: str) -> Links:
        reader = _Reader(self, message)
        is_letter = message.kind is MessageKind.LETTER
        confirm = None
        if is_letter and message.notes[0]:
            confirm = f"{base}/confirm/{self.confirm_token(reader.mailbox, message.notes[0])}"
        with self._store.write():
            return Links(
                unsubscribe=f"{base}/u/{reader.token(Scope.UNSUBSCRIBE)}",
                manage=f"{base}/manage/{reader.token(Scope.MANAGE)}" if reader.member else None,
                erase=(
                    f"{base}/delete/{reader.token(Scope.DELETE)}"
                    if reader.member and is_letter
                    else None
                ),
                confirm=confirm,
                feedback=tuple(
                    (alert.id, f"{base}/feedback/{reader.token(Scope.FEEDBACK, alert.id)}")
                    for alert in message.alerts
                ),
            )

    def confirm_token(self, mailbox: str, request: str) -> str:
        """Return the token that confirms a request."""
        return self.key.token(Scope.CONFIRM, "", mailbox, request)

    def mint(self, scope: Scope, member: str, mailbox: str, subject: str, made: datetime) -> str:
        """Return the token of a scope for somebody, and note what it is worth.

        A link that ends is renewed with each period of its lifetime, and lives through two.
        """
        lifetime = LIFETIMES[scope]
        period, expires = "", None
        if lifetime is not None:
            count = int(made.timestamp() // lifetime.total_seconds())
            period = str(count)
            expires = datetime.fromtimestamp((count + 2) * lifetime.total_seconds(), tz=made.tzinfo)
        token = self.key.token(scope, member, mailbox, subject, period)
        digest = token_hash(token)
        assert digest is not None  # noqa: S101  (a token of our own)
        self.members.register(
            digest,
            Grant(
                scope=scope,
                member=member,
                mailbox=mailbox,
                subject=subject,
                request=None,
                expires=expires,
                used=None,
            ),
        )
        return token


class _Reader:
    """Whom a mail is for."""

    def __init__(self, audience: Audience, message: Message) -> None:
        channel = message.channel
        self._audience = audience
        self._made = message.created
        self.mailbox = audience.key.mailbox(channel.address)
        self._voter = channel.subscriber
        self.member: Member | None = audience.members.at(self.mailbox)
        if self.member is not None and message.kind is not MessageKind.LETTER:
            # The links of a mail to a name of the configuration manage no subscription.
            self.member = self.member if self.member.id == channel.subscriber else None

    def token(self, scope: Scope, subject: str = "") -> str:
        name = self.member.id if self.member is not None else self._voter
        return self._audience.mint(scope, name, self.mailbox, subject, self._made)


def known_zone(name: str) -> ZoneInfo:
    """Return a time zone; UTC where this machine does not know it any more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
