# SPDX-License-Identifier: Apache-2.0
"""What feeds advertise, what hubs may ask, and what counts of what they send."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.websub import (
    Advert,
    PushVerdict,
    Standing,
    Subscription,
    advertised,
    after_refusal,
    answered,
    before_asking,
    judged,
    request_form,
)

_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_FEED = "https://paper.example/feed"
_HUB = "https://hub.example/"
_KNOWN = Subscription(
    token="token",
    feed="paper",
    hub=_HUB,
    topic=_FEED,
    callback="https://us.example/websub/token",
    secret="secret",
    standing=Standing.ASKING,
    due=_NOW,
)
_ACTIVE = replace(_KNOWN, standing=Standing.ACTIVE, lease_until=_NOW + timedelta(days=1))
_LEAVING = replace(_ACTIVE, standing=Standing.LEAVING)
_DENIED = replace(_KNOWN, standing=Standing.DENIED)


@pytest.mark.parametrize(
    ("headers", "hubs", "own", "expected"),
    [
        pytest.param([], (), None, None, id="nothing"),
        pytest.param([], (_HUB,), None, Advert(hub=_HUB, topic=_FEED), id="feed without self"),
        pytest.param(
            [], (_HUB,), "/self", Advert(hub=_HUB, topic="https://paper.example/self"), id="feed"
        ),
        pytest.param(
            [f'<{_HUB}>; rel="hub", <{_FEED}?x>; rel=self'],
            ("https://other.example/",),
            "/other",
            Advert(hub=_HUB, topic=f"{_FEED}?x"),
            id="headers win",
        ),
        pytest.param(
            [f'<{_FEED},x>; title="a, b"; rel="self alternate"', f"<{_HUB}>;rel=hub"],
            (),
            None,
            Advert(hub=_HUB, topic=f"{_FEED},x"),
            id="commas and several headers",
        ),
        pytest.param([], ("http://hub.example/",), None, None, id="no hub without TLS"),
        pytest.param(
            [],
            ("ftp://hub.example/", "https://a b/", _HUB),
            None,
            Advert(hub=_HUB, topic=_FEED),
            id="the first that can be asked",
        ),
        pytest.param(["<" * 9000, "<>; rel", "; rel=hub"], (), None, None, id="noise"),
        pytest.param([], (_HUB,), "javascript:x", None, id="a topic that is none"),
    ],
)
def test_a_feed_names_its_hub_and_itself(
    headers: list[str], hubs: tuple[str, ...], own: str | None, expected: Advert | None
) -> None:
    """Link headers win over the feed's links; https feeds are not pushed through http hubs."""
    assert advertised(headers, url=_FEED, hubs=hubs, own_url=own) == expected


@pytest.mark.parametrize(
    ("known", "changed", "is_echoed"),
    [
        pytest.param(_KNOWN, {}, True, id="asked for"),
        pytest.param(_ACTIVE, {}, True, id="renewal"),
        pytest.param(_KNOWN, {"hub.topic": "https://other.example/"}, False, id="other topic"),
        pytest.param(_KNOWN, {"hub.topic": ""}, False, id="no topic"),
        pytest.param(_KNOWN, {"hub.mode": "unsubscribe"}, False, id="not leaving"),
        pytest.param(_KNOWN, {"hub.mode": "publish"}, False, id="no mode of ours"),
        pytest.param(_KNOWN, {"hub.challenge": ""}, False, id="no challenge"),
        pytest.param(_KNOWN, {"hub.challenge": "x" * 5000}, False, id="endless challenge"),
        pytest.param(_LEAVING, {}, False, id="leaving does not subscribe"),
        pytest.param(_LEAVING, {"hub.mode": "unsubscribe"}, True, id="leaving"),
        pytest.param(_DENIED, {}, False, id="denied"),
    ],
)
def test_only_what_was_asked_for_is_confirmed(
    known: Subscription, changed: dict[str, str], *, is_echoed: bool
) -> None:
    """A challenge is echoed if mode and topic are those of our request, and stays as it is."""
    query = {
        "hub.mode": "subscribe",
        "hub.topic": _FEED,
        "hub.challenge": "c",
        "hub.lease_seconds": "60",
    } | changed
    reply = answered(known, query, _NOW, 0.5)
    assert (reply.text == query["hub.challenge"]) is is_echoed
    assert (reply.known is None and not reply.forget) is not is_echoed


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("86400", timedelta(days=1)),
        ("1", timedelta(minutes=1)),
        ("99999999999", timedelta(days=30)),
        ("-5", timedelta(days=1)),
        ("soon", timedelta(days=1)),
        (None, timedelta(days=1)),
    ],
)
def test_a_lease_has_bounds_and_is_renewed_before_its_end(
    seconds: str | None, lease: timedelta
) -> None:
    """Whatever a hub says, between a minute and a month; renewal after 60 to 80 % of it."""
    query = {"hub.mode": "subscribe", "hub.topic": _FEED, "hub.challenge": "c"}
    if seconds is not None:
        query["hub.lease_seconds"] = seconds
    for chance, share in ((0.0, 0.6), (1.0, 0.8)):
        known = answered(_KNOWN, query, _NOW, chance).known
        assert known is not None
        assert known.lease_until == _NOW + lease
        assert known.due - _NOW == lease * share


