# SPDX-License-Identifier: Apache-2.0
"""A month of news that never happened, with the truth about it: what is new, and what only looks so.

What it is not: real. Families hold figures in lanes (force, place) and change them now and then;
outlets reprint, retell, recall, correct and talk of other things. Every item says what it is, and
which piece of news it is the first to carry. Rules of this file: the same seed gives the same
month; every sentence is our own.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sample_alerts import evidence
from sample_articles import GAZETTEER, article, filler, report

from monitor.core.model import Alert, Article, Bound, Claim, Kind, LedgerClaim, Status

BEGIN = datetime(2024, 11, 1, 6, 0, tzinfo=UTC)
_DAYS = 30
_PLACES = {
    "russia": "Russia",
    "kursk": "the Kursk region",
    "belgorod": "the Belgorod region",
    "belarus": "Belarus",
    "kherson": "the Kherson region",
    "sumy": "the Sumy region",
    "ukraine": "Ukraine",
}
_FORCES = {"KP": "North Korean", "RU": "Russian"}
_SPEAKERS = {
    "us-government": {"pentagon": "the Pentagon", "us-state-department": "the State Department"},
    "ukraine-government": {
        "zelensky": "President Volodymyr Zelensky",
        "ukraine-hur": "Ukraine's military intelligence",
    },
    "south-korea-government": {"nis": "South Korea's spy agency"},
    "nato": {"nato": "NATO"},
    "uk-government": {"uk-defence-ministry": "the UK Ministry of Defence"},
    "isw": {"isw": "the Institute for the Study of War"},
}
# Family, force, place, and about how many it speaks of.
_LANES = (
    ("us-government", "KP", "russia", 10_000),
    ("us-government", "KP", "kursk", 8_000),
    ("ukraine-government", "KP", "kursk", 9_000),
    ("ukraine-government", "KP", "russia", 12_000),
    ("south-korea-government", "KP", "russia", 11_000),
    ("nato", "KP", "russia", 13_000),
    ("ukraine-government", "RU", "kherson", 30_000),
    ("ukraine-government", "RU", "ukraine", 500_000),
    ("uk-government", "RU", "ukraine", 450_000),
    ("isw", "RU", "sumy", 50_000),
    ("us-government", "RU", "belgorod", 25_000),
    ("nato", "RU", "belarus", 15_000),
)
_OUTLETS = tuple(f"outlet-{number}" for number in range(25))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One figure as somebody gives it."""

    family: str
    speaker: str | None
    force: str
    place: str | None
    low: int
    high: int
    bound: Bound = Bound.NONE
    approximate: bool = False
    recalled: bool = False
    status: Status = Status.PRESENT
    kind: Kind = Kind.TOTAL
    of: date | None = None

    @property
    def lane(self) -> tuple[str, str, str | None]:
        """What is spoken of, and by whom."""
        return self.family, self.force, self.place


@dataclass(frozen=True, kw_only=True)
class Item:
    """One article of the month. `news` names the piece of news that it is the first to carry."""

    name: str
    outlet: str
    entry: str
    story: str
    published: datetime
    seen: datetime
    role: str
    statements: tuple[Statement, ...] = ()
    news: str | None = None
    edited: bool = False


@dataclass
class _World:
    """The month as it is being told."""

    chance: random.Random
    held: dict[tuple[str, str, str | None], Statement] = field(default_factory=dict)
    was: list[Statement] = field(default_factory=list)
    used: dict[str, list[int]] = field(default_factory=lambda: {"KP": [], "RU": []})
    items: list[Item] = field(default_factory=list)
    aside: list[Statement] = field(default_factory=list)  # planned figures and increments
    told: dict[tuple[Status, Kind], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, role: str, moment: datetime, *given: Statement, **fields: object) -> Item:
        number = len(self.items)
        base = Item(
            name=f"item-{number}",
            outlet=self.chance.choice(_OUTLETS),
            entry=f"entry-{number}",
            story=f"story-{number}",
            published=moment,
            seen=moment + timedelta(minutes=self.chance.randint(1, 90)),
            role=role,
            statements=given,
        )
        made = replace(base, **fields)  # type: ignore[arg-type]
        self.items.append(made)
        return made

    def fresh_value(self, force: str, about: int) -> int:
        """A round number that nobody has used for the force, nor one close to it."""
        for _ in range(500):
            raw = about * self.chance.uniform(0.4, 2.4)
            step = 10 ** (len(str(int(raw))) - 2)
            value = int(raw) // step * step
            if all(abs(value - known) > 0.03 * max(value, known) for known in self.used[force]):
                self.used[force].append(value)
                return value
        raise AssertionError(force)


