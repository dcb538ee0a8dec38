# SPDX-License-Identifier: Apache-2.0
"""Where the daemon connects to: every connection and every name of the process is written down."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest
from hub_servers import hub_server
from loopback import serving
from newsroom import Receiver, Site, Story, page, rss
from processes import ROOT, daemon
from smtp_servers import Inbox, smtp_server

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_TEASER = Story("/story", "Arrivals", "What is known about the North Korean troops in Russia.")
_FIGURE = "The Pentagon said about 10,000 North Korean soldiers are in Russia."
# Loaded by the interpreter of the daemon and of its workers before anything of ours.
_WATCH = """
import json, sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        row = [event, repr(arguments[1])]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        row = [event, repr(arguments[0])]
    elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
        row = [event, repr(arguments[0])]
    else:
        return
    with open(%r, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\\n")

sys.addaudithook(_watch)
"""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _seen(log: Path) -> list[tuple[str, str]]:
    return [tuple(json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]


async def test_the_daemon_connects_to_what_is_configured_and_nothing_else(tmp_path: Path) -> None:
    """From poll to mail and webhook: feed, article page, hub, receiver, mail server; no proxy of the
    environment, no image, link or script of an article, no name but those that were configured."""
    log = tmp_path / "seen.jsonl"
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "sitecustomize.py").write_text(_WATCH % str(log), encoding="utf-8")
    news: dict[str, bytes] = {}
    inbox = Inbox()
    with smtp_server(inbox) as smtp_port:
        async with (
            serving(b"") as proxy,
            serving(b"") as stranger,
            hub_server() as hub,
            serving(news) as paper,
            serving(Receiver().respond) as hook,
        ):
            lure = (
                f'<img src="{stranger.url("/pixel")}"> <a href="{stranger.url("/more")}">more</a>'
            )
            story = Story(_TEASER.path, _TEASER.title, f"{_TEASER.text} {lure}")
            link = f'<{hub.url}>; rel="hub", <{paper.url("/feed")}>; rel="self"'
            news |= {
                "/feed": rss([story], paper.url(""), link=link),
                "/story": page("Arrivals", [_FIGURE, "Nobody else said so."] * 10),
            }
            port = _free_port()
            site = Site(
                tmp_path / "site",
                feeds={"paper": paper.url("/feed")},
                smtp_port=smtp_port,
                subscribers={"desk": {"webhook": hook.url("/hook"), "email": "desk@example.org"}},
                extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"\n'
                f'public_url = "http://127.0.0.1:{port}"',
            )
            names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")
            environment = {
                **dict.fromkeys(names, proxy.url()),
                "PYTHONPATH": f"{tmp_path / 'hooks'}:{ROOT}",
            }
            async with daemon(site.config, environment) as running:
                await running.until("delivery.sent", times=2)
                await running.until("hub.asked")
                await running.polled_again("paper")
                assert await running.stop() == 0
            ends = {server.port for server in (paper, hook, hub.here) if server} | {smtp_port}
            assert (proxy.connections, stranger.connections) == (0, 0)
    seen = _seen(log)
    connected = {what for event, what in seen if event.startswith("socket.") and "127" in what}
    connected -= {what for event, what in seen if event == "socket.getaddrinfo"}
    assert connected == {f"('127.0.0.1', {end})" for end in ends}
    asked = {
        what for event, what in seen if event in {"socket.getaddrinfo", "socket.gethostbyname"}
    }
    assert asked <= {"'127.0.0.1'", "b'127.0.0.1'"}
    others = {
        (event, what)
        for event, what in seen
        if event.startswith("socket.")
        and event not in {"socket.getaddrinfo", "socket.gethostbyname"}
        and what not in connected
    }
    assert others == set()
    programs = {what for event, what in seen if not event.startswith("socket.")}
    assert programs <= {repr(sys.executable)}
