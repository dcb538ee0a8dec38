# SPDX-License-Identifier: Apache-2.0
"""`figurewatch seeds build|list|verify|import`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import (
    config_option,
    emit_rows,
    format_option,
    moment_text,
    processes,
    progress,
)
from monitor.core.wording import amount
from monitor.knowledge import shipped_knowledge, shipped_root

if TYPE_CHECKING:
    from monitor.bootstrap import Assembly
    from monitor.importing import Imported
    from monitor.store import Store


@click.group()
def seeds() -> None:
    """Build, list, verify and import what a fresh install knows."""


@seeds.command()
@click.option("--name", help="Name of the pack; default: that of the archive.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: NAME.json in the current folder.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
def build(name: str | None, output: Path | None, force: bool, archive: Path) -> None:
    """Make a seed pack from ARCHIVE: a folder of texts, pages and feeds, or a JSON-lines file.

    An index.toml in the folder gives the publisher, title, url and date of its files. The pack holds
    citations, fingerprints, sketches and claims, and no sentence of the documents.
    """
    from monitor.seedpacks import build_pack, dump_pack  # noqa: PLC0415

    name = _pack_name(archive) if name is None else name
    if not _PACK_NAME.fullmatch(name):
        msg = f"{name!r} is no name: lower-case letters, digits, dots, dashes and underscores"
        raise click.BadParameter(msg, param_hint="--name")
    target = output or Path(f"{name}.json")
    if target.exists() and not force:
        msg = f"{target} is there already; --force writes over it, --output writes elsewhere"
        raise click.UsageError(msg)
    pack = build_pack(archive, name, shipped_knowledge())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dump_pack(pack), encoding="utf-8")
    claims = sum(len(article.claims) for article in pack.articles)
    click.echo(
        f"{target}: {amount(len(pack.articles), 'article')}, {amount(claims, 'claim')}, digest {pack.digest}"
    )


_PACK_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def _pack_name(archive: Path) -> str:
    """Return a pack's name from its folder or file: "News of 2024" is news-of-2024."""
    path = archive.resolve()
    name = path.name if path.is_dir() else path.stem
    return re.sub(r"[^a-z0-9._]+", "-", name.casefold()).strip("-._")[:64]


@seeds.command(name="list")
@format_option()
def list_seeds(form: str) -> None:
    """List the shipped seed packs and the articles in them."""
    from monitor.seedpacks import find_packs, read_pack  # noqa: PLC0415

    rows = [
        {
            "pack": name,
            "id": article.id,
            "publisher": article.publisher,
            "published": moment_text(article.published),
            "title": article.title,
            "claims": len(article.claims),
        }
        for name, path in find_packs((shipped_root() / "seeds",)).items()
        for article in read_pack(path).articles
    ]
    emit_rows(rows, ("pack", "id", "publisher", "published", "claims", "title"), form)


@seeds.command()
@click.option(
    "--documents",
    type=click.Path(exists=True, path_type=Path),
    help="Also say whether this archive still gives the pack.",
)
@click.argument("pack", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
def verify(documents: Path | None, pack: tuple[Path, ...]) -> None:
    """Check seed packs (default: the shipped ones): form, claims, text algorithm."""
    from monitor.seedpacks import build_pack, find_packs, read_pack  # noqa: PLC0415

    differing = 0
    for path in pack or tuple(find_packs((shipped_root() / "seeds",)).values()):
        found = read_pack(path)
        click.echo(f"{path}: good, {amount(len(found.articles), 'article')}, digest {found.digest}")
        if documents is not None:
            again = build_pack(documents, found.name, shipped_knowledge())
            same = again.digest == found.digest
            differing += not same
            click.echo(f"  {documents} gives {'the same' if same else f'digest {again.digest}'}")
    if differing:
        sys.exit(EXIT_PROBLEMS)


@seeds.command(name="import")
@config_option
@click.option("--name", help="Name of the archive in the store; default: that of the file.")
@click.option(
    "--jobs", type=click.IntRange(0), default=0, help="Processes that read; 0 is one per core."
)
@click.argument("source", type=click.Path(exists=True, path_type=Path), nargs=-1)
def import_seeds(config: str | None, name: str | None, jobs: int, source: tuple[Path, ...]) -> None:
    """Load packs, or archives of your own, into the site's store; nothing of them ever alerts.

    A SOURCE is a pack (.json), a folder of documents, or a JSON-lines file with one article a line as
    `replay` takes it. It may be repeated, and while the daemon runs; what is stored is skipped.
    """
    from monitor.bootstrap import assemble  # noqa: PLC0415
    from monitor.seedpacks import is_pack  # noqa: PLC0415

    assembly = assemble(config)
    problems = 0
    with assembly.open_store() as store:
        for path in source:
            if is_pack(path):
                _import_pack(assembly, store, path)
            else:
                found = _import_archive(assembly, store, path, name or path.stem, jobs)
                problems += len(found.problems)
    if problems:
        sys.exit(EXIT_PROBLEMS)


def _import_pack(assembly: Assembly, store: Store, path: Path) -> None:
    from monitor.pipeline import load_pack  # noqa: PLC0415
    from monitor.seedpacks import read_pack  # noqa: PLC0415

    pack = read_pack(path)
    known = store.packs().get(pack.name)
    if known is not None and known[0] == pack.digest:
        click.echo(f"{pack.name}: loaded already")
        return
    decision = load_pack(store, pack, assembly.site, assembly.clock.now())
    click.echo(f"{pack.name}: {amount(len(decision.outcomes), 'article')} loaded")


def _import_archive(assembly: Assembly, store: Store, path: Path, name: str, jobs: int) -> Imported:
    from monitor.archives import count_documents  # noqa: PLC0415
    from monitor.importing import ArchiveImport  # noqa: PLC0415

    run = ArchiveImport(store, assembly.site, name, assembly.clock.now())
    with progress(f"importing {name}", count_documents(path)) as tell:
        found = run.run(path, processes(jobs), tell)
    for problem in found.problems:
        click.echo(f"error: {problem}", err=True)
    click.echo(
        f"{name}: {found.articles} articles loaded ({found.copies} copies, {found.claims} claims),"
        f" {found.known} known already, {len(found.problems)} unreadable"
    )
    return found
