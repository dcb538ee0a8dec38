# SPDX-License-Identifier: Apache-2.0
"""Puts the parts together: the only module that knows every concrete class.

Rules of this file: everything that a person wrote is loaded and checked before anything starts, and
all problems are reported together; one process per state directory holds the lock.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import errno
import fcntl
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from monitor import __version__, soundness, systemd
from monitor.audience import Audience, known_zone
from monitor.clock import Clock, SteadyClock, SystemClock
from monitor.config import (
    FeedSettings,
    LoadedSettings,
    find_config,
    inspect_settings,
    read_secrets,
)
from monitor.core.errors import ConfigError, MonitorError, Problem, StoreError
from monitor.core.knowledge import Knowledge
from monitor.core.model import Channel, ChannelKind
from monitor.core.rules import RuleSet
from monitor.core.subscribers import Subscriber
from monitor.core.words import Words
from monitor.fetch import Client, ClientSettings, Credential
from monitor.knowledge import load_knowledge, shipped_root
from monitor.locales import shipped_words
from monitor.notify import Notifier
from monitor.notify.apprise import AppriseNotifier, check_apprise
from monitor.notify.chart import painter
from monitor.notify.email import EmailNotifier, check_email_settings
from monitor.notify.email import EmailSettings as MailTransport
from monitor.notify.webhook import WebhookNotifier, secret_complaint
from monitor.pipeline import Pipeline, Site
from monitor.rulefiles import load_rules
from monitor.schedule import Daemon
from monitor.seedpacks import SeedPack, find_packs, read_pack
from monitor.sitekey import SiteKey, key_path
from monitor.store import FeedPolicy, FeedRow, Store, gauges, look_into_store, open_store
from monitor.store.backups import quick_complaint
from monitor.subscribing import check_patterns, heartbeat_url, known_subscribers, secret_path

# How a problem names the configuration where its file is not known.
_CONFIGURATION = "configuration"


class StateLockedError(MonitorError):
    """Another process holds the state directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What stood in secret files: by channel id, and the token of the pages."""

    webhooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    apprise: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    web_token: str | None = field(default=None, repr=False)


class Assembly:
    """A loaded configuration with all that follows from it; nothing is started yet."""

    def __init__(
        self,
        loaded: LoadedSettings,
        site: Site,
        packs: tuple[SeedPack, ...],
        secrets: Secrets,
        mail: MailTransport,
    ) -> None:
        self.loaded = loaded
        self.settings = loaded.settings
        self.site = site
        self.packs = packs
        self.clock: Clock = SystemClock()
        self.mail = mail
        self.secrets = secrets

    def feeds(self) -> tuple[FeedRow, ...]:
        """Return the configured feeds as rows of the store."""
        now = self.clock.now()
        return tuple(
            FeedRow(
                id=feed.id,
                url=feed.url,
                publisher=feed.publisher or feed.id,
                origin="config",
                configured=True,
                enabled=feed.enabled,
                policy=_policy(feed),
                etag=None,
                last_modified=None,
                next_poll=now,
                last_poll=None,
                last_success=None,
                last_outcome=None,
                last_error=None,
                error_count=0,
                polls=0,
                articles=0,
            )
            for feed in self.settings.feed
        )

    def rule_paths(self) -> tuple[Path, ...]:
        """Return the folders and files whose rules are in force."""
        return _rule_paths(self.loaded)

    def client(self) -> Client:
        """Return the guarded client that everything leaving the process goes through."""
        fetch = self.settings.fetch
        return Client(
            ClientSettings(
                user_agent=f"figurewatch/{__version__} (+{fetch.contact})",
                allow_networks=fetch.allow_networks,
                deadline_seconds=fetch.deadline.total_seconds(),
                per_host_interval_seconds=fetch.per_host_interval.total_seconds(),
            )
        )

    def notifiers(self, client: Client) -> dict[str, Notifier]:
        """Return the notifier of every configured channel, by channel id, and of mail by kind."""
        gazetteer = self.site.knowledge.gazetteer
        kinds: dict[ChannelKind, Notifier] = {
            ChannelKind.EMAIL: EmailNotifier(self.mail, gazetteer, painter(), channel_words),
            ChannelKind.WEBHOOK: WebhookNotifier(client.post, self.secrets.webhooks, gazetteer),
        }
        if self.secrets.apprise:
            kinds[ChannelKind.APPRISE] = AppriseNotifier(self.secrets.apprise, gazetteer)
        by_channel = {
            channel.id: kinds[channel.kind]
            for subscriber in self.site.subscribers
            for channel in subscriber.channels
        }
        return {ChannelKind.EMAIL.value: kinds[ChannelKind.EMAIL]} | by_channel

    def key(self) -> SiteKey:
        """Return the key beside this site's database."""
        return SiteKey(key_path(self.loaded.database))

    def audience(self, store: Store) -> Audience:
        """Return everybody who is told: of the configuration, and of the store."""
        return Audience(store, self.key(), lambda: self.site.subscribers, lambda: self.settings.web)

    @asynccontextmanager
    async def pipeline(self, store: Store) -> AsyncIterator[Pipeline]:
        """Open the client and yield a pipeline over `store`."""
        async with self.client() as client:
            yield Pipeline(
                site=self.site,
                store=store,
                client=client,
                notifiers=self.notifiers(client),
                clock=self.clock,
                key=self.key(),
            )

    @contextmanager
    def open_store(self, *, examined: bool = False) -> Iterator[Store]:
        """Open the store of this site and close it at the end; `examined` looks at it first.

        A damaged database is never written to.
        """
        if examined:
            refuse_damage(self.loaded.database)
        _refuse_strangers(self.loaded.database)
        with closing(open_store(self.loaded.database)) as store:
            yield store

    @contextmanager
    def look_into_store(self) -> Iterator[Store]:
        """Open the store of this site to read it, as `looking_into` does."""
        with looking_into(self.loaded.database) as store:
            yield store


