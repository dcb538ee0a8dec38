# SPDX-License-Identifier: Apache-2.0
"""Every route of the server, without the token: refused, or on the list of what readers may see."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading_room import reading_room
from starlette.routing import Route

from monitor.store.gauges import Room
from monitor.web import daemon_app

pytestmark = pytest.mark.anyio

# Written down once more on purpose: a route that is new has to be thought about here.
_PUBLIC = {
    *("/healthz", "/readyz"),
    *("/", "/style.css", "/subscribe", "/sent", "/links", "/confirm", "/confirm/{token}"),
    *("/manage", "/manage/{token}", "/manage/delete", "/u/{token}"),
    *("/delete", "/delete/{token}", "/feedback", "/feedback/{token}"),
}
_CALLBACK = "/websub/"
_SAFE = {"GET", "HEAD"}
_TOKEN = "a-token-for-the-server"


async def test_without_the_token_every_route_is_refused_or_public(tmp_path: Path) -> None:
    """All methods of all routes are asked with no token, with a wrong one, and under the public
    name; what is not listed answers 401, and with the token it does not."""
    async with reading_room(tmp_path, token=_TOKEN) as room:
        app = daemon_app(room.pipeline, room.clock, Room(room.site.database, lambda: 0), _TOKEN)
        routes = [route for route in app.routes if isinstance(route, Route)]
        assert len(routes) == len(app.routes) > 20
        for route in routes:
            if route.path in _PUBLIC or route.path.startswith(_CALLBACK):
                continue
            path = route.path.replace("{token}", "x")
            for method in route.methods or ():
                for headers in (
                    {},
                    {"authorization": "Bearer wrong"},
                    {"host": "news.example.org"},
                ):
                    answer = await room.client.request(method, path, headers=headers)
                    assert answer.status_code == 401, (method, path, headers)
                with_token = {"authorization": f"Bearer {_TOKEN}"}
                answer = await room.client.request(method, path, headers=with_token)
                assert answer.status_code == 200, (method, path)


async def test_what_changes_something_is_a_post_of_its_own(tmp_path: Path) -> None:
    """No route takes a POST and answers a GET alike: each does one of the two."""
    async with reading_room(tmp_path) as room:
        app = daemon_app(room.pipeline, room.clock, Room(room.site.database, lambda: 0), None)
        for route in app.routes:
            assert isinstance(route, Route)
            methods = set(route.methods or ())
            assert methods <= _SAFE or methods == {"POST"}, route.path
