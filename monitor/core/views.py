# SPDX-License-Identifier: Apache-2.0
"""What is shown of one alert, all of it plain visible text, for the text and the HTML of a mail.

What it is not: layout (`render`, `templates`). Rules of this file: pure; text from feeds passes
`one_line`, links pass `safe_link`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.gazetteer import Gazetteer
from monitor.core.headlines import (
    baseline,
    capital,
    headline,
    headline_note,
    value_words,
    what_is_counted,
)
from monitor.core.model import Alert, Claim, Evidence, LedgerClaim, Verdict, is_credible
from monitor.core.payload import is_absence, previous_rows
from monitor.core.wording import (
    change_phrase,
    claim_day,
    link_host,
    one_line,
    place_phrase,
    safe_link,
    source_name,
    value_phrase,
    verdict_words,
    visible,
)
from monitor.core.words import ENGLISH, Words

# A sentence is quoted whole up to this; a text without full stops is cut around its figure.
_QUOTE_CHARACTERS = 600
_LADDER_RUNGS = 10
_HIGH_CONFIDENCE, _FAIR_CONFIDENCE = 0.85, 0.6


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence around its figure; `figure` is empty where it could not be told apart."""

    before: str
    figure: str
    after: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """A headline in its parts, for the HTML: "Troops in Kursk", 10,000, 11,000, +1,000."""

    what: str
    old: str
    new: str
    note: str
    change: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One row of the ladder. `percent` is the bar's length, 0 for none."""

    who: str
    when: str
    value: str
    percent: int
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """What is shown of one alert, all of it plain visible text. `title` and `byline` are empty where
    the alert above it cites the same article. In a short view there is no ladder, and of the facts only
    who carries it and, of a follow-up, what it puts right. `feedback` is the page that asks the reader
    whether it was worth sending, if there is one."""

    badge: str
    headline: str
    figure: FigureView | None
    said: str
    before: str
    steps: str
    quote: Quote | None
    title: str
    link: str | None
    byline: str
    ladder_title: str
    ladder: tuple[Rung, ...]
    ladder_rest: str
    facts: tuple[str, ...]
    feedback: str = ""


def alert_views(
    alerts: Sequence[Alert], gazetteer: Gazetteer, *, short: bool = False, words: Words = ENGLISH
) -> tuple[AlertView, ...]:
    """Return what is shown of each alert; an article is cited once for the alerts in a row."""
    views: list[AlertView] = []
    for index, alert in enumerate(alerts):
        view = _alert_view(alert, gazetteer, words)
        if short:
            facts = view.facts[:1] + (view.facts[-1:] if alert.corrects else ())
            view = replace(view, ladder=(), ladder_rest="", facts=facts)
        # What is only an article keeps its link; figures of one article cite it once.
        repeated = (
            index > 0 and alert.claim is not None and alerts[index - 1].article == alert.article
        )
        views.append(replace(view, title="", byline="", link=None) if repeated else view)
    return tuple(views)


def _alert_view(alert: Alert, gazetteer: Gazetteer, words: Words) -> AlertView:
    row, article = alert.claim, alert.article
    if row is None and is_absence(alert):
        return _absence_view(alert, words)
    link = safe_link(article.url)
    title = one_line(article.title, 200) or words("untitled article")
    published = _published(alert, words)
    byline = [one_line(article.publisher, 80), published, link_host(link) if link else ""]
    ladder = _ladder(alert, row, gazetteer, words) if row is not None else ()
    return AlertView(
        badge=words(verdict_words(row) if row is not None else "Article"),
        headline=words.figures(headline(alert, row, gazetteer)) if row is not None else title,
        figure=_figure_view(alert, row, gazetteer, words) if row is not None else None,
        said=_said(row, gazetteer, words) if row is not None else "",
        before=_stood(alert, row, words) if row is not None else "",
        steps=_steps(alert, words),
        quote=_quote(row.claim.evidence) if row is not None else None,
        title=title,
        link=link,
        byline=", ".join(part for part in byline if part),
        ladder_title=words("This figure and the earlier ones, newest first") if ladder else "",
        ladder=ladder,
        ladder_rest=_ladder_rest(alert, words) if ladder else "",
        facts=_facts(alert, row, words),
    )