@contextmanager
def looking_into(database: Path) -> Iterator[Store]:
    """Open a store to read it, or an empty one where there is none yet.

    Who only looks must not create a database, perhaps as another user than the daemon's, and needs
    no room on the disk, nor the right to write there.
    """
    _refuse_strangers(database)
    found = look_into_store(database) if database.exists() else open_store(None)
    with closing(found) as store:
        yield store


def refuse_damage(database: Path) -> None:
    """Raise `StoreError` with the way out if the database is damaged; nothing is written.

    Raises `PermissionError` if it is not for us to look at.
    """
    _refuse_strangers(database)
    if database.exists() and (complaint := quick_complaint(database)):
        msg = (
            f"{database}: damaged: {complaint}. Nothing was written. Put back the newest backup: "
            "figurewatch db restore FILE"
        )
        raise StoreError(msg)


def _refuse_strangers(database: Path) -> None:
    """Raise `PermissionError` for another user's database, which SQLite would call unopenable."""
    if database.exists() and not os.access(database, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(database))


def channel_words(channel: Channel) -> Words:
    """Return the language and the clock of a channel's reader."""
    words = shipped_words().get(channel.language, shipped_words()["en"])
    return replace(words, zone=known_zone(channel.zone))


def assemble(config: str | None, environment: Mapping[str, str] | None = None) -> Assembly:
    """Load and check configuration, seeds, rules and secrets; raise `ConfigError` with it all."""
    # What depends on the settings is looked at even where they have mistakes: all are told at once.
    loaded, mistakes = inspect_settings(
        find_config(config), os.environ if environment is None else environment
    )
    roots = (
        shipped_root() / "seeds",
        *(loaded.resolve(path) for path in loaded.settings.seeds.paths),
    )
    problems = list(mistakes)
    knowledge: Knowledge | None = None
    rules: RuleSet | None = None
    packs: tuple[SeedPack, ...] = ()
    secrets: dict[str, tuple[str, ...]] = {}
    mail: MailTransport | None = None
    apprise: dict[str, tuple[str, ...]] = {}
    subscribers: tuple[Subscriber, ...] = ()
    heartbeat: str | None = None
    credentials: dict[str, Credential] = {}
    web_token: str | None = None
    with _collecting(problems, loaded):
        _check_seed_folders(loaded)
    with _collecting(problems, loaded):
        knowledge = load_knowledge(roots)
        rules = _rules(loaded, knowledge)
    with _collecting(problems, loaded):
        packs = _packs(loaded.settings.seeds.packs, roots)
    with _collecting(problems, loaded):
        secrets = _webhook_secrets(loaded)
    with _collecting(problems, loaded):
        apprise = _apprise_urls(loaded)
    with _collecting(problems, loaded):
        heartbeat = heartbeat_url(loaded)
    with _collecting(problems, loaded):
        subscribers = known_subscribers(loaded)
    with _collecting(problems, loaded):
        web_token = _web_token(loaded)
    with _collecting(problems, loaded):
        credentials = feed_credentials(loaded)
    with _collecting(problems, loaded):
        check_patterns(loaded, rules)
    with _collecting(problems, loaded):
        mail = _mail_transport(loaded)
        check_email_settings(mail)
    if problems or knowledge is None or rules is None or mail is None:
        raise ConfigError(tuple(problems))
    site = Site(
        settings=loaded.settings,
        knowledge=knowledge,
        knowledge_roots=roots,
        rules=rules,
        subscribers=subscribers,
        heartbeat_url=heartbeat,
        credentials=credentials,
    )
    held = Secrets(webhooks=secrets, apprise=apprise, web_token=web_token)
    return Assembly(loaded, site, packs, held, mail)


