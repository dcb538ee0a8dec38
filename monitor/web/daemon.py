# SPDX-License-Identifier: Apache-2.0
"""The app of one daemon: all its pages behind one set of gates.

Rules of this file: what is open to everybody is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.applications import Starlette

from monitor.clock import Clock
from monitor.core.websub import Push
from monitor.pipeline import Pipeline
from monitor.store.gauges import Room
from monitor.web.alert_feeds import alert_feed_routes
from monitor.web.app import create_app
from monitor.web.callbacks import CALLBACK_PATHS, callback_routes
from monitor.web.health import PUBLIC, health_routes
from monitor.web.readers import READER_PATHS, reader_routes


def daemon_app(
    pipeline: Pipeline,
    clock: Clock,
    room: Room,
    token: str | None,
    offer: Callable[[Push], bool] = lambda _: False,
) -> Starlette:
    """Return the app; the pages for readers are in it where they have a public address.

    `offer` takes over what hubs send, and says whether it could; where it could not, the poll that
    is owed stands in.
    """
    settings = pipeline.site.settings.web
    routes = [
        *health_routes(pipeline.pulse, pipeline.store, clock, room),
        *callback_routes(pipeline.hubs, offer),
        *alert_feed_routes(pipeline.store, lambda: pipeline.site, clock.now()),
    ]
    public, outside = PUBLIC | CALLBACK_PATHS, ""
    if settings.public_url is not None:
        routes += reader_routes(pipeline, clock)
        public |= READER_PATHS
        outside = urlsplit(settings.public_url).hostname or ""
    hosts = (settings.address[0], "localhost", "127.0.0.1", "[::1]", *settings.hosts)
    return create_app(
        routes,
        hosts=(*hosts, outside) if outside else hosts,
        token=token,
        public=public,
        outside=() if _is_here(outside) else (outside,),
    )


def _is_here(host: str) -> bool:
    """Say whether a name is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}
