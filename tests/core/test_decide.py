# SPDX-License-Identifier: Apache-2.0
"""The decision: its two laws as properties, and what a batch leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_alerts import PENTAGON, ZELENSKY, claim
from sample_articles import (
    HOUR,
    RULE,
    RULES,
    START,
    article,
    batches,
    decided,
    filler,
    later,
    policy,
    report,
    rows_of,
    verdicts,
)

from monitor.core.decide import decide, fold
from monitor.core.memory import Memory
from monitor.core.model import Article, Decision, Disposition, LedgerClaim, Relation, Verdict
from monitor.core.rules import RuleSet, RuleStatus

_MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def _in_pieces(pieces: list[list[Article]]) -> Decision:
    memory = Memory()
    parts: list[Decision] = []
    for piece in pieces:
        decision, memory = fold(piece, memory, policy())
        parts.append(decision)
    return Decision(
        outcomes=tuple(outcome for part in parts for outcome in part.outcomes),
        alerts=tuple(alert for part in parts for alert in part.alerts),
        witnesses=tuple(witness for part in parts for witness in part.witnesses),
    )


# --- the laws --------------------------------------------------------------------------------


@_MANY
@given(batch=batches(), data=st.data())
def test_splitting_a_batch_anywhere_changes_nothing(
    batch: list[Article], data: st.DataObject
) -> None:
    """Ids, verdicts, alerts and witnesses are the same however the articles are divided."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(batch)))))
    bounds = [0, *cuts, len(batch)]
    pieces = [batch[start:end] for start, end in pairwise(bounds)]
    assert _in_pieces(pieces) == decide(batch, Memory(), policy())


@_MANY
@given(batch=batches(), days=st.integers(0, 40))
def test_a_second_pass_over_the_same_articles_raises_nothing(
    batch: list[Article], days: int
) -> None:
    """Whatever a batch holds, reading the same states again later is never news."""
    _, memory = fold(batch, Memory(), policy())
    again = decide(later(batch, timedelta(days=days)), memory, policy())
    assert again.alerts == ()
    assert {row.verdict for row in rows_of(again)} <= {Verdict.DUPLICATE, Verdict.DETAIL}


@_MANY
@given(batch=batches())
def test_one_dedup_key_never_alerts_twice(batch: list[Article]) -> None:
    """All alerts of a history have different keys and ids."""
    alerts = decide(batch, Memory(), policy()).alerts
    assert len({alert.dedup_key for alert in alerts}) == len(alerts)
    assert len({alert.id for alert in alerts}) == len(alerts)


@_MANY
@given(batch=batches())
def test_the_ledger_only_grows(batch: list[Article]) -> None:
    """A row, once written, stays as it is; only the mark that it was taken back may be added."""
    memory = Memory()
    written: dict[str, LedgerClaim] = {}
    for one in batch:
        decision, following = fold([one], memory, policy())
        for row in rows_of(decision):
            assert row.id not in written
            written[row.id] = row
        for row_id, row in written.items():
            kept = following.claim(row_id)
            assert kept is not None
            assert replace(kept, withdrawn=row.withdrawn) == row
            assert kept.withdrawn or not row.withdrawn
            written[row_id] = kept
        memory = following


def test_generated_batches_hold_what_the_laws_are_about() -> None:
    """The batches above reach every verdict, relation and outcome, so that the laws are no idle talk."""
    reached: set[str] = set()
    forces: set[str | None] = set()
    places: set[str | None] = set()

    @settings(
        max_examples=250,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=True,
        database=None,
    )
    @given(batch=batches())
    def collect(batch: list[Article]) -> None:
        decision = decide(batch, Memory(), policy())
        reached.update(verdicts(decision))
        reached.update(f"relation {outcome.relation}" for outcome in decision.outcomes)
        reached.update(f"article {outcome.verdict}" for outcome in decision.outcomes)
        reached.update(f"kind {row.claim.kind}" for row in rows_of(decision))
        reached.update("witness" for _ in decision.witnesses)
        reached.update("withdrawn" for outcome in decision.outcomes if outcome.withdrawn)
        forces.update(row.claim.force for row in rows_of(decision))
        places.update(row.claim.place for row in rows_of(decision))

    collect()
    assert reached >= {
        *(set(Verdict) - {Verdict.PAST, Verdict.EXERCISE, Verdict.HYPOTHETICAL}),
        *(f"relation {relation}" for relation in Relation),
        "article new",
        "article revision",
        "article duplicate",
        "kind increment",
        "kind subset",
        "witness",
        "withdrawn",
    }
    assert forces >= {"KP", "RU", "BY"}
    assert places >= {"russia", "kursk", "sudzha", "belgorod", "voronezh", "belarus", None}


# --- single cases ----------------------------------------------------------------------------

_FIGURE = claim(10_000, source=PENTAGON, as_of=None)


