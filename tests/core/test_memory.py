# SPDX-License-Identifier: Apache-2.0
"""Recognising texts: identity, canonical URL, exact, near and contained copies; the frozen sketch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_alerts import PENTAGON, claim
from sample_articles import HOUR, START, article, decided, filler, policy, report, rows_of, verdicts

from monitor.core.decide import fold
from monitor.core.memory import Memory, known, needs
from monitor.core.model import Article, ArticleVerdict, Relation, TextKind
from monitor.core.prepare import Reading, prepare
from monitor.core.recognition import recognise
from monitor.core.sketches import compare, containment, fingerprint, index_keys, sketch, words
from monitor.knowledge import shipped_knowledge

_TEXT = (
    "Ten thousand soldiers are in the north. Each carries 10,000 stones, or 10.000, and no more;"
    " nobody can say why they came."
)
_LONG = " ".join(filler(f"paragraph {number}", 40) for number in range(12))


def _memory(*articles: Article) -> Memory:
    return fold(articles, Memory(), policy())[1]


# --- the frozen algorithm --------------------------------------------------------------------


def test_the_sketch_is_the_frozen_one() -> None:
    """Stored sketches are compared for years: other values need another version and new packs."""
    made = sketch(_TEXT)
    assert made.version == "fms2"
    assert made.shingles == 20
    assert made.hashes == (1301872388, 557298424, 232216044, 280102723, 2129356895)


def test_the_index_keys_are_the_frozen_ones() -> None:
    """Keys stand in the index for years as well: the lead's samples, some others, the headline."""
    made = index_keys(sketch(_TEXT), "A headline of five words")
    assert made == (*sketch(_TEXT).hashes, 537038212, 564315595, 786112172)


def test_the_fingerprint_is_the_frozen_one() -> None:
    """The same holds for the exact hash."""
    assert fingerprint("A headline", _TEXT) == "fp2:209a813a73fecbd3e9cea093d742be84"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About 11,000 men", ["about", "11000", "men"]),
        ("About 11.000 men", ["about", "11000", "men"]),
        ("About 11 000 men", ["about", "11", "000", "men"]),
        ("About 11\u202f000 men", ["about", "11", "000", "men"]),
        ("1.5 million", ["1", "5", "million"]),
        ("Zelensky’s “count”", ["zelensky", "s", "count"]),
        ("ＦＵＬＬ width", ["full", "width"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("?!", []),
    ],
    ids=[
        "comma group",
        "dot group",
        "blank group",
        "thin blank group",
        "decimal",
        "quotes",
        "full width",
        "underscore",
        "nothing",
        "no word",
    ],
)
def test_words_are_normalised(text: str, expected: list[str]) -> None:
    """Case, quotes, width and the marks between groups of digits do not matter."""
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "shingles"),
    [("", 0), ("one", 1), ("one two", 1), ("one two three", 1), ("one two three four", 2)],
    ids=["no word", "one word", "two words", "three words", "four words"],
)
def test_short_texts_have_at_most_one_shingle(text: str, shingles: int) -> None:
    """A text below the size of a shingle is one by itself."""
    assert sketch(text).shingles == shingles


def test_about_a_quarter_of_all_shingles_is_kept() -> None:
    """The sample is as large as the frozen rate says, up to chance."""
    made = sketch(" ".join(filler(f"sample {number}", 500) for number in range(4)))
    assert 0.22 < len(made.hashes) / made.shingles < 0.28
    assert len(set(made.hashes)) == len(made.hashes)
    assert all(0 <= value < 2**31 for value in made.hashes)


def test_sketches_of_different_versions_share_nothing() -> None:
    """A sample taken by another algorithm is never compared."""
    made = sketch(_LONG)
    assert compare(made, made).shared == len(made.hashes)
    assert containment(made, replace(made, version="fms0")) == 0.0


@given(st.text(max_size=300), st.text(max_size=300))
def test_containment_is_a_symmetric_share(one: str, other: str) -> None:
    """It lies between 0 and 1 and does not depend on the order."""
    a, b = sketch(one), sketch(other)
    assert 0.0 <= containment(a, b) == containment(b, a) <= 1.0
    assert containment(a, a) == (1.0 if a.hashes else 0.0)


@given(
    beginning=st.lists(st.text("abc", min_size=1, max_size=3), min_size=3, max_size=60),
    rest=st.lists(st.text("abc", min_size=1, max_size=3), max_size=60),
)
def test_a_part_is_wholly_contained(beginning: list[str], rest: list[str]) -> None:
    """Sampling depends on the shingle alone, so a part's sample lies in that of the whole."""
    part, whole = sketch(" ".join(beginning)), sketch(" ".join(beginning + rest))
    assert set(part.hashes) <= set(whole.hashes)


