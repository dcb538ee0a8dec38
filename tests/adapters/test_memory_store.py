# SPDX-License-Identifier: Apache-2.0
"""Memory in the database: found again by few keys, bounded, and thinned out without losing track."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import MemorySettings
from monitor.core.decide import Policy, decide
from monitor.core.memory import MOST_CANDIDATES, Memory, known, needs
from monitor.core.model import Article, ArticleVerdict, Decision
from monitor.core.prepare import Reading, prepare
from monitor.core.recognition import recognise
from monitor.core.rules import RuleSet
from monitor.knowledge import shipped_knowledge
from monitor.store import EntryMark, PollResult, Retention, Store, corpus_counts, open_store
from monitor.store.rows import packed, unpacked
from monitor.store.schema import migrations
from monitor.upkeep import steps
from tests.copy_scores import NOW, article
from tests.edits import COPIES
from tests.storybook import Story, story, topic

DAY = timedelta(days=1)
POLICY = Policy(rules=RuleSet(rules=()), gazetteer=shipped_knowledge().gazetteer, now=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a fresh store on a file."""
    opened = open_store(tmp_path / "memory.db")
    yield opened
    opened.close()


def learn(store: Store, *articles: Article) -> Decision:
    """Decide articles against the store and commit them."""
    with store.write():
        decision = decide(articles, store.recall(needs(articles)), POLICY)
        store.commit(decision)
    return decision


def stories(count: int = 6) -> list[Article]:
    """Return articles of two topics."""
    return [article(f"s{row}", story(topic(row % 2), row)) for row in range(count)]


def test_the_store_recognises_what_a_memory_of_everything_would(store: Store) -> None:
    """The few articles that are recalled lead to the same answer as all of them."""
    import random  # noqa: PLC0415

    known_ones = stories()
    decision = learn(store, *known_ones)
    everything = Memory(articles=[known(outcome) for outcome in decision.outcomes])
    for name, edit in COPIES.items():
        chance = random.Random(name)  # noqa: S311
        copy = article(f"copy {name}", edit(story(topic(1), 1), topic(1), chance))
        recalled = store.recall(needs([copy]))
        assert recognise(copy, recalled) == recognise(copy, everything), name


def test_a_phrase_that_everyone_prints_costs_a_bounded_look_up(store: Store) -> None:
    """However many articles share a key, only a few are recalled."""
    first = stories(1)[0]
    learn(store, *(replace(first, id=f"c{row}", feed=f"f{row}") for row in range(80)))
    recalled = store.recall(needs([replace(first, id="x", feed="x", fingerprint="fp2:other")]))
    assert len(recalled.candidates(first.sketch, first.title)) <= MOST_CANDIDATES
    assert len([row for row in range(80) if recalled.readings(f"f{row}", first.entry_key)]) < 20


def test_a_sketch_survives_the_database(store: Store) -> None:
    """Order and values come back as they were, four bytes each."""
    one = stories(1)[0]
    learn(store, one)
    found = store.known_article(one.id)
    assert found is not None
    assert found.sketch == one.sketch
    assert len(packed(one.sketch.hashes)) == 4 * len(one.sketch.hashes)
    assert unpacked(packed((1, 2**31 - 1))) == (1, 2**31 - 1)


