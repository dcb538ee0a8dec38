# SPDX-License-Identifier: Apache-2.0
"""Marked secrets are planted everywhere one may be configured, and looked for in every output."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
from pathlib import Path

import pytest
from loopback import Request, answer, serving
from newsroom import Receiver, Site, Story, rss
from processes import command, daemon
from smtp_servers import silent_port

pytestmark = [pytest.mark.journey, pytest.mark.anyio, pytest.mark.timeout(300)]

_STORY = Story(
    "/arrivals",
    "Arrivals in the east",
    "The Pentagon said about 10,000 North Korean soldiers are in Russia and more may follow.",
)
# Each is recognisable in its plain form, and the login also in the form that is sent.
_MARKS = {
    "mail.secret": "Marked-mail-7f3a",
    "feed.secret": "Marked-feed-91bc",
    "token.secret": "Marked-token-4d2e",
    "web.secret": "Marked-web-c08d",
    "desk.secret": "whsec_" + base64.b64encode(b"Marked-webhook-secret-5a17").decode(),
    "operator.secret": "whsec_" + base64.b64encode(b"Marked-operator-secret-bb3").decode(),
}
_SENT = base64.b64encode(f"reader:{_MARKS['feed.secret']}".encode()).decode()
_CAPABILITY = "T0K3Nx9QmArKeDxCaPaBiLiTy42"


def _found(text: str | bytes) -> list[str]:
    """Return the marks that stand in a text, in any form in which they exist."""
    raw = text.encode() if isinstance(text, str) else text
    forms = [*_MARKS.values(), _SENT, *(mark.removeprefix("whsec_") for mark in _MARKS.values())]
    return [mark for mark in {*forms, _CAPABILITY} if mark.encode() in raw]


async def _refuses(request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer with everything that was sent, as a careless server does in its error page."""
    echo = json.dumps(request.headers).encode() + request.body
    writer.write(answer(echo, status="500 Internal Server Error"))


def _site(folder: Path, paper: str, hook: str, smtp_port: int) -> Site:
    folder.mkdir()
    for name, mark in _MARKS.items():
        (folder / name).write_text(f"{mark}\n", encoding="ascii")
    feeds = "\n".join(
        f'[[feed]]\nid = "{name}"\nurl = "{paper}{path}"\n{keys}'
        for name, path, keys in (
            ("paper", "/feed", 'username = "reader"\npassword_file = "feed.secret"'),
            ("failing", "/fail", 'token_file = "token.secret"'),
            ("header", "/fail", 'token_file = "token.secret"\nheader = "X-Key"'),
        )
    )
    extra = (
        'operators = ["ops"]\nalarm_after_failures = 1\n'
        f'[web]\nenabled = false\ntoken_file = "web.secret"\n{feeds}\n'
        f'[[subscriber]]\nid = "siem"\nwebhook = "{hook}/services/{_CAPABILITY}"\n'
        'secret_file = "desk.secret"\n'
        f'[[subscriber]]\nid = "ops"\nwebhook = "{hook}/services/{_CAPABILITY}"\n'
        'secret_file = "operator.secret"'
    )
    return Site(
        folder,
        {},
        smtp_port=smtp_port,
        subscribers={"desk": {"email": "desk@example.org"}},
        extra=extra,
    )


async def test_no_secret_reaches_any_output(tmp_path: Path) -> None:
    """Logs, errors, dumps, status, checkup, database files and backups hold none of them."""
    outputs: dict[str, str | bytes] = {}

    async def news(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/feed":
            writer.write(rss([_STORY], "http://paper.example"))
        else:
            await _refuses(request, writer)

    with silent_port() as mail_port:
        async with serving(news) as paper, serving(_refuses) as hook:
            site = _site(tmp_path / "site", paper.url(""), hook.url(""), mail_port.getsockname()[1])
            config = site.config
            text = config.read_text(encoding="utf-8").replace(
                "[delivery]", 'username = "u"\npassword_file = "mail.secret"\n[delivery]'
            )
            config.write_text(text, encoding="utf-8")
            async with daemon(config) as running:
                await running.until("delivery.failed", channel="siem/webhook")
                await running.until("delivery.failed", channel="ops/webhook")
                await running.until("delivery.failed", channel="desk/email")
                await running.until("poll.done", feed="failing", times=2)
                asked = [row for row in paper.requests if row.path == "/feed"]
                assert asked[0].headers["authorization"] == f"Basic {_SENT}"
                (tmp_path / "site" / "desk.secret").write_text("short", encoding="ascii")
                running.process.send_signal(signal.SIGHUP)
                await running.until("reload.refused")
                (tmp_path / "site" / "desk.secret").write_text(
                    _MARKS["desk.secret"], encoding="ascii"
                )
                ended = await asyncio.gather(
                    *(command(*words, "--config", config, seconds=200) for words in _COMMANDS)
                )
                for words, done in zip(_COMMANDS, ended, strict=True):
                    outputs[" ".join(words)] = done.out + done.err
                outputs["log"] = json.dumps(running.events) + "".join(running.noise)
                outputs["command line"] = _command_line(running.process.pid)
    outputs["broken configuration"] = await _checked_broken(_break(config))
    for path in (tmp_path / "site").rglob("*.db*"):
        raw = path.read_bytes().replace(_CAPABILITY.encode(), b"")  # an address, needed to deliver
        outputs[f"file {path.name}"] = raw
    assert len(outputs) > len(_COMMANDS) + 4
    assert {name: _found(text) for name, text in outputs.items() if _found(text)} == {}


_COMMANDS = (
    ("config", "show", "--origin"),
    ("config", "check"),
    ("status",),
    ("status", "--format", "json"),
    ("feeds", "list", "--format", "json"),
    ("doctor",),
    ("db", "backup"),
    ("notify", "test", "siem"),
    ("explain", "http://paper.example/arrivals"),
)


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _break(config: Path) -> Path:
    """Make a mistake beside every secret."""
    text = config.read_text(encoding="utf-8").replace("_file", "_fil")
    config.write_text(text, encoding="utf-8")
    return config


async def _checked_broken(config: Path) -> str:
    """Return what is said about a broken configuration."""
    done = await command("config", "check", "--config", config)
    assert done.code == 78
    return done.out + done.err


async def test_secrets_come_from_the_credentials_of_the_unit(tmp_path: Path) -> None:
    """A name without a slash is looked for where systemd puts credentials, before anywhere else."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "paper-token").write_text(_MARKS["token.secret"], encoding="ascii")
    async with serving(rss([], "http://paper.example")) as paper, serving(Receiver().respond):
        feed = f'[[feed]]\nid = "paper"\nurl = "{paper.url("/feed")}"\ntoken_file = "paper-token"'
        site = Site(tmp_path / "site", {}, extra=feed)
        environment = {"CREDENTIALS_DIRECTORY": str(credentials)}
        missing = await command("poll", "--once", "--config", site.config)
        assert missing.code == 78
        done = await command("poll", "--once", "--config", site.config, environment=environment)
    assert done.code == 0, done.err
    assert paper.requests[0].headers["authorization"] == f"Bearer {_MARKS['token.secret']}"