_MARKS = st.sampled_from(
    (
        "{} ",
        "<p>{}</p>",
        "<b>{}</b> ",
        "<i>{}</i>\n",
        "{}<br>",
        "<div>{}</div>",
        "{}&nbsp;",
        "{},  ",
    )
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text("abcdeÄöß&<é", min_size=1, max_size=8), _MARKS, st.booleans(), st.booleans()
        ),
        min_size=1,
        max_size=25,
    )
)
def test_markup_case_and_blanks_do_not_change_a_text(
    pieces: list[tuple[str, str, bool, bool]],
) -> None:
    """However a feed dresses the same words, fingerprint and sketch are the same."""
    plain = " ".join(word for word, _, _, _ in pieces)
    dressed = "".join(
        mark.format(escape(word.upper() if loud else word)) + ("\n\t " if wide else "")
        for word, mark, loud, wide in pieces
    )
    readings = [
        prepare(
            Reading(
                feed="f",
                publisher="P",
                entry_key="e",
                entry_hash="",
                url=None,
                title="",
                content=content,
                content_is_html=is_html,
                seen=START,
            ),
            shipped_knowledge(),
        )
        for content, is_html in ((plain, False), (dressed, True))
    ]
    assert readings[0].fingerprint == readings[1].fingerprint
    assert readings[0].sketch == readings[1].sketch


# --- recognising -----------------------------------------------------------------------------

_FIRST_TWO = ". ".join(_LONG.split(". ")[:2]) + "."
_CUT = _LONG[: int(len(_LONG) * 0.7)]
_EDITED = _LONG.replace(_LONG.split(". ")[5], filler("another middle", 40))


@pytest.mark.parametrize(
    ("text", "relation", "verdict"),
    [
        (_LONG, Relation.EXACT, ArticleVerdict.DUPLICATE),
        (_LONG.upper(), Relation.EXACT, ArticleVerdict.DUPLICATE),
        (_EDITED, Relation.NEAR, ArticleVerdict.DUPLICATE),
        (_CUT, Relation.NEAR, ArticleVerdict.DUPLICATE),
        (f"{filler('new lead', 30)} {_LONG}", Relation.NEAR, ArticleVerdict.DUPLICATE),
        (_FIRST_TWO, Relation.CONTAINED, ArticleVerdict.DUPLICATE),
        (
            f"{_LONG} {' '.join(filler(f'more {n}', 60) for n in range(10))}",
            Relation.CONTAINED,
            ArticleVerdict.DUPLICATE,
        ),
        (filler("something else", 400), Relation.NONE, ArticleVerdict.NEW),
        (
            f"{_FIRST_TWO} {' '.join(filler(f'own {n}', 60) for n in range(6))}",
            Relation.NONE,
            ArticleVerdict.NEW,
        ),
        ("Short.", Relation.NONE, ArticleVerdict.NEW),
        ("", Relation.NONE, ArticleVerdict.NEW),
    ],
    ids=[
        "the same",
        "in capitals",
        "one paragraph rewritten",
        "the end cut off",
        "another lead",
        "the first two sentences",
        "it inside a much longer one",
        "another story",
        "two sentences quoted in another story",
        "one word",
        "no text",
    ],
)
def test_a_text_is_compared_with_what_is_known(
    text: str, relation: Relation, verdict: ArticleVerdict
) -> None:
    """Exact, near, contained or nothing, and the article is a duplicate or new accordingly."""
    original = article("original", text=_LONG)
    found = recognise(article("other", text=text), _memory(article("noise"), original))
    assert (found.relation, found.verdict) == (relation, verdict)
    copied = original.id if verdict is ArticleVerdict.DUPLICATE else None
    assert copied in {found.nearest, None}


def test_the_nearest_miss_is_named_with_its_similarity() -> None:
    """A new text that shares a little with a known one says with which and how much."""
    text = f"{_FIRST_TWO} {' '.join(filler(f'own {n}', 60) for n in range(6))}"
    original = article("original", text=_LONG)
    found = recognise(article("other", text=text), _memory(original))
    assert found.nearest == original.id
    assert 0.0 < found.similarity < 0.5


def test_of_two_likenesses_the_closer_one_is_taken() -> None:
    """A copy belongs to the text that it shares most with, not to the first."""
    cut, whole = article("cut", text=filler("x", 50) + _CUT[:900]), article("whole", text=_LONG)
    found = recognise(article("other", text=_EDITED), _memory(cut, whole))
    assert found.nearest == whole.id


