# SPDX-License-Identifier: Apache-2.0
"""The checker of the kill test finds what it is there to find."""

from __future__ import annotations

import pytest
from soak import Kill, Sighting, judge

_ONE = frozenset({"tok-1"})


def _seen(message: str, outcome: str, tokens: frozenset[str] = _ONE) -> Sighting:
    return Sighting("desk", message, tokens, outcome)


@pytest.mark.parametrize(
    ("sightings", "kills", "broken"),
    [
        ([_seen("a", "taken")], [], ""),
        ([], [], "lost"),
        ([_seen("a", "refused")], [], "lost"),
        ([_seen("a", "refused"), _seen("a", "taken")], [], ""),
        ([_seen("a", "unknown"), _seen("a", "taken")], [], ""),
        ([_seen("a", "unknown"), _seen("b", "taken")], [], "two_ids"),
        ([_seen("a", "taken"), _seen("a", "taken")], [], "needless"),
        ([_seen("a", "taken"), _seen("a", "taken")], [Kill(1, frozenset())], ""),
        ([_seen("a", "taken"), _seen("a", "taken")], [Kill(1, frozenset({"a"}))], "needless"),
        ([_seen("a", "taken"), _seen("a", "taken")], [Kill(2, frozenset())], "needless"),
        (
            [_seen("a", "unknown"), _seen("a", "taken", frozenset({"tok-1", "tok-2"}))],
            [],
            "changed",
        ),
    ],
)
def test_each_breach_is_named(sightings: list[Sighting], kills: list[Kill], broken: str) -> None:
    """Lost, renamed, altered and needlessly repeated messages are told apart; doubt is allowed."""
    verdict = judge(_ONE, ["desk"], sightings, kills)
    kinds = ("lost", "two_ids", "needless", "changed")
    assert [kind for kind in kinds if getattr(verdict, kind)] == ([broken] if broken else [])
    assert verdict.is_clean is (not broken)
