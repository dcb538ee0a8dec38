# SPDX-License-Identifier: Apache-2.0
"""The ladder of a figure as a picture: what was said when, and where the new figure stands.

What it is not: pixels (`notify.chart` makes those). Rules of this file: pure; SVG that holds numbers
and dates only, never feed text; colours that can be read on a white and on a black background, because
a mail does not know which it will be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.core.model import Alert, LedgerClaim
from monitor.core.wording import claim_day, day, number

WIDTH, HEIGHT = 420, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 18, 30
_INK, _OTHER, _OWN, _NOW = "#7d8590", "#9aa2ad", "#3f83f8", "#e08a00"
_FEWEST = 3
_FONT = "font-family='DejaVu Sans, Noto Sans, Liberation Sans, sans-serif' font-size='13'"


@dataclass(frozen=True, slots=True)
class _Point:
    day: date
    low: int
    high: int
    colour: str
    now: bool


def chart_svg(alert: Alert) -> str | None:
    """Return a chart of an alert's figure and the earlier ones, or None where there is none to draw."""
    row = alert.claim
    if row is None or row.withdrawn:
        return None
    rows = [known for known in alert.previous if _comparable(known, row)]
    points = [_point(known, row) for known in [*rows, *alert.steps, row]]
    if len(points) < _FEWEST or len({point.day for point in points}) < 2 or row.claim.vague:
        return None
    return _draw(sorted(points, key=lambda point: (point.day, point.now)))


def _comparable(known: LedgerClaim, row: LedgerClaim) -> bool:
    return not known.claim.vague and known.claim.unit == row.claim.unit


def _point(known: LedgerClaim, row: LedgerClaim) -> _Point:
    own = known.family is not None and known.family == row.family
    colour = _NOW if known is row else _OWN if own else _OTHER
    claim = known.claim
    return _Point(claim_day(known), claim.low, claim.high, colour, known is row)


def _draw(points: list[_Point]) -> str:
    first, last = points[0].day, points[-1].day
    ticks = _ticks(min(point.low for point in points), max(point.high for point in points))
    days = (last - first).days

    def x(moment: date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (moment - first).days / days, 1)

    def y(value: int) -> float:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share, 1)

    parts = [_axis(y(value), value) for value in ticks]
    own = [point for point in points if point.colour != _OTHER]
    way = " ".join(f"{x(point.day)},{y((point.low + point.high) // 2)}" for point in own)
    parts.append(f"<polyline points='{way}' fill='none' stroke='{_OWN}' stroke-width='2'/>")
    parts += [_mark(point, x(point.day), y(point.low), y(point.high)) for point in points]
    parts.append(_label(_LEFT, HEIGHT - 8, day(first), "start", _INK))
    parts.append(_label(WIDTH - 2, HEIGHT - 8, day(last), "end", _INK))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        f"viewBox='0 0 {WIDTH} {HEIGHT}'>{''.join(parts)}</svg>"
    )


def _axis(at: float, value: int) -> str:
    line = (
        f"<line x1='{_LEFT}' x2='{WIDTH - _RIGHT}' y1='{at}' y2='{at}' "
        f"stroke='{_INK}' stroke-opacity='0.35'/>"
    )
    return line + _label(_LEFT - 8, at + 4, number(value), "end", _INK)


def _mark(point: _Point, x: float, low: float, high: float) -> str:
    radius = 6.5 if point.now else 4.5
    bar = ""
    if low != high:
        bar = (
            f"<line x1='{x}' x2='{x}' y1='{low}' y2='{high}' stroke='{point.colour}' "
            "stroke-width='4' stroke-linecap='round'/>"
        )
    dots = "".join(
        f"<circle cx='{x}' cy='{at}' r='{radius}' fill='{point.colour}'/>"
        for at in sorted({low, high})
    )
    if not point.now:
        return bar + dots
    words = number(point.low) if low == high else f"{number(point.low)}\u2013{number(point.high)}"
    return bar + dots + _label(min(x, WIDTH - _RIGHT) - 12, high + 5, words, "end", point.colour)


def _label(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    weight = " font-weight='bold'" if colour == _NOW else ""
    return f"<text x='{x}' y='{y}' {_FONT} fill='{colour}' text-anchor='{anchor}'{weight}>{words}</text>"


def _ticks(low: int, high: int) -> tuple[int, ...]:
    """Return round values from below the lowest figure to above the highest, a few of them."""
    step = _round_up(max((high - low) // 2, high // 10, 1))
    first = low // step * step
    return tuple(range(first, max(-(-high // step), first // step + 1) * step + 1, step))


def _round_up(value: int) -> int:
    """Return the next of 1, 2, 5 times a power of ten that is not below the value."""
    power = 1
    while power * 10 <= value:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
