# SPDX-License-Identifier: Apache-2.0
"""Why a counted number is no figure of its story: talk, parts, losses, weak nouns.

What it is not: what the sentence alone says of a number (`rejects`), or harm by words (`losses`). Rules of this file:
what was counted or refused before bears on what goes on from it; every refusal has a named reason.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from monitor.core.claims.antecedents import Antecedents
from monitor.core.claims.clauses import has_own_subject
from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import SURE_FROM, WEAK_BELOW, Grammar, Sentence
from monitor.core.claims.losses import is_aboard, is_loss, signs_of_harm
from monitor.core.claims.owners import Owners
from monitor.core.claims.questions import is_unanswered
from monitor.core.claims.rejects import is_denominator, reject
from monitor.core.claims.relations import Found
from monitor.core.claims.story import Story
from monitor.core.claims.topic import Topic
from monitor.core.model import Kind

# How near behind a part harm to it stands.
_BESIDE = 12
_BARE = frozenset({"bare", "moving", "elliptic"})
# "We have nine brigades, about 33,000 people": the speaker's own force.
_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur|I|[Mm]y)\b")
_I_HAVE = re.compile(r"\b(?:[Ww]e|I)(?:\s+(?:have|had|command|need|keep)|'ve)\b")
# "casualties, which we put at more than 6,000"
_LOSSES_PUT = re.compile(
    r"\b(?:casualties|losses|dead|wounded|killed|deaths|toll)\b,?\s+(?:which|that)\s+[^.;:\"]{1,30}\b(?:put|puts|estimates?|estimated|counts?)\b[^.;:]{0,20}$"
)
# "not five thousand, not five hundred": nobody put these numbers forward.
_NOT_EVEN = re.compile(r",\s+(?:not|nor|never|let alone)\s+(?:even\s+)?$")
# "against 3,300 in 2021": of what was counted before.
_COMPARED = re.compile(
    r"\b(?:against|compared\s+(?:with|to)|versus|(?:up|down)\s+from)\s+(?:(?:about|some|just|only|around)\s+)*$"
)
_STILL_FIGHT = re.compile(
    r"\s+(?:are|were|is|was|remain(?:ed|s)?)\s+(?:still\s+|now\s+|all\s+)?(?:fighting|deployed|stationed|in\s+combat|in\s+action|in\s+the\s+field|at\s+the\s+front|holding|serving|on\s+duty|garrisoned)\b"
)
# "4,700 became casualties; perhaps 1,000 engineers are clearing mines today"
_IS_DOING = re.compile(
    r"\s+(?:are|is|have\s+been|remain|stay|serve)\s+(?:now\s+|still\s+|currently\s+)?(?:[a-z]+ing|in|at|there)\b"
)
_COMPANY = re.compile(r"\b(?:company|platoon|squad|battalion|regiment|brigade|division|battery)$")
_UNITS_NEAR = 40


# Why numbers are losses, so that those that go on from them are too.
LOST = frozenset({"casualty", "exchange"})


class Refusals:
    """What one reading of a story refuses; `claimed` has the sentences with figures so far."""

    def __init__(
        self,
        story: Story,
        grammar: Grammar,
        topic: Topic,
        owners: Owners,
        claimed: Container[int],
    ) -> None:
        self._story, self._grammar = story, grammar
        self._topic, self._owners, self._figured = topic, owners, claimed
        self._harm: dict[int, tuple[tuple[int, int], ...]] = {}
        self._lost: set[int] = set()
        self._no_figure: dict[int, str] = {}
        self._counted = Antecedents()

    def _refused_talk(
        self, index: int, counted: Counted, refused: str | None, taken: Sequence[Found]
    ) -> str | None:
        """Return why nobody says that so many troops are there, by the question or the clause."""
        sentences = self._story.sentences
        if is_unanswered(sentences, index):
            return "question"
        if counted.shape == "bare":
            reason = self._refused_bare(sentences[index], counted)
            if reason is not None:
                return reason
        if counted.shape in _BARE and not taken:
            where = (sentences[index].text, sentences[index].start, counted.quantity.left)
            before = self._no_figure.get(index)
            if before is not None and _COMPARED.search(*where):
                return before  # "used 4,200 bombs, against 3,300 in the month before"
        if taken or not (counted.anaphoric and counted.shape in _BARE):
            return None
        # "4,000 casualties out of the 11,000 who were sent", "the remaining 8,000 were still fighting"
        if is_denominator(sentences[index], counted, self._grammar) or _STILL_FIGHT.match(
            sentences[index].text, counted.end
        ):
            return None
        return self._counted.thing(index, refused)

    def _refused_bare(self, sentence: Sentence, counted: Counted) -> str | None:
        """Return why a number without a noun is nobody's: another subject, "not N", losses put at N."""
        where = (sentence.text, sentence.start, counted.quantity.left)
        if has_own_subject(sentence, counted.quantity, self._grammar):
            return "own-subject"
        if _NOT_EVEN.search(*where):
            return "let-alone"
        return "casualty" if _LOSSES_PUT.search(*where) else None

    def _refused_part(
        self, index: int, item: Found, refused: str | None, taken: Sequence[Found]
    ) -> str | None:
        """Return why a part is no figure, where its whole or its own words say so."""
        counted = item.counted
        if counted.shape == "partitive" and counted.anaphoric:
            if counted.quantity.high == 1:
                return "below-floor"  # "not one of them has been paid"
            # "1,418 violations, of which 600 were"
            other = None if taken or self._counted.last(index, 1) is not False else "no-noun"
            dead = self._of_the_dead(self._story.sentences[index], counted)
            because = refused or other or ("casualty" if dead else None)
            if because is not None:
                return because
        if counted.shape == "repeated" and refused == "casualty" and not taken:
            return refused  # "confirmed 121,000 dead; Kyiv speaks of more than a million"
        is_part = item.kind is Kind.SUBSET and (bool(taken) or not counted.anaphoric)
        listed = is_part and item.kind_rule == "including" and counted.weight < SURE_FROM
        if listed and refused is not None:
            harmed = refused in {"casualty", "other-crowd"} or refused.startswith("counts ")
            return refused if harmed else None
        return None

    def _is_loss(
        self, index: int, item: Found, refused: str | None, taken: Sequence[Found]
    ) -> bool:
        """Say whether a number is one of losses in a sentence or paragraph that tells of them."""
        sentence, counted = self._story.sentences[index], item.counted
        signs = self._signs(index)
        if signs and not counted.anaphoric and _IS_DOING.match(sentence.text, counted.end):
            part = _part_of(sentence, counted)
            signs = tuple(sign for sign in signs if part[0] <= sign[0] < part[1])
        if is_denominator(sentence, counted, self._grammar):
            return bool(signs) and is_aboard(sentence, counted)
        left = counted.quantity.left
        whole = taken[-1].counted.end if taken else left
        if (
            item.kind is Kind.SUBSET
            and taken
            and not any(whole <= start < counted.end + _BESIDE for start, _ in signs)
        ):
            return False  # a part of those that are there, told apart from the harm
        goes_on = refused in LOST or (
            refused is None and not taken and self._tells_losses(index - 1)
        )
        return is_loss(sentence, counted, self._grammar, signs, goes_on=goes_on)

    def _signs(self, index: int) -> tuple[tuple[int, int], ...]:
        """Return where a sentence speaks of harm, looked for once."""
        if index not in self._harm:
            self._harm[index] = signs_of_harm(self._story.sentences[index], self._grammar)
        return self._harm[index]

    def _tells_losses(self, index: int) -> bool:
        """Say whether the sentence before tells of losses, with numbers or without."""
        if index < 0 or index in self._figured:
            return False
        return index in self._lost or bool(self._signs(index))

    def _rejection(self, index: int, item: Found, *, is_part: bool, beside: bool) -> str | None:
        sentence = self._story.sentences[index]
        return reject(
            sentence,
            item.counted,
            self._grammar,
            in_talk=item.counted.weight < WEAK_BELOW
            and (self._topic.is_strong_talk(index) or self._topic.soldiers_speak(index)),
            has_force=(
                item.counted.weight < WEAK_BELOW
                and not item.force.force
                and self._owners.is_owned(index, item)
            )
            or (
                item.force.force is not None
                and item.force.rule not in {"paragraph", "sentence", "none"}
            )
            or (item.counted.several and item.counted.shape == "people")
            or self._grammar.search(
                "force.enemies", sentence.text, sentence.start, item.counted.end
            )
            is not None
            or self._has_units(index, sentence, item.counted),
            is_part=is_part,
            beside=beside,
        )

    def _of_the_dead(self, sentence: Sentence, counted: Counted) -> bool:
        """Read "Our boys are dying: 412 of them since January": nothing else was counted before."""
        left = counted.quantity.left
        if not counted.anaphoric or sentence.quantities[0] is not counted.quantity:
            return False
        return (
            self._grammar.search("rejects.dying", sentence.text, sentence.start, left) is not None
        )

    def _has_units(self, index: int, sentence: Sentence, counted: Counted) -> bool:
        """Say whether the speaker's own units stand right before a number of "people"."""
        text, left = sentence.text, counted.quantity.left
        near = max(sentence.start, left - _UNITS_NEAR)
        own = _WE.search(text, sentence.start, left) is not None
        if text.startswith(", ", left - 2) and (
            self._grammar.ends("shapes.collectives", text, near, left - 2)
            or _COMPANY.search(text, near, left - 2)
        ):
            return True  # "a small detachment, 45 people", "one company, a hundred men"
        if own and _I_HAVE.search(text, near, left) and self._topic.soldiers_speak(index):
            return True
        return own and self._grammar.search("shapes.signs", text, near, left) is not None


def _part_of(sentence: Sentence, counted: Counted) -> tuple[int, int]:
    """Return where the part of a sentence between semicolons lies in which a number stands."""
    text, left = sentence.text, counted.quantity.left
    begin = text.rfind(";", sentence.start, left) + 1 or sentence.start
    end = text.find(";", left, sentence.end)
    return begin, end if end >= 0 else sentence.end
