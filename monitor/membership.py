# SPDX-License-Identifier: Apache-2.0
"""What people may do about their own subscription: ask, confirm, change, leave, be deleted, judge.

What it is not: pages (`web`), or who is told (`audience`). Rules of this file: nothing is done for
who cannot show a token of exactly that scope, or is not the operator; every answer to somebody who
only typed an address is the same, whoever's it is; each act is one transaction, and doing it twice
is doing it once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from monitor.audience import Audience
from monitor.core.errors import MonitorError
from monitor.core.letters import LETTER_RULE, Letter
from monitor.core.mailboxes import mail_address, masked
from monitor.core.members import (
    A_DAY,
    AN_HOUR,
    LIFETIMES,
    MEMBER_PREFIX,
    PER_ADDRESS,
    PER_CLIENT,
    PER_HOUR,
    Grant,
    Member,
    Preferences,
    Reason,
    Request,
    Scope,
    Suppressed,
    may_be_asked,
    member_channel,
)
from monitor.core.model import Alert, Channel, ChannelKind, Message, MessageKind
from monitor.core.opinions import Opinion
from monitor.core.subscribers import Subscriber
from monitor.dispatch import Dispatch
from monitor.sitekey import token_hash
from monitor.store import Opinions, Store
from monitor.store.members import letter_channel

_Write = Callable[[str, str], None]


class Answer(StrEnum):
    """What somebody is told who typed an address."""

    SENT = "sent"  # if a letter can be sent to it, one is on its way
    NO_ADDRESS = "no-address"
    TOO_OFTEN = "too-often"


class Membership:
    """The acts, over one store."""

    def __init__(self, store: Store, audience: Audience, dispatch: Dispatch) -> None:
        self._store = store
        self._audience = audience
        self._dispatch = dispatch
        self._members = audience.members
        self._outbox = dispatch.outbox
        self.opinions = Opinions(store)

    # --- for anybody -------------------------------------------------------------------------

    def ask(self, typed: str, wishes: Preferences, client: str, now: datetime) -> Answer:
        """Ask the owner of an address whether they want to subscribe."""

        def letter(address: str, mailbox: str) -> None:
            member = self._members.at(mailbox)
            if member is not None:
                self._write(Letter.ALREADY, member.address, member.preferences, mailbox, now)
                return
            self._request(Request(address=address, preferences=wishes), mailbox, now)

        return self._answer(typed, client, now, letter)

    def ask_for_links(self, typed: str, client: str, now: datetime) -> Answer:
        """Send the links of an address to that address, if it is subscribed."""

        def letter(_: str, mailbox: str) -> None:
            member = self._members.at(mailbox)
            if member is not None:
                self._write(Letter.LINKS, member.address, member.preferences, mailbox, now)

        return self._answer(typed, client, now, letter)

    def _answer(self, typed: str, client: str, now: datetime, letter: _Write) -> Answer:
        address = mail_address(typed)
        if address is None:
            return Answer.NO_ADDRESS
        mailbox, client = self._audience.key.mailbox(address), self._audience.key.client(client)
        with self._store.write():
            if self._members.asked_by(client, now - A_DAY) >= PER_CLIENT:
                return Answer.TOO_OFTEN
            allowed = self._may_be_mailed(mailbox, now)
            if allowed:
                letter(address, mailbox)
            # Written in any case: how long the answer takes does not tell what is known.
            self._members.note_asked(mailbox, client, now, mailed=allowed)
        return Answer.SENT

    def _may_be_mailed(self, mailbox: str, now: datetime) -> bool:
        members = self._members
        if members.mailed(now - AN_HOUR) >= PER_HOUR:
            return False
        if members.mailed_to(mailbox, now - A_DAY) >= PER_ADDRESS:
            return False
        return may_be_asked(members.suppressed(mailbox), members.last_letter(mailbox), now)

    def _request(self, request: Request, mailbox: str, now: datetime) -> None:
        name = secrets.token_hex(8)
        digest = token_hash(self._audience.confirm_token(mailbox, name))
        lifetime = LIFETIMES[Scope.CONFIRM]
        assert digest is not None and lifetime is not None  # noqa: S101, PT018  (tables of our own)
        self._members.register(
            digest,
            Grant(
                scope=Scope.CONFIRM,
                member="",
                mailbox=mailbox,
                subject=name,
                request=request,
                expires=now + lifetime,
                used=None,
            ),
        )
        self._write(Letter.CONFIRM, request.address, request.preferences, mailbox, now, name)

    def _write(
        self,
        letter: Letter,
        address: str,
        wishes: Preferences,
        mailbox: str,
        now: datetime,
        request: str = "",
    ) -> None:
        channel = Channel(
            id=letter_channel(mailbox),
            subscriber=f"letter.{mailbox}",
            kind=ChannelKind.EMAIL,
            address=address,
            language=wishes.language,
            zone=wishes.zone,
        )
        message = Message(
            id=f"ltr_{secrets.token_hex(10)}",
            channel=channel,
            rule=LETTER_RULE,
            alerts=(),
            created=now,
            kind=MessageKind.LETTER,
            heading=letter.value,
            notes=(request,),
        )
        self._outbox.add((message,))

    # --- for who shows a token ---------------------------------------------------------------

    def grant(self, token: str, scope: Scope, now: datetime) -> Grant | None:
        """Return what a token is worth for this scope, or None; nothing changes."""
        digest = token_hash(token)
        found = self._members.grant(digest) if digest is not None else None
        if found is None or not hmac.compare_digest(found.scope, scope):
            return None
        return found if found.expires is None or now < found.expires else None

    def confirm(self, token: str, now: datetime) -> Member | None:
        """Enter who confirms; None for a token that is worth nothing. Twice is once."""
        digest = token_hash(token) or ""
        with self._store.write():
            grant = self.grant(token, Scope.CONFIRM, now)
            if grant is None:
                return None
            if grant.request is None:
                return self._members.member(grant.member)
            member = self._enter(grant.request, grant.mailbox, now)
            self._members.use(digest, member.id, now)
        return member

    def _enter(self, request: Request, mailbox: str, now: datetime) -> Member:
        known = self._members.at(mailbox)
        name = base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()
        member = Member(
            id=known.id if known is not None else f"{MEMBER_PREFIX}{name}",
            address=request.address,
            preferences=request.preferences,
            since=known.since if known is not None else now,
            changed=now,
            origin=request.origin,
        )
        self._members.put(member, mailbox)
        return member

    def member_of(self, grant: Grant) -> Member | None:
        """Return the member whom a token is about."""
        return self._members.member(grant.member)

    def change(self, token: str, wishes: Preferences, now: datetime) -> Member | None:
        """Change what a member wants; what waits for them is looked at anew when its time comes."""
        with self._store.write():
            grant = self.grant(token, Scope.MANAGE, now)
            member = self.member_of(grant) if grant is not None else None
            if grant is None or member is None:
                return None
            member = replace(member, preferences=wishes, changed=now)
            self._members.put(member, grant.mailbox)
        return member

    def leave(self, token: str, now: datetime, operators: Iterable[Subscriber] = ()) -> bool:
        """End what is sent to an address; False for a token that is worth nothing."""
        with self._store.write():
            grant = self.grant(token, Scope.UNSUBSCRIBE, now)
            if grant is None:
                return False
            # A harder reason is not softened by an old link.
            if self._members.suppressed(grant.mailbox) is None:
                is_stranger = grant.member.startswith("letter.")
                is_stranger = is_stranger and self._members.at(grant.mailbox) is None
                reason = Reason.REFUSED if is_stranger else Reason.LEFT
                self._leave_alone(grant.mailbox, reason, now)
            self._tell_configured(grant, operators, now)
        return True

    def erase(self, token: str, now: datetime) -> bool:
        """Delete all that is stored about a person; False for a token that is worth nothing."""
        with self._store.write():
            grant = self.grant(token, Scope.DELETE, now)
            if grant is None:
                return False
            self._leave_alone(grant.mailbox, Reason.DELETED, now)
        return True

    def _leave_alone(
        self, mailbox: str, reason: Reason, now: datetime, note: str = ""
    ) -> Member | None:
        """Suppress an address and forget whose it was; return who that was."""
        member = self._members.at(mailbox)
        self._members.suppress(Suppressed(mailbox=mailbox, reason=reason, at=now, note=note))
        if member is not None:
            self._members.erase(member.id, member_channel(member).id, mailbox)
        return member

    def _tell_configured(
        self, grant: Grant, operators: Iterable[Subscriber], now: datetime
    ) -> None:
        """Stop what waits for a subscriber of the configuration, and tell who can take them out."""
        if grant.member.startswith(("letter.", MEMBER_PREFIX)):
            return
        channel = f"{grant.member}/{ChannelKind.EMAIL}"
        self._outbox.drop_waiting(channel, now, "its reader, who unsubscribed")
        self._dispatch.tell_operators(
            operators,
            f"left|{grant.mailbox}|{now.date()}",
            f"The reader of {channel} unsubscribed",
            (
                "Nothing is sent to the address any more.",
                "Take it out of the configuration; to send to it again against this wish:",
                "figurewatch subscribers allow ADDRESS",
            ),
            now,
        )

    def ask_to_erase(self, token: str, now: datetime) -> bool:
        """Send a member the link that deletes them; False for a token that is worth nothing."""
        with self._store.write():
            grant = self.grant(token, Scope.MANAGE, now)
            member = self.member_of(grant) if grant is not None else None
            if grant is None or member is None:
                return False
            if self._members.mailed_to(grant.mailbox, now - A_DAY) < PER_ADDRESS:
                self._write(Letter.ERASE, member.address, member.preferences, grant.mailbox, now)
                self._members.note_asked(grant.mailbox, "", now, mailed=True)
        return True

    def alert_of(self, grant: Grant) -> Alert | None:
        """Return the alert that a feedback token asks about."""
        return self.opinions.alert(grant.subject)

    def judge(self, token: str, opinion: Opinion, now: datetime) -> bool:
        """Write what a reader says of an alert; False for a token that is worth nothing."""
        with self._store.write():
            grant = self.grant(token, Scope.FEEDBACK, now)
            alert = self.alert_of(grant) if grant is not None else None
            if grant is None or alert is None:
                return False
            self.opinions.put(grant.member, alert, opinion, now)
        return True

    # --- for operators -----------------------------------------------------------------------

    def invite(self, typed: str, wishes: Preferences, by: str, now: datetime) -> str:
        """Ask an address to confirm, on behalf of the operator; return it as it is mailed to."""
        address, mailbox = self._checked(typed)
        with self._store.write():
            if self._members.at(mailbox) is not None:
                msg = f"{address} is subscribed already"
                raise MonitorError(msg)
            self._refuse_suppressed(
                address, mailbox, (Reason.REFUSED, Reason.OPERATOR, Reason.BOUNCED)
            )
            request = Request(address=address, preferences=wishes, origin=by)
            self._request(request, mailbox, now)
            self._members.note_asked(mailbox, "", now, mailed=True)
        return address

    def enter(self, typed: str, wishes: Preferences, by: str, now: datetime) -> Member:
        """Enter somebody whose consent the operator has otherwise."""
        address, mailbox = self._checked(typed)
        with self._store.write():
            self._refuse_suppressed(address, mailbox, tuple(Reason))
            request = Request(address=address, preferences=wishes, origin=by)
            return self._enter(request, mailbox, now)

    def _checked(self, typed: str) -> tuple[str, str]:
        address = mail_address(typed)
        if address is None:
            msg = f"{typed!r} is not an address that mail can be sent to"
            raise MonitorError(msg)
        return address, self._audience.key.mailbox(address)

    def _refuse_suppressed(self, address: str, mailbox: str, reasons: tuple[Reason, ...]) -> None:
        row = self._members.suppressed(mailbox)
        if row is not None and row.reason in reasons:
            msg = (
                f"{address} is left alone ({row.reason}, {row.at:%Y-%m-%d}); if its owner wants "
                "it: figurewatch subscribers allow ADDRESS"
            )
            raise MonitorError(msg)

    def find(self, key: str) -> Member | None:
        """Return a member by id or address."""
        if "@" in key:
            return self._members.at(self._audience.key.mailbox(key))
        return self._members.member(key)

    def remove(self, member: Member, reason: Reason | None, note: str, now: datetime) -> None:
        """Remove a member and forget them; with a reason their address is left alone from now on."""
        mailbox = self._audience.key.mailbox(member.address)
        with self._store.write():
            if reason is not None:
                self._leave_alone(mailbox, reason, now, note)
            else:
                self._members.erase(member.id, member_channel(member).id, mailbox)

    def suppress(self, typed: str, note: str, now: datetime) -> str:
        """Leave an address alone; return it, masked."""
        mailbox = self._mailbox(typed)
        with self._store.write():
            self._leave_alone(mailbox, Reason.OPERATOR, now, note)
        return masked(typed)

    def allow(self, typed: str) -> bool:
        """Take an address off the list of those that are left alone."""
        return self._members.allow(self._mailbox(typed))

    def _mailbox(self, typed: str) -> str:
        """Return the mailbox of any address, also of one that only a configuration would have."""
        if "@" not in typed.strip("@"):
            msg = f"{typed!r} is not an address"
            raise MonitorError(msg)
        return self._audience.key.mailbox(typed)
