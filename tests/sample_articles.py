# SPDX-License-Identifier: Apache-2.0
"""Articles for tests of the decision: from claims, or from sentences of our own; and batches of them.

What it is not: alerts and messages (`sample_alerts`). Texts that are not meant to resemble each
other never do: each has its own made-up filler.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from monitor.core.decide import Policy, fold
from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import Memory, fingerprint, sketch
from monitor.core.model import Article, Claim, Decision, LedgerClaim, Severity, TextKind, Verdict
from monitor.core.prepare import Reading, article_id, prepare
from monitor.core.rules import FigureCondition, Rule, RuleKind, RuleSet
from monitor.core.urls import canonical_url
from monitor.knowledge import shipped_knowledge

START = datetime(2024, 11, 4, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GAZETTEER: Gazetteer = shipped_knowledge().gazetteer
ALERTING = frozenset({Verdict.NEW, Verdict.REVISION, Verdict.NEW_PLACE, Verdict.CORRECTION})
RULE = Rule(
    id="test.troops",
    title="Troops",
    kind=RuleKind.FIGURE_CHANGE,
    severity=Severity.HIGH,
    figure=FigureCondition(
        measure="troops",
        alert_on=ALERTING | {Verdict.PLANNED, Verdict.DENIED},
        digest_on=frozenset({Verdict.CORROBORATION, Verdict.VAGUE}),
    ),
)
RULES = RuleSet(rules=(RULE,))
_SYLLABLES = ("ka", "lo", "mi", "ser", "tun", "vo", "ber", "rai", "nel", "dos", "hul", "pim")


def filler(name: str, words: int = 60) -> str:
    """Prose without any meaning, figure or name, which is the same for the same `name`."""
    chance = random.Random(name)  # noqa: S311  (filler, not secrets)
    made = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(words)]
    return " ".join(made).capitalize() + "."


def article(
    name: str,
    *claims: Claim,
    text: str | None = None,
    title: str = "",
    entry: str | None = None,
    feed: str | None = None,
    url: str | None = None,
    published: datetime | None = START,
    seen: datetime | None = None,
    kind: TextKind = TextKind.ENTRY,
) -> Article:
    """An article that holds these claims; its text is filler, or is given."""
    body = filler(name) if text is None else text
    arrived = seen or published or START
    key, home = entry or name, feed or f"feed-{name}"
    print_ = fingerprint(title, body)
    return Article(
        id=article_id(home, key, print_, arrived),
        feed=home,
        entry_key=key,
        entry_hash="",
        url=url,
        canonical_url=canonical_url(url) if url else None,
        title=title,
        text=body,
        text_kind=kind,
        publisher=f"The {name}",
        published=published,
        seen=arrived,
        fingerprint=print_,
        sketch=sketch(body if body.strip() else title),
        claims=claims,
    )


@lru_cache(maxsize=4096)
def report(
    name: str,
    text: str,
    *,
    title: str = "",
    feed: str | None = None,
    published: datetime | None = START,
    seen: datetime | None = None,
    kind: TextKind = TextKind.ENTRY,
) -> Article:
    """An article prepared from a text by the shipped knowledge, as the daemon does it."""
    arrived = seen or published or START
    return prepare(
        Reading(
            feed=feed or f"feed-{name}",
            publisher=f"The {name}",
            entry_key=name,
            entry_hash=hashlib.sha256(text.encode()).hexdigest(),
            url=None,
            title=title,
            content=text,
            content_is_html=False,
            published=published,
            seen=arrived,
            kind=kind,
        ),
        shipped_knowledge(),
    )


def policy(rules: RuleSet = RULES, **fields: object) -> Policy:
    """A policy of the shipped gazetteer at a fixed time."""
    base = Policy(rules=rules, gazetteer=GAZETTEER, now=START)
    return replace(base, **fields)  # type: ignore[arg-type]


def decided(*articles: Article, rules: RuleSet = RULES) -> Decision:
    """What is decided about articles that arrive in this order, with nothing known before."""
    return fold(articles, Memory(), policy(rules))[0]


def rows_of(decision: Decision) -> tuple[LedgerClaim, ...]:
    """All ledger rows of a decision, in order."""
    return tuple(row for outcome in decision.outcomes for row in outcome.claims)


def verdicts(decision: Decision) -> list[str]:
    """The verdicts of all claims of a decision, in order."""
    return [row.verdict.value for row in rows_of(decision)]


# --- generated batches -----------------------------------------------------------------------

_FORCES = ("North Korean", "Russian", "Belarusian")
_PLACES = (
    "in Russia",
    "in the Kursk region",
    "in Sudzha",
    "in Belgorod",
    "in Voronezh",
    "in Belarus",
    "",
)
_SPEAKERS = (
    "the Pentagon",
    "Pat Ryder",
    "the State Department",
    "Zelensky",
    "Budanov",
    "Seoul's spy agency",
    "NATO chief Mark Rutte",
    "",
)
_VALUES = (
    "10,000",
    "about 10,100",
    "more than 10,000",
    "10,500",
    "11,000",
    "12,000",
    "11,000 to 12,000",
    "several thousand",
    "tens of thousands of",
)
_SHAPES: tuple[Callable[[str, str, str, str], str], ...] = (
    lambda who, n, force, place: f"{n} {force} troops are {place or 'deployed'}{_said(who)}.",
    lambda who, n, force, place: f"{n} {force} soldiers are now {place or 'there'}{_said(who)}.",
    lambda who, n, force, place: (
        f"{n} {force} troops will be sent to {place.removeprefix('in ') or 'the front'}{_said(who)}."
    ),
    lambda who, n, force, place: (
        f"{n} more {force} soldiers have arrived {place or 'there'} in January{_said(who)}."
    ),
    lambda who, n, force, place: (
        f"Last week {who or 'an official'} put the number of {force} troops {place} at {n}."
    ),
    lambda who, n, force, place: (
        f"{who or 'An official'} denied that {n} {force} troops are {place or 'deployed'}."
    ),
    lambda who, n, force, place: (
        f"On 30 October, {who or 'an official'} said {n} {force} troops were {place or 'deployed'}."
    ),
    lambda who, n, force, place: (
        f"{n} {force} troops are {place or 'deployed'}, including 500 officers{_said(who)}."
    ),
)


def _said(who: str) -> str:
    return f", {who} said" if who else ""


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """One sentence of our own with a figure."""
    # Most sentences say that troops are somewhere; the other shapes are spread among them.
    shape = draw(st.sampled_from(_SHAPES[:2] * 4 + _SHAPES))
    force = draw(st.sampled_from(("North Korean",) * 4 + _FORCES))
    place, who, value = (draw(st.sampled_from(pool)) for pool in (_PLACES, _SPEAKERS, _VALUES))
    made = " ".join(shape(who, value, force, place).split())
    return made[0].upper() + made[1:]


@st.composite
def batches(draw: st.DrawFn, most: int = 7) -> list[Article]:
    """Articles in order of arrival: reports, copies, summaries, revisions, in any order of dates."""
    found: list[Article] = []
    texts: list[tuple[str, str, list[str]]] = []
    for number in range(draw(st.integers(1, most))):
        seen = START + timedelta(days=10) + number * HOUR
        hours = draw(st.one_of(st.none(), st.integers(-100, 200)))
        published = None if hours is None else START + hours * HOUR
        step = draw(st.sampled_from(("report", "report", "report", "copy", "summary", "revise")))
        if step == "report" or not texts:
            name, feed = f"story-{number}", f"feed-{draw(st.integers(0, 2))}"
            lines = draw(st.lists(sentences(), min_size=1, max_size=3))
        else:
            name, feed, lines = draw(st.sampled_from(texts))
        if step in {"copy", "summary"}:
            feed = f"copier-{number}"
        elif step == "revise":
            lines = [draw(sentences()), *lines[1:]]
        texts.append((name, feed, lines))
        text = " ".join(lines)
        if step != "summary":
            text = f"{text}\n\n{filler(name)}"
        found.append(report(name, text, feed=feed, published=published, seen=seen))
    return found


def later(articles: Sequence[Article], delay: timedelta) -> list[Article]:
    """The same states of the same entries, read again after a while."""
    return [
        replace(
            one,
            id=article_id(one.feed, one.entry_key, one.fingerprint, one.seen + delay),
            seen=one.seen + delay,
        )
        for one in articles
    ]
