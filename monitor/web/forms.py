# SPDX-License-Identifier: Apache-2.0
"""What a stranger's browser sends: forms within limits, and which client it is.

What it is not: what a form means (`core.wishes`). Rules of this file: nothing is read beyond a
limit of bytes, fields and seconds; an address that a proxy names counts only if the proxy is on the
operator's list; nothing of it is logged.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from ipaddress import IPv6Network, ip_address
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from monitor.core.addresses import Address, Network, is_listed
from monitor.core.wishes import Form

_MOST_BYTES = 16 * 1024
_MOST_FIELDS = 300
_SECONDS = 10.0
_FORM_TYPE = "application/x-www-form-urlencoded"
# Whoever holds an IPv6 address holds at least its whole /64.
_SUBSCRIBER_BITS = 64


async def read_body(request: Request) -> bytes:
    """Return a request's body; too large or too slow is an error."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _MOST_BYTES:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return bytes(body)


async def read_form(request: Request) -> Form:
    """Return the fields of a form by name; text that is not UTF-8 is an error."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM_TYPE:
        raise HTTPException(415)
    body = await read_body(request)
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise HTTPException(400) from error


def client_of(request: Request, proxies: Sequence[Network]) -> str:
    """Return who asks: the nearest address that is no proxy of ours, an IPv6 one as its /64."""
    peer = request.client.host if request.client is not None else ""
    hops = [peer, *reversed(_forwarded(request))]
    found = peer
    for hop in hops:
        address = _address(hop)
        if address is None:
            break
        found = _network(address)
        if not is_listed(address, proxies):
            break
    return found


def _forwarded(request: Request) -> list[str]:
    named = ",".join(request.headers.getlist("x-forwarded-for"))
    return [hop.strip() for hop in named.split(",")[-20:] if hop.strip()]


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def _network(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(IPv6Network((int(address), _SUBSCRIBER_BITS), strict=False))


class Misses:
    """Counts who shows tokens that are worth nothing, by client; old ones are forgotten."""

    _MOST, _SECONDS, _CLIENTS = 50, 600.0, 5000

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note(self, client: str, now: float) -> None:
        """Note one miss."""
        since, count = self._known(client, now)
        self._counts[client] = (since, count + 1)
        self._counts.move_to_end(client)
        while len(self._counts) > self._CLIENTS:
            self._counts.popitem(last=False)

    def is_guessing(self, client: str, now: float) -> bool:
        """Say whether a client missed so often of late that it is not listened to."""
        return self._known(client, now)[1] >= self._MOST

    def _known(self, client: str, now: float) -> tuple[float, int]:
        since, count = self._counts.get(client, (now, 0))
        return (since, count) if now - since < self._SECONDS else (now, 0)