def month(seed: int = 1, items: int = 1_000, news: int = 48) -> list[Item]:
    """The items of a month, in order of arrival."""
    world = _World(random.Random(seed))  # noqa: S311  (a story, not a secret)
    moments = sorted(
        BEGIN + timedelta(minutes=world.chance.randrange(_DAYS * 24 * 60)) for _ in range(items)
    )
    first = sorted(world.chance.sample(range(3, items), news - len(_LANES)))
    openings = set(world.chance.sample(range(60), len(_LANES)))
    lanes = list(_LANES)
    world.chance.shuffle(lanes)
    changes, waiting = set(first), iter(lanes)
    for number, moment in enumerate(moments):
        if number in openings:
            _change(world, moment, next(waiting))
        elif number in changes and world.held:
            _change(world, moment, _a_lane(world))
        elif world.held:
            _chatter(world, moment)
        else:
            _distractor(world, moment)
    return sorted(world.items, key=lambda item: item.seen)


def _a_lane(world: _World) -> tuple[str, str, str, int]:
    return world.chance.choice([lane for lane in _LANES if lane[:3] in world.held])


def _change(world: _World, moment: datetime, lane: tuple[str, str, str, int]) -> None:
    """A family gives a figure that is new: to everybody, or only for it, or only there."""
    family, force, place, about = lane
    before = world.held.get((family, force, place))
    value = _known_value(world, before) if before else None
    high = value
    if value is None or high is None:
        value = high = world.fresh_value(force, before.low if before else about)
        if world.chance.random() < 0.15:
            high = value + value // 5
            world.used[force].append(high)
    bounded = high == value and world.chance.random() < 0.15
    given = Statement(
        family=family,
        speaker=world.chance.choice(list(_SPEAKERS[family])),
        force=force,
        place=place,
        low=value,
        high=high,
        bound=Bound.AT_LEAST if bounded else Bound.NONE,
        status=world.chance.choice(_STATUSES) if before else Status.PRESENT,
        kind=Kind.INCREMENT if before and world.chance.random() < 0.1 else Kind.TOTAL,
    )
    if given.status is Status.PRESENT and given.kind is Kind.TOTAL:
        if before is not None:
            world.was.append(before)
        world.held[given.lane] = given
    elif given.status is not Status.PRESENT:
        given = replace(given, kind=Kind.TOTAL)
    if given.low in world.told[given.status, given.kind]:
        return _retelling(world, moment)
    if given.status is not Status.PRESENT or given.kind is not Kind.TOTAL:
        world.told[given.status, given.kind].append(given.low)
        world.aside.append(given)
    item = world.add("new", moment, given)
    world.items[-1] = replace(item, news=item.name)
    return None


_STATUSES = (Status.PRESENT,) * 9 + (Status.PLANNED,)


def _known_value(world: _World, before: Statement) -> int | None:
    """Now and then a family returns to an old figure of its own, or adopts another family's."""
    dice = world.chance.random()
    pool: list[int] = []
    if dice < 0.12:
        pool = [old.low for old in world.was if old.lane == before.lane and old.low == old.high]
    elif dice < 0.24:
        pool = [
            other.low
            for other in world.held.values()
            if (other.force, other.place) == (before.force, before.place)
            and other.family != before.family
            and other.low == other.high
        ]
    pool = [value for value in pool if abs(value - before.low) > 0.03 * max(value, before.low)]
    return world.chance.choice(pool) if pool else None


