# SPDX-License-Identifier: Apache-2.0
"""`figurewatch extract`, `replay` and `dedup`: the daemon's own code over texts from a file.

Rules of this file: input is JSON lines (or, for `extract`, one plain text); output is one JSON line
each, in input order, as soon as it is known; a line that cannot be read is named on standard error
and makes the exit code 1, the rest goes on.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO

import click

from monitor.cli import EXIT_PROBLEMS
from monitor.cli.options import config_option, emit_line, processes
from monitor.core.moments import read_moment

_JSONL_ONLY = click.option(
    "--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True
)
_INPUT = click.argument(
    "file", type=click.File("r", encoding="utf-8-sig", errors="replace"), default="-"
)
_CHUNK = 32  # documents per task: large enough to hide the cost of passing them between processes


class _Lines:
    """Reads JSON lines and counts those that are not objects with the needed fields."""

    def __init__(self, file: IO[str], needed: tuple[str, ...]) -> None:
        self._file = file
        self._needed = needed
        self.bad = 0

    def __iter__(self) -> Iterator[dict[str, object]]:
        for number, line in enumerate(self._file, start=1):
            if not line.strip():
                continue
            record, complaint = _read_object(line)
            missing = [name for name in self._needed if record is not None and name not in record]
            if record is None or missing:
                self.bad += 1
                reason = complaint or f"lacks {', '.join(missing)}"
                click.echo(f"line {number}: {reason}", err=True)
                continue
            yield record


def _read_object(line: str) -> tuple[dict[str, object] | None, str]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return None, f"not JSON: {error}"
    return (record, "") if isinstance(record, dict) else (None, "not a JSON object")


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    # Lone surrogates are legal in JSON and nowhere else; offsets are kept by replacing one for one.
    return (
        str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        if _odd(value)
        else str(value)
    )


def _odd(value: object) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in str(value))


# --- extract -------------------------------------------------------------------------------------


@click.command()
@_JSONL_ONLY
@click.option("--jobs", type=click.IntRange(0), default=1, help="Processes; 0 is one per core.")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    default=("troops",),
    show_default=True,
    help="What to read, such as casualties; repeatable, or all.",
)
@_INPUT
def extract(form: str, jobs: int, measures: tuple[str, ...], file: IO[str]) -> None:
    """Read the claims out of FILE (or standard input).

    Each JSON line `{"id", "text", "title"?, "date"?, "lang"?}` gives one line `{"id", "claims",
    "rejected"}`; a file that is not JSON lines is one text.
    """
    read = partial(extract_all, measures=_known_measures(measures))
    first = next((line for line in file if line.strip()), "")
    if not first.lstrip().startswith("{"):
        text = first + file.read()
        name = Path(getattr(file, "name", "-")).stem
        emit_line(read([{"id": name, "text": text}])[0])
        return
    lines = _Lines(itertools.chain([first], file), ("text",))  # type: ignore[arg-type]
    for result in _extracted(lines, processes(jobs), read):
        emit_line(result)
    if lines.bad:
        sys.exit(EXIT_PROBLEMS)


def _known_measures(chosen: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the measures to read, None for all; end with a usage error on an unknown one."""
    from monitor.knowledge import shipped_knowledge  # noqa: PLC0415

    if "all" in chosen:
        return None
    known = shipped_knowledge().measures
    for name in chosen:
        if name not in known:
            msg = f"no measure {name!r}; there are {', '.join(sorted(known))}, all"
            raise click.BadParameter(msg, param_hint="--measure")
    return chosen


def _extracted(
    lines: Iterable[dict[str, object]],
    jobs: int,
    read: Callable[[list[dict[str, object]]], list[dict[str, object]]],
) -> Iterator[dict[str, object]]:
    if jobs == 1:
        for record in lines:
            yield from read([record])
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting: deque[Future[list[dict[str, object]]]] = deque()
        for chunk in _chunks(lines):
            waiting.append(pool.submit(read, chunk))
            if len(waiting) > 2 * jobs:  # bounded: a file of any size streams through
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _chunks(records: Iterable[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    iterator = iter(records)
    while chunk := list(itertools.islice(iterator, _CHUNK)):
        yield chunk


def extract_all(
    records: list[dict[str, object]], measures: tuple[str, ...] | None = None
) -> list[dict[str, object]]:
    """Return the output record of each input record; runs in worker processes too."""
    from monitor.core.claims import Document  # noqa: PLC0415
    from monitor.core.claims import extract as extract_claims  # noqa: PLC0415
    from monitor.core.payload import claim_json, rejection_json  # noqa: PLC0415
    from monitor.knowledge import shipped_knowledge  # noqa: PLC0415

    knowledge = shipped_knowledge()
    results: list[dict[str, object]] = []
    for record in records:
        document = Document(
            title=_text(record, "title") or None,
            text=_text(record, "text"),
            published=read_moment(record.get("date")),
            language=_text(record, "lang") or None,
        )
        found = extract_claims(document, knowledge, measures=measures)
        results.append(
            {
                "id": record.get("id"),
                "claims": [claim_json(claim, knowledge.gazetteer) for claim in found.claims],
                "rejected": [rejection_json(rejection) for rejection in found.rejected],
            }
        )
        if found.partial is not None:
            results[-1]["partial"] = found.partial
    return results


# --- replay and dedup ----------------------------------------------------------------------------


@click.command()
@_JSONL_ONLY
@config_option
@click.option("--rules", "rules_path", type=click.Path(exists=True), help="Instead of the shipped.")
@click.option("--no-seeds", is_flag=True, help="Start knowing nothing.")
@_INPUT
def replay(
    form: str, config: str | None, rules_path: str | None, no_seeds: bool, file: IO[str]
) -> None:
    """Run articles through the whole decision, in the order given, over a throw-away store.

    Each JSON line `{"id", "feed", "url", "title", "text", "published", "guid"?}` gives one line
    with the article's verdict, its claims with theirs, and the alerts it raised.
    """
    from monitor.replay import Replay  # noqa: PLC0415

    lines = _Lines(file, ("id",))
    with Replay.open(
        config, rules=Path(rules_path) if rules_path else None, seeds=not no_seeds
    ) as session:
        for record in lines:
            emit_line(session.decide(record_to_article(record)))
    if lines.bad:
        sys.exit(EXIT_PROBLEMS)


@click.command()
@_JSONL_ONLY
@click.option("--seeds", is_flag=True, help="Compare with the seeded corpus as well.")
@_INPUT
def dedup(form: str, seeds: bool, file: IO[str]) -> None:
    """Say for each article, in order, which earlier one it is a copy of, and how.

    Input as for `replay`; output `{"id", "group", "duplicate_of", "relation", "similarity"}`.
    """
    from monitor.replay import Replay  # noqa: PLC0415

    lines = _Lines(file, ("id",))
    with Replay.open(None, rules=None, seeds=seeds) as session:
        for record in lines:
            emit_line(session.recognise(record_to_article(record)))
    if lines.bad:
        sys.exit(EXIT_PROBLEMS)


def record_to_article(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return an input record with clean strings and a read date, as `monitor.replay` takes it."""
    text = partial(_text, record)
    return {
        "id": record["id"],
        "feed": text("feed") or "replay",
        "url": text("url") or None,
        "title": text("title"),
        "text": text("text"),
        "published": read_moment(record.get("published") or record.get("date")),
        "guid": text("guid") or None,
        "language": text("lang") or None,
    }
