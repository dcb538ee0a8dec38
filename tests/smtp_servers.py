# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: ARG002
"""Mail servers on loopback for tests: a real one that records, and ones that misbehave.

The misbehaving ones are scripts of lines, because no proper server library breaks off in the middle
of an answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(slots=True)
class Inbox:
    """What a server was told. `answers` maps a command ("RCPT", "DATA") to the answer it gives."""

    answers: Mapping[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  (aiosmtpd finds it by this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender unless told otherwise."""
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any recipient unless told otherwise."""
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail unless told otherwise."""
        answer = self.answers.get("DATA", "250 queued as 42")
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: object
) -> AuthResult:
    right = LoginPassword(b"desk", b"right horse")
    return AuthResult(success=credentials == right, handled=False)


class _Controller(Controller):
    """Takes a free port and says which, or takes over a socket that holds one."""

    held: socket.socket | None = None

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        if self.held is None:
            return super()._create_server()
        return self.loop.create_server(self._factory_invoker, sock=self.held)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(
    inbox: Inbox, *, login: bool = False, held: socket.socket | None = None
) -> Iterator[int]:
    """Serve `inbox` on a free loopback port, or on a bound socket; yield the port."""
    controller = _Controller(
        inbox,
        hostname="127.0.0.1",
        port=0,
        ready_timeout=20,
        authenticator=_login if login else None,
        auth_required=login,
        auth_require_tls=False,
    )
    controller.held = held
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def silent_port() -> Iterator[socket.socket]:
    """Hold a loopback port where nobody listens yet: connections are refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held


@dataclass(slots=True)
class Script:
    """A server that says `greeting`, answers each command from `answers`, and breaks off at
    `hang_up` or goes silent at `silent` ("GREETING", "EHLO", "RCPT", "DATA", or "CONTENT", the end
    of the mail). `slow` maps such a point to the seconds that its answer takes. `mails` are the
    mails that came to their end, answered or not."""

    answers: Mapping[str, str] = field(default_factory=dict)
    greeting: str = "220 script"
    hang_up: str = ""
    silent: str = ""
    slow: Mapping[str, float] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    async def until(self, word: str, *, seconds: float = 30) -> None:
        """Wait until a talk has come to this point."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: word in self.seen)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""
        try:
            if await self._reaches(writer, "GREETING", self.greeting):
                await self._commands(reader, writer)
        finally:
            writer.close()

    async def _commands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            word = line.split(b" ")[0].strip().decode().upper()
            usual = {"DATA": "354 go ahead", "QUIT": "221 bye"}.get(word, "250 OK")
            if not await self._reaches(writer, word, self.answers.get(word, usual)):
                return
            if word == "QUIT":
                return
            if word == "DATA" and "DATA" not in self.answers:
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                answer = self.answers.get("CONTENT", "250 queued")
                if not await self._reaches(writer, "CONTENT", answer):
                    return

    async def _reaches(self, writer: asyncio.StreamWriter, word: str, answer: str) -> bool:
        """Answer at one point of the talk; False when the talk ends there."""
        async with self._changed:
            self.seen.append(word)
            self._changed.notify_all()
        if word == self.hang_up:
            return False
        if word == self.silent:
            # Silence lasts until the client gives up and closes.
            await asyncio.Event().wait()
        await asyncio.sleep(self.slow.get(word, 0))
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[int]:
    """Serve `script` on a free loopback port in this loop; yield the port."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(script.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
