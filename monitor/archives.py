# SPDX-License-Identifier: Apache-2.0
"""Archives: articles in files of one's own, to be known without ever alerting.

An archive is a JSON-lines file (as `replay` takes it), or a folder of texts (`.txt`, `.md`), saved
pages (`.html`), feeds (`.xml`, `.rss`, `.atom`, `.json`) and JSON lines. `index.toml` in a folder may
give the publisher, title, url and published of a file. What it is not: packs (`seedpacks`) or
loading (`importing`). Rules of this file: documents are read one at a time, in a stable order; what
cannot be read is a `Problem` with its file, and costs only itself.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from monitor.core.errors import ConfigError, ParseError, Problem
from monitor.core.knowledge import Knowledge
from monitor.core.model import Article, TextKind, as_utc
from monitor.core.moments import read_moment
from monitor.core.prepare import Reading, prepare
from monitor.core.text import clean
from monitor.feeds import entry_key, parse_feed
from monitor.knowledge import load_knowledge
from monitor.pages import extract_page

INDEX = "index.toml"
CITED = ("publisher", "title", "url", "published")
_TEXTS = frozenset({".txt", ".md"})
_PAGES = frozenset({".html", ".htm"})
_FEEDS = frozenset({".xml", ".rss", ".atom", ".rdf", ".json"})
_LINES = frozenset({".jsonl", ".ndjson"})
# Where links of a saved page or feed are relative to, when nothing says where it came from.
_NOWHERE = "https://archive.invalid/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document as it was found; a saved page is still bytes (`page`), everything else text."""

    file: str
    key: str
    publisher: str | None = None
    url: str | None = None
    title: str | None = None
    published: datetime | None = None
    language: str | None = None
    content: str = ""
    content_is_html: bool = False
    page: bytes | None = None


def count_documents(path: Path) -> int:
    """Return about how many documents an archive holds, without reading them closely."""
    total = 0
    for file in _files(path):
        if file.suffix in _LINES:
            with file.open("rb") as lines:
                total += sum(1 for line in lines if line.strip())
        else:
            total += 1
    return total


def read_archive(path: Path) -> Iterator[Document | Problem]:
    """Yield the documents of a folder or file, in order of file name and place in the file."""
    index = _index(path)
    for file in _files(path):
        found = index.get(file.relative_to(path).as_posix(), {}) if path.is_dir() else {}
        citation = found if isinstance(found, dict) else {}
        try:
            for document in _documents(file, _key(file, path)):
                yield _cited(document, citation)
        except (OSError, ParseError) as error:
            yield Problem(file=str(file), message=str(error))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    known = _TEXTS | _PAGES | _FEEDS | _LINES
    return sorted(file for file in path.rglob("*") if file.suffix in known and file.is_file())


def _index(path: Path) -> Mapping[str, object]:
    file = path / INDEX
    if not path.is_dir() or not file.exists():
        return {}
    try:
        index = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError((Problem(file=str(file), message=f"not TOML: {error}"),)) from error
    if problems := tuple(_misplaced(index, file)):
        raise ConfigError(problems)
    return index


def _misplaced(index: Mapping[str, object], file: Path) -> Iterator[Problem]:
    """Yield what of an index would be passed over without a word."""
    for name, table in index.items():
        if not isinstance(table, dict):
            yield Problem(file=str(file), field=name, message=f'expected a table ["{name}"]')
            continue
        if not (file.parent / name).is_file():
            yield Problem(file=str(file), field=name, message="no such file in the folder")
        for key, value in table.items():
            if key not in CITED:
                message = f"unknown key; known keys: {', '.join(CITED)}"
                yield Problem(file=str(file), field=f"{name}.{key}", message=message)
            elif key == "published" and _date(value) is None:
                yield Problem(file=str(file), field=f"{name}.{key}", message="not a date")


def _cited(document: Document, citation: Mapping[str, object]) -> Document:
    published = _date(citation.get("published"))
    publisher, title, url = (
        value if isinstance(value := citation.get(name), str) else None
        for name in ("publisher", "title", "url")
    )
    return replace(
        document,
        published=published or document.published,
        publisher=publisher or document.publisher,
        title=title or document.title,
        url=url or document.url,
    )


