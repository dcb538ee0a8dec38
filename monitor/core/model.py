# SPDX-License-Identifier: Apache-2.0
"""The nouns: frozen records and closed sets that every hop shares.

What it is not: behaviour. Rules of this file: records are frozen, slotted and keyword-only; they
hold tuples, never lists or dictionaries; every `datetime` is timezone-aware UTC; offsets count
code points in the *original* text of the field they name; unknown is `None`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

_DAY = timedelta(days=1, microseconds=-1)
# What clocks show that do not know the time lies before it: the years 1, 1900, 1904, 1970 and 1980.
_FIRST_DATE = datetime(1981, 1, 1, tzinfo=UTC)

# --- closed sets -----------------------------------------------------------------------------


class Bound(StrEnum):
    """How a stated number limits the true one; with a bound, low = high = the stated number."""

    NONE = "none"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Kind(StrEnum):
    """What a figure is relative to the force it counts."""

    TOTAL = "total"
    SUBSET = "subset"  # "including 500 officers", "three of whom are generals"
    INCREMENT = "increment"  # "3,000 more"
    FLOW = "flow"  # "30,000 a month"


class Status(StrEnum):
    """The status track of a claim; only `PRESENT` says that the figure holds now."""

    PRESENT = "present"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    PAST = "past"
    DENIED = "denied"
    EXERCISE = "exercise"


class TextField(StrEnum):
    """The field of an article that an offset points into."""

    TEXT = "text"
    TITLE = "title"


class TextKind(StrEnum):
    """Where the text of a reading came from; only readings of one kind can correct each other."""

    ENTRY = "entry"
    PAGE = "page"
    SEED = "seed"


class Relation(StrEnum):
    """How a text relates to the nearest known one."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINED = "contained"
    NONE = "none"


class Basis(StrEnum):
    """By what an article was recognised."""

    ENTRY = "entry"  # the feed's own id
    FINGERPRINT = "fingerprint"
    URL = "url"
    TEXT = "text"
    HEADLINE = "headline"


class ArticleVerdict(StrEnum):
    """What became of an article as a text."""

    NEW = "new"
    REVISION = "revision"
    DUPLICATE = "duplicate"


class Verdict(StrEnum):
    """What became of a claim: the named reason why it may or may not alert (see `core.ledger`)."""

    DUPLICATE = "duplicate"
    CORRECTION = "correction"
    DETAIL = "detail"
    VAGUE = "vague"
    RECALL = "recall"
    RESTATEMENT = "restatement"
    NEW_PLACE = "new-place"
    CORROBORATION = "corroboration"
    REVISION = "revision"
    NEW = "new"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    PAST = "past"
    DENIED = "denied"
    EXERCISE = "exercise"


class ValueRelation(StrEnum):
    """How a figure stands to the known one it was compared with (see `core.values`)."""

    SAME = "same"
    REFINES = "refines"  # lies inside the known interval
    WIDER = "wider"  # contains the known interval
    DIFFERENT = "different"


class Fact(StrEnum):
    """What else is true of a claim in its series when it is judged (see `core.conflicts`).

    Facts never change a verdict; rules may ask for them.
    """

    FIRST_OFFICIAL = "first-official"  # an official source confirms what only others had said
    OUTLIER = "outlier"  # far from what the other families say
    SPREAD_NARROWED = "spread-narrowed"  # the families lie closer together than before
    SELF_CONTRADICTION = "self-contradiction"  # the speaker gave another figure for the same day
    NEW_HIGH = "new-high"  # above every figure so far
    NEW_LOW = "new-low"  # below every figure so far
    PLACE_CONFLICT = "place-conflict"  # more in a part than somebody has for the whole
    STILL_CLAIMED = "still-claimed"  # said again after a month of silence


class Cause(StrEnum):
    """Who or what took a claim back."""

    EDIT = "edit"  # the article was changed
    NOTICE = "notice"  # a correction or retraction in words
    OPERATOR = "operator"


