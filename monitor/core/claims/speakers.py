# SPDX-License-Identifier: Apache-2.0
"""Who a noun phrase before or after a verb of saying is, when the list of sources does not know it.

Phrases, each a rule id: `office` ("Estonia's intelligence chief", "the defence ministry in Taipei"),
`title` ("Defence Minister Anna Example": an office of a state that the phrase does not name), `role`
("a security source"), `literal` (a name nobody lists). Rules of this file: a phrase ends at a comma
unless an apposition follows; unknown speakers keep their own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.knowledge import Name, NameKind
from monitor.core.model import Source

_PHRASE_REACH = 110
_MOST_WORDS = 9
_BREAK = re.compile(
    r"[\";:()\n]| - |\b(?:said|says|that|which|what|while|but|because|though|although|whereas|when|after|before|whose|where|and then)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s+|^)(?:also|has|have|had|later|then|now|still|earlier|recently|currently|since|repeatedly|"
    r"[a-z]{3,}ly|(?:on|late|early)\s+[A-Z]\w+day|in a statement|by telephone|who|previously|himself|herself)\s*$"
)
# Verbs of those who speak; what reports or figures "show" is nobody's speech.
_SPEECH = re.compile(
    r"(?:said|says|told|tells|recalled|recalls|explained|explains|added|adds|replied|answered|laughed|sighed|joked|"
    r"insisted|insists|complained|complains|whispered|shouted|remembered|remembers|wrote|reckons|reckoned)\b",
    re.IGNORECASE,
)
_ANYONE = re.compile(
    r"((?:an?|one|another|the|two|three|several|some|many)\s+(?:[\w'-]+\s+){0,3}?[a-z][a-z-]{2,})"
    r"(?:\s+(?:in|of|from|at|near|on|with|for)\s+[^,]{2,50})?$",
    re.IGNORECASE,
)
# "…, port workers said"
_PLURAL = re.compile(
    r"((?:[a-z-]+\s+){0,2}[a-z]{3,}(?:ers|ors|ists|ians|ents|ants|men|women|hands|monks|staff|people|families))"
)
_AND_MORE = re.compile(r"\s+and\s+(?:an?|one|another|two|three|several)\s+[a-z]")
_OPENS_TWO = re.compile(
    r"([A-Z][^,.;:\"]{2,70}),\s([^,.;:\"]{2,80}),\s+(?:also\s+|later\s+|has\s+|had\s+)?[a-z]+\b"
)
_OPENS_ONE = re.compile(
    r"((?:(?:The|An?)\s+)?(?:[\w'.-]+\s+){0,5}?[\w'.-]+)\s+(?:[a-z]+ed|was|were|has|had|is|went|came|took|flew|"
    r"met|spoke|left|made|gave|drove|stood|sat|rarely|does|did|would|will|wanted|knows|knew)\b"
)
_OF_OFFICE = re.compile(
    r"(.+)'s\s+(?:[a-z]+\s+){0,2}(?:spokes(?:man|woman|person)|chief|head|leader|commander|envoy|adviser|secretary)$"
)
# "a spokeswoman for the operations command": who serves an office of a state speaks for it.
_SERVES = re.compile(
    r"\b(?:spokes(?:man|woman|person|people)|officials?|sources?|advisers?|aides?|head|chief|commander|secretary|deputy)$"
)
# Who sits in a capital and speaks for no government.
PRIVATE = frozenset(
    "diplomat diplomats resident residents analyst analysts expert experts observer observers researcher researchers "  # noqa: SIM905
    "witness witnesses trader traders correspondent correspondents journalist journalists economist economists".split()
)
_OFFICE = 16
_ORGAN = re.compile(r" (?:newspaper|website|channel|daily|press service|press office|journal)$")
_WHO = re.compile(r",?\s+who\b")
_SEAT = re.compile(
    r"^(?P<office>.+?)\s+(?:in|of)\s+(?:the\s+)?(?:(?:State|Republic|Kingdom|Islamic\s+Republic|People's\s+Republic|Federal\s+Republic)\s+of\s+(?:the\s+)?)?$"
)
_OFFICE_AT = re.compile(r"([a-z][\w' -]*?[a-z])\s+(?:of|in|from|for|at|with)\s+")
# "two officials briefed on the intelligence": the officials.
_BRIEFED = re.compile(
    r"(.+?)\s+(?:briefed|familiar|close|involved|present|working|serving|speaking|attached|quoted|interviewed|"
    r"contacted|reached|monitoring|monitored|followed|cited|based|aligned|linked|tracking|seen|obtained|reviewed|published|leaked|dated|released|prepared)\s"
)
# "The minister, speaking after talks in Ankara, said": what the speaker did meanwhile.
_ASIDE_REACH = 190
_ASIDE = re.compile(
    r"(?:^|(?<=[.;:\"] )|(?<=, ))([^,.\";:]{3,80}),\s+(?:speaking|talking|writing|asked|visiting|addressing|answering|"
    r"appearing|in|on|at|during|after|before|when|while|who|which|whose)\b[^,\"]{0,90},\s*(?:(?!(?:the|an?|its|their)\b)[a-z]+\s+){0,2}$"
)
_OFFICE_OF = re.compile(r"\s+(?:of|for)(?:\s+the)?$")
_NAME = re.compile(
    r"^(?:[A-Z][\w'.-]*|al-[A-Z][\w'-]*)(?:\s+(?:(?:bin|al|de|van|von|der|el|da|dos)\s+)?"
    r"(?:[A-Z][\w'.-]*|al-[A-Z][\w'-]*|el-[A-Z][\w'-]*))*$"
)
# "Anna Example of Example Consulting": of unlisted houses both names are kept.
_OF_HOUSE = re.compile(
    r"((?:[A-Z][\w'.-]+ ?){2,3}) (?:of|at|from|with) (?:the )?((?:[A-Z][\w'.-]+ ?){1,4})$"
)
DETERMINERS = frozenset(
    "a an the one two three four five several some many other another senior top unnamed anonymous "  # noqa: SIM905
    "its their his her this that few multiple various both most".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A speaker that a phrase stands for, where the phrase begins, and the rule that read it."""

    start: int
    end: int
    source: Source
    rule: str


