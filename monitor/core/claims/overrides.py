# SPDX-License-Identifier: Apache-2.0
"""What overrules the status that a number has by its own sentence: the steps, in order of precedence.

What it is not: the status of a sentence (`status`), nor what two numbers of one sentence take from each
other (`relations.keep_status`, which comes last, as it needs the mention before). Rules of this file:
`STEPS` is the whole order; a step is asked only where it may overrule what the steps before it left, and
one that finds nothing leaves it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.core.claims import frames
from monitor.core.claims.bygone import goes_on, is_of_then
from monitor.core.claims.counted import Counted
from monitor.core.claims.cue_words import StatusFound
from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.merge import Mention
from monitor.core.claims.old_years import names_old_year
from monitor.core.claims.pointers import SAME_PEOPLE
from monitor.core.claims.scopes import FINITE
from monitor.core.claims.status import framed, status_of
from monitor.core.claims.story import Story
from monitor.core.model import Status

# How many sentences before a number may tell of an old year, or ask what it answers.
_BEFORE = 2
# How near behind a number a word stands that goes on with the history before it.
_SOON = 60
# How far behind its subject a sentence says that it is a plan.
_SUBJECT_REACH = 60
# Rules by which a sentence is told as history, so that what goes on is so, too.
_HISTORY = frozenset({"history", "bygone", "past-gone-on", "went-in", "over"})
# Rules of a present whose verb may be in the past: "had been 85,000 strong", "cut from 2,500".
_LOOSE = frozenset({"present-left", "present-right", "before-cut", "from"})
# "The Portuguese army of 1973 had 149,000 men".
_ARMIES = frozenset(
    {"army", "force", "garrison", "fleet", "navy", "corps", "contingent", "expedition"}
)
_OF_YEAR = re.compile(
    r"\b(?:army|force|garrison|fleet|navy|corps|contingent|expedition)\s+of\s+(?:1[5-9]\d\d|200\d)\b"
)
# Days that no story of long ago has.
_THESE_DAYS = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|this\s+(?:week|month|year)|last\s+(?:week|month|night)|yesterday)\b"
)
# Denials of what nobody who is named has said, whoever else stands beside the number.
_DOUBTED = frozenset({"doubts", "doubted"})
_DOUBTS = re.compile(r"\s+doubt(?:s|ed)\s+that\b")  # who doubts a figure claims none
_SOMEBODYS = frozenset({"called", "misstated", "purported"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A number, and what its story and the reading so far say about it.

    `mentions` are the figures read before it, in order; `claimed` has the sentences they stand in.
    """

    index: int
    counted: Counted
    story: Story
    grammar: Grammar
    published: date | None
    mentions: Sequence[Mention]
    claimed: Container[int]

    @property
    def sentence(self) -> Sentence:
        """Return the number's own sentence."""
        return self.story.sentences[self.index]


