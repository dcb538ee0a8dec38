# SPDX-License-Identifier: Apache-2.0
"""Memory: what is already known, as far as a decision needs it, and how a text is recognised.

What it is not: the store (`store.recall` builds a `Memory` from rows) or novelty of figures
(`ledger`). The sketch is FracMinHash (Irber et al. 2022, "Lightweight compositional analysis of
metagenomes with FracMinHash"): a fixed share of all word shingles, chosen by their hash, so that
containment of a summary in a longer text can be estimated, which MinHash cannot do. Rules of this
file: the hash, the tokens and the sampling rate are frozen under `SKETCH_VERSION`; changing any of
them is a new version, because sketches are stored for years.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from monitor.core.model import (
    Alert,
    Article,
    ArticleVerdict,
    KnownArticle,
    LedgerClaim,
    Outcome,
    Relation,
    Sketch,
    TextKind,
)
from monitor.core.series import force_key

SKETCH_VERSION = "fms1"
FINGERPRINT_VERSION = "fp1"
_SHINGLE_WORDS = 3
_HASH_SPACE = 1 << 63  # hashes fit SQLite's signed integers
_SAMPLED_BELOW = _HASH_SPACE // 4
# Copies: share of the smaller text's sampled shingles that the other has. News copies (cut,
# retitled, lightly rewritten) lie above .5, different stories about the same facts below .25 (the
# comparison of nine methods on 400-word texts in `docs/decisions/0005`).
NEAR_FROM = 0.5
# With fewer shared samples than this, chance and stock phrases decide.
_LEAST_SHARED = 4
# A copy that is less than half as long as the other is a part of it rather than a version of it.
_SAME_LENGTH_FROM = 0.5

# A figure is one token however its groups are written: 11,000 and 11.000 are the same text.
_TOKEN = re.compile(r"\d+(?:[.,\u00a0\u202f'’]\d{3})+(?!\d)|[^\W_]+")
_GROUP_MARKS = re.compile(r"[.,\u00a0\u202f'’]")


def words(text: str) -> list[str]:
    """Return the normalised words of a text: case, markup of quotes and spacing do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [_GROUP_MARKS.sub("", token) for token in _TOKEN.findall(folded)]


def fingerprint(title: str, text: str) -> str:
    """Return the exact hash of an article's normalised words, with its version."""
    found = words(f"{title}\n{text}")
    digest = hashlib.blake2b(" ".join(found).encode(), digest_size=16).hexdigest()
    return f"{FINGERPRINT_VERSION}:{digest}"


def sketch(text: str) -> Sketch:
    """Return the sampled shingles of a text; texts of under three words have one shingle."""
    found = words(text)
    last = max(len(found) - _SHINGLE_WORDS + 1, 1 if found else 0)
    shingles = {" ".join(found[start : start + _SHINGLE_WORDS]) for start in range(last)}
    hashes = sorted(value for value in map(_hash, shingles) if value < _SAMPLED_BELOW)
    return Sketch(hashes=tuple(hashes), shingles=len(shingles), version=SKETCH_VERSION)


