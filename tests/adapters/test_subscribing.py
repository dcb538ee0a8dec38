# SPDX-License-Identifier: Apache-2.0
"""People sign up, change their mind and leave: real requests, real mail, real store."""

from __future__ import annotations

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hands import listed, run
from newsroom import mails_to
from reading_room import (
    FIRST,
    SECOND,
    WISHES,
    body_of,
    one_click_path,
    reading_room,
    token_of,
)
from smtp_servers import Inbox

from monitor.store.backups import back_up

pytestmark = pytest.mark.anyio

_ANNA = "anna@example.org"
_BODY = {"content-type": "application/x-www-form-urlencoded"}


async def test_double_opt_in(tmp_path: Path) -> None:
    """Nothing but one confirmation is sent until the owner confirms; then the next alert comes."""
    async with reading_room(tmp_path) as room:
        asked = await room.subscribe(_ANNA)
        assert (asked.status_code, asked.headers["location"]) == (303, "/sent?lang=en")
        await room.publish(FIRST)
        [letter] = await room.mails(_ANNA)
        assert letter["Subject"] == "Confirm your subscription to Figurewatch"
        assert listed(room.site, "subscribers", "list") == []
        token = token_of(letter, "confirm")
        page = await room.get(f"/confirm/{token}")
        assert "Alerts will be sent to anna@example.org." in page.text
        assert listed(room.site, "subscribers", "list") == []
        done = await room.post("/confirm", {"token": token})
        assert "You are subscribed" in done.text
        await room.publish(SECOND)
        _, alert = await room.mails(_ANNA)
        assert "11,000" in alert["Subject"]
        [row] = listed(room.site, "subscribers", "list")
        assert (row["address"], row["origin"], row["topics"]) == (_ANNA, "self", ["*"])


