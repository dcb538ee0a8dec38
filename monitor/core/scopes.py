# SPDX-License-Identifier: Apache-2.0
"""Scopes of rules: whether a claim is one that a rule looks at, and how much its source counts.

Rules of this file: pure; the conditions are asked in a fixed order, and the number of the one that
fails says how near a claim came.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import LedgerClaim
from monitor.core.rules import Scope

# Names in `weights` for those that have no id of the gazetteer.
UNKNOWN_SOURCE = "unknown"
UNNAMED_SOURCE = "unnamed"


def scope_miss(scope: Scope, row: LedgerClaim, gazetteer: Gazetteer) -> tuple[int, str] | None:
    """Return the first condition of a scope that fails, numbered from 1, and why; None if all hold."""
    series, claim = row.series, row.claim
    place, source = claim.place or "unknown", claim.source.id if claim.source else UNKNOWN_SOURCE
    conditions = (
        (series.measure == scope.measure, f"measure {series.measure} is not {scope.measure}"),
        (not scope.units or series.unit in scope.units, f"unit {series.unit} is not in units"),
        (
            not scope.forces or series.force in scope.forces,
            f"force {series.force} is not in forces",
        ),
        (not scope.kinds or series.kind in scope.kinds, f"kind {series.kind} is not in kinds"),
        (is_placed(scope, row, gazetteer), f"place {place} is not in places"),
        (_is_sourced(scope, row, gazetteer), f"source {source} is not in sources"),
    )
    for number, (holds, reason) in enumerate(conditions, start=1):
        if not holds:
            return number, reason
    return None


def is_placed(scope: Scope, row: LedgerClaim, gazetteer: Gazetteer) -> bool:
    """Say whether a claim is about one of a scope's places, or about none where that counts."""
    if not scope.places:
        return True
    if row.claim.place is None:
        return scope.unknown_place and row.claim.place_text is None
    return any(gazetteer.is_within(row.claim.place, place) for place in scope.places)


def _is_sourced(scope: Scope, row: LedgerClaim, gazetteer: Gazetteer) -> bool:
    return not scope.sources or any(name in scope.sources for name in _names(row, gazetteer))


def trust(scope: Scope, row: LedgerClaim, gazetteer: Gazetteer) -> float:
    """Return the weight of the nearest of a claim's source, institutions and family that has one."""
    weights = dict(scope.weights)
    return next((weights[name] for name in _names(row, gazetteer) if name in weights), 1.0)


def _names(row: LedgerClaim, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield under which names a source may be meant, nearest first."""
    source = row.claim.source
    if source is None:
        yield UNNAMED_SOURCE
        return
    yield source.id
    node, seen = gazetteer.sources.get(source.id), {source.id}
    if node is None:
        yield UNKNOWN_SOURCE
    while node is not None and node.parent is not None and node.parent not in seen:
        seen.add(node.parent)
        yield node.parent
        node = gazetteer.sources.get(node.parent)
    if source.family not in seen:
        yield source.family


def middle(row: LedgerClaim) -> float:
    """Return the middle of a claim's figure, never zero."""
    return max((row.claim.low + row.claim.high) / 2, 1e-9)
