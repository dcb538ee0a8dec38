# SPDX-License-Identifier: Apache-2.0
"""E-mail: one message to one address over SMTP, built and sent as bytes.

What it is not: a mail queue; the outbox is. Rules of this file: headers hold no feed text but the
subject; headers that carry addresses or ids are never encoded (the standard library would turn a
long one into encoded words) and the bytes made here are the bytes sent (a mail library that
serialised again would undo that); the same message makes the same bytes at every try; only what a
server said about this recipient or this mail is permanent, trouble with the server or the login
keeps all mail waiting; the outcome is unknown only when the connection ended after DATA.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, parse_qs, urlsplit

import aiosmtplib

from monitor.core.delivery import Stage, smtp_refusal
from monitor.core.errors import ConfigError, DeliveryError, Problem
from monitor.core.gazetteer import Gazetteer
from monitor.core.letters import Letter, letter_text
from monitor.core.model import Channel, Message, MessageKind, Receipt, Severity
from monitor.core.render import Rendered, render_message
from monitor.core.words import ENGLISH, Words
from monitor.notify import shown_answer
from monitor.notify.chart import Painter

# Header values made of ids, addresses and URLs, by lower-case name.
_VERBATIM = frozenset(
    {
        "to",
        "message-id",
        "in-reply-to",
        "references",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
    }
)
# A server may scan a mail for minutes before it answers (RFC 5321, 4.5.3.2.6); giving up early would
# deliver it twice.
_DATA_SECONDS = 600.0
_GOODBYE_SECONDS = 5.0
_HEADER_LINE = 76
_MOST_THREADS = 8
# Mostly-ASCII bodies stay readable in their raw form; others are shorter in base64.
_ASCII_SHARE = 0.8
# RFC 5321 without quoted local parts and address literals, which nobody has. An encoded word is no
# local part: some programs decode it.
_LOCAL_PART = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ID_CHARACTERS = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """Where mail goes out. `smtp` is `smtp://host[:port][?starttls=auto|require|never]` or `smtps://`.

    `auto` encrypts where the server offers it, except on loopback; a login is sent only encrypted
    or on loopback, unless `never` asks for less. `sender` is a From header value. `timeout_seconds`
    is the longest wait for any answer but the one to DATA.
    """

    smtp: str
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    host: str
    port: int
    implicit_tls: bool
    starttls: bool | None  # None: where it is offered


class MailPolicy(EmailPolicy):
    """The standard policy, but for headers that it would parse and so break.

    It encodes ids and URLs that are longer than a line, and it decodes what looks like an encoded
    word: a subject that says "=?utf-8?q?=0D=0ABcc:..." would become two headers. So the subject is
    kept as it is and encoded here, and ids, addresses and URLs are kept and written as they are.
    """

    def header_store_parse(self, name: str, value: object) -> tuple[str, object]:  # type: ignore[override]
        """Return what the message keeps: our own headers unparsed."""
        if name.lower() in _VERBATIM or name.lower() == "subject":
            return name, _checked(name, str(value))
        stored: tuple[str, object] = super().header_store_parse(name, value)
        return stored

    def fold(self, name: str, value: object) -> str:
        """Return the header's lines; a verbatim one is folded between its words only."""
        if name.lower() == "subject":
            return f"{name}: {_encoded(str(value), self.linesep)}{self.linesep}"
        if name.lower() in _VERBATIM:
            return f"{name}: {str(value).replace('> <', f'>{self.linesep} <')}{self.linesep}"
        folded: str = super().fold(name, value)  # type: ignore[arg-type]
        return folded

    def fold_binary(self, name: str, value: object) -> bytes:
        """Return the same as bytes."""
        return self.fold(name, value).encode("ascii")


def _checked(name: str, value: str) -> str:
    if not value.isprintable() or (name.lower() in _VERBATIM and not value.isascii()):
        msg = f"header {name} holds characters that it may not"
        raise ValueError(msg)
    return value


def _encoded(subject: str, linesep: str) -> str:
    plain = subject.isascii() and "=?" not in subject
    charset = "us-ascii" if plain else "utf-8"
    return Header(subject, charset, _HEADER_LINE, "Subject").encode(linesep=linesep)


MAIL_POLICY = MailPolicy(linesep="\r\n", cte_type="7bit")


