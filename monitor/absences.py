# SPDX-License-Identifier: Apache-2.0
"""Keeps the watches of absence rules in the store, and asks for what is overdue.

What it is not: the condition itself (`core.absence`). Rules of this file: what was heard is noted in the
transaction that commits the decision; an overdue silence is decided, stored and routed in one
transaction; a rule that is new begins to wait now, and the watch of a rule that is gone stays
until the rule comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core.absence import Watch, heard, overdue
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Alert, Decision
from monitor.core.rules import Rule, RuleSet
from monitor.core.subscribers import Subscriber
from monitor.dispatch import Dispatch
from monitor.store import Store, codec


def note_heard(store: Store, rules: RuleSet, decision: Decision, now: datetime) -> None:
    """Note what absence rules were waiting for; call inside the `write` of the decision."""
    watching = _watching(rules)
    if not watching or not decision.outcomes:
        return
    marks = store.marks()
    for rule in watching:
        watch = _watch(rule, marks, now)
        after = heard(rule, watch, decision.outcomes)
        if after != watch or _name(rule) not in marks:
            store.mark(_name(rule), codec.dump(after))


def check_absences(
    store: Store,
    dispatch: Dispatch,
    rules: RuleSet,
    subscribers: Sequence[Subscriber],
    gazetteer: Gazetteer,
    now: datetime,
) -> tuple[Alert, ...]:
    """Raise the alert of every silence that is too long by now, once each; return the new ones."""
    watching = _watching(rules)
    if not watching:
        return ()
    with store.write():
        marks = store.marks()
        raised: list[Alert] = []
        for rule in watching:
            if _name(rule) not in marks:
                store.mark(_name(rule), codec.dump(Watch(since=now)))
            alert = overdue(rule, _watch(rule, marks, now), now)
            if alert is not None and not store.has_alert(alert.dedup_key):
                raised.append(alert)
        if raised:
            store.commit(Decision(alerts=tuple(raised)))
            dispatch.route(raised, subscribers, gazetteer, now)
    return tuple(raised)


def _watching(rules: RuleSet) -> list[Rule]:
    return [rule for rule in rules.rules if rule.absence is not None and rule.is_live]


def _watch(rule: Rule, marks: dict[str, str], now: datetime) -> Watch:
    stored = marks.get(_name(rule))
    return Watch(since=now) if stored is None else codec.load(Watch, stored)


def _name(rule: Rule) -> str:
    return f"absence:{rule.id}"
