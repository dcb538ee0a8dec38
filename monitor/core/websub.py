# SPDX-License-Identifier: Apache-2.0
"""WebSub (W3C Recommendation), the subscriber's side: what a feed advertises, how a subscription
goes on, what a hub may ask, and whether what it sends counts.

What it is not: requests, pages or storage (`hubs`). Rules of this file: nothing that a hub says is
believed unless it belongs to a subscription that we asked for; a body counts only with a signature
made with the secret of that subscription; every wait has bounds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from monitor.core.urls import url_complaint

# What we ask for; hubs give what they like.
WANTED_LEASE = timedelta(days=10)
_USUAL_LEASE = timedelta(days=1)
_SHORTEST_LEASE = timedelta(minutes=1)
_LONGEST_LEASE = timedelta(days=30)
# A lease is renewed after this share of it, and up to so much later.
_RENEW_AFTER, _RENEW_SPREAD = 0.6, 0.2
# For so long a hub may take to ask back; then it is asked again.
_PATIENCE = timedelta(minutes=15)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(days=1)
_DENIED_REST = timedelta(days=1)
_MOST_FAREWELLS = 3
_LONGEST_CHALLENGE = 4096
_LONGEST_REASON = 200
_MOST_LINKS = 32
# A feed that names more hubs than this is subscribed at one of the first.
_MOST_HUBS = 4
_LONGEST_LINK_HEADER = 8192
# SHA-1 is what old hubs sign with: enough to say that there is news, not to say what it is.
_DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_HINT = "sha1"

_PARAMETER = re.compile(r"\s*;\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """Where a feed says that it is pushed from: the hub, and the feed's own name there; `others` are
    further hubs that it names, for when this one refuses."""

    hub: str
    topic: str
    others: tuple[str, ...] = ()

    @property
    def hubs(self) -> tuple[str, ...]:
        """Return all hubs, in the order of the feed."""
        return (self.hub, *self.others)


class Standing(StrEnum):
    """How a subscription stands."""

    ASKING = "asking"
    ACTIVE = "active"
    DENIED = "denied"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription at a hub. `due` is when we act next; `token` is the unguessable end of our
    callback and `secret` the key of the hub's signatures."""

    token: str = field(repr=False)
    feed: str
    hub: str
    topic: str
    callback: str = field(repr=False)
    secret: str = field(repr=False)
    standing: Standing
    due: datetime
    lease_until: datetime | None = None
    failures: int = 0
    reason: str | None = None
    last_push: datetime | None = None

    @property
    def mode(self) -> str:
        """Return what we ask the hub for."""
        return "unsubscribe" if self.standing is Standing.LEAVING else "subscribe"


class PushVerdict(StrEnum):
    """What became of something that was posted to a callback."""

    TAKEN = "taken"
    HINT = "hint"
    FORGED = "forged"
    FOREIGN = "foreign"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A body that a hub sent and that counts; `owed` is the poll that stands for it until it is
    decided."""

    feed: str
    topic: str
    content_type: str | None
    body: bytes = field(repr=False)
    owed: datetime


# --- discovery -------------------------------------------------------------------------------


def advertised(
    headers: Iterable[str], *, url: str, hubs: Iterable[str], own_url: str | None
) -> Advert | None:
    """Return hub and topic by the Link headers of an answer, else by the feed itself; or None.

    `url` is where the answer came from, and the topic of a feed that does not name itself. A feed
    that is fetched by https is not taken from a hub that is not.
    """
    links = [link for header in headers for link in _links(header)][:_MOST_LINKS]
    named = [urljoin(url, target) for target, rels in links if "hub" in rels]
    own = [urljoin(url, target) for target, rels in links if "self" in rels]
    topic = next(iter(own), None) or (urljoin(url, own_url) if own_url else url)
    topic = topic.partition("#")[0]
    if url_complaint(topic) is not None:
        return None
    secure = urlsplit(topic).scheme == "https"
    usable = [
        hub
        for hub in dict.fromkeys(named or [urljoin(url, target) for target in hubs])
        if url_complaint(hub) is None and (urlsplit(hub).scheme == "https" or not secure)
    ]
    return (
        Advert(hub=usable[0], topic=topic, others=tuple(usable[1:_MOST_HUBS])) if usable else None
    )


def _links(header: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield target and relations of each link of one Link header (RFC 8288)."""
    header = header[:_LONGEST_LINK_HEADER]
    position = 0
    while (start := header.find("<", position)) >= 0 and (end := header.find(">", start)) >= 0:
        position, rels = end + 1, frozenset[str]()
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if parameter[1].lower() == "rel" and not rels:
                rels = frozenset((parameter[2] or parameter[3] or "").lower().split())
        yield header[start + 1 : end].strip(), rels


# --- what we ask -----------------------------------------------------------------------------


def request_form(asked: Subscription) -> dict[str, str]:
    """Return the fields of our request to the hub."""
    form = {
        "hub.callback": asked.callback,
        "hub.mode": asked.mode,
        "hub.topic": asked.topic,
    }
    if asked.mode == "subscribe":
        form |= {
            "hub.lease_seconds": str(round(WANTED_LEASE.total_seconds())),
            "hub.secret": asked.secret,
        }
    return form