def date_note(alert: Alert, words: Words = ENGLISH) -> str:
    """Return what has to be said of the date of an alert's article: that there is none, or one that
    cannot be, which is shown as a claim of its own; "" where it has a date, or there is no article."""
    moment, article = alert.article.published, alert.article
    if is_absence(alert) and not (article.title.strip() or article.publisher.strip()):
        return ""
    if moment is None:
        return words("Article without a date")
    if is_credible(moment, alert.created):
        return ""
    return words("Article without a date (given as {day})", day=_claimed_day(moment, words))


def _published(alert: Alert, words: Words) -> str:
    """Return when the article was published; a date that cannot be is shown as a claim of its own."""
    moment = alert.article.published
    if moment is None:
        return words("undated")
    if is_credible(moment, alert.created):
        return words.published(moment)
    return words("undated (given as {day})", day=_claimed_day(moment, words))


def _claimed_day(moment: datetime, words: Words) -> str:
    # By no clock: at the ends of the calendar there is no other zone to go to.
    return words.date(moment.date())


def _absence_view(alert: Alert, words: Words) -> AlertView:
    """What has not come, and the article that came last; where none did, there is none to cite."""
    article = alert.article
    link = safe_link(article.url)
    title = one_line(article.title, 200) or (link_host(link) if link else "")
    publisher = one_line(article.publisher, 80)
    cited = bool(title or publisher)
    byline = [publisher, _published(alert, words), link_host(link) if link else ""]
    return AlertView(
        badge=words("Silence"),
        headline=capital(f"{one_line(alert.rule_title, 80)}: {one_line(alert.reason, 200)}"),
        figure=None,
        said="",
        before="",
        steps="",
        quote=None,
        title=words("The last one: {title}", title=title or words("untitled article"))
        if cited
        else "",
        link=link,
        byline=", ".join(part for part in byline if part) if cited else "",
        ladder_title="",
        ladder=(),
        ladder_rest="",
        facts=(words("This is told once; the next one ends the silence."),),
    )


def _figure_view(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer, words: Words) -> FigureView:
    old = baseline(alert, row)
    return FigureView(
        what=what_is_counted(row, gazetteer),
        old=words.figures(value_phrase(old.claim)) if old is not None else "",
        new=words.figures(value_words(row.claim)),
        note=headline_note(alert, row),
        change=words.figures(change_phrase(old.claim, row.claim)) if old is not None else "",
    )


def _said(row: LedgerClaim, gazetteer: Gazetteer, words: Words) -> str:
    """Who says it and as of when: 'Volodymyr Zelensky (Ukraine), as of 4 Nov 2024'."""
    who = source_name(row.claim) or words("Source not named")
    # A family that the gazetteer does not name is the speaker itself.
    named = row.family is not None and row.family in gazetteer.sources
    family = gazetteer.family_name(row.family or "") if named else ""
    if family and family.casefold() != who.casefold():
        who += f" ({one_line(family, 60)})"
    dated = words.date(claim_day(row))
    if row.claim.as_of is not None:
        return words("{who}, as of {day}", who=who, day=dated)
    return words("{who}, published {day}", who=who, day=dated)


def _stood(alert: Alert, row: LedgerClaim, words: Words) -> str:
    """What it was before, and how long that stood; empty where nothing was."""
    old = baseline(alert, row)
    if old is None:
        return ""
    who = source_name(old.claim) or words("unattributed")
    stood = f"{words.figures(value_phrase(old.claim))}, {who}, {words.date(claim_day(old))}"
    line = words("Before: {figure}.", figure=stood)
    if old.family == row.family and row.verdict is Verdict.REVISION:
        line += _since(row.said - old.said, words)
    return line


def _steps(alert: Alert, words: Words) -> str:
    """The figures that were held back and overtaken, oldest first."""
    if not alert.steps:
        return ""
    values = ", ".join(words.figures(value_phrase(step.claim)) for step in alert.steps)
    return words("On the way, while this was held back: {figures}.", figures=values)


def _since(age: timedelta, words: Words) -> str:
    if age.days < 1:
        return ""
    if age.days == 1:
        return " " + words("First change in 1 day.")
    return " " + words("First change in {days} days.", days=age.days)


