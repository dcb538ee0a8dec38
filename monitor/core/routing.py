# SPDX-License-Identifier: Apache-2.0
"""From alerts to messages: who is told what now, and what waits until when.

What it is not: releasing what waits (`holding`), or sending. Rules of this file: pure; every alert
that a subscriber wants gets exactly one routing per channel, so that nothing vanishes between alert
and outbox; what is told now and what waits is decided by route, silence, quiet hours, grouping
window and budget, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from monitor.core.alerts import message_id
from monitor.core.gazetteer import Gazetteer
from monitor.core.local_time import next_local, quiet_until
from monitor.core.model import (
    SEVERITY_ORDER,
    Alert,
    Channel,
    Disposition,
    Message,
    MessageKind,
    Verdict,
)
from monitor.core.subscribers import Period, Subscriber, When, is_loud

OVERVIEW_RULE = "figurewatch.overview"
_HOUR = timedelta(hours=1)
_NOVELTY = (
    Verdict.CORROBORATION,
    Verdict.NEW_PLACE,
    Verdict.REVISION,
    Verdict.CORRECTION,
    Verdict.NEW,
)


class Fate(StrEnum):
    """What became of one alert for one channel."""

    TOLD = "told"
    HELD = "held"
    OVERTAKEN = "overtaken"  # told as a step on the way to a later figure
    SILENCED = "silenced"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"  # the text took the figure back before it was told
    UNROUTED = "unrouted"  # the subscriber, channel or digest is gone from the configuration


class Why(StrEnum):
    """What decided when an alert is told."""

    NOW = "now"
    WINDOW = "window"
    QUIET = "quiet"
    DIGEST = "digest"
    BUDGET = "budget"
    REQUEST = "request"  # somebody asked for it with `alerts resend`


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What became of one alert for one channel: told by `message`, or held until `release_at`."""

    alert: str
    channel: str
    fate: Fate
    why: Why = Why.NOW
    release_at: datetime | None = None
    message: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a batch of alerts leads to for a subscriber."""

    messages: tuple[Message, ...] = ()
    routings: tuple[Routing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No alert that it covers is told until it ends. Patterns are shell-style; a place covers all
    that lies inside it; None covers everything."""

    id: str
    author: str
    reason: str
    created: datetime
    until: datetime
    rule: str = "*"
    subscriber: str = "*"
    force: str | None = None
    place: str | None = None

    def covers(self, alert: Alert, subscriber: str, now: datetime, gazetteer: Gazetteer) -> bool:
        """Say whether an alert to a subscriber is silenced."""
        return (
            self.created <= now < self.until
            and fnmatchcase(alert.rule, self.rule)
            and fnmatchcase(subscriber, self.subscriber)
            and (self.force is None or self.force == _force(alert))
            and (self.place is None or _is_inside(alert, self.place, gazetteer))
        )


def _force(alert: Alert) -> str | None:
    return alert.claim.series.force if alert.claim is not None else None


