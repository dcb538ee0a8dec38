# SPDX-License-Identifier: Apache-2.0
"""Alerts and messages for tests of rendering and sending; sentences written for these tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.core.gazetteer import Force, Gazetteer, Place, SourceNode
from monitor.core.model import (
    Alert,
    ArticleRef,
    Channel,
    ChannelKind,
    Claim,
    Disposition,
    Evidence,
    LedgerClaim,
    Message,
    MessageKind,
    Series,
    Severity,
    Source,
    Span,
    Verdict,
)

GAZETTEER = Gazetteer(
    places=[
        Place(id="russia", name="Russia"),
        Place(id="kursk", name="Kursk", parent="russia", watch=True),
        Place(id="sudzha", name="Sudzha", parent="kursk"),
    ],
    forces=[Force(id="KP", name="North Korea", adjective="North Korean")],
    sources=[
        SourceNode(id="us-government", name="US government", family="us-government"),
        SourceNode(id="pentagon", name="Pentagon", family="us-government"),
        SourceNode(
            id="ukraine-government", name="Ukrainian government", family="ukraine-government"
        ),
        SourceNode(id="zelensky", name="Volodymyr Zelensky", family="ukraine-government"),
        SourceNode(id="hur", name="HUR", family="ukraine-government"),
    ],
)
ZELENSKY = GAZETTEER.source("zelensky")
PENTAGON = GAZETTEER.source("pentagon")
HUR = GAZETTEER.source("hur")
NOW = datetime(2024, 11, 5, 8, 0, 2, tzinfo=UTC)
EMAIL = Channel(
    id="desk/email", subscriber="desk", kind=ChannelKind.EMAIL, address="desk@example.org"
)
WEBHOOK = Channel(
    id="siem/webhook",
    subscriber="siem",
    kind=ChannelKind.WEBHOOK,
    address="https://siem.example.org/in",
)


def evidence(sentence: str, surface: str, at: int = 40) -> Evidence:
    """Evidence for `surface` in `sentence`, which begins at `at` of its text."""
    start = sentence.index(surface)
    return Evidence(
        text=surface,
        span=Span(start=at + start, end=at + start + len(surface)),
        sentence=sentence,
        sentence_span=Span(start=at, end=at + len(sentence)),
    )


def claim(
    low: int,
    high: int | None = None,
    *,
    sentence: str | None = None,
    surface: str | None = None,
    source: Source | None = ZELENSKY,
    place: str | None = "kursk",
    **fields: object,
) -> Claim:
    """A claim about North Korean troops."""
    words = surface or (f"{low:,}" if high is None else f"{low:,} to {high:,}")
    text = sentence or f"The brief put the number at {words} North Korean soldiers."
    base = Claim(
        measure="troops",
        low=low,
        high=low if high is None else high,
        surface=words,
        force="KP",
        force_text="North Korean",
        place=place,
        source=source,
        as_of=date(2024, 11, 4),
        evidence=evidence(text, words),
        confidence=0.93,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def row(
    row_id: str,
    counted: Claim,
    *,
    verdict: Verdict = Verdict.NEW,
    said: datetime = datetime(2024, 11, 4, 20, 0, tzinfo=UTC),
    publisher: str = "Steppe Courier",
    reason: str = "no earlier figure of this family for this place",
    previous: str | None = None,
) -> LedgerClaim:
    """A ledger row for a claim."""
    return LedgerClaim(
        id=row_id,
        article=f"art_{row_id}",
        group=f"art_{row_id}",
        feed="steppe",
        publisher=publisher,
        claim=counted,
        series=Series(
            measure=counted.measure,
            force=counted.force or "",
            unit=counted.unit,
            place=counted.place,
            kind=counted.kind,
            status=counted.status,
        ),
        family=None if counted.source is None else counted.source.family,
        said=said,
        seen=said,
        verdict=verdict,
        reason=reason,
        previous=previous,
    )


def alert(
    alert_id: str,
    ledger_row: LedgerClaim | None,
    *,
    previous: tuple[LedgerClaim, ...] = (),
    title: str = "Kyiv: more North Koreans have reached the border",
    url: str | None = "https://www.steppe-courier.example/2024/11/04/border?id=7",
    **fields: object,
) -> Alert:
    """An alert of the shipped kind of rule."""
    base = Alert(
        id=alert_id,
        dedup_key=f"key {alert_id}",
        rule="troops.nk-in-russia",
        rule_title="North Korean troops in Russia",
        severity=Severity.HIGH,
        disposition=Disposition.ALERT,
        reason=f"{ledger_row.verdict}: {ledger_row.reason}" if ledger_row else "keywords: kursk",
        claim=ledger_row,
        previous=previous,
        article=ArticleRef(
            id="art_1",
            url=url,
            title=title,
            publisher="Steppe Courier",
            published=datetime(2024, 11, 4, 20, 0, tzinfo=UTC),
        ),
        created=NOW,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def message(*alerts: Alert, channel: Channel = EMAIL, message_id: str = "msg_0123abcd") -> Message:
    """A message of these alerts, for their first one's rule."""
    return Message(id=message_id, channel=channel, rule=alerts[0].rule, alerts=alerts, created=NOW)


