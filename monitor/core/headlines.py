# SPDX-License-Identifier: Apache-2.0
"""The line that says it all: subjects, headlines and one-sentence summaries of alerts.

What it is not: the body of a mail (`views`, `render`). Rules of this file: pure; ASCII arrows, since
the words end up in subjects; no subject is longer than promised, whatever a feed wrote.
"""

from __future__ import annotations

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Alert, Claim, LedgerClaim, Message, MessageKind, Verdict
from monitor.core.payload import TEST_RULE, is_absence
from monitor.core.wording import (
    claim_day,
    claim_phrase,
    counted_phrase,
    day,
    one_line,
    place_phrase,
    short_source,
    source_name,
    status_word,
    subject_phrase,
    value_phrase,
    verdict_words,
)
from monitor.core.words import ENGLISH, Words

# Promise 37: no subject is longer, whatever a feed wrote.
_SUBJECT_CHARACTERS = 200


def message_subject(message: Message, gazetteer: Gazetteer, words: Words = ENGLISH) -> str:
    """Return the subject: the news itself, or what the message is and the most of its news."""
    return one_line(_subject(message, gazetteer, words), _SUBJECT_CHARACTERS)


def _subject(message: Message, gazetteer: Gazetteer, words: Words) -> str:
    year = message.created.year
    lead = f"{digest_heading(message, words)}: " if message.kind is MessageKind.DIGEST else ""
    if message.kind is MessageKind.NOTICE:
        line = f"[Figurewatch] {message.heading}"
    elif not message.alerts:
        line = f"{lead}{words('nothing new')}"
    elif len(message.alerts) == 1:
        line = lead + words.figures(_one_subject(message.alerts[0], gazetteer, year))
    else:
        line = words.figures(_several_subject(message, gazetteer, lead))
    mark = "[TEST] " if message.rule == TEST_RULE else ""
    return capital(mark + line)


def digest_heading(message: Message, words: Words) -> str:
    """Return "Daily digest, 2024-11-05" of a digest in the reader's language."""
    what, _, day_ = message.heading.rpartition(", ")
    return f"{words(what)}, {day_}" if what else message.heading


def article_words(alert: Alert, most: int) -> str:
    """Return what an alert without a figure is about: its article, or what has not come.

    No more than `most` characters are from the article's title.
    """
    title = one_line(alert.article.title, most)
    if is_absence(alert):
        return f"{alert.reason}: {title}" if title else alert.reason
    return title or "untitled article"


def alert_title(alert: Alert, gazetteer: Gazetteer) -> str:
    """Return what the subject of a mail about this alert alone would be."""
    return one_line(
        capital(_one_subject(alert, gazetteer, alert.created.year)), _SUBJECT_CHARACTERS
    )


def _one_subject(alert: Alert, gazetteer: Gazetteer, year: int) -> str:
    row = alert.claim
    if row is None:
        publisher = one_line(alert.article.publisher, 60)
        return f"{one_line(alert.rule_title, 80)}: {article_words(alert, 130)}" + (
            f" ({publisher})" if publisher else ""
        )
    who = short_source(row.claim) or "unattributed"
    return f"{headline(alert, row, gazetteer)} ({who}, {day(claim_day(row), year)})"


def _several_subject(message: Message, gazetteer: Gazetteer, lead: str) -> str:
    """As many figures as fit: 'Troops: 3 new figures (12,000 in Russia, HUR; ...)'."""
    overview = lead + overview_line(message, gazetteer)
    parts: list[str] = []
    for alert in message.alerts:
        part = _part(alert, gazetteer)
        if len(f"{overview} ({'; '.join([*parts, part])}; ...)") > _SUBJECT_CHARACTERS:
            parts.append("...")
            break
        parts.append(part)
    return f"{overview} ({'; '.join(parts)})"


