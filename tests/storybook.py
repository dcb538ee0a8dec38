# SPDX-License-Identifier: Apache-2.0
"""Writes news of our own: stories on a topic that share facts, quotes and background, as real ones do.

What it is not: edits of a story (`edits`). A topic has a stock of quotes and background paragraphs
that every outlet prints word for word, and facts that each puts in words of its own. The same
arguments always give the same story.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

_PLACES = ("Varnia", "Lower Ostrava", "the Selm valley", "Karsk", "Port Elin", "the Dovre plateau")
_FORCES = ("Norland", "Estmark", "Halvian", "Ruthenian", "Corsan", "Maltrese")
_PEOPLE = (
    "Anton Vares",
    "Irene Kolm",
    "Deputy minister Paul Storr",
    "General Ada Lind",
    "Spokesman Mika Torn",
    "Ambassador Lea Brandt",
    "Analyst Tom Harrow",
    "Governor Nils Aker",
)
_BODIES = (
    "the defence ministry",
    "the general staff",
    "the foreign office",
    "a regional council",
    "the border service",
    "the allied command",
    "parliament's security committee",
    "the interior ministry",
    "an observer mission",
    "the prime minister's office",
)
_SAID = (
    "said",
    "told reporters",
    "announced",
    "confirmed",
    "wrote in a statement",
    "told a late session of parliament",
    "said in an interview",
    "explained at a briefing",
    "argued",
    "acknowledged",
    "insisted",
    "reported",
)
_WHEN = (
    "on Monday",
    "early on Tuesday",
    "late on Wednesday evening",
    "after a meeting on Thursday",
    "on Friday morning",
    "over the weekend",
    "shortly before midnight",
    "in the course of the day",
    "this week",
    "a few hours later",
)
_NOUNS = (
    "convoys",
    "supply lines",
    "training grounds",
    "rail links",
    "border crossings",
    "field kitchens",
    "bridges",
    "fuel depots",
    "radio masts",
    "hospital beds",
    "barracks",
    "river ports",
    "drone crews",
    "recruiting offices",
    "warehouses",
    "checkpoints",
    "air defences",
    "villages",
    "power stations",
    "observers",
)
_KINDS = (
    "several",
    "two more",
    "empty",
    "half-finished",
    "camouflaged",
    "old",
    "nearly all",
    "foreign",
    "a dozen",
    "abandoned",
    "newly arrived",
    "unmarked",
    "dozens of",
    "the last",
    "heavily guarded",
    "civilian",
)
_SYLLABLES = ("ka", "lo", "mi", "ser", "tun", "vo", "ber", "rai", "nel", "dos", "hul", "pim")
_VERBS = (
    "were moved away from",
    "had been doubled near",
    "would be rebuilt behind",
    "were seen again around",
    "had quietly disappeared from",
    "were put on alert in",
    "could be reached only through",
    "are to be inspected in",
    "had run short of men in",
    "were photographed by satellites over",
    "had come under fire outside",
    "will be handed over to the army in",
    "were being repaired all along",
    "had to be left behind in",
)
_ADDED = (
    "although nobody could verify the account",
    "while the weather kept aircraft on the ground",
    "as residents queued for water and bread",
    "because the old road is under repair",
    "despite two earlier denials",
    "without giving any further detail",
    "which the other side called an invention",
    "before talks were due to open in the capital",
    "with winter only weeks away",
    "even though the agreement forbids it",
    "to the surprise of its neighbours",
    "and asked the allies for more time",
    "as satellite pictures seemed to show",
    "after weeks of rumours in the local press",
    "when the first snow had already fallen",
    "since neither mayor wanted to leave",
)
_OPENERS = (
    "",
    "Meanwhile ",
    "By contrast ",
    "According to two officials ",
    "For the first time ",
    "In the same hours ",
    "Far from the front ",
    "Officially ",
    "Contrary to earlier plans ",
    "At the same time ",
    "Further south ",
    "In private ",
)
_QUOTES = (
    "We have counted them more than once, and we would not give a number if we were not sure of it",
    "Nobody who has seen the roads this month can believe that these people came for an exercise",
    "It would be a grave mistake to look at this as a matter between two governments only",
    "Our partners know what we know, and they will draw their own conclusions in their own time",
    "There is no reason for panic, but there is every reason to prepare for a long winter",
    "I will not speak about equipment, I will only say that they did not bring spades",
)
_BACKGROUND = (
    (
        "The two countries signed a treaty of mutual aid in the spring, and critics said at the "
        "time that its secret part promised soldiers as well as shells. Both governments denied "
        "that such a part exists, and neither has published the full text of the agreement since "
        "then."
    ),
    (
        "The fighting along the river began in August, when units crossed the frontier at three "
        "points and took some thirty villages within a week. Since then the line has hardly "
        "moved, and both sides have dug in along the high ground between the railway and the old "
        "canal."
    ),
    (
        "Relations between the neighbours have been poor for a generation. A first round of talks "
        "broke down over the question of prisoners, a second one over fishing rights, and a third "
        "was called off in June after shots were fired at a patrol boat in the northern strait."
    ),
    (
        "Independent observers have had no access to the area since the closing of the bridge. "
        "Their last report, which was handed to all governments in September, spoke of new camps, "
        "of longer trains than usual and of a field hospital that had been built in less than ten "
        "days."
    ),
)
_HEADLINES = (
    "{body}: {number} {force} troops now in {place} {added}",
    "{force} force in {place} put at {number} {when}",
    "{number} soldiers from {force} have reached {place}, {person} says",
    "New count of {force} units near {place} stirs doubts in {body}",
    "Why the {number} {force} soldiers in {place} worry {body}",
    "{place} braces as {force} sends {number} men {added}",
)
_LEADS = (
    "About {number} {force} soldiers are now stationed in {place}, {body} {said} {when}, {added}.",
    "{person} {said} {when} that {force} had sent {number} troops to {place}, {added}.",
    "The number of {force} troops in {place} has reached {number}, {body} {said} {when}, {added}.",
    "{added_first}, {body} {said} {when} that {number} {force} soldiers were in {place}.",
    "A total of {number} men from {force} have taken up positions in {place}, {person} {said}, {added}.",
    "Speaking {when}, {person} put the {force} contingent in {place} at {number} soldiers, {added}.",
)


@dataclass(frozen=True, slots=True)
class Story:
    """A headline and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs, parted by empty lines."""
        return "\n\n".join(self.paragraphs)

    def with_paragraphs(self, paragraphs: Sequence[str]) -> Story:
        """Return the story with another body."""
        return replace(self, paragraphs=tuple(paragraphs))


@dataclass(frozen=True, slots=True)
class Topic:
    """What all stories on a topic have in common: force, place, number, quotes and background."""

    force: str
    place: str
    number: str
    quotes: tuple[str, ...]
    background: tuple[str, ...]


def topic(seed: int) -> Topic:
    """Return topic number `seed`."""
    chance = random.Random(f"topic {seed}")  # noqa: S311  (texts, not secrets)
    force, place = chance.choice(_FORCES), chance.choice(_PLACES)
    quotes = tuple(
        f"“{quote},” {person} {chance.choice(_SAID)} {chance.choice(_WHEN)}."
        for quote, person in zip(chance.sample(_QUOTES, 4), chance.sample(_PEOPLE, 4), strict=True)
    )
    return Topic(
        force=force,
        place=place,
        number=f"{chance.randrange(2, 60) * 500:,}",
        quotes=quotes,
        background=tuple(chance.sample(_BACKGROUND, 3)),
    )


def story(
    about: Topic, seed: object, *, own: int = 10, quotes: int = 2, background: int = 1
) -> Story:
    """Return a story: a lead, `own` sentences in words of its own, and what it shares with others."""
    chance = random.Random(f"story {about.force} {about.place} {seed}")  # noqa: S311
    facts = _facts(about, chance)
    lead = _filled(chance.choice(_LEADS), facts)
    sentences = [_sentence(chance) for _ in range(own)]
    own_paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, own, 3)]
    body = own_paragraphs + chance.sample(about.quotes, quotes)
    chance.shuffle(body)
    return Story(
        title=_filled(chance.choice(_HEADLINES), facts),
        paragraphs=(lead, *body, *chance.sample(about.background, background)),
    )


def _facts(about: Topic, chance: random.Random) -> dict[str, str]:
    added = f"{chance.choice(_ADDED)} around {_village(chance)}"
    return {
        "force": about.force,
        "place": about.place,
        "number": about.number,
        "person": chance.choice(_PEOPLE),
        "body": chance.choice(_BODIES),
        "said": chance.choice(_SAID),
        "when": chance.choice(_WHEN),
        "added": added,
        "added_first": added,
    }


def _filled(pattern: str, facts: dict[str, str]) -> str:
    text = pattern.format(**facts)
    return text[0].upper() + text[1:]


def _things(chance: random.Random) -> str:
    return f"{chance.choice(_KINDS)} {chance.choice(_NOUNS)}"


def _village(chance: random.Random) -> str:
    """Return a name that no map has; stories name the places that their reporters saw."""
    return "".join(chance.choices(_SYLLABLES, k=3)).capitalize()


def _sentence(chance: random.Random) -> str:
    """Return one sentence; there are some hundred million of them."""
    core = (
        f"{_things(chance)} {chance.choice(_VERBS)} {_village(chance)}"
        f" and {_things(chance)} {chance.choice(_VERBS)} the {_things(chance)}"
    )
    shape = chance.randrange(3)
    if shape == 0:
        text = f"{chance.choice(_OPENERS)}{core}, {chance.choice(_ADDED)}"
    elif shape == 1:
        text = f"{chance.choice(_PEOPLE)} {chance.choice(_SAID)} {chance.choice(_WHEN)} that {core}"
    else:
        text = (
            f"{chance.choice(_OPENERS)}{chance.choice(_BODIES)} {chance.choice(_SAID)} that {core}"
        )
    return text[0].upper() + text[1:] + "."
