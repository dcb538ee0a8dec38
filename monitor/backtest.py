# SPDX-License-Identifier: Apache-2.0
"""Backtest over a site's stored corpus: running it, and the report as data and as text.

What it is not: the run itself (`core.backtest`). Rules of this file: the store is only read; stored
verdicts are used as they stand, or, where asked, every text that is still there is read and decided
anew over a throw-away store; the text form is made from the data.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.core.backtest import (
    Backtest,
    Difference,
    NearMiss,
    Told,
    difference,
    messages_by_week,
    week,
)
from monitor.core.decide import Policy
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Alert, Outcome
from monitor.core.moments import utc_text
from monitor.core.prepare import Reading, prepare
from monitor.core.rules import Rule, RuleSet
from monitor.core.wording import amount, claim_phrase
from monitor.dispatch import Dispatch
from monitor.pipeline import Site, decide_and_commit
from monitor.store import Store, open_store
from monitor.store.history import count_articles, stored_outcomes

_SHOWN_MISSES = 20
_BAR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a backtest went over."""

    articles: int
    first: datetime | None
    last: datetime | None
    seconds: float


Progress = Callable[[Iterable[Outcome], int], Iterable[Outcome]]


def run_backtest(  # noqa: PLR0913  (all that a run is made of)
    store: Store,
    site: Site,
    rules: Sequence[Rule],
    *,
    against: Sequence[Rule] = (),
    since: datetime | None = None,
    reread: bool = False,
    progress: Progress = lambda outcomes, _: outcomes,
) -> dict[str, Any]:
    """Run rules (and an earlier version of them) over the corpus; return the report."""
    started = time.perf_counter()
    gazetteer = site.knowledge.gazetteer
    runs = [Backtest(tuple(rules), gazetteer)]
    if against:
        runs.append(Backtest(tuple(against), gazetteer))
    outcomes = _reread(store, site, (*rules, *against)) if reread else stored_outcomes(store)
    articles, first, last = 0, None, None
    for outcome in progress(outcomes, count_articles(store)):
        for run in runs:
            run.take(outcome)
        articles += 1
        last = outcome.article.seen
        first = first or last
    if last is not None:
        for run in runs:
            run.end(last)
    span = Span(articles=articles, first=first, last=last, seconds=time.perf_counter() - started)
    return _report(runs, span, site, since)


def _reread(store: Store, site: Site, rules: Sequence[Rule]) -> Iterator[Outcome]:
    """Decide every article anew, in order; one whose text is gone keeps its claims."""
    measures = site.rules.measures | {rule.scope.measure for rule in rules if rule.scope}
    with closing(open_store(None)) as throwaway:
        dispatch = Dispatch(throwaway)
        for stored in stored_outcomes(store):
            article = stored.article
            if article.text:
                read = prepare(_reading(stored), site.knowledge, measures=measures)
                article = replace(read, text_kind=article.text_kind)
            policy = Policy(
                rules=RuleSet(rules=()),
                gazetteer=site.knowledge.gazetteer,
                now=article.seen,
                silence_all=stored.silenced,
            )
            decision = decide_and_commit(throwaway, dispatch, (article,), policy, (), None)
            yield decision.outcomes[0]


def _reading(stored: Outcome) -> Reading:
    article = stored.article
    return Reading(
        feed=article.feed,
        publisher=article.publisher,
        entry_key=article.entry_key,
        entry_hash=article.entry_hash,
        url=article.url,
        title=article.title,
        content=article.text,
        content_is_html=False,
        published=article.published,
        language=article.language,
        seen=article.seen,
        kind=article.text_kind,
        id=article.id,
    )


# --- the report as data ----------------------------------------------------------------------


def _report(
    runs: Sequence[Backtest], span: Span, site: Site, since: datetime | None
) -> dict[str, Any]:
    gazetteer = site.knowledge.gazetteer
    new = _from(runs[0].told, since)
    report = {
        "rules": [{"id": rule.id, "version": rule.version} for rule in runs[0].rules],
        "articles": span.articles,
        "from": span.first.isoformat() if span.first else None,
        "to": span.last.isoformat() if span.last else None,
        "since": since.isoformat() if since else None,
        "seconds": round(span.seconds, 3),
        "texts_gone": runs[0].unread,
        "alerts": [_alert(told.alert, gazetteer) for told in new],
        "missed": [_missed(miss, gazetteer) for miss in runs[0].missed if _counts(miss, since)],
        "alerts_by_week": dict(
            sorted(Counter(week(told.alert.created) for told in new if _sends(told)).items())
        ),
        "messages": [
            {"week": place[0], "subscriber": place[1], "messages": count}
            for place, count in messages_by_week(new, site.subscribers).items()
        ],
        "difference": None,
    }
    if len(runs) > 1:
        found = difference(new, _from(runs[1].told, since))
        report["difference"] = _difference(found, gazetteer)
    return report


def _from(told: Sequence[Told], since: datetime | None) -> list[Told]:
    return [one for one in told if since is None or one.alert.created >= since]


def _counts(miss: NearMiss, since: datetime | None) -> bool:
    return since is None or miss.row.seen >= since


def _sends(told: Told) -> bool:
    return told.alert.disposition == "alert"


