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
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from jinja2 import DictLoader, Environment, StrictUndefined

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Alert, Claim, Evidence, LedgerClaim, Message, Severity, Verdict
from monitor.core.payload import TEST_RULE, claim_json, loudest, previous_rows, webhook_body
from monitor.core.templates import MAIL_HTML
from monitor.core.wording import (
    VERDICT_WORDS,
    change_phrase,
    claim_day,
    claim_phrase,
    counted_phrase,
    day,
    link_host,
    minute,
    one_line,
    place_phrase,
    safe_link,
    short_source,
    source_name,
    status_word,
    subject_phrase,
    value_phrase,
    visible,
)

__all__ = [
    "TEST_RULE",
    "Rendered",
    "claim_json",
    "claim_phrase",
    "render_message",
    "value_phrase",
]

# Promise 37: no subject is longer, whatever a feed wrote.
_SUBJECT_CHARACTERS = 200
_TEXT_WIDTH = 72
# A sentence is quoted whole up to this; a text without full stops is cut around its figure.
_QUOTE_CHARACTERS = 600
_PREVIEW_CHARACTERS = 160
_LADDER_RUNGS = 10
_HIGH_CONFIDENCE, _FAIR_CONFIDENCE = 0.85, 0.6
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

    `webhook` is the exact body to sign, `severity` that of the loudest alert. `threads` names the conversations it belongs to, most
    important first: one per series, equal for all messages about that series.
    """

    subject: str
    text: str
    html: str
    webhook: bytes
    severity: Severity
    threads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Quote:
    """A sentence around its figure; `figure` is empty where it could not be told apart."""

    before: str
    figure: str
    after: str


@dataclass(frozen=True, slots=True)
class _Figure:
    """A headline in its parts, for the HTML: "Troops in Kursk", 10,000, 11,000, +1,000."""

    what: str
    old: str
    new: str
    note: str
    change: str


@dataclass(frozen=True, slots=True)
class _Rung:
    """One row of the ladder. `percent` is the bar's length, 0 for none."""

    who: str
    when: str
    value: str
    percent: int
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _AlertView:
    """What is shown of one alert, all of it plain visible text. `title` and `byline` are empty where
    the alert above it cites the same article."""

    badge: str
    headline: str
    figure: _Figure | None
    said: str
    before: str
    quote: _Quote | None
    title: str
    link: str | None
    byline: str
    ladder_title: str
    ladder: tuple[_Rung, ...]
    ladder_rest: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _MailView:
    """What is shown of a message. `overview` is empty when it holds one alert; `preview` is what a
    list of mails shows beside the subject.
    """

    subject: str
    test: str
    preview: str
    overview: str
    alerts: tuple[_AlertView, ...]
    why: str
    footer: tuple[str, ...]
    unsubscribe: str | None


def render_message(
    message: Message, gazetteer: Gazetteer, *, unsubscribe_url: str | None = None
) -> Rendered:
    """Return the message in every form. It holds at least one alert."""
    subject = _subject(message, gazetteer)
    alerts = _alert_views(message.alerts, gazetteer)
    view = _MailView(
        subject=subject,
        test=_TEST_NOTE if message.rule == TEST_RULE else "",
        preview=_preview(alerts[0]),
        overview=_overview(message, gazetteer) if len(alerts) > 1 else "",
        alerts=alerts,
        why=_why(message),
        footer=_footer(message),
        unsubscribe=safe_link(unsubscribe_url),
    )
    summary = "; ".join(_summary(alert, gazetteer) for alert in message.alerts)
    return Rendered(
        subject=subject,
        text=_text(view),
        html=_TEMPLATES.get_template("mail.html").render(mail=view),
        webhook=webhook_body(message, gazetteer, title=subject, summary=summary),
        severity=loudest(message.alerts),
        threads=_threads(message.alerts),
    )


# --- subject and headlines -------------------------------------------------------------------


def _subject(message: Message, gazetteer: Gazetteer) -> str:
    year = message.created.year
    if len(message.alerts) == 1:
        words = _one_subject(message.alerts[0], gazetteer, year)
    else:
        words = _several_subject(message, gazetteer)
    mark = "[TEST] " if message.rule == TEST_RULE else ""
    return one_line(_capital(mark + words), _SUBJECT_CHARACTERS)


def _one_subject(alert: Alert, gazetteer: Gazetteer, year: int) -> str:
    row = alert.claim
    if row is None:
        publisher = one_line(alert.article.publisher, 60)
        title = one_line(alert.article.title, 130) or "untitled article"
        return f"{one_line(alert.rule_title, 80)}: {title}" + (
            f" ({publisher})" if publisher else ""
        )
    who = short_source(row.claim) or "unattributed"
    return f"{_headline(alert, row, gazetteer)} ({who}, {day(claim_day(row), year)})"


