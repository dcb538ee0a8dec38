# SPDX-License-Identifier: Apache-2.0
"""`figurewatch poll --once`: what it polls and delivers, and what its exit code says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from loopback import Loopback, answer, serving
from newsroom import SECRET, Receiver, Site, Story, mails_to, rss, verified, webhook_ids
from processes import Finished, command, daemon
from smtp_servers import Inbox, smtp_server

pytestmark = [pytest.mark.journey, pytest.mark.anyio]

_ADDRESS = "desk@example.org"
_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)


@dataclass
class _Bench:
    """A site with two good feeds, one that is disabled, and both kinds of channel."""

    site: Site
    news: dict[str, bytes]
    papers: Loopback
    inbox: Inbox
    receiver: Receiver
    hook: Loopback

    async def poll(self, *words: str) -> Finished:
        return await command("poll", "--once", "--config", self.site.config, *words)

    def asked(self) -> list[str]:
        """Return the feeds asked for since the last call, by name."""
        paths = [path for path in self.papers.paths if path in {"/paper", "/wire", "/off"}]
        self.papers.requests.clear()
        return sorted(path.removeprefix("/") for path in paths)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[_Bench]:
    """Yield servers and a site that was never started."""
    news: dict[str, bytes] = {}
    inbox, receiver = Inbox(), Receiver()
    with smtp_server(inbox) as port:
        async with serving(news) as papers, serving(receiver.respond) as hook:
            news["/paper"] = rss([_STORY], papers.url(""))
            news["/wire"] = rss([], papers.url(""))
            news["/off"] = rss([_STORY], papers.url(""))
            site = Site(
                tmp_path / "site",
                feeds={name: papers.url(f"/{name}") for name in ("paper", "wire")},
                smtp_port=port,
                subscribers={"desk": {"email": _ADDRESS, "webhook": hook.url("/hook")}},
                extra=f'[[feed]]\nid = "off"\nurl = "{papers.url("/off")}"\nenabled = false',
                interval="1h",
            )
            yield _Bench(site, news, papers, inbox, receiver, hook)


async def test_what_is_due_is_polled_and_delivered(bench: _Bench) -> None:
    """New feeds are due; a failed one costs only itself and exit code 1; `--all` and names go on."""
    bench.news["/wire"] = answer(status="500 Internal Server Error")
    failed = await bench.poll()
    assert failed.code == 1
    assert bench.asked() == ["paper", "wire"]
    assert "1 feed and 0 delivery attempts failed" in failed.err
    assert "http-500" in failed.err
    assert len(mails_to(bench.inbox, _ADDRESS)) == 1
    assert verified(bench.hook.requests[0])["type"] == "figure.new"
    bench.news["/wire"] = rss([], bench.papers.url(""))
    assert (await bench.poll()).code == 0
    assert bench.asked() == []
    assert (await bench.poll("--all")).code == 0
    assert bench.asked() == ["paper", "wire"]
    extra = ("--id", "extra", bench.papers.url("/wire"))
    added = await command("feeds", "add", *extra, "--config", bench.site.config)
    assert added.code == 0, added.err
    assert (await bench.poll("extra")).code == 0
    assert bench.asked() == ["wire"]
    assert len(bench.inbox.envelopes) == len(bench.hook.requests) == 1


async def test_a_name_that_would_poll_nothing_is_refused(bench: _Bench) -> None:
    """A mistyped or disabled feed is a usage error, not a silent success; nothing is polled."""
    unknown, disabled = await bench.poll("paper", "papper"), await bench.poll("paper", "off")
    assert (unknown.code, disabled.code) == (2, 2)
    assert "no feed 'papper'" in unknown.err
    assert "feed 'off' is disabled" in disabled.err
    assert bench.asked() == []


async def test_a_failed_delivery_is_kept_and_goes_to_the_mended_address(bench: _Bench) -> None:
    """Exit code 1 while the receiver refuses; the next run tries it once more, where it is now."""
    bench.receiver.says = "404 Not Found"
    failed = await bench.poll()
    assert failed.code == 1
    assert "0 feeds and 1 delivery attempt failed" in failed.err
    assert len(mails_to(bench.inbox, _ADDRESS)) == 1
    assert len(bench.hook.requests) == 1
    bench.receiver.says = "200 OK"
    bench.site.subscribers["desk"]["webhook"] = bench.hook.url("/mended")
    delivered = await bench.poll()
    assert delivered.code == 0, delivered.err
    assert webhook_ids(bench.hook) == webhook_ids(bench.hook, "/mended")
    assert len(bench.hook.requests) == 2
    assert len(bench.inbox.envelopes) == 1


async def test_a_running_daemon_keeps_everybody_else_out(bench: _Bench) -> None:
    """While a daemon holds the state, `poll` and a second daemon leave with 75 and touch nothing."""
    bench.site.feeds.clear()
    async with daemon(bench.site.config):
        refused = await bench.poll()
        second = await command("run", "--config", bench.site.config)
        assert "another figurewatch process" in refused.err
        assert (refused.code, second.code) == (75, 75)
    assert (await bench.poll()).code == 0


async def test_every_mistake_of_a_configuration_is_named_before_anything_starts(
    bench: _Bench,
) -> None:
    """Exit code 78 with file and field of each mistake; no feed is asked, no database made."""
    bench.site.feeds["Paper!"] = "ftp://paper.example/rss"
    config = bench.site.config
    text = config.read_text(encoding="utf-8").replace("min_interval", "min_intervall")
    config.write_text(text, encoding="utf-8")
    refused = await command("poll", "--once", "--config", config)
    assert refused.code == 78
    for field in ("fetch.min_intervall", "feed[3] (id 'Paper!').id", "feed[3] (id 'Paper!').url"):
        assert f"{config}: {field}: " in refused.err
    assert "did you mean 'min_interval'?" in refused.err
    assert "3 problems found; nothing was started" in refused.err
    assert bench.papers.requests == []
    assert not bench.site.database.exists()


async def test_mistakes_in_all_kinds_of_files_are_named_together(bench: _Bench) -> None:
    """Rules, seeds, secrets and mail settings are checked in one go, each with its own file."""
    folder = bench.site.folder
    bench.site.extra += '\n[rules]\npaths = ["rules"]\n'
    bench.site.sender = "nobody"
    bench.site.packs = ["no-such-pack"]
    bench.site.seed_paths = ["no-such-folder"]
    config = bench.site.config
    (folder / "hook.secret").write_text(SECRET[:12], encoding="utf-8")
    (folder / "rules").mkdir()
    (folder / "rules" / "mine.toml").write_text('id = "mine"\nkind = = 1\n', encoding="utf-8")
    refused = await command("poll", "--once", "--config", config)
    assert refused.code == 78
    expected = [
        f"{folder / 'rules' / 'mine.toml'}:2: not TOML",
        f"{config}: seeds.packs: no pack named 'no-such-pack'",
        f"{config}: seeds.paths: no such folder: no-such-folder",
        f"{config}: email.from: expected an address",
        f"{folder / 'hook.secret'}: the secret is",
    ]
    assert [line for line in expected if line not in refused.err] == []
    assert f"{len(expected)} problems found; nothing was started" in refused.err
    assert not bench.site.database.exists()
