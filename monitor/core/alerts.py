# SPDX-License-Identifier: Apache-2.0
"""From hits to alerts and witnesses, and the ids of what tells about them.

What it is not: who is told (`routing`), or the words of a mail. Rules of this file: one alert per
rule, series, source family, value and rung (the rung lets a family that returns to an old value
alert again, while another outlet or a restart never repeats one); ids are functions of their keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.ladders import age, track
from monitor.core.memory import Memory
from monitor.core.model import (
    Alert,
    Article,
    ArticleRef,
    Fact,
    Hit,
    LedgerClaim,
    Outcome,
    Verdict,
    Witness,
)
from monitor.core.rules import Rule
from monitor.core.values import is_vague, same_value

# A mail shows the figure's own ladder and what others say; more rows than this nobody reads.
_MOST_PREVIOUS = 8
_KNOWN_BEFORE = frozenset({Verdict.DUPLICATE, Verdict.RESTATEMENT, Verdict.CORROBORATION})


def dedup_key(rule: str, row: LedgerClaim | None, group: str) -> str:
    """Return what makes two alerts the same: of a figure, or (no claim) of a publication group."""
    if row is None:
        return f"{rule}|group|{group}"
    series, claim = row.series, row.claim
    return "|".join(
        (
            rule,
            series.measure,
            series.force,
            series.unit,
            series.place or "-",
            series.kind,
            series.status,
            row.family or "unknown",
            _news(row),
            f"{claim.low}-{claim.high}",
            str(row.rung),
        )
    )


def _news(row: LedgerClaim) -> str:
    """Return what is told of a figure: itself, that it replaces a wrong one, or that it lives on."""
    if row.verdict is Verdict.CORRECTION:
        return "correction"
    # Only the first repeat after a month of silence has the fact, so a day tells them apart.
    return f"still {row.said:%Y-%m-%d}" if Fact.STILL_CLAIMED in row.facts else "figure"


def alert_id(key: str) -> str:
    """Return the id of the alert with a dedup key."""
    return "al_" + hashlib.sha256(key.encode()).hexdigest()[:16]


def raise_alert(rule: Rule, hit: Hit, outcome: Outcome, memory: Memory, now: datetime) -> Alert:
    """Make the alert of one hit. `outcome` is not yet part of `memory`."""
    row = next((row for row in outcome.claims if row.id == hit.claim), None)
    key = dedup_key(rule.id, row, outcome.group)
    return Alert(
        id=alert_id(key),
        dedup_key=key,
        rule=rule.id,
        rule_title=rule.title,
        severity=hit.severity or rule.severity,
        disposition=hit.disposition,
        reason=hit.reason,
        claim=row,
        previous=_previous(row, outcome, memory) if row is not None else (),
        article=cite(outcome.article),
        created=now,
    )


def cite(article: Article) -> ArticleRef:
    """Return an article as alerts cite it."""
    return ArticleRef(
        id=article.id,
        url=article.url,
        title=article.title,
        publisher=article.publisher,
        published=article.published,
    )


def _previous(row: LedgerClaim, outcome: Outcome, memory: Memory) -> tuple[LedgerClaim, ...]:
    """Return what a row replaces, which may stand in the same article, and the earlier figures."""
    own = next((other for other in outcome.claims if other.id == row.previous), None)
    replaced = own or (memory.claim(row.previous) if row.previous else None)
    return earlier(row, replaced, memory.claims_like(row.series.measure, row.series.force))


def earlier(
    row: LedgerClaim, replaced: LedgerClaim | None, rows: Iterable[LedgerClaim]
) -> tuple[LedgerClaim, ...]:
    """Return the replaced row first, then other figures of the same force, newest first.

    One row per family, place and value: the first that stated it.
    """
    seen = {_face(row)} | ({_face(replaced)} if replaced else set())
    others: list[LedgerClaim] = []
    for known in rows:
        if track(known.series) != track(row.series):
            continue
        if is_vague(known.claim) or _face(known) in seen:
            continue
        seen.add(_face(known))
        others.append(known)
    others.sort(key=age, reverse=True)
    return ((replaced,) if replaced else ()) + tuple(others[:_MOST_PREVIOUS])


def _face(row: LedgerClaim) -> tuple[str | None, str | None, int, int]:
    return row.family, row.claim.place, row.claim.low, row.claim.high


def witnesses(outcome: Outcome, memory: Memory) -> tuple[Witness, ...]:
    """Attach a later report of known figures to the alerts that those figures raised."""
    found: dict[str, Witness] = {}
    for row in outcome.claims:
        if row.verdict not in _KNOWN_BEFORE:
            continue
        for compared in row.compared:
            known = memory.claim(compared)
            if known is None or not same_value(known.claim, row.claim):
                continue
            for alert in memory.alerts_about(compared):
                witness = Witness(
                    alert=alert.id,
                    article=outcome.article.id,
                    group=outcome.group,
                    claim=row.id,
                    publisher=outcome.article.publisher,
                    origin=row.claim.channel,
                )
                found.setdefault(alert.id, witness)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """Who has carried a figure so far: "12 outlets, 2 independent"."""

    articles: int
    outlets: int
    independent: int


def carriers(alert: Alert, attached: Iterable[Witness]) -> Carriers:
    """Count who carries the figure of an alert, its own article included.

    Copies of one text, articles of one publisher and articles that name one agency for the figure
    depend on each other, and so does an agency's own report; what is left apart is independent.
    """
    row = alert.claim
    first = Witness(
        alert=alert.id,
        article=alert.article.id,
        group=row.group if row else "",
        publisher=alert.article.publisher,
        origin=row.claim.channel if row else None,
    )
    everyone = [first, *attached]
    clusters: list[set[tuple[str, str]]] = []
    for witness in everyone:
        own = _ties(witness)
        apart = [cluster for cluster in clusters if own.isdisjoint(cluster)]
        joined = own.union(*(cluster for cluster in clusters if not own.isdisjoint(cluster)))
        clusters = [*apart, joined]
    return Carriers(
        articles=len({witness.article for witness in everyone}),
        outlets=len({_slug(witness.publisher) for witness in everyone}),
        independent=len(clusters),
    )


def _ties(witness: Witness) -> set[tuple[str, str]]:
    """Return what ties a witness to others: its text, its publisher, the agency that it names."""
    ties = {("group", witness.group), ("by", _slug(witness.publisher))}
    return ties | {("by", _slug(witness.origin))} if witness.origin else ties


def _slug(name: str) -> str:
    return "-".join(name.casefold().replace(".", " ").split())


def counted(alert: Alert, attached: Iterable[Witness]) -> Alert:
    """Return an alert with its witnesses counted."""
    found = carriers(alert, attached)
    return replace(
        alert, witnesses_articles=found.articles, witnesses_independent=found.independent
    )


def message_id(channel: str, alerts: Sequence[Alert]) -> str:
    """Return the id of the message that tells `channel` about `alerts`."""
    key = "\x00".join((channel, *(alert.id for alert in alerts)))
    return "msg_" + hashlib.sha256(key.encode()).hexdigest()[:20]


def digest_id(channel: str, day: str) -> str:
    """Return the id of a channel's digest of a local day; no day has two."""
    return "dig_" + hashlib.sha256(f"{channel}\x00{day}".encode()).hexdigest()[:20]