class Severity(StrEnum):
    """How loud an alert is, from quiet to loud in the order of `SEVERITY_ORDER`."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    HIGH = "high"
    CRITICAL = "critical"


SEVERITY_ORDER: tuple[Severity, ...] = tuple(Severity)


class Disposition(StrEnum):
    """What a rule does with a claim or article that satisfies it."""

    ALERT = "alert"  # push now
    DIGEST = "digest"  # keep for the digest
    NOTED = "noted"  # tell nothing: what an absence rule waits for is there


class PlaceRelation(StrEnum):
    """How place A stands to place B."""

    EQUAL = "equal"
    ANCESTOR = "ancestor"  # A is wider and contains B
    DESCENDANT = "descendant"  # A lies inside B
    UNKNOWN = "unknown"  # one of the two is not known
    DISJOINT = "disjoint"


def require_utc(moment: datetime | None, name: str) -> None:
    """Raise `ValueError` unless `moment` is None or timezone-aware UTC."""
    if moment is not None and moment.utcoffset() != timedelta(0):
        msg = f"{name} must be timezone-aware UTC, got {moment!r}"
        raise ValueError(msg)


def as_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; a naive one is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def names_a_day(published: datetime) -> bool:
    """Say whether a date of publication is only a day: at midnight to the second nobody publishes."""
    return published.time() == time()


def latest(published: datetime) -> datetime:
    """Return the last moment that a date of publication may mean: of a bare day, its end."""
    return published + _DAY if names_a_day(published) else published


def is_credible(published: datetime, seen: datetime) -> bool:
    """Say whether something seen then may have been published at this date, zones mistaken included."""
    return _FIRST_DATE <= published <= seen + timedelta(days=1)


def believed(published: datetime | None, seen: datetime) -> datetime | None:
    """Return when something was published as far as its own date can be believed.

    Never later than it was seen; None for no date, and for one from before there were feeds.
    """
    if published is None or published < _FIRST_DATE:
        return None
    return min(published, seen)


# --- claims ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of one field of the original text."""

    start: int
    end: int
    field: TextField = TextField.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a figure stands: the figure's own characters and the sentence around them.

    `text` is exactly the characters of `span`; `sentence` exactly those of `sentence_span`.
    """

    text: str
    span: Span
    sentence: str
    sentence_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who asserts a figure. `family` groups institutions of one government or organisation.

    `id` is a gazetteer slug, or `text:<literal, lower case>` for a speaker the gazetteer does not know
    (then `family` equals `id`).
    """

    id: str
    name: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One asserted figure: interval, measure, force, place, source, status, kind, as-of, evidence.

    `force` is an ISO 3166-1 alpha-2 code or a slug, `place` a gazetteer slug; where the gazetteer
    does not know a name the id is None and the literal stays in `force_text` / `place_text`.
    `region` annotates a direction inside the place ("eastern Russia": place `russia`).
    `vague` is true for bands without a stated figure ("several thousand"): low and high are then
    the band's edges and `surface` its words. `recalled` is true where words mark the figure as an
    old one ("last week put it at 8,000"). `as_of_stated` tells a date in the text from the
    publication date. `points` are the integer confidence points that `confidence` was mapped
    from. `why` maps a field name to the id of the rule that set it.
    """

    measure: str
    low: int
    high: int
    bound: Bound = Bound.NONE
    approximate: bool = False
    vague: bool = False
    surface: str
    unit: str = "persons"
    force: str | None = None
    force_text: str | None = None
    place: str | None = None
    place_text: str | None = None
    region: str | None = None
    source: Source | None = None
    channel: str | None = None
    status: Status = Status.PRESENT
    kind: Kind = Kind.TOTAL
    as_of: date | None = None
    as_of_stated: bool = False
    recalled: bool = False
    evidence: Evidence
    mentions: tuple[Span, ...] = ()
    confidence: float = 0.5
    points: int = 0
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A number of the text that was not taken as a claim, and the named reason."""

    text: str
    value: float | None
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything the claims layer found in one document, in text order (title first).

    `partial` is the language of a text that was read with a partial pack.
    """

    claims: tuple[Claim, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    partial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A correction or retraction in words: "an earlier version of this article said 15,000".

    `wrong` and `right` are the figures as (low, high); without `right` the figure is only taken back.
    `wrong_span` are the characters of the wrong figure, `right_evidence` prove the right one.
    """

    wrong: tuple[int, int]
    wrong_span: Span
    sentence: str
    right: tuple[int, int] | None = None
    right_evidence: Evidence | None = None


