# SPDX-License-Identifier: Apache-2.0
"""Bytes to text through a fixed list of character sets."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.charsets import _LABELS, charset_of, decode

TEXT = "<rss>Війська: 10 000 солдатів</rss>"
WESTERN = "<rss>Über 10 000 Soldaten – „etwa“</rss>"


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        (TEXT, "utf-8", ("utf-8",)),
        (TEXT, "utf-8", ()),
        (TEXT, "utf-8", ("iso-8859-1",)),
        (TEXT, "utf-8", ("windows-1251", "utf-8")),
        (TEXT, "utf-8-sig", ("windows-1251",)),
        (TEXT, "cp1251", ("windows-1251",)),
        (TEXT, "cp1251", (None, "CP1251")),
        (TEXT, "cp1251", ("no-such-charset", "windows-1251")),
        (TEXT, "koi8-u", ("koi8-u",)),
        (TEXT, "utf-16", ()),
        (TEXT, "utf-16-le", ()),
        (TEXT, "utf-16-be", ("utf-16",)),
        (TEXT, "utf-32", ()),
        (WESTERN, "cp1252", ("iso-8859-1",)),
        (WESTERN, "cp1252", ("us-ascii",)),
        (WESTERN, "cp1252", ("latin1",)),
        ("<rss>한국군</rss>", "cp949", ("euc-kr",)),
        ("<rss>軍隊</rss>", "gb18030", ("gb2312",)),
        ("<rss>兵士</rss>", "cp932", ("Shift_JIS",)),
    ],
)
def test_text_comes_back_from_what_is_declared_or_evident(
    text: str, codec: str, declared: tuple[str | None, ...]
) -> None:
    """A mark, the shape, valid UTF-8 or the declaration decides, in that order."""
    assert decode(text.encode(codec), *declared)[0] == text


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "unicode_escape", "rot13", "base64", "zlib", "utf-7", "hex", ""]
)
def test_names_of_python_codecs_are_not_on_the_list(label: str) -> None:
    """Only our own labels count; anything else is as if nothing were declared."""
    assert charset_of(label) is None
    assert decode(b"<rss>plain</rss>", label) == ("<rss>plain</rss>", None)


def test_every_label_leads_to_a_codec_that_gives_text() -> None:
    """The list holds no name that Python lacks, and no codec from bytes to bytes."""
    assert all(codecs.lookup(codec)._is_text_encoding for codec in _LABELS.values())


@given(st.binary(max_size=300), st.sampled_from([*_LABELS, "nonsense", None]))
def test_every_body_becomes_text(body: bytes, label: str | None) -> None:
    """Nothing raises, and no half of a surrogate pair comes out."""
    decode(body, label)[0].encode("utf-8")


def test_a_false_declaration_is_told() -> None:
    """Text that is bent to be readable carries a complaint."""
    text, complaint = decode(b"<rss>\xff\x81</rss>", "utf-8")
    assert text.startswith("<rss>ÿ")
    assert complaint


@pytest.mark.parametrize(
    ("text", "codec", "declared", "bad"),
    [
        pytest.param(TEXT, "utf-8", ("utf-8",), b"\xff", id="utf-8"),
        pytest.param(TEXT, "utf-8", (), b"\xd0", id="nothing declared"),
        pytest.param(TEXT, "cp1251", ("windows-1251",), b"\x98", id="one byte a character"),
        pytest.param(
            "<rss>군인 만 명이 쿠르스크에</rss>", "cp949", ("euc-kr",), b"\xff", id="two bytes"
        ),
    ],
)
def test_a_few_bad_bytes_cost_no_more_than_themselves(
    text: str, codec: str, declared: tuple[str, ...], bad: bytes
) -> None:
    """All but what is broken is read as declared, and what is broken is counted."""
    body = text.encode(codec).replace(b"</rss>", bad + b"</rss>")
    found, complaint = decode(body, *declared)
    assert found == text.replace("</rss>", "\ufffd</rss>")
    assert complaint == f"1 characters that are not {codec}"


def test_a_text_of_another_character_set_is_told() -> None:
    """Western text under a false name is read; that it was false is said."""
    found = decode(WESTERN.encode("cp1252"), "utf-8")
    assert found == (WESTERN, "not the declared character set; read as cp1252")
