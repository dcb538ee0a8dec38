# SPDX-License-Identifier: Apache-2.0
"""JSON shapes: a claim as commands and webhooks show it, and the native webhook body, version 1.

What it is not: the words of a mail (`render`). Rules of this file: keys are only ever added within
a version; unknown is null; times are RFC 3339 UTC; offsets count code points of the original field;
text from feeds is passed as it is (JSON needs no escape but its own), links pass `safe_link`. The
body is described by `docs/webhook-v1.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import (
    SEVERITY_ORDER,
    Alert,
    ArticleRef,
    Claim,
    Evidence,
    LedgerClaim,
    Message,
    MessageKind,
    Rejection,
    Severity,
    Span,
)
from monitor.core.moments import utc_text
from monitor.core.wording import one_line, safe_link

# Rule ids of rule files never begin like this (`notify test` sends under it).
TEST_RULE = "figurewatch.test"
_VERSION = 1

Json = dict[str, object]


def claim_json(row: LedgerClaim | Claim, gazetteer: Gazetteer) -> Json:
    """Return a claim as documented for `extract`, `replay` and webhooks.

    A ledger row also gives its `verdict` and the `reason` for it, its `facts`, and whether it was
    `withdrawn`. `place_within` lists the places
    around `place`, nearest first, so that a reader needs no gazetteer to ask "in Russia?".
    """
    claim = row.claim if isinstance(row, LedgerClaim) else row
    judged: Json = {}
    if isinstance(row, LedgerClaim):
        judged = {
            "verdict": row.verdict.value,
            "reason": row.reason,
            "facts": [fact.value for fact in row.facts],
            "withdrawn": row.withdrawn,
        }
    within = gazetteer.ancestors(claim.place) if claim.place is not None else ()
    return judged | {
        "measure": claim.measure,
        "low": claim.low,
        "high": claim.high,
        "bound": claim.bound.value,
        "approximate": claim.approximate,
        "vague": claim.vague,
        "unit": claim.unit,
        "force": claim.force,
        "force_text": claim.force_text,
        "place": claim.place,
        "place_text": claim.place_text,
        "place_within": list(within),
        "region": claim.region,
        "source": _source(claim),
        "channel": claim.channel,
        "status": claim.status.value,
        "kind": claim.kind.value,
        "as_of": None if claim.as_of is None else claim.as_of.isoformat(),
        "as_of_stated": claim.as_of_stated,
        "recalled": claim.recalled,
        "confidence": round(claim.confidence, 4),
        "evidence": _evidence(claim.evidence),
        "mentions": [_span(span) for span in claim.mentions],
    }


def rejection_json(rejection: Rejection) -> Json:
    """Return a number that was not taken, with its reason, as documented for `extract`."""
    return {
        "text": rejection.text,
        "value": rejection.value,
        "reason": rejection.reason,
        "field": rejection.span.field.value,
        "start": rejection.span.start,
        "end": rejection.span.end,
    }


def webhook_body(message: Message, gazetteer: Gazetteer, *, title: str, summary: str) -> bytes:
    """Return the native webhook body of a message, the same bytes at every call."""
    alerts = message.alerts
    body: Json = {
        "type": _type(message),
        "timestamp": utc_text(message.created),
        "data": {
            "version": _VERSION,
            "kind": message.kind.value,
            "alert_id": alerts[0].id if alerts else None,
            "alert_ids": [alert.id for alert in alerts],
            "overtaken": list(message.overtaken),
            "corrects": [wrong for alert in alerts for wrong in alert.corrects],
            "rule": message.rule,
            "rule_title": alerts[0].rule_title if alerts else "",
            "severity": loudest(alerts).value if alerts else Severity.NOTICE.value,
            "heading": message.heading,
            "notes": list(message.notes),
            "title": title,
            "summary": summary,
            "claims": [
                {"alert_id": alert.id}
                | claim_json(alert.claim, gazetteer)
                | {"steps": [_previous(step) for step in alert.steps]}
                for alert in alerts
                if alert.claim is not None
            ],
            "previous": [_previous(row) for row in previous_rows(alerts)],
            "articles": [_article(article) for article in _articles(alerts)],
            "witnesses": {
                "articles": max((row.witnesses_articles for row in alerts), default=1),
                "independent": max((row.witnesses_independent for row in alerts), default=1),
            },
        },
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "replace"
    )


def previous_rows(alerts: Iterable[Alert]) -> tuple[LedgerClaim, ...]:
    """Return the earlier figures of all alerts, each once, in the order the alerts give them."""
    rows = {row.id: row for alert in alerts for row in alert.previous}
    return tuple(rows.values())


def is_absence(alert: Alert) -> bool:
    """Say whether an alert is about what did not come: it has no article of its own."""
    return alert.claim is None and not alert.article.id


def loudest(alerts: Iterable[Alert]) -> Severity:
    """Return the severity of the loudest alert."""
    return max((alert.severity for alert in alerts), key=SEVERITY_ORDER.index)


def _type(message: Message) -> str:
    """A test, a digest or notice, one verdict, several, a silence, or a keyword rule's article."""
    verdicts = {alert.claim.verdict.value for alert in message.alerts if alert.claim is not None}
    if message.rule == TEST_RULE:
        return "test"
    if message.kind in {MessageKind.DIGEST, MessageKind.NOTICE}:
        return message.kind.value
    if all(is_absence(alert) for alert in message.alerts):
        return "absence"
    if not verdicts:
        return "keyword.match"
    return f"figure.{verdicts.pop()}" if len(verdicts) == 1 else "figure.several"


def _source(claim: Claim) -> Json | None:
    if claim.source is None:
        return None
    return {"id": claim.source.id, "name": claim.source.name, "family": claim.source.family}


def _evidence(evidence: Evidence) -> Json:
    return {
        "text": evidence.text,
        **_span(evidence.span),
        "sentence": {"text": evidence.sentence, **_span(evidence.sentence_span)},
    }


def _span(span: Span) -> Json:
    return {"start": span.start, "end": span.end, "field": span.field.value}


def _previous(row: LedgerClaim) -> Json:
    claim = row.claim
    return {
        "source": None if claim.source is None else claim.source.id,
        "family": row.family,
        "low": claim.low,
        "high": claim.high,
        "bound": claim.bound.value,
        "approximate": claim.approximate,
        "vague": claim.vague,
        "place": claim.place,
        "as_of": None if claim.as_of is None else claim.as_of.isoformat(),
        "said": utc_text(row.said),
        "publisher": row.publisher,
    }


def _articles(alerts: Iterable[Alert]) -> tuple[ArticleRef, ...]:
    """Return every article once; a silence in which nothing ever came has none."""
    articles = (alert.article for alert in alerts if alert.article.id or alert.article.publisher)
    return tuple({article.id: article for article in articles}.values())


def _article(article: ArticleRef) -> Json:
    return {
        "url": safe_link(article.url),
        "title": one_line(article.title, 1000),
        "publisher": one_line(article.publisher, 200),
        "published": None if article.published is None else utc_text(article.published),
    }
