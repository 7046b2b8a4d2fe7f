"""The shapes of hidden vectors in three dimensions: named, outlined and seen in depth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.solids import SOLIDS
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.drawing import Drawing
from sdd_tui.panels.shapes import shape_words
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions, nearness
from sdd_tui.run.reader import open_run

RECORDED = Path(__file__).parents[1] / "tui" / "recorded" / "deep-small"
"""Twelve examples in three dimensions."""

TURNING = ViewOptions(projection="turning", turn=25.0)


@pytest.fixture
def view() -> View:
    found = View(open_run(RECORDED))
    found.poll(10)
    found.go(None)
    return found


def hidden(view: View, options: ViewOptions) -> Drawing:
    return drawn(PANELS["hidden"], view, options, 90, 40)


def colours(drawing: Drawing) -> set[str]:
    return {colour for row in drawing.rows for text, colour in row if text.strip()}


def test_the_solid_that_trained_examples_stand_on_is_named_with_how_far_off_they_are(view: View) -> None:
    assert view.snapshot is not None
    solid = view.snapshot.solid
    assert solid is not None and solid.name == "icosahedron" and 5 < solid.off < 10
    assert f"icosahedron, {solid.off:.1f}° off" in hidden(view, TURNING).note
    numbers = PANELS["hidden"].numbers(view, TURNING)
    assert numbers["solid"] == {"name": "icosahedron", "degrees_off": solid.off} and numbers["polygon"] is None
    view.go(0)
    assert view.snapshot.solid is None and shape_words(view.snapshot) == ""
    assert PANELS["hidden"].numbers(view, TURNING)["solid"] is None


def test_edges_are_outlined_and_in_the_turning_view_the_nearer_ones_are_brighter(view: View) -> None:
    assert colours(hidden(view, TURNING)) >= {"outline", "outline-bright"}
    for options in (replace(TURNING, projection="axes"), replace(TURNING, projection="principal")):
        assert "outline" in colours(hidden(view, options)) and "outline-bright" not in colours(hidden(view, options))
    assert not colours(hidden(view, replace(TURNING, outline=False))) & {"outline", "outline-bright"}


def test_edges_join_neighbouring_corners_and_the_bright_ones_are_nearer_the_eye(view: View) -> None:
    assert view.snapshot is not None
    for turn in (0.0, 25.0, 200.0):
        options = replace(TURNING, turn=turn)
        (far, _), (near, _) = PANELS["hidden"]._edges(view.snapshot, np.eye(3), options)  # type: ignore[attr-defined]
        eye = nearness(view.snapshot, options)
        assert eye is not None and far.shape[1] + near.shape[1] == 30
        depth = [np.einsum("m,mek->ek", eye, ends).mean(axis=1) for ends in (far, near)]
        assert depth[0].max() <= 0 < depth[1].min()


def test_nearer_vectors_are_brighter_in_the_turning_view_alone_and_the_corner_says_so(view: View) -> None:
    assert view.snapshot is not None
    shown = hidden(view, TURNING)
    assert colours(shown) >= {"hidden-faint", "hidden", "hidden-bright"}
    assert "".join(text for text, _ in shown.rows[-1]).startswith("far ●●● near")
    assert "hidden-bright" not in colours(hidden(view, replace(TURNING, projection="axes")))
    assert "hidden-bright" not in colours(hidden(view, replace(TURNING, colour="norm")))
    eye = nearness(view.snapshot, TURNING)
    assert eye is not None and nearness(view.snapshot, ViewOptions()) is None
    groups, _ = PANELS["hidden"]._groups(view.snapshot, TURNING)  # type: ignore[attr-defined]
    depth = eye @ view.snapshot.H
    assert (np.diff(groups[0][np.argsort(depth)]) >= 0).all() and set(groups[0]) == {0, 1, 2}


def test_a_plane_has_no_depth(view: View) -> None:
    flat = View(open_run(RECORDED.with_name("pentagon-small")))
    flat.poll(10)
    flat.go(None)
    assert flat.snapshot is not None and flat.snapshot.solid is None
    assert shape_words(flat.snapshot) == "regular pentagon"
    assert colours(hidden(flat, TURNING)) == colours(hidden(flat, ViewOptions()))


def test_examples_left_at_the_origin_are_no_corners(view: View) -> None:
    assert view.snapshot is not None
    snapshot = replace(view.snapshot)
    corners = np.concatenate([SOLIDS["octahedron"], np.full((3, 6), 0.01)], axis=1)
    snapshot.__dict__["H"] = corners  # what is derived of the parameters is kept there
    assert shape_words(snapshot) == "octahedron, 0.0° off"
