# SPDX-License-Identifier: Apache-2.0
"""What the network can do, as `FetchError` with a reason from a closed list.

What it is not: HTTP statuses (the client reads those). Rules of this file: everything that httpx,
the TLS library and the operating system raise for what the other side did gets a reason here; what
is not listed is a defect of ours and passes through.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import httpx

from monitor.core.errors import FetchError

_SHOWN_CHARACTERS = 200

# The first that fits counts; `ConnectError` is looked at more closely.
_REASONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((httpx.ConnectTimeout,), "unreachable"),
    ((TimeoutError, httpx.TimeoutException), "timeout"),
    ((ssl.SSLError,), "tls"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError), "url"),
    ((httpx.ProtocolError,), "protocol"),
    ((httpx.HTTPError, OSError, anyio.BrokenResourceError), "disconnected"),
)
# These say that asking again will not help.
_LASTING = frozenset({"url", "tls"})
_SILENT_GOODBYE = "Server disconnected without sending a response"


@contextmanager
def as_fetch_errors() -> Iterator[None]:
    """Turn what the network did inside the block into `FetchError`."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        detail = shown(str(error).encode("utf-8", "replace"))
        raise FetchError(reason, detail, transient=reason not in _LASTING) from error


def shown(raw: bytes) -> str:
    """Return text for people from bytes of strangers: one short printable line."""
    text = raw.decode("utf-8", "replace")
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:_SHOWN_CHARACTERS]


def _reason(error: Exception) -> str | None:
    if isinstance(error, httpx.ConnectError):
        return _connect_reason(error)
    if isinstance(error, httpx.RemoteProtocolError) and str(error).startswith(_SILENT_GOODBYE):
        return "disconnected"
    return next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), None)


def _connect_reason(error: Exception) -> str:
    if _caused_by(error, ssl.SSLError):
        return "tls"
    return "refused" if _caused_by(error, ConnectionRefusedError) else "unreachable"


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
