# SPDX-License-Identifier: Apache-2.0
"""The way of an article: gather, decide, apply; then deliver.

What it is not: the decision itself (`core.decide`), or when to run (`schedule`). Rules of this file:
nothing is marked done before it is done: validators, entry marks, alerts and outbox rows commit in
one transaction with the decision; recall, decide and commit happen inside it, so two polls can
never both believe that a figure is new; any failure of one feed or one delivery is recorded with
its reason and next attempt and costs nobody else anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import structlog

from monitor import feeds, pages, rereads
from monitor.absences import check_absences, note_heard
from monitor.audience import Audience
from monitor.clock import Clock
from monitor.config import Settings
from monitor.core import health
from monitor.core.claims import may_hold_claims
from monitor.core.corrections import reject
from monitor.core.decide import Policy, decide
from monitor.core.delivery import Backoff
from monitor.core.errors import FetchError, MonitorError, ParseError, StoreError
from monitor.core.health import Seen, flaws
from monitor.core.knowledge import Knowledge
from monitor.core.memory import Needs, needs
from monitor.core.model import (
    Article,
    Decision,
    Entry,
    LedgerClaim,
    ParsedFeed,
    TextKind,
    believed,
    latest,
)
from monitor.core.prepare import Reading, entry_text, prepare
from monitor.core.rules import RuleSet
from monitor.core.subscribers import Subscriber
from monitor.core.websub import Advert, Push, PushVerdict, advertised
from monitor.deliver import Deliverer, Terms
from monitor.dispatch import Dispatch
from monitor.fetch import Client, Credential, Fetched, NotModified, Timing
from monitor.hubs import Hubs
from monitor.knowledge import load_knowledge
from monitor.membership import Membership
from monitor.notify import Notifier
from monitor.pollbook import PollBook
from monitor.pulse import Pulse
from monitor.seedpacks import SeedPack, seed_articles
from monitor.sitekey import SiteKey
from monitor.store import EntryMark, EntryState, FeedRow, OwedPage, PollResult, Store
from monitor.store.history import newest_said
from monitor.telling import tell_decision
from monitor.workers import run_in_worker

# A first poll tells about the last two days and takes the rest as history (DESIGN section 6).
_RECENT = timedelta(hours=48)
_PARSE_SECONDS = 10.0
_PREPARE_SECONDS = 60.0
_PAGES_AT_ONCE = 4
# That an unchanged entry is still in its feed is noted no more often.
_NOTED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll did, for the log and the command line."""

    feed: str
    outcome: str
    error: str | None = None
    entries: int = 0
    flawed: str | None = None
    decision: Decision = field(default_factory=Decision)
    next_poll: datetime
    seconds: float = 0.0
    advert_changed: bool = False

    @property
    def failed(self) -> bool:
        """Say whether the feed could not be read."""
        return self.error is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that the configuration determines; replaced as a whole at a reload."""

    settings: Settings
    knowledge: Knowledge
    knowledge_roots: tuple[Path, ...]
    rules: RuleSet
    subscribers: tuple[Subscriber, ...]
    heartbeat_url: str | None = None
    credentials: Mapping[str, Credential] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """One entry with its state before this poll and the page text, if one was read."""

    entry: Entry
    key: str
    hash: str
    state: EntryState | None
    page_text: str | None = None
    page_failed: bool = False


class Pipeline:
    """Carries articles from feeds to subscribers. One per process."""

    def __init__(
        self,
        *,
        site: Site,
        store: Store,
        client: Client,
        notifiers: Mapping[str, Notifier],
        clock: Clock,
        key: SiteKey,
    ) -> None:
        self.site = site
        self.store = store
        self.dispatch = Dispatch(store)
        self.audience = Audience(
            store, key, lambda: self.site.subscribers, lambda: self.site.settings.web
        )
        self.membership = Membership(store, self.audience, self.dispatch)
        self.outbox = self.dispatch.outbox
        self.notifiers = notifiers
        self.pulse = Pulse()
        self.deliverer = Deliverer(
            store, self.dispatch, self.audience, clock, self._terms, self.pulse
        )
        self.book = PollBook(
            store,
            self.dispatch,
            clock,
            settings=lambda: self.site.settings,
            operators=lambda: self._terms().told_about_trouble(),
        )
        self.hubs = Hubs(
            store,
            clock,
            settings=lambda: self.site.settings,
            post=lambda: self._client.post,
            pulse=self.pulse,
        )
        self._client = client
        self._pages = pages.PageReader(client.get)
        self._clock = clock
        self._log = structlog.get_logger()

    def replace_site(self, site: Site, client: Client, notifiers: Mapping[str, Notifier]) -> None:
        """Take over a reloaded configuration; work under way ends with the old one."""
        self.site, self._client, self.notifiers = site, client, notifiers
        self._pages = pages.PageReader(client.get)

    # --- seeds -------------------------------------------------------------------------------

    async def load_packs(self, packs: Iterable[SeedPack]) -> None:
        """Load every pack that the store does not have yet; nothing of it ever alerts."""
        known = await asyncio.to_thread(self.store.packs)
        for pack in packs:
            if pack.name not in known or known[pack.name][0] != pack.digest:
                await asyncio.to_thread(load_pack, self.store, pack, self.site, self._clock.now())
        for name, (digest, articles, claims) in (await asyncio.to_thread(self.store.packs)).items():
            self._log.info(
                "corpus.loaded",
                pack=name,
                digest=digest,
                articles=articles,
                claims=claims,
                fresh=name not in known,
            )

    # --- poll --------------------------------------------------------------------------------

    async def poll_feed(self, feed: FeedRow) -> PollReport:
        """Poll one feed and commit what it said; never raises for anything the feed did.

        Raises `StoreError` when the database refuses: that is nobody's feed's fault.
        """
        started = self._clock.monotonic()
        try:
            report = await self._poll(feed)
        except (FetchError, ParseError) as error:
            report = await self._record_failure(feed, error)
        except StoreError:
            raise
        except MonitorError as error:
            report = await self._record_failure(feed, ParseError("internal", str(error)))
        except Exception as error:  # noqa: BLE001  (where a feed may fail in an unforeseen way)
            self._log.exception("poll.broke", feed=feed.id)
            report = await self._record_failure(feed, ParseError("internal", repr(error)))
        report = replace(report, seconds=self._clock.monotonic() - started)
        self._tell_poll(report)
        return report

    async def _poll(self, feed: FeedRow) -> PollReport:
        await self._read_owed_pages(feed)
        whole = health.wants_whole(feed.health, self._clock.now())
        answer = await self._fetch(feed, whole=whole)
        seen = Seen(
            now=self._clock.now(),
            permanent_url=answer.permanent_url,
            max_age_seconds=answer.max_age_seconds,
            whole=whole,
        )
        if isinstance(answer, NotModified):
            poll = self.book.success(feed, "not-modified", seen, (feed.etag, feed.last_modified))
            await asyncio.to_thread(self.book.record, feed, poll)
            return PollReport(feed=feed.id, outcome="not-modified", next_poll=poll.next_poll)
        parsed = await self._parse(feed, answer.body, answer.url, answer.content_type)
        gathered, still_there, late = await self._gather(feed, parsed)
        advert = _advert(answer, parsed)
        seen = replace(
            seen,
            parsed=parsed,
            fresh=sum(item.state is None for item in gathered),
            advert=advert,
        )
        poll = self.book.success(feed, "fetched", seen, (answer.etag, answer.last_modified))
        decision = await self._take(feed, gathered, replace(poll, still_there=still_there), late)
        return PollReport(
            feed=feed.id,
            outcome="fetched",
            entries=len(parsed.entries),
            flawed=flaws(parsed),
            decision=decision,
            next_poll=poll.next_poll,
            advert_changed=advert != feed.health.advert,
        )

    async def _fetch(self, feed: FeedRow, *, whole: bool) -> Fetched | NotModified:
        """Ask for the feed, without validators if `whole`; count the time, however it ends."""
        timing = Timing()
        try:
            return await self._client.get(
                feed.address,
                etag=None if whole else feed.etag,
                last_modified=None if whole else feed.last_modified,
                accept=feeds.ACCEPT,
                credential=self.site.credentials.get(feed.id),
                timing=timing,
            )
        finally:
            self.pulse.fetched(timing.fetched, timing.waited)

    async def _parse(
        self, feed: FeedRow, body: bytes, url: str, content_type: str | None
    ) -> ParsedFeed:
        parse = partial(feeds.parse_feed, feed=feed.id, url=url, content_type=content_type)
        return await run_in_worker(parse, body, deadline_seconds=_PARSE_SECONDS)

    async def _gather(
        self, feed: FeedRow, parsed: ParsedFeed
    ) -> tuple[list[_Gathered], tuple[str, ...], datetime | None]:
        """Return what is new or changed with its pages, the keys to note as seen, and before when
        an entry is history."""
        fresh, still_there = await self._fresh_entries(feed, parsed.entries)
        late = await self._history_before(feed, fresh)
        return await self._with_pages(feed, fresh, late), still_there, late

    async def _take(
        self,
        feed: FeedRow,
        gathered: Sequence[_Gathered],
        poll: PollResult,
        late: datetime | None,
    ) -> Decision:
        """Prepare, decide and commit what was gathered, together with how the poll ended."""
        articles = await self._prepare(feed, gathered)
        unread = self._unread(feed, gathered, articles, late)
        marks = self._marks(gathered, articles, unread, poll.at)
        if unread:
            # Only a whole answer has them again.
            poll = replace(poll, etag=None, last_modified=None)
        return await asyncio.to_thread(
            self._decide, feed, tuple(articles.values()), replace(poll, entries=marks), late
        )

    async def take_push(self, push: Push) -> PollReport | None:
        """Decide what a hub sent as if a poll had brought it; None when that was not possible.

        Then the poll that is owed makes up for it. How the feed is doing and when it is polled stay
        as they are: hubs send parts of feeds, and only what is new. Raises `StoreError`.
        """
        started = self._clock.monotonic()
        feed = await asyncio.to_thread(self.store.feed, push.feed)
        if feed is None or feed.last_success is None:
            return None
        try:
            parsed = await self._parse(feed, push.body, push.topic, push.content_type)
            gathered, still_there, late = await self._gather(feed, parsed)
            is_news = any(item.state is None for item in gathered)
            poll = self.book.pushed(feed, push, is_news=is_news)
            poll = replace(poll, still_there=still_there)
            decision = await self._take(feed, gathered, poll, late)
        except (ParseError, FetchError) as error:
            self.pulse.pushes[PushVerdict.UNREADABLE.value] += 1
            self._log.warning("push.unreadable", feed=feed.id, reason=str(error))
            return None
        report = PollReport(
            feed=feed.id,
            outcome="pushed",
            entries=len(parsed.entries),
            decision=decision,
            next_poll=feed.next_poll,
            seconds=self._clock.monotonic() - started,
        )
        self._tell_poll(report)
        return report

    async def _fresh_entries(
        self, feed: FeedRow, entries: Sequence[Entry]
    ) -> tuple[list[_Gathered], tuple[str, ...]]:
        """Return the entries that are new or changed, oldest first, and the keys to note as seen."""
        keyed: dict[str, tuple[Entry, str]] = {}
        for entry in entries:
            key, digest = feeds.entry_key(entry), feeds.entry_hash(entry)
            if key in keyed and keyed[key][1] != digest:
                # One id for different stories is the publisher's mistake: keep them all.
                key = f"{key}#{digest}"
            keyed.setdefault(key, (entry, digest))
        states = await asyncio.to_thread(self.store.entry_states, feed.id, list(keyed))
        fresh = [
            _Gathered(entry=entry, key=key, hash=digest, state=states.get(key))
            for key, (entry, digest) in keyed.items()
            if key not in states or states[key].entry_hash != digest
        ]
        # Feeds list the newest first; undated entries keep the feed's order, turned round.
        fresh.reverse()
        now = self._clock.now()
        changed = {item.key for item in fresh}
        noted = tuple(
            key
            for key, state in states.items()
            if key not in changed and now - state.last_seen >= _NOTED_EVERY
        )
        return sorted(fresh, key=lambda item: _believed(item.entry, now) or now), noted

    async def _history_before(self, feed: FeedRow, fresh: Sequence[_Gathered]) -> datetime | None:
        """Return before when an entry that is new to us is history that its feed brings up late.

        That is far from both what the feed showed last and when we looked last, so that neither a slow
        feed nor a standstill of ours turns news into history (decision 0065).
        """
        if feed.last_success is None or feed.policy.first_poll == "all":
            return None
        limit = feed.last_success - _RECENT
        now = self._clock.now()
        dates = (_believed(item.entry, now) for item in fresh if item.state is None)
        if not any(date is not None and date < limit for date in dates):
            return None
        newest = await asyncio.to_thread(newest_said, self.store, feed.id)
        return None if newest is None else min(limit, newest - _RECENT)

    # --- pages (hop 3b) ----------------------------------------------------------------------

    async def _with_pages(
        self, feed: FeedRow, fresh: Sequence[_Gathered], late: datetime | None
    ) -> list[_Gathered]:
        limit = asyncio.Semaphore(_PAGES_AT_ONCE)

        async def read(item: _Gathered) -> _Gathered:
            if not self._wants_page(feed, item, late):
                return item
            async with limit:
                assert item.entry.url is not None  # noqa: S101  (wanted only with a URL)
                page = await self._pages.read(item.entry.url)
            return replace(item, page_text=page.text, page_failed=page.failed)

        return list(await asyncio.gather(*map(read, fresh)))

    def _wants_page(self, feed: FeedRow, item: _Gathered, late: datetime | None) -> bool:
        entry, published = item.entry, _believed(item.entry, self._clock.now())
        if entry.url is None or self._is_history(feed, published):
            return False
        if late is not None and item.state is None and published and latest(published) < late:
            return False
        text = entry_text(entry.content, is_html=entry.content_is_html)
        gate = partial(self._passes_gate, entry.title, entry.language)
        return pages.wanted(text, self._full_text(feed), gate)

    def _full_text(self, feed: FeedRow) -> str:
        return feed.policy.full_text or self.site.settings.fetch.full_text

    def _is_history(self, feed: FeedRow, published: datetime | None) -> bool:
        """Say whether an entry cannot alert because this is the feed's first poll."""
        if _first_poll_is(feed, "silent"):
            return True
        oldest = self._clock.now() - _RECENT
        old = published is None or latest(published) < oldest
        return _first_poll_is(feed, "recent") and old

    def _passes_gate(self, title: str, language: str | None, text: str) -> bool:
        """Say whether a rule's keywords or the claims gate make the page worth a request."""
        if self.site.rules.may_match(text, title=title):
            return True
        return may_hold_claims(
            f"{title}\n{text}", self.site.knowledge, language, measures=self.site.rules.measures
        )

    async def _read_owed_pages(self, feed: FeedRow) -> None:
        """Read the pages that are due: failed earlier, or to be read again for silent edits.

        They are decided together, so that a site that is back makes no more messages than a poll may.
        """
        marks: list[EntryMark] = []
        articles: tuple[Article, ...] = ()
        for owed in await asyncio.to_thread(self.store.owed_pages, feed.id, self._clock.now()):
            assert owed.article.url is not None  # noqa: S101  (a page is owed only to a URL)
            page = await self._pages.read(owed.article.url)
            now = self._clock.now()
            mark = rereads.after_reading(owed, page, now)
            try:
                changed = await self._changed_page(owed, page, now)
            except ParseError as error:
                # Its mark moves on: else this page would keep its feed from being polled for good.
                self._log.error(
                    "page.unreadable", feed=feed.id, title=owed.article.title, reason=str(error)
                )
                changed = ()
                mark = rereads.after_reading(owed, pages.PageAnswer(text=None, failed=True), now)
            if changed:
                mark = replace(mark, article=changed[0].id)
            marks.append(mark)
            articles += changed
        if marks:
            poll = PollResult(
                feed=feed.id,
                at=self._clock.now(),
                outcome="page",
                next_poll=feed.next_poll,
                entries=tuple(marks),
            )
            await asyncio.to_thread(self._decide, feed, articles, poll)

    async def _changed_page(
        self, owed: OwedPage, page: pages.PageAnswer, now: datetime
    ) -> tuple[Article, ...]:
        """Return the further reading that a page is, or nothing when it has nothing new to say."""
        if page.text is None or rereads.is_known(owed.article, page.text):
            return ()
        reading = rereads.second_reading(owed, page.text, now)
        articles = await self._prepare_readings((reading,))
        known = await asyncio.to_thread(
            self.store.newest_reading, owed.article.feed, owed.article.entry_key, TextKind.PAGE
        )
        return tuple(
            article
            for article in articles
            if known is None or article.fingerprint != known.fingerprint
        )

    # --- prepare, decide, commit -------------------------------------------------------------

    async def _prepare(self, feed: FeedRow, gathered: Sequence[_Gathered]) -> dict[str, Article]:
        """Return the articles by entry key; an entry that cannot be read costs only itself."""
        now = self._clock.now()
        readings = tuple(_reading(feed, item, now) for item in gathered)
        try:
            articles = await self._prepare_readings(readings)
        except ParseError:
            articles = ()
            for reading in readings:
                try:
                    articles += await self._prepare_readings((reading,))
                except ParseError as error:
                    self._log.error(
                        "article.unreadable", feed=feed.id, title=reading.title, reason=str(error)
                    )
        return {article.entry_key: article for article in articles}

    async def _prepare_readings(self, readings: tuple[Reading, ...]) -> tuple[Article, ...]:
        if not readings:
            return ()
        work = partial(
            prepare_all, roots=self.site.knowledge_roots, measures=self.site.rules.measures
        )
        return await run_in_worker(work, readings, deadline_seconds=_PREPARE_SECONDS)

    def _decide(
        self,
        feed: FeedRow,
        articles: tuple[Article, ...],
        poll: PollResult,
        late: datetime | None = None,
    ) -> Decision:
        policy = Policy(
            rules=self.site.rules,
            gazetteer=self.site.knowledge.gazetteer,
            now=poll.at,
            silent_before=poll.at - _RECENT if _first_poll_is(feed, "recent") else None,
            history_before=late,
            silence_all=_silence(feed),
            thresholds=self.site.settings.memory.thresholds,
        )
        with self.store.write():
            decision = decide_and_commit(
                self.store, self.dispatch, articles, policy, self.audience.subscribers(), None
            )
            if self._full_text(feed) != "never":
                poll = rereads.with_rereads(poll, decision)
            self.book.record(feed, poll)
        tell_decision(self._log, decision, self.site.knowledge.gazetteer)
        return decision

    def _unread(
        self,
        feed: FeedRow,
        gathered: Sequence[_Gathered],
        articles: Mapping[str, Article],
        late: datetime | None,
    ) -> dict[str, EntryMark]:
        """Return the marks of the entries that could not be read and are news: by their keys."""
        marks = {
            item.key: rereads.unread_mark(item.key, item.state)
            for item in gathered
            if item.key not in articles
            and late is None
            and not self._is_history(feed, _published(item.entry))
        }
        return {key: mark for key, mark in marks.items() if mark is not None}

    def _marks(
        self,
        gathered: Sequence[_Gathered],
        articles: Mapping[str, Article],
        unread: Mapping[str, EntryMark],
        now: datetime,
    ) -> tuple[EntryMark, ...]:
        return tuple(
            unread.get(item.key)
            or EntryMark(
                entry_key=item.key,
                entry_hash=item.hash,
                article=articles[item.key].id if item.key in articles else "",
                page_due=rereads.page_due(0, now) if item.page_failed else None,
            )
            for item in gathered
        )

    async def _record_failure(self, feed: FeedRow, error: FetchError | ParseError) -> PollReport:
        poll = self.book.failure(feed, error)
        await asyncio.to_thread(self.book.record, feed, poll)
        return PollReport(
            feed=feed.id, outcome=error.reason, error=str(error), next_poll=poll.next_poll
        )

    def _tell_poll(self, report: PollReport) -> None:
        outcomes = report.decision.outcomes
        self._count(report)
        self._log.log(
            30 if report.failed else 20,
            "push.done" if report.outcome == "pushed" else "poll.done",
            feed=report.feed,
            outcome=report.outcome,
            error=report.error,
            entries=report.entries,
            flawed=report.flawed,
            articles=len(outcomes),
            duplicates=sum(outcome.verdict == "duplicate" for outcome in outcomes),
            alerts=len(report.decision.alerts),
            seconds=round(report.seconds, 3),
            next_poll=report.next_poll.isoformat(timespec="seconds"),
        )

    def _count(self, report: PollReport) -> None:
        if report.outcome != "pushed":
            self.pulse.polled(report.outcome, report.seconds)
        self.pulse.articles += len(report.decision.outcomes)
        for outcome in report.decision.outcomes:
            self.pulse.claims.update(claim.verdict.value for claim in outcome.claims)
        self.pulse.alerts.update(
            (alert.rule, alert.disposition.value) for alert in report.decision.alerts
        )

    # --- absences ----------------------------------------------------------------------------

    async def check_absences(self) -> int:
        """Raise the alert of every silence that is too long by now; return how many there were."""
        site, now = self.site, self._clock.now()
        everybody = await asyncio.to_thread(self.audience.subscribers)
        raised = await asyncio.to_thread(
            check_absences,
            self.store,
            self.dispatch,
            site.rules,
            everybody,
            site.knowledge.gazetteer,
            now,
        )
        tell_decision(self._log, Decision(alerts=raised), site.knowledge.gazetteer)
        return len(raised)

    # --- deliver (hop 8) ---------------------------------------------------------------------

    def _terms(self) -> Terms:
        delivery = self.site.settings.delivery
        return Terms(
            everybody=self.audience.subscribers,
            operators=delivery.operators,
            notifiers=self.notifiers,
            backoff=Backoff(
                first=delivery.first_retry, longest=delivery.max_retry, give_up=delivery.retry_for
            ),
        )

    async def release_due(self) -> None:
        """Make messages of everything that waited and need not wait any longer."""
        gazetteer = self.site.knowledge.gazetteer

        def release() -> None:
            try:
                self.dispatch.release(self.audience.subscribers(), gazetteer, self._clock.now())
            finally:
                self.book.release_alarms()

        await asyncio.to_thread(release)

    async def send_heartbeat(self) -> None:
        """Ask for the heartbeat's URL once, so that somebody else notices when we fall silent."""
        url = self.site.heartbeat_url
        if url is None:
            return
        try:
            await self._client.get(url)
        except FetchError as error:
            self._log.warning("heartbeat.failed", reason=str(error))

    async def deliver_due(self) -> tuple[int, int]:
        """Release and try once everything that is due now; return how many were sent, how many not."""
        await self.release_due()
        return await self.deliverer.deliver_due()


