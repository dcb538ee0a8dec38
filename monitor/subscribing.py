# SPDX-License-Identifier: Apache-2.0
"""Subscribers of the configuration file as the core knows them.

What it is not: their settings (`subscriber_settings`). Rules of this file: every problem of every
subscriber is reported; a URL that came from a file is a secret.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.config import LoadedSettings, read_secrets
from monitor.core.errors import ConfigError, Problem
from monitor.core.model import BodyFormat, Channel, ChannelKind
from monitor.core.rules import RuleSet
from monitor.core.subscribers import DigestPlan, QuietHours, Route, Subscriber, is_named
from monitor.core.urls import url_complaint
from monitor.subscriber_settings import DAYS, SubscriberSettings


def known_subscribers(loaded: LoadedSettings) -> tuple[Subscriber, ...]:
    """Return the subscribers of the configuration; raise `ConfigError` with every problem."""
    problems: list[Problem] = []
    found: list[Subscriber] = []
    ids = {row.id for row in loaded.settings.subscriber}
    for settings in loaded.settings.subscriber:
        try:
            found.append(_subscriber(settings, _channels(settings, loaded)))
        except ConfigError as error:
            problems.extend(error.problems)
    problems += [
        Problem(file="configuration", field="delivery.operators", message=f"no subscriber {name!r}")
        for name in loaded.settings.delivery.operators
        if name not in ids
    ]
    canary = loaded.settings.canary.subscriber
    if canary is not None and canary not in ids:
        problems.append(
            Problem(
                file="configuration",
                field="canary.subscriber",
                message=f"no subscriber {canary!r}",
            )
        )
    if problems:
        raise ConfigError(tuple(problems))
    return tuple(found)


def heartbeat_url(loaded: LoadedSettings) -> str | None:
    """Return the URL that hears the heartbeat; it is a secret and stands in a file of its own."""
    name = loaded.settings.delivery.heartbeat_file
    if name is None:
        return None
    path = secret_path(loaded, name)
    url = read_secrets(path)[0]
    if complaint := url_complaint(url):
        raise ConfigError((Problem(file=str(path), message=f"a URL {complaint}"),))
    return url


def check_patterns(loaded: LoadedSettings, rules: RuleSet | None) -> None:
    """Raise `ConfigError` for every pattern of a subscriber that fits no rule, so tells nothing.

    Rules that could not be read are none; then nobody can say what fits.
    """
    if rules is None:
        return
    ids = [rule.id for rule in rules.rules]
    problems: list[Problem] = []
    for row, settings in enumerate(loaded.settings.subscriber):
        where = f"subscriber[{row}] (id {settings.id!r})"
        routes = ((f"{where}.route[{at}].rules", one) for at, one in enumerate(settings.route))
        for field, patterns in (
            (f"{where}.rules", settings.rules),
            *((name, route.rules) for name, route in routes),
        ):
            problems += (
                Problem(file="configuration", field=field, message=_fits_nothing(pattern, ids))
                for pattern in patterns
                if pattern != "*" and not any(is_named(name, (pattern,)) for name in ids)
            )
    if problems:
        raise ConfigError(tuple(problems))


def _fits_nothing(pattern: str, ids: Sequence[str]) -> str:
    close = get_close_matches(pattern, ids, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "; `rules list` shows them"
    return f"no rule is called {pattern!r}{hint}"


def _channels(settings: SubscriberSettings, loaded: LoadedSettings) -> tuple[Channel, ...]:
    webhook = settings.webhook
    if settings.webhook_file is not None:
        path = secret_path(loaded, settings.webhook_file)
        webhook = read_secrets(path)[0]
        if complaint := url_complaint(webhook):
            raise ConfigError((Problem(file=str(path), message=f"a URL {complaint}"),))
    if webhook is not None and settings.format is BodyFormat.NTFY and not _names_a_topic(webhook):
        message = "an ntfy address ends in its topic: https://ntfy.example.org/topic"
        raise ConfigError((Problem(file=f"subscriber {settings.id}", message=message),))
    apprise = None if settings.apprise_file is None else "apprise"
    addresses = (
        (ChannelKind.EMAIL, settings.email),
        (ChannelKind.WEBHOOK, webhook),
        (ChannelKind.APPRISE, apprise),
    )
    return tuple(
        Channel(
            id=f"{settings.id}/{kind}",
            subscriber=settings.id,
            kind=kind,
            address=address,
            format=settings.format if kind is ChannelKind.WEBHOOK else BodyFormat.NATIVE,
            language=settings.language,
            zone=settings.zone,
        )
        for kind, address in addresses
        if address is not None
    )


def _names_a_topic(url: str) -> bool:
    return url.rstrip("/").count("/") >= 3


def _subscriber(settings: SubscriberSettings, channels: tuple[Channel, ...]) -> Subscriber:
    hours = settings.quiet_hours
    return Subscriber(
        id=settings.id,
        channels=channels,
        rules=settings.rules,
        min_severity=settings.min_severity,
        zone=ZoneInfo(settings.zone),
        window=settings.group_window,
        quiet=QuietHours(start=hours[0], end=hours[1], but=settings.quiet_but) if hours else None,
        digest=DigestPlan(
            period=settings.digest,
            at=settings.digest_at,
            weekday=DAYS.index(settings.digest_day),
            when_empty=settings.digest_when_empty,
        ),
        budget=settings.budget,
        per_hour=settings.max_per_hour,
        routes=tuple(
            Route(
                rules=row.rules,
                min_severity=row.min_severity,
                kinds=row.channels,
                when=row.when,
            )
            for row in settings.route
        ),
    )


def secret_path(loaded: LoadedSettings, value: str) -> Path:
    """Resolve a secret file: systemd's credentials first, then beside the configuration."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and "/" not in value and (Path(credentials) / value).is_file():
        return Path(credentials) / value
    return loaded.resolve(value)