def _several_subject(message: Message, gazetteer: Gazetteer) -> str:
    """As many figures as fit: 'Troops: 3 new figures (12,000 in Russia, HUR; ...)'."""
    overview = _overview(message, gazetteer)
    parts: list[str] = []
    for alert in message.alerts:
        part = _part(alert, gazetteer)
        if len(f"{overview} ({'; '.join([*parts, part])}; ...)") > _SUBJECT_CHARACTERS:
            parts.append("...")
            break
        parts.append(part)
    return f"{overview} ({'; '.join(parts)})"


def _overview(message: Message, gazetteer: Gazetteer) -> str:
    rows = [alert.claim for alert in message.alerts if alert.claim is not None]
    counted = {counted_phrase(row.claim, gazetteer) for row in rows}
    title = one_line(message.alerts[0].rule_title, 80)
    if not rows:
        return f"{title}: {len(message.alerts)} articles"
    what = counted.pop() if len(counted) == 1 else title
    changed = all(row.verdict is Verdict.REVISION for row in rows)
    fresh = "" if any(row.verdict is Verdict.CORRECTION for row in rows) else "new "
    return f"{_capital(what)}: {len(message.alerts)} {'changed ' if changed else fresh}figures"


def _part(alert: Alert, gazetteer: Gazetteer) -> str:
    row = alert.claim
    if row is None:
        return one_line(alert.article.title, 60)
    place = place_phrase(row.claim, gazetteer)
    # In a list an arrow means that this family's own figure moved; there is no room for more.
    own = next((earlier for earlier in alert.previous if earlier.id == row.previous), None)
    figure = _figure(row, own) + (f" in {place}" if place else "")
    return f"{figure}, {short_source(row.claim) or 'unattributed'}"


def _headline(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer) -> str:
    note = _headline_note(row)
    value = _figure(row, _baseline(alert, row))
    return f"{_what(row, gazetteer)}: {value}{f', {note}' if note else ''}"


def _what(row: LedgerClaim, gazetteer: Gazetteer) -> str:
    what = subject_phrase(row.claim, gazetteer)
    return f"Correction: {what}" if row.verdict is Verdict.CORRECTION else _capital(what)


def _headline_note(row: LedgerClaim) -> str:
    return "new for this place" if row.verdict is Verdict.NEW_PLACE else ""


def _figure(row: LedgerClaim, old: LedgerClaim | None) -> str:
    """Say '11,000', '10,000 -> 11,000' or '12,000 planned'."""
    value = _value(row.claim)
    return value if old is None else f"{value_phrase(old.claim)} -> {value}"


def _value(claim: Claim) -> str:
    return " ".join(part for part in (value_phrase(claim), status_word(claim)) if part)


def _baseline(alert: Alert, row: LedgerClaim) -> LedgerClaim | None:
    """The figure that the new one is shown against: the one it replaces, else the newest one that
    anybody has in the same series; none where the news is the place."""
    for earlier in alert.previous:
        if earlier.id == row.previous:
            return earlier
    if row.verdict is Verdict.NEW_PLACE:
        return None
    same = [earlier for earlier in alert.previous if earlier.series == row.series]
    return max(
        same, key=lambda earlier: (claim_day(earlier), earlier.said, earlier.id), default=None
    )


def _summary(alert: Alert, gazetteer: Gazetteer) -> str:
    """One sentence for chats and logs: who says what, and what it was before."""
    row = alert.claim
    if row is None:
        return one_line(f"{alert.article.title} ({alert.article.publisher})", 300)
    standing = f"{VERDICT_WORDS[row.verdict]}: {claim_phrase(row.claim, gazetteer)}"
    old = _baseline(alert, row)
    return standing if old is None else f"{standing}; before: {_before(old)}"


def _before(old: LedgerClaim) -> str:
    who = source_name(old.claim) or "unattributed"
    return f"{value_phrase(old.claim)}, {who}, {day(claim_day(old))}"


# --- what is shown of one alert --------------------------------------------------------------


def _alert_views(alerts: Sequence[Alert], gazetteer: Gazetteer) -> tuple[_AlertView, ...]:
    views: list[_AlertView] = []
    for index, alert in enumerate(alerts):
        view = _alert_view(alert, gazetteer)
        repeated = index > 0 and alerts[index - 1].article == alert.article
        views.append(replace(view, title="", byline="", link=None) if repeated else view)
    return tuple(views)


