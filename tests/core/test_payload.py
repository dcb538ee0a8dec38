# SPDX-License-Identifier: Apache-2.0
"""JSON shapes against the published schema."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_alerts import (
    DIGEST,
    EMAIL,
    FIRST,
    GAZETTEER,
    KEYWORD,
    NEW_ROW,
    NIGHT,
    NOTICE,
    NOW,
    ONE,
    SEVERAL,
    alert,
    claim,
    message,
    row,
)

from monitor.core.model import Message, Span, TextField, Verdict
from monitor.core.payload import claim_json
from monitor.core.render import render_message
from monitor.core.sample import sample_message

_SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "webhook-v1.schema.json").read_text(encoding="utf-8")
)
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_NOTES = {"$schema", "$defs", "title", "description"}
_CHECKED = {
    *("$ref", "type", "const", "enum", "pattern", "maxLength", "minimum", "maximum"),
    *("required", "properties", "items", "minItems"),
}


def _complaints(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """What is wrong with `value`, by the part of JSON Schema that ours uses; unknown keys of an
    object are complaints too, so that every key is documented."""
    if "$ref" in schema:
        return _complaints(value, _SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    found = [f"{where}: {text}" for text in _scalar_complaints(value, schema)]
    if isinstance(value, dict) and not found:
        known = schema.get("properties", {})
        found += [
            f"{where}.{key}: missing" for key in schema.get("required", ()) if key not in value
        ]
        found += [f"{where}.{key}: not in the schema" for key in value if key not in known]
        for key in value.keys() & known.keys():
            found += _complaints(value[key], known[key], f"{where}.{key}")
    if isinstance(value, list) and not found:
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where}: too few")
        for index, item in enumerate(value):
            found += _complaints(item, schema["items"], f"{where}[{index}]")
    return found


def _scalar_complaints(value: Any, schema: dict[str, Any]) -> list[str]:
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    of_type = any(
        isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
    )
    checks = {
        f"not {names}: {value!r}": not names or of_type,
        f"not {schema.get('const')!r}": "const" not in schema or value == schema["const"],
        f"not listed: {value!r}": "enum" not in schema or value in schema["enum"],
    }
    if isinstance(value, str):
        checks[f"{value!r} does not match"] = bool(re.search(schema.get("pattern", ""), value))
        checks["too long"] = len(value) <= schema.get("maxLength", len(value))
    if isinstance(value, (int, float)):
        checks["out of range"] = (
            schema.get("minimum", value) <= value <= schema.get("maximum", value)
        )
    return [text for text, held in checks.items() if not held]


def _nodes(node: Any) -> list[dict[str, Any]]:
    """Every schema inside a schema."""
    inner = [*node.get("properties", {}).values(), *node.get("$defs", {}).values()]
    inner += [node["items"]] if "items" in node else []
    return [node, *(found for child in inner for found in _nodes(child))]


_EVERY_VERDICT = [
    pytest.param(message(alert("a", row("r", claim(7), verdict=verdict))), id=f"verdict-{verdict}")
    for verdict in Verdict
]
_UNKNOWN = claim(
    5, source=None, place=None, force=None, force_text=None, as_of=None, measure="layoffs"
)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ONE, id="one"),
        pytest.param(SEVERAL, id="several"),
        pytest.param(FIRST, id="first"),
        pytest.param(NIGHT, id="night"),
        pytest.param(DIGEST, id="digest"),
        pytest.param(NOTICE, id="notice"),
        pytest.param(KEYWORD, id="keyword"),
        pytest.param(sample_message(EMAIL, NOW), id="test"),
        pytest.param(
            message(alert("a", row("r", _UNKNOWN), previous=(row("p", _UNKNOWN),), url=None)),
            id="unknowns",
        ),
        *_EVERY_VERDICT,
    ],
)
def test_bodies_match_the_schema(told: Message) -> None:
    """Every body has the documented keys and no other, with the documented values."""
    body = json.loads(render_message(told, GAZETTEER).webhook)
    assert _complaints(body, _SCHEMA) == []


def test_the_check_finds_mistakes() -> None:
    """A body with a wrong value, a missing key or an extra key is found out by the check above."""
    body = json.loads(render_message(ONE, GAZETTEER).webhook)
    body["type"] = "figure.unheard-of"
    body["data"]["claims"][0]["low"] = "11000"
    body["data"]["claims"][0]["extra"] = 1
    del body["data"]["witnesses"]["independent"]
    assert len(_complaints(body, _SCHEMA)) == 4


def test_the_check_knows_every_word_of_the_schema() -> None:
    """The schema uses no keyword that the check would pass over."""
    words = {word for node in _nodes(_SCHEMA) for word in node}
    assert words <= _NOTES | _CHECKED


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        pytest.param(ONE, "figure.new", id="one-verdict"),
        pytest.param(SEVERAL, "figure.several", id="several-verdicts"),
        pytest.param(KEYWORD, "keyword.match", id="keyword"),
        pytest.param(DIGEST, "digest", id="digest"),
        pytest.param(NOTICE, "notice", id="notice"),
        pytest.param(sample_message(EMAIL, NOW), "test", id="test"),
    ],
)
def test_type(told: Message, kind: str) -> None:
    """The type says what happened; a test never looks like news to a receiver."""
    assert json.loads(render_message(told, GAZETTEER).webhook)["type"] == kind


def test_claim_without_a_verdict() -> None:
    """A claim that nobody judged (extract) has the same keys but for its judgement."""
    judged, bare = claim_json(NEW_ROW, GAZETTEER), claim_json(NEW_ROW.claim, GAZETTEER)
    assert {"verdict", "reason", "facts", "withdrawn"} == judged.keys() - bare.keys()
    assert bare == {key: judged[key] for key in bare}


def test_evidence_is_the_original() -> None:
    """Evidence and its sentence are exactly the characters that their offsets name."""
    shown = claim_json(NEW_ROW, GAZETTEER)["evidence"]
    assert isinstance(shown, dict)
    sentence = shown["sentence"]
    text = " " * sentence["start"] + sentence["text"]
    assert text[shown["start"] : shown["end"]] == shown["text"] == "11,000"
    assert shown["field"] == "text"


def test_mentions_and_places() -> None:
    """Merged mentions keep their spans and fields; a place comes with those around it."""
    spans = (Span(start=1, end=3, field=TextField.TITLE), Span(start=9, end=12))
    shown = claim_json(replace(claim(5, place="sudzha"), mentions=spans), GAZETTEER)
    assert shown["mentions"] == [
        {"start": 1, "end": 3, "field": "title"},
        {"start": 9, "end": 12, "field": "text"},
    ]
    assert shown["place_within"] == ["kursk", "russia"]


def test_bytes_are_stable_utf8() -> None:
    """The body is compact UTF-8, the same at every call, also for text that is not valid Unicode."""
    told = message(alert("a", None, title="Курськ \ud800 北"))
    body = render_message(told, GAZETTEER).webhook
    assert body == render_message(told, GAZETTEER).webhook
    assert "Курськ" in body.decode("utf-8")
    assert b'": ' not in body
