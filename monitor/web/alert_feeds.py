# SPDX-License-Identifier: Apache-2.0
"""`/alerts.atom`, `/alerts.json`, `/alerts.csv`: the newest alerts for other programs.

What it is not: what stands in them (`core.alert_feed`). Rules of this file: an answer has an ETag
and a Last-Modified, and who has it already gets 304 without a body; it is made once for as long as
no alert is added.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from fnmatch import fnmatchcase

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monitor.core import alert_feed
from monitor.core.csv_text import csv_text
from monitor.core.gazetteer import Gazetteer
from monitor.core.headers import http_date
from monitor.core.model import Alert
from monitor.pipeline import Site
from monitor.store import Routings, Store

_USUAL, _MOST = 100, 500
_LONGEST_PATTERN = 100
_OWN_RULES = "figurewatch."


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer, ready to send."""

    body: bytes
    tag: str
    modified: datetime


Write = Callable[[Sequence[Alert], Gazetteer, str, datetime], str]


def _atom(alerts: Sequence[Alert], gazetteer: Gazetteer, own: str, since: datetime) -> str:
    return alert_feed.atom(alerts, gazetteer, now=since, own_url=own)


def _json(alerts: Sequence[Alert], gazetteer: Gazetteer, own: str, _: datetime) -> str:
    return alert_feed.json_feed(alerts, gazetteer, own_url=own)


def _csv(alerts: Sequence[Alert], _: Gazetteer, __: str, ___: datetime) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(alert_feed.ALERT_COLUMNS)
    for row in alert_feed.alert_rows(alerts):
        writer.writerow([_cell(row.get(name)) for name in alert_feed.ALERT_COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, (int, float)):
        return value
    return csv_text(str(value))


_FORMS: dict[str, tuple[str, Write]] = {
    "atom": ("application/atom+xml; charset=utf-8", _atom),
    "json": ("application/feed+json; charset=utf-8", _json),
    "csv": ("text/csv; charset=utf-8", _csv),
}


def alert_feed_routes(store: Store, site: Callable[[], Site], since: datetime) -> list[BaseRoute]:
    """Return the routes; `since` dates a feed that has no alerts yet."""
    feeds = _Feeds(store, site, since.astimezone(UTC).replace(microsecond=0))
    return [
        Route(f"/alerts.{form}", feeds.route(form), methods=["GET"], name=f"alerts-{form}")
        for form in _FORMS
    ]


class _Feeds:
    def __init__(self, store: Store, site: Callable[[], Site], since: datetime) -> None:
        self._routings = Routings(store)
        self._site = site
        self._since = since
        self._made: dict[str, tuple[tuple[str, ...], _Made]] = {}

    def route(self, form: str) -> Callable[[Request], object]:
        """Return the handler of one form."""

        async def answer(request: Request) -> Response:
            return await self._answer(request, form)

        return answer

    async def _answer(self, request: Request, form: str) -> Response:
        limit, rule = _limit(request), request.query_params.get("rule", "*")[:_LONGEST_PATTERN]
        made = await asyncio.to_thread(self._make, form, limit, rule)
        headers = {
            "etag": made.tag,
            "last-modified": format_datetime(made.modified, usegmt=True),
            "cache-control": "private, no-cache",
            "content-type": _FORMS[form][0],
            "x-content-type-options": "nosniff",
        }
        if _has_it(request, made):
            del headers["content-type"]
            return Response(status_code=304, headers=headers)
        return Response(made.body, headers=headers)

    def _make(self, form: str, limit: int, rule: str) -> _Made:
        rows = [row.alert for row in self._routings.alerts(_MOST)]
        alerts = [row for row in rows if _is_told(row, rule)][:limit]
        own = self._own_url(form)
        names = (own, *(alert.id for alert in alerts))
        known = self._made.get(form)
        if known is not None and known[0] == names:
            return known[1]
        gazetteer = self._site().knowledge.gazetteer
        body = _FORMS[form][1](alerts, gazetteer, own, self._since)
        content = body.encode("utf-8", "replace")
        made = _Made(
            body=content,
            tag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            modified=max((alert.created for alert in alerts), default=self._since),
        )
        self._made[form] = (names, made)
        return made

    def _own_url(self, form: str) -> str:
        public = self._site().settings.web.public_url
        return f"{public}/alerts.{form}" if public else ""


def _is_told(alert: Alert, rule: str) -> bool:
    """Say whether an alert is wanted; those that Figurewatch makes up for itself never are."""
    return fnmatchcase(alert.rule, rule) and not alert.rule.startswith(_OWN_RULES)


def _limit(request: Request) -> int:
    asked = request.query_params.get("limit", str(_USUAL))
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6 and int(asked) >= 1):
        raise HTTPException(400)
    return min(int(asked), _MOST)


def _has_it(request: Request, made: _Made) -> bool:
    """Say whether the client has this answer; where it names tags, dates do not count."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        named = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in named or made.tag in named
    since = http_date(request.headers.get("if-modified-since"))
    return since is not None and made.modified.replace(microsecond=0) <= since
