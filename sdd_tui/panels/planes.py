"""The paper's planes: features and hidden vectors from the origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import norms
from sdd_tui.analysis.snapshot import Floats, Snapshot
from sdd_tui.analysis.theory import ideal_polygon
from sdd_tui.draw.canvas import Canvas
from sdd_tui.draw.plane import CROWDED, MARGIN, Extras, extent, nearest, plane, steps_of
from sdd_tui.errors import SddError
from sdd_tui.numerals import rounded
from sdd_tui.panels.drawing import Drawing, Hit, Spot
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.shapes import polygon_outline, shape_words, stored
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Kind, ViewOptions, nearness
from sdd_tui.panels.view_options import basis as basis_of

Groups = tuple[NDArray[np.intp], Sequence[str]]
"""(k,) group of each vector, and the colour of each group."""

SHADES = [f"shade{i}" for i in range(6)]
"""Colour names from low to high."""

CYCLE = [f"one{i}" for i in range(6)]
"""Colour names that tell neighbours apart."""

COLOURINGS = {"plain": "", "dimensionality": "by D", "norm": "by norm", "example": "by example"}
"""What the edge says of the colours."""

NEAR = 1 / 3
"""Share of the longest vector by which one lies nearer or farther than the origin where the turning view says so."""

TOP_D = 0.3
"""Dimensionalities from here on have the last shade: five features on a pentagon have 0.25, m / T at T = 5 is 0.4."""


BRIGHTNESS = (
    f"Of {CROWDED:,} vectors and more, a cell is brighter the more end in it; of fewer, in the view that turns (m ≥ 3),"
    " the nearer ones are."
)


class Features(Panel[View]):
    """Columns of W."""

    name = "features"
    title = "features W_j"
    shorter: ClassVar[tuple[str, ...]] = ("W_j",)
    about = (
        "Each dot is a feature's vector W_j, a column of W; ◇ are those active in the chosen example. When examples"
        " are memorised all features crowd around the origin; when features are learned, five of them stand out on a"
        f" pentagon (m = 2). {BRIGHTNESS}"
    )
    _kind: Kind = "feature"

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The frame, and how planes are drawn."""
        how = (
            options.colour,
            options.scale,
            options.projection,
            options.axes,
            options.outline,
            options.item,
            options.kind,
            options.overlay,
            options.colours,
        )
        turn = options.turn if options.projection == "turning" else 0
        longest = view.history.longest if options.scale == "fixed" else None
        return (view.version, *how, options.zoom, options.offset, turn, longest)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The plane; the scale on the edge."""
        snapshot = view.snapshot
        if snapshot is None:
            return nothing_yet(view, width, height)
        basis = basis_of(snapshot, options)
        shown = basis @ self._vectors(snapshot)
        side = self._side(view, basis, options)
        limit, centre = side / options.zoom, (side * options.offset[0], side * options.offset[1])
        under = self._under(view, snapshot, basis, options)
        groups, legend = self._groups(snapshot, options)
        chosen = self._chosen(options, shown.shape[1])
        outline, ideal = self._outline(snapshot, options), self._ideal(view, snapshot, options)
        related, edges = self._related(options, snapshot), self._edges(snapshot, basis, options)
        extras = Extras(groups, outline, ideal, under, chosen, related, legend, options.colours, edges)
        rows = plane(shown, width, height, self._colour, limit, extras=extras, centre=centre)

        def hit(column: int, row: int) -> Hit | None:
            found = nearest(shown, width, height, limit, column, row, centre)
            return None if found is None else Hit(self._kind, found)

        held = " held" if options.scale == "fixed" else ""
        note, brief = self._edge(f"±{rounded(limit, 3)}{held}", self._words(view, snapshot, options), snapshot)
        note += "  green: theory" if ideal is not None else ""
        return Drawing(rows, note, brief, hit, on_plane(options, width, height))

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """The vectors, whole."""
        return {"step": view.step, "W": view.snapshot.features if view.snapshot else None}

    _colour = "feature"

    def _vectors(self, snapshot: Snapshot) -> Floats:
        return snapshot.features

    def _norms(self, snapshot: Snapshot) -> Floats:
        return snapshot.feature_norms

    def _measures(self, snapshot: Snapshot, options: ViewOptions) -> Floats:
        return snapshot.D_f if options.colour == "dimensionality" else self._norms(snapshot)

    def _edge(self, scale: str, words: list[str], snapshot: Snapshot) -> tuple[str, str]:
        """The note and the brief one: the scale, then these words, or the longest feature where there are none."""
        axes, *others = words
        few = (scale, axes.partition(" of ")[0], *(word.removeprefix("regular ").partition(", ")[0] for word in others))
        alone = self._kind == "feature" and not any(words)
        longest = f"longest {rounded(snapshot.feature_norms.max(initial=0.0), 3)}" if alone else ""
        parts = (scale, *words, longest)
        return "  ".join(part for part in parts if part), "  ".join(part for part in few if part)

    def _words(self, view: View, snapshot: Snapshot, options: ViewOptions) -> list[str]:
        """What is said beside the scale, first the axes, then the most important; empty parts are left out."""
        return [axes_words(snapshot, options), COLOURINGS[options.colour]]

    def _outline(self, snapshot: Snapshot, options: ViewOptions) -> Floats | None:
        return None

    def _edges(self, snapshot: Snapshot, basis: Floats, options: ViewOptions) -> list[tuple[Floats, str]]:
        return []

    def _ideal(self, view: View, snapshot: Snapshot, options: ViewOptions) -> Floats | None:
        return None

    def _under(self, view: View, snapshot: Snapshot, basis: Floats, options: ViewOptions) -> Floats | None:
        return None

    def _chosen(self, options: ViewOptions, count: int) -> int | None:
        return options.item if options.kind == self._kind and 0 <= options.item < count else None

    def _related(self, options: ViewOptions, snapshot: Snapshot) -> NDArray[np.intp] | None:
        """The features active in the chosen example."""
        chosen = options.kind == "example" and 0 <= options.item < snapshot.examples.n_rows
        return snapshot.active(options.item).astype(np.intp) if chosen else None

    def _side(self, view: View, basis: Floats, options: ViewOptions) -> float:
        """Half the side of the plane before it is zoomed."""
        snapshot = view.snapshot
        assert snapshot is not None
        sets = (snapshot.features, snapshot.H) if options.scale == "common" else (self._vectors(snapshot),)
        return held_side(view, options, self._kind) or max(side_of(vectors, basis, options) for vectors in sets)

    def _groups(self, snapshot: Snapshot, options: ViewOptions) -> tuple[Groups | None, tuple[str, str] | None]:
        """Groups of vectors by colour, and what the first and the last colour stand for."""
        if options.colour == "plain":
            return self._by_depth(snapshot, options)
        if options.colour == "example":
            return self._by_example(snapshot), None
        measure = self._measures(snapshot, options)
        longest = float(np.nan_to_num(measure, nan=0.0, posinf=0.0).max(initial=0.0))
        top, words = (TOP_D, f"≥ {TOP_D:g}") if options.colour == "dimensionality" else (longest, rounded(longest, 3))
        shade = np.minimum(np.nan_to_num(measure) / max(top, 1e-300) * len(SHADES), len(SHADES) - 1).astype(np.int64)
        return (shade, SHADES), ("0", words)

    def _by_depth(self, snapshot: Snapshot, options: ViewOptions) -> tuple[Groups | None, tuple[str, str] | None]:
        """In the turning view the nearer vectors are brighter; a crowd is as bright as it is dense."""
        eye, vectors = nearness(snapshot, options), self._vectors(snapshot)
        if eye is None or vectors.shape[1] >= CROWDED:
            return None, None
        longest = float(np.nan_to_num(self._norms(snapshot), posinf=0.0).max(initial=0.0))
        step = np.digitize(eye @ vectors, [-NEAR * longest, NEAR * longest])
        return (step, steps_of(self._colour)), ("far", "near")

    def _by_example(self, snapshot: Snapshot) -> Groups:
        """A feature has the colour of the first example it is active in."""
        examples = snapshot.examples
        of = np.repeat(np.arange(examples.n_rows), np.diff(examples.indptr))
        first = np.full(snapshot.features.shape[1], -1, np.int64)
        first[examples.indices[::-1]] = of[::-1]
        return np.where(first < 0, len(CYCLE), first % len(CYCLE)), [*CYCLE, "under"]


class Hidden(Features):
    """The hidden vectors of training examples."""

    name = "hidden"
    title = "hidden vectors h_i"
    shorter = ("hidden h_i", "h_i")
    about = (
        "Each dot is a training example's hidden vector h_i = W X_i; ◇ are those with the chosen feature. Memorised"
        " examples stand on a regular polygon of T corners; generalising ones lie along the features' rays. A thin"
        " outline marks a regular polygon, a green one the polygon of theory for as many examples, with the smallest"
        " radius that gives a train loss of 0. For m = 3 the outline is of a regular solid or the square antiprism, and"
        f" the note says by how much vectors miss its corners on average. {BRIGHTNESS}"
    )
    _kind: Kind = "example"
    _colour = "hidden"

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """The vectors, whole, and the polygon they form."""
        snapshot = view.snapshot
        return {
            "step": view.step,
            "H": snapshot.H if snapshot else None,
            "polygon": snapshot and snapshot.geometry.polygon,
            "solid": {"name": solid.name, "degrees_off": solid.off} if snapshot and (solid := snapshot.solid) else None,
            "ideal": snapshot and self._ideal(view, snapshot, ViewOptions()),
        }

    def _vectors(self, snapshot: Snapshot) -> Floats:
        return snapshot.H

    def _norms(self, snapshot: Snapshot) -> Floats:
        return snapshot.hidden_norms

    def _measures(self, snapshot: Snapshot, options: ViewOptions) -> Floats:
        return snapshot.D_X if options.colour == "dimensionality" else self._norms(snapshot)

    def _words(self, view: View, snapshot: Snapshot, options: ViewOptions) -> list[str]:
        config = view.config
        T = config.data.n_examples if config else None
        count = snapshot.H.shape[1]
        part = f"{count:,} of {T:,}" if T not in (count, "inf", None) else ""
        shown = shape_words(snapshot) or part
        test = "test set" if options.overlay else ""
        return [axes_words(snapshot, options), test, shown, COLOURINGS[options.colour]]

    def _outline(self, snapshot: Snapshot, options: ViewOptions) -> Floats | None:
        return polygon_outline(snapshot) if options.outline else None

    def _edges(self, snapshot: Snapshot, basis: Floats, options: ViewOptions) -> list[tuple[Floats, str]]:
        """Of the solid that the vectors stand on; in the turning view the nearer half of them brighter."""
        solid = snapshot.solid
        if not options.outline or solid is None:
            return []
        ends, eye = (basis @ solid.corners)[:, solid.edges], nearness(snapshot, options)
        if eye is None:
            return [(ends, "outline")]
        near = (eye @ solid.corners)[solid.edges].mean(axis=1) > 0
        return [(ends[:, ~near], "outline"), (ends[:, near], "outline-bright")]

    def _ideal(self, view: View, snapshot: Snapshot, options: ViewOptions) -> Floats | None:
        kind = (model.tied, model.output, model.hidden) if (model := view.config and view.config.model) else ()
        if not options.outline or kind != (True, "relu", "linear"):
            return None
        return ideal_polygon(snapshot.H, stored(snapshot))

    def _under(self, view: View, snapshot: Snapshot, basis: Floats, options: ViewOptions) -> Floats | None:
        if not options.overlay:
            return None
        try:
            return basis @ snapshot.overlay(view.run.test_examples)
        except SddError:  # the file of a user's own examples is gone since the run was opened
            return None

    def _related(self, options: ViewOptions, snapshot: Snapshot) -> NDArray[np.intp] | None:
        """The examples that the chosen feature is active in."""
        chosen = options.kind == "feature" and 0 <= options.item < snapshot.features.shape[1]
        return snapshot.active_in(options.item)[0] if chosen else None

    def _by_example(self, snapshot: Snapshot) -> Groups:
        return np.arange(snapshot.H.shape[1]) % len(CYCLE), CYCLE


def held_side(view: View, options: ViewOptions, kind: Kind) -> float:
    """Half the side of a plane that holds the vectors of every frame read so far; 0 where the scale is not held."""
    return MARGIN * view.history.longest[kind == "example"] if options.scale == "fixed" else 0.0


def side_of(vectors: Floats, basis: Floats, options: ViewOptions) -> float:
    """Half the side of a plane that holds (m, k) vectors; while they turn it holds them from every side."""
    return extent(norms(vectors)[None] if options.projection == "turning" else basis @ vectors)


def on_plane(options: ViewOptions, width: int, height: int) -> Callable[[int, int], Spot]:
    """Where cells of a plane of a size lie on it."""
    canvas = Canvas(width, height, 1 / options.zoom, options.offset)
    (left, top), (right, bottom) = canvas.at(0, 0), canvas.at(1, 1)

    def spot(column: int, row: int) -> Spot:
        across, down = right - left, bottom - top
        return Spot("plane", left + column * across, top + row * down, across, down)

    return spot


def axes_words(snapshot: Snapshot, options: ViewOptions) -> str:
    """What is seen of more than two dimensions."""
    m = len(snapshot.features)
    if m <= 2:
        return ""
    if options.projection == "axes":
        return f"dims {options.axes[0] % m + 1}, {options.axes[1] % m + 1} of {m}"
    return "principal" if options.projection == "principal" else "turning"
