# SPDX-License-Identifier: Apache-2.0
"""Whose troops, where their own sentence leaves it open: what the text, the speaker and the place say.

What it is not: the steps within a sentence (`force`). Rules, each an id: `enemy`, `group` ("the group"),
`leader`, `they`, `speaker` (his own army, "the army", or his own soil), `rulers` (of where they are),
`home` (a whole army), `ahead`, `document`. Rules of this file: a host and a man who counts fighters do not
count their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.core.claims import force, place
from monitor.core.claims.grammar import Grammar
from monitor.core.claims.relations import Found
from monitor.core.claims.scopes import clause_start
from monitor.core.claims.story import Story
from monitor.core.claims.subjects import FINAL, RULERS, ForceFound, acts
from monitor.core.knowledge import Knowledge, NameKind
from monitor.core.model import Status

# Ministries that count their own troops when they name nobody else's.
_OFFICIAL = ("-defence-ministry", "-military", "pentagon", "centcom")
_ARMY = 100_000
_WE = frozenset({"we", "our army", "our military", "our country", "our armed forces"})
# How many sentences back "the group" may have been named.
_GROUP_SENTENCES = 4


class Owners:
    """Finds whose the numbers of one story are; `before` tells the forces spoken of before a sentence."""

    def __init__(
        self,
        story: Story,
        knowledge: Knowledge,
        grammar: Grammar,
        before: Callable[..., Sequence[str]],
    ) -> None:
        self._story, self._knowledge, self._grammar = story, knowledge, grammar
        self._before = before

    def resolve(self, index: int, item: Found, sense: Status) -> ForceFound:
        """Return the force, or whom the speaker, a leader or the document point to."""
        found, source = item.force, item.cue.source if item.cue else None
        if found in FINAL:
            keeper = self._keeper(item.place.place) if found is RULERS else None
            return ForceFound(keeper, found.rule)
        state = self._knowledge.states_by_family.get(source.family) if source else None
        if state is not None and item.place.rule == "host":
            # Who speaks as the host of troops does not mean his own.
            state = None if self._knowledge.homes.get(state) == item.place.place else state
        if found.rule in {"paragraph", "none"} or (found.rule == "sentence" and not found.force):
            own = self._own_force(index, item, state)
            if own is not None:
                return own
        if found.force is not None:
            return found
        home = self._at_home(index, item)
        if home is not None:
            return ForceFound(home, "home")
        official = source is not None and source.id.endswith(_OFFICIAL)
        if (item.counted.head or "").lower() in self._grammar.sets["force.irregulars"]:
            state = None  # no ministry counts "fighters" as its own
        if (sense is Status.EXERCISE or official) and state is not None:
            return ForceFound(state, "speaker")
        return self._around(index) or self._on_own_soil(item, state) or found

    def _on_own_soil(self, item: Found, state: str | None) -> ForceFound | None:
        """Return the speaker's own force in his own country, if nobody else was named and no war is on."""
        if state is None or state in self._knowledge.rivals:
            return None
        home = self._knowledge.homes.get(state)
        inside = home is not None and self._knowledge.country_of(item.place.place) == home
        return ForceFound(state, "speaker") if inside else None

    def _around(self, index: int) -> ForceFound | None:
        """Return the force that the next sentences speak of, or the whole text most."""
        for other in range(index + 1, index + len(self._story.ahead(index))):
            for ahead in self._story.spoken_of(other):
                return ForceFound(ahead, "ahead")
        spoken = force.dominant(self._before(index))
        return ForceFound(spoken, "document") if spoken is not None else None

    def _at_home(self, index: int, item: Found) -> str | None:
        """Read "2 million active soldiers in China, 1.5 million in India": whole armies are at home."""
        counted = item.counted
        if item.place.place not in self._knowledge.countries or counted.quantity.high < _ARMY:
            return None
        sentence = self._story.sentences[index]
        whole = place.is_whole_army(sentence, counted, self._grammar)
        return self._keeper(item.place.place) if whole or counted.anaphoric else None

    def _defender(self, index: int, spot: str | None) -> str | None:
        """Return who calls others the enemy at a place: of two rivals the one listed first."""
        rivals, homes = self._knowledge.rivals, self._knowledge.homes
        for force_id in rivals:
            home = homes.get(force_id)
            here = spot is not None and home and self._knowledge.gazetteer.is_within(spot, home)
            if here or force_id == self._story.state_before(index):
                return next(one for one in rivals if one in {force_id, rivals[force_id]})
        return None

    def _group(self, index: int, item: Found) -> str | None:
        """Return the armed group that "the group" or "the rebels" stands for: the last one named."""
        sentence, left = self._story.sentences[index], item.counted.quantity.left
        floor = clause_start(sentence, left, self._grammar)
        found = self._grammar.search("force.groups", sentence.text, floor, left)
        if found is None or not acts(sentence.text, found.end(), left, self._grammar):
            return None
        forces = self._knowledge.gazetteer.forces
        for earlier in range(index, max(-1, index - _GROUP_SENTENCES), -1):
            for name in reversed(self._story.sentences[earlier].names):
                node = forces.get(name.senses.get(NameKind.ACTOR, ""))
                before = earlier < index or name.end <= found.start()
                if node is not None and before and node.id not in self._knowledge.homes:
                    return node.id
        return None

    def _keeper(self, spot: str | None) -> str | None:
        """Return the state in which a place is: "the army" that is there is most likely its own."""
        country = self._knowledge.country_of(spot)
        return self._knowledge.force_of_country.get(country) if country is not None else None

    def _own_force(self, index: int, item: Found, state: str | None) -> ForceFound | None:
        """Return the force of a leader who acts, of the speaker's enemy, or of the speaker himself."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        speaks = state or self._defender(index, item.place.place)
        enemy = force.rival(sentence, counted, grammar, self._knowledge.rivals, speaks)
        if enemy is not None:
            return ForceFound(enemy, "enemy")
        named = {
            "group": self._group(index, item),
            "leader": force.leader(sentence, counted, grammar, self._knowledge),
        }
        for rule, found in named.items():
            if found is not None:
                return ForceFound(found, rule)
        rivals = self._knowledge.rivals
        alone = state is not None and state in rivals and not self._before(index, 1)
        if state is not None and alone and force.they_act(sentence, counted, grammar):
            return ForceFound(rivals[state], "they")
        if state is not None and (
            force.is_ours(sentence, counted) or force.acts_itself(sentence, counted, grammar)
        ):
            return ForceFound(state, "speaker")
        whose = self._army(index, item, state)
        return ForceFound(whose, "speaker") if whose else None

    def _army(self, index: int, item: Found, state: str | None) -> str | None:
        """Return whose "the army" or "the junta" is that has the number: the speaker's, or its place's."""
        counted, grammar = item.counted, self._grammar
        sentence = self._story.sentences[index]
        until = counted.quantity.left
        left = clause_start(sentence, until, grammar)
        own = grammar.search("attribution.own_army", sentence.text, left, until)
        says = own and grammar.search("attribution.verbs", sentence.text, own.end(), until)
        if not own or says or not acts(sentence.text, own.end(), until, grammar):
            return None
        return (
            force.seated(sentence, own.end())
            or state
            or force.named_before(sentence, own.start())
            or self._story.state_before(index)
            or (None if own[0].lower() in _WE else self._keeper(item.place.place))
        )
