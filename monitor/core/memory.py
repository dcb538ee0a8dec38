# SPDX-License-Identifier: Apache-2.0
"""Memory: what is already known, as far as a decision needs it.

What it is not: the store (`store.recall` builds a `Memory` from rows), how texts are compared
(`sketches`), what an article is to memory (`recognition`), or novelty of figures (`ledger`).
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.core.model import Alert, Article, KnownArticle, LedgerClaim, Outcome, Sketch
from monitor.core.series import force_key
from monitor.core.sketches import (
    SKETCH_VERSION,
    containment,
    fingerprint,
    index_keys,
    sketch,
)

__all__ = [
    "SKETCH_VERSION",
    "Memory",
    "Needs",
    "containment",
    "fingerprint",
    "known",
    "needs",
    "sketch",
]

# Articles compared closely: a copy is among the few that share most keys, more only cost time.
MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The keys of the slice of the past that deciding about a batch needs."""

    identities: frozenset[tuple[str, str]]
    canonical_urls: frozenset[str]
    fingerprints: frozenset[str]
    keys: tuple[tuple[int, ...], ...]  # of each article's sketch and headline, see `index_keys`
    series: frozenset[tuple[str, str]]  # (measure, force key)
    figures: frozenset[tuple[int, int]] = frozenset()  # (low, high) that a notice takes back


def needs(articles: Sequence[Article]) -> Needs:
    """Return what must be recalled before `articles` can be decided."""
    return Needs(
        identities=frozenset((article.feed, article.entry_key) for article in articles),
        canonical_urls=frozenset(
            article.canonical_url for article in articles if article.canonical_url
        ),
        fingerprints=frozenset(article.fingerprint for article in articles),
        keys=tuple(index_keys(article.sketch, article.title) for article in articles),
        series=frozenset(
            (claim.measure, force_key(claim)) for article in articles for claim in article.claims
        ),
        figures=frozenset(notice.wrong for article in articles for notice in article.notices),
    )


# Values in these are never changed in place, so that a copy need only copy the tables. Series are
# long: their lists are.
_TABLES = (
    "_articles",
    "_readings",
    "_by_url",
    "_by_fingerprint",
    "_by_key",
    "_order",
    "_claims",
    "_alerts",
    "_alerts_by_claim",
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
        self._readings: dict[tuple[str, str], tuple[str, ...]] = {}
        self._by_url: dict[str, str] = {}
        self._by_fingerprint: dict[str, str] = {}
        self._by_key: dict[int, tuple[str, ...]] = {}
        self._order: dict[str, int] = {}
        self._claims: dict[str, LedgerClaim] = {}
        self._by_series: dict[tuple[str, str], list[str]] = {}
        self._alerts: dict[str, Alert] = {}
        self._alerts_by_claim: dict[str, tuple[Alert, ...]] = {}
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

    def candidates(self, own: Sketch, title: str) -> tuple[KnownArticle, ...]:
        """Return the articles that share most index keys with a text; earlier ones win ties."""
        found = (self._by_key.get(value, ()) for value in index_keys(own, title))
        shared = Counter(itertools.chain.from_iterable(found))
        best = heapq.nsmallest(
            MOST_CANDIDATES, ((-count, self._order[key], key) for key, count in shared.items())
        )
        return tuple(self._articles[key] for _, _, key in best)

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

    def stating(self, low: int, high: int) -> tuple[LedgerClaim, ...]:
        """Return the standing rows with exactly this figure, of whatever series."""
        return tuple(
            row
            for row in self._claims.values()
            if (row.claim.low, row.claim.high) == (low, high) and not row.withdrawn
        )

    def has_alert(self, dedup_key: str) -> bool:
        """Say whether an alert with this dedup key was raised before."""
        return dedup_key in self._alerts

    def alerts_about(self, claim_id: str) -> tuple[Alert, ...]:
        """Return the alerts that one ledger row raised."""
        return self._alerts_by_claim.get(claim_id, ())

    # --- growing -----------------------------------------------------------------------------

    def absorb(self, outcome: Outcome, alerts: Sequence[Alert] = ()) -> Memory:
        """Return the memory after `outcome`; this one is not changed."""
        following = self.copy()
        following.take_in(outcome, alerts)
        return following

    def copy(self) -> Memory:
        """Return a memory that may grow without changing this one."""
        twin = Memory()
        for name in _TABLES:
            setattr(twin, name, getattr(self, name).copy())
        twin._by_series = {key: [*rows] for key, rows in self._by_series.items()}
        return twin

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
        entry = (article.feed, article.entry_key)
        self._readings[entry] = (*self._readings.get(entry, ()), article.id)
        if article.canonical_url:
            self._by_url.setdefault(article.canonical_url, article.id)
        self._by_fingerprint.setdefault(article.fingerprint, article.id)
        self._order[article.id] = len(self._order)
        for value in index_keys(article.sketch, article.title):
            self._by_key[value] = (*self._by_key.get(value, ()), article.id)

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
            about = alert.claim.id
            self._alerts_by_claim[about] = (*self._alerts_by_claim.get(about, ()), alert)


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