def _alert(alert: Alert, gazetteer: Gazetteer) -> dict[str, Any]:
    row = alert.claim
    return {
        "at": alert.created.isoformat(),
        "rule": alert.rule,
        "disposition": alert.disposition.value,
        "severity": alert.severity.value,
        "verdict": row.verdict.value if row else None,
        "summary": claim_phrase(row.claim, gazetteer) if row else alert.article.title,
        "reason": alert.reason,
        "publisher": alert.article.publisher,
        "title": alert.article.title,
        "url": alert.article.url,
        "article": alert.article.id or None,
        "claim": row.id if row else None,
    }


def _missed(miss: NearMiss, gazetteer: Gazetteer) -> dict[str, Any]:
    return {
        "at": miss.row.seen.isoformat(),
        "rule": miss.rule,
        "summary": claim_phrase(miss.row.claim, gazetteer),
        "reason": miss.reason,
        "article": miss.row.article,
        "claim": miss.row.id,
    }


def _difference(found: Difference, gazetteer: Gazetteer) -> dict[str, Any]:
    return {
        "same": found.same,
        "only_new": [_alert(told.alert, gazetteer) for told in found.only_new],
        "only_old": [_alert(told.alert, gazetteer) for told in found.only_old],
        "severity": [
            _alert(new.alert, gazetteer) | {"severity_before": old.alert.severity.value}
            for new, old in found.louder_or_quieter
        ],
    }


# --- the report as text ----------------------------------------------------------------------


def backtest_text(report: Mapping[str, Any]) -> str:
    """Return the report for a terminal."""
    lines = [
        f"{', '.join(rule['id'] for rule in report['rules'])}",
        (
            f"{report['articles']:,} stored articles, {_day(report['from'])} to"
            f" {_day(report['to'])}, in {report['seconds']:.1f} s"
        ),
    ]
    if report["texts_gone"]:
        lines.append(
            f"{report['texts_gone']:,} articles have no text any more: words were not found there"
        )
    lines += ["", *_timeline(report)]
    lines += _weeks(report)
    lines += _miss_lines(report["missed"])
    if report["difference"] is not None:
        lines += _difference_lines(report["difference"])
    return "\n".join(lines)


def _timeline(report: Mapping[str, Any]) -> list[str]:
    sent = sum(alert["disposition"] == "alert" for alert in report["alerts"])
    kept = len(report["alerts"]) - sent
    since = f" since {_day(report['since'])}" if report["since"] else ""
    lines = [f"would have fired{since}: {amount(sent, 'alert')}, {kept} for the digest"]
    for alert in report["alerts"]:
        lines += _alert_lines(alert, "  ")
    return lines


def _alert_lines(alert: Mapping[str, Any], mark: str) -> list[str]:
    what = alert["verdict"] or "match"
    kind = "digest " if alert["disposition"] == "digest" else ""
    lines = [
        f"{mark}{_moment(alert['at'])}  {kind}{what} ({alert['severity']}): {alert['summary']}",
        f"{' ' * len(mark)}{' ' * 22}{alert['reason']}",
    ]
    if alert["claim"]:
        where = f"{alert['publisher']}: “{alert['title'] or '(untitled)'}”"
        lines.append(f"{' ' * len(mark)}{' ' * 22}{where}")
    return lines


def _weeks(report: Mapping[str, Any]) -> list[str]:
    counts: Mapping[str, int] = report["alerts_by_week"]
    if not counts:
        return []
    widest = max(counts.values())
    lines = ["", "alerts by week:"]
    for name, count in counts.items():
        bar = "█" * max(1, round(_BAR * count / max(widest, _BAR)))
        lines.append(f"  {name}  {count:4}  {bar}")
    lines += ["", "messages by subscriber and week:"]
    if not report["messages"]:
        lines.append("  none: no subscriber wants these rules")
    lines += [
        f"  {row['week']}  {row['subscriber']}: {row['messages']}" for row in report["messages"]
    ]
    return lines


def _miss_lines(missed: Sequence[Mapping[str, Any]]) -> list[str]:
    if not missed:
        return []
    lines = ["", f"kept back by a limit only: {len(missed)}"]
    lines += [
        f"  {_moment(row['at'])}  {row['summary']}: {row['reason']}"
        for row in missed[:_SHOWN_MISSES]
    ]
    if len(missed) > _SHOWN_MISSES:
        lines.append(f"  … and {len(missed) - _SHOWN_MISSES} more (--format json has them all)")
    return lines


def _difference_lines(found: Mapping[str, Any]) -> list[str]:
    lines = [
        "",
        (
            f"against the other version: {found['same']} the same, {len(found['only_new'])} only"
            f" now, {len(found['only_old'])} no longer, {len(found['severity'])} of another severity"
        ),
    ]
    for key, mark in (("only_new", "+ "), ("only_old", "- ")):
        for alert in found[key]:
            lines += _alert_lines(alert, mark)
    lines += [
        f"~ {_moment(row['at'])}  {row['summary']}: {row['severity_before']} -> {row['severity']}"
        for row in found["severity"]
    ]
    return lines


def _day(moment: str | None) -> str:
    return "-" if moment is None else moment[:10]


def _moment(moment: str) -> str:
    return utc_text(datetime.fromisoformat(moment))
