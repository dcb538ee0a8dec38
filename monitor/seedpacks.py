# SPDX-License-Identifier: Apache-2.0
"""Seed packs: what a fresh install already knows, without anybody's text.

A pack is one JSON file: per article a citation (publisher, title, date, URL if known), fingerprint,
sketch and claims. The evidence keeps the figure's own characters and their place, never the
sentence around them. What it is not: loading into a store, which is `pipeline.load_pack`.
Rules of this file: building the same folder twice gives the same bytes; a pack that does not match
its digest, or was built by another text algorithm, is refused with the reason.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from monitor.core.errors import ConfigError, Problem
from monitor.core.knowledge import Knowledge
from monitor.core.memory import SKETCH_VERSION
from monitor.core.model import Article, Claim, Sketch, Span, TextKind, as_utc
from monitor.core.prepare import Reading, prepare
from monitor.core.text import clean

_CLAIMS = TypeAdapter(tuple[Claim, ...])
_SUFFIXES = (".txt", ".md")
_HEADLINE_LIMIT = 140


class SeedArticle(BaseModel):
    """One article of a pack."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    publisher: str
    title: str | None
    url: str | None
    published: datetime
    fingerprint: str
    shingles: int
    sketch: tuple[int, ...]
    claims: tuple[dict[str, object], ...]


class SeedPack(BaseModel):
    """A named set of known articles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["figurewatch-seed-pack-1"]
    name: str
    sketch_version: str
    articles: tuple[SeedArticle, ...]

    @property
    def digest(self) -> str:
        """Return a hash of the content, recorded in the store when the pack is loaded."""
        return hashlib.sha256(dump_pack(self).encode()).hexdigest()[:16]


def build_pack(folder: Path, name: str, knowledge: Knowledge) -> SeedPack:
    """Make a pack from the plain-text documents of a folder.

    `index.toml` in the folder gives each file's publisher and publication time (required) and its
    title and url (optional). Raises `ConfigError` with every problem.
    """
    index, problems = _index(folder)
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    if not files:
        problems.append(Problem(file=str(folder), message="holds no .txt or .md documents"))
    articles = []
    for path in files:
        citation = index.get(path.name)
        if not isinstance(citation, dict) or not isinstance(citation.get("published"), datetime):
            problems.append(
                Problem(
                    file=str(folder / "index.toml"),
                    field=path.name,
                    message="needs published (a date with time)",
                )
            )
            continue
        articles.append(_seed_article(path, citation, name, knowledge))
    if problems:
        raise ConfigError(tuple(problems))
    articles.sort(key=lambda article: (article.published, article.id))
    return SeedPack(
        format="figurewatch-seed-pack-1",
        name=name,
        sketch_version=SKETCH_VERSION,
        articles=tuple(articles),
    )


def _index(folder: Path) -> tuple[Mapping[str, object], list[Problem]]:
    path = folder / "index.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except OSError as error:
        return {}, [Problem(file=str(path), message=error.strerror or str(error))]
    except tomllib.TOMLDecodeError as error:
        return {}, [Problem(file=str(path), message=f"not TOML: {error}")]


def _seed_article(
    path: Path, citation: Mapping[str, object], pack: str, knowledge: Knowledge
) -> SeedArticle:
    text = clean(path.read_text(encoding="utf-8", errors="replace"))
    published = citation["published"]
    assert isinstance(published, datetime)  # noqa: S101  (checked by the caller)
    publisher, title, url = (citation.get(key) for key in ("publisher", "title", "url"))
    moment = as_utc(published)
    article = prepare(
        Reading(
            feed=f"seed:{pack}",
            publisher=publisher if isinstance(publisher, str) else "unknown",
            entry_key=path.stem,
            entry_hash="",
            url=url if isinstance(url, str) else None,
            title="",
            content=text,
            content_is_html=False,
            published=moment,
            seen=moment,
            kind=TextKind.SEED,
            id=f"seed:{pack}/{path.stem}",
        ),
        knowledge,
    )
    return SeedArticle(
        id=article.id,
        publisher=article.publisher,
        title=title if isinstance(title, str) else _headline(text),
        url=article.url,
        published=moment,
        fingerprint=article.fingerprint,
        shingles=article.sketch.shingles,
        sketch=article.sketch.hashes,
        claims=tuple(json.loads(_CLAIMS.dump_json(tuple(map(_without_sentence, article.claims))))),
    )


def _headline(text: str) -> str | None:
    """Return what stands on top where it is clearly a headline: short, and not a sentence.

    A headline may be wrapped; it ends before an empty or an indented line.
    """
    first, *rest = text.strip().splitlines() or [""]
    wrapped = itertools.takewhile(lambda row: row.strip() and not row[0].isspace(), rest)
    line = " ".join(row.strip() for row in (first, *wrapped))
    if not line or len(line) > _HEADLINE_LIMIT or re.search(r"[.!?](?:\s|$)", line):
        return None
    return line


def _without_sentence(claim: Claim) -> Claim:
    evidence = claim.evidence
    empty = Span(start=evidence.span.start, end=evidence.span.start, field=evidence.span.field)
    return replace(claim, evidence=replace(evidence, sentence="", sentence_span=empty))


def seed_articles(pack: SeedPack) -> tuple[Article, ...]:
    """Return the pack's articles, oldest first, as the core takes them (their text is empty)."""
    return tuple(
        Article(
            id=seed.id,
            feed=f"seed:{pack.name}",
            entry_key=seed.id,
            entry_hash="",
            url=seed.url,
            canonical_url=seed.url,
            title=seed.title or "",
            text="",
            text_kind=TextKind.SEED,
            publisher=seed.publisher,
            published=seed.published.astimezone(UTC),
            seen=seed.published.astimezone(UTC),
            fingerprint=seed.fingerprint,
            sketch=Sketch(hashes=seed.sketch, shingles=seed.shingles, version=pack.sketch_version),
            claims=_CLAIMS.validate_python(seed.claims),
        )
        for seed in pack.articles
    )