class EmailNotifier:
    """Sends mail through the configured server."""

    def __init__(
        self,
        settings: EmailSettings,
        gazetteer: Gazetteer,
        paint: Painter | None = None,
        words: Callable[[Channel], Words] = lambda _: ENGLISH,
    ) -> None:
        """Raise `ConfigError` with every problem of the settings; `paint` makes PNG out of SVG,
        `words` tells how a channel's reader is written to."""
        self._paint = paint
        self._words = words
        self._settings = settings
        self._server, self._sender = _checked_ends(settings)
        self._gazetteer = gazetteer

    async def send(self, message: Message) -> Receipt:
        """Hand the mail to the server once; raise `DeliveryError` unless the server took it."""
        recipient = _recipient(message.channel.address)
        content = self.compose(message)
        started = time.monotonic()
        async with self._connection() as client:
            with _told(Stage.SENDER, "connection lost before the mail"):
                await client.mail(self._sender.addr_spec)
            with _told(Stage.RECIPIENT, "connection lost before the mail"):
                await client.rcpt(recipient)
            with _told(Stage.MAIL, "no answer to the mail"):
                answer = await client.data(content, timeout=_DATA_SECONDS)
        return Receipt(
            detail=shown_answer(f"{answer.code} {answer.message}"),
            seconds=time.monotonic() - started,
        )

    def compose(self, message: Message) -> bytes:
        """Return the mail as it goes over the wire, before dots are doubled."""
        rendered = self._rendered(message)
        image = self._image(rendered)
        if image is not None:
            rendered = self._rendered(message, self._chart_id(message))
        mail = EmailMessage(policy=MAIL_POLICY)
        self._headers(mail, message, rendered)
        mail.set_content(rendered.text, cte=_encoding(rendered.text))
        mail.add_alternative(rendered.html, subtype="html", cte=_encoding(rendered.html))
        # A boundary made at random would make every try another mail.
        mail.set_boundary(f"=_{_digest(message.id)}")
        if image is not None:
            html = mail.get_body(("html",))
            assert isinstance(html, EmailMessage)  # noqa: S101  (added above)
            html.add_related(
                image, "image", "png", cid=f"<{self._chart_id(message)}>", disposition="inline"
            )
            html.set_boundary(f"=_{_digest(f'{message.id} related')}")
        return mail.as_bytes()

    def _rendered(self, message: Message, chart_id: str | None = None) -> Rendered:
        words = self._words(message.channel)
        if message.kind is MessageKind.LETTER:
            return _rendered_letter(message, words)
        return render_message(
            message,
            self._gazetteer,
            unsubscribe_url=self._unsubscribe_url(message),
            chart_id=chart_id,
            words=words,
        )

    def _image(self, rendered: Rendered) -> bytes | None:
        if self._paint is None or rendered.chart is None:
            return None
        return self._paint(rendered.chart)

    def _chart_id(self, message: Message) -> str:
        return f"chart.{_token(message.id)}@{self._sender.domain}"

    def _unsubscribe_url(self, message: Message) -> str | None:
        return message.channel.unsubscribe_url or self._settings.unsubscribe_url

    def _headers(self, mail: EmailMessage, message: Message, rendered: Rendered) -> None:
        domain = self._sender.domain
        mail["From"] = str(self._sender)
        mail["To"] = _recipient(message.channel.address)
        mail["Subject"] = rendered.subject
        mail["Date"] = format_datetime(message.created)
        mail["Message-ID"] = f"<{_token(message.id)}@{domain}>"
        roots = [f"<series.{key}@{domain}>" for key in rendered.threads[:_MOST_THREADS]]
        if roots:
            mail["In-Reply-To"] = roots[0]
            # The last of the list is the parent; programs thread by it first.
            mail["References"] = " ".join(reversed(roots))
        mail["List-Id"] = f"<{_token(message.rule)}.{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Figurewatch-Severity"] = rendered.severity.value
        leave = self._unsubscribe_url(message)
        if leave is not None:
            mail["List-Unsubscribe"] = f"<{leave}>"
            if leave.startswith("https://"):
                # RFC 8058 promises a POST, and asks for https.
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A greeted, where wanted encrypted and logged-in connection; left politely."""
        server, settings = self._server, self._settings
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.implicit_tls,
            start_tls=server.starttls,
            username=settings.username,
            password=settings.password,
            timeout=settings.timeout_seconds,
            # The default asks the resolver, which may take as long as it likes.
            local_hostname=_host_name(),
        )
        where = f"{server.host}:{server.port}"
        with _told(Stage.SESSION, f"{where} cannot be reached", where):
            await client.connect()
        try:
            yield client
        finally:
            # The mail is taken or refused by now; how the goodbye goes changes nothing.
            try:
                with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit(timeout=_GOODBYE_SECONDS)
            finally:
                client.close()


def _rendered_letter(message: Message, words: Words) -> Rendered:
    if message.links is None:
        msg = "a letter needs links, and there are none without web.public_url"
        raise DeliveryError(msg, permanent=True)
    made = letter_text(Letter(message.heading), message.links, words)
    return Rendered(
        subject=made.subject,
        text=made.text,
        html=made.html,
        webhook=b"",
        chart=None,
        severity=Severity.INFO,
        summaries=(),
        dates=(),
        threads=(),
    )


def check_email_settings(settings: EmailSettings) -> None:
    """Raise `ConfigError` with every problem of the settings."""
    _checked_ends(settings)


def _checked_ends(settings: EmailSettings) -> tuple[_Server, Address]:
    problems: list[Problem] = []
    server, sender = _server(settings, problems), _sender(settings.sender, problems)
    if problems:
        raise ConfigError(tuple(problems))
    return server, sender


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _token(name: str) -> str:
    """An id as it may stand in a header; ours pass as they are."""
    return name if _ID_CHARACTERS.fullmatch(name) else f"x{_digest(name)}"


def _encoding(body: str) -> str:
    ascii_share = sum(map(str.isascii, body)) / max(len(body), 1)
    return "quoted-printable" if ascii_share >= _ASCII_SHARE else "base64"


def _host_name() -> str:
    name = socket.gethostname()
    return name if name.isascii() and name else "localhost"


def _recipient(address: str) -> str:
    """The address with its domain in ASCII; what can never be mailed to is a permanent failure."""
    local, _, domain = address.rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(host):
        msg = f"{shown_answer(address)!r} is not an address that mail can be sent to"
        raise DeliveryError(msg, permanent=True)
    return f"{local}@{host}"


def _sender(value: str, problems: list[Problem]) -> Address:
    name, address = parseaddr(value)
    local, _, domain = address.rpartition("@")
    if local and domain and address.isascii() and value.isprintable():
        with contextlib.suppress(ValueError, HeaderParseError):
            return Address(display_name=name, username=local, domain=domain)
    message = 'expected an address such as "Figurewatch <alerts@example.org>"'
    problems.append(Problem(file="configuration", field="email.from", message=message))
    return Address()


def _server(settings: EmailSettings, problems: list[Problem]) -> _Server:
    try:
        parts = urlsplit(settings.smtp)
        port, host = parts.port, parts.hostname or ""
        starttls = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError as error:
        parts, port, host, starttls = urlsplit(""), None, "", {}
        complaint: str | None = str(error)
    else:
        complaint = _server_complaint(parts, host, starttls)
    if complaint is not None:
        problems.append(Problem(file="configuration", field="email.smtp", message=complaint))
    implicit = parts.scheme == "smtps"
    return _Server(
        host=host,
        port=port or (465 if implicit else 25),
        implicit_tls=implicit,
        starttls=False if implicit else _starttls(settings, host, starttls.get("starttls")),
    )


def _server_complaint(
    parts: SplitResult, host: str, query: Mapping[str, Sequence[str]]
) -> str | None:
    if parts.scheme not in {"smtp", "smtps"} or not host:
        return 'expected "smtp://host:port" or "smtps://host:port"'
    if parts.username is not None:
        return "a login belongs in email.username and email.password_file, not in the URL"
    choices = query.get("starttls", ["auto"])
    if set(query) - {"starttls"} or choices[-1] not in {"auto", "require", "never"}:
        return "the only option is starttls=auto, starttls=require or starttls=never"
    return None


def _starttls(settings: EmailSettings, host: str, choice: Sequence[str] | None) -> bool | None:
    """Whether to encrypt: always, never, or (None) where the server offers it."""
    wanted = choice[-1] if choice else "auto"
    if wanted == "auto" and not _is_loopback(host):
        return True if settings.username is not None else None
    return wanted == "require"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def _told(stage: Stage, loss: str, server: str = "") -> Iterator[None]:
    """Turn what goes wrong inside into a `DeliveryError`.

    A connection lost while we wait for the answer to the mail may have ended after the server took it.
    """
    refusal = f"{server} refused the session" if server else f"{stage} refused"
    try:
        yield
    except aiosmtplib.SMTPResponseException as error:
        told = shown_answer(f"{refusal}: {error.code} {error.message}")
        raise smtp_refusal(stage, error.code, told) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise DeliveryError(
            shown_answer(f"{loss}: {error}"), outcome_unknown=stage is Stage.MAIL
        ) from error
