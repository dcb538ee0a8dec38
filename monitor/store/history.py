# SPDX-License-Identifier: Apache-2.0
"""The past in order: what was decided about every stored article, one after another.

Rules of this file: reading only, in pieces, so that a corpus of any size streams through; rows of the
ledger come as they were written, so that what was withdrawn later still stands at its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from monitor.core.model import (
    Article,
    ArticleVerdict,
    Cause,
    Evaluation,
    LedgerClaim,
    Outcome,
    Relation,
    Sketch,
    TextKind,
    Withdrawal,
)
from monitor.store import codec
from monitor.store.sqlite import Store

# Articles read at once: some megabytes of text.
_ROWS = 500


def count_articles(store: Store) -> int:
    """Return how many articles are stored."""
    return int(store.rows("SELECT count(*) AS n FROM articles")[0]["n"])


def newest_said(store: Store, feed: str) -> datetime | None:
    """Return when the newest article that a feed brought so far was said, or None without any."""
    rows = store.rows(
        "SELECT max(min(coalesce(published, seen), seen)) AS said FROM articles WHERE feed = ?",
        [feed],
    )
    return codec.moment(rows[0]["said"])


def stored_outcomes(store: Store, *, asked: Sequence[str] = ()) -> Iterator[Outcome]:
    """Yield what was decided about each article, in order of arrival.

    What rules made of it is there for those in `asked` only: others would cost more than all else.
    """
    last = 0
    while rows := store.rows(
        "SELECT * FROM articles WHERE seq > ? ORDER BY seq LIMIT ?", [last, _ROWS]
    ):
        last = rows[-1]["seq"]
        names = [row["id"] for row in rows]
        claims, withdrawals = _claims(store, names), _withdrawals(store, names)
        for row in rows:
            own, taken = claims.get(row["id"], ()), withdrawals.get(row["id"], ())
            yield _outcome(row, tuple(own), tuple(taken), asked)


def _claims(store: Store, articles: Sequence[str]) -> dict[str, list[LedgerClaim]]:
    marks = ",".join("?" * len(articles))
    found: dict[str, list[LedgerClaim]] = {}
    for row in store.rows(
        f"SELECT article, body FROM claims WHERE article IN ({marks}) ORDER BY seq",  # noqa: S608
        articles,
    ):
        found.setdefault(row["article"], []).append(codec.load(LedgerClaim, row["body"]))
    return found


def _withdrawals(store: Store, articles: Sequence[str]) -> dict[str, list[Withdrawal]]:
    """Return what each article took back; what an operator did has no place in this order."""
    marks = ",".join("?" * len(articles))
    found: dict[str, list[Withdrawal]] = {}
    for row in store.rows(
        f"SELECT * FROM withdrawals WHERE article IN ({marks}) ORDER BY seq",  # noqa: S608
        articles,
    ):
        withdrawal = Withdrawal(
            claim=row["claim"],
            cause=Cause(row["cause"]),
            reason=row["reason"],
            article=row["article"],
            at=codec.moment_required(row["at"]),
        )
        found.setdefault(row["article"], []).append(withdrawal)
    return found


def _outcome(
    row: dict[str, Any],
    claims: tuple[LedgerClaim, ...],
    withdrawals: tuple[Withdrawal, ...],
    asked: Sequence[str],
) -> Outcome:
    return Outcome(
        article=_article(row, claims),
        verdict=ArticleVerdict(row["verdict"]),
        group=row["group_id"],
        relation=Relation(row["relation"]),
        nearest=row["nearest"],
        similarity=row["similarity"],
        claims=claims,
        withdrawals=withdrawals,
        evaluations=_evaluations(row["evaluations"], asked),
        silenced=row["silenced"],
    )


def _evaluations(text: str, asked: Sequence[str]) -> tuple[Evaluation, ...]:
    if not any(f'"{rule}"' in text for rule in asked):
        return ()
    return tuple(one for one in codec.load_evaluations(text) if one.rule in asked)


def _article(row: dict[str, Any], claims: Sequence[LedgerClaim]) -> Article:
    """Return the article without its sketch and rejected numbers, which no rule looks at."""
    return Article(
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
        claims=tuple(claim.claim for claim in claims),
    )


def live_alerts(store: Store, since: datetime | None = None) -> dict[tuple[str, str], list[str]]:
    """Return which rules alerted about each article and claim ("" for the whole article)."""
    found: dict[tuple[str, str], list[str]] = {}
    limit = codec.when(since) if since else ""
    for row in store.rows(
        """SELECT rule, article, claim FROM alerts WHERE created >= ? AND disposition = 'alert'
           ORDER BY seq""",
        [limit],
    ):
        found.setdefault((row["article"], row["claim"] or ""), []).append(row["rule"])
    return found