@contextmanager
def _collecting(problems: list[Problem], loaded: LoadedSettings) -> Iterator[None]:
    """Take over the problems raised inside; one of the configuration gets the file it stands in."""
    try:
        yield
    except ConfigError as error:
        problems.extend(_located(problem, loaded) for problem in error.problems)


def _located(problem: Problem, loaded: LoadedSettings) -> Problem:
    if problem.file != _CONFIGURATION:
        return problem
    field = problem.field or ""
    row = field.partition(" ")[0]  # of `subscriber[0] (id 'desk').rules`
    known = loaded.origins.get(field) or loaded.origins.get(row) or loaded.path
    return replace(problem, file=str(known)) if known is not None else problem


def _check_seed_folders(loaded: LoadedSettings) -> None:
    absent = [path for path in loaded.settings.seeds.paths if not loaded.resolve(path).is_dir()]
    if absent:
        raise ConfigError(
            tuple(
                Problem(file=_CONFIGURATION, field="seeds.paths", message=f"no such folder: {path}")
                for path in absent
            )
        )


def _rules(loaded: LoadedSettings, knowledge: Knowledge) -> RuleSet:
    settings = loaded.settings.rules
    unknown = [name for name in settings.measures if name not in knowledge.measures]
    if unknown:
        known = ", ".join(sorted(knowledge.measures))
        message = f"no measure named {unknown[0]!r}; there are {known}"
        raise ConfigError((Problem(file=_CONFIGURATION, field="rules.measures", message=message),))
    shipped = () if settings.shipped else (shipped_root() / "rules",)
    found = load_rules(_rule_paths(loaded), knowledge, library=shipped)
    return replace(found, further_measures=frozenset(settings.measures))


def _rule_paths(loaded: LoadedSettings) -> tuple[Path, ...]:
    settings = loaded.settings.rules
    shipped = (shipped_root() / "rules",) if settings.shipped else ()
    return (*shipped, *map(loaded.resolve, settings.paths))


def _webhook_secrets(loaded: LoadedSettings) -> dict[str, tuple[str, ...]]:
    """Return the signing secrets by channel id."""
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for subscriber in loaded.settings.subscriber:
        if subscriber.secret_file is not None:
            with _collecting(problems, loaded):
                found[f"{subscriber.id}/webhook"] = _signing_secrets(
                    secret_path(loaded, subscriber.secret_file)
                )
    if problems:
        raise ConfigError(tuple(problems))
    return found


