# SPDX-License-Identifier: Apache-2.0
"""Edited copies of a story, one function per relation, as desks and aggregators make them.

What it is not: the stories (`storybook`). Rules of this file: every edit is driven by the `Random` it
is given; `COPIES` are copies by definition, `OTHERS` are not, whatever they have in common.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable

from tests.storybook import Story, Topic, story

Edit = Callable[[Story, Topic, random.Random], Story]

_SYNONYMS = {
    "about": "around",
    "soldiers": "servicemen",
    "troops": "military personnel",
    "stationed": "based",
    "sent": "dispatched",
    "seen": "spotted",
    "again": "once more",
    "early": "in the first hours",
    "later": "afterwards",
    "could": "might",
    "number": "figure",
    "reached": "come to",
    "near": "close to",
    "earlier": "previous",
    "nobody": "no one",
    "while": "as",
    "because": "since",
    "despite": "in spite of",
    "without": "not",
    "further": "more",
    "moved": "shifted",
    "rebuilt": "put up anew",
    "announced": "declared",
    "confirmed": "bore out",
    "told": "informed",
    "reporters": "journalists",
    "came": "arrived",
    "long": "lengthy",
    "governments": "capitals",
    "began": "started",
    "took": "seized",
    "denied": "rejected",
    "villages": "hamlets",
}
_INSERTS = (
    "The report could not be checked at first by this newspaper's correspondents.",
    "Shares in shipping firms fell slightly when the news came through.",
    "Our correspondent in the region adds that schools stayed closed for a second day.",
    "Readers have asked us how such estimates are made, and we explain it on another page.",
)
_GERMAN = {
    "the": "der",
    "and": "und",
    "in": "im",
    "of": "von",
    "that": "dass",
    "to": "zu",
    "a": "ein",
    "were": "waren",
    "had": "hatte",
    "said": "sagte",
    "on": "am",
    "is": "ist",
    "are": "sind",
    "from": "aus",
    "for": "für",
    "not": "nicht",
    "by": "von",
    "with": "mit",
    "as": "als",
}


def verbatim(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The same words under other markup, quotes, spacing, dateline, byline and footer."""
    straight = original.text.replace("“", '"').replace("”", '"').replace("'", "’")
    wide = straight.replace(". ", ".\u00a0 ")
    body = wide.split("\n\n")
    body[0] = f"{chance.choice(['KARSK', 'VARNIA, Nov 4'])} (Reuters) - {body[0]}"
    extra = chance.choice(["Read more: A look at the frontier", "Follow us on every channel"])
    return original.with_paragraphs(("By Nora Quist", *body, extra, "© 2024 The Daily"))


