# SPDX-License-Identifier: Apache-2.0
"""Slack, Discord, Teams and ntfy.

What it is not: the other formats. Rules of this file: those of the package. Each platform has its own
escape, and mentions are switched off in the body besides where the platform can do that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.listing import shortened
from monitor.core.model import Message, Severity
from monitor.core.render import Rendered
from monitor.core.wording import one_line, safe_link

_MOST_ALERTS = 8
_LINE = 300
# What the platforms take: characters of a Slack section, and how many of them for notes; characters of
# a Discord embed, and of all of them; bytes of notes on a Teams card (28 KB is its end); bytes of ntfy.
_SLACK_MOST, _SLACK_PARTS = 3000, 8
_DISCORD_MOST, _DISCORD_ALL = 2000, 5900
_TEAMS_BYTES = 8000
_NTFY_BYTES = 3500
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@])")
_COLOURS = {
    Severity.INFO: 0x8A8F98,
    Severity.NOTICE: 0x1A66E0,
    Severity.WARNING: 0xF2B705,
    Severity.HIGH: 0xE06C1A,
    Severity.CRITICAL: 0xC62828,
}
_PRIORITIES = {
    Severity.INFO: 2,
    Severity.NOTICE: 3,
    Severity.WARNING: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One alert for a chat: a line, the sentence, what has to be said of the date, a link with its words."""

    line: str
    sentence: str
    date: str
    link: str | None
    source: str


def _items(message: Message, rendered: Rendered) -> list[_Item]:
    found = []
    shown = message.alerts[:_MOST_ALERTS]
    for alert, summary, date in zip(shown, rendered.summaries, rendered.dates, strict=False):
        row = alert.claim
        found.append(
            _Item(
                line=one_line(summary, _LINE),
                sentence=one_line(row.claim.evidence.sentence, _LINE) if row is not None else "",
                date=date,
                link=safe_link(alert.article.url),
                source=one_line(alert.article.publisher or "article", 80) or "article",
            )
        )
    return found


def _rest(
    message: Message,
    shown: int,
    escape: Callable[[str], str],
    fits: Callable[[Sequence[str]], bool],
) -> list[str]:
    """Return what follows the `shown` first alerts, escaped: how many there are besides, and notes.

    Notes that make it longer than `fits` are left out and counted.
    """
    more = len(message.alerts) - shown
    head = [f"and {more} more"] if more > 0 else []

    def made(notes: Sequence[str]) -> list[str]:
        return [escape(line) for line in (*head, *notes)]

    notes = [one_line(note, _LINE) for note in message.notes]
    return made(shortened(notes, lambda lines: fits(made(lines))))


def _bytes(lines: Sequence[str]) -> int:
    """Return how long lines are with an empty one between them."""
    return sum(len(line.encode("utf-8", "replace")) + 2 for line in lines)


# --- Slack -----------------------------------------------------------------------------------


def slack_text(text: str) -> str:
    """Escape text for Slack: the three characters that make links, mentions and entities."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Formatting marks mean nothing next to an invisible joiner; Slack has no escape for them.
    # Within a word an underscore marks nothing, and ids in commands have to survive being copied.
    return re.sub(r"([*~`]|(?<!\w)_|_(?!\w))", "\u2060\\1\u2060", escaped)


def slack(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return a message for a Slack incoming webhook."""
    blocks: list[dict[str, object]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": one_line(rendered.subject, 150), "emoji": False},
        }
    ]
    items = _items(message, rendered)
    for item in items:
        link = f"\n<{item.link}|{slack_text(item.source)}>" if item.link else ""
        quote = f"\n&gt; {slack_text(item.sentence)}" if item.sentence else ""
        date = f"\n{slack_text(item.date)}" if item.date else ""
        blocks.append(_slack_section(f"{slack_text(item.line)}{quote}{date}{link}"))
    rest = _rest(message, len(items), slack_text, lambda lines: len(_parts(lines)) <= _SLACK_PARTS)
    blocks += map(_slack_section, _parts(rest)[:_SLACK_PARTS])
    return {
        "text": slack_text(rendered.subject),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _slack_section(text: str) -> dict[str, object]:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text[:_SLACK_MOST], "verbatim": True},
    }


def _parts(lines: Sequence[str]) -> list[str]:
    """Return lines in parts that a section holds."""
    found: list[str] = []
    for line in lines:
        joined = f"{found[-1]}\n{line}" if found else line
        if found and len(joined) <= _SLACK_MOST:
            found[-1] = joined
        else:
            found.append(line)
    return found


# --- Discord ---------------------------------------------------------------------------------


