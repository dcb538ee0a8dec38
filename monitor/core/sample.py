# SPDX-License-Identifier: Apache-2.0
"""The message that `notify test` sends: shaped like a real alert, about a country that is not.

What it is not: an alert; it is never stored, judged or routed. Rules of this file: everything in it
is made up and says so, so that whoever reads one by accident is not misled.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from monitor.core.model import (
    Alert,
    ArticleRef,
    Bound,
    Channel,
    Claim,
    Disposition,
    Evidence,
    Kind,
    LedgerClaim,
    Message,
    Series,
    Severity,
    Source,
    Span,
    Status,
    Verdict,
)
from monitor.core.payload import TEST_RULE

_SENTENCE = (
    "This is a test: at least 12,000 Ruritanian troops are in Strelsau, the made-up Ministry of "
    "Examples said."
)
_SURFACE = "12,000"
_SOURCE = Source(id="test-ministry", name="Ministry of Examples", family="test-ministry")
_SERIES = Series(
    measure="troops",
    force="test-ruritania",
    unit="persons",
    place=None,
    kind=Kind.TOTAL,
    status=Status.PRESENT,
)


def sample_message(channel: Channel, now: datetime) -> Message:
    """Return a test message for `channel`; each moment gives another id, so none is a repeat."""
    mark = hashlib.sha256(f"{channel.id}|{now.isoformat()}".encode()).hexdigest()[:16]
    earlier = _row("test-earlier", 10_000, Bound.NONE, now - timedelta(days=7))
    row = _row("test-now", 12_000, Bound.AT_LEAST, now)
    alert = Alert(
        id=f"al_test_{mark}",
        dedup_key=f"test|{mark}",
        rule=TEST_RULE,
        rule_title="Test message",
        severity=Severity.INFO,
        disposition=Disposition.ALERT,
        reason="somebody ran notify test",
        claim=row,
        previous=(earlier,),
        article=ArticleRef(
            id="test-article",
            url="https://example.org/figurewatch-test",
            title="A test article that does not exist",
            publisher="Figurewatch",
            published=now,
        ),
        created=now,
    )
    return Message(id=f"test_{mark}", channel=channel, rule=TEST_RULE, alerts=(alert,), created=now)


def _row(row_id: str, value: int, bound: Bound, said: datetime) -> LedgerClaim:
    start = _SENTENCE.index(_SURFACE)
    claim = Claim(
        measure=_SERIES.measure,
        low=value,
        high=value,
        bound=bound,
        surface=_SURFACE,
        force_text="Ruritanian",
        place_text="Strelsau",
        source=_SOURCE,
        as_of=said.date(),
        evidence=Evidence(
            text=_SURFACE,
            span=Span(start=start, end=start + len(_SURFACE)),
            sentence=_SENTENCE,
            sentence_span=Span(start=0, end=len(_SENTENCE)),
        ),
        confidence=1.0,
    )
    return LedgerClaim(
        id=row_id,
        article="test-article",
        group="test-article",
        feed="test",
        publisher="Figurewatch",
        claim=claim,
        series=_SERIES,
        family=_SOURCE.family,
        said=said,
        seen=said,
        verdict=Verdict.REVISION,
        reason="made up for this test",
        previous="test-earlier" if row_id == "test-now" else None,
    )
