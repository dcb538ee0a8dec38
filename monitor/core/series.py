# SPDX-License-Identifier: Apache-2.0
"""The series key of a claim: what it may be compared with.

Rules of this file: two claims have the same key exactly when their values are about the same
thing; a force that the gazetteer does not know is keyed by its literal, so it never meets another.
"""

from __future__ import annotations

from monitor.core.model import Claim, Series


def force_key(claim: Claim) -> str:
    """Return the id of the claim's force, its literal as `text:…`, or `unknown`."""
    if claim.force is not None:
        return claim.force
    return f"text:{claim.force_text.casefold()}" if claim.force_text else "unknown"


def series_of(claim: Claim) -> Series:
    """Return the series that a claim belongs to."""
    return Series(
        measure=claim.measure,
        force=force_key(claim),
        unit=claim.unit,
        place=claim.place,
        kind=claim.kind,
        status=claim.status,
    )
