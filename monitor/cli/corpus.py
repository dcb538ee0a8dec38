# SPDX-License-Identifier: Apache-2.0
"""`figurewatch corpus stats`."""

from __future__ import annotations

import json

import click

from monitor.cli.options import config_option


@click.group()
def corpus() -> None:
    """Say what the site already knows."""


@corpus.command()
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def stats(config: str | None, form: str) -> None:
    """Count what is known: articles, copies, claims, packs, and the bytes they take."""
    from monitor.bootstrap import assemble  # noqa: PLC0415
    from monitor.store import Retention, corpus_counts  # noqa: PLC0415

    assembly = assemble(config)
    with assembly.open_store() as store:
        counts = corpus_counts(store)
        sizes = Retention(store).sizes()
        packs = {
            name: {"digest": digest, "articles": articles, "claims": claims}
            for name, (digest, articles, claims) in store.packs().items()
        }
    used = sizes.total - sizes.free
    texts = int(counts["text_bytes"] or 0)
    articles = int(counts["articles"] or 0)
    facts = counts | {
        "bytes": sizes.total,
        "bytes_free": sizes.free,
        "bytes_per_article": used // articles if articles else None,
        "bytes_per_article_without_text": (used - texts) // articles if articles else None,
        "packs": packs,
    }
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for name, value in facts.items():
        if name != "packs":
            click.echo(f"{name.replace('_', ' '):32} {'' if value is None else value}")
    for name, pack in packs.items():
        click.echo(f"pack {name}: {pack['articles']} articles, {pack['claims']} claims")
