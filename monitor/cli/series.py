# SPDX-License-Identifier: Apache-2.0
"""`figurewatch series list|show`."""

from __future__ import annotations

import json

import click

from monitor.bootstrap import assemble
from monitor.cli.options import config_option, emit_rows, format_option, moment_text, shown
from monitor.core.conflicts import Clash, Conflict, Holding, conflict_in
from monitor.core.gazetteer import Gazetteer
from monitor.core.ladders import Rung, as_of, is_rung
from monitor.core.model import LedgerClaim, Series
from monitor.core.series import series_key
from monitor.core.wording import claim_phrase
from monitor.store import LedgerQuery

_COLUMNS = (
    "series",
    "figures",
    "low",
    "high",
    "spread",
    "disputed",
    "moved",
    "families",
    "last_said",
)


@click.group()
def series() -> None:
    """Look at series: who holds which figure, since when, and how far apart they are."""


@series.command("list")
@config_option
@format_option()
@click.option("--measure", help="Only series of this measure.")
@click.option("--force", help="Only series of this force.")
@click.option("--place", help="Only series of this place and all it contains.")
@click.option("--disputed", is_flag=True, help="Only series whose families contradict each other.")
def list_(
    config: str | None,
    form: str,
    measure: str | None,
    force: str | None,
    place: str | None,
    disputed: bool,
) -> None:
    """List the series that hold a figure, with the figures that stand and their spread."""
    assembly = assemble(config)
    gazetteer = assembly.site.knowledge.gazetteer
    with assembly.look_into_store() as store:
        rows = store.ledger(LedgerQuery(measure=measure, force=force, withdrawn=False))
    conflicts = [
        found
        for found in _conflicts(rows, gazetteer)
        if (place is None or gazetteer.is_within(found.series.place, place))
        and (found.is_disputed or not disputed)
    ]
    emit_rows([_row(found) for found in conflicts], _COLUMNS, form)


@series.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("key", metavar="SERIES")
def show(config: str | None, form: str, key: str) -> None:
    """Show the ladder of every family in a series, and where they contradict each other.

    SERIES is as `series list` prints it, such as troops/KP/kursk.
    """
    assembly = assemble(config)
    gazetteer = assembly.site.knowledge.gazetteer
    with assembly.look_into_store() as store:
        rows = store.ledger(LedgerQuery(withdrawn=False))
    found = next(
        (one for one in _conflicts(rows, gazetteer) if series_key(one.series) == key), None
    )
    if found is None:
        msg = f"no series {key!r}; `figurewatch series list` names them"
        raise click.ClickException(msg)
    if form == "json":
        click.echo(json.dumps(_conflict(found, gazetteer), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(map(shown, _lines(found, gazetteer))))


def _conflicts(rows: tuple[LedgerClaim, ...], gazetteer: Gazetteer) -> list[Conflict]:
    """Return the conflict of every series that holds a figure, by name."""
    alike: dict[tuple[str, str], list[LedgerClaim]] = {}
    for row in rows:
        alike.setdefault((row.series.measure, row.series.force), []).append(row)
    found: dict[Series, Conflict] = {}
    for row in rows:
        if is_rung(row) and row.series not in found:
            known = alike[row.series.measure, row.series.force]
            found[row.series] = conflict_in(row.series, known, gazetteer)
    return sorted(found.values(), key=lambda one: series_key(one.series))


def _row(found: Conflict) -> dict[str, object]:
    return {
        "series": series_key(found.series),
        "figures": sum(len(holding.rungs) for holding in found.holdings),
        "low": found.low,
        "high": found.high,
        "spread": found.spread,
        "disputed": found.is_disputed,
        "moved": found.moved.family if found.moved else None,
        "families": [holding.family or "unknown" for holding in found.holdings],
        "last_said": moment_text(max(holding.now.last_said for holding in found.holdings)),
    }


def _conflict(found: Conflict, gazetteer: Gazetteer) -> dict[str, object]:
    return _row(found) | {
        "holdings": [_holding(holding, found) for holding in found.holdings],
        "clashes": [
            {
                "part": {"id": clash.part.id, "summary": claim_phrase(clash.part.claim, gazetteer)},
                "whole": {
                    "id": clash.whole.id,
                    "summary": claim_phrase(clash.whole.claim, gazetteer),
                },
            }
            for clash in found.clashes
        ],
    }


def _holding(holding: Holding, found: Conflict) -> dict[str, object]:
    return {
        "family": holding.family,
        "low": holding.now.low,
        "high": holding.now.high,
        "since": holding.since.isoformat(),
        "last_said": moment_text(holding.now.last_said),
        "outlier": holding.family in found.outliers,
        "ladder": [
            {
                "low": rung.low,
                "high": rung.high,
                "since": as_of(rung.first).isoformat(),
                "repeats": len(rung.repeats),
                "claims": [row.id for row in rung.setting],
                "said_by": _speaker(rung.first),
                "publisher": rung.first.publisher,
            }
            for rung in reversed(holding.rungs)
        ],
    }


def _lines(found: Conflict, gazetteer: Gazetteer) -> list[str]:
    spread = f", {found.spread:,} apart" if found.spread else ""
    lines = [f"{series_key(found.series)}: {_interval(found.low, found.high)}{spread}"]
    for holding in found.holdings:
        family = gazetteer.family_name(holding.family) if holding.family else "nobody named"
        far = ", far from the others" if holding.family in found.outliers else ""
        lines.append(
            f"{family}: {_interval(holding.now.low, holding.now.high)} since {holding.since}{far}"
        )
        lines += [_rung_line(rung) for rung in reversed(holding.rungs)]
    if found.moved is not None and found.moved.before is not None:
        before = found.moved.before
        lines.append(
            f"moved last: {found.moved.family}, from {_interval(before.low, before.high)}"
            f" on {found.moved.since}"
        )
    return lines + [_clash_line(clash, gazetteer) for clash in found.clashes]


def _rung_line(rung: Rung) -> str:
    first = rung.first
    said = f"{_speaker(first) or 'source not named'}, {first.publisher}"
    repeats = f", {len(rung.repeats)} repeats" if rung.repeats else ""
    return f"  {as_of(first)}  {_interval(rung.low, rung.high):>17}  {said}{repeats}  {first.id}"


def _clash_line(clash: Clash, gazetteer: Gazetteer) -> str:
    part, whole = (
        claim_phrase(clash.part.claim, gazetteer),
        claim_phrase(clash.whole.claim, gazetteer),
    )
    return f"does not fit: {part}, but {whole}"


def _speaker(row: LedgerClaim) -> str | None:
    return row.claim.source.name if row.claim.source else None


def _interval(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"