def _chatter(world: _World, moment: datetime) -> None:
    """Something that is no news, or the correction of what was none."""
    kinds: Sequence[tuple[float, Callable[[_World, datetime], None]]] = (
        (0.30, _reprint),
        (0.30, _retelling),
        (0.04, _retelling_aside),
        (0.07, _recall),
        (0.05, _late),
        (0.05, _agreement),
        (0.05, _part),
        (0.02, _wrong_and_corrected),
        (0.12, _distractor),
    )
    weights = [weight for weight, _ in kinds]
    (chosen,) = world.chance.choices([make for _, make in kinds], weights)
    chosen(world, moment)


def _reprint(world: _World, moment: datetime) -> None:
    """A copy of an earlier item, word for word, at another outlet."""
    known = [
        item
        for item in world.items[-60:]
        if item.statements and not item.edited and item.role in {"new", "retelling"}
    ]
    if not known:
        return _retelling(world, moment)
    original = world.chance.choice(known)
    world.add(
        "reprint",
        moment,
        *original.statements,
        story=original.story,
        published=max(original.published, moment - timedelta(hours=2)),
    )
    return None


def _retelling(world: _World, moment: datetime) -> None:
    """The figure that a family holds, in another outlet's words, more or less exact."""
    known = world.chance.choice(list(world.held.values()))
    loosely = world.chance.random()
    place = known.place
    if loosely < 0.08:
        place = None
    elif loosely < 0.16 and place == "kursk":
        place = "russia"
    about = world.chance.random() < 0.4 and known.bound is Bound.NONE
    named = loosely < 0.9 or place is None
    told = replace(
        known,
        place=place,
        speaker=world.chance.choice(list(_SPEAKERS[known.family])) if named else None,
        approximate=about,
    )
    world.add("retelling", moment, told)


def _retelling_aside(world: _World, moment: datetime) -> None:
    """A planned figure, or an increment, again."""
    if not world.aside:
        return _retelling(world, moment)
    world.add("retelling", moment, world.aside[-1])
    return None


def _recall(world: _World, moment: datetime) -> None:
    """A figure of before, told as one of before."""
    if not world.was:
        return _retelling(world, moment)
    old = world.chance.choice(world.was)
    now = world.held[old.lane]
    world.add("recall", moment, now, replace(old, recalled=True))
    return None


def _late(world: _World, moment: datetime) -> None:
    """An article about a figure of before that arrives days after it was published."""
    past = [
        item
        for item in world.items
        if item.role == "new" and item.statements and item.statements[0] in world.was
    ]
    if not past:
        return _retelling(world, moment)
    old = world.chance.choice(past)
    later = old.published + timedelta(minutes=30)
    world.add("late", later, *old.statements, seen=moment + timedelta(minutes=5))
    return None


def _agreement(world: _World, moment: datetime) -> None:
    """Somebody who gave no figure before agrees with one."""
    known = world.chance.choice(list(world.held.values()))
    silent = [
        family
        for family in _SPEAKERS
        if (family, known.force, known.place) not in world.held and family != known.family
    ]
    if not silent:
        return _retelling(world, moment)
    family = world.chance.choice(silent)
    spoken = [item for item in world.items if item.role == "agreement"]
    if any(
        (one.family, one.force, one.place) == (family, known.force, known.place)
        for item in spoken
        for one in item.statements
    ):
        return _retelling(world, moment)
    told = replace(known, family=family, speaker=next(iter(_SPEAKERS[family])), approximate=False)
    world.add("agreement", moment, told)
    return None


def _part(world: _World, moment: datetime) -> None:
    """A figure with a part of it beside."""
    known = world.chance.choice(list(world.held.values()))
    part = replace(known, low=500, high=500, kind=Kind.SUBSET, bound=Bound.NONE)
    world.add("part", moment, known, part)


