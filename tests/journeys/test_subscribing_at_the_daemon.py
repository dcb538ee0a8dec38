# SPDX-License-Identifier: Apache-2.0
"""People join and leave the real daemon while it runs: page, mail server, command and signal."""

from __future__ import annotations

import asyncio
import socket
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from loopback import serving
from newsroom import Site, mails_to, rss
from processes import Daemon, command, daemon
from reading_room import FIRST, PUBLIC, SECOND, WISHES, one_click_path, token_of
from smtp_servers import Inbox, smtp_server

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_ANNA = "anna@example.org"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _sent(running: Daemon, inbox: Inbox, address: str, count: int) -> EmailMessage:
    """Wait until so many mails to an address were sent; return the last of them."""
    times = len(running.told("delivery.sent"))
    while len(mails_to(inbox, address)) < count:
        times += 1
        await running.until("delivery.sent", times=times)
    return mails_to(inbox, address)[count - 1]


async def test_joining_and_leaving_need_no_restart(tmp_path: Path) -> None:
    """Who confirms gets the next alert, after a restart too; who leaves gets none; logs are clean."""
    inbox, news, port = Inbox(), dict[str, bytes](), _free_port()
    with smtp_server(inbox) as smtp:
        async with serving(news) as paper:
            site = Site(
                tmp_path / "site",
                {"paper": paper.url("/feed")},
                smtp_port=smtp,
                extra=(
                    f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"\npublic_url = "{PUBLIC}"'
                ),
            )
            news["/feed"] = rss([], paper.url(""))
            base = f"http://127.0.0.1:{port}"
            host = {"host": "news.example.org"}
            async with httpx.AsyncClient(base_url=base, headers=host, timeout=30) as client:
                async with daemon(site.config) as running:
                    asked = await client.post("/subscribe", data={"address": _ANNA, **WISHES})
                    assert asked.status_code == 303
                    letter = await _sent(running, inbox, _ANNA, 1)
                    token = token_of(letter, "confirm")
                    forms = (client.post("/confirm", data={"token": token}) for _ in range(5))
                    answers = await asyncio.gather(*forms)
                    assert {answer.status_code for answer in answers} == {200}
                    news["/feed"] = rss([FIRST], paper.url(""))
                    alert = await _sent(running, inbox, _ANNA, 2)
                    judged = {"token": token_of(alert, "feedback"), "opinion": "right"}
                    assert (await client.post("/feedback", data=judged)).status_code == 200
                    added = await command(
                        *("subscribers", "add", "bob@example.org", "--confirmed"),
                        *("--config", site.folder / "config.toml"),
                    )
                    assert added.code == 0, added.err
                    assert await running.stop() == 0
                secret = _log(running)
                async with daemon(site.config) as running:
                    news["/feed"] = rss([SECOND, FIRST], paper.url(""))
                    await _sent(running, inbox, "bob@example.org", 1)
                    await _sent(running, inbox, _ANNA, 3)
                    leave = one_click_path(alert)
                    one_click = {"List-Unsubscribe": "One-Click"}
                    assert (await client.post(leave, data=one_click)).status_code == 200
                    listed = await command(
                        *("subscribers", "list", "--format", "jsonl"),
                        *("--config", site.folder / "config.toml"),
                    )
                    assert [row["address"] for row in listed.records] == ["bob@example.org"]
                    assert running.troubles == []
                    assert await running.stop() == 0
                secret += _log(running)
    for word in (token, leave.rpartition("/")[2], judged["token"], _ANNA):
        assert word not in secret
    stats = await command(
        *("rules", "list", "--stats", "--format", "jsonl"),
        *("--config", site.folder / "config.toml"),
    )
    assert sum(row["right"] for row in stats.records) == 1


def _log(running: Daemon) -> str:
    return "\n".join([*map(str, running.events), *running.noise])
