# SPDX-License-Identifier: Apache-2.0
"""What strangers may try on the pages for readers, and what must come of it: nothing."""

from __future__ import annotations

import asyncio
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hands import listed, run
from newsroom import mails_to
from reading_room import (
    FIRST,
    PUBLIC,
    WISHES,
    ReadingRoom,
    body_of,
    one_click_path,
    reading_room,
    token_of,
)

from monitor.core.members import PER_ADDRESS, PER_CLIENT, Scope

pytestmark = pytest.mark.anyio

_ANNA = "anna@example.org"
_EVIL = "evil@example.net"
_ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}
_PAGES = ("confirm", "manage", "u", "delete", "feedback")


async def _tokens(room: ReadingRoom) -> dict[str, str]:
    """Return a good token of every scope that a member can have."""
    manage = await room.member(_ANNA)
    await room.publish(FIRST)
    alert = (await room.mails(_ANNA))[-1]
    await room.post("/manage/delete", {"token": manage})
    await room.subscribe("new@example.org")
    letter = (await room.mails("new@example.org"))[-1]
    return {
        "confirm": token_of(letter, "confirm"),
        "manage": manage,
        "u": token_of(alert, "u"),
        "delete": token_of((await room.mails(_ANNA))[-1], "delete"),
        "feedback": token_of(alert, "feedback"),
    }


def _state(database: Path) -> list[tuple[object, ...]]:
    """Return all that pages could change, but for the links that a page shows."""
    tables = ("members", "suppressed", "asked", "opinions", "deliveries", "routings")
    with closing(sqlite3.connect(database)) as connection:
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
        return [*rows, *connection.execute("SELECT digest, used FROM tokens WHERE scope='confirm'")]


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    """GET and HEAD of every link, as scanners do, leave the database as it was; OPTIONS too."""
    async with reading_room(tmp_path) as room:
        tokens = await _tokens(room)
        before = _state(room.site.database)
        for page, token in tokens.items():
            for query in ("", "?say=wrong", "?token=x&opinion=wrong"):
                assert (await room.get(f"/{page}/{token}{query}")).status_code == 200
            assert (await room.client.head(f"/{page}/{token}")).status_code == 200
            assert (await room.client.options(f"/{page}/{token}")).status_code == 405
        for method in ("PUT", "DELETE", "PATCH"):
            done = await room.client.request(method, f"/u/{tokens['u']}")
            assert done.status_code == 405
        assert _state(room.site.database) == before


async def test_a_token_opens_one_thing(tmp_path: Path) -> None:
    """Every token on every page but its own is worth nothing, by GET and by POST."""
    async with reading_room(tmp_path) as room:
        tokens = await _tokens(room)
        before = _state(room.site.database)
        for mine, token in tokens.items():
            for page in _PAGES:
                if page == mine:
                    continue
                assert (await room.get(f"/{page}/{token}")).status_code == 404
                form = {**WISHES, "token": token, "opinion": "wrong"}
                path = f"/u/{token}" if page == "u" else f"/{page}"
                assert (await room.post(path, form)).status_code in {404, 429}
            room.clock.moment += timedelta(minutes=11)
        assert _state(room.site.database) == before


async def test_guessing_is_stopped(tmp_path: Path) -> None:
    """After fifty worthless tokens a client is not heard for a while, whatever it shows."""
    async with reading_room(tmp_path) as room:
        token = await room.member(_ANNA)
        codes = [
            (await room.get(f"/manage/{secrets.token_urlsafe(24)}")).status_code for _ in range(60)
        ]
        assert codes == [404] * 49 + [429] * 11
        assert (await room.get(f"/manage/{token}")).status_code == 429
        room.clock.moment += timedelta(minutes=11)
        assert (await room.get(f"/manage/{token}")).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["", "x", "%00", "../../etc/passwd", "A" * 5000, "%F0%9F%98%80" * 8, "a" * 32, "-" * 32, "%2e"],
    ids=range(9),
)
async def test_odd_tokens_are_refused_quietly(tmp_path: Path, token: str) -> None:
    """What can be no token is a page that was not found, and nothing in the log."""
    async with reading_room(tmp_path) as room:
        for page in _PAGES:
            assert (await room.get(f"/{page}/{token}")).status_code == 404
        assert (await room.post("/confirm", {"token": token})).status_code == 404


