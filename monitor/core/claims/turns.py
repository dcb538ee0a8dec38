# SPDX-License-Identifier: Apache-2.0
"""The turns of a transcript: whose words a line is, by the label it begins with.

What it is not: quotations in running text (`story`). A label like "MR. EXAMPLE:" or "Q:" opens a turn
anywhere; any other ("Interviewer:") only where two lines at least begin with a label, as a headline
and a dateline have one too, or, for its own paragraph, where it is a listed person. Rules of this file: a turn lasts until the next label; what is asked
is nobody's word unless the question says whose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.grammar import Sentence
from monitor.core.knowledge import NameKind

_SURE = re.compile(
    r"(?:(?:MR|MS|MRS|GEN|SEC|SECRETARY|AMB|AMBASSADOR|DR|ADM|ADMIRAL|COL|LT|MAJ|SEN|SENATOR|REP|BRIG|CAPT|"
    r"GENERAL|PRESIDENT|THE)\b[A-Z. '-]{2,40}?|Q|QUESTION|"
    r"(?:[A-Z'-]{2,} ){0,5}(?:MINISTER|SECRETARY|AMBASSADOR|SPOKES(?:MAN|WOMAN|PERSON)|CHANCELLOR|COMMANDER|COLONEL|"
    r"ADMIRAL|GENERAL|ENVOY|CHIEF|PREMIER|DIRECTOR|CHAIRMAN|CHAIRWOMAN|COMMISSIONER|REPRESENTATIVE|OFFICIAL)"
    r"(?: [A-Z][A-Z.'-]+){0,3})(?: \([\w .,'-]{2,40}\))?:\s"
)
# "Mr. EXAMPLE. General, could you": so the record of a hearing sets its speakers.
_RECORDED = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Dr|General|Gen|Admiral|Adm|Senator|Sen|Representative|Rep|Secretary|Ambassador|Colonel|Col|"
    r"Chairman|Chairwoman)\.? (?:(?:Ma?c|De|Van|O')?[A-Z][A-Z'-]+ ?){1,3}(?<! )\.(?=\s|$)"
)
_NAMED = re.compile(
    r"[A-Z][\w'.-]*(?: (?:[A-Z][\w'.-]*|\d|de|von|van|al|of|for|the|and)){0,6}(?: \([\w .,'-]{2,40}\))?:\s"
)
_ASKS = re.compile(
    r"(?:Q|QUESTION|REPORTER|PRESS|MODERATOR|INTERVIEWER|HOST|ANCHOR|OPERATOR)S?(?: \d)?:",
    re.IGNORECASE,
)
# "ANNA EXAMPLE: ...": a full name in capitals, and what else is set so.
_CAPITALS = re.compile(
    r"(?!.*\b(?:NEWS|LIVE|UPDATES?|BREAKING|ANALYSIS|WATCH|VIDEO|EXPLAINER|OPINION|EXCLUSIVE|BRIEFING|REPORT|WAR|FACTBOX|TIMELINE)\b)[A-Z][A-Z'-]+(?: [A-Z][A-Z'.-]*){1,3}: "
)
_LEAST_LABELS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn: the sentence that opens it, where its label ends, whether it asks, and whether it is of a hearing."""

    index: int
    end: int
    asks: bool
    recorded: bool = False


def turns(sentences: Sequence[Sentence], begin: int) -> list[Turn | None]:
    """Return the turn of each sentence; those before `begin`, and others outside, have none."""
    opened = [_opened(index, sentences) for index in range(begin, len(sentences))]
    named = sum(turn is not None for turn, _ in opened) >= _LEAST_LABELS
    found: list[Turn | None] = [None] * begin
    current: Turn | None = None
    alone: int | None = None
    for index, (turn, sure) in enumerate(opened, begin):
        paragraph = sentences[index].paragraph
        if turn is not None and (sure or named):
            current, alone = turn, None
        elif turn is not None and _is_listed(sentences[index], turn):
            current, alone = turn, paragraph
        elif alone is not None and paragraph != alone:
            current, alone = None, None
        found.append(current)
    return found


def _is_listed(sentence: Sentence, turn: Turn) -> bool:
    """Say whether a label is a listed person or body and no outlet."""
    return any(
        name.end == turn.end - 1 and NameKind.OUTLET not in name.senses
        for name in sentence.speakers
    )


def _opened(index: int, sentences: Sequence[Sentence]) -> tuple[Turn | None, bool]:
    """Return the turn that a sentence opens, and whether its label is surely one."""
    sentence = sentences[index]
    if index and sentences[index - 1].paragraph == sentence.paragraph:
        return None, False
    recorded = _RECORDED.match(sentence.text, sentence.start, sentence.end)
    if recorded is not None:
        return Turn(index=index, end=recorded.end(), asks=False, recorded=True), True
    sure = _SURE.match(sentence.text, sentence.start, sentence.end)
    label = sure or _NAMED.match(sentence.text, sentence.start, sentence.end)
    if label is None:
        return None, False
    asks = _ASKS.fullmatch(label[0].rstrip()) is not None
    sure = sure or _CAPITALS.fullmatch(label[0])
    return Turn(index=index, end=label.end() - 1, asks=asks), sure is not None
