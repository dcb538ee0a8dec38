# SPDX-License-Identifier: Apache-2.0
"""The Nth call of disk, network or clock fails, for every N of one cycle from poll to delivery.

After each fault the same process goes on with a healthy cycle, and another process opens the same
database: the alert has reached everybody, under one id, again only where nobody could know that it
had, and the database is whole.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from benches import Hands
from faults import END, RESET, SILENCE, Jumping, Wire, faulty_disk, relay, sqlite_library
from loopback import Request, answer, serving
from newsroom import Site, Story, page, parsed_mail, rss
from smtp_servers import Script, scripted_server

from monitor import systemd
from monitor.bootstrap import Assembly, assemble
from monitor.clock import Clock, SteadyClock
from monitor.core.errors import StoreError
from monitor.fetch import Client, ClientSettings
from monitor.notify import Notifier
from monitor.notify.email import EmailNotifier
from monitor.notify.webhook import WebhookNotifier
from monitor.pipeline import Pipeline
from monitor.schedule import Daemon
from monitor.store import Outbox, gauges, open_store

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

_TEASER = Story("/story", "Arrivals", "What is known about the North Korean troops in Russia.")
_FIGURE = "The Pentagon said about 10,000 North Korean soldiers are in Russia."
_FLASH = Story("/story", "Arrivals", _FIGURE)
_FEWEST_CALLS = 20
_MOST_CALLS = 2000
_ETAG = '"one"'
_CHANNELS = frozenset({"desk/webhook", "desk/email"})
_PATIENT_SECONDS, _HASTY_SECONDS = 20.0, 0.3
_NO_PAGES = '[[feed]]\nid = "paper"\nurl = "{feed}"\nfull_text = "never"\nfirst_poll = "all"\n'


@dataclass(slots=True)
class _World:
    """A paper with one story, a receiver and a mail server, and what both were told."""

    story: Story = _TEASER
    base: str = ""
    script: Script = field(default_factory=Script)
    hooks: list[str] = field(default_factory=list)
    hook_says: list[str] = field(default_factory=list)

    async def respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer for paper and receiver; the feed has a validator that holds for ever."""
        if request.path == "/hook":
            self.hooks.append(request.headers["webhook-id"])
            says = self.hook_says.pop(0) if self.hook_says else "204 No Content"
            writer.write(answer(status=says))
        elif request.path == "/feed" and request.headers.get("if-none-match") == _ETAG:
            writer.write(answer(status="304 Not Modified", etag=_ETAG))
        elif request.path == "/feed":
            writer.write(rss([self.story], self.base, etag=_ETAG))
        elif request.path == _TEASER.path:
            writer.write(page("Arrivals", [_FIGURE, *["No more is known."] * 12]))
        else:
            writer.write(answer(status="404 Not Found"))

    @property
    def mails(self) -> list[str]:
        """Return the ids of the mails that came, in order."""
        return [str(parsed_mail(raw)["Message-ID"]) for raw in self.script.mails]

    def told(self) -> dict[str, list[str]]:
        """Return the ids that each channel saw, and forget them."""
        told = {"desk/webhook": self.hooks[:], "desk/email": self.mails}
        self.hooks.clear()
        self.script.mails.clear()
        return told


