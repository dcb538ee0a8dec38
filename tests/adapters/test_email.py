# SPDX-License-Identifier: Apache-2.0
"""Mail as it leaves and what becomes of it, over real sockets."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from golden_files import GoldenMail
from sample_alerts import (
    EMAIL,
    GAZETTEER,
    KEYWORD,
    NEW_ROW,
    ONE,
    SEVERAL,
    alert,
    message,
)
from smtp_servers import Inbox, Script, scripted_server, smtp_server
from syrupy.assertion import SnapshotAssertion

from monitor.core.errors import ConfigError, DeliveryError
from monitor.core.model import Message
from monitor.notify.email import EmailNotifier, EmailSettings

pytestmark = pytest.mark.anyio


def _settings(port: int = 25, **fields: object) -> EmailSettings:
    base = EmailSettings(
        smtp=f"smtp://127.0.0.1:{port}",
        sender="Figurewatch <alerts@fw.example.org>",
        timeout_seconds=10,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def _notifier(port: int = 25, **fields: object) -> EmailNotifier:
    return EmailNotifier(_settings(port, **fields), GAZETTEER)


def _parsed(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _to(address: str) -> Message:
    return replace(ONE, channel=replace(EMAIL, address=address))


# --- what is sent ----------------------------------------------------------------------------


async def test_a_mail_arrives_whole() -> None:
    """A server on loopback receives the mail as it was composed, from and to whom it should."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        receipt = await _notifier(port).send(ONE)
    assert "250" in receipt.detail
    assert "queued as 42" in receipt.detail
    assert receipt.seconds > 0
    [envelope] = inbox.envelopes
    assert envelope.mail_from == "alerts@fw.example.org"
    assert envelope.rcpt_tos == ["desk@example.org"]
    assert envelope.content == _notifier(port).compose(ONE)
    mail = _parsed(envelope.content)
    assert mail["Subject"] == "North Korean troops in Kursk: 10,000 -> 11,000 (Zelensky, 4 Nov)"
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "*11,000*" in text.get_content()
    assert "<mark" in html.get_content()


def test_the_mail_is_the_reviewed_one(snapshot: SnapshotAssertion) -> None:
    """Every byte of a mail, headers included, is the reviewed one and the same at every try."""
    raw = _notifier().compose(ONE)
    assert raw == _notifier().compose(ONE)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.decode().replace("\r\n", "\n") == snapshot(extension_class=GoldenMail)


def test_headers() -> None:
    """Ids, threading, list and automation headers are those that mail programs look for."""
    mail = _parsed(_notifier().compose(ONE))
    assert mail["Message-ID"] == "<msg_0123abcd@fw.example.org>"
    assert mail["List-Id"] == "<troops.nk-in-russia.fw.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Figurewatch-Severity"] == "high"
    assert mail["Date"] == "Tue, 05 Nov 2024 08:00:02 +0000"
    assert re.fullmatch(r"<series\.[0-9a-f]{16}@fw\.example\.org>", str(mail["In-Reply-To"]))
    assert str(mail["References"]) == str(mail["In-Reply-To"])
    assert "List-Unsubscribe" not in mail


