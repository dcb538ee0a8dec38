# SPDX-License-Identifier: Apache-2.0
"""One mail through a real mail server: Debian's Postfix, in a folder and on a port of its own."""

from __future__ import annotations

import email
import email.policy
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sample_alerts import EMAIL, GAZETTEER, ONE

from monitor.core.errors import DeliveryError
from monitor.notify.email import EmailNotifier, EmailSettings

_MASTER = Path("/usr/lib/postfix/sbin/master")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        shutil.which("postfix", path="/usr/sbin:/usr/bin") is None or not _MASTER.exists(),
        reason="Postfix is not installed (apt-get install postfix)",
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix can be started by root only"),
]

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
smtpd_tls_security_level = none
smtpd_recipient_restrictions = reject_unauth_destination
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ desk@example.org=desk/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
# Only what one delivery needs; "n" in the chroot column, since the folder holds no system files.
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
_QUEUES = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private"),
    *("saved", "trace"),
)


@dataclass(frozen=True, slots=True)
class _Postfix:
    port: int
    folder: Path

    @property
    def mails(self) -> list[Path]:
        return sorted((self.folder / "mail" / "desk" / "new").glob("*"))

    @property
    def log(self) -> str:
        file = self.folder / "mail.log"
        return file.read_text() if file.exists() else "no log"


@pytest.fixture
def postfix() -> Iterator[_Postfix]:
    """Start a Postfix that delivers desk@example.org to a folder; end it by its own process id."""
    folder = Path(tempfile.mkdtemp(prefix="figurewatch-postfix-"))
    try:
        site = _Postfix(_free_port(), folder)
        _lay_out(site)
        server = subprocess.Popen(
            [_MASTER, "-c", folder / "etc", "-d"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_it_listens(site, server)
            yield site
        finally:
            server.terminate()
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _lay_out(site: _Postfix) -> None:
    owner, reader = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    site.folder.chmod(0o755)
    (site.folder / "etc").mkdir()
    facts = {"folder": site.folder, "uid": reader.pw_uid, "gid": reader.pw_gid}
    (site.folder / "etc" / "main.cf").write_text(_MAIN.format(**facts))
    (site.folder / "etc" / "master.cf").write_text(_SERVICES.format(port=site.port))
    (site.folder / "queue" / "pid").mkdir(parents=True)
    for name in _QUEUES:
        queue = site.folder / "queue" / name
        queue.mkdir(mode=0o700)
        os.chown(queue, owner.pw_uid, 0)
    for name in ("public", "maildrop"):
        queue = site.folder / "queue" / name
        queue.mkdir()
        queue.chmod(0o730 if name == "maildrop" else 0o710)
        os.chown(queue, owner.pw_uid, owner.pw_gid)
    data, mail = site.folder / "data", site.folder / "mail"
    data.mkdir(mode=0o700)
    os.chown(data, owner.pw_uid, owner.pw_gid)
    mail.mkdir()
    os.chown(mail, reader.pw_uid, reader.pw_gid)


def _wait_until_it_listens(site: _Postfix, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        assert server.poll() is None, f"Postfix ended with {server.returncode}: {site.log}"
        try:
            socket.create_connection(("127.0.0.1", site.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"Postfix does not listen: {site.log}")


def _wait_for_mail(site: _Postfix) -> bytes:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if site.mails:
            return site.mails[0].read_bytes()
        time.sleep(0.05)
    pytest.fail(f"no mail was delivered: {site.log}")


def _notifier(site: _Postfix, **fields: str) -> EmailNotifier:
    settings = EmailSettings(
        smtp=f"smtp://127.0.0.1:{site.port}", sender="Figurewatch <alerts@fw.example.org>", **fields
    )
    return EmailNotifier(settings, GAZETTEER)


async def test_postfix_delivers_the_mail(postfix: _Postfix) -> None:
    """What Postfix puts into the mailbox has our ids, a whole unsubscribe header and both bodies."""
    url = "https://alerts.example.org/u/" + "abcdefgh" * 12
    receipt = await _notifier(postfix, unsubscribe_url=url).send(ONE)
    assert "queued as" in receipt.detail
    raw = _wait_for_mail(postfix)
    assert f"\nList-Unsubscribe: <{url}>\n".encode() in raw
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Return-Path"] == "<alerts@fw.example.org>"
    assert mail["Delivered-To"] == "desk@example.org"
    assert mail["Message-ID"] == "<msg_0123abcd@fw.example.org>"
    assert mail["Subject"] == "North Korean troops in Kursk: 10,000 -> 11,000 (Zelensky, 4 Nov)"
    for kind, mark in (("plain", "*11,000*"), ("html", ">11,000</mark>")):
        body = mail.get_body((kind,))
        assert body is not None
        assert mark in body.get_content()


async def test_postfix_refuses_an_unknown_recipient(postfix: _Postfix) -> None:
    """Postfix's own words for an unknown address make a permanent failure; nothing is delivered."""
    stranger = replace(ONE, channel=replace(EMAIL, address="nobody@elsewhere.example"))
    with pytest.raises(DeliveryError) as caught:
        await _notifier(postfix).send(stranger)
    assert caught.value.permanent
    assert "recipient refused: 554" in caught.value.reason
    assert "Relay access denied" in caught.value.reason
    assert postfix.mails == []
