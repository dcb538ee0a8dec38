# SPDX-License-Identifier: Apache-2.0
"""CloudEvents 1.0 (JSON, structured mode) and the webhook body of Alertmanager, version 4.

What it is not: the other formats. Rules of this file: those of the package.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.core.headlines import article_words
from monitor.core.model import Alert, Message
from monitor.core.moments import utc_text
from monitor.core.payload import loudest
from monitor.core.render import Rendered
from monitor.core.wording import one_line, safe_link

_TYPE_PREFIX = "org.figurewatch."
_NEVER = "0001-01-01T00:00:00Z"


def cloud_event(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return a CloudEvent whose data are those of the native body; its id is the message's."""
    native = json.loads(rendered.webhook)
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": f"/figurewatch/rules/{message.rule}",
        "type": f"{_TYPE_PREFIX}{native['type']}",
        "subject": message.alerts[0].id if message.alerts else message.id,
        "time": utc_text(message.created),
        "datacontenttype": "application/json",
        "data": native["data"],
    }


def alertmanager(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return what Alertmanager posts to its webhook receivers: every alert fires, none resolves."""
    severity = loudest(message.alerts).value if message.alerts else "notice"
    alerts = [_alert(row) for row in message.alerts] or [_notice(message)]
    return {
        "version": "4",
        "groupKey": f"{{}}:{{rule={json.dumps(message.rule)}}}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": message.channel.id,
        "groupLabels": {"alertname": message.rule},
        "commonLabels": {"alertname": message.rule, "severity": severity},
        "commonAnnotations": {"summary": rendered.subject},
        "externalURL": "",
        "alerts": alerts,
    }


def _alert(alert: Alert) -> dict[str, object]:
    labels = {"alertname": alert.rule, "severity": alert.severity.value, "alert_id": alert.id}
    annotations = {
        "summary": one_line(article_words(alert, 300), 300),
        "reason": one_line(alert.reason, 300),
    }
    if alert.claim is not None:
        series, claim = alert.claim.series, alert.claim.claim
        labels |= {
            "verdict": alert.claim.verdict.value,
            "measure": series.measure,
            "force": one_line(series.force, 100),
            "place": series.place or "",
            "family": one_line(alert.claim.family or "", 100),
        }
        annotations |= {
            "low": str(claim.low),
            "high": str(claim.high),
            "sentence": one_line(claim.evidence.sentence, 600),
        }
    return _firing(labels, annotations, alert.created, safe_link(alert.article.url) or "", alert.id)


def _notice(message: Message) -> dict[str, object]:
    labels = {"alertname": message.rule, "severity": "notice", "alert_id": message.id}
    annotations = {"summary": message.heading, "description": "\n".join(message.notes)}
    return _firing(labels, annotations, message.created, "", message.id)


def _firing(
    labels: dict[str, str], annotations: dict[str, str], at: datetime, url: str, key: str
) -> dict[str, object]:
    return {
        "status": "firing",
        "labels": labels,
        "annotations": annotations,
        "startsAt": utc_text(at),
        "endsAt": _NEVER,
        "generatorURL": url,
        "fingerprint": key.rpartition("_")[2],
    }
