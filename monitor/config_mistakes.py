# SPDX-License-Identifier: Apache-2.0
"""What is left of a configuration when its mistakes of shape are taken out.

What it is not: a configuration that may be used. It exists so that one run tells every mistake: what
depends on the settings (rules, seeds, secrets) is looked at with what is left. Rules of this file: a
table in a list keeps its place, so that later mistakes point at the right one; what is taken out
must not make new mistakes elsewhere, so a subscriber leaves a stand-in of his name behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config_fields import parse_duration

# How often mistakes may show others behind them before we stop looking.
MOST_ROUNDS = 5
_STAND_INS: Mapping[str, dict[str, str]] = {
    "feed": {"url": "https://stand-in.invalid/"},
    "subscriber": {"email": "stand-in@stand-in.invalid"},
}
# Without one of these a row is another one, or has mistakes that nobody made.
_BEARING = frozenset(
    {
        "id",
        "url",
        "email",
        "webhook",
        "webhook_file",
        "secret_file",
        "apprise_file",
        "format",
        "username",
        "password_file",
        "token_file",
        "header",
    }
)


def is_behind(mistake: ErrorDetails, touched: set[str]) -> bool:
    """Say whether a mistake of a whole section may only come from what was taken out of it."""
    return len(mistake["loc"]) == 1 and mistake["loc"][0] in touched


def without_mistakes(
    tree: Mapping[str, Any], error: ValidationError
) -> tuple[dict[str, Any], set[str]]:
    """Return the tree without what is mistaken in it, and the sections that lost something."""
    rest, touched = deepcopy(dict(tree)), set()
    for mistake in error.errors(include_url=False):
        where = mistake["loc"]
        if not where:
            _take_out_doubles(rest)
            continue
        section = str(where[0])
        touched.add(section)
        table = rest.get(section)
        if len(where) == 1:
            taken = _take_out_durations(table)
        else:
            taken = _take_out(table, section, where[1:])
        if not taken:
            rest.pop(section, None)
    return rest, touched


def _take_out_durations(table: object) -> bool:
    """Take out of a section what its values are held against each other for; False without any."""
    if not isinstance(table, dict):
        return False
    durations = [key for key, value in table.items() if _is_duration(value)]
    for key in durations:
        del table[key]
    return bool(durations)


def _is_duration(value: object) -> bool:
    try:
        parse_duration(value)
    except ValueError:
        return False
    return True


def _take_out(table: object, section: str, where: tuple[int | str, ...]) -> bool:
    """Take a key out of a table, or out of a row of it; False when that cannot be done."""
    if isinstance(table, dict):
        table.pop(where[0], None)
        return True
    row = where[0]
    if not isinstance(table, list) or not isinstance(row, int) or section not in _STAND_INS:
        return False
    found = table[row]
    if isinstance(found, dict) and len(where) > 1 and where[1] not in _BEARING:
        found.pop(where[1], None)
    else:
        table[row] = _stand_in(section, row, found, is_named="id" not in where)
    return True


def _stand_in(section: str, row: int, found: object, *, is_named: bool) -> dict[str, object]:
    name = found.get("id") if isinstance(found, dict) and is_named else None
    return {"id": name or f"stand-in-{row}", **_STAND_INS[section]}


def _take_out_doubles(tree: dict[str, Any]) -> None:
    """Give rows whose id was used before an id of their own."""
    for section in _STAND_INS:
        ids: set[object] = set()
        for row, found in enumerate(tree.get(section, ())):
            if found.get("id") in ids:
                found["id"] = f"stand-in-{row}"
            ids.add(found.get("id"))