def _wrong_and_corrected(world: _World, moment: datetime) -> None:
    """An outlet gives a wrong figure and corrects it an hour later: two pieces of news."""
    known = world.chance.choice(list(world.held.values()))
    if known.bound is not Bound.NONE or known.low != known.high:
        return _retelling(world, moment)
    value = world.fresh_value(known.force, known.low)
    wrong = replace(known, low=value, high=value)
    item = world.add("wrong", moment, wrong, edited=True)
    world.items[-1] = replace(item, news=item.name)
    after = world.add(
        "corrected",
        item.published,
        known,
        outlet=item.outlet,
        entry=item.entry,
        story=item.story,
        seen=item.seen + timedelta(hours=1),
        edited=True,
    )
    world.items[-1] = replace(after, news=after.name)
    return None


def _distractor(world: _World, moment: datetime) -> None:
    """An item about something else."""
    world.add("distractor", moment)


# --- as claims -------------------------------------------------------------------------------


def as_claims(item: Item) -> Article:
    """The item with its claims given, as a perfect reader would."""
    text = filler(item.story, 120)
    return article(
        item.outlet,
        *(_claim(one, item) for one in item.statements),
        text=f"{text} {item.role}" if item.role == "corrected" else text,
        entry=item.entry,
        feed=item.outlet,
        published=item.published,
        seen=item.seen,
    )


def _claim(one: Statement, item: Item) -> Claim:
    surface = f"{one.low:,}" if one.low == one.high else f"{one.low:,} to {one.high:,}"
    return Claim(
        measure="troops",
        low=one.low,
        high=one.high,
        bound=one.bound,
        approximate=one.approximate,
        surface=surface,
        force=one.force,
        force_text=_FORCES[one.force],
        place=one.place,
        source=GAZETTEER.source(one.speaker) if one.speaker else None,
        status=one.status,
        kind=one.kind,
        recalled=one.recalled,
        as_of=one.of or item.published.date(),
        evidence=evidence(f"They speak of {surface} there.", surface),
        confidence=0.9,
    )


# --- as text ---------------------------------------------------------------------------------

_Words = Callable[[str, str, str, str], str]
# Wire, broadcast, quotation, passive, question of a parliament, tabloid.
_REGISTERS: tuple[_Words, ...] = (
    lambda who, n, troops, where: f"{n} {troops} are now {where}, {who} said on the record.",
    lambda who, n, troops, where: f"{_up(who)} said that {n} {troops} are {where}.",
    lambda who, n, troops, where: f"“There are {n} {troops} {where},” {who} said in a briefing.",
    lambda who, n, troops, where: f"According to {who}, {n} {troops} have been deployed {where}.",
    lambda who, n, troops, where: f"{_up(who)} told lawmakers there were {n} {troops} {where}.",
    lambda who, n, troops, where: f"{_up(who)} estimates that {n} {troops} are {where}.",
)
_SENTENCES = (
    "Nobody in the capital would say more about it.",
    "The weather on the roads has been poor for days.",
    "A spokesman for the railways declined to comment.",
    "Farmers in the area have begun to bring in what is left.",
)
_OTHER = (
    "The football club sold 12,000 tickets for the game on Saturday.",
    "About 300 people were evacuated after the flood, the mayor said.",
    "The ministry approved $400 million for new roads.",
    "At least 40 soldiers were killed in the shelling, the governor said.",
    "The factory makes 20,000 shells a month.",
    "Police arrested 250 protesters in the capital.",
)


def as_text(item: Item) -> Article:
    """The item as an outlet would write it, read by the program itself."""
    chance = random.Random(f"{item.story}{item.role if item.edited else ''}")  # noqa: S311
    parts = [filler(f"{item.story} one", 40), *(_sentence(one, chance) for one in item.statements)]
    if not item.statements:
        parts.append(chance.choice(_OTHER))
    parts += [chance.choice(_SENTENCES), filler(f"{item.story} two", 40)]
    return report(
        item.entry,
        "\n\n".join(parts),
        feed=item.outlet,
        published=item.published,
        seen=item.seen,
    )


