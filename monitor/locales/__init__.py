# SPDX-License-Identifier: Apache-2.0
"""The catalogues: one TOML file a language, read into `core.words.Words`.

What it is not: the English texts, which stand in code and templates and are the keys. Rules of this
file: a language is a file here and nothing else; a text that a file does not have is shown in
English. A test collects every text that the program says and holds each catalogue against them.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from monitor.core.words import ENGLISH, Words

_FOLDER = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def shipped_words() -> dict[str, Words]:
    """Return every language by its code, English first."""
    found = {"en": ENGLISH}
    for path in sorted(_FOLDER.glob("*.toml")):
        found[path.stem] = read_words(path)
    return found


def read_words(path: Path) -> Words:
    """Read one catalogue."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    style = table["style"]
    return Words(
        language=path.stem,
        name=style["name"],
        months=tuple(style["months"]),
        day=style["day"],
        thousands=style["thousands"],
        texts=table["texts"],
    )
