# SPDX-License-Identifier: Apache-2.0
"""Whose troops, where the words behind the number, or right before it, say who sends or leads them.

Steps, each a rule id: `by` ("sent to Darfur by Khartoum"), `whom` ("whom Moscow dispatched", "whose
soldiers"), `under` ("an army of N under President X"), `asked` ("asks Riyadh for N"). What it is not:
the subject of the number's own clause (`subjects`). Rules of this file: the verb must stand right behind
the name, so that "that Seoul believes were sent" is nobody's sending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.claims.counted import Counted
from monitor.core.claims.grammar import WORD, Grammar, Sentence
from monitor.core.knowledge import Knowledge, Name, NameKind

_DONE = re.compile(
    r"(?:sent|deployed|provided|dispatched|supplied|contributed|fielded|moved|transferred|flown|lent|offered|"
    r"committed|trained|posted|stationed|kept|maintained|recruited|hired|raised|mustered|mobili[sz]ed|shipped|"
    r"commanded|led|pledged|promised|seconded|rushed|ferried|airlifted|brought|withdrawn|paid|assembled|"
    r"massed|assigned|commissioned|loaned|put\s+up|called\s+up|drawn\s+up)\b"
)
_BY = re.compile(r"\bby\s+(?:the\s+)?")
_BY_REACH = 110
_PASSIVE_END = re.compile(r"[;:\"\n]|\.\s|(?<!^),(?!\d)| - |\b(?:and|but|while|who|whose)\b")
_RELATIVE = re.compile(r",?\s+(?:(?:whom|that|which)\s+)?(?:the\s+)?(?:neighbou?ring\s+|rival\s+)?")
_UNDER = re.compile(
    r"(?:\s+(?:soldiers|men|troops|fighters))?,?\s+(?:who\s+are\s+|still\s+)?"
    r"(?:under|commanded\s+by|led\s+by|loyal\s+to|headed\s+by|answering\s+to|reporting\s+to|serving|allied\s+to)\s+"
    r"(?:(?:the|command|of|control|orders|warlord|strongman|[Gg]eneral|[Ff]ield|[Mm]arshal|[Pp]resident|"
    r"[Cc]ommander|[Cc]olonel|Khalifa|government|in)\s+)*"
)
_ORDERS = re.compile(r"\s+(?:[a-z-]+\s+)?(?:orders?|command|flag|banner|leadership)\b")
_UNDER_REACH = 90
_LOYAL = re.compile(r"loyal|led|commanded|answering|reporting")
_FOR = re.compile(
    r"\s+for\s+(?:(?:a|an|another|some|more|up|to|as|many|at|least|additional|further|force|contingent|total|"
    r"of|about|around|roughly|the|its|his)\s+)*",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s+(?:from|belonging\s+to|courtesy\s+of)\s+(?:President\s+|President's\s+)?")
_FRONT = re.compile(r"(?:[\w. '-]{1,40}:\s)?\W*From\s+(?:the\s+)?")
_FEW = re.compile(
    r",?\s+(?:(?:in|all|total|alone|we|see|have|had|there|are|were|come|came|a|about|around|some|so|far|only|"
    r"another|further|at|least|up|to|today|now)\s+){0,6}"
)
_BLAMED = re.compile(r"\b(?:accus|suspect|blam|condemn|criticis|criticiz)\w*\s+(?:the\s+)?$")
_OF_DOING = re.compile(
    r"\s+(?:of|for)\s+(?:\w+ly\s+|having\s+)?\w+(?:ing|ed)\s+(?:in\s+|up\s+)?(?:(?:about|some|another|up|to|as|many|around)\s+){0,4}"
)
_ITS_BODY = re.compile(
    r"(?:'s)?\s+(?:[\w-]+\s+){0,3}?(?:[Dd]ivisions?|[Bb]rigades?|[Rr]egiments?|[Bb]attalions?|[Cc]orps|army|contingent|garrison|force|fleet|"
    r"units|column)(?:\s+(?:in|at|near|of)\s+[A-Z][\w'-]+)?,\s+(?:(?:an|the|some|about|around|estimated|now|all)\s+){0,3}"
)
_SIGNED_WITH = re.compile(
    r"\s+(?:[a-z]+\s+){0,2}?(?:signed|concluded|sign)\s+(?:a\s+|up\s+)?(?:contracts?\s+)?(?:with|for)\s+(?:the\s+)?"
)
_LEAVING = frozenset({"leave", "leaves", "left", "leaving"})
_LEAVES = re.compile(r"\b(?:leaves?|left|leaving)\s+(?:the\s+)?")
_WITH_SOME = re.compile(r"\s+with\s+(?:\w+\s+){0,3}")
_RANKS = re.compile(r"\s+(?:serving\s+|deployed\s+|enrolled\s+)?(?:in|with|within)\s+(?:the\s+)?")
_PEOPLES = (NameKind.ACTOR, NameKind.ADJECTIVE)
# Of the verbs of sending and having, those that are too light to stand behind a name alone.
_LIGHT = frozenset(
    "at about with is are estimates counts count include need needs put uses use used lost started starts "  # noqa: SIM905
    "began begins begin opened place places supports supported".split()
)
_ADVERBS = frozenset(
    "already also now currently still so far recently only has have had will would once then later first "  # noqa: SIM905
    "is was could may might reportedly secretly quietly hastily hurriedly itself himself".split()
)


def named_behind(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> Iterator[tuple[str | None, str]]:
    """Yield the force that each step finds, with its rule."""
    head = _subject_end(sentence, counted, grammar)
    yield _by(sentence, counted.end, knowledge), "by"
    if head is not None:  # "Soldiers sent by Uganda now number about 6,000"
        yield _by(sentence, head, knowledge), "by"
    yield _whom(sentence, counted, grammar, knowledge), "whom"
    yield _under(sentence, counted, knowledge), "under"
    yield _from(sentence, counted, knowledge), "from"
    yield _asked(sentence, counted, grammar), "asked"
    yield _fronted(sentence, counted), "from"
    yield _accused(sentence, counted), "subject"
    yield _body_apposed(sentence, counted), "body"
    yield _enlisted(sentence, counted), "by"
    yield _left_with(sentence, counted, knowledge), "left"


def state_of(name: Name, knowledge: Knowledge) -> str | None:
    """Return the state or body that a listed person or office speaks for."""
    slug = name.senses.get(NameKind.SOURCE)
    node = knowledge.gazetteer.sources.get(slug) if slug else None
    return knowledge.states_by_family.get(node.family) if node is not None else None


def _force_at(sentence: Sentence, position: int, knowledge: Knowledge) -> tuple[str, int] | None:
    """Return the force whose name, or whose leader's, begins at a position, and where that ends."""
    name = sentence.named_at.get(position)
    if name is not None:
        force = next((name.senses[kind] for kind in _PEOPLES if kind in name.senses), None)
        if force is not None:
            return force, name.end
    for speaker in sentence.speakers:
        if speaker.start == position:
            state = state_of(speaker, knowledge)
            return (state, speaker.end) if state is not None else None
    return None


