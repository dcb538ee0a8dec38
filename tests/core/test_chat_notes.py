# SPDX-License-Identifier: Apache-2.0
"""Notes of a notice in chats: all of them, or a line that counts what does not fit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from sample_alerts import GAZETTEER, NOTICE

from monitor.core.formats.chat import discord, ntfy, slack, teams
from monitor.core.render import render_message

_FEED = "paper-{:02}: the server has not answered for six hours, the last try ended with a timeout of 30 s"
_CHATS = ("slack", "discord", "teams", "ntfy")


def _noticed(chat: str, notes: tuple[str, ...]) -> dict[str, Any]:
    message = replace(NOTICE, notes=notes)
    rendered = render_message(message, GAZETTEER)
    if chat == "ntfy":
        return ntfy(message, rendered, "topic")
    return {"slack": slack, "discord": discord, "teams": teams}[chat](message, rendered)


def _feeds(count: int) -> tuple[str, ...]:
    return tuple(_FEED.format(number) for number in range(count))


def test_slack_shows_forty_feeds_in_sections_it_takes() -> None:
    """A section holds 3,000 characters; the rest goes on in the next."""
    body = _noticed("slack", _feeds(40))
    assert max(len(block["text"]["text"]) for block in body["blocks"]) <= 3000
    assert all(f"paper-{number:02}" in json.dumps(body) for number in range(40))


@pytest.mark.parametrize("chat", _CHATS)
@pytest.mark.parametrize("count", [15, 60, 90, 400])
def test_what_does_not_fit_is_counted(chat: str, count: int) -> None:
    """Lines that are shown and the number of those that are not are all there are."""
    text = json.dumps(_noticed(chat, _feeds(count))).replace("\\\\", "")
    shown = len(set(re.findall(r"paper-\d+", text)))
    counted = re.findall(r"And (\d+) more", text)
    assert shown >= 15
    assert counted == ([str(count - shown)] if shown < count else [])


@pytest.mark.parametrize("chat", _CHATS)
def test_what_to_do_stands_below_a_list_of_long_words(chat: str) -> None:
    """400 lines of Cyrillic and marks that are escaped: the count, the command and the advice stay."""
    last = ("And 7 more; to see them: figurewatch feeds list", "It is tried again.")
    lines = tuple(f"Газета-{number}: {'сторінка&<*_ ' * 30}" for number in range(400))
    body = _noticed(chat, (*lines, *last))
    text = json.dumps(body, ensure_ascii=False).replace("\\\\", "")
    shown = len(set(re.findall(r"Газета-\d+", text)))
    assert f"And {407 - shown} more; to see them: figurewatch feeds list" in text
    assert "It is tried again." in text
    # Teams takes 28 KB, ntfy 4 KB, Discord 2,000 characters here; Slack's sections are above.
    size = len(json.dumps(body, ensure_ascii=False).encode())
    assert size < {"slack": 60_000, "discord": 8000, "teams": 28_000, "ntfy": 4096}[chat]


def test_discord_stays_within_an_embed() -> None:
    """The platform refuses longer ones."""
    embeds = _noticed("discord", _feeds(90))["embeds"]
    assert max(len(embed["description"]) for embed in embeds) <= 2000
