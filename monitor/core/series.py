# SPDX-License-Identifier: Apache-2.0
"""The series key of a claim: what it may be compared with.

Rules of this file: two claims have the same key exactly when their values are about the same
thing; a force that the gazetteer does not know is keyed by its literal, so it never meets another.
Figures without a force share a key, but say something of each other only where the place is the same
(`cases`).
"""

from __future__ import annotations

from monitor.core.model import Claim, Kind, Series, Status

# Nobody said whose people are counted.
UNKNOWN_FORCE = "unknown"


def force_key(claim: Claim) -> str:
    """Return the id of the claim's force, its literal as `text:…`, or `unknown`."""
    if claim.force is not None:
        return claim.force
    return f"text:{claim.force_text.casefold()}" if claim.force_text else UNKNOWN_FORCE


# "Officials said" names nobody: such a speaker has no ladder of its own, or every paper's officials
# would be one voice that keeps changing its mind. "A colonel" of one report is somebody.
_NOBODY = frozenset(
    "official officials source sources authority authorities expert experts analyst analysts "  # noqa: SIM905
    "diplomat diplomats observer observers report reports media people lawmakers someone "
    "spokesman spokeswoman spokesperson government military intelligence estimates estimate".split()
)
_ADJECTIVES = frozenset(
    "a an the some many several other senior top local regional security defence defense military "  # noqa: SIM905
    "intelligence government unnamed anonymous two three familiar with matter close to situation "
    "independent foreign recent earlier his her their its".split()
)


def family_of(claim: Claim) -> str | None:
    """Return the source family that a claim counts for; None where nobody is named."""
    source = claim.source
    if source is None:
        return None
    if source.id.startswith("text:"):
        words = set(source.id.removeprefix("text:").replace("-", " ").split())
        if words <= _NOBODY | _ADJECTIVES and words & _NOBODY:
            return None
    return source.family


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


def series_key(series: Series) -> str:
    """Return the name of a series for people: "troops/KP/kursk", "troops/KP/-/increment/planned".

    What is usual is left out: persons, totals, the present.
    """
    special = (
        "" if series.unit == "persons" else series.unit,
        "" if series.kind is Kind.TOTAL else series.kind,
        "" if series.status is Status.PRESENT else series.status,
    )
    parts = (series.measure, series.force, series.place or "-", *filter(None, special))
    return "/".join(parts)
