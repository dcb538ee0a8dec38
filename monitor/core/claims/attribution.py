# SPDX-License-Identifier: Apache-2.0
"""Who asserts a number: cues with the speaker they name, and which cue covers which number.

Cues, each a rule id: `said` (a verb with its subject), `inverted` ("…, said Ryder"), `according`
("according to X", "citing X"), `heading` ("X: …", "…: X"), `pronoun`, `quote` (the speaker of the
quotation that the number stands in), `backward` ("This was stated by X"). The innermost cue before a
number wins, else the first after it. Rules of this file: who carries a figure (an outlet) gives
way to whom it quotes; a speaker that is not in the gazetteer keeps the literal words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.core.claims.cues import Cue
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.claims.headings import Headings
from monitor.core.claims.speakers import Phrases, unknown
from monitor.core.claims.tallies import Tally, tallies
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Source

_SUBJECT_REACH = 90
_PUT_REACH = 90
_SPEAK_REACH = 20
_LAST_DAY = 31
_INVERTED_REACH = 70
_ESTIMATE_GAP, _BY_REACH = 24, 30
_ADVERBS = frozenset(
    {
        "also",
        "has",
        "have",
        "had",
        "now",
        "still",
        "later",
        "then",
        "earlier",
        "currently",
        "further",
    }
)
_AS_SAYING = re.compile(
    r"\b(?:quot(?:ed|es|ing)|cit(?:ed|es|ing))\s+(?=[^,;.]{3,60}\sas\s+saying\b)", re.IGNORECASE
)
_FEW = 20  # "two US officials": how many speakers there are is no figure
_TOLD_REACH = 6
_SEEN_BY = re.compile(
    r"\b(?:(?:that\s+was\s+)?(?:first\s+)?(?:seen|obtained|reviewed|published|shared|cited|quoted|reported)\s+"
    r"(?:by|with)\s+(?:the\s+)?|that\b|who\b|which\b)"
)
_THEMSELVES = re.compile(r"\s+(?:him|her|them|it)\b")
_NO_SPEAKER = frozenset(
    "the a an this that these those it there he she they we monday tuesday wednesday thursday friday "  # noqa: SIM905
    "saturday sunday january february march april may june july august september october november "
    "december i but and as in on at also who which".split()
)
_CLAUSE = re.compile(r"\b(?:that|which|whose|when|while|but|because)\b")
# "the border guard, which last week put it at 1,000": the relative clause has its own subject's name.
_RELATIVE = re.compile(
    r",?\s+(?:which|who)\s+(?:[a-z]+\s+){0,3}|,\s+(?:which|who|whose)\s[^,\"]{3,90},\s+(?:[a-z]+\s+){0,2}"
)
# "Zelensky, in an interview with Fox News, claimed": who stands in an aside, is not the speaker.
_WITHIN = re.compile(
    r",\s+(?:in|on|at|during|after|speaking|talking|writing)\b[^,]{0,60}$", re.IGNORECASE
)
_LOW_RANK = re.compile(
    r"\s+(?:colonel|captain|major|sergeant|lieutenant|soldier|officer|private|corporal|conscript|"
    r"deserter|veteran|medic|pilot|gunner|instructor)\s+(?:[a-z]+\s+){0,2}"
)
_ONE_OF = re.compile(r"\b(?:an?|one|another)\s+(?:senior\s+|former\s+|retired\s+)?$", re.IGNORECASE)
_OBJECT = re.compile(r"\b(?:to|with|against|asked|told|by|from|met)\s+(?:the\s+)?$")
_CAPITALS = re.compile(r"\s+((?:[A-Z][\w'-]+\s?){1,4})")
_STOP = re.compile(r"[.;:\"]|\b(?:that|in|on|at)\b")
# "The Americans are more cautious and speak of": how much of a first verb may stand before "and".
_MOST_JOINED = 8
_OPENS = re.compile(r"\W*(?:the\s+)?", re.IGNORECASE)
# Roles that carry what others say.
_CARRIERS = frozenset(
    {"media", "newspaper", "newspapers", "magazine", "reporter", "reporters", "website"}
)
_AND_SAID = re.compile(r"(?:\band|\bbut|\byet)\s+(?:also\s+|then\s+|later\s+|has\s+|had\s+)?$")
_FIRST = re.compile(
    r"(?:[^,;:.\"]{0,40},\s+)?\W*(?:(?:the|president|minister|general|mr\.?|ms\.?)\s+)*",
    re.IGNORECASE,
)
# ", said Russia had sent": the name is the subject of what is said.
_GOES_ON = re.compile(
    r"\s*(?:'s\b|(?:also\s+|now\s+|still\s+|already\s+)?(?:had|has|have|was|were|is|are|will|would|could|may|might|"
    r"should|must|can|did|does|do|keeps|kept|sent|sends|deployed|planned|plans|wanted|wants|needed|needs|and|or)\b)"
)
_ROLE_STOP = re.compile(r"[,.;:\"]|\b(?:that|on|who|as|by|when|while|after|during)\b")


class Attribution:
    """Finds cues with the names of a site and the words of a language."""

    def __init__(self, grammar: Grammar, knowledge: Knowledge) -> None:
        self._grammar = grammar
        self._knowledge = knowledge
        self._gazetteer: Gazetteer = knowledge.gazetteer
        self._phrases = Phrases(grammar, self.government)
        self._headings = Headings(grammar, self._phrases, self.of_speaker, self.government)

    def cues(self, sentence: Sentence) -> list[Cue]:
        """Return the cues of a sentence in order of their position."""
        found = [
            *self._according(sentence),
            *self._headings.cues(sentence),
            *self._estimates(sentence, tallies(sentence, self._grammar)),
        ]
        taken = [(cue.start, cue.end) for cue in found]
        for verb in self._verbs(sentence):
            if any(start <= verb.start() < end for start, end in taken):
                continue
            cue = self._said(sentence, verb)
            if cue is not None:
                found.append(self._with_manner(sentence, verb, cue))
        return sorted(found, key=lambda cue: (cue.start, cue.end))

    def _verbs(self, sentence: Sentence) -> Iterator[re.Match[str]]:
        """Yield the verbs of saying; "put" is one before "at N", "posted" is none before a number."""
        text, end = sentence.text, sentence.end
        for verb in self._grammar.patterns["attribution.verbs"].finditer(text, sentence.start, end):
            if any(
                name.start <= verb.start() < name.end
                for name in (*sentence.speakers, *sentence.names)
            ):
                continue
            if (
                verb[0].lower() in self._grammar.sets["attribution.weak"]
                and any(0 <= q.left - verb.end() <= 2 for q in sentence.quantities)
                and verb[0].lower() not in self._grammar.sets["attribution.wills"]
            ):
                continue
            yield verb
        for verb in self._grammar.patterns["attribution.puts"].finditer(text, sentence.start, end):
            at = any(
                verb.end() < q.left <= verb.end() + _PUT_REACH
                and text[q.left - 4 : q.left].lower() == " at "
                for q in sentence.quantities
            )
            if at and not self._grammar.patterns["attribution.verbs"].match(
                text, verb.start(), end
            ):
                yield verb
        for verb in self._grammar.patterns["attribution.speaks"].finditer(
            text, sentence.start, end
        ):
            if any(0 <= q.start - verb.end() <= _SPEAK_REACH for q in sentence.quantities):
                yield verb

    def _with_manner(self, sentence: Sentence, verb: re.Match[str], cue: Cue) -> Cue:
        """Note whether the verb is rather an act, and which outlet was told."""
        weak = verb[0].lower() in self._grammar.sets["attribution.weak"]
        told = next(
            (
                name
                for name in sentence.speakers
                if 0 < name.start - verb.end() <= _TOLD_REACH and NameKind.OUTLET in name.senses
            ),
            None,
        )
        channel = cue.channel
        if told is not None and verb[0].lower().startswith(("told", "tell")):
            outlet = self._gazetteer.source(told.senses[NameKind.OUTLET])
            channel = outlet.name if outlet else None
        return replace(cue, weak=weak, channel=channel)

    # --- said --------------------------------------------------------------------------------

    def _said(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        text = sentence.text
        floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
        near = _words_before(text, floor, verb.start())
        active = verb[0].lower().split()[0].endswith("ing")  # "are talking about"
        if near and near[-1] in self._grammar.sets["attribution.passive"] and not active:
            return None
        return (
            self._before(sentence, verb, floor)
            or self._inverted(sentence, verb)
            or self._joined(sentence, verb)
            or self._phrase(sentence, verb)
        )

    def _before(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        """Return the pronoun, the listed speaker or the state that is the subject of a verb."""
        text = sentence.text
        pronoun = self._pronoun(sentence, verb, floor)
        if pronoun is not None:
            return pronoun
        for name in reversed(sentence.speakers):
            if floor <= name.start and name.end <= verb.start():
                if self._is_subject(sentence, name, verb.start()):
                    return self.of_speaker(name, verb.end(), "said")
                if not _WITHIN.search(text, floor, name.start):
                    break
        return self._actor(sentence, verb)

    def _joined(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read "Dakhlallah declined to confirm a figure but said": whom the sentence begins with."""
        text = sentence.text
        if not _AND_SAID.search(text, max(sentence.start, verb.start() - 20), verb.start()):
            return None
        for name in sentence.speakers[:2]:
            opens = _FIRST.fullmatch(text, sentence.start, name.start)
            if opens and name.end < verb.start() and not text.startswith("'s", name.end):
                return replace(self.of_speaker(name, verb.end(), "said"), start=verb.start())
        return None

    def _phrase(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        found = self._phrases.before(sentence, verb.start())
        if found is None:
            return None
        carrier = bool(_CARRIERS & set(found.source.name.lower().split()))
        return Cue(
            start=found.start,
            end=verb.end(),
            source=found.source,
            rule=found.rule,
            outlet=carrier and found.rule == "role",
        )

    def _is_subject(self, sentence: Sentence, name: Name, verb: int) -> bool:
        """Say whether only an apposition or adverbs stand between a speaker and the verb."""
        text = sentence.text
        gap = text[name.end : verb]
        inside = any(name.end <= q.start < verb and q.low > _LAST_DAY for q in sentence.quantities)
        apart = '"' in gap or (_CLAUSE.search(gap) and not _RELATIVE.fullmatch(gap))
        # "a Sudanese army colonel" is not the army.
        low = _LOW_RANK.fullmatch(gap) and _ONE_OF.search(text, sentence.start, name.start)
        verbs = self._grammar.patterns["attribution.verbs"]
        told = _RELATIVE.fullmatch(gap) is None and verbs.search(text, name.end, verb) is not None
        if inside or apart or low or told:
            return False
        # "denied Putin's claim that": what is denied is nobody's word here.
        if gap.strip() == "'s" and self._grammar.search(
            "status.denials", text, sentence.start, name.start
        ):
            return False
        words = gap.lower().split()
        if len(words) > 12 or (words and words[-1] in self._grammar.sets["attribution.modals"]):
            return False
        before = text[max(sentence.start, name.start - 24) : name.start].lower()
        return not _OBJECT.search(before)

    def of_speaker(self, name: Name, end: int, rule: str) -> Cue:
        """Return the cue of a listed name that ends at `end` at least."""
        outlet = NameKind.OUTLET in name.senses
        slug = name.senses.get(NameKind.SOURCE) or name.senses.get(NameKind.OUTLET)
        source = self._gazetteer.source(slug) if slug else None
        return Cue(
            start=name.start, end=max(end, name.end), source=source, rule=rule, outlet=outlet
        )

    def _actor(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read "Kyiv says": a state's name as the speaker, right before the verb."""
        text = sentence.text
        for name in reversed(sentence.names):
            actor = name.senses.get(NameKind.ACTOR) or self._people(sentence, name)
            if name.end > verb.start() or actor is None:
                continue
            gap = text[name.end : verb.start()].split()
            before = _words_before(text, max(sentence.start, name.start - 20), name.start)
            joined = gap[-1:] == ["and"] and _OPENS.fullmatch(text, sentence.start, name.start)
            if len(gap) > (_MOST_JOINED if joined else 3) or any(
                not word.isalpha() or (word.lower() in _NO_SPEAKER - {"also"} and not joined)
                for word in gap
            ):
                return None
            spoken_in = before[-1:] == ["in"] and bool(
                set(before[-2:-1]) & self._grammar.sets["attribution.roles"]
            )
            if (
                not spoken_in
                and before
                and before[-1]
                in (
                    self._grammar.sets["places.prepositions"]
                    | {"of", "from", "and", "with", "against"}
                )
            ):
                return None
            if gap and gap[-1].lower() in self._grammar.sets["attribution.modals"]:
                return None
            source = self.government(actor)
            if source is None:
                return None
            return Cue(start=name.start, end=verb.end(), source=source, rule="said")
        return None

    def _people(self, sentence: Sentence, name: Name) -> str | None:
        """Read "the Ukrainians say": a people is its state where it speaks."""
        before = sentence.text[max(sentence.start, name.start - 4) : name.start].lower()
        people = name.senses.get(NameKind.PEOPLE) or name.senses.get(NameKind.ADJECTIVE)
        return people if before == "the " else None

    def named(self, name: Name) -> Source | None:
        """Return the source that a listed name stands for."""
        slug = name.senses.get(NameKind.SOURCE) or name.senses.get(NameKind.OUTLET)
        return self._gazetteer.source(slug) if slug else None

    def government(self, force: str) -> Source | None:
        """Return the source that speaks for a force."""
        slug = self._knowledge.governments.get(force)
        return self._gazetteer.source(slug) if slug else None

    def _pronoun(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        text = sentence.text
        before = text[floor : verb.start()]
        match = re.search(
            r"(?:^|[\s\"',(])((?:the\s+)?[a-z']+(?:\s+[a-z]+)?)\s+(?:also\s+|have\s+|has\s+|had\s+|now\s+|still\s+|currently\s+|then\s+|later\s+)*$",
            before,
            re.IGNORECASE,
        )
        if match is None:
            return None
        words = match[1].split()
        while len(words) > 1 and words[-1].lower() in _ADVERBS:
            words.pop()
        if words[-1] == "US":
            return None
        words = [word.lower() for word in words]
        for size in (3, 2, 1):
            form = " ".join(words[-size:])
            start = verb.start() - len(before) + match.start(1)
            if form in self._grammar.sets["attribution.first_person"]:
                return Cue(start=start, end=verb.end(), source=None, rule="quote")
            if form in self._grammar.sets["attribution.pronouns"]:
                return Cue(start=start, end=verb.end(), source=None, rule="pronoun", form=form)
        return None

    def _inverted(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        text = sentence.text
        before = text[max(sentence.start, verb.start() - 3) : verb.start()].rstrip()
        if before[-1:] not in {'"', ",", "'"}:
            return None
        for name in sentence.speakers:
            if verb.end() <= name.start <= verb.end() + 60 and not _has_stop(
                text[verb.end() : name.start]
            ):
                last = name
                for other in sentence.speakers:
                    if (
                        name.end <= other.start <= name.end + 24
                        and "," not in text[name.end : other.start]
                    ):
                        last = other
                cue = self.of_speaker(last, last.end, "inverted")
                return Cue(
                    start=verb.start(),
                    end=last.end,
                    source=cue.source,
                    rule="inverted",
                    outlet=cue.outlet,
                )
        match = _CAPITALS.match(text, verb.end(), sentence.end)
        subject = match is not None and _GOES_ON.match(text, match.end(1))
        if match is not None and not subject and not verb[0].lower().endswith(" in"):
            source = self._state_named(sentence, match.start(1), match.end()) or unknown(match[1])
            return Cue(start=verb.start(), end=match.end(), source=source, rule="inverted")
        return self._inverted_role(sentence, verb)

    def _inverted_role(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read "…," said the general, who asked not to be named."""
        start = verb.end() + 1
        limit = min(sentence.end, start + _INVERTED_REACH)
        stop = _ROLE_STOP.search(sentence.text, start, limit)
        found = self._phrases.at(sentence, start, stop.start() if stop else limit)
        if found is None or found.rule not in {"office", "title", "role"}:
            return None
        return Cue(start=verb.start(), end=found.end, source=found.source, rule=found.rule)

    def _state_named(self, sentence: Sentence, start: int, end: int) -> Source | None:
        """Read "…, says Seoul": the words from `start` to `end` are a state's name and no more."""
        for name in sentence.names:
            if name.start == start and name.end == end and NameKind.ACTOR in name.senses:
                return self.government(name.senses[NameKind.ACTOR])
        return None

    # --- according, heading, backward ----------------------------------------------------------

    def _according(self, sentence: Sentence) -> list[Cue]:
        found: list[Cue] = []
        text, start, end = sentence.text, sentence.start, sentence.end
        for match in (
            *self._grammar.patterns["attribution.according"].finditer(text, start, end),
            *_AS_SAYING.finditer(text, start, end),
        ):
            speaker = self.speaker_after(sentence, match.end())
            if speaker is not None:
                found.append(replace(speaker, start=match.start()))
        return found

    def speaker_after(self, sentence: Sentence, position: int) -> Cue | None:
        """Return the speaker named right after `position`, if any."""
        if _THEMSELVES.match(sentence.text, position, sentence.end):
            return Cue(start=position, end=position + 4, source=None, rule="pronoun")
        limit, channel = self._phrase_limit(sentence, position)
        cue = self._listed_after(sentence, position, limit) or self._state_after(
            sentence, position, limit
        )
        if cue is None:
            found = self._phrases.at(sentence, position, limit)
            if found is None:
                return None
            rule = "title" if found.rule == "title" else "according"
            cue = Cue(start=found.start, end=found.end, source=found.source, rule=rule)
        return replace(cue, channel=channel) if channel else cue

    def _phrase_limit(self, sentence: Sentence, position: int) -> tuple[int, str | None]:
        """Return where the speaker's phrase ends, and the outlet that "seen by" names."""
        text = sentence.text
        limit = min(sentence.end, position + 90)
        limit = min(
            [q.start for q in sentence.quantities if q.start >= position and q.high > _FEW]
            + [limit]
        )
        comma = text.find(",", position, limit)
        limit = comma if comma > 0 else limit
        seen = _SEEN_BY.search(text, position + 1, limit)
        if seen is None:
            return limit, None
        for name in sentence.speakers:
            if name.start == seen.end() and NameKind.OUTLET in name.senses:
                outlet = self._gazetteer.source(name.senses[NameKind.OUTLET])
                return seen.start(), outlet.name if outlet else None
        return seen.start(), None

    def _listed_after(self, sentence: Sentence, position: int, limit: int) -> Cue | None:
        """Return the speaker of the gazetteer: of "the Pentagon's Ryder" the last."""
        text = sentence.text
        candidates = [name for name in sentence.speakers if position <= name.start < limit]
        if not candidates:
            return None
        last = candidates[0]
        for other in candidates[1:]:
            if text[last.end : other.start].split()[:1] not in (["and"], ["of"]):
                last = other
        actor = self._state_name(sentence, position, limit)
        if actor is not None and text[actor.end : candidates[0].start].strip() == "and":
            return None
        return self.of_speaker(last, last.end, "according")

    def _state_name(self, sentence: Sentence, position: int, limit: int) -> Name | None:
        return next(
            (
                name
                for name in sentence.names
                if position <= name.start < limit
                and {NameKind.ADJECTIVE, NameKind.ACTOR, NameKind.PEOPLE} & set(name.senses)
            ),
            None,
        )

    def _state_after(self, sentence: Sentence, position: int, limit: int) -> Cue | None:
        actor = self._state_name(sentence, position, limit)
        if actor is None:
            return None
        kinds = (NameKind.ADJECTIVE, NameKind.ACTOR, NameKind.PEOPLE)
        force = next(actor.senses[kind] for kind in kinds if kind in actor.senses)
        source = self.government(force)
        if source is None:
            return None
        return Cue(start=actor.start, end=actor.end, source=source, rule="according")

    def _estimates(self, sentence: Sentence, counts: Sequence[Tally]) -> list[Cue]:
        """Read "Seoul's estimate that", "the Pentagon's figure of": whose the estimate is."""
        text, cues = sentence.text, [self._changed_by(sentence)]
        by_noun = {tally.noun.start(): tally for tally in counts}
        changed = {start: self._changed(sentence, tally) for start, tally in by_noun.items()}
        cues.extend(changed.values())
        for noun in self._grammar.patterns["attribution.estimates"].finditer(
            text, sentence.start, sentence.end
        ):
            tally = by_noun.get(noun.start())
            if changed.get(noun.start()) is None:
                cues.append(self._owned(sentence, noun, tally.counted if tally else None))
        return [cue for cue in cues if cue is not None]

    def _changed_by(self, sentence: Sentence) -> Cue | None:
        """Read "Russian troop estimate raised to 200,000 by Ukraine"."""
        text = sentence.text
        for quantity in sentence.quantities:
            start = quantity.right + len(" by ")
            if not text.startswith(" by ", quantity.right):
                continue
            floor = max(sentence.start, quantity.left - _SUBJECT_REACH)
            verb = self._grammar.last("attribution.revises", text, floor, quantity.left)
            noun = verb and self._grammar.search("attribution.tallies", text, floor, verb.start())
            if not noun:
                continue
            limit = min(sentence.end, start + _BY_REACH)
            cue = self._listed_after(sentence, start, limit)
            return cue or self._state_after(sentence, start, limit)
        return None

    def _changed(self, sentence: Sentence, tally: Tally) -> Cue | None:
        """Read "US raises Russian troop estimate": who changes an estimate says it."""
        verb = tally.verb
        if verb is None or tally.owned:
            return None
        floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
        near = _words_before(sentence.text, floor, verb.start())
        if near and near[-1] in self._grammar.sets["attribution.passive"]:
            return None
        cue = (
            self._before(sentence, verb, floor)
            or self._joined(sentence, verb)
            or self._phrase(sentence, verb)
        )
        return replace(cue, end=tally.noun.end()) if cue else None

    def _owned(self, sentence: Sentence, noun: re.Match[str], counted: Name | None) -> Cue | None:
        """Return whose an estimate is by the name before it; whom it counts does not own it."""
        text = sentence.text
        stop = counted.start if counted else noun.start()
        owners = sorted((*sentence.speakers, *sentence.names), key=lambda one: -one.end)
        for name in owners:
            gap = text[name.end : stop]
            if (
                not 0 < len(gap) <= _ESTIMATE_GAP
                or gap.strip(" 's").count(" ") > 1
                or "," in gap
                or self._grammar.ends("status.denials", text, sentence.start, name.start)
            ):
                continue
            slug = name.senses.get(NameKind.SOURCE)
            force = name.senses.get(NameKind.ADJECTIVE)
            if gap.startswith("'s"):
                force = force or name.senses.get(NameKind.ACTOR)
            elif counted is not None:
                continue
            source = self._gazetteer.source(slug) if slug else self.government(force or "")
            if source is not None:
                return Cue(start=name.start, end=noun.end(), source=source, rule="estimate")
        return None

    def backward(self, sentence: Sentence) -> Source | None:
        """Return the speaker of a sentence that only says who said the one before it."""
        match = self._grammar.patterns["attribution.backward"].match(
            sentence.text, sentence.start, sentence.end
        )
        if match is None:
            return None
        found = self.speaker_after(sentence, match.end())
        return found.source if found else None


def _words_before(text: str, floor: int, position: int) -> list[str]:
    return [word.lower() for word in WORD.findall(text[floor:position])]


def _has_stop(gap: str) -> bool:
    return bool(_STOP.search(gap))
