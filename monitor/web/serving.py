# SPDX-License-Identifier: Apache-2.0
"""Serving the app inside the daemon's event loop.

What it is not: the app. Rules of this file: the port is taken before the daemon calls itself ready;
signals belong to the daemon; requests cannot outlast the drain.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from monitor.core.errors import MonitorError

_GRACE_SECONDS = 3
_MOST_CONNECTIONS = 64
_BACKLOG = 64


class _Server(uvicorn.Server):
    """A server that leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port; raise `MonitorError` where it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError as error:
            msg = f"web.listen: cannot listen on {host}:{port}: {error.strerror}"
            raise MonitorError(msg) from error
        taken.listen(_BACKLOG)
        yield taken


@asynccontextmanager
async def serve(app: ASGIApp, taken: socket.socket) -> AsyncIterator[None]:
    """Serve the app on a listening socket until the block ends."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_GRACE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield
    finally:
        server.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(task, _GRACE_SECONDS + 2)
