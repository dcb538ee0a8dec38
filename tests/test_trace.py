# SPDX-License-Identifier: Apache-2.0
"""Explaining an article: every stage, what it was compared with, and why each rule was silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sample_articles import RULE, START, filler, policy, report

from monitor.config import Settings
from monitor.core.expression import compile_expression
from monitor.core.model import Article
from monitor.core.rules import FigureCondition, MinChange, Rule, RuleKind, RuleSet
from monitor.dispatch import Dispatch
from monitor.knowledge import shipped_knowledge
from monitor.pipeline import Site, decide_and_commit
from monitor.store import Store, open_store
from monitor.trace import dry_run, trace_of, trace_text

_RULES = RuleSet(
    rules=(
        Rule(
            id="test.troops",
            title="Troops",
            kind=RuleKind.FIGURE_CHANGE,
            figure=FigureCondition(
                measure="troops", min_change=MinChange(amount=0.05, is_share=True)
            ),
        ),
        Rule(
            id="test.words",
            title="Words",
            kind=RuleKind.KEYWORD,
            match=compile_expression("troops AND berlin"),
        ),
    )
)
_FIRST = f"About 10,000 North Korean troops are in Kursk, the Pentagon said. {filler('first', 90)}"
_MOMENT = START + timedelta(days=2)


@pytest.fixture
def store() -> Iterator[Store]:
    """A throw-away store that knows one report."""
    opened = open_store(None)
    _store_it(opened, report("first", _FIRST))
    yield opened
    opened.close()


def _store_it(store: Store, article: Article) -> None:
    decide_and_commit(store, Dispatch(store), (article,), policy(_RULES), (), None)


def _explained(store: Store, text: str) -> dict[str, Any]:
    """The trace of a new text, decided now against the store."""
    site = Site(
        settings=Settings(),
        knowledge=shipped_knowledge(),
        knowledge_roots=(),
        rules=_RULES,
        subscribers=(),
    )
    record = {
        "id": "x",
        "feed": "try",
        "url": None,
        "title": "A count",
        "text": text,
        "published": _MOMENT,
        "guid": None,
    }
    outcome, alerts = dry_run(site, store, record, _MOMENT)
    return trace_of(outcome, alerts, store.claim, site.knowledge.gazetteer)


def _reasons(trace: dict[str, Any], rule: str) -> list[str]:
    (found,) = (row for row in trace["rules"] if row["rule"] == rule)
    return [row["reason"] for row in (*found["hits"], *found["misses"])]


def test_a_trace_names_every_stage(store: Store) -> None:
    """Text, memory, claims, rejected numbers, rules and alerts, in one record."""
    trace = _explained(
        store,
        "The Pentagon said 12,000 North Korean troops are in Kursk. About 300 of the troops were"
        " killed, it said.",
    )
    assert trace["article"]["title"] == "A count"
    assert trace["article"]["published"] == "2024-11-06T08:00:00+00:00"
    assert trace["memory"]["verdict"] == "new"
    assert [row["verdict"] for row in trace["claims"]] == ["revision"]
    assert trace["claims"][0]["why"]
    assert [row["text"] for row in trace["rejected"]] == ["300"]
    assert trace["rejected"][0]["reason"]
    assert [row["rule"] for row in trace["alerts"]] == ["test.troops"]
    assert trace["alerts"][0]["claim"] == trace["claims"][0]["id"]
    assert trace["silenced"] is None


def test_a_trace_cites_the_rows_that_a_verdict_rests_on(store: Store) -> None:
    """With what was said, by whom it was carried, and when."""
    trace = _explained(store, "The Pentagon said 12,000 North Korean troops are in Kursk.")
    (compared,) = trace["claims"][0]["compared"]
    assert compared["publisher"] == "The first"
    assert compared["said"] == START.isoformat()
    assert "10,000" in compared["summary"]
    assert "replaces Pentagon: 10,000 in Kursk (4 Nov 2024)" in trace["claims"][0]["reason"]


def test_a_trace_cites_rows_of_the_article_itself(store: Store) -> None:
    """A figure that replaces another one of a text not yet stored is compared with that one."""
    trace = _explained(
        store,
        "Zelensky said 14,000 North Korean troops are in Belgorod. Later that day, Zelensky said"
        " 16,000 North Korean troops are in Belgorod.",
    )
    first, second = trace["claims"]
    assert (first["verdict"], second["verdict"]) == ("new", "revision")
    assert [row["id"] for row in second["compared"]] == [first["id"]]


def test_a_trace_names_the_nearest_article(store: Store) -> None:
    """A copy says of what, and how alike; a new text says what came closest, if anything did."""
    copy = _explained(store, _FIRST)["memory"]
    known = report("first", _FIRST).id
    assert (copy["relation"], copy["nearest"], copy["similarity"]) == ("near", known, 1.0)
    half = f"{_FIRST[: len(_FIRST) // 3]} {filler('half', 160)}"
    miss = _explained(store, half)["memory"]
    assert (miss["verdict"], miss["relation"], miss["nearest"]) == ("new", "none", known)
    assert 0 < miss["similarity"] < 0.5
    assert _explained(store, filler("nothing alike"))["memory"]["nearest"] is None


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        (
            "The Pentagon said 10,300 North Korean troops are in Kursk.",
            "test.troops",
            "change 3% < 5%; would have fired with min_change 3%",
        ),
        (
            "The Pentagon said 10,000 North Korean troops are in Kursk.",
            "test.troops",
            "verdict restatement is not in alert_on (same as Pentagon: 10,000 in Kursk (4 Nov 2024))",
        ),
        (
            "The Pentagon said 12,000 North Korean troops are in Kursk.",
            "test.words",
            "words: berlin not found",
        ),
    ],
    ids=["too small a change", "nothing new", "a word is missing"],
)
def test_a_silent_rule_gives_its_reason(store: Store, text: str, rule: str, reason: str) -> None:
    """And where a limit was missed, what would have fired."""
    assert _reasons(_explained(store, text), rule) == [reason]


def test_a_dry_run_writes_nothing(store: Store) -> None:
    """Explaining a text twice gives the same answer, and the store does not learn it."""
    text = "The Pentagon said 12,000 North Korean troops are in Kursk."
    first = _explained(store, text)
    assert _explained(store, text) == first
    assert store.find_article(first["article"]["id"]) is None


def test_a_stored_article_is_explained_as_it_was_decided(store: Store) -> None:
    """What is learned later does not change the answer about an earlier article."""
    second = report("second", "The Pentagon said 12,000 North Korean troops are in Kursk.")
    known = report("first", _FIRST).id
    gazetteer = shipped_knowledge().gazetteer

    def explained() -> dict[str, Any]:
        outcome = store.find_article(known)
        assert outcome is not None
        return trace_of(outcome, store.alerts_of(known), store.claim, gazetteer)

    before = explained()
    _store_it(store, second)
    assert explained() == before
    assert [row["verdict"] for row in before["claims"]] == ["new"]
    assert [row["rule"] for row in before["alerts"]] == [RULE.id]


def test_what_becomes_of_a_claim_later_stands_apart(store: Store) -> None:
    """A correction withdraws a claim; the trace of the article that made it stays as it was."""
    known = report("first", _FIRST).id

    def explained() -> dict[str, Any]:
        outcome = store.find_article(known)
        assert outcome is not None
        gazetteer = shipped_knowledge().gazetteer
        return trace_of(outcome, store.alerts_of(known), store.claim, gazetteer)

    before = explained()
    changed = _FIRST.replace("10,000", "11,500")
    _store_it(store, report("first", changed, seen=START + timedelta(hours=5)))
    after = explained()
    assert before.pop("since") == {"withdrawn": []}
    assert after.pop("since") == {"withdrawn": [row["id"] for row in before["claims"]]}
    assert after == before


def test_a_trace_says_how_a_claim_stands_to_what_it_was_compared_with(store: Store) -> None:
    """The value, the change, the place and the family."""
    trace = _explained(store, "The Pentagon said 12,000 North Korean troops are in Kursk.")
    (compared,) = trace["claims"][0]["compared"]
    assert (compared["value"], compared["change"]) == ("different", "+2,000 (+20 %)")
    assert (compared["place"], compared["same_family"]) == ("equal", True)
    assert trace["claims"][0]["facts"] == ["new-high"]
    assert "different, +2,000 (+20 %); same place; same family" in trace_text(trace)


def test_a_silent_rule_shows_the_claim_that_came_nearest(store: Store) -> None:
    """One line per rule, however many claims there are."""
    text = trace_text(
        _explained(
            store,
            "The Pentagon said 10,300 North Korean troops are in Kursk. Several thousand North"
            " Korean troops are in Belarus, the Pentagon said.",
        )
    )
    assert "test.troops: silent: change 3% < 5%" in text
    assert "that is the nearest of 2: 10,300 North Korean troops in Kursk (Pentagon)" in text


def test_a_terminal_shows_the_figure_marked(store: Store) -> None:
    """The painter is told what each piece is; the sentence keeps its words."""
    trace = _explained(store, "The Pentagon said 12,000 North Korean troops are in Kursk.")
    text = trace_text(trace, lambda piece, what: f"<{what}>{piece}</{what}>")
    assert "“The Pentagon said <figure>12,000</figure> North Korean troops are in Kursk.”" in text
    assert "<verdict>revision</verdict>" in text
    assert "<title>A count</title>" in text


def test_the_text_form_says_the_same(store: Store) -> None:
    """For a terminal: the sentence, the verdict, the rows, the rejected numbers and the rules."""
    text = trace_text(
        _explained(
            store,
            "The Pentagon said 10,300 North Korean troops are in Kursk. About 300 of the troops"
            " were killed, it said.",
        )
    )
    for part in (
        "A count\n",
        "text: new; ",
        "revision: replaces Pentagon: 10,000 in Kursk (4 Nov 2024)",
        "“The Pentagon said 10,300 North Korean troops are in Kursk.”",
        "compared with ",
        "(The first, 2024-11-04)",
        "numbers not taken:\n  '300': ",
        "test.troops: silent: change 3% < 5%; would have fired with min_change 3%",
        "test.words: silent: words: berlin not found",
        "alerts: none",
    ):
        assert part in text
