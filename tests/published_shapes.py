# SPDX-License-Identifier: Apache-2.0
"""What other programs accept, as JSON Schemas written from their public documentation.

What it is not: anybody's own schema file. Rules of this file: limits and fields as published by the
platform; keys that the platform does not know are refused, so that a typing mistake shows.
"""

from __future__ import annotations

from typing import Any

_Schema = dict[str, Any]

_MOMENT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
_WORDS = {"type": "object", "additionalProperties": {"type": "string"}}


def _object(required: _Schema, optional: _Schema | None = None) -> _Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def _text(most: int, least: int = 1) -> _Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


_URL = {"type": "string", "pattern": "^https?://", "maxLength": 2048}

# cloudevents/spec, version 1.0.2: required context attributes, JSON format.
CLOUDEVENTS = _object(
    {
        "specversion": {"const": "1.0"},
        "id": _text(200),
        "source": _text(400),
        "type": {"type": "string", "pattern": "^[a-z]+(\\.[a-z0-9-]+)+$"},
    },
    {
        "subject": _text(200),
        "time": _MOMENT,
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object"},
    },
)

# prometheus.io, Alertmanager configuration, webhook_config, version 4.
ALERTMANAGER = _object(
    {
        "version": {"const": "4"},
        "groupKey": _text(1000),
        "truncatedAlerts": {"type": "integer", "minimum": 0},
        "status": {"enum": ["firing", "resolved"]},
        "receiver": _text(200),
        "groupLabels": _WORDS,
        "commonLabels": _WORDS,
        "commonAnnotations": _WORDS,
        "externalURL": {"type": "string"},
        "alerts": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                {
                    "status": {"enum": ["firing", "resolved"]},
                    "labels": {**_WORDS, "required": ["alertname"]},
                    "annotations": _WORDS,
                    "startsAt": _MOMENT,
                    "endsAt": _MOMENT,
                    "generatorURL": {"type": "string"},
                    "fingerprint": _text(100),
                }
            ),
        },
    }
)

# docs.slack.dev: incoming webhooks, Block Kit header and section, text objects.
SLACK = _object(
    {"text": _text(4000)},
    {
        "unfurl_links": {"type": "boolean"},
        "unfurl_media": {"type": "boolean"},
        "blocks": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "oneOf": [
                    _object(
                        {
                            "type": {"const": "header"},
                            "text": _object(
                                {"type": {"const": "plain_text"}, "text": _text(150)},
                                {"emoji": {"type": "boolean"}},
                            ),
                        }
                    ),
                    _object(
                        {
                            "type": {"const": "section"},
                            "text": _object(
                                {"type": {"const": "mrkdwn"}, "text": _text(3000)},
                                {"verbatim": {"type": "boolean"}},
                            ),
                        }
                    ),
                ]
            },
        },
    },
)

# discord.com/developers: Execute Webhook, embed limits, allowed mentions.
DISCORD = _object(
    {"content": _text(2000)},
    {
        "username": _text(80),
        "allowed_mentions": _object({"parse": {"type": "array", "maxItems": 0}}),
        "embeds": {
            "type": "array",
            "maxItems": 10,
            "items": _object(
                {"description": _text(4096)},
                {
                    "title": _text(256),
                    "url": _URL,
                    "color": {"type": "integer", "minimum": 0, "maximum": 0xFFFFFF},
                    "footer": _object({"text": _text(2048)}),
                    "timestamp": _MOMENT,
                },
            ),
        },
    },
)

_TEXT_BLOCK = _object(
    {"type": {"const": "TextBlock"}, "text": _text(4000)},
    {
        "wrap": {"type": "boolean"},
        "isSubtle": {"type": "boolean"},
        "size": {"enum": ["Small", "Default", "Medium", "Large", "ExtraLarge"]},
        "weight": {"enum": ["Lighter", "Default", "Bolder"]},
    },
)

# learn.microsoft.com: Teams workflows take a message with one Adaptive Card (at most 28 KB).
TEAMS = _object(
    {
        "type": {"const": "message"},
        "attachments": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": _object(
                {
                    "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                    "contentUrl": {"type": "null"},
                    "content": _object(
                        {
                            "$schema": {"type": "string"},
                            "type": {"const": "AdaptiveCard"},
                            "version": {"enum": ["1.2", "1.3", "1.4", "1.5"]},
                            "body": {"type": "array", "minItems": 1, "items": _TEXT_BLOCK},
                        },
                        {
                            "actions": {
                                "type": "array",
                                "maxItems": 6,
                                "items": _object(
                                    {
                                        "type": {"const": "Action.OpenUrl"},
                                        "title": _text(200),
                                        "url": _URL,
                                    }
                                ),
                            }
                        },
                    ),
                }
            ),
        },
    }
)

# docs.ntfy.sh: publish as JSON.
NTFY = _object(
    {"topic": {"type": "string", "pattern": "^[-_A-Za-z0-9]{1,64}$"}},
    {
        "title": _text(250),
        "message": _text(4096),
        "priority": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9_-]+$"}},
        "markdown": {"type": "boolean"},
        "click": _URL,
    },
)

SHAPES: dict[str, _Schema] = {
    "cloudevents": CLOUDEVENTS,
    "alertmanager": ALERTMANAGER,
    "slack": SLACK,
    "discord": DISCORD,
    "teams": TEAMS,
    "ntfy": NTFY,
}
