"""The planes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from sdd_tui.draw.plane import MOST_MARKED, extent, plane

Floats = NDArray[np.float64]

VECTORS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=8).filter(lambda shape: shape[0] > 0),
    elements=st.floats(allow_nan=True, allow_infinity=True),
)


def text(vectors: Floats, width: int = 21, height: int = 11, limit: float | None = None) -> list[str]:
    return ["".join(part for part, _ in row) for row in plane(vectors, width, height, "red", limit)]


def polygon(k: int) -> Floats:
    angle = 2 * np.pi * np.arange(k) / k + np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)])


def test_a_pentagon_looks_like_one() -> None:
    assert text(polygon(5)) == [
        "          ●          ",
        "          ⡇          ",
        "          ⡇          ",
        "          ⡇          ",
        " ●⠉⠒⠢⢄⣀⡀  ⡇  ⢀⣀⡠⠔⠒⠉● ",
        "⠤⠤⠤⠤⠤⠤⠤⠬⠭⢶⡷⡶⠭⠥⠤⠤⠤⠤⠤⠤⠤",
        "        ⢠⠊⡇⠑⡄        ",
        "       ⡔⠁ ⡇ ⠈⢢       ",
        "     ⢠⠊   ⡇   ⠑⡄     ",
        "     ●    ⡇    ●     ",
        "          ⡇          ",
    ]


def test_four_vectors_lie_on_the_axes() -> None:
    assert text(polygon(4), 9, 5) == [
        "    ●    ",
        "    ⡇    ",
        "●⠤⠤⠤⡧⠤⠤⠤●",
        "    ⡇    ",
        "    ●    ",
    ]


def test_marks_and_spokes_take_the_given_colour_and_axes_their_own() -> None:
    rows = plane(polygon(5), 21, 11, "red")
    assert {colour for row in rows for _, colour in row} <= {"", "axis", "red"}
    assert sum(part.count("●") for row in rows for part, colour in row if colour == "red") == 5


def test_many_vectors_are_dots_but_a_few_long_ones_among_the_short_are_marked() -> None:
    blob = np.random.default_rng(0).standard_normal((2, 500))
    assert "●" not in "".join(text(blob))
    features = np.concatenate([polygon(5), 0.001 * blob], axis=1)
    assert "".join(text(features)).count("●") == 5
    assert "".join(text(polygon(MOST_MARKED), 80, 40)).count("●") > 40


def test_one_dimension_is_a_line() -> None:
    rows = text(np.array([[-1.0, 0.5, 1.0]]))
    assert [i for i, row in enumerate(rows) if "●" in row] == [5]


def test_of_more_dimensions_the_first_two_are_drawn() -> None:
    v = np.random.default_rng(0).standard_normal((4, 6))
    assert text(v) == text(v[:2])


def test_a_given_limit_holds_the_scale_still() -> None:
    assert text(polygon(5), limit=2.0) != text(polygon(5))
    assert text(0.5 * polygon(5), limit=1.12 * 0.5) == text(polygon(5))


def test_the_extent_holds_the_longest_vector_with_a_margin() -> None:
    assert extent(polygon(4), 3 * polygon(4)) == pytest.approx(3.36)
    assert extent(np.array([[np.nan, 2.0], [np.inf, 1.0]])) == pytest.approx(2.24)
    assert np.isfinite(extent(np.full((2, 1), 1.7e308)))
    assert extent() == extent(np.zeros((2, 4))) == extent(np.zeros((2, 0))) == 1.0


@pytest.mark.parametrize(
    "vectors", [np.zeros((2, 0)), np.full((2, 3), np.nan), np.full((2, 3), np.inf)], ids=["none", "nan", "inf"]
)
def test_with_nothing_to_show_the_axes_stay(vectors: Floats) -> None:
    axes = text(np.zeros((2, 0)))
    assert text(vectors) == axes and "".join(axes).strip()


def test_zero_vectors_are_a_mark_at_the_origin() -> None:
    assert "".join(text(np.zeros((2, 5)))).count("●") == 1


@given(VECTORS, st.integers(0, 40), st.integers(0, 20), st.none() | st.floats())
def test_any_vectors_draw_a_picture_of_exactly_its_size(
    vectors: Floats, width: int, height: int, limit: float | None
) -> None:
    rows = text(vectors, width, height, limit)
    assert len(rows) == height and all(len(row) == width for row in rows)
