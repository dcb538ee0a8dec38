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

from monitor.core.claims.appositions import Appositions
from monitor.core.claims.cues import Cue
from monitor.core.claims.gapped import Gapped
from monitor.core.claims.grammar import WORD, Grammar, Sentence, words_back
from monitor.core.claims.headings import Headings
from monitor.core.claims.inverted import Inverted
from monitor.core.claims.owned import Owned
from monitor.core.claims.papers import Papers
from monitor.core.claims.speakers import PRIVATE
from monitor.core.knowledge import Knowledge, Name, NameKind
from monitor.core.model import Source

_SUBJECT_REACH = 90
_PUT_REACH = 90
_SPEAK_REACH = 20
_LAST_DAY = 31
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
_SAYING = frozenset({"saying"})  # it cannot do without
_TOLD_REACH = 6
_GOVERNMENT = "-government"
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
_BETWEEN = re.compile(r",\s(?!and\b|but\b)[a-z][^,;:\"]{3,70},\s+")
_LOW_RANK = re.compile(
    r"\s+(?:colonel|captain|major|sergeant|lieutenant|soldier|officer|private|corporal|conscript|"
    r"deserter|veteran|medic|pilot|gunner|instructor)\s+(?:[a-z]+\s+){0,2}"
)
_ONE_OF = re.compile(r"\b(?:an?|one|another)\s+(?:senior\s+|former\s+|retired\s+)?$", re.IGNORECASE)
_LOW = frozenset(
    "fighter soldier officer captain sergeant brigadier lieutenant major colonel deserter "  # noqa: SIM905
    "conscript recruit medic gunner pilot volunteer veteran member militant rebel sniper "
    "driver fighters soldiers officers captains sergeants brigadiers lieutenants majors "
    "colonels deserters conscripts recruits medics gunners pilots volunteers veterans members "
    "militants rebels snipers drivers".split()
)
_ONE_LOW = re.compile(
    r"\b(?:an?|one|another|two|three|some|several)\s+(?:[a-z-]+\s+){0,2}(?:fighter|soldier|officer|captain|sergeant|brigadier|"
    r"lieutenant|major|colonel|deserter|conscript|recruit|medic|gunner|pilot|volunteer|veteran|member|militant|"
    r"rebel|sniper|driver)s?\s+(?:of|from|in|with|at)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# "The army has doubled its posts, a senior local official (said)": somebody else comes before the verb.
_ANOTHER = re.compile(
    r"\s,?.*,\s+(?:an?|one|two|three|several|some)\s+(?!spokes|statement)[^,]{3,60}$", re.DOTALL
)
_OBJECT = re.compile(
    r"\b(?:to|with|against|asked|told|by|from|met|briefed|informed|visited|addressed|accompanied|joined)\s+(?:the\s+)?$"
)
_OF_LAST = re.compile(r"\b(?:of|for|from|with|in|at)\s+$")
_OF = frozenset({"of", "from", "with", "by"})
_CLOSE_TO = re.compile(
    r"\b(?:close|loyal|allied|aligned|linked|opposed|critical)\s+(?:to|with|of)\s+(?:the\s+)?$"
)
# "The Americans are more cautious and speak of": how much of a first verb may stand before "and".
_MOST_JOINED = 8
_OPENS = re.compile(r"\W*(?:the\s+)?", re.IGNORECASE)
# Roles that carry what others say.
_CARRIERS = frozenset(
    {"media", "newspaper", "newspapers", "magazine", "reporter", "reporters", "website"}
)
_AND_ONE = re.compile(r"\s+and\s+(?:an?|one|another|two|three|several)\s+$")
_CAPITAL_BEFORE = re.compile(r"\b(?:[A-Z][\w'.-]*|al-\w+)\s+$")
_CLAUSE_START = re.compile(r"[;:\"(]\s*|\b(?:that|and|but|while|when|where|from|by|to|with|as)\s+")
_AND_SAID = re.compile(r"(?:\band|\bbut|\byet)\s+(?:also\s+|then\s+|later\s+|has\s+|had\s+)?$")
_FIRST = re.compile(
    r"(?:[^,;:.\"]{0,40},\s+)?\W*(?:(?:the|president|minister|general|mr\.?|ms\.?)\s+)*",
    re.IGNORECASE,
)


_PRONOUN = re.compile(
    r"(?:^|[\s\"',(])((?:the\s+)?[a-z']+(?:\s+[a-z]+)?)\s+"
    r"(?:also\s+|have\s+|has\s+|had\s+|now\s+|still\s+|currently\s+|then\s+|later\s+)*$",
    re.IGNORECASE,
)

# "is put at 50,000 by Kyiv"
_BY = frozenset({"by"})
_PUT_BY = re.compile(
    r"\b(?:put|estimated|placed|reckoned|given)\s+at\s+(?:[a-z]+\s+){0,3}\d[\d,.]*(?:\s+(?:[a-z]+)){0,2}?\s+by\s+(?=[A-Z]|(?:the|an?)\s+[A-Z])"
)
# "if the UN panel of experts is to be believed"
_BELIEVED = frozenset({"believed", "trusted"})
_IF_BELIEVED = re.compile(
    r"\b[Ii]f\s+(?=[^.;:]{3,60}\s(?:is|are)\s+to\s+be\s+(?:believed|trusted)\b)"
)
_TO_BE_BELIEVED = re.compile(r"[^.,;:\"]{0,60}?\s(?:is|are)\s+to\s+be\s+(?:believed|trusted)\b")
# Verbs that are nouns behind "in its", and how far before.
_NOUNS = frozenset(
    {"report", "reports", "claim", "claims", "count", "counts", "estimate", "estimates"}
)
_IN_ITS = re.compile(
    r"\b(?:in|of|by|from|with|on)\s+(?:its|the|an?|their|his|her)\s+(?:[\w-]+\s+){0,2}$"
)
_NOUN_REACH = 40
_OF_NOUN = re.compile(
    r"\b(?:reinforcements|troops|soldiers|forces|force|fighters|men|units|contingent|garrison|militia|militiamen|group|army|number)\s+$"
)
_SIDES = frozenset(
    {
        "side",
        "authorities",
        "leadership",
        "government",
        "command",
        "delegation",
        "junta",
        "regime",
        "forces",
        "rulers",
    }
)
# "put the contribution at a brigade of 2,000"
_AT_N = re.compile(r"\sat\s(?:an?\s[a-z]+\sof\s)?$", re.IGNORECASE)


class Attribution(Gapped):
    """Finds cues with the names of a site and the words of a language."""

    def __init__(self, grammar: Grammar, knowledge: Knowledge) -> None:
        super().__init__(grammar, knowledge)
        self._headings = Headings(grammar, self.listed)
        self._appositions = Appositions(grammar, self.listed)
        self._inverted = Inverted(grammar, self.listed, self._appositions)
        self._papers = Papers(grammar, self.listed)
        self._owned = Owned(grammar, self.listed, self._changer)

    def cues(self, sentence: Sentence) -> list[Cue]:
        """Return the cues of a sentence in order of their position."""
        found = [
            *self._according(sentence),
            *self._headings.cues(sentence),
            *self._owned.cues(sentence),
        ]
        taken = [(cue.start, cue.end) for cue in found]
        for verb in self._verbs(sentence):
            if any(start <= verb.start() < end for start, end in taken):
                continue
            cue = self._said(sentence, verb)
            if cue is not None:
                found.append(self._with_manner(sentence, verb, cue))
        found.extend(self._findings(sentence))
        found.extend(self._reckoned(sentence))
        found.extend(self._gapped(sentence, found))
        return sorted(found, key=lambda cue: (cue.start, cue.end))

    def introduced(self, sentence: Sentence, start: int, end: int) -> Source | None:
        """Return the office that a name at a position is given: "Estonia's army chief, X", "X, who …"."""
        text = sentence.text
        while (before := _CAPITAL_BEFORE.search(text, sentence.start, start)) is not None:
            start = before.start()
        apposed = self._appositions.after(sentence, end)
        if apposed is not None:
            return apposed
        floor = max(sentence.start, start - _SUBJECT_REACH)
        for stop in _CLAUSE_START.finditer(text, floor, start):
            floor = stop.end()
        for begin in (floor, start):
            found = self._phrases.read(sentence, begin, end)
            if found is not None and found.rule == "office":
                return found.source
        comma = text.rfind(",", floor, start)
        found = self._phrases.read(sentence, floor, comma) if comma > 0 else None
        return found.source if found is not None and found.rule == "office" else None

    def _verbs(self, sentence: Sentence) -> Iterator[re.Match[str]]:
        """Yield the verbs of saying; "put" is one before "at N", "posted" is none before a number."""
        text, end = sentence.text, sentence.end
        for verb in self._grammar.patterns["attribution.verbs"].finditer(text, sentence.start, end):
            if any(
                name.start <= verb.start() < name.end
                for name in (*sentence.speakers, *sentence.names)
            ):
                continue
            if verb[0].lower() == "estimated" and _OF_NOUN.search(
                text, sentence.start, verb.start()
            ):
                continue  # "reinforcements estimated at 4,000 men"
            if verb[0].lower() in _NOUNS and _IN_ITS.search(
                text, max(sentence.start, verb.start() - _NOUN_REACH), verb.start()
            ):
                continue  # "said in its budget report"
            if (
                verb[0].lower() in self._grammar.sets["attribution.weak"]
                and any(
                    0 <= q.left - verb.end() <= 2 and "," not in text[verb.end() : q.left]
                    for q in sentence.quantities
                )
                and verb[0].lower() not in self._grammar.sets["attribution.wills"]
            ):
                continue
            yield verb
        for verb in self._grammar.patterns["attribution.puts"].finditer(text, sentence.start, end):
            at = any(
                verb.end() < q.left <= verb.end() + _PUT_REACH
                and _AT_N.search(text, verb.end(), q.left)
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
            outlet = self.listed.named(told)
            channel = outlet.name if outlet else None
        return replace(cue, weak=weak, channel=channel) if weak or channel != cue.channel else cue

    def _findings(self, sentence: Sentence) -> Iterator[Cue]:
        """Yield the cues of "a study by X found", "researchers arrived at": what only they do."""
        text = sentence.text
        for verb in self._grammar.patterns["attribution.finds"].finditer(
            text, sentence.start, sentence.end
        ):
            floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
            cue = self._papers.before(sentence, verb)
            if cue is None:
                cue = self._before(sentence, verb, floor) or self._phrase(sentence, verb)
                cue = cue if cue is not None and self._studies(sentence, cue, verb) else None
            if cue is not None:
                yield replace(cue, weak=True)

    def _studies(self, sentence: Sentence, cue: Cue, verb: re.Match[str]) -> bool:
        """Say whether who "counts 5,000" or "found 300" looks into things: no force, no state."""
        if cue.source is None or cue.source.family.endswith(_GOVERNMENT):
            return False
        listed = next((name for name in sentence.speakers if name.start == cue.start), None)
        if listed is None:
            words = cue.source.name.lower().split()
            return not self._grammar.sets["attribution.independent"].isdisjoint(words)
        between = _RELATIVE.sub(" ", sentence.text[listed.end : verb.start()])
        gap = {word for word in WORD.findall(between.lower()) if word not in _ADVERBS}
        independent = self._grammar.sets["attribution.independent"]
        last = sentence.text[listed.start : listed.end].lower().split()[-1]
        if (gap and gap <= independent) or (not gap and last in independent):
            return True  # "the UN observers, who see the road, count"
        return listed.start not in sentence.named_at and not gap

    # --- said --------------------------------------------------------------------------------

    def _said(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        text = sentence.text
        floor = max(sentence.start, verb.start() - _SUBJECT_REACH)
        near = next(words_back(text[floor : verb.start()]), None)
        active = verb[0].lower().split()[0].endswith("ing")  # "are talking about"
        if near in self._grammar.sets["attribution.passive"] and not active:
            return None
        if sentence.heading and text[verb.start() - 2 : verb.start()] == ", ":
            last = self._inverted.after(
                sentence, verb
            )  # "1,400 lured into Russian army, says Nairobi"
            if last is not None and last.end >= sentence.end - 1:
                return last
        return (
            self._papers.before(sentence, verb)
            or self._before(sentence, verb, floor)
            or self._inverted.after(sentence, verb)
            or self._joined(sentence, verb)
            or self._phrase(sentence, verb)
            or self._inverted.told(sentence, verb)
        )

    def _before(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        """Return the pronoun, the listed speaker or the state that is the subject of a verb."""
        text = sentence.text
        pronoun = self._pronoun(sentence, verb, floor)
        if pronoun is not None:
            return pronoun
        for name in reversed(sentence.speakers):
            if floor <= name.start and name.end <= verb.start():
                aside = _WITHIN.search(text, floor, name.start)
                if aside and text.startswith(",", name.end):
                    continue
                if self._is_subject(sentence, name, verb.start()):
                    first = self._first_of_two(sentence, name, verb)
                    return first or self.listed.of_speaker(name, verb.end(), "said")
                if not _WITHIN.search(text, floor, name.start):
                    break
        return self._actor(sentence, verb)

    def _first_of_two(self, sentence: Sentence, name: Name, verb: re.Match[str]) -> Cue | None:
        """Read "three European officials and one NATO official said": the first who vouches."""
        joined = _AND_ONE.search(sentence.text, sentence.start, name.start)
        found = self._phrases.before(sentence, joined.start()) if joined else None
        if found is None or found.rule == "literal":
            return None
        return Cue(start=found.start, end=verb.end(), source=found.source, rule=found.rule)

    def _joined(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read "Dakhlallah declined to confirm a figure but said": whom the sentence begins with."""
        text = sentence.text
        if not _AND_SAID.search(text, max(sentence.start, verb.start() - 20), verb.start()):
            return None
        if not sentence.speakers:
            found = self._phrases.opening(sentence)
            if found is not None and found.end < verb.start():
                return Cue(start=verb.start(), end=verb.end(), source=found.source, rule=found.rule)
        for name in sentence.speakers[:2]:
            opens = _FIRST.fullmatch(text, sentence.start, name.start)
            if opens and name.end < verb.start() and not text.startswith("'s", name.end):
                return replace(self.listed.of_speaker(name, verb.end(), "said"), start=verb.start())
        return None

    def _changer(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        """Return who changes an estimate: the subject of "raises", "has trimmed"."""
        return (
            self._before(sentence, verb, floor)
            or self._joined(sentence, verb)
            or self._phrase(sentence, verb)
        )

    def _phrase(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        found = self._phrases.before(sentence, verb.start())
        if found is None or any(
            found.start < q.start < verb.start() and q.high > _LAST_DAY and q.right < verb.start()
            for q in sentence.quantities
        ):
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
        apart = '"' in gap or ";" in gap or (_CLAUSE.search(gap) and not _RELATIVE.fullmatch(gap))
        # "a Sudanese army colonel" is not the army.
        low = _LOW_RANK.fullmatch(gap) and _ONE_OF.search(text, sentence.start, name.start)
        verbs = self._grammar.patterns["attribution.verbs"]
        told = _RELATIVE.fullmatch(gap) is None and verbs.search(text, name.end, verb) is not None
        other = not gap.startswith(",") and _ANOTHER.search(gap) is not None
        # "Mr Example, the Ruritanians say"
        other = other or (
            "," in gap
            and any(
                name.end < one.start and one.end <= verb and not text[one.end : verb].strip()
                for one in sentence.names
            )
        )
        # "30 thousand Russian military personnel, said": who is counted does not speak.
        other = other or any(
            0 <= name.start - q.right <= 1 and q.high > _LAST_DAY for q in sentence.quantities
        )
        if inside or apart or low or told or other or self.listed.is_of_role(sentence, name):
            return False
        # "denied Putin's claim that": what is denied is nobody's word here.
        if gap.strip() == "'s" and self._grammar.search(
            "status.denials", text, sentence.start, name.start
        ):
            return False
        words = gap.lower().split()
        if len(words) > 12 or (words and words[-1] in self._grammar.sets["attribution.modals"]):
            return False
        if sentence.has(_LOW) and _ONE_LOW.search(text, sentence.start, name.start):
            return False  # "a fighter of the M23 said" speaks for himself
        before = text[max(sentence.start, name.start - 24) : name.start].lower()
        return not _OBJECT.search(before)

    def _actor(self, sentence: Sentence, verb: re.Match[str]) -> Cue | None:
        """Read "Kyiv says": a state's name as the speaker, right before the verb."""
        text = sentence.text
        for name in reversed(sentence.names):
            actor = name.senses.get(NameKind.ACTOR) or self._people(sentence, name)
            if name.end > verb.start() or actor is None:
                continue
            gap = text[name.end : verb.start()].split()
            before = _words_before(text, max(sentence.start, name.start - 20), name.start)
            opens = _OPENS.fullmatch(text, sentence.start, name.start)
            if opens and _RELATIVE.fullmatch(text, name.end, verb.start()):
                gap = []  # "Mogadishu, which learned of it from the news, put …"
            if opens and _BETWEEN.fullmatch(text, name.end, verb.start()):
                gap = []  # "Mogadishu, just across the river, said"
            joined = gap[-1:] == ["and"] and opens
            # "the Ukrainian lieutenant colonel told"
            low = NameKind.ACTOR not in name.senses and _LOW_RANK.fullmatch(f" {' '.join(gap)} ")
            if (
                low
                or not self._speaks_for(name, gap)  # "the Ruritanian businessman said"
                or len(gap) > (_MOST_JOINED if joined else 3)
                or any(
                    not word.isalpha() or (word.lower() in _NO_SPEAKER - {"also"} and not joined)
                    for word in gap
                )
            ):
                return None
            spoken_in = before[-1:] == ["in"] and bool(
                set(before[-2:-1]) & (self._grammar.sets["attribution.roles"] - PRIVATE)
            )
            led = before[-1:] if before[-1:] != ["the"] else [*set(before[-2:-1]) & _OF]
            if _CLOSE_TO.search(text, max(sentence.start, name.start - 24), name.start):
                return None  # "bloggers close to the Ruritanian command claim"
            if (
                not spoken_in
                and led
                and (
                    led[0] in self._grammar.sets["places.prepositions"]
                    or led[0] in _OF
                    or led[0] in {"and", "against"}
                )
            ):
                return None  # "officials in Kyiv", "a fighter of the M23"
            if gap and gap[-1].lower() in self._grammar.sets["attribution.modals"]:
                return None
            source = self.listed.government(actor)
            cue = Cue(start=name.start, end=verb.end(), source=source, rule="said")
            return cue if source is not None else None
        return None

    def _speaks_for(self, name: Name, gap: Sequence[str]) -> bool:
        """Say whether "the Ruritanian …" that speaks is its people, or an office of its state."""
        if NameKind.ACTOR in name.senses:
            return True
        offices = self._grammar.sets["attribution.offices"] | _SIDES
        words = [
            word.lower() for word in gap if word.lower() not in _ADVERBS and not word.endswith("ly")
        ]
        plural = NameKind.PEOPLE in name.senses and name.senses.get(NameKind.ADJECTIVE) is None
        return not words or plural or not offices.isdisjoint({words[0], words[-1]})

    def _pronoun(self, sentence: Sentence, verb: re.Match[str], floor: int) -> Cue | None:
        text = sentence.text
        before = text[floor : verb.start()]
        where = (text, floor, verb.start())
        if not (
            self._grammar.search("attribution.pronouns", *where)
            or self._grammar.search("attribution.first_person", *where)
        ):
            return None
        match = _PRONOUN.search(before)
        words = match[1].split() if match else []
        while len(words) > 1 and words[-1].lower() in _ADVERBS:
            words.pop()
        if match is None or words[-1] == "US":
            return None
        words = [word.lower() for word in words]
        for size in (3, 2, 1):
            form = " ".join(words[-size:])
            start = verb.start() - len(before) + match.start(1)
            if form in self._grammar.sets["attribution.first_person"]:
                return Cue(start=start, end=verb.end(), source=None, rule="quote")
            if form in self._grammar.sets["attribution.pronouns"]:
                if _OF_LAST.search(text, floor, start):
                    return None  # "a veteran of the mission told"
                return Cue(start=start, end=verb.end(), source=None, rule="pronoun", form=form)
        return None

    # --- according, heading, backward ----------------------------------------------------------

    def _according(self, sentence: Sentence) -> list[Cue]:
        found: list[Cue] = []
        text, start, end = sentence.text, sentence.start, sentence.end
        for match in (
            *(_PUT_BY.finditer(text, start, end) if sentence.has(_BY) else ()),
            *(_IF_BELIEVED.finditer(text, start, end) if sentence.has(_BELIEVED) else ()),
            *self._grammar.patterns["attribution.according"].finditer(text, start, end),
            *(_AS_SAYING.finditer(text, start, end) if sentence.has(_SAYING) else ()),
        ):
            speaker = self.listed.after(sentence, match.end())
            if speaker is not None:
                said = _TO_BE_BELIEVED.match(text, speaker.end, end)
                until = said.end() if said else speaker.end
                found.append(replace(speaker, start=match.start(), end=until))
        return found

    def backward(self, sentence: Sentence) -> Source | None:
        """Return the speaker of a sentence that only says who said the one before it."""
        match = self._grammar.patterns["attribution.backward"].match(
            sentence.text, sentence.start, sentence.end
        )
        if match is None:
            return None
        found = self.listed.after(sentence, match.end())
        return found.source if found else None


def _words_before(text: str, floor: int, position: int) -> list[str]:
    return [word.lower() for word in WORD.findall(text[floor:position])]