def _sentence(one: Statement, chance: random.Random) -> str:
    who = _SPEAKERS[one.family][one.speaker] if one.speaker else "officials"
    where = f"in {_PLACES[one.place]}" if one.place else "there"
    troops = f"{_FORCES[one.force]} {chance.choice(('troops', 'soldiers'))}"
    number = _number(one)
    if one.kind is Kind.SUBSET:
        return f"They include {number} officers, {who} said."
    if one.recalled:
        return f"Last week, {who} had put the number of {troops} {where} at {number}."
    if one.status is Status.PLANNED:
        return f"{number} {troops} will be sent to {where.removeprefix('in ')}, {who} said."
    if one.kind is Kind.INCREMENT:
        return f"{number} more {troops} have arrived {where}, {who} said."
    if one.place is None:
        return f"{_up(who)} spoke of {number} {troops}."
    made = chance.choice(_REGISTERS)(who, number, troops, where)
    return made[0].upper() + made[1:]


def _up(words: str) -> str:
    return words[0].upper() + words[1:]


def _number(one: Statement) -> str:
    if one.low != one.high:
        return f"{one.low:,} to {one.high:,}"
    words = {Bound.AT_LEAST: "more than ", Bound.AT_MOST: "up to "}.get(one.bound, "")
    return f"{words or ('about ' if one.approximate else '')}{one.low:,}"


# --- the score -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Score:
    """How well the alerts of a month fit its truth."""

    news: int
    found: int
    alerts: int
    repeats: int
    silent: int
    false: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        """The share of the alerts that told a piece of news, each once."""
        return self.found / max(self.alerts, 1)

    @property
    def recall(self) -> float:
        """The share of the news that was told."""
        return self.found / max(self.news, 1)

    @property
    def suppressed(self) -> float:
        """The share of the items without news that raised nothing."""
        return self.silent / max(self.repeats, 1)


def score(items: Sequence[Item], alerts: dict[str, Sequence[Alert]]) -> Score:
    """Compare the alerts that each item raised, by item name, with the truth.

    Whichever item arrives first may tell a piece of news; a second alert about it is false.
    """
    open_news = {item.news: _face(item.statements[0]) for item in items if item.news}
    told: set[str] = set()
    false: list[str] = []
    loud: set[str] = set()
    arriving = {item.name: item.published for item in items}
    for item in items:
        for alert in alerts[item.name]:
            fits = [
                news
                for news, face in open_news.items()
                if news not in told
                and alert.claim is not None
                and face == _face_of(alert.claim)
                and arriving[news] <= item.published
            ]
            if fits:
                told.add(fits[0])
            else:
                false.append(_describe(item, alert))
                loud.add(item.name)
    quiet = [item for item in items if item.news is None]
    return Score(
        news=len(open_news),
        found=len(told),
        alerts=sum(map(len, alerts.values())),
        repeats=len(quiet),
        silent=sum(item.name not in loud for item in quiet),
        false=tuple(false),
        missed=tuple(_missed(items, told)),
    )


def _face(one: Statement) -> tuple[str, str, int, int]:
    return one.family, one.force, one.low, one.high


def _face_of(row: LedgerClaim) -> tuple[str | None, str, int, int]:
    return row.family, row.series.force, row.claim.low, row.claim.high


def _missed(items: Sequence[Item], told: set[str]) -> Iterator[str]:
    for item in items:
        if item.news is not None and item.news not in told:
            yield f"{item.name} {item.role} {item.statements}"


def _describe(item: Item, alert: Alert) -> str:
    row = alert.claim
    said = f"{row.verdict} {row.claim.low} {row.claim.place}: {row.reason}" if row else ""
    return f"{item.name} {item.role}: {said}"
