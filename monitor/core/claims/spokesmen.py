# SPDX-License-Identifier: Apache-2.0
"""For whom an unnamed soldier of an office speaks: "an army spokesman", "a spokeswoman for the post".

What it is not: offices that name their state (`speakers`), or titles that the text gives one (`titles`). Rules of
this file: whoever speaks for a military body that counts its own soldiers speaks for their state; who commands in
the field speaks for himself.
"""

from __future__ import annotations

import re

_SPEAKS = r"(?:spokes(?:man|woman|person|people)s?|officials?|public\s+affairs\s+officers?)"
_BODY = (
    r"(?:army|military|navy|naval|air\s+force|marine\s+corps|marines|(?:national\s+)?guard|armed\s+forces|brigade|division|battalion|"
    r"regiment|corps|post|base|garrison|fleet|squadron|wing|contingent|unit|defen[cs]e(?:\s+(?:forces?|ministry|department))?|"
    r"general\s+staff|joint\s+staff|(?:northern|southern|eastern|western|central)\s+command)"
)
_OF_BODY = re.compile(
    rf"(?:\b{_BODY}\s+{_SPEAKS}|\b{_SPEAKS}\s+(?:for|of|at|from)\s+(?:the\s+|its\s+|their\s+)?(?:[\w'-]+\s+){{0,3}}?{_BODY})\b",
    re.IGNORECASE,
)


def speaks_for_body(words: str) -> bool:
    """Say whether the words of a cue name somebody who speaks for a military body of no named state."""
    return _OF_BODY.search(words) is not None
