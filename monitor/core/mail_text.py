# SPDX-License-Identifier: Apache-2.0
"""A mail as plain text: complete, it holds everything that the HTML holds.

What it is not: HTML (`render`). Rules of this file: pure; lines of 72, but for links and tables.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from monitor.core.views import AlertView
from monitor.core.words import ENGLISH, Words

_TEXT_WIDTH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """What is shown of a message. `heading` says what it is where its alerts do not; `overview` is
    empty when it holds one alert; `notes` follow the alerts; `preview` is what a list of mails shows
    beside the subject, `chart` the content id of a picture.
    """

    subject: str
    test: str
    preview: str
    heading: str
    overview: str
    notes: tuple[str, ...]
    alerts: tuple[AlertView, ...]
    chart: str | None
    why: str
    footer: tuple[str, ...]
    unsubscribe: str | None
    manage: str | None = None


def mail_text(mail: MailView, words: Words = ENGLISH) -> str:
    """Return the whole mail as plain text."""
    blocks: list[str] = []
    if mail.test:
        blocks.append(f"*** {mail.test} ***")
    if mail.heading:
        blocks.append(_wrap(f"{mail.heading}."))
    if mail.overview:
        blocks.append(_wrap(mail.overview))
    for index, alert in enumerate(mail.alerts, start=1):
        count = len(mail.alerts)
        number = words("{number} of {count}:", number=index, count=count) if mail.overview else ""
        blocks.extend(_text_alert(alert, f"{number} " if number else "", words))
    if mail.notes:
        blocks.append("\n".join(map(_wrap, mail.notes)))
    blocks.append(_wrap(f"{words('Why you got this:')} {mail.why}"))
    footer = [_wrap(line) for line in mail.footer]
    ways = ((words("Preferences"), mail.manage), (words("Unsubscribe"), mail.unsubscribe))
    footer += [f"{name}: {link}" for name, link in ways if link]
    # The usual signature mark, so that mail programs fold it away in replies.
    blocks.append("\n".join(["-- ", *footer]))
    return "\n\n".join(blocks) + "\n"


def _text_alert(alert: AlertView, number: str, words: Words) -> list[str]:
    moved = alert.figure.change if alert.figure else ""
    change = words("Change: {change}.", change=moved) if moved else ""
    lines = (alert.headline, alert.said, f"{alert.before} {change}".strip(), alert.steps)
    blocks = [
        "\n".join([f"{number}{alert.badge.upper()}", *(_wrap(line) for line in lines if line)])
    ]
    if alert.quote is not None:
        figure = f"*{alert.quote.figure}*" if alert.quote.figure else ""
        quoted = f"{alert.quote.before}{figure}{alert.quote.after}"
        blocks.append(_wrap(quoted, "> "))
    title = "" if alert.headline == alert.title else f"{_wrap(alert.title)}\n"
    if alert.byline:
        blocks.append(title + _wrap(alert.byline) + (f"\n{alert.link}" if alert.link else ""))
    if alert.ladder:
        blocks.append("\n".join([f"{alert.ladder_title}:", *_text_ladder(alert)]))
    blocks.append("\n".join(map(_wrap, alert.facts)))
    if alert.feedback:
        asked = words("Was this worth a message? Say so here:")
        blocks.append(f"{_wrap(asked)}\n{alert.feedback}")
    return blocks


def _text_ladder(alert: AlertView) -> list[str]:
    """One figure a line, figures aligned; the second line of a rung would not fit a phone."""
    width = max(len(rung.value) for rung in alert.ladder)
    lines = [
        f"{'>' if rung.now else ' '} {rung.value.rjust(width)}  {rung.who}, {rung.when}"
        for rung in alert.ladder
    ]
    return [*lines, f"  {alert.ladder_rest}"] if alert.ladder_rest else lines


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _TEXT_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
