# SPDX-License-Identifier: Apache-2.0
"""The HTML of a mail in a real browser: what a reader on a phone, or with a dark screen, gets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CONTRASTS, LEAST_CONTRAST
from playwright.sync_api import Browser, Page, sync_playwright

_CHROMIUM = shutil.which("chromium")
_MAILS = sorted(
    (Path(__file__).resolve().parents[1] / "golden" / "test_render").glob("test_mail_html*.html")
)
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_PHONE = {"width": 360, "height": 740}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        _CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield started
        started.close()


def _open(browser: Browser, mail: Path, scheme: str) -> tuple[Page, list[str]]:
    """Show a mail on a phone; return the page and the addresses it asked for."""
    page = browser.new_page(viewport=_PHONE, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(mail.read_text(encoding="utf-8"), wait_until="load")
    return page, asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mail", _MAILS, ids=lambda path: path.stem)
def test_a_mail_fits_a_phone_and_can_be_read(browser: Browser, mail: Path, scheme: str) -> None:
    """Nothing is cut at 360 px, all text has contrast, and nothing is loaded from anywhere."""
    page, asked = _open(browser, mail, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE["width"]
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 3
    assert [found for found in contrasts if found[0] < LEAST_CONTRAST] == []
    assert asked == []
    page.close()


def test_there_are_mails_to_look_at() -> None:
    """The golden mails are where this module looks for them."""
    assert len(_MAILS) >= 4
