# SPDX-License-Identifier: Apache-2.0
"""The pages for readers, as HTML.

What it is not: what they do (`web.people`). Rules of this file: autoescape is on and nothing is
marked safe; no script, nothing from elsewhere, one style sheet of our own; a page that belongs to
somebody is never stored by a browser or a proxy; no page changes anything by being looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.core.words import Words
from monitor.locales import shipped_words

_FOLDER = Path(__file__).resolve().parent / "templates"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE = (_FOLDER / "style.css").read_bytes()
STYLE_TAG = f'"{hashlib.sha256(STYLE).hexdigest()[:16]}"'
_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def page(name: str, words: Words, *, base: str, status: int = 200, **values: object) -> Response:
    """Return a page; `base` is the path under which readers reach us."""
    html = _TEMPLATES.get_template(name).render(
        t=words, base=base, languages=language_names(), switch="", **values
    )
    return _answer(html, status)


def open_page(
    name: str, words: Words, *, base: str, status: int = 200, switch: str = "", **values: object
) -> Response:
    """Return a page that is everybody's; `switch` is its own path, for the other languages."""
    html = _TEMPLATES.get_template(name).render(
        t=words, base=base, languages=language_names(), switch=switch, **values
    )
    return _answer(html, status)


def _answer(html: str, status: int) -> Response:
    return HTMLResponse(
        html,
        status_code=status,
        headers={
            "content-security-policy": _POLICY,
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "x-robots-tag": "noindex, nofollow",
            "cross-origin-opener-policy": "same-origin",
        },
    )


def language_names() -> Mapping[str, str]:
    """Return the name of every language, in itself, by code."""
    return {code: words.name for code, words in shipped_words().items()}


def words_for(request: Request, language: str | None = None) -> Words:
    """Return the language of a page: the reader's, the one asked for, or what the browser wants."""
    known = shipped_words()
    for code in (language, request.query_params.get("lang"), *_wanted(request)):
        if code in known:
            return known[code]
    return known["en"]


def _wanted(request: Request) -> list[str]:
    """Return the languages that the browser names, the dearest first."""
    rows: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "")[:200].split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            rows.append((-float(weight or 1), code.partition("-")[0].strip().lower()))
        except ValueError:
            continue
    return [code for weight, code in sorted(rows, key=lambda row: row[0]) if weight < 0]
