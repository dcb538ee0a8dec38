# SPDX-License-Identifier: Apache-2.0
"""Letters: mails to one person about their own subscription, in their language.

What it is not: alerts (`render`). Rules of this file: pure; a letter says what happened, why it
came and how never to get one again; it shows nothing that a stranger typed; its links are put in
for one attempt and stored nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jinja2 import DictLoader, Environment, StrictUndefined

from monitor.core.model import Links
from monitor.core.wording import safe_link
from monitor.core.words import Words

LETTER_RULE = "figurewatch.letter"


class Letter(StrEnum):
    """What a letter is about."""

    CONFIRM = "confirm"  # somebody gave this address: is it yours?
    ALREADY = "already"  # the same, but it is subscribed
    LINKS = "links"  # somebody asked for the links of this address
    ERASE = "erase"  # somebody asked on the preferences page to be deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """A letter ready to send."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Button:
    name: str
    link: str


_SUBJECTS = {
    Letter.CONFIRM: "Confirm your subscription to Figurewatch",
    Letter.ALREADY: "You are subscribed to Figurewatch already",
    Letter.LINKS: "Your links to Figurewatch",
    Letter.ERASE: "Delete your data at Figurewatch?",
}
_BODIES = {
    Letter.CONFIRM: (
        "Somebody, perhaps you, gave this address to get alerts about new figures in the news.",
        "Nothing is sent until you confirm. The link is good for 48 hours.",
    ),
    Letter.ALREADY: (
        "Somebody, perhaps you, gave this address to subscribe.",
        "It is subscribed already, and nothing has changed.",
    ),
    Letter.LINKS: (
        "Somebody, perhaps you, asked for the links of this address.",
        "Whoever has them can change this subscription: do not pass them on.",
    ),
    Letter.ERASE: (
        "On your preferences page somebody asked to delete all that is stored about you.",
        "The link is good for 24 hours. Until you use it, nothing changes.",
    ),
}


def letter_text(letter: Letter, links: Links, words: Words) -> LetterText:
    """Return the letter."""
    subject = words(_SUBJECTS[letter])
    body = [words(line) for line in _BODIES[letter]]
    buttons = _buttons(letter, links, words)
    end = words("If this was not you, you need not do anything.")
    never = words("Never write to me again") if letter is Letter.CONFIRM else words("Unsubscribe")
    leave = safe_link(links.unsubscribe) or ""
    html = _TEMPLATES.get_template("letter.html").render(
        t=words, subject=subject, body=body, buttons=buttons, end=end, never=never, leave=leave
    )
    blocks = [*body, *(f"{button.name}:\n{button.link}" for button in buttons), end]
    text = "\n\n".join([*blocks, f"-- \n{words('Sent by Figurewatch.')}\n{never}: {leave}"])
    return LetterText(subject=subject, text=f"{text}\n", html=html)


def _buttons(letter: Letter, links: Links, words: Words) -> list[_Button]:
    wanted = {
        Letter.CONFIRM: (("Confirm the subscription", links.confirm),),
        Letter.ALREADY: (("Change my preferences", links.manage),),
        Letter.LINKS: (
            ("Change my preferences", links.manage),
            ("Delete what is stored about me", links.erase),
        ),
        Letter.ERASE: (("Delete what is stored about me", links.erase),),
    }
    return [_Button(words(name), link) for name, url in wanted[letter] if (link := safe_link(url))]


_HTML = """\
<!doctype html>
<html lang="{{ t.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ subject }}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .b { background: #121417 !important; }
  .c { background: #1b1e23 !important; border-color: #33383f !important; }
  .t { color: #e6e8eb !important; }
  .m { color: #a0a7b1 !important; border-color: #33383f !important; }
  .l { color: #8ab4f8 !important; }
}
</style>
</head>
<body class="b" style="margin:0;padding:0;background:#f3f4f6;\
font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
font-size:16px;line-height:1.5;-webkit-text-size-adjust:100%">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">
<tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="c" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:600px;background:#ffffff;border:1px solid #dfe2e6;text-align:left">
<tr><td style="padding:24px 24px 8px">
<h1 class="t" style="margin:0;font-size:22px;line-height:1.3;color:#16191d">{{ subject }}</h1>
{% for line in body %}
<p class="t" style="margin:14px 0 0;color:#16191d">{{ line }}</p>
{% endfor %}
{% for button in buttons %}
<p style="margin:20px 0 0"><a href="{{ button.link }}" rel="noopener noreferrer nofollow" \
style="display:inline-block;padding:10px 18px;background:#0b57d0;color:#ffffff;\
text-decoration:none;font-weight:600;border-radius:4px">{{ button.name }}</a></p>
{% endfor %}
<p class="m" style="margin:20px 0 16px;color:#5b636e">{{ end }}</p>
</td></tr>
<tr><td class="m" style="padding:12px 24px 16px;border-top:1px solid #dfe2e6;color:#5b636e;\
font-size:13px">{{ t("Sent by Figurewatch.") }}<br>
<a href="{{ leave }}" rel="noopener noreferrer nofollow" class="l" style="color:#0b57d0">\
{{ never }}</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
_TEMPLATES = Environment(
    loader=DictLoader({"letter.html": _HTML}),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
