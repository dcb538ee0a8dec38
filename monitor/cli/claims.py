# SPDX-License-Identifier: Apache-2.0
"""`figurewatch claims list|show|reject`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import click

from monitor.bootstrap import assemble
from monitor.cli.options import config_option, emit_rows, format_option, moment_text, shown
from monitor.core.alerts import carriers
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import LedgerClaim, Verdict
from monitor.core.payload import claim_json
from monitor.core.series import series_key
from monitor.core.wording import claim_phrase
from monitor.dispatch import Dispatch
from monitor.store import LedgerQuery, Store

_COLUMNS = ("id", "said", "verdict", "summary", "publisher", "facts", "withdrawn")
_Record = dict[str, object]


@click.group()
def claims() -> None:
    """Look at the claims of the ledger, and take back what is wrong."""


@claims.command("list")
@config_option
@format_option()
@click.option("--measure", help="Only claims of this measure.")
@click.option("--force", help="Only claims about this force.")
@click.option("--place", help="Only claims for exactly this place.")
@click.option("--family", help="Only claims of this source family.")
@click.option("--verdict", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--article", metavar="ID", help="Only claims of this article.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only claims said since this day.")
@click.option("--withdrawn", is_flag=True, help="Only claims that were taken back.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
def list_(
    config: str | None,
    form: str,
    since: datetime | None,
    withdrawn: bool,
    limit: int,
    **wanted: str | None,
) -> None:
    """List the newest claims, oldest first, with their verdicts."""
    assembly = assemble(config)
    gazetteer = assembly.site.knowledge.gazetteer
    query = LedgerQuery(
        since=since.replace(tzinfo=UTC) if since else None,
        withdrawn=True if withdrawn else None,
        limit=limit,
        **wanted,
    )
    with assembly.look_into_store() as store:
        rows = store.ledger(query)
    emit_rows([_row(row, gazetteer) for row in rows], _COLUMNS, form)


@claims.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.argument("claim_id", metavar="ID")
def show(config: str | None, form: str, claim_id: str) -> None:
    """Show a claim: verdict and reason, what it was compared with, its alerts and who carries it."""
    assembly = assemble(config)
    gazetteer = assembly.site.knowledge.gazetteer
    with assembly.look_into_store() as store:
        found = _details(_known(store, claim_id), store, gazetteer)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(shown(found))))


@claims.command()
@config_option
@click.option("--reason", required=True, help="Why; those who got an alert about it will read it.")
@click.argument("claim_id", metavar="ID")
def reject(config: str | None, reason: str, claim_id: str) -> None:
    """Take back a claim that should not stand, and tell exactly those who got an alert about it.

    Works while the daemon runs; without one, the follow-up waits in the outbox.
    """
    from monitor.pipeline import reject_claim  # noqa: PLC0415

    assembly = assemble(config)
    with assembly.open_store() as store:
        row = _known(store, claim_id)
        if row.withdrawn:
            msg = f"claim {claim_id} was taken back before"
            raise click.ClickException(msg)
        dispatch, now = Dispatch(store), assembly.clock.now()
        everybody = assembly.audience(store).subscribers()
        site = replace(assembly.site, subscribers=everybody)
        decision = reject_claim(store, dispatch, row, site, now, reason)
        told = {alert.id: dispatch.routings.reached(alert.id).told for alert in decision.alerts}
    copies = len(decision.withdrawals) - 1
    click.echo(f"{claim_id} is taken back{f', with {copies} copies' if copies else ''}")
    for alert in decision.alerts:
        channels = ", ".join(sorted(told[alert.id])) or "nobody: no message about it had gone out"
        click.echo(f"{alert.id} puts right {', '.join(alert.corrects)}, to {channels}")


def _known(store: Store, claim_id: str) -> LedgerClaim:
    row = store.claim(claim_id)
    if row is None:
        msg = f"no claim {claim_id!r}; `figurewatch claims list` names them"
        raise click.ClickException(msg)
    return row


def _row(row: LedgerClaim, gazetteer: Gazetteer) -> _Record:
    return {
        "id": row.id,
        "said": moment_text(row.said),
        "verdict": row.verdict.value,
        "summary": claim_phrase(row.claim, gazetteer),
        "publisher": row.publisher,
        "facts": [fact.value for fact in row.facts],
        "withdrawn": row.withdrawn,
        "series": series_key(row.series),
        "reason": row.reason,
        "article": row.article,
        "family": row.family,
        "low": row.claim.low,
        "high": row.claim.high,
    }


def _details(row: LedgerClaim, store: Store, gazetteer: Gazetteer) -> _Record:
    compared = [known for known in map(store.claim, row.compared) if known is not None]
    return {
        **_row(row, gazetteer),
        "relation": row.relation.value if row.relation else None,
        "compared": [
            {"id": known.id, "summary": claim_phrase(known.claim, gazetteer)} for known in compared
        ],
        "withdrawals": [
            {
                "at": moment_text(mark.at),
                "cause": mark.cause.value,
                "reason": mark.reason,
                "article": mark.article,
            }
            for mark in store.withdrawals(row.id)
        ],
        "alerts": _alerts(row, store),
        "claim": claim_json(row, gazetteer),
    }


def _alerts(row: LedgerClaim, store: Store) -> list[_Record]:
    found: list[_Record] = []
    for alert in store.alerts_about(row.id):
        seen = carriers(alert, store.witnesses(alert.id))
        found.append(
            {
                "id": alert.id,
                "rule": alert.rule,
                "reason": alert.reason,
                "corrects": list(alert.corrects),
                "articles": seen.articles,
                "outlets": seen.outlets,
                "independent": seen.independent,
            }
        )
    return found


def _lines(found: _Record) -> list[str]:
    compared, marks, alerts = found["compared"], found["withdrawals"], found["alerts"]
    assert isinstance(compared, list)  # noqa: S101  (built above)
    assert isinstance(marks, list)  # noqa: S101
    assert isinstance(alerts, list)  # noqa: S101
    lines = [
        f"{found['id']}  {found['summary']}",
        f"  {found['verdict']}: {found['reason']}",
        f"  said {found['said']} in {found['publisher']} ({found['article']})",
        f"  series {found['series']}",
    ]
    facts = found["facts"]
    lines += [f"  {', '.join(facts)}"] if isinstance(facts, list) and facts else []
    lines += [f"  compared with {row['id']}  {row['summary']}" for row in compared]
    lines += [f"  taken back {row['at']} by {row['cause']}: {row['reason']}" for row in marks]
    for row in alerts:
        again = f", puts right {', '.join(row['corrects'])}" if row["corrects"] else ""
        count = f"{row['outlets']} outlets, {row['independent']} independent"
        lines.append(f"  alert {row['id']} by {row['rule']}{again}: {count}")
    return lines
