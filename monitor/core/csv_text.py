# SPDX-License-Identifier: Apache-2.0
"""Text that a spreadsheet must not run.

What it is not: CSV itself. Rules of this file: text that a spreadsheet program may take for a
formula gets an apostrophe; a plain number, signed or not, stays the number it is.
"""

from __future__ import annotations

import re

# With the wide forms, which some programs fold, and the blanks that some skip.
_FORMULA = re.compile(
    "[\\s\u00a0\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n\x00]", re.UNICODE
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


def csv_text(text: str) -> str:
    """Return text as it may stand in a cell."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
