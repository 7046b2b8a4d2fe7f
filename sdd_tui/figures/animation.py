"""The planes over training as a GIF: features, hidden vectors, and below them where in training it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.draw.plane import extent
from sdd_tui.figures.plane import draw_plane, flattened
from sdd_tui.figures.runs import draw_losses, no_frame
from sdd_tui.figures.style import BELOW, INK, LEFT, RIGHT, paint, pane, sheet
from sdd_tui.figures.words import of_run, projected
from sdd_tui.panels.shapes import polygon_outline
from sdd_tui.panels.view import View

MOST_FRAMES = 100
"""Frames of a GIF; of more recorded ones as many are taken, spread over training."""

DPI = 110
STEP_MS, LAST_MS = 80, 2_500
"""Milliseconds that a frame stays, and the last one before it begins again."""

COLOURS = 64


def draw(view: View, width: float) -> Figure:
    """The last frame of the animation, whole."""
    snapshots = _snapshots(view)
    return _frame(view, snapshots[-1], _limits(snapshots), width)


def frames(
    view: View, width: float, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Figure]:
    """A figure for each frame of the animation; `progress` is told of (those that are done, all)."""
    snapshots = _snapshots(view)
    limits = _limits(snapshots)
    for done, snapshot in enumerate(snapshots):
        progress(done, len(snapshots))
        yield _frame(view, snapshot, limits, width)
    progress(len(snapshots), len(snapshots))


def gif(figures: Iterable[Figure]) -> bytes:
    """The figures as an endless GIF."""
    pictures = []
    for figure in figures:
        drawn = BytesIO()
        figure.savefig(drawn, format="png", dpi=DPI)
        pictures.append(Image.open(drawn).convert("RGB"))
    colours = pictures[-1].quantize(COLOURS, dither=Image.Dither.NONE)
    indexed = [_indexed(picture, colours) for picture in pictures]
    out = BytesIO()
    stay = [STEP_MS] * (len(indexed) - 1) + [LAST_MS]
    indexed[0].save(out, "GIF", save_all=True, append_images=indexed[1:], duration=stay, loop=0)
    return out.getvalue()


def _indexed(picture: Image.Image, colours: Image.Image) -> Image.Image:
    """A picture in the colours of another one, so that nothing flickers; the ground, as in the corner, is white."""
    found = picture.quantize(palette=colours, dither=Image.Dither.NONE)
    table, ground = found.getpalette() or [], found.getpixel((0, 0))
    assert isinstance(ground, int)
    table[3 * ground : 3 * ground + 3] = [255, 255, 255]
    found.putpalette(table)
    return found


def _snapshots(view: View) -> list[Snapshot]:
    """The frames, spread over training where there are too many. Raises NotFoundError."""
    steps = view.steps
    if len(steps) > MOST_FRAMES:
        steps = steps[np.linspace(0, len(steps) - 1, MOST_FRAMES).round().astype(int)]
    found = []
    for step in steps.tolist():
        view.go(step)
        if view.snapshot is not None:
            found.append(view.snapshot)
    if not found:
        raise no_frame(view)
    return found


def _limits(snapshots: Sequence[Snapshot]) -> tuple[float, float]:
    """Half-widths of both planes that hold every frame: the scale stands still."""
    return max(extent(flattened(s, s.features)) for s in snapshots), max(extent(flattened(s, s.H)) for s in snapshots)


def _frame(view: View, snapshot: Snapshot, limits: tuple[float, float], width: float) -> Figure:
    width = min(width, 5.0)
    gap = 0.2
    side = (width - LEFT - RIGHT - gap) / 2
    figure = sheet(width, 0.3 + side + 0.2 + 0.8 + BELOW, of_run(view, *projected(snapshot)))
    features, hidden = (pane(figure, LEFT + i * (side + gap), 0.26, side, side) for i in (0, 1))
    draw_plane(features, flattened(snapshot, snapshot.features), "feature", limits[0])
    draw_plane(hidden, flattened(snapshot, snapshot.H), "hidden", limits[1], polygon_outline(snapshot))
    features.set_title("features $W_j$", color=paint("feature"), pad=3)
    hidden.set_title("hidden vectors $h_i$", color=paint("hidden"), pad=3)
    figure.text(1 - RIGHT / width, 0.99, f"step {snapshot.step:,}", ha="right", va="top", fontsize=6.5, gid="step")
    course = pane(figure, LEFT, 0.26 + side + 0.2, width - LEFT - RIGHT, 0.8)
    draw_losses(course, view, brief=True)
    course.axvline(snapshot.step, color=INK, lw=0.8, gid="now")
    return figure
