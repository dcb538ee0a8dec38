# SPDX-License-Identifier: Apache-2.0
"""Which network addresses the outside world may make us connect to.

What it is not: resolution. Rules of this file: an address is allowed because it is globally
reachable or listed by the operator, never because it is missing from a list of bad ones that
somebody forgot to extend: for IPv6 only the global unicast block counts; an IPv4 address inside an
IPv6 one is judged as itself. The tables are our own: those of the standard library differ between
patch releases.

Source of the tables: the IANA special-purpose address registries (RFC 6890 and later additions).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_GLOBAL_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, cloud metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays, withdrawn
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_GLOBAL_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, may lead to any IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks from "10.1.0.0/16", "::1" and the like; raise `ValueError` for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def parse_address(text: str) -> Address | None:
    """Return the address that a resolver's answer names, embedded IPv4 unwrapped, or None.

    An address with a scope ("fe80::1%eth0") is None: it has a meaning on this machine only.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def is_listed(address: Address, networks: Iterable[Network]) -> bool:
    """Say whether the operator listed the address."""
    return any(address.version == network.version and address in network for network in networks)


def is_global(address: Address) -> bool:
    """Say whether an address (already unwrapped) can be reached from everywhere."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_GLOBAL_4)
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_GLOBAL_6)
