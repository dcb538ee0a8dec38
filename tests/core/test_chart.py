# SPDX-License-Identifier: Apache-2.0
"""The chart of a figure: what is drawn, and when there is nothing to draw."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_alerts import NEW_ROW, ONE, PENTAGON_ROW, VAGUE_ROW, alert, claim, row

from monitor.core.chart import chart_svg
from monitor.core.model import Alert


def _alert(*values: int) -> Alert:
    *before, last = (
        row(f"r{n}", claim(value, as_of=date(2024, 11, n + 1)), publisher="<b>&")
        for n, value in enumerate(values)
    )
    return alert("al", last, previous=tuple(before))


def test_the_new_figure_stands_out_and_is_named() -> None:
    """A dot for each figure that can be drawn; the newest carries its number."""
    svg = chart_svg(ONE.alerts[0])
    assert svg is not None
    assert svg.count("<circle") == 3
    assert ">11,000</text>" in svg
    assert "28 Oct 2024" in svg


@pytest.mark.parametrize(
    "told",
    [
        alert("al", None),
        alert("al", NEW_ROW, previous=(PENTAGON_ROW,)),
        alert("al", NEW_ROW, previous=(VAGUE_ROW, VAGUE_ROW, VAGUE_ROW)),
        alert("al", NEW_ROW, previous=(NEW_ROW, replace(NEW_ROW, id="x"))),
        alert("al", VAGUE_ROW, previous=ONE.alerts[0].previous),
    ],
    ids=["keyword", "two", "bands", "one-day", "vague"],
)
def test_what_cannot_be_drawn_is_not_drawn(told: Alert) -> None:
    """Without three figures on two days there is only the table."""
    assert chart_svg(told) is None


@given(st.lists(st.integers(0, 10**15), min_size=3, max_size=8))
def test_any_figures_make_a_picture_that_holds_them(values: list[int]) -> None:
    """From nothing to the largest figure: whole XML, no feed text, every mark inside the frame."""
    svg = chart_svg(_alert(*values))
    assert svg is not None
    ET.fromstring(svg)
    assert "<b>" not in svg
    assert len(re.findall("<line", svg)) <= 14
    for at in re.findall(r"c[xy]='([-\d.]+)'", svg):
        assert 0 <= float(at) <= 420
