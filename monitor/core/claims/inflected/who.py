# SPDX-License-Identifier: Apache-2.0
"""Who asserts a number: cues with the speaker they name, and which cue covers which number.

Cues, each a rule id: `said` (a verb with its subject on either side), `according` (before or behind
the speaker), `heading` ("X: …", "… – X"), `office` (a state's ministry or officials), `role` (nobody
by name), `pronoun` (also a verb without a subject), `quote`, `backward`. What it is not: quotation
spans. Rules of this file: who carries a figure gives way to whom it quotes; roles keep the English
word, so that "officials" are the same in every language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.claims.inflected.lexicon import Mark
from monitor.core.claims.inflected.line import Line
from monitor.core.knowledge import Knowledge, NameKind
from monitor.core.model import Source

_BEFORE_VERB = 10
_BEHIND_VERB = 8
_AFTER_CUE = 9
_OFFICE = 4
_MOST_NAMES = 3
_AUXILIARY = 6  # letters; "avait", "також"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A cue as tokens; `source` None with rule pronoun or quote is found by the reader."""

    start: int
    end: int
    source: Source | None
    rule: str
    outlet: bool = False
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody a sentence names who can say something; `rule` tells how well known they are."""

    start: int
    end: int
    source: Source
    outlet: bool = False
    rule: str = "said"


class Speakers:
    """Finds who says something with the names of a site."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def cues(self, line: Line) -> list[Cue]:
        """Return the cues of a sentence in order of their position."""
        speakers = self.speakers(line)
        found = [*self._according(line, speakers), *self._heading(line, speakers)]
        for verb in line.all("attribution.verbs"):
            if any(cue.start <= verb.start < cue.end for cue in found):
                continue
            if any(other.start <= verb.start < other.end for other in line.speakers):
                continue
            cue = self._said(line, verb, speakers)
            if cue is not None:
                found.append(cue)
        return sorted(found, key=lambda cue: (cue.start, cue.end))

    def backward(self, line: Line) -> Source | None:
        """Return the speaker of a sentence that only says who said the one before it."""
        mark = line.at("attribution.backward", 0)
        if mark is None:
            return None
        speakers = [s for s in self.speakers(line) if s.start >= mark.end - 1]
        best = [s for s in speakers if not s.outlet and s.rule != "role"] or speakers
        return best[0].source if best else None

    # --- speakers --------------------------------------------------------------------------------

    def speakers(self, line: Line) -> list[Speaker]:
        """Return whoever a sentence names that could speak, in order, without overlaps."""
        found: list[Speaker] = []
        for mark in line.speakers:
            slug = mark.senses.get(NameKind.SOURCE) or mark.senses.get(NameKind.OUTLET) or ""
            source = self._knowledge.gazetteer.source(slug)
            if source is not None:
                outlet = NameKind.OUTLET in mark.senses
                found.append(Speaker(mark.start, mark.end, source, outlet))
        for mark in (*line.all("attribution.offices"), *line.all("attribution.roles")):
            office = self._office(line, mark) if mark.tag == "attribution.offices" else None
            office = office or self._role(mark)
            if office is not None and not _overlaps(office, found):
                found.append(office)
        found += [
            actor
            for actor in self._actors(line)
            if not _overlaps(actor, found)
            and not any(mark.start == actor.end for mark in line.all("head"))
        ]
        return sorted(found, key=lambda item: item.start)

    def _office(self, line: Line, mark: Mark) -> Speaker | None:
        """Read "das südkoreanische Verteidigungsministerium", "Міністерство оборони Росії"."""
        for name in line.names:
            gap = mark.start - name.end if name.end <= mark.start else name.start - mark.end
            if not 0 <= gap <= _OFFICE or any(
                line.word(position) in {",", ";"} or line.at("attribution.verbs", position)
                for position in range(min(name.end, mark.end), max(name.start, mark.start))
            ):
                continue
            adjective, actor = (
                name.senses.get(NameKind.ADJECTIVE),
                name.senses.get(NameKind.ACTOR),
            )
            force = adjective or (actor if name.start >= mark.end else None)
            slug = self._knowledge.governments.get(force or "")
            governed = line.ends("places.prepositions", name.start)
            if slug is None or (governed and adjective is None and governed.start != mark.end):
                continue
            wanted = f"{slug.removesuffix('-government')}-{mark.value}"
            source = self._knowledge.gazetteer.source(wanted) or self._knowledge.gazetteer.source(
                slug
            )
            if source is not None:
                low, high = min(name.start, mark.start), max(name.end, mark.end)
                return Speaker(low, high, source, rule="office")
        return self._own_office(line, mark)

    def _own_office(self, line: Line, mark: Mark) -> Speaker | None:
        """Read "Israel hat nach Angaben der Armee": the office of the only state that acts."""
        forces = {
            name.senses[NameKind.ACTOR]
            for name in line.names
            if NameKind.ACTOR in name.senses
            and line.ends("places.prepositions", name.start) is None
            and line.ends("places.from", name.start) is None
        }
        slug = self._knowledge.governments.get(next(iter(forces))) if len(forces) == 1 else None
        if slug is None:
            return None
        wanted = f"{slug.removesuffix('-government')}-{mark.value}"
        gazetteer = self._knowledge.gazetteer
        source = gazetteer.source(wanted) or gazetteer.source(slug)
        return Speaker(mark.start, mark.end, source, rule="office") if source else None

    def _role(self, mark: Mark) -> Speaker | None:
        if mark.tag == "attribution.offices":
            return None
        slug = f"text:{mark.value}"
        source = Source(id=slug, name=mark.value, family=slug)
        return Speaker(mark.start, mark.end, source, rule="role")

    def _actors(self, line: Line) -> list[Speaker]:
        """Return states that can speak: in no place's preposition."""
        found: list[Speaker] = []
        for name in line.names:
            force = name.senses.get(NameKind.ACTOR)
            slug = self._knowledge.governments.get(force or "")
            source = self._knowledge.gazetteer.source(slug) if slug else None
            if source is None or line.ends("places.prepositions", name.start) is not None:
                continue
            found.append(Speaker(name.start, name.end, source, rule="actor"))
        return found

    # --- cues ------------------------------------------------------------------------------------

    def _said(self, line: Line, verb: Mark, speakers: Sequence[Speaker]) -> Cue | None:
        """Return the cue of a verb: the subject stands before it, or behind it where it is inverted."""
        if line.at("attribution.first_person", verb.start - 1) is not None:
            return Cue(start=verb.start, end=verb.end, source=None, rule="quote")
        pronoun = _pronoun(line, verb)
        before = [
            speaker
            for speaker in speakers
            if speaker.end <= verb.start and _reaches(line, speaker, verb)
        ]
        behind = [
            speaker
            for speaker in speakers
            if verb.end <= speaker.start <= verb.end + _BEHIND_VERB
            and not _parted(line, verb.end, speaker.start)
        ]
        titled = pronoun is not None and any(
            pronoun.start <= speaker.start <= pronoun.end + 2 for speaker in behind
        )
        if pronoun is not None and not titled:
            start = min(pronoun.start, verb.start)
            return Cue(start=start, end=max(pronoun.end, verb.end), source=None, rule="pronoun")
        chosen = _named(before[-1:]) or _named(behind[:2]) or before[-1:] or behind[:1]
        if behind and before and _is_inverted(line, verb) and behind[0].rule != "actor":
            chosen = _named(behind[:2]) or behind[:1]
        if not chosen and line.pack.family == "slavic":
            chosen = self._in_capital(line, verb)
        chosen = chosen or _literal(line, verb)
        if not chosen:
            subjectless = verb.start <= 1 or line.word(verb.start - 1) in {",", '"'}
            if subjectless and line.pack.family in {"slavic", "romance"}:
                return Cue(start=verb.start, end=verb.end, source=None, rule="pronoun")
            return None
        speaker = _last_of_chain(line, chosen[0], speakers)
        return Cue(
            start=min(chosen[0].start, verb.start),
            end=max(speaker.end, verb.end),
            source=speaker.source,
            rule="role" if speaker.rule == "role" else "said",
            outlet=speaker.outlet,
        )

    def _in_capital(self, line: Line, verb: Mark) -> list[Speaker]:
        """Read "В Москве опровергли": a verb without a subject behind a state's name."""
        for name in line.names:
            slug = self._knowledge.governments.get(name.senses.get(NameKind.ACTOR, ""))
            source = self._knowledge.gazetteer.source(slug) if slug else None
            if source is not None and name.end == verb.start:
                return [Speaker(name.start, name.end, source)]
        return []

    def _according(self, line: Line, speakers: Sequence[Speaker]) -> list[Cue]:
        found: list[Cue] = []
        for mark in line.all("attribution.according"):
            near = [
                speaker
                for speaker in speakers
                if mark.end <= speaker.start <= mark.end + _AFTER_CUE
                and not _parted(line, mark.end, speaker.start)
            ]
            named = _named(near) or near
            if named:
                last = named[0]
                found.append(_cue(mark.start, last.end, last, "according"))
        for mark in line.all("attribution.according_after"):
            near = [s for s in speakers if mark.start - 3 <= s.end <= mark.start]
            if near:
                found.append(_cue(near[-1].start, mark.end, near[-1], "according"))
        return found

    def _heading(self, line: Line, speakers: Sequence[Speaker]) -> list[Cue]:
        """Read "X: …", and in a line without a full stop "…: X" and "… – X"."""
        found: list[Cue] = []
        for speaker in speakers:
            if line.word(speaker.end) == ":" and not any(
                token.is_number or token.text == "," for token in line.tokens[: speaker.start]
            ):
                found.append(_cue(speaker.start, speaker.end + 1, speaker, "heading"))
            elif (
                speaker.end >= len(line.tokens) - 1
                and speaker.start
                and line.word(self._mark_before(line, speaker.start)) in {":", "-"}
                and not line.is_glued(self._mark_before(line, speaker.start) + 1)
                and speaker.rule != "role"
            ):
                found.append(_cue(speaker.start, speaker.end, speaker, "heading"))
        return found

    def _mark_before(self, line: Line, position: int) -> int:
        """Return the token before a name, over titles and adjectives."""
        position -= 1
        for _ in range(3):
            if line.word(position) in {":", "-"} or position <= 0:
                break
            if not line.tokens[position].is_word:
                break
            position -= 1
        return position


