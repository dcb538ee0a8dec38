# SPDX-License-Identifier: Apache-2.0
"""Formats over real sockets, receivers' examples from the documentation, and Apprise."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import Request, answer, serving
from newsroom import OTHER_SECRET, SECRET, Site, verified
from sample_alerts import GAZETTEER, ONE, WEBHOOK

from monitor.bootstrap import assemble
from monitor.core.errors import ConfigError, DeliveryError
from monitor.core.model import BodyFormat, Channel, ChannelKind
from monitor.fetch import Client, ClientSettings
from monitor.notify.apprise import AppriseNotifier, check_apprise
from monitor.notify.webhook import WebhookNotifier

pytestmark = pytest.mark.anyio

_PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
_LOCAL = ClientSettings(user_agent="figurewatch/test", allow_networks=("127.0.0.0/8",))
_APPRISE = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None, reason="the extra apprise is not installed"
)

# One of its plug-ins imports a module that Python has deprecated.
_ITS_IMPORTS = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def _received(form: BodyFormat, *secrets: str) -> Request:
    async with serving(answer()) as server, Client(_LOCAL) as client:
        channel = replace(WEBHOOK, format=form, address=server.url("/topic"))
        notifier = WebhookNotifier(client.post, {WEBHOOK.id: secrets} if secrets else {}, GAZETTEER)
        await notifier.send(replace(ONE, channel=channel))
        [request] = server.requests
    return request


async def test_a_chat_platform_needs_no_secret() -> None:
    """Its address is the secret; the body is its own and nothing is signed."""
    request = await _received(BodyFormat.SLACK)
    assert "webhook-signature" not in request.headers
    assert json.loads(request.body)["blocks"][0]["type"] == "header"


async def test_every_format_is_signed_where_a_secret_is_given() -> None:
    """The signature covers the body in whatever format it is."""
    request = await _received(BodyFormat.DISCORD, SECRET)
    assert verified(request)["username"] == "Figurewatch"


async def test_a_cloud_event_says_what_it_is() -> None:
    """The content type is that of structured mode, the id that of the message."""
    request = await _received(BodyFormat.CLOUDEVENTS, SECRET)
    assert request.headers["content-type"].startswith("application/cloudevents+json")
    event = verified(request)
    assert event["id"] == request.headers["webhook-id"] == ONE.id
    assert event["data"]["claims"][0]["low"] == 11_000


async def test_ntfy_is_posted_to_the_server() -> None:
    """The topic's address is taken apart: JSON goes to the root."""
    request = await _received(BodyFormat.NTFY)
    assert request.path == "/"
    assert json.loads(request.body)["topic"] == "topic"


# --- the examples in docs/webhooks.md ------------------------------------------------------------


