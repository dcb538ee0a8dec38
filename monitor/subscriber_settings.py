# SPDX-License-Identifier: Apache-2.0
"""The `[[subscriber]]` tables of the configuration file.

What it is not: the rest of the configuration (`config`), or subscribers as the core knows them
(`core.subscribers`). Rules of this file: whatever can be seen to be wrong without opening another
file is refused here.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from monitor.config_fields import Duration, HttpUrl, Identifier, MailAddress, Section
from monitor.core.model import SIGNED_FORMATS, BodyFormat, ChannelKind, Severity
from monitor.core.subscribers import Period, When

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HOURS = re.compile(rf"\s*({_HOUR.pattern})\s*-\s*({_HOUR.pattern})\s*")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _clock_time(value: object) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not (match := _HOUR.fullmatch(value)):
        msg = 'expected a time such as "07:00"'
        raise ValueError(msg)
    return time(int(match[1]), int(match[2]))


def _hours(value: str) -> str:
    match = _HOURS.fullmatch(value)
    if not match or match[1] == match[4]:
        msg = 'expected hours such as "22:00-07:00"'
        raise ValueError(msg)
    return f"{_clock_time(match[1]):%H:%M}-{_clock_time(match[4]):%H:%M}"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f'no time zone {value!r}; expected a name such as "Europe/Kyiv"'
        raise ValueError(msg) from error
    return value


def _write_time(value: time) -> str:
    return f"{value:%H:%M}"


ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    PlainSerializer(_write_time),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOUR.pattern}$"}),
]
_PATTERNS = "rule ids, with * and ? as wildcards"


class RouteSettings(Section):
    """Where certain alerts of a subscriber go."""

    rules: tuple[str, ...] = Field(("*",), description=_PATTERNS)
    min_severity: Severity = Field(Severity.INFO, description="the route is for these and louder")
    channels: tuple[ChannelKind, ...] = Field((), description="kinds of channel; empty: all")
    when: When = Field(When.NOW, description="now, in the digest, or never")


class SubscriberSettings(Section):
    """Who is told about which alerts, and how."""

    id: Identifier = Field(description="short name")
    email: MailAddress | None = Field(None, description="mail address")
    webhook: HttpUrl | None = Field(None, description="URL that receives POST requests")
    webhook_file: str | None = Field(None, description="file with that URL, where it is a secret")
    format: BodyFormat = Field(
        BodyFormat.NATIVE, description="what the body of a webhook looks like"
    )
    secret_file: str | None = Field(
        None, description='file with the webhook secret ("whsec_…"), two lines while rotating'
    )
    apprise_file: str | None = Field(
        None, description="file with Apprise URLs, one a line (needs the extra apprise)"
    )
    rules: tuple[str, ...] = Field(("*",), description=_PATTERNS)
    min_severity: Severity = Field(Severity.INFO, description="quieter alerts are not sent")
    route: tuple[RouteSettings, ...] = Field(
        (),
        description="the first that matches says where an alert goes; without any, everywhere now",
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="time zone, IANA name")
    language: Literal["en", "de", "uk"] = Field("en", description="language of mails")
    group_window: Duration = Field(
        timedelta(0), description="alerts of one rule within this time make one message"
    )
    quiet: Annotated[str, AfterValidator(_hours)] | None = Field(
        None, description='hours in which alerts are held back, "22:00-07:00"'
    )
    quiet_but: Severity = Field(
        Severity.CRITICAL, description="this loud comes through all the same"
    )
    digest: Period = Field(Period.DAILY, description="daily, weekly or never")
    digest_at: ClockTime = Field(time(7), description="when it comes, in the subscriber's zone")
    digest_day: Literal[DAYS] = Field("monday", description="on which day a weekly one comes")  # type: ignore[valid-type]
    digest_when_empty: bool = Field(
        default=False, description="whether one comes that holds nothing but the coverage"
    )
    budget: int = Field(20, ge=1, description="most messages one poll may make for a channel")
    max_per_hour: int | None = Field(
        None, ge=1, description="most messages an hour may bring to a channel"
    )

    @model_validator(mode="after")
    def _has_usable_channels(self) -> SubscriberSettings:
        if self.webhook is not None and self.webhook_file is not None:
            msg = "webhook and webhook_file are two ways to say the same"
            raise ValueError(msg)
        hooked = self.webhook is not None or self.webhook_file is not None
        if self.email is None and self.apprise_file is None and not hooked:
            msg = "needs email, webhook, webhook_file or apprise_file"
            raise ValueError(msg)
        if hooked and self.secret_file is None and self.format in SIGNED_FORMATS:
            msg = f"webhook needs secret_file (bodies of format {self.format} are always signed)"
            raise ValueError(msg)
        return self

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """Return where the quiet hours begin and end."""
        if self.quiet is None:
            return None
        start, _, end = self.quiet.partition("-")
        return _clock_time(start), _clock_time(end)


def as_written(value: Any) -> Any:
    """Return a default of these tables as a file spells it."""
    return _write_time(value) if isinstance(value, time) else value
