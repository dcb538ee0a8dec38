# SPDX-License-Identifier: Apache-2.0
"""Alerts as other programs read them: Atom, JSON Feed, and rows for a spreadsheet.

What it is not: delivery; nobody is told by a feed. Rules of this file: pure; ids are the alerts' own and
never change; text from feeds is text, in XML, JSON and cells alike; links pass `safe_link`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from monitor.core.gazetteer import Gazetteer
from monitor.core.headlines import alert_summary, alert_title
from monitor.core.model import Alert, LedgerClaim
from monitor.core.moments import utc_text
from monitor.core.wording import one_line, safe_link

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = "Figurewatch alerts"
_ID = "urn:figurewatch:alerts"
ALERT_COLUMNS = (
    "alert_id", "created", "rule", "severity", "verdict", "measure", "low", "high", "bound",
    "approximate", "force", "place", "source", "family", "status", "kind", "as_of", "confidence",
    "sentence", "title", "publisher", "published", "url",
)  # fmt: skip
SERIES_COLUMNS = (
    "claim_id", "said", "as_of", "measure", "force", "unit", "place", "kind", "status", "family",
    "source", "low", "high", "bound", "approximate", "verdict", "withdrawn", "publisher",
)  # fmt: skip


def atom(alerts: Sequence[Alert], gazetteer: Gazetteer, *, now: datetime, own_url: str = "") -> str:
    """Return an Atom feed of alerts, newest first; `own_url` is where it can be had."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", _TITLE)
    _add(feed, "id", own_url or _ID)
    _add(feed, "updated", utc_text(alerts[0].created if alerts else now))
    _add(_add(feed, "author", ""), "name", "Figurewatch")
    if own_url:
        _add(feed, "link", "", rel="self", href=own_url)
    for alert in alerts:
        entry = _add(feed, "entry", "")
        _add(entry, "title", alert_title(alert, gazetteer))
        _add(entry, "id", f"{_ID}:{alert.id}")
        _add(entry, "updated", utc_text(alert.created))
        _add(entry, "published", utc_text(alert.created))
        _add(entry, "category", "", term=alert.rule)
        _add(entry, "category", "", term=f"severity:{alert.severity}")
        if link := safe_link(alert.article.url):
            _add(entry, "link", "", rel="alternate", href=link)
        _add(entry, "content", _words(alert, gazetteer), type="text")
    body = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text or None
    return child


def json_feed(alerts: Sequence[Alert], gazetteer: Gazetteer, *, own_url: str = "") -> str:
    """Return a JSON Feed 1.1 of alerts, newest first."""
    tree: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _TITLE,
        "language": "en",
        "items": [_item(alert, gazetteer) for alert in alerts],
    }
    if own_url:
        tree["feed_url"] = own_url
    return json.dumps(tree, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode()


def _item(alert: Alert, gazetteer: Gazetteer) -> dict[str, object]:
    link = safe_link(alert.article.url)
    item: dict[str, object] = {
        "id": f"{_ID}:{alert.id}",
        "title": alert_title(alert, gazetteer),
        "content_text": _words(alert, gazetteer),
        "date_published": utc_text(alert.created),
        "tags": [alert.rule, f"severity:{alert.severity}"],
    }
    return item | ({"external_url": link} if link else {})


def _words(alert: Alert, gazetteer: Gazetteer) -> str:
    row, article = alert.claim, alert.article
    lines = [alert_summary(alert, gazetteer)]
    if row is not None:
        lines.append(one_line(row.claim.evidence.sentence, 600))
        lines.append(f"{one_line(article.title, 200)} ({one_line(article.publisher, 80)})")
    return "\n".join(line for line in lines if line)


# --- rows ------------------------------------------------------------------------------------


def alert_rows(alerts: Iterable[Alert]) -> Iterable[dict[str, object]]:
    """Yield a row for each alert, by `ALERT_COLUMNS`."""
    for alert in alerts:
        article = alert.article
        yield {
            "alert_id": alert.id,
            "created": utc_text(alert.created),
            "rule": alert.rule,
            "severity": alert.severity.value,
            "title": one_line(article.title, 1000),
            "publisher": one_line(article.publisher, 200),
            "published": utc_text(article.published) if article.published else None,
            "url": safe_link(article.url),
        } | (_claim_cells(alert.claim) if alert.claim is not None else {})


def series_rows(rows: Iterable[LedgerClaim]) -> Iterable[dict[str, object]]:
    """Yield a row for each claim of the ledger, by `SERIES_COLUMNS`."""
    for row in rows:
        yield _claim_cells(row) | {
            "claim_id": row.id,
            "said": utc_text(row.said),
            "unit": one_line(row.series.unit, 100),
            "withdrawn": row.withdrawn,
            "publisher": one_line(row.publisher, 200),
        }


def _claim_cells(row: LedgerClaim) -> dict[str, object]:
    claim, series = row.claim, row.series
    return {
        "verdict": row.verdict.value,
        "measure": series.measure,
        "low": claim.low,
        "high": claim.high,
        "bound": claim.bound.value,
        "approximate": claim.approximate,
        "force": one_line(series.force, 200),
        "place": series.place,
        "source": one_line(claim.source.name, 200) if claim.source else None,
        "family": row.family,
        "status": series.status.value,
        "kind": series.kind.value,
        "as_of": claim.as_of.isoformat() if claim.as_of else None,
        "confidence": round(claim.confidence, 4),
        "sentence": one_line(claim.evidence.sentence, 1000),
    }