def _alert_view(alert: Alert, gazetteer: Gazetteer) -> _AlertView:
    row, article = alert.claim, alert.article
    link = safe_link(article.url)
    title = one_line(article.title, 200) or "untitled article"
    published = minute(article.published) if article.published is not None else "undated"
    byline = [one_line(article.publisher, 80), published, link_host(link) if link else ""]
    ladder = _ladder(alert, row, gazetteer) if row is not None else ()
    return _AlertView(
        badge=VERDICT_WORDS[row.verdict] if row is not None else "Article",
        headline=_headline(alert, row, gazetteer) if row is not None else title,
        figure=_figure_view(alert, row, gazetteer) if row is not None else None,
        said=_said(row, gazetteer) if row is not None else "",
        before=_stood(alert, row) if row is not None else "",
        quote=_quote(row.claim.evidence) if row is not None else None,
        title=title,
        link=link,
        byline=", ".join(part for part in byline if part),
        ladder_title="This figure and the earlier ones, newest first" if ladder else "",
        ladder=ladder,
        ladder_rest=_ladder_rest(alert) if ladder else "",
        facts=_facts(alert, row),
    )


def _figure_view(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer) -> _Figure:
    old = _baseline(alert, row)
    return _Figure(
        what=_what(row, gazetteer),
        old=value_phrase(old.claim) if old is not None else "",
        new=_value(row.claim),
        note=_headline_note(row),
        change=change_phrase(old.claim, row.claim) if old is not None else "",
    )


def _said(row: LedgerClaim, gazetteer: Gazetteer) -> str:
    """Who says it and as of when: 'Volodymyr Zelensky (Ukraine), as of 4 Nov 2024'."""
    who = source_name(row.claim) or "Source not named"
    # A family that the gazetteer does not name is the speaker itself.
    named = row.family is not None and row.family in gazetteer.sources
    family = gazetteer.family_name(row.family or "") if named else ""
    if family and family.casefold() != who.casefold():
        who += f" ({one_line(family, 60)})"
    dated = "as of" if row.claim.as_of is not None else "published"
    return f"{who}, {dated} {day(claim_day(row))}"


def _stood(alert: Alert, row: LedgerClaim) -> str:
    """What it was before, and how long that stood; empty where nothing was."""
    old = _baseline(alert, row)
    if old is None:
        return ""
    line = f"Before: {_before(old)}."
    if old.family == row.family and row.verdict is Verdict.REVISION:
        line += _since(row.said - old.said)
    return line


def _since(age: timedelta) -> str:
    if age.days < 1:
        return ""
    return f" First change in {age.days} day{'s' if age.days > 1 else ''}."


def _quote(evidence: Evidence) -> _Quote:
    """The sentence in three parts; hidden characters are dropped from each part on its own."""
    sentence, start = evidence.sentence, evidence.span.start - evidence.sentence_span.start
    end = start + evidence.span.end - evidence.span.start
    if start < 0 or sentence[start:end] != evidence.text or not evidence.text:
        return _Quote(one_line(sentence, _QUOTE_CHARACTERS), "", "")
    room = max(_QUOTE_CHARACTERS - (end - start), 0) // 2
    before, after = _tidy(sentence[:start]), _tidy(sentence[end:])
    if len(before) > room:
        before = "..." + before[len(before) - room :]
    if len(after) > room:
        after = after[:room] + "..."
    return _Quote(before.lstrip(), one_line(evidence.text, _QUOTE_CHARACTERS), after.rstrip())


def _tidy(text: str) -> str:
    """Visible text with single blanks, those at its ends kept: they part it from the figure."""
    words = visible(text)
    inner = " ".join(words.split())
    lead = " " if words[:1].isspace() else ""
    trail = " " if inner and words[-1:].isspace() else ""
    return f"{lead}{inner}{trail}"


def _ladder(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer) -> tuple[_Rung, ...]:
    earlier = _earlier(alert)[:_LADDER_RUNGS]
    if not earlier:
        return ()
    rows = (row, *earlier)
    most = max(0 if each.claim.vague else each.claim.high for each in rows)
    return tuple(_rung(each, row, most, gazetteer) for each in rows)


def _earlier(alert: Alert) -> list[LedgerClaim]:
    rows = previous_rows([alert])
    return sorted(rows, key=lambda row: (claim_day(row), row.said, row.id), reverse=True)


def _ladder_rest(alert: Alert) -> str:
    more = len(previous_rows([alert])) - _LADDER_RUNGS
    return f"and {more} older" if more > 0 else ""


def _rung(row: LedgerClaim, news: LedgerClaim, most: int, gazetteer: Gazetteer) -> _Rung:
    claim = row.claim
    place = place_phrase(claim, gazetteer)
    where = f" in {place}" if place and claim.place != news.claim.place else ""
    when = f"{day(claim_day(row))}, {one_line(row.publisher, 40)}".removesuffix(", ")
    return _Rung(
        who=source_name(claim) or "source not named",
        when=when,
        value=f"{_value(claim)}{where}",
        percent=0 if claim.vague or not most else max(round(100 * claim.high / most), 1),
        now=row is news,
    )