def markdown_text(text: str) -> str:
    """Escape text for Markdown as chats understand it, mentions included."""
    return _MARKDOWN.sub(r"\\\1", text).replace("\\@", "@\u200b")


def discord(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return a message for a Discord webhook; it can ping nobody."""
    items = _items(message, rendered)
    embeds: list[dict[str, object]] = []
    for shown in range(len(items), -1, -1):
        embeds = [_embed(item, message, rendered) for item in items[:shown]]
        rest = _rest(message, shown, markdown_text, lambda lines: _joined(lines) <= _DISCORD_MOST)
        embeds += [{"description": "\n".join(rest)[:_DISCORD_MOST]}] if rest else []
        if sum(map(_embed_length, embeds)) <= _DISCORD_ALL:
            break
    return {
        "username": "Figurewatch",
        "content": markdown_text(rendered.subject)[:2000],
        "embeds": embeds,
        "allowed_mentions": {"parse": []},
    }


def _embed(item: _Item, message: Message, rendered: Rendered) -> dict[str, object]:
    embed: dict[str, object] = {
        "title": markdown_text(one_line(item.line, 120)),
        "description": markdown_text(item.sentence)[:_DISCORD_MOST] or "\u200b",
        "color": _COLOURS[rendered.severity],
        "footer": {"text": ". ".join(filter(None, (item.source, item.date)))},
        "timestamp": message.created.isoformat(timespec="seconds"),
    }
    return embed | ({"url": item.link} if item.link else {})


def _embed_length(embed: Mapping[str, object]) -> int:
    """Return the characters of an embed that the platform counts, and a few more."""
    return sum(len(str(embed.get(name, ""))) for name in ("title", "description", "footer"))


def _joined(lines: Sequence[str]) -> int:
    return len("\n".join(lines))


# --- Teams -----------------------------------------------------------------------------------


def teams(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return an Adaptive Card for a Teams workflow; it holds no mention entities."""
    blocks: list[dict[str, object]] = [
        _teams_text(rendered.subject) | {"size": "Large", "weight": "Bolder"}
    ]
    actions: list[dict[str, object]] = []
    items = _items(message, rendered)
    for item in items:
        blocks.append(_teams_text(item.line))
        if item.sentence:
            blocks.append(_teams_text(item.sentence) | {"isSubtle": True})
        if item.date:
            blocks.append(_teams_text(item.date) | {"isSubtle": True})
        if item.link and len(actions) < 6:
            actions.append({"type": "Action.OpenUrl", "title": item.source, "url": item.link})
    blocks += [
        {"type": "TextBlock", "text": line, "wrap": True, "isSubtle": True}
        for line in _rest(
            message, len(items), _teams_escaped, lambda lines: _bytes(lines) <= _TEAMS_BYTES
        )
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
        "actions": actions,
    }
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": card,
            }
        ],
    }


def _teams_text(text: str) -> dict[str, object]:
    return {"type": "TextBlock", "text": _teams_escaped(text), "wrap": True}


def _teams_escaped(text: str) -> str:
    """Cards know a little Markdown, and tags of mentions."""
    plain = text.replace("<", "\u2039").replace(">", "\u203a")
    return re.sub(r"([\\*_\[\]()`#])", r"\\\1", plain)


# --- ntfy ------------------------------------------------------------------------------------


def ntfy(message: Message, rendered: Rendered, topic: str) -> dict[str, object]:
    """Return a message to publish on an ntfy topic, as plain text."""
    items = _items(message, rendered)
    link = next((item.link for item in items if item.link), None)
    body = _ntfy_body(message, items) or rendered.subject
    return {
        "topic": topic,
        "title": one_line(rendered.subject, 200),
        "message": _cut(body, _NTFY_BYTES),
        "priority": _PRIORITIES[rendered.severity],
        "tags": ["figurewatch", rendered.severity.value],
        "markdown": False,
    } | ({"click": link} if link else {})


def _ntfy_body(message: Message, items: Sequence[_Item]) -> str:
    """Return as many alerts as there is room for beside what follows them; the others are counted."""
    room = _NTFY_BYTES // 2 if items else _NTFY_BYTES
    lines: list[str] = []
    for shown in range(len(items), -1, -1):
        lines = [
            "\n".join(filter(None, (item.line, item.sentence, item.date))) for item in items[:shown]
        ]
        lines += _rest(message, shown, str, lambda made: _bytes(made) <= room)
        if _bytes(lines) <= _NTFY_BYTES:
            break
    return "\n\n".join(lines)


def _cut(text: str, most: int) -> str:
    """Cut by bytes: the platform counts those."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
