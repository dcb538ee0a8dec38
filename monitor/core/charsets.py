# SPDX-License-Identifier: Apache-2.0
"""Bytes to text through a fixed list of character sets.

What it is not: guessing by statistics. Rules of this file: a name from outside is looked up in our
list and never handed to Python's codec registry, which also knows "idna", "unicode_escape" and
whatever a library registered; decoding always gives text, with a complaint where it had to bend.
"""

from __future__ import annotations

import codecs

# label -> codec. As on the web, the ISO names of Western and Turkish text mean the Windows supersets.
_LABELS: dict[str, str] = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf8mb4",
        "utf-16": "utf-16 utf16 ucs-2 iso-10646-ucs-2 unicode csunicode",
        "utf-16-le": "utf-16le",
        "utf-16-be": "utf-16be",
        "utf-32": "utf-32 utf32 ucs-4 iso-10646-ucs-4",
        "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1 latin-1 l1 us-ascii ascii x-cp1252 ansi",
        "cp1250": "windows-1250 cp1250 x-cp1250",
        "cp1251": "windows-1251 cp1251 x-cp1251 win-1251 cp-1251",
        "cp1253": "windows-1253 cp1253",
        "cp1254": "windows-1254 cp1254 iso-8859-9 latin5",
        "cp1255": "windows-1255 cp1255",
        "cp1256": "windows-1256 cp1256",
        "cp1257": "windows-1257 cp1257",
        "cp1258": "windows-1258 cp1258",
        "cp866": "ibm866 cp866 866",
        "cp874": "windows-874 cp874 tis-620 iso-8859-11",
        "iso8859-2": "iso-8859-2 iso8859-2 latin2",
        "iso8859-3": "iso-8859-3",
        "iso8859-4": "iso-8859-4",
        "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
        "iso8859-6": "iso-8859-6 arabic",
        "iso8859-7": "iso-8859-7 greek",
        "iso8859-8": "iso-8859-8 hebrew iso-8859-8-i",
        "iso8859-10": "iso-8859-10",
        "iso8859-13": "iso-8859-13",
        "iso8859-14": "iso-8859-14",
        "iso8859-15": "iso-8859-15 latin9",
        "iso8859-16": "iso-8859-16",
        "koi8-r": "koi8-r koi8 koi8_r",
        "koi8-u": "koi8-u koi8-ru",
        "mac-roman": "macintosh mac x-mac-roman",
        "mac-cyrillic": "x-mac-cyrillic",
        "gb18030": "gb18030 gbk gb2312 gb_2312-80 x-gbk chinese",
        "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
        "cp932": "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji",
        "euc-jp": "euc-jp x-euc-jp eucjp",
        "iso2022-jp": "iso-2022-jp",
        "cp949": "euc-kr euckr ks_c_5601-1987 ksc5601 korean windows-949 cp949",
    }.items()
    for label in labels.split()
}
# Of these no text is valid UTF-8 by accident and in earnest something else.
_ONE_BYTE = frozenset(
    codec for codec in _LABELS.values() if codec.startswith(("cp12", "iso8859", "koi8", "mac"))
) | {"cp866", "cp874"}
# The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What stands for bytes that are no character.
UNREADABLE = "\ufffd"
# A text is of a character set for all that, if so many characters beyond ASCII fit for one that does not.
_MOST_BROKEN = 4
# "<?" and "< " in encodings of more than a byte, without a mark before it.
_SHAPES = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


def charset_of(label: str | None) -> str | None:
    """Return our name of a declared character set, or None if it is not on the list."""
    return None if label is None else _LABELS.get(label.strip().strip("\"'").lower())


def decode(body: bytes, *declared: str | None) -> tuple[str, str | None]:
    """Return the text of a body and what was wrong with its declaration, if anything.

    `declared` are labels from the outside in falling order of authority (HTTP header, then the
    document's own). Order: byte order mark, shape of the first bytes, UTF-8 where it fits and the
    declaration is of one byte a character, the declarations, UTF-8; then the first of these that fits
    but for a few bytes; then Windows-1252 with replacements.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _decode_as(body[len(mark) :], codec)
    for shape, codec in _SHAPES:
        if body.startswith(shape):
            return _decode_as(body, codec)
    named = [codec for codec in map(charset_of, declared) if codec is not None]
    if not named or named[0] in _ONE_BYTE:
        named.insert(0, "utf-8")
    for position, codec in enumerate((*named, "utf-8")):
        try:
            text = body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        return text, None if position < 2 else f"not the declared character set; read as {codec}"
    for codec in (*named, "utf-8"):
        if (mended := _mended(body, codec)) is not None:
            return mended, f"{mended.count(UNREADABLE):,} characters that are not {codec}"
    text, complaint = _decode_as(body, "cp1252")
    return text, complaint or (
        "not the declared character set; read as cp1252" if any(declared) else None
    )


def _mended(body: bytes, codec: str) -> str | None:
    """Return a text with marks for what cannot be read, if that is little beside what can."""
    try:
        text = body.decode(codec, "replace")
    except LookupError:
        return None
    broken = text.count(UNREADABLE)
    readable = sum(not char.isascii() for char in text) - broken
    return text if broken * _MOST_BROKEN <= readable else None


def _decode_as(body: bytes, codec: str) -> tuple[str, str | None]:
    try:
        return body.decode(codec), None
    except UnicodeDecodeError:
        return body.decode(codec, "replace"), f"bytes that are not {codec}"
