# SPDX-License-Identifier: Apache-2.0
"""Identity: changed and reused ids, one address in several feeds, republished articles, revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_articles import HOUR, START, decided, filler, report, verdicts

from monitor.core.memory import Memory
from monitor.core.model import Article, ArticleVerdict, Basis, Decision, Relation
from monitor.core.recognition import Thresholds, recognise
from tests.copy_scores import article, as_known
from tests.storybook import Story, story, topic

_SENTENCE = "About {} North Korean soldiers are in the Kursk region, the Pentagon said."
_BODY = filler("body of the wire", 150)


def _told(decision: Decision) -> list[str]:
    return [alert.claim.claim.surface for alert in decision.alerts if alert.claim is not None]


def _wire(
    figure: str, name: str = "one", *, body: str = _BODY, after: timedelta = HOUR, **fields: str
) -> Article:
    """Return an article of one feed with a figure in its first sentence."""
    made = report(name, f"{_SENTENCE.format(figure)} {body}", published=START + after)
    return replace(made, feed="feed", **fields)  # type: ignore[arg-type]


_ADDRESS = {"url": "https://news.example/a", "canonical_url": "https://news.example/a"}


def test_a_changed_id_at_the_same_address_is_the_same_entry() -> None:
    """A feed that gives its entries new ids tells nothing twice, and its corrections are noticed."""
    first = _wire("10,000", entry_key="1", **_ADDRESS)
    again = _wire("10,000", "two", entry_key="2", after=2 * HOUR, **_ADDRESS)
    edited = _wire("12,000", "three", entry_key="3", after=3 * HOUR, **_ADDRESS)
    decision = decided(first, again, edited)
    assert [row.verdict for row in decision.outcomes] == ["new", "duplicate", "revision"]
    assert decision.outcomes[2].basis is Basis.URL
    assert verdicts(decision) == ["new", "duplicate", "correction"]


def test_an_id_given_to_another_article_is_another_article() -> None:
    """Another headline, text and address under a known id make a new article in its own group."""
    first = replace(_wire("10,000", entry_key="1", **_ADDRESS), title="The count")
    other = replace(
        _wire("9,000", "two", entry_key="1", body=filler("other news", 200), after=2 * HOUR),
        title="Rain in the south",
        canonical_url="https://news.example/b",
        sketch=article("x", Story("", (filler("other news", 200),))).sketch,
    )
    decision = decided(first, other)
    assert [row.verdict for row in decision.outcomes] == ["new", "new"]
    assert decision.outcomes[0].group != decision.outcomes[1].group


def test_an_article_republished_a_year_later_is_silent() -> None:
    """A new id, address and date do not make an old article news."""
    old = _wire("10,000", entry_key="1")
    again = _wire("10,000", "two", entry_key="2", after=timedelta(days=365))
    decision = decided(old, again)
    assert decision.outcomes[1].verdict is ArticleVerdict.DUPLICATE
    assert _told(decision) == ["10,000"]


def test_a_copy_with_another_figure_is_a_copy_and_tells_it() -> None:
    """95 % of the words and another number: the same group, and one alert more."""
    decision = decided(_wire("10,000"), replace(_wire("12,000", "two", after=2 * HOUR), feed="b"))
    assert decision.outcomes[1].relation is Relation.NEAR
    assert decision.outcomes[1].basis is Basis.TEXT
    assert decision.outcomes[1].group == decision.outcomes[0].group
    assert _told(decision) == ["10,000", "12,000"]


def test_one_address_in_two_feeds_is_one_article() -> None:
    """The teaser of one feed and the full text of another belong together by their address."""
    text = story(topic(1), 1)
    full = replace(article("full", text), canonical_url="https://news.example/a")
    bare = Story(text.title, ("In words of its own, the newsletter says what this is about.",))
    teaser = replace(article("teaser", bare), canonical_url="https://news.example/a")
    found = recognise(teaser, Memory(articles=[as_known(full)]))
    assert (found.verdict, found.basis, found.group) == ("duplicate", Basis.URL, "full")


@pytest.mark.parametrize("url", ["https://news.example/", "https://news.example/live"])
def test_different_texts_at_one_address_stay_apart(url: str) -> None:
    """Some feeds link every entry to the front page or to a live page."""
    one = replace(article("one", story(topic(1), 1)), canonical_url=url)
    other = replace(article("other", story(topic(2), 2)), canonical_url=url)
    assert recognise(other, Memory(articles=[as_known(one)])).verdict is ArticleVerdict.NEW


def test_a_headline_without_text_is_known_for_a_week() -> None:
    """Later the same words are news again."""
    text = story(topic(1), 1)
    known = Memory(articles=[as_known(article("full", text))])
    bare = article("bare", Story(f"UPDATE 1-{text.title}", ()))
    assert recognise(bare, known).basis is Basis.HEADLINE
    late = replace(bare, published=None, seen=bare.seen + timedelta(days=30))
    assert recognise(late, known).verdict is ArticleVerdict.NEW


def test_a_passage_that_several_stories_print_makes_no_copy() -> None:
    """A quote sent round by itself belongs to none of the stories that have it."""
    about = topic(1)
    known = Memory(
        articles=[as_known(article(f"s{row}", story(about, row, quotes=4))) for row in range(3)]
    )
    alone = article("alone", Story("", (f"{about.quotes[0]} {about.quotes[1]}",)))
    assert recognise(alone, known).relation in {Relation.NONE, Relation.CONTAINED}
    stock = article("stock", Story("", (" ".join(about.background[:1]),)))
    both = Memory(
        articles=[as_known(article(f"b{row}", story(about, row, background=3))) for row in range(3)]
    )
    assert recognise(stock, both).verdict is ArticleVerdict.NEW


def test_thresholds_are_the_sites_own() -> None:
    """A site that wants exact copies only gets them."""
    text = story(topic(1), 1)
    known = Memory(articles=[as_known(article("full", text))])
    cut = article("cut", text.with_paragraphs(text.paragraphs[:-1]))
    lead = text.with_paragraphs(("A lead of one's own that nobody else has printed before.",))
    mixed = article("mixed", lead.with_paragraphs((*lead.paragraphs, *text.paragraphs[1:])))
    assert recognise(cut, known).relation is Relation.NEAR
    strict = Thresholds(near=1.0, even=1.0, whole=1.0)
    assert recognise(mixed, known, strict).verdict is ArticleVerdict.NEW


def test_a_changed_entry_says_what_became_of_its_figures() -> None:
    """Altered, kept, added and gone figures are stored with the reading that changed them."""
    kept = "Some 3,000 Russian soldiers are in Belgorod, the Pentagon said."
    gone = "About 2,000 Polish soldiers are in Syria, the Pentagon said."
    added = "About 5,000 Turkish soldiers are in Libya, the Pentagon said."
    first = _wire("10,000", entry_key="1", body=f"{kept} {gone} {_BODY}")
    edited = _wire("12,000", "two", entry_key="1", body=f"{kept} {added} {_BODY}", after=2 * HOUR)
    decision = decided(first, edited)
    changes = decision.outcomes[1].changes
    assert changes is not None
    by_id = {row.id: row.claim.low for outcome in decision.outcomes for row in outcome.claims}
    assert changes.previous == decision.outcomes[0].article.id
    assert [(by_id[old], by_id[new]) for old, new in changes.altered] == [(10_000, 12_000)]
    assert [by_id[row] for row in changes.kept] == [3_000]
    assert [by_id[row] for row in changes.added] == [5_000]
    assert [by_id[row] for row in changes.gone] == [2_000]
