"""The planes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.marks import plain_text
from sdd_tui.draw.plane import CROWDED, MOST_MARKED, Extras, extent, nearest, plane

Floats = NDArray[np.float64]

VECTORS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=8).filter(lambda shape: shape[0] > 0),
    elements=st.floats(allow_nan=True, allow_infinity=True),
)


def text(vectors: Floats, width: int = 21, height: int = 11, limit: float | None = None) -> list[str]:
    return ["".join(part for part, _ in row) for row in plane(vectors, width, height, "red", limit)]


def cells(rows: list[Row]) -> list[tuple[int, str, str]]:
    """Column, character and colour of each."""
    return [(x, *cell) for row in rows for x, cell in enumerate((c, colour) for part, colour in row for c in part)]


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


def test_an_outline_goes_through_its_corners_and_groups_have_their_colours() -> None:
    angle = 2 * np.pi * np.arange(4) / 4
    corners = np.stack([np.cos(angle), np.sin(angle)])
    groups = (np.array([0, 1, 0, 1]), ["red", "blue"])
    rows = plane(corners, 40, 20, "hidden", 1.2, extras=Extras(groups=groups, outline=corners))
    colours = {colour for row in rows for text, colour in row if text.strip()}
    assert colours == {"axis", "outline", "red", "blue"}


def test_points_below_never_hide_the_vectors_and_the_chosen_one_is_marked() -> None:
    v = np.array([[0.5], [0.5]])
    rows = plane(v, 40, 20, "hidden", 1.0, extras=Extras(under=v, chosen=0))
    marks = [text for row in rows for text, colour in row if colour == "chosen"]
    assert any("◆" in text for text in marks)
    plain = plane(v, 40, 20, "hidden", 1.0, extras=Extras(under=v))
    assert "under" not in {colour for row in plain for text, colour in row if text.strip()}


def test_a_cell_finds_the_vector_that_ends_in_it() -> None:
    v = np.array([[0.5, -0.5, 0.0], [0.5, -0.5, 0.0]])
    rows = ["".join(text for text, _ in row) for row in plane(v, 41, 21, "hidden", 1.0)]
    at = [(row.index("●"), y) for y, row in enumerate(rows) if "●" in row]
    assert [nearest(v, 41, 21, 1.0, *cell) for cell in at] == [0, 2, 1]
    assert nearest(v, 41, 21, 1.0, 0, 0) is None


def test_a_centre_moves_the_picture_and_what_lies_under_a_cell() -> None:
    v = np.array([[0.5], [0.5]])
    plain, moved = (plane(v, 41, 21, "hidden", 1.0, centre=centre) for centre in ((0.0, 0.0), (0.5, 0.5)))
    at = [
        (row.index("●"), y)
        for rows in (plain, moved)
        for y, row in enumerate("".join(t for t, _ in r) for r in rows)
        if "●" in row
    ]
    assert at[1] == (20, 10)
    assert nearest(v, 41, 21, 1.0, *at[1], (0.5, 0.5)) == 0
    assert nearest(v, 41, 21, 1.0, *at[0], (0.5, 0.5)) is None


def test_spokes_have_no_gaps_however_close_one_looks() -> None:
    v = np.array([[1.0], [0.0]])
    for limit in (1.0, 0.1, 0.01):
        rows = plane(v, 60, 20, "hidden", limit, centre=(0.5, 0.0))
        line = next(row for row in rows if any(colour == "hidden" for _, colour in row))
        cells = [c for t, c in line for _ in t]
        spoke = "".join(t for t, _ in line)[cells.index("hidden") : len(cells) - cells[::-1].index("hidden")]
        assert " " not in spoke and len(spoke) >= 20


def test_a_legend_says_what_the_shades_mean_where_it_has_room() -> None:
    groups = (np.zeros(5, np.int64), ["a", "b"])
    extras = Extras(groups=groups, legend=("0", "1.5"))
    rows = plane(polygon(5), 40, 11, "red", extras=extras)
    assert rows[-1][:4] == [("0 ", "dim"), ("●", "a"), ("●", "b"), (" 1.5 ", "dim")]
    for width in (40, 12, 3):
        assert {sum(len(t) for t, _ in row) for row in plane(polygon(5), width, 11, "red", extras=extras)} == {width}
    assert "1.5" not in "".join(t for t, _ in plane(polygon(5), 12, 11, "red", extras=extras)[-1])


@given(VECTORS, st.integers(0, 40), st.integers(0, 20), st.floats(), st.tuples(st.floats(), st.floats()))
def test_any_centre_draws_a_picture_of_exactly_its_size(
    vectors: Floats, width: int, height: int, limit: float, centre: tuple[float, float]
) -> None:
    rows = plane(vectors, width, height, "red", limit, centre=centre)
    assert len(rows) == height and {sum(len(part) for part, _ in row) for row in rows} <= {width}


def test_a_crowd_is_brighter_where_more_vectors_end_and_says_so_in_a_corner() -> None:
    blob = np.random.default_rng(0).standard_normal((2, CROWDED))
    rows = plane(blob, 60, 25, "hidden")
    seen = {colour for row in rows for part, colour in row if part.strip()}
    assert {"hidden-faint", "hidden", "hidden-bright"} <= seen
    columns = {step: [at for at, _, colour in cells(rows) if colour == step] for step in seen}
    assert np.std(columns["hidden-faint"]) > np.std(columns["hidden"]) > np.std(columns["hidden-bright"]), (
        "in the middle"
    )
    assert "".join(part for part, _ in rows[-1]).startswith("●1 ●5 ●25+ a cell ")
    few = plane(blob[:, :-1], 60, 25, "hidden")
    assert {colour for row in few for part, colour in row if part.strip()} == {"hidden", "axis"}


def test_a_crowd_without_colours_has_marks_where_many_end() -> None:
    blob = np.random.default_rng(0).standard_normal((2, CROWDED))
    rows = plane(blob, 60, 25, "hidden", extras=Extras(colours=False))
    drawn = "\n".join("".join(part for part, _ in row) for row in rows)
    assert "▒" in drawn and "▓" in drawn and "⠶1 ▒5 ▓25+ a cell" in drawn
    assert {"%", "@"} <= set(plain_text(drawn, "ascii")), "apart from braille in ASCII too"
    groups = Extras((np.zeros(CROWDED, np.int64), ["a"]), colours=False)
    assert "▓" not in "".join(part for row in plane(blob, 60, 25, "hidden", extras=groups) for part, _ in row)


def test_edges_are_drawn_between_their_ends_in_their_colour() -> None:
    ends = np.array([[[-0.9, 0.9]], [[0.8, 0.8]]])
    rows = plane(np.zeros((2, 0)), 41, 21, "hidden", 1.0, extras=Extras(edges=[(ends, "outline")]))
    (line,) = [row for row in rows if any(colour == "outline" and len(part) > 5 for part, colour in row)]
    assert sum(len(part) for part, colour in line if colour == "outline") > 30
