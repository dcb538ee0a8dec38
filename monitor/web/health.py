# SPDX-License-Identifier: Apache-2.0
"""`/healthz`, `/readyz` and `/metrics`.

What it is not: the judgement (`pulse`, `core.health`). Rules of this file: `/healthz` says that the
process answers and nothing else; `/readyz` says whether the work is done, with reasons; neither
shows a secret or a feed's address.
"""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.clock import Clock
from monitor.pulse import Pulse
from monitor.store import Store
from monitor.store.gauges import Room
from monitor.web.metrics import PulseCollector

PUBLIC = frozenset({"/healthz", "/readyz"})


def health_routes(pulse: Pulse, store: Store, clock: Clock, room: Room) -> list[BaseRoute]:
    """Return the routes that watch over one daemon."""
    registry = CollectorRegistry()
    registry.register(PulseCollector(pulse, store, clock, room))
    ProcessCollector(registry=registry)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        reasons = pulse.complaints(clock.monotonic())
        body = {"ready": not reasons, "reasons": reasons, "warnings": pulse.warnings()}
        return JSONResponse(body, status_code=503 if reasons else 200)

    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        page = await asyncio.to_thread(encode, registry)
        return Response(page, headers={"content-type": content_type})

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
