# SPDX-License-Identifier: Apache-2.0
"""Shadow rules: what experimental rules made of the articles of the past, beside the live ones.

What it is not: a backtest; what a shadow rule would have told is what the daemon noted when it
decided each article. Rules of this file: the live rule that a shadow is held against is the one it
extends, else all live rules together; the text form is made from the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.core.alerts import dedup_key
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Disposition, Hit, LedgerClaim, Outcome
from monitor.core.moments import utc_text
from monitor.core.rules import Rule
from monitor.core.wording import claim_phrase
from monitor.store import Store
from monitor.store.history import live_alerts, stored_outcomes


def shadow_report(
    store: Store, rules: Sequence[Rule], gazetteer: Gazetteer, since: datetime | None = None
) -> list[dict[str, Any]]:
    """Return for each experimental rule what it alone, the live ones alone and both told."""
    shadows = {rule.id: rule for rule in rules if not rule.is_live}
    if not shadows:
        return []
    outcomes = list(_noted(stored_outcomes(store, asked=tuple(shadows)), since))
    alerts = live_alerts(store, since)
    live = {rule.id for rule in rules if rule.is_live}
    reports: list[dict[str, Any]] = []
    for rule in shadows.values():
        beside = {rule.extends} & live if rule.extends else live
        reports.append(_compared(rule, beside or live, outcomes, alerts, gazetteer))
    return reports


def _noted(outcomes: Iterable[Outcome], since: datetime | None) -> Iterable[Outcome]:
    return (
        outcome
        for outcome in outcomes
        if outcome.evaluations
        and outcome.silenced is None
        and (since is None or outcome.article.seen >= since)
    )


def _compared(
    rule: Rule,
    beside: set[str],
    outcomes: Sequence[Outcome],
    alerts: Mapping[tuple[str, str], Sequence[str]],
    gazetteer: Gazetteer,
) -> dict[str, Any]:
    told: set[str] = set()
    only_shadow: list[dict[str, Any]] = []
    only_live: list[dict[str, Any]] = []
    both = 0
    for outcome in outcomes:
        for row, hit in _subjects(rule, outcome):
            key = outcome.article.id, row.id if row else ""
            live = [name for name in alerts.get(key, ()) if name in beside]
            shadow = hit is not None and _is_first(rule, row, outcome, told)
            if shadow and live:
                both += 1
            elif shadow and hit is not None:
                only_shadow.append(_line(row, outcome, hit.reason, gazetteer))
            elif live and hit is None:
                reason = f"{', '.join(live)} told it; {_miss(rule, outcome, key[1])}"
                only_live.append(_line(row, outcome, reason, gazetteer))
    return {
        "rule": rule.id,
        "beside": sorted(beside),
        "both": both,
        "only_shadow": only_shadow,
        "only_live": only_live,
    }


def _subjects(rule: Rule, outcome: Outcome) -> Iterable[tuple[LedgerClaim | None, Hit | None]]:
    """Yield every claim of an article, and the article itself, with the shadow's hit on it."""
    hits = {
        hit.claim: hit
        for evaluation in outcome.evaluations
        if evaluation.rule == rule.id
        for hit in evaluation.hits
        if hit.disposition is Disposition.ALERT
    }
    for row in outcome.claims:
        yield row, hits.get(row.id)
    yield None, hits.get(None)


def _is_first(rule: Rule, row: LedgerClaim | None, outcome: Outcome, told: set[str]) -> bool:
    key = dedup_key(rule.id, row, outcome.group)
    first = key not in told
    told.add(key)
    return first


def _miss(rule: Rule, outcome: Outcome, claim: str) -> str:
    misses = {
        name: reason
        for evaluation in outcome.evaluations
        if evaluation.rule == rule.id
        for name, reason in evaluation.misses
    }
    return misses.get(claim) or misses.get("") or "the shadow did not see it"


def _line(
    row: LedgerClaim | None, outcome: Outcome, reason: str, gazetteer: Gazetteer
) -> dict[str, Any]:
    article = outcome.article
    return {
        "at": article.seen.isoformat(),
        "summary": claim_phrase(row.claim, gazetteer) if row else article.title,
        "reason": reason,
        "article": article.id,
        "claim": row.id if row else None,
    }


def shadow_text(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return the report for a terminal."""
    lines: list[str] = []
    for report in reports:
        lines += [
            f"{report['rule']}, beside {', '.join(report['beside']) or 'no live rule'}",
            (
                f"  told by both: {report['both']}; by the shadow only:"
                f" {len(report['only_shadow'])}; by the live ones only: {len(report['only_live'])}"
            ),
        ]
        for key, mark in (("only_shadow", "+"), ("only_live", "-")):
            for row in report[key]:
                lines.append(
                    f"  {mark} {utc_text(datetime.fromisoformat(row['at']))}  {row['summary']}"
                )
                lines.append(f"{'':26}{row['reason']}")
    return "\n".join(lines) or "no rule is experimental"