async def test_links_end(tmp_path: Path) -> None:
    """A confirmation is good for 48 hours; links of a member end later; leaving never does."""
    async with reading_room(tmp_path) as room:
        tokens = await _tokens(room)
        room.clock.moment += timedelta(hours=48, seconds=1)
        assert (await room.get(f"/confirm/{tokens['confirm']}")).status_code == 404
        assert (await room.post("/confirm", {"token": tokens["confirm"]})).status_code == 404
        assert (await room.get(f"/delete/{tokens['delete']}")).status_code == 404
        assert (await room.get(f"/manage/{tokens['manage']}")).status_code == 200
        room.clock.moment += timedelta(days=60)
        assert (await room.get(f"/manage/{tokens['manage']}")).status_code == 404
        room.clock.moment += timedelta(days=120)
        assert (await room.get(f"/feedback/{tokens['feedback']}")).status_code == 404
        room.clock.moment += timedelta(days=3650)
        assert (await room.get(f"/u/{tokens['u']}")).status_code == 200


async def test_no_token_is_stored_or_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither database nor log holds a token that opens anything."""
    async with reading_room(tmp_path) as room:
        tokens = await _tokens(room)
        for page, token in tokens.items():
            await room.get(f"/{page}/{token}")
        copy = tmp_path / "copy.db"
        with closing(sqlite3.connect(room.site.database)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        for token in tokens.values():
            assert token.encode() not in copy.read_bytes()
    said = capsys.readouterr()
    assert [token for token in tokens.values() if token in said.out + said.err] == []


async def test_answers_do_not_tell_who_is_known(tmp_path: Path) -> None:
    """Subscribed, unknown, left and mistyped-but-possible addresses get the same answer."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA)
        await room.member("bob@example.org")
        await room.publish(FIRST)
        leave = one_click_path((await room.mails("bob@example.org"))[-1])
        await room.client.post(leave, content=b"", headers=_ONE_CLICK)
        for path in ("/subscribe", "/links"):
            answers = [
                await room.post(path, {"address": address, **WISHES})
                for address in (_ANNA, "bob@example.org", "nobody@example.org")
            ]
            shown = {
                (
                    answer.status_code,
                    answer.text,
                    tuple(row for row in answer.headers.items() if row[0] != "date"),
                )
                for answer in answers
            }
            assert len(shown) == 1
        assert (await room.mails(_ANNA))[-1]["Subject"] == "Your links to Figurewatch"
        subjects = [mail["Subject"] for mail in await room.mails("bob@example.org")]
        assert subjects.count("Your links to Figurewatch") == 0


async def test_letters_are_limited(tmp_path: Path) -> None:
    """Three letters to a mailbox a day in whatever spelling, and a client gets no further than 20."""
    async with reading_room(tmp_path) as room:
        spellings = [
            "anna@example.org",
            "ANNA@example.org",
            "anna+a@example.org",
            "Anna@EXAMPLE.org",
        ]
        for address in spellings * 2:
            assert (await room.subscribe(address)).status_code == 303
        await room.deliver()
        letters = [mail for address in set(spellings) for mail in await room.mails(address)]
        assert len(letters) == PER_ADDRESS
        codes = [
            (await room.subscribe(f"p{number}@example.org")).status_code for number in range(20)
        ]
        assert codes == [303] * (PER_CLIENT - len(spellings) * 2) + [429] * len(spellings) * 2
        room.clock.moment += timedelta(days=1, seconds=1)
        assert (await room.subscribe("later@example.org")).status_code == 303


async def test_nobody_is_somebody_else_by_a_header(tmp_path: Path) -> None:
    """X-Forwarded-For counts only from a listed proxy, and then its nearest stranger counts."""
    async with reading_room(tmp_path) as room:
        codes = [
            (
                await room.client.post(
                    "/subscribe",
                    data={"address": f"p{number}@example.org", **WISHES},
                    headers={"x-forwarded-for": f"192.0.2.{number}"},
                )
            ).status_code
            for number in range(PER_CLIENT + 1)
        ]
        assert codes[-1] == 429
    folder = tmp_path / "proxied"
    folder.mkdir()
    async with reading_room(folder, web='proxies = ["127.0.0.1"]') as room:
        for number in range(PER_CLIENT + 1):
            done = await room.client.post(
                "/subscribe",
                data={"address": f"p{number}@example.org", **WISHES},
                headers={"x-forwarded-for": f"203.0.113.{number}, 2001:db8:1:2::{number:x}"},
            )
        assert done.status_code == 429  # one /64 is one client
        done = await room.client.post(
            "/subscribe",
            data={"address": "other@example.org", **WISHES},
            headers={"x-forwarded-for": "2001:db8:1:3::1"},
        )
        assert done.status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.org\r\nBcc: evil@example.net",
        "anna@example.org\nSubject: hello",
        "anna@example.org,evil@example.net",
        "<anna@example.org>",
        '"a b"@example.org',
        "=?utf-8?q?anna?=@example.org",
        "anna@[127.0.0.1]",
        "anna@localhost",
        "anna@example..org",
        "anna@-example.org",
        "anna@127.0.0.1",
        "an na@example.org",
        "anna@exa mple.org",
        "anna\x00@example.org",
        "anna\u202e@example.org",
        "\u0430nna@example.org",
        "@example.org",
        "anna@",
        "a" * 65 + "@example.org",
        "anna@" + "a" * 250 + ".org",
        "anna@example.org" * 3000,
        "<script>alert(1)</script>@example.org",
    ],
    ids=range(22),
)
async def test_hostile_addresses_get_no_mail(tmp_path: Path, address: str) -> None:
    """What is no public mail address is refused, and shown again only as text."""
    async with reading_room(tmp_path) as room:
        done = await room.subscribe(address)
        assert done.status_code in {413, 422}
        assert "<script>" not in done.text
        await room.deliver()
        assert room.inbox.envelopes == []