def dump_pack(pack: SeedPack) -> str:
    """Return the pack as JSON text, stable and readable as a diff."""
    return json.dumps(pack.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def read_pack(path: Path) -> SeedPack:
    """Read and check a pack; raise `ConfigError` with every problem."""
    try:
        pack = SeedPack.model_validate_json(path.read_bytes())
        for row, seed in enumerate(pack.articles):
            _check_claims(seed, row)
    except OSError as error:
        raise ConfigError(
            (Problem(file=str(path), message=error.strerror or str(error)),)
        ) from error
    except ValidationError as error:
        raise ConfigError(
            tuple(
                Problem(
                    file=str(path),
                    field=".".join(str(part) for part in mistake["loc"]) or None,
                    message=mistake["msg"],
                )
                for mistake in error.errors(include_url=False)
            )
        ) from error
    if pack.sketch_version != SKETCH_VERSION:
        message = (
            f"built by text algorithm {pack.sketch_version}, this version uses {SKETCH_VERSION}"
        )
        raise ConfigError((Problem(file=str(path), field="sketch_version", message=message),))
    return pack


def _check_claims(seed: SeedArticle, row: int) -> None:
    try:
        _CLAIMS.validate_python(seed.claims)
    except ValidationError as error:
        raise ValidationError.from_exception_data(
            "SeedPack",
            [
                {
                    "type": "value_error",
                    "loc": ("articles", row, "claims", *mistake["loc"]),
                    "input": mistake["input"],
                    "ctx": {"error": ValueError(mistake["msg"])},
                }
                for mistake in error.errors(include_url=False)
            ],
        ) from error


def find_packs(roots: tuple[Path, ...]) -> dict[str, Path]:
    """Return the pack files below `<root>/corpus/`, by name; later roots override earlier ones."""
    return {path.stem: path for root in roots for path in sorted((root / "corpus").glob("*.json"))}
