# SPDX-License-Identifier: Apache-2.0
"""Webhooks: a JSON body in the channel's format, signed as Standard Webhooks, posted once.

What it is not: an HTTP client (that is the guarded one of `fetch`, passed in). Rules of this file:
`webhook-id` is the message id at every try, the timestamp and so the signature belong to the try;
with several secrets (rotation) there is one signature for each; our own formats never go unsigned; only 2xx is success and a redirect
is never followed; 410 asks never to be called again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Protocol

from standardwebhooks import Webhook

from monitor.clock import Clock, SystemClock
from monitor.core.delivery import http_refusal
from monitor.core.errors import ConfigError, DeliveryError, FetchError, Problem
from monitor.core.formats import Body, body
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import SIGNED_FORMATS, Message, Receipt
from monitor.core.render import render_message
from monitor.notify import shown_answer

_PREFIX = "whsec_"
# Standard Webhooks asks for 24 to 64 bytes; from 16 (128 bits) on a key cannot be guessed.
_SHORTEST_KEY = 16
# How the guarded client names a connection that ended before we saw the answer.
_UNKNOWN_OUTCOMES = frozenset({"timeout", "truncated", "disconnected"})


class Answer(Protocol):
    """The head of an HTTP answer. `detail` is text for people (reason phrase, start of body)."""

    @property
    def status(self) -> int:
        """Return the status code."""
        ...

    @property
    def retry_after_seconds(self) -> float | None:
        """Return how long the server asks us to wait, already bounded."""
        ...

    @property
    def detail(self) -> str:
        """Return what to show of it besides the status code; may be empty."""
        ...


class PostCallable(Protocol):
    """The guarded client's `post`: raises `FetchError`, never follows redirects."""

    async def __call__(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return the head of the answer."""
        ...


class WebhookNotifier:
    """Posts messages. `secrets` maps a channel id to its signing secrets ("whsec_...")."""

    def __init__(
        self,
        post: PostCallable,
        secrets: Mapping[str, tuple[str, ...]],
        gazetteer: Gazetteer,
        clock: Clock | None = None,
    ) -> None:
        """Raise `ConfigError` naming every secret that cannot sign."""
        self._post = post
        self._signers = _signers(secrets)
        self._gazetteer = gazetteer
        self._clock = clock or SystemClock()

    async def send(self, message: Message) -> Receipt:
        """Post the message once; raise `DeliveryError` unless the receiver answered 2xx."""
        channel = message.channel
        signers = self._signers.get(channel.id, ())
        if not signers and channel.format in SIGNED_FORMATS:
            msg = f"no signing secret for channel {channel.id}"
            raise DeliveryError(msg)
        made = body(message, render_message(message, self._gazetteer))
        started = self._clock.monotonic()
        try:
            answer = await self._post(
                made.url, content=made.content, headers=self._headers(message, made, signers)
            )
        except FetchError as error:
            raise DeliveryError(
                shown_answer(str(error)),
                retry_after_seconds=error.retry_after_seconds,
                outcome_unknown=error.reason in _UNKNOWN_OUTCOMES,
            ) from error
        seconds = self._clock.monotonic() - started
        return _receipt(answer, seconds)

    def _headers(
        self, message: Message, made: Body, signers: tuple[Webhook, ...]
    ) -> dict[str, str]:
        """A chat platform gets no signature unless a secret is configured: nothing could check it."""
        now, text = self._clock.now(), made.content.decode()
        headers = {"content-type": made.content_type, "webhook-id": message.id}
        if not signers:
            return headers
        return headers | {
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                signer.sign(msg_id=message.id, timestamp=now, data=text) for signer in signers
            ),
        }


def _receipt(answer: Answer, seconds: float) -> Receipt:
    detail = shown_answer(f"HTTP {answer.status} {answer.detail}")
    if 200 <= answer.status < 300:
        return Receipt(detail=detail, seconds=seconds)
    raise http_refusal(answer.status, detail, answer.retry_after_seconds)


def _signers(secrets: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Webhook, ...]]:
    problems = [
        Problem(file=channel, field="secret", message=complaint)
        for channel, rows in secrets.items()
        for secret in rows
        if (complaint := secret_complaint(secret))
    ]
    if problems:
        raise ConfigError(tuple(problems))
    return {channel: tuple(Webhook(row) for row in rows) for channel, rows in secrets.items()}


def secret_complaint(secret: str) -> str | None:
    """Return what is wrong with a webhook secret, without repeating it, or None."""
    if not secret.startswith(_PREFIX):
        return f'expected a secret that begins with "{_PREFIX}"'
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return f'expected base64 after "{_PREFIX}"'
    if len(key) < _SHORTEST_KEY:
        return (
            f"the secret is {len(key)} bytes long, expected at least {_SHORTEST_KEY} (24 is usual)"
        )
    return None
