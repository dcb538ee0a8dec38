# SPDX-License-Identifier: Apache-2.0
"""Hop 3b: the text of an article's page, and whether we may ask for it.

What it is not: fetching (a `get` is passed in) or claims. Rules of this file: `extract_page` is
synchronous, CPU-bound and fed by strangers: call it through `workers`; a consent wall, paywall or
stub is no text at all, because half a sentence of it must not pass for the article; robots.txt is
asked before every page, its answers are kept, its failures too.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import anyio
import structlog
import trafilatura
from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from monitor.core.charsets import decode
from monitor.core.errors import FetchError, ParseError
from monitor.core.headers import declared_charset
from monitor.core.text import clean
from monitor.core.urls import host_of, redact
from monitor.fetch import Fetched, NotModified
from monitor.workers import run_in_worker

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

# An entry with at least this much text of its own carries the article, not a teaser.
_FULL_ENTRY_CHARACTERS = 1200
_LEAST_PAGE_CHARACTERS = 200
_WALL_BELOW_CHARACTERS = 1500
_LONGEST_PAGE_CHARACTERS = 200_000
_PAGE_SECONDS = 30.0


Get = Callable[..., Awaitable[Fetched | NotModified]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page says: the article's text, its headline and when it says it was published."""

    text: str
    title: str | None = None
    published: datetime | None = None


def wanted(entry_text: str, mode: str, gate: Callable[[str], bool]) -> bool:
    """Say whether an entry's page is worth a request.

    `mode` is `never`, `always`, or `auto`: the entry's own text is short and passes `gate`.
    """
    if mode != "auto":
        return mode == "always"
    return len(entry_text) < _FULL_ENTRY_CHARACTERS and gate(entry_text)


