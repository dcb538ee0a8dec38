# SPDX-License-Identifier: Apache-2.0
"""All layers together: a document's claims and the numbers that are none.

What it is not: any single rule (see the layers). Rules of this file: the gates are cheap and never
stop a text that holds a claim; the measures of one language share one story; mentions of one figure
become one claim; a number that one measure takes is not rejected by another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.claims.grammar import Grammar, grammar_of
from monitor.core.claims.inflected import may_hold as may_hold_in_pack
from monitor.core.claims.inflected import pack_for
from monitor.core.claims.inflected import read as read_in_pack
from monitor.core.claims.merge import Mention, merged
from monitor.core.claims.reader import Reader
from monitor.core.claims.story import Story
from monitor.core.knowledge import Knowledge
from monitor.core.model import Extraction, Rejection, Span

# Longer texts are books or attacks, not articles; what lies beyond is not read.
MOST_CHARACTERS = 200_000
_MOST_TITLE = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to read: `published` resolves "on Monday", `language` chooses the words."""

    title: str | None = None
    text: str
    published: datetime | None = None
    language: str | None = None


def may_hold_claims(
    text: str,
    knowledge: Knowledge,
    language: str | None = None,
    *,
    measures: Collection[str] | None = None,
) -> bool:
    """Say cheaply whether what a text begins can hold a claim further on: it names what is counted.

    It need not hold a number: the figure may stand in the paragraph that a teaser leaves out.
    """
    pack, _ = pack_for(None, text, language, knowledge.packs)
    if pack is not None:
        return may_hold_in_pack(text, pack, knowledge, measures)
    return any(
        grammar.context.stands_in(text) or grammar.passes(text)
        for grammar in _grammars(knowledge, None, measures)
    )


def extract(
    document: Document, knowledge: Knowledge, *, measures: Collection[str] | None = None
) -> Extraction:
    """Return every claim of the document and every number that is none, with the reason.

    `measures` limits the reading to some measures; None reads all.
    """
    pack, language = pack_for(document.title, document.text, document.language, knowledge.packs)
    if pack is not None:
        return read_in_pack(document, knowledge, pack, language, measures)
    title = (document.title or "")[:_MOST_TITLE]
    text = document.text[:MOST_CHARACTERS]
    published = _day(document.published)
    mentions: list[Mention] = []
    rejected: list[Rejection] = []
    story: Story | None = None
    for grammar in _grammars(knowledge, language, measures):
        if not grammar.passes(*filter(None, (title, text))):
            continue
        story = story or Story(title, text, knowledge, grammar)
        reader = Reader(story, knowledge, grammar, published)
        reader.read()
        mentions += reader.mentions
        rejected += reader.rejected
    return Extraction(
        claims=merged(mentions, knowledge, published),
        rejected=_left_over(rejected, {mention.evidence.span for mention in mentions}),
    )


def _left_over(rejected: Collection[Rejection], taken: Collection[Span]) -> tuple[Rejection, ...]:
    """Return one rejection for each number that no measure takes: the first measure's."""
    found: dict[Span, Rejection] = {}
    for rejection in rejected:
        if rejection.span not in taken:
            found.setdefault(rejection.span, rejection)
    return tuple(found.values())


def _grammars(
    knowledge: Knowledge, language: str | None, measures: Collection[str] | None = None
) -> list[Grammar]:
    chosen = (language or "").split("-")[0].lower()
    if chosen not in knowledge.languages:
        chosen = "en" if "en" in knowledge.languages else next(iter(knowledge.languages))
    wanted = [name for name in knowledge.measures if measures is None or name in measures]
    # Measures of who is there come first: their reasons say more than "no-fate".
    wanted.sort(key=lambda name: (bool(knowledge.measures[name].fates), name))
    return [grammar_of(knowledge, name, chosen) for name in wanted]


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
