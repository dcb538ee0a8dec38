# SPDX-License-Identifier: Apache-2.0
"""No connection to an address that the operator did not allow, by whatever way it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.core.errors import FetchError
from monitor.fetch import Client, ClientSettings, Fetched
from tests.loopback import answer, serving

pytestmark = pytest.mark.anyio


class Names:
    """A resolver that answers from a script: each call takes the next answer for the name."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(rows) for name, rows in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _: int) -> Sequence[str]:
        """Answer as the script says; the last answer stays."""
        self.asked.append(host)
        rows = self._answers[host]
        return rows.pop(0) if len(rows) > 1 else rows[0]


def client(*allowed: str, names: Names | None = None) -> Client:
    """Return a client that may reach these networks beside the global ones."""
    settings = ClientSettings(
        user_agent="figurewatch/test", allow_networks=allowed, per_host_interval_seconds=0.0
    )
    return Client(settings, resolver=names)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0.0.0.0", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"],
)
async def test_loopback_is_refused_however_it_is_spelled(host: str) -> None:
    """Spellings that only the system's resolver understands are judged after it spoke."""
    async with serving(answer(b"secret")) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url(host=host))
    assert caught.value.reason in {"address", "dns"}
    assert server.connections == 0


async def test_a_post_passes_the_same_gate() -> None:
    """A webhook into the private network is refused like a feed there."""
    async with serving(answer(b"secret")) as server, client() as http:
        with pytest.raises(FetchError) as caught:
            await http.post(server.url(), content=b"{}", headers={})
    assert (caught.value.reason, server.connections) == ("address", 0)


async def test_a_name_that_resolves_inside_is_refused() -> None:
    """A public name with a private address leads nowhere."""
    names = Names(feed_example=[["127.0.0.1"]])
    async with serving(answer(b"secret")) as server, client(names=names) as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url(host="feed.example"))
    assert (caught.value.reason, server.connections) == ("address", 0)


async def test_one_forbidden_answer_among_allowed_ones_refuses_all() -> None:
    """Every address of a name must be allowed, not only the one that would be used."""
    names = Names(feed_example=[["127.0.0.1", "10.0.0.1"]])
    async with serving(answer(b"x")) as server, client("127.0.0.1", names=names) as http:
        with pytest.raises(FetchError) as caught:
            await http.get(server.url(host="feed.example"))
    assert (caught.value.reason, server.connections) == ("address", 0)


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    """A name server that answers differently a moment later has no second chance."""
    names = Names(feed_example=[["127.0.0.1"], ["127.0.0.2"]])
    async with (
        serving(answer(b"judged")) as server,
        client("127.0.0.1", names=names) as http,
    ):
        fetched = await http.get(server.url(host="feed.example"))
    assert isinstance(fetched, Fetched)
    assert (fetched.body, names.asked) == (b"judged", ["feed.example"])


async def test_a_rebound_name_is_refused_at_its_next_connection() -> None:
    """What was allowed once is judged again for each connection."""
    names = Names(feed_example=[["127.0.0.1"], ["127.0.0.2"]])
    async with serving(answer(b"x")) as server, client("127.0.0.1", names=names) as http:
        await http.get(server.url(host="feed.example"))
        with pytest.raises(FetchError) as caught:
            await http.get(server.url(host="feed.example"))
    assert (caught.value.reason, server.connections) == ("address", 1)


async def test_a_redirect_inside_is_refused_without_contact() -> None:
    """The victim of a redirect never sees a connection."""
    async with serving(answer(b"secret"), host="127.0.0.2") as victim:
        moved = answer(status="302 Found", location=victim.url("/admin"))
        async with serving(moved) as server, client("127.0.0.1") as http:
            with pytest.raises(FetchError) as caught:
                await http.get(server.url())
    assert (caught.value.reason, server.connections, victim.connections) == ("address", 1, 0)


async def test_a_global_address_is_reached_on_web_ports_only() -> None:
    """Another port needs the network to be listed."""
    names = Names(feed_example=[["93.184.215.14"]])
    async with client(names=names) as http:
        with pytest.raises(FetchError) as caught:
            await http.get("http://feed.example:6379/")
    assert caught.value.reason == "address"
    assert "port 6379" in caught.value.detail


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve names for us and so walk round the gate."""
    async with serving(answer(b"proxied")) as proxy, serving(answer(b"direct")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        async with client("127.0.0.1") as http:
            fetched = await http.get(server.url())
    assert isinstance(fetched, Fetched)
    assert (fetched.body, proxy.connections) == (b"direct", 0)


async def test_a_second_address_is_tried_when_the_first_does_not_answer() -> None:
    """A host with one dead address is still a host."""
    names = Names(feed_example=[["127.0.0.3", "127.0.0.1"]])
    async with serving(answer(b"alive")) as server, client("127.0.0.0/8", names=names) as http:
        fetched = await http.get(server.url(host="feed.example"))
    assert isinstance(fetched, Fetched)
    assert fetched.body == b"alive"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "HTTP:\\\\127.0.0.1/",
        "http://127.0.0.1/\n",
        "http://user:pw@127.0.0.1/",
        "http:///x",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://" + "a" * 300 + ".example/",
        "http://example.org/" + "a" * 2048,
        "",
        "http://a..b/",
        "http://\ud800/",
        "http://xn--a/",
    ],
)
async def test_urls_that_are_none_end_as_errors(url: str) -> None:
    """Whatever stands in a configuration or a redirect, the answer is a `FetchError`."""
    async with client("127.0.0.0/8") as http:
        with pytest.raises(FetchError) as caught:
            await http.get(url)
        with pytest.raises(FetchError):
            await http.post(url, content=b"", headers={})
    assert caught.value.reason in {"url", "dns"}


def test_nothing_else_in_the_program_opens_connections() -> None:
    """Only the guarded client, the mailer, the service notifier, the server and a probe know sockets."""
    package = Path(__file__).parents[2] / "monitor"
    owners = {"fetch", "notify", "systemd.py", "demo", "web", "soundness.py"}
    words = (
        "import socket",
        "urllib.request",
        "http.client",
        "import httpx",
        "aiohttp",
        "requests",
    )
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in owners
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("import ", "from ")) and any(word in line for word in words)
    }
    assert found == set()