def _example(language: str) -> str:
    (block,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```", _PAGE)
    return str(block)


def _python(secret: str, request: Request, folder: Path) -> bool:
    names: dict[str, Callable[..., None]] = {}
    exec(_example("python"), names)  # type: ignore[arg-type]  # noqa: S102  (our own page)
    try:
        names["verify"](secret, request.headers, request.body)
    except ValueError:
        return False
    return True


def _node(secret: str, request: Request, folder: Path) -> bool:
    given = json.dumps([secret, request.headers, request.body.decode()])
    script = f"{_example('js')}\nverify(...JSON.parse(require('fs').readFileSync(0, 'utf8')));"
    done = subprocess.run(
        ["node", "-e", script], input=given, capture_output=True, text=True, check=False
    )
    return done.returncode == 0


def _shell(secret: str, request: Request, folder: Path) -> bool:
    body = folder / "body"
    body.write_bytes(request.body)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    words = [secret, *(request.headers[name] for name in names), str(body)]
    done = subprocess.run(
        ["sh", "-c", f'{_example("sh")}\nverify "$@"', "verify", *words],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@pytest.mark.parametrize(
    ("program", "check"), [("", _python), ("node", _node), ("openssl", _shell)]
)
async def test_the_examples_accept_ours_and_refuse_everything_else(
    program: str, check: Callable[[str, Request, Path], bool], tmp_path: Path
) -> None:
    """What docs/webhooks.md tells receivers to do works on a real request, also in a rotation."""
    if program and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    request = await _received(BodyFormat.NATIVE, OTHER_SECRET, SECRET)
    assert check(SECRET, request, tmp_path)
    assert check(OTHER_SECRET, request, tmp_path)
    assert not check("whsec_" + "A" * 32, request, tmp_path)
    altered = replace(request, body=request.body.replace(b"11000", b"12000"))
    assert not check(SECRET, altered, tmp_path)


async def test_the_example_refuses_what_is_old(tmp_path: Path) -> None:
    """A recorded request is no use after five minutes."""
    request = await _received(BodyFormat.NATIVE, SECRET)
    old = {"webhook-timestamp": str(int(time.time()) - 301)}
    assert not _python(SECRET, replace(request, headers=request.headers | old), tmp_path)


# --- configuration -------------------------------------------------------------------------------


async def test_a_webhook_url_can_be_a_secret_in_a_file(tmp_path: Path) -> None:
    """The URL is read from the file; `config show` knows only the file's name."""
    site = Site(
        tmp_path / "site", {}, subscribers={"chat": {"webhook_file": "url", "format": "slack"}}
    )
    config = site.config
    (site.folder / "url").write_text("https://hooks.example.org/T0/B0/opaque\n", encoding="utf-8")
    [subscriber] = assemble(str(config), {}).site.subscribers
    [channel] = subscriber.channels
    assert channel.address == "https://hooks.example.org/T0/B0/opaque"
    assert channel.format is BodyFormat.SLACK


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"webhook_file": "hook.secret", "format": "cloudevents"}, "needs secret_file"),
        ({"webhook": "https://a.example/", "webhook_file": "url", "format": "slack"}, "two ways"),
        ({"webhook": "https://a.example/", "format": "slak"}, "slack"),
        ({"webhook": "https://ntfy.example", "format": "ntfy"}, "ends in its topic"),
        ({"webhook_file": "absent", "format": "slack"}, "cannot be read"),
    ],
    ids=["unsigned", "twice", "unknown", "no-topic", "absent"],
)
def test_channels_that_cannot_work_are_refused(
    fields: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    """Each mistake is named before anything starts."""
    site = Site(tmp_path / "site", {}, subscribers={"chat": fields})
    with pytest.raises(ConfigError) as caught:
        assemble(str(site.config), {})
    assert complaint in str(caught.value)


# --- Apprise -------------------------------------------------------------------------------------

_CHANNEL = Channel(
    id="desk/apprise", subscriber="desk", kind=ChannelKind.APPRISE, address="apprise"
)


@_APPRISE
@_ITS_IMPORTS
async def test_apprise_sends_the_plain_text() -> None:
    """One of its services, on loopback, gets subject and text."""
    async with serving(answer()) as server:
        urls = {_CHANNEL.id: (f"json://127.0.0.1:{server.port}/in",)}
        receipt = await AppriseNotifier(urls, GAZETTEER).send(replace(ONE, channel=_CHANNEL))
        [request] = server.requests
    told = json.loads(request.body)
    assert told["title"].startswith("North Korean troops in Kursk")
    assert "*11,000*" in told["message"]
    assert receipt.seconds > 0


@_APPRISE
@_ITS_IMPORTS
async def test_a_no_from_apprise_is_tried_again() -> None:
    """It does not say why, so nothing is given up for it."""
    async with serving(answer(status="500 Oops")) as server:
        urls = {_CHANNEL.id: (f"json://127.0.0.1:{server.port}/in",)}
        with pytest.raises(DeliveryError) as caught:
            await AppriseNotifier(urls, GAZETTEER).send(replace(ONE, channel=_CHANNEL))
    assert not caught.value.permanent
    assert caught.value.outcome_unknown


@_APPRISE
@_ITS_IMPORTS
def test_what_apprise_does_not_know_is_refused_without_being_shown() -> None:
    """A line that is no Apprise URL is named by its number; it may hold a token."""
    with pytest.raises(ConfigError, match="line 2") as caught:
        check_apprise({"desk/apprise": ("json://localhost", "tken-not-a-url")})
    assert "tken" not in str(caught.value)
