# SPDX-License-Identifier: Apache-2.0
"""How a feed is doing, and when to ask it again: pure functions over what its polls brought.

What it is not: polling, storing or telling. Rules of this file: what is known of a feed is one
record that every poll turns into the next; a feed's own words (redirects, 410, `ttl`, cache times)
count only within bounds, because they may be wrong or hostile; silence is explained by a state and
a reason in plain words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.charsets import UNREADABLE
from monitor.core.model import Entry, ParsedFeed
from monitor.core.websub import Advert
from monitor.core.wording import one_line

DAY = timedelta(days=1)
# A permanent redirect is believed after so many sightings over so long a time.
_MOVE_SIGHTINGS = 3
_MOVE_AGE = DAY
# So many failures in a row at the new place, and the configured URL is asked again.
_MOVE_DISTRUST = 8
# A third of the usual gap between entries: on average an entry is found before half of it passed.
_POLLS_PER_GAP = 3
# However slow its rhythm, a feed is asked again before its silence grew by an eighth: what comes
# late after a short history is not found late.
_SILENCE_SHARE = 8
# A feed's wish for fewer visits (ttl, cache times) lengthens the wait to at most so many times.
_MOST_PATIENCE = 4
# Weight of the newest value in running means: about the last six count.
_NEWEST = 0.3
# While a hub pushes a feed, polls are only there for what it loses: so many times rarer.
_PUSHED_PATIENCE = 6
# Silent means: nothing new for so many usual gaps, and at least for a day.
_SILENT_GAPS = 8
_LEAST_SILENCE = DAY
# A shape is judged after so many whole fetches; a lasting change becomes the new usual.
_SHAPES_BEFORE_JUDGING = 5
_LASTING_CHANGE = 20
# So many characters that are none, and at least so large a share of all, make a feed garbled.
_LEAST_UNREADABLE = 5
_MOST_UNREADABLE = 0.002
_BLOCKING = frozenset({"http-401", "http-402", "http-403", "http-407", "http-429", "http-451"})
_REFUSED_BY_US = frozenset({"address", "robots"})


class FeedState(StrEnum):
    """How a feed is doing, in one word."""

    NEW = "new"
    HEALTHY = "healthy"
    EMPTY = "empty"
    SILENT = "silent"
    BROKEN = "broken"
    BLOCKED = "blocked"
    GONE = "gone"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a fetch of a feed looks like: running means, and the language of most entries."""

    fetches: int = 0
    entries: float = 0.0
    characters: float = 0.0
    empty: float = 0.0
    language: str | None = None
    odd_fetches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """What is remembered of a feed besides its validators.

    `moved_to` is where permanent redirects led for long enough; `move_*` a redirect under
    observation. `last_full` is the last fetch without validators, `last_news` the last poll that
    brought an unknown entry, `gap_seconds` the usual time between entries. `odd` says how the
    last fetch differs from the usual ones, `flawed` what of it was left out or mended; `told` is
    what the operator was last told about; `silent_once` keeps the next poll from alerting (after a
    restore); `advert` names the hub that the feed says it is pushed from.
    """

    first_seen: datetime | None = None
    moved_to: str | None = None
    move_target: str | None = None
    move_since: datetime | None = None
    move_sightings: int = 0
    gone_since: datetime | None = None
    last_full: datetime | None = None
    last_news: datetime | None = None
    last_entries: int | None = None
    gap_seconds: float | None = None
    wish_seconds: float | None = None
    turnover: float = 0.0
    shape: Shape = Shape()
    odd: str | None = None
    flawed: str | None = None
    told: str | None = None
    silent_once: bool = False
    advert: Advert | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one answered poll showed. `parsed` is None for "not modified"; `fresh` counts entries
    that were not known; `whole` says that no validators were sent."""

    now: datetime
    permanent_url: str | None
    max_age_seconds: float | None
    parsed: ParsedFeed | None = None
    fresh: int = 0
    whole: bool = False
    advert: Advert | None = None


def after_answer(health: FeedHealth, seen: Seen) -> FeedHealth:
    """Return the health of a feed after a poll that was answered."""
    known = replace(health, gone_since=None, first_seen=health.first_seen or seen.now)
    if seen.parsed is None:
        return replace(known, wish_seconds=_wish(known.wish_seconds, seen))
    known = _after_move(known, seen)
    shape, odd = _after_shape(known.shape, seen.parsed.entries)
    return replace(
        known,
        last_full=seen.now if seen.whole else known.last_full,
        last_news=seen.now if seen.fresh else known.last_news,
        last_entries=len(seen.parsed.entries),
        gap_seconds=_gap(known, seen),
        wish_seconds=_wish(None, seen),
        turnover=seen.fresh / max(1, len(seen.parsed.entries)) if health.first_seen else 0.0,
        shape=shape,
        odd=odd,
        flawed=flaws(seen.parsed),
        silent_once=False,
        advert=seen.advert,
    )


def after_failure(
    health: FeedHealth, reason: str, failures: int, now: datetime
) -> tuple[FeedHealth, str | None]:
    """Return the health after the given number of failures in a row, and why to stop, if so."""
    known = replace(health, first_seen=health.first_seen or now)
    if reason == "http-410":
        if known.gone_since is not None and now - known.gone_since >= DAY:
            return known, "gone: the server said 410 twice, a day apart"
        return replace(known, gone_since=known.gone_since or now), None
    if known.moved_to is not None and failures >= _MOVE_DISTRUST:
        return replace(known, moved_to=None), None
    return known, None


def wants_whole(health: FeedHealth, now: datetime) -> bool:
    """Say whether validators stay home this time: a wrong one may hide news for a day, no longer."""
    return health.last_full is None or not timedelta() <= now - health.last_full < DAY


def wait_after_answer(
    health: FeedHealth, *, least: timedelta, longest: timedelta, now: datetime
) -> timedelta:
    """Return how long to leave a feed alone, from its rhythm, within the given bounds."""
    since = health.last_news or health.first_seen or now
    rhythm = longest.total_seconds()
    if health.gap_seconds is not None:
        rhythm = health.gap_seconds / _POLLS_PER_GAP
        if health.turnover > 0.5:
            rhythm /= 2  # more than half of the feed changed at once: entries may fall out unseen
    silence = max(0.0, (now - since).total_seconds())
    wait = max(min(rhythm, silence / _SILENCE_SHARE), least.total_seconds())
    if health.wish_seconds is not None:
        wait = max(wait, min(health.wish_seconds, wait * _MOST_PATIENCE))
    return min(max(timedelta(seconds=wait), least), longest)


def wait_while_pushed(wait: timedelta, *, longest: timedelta) -> timedelta:
    """Return how long to leave a feed alone that a hub pushes to us."""
    return max(wait, min(wait * _PUSHED_PATIENCE, longest))


def feed_state(
    health: FeedHealth,
    *,
    enabled: bool,
    stopped: str | None,
    polled: bool,
    failure: str | None,
    now: datetime,
) -> FeedState:
    """Return the state of a feed; `failure` is the reason of its last poll if that failed."""
    if stopped is not None and stopped.startswith("gone"):
        return FeedState.GONE
    if stopped is not None or not enabled:
        return FeedState.DISABLED
    if not polled:
        return FeedState.NEW
    if failure is not None:
        blocked = failure in _BLOCKING or failure in _REFUSED_BY_US
        return FeedState.BLOCKED if blocked else FeedState.BROKEN
    if health.last_entries == 0:
        return FeedState.EMPTY
    return FeedState.SILENT if is_silent(health, now) else FeedState.HEALTHY


def is_silent(health: FeedHealth, now: datetime) -> bool:
    """Say whether a feed has been without news for much longer than its rhythm explains."""
    if health.gap_seconds is None or health.last_news is None:
        return False
    patience = timedelta(seconds=min(health.gap_seconds * _SILENT_GAPS, 400 * 86400.0))
    return now - health.last_news > max(patience, _LEAST_SILENCE)


def flaws(parsed: ParsedFeed) -> str | None:
    """Say in plain words what of a response was left out, and what was wrong with its markup."""
    left_out = (
        f"{parsed.dropped:,} entries beyond the first {len(parsed.entries):,} were not read"
        if parsed.dropped
        else ""
    )
    wrong = one_line(parsed.complaint or "", 300)
    return "; ".join(part for part in (left_out, wrong) if part) or None


def describe(health: FeedHealth, now: datetime) -> str:
    """Say in plain words how a feed that answers is doing."""
    if health.last_entries == 0:
        return "it answers, without any entry"
    if health.odd is not None:
        return health.odd
    if health.last_news is not None and is_silent(health, now):
        usual = timedelta(seconds=round(health.gap_seconds or 0))
        return f"nothing new since {health.last_news:%Y-%m-%d %H:%M} UTC; usual: every {usual}"
    return f"{health.last_entries} entries"


def _after_move(health: FeedHealth, seen: Seen) -> FeedHealth:
    """Count a sighting of a permanent redirect; believe it after enough of them."""
    target = seen.permanent_url
    if target is None or target == health.moved_to:
        return replace(health, move_target=None, move_since=None, move_sightings=0)
    if target != health.move_target or health.move_since is None:
        return replace(health, move_target=target, move_since=seen.now, move_sightings=1)
    sightings = health.move_sightings + 1
    if sightings >= _MOVE_SIGHTINGS and seen.now - health.move_since >= _MOVE_AGE:
        return replace(health, moved_to=target, move_target=None, move_since=None, move_sightings=0)
    return replace(health, move_sightings=sightings)


def _wish(before: float | None, seen: Seen) -> float | None:
    """Return for how long the feed wishes to be left alone, by its headers or its `ttl`."""
    ttl = seen.parsed.ttl_seconds if seen.parsed is not None else None
    wishes = [value for value in (seen.max_age_seconds, ttl, before) if value is not None]
    return max(wishes, default=None)


def _gap(health: FeedHealth, seen: Seen) -> float | None:
    """Return the usual time between two entries: from their dates at first, then as they come."""
    assert seen.parsed is not None  # noqa: S101  (asked for whole answers only)
    if health.gap_seconds is None:
        return _gap_of_dates(entry.published for entry in seen.parsed.entries)
    if not seen.fresh or health.last_news is None:
        return health.gap_seconds
    newest = (seen.now - health.last_news).total_seconds() / seen.fresh
    return health.gap_seconds * (1 - _NEWEST) + max(newest, 0.0) * _NEWEST


def _gap_of_dates(dates: Iterable[datetime | None]) -> float | None:
    known = sorted(date for date in dates if date is not None)
    if len(known) < 2:
        return None
    return (known[-1] - known[0]).total_seconds() / (len(known) - 1)


# --- the shape canary ------------------------------------------------------------------------


def _after_shape(usual: Shape, entries: Sequence[Entry]) -> tuple[Shape, str | None]:
    """Return the usual shape after a fetch, and how this fetch differs from it, if it does."""
    now = _shape(entries)
    odd = _difference(usual, now) if usual.fetches >= _SHAPES_BEFORE_JUDGING else None
    if (garbled := _garbled(entries)) is not None:
        # However usual: nothing that cannot be read is sound, and no figure is found in it.
        return replace(usual, odd_fetches=usual.odd_fetches + 1), garbled
    if odd is not None and usual.odd_fetches < _LASTING_CHANGE:
        return replace(usual, odd_fetches=usual.odd_fetches + 1), odd
    weight = 1.0 if not usual.fetches or odd is not None else _NEWEST
    return Shape(
        fetches=usual.fetches + 1,
        entries=_mean(usual.entries, now.entries, weight),
        characters=_mean(usual.characters, now.characters, weight),
        empty=_mean(usual.empty, now.empty, weight),
        language=now.language or usual.language,
    ), None


def _garbled(entries: Sequence[Entry]) -> str | None:
    """Say that much of the texts was not in the character set that was declared, if so."""
    texts = [text for entry in entries for text in (entry.title, entry.content)]
    characters = sum(map(len, texts))
    unreadable = sum(text.count(UNREADABLE) for text in texts)
    if unreadable < _LEAST_UNREADABLE or unreadable < characters * _MOST_UNREADABLE:
        return None
    return (
        f"{unreadable:,} of {characters:,} characters cannot be read: "
        "its bytes are not in the character set that it declares"
    )


def _shape(entries: Sequence[Entry]) -> Shape:
    count = len(entries)
    lengths = [len(entry.content) for entry in entries]
    languages = Counter(entry.language.partition("-")[0] for entry in entries if entry.language)
    return Shape(
        entries=count,
        characters=sum(lengths) / count if count else 0.0,
        empty=sum(length == 0 for length in lengths) / count if count else 0.0,
        language=languages.most_common(1)[0][0] if languages else None,
    )


def _mean(before: float, newest: float, weight: float) -> float:
    return before * (1 - weight) + newest * weight


def _difference(usual: Shape, now: Shape) -> str | None:
    if usual.entries >= 4 and now.entries < usual.entries / 4:
        return f"{now.entries:.0f} entries where {usual.entries:.0f} are usual"
    if not now.entries:
        return None
    if now.empty > usual.empty + 0.5:
        return f"{now.empty:.0%} of the entries are empty, {usual.empty:.0%} are usual"
    if usual.characters >= 100 and now.characters < usual.characters / 5:
        return f"{now.characters:.0f} characters an entry where {usual.characters:.0f} are usual"
    if usual.language and now.language and now.language != usual.language:
        return f"written in {now.language!r} where {usual.language!r} is usual"
    return None
