# SPDX-License-Identifier: Apache-2.0
"""The site's own key: makes tokens, and turns addresses into what can be kept of them.

What it is not: what a token is worth (the store knows, by the token's hash). Rules of this file: the
key is a file beside the database and never in it, so that a copy of the database opens nothing and
names nobody; it is made once and only read from then on. A token is a function of the key and of
what it is for: a mail that is tried again carries the same links, and nothing that opens anything
has to be stored. 192 bits of it are shown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from monitor.core.errors import StoreError
from monitor.core.mailboxes import mailbox
from monitor.core.members import Scope

_KEY_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_MAILBOX_CHARACTERS = 40


def key_path(database: Path) -> Path:
    """Return where the key of a database is."""
    return database.with_name(database.name + ".key")


class SiteKey:
    """The key, made when it is first needed. Without a path it lasts as long as the process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    @cached_property
    def _key(self) -> bytes:
        if self.path is None:
            return secrets.token_bytes(_KEY_BYTES)
        if not self.path.exists():
            _make(self.path)
        try:
            key = bytes.fromhex(self.path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            msg = f"{self.path}: cannot be read as a key: {error}"
            raise StoreError(msg) from error
        if len(key) != _KEY_BYTES:
            msg = f"{self.path}: a key of {_KEY_BYTES} bytes was expected"
            raise StoreError(msg)
        return key

    @property
    def exists(self) -> bool:
        """Say whether a key was made."""
        return self.path is None or self.path.exists()

    def token(self, scope: Scope, *about: str) -> str:
        """Return the token of a scope for what it is about."""
        digest = self._digest("token", scope, *about)
        return base64.urlsafe_b64encode(digest[:24]).decode("ascii")

    def mailbox(self, address: str) -> str:
        """Return what is kept of an address, the same for all spellings of one mailbox."""
        return self._digest("mailbox", mailbox(address)).hex()[:_MAILBOX_CHARACTERS]

    def client(self, address: str) -> str:
        """Return what is kept of a client's network address."""
        return self._digest("client", address).hex()[:_MAILBOX_CHARACTERS]

    @property
    def mark(self) -> str:
        """Return what tells this key from another, and nothing else."""
        return self._digest("mark").hex()[:16]

    def _digest(self, purpose: str, *parts: str) -> bytes:
        # Length before each part: ("a", "bc") and ("ab", "c") are different things.
        text = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).digest()


def token_hash(token: str) -> str | None:
    """Return what is stored of a token that was shown to us; None for what can be none."""
    if not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _make(path: Path) -> None:
    """Write a key; where two processes do so at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