async def test_an_international_domain_is_one_domain(tmp_path: Path) -> None:
    """Both forms of a domain are one mailbox; mail goes to the ASCII form."""
    async with reading_room(tmp_path) as room:
        await room.subscribe("anna@Bücher.example")
        letter = (await room.mails("anna@xn--bcher-kva.example"))[-1]
        await room.post("/confirm", {"token": token_of(letter, "confirm")})
        await room.publish(FIRST)
        leave = one_click_path((await room.mails("anna@xn--bcher-kva.example"))[-1])
        await room.client.post(leave, content=b"", headers=_ONE_CLICK)
        before = len(room.inbox.envelopes)
        for address in (
            "anna@bücher.example",
            "anna@BÜCHER.example",
            "Anna+new@xn--bcher-kva.example",
            "anna@xn--BCHER-kva.example.",
        ):
            await room.subscribe(address)
        await room.deliver()
        assert len(room.inbox.envelopes) == before


async def test_who_left_is_asked_at_most_once_a_day_and_enters_only_by_consent(
    tmp_path: Path,
) -> None:
    """Signing up somebody who left sends one letter a day; old confirmations do not work."""
    async with reading_room(tmp_path) as room:
        await room.subscribe(_ANNA)
        await room.subscribe(_ANNA, pace="daily")
        first, unused = await room.mails(_ANNA)
        await room.post("/confirm", {"token": token_of(first, "confirm")})
        await room.publish(FIRST)
        leave = one_click_path((await room.mails(_ANNA))[-1])
        await room.client.post(leave, content=b"", headers=_ONE_CLICK)
        for letter in (first, unused):
            form = {"token": token_of(letter, "confirm")}
            assert (await room.post("/confirm", form)).status_code == 404
        count = len(await room.mails(_ANNA))
        await room.subscribe(_ANNA)
        assert len(await room.mails(_ANNA)) == count
        room.clock.moment += timedelta(days=1, seconds=1)
        for _ in range(3):
            await room.subscribe(_ANNA)
        *_, letter = await room.mails(_ANNA)
        assert len(await room.mails(_ANNA)) == count + 1
        assert listed(room.site, "subscribers", "list") == []
        await room.post("/confirm", {"token": token_of(letter, "confirm")})
        assert len(listed(room.site, "subscribers", "list")) == 1
        # The link of the old mail still lets them leave.
        await room.client.post(leave, content=b"", headers=_ONE_CLICK)
        assert listed(room.site, "subscribers", "list") == []


async def test_who_says_never_is_never_written_to(tmp_path: Path) -> None:
    """The letter's own link ends letters for good, also for an operator's command."""
    async with reading_room(tmp_path) as room:
        await room.subscribe(_ANNA)
        [letter] = await room.mails(_ANNA)
        assert "Never write to me again" in body_of(letter)
        await room.client.post(one_click_path(letter), content=b"", headers=_ONE_CLICK)
        assert (
            await room.post("/confirm", {"token": token_of(letter, "confirm")})
        ).status_code == 404
        room.clock.moment += timedelta(days=400)
        await room.subscribe("Anna+again@example.org")
        assert len(room.inbox.envelopes) == 1
        for words in ((_ANNA,), (_ANNA, "--confirmed")):
            refused = run(room.site, "subscribers", "add", *words)
            assert refused.exit_code == 1
            assert "is left alone (refused" in refused.output


async def test_nothing_typed_is_markup(tmp_path: Path) -> None:
    """Languages, zones, times and addresses from a form come back as text or not at all."""
    async with reading_room(tmp_path) as room:
        attack = '"><script>alert(1)</script>{{7*7}}'
        for name in ("language", "zone", "quiet_from", "digest_at", "severity", "pace", "rule"):
            done = await room.subscribe(_ANNA, **{name: attack})
            assert "<script" not in done.text
            assert "49" not in re.sub(r"[\w/]+</option>", "", done.text)
        done = await room.post("/links", {"address": attack, "language": attack})
        assert "<script" not in done.text
        page = await room.get("/subscribe?lang=%22%3E%3Cscript%3E")
        assert "<script" not in page.text
        assert (await room.subscribe(_ANNA, language="../de")).status_code == 422


