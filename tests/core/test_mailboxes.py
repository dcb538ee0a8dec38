# SPDX-License-Identifier: Apache-2.0
"""Addresses as people type them, and when two of them are one mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.mailboxes import mail_address, mailbox, masked


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@example.org", "anna@example.org"),
        (" Anna.B@Example.ORG ", "Anna.B@example.org"),
        ("anna@Bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@example.org.", "anna@example.org"),
        ("o'neil+news@example.co", "o'neil+news@example.co"),
        ("a@b", None),
        ("a..b@example.org", None),
        (".a@example.org", None),
        ("a.@example.org", None),
        ("a@b@example.org", None),
        ("a@example.123", None),
        ("=?utf-8?q?a?=@example.org", None),
        ("анна@example.org", None),
        ("a\tb@example.org", None),
        ("", None),
    ],
)
def test_an_address_is_mailed_to_or_refused(typed: str, address: str | None) -> None:
    """What can be mailed to keeps its local part and gets an ASCII domain; all else is None."""
    assert mail_address(typed) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("anna@example.org", "ANNA@EXAMPLE.ORG", True),
        ("anna@example.org", "anna+x+y@example.org", True),
        ("anna@bücher.example", "anna@xn--BCHER-kva.example.", True),
        ("a.nna@gmail.com", "anna@googlemail.com", True),
        ("a.nna@example.org", "anna@example.org", False),
        ("+x@example.org", "+y@example.org", False),
        ("anna@example.org", "anna@example.net", False),
    ],
)
def test_spellings_of_one_mailbox(one: str, other: str, *, same: bool) -> None:
    """Capitals, tags and forms of a domain make no other mailbox; other names do."""
    assert (mailbox(one) == mailbox(other)) is same


@given(st.text(max_size=80))
def test_whatever_is_typed_is_an_address_of_one_line_or_none(typed: str) -> None:
    """No text makes the check raise, and what passes is ASCII, short, without blanks or commas."""
    address = mail_address(typed)
    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        assert not set(address) & set(' <>,;:"()\\[]')
        assert mail_address(address) == address
        assert mailbox(mailbox(address)) == mailbox(address)


@given(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.[a-z]{2,4}", fullmatch=True))
def test_a_masked_address_does_not_name_anybody(address: str) -> None:
    """Only the first letter and the domain are left."""
    local, _, domain = address.partition("@")
    assert masked(address) == f"{local[0]}...@{domain}"
