# SPDX-License-Identifier: Apache-2.0
"""Mail addresses as people type them: checked, in the form they are mailed to, and as a mailbox.

What it is not: sending. Rules of this file: pure; an address that passes can be put into a header
and into an SMTP command as it is; two spellings of one mailbox (capitals, a tag after "+", an
international domain in either form) are the same mailbox, so that who left under one of them is not
reached under another.
"""

from __future__ import annotations

import re

LONGEST_ADDRESS = 254
# What EmailNotifier can put on an envelope: RFC 5321 without quoted local parts and literals. An
# encoded word is no local part, since some programs decode it.
_LOCAL_PART = re.compile(r"(?!.*=\?)(?!\.)(?!.*\.\.)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A public address has a dot in its domain, and its last label is no number.
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z])[a-z0-9-]{{1,62}}[a-z0-9]")
# These ignore dots in the local part and deliver under each other's name.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def mail_address(text: str) -> str | None:
    """Return a typed address in the form it is mailed to, or None where it can be none.

    The local part stays as it was typed, the domain becomes lower-case ASCII.
    """
    text = text.strip(" ")
    if len(text) > LONGEST_ADDRESS or not text.isprintable():
        return None
    local, _, domain = text.rpartition("@")
    host = _ascii_domain(domain)
    if host is None or not _LOCAL_PART.fullmatch(local):
        return None
    address = f"{local}@{host}"
    return address if len(address) <= LONGEST_ADDRESS else None


def _ascii_domain(domain: str) -> str | None:
    try:
        host = domain.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None
    return host if _DOMAIN.fullmatch(host) else None


def mailbox(address: str) -> str:
    """Return what all spellings of one mailbox have in common.

    Better one mailbox too few: who left as "a+news@" is not written to as "a@" either.
    """
    local, _, domain = address.strip().rpartition("@")
    host = _ascii_domain(domain) or domain.lower()
    name = local.lower()
    name = name.partition("+")[0] or name
    if host in _DOTLESS:
        host, name = _DOTLESS[host], name.replace(".", "")
    return f"{name}@{host}"


def masked(address: str) -> str:
    """Return an address as it may be shown to those who need not know it: "j...@example.org"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}...@{domain}"
