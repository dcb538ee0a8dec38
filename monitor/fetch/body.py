# SPDX-License-Identifier: Apache-2.0
"""Bodies: one layer of compression, counted as it is decoded.

What it is not: reading from the network. Rules of this file: what comes out is counted in steps
before more is decoded, so a limit acts before memory does; a body that ends early is an error; only
the coding that we ask for, and the one that servers send unasked, are taken.
"""

from __future__ import annotations

import zlib

from monitor.core.errors import FetchError

_DECODE_STEP = 256 * 1024
_MOST_GZIP_MEMBERS = 1000
_DEFLATE_METHOD = 8


class PlainBody:
    """Collects a body that came as it is, up to `limit` bytes; raises `FetchError` beyond."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._collected = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take the next bytes from the wire."""
        self._collected += chunk
        if len(self._collected) > self._limit:
            raise FetchError("too-large", f"more than {self._limit} bytes")

    def finish(self) -> bytes:
        """Return the whole body; raise `FetchError` if it ended early."""
        return bytes(self._collected)


class CompressedBody(PlainBody):
    """Collects gzip (any number of members) or deflate (with or without its wrapper), decoded."""

    def __init__(self, limit: int, *, gzip: bool) -> None:
        super().__init__(limit)
        self._gzip = gzip
        self._members = 0
        self._member: zlib._Decompress | None = None

    def add(self, chunk: bytes) -> None:
        """Take the next bytes from the wire; what follows the last member is padding."""
        while chunk:
            if self._member is None:
                if self._members and not (self._gzip and chunk.lstrip(b"\0")):
                    return
                self._member = self._next_member(chunk)
            chunk = self._inflate(self._member, chunk)

    def finish(self) -> bytes:
        """Return the whole decoded body; raise `FetchError` if it ended early."""
        if self._member is not None or not self._members:
            raise FetchError("truncated", "the compressed body ends early")
        return super().finish()

    def _next_member(self, chunk: bytes) -> zlib._Decompress:
        self._members += 1
        if self._members > _MOST_GZIP_MEMBERS:
            raise FetchError("encoding", f"more than {_MOST_GZIP_MEMBERS} gzip members")
        if self._gzip:
            return zlib.decompressobj(wbits=zlib.MAX_WBITS + 16)
        wrapped = chunk[0] & 0x0F == _DEFLATE_METHOD
        return zlib.decompressobj(wbits=zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)

    def _inflate(self, member: zlib._Decompress, chunk: bytes) -> bytes:
        """Decode in steps, so that what comes out is counted before more does; return the rest."""
        try:
            super().add(member.decompress(chunk, _DECODE_STEP))
            while member.unconsumed_tail:
                super().add(member.decompress(member.unconsumed_tail, _DECODE_STEP))
        except zlib.error as error:
            raise FetchError("encoding", f"damaged compression: {error}") from error
        if not member.eof:
            return b""
        self._member = None
        return member.unused_data


def body_collector(encoding: str | None, limit: int) -> PlainBody:
    """Return what collects a body of this Content-Encoding; raise `FetchError` for any other."""
    match (encoding or "identity").strip().lower():
        case "identity":
            return PlainBody(limit)
        case "gzip" | "x-gzip":
            return CompressedBody(limit, gzip=True)
        case "deflate":
            return CompressedBody(limit, gzip=False)
        case _:
            raise FetchError("encoding", "a content encoding that we do not take", transient=False)
