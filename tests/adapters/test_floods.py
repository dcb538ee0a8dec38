# SPDX-License-Identifier: Apache-2.0
"""A feed with more news than anybody reads: few messages, nothing left out, history untold."""

from __future__ import annotations

from pathlib import Path

import pytest
from benches import Hands, bench, poll
from loopback import answer, serving
from newsroom import Receiver, Site, Story, page, rss, verified

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

_LANES = 30
_STORIES = 90
_BUDGET = 20
_RULE = """
id = "flood.lane{lane}"
title = "Lane {lane}"
kind = "keyword"
match = "lane{lane}"
[[example]]
name = "fires"
text = "Something came in by lane{lane}."
expect = "alert"
[[example]]
name = "stays silent"
text = "Nothing came in."
expect = "silent"
"""
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "joist")


def _text(number: int) -> str:
    """Return words of this story alone, so that no story is taken for another's copy."""
    own = " ".join(f"{word}{number}" for word in _WORDS)
    return f"{own}. It came in by lane{number % _LANES}. {own[::-1]}"


def _stories(*, hours: float) -> list[Story]:
    return [Story(f"/{n}", f"Dispatch {n}", _text(n), hours=hours) for n in range(_STORIES)]


def _site(folder: Path, paper: str, hook: str, *, first_poll: str) -> Site:
    rules = folder / "site" / "rules"
    rules.mkdir(parents=True)
    for lane in range(_LANES):
        text = _RULE.replace("{lane}", str(lane))
        (rules / f"lane{lane}.toml").write_text(text, encoding="utf-8")
    feed = (
        f'[[feed]]\nid = "paper"\nurl = "{paper}"\nfirst_poll = "{first_poll}"\n'
        'full_text = "never"\n'
    )
    return Site(
        folder / "site",
        feeds={},
        subscribers={"desk": {"webhook": hook}},
        extra=f'[rules]\npaths = ["rules"]\nshipped = false\n{feed}',
    )


@pytest.mark.parametrize(
    ("first_poll", "hours", "messages"),
    [
        pytest.param("recent", 24.0 * 30, 0, id="an archive is history"),
        pytest.param("all", 24.0 * 30, _BUDGET, id="an archive that somebody wants"),
        pytest.param("recent", 1.0, _BUDGET, id="a day on which everything happens"),
    ],
)
async def test_a_first_poll_never_makes_more_messages_than_the_budget(
    tmp_path: Path, first_poll: str, hours: float, messages: int
) -> None:
    """30 rules and 90 stories at once: 19 messages and an overview that holds all the rest; the
    next polls add nothing."""
    news = {"/feed": rss(_stories(hours=hours), "http://paper.example")}
    clock = Hands()
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        site = _site(tmp_path, paper.url("/feed"), hook.url("/hook"), first_poll=first_poll)
        async with bench(site, clock) as pipeline:
            for _ in range(3):
                await poll(pipeline)
                await pipeline.deliver_due()
                clock.forward(hours=1)
    bodies = [verified(row)["data"] for row in hook.requests]
    assert len(bodies) == messages
    told = [article["title"] for body in bodies for article in body["articles"]]
    assert len(told) == len(set(told)) == (_STORIES if messages else 0)
    overviews = [body for body in bodies if body["rule"] == "figurewatch.overview"]
    assert [len(body["articles"]) for body in overviews] == [33] * bool(messages)


_SPEAKERS = ("The Pentagon", "The government of South Korea", "The Ukrainian military intelligence")


async def test_pages_that_come_back_together_are_one_polls_news(tmp_path: Path) -> None:
    """A site whose pages failed is well again: what they hold comes in one message, not in three."""
    teasers = [
        Story(f"/{n}", f"Arrivals {n}", f"What {speaker} knows about the North Korean troops.")
        for n, speaker in enumerate(_SPEAKERS)
    ]
    clock, news = Hands(), dict[str, bytes]()
    async with serving(news) as paper, serving(Receiver().respond) as hook:
        news["/feed"] = rss(teasers, paper.url(""))
        news |= {story.path: answer(status="503 Busy") for story in teasers}
        site = Site(
            tmp_path / "site",
            {"paper": paper.url("/feed")},
            subscribers={"desk": {"webhook": hook.url("/hook")}},
        )
        async with bench(site, clock) as pipeline:
            await poll(pipeline)
            for number, (story, speaker) in enumerate(zip(teasers, _SPEAKERS, strict=True)):
                figure = (
                    f"{speaker} said about {10 + number},000 North Korean soldiers are in Russia."
                )
                news[story.path] = page(story.title, [figure, *["No more is known."] * 12])
            clock.forward(hours=2)
            await poll(pipeline)
            await pipeline.deliver_due()
    [body] = [verified(row)["data"] for row in hook.requests]
    assert len(body["articles"]) == len(_SPEAKERS)
