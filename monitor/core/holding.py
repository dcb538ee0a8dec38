# SPDX-License-Identifier: Apache-2.0
"""What waited is looked at again: still worth telling, and as what.

What it is not: deciding that something waits (`routing`). Rules of this file: pure; nothing that
waited vanishes without a named fate; figures of one family that overtook each other while they
waited become one alert that says from where, to where, in how many steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.alerts import digest_id
from monitor.core.local_time import local_day
from monitor.core.model import Alert, Channel, Disposition, Message, MessageKind, Verdict
from monitor.core.routing import (
    Fate,
    Plan,
    Routing,
    Situation,
    Why,
    alert_message,
    held,
    next_digest,
    novelty,
    overview,
    quiet_for,
    silenced,
    told_by,
)
from monitor.core.subscribers import Subscriber

DIGEST_RULE = "figurewatch.digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that waits for a channel; `gone` says why it need not be told any more."""

    alert: Alert
    why: Why
    release_at: datetime
    gone: Fate | None = None
    detail: str = ""


def release(
    waiting: Sequence[Waiting], channel: Channel, subscriber: Subscriber, situation: Situation
) -> Plan:
    """Return what becomes of the alerts whose time to wait is over, the digest's excepted."""
    kept, routings = _sift(waiting, channel, subscriber, situation)
    ready: list[Waiting] = []
    for row in kept:
        until = quiet_for(row.alert, subscriber, situation.now)
        if until is None:
            ready.append(row)
        else:
            routings.append(held(row.alert, channel, Why.QUIET, until))
    messages: list[Message] = []
    for group in _groups(ready):
        message = _message(group, channel, subscriber, situation)
        messages.append(message)
        routings += told_by(message, group[0].why)
        routings += _overtaken(message, group)
    return Plan(messages=tuple(messages), routings=tuple(routings))


def digest(
    waiting: Sequence[Waiting],
    channel: Channel,
    subscriber: Subscriber,
    situation: Situation,
    coverage: tuple[str, ...],
) -> Plan:
    """Return the digest of what waited for it; with nothing left in it, a plan without message."""
    kept, routings = _sift(waiting, channel, subscriber, situation)
    alerts = _merged([row.alert for row in kept])
    if not alerts and not subscriber.digest.when_empty:
        return Plan(routings=tuple(routings))
    day = local_day(situation.now, subscriber.zone)
    message = Message(
        id=digest_id(channel.id, day),
        channel=channel,
        rule=DIGEST_RULE,
        alerts=tuple(sorted(alerts, key=_digest_order, reverse=True)),
        created=situation.now,
        kind=MessageKind.DIGEST,
        heading=f"{subscriber.digest.period.value.capitalize()} digest, {day}",
        notes=coverage,
        overtaken=_overtaken_ids(alerts, kept),
    )
    routings += told_by(message, Why.DIGEST)
    routings += _overtaken(message, kept)
    return Plan(messages=(message,), routings=tuple(routings))


def hold_on(
    waiting: Sequence[Waiting], channel: Channel, subscriber: Subscriber, now: datetime
) -> Plan:
    """Return the plan for a digest whose day already had one: everything waits for the next."""
    until = next_digest(subscriber, now)
    return Plan(routings=tuple(held(row.alert, channel, Why.DIGEST, until) for row in waiting))


def unrouted(waiting: Sequence[Waiting], channel: str, detail: str) -> Plan:
    """Return the plan for alerts whose channel is gone."""
    return Plan(
        routings=tuple(
            Routing(alert=row.alert.id, channel=channel, fate=Fate.UNROUTED, detail=detail)
            for row in waiting
        )
    )


