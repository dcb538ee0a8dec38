# SPDX-License-Identifier: Apache-2.0
"""Notifiers: code that sends a message through one kind of channel and tells the truth about it.

What it is not: routing, retrying or recording; a notifier tries once. Rules of this package: the
ids that a receiver sees are the message's own at every try; every refusal, silence and broken
connection becomes a `DeliveryError` that says in words what happened; what a receiver answers is
cut, stripped of controls and never trusted. One module a channel: `email` alone knows SMTP.
"""

from __future__ import annotations

from typing import Protocol

from monitor.core.model import Message, Receipt
from monitor.core.wording import one_line

# Answers are kept in the log and in the attempts table.
_ANSWER_CHARACTERS = 200


class Notifier(Protocol):
    """Sends one message through one kind of channel."""

    async def send(self, message: Message) -> Receipt:
        """Send the message once; return the other side's answer or raise `DeliveryError`."""
        ...


def shown_answer(answer: str) -> str:
    """Return what a server said, fit for a log line."""
    return one_line(answer, _ANSWER_CHARACTERS)
