# SPDX-License-Identifier: Apache-2.0
"""Pixels for the chart of a mail, where the extra `chart` is installed.

What it is not: the chart (`core.chart`). Rules of this file: without the extra, or where it fails,
mails have the table alone; the same picture makes the same bytes.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

Painter = Callable[[str], bytes | None]
# Twice the size, for screens with small pixels; the mail shows it at half.
_ZOOM = 2


def painter() -> Painter | None:
    """Return what makes PNG out of SVG, or None where it is not installed."""
    return _paint if importlib.util.find_spec("resvg_py") is not None else None


def _paint(svg: str) -> bytes | None:
    import resvg_py  # noqa: PLC0415  (an extra)

    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM))
    except (ValueError, RuntimeError, OSError):
        return None