def test_ids_do_not_depend_on_the_batch() -> None:
    """An article's rows and alerts have the same ids alone and among others."""
    one = article("one", _FIGURE)
    other = article("other", claim(300, force="RU", source=ZELENSKY))
    alone, among = decided(one), decided(other, one)
    assert rows_of(alone)[0].id == rows_of(among)[1].id
    assert alone.alerts[0].id == among.alerts[1].id


def test_memory_is_not_changed_by_deciding() -> None:
    """The fold works on a copy: the same memory gives the same decision again."""
    _, memory = fold([article("before", claim(9_000, source=PENTAGON))], Memory(), policy())
    batch = [article("one", _FIGURE)]
    assert decide(batch, memory, policy()) == decide(batch, memory, policy())


@pytest.mark.parametrize(
    ("published", "silent"),
    [
        (START - HOUR, True),
        (None, True),
        (START, False),
        (START + HOUR, False),
        (START.replace(hour=0), False),
        (START.replace(hour=0) - 24 * HOUR, True),
    ],
    ids=["older", "undated", "at the moment", "younger", "that day", "the day before"],
)
def test_a_first_poll_ingests_old_articles_without_alerts(published: object, silent: bool) -> None:
    """Old and undated entries of a first poll stay silent; fresh ones alert."""
    one = replace(article("one", _FIGURE, seen=START + 2 * HOUR), published=published)
    decision, memory = fold([one], Memory(), policy(silent_before=START))
    assert bool(decision.alerts) is not silent
    assert decision.outcomes[0].silenced == ("first-poll" if silent else None)
    assert verdicts(decision) == ["new"]
    second = article("second", _FIGURE, published=START + 3 * HOUR)
    after = decide([second], memory, policy())
    assert verdicts(after) == ["restatement"]
    assert after.alerts == ()


def test_seeding_silences_everything_and_remembers() -> None:
    """With a reason to silence all, nothing alerts, and everything is known afterwards."""
    one = article("one", _FIGURE)
    decision, memory = fold([one], Memory(), policy(silence_all="seed"))
    assert decision.alerts == ()
    assert decision.outcomes[0].silenced == "seed"
    assert [row.verdict for row in memory.claims_like("troops", "KP")] == [Verdict.NEW]


_TEXT = filler("wire copy")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (article("copier", _FIGURE, text=_TEXT, published=START + HOUR), "duplicate"),
        (article("rewriter", _FIGURE, published=START + HOUR), "restatement"),
        (
            article("ally", replace(_FIGURE, source=ZELENSKY), published=START + HOUR),
            "corroboration",
        ),
        (
            article("unnamed", replace(_FIGURE, source=None), published=START + HOUR),
            "restatement",
        ),
    ],
    ids=["a copy", "the same source elsewhere", "another source agrees", "nobody named"],
)
def test_later_reports_become_witnesses_of_the_known_alert(second: Article, expected: str) -> None:
    """Whoever carries a figure that alerted is attached to its alert; others are not alerted."""
    first = article("first", _FIGURE, text=_TEXT)
    decision = decided(first, second)
    assert verdicts(decision) == ["new", expected]
    sent = [alert for alert in decision.alerts if alert.disposition == "alert"]
    assert len(sent) == 1
    (witness,) = (row for row in decision.witnesses if row.alert == sent[0].id)
    assert (witness.article, witness.group) == (second.id, decision.outcomes[1].group)


def test_a_witness_of_another_figure_is_not_attached() -> None:
    """A revision starts its own alert and is no witness of the figure that it replaces."""
    revised = article("second", claim(12_000, source=PENTAGON, as_of=None), published=START + HOUR)
    decision = decided(article("first", _FIGURE), revised)
    assert verdicts(decision) == ["new", "revision"]
    assert decision.witnesses == ()


def test_a_restatement_of_a_restatement_still_finds_the_alert() -> None:
    """The third outlet is attached to the alert of the first."""
    articles = [
        article(name, _FIGURE, published=START + hour * HOUR)
        for hour, name in enumerate(("first", "second", "third"))
    ]
    decision = decided(*articles)
    assert [witness.article for witness in decision.witnesses] == [
        articles[1].id,
        articles[2].id,
    ]
    assert {witness.alert for witness in decision.witnesses} == {decision.alerts[0].id}


def test_a_copy_of_a_restating_article_is_a_witness_of_the_first_alert() -> None:
    """What a known row only repeats is followed back to the row that alerted."""
    text = filler("restating")
    decision = decided(
        article("first", _FIGURE),
        article("second", _FIGURE, text=text, published=START + HOUR),
        article("copier", _FIGURE, text=text, published=START + 2 * HOUR),
    )
    assert verdicts(decision) == ["new", "restatement", "duplicate"]
    first, second = decision.witnesses
    assert (first.alert, second.alert) == (decision.alerts[0].id,) * 2
    assert first.group == second.group


