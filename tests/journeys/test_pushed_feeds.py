# SPDX-License-Identifier: Apache-2.0
"""The daemon as a real process between a paper, a hub and a subscriber."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hub_servers import CHALLENGE, ask, hub_server
from loopback import serving
from newsroom import Receiver, Site, Story, rss, verified
from processes import command, daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
_HIGHER = Story(
    "/more",
    "More arrivals",
    "The Pentagon said about 14,000 North Korean soldiers are in Russia now.",
)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_a_daemon_is_told_by_a_hub_between_two_polls(tmp_path: Path) -> None:
    """Subscribed after the first poll; a push alerts hours before the next one, a forgery never;
    a restart keeps the lease, and what the hub sends then still arrives."""
    port, news = _free_port(), dict[str, bytes]()
    async with (
        hub_server(lease="86400") as hub,
        serving(news) as paper,
        serving(Receiver().respond) as hook,
    ):
        link = f'<{hub.url}>; rel="hub", <{paper.url("/feed")}>; rel="self"'
        news["/feed"] = rss([], paper.url(""), link=link)
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
            interval="3h",
            extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"\n'
            f'public_url = "http://127.0.0.1:{port}"\ntoken_file = "hook.secret"',
        )
        config = site.config
        async with daemon(config) as running:
            await running.until("hub.asked")
            assert hub.answers == [(200, CHALLENGE)]
            forged = rss([_HIGHER], paper.url(""))
            assert await hub.push(forged, secret="guessed") == 202
            assert await hub.push(rss([_STORY], paper.url(""))) == 202
            await running.until("delivery.sent")
            assert [row["verdict"] for row in running.told("push.received")] == ["forged", "taken"]
            told = await command("status", "--config", config)
            assert "websub      1 active" in told.out
            assert await running.stop() == 0
        async with daemon(config) as running:
            assert await hub.push(rss([_HIGHER, _STORY], paper.url(""))) == 202
            await running.until("delivery.sent")
            secret = (site.folder / "hook.secret").read_text(encoding="utf-8")
            _, page = await ask(
                f"http://127.0.0.1:{port}/metrics", authorization=f"Bearer {secret}"
            )
            assert await running.stop() == 0
            assert running.troubles == []
    assert [verified(row)["type"] for row in hook.requests] == ["figure.new", "figure.revision"]
    assert paper.paths.count("/feed") == 1
    assert len(hub.asked) == 1
    assert 'figurewatch_websub_pushes_total{outcome="taken"} 1.0' in page
    assert 'figurewatch_websub_subscriptions{standing="active"} 1.0' in page
    assert hub.asked[0]["hub.secret"] not in str(running.events)
