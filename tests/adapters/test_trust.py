# SPDX-License-Identifier: Apache-2.0
"""What operators rely on: tests that tell the truth, and a silence that is noticed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hands import Hands, run, site_pipeline
from loopback import Request, answer, serving
from newsroom import Receiver, Site, verified
from smtp_servers import Inbox, Script, scripted_server, silent_port, smtp_server

from monitor.bootstrap import assemble
from monitor.core.errors import ConfigError

pytestmark = pytest.mark.anyio


async def _test(site: Site, *words: str) -> tuple[int, str]:
    site.config  # noqa: B018  (writes the file)
    done = await asyncio.to_thread(run, site, "notify", "test", "desk", *words)
    return done.exit_code, done.output


async def test_a_test_that_arrives_says_what_the_other_side_said(tmp_path: Path) -> None:
    """Mail and webhook are really sent, marked as a test, and the answers are shown word for word."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        async with serving(Receiver("202 Accepted").respond) as hook:
            subscribers = {"desk": {"email": "desk@example.org", "webhook": hook.url("/hook")}}
            site = Site(tmp_path / "site", {}, smtp_port=port, subscribers=subscribers)
            code, said = await _test(site)
    assert code == 0
    assert "250 queued as 42" in said
    assert "HTTP 202 Accepted" in said
    assert verified(hook.requests[0])["type"] == "test"
    assert len(inbox.envelopes) == 1


@pytest.mark.parametrize(
    ("script", "told", "outlook"),
    [
        (Script(greeting="554 go away"), "554 go away", "would be tried again"),
        (Script(answers={"RCPT": "550 no such user"}), "550 no such user", "not be tried again"),
        (Script(answers={"RCPT": "451 greylisted"}), "451 greylisted", "would be tried again"),
        (Script(hang_up="CONTENT"), "no answer to the mail", "it may have arrived"),
        (Script(hang_up="GREETING"), "cannot be reached", "would be tried again"),
    ],
    ids=["greeting", "refused", "greylisted", "after-data", "hang-up"],
)
async def test_a_mail_server_that_fails_is_told_as_it_is(
    script: Script, told: str, outlook: str, tmp_path: Path
) -> None:
    """The words of the server, what an alert would have met, and exit code 1."""
    async with scripted_server(script) as port:
        subscribers = {"desk": {"email": "desk@example.org"}}
        site = Site(tmp_path / "site", {}, smtp_port=port, subscribers=subscribers)
        code, said = await _test(site)
    assert code == 1
    assert "NOT SENT" in said
    assert told in said
    assert outlook in said


async def test_a_dead_port_is_told_as_a_dead_port(tmp_path: Path) -> None:
    """Nobody listens: neither channel is said to have taken anything."""
    with silent_port() as held:
        port = held.getsockname()[1]
        url = f"http://127.0.0.1:{port}/hook"
        subscribers = {"desk": {"email": "desk@example.org", "webhook": url}}
        site = Site(tmp_path / "site", {}, smtp_port=port, subscribers=subscribers)
        code, said = await _test(site)
    assert code == 1
    assert said.count("NOT SENT") == 2
    assert "refused" in said
    assert f"127.0.0.1:{port} cannot be reached" in said


async def test_a_receiver_that_is_gone_is_told_to_be_gone(tmp_path: Path) -> None:
    """410 says that an alert would have switched the channel off; the test switches nothing off."""
    async with serving(Receiver("410 Gone").respond) as hook:
        subscribers = {"desk": {"webhook": hook.url("/hook")}}
        site = Site(tmp_path / "site", {}, subscribers=subscribers)
        code, said = await _test(site)
        again, _ = await _test(site)
    assert (code, again) == (1, 1)
    assert "the channel would be disabled" in said
    assert len(hook.requests) == 2


# --- heartbeat -----------------------------------------------------------------------------------


def _site(folder: Path, url: str) -> Site:
    site = Site(folder / "site", {}, extra='heartbeat_file = "beat"')
    site.folder.mkdir(parents=True)
    (site.folder / "beat").write_text(url, encoding="utf-8")
    return site


async def test_the_heartbeat_asks_for_its_url(tmp_path: Path) -> None:
    """A plain request, so that whoever watches the URL knows that the daemon lives."""
    async with serving(answer()) as watch:
        async with site_pipeline(_site(tmp_path, watch.url("/beat")), Hands()) as pipeline:
            await pipeline.send_heartbeat()
        assert watch.paths == ["/beat"]


async def test_a_heartbeat_that_nobody_hears_costs_nothing(tmp_path: Path) -> None:
    """A watcher that hangs up is logged and no more."""

    async def hang_up(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serving(hang_up) as watch:
        async with site_pipeline(_site(tmp_path, watch.url("/beat")), Hands()) as pipeline:
            await pipeline.send_heartbeat()
        assert watch.connections == 1


def test_a_heartbeat_without_a_usable_url_is_refused(tmp_path: Path) -> None:
    """The mistake is found at the start, not in the night when it was needed."""
    with pytest.raises(ConfigError, match="beat"):
        assemble(str(_site(tmp_path, "ftp://watch.example/").config), {})
