# SPDX-License-Identifier: Apache-2.0
"""The pages that the daemon serves: health, metrics, alert feeds, and pages for readers.

Rules of this package, the only one that imports Starlette, uvicorn and prometheus-client: loopback
unless a token is configured; Host headers that are not ours are refused; answers carry a policy that
lets no browser load or frame anything foreign; no page changes anything on GET.
"""

from monitor.web.app import create_app
from monitor.web.daemon import daemon_app
from monitor.web.health import PUBLIC, health_routes
from monitor.web.serving import listening, serve

__all__ = ["PUBLIC", "create_app", "daemon_app", "health_routes", "listening", "serve"]