# --- text ------------------------------------------------------------------------------------

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_CONSENT = re.compile(
    r"\bcookies?\b|\bcookie[- ]?(?:policy|settings|richtlinie|einstellungen)\b|\baccept all\b|\breject all\b|\bmanage (?:your )?(?:preferences|choices|consent)\b|"
    r"\bour partners\b|\bpersonali[sz]ed ads\b|\bprivacy (?:policy|settings)\b|\byour consent\b|"
    r"\b(?:enable|requires?) javascript\b|\bare you a (?:robot|human)\b|\bverify (?:that )?you are\b|"
    r"\blegitimate interests?\b|\bvendors?\b|\b(?:store|access) information on (?:a|your) device\b|"
    r"\bchecking your browser\b|\bunusual traffic\b|\bcaptcha\b|\bad[- ]?blocker\b|"
    r"\balle akzeptieren\b|\beinwilligung\b|\bdatenschutz\w*|\bjavascript aktivieren\b|"
    r"\btout accepter\b|\bvotre consentement\b|\bnos partenaires\b|"
    r"\bfiles? cookie\b|\bфайл\w* cookie\b|\bприйняти (?:все|всі)\b|\bпринять все\b",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\bsubscribe (?:now )?to (?:continue|read|unlock)\b|\balready (?:a )?(?:subscriber|subscribed|"
    r"a member)\b|\bto (?:continue|keep) reading\b|\bthis (?:article|content|story) is (?:only )?"
    r"(?:for|available to) (?:our )?(?:subscribers|members)\b|\bsubscribers? only\b|"
    r"\bstart your free trial\b|\bregister to continue\b|\b(?:sign|log) in to (?:continue|read)\b|"
    r"\byou have reached your (?:article )?limit\b|\bfree articles? (?:left|remaining)\b|"
    r"\bnur für abonnenten\b|\bréservé aux abonnés\b|\bтільки для передплатників\b",
    re.IGNORECASE,
)
_CONSENT_SIGNS = 3
# A consent dialogue may be long; then most of its lines speak of nothing else.
_LONG_CONSENT_SIGNS = 5
_CONSENT_LINES = 0.4
_WALL_HOST = re.compile(
    r"(?:consent|cmp|login|signin|auth|accounts?|sso|subscribe)\.", re.IGNORECASE
)
_WALL_PATH = re.compile(
    r"/(?:consent|collectconsent|login|log-in|signin|sign-in|subscribe|paywall|privacy-?gate|captcha)"
    r"(?:[/.?]|$)",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(rb"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)


def extract_page(body: bytes, *, url: str, content_type: str | None) -> PageText | None:
    """Return the article on a page, or None for a wall, a stub or something that is no page."""
    if (content_type and not _is_page(content_type)) or _leads_to_a_wall(url):
        return None
    declared = _META_CHARSET.search(body[:4096])
    markup, _ = decode(
        body, declared_charset(content_type), declared[1].decode("ascii") if declared else None
    )
    found = trafilatura.extract(
        markup,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
        deduplicate=False,
    )
    text = clean(found or "").strip()[:_LONGEST_PAGE_CHARACTERS]
    if len(text) < _LEAST_PAGE_CHARACTERS or _is_wall(text):
        return None
    if len(text) < _WALL_BELOW_CHARACTERS and _NOT_FREE.search(body):
        return None
    tree = LexborHTMLParser(markup)
    return PageText(text=text, title=_title(tree), published=_published(tree))


def _is_page(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml", "text/plain", ""}


def _leads_to_a_wall(url: str) -> bool:
    """Say whether we were led to a page that asks for consent or a login."""
    parts = urlsplit(url)
    return bool(_WALL_HOST.match(parts.hostname or "") or _WALL_PATH.search(parts.path))


def _is_wall(text: str) -> bool:
    signs = {match[0].lower() for match in _CONSENT.finditer(text)}
    if len(text) < _WALL_BELOW_CHARACTERS:
        return len(signs) >= _CONSENT_SIGNS or _PAYWALL.search(text) is not None
    if len(signs) < _LONG_CONSENT_SIGNS:
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(map(bool, map(_CONSENT.search, lines))) >= len(lines) * _CONSENT_LINES


def _title(tree: LexborHTMLParser) -> str | None:
    for selector in ('meta[property="og:title"]', 'meta[name="twitter:title"]'):
        node = tree.css_first(selector)
        if node is not None and (content := node.attributes.get("content")):
            return clean(content).strip() or None
    node = tree.css_first("title")
    return clean(node.text()).strip() or None if node is not None else None


def _published(tree: LexborHTMLParser) -> datetime | None:
    for selector in (
        'meta[property="article:published_time"]',
        'meta[itemprop="datePublished"]',
        'meta[name="date"]',
    ):
        node = tree.css_first(selector)
        if node is not None and (moment := _moment(node.attributes.get("content"))):
            return moment
    return None


def _moment(value: str | None) -> datetime | None:
    if value is None or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What asking for a page gave: its text, or None, and whether that may pass by itself."""

    text: str | None
    failed: bool = False


class PageReader:
    """Reads article pages politely; never raises for what a host does."""

    def __init__(self, get: Get) -> None:
        self._robots = Robots(get)
        self._get = get
        self._log = structlog.get_logger()

    async def read(self, url: str) -> PageAnswer:
        """Return the page's text, if the host lets us have it and there is one."""
        try:
            allowed = await self._robots.allowed(url)
            if not allowed:
                why = "robots.txt" if allowed is not None else "robots.txt cannot be read"
                self._log.info("page.skipped", url=redact(url), reason=why)
                return PageAnswer(text=None, failed=allowed is None)
            answer = await self._get(url, accept=ACCEPT)
            if isinstance(answer, NotModified):
                return PageAnswer(text=None)
            extract = partial(extract_page, url=answer.url, content_type=answer.content_type)
            page = await run_in_worker(extract, answer.body, deadline_seconds=_PAGE_SECONDS)
        except FetchError as error:
            self._log.info("page.failed", url=redact(url), reason=str(error))
            return PageAnswer(text=None, failed=error.transient)
        except ParseError as error:
            self._log.info("page.failed", url=redact(url), reason=str(error))
            # A worker that died need not have died of this page; what is no page stays none.
            return PageAnswer(text=None, failed=error.is_of_worker)
        if page is None:
            self._log.info("page.without-text", url=redact(url))
            return PageAnswer(text=None)
        return PageAnswer(text=page.text)


# --- robots.txt ------------------------------------------------------------------------------

_AGENT = "figurewatch"
_LONGEST_ROBOTS = 512 * 1024
# Most of it is for a worker that has to be started on a busy machine.
_ROBOTS_SECONDS = 15.0
_KEEP_SECONDS = 24 * 3600.0
# Shorter than the first wait of a page that failed (`rereads`), which shall ask anew.
_KEEP_FAILURE_SECONDS = 240.0
# Together, over all hosts.
_MOST_ROBOTS_BYTES = 8 * 1024 * 1024
_MOST_HOSTS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A host's robots.txt, or that it has none (empty), or that it could not be read (None)."""

    body: bytes | None
    until: float


class Robots:
    """Answers whether a page may be fetched; asks each host once a day. `get` is the client's."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._locks: dict[str, anyio.Lock] = {}
        self._bytes = 0

    async def allowed(self, url: str) -> bool | None:
        """Say whether the host lets us fetch the page; None while its robots.txt cannot be read.

        Never raises for what the host does.
        """
        if host_of(url) is None:
            return False
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = await self._robots(origin)
        if not known.body:
            return None if known.body is None else True
        judge = partial(robots_allow, url=url)
        try:
            return await run_in_worker(judge, known.body, deadline_seconds=_ROBOTS_SECONDS)
        except ParseError as error:
            return None if error.is_of_worker else False

    async def _robots(self, origin: str) -> _Known:
        lock = self._locks.setdefault(origin, anyio.Lock())
        async with lock:
            known = self._known.get(origin)
            if known is None or known.until <= anyio.current_time():
                known = await self._asked(origin)
                self._keep(origin, known)
        if self._locks.get(origin) is lock and not lock.statistics().tasks_waiting:
            del self._locks[origin]
        return known

    async def _asked(self, origin: str) -> _Known:
        now = anyio.current_time()
        try:
            answer = await self._get(f"{origin}/robots.txt")
        except FetchError as error:
            if _is_absent(error.reason):
                return _Known(body=b"", until=now + _KEEP_SECONDS)
            return _Known(
                body=None, until=now + (error.retry_after_seconds or _KEEP_FAILURE_SECONDS)
            )
        if isinstance(answer, NotModified):  # cannot be: nothing was sent to compare with
            return _Known(body=None, until=now)
        return _Known(body=answer.body[:_LONGEST_ROBOTS], until=now + _KEEP_SECONDS)

    def _keep(self, origin: str, known: _Known) -> None:
        old = self._known.pop(origin, None)
        self._bytes += len(known.body or b"") - len((old and old.body) or b"")
        self._known[origin] = known
        while self._bytes > _MOST_ROBOTS_BYTES or len(self._known) > _MOST_HOSTS:
            _, gone = self._known.popitem(last=False)
            self._bytes -= len(gone.body or b"")


def robots_allow(body: bytes, url: str) -> bool:
    """Say what a robots.txt says about a URL; its patterns can burn, so call it in a worker."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    return bool(Protego.parse(text).can_fetch(url, _AGENT))


def _is_absent(reason: str) -> bool:
    """Say whether the host answered that there is no such file: any 4xx but "slow down"."""
    return re.fullmatch(r"http-4(?!29)\d\d", reason) is not None
