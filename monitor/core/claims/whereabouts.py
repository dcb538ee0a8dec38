# SPDX-License-Identifier: Apache-2.0
"""Where the people of a figure are: at the number, else where the story says it elsewhere.

What it is not: one rule (see `place`, `pointers`, `scenes`). Rules of this file: what the sentence says
of the number comes first, then what its words point back to, then the question, the topic and the
headline, last the troops that were spoken of before; a whole army is nowhere unless the text says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from monitor.core.claims import place, pointers
from monitor.core.claims.counted import Counted
from monitor.core.claims.errands import mission_in
from monitor.core.claims.grammar import Grammar, Sentence
from monitor.core.claims.hosts import asker
from monitor.core.claims.place import is_apart
from monitor.core.claims.relations import Found
from monitor.core.claims.scenes import Scenes
from monitor.core.claims.spots import NOWHERE, PlaceFound, Spot, Way
from monitor.core.claims.story import Story
from monitor.core.knowledge import Knowledge, NameKind
from monitor.core.model import Source

# "Another 5,000 will follow": how near the verb stands.
_SOON = 60
_GOES_ON = frozenset({"moving", "bare", "repeated", "subject", "numbered"})
# Rules that say that there is no place, so that none is looked for elsewhere.
_FINAL = frozenset({"whole", "unlisted", "border"})
_FOUGHT_FOR = re.compile(r"for\b", re.IGNORECASE)
_APART = re.compile(r";|,\s+(?:and|but|with|while)\b")
_SPEAKS = 24
_IN_TOWN = re.compile(r"\bin the (?:city|town|village|district|province|region|area)\b(?! of\b)")
_HERE = re.compile(r"\b[Hh]ere\b")
_OWN_MEN, _ROLE = 60, 120
# Whose men they are: the speaker's, or asked for or seen by him.
_OURS = re.compile(
    r"\b(?:I|[Ww]e|me|us|[Hh]ere|[Yy]ou\s+can\s+see|[Tt]hey\s+were\s+put)\b(?!\s+(?:believe|think|estimate|see|count|killed|destroyed)\b)"
)
_LOCAL = re.compile(
    r"\b(?:teacher|shopkeeper|farmer|driver|doctor|nurse|fisherman|trader|villager|neighbour|neighbor|student|pensioner|priest|nun|baker|"
    r"hotelier|waiter|waitress|watchman|railwayman|vendor|worker|witness|mayor|governor|commander|commands|sergeant|captain|lieutenant|major|colonel|soldier|fighter|gunner|medic|officer|"
    r"militiaman|resident|prefect|sheriff|chief|elder|councillor|administrator)\b[^.;:\"]{0,100}?\b(?:of|in|from|near|at|outside|around|holds|holding)\s+"
    r"(?:the\s+)?(?:[\w'-]+\s+){0,3}$"
)
_WITNESS = re.compile(
    r"\b(?:teacher|shopkeeper|shop\s+assistant|saleswoman|cashier|farmer|driver|nurse|fisherman|trader|villager|neighbou?r|student|pensioner|"
    r"priest|baker|hotelier|waiter|waitress|watchman|railwayman|vendor|worker|witness|resident|local)\b[^.;:\"]{0,60}?\b(?:of|in|from|near|at|outside)\s+"
    r"(?:the\s+)?(?:[\w'-]+\s+){0,3}$"
)
# "told the radio from the camp in Adazi": where who says "here" is.
_SPEAKS_FROM = re.compile(
    r"\b(?:said|says|told|speaking|recalled|by (?:tele)?phone|by radio)\b[^.;:\"]{0,60}?\b(?:from|in|at|near|outside)\s+(?:the\s+)?"
    r"(?:(?:camp|base|barracks|village|town|port|front|hospital|trenches|outpost|airport)\s+(?:in|at|near|of|outside)\s+)?$"
)
_HIS_REGION = re.compile(
    r"\b(?:in|facing|around|across|throughout|near|for|opposite)\s+(?:his|her|our|my)\s+(?:region|province|city|town|district|village|sector|state)\b"
)
_NO_MORE = re.compile(r"\b(?:former|retired|ex-)")
_ASKED = re.compile(r"\b(?:asked|ask|begged|request(?:ed)?|need|want(?:ed)?)\b")
_TOO_WIDE = frozenset({"country", "continent", "area", "water", "capital"})
_THEY_ARE = re.compile(
    r"\W*(?:(?:All|Both|Most)\s+of\s+(?:them|those|these)|All|They|These|Those|The\s+(?:men|soldiers|troops|fighters|"
    r"recruits|unit|units|force|contingent))\s+(?:now\s+)?(?:are|were|is|was|have|had|has|will|would)\s+(?:(?:be|been|now|"
    r"being|all|mostly|mainly|currently|already|still|stationed|based|deployed|quartered|housed|training|trained|"
    r"fighting|serving|moved|sent|gone|dug)\s+){0,3}(?=(?:in|at|near|to|on|into|around|outside|across)\b)"
)
_ONLY_WHERE = re.compile(
    r"\W*(?:Mostly\s+|Mainly\s+|All\s+)?(?:In|At|Near|Around|Outside)\s+(?![^.;\"]*\b(?:is|are|was|were|has|have|had|said|will)\b)"
)
_EVENT = re.compile(
    r"\b(?:[Aa]fter|[Ss]ince|[Ff]ollowing|[Bb]efore|[Aa]mid)\s+(?:the|an?|\w+'s)\s+(?:[a-z]+\s+){0,2}(?:attacks?|clash(?:es)?|raids?|explosions?|shelling|ambush|incident|summit|vote|elections?|coup|parade|"
    r"funeral|ceremony|massacre)\s+(?:in|at|on|near)?\s*$"
)
_ITS = re.compile(r"\b(?:[Ii]ts|[Tt]heir)\s+(?:[a-z]+\s+){0,2}$")
_OWN_REACH = 32
_SOME_IN = re.compile(
    r",\s+(?:(?:an?|one|two)\s+)?(?:thirds?|quarters?|fifths?|tenths?|few|some|many|several)\s+of\s+(?:them|whom|these)\s+\Z"
)
_GOES = re.compile(r"\s+(?:\w+\s+){0,3}(?:out|gone|leave|left|home|follow|withdrawn|go)\b")
# "With 13,200 soldiers it remains the deadliest", "Facing them are 22,000": of whom, or where, was told.
_WITH_IT = re.compile(r"\W*[Ww]ith\s+(?:(?:some|about|only|just|its|around|nearly)\s+)*\Z")
_IT_NEXT = re.compile(r",?\s+(?:it|the\s+(?:mission|force))\b")
_FACING_THEM = re.compile(
    r"\W*(?:Facing|Against|Opposite|Around|Opposing)\s+(?:them|it|the\s+(?:town|city|village|garrison|defenders))\b"
)
# A body that was named before; no army, which may be anywhere.
_THE_BODY = re.compile(
    r"\b[Tt]h(?:e|at|is)\s+(?:[a-z]+\s+){0,2}?(?:force|contingent|garrison|mission|deployment|detachment|grouping|"
    r"corps|expedition|battlegroup|brigade|column|presence)\b(?!\s+(?:in|at|near|of|for)\b)[^;:\"]{0,50}$"
)
_BODIES = frozenset(
    "force contingent garrison mission deployment detachment grouping corps expedition battlegroup brigade column presence".split()  # noqa: SIM905
)
_BODY_SENTENCES = 3
_BETWEEN = re.compile(r"[\s,]+")


_LAST_DAY = 31


class Whereabouts:
    """Places of figures in one story; `forces_of` gives the forces that a sentence speaks of."""

    def __init__(
        self,
        story: Story,
        knowledge: Knowledge,
        grammar: Grammar,
        forces_of: Callable[[int], Sequence[str]],
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._scenes: Scenes = story.scenes
        self._forces_of = forces_of
        self.placed: dict[int, str] = {}

    def find(
        self, index: int, item: Found, here: Sequence[Spot], ends: Sequence[int]
    ) -> PlaceFound:
        """Return the place of a figure; `ends` are where what is said begins and ends."""
        sentence, counted = self._story.sentences[index], item.counted
        homes = self._knowledge.homes
        found = place.resolve(sentence, counted, self._grammar, here, ends, self._knowledge)
        if found.place is None and found.rule == "border":
            # "to the east of the country, along the border with Russia"
            pointed = self._there(index, counted, here)
            found = pointed if pointed.place is not None else found
        elif found.place is None and found.rule not in _FINAL:
            source = item.cue.source if item.cue else None
            anywhere = self._elsewhere(index, item, source, here)
            found = next((one for one in anywhere if one.place is not None), NOWHERE)
        beside = found.rule == "left" and counted.quantity is not sentence.quantities[0]
        if (found.place is None or beside) and item.force.force in homes:
            whole = place.is_whole_army(sentence, counted, self._grammar)
            found = PlaceFound(None, None, "whole") if whole else found
        return found

    def _elsewhere(
        self, index: int, item: Found, source: Source | None, here: Sequence[Spot]
    ) -> Iterator[PlaceFound]:
        """Yield what "there", "on our soil", the question or the topic of a quotation point to."""
        story, scenes, grammar = self._story, self._scenes, self._grammar
        sentence, homes = story.sentences[index], self._knowledge.homes
        counted, force = item.counted, item.force.force
        state = self._knowledge.states_by_family.get(source.family) if source else None
        if state is not None and pointers.own_soil(sentence, counted, grammar):
            yield PlaceFound(homes.get(state), None, "own-soil")
        yield self._there(index, counted, here)
        if grammar.search("places.following", sentence.text, counted.end, counted.end + _SOON):
            last = self.placed.get(index - 1) or self.placed.get(index)
            yield PlaceFound(last, None, "following")
        if scenes.together(index, index - 1) and pointers.is_of_them(sentence, counted):
            yield PlaceFound(self.placed.get(index - 1), None, "carried")
        asked = None if self._is_placed(sentence, counted, here) else scenes.asked(index)
        if asked is not None:
            yield PlaceFound(asked.place, asked.region, "asked")
        yield PlaceFound(scenes.label(index), None, "label")
        turned = None if here else scenes.topic_before(index)
        if turned is not None:
            yield PlaceFound(turned.place, None, "turned")
        yield PlaceFound(asker(sentence, counted.quantity.left, force, homes), None, "asker")
        for other in story.ahead(index):
            yield pointers.topic(other, max(other.start, counted.end), grammar)
        yield PlaceFound(self._said_next(index, counted), None, "next")

    def _said_next(self, index: int, counted: Counted) -> str | None:
        """Read "6,000 have been confirmed. All of those are in Russia", "They are 500. In Bakhmut, mostly"."""
        sentences, scenes = self._story.sentences, self._scenes
        following = index + 1
        last = counted.quantity is sentences[index].quantities[-1]
        if not last or following >= len(sentences) or not scenes.together(index, following):
            return None
        there = sentences[following]
        they = _THEY_ARE.match(there.text, there.start, there.end)
        alone = _ONLY_WHERE.match(there.text, there.start, there.end)
        if they is None and alone is None:
            return None
        for spot in scenes.spots(following):
            if spot.place is None or spot.away or (there.quantities and they is None):
                return None
            first = min((q.left for q in there.quantities), default=there.end)
            opens = spot.start <= there.start + 1 if they is None else spot.start < first
            return spot.place if opens else None
        return None

    def _is_placed(self, sentence: Sentence, counted: Counted, here: Sequence[Spot]) -> bool:
        """Say whether an answer names a place that is not only the next figure's."""
        following = (q.left for q in sentence.quantities if q.left >= counted.end)
        stop = min(following, default=sentence.end)
        return any(spot.start < stop for spot in here)

    def _there(self, index: int, counted: Counted, here: Sequence[Spot]) -> PlaceFound:
        story, scenes = self._story, self._scenes
        return pointers.there(
            story.sentences[index],
            counted,
            self._grammar,
            self._knowledge,
            here,
            pointers.Before(
                lambda: scenes.spots_before(index),
                lambda: story.state_before(index),
                lambda own: scenes.country_before(index, own),
            ),
        )

    def carried(
        self, index: int, counted: Counted, found: PlaceFound, whose: str | None, *, lasts: bool
    ) -> PlaceFound:
        """Return `found`, or else the place of the troops that were spoken of before.

        `lasts` says that the figure tells what is the case now, as the one before does.
        """
        if found.place is not None or found.rule == "whole":
            return found
        carried = self._carried(index, counted, found, whose, lasts=lasts)
        return next((one for one in carried if one.place is not None), found)

    def drilled(self, index: int, counted: Counted, found: PlaceFound) -> PlaceFound:
        """Return the ground of the drill that somebody takes part in: named in this sentence, or the one before."""
        if found.place is not None or found.rule == "unlisted":
            return found
        for other in (index, index - 1):
            if other != index and not self._scenes.together(index, other):
                continue
            text = self._story.sentences[other].text
            grounds = [
                spot
                for spot in self._scenes.spots(other)
                if spot.place
                and not spot.away
                and spot.way is Way.AT
                and (other != index or ";" not in text[counted.end : spot.start])
            ]
            if grounds:
                return PlaceFound(grounds[0].place, grounds[0].region, "drill")
        return found

    def narrowed(self, index: int, counted: Counted, found: PlaceFound) -> PlaceFound:
        """Return the town in which the next words put those who are in a country or a region.

        "Estonia will send 100 soldiers to Iraq. The company will serve in Erbil."
        """
        if (
            found.place is None
            or counted.quantity is not self._story.sentences[index].quantities[-1]
        ):
            return found
        for spot in self._told_more_exactly(index, counted):
            if spot.place is not None and self._is_inside(spot.place, found.place):
                return PlaceFound(spot.place, spot.region, "narrowed")
        return found

    def _told_more_exactly(self, index: int, counted: Counted) -> Iterator[Spot]:
        """Yield the places of the same people behind a semicolon, and in the next sentence."""
        sentences, following = self._story.sentences, index + 1
        here = sentences[index]
        semicolon = here.text.find(";", counted.end, here.end)
        if semicolon > 0 and pointers.SAME_PEOPLE.match(here.text, semicolon, here.end):
            spots = self._scenes.spots(index)
            yield from (spot for spot in spots if spot.start > semicolon and not spot.away)
        if following >= len(sentences):
            return
        below = self._scenes.title_before(following) == index
        there = sentences[following]
        if not (below or self._scenes.together(index, following)):
            return
        if pointers.SAME_PEOPLE.match(there.text, there.start, there.end) is None:
            return
        for spot in self._scenes.spots(following):
            others = (q.high for q in there.quantities if q.left < spot.start)
            if not (spot.away or spot.way is Way.VIA or any(high > _LAST_DAY for high in others)):
                yield spot

    def _is_inside(self, inner: str, outer: str) -> bool:
        """Say whether a place lies in another one."""
        nodes = self._knowledge.gazetteer.places
        node = nodes.get(inner)
        while node is not None and node.parent is not None:
            if node.parent == outer:
                return True
            node = nodes.get(node.parent)
        return False

    def _carried(
        self, index: int, counted: Counted, found: PlaceFound, whose: str | None, *, lasts: bool
    ) -> Iterator[PlaceFound]:
        """Yield the places of those who were spoken of before, the nearest first."""
        last = self.placed.get(index - 1)
        mates = self._scenes.together(index, index - 1)
        if lasts and mates and counted.shape in _GOES_ON:
            yield PlaceFound(last, None, "gone-on")
        if found.rule in _FINAL:
            return
        yield PlaceFound(self._speakers_ground(index, counted), None, "speaker")
        own = [spot for spot in self._scenes.spots(index) if spot.place]
        if len(own) == 1 and self._is_only(index, counted, own[0]):
            yield PlaceFound(own[0].place, None, "only")
        if own:
            return
        yield from self._before(index, counted, whose)
        title = self._scenes.title_before(index)
        if title is not None and (whose is None or whose in self._forces_of(title)):
            yield PlaceFound(self._place_of(title) or self._scenes.label(title), None, "title")
        elif title is not None:
            yield PlaceFound(self.placed.get(title), None, "title")
        if title is not None:
            yield PlaceFound(self._labelled(title, whose), None, "title")
            yield PlaceFound(mission_in(self._story.sentences[title]), None, "title")

    def _labelled(self, title: int, whose: str | None) -> str | None:
        """Read "Somalia: Ruritania threatens to pull out" over whose soldiers are there."""
        sentence = self._story.sentences[title]
        for name in sentence.names[:1]:
            state = name.senses.get(NameKind.ACTOR)
            opens = name.start == sentence.start and sentence.text.startswith(": ", name.end)
            acts = any(other.senses.get(NameKind.ACTOR) == whose for other in sentence.names[1:2])
            if opens and acts and whose is not None and state != whose:
                return name.senses.get(NameKind.PLACE)
        return None

    def _before(self, index: int, counted: Counted, whose: str | None) -> Iterator[PlaceFound]:
        """Yield the places of the same people, or of a body that is named, in the sentences before."""
        last, mates = self.placed.get(index - 1), self._scenes.together(index, index - 1)
        if mates and self._same(index, whose):
            yield PlaceFound(last or self._moved_to(index - 1), None, "same-force")
        there = self._story.sentences[index]
        if mates and _FACING_THEM.match(there.text, there.start, counted.quantity.left):
            yield PlaceFound(last or self._moved_to(index - 1), None, "facing")
        if mates and self._is_theirs(index, counted):
            yield PlaceFound(last or self._moved_to(index - 1), None, "theirs")
        if whose is not None and self._is_the_body(index, counted):
            yield PlaceFound(self._body_before(index, whose), None, "body")
            title = self._scenes.title_before(index)
            titled = self._scenes.spots(title) if title is not None else ()
            if len(titled) == 1:
                yield PlaceFound(titled[0].place, None, "title")
        if mates and pointers.is_of_them(self._story.sentences[index], counted):
            there = self._story.sentences[index]
            left = _GOES.search(there.text, counted.end, there.end) is not None
            before = self._place_of(index - 1, left=left) or self._named(index - 1)
            yield PlaceFound(before, None, "carried")

    def _speakers_ground(self, index: int, counted: Counted) -> str | None:
        """Return the town or region of a local speaker whose own men are counted.

        "I have 200", "we came here with 600", said by a mayor, a governor, a commander or a soldier.
        """
        sentence = self._story.sentences[index]
        floor = max(sentence.start, counted.quantity.left - _OWN_MEN)
        own = _OURS.search(sentence.text, floor, counted.quantity.left)
        own = own or _HERE.search(
            sentence.text, counted.end, min(sentence.end, counted.end + _OWN_MEN)
        )
        own = own or _IN_TOWN.search(
            sentence.text, counted.end, min(sentence.end, counted.end + _OWN_MEN)
        )
        region = _HIS_REGION.search(
            sentence.text, counted.end, min(sentence.end, counted.end + _OWN_MEN)
        )
        if region is not None:
            own = region
        elif not self._story.is_quoted(index):
            return None
        if _ASKED.search(sentence.text, floor, counted.quantity.left):
            return None  # who is asked for is not there
        for other in self._story.beside(index) or [sentence]:
            for name in other.names:
                if (
                    own is not None
                    and own[0].lower() == "here"
                    and _SPEAKS_FROM.search(
                        other.text, max(other.start, name.start - _ROLE), name.start
                    )
                ):
                    return name.senses.get(NameKind.PLACE)
            for name in other.names:
                place = name.senses.get(NameKind.PLACE)
                node = self._knowledge.gazetteer.places.get(place or "")
                if node is None or node.kind in _TOO_WIDE or NameKind.ACTOR in name.senses:
                    continue
                local = _LOCAL if own is not None else _WITNESS
                role = local.search(other.text, max(other.start, name.start - _ROLE), name.start)
                if role is not None and not _NO_MORE.search(other.text, other.start, role.end()):
                    return place
        return None

    def _named(self, index: int) -> str | None:
        """Return the one place that a sentence names without leading to it: "Residents of Tapa"."""
        names = [n for n in self._story.sentences[index].names if NameKind.PLACE in n.senses]
        if len(names) != 1 or NameKind.ACTOR in names[0].senses:
            return None
        if any(s.away and s.start <= names[0].start < s.end for s in self._scenes.spots(index)):
            return None  # "left the port of X"
        place = names[0].senses[NameKind.PLACE]
        return None if place in self._knowledge.countries else place

    def _is_only(self, index: int, counted: Counted, spot: Spot) -> bool:
        """Say whether the one place of a sentence may be that of a number further off."""
        sentence = self._story.sentences[index]
        fought = _FOUGHT_FOR.match(sentence.text, spot.start) and not self._grammar.ends(
            "shapes.collectives", sentence.text, max(sentence.start, spot.start - 20), spot.start
        )
        if fought or spot.away or spot.way is Way.VIA:
            return False
        if self._seats(sentence, spot) or self._is_of_event(sentence, counted, spot):
            return False
        if place.is_where_told(sentence, spot):
            return False
        if spot.end <= counted.quantity.left:
            return ";" not in sentence.text[spot.end : counted.quantity.left]
        if _SOME_IN.search(sentence.text, counted.end, spot.start):
            return False  # "6,000 fighters, a third of them in X"
        between = any(counted.end <= q.left < spot.start for q in sentence.quantities)
        apart = _APART.search(sentence.text, counted.end, spot.start) is not None
        return not between and not apart and not is_apart(sentence, counted.end, spot)

    def _is_of_event(self, sentence: Sentence, counted: Counted, spot: Spot) -> bool:
        """Read "after the attack at Banjska", "...," its commander said over tea in Kramatorsk"."""
        floor = max(sentence.start, spot.start - _SPEAKS)
        if _EVENT.search(sentence.text, floor, spot.start):
            return True
        tail = sentence.text[counted.end : spot.start]
        quoted = '"' in tail and tail.count('"') % 2 == 1
        outside = tail.rsplit('"', 1)[-1] if quoted else ""
        return quoted and self._grammar.patterns["attribution.verbs"].search(outside) is not None

    def _seats(self, sentence: Sentence, spot: Spot) -> bool:
        """Say whether somebody speaks at a place: "the army in Pretoria said", "warned in Davos"."""
        if sentence.text[spot.start : spot.start + 3].lower() not in {"in ", "at "}:
            return False
        verbs = self._grammar.patterns["attribution.verbs"]
        floor = max(sentence.start, spot.start - _SPEAKS)
        if self._grammar.ends("attribution.verbs", sentence.text, floor, spot.start):
            return True
        behind = _BETWEEN.match(sentence.text, spot.end)
        return behind is not None and verbs.match(sentence.text, behind.end()) is not None

    def _same(self, index: int, whose: str | None) -> bool:
        before = self._forces_of(index - 1)
        if whose is None or whose in before:
            return whose is not None
        # A mission or group that is only named is one that is told of; a state is not its troops.
        named = self._story.sentences[index - 1].names if whose not in self._knowledge.homes else ()
        return any(whose in name.senses.values() for name in named)

    def _is_theirs(self, index: int, counted: Counted) -> bool:
        """Read "The brigade has arrived in Ukraine. Dozens of its 2,300 soldiers ...": of whom was told."""
        sentence, left = self._story.sentences[index], counted.quantity.left
        if any(name.end <= left and NameKind.PLACE not in name.senses for name in sentence.names):
            return False
        if any(name.end <= left and NameKind.ACTOR in name.senses for name in sentence.names):
            return False
        its = _ITS.search(sentence.text, max(sentence.start, left - _OWN_REACH), left)
        return its is not None and not sentence.text[sentence.start : its.start()].endswith("Of ")

    def _is_the_body(self, index: int, counted: Counted) -> bool:
        """Read "At its height the force had 170,000", "the garrison, 85,000 strong": a body named before."""
        sentence, left = self._story.sentences[index], counted.quantity.left
        if _IT_NEXT.match(sentence.text, counted.end) and _WITH_IT.match(
            sentence.text, sentence.start, left
        ):
            return True
        if not sentence.has(_BODIES):
            return False
        return _THE_BODY.search(sentence.text, sentence.start, left) is not None

    def _body_before(self, index: int, whose: str) -> str | None:
        """Return where the same people were last, up to three sentences before, in the same paragraph."""
        for earlier in range(index - 1, max(-1, index - 1 - _BODY_SENTENCES), -1):
            if not self._scenes.together(index, earlier):
                return None
            if earlier in self.placed and whose in self._forces_of(earlier):
                places = {spot.place for spot in self._scenes.spots(earlier)}
                return self.placed[earlier] if len(places) == 1 else None
            named = [spot for spot in self._scenes.spots(earlier) if spot.place]
            forces = {
                one for n in self._story.sentences[earlier].names for one in n.senses.values()
            }
            if len(named) == 1 and not named[0].away and whose in forces:
                return named[0].place
        return None

    def _moved_to(self, index: int) -> str | None:
        """Return the last place of an earlier sentence that names troops outright, without a figure."""
        sentence = self._story.sentences[index]
        if sentence.quantities or not self._grammar.context.search(
            sentence.text, sentence.start, sentence.end
        ):
            return None
        spots = [spot for spot in self._scenes.spots(index) if spot.place and not spot.away]
        return spots[-1].place if spots else None

    def _place_of(self, index: int, *, left: bool = False) -> str | None:
        """Return where the troops of an earlier sentence are: of its figures, or its last place.

        `left` says that they go: then it is the place that they leave.
        """
        spots = (
            spot.place
            for spot in reversed(self._scenes.spots(index))
            if spot.place and (left or not spot.away)
        )
        return self.placed.get(index) or next(spots, None)