def overview_line(message: Message, gazetteer: Gazetteer) -> str:
    """Return one line over several alerts: "North Korean troops: 3 new figures"."""
    rows = [alert.claim for alert in message.alerts if alert.claim is not None]
    counted = {counted_phrase(row.claim, gazetteer) for row in rows}
    title = one_line(message.alerts[0].rule_title, 80)
    rules = len({alert.rule for alert in message.alerts})
    if not rows:
        absent = sum(map(is_absence, message.alerts))
        kind = {0: "articles", len(message.alerts): "silences"}.get(absent, "alerts")
        return f"{title if rules == 1 else f'{rules} rules'}: {len(message.alerts)} {kind}"
    if rules > 1 and (len(counted) > 1 or len(rows) < len(message.alerts)):
        return f"{len(message.alerts)} alerts of {rules} rules"
    what = counted.pop() if len(counted) == 1 else title
    changed = all(row.verdict is Verdict.REVISION for row in rows)
    fresh = "" if any(row.verdict is Verdict.CORRECTION for row in rows) else "new "
    return f"{capital(what)}: {len(message.alerts)} {'changed ' if changed else fresh}figures"


def _part(alert: Alert, gazetteer: Gazetteer) -> str:
    row = alert.claim
    if row is None:
        return article_words(alert, 60)
    place = place_phrase(row.claim, gazetteer)
    # In a list an arrow means that this family's own figure moved; there is no room for more.
    own = next((earlier for earlier in alert.previous if earlier.id == row.previous), None)
    figure = _figure(row, own) + (f" in {place}" if place else "")
    return f"{figure}, {short_source(row.claim) or 'unattributed'}"


def headline(alert: Alert, row: LedgerClaim, gazetteer: Gazetteer) -> str:
    """Return what is counted and where, the figure, and what it was before."""
    note = headline_note(alert, row)
    value = _figure(row, baseline(alert, row))
    return f"{what_is_counted(row, gazetteer)}: {value}{f', {note}' if note else ''}"


def what_is_counted(row: LedgerClaim, gazetteer: Gazetteer) -> str:
    """Return "North Korean troops in Kursk", marked if it is a correction or withdrawn."""
    what = subject_phrase(row.claim, gazetteer)
    if row.verdict is not Verdict.CORRECTION:
        return capital(what)
    return f"{verdict_words(row)}: {what}"


def headline_note(alert: Alert, row: LedgerClaim) -> str:
    """Return what a figure alone does not say: a new place, steps that were held back."""
    place = "new for this place" if row.verdict is Verdict.NEW_PLACE else ""
    steps = f"in {len(alert.steps) + 1} steps" if alert.steps else ""
    return ", ".join(note for note in (place, steps) if note)


def _figure(row: LedgerClaim, old: LedgerClaim | None) -> str:
    """Say '11,000', '10,000 -> 11,000' or '12,000 planned'."""
    value = value_words(row.claim)
    return value if old is None else f"{value_phrase(old.claim)} -> {value}"


def value_words(claim: Claim) -> str:
    """Return the figure with its status: "12,000 planned"."""
    return " ".join(part for part in (value_phrase(claim), status_word(claim)) if part)


def baseline(alert: Alert, row: LedgerClaim) -> LedgerClaim | None:
    """The figure that the new one is shown against: the one it replaces, else the newest one that
    anybody has in the same series; none where the news is the place, or that it is withdrawn."""
    for earlier in alert.previous:
        if earlier.id == row.previous:
            return earlier
    if row.verdict is Verdict.NEW_PLACE or row.withdrawn:
        return None
    same = [earlier for earlier in alert.previous if earlier.series == row.series]
    return max(
        same, key=lambda earlier: (claim_day(earlier), earlier.said, earlier.id), default=None
    )


def alert_summary(alert: Alert, gazetteer: Gazetteer) -> str:
    """One sentence for chats and logs: who says what, and what it was before."""
    row = alert.claim
    if row is None:
        publisher = f" ({alert.article.publisher})" if alert.article.publisher else ""
        return one_line(f"{article_words(alert, 300)}{publisher}", 300)
    standing = f"{verdict_words(row)}: {claim_phrase(row.claim, gazetteer)}"
    old = baseline(alert, row)
    return standing if old is None else f"{standing}; before: {before_words(old)}"


def before_words(old: LedgerClaim) -> str:
    """Return an earlier figure with who said it, and when."""
    who = source_name(old.claim) or "unattributed"
    return f"{value_phrase(old.claim)}, {who}, {day(claim_day(old))}"


def capital(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
