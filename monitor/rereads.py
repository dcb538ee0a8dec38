# SPDX-License-Identifier: Apache-2.0
"""When the page of an article is asked for again, and what such a reading is.

What it is not: fetching (`pages`) or deciding (`pipeline`). A page that failed is tried again a few
times; that of an article that matched a rule is read again on a decaying schedule, to catch silent
edits. An entry whose reader died is read again at the next polls. Rules of this file: nothing here does input or output; a page that says the same is no
reading.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Article, ArticleVerdict, Decision, TextKind
from monitor.core.prepare import Reading
from monitor.core.text import clean
from monitor.pages import PageAnswer
from monitor.store import EntryMark, EntryState, OwedPage, PollResult

# An article page that failed is tried again after these waits, then left.
_PAGE_WAITS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
# An entry whose reading ended with the process that read it is read again so often, poll by poll.
_MOST_READINGS = 3
# What stands for the hash of an entry that is still to be read; no real hash looks like it.
_UNREAD = "unread"
# The page of an article that matched is read again so long after, to catch silent edits
# (DESIGN section 3).
_REREADS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))


def page_due(tries: int, now: datetime) -> datetime | None:
    """Return when a page that failed `tries` times before is tried again, if at all."""
    return now + _PAGE_WAITS[tries] if tries < len(_PAGE_WAITS) else None


def unread_mark(key: str, state: EntryState | None) -> EntryMark | None:
    """Return the mark of an entry that is to be read again at the next poll; None when it had its
    tries."""
    tries = 1
    if state is not None and state.entry_hash == _UNREAD:
        tries = state.page_tries + 1
    if tries >= _MOST_READINGS:
        return None
    known = state.article if state is not None else ""
    return EntryMark(entry_key=key, entry_hash=_UNREAD, article=known, page_tries=tries)


def second_reading(owed: OwedPage, page_text: str, now: datetime) -> Reading:
    """Return the page as a further reading of its entry."""
    article = owed.article
    # What an earlier page said must not live on in the next; what the feed itself said may.
    own = article.text if article.text_kind is TextKind.ENTRY else ""
    return Reading(
        feed=article.feed,
        publisher=article.publisher,
        entry_key=article.entry_key,
        entry_hash=article.entry_hash,
        url=article.url,
        title=article.title,
        content=own,
        content_is_html=False,
        page_text=page_text,
        published=article.published,
        language=article.language,
        seen=now,
    )


def is_known(article: Article, page_text: str) -> bool:
    """Say whether a page says what it said before; the teaser may stand before it."""
    return article.text_kind is TextKind.PAGE and article.text.endswith(clean(page_text))


def after_reading(owed: OwedPage, page: PageAnswer, now: datetime) -> EntryMark:
    """Return the state of an entry whose owed page was just read, or could not be."""
    state = owed.state
    mark = EntryMark(
        entry_key=owed.article.entry_key,
        entry_hash=state.entry_hash,
        article=state.article,
        page_tries=state.page_tries,
        page_due=state.page_due,
        rereads=state.rereads,
        reread_due=state.reread_due,
    )
    if state.page_due is not None and state.page_due <= now:
        tries = state.page_tries + 1
        mark = replace(
            mark, page_tries=tries, page_due=page_due(tries, now) if page.failed else None
        )
    if state.reread_due is not None and state.reread_due <= now:
        step = state.rereads + 1
        mark = replace(mark, rereads=step, reread_due=_reread_due(step, now))
    return mark


def _reread_due(step: int, now: datetime) -> datetime | None:
    """Return when the page is read again for the `step`-th time (from 0), counted from the first."""
    if step >= len(_REREADS):
        return None
    return now + _REREADS[step] - (_REREADS[step - 1] if step else timedelta())


def with_rereads(poll: PollResult, decision: Decision) -> PollResult:
    """Return the poll with re-reads begun for the entries whose article matched a rule."""
    matched = {
        outcome.article.id
        for outcome in decision.outcomes
        if outcome.article.url is not None
        and outcome.silenced is None
        and outcome.verdict is not ArticleVerdict.DUPLICATE
        and any(evaluation.hits for evaluation in outcome.evaluations)
    }
    return replace(
        poll,
        entries=tuple(
            replace(mark, rereads=0, reread_due=_reread_due(0, poll.at))
            if mark.article in matched and mark.reread_due is None
            else mark
            for mark in poll.entries
        ),
    )
