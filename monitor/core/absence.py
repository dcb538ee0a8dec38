# SPDX-License-Identifier: Apache-2.0
"""Absences: something that used to come has not come for too long.

What it is not: a clock. `decide` notes by a hit when what a rule waits for is there; `heard` keeps the
newest such moment, and `overdue` is asked from time to time with the time of day.
Rules of this file: pure; one alert per silence, however often it is asked, because the dedup key
names the moment at which the silence began; the publication date counts, so that an old article
which arrives late ends no silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.alerts import alert_id, cite
from monitor.core.model import Alert, ArticleRef, Disposition, Outcome
from monitor.core.rules import Rule
from monitor.core.wording import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Since when an absence rule has been waiting; `last` is the article that came last, if any."""

    since: datetime
    last: ArticleRef | None = None


def heard(rule: Rule, watch: Watch, outcomes: Iterable[Outcome]) -> Watch:
    """Return the watch after some decided articles."""
    for outcome in outcomes:
        noted = any(
            evaluation.rule == rule.id and evaluation.hits for evaluation in outcome.evaluations
        )
        said = outcome.article.said
        if noted and (watch.last is None or said > watch.since):
            watch = Watch(since=max(said, watch.since), last=cite(outcome.article))
    return watch


def due_at(rule: Rule, watch: Watch) -> datetime:
    """Return when the silence that a watch sees becomes too long."""
    assert rule.absence is not None  # noqa: S101  (asked of absence rules only)
    return watch.since + rule.absence.lasting


def overdue(rule: Rule, watch: Watch, now: datetime) -> Alert | None:
    """Return the alert about a silence that is too long by now; None while there is time.

    Its article is the one that came last, without an id: it is not what the alert is about.
    """
    if now < due_at(rule, watch):
        return None
    assert rule.absence is not None  # noqa: S101  (asked of absence rules only)
    key = f"{rule.id}|absence|{watch.since.isoformat()}"
    lasting = spoken(rule.absence.lasting)
    begun = ", since" if watch.last is None else "; the last one on"
    reason = f"no {rule.absence.awaited} for {lasting}{begun} {day(watch.since.date())}"
    last = watch.last or ArticleRef(id="", url=None, title="", publisher="", published=None)
    return Alert(
        id=alert_id(key),
        dedup_key=key,
        rule=rule.id,
        rule_title=rule.title,
        severity=rule.severity,
        disposition=Disposition.ALERT,
        reason=reason,
        claim=None,
        article=replace(last, id=""),
        created=now,
    )


def spoken(lasting: timedelta) -> str:
    """Return "14 days", "1 hour", "90 minutes"."""
    for name, unit in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if lasting >= unit and not lasting % unit:
            count = lasting // unit
            return f"{count} {name}{'s' * (count != 1)}"
    return f"{lasting.total_seconds() / 60:g} minutes"
