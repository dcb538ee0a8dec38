# SPDX-License-Identifier: Apache-2.0
"""The picture inside a mail, and mails to leave by."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from newsroom import Site, parsed_mail
from sample_alerts import GAZETTEER, ONE, SEVERAL

from monitor.bootstrap import assemble
from monitor.core.errors import ConfigError
from monitor.notify.chart import painter
from monitor.notify.email import EmailNotifier, EmailSettings

_SETTINGS = EmailSettings(smtp="smtp://127.0.0.1", sender="Figurewatch <alerts@fw.example.org>")
_HAS_CHARTS = pytest.mark.skipif(
    importlib.util.find_spec("resvg_py") is None, reason="the extra chart is not installed"
)


@_HAS_CHARTS
def test_a_mail_carries_its_chart_itself() -> None:
    """A PNG that the HTML names by content id; the same mail at every try; text as before."""
    notifier = EmailNotifier(_SETTINGS, GAZETTEER, painter())
    raw = notifier.compose(ONE)
    assert raw == notifier.compose(ONE)
    mail = parsed_mail(raw)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    *_, html, image = mail.walk()
    assert image["Content-ID"] == "<chart.msg_0123abcd@fw.example.org>"
    assert 'src="cid:chart.msg_0123abcd@fw.example.org"' in html.get_content()
    assert image.get_content().startswith(b"\x89PNG")


@pytest.mark.parametrize("paint", [None, lambda _: None], ids=["absent", "fails"])
def test_without_pixels_the_table_remains(paint: None) -> None:
    """Where the extra is missing, or cannot draw, the mail is the one without a picture."""
    mail = parsed_mail(EmailNotifier(_SETTINGS, GAZETTEER, paint).compose(ONE))
    html = mail.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()
    assert "28 Oct 2024" in html.get_content()


@_HAS_CHARTS
def test_a_mail_of_several_alerts_has_no_chart() -> None:
    """One picture belongs to one figure."""
    raw = EmailNotifier(_SETTINGS, GAZETTEER, painter()).compose(SEVERAL)
    assert b"image/png" not in raw


@pytest.mark.parametrize(
    ("address", "one_click"),
    [("https://fw.example.org/leave", True), ("mailto:leave@fw.example.org", False)],
)
def test_the_way_out_is_as_configured(address: str, one_click: bool, tmp_path: Path) -> None:
    """A one-click promise is only made for https, where a POST can be taken (RFC 8058)."""
    site = Site(tmp_path / "site", {})
    text = site.config.read_text(encoding="utf-8").replace(
        "[email]", f'[email]\nunsubscribe = "{address}"'
    )
    (site.folder / "config.toml").write_text(text, encoding="utf-8")
    assembly = assemble(str(site.folder / "config.toml"), {})
    mail = parsed_mail(EmailNotifier(assembly.mail, GAZETTEER).compose(ONE))
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert (mail["List-Unsubscribe-Post"] is not None) is one_click


def test_a_way_out_that_mail_programs_do_not_take_is_refused(tmp_path: Path) -> None:
    """Plain http and anything else is a mistake of the configuration."""
    site = Site(tmp_path / "site", {})
    text = site.config.read_text(encoding="utf-8").replace(
        "[email]", '[email]\nunsubscribe = "http://fw.example.org/"'
    )
    (site.folder / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="https:// or mailto:"):
        assemble(str(site.folder / "config.toml"), {})