async def test_huge_and_odd_forms_are_cut_off(tmp_path: Path) -> None:
    """Bodies, fields and kinds beyond the limits are refused before they cost anything."""
    async with reading_room(tmp_path) as room:
        form = {"content-type": "application/x-www-form-urlencoded"}

        async def drip() -> Iterator[bytes]:  # type: ignore[misc]
            for _ in range(100):
                yield b"a=" + b"x" * 1000 + b"&"

        bodies: list[tuple[object, dict[str, str], int]] = [
            (b"address=" + b"a" * 20_000, form, 413),
            (drip(), form, 413),
            (b"&".join(b"rule=%d" % number for number in range(400)), form, 400),
            (b"address=%ff%fe", form, 400),
            ("address=ü".encode(), form, 400),
            (b'{"address": "anna@example.org"}', {"content-type": "application/json"}, 415),
            (b"address=anna@example.org", {"content-type": "text/plain"}, 415),
            (b"", {"content-type": "multipart/form-data; boundary=x"}, 415),
        ]
        for body, headers, status in bodies:
            done = await room.client.post("/subscribe", content=body, headers=headers)  # type: ignore[arg-type]
            assert done.status_code == status
        huge = b"x" * 20_000
        leave = await room.client.post("/u/" + "a" * 32, content=huge, headers=form)
        assert leave.status_code == 413


async def test_every_page_forbids_what_it_does_not_need(tmp_path: Path) -> None:
    """Strict policy, no referrer, no storing, no sniffing, on good answers and on bad ones."""
    async with reading_room(tmp_path) as room:
        tokens = await _tokens(room)
        paths = ["/subscribe", "/links", "/sent", "/confirm/none", "/nowhere"]
        for path in [*paths, *(f"/{page}/{token}" for page, token in tokens.items())]:
            headers = (await room.get(path)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "frame-ancestors 'none'" in policy
            assert not re.search(r"script|unsafe|\*|http", policy)
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in headers
        assert (
            "form-action 'self'"
            in (await room.get("/subscribe")).headers["content-security-policy"]
        )


async def test_the_outside_sees_only_pages_for_readers(tmp_path: Path) -> None:
    """Under the public name metrics and feeds are closed; a foreign name gets nothing at all."""
    public = {"host": PUBLIC.removeprefix("https://")}
    async with reading_room(tmp_path) as room:
        assert (await room.client.get("/subscribe", headers=public)).status_code == 200
        for path in ("/metrics", "/alerts.atom", "/alerts.json", "/alerts.csv", "/u", "/nowhere"):
            assert (await room.client.get(path, headers=public)).status_code == 401
        assert (await room.client.get("/alerts.atom")).status_code == 200
        assert (await room.client.get("/subscribe", headers={"host": "x.test"})).status_code == 400
    folder = tmp_path / "closed"
    folder.mkdir()
    async with reading_room(folder, token="sesame") as room:
        assert (await room.get("/subscribe")).status_code == 200
        assert (await room.get("/alerts.atom")).status_code == 401
        opened = await room.get("/alerts.atom", authorization="Bearer sesame")
        assert opened.status_code == 200


async def test_a_race_of_leaving_and_sending_loses_nothing_and_breaks_nothing(
    tmp_path: Path,
) -> None:
    """Somebody deletes themselves while a mail to them is being sent: no error, no trace."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA)
        room.news["/feed"] = room.news["/feed"]
        room.stories = []
        await room.publish(FIRST)
        leave = one_click_path((await room.mails(_ANNA))[-1])
        name = (await room.mails(_ANNA))[-1]["Message-ID"][1:].partition("@")[0]
        room.command("outbox", "retry", name)
        pipeline = room.pipeline
        [leased] = await pipeline.deliverer.lease_due()
        await room.client.post(leave, content=b"", headers=_ONE_CLICK)
        await pipeline.deliverer.deliver(leased)
        assert listed(room.site, "outbox", "list") == []
        assert mails_to(room.inbox, _ANNA)


async def test_many_at_once(tmp_path: Path) -> None:
    """Forty requests at the same moment break no limit and lose no answer."""
    async with reading_room(tmp_path) as room:
        answers = await asyncio.gather(*(room.subscribe(_ANNA) for _ in range(40)))
        codes = [answer.status_code for answer in answers]
        assert codes.count(303) == PER_CLIENT
        assert codes.count(429) == 40 - PER_CLIENT
        assert len(await room.mails(_ANNA)) == PER_ADDRESS


async def test_scopes_and_pages_are_the_same_five() -> None:
    """Whoever adds a scope has to add it to the attacks above."""
    assert len(Scope) == len(_PAGES)
