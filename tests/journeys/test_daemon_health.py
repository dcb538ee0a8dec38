# SPDX-License-Identifier: Apache-2.0
"""The daemon's own health, asked from outside while things go wrong around it."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from loopback import answer, serving
from newsroom import Receiver, Site, Story, rss, verified, webhook_ids
from processes import command, daemon

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def _ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Return status and body of a page of the daemon."""

    def ask() -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


async def _until_ready(port: int, *, ready: bool) -> dict[str, object]:
    """Ask until the daemon is ready, or is not; bounded by the time limit of the test."""
    async with asyncio.timeout(60):
        while True:
            status, body = await _ask(port, "/readyz")
            if (status == 200) is ready:
                return dict(json.loads(body))
            await asyncio.sleep(0.1)


def _metric(page: str, name: str) -> float:
    [line] = [row for row in page.splitlines() if row.startswith(f"{name} ")]
    return float(line.split()[-1])


async def test_health_and_metrics_tell_what_the_daemon_does(tmp_path: Path) -> None:
    """Alive, ready, and counted: polls, articles, alerts, deliveries, feeds by state."""
    port = _free_port()
    async with (
        serving({}) as nowhere,
        serving(Receiver().respond) as hook,
        serving(rss([_STORY], "http://paper.example")) as paper,
    ):
        site = Site(
            tmp_path / "site",
            feeds={"paper": paper.url("/feed"), "lost": nowhere.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
            extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"',
        )
        async with daemon(site.config) as running:
            await running.until("delivery.sent")
            await running.until("poll.done", feed="lost", times=2)
            assert await _ask(port, "/healthz") == (200, "ok\n")
            assert (await _until_ready(port, ready=True))["reasons"] == []
            _, page = await _ask(port, "/metrics")
            assert await running.stop() == 0
    assert _metric(page, "figurewatch_articles_ingested_total") == 1
    assert _metric(page, 'figurewatch_feeds{state="healthy"}') == 1
    assert _metric(page, 'figurewatch_feeds{state="broken"}') == 1
    assert _metric(page, 'figurewatch_feed_fetches_total{outcome="http-404"}') >= 2
    assert _metric(page, 'figurewatch_deliveries_total{channel="webhook",outcome="sent"}') == 1
    assert _metric(page, "figurewatch_outbox_pending") == 0
    assert _metric(page, "figurewatch_config_last_reload_successful") == 1
    assert "paper.example" not in page


async def test_open_metrics_are_given_to_who_asks_for_them(tmp_path: Path) -> None:
    """Content negotiation: the old text format, or OpenMetrics with its end mark."""
    port = _free_port()
    extra = f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"'
    async with daemon(Site(tmp_path / "site", {}, extra=extra).config):
        _, old = await _ask(port, "/metrics")
        _, new = await _ask(port, "/metrics", accept="application/openmetrics-text; version=1.0.0")
        assert await _ask(port, "/metrics", host="evil.example") == (400, "Invalid host header")
        assert (await _ask(port, "/config"))[0] == 404
    assert not old.endswith("# EOF\n")
    assert new.endswith("# EOF\n")


async def test_with_a_token_only_the_probes_are_public(tmp_path: Path) -> None:
    """Metrics want the token, probes do not; beyond loopback a token is required to start."""
    port = _free_port()
    site = Site(
        tmp_path / "site",
        {},
        extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"\ntoken_file = "hook.secret"',
    )
    token = (site.config.parent / "hook.secret").read_text(encoding="utf-8")
    async with daemon(site.config):
        assert (await _ask(port, "/metrics"))[0] == 401
        assert (await _ask(port, "/metrics", authorization="Bearer wrong"))[0] == 401
        assert (await _ask(port, "/metrics", authorization=f"Bearer {token}"))[0] == 200
        assert (await _ask(port, "/readyz"))[0] in {200, 503}
    site.extra = '[web]\nenabled = true\nlisten = "0.0.0.0:1"'
    refused = await command("config", "check", "--config", site.config)
    assert refused.code == 78
    assert "set token_file" in refused.err


async def test_a_taken_port_is_told_and_nothing_starts(tmp_path: Path) -> None:
    """Two daemons on one port: the second says which address and leaves."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        extra = f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"'
        refused = await command("run", "--config", Site(tmp_path / "site", {}, extra=extra).config)
    assert refused.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.err


async def test_a_refused_reload_is_seen_everywhere_until_a_good_one(tmp_path: Path) -> None:
    """Log, ready page, metric and `status` name the mistake; the old configuration works on."""
    port = _free_port()
    extra = f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"'
    async with serving(rss([], "http://paper.example")) as paper:
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")}, extra=extra)
        config = site.config
        good = config.read_text(encoding="utf-8")
        async with daemon(config) as running:
            config.write_text(good.replace("min_interval", "min_intervall"), encoding="utf-8")
            running.process.send_signal(signal.SIGHUP)
            await running.until("reload.refused")
            _, ready = await _ask(port, "/readyz")
            _, page = await _ask(port, "/metrics")
            await running.polled_again("paper")
            config.write_text(good, encoding="utf-8")
            status = await _status_with(config, "reload was refused")
            running.process.send_signal(signal.SIGHUP)
            await running.until("reload.done")
            _, later = await _ask(port, "/metrics")
    assert "fetch.min_intervall" in ready
    assert "fetch.min_intervall" in status
    assert _metric(page, "figurewatch_config_last_reload_successful") == 0
    assert _metric(later, "figurewatch_config_last_reload_successful") == 1


async def _status_with(config: Path, words: str) -> str:
    """Ask for the status until it holds these words; the daemon leaves word every ten seconds."""
    async with asyncio.timeout(60):
        while True:
            told = await command("status", "--config", config)
            assert told.code == 0
            if words in told.out:
                return told.out


async def test_a_disk_that_takes_nothing_stops_intake_and_recovers_without_a_restart(
    tmp_path: Path,
) -> None:
    """Writes fail: not ready with the reason, still answering; writes work again: all goes on."""
    port, news = _free_port(), {"/feed": rss([], "http://paper.example")}
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
            extra=f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"',
        )
        async with daemon(site.config) as running:
            await running.polled_again("paper")
            pid, free = running.process.pid, resource.RLIM_INFINITY
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, free))
            await running.until("store.refused")
            news["/feed"] = rss([_STORY], "http://paper.example")
            reasons = (await _until_ready(port, ready=False))["reasons"]
            assert "the database refuses" in str(reasons)
            assert (await _ask(port, "/healthz"))[0] == 200
            assert running.told("alert.raised") == []
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (free, free))
            await running.until("store.back")
            await running.until("delivery.sent")
            await _until_ready(port, ready=True)
            assert running.told("daemon.defect") == []
            assert await running.stop() == 0
    checked = await command("db", "check", "--config", site.config)
    assert checked.code == 0, checked.out
    assert [verified(row)["type"] for row in hook.requests] == ["figure.new"]


async def test_too_little_room_stops_polls_and_tells_the_operator(tmp_path: Path) -> None:
    """Below the guard no feed is asked, while deliveries flow; a reload with a lower guard frees."""
    port = _free_port()
    async with serving(rss([], "http://paper.example")) as paper, serving(Receiver().respond) as op:
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"ops": {"webhook": op.url("/op")}},
            extra='operators = ["ops"]\n[store]\nkeep_free_mib = 999999999\n'
            f'[web]\nenabled = true\nlisten = "127.0.0.1:{port}"',
        )
        async with daemon(site.config) as running:
            await running.until("delivery.sent", channel="ops/webhook")
            assert "MiB free" in str((await _until_ready(port, ready=False))["reasons"])
            assert paper.requests == []
            site.extra = site.extra.replace("999999999", "1")
            assert site.config.exists()
            running.process.send_signal(signal.SIGHUP)
            await running.until("poll.done", feed="paper")
            await _until_ready(port, ready=True)
    assert verified(op.requests[0])["data"]["rule"] == "figurewatch.storage"


async def test_a_damaged_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """The daemon leaves with 74 and the restore command, and wrote nothing; the backup helps."""
    async with serving(answer()) as paper:
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")})
        config = site.config
        assert (await command("db", "migrate", "--config", config)).code == 0
        copied = await command("db", "backup", "--config", config)
        assert copied.code == 0, copied.err
        with site.database.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 8192)
        before = site.database.read_bytes()
        refused = await command("run", "--config", config)
        assert refused.code == 74
        assert "figurewatch db restore" in refused.err
        assert site.database.read_bytes() == before
        assert (await command("db", "check", "--config", config)).code != 0
        restored = await command("db", "restore", copied.out.strip(), "--config", config)
        assert restored.code == 0, restored.err
        async with daemon(config):
            busy = await command("db", "restore", copied.out.strip(), "--config", config)
            assert busy.code == 75
            assert (await command("db", "backup", "--config", config)).code == 0


async def test_a_second_signal_ends_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    """A receiver that hangs cannot hold the daemon; the next one sends under the same id."""
    hook = Receiver(says=None)
    async with (
        serving(rss([_STORY], "http://paper.example")) as paper,
        serving(hook.respond) as receiver,
    ):
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": receiver.url("/hook")}},
        )
        config = site.config
        async with daemon(config) as running:
            await receiver.until("/hook")
            assert "Max core file size        0" in _limits(running.process.pid)
            # Two of the same kind could be taken for one.
            running.process.send_signal(signal.SIGTERM)
            running.process.send_signal(signal.SIGINT)
            await running.until("daemon.stopped", drain="cut short")
            assert await running.process.wait() == 0
        hook.says = "200 OK"
        async with daemon(config) as running:
            await running.until("delivery.sent")
    first, second = webhook_ids(receiver)
    assert first == second


def _limits(pid: int) -> str:
    return Path(f"/proc/{pid}/limits").read_text(encoding="ascii")


async def test_a_control_character_makes_no_line_of_its_own(tmp_path: Path) -> None:
    """A title with line breaks and escapes is one record of the log, with all of it escaped."""
    evil = Story("/evil", 'Rain\u2028\r\n{"event": "forged"}\x1b[2J', "It rained.")
    async with serving(rss([evil], "http://paper.example")) as paper:
        site = Site(tmp_path / "site", {"paper": paper.url("/feed")})
        async with daemon(site.config) as running:
            told = await running.until("article.decided")
            assert running.noise == []
            assert running.told("forged") == []
    assert "\x1b" not in told["title"]
