# SPDX-License-Identifier: Apache-2.0
"""A web server for inside a booted machine: one feed from a file, and a hook that keeps what it gets.

Run as `python3 newsstand.py FOLDER PORT`; needs the standard library only, because the machine has no
more. `FOLDER/feed.xml` is served as it is at each request; each body that is posted becomes a line of
`FOLDER/posted`.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_FOLDER = Path(sys.argv[1])


class _Handler(BaseHTTPRequestHandler):
    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/feed":
            self._answer(200, (_FOLDER / "feed.xml").read_bytes())
        else:
            self._answer(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with (_FOLDER / "posted").open("ab") as file:
            file.write(body.replace(b"\n", b" ") + b"\n")
        self._answer(204)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _Handler).serve_forever()