def test_a_figure_at_its_new_place_is_a_witness_of_that_news_only() -> None:
    """Who repeats that the 10,000 are in Kursk is no further witness of the 10,000 in Russia."""
    decision = decided(
        article("first", replace(_FIGURE, place="russia")),
        article("second", _FIGURE, published=START + HOUR),
        article("third", _FIGURE, published=START + 2 * HOUR),
    )
    assert verdicts(decision) == ["new", "new-place", "restatement"]
    assert [witness.alert for witness in decision.witnesses] == [decision.alerts[1].id]


def test_agreement_is_with_the_row_that_alerted_not_with_a_recalled_one() -> None:
    """A figure that was recalled before it was news: who agrees is a witness of the news."""
    decision = decided(
        article("recalling", replace(_FIGURE, recalled=True)),
        article("first", _FIGURE, published=START + HOUR),
        article("ally", replace(_FIGURE, source=ZELENSKY), published=START + 2 * HOUR),
    )
    assert verdicts(decision) == ["recall", "new", "corroboration"]
    assert [witness.alert for witness in decision.witnesses] == [decision.alerts[0].id]


def test_a_figure_two_roundings_away_is_no_witness() -> None:
    """10,300 restates 10,150, which restated 10,000 at a wider place: it does not say 10,000."""
    decision = decided(
        article("first", _FIGURE),
        *(
            article(
                f"later-{low}",
                claim(low, source=PENTAGON, place="russia", as_of=None),
                published=START + low * HOUR / 10_000,
            )
            for low in (10_150, 10_300)
        ),
    )
    assert verdicts(decision) == ["new", "restatement", "restatement"]
    assert [witness.article for witness in decision.witnesses] == [decision.outcomes[1].article.id]


def test_verdicts_do_not_depend_on_rules() -> None:
    """Without any rule the ledger is the same."""
    batch = [
        report("one", "About 10,000 North Korean troops are in Russia, the Pentagon said."),
        report("two", "There are 11,000 North Korean soldiers in Kursk, Zelensky said."),
    ]
    assert rows_of(decided(*batch, rules=RuleSet(rules=()))) == rows_of(decided(*batch))


def test_an_experimental_rule_is_evaluated_and_never_alerts() -> None:
    """A rule in shadow has its hits in the outcome and raises nothing."""
    shadow = RuleSet(rules=(replace(RULE, status=RuleStatus.EXPERIMENTAL),))
    decision = decided(article("one", _FIGURE), rules=shadow)
    assert decision.alerts == ()
    assert [hit.rule for hit in decision.outcomes[0].evaluations[0].hits] == [RULE.id]


def test_a_copy_with_an_added_figure_alerts_for_that_figure_only() -> None:
    """A duplicate is still read for claims, because editors append new figures."""
    text = filler("appended", 120)
    more = claim(700, source=ZELENSKY, place="belgorod")
    decision = decided(
        article("first", _FIGURE, text=text),
        article("copier", _FIGURE, more, text=f"{text} And more.", published=START + HOUR),
    )
    assert verdicts(decision) == ["new", "duplicate", "new"]
    assert [alert.claim.claim.low for alert in decision.alerts if alert.claim] == [10_000, 700]


def test_the_replaced_figure_may_stand_in_the_same_article() -> None:
    """A figure that replaces one of its own article is shown with it, and measured against it."""
    older = claim(10_000, source=PENTAGON)
    newer = claim(12_000, source=PENTAGON)
    decision = decided(article("one", older, newer))
    assert verdicts(decision) == ["new", "revision"]
    assert decision.alerts[1].previous[0].id == rows_of(decision)[0].id


def test_rules_in_force_are_those_of_the_policy() -> None:
    """Each alert names the rule that raised it, in the order of the rules."""
    second = replace(RULE, id="test.zz")
    decision = decided(article("one", _FIGURE), rules=RuleSet(rules=(RULES.rules[0], second)))
    assert [alert.rule for alert in decision.alerts] == ["test.troops", "test.zz"]


def test_a_figure_that_is_still_claimed_goes_to_the_digest() -> None:
    """After a month of silence a repeat is listed once, whatever the rule asks for; never pushed."""
    decision = decided(
        article("first", _FIGURE),
        article("again", _FIGURE, published=START + timedelta(days=31)),
        article("and-again", _FIGURE, published=START + timedelta(days=32)),
        article("later", _FIGURE, published=START + timedelta(days=70)),
    )
    assert verdicts(decision) == ["new", "restatement", "restatement", "restatement"]
    assert [(alert.disposition, alert.article.id) for alert in decision.alerts] == [
        (Disposition.ALERT, decision.outcomes[0].article.id),
        (Disposition.DIGEST, decision.outcomes[1].article.id),
        (Disposition.DIGEST, decision.outcomes[3].article.id),
    ]
