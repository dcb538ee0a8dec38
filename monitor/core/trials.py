# SPDX-License-Identifier: Apache-2.0
"""Tries a rule on its own examples, by the way that every article goes: prepare, then decide.

What it is not: a second implementation of either; nothing is judged here but whether the outcome
is the one that the example asks for. Rules of this file: each text is an article of a feed of its
own, an hour after the one before; shadow rules are tried as if they were live.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.absence import Watch, heard, overdue
from monitor.core.decide import Policy, fold
from monitor.core.knowledge import Knowledge
from monitor.core.memory import Memory
from monitor.core.model import Alert, Article, Disposition, Outcome
from monitor.core.prepare import Reading, prepare
from monitor.core.rules import Example, Rule, RuleSet, RuleStatus

# When an example's first text is published. Weekdays and "last week" in examples count from here;
# any fixed day would do, this one lies in the weeks that the shipped rules were written for.
FIRST_PUBLISHED = datetime(2024, 11, 5, 8, 0, tzinfo=UTC)
_APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one example came out. `complaint` is None when it came out as expected."""

    rule: str
    example: str
    expect: str
    got: str
    complaint: str | None = None

    @property
    def is_good(self) -> bool:
        """True when the rule did what the example expects."""
        return self.complaint is None


def try_rule(rule: Rule, knowledge: Knowledge) -> tuple[Trial, ...]:
    """Try all examples of a rule, in order."""
    return tuple(try_example(rule, example, knowledge) for example in rule.examples)


def try_example(rule: Rule, example: Example, knowledge: Knowledge) -> Trial:
    """Read the given texts, decide the example's text, and compare with what it expects."""
    outcome, alerts = decide_example(rule, example, knowledge)
    got = told(alerts)
    good = is_as_expected(example.expect, alerts)
    return Trial(
        rule=rule.id,
        example=example.name,
        expect=example.expect,
        got=got,
        complaint=None if good else _complaint(example, got, outcome),
    )


def decide_example(
    rule: Rule, example: Example, knowledge: Knowledge
) -> tuple[Outcome, tuple[Alert, ...]]:
    """Return what is decided about an example's text, after the given ones are known."""
    live = replace(rule, status=RuleStatus.STABLE)
    rules = RuleSet(rules=(live,))
    memory, watch = Memory(), Watch(since=FIRST_PUBLISHED)
    texts = [("", text) for text in example.given] + [(example.title, example.text)]
    for number, (title, text) in enumerate(texts):
        article = _article(number, title, text, knowledge, rules.measures)
        policy = Policy(rules=rules, gazetteer=knowledge.gazetteer, now=article.seen)
        decision, memory = fold((article,), memory, policy)
        watch = heard(live, watch, decision.outcomes)
    alerts = decision.alerts
    if live.absence is not None and example.after is not None:
        silence = overdue(live, watch, article.seen + example.after)
        alerts += (silence,) if silence else ()
    return decision.outcomes[0], alerts


def is_as_expected(expect: str, alerts: Iterable[Alert]) -> bool:
    """Say whether alerts are what `expect` asks for.

    "silent" wants none, not even for the digest; "digest:…" wants none that is sent at once.
    """
    found = {(alert.disposition, alert.claim.verdict if alert.claim else "") for alert in alerts}
    disposition, _, verdict = expect.partition(":")
    if disposition == "silent":
        return not found
    if disposition == Disposition.DIGEST and any(row[0] is Disposition.ALERT for row in found):
        return False
    return any(row[0] == disposition and verdict in {"", row[1]} for row in found)


def _article(
    number: int, title: str, text: str, knowledge: Knowledge, measures: Collection[str]
) -> Article:
    moment = FIRST_PUBLISHED + number * _APART
    name = f"example-{number + 1}"
    return prepare(
        Reading(
            feed=name,
            publisher=name,
            entry_key=name,
            entry_hash="",
            url=None,
            title=title,
            content=text,
            content_is_html=False,
            published=moment,
            seen=moment,
        ),
        knowledge,
        measures=measures,
    )


def told(alerts: Iterable[Alert]) -> str:
    """Return what alerts came out, as an example would expect it."""
    words = [
        f"{alert.disposition}:{alert.claim.verdict}" if alert.claim else str(alert.disposition)
        for alert in alerts
    ]
    return ", ".join(dict.fromkeys(words)) or "silent"


def _complaint(example: Example, got: str, outcome: Outcome) -> str:
    evaluation = outcome.evaluations[0]
    surfaces = {row.id: f"{row.claim.surface}: " for row in outcome.claims}
    reasons = [f"{surfaces.get(hit.claim or '', '')}{hit.reason}" for hit in evaluation.hits]
    reasons += [f"{surfaces.get(claim, '')}{reason}" for claim, reason in evaluation.misses]
    if not outcome.claims:
        reasons.append("no figure was found in the text")
    return f"expected {example.expect}, got {got} ({'; '.join(reasons)})"
