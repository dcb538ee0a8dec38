# SPDX-License-Identifier: Apache-2.0
"""Figures compared: the same, closer, wider or different; and what is too vague to compare.

Rules of this file: pure; the *stated* numbers decide whether two figures are the same, so that
"about", "more than" and "up to" alone never make another figure; only how two different figures
relate looks at what their bounds leave open.
"""

from __future__ import annotations

import math
from datetime import timedelta

from monitor.core.model import Bound, Claim, Kind, ValueRelation

# Two stated numbers are the same figure when they differ by at most this share of the larger:
# rounding of one count, not another count (DESIGN section 6).
SAME_WITHIN = 0.02
# A band wider than this factor, without a stated figure in it, says too little to be news.
VAGUE_FROM = 2.5
# Increments that are dated further apart than this are two arrivals. Chosen by hand.
_ONE_ROUND = timedelta(days=30)


def is_vague(claim: Claim) -> bool:
    """Say whether a claim is a band without a stated figure, too wide to be news."""
    return claim.vague and claim.high > claim.low * VAGUE_FROM


def same_value(a: Claim, b: Claim) -> bool:
    """Say whether two claims state the same figure; a wide band never equals a figure."""
    if is_vague(a) != is_vague(b):
        return False
    return _close(a.low, b.low) and _close(a.high, b.high)


def same_figure(a: Claim, b: Claim) -> bool:
    """Say whether two claims state one figure: "3,000 more" in January and in June are two."""
    if a.kind is Kind.INCREMENT and a.as_of_stated and b.as_of_stated and a.as_of and b.as_of:
        return same_value(a, b) and abs(a.as_of - b.as_of) <= _ONE_ROUND
    return same_value(a, b)


def _close(a: int, b: int) -> bool:
    return abs(a - b) <= SAME_WITHIN * max(a, b)


def interval(claim: Claim) -> tuple[float, float]:
    """Return what a claim leaves possible: "more than 10,000" has no upper end."""
    low = 0.0 if claim.bound is Bound.AT_MOST else float(claim.low)
    high = math.inf if claim.bound is Bound.AT_LEAST else float(claim.high)
    return low, high


def relation_of(new: Claim, known: Claim) -> ValueRelation:
    """Return how a new figure stands to a known one."""
    if same_value(new, known):
        return ValueRelation.SAME
    (low, high), (known_low, known_high) = interval(new), interval(known)
    if known_low <= low and high <= known_high:
        return ValueRelation.REFINES
    if low <= known_low and known_high <= high:
        return ValueRelation.WIDER
    return ValueRelation.DIFFERENT


def midpoint(claim: Claim) -> float:
    """Return the middle of the stated figure."""
    return (claim.low + claim.high) / 2