def test_messages_of_one_series_share_a_thread() -> None:
    """A later message about the same series refers to the same parent; a keyword alert to none."""
    later = message(alert("al_x", NEW_ROW), message_id="msg_later")
    first, second = (_parsed(_notifier().compose(each)) for each in (ONE, later))
    assert first["In-Reply-To"] == second["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    several = _parsed(_notifier().compose(SEVERAL))
    assert str(first["In-Reply-To"]) in str(several["References"]).split()
    assert "References" not in _parsed(_notifier().compose(KEYWORD))


@pytest.mark.parametrize("length", [20, 70, 120, 400, 900], ids=str)
async def test_unsubscribe_headers_survive_the_wire(length: int) -> None:
    """Traps T6 and T7: an unsubscribe URL of any length arrives as it is, never encoded or broken."""
    url = "https://alerts.example.org/u/" + "a1B2-_.~"[:8] * (length // 8)
    inbox = Inbox()
    with smtp_server(inbox) as port:
        await _notifier(port, unsubscribe_url=url).send(ONE)
    raw = inbox.envelopes[0].content
    assert isinstance(raw, bytes)
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_long_ids_are_not_encoded() -> None:
    """A Message-ID and references longer than a line stay ids, folded only between them."""
    sender = f"Figurewatch <alerts@{'long-label.' * 8}example.org>"
    raw = _notifier(sender=sender).compose(replace(SEVERAL, id="m" * 100))
    assert b"=?" not in raw.split(b"\r\n\r\n")[0].replace(b"=?utf-8?q?", b"=?", 0)
    mail = _parsed(raw)
    assert str(mail["Message-ID"]).startswith("<" + "m" * 100 + "@long-label.")
    assert len(str(mail["References"]).split()) == 2


def test_bodies_are_encoded_for_seven_bits() -> None:
    """Plain bodies stay readable in their raw form, Cyrillic ones are base64; both come back whole."""
    plain = _parsed(_notifier().compose(ONE))
    cyrillic_title = "Північнокорейські війська на Курщині: що відомо станом на ранок" * 20
    cyrillic = message(alert("al_c", replace(NEW_ROW, reason=cyrillic_title), title=cyrillic_title))
    encoded = _parsed(_notifier().compose(cyrillic))
    for mail, expected in ((plain, "quoted-printable"), (encoded, "base64")):
        part = mail.get_body(("plain",))
        assert part is not None
        assert part["Content-Transfer-Encoding"] == expected
    part = encoded.get_body(("plain",))
    assert part is not None
    assert "Північнокорейські" in part.get_content()


_INJECTIONS = {
    "crlf": "News\r\nBcc: victim@example.org\r\nX-Bad: 1",
    "lf": "News\nBcc: victim@example.org",
    "body": "News\r\n\r\nBcc: victim@example.org\r\n\r\n<html>",
    "encoded-word": "=?utf-8?q?News=0D=0ABcc:_victim@example.org?=",
    "nul": "News\x00Bcc: victim@example.org",
    "separators": "News\u2028Bcc: victim@example.org\x85Cc: other@example.org\x0bX: 1",
    "long": "N" * 5_000,
    "surrogate": "News \ud800 Bcc: x",
    "bidi": "News \u202emoc.elpmaxe\u202c",
    "many-words": "Новости " * 300,
}


@pytest.mark.parametrize("title", _INJECTIONS.values(), ids=_INJECTIONS.keys())
def test_feed_text_cannot_reach_the_headers(title: str) -> None:
    """Whatever an article is called, the header names stay the same and its text stays subject."""
    hostile = message(alert("al_k", None, title=title, rule="watch.kursk"))
    mail = _parsed(_notifier().compose(hostile))
    assert mail.keys() == _parsed(_notifier().compose(KEYWORD)).keys()
    assert mail["To"] == "desk@example.org"
    assert len(str(mail["Subject"])) <= 200
    assert str(mail["Subject"]).isprintable()


async def test_dots_and_signature_lines_survive() -> None:
    """A line that is a single dot does not end the mail early."""
    told = message(alert("al_d", replace(NEW_ROW, reason="."), title="."))
    inbox = Inbox()
    with smtp_server(inbox) as port:
        await _notifier(port).send(told)
    assert inbox.envelopes[0].content == _notifier().compose(told)


# --- what becomes of it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "permanent", "told"),
    [
        pytest.param({"RCPT": "450 greylisted, try later"}, False, "450 greylisted", id="greylist"),
        pytest.param({"RCPT": "550 no such user"}, True, "recipient refused: 550", id="no-user"),
        pytest.param({"RCPT": "552 mailbox full"}, True, "552 mailbox full", id="rcpt-552"),
        pytest.param({"DATA": "451 local error"}, False, "mail refused: 451", id="data-4xx"),
        pytest.param({"DATA": "554 looks like spam"}, True, "mail refused: 554", id="data-5xx"),
        pytest.param({"MAIL": "550 not from you"}, False, "sender refused: 550", id="sender"),
    ],
)
async def test_refusals(answers: dict[str, str], permanent: bool, told: str) -> None:
    """A 5xx about this recipient or mail is final; anything else is tried again. No outcome is
    unknown, because the server answered."""
    with smtp_server(Inbox(answers=answers)) as port, pytest.raises(DeliveryError) as caught:
        await _notifier(port).send(ONE)
    assert caught.value.permanent is permanent
    assert not caught.value.outcome_unknown
    assert told in caught.value.reason


@pytest.mark.parametrize(
    ("script", "unknown", "told"),
    [
        pytest.param(Script(greeting="554 no service"), False, "554 no service", id="greet-5xx"),
        pytest.param(Script(greeting="421 too busy"), False, "421 too busy", id="greet-421"),
        pytest.param(Script(hang_up="GREETING"), False, "cannot be reached", id="drop-greeting"),
        pytest.param(Script(silent="GREETING"), False, "cannot be reached", id="slow-greeting"),
        pytest.param(Script(greeting="nonsense"), False, "127.0.0.1", id="not-smtp"),
        pytest.param(Script(silent="EHLO"), False, "connection lost", id="slow-ehlo"),
        pytest.param(Script(hang_up="MAIL"), False, "connection lost", id="drop-mail"),
        pytest.param(Script(hang_up="RCPT"), False, "connection lost", id="drop-rcpt"),
        pytest.param(
            Script(answers={"RCPT": "421 closing"}), False, "421 closing", id="421-at-rcpt"
        ),
        pytest.param(
            Script(answers={"DATA": "421 closing"}), False, "421 closing", id="421-at-data"
        ),
        pytest.param(
            Script(hang_up="CONTENT"), True, "no answer to the mail", id="drop-after-data"
        ),
        pytest.param(
            Script(answers={"CONTENT": "421 closing"}), False, "421 closing", id="421-after-data"
        ),
    ],
)
async def test_broken_talks(script: Script, unknown: bool, told: str) -> None:
    """Servers that break off, stay silent or talk nonsense never look like success, are always
    tried again, and the outcome is unknown only where the whole mail was handed over."""
    async with scripted_server(script) as port:
        with pytest.raises(DeliveryError) as caught:
            await _notifier(port, timeout_seconds=0.3).send(ONE)
    assert not caught.value.permanent
    assert caught.value.outcome_unknown is unknown
    assert told in caught.value.reason
    assert caught.value.reason.isprintable()


async def test_a_server_that_dies_after_taking_the_mail_took_it() -> None:
    """A connection lost at QUIT changes nothing: the mail was accepted."""
    async with scripted_server(Script(hang_up="QUIT")) as port:
        receipt = await _notifier(port).send(ONE)
    assert receipt.detail == "250 queued"


async def test_nobody_listens() -> None:
    """A refused connection says where it failed and is tried again."""
    async with scripted_server(Script()) as port:
        pass
    with pytest.raises(DeliveryError) as caught:
        await _notifier(port).send(ONE)
    assert f"127.0.0.1:{port} cannot be reached" in caught.value.reason
    assert not caught.value.permanent


async def test_the_answer_to_the_mail_may_be_slow() -> None:
    """The wait for the answer to the mail itself is not cut at the ordinary timeout (promise 30)."""
    script = Script(answers={"CONTENT": "250 scanned and queued"}, slow={"CONTENT": 0.9})
    async with scripted_server(script) as port:
        receipt = await _notifier(port, timeout_seconds=0.3).send(ONE)
    assert receipt.detail == "250 scanned and queued"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("no-at-sign", id="no-at"),
        pytest.param("@example.org", id="no-local"),
        pytest.param("a@", id="no-domain"),
        pytest.param("a@b\r\nRCPT TO:<victim@example.org>", id="crlf"),
        pytest.param("почта@example.org", id="local-part-beyond-ascii"),
        pytest.param("=?utf-8?q?=0D=0ABcc:v?=@example.org", id="encoded-word"),
        pytest.param("a@" + "x" * 70 + ".example", id="label-too-long"),
    ],
)
async def test_impossible_addresses(address: str) -> None:
    """An address that can never be mailed to is permanent, before any connection is made."""
    with pytest.raises(DeliveryError) as caught:
        await _notifier(1).send(_to(address))
    assert caught.value.permanent
    assert "is not an address" in caught.value.reason