def _advert(answer: Fetched, parsed: ParsedFeed) -> Advert | None:
    """Return where the feed says that it is pushed from."""
    return advertised(answer.links, url=answer.url, hubs=parsed.hubs, own_url=parsed.own_url)


def _silence(feed: FeedRow) -> str | None:
    """Say why nothing of this poll may alert, or None."""
    if feed.health.silent_once:
        return "restored"
    return "first-poll" if _first_poll_is(feed, "silent") else None


def _first_poll_is(feed: FeedRow, mode: str) -> bool:
    return feed.last_success is None and feed.policy.first_poll == mode


def _published(entry: Entry) -> datetime | None:
    return entry.published or entry.updated


def _believed(entry: Entry, now: datetime) -> datetime | None:
    return believed(_published(entry), now)


def _reading(feed: FeedRow, item: _Gathered, now: datetime) -> Reading:
    entry = item.entry
    return Reading(
        feed=feed.id,
        publisher=feed.publisher,
        entry_key=item.key,
        entry_hash=item.hash,
        url=entry.url,
        title=entry.title,
        content=entry.content,
        content_is_html=entry.content_is_html,
        page_text=item.page_text,
        published=_published(entry),
        language=entry.language,
        seen=now,
    )


@cache
def _knowledge(roots: tuple[Path, ...]) -> Knowledge:
    return load_knowledge(roots)