class _Refused:
    """What the daemon does about a database that refuses: nothing, until the next time."""

    def __init__(self) -> None:
        self.times = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Count a refusal inside; anything else is a defect and passes."""
        try:
            yield
        except StoreError:
            self.times += 1


async def _nothing() -> None:
    """Do nothing between two steps."""


async def _cycle(
    pipeline: Pipeline,
    clock: Clock,
    refused: _Refused,
    between: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Do what the daemon does in a round: poll what is due, release, deliver what is due."""
    with refused.taken():
        for feed in pipeline.store.due_feeds(clock.now()):
            await between()
            with refused.taken():
                await pipeline.poll_feed(feed)
    await between()
    with refused.taken():
        await pipeline.release_due()

    with refused.taken():
        # One after the other, so that call N is the same in every run.
        while due := await pipeline.deliverer.lease_due():
            for delivery in due:
                await between()
                with refused.taken():
                    await pipeline.deliverer.deliver(delivery)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the database holds right after the fault."""

    entries: int
    validators: int
    alerts: int
    sent: frozenset[str]
    deliveries: int

    @property
    def is_ahead(self) -> bool:
        """Say whether something is marked as done before it was decided and put into the outbox."""
        return bool(self.validators and not self.entries) or (
            self.alerts > 0 and self.deliveries != 2
        )


def _facts(database: Path) -> _Facts:
    with closing(sqlite3.connect(database)) as connection:

        def number(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return _Facts(
            entries=number("SELECT count(*) FROM entries"),
            validators=number("SELECT count(*) FROM feeds WHERE etag IS NOT NULL"),
            alerts=number("SELECT count(*) FROM alerts"),
            deliveries=number("SELECT count(*) FROM deliveries"),
            sent=frozenset(
                row[0]
                for row in connection.execute("SELECT channel FROM deliveries WHERE state = 'sent'")
            ),
        )


@dataclass(slots=True)
class _Bench:
    """One site, opened again and again: by a daemon that meets a fault, and by the next one."""

    assembly: Assembly
    client: Client
    hasty: Client
    world: _World
    pristine: Path
    refused: _Refused = field(default_factory=_Refused)

    @property
    def database(self) -> Path:
        """Return where the state is."""
        return self.assembly.loaded.database

    def renew(self) -> None:
        """Put the state back to before the first poll."""
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.pristine, self.database)
        self.world.told()

    @asynccontextmanager
    async def process(self, clock: Clock, *, hasty: bool = False) -> AsyncIterator[Pipeline | None]:
        """Yield a pipeline as a daemon's start makes it; None if the database refuses.

        A hasty one waits for nobody.
        """
        try:
            store = open_store(self.database)
        except StoreError:
            yield None
            return
        with closing(store):
            try:
                store.sync_feeds(self.assembly.feeds(), clock.now())
                gauges.wake_from_the_future(store, clock.now())
                Outbox(store).release_leases()
            except StoreError:
                yield None
                return
            yield Pipeline(
                site=self.assembly.site,
                store=store,
                client=self.hasty if hasty else self.client,
                notifiers=self._notifiers(hasty=hasty),
                clock=clock,
                key=self.assembly.key(),
            )

    def _notifiers(self, *, hasty: bool) -> dict[str, Notifier]:
        gazetteer = self.assembly.site.knowledge.gazetteer
        client = self.hasty if hasty else self.client
        wait = _HASTY_SECONDS if hasty else _PATIENT_SECONDS
        mail = replace(self.assembly.mail, timeout_seconds=wait)
        return {
            "desk/webhook": WebhookNotifier(client.post, self.assembly.secrets.webhooks, gazetteer),
            "desk/email": EmailNotifier(mail, gazetteer),  # a chart takes longer than all the rest
        }

    async def round(self, pipeline: Pipeline | None, clock: Clock) -> _Told:
        """Do one round, if the process lives; return what came of it."""
        if pipeline is not None:
            await _cycle(pipeline, clock, self.refused)
        return _Told(ids=self.world.told(), facts=_facts(self.database))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the channels saw in one round, and what the database holds after it."""

    ids: dict[str, list[str]]
    facts: _Facts


def _judge(rounds: list[_Told], repeatable: frozenset[str]) -> str:
    """Return how a run ended, in a word; raise where a promise is broken.

    `repeatable` are the channels whose answer the program could not know.
    """
    assert [told.facts for told in rounds if told.facts.is_ahead] == []
    again = False
    for channel in _CHANNELS:
        seen = [told.ids[channel] for told in rounds]
        ids = [name for one in seen for name in one]
        assert ids, f"{channel} was told nothing"
        assert len(set(ids)) == 1, f"{channel} saw two ids"
        assert all(len(one) <= 1 for one in seen), f"{channel} was told twice in one round"
        for number, told in enumerate(rounds):
            if channel in told.facts.sent:
                assert not any(seen[number + 1 :]), f"{channel} was told again"
        if len(ids) > 1:
            assert channel in repeatable, f"{channel} was told again without need"
            again = True
    assert rounds[-1].facts.sent == _CHANNELS
    assert rounds[-1].facts.alerts == 1
    return "repeated" if again else "once"


