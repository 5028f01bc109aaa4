"""Scales, ticks, lines with gaps, and words that cannot break out of a picture."""

from xml.etree import ElementTree as Tree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="figures are those of a model, which is torch's")

from pipelines.verify.smoke.picture import (
    Frame,
    Scale,
    axes,
    box,
    dot,
    legend,
    line,
    nothing,
    path,
    svg,
    ticks,
    upper,
    words,
)

NAME = "{http://www.w3.org/2000/svg}"
FRAME = Frame(
    x=Scale(low=0, high=10, start=100, stop=200), y=Scale(low=0, high=5, start=60, stop=10)
)


def test_a_scale_is_a_line_or_a_logarithm() -> None:
    assert Scale(low=0, high=8, start=60, stop=460).at(2) == 160
    assert Scale(low=1, high=100, start=0, stop=10, log=True).at(10) == 5
    assert Scale(low=3, high=3, start=7, stop=9).at(3) == 7, "no extent"


def test_a_frame_is_left_top_width_height() -> None:
    assert list(FRAME) == [100, 10, 100, 50]


def test_ticks_are_round() -> None:
    assert ticks(0, 3.2) == [0, 1, 2, 3]
    assert ticks(-0.3, 0.3) == [-0.2, 0, 0.2]
    assert ticks(0, 1120) == [0, 250, 500, 750, 1000]
    assert ticks(2, 2) == [2]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_within_and_are_few(low: float, extent: float) -> None:
    found = ticks(low, low + extent)
    slack = 1e-6 * max(1.0, abs(low), extent)
    assert 1 <= len(found) <= 6
    assert all(low - slack <= tick <= low + extent + slack for tick in found)
    assert found == sorted(set(found))


def test_a_line_is_broken_where_values_are_missing() -> None:
    x, y = np.arange(6.0), np.array([1, 2, np.nan, 4, np.nan, 5])
    (only,) = path(FRAME, x, y, "mix")
    assert 'points="100.0,50.0 110.0,40.0"' in only, "single points are marks, no lines"
    assert path(FRAME, x, np.full(6, np.nan), "mix") == []


def test_arms_have_marks_of_their_own() -> None:
    assert dot(1, 2, "mix").startswith("<circle")
    assert dot(1, 2, "control", title="<5").startswith("<rect")
    assert "<title>&lt;5</title>" in dot(1, 2, "control", title="<5")


def test_a_picture_is_well_formed_whatever_it_says() -> None:
    hostile = "</svg><script>&\"'"
    parts = [
        words(1, 2, hostile),
        box(1, 2, 3, 4, kind="frame"),
        line((1, 2), (3, 4), "rule"),
        nothing(FRAME),
        *axes(FRAME, x=[(5, hostile)], about_x=hostile, about_y="y"),
        *legend(200, 10),
    ]
    tree = Tree.fromstring(svg(parts, width=300, height=100, label=hostile))  # noqa: S314 - ours
    said = [text.text for text in tree.iter(f"{NAME}text")]
    assert said[0] == hostile
    assert tree.attrib["aria-label"] == hostile
    assert {"n/a", "mix", "control", "0", "5", "y"} <= set(said)


def test_a_panel_beside_another_has_no_numbers_of_its_own() -> None:
    tree = Tree.fromstring(  # noqa: S314 - ours
        svg(
            axes(FRAME, x=[], about_x="x", about_y="y", numbers=False),
            width=1,
            height=1,
            label="",
        )
    )
    assert [text.text for text in tree.iter(f"{NAME}text")] == ["x", "y"]


def test_an_axis_ends_above_all_that_is_there() -> None:
    assert upper(np.array([2.0, np.nan, 4.0])) == pytest.approx(4.2)
    assert upper(np.array([np.nan])) == 1.0
