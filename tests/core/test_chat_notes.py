# SPDX-License-Identifier: Apache-2.0
"""Notes of a notice in chats: all of them, or a line that counts what does not fit."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sample_alerts import GAZETTEER, NOTICE

from monitor.core.formats.chat import discord, slack
from monitor.core.render import render_message

_FEED = "paper-{:02}: the server has not answered for six hours, the last try ended with a timeout of 30 s"


def _noticed(count: int) -> tuple[dict[str, object], dict[str, object]]:
    message = replace(NOTICE, notes=tuple(_FEED.format(number) for number in range(count)))
    rendered = render_message(message, GAZETTEER)
    return slack(message, rendered), discord(message, rendered)


def test_slack_shows_forty_feeds_in_sections_it_takes() -> None:
    """A section holds 3,000 characters; the rest goes on in the next."""
    body, _ = _noticed(40)
    blocks = body["blocks"]
    assert isinstance(blocks, list)
    texts = [block["text"]["text"] for block in blocks]
    assert max(map(len, texts)) <= 3000
    assert all(f"paper-{number:02}" in json.dumps(body) for number in range(40))


@pytest.mark.parametrize("count", [20, 60, 90])
def test_what_does_not_fit_is_counted(count: int) -> None:
    """Lines that are shown and lines that are counted are all there are."""
    for body in _noticed(count):
        text = json.dumps(body).replace("\\\\", "")
        shown = sum(f"paper-{number:02}" in text for number in range(count))
        left = count - shown
        assert (f"and {left} more line" in text) == (left > 0)


def test_discord_stays_within_an_embed() -> None:
    """The platform refuses longer ones."""
    _, body = _noticed(90)
    embeds = body["embeds"]
    assert isinstance(embeds, list)
    assert max(len(embed["description"]) for embed in embeds) <= 2000