@dataclass(frozen=True, slots=True)
class Standing:
    """The status that a number is left with, and the cue of whose word it then is."""

    found: StatusFound
    cue: Cue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One exception: which statuses it may overrule, what it looks for, and why it may."""

    name: str
    overrules: Callable[[StatusFound], bool]
    find: Callable[[Case, Standing], Standing | None]
    reason: str


def settle(case: Case, cue: Cue | None) -> Standing:
    """Return the status of a number in its story; `cue` is the one that covers it in its sentence."""
    until = _said_until(case.sentence, cue, case.grammar)
    own = status_of(case.sentence, case.counted, case.grammar, until, case.published)
    standing = Standing(own, cue)
    for step in STEPS:
        if step.overrules(standing.found):
            standing = step.find(case, standing) or standing
    return standing


def _said_until(sentence: Sentence, cue: Cue | None, grammar: Grammar) -> int:
    """Return where the words about the speaker end; "expects" also says something of the figure."""
    if cue is None:
        return 0
    plans = grammar.search("status.planned", sentence.text, cue.start, cue.end)
    return cue.start if plans else cue.end


# --- what a step may overrule --------------------------------------------------------------------


def _is_unsaid(found: StatusFound) -> bool:
    return found.rule == "default"


def _is_unsaid_or_supposed(found: StatusFound) -> bool:
    return found.rule == "default" or found.rule.startswith("hypothetical")


def _is_loosely_present(found: StatusFound) -> bool:
    return found.rule in _LOOSE


def _is_planned(found: StatusFound) -> bool:
    return found.status is Status.PLANNED


def _is_present(found: StatusFound) -> bool:
    return found.status is Status.PRESENT


def _is_present_or_planned(found: StatusFound) -> bool:
    return found.status is Status.PRESENT or found.status is Status.PLANNED


def _is_denied_outright(found: StatusFound) -> bool:
    return found.status is Status.DENIED and found.rule not in _SOMEBODYS


# --- what the steps look for ---------------------------------------------------------------------


def _gone_on(case: Case, standing: Standing) -> Standing | None:
    found = _gone_on_status(case)
    return Standing(found, standing.cue) if found is not None else None


def _gone_on_status(case: Case) -> StatusFound | None:
    """Return the status that the sentence before, or the title, gives to one without a cue."""
    sentences, index = case.story.sentences, case.index
    if index == 0:
        return None
    for earlier in range(index - 1, max(-1, index - 1 - _BEFORE), -1):
        one = sentences[earlier]
        if one.text[one.end - 1] == "?":
            wanted = framed(frames.asked_for(one))
            if wanted is not None:
                return wanted
    before = sentences[index - 1]
    if before.paragraph != sentences[index].paragraph and not before.heading:
        return None
    return framed(frames.goes_on(sentences[index], before, case.grammar))


def _told_below(case: Case, standing: Standing) -> Standing | None:
    """Read "6,000 more bound for Russia" above "The second group is to arrive by August"."""
    sentence, below = case.sentence, case.index + 1
    if case.index or not sentence.heading or below >= len(case.story.sentences):
        return None
    body = case.story.sentences[below]
    if case.story.scenes.title_before(below) != case.index:
        return None
    same = SAME_PEOPLE.match(body.text, body.start, body.end)
    opens = frames.opens_clause(sentence, case.counted)
    if same is None or not opens or FINITE.search(sentence.text, sentence.start, sentence.end):
        return None
    stop = min(body.end, same.end() + _SUBJECT_REACH)
    if case.grammar.search("status.planned", body.text, same.end(), stop) is None:
        return None
    return Standing(StatusFound(Status.PLANNED, "told-below"), standing.cue)


def _past_gone_on(case: Case, standing: Standing) -> Standing | None:
    if not _is_still_past(case):
        return None
    return Standing(StatusFound(Status.PAST, "past-gone-on"), standing.cue)


def _is_still_past(case: Case) -> bool:
    """Say whether a number goes on with the history that its sentence, or the last, tells."""
    sentence, index = case.sentence, case.index
    end = min(sentence.end, case.counted.end + _SOON)
    for mention in reversed(case.mentions[-2:]):
        past = mention.status is Status.PAST and mention.status_rule in _HISTORY
        own = (
            mention.evidence.sentence
            == case.story.page(index).span(sentence.start, sentence.end)[0]
        )
        if own and past:
            start = max(sentence.start, case.counted.quantity.left - _SOON)
            return goes_on(sentence.text, start, end)
        if own:
            return False
        if past and index - 1 in case.claimed:
            mates = case.story.scenes.together(index, index - 1)
            if mates and goes_on(sentence.text, sentence.start, end):
                return True
        break
    return _is_of_old_years(case, end)


def _is_of_old_years(case: Case, end: int) -> bool:
    """Say whether the title, or a sentence just before, names a year long ago, and this one goes on there."""
    sentence, story = case.sentence, case.story
    near = [
        other
        for other in range(max(0, case.index - _BEFORE), case.index)
        if story.scenes.together(case.index, other)
    ]
    title = story.scenes.title_before(case.index)
    near += [title] if title is not None else []
    old = any(names_old_year(story.sentences[other], case.published) for other in near)
    old = old or (
        sentence.has(_ARMIES) and _OF_YEAR.search(sentence.text, sentence.start, end) is not None
    )
    if not old or _THESE_DAYS.search(sentence.text, sentence.start, sentence.end):
        return False
    return is_of_then(sentence.text, sentence.start, min(sentence.end, end + _SOON))


def _long_ago(case: Case, standing: Standing) -> Standing | None:
    if not _is_of_old_years(case, case.counted.end):
        return None
    return Standing(StatusFound(Status.PAST, "past-gone-on"), standing.cue)


def _drill(case: Case, standing: Standing) -> Standing | None:
    found = _gone_on_status(case)
    if found is None or found.status is not Status.EXERCISE:
        return None
    return Standing(found, standing.cue)


def _denied_next(case: Case, standing: Standing) -> Standing | None:
    """Return the denial of the next sentence; hearsay is then the word of who denies it."""
    cue = standing.cue
    source = cue.source if cue else None
    denier = case.story.denier(case.index, source)
    if denier is None:
        return None
    rumoured = source is None or source.id.startswith("text:")
    return Standing(StatusFound(Status.DENIED, "denied-next"), denier if rumoured else cue)


def _target(case: Case, standing: Standing) -> Standing | None:
    """Read "a target of 300,000", "a ceiling of": what is counted is meant to be."""
    counted, targets = case.counted, case.grammar.sets["shapes.targets"]
    if counted.shape != "collective" or (counted.head or "").lower() not in targets:
        return None
    return Standing(StatusFound(Status.PLANNED, "target"), standing.cue)


def _rival_claim(case: Case, standing: Standing) -> Standing | None:
    """Read "denied Kyiv's claim that": the figure is a known party's, whoever else denies it."""
    cue = standing.cue
    source = cue.source if cue is not None and cue.rule == "estimate" else None
    if cue is None or source is None or source.id.startswith("text:"):
        return None
    sentence = case.sentence
    if sentence.has(_DOUBTED) and _DOUBTS.match(sentence.text, cue.end):
        return None
    return Standing(StatusFound(Status.PRESENT, "rival-claim"), cue)