class Phrases:
    """Reads noun phrases; `government` gives the source that speaks for a force."""

    def __init__(self, grammar: Grammar, government: Callable[[str], Source | None]) -> None:
        self._grammar = grammar
        self._government = government

    def before(self, sentence: Sentence, verb: int) -> Speaker | None:
        """Return who stands before a verb of saying."""
        text = sentence.text
        floor = max(sentence.start, verb - _PHRASE_REACH)
        for match in _BREAK.finditer(text, floor, verb):
            floor = match.end()
        speech = _SPEECH.match(text, verb) is not None
        aside = _ASIDE.search(text, max(sentence.start, verb - _ASIDE_REACH), verb)
        if aside is not None:
            return self._read(sentence, aside.start(1), aside[1], anyone=speech)
        phrase = text[floor:verb]
        trailing = _TRAILING.search(phrase)
        while trailing is not None and trailing.start():
            phrase = phrase[: trailing.start()]
            trailing = _TRAILING.search(phrase)
        two = _AND_MORE.search(phrase)
        if two is not None and "," not in phrase[two.start() :]:
            phrase = phrase[: two.start()]  # "two residents and an aid worker": the first vouches
        parts = phrase.split(",")
        if not parts[-1].strip() and len(parts) > 1:
            return self._apposed(sentence, floor, parts[:-1])
        return self._read(sentence, floor + len(phrase) - len(parts[-1]), parts[-1], anyone=speech)

    def read(self, sentence: Sentence, start: int, end: int) -> Speaker | None:
        """Return whom the words between two positions stand for."""
        return self._read(sentence, start, sentence.text[start:end])

    def titled(self, sentence: Sentence, start: int, words: str) -> Speaker | None:
        """Return whom the label of a transcript stands for, in the spelling of running text."""
        return self._read(sentence, start, words)

    def opening(self, sentence: Sentence) -> Speaker | None:
        """Return whom a sentence begins with: "The general arrived", "Anna Example, the envoy, flew"."""
        text = sentence.text
        two = _OPENS_TWO.match(text, sentence.start, sentence.end)
        if two is not None:
            return self._apposed(sentence, two.start(1), [two[1], two[2]])
        one = _OPENS_ONE.match(text, sentence.start, sentence.end)
        if one is None:
            return None
        words = list(WORD.finditer(text, one.start(1), one.end(1)))
        for count in range(len(words), 0, -1):
            found = self._read(sentence, one.start(1), text[one.start(1) : words[count - 1].end()])
            if found is not None and (found.rule != "literal" or count > 1):
                return found
        return None

    def at(self, sentence: Sentence, start: int, limit: int) -> Speaker | None:
        """Return who stands right after `start`, up to `limit`: "according to a security source"."""
        phrase = sentence.text[start:limit]
        stop = _BREAK.search(phrase)
        phrase = phrase[: stop.start()] if stop else phrase
        familiar = self._grammar.patterns["attribution.familiar"].search(phrase)
        if familiar is not None:
            literal = unknown(familiar[0].lower())
            return Speaker(start=start, end=start + familiar.end(), source=literal, rule="role")
        words = list(WORD.finditer(phrase))
        for count in range(min(len(words), _MOST_WORDS), 0, -1):
            found = self._read(sentence, start, phrase[: words[count - 1].end()])
            if found is not None:
                return found
        return None

    def _apposed(self, sentence: Sentence, floor: int, parts: Sequence[str]) -> Speaker | None:
        """Read "the Estonian defence minister, Hanno Pevkur, said" and "Pevkur, the minister, said"."""
        if len(parts) < 2:
            return self._read(sentence, floor, parts[-1])
        offset = floor + sum(len(part) + 1 for part in parts[:-2])
        first = self._read(sentence, offset, parts[-2])
        second = self._read(sentence, offset + len(parts[-2]) + 1, parts[-1])
        ranked = sorted(
            (found for found in (first, second) if found is not None),
            key=lambda found: _RANK[found.rule],
        )
        if [found.rule for found in ranked] == ["literal", "role"]:
            name, role = ranked
            both = unknown(f"{singular(role.source.name)} {name.source.name}")
            return replace(name, source=both)
        return ranked[0] if ranked else None

    def _read(
        self, sentence: Sentence, offset: int, phrase: str, *, anyone: bool = False
    ) -> Speaker | None:
        body = phrase.strip()
        if not body:
            return None
        familiar = self._grammar.ends(
            "attribution.familiar", body, 0, len(body)
        ) or self._grammar.search("attribution.familiar", body, 0, len(body))
        if familiar is not None:
            literal = unknown(familiar[0].lower())
            return Speaker(start=offset, end=offset + len(phrase), source=literal, rule="role")
        briefed = _BRIEFED.match(phrase)
        phrase = briefed[1] if briefed else phrase
        body = phrase.strip()
        start = offset + len(phrase) - len(phrase.lstrip())
        who = _WHO.search(body)
        body = body[: who.start()] if who is not None and who.start() else body
        if body.startswith("as the "):  # "…, as the opposition says"
            start, body = start + 3, body[3:]
        organ = _ORGAN.search(body)
        if organ is not None:  # "the Defence Ministry newspaper reported"
            body = body[: organ.start()]
        words = body.split()
        named = [
            name
            for name in sentence.names
            if start <= name.start < start + len(body)
            and {NameKind.ACTOR, NameKind.ADJECTIVE} & set(name.senses)
        ]
        return (
            self._seat(sentence, start, body, named)
            or self._office(start, body, named)
            or self._title(start, body, words, named)
            or self._role(start, body, words)
            or self._head(start, body)
            or self._literal(start, body, words, named)
            or (self._anyone(start, body) if anyone else None)
        )

    def _head(self, start: int, body: str) -> Speaker | None:
        """Read "the governor of Tete", "an officer in the town": the office, not its place."""
        match = _OFFICE_AT.match(body[:1].lower() + body[1:])
        if match is None:
            return None
        words = match[1].split()
        served = self._grammar.search("attribution.state_offices", body, match.end(), len(body))
        if (
            served is not None
            and _SERVES.search(match[1])
            and served.start() - match.end() <= _OFFICE
            and not body.startswith("'s", served.end())  # "the commander of the army's school"
        ):
            return Speaker(start=start, end=start + len(body), source=unknown(body), rule="title")
        return self._title(start, match[1], words, ()) or self._role(start, match[1], words)

    def _seat(
        self, sentence: Sentence, start: int, body: str, named: Sequence[Name]
    ) -> Speaker | None:
        """Read "the defence ministry in Taipei", "the government of Chad"."""
        if not named or NameKind.ACTOR not in named[-1].senses:
            return None
        last = named[-1]
        match = _SEAT.match(sentence.text[start : last.start])
        if last.end < start + len(body) or match is None:
            return None
        words = match["office"].split()
        if not self._is_office(words) or words[-1].lower() in PRIVATE:
            return None
        return self._of_state(start, body, last.senses[NameKind.ACTOR], "office")

    def _office(self, start: int, body: str, named: Sequence[Name]) -> Speaker | None:
        """Read "Estonia's foreign intelligence chief (Kaupo Rosin)", "a Turkish official"."""
        for name in named:
            force = name.senses.get(NameKind.ADJECTIVE)
            rest = body[name.end - start :]
            if rest.startswith("'s") and NameKind.ACTOR in name.senses:
                force, rest = name.senses[NameKind.ACTOR], rest[2:]
            if force is None or force == _NO_STATE:
                continue
            if len(force) > 2 and not (
                rest != body[name.end - start :] and self._government(force)
            ):
                continue  # "the Arakan Army's spokesman"
            opening = body[: name.start - start].strip().lower()
            of = _OFFICE_OF.search(opening)
            body_of = opening[: of.start()].split() if of is not None else []
            if self._is_office(body_of) and not _LOW & set(body_of):
                return self._of_state(start, body, force, "office")
            if opening not in _OPENINGS:
                continue
            if _RETIRED & {word.lower() for word in (*opening.split(), *rest.split()[:2])}:
                continue  # "a retired American general" speaks for himself
            office = _without_name(rest.split())
            if opening in _ONE and _LOW & {word.lower() for word in office}:
                continue  # "a Ukrainian battalion commander" speaks for himself
            high = "senior" in opening or "senior" in office
            if self._is_office(office) or (high and office[-1:] in (["officer"], ["officers"])):
                return self._of_state(start, body, force, "office")
        return None

    def _title(
        self, start: int, body: str, words: Sequence[str], named: Sequence[Name]
    ) -> Speaker | None:
        """Read an office that only a state has, where no state is named: its own words for now."""
        office = [word.lower() for word in words]
        if (
            office[0] in {"its", "their"}
            and office[-1] in self._grammar.sets["attribution.offices"]
        ):
            return Speaker(start=start, end=start + len(body), source=unknown(body), rule="title")
        if named or len(office) > _MOST_WORDS:
            return None
        forms = [
            " ".join(word.strip(".,'") for word in form) for form in (words, _without_name(words))
        ]
        of = _OF_OFFICE.match(forms[-1])
        forms += [of[1]] if of else []  # "the junta's spokesman"
        ends = (
            self._grammar.ends("attribution.state_offices", form, 0, len(form)) for form in forms
        )
        if all(found is None for found in ends):
            return None
        if {"former", "ex", "local", "regional", "retired", "rebel"} & set(office):
            return None
        return Speaker(start=start, end=start + len(body), source=unknown(body), rule="title")

    def _role(self, start: int, body: str, words: Sequence[str]) -> Speaker | None:
        if words[-1].lower().strip("'") not in self._grammar.sets["attribution.roles"]:
            return None
        if words[0].lower() in self._grammar.sets["force.possessives"]:
            return None  # "his agency assessed": he, who was named before
        kept = [word for word in words[-4:] if word.lower() not in DETERMINERS]
        if any(word in _STOP for word in kept[:-1]):
            kept = self._led(words) or kept[-1:]
        literal = unknown(plural(" ".join(kept)).lower())
        return Speaker(start=start, end=start + len(body), source=literal, rule="role")

    def _led(self, words: Sequence[str]) -> list[str]:
        """Read "a veteran of the mission": the veteran; "the group of experts" are the experts."""
        stop = next(index for index, word in enumerate(words) if word in _STOP)
        head = [word for word in words[:stop] if word.lower() not in DETERMINERS]
        if not head or head[-1].lower() in _GROUPS or head[-1].lower().startswith("spokes"):
            return []
        return head if head[-1].lower() in self._grammar.sets["attribution.roles"] else []

    def _literal(
        self, start: int, body: str, words: Sequence[str], named: Sequence[Name]
    ) -> Speaker | None:
        titles = self._grammar.sets["attribution.titles"]
        kept = list(words)
        while len(kept) > 1 and (
            kept[0].lower().strip(".") in titles | DETERMINERS or kept[0][0].islower()
        ):
            if kept.pop(0) in _INSIDE:
                return None  # "a document seen by AFP" is not AFP
        name = " ".join(kept)
        titled = [word for word in words[: -len(kept)] if word.lower() not in DETERMINERS]
        of = _OF_HOUSE.match(body)
        if of is not None and _NAME.match(of[1]) and _NAME.match(of[2]):
            return Speaker(start=start, end=start + len(body), source=unknown(body), rule="literal")
        if not _NAME.match(name) or len(kept) > 5 or name.lower() in _NO_SPEAKER:
            return None
        if name.endswith("'s") or any(start <= item.start and len(kept) == 1 for item in named):
            return None
        if kept[0].lower() in _NO_SPEAKER or kept[-1] in _ADJECTIVES:
            return None
        literal = unknown(" ".join([*titled, name]))
        return Speaker(start=start, end=start + len(body), source=literal, rule="literal")

    def _anyone(self, start: int, body: str) -> Speaker | None:
        """Read "a shopkeeper in Khabarovsk (said)": whoever says something is a speaker."""
        match = _ANYONE.match(body) or _PLURAL.fullmatch(body)
        if match is None:
            return None
        words = [word for word in match[1].split() if word.lower() not in DETERMINERS]
        if not words or _NO_PERSON & {word.lower() for word in words}:
            return None
        literal = unknown(" ".join(words).lower())
        return Speaker(start=start, end=start + len(body), source=literal, rule="role")

    def _is_office(self, words: Sequence[str]) -> bool:
        if not 0 < len(words) <= _MOST_WORDS:
            return False
        last = words[-1].lower().strip(",'")
        body = " ".join(words).lower()
        ends = self._grammar.ends("attribution.state_offices", body, 0, len(body))
        return last in self._grammar.sets["attribution.offices"] or ends is not None

    def _of_state(self, start: int, body: str, force: str, rule: str) -> Speaker | None:
        source = self._government(force)
        if source is None:
            return None
        return Speaker(start=start, end=start + len(body), source=source, rule=rule)


