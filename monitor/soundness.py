# SPDX-License-Identifier: Apache-2.0
"""Whether what we stand on is sound: libraries with known faults, and the limits of the unit.

What it is not: a scanner; distributions mend old versions without renaming them, so a version alone
is a reason to look, not to refuse. Rules of this file: each sentence names the fault and what helps.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from xml.parsers import expat

Version = tuple[int, int, int]

# The drop-in that closes the unit's addresses sets this, so that its absence is noticed.
FILTER_EXPECTED = "FIGUREWATCH_ADDRESS_FILTER"
_METADATA = ("169.254.169.254", 9)
_LEAST_EXPAT: Version = (2, 7, 2)
_FIRST_SOUND_SQLITE: Version = (3, 51, 3)


def expat_version() -> Version:
    """Return the version of the XML parser that feedparser uses."""
    major, minor, patch = expat.version_info
    return major, minor, patch


def mail_folds_safely() -> bool:
    """Say whether the standard library keeps a line break of a subject out of the headers."""
    mail = EmailMessage()
    try:
        mail["Subject"] = "=?utf-8?q?a=0D=0AX-Injected=3A_b?=" + "x" * 60
        raw = mail.as_bytes()
    except ValueError:
        return True
    return b"\nX-Injected:" not in raw


def weaknesses(
    *, expat_is: Version, sqlite_is: Version, mail_is_safe: Callable[[], bool]
) -> tuple[str, ...]:
    """Return what is known to be wrong with the given versions, in plain words."""
    found = []
    if expat_is < _LEAST_EXPAT:
        found.append(
            f"expat {_dotted(expat_is)} is older than {_dotted(_LEAST_EXPAT)} (CVE-2025-59375 and "
            "before), unless the distribution mended it: parsing is held in worker processes with "
            "limits; a newer Python brings a newer one"
        )
    if not mail_is_safe():
        found.append(
            "this Python lets a line break in a mail subject make a header (CVE-2024-6923): "
            "subjects are stripped before, but update to 3.11.10, 3.12.5 or later"
        )
    if (3, 7, 0) <= sqlite_is < _FIRST_SOUND_SQLITE:
        found.append(
            f"SQLite {_dotted(sqlite_is)} can damage a database when two programs checkpoint at "
            f"once (mended in {_dotted(_FIRST_SOUND_SQLITE)}): keep other programs from writing it, "
            "and keep the backup timer"
        )
    return tuple(found)


def system_call_filter_active(pid: int) -> bool | None:
    """Say whether a process runs under a system-call filter; None where that cannot be read."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    rows = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    value = rows.get("Seccomp", "").strip()
    return value == "2" if value else None


def address_filter_complaint() -> str | None:
    """Say that this process can reach addresses that its unit should close; None if all is well.

    Asked once at start: in containers the kernel's address filter can be silently absent.
    """
    if not os.environ.get(FILTER_EXPECTED):
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.sendto(b"", _METADATA)
        except PermissionError:
            return None
        except OSError:
            pass  # no route says nothing about the filter
    return (
        "the address filter of the unit (IPAddressDeny=) is not active; "
        "only the program's own check guards private addresses"
    )


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