@asynccontextmanager
async def _bench(
    folder: Path,
    world: _World,
    ports: tuple[int, int, int],
    *,
    extra: str = "",
    clock: Clock | None = None,
) -> AsyncIterator[_Bench]:
    """Yield the bench of a site that reaches the paper, the receiver and the mail server there."""
    paper, hook, mail = ports
    world.base = f"http://127.0.0.1:{paper}"
    site = Site(
        folder / "site",
        {} if extra else {"paper": f"{world.base}/feed"},
        smtp_port=mail,
        subscribers={
            "desk": {"webhook": f"http://127.0.0.1:{hook}/hook", "email": "desk@example.org"}
        },
        extra=extra.format(feed=f"{world.base}/feed"),
    )
    assembly = assemble(str(site.config), {})
    with assembly.open_store() as store:
        store.sync_feeds(assembly.feeds(), assembly.clock.now())
    pristine = folder / "pristine.db"
    shutil.copy(assembly.loaded.database, pristine)
    async with _client(_PATIENT_SECONDS, clock) as client, _client(_HASTY_SECONDS, clock) as hasty:
        yield _Bench(assembly, client, hasty, world, pristine)


def _client(seconds: float, clock: Clock | None) -> Client:
    limits = ClientSettings(
        user_agent="figurewatch",
        allow_networks=("127.0.0.0/8",),
        deadline_seconds=seconds,
        post_head_seconds=seconds,
        post_body_seconds=seconds,
        per_host_interval_seconds=0,
    )
    return Client(limits, clock=clock)


# --- disk ----------------------------------------------------------------------------------------


async def test_no_call_of_the_disk_can_lose_or_double_an_alert(tmp_path: Path) -> None:
    """Open, read, write (torn), sync, lock, map: an error at any of them is survived."""
    library = sqlite_library()
    if library is None:
        pytest.skip("this Python's SQLite shows none of its functions")
    outcomes: Counter[tuple[str, str]] = Counter()
    world = _World(story=_FLASH)
    async with serving(world.respond) as server, scripted_server(world.script) as mail:
        ports = (server.port, server.port, mail)
        async with _bench(tmp_path, world, ports, extra=_NO_PAGES) as bench:
            with faulty_disk(library) as disk:
                for number in range(1, _MOST_CALLS):
                    bench.renew()
                    clock = Hands()
                    rounds: list[_Told] = []
                    disk.arm(number)
                    async with bench.process(clock) as pipeline:
                        if pipeline is not None:
                            await _cycle(pipeline, clock, bench.refused)
                        failed = disk.failed
                        disk.arm(None)
                        rounds.append(await bench.round(None, clock))
                        clock.forward(minutes=20)
                        rounds.append(await bench.round(pipeline, clock))
                    if failed is None:
                        break
                    clock.forward(minutes=80)
                    async with bench.process(clock) as pipeline:
                        assert pipeline is not None, (number, failed)
                        rounds.append(await bench.round(pipeline, clock))
                    # A success that could not be written down is not known.
                    unwritten = frozenset(_CHANNELS - rounds[0].facts.sent)
                    outcomes[failed, _judge(rounds, unwritten)] += 1
    print(sorted(outcomes.items()))  # noqa: T201  (shown by `pytest -s`)
    assert failed is None
    assert outcomes.total() > _FEWEST_CALLS
    assert {name for name, _ in outcomes} >= {"open", "read", "write", "sync", "lock-shared"}
    assert any(outcome == "repeated" for _, outcome in outcomes)


# --- network -------------------------------------------------------------------------------------

# Small enough that every part of an answer is broken somewhere.
_PIECE_BYTES = 300


