# SPDX-License-Identifier: Apache-2.0
"""The metrics, made from the pulse and the database when somebody asks.

What it is not: a place to count. Rules of this file: base units in the names; labels come from closed
sets or the configuration, never from feeds; what a restart resets is a counter, all else a gauge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.clock import Clock
from monitor.core.errors import StoreError
from monitor.core.health import FeedState
from monitor.core.websub import Standing
from monitor.pulse import Pulse
from monitor.store import FeedRow, Outbox, Store, Subscriptions
from monitor.store.gauges import Room, waiting, waiting_channels

_P = "figurewatch_"


class PulseCollector(Collector):
    """Yields every metric family; asked from a thread."""

    def __init__(self, pulse: Pulse, store: Store, clock: Clock, room: Room) -> None:
        self._pulse = pulse
        self._store = store
        self._clock = clock
        self._room = room

    def collect(self) -> Iterable[Metric]:
        """Return all families; those of the database are left out while it refuses."""
        yield InfoMetricFamily(f"{_P}build", "Version", value={"version": __version__})
        yield from self._counters()
        yield from self._daemon()
        try:
            yield from self._feeds(self._store.feeds())
            yield from self._hubs()
            yield from self._outbox()
            yield from self._canary()
        except StoreError:
            return

    def _counters(self) -> Iterator[Metric]:
        pulse = self._pulse
        yield _counter(
            "feed_fetches",
            "Polls by how they ended",
            {(k,): v for k, v in pulse.polls.items()},
            "outcome",
        )
        yield _summary(
            "feed_fetch_duration_seconds",
            "Time of requests for feeds, without waiting for their host's turn",
            pulse.fetches,
            pulse.fetch_seconds,
        )
        yield _summary(
            "feed_fetch_wait_seconds",
            "Time that requests for feeds waited for their host's turn",
            pulse.fetches,
            pulse.wait_seconds,
        )
        yield _summary(
            "feed_poll_duration_seconds",
            "Time of whole polls: waiting, request, pages, reading, deciding",
            pulse.polls.total(),
            pulse.poll_seconds,
        )
        yield _counter("articles_ingested", "Articles that were decided", {(): pulse.articles})
        yield _counter(
            "claims_extracted",
            "Claims by verdict",
            {(k,): v for k, v in pulse.claims.items()},
            "verdict",
        )
        yield _counter(
            "alerts", "Alerts by rule and what became of them", pulse.alerts, "rule", "state"
        )
        yield _counter(
            "deliveries", "Attempts by how they ended", pulse.deliveries, "channel", "outcome"
        )
        yield _counter(
            "websub_pushes",
            "What was posted to the callbacks of hubs, by what it was worth",
            {(k,): v for k, v in pulse.pushes.items()},
            "outcome",
        )
        yield _counter(
            "scheduler_troubles",
            "Jobs that were late, missed, failed or still running",
            pulse.jobs,
            "job",
            "outcome",
        )
        yield _counter(
            "clock_jumps", "Jumps of the wall clock, suspends included", {(): pulse.clock_jumps}
        )

    def _daemon(self) -> Iterator[Metric]:
        pulse = self._pulse
        ready = not pulse.complaints(self._clock.monotonic())
        yield _gauge("ready", "1 while the work is done", float(ready))
        yield _gauge(
            "config_last_reload_successful",
            "0 after a refused reload",
            float(pulse.reload_refused is None),
        )
        yield _gauge(
            "config_last_reload_success_timestamp_seconds", "Last good load", _stamp(pulse.reloaded)
        )
        yield _gauge("scheduler_last_tick_timestamp_seconds", "Last tick", _stamp(pulse.ticked))
        yield _gauge("storage_free_bytes", "Room where the database lies", self._room.free_bytes())
        yield _gauge(
            "storage_writable", "0 while the database refuses", float(pulse.store_refusal is None)
        )

    def _feeds(self, feeds: tuple[FeedRow, ...]) -> Iterator[Metric]:
        now = self._clock.now()
        states = Counter(feed.state(now) for feed in feeds)
        family = GaugeMetricFamily(f"{_P}feeds", "Feeds by state", labels=["state"])
        for state in FeedState:
            family.add_metric([state.value], states[state])
        yield family
        yield _per_feed(
            "feed_last_success_timestamp_seconds",
            "Last answered poll",
            {feed.id: feed.last_success.timestamp() for feed in feeds if feed.last_success},
        )
        yield _per_feed(
            "feed_last_news_timestamp_seconds",
            "Last unknown entry",
            {feed.id: feed.health.last_news.timestamp() for feed in feeds if feed.health.last_news},
        )
        yield _per_feed(
            "feed_failures", "Failed polls in a row", {feed.id: feed.error_count for feed in feeds}
        )
        yield _per_feed(
            "feed_odd",
            "1 while a feed looks unlike itself",
            {feed.id: float(feed.health.odd is not None) for feed in feeds},
        )

    def _hubs(self) -> Iterator[Metric]:
        standings = Subscriptions(self._store).standings()
        family = GaugeMetricFamily(
            f"{_P}websub_subscriptions", "Subscriptions at hubs", labels=["standing"]
        )
        for standing in Standing:
            family.add_metric([standing.value], standings[standing.value])
        yield family

    def _outbox(self) -> Iterator[Metric]:
        found = waiting(self._store)
        unfinished = found.states.get("pending", 0) + found.states.get("leased", 0)
        age = (self._clock.now() - found.oldest).total_seconds() if found.oldest else 0.0
        yield _gauge("outbox_pending", "Deliveries that are not finished", unfinished)
        yield _gauge("outbox_oldest_seconds", "Age of the oldest of them", max(age, 0.0))
        yield _gauge("outbox_dead", "Deliveries that were given up", found.states.get("dead", 0))
        disabled = len(Outbox(self._store).disabled())
        yield _gauge("channels_disabled", "Channels that are out of service", disabled)
        parked = len(waiting_channels(self._store, self._clock.now()))
        yield _gauge("channels_waiting", "Channels that are not tried for a while", parked)

    def _canary(self) -> Iterator[Metric]:
        """Yield how the canary is; without values until one was heard."""
        marks = self._store.marks()
        seconds, heard = marks.get("canary_seconds"), marks.get("canary_heard")
        yield _known_gauge(
            "canary_seconds",
            "From a test figure to its delivery",
            float(seconds) if seconds else None,
        )
        yield _known_gauge(
            "canary_last_heard_timestamp_seconds",
            "When a test figure was last found delivered",
            _stamp(datetime.fromisoformat(heard)) if heard else None,
        )
        missed = float(bool(marks.get("canary_missed")))
        yield _gauge("canary_missed", "1 while the last test figure did not arrive", missed)


def _counter(name: str, text: str, values: Mapping[Any, int], *labels: str) -> CounterMetricFamily:
    family = CounterMetricFamily(f"{_P}{name}", text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _summary(name: str, text: str, count: int, total: float) -> SummaryMetricFamily:
    family = SummaryMetricFamily(f"{_P}{name}", text)
    family.add_metric([], count_value=count, sum_value=total)
    return family


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_P}{name}", text, value=value)


def _known_gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_P}{name}", text, labels=())
    if value is not None:
        family.add_metric([], value)
    return family


def _per_feed(name: str, text: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_P}{name}", text, labels=["feed"])
    for feed, value in values.items():
        family.add_metric([feed], value)
    return family


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0