def prepare_all(
    readings: tuple[Reading, ...], roots: tuple[Path, ...], measures: frozenset[str]
) -> tuple[Article, ...]:
    """Prepare readings; runs in a worker process, which keeps its own copy of the knowledge."""
    knowledge = _knowledge(roots)
    return tuple(prepare(reading, knowledge, measures=measures) for reading in readings)


def decide_and_commit(
    store: Store,
    dispatch: Dispatch,
    articles: Sequence[Article],
    policy: Policy,
    subscribers: Sequence[Subscriber],
    poll: PollResult | None,
) -> Decision:
    """Recall, decide and commit in one write transaction, outbox rows and poll state included."""
    with store.write():
        decision = decide(articles, store.recall(needs(articles)), policy)
        store.commit(decision)
        dispatch.route(decision.alerts, subscribers, policy.gazetteer, policy.now)
        note_heard(store, policy.rules, decision, policy.now)
        if poll is not None:
            store.record_poll(poll)
    return decision


def reject_claim(
    store: Store,
    dispatch: Dispatch,
    row: LedgerClaim,
    site: Site,
    now: datetime,
    reason: str,
) -> Decision:
    """Take back a claim for an operator: marks, follow-ups and outbox rows in one transaction."""
    wanted = Needs(
        identities=frozenset(),
        canonical_urls=frozenset(),
        fingerprints=frozenset(),
        keys=(),
        series=frozenset({(row.series.measure, row.series.force)}),
    )
    with store.write():
        decision = reject(row, store.recall(wanted), site.knowledge.gazetteer, now, reason)
        store.commit(decision)
        dispatch.route(decision.alerts, site.subscribers, site.knowledge.gazetteer, now)
    return decision


def load_pack(store: Store, pack: SeedPack, site: Site, now: datetime) -> Decision:
    """Load a seed pack into a store, silently, in one transaction.

    Of articles that an earlier edition of the pack brought, only what recognises them is renewed.
    """
    policy = Policy(
        rules=RuleSet(rules=()),
        gazetteer=site.knowledge.gazetteer,
        now=now,
        silence_all="seed",
        thresholds=site.settings.memory.thresholds,
    )
    with store.write():
        articles = tuple(
            article for article in seed_articles(pack) if not store.renew_sketch(article)
        )
        decision = decide(articles, store.recall(needs(articles)), policy)
        store.commit(decision)
        store.record_pack(pack.name, pack.digest, now)
    return decision