def test_empty_texts_are_not_copies_of_each_other() -> None:
    """Nothing is like nothing."""
    found = recognise(article("two", text=""), _memory(article("one", text="")))
    assert (found.verdict, found.relation) == (ArticleVerdict.NEW, Relation.NONE)


def test_another_headline_makes_a_near_copy() -> None:
    """The headline is part of the exact hash but not of the sketch."""
    original = article("original", text=_LONG, title="Ten thousand")
    found = recognise(article("other", text=_LONG, title="A host"), _memory(original))
    assert (found.relation, found.similarity) == (Relation.NEAR, 1.0)


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        ("https://www.news.example/a?utm_source=rss", _EDITED, ArticleVerdict.DUPLICATE),
        ("https://news.example/a", filler("home page", 300), ArticleVerdict.NEW),
        ("https://news.example/b", filler("other", 300), ArticleVerdict.NEW),
    ],
    ids=["same page, alike", "same page, another text", "another page"],
)
def test_a_canonical_url_needs_a_like_text(url: str, text: str, expected: ArticleVerdict) -> None:
    """Tracking parameters do not hide a page; a page that carries something else is new."""
    original = article("original", text=_LONG, url="https://news.example/a")
    found = recognise(article("other", text=text, url=url), _memory(original))
    assert found.verdict is expected


def test_at_equal_likeness_the_page_with_the_same_url_is_the_original() -> None:
    """Among copies, the one at the article's own address is named."""
    first = article("first", text=_LONG)
    twin = article("twin", text=f"{_LONG} {filler('tail', 9)}", url="https://news.example/a")
    again = article("again", text=_EDITED, url="https://m.news.example/a?fbclid=1")
    assert recognise(again, _memory(first, twin)).nearest == twin.id


# --- readings of one entry -------------------------------------------------------------------


def _reading(text: str, title: str = "", **fields: object) -> Article:
    return article("entry", text=text, title=title, feed="feed", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("readings", "now", "expected"),
    [
        ([_LONG], _reading(_LONG, seen=START + HOUR), ("duplicate", "exact")),
        ([_LONG], _reading(_EDITED, seen=START + HOUR), ("revision", "near")),
        ([_LONG, _EDITED], _reading(_LONG, seen=START + HOUR), ("duplicate", "exact")),
        (
            [_LONG],
            _reading(filler("reused id", 300), title="Other news", seen=START + HOUR),
            ("new", "none"),
        ),
        (
            [_LONG],
            _reading(filler("rewritten", 300), seen=START + HOUR),
            ("revision", "none"),
        ),
        (
            [_LONG],
            _reading(filler("page", 300), title="Page", seen=START + HOUR, kind=TextKind.PAGE),
            ("revision", "none"),
        ),
        (["Short."], _reading("Other.", title="T", seen=START + HOUR), ("revision", "none")),
    ],
    ids=[
        "unchanged",
        "edited",
        "back to an older state",
        "the id reused for other news",
        "rewritten under its headline",
        "the page's own text",
        "too short to tell",
    ],
)
def test_an_entry_is_known_by_its_feed_and_id(
    readings: list[str], now: Article, expected: tuple[str, str]
) -> None:
    """Another reading of an entry is a revision; a reused id is another article."""
    memory = _memory(*(_reading(text) for text in readings))
    found = recognise(now, memory)
    assert (found.verdict, found.relation) == expected


def test_the_same_id_in_another_feed_is_another_entry() -> None:
    """Identity is of the feed and the id together."""
    found = recognise(
        article("entry", text=filler("other", 300), feed="another"), _memory(_reading(_LONG))
    )
    assert found.verdict is ArticleVerdict.NEW


def test_a_revision_names_the_last_reading_of_its_own_kind() -> None:
    """What a page changed is measured against the page, not against the teaser between."""
    teaser, page = _reading(_FIRST_TWO), _reading(_LONG, kind=TextKind.PAGE)
    newer_teaser = _reading(f"{_FIRST_TWO} More.", seen=START + HOUR)
    now = _reading(_EDITED, kind=TextKind.PAGE, seen=START + 2 * HOUR)
    found = recognise(now, _memory(teaser, page, newer_teaser))
    assert found.previous is not None
    assert found.previous.id == page.id


# --- publication groups ----------------------------------------------------------------------