def _is_inside(alert: Alert, place: str, gazetteer: Gazetteer) -> bool:
    here = alert.claim.claim.place if alert.claim is not None else None
    return here is not None and gazetteer.is_within(here, place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Whom an earlier alert reached, by channel: `told` got it, or surely will; for `waiting` it was
    held back, and once its figure is taken back it is not told any more."""

    told: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What routing has to know besides alert and subscriber.

    `windows` are the ends of open grouping windows by (channel, rule); `sent` the times of each
    channel's messages of the last hour. `reached` answers whom an earlier alert reached, by its id.
    """

    now: datetime
    gazetteer: Gazetteer
    silences: Sequence[Silence] = ()
    windows: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    reached: Callable[[str], Reached] = lambda _: Reached()

    def silenced_by(self, alert: Alert, subscriber: str) -> Silence | None:
        """Return the silence that covers an alert, or None."""
        covering = (
            silence
            for silence in self.silences
            if silence.covers(alert, subscriber, self.now, self.gazetteer)
        )
        return next(covering, None)


def plan(alerts: Sequence[Alert], subscriber: Subscriber, situation: Situation) -> Plan:
    """Return what a subscriber is told now about the alerts of one commit, and what waits."""
    ready: dict[tuple[str, str], list[Alert]] = {}
    routings: list[Routing] = []
    channels = {channel.id: channel for channel in subscriber.channels}
    for alert in alerts:
        for channel in _channels(alert, subscriber, situation):
            routing = _held(alert, channel, subscriber, situation)
            if routing is None:
                ready.setdefault((channel.id, alert.rule), []).append(alert)
            else:
                routings.append(routing)
    messages: list[Message] = []
    for name, channel in channels.items():
        rows = [tuple(found) for (where, _), found in ready.items() if where == name]
        sent, held = _within_budget(rows, channel, subscriber, situation)
        messages += sent
        routings += held
    routings += [told for message in messages for told in told_by(message, Why.NOW)]
    return Plan(messages=tuple(messages), routings=tuple(routings))


def _channels(alert: Alert, subscriber: Subscriber, situation: Situation) -> tuple[Channel, ...]:
    """Return where the alert is wanted, at once or later.

    A follow-up goes to exactly those who got what it puts right, whatever they want now.
    """
    if alert.corrects:
        misled = _misled(alert, situation)
        return tuple(channel for channel in subscriber.channels if channel.id in misled)
    route = subscriber.route(alert)
    if route is None or route.when is When.NEVER:
        return ()
    if _goes_to_digest(alert, subscriber) and subscriber.digest.period is Period.NEVER:
        return ()
    return tuple(channel for channel in subscriber.channels if route.takes(channel))


def _misled(alert: Alert, situation: Situation) -> frozenset[str]:
    """Return the channels that a follow-up is for.

    Where a wrong figure still waits it is not told any more; what stands in its place is, but that it
    is gone is no news to who never read it.
    """
    replaced = alert.claim is not None and not alert.claim.withdrawn
    found: set[str] = set()
    for wrong in alert.corrects:
        reached = situation.reached(wrong)
        found |= reached.told | reached.waiting if replaced else reached.told
    return frozenset(found)


def is_for_now(alert: Alert, subscriber: Subscriber) -> bool:
    """Say whether a subscriber wants an alert pushed, quiet hours and the like aside."""
    route = subscriber.route(alert)
    if route is None or route.when is not When.NOW or alert.disposition is not Disposition.ALERT:
        return False
    return any(route.takes(channel) for channel in subscriber.channels)


def _goes_to_digest(alert: Alert, subscriber: Subscriber) -> bool:
    if alert.corrects and subscriber.digest.period is Period.NEVER:
        return False
    route = subscriber.route(alert)
    return alert.disposition is Disposition.DIGEST or (
        route is not None and route.when is When.DIGEST
    )


def next_digest(subscriber: Subscriber, after: datetime) -> datetime:
    """Return when the subscriber's next digest is due."""
    digest = subscriber.digest
    return next_local(after, subscriber.zone, digest.at, digest.on)


def quiet_for(alert: Alert, subscriber: Subscriber, now: datetime) -> datetime | None:
    """Return until when quiet hours hold an alert back, or None."""
    quiet = subscriber.quiet
    if quiet is None or is_loud(alert.severity, quiet.but):
        return None
    return quiet_until(now, subscriber.zone, quiet)


def _held(
    alert: Alert, channel: Channel, subscriber: Subscriber, situation: Situation
) -> Routing | None:
    """Return the routing of an alert that is not told now, or None."""
    now = situation.now
    silence = situation.silenced_by(alert, subscriber.id)
    if silence is not None:
        return silenced(alert, channel, silence)
    if _goes_to_digest(alert, subscriber):
        return held(alert, channel, Why.DIGEST, next_digest(subscriber, now))
    if (end := quiet_for(alert, subscriber, now)) is not None:
        return held(alert, channel, Why.QUIET, end)
    if subscriber.window:
        end = situation.windows.get((channel.id, alert.rule), now + subscriber.window)
        return held(alert, channel, Why.WINDOW, end)
    return None


def held(alert: Alert, channel: Channel, why: Why, until: datetime) -> Routing:
    """Return the routing of an alert that waits."""
    return Routing(alert=alert.id, channel=channel.id, fate=Fate.HELD, why=why, release_at=until)


def silenced(alert: Alert, channel: Channel, silence: Silence) -> Routing:
    """Return the routing of an alert that a silence swallowed."""
    detail = f"{silence.id} by {silence.author}: {silence.reason}"
    return Routing(alert=alert.id, channel=channel.id, fate=Fate.SILENCED, detail=detail)


def told_by(message: Message, why: Why) -> Iterable[Routing]:
    """Yield a routing for every alert that a message tells."""
    for alert in message.alerts:
        yield Routing(
            alert=alert.id,
            channel=message.channel.id,
            fate=Fate.TOLD,
            why=why,
            message=message.id,
        )


def _within_budget(
    rows: Sequence[tuple[Alert, ...]],
    channel: Channel,
    subscriber: Subscriber,
    situation: Situation,
) -> tuple[list[Message], list[Routing]]:
    """Return the messages that the budgets allow, and what waits for the hour to pass.

    The most novel go alone, the rest as one overview.
    """
    recent = situation.sent.get(channel.id, ())
    per_hour = subscriber.per_hour
    room = subscriber.budget
    if per_hour is not None:
        room = min(room, per_hour - len(recent))
    if len(rows) <= room:
        return [alert_message(channel, row, situation.now) for row in rows], []
    if room < 1:
        until = min(recent, default=situation.now) + _HOUR
        waiting = [held(alert, channel, Why.BUDGET, until) for row in rows for alert in row]
        return [], waiting
    ranked = sorted(rows, key=lambda row: max(map(novelty, row)), reverse=True)
    alone = ranked[: room - 1]
    messages = [alert_message(channel, row, situation.now) for row in rows if row in alone]
    rest = tuple(alert for row in rows if row not in alone for alert in row)
    most = subscriber.budget if room == subscriber.budget else per_hour
    heading = f"{len(rest)} alerts in one message: more than {most} at once would have come"
    return [*messages, overview(channel, rest, situation.now, heading)], []


def novelty(alert: Alert) -> tuple[int, int, float]:
    """Return how much news an alert is, for ranking: severity, kind of news, size of the change."""
    row = alert.claim
    loudness = SEVERITY_ORDER.index(alert.severity)
    if row is None:
        return loudness, 0, 0.0
    kind = _NOVELTY.index(row.verdict) + 1 if row.verdict in _NOVELTY else 0
    old = next((known for known in alert.previous if known.id == row.previous), None)
    if old is None:
        return loudness, kind, 0.0
    before = max(old.claim.low + old.claim.high, 1)
    return loudness, kind, abs(row.claim.low + row.claim.high - before) / before


def alert_message(
    channel: Channel, alerts: tuple[Alert, ...], now: datetime, heading: str = ""
) -> Message:
    """Return the message that tells alerts of one rule."""
    return Message(
        id=message_id(channel.id, alerts),
        channel=channel,
        rule=alerts[0].rule,
        alerts=alerts,
        created=now,
        heading=heading,
    )


def overview(channel: Channel, alerts: tuple[Alert, ...], now: datetime, heading: str) -> Message:
    """Return the message that tells alerts of any rules in short, the most novel first."""
    ranked = tuple(sorted(alerts, key=novelty, reverse=True))
    return Message(
        id=message_id(channel.id, ranked),
        channel=channel,
        rule=OVERVIEW_RULE,
        alerts=ranked,
        created=now,
        kind=MessageKind.OVERVIEW,
        heading=heading,
    )
