# SPDX-License-Identifier: Apache-2.0
"""Webhooks over real sockets: what a receiver sees, and what becomes of each of its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from loopback import Loopback, Request, Respond, answer, serving
from newsroom import OTHER_SECRET, SECRET, verified
from sample_alerts import GAZETTEER, ONE, WEBHOOK
from standardwebhooks import WebhookVerificationError

from monitor.core.errors import ConfigError, DeliveryError
from monitor.core.model import Message, Receipt
from monitor.fetch import Client, ClientSettings
from monitor.notify.webhook import WebhookNotifier

pytestmark = pytest.mark.anyio

_QUICK = ClientSettings(
    user_agent="figurewatch/test",
    allow_networks=("127.0.0.0/8",),
    post_head_seconds=0.3,
    post_body_seconds=0.3,
)


@asynccontextmanager
async def _notifier(
    *secrets: str, settings: ClientSettings = _QUICK
) -> AsyncIterator[WebhookNotifier]:
    async with Client(settings) as client:
        yield WebhookNotifier(client.post, {WEBHOOK.id: secrets or (SECRET,)}, GAZETTEER)


def _message(url: str) -> Message:
    return replace(ONE, channel=replace(WEBHOOK, address=url))


async def _send(respond: Respond | bytes, *secrets: str) -> tuple[Receipt, Loopback]:
    async with serving(respond) as server, _notifier(*secrets) as notifier:
        return await notifier.send(_message(server.url("/in"))), server


async def _refused(respond: Respond | bytes) -> tuple[DeliveryError, Loopback]:
    async with serving(respond) as server, _notifier() as notifier:
        with pytest.raises(DeliveryError) as caught:
            await notifier.send(_message(server.url("/in")))
    return caught.value, server


# --- what is sent --------------------------------------------------------------------------------


async def test_a_receiver_can_verify_what_it_gets() -> None:
    """The signature holds for the body as it came, under the receiver's secret and no other."""
    receipt, server = await _send(answer(status="200 OK"))
    [request] = server.requests
    assert request.line.startswith("POST /in ")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == ONE.id
    assert verified(request)["data"]["claims"][0]["low"] == 11_000
    with pytest.raises(WebhookVerificationError):
        verified(request, OTHER_SECRET)
    with pytest.raises(WebhookVerificationError):
        verified(replace(request, body=request.body.replace(b"11000", b"12000")))
    assert receipt.detail.startswith("HTTP 200")


async def test_both_secrets_sign_while_one_replaces_the_other() -> None:
    """During a rotation a receiver that knows either secret accepts the same request."""
    _, server = await _send(answer(status="204 No Content"), SECRET, OTHER_SECRET)
    [request] = server.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    assert verified(request, SECRET) == verified(request, OTHER_SECRET)


