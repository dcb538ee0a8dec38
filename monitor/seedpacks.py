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
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from monitor.archives import INDEX, Document, article_of, read_archive
from monitor.core.errors import ConfigError, Problem
from monitor.core.knowledge import Knowledge
from monitor.core.model import Article, Claim, Sketch, Span, TextKind
from monitor.core.sketches import FINGERPRINT_VERSION, SKETCH_VERSION
from monitor.core.urls import canonical_url

_CLAIMS = TypeAdapter(tuple[Claim, ...])
_HEADLINE_LIMIT = 140
# Documents are taken to be seen when they were published, however far ahead their date is.
_FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)


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


def build_pack(path: Path, name: str, knowledge: Knowledge) -> SeedPack:
    """Make a pack from an archive (see `archives`): a folder or a JSON-lines file.

    Every document needs a date: of its own, or in the folder's `index.toml`. Raises `ConfigError`
    with every problem.
    """
    problems: list[Problem] = []
    found: dict[str, SeedArticle] = {}
    for document in read_archive(path):
        seed = document if isinstance(document, Problem) else _seed(document, name, knowledge)
        if isinstance(seed, Problem):
            problems.append(seed)
        else:
            found.setdefault(seed.id, seed)
    if not found and not problems:
        problems.append(Problem(file=str(path), message="holds no documents"))
    if problems:
        raise ConfigError(tuple(problems))
    return SeedPack(
        format="figurewatch-seed-pack-1",
        name=name,
        sketch_version=SKETCH_VERSION,
        articles=tuple(sorted(found.values(), key=lambda seed: (seed.published, seed.id))),
    )


def _seed(document: Document, pack: str, knowledge: Knowledge) -> SeedArticle | Problem:
    # A plain text carries its headline on top, where it is read with it.
    title = document.title if Path(document.file).suffix in {".txt", ".md"} else None
    bare = replace(document, title=None) if title else document
    article = article_of(bare, pack, knowledge, _FAR_FUTURE)
    if isinstance(article, Problem):
        return article
    if article.published is None:
        message = f"needs published (a date with time); give it in {INDEX}"
        return Problem(file=document.file, message=message)
    return SeedArticle(
        id=article.id,
        publisher=article.publisher,
        title=title or article.title or _headline(document.content),
        url=article.url,
        published=article.published,
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
            canonical_url=canonical_url(seed.url) if seed.url else None,
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


def is_pack(path: Path) -> bool:
    """Say whether a file should be a pack: JSON that is not a feed."""
    if path.suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b"jsonfeed.org" not in file.read(2000)


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
    problems = tuple(_inconsistencies(pack, str(path)))
    if problems:
        raise ConfigError(problems)
    return pack


def _inconsistencies(pack: SeedPack, file: str) -> Iterator[Problem]:
    """Yield what is wrong with a pack although each part of it has the right form."""
    if pack.sketch_version != SKETCH_VERSION:
        message = (
            f"built by text algorithm {pack.sketch_version}, this version uses {SKETCH_VERSION}"
        )
        yield Problem(file=file, field="sketch_version", message=message)
        return
    seen: set[str] = set()
    for row, seed in enumerate(pack.articles):
        where = f"articles[{row}]"
        if seed.id in seen or not seed.id.startswith(f"seed:{pack.name}/"):
            message = f"{seed.id!r} is used twice, or not of this pack"
            yield Problem(file=file, field=f"{where}.id", message=message)
        seen.add(seed.id)
        if not seed.fingerprint.startswith(f"{FINGERPRINT_VERSION}:"):
            message = f"not a fingerprint of kind {FINGERPRINT_VERSION}"
            yield Problem(file=file, field=f"{where}.fingerprint", message=message)
        if len(set(seed.sketch)) != len(seed.sketch) or len(seed.sketch) > seed.shingles:
            message = "more samples than shingles, or one twice"
            yield Problem(file=file, field=f"{where}.sketch", message=message)


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