async def test_confirming_twice_and_at_once_is_confirming_once(tmp_path: Path) -> None:
    """Eight confirmations at the same moment, and one more later, enter one member."""
    async with reading_room(tmp_path) as room:
        await room.subscribe(_ANNA)
        [letter] = await room.mails(_ANNA)
        form = {"token": token_of(letter, "confirm")}
        answers = await asyncio.gather(*(room.post("/confirm", form) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert (await room.post("/confirm", form)).status_code == 200
        assert len(listed(room.site, "subscribers", "list")) == 1
        again = await room.get(f"/confirm/{form['token']}")
        assert "This was confirmed already" in again.text


async def test_two_requests_for_one_address_make_one_member(tmp_path: Path) -> None:
    """Both links work, the later one's wishes count, and there is one member."""
    async with reading_room(tmp_path) as room:
        await room.subscribe(_ANNA, language="de")
        await room.subscribe("ANNA+x@Example.ORG", language="uk", pace="daily")
        german = (await room.mails(_ANNA))[0]
        ukrainian = mails_to(room.inbox, "ANNA+x@example.org")[0]
        for letter in (german, ukrainian):
            await room.post("/confirm", {"token": token_of(letter, "confirm")})
        [row] = listed(room.site, "subscribers", "list")
        assert (row["language"], row["pace"]) == ("uk", "daily")


async def test_one_click_unsubscribe(tmp_path: Path) -> None:
    """A provider's POST to the header's link ends it, whatever its body, and forgets the person."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA)
        await room.publish(FIRST)
        path = one_click_path((await room.mails(_ANNA))[-1])
        page = await room.get(path)
        assert (page.status_code, "Unsubscribe?" in page.text) == (200, True)
        assert len(listed(room.site, "subscribers", "list")) == 1
        for body in (b"List-Unsubscribe=One-Click", b"", b"\xff\x00 anything"):
            done = await room.client.post(path, content=body, headers=_BODY)
            assert done.status_code == 200
        assert listed(room.site, "subscribers", "list") == []
        before = len(await room.mails(_ANNA))
        await room.publish(SECOND)
        assert len(await room.mails(_ANNA)) == before
        [row] = listed(room.site, "subscribers", "suppressed")
        assert row["reason"] == "left"
        _no_trace(room.site.database, _ANNA)


def _no_trace(database: Path, address: str) -> None:
    """Check that a backup made now holds an address nowhere, in whatever case, free pages included."""
    copy = back_up(database, database.with_suffix(".copy"), datetime.now(UTC))
    assert address.encode().lower() not in copy.read_bytes().lower()
    copy.unlink()


async def test_deletion_by_two_links(tmp_path: Path) -> None:
    """To ask for deletion sends one more link; that one deletes, and only a hash stays."""
    async with reading_room(tmp_path) as room:
        manage = await room.member(_ANNA)
        await room.publish(FIRST)
        alert = (await room.mails(_ANNA))[-1]
        await room.post("/feedback", {"token": token_of(alert, "feedback"), "opinion": "right"})
        await room.post("/manage/delete", {"token": manage})
        letter = (await room.mails(_ANNA))[-1]
        token = token_of(letter, "delete")
        assert "Delete what is stored about you?" in (await room.get(f"/delete/{token}")).text
        assert len(listed(room.site, "subscribers", "list")) == 1
        done = await room.post("/delete", {"token": token})
        assert "You are deleted" in done.text
        assert (await room.post("/delete", {"token": token})).status_code == 404
        assert listed(room.site, "subscribers", "list") == []
        assert [row["reason"] for row in listed(room.site, "subscribers", "suppressed")] == [
            "deleted"
        ]
        _no_trace(room.site.database, _ANNA)
        [rule] = [row for row in _stats(room.site) if row["right"]]
        assert rule["right"] == 1


def _stats(site: object) -> list[dict[str, object]]:
    return listed(site, "rules", "list", "--stats")  # type: ignore[arg-type]


async def test_preferences_are_changed_and_count_at_once(tmp_path: Path) -> None:
    """What is saved is shown again in the new language, and holds for the next alert."""
    async with reading_room(tmp_path) as room:
        token = await room.member(_ANNA)
        saved = await room.post(
            "/manage",
            {**WISHES, "token": token, "language": "de", "pace": "weekly", "quiet_from": "22:00",
             "quiet_to": "07:00", "zone": "Europe/Kyiv"},
        )  # fmt: skip
        assert "Gespeichert." in saved.text
        assert 'value="22:00"' in saved.text
        assert "<option selected>Europe/Kyiv</option>" in saved.text
        await room.publish(FIRST)
        assert len(await room.mails(_ANNA)) == 1  # the letter only
        room.clock.moment += timedelta(days=8)
        digest = (await room.mails(_ANNA))[-1]
        assert digest["Subject"].startswith("Wochenübersicht, ")
        assert "10.000" in digest["Subject"]
        shown = run(room.site, "subscribers", "show", _ANNA).output
        assert "22:00-07:00" in shown


async def test_mistakes_of_a_form_are_named_and_nothing_is_lost(tmp_path: Path) -> None:
    """Wrong values come back with a sentence at their field; what was right is still there."""
    async with reading_room(tmp_path) as room:
        wrong = await room.post(
            "/subscribe",
            {"address": _ANNA, "pace": "now", "language": "de", "zone": "Mars/Base",
             "quiet_from": "22:00", "quiet_to": ""},
        )  # fmt: skip
        assert wrong.status_code == 422
        for text in ("Wählen Sie mindestens ein Thema.", "Wählen Sie eine Zeitzone aus der Liste."):
            assert text in wrong.text
        assert f'value="{_ANNA}"' in wrong.text
        assert 'id="quiet-mistake"' in wrong.text
        assert await room.mails(_ANNA) == []


async def test_only_chosen_topics_come(tmp_path: Path) -> None:
    """A member of one rule hears nothing of another, and one of a measure hears of its rules."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA, rule="troops.us-in-syria")
        await room.post(
            "/subscribe",
            {"address": "bob@example.org", "measure": "troops", "pace": "now", "language": "en",
             "zone": "UTC"},
        )  # fmt: skip
        letter = (await room.mails("bob@example.org"))[-1]
        await room.post("/confirm", {"token": token_of(letter, "confirm")})
        await room.publish(FIRST)
        assert len(await room.mails(_ANNA)) == 1
        assert len(await room.mails("bob@example.org")) == 2


async def test_the_operator_decides_what_strangers_get(tmp_path: Path) -> None:
    """A rule that is not offered is neither shown nor sent, also to who wants everything."""
    async with reading_room(tmp_path, web='topics = ["absent.*"]') as room:
        form = await room.get("/subscribe")
        assert "Nobody can subscribe here" in form.text
        assert (await room.subscribe(_ANNA)).status_code == 403
    folder = tmp_path / "other"
    folder.mkdir()
    async with reading_room(folder, web='topics = ["troops.us-*"]') as room:
        assert "North Korean troops in Russia" not in (await room.get("/subscribe")).text
        await room.member(_ANNA)
        await room.publish(FIRST)
        assert len(await room.mails(_ANNA)) == 1


async def test_feedback_is_one_voice_and_the_last_counts(tmp_path: Path) -> None:
    """A GET says nothing, three POSTs are one voice, and `rules list --stats` shows it."""
    async with reading_room(tmp_path, subscribers={"desk": {"email": "desk@example.net"}}) as room:
        await room.publish(FIRST)
        [alert] = await room.mails("desk@example.net")
        token = token_of(alert, "feedback")
        assert f"/feedback/{token}?say=wrong" in body_of(alert, "html")
        page = await room.get(f"/feedback/{token}?say=wrong")
        assert "10,000" in page.text
        assert sum(int(str(row["wrong"])) for row in _stats(room.site)) == 0
        for opinion in ("right", "wrong", "knew"):
            said = await room.post("/feedback", {"token": token, "opinion": opinion})
            assert said.status_code == 200
        [row] = [row for row in _stats(room.site) if row["alerts"]]
        assert (row["right"], row["wrong"], row["knew"]) == (0, 0, 1)
        assert (await room.post("/feedback", {"token": token, "opinion": "x"})).status_code == 404


async def test_a_subscriber_of_the_configuration_can_leave_too(tmp_path: Path) -> None:
    """The header's link stops the mail, operators are told, and `allow` opens the way again."""
    people = {"desk": {"email": "desk@example.net"}, "ops": {"email": "ops@example.net"}}
    async with reading_room(tmp_path, subscribers=people, extra='operators = ["ops"]') as room:
        await room.publish(FIRST)
        path = one_click_path((await room.mails("desk@example.net"))[0])
        await room.client.post(path, content=b"List-Unsubscribe=One-Click", headers=_BODY)
        await room.publish(SECOND)
        assert len(await room.mails("desk@example.net")) == 1
        told = [mail["Subject"] for mail in await room.mails("ops@example.net")]
        assert "[Figurewatch] The reader of desk/email unsubscribed" in told
        assert [row["id"] for row in listed(room.site, "subscribers", "list")] == ["ops"]
        run(room.site, "subscribers", "allow", "desk@example.net")
        assert [row["id"] for row in listed(room.site, "subscribers", "list")] == ["desk", "ops"]


async def test_an_address_that_bounces_is_left_alone(tmp_path: Path) -> None:
    """Three refusals for good end the subscription, and nobody can sign the address up again."""
    answers: dict[str, str] = {}
    inbox = Inbox(answers=answers)
    async with reading_room(tmp_path, inbox=inbox) as room:
        await room.member(_ANNA)
        answers["RCPT"] = "550 no such user"
        for number in range(3):
            story = FIRST if number == 0 else SECOND
            text = story.text.replace("10,000", f"{10 + 3 * number},500")
            text = text.replace("11,000", f"{10 + 3 * number},500")
            await room.publish(type(story)(f"/s{number}", f"Story {number}", text))
        [row] = listed(room.site, "subscribers", "suppressed")
        assert row["reason"] == "bounced"
        assert listed(room.site, "subscribers", "list") == []
        answers.clear()
        await room.subscribe(_ANNA)
        assert len(await room.mails(_ANNA)) == 1  # the first letter


async def test_a_member_added_by_command_is_told_without_a_restart(tmp_path: Path) -> None:
    """`subscribers add --confirmed` beside the running site counts from the next alert on."""
    async with reading_room(tmp_path) as room:
        await room.publish(FIRST)
        added = run(room.site, "subscribers", "add", _ANNA, "--confirmed", "--language", "uk")
        assert added.output.startswith("added self.")
        await room.publish(SECOND)
        [alert] = await room.mails(_ANNA)
        assert "Чому ви це отримали:" in body_of(alert)
        assert "10 000 -> 11 000" in alert["Subject"]
        removed = run(room.site, "subscribers", "remove", _ANNA)
        assert removed.exit_code == 0
        _no_trace(room.site.database, _ANNA)


async def test_an_invitation_is_only_an_invitation(tmp_path: Path) -> None:
    """`subscribers add` without consent on file sends the letter that everybody gets."""
    async with reading_room(tmp_path) as room:
        room.command("subscribers", "add", _ANNA, "--by", "olga")
        [letter] = await room.mails(_ANNA)
        assert listed(room.site, "subscribers", "list") == []
        await room.post("/confirm", {"token": token_of(letter, "confirm")})
        [row] = listed(room.site, "subscribers", "list")
        assert row["origin"] == "olga"


async def test_mail_that_is_tried_again_carries_the_same_links(tmp_path: Path) -> None:
    """Two sites with one key and database make the same bytes of the same message."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA)
        await room.publish(FIRST)
        message_id = (await room.mails(_ANNA))[-1]["Message-ID"]
        name = message_id[1:].partition("@")[0]
        room.command("outbox", "retry", name)
        await room.deliver()
        first, again = [
            mail for mail in mails_to(room.inbox, _ANNA) if mail["Message-ID"] == message_id
        ]
        assert first.as_bytes() == again.as_bytes()


async def test_the_key_is_private_and_belongs_to_its_database(tmp_path: Path) -> None:
    """It is a file of its own that only the owner reads; without it, nothing is changed."""
    async with reading_room(tmp_path) as room:
        await room.member(_ANNA)
        key = room.site.database.with_name("figurewatch.db.key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key.read_bytes().strip() not in room.site.database.read_bytes()
        key.rename(key.with_suffix(".gone"))
        refused = run(room.site, "subscribers", "add", "b@example.org", "--confirmed")
        assert refused.exit_code == 74
        assert "not the key that this database was used with" in refused.output
        assert run(room.site, "subscribers", "list").exit_code == 74
        assert not key.exists()
