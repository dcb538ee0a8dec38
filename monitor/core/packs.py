# SPDX-License-Identifier: Apache-2.0
"""Language packs: the words of one language as data, for the grammar in `core.claims.inflected`.

What it is not: English, whose grammar reads `core.knowledge.Language`; or the files (see
`monitor.packfiles`). A pack holds lists and tables of *patterns*: lower-case words separated by
blanks; `soldat*` stands for any ending, `*truppen` for any beginning, `russisch~` for each adjective
ending of the pack; a pattern in capitals at its start only fits a word that begins with a capital.
Rules of this file: frozen; a table maps a pattern to the text of its value, read where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.core.knowledge import NameKind

# What the grammar asks a complete pack for. A partial pack may leave any of them out.
LISTS = frozenset(
    {
        "attribution.according", "attribution.according_after", "attribution.backward",
        "attribution.first_person", "attribution.pronouns", "attribution.that", "attribution.verbs",
        "dates.ahead", "dates.last", "detect.words", "force.acts", "force.by", "force.possessives",
        "force.withdrawals", "modifiers.about", "modifiers.about_after", "modifiers.at_least",
        "modifiers.at_least_after", "modifiers.at_most", "numbers.and", "numbers.between",
        "numbers.from", "numbers.joiners", "numbers.to", "places.fillers", "places.from",
        "places.prepositions", "places.there", "rejects.boundaries", "rejects.casualty",
        "rejects.casualty_before", "rejects.civilian", "rejects.codes", "rejects.denominators",
        "rejects.exchange", "rejects.things", "sentences.abbreviations", "shapes.adjectives",
        "shapes.auxiliaries", "shapes.collectives", "shapes.fillers", "shapes.growth",
        "shapes.increments", "shapes.links", "shapes.military", "shapes.of", "shapes.of_them",
        "shapes.of_the", "shapes.stops", "shapes.subjects", "status.denials", "status.exercise",
        "status.flow", "status.future", "status.history", "status.hypothetical", "status.infinitives",
        "status.past", "status.planned", "status.present", "status.recalled", "status.subset",
    }
)  # fmt: skip
TABLES = frozenset(
    {
        "attribution.offices", "attribution.roles", "dates.months", "dates.near", "dates.weekdays",
        "numbers.bands", "numbers.exact", "numbers.points", "numbers.scales", "numbers.units",
        "places.directions",
    }
)  # fmt: skip
FAMILIES = frozenset({"germanic", "romance", "slavic", "other"})

# What a name can stand for -> gazetteer id -> its patterns, one string with commas: some thousands of
# forms, of which a process needs those of the languages that it meets.
Names = Mapping[NameKind, Mapping[str, str]]


def split(text: str) -> tuple[str, ...]:
    """Return the patterns of a list that is written as one string."""
    return tuple(form for part in text.split(",") if (form := " ".join(part.split())))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pack:
    """The words of one language. `complete` is false where only digits, nouns and names are known.

    `lists` and `tables` map `section.key` to patterns; `heads` maps a measure to its nouns with
    their weight; `names` maps what a name can stand for to gazetteer ids with their forms.
    `latin_names` says that names of the gazetteer's own files are looked for as well.
    """

    id: str
    family: str
    script: str
    complete: bool
    letters: str = ""  # letters that only this language of its script has
    foreign: str = ""  # letters of its script that it never has
    adjective_endings: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, str]]
    heads: Mapping[str, Mapping[str, float]]
    names: Names = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def latin_names(self) -> bool:
        """Say whether names spelled as in English are read too."""
        return self.script == "latin" or self.family == "other"

    def forms(self, pattern: str) -> Iterator[str]:
        """Yield a pattern with its adjective endings written out."""
        if "~" not in pattern:
            yield pattern
            return
        for ending in self.adjective_endings:
            yield pattern.replace("~", ending)