def before_asking(known: Subscription, now: datetime, chance: float) -> Subscription | None:
    """Return the subscription as it is stored before the hub is asked; None forgets it instead.

    `chance`, between 0 and 1, spreads what would otherwise happen at once. No answer counts as a
    failure until the hub asks back.
    """
    standing = known.standing
    if standing is Standing.LEAVING and known.failures >= _MOST_FAREWELLS:
        return None
    if standing is Standing.DENIED or (known.lease_until is not None and known.lease_until <= now):
        standing = known.standing if standing is Standing.LEAVING else Standing.ASKING
    wait = max(_PATIENCE, _backoff(known.failures, chance))
    return replace(known, standing=standing, failures=known.failures + 1, due=now + wait)


def next_hub(known: Subscription, hubs: Sequence[str], now: datetime) -> str | None:
    """Return the hub to turn to instead of one that denied, failed, or never asked back; or None.

    `hubs` are all that the feed names, the one of `known` among them. After the last of them comes the
    first again, but not before the last one's own wait is over.
    """
    if len(hubs) < 2 or known.standing not in {Standing.ASKING, Standing.DENIED}:
        return None
    position = hubs.index(known.hub)
    has_refused = known.standing is Standing.DENIED or known.reason is not None
    if known.due > now and not (has_refused and position + 1 < len(hubs)):
        return None
    if known.standing is Standing.ASKING and known.failures == 0:
        return None
    return hubs[(position + 1) % len(hubs)]


def after_refusal(
    asked: Subscription, reason: str, retry_after: float | None, now: datetime, chance: float
) -> Subscription:
    """Return the subscription after the hub failed or refused; `asked` is as it was stored."""
    wait = _backoff(asked.failures - 1, chance)
    if retry_after is not None:
        wait = max(wait, timedelta(seconds=retry_after))
    return replace(asked, due=now + wait, reason=reason[:_LONGEST_REASON])


def _backoff(failures: int, chance: float) -> timedelta:
    wait: timedelta = min(_FIRST_RETRY * (1 << min(failures, 16)), _LONGEST_RETRY)
    return wait * (1 + 0.2 * chance)


# --- what a hub asks -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to say to a hub: a challenge to echo, or None for "no such thing"; and what to store
    (`forget` ends the subscription)."""

    text: str | None = None
    known: Subscription | None = None
    forget: bool = False


def answered(known: Subscription, query: Mapping[str, str], now: datetime, chance: float) -> Reply:
    """Return what to say to a hub that asks at the callback of a subscription."""
    if query.get("hub.topic") != known.topic:
        return Reply()
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if mode == "denied":
        return _denied(known, query.get("hub.reason", ""), now, chance)
    if mode != known.mode or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
        return Reply()
    if mode == "unsubscribe":
        return Reply(text=challenge, forget=True)
    if known.standing is Standing.DENIED:
        return Reply()
    lease = _lease(query.get("hub.lease_seconds"))
    renewed = replace(
        known,
        standing=Standing.ACTIVE,
        lease_until=now + lease,
        due=now + lease * (_RENEW_AFTER + _RENEW_SPREAD * chance),
        failures=0,
        reason=None,
    )
    return Reply(text=challenge, known=renewed)


def _denied(known: Subscription, reason: str, now: datetime, chance: float) -> Reply:
    if known.standing is Standing.LEAVING:
        return Reply(text="", forget=True)
    plain = "".join(char if char.isprintable() else " " for char in reason)[:_LONGEST_REASON]
    rest = _DENIED_REST * (1 + chance)
    return Reply(
        text="",
        known=replace(
            known,
            standing=Standing.DENIED,
            lease_until=None,
            due=now + rest,
            reason=f"denied: {plain}" if plain.strip() else "denied",
        ),
    )


def _lease(text: str | None) -> timedelta:
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > 12:
        return _USUAL_LEASE
    return min(max(timedelta(seconds=int(text)), _SHORTEST_LEASE), _LONGEST_LEASE)


# --- what a hub sends ------------------------------------------------------------------------


def judged(
    known: Subscription, body: bytes, *, signature: str | None, links: Iterable[str]
) -> PushVerdict:
    """Say what a body posted to the callback of a subscription is worth."""
    method, _, given = (signature or "").strip().partition("=")
    method = method.lower()
    digest = hashlib.sha1 if method == _HINT else _DIGESTS.get(method)
    if digest is None:
        return PushVerdict.FORGED
    expected = hmac.new(known.secret.encode(), body, digest).hexdigest()
    if not hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace")):
        return PushVerdict.FORGED
    named = {
        urljoin(known.topic, target).partition("#")[0]
        for header in links
        for target, rels in _links(header)
        if "self" in rels
    }
    if named and known.topic not in named:
        return PushVerdict.FOREIGN
    return PushVerdict.HINT if method == _HINT else PushVerdict.TAKEN
