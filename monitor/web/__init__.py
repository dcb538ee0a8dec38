# SPDX-License-Identifier: Apache-2.0
"""The pages that the daemon serves: health, metrics, alert feeds, pages for readers, and the callbacks of
hubs.

Rules of this package, the only one that imports Starlette, uvicorn and prometheus-client: loopback
unless a token is configured; Host headers that are not ours are refused; answers carry a policy that
lets no browser load or frame anything foreign; no page changes anything on GET, but for what a hub confirms
at a callback that only it knows.
"""

from monitor.web.app import create_app
from monitor.web.callbacks import CALLBACK_PATHS, callback_routes
from monitor.web.daemon import daemon_app
from monitor.web.health import PUBLIC, health_routes
from monitor.web.serving import listening, serve

__all__ = [
    "CALLBACK_PATHS",
    "PUBLIC",
    "callback_routes",
    "create_app",
    "daemon_app",
    "health_routes",
    "listening",
    "serve",
]
