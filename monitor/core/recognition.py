# SPDX-License-Identifier: Apache-2.0
"""What an article is to memory: new, another version of its own entry, or a copy of another.

What it is not: a judgement about figures (`ledger`): a copy is still read for claims. Two stories
about the same events share facts, quotes and whole paragraphs of background without being copies,
so the share of common words alone does not decide. Rules of this file, first that applies:

1. the same entry of the same feed is a further reading of it, unless the feed gave its id to
   another article;
2. the same words are a copy, whatever the address;
3. the same address with a like text or headline is the same article: in its own feed under a new id
   a further reading, in another feed a copy;
4. most of the words are a copy, if the beginning of one of the two stands in the other, or nearly
   everything does; a short text inside a long one has to be of its beginning, or an excerpt;
5. a headline without a text is a copy of a recent article with the same headline and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.core.memory import Memory
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Basis,
    KnownArticle,
    Relation,
    TextKind,
    believed,
)
from monitor.core.sketches import Likeness, compare, headline_share

# With fewer shared samples than this, chance and stock phrases decide.
_LEAST_SHARED = 4
# Edits leave shared samples everywhere, and whole sentences nowhere; a paragraph of one's own is a
# longer run without any, background that everyone prints a longer run with nothing else.
_EVEN_RUN = 9
# A copy that is less than half as long as the other is a part of it rather than a version of it.
_SAME_LENGTH_FROM = 0.5
# Of an entry's two readings, and of one address's two texts: the same article if the texts agree
# this much, or the headlines.
_SAME_ENTRY_FROM = 0.3
_SAME_HEADLINE_FROM = 0.6
# A text with fewer words than this says no more than its headline.
_HEADLINE_ONLY_SHINGLES = 25
_HEADLINE_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which share of common words two texts are copies (decision 0020 has the calibration).

    `near`: texts of like length of which one begins like a part of the other. `even`: the same with
    edits everywhere. `whole`: without a like beginning, and excerpts. `contained`: a short text that
    stands in the beginning of one more than twice as long. `headline`: words of two headlines.
    """

    near: float = 0.55
    even: float = 0.45
    whole: float = 0.85
    contained: float = 0.5
    headline: float = 0.75


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a text is to memory. `previous` is the last reading of the same entry and text kind.

    `basis` says by what it was recognised, `passages` the estimated lengths in words of the
    stretches it shares with `nearest`, longest first.
    """

    verdict: ArticleVerdict
    group: str
    relation: Relation
    nearest: str | None = None
    similarity: float = 0.0
    previous: KnownArticle | None = field(default=None)
    basis: Basis | None = None
    passages: tuple[int, ...] = ()


def recognise(
    article: Article, memory: Memory, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> Recognition:
    """Say whether an article is new, another version of its own entry, or a copy of another."""
    readings = memory.readings(article.feed, article.entry_key)
    if readings and _is_reading(article, readings[-1]):
        return _reading(article, readings, Basis.ENTRY, thresholds)
    exact = memory.with_fingerprint(article.fingerprint)
    if exact is not None and article.sketch.shingles:
        return _copy(
            exact, Relation.EXACT, Basis.FINGERPRINT, compare(article.sketch, exact.sketch)
        )
    same_url = memory.with_url(article.canonical_url)
    if same_url is not None and _is_same_page(article, same_url):
        if same_url.feed == article.feed:
            others = memory.readings(same_url.feed, same_url.entry_key)
            return _reading(article, others, Basis.URL, thresholds)
        likeness = compare(article.sketch, same_url.sketch)
        return _copy(same_url, _by_length(likeness), Basis.URL, likeness)
    return _by_text(article, memory, thresholds)


# --- readings of one entry -------------------------------------------------------------------


def _is_reading(article: Article, latest: KnownArticle) -> bool:
    """Say whether this is the entry we know, or its id was given to another article."""
    if article.text_kind is not latest.text_kind or article.fingerprint == latest.fingerprint:
        return True
    if article.canonical_url and article.canonical_url == latest.canonical_url:
        return True
    if article.title == latest.title or _is_alike(article, latest):
        return True
    too_short = min(len(article.sketch.hashes), len(latest.sketch.hashes)) < _LEAST_SHARED
    moved = article.canonical_url and latest.canonical_url
    return too_short and not moved


def _is_alike(article: Article, known: KnownArticle) -> bool:
    likeness = compare(article.sketch, known.sketch)
    if likeness.shared >= _LEAST_SHARED and likeness.containment >= _SAME_ENTRY_FROM:
        return True
    return headline_share(article.title, known.title) >= _SAME_HEADLINE_FROM


def _reading(
    article: Article,
    readings: Sequence[KnownArticle],
    basis: Basis,
    thresholds: Thresholds,
) -> Recognition:
    latest = readings[-1]
    likeness = compare(article.sketch, latest.sketch)
    # Caches take turns in serving an older and a newer state; both are known, neither is a change.
    for row in reversed(readings):
        if row.fingerprint == article.fingerprint:
            return _copy(row, Relation.EXACT, basis, compare(article.sketch, row.sketch))
    alike = [
        row for row in readings if row.text_kind is article.text_kind and row.group == latest.group
    ]
    return Recognition(
        verdict=ArticleVerdict.REVISION,
        group=latest.group,
        relation=relation(likeness, thresholds) or Relation.NONE,
        nearest=latest.id,
        similarity=likeness.containment,
        previous=alike[-1] if alike and article.text_kind is not TextKind.SEED else None,
        basis=basis,
        passages=likeness.passages,
    )


def _is_same_page(article: Article, known: KnownArticle) -> bool:
    """Say whether two articles at one address are one; some feeds link every entry to one page."""
    _, _, path = (article.canonical_url or "").removeprefix("https://").partition("/")
    return bool(path) and _is_alike(article, known)


# --- copies ----------------------------------------------------------------------------------


def _by_text(article: Article, memory: Memory, thresholds: Thresholds) -> Recognition:
    compared = [
        (compare(article.sketch, known.sketch), known)
        for known in memory.candidates(article.sketch, article.title)
    ]
    compared.sort(key=lambda pair: (-pair[0].containment, -pair[0].shared))
    copies = [
        (found, likeness, known)
        for likeness, known in compared
        if (found := relation(likeness, thresholds)) is not None
    ]
    if copies and not _is_common_stock(copies, thresholds):
        found, likeness, known = copies[0]
        return _copy(known, found, Basis.TEXT, likeness)
    if (headline := _same_headline(article, compared, thresholds)) is not None:
        likeness, known = headline
        return _copy(known, _by_length(likeness), Basis.HEADLINE, likeness)
    nearest = next((pair for pair in compared if pair[0].shared >= _LEAST_SHARED), None)
    return Recognition(
        verdict=ArticleVerdict.NEW,
        group=f"grp_{article.id.removeprefix('art_')}",
        relation=Relation.NONE,
        nearest=nearest[1].id if nearest else None,
        similarity=nearest[0].containment if nearest else 0.0,
        passages=nearest[0].passages if nearest else (),
    )


def relation(likeness: Likeness, thresholds: Thresholds) -> Relation | None:
    """Return how two texts are copies, or None when they are not."""
    share = likeness.containment
    if likeness.shared < _LEAST_SHARED:
        return None
    if likeness.ratio >= _SAME_LENGTH_FROM:
        return Relation.NEAR if _is_version(likeness, share, thresholds) else None
    if _is_summary(likeness, thresholds):
        return Relation.CONTAINED
    # An excerpt from anywhere is a copy of what we know; a known excerpt is quoted by anyone.
    is_excerpt = likeness.own_is_shorter and share >= thresholds.whole
    return Relation.CONTAINED if is_excerpt else None


def _is_summary(likeness: Likeness, thresholds: Thresholds) -> bool:
    """Say whether the shorter text is the beginning of the longer, edited perhaps."""
    return likeness.opening >= thresholds.contained and likeness.begins_alike


def _is_version(likeness: Likeness, share: float, thresholds: Thresholds) -> bool:
    """Say whether texts of like length agree enough, given where they agree."""
    if share >= thresholds.whole:
        return True
    if share < min(thresholds.near, thresholds.even) or not likeness.begins_alike:
        return False
    if share >= thresholds.near:
        return True
    return max(likeness.longest_gap, likeness.longest_run) <= _EVEN_RUN


def _is_common_stock(
    copies: Sequence[tuple[Relation, Likeness, KnownArticle]], thresholds: Thresholds
) -> bool:
    """Say whether the text is an excerpt that several stories have in common: a quote, background."""
    excerpts = {
        known.group
        for found, likeness, known in copies
        if found is Relation.CONTAINED and not _is_summary(likeness, thresholds)
    }
    return len(excerpts) == len({known.group for _, _, known in copies}) > 1


def _by_length(likeness: Likeness) -> Relation:
    return Relation.NEAR if likeness.ratio >= _SAME_LENGTH_FROM else Relation.CONTAINED


def _same_headline(
    article: Article,
    compared: Sequence[tuple[Likeness, KnownArticle]],
    thresholds: Thresholds,
) -> tuple[Likeness, KnownArticle] | None:
    """Return the article with the same headline, of these days, if one of the two has no text."""
    found = [
        (headline_share(article.title, known.title), likeness, known)
        for likeness, known in compared
        if min(article.sketch.shingles, known.sketch.shingles) < _HEADLINE_ONLY_SHINGLES
        and abs(article.said - (believed(known.published, known.seen) or known.seen))
        <= _HEADLINE_FOR
    ]
    if not found:
        return None
    share, likeness, known = max(found, key=lambda row: row[0])
    return (likeness, known) if share >= thresholds.headline else None


def _copy(of: KnownArticle, found: Relation, basis: Basis, likeness: Likeness) -> Recognition:
    return Recognition(
        verdict=ArticleVerdict.DUPLICATE,
        group=of.group,
        relation=found,
        nearest=of.id,
        similarity=1.0 if found is Relation.EXACT else likeness.containment,
        basis=basis,
        passages=likeness.passages,
    )
