# SPDX-License-Identifier: Apache-2.0
"""Golden files as they are: one file a form, in tests/golden/<test module>, named by the test.

Regenerate with `pytest --snapshot-update` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

_GOLDEN = Path(__file__).parent / "golden"


class _Golden(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        return str(_GOLDEN / test_location.basename)


class GoldenText(_Golden):
    """Plain text."""

    file_extension = "txt"


class GoldenHtml(_Golden):
    """HTML."""

    file_extension = "html"


class GoldenJson(_Golden):
    """Indented JSON."""

    file_extension = "json"


class GoldenMail(_Golden):
    """A whole mail."""

    file_extension = "eml"