def _hash(shingle: str) -> int:
    digest = hashlib.blake2b(shingle.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def shared_hashes(a: Sketch, b: Sketch) -> int:
    """Return how many sampled shingles two sketches of one version share."""
    return len(set(a.hashes) & set(b.hashes)) if a.version == b.version else 0


def containment(a: Sketch, b: Sketch) -> float:
    """Return the share (0 to 1) of the smaller sketch that the other holds; 0 when one is empty."""
    smaller = min(len(a.hashes), len(b.hashes))
    return shared_hashes(a, b) / smaller if smaller else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The keys of the slice of the past that deciding about a batch needs."""

    identities: frozenset[tuple[str, str]]
    canonical_urls: frozenset[str]
    fingerprints: frozenset[str]
    sketches: tuple[tuple[int, ...], ...]
    series: frozenset[tuple[str, str]]  # (measure, force key)


def needs(articles: Sequence[Article]) -> Needs:
    """Return what must be recalled before `articles` can be decided."""
    return Needs(
        identities=frozenset((article.feed, article.entry_key) for article in articles),
        canonical_urls=frozenset(
            article.canonical_url for article in articles if article.canonical_url
        ),
        fingerprints=frozenset(article.fingerprint for article in articles),
        sketches=tuple(article.sketch.hashes for article in articles),
        series=frozenset(
            (claim.measure, force_key(claim)) for article in articles for claim in article.claims
        ),
    )


class Memory:
    """A slice of the past. Its public methods only read; `absorb` returns the next memory."""

    def __init__(
        self,
        *,
        articles: Iterable[KnownArticle] = (),
        claims: Iterable[LedgerClaim] = (),
        alerts: Iterable[Alert] = (),
    ) -> None:
        self._articles: dict[str, KnownArticle] = {}
        self._readings: dict[tuple[str, str], list[str]] = {}
        self._by_url: dict[str, str] = {}
        self._by_fingerprint: dict[str, str] = {}
        self._by_hash: dict[int, list[str]] = {}
        self._claims: dict[str, LedgerClaim] = {}
        self._by_series: dict[tuple[str, str], list[str]] = {}
        self._alerts: dict[str, Alert] = {}
        self._alerts_by_claim: dict[str, list[Alert]] = {}
        for article in articles:
            self._add_article(article)
        for claim in claims:
            self._add_claim(claim)
        for alert in alerts:
            self._add_alert(alert)

    # --- lookups -----------------------------------------------------------------------------

    def readings(self, feed: str, entry_key: str) -> tuple[KnownArticle, ...]:
        """Return every reading of an entry so far, oldest first."""
        return tuple(self._articles[key] for key in self._readings.get((feed, entry_key), ()))

    def with_url(self, canonical_url: str | None) -> KnownArticle | None:
        """Return the first article at a canonical URL."""
        key = self._by_url.get(canonical_url) if canonical_url else None
        return self._articles[key] if key else None

    def with_fingerprint(self, print_: str) -> KnownArticle | None:
        """Return the first article with exactly these words."""
        key = self._by_fingerprint.get(print_)
        return self._articles[key] if key else None

    def nearest(self, own: Sketch) -> tuple[KnownArticle | None, float]:
        """Return the article whose sketch is closest, and the containment; earlier ones win ties."""
        shared = Counter(key for value in own.hashes for key in self._by_hash.get(value, ()))
        best: KnownArticle | None = None
        best_score = (0.0, 0)
        for key in self._articles:
            if shared[key] < _LEAST_SHARED:
                continue
            score = (containment(own, self._articles[key].sketch), shared[key])
            if score > best_score:
                best, best_score = self._articles[key], score
        return best, best_score[0]

    def rows_like(self, measure: str, force: str) -> tuple[LedgerClaim, ...]:
        """Return all rows of one measure and force, in ledger order."""
        return tuple(self._claims[key] for key in self._by_series.get((measure, force), ()))

    def claims_like(self, measure: str, force: str) -> tuple[LedgerClaim, ...]:
        """Return the standing (not withdrawn) rows of one measure and force, in ledger order."""
        return tuple(row for row in self.rows_like(measure, force) if not row.withdrawn)

    def claim(self, claim_id: str) -> LedgerClaim | None:
        """Return one row of the ledger."""
        return self._claims.get(claim_id)

    def claims_of(self, article: str) -> tuple[LedgerClaim, ...]:
        """Return the standing rows of one article."""
        return tuple(
            row for row in self._claims.values() if row.article == article and not row.withdrawn
        )

    def has_alert(self, dedup_key: str) -> bool:
        """Say whether an alert with this dedup key was raised before."""
        return dedup_key in self._alerts

    def alerts_about(self, claim_id: str) -> tuple[Alert, ...]:
        """Return the alerts that one ledger row raised."""
        return tuple(self._alerts_by_claim.get(claim_id, ()))

    # --- growing -----------------------------------------------------------------------------

    def absorb(self, outcome: Outcome, alerts: Sequence[Alert] = ()) -> Memory:
        """Return the memory after `outcome`; this one is not changed."""
        following = self.copy()
        following.take_in(outcome, alerts)
        return following

    def copy(self) -> Memory:
        """Return a memory that may grow without changing this one."""
        return Memory(
            articles=self._articles.values(),
            claims=self._claims.values(),
            alerts=self._alerts.values(),
        )

    def take_in(self, outcome: Outcome, alerts: Sequence[Alert]) -> None:
        """Add an outcome to this memory itself; for the fold, which owns the copy it works on."""
        self._add_article(known(outcome))
        for claim in outcome.claims:
            self._add_claim(claim)
        for claim_id in outcome.withdrawn:
            self._withdraw(claim_id)
        for alert in alerts:
            self._add_alert(alert)

    def _add_article(self, article: KnownArticle) -> None:
        again = article.id in self._articles
        self._articles[article.id] = article
        if again:
            return
        self._readings.setdefault((article.feed, article.entry_key), []).append(article.id)
        if article.canonical_url:
            self._by_url.setdefault(article.canonical_url, article.id)
        self._by_fingerprint.setdefault(article.fingerprint, article.id)
        for value in article.sketch.hashes:
            self._by_hash.setdefault(value, []).append(article.id)

    def _add_claim(self, claim: LedgerClaim) -> None:
        if claim.id not in self._claims:
            key = (claim.series.measure, claim.series.force)
            self._by_series.setdefault(key, []).append(claim.id)
        self._claims[claim.id] = claim

    def _withdraw(self, claim_id: str) -> None:
        if claim_id in self._claims:
            self._claims[claim_id] = replace(self._claims[claim_id], withdrawn=True)

    def _add_alert(self, alert: Alert) -> None:
        if alert.dedup_key in self._alerts:
            return
        self._alerts[alert.dedup_key] = alert
        if alert.claim is not None:
            self._alerts_by_claim.setdefault(alert.claim.id, []).append(alert)


def known(outcome: Outcome) -> KnownArticle:
    """Return what memory keeps of a decided article."""
    article = outcome.article
    return KnownArticle(
        id=article.id,
        group=outcome.group,
        feed=article.feed,
        entry_key=article.entry_key,
        entry_hash=article.entry_hash,
        canonical_url=article.canonical_url,
        title=article.title,
        publisher=article.publisher,
        text_kind=article.text_kind,
        published=article.published,
        seen=article.seen,
        fingerprint=article.fingerprint,
        sketch=article.sketch,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a text is to memory. `previous` is the last reading of the same entry and text kind."""

    verdict: ArticleVerdict
    group: str
    relation: Relation
    nearest: str | None = None
    similarity: float = 0.0
    previous: KnownArticle | None = field(default=None)


def recognise(article: Article, memory: Memory) -> Recognition:
    """Say whether an article is new, another version of its own entry, or a copy of another."""
    readings = memory.readings(article.feed, article.entry_key)
    if readings:
        found = _as_reading(article, readings)
        if found is not None:
            return found
    exact = memory.with_fingerprint(article.fingerprint)
    if exact is not None and article.sketch.shingles:
        return _copy(exact, Relation.EXACT, 1.0)
    same_url = memory.with_url(article.canonical_url)
    if same_url is not None and (match := _relation(article.sketch, same_url.sketch)):
        return _copy(same_url, *match)
    nearest, similarity = memory.nearest(article.sketch)
    if nearest is not None and (match := _relation(article.sketch, nearest.sketch)):
        return _copy(nearest, *match)
    return Recognition(
        verdict=ArticleVerdict.NEW,
        group=f"grp_{article.id.removeprefix('art_')}",
        relation=Relation.NONE,
        nearest=nearest.id if nearest is not None else None,
        similarity=similarity,
    )


def _as_reading(article: Article, readings: Sequence[KnownArticle]) -> Recognition | None:
    """Recognise a further reading of a known entry; None when the id was reused for other text."""
    latest = readings[-1]
    alike = [row for row in readings if row.text_kind is article.text_kind]
    # Caches take turns in serving an older and a newer state; both are known, neither is a change.
    for row in reversed(readings):
        if row.fingerprint == article.fingerprint:
            return _copy(row, Relation.EXACT, 1.0)
    similarity = containment(article.sketch, latest.sketch)
    long_enough = min(len(article.sketch.hashes), len(latest.sketch.hashes)) >= _LEAST_SHARED
    same_kind = article.text_kind is latest.text_kind
    if same_kind and long_enough and not similarity and article.title != latest.title:
        return None
    relation = Relation.NEAR if similarity >= NEAR_FROM else Relation.NONE
    return Recognition(
        verdict=ArticleVerdict.REVISION,
        group=latest.group,
        relation=relation,
        nearest=latest.id,
        similarity=similarity,
        previous=alike[-1] if alike and article.text_kind is not TextKind.SEED else None,
    )


def _relation(own: Sketch, other: Sketch) -> tuple[Relation, float] | None:
    similarity = containment(own, other)
    if similarity < NEAR_FROM or shared_hashes(own, other) < _LEAST_SHARED:
        return None
    shorter, longer = sorted((own.shingles, other.shingles))
    whole = shorter >= longer * _SAME_LENGTH_FROM
    return (Relation.NEAR if whole else Relation.CONTAINED), similarity


def _copy(of: KnownArticle, relation: Relation, similarity: float) -> Recognition:
    return Recognition(
        verdict=ArticleVerdict.DUPLICATE,
        group=of.group,
        relation=relation,
        nearest=of.id,
        similarity=similarity,
    )
