# SPDX-License-Identifier: Apache-2.0
"""The pages for readers in a real browser: on a phone, on a dark screen, without a mouse, in order.

With FIGUREWATCH_SCREENSHOTS naming a folder, pictures of every page are left there.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browsing import CONTRASTS, LEAST_CONTRAST
from playwright.async_api import Browser, Page, async_playwright
from reading_room import FIRST, ReadingRoom, body_of, reading_room, token_of

_CHROMIUM = shutil.which("chromium")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_PHONE, _DESK = {"width": 360, "height": 740}, {"width": 1000, "height": 800}
_PICTURES = os.environ.get("FIGUREWATCH_SCREENSHOTS")
_ANNA = "anna.maria.von-und-zu-hohenstein@a-rather-long-domain-name.example.org"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.anyio,
    pytest.mark.skipif(
        _CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"
    ),
]


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield started
        await started.close()


async def _paths(room: ReadingRoom) -> dict[str, str]:
    """Return a path of every page, with names for pictures."""
    manage = await room.member(_ANNA, language="de", zone="Europe/Berlin")
    await room.publish(FIRST)
    alert = (await room.mails(_ANNA))[-1]
    await room.post("/manage/delete", {"token": manage})
    await room.subscribe("new@example.org", language="uk", pace="weekly", quiet_from="22:00",
                         quiet_to="07:00")  # fmt: skip
    letter = (await room.mails("new@example.org"))[-1]
    erase = token_of((await room.mails(_ANNA))[-1], "delete")
    return {
        "subscribe": "/subscribe",
        "subscribe-uk": "/subscribe?lang=uk",
        "links": "/links?lang=de",
        "sent": "/sent",
        "confirm": f"/confirm/{token_of(letter, 'confirm')}",
        "manage": f"/manage/{manage}",
        "leave": f"/u/{token_of(alert, 'u')}",
        "delete": f"/delete/{erase}",
        "feedback": f"/feedback/{token_of(alert, 'feedback')}?say=wrong",
        "refused": "/confirm/none",
    }


async def _picture(page: Page, name: str) -> None:
    if _PICTURES is not None:
        await page.screenshot(path=Path(_PICTURES) / f"{name}.png", full_page=True)


async def test_every_page_fits_a_phone_and_can_be_read(tmp_path: Path) -> None:
    """At 360 px nothing is cut, in light and dark all text has contrast, every field has a label."""
    async with reading_room(tmp_path) as room, _browser() as browser:
        paths = await _paths(room)
        for scheme in ("light", "dark"):
            page = await browser.new_page(viewport=_PHONE, color_scheme=scheme)  # type: ignore[arg-type]
            foreign: list[str] = []
            broken: list[str] = []
            base = str(room.client.base_url)
            page.on("request", lambda row, found=foreign: found.append(row.url))
            page.on("console", lambda row, found=broken: found.append(row.text))
            for name, path in paths.items():
                await page.goto(base + path)
                await _picture(page, f"{name}-{scheme}-phone")
                width = await page.evaluate("document.documentElement.scrollWidth")
                assert width <= _PHONE["width"], name
                contrasts = await page.evaluate(CONTRASTS)
                assert len(contrasts) > 2
                assert [row for row in contrasts if row[0] < LEAST_CONTRAST] == [], name
                assert await page.evaluate(_UNLABELLED) == [], name
                assert await page.evaluate("document.documentElement.lang") in {"en", "de", "uk"}
                assert await page.locator("h1").count() == 1
                assert not re.search(r"&#3[49];", await page.inner_html("main")), name
            assert [url for url in foreign if not url.startswith(base)] == []
            assert [text for text in broken if "404" not in text] == []
            await page.close()


# Fields without a name that a screen reader could say.
_UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, button")]
  .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.ariaLabel)
  .map(e => e.outerHTML)"""


async def test_pages_on_a_wide_screen(tmp_path: Path) -> None:
    """On a desk the same pages load with their style sheet, which the policy lets in."""
    async with reading_room(tmp_path) as room, _browser() as browser:
        paths = await _paths(room)
        for scheme in ("light", "dark"):
            page = await browser.new_page(viewport=_DESK, color_scheme=scheme)  # type: ignore[arg-type]
            for name, path in paths.items():
                await page.goto(str(room.client.base_url) + path)
                await _picture(page, f"{name}-{scheme}-desk")
                styled = await page.evaluate("getComputedStyle(document.body).marginTop")
                assert styled == "0px", name
            await page.close()


async def test_the_whole_way_by_keyboard(tmp_path: Path) -> None:
    """Somebody signs up, confirms, changes, leaves, with a browser and no mouse and no script."""
    async with reading_room(tmp_path) as room, _browser() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=_PHONE)  # type: ignore[arg-type]
        page = await context.new_page()
        base = str(room.client.base_url)
        await page.goto(f"{base}/subscribe?lang=de")
        await page.get_by_label("Ihre Mailadresse").fill(_ANNA)
        await page.get_by_label("Alles", exact=True).check()
        await page.get_by_role("button", name="Anmelden").press("Enter")
        await page.wait_for_url("**/sent?lang=de")
        assert "Sehen Sie in Ihr Postfach" in await page.inner_text("h1")
        letter = (await room.mails(_ANNA))[-1]
        await page.goto(f"{base}/confirm/{token_of(letter, 'confirm')}")
        await page.get_by_role("button", name="Anmeldung bestätigen").press("Enter")
        await page.get_by_role("link", name="Einstellungen ändern").press("Enter")
        await page.get_by_label("In einer Tagesübersicht").check()
        await page.get_by_label("Zeitzone").select_option("Europe/Kyiv")
        await page.get_by_role("button", name="Speichern").press("Enter")
        assert "Gespeichert." in await page.inner_text("main")
        assert await page.get_by_label("Zeitzone").input_value() == "Europe/Kyiv"
        await _picture(page, "saved")
        await page.get_by_role("link", name="Abmelden").press("Enter")
        await page.get_by_role("button", name="Abmelden").press("Enter")
        assert "Sie sind abgemeldet" in await page.inner_text("h1")
        await _picture(page, "left")
        assert not re.search("error|Traceback", await page.content())


async def test_letters_and_mails_of_a_member(tmp_path: Path) -> None:
    """The letter and the alert in the member's language fit a phone and load nothing."""
    async with reading_room(tmp_path) as room, _browser() as browser:
        await room.member(_ANNA, language="uk", zone="Europe/Kyiv")
        await room.publish(FIRST)
        letter, alert = await room.mails(_ANNA)
        for scheme in ("light", "dark"):
            page = await browser.new_page(viewport=_PHONE, color_scheme=scheme)  # type: ignore[arg-type]
            asked: list[str] = []
            page.on("request", lambda row, found=asked: found.append(row.url))
            for name, mail in (("letter", letter), ("alert", alert)):
                html = re.sub(r'<img src="cid:[^>]*>', "", body_of(mail, "html"))
                await page.set_content(html, wait_until="load")
                await _picture(page, f"mail-{name}-{scheme}")
                assert await page.evaluate("document.documentElement.scrollWidth") <= 360
                assert await page.evaluate("document.documentElement.lang") == "uk"
                contrasts = await page.evaluate(CONTRASTS)
                assert [row for row in contrasts if row[0] < LEAST_CONTRAST] == [], name
            assert asked == []
            await page.close()
