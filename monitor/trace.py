# SPDX-License-Identifier: Apache-2.0
"""The trace of one article: everything that led to its alerts, or to silence.

What it is not: a second decision. A stored article's trace is read from what was written when it
was decided; a new text is decided by the same `decide` against the store, and nothing is written.
Rules of this file: the JSON form is complete, the text form is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.core.decide import Policy, decide
from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import needs
from monitor.core.model import Alert, LedgerClaim, Outcome
from monitor.core.payload import claim_json, rejection_json
from monitor.core.prepare import Reading, prepare
from monitor.core.wording import claim_phrase
from monitor.pipeline import Site
from monitor.store import Store


def dry_run(
    site: Site, store: Store, record: Mapping[str, object], now: datetime
) -> tuple[Outcome, tuple[Alert, ...]]:
    """Decide one text against the store as it is; nothing is written."""
    published = record["published"]
    moment = published if isinstance(published, datetime) else None
    url = record["url"]
    article = prepare(
        Reading(
            feed=str(record["feed"]),
            publisher=str(record["feed"]),
            entry_key=str(record["guid"] or url or record["id"]),
            entry_hash="",
            url=str(url) if url else None,
            title=str(record["title"]),
            content=str(record["text"]),
            content_is_html=False,
            published=moment,
            seen=now,
        ),
        site.knowledge,
        measures=site.rules.measures,
    )
    policy = Policy(rules=site.rules, gazetteer=site.knowledge.gazetteer, now=now)
    decision = decide((article,), store.recall(needs((article,))), policy)
    return decision.outcomes[0], decision.alerts


def trace_of(
    outcome: Outcome,
    alerts: Sequence[Alert],
    recall_claim: Callable[[str], LedgerClaim | None],
    gazetteer: Gazetteer,
) -> dict[str, Any]:
    """Return the whole trace as JSON-ready data."""
    article = outcome.article
    own = {row.id: row for row in outcome.claims}

    def find(claim_id: str) -> LedgerClaim | None:
        return own.get(claim_id) or recall_claim(claim_id)

    return {
        "article": {
            "id": article.id,
            "feed": article.feed,
            "publisher": article.publisher,
            "url": article.url,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "seen": article.seen.isoformat(),
            "text_kind": article.text_kind.value,
            "fingerprint": article.fingerprint,
            "shingles": article.sketch.shingles,
        },
        "memory": {
            "verdict": outcome.verdict.value,
            "relation": outcome.relation.value,
            "nearest": outcome.nearest,
            "similarity": round(outcome.similarity, 4),
            "group": outcome.group,
        },
        "silenced": outcome.silenced,
        "claims": [_claim(claim, find, gazetteer) for claim in outcome.claims],
        "rejected": [rejection_json(rejection) for rejection in article.rejected],
        "rules": [
            {
                "rule": evaluation.rule,
                "hits": [
                    {
                        "claim": hit.claim,
                        "disposition": hit.disposition.value,
                        "reason": hit.reason,
                    }
                    for hit in evaluation.hits
                ],
                "misses": [
                    {"claim": claim or None, "reason": reason}
                    for claim, reason in evaluation.misses
                ],
            }
            for evaluation in outcome.evaluations
        ],
        "alerts": [
            {
                "id": alert.id,
                "rule": alert.rule,
                "severity": alert.severity.value,
                "disposition": alert.disposition.value,
                "reason": alert.reason,
                "claim": alert.claim.id if alert.claim else None,
            }
            for alert in alerts
        ],
    }


def _claim(
    claim: LedgerClaim, recall_claim: Callable[[str], LedgerClaim | None], gazetteer: Gazetteer
) -> dict[str, Any]:
    compared = [
        {
            "id": row.id,
            "summary": claim_phrase(row.claim, gazetteer),
            "said": row.said.isoformat(),
            "publisher": row.publisher,
        }
        for row in (recall_claim(known) for known in claim.compared)
        if row is not None
    ]
    return {
        "id": claim.id,
        "summary": claim_phrase(claim.claim, gazetteer),
        "compared": compared,
        "why": dict(claim.claim.why),
        "points": claim.claim.points,
        "withdrawn": claim.withdrawn,
        **claim_json(claim, gazetteer),
    }


def trace_text(trace: Mapping[str, Any]) -> str:
    """Return the trace for a terminal."""
    article, memory = trace["article"], trace["memory"]
    lines = [
        f"{article['title'] or '(untitled)'}",
        (
            f"  {article['id']} from {article['publisher']},"
            f" published {article['published'] or 'undated'},"
            f" seen {article['seen']} ({article['text_kind']})"
        ),
        _memory_line(memory),
    ]
    if trace["silenced"]:
        lines.append(f"silenced: {trace['silenced']}")
    lines += _claim_lines(trace["claims"])
    lines += _rejected_lines(trace["rejected"])
    lines += _rule_lines(trace["rules"])
    lines.append("alerts:" if trace["alerts"] else "alerts: none")
    lines += [
        f"  {alert['id']} by {alert['rule']} ({alert['severity']}, {alert['disposition']}): {alert['reason']}"
        for alert in trace["alerts"]
    ]
    return "\n".join(lines)


def _memory_line(memory: Mapping[str, Any]) -> str:
    if memory["nearest"] is None:
        return f"text: {memory['verdict']}; nothing like it is known"
    return (
        f"text: {memory['verdict']}; {memory['relation']} to {memory['nearest']}"
        f" (similarity {memory['similarity']:.2f})"
    )


def _claim_lines(claims: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["claims:" if claims else "claims: none"]
    for claim in claims:
        lines.append(f"  {claim['summary']}: {claim['verdict']}: {claim['reason']}")
        if claim["evidence"].get("sentence", {}).get("text"):
            lines.append(f"    “{' '.join(claim['evidence']['sentence']['text'].split())}”")
        lines.append(
            f"    confidence {claim['confidence']:.2f} ({claim['points']} points); "
            + ", ".join(f"{field} by {rule}" for field, rule in claim["why"].items())
        )
        lines += [
            f"    compared with {row['summary']} ({row['publisher']}, {row['said'][:10]})"
            for row in claim["compared"]
        ]
    return lines


def _rejected_lines(rejected: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rejected:
        return []
    return ["numbers not taken:"] + [f"  {row['text']!r}: {row['reason']}" for row in rejected]


def _rule_lines(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["rules:"]
    for rule in rules:
        lines += [
            f"  {rule['rule']}: {hit['disposition']}: {hit['reason']}" for hit in rule["hits"]
        ]
        lines += [f"  {rule['rule']}: silent: {miss['reason']}" for miss in rule["misses"]]
    return lines