_NO_PERSON = frozenset(
    "version versions story stories report reports statement statements post posts message messages video videos law "  # noqa: SIM905
    "sign banner rule plan plans estimate estimates figure figures kingdom sultanate emirate republic state it".split()
)
# "Independent estimates run to 350,000"
_ADJECTIVES = frozenset(
    {
        "Independent",
        "Official",
        "Other",
        "Western",
        "Conservative",
        "Unofficial",
        "Recent",
        "Local",
        "Most",
    }
)
_RANK = {"office": 0, "title": 1, "literal": 2, "role": 3}
# "European officials" are of no one state.
_NO_STATE = "EU"
_OPENINGS = frozenset(
    {"", "the", "a", "an", "one", "two", "three", "several", "some", "senior", "a senior", "top",
     "another", "former", "two senior", "three senior", "as the", "as"}
)  # fmt: skip
_RETIRED = frozenset({"retired", "ex", "former"})
_ONE = frozenset({"a", "an", "one", "another", "two", "three", "several", "some", "a senior"})
_LOW = frozenset({"battalion", "brigade", "platoon", "company", "regiment", "squad", "unit", "field", "local", "regional", "frontline", "front-line"})  # fmt: skip
_GROUPS = frozenset({"group", "groups", "panel", "network", "committee", "commission", "coalition", "office", "head"})  # fmt: skip
_STOP = frozenset({"of", "in", "and", "to", "for", "with", "from", "by", "on", "at"})
_NO_SPEAKER = frozenset(
    "the a an this that these those it there he she they we i nobody none everyone somebody you their his her its our my your few many people but and as in on also who which monday "  # noqa: SIM905
    "tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december question q".split()
)