async def test_international_domains() -> None:
    """A domain beyond ASCII is written in its ASCII form."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        await _notifier(port).send(_to("desk@пример.example"))
    assert inbox.envelopes[0].rcpt_tos == ["desk@xn--e1afmkfd.example"]


# --- login and encryption --------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_login() -> None:
    """With the right password the mail goes out; on loopback that needs no encryption."""
    inbox = Inbox()
    with smtp_server(inbox, login=True) as port:
        await _notifier(port, username="desk", password="right horse").send(ONE)
    assert len(inbox.envelopes) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"username": "desk", "password": "wrong"}, id="wrong"),
        pytest.param({}, id="none"),
    ],
)
async def test_bad_login_keeps_mail_waiting(fields: dict[str, str]) -> None:
    """A login that fails is trouble with the server, not with the mail; the password is not told."""
    with smtp_server(Inbox(), login=True) as port, pytest.raises(DeliveryError) as caught:
        await _notifier(port, **fields).send(ONE)
    assert not caught.value.permanent
    assert re.search("53[05]", caught.value.reason)
    assert "wrong" not in caught.value.reason


async def test_required_encryption_is_not_skipped() -> None:
    """When STARTTLS is required and not offered, nothing is sent."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        notifier = _notifier(smtp=f"smtp://127.0.0.1:{port}?starttls=require")
        with pytest.raises(DeliveryError) as caught:
            await notifier.send(ONE)
    assert not caught.value.permanent
    assert "STARTTLS" in caught.value.reason
    assert inbox.envelopes == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_login_away_from_loopback_needs_encryption() -> None:
    """A name that is not loopback by its spelling gets no password in the clear."""
    inbox = Inbox()
    with smtp_server(inbox, login=True) as port:
        # The machine's own loopback, under a spelling that is not recognised as such.
        notifier = _notifier(smtp=f"smtp://127.1:{port}", username="desk", password="right horse")
        with pytest.raises(DeliveryError, match="STARTTLS"):
            await notifier.send(ONE)
    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"smtp": "http://mail.example.org"}, "email.smtp", id="scheme"),
        pytest.param({"smtp": "smtp://"}, "email.smtp", id="no-host"),
        pytest.param({"smtp": "smtp://mail.example.org:99999"}, "email.smtp", id="port"),
        pytest.param({"smtp": "smtp://u:p@mail.example.org"}, "email.smtp", id="login-in-url"),
        pytest.param({"smtp": "smtp://h?starttls=maybe"}, "email.smtp", id="starttls"),
        pytest.param({"smtp": "smtp://h?tls=1"}, "email.smtp", id="unknown-option"),
        pytest.param({"sender": "Figurewatch"}, "email.from", id="no-address"),
        pytest.param({"sender": "a\r\nBcc: b <a@example.org>"}, "email.from", id="crlf"),
        pytest.param({"sender": "a@b@c"}, "email.from", id="two-ats"),
    ],
)
def test_settings_are_checked_at_once(fields: dict[str, str], named: str) -> None:
    """Settings that cannot work are refused with their key, and no password is repeated."""
    with pytest.raises(ConfigError) as caught:
        _notifier(**fields)
    assert [problem.field for problem in caught.value.problems] == [named]
    assert "u:p" not in str(caught.value)


def test_passwords_are_not_shown() -> None:
    """The text form of the settings holds no password."""
    assert "hunter2" not in repr(_settings(username="desk", password="hunter2"))
