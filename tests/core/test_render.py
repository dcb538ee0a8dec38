# SPDX-License-Identifier: Apache-2.0
"""What subscribers read: subjects, mail bodies and webhook bodies."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from golden_files import GoldenHtml, GoldenJson, GoldenText
from hypothesis import given
from hypothesis import strategies as st
from sample_alerts import (
    ABSENCE,
    DIGEST,
    EMAIL,
    FIRST,
    GAZETTEER,
    HUR_ROW,
    KEYWORD,
    NEVER,
    NEW_ROW,
    NIGHT,
    NOTICE,
    NOW,
    ONE,
    PENTAGON,
    PENTAGON_ROW,
    REVISED_ROW,
    RUSSIA_ROW,
    SEVERAL,
    alert,
    claim,
    evidence,
    message,
    row,
)
from selectolax.lexbor import LexborHTMLParser
from syrupy.assertion import SnapshotAssertion

from monitor.core.model import Message, Severity, Source, Status, Verdict
from monitor.core.render import Rendered, render_message
from monitor.core.sample import sample_message

_CASES = {
    "one": ONE,
    "several": SEVERAL,
    "keyword": KEYWORD,
    "absence": ABSENCE,
    "never": NEVER,
    "first": FIRST,
    "night": NIGHT,
    "digest": DIGEST,
    "notice": NOTICE,
    "test": sample_message(EMAIL, NOW),
    "withdrawn": message(
        alert(
            "al_w",
            replace(
                NEW_ROW,
                verdict=Verdict.CORRECTION,
                withdrawn=True,
                reason="an operator took it back",
            ),
            previous=(PENTAGON_ROW,),
            reason="an operator took it back; no figure of this source stands in its place",
            corrects=("al_4",),
        ),
        message_id="msg_withdrawn",
    ),
}


def _render(rendered_message: Message) -> Rendered:
    return render_message(rendered_message, GAZETTEER)


@pytest.mark.parametrize("name", _CASES)
def test_mail_text(name: str, snapshot: SnapshotAssertion) -> None:
    """The plain text, subject first, is the reviewed one."""
    rendered = _render(_CASES[name])
    text = f"Subject: {rendered.subject}\n\n{rendered.text}"
    assert text == snapshot(extension_class=GoldenText)


@pytest.mark.parametrize("name", _CASES)
def test_mail_html(name: str, snapshot: SnapshotAssertion) -> None:
    """The HTML is the reviewed one."""
    rendered = _render(_CASES[name])
    assert rendered.html == snapshot(extension_class=GoldenHtml)


@pytest.mark.parametrize("name", _CASES)
def test_webhook_body(name: str, snapshot: SnapshotAssertion) -> None:
    """The native webhook body is the reviewed one."""
    body = json.loads(_render(_CASES[name]).webhook)
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    assert text == snapshot(extension_class=GoldenJson)


_NEW_PLACE = row("led_p", claim(10_000, source=PENTAGON), verdict=Verdict.NEW_PLACE)
_CORRECTION = row(
    "led_c", claim(8_000, source=PENTAGON), verdict=Verdict.CORRECTION, previous="led_1"
)
_PLANNED = row("led_q", claim(12_000, status=Status.PLANNED, as_of=None), verdict=Verdict.PLANNED)
_ANCIENT = row("led_o", claim(9_000, source=None, as_of=date(2023, 2, 1)))


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        pytest.param(
            ONE, "North Korean troops in Kursk: 10,000 -> 11,000 (Zelensky, 4 Nov)", id="one"
        ),
        pytest.param(FIRST, "North Korean troops in Russia: about 12,000 (HUR, 4 Nov)", id="first"),
        pytest.param(
            message(alert("a", REVISED_ROW, previous=(RUSSIA_ROW, HUR_ROW))),
            "North Korean troops in Russia: about 10,000 -> 11,000-12,000 (Pentagon, 4 Nov)",
            id="revision",
        ),
        pytest.param(
            message(alert("a", _NEW_PLACE, previous=(RUSSIA_ROW,))),
            "North Korean troops in Kursk: 10,000, new for this place (Pentagon, 4 Nov)",
            id="new-place",
        ),
        pytest.param(
            message(alert("a", _CORRECTION, previous=(PENTAGON_ROW,))),
            "Correction: North Korean troops in Kursk: 10,000 -> 8,000 (Pentagon, 4 Nov)",
            id="correction",
        ),
        pytest.param(
            message(alert("a", _PLANNED)),
            "North Korean troops in Kursk: 12,000 planned (Zelensky, 4 Nov)",
            id="planned",
        ),
        pytest.param(
            message(alert("a", _ANCIENT)),
            "North Korean troops in Kursk: 9,000 (unattributed, 1 Feb 2023)",
            id="other-year-nobody",
        ),
        pytest.param(
            KEYWORD,
            "Kursk in the news: Kyiv: more North Koreans have reached the border (Steppe Courier)",
            id="keyword",
        ),
        pytest.param(
            SEVERAL,
            "North Korean troops: 3 new figures (about 12,000 in Russia, HUR; "
            "about 10,000 -> 11,000-12,000 in Russia, Pentagon; 11,000 in Kursk, Zelensky)",
            id="several",
        ),
        pytest.param(
            message(alert("a", _CORRECTION, previous=(PENTAGON_ROW,)), alert("b", NEW_ROW)),
            "North Korean troops: 2 figures (10,000 -> 8,000 in Kursk, Pentagon; "
            "11,000 in Kursk, Zelensky)",
            id="with-a-correction",
        ),
        pytest.param(
            message(alert("a", NEW_ROW), alert("b", row("z", claim(5, force="RU", place=None)))),
            "North Korean troops in Russia: 2 new figures (11,000 in Kursk, Zelensky; 5, Zelensky)",
            id="several-forces-take-the-rule-title",
        ),
        pytest.param(
            replace(KEYWORD, alerts=(*KEYWORD.alerts, *KEYWORD.alerts)),
            "Kursk in the news: 2 articles (Kyiv: more North Koreans have reached the border; "
            "Kyiv: more North Koreans have reached the border)",
            id="several-keyword",
        ),
        pytest.param(
            sample_message(EMAIL, NOW),
            "[TEST] Ruritanian troops in Strelsau: 10,000 -> at least 12,000 "
            "(Ministry of Examples, 5 Nov)",
            id="test",
        ),
    ],
)
def test_subject(told: Message, subject: str) -> None:
    """The subject alone tells what is counted, where, before, after, by whom and when."""
    assert _render(told).subject == subject


def test_subject_lists_as_many_figures_as_fit() -> None:
    """A message with many alerts has a subject of at most 200 characters that says there are more."""
    alerts = [
        alert(f"al_{number}", row(f"r{number}", claim(1_000 * number))) for number in range(1, 30)
    ]
    subject = _render(message(*alerts)).subject
    assert len(subject) <= 200
    assert subject.startswith("North Korean troops: 29 new figures (1,000 in Kursk, Zelensky; ")
    assert subject.endswith("; ...)")


_HOSTILE = (
    "Attack\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>{{ 7*7 }}{% raw %}"
    "\u202egnp.exe \x1b[31m \x00 &amp; =?utf-8?q?x?= 'quoted' \"double\" -- \n.\n"
)


def _hostile_message() -> Message:
    source = Source(id="text:evil", name=_HOSTILE, family="text:evil")
    sentence = f"{_HOSTILE} 11,000 soldiers {_HOSTILE}"
    counted = claim(
        11_000,
        sentence=sentence,
        source=source,
        place=None,
        place_text=_HOSTILE,
        force=None,
        force_text=_HOSTILE,
        region=_HOSTILE,
        unit=_HOSTILE,
    )
    ledger_row = row("led_h", counted, publisher=_HOSTILE, reason=_HOSTILE)
    earlier = row("led_e", replace(counted, low=1, high=1), publisher=_HOSTILE)
    hostile = alert(
        "al_h", ledger_row, previous=(earlier,), title=_HOSTILE, url="javascript:alert(1)"
    )
    article = replace(hostile.article, publisher=_HOSTILE)
    return message(
        replace(hostile, article=article, reason=_HOSTILE),
        replace(hostile, id="al_i", claim=None, article=article),
    )


def test_hostile_text_stays_text() -> None:
    """Markup, header lines, escapes and template syntax from a feed are shown, never obeyed."""
    rendered = _render(_hostile_message())
    assert "\n" not in rendered.subject
    assert len(rendered.subject) <= 200
    assert "\u202e" not in rendered.subject + rendered.text + rendered.html
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", rendered.text + rendered.html)
    assert "<script" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "{{ 7*7 }}" in rendered.html
    assert "javascript:" not in rendered.html + rendered.text
    tree = LexborHTMLParser(rendered.html)
    assert not tree.css("script, iframe, img, object, form, link, base")
    assert not [name for node in tree.css("*") for name in node.attributes if name.startswith("on")]


@given(st.text(max_size=120))
def test_any_title_renders(title: str) -> None:
    """No title can break a message: it renders, in every form, and the body is strict JSON."""
    rendered = _render(message(alert("al_t", None, title=title)))
    assert len(rendered.subject) <= 200
    assert rendered.subject.isprintable()
    json.loads(rendered.webhook.decode("utf-8"))
    shown = LexborHTMLParser(rendered.html).css_first("h1").text()
    assert html.unescape(shown).strip()


@pytest.mark.parametrize("name", _CASES)
def test_html_is_self_contained(name: str) -> None:
    """Nothing in the HTML is fetched; links are marked as not ours; both colour schemes exist."""
    rendered = render_message(
        _CASES[name], GAZETTEER, unsubscribe_url="https://alerts.example.org/u/1"
    )
    tree = LexborHTMLParser(rendered.html)
    assert not tree.css("img, script, iframe, [src], [background], link")
    assert "url(" not in rendered.html
    assert "@import" not in rendered.html
    for node in tree.css("a"):
        assert node.attributes["rel"] == "noopener noreferrer nofollow"
        assert str(node.attributes["href"]).startswith("https://")
    assert "prefers-color-scheme: dark" in rendered.html
    assert tree.css_first("meta[name=color-scheme]") is not None


@pytest.mark.parametrize("name", _CASES)
def test_the_text_holds_all_that_the_html_holds(name: str) -> None:
    """Whoever reads plain text misses no word and no figure of the HTML."""
    rendered = _render(_CASES[name])
    body = LexborHTMLParser(rendered.html).body
    assert body is not None
    shown = (
        body.text(separator=" ").replace("\N{EN DASH}", "-").replace("\N{RIGHTWARDS ARROW}", "->")
    )
    plain = rendered.text.casefold()
    missing = {
        word
        for word in re.findall(r"[\w,%+-]{3,}", shown.casefold())
        if word.strip(",") not in plain
    }
    assert missing == set()


def test_the_figure_is_marked_in_its_sentence() -> None:
    """The quoted sentence shows which of its numbers the alert is about."""
    sentence = "Of 11,000 sent, 11,000 arrived."
    second = replace(evidence(sentence, "11,000"), span=_span(sentence.rindex("11,000")))
    rendered = _render(message(alert("a", row("r", claim(11_000, evidence=second)))))
    assert "> Of 11,000 sent, *11,000* arrived." in rendered.text
    mark = LexborHTMLParser(rendered.html).css_first("mark")
    assert mark.text() == "11,000"
    assert str(mark.prev.text()).endswith("sent, ")


def _span(start: int) -> object:
    made = evidence("x" * start + "11,000", "11,000")
    return made.span


def test_a_text_without_full_stops_is_cut_around_its_figure() -> None:
    """A sentence of a hundred thousand characters is quoted in a few lines, figure included."""
    sentence = "word " * 10_000 + "11,000 soldiers " + "more " * 10_000
    rendered = _render(message(alert("a", row("r", claim(11_000, sentence=sentence)))))
    assert "*11,000* soldiers" in rendered.text
    assert len(rendered.text) < 3_000
    assert len(rendered.html) < 20_000


def test_evidence_that_does_not_match_is_quoted_unmarked() -> None:
    """Spans that do not point at the figure mark nothing rather than the wrong word."""
    broken = replace(evidence("Some 11,000 soldiers.", "11,000"), text="12,000")
    rendered = _render(message(alert("a", row("r", claim(11_000, evidence=broken)))))
    assert "> Some 11,000 soldiers." in rendered.text
    assert "<mark" not in rendered.html


def test_a_long_ladder_says_how_much_it_leaves_out() -> None:
    """Ten earlier figures are listed, newest first, and the rest is counted."""
    earlier = tuple(
        row(
            f"led_{number}",
            claim(1_000 + number, as_of=date(2024, 1, number + 1)),
            said=datetime(2024, 1, number + 1, tzinfo=UTC),
        )
        for number in range(14)
    )
    text = _render(message(alert("a", NEW_ROW, previous=earlier))).text
    assert "1,013" in text
    assert "1,003" not in text
    assert "and 4 older" in text
    assert text.index("1,013") < text.index("1,004")


def test_rendering_is_repeatable() -> None:
    """The same message renders to the same characters, so that every try sends the same mail."""
    assert _render(ONE) == _render(replace(ONE))


def test_threads_follow_the_series() -> None:
    """Messages about one series share a thread; another place is another thread; keywords have none."""
    kursk = _render(message(alert("a", NEW_ROW))).threads
    assert kursk == _render(ONE).threads
    assert len(kursk) == 1
    assert set(_render(SEVERAL).threads) > set(kursk)
    assert len(_render(SEVERAL).threads) == 2
    assert _render(KEYWORD).threads == ()


def test_corrections_stay_in_the_thread_of_what_they_correct() -> None:
    """A correction, and a plan that came true, are answers to the first message."""
    correction = message(alert("a", _CORRECTION, previous=(PENTAGON_ROW,)))
    assert _render(correction).threads == _render(message(alert("a", PENTAGON_ROW))).threads
    assert _render(message(alert("a", _PLANNED))).threads == _render(ONE).threads


def test_the_loudest_alert_sets_the_severity() -> None:
    """Severity is ordered by loudness, not by spelling."""
    quiet = alert("a", NEW_ROW, severity=Severity.WARNING)
    loud = alert("b", HUR_ROW, severity=Severity.CRITICAL)
    assert _render(message(quiet, loud)).severity is Severity.CRITICAL
    assert json.loads(_render(message(quiet, loud)).webhook)["data"]["severity"] == "critical"
