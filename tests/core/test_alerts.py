# SPDX-License-Identifier: Apache-2.0
"""From hits to alerts and messages: dedup keys, what is shown before, routes, one message a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sample_alerts import EMAIL, NEW_ROW, NOW, PENTAGON, WEBHOOK, ZELENSKY, alert, claim
from sample_articles import (
    GAZETTEER,
    HOUR,
    RULE,
    START,
    article,
    decided,
    filler,
    report,
    rows_of,
    verdicts,
)

from monitor.core.alerts import alert_id, dedup_key, message_id
from monitor.core.model import (
    Alert,
    Disposition,
    Kind,
    LedgerClaim,
    Message,
    Severity,
    Status,
    Verdict,
)
from monitor.core.routing import Situation, plan
from monitor.core.rules import RuleSet
from monitor.core.subscribers import Subscriber

SEOUL = GAZETTEER.source("nis")
_FIGURE = claim(10_000, source=PENTAGON, as_of=None)

# --- the dedup key ---------------------------------------------------------------------------


def _row(**fields: object) -> LedgerClaim:
    return replace(NEW_ROW, **fields)  # type: ignore[arg-type]


_SERIES = NEW_ROW.series
_DIFFERENT = {
    "the measure": _row(series=replace(_SERIES, measure="layoffs")),
    "the force": _row(series=replace(_SERIES, force="RU")),
    "the unit": _row(series=replace(_SERIES, unit="brigades")),
    "the place": _row(series=replace(_SERIES, place="belgorod")),
    "no place": _row(series=replace(_SERIES, place=None)),
    "the kind": _row(series=replace(_SERIES, kind=Kind.INCREMENT)),
    "the status": _row(series=replace(_SERIES, status=Status.PLANNED)),
    "the family": _row(family="us-government"),
    "no family": _row(family=None),
    "the value": _row(claim=replace(NEW_ROW.claim, low=11_001, high=11_001)),
    "a range": _row(claim=replace(NEW_ROW.claim, high=12_000)),
    "the rung": _row(rung=1),
    "a correction": _row(verdict=Verdict.CORRECTION),
}
_EQUAL = {
    "the article": _row(article="another", group="another", id="another"),
    "the publisher": _row(publisher="Another", feed="another"),
    "the time": _row(said=NOW, seen=NOW),
    "the wording": _row(claim=replace(NEW_ROW.claim, approximate=True, surface="eleven")),
    "the speaker": _row(claim=replace(NEW_ROW.claim, source=GAZETTEER.source("ukraine-hur"))),
    "the confidence": _row(claim=replace(NEW_ROW.claim, confidence=0.1)),
    "the verdict": _row(verdict=Verdict.REVISION),
}


@pytest.mark.parametrize("row", _DIFFERENT.values(), ids=_DIFFERENT)
def test_another_key_for_another(row: LedgerClaim) -> None:
    """Rule, series, source family, value and rung make an alert what it is."""
    assert dedup_key("r", row, "g") != dedup_key("r", NEW_ROW, "g")


@pytest.mark.parametrize("row", _EQUAL.values(), ids=_EQUAL)
def test_the_same_key_for_another(row: LedgerClaim) -> None:
    """Nothing else does, so that another outlet or a restart never repeats an alert."""
    assert dedup_key("r", row, "other") == dedup_key("r", NEW_ROW, "g")


def test_all_keys_differ_from_each_other() -> None:
    """No two of the differences meet in one key, nor do two rules."""
    rows = [NEW_ROW, *_DIFFERENT.values()]
    keys = {dedup_key(rule, row, "g") for rule in ("r", "q") for row in rows}
    assert len(keys) == 2 * len(rows)


def test_alerts_about_articles_are_keyed_by_publication_group() -> None:
    """A keyword rule tells each group once."""
    assert dedup_key("r", None, "one") != dedup_key("r", None, "two")


def test_an_alert_id_is_a_function_of_its_key() -> None:
    """Receivers recognise a repeated delivery by it, so it is frozen."""
    assert alert_id("key") == "al_2c70e12b7a0646f9"


# --- what an alert shows ---------------------------------------------------------------------


def test_the_ladder_begins_with_the_replaced_figure() -> None:
    """Then come the other figures of the same kind, newest first, one for each who said it."""
    said = [
        ("replaced", claim(9_000, source=PENTAGON, as_of=None), 1),
        ("again", claim(9_000, source=PENTAGON, as_of=None), 2),
        ("ally", claim(8_000, source=ZELENSKY, as_of=None), 3),
        ("seoul", claim(7_000, source=SEOUL, place="russia", as_of=None), 4),
        ("vague", claim(2_000, 9_999, surface="thousands", vague=True, as_of=None), 5),
        ("planned", claim(500, source=SEOUL, status=Status.PLANNED, as_of=None), 6),
        ("others", claim(400, source=SEOUL, force="RU", as_of=None), 7),
    ]
    decision = decided(
        *(article(name, one, published=START + hour * HOUR) for name, one, hour in said),
        article("now", _FIGURE, published=START + 9 * HOUR),
    )
    last = decision.alerts[-1]
    assert last.claim is not None
    assert last.claim.verdict is Verdict.REVISION
    assert [row.claim.low for row in last.previous] == [9_000, 7_000, 8_000]
    assert last.previous[0].id == rows_of(decision)[0].id


def test_the_ladder_is_short() -> None:
    """At most eight other figures are shown."""
    others = [
        article(
            f"a{number}",
            claim(1_000 * 2**number, source=SEOUL, as_of=None),
            published=START + number * HOUR,
        )
        for number in range(10)
    ]
    now = article("now", claim(7, source=ZELENSKY, as_of=None), published=START + 20 * HOUR)
    assert len(decided(*others, now).alerts[-1].previous) == 8


def test_an_alert_cites_its_article_and_rule() -> None:
    """Everything that a message needs is in the alert."""
    one = article("one", _FIGURE, title="Counted", url="https://news.example/a?x=1")
    raised = decided(one).alerts[0]
    assert (raised.rule, raised.rule_title, raised.severity) == (RULE.id, RULE.title, RULE.severity)
    assert (raised.article.id, raised.article.url) == (one.id, "https://news.example/a?x=1")
    assert (raised.article.title, raised.article.publisher) == ("Counted", "The one")
    assert raised.reason == "new: nobody has put a figure to this before"
    assert raised.id == alert_id(raised.dedup_key)


# --- routes ----------------------------------------------------------------------------------

_DESK = Subscriber(id="desk", channels=(EMAIL,))


def _told(alerts: Sequence[Alert], subscriber: Subscriber) -> tuple[Message, ...]:
    """Return what goes out at once."""
    return plan(alerts, subscriber, Situation(now=NOW, gazetteer=GAZETTEER)).messages


@pytest.mark.parametrize(
    ("subscriber", "told", "expected"),
    [
        ({}, {}, True),
        ({"rules": ("troops.*",)}, {"rule": "troops.kp"}, True),
        ({"rules": ("troops.*",)}, {"rule": "layoffs.kp"}, False),
        ({"rules": ("troops.kp",)}, {"rule": "troops.kp.more"}, False),
        ({"rules": ("layoffs.*", "troops.kp")}, {"rule": "troops.kp"}, True),
        ({"rules": ("Troops.*",)}, {"rule": "troops.kp"}, False),
        ({"rules": ()}, {}, False),
        ({"min_severity": Severity.HIGH}, {"severity": Severity.HIGH}, True),
        ({"min_severity": Severity.HIGH}, {"severity": Severity.CRITICAL}, True),
        ({"min_severity": Severity.HIGH}, {"severity": Severity.WARNING}, False),
        ({}, {"disposition": Disposition.DIGEST}, False),
    ],
    ids=[
        "all",
        "a pattern",
        "another pattern",
        "a whole id",
        "one of several",
        "case matters",
        "none",
        "loud enough",
        "louder",
        "too quiet",
        "for the digest",
    ],
)
def test_a_subscriber_is_told_by_rule_and_severity(
    subscriber: dict[str, object], told: dict[str, object], expected: bool
) -> None:
    """Patterns over rule ids, a least severity, and only what is to be sent at once."""
    who = replace(_DESK, **subscriber)  # type: ignore[arg-type]
    assert bool(_told([alert("a", NEW_ROW, **told)], who)) is expected


# --- messages --------------------------------------------------------------------------------

_ALERTS = (
    alert("a1", NEW_ROW),
    alert("a2", NEW_ROW, rule="watch.kursk"),
    alert("a3", NEW_ROW),
    alert("a4", NEW_ROW, disposition=Disposition.DIGEST),
)


def _ids(alerts: tuple[Alert, ...]) -> list[str]:
    return [one.id for one in alerts]


def test_one_message_per_channel_and_rule() -> None:
    """All alerts that one commit raised for one rule go out together, to each channel."""
    both = Subscriber(id="both", channels=(EMAIL, WEBHOOK))
    found = _told(_ALERTS, both)
    assert [(one.channel.id, one.rule, _ids(one.alerts)) for one in found] == [
        ("desk/email", "troops.nk-in-russia", ["a1", "a3"]),
        ("desk/email", "watch.kursk", ["a2"]),
        ("siem/webhook", "troops.nk-in-russia", ["a1", "a3"]),
        ("siem/webhook", "watch.kursk", ["a2"]),
    ]


def test_who_wants_nothing_gets_no_message() -> None:
    """No alert, no subscriber or no channel: nothing is queued."""
    deaf = replace(_DESK, rules=("layoffs.*",))
    mute = replace(_DESK, channels=())
    assert _told(_ALERTS, deaf) == _told(_ALERTS, mute) == _told((), _DESK) == ()


def test_message_ids_are_stable_and_differ_by_channel_and_content() -> None:
    """Retries and restarts keep the id; another channel or another alert has another."""
    assert message_id("desk/email", _ALERTS[:1]) == "msg_c91eac1e3f85e97a088a"
    ids = {
        message_id(channel, rows)
        for channel in ("desk/email", "siem/webhook")
        for rows in (_ALERTS[:1], _ALERTS[1:2], _ALERTS[:2])
    }
    assert len(ids) == 6


def test_an_article_with_three_new_figures_makes_one_message() -> None:
    """One mail for an article, however many figures are new in it."""
    text = (
        "The Pentagon said 10,000 North Korean troops are in Kursk. Zelensky said 11,000 North"
        " Korean soldiers are in Kursk. Seoul's spy agency said 13,000 North Korean troops are in"
        f" Kursk. {filler('rest')}"
    )
    decision = decided(report("one", text))
    assert verdicts(decision) == ["new", "new", "new"]
    (told,) = _told(decision.alerts, _DESK)
    assert _ids(told.alerts) == _ids(decision.alerts)


def test_a_figure_that_alerted_under_one_rule_alerts_under_another() -> None:
    """Dedup is by rule: whoever follows the second rule is told as well."""
    rules = RuleSet(rules=(RULE, replace(RULE, id="test.zz")))
    decision = decided(
        article("one", _FIGURE), article("two", _FIGURE, published=START + HOUR), rules=rules
    )
    assert [one.rule for one in decision.alerts] == ["test.troops", "test.zz"]
    assert {witness.alert for witness in decision.witnesses} == set(_ids(decision.alerts))