def _apprise_urls(loaded: LoadedSettings) -> dict[str, tuple[str, ...]]:
    """Return the Apprise URLs by channel id; refuse them where Apprise is not installed."""
    found = {
        f"{row.id}/{ChannelKind.APPRISE}": read_secrets(secret_path(loaded, row.apprise_file))
        for row in loaded.settings.subscriber
        if row.apprise_file is not None
    }
    check_apprise(found)
    return found


def _mail_transport(loaded: LoadedSettings) -> MailTransport:
    mail = loaded.settings.email
    password = None
    if mail.password_file is not None:
        password = read_secrets(secret_path(loaded, mail.password_file))[0]
    return MailTransport(
        smtp=mail.smtp,
        sender=mail.sender,
        username=mail.username,
        password=password,
        timeout_seconds=mail.timeout.total_seconds(),
        unsubscribe_url=mail.unsubscribe,
    )


def _packs(names: tuple[str, ...], roots: tuple[Path, ...]) -> tuple[SeedPack, ...]:
    found = find_packs(roots)
    missing = [name for name in names if name not in found]
    if missing:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigError(
            tuple(
                Problem(
                    file=_CONFIGURATION,
                    field="seeds.packs",
                    message=f"no pack named {name!r}; known packs: {known}",
                )
                for name in missing
            )
        )
    return tuple(read_pack(found[name]) for name in names)


def _signing_secrets(path: Path) -> tuple[str, ...]:
    secrets = read_secrets(path)
    complaints = [complaint for row in secrets if (complaint := secret_complaint(row))]
    if complaints:
        raise ConfigError(tuple(Problem(file=str(path), message=text) for text in complaints))
    return secrets


def feed_credentials(loaded: LoadedSettings) -> dict[str, Credential]:
    """Return what feeds want to see from us, by feed id; raise `ConfigError` for every problem."""
    found: dict[str, Credential] = {}
    problems: list[Problem] = []
    for feed in loaded.settings.feed:
        file = feed.password_file or feed.token_file
        if file is not None:
            with _collecting(problems, loaded):
                secret = _header_secret(secret_path(loaded, file))
                found[feed.id] = _credential(feed, secret)
    if problems:
        raise ConfigError(tuple(problems))
    return found


def _web_token(loaded: LoadedSettings) -> str | None:
    file = loaded.settings.web.token_file
    return None if file is None else _header_secret(secret_path(loaded, file))


def _header_secret(path: Path) -> str:
    secret = read_secrets(path)[0]
    if not secret.isascii() or not secret.isprintable():
        raise ConfigError((Problem(file=str(path), message="not printable ASCII"),))
    return secret


def _credential(feed: FeedSettings, secret: str) -> Credential:
    if feed.username is not None:
        pair = base64.b64encode(f"{feed.username}:{secret}".encode()).decode("ascii")
        return Credential.for_url(feed.url, "authorization", f"Basic {pair}")
    if feed.header is not None:
        return Credential.for_url(feed.url, feed.header, secret)
    return Credential.for_url(feed.url, "authorization", f"Bearer {secret}")


def _policy(feed: FeedSettings) -> FeedPolicy:
    return FeedPolicy(
        interval_seconds=feed.interval.total_seconds() if feed.interval else None,
        full_text=feed.full_text,
        first_poll=feed.first_poll,
        websub=feed.websub,
    )


@contextmanager
def state_lock(database: Path) -> Iterator[None]:
    """Hold the only-one-process lock of a state directory; raise `StateLockedError` if it is taken."""
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = database.with_name(database.name + ".lock")
        descriptor = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        if error.errno not in {errno.EROFS, errno.ENOSPC}:
            raise
        msg = f"{database.parent}: nothing can be written there, so no work can begin: {error.strerror}"
        raise StoreError(msg) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"{database.parent}: another figurewatch process holds this state directory"
            raise StateLockedError(msg) from error
        yield
    finally:
        os.close(descriptor)


def is_running(database: Path) -> bool | None:
    """Say whether a daemon holds the state directory; None where this user may not ask."""
    lock = database.with_name(database.name + ".lock")
    if not lock.exists():
        return False
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except PermissionError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