def _cue(start: int, end: int, speaker: Speaker, rule: str) -> Cue:
    rule = "role" if speaker.rule == "role" else rule
    return Cue(start=start, end=end, source=speaker.source, rule=rule, outlet=speaker.outlet)


def _overlaps(speaker: Speaker, others: Sequence[Speaker]) -> bool:
    return any(speaker.start < other.end and other.start < speaker.end for other in others)


def _named(speakers: Sequence[Speaker]) -> list[Speaker]:
    """Return the speakers that are more than a role, people and bodies before states."""
    named = [speaker for speaker in speakers if speaker.rule not in {"role", "actor"}]
    return named or [speaker for speaker in speakers if speaker.rule != "role"]


def _literal(line: Line, verb: Mark) -> list[Speaker]:
    """Keep the words of a speaker nobody knows: two or three names right behind verb and office."""
    start = verb.end
    for _ in range(3):
        title = (
            line.at("attribution.offices", start)
            or line.at("attribution.roles", start)
            or line.at("attribution.pronouns", start)
        )
        adjective = line.at("shapes.adjectives", start)
        step = title or adjective
        start = step.end if step is not None else start
        start += line.word(start) == ","
    end = start
    while end < len(line.tokens) and end - start < _MOST_NAMES and _is_name(line, end):
        end += 1
    if end - start < 2:
        return []
    name = " ".join(token.text for token in line.tokens[start:end])
    slug = f"text:{name.lower()}"
    return [Speaker(verb.end, end, Source(id=slug, name=name, family=slug), rule="literal")]