def _without_name(words: Sequence[str]) -> Sequence[str]:
    """Drop a person's name from the end: "army chief Abdel Fattah al-Burhan"."""
    end = len(words)
    while end > 1 and (
        words[end - 1][:1].isupper()
        or words[end - 1][:3] in {"al-", "el-"}
        or (end < len(words) and words[end - 1] in _PARTICLES)
    ):
        end -= 1
    if end == 1 and words[0][:1].isupper() and len(words) > 1:
        # All in capitals: "Defence Minister Margarita Robles" ends its title with the last title word.
        lower = [word.lower() for word in words]
        last = max((i for i, word in enumerate(lower) if word in _TITLE_ENDS), default=-1)
        return words[: last + 1] if last >= 0 else words
    return words[:end]


_INSIDE = frozenset({"by", "of", "in", "from", "with", "to", "on", "at", "for", "near"})
_PARTICLES = frozenset({"de", "da", "do", "dos", "del", "di", "la", "le", "van", "von", "der", "den", "ter", "zu", "bin", "ibn", "ben", "al", "el"})  # fmt: skip
_TITLE_ENDS = frozenset({"minister", "president", "chancellor", "premier", "secretary", "spokesman", "spokeswoman", "spokesperson", "ministry", "ambassador", "envoy", "chief", "general"})  # fmt: skip


def singular(words: str) -> str:
    """Give "officials" the spelling of one, where it is sure."""
    return words.removesuffix("s") if words.endswith(("ers", "ors", "ans", "sts", "als")) else words


def plural(words: str) -> str:
    """Give one spelling to "official" and "officials"."""
    plain = words.endswith(("s", "y", "media", "intelligence", "group", "staff", "man", "men"))
    return words if plain else f"{words}s"


def unknown(literal: str) -> Source:
    """Return an ad-hoc source with the literal words."""
    name = " ".join(literal.split()).strip(" .,'\"")
    slug = f"text:{name.lower()}"
    return Source(id=slug, name=name, family=slug)