def _subject_end(sentence: Sentence, counted: Counted, grammar: Grammar) -> int | None:
    """Return where the noun ends whose number comes late: "soldiers ... number N"."""
    if counted.subject_start is None:
        return None
    heads = grammar.heads_of(sentence)
    starts = [at for at in heads if counted.subject_start <= at < counted.quantity.left]
    return heads[min(starts)].end() if starts else None


def _by(sentence: Sentence, end_of_noun: int, knowledge: Knowledge) -> str | None:
    """Read "N soldiers(,) sent to Darfur in June by Khartoum"."""
    text = sentence.text
    stop = min(sentence.end, end_of_noun + _BY_REACH)
    first = end_of_noun + 1 if text[end_of_noun : end_of_noun + 1] == "," else end_of_noun
    end = _PASSIVE_END.search(text, first, stop)
    stop = end.start() if end else stop
    done = _DONE.search(text, first, stop)
    if done is None:
        return None
    for by in _BY.finditer(text, done.end(), stop):
        found = _force_at(sentence, by.end(), knowledge)
        if found is not None:
            return found[0]
    return None


_PROMISED = frozenset(
    {
        "lists",
        "listed",
        "promised",
        "promises",
        "pledged",
        "pledges",
        "wants",
        "plans",
        "intends",
        "keeps",
    }
)


def _whom(
    sentence: Sentence, counted: Counted, grammar: Grammar, knowledge: Knowledge
) -> str | None:
    """Read "2,500 paratroopers whom Putin dispatched", "the 28,500 soldiers Washington keeps"."""
    text = sentence.text
    opening = _RELATIVE.match(text, counted.end, sentence.end)
    if opening is None:
        return None
    found = _force_at(sentence, opening.end(), knowledge)
    if found is None:
        return None
    relative = any(word in opening[0] for word in ("whom", "that", "which"))
    if "," in opening[0] and not relative:
        return None
    force, end = found
    return force if sends(sentence, end, grammar, relative=relative) else None


def sends(sentence: Sentence, end: int, grammar: Grammar, *, relative: bool) -> bool:
    """Say whether a verb of sending or keeping stands right behind a name."""
    stop = min(end + 48, sentence.end)
    words = [word.lower() for word in WORD.findall(sentence.text[end:stop])[:4]]
    # "whom the Russian army sent"
    while words and (words[0] in grammar.sets["shapes.collectives"] or words[0] == "'s"):
        words.pop(0)
    has = words[:1] and words[0] in {"has", "have", "had"}
    while words and words[0] in _ADVERBS:
        words.pop(0)
    if not words:
        return bool(has)
    verb = words[0]
    if verb in grammar.sets["force.acts"] - _LIGHT or _DONE.fullmatch(verb) or verb in _PROMISED:
        return True
    return bool(has) and relative and not verb.endswith(("ed", "en", "wn", "id"))