def _is_name(line: Line, position: int) -> bool:
    token = line.tokens[position]
    known = any(name.start <= position < name.end for name in line.names)
    return token.text[0].isupper() and not known and line.head(position) is None


def _pronoun(line: Line, verb: Mark) -> Mark | None:
    """Return the pronoun that is a verb's subject: right before it, its auxiliary or behind it."""
    for position in range(verb.start, max(0, verb.start - 3), -1):
        if position < verb.start and len(line.word(position)) > _AUXILIARY:
            break
        mark = line.ends("attribution.pronouns", position)
        if mark is not None:
            return mark
    return line.at("attribution.pronouns", verb.end)


def _last_of_chain(line: Line, speaker: Speaker, speakers: Sequence[Speaker]) -> Speaker:
    """Return the last of names that follow each other: "речник Пентагону Пат Райдер"."""
    for other in speakers:
        close = 0 <= other.start - speaker.end <= 2
        if close and other.rule == "said" and other.source.family == speaker.source.family:
            between = range(speaker.end, other.start)
            if all(line.tokens[position].is_word for position in between):
                speaker = other
    return speaker


def _reaches(line: Line, speaker: Speaker, verb: Mark) -> bool:
    """Say whether a speaker can be the subject of a verb behind it."""
    if verb.start - speaker.end > _BEFORE_VERB:
        return False
    if speaker.rule == "actor" and verb.start - speaker.end > 2:
        return False
    if line.ends("attribution.objects", speaker.start) is not None:
        return False
    gap = range(speaker.end, verb.start)
    return not any(
        line.tokens[position].is_number
        or line.word(position) in {":", ";"}
        or line.at("attribution.verbs", position) is not None
        or line.at("attribution.that", position) is not None
        for position in gap
    )


def _parted(line: Line, low: int, high: int) -> bool:
    """Say whether a clause ends in a stretch."""
    return any(
        line.word(position) in {",", ";", ":", ".", '"'}
        or line.tokens[position].is_number
        or line.at("attribution.that", position) is not None
        for position in range(low, high)
    )


def _is_inverted(line: Line, verb: Mark) -> bool:
    return line.word(verb.start - 1) in {",", '"', "-"}


def covering(cues: Sequence[Cue], start: int, end: int) -> Cue | None:
    """Return the cue whose scope covers the number at `start` to `end`; an outlet gives way."""
    before = [cue for cue in cues if cue.end <= start]
    after = [cue for cue in cues if cue.start >= end]
    around = [cue for cue in cues if cue.start < start and cue.end > end]
    chosen = before[-1] if before else (after[0] if after else (around[0] if around else None))
    if chosen is None:
        return None
    others = [*after, *reversed(before)]
    if chosen.rule in {"role", "heading"}:
        named = [cue for cue in others if cue.rule in {"said", "according"} and not cue.outlet]
        if named and chosen.rule == "role":
            chosen = named[0]
    if not chosen.outlet:
        return chosen
    for cue in others:
        if not cue.outlet and (cue.source is not None or cue.rule == "pronoun"):
            return replace(cue, channel=chosen.source.name if chosen.source else None)
    return chosen