async def _prepare_store(assembly: Assembly, pipeline: Pipeline) -> None:
    await asyncio.to_thread(pipeline.store.sync_feeds, assembly.feeds(), assembly.clock.now())
    await asyncio.to_thread(gauges.wake_from_the_future, pipeline.store, assembly.clock.now())
    await asyncio.to_thread(pipeline.audience.check_key)
    await pipeline.load_packs(assembly.packs)
    await asyncio.to_thread(pipeline.outbox.release_leases)


async def run_daemon(config: str | None, assembly: Assembly) -> None:
    """Run the daemon until a signal stops it. The caller holds the state lock."""
    address_filter = _tell_weaknesses()
    status = systemd.Notifier()
    assembly.clock = clock = SteadyClock(assembly.clock)
    async with contextlib.AsyncExitStack() as stack:
        with status.extending("looking at the database, and changing its form if need be"):
            store = stack.enter_context(assembly.open_store(examined=True))
            pipeline = await stack.enter_async_context(assembly.pipeline(store))
            await _prepare_store(assembly, pipeline)
        pipeline.pulse.address_filter = address_filter

        async def reload() -> Site:
            fresh = await asyncio.to_thread(assemble, config)
            client = await stack.enter_async_context(fresh.client())
            await asyncio.to_thread(store.sync_feeds, fresh.feeds(), clock.now())
            pipeline.replace_site(fresh.site, client, fresh.notifiers(client))
            return fresh.site

        room = gauges.Room(
            assembly.loaded.database,
            lambda: pipeline.site.settings.store.keep_free_mib * 2**20,
        )
        daemon = Daemon(pipeline, clock=clock, reload=reload, status=status, room=room)
        if assembly.settings.web.enabled:
            await stack.enter_async_context(_pages(assembly, pipeline, room, daemon))
        await daemon.run()


def _tell_weaknesses() -> str:
    """Log what is known to be wrong with the libraries and the limits of this process.

    Returns how the unit's address filter stands, for `doctor`, which is another process.
    """
    log = structlog.get_logger()
    known = soundness.weaknesses(
        expat_is=soundness.expat_version(),
        sqlite_is=gauges.sqlite_version(),
        mail_is_safe=soundness.mail_folds_safely,
    )
    complaint = soundness.address_filter_complaint()
    for text in (*known, complaint):
        if text is not None:
            log.info("start.weakness", text=text)
    if complaint is not None:
        return "absent"
    return "active" if os.environ.get(soundness.FILTER_EXPECTED) else "not asked for"


@asynccontextmanager
async def _pages(
    assembly: Assembly, pipeline: Pipeline, room: gauges.Room, daemon: Daemon
) -> AsyncIterator[None]:
    """Serve the daemon's pages."""
    # A web server costs every command a tenth of a second, and only the daemon needs one.
    from monitor.web import daemon_app, listening, serve  # noqa: PLC0415

    settings = assembly.settings.web
    app = daemon_app(pipeline, assembly.clock, room, assembly.secrets.web_token, daemon.offer)
    with listening(*settings.address) as taken:
        async with serve(app, taken):
            structlog.get_logger().info("web.listening", address=settings.listen)
            yield


async def poll_once(
    assembly: Assembly, names: tuple[str, ...], *, ignore_times: bool
) -> tuple[int, int]:
    """Poll every due feed, then deliver all that is due; return failed polls and deliveries."""
    with assembly.open_store(examined=True) as store:
        async with assembly.pipeline(store) as pipeline:
            await _prepare_store(assembly, pipeline)
            due = store.due_feeds(assembly.clock.now(), ignore_times=ignore_times or bool(names))
            chosen = [feed for feed in due if not names or feed.id in names]
            room = asyncio.Semaphore(assembly.settings.fetch.concurrency)

            async def poll(feed: FeedRow) -> bool:
                async with room:
                    return (await pipeline.poll_feed(feed)).failed

            failures = await asyncio.gather(*map(poll, chosen))
            await pipeline.check_absences()
            # Nobody is there to release later what waits for others like it.
            await asyncio.to_thread(pipeline.book.release_alarms, at_once=True)
            _, undelivered = await pipeline.deliver_due()
            return sum(failures), undelivered
