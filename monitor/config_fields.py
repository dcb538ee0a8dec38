# SPDX-License-Identifier: Apache-2.0
"""Kinds of values in the configuration: durations, names, addresses, URLs.

What it is not: the sections themselves (`config`, `subscriber_settings`). Rules of this file: a value
that can never work is refused with words that say what is expected.
"""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    WithJsonSchema,
    field_validator,
)

from monitor.core.urls import url_complaint

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_LONGEST = timedelta(days=36_500)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def parse_duration(value: object) -> timedelta:
    """Read "90s", "5m", "1h 30m", "2d"; raise `ValueError` for anything else."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not re.fullmatch(rf"\s*(?:{_DURATION.pattern}\s*)+", value):
        msg = 'expected a duration such as "90s", "5m", "6h" or "2d"'
        raise ValueError(msg)
    seconds = sum(float(match[1]) * _UNIT_SECONDS[match[2]] for match in _DURATION.finditer(value))
    if seconds > _LONGEST.total_seconds():
        msg = f'expected at most "{_LONGEST.days}d"'
        raise ValueError(msg)
    return timedelta(seconds=seconds)


def format_duration(value: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it."""
    seconds = value.total_seconds()
    for unit in ("w", "d", "h", "m"):
        if seconds >= _UNIT_SECONDS[unit] and seconds % _UNIT_SECONDS[unit] == 0:
            return f"{int(seconds / _UNIT_SECONDS[unit])}{unit}"
    return f"{seconds:g}s"


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        msg = "expected lower-case letters, digits, dots, dashes or underscores, at most 64"
        raise ValueError(msg)
    return value


def _network(value: str) -> str:
    return str(ip_network(value, strict=False))


def _http_url(value: str) -> str:
    # The guard in `fetch` decides about addresses; here only what can never work is refused.
    if complaint := url_complaint(value):
        msg = f"expected an http:// or https:// URL; this one is refused: {complaint}"
        raise ValueError(msg)
    return value


def _header_words(value: str) -> str:
    if not re.fullmatch(r"[ -~]+", value):
        msg = "expected plain ASCII words: it is sent in a header"
        raise ValueError(msg)
    return value


def _mail_address(value: str) -> str:
    if (
        not re.fullmatch(r"[^\s<>@,;:\"\\\x00-\x1f]+@[^\s<>@,;:\"\\\x00-\x1f]+", value)
        or len(value) > 254
    ):
        msg = "expected one e-mail address"
        raise ValueError(msg)
    return value


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on is reached from this machine only."""
    return host == "localhost" or ip_address(host).is_loopback


def _listen_address(value: str) -> str:
    host, _, port = value.rpartition(":")
    if host != "localhost":
        ip_address(host.strip("[]"))  # a ValueError says what is wrong
    if not port.isdecimal() or int(port) > 65535:
        msg = 'expected address and port, such as "127.0.0.1:8787" or "[::1]:8787"'
        raise ValueError(msg)
    return value


def _login_name(value: str) -> str:
    if not re.fullmatch(r"[^:\x00-\x1f\x7f]{1,255}", value):
        msg = "expected a login name without colon and control characters"
        raise ValueError(msg)
    return value


def _header_name(value: str) -> str:
    # These are ours to set; a token in one of them would break the request or leak nothing useful.
    taken = {"host", "user-agent", "accept", "accept-encoding", "content-length", "connection"}
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", value) or value.lower() in taken:
        msg = 'expected the name of a header such as "X-Api-Key"'
        raise ValueError(msg)
    return value


def _way_out(value: str) -> str:
    if not re.fullmatch(r"(?:https://|mailto:)[!-;=?-~]+", value) or len(value) > 900:
        msg = "expected an https:// or mailto: URL"
        raise ValueError(msg)
    return value


def _public_url(value: str) -> str:
    pattern = r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1|\[::1\]))(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?"
    if not re.fullmatch(pattern, value) or len(value) > 200:
        msg = 'expected an address such as "https://alerts.example.org", without "?" or "#"'
        raise ValueError(msg)
    return value.rstrip("/")


def _smtp_url(value: str) -> str:
    if not re.fullmatch(r"smtps?://[^\s\x00-\x1f]+", value):
        msg = 'expected "smtp://host:port" or "smtps://host:port"'
        raise ValueError(msg)
    return value


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": rf"^\s*(?:{_DURATION.pattern}\s*)+$"}),
]
Identifier = Annotated[str, AfterValidator(_identifier)]
HeaderWords = Annotated[str, AfterValidator(_header_words)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
FullText = Literal["auto", "always", "never"]
FirstPoll = Literal["recent", "all", "silent"]
WebSub = Literal["auto", "never"]


class Section(BaseModel):
    """A table of the configuration; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_written_in_one_line(cls, value: object) -> object:
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and re.search(r"[\x00-\x1f\x7f]", text):
                msg = "holds a control character, such as a line break"
                raise ValueError(msg)
        return value


MailAddress = Annotated[str, AfterValidator(_mail_address)]
SmtpUrl = Annotated[str, AfterValidator(_smtp_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
WayOut = Annotated[str, AfterValidator(_way_out)]
Network = Annotated[str, AfterValidator(_network)]
ListenAddress = Annotated[str, AfterValidator(_listen_address)]
LoginName = Annotated[str, AfterValidator(_login_name)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