def test_copies_form_one_group_and_others_do_not() -> None:
    """Copies, copies of copies, summaries and revisions count together; another story does not."""
    decision = decided(
        _reading(_LONG),
        article("copy", text=_LONG),
        article("near", text=_EDITED),
        article("summary", text=_FIRST_TWO),
        _reading(_CUT, seen=START + HOUR),
        article("other"),
    )
    groups = [outcome.group for outcome in decision.outcomes]
    assert len(set(groups[:5])) == 1
    assert groups[5] not in groups[:5]


def test_a_changed_figure_is_still_a_near_copy_and_raises_its_claim() -> None:
    """A wire text with another number belongs to its group, and the number is news."""
    sentence = "About {} North Korean soldiers are in the Kursk region, the Pentagon said."
    body = filler("wire", 150)
    decision = decided(
        report("one", f"{sentence.format('10,000')} {body}"),
        report("two", f"{sentence.format('12,000')} {body}", published=START + HOUR),
    )
    assert decision.outcomes[1].relation is Relation.NEAR
    assert decision.outcomes[1].group == decision.outcomes[0].group
    assert verdicts(decision) == ["new", "revision"]
    assert len(decision.alerts) == 2


def test_a_summary_of_two_sentences_is_silent() -> None:
    """The lead of a known report, carried by another feed, is a part of it with known claims."""
    lead = (
        "About 10,000 North Korean soldiers are in the Kursk region, the Pentagon told reporters"
        " in a briefing on Tuesday morning. Nobody in the room asked how they had come there, by"
        " train or by ship, or what they were to do."
    )
    decision = decided(
        report("whole", f"{lead}\n\n{filler('rest', 200)}"),
        report("summary", lead, published=START + HOUR),
    )
    assert decision.outcomes[1].relation is Relation.CONTAINED
    assert verdicts(decision) == ["new", "duplicate"]
    assert len(decision.alerts) == 1


# --- memory ----------------------------------------------------------------------------------


def test_needs_are_the_keys_of_the_batch() -> None:
    """What is asked of the past: identities, addresses, fingerprints, samples and series."""
    one = article("one", claim(10_000), url="https://news.example/a?utm_source=x")
    two = article("two", claim(5, force=None, force_text="Ruritanian"), text="Short.")
    wanted = needs([one, two])
    assert wanted.identities == {("feed-one", "one"), ("feed-two", "two")}
    assert wanted.canonical_urls == {"https://news.example/a"}
    assert wanted.fingerprints == {one.fingerprint, two.fingerprint}
    assert wanted.keys == (index_keys(one.sketch, ""), index_keys(two.sketch, ""))
    assert wanted.series == {("troops", "KP"), ("troops", "text:ruritanian")}


def test_a_memory_of_its_records_is_the_memory_itself() -> None:
    """Rebuilt from what it holds, as the store does it, memory recognises the same."""
    original = article("original", claim(10_000, source=PENTAGON), text=_LONG)
    decision = decided(original)
    rebuilt = Memory(
        articles=[known(outcome) for outcome in decision.outcomes],
        claims=rows_of(decision),
        alerts=decision.alerts,
    )
    grown = Memory().absorb(decision.outcomes[0], decision.alerts)
    for memory in (rebuilt, grown):
        assert memory.readings("feed-original", "original") == (known(decision.outcomes[0]),)
        assert memory.claims_of(original.id) == rows_of(decision)
        assert memory.has_alert(decision.alerts[0].dedup_key)
        assert memory.alerts_about(rows_of(decision)[0].id) == decision.alerts
        assert recognise(article("copy", text=_LONG), memory).relation is Relation.EXACT


def test_absorbing_leaves_the_older_memory_as_it_was() -> None:
    """The next memory is another one."""
    decision = decided(article("one", claim(10_000)))
    empty = Memory()
    assert empty.absorb(decision.outcomes[0]).claims_like("troops", "KP")
    assert empty.claims_like("troops", "KP") == ()


def test_withdrawn_rows_are_kept_but_do_not_stand() -> None:
    """A row that was taken back is still found by id, and no longer compared."""
    first = article("e", claim(10_000), feed="f")
    second = article("e", claim(12_000), feed="f", text=filler("edit"), seen=START + timedelta(1))
    decision, memory = fold([first, second], Memory(), policy())
    old = rows_of(decision)[0]
    kept = memory.claim(old.id)
    assert kept is not None
    assert kept.withdrawn
    assert [row.claim.low for row in memory.claims_like("troops", "KP")] == [12_000]
    assert [row.claim.low for row in memory.rows_like("troops", "KP")] == [10_000, 12_000]
    assert memory.claims_of(first.id) == ()
