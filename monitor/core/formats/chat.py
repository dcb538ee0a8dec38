# SPDX-License-Identifier: Apache-2.0
"""Slack, Discord, Teams and ntfy.

What it is not: the other formats. Rules of this file: those of the package. Each platform has its own
escape, and mentions are switched off in the body besides where the platform can do that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.model import Message, Severity
from monitor.core.render import Rendered
from monitor.core.wording import amount, one_line, safe_link

# What chats take: characters of a section or an embed, and how many of them for notes; in reserve for
# the line that counts what does not fit.
_SLACK_MOST, _SLACK_PARTS, _DISCORD_MOST, _RESERVE = 3000, 8, 2000, 80
_MOST_LINES = 20
_MOST_ALERTS = 8
_LINE = 300
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
    """One alert for a chat: a line, the sentence, a link with its words."""

    line: str
    sentence: str
    link: str | None
    source: str


def _items(message: Message, rendered: Rendered) -> list[_Item]:
    found = []
    shown = message.alerts[:_MOST_ALERTS]
    for alert, summary in zip(shown, rendered.summaries, strict=False):
        row = alert.claim
        found.append(
            _Item(
                line=one_line(summary, _LINE),
                sentence=one_line(row.claim.evidence.sentence, _LINE) if row is not None else "",
                link=safe_link(alert.article.url),
                source=one_line(alert.article.publisher or "article", 80) or "article",
            )
        )
    return found


def _rest(message: Message) -> list[str]:
    more = len(message.alerts) - _MOST_ALERTS
    notes = [one_line(note, _LINE) for note in message.notes]
    return [*([f"and {more} more"] if more > 0 else []), *notes]


def _first(lines: Sequence[str], most: int) -> list[str]:
    """Return the first lines, and one that counts those behind."""
    left = len(lines) - most
    return [*lines[:most], *([_unsaid(left)] if left > 0 else [])]


def _unsaid(lines: int) -> str:
    return f"and {amount(lines, 'more line')}: `figurewatch status` tells all"


def _parts(lines: Sequence[str], most: int, parts: int) -> list[str]:
    """Return lines in parts of at most `most` characters; what `parts` cannot hold is counted."""
    found: list[str] = []
    for index, line in enumerate(lines):
        joined = f"{found[-1]}\n{line}" if found else line
        if found and len(joined) <= most - _RESERVE:
            found[-1] = joined
        elif len(found) < parts:
            found.append(line[: most - _RESERVE])
        else:
            found[-1] += f"\n{_unsaid(len(lines) - index)}"
            break
    return found


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
    for item in _items(message, rendered):
        link = f"\n<{item.link}|{slack_text(item.source)}>" if item.link else ""
        quote = f"\n&gt; {slack_text(item.sentence)}" if item.sentence else ""
        blocks.append(_slack_section(f"{slack_text(item.line)}{quote}{link}"))
    rest = _parts([slack_text(line) for line in _rest(message)], _SLACK_MOST, _SLACK_PARTS)
    blocks += map(_slack_section, rest)
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


# --- Discord ---------------------------------------------------------------------------------


def markdown_text(text: str) -> str:
    """Escape text for Markdown as chats understand it, mentions included."""
    return _MARKDOWN.sub(r"\\\1", text).replace("\\@", "@\u200b")


def discord(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return a message for a Discord webhook; it can ping nobody."""
    embeds: list[dict[str, object]] = [
        {
            "title": markdown_text(one_line(item.line, 120)),
            "description": markdown_text(item.sentence)[:2000] or "\u200b",
            "color": _COLOURS[rendered.severity],
            "footer": {"text": item.source},
            "timestamp": message.created.isoformat(timespec="seconds"),
        }
        | ({"url": item.link} if item.link else {})
        for item in _items(message, rendered)
    ]
    rest = [markdown_text(line) for line in _rest(message)]
    embeds += [{"description": part} for part in _parts(rest, _DISCORD_MOST, 1)]
    return {
        "username": "Figurewatch",
        "content": markdown_text(rendered.subject)[:2000],
        "embeds": embeds[:10],
        "allowed_mentions": {"parse": []},
    }


# --- Teams -----------------------------------------------------------------------------------


def teams(message: Message, rendered: Rendered) -> dict[str, object]:
    """Return an Adaptive Card for a Teams workflow; it holds no mention entities."""
    blocks: list[dict[str, object]] = [
        _teams_text(rendered.subject) | {"size": "Large", "weight": "Bolder"}
    ]
    actions: list[dict[str, object]] = []
    for item in _items(message, rendered):
        blocks.append(_teams_text(item.line))
        if item.sentence:
            blocks.append(_teams_text(item.sentence) | {"isSubtle": True})
        if item.link and len(actions) < 6:
            actions.append({"type": "Action.OpenUrl", "title": item.source, "url": item.link})
    blocks += [
        _teams_text(line) | {"isSubtle": True} for line in _first(_rest(message), _MOST_LINES)
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
    lines = [f"{item.line}\n{item.sentence}".strip() for item in _items(message, rendered)]
    link = next((item.link for item in _items(message, rendered) if item.link), None)
    body = "\n\n".join([*lines, *_first(_rest(message), _MOST_LINES)]) or rendered.subject
    return {
        "topic": topic,
        "title": one_line(rendered.subject, 200),
        "message": _cut(body, 3500),
        "priority": _PRIORITIES[rendered.severity],
        "tags": ["figurewatch", rendered.severity.value],
        "markdown": False,
    } | ({"click": link} if link else {})


def _cut(text: str, most: int) -> str:
    """Cut by bytes: the platform counts those."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