async def test_a_retry_has_the_same_id_and_body() -> None:
    """Receivers drop repeats by `webhook-id`; nothing but time and signature differs between tries."""
    answers = iter([answer(status="500 Oops"), answer(status="200 OK")])

    async def respond(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(next(answers))

    async with serving(respond) as server, _notifier() as notifier:
        with pytest.raises(DeliveryError):
            await notifier.send(_message(server.url()))
        await notifier.send(_message(server.url()))
    first, second = server.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert verified(first) == verified(second)


# --- what comes back -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
async def test_every_2xx_is_success(status: str) -> None:
    """The message was taken; the receipt says with what answer."""
    receipt, _ = await _send(answer(status=status))
    assert receipt.detail == f"HTTP {status}"


_KINDS = ("permanent", "disable", "own_fault", "outcome_unknown")


@pytest.mark.parametrize(
    ("status", "headers", "kinds", "wait"),
    [
        ("301 Moved Permanently", {"location": "/elsewhere"}, set(), None),
        ("302 Found", {"location": "/elsewhere"}, set(), None),
        ("307 Temporary Redirect", {"location": "/elsewhere"}, set(), None),
        ("400 Bad Request", {}, {"own_fault"}, None),
        ("401 Unauthorized", {}, set(), None),
        ("404 Not Found", {}, set(), None),
        ("410 Gone", {}, {"permanent", "disable"}, None),
        ("413 Content Too Large", {}, {"own_fault"}, None),
        ("422 Unprocessable Content", {}, {"own_fault"}, None),
        ("429 Too Many Requests", {"retry_after": "90"}, set(), 90.0),
        ("500 Internal Server Error", {}, set(), None),
        ("503 Service Unavailable", {"retry_after": "30"}, set(), 30.0),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
async def test_every_other_status_is_told_apart(
    status: str, headers: dict[str, str], kinds: set[str], wait: float | None
) -> None:
    """Only 410 is final and disables; a message's own fault is marked; the asked-for wait is kept."""
    error, server = await _refused(answer(b"why", status=status, **headers))
    assert {kind for kind in _KINDS if getattr(error, kind)} == kinds
    assert error.retry_after_seconds == wait
    assert error.reason.startswith(f"HTTP {status} why")
    assert server.paths == ["/in"]


async def _silence(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _hang_up(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize(
    ("respond", "reason"),
    [(_silence, "timeout"), (_hang_up, "disconnected")],
    ids=["silence", "hang-up"],
)
async def test_no_answer_leaves_the_outcome_open(respond: Respond, reason: str) -> None:
    """The receiver may have taken it, so it is tried again under the same id and said to be so."""
    error, _ = await _refused(respond)
    assert error.reason.startswith(reason)
    assert error.outcome_unknown
    assert not error.permanent


async def test_a_port_where_nobody_listens_is_known_not_to_have_taken_it() -> None:
    """A refused connection is a transient failure with a certain outcome."""
    async with serving(answer()) as server:
        url = server.url()
    async with _notifier() as notifier:
        with pytest.raises(DeliveryError) as caught:
            await notifier.send(_message(url))
    assert caught.value.reason.startswith("refused")
    assert not caught.value.permanent
    assert not caught.value.outcome_unknown


# --- hostile receivers ---------------------------------------------------------------------------


async def _endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def _slow(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nthanks")
    await writer.drain()
    await asyncio.Event().wait()


@pytest.mark.parametrize("respond", [_endless, _slow], ids=["endless", "slow"])
async def test_the_head_decides_and_the_body_is_bounded(respond: Respond) -> None:
    """A 200 whose body never ends is a success, at once and with a short receipt."""
    async with asyncio.timeout(10):
        receipt, _ = await _send(respond)
    assert receipt.detail.startswith("HTTP 200 OK")
    assert len(receipt.detail) <= 200


async def test_what_a_receiver_says_is_cut_and_cleaned() -> None:
    """An answer cannot write lines or controls into the log, nor fill it."""
    error, _ = await _refused(answer(b"no\r\n\x1b[31m" + b"y" * 5000, status="500 Oops"))
    assert error.reason.isprintable()
    assert len(error.reason) <= 200


async def test_an_address_that_is_not_allowed_gets_no_connection() -> None:
    """Without `allow_networks` a webhook into the loopback network is refused before it connects."""
    settings = replace(_QUICK, allow_networks=())
    async with serving(answer()) as server, _notifier(settings=settings) as notifier:
        with pytest.raises(DeliveryError, match=r"^address"):
            await notifier.send(_message(server.url()))
    assert server.connections == 0


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with"),
        ("whsec_not base64", "base64"),
        ("whsec_c2hvcnQ=", "5 bytes long"),
    ],
    ids=["prefix", "base64", "short"],
)
def test_a_secret_that_cannot_sign_is_refused_without_being_shown(
    secret: str, complaint: str
) -> None:
    """The mistake is named with its channel; the secret itself is in no message."""

    async def post(*_: object, **__: object) -> None:
        raise AssertionError

    with pytest.raises(ConfigError) as caught:
        WebhookNotifier(post, {WEBHOOK.id: (secret,)}, GAZETTEER)  # type: ignore[arg-type]
    [problem] = caught.value.problems
    assert problem.file == WEBHOOK.id
    assert complaint in problem.message
    assert secret.removeprefix("whsec_") not in str(problem)


async def test_a_channel_without_a_secret_is_never_posted_to() -> None:
    """Unsigned webhooks do not exist; the delivery waits for the secret."""
    async with serving(answer()) as server, _notifier() as notifier:
        other = replace(WEBHOOK, id="other/webhook", address=server.url())
        with pytest.raises(DeliveryError, match="no signing secret") as caught:
            await notifier.send(replace(ONE, channel=other))
    assert not caught.value.permanent
    assert server.requests == []