def _under(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Read "an army of 200,000 under President X", "5,000 fighters loyal to the warlord Y"."""
    text, stop = sentence.text, min(sentence.end, counted.end + _UNDER_REACH)
    for name in sentence.names:  # "are on the border under Trump's order"
        if counted.end < name.start <= stop and text.startswith(
            "under ", name.start - len("under ")
        ):
            end = name.end + 2 * text.startswith("'s", name.end)
            force = name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)
            owns = text[end - 2 : end] == "'s" and _ORDERS.match(text, end)
            if owns and force is not None:
                return force
    under = _UNDER.match(text, counted.end, sentence.end)
    if under is None:
        return None
    loyal = _LOYAL.search(under[0]) is not None
    found = _force_at(sentence, under.end(), knowledge)
    if found is None:
        return None
    person = any(speaker.start == under.end() for speaker in sentence.speakers)
    return found[0] if person or loyal else None


def _from(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Read "11,000 soldiers from Kim Jong Un": a person's are his state's."""
    of = _FROM.match(sentence.text, counted.end, sentence.end)
    for speaker in sentence.speakers if of is not None else ():
        if of is not None and speaker.start == of.end():
            return state_of(speaker, knowledge)
    name = sentence.named_at.get(of.end()) if of is not None else None
    if name is None or NameKind.PLACE in name.senses or NameKind.PEOPLE in name.senses:
        return None
    # "12,000 troops from the North"
    return None if sentence.text.startswith(" of ", name.end) else name.senses.get(NameKind.ACTOR)


def _fronted(sentence: Sentence, counted: Counted) -> str | None:
    """Read "From North Korea in total around 13,000 soldiers have fought": whence they come, said first."""
    text, left = sentence.text, counted.quantity.left
    for name in sentence.names:
        if name.end > left:
            return None
        if NameKind.ACTOR in name.senses and _FRONT.fullmatch(text, sentence.start, name.start):
            return name.senses[NameKind.ACTOR] if _FEW.fullmatch(text, name.end, left) else None
    return None


def _accused(sentence: Sentence, counted: Counted) -> str | None:
    """Read "Ruritania accused Freedonia of bringing 3,000 soldiers to the pass": who is accused has them."""
    text, left = sentence.text, counted.quantity.left
    for name in sentence.names:
        if name.end > left or NameKind.ACTOR not in name.senses:
            continue
        blamed = _BLAMED.search(text, max(sentence.start, name.start - 24), name.start)
        if blamed and _OF_DOING.fullmatch(text, name.end, left):
            return name.senses[NameKind.ACTOR]
    return None


def _body_apposed(sentence: Sentence, counted: Counted) -> str | None:
    """Read "Ruritania's 4th division, an estimated 8,000 soldiers, sits in ...": the body's owner has them."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.names):
        if name.end < left and _ITS_BODY.fullmatch(text, name.end, left):
            kinds = (NameKind.ACTOR, NameKind.ADJECTIVE)
            return next((name.senses[kind] for kind in kinds if kind in name.senses), None)
    return None


def _enlisted(sentence: Sentence, counted: Counted) -> str | None:
    """Read "210,000 men signed contracts with the Ruritanian ministry": those who take them on."""
    signed = _SIGNED_WITH.match(sentence.text, counted.end, sentence.end)
    name = sentence.named_at.get(signed.end()) if signed is not None else None
    if name is None:
        return None
    return name.senses.get(NameKind.ADJECTIVE) or name.senses.get(NameKind.ACTOR)


def _left_with(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Read "That leaves Pyongyang with about 8,000 soldiers"."""
    if not sentence.has(_LEAVING):
        return None
    text, left = sentence.text, counted.quantity.left
    floor = max(sentence.start, left - 60)
    for leaves in _LEAVES.finditer(text, floor, left):
        found = _force_at(sentence, leaves.end(), knowledge)
        if found is not None and _WITH_SOME.fullmatch(text, found[1], left):
            return found[0]
    return None


def in_body(sentence: Sentence, counted: Counted, knowledge: Knowledge) -> str | None:
    """Read "10,900 uniformed personnel in UNMISS": in the ranks of a body that is no place."""
    of = _RANKS.match(sentence.text, counted.end, sentence.end)
    name = sentence.named_at.get(of.end()) if of is not None else None
    if name is None or NameKind.PLACE in name.senses:
        return None
    force = name.senses.get(NameKind.ACTOR)
    return None if force in knowledge.homes else force


def _asked(sentence: Sentence, counted: Counted, grammar: Grammar) -> str | None:
    """Read "asks Saudi Arabia for 3,000 troops": whoever is asked would send them."""
    text, left = sentence.text, counted.quantity.left
    for name in reversed(sentence.names):
        force = name.senses.get(NameKind.ACTOR) or name.senses.get(NameKind.PEOPLE)
        if name.end > left or force is None:
            continue
        if _FOR.fullmatch(text, name.end, left) is None:
            return None
        start = (
            name.start - 4 if text[name.start - 4 : name.start].lower() == "the " else name.start
        )
        asks = grammar.ends("force.asks", text, max(sentence.start, start - 24), start)
        return force if asks is not None else None
    return None