# --- the order -----------------------------------------------------------------------------------

STEPS = (
    Step(
        name="gone-on",
        overrules=_is_unsaid_or_supposed,
        find=_gone_on,
        reason="A sentence without a cue goes on in the sense of the one before, or of what was asked.",
    ),
    Step(
        name="told-below",
        overrules=_is_unsaid,
        find=_told_below,
        reason="A headline without a verb is told in full by the sentence below it.",
    ),
    Step(
        name="past-gone-on",
        overrules=_is_unsaid,
        find=_past_gone_on,
        reason="Who tells history, or of a year long ago, tells it until a word says that it is over.",
    ),
    Step(
        name="long-ago",
        overrules=_is_loosely_present,
        find=_long_ago,
        reason="A verb in the past that would hold today does not where a year long ago is told of.",
    ),
    Step(
        name="drill",
        overrules=_is_planned,
        find=_drill,
        reason="Who will come, where a drill is spoken of, comes for the drill.",
    ),
    Step(
        name="denied-next",
        overrules=_is_present_or_planned,
        find=_denied_next,
        reason="What is only hearsay, of today or tomorrow, does not outlive the sentence that calls it false.",
    ),
    Step(
        name="target",
        overrules=_is_present,
        find=_target,
        reason="Who speaks of a target or a ceiling does not say that so many are there.",
    ),
    Step(
        name="rival-claim",
        overrules=_is_denied_outright,
        find=_rival_claim,
        reason="What a known party claims stays its claim, though its rival denies it.",
    ),
)
