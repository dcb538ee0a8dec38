# SPDX-License-Identifier: Apache-2.0
"""`figurewatch seeds build|list|verify|import`."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import config_option, emit_rows, format_option
from monitor.knowledge import shipped_knowledge, shipped_root


@click.group()
def seeds() -> None:
    """Build, list, verify and import what a fresh install knows."""


@seeds.command()
@click.option("--name", default="north-korea-2024", show_default=True, help="Name of the pack.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: the shipped seeds/corpus/NAME.json.",
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def build(name: str, output: Path | None, folder: Path) -> None:
    """Make a seed pack from the documents in FOLDER and its index.toml.

    The pack holds citations, fingerprints, sketches and claims, and no sentence of the documents.
    """
    from monitor.seedpacks import build_pack, dump_pack  # noqa: PLC0415

    pack = build_pack(folder, name, shipped_knowledge())
    target = output or shipped_root() / "seeds" / "corpus" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dump_pack(pack), encoding="utf-8")
    claims = sum(len(article.claims) for article in pack.articles)
    click.echo(f"{target}: {len(pack.articles)} articles, {claims} claims, digest {pack.digest}")


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
            "published": article.published.isoformat(),
            "title": article.title,
            "claims": len(article.claims),
        }
        for name, path in find_packs((shipped_root() / "seeds",)).items()
        for article in read_pack(path).articles
    ]
    emit_rows(rows, ("pack", "id", "publisher", "published", "claims", "title"), form)


@seeds.command()
@click.argument("pack", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
def verify(pack: tuple[Path, ...]) -> None:
    """Check seed packs (default: the shipped ones): form, claims, text algorithm."""
    from monitor.seedpacks import find_packs, read_pack  # noqa: PLC0415

    for path in pack or tuple(find_packs((shipped_root() / "seeds",)).values()):
        found = read_pack(path)
        click.echo(f"{path}: good, {len(found.articles)} articles, digest {found.digest}")


@seeds.command(name="import")
@config_option
@click.argument("pack", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
def import_packs(config: str | None, pack: tuple[Path, ...]) -> None:
    """Load PACKs into the site's store, once each; nothing of them ever alerts."""
    from monitor.bootstrap import assemble  # noqa: PLC0415
    from monitor.pipeline import load_pack  # noqa: PLC0415
    from monitor.seedpacks import read_pack  # noqa: PLC0415

    assembly = assemble(config)
    packs = [read_pack(path) for path in pack]
    with assembly.open_store() as store:
        for item in packs:
            if item.name in store.packs():
                click.echo(f"{item.name}: loaded already")
                continue
            decision = load_pack(store, item, assembly.site, assembly.clock.now())
            click.echo(f"{item.name}: {len(decision.outcomes)} articles loaded")
