# SPDX-License-Identifier: Apache-2.0
"""Rows of the database to records and back.

What it is not: SQL that is run (`store.sqlite`), or records inside one column (`store.codec`).
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from monitor.core.health import FeedHealth
from monitor.core.model import (
    Article,
    ArticleVerdict,
    Basis,
    FigureChanges,
    KnownArticle,
    LedgerClaim,
    Outcome,
    Relation,
    Sketch,
    TextKind,
)
from monitor.store import codec
from monitor.store.records import FeedPolicy, FeedRow

# More are of no interest to anybody.
_MOST_PASSAGES = 12

# What recognising an article needs of it; never its text.
KNOWN_ARTICLE = """SELECT articles.seq, articles.id, group_id, feed, entry_key, entry_hash,
    canonical_url, title, text_kind, publisher, published, seen, fingerprint, sketch_version,
    shingles, hashes FROM articles LEFT JOIN sketches ON sketches.article = articles.seq"""
_ARTICLE_COLUMNS = (
    "id",
    "feed",
    "entry_key",
    "entry_hash",
    "url",
    "canonical_url",
    "title",
    "text",
    "text_kind",
    "publisher",
    "language",
    "published",
    "seen",
    "fingerprint",
    "sketch_version",
    "shingles",
    "group_id",
    "verdict",
    "relation",
    "nearest",
    "similarity",
    "silenced",
    "extraction",
    "evaluations",
    "basis",
    "passages",
    "changes",
)
INSERT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_ARTICLE_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _ARTICLE_COLUMNS)})"
)
_CLAIM_COLUMNS = (
    "id",
    "article",
    "group_id",
    "measure",
    "force",
    "place",
    "kind",
    "status",
    "family",
    "low",
    "high",
    "said",
    "seen",
    "verdict",
    "withdrawn",
    "body",
)
INSERT_CLAIM = (
    f"INSERT INTO claims ({', '.join(_CLAIM_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _CLAIM_COLUMNS)})"
)


def packed(hashes: Sequence[int]) -> bytes:
    """Return the values of a sketch as four bytes each, in order."""
    found = array("I", hashes)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def unpacked(blob: bytes | None) -> tuple[int, ...]:
    """Return what `packed` packed."""
    found = array("I", blob or b"")
    if sys.byteorder == "big":
        found.byteswap()
    return tuple(found)


def known_article_of(row: dict[str, Any]) -> KnownArticle:
    """Return what memory keeps of an article, from a row of `KNOWN_ARTICLE`."""
    return KnownArticle(
        id=row["id"],
        group=row["group_id"],
        feed=row["feed"],
        entry_key=row["entry_key"],
        entry_hash=row["entry_hash"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        publisher=row["publisher"],
        text_kind=TextKind(row["text_kind"]),
        published=codec.moment(row["published"]),
        seen=codec.moment_required(row["seen"]),
        fingerprint=row["fingerprint"],
        sketch=Sketch(
            hashes=unpacked(row["hashes"]),
            shingles=row["shingles"],
            version=row["sketch_version"],
        ),
    )


def article_row(outcome: Outcome) -> dict[str, object]:
    """Return the row of a decided article."""
    article = outcome.article
    return {
        "id": article.id,
        "feed": article.feed,
        "entry_key": article.entry_key,
        "entry_hash": article.entry_hash,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "text": article.text,
        "text_kind": article.text_kind,
        "publisher": article.publisher,
        "language": article.language,
        "published": codec.when(article.published) if article.published else None,
        "seen": codec.when(article.seen),
        "fingerprint": article.fingerprint,
        "sketch_version": article.sketch.version,
        "shingles": article.sketch.shingles,
        "group_id": outcome.group,
        "verdict": outcome.verdict,
        "relation": outcome.relation,
        "nearest": outcome.nearest,
        "similarity": outcome.similarity,
        "silenced": outcome.silenced,
        "extraction": codec.dump_extraction(article.claims, article.rejected),
        "evaluations": codec.dump_evaluations(outcome.evaluations),
        "basis": outcome.basis,
        "passages": json.dumps(outcome.passages[:_MOST_PASSAGES]),
        "changes": codec.dump(outcome.changes) if outcome.changes else None,
    }


def claim_row(claim: LedgerClaim) -> dict[str, object]:
    """Return the row of a claim."""
    series = claim.series
    return {
        "id": claim.id,
        "article": claim.article,
        "group_id": claim.group,
        "measure": series.measure,
        "force": series.force,
        "place": series.place,
        "kind": series.kind,
        "status": series.status,
        "family": claim.family,
        "low": claim.claim.low,
        "high": claim.claim.high,
        "said": codec.when(claim.said),
        "seen": codec.when(claim.seen),
        "verdict": claim.verdict,
        "withdrawn": int(claim.withdrawn),
        "body": codec.dump(claim),
    }


def ledger_claim_of(row: dict[str, Any]) -> LedgerClaim:
    """Return the claim of a row."""
    claim = codec.load(LedgerClaim, row["body"])
    return replace(claim, withdrawn=bool(row["withdrawn"]))


def outcome_of(row: dict[str, Any], claims: tuple[LedgerClaim, ...]) -> Outcome:
    """Return what was decided about the article of a row; its sketch is not read."""
    extraction = codec.load_extraction(row["extraction"])
    article = Article(
        id=row["id"],
        feed=row["feed"],
        entry_key=row["entry_key"],
        entry_hash=row["entry_hash"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"],
        text_kind=TextKind(row["text_kind"]),
        publisher=row["publisher"],
        language=row["language"],
        published=codec.moment(row["published"]),
        seen=codec.moment_required(row["seen"]),
        fingerprint=row["fingerprint"],
        sketch=Sketch(hashes=(), shingles=row["shingles"], version=row["sketch_version"]),
        claims=extraction.claims,
        rejected=extraction.rejected,
    )
    return Outcome(
        article=article,
        verdict=ArticleVerdict(row["verdict"]),
        group=row["group_id"],
        relation=Relation(row["relation"]),
        nearest=row["nearest"],
        similarity=row["similarity"],
        claims=claims,
        evaluations=codec.load_evaluations(row["evaluations"]),
        silenced=row["silenced"],
        basis=Basis(row["basis"]) if row["basis"] else None,
        passages=tuple(json.loads(row["passages"])),
        changes=codec.load(FigureChanges, row["changes"]) if row["changes"] else None,
    )


# A hub is believed once it pushed, and until two polls in a row found what it had not pushed.
FEEDS = """SELECT feeds.*,
    (SELECT max(lease_until) FROM hub_subscriptions AS hub WHERE hub.feed = feeds.id
       AND hub.standing = 'active' AND hub.last_push IS NOT NULL AND hub.missed < 2) AS pushed_until,
    (SELECT max(owed) FROM hub_subscriptions AS hub WHERE hub.feed = feeds.id) AS owed
  FROM feeds"""
DUE = """WHERE enabled AND configured AND stopped IS NULL
    AND (next_poll <= :limit OR id IN (SELECT feed FROM hub_subscriptions WHERE owed <= :limit))
  ORDER BY next_poll, id"""


def feed_of(row: dict[str, Any]) -> FeedRow:
    """Return the feed of a row."""
    return FeedRow(
        id=row["id"],
        url=row["url"],
        publisher=row["publisher"],
        origin=row["origin"],
        configured=bool(row["configured"]),
        enabled=bool(row["enabled"]),
        policy=codec.load(FeedPolicy, row["settings"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_poll=codec.moment_required(row["next_poll"]),
        last_poll=codec.moment(row["last_poll"]),
        last_success=codec.moment(row["last_success"]),
        last_outcome=row["last_outcome"],
        last_error=row["last_error"],
        error_count=row["error_count"],
        polls=row["polls"],
        articles=row["articles"],
        health=codec.load(FeedHealth, row["health"]),
        stopped=row["stopped"],
        pushed_until=codec.moment(row["pushed_until"]),
        owed=codec.moment(row["owed"]),
    )