def _quote(evidence: Evidence) -> Quote:
    """The sentence in three parts; hidden characters are dropped from each part on its own."""
    sentence, start = evidence.sentence, evidence.span.start - evidence.sentence_span.start
    end = start + evidence.span.end - evidence.span.start
    if start < 0 or sentence[start:end] != evidence.text or not evidence.text:
        return Quote(one_line(sentence, _QUOTE_CHARACTERS), "", "")
    room = max(_QUOTE_CHARACTERS - (end - start), 0) // 2
    before, after = _tidy(sentence[:start]), _tidy(sentence[end:])
    if len(before) > room:
        before = "..." + before[len(before) - room :]
    if len(after) > room:
        after = after[:room] + "..."
    return Quote(before.lstrip(), one_line(evidence.text, _QUOTE_CHARACTERS), after.rstrip())


def _tidy(text: str) -> str:
    """Visible text with single blanks, those at its ends kept: they part it from the figure."""
    words = visible(text)
    inner = " ".join(words.split())
    lead = " " if words[:1].isspace() else ""
    trail = " " if inner and words[-1:].isspace() else ""
    return f"{lead}{inner}{trail}"


def _ladder(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer, words: Words) -> tuple[Rung, ...]:
    earlier = _earlier(alert)[:_LADDER_RUNGS]
    if not earlier:
        return ()
    rows = (row, *earlier)
    most = max(0 if each.claim.vague else each.claim.high for each in rows)

    def rung(each: LedgerClaim) -> Rung:
        return _rung(each, row, most, gazetteer, words)

    return tuple(map(rung, rows))


def _earlier(alert: Alert) -> list[LedgerClaim]:
    rows = previous_rows([alert])
    return sorted(rows, key=lambda row: (claim_day(row), row.said, row.id), reverse=True)


def _ladder_rest(alert: Alert, words: Words) -> str:
    more = len(previous_rows([alert])) - _LADDER_RUNGS
    return words("and {count} older", count=more) if more > 0 else ""


def _rung(
    row: LedgerClaim, news: LedgerClaim, most: int, gazetteer: Gazetteer, words: Words
) -> Rung:
    claim = row.claim
    place = place_phrase(claim, gazetteer)
    where = f" in {place}" if place and claim.place != news.claim.place else ""
    when = f"{words.date(claim_day(row))}, {one_line(row.publisher, 40)}".removesuffix(", ")
    return Rung(
        who=source_name(claim) or words("source not named"),
        when=when,
        value=f"{words.figures(value_words(claim))}{where}",
        percent=0 if claim.vague or not most else max(round(100 * claim.high / most), 1),
        now=row is news,
    )


def _facts(alert: Alert, row: LedgerClaim | None, words: Words) -> tuple[str, ...]:
    facts = [_witnesses(alert, words)]
    reason = one_line(alert.reason, 600 if alert.corrects else 300).rstrip(".")
    if row is not None:
        facts.append(_confidence(row.claim, words))
        facts.append(_verdict(row, reason, words))
    if alert.corrects:
        wrong = ", ".join(alert.corrects)
        facts.append(words("This puts right alert {alert}: {reason}.", alert=wrong, reason=reason))
    elif row is None or one_line(row.reason, 300).rstrip(".") not in reason:
        facts.append(words("The rule fired: {reason}.", reason=reason))
    return tuple(facts)


def _verdict(row: LedgerClaim, said_below: str, words: Words) -> str:
    """Return a verdict with its reason; a follow-up gives that reason below, where it says more."""
    reason = one_line(row.reason, 300).rstrip(".")
    if row.verdict is Verdict.CORRECTION and reason in said_below:
        return words("Verdict: {verdict}.", verdict=row.verdict.value)
    return words("Verdict: {verdict} ({reason}).", verdict=row.verdict.value, reason=reason)


def _witnesses(alert: Alert, words: Words) -> str:
    articles, independent = alert.witnesses_articles, alert.witnesses_independent
    if articles <= 1:
        return words("Seen so far in this one article.")
    return words(
        "Seen so far in {articles} articles, {independent} independent of each other.",
        articles=articles,
        independent=independent,
    )


def _confidence(claim: Claim, words: Words) -> str:
    percent = f"{100 * claim.confidence:.0f}"
    if claim.confidence >= _HIGH_CONFIDENCE:
        return words("Confidence: {percent} % (high).", percent=percent)
    if claim.confidence >= _FAIR_CONFIDENCE:
        return words("Confidence: {percent} % (fair).", percent=percent)
    return words("Confidence: {percent} % (low).", percent=percent)