def _date(value: object) -> datetime | None:
    """Read what TOML gives for a date: with a time, a bare day, or a text."""
    if isinstance(value, datetime):
        return as_utc(value)
    return read_moment(value.isoformat() if isinstance(value, date) else value)


def _key(file: Path, root: Path) -> str:
    """Return what tells a text or page from the others: its path, without what nobody needs."""
    plain = file.relative_to(root) if root.is_dir() else Path(file.name)
    twins = [file.with_suffix(suffix) for suffix in _TEXTS | _PAGES if suffix != file.suffix]
    return (plain if any(twin.exists() for twin in twins) else plain.with_suffix("")).as_posix()


def _documents(file: Path, key: str) -> Iterator[Document]:
    if file.suffix in _TEXTS:
        text = clean(file.read_text(encoding="utf-8-sig", errors="replace"))
        yield Document(file=str(file), key=key, content=text)
    elif file.suffix in _PAGES:
        yield Document(file=str(file), key=key, page=file.read_bytes())
    elif file.suffix in _FEEDS:
        yield from _entries(file)
    else:
        yield from _records(file)


def _entries(file: Path) -> Iterator[Document]:
    parsed = parse_feed(file.read_bytes(), feed=file.stem, url=_NOWHERE, content_type=None)
    for entry in parsed.entries:
        yield Document(
            file=str(file),
            key=_short(entry_key(entry)),
            publisher=parsed.title or None,
            url=entry.url if entry.url and not entry.url.startswith(_NOWHERE) else None,
            title=entry.title,
            published=entry.published or entry.updated,
            language=entry.language or parsed.language,
            content=entry.content,
            content_is_html=entry.content_is_html,
        )


def _records(file: Path) -> Iterator[Document]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _record(file, number, line)


def _record(file: Path, number: int, line: str) -> Document:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ParseError("malformed", f"line {number}: {error}") from error
    if not isinstance(found, dict):
        raise ParseError("malformed", f"line {number}: not a JSON object")

    def text(*names: str) -> str | None:
        values = (found.get(name) for name in names)
        value = next((item for item in values if isinstance(item, str | int) and item != ""), None)
        return None if value is None else str(value).encode("utf-8", "replace").decode()

    content = text("text", "html", "content") or ""
    return Document(
        file=f"{file}:{number}",
        key=_short(text("guid", "url", "id") or f"{text('title')}\x00{content}"),
        publisher=text("publisher", "feed", "source"),
        url=text("url"),
        title=text("title"),
        published=read_moment(found.get("published") or found.get("date")),
        language=text("lang", "language"),
        content=content,
        content_is_html="html" in found and "text" not in found,
    )


def _short(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


# --- articles --------------------------------------------------------------------------------


@cache
def _knowledge(roots: tuple[Path, ...]) -> Knowledge:
    return load_knowledge(roots)


def prepare_documents(
    documents: Iterable[Document], name: str, roots: tuple[Path, ...], seen: datetime
) -> list[Article | Problem]:
    """Return the article of each document; runs in worker processes too."""
    knowledge = _knowledge(roots)
    return [article_of(document, name, knowledge, seen) for document in documents]


def article_of(
    document: Document, name: str, knowledge: Knowledge, seen: datetime
) -> Article | Problem:
    """Return the article that a document is, of the archive or pack called `name`."""
    if document.page is not None:
        document = _read_page(document, document.page)
    if not document.content.strip() and not document.title:
        return Problem(file=document.file, message="holds no article that can be read")
    return prepare(
        Reading(
            feed=f"seed:{name}",
            publisher=document.publisher or "unknown",
            entry_key=document.key,
            entry_hash="",
            url=document.url,
            title=document.title or "",
            content=document.content,
            content_is_html=document.content_is_html,
            published=document.published,
            language=document.language,
            seen=seen,
            kind=TextKind.SEED,
            id=f"seed:{name}/{document.key}",
        ),
        knowledge,
    )


def _read_page(document: Document, page: bytes) -> Document:
    found = extract_page(page, url=document.url or _NOWHERE, content_type=None)
    if found is None:
        return replace(document, page=None)
    return replace(
        document,
        page=None,
        content=found.text,
        title=document.title or found.title,
        published=document.published or found.published,
    )


def without_text(article: Article) -> Article:
    """Return the article as memory keeps it: recognisable, with its claims, and without its text."""
    return replace(article, text="", rejected=())