def _facts(alert: Alert, row: LedgerClaim | None) -> tuple[str, ...]:
    facts = [_witnesses(alert)]
    if row is not None:
        facts.append(f"Confidence: {_confidence(row.claim)}.")
        facts.append(f"Verdict: {row.verdict.value} ({one_line(row.reason, 300)}).")
    facts.append(f"The rule fired: {one_line(alert.reason, 300).rstrip('.')}.")
    return tuple(facts)


def _witnesses(alert: Alert) -> str:
    articles, independent = alert.witnesses_articles, alert.witnesses_independent
    if articles <= 1:
        return "Seen so far in this one article."
    return f"Seen so far in {articles} articles, {independent} independent of each other."


def _confidence(claim: Claim) -> str:
    words = "low"
    if claim.confidence >= _FAIR_CONFIDENCE:
        words = "high" if claim.confidence >= _HIGH_CONFIDENCE else "fair"
    return f"{100 * claim.confidence:.0f} % ({words})"


def _why(message: Message) -> str:
    if message.rule == TEST_RULE:
        return f"somebody sent a test to subscriber {message.channel.subscriber}."
    title = one_line(message.alerts[0].rule_title, 80)
    severity = loudest(message.alerts).value
    return (
        f'rule {message.rule} ("{title}", severity {severity}) is routed to subscriber '
        f"{message.channel.subscriber}."
    )


def _footer(message: Message) -> tuple[str, ...]:
    ids = ", ".join(alert.id for alert in message.alerts[:_LADDER_RUNGS])
    return (f"Sent by Figurewatch. Alert{'s' if len(message.alerts) > 1 else ''} {ids}",)


def _threads(alerts: Sequence[Alert]) -> tuple[str, ...]:
    keys: list[str] = []
    for alert in alerts:
        if alert.claim is None:
            continue
        series = alert.claim.series
        parts = (series.measure, series.force, series.unit, series.place or "", series.kind.value)
        key = hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
        if key not in keys:
            keys.append(key)
    return tuple(keys)


def _preview(alert: _AlertView) -> str:
    if alert.quote is None:
        return alert.byline
    quoted = f"{alert.quote.before}{alert.quote.figure}{alert.quote.after}"
    return one_line(f"{alert.said}: {quoted}", _PREVIEW_CHARACTERS)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- plain text ------------------------------------------------------------------------------


def _text(mail: _MailView) -> str:
    blocks: list[str] = []
    if mail.test:
        blocks.append(f"*** {mail.test} ***")
    if mail.overview:
        blocks.append(_wrap(mail.overview))
    for index, alert in enumerate(mail.alerts, start=1):
        number = f"{index} of {len(mail.alerts)}: " if mail.overview else ""
        blocks.extend(_text_alert(alert, number))
    blocks.append(_wrap(f"Why you got this: {mail.why}"))
    footer = "\n".join(_wrap(line) for line in mail.footer)
    leave = f"\nUnsubscribe: {mail.unsubscribe}" if mail.unsubscribe else ""
    # The usual signature mark, so that mail programs fold it away in replies.
    blocks.append(f"-- \n{footer}{leave}")
    return "\n\n".join(blocks) + "\n"


def _text_alert(alert: _AlertView, number: str) -> list[str]:
    change = f"Change: {alert.figure.change}." if alert.figure and alert.figure.change else ""
    lines = (alert.headline, alert.said, f"{alert.before} {change}".strip())
    blocks = [
        "\n".join([f"{number}{alert.badge.upper()}", *(_wrap(line) for line in lines if line)])
    ]
    if alert.quote is not None:
        figure = f"*{alert.quote.figure}*" if alert.quote.figure else ""
        quoted = f"{alert.quote.before}{figure}{alert.quote.after}"
        blocks.append(_wrap(quoted, "> "))
    title = "" if alert.headline == alert.title else f"{_wrap(alert.title)}\n"
    if alert.byline:
        blocks.append(title + _wrap(alert.byline) + (f"\n{alert.link}" if alert.link else ""))
    if alert.ladder:
        blocks.append("\n".join([f"{alert.ladder_title}:", *_text_ladder(alert)]))
    blocks.append("\n".join(map(_wrap, alert.facts)))
    return blocks


def _text_ladder(alert: _AlertView) -> list[str]:
    """One figure a line, figures aligned; the second line of a rung would not fit a phone."""
    width = max(len(rung.value) for rung in alert.ladder)
    lines = [
        f"{'>' if rung.now else ' '} {rung.value.rjust(width)}  {rung.who}, {rung.when}"
        for rung in alert.ladder
    ]
    return [*lines, f"  {alert.ladder_rest}"] if alert.ladder_rest else lines


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _TEXT_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
