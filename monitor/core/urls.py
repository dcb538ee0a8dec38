# SPDX-License-Identifier: Apache-2.0
"""URLs as text: may one be fetched, which ones mean the same page, how to show one safely.

What it is not: resolution or any check of addresses (`fetch` decides on the address that it connects
to). Rules of this file: nothing here raises on any text; a canonical URL is a key for comparing,
never an address to fetch; a parameter is dropped only if it is known to be tracking, because the
next one may be the article's id.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

LONGEST_URL = 2048
# Longer names cannot exist in the DNS; asked before any IDNA work, which was quadratic once.
_LONGEST_HOST = 253
_SCHEMES = frozenset({"http", "https"})
_PLAIN_PORTS = frozenset({None, 80, 443})
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufffe\uffff\\]|[\ud800-\udfff]")

_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id epik igsh "  # noqa: SIM905
    "igshid mc_cid mc_eid _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id oly_enc_id "
    "oly_anon_id _openstat wickedid s_cid s_kwcid cmpid cmp ocid ito ref_src ref_url referrer xtor smid "
    "smtyp ncid icid guccounter guce_referrer guce_referrer_sig _ga _gl _ke spm srnd sref sr_share "
    "taid tpcc fb_action_ids fb_action_types fb_source fb_ref action_object_map ns_campaign ns_mchannel "
    "ns_source ns_linkname ns_fee __twitter_impression amp_js_v amp_gsa usqp amp outputtype".split()
)
_TRACKING_PREFIXES = ("utm_", "at_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "ga_", "itm_")
# These name where the reader came from on one site and the article on another: their value decides.
_MAYBE_TRACKING = frozenset(
    {"ref", "source", "src", "from", "via", "partner", "mod", "output", "rss"}
)
_TRACKING_VALUES = frozenset(
    "rss rss2 feed atom twitter facebook telegram whatsapp linkedin reddit email newsletter share "  # noqa: SIM905
    "social amp homepage google googlenews rssfeed rss_feed 1 true".split()
)
_TWIN_LABELS = frozenset({"www", "m", "mobile", "amp"})
_AMP_CACHE = re.compile(
    r"^https?://(?:[^/]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)/(s/)?(?=[^/]+\.)",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"(?:/amp|\.amp(?:\.html?)?)/?$|^/amp(?=/.)", re.IGNORECASE)
# Redirectors that carry the address itself: host (and what lies below it), path, parameter. Those
# that hide it behind a key of their own cannot be seen through without asking them.
_REDIRECTORS = (
    ("google.com", "/url", ("q", "url")),
    ("facebook.com", "/l.php", ("u",)),
    ("instagram.com", "/", ("u",)),
    ("youtube.com", "/redirect", ("q",)),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("linkedin.com", "/safety/go", ("url",)),
    ("reddit.com", "/", ("url",)),
    ("vk.com", "/away.php", ("to",)),
    ("ok.ru", "/dk", ("st.link",)),
    ("duckduckgo.com", "/l/", ("uddg",)),
    ("bing.com", "/news/apiclick.aspx", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("protection.outlook.com", "/", ("url",)),
    ("t.umblr.com", "/redirect", ("z",)),
)
_MOST_REDIRECTORS = 3
_ARCHIVED = re.compile(
    r"^https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?://)", re.IGNORECASE
)
# In a path: keys of chat webhooks and capability URLs. Words joined by hyphens are not.
_OPAQUE = re.compile(
    r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9]{20,}|(?=\S*\d)(?=\S*[A-Z])(?=\S*[a-z])[\w-]{16,}"
)


def url_complaint(url: str) -> str | None:
    """Return why a URL can never be fetched, or None. Says nothing about where it leads."""
    if len(url) > LONGEST_URL:
        return f"longer than {LONGEST_URL} characters"
    if _FORBIDDEN.search(url):
        return "holds a blank, control character or backslash"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "not a URL"
    complaints = {
        "not an http or https URL": parts.scheme not in _SCHEMES,
        "without a usable host name": not host or len(host) > _LONGEST_HOST,
        "with a user name or password in it": parts.username is not None,
        "with port 0": port == 0,
    }
    return next((complaint for complaint, holds in complaints.items() if holds), None)


def host_of(url: str) -> str | None:
    """Return the host name of a URL in lower case, or None where there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def with_ascii_host(url: str) -> str | None:
    """Return the URL with its host in ASCII, so that no letter passes for another; None if none is.

    Whether scripts are mixed or not: what may be mixed changes, and ASCII does not.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        name = _ascii_name(host)
        if name is None or host.isascii():
            return url if name is not None else None
        place = name if parts.port is None else f"{name}:{parts.port}"
    except ValueError:
        return None
    return urlunsplit((parts.scheme, place, *parts[2:]))


def _ascii_name(host: str) -> str | None:
    """Return a host name in ASCII, or None if there is none for it."""
    if host.isascii():
        return host
    try:
        return host[:_LONGEST_HOST].encode("idna").decode("ascii")
    except UnicodeError:
        return None


def canonical_url(url: str) -> str | None:
    """Return one spelling for all URLs that show the same article, or None if it is no web URL.

    Scheme and host in lower case, default port, user name, fragment and tracking parameters gone,
    parameters sorted (repeated ones kept), AMP, mobile and `www` twins mapped to one, redirectors
    that carry the address seen through.
    """
    url = _behind_redirectors(url.strip())
    plain = _AMP_CACHE.sub(lambda match: "https://" if match[1] else "http://", url)
    try:
        parts = _without_twins(urlsplit(plain))
        if parts is None:
            return None
        canonical = canonicalize_url(urlunsplit(parts), keep_fragments=False)
    except ValueError:
        return None
    return None if url_complaint(canonical) else canonical


def _behind_redirectors(url: str) -> str:
    """Return the address that a redirector's URL carries, or the URL itself."""
    for _ in range(_MOST_REDIRECTORS):
        carried = _carried(_ARCHIVED.sub("", url, count=1))
        if carried == url:
            break
        url = carried
    return url