def _sift(
    waiting: Sequence[Waiting], channel: Channel, subscriber: Subscriber, situation: Situation
) -> tuple[list[Waiting], list[Routing]]:
    """Part what is still worth telling from what is not."""
    kept: list[Waiting] = []
    routings: list[Routing] = []
    for row in waiting:
        silence = situation.silenced_by(row.alert, subscriber.id)
        if row.gone is not None:
            gone = Routing(alert=row.alert.id, channel=channel.id, fate=row.gone, detail=row.detail)
            routings.append(gone)
        elif silence is not None:
            routings.append(silenced(row.alert, channel, silence))
        elif not row.alert.corrects and subscriber.route(row.alert) is None:
            detail = "the subscriber no longer wants it"
            routings += unrouted([row], channel.id, detail).routings
        else:
            kept.append(row)
    return kept, routings


def _groups(ready: Sequence[Waiting]) -> list[list[Waiting]]:
    """One message for all that was held back by night or budget; one per rule for windows."""
    groups: dict[str, list[Waiting]] = {}
    for row in ready:
        name = row.alert.rule if row.why is Why.WINDOW else ""
        groups.setdefault(name, []).append(row)
    return list(groups.values())


def _message(
    group: Sequence[Waiting], channel: Channel, subscriber: Subscriber, situation: Situation
) -> Message:
    alerts = _merged([row.alert for row in group])
    heading = _heading(group, subscriber)
    if len({alert.rule for alert in alerts}) == 1:
        message = alert_message(channel, alerts, situation.now, heading)
    else:
        message = overview(channel, alerts, situation.now, heading)
    return replace(message, overtaken=_overtaken_ids(alerts, group))


def _heading(group: Sequence[Waiting], subscriber: Subscriber) -> str:
    reasons = {row.why for row in group}
    quiet = subscriber.quiet
    if Why.QUIET in reasons and quiet is not None:
        hours = f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"
        return f"Held back during your quiet hours, {hours}"
    if Why.BUDGET in reasons:
        return f"Held back because an hour had brought {subscriber.per_hour} messages"
    return ""


def _track(alert: Alert) -> tuple[object, ...]:
    """What alerts that overtake each other have in common; others are apart."""
    row = alert.claim
    if (
        row is None
        or row.family is None
        or row.verdict is Verdict.CORRECTION
        or alert.disposition is Disposition.DIGEST
    ):
        return (alert.id,)
    return (alert.rule, row.series, row.family)


def _merged(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return one alert per family and series: its newest figure, against what stood at first."""
    tracks: dict[tuple[object, ...], list[Alert]] = {}
    for alert in alerts:
        tracks.setdefault(_track(alert), []).append(alert)
    return tuple(_one(rows) if len(rows) > 1 else rows[0] for rows in tracks.values())


def _one(alerts: Sequence[Alert]) -> Alert:
    first, last = alerts[0], alerts[-1]
    steps = tuple(alert.claim for alert in alerts[:-1] if alert.claim is not None)
    assert first.claim is not None  # noqa: S101  (only figures are merged)
    assert last.claim is not None  # noqa: S101
    # A first figure that then moved is still a first figure to who hears of it only now.
    is_first = first.claim.verdict is Verdict.NEW
    verdict = Verdict.NEW if is_first else last.claim.verdict
    between = {row.id for row in steps}
    stood = tuple(row for row in first.previous if row.id == first.claim.previous)
    others = tuple(row for row in last.previous if row.id not in between and row not in stood)
    return replace(
        last,
        claim=replace(last.claim, previous=first.claim.previous, verdict=verdict),
        previous=stood + others,
        steps=steps,
        severity=max(alerts, key=novelty).severity,
    )


def _overtaken_ids(alerts: Sequence[Alert], group: Sequence[Waiting]) -> tuple[str, ...]:
    told = {alert.id for alert in alerts}
    return tuple(row.alert.id for row in group if row.alert.id not in told)


def _overtaken(message: Message, group: Sequence[Waiting]) -> list[Routing]:
    return [
        Routing(
            alert=row.alert.id,
            channel=message.channel.id,
            fate=Fate.OVERTAKEN,
            why=row.why,
            message=message.id,
        )
        for row in group
        if row.alert.id in message.overtaken
    ]


def _digest_order(alert: Alert) -> tuple[tuple[int, int, float], datetime]:
    return novelty(alert), alert.created
