# SPDX-License-Identifier: Apache-2.0
"""Which addresses count as outside. The rows follow the IANA special-purpose registries."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.addresses import is_global, is_listed, parse_address, parse_networks

INSIDE = {
    "this network": "0.1.2.3",
    "unspecified": "0.0.0.0",
    "private 10": "10.255.0.1",
    "shared by carriers": "100.64.0.1",
    "shared by carriers, end": "100.127.255.254",
    "loopback": "127.8.8.8",
    "cloud metadata": "169.254.169.254",
    "private 172": "172.31.255.255",
    "protocol assignments": "192.0.0.8",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "private 192": "192.168.1.1",
    "benchmarking": "198.19.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified 6": "::",
    "loopback 6": "::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:a9fe:a9fe",
    "compatible loopback": "::7f00:1",
    "NAT64 loopback": "64:ff9b::7f00:1",
    "NAT64 private": "64:ff9b::10.0.0.1",
    "local NAT64": "64:ff9b:1::1",
    "discard": "100::1",
    "Teredo": "2001:0:1::1",
    "benchmarking 6": "2001:2::1",
    "documentation 6": "2001:db8::1",
    "newer documentation 6": "3fff::1",
    "6to4": "2002:7f00:1::",
    "6to4 of a public address": "2002:808:808::",
    "segment routing": "5f00::1",
    "unique local": "fd00::1",
    "link-local": "fe80::1",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "unassigned": "8000::1",
}
OUTSIDE = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.31.196.1"]
OUTSIDE += ["2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("text", INSIDE.values(), ids=INSIDE.keys())
def test_special_addresses_are_not_global(text: str) -> None:
    """Every block of the registries that is not globally reachable is refused."""
    address = parse_address(text)
    assert address is not None
    assert not is_global(address)


@pytest.mark.parametrize("text", OUTSIDE)
def test_ordinary_addresses_are_global(text: str) -> None:
    """The neighbours of special blocks, and embedded public addresses, are reachable."""
    address = parse_address(text)
    assert address is not None
    assert is_global(address)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f.0.0.1", "017.0.0.1", "fe80::1%lo"]
)
def test_only_canonical_addresses_without_a_scope_are_addresses(text: str) -> None:
    """Octal, hexadecimal and short forms mean different things to different programs."""
    assert parse_address(text) is None


@given(st.ip_addresses())
def test_we_never_allow_what_the_standard_library_calls_private(
    given_address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Two tables by different hands: ours may be stricter, never laxer."""
    address = parse_address(str(given_address))
    assert address is not None
    inside = address.is_private or address.is_loopback or address.is_multicast
    assert not (inside and is_global(address))


def test_listed_networks_admit_what_they_name() -> None:
    """A single address is a network too, and versions do not mix."""
    networks = parse_networks(("10.1.2.3/16", "::1"))
    admitted = ["10.1.255.1", "::1", "::ffff:10.1.0.1"]
    refused = ["10.2.0.1", "::2", "127.0.0.1"]
    listed = {text: is_listed(ipaddress_of(text), networks) for text in admitted + refused}
    assert listed == dict.fromkeys(admitted, True) | dict.fromkeys(refused, False)


def ipaddress_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return a parsed address that must be one."""
    address = parse_address(text)
    assert address is not None
    return address
