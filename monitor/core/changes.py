# SPDX-License-Identifier: Apache-2.0
"""What a changed entry did to its figures: which stayed, which gave way to which, came or went.

What it is not: a verdict; a figure that is gone may merely have been cut. Rules of this file: each
claim and each earlier row is named at most once; rows are compared within their measure and force.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.model import FigureChanges, LedgerClaim
from monitor.core.values import same_value


def figure_changes(
    before: Sequence[LedgerClaim], after: Sequence[LedgerClaim], previous: str
) -> FigureChanges:
    """Return how the figures of a reading differ from those of the `previous` one."""
    gone = list(before)
    kept: list[str] = []
    rest: list[LedgerClaim] = []
    for row in after:
        same = next((old for old in gone if _is_same(old, row)), None)
        if same is None:
            rest.append(row)
        else:
            gone.remove(same)
            kept.append(row.id)
    altered: list[tuple[str, str]] = []
    added: list[str] = []
    for row in rest:
        old = next((old for old in gone if _gave_way(old, row)), None)
        if old is None:
            added.append(row.id)
        else:
            gone.remove(old)
            altered.append((old.id, row.id))
    return FigureChanges(
        previous=previous,
        kept=tuple(kept),
        altered=tuple(altered),
        added=tuple(added),
        gone=tuple(row.id for row in gone),
    )


def _is_comparable(old: LedgerClaim, row: LedgerClaim) -> bool:
    return (old.series.measure, old.series.force, old.series.unit, old.series.kind) == (
        row.series.measure,
        row.series.force,
        row.series.unit,
        row.series.kind,
    )


def _is_same(old: LedgerClaim, row: LedgerClaim) -> bool:
    return _is_comparable(old, row) and same_value(old.claim, row.claim)


def _gave_way(old: LedgerClaim, row: LedgerClaim) -> bool:
    if row.previous == old.id:
        return True
    return _is_comparable(old, row) and (
        old.family == row.family or None in {old.family, row.family}
    )
