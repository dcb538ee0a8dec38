# SPDX-License-Identifier: Apache-2.0
"""The whole extractor: spans, robustness, invariance, and named reasons for what is not taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.claims import Document, extract, may_hold_claims
from monitor.core.model import Extraction, TextField
from monitor.knowledge import shipped_knowledge

_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)


def _read(text: str, title: str | None = None) -> Extraction:
    return extract(
        Document(title=title, text=text, published=_PUBLISHED),
        shipped_knowledge(),
        measures=("troops",),
    )


_WORDS = st.sampled_from(
    [
        "10,000", "11 to 12,000", "several thousand", "North Korean", "Russian", "troops", "soldiers",
        "in", "Kursk", "Russia", "the", "Pentagon", "said", "that", "according to", "Zelensky", ",",
        ".", "\n", '"', "“", "of", "them", "including", "500", "officers", "killed", "will", "send",
        "\u00a0", "number of", "is", "have gone there", "(", ")", "-", "—", "�", "ﬁ", "and", "none",
    ]
)  # fmt: skip
_NEWS = st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=60).map(" ".join))


@settings(deadline=None, max_examples=150)
@given(_NEWS, st.none() | _NEWS)
def test_spans_point_at_the_text_they_claim(text: str, title: str | None) -> None:
    """For any text nothing is raised, and every span holds exactly the characters it says."""
    found = _read(text, title)
    fields = {TextField.TEXT: text, TextField.TITLE: title or ""}
    for claim in found.claims:
        evidence = claim.evidence
        whole = fields[evidence.span.field]
        assert whole[evidence.span.start : evidence.span.end] == evidence.text
        sentence = evidence.sentence_span
        assert whole[sentence.start : sentence.end] == evidence.sentence
        assert sentence.start <= evidence.span.start < evidence.span.end <= sentence.end
    for rejection in found.rejected:
        whole = fields[rejection.span.field]
        assert whole[rejection.span.start : rejection.span.end] == rejection.text


@pytest.mark.parametrize(
    "text",
    [
        "10,000 " * 20_000,
        "troops " * 20_000 + "10,000",
        "10,000 North Korean troops, " * 5_000,
        '"' * 50_000 + " 10,000 troops",
        "said " * 20_000 + "10,000 troops",
        "(" * 20_000 + "10,000 troops",
        "in Kursk " * 10_000 + "10,000 troops",
        "1" * 100_000 + " troops",
        "a thousand and " * 10_000 + "troops",
        "10,000 - troops " * 10_000,
        "North " * 20_000 + "10,000 troops",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.timeout(60)
def test_hostile_texts_are_answered(text: str) -> None:
    """Repetition of any part of the grammar costs seconds, not the hours of backtracking."""
    found = _read(text)
    assert all(0 <= claim.low <= claim.high for claim in found.claims)


_FORMATS = ["11,000", "11.000", "11 000", "11\u202f000", "11K", "eleven thousand", "11 thousand"]
_FRAMES = [
    "The Pentagon said on Monday that {} North Korean troops are in Kursk.",
    "Some {} North Korean troops are in Kursk, the Pentagon said on Monday.",
    "“{} North Korean troops are in Kursk,” the Pentagon said on Monday.",
    "According to the Pentagon, North Korea has deployed {} soldiers to Kursk.",
    "The number of North Korean soldiers in Kursk has reached {}, the Pentagon said.",
    "The Pentagon said {} soldiers from North Korea were in the Kursk region.",
    "The Pentagon said {} soldiers had been sent by Pyongyang to Kursk.",
]


@pytest.mark.parametrize("frame", _FRAMES, ids=range(len(_FRAMES)))
@pytest.mark.parametrize("number", _FORMATS)
def test_wording_and_format_never_change_the_claim(frame: str, number: str) -> None:
    """Active or passive, quoted or not, in any number format, it is one and the same claim."""
    (claim,) = _read(frame.format(number)).claims
    assert (claim.low, claim.high, claim.force, claim.place) == (11_000, 11_000, "KP", "kursk")
    assert claim.source is not None
    assert claim.source.family == "us-government"


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("About 1,000 North Korean troops have been killed in Kursk.", "1,000", "casualty"),
        ("Russia has lost 700,000 soldiers since 2022.", "700,000", "casualty"),
        ("Ukraine captured 240 Russian soldiers.", "240", "casualty"),
        ("Russia returned the bodies of 1,000 Ukrainian soldiers.", "1,000", "casualty"),
        ("North Korean troops fired 9 million artillery shells.", "9 million", "counts artillery"),
        ("Troops arrived on 28 October.", "28", "date"),
        ("Troops have fought there since 2022.", "2022", "year"),
        ("The T-72 tanks followed the soldiers.", "72", "designation"),
        ("About 40 percent of the troops left.", "40", "percentage"),
        ("Two North Korean soldiers were seen in Kursk.", "Two", "below-floor"),
        ("Troops moved 15 km to the west.", "15", "counts km"),
        ("Police deployed 2,000 officers, the military none.", "2,000", "other-crowd"),
    ],
)
def test_numbers_that_are_not_taken_say_why(text: str, number: str, reason: str) -> None:
    """A casualty, a date, a code or a crowd is no estimate, and the reason is named."""
    found = _read(text)
    assert found.claims == ()
    assert (number, reason) in {(item.text, item.reason) for item in found.rejected}


def test_a_denominator_survives_the_casualties_beside_it() -> None:
    """Of those deployed, some were killed: the deployed are still an estimate."""
    found = _read("Of the 11,000 North Korean soldiers in Kursk, around 4,000 have been killed.")
    assert [claim.low for claim in found.claims] == [11_000]


def test_every_claim_says_which_rule_set_each_field() -> None:
    """The trace of a claim names a rule for each field."""
    (claim,) = _read("Some 10,000 North Korean troops are in Kursk, the Pentagon said.").claims
    assert dict(claim.why) == {
        "value": "numerals.digits",
        "head": "heads.direct",
        "force": "force.adjective",
        "place": "place.right",
        "source": "attribution.said",
        "status": "status.default",
        "kind": "kind.default",
        "as_of": "as_of.published",
    }


def test_the_gate_passes_texts_with_claims_and_stops_others() -> None:
    """The cheap gate never stops a text that can hold a claim."""
    knowledge = shipped_knowledge()
    assert may_hold_claims("Some 10,000 troops", knowledge)
    assert may_hold_claims("Kyiv revises its picture of the troops in Kursk", knowledge)
    assert not may_hold_claims("The council met at ten to discuss schools.", knowledge)


def test_reading_twice_gives_the_same_claims() -> None:
    """Extraction is a function of the text."""
    text = (
        "Some 10,000 North Korean troops are in Kursk, the Pentagon said. 500 officers lead them."
    )
    assert _read(text) == _read(text)
