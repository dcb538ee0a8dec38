# SPDX-License-Identifier: Apache-2.0
"""Everything else that Apprise can reach: one notifier over its URLs.

What it is not: guarded. Apprise opens its own connections, so its URLs come only from files that the
operator wrote. Rules of this file: Apprise is imported when it is used and only there; it says no
more than yes or no, so every no is tried again; text is sent as text.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping
from time import monotonic

from monitor.core.errors import ConfigError, DeliveryError, Problem
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Message, Receipt, Severity
from monitor.core.render import render_message

_TYPES = {
    Severity.INFO: "info",
    Severity.NOTICE: "info",
    Severity.WARNING: "warning",
    Severity.HIGH: "warning",
    Severity.CRITICAL: "failure",
}


class AppriseNotifier:
    """Sends plain text to the Apprise URLs of a channel."""

    def __init__(self, urls: Mapping[str, tuple[str, ...]], gazetteer: Gazetteer) -> None:
        self._urls = urls
        self._gazetteer = gazetteer

    async def send(self, message: Message) -> Receipt:
        """Send once through every URL; raise `DeliveryError` unless all of them said yes."""
        rendered = render_message(message, self._gazetteer)
        started = monotonic()
        urls = self._urls.get(message.channel.id, ())
        kind = _TYPES[rendered.severity]
        if not await asyncio.to_thread(_notify, urls, rendered.subject, rendered.text, kind):
            msg = "Apprise did not deliver it; one of its services may have taken it"
            raise DeliveryError(msg, outcome_unknown=True)
        return Receipt(detail="Apprise delivered it", seconds=monotonic() - started)


def _notify(urls: tuple[str, ...], title: str, body: str, kind: str) -> bool:
    import apprise  # noqa: PLC0415  (an extra)

    sender = apprise.Apprise()
    for url in urls:
        sender.add(url)
    return bool(
        sender.notify(
            title=title, body=body, notify_type=kind, body_format="text", interpret_escapes=False
        )
    )


def check_apprise(urls: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `ConfigError` where Apprise is wanted but absent, or knows no such URL."""
    if not urls:
        return
    if importlib.util.find_spec("apprise") is None:
        message = "apprise_file needs Apprise: pip install 'figurewatch[apprise]'"
        raise ConfigError((Problem(file="configuration", field="subscriber", message=message),))
    import apprise  # noqa: PLC0415  (an extra)

    problems = [
        Problem(file=channel, field="apprise_file", message=f"line {number} is no Apprise URL")
        for channel, rows in urls.items()
        for number, row in enumerate(rows, start=1)
        if apprise.Apprise.instantiate(row) is None
    ]
    if problems:
        raise ConfigError(tuple(problems))