@pytest.mark.parametrize("how", [RESET, END, SILENCE])
async def test_no_break_of_the_network_can_lose_or_double_an_alert(
    tmp_path: Path, how: str
) -> None:
    """Every connection and every piece of data, of feed, robots.txt, page, webhook and mail."""
    outcomes: Counter[tuple[str, str]] = Counter()
    wire, world = Wire(how), _World()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(world.respond))
        mail = await stack.enter_async_context(scripted_server(world.script))
        ports = [
            await stack.enter_async_context(relay(wire, name, port, piece=piece))
            for name, port, piece in (
                ("paper", server.port, _PIECE_BYTES),
                ("hook", server.port, _PIECE_BYTES),
                ("mail", mail, 4 * _PIECE_BYTES),
            )
        ]
        bench = await stack.enter_async_context(
            _bench(tmp_path, world, (ports[0], ports[1], ports[2]))
        )
        for number in range(1, _MOST_CALLS):
            bench.renew()
            clock = Hands()
            rounds: list[_Told] = []
            wire.arm(number, how)
            async with bench.process(clock, hasty=how == SILENCE) as pipeline:
                rounds.append(await bench.round(pipeline, clock))
            broken, passed = wire.broken, wire.passed or b""
            wire.arm(None)
            if broken is None:
                break
            async with bench.process(clock) as pipeline:
                clock.forward(minutes=20)
                rounds.append(await bench.round(pipeline, clock))
                clock.forward(minutes=80)
                rounds.append(await bench.round(pipeline, clock))
            # On a busy machine haste alone can leave a question without an answer.
            unknown = _CHANNELS if how == SILENCE else _unanswered(broken, passed)
            outcomes[broken, _judge(rounds, unknown)] += 1
    print(how, sorted(outcomes.items()))  # noqa: T201  (shown by `pytest -s`)
    assert broken is None
    assert outcomes.total() > _FEWEST_CALLS
    assert {name.partition(" ")[0] for name, _ in outcomes} == {"paper", "hook", "mail"}
    assert any(outcome == "repeated" for _, outcome in outcomes)


def _unanswered(broken: str, passed: bytes) -> frozenset[str]:
    """Return the channels whose answer did not come because of the break."""
    kind = broken.partition(" ")[0]
    if kind == "hook" and b"\r\n\r\n" not in passed:
        return frozenset({"desk/webhook"})
    if kind == "mail" and b"queued" not in passed:
        return frozenset({"desk/email"})
    return frozenset()


# --- clock ---------------------------------------------------------------------------------------


async def _no_reload() -> None:  # pragma: no cover  (never asked for)
    raise AssertionError


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(days=400)], ids=str)
async def test_no_jump_of_the_clock_can_lose_or_double_an_alert(
    tmp_path: Path, jump: timedelta
) -> None:
    """At every reading of a poll, a delivery that is refused for the moment, and its next try."""
    outcomes: Counter[str] = Counter()
    world = _World(story=_FLASH)
    async with serving(world.respond) as server, scripted_server(world.script) as mail:
        ports = (server.port, server.port, mail)
        machine = Jumping(jump)
        async with _bench(tmp_path, world, ports, extra=_NO_PAGES, clock=machine) as bench:
            for number in range(1, _MOST_CALLS):
                bench.renew()
                world.hook_says[:] = ["503 Busy"]
                machine.arm(number)
                clock = SteadyClock(machine)
                seen: list[dict[str, list[str]]] = []
                async with bench.process(clock) as pipeline:
                    assert pipeline is not None
                    daemon = Daemon(
                        pipeline,
                        clock=clock,
                        reload=_no_reload,  # type: ignore[arg-type]
                        status=systemd.Notifier({}),
                    )
                    for _ in range(3):
                        await daemon.realign()
                        await _cycle(pipeline, clock, bench.refused, daemon.realign)
                        seen.append(world.told())
                        machine.forward(minutes=20)
                    states = [(row.state, row.attempts) for row in pipeline.outbox.rows()]
                    rest = pipeline.store.feeds()[0].next_poll - clock.now()
                if not machine.has_jumped:
                    break
                assert [len(told["desk/webhook"]) for told in seen] == [1, 1, 0], number
                assert [len(told["desk/email"]) for told in seen] == [1, 0, 0], number
                assert len({name for told in seen for name in told["desk/webhook"]}) == 1
                assert sorted(states) == [("sent", 1), ("sent", 2)], number
                assert rest < timedelta(minutes=1), number
                outcomes["forward" if jump > timedelta() else "back"] += 1
    print(jump, outcomes)  # noqa: T201  (shown by `pytest -s`)
    assert not machine.has_jumped
    assert outcomes.total() > _FEWEST_CALLS
    assert bench.refused.times == 0
