# SPDX-License-Identifier: Apache-2.0
"""Records to database text and back.

Rules of this file: what is dumped loads into an equal record; times are ISO 8601 UTC with
microseconds, so that text order is time order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from monitor.core.model import Claim, Evaluation, Extraction, Rejection

_Record = TypeVar("_Record")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(record: object) -> str:
    """Return a dataclass record as JSON text."""
    kind: Any = type(record)
    return _adapter(kind).dump_json(record).decode()


def load(kind: type[_Record], text: str) -> _Record:
    """Return the record of type `kind` that `dump` wrote."""
    key: Any = kind
    record: _Record = _adapter(key).validate_json(text)
    return record


def dump_extraction(claims: Sequence[Claim], rejected: Sequence[Rejection]) -> str:
    """Return the claims and rejected numbers of an article as JSON text."""
    return dump(Extraction(claims=tuple(claims), rejected=tuple(rejected)))


def load_extraction(text: str) -> Extraction:
    """Return what `dump_extraction` wrote."""
    return load(Extraction, text)


def dump_evaluations(evaluations: tuple[Evaluation, ...]) -> str:
    """Return rule evaluations as JSON text."""
    return _adapter(tuple[Evaluation, ...]).dump_json(evaluations).decode()


def load_evaluations(text: str) -> tuple[Evaluation, ...]:
    """Return what `dump_evaluations` wrote."""
    evaluations: tuple[Evaluation, ...] = _adapter(tuple[Evaluation, ...]).validate_json(text)
    return evaluations


def when(moment: datetime) -> str:
    """Return a moment as sortable text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """Return the moment that `when` wrote, or None."""
    return None if text is None else datetime.fromisoformat(text)


def moment_required(text: str) -> datetime:
    """Return the moment that `when` wrote."""
    return datetime.fromisoformat(text)
