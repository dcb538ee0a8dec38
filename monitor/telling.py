# SPDX-License-Identifier: Apache-2.0
"""What the daemon says in its log about decisions and deliveries: one line per event.

What it is not: configuration of logging (`logs`). Rules of this file: event names are dotted lower
case and stable; no secret, no URL query and no article text beyond its title.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from monitor.core.delivery import Dead, RetryAt
from monitor.core.errors import DeliveryError
from monitor.core.gazetteer import Gazetteer
from monitor.core.headlines import article_words
from monitor.core.model import Alert, Decision, Delivery, Evaluation, LedgerClaim, Outcome, Receipt
from monitor.core.wording import claim_phrase


def claim_summary(claim: LedgerClaim, gazetteer: Gazetteer) -> str:
    """Return a claim in a few words: "about 10,000 North Korean troops in Russia (Pentagon)"."""
    return claim_phrase(claim.claim, gazetteer)


def tell_decision(log: Any, decision: Decision, gazetteer: Gazetteer) -> None:
    """Log every article that was decided and every alert that was raised."""
    for outcome in decision.outcomes:
        _tell_outcome(log, outcome, gazetteer)
    for alert in decision.alerts:
        _tell_alert(log, alert, gazetteer)


def _tell_outcome(log: Any, outcome: Outcome, gazetteer: Gazetteer) -> None:
    article = outcome.article
    log.info(
        "article.decided",
        article=article.id,
        feed=article.feed,
        title=article.title,
        verdict=outcome.verdict.value,
        relation=outcome.relation.value,
        nearest=outcome.nearest,
        similarity=round(outcome.similarity, 3),
        text_kind=article.text_kind.value,
        silenced=outcome.silenced,
        claims=[
            {
                "id": claim.id,
                "summary": claim_summary(claim, gazetteer),
                "verdict": claim.verdict.value,
                "reason": claim.reason,
            }
            for claim in outcome.claims
        ],
        rejected=dict(Counter(rejection.reason for rejection in article.rejected)),
        rules=[row for evaluation in outcome.evaluations for row in _rule_rows(evaluation)],
    )


def _rule_rows(evaluation: Evaluation) -> list[dict[str, str | None]]:
    """Return a row for each hit and each claim that did not hit; none where the words did not hold.

    A site may have hundreds of rules, and nearly all of them are about something else.
    """
    hits = [(hit.claim, hit.disposition.value, hit.reason) for hit in evaluation.hits]
    misses = [(claim, None, reason) for claim, reason in evaluation.misses if claim]
    return [
        {"rule": evaluation.rule, "claim": claim, "disposition": disposition, "reason": reason}
        for claim, disposition, reason in (*hits, *misses)
    ]


def _tell_alert(log: Any, alert: Alert, gazetteer: Gazetteer) -> None:
    log.info(
        "alert.raised",
        alert=alert.id,
        rule=alert.rule,
        severity=alert.severity.value,
        disposition=alert.disposition.value,
        verdict=alert.claim.verdict.value if alert.claim else None,
        summary=claim_summary(alert.claim, gazetteer) if alert.claim else article_words(alert, 300),
        reason=alert.reason,
        article=alert.article.id,
    )


def tell_delivery_sent(log: Any, delivery: Delivery, receipt: Receipt) -> None:
    """Log that a message was taken by the other side."""
    log.info(
        "delivery.sent",
        message=delivery.message.id,
        channel=delivery.message.channel.id,
        rule=delivery.message.rule,
        alerts=[alert.id for alert in delivery.message.alerts],
        attempt=delivery.attempts + 1,
        detail=receipt.detail,
    )


def tell_delivery_failed(
    log: Any, delivery: Delivery, error: DeliveryError, step: RetryAt | Dead
) -> None:
    """Log a failed attempt with its reason, and when the next one is or that it is given up."""
    given_up = isinstance(step, Dead)
    log.log(
        40 if given_up else 30,
        "delivery.dead" if given_up else "delivery.failed",
        message=delivery.message.id,
        channel=delivery.message.channel.id,
        attempt=delivery.attempts + 1,
        reason=error.reason,
        outcome_unknown=error.outcome_unknown,
        next_attempt=step.at.isoformat(timespec="seconds") if isinstance(step, RetryAt) else None,
    )
