# SPDX-License-Identifier: Apache-2.0
"""Bodies for other programs against their published shapes, and against hostile feed text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_shapes import SHAPES
from sample_alerts import (
    EMAIL,
    FIRST,
    GAZETTEER,
    KEYWORD,
    NOW,
    ONE,
    SEVERAL,
    WEBHOOK,
    alert,
    claim,
    message,
    row,
)

from monitor.core.formats import Body, body
from monitor.core.formats.chat import slack_text
from monitor.core.listing import shortened
from monitor.core.model import BodyFormat, Message, MessageKind
from monitor.core.render import render_message
from monitor.core.sample import sample_message
from monitor.locales import shipped_words

_FORMATS = [BodyFormat(name) for name in SHAPES]
_NOTICE = Message(
    id="ntc_1",
    channel=EMAIL,
    rule="figurewatch.notice",
    alerts=(),
    created=NOW,
    kind=MessageKind.NOTICE,
    heading="Channel desk/webhook is out of service",
    notes=("Why: HTTP 410 Gone",),
)
_MANY = message(*(alert(f"al_{n}", row(f"r{n}", claim(1000 + n))) for n in range(40)))
_MESSAGES = {
    "one": ONE,
    "several": SEVERAL,
    "keyword": KEYWORD,
    "first": FIRST,
    "test": sample_message(EMAIL, NOW),
    "notice": _NOTICE,
    "many": replace(
        _MANY, kind=MessageKind.DIGEST, heading="Daily digest", notes=("Coverage",) * 30
    ),
}
_HOSTILE = (
    "<!channel> @everyone <@U123|x> [pay](javascript:alert(1)) *bold* `code` "
    "<at>all</at> <https://evil.example|click> @here #x\r\n\x00\u202e {{ 7*7 }}"
)


def _body(told: Message, form: BodyFormat, url: str = "https://hooks.example.org/topic") -> Body:
    channel = replace(WEBHOOK, format=form, address=url)
    told = replace(told, channel=channel)
    return body(told, render_message(told, GAZETTEER))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


@pytest.mark.parametrize("form", _FORMATS)
@pytest.mark.parametrize("name", _MESSAGES)
def test_bodies_have_the_published_shape(form: BodyFormat, name: str) -> None:
    """Every kind of message fits the platform: its keys, its types, its limits."""
    tree = json.loads(_body(_MESSAGES[name], form).content)
    jsonschema.Draft202012Validator(SHAPES[form]).validate(tree)


def test_alerts_that_do_not_fit_are_counted() -> None:
    """40 alerts of long words: a chat shows some and counts the others; a mail names ten ids."""
    long = (alert(f"al_{n}", None, title=f"Item {n}: {'страница ' * 25}") for n in range(40))
    told = replace(
        message(*long), kind=MessageKind.DIGEST, notes=("Coverage: 3 feeds, 3 healthy.",)
    )
    for form in (BodyFormat.SLACK, BodyFormat.DISCORD, BodyFormat.TEAMS, BodyFormat.NTFY):
        text = "\n".join(_strings(json.loads(_body(told, form).content)))
        # Subjects and titles of links may name an item again.
        shown = {int(number) for number in re.findall(r"Item (\d+)", text.replace("\\", ""))}
        [more] = re.findall(r"^and (\d+) more$", text, re.MULTILINE)
        assert shown == set(range(40 - int(more))), form
        assert shown
        assert "Coverage" in text
    footer = " ".join(
        render_message(told, GAZETTEER).text.partition("Sent by Figurewatch.")[2].split()
    )
    assert footer.startswith("Alerts al_0, al_1, ")
    assert footer.endswith("al_9 and 30 more")


@pytest.mark.parametrize(
    ("lines", "room", "expected"),
    [
        (("a", "b"), 2, ("a", "b")),
        (("a", "b", "c", "d"), 3, ("a", "b", "And 2 more")),
        (
            ("a", "b", "c", "And 1,234 more; to see them: x", "tip"),
            4,
            ("a", "b", "And 1,235 more; to see them: x", "tip"),
        ),
        (("a", "b", "c", "To see them: x", "tip"), 3, ("a", "And 2 more; to see them: x", "tip")),
        # Nothing fits: the shortest form.
        (("a", "b", "c", "To see them: x", "tip"), 1, ("And 3 more; to see them: x", "tip")),
        ((), 0, ()),
    ],
)
def test_a_cut_list_counts_what_is_missing(
    lines: tuple[str, ...], room: int, expected: tuple[str, ...]
) -> None:
    """What is cut is added to what was missing already; what follows the list stays."""
    assert shortened(lines, lambda made: len(made) <= room) == expected


def test_discord_takes_six_thousand_characters_in_all() -> None:
    """Eight alerts full of marks that have to be escaped, and a page of notes: some are counted."""
    sentence = f"{'*_~ ' * 80} 11,000 troops"
    long = claim(11_000, sentence=sentence, surface="11,000")
    told = message(*(alert(f"al_{n}", row(f"r{n}", long), title="#" * 200) for n in range(9)))
    told = replace(told, notes=tuple(f"Note {n}: {'[x] ' * 40}" for n in range(30)))
    embeds = json.loads(_body(told, BodyFormat.DISCORD).content)["embeds"]
    counted = ("title", "description")
    assert sum(len(embed.get(name, "")) for embed in embeds for name in counted) <= 6000
    [more] = re.findall(r"^and (\d+) more$", embeds[-1]["description"], re.MULTILINE)
    assert len(embeds) - 1 + int(more) == 9
    assert re.search(r"^And \d+ more$", embeds[-1]["description"], re.MULTILINE)


_CHATS = (BodyFormat.SLACK, BodyFormat.DISCORD, BodyFormat.TEAMS, BodyFormat.NTFY)
_DATES = {
    "a day in the past": (NOW - timedelta(days=1), None),
    "none": (None, ("Article without a date", "Artikel ohne Datum", "Стаття без дати")),
    "the zero of a clock": (
        datetime(1970, 1, 1, tzinfo=UTC),
        (
            "Article without a date (given as 1 Jan 1970)",
            "Artikel ohne Datum (angegeben ist 1. Jan. 1970)",
            "Стаття без дати (вказано 1 січ. 1970)",
        ),
    ),
    "the end of the calendar": (
        datetime(9999, 12, 31, 23, tzinfo=UTC),
        (
            "Article without a date (given as 31 Dec 9999)",
            "Artikel ohne Datum (angegeben ist 31. Dez. 9999)",
            "Стаття без дати (вказано 31 груд. 9999)",
        ),
    ),
}


@pytest.mark.parametrize("form", _CHATS)
@pytest.mark.parametrize("figure", [True, False], ids=["figure", "article"])
@pytest.mark.parametrize(("published", "said"), _DATES.values(), ids=_DATES)
def test_a_chat_says_of_an_article_that_it_is_undated(
    form: BodyFormat, figure: bool, published: datetime | None, said: tuple[str, str, str] | None
) -> None:
    """Where there is no date, or one that cannot be, in the words of the reader; else not a word."""
    plain = alert("al_1", row("r1", claim(10_000)) if figure else None)
    told = message(replace(plain, article=replace(plain.article, published=published)))
    told = replace(told, channel=replace(WEBHOOK, format=form))
    for number, language in enumerate(("en", "de", "uk")):
        rendered = render_message(told, GAZETTEER, words=shipped_words()[language])
        tree = json.loads(body(told, rendered).content)
        jsonschema.Draft202012Validator(SHAPES[form]).validate(tree)
        text = re.sub(r"\\(.)", r"\1", "\n".join(_strings(tree)))
        assert (said is not None) == bool(rendered.dates[0])
        if said is not None:
            assert rendered.dates == (said[number],)
            assert said[number] in text
        else:
            assert "without a date" not in text


@pytest.mark.parametrize("form", _FORMATS)
def test_the_shapes_find_mistakes(form: BodyFormat) -> None:
    """A body with a key that the platform does not know does not pass."""
    tree = json.loads(_body(ONE, form).content) | {"unheard-of": 1}
    assert not jsonschema.Draft202012Validator(SHAPES[form]).is_valid(tree)


@pytest.mark.parametrize("form", _FORMATS)
def test_bodies_are_the_same_at_every_try(form: BodyFormat) -> None:
    """A retry posts the same bytes."""
    assert _body(SEVERAL, form) == _body(SEVERAL, form)


def _hostile() -> Message:
    counted = claim(11_000, sentence=f"{_HOSTILE} about 11,000 troops {_HOSTILE}", surface="11,000")
    bad = alert(
        "al_h",
        row("r", counted, publisher=_HOSTILE),
        title=_HOSTILE,
        url="javascript:alert(1)",
        rule_title=_HOSTILE,
    )
    return message(bad, alert("al_k", None, title=_HOSTILE, url="https://u:p@ex.example/a b"))


@pytest.mark.parametrize("form", _FORMATS)
def test_feed_text_mentions_nobody_and_marks_nothing_up(form: BodyFormat) -> None:
    """No control, no turned-round text, no script link, no credentials; the shape still holds."""
    made = _body(_hostile(), form)
    tree = json.loads(made.content)
    jsonschema.Draft202012Validator(SHAPES[form]).validate(tree)
    if form is BodyFormat.CLOUDEVENTS:
        return  # data for programs: text as it is, links checked like the native body's
    for text in _strings(tree):
        assert "\u202e" not in text
        assert "\x00" not in text
        assert not text.startswith("javascript:")
        assert "u:p@" not in text


def test_an_id_in_a_command_survives_being_copied_from_slack() -> None:
    """Underscores within a word stay bare; those that could mark words are disarmed."""
    command = "figurewatch outbox retry msg_44adcceda3c3ff8b6c63"
    assert slack_text(command) == command
    assert slack_text("_so_") == "\u2060_\u2060so\u2060_\u2060"


def test_slack_cannot_be_made_to_notify_or_link() -> None:
    """What Slack reads as a mention or link begins with "<": from feeds it never comes unescaped."""
    tree = json.loads(_body(_hostile(), BodyFormat.SLACK).content)
    shown = [block["text"]["text"] for block in tree["blocks"] if block["type"] == "section"]
    for text in [tree["text"], *shown]:
        assert all(link.startswith("<https://") for link in re.findall(r"<[^>]*", text)), text
    assert tree["unfurl_links"] is False


def test_discord_cannot_be_made_to_notify() -> None:
    """Mentions are broken up, and switched off besides."""
    tree = json.loads(_body(_hostile(), BodyFormat.DISCORD).content)
    assert tree["allowed_mentions"] == {"parse": []}
    for text in _strings({"content": tree["content"], "embeds": tree["embeds"]}):
        assert "@everyone" not in text
        assert not re.search(r"(?<!\\)\]\(", text), text


def test_teams_cards_hold_no_mention_tags() -> None:
    """A mention needs a tag and an entity; feeds can bring neither."""
    tree = json.loads(_body(_hostile(), BodyFormat.TEAMS).content)
    assert not any("<" in text for text in _strings(tree["attachments"][0]["content"]["body"]))


@pytest.mark.parametrize(
    ("url", "root", "topic"),
    [
        ("https://ntfy.example.org/alerts", "https://ntfy.example.org/", "alerts"),
        ("https://ntfy.example.org/alerts/", "https://ntfy.example.org/", "alerts"),
        ("https://example.org/ntfy/alerts?auth=x", "https://example.org/ntfy/?auth=x", "alerts"),
    ],
)
def test_ntfy_is_published_to_the_server_with_the_topic_inside(
    url: str, root: str, topic: str
) -> None:
    """People are given the topic's address; JSON goes to the server's."""
    made = _body(ONE, BodyFormat.NTFY, url)
    assert made.url == root
    assert json.loads(made.content)["topic"] == topic


@given(text=st.text(max_size=400))
@pytest.mark.parametrize("form", _FORMATS)
def test_any_feed_text_keeps_the_shape(form: BodyFormat, text: str) -> None:
    """Whatever a feed writes as title and publisher, the body stays within the platform's limits."""
    told = message(alert("al_x", None, title=text, rule_title=text))
    tree = json.loads(_body(told, form).content)
    jsonschema.Draft202012Validator(SHAPES[form]).validate(tree)