def test_the_migrations_add_up_to_the_schema(tmp_path: Path) -> None:
    """A database of the first version, migrated, has the tables and columns of a fresh one."""
    old = Database(sqlite3.connect(tmp_path / "old.db"))
    migrations.apply(old, stop_before="m0002_memory")
    old.conn.execute(
        """INSERT INTO articles (id, feed, entry_key, entry_hash, title, text, text_kind, publisher,
             seen, fingerprint, sketch_version, shingles, group_id, verdict, relation, similarity,
             extraction, evaluations)
           VALUES ('a', 'f', 'k', '', 'T', ?, 'entry', 'P', '2024-01-01T00:00:00.000000+00:00',
             'fp1:0', 'fms1', 9, 'g', 'new', 'none', 0, '{}', '[]')""",
        [story(topic(1), 1).text],
    )
    old.conn.commit()
    old.close()
    migrated, fresh = open_store(tmp_path / "old.db"), open_store(tmp_path / "new.db")
    shapes = [
        {
            table: sorted(row["name"] for row in one.rows(f"PRAGMA table_info({table})"))
            for (table,) in one.db.conn.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        for one in (migrated, fresh)
    ]
    assert shapes[0] == shapes[1]
    copy = article("copy", story(topic(1), 1))
    assert recognise(copy, migrated.recall(needs([copy]))).nearest == "a"
    migrated.close()
    fresh.close()


@pytest.mark.parametrize(
    "where",
    [
        "SELECT seq, withdrawn FROM claims WHERE measure = 'troops' AND force = 'KP'",
        "SELECT measure FROM claims WHERE low = 1 AND high = 1 AND NOT withdrawn",
        "SELECT seq FROM claims WHERE article = 'a'",
        "SELECT seq FROM alerts WHERE claim = 'c'",
        "SELECT seq FROM articles WHERE feed = 'f' AND entry_key = 'k'",
        "SELECT seq FROM articles WHERE canonical_url = 'u' ORDER BY seq LIMIT 1",
        "SELECT seq FROM articles WHERE fingerprint = 'p' ORDER BY seq LIMIT 1",
        "SELECT article FROM sketch_keys WHERE key = 1 ORDER BY article DESC LIMIT 16",
    ],
)
def test_what_every_poll_asks_is_found_by_an_index(store: Store, where: str) -> None:
    """A scan is quick on the first day and a second long after a year."""
    plan = " ".join(row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {where}"))
    assert "SEARCH" in plan
    assert "SCAN" not in plan


def test_a_row_that_was_rolled_back_is_not_remembered(store: Store) -> None:
    """Its number is given to the next row, which must not be taken for it."""

    def claim_of(figure: str, name: str) -> Article:
        sentence = f"About {figure} North Korean soldiers are in Kursk, the Pentagon said."
        reading = Reading(
            feed=name,
            publisher="P",
            entry_key=name,
            entry_hash="",
            url=None,
            title="",
            content=sentence,
            content_is_html=False,
            seen=NOW,
        )
        return prepare(reading, shipped_knowledge())

    def fail_late() -> None:
        with store.write():
            learn(store, claim_of("9,000", "lost"))
            store.recall(needs([claim_of("8,000", "asks")]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_late()
    learn(store, claim_of("7,000", "kept"))
    recalled = store.recall(needs([claim_of("8,000", "asks")]))
    assert [row.claim.low for row in recalled.claims_like("troops", "KP")] == [7_000]
    again = store.recall(needs([claim_of("8,000", "asks")]))
    assert again.claims_like("troops", "KP") == recalled.claims_like("troops", "KP")


# --- retention -----------------------------------------------------------------------------------


def keep(store: Store, now: datetime) -> list[str]:
    """Do all the upkeep of a moment; return the names of the steps."""
    return list(steps(store, MemorySettings(), now))


def test_an_old_article_loses_its_text_and_is_known_all_the_same(store: Store) -> None:
    """After 90 days the text is gone; a copy of it is still a copy, and its claims stand."""
    text = Story("T", ("About 10,000 North Korean soldiers are in Kursk.", story(topic(1), 1).text))
    one = article("one", text)
    learn(store, one)
    keep(store, NOW + 89 * DAY)
    assert store.find_article("one").article.text  # type: ignore[union-attr]
    keep(store, NOW + 91 * DAY)
    assert store.find_article("one").article.text == ""  # type: ignore[union-attr]
    copy = replace(article("two", text), title="Another", fingerprint="fp2:x")
    assert learn(store, copy).outcomes[0].verdict is ArticleVerdict.DUPLICATE
    assert corpus_counts(store)["articles"] == 2


def test_memory_outlives_the_window_of_the_feed(store: Store) -> None:
    """An article that its feed shows stays for ever; one that is gone, for 800 days and no longer."""
    gone, shown = stories(2)
    learn(store, gone, shown)
    for one in (gone, shown):
        mark = EntryMark(entry_key=one.entry_key, entry_hash="", article=one.id)
        store.record_poll(
            PollResult(feed="feed", at=NOW, outcome="page", next_poll=NOW, entries=(mark,))
        )
    store.db.execute("UPDATE articles SET feed = 'feed'")
    later = NOW + 790 * DAY
    store.record_poll(
        PollResult(
            feed="feed", at=later, outcome="page", next_poll=NOW, still_there=(shown.entry_key,)
        )
    )
    keep(store, later)
    assert corpus_counts(store)["articles"] == 2
    keep(store, NOW + 801 * DAY)
    assert store.known_article(gone.id) is None
    assert store.known_article(shown.id) is not None
    (left,) = store.rows("SELECT count(DISTINCT article) AS n FROM sketch_keys")
    assert left["n"] == 1
    assert set(store.entry_states("feed", [gone.entry_key, shown.entry_key])) == {shown.entry_key}


def test_space_is_given_back_in_steps_of_a_mebibyte(store: Store) -> None:
    """Much freed space takes many short steps, and then the file is smaller."""
    big = article("big", Story("T", tuple(f"{row} {'word ' * 2000}" for row in range(400))))
    learn(store, big)
    retention = Retention(store)
    before = retention.sizes().total
    names = keep(store, NOW + 91 * DAY)
    assert retention.can_give_back()
    assert names.count("pages") >= 3
    assert retention.sizes().total < before / 4
    assert retention.sizes().free == 0


def test_upkeep_of_a_thousand_articles_is_many_short_transactions(store: Store) -> None:
    """No step looks at more than a few hundred rows, so a poll in between is never far away."""
    one = stories(1)[0]
    for start in range(0, 1000, 500):
        store.commit(
            Decision(
                outcomes=tuple(
                    replace(
                        learn_nothing(one), article=replace(one, id=f"a{row}", entry_key=f"{row}")
                    )
                    for row in range(start, start + 500)
                )
            )
        )
    names = keep(store, NOW + 91 * DAY)
    assert names.count("texts") >= 5
    assert corpus_counts(store)["with_text"] == 0


def learn_nothing(one: Article) -> object:
    """Return an outcome that says nothing about an article."""
    return decide([one], Memory(), POLICY).outcomes[0]


def test_a_file_of_an_earlier_version_is_rebuilt_once(tmp_path: Path) -> None:
    """Without incremental vacuum nothing is given back; a rebuild changes that."""
    path = tmp_path / "old.db"
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE leftover (x)")
    plain.commit()
    plain.close()
    store = open_store(path)
    retention = Retention(store)
    assert not retention.can_give_back()
    retention.rebuild()
    assert retention.can_give_back()
    store.close()


def test_times_are_utc() -> None:
    """The fixed moment of these tests is one that the store takes."""
    assert NOW.tzinfo is UTC
