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
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.gazetteer import Gazetteer
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Source

_SUBJECT_REACH = 90
_SAME_BREATH = 3
_OFFICE_WORDS = 5
_CAPITALS = re.compile(r"(?:[A-Z][\w'’.-]*\s+(?:(?:of|for|the|on|and)\s+)*){0,5}[A-Z][\w'’-]+$")
_NO_SPEAKER = frozenset(
    "the a an this that these those it there he she they we monday tuesday wednesday thursday friday "  # noqa: SIM905
    "saturday sunday january february march april may june july august september october november "
    "december i but and as in on at also who which".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A cue: what it spans, whom it names, and how sure that is.

    `source` None with `rule` pronoun or quote is resolved by the reader of the document.
    """

    start: int
    end: int
    source: Source | None
    rule: str
    outlet: bool = False
    channel: str | None = None


class Attribution:
    """Finds cues with the names of a site and the words of a language."""

    def __init__(self, grammar: Grammar, knowledge: Knowledge) -> None:
        self._grammar = grammar
        self._knowledge = knowledge
        self._gazetteer: Gazetteer = knowledge.gazetteer

    def cues(self, sentence: Sentence) -> list[Cue]:
        """Return the cues of a sentence in order of their position."""
        found = [*self._according(sentence), *self._heading(sentence)]
        taken = [(cue.start, cue.end) for cue in found]
        for verb in self._grammar.patterns["attribution.verbs"].finditer(
            sentence.text, sentence.start, sentence.end
        ):
            if any(
                name.start <= verb.start() < name.end
                for name in (*sentence.speakers, *sentence.names)
            ):
                continue
            if any(start <= verb.start() < end for start, end in taken):
                continue
            cue = self._said(sentence, verb)
            if cue is not None:
                found.append(cue)
        return sorted(found, key=lambda cue: (cue.start, cue.end))

    # --- said --------------------------------------------------------------------------------

    def _said(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        text = sentence.text
        floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
        near = _words_before(text, floor, verb.start())
        if near and near[-1] in self._grammar.sets["attribution.passive"]:
            return None
        pronoun = self._pronoun(sentence, verb, floor)
        if pronoun is not None:
            return pronoun
        for name in reversed(sentence.speakers):
            if floor <= name.start and name.end <= verb.start():
                if self._is_subject(sentence, name, verb.start()):
                    return self._of_speaker(name, verb.end(), "said")
                break
        actor = self._actor(sentence, verb)
        if actor is not None:
            return actor
        return (
            self._inverted(sentence, verb)
            or self._office(sentence, verb, floor)
            or self._literal(sentence, verb, near)
        )

    def _office(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        """Read "Estonia's foreign intelligence chief said": an office of a state."""
        text = sentence.text
        for name in reversed(sentence.names):
            if name.end > verb.start() or name.start < floor:
                continue
            force = name.senses.get(NameKind.ADJECTIVE)
            if force is None and text.startswith("'s", name.end):
                force = name.senses.get(NameKind.ACTOR)
            words = text[name.end : verb.start()].removeprefix("'s").replace(",", " ").split()
            if force is None or not 0 < len(words) <= _OFFICE_WORDS:
                return None
            if words[-1].lower() not in self._grammar.sets["attribution.offices"]:
                return None
            source = self._government(force)
            if source is None or any(not word[0].isalpha() for word in words):
                return None
            return Cue(start=name.start, end=verb.end(), source=source, rule="office")
        return None

    def _is_subject(self, sentence: Sentence, name: Name, verb: int) -> bool:
        """Say whether only an apposition or adverbs stand between a speaker and the verb."""
        text = sentence.text
        gap = text[name.end : verb]
        if any(
            name.end <= quantity.start < verb and quantity.low > 31
            for quantity in sentence.quantities
        ):
            return False
        if '"' in gap or re.search(r"\b(?:that|which|whose|when|while|but|because)\b", gap):
            return False
        if self._grammar.patterns["attribution.verbs"].search(text, name.end, verb) is not None:
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
        return not re.search(r"\b(?:to|with|against|asked|told|by|from|met)\s+(?:the\s+)?$", before)

    def _of_speaker(self, name: Name, end: int, rule: str) -> Cue:
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
            if name.end > verb.start() or NameKind.ACTOR not in name.senses:
                continue
            gap = text[name.end : verb.start()].split()
            before = _words_before(text, max(sentence.start, name.start - 20), name.start)
            if len(gap) > 3 or any(
                not word.isalpha() or word.lower() in _NO_SPEAKER - {"also"} for word in gap
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
            source = self._government(name.senses[NameKind.ACTOR])
            if source is None:
                return None
            return Cue(start=name.start, end=verb.end(), source=source, rule="said")
        return None

    def _government(self, force: str) -> Source | None:
        slug = self._knowledge.governments.get(force)
        return self._gazetteer.source(slug) if slug else None

    def _pronoun(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        text = sentence.text
        before = text[floor : verb.start()]
        match = re.search(
            r"(?:^|[\s\"',(])((?:the\s+)?[a-z]+(?:\s+[a-z]+)?)\s+(?:also\s+|have\s+|has\s+|had\s+|now\s+|still\s+|currently\s+|then\s+|later\s+)*$",
            before,
            re.IGNORECASE,
        )
        if match is None:
            return None
        if match[1].endswith("US"):
            return None
        words = match[1].lower().split()
        for size in (3, 2, 1):
            form = " ".join(words[-size:])
            start = verb.start() - len(before) + match.start(1)
            if form in self._grammar.sets["attribution.first_person"]:
                return Cue(start=start, end=verb.end(), source=None, rule="quote")
            if form in self._grammar.sets["attribution.pronouns"]:
                return Cue(start=start, end=verb.end(), source=None, rule="pronoun")
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
                cue = self._of_speaker(last, last.end, "inverted")
                return Cue(
                    start=verb.start(),
                    end=last.end,
                    source=cue.source,
                    rule="inverted",
                    outlet=cue.outlet,
                )
        match = re.compile(r"\s+((?:[A-Z][\w'-]+\s?){1,4})").match(text, verb.end(), sentence.end)
        if match is not None:
            source = self._state_named(sentence, match.start(1), match.end()) or _unknown(match[1])
            return Cue(start=verb.start(), end=match.end(), source=source, rule="inverted")
        return None

    def _state_named(self, sentence: Sentence, start: int, end: int) -> Source | None:
        """Read "…, says Seoul": the words from `start` to `end` are a state's name and no more."""
        for name in sentence.names:
            if name.start == start and name.end == end and NameKind.ACTOR in name.senses:
                return self._government(name.senses[NameKind.ACTOR])
        return None

    def _literal(self, sentence: Sentence, verb: re.Match[str], near: Sequence[str]) -> Cue | None:
        """Keep the literal words of a speaker nobody knows: a role, or a capitalised name."""
        text = sentence.text
        if near and near[-1] in self._grammar.sets["attribution.roles"]:
            plain = (
                near[-1]
                if near[-1].endswith("s") or near[-1] in {"media", "intelligence"}
                else near[-1] + "s"
            )
            return Cue(
                start=verb.start() - len(near[-1]) - 1,
                end=verb.end(),
                source=_unknown(plain),
                rule="role",
            )
        familiar = self._grammar.ends(
            "attribution.familiar", text, max(sentence.start, verb.start() - 60), verb.start()
        )
        if familiar is not None:
            source = _unknown(familiar[0].lower())
            return Cue(start=familiar.start(), end=verb.end(), source=source, rule="role")
        before = text[max(sentence.start, verb.start() - 60) : verb.start()].rstrip(" ,")
        match = _CAPITALS.search(before)
        if match is None or match[0].endswith("'s"):
            return None
        if match[0].split()[-1].lower() in _NO_SPEAKER:
            return None
        last_word = max(sentence.start, verb.start() - 60) + match.end() - 1
        if any(name.start <= last_word < name.end for name in sentence.names):
            return None
        titles = self._grammar.sets["attribution.titles"] | _NO_SPEAKER
        words = match[0].split()
        while len(words) > 1 and words[0].lower().strip(".") in titles:
            words.pop(0)
        words = [word for word in words if word.lower() not in _NO_SPEAKER]
        return (
            Cue(
                start=verb.start() - 1,
                end=verb.end(),
                source=_unknown(" ".join(words)),
                rule="literal",
            )
            if words
            else None
        )

    # --- according, heading, backward ----------------------------------------------------------

    def _according(self, sentence: Sentence) -> list[Cue]:
        found: list[Cue] = []
        for match in self._grammar.patterns["attribution.according"].finditer(
            sentence.text, sentence.start, sentence.end
        ):
            source = self.speaker_after(sentence, match.end())
            if source is not None:
                found.append(
                    Cue(
                        start=match.start(),
                        end=source.end,
                        source=source.source,
                        rule="according",
                        outlet=source.outlet,
                    )
                )
        return found

    def speaker_after(self, sentence: Sentence, position: int) -> Cue | None:
        """Return the speaker named right after `position`, if any."""
        text = sentence.text
        limit = min(sentence.end, position + 90)
        first_number = min(
            (q.start for q in sentence.quantities if q.start >= position), default=limit
        )
        limit = min(limit, first_number)
        comma = text.find(",", position, limit)
        limit = comma if comma > 0 else limit
        candidates = [name for name in sentence.speakers if position <= name.start < limit]
        actor = next(
            (
                name
                for name in sentence.names
                if position <= name.start < limit
                and (NameKind.ADJECTIVE in name.senses or NameKind.ACTOR in name.senses)
            ),
            None,
        )
        if candidates:
            last = candidates[0]
            for other in candidates[1:]:
                if text[last.end : other.start].split()[:1] not in (["and"], ["of"]):
                    last = other
            joint = actor is not None and text[actor.end : candidates[0].start].strip() == "and"
            if not joint:
                return self._of_speaker(last, last.end, "according")
        if actor is not None:
            source = self._government(
                actor.senses.get(NameKind.ADJECTIVE) or actor.senses.get(NameKind.ACTOR) or ""
            )
            if source is not None:
                return Cue(start=actor.start, end=actor.end, source=source, rule="according")
        match = re.compile(
            r"\s+(?:the\s+|a\s+|an\s+)?((?:[A-Z][\w'.-]*\s?(?:(?:of|for|the|on)\s+)?){1,6})"
        ).match(text, position, limit)
        if match is not None:
            return Cue(
                start=match.start(1), end=match.end(1), source=_unknown(match[1]), rule="according"
            )
        for word in WORD.finditer(text, position, min(limit, position + 50)):
            if word[0].lower() in self._grammar.sets["attribution.roles"]:
                return Cue(
                    start=word.start(),
                    end=word.end(),
                    source=_unknown(word[0].lower()),
                    rule="according",
                )
        return None

    def _heading(self, sentence: Sentence) -> list[Cue]:
        """Read "X: …" and, in a line without a full stop, "…: X" or "…, X says"."""
        text = sentence.text
        found: list[Cue] = []
        colon = re.compile(r"[^:\n]{2,60}?:\s").match(text, sentence.start, sentence.end)
        if colon is not None and not self._grammar.search(
            "attribution.verbs", text, sentence.start, colon.end()
        ):
            found.extend(
                self._of_speaker(name, colon.end(), "heading")
                for name in sentence.speakers
                if name.end == colon.end() - 2
            )
            for name in sentence.names:
                if (
                    name.end == colon.end() - 2
                    and name.start <= sentence.start + 1
                    and NameKind.ACTOR in name.senses
                ):
                    source = self._government(name.senses[NameKind.ACTOR])
                    if source is not None and not found:
                        found.append(
                            Cue(start=name.start, end=colon.end(), source=source, rule="heading")
                        )
        for name in [*sentence.speakers, *sentence.names]:
            before = text[max(sentence.start, name.start - 4) : name.start]
            if name.end >= sentence.end - 1 and re.search(r"(?::| -)\s(?:the\s)?$", before):
                actor = name.senses.get(NameKind.ACTOR)
                source = self._government(actor) if actor else None
                cue = self._of_speaker(name, name.end, "heading")
                if cue.source or source:
                    found.append(
                        Cue(
                            start=name.start,
                            end=name.end,
                            source=cue.source or source,
                            rule="heading",
                            outlet=cue.outlet,
                        )
                    )
                    break
        return found

    def backward(self, sentence: Sentence) -> Source | None:
        """Return the speaker of a sentence that only says who said the one before it."""
        match = self._grammar.patterns["attribution.backward"].match(
            sentence.text, sentence.start, sentence.end
        )
        if match is None:
            return None
        found = self.speaker_after(sentence, match.end())
        return found.source if found else None


def _unknown(literal: str) -> Source:
    name = " ".join(literal.split()).strip(" .,'")
    slug = f"text:{name.lower()}"
    return Source(id=slug, name=name, family=slug)


def _words_before(text: str, floor: int, position: int) -> list[str]:
    return [word.lower() for word in WORD.findall(text[floor:position])]


def _has_stop(gap: str) -> bool:
    return bool(re.search(r"[.;:\"]|\b(?:that|in|on|at)\b", gap))


def covering(cues: Sequence[Cue], start: int, end: int) -> Cue | None:
    """Return the cue whose scope covers the number at `start` to `end`; an outlet gives way."""
    before = [cue for cue in cues if cue.end <= start]
    after = [cue for cue in cues if cue.start >= end]
    chosen = before[-1] if before else (after[0] if after else None)
    if (
        chosen is not None
        and before
        and chosen.rule == "heading"
        and after
        and after[0].rule != "heading"
    ):
        chosen = chosen if chosen.source is not None and not chosen.outlet else after[0]
    if chosen is not None and chosen.rule == "role" and before and after:
        named = [cue for cue in after if cue.rule in {"said", "inverted"} and not cue.outlet]
        chosen = named[0] if named else chosen
    if chosen is not None:
        chosen = _quoted_by(chosen, cues)
    if chosen is None or not chosen.outlet:
        return chosen
    for cue in [*after, *reversed(before)]:
        if not cue.outlet and cue.source is not None:
            return Cue(
                start=cue.start,
                end=cue.end,
                source=cue.source,
                rule=cue.rule,
                channel=chosen.source.name if chosen.source else None,
            )
    return chosen


def _quoted_by(chosen: Cue, cues: Sequence[Cue]) -> Cue:
    """Return whom a carrier quotes in the same breath: "the paper reported, citing officials"."""
    for cue in cues:
        if cue.rule == "according" and 0 <= cue.start - chosen.end <= _SAME_BREATH:
            if cue.source is None or (cue.outlet and not chosen.outlet):
                continue
            return Cue(
                start=cue.start,
                end=cue.end,
                source=cue.source,
                rule=cue.rule,
                outlet=cue.outlet,
                channel=chosen.source.name if chosen.source else None,
            )
    return chosen