# --- entries and articles --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item exactly as a feed gave it. `content` is markup when `content_is_html`."""

    feed: str
    entry_id: str | None
    url: str | None
    title: str
    content: str
    content_is_html: bool = True
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        require_utc(self.published, "published")
        require_utc(self.updated, "updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What one response held. `dropped` counts entries beyond the per-poll cap; `hubs` and `own_url`
    are the feed's links "hub" and "self", as they stand there."""

    title: str
    entries: tuple[Entry, ...]
    language: str | None = None
    ttl_seconds: int | None = None
    dropped: int = 0
    complaint: str | None = None  # what was wrong with the markup, where it could still be read
    hubs: tuple[str, ...] = ()
    own_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A sample of the text's word shingles (see `core.sketches`): the hashes that fell under the
    sampling threshold, in text order, and how many distinct shingles the whole text has."""

    hashes: tuple[int, ...]
    shingles: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Our normalised text of an entry, with all that is computed from the text alone.

    `entry_key` identifies the entry within its feed; `entry_hash` changes when the feed changes
    the entry (so that an unchanged one is skipped before any work).
    """

    id: str
    feed: str
    entry_key: str
    entry_hash: str
    url: str | None
    canonical_url: str | None
    title: str
    text: str
    text_kind: TextKind
    publisher: str
    language: str | None = None
    published: datetime | None = None
    seen: datetime
    fingerprint: str
    sketch: Sketch
    claims: tuple[Claim, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        require_utc(self.published, "published")
        require_utc(self.seen, "seen")

    @property
    def said(self) -> datetime:
        """When it was published as far as that is believed, never later than when we saw it.

        Undated counts as seen.

        A bare day is the whole day: the article may be as new as anything else of that day that came
        before it.
        """
        published = believed(self.published, self.seen)
        return self.seen if published is None else min(latest(published), self.seen)


# --- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Claims that are comparable: same measure, force, unit, place, kind and status track."""

    measure: str
    force: str
    unit: str
    place: str | None
    kind: Kind
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerClaim:
    """One row of the ledger: a claim, when it was said and seen, and its verdict.

    `family` is the source family the claim counts for; None when no source is known. `compared`
    are the ids of the ledger rows the verdict rests on, `previous` the row whose value this one
    replaces (revision, correction). `rung` counts how often the family's value in the series had
    changed before this claim. `withdrawn` marks rows that a correction took back. `relation` is how
    the value stands to that of the first row of `compared`; `facts` are in the order of `Fact`.
    """

    id: str
    article: str
    group: str
    feed: str
    publisher: str
    claim: Claim
    series: Series
    family: str | None
    said: datetime
    seen: datetime
    verdict: Verdict
    reason: str
    compared: tuple[str, ...] = ()
    previous: str | None = None
    rung: int = 0
    withdrawn: bool = False
    relation: ValueRelation | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A mark beside a ledger row: it was taken back, by what, when and why.

    `article` is the article that took it back, None for an operator.
    """

    claim: str
    cause: Cause
    reason: str
    article: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What memory keeps of an article: enough to recognise it, its revisions and its copies.

    `claims` are the ids of its ledger rows. `origin` is the feed id, or `seed:<pack>`.
    """

    id: str
    group: str
    feed: str
    entry_key: str
    entry_hash: str
    canonical_url: str | None
    title: str
    publisher: str
    text_kind: TextKind
    published: datetime | None
    seen: datetime
    fingerprint: str
    sketch: Sketch


# --- rules, alerts, messages -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Evidence that a rule held: for one ledger row, or for the whole article (`claim` None).

    `severity` is there where the size of the change gives another one than the rule's.
    """

    rule: str
    claim: str | None
    disposition: Disposition
    reason: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one rule made of one article: its hits, and for what did not hit the reasons.

    `misses` pairs a ledger row id (or "" for the whole article) with the reason it did not hit,
    e.g. "verdict restatement is not in alert_on" or "confidence 0.55 < 0.6"; `nearest` is the row of
    them that came closest, where none hit. `version` tells which state of the rule was asked.
    """

    rule: str
    version: str = ""
    hits: tuple[Hit, ...] = ()
    misses: tuple[tuple[str, str], ...] = ()
    nearest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRef:
    """An article as alerts cite it."""

    id: str
    url: str | None
    title: str
    publisher: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something worth telling. `claim` is None for alerts of keyword rules.

    `id` is a function of `dedup_key`, fixed before any delivery. `previous` are the ledger rows
    shown as "before": the family's replaced value first, then other families' current values.
    `steps` are this family's figures that were held back and that this one has overtaken.
    A follow-up names in `corrects` the wrong alerts that it puts right, and goes to exactly those who
    got one of them; where nothing replaces the wrong figure, its `claim` is that figure, withdrawn.
    """

    id: str
    dedup_key: str
    rule: str
    rule_title: str
    severity: Severity
    disposition: Disposition
    reason: str
    claim: LedgerClaim | None
    previous: tuple[LedgerClaim, ...] = ()
    article: ArticleRef
    witnesses_articles: int = 1
    witnesses_independent: int = 1
    steps: tuple[LedgerClaim, ...] = ()
    created: datetime
    corrects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A later article that carries a claim already alerted: attached to the alert, not sent.

    `origin` is the agency or channel that the article names for the figure, None where it names none;
    `claim` is the ledger row that repeats the figure.
    """

    alert: str
    article: str
    group: str
    claim: str = ""
    publisher: str = ""
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChanges:
    """How a further reading's figures differ from the `previous` one's; ids of ledger rows.

    `altered` pairs the row that gave way with the one in its place.
    """

    previous: str
    kept: tuple[str, ...] = ()
    altered: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What `decide` concluded about one article.

    `nearest` is the known article it is a copy or revision of, `relation` and `similarity` how
    close it is (similarity is the share of the smaller text's shingles found in the other, 0..1).
    `silenced` says why an otherwise alerting article was ingested silently (first poll, backfill, seeding).
    `basis` says by what `nearest` was recognised, `passages` estimates the lengths in words of what
    the two share, longest first; `changes` is there for further readings of an entry.
    """

    article: Article
    verdict: ArticleVerdict
    group: str
    relation: Relation
    nearest: str | None = None
    similarity: float = 0.0
    claims: tuple[LedgerClaim, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    silenced: str | None = None
    basis: Basis | None = None
    passages: tuple[int, ...] = ()
    changes: FigureChanges | None = None

    @property
    def withdrawn(self) -> tuple[str, ...]:
        """Return the ids of the ledger rows that the article takes back."""
        return tuple(mark.claim for mark in self.withdrawals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything one batch concluded, ready to commit.

    `withdrawals` are those of an operator; those of articles are in their outcomes.
    """

    outcomes: tuple[Outcome, ...] = ()
    alerts: tuple[Alert, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


class ChannelKind(StrEnum):
    """The ways a subscriber can be told."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class BodyFormat(StrEnum):
    """What the body of a webhook looks like."""

    NATIVE = "native"
    CLOUDEVENTS = "cloudevents"
    ALERTMANAGER = "alertmanager"
    SLACK = "slack"
    DISCORD = "discord"
    TEAMS = "teams"
    NTFY = "ntfy"


# A receiver of these can and must check who sent them; chat platforms check nothing.
SIGNED_FORMATS = frozenset({BodyFormat.NATIVE, BodyFormat.CLOUDEVENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One configured way to reach a subscriber. `address` is an e-mail address or a URL.

    `id` is `<subscriber>/<kind>`; secrets are never here, the notifier resolves them by id.
    `unsubscribe_url` is where this recipient can leave, if they can by themselves. `language` and
    `zone` (an IANA name) are how a reader wants to be written to.
    """

    id: str
    subscriber: str
    kind: ChannelKind
    address: str
    format: BodyFormat = BodyFormat.NATIVE
    unsubscribe_url: str | None = None
    language: str = "en"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses of pages that belong to one reader alone, minted for one attempt and never stored.

    `feedback` pairs the id of an alert with the page that asks whether it was worth sending.
    `confirm` is there in a letter that asks for a confirmation.
    """

    unsubscribe: str
    manage: str | None = None
    erase: str | None = None
    confirm: str | None = None
    feedback: tuple[tuple[str, str], ...] = ()


class MessageKind(StrEnum):
    """Why a message was made."""

    ALERT = "alert"  # alerts of one rule, as they came or after a grouping window
    OVERVIEW = "overview"  # alerts of any rules that were held back: quiet hours, budget
    DIGEST = "digest"  # the daily or weekly digest
    NOTICE = "notice"  # news about Figurewatch itself, for its operators
    LETTER = "letter"  # to somebody about their own subscription; `heading` says which letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one channel is told at once; `id` is stable over retries and restarts (webhook-id,
    Message-ID).

    An alert message holds all alerts that one commit raised for one rule. `heading` says in one
    line what the message is where its alerts do not; `notes` are lines below them (what was held
    back, coverage). `overtaken` are ids of held alerts that others of the message stand for. A
    notice or letter holds no alerts. `links` are put in for one attempt; the outbox never has any.
    """

    id: str
    channel: Channel
    rule: str
    alerts: tuple[Alert, ...]
    created: datetime
    kind: MessageKind = MessageKind.ALERT
    heading: str = ""
    notes: tuple[str, ...] = ()
    overtaken: tuple[str, ...] = ()
    links: Links | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way: leased from the outbox for one attempt. `attempts` counts earlier
    tries since `since`, when it was made or last asked for again."""

    message: Message
    attempts: int
    lease_until: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side's answer to a successful attempt, for the log and `notify test`."""

    detail: str
    seconds: float = field(default=0.0)
