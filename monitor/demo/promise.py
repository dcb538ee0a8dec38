# SPDX-License-Identifier: Apache-2.0
"""Whether the demo showed what it promises: the expected alerts by both channels, nothing else.

Rules of this file: pure; every shortcoming is one sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monitor.demo.record import Record
from monitor.demo.servers import Hook, Mail
from monitor.demo.world import World


def shortcomings(
    world: World, record: Record, mails: list[Mail], hooks: list[Hook], exit_code: int
) -> list[str]:
    """Return what was promised and did not happen; empty when all is well."""
    return [
        *_corpus(record),
        *_articles(world, record),
        *_messages(record, mails, hooks),
        *record.troubles,
        *([f"the daemon ended with exit code {exit_code}"] if exit_code else []),
    ]


def _corpus(record: Record) -> Iterator[str]:
    if not record.seeded_articles or not record.seeded_claims:
        yield "no seeded corpus was loaded"


def _articles(world: World, record: Record) -> Iterator[str]:
    """Compare what became of each article with what the world expects."""
    fates: dict[str, list[str]] = {}
    for row in record.decided:
        fates.setdefault(row.title, []).append(row.fate)
    for article in world.articles:
        found = fates.pop(article.title, [])
        if found != [article.expect]:
            happened = ", ".join(found) or "nothing"
            yield f"“{article.title}”: expected {article.expect}, got {happened}"
    for title in fates:
        yield f"“{title}” was decided, but is not part of the world"


def _messages(record: Record, mails: list[Mail], hooks: list[Hook]) -> Iterator[str]:
    """Each alert that was to be told is one mail and one webhook, and there are no others."""
    for what, count in (("mail", len(mails)), ("webhook", len(hooks))):
        if count != len(record.pushed):
            yield f"{count} {what}s arrived for {len(record.pushed)} alerts"
    repeated = [key for key, count in Counter(row.message for row in mails).items() if count > 1]
    yield from (f"mail {key} arrived more than once" for key in repeated)
    yield from (f"the signature of webhook {row.message} is wrong" for row in _unverified(hooks))
    for alert in record.pushed:
        if not any(alert["alert"] in mail.text for mail in mails):
            yield f"no mail is about alert {alert['alert']}"


def _unverified(hooks: list[Hook]) -> list[Hook]:
    return [hook for hook in hooks if not hook.verified]