def test_a_denial_rests_for_a_day_and_keeps_the_reason_printable() -> None:
    """Denied, with the hub's reason for people; asked again a day or two later."""
    query = {"hub.mode": "denied", "hub.topic": _FEED, "hub.reason": "no\r\nthanks" + "x" * 999}
    known = answered(_ACTIVE, query, _NOW, 1.0).known
    assert known is not None
    assert (known.standing, known.lease_until) == (Standing.DENIED, None)
    assert known.due == _NOW + timedelta(days=2)
    assert known.reason is not None
    assert known.reason.startswith("denied: no  thanks")
    assert len(known.reason) < 300
    assert answered(_LEAVING, query, _NOW, 0.0).forget


def test_a_hub_that_does_not_answer_is_asked_less_and_less() -> None:
    """Each failure doubles the wait, up to a day; Retry-After lengthens it; leaving ends at last."""
    known, now, waits = _KNOWN, _NOW, []
    for _ in range(12):
        asked = before_asking(known, now, 0.0)
        assert asked is not None
        assert asked.due - now >= timedelta(minutes=15)
        known = after_refusal(asked, "refused", None, now, 0.0)
        waits.append(known.due - now)
        now = known.due
    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert waits[-1] == timedelta(days=1)
    assert after_refusal(known, "", 7 * 86400.0, now, 0.0).due - now == timedelta(days=7)
    farewell: Subscription | None = _LEAVING
    for _ in range(3):
        assert farewell is not None
        farewell = before_asking(farewell, now, 0.0)
        assert farewell is not None
        assert farewell.standing is Standing.LEAVING
    assert before_asking(farewell, now, 0.0) is None


def test_a_lease_that_ran_out_is_asked_for_anew() -> None:
    """An active subscription stays active while it is renewed, and only until its lease ends."""
    renewed = before_asking(_ACTIVE, _NOW, 0.0)
    lapsed = before_asking(_ACTIVE, _NOW + timedelta(days=2), 0.0)
    again = before_asking(_DENIED, _NOW, 0.0)
    assert renewed is not None
    assert lapsed is not None
    assert again is not None
    standings = [row.standing for row in (renewed, lapsed, again)]
    assert standings == [Standing.ACTIVE, Standing.ASKING, Standing.ASKING]


def test_a_request_says_what_the_recommendation_wants() -> None:
    """Subscribing names callback, mode, topic, lease and secret; leaving no secret."""
    assert request_form(_KNOWN) == {
        "hub.callback": "https://us.example/websub/token",
        "hub.mode": "subscribe",
        "hub.topic": _FEED,
        "hub.lease_seconds": "864000",
        "hub.secret": "secret",
    }
    assert "hub.secret" not in request_form(_LEAVING)
    assert request_form(_LEAVING)["hub.mode"] == "unsubscribe"


def _signed(method: str, body: bytes, key: str = _KNOWN.secret) -> str:
    return f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize(
    ("signature", "links", "verdict"),
    [
        *((_signed(name, b"body"), [], "taken") for name in ("sha256", "sha384", "sha512")),
        (_signed("sha256", b"body").upper().replace("SHA256", "sha256"), [], "taken"),
        (_signed("sha1", b"body"), [], "hint"),
        (_signed("md5", b"body"), [], "forged"),
        (_signed("sha256", b"other"), [], "forged"),
        (_signed("sha256", b"body", "other"), [], "forged"),
        (_signed("sha1", b"body", "other"), [], "forged"),
        (_signed("sha256", b"body")[:-1], [], "forged"),
        ("sha256=", [], "forged"),
        ("sha256=\xe9", [], "forged"),
        ("", [], "forged"),
        (None, [], "forged"),
        (_signed("sha256", b"body"), [f"<{_FEED}>; rel=self"], "taken"),
        (_signed("sha256", b"body"), ["</feed>; rel=self"], "taken"),
        (_signed("sha256", b"body"), ["<https://evil.example/>; rel=self"], "foreign"),
        (_signed("sha256", b"other"), [f"<{_FEED}>; rel=self"], "forged"),
    ],
)
def test_a_body_counts_with_the_right_signature_only(
    signature: str | None, links: list[str], verdict: str
) -> None:
    """SHA-2 is taken, SHA-1 is a hint, all else is ignored; and it must be of our topic."""
    assert judged(_ACTIVE, b"body", signature=signature, links=links) is PushVerdict(verdict)
