# SPDX-License-Identifier: Apache-2.0
"""Members, their tokens, and the addresses that are left alone.

What it is not: what a person may do (`membership`). Rules of this file: those of the package; what
is written changes the `revision`, so that whoever keeps members in memory knows when to read them
again, also after a command beside the daemon.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.core.members import Grant, Member, Reason, Request, Scope, Suppressed
from monitor.store import codec
from monitor.store.sqlite import Store

_REVISION = "members_revision"


class Members:
    """The verbs on members, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def revision(self) -> str:
        """Return what is different after every change to members or suppressed addresses."""
        rows = self._store.rows("SELECT value FROM marks WHERE name = ?", [_REVISION])
        return str(rows[0]["value"]) if rows else "0"

    def _changed(self) -> None:
        self._store.mark(_REVISION, str(int(self.revision()) + 1))

    # --- members -----------------------------------------------------------------------------

    def all(self) -> tuple[Member, ...]:
        """Return every member, the oldest first."""
        rows = self._store.rows("SELECT body FROM members ORDER BY since, id")
        return tuple(codec.load(Member, row["body"]) for row in rows)

    def member(self, member_id: str) -> Member | None:
        """Return a member by id, or None."""
        return self._one("id = ?", member_id)

    def at(self, mailbox: str) -> Member | None:
        """Return the member of a mailbox, or None."""
        return self._one("mailbox = ?", mailbox)

    def _one(self, where: str, value: str) -> Member | None:
        rows = self._store.rows(f"SELECT body FROM members WHERE {where}", [value])  # noqa: S608
        return codec.load(Member, rows[0]["body"]) if rows else None

    def put(self, member: Member, mailbox: str) -> None:
        """Write a member; who is entered is not left alone any more."""
        with self._store.write():
            self._db.execute(
                """INSERT INTO members (id, mailbox, since, body) VALUES (?, ?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET mailbox = excluded.mailbox, body = excluded.body""",
                [member.id, mailbox, codec.when(member.since), codec.dump(member)],
            )
            self._db.execute("DELETE FROM suppressed WHERE mailbox = ?", [mailbox])
            self._changed()

    def drop(self, member_id: str) -> bool:
        """Remove a member and what only they could do; False when there is none."""
        with self._store.write():
            found = self._db.execute("DELETE FROM members WHERE id = ?", [member_id]).rowcount > 0
            self._db.execute(
                "DELETE FROM tokens WHERE member = ? AND scope <> 'unsubscribe'",
                [member_id],
            )
            self._changed()
        return found

    # --- addresses that are left alone -------------------------------------------------------

    def suppress(self, row: Suppressed) -> None:
        """Leave an address alone; what was asked for in its name can no more be confirmed."""
        with self._store.write():
            self._db.execute(
                "INSERT OR REPLACE INTO suppressed (mailbox, reason, at, note) VALUES (?, ?, ?, ?)",
                [row.mailbox, row.reason, codec.when(row.at), row.note],
            )
            self._db.execute(
                "DELETE FROM tokens WHERE mailbox = ? AND scope = 'confirm'", [row.mailbox]
            )
            self._changed()

    def allow(self, mailbox: str) -> bool:
        """Take an address off the list; False when it was not on it."""
        with self._store.write():
            cursor = self._db.execute("DELETE FROM suppressed WHERE mailbox = ?", [mailbox])
            self._changed()
            return cursor.rowcount > 0

    def suppressed(self, mailbox: str) -> Suppressed | None:
        """Return why an address is left alone, or None."""
        rows = self._store.rows("SELECT * FROM suppressed WHERE mailbox = ?", [mailbox])
        return _suppressed(rows[0]) if rows else None

    def all_suppressed(self) -> tuple[Suppressed, ...]:
        """Return every address that is left alone, newest first."""
        rows = self._store.rows("SELECT * FROM suppressed ORDER BY at DESC, mailbox")
        return tuple(map(_suppressed, rows))

    # --- tokens ------------------------------------------------------------------------------

    def register(self, digest: str, grant: Grant) -> None:
        """Note what a token is worth; one that is known already stays as it is."""
        with self._store.write():
            self._db.execute(
                """INSERT OR IGNORE INTO tokens
                   (digest, scope, member, mailbox, subject, request, expires)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                [
                    digest,
                    grant.scope,
                    grant.member,
                    grant.mailbox,
                    grant.subject,
                    codec.dump(grant.request) if grant.request is not None else None,
                    codec.when(grant.expires) if grant.expires else None,
                ],
            )

    def grant(self, digest: str) -> Grant | None:
        """Return what a token is worth, by its hash; None where we never gave it out."""
        rows = self._store.rows("SELECT * FROM tokens WHERE digest = ?", [digest])
        return _grant(rows[0]) if rows else None

    def request(self, subject: str) -> Grant | None:
        """Return what waits for a confirmation, by the request's name."""
        rows = self._store.rows(
            "SELECT * FROM tokens WHERE scope = 'confirm' AND subject = ?", [subject]
        )
        return _grant(rows[0]) if rows else None

    def use(self, digest: str, member: str, now: datetime) -> None:
        """Note that a token was used, for whom; what was asked for is not kept any longer."""
        with self._store.write():
            self._db.execute(
                """UPDATE tokens SET used = coalesce(used, ?), member = ?, request = NULL
                   WHERE digest = ?""",
                [codec.when(now), member, digest],
            )

    def revoke(self, mailbox: str, scope: Scope) -> None:
        """Make all tokens of a mailbox with this scope worthless."""
        with self._store.write():
            self._db.execute(
                "DELETE FROM tokens WHERE mailbox = ? AND scope = ? AND used IS NULL",
                [mailbox, scope],
            )

    # --- limits ------------------------------------------------------------------------------

    def note_asked(self, mailbox: str, client: str, now: datetime, *, mailed: bool) -> None:
        """Note that somebody asked for a letter to a mailbox."""
        with self._store.write():
            self._db.execute(
                "INSERT INTO asked (mailbox, client, mailed, at) VALUES (?, ?, ?, ?)",
                [mailbox, client, int(mailed), codec.when(now)],
            )

    def asked_by(self, client: str, since: datetime) -> int:
        """Return how often a client asked since a time."""
        return self._count("client = ? AND at > ?", client, codec.when(since))

    def mailed_to(self, mailbox: str, since: datetime) -> int:
        """Return how many letters a mailbox was sent since a time."""
        return self._count("mailed AND mailbox = ? AND at > ?", mailbox, codec.when(since))

    def mailed(self, since: datetime) -> int:
        """Return how many letters there were since a time, to anybody."""
        return self._count("mailed AND at > ?", codec.when(since))

    def _count(self, where: str, *values: str) -> int:
        rows = self._store.rows(f"SELECT count(*) AS n FROM asked WHERE {where}", values)  # noqa: S608
        return int(rows[0]["n"])

    def last_letter(self, mailbox: str) -> datetime | None:
        """Return when a mailbox was last sent a letter that we remember."""
        rows = self._store.rows(
            "SELECT max(at) AS at FROM asked WHERE mailed AND mailbox = ?", [mailbox]
        )
        return codec.moment(rows[0]["at"])

    # --- forgetting --------------------------------------------------------------------------

    def forget_expired(
        self, now: datetime, asked_before: datetime, letters_before: datetime
    ) -> bool:
        """Forget some tokens that expired, who asked long ago, and letters that are finished; False
        when there is no more of them."""
        with self._store.write():
            tokens = self._db.execute(
                """DELETE FROM tokens WHERE digest IN
                   (SELECT digest FROM tokens WHERE expires <= ? LIMIT 500)""",
                [codec.when(now)],
            ).rowcount
            asked = self._db.execute(
                "DELETE FROM asked WHERE seq IN (SELECT seq FROM asked WHERE at <= ? LIMIT 500)",
                [codec.when(asked_before)],
            ).rowcount
            letters = self._db.execute(
                """DELETE FROM deliveries WHERE seq IN
                   (SELECT seq FROM deliveries WHERE kind = 'letter' AND finished <= ? LIMIT 500)""",
                [codec.when(letters_before)],
            ).rowcount
        return tokens + asked + letters > 0

    def erase(self, member_id: str, channel: str, mailbox: str) -> None:
        """Remove every trace of a member but the voices they gave and the hash of their address."""
        with self._store.write():
            self.drop(member_id)
            for statement in (
                "DELETE FROM deliveries WHERE channel IN (:channel, :letters)",
                "DELETE FROM routings WHERE channel = :channel",
                "DELETE FROM digests WHERE channel = :channel",
                "DELETE FROM refusals WHERE channel IN (:channel, :letters)",
                "DELETE FROM disabled_channels WHERE channel = :channel",
                "DELETE FROM tokens WHERE mailbox = :mailbox AND scope <> 'unsubscribe'",
                "UPDATE opinions SET voter = 'gone.' || hex(randomblob(8)) WHERE voter = :member",
            ):
                self._db.execute(
                    statement,
                    {
                        "channel": channel,
                        "letters": letter_channel(mailbox),
                        "mailbox": mailbox,
                        "member": member_id,
                    },
                )


def letter_channel(mailbox: str) -> str:
    """Return the channel of letters to a mailbox that may be nobody's yet."""
    return f"letter.{mailbox}/email"


def _suppressed(row: dict[str, Any]) -> Suppressed:
    return Suppressed(
        mailbox=row["mailbox"],
        reason=Reason(row["reason"]),
        at=codec.moment_required(row["at"]),
        note=row["note"],
    )


def _grant(row: dict[str, Any]) -> Grant:
    return Grant(
        scope=Scope(row["scope"]),
        member=row["member"],
        mailbox=row["mailbox"],
        subject=row["subject"],
        request=codec.load(Request, row["request"]) if row["request"] else None,
        expires=codec.moment(row["expires"]),
        used=codec.moment(row["used"]),
    )
