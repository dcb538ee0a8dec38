# SPDX-License-Identifier: Apache-2.0
"""All pages for readers, and which paths are open to everybody.

Rules of this file: pages for readers exist only where `web.public_url` says under which address they
are reached; every one of them is open, since its link or its form is all that a reader has.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.clock import Clock
from monitor.pipeline import Pipeline
from monitor.web.desk import Desk
from monitor.web.pages import STYLE, STYLE_TAG
from monitor.web.people import people_routes
from monitor.web.signup import signup_routes

# A path that ends in "/" stands for all below it.
READER_PATHS = frozenset(
    {
        *("/", "/style.css", "/subscribe", "/sent", "/links"),
        *("/confirm", "/confirm/", "/manage", "/manage/", "/u/", "/delete", "/delete/"),
        *("/feedback", "/feedback/"),
    }
)


def reader_routes(pipeline: Pipeline, clock: Clock) -> list[BaseRoute]:
    """Return the routes of all pages for readers of one daemon."""
    desk = Desk(
        membership=pipeline.membership,
        audience=pipeline.audience,
        site=lambda: pipeline.site,
        clock=clock,
    )

    async def home(_: Request) -> Response:
        return RedirectResponse(f"{desk.base}/subscribe", 303)

    async def style(request: Request) -> Response:
        headers = {"cache-control": "public, max-age=3600", "etag": STYLE_TAG}
        if request.headers.get("if-none-match") == STYLE_TAG:
            return Response(status_code=304, headers=headers)
        return Response(STYLE, media_type="text/css", headers=headers)

    return [
        Route("/", home, methods=["GET"]),
        Route("/style.css", style, methods=["GET"]),
        *signup_routes(desk),
        *people_routes(desk),
    ]
