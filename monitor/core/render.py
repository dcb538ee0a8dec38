# SPDX-License-Identifier: Apache-2.0
"""A message in every form it leaves in: subject, plain text, HTML, webhook body.

What it is not: sending, or mail headers (`notify.email`). Rules of this file: pure; the same
message always renders to the same characters; text from feeds is shown, never interpreted: it
passes `one_line`, the template escapes it, links pass `safe_link`. The plain text is complete: it
holds everything that the HTML holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinja2 import DictLoader, Environment, StrictUndefined

from monitor.core.chart import chart_svg
from monitor.core.gazetteer import Gazetteer
from monitor.core.headlines import (
    alert_summary,
    digest_heading,
    message_subject,
    overview_line,
)
from monitor.core.mail_text import MailView, mail_text
from monitor.core.model import Alert, Message, MessageKind, Series, Severity
from monitor.core.opinions import OPINION_WORDS
from monitor.core.payload import TEST_RULE, claim_json, loudest, webhook_body
from monitor.core.templates import MAIL_HTML
from monitor.core.views import AlertView, alert_views, date_note
from monitor.core.wording import claim_phrase, one_line, safe_link, value_phrase
from monitor.core.words import ENGLISH, Words

__all__ = [
    "TEST_RULE",
    "Rendered",
    "claim_json",
    "claim_phrase",
    "render_message",
    "value_phrase",
]

_PREVIEW_CHARACTERS = 160
_IDS_SHOWN = 10
_TEST_NOTE = "This is a test that somebody asked for. Nobody published this figure."

_RANGE = re.compile(r"(?<=\d)-(?=\d)")


def _typeset(value: str) -> str:
    """A figure as print would have it: an en dash in ranges."""
    return _RANGE.sub("\N{EN DASH}", value)


_TEMPLATES = Environment(
    loader=DictLoader({"mail.html": MAIL_HTML}),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["typeset"] = _typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message ready to send.

    `webhook` is the exact body to sign, `severity` that of the loudest alert, `summaries` one
    sentence for each, `dates` what has to be said of the date of each one's article ("Article without a
    date"), mostly nothing, `chart` the picture of the figure as SVG, if there is one to draw. `threads` names the
    conversations it belongs to, most important first: one per series, equal for all messages about
    that series.
    """

    subject: str
    text: str
    html: str
    webhook: bytes
    chart: str | None
    severity: Severity
    summaries: tuple[str, ...]
    dates: tuple[str, ...]
    threads: tuple[str, ...]


def render_message(
    message: Message,
    gazetteer: Gazetteer,
    *,
    unsubscribe_url: str | None = None,
    chart_id: str | None = None,
    words: Words = ENGLISH,
) -> Rendered:
    """Return the message in every form. All but notices and empty digests hold alerts.

    With `chart_id` the HTML shows a picture of that content id, if the message gives one to draw.
    What is ours is said in `words`; names and what feeds say stay as they are.
    """
    subject = message_subject(message, gazetteer, words)
    alerts = _views(message, gazetteer, words)
    chart = chart_svg(message.alerts[0]) if len(message.alerts) == 1 else None
    is_digest = message.kind is MessageKind.DIGEST
    view = MailView(
        subject=subject,
        test=words(_TEST_NOTE) if message.rule == TEST_RULE else "",
        preview=_preview(alerts[0]) if alerts else " ".join(message.notes[:2]),
        heading=digest_heading(message, words) if is_digest else message.heading,
        overview=words.figures(overview_line(message, gazetteer)) if len(alerts) > 1 else "",
        notes=message.notes,
        alerts=alerts,
        chart=chart_id if chart is not None else None,
        why=_why(message, words),
        footer=_footer(message, words),
        unsubscribe=safe_link(unsubscribe_url),
        manage=safe_link(message.links.manage) if message.links else None,
    )
    told = [alert_summary(alert, gazetteer) for alert in message.alerts]
    summary = "; ".join(told or message.notes)
    return Rendered(
        subject=subject,
        text=mail_text(view, words),
        html=_html(view, words),
        webhook=webhook_body(message, gazetteer, title=subject, summary=summary),
        chart=chart,
        severity=loudest(message.alerts) if message.alerts else Severity.NOTICE,
        summaries=tuple(told),
        dates=tuple(date_note(alert, words) for alert in message.alerts),
        threads=_threads(message.alerts),
    )


def _html(view: MailView, words: Words) -> str:
    opinions = [(opinion.value, words(name)) for opinion, name in OPINION_WORDS.items()]
    return _TEMPLATES.get_template("mail.html").render(mail=view, t=words, opinions=opinions)


def _views(message: Message, gazetteer: Gazetteer, words: Words) -> tuple[AlertView, ...]:
    short = message.kind in {MessageKind.OVERVIEW, MessageKind.DIGEST}
    short = short and len(message.alerts) > 1
    views = alert_views(message.alerts, gazetteer, short=short, words=words)
    pages = dict(message.links.feedback) if message.links is not None else {}
    return tuple(
        replace(view, feedback=safe_link(pages.get(alert.id)) or "")
        for view, alert in zip(views, message.alerts, strict=True)
    )


def _why(message: Message, words: Words) -> str:
    subscriber = message.channel.subscriber
    if message.rule == TEST_RULE:
        return words("somebody sent a test to subscriber {subscriber}.", subscriber=subscriber)
    if message.kind is MessageKind.NOTICE:
        return words(
            "subscriber {subscriber} is named in delivery.operators.", subscriber=subscriber
        )
    if message.kind is MessageKind.DIGEST:
        return words("this is the digest of subscriber {subscriber}.", subscriber=subscriber)
    rules = sorted({alert.rule for alert in message.alerts})
    if len(rules) > 1:
        return words(
            "rules {rules} are routed to subscriber {subscriber}.",
            rules=", ".join(rules),
            subscriber=subscriber,
        )
    return words(
        'rule {rule} ("{title}", severity {severity}) is routed to subscriber {subscriber}.',
        rule=rules[0],
        title=one_line(message.alerts[0].rule_title, 80),
        severity=loudest(message.alerts).value,
        subscriber=subscriber,
    )


def _footer(message: Message, words: Words) -> tuple[str, ...]:
    ids = ", ".join(alert.id for alert in message.alerts[:_IDS_SHOWN])
    if not ids:
        return (words("Sent by Figurewatch."),)
    if (more := len(message.alerts) - _IDS_SHOWN) > 0:
        ids = words("{ids} and {count} more", ids=ids, count=str(more))
    if len(message.alerts) > 1:
        return (words("Sent by Figurewatch. Alerts {ids}", ids=ids),)
    return (words("Sent by Figurewatch. Alert {ids}", ids=ids),)


def _threads(alerts: Sequence[Alert]) -> tuple[str, ...]:
    keys: list[str] = []
    for alert in alerts:
        if alert.claim is None:
            continue
        # A follow-up belongs first to the conversation of the figure that it puts right.
        replaces = alert.corrects and alert.previous and not alert.claim.withdrawn
        wrong = [alert.previous[0].series] if replaces else []
        for series in (*wrong, alert.claim.series):
            key = _thread(series)
            if key not in keys:
                keys.append(key)
    return tuple(keys)


def _thread(series: Series) -> str:
    parts = (series.measure, series.force, series.unit, series.place or "", series.kind.value)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _preview(alert: AlertView) -> str:
    if alert.quote is None:
        return alert.byline
    quoted = f"{alert.quote.before}{alert.quote.figure}{alert.quote.after}"
    return one_line(f"{alert.said}: {quoted}", _PREVIEW_CHARACTERS)
