# SPDX-License-Identifier: Apache-2.0
"""The HTML of a mail in a real browser: what a reader on a phone, or with a dark screen, gets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_CHROMIUM = shutil.which("chromium")
_MAILS = sorted(
    (Path(__file__).resolve().parents[1] / "golden" / "test_render").glob("test_mail_html*.html")
)
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_PHONE = {"width": 360, "height": 740}
# WCAG 2.1, 1.4.3 asks for 4.5 between text and what is behind it (3 for large text).
_LEAST_CONTRAST = 4.5

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        _CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"
    ),
]

# For each element that holds text of its own: the contrast of its colour to the nearest painted
# background behind it, by the formula of WCAG 2.1.
_CONTRASTS = """() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 1)
    .map(e => {
      const [a, b] = [channels(getComputedStyle(e).color), behind(e)].map(light);
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.trim().slice(0, 40)];
    });
}"""


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
    contrasts = page.evaluate(_CONTRASTS)
    assert len(contrasts) > 3
    assert [found for found in contrasts if found[0] < _LEAST_CONTRAST] == []
    assert asked == []
    page.close()


def test_there_are_mails_to_look_at() -> None:
    """The golden mails are where this module looks for them."""
    assert len(_MAILS) >= 4
