# SPDX-License-Identifier: Apache-2.0
"""Bodies of webhooks in the forms that other programs publish.

What it is not: the native body (`payload`), signing or sending. Rules of this package: pure; the same
message makes the same bytes at every try; text from feeds passes `one_line` and then the escape of
the platform, so that it can neither mention anybody nor mark anything up; links pass `safe_link`;
every body keeps within the platform's published limits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from monitor.core.formats import chat, events
from monitor.core.model import BodyFormat, Message
from monitor.core.render import Rendered

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """What to post, and where: some platforms want another address than the one people are given."""

    content: bytes
    content_type: str
    url: str


def body(message: Message, rendered: Rendered) -> Body:
    """Return the body of a message in the format of its channel."""
    channel = message.channel
    if channel.format is BodyFormat.NATIVE:
        return Body(rendered.webhook, _JSON, channel.address)
    if channel.format is BodyFormat.CLOUDEVENTS:
        event = events.cloud_event(message, rendered)
        return Body(_encoded(event), "application/cloudevents+json; charset=utf-8", channel.address)
    if channel.format is BodyFormat.NTFY:
        root, topic = ntfy_address(channel.address)
        return Body(_encoded(chat.ntfy(message, rendered, topic)), _JSON, root)
    return Body(_encoded(_MAKERS[channel.format](message, rendered)), _JSON, channel.address)


def ntfy_address(url: str) -> tuple[str, str]:
    """Return the server and the topic of an ntfy address: JSON is posted to the server itself."""
    parts = urlsplit(url)
    base, _, topic = parts.path.rstrip("/").rpartition("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{base}/", parts.query, "")), topic


_MAKERS: dict[BodyFormat, Callable[[Message, Rendered], dict[str, object]]] = {
    BodyFormat.ALERTMANAGER: events.alertmanager,
    BodyFormat.SLACK: chat.slack,
    BodyFormat.DISCORD: chat.discord,
    BodyFormat.TEAMS: chat.teams,
}


def _encoded(tree: dict[str, object]) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
