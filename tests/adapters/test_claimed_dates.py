# SPDX-License-Identifier: Apache-2.0
"""Feeds whose dates cannot be: when an article was seen decides, what it claims is kept and marked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from benches import Hands, bench, poll
from loopback import serving
from newsroom import Receiver, Site, Story, mails_to, rss, verified
from smtp_servers import Inbox, smtp_server

pytestmark = pytest.mark.anyio

_RAIN = Story("/rain", "Rain", "It rained.")
_FIRST = "The Pentagon said about 10,000 North Korean soldiers are in Russia."
_SECOND = "The Pentagon said about 12,000 North Korean soldiers are in Russia."
_ABSURD = {
    # With a reader's zone that leads out of the calendar.
    "the end of the calendar": (
        datetime(9999, 12, 31, 12, tzinfo=UTC),
        "Pacific/Kiritimati",
    ),
    "years ahead": (datetime(2061, 7, 1, 12, tzinfo=UTC), "UTC"),
    "the zero of a clock": (datetime(1970, 1, 1, tzinfo=UTC), "Pacific/Pago_Pago"),
    "long before the web": (datetime(1904, 1, 1, 12, tzinfo=UTC), "UTC"),
}


def _story(path: str, text: str, published: datetime) -> Story:
    """Return a story that names this date, to the second."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Story(path, "Arrivals", text, hours=(now - published).total_seconds() / 3600)


@pytest.mark.parametrize(("claimed", "zone"), _ABSURD.values(), ids=_ABSURD)
async def test_a_date_that_cannot_be_decides_nothing_and_is_shown_as_what_it_is(
    tmp_path: Path, claimed: datetime, zone: str
) -> None:
    """The figure is told although its date says history; the next one is a revision and not old
    news; the mail calls the article undated and names the claim; the webhook has it as claimed."""
    clock, inbox, news = Hands(), Inbox(), {"/feed": rss([_RAIN], "http://paper.example")}
    absurd = _story("/absurd", _FIRST, claimed)
    honest = Story("/honest", "Arrivals", _SECOND, hours=-1.5)  # between the last two polls
    with smtp_server(inbox) as port:
        async with serving(news) as paper, serving(Receiver().respond) as hook:
            site = Site(
                tmp_path / "site",
                {"paper": paper.url("/feed")},
                smtp_port=port,
                subscribers={
                    "desk": {
                        "email": "desk@example.org",
                        "webhook": hook.url("/hook"),
                        "zone": zone,
                    }
                },
            )
            async with bench(site, clock) as pipeline:
                for stories in ([_RAIN], [absurd, _RAIN], [honest, absurd, _RAIN]):
                    news["/feed"] = rss(stories, "http://paper.example")
                    await poll(pipeline)
                    clock.forward(hours=1)
                    await pipeline.deliver_due()
                assert {row.state for row in pipeline.outbox.rows()} == {"sent"}
    first, second = mails_to(inbox, "desk@example.org")
    body = first.get_body(("plain",))
    assert body is not None
    assert f"undated (given as {claimed.day} {claimed:%b} {claimed.year})" in body.get_content()
    assert "12,000" in second["Subject"]
    bodies = [verified(row) for row in hook.requests]
    assert [body["type"] for body in bodies] == ["figure.new", "figure.revision"]
    assert bodies[0]["data"]["articles"][0]["published"][:16] == f"{claimed:%Y-%m-%dT%H:%M}"