def _carried(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    for name, path, parameters in _REDIRECTORS:
        if (host == name or host.endswith(f".{name}")) and parts.path.startswith(path):
            for key, value in parse_qsl(parts.query):
                if key in parameters and value.startswith(("http://", "https://")):
                    return value
    return url


def _without_twins(parts: SplitResult) -> SplitResult | None:
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _SCHEMES or not host or len(host) > _LONGEST_HOST:
        return None
    host, query = _plain_host(parts, host), _plain_query(parts.query)
    return SplitResult("https", host, _plain_path(parts.path), query, "")


def _plain_path(path: str) -> str:
    """Return the path without AMP marks, however many, and without a slash at the end."""
    plain = path.rstrip("/")
    while (shorter := _AMP_PATH.sub("", plain).rstrip("/")) not in {plain, ""}:
        plain = shorter
    return plain or "/"


def _plain_host(parts: SplitResult, host: str) -> str:
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _TWIN_LABELS:
        labels = labels[1:]
    if len(labels) > 3 and labels[1] in {"m", "mobile"}:
        labels = [labels[0], *labels[2:]]
    name = f"[{host}]" if ":" in host else ".".join(labels)
    return name if parts.port in _PLAIN_PORTS else f"{name}:{parts.port}"


def _plain_query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracking(part))


def _is_tracking(parameter: str) -> bool:
    key, _, value = parameter.partition("=")
    key = unquote_plus(key).lower()
    if key in _TRACKING or key.startswith(_TRACKING_PREFIXES):
        return True
    return key in _MAYBE_TRACKING and unquote_plus(value).lower() in _TRACKING_VALUES


def redact(url: str) -> str:
    """Return a URL that may be logged: no user name, no query values, no keys in the path."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "(not a URL)"
    plain = _ascii_name(host) if host else ""
    if plain is None:
        return "(not a URL)"
    name = f"[{plain}]" if ":" in plain else plain
    place = name if port is None else f"{name}:{port}"
    path = "/".join("***" if _OPAQUE.fullmatch(part) else part for part in parts.path.split("/"))
    if not parts.netloc and "@" in path:  # a login where the slashes before it were forgotten
        path = "***@" + path.rpartition("@")[2]
    return _printable(urlunsplit((parts.scheme, place, path, "***" if parts.query else "", "")))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:LONGEST_URL])