PENTAGON_ROW = row(
    "led_1",
    claim(10_000, source=PENTAGON, place="kursk", as_of=date(2024, 10, 28)),
    said=datetime(2024, 10, 28, 18, 0, tzinfo=UTC),
    publisher="Wire & Sons",
)
RUSSIA_ROW = row(
    "led_2",
    claim(10_000, source=PENTAGON, place="russia", approximate=True, as_of=date(2024, 10, 29)),
    said=datetime(2024, 10, 29, 19, 56, tzinfo=UTC),
    publisher="The Meridian",
)
VAGUE_ROW = row(
    "led_3",
    claim(
        2_000,
        9_999,
        source=None,
        surface="several thousand",
        vague=True,
        as_of=date(2024, 10, 25),
    ),
    said=datetime(2024, 10, 25, 6, 0, tzinfo=UTC),
    publisher="",
)
NEW_ROW = row(
    "led_4",
    claim(
        11_000,
        sentence=(
            "Eleven battalions are there by now, some 11,000 North Korean soldiers in the Kursk "
            "region, and nobody has answered them, Zelensky told viewers on Monday evening."
        ),
    ),
)
REVISED_ROW = row(
    "led_5",
    claim(
        11_000,
        12_000,
        source=PENTAGON,
        place="russia",
        sentence="Its spokesman now speaks of 11,000 to 12,000 North Korean troops inside Russia.",
    ),
    verdict=Verdict.REVISION,
    reason="the family's value was about 10,000",
    previous="led_2",
)
HUR_ROW = row(
    "led_6",
    claim(
        12_000,
        source=HUR,
        place="russia",
        approximate=True,
        sentence="Military intelligence in Kyiv counts about 12,000 of them in the country.",
    ),
)

ONE = message(
    alert(
        "al_4",
        NEW_ROW,
        previous=(PENTAGON_ROW, RUSSIA_ROW, VAGUE_ROW),
        witnesses_articles=5,
        witnesses_independent=2,
    )
)
SEVERAL = message(
    alert("al_6", HUR_ROW, previous=(RUSSIA_ROW,)),
    alert("al_5", REVISED_ROW, previous=(RUSSIA_ROW, HUR_ROW)),
    alert("al_4", NEW_ROW, previous=(PENTAGON_ROW,)),
    message_id="msg_several",
)
KEYWORD = message(
    alert(
        "al_k",
        None,
        rule="watch.kursk",
        rule_title="Kursk in the news",
        severity=Severity.NOTICE,
        reason="kursk NEAR/8 bridge",
    ),
    message_id="msg_keyword",
)
_SILENCE = alert(
    "al_s",
    None,
    rule="watch.pentagon",
    rule_title="Pentagon counts in Russia",
    severity=Severity.NOTICE,
    reason="no claim for 14 days; the last one on 4 Nov 2024",
)
ABSENCE = message(
    replace(_SILENCE, article=replace(_SILENCE.article, id="")), message_id="msg_absence"
)
NEVER = message(
    replace(
        _SILENCE,
        reason="no claim for 14 days, since 4 Nov 2024",
        article=ArticleRef(id="", url=None, title="", publisher="", published=None),
    ),
    message_id="msg_never",
)
FIRST = message(alert("al_first", HUR_ROW), message_id="msg_first")
_STEP = row(
    "led_7",
    claim(
        10_500,
        source=PENTAGON,
        place="russia",
        sentence="Late in the evening the Pentagon spoke of 10,500 North Korean soldiers in Russia.",
    ),
    verdict=Verdict.REVISION,
    previous="led_2",
)
NIGHT = replace(
    message(
        alert("al_5", REVISED_ROW, previous=(RUSSIA_ROW, HUR_ROW), steps=(_STEP,)),
        message_id="msg_night",
    ),
    heading="Held back during your quiet hours, 22:00-07:00",
    overtaken=("al_7",),
)
DIGEST = replace(
    message(*SEVERAL.alerts[1:], *KEYWORD.alerts, message_id="dig_0123abcd"),
    kind=MessageKind.DIGEST,
    rule="figurewatch.digest",
    heading="Daily digest, 2024-11-05",
    notes=("Coverage: 3 feeds, 2 healthy, 1 blocked.", "Blocked: Meridian (http-403)."),
)
NOTICE = Message(
    id="ntc_0123abcd",
    channel=EMAIL,
    rule="figurewatch.notice",
    alerts=(),
    created=NOW,
    kind=MessageKind.NOTICE,
    heading="Channel desk/webhook is out of service",
    notes=("Why: HTTP 410 Gone", "Once it is mended: figurewatch outbox enable desk/webhook"),
)