def retitled(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The same text under a headline of one's own."""
    title = chance.choice(
        ["What we know", "The count that divides allies", "Numbers at the frontier"]
    )
    return Story(title, original.paragraphs)


def leftover_markup(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The same text with tags and references that nobody took out."""
    marked = [
        f"<p>{html.escape(text).replace(' and ', ' <b>and</b> ')}</p>"
        for text in original.paragraphs
    ]
    return original.with_paragraphs(marked)


def lightly_edited(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Every twentieth word replaced, one sentence cut, one put in."""
    return _inserted(_cut_sentences(_reworded(original, chance, 0.05), chance, 1), chance)


def with_synonyms(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Every tenth word replaced."""
    return _reworded(original, chance, 0.1)


def heavily_edited(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Every sixth word replaced, two sentences cut, one put in."""
    return _inserted(_cut_sentences(_reworded(original, chance, 1 / 6), chance, 2), chance)


def with_other_numbers(original: Story, topic: Topic, chance: random.Random) -> Story:
    """All of the text, and another figure wherever the figure stands."""
    other = f"{int(topic.number.replace(',', '')) + chance.choice([700, 1500, 4000]):,}"
    changed = [text.replace(topic.number, other) for text in original.paragraphs]
    return Story(original.title.replace(topic.number, other), tuple(changed))


def cut(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The first half, as a short slot needs it."""
    return original.with_paragraphs(original.paragraphs[: max(2, len(original.paragraphs) // 2)])


def thinned(original: Story, topic: Topic, chance: random.Random) -> Story:
    """A third of the paragraphs dropped anywhere but at the beginning."""
    lead, *rest = original.paragraphs
    kept = [text for text in rest if chance.random() > 1 / 3]
    return original.with_paragraphs((lead, *kept))


def without_lead(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Everything but the first paragraph."""
    return original.with_paragraphs(original.paragraphs[1:])


def with_inserts(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Two sentences of the desk's own put in somewhere."""
    return _inserted(_inserted(original, chance), chance)


def extended(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The whole story with the outlet's own reporting after it."""
    own = story(topic, f"extension {chance.random()}", own=9, quotes=0, background=0)
    return original.with_paragraphs((*original.paragraphs, *own.paragraphs[1:]))


def new_lead(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The whole story under a first sentence of the desk's own."""
    own = story(topic, f"lead {chance.random()}", own=0, quotes=0, background=0)
    return original.with_paragraphs((own.paragraphs[0], *original.paragraphs[1:]))


def reordered(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The paragraphs in another order."""
    paragraphs = list(original.paragraphs)
    chance.shuffle(paragraphs)
    return original.with_paragraphs(paragraphs)


def summary(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The first two sentences."""
    return original.with_paragraphs((" ".join(_sentences(original.text)[:2]),))


def edited_summary(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The first two sentences with every tenth word replaced."""
    return _reworded(summary(original, topic, chance), chance, 0.1)


def teaser(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The first 300 characters or so, cut in the middle of a sentence."""
    start = original.text[: chance.randrange(260, 340)].rsplit(" ", 1)[0]
    return original.with_paragraphs((f"{start} […]", "The post first appeared on The Daily"))


def excerpt(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Two sentences from the middle."""
    sentences = _sentences(" ".join(original.paragraphs[1:]))
    start = chance.randrange(max(1, len(sentences) - 2))
    return original.with_paragraphs((" ".join(sentences[start : start + 2]),))


def headline_only(original: Story, topic: Topic, chance: random.Random) -> Story:
    """The headline with a label or the name of the site, and no text."""
    return Story(
        chance.choice(["{}", "UPDATE 1-{}", "{} | The Daily", "BREAKING: {}"]).format(
            original.title
        ),
        (),
    )


def translated(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Another language: names and numbers stay, words and their order do not."""

    def foreign(word: str) -> str:
        bare = word.strip(".,“”")
        if not bare or bare[0].isupper() or bare[0].isdigit():
            return word
        return _GERMAN.get(bare, bare[::-1] + "en")

    return Story(
        " ".join(map(foreign, original.title.split())),
        tuple(" ".join(map(foreign, text.split())) for text in original.paragraphs),
    )


def same_facts(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Another outlet's story: the same force, place and figure in other words."""
    return story(topic, f"facts {chance.random()}", quotes=0, background=0)


def same_quotes(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Another outlet's story with quotes in common."""
    return story(topic, f"quotes {chance.random()}", quotes=4, background=0)


def same_background(original: Story, topic: Topic, chance: random.Random) -> Story:
    """Another outlet's story with quotes and most of the background in common."""
    return story(topic, f"background {chance.random()}", own=8, quotes=2, background=3)


def short_update(original: Story, topic: Topic, chance: random.Random) -> Story:
    """A short piece of news above a background paragraph that everyone prints."""
    return story(topic, f"update {chance.random()}", own=2, quotes=0, background=1)


COPIES: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        verbatim,
        retitled,
        leftover_markup,
        lightly_edited,
        with_synonyms,
        heavily_edited,
        with_other_numbers,
        cut,
        thinned,
        without_lead,
        with_inserts,
        extended,
        new_lead,
        reordered,
        summary,
        edited_summary,
        teaser,
        excerpt,
        headline_only,
    )
}
OTHERS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (translated, same_facts, same_quotes, same_background, short_update)
}


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.”]) (?=[A-Z“])", text.replace("\n\n", " "))


def _reworded(original: Story, chance: random.Random, share: float) -> Story:
    """Replace that share of the words: by a synonym where there is one, else drop or repeat."""

    def edited(word: str) -> str:
        if chance.random() >= share:
            return word
        bare = word.strip(".,“”").lower()
        return word.lower().replace(bare, _SYNONYMS.get(bare, f"also {bare}")) if bare else word

    return original.with_paragraphs(
        [" ".join(map(edited, text.split())) for text in original.paragraphs]
    )


def _cut_sentences(original: Story, chance: random.Random, count: int) -> Story:
    paragraphs = list(original.paragraphs)
    for _ in range(count):
        place = chance.randrange(1, len(paragraphs))
        sentences = _sentences(paragraphs[place])
        if len(sentences) > 1:
            del sentences[chance.randrange(len(sentences))]
        paragraphs[place] = " ".join(sentences)
    return original.with_paragraphs(paragraphs)


def _inserted(original: Story, chance: random.Random) -> Story:
    paragraphs = list(original.paragraphs)
    paragraphs.insert(chance.randrange(1, len(paragraphs) + 1), chance.choice(_INSERTS))
    return original.with_paragraphs(paragraphs)
